//! The components of a file.

use presence_core::calendar::Sensitivity;

use super::ReadRules;
use super::event::{Context, Draft, is_read};
use super::free_busy::FreeBusyDraft;
use super::hours::AvailabilityDraft;
use super::line::{Content, LONGEST_LINE, Line, Lines, unfolded, without_mark};
use super::name::Property;
use super::warnings::Warnings;
use super::zones::ZoneNames;
use crate::warning::Problem;

/// The largest file.
const LARGEST: usize = 16 * 1024 * 1024;
const MOST_COMPONENTS: usize = 50_000;
const DEEPEST: usize = 8;
/// Lines that matter in one component.
const MOST_LINES: usize = 1_000;
/// So often the reader goes back into a component that is not closed.
const MOST_RETURNS: usize = 8;

/// What a file is about, as its `METHOD` says.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Method {
    /// A calendar: `PUBLISH`, or nothing is said.
    #[default]
    Publish,
    /// An invitation.
    Request,
    /// An invitation is taken back.
    Cancel,
    /// An answer.
    Reply,
    /// Another message.
    Other,
}

/// An event, and where it begins.
pub(super) struct Found<'a> {
    pub(super) draft: Draft<'a>,
    pub(super) line: usize,
    /// Which VCALENDAR it is in.
    pub(super) part: usize,
}

/// Everything that is found in a file.
pub(super) struct Reader<'a, 'r> {
    pub(super) cx: Context<'a, 'r>,
    pub(super) events: Vec<Found<'a>>,
    pub(super) free_busy: Vec<(FreeBusyDraft, usize)>,
    pub(super) availability: Vec<AvailabilityDraft<'a>>,
    /// Of each VCALENDAR.
    pub(super) methods: Vec<Method>,
    /// Whether a part of the file is not read, so that nothing is known of what was in it.
    pub(super) is_cut: bool,
    lines: Lines<'a>,
    scratch: Vec<u8>,
    components: usize,
    returns: usize,
}

/// The components that are told apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Component {
    Calendar,
    Event,
    FreeBusy,
    Zone,
    Availability,
    Available,
    /// A task or a journal entry: an entry of a calendar that is not read.
    Entry,
    Other,
}

impl Component {
    fn named(name: &[u8]) -> Self {
        const NAMES: [(&[u8], Component); 9] = [
            (b"VEVENT", Component::Event),
            (b"VALARM", Component::Other),
            (b"VTIMEZONE", Component::Zone),
            (b"VCALENDAR", Component::Calendar),
            (b"VFREEBUSY", Component::FreeBusy),
            (b"VAVAILABILITY", Component::Availability),
            (b"VTODO", Component::Entry),
            (b"VJOURNAL", Component::Entry),
            (b"AVAILABLE", Component::Available),
        ];
        let known = NAMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        known.map_or(Self::Other, |(_, component)| *component)
    }

    /// Whether it stands in a VCALENDAR and in nothing else.
    const fn is_entry(self) -> bool {
        !matches!(self, Self::Available | Self::Other | Self::Calendar)
    }
}

/// What a component is read into.
pub(super) trait Target<'a> {
    fn line(
        &mut self,
        property: Property,
        name: usize,
        line: Line<'a>,
        scratch: &mut Vec<u8>,
        cx: &mut Context<'a, '_>,
    );
    /// What a property says is lost.
    fn lose(&mut self, property: Property);
    /// A line or more is lost, and nobody knows which.
    fn spoil(&mut self);
}

impl<'a> Target<'a> for Draft<'a> {
    fn line(
        &mut self,
        property: Property,
        name: usize,
        line: Line<'a>,
        scratch: &mut Vec<u8>,
        cx: &mut Context<'a, '_>,
    ) {
        Draft::line(self, property, name, line, scratch, cx);
    }

    fn lose(&mut self, property: Property) {
        Draft::lose(self, property);
    }

    fn spoil(&mut self) {
        self.be(Sensitivity::Private);
    }
}

impl<'a, 'r> Reader<'a, 'r> {
    pub(super) fn new(bytes: &'a [u8], rules: &'r ReadRules) -> Self {
        let mut warnings = Warnings::default();
        let is_cut = bytes.len() > LARGEST;
        if is_cut {
            warnings.add(0, Problem::TooLarge);
        }
        Self {
            cx: Context { rules, zones: ZoneNames::new(), warnings },
            events: Vec::new(),
            free_busy: Vec::new(),
            availability: Vec::new(),
            methods: vec![Method::Publish],
            is_cut,
            lines: Lines::new(bytes.get(..LARGEST).unwrap_or(bytes)),
            scratch: Vec::new(),
            components: 0,
            returns: 0,
        }
    }

    /// Reads to the end.
    pub(super) fn run(&mut self) {
        let mut is_open = false;
        while let Some(line) = self.lines.next() {
            // Files that were put together have marks in the middle.
            let line = Line { raw: without_mark(line.raw), ..line };
            match self.property(&line).0 {
                Property::Begin => match self.component(&line) {
                    Component::Calendar => {
                        is_open = true;
                        self.cx.zones.next_part();
                        self.methods.push(Method::Publish);
                    }
                    component => self.entry(component, line),
                },
                Property::End if self.component(&line) == Component::Calendar => is_open = false,
                Property::End => self.cx.warnings.add(line.number, Problem::UnexpectedEnd),
                Property::Junk => self.cx.warnings.add(line.number, Problem::NoColon),
                property @ (Property::Method | Property::CalendarZone) => self.setting(property, &line),
                _ => {}
            }
        }
        if is_open && !self.is_cut {
            self.cx.warnings.add(0, Problem::Truncated);
            self.is_cut = true;
        }
    }

    fn entry(&mut self, component: Component, line: Line<'a>) {
        self.components += 1;
        if self.components > MOST_COMPONENTS {
            self.cx.warnings.add(line.number, Problem::TooManyComponents);
            self.is_cut = true;
            self.lines = Lines::new(&[]);
            return;
        }
        match component {
            Component::Event => {
                let mut draft = Draft::default();
                self.fill(&mut draft, Component::Event, line.number);
                let part = self.methods.len() - 1;
                self.events.push(Found { draft, line: line.number, part });
            }
            Component::FreeBusy => {
                let mut draft = FreeBusyDraft::default();
                self.fill(&mut draft, Component::FreeBusy, line.number);
                self.free_busy.push((draft, self.methods.len() - 1));
            }
            Component::Availability => self.availability(line.number),
            Component::Zone => {
                let definition = self.lines.clone();
                self.pass(component, line.number);
                self.cx.zones.define(definition);
            }
            _ => self.pass(component, line.number),
        }
    }

    fn setting(&mut self, property: Property, line: &Line<'a>) {
        let flat = unfolded(line.raw, &mut self.scratch);
        let Some(Content { value, .. }) = Content::of(flat) else { return };
        let value = value.trim_ascii();
        if property == Property::CalendarZone {
            return self.cx.zones.set_floating(value, line.number);
        }
        const NAMES: [(&[u8], Method); 4] = [
            (b"PUBLISH", Method::Publish),
            (b"REQUEST", Method::Request),
            (b"CANCEL", Method::Cancel),
            (b"REPLY", Method::Reply),
        ];
        let known = NAMES.iter().find(|(name, _)| value.eq_ignore_ascii_case(name));
        if let Some(method) = self.methods.last_mut() {
            *method = known.map_or(Method::Other, |(_, method)| *method);
        }
    }

    /// Reads the lines of a component into `target`, to the end of it or to where it must have ended.
    fn fill<T: Target<'a>>(&mut self, target: &mut T, component: Component, begin: usize) {
        let mut count = 0;
        loop {
            let before = self.lines.clone();
            let Some(line) = self.lines.next() else {
                return self.unclosed(target, begin, true);
            };
            let (property, name) = self.property(&line);
            match property {
                Property::End => match self.component(&line) {
                    end if end == component => return,
                    Component::Calendar | Component::Availability => {
                        self.lines = before;
                        return self.unclosed(target, begin, false);
                    }
                    _ => self.cx.warnings.add(line.number, Problem::UnexpectedEnd),
                },
                Property::Begin => {
                    let inner = self.component(&line);
                    let is_foreign = inner.is_entry() || inner == Component::Calendar;
                    if is_foreign || !self.skip(inner, component, line.number) {
                        if is_foreign {
                            self.lines = before;
                        }
                        return self.unclosed(target, begin, self.lines.rest().is_empty());
                    }
                }
                Property::Junk => {
                    self.cx.warnings.add(line.number, Problem::NoColon);
                    target.lose(Property::meant_by(line.raw));
                }
                property if !is_read(property) => {}
                _ if line.is_cut => target.spoil(),
                _ if line.raw.len() > LONGEST_LINE => {
                    self.cx.warnings.add(line.number, Problem::LineTooLong);
                    target.lose(property);
                }
                // Of these many are good, and all that is kept is how many there are.
                Property::Attendee => target.line(property, name, line, &mut self.scratch, &mut self.cx),
                _ => {
                    count += 1;
                    if count <= MOST_LINES {
                        target.line(property, name, line, &mut self.scratch, &mut self.cx);
                    } else if count == MOST_LINES + 1 {
                        self.cx.warnings.add(line.number, Problem::TooManyProperties);
                        target.spoil();
                    }
                }
            }
        }
    }

    /// A component is not closed: what said how private it is may be lost.
    #[cold]
    fn unclosed<T: Target<'a>>(&mut self, target: &mut T, begin: usize, at_end: bool) {
        target.spoil();
        self.cx.warnings.add(begin, Problem::Incomplete);
        self.is_cut |= at_end;
    }

    /// Passes over a component in a VCALENDAR. When it is not closed, what is in it is read as if it stood outside.
    fn pass(&mut self, component: Component, begin: usize) {
        let mark = self.lines.clone();
        if self.skip(component, Component::Calendar, begin) {
            return;
        }
        if self.returns < MOST_RETURNS {
            self.returns += 1;
            self.lines = mark;
        } else {
            self.is_cut = true;
        }
    }

    /// Passes over a component without looking into it. `false` when it is not closed: then the next line is the one
    /// that shows it.
    fn skip(&mut self, component: Component, parent: Component, begin: usize) -> bool {
        let mut depth = 1;
        loop {
            let before = self.lines.clone();
            let Some(line) = self.lines.next() else { break };
            if !matches!(line.raw.first(), Some(b'B' | b'b' | b'E' | b'e')) {
                continue;
            }
            let (property, _) = self.property(&line);
            if !matches!(property, Property::Begin | Property::End) {
                continue;
            }
            let named = self.component(&line);
            let is_outside = match property {
                Property::Begin => {
                    let in_entry = component.is_entry() || parent != Component::Calendar;
                    named == Component::Calendar || in_entry && named.is_entry()
                }
                _ => named == Component::Calendar || named == parent,
            };
            if is_outside {
                self.lines = before;
                break;
            }
            if property == Property::Begin {
                depth += 1;
                if depth == DEEPEST {
                    self.cx.warnings.add(line.number, Problem::TooDeep);
                }
                continue;
            }
            depth -= 1;
            if depth == 0 {
                return true;
            }
        }
        self.cx.warnings.add(begin, Problem::NotClosed);
        false
    }

    fn availability(&mut self, begin: usize) {
        let mut draft = AvailabilityDraft::default();
        loop {
            let before = self.lines.clone();
            let Some(line) = self.lines.next() else {
                return self.unclosed(&mut draft, begin, true);
            };
            let (property, name) = self.property(&line);
            match property {
                Property::Begin if self.component(&line) == Component::Available => {
                    let mut available = Draft::default();
                    self.fill(&mut available, Component::Available, line.number);
                    draft.available.push((available, line.number));
                    self.components += 1;
                    if self.components > MOST_COMPONENTS {
                        break;
                    }
                }
                Property::Begin => {
                    let inner = self.component(&line);
                    if inner.is_entry() || inner == Component::Calendar {
                        self.lines = before;
                        break;
                    }
                    self.skip(inner, Component::Availability, line.number);
                }
                Property::End => {
                    if self.component(&line) != Component::Availability {
                        self.lines = before;
                    }
                    break;
                }
                property if is_read(property) => draft.line(property, name, line, &mut self.scratch, &mut self.cx),
                _ => {}
            }
        }
        self.availability.push(draft);
    }

    /// Which property a line is, also when its name is folded, and how long its name is.
    #[inline]
    fn property(&mut self, line: &Line<'a>) -> (Property, usize) {
        match Property::of(line.raw, line.is_folded) {
            (Property::Folded, _) => Property::of(unfolded(line.raw, &mut self.scratch), false),
            found => found,
        }
    }

    /// The component that a BEGIN or END names.
    fn component(&mut self, line: &Line<'a>) -> Component {
        let flat = if line.is_folded { unfolded(line.raw, &mut self.scratch) } else { line.raw };
        Content::of(flat).map_or(Component::Other, |content| Component::named(content.value.trim_ascii()))
    }
}
