//! A body as it comes.

use std::time::Duration;

use ::reqwest::{Response, Url};
use async_trait::async_trait;
use tokio::time::{Instant, sleep, timeout_at};

use crate::http::reqwest::trouble::in_body;
use crate::http::{HttpBody, HttpError, HttpLimits, HttpStream};

/// Silence longer than this cannot be told from silence without end, and sums of it stay in range.
const LONGEST_SILENCE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What is read of a body that nobody wants, so that its connection can be used again.
const MOST_DRAINED: usize = 64 * 1024;

pub(super) struct ReqwestBody {
    response: Option<Response>,
    url: Url,
    silence: Duration,
    /// When the silence has been too long. It outlives a wait that was given up: a caller with a ticking clock beside
    /// the body would otherwise wait for ever.
    deadline: Option<Instant>,
    failed: Option<HttpError>,
    /// How long to wait after the end for the connection to be back where the next request looks for it.
    rest: Option<Duration>,
}

impl ReqwestBody {
    pub(super) fn new(response: Response, url: Url, limits: HttpLimits, rest: Option<Duration>) -> Self {
        Self { response: Some(response), url, silence: limits.silence(), deadline: None, failed: None, rest }
    }

    /// What was heard last, good or bad, is what is said from now on; the connection is let go.
    fn end(&mut self, failed: Option<HttpError>) -> Result<Option<Vec<u8>>, HttpError> {
        self.response = None;
        self.failed.clone_from(&failed);
        failed.map_or(Ok(None), Err)
    }
}

#[async_trait]
impl HttpBody for ReqwestBody {
    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        let Some(response) = &mut self.response else {
            return self.failed.clone().map_or(Ok(None), Err);
        };
        let silence = self.silence.min(LONGEST_SILENCE);
        let deadline = *self.deadline.get_or_insert_with(|| Instant::now() + silence);
        let piece = timeout_at(deadline, response.chunk()).await;
        self.deadline = None;
        match piece {
            Ok(Ok(Some(piece))) => Ok(Some(piece.into())),
            Ok(Ok(None)) => {
                let end = self.end(None);
                if let Some(rest) = self.rest {
                    sleep(rest).await;
                }
                end
            }
            Ok(Err(error)) => {
                let error = in_body(&error, &self.url);
                self.end(Some(error))
            }
            Err(_) => self.end(Some(HttpError::TimedOut { after: self.silence })),
        }
    }
}

/// Reads what is left of a small body.
pub(super) async fn drain(mut stream: HttpStream) {
    let mut left = MOST_DRAINED;
    while let Ok(Some(piece)) = stream.chunk().await {
        match left.checked_sub(piece.len()) {
            Some(less) => left = less,
            None => return,
        }
    }
}
