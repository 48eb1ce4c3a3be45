//! What kind of device somebody was last seen on.

/// The kind of an endpoint.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum DeviceType {
    /// A computer with a desktop client.
    Computer,
    /// A desk telephone.
    DeskPhone,
    /// A mobile client.
    Mobile,
    /// A browser.
    Web,
    /// Something else, under a name that means nothing here.
    Unknown,
}

impl DeviceType {
    /// The kind a document or the web interface names, in any case of letters: `computer` and `PC` are the same.
    #[must_use]
    pub fn from_wire(name: &str) -> Self {
        let is = |known: &str| name.trim().eq_ignore_ascii_case(known);
        if is("computer") || is("pc") {
            Self::Computer
        } else if is("deskphone") {
            Self::DeskPhone
        } else if is("mobile") {
            Self::Mobile
        } else if is("web") {
            Self::Web
        } else {
            Self::Unknown
        }
    }

    /// The name in a document; `None` where there is none to write.
    #[must_use]
    pub const fn to_wire(self) -> Option<&'static str> {
        match self {
            Self::Computer => Some("computer"),
            Self::DeskPhone => Some("deskphone"),
            Self::Mobile => Some("mobile"),
            Self::Web => Some("web"),
            Self::Unknown => None,
        }
    }
}
