//! A small server on this machine: it hears requests and plays what it was told to.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// What a server does.
#[derive(Clone, Debug)]
pub(crate) enum Play {
    /// Sends this.
    Send(String),
    /// Says nothing more, and does not hang up.
    Hang,
    /// Sends a byte every few milliseconds, without end.
    Drip,
    /// Sends as much as goes through, without end.
    Flood,
    /// Hangs up.
    Close,
}

/// A whole answer.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Vec<Play> {
    vec![Play::Send(format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len()))]
}

/// The head of an answer without a length, and what comes then.
pub(crate) fn open_ended(then: &[Play]) -> Vec<Play> {
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    [&[Play::Send(head.to_owned())], then].concat()
}

type Script = Arc<dyn Fn(&str) -> Vec<Play> + Send + Sync>;

/// A server that runs as long as its runtime.
#[derive(Clone)]
pub(crate) struct Server {
    address: SocketAddr,
    scheme: &'static str,
    heard: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    carriers: Arc<Mutex<Vec<usize>>>,
}

impl Server {
    /// Plays what `script` says to each request, which it is given whole.
    pub(crate) async fn start(script: impl Fn(&str) -> Vec<Play> + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0", None, script).await.unwrap()
    }

    /// The same behind TLS.
    pub(crate) async fn with_tls(
        identity: ServerConfig,
        script: impl Fn(&str) -> Vec<Play> + Send + Sync + 'static,
    ) -> Self {
        Self::at("127.0.0.1:0", Some(identity), script).await.unwrap()
    }

    /// The same at an address.
    pub(crate) async fn at(
        address: &str,
        identity: Option<ServerConfig>,
        script: impl Fn(&str) -> Vec<Play> + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let server = Self {
            address: listener.local_addr()?,
            scheme: if identity.is_some() { "https" } else { "http" },
            heard: Arc::default(),
            connections: Arc::default(),
            carriers: Arc::default(),
        };
        let tls = identity.map(|identity| TlsAcceptor::from(Arc::new(identity)));
        tokio::spawn(server.clone().accept(listener, tls, Arc::new(script)));
        Ok(server)
    }

    /// An address on it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// The port it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// What it heard, each request whole.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Which connection carried each of the requests.
    pub(crate) fn carriers(&self) -> Vec<usize> {
        self.carriers.lock().unwrap().clone()
    }

    async fn accept(self, listener: TcpListener, tls: Option<TlsAcceptor>, script: Script) {
        while let Ok((socket, _)) = listener.accept().await {
            let number = self.connections.fetch_add(1, Ordering::SeqCst);
            let (server, script, tls) = (self.clone(), script.clone(), tls.clone());
            tokio::spawn(async move {
                match tls {
                    None => server.converse(number, socket, &script).await,
                    Some(tls) => server.converse(number, tls.accept(socket).await.ok()?, &script).await,
                }
            });
        }
    }

    /// Hears and answers until somebody hangs up.
    async fn converse(
        &self,
        number: usize,
        mut socket: impl AsyncRead + AsyncWrite + Unpin,
        script: &Script,
    ) -> Option<()> {
        loop {
            let request = hear(&mut socket).await?;
            self.heard.lock().unwrap().push(request.clone());
            self.carriers.lock().unwrap().push(number);
            for play in script(&request) {
                perform(&mut socket, play).await?;
            }
        }
    }
}

async fn perform(socket: &mut (impl AsyncWrite + Unpin), play: Play) -> Option<()> {
    match play {
        Play::Send(text) => socket.write_all(text.as_bytes()).await.ok(),
        Play::Hang => std::future::pending().await,
        Play::Drip => loop {
            socket.write_all(b".").await.ok()?;
            tokio::time::sleep(Duration::from_millis(10)).await;
        },
        Play::Flood => loop {
            socket.write_all(&[b'.'; 1024]).await.ok()?;
        },
        Play::Close => None,
    }
}

/// A request with its body.
async fn hear(socket: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(socket.read_u8().await.ok()?);
    }
    let head = String::from_utf8(request).unwrap();
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    socket.read_exact(&mut body).await.ok()?;
    Some(head + &String::from_utf8(body).unwrap())
}

/// An authority of our own: its certificate in PEM, and a server for these names with a certificate from it.
pub(crate) fn authority(names: &[&str]) -> (String, ServerConfig) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let root = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);

    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder().with_no_client_auth();
    (root, config.with_single_cert(vec![certificate.der().clone()], key).unwrap())
}
