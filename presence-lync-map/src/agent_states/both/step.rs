//! What to do next about what is published.

use chrono::{DateTime, Utc};
use presence_core::sink::{Plan, Publication};

use crate::agent_states::push::Published;

/// What to do about an address now.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// Publish this. When it is done, plan again, to learn when it is to be renewed.
    Publish(Box<Showing>),
    /// Nothing before this time: then plan again, with what agent and device do then.
    Wait(DateTime<Utc>),
    /// Nothing, until agent and device do something else.
    Nothing,
    /// Take back what is published.
    Withdraw,
}

/// What to publish. `Debug` masks texts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Showing {
    /// For whom, until when, and under which number; to be given back when the server has answered.
    pub publication: Publication,
    /// What goes out: the number as it stands in the file, and the words of all languages. See
    /// [`StateDocument::of_published`](crate::documents::StateDocument::of_published).
    pub published: Published,
}

impl Step {
    pub(super) fn of(plan: Plan, published: Option<&Published>) -> Self {
        match (plan, published) {
            (Plan::Publish(publication), Some(published)) => {
                Self::Publish(Box::new(Showing { publication, published: published.clone() }))
            }
            (Plan::Wait(until), _) => Self::Wait(until),
            (Plan::Withdraw, _) => Self::Withdraw,
            // Nothing is not published.
            _ => Self::Nothing,
        }
    }
}
