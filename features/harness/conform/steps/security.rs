//! Who may change something.

use crate::conform::case::Case;
use crate::conform::credentials::{CertificateKind, Credentials, Demand, Shown, TokenKind};
use crate::conform::wire::Ask;
use cucumber::{given, then, when};
use serde_json::json;

#[given(regex = r"^changes demand (a certificate and a token|a certificate|a token)$")]
async fn demands(case: &mut Case, words: String) {
    let demand = Demand { certificate: words.contains("certificate"), token: words.contains("token") };
    let credentials = Credentials::new(demand).await.unwrap_or_else(|error| panic!("{error}"));
    case.launch.arguments.extend(["--auth-config".into(), credentials.settings_file().into()]);
    case.kept.credentials = Some(credentials);
}

/// What somebody shows, in the words of a scenario.
fn shown(words: &str) -> Shown {
    let certificate = match words {
        "a certificate" | "a certificate and a token" => Some(CertificateKind::Good),
        "a certificate of an intermediate authority" => Some(CertificateKind::Intermediate),
        "a certificate of another authority" => Some(CertificateKind::OfAnotherAuthority),
        "a certificate that has expired" => Some(CertificateKind::Expired),
        "a certificate for servers only" => Some(CertificateKind::ForServers),
        _ => None,
    };
    let token = match words {
        "a token" | "a certificate and a token" => Some(TokenKind::Good),
        "a token that a stranger has signed" => Some(TokenKind::OfAStranger),
        "a token that nobody has signed" => Some(TokenKind::Unsigned),
        "a token that was changed" => Some(TokenKind::Changed),
        "a token that has expired" => Some(TokenKind::Expired),
        "a token of another issuer" => Some(TokenKind::OfAnotherIssuer),
        "a token for somebody else" => Some(TokenKind::ForSomebodyElse),
        "a token without the scope" => Some(TokenKind::WithoutScope),
        _ => None,
    };
    assert!(certificate.is_some() || token.is_some(), "no credentials: {words}");
    Shown { certificate, token }
}

#[when(regex = r"^somebody without credentials sends (GET|POST|DELETE) (/\S*)$")]
async fn nobody_sends(case: &mut Case, method: String, path: String) {
    let ask = Ask::new(super::request::method_of(&method), path);
    let ask = if method == "POST" { ask.json(&subscription(case, "C", "lock-state").await) } else { ask };
    attempt(case, &Shown::default(), ask).await;
    is_answered(case);
}

#[when(regex = r"^somebody with (.+) subscribes consumer (\w+) to (\S+)$")]
async fn somebody_subscribes(case: &mut Case, words: String, name: String, resource: String) {
    let ask = Ask::new("POST", "/subscriptions").json(&subscription(case, &name, &resource).await);
    let shown = shown(&words);
    attempt(case, &shown, ask).await;
    match shown.certificate {
        // The handshake of TLS may end it already.
        Some(
            CertificateKind::OfAnotherAuthority | CertificateKind::Expired | CertificateKind::ForServers,
        ) => {}
        None | Some(CertificateKind::Good | CertificateKind::Intermediate) => is_answered(case),
    }
}

async fn subscription(case: &mut Case, name: &str, resource: &str) -> serde_json::Value {
    let endpoint = case.consumer(name).await.consumer.endpoint();
    json!({ "ResourceAddress": case.address(resource).await, "EndpointUri": endpoint })
}

/// Asks over TLS; the answer, if there is one, is the last one.
async fn attempt(case: &mut Case, shown: &Shown, ask: Ask) {
    let base = case.subject().await.wire().base();
    let credentials = case.kept.credentials.as_ref().expect("credentials are demanded");
    let prepared = credentials.wire(&base, shown.certificate).and_then(|wire| {
        let token = shown.token.map(|kind| credentials.token(kind)).transpose()?;
        Ok((wire, token))
    });
    let (wire, token) = prepared.unwrap_or_else(|error| panic!("{error}"));
    let ask = match token {
        Some(token) => ask.header("authorization", &format!("Bearer {token}")),
        None => ask,
    };
    let (answered, exchange) = wire.ask(&ask).await;
    case.note(exchange);
    case.answer = answered.as_ref().ok().cloned();
    if let Ok(answered) = &answered {
        case.keep_subscription(answered);
    }
    case.kept.attempt = Some(answered);
}

fn is_answered(case: &Case) {
    if let Some(Err(error)) = &case.kept.attempt {
        panic!("expected an answer, found: {error}");
    }
}

#[then("it was refused, or the connection was")]
fn was_refused_somehow(case: &mut Case) {
    if let Ok(answer) = case.kept.attempt.as_ref().expect("something was tried") {
        let refused = [401, 403].contains(&answer.status);
        assert!(refused, "expected 401, 403 or no connection, found {}", answer.status);
    }
}
