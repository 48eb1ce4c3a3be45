//! States that cover each other: who is in a call in a meeting at work is in a call.

/// A state for a time of the day, in seconds since midnight.
#[derive(Clone, Debug)]
pub(crate) struct Layer<T> {
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) state: T,
}

impl<T> Layer<T> {
    pub(crate) const fn new(from: i64, until: i64, state: T) -> Self {
        Self { from, until, state }
    }
}

/// What is seen from above, by the times at which it changes: later layers lie over earlier ones.
pub(crate) fn seen_from_above<T: Clone + PartialEq>(layers: &[Layer<T>]) -> Vec<(i64, T)> {
    let mut edges: Vec<i64> = layers.iter().flat_map(|layer| [layer.from, layer.until]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut seen: Vec<(i64, T)> = Vec::new();
    for edge in edges {
        let top = layers.iter().rev().find(|layer| layer.from <= edge && edge < layer.until);
        let Some(top) = top else { continue };
        if seen.last().is_none_or(|(_, state)| *state != top.state) {
            seen.push((edge, top.state.clone()));
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_layers_lie_over_earlier_ones_and_equal_ones_join() {
        let layers = [
            Layer::new(0, 100, "out"),
            Layer::new(10, 90, "in"),
            Layer::new(20, 40, "meeting"),
            Layer::new(30, 50, "call"),
            Layer::new(60, 70, "in"),
        ];
        let seen = seen_from_above(&layers);
        assert_eq!(seen, [(0, "out"), (10, "in"), (20, "meeting"), (30, "call"), (50, "in"), (90, "out")]);
    }
}
