//! The zones of the world by their names: IANA, Windows, and what Outlook shows.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use chrono_tz::{TZ_VARIANTS, Tz};
use windows_timezones::WindowsTimezone;

use super::names::cleaned;
use super::table;

/// No name in the tables is longer.
const LONGEST: usize = 96;

/// The zone that is known by a name of any kind.
pub(super) fn any(name: &str) -> Option<Tz> {
    let name = cleaned(name);
    exactly(&name).or_else(|| shown(&name))
}

/// The zone of a clean IANA or Windows name. After a slash at its start any further one may begin the name:
/// `/example.org/Europe/Berlin`.
pub(super) fn exactly(name: &str) -> Option<Tz> {
    let find = |name: &str| known().names.get(&*folded(name)?).copied();
    let Some(path) = name.strip_prefix('/') else { return find(name) };
    // The longest end that is a name, so that zones with three parts are found whole.
    let starts = path.match_indices('/').map(|(at, _)| at + 1);
    std::iter::once(0).chain(starts).find_map(|start| find(path.get(start..)?))
}

/// The zone of a clean name that Outlook shows, or that an old or translated Windows has.
pub(super) fn shown(name: &str) -> Option<Tz> {
    let known = known();
    let numbered = || {
        // The second zone of one name in a calendar is numbered.
        let plain = name.trim_end_matches(|sign: char| sign.is_ascii_digit());
        let plain = plain.strip_suffix(' ').filter(|plain| plain.len() < name.len())?;
        known.names.get(&*folded(plain)?)
    };
    let key = shown_key(name);
    let zone = known.shown.get(&key).filter(|_| !key.is_empty());
    zone.or_else(numbered).copied()
}

struct Known {
    /// IANA and Windows names in small letters.
    names: HashMap<Box<[u8]>, Tz>,
    /// Keys of names that are shown.
    shown: HashMap<String, Tz>,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut known = Known { names: HashMap::new(), shown: HashMap::new() };
        let lower = |name: &str| name.to_ascii_lowercase().into_bytes().into_boxed_slice();
        for zone in TZ_VARIANTS {
            known.names.insert(lower(zone.name()), zone);
            // Every Windows zone has an IANA zone, which leads to it.
            if let Ok(windows) = WindowsTimezone::try_from(zone)
                && let Ok(zone) = windows.tzdb_id().parse()
            {
                // IANA has the same names for the same zones: `UTC`.
                known.names.entry(lower(windows.name())).or_insert(zone);
                known.shown.insert(shown_key(windows.description()), zone);
            }
        }
        for (zone, names) in table::SHOWN {
            known.shown.extend(names.iter().map(|name| (shown_key(name), *zone)));
        }
        known
    })
}

/// A name in small letters. `None` if it is too long for a name.
fn folded(name: &str) -> Option<Cow<'_, [u8]>> {
    if name.len() > LONGEST {
        return None;
    }
    let bytes = name.as_bytes();
    let is_folded = !bytes.iter().any(u8::is_ascii_uppercase);
    Some(if is_folded { Cow::Borrowed(bytes) } else { Cow::Owned(bytes.to_ascii_lowercase()) })
}

/// What two spellings of a shown name have in common: its places in small letters and in order, without the offset
/// before them, whatever stands between them. Of `(GMT+01.00) Paris/Madrid` and `(UTC+01:00) Madrid, Paris` it is
/// `madrid,paris`.
fn shown_key(name: &str) -> String {
    let name = name.to_lowercase().replace('\u{2019}', "'");
    let places = without_offset(&name).split([',', ';', '/', ':']);
    let mut places: Vec<_> = places.map(str::trim).filter(|place| !place.is_empty()).collect();
    places.sort_unstable();
    places.join(",")
}

/// A name without its `(utc+01:00)` or `gmt+0100`, which alone says nothing of the time in summer.
fn without_offset(name: &str) -> &str {
    let is_sign = |sign: char| sign.is_ascii_digit() || matches!(sign, '+' | '-' | '\u{2212}' | ':' | '.' | ' ');
    let inner = name.strip_prefix('(').unwrap_or(name);
    let Some(rest) = ["utc", "gmt"].iter().find_map(|start| inner.strip_prefix(start)) else { return name };
    let rest = rest.trim_start_matches(is_sign);
    if inner.len() < name.len() {
        return rest.strip_prefix(')').map_or(name, str::trim);
    }
    let unwrapped = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    unwrapped.unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Each Windows zone of the table is reached, and each name of our own means one zone and is in no other table.
    #[test]
    fn tables_are_whole_and_agree() {
        let windows: HashSet<_> = TZ_VARIANTS
            .iter()
            .filter_map(|zone| WindowsTimezone::try_from(*zone).ok())
            .map(WindowsTimezone::name)
            .collect();
        assert_eq!(windows.len(), 139);
        let mut keys = HashSet::new();
        for (zone, names) in table::SHOWN {
            for name in *names {
                assert!(keys.insert(shown_key(name)), "{name} is there twice");
                assert_eq!(shown(name), Some(*zone), "{name}");
                assert_eq!(exactly(name), None, "{name} is known anyway");
            }
        }
        for zone in TZ_VARIANTS {
            if let Ok(windows) = WindowsTimezone::try_from(zone) {
                let zone: Tz = windows.tzdb_id().parse().unwrap();
                assert_eq!(shown(windows.description()), Some(zone), "{windows}");
                let named = if zone == Tz::Etc__UTC { Tz::UTC } else { zone };
                assert_eq!(exactly(windows.name()), Some(named), "{windows}");
            }
        }
    }

    #[test]
    fn keys_of_shown_names() {
        for (name, key) in [
            ("(GMT+01.00) Paris/Madrid", "madrid,paris"),
            ("(UTC+01:00) Madrid, Paris", "madrid,paris"),
            ("(GMT) Greenwich Mean Time: Dublin; London", "dublin,greenwich mean time,london"),
            ("(UTC-08:00) Pacific Time (US & Canada)", "pacific time (us & canada)"),
            ("GMT+0100 (Mitteleurop\u{e4}ische Zeit)", "mitteleurop\u{e4}ische zeit"),
            ("(UTC+01:00)", ""),
            ("(UTC+01:00", "(utc+01,00"),
        ] {
            assert_eq!(shown_key(name), key, "{name}");
        }
    }
}
