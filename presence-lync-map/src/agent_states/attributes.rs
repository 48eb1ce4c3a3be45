//! The attributes of states and activities.

use std::borrow::Cow;

use presence_core::Lcid;

use super::entry::StateEntry;
use super::problem::Problem;
use crate::texts::{decimal, parse_lcid};

/// The attributes of an element that mean something.
#[derive(Default)]
pub(super) struct Attributes<'a> {
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) availability: Option<Cow<'a, str>>,
    pub(super) lcid: Option<Cow<'a, str>>,
}

impl Attributes<'_> {
    /// The state they describe.
    pub(super) fn entry(&self) -> Result<StateEntry, Problem> {
        let name = self.id.as_ref().ok_or(Problem::NoName)?.trim().parse().map_err(Problem::Name)?;
        let availability = self.availability.as_deref().and_then(|text| decimal(text.trim()).ok());
        StateEntry::new(name, availability.ok_or(Problem::Availability)?)
    }

    /// The locale they name.
    pub(super) fn lcid(&self) -> Option<Lcid> {
        parse_lcid(self.lcid.as_deref()?).ok()
    }
}
