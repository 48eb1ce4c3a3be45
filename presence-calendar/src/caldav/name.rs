//! The elements that are read of an answer. Prefixes say nothing, namespaces do.

use quick_xml::name::{Namespace, ResolveResult};

/// An element.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Name {
    Calendar,
    CalendarData,
    Component,
    Components,
    Ctag,
    Etag,
    FreeBusyQuery,
    Home,
    Href,
    Multistatus,
    Owner,
    Principal,
    Prop,
    PropStatus,
    Report,
    Reports,
    ResourceType,
    Response,
    Status,
    SupportedReport,
    SyncCollection,
    SyncToken,
    Transparency,
    Transparent,
    /// Whatever else there is.
    Other,
}

impl Name {
    pub(super) fn of(namespace: &ResolveResult<'_>, local: &str) -> Self {
        let ResolveResult::Bound(Namespace(namespace)) = namespace else { return Self::Other };
        match *namespace {
            "DAV:" => Self::dav(local),
            "urn:ietf:params:xml:ns:caldav" => Self::caldav(local),
            "http://calendarserver.org/ns/" if local == "getctag" => Self::Ctag,
            _ => Self::Other,
        }
    }

    fn dav(local: &str) -> Self {
        match local {
            "current-user-principal" => Self::Principal,
            "getetag" => Self::Etag,
            "href" => Self::Href,
            "multistatus" => Self::Multistatus,
            "owner" => Self::Owner,
            "prop" => Self::Prop,
            "propstat" => Self::PropStatus,
            "report" => Self::Report,
            "resourcetype" => Self::ResourceType,
            "response" => Self::Response,
            "status" => Self::Status,
            "supported-report" => Self::SupportedReport,
            "supported-report-set" => Self::Reports,
            "sync-collection" => Self::SyncCollection,
            "sync-token" => Self::SyncToken,
            _ => Self::Other,
        }
    }

    fn caldav(local: &str) -> Self {
        match local {
            "calendar" => Self::Calendar,
            "calendar-data" => Self::CalendarData,
            "calendar-home-set" => Self::Home,
            "comp" => Self::Component,
            "free-busy-query" => Self::FreeBusyQuery,
            "schedule-calendar-transp" => Self::Transparency,
            "supported-calendar-component-set" => Self::Components,
            "transparent" => Self::Transparent,
            _ => Self::Other,
        }
    }

    /// Whether what stands in it is read as a text.
    pub(super) const fn is_text(self) -> bool {
        matches!(self, Self::CalendarData | Self::Ctag | Self::Etag | Self::Href | Self::Status | Self::SyncToken)
    }
}
