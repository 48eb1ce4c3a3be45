//! Turns many local times of a zone into absolute ones, asking the zone as seldom as possible.
//!
//! What an offset is worth is known for a stretch of time at once. Close to a change of the clock the zone itself is asked, so
//! gaps and repeated hours are decided there and nowhere else.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::calendar::DAY;
use crate::zone::Zone;

/// How far apart two equal offsets may be to prove that there is no other between them. No zone of the world has gone away
/// and come back that quickly since 1970: Boa Vista was quickest, with a week in 2000.
const STEP: i64 = 3 * DAY;

/// A clock set back repeats what it showed for less than this, and one set forward skips less.
const REPEATED: i64 = 25 * 3_600;

/// The years 1970 to 2099, for which the changes of a zone are kept.
const KEPT: (i64, i64) = (0, 4_102_444_800);

/// A time during which the clock of a zone is as far ahead of UTC, in seconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Stretch {
    /// Absolute times.
    from: i64,
    to: i64,
    pub(super) offset: i64,
}

impl Stretch {
    /// Whether a local time is read with this offset and no other.
    pub(super) const fn holds(&self, local: i64) -> bool {
        local >= self.from + self.offset + REPEATED && local < self.to + self.offset
    }
}

/// The offsets of a zone.
#[derive(Debug)]
pub(super) struct Offsets<'a> {
    zone: &'a Zone,
    /// The stretches of a zone of the world.
    kept: &'static [Stretch],
    last: Stretch,
}

impl<'a> Offsets<'a> {
    pub(super) fn new(zone: &'a Zone) -> Self {
        let kept = if let Zone::Iana(zone) = zone { stretches(*zone) } else { &[] };
        Self { zone, kept, last: Stretch { from: 0, to: 0, offset: 0 } }
    }

    /// How far the clock is ahead of UTC when it shows this time, in seconds.
    #[inline]
    pub(super) fn offset(&mut self, local: i64) -> Option<i64> {
        if self.last.holds(local) { Some(self.last.offset) } else { self.seek(local) }
    }

    #[cold]
    fn seek(&mut self, local: i64) -> Option<i64> {
        // Two repetitions earlier, so that a change that was just before does not matter.
        self.last = self.stretch_at(local - self.last.offset).unwrap_or_else(|| self.after(local - 2 * REPEATED));
        if self.last.holds(local) {
            return Some(self.last.offset);
        }
        let time = DateTime::from_timestamp(local, 0)?.naive_utc();
        Some(local - self.zone.to_utc(time).timestamp())
    }

    /// The earliest and the latest local times that can be meant by an absolute one.
    pub(super) fn around(&self, moment: i64) -> (i64, i64) {
        let (before, after) = (self.offset_at(moment - REPEATED), self.offset_at(moment + REPEATED));
        (moment + before.min(after), moment + before.max(after))
    }

    fn offset_at(&self, moment: i64) -> i64 {
        self.stretch_at(moment).map_or_else(|| offset_at(self.zone, moment), |stretch| stretch.offset)
    }

    /// The stretch that is kept for an absolute time.
    fn stretch_at(&self, moment: i64) -> Option<Stretch> {
        let number = self.kept.partition_point(|stretch| stretch.to <= moment);
        self.kept.get(number).copied().filter(|stretch| stretch.from <= moment)
    }

    /// The stretch, or a part of it, that begins with this moment.
    fn after(&self, moment: i64) -> Stretch {
        let offset = offset_at(self.zone, moment);
        let change = change_within(self.zone, moment, moment + STEP, DAY);
        Stretch { from: moment, to: change.map_or(moment + STEP, |(before, _)| before), offset }
    }
}

/// How far the clock of a zone is ahead of UTC at a moment, in seconds.
fn offset_at(zone: &Zone, moment: i64) -> i64 {
    let time: Option<DateTime<Utc>> = DateTime::from_timestamp(moment, 0);
    time.map_or(0, |time| zone.to_local(time).and_utc().timestamp() - moment)
}

/// A moment with the offset of the first, and a later one, no further away than this, with another. `None` when the offset
/// is the same at the end of the step.
fn change_within(zone: &Zone, first: i64, end: i64, distance: i64) -> Option<(i64, i64)> {
    let offset = offset_at(zone, first);
    if offset_at(zone, end) == offset {
        return None;
    }
    let (mut before, mut after) = (first, end);
    while after - before > distance {
        let middle = before + (after - before) / 2;
        if offset_at(zone, middle) == offset { before = middle } else { after = middle }
    }
    Some((before, after))
}

/// The stretches of a zone of the world, worked out when they are first asked for.
fn stretches(zone: Tz) -> &'static [Stretch] {
    static KNOWN: [OnceLock<Box<[Stretch]>>; chrono_tz::TZ_VARIANTS.len()] =
        [const { OnceLock::new() }; chrono_tz::TZ_VARIANTS.len()];
    // The names are in the order of the numbers.
    KNOWN.get(zone as usize).map_or(&[], |known| known.get_or_init(|| work_out(&Zone::Iana(zone))))
}

fn work_out(zone: &Zone) -> Box<[Stretch]> {
    let mut stretches = Vec::new();
    let (mut from, mut known) = (KEPT.0, KEPT.0);
    while known < KEPT.1 {
        let offset = offset_at(zone, from);
        match change_within(zone, known, known + STEP, 1) {
            Some((_, change)) => {
                stretches.push(Stretch { from, to: change, offset });
                (from, known) = (change, change);
            }
            None => known += STEP,
        }
    }
    stretches.push(Stretch { from, to: known, offset: offset_at(zone, from) });
    stretches.into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_zones() -> impl Iterator<Item = Zone> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| Zone::Iana(*zone))
    }

    /// In no zone of the world does an offset go away and come back within the step: what is kept is what the zone says,
    /// hour by hour where its clock changes, and day by day elsewhere.
    #[test]
    fn nothing_is_passed_over() {
        for zone in all_zones().step_by(2) {
            let offsets = Offsets::new(&zone);
            for moment in (KEPT.0..2_200_000_000).step_by(86_400 + 3_600) {
                assert_eq!(offsets.offset_at(moment), offset_at(&zone, moment), "{zone:?} at {moment}");
            }
        }
    }

    /// S0.21: whatever the zone, the quick way says what the zone says, gaps and repeated hours included.
    #[test]
    fn same_as_the_zone_itself() {
        let fixed = Zone::fixed(-12_345).unwrap();
        for zone in all_zones().step_by(3).chain([fixed]) {
            let mut offsets = Offsets::new(&zone);
            // The autumn of 2025 and the spring of 2026, and years around 2200 and 1900, which are not kept.
            for start in [1_759_276_800, 1_772_323_200, 7_258_118_400, -2_208_988_800_i64] {
                for local in (start..start + 45 * DAY).step_by(1_770) {
                    let naive = DateTime::from_timestamp(local, 0).unwrap().naive_utc();
                    let expected = local - zone.to_utc(naive).timestamp();
                    assert_eq!(offsets.offset(local), Some(expected), "{zone:?} {naive}");
                }
            }
        }
    }
}
