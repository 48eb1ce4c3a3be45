//! One question and its answer, and what is learnt from refusals.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::time::Duration;

use chrono::{DateTime, Utc};
use presence_core::Address;
use presence_core::http::{HttpHeaders, HttpRequest, HttpResponse, retry_after};

use super::super::code::ResponseCode;
use super::super::envelope::{Envelope, ServerVersion};
use super::super::error::{EwsError, Refusal};
use super::super::xml::MOST_BYTES;
use super::Exchange;
use crate::zone::Zone;

/// An answer may take as long as a server may work on it.
const PATIENCE: Duration = Duration::from_secs(65);
/// Of more mailboxes than this nothing is kept.
const MOST_LEARNT: usize = 100_000;

/// What was learnt about mailboxes by asking.
#[derive(Debug, Default)]
pub(super) struct Learnt {
    mailboxes: HashMap<Option<Address>, Ways>,
    /// By whose clocks their owners work.
    zones: HashMap<Address, Zone>,
}

/// How a mailbox wants to be asked.
#[derive(Clone, Debug, Default, PartialEq)]
struct Ways {
    version: ServerVersion,
    primary: Option<Address>,
}

/// A question: what to ask, and how to read the answer.
pub(super) struct Question<'a, T> {
    /// The mailbox that it is about, if it is about one.
    pub(super) mailbox: Option<&'a Address>,
    /// The body, for an address and a version.
    pub(super) body: &'a (dyn Fn(&str, ServerVersion) -> String + Sync),
    /// What the body of the answer says.
    pub(super) read: &'a (dyn Fn(&[u8]) -> Result<T, EwsError> + Sync),
}

/// The headers that keep the questions about one group of mailboxes at one server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Affinity<'a> {
    pub(super) anchor: &'a Address,
    pub(super) cookie: Option<&'a str>,
}

impl Affinity<'_> {
    pub(super) fn put(self, request: HttpRequest) -> HttpRequest {
        let request = request.header("X-PreferServerAffinity", "true");
        match self.cookie {
            Some(cookie) => request.secret_header("Cookie", format!("X-BackEndOverrideCookie={cookie}")),
            None => request,
        }
    }
}

impl Exchange {
    pub(super) async fn ask<T: Send>(&self, question: Question<'_, T>) -> Result<T, EwsError> {
        self.ask_there(question, None).await.map(|(answer, _)| answer)
    }

    /// Asks; with a lower version where that is wanted, and by another address where the server names one. What worked is
    /// kept for the next question.
    pub(super) async fn ask_there<T: Send>(
        &self,
        question: Question<'_, T>,
        affinity: Option<Affinity<'_>>,
    ) -> Result<(T, HttpHeaders), EwsError> {
        let known = self.known(question.mailbox);
        let mut ways = known.clone();
        loop {
            let request = self.request(&question, &ways, affinity);
            let response = self.http.send(request).await?;
            let refusal = match understood(&response, question.read) {
                Ok(answer) => {
                    if ways != known {
                        self.learn(question.mailbox, ways);
                    }
                    return Ok((answer, response.headers));
                }
                Err(EwsError::Refused(refusal)) => refusal,
                Err(error) => return Err(error),
            };
            ways = ways.after(&refusal, &known).ok_or(EwsError::Refused(refusal))?;
        }
    }

    fn request<T>(&self, question: &Question<'_, T>, ways: &Ways, affinity: Option<Affinity<'_>>) -> HttpRequest {
        let address = ways.primary.as_ref().or(question.mailbox).map_or("", Address::value);
        let envelope = Envelope {
            version: ways.version,
            impersonate: question.mailbox.filter(|_| self.impersonates).map(|_| address),
            anchor: affinity.map(|affinity| affinity.anchor.value()),
        };
        let request = envelope.request(&self.url, &(question.body)(address, ways.version));
        let request = request.timeout(PATIENCE).most_bytes(MOST_BYTES);
        match affinity {
            Some(affinity) => affinity.put(request),
            None => request,
        }
    }

    /// The envelope for a stream in the name of a mailbox.
    pub(super) fn stream_request(&self, affinity: Affinity<'_>, body: &str) -> HttpRequest {
        let ways = self.known(Some(affinity.anchor));
        let address = ways.primary.as_ref().unwrap_or(affinity.anchor).value();
        let envelope = Envelope {
            version: ways.version,
            impersonate: self.impersonates.then_some(address),
            anchor: Some(affinity.anchor.value()),
        };
        affinity.put(envelope.request(&self.url, body).timeout(PATIENCE))
    }

    fn known(&self, mailbox: Option<&Address>) -> Ways {
        let learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        learnt.mailboxes.get(&mailbox.cloned()).cloned().unwrap_or_default()
    }

    fn learn(&self, mailbox: Option<&Address>, ways: Ways) {
        let mut learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        if learnt.mailboxes.len() >= MOST_LEARNT {
            learnt.mailboxes.clear();
        }
        learnt.mailboxes.insert(mailbox.cloned(), ways);
    }
}

impl Exchange {
    /// The zone of a mailbox, as far as it is known.
    pub(in super::super) fn zone_of(&self, mailbox: &Address) -> Zone {
        let learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        learnt.zones.get(mailbox).unwrap_or(&self.zone).clone()
    }

    pub(super) fn learn_zone(&self, mailbox: Option<&Address>, zone: &Zone) {
        let Some(mailbox) = mailbox else { return };
        let mut learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        if learnt.zones.get(mailbox) == Some(zone) {
            return;
        }
        if learnt.zones.len() >= MOST_LEARNT {
            learnt.zones.clear();
        }
        learnt.zones.insert(mailbox.clone(), zone.clone());
    }
}

impl Ways {
    /// Another way, if the refusal names one that was not gone yet. Another address is tried once in a question: servers
    /// that disagree would send us from one to the other for ever.
    fn after(&self, refusal: &Refusal, known: &Self) -> Option<Self> {
        if refusal.code.is_about_version() {
            return Some(Self { version: self.version.lower()?, ..self.clone() });
        }
        let primary = refusal.primary.clone().filter(|_| refusal.code == ResponseCode::NonPrimarySmtpAddress)?;
        let is_new = self.primary == known.primary && self.primary.as_ref() != Some(&primary);
        is_new.then(|| Self { primary: Some(primary), ..self.clone() })
    }
}

/// What an answer says. What is no answer of Exchange is not read as one.
fn understood<T>(response: &HttpResponse, read: impl Fn(&[u8]) -> Result<T, EwsError>) -> Result<T, EwsError> {
    let status = EwsError::Status { status: response.status, wait: patience(&response.headers) };
    match response.status {
        200..=299 if is_xml(&response.headers) => read(&response.body),
        200..=299 => Err(EwsError::Page),
        // To the login page.
        300..=399 => Err(EwsError::Page),
        500 if is_xml(&response.headers) => match read(&response.body) {
            Err(error @ EwsError::Refused(_)) => Err(error),
            _ => Err(status),
        },
        _ => Err(status),
    }
}

/// Whether a stream may be read.
pub(super) fn is_stream(status: u16, headers: &HttpHeaders) -> bool {
    (200..300).contains(&status) && is_xml(headers)
}

/// What an answer says that is no stream.
pub(super) fn no_stream(response: &HttpResponse) -> EwsError {
    let read =
        |bytes: &[u8]| super::super::answer::read(bytes, "GetStreamingEventsResponse", |reader, _| Ok(reader.skip()?));
    understood(response, read).err().unwrap_or(EwsError::Incomplete("GetStreamingEventsResponse"))
}

/// A server that does not say what it sends is believed to send what it was asked for.
fn is_xml(headers: &HttpHeaders) -> bool {
    headers.get("Content-Type").is_none_or(|kind| kind.to_ascii_lowercase().contains("xml"))
}

/// For how long a server asks not to be asked again. When it names a time, it does so by its own clock.
fn patience(headers: &HttpHeaders) -> Option<Duration> {
    let now = headers.get("Date").and_then(|date| DateTime::parse_from_rfc2822(date.trim()).ok());
    let is_number = headers.get("Retry-After")?.trim().bytes().all(|b| b.is_ascii_digit());
    match now {
        Some(now) => retry_after(headers, now.with_timezone(&Utc)),
        None if is_number => retry_after(headers, DateTime::UNIX_EPOCH),
        None => None,
    }
}
