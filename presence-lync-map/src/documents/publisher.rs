//! The engine's decision, published: what to send, and what the answers mean.

use std::collections::BTreeMap;
use std::sync::Arc;

use presence_core::{Activity, Address, Band, Confidential, Lcid, LocalTexts, RichState};

use super::categories::Categories;
use super::category::Content;
use super::fault::VersionConflict;
use super::publications::{Key, Publication, Publications};
use super::state::StateDocument;
use crate::activity::{ActivityToken, Spelling};
use crate::agent_states::Published;
use crate::bands::RawAvailability;
use crate::states::{ActivityState, Container, InstanceId, Lifetime};

/// Busy and do not disturb end after a day, which is what servers make of them.
const TIMED_SECONDS: u32 = 86_400;
/// A request is repeated so often when its versions were out of date.
const MOST_ATTEMPTS: u8 = 3;
/// The activities for which the wire has no word are told in these languages.
const LANGUAGES: [Lcid; 6] = [Lcid::ENGLISH, Lcid::SWEDISH, Lcid::NORWEGIAN, Lcid::DANISH, Lcid::FINNISH, Lcid::GERMAN];

/// Publishes the state of one person as a user state, in both faces: for everybody and for the team.
///
/// One request at a time: after [`show`](Self::show) or [`withdraw`](Self::withdraw) tell it the answer before anything
/// else is asked. What did not change is not published again; what is taken back is taken back expressly, never
/// overwritten with nothing.
#[derive(Clone, Debug)]
pub struct Publisher {
    of: Address,
    versions: BTreeMap<Key, u32>,
    /// What is published from here; the rest is that of others, or of the person.
    ours: BTreeMap<Key, Ours>,
    shown: Option<StateDocument>,
    attempts: u8,
}

/// By which versions a publication is known to be ours: whoever publishes in the same place makes another version of it.
#[derive(Clone, Copy, Debug, Default)]
struct Ours {
    /// The server has said so.
    sure: Option<u32>,
    /// It was sent, and no answer has come yet, or never came.
    maybe: Option<u32>,
}

impl Ours {
    fn has(self, version: u32) -> bool {
        self.sure == Some(version) || self.maybe == Some(version)
    }
}

/// What an answer comes to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Answered {
    /// The same again, with the versions the server has.
    Again(Publications),
    /// There is nothing more to send: what was to be taken back is not ours any more.
    Done,
    /// The server names none of what was sent, or the versions were out of date three times in a row: somebody else
    /// publishes here too. Wait before anything is sent again.
    GiveUp,
}

impl Publisher {
    /// Publishes for this address, of which nothing is published yet.
    #[must_use]
    pub const fn new(of: Address) -> Self {
        Self { of, versions: BTreeMap::new(), ours: BTreeMap::new(), shown: None, attempts: 0 }
    }

    /// Takes over the versions of what is already published, from a document about oneself.
    pub fn learn(&mut self, own: &Categories) {
        for category in &own.categories {
            if let (Some(container), Some(version)) = (category.container, category.version) {
                let key = Key::new(category.name, category.instance, container);
                self.versions.insert(key, version);
                // Another version is that of somebody else.
                if self.ours.get(&key).is_some_and(|ours| !ours.has(version)) {
                    self.ours.remove(&key);
                }
            }
        }
    }

    /// What to send so that this is shown. `None`: it is shown already.
    ///
    /// A state of which nothing is known is taken back. Busy and do not disturb end after a day at the server: before
    /// that, renew them with [`publish`](Self::publish).
    pub fn show(&mut self, state: &RichState) -> Option<Publications> {
        let document = StateDocument::of_decided(state);
        if self.shown.as_ref() == Some(&document) {
            return None;
        }
        self.publish(document)
    }

    /// What to send so that this is shown, number by number and word by word, also if it is shown already: that renews
    /// it, for busy and do not disturb end after a day. `None`: it has no number that says anything, and nothing is
    /// shown.
    ///
    /// It is for a plan that says when to publish: see [`BothWays`](crate::agent_states::BothWays).
    pub fn publish(&mut self, document: StateDocument) -> Option<Publications> {
        if !document.availability.is_some_and(RawAvailability::is_known) {
            return self.withdraw();
        }
        let (instance, lifetime) = place_of(document.availability.unwrap_or_default().band());
        let publications = [Container::Everyone, Container::Team].map(|container| {
            let face = if container == Container::Team { document.clone().for_team() } else { document.clone() };
            Publication::new(instance, container.number(), lifetime, Content::State(face))
        });
        self.shown = Some(document);
        let request = self.request(publications.into());
        self.sent(&request);
        Some(request)
    }

    /// What to send so that nothing that was published from here is shown. `None`: nothing is.
    pub fn withdraw(&mut self) -> Option<Publications> {
        self.shown = None;
        let gone =
            |(key, ours): (&Key, &Ours)| Some(Publication { version: ours.maybe.or(ours.sure)?, ..key.withdrawing() });
        let list: Vec<_> = self.ours.iter().filter_map(gone).collect();
        if list.is_empty() { None } else { Some(Publications::new(self.of.clone(), list)) }
    }

    /// The server took it.
    pub fn accepted(&mut self, sent: &Publications) {
        self.attempts = 0;
        for publication in &sent.list {
            if publication.withdraws() {
                self.versions.remove(&publication.key());
                self.ours.remove(&publication.key());
            } else {
                let version = publication.version.saturating_add(1);
                self.ours.insert(publication.key(), Ours { sure: Some(version), maybe: None });
                self.versions.insert(publication.key(), version);
            }
        }
    }

    /// The server has other versions.
    ///
    /// What was to be taken back and has a version of somebody else is left to them.
    pub fn conflict(&mut self, sent: &Publications, conflict: &VersionConflict) -> Answered {
        self.attempts = self.attempts.saturating_add(1);
        let mut again = sent.list.clone();
        let mut is_named = false;
        for operation in &conflict.operations {
            let Some(publication) = again.get_mut(operation.place) else { continue };
            is_named = true;
            publication.version = operation.version;
            self.versions.insert(publication.key(), operation.version);
        }
        if !is_named || self.attempts > MOST_ATTEMPTS {
            self.failed();
            return Answered::GiveUp;
        }
        again.retain(|publication| !publication.withdraws() || self.is_ours(publication));
        let again = Publications::new(self.of.clone(), again);
        if again.list.is_empty() {
            self.attempts = 0;
            return Answered::Done;
        }
        self.sent(&again);
        Answered::Again(again)
    }

    /// The server did not take it, for another reason, or did not answer: it is not known what it shows.
    pub fn failed(&mut self) {
        self.attempts = 0;
        self.shown = None;
    }

    /// The connection is new, or the server has ended what was published: all has to be published again.
    pub fn forgotten(&mut self) {
        self.failed();
        // What stays until it is replaced is still there, so what is ours is not forgotten.
        self.versions.clear();
    }

    /// Whether a publication has a version of ours; what has not is given up.
    fn is_ours(&mut self, publication: &Publication) -> bool {
        let ours = self.ours.get(&publication.key()).is_some_and(|ours| ours.has(publication.version));
        if !ours {
            self.ours.remove(&publication.key());
        }
        ours
    }

    /// The server may take it, whether its answer comes or not.
    fn sent(&mut self, request: &Publications) {
        for publication in request.list.iter().filter(|publication| !publication.withdraws()) {
            self.ours.entry(publication.key()).or_default().maybe = Some(publication.version.saturating_add(1));
        }
    }

    fn request(&self, mut list: Vec<Publication>) -> Publications {
        for publication in &mut list {
            publication.version = self.versions.get(&publication.key()).copied().unwrap_or(0);
        }
        Publications::new(self.of.clone(), list)
    }
}

impl StateDocument {
    /// What a push profile has for an agent at a device: the number as it stands in the file, and the words of all
    /// languages, among which the client of whoever looks chooses. The token stands in for words where there are none.
    #[must_use]
    pub fn of_published(published: &Published) -> Self {
        let raw = RawAvailability::new(published.availability);
        let document = Self::user(raw);
        if !published.texts.is_empty() {
            return document.activity(ActivityState::custom(LocalTexts::new(published.texts.to_vec())));
        }
        match &published.token {
            Some(token) if published.activity != raw.band().activity() => {
                document.activity(ActivityState::token(token.clone()))
            }
            _ => document,
        }
    }

    /// What the engine decided, as a state that a person could have set.
    ///
    /// An activity for which the wire has no word is told in words of ours, unless there are others.
    #[must_use]
    pub fn of_decided(state: &RichState) -> Self {
        let document = Self::user(RawAvailability::from(state.availability));
        let is_plain = state.activity == state.availability.band().activity() || state.activity == Activity::None;
        let token = ActivityToken::from_activity(state.activity, Spelling::Documents).filter(|_| !is_plain);
        let custom = match &state.custom {
            Some(texts) => Some(LocalTexts::clone(texts)),
            None if is_plain || token.is_some() => None,
            None => Some(words_for(state.activity)),
        };
        let window = token.as_ref().map(ActivityToken::window).unwrap_or_default();
        if token.is_none() && custom.is_none() {
            return document;
        }
        document.activity(ActivityState { token, custom, window })
    }
}

/// Which instance a user state goes to, and how long it holds there.
const fn place_of(band: Band) -> (InstanceId, Lifetime) {
    match band {
        Band::Busy | Band::IdleBusy | Band::DoNotDisturb => (InstanceId::USER_TIMED, Lifetime::Seconds(TIMED_SECONDS)),
        _ => (InstanceId::USER_STICKY, Lifetime::Static),
    }
}

fn words_for(activity: Activity) -> LocalTexts {
    let words = |lcid| (lcid, Confidential::new(Arc::from(activity.text(lcid))));
    LocalTexts::new(LANGUAGES.map(words).into())
}
