//! What was left out, repaired or guessed in which calendar, for the administrator.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use presence_core::Address;

use crate::warning::Warning;

/// So many calendars are named.
const NAMED: usize = 3;

/// The first warning of each calendar that has any, and how many there are.
#[derive(Debug, Default)]
pub(super) struct Warned(Mutex<BTreeMap<Address, (Warning, usize)>>);

impl Warned {
    /// Takes what there is to say of a calendar now.
    pub(super) fn put(&self, mailbox: &Address, warnings: &[Warning]) {
        match warnings.first() {
            Some(first) => self.all().insert(mailbox.clone(), (*first, warnings.len())),
            None => self.all().remove(mailbox),
        };
    }

    /// One sentence about all of them.
    pub(super) fn sentence(&self) -> Option<String> {
        let all = self.all();
        let named = all.iter().take(NAMED).map(|(mailbox, (first, count))| match count {
            1 => format!("`{mailbox}`, {first}"),
            _ => format!("`{mailbox}`, {first}, and {} more", count - 1),
        });
        let named = named.collect::<Vec<_>>().join("; ");
        let more = match all.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!("; and {more} more calendars"),
        };
        (!all.is_empty()).then(|| format!("not all of these calendars could be read as it is written: {named}{more}"))
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Address, (Warning, usize)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warning::Problem;

    fn mailbox(number: usize) -> Address {
        Address::opaque(&format!("box-{number}")).unwrap()
    }

    #[test]
    fn a_few_are_named_and_the_rest_is_counted() {
        let warned = Warned::default();
        assert_eq!(warned.sentence(), None);
        let guessed = Warning::new(12, Problem::ZoneGuessed);
        warned.put(&mailbox(0), &[guessed]);
        let one = warned.sentence().unwrap();
        assert!(one.contains("box-0") && one.contains("line 12") && !one.contains("more"), "{one}");
        for number in 0..5 {
            warned.put(&mailbox(number), &[guessed, guessed]);
        }
        let many = warned.sentence().unwrap();
        assert!(
            many.contains("and 1 more;") && many.contains("and 2 more calendars") && !many.contains("box-3"),
            "{many}"
        );
        (0..5).for_each(|number| warned.put(&mailbox(number), &[]));
        assert_eq!(warned.sentence(), None, "what was mended is forgotten");
    }
}
