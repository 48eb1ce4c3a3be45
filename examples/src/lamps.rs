//! Lamps for a terminal: a colour, and beside it a shape, for colours alone do not reach everybody.

use presence_core::{Band, Call, DiversionKind, Lamp, Reach, Row};

/// A colour of a terminal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Colour {
    /// Free.
    Green,
    /// Away, or back soon.
    Yellow,
    /// Busy.
    Red,
    /// Not to be disturbed.
    Magenta,
    /// Offline, or not known.
    Grey,
}

impl Colour {
    /// The sequence that switches it on.
    #[must_use]
    pub const fn on(self) -> &'static str {
        match self {
            Self::Green => "\x1b[32m",
            Self::Yellow => "\x1b[33m",
            Self::Red => "\x1b[31m",
            Self::Magenta => "\x1b[35m",
            Self::Grey => "\x1b[90m",
        }
    }
}

/// The sequence that switches every colour off.
pub const OFF: &str = "\x1b[0m";

/// The colour and the shape of a band, and a letter where there are no shapes.
#[must_use]
pub const fn look(band: Band) -> (Colour, char, char) {
    match band {
        Band::None => (Colour::Grey, '?', '?'),
        Band::Online => (Colour::Green, '●', 'o'),
        Band::IdleOnline => (Colour::Green, '◐', 'i'),
        Band::Busy => (Colour::Red, '■', '#'),
        Band::IdleBusy => (Colour::Red, '◧', 'h'),
        Band::DoNotDisturb => (Colour::Magenta, '⊘', 'X'),
        Band::BeRightBack => (Colour::Yellow, '◔', 'b'),
        Band::Away => (Colour::Yellow, '○', 'a'),
        Band::Offline => (Colour::Grey, '×', '-'),
    }
}

/// The lamp of a row: its shape in its colour, or just a letter.
#[must_use]
pub fn lamp(row: &Row, plain: bool) -> String {
    let (colour, shape, letter) = look(row.availability.band());
    if plain { letter.to_string() } else { format!("{}{shape}{OFF}", colour.on()) }
}

/// What a telephone does, in a word or two; nothing for one of which nothing is known.
#[must_use]
pub fn telephone(lamp: &Lamp) -> &'static str {
    match (lamp.call, lamp.do_not_disturb, lamp.diversion, lamp.reach) {
        (Some(Call::InCall), ..) => "in call",
        (Some(Call::Held), ..) => "on hold",
        (Some(Call::Ringing), ..) => "rings",
        (Some(Call::Dialling), ..) => "dials",
        (_, Some(true), ..) => "do not disturb",
        (_, _, Some(DiversionKind::Voicemail), _) => "to voicemail",
        (_, _, Some(DiversionKind::Number), _) => "to a number",
        (.., Some(Reach::Unreachable | Reach::Unregistered)) => "off",
        (Some(Call::Idle), ..) => "free",
        (.., Some(Reach::Reachable)) => "on",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_bands_have_one_shape_or_one_letter() {
        let shapes: BTreeSet<char> = Band::ALL.iter().map(|band| look(*band).1).collect();
        let letters: BTreeSet<char> = Band::ALL.iter().map(|band| look(*band).2).collect();
        assert_eq!((shapes.len(), letters.len()), (Band::ALL.len(), Band::ALL.len()));
        assert!(letters.iter().all(char::is_ascii));
    }

    #[test]
    fn a_call_is_told_before_a_diversion_and_nothing_of_nothing() {
        let mut lamp = Lamp::default();
        assert_eq!(telephone(&lamp), "");
        lamp.diversion = Some(DiversionKind::Voicemail);
        assert_eq!(telephone(&lamp), "to voicemail");
        lamp.call = Some(Call::Ringing);
        assert_eq!(telephone(&lamp), "rings");
    }
}
