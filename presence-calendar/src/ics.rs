//! iCalendar, read.
//!
//! [`Calendar::read`] takes the bytes of a file and never fails as a whole: what cannot be read is left out or repaired,
//! and told in a [`Warning`]. [`Calendar::agenda`] works out what the calendar says about a span of time.
//!
//! A private event gives its times and its word, and nothing else of it is ever copied out of the bytes that were
//! given. Its `CLASS` may come last, and an instance of a series is as private as the series, wherever the two stand in
//! the file; therefore texts are copied when all of the file is read. An event that is not complete counts as private,
//! because the line that said so may be what is missing.
//!
//! ```
//! use presence_calendar::ics::{Calendar, ReadRules};
//! use presence_calendar::zone::Zone;
//! use presence_core::{ShowAs, Span};
//!
//! let file = b"BEGIN:VEVENT\nDTSTART;TZID=W. Europe Standard Time:20261120T090000\nDURATION:PT1H\n\
//!     RRULE:FREQ=WEEKLY\nSUMMARY:Dentist\nCLASS:PRIVATE\nEND:VEVENT\n";
//! let calendar = Calendar::read(file, &ReadRules::new(Zone::UTC));
//! let week = Span::new("2026-11-23T00:00:00Z".parse()?, "2026-11-30T00:00:00Z".parse()?)?;
//! let (agenda, warnings) = calendar.agenda(week);
//! let meeting = &agenda.meetings()[0];
//! assert_eq!(meeting.span().start().to_string(), "2026-11-27T08:00:00Z");
//! assert_eq!((meeting.show_as(), meeting.texts().is_none(), warnings.len()), (ShowAs::Busy, true, 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use presence_core::calendar::{Agenda, Hours, Meeting, Sensitivity, Span};
use presence_core::{Address, Confidential, ShowAs};

use crate::warning::Warning;
use crate::zone::Zone;

mod agenda;
mod build;
mod event;
mod expand;
mod free_busy;
mod hours;
mod line;
mod name;
mod read;
mod span;
mod texts;
mod value;
mod warnings;
mod words;
mod zones;

pub use read::Method;

/// How files are read: whose calendar it is, and what is private in it.
#[derive(Clone, Debug)]
pub struct ReadRules {
    mailbox: Zone,
    owner: Option<Confidential<Box<[u8]>>>,
    mask_confidential: bool,
    mask_personal: bool,
    hide_importance: bool,
    hide_subjects: bool,
}

impl ReadRules {
    /// The rules for a mailbox in this zone: whole days are days there, and so are times that name no zone.
    #[must_use]
    pub const fn new(mailbox: Zone) -> Self {
        Self {
            mailbox,
            owner: None,
            mask_confidential: true,
            mask_personal: false,
            hide_importance: true,
            hide_subjects: false,
        }
    }

    /// Whose calendar it is, so that what this person has declined does not count. Default: nobody's.
    #[must_use]
    pub fn with_owner(mut self, owner: &Address) -> Self {
        self.owner = Some(Confidential::new(owner.value().as_bytes().into()));
        self
    }

    /// Whether confidential events are private. Default: yes.
    #[must_use]
    pub const fn mask_confidential(mut self, mask: bool) -> Self {
        self.mask_confidential = mask;
        self
    }

    /// Whether personal events are private. Default: no.
    #[must_use]
    pub const fn mask_personal(mut self, mask: bool) -> Self {
        self.mask_personal = mask;
        self
    }

    /// Whether the importance of private events is hidden too. Default: yes.
    #[must_use]
    pub const fn hide_importance(mut self, hide: bool) -> Self {
        self.hide_importance = hide;
        self
    }

    /// Whether subject, place and organiser of all events are left out. Default: no.
    #[must_use]
    pub const fn hide_subjects(mut self, hide: bool) -> Self {
        self.hide_subjects = hide;
        self
    }

    fn owner(&self) -> Option<&[u8]> {
        self.owner.as_ref().map(|owner| &**owner.reveal())
    }

    /// What an event is that calls itself so. The switches are about one word each, so they are asked before the strictest
    /// of several words is taken.
    const fn meant(&self, said: Sensitivity) -> Sensitivity {
        match said {
            Sensitivity::Confidential if !self.mask_confidential => Sensitivity::Normal,
            Sensitivity::Personal if self.mask_personal => Sensitivity::Private,
            said => said,
        }
    }

    const fn hides_subjects(&self) -> bool {
        self.hide_subjects
    }
}

/// What is read of a file. Its `Debug` prints no text.
#[derive(Clone, Debug)]
pub struct Calendar {
    events: build::Events,
    free_busy: Vec<free_busy::FreeBusy>,
    availability: Vec<hours::Availability>,
    zones: Vec<Zone>,
    method: Method,
    hide_importance: bool,
    is_cut: bool,
    warnings: Vec<Warning>,
    more_warnings: usize,
}

impl Calendar {
    /// Reads a file: one VCALENDAR or several, of at most 16 MiB.
    #[must_use]
    pub fn read(bytes: &[u8], rules: &ReadRules) -> Self {
        let mut reader = read::Reader::new(bytes, rules);
        reader.run();
        let read::Reader { cx, events, free_busy, availability, methods, is_cut, .. } = reader;
        let mut warnings = cx.warnings;
        let zones = cx.zones.resolve(&rules.mailbox, &mut warnings);
        let clock = span::Clock::new(&zones);
        let events = build::build(events, &methods, is_cut, &clock, rules, &mut warnings);
        let is_told = |part: usize| !matches!(methods.get(part), Some(Method::Request | Method::Cancel));
        let free_busy = free_busy.into_iter().filter(|(_, part)| is_told(*part));
        let free_busy = free_busy.map(|(draft, _)| draft.finish(&clock)).collect();
        let availability = availability.into_iter().map(|draft| draft.finish(&clock)).collect();
        // The first stands for what is outside of any VCALENDAR.
        let method = methods.get(1).copied().unwrap_or_default();
        let (hide_importance, more_warnings) = (rules.hide_importance, warnings.more());
        let warnings = warnings.into_list();
        Self { events, free_busy, availability, zones, method, hide_importance, is_cut, warnings, more_warnings }
    }

    /// What the calendar says about a span, and what could not be worked out.
    ///
    /// Events that are cancelled or declined are in it, and do not count. What is lost of the file is unknown: when the
    /// file was too large or ended too early, nothing in the span is known to be free.
    #[must_use]
    pub fn agenda(&self, covered: Span) -> (Agenda, Vec<Warning>) {
        let (meetings, warnings) = self.meetings(covered);
        (Agenda::new(covered, meetings), warnings)
    }

    /// The meetings of [`Self::agenda`], to be put together with those of other files.
    #[must_use]
    pub fn meetings(&self, covered: Span) -> (Vec<Meeting>, Vec<Warning>) {
        let mut maker = agenda::Maker::new(&self.events, span::Clock::new(&self.zones), covered, self.hide_importance);
        maker.run();
        let agenda::Maker { mut meetings, warnings, .. } = maker;
        if self.is_cut {
            meetings.push(free_busy::block(covered, ShowAs::NoData));
        }
        (meetings, warnings)
    }

    /// What VFREEBUSY tells about a span: only the time that it says it covers is known. `None` without one that tells
    /// about the span.
    #[must_use]
    pub fn free_busy(&self, asked: Span) -> Option<Agenda> {
        free_busy::agenda(&self.free_busy, asked)
    }

    /// The working hours that VAVAILABILITY tells within a span. `None` without one that tells about it.
    #[must_use]
    pub fn hours(&self, covered: Span) -> Option<Hours> {
        hours::hours(&self.availability, &span::Clock::new(&self.zones), covered)
    }

    /// How many events there are. A series is one, and so is each of its instances that is told apart.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.list.iter().filter(|event| !event.is_dropped).count()
    }

    /// Whether there are no events.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the file is about. Of several VCALENDARs the first one speaks.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Whether a part of the file is missing or was not read.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// What was left out, repaired or guessed; at most a thousand.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// How many warnings there were beyond those in [`Self::warnings`].
    #[must_use]
    pub const fn more_warnings(&self) -> usize {
        self.more_warnings
    }
}
