use proptest::prelude::*;

use super::*;
use crate::availability::AvailabilityRanges;
use crate::calendar::ShowAs;
use crate::decide::decide;
use crate::device::Device;
use crate::fact::FacetSet;
use crate::line::{Call, DiversionKind, Reach};
use crate::shape::PlaceSet;
use crate::situation::{Lines, Situation};

const STANDARD: [&str; 22] = [
    "manual.set",
    "absence.active",
    "line.do-not-disturb",
    "rich.do-not-disturb",
    "line.forwarded-voicemail",
    "line.forwarded-number",
    "line.in-call",
    "mobile.in-call",
    "line.ringing",
    "line.dialling",
    "rich.in-call",
    "manual.available",
    "calendar.out-of-office",
    "calendar.automatic-reply",
    "calendar.busy-idle",
    "calendar.busy",
    "rich.as-published",
    "absence.available",
    "line.unregistered",
    "calendar.tentative",
    "mobile.off",
    "line.idle",
];

const LINE_ONLY: [&str; 11] = [
    "absence.active",
    "line.do-not-disturb",
    "line.forwarded-voicemail",
    "line.forwarded-number",
    "line.in-call",
    "mobile.in-call",
    "line.ringing",
    "line.dialling",
    "absence.available",
    "line.unregistered",
    "line.idle",
];

fn ids(rules: &RuleSet) -> Vec<&str> {
    rules.rules.iter().map(|rule| rule.id.as_str()).collect()
}

fn source(text: &str) -> SourceId {
    SourceId::new(text).unwrap()
}

/// A situation in which a desk telephone has this call.
fn desk(call: Call) -> Situation {
    let (mut lines, mut place) = (Lines::default(), PlaceSet::default());
    lines.call(0, call.code());
    place.insert(0);
    let mut situation = Situation::default();
    situation.desk.add(lines.finish(place, place));
    situation
}

fn because(situation: &Situation, rules: &RuleSet) -> Option<String> {
    decide(situation, rules, &mut ()).because.map(|rule| rule.to_string())
}

#[test]
fn the_standard_rules_are_all_there_in_their_order() {
    assert_eq!(ids(&RuleSet::standard()), STANDARD);
    assert_eq!(ids(&RuleSet::line_only()), LINE_ONLY);
}

/// No rule fires when nothing at all is known, whatever is expected.
#[test]
fn nothing_comes_of_nothing() {
    for rules in [RuleSet::standard(), RuleSet::standard().with_idle_line_alone(), RuleSet::line_only()] {
        for bits in 0..1 << 13 {
            let mut nothing = Situation::default();
            nothing.set_expected(FacetSet::from_bits(bits));
            nothing.set_only_mobile(bits & 1 == 1);
            assert_eq!(because(&nothing, &rules), None);
        }
    }
}

/// S1.4: an idle line does not make free whom a calendar or client should know and does not; a switch says otherwise.
#[test]
fn s1_4_an_idle_line_alone_is_not_enough() {
    for facet in [Facet::Calendar, Facet::Rich] {
        let mut idle = desk(Call::Idle);
        idle.set_expected(FacetSet::of(&[facet]));
        assert_eq!(because(&idle, &RuleSet::standard()), None);
        let switched = RuleSet::standard().with_idle_line_alone();
        assert_eq!(because(&idle, &switched).as_deref(), Some("line.idle"));
    }
    assert_eq!(because(&desk(Call::Idle), &RuleSet::standard()).as_deref(), Some("line.idle"));
}

/// S2.79: do-not-disturb overrides a diversion.
#[test]
fn s2_79_do_not_disturb_overrides_forwarded() {
    for rules in [RuleSet::standard(), RuleSet::line_only()] {
        for kind in [DiversionKind::Voicemail, DiversionKind::Number] {
            let mut situation = desk(Call::Idle);
            situation.desk.set_diversion(kind);
            situation.desk.set_do_not_disturb(true);
            assert_eq!(because(&situation, &rules).as_deref(), Some("line.do-not-disturb"));
        }
    }
}

/// S2.80: a diverted telephone is forwarded, free or busy.
#[test]
fn s2_80_forwarded_overrides_available_and_occupied() {
    let targets =
        [(DiversionKind::Voicemail, "line.forwarded-voicemail"), (DiversionKind::Number, "line.forwarded-number")];
    for rules in [RuleSet::standard(), RuleSet::line_only()] {
        for (call, (kind, rule)) in Call::ALL.into_iter().flat_map(|call| targets.map(|target| (call, target))) {
            let mut situation = desk(call);
            situation.desk.set_diversion(kind);
            assert_eq!(because(&situation, &rules).as_deref(), Some(rule));
        }
    }
}

/// S2.43, S2.153, F.7: whom to believe is said for a person, a group or everybody; the nearest counts.
#[test]
fn s2_43_the_row_of_a_person_goes_before_that_of_the_group() {
    let person = |id: &str| PersonId::new(id).unwrap();
    let row = |id: &str| Precedence::new(Facet::Rich, vec![source(id)]);
    let rules = RuleSet::standard()
        .believing(row("sip-simple"))
        .believing(row("teams").for_scope(Scope::Group("sales".to_owned())))
        .believing(row("lync").for_scope(Scope::Person(person("anna"))))
        .believing(row("too-late"));
    let believed = |id: &str, group| rules.row(Facet::Rich, &person(id), group);
    assert_eq!(believed("anna", Some("sales")), Some(2));
    assert_eq!(believed("bert", Some("sales")), Some(1));
    assert_eq!(believed("bert", Some("support")), Some(0));
    assert_eq!(believed("bert", None), Some(0));
    assert_eq!(rules.row(Facet::Call, &person("anna"), Some("sales")), None);
}

const WRITTEN: &str = r#"
    [[precedence]]
    facet = "rich"
    order = ["teams", "sip-simple"]
    yields = ["offline"]

    [[precedence]]
    scope = { group = "sales" }
    facet = "call"
    order = ["tapi"]

    [[rules]]
    id = "booked"
    when = { all = [{ calendar-is = "busy" }, { not = { rich-is = "3000-5999,18000" } }, "within-hours"] }
    then = { show = { availability = 6500, activity = "in-meeting" } }

    [[rules]]
    id = "rest"
    when = "always"
    then = "as-published"
    allow_unknown = true
    literal = true
"#;

fn written() -> RuleSet {
    let when = Condition::All(vec![
        Condition::CalendarIs(ShowAs::Busy),
        Condition::negated(Condition::RichIs("3000-5999,18000".parse().unwrap())),
        Condition::WithinHours,
    ]);
    let then = Effect::Show { availability: Availability::BUSY, activity: Activity::InMeeting };
    let rest = Rule::new(RuleId::new("rest").unwrap(), Condition::Always, Effect::AsPublished);
    let rules = vec![
        Rule::new(RuleId::new("booked").unwrap(), when, then),
        Rule { allow_unknown: true, literal: true, ..rest },
    ];
    let rich = Precedence::new(Facet::Rich, vec![source("teams"), source("sip-simple")]);
    let call = Precedence::new(Facet::Call, vec![source("tapi")]).for_scope(Scope::Group("sales".to_owned()));
    RuleSet::new(rules).believing(rich.yielding(vec![Band::Offline])).believing(call)
}

/// F.7: the order and the priority are text that an administrator writes.
#[test]
fn f_7_rules_are_read_as_they_are_written() {
    let read: RuleSet = toml::from_str(WRITTEN).unwrap();
    assert_eq!(read, written());
    let json = serde_json::to_value(toml::from_str::<toml::Value>(WRITTEN).unwrap()).unwrap();
    assert_eq!(serde_json::from_value::<RuleSet>(json).unwrap(), read);
}

#[test]
fn what_is_not_understood_is_refused() {
    let rule = |more: &str| format!("[[rules]]\nid = \"a\"\nwhen = \"always\"\nthen = \"as-set\"\n{more}");
    assert!(toml::from_str::<RuleSet>(&rule("")).is_ok());
    for more in ["alow_unknown = true", "then = \"as-you-like\"", "literal = 1", "[[precedense]]"] {
        assert!(toml::from_str::<RuleSet>(&rule(more)).is_err(), "{more}");
    }
    let show = |availability: u32| {
        let then = format!("{{ show = {{ availability = {availability} }} }}");
        toml::from_str::<RuleSet>(&rule("").replace("\"as-set\"", &then))
    };
    assert!(show(18_000).is_ok() && show(18_001).is_err());
}

const PAGE: &str = include_str!("../../../docs/rules.md");

/// The page for administrators shows what is so: its table, its conditions, its examples.
#[test]
fn the_page_tells_the_truth() {
    let numbered = PAGE.lines().filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit());
    let listed = numbered.filter_map(|line| line.split('`').nth(1)).collect::<Vec<_>>();
    assert_eq!(listed, STANDARD);
    let examples = PAGE.split("```toml").skip(1).filter_map(|rest| rest.split("```").next()).collect::<Vec<_>>();
    assert_eq!(examples.len(), 2);
    for example in examples {
        let checked = toml::from_str::<RuleSet>(example).unwrap().check().unwrap();
        assert!(checked.is_exact() && checked.warnings.is_empty(), "{checked:?}");
    }
    let conditions = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter(|line| line.starts_with(['"', '{']) && !line.contains('…'));
    let cells = conditions.filter_map(|line| line.split(" | ").next()).flat_map(|cell| cell.split('`').step_by(2));
    let read = cells.filter(|code| !code.trim().is_empty() && *code != ", ").map(|code| {
        let value = format!("value = {code}").parse::<toml::Table>().unwrap().remove("value").unwrap();
        value.try_into::<Condition>().unwrap()
    });
    assert_eq!(read.count(), 15);
}

fn atom() -> impl Strategy<Value = Condition> {
    let telephone = || prop::sample::select(vec![Telephone::Desk, Telephone::Mobile, Telephone::Either]);
    let facet = || prop::sample::select(&Facet::ALL[..]);
    let ranges = || {
        let number = || (0_u16..=18_000).prop_map(|number| Availability::new(number).unwrap());
        (number(), number()).prop_map(|(one, other)| AvailabilityRanges::between(one, other))
    };
    let show_as = prop::sample::select(vec![ShowAs::NoData, ShowAs::Free, ShowAs::Tentative, ShowAs::OutOfOffice]);
    let named = prop_oneof![
        facet().prop_map(Condition::Known),
        facet().prop_map(Condition::Expected),
        telephone().prop_map(Condition::LineKnown),
        telephone().prop_map(Condition::DoNotDisturb),
        prop::sample::select(Activity::ALL).prop_map(Condition::ActivityIs),
        show_as.prop_map(Condition::CalendarIs),
        prop::sample::select(&Device::ALL[..]).prop_map(Condition::DeviceIs),
    ];
    prop_oneof![
        named,
        prop::sample::select(vec![
            Condition::Always,
            Condition::AutomaticReply,
            Condition::WithinHours,
            Condition::Roaming,
        ]),
        ranges().prop_map(Condition::RichIs),
        ranges().prop_map(Condition::ManualIs),
        ranges().prop_map(Condition::AbsenceIs),
        (telephone(), prop::sample::select(&Call::ALL[..])).prop_map(|(which, call)| Condition::CallIs(which, call)),
        (telephone(), prop::sample::select(&Reach::ALL[..])).prop_map(|(which, to)| Condition::ReachIs(which, to)),
        (telephone(), prop::sample::select(vec![Target::Voicemail, Target::Number]))
            .prop_map(|(which, target)| Condition::DivertedTo(which, target)),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    atom().prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::Any),
            inner.prop_map(Condition::negated),
        ]
    })
}

fn rule() -> impl Strategy<Value = Rule> {
    let show = (0_u16..=18_000, prop::sample::select(Activity::ALL))
        .prop_map(|(number, activity)| Effect::Show { availability: Availability::new(number).unwrap(), activity });
    let then = prop_oneof![show, Just(Effect::AsPublished), Just(Effect::AsSet), Just(Effect::AsAbsence)];
    ("[a-z.\" ]{1,8}", condition(), then, any::<bool>(), any::<bool>()).prop_map(
        |(id, when, then, allow_unknown, literal)| Rule {
            allow_unknown,
            literal,
            ..Rule::new(RuleId::new(&id).unwrap(), when, then)
        },
    )
}

fn row() -> impl Strategy<Value = Precedence> {
    let scope = prop_oneof![
        Just(Scope::Everybody),
        "\\PC{0,6}".prop_map(Scope::Group),
        "[a-z]{1,6}".prop_map(|id| Scope::Person(PersonId::new(&id).unwrap())),
    ];
    let order = prop::collection::vec("[a-z-]{1,6}".prop_map(|id| source(&id)), 0..4);
    let yields = prop::collection::vec(prop::sample::select(&Band::ALL[..]), 0..3);
    (scope, prop::sample::select(&Facet::ALL[..]), order, yields).prop_map(|(scope, facet, order, yields)| Precedence {
        scope,
        facet,
        order,
        yields,
    })
}

proptest! {
    /// Rule sets survive serialisation, as TOML and as JSON.
    #[test]
    fn rule_sets_survive_serialisation(
        precedence in prop::collection::vec(row(), 0..4),
        rules in prop::collection::vec(rule(), 0..5),
    ) {
        let rules = RuleSet { precedence, rules };
        let toml = toml::to_string(&rules).unwrap();
        prop_assert_eq!(&toml::from_str::<RuleSet>(&toml).unwrap(), &rules, "{}", toml);
        let json = serde_json::to_string(&rules).unwrap();
        prop_assert_eq!(&serde_json::from_str::<RuleSet>(&json).unwrap(), &rules, "{}", json);
    }
}
