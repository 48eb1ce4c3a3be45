//! What all requests to Exchange have in common.

use presence_core::http::HttpRequest;

use super::xml::escape;

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const TYPES: &str = "http://schemas.microsoft.com/exchange/services/2006/types";
const MESSAGES: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";

/// The version of the protocol in which a server is spoken to.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ServerVersion {
    /// Exchange 2007 SP1: no streams, and no zones of meetings.
    Exchange2007Sp1,
    /// Exchange 2010 SP1.
    Exchange2010Sp1,
    /// Exchange 2010 SP2.
    Exchange2010Sp2,
    /// Exchange 2013 SP1 and everything later.
    #[default]
    Exchange2013Sp1,
}

impl ServerVersion {
    /// The next lower one.
    pub(super) const fn lower(self) -> Option<Self> {
        match self {
            Self::Exchange2013Sp1 => Some(Self::Exchange2010Sp2),
            Self::Exchange2010Sp2 => Some(Self::Exchange2010Sp1),
            Self::Exchange2010Sp1 => Some(Self::Exchange2007Sp1),
            Self::Exchange2007Sp1 => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Exchange2007Sp1 => "Exchange2007_SP1",
            Self::Exchange2010Sp1 => "Exchange2010_SP1",
            Self::Exchange2010Sp2 => "Exchange2010_SP2",
            Self::Exchange2013Sp1 => "Exchange2013_SP1",
        }
    }
}

/// In which version, and in whose name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Envelope<'a> {
    pub(super) version: ServerVersion,
    pub(super) impersonate: Option<&'a str>,
    /// The mailbox whose server is to be asked, if it is not the one that is impersonated.
    pub(super) anchor: Option<&'a str>,
}

impl Envelope<'_> {
    /// The whole document. The order of the parts is that of the schema.
    pub(super) fn around(self, body: &str) -> String {
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"{SOAP}\" xmlns:t=\"{TYPES}\" \
             xmlns:m=\"{MESSAGES}\"><soap:Header><t:RequestServerVersion Version=\"{}\"/>",
            self.version.word()
        );
        if let Some(address) = self.impersonate {
            text.push_str("<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>");
            text.push_str(&escape(address));
            text.push_str("</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>");
        }
        if self.version > ServerVersion::Exchange2007Sp1 {
            text.push_str("<t:TimeZoneContext><t:TimeZoneDefinition Id=\"UTC\"/></t:TimeZoneContext>");
        }
        text.push_str("</soap:Header><soap:Body>");
        text.push_str(body);
        text.push_str("</soap:Body></soap:Envelope>");
        text
    }

    /// The request that carries it.
    pub(super) fn request(self, url: &str, body: &str) -> HttpRequest {
        let request = HttpRequest::post(url, self.around(body))
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("Accept", "text/xml");
        match self.anchor.or(self.impersonate) {
            Some(address) => request.header("X-AnchorMailbox", header_value(address)),
            None => request,
        }
    }
}

/// A header cannot hold everything that an address can.
pub(super) fn header_value(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_the_header_come_in_the_order_of_the_schema() {
        let text = Envelope { impersonate: Some("o'hara&co@example.com"), ..Envelope::default() }.around("<m:X/>");
        let places: Vec<_> = ["RequestServerVersion", "ExchangeImpersonation", "TimeZoneContext", "<m:X/>"]
            .iter()
            .map(|part| text.find(part).unwrap())
            .collect();
        assert!(places.is_sorted(), "{text}");
        assert!(text.contains("<t:PrimarySmtpAddress>o&apos;hara&amp;co@example.com<"), "{text}");
        assert!(text.contains("Version=\"Exchange2013_SP1\"") && !text.contains("https:"), "{text}");
    }

    #[test]
    fn exchange_2007_knows_no_zone_context() {
        let mut version = ServerVersion::default();
        let mut words = vec![version.word()];
        while let Some(lower) = version.lower() {
            version = lower;
            words.push(version.word());
        }
        assert_eq!(words, ["Exchange2013_SP1", "Exchange2010_SP2", "Exchange2010_SP1", "Exchange2007_SP1"]);
        assert!(!Envelope { version, ..Envelope::default() }.around("").contains("TimeZoneContext"));
    }

    #[test]
    fn the_request_names_the_mailbox_for_the_load_balancer() {
        let envelope = Envelope { impersonate: Some("anna@example.com"), ..Envelope::default() };
        let request = envelope.request("https://mail.example.com/EWS/Exchange.asmx", "");
        assert_eq!(request.headers.get("X-AnchorMailbox"), Some("anna@example.com"));
        assert_eq!(request.headers.get("Content-Type"), Some("text/xml; charset=utf-8"));
        assert_eq!(request.check(), Ok(()));
    }
}
