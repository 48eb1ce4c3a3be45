//! The occurrences of an item. The server works them out, as Exchange does.

use chrono::{DateTime, Days, Utc};

use super::{Every, Item, Kind, Repeat};
use crate::zone::Zone;

/// A calendar view holds no more occurrences of one series.
const MOST: u32 = 10_000;

/// One appearance of an item in a calendar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instance<'a> {
    pub(crate) item: &'a Item,
    /// Counted from 1; 0 if the item is no series.
    pub(crate) index: u32,
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: DateTime<Utc>,
}

impl<'a> Instance<'a> {
    /// The item itself: a single one, or the series as a whole.
    pub(crate) const fn whole(item: &'a Item) -> Self {
        Self { item, index: 0, start: item.start, end: item.end }
    }

    /// An occurrence, if the series has it.
    pub(crate) fn numbered(item: &'a Item, zone: &Zone, index: u32) -> Option<Self> {
        let repeat = item.repeat.as_ref()?;
        if index == 0 || index > repeat.count.min(MOST) || repeat.without.contains(&index) {
            return None;
        }
        let days = Days::new(u64::from(index - 1) * u64::from(repeat.interval.max(1)) * days(repeat));
        // The clock on the wall stays the same, also across a change of it.
        let move_on = |time: DateTime<Utc>| Some(zone.instant(zone.local(time).checked_add_days(days)?));
        let start = move_on(item.start)?;
        let end = if item.all_day { move_on(item.end)? } else { start + (item.end - item.start) };
        Some(Self { item, index, start, end })
    }

    pub(crate) fn kind(&self) -> Kind {
        match (self.index, &self.item.repeat) {
            (0, Some(_)) => Kind::Master,
            (0, None) => self.item.kind,
            _ => Kind::Occurrence,
        }
    }

    /// Whether any of it lies in the window.
    pub(crate) fn overlaps(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        self.start < to && (self.end > from || self.start == self.end && self.start >= from)
    }
}

const fn days(repeat: &Repeat) -> u64 {
    match repeat.every {
        Every::Day => 1,
        Every::Week => 7,
    }
}

/// All appearances of an item within a window.
pub(crate) fn instances<'a>(
    item: &'a Item,
    zone: &'a Zone,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> impl Iterator<Item = Instance<'a>> {
    let occurrences = item.repeat.as_ref().map_or(0, |repeat| repeat.count.min(MOST));
    let single = item.repeat.is_none().then(|| Instance::whole(item));
    let series = (1..=occurrences).filter_map(|index| Instance::numbered(item, zone, index));
    single.into_iter().chain(series).filter(move |instance| instance.overlaps(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_series_keeps_its_local_time_across_the_change() {
        let mut item = Item::new(time("2026-03-27T08:00:00Z"), time("2026-03-27T08:30:00Z"), "");
        item.repeat = Some(Repeat { without: vec![2], ..Repeat::new(Every::Day, 4) });
        let zone = zone::named("Europe/Berlin").unwrap();
        let found: Vec<_> =
            instances(&item, zone, time("2026-03-27T08:10:00Z"), time("2026-04-05T00:00:00Z")).collect();
        let starts: Vec<_> = found.iter().map(|instance| (instance.index, instance.start)).collect();
        let expected = [(1, "2026-03-27T08:00:00Z"), (3, "2026-03-29T07:00:00Z"), (4, "2026-03-30T07:00:00Z")];
        assert_eq!(starts, expected.map(|(index, start)| (index, time(start))));
    }
}
