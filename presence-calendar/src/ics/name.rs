//! Which property a line is.

use memchr::memchr2;

/// What is left of a letter when small and capital letters are the same.
const CAPITAL: u8 = !0x20;

const EXTENSIONS: &[(&[u8], Property)] = &[
    (b"X-MICROSOFT-CDO-BUSYSTATUS", Property::BusyStatus),
    (b"X-MICROSOFT-CDO-INTENDEDSTATUS", Property::IntendedStatus),
    (b"X-MICROSOFT-CDO-ALLDAYEVENT", Property::AllDay),
    (b"X-MICROSOFT-CDO-IMPORTANCE", Property::Importance),
    (b"X-MICROSOFT-MSNCALENDAR-BUSYSTATUS", Property::OtherBusyStatus),
    (b"X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT", Property::AllDay),
    (b"X-WR-TIMEZONE", Property::CalendarZone),
    (b"X-LIC-LOCATION", Property::Located),
];

/// The properties that are read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Property {
    Begin,
    End,
    Uid,
    Summary,
    Location,
    Organizer,
    Attendee,
    Class,
    Start,
    EndTime,
    Duration,
    Rule,
    ExceptRule,
    Dates,
    ExceptDates,
    RecurrenceId,
    Sequence,
    LastModified,
    Stamp,
    Transparency,
    Status,
    Priority,
    Importance,
    BusyStatus,
    OtherBusyStatus,
    IntendedStatus,
    AllDay,
    Method,
    CalendarZone,
    FreeBusy,
    ZoneId,
    OffsetFrom,
    OffsetTo,
    Located,
    /// One that is not read.
    Other,
    /// The name is not at one piece, because a fold is in it.
    Folded,
    /// There is neither a colon nor a semicolon in the line.
    Junk,
}

impl Property {
    /// Which property a line, folded or not, is, and how long its name is (0 where that is not known).
    ///
    /// The first letters leave one candidate or two, and the rest of the name is compared with these only. Most lines
    /// are not read, so most names are not looked at to their end.
    #[inline]
    pub(super) fn of(line: &[u8], is_folded: bool) -> (Self, usize) {
        let candidates: &[(&'static [u8], Self)] = match line {
            [b'X' | b'x', b'-', ..] => EXTENSIONS,
            [one, other, ..] => match (one & CAPITAL, other & CAPITAL) {
                (b'A', b'T') => &[(b"ATTENDEE", Self::Attendee)],
                (b'B', b'E') => &[(b"BEGIN", Self::Begin)],
                (b'C', b'L') => &[(b"CLASS", Self::Class)],
                (b'D', b'T') => &[(b"DTSTART", Self::Start), (b"DTEND", Self::EndTime), (b"DTSTAMP", Self::Stamp)],
                (b'D', b'U') => &[(b"DURATION", Self::Duration)],
                (b'E', b'N') => &[(b"END", Self::End)],
                (b'E', b'X') => &[(b"EXDATE", Self::ExceptDates), (b"EXRULE", Self::ExceptRule)],
                (b'F', b'R') => &[(b"FREEBUSY", Self::FreeBusy)],
                (b'L', b'A') => &[(b"LAST-MODIFIED", Self::LastModified)],
                (b'L', b'O') => &[(b"LOCATION", Self::Location)],
                (b'M', b'E') => &[(b"METHOD", Self::Method)],
                (b'O', b'R') => &[(b"ORGANIZER", Self::Organizer)],
                (b'P', b'R') => &[(b"PRIORITY", Self::Priority)],
                (b'R', b'D') => &[(b"RDATE", Self::Dates)],
                (b'R', b'E') => &[(b"RECURRENCE-ID", Self::RecurrenceId)],
                (b'R', b'R') => &[(b"RRULE", Self::Rule)],
                (b'S', b'E') => &[(b"SEQUENCE", Self::Sequence)],
                (b'S', b'T') => &[(b"STATUS", Self::Status)],
                (b'S', b'U') => &[(b"SUMMARY", Self::Summary)],
                (b'T', b'R') => &[(b"TRANSP", Self::Transparency)],
                (b'T', b'Z') => {
                    &[(b"TZID", Self::ZoneId), (b"TZOFFSETTO", Self::OffsetTo), (b"TZOFFSETFROM", Self::OffsetFrom)]
                }
                (b'U', b'I') => &[(b"UID", Self::Uid)],
                _ => &[],
            },
            _ => &[],
        };
        for (name, property) in candidates {
            if let Some((head, [b':' | b';', ..])) = line.split_at_checked(name.len())
                && (head == *name || head.eq_ignore_ascii_case(name))
            {
                return (*property, name.len());
            }
        }
        Self::odd(line, is_folded, candidates)
    }

    /// A line that is none of those that are read, unless there is a fold in its name, or a blank behind it.
    fn odd(line: &[u8], is_folded: bool, candidates: &[(&'static [u8], Self)]) -> (Self, usize) {
        let Some(end) = memchr2(b':', b';', line) else { return (Self::Junk, 0) };
        let name = line.get(..end).unwrap_or_default();
        if is_folded && name.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
            return (Self::Folded, 0);
        }
        if !matches!(name.last(), Some(b' ' | b'\t')) {
            return (Self::Other, 0);
        }
        let known = candidates.iter().find(|(known, _)| name.trim_ascii_end().eq_ignore_ascii_case(known));
        known.map_or((Self::Other, 0), |(_, property)| (*property, end))
    }

    /// Which property a line may be meant to be that is without a colon, of those that must not be lost.
    pub(super) fn meant_by(line: &[u8]) -> Self {
        let begins = |name: &[u8]| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        if begins(b"CLASS") {
            Self::Class
        } else if begins(b"FREEBUSY") {
            Self::FreeBusy
        } else {
            Self::Junk
        }
    }

    /// The name, for a warning about a line that is left out.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Begin => "BEGIN",
            Self::End => "END",
            Self::Uid => "UID",
            Self::Summary => "SUMMARY",
            Self::Location => "LOCATION",
            Self::Organizer => "ORGANIZER",
            Self::Attendee => "ATTENDEE",
            Self::Class => "CLASS",
            Self::Start => "DTSTART",
            Self::EndTime => "DTEND",
            Self::Duration => "DURATION",
            Self::Rule => "RRULE",
            Self::ExceptRule => "EXRULE",
            Self::Dates => "RDATE",
            Self::ExceptDates => "EXDATE",
            Self::RecurrenceId => "RECURRENCE-ID",
            Self::Sequence => "SEQUENCE",
            Self::LastModified => "LAST-MODIFIED",
            Self::Stamp => "DTSTAMP",
            Self::Transparency => "TRANSP",
            Self::Status => "STATUS",
            Self::Priority => "PRIORITY",
            Self::Importance => "X-MICROSOFT-CDO-IMPORTANCE",
            Self::BusyStatus => "X-MICROSOFT-CDO-BUSYSTATUS",
            Self::OtherBusyStatus => "X-MICROSOFT-MSNCALENDAR-BUSYSTATUS",
            Self::IntendedStatus => "X-MICROSOFT-CDO-INTENDEDSTATUS",
            Self::AllDay => "X-MICROSOFT-CDO-ALLDAYEVENT",
            Self::Method => "METHOD",
            Self::CalendarZone => "X-WR-TIMEZONE",
            Self::FreeBusy => "FREEBUSY",
            Self::ZoneId => "TZID",
            Self::OffsetFrom => "TZOFFSETFROM",
            Self::OffsetTo => "TZOFFSETTO",
            Self::Located => "X-LIC-LOCATION",
            Self::Other | Self::Folded | Self::Junk => "X-",
        }
    }
}
