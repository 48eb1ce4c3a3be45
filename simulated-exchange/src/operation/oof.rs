//! `GetUserOofSettings`: automatic replies. They are told to their owner alone.

use chrono::{DateTime, Utc};

use super::{Question, check_mailbox};
use crate::{
    record::Asked,
    soap::{Failure, SoapFault, result},
    state::{State, changed_at},
    xml::{Element, m, t},
};

pub(super) fn answer(state: &State, question: &Question<'_>, asked: &mut Asked) -> Result<Element, SoapFault> {
    let address = question.body().text_of("Address").unwrap_or_default();
    asked.about(address);
    if !address.eq_ignore_ascii_case(&question.acting) {
        // No message with a code, but a fault, as with Exchange.
        return Err(SoapFault::new("ErrorAccessDenied", "User is not mailbox owner."));
    }
    Ok(match settings(state, address) {
        Ok(settings) => m("GetUserOofSettingsResponse")
            .put(result(m("ResponseMessage"), Ok(()), &state.manner))
            .put(settings)
            .put(m("AllowExternalOof").text("All")),
        Err(failure) => {
            asked.failed(&failure.code);
            m("GetUserOofSettingsResponse").put(result(m("ResponseMessage"), Err(&failure), &state.manner))
        }
    })
}

fn settings(state: &State, address: &str) -> Result<Element, Failure> {
    let none = || Failure::new("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.");
    let account = state.company.account(address).ok_or_else(none)?;
    check_mailbox(account)?;
    let oof = &account.oof;
    let reply = |name: &str, text: &str| t(name).put(t("Message").text(text));
    Ok(t("OofSettings")
        .put(t("OofState").text(oof.state.text()))
        .put(t("ExternalAudience").text("All"))
        .put(t("Duration").put_all(times(oof.start, oof.end)))
        .put(reply("InternalReply", &oof.internal_reply))
        .put(reply("ExternalReply", &oof.external_reply)))
}

/// Exchange fills in a day even where nobody ever chose one.
fn times(start: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) -> [Element; 2] {
    let start = start.unwrap_or_else(|| changed_at(0));
    let end = end.unwrap_or(start + chrono::TimeDelta::days(1));
    // Without an offset, which means UTC.
    let text = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:%M:%S").to_string();
    [t("StartTime").text(text(start)), t("EndTime").text(text(end))]
}
