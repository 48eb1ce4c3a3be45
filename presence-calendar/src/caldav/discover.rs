//! Where calendars are: asked of the server, beginning with the account or with a person.

use std::collections::BTreeSet;
use std::sync::Arc;

use presence_core::SourceErrorKind;
use presence_core::http::{HttpError, HttpRequest, HttpService};
use presence_core::source::SourceError;

use super::ask;
use super::collection::{ask_for, read_answer};
use super::multistatus::{Multistatus, Response};
use super::place::{key, resolve};
use super::trouble::Trouble;
use crate::ics::ReadRules;

/// A person has at most so many calendars.
const MOST: usize = 64;
/// They are in at most so many places, each of which is asked.
const MOST_HOMES: usize = 16;
const WELL_KNOWN: &str = "/.well-known/caldav";

/// The server, asked for places.
pub(super) struct Search<'s> {
    pub(super) http: &'s dyn HttpService,
    pub(super) rules: &'s ReadRules,
}

impl Search<'_> {
    /// The address of who is logged in: asked where we were told to, then at the well-known place.
    pub(super) async fn account(&self, base: &str) -> Result<String, Trouble> {
        match self.principal(base).await {
            Ok(Some(url)) => return Ok(url),
            Ok(None) | Err(Trouble::Mailbox(_)) => {}
            Err(Trouble::Server(error)) if error.kind() == SourceErrorKind::Protocol => {}
            Err(trouble) => return Err(trouble),
        }
        let place = resolve(base, WELL_KNOWN).ok_or_else(nowhere)?;
        self.principal(&place).await?.ok_or_else(nowhere)
    }

    async fn principal(&self, url: &str) -> Result<Option<String>, Trouble> {
        let answer = self.ask(ask::principal(url)).await?;
        let principal = answer.responses.into_iter().find_map(|response| response.props.principal);
        Ok(principal.and_then(|href| resolve(url, &href)))
    }

    /// The calendars of a person that have events and say something about the person's time.
    pub(super) async fn calendars(&self, principal: &str) -> Result<Vec<Arc<str>>, Trouble> {
        let answer = self.ask(ask::homes(principal)).await?;
        let homes = answer.responses.into_iter().flat_map(|response| response.props.homes);
        let homes: BTreeSet<String> = homes.filter_map(|href| resolve(principal, &href)).collect();
        if homes.len() > MOST_HOMES {
            return Err(Trouble::TooLarge);
        }
        let owner = key(principal);
        let mut found: Vec<Arc<str>> = Vec::new();
        for home in &homes {
            let answer = self.ask(ask::calendars(home)).await?;
            let own = answer.responses.iter().filter(|response| is_own(response, &owner));
            found.extend(own.filter_map(|response| resolve(home, &response.href)).map(Arc::from));
        }
        found.sort_unstable();
        found.dedup();
        // A calendar that is left out would look like free time.
        if found.len() > MOST { Err(Trouble::TooLarge) } else { Ok(found) }
    }

    /// Asks, and goes where it is sent once, on the same server.
    async fn ask(&self, request: HttpRequest) -> Result<Multistatus, Trouble> {
        match self.http.send(request.clone()).await {
            Err(HttpError::Redirected { to, .. }) => Err(elsewhere(to.as_deref())),
            Err(error) => Err(error.into()),
            Ok(response) if matches!(response.status, 301 | 302 | 303 | 307 | 308) => {
                let to = response.header("Location").and_then(|to| resolve(&request.url, to));
                let mut there = request;
                there.url = to.ok_or_else(|| elsewhere(None))?;
                ask_for(self.http, there, self.rules).await
            }
            Ok(response) => read_answer(response, self.rules),
        }
    }
}

/// Whether it is a calendar of the person. Calendars of others that they share are theirs, wherever they are listed.
fn is_own(response: &Response, owner: &[u8]) -> bool {
    let props = &response.props;
    let is_owned = props.owner.as_deref().is_none_or(|href| *key(href) == *owner);
    props.is_calendar == Some(true) && props.has_events != Some(false) && !props.is_transparent && is_owned
}

fn nowhere() -> Trouble {
    Trouble::Server(SourceError::new(
        SourceErrorKind::NotConfigured,
        "the calendar server does not say where the calendars of the account are: configure the address of a calendar",
    ))
}

fn elsewhere(to: Option<&str>) -> Trouble {
    let to = to.map_or_else(String::new, |to| format!(" at `{to}`"));
    Trouble::Server(SourceError::new(
        SourceErrorKind::NotConfigured,
        format!("the calendar server sends us to another place{to}: configure that address"),
    ))
}
