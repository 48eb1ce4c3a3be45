//! What is kept of a calendar: its events, masked, and how to ask whether they are still the same.

use std::collections::HashMap;
use std::sync::Arc;

use presence_core::{Agenda, Meeting, MeetingDraft, ShowAs, Span};

use super::multistatus::{Data, Props, Response};
use super::place::key;
use crate::ics::Calendar;
use crate::warning::Warning;

/// Beside its bytes an object costs about so many.
const OBJECT: usize = 1024;
/// A calendar has at most so many objects that are kept.
const MOST_OBJECTS: usize = 50_000;
/// Of what could not be worked out so much is told.
const MOST_WARNINGS: usize = 1_000;

/// A calendar as it was read for a window.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) window: Span,
    pub(super) marks: Marks,
    pub(super) objects: Objects,
    agenda: Agenda,
    /// What could not be worked out of it.
    warnings: Vec<Warning>,
}

/// By what a calendar tells that it has changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    pub(super) sync_token: Option<Box<str>>,
    pub(super) ctag: Option<Box<str>>,
    pub(super) can_free_busy: bool,
}

/// The objects of a calendar by their paths.
#[derive(Clone, Debug, Default)]
pub(super) struct Objects {
    map: HashMap<Box<[u8]>, Arc<Object>>,
    /// Whether there are some that could not be read, so that nothing is known to be free.
    pub(super) is_partial: bool,
}

/// An object: an event, or a series with its exceptions.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) etag: Option<Box<str>>,
    calendar: Calendar,
    bytes: usize,
}

impl Kept {
    pub(super) fn new(window: Span, marks: Marks, objects: Objects) -> Self {
        let (meetings, warnings) = objects.told(window);
        Self { window, marks, objects, agenda: Agenda::new(window, meetings), warnings }
    }

    /// The same, with other marks.
    pub(super) fn with(&self, marks: Marks) -> Self {
        let (objects, agenda, warnings) = (self.objects.clone(), self.agenda.clone(), self.warnings.clone());
        Self { window: self.window, marks, objects, agenda, warnings }
    }

    pub(super) fn covers(&self, window: Span) -> bool {
        self.window.start() <= window.start() && window.end() <= self.window.end()
    }

    pub(super) fn agenda(&self, window: Span) -> Agenda {
        if window == self.window { self.agenda.clone() } else { Agenda::new(window, self.objects.meetings(window)) }
    }

    pub(super) fn weight(&self) -> usize {
        self.objects.map.iter().map(|(path, object)| path.len() + object.bytes + OBJECT).sum::<usize>() + OBJECT
    }

    pub(super) fn warnings(&self) -> impl Iterator<Item = Warning> {
        let read = self.objects.map.values().flat_map(|object| object.calendar.warnings());
        read.chain(&self.warnings).copied()
    }
}

impl Marks {
    pub(super) fn of(props: &Props) -> Self {
        let sync_token = props.sync_token.clone().filter(|_| props.can_sync);
        Self { sync_token, ctag: props.ctag.clone(), can_free_busy: props.can_free_busy }
    }
}

impl Objects {
    pub(super) fn get(&self, path: &[u8]) -> Option<&Object> {
        self.map.get(path).map(Arc::as_ref)
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &[u8]> {
        self.map.keys().map(AsRef::as_ref)
    }

    pub(super) fn remove(&mut self, path: &[u8]) {
        self.map.remove(path);
    }

    /// Takes what an answer says of an object. What is there and cannot be read is never free time.
    pub(super) fn take(&mut self, response: Response) {
        let path = key(&response.href);
        let is_gone = matches!(response.status, Some(404 | 410));
        match response.props.data {
            Data::Read(calendar, bytes) if !response.href.is_empty() => {
                if self.map.len() < MOST_OBJECTS {
                    let object = Object { etag: response.props.etag, calendar: *calendar, bytes };
                    self.map.insert(path, Arc::new(object));
                } else {
                    self.is_partial = true;
                }
            }
            _ if is_gone => self.remove(&path),
            _ => self.is_partial = true,
        }
    }

    /// Lets go of what has nothing to say in the window.
    pub(super) fn keep_within(&mut self, window: Span) {
        self.map.retain(|_, object| !object.calendar.meetings(window).0.is_empty());
    }

    pub(super) fn meetings(&self, window: Span) -> Vec<Meeting> {
        self.told(window).0
    }

    /// The meetings, and what could not be worked out.
    fn told(&self, window: Span) -> (Vec<Meeting>, Vec<Warning>) {
        let (mut meetings, mut warnings) = (Vec::new(), Vec::new());
        for object in self.map.values() {
            let (some, problems) = object.calendar.meetings(window);
            meetings.extend(some);
            warnings.extend(problems.into_iter().take(MOST_WARNINGS - warnings.len()));
        }
        if self.is_partial {
            meetings.push(Meeting::new(MeetingDraft::new("", window).show_as(ShowAs::NoData)));
        }
        (meetings, warnings)
    }
}
