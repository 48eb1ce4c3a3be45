//! Calendars as files of iCalendar on the web: one address for each mailbox, `webcal` or `https`.
//!
//! A file is asked for with the marks of the last one (`ETag`, `Last-Modified`), and is not sent again by servers that
//! know them. It may have 16 MiB, and is kept, read and masked. Redirects are followed as the [`HttpService`] does it.
//! What [is said of private meetings](crate::caldav#what-private-meetings-leave-behind) of CalDAV holds here too.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use presence_core::http::{HttpRequest, HttpResponse, HttpService};
use presence_core::source::SourceError;
use presence_core::{Address, Agenda, SourceErrorKind, Span};

use crate::caldav::InvalidPlace;
use crate::caldav::place::{Template, checked};
use crate::caldav::store::Store;
use crate::caldav::trouble::{Trouble, success};
use crate::ics::{Calendar, ReadRules};
use crate::server::{CalendarServer, MailboxTrouble};
use crate::warning::Warning;

/// A file has at most so many bytes.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Beside its bytes a file costs about so many.
const FILE: usize = 4 * 1024;
/// So far into a file one looks for its beginning.
const PREAMBLE: usize = 1_024;
/// Of what was left out so much is told.
const MOST_WARNINGS: usize = 1_000;

/// Calendars as files on the web.
pub struct WebCalendars {
    place: Place,
    rules: ReadRules,
    kept: Store<Address, File>,
}

/// Where the files are.
enum Place {
    /// All on one server.
    Template(Arc<dyn HttpService>, Template),
    /// Here and there.
    List(HashMap<Address, (Arc<dyn HttpService>, String)>),
}

/// A file as it was read.
struct File {
    etag: Option<String>,
    modified: Option<String>,
    calendar: Calendar,
    /// What could not be worked out the last time.
    warnings: Mutex<Vec<Warning>>,
}

impl WebCalendars {
    /// The files of one server, at an address such as `https://mail.example.com/home/{mailbox}/calendar.ics`:
    /// `{mailbox}` is the whole address, `{user}` and `{domain}` what is before and behind its `@`.
    pub fn on_server(http: Arc<dyn HttpService>, template: &str, rules: ReadRules) -> Result<Self, InvalidPlace> {
        Ok(Self::new(Place::Template(http, Template::new(template)?), rules))
    }

    /// Files here and there. Each one's HTTP service logs in there and nowhere else. Trouble with one of the servers is
    /// trouble with one mailbox.
    pub fn here_and_there(
        files: impl IntoIterator<Item = (Address, Arc<dyn HttpService>, String)>,
        rules: ReadRules,
    ) -> Result<Self, InvalidPlace> {
        let files = files.into_iter().map(|(mailbox, http, url)| Ok((mailbox, (http, checked(&url)?))));
        Ok(Self::new(Place::List(files.collect::<Result<_, InvalidPlace>>()?), rules))
    }

    fn new(place: Place, rules: ReadRules) -> Self {
        Self { place, rules, kept: Store::new() }
    }

    fn place(&self, mailbox: &Address) -> Option<(&dyn HttpService, String)> {
        match &self.place {
            Place::Template(http, template) => Some((http.as_ref(), template.url(mailbox)?)),
            Place::List(list) => list.get(mailbox).map(|(http, url)| (http.as_ref(), url.clone())),
        }
    }

    async fn read(&self, mailbox: &Address) -> Result<Arc<File>, Trouble> {
        let (http, url) = self.place(mailbox).ok_or(MailboxTrouble::NotFound)?;
        let kept = self.kept.get(mailbox);
        let response = http.send(request(&url, kept.as_deref())).await?;
        if let Some(kept) = kept.filter(|_| response.status == 304) {
            return Ok(kept);
        }
        match success(response).and_then(|response| self.file(mailbox, &response)) {
            Ok((file, weight)) => {
                let file = Arc::new(file);
                self.kept.put(mailbox.clone(), Arc::clone(&file), weight);
                Ok(file)
            }
            Err(trouble) => {
                if matches!(trouble, Trouble::Mailbox(MailboxTrouble::Forbidden | MailboxTrouble::NotFound)) {
                    self.kept.forget(mailbox);
                }
                Err(trouble)
            }
        }
    }

    fn file(&self, mailbox: &Address, response: &HttpResponse) -> Result<(File, usize), Trouble> {
        let coding = response.header("Content-Encoding").unwrap_or("identity").trim();
        if !coding.eq_ignore_ascii_case("identity") {
            return Err(Trouble::protocol(
                "the web server sends the file compressed, which was not asked for".to_owned(),
            ));
        }
        if response.body.is_empty() {
            return Err(MailboxTrouble::Unavailable.into());
        }
        // A page for people, such as one to log in or one that says that there is nothing.
        if !is_calendar(&response.body) {
            return Err(MailboxTrouble::NotFound.into());
        }
        let header = |name: &str| response.header(name).map(str::to_owned);
        let calendar = Calendar::read(&response.body, &self.rules.clone().with_owner(mailbox));
        let file =
            File { etag: header("ETag"), modified: header("Last-Modified"), calendar, warnings: Mutex::default() };
        Ok((file, response.body.len() + FILE))
    }

    fn told(&self, trouble: Trouble) -> Trouble {
        match (&self.place, trouble) {
            (Place::List(_), Trouble::Server(error)) => Trouble::Mailbox(match error.kind() {
                SourceErrorKind::Forbidden => MailboxTrouble::Forbidden,
                SourceErrorKind::NotFound => MailboxTrouble::NotFound,
                _ => MailboxTrouble::Unavailable,
            }),
            (_, trouble) => trouble,
        }
    }
}

#[async_trait]
impl CalendarServer for WebCalendars {
    /// What was left out, repaired or guessed in the file of a mailbox as it was last read; at most a thousand.
    fn warnings(&self, mailbox: &Address) -> Vec<Warning> {
        self.kept.get(mailbox).map_or_else(Vec::new, |file| file.all_warnings())
    }

    async fn agenda(&self, mailbox: &Address, window: Span) -> Result<Result<Agenda, MailboxTrouble>, SourceError> {
        let file = self.read(mailbox).await.map_err(|trouble| self.told(trouble));
        Trouble::told(file.map(|file| file.agenda(window)))
    }
}

impl File {
    fn agenda(&self, window: Span) -> Agenda {
        let (agenda, warnings) = self.calendar.agenda(window);
        *self.warnings.lock().unwrap_or_else(PoisonError::into_inner) = warnings;
        agenda
    }

    fn all_warnings(&self) -> Vec<Warning> {
        let warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        self.calendar.warnings().iter().chain(warnings.iter()).copied().take(MOST_WARNINGS).collect()
    }
}

/// Addresses may hold keys, and are not shown.
impl fmt::Debug for WebCalendars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebCalendars").finish_non_exhaustive()
    }
}

fn request(url: &str, kept: Option<&File>) -> HttpRequest {
    let request = HttpRequest::get(url).header("Accept", "text/calendar, */*;q=0.1").most_bytes(MOST_BYTES);
    match kept {
        Some(File { etag: Some(etag), .. }) => request.header("If-None-Match", etag),
        Some(File { modified: Some(modified), .. }) => request.header("If-Modified-Since", modified),
        _ => request,
    }
}

/// Whether it begins as calendars do, be it behind a mark or some lines.
pub(crate) fn is_calendar(body: &[u8]) -> bool {
    let start = body.get(..PREAMBLE).unwrap_or(body);
    let word = b"BEGIN:VCALENDAR";
    start.windows(word.len()).any(|piece| piece.eq_ignore_ascii_case(word))
}
