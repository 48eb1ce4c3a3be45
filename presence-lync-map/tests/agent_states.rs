//! Agents of a contact centre as presence: the list of names, the file, and what is published.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::time::{Duration, Instant};

use presence_core::{Activity, Band, Lcid};
use presence_lync_map::activity::{ActivityToken, activity_of};
use presence_lync_map::agent_states::{
    AgentState, AgentStates, AggregatedStates, Change, Combination, DeviceState, ListProblem, MOST_BYTES, NAMESPACE,
    Problem, Profile, ProfileWarning, PushProfile, ReloadError, StateEntry,
};
use presence_lync_map::bands::RawAvailability;
use presence_lync_map::options::{Defaults, Options};
use proptest::prelude::*;

const FULL: &str = include_str!("vectors/agent_states/full.xml");
const MULTILINGUAL: &str = include_str!("vectors/agent_states/multilingual.xml");
const DOCUMENTED: &str = include_str!("vectors/agent_states/documented.xml");
const FRAGMENT: &str = include_str!("vectors/agent_states/fragment.xml");

/// As the documents write it, with blanks and a full stop.
const OPTION: &str = "1=IDLE_OUT, 2=IDLE_READY, 3=IDLE_NOTREADY, 4=IDLE_ACW, 5=IDLE_AWAY, 6=INCALL, 7=INCALL, \
                      8=INCALL, 9=INCALL, 10=INCALL, 11=OOS, 12=OOS, 13=OOS, 14=OOS, 15=OOS.";

fn names() -> AggregatedStates {
    OPTION.parse().unwrap()
}

fn strict(xml: &str) -> AgentStates {
    let (states, warnings) = AgentStates::from_xml(xml.as_bytes()).unwrap();
    assert_eq!(warnings, [], "{xml}");
    states
}

fn push() -> PushProfile {
    PushProfile::new(names(), strict(FULL)).unwrap()
}

fn texts(entry: &StateEntry) -> Vec<(u32, &str)> {
    entry.texts().iter().map(|(lcid, text)| (lcid.get(), &**text.reveal())).collect()
}

/// A file with this between the tags of the root.
fn around(inner: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<agentStates xmlns=\"{NAMESPACE}\">\n{inner}\n</agentStates>")
}

const STATE: &str = "<agentState ID='A' availability='3501'><activity LCID='1033'>x</activity></agentState>";

/// The line and the problem with which the file is refused.
fn refused(xml: impl AsRef<[u8]>) -> (usize, Problem) {
    let error = AgentStates::from_xml(xml.as_ref()).unwrap_err();
    (error.line, error.problem)
}

/// The line and the problem with which the file is refused even when it is read leniently.
fn hopeless(xml: impl AsRef<[u8]>) -> (usize, Problem) {
    let lenient = AgentStates::from_xml_lenient(xml.as_ref()).unwrap_err();
    let strict = refused(xml);
    assert_eq!((lenient.line, lenient.problem), strict);
    strict
}

/// What a file that is refused comes to when it is read leniently.
fn forgiven(xml: &str) -> (AgentStates, Vec<(usize, Problem)>) {
    assert!(AgentStates::from_xml(xml.as_bytes()).is_err(), "{xml}");
    let (states, warnings) = AgentStates::from_xml_lenient(xml.as_bytes()).unwrap();
    (states, warnings.into_iter().map(|warning| (warning.line, warning.problem)).collect())
}

/// What is passed over in a file that is taken as the documents want it.
fn warned(xml: &str) -> (AgentStates, Vec<(usize, Problem)>) {
    let (states, warnings) = AgentStates::from_xml(xml.as_bytes()).unwrap();
    (states, warnings.into_iter().map(|warning| (warning.line, warning.problem)).collect())
}

fn name(number: u32) -> String {
    names().get(Combination::from_number(number).unwrap()).unwrap().to_string()
}

mod list {
    use super::*;

    /// S4.32, S4.36: fifteen pairs in the documents' example, with its blanks and its full stop.
    #[test]
    fn the_documented_example_is_read() {
        assert!(names().missing().is_empty());
        assert_eq!(AggregatedStates::read(OPTION).unwrap(), (names(), vec![]));
        assert_eq!(format!("{}.", names()), OPTION);
    }

    /// S4.32: both marks, any blanks, any order.
    #[test]
    fn marks_blanks_and_order_do_not_matter() {
        let mut pairs = OPTION.trim_end_matches('.').split(", ").collect::<Vec<_>>();
        pairs.reverse();
        let other = pairs.join(" ,\n\t").replace('=', " : ");
        assert_eq!(format!(" {other} . ").parse::<AggregatedStates>().unwrap(), names());
    }

    /// S4.33: an idle device, all five agents.
    #[test]
    fn at_an_idle_device_the_agent_decides() {
        let expected = ["IDLE_OUT", "IDLE_READY", "IDLE_NOTREADY", "IDLE_ACW", "IDLE_AWAY"];
        for (agent, expected) in AgentState::ALL.into_iter().zip(expected) {
            assert_eq!(names().name(agent, DeviceState::Idle).unwrap().as_str(), expected);
        }
        assert_eq!((1..=5).map(name).collect::<Vec<_>>(), expected);
    }

    /// S4.30, S4.34: every state with a call is a call.
    #[test]
    fn at_a_busy_device_all_are_in_a_call() {
        for agent in AgentState::ALL {
            assert_eq!(names().name(agent, DeviceState::Busy).unwrap().as_str(), "INCALL");
        }
        assert!((6..=10).map(name).all(|name| name == "INCALL"));
    }

    /// S4.35: a device out of service, all five agents.
    #[test]
    fn at_a_device_out_of_service_nobody_is_there() {
        for agent in AgentState::ALL {
            assert_eq!(names().name(agent, DeviceState::OutOfService).unwrap().as_str(), "OOS");
        }
        assert!((11..=15).map(name).all(|name| name == "OOS"));
    }

    /// S4.32: everything that is wrong is told at once, and by name.
    #[test]
    fn all_problems_are_named_at_once() {
        let text = "1=A, 2, 16=B, 3=C D, 1=E, x=F, 4=, 4294967296=G, +5=H,, 6==I, 7=J.K";
        let error = text.parse::<AggregatedStates>().unwrap_err();
        let missing = (2..=15).filter(|number| *number != 7).map(|number| Combination::from_number(number).unwrap());
        let (named, last) = error.problems.split_at(10);
        assert_eq!(last, missing.map(|combination| ListProblem::Missing { combination }).collect::<Vec<_>>());
        assert_eq!(named[0], ListProblem::Unreadable { pair: 2 });
        assert_eq!(named[1], ListProblem::UnknownNumber { pair: 3, number: 16 });
        assert!(matches!(named[2], ListProblem::Name { pair: 4, .. }));
        assert!(matches!(named[3], ListProblem::Doubled { pair: 5, combination } if combination.number() == 1));
        assert_eq!(named[4], ListProblem::Unreadable { pair: 6 });
        assert!(matches!(named[5], ListProblem::Name { pair: 7, .. }));
        assert_eq!(named[6], ListProblem::LargeNumber { pair: 8 });
        assert_eq!(named[7], ListProblem::Unreadable { pair: 9 });
        assert_eq!(named[8], ListProblem::Unreadable { pair: 10 });
        assert!(matches!(named[9], ListProblem::Name { pair: 11, .. }));
        assert_eq!(AggregatedStates::read(text).unwrap_err(), error);
        let said = error.to_string();
        assert!(said.contains("`15 (device OOS, agent Walk_Away)` has no name"), "{said}");
        assert!(!said.contains("C D"), "{said}");
    }

    /// S4.32: the other example of the documents has eight pairs. The product takes it, and what is missing is told.
    #[test]
    fn an_incomplete_list_is_taken_with_warnings() {
        let text = "1:OOS, 2:AVAILABLE, 3:INCALL, 2:LUNCH";
        let (states, warnings) = AggregatedStates::read(text).unwrap();
        assert_eq!(
            states.name(AgentState::Ready, DeviceState::Idle).unwrap().as_str(),
            "AVAILABLE",
            "the first counts"
        );
        assert_eq!(states.name(AgentState::Ready, DeviceState::Busy), None);
        assert_eq!(warnings.len(), 13);
        assert!(matches!(warnings[0], ListProblem::Doubled { pair: 4, .. }));
        assert_eq!(text.parse::<AggregatedStates>().unwrap_err().problems, warnings);
        assert!("".parse::<AggregatedStates>().is_err() && AggregatedStates::read(" . ").is_err());
    }

    /// S4.32: a number that is too large is not called another number.
    #[test]
    fn a_number_that_is_too_large_is_not_renamed() {
        let error = AggregatedStates::read("99999999999=OOS").unwrap_err().to_string();
        assert!(error.contains("pair `1` has a number of too many digits") && !error.contains("4294967295"), "{error}");
        let error = AggregatedStates::read("4294967295=OOS").unwrap_err().to_string();
        assert!(error.contains("pair `1` has the number `4294967295`"), "{error}");
    }

    #[test]
    fn a_very_long_list_is_cut_short() {
        let error = AggregatedStates::read(&"1=A,".repeat(100_000)).unwrap_err();
        assert_eq!(error.problems.iter().filter(|problem| **problem == ListProblem::TooMany).count(), 1);
        assert!(error.problems.len() < 120);
    }
}

mod file {
    use super::*;

    const NUMBERS: [(&str, u32); 7] = [
        ("IDLE_OUT", 18_000),
        ("IDLE_READY", 3_501),
        ("IDLE_NOTREADY", 6_001),
        ("IDLE_ACW", 6_001),
        ("IDLE_AWAY", 4_501),
        ("INCALL", 7_001),
        ("OOS", 18_000),
    ];

    /// S4.28, S4.38, S4.45: the full file, read and written.
    #[test]
    fn the_full_file_is_read_and_written() {
        let states = strict(FULL);
        assert!(states.iter().map(|entry| (entry.name().as_str(), entry.availability())).eq(NUMBERS));
        assert!(states.iter().all(|entry| texts(entry).iter().map(|(lcid, _)| *lcid).eq([1033, 3082, 1049, 1036])));
        assert_eq!(states.to_xml(), FULL);
    }

    /// S4.28: the same states as data.
    #[test]
    fn the_same_states_are_read_from_data() {
        let states = strict(FULL);
        let data = states.iter().map(|entry| {
            let texts = texts(entry).into_iter().map(|(lcid, text)| serde_json::json!({"lcid": lcid, "text": text}));
            let texts = texts.collect::<Vec<_>>();
            serde_json::json!({"id": entry.name().as_str(), "availability": entry.availability(), "texts": texts})
        });
        let data = serde_json::Value::Array(data.collect());
        assert_eq!(serde_json::from_value::<AgentStates>(data).unwrap(), states);
    }

    /// S4.40, S4.41, S4.42: a name, a number, a text with its locale; the blanks around it are not part of it.
    #[test]
    fn the_documented_entries_are_read() {
        let states = strict(DOCUMENTED);
        let (ready, call) = (states.get("IDLE_READY").unwrap(), states.get("INCALL").unwrap());
        assert_eq!((ready.availability(), texts(ready)), (3_501, vec![(1033, "I am available")]));
        assert_eq!((call.availability(), texts(call)), (7_001, vec![(1033, "Working with customer, do not disturb")]));
        assert_eq!(states.get("incall"), None);
    }

    /// S4.43, S4.44, S4.45: four languages come back as they went; the two files word two of them differently.
    #[test]
    fn four_languages_come_back_as_they_went() {
        let (states, full) = (strict(MULTILINGUAL), strict(FULL));
        assert_eq!(states.to_xml(), MULTILINGUAL);
        for entry in states.iter() {
            let (one, other) = (texts(entry), texts(full.get(entry.name().as_str()).unwrap()));
            let same = one.iter().zip(&other).map(|(one, other)| (one.0, one == other)).collect::<Vec<_>>();
            assert_eq!(same, [(1033, true), (3082, false), (1049, true), (1036, false)]);
        }
        assert_eq!(texts(full.get("INCALL").unwrap())[2].1, "Работаю с клиентом, не беспокоить");
    }

    /// S4.42, S4.43: whoever reads gets the own language, else the nearest.
    #[test]
    fn a_reader_gets_the_own_language() {
        let states = strict(FULL);
        let texts = states.get("IDLE_READY").unwrap().local_texts();
        let shown = |lcid: u32| texts.get(Lcid::new(lcid)).unwrap().reveal().to_string();
        assert_eq!(shown(3082), "Estoy disponible");
        assert_eq!(shown(2058), "Estoy disponible", "Spanish of Mexico");
        assert_eq!(shown(1041), "I am available", "Japanese is not there");
    }

    /// S4.38: the namespace is exactly that one.
    #[test]
    fn the_namespace_is_exact() {
        for wrong in [
            NAMESPACE.to_uppercase(),
            format!("{NAMESPACE}/"),
            NAMESPACE.replace("http:", "https:"),
            "http://schemas.genesys.com/09/2014/mslync".to_owned(),
        ] {
            let xml = FULL.replace(NAMESPACE, &wrong);
            assert_eq!(refused(&xml), (2, Problem::Namespace), "{wrong}");
            let (states, warnings) = forgiven(&xml);
            assert_eq!(states, strict(FULL));
            assert_eq!(warnings, [(2, Problem::Namespace)], "once is enough");
        }
        let none = FULL.replace(&format!(" xmlns=\"{NAMESPACE}\""), "");
        assert_eq!(refused(&none), (2, Problem::Namespace));
        let prefixed = FULL.replace("xmlns=", "xmlns:p=").replace("</", "</p:").replace("<a", "<p:a");
        assert_eq!(strict(&prefixed), strict(FULL));
    }

    /// S4.38: the declaration comes first, and once.
    #[test]
    fn the_declaration_comes_first() {
        let (declaration, rest) = FULL.split_once('\n').unwrap();
        assert_eq!(forgiven(rest), (strict(FULL), vec![(1, Problem::NoDeclaration)]));
        assert_eq!(refused(rest), (1, Problem::NoDeclaration));
        assert_eq!(forgiven(&format!("\n{FULL}")), (strict(FULL), vec![(2, Problem::DeclarationNotFirst)]));
        let second =
            FULL.replacen("  <agentState ID=\"INCALL\"", &format!("{declaration}\n  <agentState ID=\"INCALL\""), 1);
        assert_eq!(hopeless(second), (33, Problem::SecondDeclaration));
    }

    /// S4.39: the documents' fragment is one entry after the declaration.
    #[test]
    fn a_fragment_is_read_leniently() {
        assert_eq!(refused(FRAGMENT), (2, Problem::NoRoot));
        let (states, warnings) = forgiven(FRAGMENT);
        assert_eq!(texts(states.get("IDLE_READY").unwrap()), [(1033, "I am available")]);
        assert_eq!(warnings, [(2, Problem::NoRoot)]);
        let more = format!("{FRAGMENT}{}", FRAGMENT.split_once('\n').unwrap().1.replace("READY", "AWAY"));
        let (states, warnings) = forgiven(&more);
        assert_eq!(states.iter().count(), 2);
        assert_eq!(warnings, [(2, Problem::NoRoot)], "once is enough");
    }

    /// S4.39: the closing tag is there. Without it a whole last state may still be read, half a state may not.
    #[test]
    fn the_closing_tag_ends_the_file() {
        let open = FULL.trim_end().strip_suffix("</agentStates>").unwrap();
        assert_eq!(refused(open), (45, Problem::RootNotClosed));
        assert_eq!(forgiven(open), (strict(FULL), vec![(45, Problem::RootNotClosed)]));
        let half = open.trim_end().strip_suffix("</agentState>").unwrap();
        assert_eq!(hopeless(half).1, Problem::NotClosed);
        assert_eq!(hopeless(around(STATE).replace("</agentState>", "")).1, Problem::ClosingTag);
        let after = around(STATE) + &STATE.replace("'A'", "'B'");
        assert_eq!(refused(&after), (4, Problem::SecondRoot));
        assert_eq!(forgiven(&after).1, [(4, Problem::SecondRoot)]);
    }

    /// S4.44: the languages are the same in every encoding an editor may save them in.
    #[test]
    fn encodings_do_not_matter() {
        let wide = |unit: fn(u16) -> [u8; 2]| {
            let text = format!("\u{FEFF}{}", FULL.replace("UTF-8", "UTF-16"));
            text.encode_utf16().flat_map(unit).collect::<Vec<_>>()
        };
        for bytes in [format!("\u{FEFF}{FULL}").into_bytes(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
            assert_eq!(AgentStates::from_xml(&bytes).unwrap(), (strict(FULL), vec![]));
        }
        let xml = around("<agentState ID='A' availability='3501'><activity LCID='1036'>Prêt</activity></agentState>");
        let xml = xml.replace("?>", " encoding='ISO-8859-1'?>");
        let latin = xml.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect::<Vec<_>>();
        let (states, warnings) = AgentStates::from_xml(&latin).unwrap();
        assert_eq!((texts(states.get("A").unwrap()), warnings), (vec![(1036, "Prêt")], vec![]));
        let unknown = around(STATE).replace("?>", " encoding='EBCDIC-CP-US'?>");
        assert_eq!(hopeless(unknown), (1, Problem::UnknownEncoding { label: "EBCDIC-CP-US".to_owned() }));
        let other = around(STATE).replace("?>", " encoding='utf-16'?>");
        assert_eq!(warned(&other).1, [(1, Problem::OtherEncoding { actual: "UTF-8" })]);
    }

    #[test]
    fn references_are_characters_and_nothing_else() {
        let text = "<agentState ID='A' availability='3501'><activity LCID='1033'>R&amp;D &lt;<![CDATA[<b>&]]>&#xE9;\
                    </activity></agentState>";
        let states = strict(&around(text));
        assert_eq!(texts(states.get("A").unwrap()), [(1033, "R&D <<b>&é")]);
        assert_eq!(strict(&states.to_xml()), states);
        for bad in ["&dentist;", "&#x110000;", "&#0;"] {
            assert_eq!(hopeless(around(&text.replace("&amp;", bad))), (3, Problem::Entity), "{bad}");
        }
        assert_eq!(hopeless(around(&text.replace("&amp;", "&#1;"))), (3, Problem::Character));
        assert_eq!(hopeless(around(&text.replace("'A'", "'&dentist;'"))), (3, Problem::Entity));
        let doctype = around(STATE).replace("<agentStates", "<!DOCTYPE a [<!ENTITY b 'c'>]>\n<agentStates");
        assert_eq!(hopeless(doctype), (2, Problem::DocumentType));
    }

    /// S4.42: what is no locale is left out, and the rest is taken.
    #[test]
    fn a_text_without_a_locale_is_left_out() {
        let activities = "<agentState ID='A' availability='3501'>\n<activity LCID='en'>a</activity>\n\
                          <activity>b</activity>\n<activity LCID='0x409'>c</activity>\n\
                          <activity LCID='-1'>d</activity>\n<activity LCID=''>e</activity>\n\
                          <activity LCID=' 1033 '>f</activity>\n<activity LCID='1033'>g</activity>\n\
                          <activity LCID='1036'> </activity>\n<activity LCID='0'>h</activity></agentState>";
        let (states, warnings) = warned(&around(activities));
        assert_eq!(texts(states.get("A").unwrap()), [(1033, "f")]);
        let doubled = Problem::DoubledLcid { lcid: Lcid::ENGLISH };
        let bad = |line| (line, Problem::Lcid);
        let mut expected = (4..=8).map(bad).collect::<Vec<_>>();
        expected.extend([(10, doubled), (11, Problem::EmptyText), (12, Problem::Lcid)]);
        assert_eq!(warnings, expected);
    }

    /// S4.40: of two states with one name the first counts, as in the product's neighbour.
    #[test]
    fn of_two_states_the_first_counts() {
        let second = STATE.replace("3501", "6001");
        let (states, warnings) = warned(&around(&format!("{STATE}\n{second}")));
        assert_eq!(states.get("A").unwrap().availability(), 3_501);
        assert_eq!(warnings, [(4, Problem::DoubledState { name: "A".parse().unwrap() })]);
    }

    #[test]
    fn states_that_cannot_be_read_are_left_out_leniently() {
        for (bad, problem) in [
            ("<agentState availability='3501'/>", Problem::NoName),
            ("<agentState id='B' availability='3501'/>", Problem::NoName),
            ("<agentState ID='B'/>", Problem::Availability),
            ("<agentState ID='B' availability='18501'/>", Problem::Availability),
            ("<agentState ID='B' availability='-1'/>", Problem::Availability),
            ("<agentState ID='B' availability='99999999999'/>", Problem::Availability),
            (
                "<agentstate ID='B' availability='3501'><activity LCID='1033'>x</activity></agentstate>",
                Problem::UnknownElement,
            ),
            ("dentist", Problem::TextOutside),
        ] {
            let xml = around(&format!("{bad}\n{STATE}"));
            assert_eq!(refused(&xml).1, problem, "{bad}");
            let (states, warnings) = forgiven(&xml);
            assert_eq!(states, strict(&around(STATE)));
            assert!(warnings.contains(&(if bad == "dentist" { 2 } else { 3 }, problem)), "{warnings:?}");
        }
        let nested = around(&STATE.replace('x', "x<b>y</b>z"));
        assert_eq!(texts(forgiven(&nested).0.get("A").unwrap()), [(1033, "xz")]);
    }

    /// S4.38: whatever an attribute means and wherever it stands, with two of a name it is no XML.
    #[test]
    fn no_attribute_is_there_twice() {
        let file = around(&format!("{STATE}<b><c/></b>"));
        for twice in ["ID='B' ID='C'", "colour='red' colour='blue'", "p:a='' p:a=''", "xmlns:p='a' xmlns:p='b'"] {
            for element in ["<agentStates", "<agentState ", "<activity", "<b", "<c"] {
                let file = file.replacen(element, &format!("{element} {twice} "), 1);
                let lenient = AgentStates::from_xml_lenient(file.as_bytes()).unwrap_err();
                assert_eq!(lenient.problem, Problem::DoubledAttribute, "{file}");
            }
        }
        let twice = around(STATE).replacen("xmlns=", "xmlns='a' xmlns=", 1);
        assert_eq!(hopeless(twice), (2, Problem::DoubledAttribute));
    }

    /// S4.38: a prefix that is taken and namespaces by the hundred are two faults, and neither is called the other.
    #[test]
    fn a_prefix_that_is_taken_is_not_called_too_many() {
        let bound = |bindings: &str| around(STATE).replacen(" xmlns=", &format!(" {bindings} xmlns="), 1);
        for wrong in ["xmlns:xml='dentist'", "xmlns:xmlns='dentist'", "xmlns:p='http://www.w3.org/XML/1998/namespace'"]
        {
            assert_eq!(hopeless(bound(wrong)).1, Problem::Prefix, "{wrong}");
        }
        let many = (0..400).map(|number| format!("xmlns:a{number}='b' ")).collect::<String>();
        assert_eq!(hopeless(bound(&many)).1, Problem::TooManyAttributes);
        assert_eq!(strict(&bound("xmlns:xml='http://www.w3.org/XML/1998/namespace'")), strict(&around(STATE)));
    }

    #[test]
    fn what_is_odd_is_told_and_taken() {
        let odd = "<agentState ID='A' availability='2999' colour='red'/>\n<agentState ID='B' availability='18500'>\
                   <activity LCID='1033'>long</activity></agentState>";
        let (states, warnings) = warned(&around(&odd.replace("long", &"x".repeat(65))));
        assert_eq!(states.iter().count(), 2);
        let expected = [
            (3, Problem::UnknownAttribute),
            (3, Problem::LowAvailability),
            (3, Problem::NoText),
            (4, Problem::LongText),
        ];
        assert_eq!(warnings, expected);
        assert_eq!(warned(&around(&odd.replace("long", &"é".repeat(64)))).1.len(), 3);
    }

    #[test]
    fn everything_is_bounded() {
        let many = |count: usize| (0..count).map(|n| STATE.replace("'A'", &format!("'A{n}'"))).collect::<String>();
        assert_eq!(strict(&around(&many(1_000))).iter().count(), 1_000);
        assert_eq!(hopeless(around(&many(1_001))), (3, Problem::TooManyStates));
        assert_eq!(hopeless(vec![b' '; MOST_BYTES + 1]), (1, Problem::TooLarge));
        assert_eq!(hopeless(around(&STATE.replace('x', &"y".repeat(1_001)))), (3, Problem::TextTooLong));
        let activities = (1..=65).map(|lcid| format!("<activity LCID='{lcid}'>x</activity>")).collect::<String>();
        let texts = format!("<agentState ID='A' availability='3501'>{activities}</agentState>");
        assert_eq!(hopeless(around(&texts)), (3, Problem::TooManyTexts));
        let deep = AgentStates::from_xml_lenient(around(&"<a>".repeat(17)).as_bytes()).unwrap_err();
        assert_eq!(deep.problem, Problem::TooDeep);
        let attributes = (0..33).map(|n| format!(" a{n}=''")).collect::<String>();
        assert_eq!(
            hopeless(around(STATE).replace("?>\n<agentStates", &format!("?>\n<agentStates{attributes}"))).1,
            Problem::TooManyAttributes
        );
        let (_, warnings) =
            AgentStates::from_xml_lenient(around(&format!("{}{STATE}", "<b/>".repeat(5_000))).as_bytes()).unwrap();
        assert_eq!((warnings.len(), &warnings[99].problem), (100, &Problem::More));
    }

    /// The largest files of the worst kinds take no noticeable time.
    #[test]
    fn hostile_files_take_no_time() {
        let fill = |piece: &str| piece.repeat((MOST_BYTES - 1_000) / piece.len());
        let numbered = |before: &str, after: &str| {
            (0..60_000)
                .map(|n| format!("{before}{n}{after}"))
                .take_while({
                    let mut total = 0;
                    move |piece| {
                        total += piece.len();
                        total < MOST_BYTES - 1_000
                    }
                })
                .collect::<String>()
        };
        let files = [
            around(&fill("<a>")),
            around(&fill("<b/>\n")),
            around(&fill("&amp;")),
            around(&STATE.replace('x', &fill("&#32;"))),
            around(&STATE.replace('x', &fill(" x"))),
            around(&STATE.replacen("ID=", &(numbered("a", "='' ") + "ID="), 1)),
            around(STATE).replace("xmlns=", &(numbered("xmlns:a", "='b' ") + "xmlns=")),
            around(&numbered("<agentState ID='A' availability='3500", "'/>")),
            fill("<?xml "),
            fill("<!--"),
        ];
        for file in files {
            assert!(file.len() <= MOST_BYTES, "{}", file.len());
            let begun = now();
            let _ = AgentStates::from_xml(file.as_bytes());
            let _ = AgentStates::from_xml_lenient(file.as_bytes());
            assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", file.get(..200));
        }
    }

    #[expect(clippy::disallowed_methods, reason = "how long it takes is the question")]
    fn now() -> Instant {
        Instant::now()
    }

    /// Nothing somebody typed is repeated.
    #[test]
    fn texts_are_not_repeated() {
        for xml in [
            around("<agentState ID='A' availability='at the dentist'/>"),
            around("<agentState ID='at the dentist' availability='3501'/>"),
            around("at the dentist"),
            around(&STATE.replace("'1033'", "'at the dentist'")),
            around(&STATE.replace('x', "at the dentist<b/>")),
            around(&STATE.replace("</activity>", "</dentist>")),
            around(&STATE.replace('x', "&dentist;")),
            around(&STATE.replace('x', &"dentist".repeat(200))),
            around(&format!("<dentist/>{STATE}")),
        ] {
            let said = format!("{:?}", AgentStates::from_xml(xml.as_bytes()));
            let lenient = format!("{:?}", AgentStates::from_xml_lenient(xml.as_bytes()));
            let error = AgentStates::from_xml(xml.as_bytes()).map_err(|error| error.to_string());
            assert!(!format!("{said}{lenient}{error:?}").contains("dentist"), "{said}{lenient}");
        }
    }
}

mod profile {
    use super::*;

    /// S4.5, S4.27, S4.29, S4.30: each of the fifteen, from agent and device to what a client shows.
    #[test]
    fn agents_and_devices_become_presence() {
        let profile = push();
        let numbers = Combination::all().map(|one| profile.publish(one.agent(), one.device()).unwrap().availability);
        let expected = [18_000, 3_501, 6_001, 6_001, 4_501].into_iter().chain([7_001; 5]).chain([18_000; 5]);
        assert!(numbers.eq(expected));
        let call = profile.publish(AgentState::NotReady, DeviceState::Busy).unwrap();
        assert_eq!(
            (call.state.as_str(), call.token.clone(), call.activity),
            ("INCALL", Some(ActivityToken::ON_THE_PHONE), Activity::InCall)
        );
        let ready = profile.publish(AgentState::Ready, DeviceState::Idle).unwrap();
        assert_eq!((ready.token.clone(), ready.activity), (Some(ActivityToken::new("online")), Activity::Available));
        let rich = ready.rich().unwrap();
        assert_eq!(rich.availability.get(), 3_501);
        assert_eq!(&**rich.custom.unwrap().get(Lcid::new(1036)).unwrap().reveal(), "Je suis disponible");
    }

    /// S4.43: all languages go out together.
    #[test]
    fn all_languages_are_published_together() {
        let profile = push();
        for combination in Combination::all() {
            let published = profile.publish(combination.agent(), combination.device()).unwrap();
            let locales = published.texts.iter().map(|(lcid, _)| lcid.get()).collect::<Vec<_>>();
            assert_eq!(locales, [1033, 3082, 1049, 1036], "{combination}");
        }
    }

    /// S4.37: every name of the list needs an entry; all that lack one are named.
    #[test]
    fn names_without_an_entry_are_named() {
        let states = strict(MULTILINGUAL);
        let error = PushProfile::new(names(), states.clone()).unwrap_err();
        let numbers = error.missing.iter().map(|(combination, _)| combination.number());
        assert!(numbers.eq([1, 3, 4, 5, 11, 12, 13, 14, 15]));
        let said = error.to_string();
        for name in ["`IDLE_OUT`", "`IDLE_NOTREADY`", "`IDLE_ACW`", "`IDLE_AWAY`", "`OOS`"] {
            assert!(said.contains(name), "{said}");
        }
        let (profile, same) = PushProfile::tolerant(names(), states);
        assert_eq!(same, Some(error), "only these combinations publish nothing");
        assert_eq!(profile.publish(AgentState::Logout, DeviceState::Idle), None);
        assert!(profile.publish(AgentState::Logout, DeviceState::Busy).is_some());
        let (few, _) = AggregatedStates::read("2=IDLE_READY").unwrap();
        let few = PushProfile::new(few, strict(MULTILINGUAL)).unwrap();
        assert_eq!(few.unused().map(|name| name.as_str()).collect::<Vec<_>>(), ["INCALL"]);
    }

    /// S4.46, S4.47: a new file is read and checked while the old one is in use, and says what it would change.
    #[test]
    fn a_new_file_says_what_it_would_change() {
        let old = push();
        let new = FULL
            .replacen("6001", "6501", 1)
            .replace("Telephone out of service", "Gone")
            .replace("</agentStates>", "<agentState ID=\"LUNCH\" availability=\"15501\"/></agentStates>");
        let reload = old.reload(new.as_bytes()).unwrap();
        let name = |text: &str| text.parse().unwrap();
        assert_eq!(
            reload.changes,
            [
                Change::Availability { name: name("IDLE_NOTREADY"), from: 6_001, to: 6_501 },
                Change::Texts(name("OOS")),
                Change::Added(name("LUNCH")),
            ]
        );
        assert_eq!(reload.warnings.len(), 1, "the new state has no text");
        let shown = reload.profile.publish(AgentState::NotReady, DeviceState::Idle).unwrap();
        assert_eq!(shown.availability, 6_501);
        assert_eq!(old, push(), "looking changes nothing");
        let back = reload.profile.reload(FULL.as_bytes()).unwrap();
        assert_eq!(back.changes.last(), Some(&Change::Removed(name("LUNCH"))));
        assert_eq!(back.profile, old);
        assert_eq!(old.reload(FULL.as_bytes()).unwrap().changes, []);
        let (_, fragment) = FULL.split_once('\n').unwrap();
        assert!(old.reload(fragment.as_bytes()).is_err());
        assert_eq!(old.reload_lenient(fragment.as_bytes()).unwrap().profile, old);
    }

    /// S4.47: a broken or incomplete file leaves the old one in use.
    #[test]
    fn a_broken_file_leaves_the_old_one() {
        let old = push();
        let half = FULL.get(..FULL.find("INCALL").unwrap()).unwrap();
        assert!(matches!(old.reload(half.as_bytes()), Err(ReloadError::File(_))));
        assert!(matches!(old.reload(b""), Err(ReloadError::File(_))));
        let Err(ReloadError::Incomplete(error)) = old.reload(MULTILINGUAL.as_bytes()) else { panic!("it lacks names") };
        assert_eq!(error.missing.len(), 9);
        assert_eq!(old, push());
    }

    fn options(text: &str) -> Options {
        format!("service-type = presence-profile\n{text}").parse().unwrap()
    }

    /// S4.4, S4.5, S4.31, S4.48: there is push or pull; the map is ignored, and it is said, when presence is pulled,
    /// whether the map can be read or not.
    #[test]
    fn pull_wins_over_push_and_says_so() {
        let choose = |text: &str, push| Profile::choose(&options(text), &Options::default(), &Defaults::new(), push);
        let set = "map-presence-to-dnd = true\nagent-presence-map = states.xml";
        for read in [Some(push()), None] {
            let (chosen, warning) = choose(set, read);
            assert!(matches!(chosen, Some(Profile::Pull(_))), "{chosen:?}");
            assert_eq!(warning, Some(ProfileWarning::MapIgnored));
            assert!(warning.unwrap().to_string().starts_with("`agent-presence-map` is ignored"));
        }
        assert!(matches!(choose("map-presence-to-dnd = true", None), (Some(Profile::Pull(_)), None)));
        let map = "agent-presence-map = states.xml";
        assert!(matches!(choose(map, Some(push())), (Some(Profile::Push(profile)), None) if *profile == push()));
        assert!(matches!(choose(map, None), (None, Some(ProfileWarning::NothingToDo))));
    }

    /// S4.6, S4.48: the application asks for do-not-disturb on its own account beside a profile that publishes. Only
    /// one of the two is on, and which, and what to do about it, is said.
    #[test]
    fn direct_calls_do_not_bring_both_at_once() {
        let application = "handle-direct-calls = false\ndefault-availability-range = 3000-7499".parse().unwrap();
        let (publishing, defaults) = (options("agent-presence-map = states.xml"), Defaults::new());
        let (chosen, warning) = Profile::choose(&publishing, &application, &defaults, Some(push()));
        assert!(matches!(chosen, Some(Profile::Push(_))), "{chosen:?}");
        assert_eq!(warning, Some(ProfileWarning::DirectCallsIgnored));
        let said = warning.unwrap().to_string();
        for name in ["`handle-direct-calls`", "`agent-presence-map`", "`BothWays`"] {
            assert!(said.contains(name), "{said}");
        }
        assert_eq!(Options::device_pull(Some(&publishing), &application, &defaults), None);
        let pull = Options::direct_pull(&application).unwrap();
        assert_eq!(pull.to_string(), "3000-7499", "for those who take both");
        assert_eq!(Options::device_pull(None, &application, &defaults), Some(pull));
        let pulling = options("map-presence-to-dnd = true\nagent-presence-map = states.xml");
        assert!(Options::device_pull(Some(&pulling), &application, &defaults).is_some());
        let (_, warning) = Profile::choose(&publishing, &Options::default(), &defaults, Some(push()));
        assert_eq!((warning, Options::direct_pull(&Options::default())), (None, None));
    }

    /// S4.29: one meaning of a number, whichever way it goes.
    #[test]
    fn a_band_has_one_activity() {
        for number in [3_501, 4_501, 6_001, 7_501, 9_001, 12_001, 15_001, 18_000] {
            let xml = FULL.replacen("availability=\"6001\"", &format!("availability=\"{number}\""), 1);
            let profile = PushProfile::new(names(), strict(&xml)).unwrap();
            let state = profile.publish(AgentState::NotReady, DeviceState::Idle).unwrap();
            assert_eq!(state.availability, number);
            let raw = RawAvailability::new(number);
            assert_eq!(state.activity, activity_of(raw, state.token.as_ref()));
            assert_eq!(state.activity, activity_of(raw, None), "{number}");
        }
        assert_eq!(Band::IdleBusy.activity(), Activity::Busy);
    }
}

mod any {
    use super::*;

    fn state_name() -> impl Strategy<Value = String> {
        "[A-Za-z0-9_<&>'\"é./-]{0,20}[A-Z]"
    }

    fn states() -> impl Strategy<Value = AgentStates> {
        let text = "[ \\t\\n]{0,2}[a-zé&<>\"' \\n\\u{a0}я😀\\]]{0,20}[a-z]";
        let texts = prop::collection::btree_map(1_u32..=0xF_FFFF, text, 0..6);
        prop::collection::btree_map(state_name(), (0_u32..=18_500, texts), 1..12).prop_map(|states| {
            let entries = states.into_iter().map(|(name, (availability, texts))| {
                let mut entry = StateEntry::new(name.parse().unwrap(), availability).unwrap();
                texts.into_iter().for_each(|(lcid, text)| entry.add_text(Lcid::new(lcid), &text).unwrap());
                entry
            });
            AgentStates::new(entries.collect()).unwrap()
        })
    }

    fn list() -> impl Strategy<Value = String> {
        prop::collection::btree_map(1_u32..=15, state_name(), 1..=15).prop_map(|pairs| {
            pairs.iter().map(|(number, name)| format!("{number}={name}")).collect::<Vec<_>>().join(",")
        })
    }

    proptest! {
        /// S4.28, S4.44: what is written is read back the same.
        #[test]
        fn files_come_back(states in states()) {
            let xml = states.to_xml();
            prop_assert_eq!(&AgentStates::from_xml(xml.as_bytes()).unwrap().0, &states);
            prop_assert_eq!(AgentStates::from_xml_lenient(xml.as_bytes()).unwrap().0.to_xml(), xml);
        }

        /// S4.32: what is printed is read back the same.
        #[test]
        fn lists_come_back(text in list()) {
            let (states, _) = AggregatedStates::read(&text).unwrap();
            prop_assert_eq!(AggregatedStates::read(&states.to_string()).unwrap().0, states);
        }

        /// S4.37: nothing is published exactly where a name or its entry is missing, and the check says so.
        #[test]
        fn completeness_is_what_the_check_says(
            pairs in prop::collection::btree_map(1_u32..=15, "[A-E]", 1..=15),
            entries in prop::collection::btree_set("[A-E]", 1..=5),
        ) {
            let text = pairs.iter().map(|(number, name)| format!("{number}={name}")).collect::<Vec<_>>().join(",");
            let (names, _) = AggregatedStates::read(&text).unwrap();
            let entry = |name: &String| StateEntry::new(name.parse().unwrap(), 3_501).unwrap();
            let states = AgentStates::new(entries.iter().map(entry).collect()).unwrap();
            let (profile, incomplete) = PushProfile::tolerant(names.clone(), states.clone());
            for combination in Combination::all() {
                let name = pairs.get(&u32::from(combination.number()));
                let published = profile.publish(combination.agent(), combination.device());
                let published = published.map(|one| one.state.to_string());
                prop_assert_eq!(published.as_ref(), name.filter(|name| entries.contains(*name)));
            }
            let missing = pairs.iter().filter(|(_, name)| !entries.contains(*name)).map(|(number, _)| *number);
            let named = incomplete.iter().flat_map(|error| &error.missing).map(|(one, _)| u32::from(one.number()));
            prop_assert!(missing.eq(named));
            prop_assert_eq!(PushProfile::new(names, states).is_ok(), incomplete.is_none());
        }

        /// Any bytes are read or refused, and what is read strictly is read the same leniently.
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            check(&bytes)?;
        }

        /// The same of files with a few bytes changed, cut out or doubled.
        #[test]
        fn damaged_files_are_read_or_refused(
            damage in prop::collection::vec((0..FULL.len(), 0_usize..40, any::<u8>()), 1..6)
        ) {
            let mut bytes = FULL.as_bytes().to_vec();
            for (place, length, byte) in damage {
                let place = place.min(bytes.len() - 1);
                let end = (place + length).min(bytes.len());
                match byte % 3 {
                    0 => { bytes.drain(place..end); }
                    1 => { let piece = bytes[place..end].to_vec(); bytes.splice(place..place, piece); }
                    _ => bytes[place] = byte,
                }
            }
            check(&bytes)?;
        }

        /// Any pieces of such a file in any order.
        #[test]
        fn any_pieces_are_read_or_refused(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20)) {
            check(pieces.concat().as_bytes())?;
        }

        #[test]
        fn any_list_is_read_or_refused(text in "[0-9=:,. A-C\\PC]{0,60}") {
            if let Ok(states) = text.parse::<AggregatedStates>() {
                prop_assert_eq!(states.to_string().parse::<AggregatedStates>().unwrap(), states);
            }
            if let Ok((states, _)) = AggregatedStates::read(&text) {
                prop_assert_eq!(AggregatedStates::read(&states.to_string()).unwrap().0, states);
            }
        }
    }

    const PIECES: &[&str] = &[
        "<?xml version='1.0'?>",
        "<agentStates xmlns='http://schemas.genesys.com/09/2014/mslyncteserver/agentStates'>",
        "<agentStates>",
        "</agentStates>",
        "<agentState ID='A' availability='3501'>",
        "<agentState ID='B' availability='1'>",
        "<agentState/>",
        "</agentState>",
        "<activity LCID='1033'>",
        "<activity>",
        "</activity>",
        "text",
        "&amp;",
        "&#9;",
        "&x;",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<b>",
        "</b>",
        " ",
        "\n",
        "<",
        ">",
        "\u{FEFF}",
    ];

    fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
        let (strict, lenient) = (AgentStates::from_xml(bytes), AgentStates::from_xml_lenient(bytes));
        if let Ok(strict) = &strict {
            prop_assert_eq!(Some(strict), lenient.as_ref().ok());
        }
        for error in [strict.as_ref().err(), lenient.as_ref().err()].into_iter().flatten() {
            prop_assert!((1..=lines).contains(&error.line));
        }
        if let Ok((states, warnings)) = lenient {
            prop_assert!(warnings.iter().all(|warning| (1..=lines).contains(&warning.line)));
            prop_assert_eq!(AgentStates::from_xml(states.to_xml().as_bytes()).unwrap().0, states);
        }
        Ok(())
    }
}
