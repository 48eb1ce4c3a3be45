//! Scenarios: each file in `tests/decisions` tells an engine something and says what must then be shown.
//!
//! F.63: the standard rules ship with tests that can be read, and other rules are tested in the same way.
//!
//! The file names say what they show, `rows` in them name the requirements they prove. `docs/scenarios.md` describes the
//! format.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; a file that cannot be run has to stop them")]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use presence_core::testing::scenario::{Scenario, Transcript};

const GUIDE: &str = include_str!("../../docs/scenarios.md");

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/decisions");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn name(file: &Path) -> &str {
    file.file_stem().unwrap().to_str().unwrap()
}

fn read(file: &Path) -> Scenario {
    let text = fs::read_to_string(file).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", name(file)))
}

fn run(text: &str) -> Transcript {
    serde_json::from_str::<Scenario>(text).unwrap().run().unwrap()
}

/// The mismatches of every file, and how many files have any.
fn mismatches(run: impl Fn(&Scenario) -> Result<Transcript, String>) -> (usize, String) {
    let (mut bad, mut report) = (0, String::new());
    for file in files() {
        let lines: Vec<String> = match run(&read(&file)) {
            Ok(transcript) => transcript.mismatches.iter().map(ToString::to_string).collect(),
            Err(error) => vec![error],
        };
        if !lines.is_empty() {
            bad += 1;
            writeln!(report, "{}\n    {}", name(&file), lines.join("\n    ")).unwrap();
        }
    }
    (bad, report)
}

#[test]
fn every_scenario_is_as_expected() {
    let (bad, report) = mismatches(|scenario| scenario.run().map_err(|error| error.to_string()));
    assert_eq!(bad, 0, "{bad} scenarios are not as expected:\n{report}");
}

/// A host that calls whenever the engine asks for it is told the same as one that calls late.
#[test]
fn every_scenario_is_as_expected_when_the_engine_is_called_on_time() {
    let (bad, report) = mismatches(|scenario| {
        let (late, punctual) = (scenario.run(), scenario.run_punctually());
        let (late, punctual) = (late.map_err(|error| error.to_string())?, punctual.map_err(|error| error.to_string())?);
        if late.answers == punctual.answers { Ok(punctual) } else { Err("answers depend on punctuality".to_owned()) }
    });
    assert_eq!(bad, 0, "{bad} scenarios are not as expected:\n{report}");
}

#[test]
fn there_are_enough_scenarios_and_each_says_what_it_shows() {
    let files = files();
    assert!(files.len() >= 60, "only {} scenarios", files.len());
    for file in &files {
        assert_eq!(file.extension().unwrap(), "json", "{}", file.display());
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(name(file).bytes().all(plain), "{}: lower case and hyphens", name(file));
        let scenario = read(file);
        assert!(!scenario.about.is_empty(), "{}: says nothing about itself", name(file));
        for row in &scenario.rows {
            let (document, number) = row.split_once('.').unwrap();
            assert!(matches!(document, "S0" | "S1" | "S2" | "S3" | "S4" | "F"), "{}: {row}", name(file));
            assert!(number.parse::<u16>().is_ok(), "{}: {row}", name(file));
        }
        let expects = scenario
            .timeline
            .iter()
            .any(|moment| !moment.expect.is_empty() || moment.changed.is_some() || moment.demands.is_some());
        assert!(expects, "{}: expects nothing", name(file));
    }
}

#[test]
fn the_example_of_the_guide_runs() {
    let (_, rest) = GUIDE.split_once("```json\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let transcript = run(text);
    assert_eq!(transcript.mismatches, []);
    assert!(transcript.answers.len() > 5);
}

/// A scenario of one telephone in a call, with this as its last step.
fn ending_in(step: &str) -> String {
    let report = r#"{ "source": "pbx", "subject": "ext:hq/4711", "fact": { "call": "in-call" } }"#;
    format!(
        r#"{{
            "about": "a telephone", "start": "2026-03-02T08:00:00Z", "never": ["4712"],
            "directory": {{
                "sources": [{{ "id": "pbx", "facets": ["call"] }}],
                "people": [{{
                    "id": "anna",
                    "places": [{{ "kind": "desk", "addresses": [{{ "address": "ext:hq/4711", "sources": ["pbx"] }}] }}]
                }}]
            }},
            "timeline": [
                {{ "at": "+0:00:00", "sessions": ["pbx"] }},
                {{ "at": "+0:01:00", "report": {report} }},
                {step}
            ]
        }}"#
    )
}

fn expecting(expectation: &str) -> String {
    ending_in(&format!(r#"{{ "at": "+0:02:00", "expect": [{{ "person": "anna", {expectation} }}] }}"#))
}

fn lines(text: &str) -> Vec<String> {
    run(text).mismatches.iter().map(ToString::to_string).collect()
}

/// What cannot fail proves nothing.
#[test]
fn a_wrong_expectation_is_told() {
    assert_eq!(lines(&expecting(r#""availability": "busy", "activity": "in-call""#)), [""; 0]);
    let wrong = [
        (r#""availability": 3500"#, "availability is 6500 (by line.in-call), expected 3500"),
        (r#""availability": "online""#, "availability is 6500 (by line.in-call), expected online"),
        (r#""activity": "available""#, r#"activity is "in-call", expected "available""#),
        (r#""because": null"#, r#"because is "line.in-call", expected null"#),
        (r#""until": "+1:00:00""#, "until is not known, expected 2026-03-02T09:00:00Z"),
        (r#""stale": ["call"]"#, r#"stale is [], expected ["call"]"#),
        (r#""call": null"#, r#"call is "in-call", expected null"#),
        (r#""rich": { "availability": 3500 }"#, r#"rich is null, expected {"availability": 3500}"#),
        (r#""status": { "call": "stale" }"#, r#"status of call is "known", expected "stale""#),
        (r#""mode": { "telephony": "offline" }"#, r#"mode of "telephony" is "busy", expected "offline""#),
        (r#""card": { "name": "Bo" }"#, r#"card: name is "anna", expected "Bo""#),
        (r#""row": { "desk": { "call": "idle" } }"#, r#"row: desk.call is "in-call", expected "idle""#),
        (r#""day": { "date": "2026-03-02", "meetings": [{}] }"#, "day: [], expected [{}]"),
        (r#""explains": ["pbx says of the desk telephone: idle"]"#, "the explanation does not say"),
        (r#""hides": ["in-call"]"#, r#""in-call" came out in the card"#),
    ];
    for (expectation, line) in wrong {
        let lines = lines(&expecting(expectation));
        let told =
            lines.iter().any(|told| told.contains(line) && told.starts_with("step 3 (+0:02:00), anna to operator: "));
        assert!(told, "{expectation}: {lines:?}");
    }
}

#[test]
fn a_wrong_expectation_of_a_step_is_told() {
    let wrong = [
        (r#""changed": ["anna"]"#, r#"changed are {}, expected {"anna"}"#),
        (r#""demands": [{ "source": "pbx", "demand": "restart" }]"#, "demands are [], expected"),
        (r#""diagnostics": { "counts": { "reports": 2 } }"#, "counts.reports is 1, expected 2"),
    ];
    for (expectation, line) in wrong {
        let lines = lines(&ending_in(&format!(r#"{{ "at": "+0:02:00", {expectation} }}"#)));
        assert!(lines.iter().any(|told| told.contains(line)), "{expectation}: {lines:?}");
    }
    let never = expecting(r#""call": "in-call""#).replace(r#"["4712"]"#, r#"["4711"]"#);
    assert!(lines(&never).iter().any(|told| told.contains(r#""4711" came out in the card"#)));
}

#[test]
fn what_is_written_wrongly_is_refused_and_named() {
    let unreadable = [
        (expecting(r#""avialability": 3500"#), "an answer has no `avialability`"),
        (expecting(r#""availability": 18001"#), "expected a number up to 18000 or the name of a band"),
        (ending_in(r#"{ "at": "tomorrow" }"#), "`tomorrow` is neither a time"),
        (ending_in(r#"{ "at": "+0:02:00", "tock": true }"#), "unknown field `tock`"),
        (ending_in(r#"{ "at": "+0:02:00", "rules": "strict" }"#), "unknown variant `strict`"),
        (ending_in(r#"{ "at": "+0:02:00", "rules": { "base": "standard", "rules": [] } }"#), "give `rules`, or `base`"),
        (ending_in(r#"{ "at": "+0:02:00", "wanted": { "person": "", "by": "a", "until": "+0:00:00" } }"#), "line "),
    ];
    for (text, words) in unreadable {
        let error = serde_json::from_str::<Scenario>(&text).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    let report = r#""report": { "source": "tapi", "subject": "ext:hq/4711", "fact": { "call": "idle" } }"#;
    let impossible = [
        (ending_in(&format!(r#"{{ "at": "+0:02:00", {report} }}"#)), "step 3: there is no source `tapi`"),
        (ending_in(&format!(r#"{{ "at": "+0:02:00", "tick": true, {report} }}"#)), "step 3: a step tells one thing"),
        (expecting(r#""viewer": "boss""#), "step 3: there is no viewer `boss`"),
        (ending_in(r#"{ "at": "+0:02:00", "expect": [{ "person": "bo" }] }"#), "step 3: there is no person `bo`"),
    ];
    for (text, words) in impossible {
        let error = serde_json::from_str::<Scenario>(&text).unwrap().run().unwrap_err().to_string();
        assert!(error.starts_with(words), "{error}");
    }
}
