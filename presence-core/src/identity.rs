//! Who is meant: names, handles and addresses.
//!
//! Names come from the configuration and stay the same for ever. Handles are small numbers for them, good inside one
//! engine only, which is why they are neither ordered nor written to disk. Addresses are how sources call a person.

use std::borrow::Borrow;
use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

/// The longest name, in bytes.
const NAME_MAX: usize = 256;
/// The longest address, in bytes.
const ADDRESS_MAX: usize = 320;

/// Why a text is no name. The text itself is not repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidName {
    /// Nothing in it.
    #[error("a name is not empty")]
    Empty,
    /// So many bytes.
    #[error("a name has at most `256` bytes, not `{0}`")]
    TooLong(usize),
    /// A line break, a NUL, or the like.
    #[error("a name has no control characters")]
    ControlCharacter,
}

macro_rules! names {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name with this text.
            ///
            /// # Errors
            ///
            /// If the text is empty, has more than 256 bytes, or contains control characters.
            pub fn new(text: &str) -> Result<Self, InvalidName> {
                checked_name(text).map(Self)
            }

            /// The text of the name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::new(&text)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    )+};
}

names! {
    /// The name of a person, as the directory gives it.
    PersonId;
    /// The name of a source, as the configuration gives it.
    SourceId;
    /// The name of a rule, as the configuration gives it.
    RuleId;
    /// The name of somebody who may look at people.
    ViewerId;
    /// The name of something that is told about changes.
    WatcherId;
}

fn checked_name(text: &str) -> Result<Arc<str>, InvalidName> {
    if text.is_empty() {
        Err(InvalidName::Empty)
    } else if text.len() > NAME_MAX {
        Err(InvalidName::TooLong(text.len()))
    } else if text.contains(char::is_control) {
        Err(InvalidName::ControlCharacter)
    } else {
        Ok(text.into())
    }
}

/// Handle of a person in one engine.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Person(u32);

impl Person {
    pub(crate) const fn new(raw: u32) -> Self {
        Self(raw)
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    pub(crate) const fn raw(self) -> u32 {
        self.0
    }
}

/// Handle of what a source calls a person, in one engine.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Subject(u32);

impl Subject {
    pub(crate) const fn new(raw: u32) -> Self {
        Self(raw)
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    pub(crate) const fn raw(self) -> u32 {
        self.0
    }
}

/// Handle of a source in one engine.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Origin(u16);

impl Origin {
    pub(crate) const fn new(raw: u16) -> Self {
        Self(raw)
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    pub(crate) const fn raw(self) -> u16 {
        self.0
    }
}

/// What kind of address it is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
#[non_exhaustive]
pub enum Scheme {
    /// An internal number at one site: `ext:site/4711`.
    Extension = 0,
    /// Whatever a source calls the person: `id:...`.
    Opaque = 1,
    /// A SIP address: `sip:anna@example.com`.
    Sip = 2,
    /// A mail address: `smtp:anna@example.com`.
    Smtp = 3,
    /// An international telephone number: `tel:+4684711`.
    Tel = 4,
}

impl Scheme {
    /// All schemes, in the order of their codes.
    pub const ALL: [Self; 5] = [Self::Extension, Self::Opaque, Self::Sip, Self::Smtp, Self::Tel];

    /// A small number for this scheme.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The scheme with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Extension => "ext:",
            Self::Opaque => "id:",
            Self::Sip => "sip:",
            Self::Smtp => "smtp:",
            Self::Tel => "tel:",
        }
    }
}

/// Why a text is no address. The text itself is not repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAddress {
    /// Nothing in it.
    #[error("an address is not empty")]
    Empty,
    /// So many bytes.
    #[error("an address of `{0}` bytes is too long")]
    TooLong(usize),
    /// A line break, a NUL, or the like.
    #[error("an address has no control characters")]
    ControlCharacter,
    /// It does not begin with `sip:`, `tel:`, `smtp:`, `ext:` or `id:`.
    #[error("an address begins with `sip:`, `tel:`, `smtp:`, `ext:` or `id:`")]
    UnknownScheme,
    /// Not of the form `user@host` or `host`.
    #[error("a SIP address has the form `user@host`")]
    NoSipAddress,
    /// The host of a SIP address is neither a name nor a number.
    #[error("the host of a SIP address is a name, an IPv4 address, or an IPv6 address in brackets")]
    InvalidHost,
    /// The port of a SIP address is not a port.
    #[error("the port of a SIP address is `1` to `65535`")]
    InvalidPort,
    /// A star or hash: it does something on a telephone system and belongs to nobody.
    #[error("a number with a star or hash is a service code")]
    ServiceCode,
    /// A trunk digit in parentheses, as in `+46 (0)8`: whether it is dialled is not the same in all countries.
    #[error("a number with a country code is written without the `(0)`")]
    TrunkDigit,
    /// `;ext=`: the number is that of the switchboard, the person is behind it.
    #[error("a number with an extension parameter is the number of a switchboard")]
    ExtensionParameter,
    /// No country code. The caller knows the country and puts it in front.
    #[error("a number begins with `+` and a country code")]
    NotInternational,
    /// So many digits.
    #[error("a number has `5` to `15` digits, not `{0}`")]
    NumberLength(usize),
    /// Something that is neither a digit nor a customary separator.
    #[error("a number consists of digits and separators")]
    NumberCharacter,
    /// Not of the form `user@host`.
    #[error("a mail address has the form `user@host`")]
    NoMailAddress,
    /// The site of an extension is empty or contains a slash.
    #[error("the site of an extension is not empty and has no slash")]
    InvalidSite,
    /// An extension that is not 1 to 15 digits.
    #[error("an extension has `1` to `15` digits and nothing else")]
    InvalidExtension,
}

/// How sources call a person: a number, a SIP or mail address, an extension, or a name of their own.
///
/// Addresses are normalised when they are made, so that two of them are equal exactly if they mean the same.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize)]
#[serde(try_from = "String")]
pub struct Address {
    scheme: Scheme,
    value: Arc<str>,
}

impl Address {
    /// A SIP address, with or without `sip:` or `sips:`, display name, angle brackets, parameters and headers.
    ///
    /// All of these are dropped, and so are a password and the port 5060. Characters that are escaped without need
    /// are unescaped. User and host are lower-cased: by the book the user is case-sensitive, but Lync and telephone
    /// systems compare without case and write the same user now this way, now that. Parameters before the `@` belong
    /// to the user and stay: `4711;phone-context=a@host` is not the person with that number at `b`.
    ///
    /// # Errors
    ///
    /// If there is no host, if host or port cannot be read, or if the address is too long.
    pub fn sip(text: &str) -> Result<Self, InvalidAddress> {
        let uri = without_brackets(text.trim())?;
        let uri = strip_any(uri, &["sips:", "sip:"]);
        if uri.is_empty() {
            return Err(InvalidAddress::Empty);
        }
        let (user, rest) = uri.split_once('@').map_or((None, uri), |(user, rest)| (Some(user), rest));
        let host = sip_host(before(rest, &[';', '?']))?;
        let value = match user {
            Some(user) => format!("{}@{host}", sip_user(user)?),
            None => host,
        };
        Self::bounded(Scheme::Sip, &value)
    }

    /// An international telephone number, with or without `tel:`: `+` or `00`, the country code, the rest.
    ///
    /// Separators and parameters are dropped, full-width digits are digits.
    ///
    /// # Errors
    ///
    /// If the number has no country code, which only the caller can supply; if it is a service code (`*21#`); if it
    /// has a `(0)` or an extension parameter; if it has fewer than 5 or more than 15 digits, or anything else in it.
    pub fn tel(text: &str) -> Result<Self, InvalidAddress> {
        let text = strip_any(text.trim(), &["tel:"]);
        let (number, parameters) = text.split_once(';').unwrap_or((text, ""));
        if parameters.split(';').any(is_extension_parameter) {
            return Err(InvalidAddress::ExtensionParameter);
        }
        Self::bounded(Scheme::Tel, &international(number)?)
    }

    /// A mail address, with or without `mailto:` or `smtp:`, lower-cased.
    ///
    /// # Errors
    ///
    /// If it is not one `@` between two texts without blanks, or too long.
    pub fn smtp(text: &str) -> Result<Self, InvalidAddress> {
        let text = text.trim();
        // Only a link has headers; elsewhere a question mark is part of the name.
        let text = strip_ignoring_case(text, "mailto:")
            .map_or_else(|| strip_any(text, &["smtp:"]), |link| before(link, &['?']))
            .trim();
        refuse_controls(text)?;
        match text.split_once('@') {
            _ if text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>')) => {
                Err(InvalidAddress::NoMailAddress)
            }
            Some((user, host)) if !user.is_empty() && !host.is_empty() && !host.contains('@') => {
                Self::bounded(Scheme::Smtp, &text.to_lowercase())
            }
            _ if text.is_empty() => Err(InvalidAddress::Empty),
            _ => Err(InvalidAddress::NoMailAddress),
        }
    }

    /// The internal number `digits` at the site `site`: the same digits are somebody else at another site.
    ///
    /// # Errors
    ///
    /// If the site is empty or contains a slash or control characters, if the number is not 1 to 15 digits, or if
    /// both together are too long.
    pub fn extension(site: &str, digits: &str) -> Result<Self, InvalidAddress> {
        let site = site.trim().to_lowercase();
        refuse_controls(&site)?;
        if site.is_empty() || site.contains('/') {
            return Err(InvalidAddress::InvalidSite);
        }
        if !(1..=15).contains(&digits.len()) || !is_digits(digits) {
            return Err(InvalidAddress::InvalidExtension);
        }
        Self::bounded(Scheme::Extension, &format!("{site}/{digits}"))
    }

    /// Whatever a source calls the person, taken as it is.
    ///
    /// # Errors
    ///
    /// If the text is empty, has more than 256 bytes, or contains control characters.
    pub fn opaque(text: &str) -> Result<Self, InvalidAddress> {
        refuse_controls(text)?;
        if text.len() > NAME_MAX {
            return Err(InvalidAddress::TooLong(text.len()));
        }
        Self::bounded(Scheme::Opaque, text)
    }

    /// What kind of address it is.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The normalised address without its scheme.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The address of these parts, which have been normalised before.
    pub(crate) fn from_parts(scheme: Scheme, value: &str) -> Self {
        Self { scheme, value: value.into() }
    }

    fn bounded(scheme: Scheme, value: &str) -> Result<Self, InvalidAddress> {
        match value.len() {
            0 => Err(InvalidAddress::Empty),
            1..=ADDRESS_MAX => Ok(Self::from_parts(scheme, value)),
            length => Err(InvalidAddress::TooLong(length)),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scheme.prefix())?;
        f.write_str(&self.value)
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    /// Reads what [`Display`](fmt::Display) writes, and the same not yet normalised.
    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let (scheme, rest) = text.split_once(':').ok_or(InvalidAddress::UnknownScheme)?;
        match scheme.to_ascii_lowercase().as_str() {
            "sip" | "sips" => Self::sip(text),
            "tel" => Self::tel(text),
            "smtp" | "mailto" => Self::smtp(text),
            "ext" => {
                let (site, digits) = rest.split_once('/').ok_or(InvalidAddress::InvalidSite)?;
                Self::extension(site, digits)
            }
            "id" => Self::opaque(rest),
            _ => Err(InvalidAddress::UnknownScheme),
        }
    }
}

impl TryFrom<String> for Address {
    type Error = InvalidAddress;

    fn try_from(text: String) -> Result<Self, InvalidAddress> {
        text.parse()
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn refuse_controls(text: &str) -> Result<(), InvalidAddress> {
    if text.contains(char::is_control) { Err(InvalidAddress::ControlCharacter) } else { Ok(()) }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn strip_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

fn strip_any<'a>(text: &'a str, prefixes: &[&str]) -> &'a str {
    prefixes.iter().find_map(|prefix| strip_ignoring_case(text, prefix)).unwrap_or(text)
}

fn before<'a>(text: &'a str, ends: &[char]) -> &'a str {
    text.split(ends).next().unwrap_or(text)
}

/// The URI of `"Name" <uri>;parameters`, or the text as it is.
fn without_brackets(text: &str) -> Result<&str, InvalidAddress> {
    match text.rsplit_once('<') {
        Some((_, rest)) => rest.split_once('>').map(|(uri, _)| uri.trim()).ok_or(InvalidAddress::NoSipAddress),
        None => Ok(text),
    }
}

fn sip_user(text: &str) -> Result<String, InvalidAddress> {
    refuse_controls(text)?;
    // What follows a colon is a password: it is nobody's identity and must not be kept.
    let user = before(text, &[':']);
    if user.is_empty() || user.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')) {
        return Err(InvalidAddress::NoSipAddress);
    }
    Ok(unescape(user)?.to_lowercase())
}

/// Undoes escapes that are not needed; the needed ones stay, they keep apart what is not the same.
fn unescape(text: &str) -> Result<String, InvalidAddress> {
    let mut parts = text.split('%');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).ok_or(InvalidAddress::NoSipAddress)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(InvalidAddress::NoSipAddress);
        }
        match u8::from_str_radix(digits, 16) {
            Ok(byte) if is_unreserved(byte) => plain.push(char::from(byte)),
            _ => {
                plain.push('%');
                plain.push_str(digits);
            }
        }
        plain.push_str(rest);
    }
    Ok(plain)
}

/// What RFC 3261 calls unreserved.
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')')
}

/// Host and port, without the customary port.
fn sip_host(text: &str) -> Result<String, InvalidAddress> {
    let text = text.trim_end();
    let (host, port) = match text.strip_prefix('[') {
        Some(literal) => {
            let (literal, port) = literal.split_once(']').ok_or(InvalidAddress::InvalidHost)?;
            let literal: Ipv6Addr = literal.parse().map_err(|_| InvalidAddress::InvalidHost)?;
            (format!("[{literal}]"), port)
        }
        None => {
            let name = before(text, &[':']);
            if name.is_empty() || !name.bytes().all(is_host_character) {
                return Err(InvalidAddress::InvalidHost);
            }
            (name.to_ascii_lowercase(), text.strip_prefix(name).unwrap_or_default())
        }
    };
    Ok(match sip_port(port)? {
        None | Some(5060) => host,
        Some(port) => format!("{host}:{port}"),
    })
}

/// Host names in SIP are ASCII, international ones are written in their ASCII form.
const fn is_host_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

/// The port in `:port` or in nothing.
fn sip_port(text: &str) -> Result<Option<u16>, InvalidAddress> {
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.strip_prefix(':').ok_or(InvalidAddress::InvalidHost)?;
    // The parser would take a sign.
    match digits.parse() {
        Ok(port) if port > 0 && is_digits(digits) => Ok(Some(port)),
        _ => Err(InvalidAddress::InvalidPort),
    }
}

fn is_extension_parameter(parameter: &str) -> bool {
    before(parameter, &['=']).trim().eq_ignore_ascii_case("ext")
}

/// `+` and digits.
fn international(text: &str) -> Result<String, InvalidAddress> {
    let text: String = text.chars().map(narrow).collect();
    if text.contains(['*', '#']) {
        return Err(InvalidAddress::ServiceCode);
    }
    let dialled: String = text.chars().filter(|c| !is_separator(*c)).collect();
    if dialled.is_empty() {
        return Err(InvalidAddress::Empty);
    }
    let digits = match dialled.strip_prefix('+') {
        Some(digits) => digits,
        None => dialled.strip_prefix("00").unwrap_or_default(),
    };
    if !is_digits(dialled.trim_start_matches('+')) {
        return Err(InvalidAddress::NumberCharacter);
    }
    // No country code begins with 0: `+0046` is a mistake, not a country.
    if digits.is_empty() || digits.starts_with('0') {
        return Err(InvalidAddress::NotInternational);
    }
    if has_trunk_digit(&text) {
        return Err(InvalidAddress::TrunkDigit);
    }
    if !(5..=15).contains(&digits.len()) {
        return Err(InvalidAddress::NumberLength(digits.len()));
    }
    Ok(format!("+{digits}"))
}

/// The ASCII character of a full-width one.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c),
        _ => c,
    }
}

const fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '-' | '\u{2010}'..='\u{2015}' | '.' | '/' | '(' | ')')
}

/// A zero alone in parentheses.
fn has_trunk_digit(text: &str) -> bool {
    text.split('(')
        .skip(1)
        .filter_map(|part| part.split_once(')'))
        .any(|(inner, _)| inner.chars().filter(|c| !is_separator(*c)).eq(['0']))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn sip(text: &str) -> String {
        Address::sip(text).unwrap().value().to_owned()
    }

    fn tel(text: &str) -> String {
        Address::tel(text).unwrap().value().to_owned()
    }

    #[test]
    fn names_are_checked() {
        assert_eq!(PersonId::new("anna").unwrap().as_str(), "anna");
        assert_eq!(PersonId::new(""), Err(InvalidName::Empty));
        assert_eq!(SourceId::new(&"x".repeat(257)), Err(InvalidName::TooLong(257)));
        assert!(SourceId::new(&"x".repeat(256)).is_ok());
        assert_eq!("a\nb".parse::<RuleId>(), Err(InvalidName::ControlCharacter));
        assert!(serde_json::from_str::<ViewerId>("\"\"").is_err());
    }

    #[test]
    fn names_print_as_they_are_and_debug_in_quotes() {
        let name = WatcherId::new("desk \"1\"").unwrap();
        assert_eq!(name.to_string(), "desk \"1\"");
        assert_eq!(format!("{name:?}"), "\"desk \\\"1\\\"\"");
        let json = serde_json::to_string(&name).unwrap();
        assert_eq!(serde_json::from_str::<WatcherId>(&json).unwrap(), name);
    }

    #[test]
    fn names_are_found_by_their_text() {
        let map = BTreeMap::from([(PersonId::new("anna").unwrap(), 1)]);
        assert_eq!(map.get("anna"), Some(&1));
    }

    #[test]
    fn handles_are_numbers() {
        assert_eq!((Person::new(7).index(), Person::new(7).raw()), (7, 7));
        assert_eq!((Subject::new(8).index(), Subject::new(8).raw()), (8, 8));
        assert_eq!((Origin::new(9).index(), Origin::new(9).raw()), (9, 9));
    }

    #[test]
    fn schemes_have_their_codes() {
        for (code, scheme) in (0..).zip(Scheme::ALL) {
            assert_eq!(scheme.code(), code);
            assert_eq!(Scheme::from_code(code), Some(scheme));
        }
        assert_eq!(Scheme::from_code(5), None);
    }

    #[test]
    fn sip_addresses_that_are_the_same_person_are_equal() {
        for same in [
            "anna@example.com",
            "sip:anna@example.com",
            "SIPS:Anna@EXAMPLE.com",
            "<sip:anna@example.com>",
            "\"Anna <A.>\" <sip:anna@example.com;transport=tls>;tag=1",
            "sip:anna@example.com:5060",
            "sip:anna@example.com;opaque=user:epid:1;gruu",
            "sip:anna@example.com?subject=a@b",
            "sip:%61nn%41@example.com",
            "sip:anna:secret@example.com",
            "  sip:anna@example.com ",
        ] {
            assert_eq!(sip(same), "anna@example.com", "{same}");
        }
    }

    #[test]
    fn sip_addresses_keep_what_tells_them_apart() {
        assert_eq!(sip("sip:a%2Fb@h"), "a%2fb@h");
        assert_eq!(sip("sip:a%2541@h"), "a%2541@h");
        assert_eq!(sip("sip:anna@example.com:5070"), "anna@example.com:5070");
        assert_eq!(sip("sip:4711;phone-context=a@h"), "4711;phone-context=a@h");
        assert_eq!(sip("sip:PBX.example.com;lr"), "pbx.example.com");
        assert_eq!(sip("sip:a@[2001:DB8:0::1]:5060"), "a@[2001:db8::1]");
        assert_eq!(sip("sip:[::1]:5070"), "[::1]:5070");
        assert_eq!(sip("+4684711@10.0.0.1"), "+4684711@10.0.0.1");
    }

    #[test]
    fn what_is_no_sip_address_is_refused() {
        use InvalidAddress::{ControlCharacter, Empty, InvalidHost, InvalidPort, NoSipAddress, TooLong};
        for (text, error) in [
            ("", Empty),
            ("sip:", Empty),
            ("@example.com", NoSipAddress),
            (":secret@example.com", NoSipAddress),
            ("<sip:a@b", NoSipAddress),
            ("a b@c", NoSipAddress),
            ("a%4@c", NoSipAddress),
            ("a%+4@c", NoSipAddress),
            ("a%é@c", NoSipAddress),
            ("a\u{7}@c", ControlCharacter),
            ("a@", InvalidHost),
            ("a@b@c", InvalidHost),
            ("a@b c", InvalidHost),
            ("a@[::g]", InvalidHost),
            ("a@[::1", InvalidHost),
            ("a@[::1]5060", InvalidHost),
            ("a@2001:db8::1", InvalidPort),
            ("a@b:", InvalidPort),
            ("a@b:0", InvalidPort),
            ("a@b:+5060", InvalidPort),
            ("a@b:65536", InvalidPort),
        ] {
            assert_eq!(Address::sip(text), Err(error), "{text}");
        }
        assert_eq!(Address::sip(&format!("{}@h", "a".repeat(319))), Err(TooLong(321)));
        assert!(Address::sip(&format!("{}@h", "a".repeat(318))).is_ok());
    }

    #[test]
    fn numbers_that_are_the_same_are_equal() {
        for same in [
            "+4684711",
            "tel:+46-8-4711",
            "TEL:+46.8.47/11;phone-context=example.com",
            "0046 8 47 11",
            "+46\u{A0}(8)\u{2011}4711",
            "\u{FF0B}\u{FF14}\u{FF16}84711",
            " (+46) 84711 ",
        ] {
            assert_eq!(tel(same), "+4684711", "{same}");
        }
    }

    #[test]
    fn what_is_no_international_number_is_refused() {
        use InvalidAddress::{
            Empty, ExtensionParameter, NotInternational, NumberCharacter, NumberLength, ServiceCode, TrunkDigit,
        };
        for (text, error) in [
            ("", Empty),
            ("tel:", Empty),
            ("08-4711", NotInternational),
            ("4711", NotInternational),
            ("(0)8 4711", NotInternational),
            ("+", NotInternational),
            ("+0046 8 4711", NotInternational),
            ("*21*+4684711#", ServiceCode),
            ("#31#", ServiceCode),
            ("\u{FF0A}21", ServiceCode),
            ("+46 (0)8 4711", TrunkDigit),
            ("0046 ( 0 ) 8 4711", TrunkDigit),
            ("+46\u{FF08}\u{FF10}\u{FF09}8 4711", TrunkDigit),
            ("+4684711;ext=12", ExtensionParameter),
            ("+4684711;a=b;EXT=12", ExtensionParameter),
            ("+4684711x12", NumberCharacter),
            ("+46+84711", NumberCharacter),
            ("anonymous", NumberCharacter),
            ("+4611", NumberLength(4)),
            ("+1234567890123456", NumberLength(16)),
        ] {
            assert_eq!(Address::tel(text), Err(error), "{text}");
        }
        assert_eq!(tel("+46112"), "+46112");
        assert_eq!(tel("+123456789012345"), "+123456789012345");
    }

    #[test]
    fn mail_addresses_are_lower_cased_and_have_one_at() {
        for same in
            ["Anna@Example.com", "SMTP:anna@example.com", "mailto:anna@example.com?subject=x", " anna@EXAMPLE.com "]
        {
            assert_eq!(Address::smtp(same).unwrap().value(), "anna@example.com", "{same}");
        }
        assert_eq!(Address::smtp("a?b@c").unwrap().value(), "a?b@c");
        assert_eq!(Address::smtp("smtp:"), Err(InvalidAddress::Empty));
        assert_eq!(Address::smtp("a\u{0}@b"), Err(InvalidAddress::ControlCharacter));
        for text in ["anna", "@b", "a@", "a@b@c", "a b@c", "<a@b>"] {
            assert_eq!(Address::smtp(text), Err(InvalidAddress::NoMailAddress), "{text}");
        }
    }

    #[test]
    fn an_extension_is_one_at_its_site() {
        let address = Address::extension(" Hamar ", "4711").unwrap();
        assert_eq!(address.to_string(), "ext:hamar/4711");
        assert_ne!(address, Address::extension("oslo", "4711").unwrap());
        assert_eq!(Address::extension(" ", "1"), Err(InvalidAddress::InvalidSite));
        assert_eq!(Address::extension("a/b", "1"), Err(InvalidAddress::InvalidSite));
        assert_eq!(Address::extension("a\nb", "1"), Err(InvalidAddress::ControlCharacter));
        for digits in ["", "47a", "1234567890123456", "+47"] {
            assert_eq!(Address::extension("a", digits), Err(InvalidAddress::InvalidExtension), "{digits}");
        }
    }

    #[test]
    fn opaque_names_are_taken_as_they_are() {
        assert_eq!(Address::opaque(" Anna:1 ").unwrap().value(), " Anna:1 ");
        assert_eq!(Address::opaque(""), Err(InvalidAddress::Empty));
        assert_eq!(Address::opaque("\u{85}"), Err(InvalidAddress::ControlCharacter));
        assert_eq!(Address::opaque(&"x".repeat(257)), Err(InvalidAddress::TooLong(257)));
    }

    #[test]
    fn every_scheme_has_its_text() {
        for (text, scheme) in [
            ("sip:anna@example.com", Scheme::Sip),
            ("tel:+4684711", Scheme::Tel),
            ("smtp:anna@example.com", Scheme::Smtp),
            ("ext:site/4711", Scheme::Extension),
            ("id:Anna", Scheme::Opaque),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.scheme(), scheme);
            assert_eq!(address.to_string(), text);
            assert_eq!(address, Address::from_parts(scheme, address.value()));
            assert_eq!(serde_json::to_string(&address).unwrap(), format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Address>(&format!("\"{text}\"")).unwrap(), address);
        }
        for text in ["", "anna", "http://a", ":a"] {
            assert_eq!(text.parse::<Address>(), Err(InvalidAddress::UnknownScheme), "{text}");
        }
        assert_eq!("ext:4711".parse::<Address>(), Err(InvalidAddress::InvalidSite));
    }

    proptest! {
        #[test]
        fn what_was_normalised_stays_as_it_is(text in "\\PC{0,40}|[a-zA-Z0-9%:@;?.<>\\[\\]+ ()ΣİÅ-]{0,24}") {
            let made = [
                Address::sip(&text),
                Address::tel(&text),
                Address::smtp(&text),
                Address::extension(&text, "4711"),
                Address::opaque(&text),
            ];
            for address in made.into_iter().flatten() {
                prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address.clone()));
                prop_assert!(address.value().len() <= ADDRESS_MAX);
            }
        }

        #[test]
        fn numbers_are_a_plus_and_digits(number in "(\\+|00)[1-9][0-9 ()./-]{3,16}") {
            if let Ok(address) = Address::tel(&number) {
                let digits = address.value().strip_prefix('+').unwrap();
                prop_assert!((5..=15).contains(&digits.len()) && is_digits(digits));
            }
        }
    }
}
