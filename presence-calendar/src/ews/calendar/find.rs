//! The first question: which meetings there are, without what was typed into them.

use std::fmt::Write;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::calendar::{Importance, Sensitivity};
use presence_core::{Confidential, ShowAs};

use super::super::answer::{self, Outcome};
use super::super::envelope::ServerVersion;
use super::super::error::EwsError;
use super::super::token;
use super::super::xml::{BrokenXml, Tag, XmlReader, escape};
use super::{Entry, ItemId};

/// A list has at most so many meetings; the rest is asked for again.
const MOST_ENTRIES: usize = 500;
/// The name of a zone is at most so long.
const LONGEST_NAME: usize = 256;

/// What is asked of each meeting. Nothing in it was typed by somebody.
const FIELDS: [&str; 9] = [
    "item:Sensitivity",
    "item:Importance",
    "calendar:Start",
    "calendar:End",
    "calendar:IsAllDayEvent",
    "calendar:LegacyFreeBusyStatus",
    "calendar:CalendarItemType",
    "calendar:IsCancelled",
    "calendar:MyResponseType",
];

/// The body of the question about the calendar of a mailbox between two times.
pub(crate) fn body(mailbox: &str, from: DateTime<Utc>, to: DateTime<Utc>, version: ServerVersion) -> String {
    let mut text = "<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>\
        <t:AdditionalProperties>"
        .to_owned();
    let zone = (version > ServerVersion::Exchange2007Sp1).then_some("calendar:StartTimeZone");
    for field in FIELDS.into_iter().chain(zone) {
        let _ = write!(text, "<t:FieldURI FieldURI=\"{field}\"/>");
    }
    let [from, to] = [from, to].map(|time| time.format("%Y-%m-%dT%H:%M:%SZ"));
    let _ = write!(
        text,
        "</t:AdditionalProperties></m:ItemShape><m:CalendarView MaxEntriesReturned=\"{MOST_ENTRIES}\" \
         StartDate=\"{from}\" EndDate=\"{to}\"/><m:ParentFolderIds><t:DistinguishedFolderId Id=\"calendar\"><t:Mailbox>\
         <t:EmailAddress>{}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId></m:ParentFolderIds></m:FindItem>",
        escape(mailbox)
    );
    text
}

/// A list of meetings.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) entries: Vec<Entry>,
    /// Whether these are all that there are.
    pub(crate) is_whole: bool,
}

/// Reads the answer.
pub(crate) fn read(bytes: &[u8]) -> Result<Page, EwsError> {
    answer::read(bytes, "FindItemResponse", |reader, _| {
        let mut page = None;
        while let Some(tag) = reader.child()? {
            if tag.name != b"ResponseMessages" {
                reader.skip()?;
                continue;
            }
            while let Some(tag) = reader.child()? {
                page = Some(message(&tag, reader)?);
            }
        }
        page.ok_or(EwsError::Incomplete("FindItemResponseMessage"))
    })
}

fn message(tag: &Tag<'_>, reader: &mut XmlReader<'_>) -> Result<Page, EwsError> {
    let mut outcome = Outcome::begin(tag);
    let mut page = None;
    while let Some(tag) = reader.child()? {
        if tag.name == b"RootFolder" {
            page = Some(folder(&tag, reader)?);
        } else {
            outcome.take(tag, reader)?;
        }
    }
    outcome.verdict()?;
    page.ok_or(EwsError::Incomplete("RootFolder"))
}

fn folder(tag: &Tag<'_>, reader: &mut XmlReader<'_>) -> Result<Page, EwsError> {
    let is_last = tag.attribute(b"IncludesLastItemInRange").and_then(|word| token::truth(&word));
    let (mut entries, mut has_list, mut items) = (Vec::new(), false, 0);
    while let Some(tag) = reader.child()? {
        if tag.name != b"Items" {
            reader.skip()?;
            continue;
        }
        has_list = true;
        while let Some(tag) = reader.child()? {
            items += 1;
            if tag.name == b"CalendarItem" { entries.extend(item(reader)?) } else { reader.skip()? }
        }
    }
    if !has_list {
        return Err(EwsError::Incomplete("Items"));
    }
    // A full list that does not say whether it was cut off may have been.
    Ok(Page { entries, is_whole: is_last.unwrap_or(items < MOST_ENTRIES) })
}

/// One meeting; `None` for what is no meeting but the pattern of a series.
fn item(reader: &mut XmlReader<'_>) -> Result<Option<Entry>, EwsError> {
    let mut id = None;
    let (mut start, mut end, mut show_as) = (None, None, ShowAs::Busy);
    let (mut importance, mut sensitivity) = (Importance::Normal, Sensitivity::Private);
    let (mut is_all_day, mut is_cancelled, mut is_declined, mut is_master) = (false, false, false, false);
    let mut zone_names = [None, None];
    while let Some(tag) = reader.child()? {
        match tag.name {
            b"ItemId" => id = item_id(&tag, reader)?,
            b"Sensitivity" => sensitivity = token::sensitivity(&reader.text()?),
            b"Importance" => importance = token::importance(&reader.text()?),
            b"Start" => start = token::time(&reader.text()?),
            b"End" => end = token::time(&reader.text()?),
            b"IsAllDayEvent" => is_all_day = token::truth(&reader.text()?) == Some(true),
            b"LegacyFreeBusyStatus" => show_as = token::show_as(&reader.text()?),
            b"CalendarItemType" => is_master = token::is(reader.text()?.trim_ascii(), "RecurringMaster"),
            b"IsCancelled" => is_cancelled = token::truth(&reader.text()?) == Some(true),
            b"MyResponseType" => is_declined = token::is(reader.text()?.trim_ascii(), "Decline"),
            b"StartTimeZone" => {
                zone_names = [b"Id", &b"Name"[..]].map(|name| zone_name(&tag, name));
                reader.skip()?;
            }
            _ => reader.skip()?,
        }
    }
    if is_master {
        return Ok(None);
    }
    // A meeting that is somewhere, nobody knows where, must not leave its time free.
    let id = id.ok_or(EwsError::Incomplete("ItemId"))?;
    let start = start.ok_or(EwsError::Incomplete("Start"))?;
    let end = end.ok_or(EwsError::Incomplete("End"))?;
    Ok(Some(Entry {
        id,
        start,
        end,
        is_all_day,
        zone_names,
        show_as,
        importance,
        sensitivity,
        is_cancelled,
        is_declined,
    }))
}

/// The attributes of `ItemId`, which ends with it.
pub(super) fn item_id(tag: &Tag<'_>, reader: &mut XmlReader<'_>) -> Result<Option<ItemId>, BrokenXml> {
    let text = |name: &[u8]| tag.attribute(name).and_then(|value| std::str::from_utf8(&value).ok().map(Arc::from));
    let id: Option<Arc<str>> = text(b"Id").filter(|id: &Arc<str>| !id.is_empty());
    let change_key = text(b"ChangeKey");
    reader.skip()?;
    Ok(id.map(|id| ItemId { id: Confidential::new(id), change_key }))
}

fn zone_name(tag: &Tag<'_>, name: &[u8]) -> Option<Arc<str>> {
    let value = tag.attribute(name)?;
    let name = std::str::from_utf8(&value).ok()?.trim();
    (!name.is_empty() && name.len() <= LONGEST_NAME).then(|| Arc::from(name))
}
