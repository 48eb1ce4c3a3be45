//! Calendars as Exchange writes them, made up: all people and addresses are invented.
//!
//! The mix: lines folded at 75 octets and never inside a character, Windows zones with their VTIMEZONE, a tenth IANA
//! names without one, a sixth UTC, whole days, a third of them series, some of these with EXDATE, RECURRENCE-ID, up to
//! ten ATTENDEEs, DESCRIPTION, VALARM, `X-MICROSOFT-CDO-*`, private and cancelled events.

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Weekday};

const FIRST: [&str; 13] =
    ["Anna", "Björn", "Chloé", "Elif", "Gunnar", "Hana", "João", "Lena", "Nadia", "Olof", "Quentin", "Ylva", "Åke"];
const LAST: [&str; 10] =
    ["Lindqvist", "Öberg", "Smith", "Meyer", "García", "Nowak", "Rossi", "Okafor", "Hansen", "Dubois"];
const SUBJECTS: [&str; 12] = [
    "Project review",
    "1:1",
    "Weekly sync",
    "Customer call: Nordic Telecom AB",
    "Lunch",
    "Planering\\, vecka 14\\; rum 3",
    "Release planning",
    "Interview",
    "Budget 2026 – utkast",
    "Focus time",
    "Dentist",
    "Support rota hand-over",
];
const PLACES: [&str; 4] = ["Microsoft Teams-möte", "Room 3.14 (8)", "", "Kungsgatan 1\\, Stockholm"];
const LOCATIONS: &str = "X-MICROSOFT-LOCATIONS:[{\"DisplayName\":\"Microsoft Teams-möte\"\\,\"LocationAnnotation\":\"\"\\,\
    \"LocationUri\":\"\"\\,\"LocationStreet\":\"\"\\,\"LocationCity\":\"\"\\,\"LocationState\":\"\"\\,\
    \"LocationCountry\":\"\"\\,\"LocationPostalCode\":\"\"\\,\"LocationFullAddress\":\"\"}]";
const RULE_OF_LINE: &str = "________________________________________________________________________________";

/// Name, and for standard and daylight time: offset before, offset, month and day of the change, hour.
type Zone = (&'static str, [Change; 2]);
type Change = (&'static str, &'static str, &'static str, &'static str);

const ZONES: [Zone; 4] = [
    (
        "W. Europe Standard Time",
        [("+0200", "+0100", "BYDAY=-1SU;BYMONTH=10", "03"), ("+0100", "+0200", "BYDAY=-1SU;BYMONTH=3", "02")],
    ),
    (
        "Eastern Standard Time",
        [("-0400", "-0500", "BYDAY=1SU;BYMONTH=11", "02"), ("-0500", "-0400", "BYDAY=2SU;BYMONTH=3", "02")],
    ),
    (
        "GMT Standard Time",
        [("+0100", "+0000", "BYDAY=-1SU;BYMONTH=10", "02"), ("+0000", "+0100", "BYDAY=-1SU;BYMONTH=3", "01")],
    ),
    ("India Standard Time", [("+0530", "+0530", "", "00"), ("+0530", "+0530", "", "00")]),
];

/// Numbers that look random and are always the same.
pub struct Dice(u64);

impl Dice {
    /// Dice that roll differently for each seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 ^ self.0 >> 33).wrapping_mul(0xFF51_AFD7_ED55_8CCD) >> 16
    }

    /// Below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::try_from(self.below(list.len() as u64)).unwrap()]
    }

    /// In so many of a hundred cases.
    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    fn hex(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(self.of(b"0123456789ABCDEF"))).collect()
    }
}

/// A calendar of so many events. A small one has one zone only, as a change of a mailbox delivers it.
pub fn calendar(dice: &mut Dice, events: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for line in [
        "BEGIN:VCALENDAR",
        "METHOD:PUBLISH",
        "PRODID:Microsoft Exchange Server 2010",
        "VERSION:2.0",
        "X-WR-CALNAME:Kalender",
    ] {
        fold(&mut out, line);
    }
    let zones = if events == 1 { &ZONES[..1] } else { &ZONES[..] };
    for zone in zones {
        time_zone(&mut out, zone);
    }
    for _ in 0..events {
        event(&mut out, dice);
    }
    fold(&mut out, "END:VCALENDAR");
    out
}

/// Writes a line, folded at 75 octets and not inside a character.
fn fold(out: &mut Vec<u8>, line: &str) {
    let (mut rest, mut limit) = (line, 75);
    while rest.len() > limit {
        let end = (0..=limit).rev().find(|end| rest.is_char_boundary(*end)).unwrap();
        out.extend_from_slice(&rest.as_bytes()[..end]);
        out.extend_from_slice(b"\r\n ");
        (rest, limit) = (&rest[end..], 74);
    }
    out.extend_from_slice(rest.as_bytes());
    out.extend_from_slice(b"\r\n");
}

fn time_zone(out: &mut Vec<u8>, (name, changes): &Zone) {
    fold(out, "BEGIN:VTIMEZONE");
    fold(out, &format!("TZID:{name}"));
    for (kind, (before, after, rule, hour)) in ["STANDARD", "DAYLIGHT"].into_iter().zip(changes) {
        if rule.is_empty() && kind == "DAYLIGHT" {
            continue;
        }
        fold(out, &format!("BEGIN:{kind}"));
        fold(out, &format!("DTSTART:16010101T{hour}0000"));
        fold(out, &format!("TZOFFSETFROM:{before}"));
        fold(out, &format!("TZOFFSETTO:{after}"));
        if !rule.is_empty() {
            fold(out, &format!("RRULE:FREQ=YEARLY;INTERVAL=1;{rule}"));
        }
        fold(out, &format!("END:{kind}"));
    }
    fold(out, "END:VTIMEZONE");
}

/// How an event recurs, and the days of the week on which it can begin.
fn rule(dice: &mut Dice, kind: u64) -> Option<(String, Vec<Weekday>)> {
    const NAMES: [(&str, Weekday); 5] =
        [("MO", Weekday::Mon), ("TU", Weekday::Tue), ("WE", Weekday::Wed), ("TH", Weekday::Thu), ("FR", Weekday::Fri)];
    match kind {
        5..=12 => {
            let end = dice.of(&["", ";COUNT=20", ";UNTIL=20261231T225959Z"]);
            Some((format!("FREQ=DAILY;INTERVAL={}{end}", dice.of(&[1, 1, 2, 3])), vec![]))
        }
        13..=29 => {
            let first = dice.below(5);
            let days: Vec<(&str, Weekday)> = NAMES
                .into_iter()
                .zip(0..)
                .filter(|(_, day)| *day == first || dice.percent(20))
                .map(|(day, _)| day)
                .collect();
            let names: Vec<&str> = days.iter().map(|(name, _)| *name).collect();
            let rule = format!("FREQ=WEEKLY;INTERVAL={};BYDAY={};WKST=MO", dice.of(&[1, 1, 1, 2]), names.join(","));
            Some((rule, days.into_iter().map(|(_, day)| day).collect()))
        }
        30..=35 => {
            let part = dice.of(&[
                "BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                "BYDAY=TU;BYSETPOS=2",
                "BYMONTHDAY=15",
                "BYDAY=MO;BYSETPOS=1",
            ]);
            Some((format!("FREQ=MONTHLY;{part}"), vec![]))
        }
        _ => None,
    }
}

fn event(out: &mut Vec<u8>, dice: &mut Dice) {
    let kind = dice.below(100);
    let recurs = rule(dice, kind);
    fold(out, "BEGIN:VEVENT");
    people(out, dice);
    if dice.percent(55) {
        description(out, dice);
    }
    if let Some((rule, _)) = &recurs {
        fold(out, &format!("RRULE:{rule}"));
    }
    fold(out, &format!("UID:040000008200E00074C5B7101A82E00800000000{}", dice.hex(72)));
    fold(out, &format!("SUMMARY;LANGUAGE=sv-SE:{}", dice.of(&SUBJECTS)));
    times(out, dice, kind, recurs.as_ref().map(|(_, days)| days.as_slice()));
    words(out, dice, kind, recurs.is_some());
    if dice.percent(30) {
        fold(out, LOCATIONS);
    }
    if dice.percent(70) {
        for line in
            ["BEGIN:VALARM", "DESCRIPTION:REMINDER", "TRIGGER;RELATED=START:-PT15M", "ACTION:DISPLAY", "END:VALARM"]
        {
            fold(out, line);
        }
    }
    fold(out, "END:VEVENT");
}

fn people(out: &mut Vec<u8>, dice: &mut Dice) {
    let person = |dice: &mut Dice| {
        let (first, last) = (dice.of(&FIRST), dice.of(&LAST));
        let plain = |name: &str| name.chars().filter(char::is_ascii).collect::<String>().to_lowercase();
        (format!("{first} {last}"), format!("{}.{}@example.com", plain(first), plain(last)))
    };
    let (name, mail) = person(dice);
    fold(out, &format!("ORGANIZER;CN=\"{name}\":mailto:{mail}"));
    for _ in 0..dice.of(&[0, 0, 1, 1, 2, 3, 4, 6, 10]) {
        let ((name, mail), answer) = (person(dice), dice.of(&["NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED"]));
        let line = format!("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};RSVP=TRUE;CN=\"{name}\":mailto:{mail}");
        fold(out, &line);
    }
}

fn description(out: &mut Vec<u8>, dice: &mut Dice) {
    let text = if dice.percent(50) {
        let id = dice.hex(24).to_lowercase();
        format!(
            "{RULE_OF_LINE}\\nMicrosoft Teams meeting\\nJoin on your computer\\, mobile app or room device\\nClick here to \
             join the meeting<https://teams.example.com/l/meetup-join/19%3ameeting_{id}%40thread.v2/0?context=\
             %7b%22Tid%22%3a%22{id}%22%2c%22Oid%22%3a%22{id}%22%7d>\\nMeeting ID: 345 678 901 23\\nPasscode: aBcD12\\nOr \
             call in (audio only)\\n+46 8 505 218 00\\,\\,123456789#   Sweden\\, Stockholm\\nFind a local number | Reset \
             PIN\\n{RULE_OF_LINE}\\n"
        )
    } else {
        "Agenda:\\n1. Status\\n2. Åtgärder\\, risker\\; beslut\\n3. Next steps\\n".to_owned()
    };
    fold(out, &format!("DESCRIPTION;LANGUAGE=en-US:{text}"));
}

fn times(out: &mut Vec<u8>, dice: &mut Dice, kind: u64, days: Option<&[Weekday]>) {
    let mut day =
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + TimeDelta::days(i64::try_from(dice.below(365)).unwrap());
    if kind < 5 {
        let after = day + TimeDelta::days(dice.of(&[1, 1, 2, 5]));
        fold(out, &format!("DTSTART;VALUE=DATE:{}", day.format("%Y%m%d")));
        fold(out, &format!("DTEND;VALUE=DATE:{}", after.format("%Y%m%d")));
        return;
    }
    while days.is_some_and(|days| !days.is_empty() && !days.contains(&day.weekday())) {
        day = day.succ_opt().unwrap();
    }
    let (hour, minute) = (dice.of(&[7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]), dice.of(&[0, 0, 0, 15, 30, 30, 45]));
    let start = day.and_hms_opt(hour, minute, 0).unwrap();
    let end = start + TimeDelta::minutes(dice.of(&[15, 30, 30, 45, 60, 60, 60, 90, 120]));
    let written = |time: NaiveDateTime| time.format("%Y%m%dT%H%M%S").to_string();
    let zone = match dice.below(100) {
        0..=14 => {
            fold(out, &format!("DTSTART:{}Z", written(start)));
            return fold(out, &format!("DTEND:{}Z", written(end)));
        }
        15..=24 => "Europe/Stockholm",
        25..=74 => ZONES[0].0,
        75..=86 => ZONES[1].0,
        87..=94 => ZONES[2].0,
        _ => ZONES[3].0,
    };
    fold(out, &format!("DTSTART;TZID={zone}:{}", written(start)));
    fold(out, &format!("DTEND;TZID={zone}:{}", written(end)));
    if (36..=40).contains(&kind) {
        fold(out, &format!("RECURRENCE-ID;TZID={zone}:{}", written(start - TimeDelta::hours(1))));
    }
    if days.is_some() && dice.percent(40) {
        let count = dice.of(&[1, 2, 4]);
        let list: Vec<String> = (1..=count).map(|week| written(start + TimeDelta::days(7 * week))).collect();
        fold(out, &format!("EXDATE;TZID={zone}:{}", list.join(",")));
    }
}

fn words(out: &mut Vec<u8>, dice: &mut Dice, kind: u64, recurs: bool) {
    let busy = match dice.below(100) {
        0..=69 => "BUSY",
        70..=79 => "FREE",
        80..=91 => "TENTATIVE",
        92..=96 => "OOF",
        _ => "WORKINGELSEWHERE",
    };
    let class = match dice.below(100) {
        0..=87 => "PUBLIC",
        88..=97 => "PRIVATE",
        _ => "CONFIDENTIAL",
    };
    let status = match dice.below(100) {
        0..=89 => "CONFIRMED",
        90..=96 => "TENTATIVE",
        _ => "CANCELLED",
    };
    fold(out, &format!("CLASS:{class}"));
    fold(out, &format!("PRIORITY:{}", dice.of(&[5, 5, 5, 1, 9])));
    fold(out, "DTSTAMP:20260105T081500Z");
    fold(out, if busy == "FREE" { "TRANSP:TRANSPARENT" } else { "TRANSP:OPAQUE" });
    fold(out, &format!("STATUS:{status}"));
    fold(out, &format!("SEQUENCE:{}", dice.below(4)));
    fold(out, &format!("LOCATION;LANGUAGE=sv-SE:{}", dice.of(&PLACES)));
    fold(out, &format!("X-MICROSOFT-CDO-APPT-SEQUENCE:{}", dice.below(4)));
    fold(out, &format!("X-MICROSOFT-CDO-OWNERAPPTID:{}", dice.below(1 << 31)));
    fold(out, &format!("X-MICROSOFT-CDO-BUSYSTATUS:{busy}"));
    fold(out, &format!("X-MICROSOFT-CDO-INTENDEDSTATUS:{busy}"));
    fold(out, if kind < 5 { "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE" } else { "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE" });
    fold(out, "X-MICROSOFT-CDO-IMPORTANCE:1");
    let kind = if recurs {
        1
    } else if (36..=40).contains(&kind) {
        3
    } else {
        0
    };
    fold(out, &format!("X-MICROSOFT-CDO-INSTTYPE:{kind}"));
    fold(out, "X-MICROSOFT-DONOTFORWARDMEETING:FALSE");
    fold(out, "X-MICROSOFT-DISALLOW-COUNTER:FALSE");
}
