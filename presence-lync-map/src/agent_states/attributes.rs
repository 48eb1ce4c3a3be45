//! The attributes of states and activities.

use std::borrow::Cow;

use presence_core::Lcid;

use super::entry::StateEntry;
use super::problem::Problem;

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
        StateEntry::new(name, number(self.availability.as_deref()).ok_or(Problem::Availability)?)
    }

    /// The locale they name.
    pub(super) fn lcid(&self) -> Option<Lcid> {
        number(self.lcid.as_deref()).map(Lcid::new)
    }
}

/// A decimal number without a sign.
fn number(text: Option<&str>) -> Option<u32> {
    let digits = text?.trim();
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}
