//! Calendars for the presence engine: iCalendar, Exchange on premises (EWS), CalDAV.
//!
//! What a calendar says about a day:
//!
//! ```
//! use chrono_tz::Tz;
//! use presence_calendar::ics::{Calendar, ReadRules};
//! use presence_calendar::zone::Zone;
//! use presence_core::Span;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let file = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=W. Europe Standard Time:20260302T090000\r\n\
//!     DURATION:PT1H\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:Budget\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
//! let calendar = Calendar::read(file, &ReadRules::new(Zone::Iana(Tz::Europe__Stockholm)));
//! let day = Span::new("2026-03-30T00:00:00Z".parse()?, "2026-03-31T00:00:00Z".parse()?)?;
//! let (agenda, warnings) = calendar.agenda(day);
//! assert_eq!(agenda.meetings().len(), 1);
//! assert_eq!(agenda.meetings()[0].span().start().to_string(), "2026-03-30T07:00:00Z");
//! assert!(warnings.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! As a source of presence: [`source::CalendarSource`] around one of the servers. Of a private meeting nothing but its times
//! and its word gets into any value.
//!
//! | module | holds |
//! |---|---|
//! | [`server`] | what a server of calendars can be asked: the port that the source is written against |
//! | [`source`] | calendars as a source: who is asked about when, and how meetings and blocks are put together |
//! | [`ews`] | Exchange on premises |
//! | [`caldav`], [`web`] | CalDAV; files behind an address |
//! | [`ics`] | files of iCalendar |
//! | [`recur`] | rules of recurrence, and the occurrences in a window |
//! | [`zone`] | time zones by every name that calendars give them; working weeks |
//! | [`warning`] | what was left out, repaired or guessed |
//! | `kinds` | the kinds of sources in a configuration file (feature `config`) |
//! | `ical` | parsed events of the crate `ical` (feature `ical`) |
#![forbid(unsafe_code)]

pub mod caldav;
pub mod ews;
#[cfg(feature = "ical")]
pub mod ical;
pub mod ics;
#[cfg(feature = "config")]
pub mod kinds;
pub mod recur;
pub mod server;
pub mod source;
pub mod warning;
pub mod web;
pub mod zone;
