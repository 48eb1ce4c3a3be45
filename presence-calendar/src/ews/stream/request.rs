//! The questions that open streams.

use std::fmt::Write;

use super::super::xml::escape;

/// Watches the calendar of the mailbox in whose name it is asked.
pub(crate) fn subscribe_body() -> &'static str {
    "<m:Subscribe><m:StreamingSubscriptionRequest><t:FolderIds><t:DistinguishedFolderId Id=\"calendar\"/></t:FolderIds>\
     <t:EventTypes><t:EventType>CreatedEvent</t:EventType><t:EventType>ModifiedEvent</t:EventType>\
     <t:EventType>DeletedEvent</t:EventType><t:EventType>MovedEvent</t:EventType>\
     <t:EventType>FreeBusyChangedEvent</t:EventType></t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>"
}

/// Opens a stream on these subscriptions.
pub(crate) fn stream_body(ids: &[&str], minutes: u32) -> String {
    let mut text = "<m:GetStreamingEvents><m:SubscriptionIds>".to_owned();
    for id in ids {
        let _ = write!(text, "<t:SubscriptionId>{}</t:SubscriptionId>", escape(id));
    }
    let _ =
        write!(text, "</m:SubscriptionIds><m:ConnectionTimeout>{minutes}</m:ConnectionTimeout></m:GetStreamingEvents>");
    text
}
