//! What a telephone is doing: calls, diversion, reach.

use std::collections::VecDeque;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::identity::Address;

/// Calls a table remembers.
const CALLS_MAX: usize = 64;
/// Ended calls a table remembers.
const ENDED_MAX: usize = 16;

/// The call on a telephone.
///
/// The order is the weight for a lamp, here and among the telephones of a person: ringing > in call > held >
/// dialling > idle. Ringing comes first because it is what a colleague can act on, by picking up.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
#[non_exhaustive]
pub enum Call {
    /// No call.
    #[default]
    Idle = 0,
    /// An outgoing call that nobody has answered yet.
    Dialling = 1,
    /// A call on hold, and nothing else.
    Held = 2,
    /// A conversation.
    InCall = 3,
    /// An incoming call that nobody has answered yet.
    Ringing = 4,
}

impl Call {
    /// All states, in the order of their codes, which is the order of their weight.
    pub const ALL: [Self; 5] = [Self::Idle, Self::Dialling, Self::Held, Self::InCall, Self::Ringing];

    /// A small number for this state.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The state with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// Where a telephone is diverted to, whatever happens.
///
/// Only the unconditional diversion counts: one on busy or on no answer says nothing about where the person is.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Diversion {
    /// Not diverted.
    #[default]
    Off,
    /// To voice mail.
    Voicemail,
    /// To any other number, if the source says which.
    Number(Option<Address>),
}

impl Diversion {
    /// The kind of diversion, without the number.
    #[must_use]
    pub const fn kind(&self) -> DiversionKind {
        match self {
            Self::Off => DiversionKind::Off,
            Self::Voicemail => DiversionKind::Voicemail,
            Self::Number(_) => DiversionKind::Number,
        }
    }
}

/// What kind of diversion it is.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
#[non_exhaustive]
pub enum DiversionKind {
    /// Not diverted.
    #[default]
    Off = 0,
    /// To voice mail.
    Voicemail = 1,
    /// To any other number.
    Number = 2,
}

impl DiversionKind {
    /// All kinds, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::Off, Self::Voicemail, Self::Number];

    /// A small number for this kind.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The kind with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// Whether a telephone can be reached.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
#[non_exhaustive]
pub enum Reach {
    /// Known to its network, but a call does not get through: switched off, no coverage, out of service.
    Unreachable = 0,
    /// Not registered anywhere.
    Unregistered = 1,
    /// A call gets through.
    Reachable = 2,
}

impl Reach {
    /// All states, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::Unreachable, Self::Unregistered, Self::Reachable];

    /// A small number for this state.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The state with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// The calls on one line, for sources that report them one by one.
///
/// An identifier means one call. Events overtake each other, so what is said of a call after its end is ignored: a
/// late "ringing" must not light a lamp that nothing puts out. The last 16 ended calls are remembered for that, and
/// an identifier that is used again counts as that old call as long as it is among them.
#[derive(Clone, Default)]
pub struct CallTable {
    calls: Vec<(Box<str>, Call)>,
    ended: VecDeque<Box<str>>,
}

impl CallTable {
    /// A line without calls.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The call `id` is now in this state; [`Call::Idle`] ends it.
    ///
    /// Of more than 64 calls the lightest is dropped, of several such the oldest.
    pub fn set(&mut self, id: &str, call: Call) {
        if call == Call::Idle {
            self.end(id);
        } else if let Some((_, known)) = self.calls.iter_mut().find(|(known, _)| **known == *id) {
            *known = call;
        } else if !self.has_ended(id) {
            self.calls.push((id.into(), call));
            self.drop_surplus();
        }
    }

    /// The call `id` has ended, whether it was known or not: the end may come first.
    pub fn end(&mut self, id: &str) {
        self.calls.retain(|(known, _)| **known != *id);
        if !self.has_ended(id) {
            self.ended.push_back(id.into());
        }
        while self.ended.len() > ENDED_MAX {
            self.ended.pop_front();
        }
    }

    /// Forgets all calls, the ended ones too: for a new session, in which identifiers may start again.
    pub fn clear(&mut self) {
        self.calls.clear();
        self.ended.clear();
    }

    /// The state of the line: that of its heaviest call.
    #[must_use]
    pub fn heaviest(&self) -> Call {
        self.calls.iter().map(|(_, call)| *call).max().unwrap_or_default()
    }

    /// How many calls there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether there is no call.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    fn has_ended(&self, id: &str) -> bool {
        self.ended.iter().any(|ended| **ended == *id)
    }

    fn drop_surplus(&mut self) {
        if self.calls.len() > CALLS_MAX
            && let Some((index, _)) = self.calls.iter().enumerate().min_by_key(|(_, (_, call))| *call)
        {
            self.calls.remove(index);
        }
    }
}

impl fmt::Debug for CallTable {
    /// Without identifiers: some systems put the caller's number into them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls: Vec<Call> = self.calls.iter().map(|(_, call)| *call).collect();
        f.debug_struct("CallTable").field("calls", &calls).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_go_both_ways() {
        for code in 0..=u8::MAX {
            assert!(Call::from_code(code).is_none_or(|call| call.code() == code));
            assert!(DiversionKind::from_code(code).is_none_or(|kind| kind.code() == code));
            assert!(Reach::from_code(code).is_none_or(|reach| reach.code() == code));
        }
        assert_eq!(Call::ALL.map(|call| Call::from_code(call.code())), Call::ALL.map(Some));
        assert_eq!(DiversionKind::ALL.map(|kind| DiversionKind::from_code(kind.code())), DiversionKind::ALL.map(Some));
        assert_eq!(Reach::ALL.map(|reach| Reach::from_code(reach.code())), Reach::ALL.map(Some));
    }

    /// F.17: ringing > in call > held > dialling > idle, whatever the order of the calls.
    #[test]
    fn f_17_the_heaviest_call_decides() {
        let weights = [Call::Ringing, Call::InCall, Call::Held, Call::Dialling, Call::Idle];
        assert!(weights.is_sorted_by(|heavy, light| heavy > light));
        for (place, heavy) in weights.iter().enumerate() {
            for light in &weights[place..] {
                for [first, second] in [[heavy, light], [light, heavy]] {
                    let mut table = CallTable::new();
                    table.set("1", *first);
                    table.set("2", *second);
                    assert_eq!(table.heaviest(), *heavy);
                }
            }
        }
    }

    /// S2.71, S2.72: forwarded to voice mail and forwarded to a number are two states, with or without the number.
    #[test]
    fn s2_71_s2_72_voicemail_is_not_just_another_number() {
        let number = Diversion::Number(Some(Address::tel("+4684711").unwrap()));
        assert_eq!(Diversion::Off.kind(), DiversionKind::Off);
        assert_eq!(Diversion::Voicemail.kind(), DiversionKind::Voicemail);
        assert_eq!(number.kind(), DiversionKind::Number);
        assert_eq!(Diversion::Number(None).kind(), DiversionKind::Number);
        assert_eq!(serde_json::to_string(&number).unwrap(), r#"{"number":"tel:+4684711"}"#);
        for diversion in [Diversion::Off, Diversion::Voicemail, number, Diversion::Number(None)] {
            let json = serde_json::to_string(&diversion).unwrap();
            assert_eq!(serde_json::from_str::<Diversion>(&json).unwrap(), diversion);
        }
    }

    #[test]
    fn a_call_ends_once() {
        let mut table = CallTable::new();
        table.set("1", Call::Ringing);
        table.set("1", Call::InCall);
        assert_eq!((table.heaviest(), table.len()), (Call::InCall, 1));
        table.set("1", Call::Idle);
        assert!(table.is_empty());
        table.set("1", Call::Ringing);
        assert_eq!(table.heaviest(), Call::Idle);
        table.end("2");
        table.set("2", Call::Ringing);
        assert_eq!(table.heaviest(), Call::Idle);
        table.clear();
        table.set("1", Call::Ringing);
        assert_eq!(table.heaviest(), Call::Ringing);
    }

    #[test]
    fn sixteen_ended_calls_are_remembered() {
        let mut table = CallTable::new();
        for id in 0..17 {
            table.end(&id.to_string());
        }
        table.set("1", Call::Ringing);
        assert!(table.is_empty());
        table.set("0", Call::Ringing);
        assert_eq!(table.len(), 1);
    }

    #[test]
    fn beyond_64_calls_the_lightest_goes() {
        let mut table = CallTable::new();
        table.set("light", Call::Dialling);
        for id in 0..63 {
            table.set(&id.to_string(), Call::InCall);
        }
        table.set("heavy", Call::Ringing);
        assert_eq!((table.len(), table.heaviest()), (64, Call::Ringing));
        table.set("lighter", Call::Held);
        assert_eq!(table.len(), 64);
        table.end("light");
        table.end("lighter");
        assert_eq!(table.len(), 64);
    }

    #[test]
    fn debug_names_no_call() {
        let mut table = CallTable::new();
        table.set("+4684711", Call::Ringing);
        table.end("+4684712");
        assert_eq!(format!("{table:?}"), "CallTable { calls: [Ringing], .. }");
    }

    proptest! {
        #[test]
        fn a_table_stays_small_and_ends_dark(
            events in prop::collection::vec((0_u8..100, 0_u8..5), 0..300),
        ) {
            let mut table = CallTable::new();
            for (id, code) in &events {
                table.set(&id.to_string(), Call::from_code(*code).unwrap());
                prop_assert!(table.len() <= CALLS_MAX && table.ended.len() <= ENDED_MAX);
                prop_assert_eq!(table.is_empty(), table.heaviest() == Call::Idle);
            }
            for (id, _) in &events {
                table.end(&id.to_string());
            }
            prop_assert!(table.is_empty());
        }
    }
}
