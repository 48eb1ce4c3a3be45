//! `ResolveNames`: the address book, by the beginning of a name or an address.

use super::Question;
use crate::{
    company::Account,
    soap::{Failure, messages},
    state::State,
    xml::{Element, m, t},
};

pub(super) fn answer(state: &State, question: &Question<'_>) -> Element {
    let wanted = question.body().text_of("UnresolvedEntry").unwrap_or_default().to_lowercase();
    let wanted = wanted.trim_start_matches("smtp:");
    let found: Vec<_> = state.company.accounts.iter().filter(|account| fits(account, wanted)).map(resolution).collect();
    let none = || Failure::new("ErrorNameResolutionNoResults", "No results were found.");
    let answer = if found.is_empty() { Err(none()) } else { Ok(vec![set(found)]) };
    messages("ResolveNames", vec![answer], &state.manner)
}

fn fits(account: &Account, wanted: &str) -> bool {
    let name = account.name.to_lowercase();
    !wanted.is_empty()
        && (account.address.to_lowercase().starts_with(wanted) || name.split(' ').any(|word| word.starts_with(wanted)))
}

fn set(found: Vec<Element>) -> Element {
    m("ResolutionSet")
        .with("TotalItemsInView", found.len().to_string())
        .with("IncludesLastItemInRange", "true")
        .put_all(found)
}

fn resolution(account: &Account) -> Element {
    let text = |name, text: &str| t(name).text(text);
    let parts = [text("Name", &account.name), text("EmailAddress", &account.address), text("RoutingType", "SMTP")];
    t("Resolution").put(t("Mailbox").put_all(parts).put(text("MailboxType", "Mailbox")))
}
