//! `ConvertId`. There is one format; some clients only want the address that comes with the answer.

use super::Question;
use crate::{
    id::Id,
    soap::{Failure, SoapFault, messages},
    state::State,
    xml::{Element, Node, m},
};

pub(super) fn answer(state: &State, question: &Question<'_>) -> Result<Element, SoapFault> {
    let body = question.body();
    let format = body.attribute("DestinationFormat").unwrap_or("EwsId");
    let ids = body.inside("SourceIds");
    if ids.is_empty() {
        return Err(SoapFault::schema("The request failed schema validation: SourceIds is empty."));
    }
    let answers = ids.iter().map(|id| convert(state, id, format)).collect();
    Ok(messages("ConvertId", answers, &state.manner))
}

fn convert(state: &State, node: &Node, format: &str) -> Result<Vec<Element>, Failure> {
    let malformed = || Failure::new("ErrorInvalidIdMalformed", "Id is malformed.");
    let text = node.attribute("Id").ok_or_else(malformed)?;
    // The mailbox in the question is not looked at, as with Exchange: the identifier knows better.
    let mailbox = match Id::read(text).ok_or_else(malformed)? {
        Id::Folder(mailbox, _) => mailbox,
        Id::Item(number, _) => state.item(number).ok_or_else(malformed)?.0.address.clone(),
    };
    let id = m("AlternateId")
        .with("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        .with("xsi:type", "t:AlternateIdType")
        .with("Format", format)
        .with("Id", text)
        .with("Mailbox", mailbox);
    Ok(vec![id])
}
