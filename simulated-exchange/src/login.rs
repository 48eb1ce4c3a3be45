//! Who is at the other end: Basic and Bearer by request, NTLM by connection.

mod ntlm;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde::Deserialize;

use crate::company::Company;
use ntlm::Challenge;

/// A way to log in.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[non_exhaustive]
pub enum Login {
    /// NTLM, which lets in the connection.
    #[serde(rename = "ntlm")]
    Ntlm,
    /// Name and password in every request.
    #[serde(rename = "basic")]
    Basic,
    /// The token of an account in every request.
    #[serde(rename = "bearer")]
    Bearer,
}

/// What a connection knows about its other end.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    challenge: Option<Challenge>,
    /// The mailbox that NTLM let in.
    known: Option<String>,
}

/// What is to be done with a request.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Answer {
    /// It comes from this mailbox.
    Let(String),
    /// 401 with these values of `WWW-Authenticate`.
    Ask(Vec<String>),
}

impl Connection {
    /// Looks at the header `Authorization`.
    pub(crate) fn look(&mut self, header: Option<&str>, company: &Company, ways: &[Login]) -> Answer {
        let Some((scheme, rest)) = header.map(|header| header.split_once(' ').unwrap_or((header, ""))) else {
            return self.known.clone().map_or_else(|| offer(ways), Answer::Let);
        };
        let is = |way: Login, name: &str| ways.contains(&way) && scheme.eq_ignore_ascii_case(name);
        let found = if is(Login::Basic, "Basic") {
            basic(rest, company)
        } else if is(Login::Bearer, "Bearer") {
            company.accounts.iter().find(|account| account.token.as_deref() == Some(rest.trim()))
        } else if is(Login::Ntlm, "NTLM") || is(Login::Ntlm, "Negotiate") {
            return self.ntlm(scheme, rest, company, ways);
        } else {
            None
        };
        found.map_or_else(|| offer(ways), |account| Answer::Let(account.address.clone()))
    }

    fn ntlm(&mut self, scheme: &str, token: &str, company: &Company, ways: &[Login]) -> Answer {
        // Whoever begins anew is nobody until the end.
        self.known = None;
        let Ok(token) = BASE64.decode(token.trim()) else { return offer(ways) };
        if let Some(flags) = ntlm::hello(&token) {
            let (challenge, message) = Challenge::new(flags);
            self.challenge = Some(challenge);
            return Answer::Ask(vec![format!("{scheme} {}", BASE64.encode(message))]);
        }
        // A challenge is good for one try.
        let Some(challenge) = self.challenge.take() else { return offer(ways) };
        let account = ntlm::Proof::read(&token).and_then(|proof| {
            let account = company.account_of_login(&proof.user)?;
            challenge.is_met(&proof, &account.password).then_some(account)
        });
        let Some(account) = account else { return offer(ways) };
        self.known = Some(account.address.clone());
        Answer::Let(account.address.clone())
    }
}

fn offer(ways: &[Login]) -> Answer {
    let text = |way: &Login| match way {
        Login::Ntlm => "NTLM".to_owned(),
        Login::Basic => "Basic realm=\"exchange\"".to_owned(),
        Login::Bearer => "Bearer realm=\"exchange\"".to_owned(),
    };
    Answer::Ask(ways.iter().map(text).collect())
}

fn basic<'a>(credentials: &str, company: &'a Company) -> Option<&'a crate::company::Account> {
    let text = String::from_utf8(BASE64.decode(credentials.trim()).ok()?).ok()?;
    let (name, password) = text.split_once(':')?;
    company.account_of_login(name).filter(|account| account.password == password)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::company::Account;

    fn company() -> Company {
        let mut anna = Account::new("anna@x.test", "pw:1");
        anna.token = Some("t0ken".into());
        Company::new("UTC").with(anna)
    }

    #[test]
    fn basic_and_bearer_hold_for_one_request() {
        let ways = [Login::Ntlm, Login::Basic, Login::Bearer];
        let company = company();
        let look = |header: &str| Connection::default().look(Some(header), &company, &ways);
        let anna = Answer::Let("anna@x.test".to_owned());
        assert_eq!(look(&format!("Basic {}", BASE64.encode("x\\anna:pw:1"))), anna);
        assert_eq!(look("bearer t0ken"), anna);
        for wrong in ["Basic !", "Bearer t", "Bearer", "Digest x", "NTLM", "NTLM AAAA"] {
            assert!(matches!(look(wrong), Answer::Ask(_)), "{wrong}");
        }
        let wrong = format!("Basic {}", BASE64.encode("anna:pw"));
        assert!(matches!(look(&wrong), Answer::Ask(ways) if ways.len() == 3));
        let mut connection = Connection::default();
        let right = format!("Basic {}", BASE64.encode("anna:pw:1"));
        assert!(matches!(connection.look(Some(&right), &company, &[Login::Ntlm]), Answer::Ask(_)));
        assert_eq!(connection.look(Some(&right), &company, &ways), anna);
        assert!(matches!(connection.look(None, &company, &ways), Answer::Ask(_)));
    }
}
