//! HTTP as a port: one method, so that a test needs no server and a host can bring its own stack.
//!
//! What a source asks is an [`HttpRequest`]; what comes back is an [`HttpResponse`], or piece by piece an [`HttpStream`].
//! Nothing here prints a body, a query or the value of a header, and no error repeats one.
//!
//! ```
//! use async_trait::async_trait;
//! use presence_core::http::{HttpBody, HttpError, HttpHeaders, HttpRequest, HttpService, HttpStream};
//!
//! /// Answers every request with the same word.
//! #[derive(Debug)]
//! struct Parrot;
//!
//! /// The word, once.
//! struct Word(Option<&'static str>);
//!
//! #[async_trait]
//! impl HttpBody for Word {
//!     async fn chunk(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
//!         Ok(self.0.take().map(Vec::from))
//!     }
//! }
//!
//! #[async_trait]
//! impl HttpService for Parrot {
//!     async fn open(&self, request: HttpRequest) -> Result<HttpStream, HttpError> {
//!         request.check()?;
//!         Ok(HttpStream::new(200, HttpHeaders::new(), Word(Some("pretty"))))
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let request = HttpRequest::get("https://mail.example.com/status?of=anna").secret_header("Authorization", "Basic YTpi");
//! assert!(!format!("{request:?}").contains("anna"));
//! let response = tokio::runtime::Builder::new_current_thread().build()?.block_on(Parrot.send(request))?;
//! assert_eq!((response.status, response.body.as_slice()), (200, b"pretty".as_slice()));
//! # Ok(())
//! # }
//! ```

mod error;
mod headers;
mod request;
#[cfg(feature = "reqwest")]
pub mod reqwest;
mod response;
mod status;

use std::fmt;

use async_trait::async_trait;

pub use error::HttpError;
pub use headers::{HttpHeader, HttpHeaders};
pub use request::{HttpLimits, HttpRequest};
pub use response::{HttpBody, HttpResponse, HttpStream};
pub use status::{retry_after, status_error};

/// Something that carries requests to servers.
///
/// What every implementation owes: it calls [`HttpRequest::check`]; it keeps to the [limits](HttpLimits) of the request;
/// a secret header goes to no other host than the one that was asked; and a status such as 404 is an answer, not an
/// error.
#[async_trait]
pub trait HttpService: fmt::Debug + Send + Sync + 'static {
    /// Asks, and comes back as soon as the head of the answer is there. The body comes piece by piece, without end if
    /// need be: for notifications.
    async fn open(&self, request: HttpRequest) -> Result<HttpStream, HttpError>;

    /// Asks, and waits for the whole answer, which may have as many bytes as the request allows.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let most_bytes = request.limits.most_bytes;
        self.open(request).await?.collect(most_bytes).await
    }
}
