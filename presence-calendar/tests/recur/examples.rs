//! What the facts measured, and what RFC 5545 shows.

use chrono::NaiveDate;
use presence_calendar::recur::{Except, Recurrence, Rule};
use presence_calendar::zone::Zone;

use crate::support::{dates, local, series, starts, utc};

/// S0.9: a monthly series from the 31st comes in the months that have one.
#[test]
fn days_that_are_missing_are_passed_over() {
    let series = series("Europe/Stockholm", "20260131T090000", &["FREQ=MONTHLY;COUNT=4"]);
    assert_eq!(dates(&series), ["20260131", "20260331", "20260531", "20260731"]);
}

/// COUNT counts before EXDATE is applied.
#[test]
fn a_count_counts_what_is_left_out() {
    let mut series = series("Europe/Stockholm", "20260302T090000", &["FREQ=DAILY;COUNT=4"]);
    series.except.push(Except::At(utc("20260303T080000")));
    assert_eq!(dates(&series), ["20260302", "20260304", "20260305"]);
}

/// With an end before it, there is only the first start.
#[test]
fn an_end_before_the_start() {
    for until in ["20260101", "20260302T085959", "20260302T075959Z"] {
        let series = series("Europe/Stockholm", "20260302T090000", &[&format!("FREQ=DAILY;UNTIL={until}")]);
        assert_eq!(dates(&series), ["20260302"], "{until}");
    }
}

/// An end is included: as an instant, as a local time, and as a whole local day.
#[test]
fn an_end_is_included() {
    for (until, last) in [
        ("20260305T080000Z", "20260305"),
        ("20260305T075959Z", "20260304"),
        ("20260305T090000", "20260305"),
        ("20260305T085959", "20260304"),
        ("20260305", "20260305"),
    ] {
        let series = series("Europe/Stockholm", "20260302T090000", &[&format!("FREQ=DAILY;UNTIL={until}")]);
        assert_eq!(dates(&series).last().unwrap(), last, "{until}");
    }
}

/// The end of a series of whole days that is written as a midnight in UTC is that day, also west of Greenwich.
#[test]
fn an_end_of_whole_days() {
    for zone in ["America/New_York", "UTC", "Asia/Tokyo"] {
        let mut series = series(zone, "20260302T000000", &["FREQ=DAILY;UNTIL=20260304T000000Z"]);
        series.is_date = true;
        assert_eq!(dates(&series), ["20260302", "20260303", "20260304"], "{zone}");
    }
}

/// A rule by weeks that names no weekday comes on the weekday of the start.
#[test]
fn weeks_without_a_weekday() {
    let series = series("UTC", "20260514T090000", &["FREQ=YEARLY;BYWEEKNO=20;COUNT=3"]);
    assert_eq!(dates(&series), ["20260514", "20270520", "20280518"]);
}

/// Positions choose among the whole week, also in the week in which the series starts: on Friday the first two days of
/// the week are over, and the last is the Friday itself.
#[test]
fn positions_within_a_week() {
    let rule = "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2,-1;COUNT=3";
    let series = series("UTC", "20260306T090000", &[rule]);
    assert_eq!(dates(&series), ["20260306", "20260311", "20260313"]);
}

/// The first start belongs to the series even if the rule does not give it, and it is not counted.
#[test]
fn the_first_start_always_belongs() {
    let series = series("UTC", "20260303T090000", &["FREQ=WEEKLY;BYDAY=FR;COUNT=2"]);
    assert_eq!(dates(&series), ["20260303", "20260306", "20260313"]);
}

/// Several rules together; what both give is there once. Further rules take out.
#[test]
fn several_rules() {
    let mut series = series("UTC", "20260301T090000", &["FREQ=DAILY;COUNT=5", "FREQ=DAILY;INTERVAL=2;COUNT=5"]);
    assert_eq!(dates(&series), ["20260301", "20260302", "20260303", "20260304", "20260305", "20260307", "20260309"]);
    series.without.push(Rule::parse("FREQ=DAILY;INTERVAL=3;COUNT=3").unwrap());
    assert_eq!(dates(&series), ["20260302", "20260303", "20260305", "20260309"]);
}

/// Further starts come in between, are left out like others, and are not there twice.
#[test]
fn further_starts() {
    let mut series = series("UTC", "20260302T090000", &["FREQ=WEEKLY;COUNT=2"]);
    for time in ["20260320T090000", "20260309T090000", "20260304T120000", "20260305T120000"] {
        series.also.push(local(time));
    }
    series.except.push(Except::On(NaiveDate::from_ymd_opt(2026, 3, 5).unwrap()));
    assert_eq!(dates(&series), ["20260302", "20260304", "20260309", "20260320"]);
}

/// A date that is left out takes every start of that local day; a time takes the start at that instant only.
#[test]
fn what_is_left_out() {
    let mut series = series("America/New_York", "20260302T200000", &["FREQ=DAILY;COUNT=4;BYHOUR=20,22"]);
    series.except.push(Except::On(NaiveDate::from_ymd_opt(2026, 3, 2).unwrap()));
    series.except.push(Except::At(utc("20260304T030000")));
    series.except.push(Except::At(utc("20260304T040000")));
    assert_eq!(dates(&series), ["20260303"]);
    series.except.push(Except::At(utc("20260304T010000")));
    assert!(dates(&series).is_empty());
}

/// S0.21: a start in the hour that is skipped in spring is there, as much later as is skipped; in autumn the first of two
/// hours is meant.
#[test]
fn changes_of_the_clock() {
    let series = series("Europe/Stockholm", "20251025T023000", &["FREQ=DAILY"]);
    let found = |from: &str, to: &str| {
        let found = series.between(utc(from), utc(to));
        found.list.iter().map(|one| one.start.format("%dT%H%M").to_string()).collect::<Vec<_>>()
    };
    assert_eq!(found("20251025T000000", "20251028T000000"), ["25T0030", "26T0030", "27T0130"]);
    assert_eq!(found("20260328T000000", "20260331T000000"), ["28T0130", "29T0130", "30T0030"]);
    // A window may begin with such a start, and ends before the one on its end.
    assert_eq!(found("20260329T013000", "20260330T003000"), ["29T0130"]);
    assert!(found("20260329T013001", "20260330T003000").is_empty());
    assert!(found("20260329T003000", "20260329T013000").is_empty());
}

/// Hours that are skipped do not make two starts of one.
#[test]
fn hours_across_a_gap() {
    let series = series("Europe/Stockholm", "20260329T003000", &["FREQ=HOURLY;COUNT=5"]);
    let found = series.between(utc("20260328T000000"), utc("20260330T000000"));
    let times: Vec<_> = found.list.iter().map(|one| one.start.format("%H%M").to_string()).collect();
    // 00:30, 01:30, 02:30 (which is 03:30), 03:30 and 04:30.
    assert_eq!(times, ["2330", "0030", "0130", "0230"]);
}

/// Whole days have no times: parts of the time are passed over.
#[test]
fn whole_days() {
    let mut series = series("Europe/Stockholm", "20260302T000000", &["FREQ=DAILY;BYHOUR=9,17;COUNT=3"]);
    series.is_date = true;
    assert_eq!(
        starts(&series.between(utc("20260101T000000"), utc("20270101T000000"))),
        ["20260302T000000", "20260303T000000", "20260304T000000"]
    );
}

/// Examples of RFC 5545, 3.8.5.3, that no other test has.
#[test]
fn examples_of_the_standard() {
    for (start, rule, expected) in [
        ("19970902", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "0902 0904 0916 0918 0930 1002 1014 1016"),
        ("19970905", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "0905 1003 1107 1205 0102 0206 0306 0403 0501 0605"),
        ("19970922", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "0922 1020 1117 1222 0119 0216"),
        ("19970928", "FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=4", "0928 1029 1128 1229"),
        (
            "19970101",
            "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
            "0101 0410 0719 0101 0409 0718 0101 0410 0719 0101",
        ),
        ("19970519", "FREQ=YEARLY;BYDAY=20MO;COUNT=3", "0519 0518 0517"),
        ("19970512", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3", "0512 0511 0517"),
        ("19970902", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=5", "0902 0213 0313 1113 0813 1013"),
        ("19961105", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3", "1105 1107 1102"),
        ("19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "0904 1007 1106"),
        ("19970929", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=4", "0929 1030 1127 1230"),
        ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "0805 0810 0819 0824"),
        ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "0805 0817 0819 0831"),
        ("20070311", "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU;COUNT=3", "0311 0309 0308"),
        ("20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "0115 0130 0215 0315 0330"),
    ] {
        let series = series("America/New_York", &format!("{start}T090000"), &[rule]);
        let found = series.between(utc("19960101T000000"), utc("20100101T000000"));
        let dates: Vec<_> = found.list.iter().map(|one| one.local.format("%m%d").to_string()).collect();
        assert_eq!(dates.join(" "), expected, "{rule}");
    }
}

/// A series far from the window costs no more, and is as right, as one that starts in it.
#[test]
fn old_series() {
    let series = series("UTC", "16010101T090000", &["FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SA"]);
    let first = NaiveDate::from_ymd_opt(1601, 1, 1).unwrap();
    for occurrence in series.between(utc("20260101T000000"), utc("20270101T000000")).list {
        let days = (occurrence.local.date() - first).num_days();
        assert!([0, 5].contains(&(days % 21)), "{days}");
    }
    let count = |from: &str, to: &str| series.between(utc(from), utc(to)).list.len();
    assert_eq!(count("16010101T000000", "16020101T000000"), 36);
    assert_eq!(count("20260101T000000", "20270101T000000"), 35);
}

/// Without any rule there is the one start.
#[test]
fn one_start() {
    let series = Recurrence::once(local("20260302T090000"), false, Zone::UTC);
    assert_eq!(dates(&series), ["20260302"]);
    assert!(series.between(utc("20260303T000000"), utc("20260301T000000")).list.is_empty());
    assert!(series.between(utc("20260301T000000"), utc("20260302T090000")).list.is_empty());
    assert_eq!(series.between(utc("20260302T090000"), utc("20260302T090001")).list.len(), 1);
}
