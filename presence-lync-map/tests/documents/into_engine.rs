//! What a server tells of people, as facts, and what an engine makes of them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::{
    Activity, Address, Availability, Band, Call, Device, Directory, Engine, EngineConfig, Facet, Fact, Input, Lifetime,
    Origin, PersonId, PersonSpec, Phase, PlaceKind, PlaceSpec, Report, RichState, Row, Second, ShowAs, SourceId,
    SourceSpec, Subject, Viewer, ViewerId,
};
use presence_lync_map::documents::{Contact, FactRules};
use proptest::prelude::*;

use crate::samples::{CALENDAR, NOTIFY, aggregate, calendar, clock, contact, facts, note, notification, read, state};

/// An engine that knows one person by what one server says of them.
struct Desk {
    engine: Engine,
    origin: Origin,
    subject: Subject,
    bob: Contact,
}

impl Desk {
    fn new() -> Self {
        let source = SourceId::new("lync").unwrap();
        let address = Address::sip("bob@ex.test").unwrap();
        let mut company = Directory::builder();
        company.source(SourceSpec::new(source.clone(), &Facet::ALL));
        let place = PlaceSpec::new(PlaceKind::Account).address(address.clone(), std::slice::from_ref(&source));
        company.person(PersonSpec::new(PersonId::new("bob").unwrap()).place(place));
        let company = Arc::new(company.build().unwrap());
        let (origin, subject) = (company.origin(&source).unwrap(), company.subject(&address).unwrap());
        let mut engine = Engine::new(EngineConfig::new(company, clock("06:00:00")));
        engine.handle(clock("06:00:00"), Input::Session { origin, number: 1, phase: Phase::Begin });
        Self { engine, origin, subject, bob: Contact::new() }
    }

    fn take(&mut self, now: &str, entries: &str) -> Vec<Report> {
        let now = clock(now);
        self.bob.take(read(&notification(entries)), now);
        let mut reports = self.bob.reports(self.origin, self.subject, now, &FactRules::default());
        let told = reports.clone();
        self.engine.report(now, &mut reports);
        told
    }

    fn row(&mut self, now: &str) -> Row {
        self.engine.handle(clock(now), Input::Tick);
        while self.engine.poll_output().is_some() {}
        let person = self.engine.directory().person(&PersonId::new("bob").unwrap()).unwrap();
        self.engine.row(person, &Viewer::new(ViewerId::new("all").unwrap())).unwrap()
    }
}

fn number(number: u32) -> String {
    format!("<availability>{number}</availability>")
}

fn phone(instance: u32, published: &str, inner: &str) -> String {
    state(instance, published, "phoneState", inner)
}

fn machine(instance: u32, published: &str, raw: u32) -> String {
    state(instance, published, "machineState", &number(raw))
}

/// An entry that takes a state back.
fn gone(instance: u32, published: &str) -> String {
    format!("<category name='state' instance='{instance}' publishTime='2024-03-05T{published}'/>")
}

fn facts_of(entries: &str) -> Vec<Fact> {
    facts(&contact(&[&notification(entries)]))
}

fn at(fact: &Fact, when: &str) -> Option<ShowAs> {
    let Fact::Agenda(agenda) = fact else { panic!("no agenda: {fact:?}") };
    agenda.words(second(clock(when))).map(|words| words.open)
}

fn second(time: DateTime<Utc>) -> Second {
    Second::floor(time)
}

/// S3.17: what the server has put together is the headline, in every band.
#[test]
fn every_band_comes_to_its_row() {
    let cases = [
        (3_500, Band::Online, Activity::Available),
        (5_000, Band::IdleOnline, Activity::Idle),
        (6_500, Band::Busy, Activity::Busy),
        (7_500, Band::IdleBusy, Activity::Busy),
        (9_500, Band::DoNotDisturb, Activity::DoNotDisturb),
        (12_500, Band::BeRightBack, Activity::BeRightBack),
        (15_500, Band::Away, Activity::Away),
        (18_500, Band::Offline, Activity::Offline),
        (18_000, Band::Offline, Activity::Offline),
    ];
    for (raw, band, activity) in cases {
        let mut desk = Desk::new();
        assert_eq!(desk.row("07:00:00").availability, Availability::NONE);
        desk.take("09:00:00", &aggregate("09:00:00", &number(raw)));
        let row = desk.row("09:00:01");
        assert_eq!((row.availability.band(), row.activity), (band, activity), "{raw}");
        assert_eq!(row.rich.map(Availability::band), Some(band), "{raw}");
        // Nothing is known is not offline.
        desk.take("09:01:00", &aggregate("09:01:00", ""));
        assert_eq!(desk.row("09:01:01").availability, Availability::NONE, "{raw}");
    }
}

/// S3.12: the four families are facts of four kinds, and each is told for itself.
#[test]
fn the_four_families_are_four_facts() {
    let families = [
        (aggregate("09:00:00", &number(3_500)), Facet::Rich),
        (state(0x2000_0000, "09:00:00", "userState", &number(3_500)), Facet::Rich),
        (phone(0x7000_0001, "09:00:00", &number(6_500)), Facet::Call),
        (state(0x4000_0001, "09:00:00", "calendarState", &number(6_500)), Facet::Calendar),
        (machine(0x3000_0001, "09:00:00", 3_500), Facet::Device),
    ];
    for (entry, facet) in &families {
        assert_eq!(facts_of(entry).iter().map(Fact::facet).collect::<Vec<_>>(), [*facet]);
    }
    let mut all: Vec<_> = facts_of(&families.map(|(entry, _)| entry).concat()).iter().map(Fact::facet).collect();
    all.sort_unstable();
    assert_eq!(all, [Facet::Calendar, Facet::Call, Facet::Device, Facet::Rich]);
}

/// S3.13: a telephone of the telephone system and the calls of the client are one kind of fact.
#[test]
fn calls_come_from_both_kinds_of_telephone() {
    let (line, voip) = (0x7000_0001, 0x8000_0001);
    for instance in [line, voip] {
        let call = format!("{}<activity token='on-the-phone'/>", number(6_500));
        assert_eq!(facts_of(&phone(instance, "09:00:00", &call)), [Fact::Call(Call::InCall)]);
        // Known by its number even where the document does not say what it is.
        let untyped = phone(instance, "09:00:00", &call).replace(" xsi:type=\"phoneState\"", "");
        assert_eq!(facts_of(&untyped), [Fact::Call(Call::InCall)]);
        assert_eq!(facts_of(&phone(instance, "09:00:00", &number(7_000))), [Fact::Call(Call::InCall)]);
        assert_eq!(facts_of(&phone(instance, "09:00:00", &number(9_000))), [Fact::Call(Call::InCall)]);
        assert_eq!(facts_of(&phone(instance, "09:00:00", &number(3_500))), [Fact::Call(Call::Idle)]);
    }
    let both = |line_ends: &str| {
        facts_of(&format!(
            "{}{}{line_ends}",
            phone(line, "09:00:00", &number(6_500)),
            phone(voip, "09:00:00", &number(6_500))
        ))
    };
    assert_eq!(both(""), [Fact::Call(Call::InCall)]);
    assert_eq!(both(&gone(line, "09:01:00")), [Fact::Call(Call::InCall)], "the other call is still on");
    let ended = format!("{}{}", gone(line, "09:01:00"), gone(voip, "09:02:00"));
    assert_eq!(both(&ended), [Fact::Call(Call::Idle)]);
}

/// S3.14: the computer goes from active to inactive to away.
/// S3.33: each change is told when it is published, and only that.
#[test]
fn the_levels_of_a_machine() {
    let mut desk = Desk::new();
    let levels = [
        ("09:00:00", 3_500, Device::Active),
        ("09:05:00", 5_000, Device::Inactive),
        ("09:10:00", 15_500, Device::Away),
        ("09:20:00", 18_500, Device::Off),
        ("09:30:00", 3_500, Device::Active),
    ];
    for (time, raw, level) in levels {
        let told = desk.take(time, &machine(0x3000_0001, time, raw));
        assert_eq!(told.iter().map(|report| &report.fact).collect::<Vec<_>>(), [&Fact::Device(level)]);
        assert_eq!((told[0].observed_at, told[0].lifetime), (clock(time), Lifetime::Session));
        assert_eq!(desk.row(time).device, Some(level));
        assert_eq!(desk.take(time, &machine(0x3000_0001, time, raw)), [], "told already");
    }
    let told = desk.take("09:40:00", &gone(0x3000_0001, "09:40:00"));
    assert_eq!(told, [Report::withdrawing(desk.origin, desk.subject, Facet::Device, clock("09:40:00"))]);
    assert_eq!(desk.row("09:40:01").device, None);
}

/// S3.17: the activity stands beside the number, and in words of the person or the site.
#[test]
fn activities_stand_beside_the_number() {
    let cases = [
        (6_500, "in-a-meeting", Activity::InMeeting),
        (7_500, "in-a-meeting", Activity::InMeeting),
        (6_500, "on-the-phone", Activity::InCall),
        (7_000, "in-a-conference", Activity::InConference),
        (9_000, "in-presentation", Activity::Presenting),
        (9_000, "presenting", Activity::Presenting),
        (6_900, "urgent-interruptions-only", Activity::UrgentInterruptionsOnly),
        (12_500, "out-of-office", Activity::OutOfOffice),
        (12_500, "be-right-back", Activity::BeRightBack),
        (15_500, "off-work", Activity::OffWork),
        (15_500, "unheard-of", Activity::Away),
        (15_500, "OFF-WORK", Activity::Away),
    ];
    for (raw, token, activity) in cases {
        let told = facts_of(&aggregate("09:00:00", &format!("{}<activity token='{token}'/>", number(raw))));
        let raw = Availability::from_lync(raw).unwrap();
        assert_eq!(told, [Fact::Rich(RichState::new(raw, activity))], "{token}");
    }
    let custom = "<activity><custom LCID='1033'>At sea</custom><custom LCID='1053'>Till sjöss</custom></activity>";
    let told = facts_of(&aggregate("09:00:00", &format!("{}{custom}", number(15_500))));
    let [Fact::Rich(state)] = &told[..] else { panic!("one fact") };
    let texts = state.custom.as_ref().unwrap();
    let text = |lcid| texts.get(lcid).map(|text| text.reveal().to_string());
    assert_eq!(text(presence_core::Lcid::SWEDISH).as_deref(), Some("Till sjöss"));
    assert_eq!(text(presence_core::Lcid::ENGLISH).as_deref(), Some("At sea"));
    assert_eq!(state.activity, Activity::Away);
}

/// S3.8: two bits a slot become an agenda; outside of the slots nothing is known.
#[test]
fn slots_are_an_agenda() {
    let told = facts(&contact(&[CALENDAR]));
    let agenda = told.iter().find(|fact| fact.facet() == Facet::Calendar).unwrap();
    let cases = [
        ("07:59:59", None),
        ("08:00:00", Some(ShowAs::Free)),
        ("08:29:59", Some(ShowAs::Free)),
        ("08:30:00", Some(ShowAs::Busy)),
        ("08:59:59", Some(ShowAs::Busy)),
        ("09:00:00", Some(ShowAs::Tentative)),
        ("09:15:00", Some(ShowAs::OutOfOffice)),
        ("09:30:00", Some(ShowAs::Free)),
        ("09:59:59", Some(ShowAs::Free)),
        ("10:00:00", None),
    ];
    for (time, word) in cases {
        assert_eq!(at(agenda, time), word, "{time}");
    }
}

/// S3.8: the row follows the slots by itself.
#[test]
fn the_row_follows_the_slots() {
    let mut desk = Desk::new();
    let slots = "<freeBusy startTime='2024-03-05T08:00:00Z' granularity='PT15M' encodingVersion='1'>oA0=</freeBusy>";
    desk.take("07:00:00", &calendar(0x4000_0001, "07:00:00", slots));
    let cases = [
        ("08:00:00", Some(ShowAs::Free)),
        ("08:30:00", Some(ShowAs::Busy)),
        ("09:00:00", Some(ShowAs::Tentative)),
        ("09:15:00", Some(ShowAs::OutOfOffice)),
        ("09:30:00", Some(ShowAs::Free)),
        ("10:00:00", None),
    ];
    for (time, word) in cases {
        assert_eq!(desk.row(time).calendar, word, "{time}");
    }
}

/// S3.6: from Monday to Wednesday from 8 to 17 in a zone an hour before UTC, two in summer.
#[test]
fn working_hours_follow_the_zone() {
    let working = |now: &str, at: &str| {
        let told = contact(&[CALENDAR]).facts(crate::samples::time(now), &FactRules::default());
        let hours = told.iter().find_map(|(fact, _)| if let Fact::Hours(hours) = fact { Some(hours) } else { None });
        hours.unwrap().at(second(crate::samples::time(at)))
    };
    let winter = "2024-03-05T12:00:00Z";
    let cases = [
        ("2024-03-05T06:59:59Z", Some(false)),
        ("2024-03-05T07:00:00Z", Some(true)),
        ("2024-03-05T15:59:59Z", Some(true)),
        ("2024-03-05T16:00:00Z", Some(false)),
        ("2024-03-07T12:00:00Z", Some(false)),
        ("2024-03-11T07:00:00Z", Some(true)),
        ("2024-03-04T12:00:00Z", None),
    ];
    for (at, expected) in cases {
        assert_eq!(working(winter, at), expected, "{at}");
    }
    let spring = "2024-03-28T12:00:00Z";
    for (at, expected) in [("2024-04-01T05:59:59Z", Some(false)), ("2024-04-01T06:00:00Z", Some(true))] {
        assert_eq!(working(spring, at), expected, "{at}");
    }
}

/// S3.7: a note of the mailbox is an automatic reply, with the times that are told of it.
#[test]
fn a_note_of_the_mailbox_is_an_automatic_reply() {
    let body = "<body type='OOF' uri='' startTime='2024-03-04T17:00:00' endTime='2024-03-09T08:00:00Z'>on leave</body>";
    let told = facts_of(&note(1, "09:00:00", body));
    let [Fact::AutomaticReply(Some(span))] = told[..] else { panic!("one reply: {told:?}") };
    let times = [span.start(), span.end()].map(|second| second.time().unwrap());
    assert_eq!(times, ["2024-03-04T17:00:00Z", "2024-03-09T08:00:00Z"].map(crate::samples::time));
    // Without times it is one from its publication on.
    let told = facts_of(&note(1, "09:00:00", "<body type='oof'>on leave</body>"));
    let [Fact::AutomaticReply(Some(span))] = told[..] else { panic!("one reply: {told:?}") };
    assert_eq!(span.start().time(), Some(clock("09:00:00")));
    let mut desk = Desk::new();
    desk.take("09:00:00", &note(1, "09:00:00", body));
    let told = desk.take("10:00:00", &note(1, "10:00:00", ""));
    assert_eq!(told, [Report::withdrawing(desk.origin, desk.subject, Facet::AutomaticReply, clock("10:00:00"))]);
}

/// S3.20: several endpoints of one person: of the machines the most active one, of the telephones the heaviest call.
/// S3.26: a telephone publishes a user, a device and a telephone state like any other endpoint.
#[test]
fn several_endpoints_of_one_person() {
    let (pc, mobile, desk) = (0x3000_0001, 0x3000_0002, 0x3000_0003);
    let level = |entries: &str| facts_of(entries);
    let all = [machine(pc, "09:00:00", 15_500), machine(mobile, "09:00:01", 5_000), machine(desk, "09:00:02", 3_500)];
    assert_eq!(level(&all.concat()), [Fact::Device(Device::Active)]);
    let without_desk = format!("{}{}", all.concat(), gone(desk, "09:01:00"));
    assert_eq!(level(&without_desk), [Fact::Device(Device::Inactive)]);
    // S3.23: the mobile without a network is one that has taken its states back; the others speak on.
    let without_mobile = format!("{without_desk}{}", gone(mobile, "09:02:00"));
    assert_eq!(level(&without_mobile), [Fact::Device(Device::Away)]);
    let of_the_telephone = [
        state(0x2000_0000, "09:00:00", "userState", &number(3_500)),
        state(desk, "09:00:00", "machineState", &format!("{}<device>deskphone</device>", number(3_500))),
        phone(0x8000_0003, "09:00:00", &number(6_500)),
    ];
    let told = facts_of(&of_the_telephone.concat());
    assert!(told.contains(&Fact::Device(Device::Active)) && told.contains(&Fact::Call(Call::InCall)));
    assert!(told.iter().any(|fact| fact.facet() == Facet::Rich));
    assert_eq!(told.len(), 3);
}

/// S3.23: what a mobile has published ends when it takes it back, and what it said is not known any more.
#[test]
fn the_states_of_a_mobile_end_with_it() {
    let mut desk = Desk::new();
    desk.take(
        "09:00:00",
        &format!("{}{}", machine(0x3000_0002, "09:00:00", 3_500), phone(0x8000_0002, "09:00:00", &number(6_500))),
    );
    assert_eq!(desk.row("09:00:01").device, Some(Device::Active));
    let told = desk.take("09:05:00", &format!("{}{}", gone(0x3000_0002, "09:05:00"), gone(0x8000_0002, "09:05:00")));
    let facts: Vec<_> = told.iter().map(|report| report.fact.clone()).collect();
    assert_eq!(facts, [Fact::Unknown(Facet::Device), Fact::Call(Call::Idle)]);
    assert_eq!(desk.row("09:05:01").device, None);
}

/// What the server has put together speaks for the user state, which it has counted in already.
#[test]
fn what_is_put_together_is_not_put_together_again() {
    let user = state(0x2000_0000, "09:30:00", "userState", &number(3_500));
    let told = facts_of(&format!("{}{user}", aggregate("09:00:00", &number(15_500))));
    assert_eq!(told, [Fact::Rich(RichState::new(Availability::AWAY, Activity::Away))]);
    let timed = state(0x2400_0000, "09:40:00", "userState", &number(6_500));
    let told = facts_of(&format!("{user}{timed}"));
    assert_eq!(
        told,
        [Fact::Rich(RichState::new(Availability::BUSY, Activity::Busy))],
        "the newer one is the user state"
    );
}

/// Of one's own publications there are two, and results besides: what goes to everybody counts.
#[test]
fn of_containers_that_of_everybody_counts() {
    let of = |container: u32, raw: u32| {
        state(0x2400_0000, "09:00:00", "userState", &number(raw)).replacen(
            "<category ",
            &format!("<category container='{container}' version='1' "),
            1,
        )
    };
    for entries in [of(2, 9_500) + &of(3, 6_900), of(3, 6_900) + &of(2, 9_500)] {
        let told = facts_of(&entries);
        assert_eq!(told, [Fact::Rich(RichState::new(Availability::DO_NOT_DISTURB, Activity::DoNotDisturb))]);
    }
}

/// A server whose clock is ahead does not tell of the future.
#[test]
fn nothing_is_so_from_later_on() {
    let told = contact(&[&notification(&aggregate("18:00:00", &number(3_500)))]);
    let now = clock("12:00:00");
    assert_eq!(told.facts(now, &FactRules::default())[0].1, now);
    let told = contact(&[&notification(&aggregate("08:00:00", &number(3_500)))]);
    assert_eq!(told.facts(now, &FactRules::default())[0].1, clock("08:00:00"));
}

/// S3.33: reports are of what has changed, and of what is gone.
#[test]
fn reports_are_of_changes() {
    let mut desk = Desk::new();
    let both = format!("{}{}", aggregate("09:00:00", &number(6_500)), note(0, "09:00:00", "<body>here</body>"));
    let facets = |reports: &[Report]| reports.iter().map(|report| report.fact.facet()).collect::<Vec<_>>();
    assert_eq!(facets(&desk.take("09:00:00", &both)), [Facet::Rich, Facet::Note]);
    assert_eq!(desk.take("09:01:00", ""), []);
    let changed = aggregate("09:02:00", &number(9_500));
    assert_eq!(facets(&desk.take("09:02:00", &changed)), [Facet::Rich]);
    assert_eq!(desk.take("09:02:30", &aggregate("09:00:00", &number(6_500))), [], "late");
    let told = desk.take("09:03:00", &note(0, "09:03:00", ""));
    assert_eq!(told, [Report::withdrawing(desk.origin, desk.subject, Facet::Note, clock("09:03:00"))]);
    assert!(!desk.row("09:03:01").note);
    assert_eq!(desk.take("09:04:00", &note(0, "09:03:00", "")), []);
    // A new subscription tells and reports everything anew.
    desk.bob.forget();
    assert_eq!(facets(&desk.take("09:05:00", &changed)), [Facet::Rich]);
}

/// The documents of many people must not cost more than they are worth.
#[test]
fn of_one_person_not_everything_is_kept() {
    let entries: String = (0..2_000).map(|number| machine(0x3000_0000 + number, "09:00:00", 3_500)).collect();
    let mut bob = Contact::new();
    let taken = bob.take(read(&notification(&entries)), clock("12:00:00"));
    assert_eq!(taken.taken + taken.surplus, 2_000);
    assert!(taken.taken >= 64 && taken.taken <= 1_000, "{taken:?}");
}

/// S3.20: endpoints that come and go for months leave room for those that are there.
#[test]
fn what_was_taken_back_makes_room() {
    let mut desk = Desk::new();
    for number in 0..1_000 {
        let instance = 0x3000_0000 + number;
        desk.take("09:00:00", &format!("{}{}", machine(instance, "08:00:00", 3_500), gone(instance, "08:30:00")));
    }
    desk.take(
        "09:01:00",
        &format!("{}{}", machine(0x3100_0000, "09:01:00", 3_500), aggregate("09:01:00", &number(3_500))),
    );
    let row = desk.row("09:01:01");
    assert_eq!((row.device, row.rich), (Some(Device::Active), Some(Availability::ONLINE)));
}

/// S3.17: a meeting that is told beforehand says nothing until it begins; then it is time to ask again.
#[test]
fn a_meeting_told_beforehand_waits_for_its_start() {
    let entry = state(0x4000_0001, "08:00:00", "calendarState", &number(6_500));
    let entry = entry.replace("<state ", "<state startTime='2024-03-05T10:00:00Z' ");
    let contact = contact(&[&notification(&entry)]);
    let (before, start) = (clock("09:00:00"), clock("10:00:00"));
    assert_eq!(contact.facts(before, &FactRules::default()), []);
    assert_eq!(contact.next(before), Some(start));
    assert_eq!(contact.facts(start, &FactRules::default()), [(Fact::ShowAs(ShowAs::Busy), start)]);
    assert_eq!(contact.next(start), None);
}

/// What one is told of oneself has notes and calendars in the containers of those who may read them, never in the ones
/// the server aggregates.
#[test]
fn ones_own_note_and_calendar_are_told() {
    let within = |entry: &str, container: u32| {
        entry.replacen("<category ", &format!("<category container='{container}' version='1' "), 1)
    };
    let written = note(0, "09:00:00", "<body>here</body>");
    let slots = "<freeBusy startTime='2024-03-05T08:00:00Z' granularity='PT15M'>oA0=</freeBusy>";
    let (slots, none) = (calendar(0x4000_0001, "09:00:00", slots), calendar(0x4000_0001, "09:00:00", ""));
    let entries = [
        [200, 300, 400].map(|container| within(&written, container)).concat(),
        [200, 300, 400].map(|container| within(&slots, container)).concat(),
        [1, 100, 32_000].map(|container| within(&none, container)).concat(),
    ];
    let facets = facts_of(&entries.concat()).iter().map(Fact::facet).collect::<Vec<_>>();
    assert_eq!(facets, [Facet::Calendar, Facet::Note]);
}

/// Notifications about one person, each newer than the one before.
fn story() -> Vec<String> {
    vec![
        CALENDAR.to_owned(),
        NOTIFY.replace("T09:15:02", "T07:15:02"),
        notification(&aggregate("08:00:00", &format!("{}<activity token='on-the-phone'/>", number(6_500)))),
        notification(&format!(
            "{}{}",
            machine(0x3000_0001, "08:01:00", 3_500),
            machine(0x3000_0002, "08:01:10", 5_000)
        )),
        notification(&note(0, "08:02:00", "<body type='personal'>here</body>")),
        notification(&phone(0x7000_0001, "08:03:00", &number(6_500))),
        notification(&gone(0x7000_0001, "08:04:00")),
        notification(&machine(0x3000_0001, "08:05:00", 15_500)),
        notification(&aggregate("08:06:00", &number(5_000))),
        notification(&note(0, "08:07:00", "")),
        notification(&note(0, "08:08:00", "<body type='personal'>there</body>")),
        notification(&gone(0x3000_0002, "08:09:00")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// S3.20: in whatever order the notifications of many endpoints come, and however often, the same is known in the
    /// end.
    #[test]
    fn order_and_repetition_do_not_matter(
        order in Just((0..story().len()).chain(0..story().len()).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let story = story();
        let expected = contact(&story.iter().map(String::as_str).collect::<Vec<_>>());
        let shuffled = contact(&order.iter().map(|place| story[*place].as_str()).collect::<Vec<_>>());
        let (now, rules) = (clock("12:00:00"), FactRules::default());
        prop_assert_eq!(shuffled.facts(now, &rules), expected.facts(now, &rules));
        prop_assert_eq!(shuffled.card(), expected.card());
    }
}
