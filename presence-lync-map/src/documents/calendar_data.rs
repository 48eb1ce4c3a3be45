//! A calendar document: working hours and free/busy, often each in an instance of its own.

use std::sync::Arc;

use super::error::{WarningProblem, Warnings};
use super::free_busy::FreeBusy;
use super::rules::ReadRules;
use super::working_hours::WorkingHours;
use crate::xml::{Element, Namespace, Writer};

/// Working hours, free/busy, or both, of one mailbox.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CalendarData {
    /// The mailbox.
    pub mailbox: Option<Arc<str>>,
    /// The working hours.
    pub working_hours: Option<WorkingHours>,
    /// Free/busy.
    pub free_busy: Option<FreeBusy>,
}

impl CalendarData {
    /// Working hours and free/busy.
    #[must_use]
    pub const fn new(working_hours: Option<WorkingHours>, free_busy: Option<FreeBusy>) -> Self {
        Self { mailbox: None, working_hours, free_busy }
    }

    pub(super) fn read(data: Element<'_, '_>, rules: &ReadRules, warnings: &mut Warnings) -> Self {
        let hours = data.child(Namespace::Exchange, "WorkingHours").and_then(|found| {
            let read = WorkingHours::read(found);
            if read.is_none() {
                warnings.say(WarningProblem::WorkingHours);
            }
            read
        });
        let free_busy = data.child(Namespace::CalendarData, "freeBusy").and_then(|found| {
            FreeBusy::read(found, rules.bit_order).map_err(|error| warnings.say(WarningProblem::FreeBusy(error))).ok()
        });
        Self { mailbox: data.attribute("mailboxID").map(Arc::from), working_hours: hours, free_busy }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("calendarData").namespace(Namespace::CalendarData).maybe("mailboxID", self.mailbox.as_deref());
        if let Some(hours) = &self.working_hours {
            hours.write(writer);
        }
        if let Some(free_busy) = &self.free_busy {
            free_busy.write(writer);
        }
        writer.close();
    }
}
