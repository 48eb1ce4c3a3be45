//! What can be asked of an engine, always by a class of viewers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::activity::Lcid;
use crate::aside::Aside;
use crate::claim::{Claim, Order, Step, Tables, Value, key};
use crate::decide::{Decision, decide};
use crate::diagnostics::PresenceKind;
use crate::directory::PlaceKind;
use crate::explanation::{Expects, Explanation, Outcome, Said, Transcript, Tried};
use crate::fact::{Facet, Fact};
use crate::identity::Person;
use crate::line::DiversionKind;
use crate::presence::{Difference, Presence};
use crate::privacy::{Denial, Disclosure, Sight, Viewer};
use crate::rules::RuleSet;
use crate::second::Second;
use crate::see::{see, see_shape};
use crate::settle::settle;
use crate::shape::Shape;
use crate::view::{AbsenceView, Card, MeetingView, NoteView, Row};

use super::Engine;

/// A person, as a class of viewers may see them.
struct Seen {
    sight: Sight,
    claims: Vec<Claim>,
    shape: Shape,
}

impl Engine {
    /// Headline and lamps; `None`: there is no such person.
    #[must_use]
    pub fn presence(&self, person: Person, viewer: &Viewer) -> Option<Presence> {
        let seen = match self.look(person, viewer)? {
            Ok(seen) => seen,
            Err(denied) => return Some(denied),
        };
        let situation = settle(&seen.claims, &seen.shape, &self.tables, self.now, &mut ()).situation;
        let decision = decide(&situation, &self.rules, &mut ());
        Some(unless_offline(Presence { decision, situation, denied: None }, viewer))
    }

    /// The line of a busy-lamp field.
    #[must_use]
    pub fn row(&self, person: Person, viewer: &Viewer) -> Option<Row> {
        let presence = self.presence(person, viewer)?;
        let since = match self.look(person, viewer)? {
            Ok(seen) if presence.decision.because.is_some() => {
                self.explain_seen(person, &seen, &seen.claims, self.now).and_then(|why| self.spoken_since(&why))
            }
            _ => None,
        };
        Some(Row::new(&presence, since))
    }

    /// The line of a busy-lamp field but for its `since`, which a board keeps by itself.
    #[cfg(feature = "hub")]
    pub(crate) fn lamps(&self, person: Person, viewer: &Viewer) -> Option<Row> {
        self.presence(person, viewer).map(|presence| Row::new(&presence, None))
    }

    /// The same, read off the record: for somebody who is there, and for a class that sees every state of everybody as it
    /// is ([`Viewer::is_plain`]). `None`: there is a note, and who may read it has to be looked up.
    #[cfg(feature = "hub")]
    pub(crate) fn plain_lamps(&self, person: Person) -> Option<Row> {
        let record = self.people.record(person).filter(|record| record.situation.note() != Some(true))?;
        Some(Row::of(&record.situation, record.verdict.availability(), record.verdict.activity()))
    }

    /// Reads what `plain_lamps` of these people will need, so that the waits for memory overlap.
    #[cfg(feature = "hub")]
    pub(crate) fn touch_people(&self, people: &[Person]) {
        people.iter().for_each(|person| self.people.touch_last(*person));
    }

    /// Everything for the details beside the busy-lamp field.
    #[must_use]
    pub fn card(&self, person: Person, viewer: &Viewer) -> Option<Card> {
        let presence = self.presence(person, viewer)?;
        let explanation = self.explain(person, viewer)?;
        let told = !explanation.said.is_empty();
        let sight = viewer.sight(person, &self.directory);
        let entry = self.directory.card(person)?;
        let asides = if told { self.asides_seen(person, &sight) } else { Vec::new() };
        Some(Card {
            id: self.directory.person_id(person)?,
            name: entry.name().to_owned(),
            department: entry.department().map(str::to_owned),
            skills: entry.skills().map(str::to_owned).collect(),
            trust: entry.trust(),
            addresses: entry.addresses().collect(),
            row: Row::new(&presence, self.spoken_since(&explanation)),
            because: presence.decision.because.clone(),
            until: explanation.until.and_then(Second::time),
            rich: self.mode(person, viewer, PresenceKind::Rich),
            telephony: self.mode(person, viewer, PresenceKind::Telephony),
            message: message(&asides, &explanation.said),
            diverted_to: self.diverted_to(person, &presence, &asides),
            meeting: self.meeting_now(&asides, &sight),
            absences: absences(&asides, &sight, self.now),
            notes: notes(&asides, &sight, self.now),
            said: explanation.said,
        })
    }

    /// Why the class is shown what it is shown, and until when.
    #[must_use]
    pub fn explain(&self, person: Person, viewer: &Viewer) -> Option<Explanation> {
        let seen = match self.look(person, viewer)? {
            Ok(seen) => seen,
            Err(denied) => return self.explain_nothing(person, denied),
        };
        let mut explanation = self.explain_seen(person, &seen, &seen.claims, self.now)?;
        if looks_offline(&explanation.decision, viewer) {
            return self.explain_nothing(person, Presence::offline());
        }
        explanation.until = self.until(person, &seen.sight, &seen.claims, &seen.shape);
        Some(explanation)
    }

    /// What would be shown, and why, at another time and with other facts. Nothing is changed.
    ///
    /// A fact replaces all that is said on its facet, at every place where it is expected; in the explanation the
    /// built-in source `typed` says it. Claims without an end of their own stand as they do now.
    #[must_use]
    pub fn what_if(&self, person: Person, viewer: &Viewer, at: DateTime<Utc>, facts: &[Fact]) -> Option<Explanation> {
        let at = Second::floor(at);
        let sight = viewer.sight(person, &self.directory);
        let seen = match self.look(person, viewer)? {
            Ok(seen) => seen,
            Err(denied) => return self.explain_nothing(person, denied).map(|nothing| Explanation { at, ..nothing }),
        };
        let mut claims = self.at_time(person, &sight, &self.people.all_claims(person), at);
        let mut supposed: BTreeMap<u32, Aside> = BTreeMap::new();
        for fact in facts {
            claims.retain(|claim| claim.facet() != fact.facet());
            let of_facet = |key: &u32| Claim::kept(*key, 0, at, at).facet() == fact.facet();
            supposed.retain(|key, _| !of_facet(key));
            self.suppose(person, fact, at, &mut claims, &mut supposed);
        }
        claims.sort_by_key(Claim::key);
        let beside = |claim: &Claim| supposed.get(&claim.key()).or_else(|| self.beside(person, claim));
        let claims = see(&claims, &sight, at, beside);
        let mut explanation = self.explain_seen(person, &seen, &claims, at)?;
        // Who looks offline looks denied: nothing may be found out by supposing.
        let offline_now = self.presence(person, viewer)?.is_offline_constant() && viewer.may_be_denied();
        if offline_now || looks_offline(&explanation.decision, viewer) {
            explanation = self.explain_nothing(person, Presence::offline())?;
        }
        explanation.at = at;
        Some(explanation)
    }

    /// Who would be shown otherwise under other rules: by availability, activity, and id of the rule.
    #[must_use]
    pub fn preview(&self, rules: &RuleSet, viewer: &Viewer) -> Vec<Difference> {
        let tables = Tables::new(&self.directory, &self.keeping, rules);
        let differs = |person| {
            let before = self.presence(person, viewer)?;
            if before.is_offline_constant() && viewer.may_be_denied() {
                return None;
            }
            let before = before.decision;
            let Ok(seen) = self.look(person, viewer)? else { return None };
            let shape = see_shape(&self.shape_under(person, rules), &seen.sight);
            let situation = settle(&seen.claims, &shape, &tables, self.now, &mut ()).situation;
            let decision = decide(&situation, rules, &mut ());
            let after = unless_offline(Presence { decision, situation, denied: None }, viewer).decision;
            (before != after).then(|| self.directory.person_id(person).map(|id| Difference::new(id, before, after)))?
        };
        self.directory.people().filter_map(differs).collect()
    }

    /// What is kept about a person: everything, for tests and for the curious.
    #[must_use]
    pub fn claims(&self, person: Person) -> Vec<Claim> {
        self.people.all_claims(person)
    }

    /// Before this time nothing about a person changes by itself; sometimes nothing does then either.
    #[must_use]
    pub fn recheck_at(&self, person: Person) -> Option<DateTime<Utc>> {
        let claims = self.people.all_claims(person);
        let settled = self.with_shape(person, |shape| settle(&claims, shape, &self.tables, self.now, &mut ()));
        let asides = claims.iter().filter(|claim| claim.is_aside());
        let boundaries = asides.filter_map(|claim| self.asides.get(person, claim.key()).map(|beside| beside.next));
        let holds = claims.iter().filter_map(|claim| Some(self.holds.get(person, claim.key())?.due(claim)));
        boundaries.chain(holds).chain([settled.recheck_at]).min().and_then(Second::time)
    }

    /// What the class may see of a person; the error is what it is shown instead.
    fn look(&self, person: Person, viewer: &Viewer) -> Option<Result<Seen, Presence>> {
        if self.directory.is_gone(person) {
            return None;
        }
        let sight = viewer.sight(person, &self.directory);
        if sight.is_denied() {
            return Some(Err(match viewer.denial {
                Denial::LooksOffline => Presence::offline(),
                Denial::IsTold => Presence::denied(),
            }));
        }
        let claims = see(&self.people.all_claims(person), &sight, self.now, |claim| self.beside(person, claim));
        let shape = self.with_shape(person, |shape| see_shape(shape, &sight));
        Some(Ok(Seen { sight, claims, shape }))
    }

    fn beside(&self, person: Person, claim: &Claim) -> Option<&Aside> {
        claim.is_aside().then(|| self.asides.get(person, claim.key())).flatten().map(|beside| &beside.aside)
    }

    /// The facts that the class may see and that are still believed.
    pub(super) fn asides_seen(&self, person: Person, sight: &Sight) -> Vec<(Claim, &Aside)> {
        let told = |claim: &Claim| {
            sight.facets().contains(claim.facet())
                && (claim.facet() != Facet::Calendar || sight.calendar(claim.place()).ordinary > Disclosure::Nothing)
                && claim.step(self.now, &self.tables) != Step::Over
        };
        let claims = self.people.all_claims(person).into_iter().filter(told);
        claims.filter_map(|claim| self.beside(person, &claim).map(|aside| (claim, aside))).collect()
    }

    fn explain_seen(&self, person: Person, seen: &Seen, claims: &[Claim], at: Second) -> Option<Explanation> {
        let mut transcript = Transcript::default();
        let situation = settle(claims, &seen.shape, &self.tables, self.now, &mut transcript).situation;
        let decision = decide(&situation, &self.rules, &mut transcript);
        let said = transcript.entries().into_iter().filter_map(|entry| {
            let origin = entry.claim.origin();
            let order = self.tables.order(seen.shape.row(entry.claim.facet()));
            Some(Said {
                source: self.directory.source_id(origin)?.clone(),
                place: entry.claim.place(),
                kind: seen.shape.kind(entry.claim.place()),
                facet: entry.claim.facet(),
                value: entry.value,
                began: entry.claim.began(),
                end: entry.claim.end(),
                step: entry.step,
                left_over: entry.claim.is_left_over(),
                held: entry.claim.is_held(),
                position: order.map(|order| order.position(origin)).filter(|position| *position != Order::UNNAMED),
                outcome: entry.outcome,
            })
        });
        let tried = transcript.tried().iter().map(|(rule, outcome)| Tried { rule: rule.clone(), outcome: *outcome });
        Some(Explanation {
            person: self.directory.person_id(person)?,
            at,
            decision,
            until: None,
            said: said.collect(),
            expects: expects(&seen.shape),
            tried: tried.collect(),
            situation,
        })
    }

    fn explain_nothing(&self, person: Person, shown: Presence) -> Option<Explanation> {
        Some(Explanation {
            person: self.directory.person_id(person)?,
            at: self.now,
            decision: shown.decision,
            until: None,
            said: Vec::new(),
            expects: Vec::new(),
            tried: Vec::new(),
            situation: shown.situation,
        })
    }

    /// Puts a supposed fact among the claims, at every place where it is expected.
    fn suppose(
        &self,
        person: Person,
        fact: &Fact,
        at: Second,
        claims: &mut Vec<Claim>,
        supposed: &mut BTreeMap<u32, Aside>,
    ) {
        let origin = self.directory.typed();
        let Some(told) = self.tell(person, fact.clone(), origin, at).told else { return };
        let facet = fact.facet();
        let mut places = self.with_shape(person, |shape| shape.where_expected(facet));
        if places.is_empty() {
            places.push(self.with_shape(person, |shape| shape.first_of(home(facet))));
        }
        for place in places {
            let value = Value::from_word(facet, told.word);
            let claim = Claim::new(origin, place, value, told.began.unwrap_or(at), Second::NEVER).with_word(told.word);
            claims.push(claim.aside(told.aside.is_some()));
            if let Some(beside) = &told.aside {
                supposed.insert(key(facet, place, origin), beside.0.clone());
            }
        }
    }

    /// Since when the first facet that the winning rule names has been as it is: history begins where it is kept.
    fn spoken_since(&self, explanation: &Explanation) -> Option<Second> {
        let rule = self.rules.rule(explanation.decision.because.as_ref()?)?;
        let facet = rule.when.first_facet()?;
        let speaks = explanation.said.iter().filter(|said| said.facet == facet && said.outcome == Outcome::Speaks);
        speaks.map(|said| said.began).max().filter(|began| *began > Second::MIN)
    }

    /// The number of the diversion that speaks for the desk.
    fn diverted_to(
        &self,
        person: Person,
        presence: &Presence,
        asides: &[(Claim, &Aside)],
    ) -> Option<crate::identity::Address> {
        let desk = presence.situation.telephones(false, false);
        if desk.diversion() != Some(DiversionKind::Number) {
            return None;
        }
        let speaks = |claim: &Claim| {
            self.with_shape(person, |shape| {
                let mobile = shape.is_mobile(claim.place());
                mobile == shape.only_mobile() && shape.diverting(mobile).is_none_or(|place| place == claim.place())
            })
        };
        asides.iter().find_map(|(claim, aside)| match aside {
            Aside::Number(number) if speaks(claim) => Some(number.clone()),
            _ => None,
        })
    }

    /// Of all calendars the meeting that speaks now.
    fn meeting_now(&self, asides: &[(Claim, &Aside)], sight: &Sight) -> Option<MeetingView> {
        let speaking = asides.iter().filter_map(|(claim, aside)| {
            let Aside::Agenda(agenda) = aside else { return None };
            let policy = sight.calendar(claim.place());
            // The one that speaks among those that the class may see, not the one that speaks among all.
            agenda.at_under(self.now, |meeting| MeetingView::new(meeting, policy))
        });
        speaking.max_by_key(|view| (view.show_as, view.days.is_none(), view.start))
    }
}

fn looks_offline(decision: &Decision, viewer: &Viewer) -> bool {
    decision.availability.band() == crate::availability::Band::Offline && viewer.may_be_denied()
}

/// To a class that may be denied, everybody who is offline looks alike.
fn unless_offline(presence: Presence, viewer: &Viewer) -> Presence {
    if looks_offline(&presence.decision, viewer) { Presence::offline() } else { presence }
}

fn expects(shape: &Shape) -> Vec<Expects> {
    let expects = shape.expectations().map(|(place, kind, facets)| Expects { place, kind, facets });
    expects.filter(|expects| !expects.facets.is_empty()).collect()
}

/// The kinds of places a facet is about.
const fn home(facet: Facet) -> &'static [PlaceKind] {
    match facet {
        Facet::Call | Facet::Diversion | Facet::DoNotDisturb | Facet::Reach => &[PlaceKind::Desk, PlaceKind::Mobile],
        Facet::Roaming => &[PlaceKind::Mobile],
        Facet::AutomaticReply | Facet::Calendar | Facet::Hours => &[PlaceKind::Mailbox],
        Facet::Device | Facet::Rich => &[PlaceKind::Account],
        Facet::Absence | Facet::Manual | Facet::Note => &[PlaceKind::Person],
    }
}

/// The text of the account that speaks.
fn message(asides: &[(Claim, &Aside)], said: &[Said]) -> Option<String> {
    let speaks = |claim: &Claim| {
        let of_claim = |said: &&Said| said.facet == claim.facet() && said.place == claim.place();
        said.iter().filter(of_claim).any(|said| said.outcome == Outcome::Speaks && said.began == claim.began())
    };
    asides.iter().filter(|(claim, _)| speaks(claim)).find_map(|(_, aside)| match aside {
        Aside::Custom(state) => state.custom.as_ref()?.get(Lcid::ENGLISH).map(|text| text.reveal().as_ref().to_owned()),
        _ => None,
    })
}

fn absences(asides: &[(Claim, &Aside)], sight: &Sight, now: Second) -> Vec<AbsenceView> {
    let lists = asides.iter().filter_map(|(_, aside)| match aside {
        Aside::Absences(list) => {
            let live = list.iter().filter(|absence| !absence.is_over(now));
            Some(live.map(|absence| AbsenceView::new(absence, sight.reasons())))
        }
        _ => None,
    });
    lists.flatten().collect()
}

fn notes(asides: &[(Claim, &Aside)], sight: &Sight, now: Second) -> Vec<NoteView> {
    let lists = asides.iter().filter_map(|(_, aside)| match aside {
        Aside::Notes(list) => {
            Some(list.iter().filter(|note| sight.reads(note) && !note.is_over(now)).map(NoteView::from))
        }
        _ => None,
    });
    lists.flatten().collect()
}
