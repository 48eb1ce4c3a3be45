//! A client: one connection, requests as text, answers as text.

use std::net::SocketAddr;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The values of a header.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let fits = |line: &&str| line.to_lowercase().starts_with(&format!("{}:", name.to_lowercase()));
        self.head.lines().filter(fits).map(|line| line.split_once(':').unwrap().1.trim()).collect()
    }

    /// The texts of all elements of this name, whatever their prefix.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        texts(&self.body, name)
    }

    /// The values of an attribute of all elements of this name.
    pub(crate) fn attributes(&self, element: &str, name: &str) -> Vec<String> {
        let begun = self.body.split('<').filter(|part| {
            let tag = part.split([' ', '>', '/']).next().unwrap();
            tag.rsplit(':').next() == Some(element)
        });
        begun
            .filter_map(|part| Some(part.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0.to_owned()))
            .collect()
    }
}

/// The texts of all elements of this name in a document.
pub(crate) fn texts(document: &str, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in document.split('<') {
        let Some((tag, text)) = part.split_once('>') else { continue };
        let own = tag.split(' ').next().unwrap();
        if own.rsplit(':').next() == Some(name) && !own.starts_with('/') {
            found.push(text.trim().to_owned());
        }
    }
    found
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    headers: Vec<String>,
    header: String,
}

impl Client {
    pub(crate) async fn new(address: SocketAddr) -> Self {
        let stream = BufReader::new(TcpStream::connect(address).await.unwrap());
        let header = "<t:RequestServerVersion Version=\"Exchange2013_SP1\"/>".to_owned();
        Self { stream, headers: Vec::new(), header }
    }

    /// Logs in with name and password in each request.
    pub(crate) async fn basic(address: SocketAddr, name: &str, password: &str) -> Self {
        let credentials = BASE64.encode(format!("{name}:{password}"));
        Self::new(address).await.with(&format!("Authorization: Basic {credentials}"))
    }

    /// Sends this line of header from now on.
    pub(crate) fn with(mut self, header: &str) -> Self {
        self.headers.push(header.to_owned());
        self
    }

    /// Sends none of those lines any more.
    pub(crate) fn without_headers(mut self) -> Self {
        self.headers.clear();
        self
    }

    /// Acts for somebody else from now on.
    pub(crate) fn acting_as(self, address: &str) -> Self {
        let sid = format!("<t:ConnectingSID><t:PrimarySmtpAddress>{address}</t:PrimarySmtpAddress></t:ConnectingSID>");
        self.with_soap(&format!("<t:ExchangeImpersonation>{sid}</t:ExchangeImpersonation>"))
    }

    /// Has this in the header of its envelopes from now on.
    pub(crate) fn with_soap(mut self, header: &str) -> Self {
        self.header += header;
        self
    }

    /// Asks something of EWS.
    pub(crate) async fn ask(&mut self, operation: &str) -> Answer {
        self.begin(operation).await;
        self.answer().await
    }

    /// Asks, and leaves the answer unread.
    pub(crate) async fn begin(&mut self, operation: &str) {
        let envelope = format!(
            "<?xml version=\"1.0\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" \
             xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\">\
             <soap:Header>{}</soap:Header><soap:Body>{operation}</soap:Body></soap:Envelope>",
            self.header
        );
        self.send("POST", "/ews/exchange.asmx", &envelope).await;
    }

    pub(crate) async fn request(&mut self, method: &str, path: &str, body: &str) -> Answer {
        self.send(method, path, body).await;
        self.answer().await
    }

    async fn send(&mut self, method: &str, path: &str, body: &str) {
        let headers: String = self.headers.iter().map(|header| format!("{header}\r\n")).collect();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
        let stream = self.stream.get_mut();
        stream.write_all((head + body).as_bytes()).await.unwrap();
    }

    /// Reads an answer to its end.
    pub(crate) async fn answer(&mut self) -> Answer {
        let mut answer = self.head().await.unwrap();
        if answer.headers("Transfer-Encoding").is_empty() {
            let length = answer.headers("Content-Length").remove(0).parse().unwrap();
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).await.unwrap();
            answer.body = String::from_utf8(body).unwrap();
        } else {
            while let Some(piece) = self.piece().await {
                answer.body += &piece;
            }
        }
        answer
    }

    /// Reads the head of an answer; `None` if the connection has ended.
    pub(crate) async fn head(&mut self) -> Option<Answer> {
        let mut head = String::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            if line == "\r\n" {
                break;
            }
            head += &line;
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Some(Answer { status, head, body: String::new() })
    }

    /// Reads a piece of an answer; `None` at its end, or at that of the connection.
    pub(crate) async fn piece(&mut self) -> Option<String> {
        let mut size = String::new();
        self.stream.read_line(&mut size).await.ok()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        let mut piece = vec![0; size + 2];
        self.stream.read_exact(&mut piece).await.ok()?;
        piece.truncate(size);
        (size > 0).then(|| String::from_utf8(piece).unwrap())
    }

    /// Reads pieces until a whole document is there.
    pub(crate) async fn document(&mut self) -> Option<String> {
        let mut document = String::new();
        while !document.ends_with("</s:Envelope>") {
            document += &self.piece().await?;
        }
        Some(document)
    }
}
