//! The operations of EWS.

mod availability;
mod convert_id;
mod find_item;
mod folder;
mod get_item;
mod mail_tips;
mod oof;
mod resolve_names;
mod streaming;
mod subscribe;
mod sync;
mod time_zones;
mod user_configuration;

pub(crate) use streaming::{Plan, closing, document, failed};

use crate::{
    behaviour::Manner,
    company::Account,
    id::Id,
    record::Asked,
    soap::{Call, Failure, SoapFault, acting, check_version},
    state::State,
    xml::{Element, Node},
};

/// What is sent back.
#[derive(Debug)]
pub(crate) enum Reply {
    /// One answer.
    Whole(Element),
    /// The cookie that leads back to this server, and the answer.
    WithCookie(Element),
    /// An answer that goes on.
    Stream(Plan),
}

/// A question with what is known about who asks.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    pub(crate) call: &'a Call,
    pub(crate) login: &'a str,
    /// For whom it is asked.
    pub(crate) acting: String,
    /// The cookie came with it.
    pub(crate) cookie: bool,
    /// It wants to come back to the same server.
    pub(crate) affinity: bool,
}

impl Question<'_> {
    pub(crate) const fn body(&self) -> &Node {
        &self.call.body
    }
}

/// Answers a question, and records it.
pub(crate) fn answer(
    state: &mut State,
    call: &Call,
    login: &str,
    headers: (bool, bool),
    asked: &mut Asked,
) -> Result<Reply, SoapFault> {
    check_version(call)?;
    let acting = acting(call, login, &state.company)?;
    let (cookie, affinity) = headers;
    let question = Question { call, login, acting, cookie, affinity };
    let whole = match call.operation.as_str() {
        "GetUserAvailability" => availability::answer(state, &question, asked)?,
        "FindItem" => find_item::answer(state, &question, asked)?,
        "GetItem" => get_item::answer(state, &question, asked)?,
        "GetFolder" => folder::answer(state, &question, asked)?,
        "ConvertId" => convert_id::answer(state, &question)?,
        "GetServerTimeZones" => time_zones::answer(&state.manner, &question),
        "GetUserConfiguration" => user_configuration::answer(state, &question, asked)?,
        "ResolveNames" => resolve_names::answer(state, &question),
        "GetUserOofSettings" => oof::answer(state, &question, asked)?,
        "GetMailTips" => mail_tips::answer(state, &question, asked),
        "SyncFolderItems" => sync::answer(state, &question, asked)?,
        "Subscribe" => return subscribe::subscribe(state, &question, asked),
        "Unsubscribe" => subscribe::unsubscribe(state, &question, asked)?,
        "GetStreamingEvents" => return streaming::answer(state, &question, asked).map(Reply::Stream),
        _ => return Err(SoapFault::invalid("The request is not one of those that are simulated.")),
    };
    Ok(Reply::Whole(whole))
}

/// The folder that an element names: a mailbox and a distinguished name.
fn folder_of(state: &State, question: &Question<'_>, node: &Node) -> Result<(String, String), Failure> {
    let none = || Failure::new("ErrorFolderNotFound", "The specified folder could not be found in the store.");
    let id = node.attribute("Id").ok_or_else(none)?;
    let (mailbox, name) = if node.name == "DistinguishedFolderId" {
        let mailbox = node.text_of("EmailAddress").unwrap_or(&question.acting);
        (mailbox.to_owned(), id.to_lowercase())
    } else {
        match Id::read(id) {
            Some(Id::Folder(mailbox, name)) => (mailbox, name),
            _ => return Err(Failure::new("ErrorInvalidIdMalformed", "Id is malformed.")),
        }
    };
    let text = "The SMTP address has no mailbox associated with it.";
    let account = state.company.account(&mailbox).ok_or_else(|| Failure::new("ErrorNonExistentMailbox", text))?;
    check_mailbox(account)?;
    // Nobody sees a folder of somebody else without acting for that one.
    if account.address.eq_ignore_ascii_case(&question.acting) {
        Ok((account.address.clone(), name))
    } else {
        Err(none())
    }
}

/// The error that a mailbox is to give.
fn check_mailbox(account: &Account) -> Result<(), Failure> {
    account.error.as_ref().map_or(Ok(()), |code| Err(Failure::new(code, "The mailbox is not available.")))
}

/// Records the outcome of each part of an answer.
fn noted<T>(answers: &[Result<T, Failure>], asked: &mut Asked) {
    for failure in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        asked.failed(&failure.code);
    }
}

/// Whether an item is kept from whoever asks.
fn is_hidden(item: &crate::company::Item, manner: &Manner) -> bool {
    manner.private_hidden && item.is_private()
}
