//! An item as somebody is shown it.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use super::path::Name;
use super::{Path, Value, mime};
use crate::{
    company::{Account, Importance, Instance, Kind, Response, Sensitivity, ShowAs},
    id::{Id, change_key},
    state::{State, changed_at},
    xml::{Element, t},
    zone::Zone,
};

/// An appearance of an item, its owner, and the zone in which times are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) state: &'a State,
    pub(crate) account: &'a Account,
    pub(crate) instance: Instance<'a>,
    pub(crate) zone: Option<&'static Zone>,
}

/// A time as it stands in items: with an offset.
fn instant(time: DateTime<Utc>, zone: Option<&Zone>) -> String {
    let minutes = zone.map_or(0, |zone| zone.minutes_east(time));
    let offset = i32::try_from(minutes * 60).ok().and_then(FixedOffset::east_opt);
    match offset {
        Some(offset) if minutes != 0 => time.with_timezone(&offset).format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        _ => time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}

impl Shown<'_> {
    pub(crate) fn id(&self) -> String {
        Id::Item(self.instance.item.number, self.instance.index).text()
    }

    pub(crate) fn id_element(&self) -> Element {
        t("ItemId").with("Id", self.id()).with("ChangeKey", change_key(self.instance.item.change))
    }

    pub(crate) fn item_zone(&self) -> &'static Zone {
        self.state.zone_of_item(self.account, self.instance.item)
    }

    /// What all items of a series have in common, and no others.
    pub(crate) fn uid(&self) -> String {
        format!("040000008200E00074C5B7101A82E008{:016X}", self.instance.item.number)
    }

    pub(crate) fn changed(&self) -> DateTime<Utc> {
        changed_at(self.instance.item.change)
    }

    fn is_recurring(&self) -> bool {
        !matches!(self.instance.kind(), Kind::Single | Kind::Master)
    }

    /// A property that can be compared: by its name in EWS, or by its name in MAPI.
    pub(crate) fn value(&self, path: &Path) -> Option<Value> {
        match path {
            Path::Uri(uri) => self.by_uri(uri),
            Path::Tag { tag, .. } => self.by_tag(*tag),
            Path::Named { set, name, .. } => self.by_name(set, name),
        }
    }

    fn by_uri(&self, uri: &str) -> Option<Value> {
        let item = self.instance.item;
        let text = |text: &str| Value::Text(text.to_owned());
        let filled = |text: &str| (!text.is_empty()).then(|| Value::Text(text.to_owned()));
        Some(match uri {
            "item:ItemClass" => text("IPM.Appointment"),
            "item:Subject" => filled(&item.subject)?,
            "item:Sensitivity" => text(item.sensitivity.text()),
            "item:Importance" => text(item.importance.text()),
            "item:DateTimeSent" | "item:DateTimeCreated" => Value::Time(changed_at(0)),
            "item:ReminderIsSet" => Value::Flag(item.reminder),
            "item:ReminderMinutesBeforeStart" => Value::Number(15),
            "item:DisplayTo" => filled(&item.required.join("; "))?,
            "item:DisplayCc" => filled(&item.optional.join("; "))?,
            "item:HasAttachments" => Value::Flag(false),
            "item:LastModifiedTime" | "calendar:DateTimeStamp" => Value::Time(self.changed()),
            "calendar:UID" => Value::Text(self.uid()),
            "calendar:RecurrenceId" => Value::Time(self.is_recurring().then_some(self.instance.start)?),
            "calendar:Start" => Value::Time(self.instance.start),
            "calendar:End" => Value::Time(self.instance.end),
            "calendar:IsAllDayEvent" => Value::Flag(item.all_day),
            "calendar:LegacyFreeBusyStatus" => text(item.show_as.text()),
            "calendar:Location" => filled(&item.location)?,
            "calendar:IsMeeting" | "calendar:MeetingRequestWasSent" => Value::Flag(item.is_meeting()),
            "calendar:IsResponseRequested" => Value::Flag(item.my_response != Response::Organizer),
            "calendar:IsCancelled" => Value::Flag(item.cancelled),
            "calendar:IsRecurring" => Value::Flag(self.is_recurring()),
            "calendar:CalendarItemType" => text(self.instance.kind().text()),
            "calendar:MyResponseType" => text(item.my_response.text()),
            "calendar:Duration" => Value::Text(duration(self.instance.end - self.instance.start)),
            "calendar:AppointmentSequenceNumber" => Value::Number(0),
            "calendar:AppointmentState" => Value::Number(self.appointment_state()),
            _ => return None,
        })
    }

    /// Is a meeting, was received, was called off.
    fn appointment_state(&self) -> i64 {
        let item = self.instance.item;
        i64::from(item.is_meeting()) + 2 * i64::from(item.organizer.is_some()) + 4 * i64::from(item.cancelled)
    }

    fn by_tag(&self, tag: u32) -> Option<Value> {
        let item = self.instance.item;
        Some(match tag {
            0x001a => Value::Text("IPM.Appointment".to_owned()),
            0x0017 => Value::Number(match item.importance {
                Importance::Low => 0,
                Importance::Normal => 1,
                Importance::High => 2,
            }),
            0x0036 => Value::Number(match item.sensitivity {
                Sensitivity::Normal => 0,
                Sensitivity::Personal => 1,
                Sensitivity::Private => 2,
                Sensitivity::Confidential => 3,
            }),
            0x0037 | 0x0070 | 0x0e1d | 0x3001 => Value::Text(item.subject.clone()),
            // The number by which mail programs know an item.
            0x0e23 => Value::Number(i64::try_from(item.number).ok()?),
            0x3007 => Value::Time(changed_at(0)),
            0x3008 => Value::Time(self.changed()),
            _ => return None,
        })
    }

    fn by_name(&self, set: &str, name: &Name) -> Option<Value> {
        let item = self.instance.item;
        Some(match (set, name) {
            ("Appointment", Name::Id(0x8205)) => Value::Number(match item.show_as {
                ShowAs::Free => 0,
                ShowAs::Tentative => 1,
                ShowAs::Busy => 2,
                ShowAs::Oof => 3,
                ShowAs::WorkingElsewhere => 4,
                ShowAs::NoData => return None,
            }),
            ("Appointment", Name::Id(0x8208)) => Value::Text(item.location.clone()),
            ("Appointment", Name::Id(0x820d)) => Value::Time(self.instance.start),
            ("Appointment", Name::Id(0x820e)) => Value::Time(self.instance.end),
            ("Appointment", Name::Id(0x8215)) => Value::Flag(item.all_day),
            ("Appointment", Name::Id(0x8217)) => Value::Number(self.appointment_state()),
            // Unlike `calendar:IsRecurring` it is set in the series itself.
            ("Appointment", Name::Id(0x8223)) => Value::Flag(self.instance.kind() != Kind::Single),
            ("Common", Name::Id(0x8506)) => Value::Flag(item.is_private()),
            ("PublicStrings", Name::Text(name)) if name == "urn:schemas:calendar:instancetype" => {
                Value::Number(match self.instance.kind() {
                    Kind::Single => 0,
                    Kind::Master => 1,
                    Kind::Occurrence => 2,
                    Kind::Exception => 3,
                })
            }
            _ => return None,
        })
    }

    /// Whether the property is a text that a person typed, by its MAPI name.
    pub(crate) const fn is_text(path: &Path) -> bool {
        match path {
            Path::Uri(_) => false,
            Path::Tag { tag, .. } => matches!(tag, 0x0037 | 0x0070 | 0x0e1d | 0x3001),
            Path::Named { name, .. } => matches!(name, Name::Id(0x8208)),
        }
    }

    /// A property by its MAPI name as it is sent.
    pub(crate) fn extended(&self, path: &Path) -> Option<Element> {
        let name = path.element()?;
        Some(t("ExtendedProperty").put(name).put(t("Value").text(self.value(path)?.text())))
    }

    /// A property by its name in EWS as it is sent.
    pub(crate) fn element(&self, uri: &str) -> Option<Element> {
        let name = uri.rsplit(':').next().unwrap_or(uri);
        let item = self.instance.item;
        match uri {
            "item:MimeContent" => {
                let content = BASE64.encode(mime::calendar(self));
                Some(t(name).with("CharacterSet", "UTF-8").text(content))
            }
            "item:ParentFolderId" => {
                let id = Id::Folder(self.account.address.clone(), "calendar".to_owned());
                Some(t(name).with("Id", id.text()).with("ChangeKey", change_key(0)))
            }
            "item:Categories" => {
                let strings = item.categories.iter().map(|category| t("String").text(category));
                (!item.categories.is_empty()).then(|| t(name).put_all(strings))
            }
            "calendar:Organizer" => {
                let address = item.organizer.as_deref().unwrap_or(&self.account.address);
                Some(t(name).put(self.mailbox(address)))
            }
            "calendar:RequiredAttendees" => self.attendees(name, &item.required),
            "calendar:OptionalAttendees" => self.attendees(name, &item.optional),
            "calendar:StartTimeZone" | "calendar:EndTimeZone" => Some(self.zone_element(name)),
            _ => {
                let text = match self.by_uri(uri)? {
                    Value::Time(time) => instant(time, self.zone),
                    value => value.text(),
                };
                Some(t(name).text(text))
            }
        }
    }

    fn zone_element(&self, name: &str) -> Element {
        let zone = self.item_zone();
        match self.instance.item.zone_label.as_deref() {
            // A name that no table knows comes without an id, as Exchange does for zones of its own making.
            Some(label) => t(name).with("Id", "").with("Name", label),
            None => t(name).with("Id", zone.windows).with("Name", zone.display),
        }
    }

    fn mailbox(&self, address: &str) -> Element {
        let name = self.state.company.account(address).map_or(address, |account| &account.name);
        let text = |name, text: &str| t(name).text(text);
        let parts = [text("Name", name), text("EmailAddress", address), text("RoutingType", "SMTP")];
        t("Mailbox").put_all(parts).put(text("MailboxType", "Mailbox"))
    }

    fn attendees(&self, name: &str, addresses: &[String]) -> Option<Element> {
        let response = |address: &str| {
            let is_owner = address.eq_ignore_ascii_case(&self.account.address);
            if is_owner { self.instance.item.my_response } else { Response::Unknown }
        };
        let attendee = |address: &String| {
            t("Attendee").put(self.mailbox(address)).put(t("ResponseType").text(response(address).text()))
        };
        (!addresses.is_empty()).then(|| t(name).put_all(addresses.iter().map(attendee)))
    }
}

fn duration(length: TimeDelta) -> String {
    format!("PT{}M", length.num_minutes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone;

    #[test]
    fn times_have_the_offset_of_the_zone_that_is_wanted() {
        let time = "2026-07-01T08:00:00Z".parse().unwrap();
        assert_eq!(instant(time, None), "2026-07-01T08:00:00Z");
        assert_eq!(instant(time, zone::named("UTC")), "2026-07-01T08:00:00Z");
        assert_eq!(instant(time, zone::named("India Standard Time")), "2026-07-01T13:30:00+05:30");
        assert_eq!(instant(time, zone::named("Newfoundland Standard Time")), "2026-07-01T05:30:00-02:30");
    }
}
