//! One event, while its lines are read.
//!
//! Times, words and rules are read at once. Texts stay where they are, in the bytes of the file, until it is known
//! whether the event or its series is private: see `texts.rs`.

use presence_core::ShowAs;
use presence_core::calendar::{Importance, Sensitivity};

use super::ReadRules;
use super::line::{Content, Line, unfolded, without_quotes};
use super::name::Property;
use super::value::{Length, When, Written, digits};
use super::warnings::Warnings;
use super::words;
use super::zones::ZoneNames;
use crate::recur::Rule;
use crate::warning::Problem;

/// More dates of one series (`RDATE`, `EXDATE`) are left out.
const MOST_DATES: usize = 10_000;
/// More rules of one series are left out.
const MOST_RULES: usize = 10;

/// What all of a file shares while it is read.
pub(super) struct Context<'a, 'r> {
    pub(super) rules: &'r ReadRules,
    pub(super) zones: ZoneNames<'a>,
    pub(super) warnings: Warnings,
}

/// Where an event ends.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum End {
    /// Nothing is said: whole days end with their first day, other events when they begin.
    #[default]
    Open,
    At(When),
    After(Length),
}

/// An instance of a series that is told apart: which one, and whether those after it follow it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Instance {
    pub(super) of: When,
    pub(super) and_future: bool,
}

/// How an event recurs.
#[derive(Clone, Debug, Default)]
pub(super) struct Recurs {
    pub(super) rules: Vec<Rule>,
    pub(super) without: Vec<Rule>,
    pub(super) also: Vec<(When, End)>,
    pub(super) except: Vec<When>,
}

/// The texts of an event: whole lines of the file, not looked into.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RawTexts<'a> {
    pub(super) uid: &'a [u8],
    pub(super) subject: &'a [u8],
    pub(super) place: &'a [u8],
    pub(super) organiser: &'a [u8],
}

/// What is known of an event so far.
#[derive(Default)]
pub(super) struct Draft<'a> {
    pub(super) texts: RawTexts<'a>,
    /// Of the UID; 0 without one.
    pub(super) uid_hash: u64,
    pub(super) start: Option<When>,
    pub(super) end: End,
    pub(super) instance: Option<Instance>,
    pub(super) recurs: Option<Box<Recurs>>,
    pub(super) sequence: u32,
    /// When it was last changed (`LAST-MODIFIED`), and when it was written (`DTSTAMP`), as numbers to be compared.
    pub(super) modified: u64,
    pub(super) stamp: u64,
    pub(super) attendees: u32,
    pub(super) is_all_day: bool,
    pub(super) is_declined: bool,
    /// Whether it is an instance of a series, and which one cannot be read.
    pub(super) is_stray: bool,
    /// Whether something was said about its end that cannot be read.
    pub(super) is_end_lost: bool,
    /// What the line of each kind says about the time; see [`Words::show_as`](words::Words::show_as).
    pub(super) words: words::Words,
    sensitivity: Sensitivity,
    importance: Option<Importance>,
    priority: Option<Importance>,
}

impl<'a> Draft<'a> {
    /// Takes a line of a property that [`is_read`].
    pub(super) fn line(
        &mut self,
        property: Property,
        name: usize,
        line: Line<'a>,
        scratch: &mut Vec<u8>,
        cx: &mut Context<'a, '_>,
    ) {
        // Lines whose value is not needed yet.
        match property {
            Property::Summary => return set(&mut self.texts.subject, line.raw),
            Property::Location => return set(&mut self.texts.place, line.raw),
            Property::Organizer => return set(&mut self.texts.organiser, line.raw),
            Property::Attendee => {
                self.attendees = self.attendees.saturating_add(1);
                if cx.rules.owner().is_none() {
                    return;
                }
            }
            _ => {}
        }
        let flat = if line.is_folded { unfolded(line.raw, scratch) } else { line.raw };
        let Some(mut content) = Content::after(flat, name) else {
            return self.lost(property, line.number, Problem::NoColon, cx);
        };
        if is_date(property) {
            content = content.without_colon();
        }
        if content.is_repaired {
            cx.warnings.add(line.number, Problem::Repaired);
        }
        if property == Property::Uid {
            let uid = content.value.trim_ascii();
            if self.texts.uid.is_empty() && !uid.is_empty() {
                (self.texts.uid, self.uid_hash) = (line.raw, hash(uid));
            }
        } else if self.value(property, content, line.number, cx).is_none() {
            self.lost(property, line.number, Problem::Unreadable(property.name()), cx);
        }
    }

    /// A line is left out.
    #[cold]
    fn lost(&mut self, property: Property, line: usize, problem: Problem, cx: &mut Context<'_, '_>) {
        cx.warnings.add(line, problem);
        self.lose(property);
    }

    /// What a property says is lost: what is then not known is taken for the most careful.
    pub(super) fn lose(&mut self, property: Property) {
        match property {
            // Without its name nobody knows to which series it belongs.
            Property::Class | Property::Uid => self.be(Sensitivity::Private),
            Property::RecurrenceId => self.is_stray = true,
            Property::EndTime | Property::Duration => self.is_end_lost = true,
            _ => {}
        }
    }

    /// Becomes at least as sensitive as this.
    pub(super) fn be(&mut self, sensitivity: Sensitivity) {
        self.sensitivity = self.sensitivity.max(sensitivity);
    }

    /// Takes a value. `None` when it cannot be read.
    fn value(&mut self, property: Property, content: Content<'_>, line: usize, cx: &mut Context<'a, '_>) -> Option<()> {
        let value = content.value.trim_ascii();
        match property {
            Property::Start => {
                let start = when(content, line, cx)?;
                self.start.get_or_insert(start);
            }
            Property::EndTime => self.set_end(End::At(when(content, line, cx)?)),
            Property::Duration => self.set_end(End::After(Length::parse(value)?)),
            Property::RecurrenceId => {
                let and_future =
                    content.params.get(b"RANGE").is_some_and(|range| range.eq_ignore_ascii_case(b"THISANDFUTURE"));
                self.instance = Some(Instance { of: when(content, line, cx)?, and_future });
            }
            Property::Rule | Property::ExceptRule => return self.rule(property, value, line, cx),
            Property::Dates => return self.dates(content, line, cx),
            Property::ExceptDates => return self.except(content, line, cx),
            Property::Class => self.be(cx.rules.meant(words::sensitivity(value))),
            Property::Importance => self.importance = Some(words::importance(value)?),
            Property::Priority => self.priority = Some(words::priority(value)?),
            Property::Sequence => self.sequence = digits(value)?,
            Property::Stamp => self.stamp = stamp(value),
            Property::LastModified => self.modified = stamp(value),
            Property::AllDay => self.is_all_day |= value.eq_ignore_ascii_case(b"TRUE"),
            Property::Attendee => self.attendee(content, cx.rules),
            _ => self.words.take(property, value, line, &mut cx.warnings),
        }
        Some(())
    }

    fn set_end(&mut self, end: End) {
        if self.end == End::Open {
            self.end = end;
        }
    }

    fn rule(&mut self, property: Property, value: &[u8], line: usize, cx: &mut Context<'_, '_>) -> Option<()> {
        let rule = std::str::from_utf8(value).ok().and_then(|text| Rule::parse(text).ok());
        let recurs = self.recurs.get_or_insert_default();
        let rules = if property == Property::Rule { &mut recurs.rules } else { &mut recurs.without };
        match rule {
            Some(rule) if rules.len() < MOST_RULES => rules.push(rule),
            _ => cx.warnings.add(line, Problem::Rule),
        }
        Some(())
    }

    fn dates(&mut self, content: Content<'_>, line: usize, cx: &mut Context<'a, '_>) -> Option<()> {
        let zone = zone_of(content, line, cx);
        let also = &mut self.recurs.get_or_insert_default().also;
        let mut is_sound = true;
        for one in content.value.split(|byte| *byte == b',') {
            if also.len() >= MOST_DATES {
                cx.warnings.add(line, Problem::TooManyDates);
                break;
            }
            match period(one, zone) {
                Some(period) => also.push(period),
                None => is_sound = false,
            }
        }
        is_sound.then_some(())
    }

    fn except(&mut self, content: Content<'_>, line: usize, cx: &mut Context<'a, '_>) -> Option<()> {
        let zone = zone_of(content, line, cx);
        let except = &mut self.recurs.get_or_insert_default().except;
        let mut is_sound = true;
        for one in content.value.split(|byte| *byte == b',') {
            if except.len() >= MOST_DATES {
                cx.warnings.add(line, Problem::TooManyDates);
                break;
            }
            match Written::parse(one) {
                Some(written) => except.push(written.at(zone)),
                None => is_sound = false,
            }
        }
        is_sound.then_some(())
    }

    fn attendee(&mut self, content: Content<'_>, rules: &ReadRules) {
        let Some(owner) = rules.owner() else { return };
        let address = |text: &[u8]| {
            let text = text.trim_ascii();
            let scheme = text.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case(b"mailto:"));
            let address = scheme.map_or(Some(text), |_| text.get(7..));
            address.is_some_and(|address| address.eq_ignore_ascii_case(owner))
        };
        if !address(content.value) && !content.params.get(b"EMAIL").is_some_and(address) {
            return;
        }
        let answer = content.params.get(b"PARTSTAT").unwrap_or_default().trim_ascii();
        self.is_declined = answer.eq_ignore_ascii_case(b"DECLINED");
        self.words.is_open = [&b"NEEDS-ACTION"[..], b"TENTATIVE"].iter().any(|open| answer.eq_ignore_ascii_case(open));
    }

    /// How sensitive the event says it is.
    pub(super) const fn sensitivity(&self) -> Sensitivity {
        self.sensitivity
    }

    pub(super) fn importance(&self) -> Importance {
        self.importance.or(self.priority).unwrap_or_default()
    }

    pub(super) fn show_as(&self) -> ShowAs {
        self.words.show_as()
    }
}

/// Whether the lines of a property are of use in an event.
#[inline]
pub(super) const fn is_read(property: Property) -> bool {
    !matches!(
        property,
        Property::Other
            | Property::Method
            | Property::CalendarZone
            | Property::ZoneId
            | Property::OffsetFrom
            | Property::OffsetTo
            | Property::Located
    )
}

fn set<'a>(text: &mut &'a [u8], line: &'a [u8]) {
    // Of two the first: the second is not allowed.
    if text.is_empty() {
        *text = line;
    }
}

/// The zone that a line names.
fn zone_of(content: Content<'_>, line: usize, cx: &mut Context<'_, '_>) -> u32 {
    match content.params.get(b"TZID") {
        None => cx.zones.floating(),
        Some(name) => cx.zones.number(name, line, &mut cx.warnings),
    }
}

/// Whether the value is made of dates and times, in which there is no colon.
const fn is_date(property: Property) -> bool {
    use Property::{Dates, EndTime, ExceptDates, RecurrenceId, Start};
    matches!(property, Start | EndTime | RecurrenceId | Dates | ExceptDates)
}

/// The date or time of a line.
pub(super) fn when(content: Content<'_>, line: usize, cx: &mut Context<'_, '_>) -> Option<When> {
    let written = Written::parse(content.value)?;
    if written.time.is_none() || written.is_utc {
        return Some(written.at(0));
    }
    let mut zone = None;
    for (name, value) in content.params.iter() {
        if name.eq_ignore_ascii_case(b"TZID") {
            zone = zone.or_else(|| Some(without_quotes(value)));
        } else if name.eq_ignore_ascii_case(b"VALUE") && value.eq_ignore_ascii_case(b"DATE") {
            return Some(When::date(written.date));
        }
    }
    let zone = match zone {
        None => cx.zones.floating(),
        Some(name) => cx.zones.number(name, line, &mut cx.warnings),
    };
    Some(written.at(zone))
}

/// A date, a time, or a period.
pub(super) fn period(text: &[u8], zone: u32) -> Option<(When, End)> {
    let Some(slash) = memchr::memchr(b'/', text) else { return Some((Written::parse(text)?.at(zone), End::Open)) };
    let (start, end) = (Written::parse(text.get(..slash)?)?.at(zone), text.get(slash + 1..)?);
    let length = || Length::parse(end).map(End::After);
    let end = Written::parse(end).map(|end| End::At(end.at(zone))).or_else(length)?;
    Some((start, end))
}

/// A time as a number that is greater the later it is; 0 when it cannot be read, which does no harm.
fn stamp(text: &[u8]) -> u64 {
    let Some((date, clock)) = text.split_at_checked(8) else { return 0 };
    let clock = clock.get(1..7).and_then(digits).unwrap_or(0);
    digits(date).map_or(0, |date| u64::from(date) * 1_000_000 + u64::from(clock))
}

/// A hash of a UID, never 0. Equal hashes do not mean equal UIDs.
fn hash(uid: &[u8]) -> u64 {
    let (words, rest) = uid.as_chunks::<8>();
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let mixed = words
        .chain([u64::from_le_bytes(last), uid.len() as u64])
        .fold(0, |hash: u64, word| (hash.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    (mixed ^ mixed >> 32).max(1)
}
