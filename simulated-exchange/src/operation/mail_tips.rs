//! `GetMailTips`: the automatic reply that anybody would get.

use super::{Question, check_mailbox};
use crate::{
    company::OofState,
    record::Asked,
    soap::{Failure, result},
    state::State,
    xml::{Element, Node, m, t},
};

pub(super) fn answer(state: &State, question: &Question<'_>, asked: &mut Asked) -> Element {
    let recipients = question.body().inside("Recipients");
    let tips: Vec<_> = recipients.iter().map(|recipient| message(state, recipient, asked)).collect();
    result(m("GetMailTipsResponse"), Ok(()), &state.manner).put(m("ResponseMessages").put_all(tips))
}

fn message(state: &State, recipient: &Node, asked: &mut Asked) -> Element {
    let address = recipient.text_of("EmailAddress").unwrap_or_default();
    asked.about(address);
    let message = m("MailTipsResponseMessageType");
    match reply(state, address) {
        Ok((reply, duration)) => {
            let recipient =
                t("RecipientAddress").put(t("EmailAddress").text(address)).put(t("RoutingType").text("SMTP"));
            let reply = t("OutOfOffice").put(t("ReplyBody").put(t("Message").text(reply))).put_all(duration);
            let tips = m("MailTips").put(recipient).put(t("PendingMailTips")).put(reply);
            result(message, Ok(()), &state.manner).put(tips)
        }
        Err(failure) => {
            asked.failed(&failure.code);
            result(message, Err(&failure), &state.manner)
        }
    }
}

/// The reply, which is empty if none is sent. Whether a period has begun only a clock could tell, and there is none: the
/// reply comes with its period.
fn reply(state: &State, address: &str) -> Result<(String, Option<Element>), Failure> {
    let none = || Failure::new("ErrorMailRecipientNotFound", "Unable to resolve the address to a mailbox.");
    let account = state.company.account(address).ok_or_else(none)?;
    check_mailbox(account)?;
    let oof = &account.oof;
    let time = |name: &str, time: Option<chrono::DateTime<chrono::Utc>>| {
        Some(t(name).text(time?.format("%Y-%m-%dT%H:%M:%S").to_string()))
    };
    let times = || [time("StartTime", oof.start), time("EndTime", oof.end)].into_iter().flatten();
    Ok(match oof.state {
        OofState::Disabled => (String::new(), None),
        OofState::Enabled => (oof.internal_reply.clone(), None),
        OofState::Scheduled => (oof.internal_reply.clone(), Some(t("Duration").put_all(times()))),
    })
}
