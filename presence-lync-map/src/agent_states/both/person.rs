//! What is remembered of what was heard of one address.

use chrono::{DateTime, Utc};
use presence_core::sink::EchoGuard;
use presence_core::{Address, Band, RichState};

use crate::dnd::{Dnd, DndEvent, DndWatch, PullProfile};
use crate::states::{ReadingRules, Received};

/// What was heard of one address.
#[derive(Debug, Default)]
pub(super) struct Person {
    watch: DndWatch,
    /// How available the server said this person is, by its own word, as far as that is not known to be over.
    own: Option<Band>,
    /// When the newest report was published.
    newest: Option<DateTime<Utc>>,
    /// The newest report, if it was not believed.
    doubted: Option<Doubted>,
}

/// A report that looks like what was published.
#[derive(Debug)]
struct Doubted {
    raw: u32,
    state: RichState,
    /// From then on it does not look like that any more.
    until: DateTime<Utc>,
}

/// How a report is heard.
pub(super) struct Ear<'a> {
    pub(super) pull: &'a PullProfile,
    pub(super) guard: &'a EchoGuard,
    pub(super) address: &'a Address,
    pub(super) now: DateTime<Utc>,
}

impl Person {
    /// A report, unless a newer one has overtaken it.
    pub(super) fn hear(&mut self, reported: &Received, ear: &Ear<'_>) -> Option<DndEvent> {
        if self.newest.is_some_and(|newest| reported.published < newest) {
            return None;
        }
        self.newest = Some(reported.published);
        self.doubted = None;
        match ear.read(reported) {
            Some((raw, state)) => self.weigh(raw, state, ear),
            None => self.watch.see(ear.pull, None),
        }
    }

    /// What was doubted, once more.
    pub(super) fn hear_again(&mut self, ear: &Ear<'_>) -> Option<DndEvent> {
        let Doubted { raw, state, .. } = self.doubted.take()?;
        self.weigh(raw, state, ear)
    }

    fn weigh(&mut self, raw: u32, state: RichState, ear: &Ear<'_>) -> Option<DndEvent> {
        let band = state.availability.band();
        let Some(until) = ear.echo_until(&state) else {
            self.own = Some(band);
            return self.watch.see(ear.pull, Some(raw));
        };
        self.doubted = Some(Doubted { raw, state, until });
        // The server shows the least available of what it was told, so what it said itself is said no more.
        self.own.take_if(|own| band < *own)?;
        self.watch.tell(Dnd::Off)
    }

    /// Something else is published now.
    pub(super) fn look_again(&mut self, ear: &Ear<'_>) {
        if let Some(doubted) = &mut self.doubted {
            doubted.until = ear.echo_until(&doubted.state).unwrap_or(ear.now);
        }
    }

    /// Another pull profile holds.
    pub(super) fn look(&mut self, pull: &PullProfile) -> Option<DndEvent> {
        self.watch.look(pull)
    }

    pub(super) fn lost(&mut self) {
        (self.newest, self.doubted) = (None, None);
    }

    pub(super) const fn stands(&mut self, state: Dnd) {
        self.watch = DndWatch::standing(state);
    }

    pub(super) const fn state(&self) -> Option<Dnd> {
        self.watch.state()
    }

    /// When what was doubted is to be heard again.
    pub(super) fn again(&self) -> Option<DateTime<Utc>> {
        self.doubted.as_ref().map(|doubted| doubted.until)
    }
}

impl Ear<'_> {
    fn echo_until(&self, state: &RichState) -> Option<DateTime<Utc>> {
        self.guard.echo_until(self.address, state, self.now)
    }

    /// The number and the state; `None` if the report says nothing.
    fn read(&self, reported: &Received) -> Option<(u32, RichState)> {
        let raw = reported.availability?;
        let rules = ReadingRules { low_numbers: self.pull.low(), ..ReadingRules::default() };
        Some((raw.get(), reported.rich(&rules)?))
    }
}
