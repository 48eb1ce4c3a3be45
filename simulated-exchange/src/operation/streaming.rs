//! `GetStreamingEvents`: one answer of many documents.

use super::{Question, subscribe};
use crate::{
    behaviour::Manner,
    id::{Id, change_key},
    record::Asked,
    soap::{Failure, SoapFault, result},
    state::{State, changed_at},
    stream::Event,
    xml::{Element, m, t},
};

/// A stream that is to be opened.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) stream: u64,
    pub(crate) ids: Vec<String>,
    pub(crate) minutes: u32,
    /// In place of a stream: one document with this error, for these subscriptions.
    pub(crate) failure: Option<(Failure, Vec<String>)>,
}

pub(super) fn answer(state: &mut State, question: &Question<'_>, asked: &mut Asked) -> Result<Plan, SoapFault> {
    let body = question.body();
    let ids: Vec<_> = body.inside("SubscriptionIds").iter().map(|id| id.text().to_owned()).collect();
    asked.items.clone_from(&ids);
    let minutes = body.text_of("ConnectionTimeout").and_then(|text| text.parse().ok());
    let minutes = minutes.filter(|minutes| (1..=30).contains(minutes)).ok_or_else(|| {
        SoapFault::schema("The request failed schema validation: ConnectionTimeout is not from 1 to 30.")
    })?;
    // One bad subscription, and the good ones get nothing.
    let mut bad = Vec::new();
    let mut first = None;
    for id in &ids {
        if let Err(failure) = subscribe::allowed(state, question, id) {
            bad.push(id.clone());
            first.get_or_insert(failure);
        }
    }
    if let Some(failure) = first {
        asked.failed(&failure.code);
        return Ok(Plan { stream: 0, ids, minutes, failure: Some((failure, bad)) });
    }
    for id in &ids {
        if let Some(subscription) = state.subscriptions.find(id) {
            asked.about(&subscription.mailbox);
        }
    }
    Ok(Plan { stream: state.subscriptions.open(&ids), ids, minutes, failure: None })
}

fn answer_of(message: Element) -> Element {
    m("GetStreamingEventsResponse").put(m("ResponseMessages").put(message))
}

fn message(outcome: Result<(), &Failure>, manner: &Manner) -> Element {
    result(m("GetStreamingEventsResponseMessage"), outcome, manner)
}

/// A document with events, or a sign of life if there are none.
pub(crate) fn document(manner: &Manner, events: &[(String, String, Vec<Event>)]) -> Element {
    let message = message(Ok(()), manner);
    if events.is_empty() {
        return answer_of(message.put(m("ConnectionStatus").text("OK")));
    }
    let notifications = events.iter().map(|(id, mailbox, events)| notification(id, mailbox, events));
    answer_of(message.put(m("Notifications").put_all(notifications)))
}

/// The last document of a stream that has had its time.
pub(crate) fn closing(manner: &Manner) -> Element {
    answer_of(message(Ok(()), manner).put(m("ConnectionStatus").text("Closed")))
}

/// A document with an error. Some servers say with it that all is well.
pub(crate) fn failed(manner: &Manner, failure: &Failure, ids: &[String]) -> Element {
    let ids = ids.iter().map(|id| t("SubscriptionId").text(id));
    let message = message(Err(failure), manner).put(m("ErrorSubscriptionIds").put_all(ids));
    answer_of(message.put(m("ConnectionStatus").text("Closed")))
}

fn notification(id: &str, mailbox: &str, events: &[Event]) -> Element {
    let folder = Id::Folder(mailbox.to_owned(), "calendar".to_owned()).text();
    let event = |event: &Event| {
        let key = change_key(event.change);
        let time = changed_at(event.change).format("%Y-%m-%dT%H:%M:%SZ").to_string();
        t(event.kind.element())
            .put(t("TimeStamp").text(time))
            .put(t("ItemId").with("Id", Id::Item(event.item, 0).text()).with("ChangeKey", &key))
            .put(t("ParentFolderId").with("Id", &folder).with("ChangeKey", &key))
    };
    m("Notification").put(t("SubscriptionId").text(id)).put_all(events.iter().map(event))
}
