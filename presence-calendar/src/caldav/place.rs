//! Addresses of calendars: made of a pattern, and taken from answers.

use std::fmt;

use presence_core::Address;

/// An address in an answer is at most so long.
const LONGEST: usize = 2 * 1024;

/// Why a text is no address of calendars. The text is not repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPlace {
    /// It is not an address of the web.
    #[error("the address of calendars begins with `https://` and a host, and has no spaces")]
    NoAddress,
    /// It holds a user name or a password.
    #[error("the address of calendars holds a user name or a password: give them to the HTTP service that logs in")]
    Credentials,
    /// It is the same for everybody.
    #[error("the address of calendars has no `{{mailbox}}` or `{{user}}`, so that everybody would have the same one")]
    NoMailbox,
    /// There are braces with something else in them, or in the name of the host.
    #[error(
        "the address of calendars has braces: only `{{mailbox}}`, `{{user}}` and `{{domain}}` in its path are known"
    )]
    Braces,
}

/// The address of a calendar, with `{mailbox}`, `{user}` or `{domain}` where it differs. It may hold a key, and is not
/// shown.
#[derive(Clone)]
pub(crate) struct Template(String);

impl Template {
    pub(crate) fn new(text: &str) -> Result<Self, InvalidPlace> {
        let text = checked(text)?;
        let plain = text.replace("{mailbox}", "").replace("{user}", "");
        if plain == text {
            return Err(InvalidPlace::NoMailbox);
        }
        let in_path = Split::of(&text).is_some_and(|split| !split.authority.contains(['{', '}']));
        if !in_path || plain.replace("{domain}", "").contains(['{', '}']) {
            return Err(InvalidPlace::Braces);
        }
        Ok(Self(text))
    }

    /// The address for a mailbox. `None` if its name cannot stand in one.
    pub(crate) fn url(&self, mailbox: &Address) -> Option<String> {
        let whole = mailbox.value();
        let (user, domain) = whole.rsplit_once('@').unwrap_or((whole, ""));
        let is_domain_wanted = self.0.contains("{domain}");
        let names = [whole, user, if is_domain_wanted { domain } else { whole }];
        if names.iter().any(|name| matches!(*name, "" | "." | "..")) {
            return None;
        }
        let url = self.0.replace("{mailbox}", &encoded(whole));
        Some(url.replace("{user}", &encoded(user)).replace("{domain}", &encoded(domain)))
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Split::of(&self.0).map_or("(no address)", |split| split.authority))
    }
}

/// An address of the web as it was configured, with `webcal` as what it means.
pub(crate) fn checked(text: &str) -> Result<String, InvalidPlace> {
    let text = text.trim();
    let text = match ["webcals://", "webcal://"].into_iter().find_map(|scheme| without(text, scheme)) {
        Some(rest) => format!("https://{rest}"),
        None => text.to_owned(),
    };
    match Split::of(&text) {
        None => Err(InvalidPlace::NoAddress),
        Some(split) if split.authority.contains('@') => Err(InvalidPlace::Credentials),
        Some(_) => Ok(text),
    }
}

fn without<'t>(text: &'t str, scheme: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// Where an answer points to, seen from `base`. `None` if that is another server, or no plain path.
pub(crate) fn resolve(base: &str, href: &str) -> Option<String> {
    let here = Split::of(base)?;
    let path = path_of(&here, href)?;
    let path = if path.starts_with('/') {
        path
    } else {
        let folder = here.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{folder}/{path}")
    };
    let is_odd = |segment: &str| matches!(decoded(segment).as_slice(), b"." | b"..");
    if path.split('/').any(is_odd) {
        return None;
    }
    Some(format!("{}://{}{path}", here.scheme, here.authority))
}

/// What two addresses of the same thing have in common: their path, without escapes and without a slash at the end.
pub(crate) fn key(href: &str) -> Box<[u8]> {
    let path = Split::of(href).map_or(href, |split| split.path);
    decoded(path.trim_end_matches('/')).into_boxed_slice()
}

/// The path of an address in an answer, fit to be sent.
fn path_of(here: &Split<'_>, href: &str) -> Option<String> {
    let href = href.split(['?', '#']).next()?;
    if href.is_empty() || href.len() > LONGEST || href.chars().any(|c| c.is_control() || c == '\\') {
        return None;
    }
    let path = if href.contains("://") || href.starts_with("//") {
        let whole = if href.starts_with("//") { format!("{}:{href}", here.scheme) } else { href.to_owned() };
        let whole: String = whole.chars().map(|c| if c == ' ' { "%20".to_owned() } else { c.to_string() }).collect();
        let there = Split::of(&whole)?;
        if !here.is_same_server(&there) {
            return None;
        }
        if there.path.is_empty() { "/".to_owned() } else { there.path.to_owned() }
    } else {
        href.to_owned()
    };
    Some(path.bytes().map(|b| if b > b' ' && b.is_ascii() { char::from(b).to_string() } else { escape(b) }).collect())
}

/// The parts of an address.
struct Split<'a> {
    scheme: &'a str,
    authority: &'a str,
    path: &'a str,
}

impl<'a> Split<'a> {
    fn of(url: &'a str) -> Option<Self> {
        if url.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return None;
        }
        let (scheme, rest) = url.split_once("://")?;
        let (authority, path) = rest.split_at_checked(rest.find(['/', '?', '#']).unwrap_or(rest.len()))?;
        let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
        (is_web && !authority.is_empty()).then_some(Self { scheme, authority, path })
    }

    fn is_same_server(&self, other: &Self) -> bool {
        let server = |split: &Self| {
            let port = if split.scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
            split.authority.strip_suffix(port).unwrap_or(split.authority).to_ascii_lowercase()
        };
        self.scheme.eq_ignore_ascii_case(other.scheme) && server(self) == server(other)
    }
}

fn encoded(name: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    name.bytes().map(|b| if is_plain(b) { char::from(b).to_string() } else { escape(b) }).collect()
}

fn escape(byte: u8) -> String {
    format!("%{byte:02X}")
}

/// A text without escapes. What only looks like one stays as it is.
fn decoded(text: &str) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut out = Vec::with_capacity(rest.len());
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.first_chunk::<2>().filter(|_| byte == b'%');
        match digits.and_then(|digits| byte_of(*digits)) {
            Some(escaped) => {
                out.push(escaped);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(byte);
                rest = after;
            }
        }
    }
    out
}

fn byte_of(digits: [u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    u8::try_from(high? * 16 + low?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://dav.example.com/home/anna/";

    #[test]
    fn answers_point_to_places_on_the_same_server() {
        let places = [
            ("/x/y.ics", "https://dav.example.com/x/y.ics"),
            ("y.ics", "https://dav.example.com/home/anna/y.ics"),
            ("days off.ics", "https://dav.example.com/home/anna/days%20off.ics"),
            ("/å", "https://dav.example.com/%C3%A5"),
            ("https://dav.example.com/x", "https://dav.example.com/x"),
            ("HTTPS://DAV.example.com:443/x", "https://dav.example.com/x"),
            ("//dav.example.com/x", "https://dav.example.com/x"),
            ("https://dav.example.com", "https://dav.example.com/"),
            ("/x?y#z", "https://dav.example.com/x"),
            ("/x...", "https://dav.example.com/x..."),
        ];
        for (href, url) in places {
            assert_eq!(resolve(BASE, href).as_deref(), Some(url), "{href}");
        }
        let long = "x".repeat(LONGEST + 1);
        let others = [
            "",
            "?x",
            "https://evil.example.com/x",
            "https://dav.example.com:444/x",
            "http://dav.example.com/x",
            "//evil.example.com/x",
            "https://dav.example.com@evil.example.com/x",
            "/x/../y",
            "/x/%2e%2E/y",
            "/x\\y",
            "/x\ny",
            "ftp://dav.example.com/",
            &long,
        ];
        for href in others {
            assert_eq!(resolve(BASE, href), None, "{href}");
        }
    }

    #[test]
    fn the_same_thing_has_the_same_key_however_it_is_written() {
        let same = ["/a%40b/d%C3%A5", "/a@b/då/", "https://dav.example.com/a%40b/då", "/a@b/d%c3%a5"];
        for href in same {
            assert_eq!(key(href), key(same[0]), "{href}");
        }
        assert_ne!(key("/a%2"), key("/a\u{2}"));
        assert_eq!(&*key("/100%/%zz"), b"/100%/%zz");
    }

    #[test]
    fn webcal_means_https() {
        for text in ["webcal://a.example/x", "WEBCALS://a.example/x", " https://a.example/x "] {
            assert_eq!(checked(text).as_deref(), Ok("https://a.example/x"), "{text}");
        }
        assert_eq!(checked("http://127.0.0.1:8080/x").as_deref(), Ok("http://127.0.0.1:8080/x"));
    }
}
