//! `SyncFolderItems`: what changed in a calendar. It knows the series, not their occurrences.

use super::{Question, folder_of, is_hidden, noted};
use crate::{
    company::Instance,
    id::Id,
    property::{Shape, Shown},
    record::Asked,
    soap::{Failure, SoapFault, messages},
    state::State,
    stream::EventKind,
    xml::{Element, m, t},
};

const MOST_CHANGES: usize = 512;

pub(super) fn answer(state: &State, question: &Question<'_>, asked: &mut Asked) -> Result<Element, SoapFault> {
    let shape = Shape::read(question.body(), asked);
    let answers = vec![changes(state, question, &shape, asked)];
    noted(&answers, asked);
    Ok(messages("SyncFolderItems", answers, &state.manner))
}

fn changes(state: &State, question: &Question<'_>, shape: &Shape, asked: &mut Asked) -> Result<Vec<Element>, Failure> {
    let body = question.body();
    let none = || Failure::new("ErrorSyncFolderNotFound", "The folder to synchronize could not be found.");
    let folder = body.inside("SyncFolderId").first().ok_or_else(none)?;
    let (mailbox, name) = folder_of(state, question, folder)?;
    asked.about(&mailbox);
    let account = state.company.account(&mailbox).ok_or_else(none)?;
    let bad = || Failure::new("ErrorInvalidSyncStateData", "The synchronization state is not valid.");
    let text = body.text_of("SyncState").filter(|text| !text.is_empty());
    let since = text.map(|text| read(text).ok_or_else(bad)).transpose()?;
    let most = body.text_of("MaxChangesReturned").and_then(|text| text.parse().ok()).unwrap_or(MOST_CHANGES);
    let most = most.clamp(1, MOST_CHANGES);
    let (from, skip) = since.unwrap_or((0, 0));
    let mut entries = Vec::new();
    if name == "calendar" && since.is_none_or(|(_, skip)| skip > 0) {
        // The first time: the calendar as it is, a page at a time.
        let items = account.items.iter().filter(|item| !is_hidden(item, &state.manner));
        entries.extend(items.map(|item| (item.number, EventKind::Created)));
    } else if name == "calendar" {
        let changes = state.changes_since(&mailbox, from).ok_or_else(bad)?;
        entries.extend(changes.iter().map(|change| (change.item, change.kind)));
    }
    let total = entries.len();
    let page: Vec<_> = entries.into_iter().skip(skip).take(most).collect();
    let next = skip + page.len();
    let is_last = next >= total;
    let elements = page.into_iter().filter_map(|(number, kind)| {
        let shown = state.item(number).map(|(account, item)| {
            let zone = question.call.zone;
            shape.element(&Shown { state, account, instance: Instance::whole(item), zone }, asked)
        });
        match (kind, shown) {
            (EventKind::Created, Some(item)) => Some(t("Create").put(item)),
            (EventKind::Modified, Some(item)) => Some(t("Update").put(item)),
            (EventKind::Deleted, _) => Some(t("Delete").put(t("ItemId").with("Id", Id::Item(number, 0).text()))),
            // Deleted in the meantime, which a later change says.
            (_, None) | (EventKind::FreeBusyChanged, _) => None,
        }
    });
    let elements: Vec<_> = elements.collect();
    let state_now = if is_last { (state.last_change(), 0) } else { (from, next) };
    Ok(vec![
        m("SyncState").text(written(state_now)),
        m("IncludesLastItemInRange").text(is_last.to_string()),
        m("Changes").put_all(elements),
    ])
}

fn written((change, skip): (u64, usize)) -> String {
    format!("c{change}s{skip}")
}

fn read(text: &str) -> Option<(u64, usize)> {
    let (change, skip) = text.strip_prefix('c')?.split_once('s')?;
    Some((change.parse().ok()?, skip.parse().ok()?))
}
