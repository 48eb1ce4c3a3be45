//! When the clock of a zone changes, and what it shows between the changes.

/// All changes of a zone's clock.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    /// Seconds ahead of UTC before the first change.
    first: i32,
    /// In order, and each to another offset than the one before.
    list: Box<[Change]>,
    /// The offsets that are furthest behind and furthest ahead.
    least: i32,
    most: i32,
}

#[derive(Clone, Copy, Debug)]
struct Change {
    /// Seconds since 1970.
    at: i64,
    offset: i32,
}

/// From when on a clock is so far ahead, and how far it was before, as a part of a zone's rules says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Onset {
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) before: i32,
    pub(super) offset: i32,
}

impl Changes {
    /// A clock that is never changed.
    pub(super) fn none(offset: i32) -> Self {
        Self { first: offset, list: Box::default(), least: offset, most: offset }
    }

    /// The changes of these onsets. Of two at once the later in the list counts. `None` without any.
    pub(super) fn of(mut onsets: Vec<Onset>) -> Option<Self> {
        onsets.sort_by_key(|onset| onset.at);
        let first = onsets.first()?.before;
        let mut list: Vec<Change> = Vec::with_capacity(onsets.len());
        for Onset { at, offset, .. } in onsets {
            if list.last().is_some_and(|last| last.at == at) {
                list.pop();
            }
            if list.last().map_or(first, |last| last.offset) != offset {
                list.push(Change { at, offset });
            }
        }
        let offsets = || list.iter().map(|change| change.offset).chain([first]);
        let (least, most) = (offsets().min()?, offsets().max()?);
        Some(Self { first, list: list.into_boxed_slice(), least, most })
    }

    /// How far the clock is ahead of UTC at a time.
    pub(super) fn offset_at(&self, at: i64) -> i32 {
        self.offset_after(self.count_until(at))
    }

    /// How far the clock is ahead when it shows this time: of two readings the first counts, and with none the clock
    /// before the gap.
    pub(super) fn offset_of_local(&self, local: i64) -> i32 {
        // Only the clocks in force between these two can be meant: mostly it is one and the same.
        let earliest = self.count_until(local.saturating_sub(i64::from(self.most)));
        let latest = self.count_until(local.saturating_sub(i64::from(self.least)));
        let mut offset = self.offset_after(earliest);
        let mut before_gap = None;
        let mut starts = i64::MIN;
        for change in self.list.get(earliest..latest).unwrap_or_default() {
            let ends = change.at.saturating_add(i64::from(offset));
            if (starts..ends).contains(&local) {
                return offset;
            }
            starts = change.at.saturating_add(i64::from(change.offset));
            if (ends..starts).contains(&local) && before_gap.is_none() {
                before_gap = Some(offset);
            }
            offset = change.offset;
        }
        if local >= starts { offset } else { before_gap.unwrap_or(offset) }
    }

    /// How many changes there are until a time.
    fn count_until(&self, at: i64) -> usize {
        self.list.partition_point(|change| change.at <= at)
    }

    /// The offset after so many changes.
    fn offset_after(&self, count: usize) -> i32 {
        let last = count.checked_sub(1).and_then(|index| self.list.get(index));
        last.map_or(self.first, |change| change.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn onset(at: i64, before: i32, offset: i32) -> Onset {
        Onset { at, before, offset }
    }

    /// Onsets that change nothing, two at once, and unsorted ones.
    #[test]
    fn changes_are_in_order_and_each_changes_something() {
        let onsets =
            vec![onset(500, 60, 0), onset(100, 0, 60), onset(200, 0, 60), onset(500, 60, 30), onset(600, 30, 30)];
        let changes = Changes::of(onsets).unwrap();
        let list: Vec<_> = changes.list.iter().map(|change| (change.at, change.offset)).collect();
        assert_eq!((changes.first, list), (0, vec![(100, 60), (500, 30)]));
        assert!(Changes::of(Vec::new()).is_none());
    }

    /// A gap is read with the clock before it, of an overlap the first is meant, to the second.
    #[test]
    fn gaps_and_overlaps() {
        let changes = Changes::of(vec![onset(1_000, 0, 60), onset(2_000, 60, 0)]).unwrap();
        let utc = |local: i64| local - i64::from(changes.offset_of_local(local));
        assert_eq!([utc(999), utc(1_000), utc(1_059), utc(1_060)], [999, 1_000, 1_059, 1_000]);
        assert_eq!([utc(1_999), utc(2_000), utc(2_059), utc(2_060)], [1_939, 1_940, 1_999, 2_060]);
    }

    /// Every local time is what the first absolute time shows at which the clock stands there, if there is one.
    #[test]
    fn readings_agree_with_a_search() {
        let onsets =
            vec![onset(100, 0, 60), onset(130, 60, -20), onset(150, -20, 90), onset(400, 90, -90), onset(420, -90, 10)];
        let changes = Changes::of(onsets).unwrap();
        for local in -100..700 {
            let found = (-300..900).find(|at| at + i64::from(changes.offset_at(*at)) == local);
            if let Some(found) = found {
                assert_eq!(local - i64::from(changes.offset_of_local(local)), found, "{local}");
            }
        }
    }
}
