//! A contact centre's profile as a whole: from the text of the options and the file of agent states to what a device
//! is told and what a server is told.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, TimeDelta, Utc};
use presence_core::sink::EchoGuard;
use presence_core::{Address, SourceId};
use presence_lync_map::agent_states::{
    AgentState, AgentStates, AggregatedStates, BothWays, Combination, DeviceState, Doing, Profile, ProfileWarning,
    PushProfile, Step,
};
use presence_lync_map::dnd::{Dnd, DndEvent, DndWatch, EventSpelling, PullProfile};
use presence_lync_map::options::{Asked, Defaults, Options, Profiles};
use presence_lync_map::states::Received;

const FULL: &str = include_str!("vectors/agent_states/full.xml");

const PULL: &str = "[TServer]\nservice-type = presence-profile\nmap-presence-to-dnd = true\n\
                    presence-availability-range = 3000-5999\n";

const PUSH: &str = "[TServer]\nservice-type = presence-profile\nmap-presence-to-dnd = false\n\
                    agent-presence-map = C:\\GCTI\\agent states.xml\n\
                    aggregated-states = 1=IDLE_OUT, 2=IDLE_READY, 3=IDLE_NOTREADY, 4=IDLE_ACW, 5=IDLE_AWAY, \
                    6=INCALL, 7=INCALL, 8=INCALL, 9=INCALL, 10=INCALL, 11=OOS, 12=OOS, 13=OOS, 14=OOS, 15=OOS.\n";

/// What a server would do: the options of a profile, and the file that they name, if they name one.
fn profile(text: &str, xml: &str) -> (Option<Profile>, Option<ProfileWarning>) {
    let (options, warnings) = Options::parse(text).unwrap();
    assert_eq!(warnings, []);
    Profile::choose(&options, &Options::default(), &Defaults::new(), push(&options, xml))
}

fn push(options: &Options, xml: &str) -> Option<PushProfile> {
    options.agent_presence_map.as_ref()?;
    let names = options.aggregated_states.clone()?;
    PushProfile::new(names, AgentStates::from_xml(xml.as_bytes()).ok()?.0).ok()
}

/// The numbers that are published, in the order of the combinations.
fn numbers(profile: &PushProfile) -> Vec<Option<u32>> {
    let published = Combination::all().map(|one| profile.publish(one.agent(), one.device()));
    published.map(|published| published.map(|published| published.availability)).collect()
}

fn without(text: &str, option: &str) -> String {
    text.lines().filter(|line| !line.starts_with(option)).map(|line| format!("{line}\n")).collect()
}

/// S4.4, S4.21, S4.22, S4.26: three options make a profile that turns numbers into events of the device.
#[test]
fn a_profile_that_pulls_from_its_text_to_its_events() {
    let (Some(Profile::Pull(pull)), None) = profile(PULL, FULL) else { panic!("it pulls") };
    let mut watch = DndWatch::new();
    let arrives = [Some(3_500), Some(5_999), Some(6_000), None, Some(18_500), Some(4_500)];
    let events = arrives.map(|number| watch.see(&pull, number).map(|event| event.name(EventSpelling::default())));
    assert_eq!(events, [Some("EventDNDOff"), None, Some("EventDNDOn"), None, None, Some("EventDNDOff")]);
}

/// S4.5, S4.27, S4.28, S4.31: three options and the file make a profile that publishes; without one of them there is
/// nothing to publish.
#[test]
fn a_profile_that_pushes_from_its_text_to_its_numbers() {
    let (Some(Profile::Push(push)), None) = profile(PUSH, FULL) else { panic!("it pushes") };
    let expected = [18_000, 3_501, 6_001, 6_001, 4_501].into_iter().chain([7_001; 5]).chain([18_000; 5]);
    assert_eq!(numbers(&push), expected.map(Some).collect::<Vec<_>>());
    let nothing = Some(ProfileWarning::NothingToDo);
    for option in ["agent-presence-map", "aggregated-states"] {
        let (chosen, warning) = profile(&without(PUSH, option), FULL);
        assert!(chosen.is_none() && warning == nothing, "{option}: {chosen:?}");
    }
    let (chosen, warning) = profile(PUSH, "no file");
    assert!(chosen.is_none() && warning == nothing, "{chosen:?}");
    let (chosen, warning) = profile(&without(PUSH, "map-presence-to-dnd"), FULL);
    assert!(matches!(chosen, Some(Profile::Push(other)) if other == push), "it is not mapped unless somebody says so");
    assert_eq!(warning, None);
}

/// S4.46: the path is one of another system, and comes out letter by letter.
#[test]
fn the_path_of_the_map_is_kept() {
    for path in ["C:\\GCTI\\agent states.xml", "\\\\server\\share\\map.xml", "/opt/map=1.xml", "C:\\Bücher\\map.xml"] {
        let options = format!("service-type = presence-profile\nagent-presence-map = {path} \r\n");
        assert_eq!(options.parse::<Options>().unwrap().agent_presence_map.as_deref(), Some(path));
    }
}

/// S4.48: with `map-presence-to-dnd=true` in the same text nothing is published, whatever the file is, and presence is
/// mapped all the same.
#[test]
fn a_map_beside_pull_is_ignored() {
    let both = format!("{}presence-availability-range = 3000-5999\n", PUSH.replace("= false", "= true"));
    let (chosen, warning) = profile(&both, FULL);
    assert!(matches!(&chosen, Some(Profile::Pull(pull)) if pull.to_string() == "3000-5999"), "{chosen:?}");
    assert_eq!(warning, Some(ProfileWarning::MapIgnored));
    let (chosen, warning) = profile(&both, "no file");
    assert!(matches!(chosen, Some(Profile::Pull(_))), "{chosen:?}");
    assert_eq!(warning, Some(ProfileWarning::MapIgnored), "it is there, whatever is in it");
}

/// S4.3, S4.19, S4.20: the profile decides which way presence goes, and which profile holds may differ from login to
/// login at the same device.
#[test]
fn the_login_decides_which_way_presence_goes() {
    let mut profiles = Profiles::new();
    profiles.add("listening", PULL.parse().unwrap()).unwrap();
    profiles.add("showing", PUSH.parse().unwrap()).unwrap();
    let device = "presence-profile = showing".parse::<Options>().unwrap();
    let application = "presence-profile = listening".parse::<Options>().unwrap();
    let pulls = |login, device: &Options| {
        let choice = profiles.choose(Asked::of(login, device, &application));
        choice.options().map(|options| options.pulls(&Defaults::new()))
    };
    assert_eq!(pulls(None, &device), Some(false));
    assert_eq!(pulls(Some("listening"), &device), Some(true));
    assert_eq!(pulls(None, &Options::default()), Some(true));
    assert_eq!(pulls(Some("showing"), &Options::default()), Some(false));
    assert_eq!(pulls(Some("misspelt"), &device), None);
}

/// S4.47: options and file are both replaced while all goes on, from push to pull and back, without a restart.
#[test]
fn a_profile_changes_its_mind_without_a_restart() {
    let old = PUSH.parse::<Options>().unwrap();
    let before = push(&old, FULL).unwrap();
    let new = old.reread(PULL);
    assert_eq!(new.problems, []);
    assert!(new.options.pulls(&Defaults::new()) && push(&new.options, FULL).is_none());
    let back = new.options.reread(PUSH).options;
    assert_eq!((&back, push(&back, FULL)), (&old, Some(before.clone())));
    let busier = before.reload(FULL.replace("4501", "15501").as_bytes()).unwrap();
    let away = busier.profile.publish(AgentState::WalkAway, DeviceState::Idle).unwrap();
    assert_eq!((busier.changes.len(), away.availability), (1, 15_501));
    assert_eq!(numbers(&before).get(4), Some(&Some(4_501)), "what is in use is as it was");
}

/// A contact centre in which do-not-disturb of the device makes the agent not ready, and a presence server. Between
/// them is a bridge that goes both ways.
struct Bridged {
    agent: AgentState,
    shown: Option<u32>,
    changes: usize,
}

/// Ready is shown as busy, which is do-not-disturb, which is not ready, which is shown as available: as contrary as
/// can be.
const CONTRARY: &str = "<?xml version='1.0'?>\
    <agentStates xmlns='http://schemas.genesys.com/09/2014/mslyncteserver/agentStates'>\
    <agentState ID='READY' availability='6501'/><agentState ID='NOTREADY' availability='3501'/></agentStates>";

impl Bridged {
    const fn new() -> Self {
        Self { agent: AgentState::Ready, shown: None, changes: 0 }
    }

    fn hear(&mut self, dnd: Option<Dnd>) {
        let agent = match dnd {
            Some(Dnd::On) => AgentState::NotReady,
            Some(Dnd::Off) => AgentState::Ready,
            None => return,
        };
        self.changes += usize::from(self.agent != agent);
        self.agent = agent;
    }

    fn show(&mut self, number: u32) {
        self.changes += usize::from(self.shown.replace(number) != Some(number));
    }
}

fn contrary() -> PushProfile {
    let (names, _) = AggregatedStates::read("2=READY, 3=NOTREADY").unwrap();
    PushProfile::new(names, AgentStates::from_xml(CONTRARY.as_bytes()).unwrap().0).unwrap()
}

fn pull() -> PullProfile {
    "3000-5999".parse().unwrap()
}

/// S4.6: two systems that are told of each other come to rest, though each step would cause the next; without the
/// guard they never do.
#[test]
fn two_bridged_systems_come_to_rest() {
    let (push, pull) = (contrary(), pull());
    let mut naive = Bridged::new();
    for _ in 0..100 {
        naive.show(push.publish(naive.agent, DeviceState::Idle).unwrap().availability);
        naive.hear(pull.dnd(naive.shown.unwrap()));
    }
    assert!(naive.changes >= 200, "it is a circle: {}", naive.changes);

    let (lync, centre) = (SourceId::new("lync").unwrap(), SourceId::new("centre").unwrap());
    let anna = Address::sip("anna@example.com").unwrap();
    let mut both = BothWays::new(pull, push, EchoGuard::new(lync));
    let mut bridged = Bridged::new();
    let begin = "2026-11-20T10:00:00Z".parse::<DateTime<Utc>>().unwrap();
    let step = |bridged: &mut Bridged, both: &mut BothWays, second: i64| {
        let now = begin + TimeDelta::seconds(second);
        let own = Doing::new(AgentState::Ready, DeviceState::Idle, centre.clone());
        match both.plan(&anna, &own.made(bridged.agent, DeviceState::Idle), now) {
            Step::Publish(showing) => bridged.show(showing.published.availability),
            Step::Withdraw => both.withdrawn(&anna, now),
            _ => {}
        }
        if let Some(shown) = bridged.shown {
            let event = both.heard(&anna, &Received::new(now, Some(shown.into())), now);
            bridged.hear(event.map(|event| event.0));
        }
    };
    // An hour, with every renewal in it.
    (0..3_600).for_each(|second| step(&mut bridged, &mut both, second));
    assert_eq!((bridged.changes, bridged.agent), (1, AgentState::Ready), "it was shown once, and that was all");

    // The person says otherwise: that is heard, and answered once.
    bridged.show(9_500);
    let then = begin + TimeDelta::seconds(3_600);
    let event = both.heard(&anna, &Received::new(then, Some(9_500.into())), then);
    bridged.hear(event.map(|event| event.0));
    (3_601..7_200).for_each(|second| step(&mut bridged, &mut both, second));
    assert_eq!(bridged.agent, AgentState::NotReady);
    assert!(bridged.changes <= 4, "{}", bridged.changes);
}

/// S4.22: whatever profile holds, a device is told once for each change, also when the profile is what changed.
#[test]
fn a_device_is_told_once_also_when_the_profile_changes() {
    let (narrow, wide) = (pull(), "3000-7499".parse::<PullProfile>().unwrap());
    let mut watch = DndWatch::new();
    let events = [
        watch.see(&narrow, Some(6_500)),
        watch.look(&narrow),
        watch.look(&wide),
        watch.see(&wide, Some(7_000)),
        watch.look(&narrow),
        watch.see(&narrow, Some(7_000)),
    ];
    let (on, off) = (Some(DndEvent(Dnd::On)), Some(DndEvent(Dnd::Off)));
    assert_eq!(events, [on, None, off, None, on, None]);
}
