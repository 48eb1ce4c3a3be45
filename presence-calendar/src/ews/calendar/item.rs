//! The second question: what was typed into meetings that are not private.

use std::collections::HashMap;
use std::sync::Arc;

use presence_core::calendar::Sensitivity;
use presence_core::{Confidential, SourceErrorKind};

use super::super::answer::{self, Outcome};
use super::super::code::ResponseCode;
use super::super::error::{EwsError, Refusal};
use super::super::token;
use super::super::xml::{BrokenXml, Raw, Tag, XmlReader, escape};
use super::ItemId;
use super::find::item_id;

/// So many meetings are asked for at once.
pub(crate) const MOST_ITEMS: usize = 50;
/// Of a text so many characters are kept.
const LONGEST_TEXT: usize = 1_024;

/// What was typed into a meeting.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Texts {
    pub(crate) subject: Option<Confidential<Arc<str>>>,
    pub(crate) place: Option<Confidential<Arc<str>>>,
    pub(crate) sensitivity: Sensitivity,
}

/// The body of the question. The sensitivity is asked again: somebody may just have changed it.
pub(crate) fn body(ids: &[&ItemId]) -> String {
    let mut text = "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>\
        <t:FieldURI FieldURI=\"item:Subject\"/><t:FieldURI FieldURI=\"item:Sensitivity\"/>\
        <t:FieldURI FieldURI=\"calendar:Location\"/></t:AdditionalProperties></m:ItemShape><m:ItemIds>"
        .to_owned();
    for item in ids {
        text.push_str("<t:ItemId Id=\"");
        text.push_str(&escape(item.id.reveal()));
        if let Some(key) = &item.change_key {
            text.push_str("\" ChangeKey=\"");
            text.push_str(&escape(key));
        }
        text.push_str("\"/>");
    }
    text.push_str("</m:ItemIds></m:GetItem>");
    text
}

/// What was answered.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    /// Texts by the ids of their meetings. A meeting that is gone has none.
    pub(crate) texts: HashMap<Arc<str>, Texts>,
    /// Whether the server stopped before the end: ask for the rest again.
    pub(crate) is_stopped: bool,
}

/// Reads the answer.
///
/// # Errors
///
/// Fails when it is refused in a way that is not about one meeting alone.
pub(crate) fn read(bytes: &[u8]) -> Result<Answered, EwsError> {
    answer::read(bytes, "GetItemResponse", |reader, _| {
        let mut all = Answered::default();
        while let Some(tag) = reader.child()? {
            if tag.name != b"ResponseMessages" {
                reader.skip()?;
                continue;
            }
            while let Some(tag) = reader.child()? {
                let (verdict, found) = message(&tag, reader)?;
                let Err(error) = verdict else {
                    all.texts.extend(found);
                    continue;
                };
                match &error {
                    EwsError::Refused(refusal) if refusal.code == ResponseCode::BatchProcessingStopped => {
                        all.is_stopped = true;
                    }
                    EwsError::Refused(refusal) if is_about_one(refusal) => {}
                    _ => return Err(error),
                }
            }
        }
        Ok(all)
    })
}

/// Whether it is one meeting that is gone, hidden or broken, and not the server that is out of order.
fn is_about_one(refusal: &Refusal) -> bool {
    let is_out_of_order = matches!(refusal.code.kind(), SourceErrorKind::Throttled | SourceErrorKind::Unreachable);
    refusal.wait.is_none() && (!is_out_of_order || refusal.code == ResponseCode::InternalServerError)
}

type Found = Vec<(Arc<str>, Texts)>;

fn message(tag: &Tag<'_>, reader: &mut XmlReader<'_>) -> Result<(Result<(), EwsError>, Found), BrokenXml> {
    let mut outcome = Outcome::begin(tag);
    let mut found = Vec::new();
    while let Some(tag) = reader.child()? {
        if tag.name != b"Items" {
            outcome.take(tag, reader)?;
            continue;
        }
        while let Some(tag) = reader.child()? {
            if tag.name == b"CalendarItem" { found.extend(item(reader)?) } else { reader.skip()? }
        }
    }
    Ok((outcome.verdict(), found))
}

/// One meeting. What was typed stays where it is until it is known that the meeting is not private.
fn item(reader: &mut XmlReader<'_>) -> Result<Option<(Arc<str>, Texts)>, BrokenXml> {
    let (mut id, mut subject, mut place) = (None, None, None);
    let mut sensitivity = Sensitivity::Private;
    while let Some(tag) = reader.child()? {
        match tag.name {
            b"ItemId" => id = item_id(&tag, reader)?,
            b"Subject" => subject = Some(reader.raw()?),
            b"Location" => place = Some(reader.raw()?),
            b"Sensitivity" => sensitivity = token::sensitivity(&reader.text()?),
            _ => reader.skip()?,
        }
    }
    let Some(id) = id else { return Ok(None) };
    let mut texts = Texts { sensitivity, ..Texts::default() };
    if !sensitivity.is_private() {
        texts.subject = subject.and_then(kept);
        texts.place = place.and_then(kept);
    }
    Ok(Some((id.id.reveal().clone(), texts)))
}

/// What cannot be read, such as half of a pair of characters, costs itself and not the meeting.
fn kept(raw: Raw<'_>) -> Option<Confidential<Arc<str>>> {
    let text = raw.read().ok()?;
    let text = token::words(&text);
    let end = text.char_indices().nth(LONGEST_TEXT).map_or(text.len(), |(at, _)| at);
    Some(Confidential::new(Arc::from(text.get(..end).unwrap_or_default())))
}
