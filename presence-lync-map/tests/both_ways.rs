//! Listening and publishing at once: what one address is told, report by report.
#![expect(clippy::panic, clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use presence_core::sink::{EchoGuard, Published};
use presence_core::{Address, Confidential, Lcid, LocalTexts, SourceId};
use presence_lync_map::activity::ActivityToken;
use presence_lync_map::agent_states::{
    AgentState, AgentStates, AggregatedStates, BothWays, Combination, DeviceState, Doing, PushProfile, Showing, Step,
};
use presence_lync_map::bands::LowNumbers;
use presence_lync_map::dnd::{Dnd, DndEvent, PullProfile};
use presence_lync_map::documents::{Content, Publisher, StateDocument};
use presence_lync_map::states::{ActivityState, Received};

const FULL: &str = include_str!("vectors/agent_states/full.xml");
const NAMES: &str = "1=IDLE_OUT, 2=IDLE_READY, 3=IDLE_NOTREADY, 4=IDLE_ACW, 5=IDLE_AWAY, 6=INCALL, 7=INCALL, 8=INCALL, \
                     9=INCALL, 10=INCALL, 11=OOS, 12=OOS, 13=OOS, 14=OOS, 15=OOS";

const ON: Option<DndEvent> = Some(DndEvent(Dnd::On));
const OFF: Option<DndEvent> = Some(DndEvent(Dnd::Off));

const READY: (AgentState, DeviceState) = (AgentState::Ready, DeviceState::Idle);
const NOT_READY: (AgentState, DeviceState) = (AgentState::NotReady, DeviceState::Idle);
const IN_CALL: (AgentState, DeviceState) = (AgentState::Ready, DeviceState::Busy);

fn at(second: i64) -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(second)
}

fn account() -> Address {
    Address::sip("anna@example.com").unwrap()
}

fn extension(number: u32) -> Address {
    Address::extension("hq", &number.to_string()).unwrap()
}

fn doing((agent, device): (AgentState, DeviceState)) -> Doing {
    Doing::new(agent, device, SourceId::new("centre").unwrap())
}

fn pull() -> PullProfile {
    "3000-5999".parse().unwrap()
}

/// A life of 300 seconds, a settle time of 60, and 5 between two values.
fn both() -> BothWays {
    let names = NAMES.parse::<AggregatedStates>().unwrap();
    let push = PushProfile::new(names, AgentStates::from_xml(FULL.as_bytes()).unwrap().0).unwrap();
    BothWays::new(pull(), push, EchoGuard::new(SourceId::new("lync").unwrap()))
}

fn publish(both: &mut BothWays, state: (AgentState, DeviceState), second: i64) -> Showing {
    let Step::Publish(showing) = both.plan(&account(), &doing(state), at(second)) else { panic!("not published") };
    both.published(&showing.publication, &Published::as_asked(), at(second));
    *showing
}

/// The server shows this number, in words of nobody.
fn hear(both: &mut BothWays, number: u32, second: i64) -> Option<DndEvent> {
    both.heard(&account(), &Received::new(at(second), Some(number.into())), at(second))
}

fn report(showing: &Showing, texts: Vec<(Lcid, Confidential<Arc<str>>)>, second: i64) -> Received {
    let number = showing.published.availability;
    let said = ActivityState::custom(LocalTexts::new(texts));
    Received::new(at(second), Some(number.into())).activity(said)
}

/// S4.6, S4.22: a person takes do-not-disturb back while something is published: what is shown then is what was
/// published, and nobody can be in do-not-disturb where the least available that is said is "available".
#[test]
fn what_was_taken_back_is_heard_while_something_is_published() {
    let mut both = both();
    publish(&mut both, READY, 0);
    assert_eq!(hear(&mut both, 9_500, 1), ON);
    assert_eq!(hear(&mut both, 3_501, 2), OFF);
    for second in [120, 240] {
        assert_eq!((hear(&mut both, 3_501, second), both.state(&account())), (None, Some(Dnd::Off)), "{second}");
    }
    assert_eq!(hear(&mut both, 9_500, 241), ON, "and on again");
}

/// S4.6, S4.43: what is published are a number and texts. It comes back with a token or without, and without one the
/// activity is that of the band.
#[test]
fn what_comes_back_without_a_token_is_an_echo() {
    for combination in Combination::all() {
        let mut both = both();
        let showing = publish(&mut both, (combination.agent(), combination.device()), 0);
        let back = report(&showing, showing.published.texts.to_vec(), 1);
        assert_eq!(both.heard(&account(), &back, at(1)), None, "{combination}");
        let mut back = back;
        back.activity = showing.published.token.map(ActivityState::token);
        assert_eq!(both.heard(&account(), &back, at(1)), None, "{combination}");
        assert_eq!(both.state(&account()), None, "{combination}");
    }
}

/// S4.6, S4.43: the languages come back in another order, not all of them, or cut off.
#[test]
fn changed_texts_are_an_echo() {
    let mut both = both();
    let showing = publish(&mut both, (AgentState::NotReady, DeviceState::Busy), 0);
    let texts = showing.published.texts.to_vec();
    let turned = texts.iter().rev().cloned().collect();
    let one = texts.iter().take(1).cloned().collect();
    let short = |text: &str| Confidential::new(text.chars().take(5).collect::<String>().into());
    let cut = texts.iter().map(|(lcid, text)| (*lcid, short(text.reveal())));
    for list in [turned, one, cut.collect(), Vec::new()] {
        assert_eq!(both.heard(&account(), &report(&showing, list, 1), at(1)), None);
    }
    let typed = vec![(Lcid::ENGLISH, Confidential::new("at the dentist".into()))];
    assert_eq!(both.heard(&account(), &report(&showing, typed, 1), at(1)), ON, "somebody typed that");
    assert!(!format!("{both:?}{showing:?}").contains("dentist"));
}

/// S4.6: a report that is as old as the one before, or older, and one that was overtaken.
#[test]
fn the_newest_report_counts() {
    let mut both = both();
    let shown = |number: u32, second| Received::new(at(second), Some(number.into()));
    assert_eq!(both.heard(&account(), &shown(9_500, 10), at(20)), ON);
    assert_eq!(both.heard(&account(), &shown(3_500, 9), at(21)), None, "overtaken");
    assert_eq!(both.heard(&account(), &shown(3_500, 10), at(22)), OFF, "at the same time, and heard later");
    both.lost(&account());
    assert_eq!(both.state(&account()), Some(Dnd::Off), "that a subscription is lost says nothing");
    assert_eq!(both.heard(&account(), &shown(9_500, 1), at(23)), ON, "another server has another clock");
}

/// S4.6: what looked like an echo is heard again when it can be none any more: a time is given, and it moves with what is
/// published.
#[test]
fn what_was_not_believed_is_heard_again() {
    let mut both = both();
    publish(&mut both, IN_CALL, 0);
    assert_eq!((hear(&mut both, 6_500, 1), both.next()), (None, Some(at(360))));
    assert_eq!(both.due(at(359)), []);
    publish(&mut both, READY, 10);
    assert_eq!(both.next(), Some(at(70)), "what was replaced at 10 echoes until 70");
    assert_eq!(both.due(at(69)), []);
    assert_eq!(both.due(at(70)), [(account(), DndEvent(Dnd::On))]);
    assert_eq!((both.next(), both.due(at(1_000))), (None, vec![]));
}

/// S4.6: the same when the publication was withdrawn, or follows itself.
#[test]
fn what_is_published_moves_the_time() {
    let mut both = both();
    publish(&mut both, IN_CALL, 0);
    hear(&mut both, 7_001, 1);
    publish(&mut both, IN_CALL, 200);
    assert_eq!(both.next(), Some(at(560)), "renewed");
    both.withdrawn(&account(), at(210));
    assert_eq!(both.next(), Some(at(270)), "withdrawn");
    assert_eq!(hear(&mut both, 3_500, 220), OFF);
    assert_eq!(both.next(), None, "the newest report is no echo");
    publish(&mut both, IN_CALL, 230);
    hear(&mut both, 7_001, 231);
    both.forget(&account());
    assert_eq!((both.next(), both.state(&account())), (None, None));
}

/// S4.6: an echo that is as available as what was heard, or less, does not say that it is over.
#[test]
fn an_echo_may_hide_what_was_heard() {
    let mut both = both();
    assert_eq!(hear(&mut both, 6_500, 0), ON);
    publish(&mut both, IN_CALL, 1);
    assert_eq!(hear(&mut both, 7_001, 2), None, "just as busy");
    assert_eq!(both.state(&account()), Some(Dnd::On));
    publish(&mut both, (AgentState::Logout, DeviceState::Idle), 10);
    assert_eq!((hear(&mut both, 18_000, 11), both.state(&account())), (None, Some(Dnd::On)), "less available");
    publish(&mut both, READY, 20);
    assert_eq!(hear(&mut both, 3_501, 21), OFF);
}

/// S4.6, S4.48: what is only so because of do-not-disturb is taken for the server's word, and withdrawn.
#[test]
fn what_the_server_caused_is_not_published() {
    let mut both = both();
    publish(&mut both, READY, 0);
    assert_eq!(hear(&mut both, 6_500, 1), ON);
    let disturbed = doing(READY).made(NOT_READY.0, NOT_READY.1);
    assert_eq!(both.plan(&account(), &disturbed, at(10)), Step::Withdraw);
    both.withdrawn(&account(), at(10));
    assert_eq!(both.plan(&account(), &disturbed, at(11)), Step::Nothing);
    assert_eq!(hear(&mut both, 3_500, 20), OFF, "busy by hand does not stay");
    // In a call it makes no difference whether the agent is ready.
    let call = doing(IN_CALL).made(AgentState::NotReady, DeviceState::Busy);
    assert!(matches!(both.plan(&account(), &call, at(30)), Step::Publish(_)));
}

/// S4.29, S4.43, S4.45: the number and the texts of the file are what goes out, and again when it is renewed.
#[test]
fn the_file_goes_out_as_it_stands() {
    for combination in Combination::all() {
        let (agent, device) = (combination.agent(), combination.device());
        let mut both = both();
        let mut publisher = Publisher::new(account());
        let showing = publish(&mut both, (agent, device), 0);
        let file = both.push().publish(agent, device).unwrap();
        assert_eq!(&showing.published, file);
        let sent = publisher.publish(StateDocument::of_published(&showing.published)).unwrap();
        let [everyone, _team] = &*sent.list else { panic!("two faces") };
        let Content::State(document) = &everyone.content else { panic!("a state") };
        assert_eq!(document.availability.unwrap().get(), file.availability, "{combination}");
        let said = document.activity.as_ref().unwrap();
        let texts = said.custom.iter().flat_map(LocalTexts::iter).map(|(lcid, text)| (lcid, text.clone()));
        assert_eq!((said.token.clone(), texts.collect::<Vec<_>>()), (None, file.texts.to_vec()), "{combination}");
        publisher.accepted(&sent);
        let again = publisher.publish(StateDocument::of_published(&showing.published)).unwrap();
        assert_eq!(again.list.len(), 2, "renewed");
    }
}

/// S4.29: a state without texts goes out with a token, where the number does not say it all.
#[test]
fn a_state_without_texts_goes_out_with_its_token() {
    let xml = FULL.lines().filter(|line| !line.contains("<activity")).collect::<Vec<_>>().join("\n");
    let (states, _) = AgentStates::from_xml(xml.as_bytes()).unwrap();
    let push = PushProfile::new(NAMES.parse().unwrap(), states).unwrap();
    let document = |(agent, device)| StateDocument::of_published(push.publish(agent, device).unwrap());
    assert_eq!(document(IN_CALL).activity, Some(ActivityState::token(ActivityToken::ON_THE_PHONE)));
    assert_eq!(document(READY).activity, None);
    let mut publisher = Publisher::new(account());
    assert_eq!(publisher.publish(StateDocument::default()), None, "nothing is shown, and nothing is to be shown");
}

/// S4.6: with 1 to 2999 read in another way an echo is an echo, and what is heard is heard.
#[test]
fn low_numbers_are_heard_as_told() {
    let mut both = both();
    assert_eq!((hear(&mut both, 1, 0), hear(&mut both, 0, 1)), (None, None));
    assert_eq!(both.replace_pull(pull().low_numbers(LowNumbers::Available)), []);
    publish(&mut both, READY, 2);
    assert_eq!((hear(&mut both, 1, 3), both.next()), (None, Some(at(362))), "it reads like what was published");
    both.replace_pull(pull().low_numbers(LowNumbers::Offline));
    assert_eq!(hear(&mut both, 1, 4), ON);
}

/// S4.22, S4.47: another range holds at once for what was heard, and an echo is not read again.
#[test]
fn another_range_holds_at_once() {
    let mut both = both();
    assert_eq!(hear(&mut both, 6_500, 0), ON);
    let wide = "3000-7499".parse::<PullProfile>().unwrap();
    assert_eq!(both.replace_pull(wide.clone()), [(account(), DndEvent(Dnd::Off))]);
    assert_eq!((both.replace_pull(wide.clone()), both.pull()), (vec![], &wide));
    publish(&mut both, READY, 1);
    hear(&mut both, 3_501, 2);
    assert_eq!(both.replace_pull(pull()), [], "6500 is over");
}

/// S4.22: a device whose state is known is told only of another.
#[test]
fn a_device_that_stands_is_not_told_again() {
    let mut both = both();
    both.stands(&account(), Dnd::On);
    assert_eq!((hear(&mut both, 9_500, 0), hear(&mut both, 3_500, 1)), (None, OFF));
}

/// S4.6: a bounded number of addresses is remembered; whoever was not heard of for the longest time goes.
#[test]
fn memory_is_bounded() {
    let mut both = both().most_addresses(3);
    let mut say =
        |number, second| both.heard(&extension(number), &Received::new(at(second), Some(9_500.into())), at(second));
    for (second, number) in [(0, 1), (1, 2), (2, 3), (3, 1), (4, 4)] {
        say(number, second);
    }
    let known = (1..=4).filter(|number| both.state(&extension(*number)).is_some());
    assert_eq!(known.collect::<Vec<_>>(), [1, 3, 4]);

    // Also those of whom something was to be heard again.
    let mut both = self::both().most_addresses(1);
    publish(&mut both, IN_CALL, 0);
    hear(&mut both, 7_001, 1);
    assert_eq!(both.next(), Some(at(360)));
    both.heard(&extension(1), &Received::new(at(2), Some(9_500.into())), at(2));
    assert_eq!((both.next(), both.state(&account())), (None, None));
}

/// S4.6: a plan is told what to do as the guard says, and what failed is tried again.
#[test]
fn what_failed_is_tried_again() {
    let mut both = both();
    let showing = publish(&mut both, READY, 0);
    assert_eq!(both.plan(&account(), &doing(READY), at(1)), Step::Wait(at(200)));
    both.failed(&showing.publication, at(2));
    assert_eq!(both.plan(&account(), &doing(READY), at(3)), Step::Wait(at(7)));
    assert!(matches!(both.plan(&account(), &doing(READY), at(7)), Step::Publish(_)));
    assert_eq!(publish(&mut both, NOT_READY, 8).published.availability, 6_001);
    let (few, _) = AggregatedStates::read("2=IDLE_READY").unwrap();
    both.replace_push(PushProfile::new(few, AgentStates::from_xml(FULL.as_bytes()).unwrap().0).unwrap());
    assert_eq!(both.plan(&account(), &doing(IN_CALL), at(20)), Step::Withdraw);
    both.withdrawn(&account(), at(20));
    assert_eq!(both.plan(&account(), &doing(IN_CALL), at(20)), Step::Nothing);
    assert!(both.guard().is_echo(&account(), &showing.published.rich().unwrap(), at(21)));
}
