//! Zones: the names that Exchange uses for them, and their rules within a year.

mod rule;
mod table;

pub(crate) use rule::{Change, Daylight, Rule};
pub(crate) use table::{ZONES, Zone, named};

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;

    #[test]
    fn the_rules_of_a_year_agree_with_the_zone_in_every_hour() {
        for zone in ZONES {
            let rule = zone.rule(2026);
            let mut time: DateTime<Utc> = "2026-01-01T14:00:00Z".parse().unwrap();
            while time < "2026-12-31T00:00:00Z".parse::<DateTime<Utc>>().unwrap() {
                assert_eq!(rule.local(time), zone.local(time), "{} {time}", zone.windows);
                // An hour that occurs twice has one name and two instants: the way back is not that of the way there.
                let back = rule.instant(rule.local(time));
                assert!((back - time).num_minutes().abs() <= 60, "{} {time}", zone.windows);
                time += chrono::TimeDelta::minutes(30);
            }
        }
    }
}
