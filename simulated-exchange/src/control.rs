//! Commands for a server that runs as a program: one JSON object a line, one JSON object a line in answer.
//!
//! ```json
//! {"do": "add", "mailbox": "anna@firma.example", "item": {"start": "today 09:00", "end": "today 10:00"}}
//! {"do": "modify", "id": "…", "item": {…}}
//! {"do": "remove", "id": "…"}
//! {"do": "items", "mailbox": "anna@firma.example"}
//! {"do": "oof", "mailbox": "anna@firma.example", "oof": {"state": "Enabled", "internal_reply": "…"}}
//! {"do": "error", "mailbox": "anna@firma.example", "code": "ErrorMailboxMoveInProgress"}
//! {"do": "fault", "fault": {"kind": "busy", "back_off_ms": 2000, "operation": "FindItem", "times": 3}}
//! {"do": "clear_faults"}
//! {"do": "manner", "manner": {"https_namespaces": true}}
//! {"do": "cut_streams"}
//! {"do": "restart"}
//! {"do": "asked"}
//! {"do": "forget_asked"}
//! ```
//!
//! The form of an item and of automatic replies is that of [`company`](crate::company). `modify` replaces the item,
//! `manner` sets all of [`Manner`], with its default for what is left out, `error` without a code heals
//! the mailbox. The answer is `{"ok": true}` with `id`, `items` or `asked` where there is something to tell, or
//! `{"error": "…"}`. Items are told by id, times and sensitivity, never by subject.
//!
//! The kinds of faults: `busy` and `busy_inside` (`back_off_ms`), `unavailable` (`retry_after_s`), `login_page`,
//! `redirect`, `status` (`status`), `slow` (`ms`), `cut`, `hang_up`, `code` (`code`).

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    behaviour::{Fault, Manner},
    company::{BadCompany, Company, item_of_json, oof_of_json},
    server::SimulatedExchange,
};

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Command {
    Add { mailbox: String, item: Value },
    Modify { id: String, item: Value },
    Remove { id: String },
    Items { mailbox: String },
    Oof { mailbox: String, oof: Value },
    Error { mailbox: String, code: Option<String> },
    Fault { fault: Fault },
    ClearFaults,
    Manner { manner: Manner },
    CutStreams,
    Restart,
    Asked,
    ForgetAsked,
}

/// Why a command was not obeyed.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("not a command (see `--help`)")]
    Command(#[from] serde_json::Error),
    #[error(transparent)]
    Company(#[from] BadCompany),
    #[error("there is no such mailbox")]
    Mailbox,
    #[error("there is no such item")]
    Item,
}

/// Obeys one line, and answers with one. `today` is what `today` stands for in its times.
#[must_use]
pub fn obey(exchange: &SimulatedExchange, line: &str, today: NaiveDate) -> String {
    let answer = serde_json::from_str(line).map_err(Refused::from).and_then(|command| run(exchange, command, today));
    answer.unwrap_or_else(|refused| json!({ "error": refused.to_string() })).to_string()
}

fn run(exchange: &SimulatedExchange, command: Command, today: NaiveDate) -> Result<Value, Refused> {
    match command {
        Command::Add { mailbox, item } => {
            let item = item_of_json(item, &zone_of(exchange, &mailbox), today)?;
            let id = exchange.add(&mailbox, item).ok_or(Refused::Mailbox)?;
            return Ok(json!({ "ok": true, "id": id }));
        }
        Command::Modify { id, item } => {
            let owner = exchange.owner(&id).ok_or(Refused::Item)?;
            let new = item_of_json(item, &zone_of(exchange, &owner), today)?;
            found(exchange.modify(&id, |item| *item = new))?;
        }
        Command::Remove { id } => found(exchange.remove(&id))?,
        Command::Items { mailbox } => {
            account(exchange, &mailbox, |_| ())?;
            return Ok(json!({ "ok": true, "items": items(exchange, &mailbox) }));
        }
        Command::Oof { mailbox, oof } => {
            let oof = oof_of_json(oof, &zone_of(exchange, &mailbox), today)?;
            account(exchange, &mailbox, |account| account.oof = oof)?;
        }
        Command::Error { mailbox, code } => account(exchange, &mailbox, |account| account.error = code)?,
        Command::Fault { fault } => exchange.fault(fault),
        Command::ClearFaults => exchange.clear_faults(),
        Command::Manner { manner } => exchange.manner(|own| *own = manner),
        Command::CutStreams => exchange.cut_streams(),
        Command::Restart => exchange.restart(),
        Command::Asked => return Ok(json!({ "ok": true, "asked": exchange.asked() })),
        Command::ForgetAsked => exchange.forget_asked(),
    }
    Ok(json!({ "ok": true }))
}

fn found(is_found: bool) -> Result<(), Refused> {
    if is_found { Ok(()) } else { Err(Refused::Item) }
}

fn zone_of(exchange: &SimulatedExchange, mailbox: &str) -> String {
    let mut zone = String::new();
    exchange.change(|company: &mut Company| {
        zone = company.account(mailbox).map_or(&*company.zone, |account| company.zone_of(account)).to_owned();
    });
    zone
}

fn account(
    exchange: &SimulatedExchange,
    mailbox: &str,
    change: impl FnOnce(&mut crate::company::Account),
) -> Result<(), Refused> {
    let mut result = Err(Refused::Mailbox);
    exchange.change(|company| {
        if let Some(account) = company.account_mut(mailbox) {
            change(account);
            result = Ok(());
        }
    });
    result
}

fn items(exchange: &SimulatedExchange, mailbox: &str) -> Vec<Value> {
    let value = |(id, item): (String, crate::company::Item)| json!({ "id": id, "start": item.start, "end": item.end, "sensitivity": item.sensitivity.text() });
    exchange.items(mailbox).into_iter().map(value).collect()
}
