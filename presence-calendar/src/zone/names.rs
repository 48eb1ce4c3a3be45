//! What the name of a zone in a calendar means.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::{Zone, ZoneRules, known};

/// More zones than this are not kept of one file.
const MOST_DEFINED: usize = 1_000;
/// No name of a zone is longer.
const LONGEST_NAME: usize = 256;

/// The zones that a file can name: those of the world, and its own.
#[derive(Clone)]
pub struct Zones {
    mailbox: Zone,
    /// By their names as they are written.
    defined: BTreeMap<Box<str>, Zone>,
    /// By their names in small letters, for those who do not mind the case.
    folded: BTreeMap<Box<str>, Zone>,
}

/// A zone that a name was resolved to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Resolved {
    /// The zone.
    pub zone: Zone,
    /// Whether the name said nothing, and the zone of the mailbox was taken.
    pub is_guess: bool,
}

impl Resolved {
    /// The zone of the mailbox, since there is nothing better.
    pub(crate) fn guess(mailbox: &Zone) -> Self {
        Self { zone: mailbox.clone(), is_guess: true }
    }
}

impl Zones {
    /// The zones of the world; what cannot be resolved is in the zone of the mailbox.
    #[must_use]
    pub const fn new(mailbox: Zone) -> Self {
        Self { mailbox, defined: BTreeMap::new(), folded: BTreeMap::new() }
    }

    /// A zone the file defines itself, under the name it gives it; `located` is its `X-LIC-LOCATION`. A name defined twice
    /// means the later zone. Of one file at most 1,000 zones are kept.
    pub fn define(&mut self, name: &str, located: Option<&str>, rules: ZoneRules) {
        let name = cleaned(name);
        if name.len() > LONGEST_NAME || self.defined.len() >= MOST_DEFINED {
            return;
        }
        // A name that says nothing has its rules only.
        let located = located.filter(|_| !is_custom(&name));
        let located = located.and_then(|located| known::exactly(&cleaned(located)));
        let zone = located.map_or_else(|| rules.into(), Zone::Iana);
        self.folded.insert(name.to_lowercase().into(), zone.clone());
        self.defined.insert(name.into(), zone);
    }

    /// The zone of this name.
    ///
    /// A name that is known in the world (IANA, also after a prefix with slashes, or Windows) means that zone: its rules
    /// are better than those in files. Next come the zones that the file defines, then names that Outlook shows. What is
    /// still not known is the zone of the mailbox, and a guess. Names like `Customized Time Zone` say nothing and mean
    /// what the file defines. Nothing is remembered of a name, since finding one takes no search.
    #[must_use]
    pub fn resolve(&self, name: &str) -> Resolved {
        match self.find(name) {
            Some(zone) => Resolved { zone, is_guess: false },
            None => Resolved::guess(&self.mailbox),
        }
    }

    fn find(&self, name: &str) -> Option<Zone> {
        let name = cleaned(name);
        if name.len() > LONGEST_NAME {
            return None;
        }
        if is_custom(&name) {
            return self.own(&name);
        }
        let known = known::exactly(&name).map(Zone::Iana);
        known.or_else(|| self.own(&name)).or_else(|| known::shown(&name).map(Zone::Iana))
    }

    /// A zone the file defines.
    fn own(&self, name: &str) -> Option<Zone> {
        if self.defined.is_empty() {
            return None;
        }
        self.defined.get(name).or_else(|| self.folded.get(name.to_lowercase().as_str())).cloned()
    }

    /// The zone of the mailbox: for times that name none.
    #[must_use]
    pub const fn mailbox(&self) -> &Zone {
        &self.mailbox
    }
}

/// Names of zones are typed by people, so they are not shown.
impl fmt::Debug for Zones {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zones").field("mailbox", &self.mailbox).field("defined", &self.defined.len()).finish()
    }
}

/// A name without the blanks, quotes and backslashes that stand around it in some files, or in it.
pub(super) fn cleaned(name: &str) -> Cow<'_, str> {
    let trimmed = name.trim_matches(|sign: char| sign.is_whitespace() || sign.is_control() || sign == '"');
    if !trimmed.contains('\\') {
        return Cow::Borrowed(trimmed);
    }
    let mut clean = String::with_capacity(trimmed.len());
    let mut signs = trimmed.chars();
    while let Some(sign) = signs.next() {
        // What is escaped stands for itself.
        clean.push(if sign == '\\' { signs.next().unwrap_or(sign) } else { sign });
    }
    Cow::Owned(clean)
}

/// Whether a name stands for whatever rules are in the file.
fn is_custom(name: &str) -> bool {
    const CUSTOMIZED: &str = "customized time zone";
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let after = |start: &str| name.get(..start.len()).filter(|head| head.eq_ignore_ascii_case(start));
    if let Some(head) = after(CUSTOMIZED) {
        return name.get(head.len()..).is_some_and(|rest| is_number(rest.trim()));
    }
    is_number(name) || name.eq_ignore_ascii_case("tzone://microsoft/custom") || name.eq_ignore_ascii_case("custom")
}
