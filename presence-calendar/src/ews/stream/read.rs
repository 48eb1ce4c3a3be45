//! The answers about subscriptions and streams.

use std::sync::Arc;

use super::super::answer::{self, Outcome};
use super::super::code::ResponseCode;
use super::super::error::EwsError;
use super::super::token;
use super::super::xml::{BrokenXml, Tag, XmlReader};

/// An id is at most so long.
const LONGEST_ID: usize = 4_096;

/// The id of a new subscription.
pub(crate) fn read_subscription(bytes: &[u8]) -> Result<Arc<str>, EwsError> {
    answer::read(bytes, "SubscribeResponse", |reader, _| {
        let mut found = Err(EwsError::Incomplete("SubscribeResponseMessage"));
        while let Some(tag) = reader.child()? {
            if tag.name != b"ResponseMessages" {
                reader.skip()?;
                continue;
            }
            while let Some(tag) = reader.child()? {
                found = subscription(&tag, reader)?;
            }
        }
        found
    })
}

fn subscription(tag: &Tag<'_>, reader: &mut XmlReader<'_>) -> Result<Result<Arc<str>, EwsError>, BrokenXml> {
    let (mut outcome, mut id) = (Outcome::begin(tag), None);
    while let Some(tag) = reader.child()? {
        if tag.name == b"SubscriptionId" { id = read_id(reader)? } else { outcome.take(tag, reader)? }
    }
    Ok(outcome.verdict().and_then(|()| id.ok_or(EwsError::Incomplete("SubscriptionId"))))
}

fn read_id(reader: &mut XmlReader<'_>) -> Result<Option<Arc<str>>, BrokenXml> {
    let text = reader.text()?;
    let id = std::str::from_utf8(text.trim_ascii()).ok().filter(|id| (1..=LONGEST_ID).contains(&id.len()));
    Ok(id.map(Arc::from))
}

/// One document of a stream.
#[derive(Debug)]
pub(super) struct Document {
    /// How it goes.
    pub(super) code: ResponseCode,
    /// Which subscriptions tell of a change, each once.
    pub(super) changed: Vec<Arc<str>>,
    /// Whether it is the last one.
    pub(super) is_closed: bool,
}

/// Reads a document of a stream. What refuses the stream as a whole counts as the word of its code.
pub(super) fn read(bytes: &[u8]) -> Result<Document, EwsError> {
    let read = answer::read(bytes, "GetStreamingEventsResponse", |reader, _| {
        let mut document = Document { code: ResponseCode::NoError, changed: Vec::new(), is_closed: false };
        let mut has_message = false;
        while let Some(tag) = reader.child()? {
            if tag.name != b"ResponseMessages" {
                reader.skip()?;
                continue;
            }
            while let Some(tag) = reader.child()? {
                has_message = true;
                message(&tag, reader, &mut document)?;
            }
        }
        if has_message { Ok(document) } else { Err(EwsError::Incomplete("GetStreamingEventsResponseMessage")) }
    });
    match read {
        Err(EwsError::Refused(refusal)) if refusal.wait.is_none() => {
            Ok(Document { code: refusal.code, changed: Vec::new(), is_closed: true })
        }
        read => read,
    }
}

fn message(tag: &Tag<'_>, reader: &mut XmlReader<'_>, document: &mut Document) -> Result<(), EwsError> {
    let mut outcome = Outcome::begin(tag);
    while let Some(tag) = reader.child()? {
        match tag.name {
            b"Notifications" => {
                while let Some(tag) = reader.child()? {
                    if tag.name == b"Notification" { notification(reader, document)? } else { reader.skip()? }
                }
            }
            b"ConnectionStatus" => document.is_closed |= token::is(reader.text()?.trim_ascii(), "Closed"),
            _ => outcome.take(tag, reader)?,
        }
    }
    outcome.verdict()
}

fn notification(reader: &mut XmlReader<'_>, document: &mut Document) -> Result<(), BrokenXml> {
    let (mut id, mut is_change) = (None, false);
    while let Some(tag) = reader.child()? {
        match tag.name {
            b"SubscriptionId" => id = read_id(reader)?,
            // It says only that the server is there.
            b"StatusEvent" => reader.skip()?,
            name => {
                is_change |= name.ends_with(b"Event");
                reader.skip()?;
            }
        }
    }
    if let Some(id) = id.filter(|id| is_change && !document.changed.contains(id)) {
        document.changed.push(id);
    }
    Ok(())
}
