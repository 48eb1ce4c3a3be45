//! HTTP by reqwest, against small servers on this machine.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a server that cannot start has to stop them")]

#[path = "http/server.rs"]
mod server;

use std::time::Duration;

use presence_core::SourceErrorKind;
use presence_core::http::reqwest::{ReqwestBuilder, ReqwestService};
use presence_core::http::{HttpError, HttpRequest, HttpResponse, HttpService};
use presence_core::source::SourceError;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use server::{Play, Server, answer, authority, open_ended};

/// Long enough for everything that happens on this machine.
const SOON: Duration = Duration::from_secs(20);
/// For what does not happen.
const SHORT: Duration = Duration::from_millis(250);

/// A service that no environment meddles with.
fn builder() -> ReqwestBuilder {
    ReqwestService::builder().proxy(None)
}

fn http() -> ReqwestService {
    builder().build().unwrap()
}

/// Sends, and fails instead of waiting for ever.
async fn send(http: &ReqwestService, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    tokio::time::timeout(SOON, http.send(request)).await.unwrap()
}

async fn get(http: &ReqwestService, url: &str) -> Result<HttpResponse, HttpError> {
    send(http, HttpRequest::get(url)).await
}

#[tokio::test]
async fn what_is_asked_arrives_and_what_is_answered_comes_back() {
    let server = Server::start(|_| answer("207 Multi-Status", "X-One: a\r\nX-One: b\r\n", "done")).await;
    let request = HttpRequest::post(server.url("/calendars/anna?part=1"), "<query/>")
        .method("REPORT")
        .header("Depth", "1")
        .secret_header("Authorization", "Basic YTpi");
    let response = send(&http(), request).await.unwrap();
    assert_eq!((response.status, response.body.as_slice()), (207, b"done".as_slice()));
    assert_eq!(response.headers.all("x-one").collect::<Vec<_>>(), ["a", "b"]);
    assert!(response.is_success());

    let heard = server.heard().concat();
    assert!(heard.starts_with("REPORT /calendars/anna?part=1 HTTP/1.1\r\n"), "{heard}");
    assert!(heard.ends_with("\r\n\r\n<query/>"), "{heard}");
    let heard = heard.to_lowercase();
    for line in ["depth: 1", "authorization: basic ytpi", "content-length: 8"] {
        assert!(heard.lines().any(|heard| heard == line), "{line}: {heard}");
    }
    assert!(heard.contains(&format!("user-agent: presence/{}\r\n", env!("CARGO_PKG_VERSION"))), "{heard}");
    assert!(!heard.contains("accept-encoding") && !heard.contains("referer"), "{heard}");
}

#[tokio::test]
async fn a_status_is_an_answer_and_no_error() {
    let server = Server::start(|_| answer("503 Busy", "Retry-After: 7\r\n", "later")).await;
    let response = get(&http(), &server.url("/")).await.unwrap();
    assert_eq!((response.status, response.header("retry-after")), (503, Some("7")));
    assert!(!response.is_success());
}

#[tokio::test]
async fn an_answer_without_end_is_too_large() {
    let server = Server::start(|_| open_ended(&[Play::Flood])).await;
    let request = HttpRequest::get(server.url("/")).most_bytes(100_000);
    assert_eq!(send(&http(), request).await, Err(HttpError::TooLarge { limit: 100_000 }));
}

#[tokio::test]
async fn an_answer_as_large_as_allowed_is_taken() {
    let server = Server::start(|_| answer("200 OK", "", &"x".repeat(1000))).await;
    let request = HttpRequest::get(server.url("/"));
    assert_eq!(send(&http(), request.clone().most_bytes(1000)).await.unwrap().body.len(), 1000);
    assert_eq!(send(&http(), request.most_bytes(999)).await, Err(HttpError::TooLarge { limit: 999 }));
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let server = Server::start(|_| vec![Play::Send("HTTP/1.1 200 OK\r\n".to_owned()), Play::Hang]).await;
    let request = HttpRequest::get(server.url("/")).timeout(SHORT);
    let error = http().open(request).await.unwrap_err();
    assert_eq!(error, HttpError::TimedOut { after: SHORT });
    assert_eq!(SourceError::from(error).kind(), SourceErrorKind::Unreachable);
}

#[tokio::test]
async fn a_body_that_drips_is_not_waited_for() {
    let server = Server::start(|_| open_ended(&[Play::Drip])).await;
    let request = HttpRequest::get(server.url("/")).timeout(SHORT).idle(SOON);
    assert_eq!(send(&http(), request).await, Err(HttpError::TimedOut { after: SHORT }));
}

#[tokio::test]
async fn a_stream_gives_what_came_and_ends_when_it_is_silent_for_too_long() {
    let server = Server::start(|_| open_ended(&[Play::Send("event".to_owned()), Play::Hang])).await;
    let request = HttpRequest::get(server.url("/")).idle(SHORT).most_bytes(1);
    let mut stream = http().open(request).await.unwrap();
    assert_eq!(stream.status, 200);
    assert_eq!(stream.chunk().await, Ok(Some(b"event".to_vec())), "a stream has no limit of bytes");
    for _ in 0..2 {
        assert_eq!(stream.chunk().await, Err(HttpError::TimedOut { after: SHORT }));
    }
}

#[tokio::test]
async fn a_stream_lives_longer_than_its_head_may_take() {
    let server = Server::start(|_| open_ended(&[Play::Drip])).await;
    let request = HttpRequest::get(server.url("/")).timeout(SHORT).idle(SOON);
    let mut stream = http().open(request).await.unwrap();
    let mut bytes = 0;
    while bytes < 30 {
        bytes += stream.chunk().await.unwrap().unwrap().len();
    }
}

#[tokio::test]
async fn silence_is_counted_through_waits_that_were_given_up() {
    let server = Server::start(|_| open_ended(&[Play::Hang])).await;
    let mut stream = http().open(HttpRequest::get(server.url("/")).idle(SHORT)).await.unwrap();
    let mut ticks = 0;
    let end = loop {
        match tokio::time::timeout(SHORT / 5, stream.chunk()).await {
            Ok(end) => break end,
            Err(_) => ticks += 1,
        }
        assert!(ticks < 100, "the silence never ends");
    };
    assert_eq!(end, Err(HttpError::TimedOut { after: SHORT }));
    assert!(ticks > 0, "no wait was given up");
}

#[tokio::test]
async fn what_was_cut_off_or_makes_no_sense_is_no_answer() {
    let cuts = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", true),
        ("HTTP/1.1 200", true),
        ("", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n", false),
        ("SSH-2.0-OpenSSH_9.9\r\n\r\n", false),
    ];
    for (cut, is_cut_off) in cuts {
        let server = Server::start(move |_| vec![Play::Send(cut.to_owned()), Play::Close]).await;
        let error = get(&http(), &server.url("/?sesame")).await.unwrap_err();
        let kind_is_right =
            if is_cut_off { matches!(error, HttpError::CutOff(_)) } else { matches!(error, HttpError::Broken(_)) };
        assert!(kind_is_right, "{cut:?}: {error:?}");
        assert!(error.to_string().contains("127.0.0.1") && !format!("{error:?}").contains("sesame"), "{error:?}");
    }
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unreachable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = get(&http(), &format!("http://{address}/sesame?sesame")).await.unwrap_err();
    assert!(matches!(error, HttpError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("refused") && !format!("{error:?}").contains("sesame"), "{error:?}");
}

#[tokio::test]
async fn a_redirect_on_the_same_server_is_followed() {
    let server = Server::start(|request| match request {
        old if old.starts_with("GET /old") => answer("301 Moved", "Location: /newer\r\n", "gone"),
        newer if newer.starts_with("GET /newer") => answer("307 Moved", "Location: newest?x=1\r\n", ""),
        _ => answer("200 OK", "", "here"),
    })
    .await;
    let request = HttpRequest::get(server.url("/old")).secret_header("Authorization", "Basic YTpi");
    assert_eq!(send(&http(), request).await.unwrap().body, b"here");
    let heard = server.heard();
    assert!(heard.iter().all(|request| request.contains("Basic YTpi")), "{heard:?}");
    assert!(heard.last().unwrap().starts_with("GET /newest?x=1 "), "{heard:?}");
    assert_eq!((heard.len(), server.connections()), (3, 1));
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let server = Server::start(|_| answer("302 Found", "Location: /again\r\n", "")).await;
    let error = get(&http(), &server.url("/again")).await.unwrap_err();
    let origin = server.url("");
    assert_eq!(error, HttpError::Redirected { status: 302, to: Some(origin) });
    assert_eq!(server.heard().len(), 6);
}

#[tokio::test]
async fn a_redirect_to_another_server_is_refused_and_secrets_stay_here() {
    let other = Server::start(|_| answer("200 OK", "", "gotcha")).await;
    let to = other.url("/sesame?sesame");
    let server = Server::start(move |_| answer("302 Found", &format!("Location: {to}\r\n"), "")).await;
    let request = HttpRequest::get(server.url("/")).secret_header("Authorization", "Basic YTpi");
    let error = send(&http(), request).await.unwrap_err();
    assert_eq!(error, HttpError::Redirected { status: 302, to: Some(other.url("")) });
    assert!(!error.to_string().contains("sesame"), "{error}");
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn another_name_is_another_server() {
    let script = |request: &str| {
        let port =
            request.to_lowercase().split("host: 127.0.0.1:").nth(1).and_then(|host| host.lines().next()?.parse().ok());
        let port: u16 = port.unwrap_or_default();
        answer("302 Found", &format!("Location: http://localhost:{port}/\r\n"), "")
    };
    let server = Server::start(script).await;
    let error = get(&http(), &server.url("/")).await.unwrap_err();
    let to = format!("http://localhost:{}", server.port());
    assert_eq!(error, HttpError::Redirected { status: 302, to: Some(to) });
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn what_changes_something_is_not_done_twice() {
    let server = Server::start(|_| answer("307 Moved", "Location: /other\r\n", "")).await;
    let error = send(&http(), HttpRequest::post(server.url("/"), "x")).await.unwrap_err();
    assert!(matches!(error, HttpError::Redirected { status: 307, .. }), "{error:?}");
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_told() {
    let server = Server::start(|_| answer("302 Found", "", "")).await;
    assert_eq!(get(&http(), &server.url("/")).await, Err(HttpError::Redirected { status: 302, to: None }));
    let server = Server::start(|_| answer("304 Not Modified", "", "")).await;
    assert_eq!(get(&http(), &server.url("/")).await.unwrap().status, 304, "this is no redirect");
}

#[tokio::test]
async fn an_authority_is_trusted_when_it_was_given() {
    let (root, identity) = authority(&["127.0.0.1", "localhost"]);
    let server = Server::with_tls(identity, |_| answer("200 OK", "", "safe")).await;
    let http = builder().trust(root).build().unwrap();
    assert_eq!(get(&http, &server.url("/")).await.unwrap().body, b"safe");
    let by_name = format!("https://localhost:{}/", server.port());
    assert_eq!(get(&http, &by_name).await.unwrap().body, b"safe");
}

#[tokio::test]
async fn a_certificate_of_a_stranger_or_for_another_name_is_told_as_such() {
    let (root, identity) = authority(&["mail.example.com"]);
    let (strange, _) = authority(&["127.0.0.1"]);
    let server = Server::with_tls(identity, |_| answer("200 OK", "", "safe")).await;
    for trusted in [strange, root] {
        let request = HttpRequest::get(server.url("/?sesame")).secret_header("Authorization", "Basic sesame");
        let error = send(&builder().trust(trusted).build().unwrap(), request).await.unwrap_err();
        assert!(matches!(error, HttpError::Certificate(_)), "{error:?}");
        assert!(error.to_string().contains("127.0.0.1") && !error.to_string().contains("sesame"), "{error}");
    }
    assert!(server.heard().is_empty(), "nothing was said to it");
}

#[tokio::test]
async fn tls_where_there_is_none_is_no_matter_of_certificates() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        socket.read_to_end(&mut Vec::new()).await
    });
    let error = get(&http(), &format!("https://{address}/")).await.unwrap_err();
    assert!(matches!(error, HttpError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn plain_http_stays_on_this_machine() {
    let error = get(&http(), "http://192.0.2.1:8080/sesame?sesame").await.unwrap_err();
    let HttpError::InvalidRequest(text) = &error else { panic!("{error:?}") };
    assert!(text.contains("192.0.2.1:8080") && text.contains("use `https`") && !text.contains("sesame"), "{text}");
    assert_eq!(SourceError::from(error).kind(), SourceErrorKind::NotConfigured);
}

/// S2.149: a proxy can be configured to reach a service outside.
#[tokio::test]
async fn a_proxy_is_asked_for_other_machines_only() {
    let proxy = Server::start(|_| answer("200 OK", "", "by proxy")).await;
    let server = Server::start(|_| answer("200 OK", "", "directly")).await;
    let url = proxy.url("").replace("http://", "http://u:sesame@");
    let http = ReqwestService::builder().proxy(Some(&url)).no_proxy(["127.0.0.2"]).allow_plain_http().build().unwrap();
    assert_eq!(get(&http, "http://pbx.invalid/x?y=1").await.unwrap().body, b"by proxy");
    assert_eq!(get(&http, &server.url("/")).await.unwrap().body, b"directly");

    let heard = proxy.heard().concat();
    assert!(heard.starts_with("GET http://pbx.invalid/x?y=1 HTTP/1.1\r\n"), "{heard}");
    assert!(heard.to_lowercase().contains("proxy-authorization: basic "), "{heard}");
    assert_eq!((proxy.heard().len(), server.heard().len()), (1, 1));
    assert!(!format!("{http:?}").contains("sesame"), "{http:?}");
    assert!(!server.heard().concat().to_lowercase().contains("proxy-authorization"));
}

#[tokio::test]
async fn tls_goes_through_a_proxy_unread() {
    let proxy = Server::start(|_| answer("502 Bad Gateway", "", "")).await;
    let http = ReqwestService::builder().proxy(Some(&proxy.url(""))).build().unwrap();
    let request = HttpRequest::get("https://mail.invalid/x?y=1").secret_header("Authorization", "Basic sesame");
    let error = send(&http, request).await.unwrap_err();
    assert!(matches!(error, HttpError::Unreachable(_)), "{error:?}");
    let heard = proxy.heard().concat();
    assert!(heard.starts_with("CONNECT mail.invalid:443 HTTP/1.1\r\n") && !heard.contains("sesame"), "{heard}");
}

/// The environment cannot be changed within a process, so this test starts itself once more.
#[tokio::test]
async fn the_environment_names_a_proxy() {
    if std::env::var_os("PRESENCE_TEST_ASK").is_some() {
        let http = ReqwestService::builder().allow_plain_http().build().unwrap();
        assert_eq!(get(&http, "http://pbx.invalid/").await.unwrap().body, b"by proxy");
        let without = builder().allow_plain_http().build().unwrap();
        assert!(get(&without, "http://127.0.0.1:1/").await.is_err());
        return;
    }
    let proxy = Server::start(|_| answer("200 OK", "", "by proxy")).await;
    let asked = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_environment_names_a_proxy"])
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .env("PRESENCE_TEST_ASK", "1")
        .env("HTTP_PROXY", proxy.url(""))
        .output()
        .await
        .unwrap();
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stdout));
    assert_eq!(proxy.heard().len(), 1, "only what was to go through it");
}

#[tokio::test]
async fn a_header_cannot_become_two() {
    let server = Server::start(|_| answer("200 OK", "", "")).await;
    let request = HttpRequest::get(server.url("/"));
    let bad = [
        request.clone().header("X", "a\r\nX-Evil: sesame"),
        request.clone().secret_header("Authorization", "sesame\n"),
        request.clone().header("X\r\nX-Evil", "sesame"),
        request.clone().method("GET / HTTP/1.1\r\nX-Evil: sesame\r\n\r\nGET"),
        HttpRequest::get(server.url("/x HTTP/1.1\r\nX-Evil: sesame\r\n")),
    ];
    for request in bad {
        let error = send(&http(), request).await.unwrap_err();
        assert!(matches!(error, HttpError::InvalidRequest(_)), "{error:?}");
        assert!(!error.to_string().contains("sesame"), "{error}");
    }
    assert_eq!(server.connections(), 0);
}

/// S0.38, S1.26: IPv4, as in all other tests, and IPv6 as well.
#[tokio::test]
#[expect(clippy::print_stderr, reason = "a test that could not run has to say so")]
async fn ipv6_addresses_are_understood() {
    let server = match Server::at("[::1]:0", None, |_| answer("200 OK", "", "six")).await {
        Ok(server) => server,
        Err(error) => {
            eprintln!("not tested, this machine has no [::1]: {error}");
            return;
        }
    };
    assert!(server.url("/").starts_with("http://[::1]:"), "{}", server.url("/"));
    assert_eq!(get(&http(), &server.url("/")).await.unwrap().body, b"six");
    let heard = server.heard().concat().to_lowercase();
    assert!(heard.contains(&format!("host: [::1]:{}\r\n", server.port())), "{heard}");
}

/// The server authenticates a connection, so requests in a row must come over the same one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_connection_carries_requests_in_a_row() {
    let server = Server::start(|_| answer("401 Unauthorized", "WWW-Authenticate: NTLM\r\n", "not yet")).await;
    let http = builder().one_connection().build().unwrap();
    for _ in 0..50 {
        assert_eq!(get(&http, &server.url("/")).await.unwrap().status, 401);
    }
    assert_eq!(server.carriers(), [0; 50]);
}

#[tokio::test]
async fn nothing_shows_queries_values_and_bodies() {
    let server = Server::start(|_| answer("200 OK", "Set-Cookie: sesame\r\n", "sesame")).await;
    let request = HttpRequest::post(server.url("/x?sesame"), "sesame").secret_header("Authorization", "sesame");
    let http = http();
    let stream = http.open(request.clone()).await.unwrap();
    let shown = format!("{http:?} {request:?} {stream:?}");
    let shown = format!("{shown} {:?}", stream.collect(99).await.unwrap());
    assert!(!shown.contains("sesame"), "{shown}");
    assert!(shown.to_lowercase().contains("set-cookie") && shown.contains("6 bytes"), "{shown}");
}
