//! One connection: requests, one after another, and who makes them.

use std::{io, ops::ControlFlow, sync::Arc, time::Duration};

use tokio::{io::BufStream, net::TcpStream};

use super::{shared::Shared, streaming};
use crate::{
    autodiscover,
    behaviour::Trouble,
    http::{Request, Response, read_request},
    login::{Answer, Connection},
    operation::{self, Plan, Reply},
    record::Asked,
    soap::{self, Call, SoapFault},
    xml::Node,
};

const EWS: &str = "/ews/exchange.asmx";
const AUTODISCOVER: &str = "/autodiscover/autodiscover.xml";
/// Leads back to the server that holds a subscription.
const COOKIE: &str = "X-BackEndOverrideCookie";

/// Serves a connection until one of both ends hangs up.
pub(super) async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let mut hung_up = shared.hung_up();
    tokio::select! {
        // A client that goes away in the middle is none of the server's business.
        _ = requests(stream, &shared) => {}
        _ = hung_up.changed() => {}
    }
}

async fn requests(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut stream = BufStream::new(stream);
    let mut connection = Connection::default();
    loop {
        let request = match read_request(&mut stream).await {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let text = format!("{error}\n");
                return Response::new(400, "text/plain", text).with("Connection", "close").write(&mut stream).await;
            }
            Err(error) => return Err(error),
        };
        let keeps_alive = request.keeps_alive();
        let Some(login) = let_in(&mut stream, &mut connection, &request, shared).await? else {
            if keeps_alive {
                continue;
            } else {
                return Ok(());
            };
        };
        if respond(&mut stream, &request, &login, shared).await?.is_break() || !keeps_alive {
            return Ok(());
        }
    }
}

/// Who makes the request; nobody, if a 401 was the answer.
async fn let_in(
    stream: &mut BufStream<TcpStream>,
    connection: &mut Connection,
    request: &Request,
    shared: &Shared,
) -> io::Result<Option<String>> {
    let answer = {
        let state = shared.state();
        connection.look(request.header("Authorization"), &state.company, &state.manner.logins)
    };
    let ways = match answer {
        Answer::Let(login) => return Ok(Some(login)),
        Answer::Ask(ways) => ways,
    };
    let mut response = Response::new(401, "text/html", "<html><body>401 - Unauthorized</body></html>");
    for way in ways {
        response = response.with("WWW-Authenticate", way);
    }
    response.write(stream).await?;
    Ok(None)
}

async fn respond(
    stream: &mut BufStream<TcpStream>,
    request: &Request,
    login: &str,
    shared: &Shared,
) -> io::Result<ControlFlow<()>> {
    let path = request.path.to_ascii_lowercase();
    let body = String::from_utf8_lossy(&request.body);
    let response = match (path.as_str(), request.method.as_str()) {
        (EWS, "POST") => return ews(stream, request, &body, login, shared).await,
        (AUTODISCOVER, "POST") => {
            shared.record(Asked { operation: "Autodiscover".into(), login: login.into(), ..Asked::default() });
            Response::xml(200, autodiscover::answer(&body, &shared.state().company, &shared.url))
        }
        (EWS | AUTODISCOVER, _) => Response::new(405, "text/plain", "POST is the only method\n").with("Allow", "POST"),
        _ => Response::new(404, "text/plain", "not found\n"),
    };
    response.write(stream).await?;
    Ok(ControlFlow::Continue(()))
}

async fn ews(
    stream: &mut BufStream<TcpStream>,
    request: &Request,
    body: &str,
    login: &str,
    shared: &Shared,
) -> io::Result<ControlFlow<()>> {
    let mut asked = Asked { login: login.to_owned(), ..Asked::default() };
    asked.anchor = request.header("X-AnchorMailbox").map(str::to_owned);
    asked.cookie = request.header("Cookie").is_some_and(|cookie| cookie.contains(COOKIE));
    let Some(call) = Node::parse(body).ok().and_then(Call::read) else {
        let fault = SoapFault::schema("The request failed schema validation: it is no SOAP envelope.");
        asked.failed(&fault.code);
        shared.record(asked);
        let response = Response::xml(500, soap::fault(&fault, &shared.state().manner));
        response.write(stream).await?;
        return Ok(ControlFlow::Continue(()));
    };
    asked.operation.clone_from(&call.operation);
    asked.version.clone_from(&call.version);
    asked.acting_as.clone_from(&call.acting_as);
    let trouble = shared.state().faults.next(&call.operation);
    if let Some(Trouble::Slow { ms }) = &trouble {
        tokio::time::sleep(Duration::from_millis(*ms)).await;
    }
    if let Some(response) = trouble.as_ref().and_then(|trouble| in_trouble(trouble, &call, shared)) {
        asked.failed("Fault");
        shared.record(asked);
        response.write(stream).await?;
        return Ok(ControlFlow::Continue(()));
    }
    if matches!(trouble, Some(Trouble::HangUp)) {
        asked.failed("Fault");
        shared.record(asked);
        return Ok(ControlFlow::Break(()));
    }
    let affinity = request.header("X-PreferServerAffinity").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let (response, plan) = answer(&call, login, (asked.cookie, affinity), asked, shared);
    if matches!(trouble, Some(Trouble::Cut)) {
        response.write_half(stream).await?;
        return Ok(ControlFlow::Break(()));
    }
    match plan {
        Some(plan) => streaming::run(stream, &response, &plan, shared).await,
        None => response.write(stream).await.map(ControlFlow::Continue),
    }
}

/// The answer, or the head of a stream.
fn answer(
    call: &Call,
    login: &str,
    headers: (bool, bool),
    mut asked: Asked,
    shared: &Shared,
) -> (Response, Option<Plan>) {
    let mut state = shared.state();
    let reply = operation::answer(&mut state, call, login, headers, &mut asked);
    let manner = &state.manner;
    let (response, plan) = match reply {
        Ok(Reply::Whole(element)) => (Response::xml(200, soap::envelope(&element, manner)), None),
        Ok(Reply::WithCookie(element)) => {
            let cookie = format!("{COOKIE}=simulated~1942062522; path=/; HttpOnly");
            (Response::xml(200, soap::envelope(&element, manner)).with("Set-Cookie", cookie), None)
        }
        Ok(Reply::Stream(plan)) => (Response::xml(200, ""), Some(plan)),
        Err(fault) => {
            asked.failed(&fault.code);
            (Response::xml(500, soap::fault(&fault, manner)), None)
        }
    };
    drop(state);
    asked.failed("NoError");
    shared.record(asked);
    (response, plan)
}

/// What is sent in place of an answer.
fn in_trouble(trouble: &Trouble, call: &Call, shared: &Shared) -> Option<Response> {
    let state = shared.state();
    let page = "<!DOCTYPE html><html><head><title>Outlook</title></head><body><form></form></body></html>";
    Some(match trouble {
        Trouble::Busy { back_off_ms } => Response::xml(500, soap::fault(&SoapFault::busy(*back_off_ms), &state.manner)),
        Trouble::BusyInside { back_off_ms } => {
            let answer = soap::busy_inside(call, *back_off_ms, &state.manner);
            Response::xml(200, soap::envelope(&answer, &state.manner))
        }
        Trouble::Unavailable { retry_after_s } => {
            let response = Response::new(503, "text/html", "<html><body>Service Unavailable</body></html>");
            match retry_after_s {
                Some(seconds) => response.with("Retry-After", seconds.to_string()),
                None => response,
            }
        }
        Trouble::LoginPage => Response::new(200, "text/html; charset=utf-8", page),
        Trouble::Redirect => Response::new(302, "text/html", "").with("Location", "/owa/"),
        Trouble::Status { status } => Response::new(*status, "text/plain", ""),
        Trouble::Code { code } => {
            let fault = SoapFault::new(code, "The request failed.");
            Response::xml(500, soap::fault(&fault, &state.manner))
        }
        Trouble::Slow { .. } | Trouble::Cut | Trouble::HangUp => return None,
    })
}
