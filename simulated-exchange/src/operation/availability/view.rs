//! What free/busy tells of one mailbox.

use chrono::{Datelike, TimeDelta, Timelike};

use super::{Wanted, zone};
use crate::{
    company::{Account, Instance, Item, Kind, Response, ShowAs, View},
    operation::is_hidden,
    property::Shown,
    record::Asked,
    state::State,
    xml::{Element, t},
};

/// The appearances of a mailbox's items in the window, in order.
pub(super) fn instances<'a>(state: &'a State, account: &'a Account, wanted: &Wanted) -> Vec<Instance<'a>> {
    let counts = |item: &&Item| !item.cancelled && item.my_response != Response::Decline;
    let mut found = Vec::new();
    for item in account.items.iter().filter(counts) {
        let zone = state.zone_of_item(account, item);
        found.extend(crate::company::instances(item, zone, wanted.from, wanted.to));
    }
    found.sort_by_key(|instance| (instance.start, instance.end));
    found
}

/// One digit an interval, the highest of those that touch it.
pub(super) fn digits(instances: &[Instance<'_>], wanted: &Wanted) -> String {
    let interval = TimeDelta::minutes(wanted.interval);
    let mut text = String::new();
    let mut from = wanted.from;
    while from < wanted.to {
        let to = (from + interval).min(wanted.to);
        let inside = instances.iter().filter(|instance| instance.start < to && instance.end > from);
        let digit = inside.map(|instance| digit(instance.item.show_as)).max().unwrap_or(0);
        text.extend(char::from_digit(digit, 10));
        from = to;
    }
    text
}

const fn digit(show_as: ShowAs) -> u32 {
    match show_as {
        ShowAs::Free => 0,
        ShowAs::Tentative => 1,
        ShowAs::Busy => 2,
        ShowAs::Oof => 3,
        ShowAs::WorkingElsewhere => 4,
        ShowAs::NoData => 5,
    }
}

/// One entry.
pub(super) fn block(state: &State, instance: &Instance<'_>, view: View, wanted: &Wanted, asked: &mut Asked) -> Element {
    let time = |time| zone::written(time, &wanted.rule, state.manner.offsets);
    let block = t("CalendarEvent")
        .put(t("StartTime").text(time(instance.start)))
        .put(t("EndTime").text(time(instance.end)))
        .put(t("BusyType").text(instance.item.show_as.text()));
    if view < View::Detailed { block } else { block.put(details(state, instance, asked)) }
}

fn details(state: &State, instance: &Instance<'_>, asked: &mut Asked) -> Element {
    let item = instance.item;
    let mut details =
        t("CalendarEventDetails").put(t("ID").text(format!("{:032X}{:08X}", item.number, instance.index)));
    let is_open = !item.is_private() || state.manner.private_details;
    if is_open && !is_hidden(item, &state.manner) {
        let texts = [("Subject", &item.subject), ("Location", &item.location)];
        details = details.put_all(texts.map(|(name, text)| t(name).text(text)));
        if let Some((account, item)) = state.item(item.number) {
            let instance = Instance { item, ..*instance };
            asked.tell(Shown { state, account, instance, zone: None }.id(), item);
        }
    }
    let kind = instance.kind();
    let flags = [
        ("IsMeeting", item.is_meeting()),
        ("IsRecurring", kind != Kind::Single),
        ("IsException", kind == Kind::Exception),
        ("IsReminderSet", item.reminder),
        ("IsPrivate", item.is_private()),
    ];
    details.put_all(flags.map(|(name, flag)| t(name).text(flag.to_string())))
}

/// When the owner works, in a zone of its own.
pub(super) fn working_hours(state: &State, account: &Account, wanted: &Wanted) -> Element {
    let rule = state.zone_of(account).rule(wanted.from.year());
    let minutes = |time: chrono::NaiveTime| (time.num_seconds_from_midnight() / 60).to_string();
    let periods = account.hours.iter().map(|period| {
        let days: Vec<_> = period.days.iter().map(|day| zone::day_name(*day)).collect();
        t("WorkingPeriod")
            .put(t("DayOfWeek").text(days.join(" ")))
            .put(t("StartTimeInMinutes").text(minutes(period.from)))
            .put(t("EndTimeInMinutes").text(minutes(period.to)))
    });
    t("WorkingHours").put(zone::element(&rule)).put(t("WorkingPeriodArray").put_all(periods))
}
