//! The namespaces that mean something here.

use quick_xml::name::ResolveResult;

/// A namespace. Its name is written as servers write it; mirrors of the documents have it with `https`, which is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Namespace {
    None,
    BatchSubscribe,
    CalendarData,
    Categories,
    CategoryList,
    CommonTypes,
    ContactCard,
    ContainerManagement,
    Containers,
    Exchange,
    Note,
    RichPresence,
    RoamingSelf,
    SchemaInstance,
    State,
    /// One that means nothing here.
    Other,
}

impl Namespace {
    const KNOWN: [Self; 14] = [
        Self::State,
        Self::Categories,
        Self::Note,
        Self::CalendarData,
        Self::CommonTypes,
        Self::SchemaInstance,
        Self::ContactCard,
        Self::Exchange,
        Self::RichPresence,
        Self::CategoryList,
        Self::BatchSubscribe,
        Self::Containers,
        Self::ContainerManagement,
        Self::RoamingSelf,
    ];

    /// Its name.
    pub(crate) const fn uri(self) -> &'static str {
        match self {
            Self::None | Self::Other => "",
            Self::BatchSubscribe => "http://schemas.microsoft.com/2006/01/sip/batch-subscribe",
            Self::CalendarData => "http://schemas.microsoft.com/2006/09/sip/calendarData",
            Self::Categories => "http://schemas.microsoft.com/2006/09/sip/categories",
            Self::CategoryList => "http://schemas.microsoft.com/2006/09/sip/categorylist",
            Self::CommonTypes => "http://schemas.microsoft.com/2006/09/sip/commontypes",
            Self::ContactCard => "http://schemas.microsoft.com/2006/09/sip/contactcard",
            Self::ContainerManagement => "http://schemas.microsoft.com/2006/09/sip/container-management",
            Self::Containers => "http://schemas.microsoft.com/2006/09/sip/containers",
            Self::Exchange => "http://schemas.microsoft.com/exchange/services/2006/types",
            Self::Note => "http://schemas.microsoft.com/2006/09/sip/note",
            Self::RichPresence => "http://schemas.microsoft.com/2006/09/sip/rich-presence",
            Self::RoamingSelf => "http://schemas.microsoft.com/2006/09/sip/roaming-self",
            Self::SchemaInstance => "http://www.w3.org/2001/XMLSchema-instance",
            Self::State => "http://schemas.microsoft.com/2006/09/sip/state",
        }
    }

    pub(super) fn resolved(result: &ResolveResult<'_>) -> Self {
        match result {
            ResolveResult::Unbound => Self::None,
            ResolveResult::Unknown(_) => Self::Other,
            ResolveResult::Bound(uri) => Self::named(uri.as_ref()),
        }
    }

    fn named(uri: &str) -> Self {
        let Some(path) = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://")) else {
            return Self::Other;
        };
        let same = |known: &Self| known.uri().strip_prefix("http://") == Some(path);
        Self::KNOWN.into_iter().find(same).unwrap_or(Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_the_scheme_are_read() {
        for namespace in Namespace::KNOWN {
            assert_eq!(Namespace::named(namespace.uri()), namespace);
            assert_eq!(Namespace::named(&namespace.uri().replace("http:", "https:")), namespace);
            assert_eq!(Namespace::named(&namespace.uri().replace("http:", "ftp:")), Namespace::Other);
            assert_eq!(Namespace::named(&format!("{}/", namespace.uri())), Namespace::Other);
        }
        assert_eq!(Namespace::named(""), Namespace::Other);
    }
}
