//! The words with which a calendar says how an event counts, and which of them come first.

use presence_core::ShowAs;
use presence_core::calendar::{Importance, Sensitivity};

use super::name::Property;
use super::value::digits;
use super::warnings::Warnings;
use crate::warning::Problem;

/// What the lines of an event say about the time it takes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Words {
    /// `X-MICROSOFT-CDO-BUSYSTATUS`.
    busy: Option<ShowAs>,
    /// `X-MICROSOFT-MSNCALENDAR-BUSYSTATUS`.
    other_busy: Option<ShowAs>,
    /// `TRANSP`: whether it is transparent.
    transparent: Option<bool>,
    status: Option<Status>,
    /// Whether the organiser says what an invitation is to become.
    pub(super) is_intended: bool,
    /// Whether the owner of the calendar has not accepted.
    pub(super) is_open: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Status {
    Cancelled,
    Tentative,
    Other,
}

impl Words {
    /// Takes a value of one of these properties.
    pub(super) fn take(&mut self, property: Property, value: &[u8], line: usize, warnings: &mut Warnings) {
        match property {
            Property::BusyStatus => self.busy = Some(busy(value, property, line, warnings)),
            Property::OtherBusyStatus => self.other_busy = Some(busy(value, property, line, warnings)),
            Property::IntendedStatus => self.is_intended = true,
            Property::Transparency => self.transparent = Some(value.eq_ignore_ascii_case(b"TRANSPARENT")),
            Property::Status => self.status = Some(status(value)),
            _ => {}
        }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.status == Some(Status::Cancelled)
    }

    /// Microsoft's words first, then `TRANSP`, then `STATUS` (MS-OXCICAL); what is tentative and opaque is tentative
    /// (RFC 4791).
    pub(super) fn show_as(&self) -> ShowAs {
        let said = self.busy.or(self.other_busy);
        said.unwrap_or(match (self.transparent, self.status) {
            (Some(true), _) => ShowAs::Free,
            (_, Some(Status::Tentative)) => ShowAs::Tentative,
            // Nothing is said, and the owner has not accepted.
            (None, None) if self.is_open => ShowAs::Tentative,
            _ => ShowAs::Busy,
        })
    }

    /// The same in an invitation: what the organiser intends is open until it is accepted.
    pub(super) fn show_as_invited(&self) -> ShowAs {
        let is_open = self.is_intended && self.busy.or(self.other_busy).is_none();
        if is_open { ShowAs::Tentative } else { self.show_as() }
    }
}

fn busy(value: &[u8], property: Property, line: usize, warnings: &mut Warnings) -> ShowAs {
    const WORDS: [(&[u8], ShowAs); 6] = [
        (b"BUSY", ShowAs::Busy),
        (b"FREE", ShowAs::Free),
        (b"TENTATIVE", ShowAs::Tentative),
        (b"OOF", ShowAs::OutOfOffice),
        (b"WORKINGELSEWHERE", ShowAs::WorkingElsewhere),
        (b"OUTOFOFFICE", ShowAs::OutOfOffice),
    ];
    word(value, &WORDS).unwrap_or_else(|| {
        warnings.add(line, Problem::UnknownWord(property.name()));
        ShowAs::Busy
    })
}

fn status(value: &[u8]) -> Status {
    const WORDS: [(&[u8], Status); 2] = [(b"CANCELLED", Status::Cancelled), (b"TENTATIVE", Status::Tentative)];
    word(value, &WORDS).unwrap_or(Status::Other)
}

/// `CLASS`. An unknown word is private (RFC 5545).
pub(super) fn sensitivity(value: &[u8]) -> Sensitivity {
    const WORDS: [(&[u8], Sensitivity); 4] = [
        (b"PUBLIC", Sensitivity::Normal),
        (b"PERSONAL", Sensitivity::Personal),
        (b"PRIVATE", Sensitivity::Private),
        (b"CONFIDENTIAL", Sensitivity::Confidential),
    ];
    word(value, &WORDS).unwrap_or(Sensitivity::Private)
}

/// `X-MICROSOFT-CDO-IMPORTANCE`.
pub(super) fn importance(value: &[u8]) -> Option<Importance> {
    Some(match digits(value)? {
        0 => Importance::Low,
        2 => Importance::High,
        _ => Importance::Normal,
    })
}

/// `PRIORITY`.
pub(super) fn priority(value: &[u8]) -> Option<Importance> {
    Some(match digits(value)? {
        1..=4 => Importance::High,
        6..=9 => Importance::Low,
        _ => Importance::Normal,
    })
}

/// `FBTYPE`. No word and an unknown one are busy (RFC 5545).
pub(super) fn free_busy(value: &[u8]) -> ShowAs {
    const WORDS: [(&[u8], ShowAs); 4] = [
        (b"BUSY", ShowAs::Busy),
        (b"FREE", ShowAs::Free),
        (b"BUSY-TENTATIVE", ShowAs::Tentative),
        (b"BUSY-UNAVAILABLE", ShowAs::OutOfOffice),
    ];
    word(value, &WORDS).unwrap_or(ShowAs::Busy)
}

/// What a word means, whatever its case.
fn word<T: Copy>(value: &[u8], words: &[(&[u8], T)]) -> Option<T> {
    let value = value.trim_ascii();
    words.iter().find(|(word, _)| value.eq_ignore_ascii_case(word)).map(|(_, meaning)| *meaning)
}
