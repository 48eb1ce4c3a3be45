//! The answer 207: what a server says of several things at once, each with a status of its own.
//!
//! Calendars in it are read one by one as they come, and dropped as texts at once: nothing of a private event is kept.

use std::borrow::Cow;

use quick_xml::NsReader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::name::Name;
use crate::ics::{Calendar, ReadRules};
use crate::web::is_calendar;

/// Elements are nested at most so deep.
const MOST_DEPTH: usize = 32;
/// An answer has at most so many elements.
const MOST_ELEMENTS: usize = 1_000_000;
/// It tells at most of so many things.
const MOST_RESPONSES: usize = 50_000;
/// Of one thing it names at most so many others.
const MOST_HREFS: usize = 100;
/// A word such as a tag or a path is at most so long.
const MOST_WORD: usize = 4 * 1024;

/// Why an answer cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Broken {
    /// It is not XML.
    NotXml,
    /// It has a document type, which could make much of little.
    DocumentType,
    /// It names an entity that it would have to define.
    Entity,
    /// Its elements are nested too deep.
    TooDeep,
    /// It has too many elements.
    TooMany,
    /// A word in it is too long.
    TooLong,
    /// It is cut off.
    CutOff,
    /// It is something else.
    NotMultistatus,
}

/// An answer.
#[derive(Debug, Default)]
pub(super) struct Multistatus {
    pub(super) responses: Vec<Response>,
    pub(super) sync_token: Option<Box<str>>,
}

/// What the answer says of one thing.
#[derive(Debug, Default)]
pub(super) struct Response {
    pub(super) href: Box<str>,
    /// Other things of which it says the same.
    others: Vec<Box<str>>,
    /// The status of the whole thing, where it has one.
    pub(super) status: Option<u16>,
    pub(super) props: Props,
}

/// Properties that the server has told.
#[derive(Debug, Default)]
pub(super) struct Props {
    pub(super) etag: Option<Box<str>>,
    pub(super) ctag: Option<Box<str>>,
    pub(super) sync_token: Option<Box<str>>,
    pub(super) owner: Option<Box<str>>,
    pub(super) principal: Option<Box<str>>,
    pub(super) homes: Vec<Box<str>>,
    /// Whether the kind of the thing was told, and whether it is a calendar.
    pub(super) is_calendar: Option<bool>,
    /// Whether it was told what may be in the calendar, and whether events may.
    pub(super) has_events: Option<bool>,
    /// Whether its events say nothing about the person's time.
    pub(super) is_transparent: bool,
    pub(super) can_sync: bool,
    pub(super) can_free_busy: bool,
    pub(super) data: Data,
}

/// What is in a calendar object.
#[derive(Debug, Default)]
pub(super) enum Data {
    /// Nothing was said about it.
    #[default]
    Absent,
    /// The server has it, and does not give it.
    Refused,
    /// It is read; it had so many bytes.
    Read(Box<Calendar>, usize),
}

impl Multistatus {
    /// Reads an answer. A document type is refused unread, and so is a reference to what it would have to define.
    pub(super) fn read(body: &[u8], rules: &ReadRules) -> Result<Self, Broken> {
        // One event with a wrong byte must not take the others with it.
        let text = String::from_utf8_lossy(body);
        let mut reading = Reading::new(rules);
        reading.run(text.strip_prefix('\u{feff}').unwrap_or(&text))?;
        Ok(reading.answer)
    }
}

struct Reading<'r> {
    rules: &'r ReadRules,
    open: Vec<Name>,
    text: String,
    answer: Multistatus,
    response: Response,
    props: Props,
    status: Option<u16>,
    elements: usize,
}

impl<'r> Reading<'r> {
    fn new(rules: &'r ReadRules) -> Self {
        Self {
            rules,
            open: Vec::new(),
            text: String::new(),
            answer: Multistatus::default(),
            response: Response::default(),
            props: Props::default(),
            status: None,
            elements: 0,
        }
    }

    fn run(&mut self, text: &str) -> Result<(), Broken> {
        let mut reader = NsReader::from_str(text);
        loop {
            let event = reader.read_event().map_err(|_| Broken::NotXml)?;
            match event {
                Event::Start(tag) => self.begin(&reader, &tag)?,
                Event::Empty(tag) => {
                    self.begin(&reader, &tag)?;
                    self.end()?;
                }
                Event::End(_) => self.end()?,
                Event::Text(text) => self.words(&text.xml10_content())?,
                Event::CData(text) => self.words(&text.xml10_content())?,
                Event::GeneralRef(reference) => {
                    let character = character(&reference).ok_or(Broken::Entity)?;
                    self.words(character.encode_utf8(&mut [0; 4]))?;
                }
                Event::DocType(_) => return Err(Broken::DocumentType),
                Event::Eof => return self.finish(),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            }
        }
    }

    fn finish(&self) -> Result<(), Broken> {
        match (self.elements, self.open.is_empty()) {
            (0, _) => Err(Broken::NotXml),
            (_, true) => Ok(()),
            (_, false) => Err(Broken::CutOff),
        }
    }

    fn begin(&mut self, reader: &NsReader<&[u8]>, tag: &BytesStart<'_>) -> Result<(), Broken> {
        self.elements += 1;
        if self.elements > MOST_ELEMENTS {
            return Err(Broken::TooMany);
        }
        if self.open.len() >= MOST_DEPTH {
            return Err(Broken::TooDeep);
        }
        let (namespace, local) = reader.resolver().resolve_element(tag.name());
        let name = Name::of(&namespace, local.into_inner());
        if self.open.is_empty() && (name != Name::Multistatus || self.elements > 1) {
            return Err(Broken::NotMultistatus);
        }
        if name.is_text() {
            self.text.clear();
        }
        match (self.parent(0), name) {
            (Some(Name::Multistatus), Name::Response) => self.response = Response::default(),
            (Some(Name::Response), Name::PropStatus) => (self.props, self.status) = (Props::default(), None),
            (Some(Name::Prop), Name::ResourceType) => self.props.is_calendar = Some(false),
            (Some(Name::ResourceType), Name::Calendar) => self.props.is_calendar = Some(true),
            (Some(Name::Prop), Name::Components) => self.props.has_events = Some(false),
            (Some(Name::Components), Name::Component) if is_event(tag) => self.props.has_events = Some(true),
            (Some(Name::Transparency), Name::Transparent) => self.props.is_transparent = true,
            (Some(Name::Report), Name::SyncCollection) => self.props.can_sync = true,
            (Some(Name::Report), Name::FreeBusyQuery) => self.props.can_free_busy = true,
            _ => {}
        }
        self.open.push(name);
        Ok(())
    }

    fn words(&mut self, words: &str) -> Result<(), Broken> {
        let Some(name) = self.open.last().filter(|name| name.is_text()) else { return Ok(()) };
        if *name != Name::CalendarData && self.text.len() + words.len() > MOST_WORD {
            return Err(Broken::TooLong);
        }
        self.text.push_str(words);
        Ok(())
    }

    fn end(&mut self) -> Result<(), Broken> {
        let Some(name) = self.open.pop() else { return Err(Broken::NotXml) };
        match (self.parent(1), self.parent(0), name) {
            (_, Some(Name::Multistatus), Name::Response) => self.take_response()?,
            (_, Some(Name::Multistatus), Name::SyncToken) => self.answer.sync_token = self.word(),
            (_, Some(Name::Response), Name::Href) => self.response.name(self.word().unwrap_or_default()),
            (_, Some(Name::Response), Name::Status) => self.response.status = status(&self.text),
            (_, Some(Name::Response), Name::PropStatus) => self.take_props(),
            (_, Some(Name::PropStatus), Name::Status) => self.status = status(&self.text),
            (_, Some(Name::Prop), Name::Etag) => self.props.etag = self.word(),
            (_, Some(Name::Prop), Name::Ctag) => self.props.ctag = self.word(),
            (_, Some(Name::Prop), Name::SyncToken) => self.props.sync_token = self.word(),
            (_, Some(Name::Prop), Name::CalendarData) => self.take_data(),
            (Some(Name::Prop), Some(Name::Owner), Name::Href) => self.props.owner = self.word(),
            (Some(Name::Prop), Some(Name::Principal), Name::Href) => self.props.principal = self.word(),
            (Some(Name::Prop), Some(Name::Home), Name::Href) if self.props.homes.len() < MOST_HREFS => {
                self.props.homes.extend(self.word());
            }
            _ => {}
        }
        Ok(())
    }

    /// The element around; 1: the one around that.
    fn parent(&self, up: usize) -> Option<Name> {
        self.open.len().checked_sub(1 + up).and_then(|index| self.open.get(index)).copied()
    }

    fn word(&self) -> Option<Box<str>> {
        let word = self.text.trim();
        (!word.is_empty()).then(|| word.into())
    }

    fn take_data(&mut self) {
        let text = std::mem::take(&mut self.text);
        // What is no calendar would look like free time.
        self.props.data = if is_calendar(text.as_bytes()) {
            Data::Read(Box::new(Calendar::read(text.as_bytes(), self.rules)), text.len())
        } else {
            Data::Refused
        };
    }

    fn take_props(&mut self) {
        let props = std::mem::take(&mut self.props);
        if self.status.is_none_or(|status| (200..300).contains(&status)) {
            self.response.props.add(props);
        } else if !matches!(props.data, Data::Absent) {
            self.response.props.data = Data::Refused;
        }
    }

    fn take_response(&mut self) -> Result<(), Broken> {
        let mut response = std::mem::take(&mut self.response);
        let others = std::mem::take(&mut response.others);
        if self.answer.responses.len() + others.len() >= MOST_RESPONSES {
            return Err(Broken::TooMany);
        }
        let status = response.status;
        let other = |href| Response { href, status, ..Response::default() };
        self.answer.responses.push(response);
        self.answer.responses.extend(others.into_iter().map(other));
        Ok(())
    }
}

impl Response {
    /// Takes a name: a status may be about several things (RFC 4918, 14.24).
    fn name(&mut self, href: Box<str>) {
        if self.href.is_empty() {
            self.href = href;
        } else {
            self.others.push(href);
        }
    }
}

impl Props {
    fn add(&mut self, other: Self) {
        let set = |old: &mut Option<Box<str>>, new: Option<Box<str>>| *old = new.or_else(|| old.take());
        set(&mut self.etag, other.etag);
        set(&mut self.ctag, other.ctag);
        set(&mut self.sync_token, other.sync_token);
        set(&mut self.owner, other.owner);
        set(&mut self.principal, other.principal);
        self.homes.extend(other.homes);
        self.is_calendar = other.is_calendar.or(self.is_calendar);
        self.has_events = other.has_events.or(self.has_events);
        self.is_transparent |= other.is_transparent;
        self.can_sync |= other.can_sync;
        self.can_free_busy |= other.can_free_busy;
        if !matches!(other.data, Data::Absent) {
            self.data = other.data;
        }
    }
}

/// The number in `HTTP/1.1 200 OK`. What cannot be read is no success.
fn status(line: &str) -> Option<u16> {
    Some(line.split_ascii_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0))
}

fn is_event(tag: &BytesStart<'_>) -> bool {
    let name = tag.try_get_attribute("name").ok().flatten();
    name.is_some_and(|name| matches!(&name.value, Cow::Borrowed(value) if value.eq_ignore_ascii_case("VEVENT")))
}

/// What a reference stands for, if it is a character or one of the five that XML defines.
fn character(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character);
    }
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}
