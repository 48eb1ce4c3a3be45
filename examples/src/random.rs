//! A small generator of numbers: the same seed, the same numbers, on every machine.

/// Splitmix64.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// Numbers of their own for each pair of a seed and a purpose, so that one more draw for one person does not move
    /// all the others.
    pub(crate) fn new(seed: u64, purpose: u64) -> Self {
        let mut random = Self(seed ^ purpose.wrapping_mul(0xd134_2543_de82_ef95));
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// 0 to `limit` - 1; 0 for no limit at all.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % limit).unwrap_or(0)
    }

    /// A number of seconds, minutes, or whatever, both ends included.
    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = usize::try_from(most.saturating_sub(least)).unwrap_or(0).saturating_add(1);
        least.saturating_add(i64::try_from(self.below(span)).unwrap_or(0))
    }

    /// True so many times of a hundred.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these; the default where there is none.
    pub(crate) fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        items.get(self.below(items.len())).copied().unwrap_or_default()
    }

    /// A waiting time with this mean, at least 1.
    #[expect(clippy::cast_possible_truncation, reason = "far below what a whole number can hold, and rounded down")]
    pub(crate) fn exponential(&mut self, mean: i64) -> i64 {
        let steps = f64::from(u32::try_from(self.next() >> 32).unwrap_or(0));
        let fraction = (steps + 1.0) / (f64::from(u32::MAX) + 1.0);
        let mean = f64::from(i32::try_from(mean).unwrap_or(i32::MAX));
        ((-fraction.ln() * mean) as i64).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_gives_others() {
        let ten = |seed, purpose| {
            let mut random = Random::new(seed, purpose);
            (0..10).map(|_| random.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(ten(1, 1), ten(1, 1));
        assert_ne!(ten(1, 1), ten(2, 1));
        assert_ne!(ten(1, 1), ten(1, 2));
    }

    #[test]
    fn numbers_keep_to_their_bounds_and_means() {
        let mut random = Random::new(7, 0);
        let drawn: Vec<i64> = (0..1_000).map(|_| random.between(3, 5)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&3), Some(&5)));
        let waited: i64 = (0..10_000).map(|_| random.exponential(600)).sum();
        assert!((570..630).contains(&(waited / 10_000)), "{waited}");
        assert_eq!(random.below(0), 0);
    }
}
