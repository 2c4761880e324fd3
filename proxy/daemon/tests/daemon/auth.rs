//! Authorization from outside: real TLS, real certificates and tokens, and the shipped program.

use crate::support::{Consumer, Proxy, Setup};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, SanType};
use serde_json::{Value, json};
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::process::Stdio;

const ISSUER: &str = "https://issuer.test";
const SCOPE: &str = "subscriptions:write";

/// An authority, and the key of an issuer of tokens.
struct World {
    authority_pem: String,
    authority: Issuer<'static, KeyPair>,
    signer: EncodingKey,
}

impl World {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority_pem = params.self_signed(&key).unwrap().pem();
        let signer = KeyPair::generate().unwrap().serialize_pem();
        let signer = EncodingKey::from_ec_pem(signer.as_bytes()).unwrap();
        Self { authority_pem, authority: Issuer::new(params, key), signer }
    }

    /// A certificate for the own machine and its key, in PEM.
    fn identity(&self, purpose: ExtendedKeyUsagePurpose) -> (String, String) {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.subject_alt_names = vec![SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST))];
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.authority).unwrap().pem(), key.serialize_pem())
    }

    fn token(&self, scope: &str) -> String {
        let expires = get_current_timestamp() + 600;
        let claims = json!({ "iss": ISSUER, "aud": "proxy", "exp": expires, "scope": scope });
        jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &self.signer).unwrap()
    }

    /// Settings that demand both credentials, with the files that they name.
    fn settings(&self, setup: &Setup) -> Value {
        let (certificate, key) = self.identity(ExtendedKeyUsagePurpose::ServerAuth);
        let keys = json!({ "keys": [Jwk::from_encoding_key(&self.signer, Algorithm::ES256).unwrap()] });
        for (name, text) in [
            ("ca.crt", self.authority_pem.clone()),
            ("tls.crt", certificate),
            ("tls.key", key),
            ("keys.json", keys.to_string()),
        ] {
            fs::write(setup.path(name), text).unwrap();
        }
        json!({
            "enableMTLS": true,
            "caCertPath": setup.path("ca.crt"),
            "serverCertPath": setup.path("tls.crt"),
            "serverKeyPath": setup.path("tls.key"),
            "enableOAuth": true,
            "oauthIssuer": ISSUER,
            "oauthJWKSFile": setup.path("keys.json"),
            "requiredAudience": "proxy",
            "requiredScopes": [SCOPE],
        })
    }

    /// A node whose proxy demands both credentials.
    fn setup(&self) -> Setup {
        let setup = Setup::new();
        let path = setup.path("auth.json");
        fs::write(&path, self.settings(&setup).to_string()).unwrap();
        setup.flag("--auth-config", path.to_str().unwrap())
    }

    /// A client that trusts the authority, with a certificate or without.
    fn client(&self, has_certificate: bool) -> reqwest::Client {
        let root = reqwest::Certificate::from_pem(self.authority_pem.as_bytes()).unwrap();
        let mut builder = reqwest::Client::builder().no_proxy().tls_certs_only([root]);
        if has_certificate {
            let (certificate, key) = self.identity(ExtendedKeyUsagePurpose::ClientAuth);
            builder = builder.identity(reqwest::Identity::from_pem((certificate + &key).as_bytes()).unwrap());
        }
        builder.build().unwrap()
    }
}

fn url(proxy: &Proxy, path: &str) -> String {
    format!("{}{path}", proxy.api().replacen("http:", "https:", 1))
}

/// Asks to remove a subscription that is not there, which whoever may do so is told.
async fn remove(proxy: &Proxy, client: &reqwest::Client, token: Option<&str>) -> reqwest::Response {
    let mut request = client.delete(url(proxy, "/subscriptions/none"));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn what_changes_something_demands_certificate_and_token_and_reading_is_public() {
    let world = World::new();
    let proxy = world.setup().start().await;
    let (nobody, client) = (world.client(false), world.client(true));
    let (good, poor) = (world.token(SCOPE), world.token("other"));

    let health = nobody.get(url(&proxy, "/health")).send().await.unwrap();
    assert_eq!((health.status().as_u16(), health.text().await.unwrap().as_str()), (200, "OK"));
    let listed = nobody.get(url(&proxy, "/subscriptions")).send().await.unwrap();
    assert_eq!(listed.status(), 200);

    let table = [
        (&nobody, None, 401, Some("ClientCertificate ")),
        (&nobody, Some(good.as_str()), 401, Some("ClientCertificate ")),
        (&client, None, 401, Some("Bearer realm=\"cloud-event-proxy\"")),
        (&client, Some("x.y.z"), 401, Some("Bearer realm=\"cloud-event-proxy\", error=\"invalid_token\"")),
        (
            &client,
            Some(poor.as_str()),
            403,
            Some("Bearer realm=\"cloud-event-proxy\", error=\"insufficient_scope\""),
        ),
        (&client, Some(good.as_str()), 404, None),
    ];
    for (client, token, status, challenge) in table {
        let response = remove(&proxy, client, token).await;
        assert_eq!(response.status(), status, "{token:?}");
        let said = response.headers().get("www-authenticate").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(said.is_some(), challenge.is_some(), "{said:?}");
        let (said, challenge) = (said.unwrap_or_default(), challenge.unwrap_or_default());
        assert!(said.starts_with(challenge), "{said}");
        assert_eq!(response.text().await.unwrap(), "");
    }
    for (reason, count) in [("no_certificate", 2.0), ("no_token", 1.0), ("malformed", 1.0), ("scope", 1.0)] {
        let series = format!("cloud_event_proxy_unauthorized_requests_total{{reason=\"{reason}\"}}");
        assert_eq!(proxy.metric(&series).await, count, "{reason}");
    }
    proxy.signal("TERM").await;
    assert_eq!(proxy.end().await.0, Some(0));
}

#[tokio::test]
async fn a_refusal_says_why_to_those_who_ask_for_details_and_does_not_say_which_paths_there_are() {
    let world = World::new();
    let proxy = world.setup().start().await;
    let request =
        world.client(true).post(url(&proxy, "/no/such/path")).header("accept", "application/problem+json");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 401);
    let details: Value = response.json().await.unwrap();
    assert_eq!(
        details,
        json!({ "title": "Unauthorized", "status": 401, "detail": "a bearer token is required" })
    );
}

#[tokio::test]
async fn clear_http_and_certificates_of_strangers_are_not_answered() {
    let world = World::new();
    let proxy = world.setup().start().await;
    assert!(reqwest::Client::new().get(format!("{}/health", proxy.api())).send().await.is_err());
    let stranger = World::new();
    let (certificate, key) = stranger.identity(ExtendedKeyUsagePurpose::ClientAuth);
    let identity = reqwest::Identity::from_pem((certificate + &key).as_bytes()).unwrap();
    let root = reqwest::Certificate::from_pem(world.authority_pem.as_bytes()).unwrap();
    let client =
        reqwest::Client::builder().no_proxy().tls_certs_only([root]).identity(identity).build().unwrap();
    assert!(client.get(url(&proxy, "/health")).send().await.is_err());
    assert_eq!(world.client(true).get(url(&proxy, "/health")).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_connection_that_says_nothing_does_not_hold_the_end() {
    let world = World::new();
    let proxy = world.setup().flag("--drain-timeout", "2s").start().await;
    let address = proxy.api().trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let _silent = tokio::net::TcpStream::connect(address).await.unwrap();
    assert_eq!(world.client(false).get(url(&proxy, "/health")).send().await.unwrap().status(), 200);
    proxy.signal("TERM").await;
    let (code, setup) = proxy.end().await;
    assert_eq!(code, Some(0));
    let log = setup.log();
    assert!(!log.iter().any(|line| line.contains("not everything could be finished in time")), "{log:?}");
}

#[tokio::test]
async fn a_token_alone_may_come_over_clear_http_if_the_file_says_so() {
    let world = World::new();
    let setup = Setup::new();
    let mut settings = world.settings(&setup);
    for key in ["enableMTLS", "serverCertPath", "serverKeyPath"] {
        settings.as_object_mut().unwrap().remove(key);
    }
    settings["allowCleartext"] = true.into();
    let path = setup.path("auth.json");
    fs::write(&path, settings.to_string()).unwrap();
    let proxy = setup.flag("--auth-config", path.to_str().unwrap()).start().await;
    let request = reqwest::Client::new().delete(format!("{}/subscriptions/none", proxy.api()));
    assert_eq!(request.try_clone().unwrap().send().await.unwrap().status(), 401);
    assert_eq!(request.bearer_auth(world.token(SCOPE)).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn validate_and_run_name_every_problem_of_the_file() {
    let world = World::new();
    let setup = Setup::new();
    let mut settings = world.settings(&setup);
    settings["caCertPath"] = "/nowhere".into();
    settings["oauthIssuer"] = "".into();
    let path = setup.path("auth.json");
    fs::write(&path, settings.to_string()).unwrap();
    let setup = setup.flag("--auth-config", path.to_str().unwrap());
    for action in ["validate", "run"] {
        let output = setup.command().arg(action).stderr(Stdio::piped()).output().await.unwrap();
        assert_eq!(output.status.code(), Some(78), "{action}");
        let said = String::from_utf8(output.stderr).unwrap();
        let at = path.display();
        assert_eq!(
            said,
            format!(
                "{at}: caCertPath: \"/nowhere: No such file or directory (os error 2)\"; expected a PEM file with the \
                 authorities of client certificates\n\
                 {at}: oauthIssuer: \"\"; expected the issuer of the tokens, because enableOAuth is true\n"
            )
        );
    }
}

#[tokio::test]
async fn a_subscription_over_tls_names_itself_by_https() {
    let world = World::new();
    let proxy = world.setup().start().await;
    let consumer = Consumer::start().await;
    let address = "/cluster/node/compute-1.example.com/sync/sync-status/sync-state";
    let body = json!({ "ResourceAddress": address, "EndpointUri": consumer.endpoint() });
    let request = world.client(true).post(url(&proxy, "/subscriptions")).bearer_auth(world.token(SCOPE));
    let response = request.body(body.to_string()).send().await.unwrap();
    assert_eq!(response.status(), 201);
    let created: Value = response.json().await.unwrap();
    let location = created["UriLocation"].as_str().unwrap();
    assert!(location.starts_with("https://proxy.test:"), "{location}");
}
