//! Who is let in, and who acts for whom.

use std::sync::Arc;

use presence_calendar::ews::{Basic, Bearer, Exchange, ResponseCode, Tokens, Unknown};
use presence_calendar::server::{CalendarServer, MailboxTrouble};
use presence_core::http::reqwest::ReqwestService;
use presence_core::http::{HttpError, HttpService};
use presence_core::{Confidential, ShowAs, SourceErrorKind};
use simulated_exchange::company::{OofState, View};
use simulated_exchange::{Account, Login, SimulatedExchange};

use super::office::{
    ANNA, BERT, PASSWORD, SERVICE, client, company, exchange, item, mailbox, meeting, server, time, told, week,
};

fn plain() -> Arc<dyn HttpService> {
    Arc::new(ReqwestService::new().unwrap())
}

async fn lunch() -> SimulatedExchange {
    server([item("11:00", "12:00", "Lunch")]).await
}

async fn kind(exchange: &Exchange) -> Option<SourceErrorKind> {
    exchange.meetings(&mailbox(ANNA), week()).await.err().map(|error| error.kind())
}

/// S0.5, S3.10: Basic lets in, and a wrong password is refused as such.
#[tokio::test]
async fn basic() {
    let server = lunch().await;
    server.manner(|manner| manner.logins = vec![Login::Basic]);
    let agenda = client(&server).meetings(&mailbox(ANNA), week()).await.unwrap();
    assert_eq!(told(&agenda), [meeting("11:00", "12:00", ShowAs::Busy, "Lunch")]);
    let wrong = exchange(Arc::new(Basic::new(plain(), SERVICE, "wrong")), &server.url());
    assert_eq!(kind(&wrong).await, Some(SourceErrorKind::Forbidden));
}

#[derive(Debug)]
struct Token(&'static str);

#[async_trait::async_trait]
impl Tokens for Token {
    async fn token(&self, _: bool) -> Result<Confidential<String>, HttpError> {
        Ok(Confidential::new(self.0.to_owned()))
    }
}

/// S0.5: a token lets in, another one does not.
#[tokio::test]
async fn bearer() {
    let server = lunch().await;
    server.change(|company| company.account_mut(SERVICE).unwrap().token = Some("open".to_owned()));
    let by = |token| exchange(Arc::new(Bearer::new(plain(), Arc::new(Token(token)))), &server.url());
    assert_eq!(kind(&by("open")).await, None);
    assert_eq!(kind(&by("shut")).await, Some(SourceErrorKind::Forbidden));
}

#[cfg(feature = "ntlm")]
mod ntlm {
    use presence_calendar::ews::Ntlm;

    use super::*;

    fn by(url: &str, user: &str, password: &str) -> Exchange {
        let connect = || Ok(Arc::new(ReqwestService::builder().one_connection().build()?) as Arc<dyn HttpService>);
        exchange(Arc::new(Ntlm::new(connect, user, password)), url)
    }

    /// S0.5, S3.10: NTLM lets in by each form of a name, also many questions at once and again and again; a wrong
    /// password is refused as such.
    #[tokio::test]
    async fn ntlm() {
        let server = lunch().await;
        server.manner(|manner| manner.logins = vec![Login::Ntlm]);
        for user in [SERVICE, "FIRMA\\service"] {
            let exchange = by(&server.url(), user, PASSWORD);
            let (anna, bert) = (mailbox(ANNA), mailbox(BERT));
            for _ in 0..3 {
                let both = tokio::join!(exchange.meetings(&anna, week()), exchange.meetings(&bert, week()));
                assert_eq!((both.0.unwrap().meetings().len(), both.1.unwrap().meetings().len()), (1, 0));
            }
        }
        let wrong = by(&server.url(), SERVICE, "wrong");
        assert_eq!(kind(&wrong).await, Some(SourceErrorKind::Forbidden));
        server.manner(|manner| manner.logins = vec![Login::Basic]);
        let not_offered = by(&server.url(), SERVICE, PASSWORD);
        assert_eq!(kind(&not_offered).await, Some(SourceErrorKind::Forbidden));
    }

    /// S0.5: notifications come over a connection that NTLM logged in.
    #[tokio::test]
    async fn a_stream_over_ntlm() {
        let server = lunch().await;
        server.manner(|manner| manner.logins = vec![Login::Ntlm]);
        let exchange = by(&server.url(), SERVICE, PASSWORD);
        let mut changes = exchange.changes(&[mailbox(ANNA)]).await.unwrap().unwrap();
        server.add(ANNA, item("13:00", "14:00", "Coffee")).unwrap();
        assert_eq!(changes.next().await.unwrap(), [mailbox(ANNA)]);
        // A stream keeps its connection; questions go over others.
        assert_eq!(exchange.meetings(&mailbox(ANNA), week()).await.unwrap().meetings().len(), 2);
    }
}

/// S0.5: an address that is not the first one of its mailbox is refused once, and the right one is used from then on.
#[tokio::test]
async fn the_right_address_is_learnt() {
    let server = lunch().await;
    let alias = "anna.berg@firma.example";
    server.change(|company| company.account_mut(ANNA).unwrap().aliases.push(alias.to_owned()));
    let exchange = client(&server);
    for _ in 0..2 {
        let agenda = exchange.meetings(&mailbox(alias), week()).await.unwrap();
        assert_eq!(told(&agenda), [meeting("11:00", "12:00", ShowAs::Busy, "Lunch")]);
    }
    let refused = server.asked().iter().filter(|asked| asked.code == "ErrorNonPrimarySmtpAddress").count();
    assert_eq!(refused, 1);
    assert!(server.asked().iter().filter(|asked| asked.code == "NoError").count() >= 4);
}

/// S0.5, S3.7: who may not act for others is refused, of one mailbox after the other, and nothing is free.
#[tokio::test]
async fn who_may_not_impersonate_reads_nothing() {
    let server = lunch().await;
    server.change(|company| company.account_mut(SERVICE).unwrap().may_impersonate = false);
    let exchange = client(&server);
    let agenda = exchange.agenda(&mailbox(ANNA), week()).await.unwrap();
    assert_eq!(agenda.unwrap_err(), MailboxTrouble::Forbidden);
    let reply = exchange.automatic_reply(&mailbox(ANNA)).await.unwrap_err();
    assert_eq!(reply.kind(), SourceErrorKind::Forbidden);
}

/// S3.8: what is wrong with one mailbox concerns it alone, and it is unknown, never free.
#[tokio::test]
async fn trouble_with_a_mailbox_is_its_own() {
    let mut moving = Account::new("carla@firma.example", PASSWORD);
    moving.error = Some("ErrorMailboxMoveInProgress".to_owned());
    let mut digits = Account::new("dora@firma.example", PASSWORD).with(item("09:00", "10:30", "Secret"));
    digits.view = View::MergedOnly;
    let company = company([item("11:00", "12:00", "Lunch")]).with(moving).with(digits);
    let server = SimulatedExchange::start(company).await.unwrap();
    let exchange = client(&server);
    let mailboxes = ["carla", "nobody", "anna", "dora"].map(|name| mailbox(&format!("{name}@firma.example")));
    let known = exchange.availability(&mailboxes, week()).await.unwrap();
    let [carla, nobody, anna, dora] = known.try_into().unwrap();
    assert_eq!(carla.unwrap_err(), Unknown::Refused(ResponseCode::MailboxMoveInProgress));
    assert_eq!(nobody.unwrap_err(), Unknown::Refused(ResponseCode::MailRecipientNotFound));
    assert_eq!(told(&anna.unwrap().agenda), [meeting("11:00", "12:00", ShowAs::Busy, "")]);
    assert_eq!(told(&dora.unwrap().agenda), [meeting("09:00", "10:30", ShowAs::Busy, "")]);
    for (name, trouble) in [("carla", MailboxTrouble::Unavailable), ("nobody", MailboxTrouble::NotFound)] {
        let agenda = exchange.agenda(&mailbox(&format!("{name}@firma.example")), week()).await.unwrap();
        assert_eq!(agenda.unwrap_err(), trouble, "{name}");
    }
}

/// S3.6, S3.7: working hours and automatic replies, by the clock of the mailbox.
#[tokio::test]
async fn hours_and_automatic_replies() {
    let server = lunch().await;
    server.change(|company| {
        let oof = &mut company.account_mut(ANNA).unwrap().oof;
        oof.state = OofState::Scheduled;
        (oof.start, oof.end) = (Some(time("2026-11-23T07:00:00Z")), Some(time("2026-11-24T16:00:00Z")));
    });
    let exchange = client(&server);
    let reply = CalendarServer::automatic_reply(&exchange, &mailbox(ANNA)).await.unwrap().unwrap().unwrap();
    let [start, end] = [reply.start(), reply.end()].map(|at| at.time().unwrap());
    assert_eq!((start, end), (time("2026-11-23T07:00:00Z"), time("2026-11-24T16:00:00Z")));
    assert_eq!(CalendarServer::automatic_reply(&exchange, &mailbox(BERT)).await.unwrap(), Ok(None));
    let overviews = exchange.overviews(&[mailbox(ANNA)], week()).await.unwrap().unwrap();
    let hours = overviews[0].as_ref().unwrap().hours.clone().unwrap();
    // Eight o'clock in the zone of the company.
    let at = |text: &str| hours.at(presence_core::Second::floor(time(text)));
    assert_eq!(at("2026-11-20T06:59:59Z"), Some(false));
    assert_eq!(at("2026-11-20T07:00:00Z"), Some(true));
    assert_eq!(at("2026-11-20T16:00:00Z"), Some(false));
    assert_eq!(at("2026-11-21T10:00:00Z"), Some(false));
}
