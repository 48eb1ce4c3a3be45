//! The identifiers of items and folders: opaque to clients, and as long as the real ones, since some clients tell an
//! identifier from a name by its length.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

/// 152 characters of base64, without padding.
const BYTES: usize = 114;

/// What an identifier stands for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Id {
    /// An item, or an occurrence of it if the second is not 0.
    Item(u64, u32),
    /// A folder of a mailbox, by its distinguished name.
    Folder(String, String),
}

impl Id {
    pub(crate) fn text(&self) -> String {
        let text = match self {
            Self::Item(number, index) => format!("item|{number}|{index}|"),
            Self::Folder(mailbox, name) => format!("folder|{mailbox}|{name}|"),
        };
        let length = text.len().max(BYTES).next_multiple_of(3);
        BASE64.encode(format!("{text:.<length$}"))
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64.decode(text).ok()?).ok()?;
        let mut parts = text.split('|');
        let (kind, first, second) = (parts.next()?, parts.next()?, parts.next()?);
        match kind {
            "item" => Some(Self::Item(first.parse().ok()?, second.parse().ok()?)),
            "folder" => Some(Self::Folder(first.to_owned(), second.to_owned())),
            _ => None,
        }
    }
}

/// Tells two states of an item apart.
pub(crate) fn change_key(change: u64) -> String {
    BASE64.encode(format!("change {change:08}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_read_back_and_nothing_else_is() {
        for id in [Id::Item(7, 0), Id::Item(u64::MAX, 12), Id::Folder("anna@x.test".into(), "calendar".into())] {
            let text = id.text();
            assert_eq!(Id::read(&text), Some(id));
            assert!(text.len() == 152 && !text.contains('='));
        }
        for text in ["", "AAAA", "????", "aXRlbQ=="] {
            assert_eq!(Id::read(text), None);
        }
    }
}
