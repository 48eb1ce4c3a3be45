//! The example `dnd_profile` from the outside: what it prints, what it refuses, and that it never gives up the ghost.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::path::PathBuf;

#[path = "../dnd_profile/trial.rs"]
mod trial;

const OPTIONS: &str = include_str!("../dnd_profile/options.txt");
const STATES: &str = include_str!("../dnd_profile/agent_states.xml");
const SHOWING: &str = include_str!("dnd_profile/showing.txt");
const LISTENING: &str = include_str!("dnd_profile/listening.txt");

/// The status, what is printed, and what is wrong.
fn run(arguments: &[&str]) -> (u8, String, String) {
    let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect::<Vec<_>>();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = trial::run(&arguments, &mut out, &mut err);
    (status, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

/// A file with this in it, for a test of this name.
fn file(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("dnd_profile");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What is wrong with a file of agent states.
fn refused_states(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let (status, _, err) = run(&["--states", &file(name, bytes)]);
    assert_eq!(status, 2, "{err}");
    err
}

/// What is wrong with options.
fn refused_options(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let (status, out, err) = run(&["--options", &file(name, bytes)]);
    assert_eq!((status, &*out), (2, ""), "{err}");
    err
}

/// S4.5, S4.20, S4.27, S4.31, S4.33, S4.34, S4.35, S4.45: the device's profile comes before the application's, and
/// publishes what the full file has for each of the fifteen.
#[test]
fn the_built_in_files_show_a_profile_that_pushes() {
    assert_eq!(run(&[]), (0, SHOWING.to_owned(), String::new()));
}

/// S4.4, S4.20, S4.22, S4.23, S4.24, S4.26: the login's profile comes first; ranges are put right, every number has
/// its state, and events tell changes only.
#[test]
fn a_login_shows_a_profile_that_pulls() {
    assert_eq!(run(&["--login-profile", "listening"]), (0, LISTENING.to_owned(), String::new()));
    let (_, out, _) = run(&["--device-profile", "listening", "--numbers", "6500, lost ,6500,3500"]);
    let events = out.split_once("arrives").unwrap().1.lines().skip(1);
    let events = events.map(|line| line.split_whitespace().last().unwrap()).collect::<Vec<_>>();
    assert_eq!(events, ["EventDNDOn", "-", "-", "EventDNDOff"]);
}

/// S4.19, S4.20: a name without a profile does not make room for the next level.
#[test]
fn a_name_without_a_profile_means_none() {
    let (status, out, _) = run(&["--login-profile", "nobody"]);
    assert_eq!(status, 0);
    assert!(out.starts_with("no profile: there is none with the name given by the login session"), "{out}");
    assert!(out.contains("There is `listening`, `showing`: name it"), "{out}");
}

/// S4.48: the map is ignored where presence is pulled, and it is said.
#[test]
fn pull_and_a_map_together_are_warned_of() {
    let both = OPTIONS.replace("map-presence-to-dnd = false", "map-presence-to-dnd = true");
    let (status, out, err) = run(&["--options", &file("both.txt", both)]);
    assert_eq!((status, &*err), (0, ""));
    assert!(out.contains("warning: `agent-presence-map` is ignored because `map-presence-to-dnd` is `true`"), "{out}");
    assert!(!out.contains("INCALL"), "{out}");
}

/// S4.17, S4.18: one section as the server has it will do, and what is not marked is no profile.
#[test]
fn one_section_is_one_profile() {
    let section = "[TServer]\nservice-type = presence-profile\nmap-presence-to-dnd = true\n";
    let (_, out, _) = run(&["--options", &file("section.txt", section)]);
    assert!(out.contains("Available at 3000-6000 (the default, for no range is set)."), "{out}");
    let (_, out, _) = run(&["--options", &file("no_mark.txt", section.replace("service-type", "# service-type"))]);
    assert!(out.starts_with("no profile: none is named\nThere is no profile: mark one"), "{out}");
}

/// S4.37: the combinations that publish nothing, and why.
#[test]
fn what_is_not_published_says_why() {
    let list = OPTIONS.rfind("aggregated-states").unwrap();
    let few =
        format!("{}aggregated-states = 1:OOS, 2:AVAILABLE, 3:IDLE_READY, 2:LUNCH\n", OPTIONS.get(..list).unwrap());
    let states = file("low.xml", STATES.replace("3501", "2999"));
    let (status, out, err) = run(&["--options", &file("few.txt", few), "--states", &states]);
    assert_eq!(status, 2);
    assert!(err.contains("no entry for `AVAILABLE`, the name of 2 (device Idle, agent Ready)"), "{err}");
    assert!(out.contains("2  Idle    Ready      AVAILABLE      nothing: the file has no state of that name"), "{out}");
    assert!(out.contains("3  Idle    NotReady   IDLE_READY     nothing: servers do not show 2999"), "{out}");
    assert_eq!(out.matches("nothing: `aggregated-states` has no name for it").count(), 12, "{out}");
    assert!(out.contains("`aggregated-states`: pair `4` names `2 (device Idle, agent Ready)` a second time"), "{out}");
    assert!(out.contains("warning: `INCALL` is in the file, and no combination is named so"), "{out}");
}

/// S4.37, S4.39: leniently, fragments and incomplete files are taken with warnings.
#[test]
fn a_fragment_is_taken_leniently() {
    let fragment = file("fragment.xml", "<agentState ID='OOS' availability='18500'/>");
    let (status, _, err) = run(&["--states", &fragment]);
    assert_eq!(status, 2);
    assert!(err.contains("line `1` of the agent states") && err.ends_with("(or take it with --lenient)\n"), "{err}");
    let (status, out, err) = run(&["--states", &fragment, "--lenient"]);
    assert_eq!((status, &*err), (0, ""));
    assert_eq!(out.matches("18500 Offline        none").count(), 5, "{out}");
    assert!(out.contains("warning: the profile is incomplete: the agent states have no entry for `IDLE_OUT`"), "{out}");
}

/// S4.47: what would change is shown before anything changes, and a file that is refused changes nothing.
#[test]
fn what_a_new_file_would_change_is_shown() {
    let in_use = file("in_use.xml", STATES);
    let new = STATES.replacen("6001", "9501", 1).replace("Telephone out", "Out");
    let new = new.replace("</agentStates>", "<agentState ID='LUNCH' availability='15501'/></agentStates>");
    let (status, out, _) = run(&["--states", &file("new.xml", new), "--against", &in_use]);
    assert_eq!(status, 0);
    let changes = "\n  `IDLE_NOTREADY` 6001 Busy becomes 9501 DoNotDisturb (combination 3)\n  `OOS` has other texts \
                   (combination 11, 12, 13, 14, 15)\n  `LUNCH` is new (no combination)\n";
    assert!(out.ends_with(changes), "{out}");
    let (_, out, _) = run(&["--states", &in_use, "--against", &in_use]);
    assert!(out.ends_with("\n  nothing changes\n"), "{out}");
    let incomplete = file("incomplete.xml", STATES.replace("\"OOS\"", "\"Oos\""));
    let (status, out, _) = run(&["--states", &incomplete, "--against", &in_use]);
    assert_eq!(status, 2);
    assert!(out.ends_with("\n  nothing changes, for the new file is refused: the one in use stays\n"), "{out}");
}

#[test]
fn files_that_are_none_are_refused_with_advice() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let err = |argument: &str, path: &str| {
        let (status, _, err) = run(&[argument, path]);
        assert_eq!(status, 2);
        err.replace(folder, "DIR")
    };
    for argument in ["--options", "--states"] {
        assert_eq!(err(argument, "no such file"), "`no such file`: there is no such file, check the name\n");
        assert_eq!(err(argument, folder), "`DIR`: this is a directory, name a file in it\n");
        let empty = err(argument, &file("empty", ""));
        assert_eq!(empty, "`DIR/dnd_profile/empty`: the file is empty, is it the right one?\n");
        let large = err(argument, &file("large", vec![b' '; 2 << 20]));
        assert!(large.contains("larger than `1048576` bytes"), "{large}");
    }
}

/// S4.38, S4.44: encodings, and what is no file of agent states.
#[test]
fn broken_agent_states_are_refused_by_line() {
    let latin = STATES.chars().map(|one| u8::try_from(one).unwrap_or(b'?')).collect::<Vec<_>>();
    assert!(refused_states("latin.xml", &latin).contains("not UTF-8: save the file as UTF-8"));
    let wide = format!("\u{feff}{}", STATES.replace("UTF-8", "UTF-16"));
    let wide = wide.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let (status, out, err) = run(&["--states", &file("wide.xml", wide)]);
    assert_eq!((status, &*out, &*err), (0, SHOWING, ""));
    let bomb = STATES.replacen('\n', "\n<!DOCTYPE a [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]>\n", 1);
    assert!(refused_states("bomb.xml", bomb).contains("line `2` of the agent states: there is a document type"));
    let half = STATES.get(..STATES.len() / 2).unwrap();
    assert!(refused_states("half.xml", half).contains("of the agent states: "));
    let other = STATES.replace("mslyncteserver", "other");
    assert!(refused_states("namespace.xml", other).contains("line `2` of the agent states: the namespace is not"));
    let random = (0..=255).cycle().take(10_000).collect::<Vec<u8>>();
    assert!(!refused_states("random.xml", random).is_empty());
}

/// S4.17: everything that is wrong with options is told by its line in the file, whoever's they are.
#[test]
fn broken_options_are_refused_by_line() {
    let bad = "[application]\nwhat\n[profile a]\nmap-presence-to-dnd = maybe\n[device]\n[x\n\
               [profile b]\npresence-availability-range = 5-1\n";
    let lines = refused_options("bad.txt", bad);
    let lines = lines.lines().map(|line| line.split('`').nth(3).unwrap()).collect::<Vec<_>>();
    assert_eq!(lines, ["2", "4", "6", "8"]);
    assert!(refused_options("no_name.txt", "\n[profile]").contains("line `2`: a profile needs a name"));
    assert!(refused_options("twice.txt", "[profile a]\n[Profile a]").contains("line `2`: there is a profile"));
    assert!(refused_options("control.txt", "[profile a\u{1b}[2J]").contains("no control characters"));
    let many = (0..=100).map(|number| format!("[profile p{number}]\n")).collect::<String>();
    assert!(refused_options("many.txt", many).contains("line `101`: there are more than `100` profiles"));
    let wide = OPTIONS.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    assert!(!refused_options("latin.txt", b"[application]\n# \xE9").contains("\u{fffd}"));
    // It is UTF-8 as well, and full of zero bytes.
    assert!(refused_options("wide.txt", wide).contains("no `=` between name and value"));
    let list = OPTIONS.replace("1=IDLE_OUT", "16=IDLE_OUT");
    let (status, _, err) = run(&["--options", &file("list.txt", list), "--states", &file("list.xml", STATES)]);
    assert_eq!(status, 2);
    assert!(err.contains("pair `1` has the number `16`, but only `1` to `15` exist"), "{err}");
}

/// S4.17, S4.46: unknown options and other sections are warned of by line; the path of the server is no file here.
#[test]
fn odd_options_are_warned_of_by_line() {
    let odd =
        OPTIONS.replace("[device]", "[device]\nlink-password = secret\nPresence-Profile = x\n[log]\na = b\n[TServer]");
    let (status, out, err) = run(&["--options", &file("odd.txt", odd)]);
    assert_eq!(status, 2);
    assert_eq!(err, "`agent-presence-map` names a file of the server: name its copy here with `--states FILE`\n");
    let warnings = out.lines().take_while(|line| line.starts_with("warning")).collect::<Vec<_>>();
    let said = warnings.iter().map(|line| line.rsplit_once("odd.txt`: ").unwrap().1).collect::<Vec<_>>();
    assert_eq!(
        said,
        [
            "line `8`: unknown option `link-password` does nothing",
            "line `9`: option does nothing, because case counts: write `presence-profile`",
            "line `10`: section other than `[TServer]` is left out",
        ]
    );
    assert!(!out.contains("secret"), "{out}");
    assert!(out.contains("profile `showing`, named by the device"), "{out}");
}

#[test]
fn wrong_arguments_are_refused() {
    for arguments in [
        &["--optoins", "x"][..],
        &["x"],
        &["--options"],
        &["--states", "--lenient"],
        &["--numbers", "3500,x"],
        &["--numbers", "-1"],
        &["--numbers", "99999999999"],
        &["--states", "a", "--states", "b"],
    ] {
        let (status, out, err) = run(arguments);
        assert_eq!((status, &*out), (2, ""), "{arguments:?}");
        assert!(err.ends_with("(try --help)\n"), "{err}");
    }
    let (status, out, err) = run(&["--options", "x", "--help"]);
    assert!(status == 0 && out.contains("usage: dnd_profile") && err.is_empty());
}
