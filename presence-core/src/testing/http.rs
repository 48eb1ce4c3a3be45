//! HTTP without a server: answers that were prepared, and a list of what was asked.
//!
//! ```
//! use presence_core::http::{HttpRequest, HttpService};
//! use presence_core::testing::http::{CannedAnswer, CannedHttp};
//!
//! # async fn test() -> Result<(), Box<dyn std::error::Error>> {
//! let http = CannedHttp::new();
//! http.on("GET", "https://a.example/people", CannedAnswer::status(200).body("anna"));
//! http.then(CannedAnswer::status(404));
//!
//! let people = http.send(HttpRequest::get("https://a.example/people?page=1")).await?;
//! let other = http.send(HttpRequest::get("https://a.example/rooms")).await?;
//! assert_eq!((people.status, people.body.as_slice(), other.status), (200, b"anna".as_slice(), 404));
//! assert_eq!(http.requests().len(), 2);
//! assert_eq!(http.unexpected(), []);
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test()).unwrap();
//! ```

mod answer;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

pub use answer::CannedAnswer;

use crate::http::{HttpError, HttpRequest, HttpService, HttpStream};

/// An [`HttpService`] that answers what it was told to.
///
/// A request gets the next answer that was prepared for its method and the longest beginning of its address; the last of
/// them again and again. A request that none was prepared for gets the next of the answers in order. If there is none
/// left, it is [`Unreachable`](HttpError::Unreachable) and counts as unexpected.
///
/// It keeps no time: a body that stays open stays open, whatever the limits of the request say.
#[derive(Default)]
pub struct CannedHttp {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    routes: Vec<Route>,
    in_order: VecDeque<CannedAnswer>,
    requests: Vec<HttpRequest>,
    unexpected: Vec<HttpRequest>,
}

/// Answers for a method and a beginning of an address; there is always one left.
struct Route {
    method: String,
    url: String,
    answers: VecDeque<CannedAnswer>,
}

impl CannedHttp {
    /// Nothing is prepared yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers requests with this method and this beginning of the address; after the answers that were prepared for
    /// them before.
    pub fn on(&self, method: &str, url: &str, answer: CannedAnswer) {
        let routes = &mut self.state().routes;
        match routes.iter_mut().find(|route| route.method == method && route.url == url) {
            Some(route) => route.answers.push_back(answer),
            None => routes.push(Route { method: method.to_owned(), url: url.to_owned(), answers: [answer].into() }),
        }
    }

    /// Forgets what was prepared for this method and this beginning of the address, and answers this.
    pub fn instead(&self, method: &str, url: &str, answer: CannedAnswer) {
        self.state().routes.retain(|route| route.method != method || route.url != url);
        self.on(method, url, answer);
    }

    /// One more answer in order.
    pub fn then(&self, answer: CannedAnswer) {
        self.state().in_order.push_back(answer);
    }

    /// Everything that was asked, in order, with bodies and headers.
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.state().requests.clone()
    }

    /// What was asked and not prepared for, or could not have been sent.
    pub fn unexpected(&self) -> Vec<HttpRequest> {
        self.state().unexpected.clone()
    }

    /// How many of the answers in order nobody has asked for yet.
    pub fn left(&self) -> usize {
        self.state().in_order.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn answer(&mut self, request: &HttpRequest) -> Option<CannedAnswer> {
        let fits = |route: &&mut Route| route.method == request.method && request.url.starts_with(&route.url);
        match self.routes.iter_mut().filter(fits).max_by_key(|route| route.url.len()) {
            Some(route) if route.answers.len() > 1 => route.answers.pop_front(),
            Some(route) => route.answers.front().cloned(),
            None => self.in_order.pop_front(),
        }
    }
}

#[async_trait]
impl HttpService for CannedHttp {
    async fn open(&self, request: HttpRequest) -> Result<HttpStream, HttpError> {
        let mut state = self.state();
        state.requests.push(request.clone());
        if let Err(error) = request.check() {
            state.unexpected.push(request);
            return Err(error);
        }
        match state.answer(&request) {
            Some(answer) => answer.open(),
            None => {
                state.unexpected.push(request);
                Err(HttpError::Unreachable("a server that no answer was prepared for".to_owned()))
            }
        }
    }
}

impl fmt::Debug for CannedHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("CannedHttp")
            .field("requests", &state.requests)
            .field("unexpected", &state.unexpected)
            .field("left", &state.in_order.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(http: &CannedHttp, url: &str) -> Result<(u16, String), HttpError> {
        let response = http.send(HttpRequest::get(url)).await?;
        Ok((response.status, String::from_utf8(response.body).unwrap()))
    }

    #[tokio::test]
    async fn answers_in_order_and_then_no_more() {
        let http = CannedHttp::new();
        http.then(CannedAnswer::status(401).header("WWW-Authenticate", "NTLM"));
        http.then(CannedAnswer::error(HttpError::TooLarge { limit: 3 }));
        assert_eq!(get(&http, "https://a/1").await, Ok((401, String::new())));
        assert_eq!(http.left(), 1);
        assert_eq!(get(&http, "https://a/2").await, Err(HttpError::TooLarge { limit: 3 }));
        assert!(matches!(get(&http, "https://a/3").await, Err(HttpError::Unreachable(_))));
        assert_eq!(http.unexpected(), [HttpRequest::get("https://a/3")]);
        assert_eq!(http.requests().len(), 3);
    }

    #[tokio::test]
    async fn the_longest_beginning_wins_and_its_last_answer_stays() {
        let http = CannedHttp::new();
        http.on("GET", "https://a/", CannedAnswer::status(404));
        http.on("GET", "https://a/people", CannedAnswer::status(503));
        http.on("GET", "https://a/people", CannedAnswer::status(200).body("anna"));
        assert_eq!(get(&http, "https://a/rooms").await.unwrap().0, 404);
        assert_eq!(get(&http, "https://a/people?x").await.unwrap().0, 503);
        for _ in 0..2 {
            assert_eq!(get(&http, "https://a/people?x").await, Ok((200, "anna".to_owned())));
        }
        http.instead("GET", "https://a/people", CannedAnswer::status(410));
        assert_eq!(get(&http, "https://a/people").await.unwrap().0, 410);
        let post = http.send(HttpRequest::post("https://a/people", "x")).await;
        assert!(matches!(post, Err(HttpError::Unreachable(_))), "another method");
    }

    #[tokio::test]
    async fn what_could_not_be_sent_is_not_answered() {
        let http = CannedHttp::new();
        http.then(CannedAnswer::status(200));
        let request = HttpRequest::get("https://a").header("X", "a\r\nb");
        assert!(matches!(http.send(request).await, Err(HttpError::InvalidRequest(_))));
        assert_eq!((http.unexpected().len(), http.left()), (1, 1));
    }

    #[tokio::test]
    async fn bodies_come_in_pieces_and_may_break_or_stay_open() {
        let http = CannedHttp::new();
        let broken = HttpError::Broken("cut off".to_owned());
        http.then(CannedAnswer::status(200).piece("a").piece("b").breaks(broken.clone()));
        http.then(CannedAnswer::status(200).piece("a").stays_open());
        let mut stream = http.open(HttpRequest::get("https://a")).await.unwrap();
        assert_eq!(stream.chunk().await, Ok(Some(b"a".to_vec())));
        assert_eq!(stream.chunk().await, Ok(Some(b"b".to_vec())));
        assert_eq!(stream.chunk().await, Err(broken));
        let mut stream = http.open(HttpRequest::get("https://a")).await.unwrap();
        assert_eq!(stream.chunk().await, Ok(Some(b"a".to_vec())));
        tokio::select! {
            biased;
            piece = stream.chunk() => panic!("{piece:?}"),
            () = std::future::ready(()) => {}
        }
    }

    #[tokio::test]
    async fn debug_hides_what_was_asked_and_answered() {
        let http = CannedHttp::new();
        http.then(CannedAnswer::status(200).header("Set-Cookie", "sesame").body("sesame"));
        let request = HttpRequest::post("https://a/x?sesame", "sesame").secret_header("Authorization", "sesame");
        http.send(request).await.unwrap();
        let answer = CannedAnswer::status(200).header("Set-Cookie", "sesame").body("sesame");
        let shown = format!("{http:?} {answer:?}");
        assert!(shown.contains("https://a/x") && !shown.contains("sesame"), "{shown}");
    }
}
