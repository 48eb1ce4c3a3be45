//! Autodiscover: where the Exchange server of an address is.
//!
//! A server that is configured is better: it asks nobody. Here the two places are asked that every domain may have, and
//! where they send us we go only as far as the configured domains reach, and only over `https`, for a password goes along.

use std::collections::HashSet;
use std::time::Duration;

use presence_core::http::{HttpError, HttpRequest, HttpService};
use presence_core::source::SourceError;
use presence_core::{Address, SourceErrorKind};

use super::xml::{BrokenXml, Tag, XmlReader, escape};

/// So often one is sent on.
const MOST_REDIRECTS: usize = 10;
/// An answer is at most so large.
const MOST_BYTES: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(30);
const ASKED: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006";
const WANTED: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

/// Finds the endpoint of the Exchange server for an address. `domains` are those that may be trusted with the password,
/// with all below them; the domain of the address is one of them anyway.
///
/// # Errors
///
/// Fails when nobody knows, or when somebody sends us where we do not go.
pub async fn discover(http: &dyn HttpService, address: &Address, domains: &[String]) -> Result<String, SourceError> {
    let mut search = Search { address: address.value().to_owned(), domains: domains.to_vec(), seen: HashSet::new() };
    search.domains.extend(domain(address.value()).map(str::to_owned));
    let mut trouble = not_found();
    for place in places(&search.address) {
        match search.follow(http, place).await {
            Ok(url) => return Ok(url),
            // The first place that has something to say is worth more than the last one that is not there.
            Err(error) if trouble.kind() == SourceErrorKind::NotFound => trouble = error,
            Err(_) => {}
        }
    }
    Err(trouble)
}

struct Search {
    address: String,
    domains: Vec<String>,
    /// The places that were asked, each with an address.
    seen: HashSet<(String, String)>,
}

/// What a place says.
#[derive(Debug, Eq, PartialEq)]
enum Said {
    /// The endpoint.
    Endpoint(String),
    /// Ask about another address.
    Address(String),
    /// Ask at another place.
    Place(String),
    /// Nothing.
    Nothing,
}

impl Search {
    async fn follow(&mut self, http: &dyn HttpService, mut place: String) -> Result<String, SourceError> {
        for _ in 0..=MOST_REDIRECTS {
            self.check(&place)?;
            if !self.seen.insert((place.clone(), self.address.clone())) {
                break;
            }
            match self.ask(http, &place).await? {
                Said::Endpoint(url) => {
                    self.check(&url)?;
                    return Ok(url);
                }
                Said::Place(next) => place = next,
                Said::Address(address) => {
                    let address = Address::smtp(&address).map_err(|_| not_found())?;
                    self.address = address.value().to_owned();
                    place = places(&self.address).next().ok_or_else(not_found)?;
                }
                Said::Nothing => return Err(not_found()),
            }
        }
        Err(SourceError::new(SourceErrorKind::Protocol, "Autodiscover sends us round in circles"))
    }

    async fn ask(&self, http: &dyn HttpService, place: &str) -> Result<Said, SourceError> {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"{ASKED}\"><Request><EMailAddress>{}\
             </EMailAddress><AcceptableResponseSchema>{WANTED}</AcceptableResponseSchema></Request></Autodiscover>",
            escape(&self.address)
        );
        let request = HttpRequest::post(place, body).header("Content-Type", "text/xml; charset=utf-8");
        let response = match http.send(request.timeout(PATIENCE).most_bytes(MOST_BYTES)).await {
            // Only the host of the other place is known, and the path is always the same.
            Err(HttpError::Redirected { to: Some(host), .. }) => return Ok(Said::Place(format!("{host}{PATH}"))),
            response => response?,
        };
        match response.status {
            200 => Ok(read(&response.body)?),
            301 | 302 | 307 | 308 => {
                Ok(response.header("Location").map_or(Said::Nothing, |to| Said::Place(to.to_owned())))
            }
            status => Err(presence_core::http::status_error(status, None, "Autodiscover")),
        }
    }

    /// A password may go there.
    fn check(&self, url: &str) -> Result<(), SourceError> {
        let host = host(url).ok_or_else(|| {
            SourceError::new(SourceErrorKind::Protocol, "Autodiscover sends us to a place that is not `https`")
        })?;
        if self.domains.iter().any(|domain| is_below(&host, domain)) {
            return Ok(());
        }
        let text =
            format!("Autodiscover sends us to `{host}`: if that is right, add its domain to those that are trusted");
        Err(SourceError::new(SourceErrorKind::NotConfigured, text))
    }
}

const PATH: &str = "/autodiscover/autodiscover.xml";

/// Where a domain may say where its servers are.
fn places(address: &str) -> impl Iterator<Item = String> + use<> {
    let domain = domain(address).map(str::to_owned);
    let places =
        domain.map(|domain| [format!("https://{domain}{PATH}"), format!("https://autodiscover.{domain}{PATH}")]);
    places.into_iter().flatten()
}

/// The domain of an address, if it is one that can stand in a link.
fn domain(address: &str) -> Option<&str> {
    let (_, domain) = address.split_once('@')?;
    is_name(domain).then_some(domain)
}

fn is_name(domain: &str) -> bool {
    domain.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        && domain.split('.').all(|label| !label.is_empty())
}

fn not_found() -> SourceError {
    SourceError::new(SourceErrorKind::NotFound, "Autodiscover knows no Exchange server: configure the endpoint itself")
}

/// The host of an `https` address, in small letters.
fn host(url: &str) -> Option<String> {
    let rest = url.get(8..).filter(|_| url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let name = authority.split_once(':').map_or(authority, |(name, _)| name);
    let is_port = authority.get(name.len()..).is_some_and(|port| port.trim_start_matches(':').parse::<u16>().is_ok());
    (is_name(name) && (is_port || name.len() == authority.len())).then(|| name.to_ascii_lowercase())
}

fn is_below(host: &str, domain: &str) -> bool {
    let domain = domain.trim_matches('.').to_ascii_lowercase();
    host.strip_suffix(&domain).is_some_and(|rest| !domain.is_empty() && (rest.is_empty() || rest.ends_with('.')))
}

/// What the answer says.
fn read(bytes: &[u8]) -> Result<Said, SourceError> {
    parse(bytes).map_err(|error| SourceError::new(SourceErrorKind::Protocol, format!("Autodiscover: {error}")))
}

fn parse(bytes: &[u8]) -> Result<Said, BrokenXml> {
    let mut reader = XmlReader::new(bytes)?;
    let mut found = Found::default();
    if reader.root()?.name == b"Autodiscover" {
        while let Some(tag) = reader.child()? {
            found.response(tag, &mut reader)?;
        }
    }
    Ok(found.said())
}

#[derive(Default)]
struct Found {
    action: String,
    redirect_url: Option<String>,
    redirect_address: Option<String>,
    /// By how far outside it is meant for: the server outside first.
    endpoints: Vec<(u8, String)>,
}

impl Found {
    fn response(&mut self, tag: Tag<'_>, reader: &mut XmlReader<'_>) -> Result<(), BrokenXml> {
        if tag.name != b"Response" {
            return reader.skip();
        }
        while let Some(tag) = reader.child()? {
            if tag.name == b"Account" { self.account(reader)? } else { reader.skip()? }
        }
        Ok(())
    }

    fn account(&mut self, reader: &mut XmlReader<'_>) -> Result<(), BrokenXml> {
        while let Some(tag) = reader.child()? {
            match tag.name {
                b"Action" => self.action = words(reader)?,
                b"RedirectUrl" => self.redirect_url = Some(words(reader)?),
                b"RedirectAddr" => self.redirect_address = Some(words(reader)?),
                b"Protocol" => self.protocol(&tag, reader)?,
                _ => reader.skip()?,
            }
        }
        Ok(())
    }

    fn protocol(&mut self, tag: &Tag<'_>, reader: &mut XmlReader<'_>) -> Result<(), BrokenXml> {
        let mut kind =
            tag.attribute(b"Type").map(|kind| String::from_utf8_lossy(&kind).into_owned()).unwrap_or_default();
        let (mut endpoint, mut older) = (None, None);
        while let Some(tag) = reader.child()? {
            match tag.name {
                b"Type" => kind = words(reader)?,
                b"EwsUrl" => endpoint = Some(words(reader)?),
                b"ASUrl" => older = Some(words(reader)?),
                _ => reader.skip()?,
            }
        }
        let rank = match kind.to_ascii_uppercase().as_str() {
            "EXPR" => 0,
            "EXHTTP" => 1,
            "EXCH" => 2,
            _ => return Ok(()),
        };
        self.endpoints.extend(endpoint.or(older).map(|endpoint| (rank, endpoint)));
        Ok(())
    }

    fn said(mut self) -> Said {
        self.endpoints.sort();
        match (self.redirect_url, self.redirect_address, self.endpoints.into_iter().next()) {
            (Some(url), _, _) if self.action.eq_ignore_ascii_case("redirectUrl") => Said::Place(url),
            (_, Some(address), _) if self.action.eq_ignore_ascii_case("redirectAddr") => Said::Address(address),
            (_, _, Some((_, endpoint))) => Said::Endpoint(endpoint),
            _ => Said::Nothing,
        }
    }
}

fn words(reader: &mut XmlReader<'_>) -> Result<String, BrokenXml> {
    Ok(String::from_utf8_lossy(reader.text()?.trim_ascii()).into_owned())
}
