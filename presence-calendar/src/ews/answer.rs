//! What all answers of Exchange have in common: the envelope, the fault, and how each message went.

use std::time::Duration;

use presence_core::Address;

use super::code::ResponseCode;
use super::error::{EwsError, Refusal};
use super::token;
use super::xml::{BrokenXml, Tag, XmlReader};

/// A server that asks for more patience than this is asked again all the same.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// Exchange 2013 is the fifteenth.
const EXCHANGE_2013: i32 = 15;

/// What the header of an answer says about the server.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Server {
    major: Option<i32>,
}

impl Server {
    /// Whether it is certain that the server knows the words of Exchange 2013.
    pub(super) fn is_2013(self) -> bool {
        self.major.is_some_and(|major| major >= EXCHANGE_2013)
    }
}

/// Reads an answer to its end; `read` reads the element that its body holds.
pub(super) fn read<'a, T>(
    bytes: &'a [u8],
    name: &'static str,
    read: impl FnOnce(&mut XmlReader<'a>, Server) -> Result<T, EwsError>,
) -> Result<T, EwsError> {
    let mut reader = XmlReader::new(bytes)?;
    if reader.root()?.name != b"Envelope" {
        return Err(EwsError::Incomplete("Envelope"));
    }
    let mut server = Server::default();
    let mut read = Some(read);
    let mut found = None;
    while let Some(part) = reader.child()? {
        match part.name {
            b"Header" => server = header(&mut reader)?,
            b"Body" => {
                while let Some(tag) = reader.child()? {
                    match (tag.name, read.take()) {
                        (b"Fault", _) => return Err(fault(&mut reader)?.into()),
                        (found_name, Some(read)) if found_name == name.as_bytes() => {
                            found = Some(read(&mut reader, server)?);
                        }
                        (_, unused) => {
                            read = unused;
                            reader.skip()?;
                        }
                    }
                }
            }
            _ => reader.skip()?,
        }
    }
    found.ok_or(EwsError::Incomplete(name))
}

fn header(reader: &mut XmlReader<'_>) -> Result<Server, BrokenXml> {
    let mut server = Server::default();
    while let Some(tag) = reader.child()? {
        if tag.name == b"ServerVersionInfo" {
            server.major = tag.attribute(b"MajorVersion").and_then(|major| token::number(&major));
        }
        reader.skip()?;
    }
    Ok(server)
}

/// Reads a SOAP fault. Its words, which may name people, are not kept.
fn fault(reader: &mut XmlReader<'_>) -> Result<Refusal, BrokenXml> {
    let mut outcome = Outcome::default();
    let mut is_not_owner = false;
    while let Some(tag) = reader.child()? {
        match tag.name {
            b"faultcode" => outcome.fallback = Some(ResponseCode::read(&reader.text()?)),
            b"faultstring" => is_not_owner = says_not_owner(&reader.text()?),
            b"detail" => {
                while let Some(tag) = reader.child()? {
                    outcome.take(tag, reader)?;
                }
            }
            _ => reader.skip()?,
        }
    }
    // The one for automatic replies is told by its words alone.
    if is_not_owner && !matches!(outcome.code, Some(ref code) if !matches!(code, ResponseCode::Other(_))) {
        return Ok(Refusal::new(ResponseCode::AccessDenied));
    }
    Ok(outcome.refusal())
}

fn says_not_owner(words: &[u8]) -> bool {
    String::from_utf8_lossy(words).to_ascii_lowercase().contains("not mailbox owner")
}

impl From<Refusal> for EwsError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// How a message went.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    is_success: bool,
    code: Option<ResponseCode>,
    /// Told elsewhere, and less exactly.
    fallback: Option<ResponseCode>,
    inner: Option<ResponseCode>,
    wait: Option<Duration>,
    primary: Option<Address>,
}

impl Outcome {
    /// A message begins.
    pub(super) fn begin(tag: &Tag<'_>) -> Self {
        let class = tag.attribute(b"ResponseClass");
        Self { is_success: class.is_some_and(|class| class.trim_ascii() == b"Success"), ..Self::default() }
    }

    /// Reads the element if it says how it went, and passes it by if not.
    pub(super) fn take(&mut self, tag: Tag<'_>, reader: &mut XmlReader<'_>) -> Result<(), BrokenXml> {
        match tag.name {
            b"ResponseCode" => self.code = Some(ResponseCode::read(&reader.text()?)),
            b"MessageXml" => {
                while let Some(tag) = reader.child()? {
                    if tag.name == b"Value" { self.value(tag, reader)? } else { reader.skip()? }
                }
            }
            _ => reader.skip()?,
        }
        Ok(())
    }

    fn value(&mut self, tag: Tag<'_>, reader: &mut XmlReader<'_>) -> Result<(), BrokenXml> {
        let name = tag.attribute(b"Name").unwrap_or_default();
        let text = reader.text()?;
        let words = || std::str::from_utf8(&text).ok().map(str::trim);
        match name.as_ref() {
            b"BackOffMilliseconds" => {
                let wait = words().and_then(|words| words.parse().ok()).map(Duration::from_millis);
                self.wait = wait.map(|wait| wait.min(LONGEST_WAIT));
            }
            b"InnerErrorResponseCode" => self.inner = Some(ResponseCode::read(&text)),
            b"Primary" => self.primary = words().and_then(|words| Address::smtp(words).ok()),
            _ => {}
        }
        Ok(())
    }

    /// Whether it was done. What says neither yes nor no is an incomplete answer.
    pub(super) fn verdict(self) -> Result<(), EwsError> {
        match self.code {
            None => Err(EwsError::Incomplete("ResponseCode")),
            Some(ResponseCode::NoError) if self.is_success => Ok(()),
            Some(_) => Err(self.refusal().into()),
        }
    }

    fn refusal(self) -> Refusal {
        let code = self.code.or(self.fallback).unwrap_or_else(|| ResponseCode::read(b""));
        let code = match (code, self.inner) {
            (ResponseCode::InternalServerError, Some(inner)) => inner,
            (code, _) => code,
        };
        Refusal { code, wait: self.wait, primary: self.primary }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use presence_core::SourceErrorKind;
    use presence_core::source::SourceError;

    fn outcome(body: &str) -> Result<(), EwsError> {
        let bytes = format!(
            "<?xml version=\"1.0\"?><s:Envelope xmlns:s='https://schemas.xmlsoap.org/soap/envelope/'><s:Header/>\
             <s:Body>{body}</s:Body></s:Envelope>"
        );
        read(bytes.as_bytes(), "Answer", |reader, _| {
            let mut verdict = Err(EwsError::Incomplete("Message"));
            while let Some(tag) = reader.child()? {
                let mut outcome = Outcome::begin(&tag);
                while let Some(tag) = reader.child()? {
                    outcome.take(tag, reader)?;
                }
                verdict = outcome.verdict();
            }
            verdict
        })
    }

    fn refused(body: &str) -> Refusal {
        match outcome(body) {
            Err(EwsError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn done_is_only_what_says_so() {
        let message = |class: &str, inner: &str| format!("<m:Answer><m:M {class}>{inner}</m:M></m:Answer>");
        let code = |word: &str| format!("<m:ResponseCode>{word}</m:ResponseCode>");
        assert_eq!(outcome(&message("ResponseClass='Success'", &code("NoError"))), Ok(()));
        assert!(outcome(&message("", &code("NoError"))).is_err());
        assert!(outcome(&message("ResponseClass='Error'", &code("NoError"))).is_err());
        assert!(outcome(&message("ResponseClass='Success'", &code("\n ErrorServerBusy\n"))).is_err());
        let incomplete = Err(EwsError::Incomplete("ResponseCode"));
        assert_eq!(outcome(&message("ResponseClass='Success'", "")), incomplete);
        assert_eq!(outcome("<m:Other/>"), Err(EwsError::Incomplete("Answer")));
    }

    /// The code is padded with line breaks, and the wait may be anything.
    #[test]
    fn a_busy_server_says_for_how_long() {
        let busy = |wait: &str| {
            format!(
                "<s:Fault><faultcode>a:ErrorServerBusy</faultcode><faultstring>sesame</faultstring><detail>\
                 <e:ResponseCode>\r\n      ErrorServerBusy\r\n   </e:ResponseCode><e:Message>sesame</e:Message>\
                 <t:MessageXml><t:Value Name='BackOffMilliseconds'>{wait}</t:Value></t:MessageXml></detail></s:Fault>"
            )
        };
        let refusal = refused(&busy(" 297749\n"));
        assert_eq!((&refusal.code, refusal.wait), (&ResponseCode::ServerBusy, Some(Duration::from_millis(297_749))));
        assert_eq!(refused(&busy("99999999999")).wait, Some(LONGEST_WAIT));
        assert_eq!(refused(&busy("soon")).wait, None);
        let error = SourceError::from(EwsError::from(refusal));
        assert_eq!((error.kind(), error.wait().is_some()), (SourceErrorKind::Throttled, true));
        assert!(!format!("{error} {error:?}").contains("sesame"));
    }

    #[test]
    fn a_busy_server_may_hide_behind_another_code() {
        let refusal = refused(
            "<m:Answer><m:M ResponseClass='Error'><m:MessageText>sesame</m:MessageText>\
             <m:ResponseCode>ErrorInternalServerError</m:ResponseCode><m:MessageXml>\
             <t:Value Name='InnerErrorResponseCode'>ErrorServerBusy</t:Value>\
             <t:Value Name='BackOffMilliseconds'>500</t:Value></m:MessageXml></m:M></m:Answer>",
        );
        assert_eq!((refusal.code, refusal.wait), (ResponseCode::ServerBusy, Some(Duration::from_millis(500))));
    }

    #[test]
    fn the_right_address_is_taken_from_the_answer() {
        let refusal = refused(
            "<s:Fault><faultcode>a:ErrorNonPrimarySmtpAddress</faultcode><detail><e:ResponseCode>\
             ErrorNonPrimarySmtpAddress</e:ResponseCode><t:MessageXml><t:Value Name='Primary'>Anna@Example.com\
             </t:Value></t:MessageXml></detail></s:Fault>",
        );
        assert_eq!(refusal.primary, Address::smtp("anna@example.com").ok());
    }

    #[test]
    fn faults_without_a_code_of_their_own() {
        let denied = refused(
            "<s:Fault><faultcode>s:Client</faultcode><faultstring>User is not mailbox owner. sesame</faultstring>\
             <detail><e:ErrorCode>1</e:ErrorCode></detail></s:Fault>",
        );
        assert_eq!(denied.code, ResponseCode::AccessDenied);
        let by_fault_code = refused("<s:Fault><faultcode>a:ErrorSchemaValidation</faultcode></s:Fault>");
        assert_eq!(by_fault_code.code, ResponseCode::SchemaValidation);
        assert_eq!(refused("<s:Fault/>").code.word(), "an unknown code");
    }
}
