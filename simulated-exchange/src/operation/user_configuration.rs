//! `GetUserConfiguration`: the settings of the web client, from which some clients learn the zone of a mailbox.

use super::{Question, folder_of, noted};
use crate::{
    record::Asked,
    soap::{Failure, SoapFault, messages},
    state::State,
    xml::{Element, Node, m, t},
};

pub(super) fn answer(state: &State, question: &Question<'_>, asked: &mut Asked) -> Result<Element, SoapFault> {
    let missing = || SoapFault::schema("The request failed schema validation: UserConfigurationName is missing.");
    let name = question.body().child("UserConfigurationName").ok_or_else(missing)?;
    let answers = vec![settings(state, question, name)];
    noted(&answers, asked);
    Ok(messages("GetUserConfiguration", answers, &state.manner))
}

fn settings(state: &State, question: &Question<'_>, name: &Node) -> Result<Vec<Element>, Failure> {
    let none = || Failure::new("ErrorItemNotFound", "The specified object was not found in the store.");
    let (mailbox, _) = folder_of(state, question, name.children.first().ok_or_else(none)?)?;
    let account = state.company.account(&mailbox).ok_or_else(none)?;
    let title = name.attribute("Name").filter(|title| *title == "OWA.UserOptions").ok_or_else(none)?;
    let value = |name: &str, text: &str| t(name).put(t("Type").text("String")).put(t("Value").text(text));
    let entry = t("DictionaryEntry")
        .put(value("DictionaryKey", "timezone"))
        .put(value("DictionaryValue", state.zone_of(account).windows));
    let configuration =
        m("UserConfiguration").put(t("UserConfigurationName").with("Name", title)).put(t("Dictionary").put(entry));
    Ok(vec![configuration])
}
