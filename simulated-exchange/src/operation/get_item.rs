//! `GetItem`.

use super::{Question, check_mailbox, is_hidden, noted};
use crate::{
    company::Instance,
    id::Id,
    property::{Shape, Shown},
    record::Asked,
    soap::{Failure, SoapFault, messages},
    state::State,
    xml::{Element, Node, m},
};

pub(super) fn answer(state: &State, question: &Question<'_>, asked: &mut Asked) -> Result<Element, SoapFault> {
    let shape = Shape::read(question.body(), asked);
    let ids = question.body().inside("ItemIds");
    if ids.is_empty() {
        return Err(SoapFault::schema("The request failed schema validation: ItemIds is empty."));
    }
    let mut answers: Vec<_> = ids.iter().map(|id| item(state, question, id, &shape, asked)).collect();
    if state.manner.reversed {
        answers.reverse();
    }
    noted(&answers, asked);
    Ok(messages("GetItem", answers, &state.manner))
}

fn item(
    state: &State,
    question: &Question<'_>,
    node: &Node,
    shape: &Shape,
    asked: &mut Asked,
) -> Result<Vec<Element>, Failure> {
    let missing = || Failure::new("ErrorItemNotFound", "The specified object was not found in the store.");
    let malformed = || Failure::new("ErrorInvalidIdMalformed", "Id is malformed.");
    let id = node.attribute("Id").or_else(|| node.attribute("RecurringMasterId")).ok_or_else(malformed)?;
    asked.items.push(id.to_owned());
    let Some(Id::Item(number, mut index)) = Id::read(id) else { return Err(malformed()) };
    match node.name.as_str() {
        "OccurrenceItemId" => {
            index = node.attribute("InstanceIndex").and_then(|text| text.parse().ok()).ok_or_else(malformed)?;
        }
        "RecurringMasterItemId" => index = 0,
        _ => {}
    }
    let (account, item) = state.item(number).ok_or_else(missing)?;
    check_mailbox(account)?;
    asked.about(&account.address);
    if !account.address.eq_ignore_ascii_case(&question.acting) {
        return Err(Failure::new("ErrorAccessDenied", "Access is denied. Check credentials and try again."));
    }
    if is_hidden(item, &state.manner) {
        return Err(missing());
    }
    let zone = state.zone_of_item(account, item);
    let instance = if index == 0 { Some(Instance::whole(item)) } else { Instance::numbered(item, zone, index) };
    let shown = Shown { state, account, instance: instance.ok_or_else(missing)?, zone: question.call.zone };
    Ok(vec![m("Items").put(shape.element(&shown, asked))])
}
