//! Presence into do-not-disturb.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use presence_lync_map::dnd::{Dnd, DndEvent, DndWatch, EventSpelling, InvalidRanges, PullProfile};
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    name: String,
    range: String,
    off: Vec<u32>,
    on: Vec<u32>,
    silent: Vec<u32>,
}

fn profile(ranges: &str) -> PullProfile {
    ranges.parse().unwrap()
}

/// S4.4, S4.21, S4.23, S4.24: numbers in the ranges switch do-not-disturb off, others on, and those that say nothing
/// do neither.
#[test]
fn vectors() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("vectors/dnd.json")).unwrap();
    for vector in &vectors {
        let profile = profile(&vector.range);
        let cases = [(&vector.off, Some(Dnd::Off)), (&vector.on, Some(Dnd::On)), (&vector.silent, None)];
        for (numbers, state) in cases {
            for number in numbers {
                assert_eq!(profile.dnd(*number), state, "{}: {number}", vector.name);
            }
        }
    }
    assert_eq!(vectors.len(), 6);
}

/// S4.24: over every number, `3000-5999` is exactly "online" and "idle online".
#[test]
fn the_documented_example_over_every_number() {
    let profile = profile("3000-5999");
    for number in 0..=18_500 {
        let expected = match number {
            0..=2_999 => None,
            3_000..=5_999 => Some(Dnd::Off),
            _ => Some(Dnd::On),
        };
        assert_eq!(profile.dnd(number), expected, "{number}");
    }
}

/// S4.25: what is read is printed in order and as short as it can be.
#[test]
fn ranges_are_printed_as_short_as_they_can_be() {
    let cases = [
        ("3000-5999", "3000-5999"),
        ("6000-7000,3000-4000,3500-6500", "3000-7000"),
        ("3000-3999,4000-5000", "3000-5000"),
        ("3000-3998,4000-5000", "3000-3998,4000-5000"),
        (" 7500 , 7500 ", "7500"),
        ("7500-7500,0007", "7,7500"),
        ("3500-6000,7500,8000-9000,12500-13000", "3500-6000,7500,8000-9000,12500-13000"),
    ];
    for (text, printed) in cases {
        assert_eq!(profile(text).to_string(), printed, "{text}");
        assert_eq!(profile(printed), profile(text));
    }
    assert_eq!(PullProfile::default().to_string(), "3000-6000");
}

/// S4.25: what is no list of ranges is refused, with the place.
#[test]
fn wrong_ranges_are_refused_where_they_are_wrong() {
    let cases = [
        ("", "missing number at byte `0` of the availability ranges"),
        ("3000,,4000", "missing number at byte `5` of the availability ranges"),
        ("3000-", "missing number at byte `5` of the availability ranges"),
        ("-3000", "missing number at byte `0` of the availability ranges"),
        ("3000 - x", "not a number at byte `7` of the availability ranges"),
        ("3000-4000-5000", "not a number at byte `5` of the availability ranges"),
        ("3000 4000", "not a number at byte `0` of the availability ranges"),
        ("100, 5999-3000", "range with its ends reversed at byte `5` of the availability ranges"),
        ("99999999999", "number too large at byte `0` of the availability ranges"),
        ("3000-18501", "number larger than `18500` at byte `5` of the availability ranges"),
    ];
    for (text, message) in cases {
        assert_eq!(text.parse::<PullProfile>().unwrap_err().to_string(), message, "{text}");
    }
}

/// S4.22: one event for each change and none for what is no change.
#[test]
fn events_tell_changes_only() {
    let profile = profile("3000-5999");
    let mut watch = DndWatch::new();
    let (on, off) = (Some(DndEvent(Dnd::On)), Some(DndEvent(Dnd::Off)));
    let story = [
        (None, None),
        (Some(0), None),
        (Some(3_500), off),
        (Some(3_501), None),
        (Some(5_000), None),
        (Some(6_500), on),
        (Some(18_500), None),
        // Lost, not set, meaningless: the state is kept.
        (None, None),
        (Some(0), None),
        (Some(2_999), None),
        (Some(6_500), None),
        (Some(3_500), off),
    ];
    for (step, (raw, event)) in story.into_iter().enumerate() {
        assert_eq!(watch.see(&profile, raw), event, "step {step}");
    }
    assert_eq!(watch.state(), Some(Dnd::Off));
}

/// S4.22: a device that stands at a state already is told only of another.
#[test]
fn a_known_state_is_not_told_again() {
    let profile = profile("3000-5999");
    assert_eq!(DndWatch::standing(Dnd::On).see(&profile, Some(6_500)), None);
    assert_eq!(DndWatch::standing(Dnd::On).see(&profile, Some(3_500)), Some(DndEvent(Dnd::Off)));
    assert_eq!(DndWatch::new().see(&profile, Some(6_500)), Some(DndEvent(Dnd::On)));
}

/// S4.47: other ranges hold at once, for the number that is there.
#[test]
fn another_profile_reads_the_last_number_again() {
    let (narrow, wide) = (profile("3000-5999"), profile("3000-6999"));
    let mut watch = DndWatch::new();
    assert_eq!(watch.look(&wide), None, "nothing is known yet");
    assert_eq!(watch.see(&narrow, Some(6_500)), Some(DndEvent(Dnd::On)));
    assert_eq!(watch.look(&wide), Some(DndEvent(Dnd::Off)));
    assert_eq!(watch.look(&wide), None);
    assert_eq!(watch.see(&wide, None), None);
    assert_eq!(watch.look(&narrow), None, "what is lost is not read again");
    assert_eq!(watch.state(), Some(Dnd::Off));
}

/// S4.22: the names, in the product's spelling and in that of the document with the doubled letter.
#[test]
fn the_names_of_the_events_are_a_setting() {
    let names = |spelling| [Dnd::On, Dnd::Off].map(|state| DndEvent(state).name(spelling));
    assert_eq!(names(EventSpelling::default()), ["EventDNDOn", "EventDNDOff"]);
    assert_eq!(names(EventSpelling::DoubledO), ["EventDNDOOn", "EventDNDOOff"]);
    for spelling in [EventSpelling::Product, EventSpelling::DoubledO] {
        assert_eq!(
            names(spelling).map(|name| DndEvent::named(name).map(|event| event.0)),
            [Some(Dnd::On), Some(Dnd::Off)]
        );
    }
}

/// Numbers of interest, and nothing at all now and then.
fn seen() -> impl Strategy<Value = Option<u32>> {
    prop::option::weighted(0.9, prop::sample::select(vec![0, 1, 2_999, 3_000, 3_500, 5_999, 6_000, 9_500, 18_500]))
}

/// Pairs of numbers, first to last.
fn ranges() -> impl Strategy<Value = Vec<(u32, u32)>> {
    let pair = (0_u32..=18_500, 0_u32..=18_500).prop_map(|(one, other)| (one.min(other), one.max(other)));
    prop::collection::vec(pair, 1..6)
}

proptest! {
    /// S4.22: no event is told twice in a row, the last event is the state, and the events are those of the numbers
    /// that say something, without repetitions.
    #[test]
    fn events_alternate(story in prop::collection::vec(seen(), 0..60)) {
        let profile = profile("3000-5999");
        let mut watch = DndWatch::new();
        let events = story.iter().filter_map(|raw| watch.see(&profile, *raw)).map(|event| event.0).collect::<Vec<_>>();
        prop_assert!(events.iter().zip(events.iter().skip(1)).all(|(one, next)| one != next));
        prop_assert_eq!(events.last().copied(), watch.state());
        let mut expected =
            story.iter().filter_map(|raw| match raw {
                None | Some(0..=2_999) => None,
                Some(3_000..=5_999) => Some(Dnd::Off),
                Some(_) => Some(Dnd::On),
            }).collect::<Vec<_>>();
        expected.dedup();
        prop_assert_eq!(events, expected);
    }

    /// S4.25: membership is that of the pairs as they were written, and printing changes nothing.
    #[test]
    fn ranges_are_the_union_of_what_was_written(pairs in ranges(), numbers in prop::collection::vec(3_000_u32..=18_500, 1..20)) {
        let text = pairs.iter().map(|(first, last)| format!("{first}-{last}")).collect::<Vec<_>>().join(" , ");
        let read = profile(&text);
        prop_assert_eq!(&profile(&read.to_string()), &read);
        for number in numbers {
            // Offline is one state, whichever of its numbers is written.
            let holds = |(first, last): &(u32, u32)| {
                (first.min(&18_000)..=last.min(&18_000)).contains(&&number.min(18_000))
            };
            let expected = if pairs.iter().any(holds) { Dnd::Off } else { Dnd::On };
            prop_assert_eq!(read.dnd(number), Some(expected), "{} in {}", number, text);
        }
    }

    /// S4.25: whatever stands there, it is read or refused, and a place that is told is in the text.
    #[test]
    fn any_text_is_read_or_refused(text in "[0-9 ,\\-x\u{a0}]{0,30}") {
        match text.parse::<PullProfile>() {
            Ok(read) => prop_assert_eq!(&profile(&read.to_string()), &read),
            Err(InvalidRanges::Grammar(error)) => prop_assert!(text.is_char_boundary(error.position), "{}", error),
            Err(InvalidRanges::TooLarge { position }) => {
                let rest = text.get(position..).unwrap();
                let digits = rest.split(|character: char| !character.is_ascii_digit()).next().unwrap();
                prop_assert!(digits.parse::<u32>().unwrap() > 18_500);
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}
