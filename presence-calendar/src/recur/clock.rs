//! The times of day at which a rule comes.

use super::calendar::bits;

/// All combinations of some hours, minutes and seconds; bit 0 is the first of each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Times {
    pub(super) hours: u32,
    pub(super) minutes: u64,
    pub(super) seconds: u64,
}

impl Times {
    /// How many times there are.
    pub(super) fn len(self) -> u64 {
        u64::from(self.hours.count_ones()) * self.in_hour()
    }

    /// The only time, as the second of the day.
    pub(super) fn single(self) -> Option<u32> {
        if self.len() == 1 { self.nth(0) } else { None }
    }

    /// The time with this number, from 0, as the second of the day.
    pub(super) fn nth(self, number: u64) -> Option<u32> {
        let (in_hour, in_minute) = (self.in_hour(), self.in_minute());
        let hour = nth_bit(self.hours.into(), number.checked_div(in_hour)?)?;
        let minute = nth_bit(self.minutes, number.checked_rem(in_hour)?.checked_div(in_minute)?)?;
        let second = nth_bit(self.seconds, number.checked_rem(in_minute)?)?;
        Some(hour * 3_600 + minute * 60 + second)
    }

    /// How many times are before this second of the day.
    pub(super) fn before(self, second: u32) -> u64 {
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        let below = |mask: u64, place: u32| u64::from((mask & !(u64::MAX << place)).count_ones());
        let mut count = below(self.hours.into(), hour) * self.in_hour();
        if self.hours >> hour & 1 == 1 {
            count += below(self.minutes, minute) * self.in_minute();
            if self.minutes >> minute & 1 == 1 {
                count += below(self.seconds, second);
            }
        }
        count
    }

    fn in_hour(self) -> u64 {
        u64::from(self.minutes.count_ones()) * self.in_minute()
    }

    fn in_minute(self) -> u64 {
        self.seconds.count_ones().into()
    }
}

/// The place of the set bit with this number, from 0.
pub(super) fn nth_bit(mask: u64, number: u64) -> Option<u32> {
    bits(mask).nth(usize::try_from(number).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of a time, and the times before it, belong together.
    #[test]
    fn times_are_in_order() {
        let times = Times { hours: 1 << 9 | 1 << 17, minutes: 1 | 1 << 30, seconds: 1 << 5 | 1 << 59 };
        assert_eq!(times.len(), 8);
        let all: Vec<u32> = (0..8).filter_map(|number| times.nth(number)).collect();
        assert!(all.is_sorted() && all.len() == 8);
        assert_eq!(all.first(), Some(&(9 * 3_600 + 5)));
        for second in (0..86_400).step_by(7) {
            let before = all.iter().filter(|time| **time < second).count();
            assert_eq!(times.before(second), before as u64, "{second}");
        }
        assert_eq!((times.nth(8), times.single()), (None, None));
        assert_eq!(Times { hours: 4, minutes: 2, seconds: 1 }.single(), Some(2 * 3_600 + 60));
    }
}
