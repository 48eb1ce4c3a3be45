//! `GetUserAvailability`: free/busy of up to 100 mailboxes.

mod view;
mod zone;

pub(super) use zone::day_name;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Question, check_mailbox};
use crate::{
    company::View,
    record::Asked,
    soap::{Failure, SoapFault, result},
    state::State,
    xml::{Element, Node, m, t},
    zone::Rule,
};

const MOST_MAILBOXES: usize = 100;
/// More entries than this of one mailbox are too many.
const MOST_ENTRIES: usize = 1_000;

/// What is asked of every mailbox.
#[derive(Debug)]
struct Wanted {
    rule: Rule,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    interval: i64,
    view: View,
    /// Whether the digits come with the blocks.
    merged: bool,
}

pub(super) fn answer(state: &State, question: &Question<'_>, asked: &mut Asked) -> Result<Element, SoapFault> {
    let body = question.body();
    let mailboxes: Vec<_> = body.inside("MailboxDataArray").iter().filter(|node| node.name == "MailboxData").collect();
    if mailboxes.is_empty() {
        return Err(SoapFault::schema("The request failed schema validation: MailboxDataArray is empty."));
    }
    if mailboxes.len() > MOST_MAILBOXES {
        return Err(SoapFault::new("ErrorMailboxDataArrayTooBig", "There are more than 100 mailboxes in the request."));
    }
    let wanted = Wanted::read(body, state, asked)?;
    let responses = mailboxes.iter().map(|mailbox| response(state, mailbox, &wanted, asked)).collect::<Vec<_>>();
    Ok(m("GetUserAvailabilityResponse").put(m("FreeBusyResponseArray").put_all(responses)))
}

impl Wanted {
    fn read(body: &Node, state: &State, asked: &mut Asked) -> Result<Self, SoapFault> {
        let missing = || SoapFault::schema("The request failed schema validation: FreeBusyViewOptions is incomplete.");
        let rule = body.child("TimeZone").map_or(Some(Rule::UTC), zone::read).ok_or_else(missing)?;
        let options = body.child("FreeBusyViewOptions").ok_or_else(missing)?;
        let time = |name| options.text_of(name).and_then(|text| zone::instant(text, &rule));
        let (from, to) = (time("StartTime").ok_or_else(missing)?, time("EndTime").ok_or_else(missing)?);
        if to <= from {
            return Err(SoapFault::new("ErrorInvalidTimeInterval", "The end of the window is not behind its start."));
        }
        if to - from > TimeDelta::days(state.manner.most_days) {
            return Err(SoapFault::new("ErrorTimeIntervalTooBig", "The window is longer than the server allows."));
        }
        let interval = options.text_of("MergedFreeBusyIntervalInMinutes").unwrap_or("30");
        let interval = interval.parse().ok().filter(|minutes| (5..=1440).contains(minutes)).ok_or_else(|| {
            SoapFault::new("ErrorInvalidMergedFreeBusyInterval", "The interval is not from 5 to 1440 minutes.")
        })?;
        let name = options.text_of("RequestedView").unwrap_or("FreeBusyMerged");
        asked.properties.push(name.to_owned());
        let (view, merged) = match name {
            "MergedOnly" => (View::MergedOnly, true),
            "FreeBusy" => (View::FreeBusy, false),
            "FreeBusyMerged" => (View::FreeBusy, true),
            "Detailed" => (View::Detailed, false),
            "DetailedMerged" => (View::Detailed, true),
            _ => return Err(SoapFault::new("ErrorInvalidFreeBusyViewType", "The view is none of those that exist.")),
        };
        Ok(Self { rule, from, to, interval, view, merged })
    }
}

fn response(state: &State, mailbox: &Node, wanted: &Wanted, asked: &mut Asked) -> Element {
    let address = mailbox.text_of("Address").unwrap_or_default();
    asked.about(address);
    let none = m("FreeBusyView").put(t("FreeBusyViewType").text("None"));
    match view_of(state, address, wanted, asked) {
        Ok(view) => m("FreeBusyResponse").put(result(m("ResponseMessage"), Ok(()), &state.manner)).put(view),
        Err(failure) => {
            asked.failed(&failure.code);
            m("FreeBusyResponse").put(result(m("ResponseMessage"), Err(&failure), &state.manner)).put(none)
        }
    }
}

fn view_of(state: &State, address: &str, wanted: &Wanted, asked: &mut Asked) -> Result<Element, Failure> {
    let text = "Unable to resolve the address to a mailbox.";
    let account = state.company.account(address).ok_or_else(|| Failure::new("ErrorMailRecipientNotFound", text))?;
    check_mailbox(account)?;
    let mut instances = view::instances(state, account, wanted);
    if instances.len() > MOST_ENTRIES {
        return Err(Failure::new("ErrorResultSetTooBig", "There are too many entries in the window."));
    }
    let view = wanted.view.min(account.view);
    let merged = wanted.merged || view == View::MergedOnly;
    let name = match (view, merged) {
        (View::MergedOnly, _) => "MergedOnly",
        (View::FreeBusy, false) => "FreeBusy",
        (View::FreeBusy, true) => "FreeBusyMerged",
        (View::Detailed, false) => "Detailed",
        (View::Detailed, true) => "DetailedMerged",
    };
    let mut element = m("FreeBusyView").put(t("FreeBusyViewType").text(name));
    if merged {
        element = element.put(t("MergedFreeBusy").text(view::digits(&instances, wanted)));
    }
    if view > View::MergedOnly && !instances.is_empty() {
        if state.manner.reversed {
            instances.reverse();
        }
        let blocks = instances.iter().map(|instance| view::block(state, instance, view, wanted, asked));
        element = element.put(t("CalendarEventArray").put_all(blocks.collect::<Vec<_>>()));
    }
    Ok(element.put(view::working_hours(state, account, wanted)))
}
