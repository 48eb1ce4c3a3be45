use proptest::prelude::*;

use super::domain::{Choice, Variable, lines};
use super::*;
use crate::calendar::ShowAs;
use crate::device::Device;
use crate::directory::SourceSpec;
use crate::line::{Call, Reach};
use crate::rules::{Scope, Target, Telephone};
use crate::situation::KNOWN_NONE;

fn id(text: &str) -> RuleId {
    RuleId::new(text).unwrap()
}

fn source(text: &str) -> SourceId {
    SourceId::new(text).unwrap()
}

fn away() -> Effect {
    show(15_500)
}

fn show(availability: u16) -> Effect {
    Effect::Show { availability: Availability::new(availability).unwrap(), activity: Default::default() }
}

fn not(condition: Condition) -> Condition {
    Condition::negated(condition)
}

fn rich(ranges: &str) -> Condition {
    Condition::RichIs(ranges.parse().unwrap())
}

fn set(rules: Vec<(&str, Condition, Effect)>) -> RuleSet {
    RuleSet::new(rules.into_iter().map(|(name, when, then)| Rule::new(id(name), when, then)).collect())
}

/// Rules `a`, `b`, and so on with these conditions.
fn conditions(conditions: Vec<Condition>) -> RuleSet {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    set(names.into_iter().zip(conditions).map(|(name, when)| (name, when, away())).collect())
}

fn never(rules: &RuleSet) -> (String, Because) {
    match rules.check() {
        Err(RuleSetError::NeverFires { rule, because }) => (rule.to_string(), because),
        other => panic!("{other:?}"),
    }
}

fn earlier(names: &[&str]) -> Because {
    Because::Earlier(names.iter().map(|name| id(name)).collect())
}

/// The rules that come with the library pass their own check, exactly and soon.
#[test]
fn the_sets_of_the_library_are_sound() {
    for rules in [RuleSet::standard(), RuleSet::standard().with_idle_line_alone(), RuleSet::line_only()] {
        let checked = rules.check().unwrap();
        assert!(checked.is_exact() && checked.warnings.is_empty(), "{checked:?}");
        assert!(checked.steps < 100_000, "{}", checked.steps);
    }
}

#[test]
fn a_copy_of_a_rule_never_fires() {
    for copied in RuleSet::standard().rules {
        let mut rules = RuleSet::standard();
        let name = copied.id.clone();
        rules.rules.push(Rule { id: id("copy"), ..copied });
        assert_eq!(never(&rules), ("copy".to_owned(), Because::Earlier(vec![name])));
    }
}

#[test]
fn what_an_earlier_rule_takes_never_fires() {
    let rules = conditions(vec![Condition::AutomaticReply, rich("9000-17999"), rich("9000-11999")]);
    assert_eq!(never(&rules), ("c".to_owned(), earlier(&["b"])));
    let error = rules.check().unwrap_err().to_string();
    assert_eq!(
        error,
        "rule `c` can never fire, because it always comes after `b`: remove it, move it up, or change its condition"
    );
}

#[test]
fn what_two_earlier_rules_take_together_never_fires() {
    let rules = conditions(vec![
        Condition::WithinHours,
        rich("3000-8999"),
        Condition::CallIs(Telephone::Either, Call::Ringing),
        rich("9000-18000"),
        Condition::Known(Facet::Rich),
    ]);
    assert_eq!(never(&rules), ("e".to_owned(), earlier(&["b", "d"])));
    assert!(rules.check().unwrap_err().to_string().contains("after `b` or `d`: "));
    let busy = Condition::CalendarIs(ShowAs::Busy);
    let known = |more| Condition::All(vec![Condition::Known(Facet::Rich), more]);
    let mut rules = RuleSet::standard();
    let first = rules.rules.drain(..12).collect::<Vec<_>>();
    let mut parted = conditions(vec![
        known(busy.clone()),
        known(not(busy)),
        known(not(Condition::Known(Facet::Calendar))),
        Condition::Known(Facet::Rich),
    ]);
    parted.rules.splice(0..0, first);
    assert_eq!(never(&parted), ("d".to_owned(), earlier(&["a", "b", "c"])));
}

#[test]
fn a_contradiction_never_fires() {
    let contradictions = [
        Condition::Any(Vec::new()),
        not(Condition::Always),
        rich("0-2999"),
        Condition::CalendarIs(ShowAs::NoData),
        Condition::All(vec![Condition::AutomaticReply, not(Condition::Known(Facet::AutomaticReply))]),
        Condition::All(vec![rich("3000-5999"), rich("6000-18000")]),
        Condition::All(vec![
            Condition::CallIs(Telephone::Desk, Call::Ringing),
            Condition::CallIs(Telephone::Desk, Call::Idle),
        ]),
        Condition::All(vec![
            Condition::ReachIs(Telephone::Mobile, Reach::Unreachable),
            Condition::ReachIs(Telephone::Mobile, Reach::Reachable),
        ]),
        Condition::All(vec![
            Condition::DivertedTo(Telephone::Desk, Target::Number),
            Condition::DivertedTo(Telephone::Desk, Target::Voicemail),
        ]),
    ];
    for condition in contradictions {
        let rules = conditions(vec![Condition::WithinHours, condition]);
        assert_eq!(never(&rules), ("b".to_owned(), Because::Contradiction));
    }
}

/// An only mobile counts as a desk telephone, but who has both has two.
#[test]
fn desk_and_mobile_are_told_apart() {
    let idle = |telephone| Condition::CallIs(telephone, Call::Idle);
    let busy = |telephone| not(idle(telephone));
    let both = Condition::All(vec![idle(Telephone::Desk), busy(Telephone::Mobile)]);
    assert!(conditions(vec![both]).check().unwrap().is_exact());
    let only =
        Condition::All(vec![Condition::LineKnown(Telephone::Mobile), not(Condition::LineKnown(Telephone::Desk))]);
    assert!(conditions(vec![only]).check().is_ok());
}

/// Two telephones in different states are together what neither is alone.
#[test]
fn several_telephones_of_a_kind_count() {
    let calls = [Call::Ringing, Call::InCall, Call::Held, Call::Dialling];
    let all = calls.map(|call| Condition::CallIs(Telephone::Desk, call));
    assert!(conditions(vec![Condition::All(all.into())]).check().unwrap().is_exact());
}

/// A source that says nothing must not make people free by itself.
#[test]
fn silence_must_not_free() {
    let silent = || not(Condition::Known(Facet::Calendar));
    let frees = |then| RuleSet::new(vec![Rule::new(id("free"), silent(), then)]);
    let refused = Err(RuleSetError::FreeWithoutKnowledge { rule: id("free") });
    assert_eq!(frees(show(3_500)).check(), refused);
    assert_eq!(frees(Effect::AsPublished).check(), refused);
    assert_eq!(frees(Effect::AsSet).check(), refused);
    assert_eq!(frees(Effect::AsAbsence).check(), refused);
    assert!(frees(show(6_000)).check().is_ok());
    assert!(frees(show(0)).check().is_ok());
    let mut allowed = frees(show(3_500));
    allowed.rules[0].allow_unknown = true;
    assert!(allowed.check().unwrap().is_exact());
    let nested = not(Condition::Any(vec![Condition::AutomaticReply, not(not(Condition::LineKnown(Telephone::Desk)))]));
    assert_eq!(set(vec![("free", nested, show(3_500))]).check(), refused);
    let twice = not(silent());
    assert!(set(vec![("free", twice, show(3_500))]).check().is_ok());
    assert!(set(vec![("free", not(Condition::Expected(Facet::Calendar)), show(3_500))]).check().is_ok());
}

#[test]
fn silence_may_show_as_published_what_is_not_free() {
    let silent = not(Condition::Known(Facet::Calendar));
    let busy = Condition::All(vec![rich("6000-18000"), silent.clone()]);
    assert!(set(vec![("busy", busy, Effect::AsPublished)]).check().is_ok());
    let rules = set(vec![("free", rich("3000-5999"), away()), ("rest", silent, Effect::AsPublished)]);
    assert!(rules.check().is_ok(), "the earlier rule takes all that would be free");
    let nothing = not(Condition::Known(Facet::Rich));
    assert!(set(vec![("none", nothing, Effect::AsPublished)]).check().is_ok(), "what is not known shows 0");
}

#[test]
fn bad_forms_are_refused_by_name() {
    let twice = set(vec![("a", rich("3000"), away()), ("a", rich("3000"), away())]);
    assert_eq!(twice.check(), Err(RuleSetError::DuplicateId { rule: id("a") }));
    let nested =
        |depth| conditions(vec![(1..depth).fold(Condition::AutomaticReply, |inner, _| Condition::All(vec![inner]))]);
    assert!(nested(32).check().is_ok());
    assert_eq!(nested(33).check(), Err(RuleSetError::TooDeep { rule: id("a") }));
    let empty = not(Condition::ManualIs(AvailabilityRanges::from_bands(&[])));
    assert_eq!(conditions(vec![empty]).check(), Err(RuleSetError::EmptyRanges { rule: id("a") }));
    for number in [1, 2_999] {
        let availability = Availability::new(number).unwrap();
        let refused = set(vec![("a", rich("3000"), show(number))]).check();
        assert_eq!(refused, Err(RuleSetError::MeaninglessAvailability { rule: id("a"), availability }));
    }
    assert!(set(vec![("a", rich("3000"), show(0))]).check().is_ok());
    assert!(conditions(vec![Condition::All(Vec::new())]).check().is_ok());
    let rule = |number: usize| Rule::new(id(&number.to_string()), Condition::AutomaticReply, away());
    let many = RuleSet::new((0..=MOST_RULES).map(rule).collect());
    assert_eq!(many.check(), Err(RuleSetError::TooManyRules { rule: id("2000") }));
}

#[test]
fn many_rules_are_checked_exactly() {
    let rule = |number: u16| {
        let at = Availability::new(3_000 + number).unwrap();
        Rule::new(id(&number.to_string()), Condition::RichIs(AvailabilityRanges::between(at, at)), away())
    };
    let rules = RuleSet::new((0..300).map(rule).collect());
    assert!(rules.check().unwrap().is_exact());
}

#[test]
fn what_takes_too_long_is_left_undecided() {
    let rules = conditions(vec![rich("3000"), rich("4000"), rich("5000")]);
    let mut budget = Budget::new(3);
    assert_eq!(Meaning::of(&rules).check(&mut budget).unwrap(), [id("a"), id("b"), id("c")]);
    assert!(budget.spent() <= 3);
}

/// F.7: whom to believe is data, and names what there is.
#[test]
fn f_7_precedence_is_checked() {
    let teams = || source("teams");
    let row = || Precedence::new(Facet::Rich, vec![teams(), source("sip")]);
    let mut builder = Directory::builder();
    builder.source(SourceSpec::new(teams(), &[Facet::Rich]));
    let directory = builder.build().unwrap();
    let rules = RuleSet::standard().believing(Precedence::new(Facet::Rich, vec![teams()])).believing(row());
    let unknown = rules.check_sources(&directory).unwrap_err();
    assert_eq!(unknown, RuleSetError::UnknownSource { row: 1, source_id: source("sip") });
    assert!(unknown.to_string().contains("row `1` names source `sip`"));
    assert_eq!(rules.check().unwrap().warnings, [Warning::RowNeverUsed { row: 1, because: 0 }]);
    let scoped = RuleSet::standard().believing(row()).believing(row().for_scope(Scope::Group("hq".to_owned())));
    assert!(scoped.check().unwrap().warnings.is_empty());
    let twice = RuleSet::standard().believing(Precedence::new(Facet::Call, vec![teams(), teams()]));
    assert_eq!(twice.check(), Err(RuleSetError::SourceTwice { row: 0, source_id: teams() }));
    let idle = RuleSet::standard().believing(Precedence::new(Facet::Call, vec![teams()]).yielding(vec![Band::Online]));
    assert_eq!(idle.check().unwrap().warnings, [Warning::NothingToYield { row: 0, facet: Facet::Call }]);
    let many = (0..=MOST_ROWS).fold(RuleSet::default(), |rules, _| rules.believing(row()));
    assert_eq!(many.check(), Err(RuleSetError::TooManyRows { rows: 1_001 }));
}

#[test]
fn a_rule_that_fires_on_nothing_is_pointed_out() {
    let checked = conditions(vec![Condition::AutomaticReply, Condition::Always]).check().unwrap();
    assert_eq!(checked.warnings, [Warning::FiresOnNothing { rule: id("b") }]);
    assert_eq!(checked.warnings[0].to_string(), "rule `b` fires although nothing at all is known");
    let expected = conditions(vec![Condition::Expected(Facet::Rich)]).check().unwrap();
    assert_eq!(expected.warnings.len(), 1);
}

/// The variables that the small random conditions look at, with all the values they can have.
fn small_space() -> Vec<(Variable, Vec<Choice>)> {
    let all = |values: &[u16]| values.iter().copied().map(Choice::Number).collect::<Vec<_>>();
    vec![
        (Variable::Rich, all(&[0, 3_000, 4_500, 6_000, 6_001, 7_500, 12_000, 18_000])),
        (Variable::RichActivity, all(&[0, 2, 4])),
        (Variable::Manual, all(&[0, KNOWN_NONE, 3_000, 4_500, 6_000, 6_001, 7_500, 12_000, 18_000])),
        (Variable::Calendar, all(&[0, 1, 2, 3, 4, 5])),
        (Variable::AutomaticReply, all(&[0, 1, 2])),
        (Variable::Expected(Facet::Rich), all(&[0, 1])),
    ]
}

fn small_atom() -> impl Strategy<Value = Condition> {
    let ranges = || prop::sample::select(vec!["3000-4499", "4500-7499", "3000-18000", "12000-18000", "6000"]);
    prop_oneof![
        Just(Condition::Known(Facet::Rich)),
        Just(Condition::Known(Facet::Manual)),
        Just(Condition::Known(Facet::Calendar)),
        Just(Condition::Expected(Facet::Rich)),
        Just(Condition::AutomaticReply),
        ranges().prop_map(rich),
        ranges().prop_map(|text| Condition::ManualIs(text.parse().unwrap())),
        prop::sample::select(vec![ShowAs::Free, ShowAs::Busy, ShowAs::NoData]).prop_map(Condition::CalendarIs),
        prop::sample::select(vec![crate::Activity::Busy, crate::Activity::InCall]).prop_map(Condition::ActivityIs),
    ]
}

fn telephone_atom() -> impl Strategy<Value = Condition> {
    let telephone = || prop::sample::select(vec![Telephone::Desk, Telephone::Mobile, Telephone::Either]);
    let (calls, reaches) = (prop::sample::select(&Call::ALL[..]), prop::sample::select(&Reach::ALL[..]));
    let facets = prop::sample::select(vec![Facet::Call, Facet::Reach, Facet::DoNotDisturb, Facet::Diversion]);
    let targets = prop::sample::select(vec![Target::Voicemail, Target::Number]);
    prop_oneof![
        (telephone(), calls).prop_map(|(telephone, call)| Condition::CallIs(telephone, call)),
        (telephone(), reaches).prop_map(|(telephone, reach)| Condition::ReachIs(telephone, reach)),
        (telephone(), targets).prop_map(|(telephone, target)| Condition::DivertedTo(telephone, target)),
        telephone().prop_map(Condition::DoNotDisturb),
        telephone().prop_map(Condition::LineKnown),
        facets.prop_map(Condition::Known),
        Just(Condition::DeviceIs(Device::Away)),
    ]
}

fn tree(atom: impl Strategy<Value = Condition> + 'static) -> impl Strategy<Value = Condition> {
    atom.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::Any),
            inner.prop_map(Condition::negated),
        ]
    })
}

fn each_situation(space: &[(Variable, Vec<Choice>)], visit: &mut impl FnMut(&Situation), made: Situation) {
    let Some(((variable, choices), rest)) = space.split_first() else { return visit(&made) };
    for choice in choices {
        let mut more = made;
        variable.put(*choice, &mut more);
        each_situation(rest, visit, more);
    }
}

fn first(rules: &RuleSet, situation: &Situation) -> Option<usize> {
    rules.rules.iter().position(|rule| rule.when.holds(situation, rule.literal).holds())
}

/// Which rules can fire, by the search.
fn reached(rules: &RuleSet) -> Vec<bool> {
    let meaning = Meaning::of(rules);
    let space = meaning.space();
    let mut budget = Budget::new(STEPS);
    let earlier = (0..rules.rules.len()).collect::<Vec<_>>();
    let search = |number: usize| match search(&space, number, &earlier[..number], &mut budget) {
        Found::Some => true,
        Found::None(_) => false,
        Found::Undecided => panic!("too much for {rules:?}"),
    };
    (0..rules.rules.len()).map(search).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Search and brute force agree on which rules can fire.
    #[test]
    fn agrees_with_brute_force(of in prop::collection::vec(tree(small_atom()), 1..6)) {
        let rules = conditions(of);
        let mut fired = vec![false; rules.rules.len()];
        let mut visit = |situation: &Situation| {
            first(&rules, situation).into_iter().for_each(|number| fired[number] = true);
        };
        each_situation(&small_space(), &mut visit, Situation::default());
        prop_assert_eq!(reached(&rules), fired);
    }

    /// Whatever telephones do, the rule that fires is one that the check says can fire. That what it says can fire
    /// really does, it makes sure of itself.
    #[test]
    fn telephones_fire_only_what_can_fire(
        of in prop::collection::vec((tree(telephone_atom()), any::<bool>()), 1..6),
        states in prop::collection::vec((any::<[prop::sample::Index; 2]>(), any::<[u8; 6]>()), 400),
    ) {
        let (of, literal): (Vec<_>, Vec<_>) = of.into_iter().unzip();
        let mut rules = conditions(of);
        rules.rules.iter_mut().zip(literal).for_each(|(rule, literal)| rule.literal = literal);
        let (reached, lines) = (reached(&rules), lines());
        for ([desk, mobile], [on_desk, on_mobile, from_desk, from_mobile, only, device]) in states {
            let mut situation = Situation::default();
            let mut put = |variable: Variable, number: u8| {
                variable.put(Choice::Number(number.into()), &mut situation);
            };
            put(Variable::DoNotDisturb { mobile: false }, on_desk % 3);
            put(Variable::DoNotDisturb { mobile: true }, on_mobile % 3);
            put(Variable::Diversion { mobile: false }, from_desk % 4);
            put(Variable::Diversion { mobile: true }, from_mobile % 4);
            put(Variable::OnlyMobile, only % 2);
            put(Variable::Device, device % 5);
            Variable::Lines { mobile: false }.put(Choice::Lines(*desk.get(&lines)), &mut situation);
            Variable::Lines { mobile: true }.put(Choice::Lines(*mobile.get(&lines)), &mut situation);
            if let Some(number) = first(&rules, &situation) {
                prop_assert!(reached[number], "{} in {:?}", number, situation);
            }
        }
    }

    /// A rule that never fires can be removed, and so can none of those that are named as the reason.
    #[test]
    fn reasons_are_reasons(of in prop::collection::vec(tree(small_atom()), 1..6)) {
        let mut rules = conditions(of);
        rules.rules.iter_mut().for_each(|rule| rule.allow_unknown = true);
        let Err(RuleSetError::NeverFires { rule, because }) = rules.check() else { return Ok(()) };
        let named = |because: &Because, other: &RuleId| matches!(because, Because::Earlier(ids) if ids.contains(other));
        let keep = |without: Option<&RuleId>| {
            let mut rules = rules.clone();
            rules.rules.retain(|other| {
                other.id == rule || named(&because, &other.id) && Some(&other.id) != without
            });
            reached(&rules).last().copied()
        };
        prop_assert_eq!(keep(None), Some(false));
        if let Because::Earlier(ids) = &because {
            for spared in ids {
                prop_assert_eq!(keep(Some(spared)), Some(true));
            }
        }
    }
}
