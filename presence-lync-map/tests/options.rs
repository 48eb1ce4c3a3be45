//! Options from text, and the choice of a profile.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use presence_core::Confidential;
use presence_lync_map::dnd::{Dnd, PullProfile};
use presence_lync_map::options::{
    Asked, Choice, Defaults, DirectCalls, Level, NotAdded, Options, OptionsError, Problem, Profiles, Warning,
};
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};
use serde::Deserialize;

const PULL: &str = "[TServer]\nservice-type = presence-profile\nmap-presence-to-dnd = true\n\
                    presence-availability-range = 3000-5999\n";

fn options(text: &str) -> Options {
    text.parse().unwrap()
}

fn warnings(text: &str) -> Vec<(usize, Warning)> {
    Options::parse(text).unwrap().1.into_iter().map(|warning| (warning.line, warning.warning)).collect()
}

fn problems(text: &str) -> Vec<(usize, String)> {
    let OptionsError { problems, .. } = Options::parse(text).unwrap_err();
    problems.into_iter().map(|problem| (problem.line, problem.problem.to_string())).collect()
}

fn is_off_at(pull: Option<&PullProfile>, raw: u32) -> Option<bool> {
    pull.map(|pull| pull.dnd(raw) == Some(Dnd::Off))
}

/// S4.3, S4.4, S4.26: a profile that pulls, with its three options.
#[test]
fn a_profile_that_pulls() {
    let profile = options(PULL);
    assert!(profile.is_profile());
    assert!(profile.pulls(&Defaults::new()));
    let pull = profile.pull(&Options::default(), &Defaults::new()).unwrap();
    assert_eq!(pull.to_string(), "3000-5999");
    assert_eq!(pull.dnd(5_999), Some(Dnd::Off));
    assert_eq!(pull.dnd(6_000), Some(Dnd::On));
}

/// S4.5: a profile that pushes does not pull, and its texts are kept as they are, backslashes and all.
#[test]
fn a_profile_that_pushes() {
    let names = "1=IDLE_OUT, 2=IDLE_READY, 3=A, 4=A, 5=A, 6=A, 7=A, 8=A, 9=A, 10=A, 11=A, 12=A, 13=A, 14=A, 15=OOS";
    let text = format!(
        "service-type=presence-profile\r\nmap-presence-to-dnd=false\r\n\
         agent-presence-map = C:\\Program Files\\gcti\\agent states.xml \r\naggregated-states = {names}.\r\n"
    );
    let profile = options(&text);
    assert_eq!(profile.map_presence_to_dnd, Some(false));
    assert_eq!(profile.pull(&Options::default(), &Defaults::new()), None);
    assert_eq!(profile.agent_presence_map.as_deref(), Some("C:\\Program Files\\gcti\\agent states.xml"));
    assert_eq!(profile.aggregated_states.unwrap().to_string(), names);
    assert_eq!(warnings(&text), []);
}

/// S4.32: a list that lacks names or has two for a number is used as far as it goes, and what is odd is told; of one
/// that is wrong, what is wrong is told, and the former list stays in use.
#[test]
fn an_incomplete_list_of_names_is_used_and_told() {
    let text = "\naggregated-states = 1:OOS, 2:AVAILABLE, 3:INCALL, 2:LUNCH\n";
    let old = options(text);
    assert_eq!(old.aggregated_states.as_ref().unwrap().to_string(), "1=OOS, 2=AVAILABLE, 3=INCALL");
    let told = Options::parse(text).unwrap().1.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(told.len(), 13);
    let doubled = "line `2`: `aggregated-states`: pair `4` names `2 (device Idle, agent Ready)` a second time";
    assert_eq!(told.first().unwrap(), doubled);
    let missing = "line `2`: `aggregated-states`: `15 (device OOS, agent Walk_Away)` has no name";
    assert_eq!(told.last().unwrap(), missing);

    let wrong = "aggregated-states = 1=A, secret, 16=B";
    let new = old.reread(wrong);
    assert_eq!(new.options, old);
    let said = problems(wrong).into_iter().map(|(line, problem)| format!("{line}: {problem}")).collect::<String>();
    assert!(said.starts_with("1: `aggregated-states`: pair `2` is not a number"), "{said}");
    assert!(said.contains("pair `3` has the number `16`") && !said.contains("secret"), "{said}");
    assert_eq!(warnings("aggregated-states ="), [(1, Warning::Blank { option: "aggregated-states" })]);
}

/// S4.23: a range below 3000 can never count, for no such number says anything.
#[test]
fn numbers_that_never_count_are_warned_of() {
    for option in ["presence-availability-range", "default-availability-range"] {
        for (value, warned) in [("3000-5999", false), ("2999", true), ("3500-6000, 0-5", true), ("2000-18000", true)] {
            let expected = warned.then_some((1, Warning::LowNumbers { option }));
            assert_eq!(warnings(&format!("{option} = {value}")), Vec::from_iter(expected), "{value}");
        }
    }
    let (read, told) = Options::parse("presence-availability-range = 1-3000").unwrap();
    assert_eq!(read.presence_availability_range.unwrap().to_string(), "1-3000", "it is used as it is");
    let said = "line `1`: `presence-availability-range` has numbers below `3000`, which never count";
    assert_eq!(told.first().unwrap().to_string(), said);
}

/// S4.17: the section, comments, blanks, empty lines and the mark at the beginning of a file.
#[test]
fn the_section_is_read_with_all_that_stands_around_it() {
    let text = "\u{feff}# the night shift\n\n ; old\n  [ TServer ]  \n\tservice-type\t=\tpresence-profile\t\n\
                map-presence-to-dnd=true\n  presence-availability-range =3000-5999  \n";
    assert_eq!(options(text), options(PULL));
    assert_eq!(options(PULL.strip_prefix("[TServer]\n").unwrap()), options(PULL));
    assert_eq!(warnings(text), []);
}

/// S4.17: other sections are left out, and come back to the section is possible.
#[test]
fn other_sections_are_left_out() {
    let text = "[log]\nverbose = all\nno equals here\n[TServer]\nmap-presence-to-dnd = true\n[tserver]\n\
                map-presence-to-dnd = x\n[TServer]\nservice-type = presence-profile\n";
    let read = options(text);
    assert_eq!((read.map_presence_to_dnd, read.is_profile()), (Some(true), true));
    assert_eq!(read.others, []);
    assert_eq!(warnings(text), [(1, Warning::OtherSection), (6, Warning::SectionCase)]);
}

/// S4.18: the mark makes a profile, letter by letter.
#[test]
fn only_the_mark_makes_a_profile() {
    assert!(options("service-type = presence-profile").is_profile());
    for text in ["", "service-type = presence_profile", "service-type = Presence-Profile", "service-type ="] {
        assert!(!options(text).is_profile(), "{text}");
        let added = Profiles::new().add("sales", options(text));
        assert_eq!(added, Err(NotAdded::NotAProfile { name: "sales".into() }), "{text}");
    }
    assert_eq!(warnings("service-type = extension"), [(1, Warning::OtherService)]);
    let blank = Warning::Blank { option: "service-type" };
    assert_eq!(warnings("service-type ="), [(1, blank)]);
}

/// S4.17: what is wrong is told all at once, by line, and without repeating what was written.
#[test]
fn everything_wrong_is_told_by_line() {
    let text = "[TServer]\nmap-presence-to-dnd = secret\nsecret\n= secret\nse cret = 1\n\
                presence-availability-range = 3000-secret\nhandle-direct-calls = secret\n[secret\n\
                default-availability-range =\n";
    let expected = [
        (2, "`map-presence-to-dnd` must be `true` or `false`"),
        (3, "no `=` between name and value"),
        (4, "name that is not made of letters, digits, `-`, `_` and `.`, or is longer than `64` bytes"),
        (5, "name that is not made of letters, digits, `-`, `_` and `.`, or is longer than `64` bytes"),
        (6, "`presence-availability-range`: not a number at byte `5` of the availability ranges"),
        (7, "`handle-direct-calls` must be `true`, `false` or `on-login`"),
        (8, "section header without `]` at its end"),
        (9, "`default-availability-range`: missing number at byte `0` of the availability ranges"),
    ];
    assert_eq!(problems(text), expected.map(|(line, problem)| (line, problem.to_owned())));
    let error = Options::parse(text).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
    assert!(error.to_string().starts_with("line `2`: `map-presence-to-dnd` must be `true` or `false`; line `3`: "));
}

/// S4.17: unknown options are kept, warned of, and do not print their values; case counts, as in the product.
#[test]
fn unknown_options_are_kept_and_warned_of() {
    let text = "link-password = secret = 1\nMap-Presence-To-DND = true\n";
    let read = options(text);
    assert_eq!(read.map_presence_to_dnd, None);
    let names = read.others.iter().map(|other| &*other.name).collect::<Vec<_>>();
    assert_eq!(names, ["link-password", "Map-Presence-To-DND"]);
    assert_eq!(read.others.first().unwrap().value, Confidential::new("secret = 1".into()));
    assert!(!format!("{read:?}").contains("secret"));
    let told =
        [(1, Warning::Unknown { name: "link-password".into() }), (2, Warning::Case { option: "map-presence-to-dnd" })];
    assert_eq!(warnings(text), told);
    let printed = Options::parse(text).unwrap().1.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        printed,
        [
            "line `1`: unknown option `link-password` does nothing",
            "line `2`: option does nothing, because case counts: write `map-presence-to-dnd`"
        ]
    );
}

/// S4.17: of an option that is set twice the first counts.
#[test]
fn the_first_of_two_counts() {
    let text = "map-presence-to-dnd = true\n\nmap-presence-to-dnd = false\n";
    assert_eq!(options(text).map_presence_to_dnd, Some(true));
    assert_eq!(warnings(text), [(3, Warning::Twice { option: "map-presence-to-dnd", first: 1 })]);
}

/// S4.47: a changed text takes the place of the old one without a restart; what is refused in it leaves the old value.
#[test]
fn a_new_text_replaces_the_old_one_option_by_option() {
    let old = options(&format!("{PULL}aggregated-states = 1=A\n"));
    let text =
        "service-type = presence-profile\nmap-presence-to-dnd = maybe\npresence-availability-range = 3000-3500\n";
    let new = old.reread(text);
    assert_eq!(new.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2]);
    assert_eq!(new.options.map_presence_to_dnd, Some(true), "kept");
    assert_eq!(new.options.presence_availability_range.as_ref().unwrap().to_string(), "3000-3500", "new");
    assert_eq!(new.options.aggregated_states, None, "gone");
    assert_eq!(old, options(&format!("{PULL}aggregated-states = 1=A\n")), "the old one is as it was");
    let range = new.options.reread("presence-availability-range = 5-1\n");
    assert_eq!(range.options.presence_availability_range.unwrap().to_string(), "3000-3500");
}

/// A text nobody would write costs nothing and changes nothing.
#[test]
fn a_text_too_long_changes_nothing() {
    let old = options(PULL);
    let new = old.reread(&"#".repeat((1 << 20) + 1));
    assert_eq!(new.options, old);
    assert_eq!(new.problems.first().unwrap().problem, Problem::TooLong);
    assert_eq!(old.reread(&"#".repeat(1 << 20)).problems, []);
}

/// A text of the largest size gives a bounded number of complaints, and the last one says that there are more.
#[test]
fn a_hostile_text_gives_few_complaints() {
    let error = Options::parse(&"x\n".repeat(1 << 19)).unwrap_err();
    assert_eq!(error.problems.len(), 100);
    let (read, warnings) = Options::parse(&"x=\n".repeat(1 << 18)).unwrap();
    assert_eq!((warnings.len(), read.others.len()), (100, 1_000));
    let lasts = (error.problems.last().unwrap(), warnings.last().unwrap());
    assert_eq!(
        (lasts.0.line, &lasts.0.problem, lasts.1.line, &lasts.1.warning),
        (100, &Problem::More, 100, &Warning::More)
    );
    let few = Options::parse(&"x\n".repeat(99)).unwrap_err();
    assert!(few.problems.iter().all(|problem| problem.problem == Problem::NoEquals));
    let none = Options::default().reread(&("x\n".repeat(200) + "map-presence-to-dnd = true\n"));
    assert_eq!(none.options.map_presence_to_dnd, Some(true), "what is not told does not keep the rest from being read");
}

/// What the documents leave open is a setting.
#[test]
fn what_is_not_set_is_a_setting() {
    let bare = options("service-type = presence-profile");
    let application = options("default-availability-range = 3500-6000,7500");
    let wide = "3000-7499".parse::<PullProfile>().unwrap().ranges().clone();
    assert_eq!(bare.pull(&application, &Defaults::new()), None);
    let pull = |application: &Options, defaults: Defaults| bare.pull(application, &defaults).unwrap().to_string();
    let on = Defaults::new().map_presence_to_dnd(true);
    assert_eq!(pull(&Options::default(), on.clone()), "3000-6000");
    assert_eq!(pull(&application, on.clone()), "3500-6000,7500");
    assert_eq!(pull(&application, on.clone().presence_availability_range(wide)), "3000-7499");
    let own = options(PULL).pull(&application, &on).unwrap();
    assert_eq!(own.to_string(), "3000-5999");
}

/// Without a profile that pulls, the application's own range holds where it leaves direct calls alone.
#[test]
fn direct_calls_bring_the_default_range() {
    let push = options("service-type = presence-profile\nmap-presence-to-dnd = false");
    let pull = options(PULL);
    let apart = options("handle-direct-calls = false\ndefault-availability-range = 3000-7499");
    let of = |profile: Option<&Options>, application: &Options| {
        is_off_at(Options::device_pull(profile, application, &Defaults::new()).as_ref(), 6_500)
    };
    assert_eq!(
        [of(None, &apart), of(Some(&push), &apart), of(Some(&pull), &apart)],
        [Some(true), Some(true), Some(false)]
    );
    for text in ["", "handle-direct-calls = true", "handle-direct-calls = on-login"] {
        let application = options(text);
        let got = [of(None, &application), of(Some(&push), &application), of(Some(&pull), &application)];
        assert_eq!(got, [None, None, Some(false)], "{text}");
    }
    assert_eq!(options("handle-direct-calls = on-login").handle_direct_calls, Some(DirectCalls::OnLogin));
}

#[derive(Deserialize)]
struct Vector {
    login: Option<String>,
    device: Option<String>,
    application: Option<String>,
    name: Option<String>,
    why: String,
}

fn company() -> Profiles {
    let mut profiles = Profiles::new();
    for name in ["agent", "desk", "company"] {
        profiles.add(name, options(PULL)).unwrap();
    }
    profiles
}

/// S4.19, S4.20: of several profiles one holds, that of the login before that of the device before that of the
/// application, in all eight combinations; and why is told.
#[test]
fn login_comes_before_device_before_application() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("vectors/profile_choice.json")).unwrap();
    assert_eq!(vectors.len(), 11);
    let profiles = company();
    for vector in &vectors {
        let asked = Asked::new(vector.login.as_deref(), vector.device.as_deref(), vector.application.as_deref());
        let choice = profiles.choose(asked);
        assert_eq!(choice.to_string(), vector.why);
        let name = match &choice {
            Choice::Profile { name, .. } => Some(name.to_string()),
            _ => None,
        };
        assert_eq!(name, vector.name, "{}", vector.why);
        assert_eq!(choice.options().is_some(), vector.name.is_some());
        assert!(!format!("{choice:?}").contains("nobody"), "what was typed at a login does not print");
    }
}

/// S4.19, S4.20: the option that names the active profile is read from the texts of device and application.
#[test]
fn the_active_profile_is_named_in_options() {
    let (device, application) = (options("presence-profile = desk"), options("presence-profile = company"));
    let profiles = company();
    let choice = profiles.choose(Asked::of(None, &device, &application));
    let Choice::Profile { level, name, outranked, .. } = choice else { panic!("{choice}") };
    assert_eq!((level, &*name), (Level::Device, "desk"));
    assert_eq!(outranked, [(Level::Application, "company".into())]);
    let login = profiles.choose(Asked::of(Some("agent"), &device, &application));
    assert_eq!(login.options(), profiles.get("agent").map(|options| &**options));
}

/// S4.19: profiles have names, each its own.
#[test]
fn profiles_have_names() {
    let mut profiles = company();
    assert_eq!(profiles.names().collect::<Vec<_>>(), ["agent", "company", "desk"]);
    assert_eq!(profiles.add(" desk ", options(PULL)), Err(NotAdded::Twice { name: "desk".into() }));
    assert_eq!(profiles.add(" ", options(PULL)), Err(NotAdded::NoName));
    assert_eq!(profiles.add("Desk", options(PULL)), Ok(()), "case counts");
}

/// Lines that are nearly right, right, and nothing of the kind.
fn line() -> impl Strategy<Value = String> {
    let names =
        vec!["service-type", "map-presence-to-dnd", "presence-availability-range", "Service-Type", "x", "", "["];
    let values = vec!["presence-profile", "true", "3000-5999", "5-1", "", "]", " = ", "é"];
    let made =
        (prop::sample::select(names), prop::sample::select(vec!["=", " = ", " ", "]"]), prop::sample::select(values))
            .prop_map(|(name, between, value)| format!("{name}{between}{value}"));
    (made, "\\PC{0,30}", prop::bool::weighted(0.8)).prop_map(|(made, any, is_made)| if is_made { made } else { any })
}

proptest! {
    /// Any text is read to its end; what is told has a line that is there, in order.
    #[test]
    fn any_text_is_read_to_its_end(lines in prop::collection::vec(line(), 0..20)) {
        let text = lines.join("\n");
        let read = Options::default().reread(&text);
        for told in [
            read.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(),
            read.warnings.iter().map(|warning| warning.line).collect(),
        ] {
            prop_assert!(told.is_sorted());
            prop_assert!(told.iter().all(|line| (1..=lines.len()).contains(line)));
        }
        prop_assert_eq!(Options::parse(&text).is_ok(), read.problems.is_empty());
    }

    /// S4.47: a text that is read again says the same, whatever was before, unless something in it is refused.
    #[test]
    fn what_was_before_matters_only_for_what_is_refused(lines in prop::collection::vec(line(), 0..20)) {
        let text = lines.join("\n");
        let (fresh, again) = (Options::default().reread(&text), options(PULL).reread(&text));
        prop_assert_eq!(&fresh.problems, &again.problems);
        prop_assert_eq!(&fresh.warnings, &again.warnings);
        if fresh.problems.is_empty() {
            prop_assert_eq!(fresh.options, again.options);
        }
    }
}
