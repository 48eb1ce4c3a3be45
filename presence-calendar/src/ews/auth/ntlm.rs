//! NTLM: three messages that log a connection in, not a request.
//!
//! So each connection serves one request at a time, and is kept with its service until the next one. The server is told
//! no name of ours for the channel: one that insists on that ("Extended Protection: required") refuses us.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use presence_core::Confidential;
use presence_core::http::{HttpBody, HttpError, HttpHeaders, HttpRequest, HttpService, HttpStream};
use sspi::{
    AuthIdentity, BufferType, ClientRequestFlags, CredentialUse, DataRepresentation, SecurityBuffer, Sspi, SspiImpl,
    Username,
};

/// So many connections are kept while nobody needs them.
const MOST_IDLE: usize = 8;
/// The page that comes with a refusal is read to its end, to keep the connection, if it is not larger.
const MOST_REFUSAL: usize = 256 * 1024;
/// A challenge is at most so long.
const LONGEST_CHALLENGE: usize = 16 * 1024;

type Connect = dyn Fn() -> Result<Arc<dyn HttpService>, HttpError> + Send + Sync;

/// Logs in with NTLM, alone or in the clothes of Negotiate.
pub struct Ntlm {
    connect: Box<Connect>,
    user: Confidential<String>,
    password: Confidential<String>,
    idle: Idle,
}

impl Ntlm {
    /// As this user: `EXAMPLE\presence`, `presence@example.com`. `connect` makes a service that keeps to one connection;
    /// with reqwest that is `ReqwestService::builder().one_connection().build()`.
    #[must_use]
    pub fn new(
        connect: impl Fn() -> Result<Arc<dyn HttpService>, HttpError> + Send + Sync + 'static,
        user: &str,
        password: &str,
    ) -> Self {
        Self {
            connect: Box::new(connect),
            user: Confidential::new(user.to_owned()),
            password: Confidential::new(password.to_owned()),
            idle: Idle::default(),
        }
    }

    /// Asks over a connection that is logged in, or logs it in.
    async fn ask(&self, lane: &mut Lane, request: &HttpRequest) -> Result<HttpStream, HttpError> {
        if std::mem::take(&mut lane.is_logged_in) {
            let stream = lane.http.open(request.clone()).await?;
            if stream.status != 401 {
                lane.is_logged_in = true;
                return Ok(stream);
            }
            drain(stream).await?;
        }
        let mut refused = None;
        for scheme in ["NTLM", "Negotiate"] {
            let mut talk = Talk::new(self.user.reveal(), self.password.reveal())?;
            let hello = lane.http.open(with(request.clone().body(Vec::new()), scheme, &talk.hello()?)).await?;
            let Some(challenge) = challenge(&hello, scheme) else {
                if hello.status != 401 {
                    // Nobody wants to know who we are.
                    drain(hello).await?;
                    return lane.http.open(request.clone()).await;
                }
                refused = Some(hello);
                continue;
            };
            drain(hello).await?;
            let stream = lane.http.open(with(request.clone(), scheme, &talk.answer(challenge)?)).await?;
            lane.is_logged_in = stream.status != 401;
            return Ok(stream);
        }
        refused.ok_or_else(|| HttpError::Broken("there is no way to log in".to_owned()))
    }
}

#[async_trait]
impl HttpService for Ntlm {
    async fn open(&self, request: HttpRequest) -> Result<HttpStream, HttpError> {
        request.check()?;
        let kept = self.idle.take();
        let mut lane = match kept {
            Some(lane) => lane,
            None => Lane { http: (self.connect)()?, is_logged_in: false },
        };
        let stream = self.ask(&mut lane, &request).await?;
        let (status, headers) = (stream.status, stream.headers.clone());
        Ok(HttpStream::new(status, headers, LaneBody { stream, lane: Some(lane), idle: self.idle.clone() }))
    }
}

impl fmt::Debug for Ntlm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ntlm").finish_non_exhaustive()
    }
}

/// A connection of our own.
struct Lane {
    http: Arc<dyn HttpService>,
    is_logged_in: bool,
}

/// Connections that nobody needs now.
#[derive(Clone, Default)]
struct Idle(Arc<Mutex<Vec<Lane>>>);

impl Idle {
    fn take(&self) -> Option<Lane> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn put(&self, lane: Lane) {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lanes.len() < MOST_IDLE {
            lanes.push(lane);
        }
    }
}

/// A body that holds its connection until it has ended. What is dropped earlier hangs up.
struct LaneBody {
    stream: HttpStream,
    lane: Option<Lane>,
    idle: Idle,
}

#[async_trait]
impl HttpBody for LaneBody {
    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        let piece = self.stream.chunk().await;
        match &piece {
            Ok(Some(_)) => {}
            Ok(None) => {
                if let Some(lane) = self.lane.take() {
                    self.idle.put(lane);
                }
            }
            Err(_) => self.lane = None,
        }
        piece
    }
}

fn with(request: HttpRequest, scheme: &str, message: &[u8]) -> HttpRequest {
    request.secret_header("Authorization", format!("{scheme} {}", STANDARD.encode(message)))
}

async fn drain(stream: HttpStream) -> Result<(), HttpError> {
    stream.collect(MOST_REFUSAL).await.map(|_| ())
}

/// The second message, if the server sends one.
fn challenge(stream: &HttpStream, scheme: &str) -> Option<Vec<u8>> {
    (stream.status == 401).then(|| offered(&stream.headers, scheme))?
}

fn offered(headers: &HttpHeaders, scheme: &str) -> Option<Vec<u8>> {
    let mut offers = headers.all("WWW-Authenticate").filter_map(|offer| offer.trim().split_once(' '));
    let (_, message) = offers.find(|(name, _)| name.eq_ignore_ascii_case(scheme))?;
    let message = message.trim();
    (message.len() <= LONGEST_CHALLENGE).then(|| STANDARD.decode(message).ok())?
}

/// The three messages.
struct Talk {
    ntlm: sspi::Ntlm,
    credentials: <sspi::Ntlm as SspiImpl>::CredentialsHandle,
}

impl Talk {
    fn new(user: &str, password: &str) -> Result<Self, HttpError> {
        let username = Username::parse(user).map_err(|_| {
            HttpError::Setup(r"the user of NTLM must look like `EXAMPLE\name` or `name@example.com`".to_owned())
        })?;
        let identity = AuthIdentity { username, password: password.to_owned().into() };
        let mut ntlm = sspi::Ntlm::new();
        let acquire = ntlm.acquire_credentials_handle().with_credential_use(CredentialUse::Outbound);
        let acquired = acquire.with_auth_data(&identity).execute(&mut ntlm).map_err(|_| failed())?;
        Ok(Self { ntlm, credentials: acquired.credentials_handle })
    }

    /// The first one.
    fn hello(&mut self) -> Result<Vec<u8>, HttpError> {
        self.step(None)
    }

    /// The third one, to the second.
    fn answer(&mut self, challenge: Vec<u8>) -> Result<Vec<u8>, HttpError> {
        self.step(Some(challenge))
    }

    fn step(&mut self, challenge: Option<Vec<u8>>) -> Result<Vec<u8>, HttpError> {
        let mut input: Vec<_> =
            challenge.into_iter().map(|bytes| SecurityBuffer::new(bytes, BufferType::Token)).collect();
        let mut output = vec![SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let mut builder = self
            .ntlm
            .initialize_security_context()
            .with_credentials_handle(&mut self.credentials)
            .with_context_requirements(ClientRequestFlags::ALLOCATE_MEMORY)
            .with_target_data_representation(DataRepresentation::Native)
            .with_output(&mut output);
        if !input.is_empty() {
            builder = builder.with_input(&mut input);
        }
        {
            let mut step = self.ntlm.initialize_security_context_impl(&mut builder).map_err(|_| failed())?;
            step.resolve_to_result().map_err(|_| failed())?;
        }
        output.pop().map(|token| token.buffer).filter(|message| !message.is_empty()).ok_or_else(failed)
    }
}

/// What the library says may repeat what it was given.
fn failed() -> HttpError {
    HttpError::Broken("the server does not keep to NTLM".to_owned())
}

#[cfg(test)]
mod tests {
    use presence_core::testing::http::{CannedAnswer, CannedHttp};

    use super::*;

    /// A challenge as a server sends it: flags, eight bytes, and the names of its domain.
    fn a_challenge() -> String {
        let mut message = b"NTLMSSP\0\x02\0\0\0".to_vec();
        let target: Vec<u8> = "EXAMPLE".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut info = vec![2, 0, 14, 0];
        info.extend(&target);
        info.extend([0, 0, 0, 0]);
        message.extend([14, 0, 14, 0, 56, 0, 0, 0]);
        message.extend(0xA289_8205_u32.to_le_bytes());
        message.extend([1, 2, 3, 4, 5, 6, 7, 8]);
        message.extend([0; 8]);
        let length = u8::try_from(info.len()).unwrap_or_default();
        message.extend([length, 0, length, 0, 70, 0, 0, 0]);
        message.extend([10, 0, 0x63, 0x45, 0, 0, 0, 15]);
        message.extend(target);
        message.extend(info);
        STANDARD.encode(message)
    }

    fn service(http: &Arc<CannedHttp>) -> Ntlm {
        let http = Arc::clone(http);
        Ntlm::new(move || Ok(Arc::clone(&http) as Arc<dyn HttpService>), r"EXAMPLE\presence", "sesame")
    }

    fn offers(challenge: &str) -> CannedAnswer {
        CannedAnswer::status(401).header("WWW-Authenticate", "Basic realm=\"x\"").header("WWW-Authenticate", challenge)
    }

    fn kinds(http: &CannedHttp) -> Vec<(String, usize)> {
        let kind = |request: &HttpRequest| {
            let header = request.headers.get("Authorization").unwrap_or("- ").to_owned();
            let (scheme, message) = header.split_once(' ').unwrap_or_default();
            let message = STANDARD.decode(message).unwrap_or_default();
            (format!("{scheme} {}", message.get(8).unwrap_or(&0)), request.body.len())
        };
        http.requests().iter().map(kind).collect()
    }

    fn expected(kinds: &[(&str, usize)]) -> Vec<(String, usize)> {
        kinds.iter().map(|(kind, length)| ((*kind).to_owned(), *length)).collect()
    }

    #[tokio::test]
    async fn three_messages_log_a_connection_in_and_the_next_request_needs_none() {
        let http = Arc::new(CannedHttp::new());
        http.then(offers(&format!("NTLM {}", a_challenge())));
        http.then(CannedAnswer::status(200).body("one"));
        http.then(CannedAnswer::status(200).body("two"));
        let ntlm = service(&http);
        for body in ["one", "two"] {
            let response = ntlm.send(HttpRequest::post("https://a.example/", "body")).await.unwrap();
            assert_eq!((response.status, response.body.as_slice()), (200, body.as_bytes()));
        }
        assert_eq!(kinds(&http), expected(&[("NTLM 1", 0), ("NTLM 3", 4), ("- 0", 4)]));
        let secret = |request: &HttpRequest| request.headers.iter().all(|header| header.secret);
        assert!(http.requests().iter().all(secret));
        assert!(!format!("{ntlm:?}").contains("sesame"));
    }

    #[tokio::test]
    async fn a_connection_that_was_closed_is_logged_in_again() {
        let http = Arc::new(CannedHttp::new());
        for body in ["one", "two"] {
            http.then(offers(&format!("NTLM {}", a_challenge())));
            http.then(CannedAnswer::status(200).body(body));
            if body == "one" {
                http.then(offers("NTLM"));
            }
        }
        let ntlm = service(&http);
        for _ in 0..2 {
            assert_eq!(ntlm.send(HttpRequest::post("https://a.example/", "body")).await.unwrap().status, 200);
        }
        let kinds = kinds(&http);
        assert_eq!(kinds, expected(&[("NTLM 1", 0), ("NTLM 3", 4), ("- 0", 4), ("NTLM 1", 0), ("NTLM 3", 4)]));
    }

    #[tokio::test]
    async fn a_wrong_password_is_told_as_the_server_tells_it() {
        let http = Arc::new(CannedHttp::new());
        http.then(offers(&format!("NTLM {}", a_challenge())));
        http.then(offers("NTLM"));
        assert_eq!(service(&http).send(HttpRequest::post("https://a.example/", "body")).await.unwrap().status, 401);
        assert_eq!(http.left(), 0);
    }

    #[tokio::test]
    async fn negotiate_does_where_ntlm_is_not_offered() {
        let http = Arc::new(CannedHttp::new());
        http.then(CannedAnswer::status(401).header("WWW-Authenticate", "Negotiate"));
        http.then(offers(&format!("Negotiate {}", a_challenge())));
        http.then(CannedAnswer::status(200));
        assert_eq!(service(&http).send(HttpRequest::post("https://a.example/", "body")).await.unwrap().status, 200);
        assert_eq!(kinds(&http), expected(&[("NTLM 1", 0), ("Negotiate 1", 0), ("Negotiate 3", 4)]));
    }

    #[tokio::test]
    async fn junk_for_a_challenge_is_an_error_without_its_words() {
        for junk in [STANDARD.encode(b"NTLMSSP\0\x02\0\0\0sesame"), STANDARD.encode(b"sesame")] {
            let http = Arc::new(CannedHttp::new());
            http.then(offers(&format!("NTLM {junk}")));
            let error = service(&http).send(HttpRequest::post("https://a.example/", "body")).await.unwrap_err();
            assert!(matches!(error, HttpError::Broken(_)) && !error.to_string().contains("sesame"), "{error}");
        }
    }
}
