//! The aggregation of state instances: a table of cases as data, and properties that hold for any case.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests: what is not as it should be has to stop them"
)]

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use presence_core::{Activity, Availability, Band, Confidential, Lcid, LocalTexts};
use presence_lync_map::activity::{ActivityToken, Window};
use presence_lync_map::bands::{LowNumbers, RawAvailability};
use presence_lync_map::documents::{StateDocument, StateType};
use presence_lync_map::states::{
    ActivityState, Aggregated, AggregationRules, Container, DeviceType, Family, IdleTimes, Instance, InstanceId,
    Latest, Lifetime, MachineClass, MissingNumber, Offered, Outcome, Publications, ReadingRules, Received, Shown,
    StateKind,
};
use presence_lync_map::texts::TextOrder;
use proptest::prelude::*;
use serde::Deserialize;

/// One case of the table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    row: String,
    name: String,
    publish: Vec<Published>,
    #[serde(default)]
    team: bool,
    registered: Option<Vec<String>>,
    #[serde(default)]
    rules: AggregationRules,
    expect: Expect,
}

/// Times are `t0` < `t1` < `t2` < now < `t3`, or seconds from now; `any` is each of the first three.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    kind: String,
    at: String,
    id: Option<u32>,
    number: Option<u32>,
    token: Option<String>,
    #[serde(default)]
    min: u32,
    max: Option<u32>,
    starts: Option<String>,
    seconds: Option<u32>,
    endpoint: Option<String>,
    #[serde(default)]
    automatic: bool,
    used: Option<String>,
    device: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    availability: u32,
    activity: Option<String>,
    last_active: Option<bool>,
    machine: Option<String>,
    #[serde(default, deserialize_with = "stated")]
    until: Option<Option<String>>,
    #[serde(default, deserialize_with = "stated")]
    device: Option<Option<String>>,
}

/// Tells a value that is not there from one that is stated to be none.
fn stated<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("vectors/aggregation.json")).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-20T10:30:00Z".parse().unwrap()
}

fn seconds(count: i64) -> DateTime<Utc> {
    now() + TimeDelta::seconds(count)
}

fn minutes(count: i64) -> DateTime<Utc> {
    seconds(60 * count)
}

fn moment(name: &str, any: &str) -> DateTime<Utc> {
    match name {
        "any" => moment(any, any),
        "t0" => minutes(-3),
        "t1" => minutes(-2),
        "t2" => minutes(-1),
        "t3" => minutes(10),
        other => seconds(other.strip_prefix("now").unwrap().parse().unwrap()),
    }
}

fn kind(name: &str) -> StateKind {
    let kinds = [StateKind::User, StateKind::Machine, StateKind::Calendar, StateKind::Phone, StateKind::Conference];
    kinds.into_iter().find(|kind| kind.name() == name).unwrap_or_else(|| panic!("unknown kind `{name}`"))
}

fn usual_id(kind: StateKind, place: usize) -> InstanceId {
    let hash = u32::try_from(place).unwrap();
    match kind {
        StateKind::User => InstanceId::USER_STICKY,
        StateKind::Machine => InstanceId::machine(hash),
        StateKind::Calendar => InstanceId::meeting(hash),
        _ => InstanceId::voip(hash),
    }
}

impl Published {
    fn window(&self) -> Window {
        Window::new(raw(self.min), self.max.map(raw))
    }

    fn instance(&self, place: usize, any: &str) -> Instance {
        let kind = kind(&self.kind);
        let id = self.id.map_or_else(|| usual_id(kind, place), InstanceId::new);
        let mut instance = Instance::new(id, kind, moment(&self.at, any));
        instance.availability = self.number.map(RawAvailability::new);
        instance.activity =
            self.token.as_deref().map(|token| ActivityState::token(ActivityToken::new(token)).within(self.window()));
        instance.starts = self.starts.as_deref().map(|name| moment(name, any));
        instance.lifetime = self.seconds.map_or_else(Lifetime::default, Lifetime::Seconds);
        instance.endpoint = self.endpoint.as_deref().map(Into::into);
        instance.manual &= !self.automatic;
        instance.last_input = self.used.as_deref().map(|name| moment(name, any));
        instance.device = self.device.as_deref().map(DeviceType::from_wire);
        instance
    }
}

impl Case {
    fn publications(&self, any: &str) -> Publications {
        let instances = self.publish.iter().enumerate().map(|(place, one)| one.instance(place, any)).collect();
        let mut publications = Publications::new(instances);
        if let Some(list) = &self.registered {
            publications = publications.registered(&list.iter().map(String::as_str).collect::<Vec<_>>());
        }
        if self.team { publications.for_team() } else { publications }
    }

    /// Runs it, and says by name what is not as it should be.
    fn run(&self, any: &str) {
        let (row, name) = (&self.row, &self.name);
        let answer = self.publications(any).aggregate(now(), &self.rules);
        let (state, expect) = (&answer.state, &self.expect);
        let activity = token(state.activity.as_ref());
        assert_eq!(state.availability.get(), expect.availability, "row {row}, {name}, any = {any}\n{answer}");
        assert_eq!(activity, expect.activity.as_deref(), "row {row}, {name}, any = {any}\n{answer}");
        if let Some(told) = expect.last_active {
            assert_eq!(state.last_active.is_some(), told, "row {row}, {name}, last active\n{answer}");
        }
        if let Some(class) = &expect.machine {
            let found = answer.machine.as_ref().map(|machine| format!("{:?}", machine.class).to_lowercase());
            assert_eq!(found.as_ref(), Some(class), "row {row}, {name}, machine\n{answer}");
        }
        if let Some(until) = &expect.until {
            let until = until.as_deref().map(|until| moment(until, any));
            assert_eq!(answer.until, until, "row {row}, {name}, until\n{answer}");
        }
        if let Some(device) = &expect.device {
            assert_eq!(state.device, device.as_deref().map(DeviceType::from_wire), "row {row}, {name}, device");
        }
    }
}

/// S3.12, S3.13, S3.17, S3.20, S3.26, S3.33: every case of the table, wherever its machines are published.
#[test]
fn the_table() {
    for case in cases() {
        for any in ["t0", "t1", "t2"] {
            case.run(any);
        }
    }
}

/// The table is whole: every row of the documents, every cell of the folding, every setting.
#[test]
fn the_table_is_whole() {
    let cases = cases();
    let rows: BTreeSet<&str> = cases.iter().map(|case| case.row.as_str()).collect();
    for row in (1..=19).map(|row| row.to_string()).chain(["11b".to_owned(), "12b".to_owned()]) {
        assert!(rows.contains(row.as_str()), "row {row} is missing");
    }
    let names: BTreeSet<_> = cases.iter().map(|case| (&case.row, &case.name)).collect();
    assert_eq!(names.len(), cases.len(), "two cases of one name");

    let defaults = serde_json::to_value(AggregationRules::default()).unwrap();
    let settings = defaults.as_object().unwrap();
    for (setting, default) in settings.iter().filter(|(setting, _)| *setting != "manual-seconds") {
        let changed = |case: &Case| serde_json::to_value(case.rules).unwrap()[setting] != *default;
        assert!(cases.iter().any(changed), "no case for the setting `{setting}`");
    }
}

/// S3.12: four families of states, and nothing outside them.
#[test]
fn s3_12_four_families() {
    let kinds = ["user", "machine", "calendar", "phone", "conference"].map(kind);
    assert_eq!(
        kinds.map(StateKind::family),
        [Family::User, Family::Device, Family::Calendar, Family::Phone, Family::Phone]
    );
    let rows = cases();
    for family in [Family::User, Family::Phone, Family::Calendar, Family::Device] {
        let of_family = |case: &&Case| case.publish.iter().any(|one| kind(&one.kind).family() == family);
        assert!(rows.iter().filter(of_family).count() >= 5, "{family:?}");
    }
}

/// S3.13: a call is the same state, whether a gateway to the telephone system tells of it or the client itself.
#[test]
fn s3_13_two_sources_of_calls_are_one_kind() {
    let answers = [InstanceId::line(7), InstanceId::voip(7), InstanceId::pstn(7)].map(|id| {
        let call = Instance::new(id, StateKind::Phone, minutes(-1)).number(6_500).activity(on_the_phone());
        aggregate(vec![active("desk", -2), call]).state
    });
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    assert_eq!(answers[0].availability.get(), 6_500);
}

/// S3.14: from in use to inactive to away, by the thresholds, to the second.
#[test]
fn s3_14_three_levels_by_their_thresholds() {
    for (times, inactive, away) in [
        (IdleTimes::default(), 300, 600),
        (IdleTimes::COMMUNICATOR_2007, 300, 1_200),
        (IdleTimes::OLDER_PHONES, 300, 900),
    ] {
        let reading = |age: i64| times.reading(seconds(-age), now());
        assert_eq!(
            [inactive - 1, inactive, away - 1, away].map(|age| reading(age).number.get()),
            [3_500, 5_000, 5_000, 15_500]
        );
        assert_eq!(reading(inactive - 1).until, Some(seconds(1)));
        assert_eq!(reading(inactive).until, Some(seconds(away - inactive)));
        assert_eq!(reading(inactive).since, now());
        assert_eq!(reading(away).until, None);
    }
    let classes = [3_500, 5_000, 0, 15_500, 18_500].map(|number| MachineClass::of(raw(number).band()));
    assert!(classes.is_sorted_by(|more, less| more < less), "{classes:?}");
}

/// S3.17: what somebody is doing is told apart from how available that makes them.
#[test]
fn s3_17_activity_apart_from_availability() {
    let meeting = |activity: Option<ActivityState>| {
        let mut meeting = Instance::new(InstanceId::meeting(1), StateKind::Calendar, minutes(-1)).number(6_500);
        meeting.activity = activity;
        aggregate(vec![active("desk", -2), meeting]).state
    };
    let told = meeting(Some(ActivityState::token(ActivityToken::IN_A_MEETING)));
    let plain = meeting(None);
    assert_eq!(told.availability, plain.availability);
    assert_eq!((told.activity.is_some(), plain.activity), (true, None));
}

/// S3.20, S3.23: several endpoints publish; when one is gone, so is what it published, and nothing else.
#[test]
fn s3_20_s3_23_an_endpoint_that_is_gone_takes_its_states_along() {
    let call = Instance::new(InstanceId::voip(9), StateKind::Phone, minutes(-1)).number(6_500).endpoint("mobile");
    let publications = Publications::new(vec![active("mobile", -1), away("desk", -2), call]);
    let with = |endpoints: &[&str]| publications.clone().registered(endpoints).aggregate(now(), &rules());
    assert_eq!(with(&["desk", "mobile"]).state.availability.get(), 6_500);
    let left = with(&["desk"]);
    assert_eq!(left.state.availability.get(), 15_500);
    assert_eq!(left.lines.iter().filter(|line| line.outcome == Outcome::EndpointGone).count(), 2);
    assert_eq!(with(&[]).state.availability.get(), 18_000);
    assert_eq!(with(&[]).state.last_active, Some(minutes(-1)), "the last that is known");
}

/// S3.26: a telephone publishes user, device and phone state like any other endpoint.
#[test]
fn s3_26_a_telephone_publishes_three_states() {
    let phone = "desk-phone";
    let user = Instance::user(InstanceId::USER_STICKY, 3_500, minutes(-3)).endpoint(phone);
    let device = active(phone, -2).device(DeviceType::DeskPhone);
    let call = Instance::new(InstanceId::voip(1), StateKind::Phone, minutes(-1)).number(6_500).activity(on_the_phone());
    let answer =
        Publications::new(vec![user, device, call.endpoint(phone)]).registered(&[phone]).aggregate(now(), &rules());
    assert_eq!((answer.state.availability.get(), answer.state.device), (6_500, Some(DeviceType::DeskPhone)));
    assert_eq!(answer.state.activity, Some(on_the_phone()));
}

/// S3.33: what a person sets by hand outlives older activity, what the machine does shows by itself.
#[test]
fn s3_33_by_hand_by_activity_and_by_machine() {
    let meeting = || Instance::new(InstanceId::meeting(1), StateKind::Calendar, minutes(-2)).number(6_500);
    let by_hand = |at| Instance::user(InstanceId::USER_STICKY, 3_500, minutes(at));
    assert_eq!(aggregate(vec![active("a", -4), meeting(), by_hand(-1)]).state.availability.get(), 3_500);
    assert_eq!(aggregate(vec![active("a", -4), meeting(), by_hand(-3)]).state.availability.get(), 6_500);
    assert_eq!(aggregate(vec![away("a", -1), by_hand(-3)]).state.availability.get(), 15_500);
}

/// S3.22, S3.34: watchers are served from two containers, and the team sees "do not disturb" with its own face.
#[test]
fn s3_22_two_faces_of_do_not_disturb() {
    let publications =
        Publications::new(vec![active("desk", -2), Instance::user(InstanceId::USER_TIMED, 9_500, minutes(-1))]);
    let faces = [100, 200, 300, 400, 32_000].map(|result| {
        let container = Container::of_result(result)?;
        let seen = if container == Container::Team { publications.clone().for_team() } else { publications.clone() };
        Some(seen.aggregate(now(), &rules()).state.availability.get())
    });
    assert_eq!(faces, [Some(9_500), Some(9_500), Some(6_900), Some(9_500), None]);
    assert_eq!((Container::Everyone.number(), Container::Team.number()), (2, 3));
    let twice = publications.clone().for_team().for_team();
    assert_eq!(twice, publications.for_team(), "the face of the team is its own face");
}

/// Busy and do not disturb end after a day, to the second, for everybody and for the team; the rest stays.
#[test]
fn busy_set_by_hand_ends_after_a_day() {
    let day = 86_400;
    for (number, ends) in [(6_500, true), (9_500, true), (3_500, false), (12_500, false), (15_500, false)] {
        let set = |age: i64| {
            let user = Instance::user(InstanceId::USER_STICKY, number, seconds(-age));
            Publications::new(vec![active("desk", -1_500), user])
        };
        for publications in [set(day - 1), set(day - 1).for_team()] {
            let until = publications.aggregate(now(), &rules()).until;
            assert_eq!(until, ends.then(|| seconds(1)), "{number}");
        }
        let later = set(day).aggregate(now(), &rules());
        assert_eq!(later.state.availability.get(), if ends { 3_500 } else { number });
    }
}

/// What is under the number for what ends by itself does, whatever it says.
#[test]
fn a_timed_instance_ends_whatever_it_says() {
    for number in [3_500, 12_500] {
        let set =
            |age: i64| vec![active("desk", -1_500), Instance::user(InstanceId::USER_TIMED, number, seconds(-age))];
        assert_eq!(aggregate(set(86_399)).until, Some(seconds(1)), "{number}");
        assert_eq!(aggregate(set(86_400)).state.availability.get(), 3_500, "{number}");
        let stays = Instance::user(InstanceId::USER_STICKY, number, seconds(-86_400));
        assert_eq!(aggregate(vec![active("desk", -1_500), stays]).state.availability.get(), number);
    }
}

#[test]
fn the_time_a_manual_state_holds_is_a_setting() {
    let rules: AggregationRules = serde_json::from_str(r#"{"manual-seconds": 60}"#).unwrap();
    let busy = Instance::user(InstanceId::USER_TIMED, 6_500, seconds(-59));
    let answer = Publications::new(vec![active("desk", -2), busy]).aggregate(now(), &rules);
    assert_eq!((answer.state.availability.get(), answer.until), (6_500, Some(seconds(1))));
    assert!(serde_json::from_str::<AggregationRules>(r#"{"manual-second": 60}"#).is_err(), "a typing error is one");
}

/// The windows in the table are those that go with the tokens by themselves.
#[test]
fn the_windows_of_the_table_are_the_usual_ones() {
    let mut tokens = BTreeSet::new();
    for one in cases().iter().flat_map(|case| &case.publish) {
        if let Some(token) = one.token.as_deref() {
            assert_eq!(ActivityState::token(ActivityToken::new(token)).window, one.window(), "{token}");
            tokens.insert(token.to_owned());
        }
    }
    assert_eq!(tokens.len(), 8, "{tokens:?}");
    assert_eq!(on_the_phone().known(), Some(Activity::InCall));
}

/// So many moments at which nothing changes are not all looked at: the time to ask again comes early, never late.
#[test]
fn very_many_publications_that_end_by_themselves() {
    let calls = (0..1_000).map(|place| {
        let call = Instance::new(InstanceId::voip(place), StateKind::Phone, minutes(-1)).number(6_500);
        call.lifetime(Lifetime::Seconds(100 + place))
    });
    let answer = aggregate(calls.chain([active("desk", -2)]).collect());
    assert_eq!(answer.state.availability.get(), 6_500);
    assert!(answer.until.is_some_and(|until| until > seconds(40) && until < seconds(1_039)), "{:?}", answer.until);
}

/// Who speaks, who does not and why, in words.
#[test]
fn the_explanation_names_everybody() {
    let on_phone = Instance::new(InstanceId::voip(1), StateKind::Phone, minutes(-1)).number(6_500);
    let meeting = Instance::new(InstanceId::meeting(1), StateKind::Calendar, minutes(-9)).number(6_500);
    let answer = aggregate(vec![
        Instance::user(InstanceId::USER_STICKY, 3_500, minutes(-5)),
        Instance::user(InstanceId::USER_TIMED, 9_500, minutes(-2_000)),
        meeting.activity(ActivityState::token(ActivityToken::IN_A_MEETING)),
        on_phone.activity(on_the_phone()),
        Instance::machine(InstanceId::machine(1), "desk", minutes(-1)).number(5_000),
        Instance::machine(InstanceId::machine(2), "old", minutes(-3)).number(15_500),
        Instance::machine(InstanceId::machine(2), "old", minutes(-4)).number(3_500),
    ]);
    let expected = "\
availability 7500 (IdleBusy), activity `on-the-phone`, until something is published
  user 0x20000000: its number is outranked by 0x80000001
  user 0x24000000: ended at 2026-11-20T01:10:00Z
  machine 0x30000001: the most active machine, not in use: 6500 becomes 7500
  machine 0x30000002: replaced by what was published at 2026-11-20T10:27:00Z
  machine 0x30000002: less active than 0x30000001
  calendar 0x40000001: older than 0x20000000, which a person set
  phone 0x80000001: gives the number
  phone 0x80000001: gives the activity
";
    assert_eq!(answer.to_string(), expected);
    assert_eq!(answer.state.since, Some(minutes(-1)));
}

/// What somebody put where a token belongs is in no explanation, and makes no lines of its own there.
#[test]
fn an_unknown_token_does_not_show() {
    let odd = ActivityState::token(ActivityToken::new("dentist\nmachine 0x1: forged"));
    let user = Instance::user(InstanceId::USER_STICKY, 3_500, minutes(-1)).activity(odd);
    let answer = aggregate(vec![active("desk", -2), user]);
    let shown = format!("{answer} {answer:?}");
    assert!(shown.starts_with("availability 3500 (Online), activity `***`, until"), "{shown}");
    assert!(!shown.contains("dentist") && !shown.contains("forged"), "{shown}");
}

/// What a person typed is in no explanation and in no debug output.
#[test]
fn what_people_typed_does_not_show() {
    let own = LocalTexts::new(vec![(Lcid::ENGLISH, Confidential::new("at the dentist".into()))]);
    let user = Instance::user(InstanceId::USER_STICKY, 3_500, minutes(-1)).activity(ActivityState::custom(own));
    let answer = aggregate(vec![active("desk", -2).location("dentist's chair"), user]);
    assert!(answer.state.activity.as_ref().is_some_and(|activity| activity.custom.is_some()), "it is there");
    assert!(answer.state.location.is_some());
    let shown = format!("{answer} {answer:?}");
    assert!(!shown.contains("dentist"), "{shown}");
}

/// Who appears offline does not give away that a machine is in use.
#[test]
fn appearing_offline_tells_nothing_else() {
    let hidden = |number| {
        let user = Instance::user(InstanceId::USER_STICKY, 18_500, minutes(-2));
        let desk = Instance::machine(InstanceId::machine(1), "desk", minutes(-1)).number(number);
        let answer = aggregate(vec![user, desk.device(DeviceType::Mobile).location("home")]);
        (answer.state, answer.machine)
    };
    assert_eq!(hidden(3_500), hidden(15_500));
    assert_eq!(hidden(3_500).0.last_active, None);
    assert_eq!(hidden(3_500).1, None);
}

/// S3.34: a call that outweighs the team's face of "do not disturb" brings an older idle machine back in, as long as
/// the team does not see somebody as less available than the others do.
#[test]
fn a_call_brings_the_machine_back_for_the_team() {
    let seen = |call: u32, machine: u32| {
        let user = Instance::user(InstanceId::USER_TIMED, 9_500, minutes(-2));
        let call = Instance::new(InstanceId::voip(1), StateKind::Phone, minutes(-1)).number(call);
        let machine = Instance::machine(InstanceId::machine(1), "desk", minutes(-3)).number(machine);
        let everyone = Publications::new(vec![user, call, machine]);
        [everyone.clone().for_team(), everyone].map(|seen| number(&seen, &rules()))
    };
    for machine in [5_000, 15_500] {
        assert_eq!(seen(7_000, machine), [7_500, 9_500], "the call is the number, so the machine counts");
        assert_eq!(seen(6_500, machine), [6_900, 9_500], "the person is, so it does not");
        assert_eq!(seen(9_000, machine), [9_000, 9_500], "it would make 15500 of it, which the others do not see");
    }
    assert_eq!(seen(12_500, 15_500), [15_500, 15_500], "for both the number is not the person's");
    assert_eq!(seen(7_000, 3_500), [7_000, 9_500]);
}

/// A place is told to watchers where a server tells it, and does not print.
#[test]
fn a_received_state_has_the_place() {
    let desk = active("desk", -2).location("dentist's chair");
    let received = Received::of(aggregate(vec![desk]).state, now());
    assert_eq!(received.location, Some(Confidential::new("dentist's chair".into())));
    assert!(!format!("{received:?}").contains("dentist"));
    let gone = Received::of(aggregate(vec![away("desk", -2).location("dentist's chair")]).state, now());
    assert_eq!(gone.location, None, "not of somebody who is away");
    let mut document = StateDocument::new(StateType::Aggregate, raw(3_500));
    document.location = Some(Confidential::new("home".into()));
    assert_eq!(document.received(now()).location, document.location);
}

/// What a server has aggregated is taken as it is, in the order of its publication.
#[test]
fn an_older_notification_never_replaces_a_newer_one() {
    let mut latest = Latest::new();
    assert_eq!(latest.offer(received(-2, 6_501)), Offered::Taken);
    assert_eq!(latest.offer(received(-3, 3_500)), Offered::Stale);
    assert_eq!((latest.state().unwrap().availability, latest.stale()), (Some(raw(6_501)), 1));
    assert_eq!(latest.offer(received(-2, 9_500)), Offered::Taken, "of the same time");
    assert_eq!(latest.state().unwrap().availability, Some(raw(9_500)));
}

/// Not known, not published and offline are three things, whatever the number.
#[test]
fn a_received_state_is_read_as_it_is() {
    let known = |number: Option<u32>, rules: &ReadingRules| {
        Received::new(now(), number.map(raw)).read(rules).availability.map(Availability::get)
    };
    let usual = ReadingRules::default();
    for number in 0..20_000 {
        let expected = match number {
            0..=2_999 => None,
            3_000..=17_999 => u16::try_from(number).ok(),
            _ => Some(18_000),
        };
        assert_eq!(known(Some(number), &usual), expected, "{number}");
    }
    assert_eq!(known(Some(u32::MAX), &usual), Some(18_000));
    assert_eq!(known(None, &usual), None);

    let mut rules = usual;
    rules.missing = MissingNumber::Offline;
    rules.low_numbers = LowNumbers::Available;
    assert_eq!(known(None, &rules), Some(18_000));
    assert_eq!((known(Some(0), &rules), known(Some(1), &rules)), (None, Some(3_500)));
    rules.low_numbers = LowNumbers::Offline;
    assert_eq!((known(Some(2_999), &rules), known(Some(3_000), &rules)), (Some(18_000), Some(3_000)));
}

/// The person's own words, then those for the token, then those for the number; the first two may be swapped.
#[test]
fn the_words_of_a_received_state() {
    let words = |activity: Option<ActivityState>, order| {
        let mut state = received(-1, 7_500);
        state.activity = activity;
        match state.words(Lcid::ENGLISH, order, &ReadingRules::default()) {
            Shown::Custom(text) => format!("own: {}", text.reveal()),
            Shown::Ours(text) => text.to_owned(),
            other => panic!("{other:?}"),
        }
    };
    let own = || LocalTexts::new(vec![(Lcid::ENGLISH, Confidential::new("own words".into()))]);
    let meeting = || ActivityState::token(ActivityToken::IN_A_MEETING);
    let mut both = meeting();
    both.custom = Some(own());

    let usual = TextOrder::PublishedFirst;
    assert_eq!(words(None, usual), "Busy, inactive");
    assert_eq!(words(Some(meeting()), usual), "In a meeting");
    assert_eq!(words(Some(both.clone()), usual), "own: own words");
    assert_eq!(words(Some(both), TextOrder::TokenFirst), "In a meeting");
    assert_eq!(words(Some(ActivityState::custom(own())), TextOrder::TokenFirst), "own: own words");
    let unknown = ActivityState::token(ActivityToken::new("juggling"));
    assert_eq!(words(Some(unknown), usual), "Busy, inactive", "an unknown token is shown by its number");
    let mut rules = ReadingRules::default();
    assert_eq!(received(-1, 100).words(Lcid::ENGLISH, usual, &rules), Shown::Ours("Presence unknown"));
    rules.low_numbers = LowNumbers::Available;
    assert_eq!(received(-1, 100).words(Lcid::ENGLISH, usual, &rules), Shown::Ours("Available"), "read as told");
    assert!(received(-1, 7_500).read(&ReadingRules::default()).idle);
    assert_eq!(received(-1, 7_500).read(&ReadingRules::default()).band, Band::IdleBusy);
}

#[test]
fn how_long_somebody_has_not_been_active() {
    let inactive = |number, at| received(-1, number).last_active(at).inactive_seconds(now());
    let expected = [None, Some(300), None, Some(300), None, Some(300), Some(300), Some(300), None];
    let numbers = [3_500, 5_000, 6_500, 7_500, 9_500, 12_500, 15_500, 18_500, 0];
    assert_eq!(numbers.map(|number| inactive(number, minutes(-5))), expected);
    assert_eq!(inactive(15_500, minutes(5)), Some(0), "a clock that runs ahead");
    assert_eq!(received(0, 15_500).inactive_seconds(now()), None, "a server may leave it out");
}

#[test]
fn the_kinds_of_devices() {
    let read = ["Computer", "PC", "deskPhone", "MOBILE", " web ", "toaster"].map(DeviceType::from_wire);
    use DeviceType::{Computer, DeskPhone, Mobile, Unknown, Web};
    assert_eq!(read, [Computer, Computer, DeskPhone, Mobile, Web, Unknown]);
    for device in [Computer, DeskPhone, Mobile, Web] {
        assert_eq!(DeviceType::from_wire(device.to_wire().unwrap()), device);
    }
}

fn raw(number: u32) -> RawAvailability {
    RawAvailability::new(number)
}

fn token(activity: Option<&ActivityState>) -> Option<&str> {
    activity.and_then(|activity| activity.token.as_ref()).map(ActivityToken::as_str)
}

fn received(at: i64, number: u32) -> Received {
    Received::new(minutes(at), Some(raw(number)))
}

fn rules() -> AggregationRules {
    AggregationRules::default()
}

fn aggregate(instances: Vec<Instance>) -> Aggregated {
    Publications::new(instances).aggregate(now(), &rules())
}

fn on_the_phone() -> ActivityState {
    ActivityState::token(ActivityToken::ON_THE_PHONE)
}

fn active(endpoint: &str, at: i64) -> Instance {
    Instance::machine(InstanceId::machine(u32::try_from(endpoint.len()).unwrap()), endpoint, minutes(at)).number(3_500)
}

fn away(endpoint: &str, at: i64) -> Instance {
    active(endpoint, at).number(15_500)
}

// Properties.

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_500) }
}

/// Close together, so that they often meet.
fn close_time() -> impl Strategy<Value = DateTime<Utc>> {
    (-12_i64..12).prop_map(|steps| seconds(100 * steps))
}

fn any_time() -> impl Strategy<Value = DateTime<Utc>> {
    let ends = prop_oneof![Just(DateTime::<Utc>::MIN_UTC), Just(DateTime::<Utc>::MAX_UTC)];
    prop_oneof![8 => close_time(), 1 => ends]
}

fn shipped_number() -> impl Strategy<Value = u32> {
    prop::sample::select(vec![3_500, 4_501, 5_000, 6_500, 6_501, 7_000, 7_500, 9_000, 9_500, 12_500, 15_500])
}

fn any_number() -> impl Strategy<Value = Option<u32>> {
    prop_oneof![
        Just(None),
        shipped_number().prop_map(Some),
        (0_u32..20_000).prop_map(Some),
        prop::sample::select(vec![0, 2_999, 3_000, 17_999, 18_000, 18_500, u32::MAX]).prop_map(Some),
    ]
}

fn any_activity() -> impl Strategy<Value = Option<ActivityState>> {
    let tokens = prop::sample::select(vec!["in-a-meeting", "on-the-phone", "out-of-office", ""]);
    let bounds = (prop::sample::select(vec![0, 6_500, 7_000, 12_000]), prop::option::of(8_999_u32..20_000));
    prop::option::of((tokens, bounds).prop_map(|(token, (min, max))| {
        ActivityState::token(ActivityToken::new(token)).within(Window::new(raw(min), max.map(raw)))
    }))
}

fn any_lifetime() -> impl Strategy<Value = Lifetime> {
    prop_oneof![
        Just(Lifetime::Usual),
        Just(Lifetime::Static),
        Just(Lifetime::Endpoint),
        Just(Lifetime::User),
        (0_u32..2_000).prop_map(Lifetime::Seconds),
        Just(Lifetime::Seconds(u32::MAX)),
    ]
}

fn any_kind() -> impl Strategy<Value = StateKind> {
    prop::sample::select(vec![
        StateKind::User,
        StateKind::Machine,
        StateKind::Machine,
        StateKind::Calendar,
        StateKind::Phone,
        StateKind::Conference,
        StateKind::Other,
    ])
}

prop_compose! {
    fn any_instance()(
        (id, kind, published) in (0_u32..8, any_kind(), any_time()),
        (number, activity, lifetime) in (any_number(), any_activity(), any_lifetime()),
        (starts, last_input) in (prop::option::of(any_time()), prop::option::of(any_time())),
        (endpoint, manual) in (prop::option::of(0_usize..3), any::<bool>()),
    ) -> Instance {
        let mut instance = Instance::new(InstanceId::new(id), kind, published).lifetime(lifetime);
        (instance.availability, instance.activity) = (number.map(RawAvailability::new), activity);
        (instance.starts, instance.last_input, instance.manual) = (starts, last_input, manual);
        instance.endpoint = endpoint.map(|place| ["a", "b", "c"].map(Into::into).get(place).cloned().unwrap());
        instance
    }
}

fn any_instances() -> impl Strategy<Value = Vec<Instance>> {
    prop::collection::vec(any_instance(), 0..10)
}

/// Every setting at any of its values.
fn any_rules() -> impl Strategy<Value = AggregationRules> {
    let choice = |setting: &'static str, values: &'static [&'static str]| {
        prop::sample::select(values).prop_map(move |value| (setting, serde_json::Value::from(value)))
    };
    let folding = (
        choice("older-device", &["ignored", "counts"]),
        choice("busy-idle-from", &["inactive", "away"]),
        choice("busy-and-away", &["busy-idle", "away"]),
        choice("do-not-disturb-and-away", &["away", "do-not-disturb"]),
        choice("unknown-machine", &["as-away", "as-inactive", "as-active"]),
    );
    let rest = (
        choice("automatic-user-state", &["keeps-others", "prunes-older"]),
        choice("equal-times", &["both-count", "user-is-newer"]),
        choice("offline", &["of18000", "of18500"]),
        choice("low-numbers", &["unknown", "available", "offline"]),
        choice("calendar-lifetime", &["published", "endpoint"]),
        choice("calendar-ahead", &["waits", "counts"]),
        choice("idle-user-state", &["accepted", "ignored"]),
    );
    (folding, rest).prop_map(|(folding, rest)| {
        let (a, b, c, d, e) = folding;
        let (f, g, h, i, j, k, l) = rest;
        let all = [a, b, c, d, e, f, g, h, i, j, k, l].map(|(setting, value)| (setting.to_owned(), value));
        serde_json::from_value(serde_json::Value::Object(all.into_iter().collect())).unwrap()
    })
}

fn with_machine(number: u32, at: DateTime<Utc>, others: &[Instance]) -> Publications {
    let machine = Instance::machine(InstanceId::machine(1), "a", at).number(number).lifetime(Lifetime::Static);
    Publications::new(others.iter().cloned().chain([machine]).collect())
}

fn number(publications: &Publications, rules: &AggregationRules) -> u32 {
    publications.aggregate(now(), rules).state.availability.get()
}

proptest! {
    #![proptest_config(config())]

    /// S3.20: the order the endpoints publish in does not matter, and what is said twice is said once.
    #[test]
    fn the_order_does_not_matter(
        (instances, shuffled) in any_instances().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        rules in any_rules(),
        at in any_time(),
    ) {
        let answer = Publications::new(instances.clone()).aggregate(at, &rules);
        prop_assert_eq!(&Publications::new(shuffled).aggregate(at, &rules), &answer);
        let twice = Publications::new([instances.clone(), instances].concat()).aggregate(at, &rules);
        prop_assert_eq!((twice.state, twice.machine, twice.until), (answer.state, answer.machine, answer.until));
    }

    /// Whatever is published, the number has a meaning, and everything published is accounted for.
    #[test]
    fn every_answer_is_whole(instances in any_instances(), rules in any_rules(), at in any_time(), team: bool) {
        let publications = Publications::new(instances.clone()).registered(&["a", "b"]);
        let answer = if team { publications.for_team() } else { publications }.aggregate(at, &rules);
        prop_assert!(answer.state.availability.is_known());
        prop_assert!(!answer.to_string().is_empty());
        prop_assert!(answer.until.is_none_or(|until| until > at));
        let told: BTreeSet<_> = answer.lines.iter().map(|line| line.instance).collect();
        prop_assert_eq!(told, instances.iter().map(|instance| instance.id).collect::<BTreeSet<_>>());
        let activity = answer.state.activity.as_ref();
        prop_assert!(activity.is_none_or(|activity| activity.covers(answer.state.availability)));
        prop_assert!(answer.machine.is_some() || answer.state.availability == rules.offline.get());
    }

    /// The answer stays what it is until its `until`, and is another one then.
    #[test]
    fn the_answer_holds_until_it_says(instances in any_instances(), rules in any_rules(), steps in 0_u8..40) {
        let publications = Publications::new(instances);
        let answer = publications.aggregate(now(), &rules);
        let last = answer.until.map_or_else(|| seconds(1_000_000), |until| until - TimeDelta::nanoseconds(1));
        let between = now() + (last - now()) / 40 * i32::from(steps);
        for moment in [between, last] {
            let then = publications.aggregate(moment, &rules);
            prop_assert_eq!((&then.state, &then.machine), (&answer.state, &answer.machine));
            prop_assert_eq!(then.until, answer.until);
        }
        if let Some(until) = answer.until {
            let then = publications.aggregate(until, &rules);
            prop_assert_ne!((then.state, then.machine), (answer.state, answer.machine));
        }
    }

    /// Who is not at the machine is never shown as more available than who is.
    #[test]
    fn idle_is_never_more_available_than_active(
        others in any_instances(),
        rules in any_rules(),
        at in close_time(),
    ) {
        let others: Vec<_> = others.into_iter().filter(|one| one.kind != StateKind::Machine).collect();
        let numbers = [3_500, 5_000, 15_500, 18_500].map(|machine| number(&with_machine(machine, at, &others), &rules));
        prop_assert!(numbers.is_sorted(), "{numbers:?}");
    }

    /// One endpoint less never makes the most active machine more active.
    #[test]
    fn a_machine_less_is_not_more_active(instances in any_instances(), rules in any_rules()) {
        // Who appears offline has no machine to be seen.
        let instances: Vec<_> = instances.into_iter().filter(|one| one.kind != StateKind::User).collect();
        let class = |endpoints: &[&str]| {
            let answer = Publications::new(instances.clone()).registered(endpoints).aggregate(now(), &rules);
            answer.machine.map_or(MachineClass::Off, |machine| machine.class)
        };
        prop_assert!(class(&["a", "b", "c"]) <= class(&["a", "b"]));
        prop_assert!(class(&["a", "b"]) <= class(&[]));
    }

    /// At a machine in use, something newer than the user state never makes anybody more available.
    #[test]
    fn something_newer_never_frees(
        others in any_instances(),
        added in shipped_number(),
        rules in any_rules(),
    ) {
        let others: Vec<_> = others.into_iter().filter(|one| one.kind != StateKind::Machine).collect();
        let newer = Instance::new(InstanceId::new(99), StateKind::Phone, seconds(5_000)).number(added);
        let before = number(&with_machine(3_500, now(), &others), &rules);
        let after = number(&with_machine(3_500, now(), &[others, vec![newer]].concat()), &rules);
        prop_assert!(after >= before, "{before} {after}");
    }

    /// The team never sees somebody as less available than the others do.
    #[test]
    fn the_team_sees_at_most_what_the_others_see(instances in any_instances()) {
        // Which of two publications of one instance and time counts is arbitrary, in both containers for itself.
        let mut seen = BTreeSet::new();
        let instances = instances.into_iter().filter(|one| seen.insert((one.id, one.published))).collect();
        let everyone = Publications::new(instances);
        let numbers = [number(&everyone.clone().for_team(), &rules()), number(&everyone, &rules())];
        prop_assert!(numbers.is_sorted(), "{numbers:?}");
    }
}
