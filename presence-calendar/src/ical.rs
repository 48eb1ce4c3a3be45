//! Parsed events of the crate `ical`, for hosts that hold them (feature `ical`).
//!
//! What was parsed is written as content lines again and read by [`Calendar::read`], so there is one place where zones,
//! series and private events are understood. What `ical` has lost cannot come back: it refuses a calendar with
//! components that it does not know, and stops at a byte that is not UTF-8. Who holds the bytes gives them to
//! [`Calendar::read`].
//!
//! ```
//! use chrono_tz::Tz;
//! use presence_calendar::ical;
//! use presence_calendar::ics::ReadRules;
//! use presence_calendar::zone::Zone;
//! use presence_core::Span;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let file = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260302T090000Z\r\nDTEND:20260302T100000Z\r\n\
//!             SUMMARY:Budget\r\nCLASS:PRIVATE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
//! let rules = ReadRules::new(Zone::Iana(Tz::Europe__Stockholm));
//! for parsed in ::ical::IcalParser::new(file.as_bytes()) {
//!     let calendar = ical::calendar(&parsed?, &rules);
//!     let day = Span::new("2026-03-02T00:00:00Z".parse()?, "2026-03-03T00:00:00Z".parse()?)?;
//!     let (agenda, _) = calendar.agenda(day);
//!     assert!(agenda.meetings().iter().all(|meeting| meeting.texts().is_none()));
//! }
//! # Ok(())
//! # }
//! ```

use std::hint::black_box;

use ical::parser::ical::component::{IcalCalendar, IcalEvent, IcalTimeZone, IcalTimeZoneTransitionType};
use ical::property::Property;

use crate::ics::{Calendar, ReadRules};

/// A parsed calendar with its zones and its free/busy, as [`Calendar::read`] would read it.
///
/// Line numbers in warnings count from 1 by properties, and by begins and ends of components, not by lines of the file.
#[must_use]
pub fn calendar(calendar: &IcalCalendar, rules: &ReadRules) -> Calendar {
    let mut lines = Lines::with_room_for(calendar);
    lines.within("VCALENDAR", |lines| {
        lines.properties(&calendar.properties);
        for zone in &calendar.timezones {
            lines.zone(zone);
        }
        lines.events(&calendar.events);
        for free_busy in &calendar.free_busys {
            lines.within("VFREEBUSY", |lines| lines.properties(&free_busy.properties));
        }
    });
    lines.read(rules)
}

/// Parsed events without the calendar around them. Zones that only the calendar defines are not known here.
///
/// Line numbers in warnings count as those of [`calendar`].
#[must_use]
pub fn events(events: &[IcalEvent], rules: &ReadRules) -> Calendar {
    let mut lines = Lines::new(events.iter().map(|event| room(&event.properties)).sum());
    lines.within("VCALENDAR", |lines| lines.events(events));
    lines.read(rules)
}

/// Content lines. They hold the texts of private events until they are read, and are overwritten then.
struct Lines(Vec<u8>);

impl Lines {
    /// With room enough from the beginning, so that no copy is left behind by growing.
    fn new(room: usize) -> Self {
        Self(Vec::with_capacity(room.saturating_add(128)))
    }

    fn with_room_for(calendar: &IcalCalendar) -> Self {
        let zones = calendar.timezones.iter().flat_map(|zone| {
            let parts = zone.transitions.iter().map(|part| &part.properties);
            std::iter::once(&zone.properties).chain(parts)
        });
        let events = calendar.events.iter().map(|event| &event.properties);
        let free_busy = calendar.free_busys.iter().map(|free_busy| &free_busy.properties);
        let all = std::iter::once(&calendar.properties).chain(zones).chain(events).chain(free_busy);
        Self::new(all.map(|properties| room(properties)).sum())
    }

    fn events(&mut self, events: &[IcalEvent]) {
        for event in events {
            self.within("VEVENT", |lines| lines.properties(&event.properties));
        }
    }

    fn zone(&mut self, zone: &IcalTimeZone) {
        self.within("VTIMEZONE", |lines| {
            lines.properties(&zone.properties);
            for part in &zone.transitions {
                let name = match part.transition {
                    IcalTimeZoneTransitionType::STANDARD => "STANDARD",
                    IcalTimeZoneTransitionType::DAYLIGHT => "DAYLIGHT",
                };
                lines.within(name, |lines| lines.properties(&part.properties));
            }
        });
    }

    fn within(&mut self, component: &str, inner: impl FnOnce(&mut Self)) {
        self.add(&["BEGIN:", component, "\r\n"]);
        inner(self);
        self.add(&["END:", component, "\r\n"]);
    }

    /// A name that is none, or that would open or close a component, cannot come from a file.
    fn properties(&mut self, properties: &[Property]) {
        // A blank behind a name does no harm, here as in files.
        let named = properties.iter().map(|property| (property.name.trim_end(), property));
        for (name, property) in named.filter(|(name, _)| is_name(name)) {
            self.add(&[name]);
            for (name, values) in property.params.iter().flatten().filter(|(name, _)| is_word(name)) {
                self.add(&[";", name]);
                for (index, value) in values.iter().enumerate() {
                    self.add(&[if index == 0 { "=" } else { "," }]);
                    self.parameter(value);
                }
            }
            self.add(&[":"]);
            self.value(property.value.as_deref().unwrap_or_default());
            self.add(&["\r\n"]);
        }
    }

    /// In quotation marks where it needs them; it cannot hold one itself, nor a break.
    fn parameter(&mut self, value: &str) {
        let mark = if value.contains([':', ';', ',']) { "\"" } else { "" };
        self.add(&[mark]);
        self.0.extend(value.bytes().filter(|byte| !matches!(byte, b'"' | b'\r' | b'\n')));
        self.add(&[mark]);
    }

    /// A break in a value would begin another line, so it is written as texts write it.
    fn value(&mut self, value: &str) {
        for (index, part) in value.split(['\r', '\n']).enumerate() {
            self.add(&[if index == 0 { "" } else { "\\n" }, part]);
        }
    }

    fn add(&mut self, parts: &[&str]) {
        for part in parts {
            self.0.extend_from_slice(part.as_bytes());
        }
    }

    fn read(mut self, rules: &ReadRules) -> Calendar {
        let calendar = Calendar::read(&self.0, rules);
        self.0.fill(0);
        // Otherwise the compiler could see that nobody reads the zeros.
        black_box(&self.0);
        calendar
    }
}

/// At most so many bytes are written for a component with these properties.
fn room(properties: &[Property]) -> usize {
    let parameter = |(name, values): &(String, Vec<String>)| {
        name.len() + 2 + values.iter().map(|value| value.len() + 3).sum::<usize>()
    };
    let one = |property: &Property| {
        let params = property.params.iter().flatten().map(parameter).sum::<usize>();
        // A break of one byte is written in two.
        property.name.len() + params + 2 * property.value.as_ref().map_or(0, String::len) + 3
    };
    64 + properties.iter().map(one).sum::<usize>()
}

fn is_name(name: &str) -> bool {
    is_word(name) && !name.eq_ignore_ascii_case("BEGIN") && !name.eq_ignore_ascii_case("END")
}

fn is_word(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b':' | b';' | b',' | b'=' | b'"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property(name: &str, params: &[(&str, &[&str])], value: Option<&str>) -> Property {
        let params = params
            .iter()
            .map(|(name, values)| ((*name).to_owned(), values.iter().map(|value| (*value).to_owned()).collect()));
        Property { name: name.to_owned(), params: Some(params.collect()), value: value.map(str::to_owned) }
    }

    fn written(properties: &[Property]) -> String {
        let mut lines = Lines::new(room(properties));
        let room = lines.0.capacity();
        lines.within("VEVENT", |lines| lines.properties(properties));
        assert_eq!(lines.0.capacity(), room, "the lines have grown");
        String::from_utf8(lines.0).unwrap()
    }

    #[test]
    fn properties_are_written_as_lines() {
        let zoned = property("DTSTART", &[("TZID", &["(UTC+01:00) Berlin, Rome"])], Some("20260302T090000"));
        let list = property("X-LIST", &[("MEMBER", &["a:b", "c"])], None);
        let lines = "BEGIN:VEVENT\r\nDTSTART;TZID=\"(UTC+01:00) Berlin, Rome\":20260302T090000\r\n\
                     X-LIST;MEMBER=\"a:b\",c:\r\nEND:VEVENT\r\n";
        assert_eq!(written(&[zoned, list]), lines);
    }

    /// S0.18: the line that makes an event private is not lost for a blank.
    #[test]
    fn a_blank_behind_a_name_does_no_harm() {
        let text = written(&[property("CLASS ", &[], Some("PRIVATE"))]);
        assert!(text.contains("\r\nCLASS:PRIVATE\r\n"), "{text}");
    }

    /// S0.18: what a host puts into a property cannot close an event before the line that makes it private.
    #[test]
    fn no_property_makes_a_line_of_its_own() {
        let breaks = property("SUMMARY", &[("X", &["\r\nEND:VEVENT\""])], Some("\nEND:VEVENT\r\nCLASS:PUBLIC\n\n\n"));
        let close = property("end", &[], Some("VEVENT"));
        let fold = property(" CLASS", &[], Some("PUBLIC"));
        let text = written(&[breaks, close, fold]);
        assert_eq!(text.lines().count(), 3, "{text}");
    }
}
