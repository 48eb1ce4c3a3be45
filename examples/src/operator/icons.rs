//! Which icon stands for what: one function for the list and for the card, so that they cannot differ.

use presence_core::calendar::ShowAs;
use presence_core::{Activity, Availability, Band, Call, DiversionKind, Lamp, Reach, Row};
use serde::Serialize;

/// The icons beside a name. Each is a word that a page turns into a picture.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Icons {
    /// The headline.
    person: &'static str,
    /// The desk telephones.
    desk: &'static str,
    /// The mobiles.
    mobile: &'static str,
    /// What the account says.
    rich: &'static str,
    /// The calendar.
    calendar: &'static str,
}

impl Icons {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            person: if row.denied { "denied" } else { row.availability.band().name() },
            desk: lamp(&row.desk),
            mobile: lamp(&row.mobile),
            rich: row.rich.map_or("none", |availability: Availability| availability.band().name()),
            calendar: row.calendar.map_or("none", calendar),
        }
    }
}

/// The icon of a telephone: what it does comes before what it will do.
const fn lamp(lamp: &Lamp) -> &'static str {
    match (lamp.call, lamp.do_not_disturb, lamp.diversion, lamp.reach) {
        (Some(Call::InCall), ..) => "in-call",
        (Some(Call::Held), ..) => "held",
        (Some(Call::Ringing), ..) => "ringing",
        (Some(Call::Dialling), ..) => "dialling",
        (_, Some(true), ..) => "do-not-disturb",
        (_, _, Some(DiversionKind::Voicemail), _) => "voicemail",
        (_, _, Some(DiversionKind::Number), _) => "diverted",
        (.., Some(Reach::Unreachable | Reach::Unregistered)) => "off",
        (Some(Call::Idle), ..) => "free",
        (.., Some(Reach::Reachable)) => "on",
        _ => "none",
    }
}

const fn calendar(word: ShowAs) -> &'static str {
    match word {
        ShowAs::Free => "free",
        ShowAs::WorkingElsewhere => "working-elsewhere",
        ShowAs::Tentative => "tentative",
        ShowAs::Busy => "busy",
        ShowAs::OutOfOffice => "out-of-office",
        _ => "none",
    }
}

/// The headline in words.
pub(super) fn words(row: &Row) -> String {
    if row.denied {
        return "Access denied".to_owned();
    }
    match (row.availability.band(), row.activity) {
        (Band::None, _) => "Not known".to_owned(),
        (band, Activity::None) => spoken(band.name()),
        (_, activity) => spoken(activity.token()),
    }
}

/// `in-meeting` as people write it.
pub(super) fn spoken(token: &str) -> String {
    let text = token.replace('-', " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_spoken() {
        assert_eq!(spoken("in-meeting"), "In meeting");
        assert_eq!(spoken(""), "");
    }

    /// S0.24: a diverted telephone that rings shows that it rings; the lamps of one row are not merged.
    #[test]
    fn what_a_telephone_does_comes_first() {
        let mut line = Lamp::default();
        assert_eq!(lamp(&line), "none");
        line.diversion = Some(DiversionKind::Voicemail);
        assert_eq!(lamp(&line), "voicemail");
        line.call = Some(Call::Ringing);
        assert_eq!(lamp(&line), "ringing");
    }
}
