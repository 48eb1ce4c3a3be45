//! Why something is shown: who said what, who was not heard and why, which rules were tried.
//!
//! [`settle`](crate::settle::settle) and [`decide`](crate::decide::decide) tell a [`Trace`] what they do. `()` listens to
//! nothing, at no cost; a [`Transcript`] keeps all. An [`Explanation`] is a transcript with names: it is made by the very
//! call that decides, so it cannot tell another story than the decision.

use std::fmt::{self, Write as _};

use serde::Serialize;

use crate::availability::Band;
use crate::calendar::ShowAs;
use crate::claim::{Claim, Step, Value};
use crate::decide::Decision;
use crate::directory::PlaceKind;
use crate::fact::{Facet, FacetSet};
use crate::identity::{PersonId, RuleId, SourceId};
use crate::line::Call;
use crate::rules::Truth;
use crate::second::Second;
use crate::situation::Situation;
use crate::trace::{Heard, Trace, Why};

/// What became of a claim.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// It speaks.
    Speaks,
    /// Another is heard instead: its place in the list of what was said.
    Outranked {
        /// The other, in [`Explanation::said`].
        by: usize,
        /// Why.
        why: Why,
    },
    /// It is no longer believed, or says nothing.
    Stale,
    /// It would free, but another place is not known.
    Waits,
}

/// One claim in a transcript.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// The claim.
    pub claim: Claim,
    /// How fresh it is.
    pub step: Step,
    /// What it says, taken down the ladder.
    pub value: Value,
    /// What became of it.
    pub outcome: Outcome,
}

/// Keeps what settling and deciding tell.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    entries: Vec<Entry>,
    outranked_by: Vec<(usize, u32, Why)>,
    tried: Vec<(RuleId, Truth)>,
}

impl Transcript {
    /// The claims, in the order they were come upon.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries = self.entries.clone();
        for (at, key, why) in &self.outranked_by {
            let by = self.entries.iter().position(|entry| entry.claim.key() == *key).unwrap_or(*at);
            if let Some(entry) = entries.get_mut(*at) {
                entry.outcome = Outcome::Outranked { by, why: *why };
            }
        }
        entries
    }

    /// The rules that were tried, in order.
    #[must_use]
    pub fn tried(&self) -> &[(RuleId, Truth)] {
        &self.tried
    }

    fn put(&mut self, claim: &Claim, step: Step, value: Value, outcome: Outcome) -> usize {
        let entry = Entry { claim: *claim, step, value, outcome };
        match self.entries.iter().position(|known| known.claim.key() == claim.key()) {
            Some(at) => {
                if let Some(known) = self.entries.get_mut(at) {
                    *known = entry;
                }
                at
            }
            None => {
                self.entries.push(entry);
                self.entries.len() - 1
            }
        }
    }
}

impl Trace for Transcript {
    fn listens(&self) -> bool {
        true
    }

    fn speaks(&mut self, _: Facet, heard: &Heard<'_>) {
        let at = self.put(heard.claim, heard.step, heard.value(), Outcome::Speaks);
        // Who was outranked speaks after all where the one before gives way.
        self.outranked_by.retain(|(known, ..)| *known != at);
    }

    fn outranked(&mut self, _: Facet, heard: &Heard<'_>, by: &Heard<'_>, why: Why) {
        let at = self.put(heard.claim, heard.step, heard.value(), Outcome::Waits);
        self.outranked_by.retain(|(known, ..)| *known != at);
        self.outranked_by.push((at, by.claim.key(), why));
    }

    fn stale(&mut self, _: Facet, claim: &Claim) {
        self.put(claim, Step::Over, claim.value(), Outcome::Stale);
    }

    fn waits(&mut self, _: Facet, heard: &Heard<'_>) {
        self.put(heard.claim, heard.step, heard.value(), Outcome::Waits);
    }

    fn tried(&mut self, rule: &RuleId, outcome: Truth) {
        self.tried.push((rule.clone(), outcome));
    }
}

/// One claim, with names.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Said {
    /// Who said it.
    pub source: SourceId,
    /// The number of the place.
    pub place: u8,
    /// What the place is.
    pub kind: Option<PlaceKind>,
    /// About what.
    pub facet: Facet,
    /// What.
    pub value: Value,
    /// Since when.
    pub began: Second,
    /// Until when it is good.
    pub end: Second,
    /// How fresh it is.
    pub step: Step,
    /// It was said in a session that has ended.
    pub left_over: bool,
    /// Something that makes free was said after it and is held back.
    pub held: bool,
    /// Its position in the precedence, if it is named there.
    pub position: Option<u16>,
    /// What became of it.
    pub outcome: Outcome,
}

/// A rule that was tried, and what its condition was.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Tried {
    /// The rule.
    pub rule: RuleId,
    /// Its condition.
    pub outcome: Truth,
}

/// Where a facet is expected.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Expects {
    /// The number of the place.
    pub place: u8,
    /// What the place is.
    pub kind: PlaceKind,
    /// What is expected there.
    pub facets: FacetSet,
}

/// Why a viewer is shown what they are shown of a person.
///
/// It is a certificate: who spoke, who was not heard and why, what was expected where, which rules were tried. From it
/// alone the situation and the decision can be worked out again.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// Of whom.
    pub person: PersonId,
    /// At which second.
    pub at: Second,
    /// What is shown.
    pub decision: Decision,
    /// The first factual boundary after which something else would be shown, as far as the viewer may know.
    pub until: Option<Second>,
    /// Every claim that the viewer may know of.
    pub said: Vec<Said>,
    /// What is expected where.
    pub expects: Vec<Expects>,
    /// The rules that were tried, in order; only the last can have held.
    pub tried: Vec<Tried>,
    /// What the claims amount to.
    #[serde(skip)]
    pub situation: Situation,
}

impl Explanation {
    /// The explanation as sentences, the most important first.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences = vec![self.headline(), self.reason()];
        sentences.extend(self.said.iter().map(|said| self.sentence(said)));
        sentences
    }

    fn headline(&self) -> String {
        let mut text = match self.decision.because {
            Some(_) => format!("Shown as {} ({})", self.decision.availability.band().name(), self.activity()),
            None => "Not known".to_owned(),
        };
        if let Some(until) = self.until {
            let _ = write!(text, " until {until}");
        }
        text.push('.');
        text
    }

    fn activity(&self) -> String {
        format!("{}, {}", self.decision.availability, self.decision.activity.token())
    }

    fn reason(&self) -> String {
        match &self.decision.because {
            Some(rule) => {
                let before = self.tried.len().saturating_sub(1);
                let unknown = self.tried.iter().filter(|tried| tried.outcome == Truth::Unknown).count();
                format!("Rule `{rule}` holds; {before} before it do not, {unknown} of them for want of knowledge.")
            }
            None => format!("None of {} rules holds.", self.tried.len()),
        }
    }

    fn sentence(&self, said: &Said) -> String {
        let place = said.kind.map_or("place", kind_words);
        let mut text = format!("{} says of the {place}: {}", said.source, words(said.value));
        if said.began > Second::MIN {
            let _ = write!(text, " since {}", said.began);
        }
        match said.outcome {
            Outcome::Speaks => {}
            Outcome::Waits => text.push_str("; that waits until all places are known"),
            Outcome::Stale if said.end <= self.at => {
                let _ = write!(text, "; not believed since {}", said.end);
            }
            Outcome::Stale => text.push_str("; that says nothing"),
            Outcome::Outranked { by, why } => {
                let other = self.said.get(by).map_or("another", |other| other.source.as_str());
                let _ = write!(text, "; not heard beside {other}, {}", why.words());
            }
        }
        if said.step == Step::Decayed {
            let _ = write!(text, "; not confirmed since {}", said.end);
        }
        if said.held {
            text.push_str("; something that frees is held back");
        }
        text.push('.');
        text
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentences().join("\n"))
    }
}

const fn kind_words(kind: PlaceKind) -> &'static str {
    match kind {
        PlaceKind::Account => "account",
        PlaceKind::Desk => "desk telephone",
        PlaceKind::Mailbox => "mailbox",
        PlaceKind::Mobile => "mobile",
        PlaceKind::Person => "person",
    }
}

fn words(value: Value) -> String {
    let on = |name: &str, on: bool| format!("{name} {}", if on { "on" } else { "off" });
    match value {
        Value::Absence(None) => "not absent".to_owned(),
        Value::Manual(None) => "nothing set by hand".to_owned(),
        Value::Absence(Some((_, activity))) => format!("absent ({})", activity.token()),
        Value::Manual(Some((availability, activity))) => format!("set to {availability} ({})", activity.token()),
        Value::AutomaticReply(value) => on("automatic reply", value),
        Value::Calendar { open, private } => {
            let word = open.max(private).unwrap_or(ShowAs::NoData);
            format!("calendar {}", calendar_words(word))
        }
        Value::Call(call) => call_words(call).to_owned(),
        Value::Device(device) => format!("device {device:?}").to_lowercase(),
        Value::Diversion(kind) => format!("diversion {kind:?}").to_lowercase(),
        Value::DoNotDisturb(value) => on("do-not-disturb", value),
        Value::Hours(within) => if within { "within working hours" } else { "outside working hours" }.to_owned(),
        Value::Note(some) => if some { "a note" } else { "no note" }.to_owned(),
        Value::Reach(reach) => format!("{reach:?}").to_lowercase(),
        Value::Rich(availability, activity) => format!("{}, {}", band_words(availability.band()), activity.token()),
        Value::Roaming(value) => if value { "abroad" } else { "not abroad" }.to_owned(),
    }
}

const fn band_words(band: Band) -> &'static str {
    band.name()
}

const fn calendar_words(word: ShowAs) -> &'static str {
    match word {
        ShowAs::NoData => "unknown",
        ShowAs::Free => "free",
        ShowAs::WorkingElsewhere => "working elsewhere",
        ShowAs::Tentative => "tentative",
        ShowAs::Busy => "busy",
        ShowAs::OutOfOffice => "out of office",
    }
}

const fn call_words(call: Call) -> &'static str {
    match call {
        Call::Idle => "idle",
        Call::Dialling => "dialling",
        Call::Held => "holding a call",
        Call::InCall => "in a call",
        Call::Ringing => "ringing",
    }
}
