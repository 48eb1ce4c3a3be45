//! The activity in a state instance, with the window of numbers it is shown for.

use presence_core::{Activity, LocalTexts};

use crate::activity::{ActivityToken, Window};
use crate::bands::RawAvailability;

/// What somebody is doing, by a token, in words of their own, or both.
///
/// It is shown only while the aggregated number is inside the window.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ActivityState {
    /// The token as it was published, known or not.
    pub token: Option<ActivityToken>,
    /// The words a person or a site wrote.
    pub custom: Option<LocalTexts>,
    /// For which numbers it is shown.
    pub window: Window,
}

impl ActivityState {
    /// An activity by its token, with the window that is usual for it.
    #[must_use]
    pub fn token(token: ActivityToken) -> Self {
        let window = token.window();
        Self { token: Some(token), custom: None, window }
    }

    /// An activity in words of somebody's own, shown for every number.
    #[must_use]
    pub const fn custom(texts: LocalTexts) -> Self {
        Self { token: None, custom: Some(texts), window: Window::ALL }
    }

    /// Shown only for these numbers.
    #[must_use]
    pub const fn within(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// Whether there is anything to show.
    #[must_use]
    pub fn says_something(&self) -> bool {
        self.custom.is_some() || self.token.as_ref().is_some_and(|token| !token.as_str().is_empty())
    }

    /// Whether it may be shown beside this number.
    #[must_use]
    pub fn covers(&self, number: RawAvailability) -> bool {
        self.window.contains(number)
    }

    /// What the token means to the engine; `None` for an unknown one and for words of somebody's own.
    #[must_use]
    pub fn known(&self) -> Option<Activity> {
        self.token.as_ref().and_then(ActivityToken::activity)
    }
}
