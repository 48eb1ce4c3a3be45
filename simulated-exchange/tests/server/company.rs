//! The company of these tests, and questions about it.

use simulated_exchange::{
    Account, Company, Item, SimulatedExchange,
    company::{Every, Importance, Repeat, Sensitivity, ShowAs},
};

pub(crate) const ANNA: &str = "anna@firma.example";
pub(crate) const BERT: &str = "bert@firma.example";
/// In every text of a private item.
pub(crate) const CANARY: &str = "canary";

pub(crate) fn item(start: &str, end: &str, subject: &str) -> Item {
    Item::new(start.parse().unwrap(), end.parse().unwrap(), subject)
}

/// Anna has an open, a private and a weekly entry in the week of Friday, 20 November 2026; Bert is on holiday.
pub(crate) fn company() -> Company {
    let mut open = item("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", "Budget & plans");
    open.importance = Importance::High;
    open.location = "Room 3".to_owned();
    let mut private = item("2026-11-20T12:00:00Z", "2026-11-20T13:00:00Z", CANARY);
    private.sensitivity = Sensitivity::Private;
    private.location = CANARY.to_owned();
    private.required = vec![format!("{CANARY}@firma.example")];
    private.show_as = ShowAs::Oof;
    let mut weekly = item("2026-11-13T07:30:00Z", "2026-11-13T08:00:00Z", "Weekly");
    weekly.repeat = Some(Repeat::new(Every::Week, 10));
    weekly.show_as = ShowAs::Tentative;
    let mut holiday = item("2026-11-18T23:00:00Z", "2026-11-20T23:00:00Z", "Holiday");
    holiday.all_day = true;
    holiday.show_as = ShowAs::Oof;
    let mut service = Account::new("service@firma.example", "secret");
    service.may_impersonate = true;
    service.token = Some("t0ken".to_owned());
    let mut anna = Account::new(ANNA, "apple").with(open).with(private).with(weekly);
    anna.aliases = vec!["a.berg@firma.example".to_owned()];
    Company::new("W. Europe Standard Time").with(service).with(anna).with(Account::new(BERT, "banana").with(holiday))
}

pub(crate) async fn exchange() -> SimulatedExchange {
    SimulatedExchange::start(company()).await.unwrap()
}

/// A calendar view of the week, with these properties.
pub(crate) fn find(properties: &[&str]) -> String {
    let fields: String = properties.iter().map(|uri| format!("<t:FieldURI FieldURI=\"{uri}\"/>")).collect();
    format!(
        "<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>\
         <t:AdditionalProperties>{fields}</t:AdditionalProperties></m:ItemShape>\
         <m:CalendarView MaxEntriesReturned=\"500\" StartDate=\"2026-11-18T00:00:00Z\" EndDate=\"2026-11-25T00:00:00Z\"/>\
         <m:ParentFolderIds><t:DistinguishedFolderId Id=\"calendar\"/></m:ParentFolderIds></m:FindItem>"
    )
}

/// Certain items, with these properties.
pub(crate) fn get(ids: &[&str], properties: &[&str]) -> String {
    let fields: String = properties.iter().map(|uri| format!("<t:FieldURI FieldURI=\"{uri}\"/>")).collect();
    let ids: String = ids.iter().map(|id| format!("<t:ItemId Id=\"{id}\"/>")).collect();
    format!(
        "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>\
         <t:AdditionalProperties>{fields}</t:AdditionalProperties></m:ItemShape><m:ItemIds>{ids}</m:ItemIds></m:GetItem>"
    )
}

/// Free/busy of the day, in UTC.
pub(crate) fn availability(mailboxes: &[&str], view: &str) -> String {
    let part = "<t:Bias>0</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>1</t:DayOrder><t:Month>3</t:Month>\
                <t:DayOfWeek>Sunday</t:DayOfWeek>";
    let zone =
        format!("<t:Bias>0</t:Bias><t:StandardTime>{part}</t:StandardTime><t:DaylightTime>{part}</t:DaylightTime>");
    availability_in(&zone, mailboxes, ("2026-11-20T00:00:00", "2026-11-21T00:00:00"), view)
}

pub(crate) fn availability_in(zone: &str, mailboxes: &[&str], (from, to): (&str, &str), view: &str) -> String {
    let mailbox = |address: &&str| {
        format!(
            "<t:MailboxData><t:Email><t:Address>{address}</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData>"
        )
    };
    let mailboxes: String = mailboxes.iter().map(mailbox).collect();
    format!(
        "<m:GetUserAvailabilityRequest><t:TimeZone>{zone}</t:TimeZone><m:MailboxDataArray>{mailboxes}</m:MailboxDataArray>\
         <t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>{from}</t:StartTime><t:EndTime>{to}</t:EndTime></t:TimeWindow>\
         <t:MergedFreeBusyIntervalInMinutes>60</t:MergedFreeBusyIntervalInMinutes>\
         <t:RequestedView>{view}</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>"
    )
}

pub(crate) fn oof(address: &str) -> String {
    format!(
        "<m:GetUserOofSettingsRequest><t:Mailbox><t:Address>{address}</t:Address></t:Mailbox></m:GetUserOofSettingsRequest>"
    )
}

/// A streaming subscription to the calendar.
pub(crate) const SUBSCRIBE: &str = "<m:Subscribe><m:StreamingSubscriptionRequest><t:FolderIds>\
    <t:DistinguishedFolderId Id=\"calendar\"/></t:FolderIds><t:EventTypes><t:EventType>CreatedEvent</t:EventType>\
    <t:EventType>ModifiedEvent</t:EventType><t:EventType>DeletedEvent</t:EventType>\
    </t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>";

/// A stream of notifications.
pub(crate) fn stream(ids: &[&str], minutes: u32) -> String {
    let ids: String = ids.iter().map(|id| format!("<t:SubscriptionId>{id}</t:SubscriptionId>")).collect();
    format!(
        "<m:GetStreamingEvents><m:SubscriptionIds>{ids}</m:SubscriptionIds>\
         <m:ConnectionTimeout>{minutes}</m:ConnectionTimeout></m:GetStreamingEvents>"
    )
}
