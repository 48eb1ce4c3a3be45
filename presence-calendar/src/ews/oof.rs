//! Automatic replies: `GetUserOofSettings`.

use std::sync::Arc;

use presence_core::{Confidential, Second, Span};

use super::answer::{self, Outcome};
use super::error::EwsError;
use super::token;
use super::xml::{BrokenXml, XmlReader, escape};

/// Of a reply so many characters are kept.
const LONGEST_REPLY: usize = 1_024;
/// Of a page that is a reply so many bytes are looked at.
const LONGEST_PAGE: usize = 256 * 1024;

/// What a mailbox answers by itself.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AutomaticReply {
    /// When it does; without an end when nobody said until when.
    pub span: Span,
    /// What it answers to colleagues, without markup.
    pub text: Option<Confidential<Arc<str>>>,
}

/// The body of the question.
pub(super) fn body(mailbox: &str) -> String {
    format!(
        "<m:GetUserOofSettingsRequest><t:Mailbox><t:Address>{}</t:Address></t:Mailbox></m:GetUserOofSettingsRequest>",
        escape(mailbox)
    )
}

/// Reads the answer; `None` when the mailbox does not answer by itself.
pub(super) fn read(bytes: &[u8]) -> Result<Option<AutomaticReply>, EwsError> {
    answer::read(bytes, "GetUserOofSettingsResponse", |reader, _| {
        let (mut outcome, mut settings) = (Outcome::default(), None);
        while let Some(tag) = reader.child()? {
            match tag.name {
                b"ResponseMessage" => {
                    outcome = Outcome::begin(&tag);
                    while let Some(tag) = reader.child()? {
                        outcome.take(tag, reader)?;
                    }
                }
                b"OofSettings" => settings = Some(Settings::read(reader)?),
                _ => reader.skip()?,
            }
        }
        outcome.verdict()?;
        settings.ok_or(EwsError::Incomplete("OofSettings"))?.reply()
    })
}

#[derive(Default)]
struct Settings {
    state: Vec<u8>,
    /// `None`: there is none; `Some(None)`: it cannot be read.
    duration: Option<Option<Span>>,
    reply: Option<Confidential<Arc<str>>>,
}

impl Settings {
    fn read(reader: &mut XmlReader<'_>) -> Result<Self, BrokenXml> {
        let mut settings = Self::default();
        while let Some(tag) = reader.child()? {
            match tag.name {
                b"OofState" => settings.state = reader.text()?.trim_ascii().to_vec(),
                b"Duration" => settings.duration = Some(duration(reader)?),
                b"InternalReply" => settings.reply = reply(reader)?,
                _ => reader.skip()?,
            }
        }
        Ok(settings)
    }

    /// Who does not answer by himself may still have a time and a text from the last time.
    fn reply(self) -> Result<Option<AutomaticReply>, EwsError> {
        let span = match self.state.as_slice() {
            state if token::is(state, "Disabled") => return Ok(None),
            state if token::is(state, "Enabled") => Span::from_seconds(Second::MIN, Second::NEVER).ok(),
            state if token::is(state, "Scheduled") => self.duration.flatten(),
            _ => return Err(EwsError::Incomplete("OofState")),
        };
        let span = span.ok_or(EwsError::Incomplete("Duration"))?;
        Ok(Some(AutomaticReply { span, text: self.reply }))
    }
}

fn duration(reader: &mut XmlReader<'_>) -> Result<Option<Span>, BrokenXml> {
    let (mut start, mut end) = (None, None);
    while let Some(tag) = reader.child()? {
        match tag.name {
            b"StartTime" => start = token::time(&reader.text()?),
            b"EndTime" => end = token::time(&reader.text()?),
            _ => reader.skip()?,
        }
    }
    Ok(start.zip(end).and_then(|(start, end)| Span::new(start.min(end), start.max(end)).ok()))
}

fn reply(reader: &mut XmlReader<'_>) -> Result<Option<Confidential<Arc<str>>>, BrokenXml> {
    let mut found = None;
    while let Some(tag) = reader.child()? {
        if tag.name == b"Message" {
            let page = reader.text()?;
            let page = page.get(..LONGEST_PAGE).unwrap_or(&page);
            let text = plain(&String::from_utf8_lossy(page));
            found = (!text.is_empty()).then(|| Confidential::new(Arc::from(text)));
        } else {
            reader.skip()?;
        }
    }
    Ok(found)
}

/// A page without its markup: words with one blank between them.
fn plain(page: &str) -> String {
    let mut text = String::new();
    let mut length = 0;
    for word in words(page).split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let blank = if text.is_empty() { "" } else { " " };
        for c in blank.chars().chain(word.chars()) {
            if length == LONGEST_REPLY {
                return text;
            }
            text.push(c);
            length += 1;
        }
    }
    text
}

/// The text between the tags. Styles and scripts are none.
fn words(page: &str) -> String {
    let mut text = String::new();
    let mut hidden: Option<&str> = None;
    for (index, piece) in page.split('<').enumerate() {
        let (tag, words) = if index == 0 { ("", piece) } else { piece.split_once('>').unwrap_or((piece, "")) };
        let name = tag.split(|c: char| c.is_whitespace() || c == '>').next().unwrap_or_default();
        match hidden {
            Some(element) if !name.strip_prefix('/').is_some_and(|name| name.eq_ignore_ascii_case(element)) => continue,
            _ => hidden = ["style", "script", "head", "title"].into_iter().find(|word| name.eq_ignore_ascii_case(word)),
        }
        if hidden.is_none() {
            // Words of one paragraph may be in several tags: only those that end a line part them.
            if !["b", "/b", "i", "/i", "span", "/span", "font", "/font", "a", "/a", "u", "/u"]
                .iter()
                .any(|word| name.eq_ignore_ascii_case(word))
            {
                text.push(' ');
            }
            decode(words, &mut text);
        }
    }
    text
}

/// Text with the references that pages have.
fn decode(words: &str, text: &mut String) {
    for (index, piece) in words.split('&').enumerate() {
        if index == 0 {
            text.push_str(piece);
            continue;
        }
        let named = piece.split_once(';').and_then(|(name, rest)| Some((referred(name)?, rest)));
        match named {
            Some((c, rest)) => {
                text.push(c);
                text.push_str(rest);
            }
            None => {
                text.push('&');
                text.push_str(piece);
            }
        }
    }
}

fn referred(name: &str) -> Option<char> {
    Some(match name {
        "nbsp" => ' ',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let hex = number.strip_prefix(['x', 'X']);
            let code = hex.map_or_else(|| number.parse(), |hex| u32::from_str_radix(hex, 16)).ok()?;
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ews::code::ResponseCode;

    fn answer(settings: &str) -> Result<Option<AutomaticReply>, EwsError> {
        let text = format!(
            "<s:Envelope xmlns:s='x'><s:Body><GetUserOofSettingsResponse><ResponseMessage ResponseClass='Success'>\
             <ResponseCode>NoError</ResponseCode></ResponseMessage>{settings}<AllowExternalOof>All</AllowExternalOof>\
             </GetUserOofSettingsResponse></s:Body></s:Envelope>"
        );
        read(text.as_bytes())
    }

    fn settings(state: &str, start: &str) -> String {
        format!(
            "<OofSettings><OofState>{state}</OofState><ExternalAudience>All</ExternalAudience><Duration>\
             <StartTime>{start}</StartTime><EndTime>2026-11-27T08:00:00</EndTime></Duration><InternalReply>\
             <Message>&lt;html&gt;&lt;head&gt;&lt;style&gt;p {{}}&lt;/style&gt;&lt;/head&gt;&lt;p&gt;Back &lt;b&gt;on\
             &lt;/b&gt;&amp;nbsp;Friday&lt;/p&gt;&lt;p&gt;Anna&lt;/p&gt;</Message></InternalReply><ExternalReply>\
             <Message>sesame</Message></ExternalReply></OofSettings>"
        )
    }

    fn span(start: &str, end: &str) -> Span {
        Span::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    /// S3.7: out of office with text, start and end.
    #[test]
    fn a_scheduled_reply_has_a_time_and_a_text() {
        for (start, expected) in [
            ("2026-11-20T17:00:00", "2026-11-20T17:00:00Z"),
            ("2026-11-20T17:00:00Z", "2026-11-20T17:00:00Z"),
            ("2026-11-20T17:00:00+01:00", "2026-11-20T16:00:00Z"),
        ] {
            let reply = answer(&settings("Scheduled", start)).unwrap().unwrap();
            assert_eq!(reply.span, span(expected, "2026-11-27T08:00:00Z"));
            assert_eq!(&**reply.text.as_ref().unwrap().reveal(), "Back on Friday Anna");
            assert!(!format!("{reply:?}").contains("Friday"));
        }
    }

    /// S3.7: what is switched off keeps its time, which means nothing; what is switched on has no end.
    #[test]
    fn off_and_on_do_not_look_at_the_time() {
        assert_eq!(answer(&settings("Disabled", "2026-11-20T17:00:00")), Ok(None));
        let reply = answer(&settings(" enabled ", "2026-11-20T17:00:00")).unwrap().unwrap();
        assert_eq!((reply.span.start(), reply.span.end()), (Second::MIN, Second::NEVER));
    }

    /// What cannot be read is not "no reply".
    #[test]
    fn what_cannot_be_read_is_an_error() {
        assert_eq!(answer(&settings("Scheduled", "soon")), Err(EwsError::Incomplete("Duration")));
        assert_eq!(answer(&settings("Perhaps", "2026-11-20T17:00:00")), Err(EwsError::Incomplete("OofState")));
        assert_eq!(answer(""), Err(EwsError::Incomplete("OofSettings")));
        let fault = "<s:Envelope xmlns:s='x'><s:Body><s:Fault><faultcode>soap:Server</faultcode><faultstring>\
            Microsoft.Exchange.InfoWorker.Common.InvalidUserException: User is not mailbox owner.</faultstring></s:Fault>\
            </s:Body></s:Envelope>";
        assert_eq!(read(fault.as_bytes()).unwrap_err().code(), Some(&ResponseCode::AccessDenied));
    }

    #[test]
    fn pages_become_words() {
        let cases = [
            ("", ""),
            ("Back on Friday", "Back on Friday"),
            ("<p>a</p><p>b</p>c<br/>d", "a b c d"),
            ("<script>no</script>a<STYLE>no</STYLE >b", "a b"),
            ("1 &lt; 2 &amp; &#51;&#x34; &unknown; R&D", "1 < 2 & 34 &unknown; R&D"),
            ("a<b", "a"),
            ("\u{1b}[31m", "[31m"),
        ];
        for (page, expected) in cases {
            assert_eq!(plain(page), expected, "{page}");
        }
        assert_eq!(plain(&"ab ".repeat(2_000)).chars().count(), LONGEST_REPLY);
    }
}
