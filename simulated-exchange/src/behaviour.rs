//! How the server behaves: its manner, which lasts, and faults, which come on demand.

use serde::Deserialize;

use crate::login::Login;

/// What differs between servers that all mean well.
///
/// As JSON an object with any of the fields; those that are left out keep their value.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Manner {
    /// The ways to log in that are offered, in this order (`"ntlm"`, `"basic"`, `"bearer"`).
    pub logins: Vec<Login>,
    /// Names its namespaces with `https`, as samples in the documentation do.
    pub https_namespaces: bool,
    /// Puts line breaks around the text of codes.
    pub padded_codes: bool,
    /// Writes times of free/busy with an offset, as Exchange 2007 does; otherwise in the zone of the request.
    pub offsets: bool,
    /// Answers with items in the opposite order.
    pub reversed: bool,
    /// Gives the subject and the place of private items away in free/busy.
    pub private_details: bool,
    /// Answers a private item as if it were not there, as for a delegate without the right.
    pub private_hidden: bool,
    /// Sends streams in pieces of at most so many bytes.
    pub piece: Option<usize>,
    /// A sign of life in a stream comes after so many milliseconds of silence.
    pub heartbeat_ms: u64,
    /// So many milliseconds are a minute of a stream.
    pub minute_ms: u64,
    /// Finds a subscription only for who sends the cookie that came with it.
    pub affinity: bool,
    /// The most items in one answer.
    pub most_items: usize,
    /// The most days of free/busy in one question.
    pub most_days: i64,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            logins: vec![Login::Ntlm, Login::Basic, Login::Bearer],
            https_namespaces: false,
            padded_codes: false,
            offsets: false,
            reversed: false,
            private_details: false,
            private_hidden: false,
            piece: None,
            heartbeat_ms: 45_000,
            minute_ms: 60_000,
            affinity: false,
            most_items: 1_000,
            most_days: 62,
        }
    }
}

/// Something that goes wrong.
///
/// As JSON: `{ "kind": "busy", "back_off_ms": 2000, "operation": "FindItem", "times": 3 }`.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Fault {
    /// What goes wrong.
    #[serde(flatten)]
    pub trouble: Trouble,
    /// Only this operation; otherwise every one.
    pub operation: Option<String>,
    /// So often; otherwise until the faults are cleared.
    pub times: Option<u32>,
}

impl Fault {
    /// Something that goes wrong with every request until the faults are cleared.
    #[must_use]
    pub const fn new(trouble: Trouble) -> Self {
        Self { trouble, operation: None, times: None }
    }

    /// Only with this operation.
    #[must_use]
    pub fn only(mut self, operation: &str) -> Self {
        self.operation = Some(operation.to_owned());
        self
    }

    /// Only so often.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }
}

/// What can go wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trouble {
    /// A fault `ErrorServerBusy`, with line breaks around its code, and how long to stay away.
    Busy {
        /// Milliseconds.
        back_off_ms: u64,
    },
    /// The same hidden in an answer: status 200 and `ErrorInternalServerError`.
    BusyInside {
        /// Milliseconds.
        back_off_ms: u64,
    },
    /// Status 503.
    Unavailable {
        /// Seconds in `Retry-After`.
        retry_after_s: Option<u64>,
    },
    /// Status 200 with a page for people.
    LoginPage,
    /// Status 302 to the page for people.
    Redirect,
    /// Any status, without a body.
    Status {
        /// The status.
        status: u16,
    },
    /// The answer comes late.
    Slow {
        /// Milliseconds.
        ms: u64,
    },
    /// The connection ends in the middle of the answer.
    Cut,
    /// The connection ends in place of an answer.
    HangUp,
    /// A fault with this code.
    Code {
        /// The code, e.g. `ErrorInvalidServerVersion`.
        code: String,
    },
}

/// The faults that are due.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What goes wrong with a request for this operation.
    pub(crate) fn next(&mut self, operation: &str) -> Option<Trouble> {
        self.0.retain(|fault| fault.times != Some(0));
        let hit = |fault: &&mut Fault| fault.operation.as_deref().is_none_or(|only| only == operation);
        let fault = self.0.iter_mut().find(hit)?;
        if let Some(times) = &mut fault.times {
            *times -= 1;
        }
        Some(fault.trouble.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_hits_its_operation_so_often() {
        let mut faults = Faults::default();
        let json = r#"{"kind": "busy", "back_off_ms": 5, "operation": "FindItem", "times": 2}"#;
        faults.add(serde_json::from_str(json).unwrap());
        faults.add(Fault::new(Trouble::LoginPage).times(1));
        assert!(matches!(faults.next("GetItem"), Some(Trouble::LoginPage)));
        assert!(faults.next("GetItem").is_none());
        for _ in 0..2 {
            assert!(matches!(faults.next("FindItem"), Some(Trouble::Busy { back_off_ms: 5 })));
        }
        assert!(faults.next("FindItem").is_none());
    }
}
