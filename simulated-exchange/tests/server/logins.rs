//! Who is let in.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use simulated_exchange::{Login, SimulatedExchange};
use sspi::{
    AuthIdentity, BufferType, ClientRequestFlags, CredentialUse, DataRepresentation, Ntlm, SecurityBuffer, Sspi,
    SspiImpl, Username,
};

use crate::client::{Answer, Client};
use crate::company::{exchange, find};

/// The three messages of NTLM by a client that is not ours, on one connection or on two.
async fn ntlm(exchange: &SimulatedExchange, name: &str, password: &str, same: bool) -> (Answer, Client) {
    let identity = AuthIdentity { username: Username::parse(name).unwrap(), password: password.to_owned().into() };
    let mut context = Ntlm::new();
    let credentials = context.acquire_credentials_handle().with_credential_use(CredentialUse::Outbound);
    let mut handle = credentials.with_auth_data(&identity).execute(&mut context).unwrap().credentials_handle;
    let mut step = |token: Vec<u8>| {
        let mut output = vec![SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let mut input = vec![SecurityBuffer::new(token, BufferType::Token)];
        let mut builder = context
            .initialize_security_context()
            .with_credentials_handle(&mut handle)
            .with_context_requirements(ClientRequestFlags::CONFIDENTIALITY | ClientRequestFlags::ALLOCATE_MEMORY)
            .with_target_data_representation(DataRepresentation::Native)
            .with_target_name("HTTP/exchange")
            .with_input(&mut input)
            .with_output(&mut output);
        context.initialize_security_context_impl(&mut builder).unwrap().resolve_to_result().unwrap();
        BASE64.encode(&output.remove(0).buffer)
    };
    let first = step(Vec::new());
    let mut client = Client::new(exchange.address()).await.with(&format!("Authorization: NTLM {first}"));
    let challenge = client.ask("").await;
    assert_eq!(challenge.status, 401);
    let token = BASE64.decode(challenge.headers("WWW-Authenticate").remove(0).strip_prefix("NTLM ").unwrap()).unwrap();
    let third = step(token);
    let mut client = if same { client.without_headers() } else { Client::new(exchange.address()).await };
    client = client.with(&format!("Authorization: NTLM {third}"));
    (client.ask(&find(&["calendar:Start"])).await, client.without_headers())
}

/// S3.10: NTLM lets in the connection, and asks nothing more of it.
#[tokio::test]
async fn ntlm_lets_in_a_connection() {
    let exchange = exchange().await;
    for name in ["anna@firma.example", "FIRMA\\anna", "anna"] {
        let (answer, mut client) = ntlm(&exchange, name, "apple", true).await;
        assert_eq!((answer.status, answer.texts("Start").len()), (200, 3), "{name}");
        assert_eq!(client.ask(&find(&["calendar:Start"])).await.texts("Start").len(), 3, "the connection is known");
    }
}

/// S3.10: NTLM refuses a wrong password, an unknown name, and an answer on another connection.
#[tokio::test]
async fn ntlm_refuses_the_rest() {
    let exchange = exchange().await;
    for (name, password, same) in
        [("anna", "Apple", true), ("anna", "", true), ("nobody", "apple", true), ("anna", "apple", false)]
    {
        let (answer, mut client) = ntlm(&exchange, name, password, same).await;
        assert_eq!(answer.status, 401, "{name}");
        assert_eq!(client.ask(&find(&[])).await.status, 401, "{name}");
    }
    assert!(exchange.asked().is_empty(), "who is not let in asks nothing");
}

/// S3.10: Basic and bearer tokens; every way can be switched off.
#[tokio::test]
async fn basic_and_bearer_let_in_a_request() {
    let exchange = exchange().await;
    let new = || Client::new(exchange.address());
    let nobody = new().await.ask(&find(&[])).await;
    let ways = ["NTLM", "Basic realm=\"exchange\"", "Bearer realm=\"exchange\""];
    assert_eq!((nobody.status, nobody.headers("WWW-Authenticate")), (401, ways.to_vec()));
    let mut bearer = new().await.with("Authorization: Bearer t0ken");
    assert_eq!(bearer.ask(&find(&[])).await.status, 200);
    assert_eq!(new().await.with("Authorization: Bearer token").ask(&find(&[])).await.status, 401);
    assert_eq!(Client::basic(exchange.address(), "anna", "pear").await.ask(&find(&[])).await.status, 401);
    let mut basic = Client::basic(exchange.address(), "FIRMA\\anna", "apple").await;
    assert_eq!(basic.ask(&find(&[])).await.status, 200);
    exchange.change(|company| company.account_mut("anna@firma.example").unwrap().password = "plum".into());
    assert_eq!(basic.ask(&find(&[])).await.status, 401);
    exchange.manner(|manner| manner.logins = vec![Login::Ntlm]);
    let refused = bearer.ask(&find(&[])).await;
    assert_eq!((refused.status, refused.headers("WWW-Authenticate")), (401, vec!["NTLM"]));
}
