//! The zones that the times of a file name. Each name is resolved once, and only names that are used; a VTIMEZONE is
//! read only where the name alone says nothing.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::line::{Content, Line, Lines, unfolded};
use super::name::Property;
use super::value::{Written, offset};
use super::warnings::Warnings;
use crate::recur::Rule;
use crate::warning::Problem;
use crate::zone::{Observance, Resolved, Zone, ZoneRules, Zones};

/// The zone of the mailbox, in which whole days are meant.
pub(super) const MAILBOX: u32 = 0;
/// UTC.
pub(super) const UTC: u32 = 1;
/// Names beyond these are not told apart.
const MOST_NAMES: usize = 10_000;
/// So many names are searched one after the other; of more an index is made.
const FEW: usize = 8;
/// So many zones of a file's own are worked out; no calendar has as many.
const MOST_OWN: usize = 200;
/// Parts of a VTIMEZONE that are read.
const MOST_PARTS: usize = 1_000;

/// A calendar of the file: a VCALENDAR has definitions of its own.
#[derive(Default)]
struct Part<'a> {
    /// The value of `X-WR-TIMEZONE`, and its line.
    floating: Option<(Box<[u8]>, usize)>,
    /// Where the lines of its VTIMEZONEs begin.
    definitions: Vec<Lines<'a>>,
}

/// What a number stands for.
enum Entry {
    Mailbox,
    Utc,
    /// Times without a zone in this part.
    Floating(usize),
    /// A name that a part uses, first in this line.
    Named {
        name: Box<[u8]>,
        part: usize,
        line: usize,
    },
}

/// Gives out numbers for zones while a file is read.
pub(super) struct ZoneNames<'a> {
    entries: Vec<Entry>,
    parts: Vec<Part<'a>>,
    /// The names of this part from here on.
    first: usize,
    floating: u32,
    last: u32,
    index: HashMap<Box<[u8]>, u32>,
}

impl<'a> ZoneNames<'a> {
    pub(super) fn new() -> Self {
        Self {
            entries: vec![Entry::Mailbox, Entry::Utc, Entry::Floating(0)],
            parts: vec![Part::default()],
            first: 3,
            floating: 2,
            last: 2,
            index: HashMap::new(),
        }
    }

    /// A new VCALENDAR begins.
    pub(super) fn next_part(&mut self) {
        if self.entries.len() == self.first && self.parts.last().is_none_or(Part::is_untouched) {
            return;
        }
        if let Ok(number) = u32::try_from(self.entries.len()) {
            self.entries.push(Entry::Floating(self.parts.len()));
            self.parts.push(Part::default());
            (self.first, self.floating, self.last) = (self.entries.len(), number, number);
            self.index.clear();
        }
    }

    /// The number of times that name no zone.
    pub(super) const fn floating(&self) -> u32 {
        self.floating
    }

    pub(super) fn set_floating(&mut self, name: &[u8], line: usize) {
        if let Some(part) = self.parts.last_mut() {
            part.floating.get_or_insert_with(|| (name.into(), line));
        }
    }

    pub(super) fn define(&mut self, lines: Lines<'a>) {
        if let Some(part) = self.parts.last_mut() {
            part.definitions.push(lines);
        }
    }

    /// The number of the zone of this name.
    pub(super) fn number(&mut self, name: &[u8], line: usize, warnings: &mut Warnings) -> u32 {
        let is_it = |entry: &Entry| matches!(entry, Entry::Named { name: known, .. } if **known == *name);
        if usize::try_from(self.last).ok().and_then(|last| self.entries.get(last)).is_some_and(is_it) {
            return self.last;
        }
        self.last = self.find(name).unwrap_or_else(|| self.add(name, line, warnings));
        self.last
    }

    fn find(&self, name: &[u8]) -> Option<u32> {
        let names = self.entries.get(self.first..)?;
        if names.len() > FEW {
            return self.index.get(name).copied();
        }
        let at =
            names.iter().position(|entry| matches!(entry, Entry::Named { name: known, .. } if **known == *name))?;
        u32::try_from(self.first + at).ok()
    }

    #[cold]
    fn add(&mut self, name: &[u8], line: usize, warnings: &mut Warnings) -> u32 {
        let number = u32::try_from(self.entries.len()).ok().filter(|_| self.entries.len() < MOST_NAMES);
        let Some(number) = number else {
            warnings.add(line, Problem::ZoneGuessed);
            return self.floating;
        };
        self.entries.push(Entry::Named { name: name.into(), part: self.parts.len() - 1, line });
        let count = self.entries.len() - self.first;
        if count == FEW + 1 {
            // From here on all names of the part are found by the index.
            let names = self.entries.iter().zip(0_u32..).skip(self.first);
            self.index.extend(names.filter_map(|(entry, number)| match entry {
                Entry::Named { name, .. } => Some((name.clone(), number)),
                _ => None,
            }));
        } else if count > FEW {
            self.index.insert(name.into(), number);
        }
        number
    }

    /// The zones by their numbers.
    pub(super) fn resolve(self, mailbox: &Zone, warnings: &mut Warnings) -> Vec<Zone> {
        let mut resolver =
            Resolver { plain: Zones::new(mailbox.clone()), own: None, count: 0, parts: &self.parts, warnings };
        let zone = |entry: &Entry| match entry {
            Entry::Mailbox => mailbox.clone(),
            Entry::Utc => Zone::UTC,
            Entry::Floating(part) => resolver.floating(*part).unwrap_or_else(|| mailbox.clone()),
            Entry::Named { name, part, line } => resolver.zone(name, *part, *line),
        };
        self.entries.iter().map(zone).collect()
    }
}

impl Part<'_> {
    fn is_untouched(&self) -> bool {
        self.floating.is_none() && self.definitions.is_empty()
    }
}

struct Resolver<'r, 'a> {
    /// Only the zones of the world.
    plain: Zones,
    /// With those of the part of this number.
    own: Option<(usize, Zones)>,
    /// How many zones with rules of their own there were so far.
    count: usize,
    parts: &'r [Part<'a>],
    warnings: &'r mut Warnings,
}

impl Resolver<'_, '_> {
    fn floating(&mut self, part: usize) -> Option<Zone> {
        let (name, line) = self.parts.get(part)?.floating.as_ref()?;
        Some(self.zone(name, part, *line))
    }

    fn zone(&mut self, name: &[u8], part: usize, line: usize) -> Zone {
        let name = String::from_utf8_lossy(name);
        if !defers_to_file(&name) {
            let resolved = self.plain.resolve(&name);
            if !resolved.is_guess {
                return resolved.zone;
            }
        }
        let mut resolved = self.with_own(part).resolve(&name);
        self.count += usize::from(matches!(resolved.zone, Zone::Rules(_)));
        if self.count > MOST_OWN && matches!(resolved.zone, Zone::Rules(_)) {
            resolved = Resolved::guess(self.plain.mailbox());
        }
        if resolved.is_guess {
            self.warnings.add(line, Problem::ZoneGuessed);
        }
        resolved.zone
    }

    /// The zones that a part can name, those that it defines among them.
    fn with_own(&mut self, part: usize) -> &Zones {
        if self.own.as_ref().is_some_and(|(read, _)| *read != part) {
            self.own = None;
        }
        let (parts, plain, warnings) = (self.parts, &self.plain, &mut *self.warnings);
        let read = || {
            let mut zones = plain.clone();
            for lines in parts.get(part).into_iter().flat_map(|part| &part.definitions) {
                define(&mut zones, lines.clone(), warnings);
            }
            (part, zones)
        };
        &self.own.get_or_insert_with(read).1
    }
}

/// Whether the rules in the file come before what the name may mean in the world: names of the world have neither
/// brackets nor commas.
fn defers_to_file(name: &str) -> bool {
    name.contains(['(', ',', '&'])
}

/// Reads a VTIMEZONE from the line after its BEGIN to its END.
fn define(zones: &mut Zones, lines: Lines<'_>, warnings: &mut Warnings) {
    let mut reader = Definition::default();
    let mut scratch = Vec::new();
    for line in lines {
        match reader.line(line, &mut scratch) {
            Ok(true) => break,
            Ok(false) => {}
            Err(property) => warnings.add(line.number, Problem::Unreadable(property.name())),
        }
    }
    let located = reader.located.as_deref();
    if let (Some(name), Some(rules)) = (reader.name.as_deref(), ZoneRules::new(reader.parts)) {
        zones.define(name, located, rules);
    }
}

/// What is read of a VTIMEZONE.
#[derive(Default)]
struct Definition {
    name: Option<String>,
    located: Option<String>,
    parts: Vec<Observance>,
    start: Option<NaiveDateTime>,
    before: Option<i32>,
    after: Option<i32>,
    rules: Vec<Rule>,
    dates: Vec<NaiveDateTime>,
}

impl Definition {
    /// Takes a line. `true` at the end of the VTIMEZONE; the property when it cannot be read.
    fn line(&mut self, line: Line<'_>, scratch: &mut Vec<u8>) -> Result<bool, Property> {
        let flat = unfolded(line.raw, scratch);
        let (property, name) = Property::of(flat, false);
        let Some(Content { value, .. }) = Content::after(flat, name) else { return Ok(false) };
        let text = || Some(String::from_utf8_lossy(value).into_owned());
        let local = |value| Some(Written::parse(value)?.at(UTC).local);
        match property {
            Property::End if value.trim_ascii().eq_ignore_ascii_case(b"VTIMEZONE") => return Ok(true),
            Property::End => self.close(),
            Property::ZoneId => self.name = text(),
            Property::Located => self.located = text(),
            Property::Start => self.start = Some(local(value).ok_or(property)?),
            Property::OffsetFrom => self.before = Some(offset(value).ok_or(property)?),
            Property::OffsetTo => self.after = Some(offset(value).ok_or(property)?),
            Property::Rule => {
                let rule = std::str::from_utf8(value).ok().and_then(|text| Rule::parse(text).ok());
                self.rules.push(rule.ok_or(property)?);
            }
            Property::Dates => {
                for one in value.split(|byte| *byte == b',').take(MOST_PARTS) {
                    self.dates.push(local(one).ok_or(property)?);
                }
            }
            _ => {}
        }
        Ok(false)
    }

    /// A STANDARD or DAYLIGHT ends.
    fn close(&mut self) {
        let (rules, dates) = (std::mem::take(&mut self.rules), std::mem::take(&mut self.dates));
        let (start, before, after) = (self.start.take(), self.before.take(), self.after.take());
        if let (Some(start), Some(offset)) = (start, after)
            && self.parts.len() < MOST_PARTS
        {
            let mut part = Observance::new(start, before.unwrap_or(offset), offset);
            (part.rules, part.dates) = (rules, dates);
            self.parts.push(part);
        }
    }
}
