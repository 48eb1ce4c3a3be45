//! `FindItem`: a calendar view, or a search with pages.

use chrono::TimeDelta;

use super::{Question, folder_of, is_hidden, noted};
use crate::{
    company::{Account, Instance, instances},
    property::{Path, Shape, Shown, Value, time_of},
    record::Asked,
    restriction,
    soap::{Failure, SoapFault, messages},
    state::State,
    xml::{Element, Node, m, t},
};

/// The longest calendar view.
const MOST_DAYS: i64 = 731;

pub(super) fn answer(state: &State, question: &Question<'_>, asked: &mut Asked) -> Result<Element, SoapFault> {
    let body = question.body();
    let shape = Shape::read(body, asked);
    let folders = body.inside("ParentFolderIds");
    if folders.is_empty() {
        return Err(SoapFault::schema("The request failed schema validation: ParentFolderIds is empty."));
    }
    if body.child("CalendarView").is_some() && body.child("Restriction").is_some() {
        return Err(SoapFault::invalid("A calendar view cannot have a restriction."));
    }
    let answers: Vec<_> = folders.iter().map(|folder| page(state, question, folder, &shape, asked)).collect();
    noted(&answers, asked);
    Ok(messages("FindItem", answers, &state.manner))
}

fn page(
    state: &State,
    question: &Question<'_>,
    folder: &Node,
    shape: &Shape,
    asked: &mut Asked,
) -> Result<Vec<Element>, Failure> {
    let (mailbox, name) = folder_of(state, question, folder)?;
    asked.about(&mailbox);
    let account = state.company.account(&mailbox).filter(|_| name == "calendar");
    let body = question.body();
    let (root, mut found) = match (account, body.child("CalendarView")) {
        (None, _) => (root(0, true), Vec::new()),
        (Some(account), Some(view)) => by_view(state, question, account, view)?,
        (Some(account), None) => by_search(state, question, account, body),
    };
    if state.manner.reversed {
        found.reverse();
    }
    let items: Vec<_> = found.iter().map(|shown| shape.element(shown, asked)).collect();
    Ok(vec![root.put(t("Items").put_all(items))])
}

fn root(total: usize, is_last: bool) -> Element {
    m("RootFolder").with("TotalItemsInView", total.to_string()).with("IncludesLastItemInRange", is_last.to_string())
}

fn by_view<'a>(
    state: &'a State,
    question: &Question<'_>,
    account: &'a Account,
    view: &Node,
) -> Result<(Element, Vec<Shown<'a>>), Failure> {
    let invalid = || Failure::new("ErrorInvalidRequest", "The calendar view has no valid dates.");
    let time = |name| view.attribute(name).and_then(time_of).ok_or_else(invalid);
    let (from, to) = (time("StartDate")?, time("EndDate")?);
    if to < from {
        let text = "The end of the calendar view is before its start.";
        return Err(Failure::new("ErrorCalendarEndDateIsEarlierThanStartDate", text));
    }
    if to - from > TimeDelta::days(MOST_DAYS) {
        return Err(Failure::new("ErrorCalendarViewRangeTooBig", "The calendar view is longer than two years."));
    }
    let mut found = Vec::new();
    for item in account.items.iter().filter(|item| !is_hidden(item, &state.manner)) {
        let shown = |instance| Shown { state, account, instance, zone: question.call.zone };
        found.extend(instances(item, state.zone_of_item(account, item), from, to).map(shown));
    }
    found.sort_by_key(|shown| (shown.instance.start, shown.instance.end, shown.instance.item.number));
    let most = view.attribute("MaxEntriesReturned").and_then(|text| text.parse().ok()).unwrap_or(usize::MAX);
    let most = most.min(state.manner.most_items);
    let total = found.len();
    found.truncate(most);
    Ok((root(total, total <= most), found))
}

fn by_search<'a>(
    state: &'a State,
    question: &Question<'_>,
    account: &'a Account,
    body: &Node,
) -> (Element, Vec<Shown<'a>>) {
    let condition = body.child("Restriction").and_then(|restriction| restriction.children.first());
    let items = account.items.iter().filter(|item| !is_hidden(item, &state.manner));
    let mut found: Vec<_> = items
        .map(|item| Shown { state, account, instance: Instance::whole(item), zone: question.call.zone })
        .filter(|shown| condition.is_none_or(|condition| restriction::is_met(condition, shown)))
        .collect();
    for order in body.inside("SortOrder").iter().rev() {
        let Some(path) = order.children.iter().find_map(Path::read) else { continue };
        found.sort_by(|one, other| Value::order(one.value(&path).as_ref(), other.value(&path).as_ref()));
        if order.attribute("Order") == Some("Descending") {
            found.reverse();
        }
    }
    let page = body.child("IndexedPageItemView");
    let number = |name| page.and_then(|page| page.attribute(name)?.parse::<usize>().ok());
    let (offset, most) = (number("Offset").unwrap_or(0), number("MaxEntriesReturned").unwrap_or(usize::MAX));
    let (total, most) = (found.len(), most.min(state.manner.most_items));
    let found: Vec<_> = found.into_iter().skip(offset).take(most).collect();
    let next = offset + found.len();
    (root(total, next >= total).with("IndexedPagingOffset", next.to_string()), found)
}
