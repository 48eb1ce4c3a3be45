//! `Subscribe` and `Unsubscribe`.

use super::{Question, Reply, folder_of};
use crate::{
    record::Asked,
    soap::{Failure, SoapFault, messages},
    state::State,
    xml::{Element, m},
};

pub(super) fn subscribe(state: &mut State, question: &Question<'_>, asked: &mut Asked) -> Result<Reply, SoapFault> {
    let Some(request) = question.body().child("StreamingSubscriptionRequest") else {
        return Err(SoapFault::new("ErrorInvalidSubscriptionRequest", "Only streaming subscriptions are simulated."));
    };
    let folders = request.inside("FolderIds");
    let wanted: Vec<_> = request.inside("EventTypes").iter().map(|kind| kind.text().to_owned()).collect();
    asked.properties.clone_from(&wanted);
    let answer = mailbox(state, question, folders, request.attribute("SubscribeToAllFolders") == Some("true"));
    let answer = answer.map(|mailbox| {
        asked.about(&mailbox);
        let id = state.subscriptions.add(question.login, &mailbox, wanted);
        vec![m("SubscriptionId").text(id)]
    });
    if let Err(failure) = &answer {
        asked.failed(&failure.code);
    }
    let element = messages("Subscribe", vec![answer], &state.manner);
    Ok(if question.affinity { Reply::WithCookie(element) } else { Reply::Whole(element) })
}

/// The one mailbox of all the folders.
fn mailbox(
    state: &State,
    question: &Question<'_>,
    folders: &[crate::xml::Node],
    is_all: bool,
) -> Result<String, Failure> {
    if is_all {
        return Ok(question.acting.clone());
    }
    let text = "A subscription is for folders of one mailbox.";
    let invalid = || Failure::new("ErrorInvalidSubscriptionRequest", text);
    let mut mailboxes = Vec::new();
    for folder in folders {
        mailboxes.push(folder_of(state, question, folder)?.0);
    }
    mailboxes.dedup();
    match mailboxes.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(invalid()),
    }
}

pub(super) fn unsubscribe(state: &mut State, question: &Question<'_>, asked: &mut Asked) -> Result<Element, SoapFault> {
    let id = question.body().text_of("SubscriptionId").unwrap_or_default().to_owned();
    let answer = allowed(state, question, &id).map(|()| {
        state.subscriptions.remove(&id);
        Vec::new()
    });
    if let Err(failure) = &answer {
        asked.failed(&failure.code);
    }
    asked.items.push(id);
    Ok(messages("Unsubscribe", vec![answer], &state.manner))
}

/// Whether who asks may use the subscription.
pub(super) fn allowed(state: &State, question: &Question<'_>, id: &str) -> Result<(), Failure> {
    let text = "The specified subscription was not found.";
    // It lives on one server, and only the cookie leads there.
    let is_here = question.cookie || !state.manner.affinity;
    let subscription = state.subscriptions.find(id).filter(|_| is_here);
    let subscription = subscription.ok_or_else(|| Failure::new("ErrorSubscriptionNotFound", text))?;
    if subscription.owner.eq_ignore_ascii_case(question.login) {
        Ok(())
    } else {
        Err(Failure::new("ErrorSubscriptionAccessDenied", "The subscription belongs to another account."))
    }
}
