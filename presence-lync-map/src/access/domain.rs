//! The domain in an address.

use std::fmt;
use std::sync::Arc;

use presence_core::{Address, Scheme};

/// The longest domain name.
const LONGEST: usize = 253;

/// A domain name, in small letters: two that differ in case only are equal.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Domain(Arc<str>);

impl Domain {
    /// The domain with this name.
    ///
    /// # Errors
    ///
    /// If the name is empty, longer than 253 characters, or has others than ASCII letters, digits, `-`, `_` and `.`.
    pub fn new(name: &str) -> Result<Self, InvalidDomain> {
        let name = name.trim();
        match name.len() {
            0 => Err(InvalidDomain::Empty),
            1..=LONGEST if name.bytes().all(is_of_a_name) => Ok(Self(name.to_ascii_lowercase().into())),
            1..=LONGEST => Err(InvalidDomain::Character),
            length => Err(InvalidDomain::TooLong(length)),
        }
    }

    /// The domain of a SIP or mail address, without a port; `None` for other addresses.
    #[must_use]
    pub fn of(address: &Address) -> Option<Self> {
        let host = match address.scheme() {
            Scheme::Sip | Scheme::Smtp => address.value().rsplit('@').next()?,
            _ => return None,
        };
        Self::new(host.split(':').next()?).ok()
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Why a text is no domain name. The text itself is not repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidDomain {
    /// Nothing in it.
    #[error("a domain name is not empty")]
    Empty,
    /// So many bytes.
    #[error("a domain name has at most `253` characters, not `{0}`")]
    TooLong(usize),
    /// Another character than those of a name.
    #[error(
        "a domain name consists of letters, digits, `-`, `_` and `.`; write an international one in its ASCII form"
    )]
    Character,
}

const fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_compared_without_case() {
        assert_eq!(Domain::new(" Example.COM "), Domain::new("example.com"));
        assert_eq!(Domain::new(" "), Err(InvalidDomain::Empty));
        assert_eq!(Domain::new("a@b"), Err(InvalidDomain::Character));
        assert_eq!(Domain::new(&"a".repeat(254)), Err(InvalidDomain::TooLong(254)));
    }

    #[test]
    fn sip_and_mail_addresses_have_a_domain() {
        let of = |text: &str| Domain::of(&text.parse().unwrap()).map(|domain| domain.as_str().to_owned());
        assert_eq!(of("sip:Anna@Example.com:5061").as_deref(), Some("example.com"));
        assert_eq!(of("smtp:anna@example.com").as_deref(), Some("example.com"));
        assert_eq!(of("sip:example.com").as_deref(), Some("example.com"));
        assert_eq!(
            [of("tel:+4684711000"), of("id:anna@example.com"), of("sip:anna@[2001:db8::1]")],
            [None, None, None]
        );
    }
}
