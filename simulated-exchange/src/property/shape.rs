//! Which properties an answer has.

use super::{Path, Shown};
use crate::{
    record::Asked,
    xml::{Element, Node, t},
};

/// The properties that come of themselves with each base shape. More than these only whoever names them gets.
const DEFAULT: &[&str] = &[
    "item:Subject",
    "item:HasAttachments",
    "calendar:Start",
    "calendar:End",
    "calendar:LegacyFreeBusyStatus",
    "calendar:Location",
    "calendar:CalendarItemType",
    "calendar:Organizer",
];

/// The order in which the schema wants the properties of a calendar item. What is not in here is never sent.
const ORDER: &[&str] = &[
    "item:MimeContent",
    "item:ParentFolderId",
    "item:ItemClass",
    "item:Subject",
    "item:Sensitivity",
    "item:Categories",
    "item:Importance",
    "item:DateTimeSent",
    "item:DateTimeCreated",
    "item:ReminderIsSet",
    "item:ReminderMinutesBeforeStart",
    "item:DisplayCc",
    "item:DisplayTo",
    "item:HasAttachments",
    EXTENDED,
    "item:LastModifiedTime",
    "calendar:UID",
    "calendar:RecurrenceId",
    "calendar:DateTimeStamp",
    "calendar:Start",
    "calendar:End",
    "calendar:IsAllDayEvent",
    "calendar:LegacyFreeBusyStatus",
    "calendar:Location",
    "calendar:IsMeeting",
    "calendar:IsCancelled",
    "calendar:IsRecurring",
    "calendar:MeetingRequestWasSent",
    "calendar:IsResponseRequested",
    "calendar:CalendarItemType",
    "calendar:MyResponseType",
    "calendar:Organizer",
    "calendar:RequiredAttendees",
    "calendar:OptionalAttendees",
    "calendar:Duration",
    "calendar:AppointmentSequenceNumber",
    "calendar:AppointmentState",
    "calendar:StartTimeZone",
    "calendar:EndTimeZone",
];
const EXTENDED: &str = "extended";

/// The properties that hold what a person typed, or who takes part.
const TEXTS: &[&str] = &[
    "item:MimeContent",
    "item:Subject",
    "item:DisplayCc",
    "item:DisplayTo",
    "calendar:Location",
    "calendar:Organizer",
    "calendar:RequiredAttendees",
    "calendar:OptionalAttendees",
];

/// What a client wants of each item.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    base: String,
    paths: Vec<Path>,
}

impl Shape {
    /// Reads the shape, and records it.
    pub(crate) fn read(body: &Node, asked: &mut Asked) -> Self {
        let Some(shape) = body.child("ItemShape") else { return Self::default() };
        let base = shape.child("BaseShape").map_or("IdOnly", Node::text).to_owned();
        let mut paths: Vec<_> = shape.inside("AdditionalProperties").iter().filter_map(Path::read).collect();
        if shape.child("IncludeMimeContent").is_some_and(|node| node.text() == "true") {
            paths.push(Path::Uri("item:MimeContent".to_owned()));
        }
        if base != "IdOnly" {
            asked.properties.push(base.clone());
        }
        asked.properties.extend(paths.iter().map(Path::label));
        Self { base, paths }
    }

    fn has(&self, name: &str) -> bool {
        let by_base = match self.base.as_str() {
            "AllProperties" => name != "item:MimeContent",
            "Default" => DEFAULT.contains(&name),
            _ => false,
        };
        by_base || self.paths.iter().any(|path| matches!(path, Path::Uri(uri) if uri == name))
    }

    /// The item with what is wanted of it. What leaves the server is recorded.
    pub(crate) fn element(&self, shown: &Shown<'_>, asked: &mut Asked) -> Element {
        let mut item = t("CalendarItem");
        let mut is_told = false;
        // The content comes before the id.
        if self.has("item:MimeContent") {
            item = item.put_all(shown.element("item:MimeContent"));
            is_told = true;
        }
        item = item.put(shown.id_element());
        for name in ORDER.iter().filter(|name| **name != "item:MimeContent") {
            if *name == EXTENDED {
                for path in &self.paths {
                    let Some(element) = shown.extended(path) else { continue };
                    is_told |= Shown::is_text(path);
                    item = item.put(element);
                }
            } else if self.has(name)
                && let Some(element) = shown.element(name)
            {
                is_told |= TEXTS.contains(name);
                item = item.put(element);
            }
        }
        if is_told {
            asked.tell(shown.id(), shown.instance.item);
        }
        item
    }
}
