//! Envelopes.

use crate::{
    behaviour::Manner,
    company::Company,
    xml::{Element, Node, m, t},
    zone::{self, Zone},
};

const TYPES: &str = "schemas.microsoft.com/exchange/services/2006/types";
const MESSAGES: &str = "schemas.microsoft.com/exchange/services/2006/messages";
const ERRORS: &str = "schemas.microsoft.com/exchange/services/2006/errors";
/// The versions of the schema that a client may name.
const VERSIONS: &[&str] = &[
    "Exchange2007",
    "Exchange2007_SP1",
    "Exchange2010",
    "Exchange2010_SP1",
    "Exchange2010_SP2",
    "Exchange2013",
    "Exchange2013_SP1",
    "Exchange2015",
    "Exchange2016",
];

/// A question.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) version: Option<String>,
    /// The address of whom it wants to act for.
    pub(crate) acting_as: Option<String>,
    /// The zone in which it wants to read times.
    pub(crate) zone: Option<&'static Zone>,
    /// The operation, without the `Request` that some carry.
    pub(crate) operation: String,
    pub(crate) body: Node,
}

impl Call {
    pub(crate) fn read(envelope: Node) -> Option<Self> {
        let header = envelope.child("Header");
        let find = |name| header.and_then(|header| header.find(name));
        let sid = find("ConnectingSID").and_then(|sid| sid.children.first());
        let zone = find("TimeZoneContext").and_then(|context| context.find("TimeZoneDefinition"));
        let version = find("RequestServerVersion").and_then(|version| version.attribute("Version"));
        let call = Self {
            version: version.map(str::to_owned),
            acting_as: sid.map(|sid| sid.text().to_owned()),
            zone: zone.and_then(|zone| zone::named(zone.attribute("Id")?)),
            operation: String::new(),
            body: envelope.children.into_iter().find(|child| child.name == "Body")?.children.into_iter().next()?,
        };
        let operation = call.body.name.strip_suffix("Request").unwrap_or(&call.body.name).to_owned();
        Some(Self { operation, ..call })
    }
}

/// Why a question has no answer at all.
#[derive(Debug)]
pub(crate) struct SoapFault {
    pub(crate) code: String,
    text: String,
    values: Vec<(&'static str, String)>,
    padded: bool,
}

impl SoapFault {
    pub(crate) fn new(code: &str, text: &str) -> Self {
        Self { code: code.to_owned(), text: text.to_owned(), values: Vec::new(), padded: false }
    }

    pub(crate) fn invalid(text: &str) -> Self {
        Self::new("ErrorInvalidRequest", text)
    }

    pub(crate) fn schema(text: &str) -> Self {
        Self::new("ErrorSchemaValidation", text)
    }

    /// The server has too much to do.
    pub(crate) fn busy(back_off_ms: u64) -> Self {
        let mut fault =
            Self::new("ErrorServerBusy", "The server cannot service this request right now. Try again later.");
        fault.values.push(("BackOffMilliseconds", back_off_ms.to_string()));
        fault.padded = true;
        fault
    }

    fn element(&self, manner: &Manner) -> Element {
        let padded = self.padded || manner.padded_codes;
        let code = if padded { format!("\n        {}\n      ", self.code) } else { self.code.clone() };
        let value = |(name, value): &(&'static str, String)| t("Value").with("Name", *name).text(value);
        let errors = namespace(ERRORS, manner);
        let error = |name: &'static str| Element::new(format!("e:{name}")).with("xmlns:e", &errors);
        let mut detail =
            Element::new("detail").put(error("ResponseCode").text(code)).put(error("Message").text(&self.text));
        if !self.values.is_empty() {
            detail = detail.put(t("MessageXml").put_all(self.values.iter().map(value)));
        }
        Element::new("s:Fault")
            .put(Element::new("faultcode").text(format!("t:{}", self.code)))
            .put(Element::new("faultstring").with("xml:lang", "en-US").text(&self.text))
            .put(detail)
    }
}

/// Refuses a version that does not exist.
pub(crate) fn check_version(call: &Call) -> Result<(), SoapFault> {
    match &call.version {
        Some(version) if !VERSIONS.contains(&version.as_str()) => {
            Err(SoapFault::new("ErrorInvalidServerVersion", "The specified server version is invalid."))
        }
        _ => Ok(()),
    }
}

/// For whom a question is asked: who logged in, or whom that one may act for.
pub(crate) fn acting(call: &Call, login: &str, company: &Company) -> Result<String, SoapFault> {
    let Some(wanted) = &call.acting_as else { return Ok(login.to_owned()) };
    if company.account(login).is_none_or(|account| !account.may_impersonate) {
        let text = "The account does not have permission to impersonate the requested user.";
        return Err(SoapFault::new("ErrorImpersonateUserDenied", text));
    }
    if let Some(account) = company.account(wanted) {
        return Ok(account.address.clone());
    }
    let has = |aliases: &[String]| aliases.iter().any(|alias| alias.eq_ignore_ascii_case(wanted));
    let text = "The SMTP address has no mailbox associated with it.";
    Err(match company.accounts.iter().find(|account| has(&account.aliases)) {
        Some(account) => {
            let text = "The primary SMTP address must be specified when referencing a mailbox.";
            let values = vec![("Primary", account.address.clone())];
            SoapFault { values, ..SoapFault::new("ErrorNonPrimarySmtpAddress", text) }
        }
        None => SoapFault::new("ErrorNonExistentMailbox", text),
    })
}

/// An envelope with an answer.
pub(crate) fn envelope(body: &Element, manner: &Manner) -> Vec<u8> {
    let version = t("ServerVersionInfo")
        .with("MajorVersion", "15")
        .with("MinorVersion", "1")
        .with("MajorBuildNumber", "2507")
        .with("MinorBuildNumber", "6")
        .with("Version", "V2017_07_11");
    wrap(Some(version), body, manner)
}

/// An envelope with a fault. It has no header, as with Exchange.
pub(crate) fn fault(fault: &SoapFault, manner: &Manner) -> Vec<u8> {
    wrap(None, &fault.element(manner), manner)
}

fn wrap(header: Option<Element>, body: &Element, manner: &Manner) -> Vec<u8> {
    let soap = if manner.https_namespaces { "https" } else { "http" };
    let envelope = Element::new("s:Envelope")
        .with("xmlns:s", format!("{soap}://schemas.xmlsoap.org/soap/envelope/"))
        .with("xmlns:m", namespace(MESSAGES, manner))
        .with("xmlns:t", namespace(TYPES, manner))
        .put_all(header.map(|header| Element::new("s:Header").put(header)))
        .put(Element::new("s:Body").put(body.clone()));
    let mut text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>".to_owned();
    envelope.render(&mut text);
    text.into_bytes()
}

fn namespace(rest: &str, manner: &Manner) -> String {
    let scheme = if manner.https_namespaces { "https" } else { "http" };
    format!("{scheme}://{rest}")
}

/// Why one of the things that were asked for has no answer.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) text: &'static str,
}

impl Failure {
    pub(crate) fn new(code: &str, text: &'static str) -> Self {
        Self { code: code.to_owned(), text }
    }
}

/// An answer with a message for each thing that was asked for.
pub(crate) fn messages(operation: &str, answers: Vec<Result<Vec<Element>, Failure>>, manner: &Manner) -> Element {
    let name = format!("{operation}ResponseMessage");
    let one = |answer: Result<Vec<Element>, Failure>| match answer {
        Ok(content) => result(m(&name), Ok(()), manner).put_all(content),
        Err(failure) => result(m(&name), Err(&failure), manner),
    };
    m(&format!("{operation}Response")).put(m("ResponseMessages").put_all(answers.into_iter().map(one)))
}

/// An answer that says, where the operation says how it went, that the server has too much to do.
pub(crate) fn busy_inside(call: &Call, back_off_ms: u64, manner: &Manner) -> Element {
    let failure = Failure::new("ErrorInternalServerError", "An internal server error occurred.");
    let value = |name, text: &str| t("Value").with("Name", name).text(text);
    let inside = m("MessageXml")
        .put(value("InnerErrorMessageText", "The server cannot service this request right now."))
        .put(value("InnerErrorResponseCode", "ErrorServerBusy"))
        .put(value("BackOffMilliseconds", &back_off_ms.to_string()));
    let busy = |name: &str| result(m(name), Err(&failure), manner).put(inside.clone());
    let answer = m(&format!("{}Response", call.operation));
    match call.operation.as_str() {
        "GetUserAvailability" => {
            let asked = call.body.inside("MailboxDataArray").iter().filter(|node| node.name == "MailboxData");
            let each = asked.map(|_| m("FreeBusyResponse").put(busy("ResponseMessage")));
            answer.put(m("FreeBusyResponseArray").put_all(each))
        }
        "GetUserOofSettings" => answer.put(busy("ResponseMessage")),
        operation => answer.put(m("ResponseMessages").put(busy(&format!("{operation}ResponseMessage")))),
    }
}

/// The class and the code of a message.
pub(crate) fn result(message: Element, result: Result<(), &Failure>, manner: &Manner) -> Element {
    let code = |code: &str| {
        let text = if manner.padded_codes { format!("\n    {code}\n  ") } else { code.to_owned() };
        m("ResponseCode").text(text)
    };
    match result {
        Ok(()) => message.with("ResponseClass", "Success").put(code("NoError")),
        Err(failure) => message
            .with("ResponseClass", "Error")
            .put(m("MessageText").text(failure.text))
            .put(code(&failure.code))
            .put(m("DescriptiveLinkKey").text("0")),
    }
}
