//! What calendars tell: meetings, agendas and working hours.
//!
//! An adapter reads a [`MeetingDraft`]; [`Meeting::new`] throws away what a private meeting tells beyond its times
//! and its word. An [`Agenda`] is what one calendar tells about a covered span, [`Hours`] are the working hours of one
//! person, and [`Appearance`] says how a meeting is drawn.
//!
//! All spans are half open: a meeting that ends at ten and one that begins at ten touch and do not overlap.
//! What lies outside a covered span is unknown, never free.

mod agenda;
mod appearance;
mod hours;
mod meeting;
mod span;

pub use agenda::{Agenda, FreeUntil, Words};
pub use appearance::{Appearance, Bar, Fill, Palette, Rgb, Shape, Swatch};
pub use hours::Hours;
pub use meeting::{Importance, Meeting, MeetingDraft, MeetingId, MeetingTexts, Sensitivity, ShowAs};
pub use span::{InvalidSpan, Span};
