//! Subscriptions and streams.

use presence_core::http::HttpHeaders;
use presence_core::source::SourceError;
use presence_core::{Address, SourceErrorKind};

use super::super::error::{EwsError, Refusal};
use super::super::server::trouble;
use super::super::stream::{
    Group, MOST_IN_GROUP, Notifications, SILENCE, STREAM_MINUTES, read_subscription, stream_body, subscribe_body,
};
use super::Exchange;
use super::ask::{Affinity, Question, is_stream, no_stream};

/// An answer that opens no stream is at most so large.
const MOST_REFUSAL: usize = 256 * 1024;
/// So many mailboxes of a group may be out of reach.
const MOST_OUT_OF_REACH: usize = 20;
/// A cookie is at most so long.
const LONGEST_COOKIE: usize = 4_096;

impl Exchange {
    /// Watches the calendars of mailboxes that live on one server (Autodiscover calls that their grouping information),
    /// at most 200 to a group. What cannot be watched alone is [refused](Group::refused), and does not harm the others.
    /// Without impersonation, a mailbox is watched only if it is the account's own.
    ///
    /// # Errors
    ///
    /// Fails when the server cannot be reached, asks for patience, or answers what makes no sense.
    pub async fn subscribe(&self, mailboxes: &[Address]) -> Result<Vec<Group>, SourceError> {
        let mut sorted = mailboxes.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let mut groups = Vec::with_capacity(sorted.len().div_ceil(MOST_IN_GROUP));
        for part in sorted.chunks(MOST_IN_GROUP) {
            groups.extend(self.group(part).await?);
        }
        Ok(groups)
    }

    /// One group; the first mailbox that can be watched is its anchor.
    async fn group(&self, mailboxes: &[Address]) -> Result<Option<Group>, SourceError> {
        let Some(first) = mailboxes.first() else { return Ok(None) };
        let mut group = Group::new(first.clone());
        for mailbox in mailboxes {
            let is_anchor = group.subscriptions.is_empty();
            if is_anchor {
                group.anchor = mailbox.clone();
            }
            let affinity = Affinity { anchor: &group.anchor, cookie: group.cookie.as_deref() };
            let question = Question {
                mailbox: Some(mailbox),
                body: &|_, _| subscribe_body().to_owned(),
                read: &|bytes| read_subscription(bytes),
            };
            match self.ask_there(question, Some(affinity)).await {
                Ok((id, headers)) => {
                    if is_anchor {
                        group.cookie = cookie(&headers);
                    }
                    group.subscriptions.insert(id, mailbox.clone());
                }
                Err(EwsError::Refused(refusal)) if is_about_one(&refusal, group.refused.len()) => {
                    group.refused.push((mailbox.clone(), refusal.code));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(group))
    }

    /// Opens the stream of a group. Read everything that is watched when it is open, for what happened before is lost.
    ///
    /// # Errors
    ///
    /// Fails when nothing of the group can be watched, when the server cannot be reached, or when it refuses.
    pub async fn stream(&self, group: &Group) -> Result<Notifications, SourceError> {
        if group.subscriptions.is_empty() {
            return Err(SourceError::new(SourceErrorKind::NotFound, "none of the mailboxes can be watched"));
        }
        let ids: Vec<&str> = group.subscriptions.keys().map(|id| &**id).collect();
        let affinity = Affinity { anchor: &group.anchor, cookie: group.cookie.as_deref() };
        let request = self.stream_request(affinity, &stream_body(&ids, STREAM_MINUTES)).idle(SILENCE);
        let stream = self.http.open(request).await?;
        if is_stream(stream.status, &stream.headers) {
            return Ok(Notifications::new(stream, group));
        }
        Err(no_stream(&stream.collect(MOST_REFUSAL).await?).into())
    }
}

/// Whether other mailboxes may be none the worse for it. When so many of a group were refused already, a mailbox that is
/// out of reach is taken for a server that is.
const fn is_about_one(refusal: &Refusal, refused: usize) -> bool {
    match refusal.code.kind() {
        SourceErrorKind::NotFound | SourceErrorKind::Forbidden | SourceErrorKind::Protocol => true,
        SourceErrorKind::Unreachable => trouble(&refusal.code).is_some() && refused < MOST_OUT_OF_REACH,
        _ => false,
    }
}

/// The cookie that leads to the server of the anchor.
fn cookie(headers: &HttpHeaders) -> Option<String> {
    let mut cookies = headers.all("Set-Cookie").filter_map(|cookie| cookie.split(';').next()?.split_once('='));
    let (_, value) = cookies.find(|(name, _)| name.trim().eq_ignore_ascii_case("X-BackEndOverrideCookie"))?;
    let is_plain = value.len() <= LONGEST_COOKIE && value.bytes().all(|b| b.is_ascii_graphic());
    (is_plain && !value.is_empty()).then(|| value.to_owned())
}
