//! The question for free/busy.

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use presence_core::{Address, Span};

use super::super::xml::escape;
use super::SLOT;

/// A question is about at most so many mailboxes.
pub(crate) const MOST_MAILBOXES: usize = 100;
/// A question is about at most so much time.
pub(crate) const MOST_TIME: TimeDelta = TimeDelta::days(42);

/// The zone of the question, in which the answer tells its times: UTC. The changes are there because the schema wants
/// them, and change nothing.
const ZONE: &str = "<t:TimeZone><t:Bias>0</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>02:00:00</t:Time>\
    <t:DayOrder>1</t:DayOrder><t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime>\
    <t:Bias>0</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>1</t:DayOrder><t:Month>3</t:Month>\
    <t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>";

/// How much is asked about each meeting.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Detail {
    /// Its times and its word.
    #[default]
    Times,
    /// Subject and place too, where the server lets the account see them. For accounts that may not read the calendars
    /// themselves.
    Texts,
}

/// The body of the question. The short form is asked for too: where there are no meetings it tells that there are none,
/// and not that they were left out.
pub(crate) fn body(mailboxes: &[Address], window: Span, detail: Detail) -> String {
    let mut text = format!("<m:GetUserAvailabilityRequest>{ZONE}<m:MailboxDataArray>");
    for mailbox in mailboxes {
        text.push_str("<t:MailboxData><t:Email><t:Address>");
        text.push_str(&escape(mailbox.value()));
        text.push_str(
            "</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType>\
             <t:ExcludeConflicts>false</t:ExcludeConflicts></t:MailboxData>",
        );
    }
    let view = match detail {
        Detail::Times => "FreeBusyMerged",
        Detail::Texts => "DetailedMerged",
    };
    let [start, end] = [window.start().time(), window.end().time()].map(naive);
    let _ = write!(
        text,
        "</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>{start}</t:StartTime>\
         <t:EndTime>{end}</t:EndTime></t:TimeWindow><t:MergedFreeBusyIntervalInMinutes>{}\
         </t:MergedFreeBusyIntervalInMinutes><t:RequestedView>{view}</t:RequestedView></t:FreeBusyViewOptions>\
         </m:GetUserAvailabilityRequest>",
        SLOT.as_secs() / 60
    );
    text
}

/// A time in the zone of the question.
fn naive(time: Option<DateTime<Utc>>) -> String {
    time.unwrap_or(DateTime::<Utc>::MAX_UTC).format("%Y-%m-%dT%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S0.5, S3.8: what is asked, in the order of the schema.
    #[test]
    fn the_question_keeps_to_the_schema() {
        let mailboxes = ["anna@example.com", "o'hara@example.com"].map(|address| Address::smtp(address).unwrap());
        let window =
            Span::new("2026-11-20T00:00:00Z".parse().unwrap(), "2026-11-27T00:00:00Z".parse().unwrap()).unwrap();
        let text = body(&mailboxes, window, Detail::Times);
        let parts = [
            "<t:TimeZone><t:Bias>0<",
            "StandardTime>",
            "DaylightTime>",
            "MailboxDataArray>",
            "<t:Address>anna@example.com<",
            "<t:Address>o&apos;hara@example.com<",
            "<t:StartTime>2026-11-20T00:00:00<",
            "<t:EndTime>2026-11-27T00:00:00<",
            "<t:MergedFreeBusyIntervalInMinutes>15<",
            "<t:RequestedView>FreeBusyMerged<",
        ];
        let places: Vec<_> = parts.iter().map(|part| text.find(part).unwrap_or_else(|| panic!("{part}"))).collect();
        assert!(places.is_sorted(), "{text}");
        assert!(body(&mailboxes, window, Detail::Texts).contains("<t:RequestedView>DetailedMerged<"));
    }
}
