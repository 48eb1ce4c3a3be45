//! From what was found in a file to its events: copies, instances of series, and what is private.

use std::collections::HashSet;

use chrono::NaiveDate;
use presence_core::ShowAs;
use presence_core::calendar::{Importance, Sensitivity};

use super::ReadRules;
use super::event::{Draft, End, Instance, RawTexts};
use super::expand::Series;
use super::line::{Content, unfolded};
use super::read::{Found, Method};
use super::span::Clock;
use super::texts::{Copier, EventTexts, Texts};
use super::value::{Length, When};
use super::warnings::Warnings;
use crate::warning::Problem;

/// What ends at a time that cannot be read takes so long: it is not known to be free.
const AN_HOUR: End = End::After(Length::seconds(3_600));

/// An event of a calendar.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) series: Series,
    pub(super) texts: EventTexts,
    pub(super) attendees: u32,
    pub(super) line: u32,
    pub(super) show_as: ShowAs,
    pub(super) importance: Importance,
    pub(super) sensitivity: Sensitivity,
    pub(super) is_cancelled: bool,
    pub(super) is_declined: bool,
    /// Whether another event stands for it: a newer copy, or a series that leaves it out.
    pub(super) is_dropped: bool,
    /// Its instances that are told apart: from where on they are in the list of all, and how many.
    pub(super) changes: (u32, u32),
}

/// An instance of a series that is told apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub(super) key: Key,
    /// The event that tells what it became.
    pub(super) event: u32,
    /// By how much it is moved, by the clock of the series, when those after it follow it.
    pub(super) and_future: Option<i64>,
}

/// Which instance of a series is meant: the one of a day, or the one that would have begun at a time.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Key {
    On(NaiveDate),
    At(i64),
}

/// What an event is known by, until all are built.
struct Side<'a> {
    texts: RawTexts<'a>,
    uid_hash: u64,
    sequence: u32,
    changed: u64,
    instance: Option<Instance>,
    is_stray: bool,
    has_start: bool,
}

/// The events of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Events {
    pub(super) list: Vec<Event>,
    pub(super) changes: Vec<Change>,
    pub(super) texts: Texts,
}

pub(super) fn build(
    found: Vec<Found<'_>>,
    methods: &[Method],
    is_cut: bool,
    clock: &Clock<'_>,
    rules: &ReadRules,
    warnings: &mut Warnings,
) -> Events {
    let (mut list, mut sides) = (Vec::with_capacity(found.len()), Vec::with_capacity(found.len()));
    for Found { draft, line, part } in found {
        let method = methods.get(part).copied().unwrap_or_default();
        let (event, side, problem) = event(draft, line, method, clock);
        list.push(event);
        sides.push(side);
        if let Some(problem) = problem {
            warnings.add(line, problem);
        }
    }
    let mut groups = Groups { list: &mut list, sides: &sides, changes: Vec::new(), clock, warnings };
    groups.run();
    let changes = std::mem::take(&mut groups.changes);
    if is_cut {
        groups.hide_orphans(&changes);
    }
    let mut copier = Copier::default();
    for (event, side) in list.iter_mut().zip(&sides).filter(|(event, _)| !event.is_dropped) {
        if !event.sensitivity.is_private() {
            event.texts = copier.copy(side.texts, rules.hides_subjects());
        }
    }
    Events { list, changes, texts: copier.finish() }
}

fn event<'a>(draft: Draft<'a>, line: usize, method: Method, clock: &Clock<'_>) -> (Event, Side<'a>, Option<Problem>) {
    let (sensitivity, importance) = (draft.sensitivity(), draft.importance());
    let show_as = if method == Method::Request { draft.words.show_as_invited() } else { draft.show_as() };
    // An instance that is only cancelled may say no more than which it is.
    let has_start = draft.start.is_some();
    let start = draft.start.or_else(|| draft.instance.map(|instance| instance.of));
    // What is left out is still listed, for it may say how private what belongs to it is.
    let problem = match start {
        _ if matches!(method, Method::Reply | Method::Other) => Some(Problem::Message),
        None => Some(Problem::NoStart),
        Some(_) => None,
    };
    let start = start.unwrap_or_else(|| When::date(NaiveDate::default()));
    let end = if draft.is_end_lost && draft.end == End::Open && !start.is_date { AN_HOUR } else { draft.end };
    let days = draft.is_all_day.then(|| clock.whole_days(start, end)).flatten();
    let (start, end) = days.unwrap_or((start, end));
    let event = Event {
        series: Series::of(start, end, draft.recurs, clock),
        texts: EventTexts::default(),
        attendees: if sensitivity.is_private() { 0 } else { draft.attendees },
        line: u32::try_from(line).unwrap_or(0),
        show_as,
        importance,
        sensitivity,
        is_cancelled: draft.words.is_cancelled() || method == Method::Cancel,
        is_declined: draft.is_declined,
        is_dropped: problem.is_some(),
        changes: (0, 0),
    };
    let changed = if draft.modified == 0 { draft.stamp } else { draft.modified };
    let (texts, uid_hash, sequence, instance) = (draft.texts, draft.uid_hash, draft.sequence, draft.instance);
    let is_stray = draft.is_stray && instance.is_none();
    (event, Side { texts, uid_hash, sequence, changed, instance, is_stray, has_start }, problem)
}

/// What has one UID.
#[derive(Default)]
struct Members {
    instances: Vec<(u32, Instance)>,
    masters: Vec<u32>,
    /// Instances of which nobody knows which they are.
    strays: Vec<u32>,
    /// How sensitive those are that were left out.
    lost: Option<Sensitivity>,
}

/// Brings together what has one UID.
struct Groups<'e, 'a, 'c> {
    list: &'e mut [Event],
    sides: &'e [Side<'a>],
    changes: Vec<Change>,
    clock: &'e Clock<'c>,
    warnings: &'e mut Warnings,
}

impl Groups<'_, '_, '_> {
    fn run(&mut self) {
        let hashes = self.sides.iter().zip(0_u32..).map(|(side, number)| (side.uid_hash, number));
        let mut order: Vec<(u64, u32)> = hashes.filter(|(hash, _)| *hash != 0).collect();
        order.sort_unstable();
        for run in order.chunk_by(|one, other| one.0 == other.0).filter(|run| run.len() > 1) {
            let members: Vec<u32> = run.iter().map(|(_, number)| *number).collect();
            let first = members.first().and_then(|first| self.side(*first)).map(|side| side.texts.uid);
            let is_one = members.iter().all(|number| self.side(*number).map(|side| side.texts.uid) == first);
            if is_one {
                self.group(&members);
            } else {
                self.groups(members);
            }
        }
    }

    /// Members whose UIDs have one hash and are written in different ways: with other folds, or not the same at all.
    fn groups(&mut self, mut members: Vec<u32>) {
        let mut scratch = Vec::new();
        let sides = self.sides;
        let mut uid = |number: &u32| {
            let side = usize::try_from(*number).ok().and_then(|number| sides.get(number));
            let line = side.map_or(&[][..], |side| side.texts.uid);
            Content::of(unfolded(line, &mut scratch))
                .map_or_else(Vec::new, |content| content.value.trim_ascii().to_vec())
        };
        members.sort_by_cached_key(&mut uid);
        let uids: Vec<Vec<u8>> = members.iter().map(uid).collect();
        let mut rest = members.as_slice();
        for same in uids.chunk_by(|one, other| one == other) {
            let (group, after) = rest.split_at_checked(same.len()).unwrap_or((rest, &[]));
            rest = after;
            if group.len() > 1 {
                self.group(group);
            }
        }
    }

    fn group(&mut self, members: &[u32]) {
        let Members { instances, masters, strays, lost } = self.members(members);
        let master = self.newest(&masters);
        let series = master.and_then(|master| self.event(master)).map(|event| event.sensitivity);
        self.be_all(&strays, series);
        self.be_all(members, lost);
        let is_date = master.and_then(|master| self.event(master)).map(|event| event.series.start.is_date);
        let mut changes: Vec<(Key, u32, Instance)> = instances
            .into_iter()
            .map(|(number, instance)| (self.key(instance.of, is_date), number, instance))
            .collect();
        changes.sort_by_key(|(key, number, instance)| (*key, instance.and_future, *number));
        let from = u32::try_from(self.changes.len()).unwrap_or(u32::MAX);
        for same in changes.chunk_by(|one, other| (one.0, one.2.and_future) == (other.0, other.2.and_future)) {
            let copies: Vec<u32> = same.iter().map(|(_, number, _)| *number).collect();
            let Some(number) = self.newest(&copies) else { continue };
            let Some((key, _, instance)) = same.iter().find(|(_, other, _)| *other == number) else { continue };
            if let Some(master) = master {
                self.belong(master, number, *key, *instance);
            }
        }
        self.follow(from);
        let count = u32::try_from(self.changes.len()).unwrap_or(u32::MAX).saturating_sub(from);
        if let Some(event) = master.and_then(|master| self.event_mut(master)) {
            event.changes = (from, count);
        }
    }

    /// Tells apart what has one UID.
    fn members(&self, members: &[u32]) -> Members {
        let mut sorted = Members::default();
        for number in members {
            let Some((side, event)) = self.side(*number).zip(self.event(*number)) else { continue };
            match side.instance {
                _ if event.is_dropped => sorted.lost = sorted.lost.max(Some(event.sensitivity)),
                Some(instance) => sorted.instances.push((*number, instance)),
                None if side.is_stray => sorted.strays.push(*number),
                None => sorted.masters.push(*number),
            }
        }
        sorted
    }

    fn be_all(&mut self, members: &[u32], sensitivity: Option<Sensitivity>) {
        let Some(sensitivity) = sensitivity else { return };
        for number in members {
            if let Some(event) = self.event_mut(*number) {
                event.be(sensitivity);
            }
        }
    }

    /// An instance after a change that lasts belongs to what the series has become by it.
    fn follow(&mut self, from: u32) {
        let mut series = Sensitivity::Normal;
        for change in self.changes.get(usize::try_from(from).unwrap_or(usize::MAX)..).unwrap_or_default() {
            let event = usize::try_from(change.event).ok().and_then(|number| self.list.get_mut(number));
            let Some(event) = event else { continue };
            if change.and_future.is_some() {
                series = event.sensitivity;
            } else {
                event.be(series);
            }
        }
    }

    /// Of a file that is cut the series of an instance may be missing, and with it what said that both are private.
    fn hide_orphans(&mut self, changes: &[Change]) {
        let belong: HashSet<u32> = changes.iter().map(|change| change.event).collect();
        for ((event, side), number) in self.list.iter_mut().zip(self.sides).zip(0_u32..) {
            if side.is_stray || side.instance.is_some() && !belong.contains(&number) {
                event.be(Sensitivity::Private);
            }
        }
    }

    /// The newest of several copies. The others are dropped, and it is as sensitive as the most sensitive of them.
    fn newest(&mut self, copies: &[u32]) -> Option<u32> {
        let age = |number: &u32| self.side(*number).map(|side| (side.sequence, side.changed, *number));
        let newest = copies.iter().copied().max_by_key(age)?;
        let strictest = copies.iter().filter_map(|number| self.event(*number)).map(|event| event.sensitivity).max()?;
        for number in copies {
            let Some(event) = self.event_mut(*number) else { continue };
            event.be(strictest);
            if *number != newest {
                event.is_dropped = true;
                let line = usize::try_from(event.line).unwrap_or(0);
                self.warnings.add(line, Problem::Copy);
            }
        }
        Some(newest)
    }

    /// An instance belongs to a series.
    fn belong(&mut self, master: u32, number: u32, key: Key, instance: Instance) {
        let clock = self.clock;
        let Some(Event { series, sensitivity, .. }) = self.event(master) else { return };
        let first = series.start;
        let of = clock.local_in(instance.of, first.zone);
        let (at, date) = match key {
            Key::At(at) => (at, of.date()),
            Key::On(date) => (i64::MIN, date),
        };
        let is_older = self.side(number).map(|side| side.sequence) < self.side(master).map(|side| side.sequence);
        let is_left_out = is_older && series.leaves_out(at, date);
        let has_start = self.side(number).is_none_or(|side| side.has_start);
        // What only says which instance it is takes as long as the others.
        let alike = (!has_start).then(|| series.once_at(if first.is_date { date.into() } else { of }, clock));
        let sensitivity = *sensitivity;
        let Some(event) = self.event_mut(number) else { return };
        event.be(sensitivity);
        if is_left_out {
            event.is_dropped = true;
            return;
        }
        if let Some(series) = alike {
            event.series = series;
        }
        let start = clock.local_in(event.series.start, first.zone);
        let named = if let Key::On(date) = key { date.and_time(first.local.time()) } else { of };
        let and_future = instance.and_future.then(|| start.signed_duration_since(named).num_seconds());
        self.changes.push(Change { key, event: number, and_future });
    }

    fn key(&self, of: When, is_date: Option<bool>) -> Key {
        if of.is_date || is_date == Some(true) { Key::On(self.clock.date_of(of)) } else { Key::At(self.clock.at(of)) }
    }

    fn side(&self, number: u32) -> Option<&Side<'_>> {
        self.sides.get(usize::try_from(number).ok()?)
    }

    fn event(&self, number: u32) -> Option<&Event> {
        self.list.get(usize::try_from(number).ok()?)
    }

    fn event_mut(&mut self, number: u32) -> Option<&mut Event> {
        self.list.get_mut(usize::try_from(number).ok()?)
    }
}

impl Event {
    /// Becomes at least as sensitive as this.
    fn be(&mut self, sensitivity: Sensitivity) {
        self.sensitivity = self.sensitivity.max(sensitivity);
        if self.sensitivity.is_private() {
            self.attendees = 0;
        }
    }
}
