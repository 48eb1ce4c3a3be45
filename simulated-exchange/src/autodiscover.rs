//! Autodiscover in its oldest form: XML without SOAP.

use crate::{
    company::Company,
    xml::{Element, Node},
};

const ANSWER: &str = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
const OUTLOOK: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

/// The address of EWS for a mailbox, or an error in the same form.
pub(crate) fn answer(body: &str, company: &Company, url: &str) -> Vec<u8> {
    let request = Node::parse(body).ok();
    let address = request.as_ref().and_then(|request| request.text_of("EMailAddress"));
    let content = match address.and_then(|address| company.account(address)) {
        Some(account) => found(&account.name, &account.address, url),
        None if address.is_none() => error("600", "Invalid Request"),
        None => error("500", "The email address can't be found."),
    };
    let mut text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>".to_owned();
    Element::new("Autodiscover").with("xmlns", ANSWER).put(content).render(&mut text);
    text.into_bytes()
}

fn found(name: &str, address: &str, url: &str) -> Element {
    let text = |name: &'static str, text: &str| Element::new(name).text(text);
    let user = Element::new("User").put(text("DisplayName", name)).put(text("AutoDiscoverSMTPAddress", address));
    let protocol = |kind| Element::new("Protocol").put(text("Type", kind)).put(text("EwsUrl", url));
    let account = Element::new("Account")
        .put(text("AccountType", "email"))
        .put(text("Action", "settings"))
        .put(protocol("EXCH"))
        .put(protocol("EXPR"));
    Element::new("Response").with("xmlns", OUTLOOK).put(user).put(account)
}

fn error(code: &str, message: &str) -> Element {
    let text = |name: &'static str, text: &str| Element::new(name).text(text);
    let error = Element::new("Error")
        .with("Time", "00:00:00.0000000")
        .with("Id", "1")
        .put(text("ErrorCode", code))
        .put(text("Message", message))
        .put(Element::new("DebugData"));
    Element::new("Response").put(error)
}
