//! Zones against the zones of the world, and names of zones as calendars have them.
#![expect(clippy::unwrap_used, reason = "helper functions of tests")]

use chrono::{
    DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc, Weekday,
};
use chrono_tz::{TZ_VARIANTS, Tz};
use presence_calendar::recur::Rule;
use presence_calendar::zone::{Observance, Resolved, Transition, Zone, ZoneRules, Zones};

const HOUR: i32 = 3_600;

fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").unwrap()
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn part(start: &str, before: i32, offset: i32, rule: &str) -> Observance {
    let mut part = Observance::new(local(start), before, offset);
    if !rule.is_empty() {
        part.rules.push(Rule::parse(rule).unwrap());
    }
    part
}

fn rules(parts: Vec<Observance>) -> Zone {
    Zone::from(ZoneRules::new(parts).unwrap())
}

/// A local time as chrono and the tz database have it; in a gap by the clock of the day before.
fn expected(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.to_utc(),
        LocalResult::None => {
            let before = zone.offset_from_local_datetime(&(local - TimeDelta::hours(25))).earliest().unwrap();
            (local - before.fix()).and_utc()
        }
    }
}

/// Every half hour of these years, both ways.
fn agree(zone: &Zone, world: Tz, years: std::ops::Range<i32>) {
    let mut time = NaiveDate::from_ymd_opt(years.start, 1, 1).unwrap().and_time(NaiveTime::MIN);
    while time.year() < years.end {
        assert_eq!(zone.to_utc(time), expected(world, time), "{world}: {time} of its clock");
        let absolute = time.and_utc();
        assert_eq!(zone.to_local(absolute), absolute.with_timezone(&world).naive_local(), "{world}: {time} UTC");
        time += TimeDelta::minutes(30);
    }
}

/// S0.21: every hour of three years, gaps and overlaps too, by the clocks of ten zones of the world.
#[test]
fn zones_of_the_world() {
    for world in [
        Tz::UTC,
        Tz::Europe__Stockholm,
        Tz::Europe__London,
        Tz::Europe__Dublin,
        Tz::America__New_York,
        Tz::America__St_Johns,
        Tz::Asia__Kolkata,
        Tz::Africa__Casablanca,
        Tz::Australia__Lord_Howe,
        Tz::Pacific__Chatham,
        Tz::America__Santiago,
    ] {
        agree(&Zone::Iana(world), world, 2_025..2_028);
    }
    // A day that was left out, and years after the last ones in the tables.
    agree(&Zone::Iana(Tz::Pacific__Apia), Tz::Pacific__Apia, 2_011..2_013);
    agree(&Zone::Iana(Tz::Europe__Stockholm), Tz::Europe__Stockholm, 2_096..2_098);
}

/// S0.21: rules as a calendar has them in a VTIMEZONE agree with the zones they describe.
#[test]
fn rules_agree_with_the_zones_they_describe() {
    let stockholm = vec![
        part("19701025T030000", 2 * HOUR, HOUR, "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
        part("19700329T020000", HOUR, 2 * HOUR, "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"),
    ];
    let new_york = vec![
        part("20070311T020000", -5 * HOUR, -4 * HOUR, "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"),
        part("20071104T020000", -4 * HOUR, -5 * HOUR, "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"),
    ];
    let sydney = vec![
        part("20080406T030000", 11 * HOUR, 10 * HOUR, "FREQ=YEARLY;BYMONTH=4;BYDAY=1SU"),
        part("20081005T020000", 10 * HOUR, 11 * HOUR, "FREQ=YEARLY;BYMONTH=10;BYDAY=1SU"),
    ];
    let lord_howe = vec![
        part("20080406T020000", 11 * HOUR, 10 * HOUR + 1_800, "FREQ=YEARLY;BYMONTH=4;BYDAY=1SU"),
        part("20081005T020000", 10 * HOUR + 1_800, 11 * HOUR, "FREQ=YEARLY;BYMONTH=10;BYDAY=1SU"),
    ];
    let kolkata = vec![part("19700101T000000", 19_800, 19_800, "")];
    agree(&rules(stockholm), Tz::Europe__Stockholm, 2_020..2_031);
    agree(&rules(new_york), Tz::America__New_York, 2_020..2_031);
    agree(&rules(sydney), Tz::Australia__Sydney, 2_020..2_031);
    agree(&rules(lord_howe), Tz::Australia__Lord_Howe, 2_020..2_031);
    agree(&rules(kolkata), Tz::Asia__Kolkata, 2_020..2_031);
}

/// S0.21: offsets may have seconds, and a change may come once only.
#[test]
fn offsets_with_seconds() {
    let monrovia = vec![part("19190301T000000", -2_588, -2_670, ""), part("19720107T000000", -2_670, 0, "")];
    agree(&rules(monrovia), Tz::Africa__Monrovia, 1_970..1_974);
    let zone = rules(vec![part("20200101T000000", 1_172, 1_172, "")]);
    assert_eq!(zone.to_utc(local("20200101T001932")), utc("2020-01-01T00:00:00Z"));
    assert_eq!(zone.to_local(utc("2020-01-01T00:00:00Z")), local("20200101T001932"));
}

/// S0.21: what Exchange writes: the rules of one year, from 1601 on, where the zones of the world have other offsets. The
/// rules name no day of January, so there is no change on the first.
#[test]
fn frozen_rules_of_exchange() {
    let zone = rules(vec![
        part("16010101T030000", 2 * HOUR, HOUR, "FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10"),
        part("16010101T020000", HOUR, 2 * HOUR, "FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3"),
    ]);
    agree(&zone, Tz::Europe__Berlin, 1_999..2_031);
    assert_eq!(zone.to_utc(local("16010101T000000")), utc("1600-12-31T23:00:00Z"));
    let recent = vec![
        part("20260101T030000", 2 * HOUR, HOUR, "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"),
        part("20260102T020000", HOUR, 2 * HOUR, "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"),
    ];
    agree(&rules(recent), Tz::Europe__Berlin, 2_026..2_028);
}

/// S0.21: rules that end, with an `UNTIL` in UTC, in local time, and in local time that is called UTC.
#[test]
fn rules_that_end() {
    for (until_summer, until_winter) in [
        ("20060402T070000Z", "20061029T060000Z"),
        ("20060402T020000", "20061029T020000"),
        ("20060402T020000Z", "20061029T020000Z"),
        ("20060402", "20061029"),
    ] {
        let zone = rules(vec![
            part("20070311T020000", -5 * HOUR, -4 * HOUR, "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"),
            part("20071104T020000", -4 * HOUR, -5 * HOUR, "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"),
            part(
                "19870405T020000",
                -5 * HOUR,
                -4 * HOUR,
                &format!("FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL={until_summer}"),
            ),
            part(
                "19671029T020000",
                -4 * HOUR,
                -5 * HOUR,
                &format!("FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL={until_winter}"),
            ),
        ]);
        agree(&zone, Tz::America__New_York, 1_990..2_010);
    }
}

/// S0.21: onsets by dates; before the first the clock before it holds, after the last its own.
#[test]
fn dates_and_ends() {
    let mut summer = part("20200329T020000", HOUR, 2 * HOUR, "");
    summer.dates.push(local("20210328T020000"));
    let mut winter = part("20201025T030000", 2 * HOUR, HOUR, "");
    winter.dates.push(local("20211031T030000"));
    let zone = rules(vec![winter, summer]);
    agree(&zone, Tz::Europe__Stockholm, 2_020..2_022);
    for day in ["19000701T000000", "20190701T000000", "20250701T000000", "21990701T000000"] {
        assert_eq!(zone.to_utc(local(day)), (local(day) - TimeDelta::hours(1)).and_utc(), "{day}");
    }
}

/// S3.6: biases of Windows, as Exchange sends them with working hours.
#[test]
fn biases_of_windows() {
    let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    let zone = |bias, standard, daylight| Zone::from(ZoneRules::windows(bias, standard, daylight).unwrap());
    let (sunday, saturday) = (Weekday::Sun, Weekday::Sat);
    let stockholm =
        zone(-60, Transition::new(0, 10, 5, sunday, at(3, 0)), Transition::new(-60, 3, 5, sunday, at(2, 0)));
    agree(&stockholm, Tz::Europe__Stockholm, 2_020..2_031);
    let sydney = zone(-600, Transition::new(0, 4, 1, sunday, at(3, 0)), Transition::new(-60, 10, 1, sunday, at(2, 0)));
    agree(&sydney, Tz::Australia__Sydney, 2_020..2_031);
    let lord_howe =
        zone(-630, Transition::new(0, 4, 1, sunday, at(2, 0)), Transition::new(-30, 10, 1, sunday, at(2, 0)));
    agree(&lord_howe, Tz::Australia__Lord_Howe, 2_020..2_031);
    // No summer time: month 0, or both in the same moment.
    let none = Transition::new(0, 0, 0, sunday, at(0, 0));
    let same = Transition::new(-60, 1, 1, saturday, at(0, 0));
    let other = Transition::new(0, 1, 1, saturday, at(0, 0));
    for (standard, daylight) in [(none, none), (none, same), (other, same)] {
        agree(&zone(-330, standard, daylight), Tz::Asia__Kolkata, 2_026..2_027);
    }
}

/// S3.6: numbers that no zone has are refused.
#[test]
fn biases_that_no_zone_has() {
    let good = Transition::new(0, 10, 5, Weekday::Sun, NaiveTime::MIN);
    for bias in [1_440, -1_440, i32::MAX, i32::MIN] {
        assert_eq!(ZoneRules::windows(bias, good, good), None);
        assert_eq!(ZoneRules::windows(0, Transition::new(bias, 3, 1, Weekday::Sun, NaiveTime::MIN), good), None);
    }
    for (month, order) in [(13, 1), (u32::MAX, 1), (3, 0), (3, 6)] {
        assert_eq!(ZoneRules::windows(0, Transition::new(0, month, order, Weekday::Sun, NaiveTime::MIN), good), None);
    }
    assert_eq!(ZoneRules::new(Vec::new()), None);
    for offset in [24 * HOUR, i32::MIN, i32::MAX] {
        assert_eq!(ZoneRules::new(vec![part("20200101T000000", 0, offset, "")]), None);
        assert_eq!(ZoneRules::new(vec![part("20200101T000000", offset, 0, "")]), None);
        assert_eq!(Zone::fixed(offset), None);
    }
}

/// S0.21: rules made to cost much are worked out in no time, and the years of today are kept of what is too much.
#[test]
fn rules_made_to_cost_much() {
    let daily = part("19700101T000000", 0, HOUR, "FREQ=DAILY");
    let seconds = part("19700101T000000", 0, HOUR, "FREQ=SECONDLY");
    let never = part("19700101T000000", 0, HOUR, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30");
    for bad in [daily, seconds, never] {
        let mut parts = vec![bad; 50_000];
        parts.push(part("20250330T020000", HOUR, 2 * HOUR, ""));
        parts.push(part("20251026T030000", 2 * HOUR, HOUR, ""));
        let zone = rules(parts);
        assert_eq!(zone.to_utc(local("20250701T120000")), utc("2025-07-01T10:00:00Z"));
    }
    let mut dates = part("19700101T000000", 0, HOUR, "");
    dates.dates = (0..1_000_000).map(|hour| local("19700101T000000") + TimeDelta::hours(hour)).collect();
    let _ = rules(vec![dates]).to_utc(local("20250701T120000"));
}

fn zones() -> Zones {
    Zones::new(Zone::Iana(Tz::Europe__Stockholm))
}

fn known(zone: Tz) -> Resolved {
    let resolved = Zones::new(Zone::Iana(zone)).resolve(zone.name());
    assert!(!resolved.is_guess);
    resolved
}

/// The zone of the mailbox.
fn guess() -> Resolved {
    let mut resolved = known(Tz::Europe__Stockholm);
    resolved.is_guess = true;
    resolved
}

fn custom() -> ZoneRules {
    ZoneRules::new(vec![part("20200101T000000", 5 * HOUR, 5 * HOUR, "")]).unwrap()
}

/// S0.9: names in quotes, with blanks around them and with escaped commas are the names they mean, in the file's own zones
/// too.
#[test]
fn names_are_cleaned() {
    let mut zones = zones();
    zones.define("Kuala Lumpur\\, Neverland", None, custom());
    for name in [
        "Kuala Lumpur\\, Neverland",
        "\"Kuala Lumpur, Neverland\"",
        " kuala lumpur, NEVERLAND\t",
        "\"Kuala Lumpur\\, Neverland\"",
    ] {
        assert_eq!(zones.resolve(name).zone, Zone::from(custom()), "{name}");
    }
    for name in [
        " Europe/Berlin",
        "\"Europe/Berlin\"",
        "\" europe/BERLIN \"",
        "W. EUROPE Standard Time",
        "\"W. Europe Standard Time\"",
    ] {
        assert_eq!(zones.resolve(name), known(Tz::Europe__Berlin), "{name}");
    }
    // The exact name is preferred.
    zones.define("Sommer", None, custom());
    let other = ZoneRules::fixed(60).unwrap();
    zones.define("SOMMER", None, other.clone());
    assert_eq!(zones.resolve("Sommer").zone, Zone::from(custom()));
    assert_eq!(zones.resolve("SOMMER").zone, Zone::from(other));
}

/// S0.9: names that say nothing mean the file's own rules, whatever place is given for them.
#[test]
fn custom_names_mean_the_rules_of_the_file() {
    for name in [
        "Customized Time Zone",
        "Customized Time Zone 1",
        "customized time zone2",
        "tzone://Microsoft/Custom",
        "Custom",
        "1",
        "\"42\"",
    ] {
        assert_eq!(zones().resolve(name), guess(), "{name}");
        let mut zones = zones();
        zones.define(name, Some("Europe/Berlin"), custom());
        let resolved = zones.resolve(name);
        assert_eq!((resolved.zone, resolved.is_guess), (Zone::from(custom()), false), "{name}");
    }
    // Others that only begin like that are names.
    assert!(zones().resolve("Customized Time Zone of Europe/Berlin").is_guess);
}

/// S0.9: IANA names, aliases, and names after a prefix.
#[test]
fn names_of_the_world() {
    for zone in TZ_VARIANTS {
        assert_eq!(zones().resolve(zone.name()), known(zone));
        assert_eq!(zones().resolve(&zone.name().to_uppercase()), known(zone));
    }
    for (name, zone) in [
        ("/freeassociation.sourceforge.net/Europe/Berlin", Tz::Europe__Berlin),
        (
            "/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires",
            Tz::America__Argentina__Buenos_Aires,
        ),
        ("/mozilla.org/20050126_1/America/Indiana/Knox", Tz::America__Indiana__Knox),
        ("/Europe/Berlin", Tz::Europe__Berlin),
        ("/example.org/UTC", Tz::UTC),
        ("Asia/Calcutta", Tz::Asia__Calcutta),
        ("utc", Tz::UTC),
    ] {
        assert_eq!(zones().resolve(name), known(zone), "{name}");
    }
    // A place at the end of something else is not enough.
    assert!(zones().resolve("example.org/Europe/Berlin").is_guess);
}

/// S0.9: Windows names, and that a known name is preferred to the rules in the file, which are those of one year.
#[test]
fn names_of_windows() {
    let mut zones = zones();
    for (name, zone) in [
        ("W. Europe Standard Time", Tz::Europe__Berlin),
        ("GMT Standard Time", Tz::Europe__London),
        ("India Standard Time", Tz::Asia__Calcutta),
        ("Pacific Standard Time (Mexico)", Tz::America__Tijuana),
        ("UTC", Tz::UTC),
        ("UTC+12", Tz::Etc__GMTMinus12),
    ] {
        zones.define(name, None, custom());
        let resolved = zones.resolve(name);
        assert_eq!((resolved.zone, resolved.is_guess), (Zone::Iana(zone), false), "{name}");
    }
}

/// S0.9: zones of the file: the place it gives, else its rules, also for numbered and shown names.
#[test]
fn zones_of_the_file() {
    let mut zones = zones();
    zones.define("Here", Some("Europe/Oslo"), custom());
    zones.define("There", Some("W. Europe Standard Time"), custom());
    zones.define("Nowhere", Some("Never/Never"), custom());
    assert_eq!(zones.resolve("Here"), known(Tz::Europe__Oslo));
    assert_eq!(zones.resolve("There"), known(Tz::Europe__Berlin));
    for name in ["Nowhere", "W. Europe Standard Time 1", "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"]
    {
        zones.define(name, None, custom());
        assert_eq!(zones.resolve(name).zone, Zone::from(custom()), "{name}");
    }
    // Defined twice: the later.
    zones.define("Nowhere", None, ZoneRules::fixed(60).unwrap());
    assert_eq!(Some(zones.resolve("Nowhere").zone), Zone::fixed(60));
}

/// S0.9: names that Outlook shows, in old and new spelling and in other languages.
#[test]
fn shown_names() {
    for (name, zone) in [
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", Tz::Europe__Berlin),
        ("(GMT+01:00) Amsterdam\\, Berlin\\, Bern\\, Rome\\, Stockholm\\, Vienna", Tz::Europe__Berlin),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien", Tz::Europe__Berlin),
        ("(UTC+01:00) Amsterdam, Berlin, Berne, Rome, Stockholm, Vienne", Tz::Europe__Berlin),
        ("(GMT+01.00) Paris/Madrid/Brussels/Copenhagen", Tz::Europe__Paris),
        ("(GMT+01.00) Sarajevo/Warsaw/Zagreb", Tz::Europe__Warsaw),
        ("(GMT-08:00) Pacific Time (US & Canada), Tijuana", Tz::America__Los_Angeles),
        ("Pacific Time (US & Canada); Tijuana", Tz::America__Los_Angeles),
        ("Pacific Time (US & Canada)", Tz::America__Los_Angeles),
        ("(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London", Tz::Europe__London),
        ("Västeuropa, normaltid", Tz::Europe__Berlin),
        ("VEST-EUROPA (NORMALTID)", Tz::Europe__Berlin),
        ("GMT+0100 (Mitteleuropäische Zeit)", Tz::Europe__Berlin),
        ("Europe de l’Ouest", Tz::Europe__Berlin),
        ("(UTC+01:00) Bruxelles\\, København\\, Madrid\\, Paris", Tz::Europe__Paris),
        ("Hora estándar romance", Tz::Europe__Paris),
        ("Suomen normaaliaika", Tz::Europe__Kiev),
        ("W. Europe Standard Time 1", Tz::Europe__Berlin),
        ("tzone://Microsoft/Utc", Tz::UTC),
        ("Z", Tz::UTC),
        ("(UTC) Coordinated Universal Time", Tz::Etc__UTC),
    ] {
        assert_eq!(zones().resolve(name), known(zone), "{name}");
        assert_eq!(Zone::named(name), Some(Zone::Iana(zone)), "{name}");
    }
}

/// S0.9: what cannot be known is the zone of the mailbox and a guess, never UTC: offsets alone, and junk.
#[test]
fn what_is_not_known_is_a_guess() {
    let long = "Europe/Berlin".repeat(800);
    let slashes = "/".repeat(10_000);
    let blanks = " ".repeat(10_000);
    let mut zones = zones();
    for name in [
        "",
        "\"",
        "(UTC+01:00)",
        "(UTC+01:00) ",
        "GMT +0100 (Standard) / GMT +0200 (Daylight)",
        "GMT+0100",
        "UTC+0100",
        "(UTC",
        "(",
        "../../etc",
        "/../../etc/passwd",
        "Europe\u{0}/Berlin",
        "Europe/Berlin\u{7}x",
        "\u{202e}Europe/Berlin",
        "%s%n",
        "\\",
        "a\\",
        ",;/",
        "(GMT+01:00) Neverland",
        "W. Europe Standard Time x",
        &long,
        &slashes,
        &blanks,
    ] {
        assert_eq!(zones.resolve(name), guess(), "{name:.40}");
        assert_eq!(Zone::named(name), None, "{name:.40}");
    }
    zones.define(&long, None, custom());
    assert!(zones.resolve(&long).is_guess);
}

/// S0.9: a million names take no memory: none is kept but what the file defines, and of that no more than a file can need.
#[test]
fn very_many_names() {
    let mut zones = zones();
    for number in 0..1_000_000 {
        assert!(zones.resolve(&format!("Zone {number}")).is_guess);
    }
    assert_eq!(format!("{zones:?}"), "Zones { mailbox: Iana(Europe/Stockholm), defined: 0 }");
    for number in 0..10_000 {
        zones.define(&format!("Zone {number}"), None, custom());
    }
    assert_eq!(format!("{zones:?}"), "Zones { mailbox: Iana(Europe/Stockholm), defined: 1000 }");
    assert!(!zones.resolve("Zone 999").is_guess && zones.resolve("Zone 1000").is_guess);
}
