//! Where a consumer is, and where it is not.

use super::*;
use reqwest::Certificate;
use std::net::{IpAddr, Ipv4Addr};

#[tokio::test]
async fn a_consumer_that_refuses_can_be_opened_again_on_its_port() {
    let mut consumer = Consumer::open().await.expect("a free port");
    let (client, endpoint) = (RestClient::new(String::new()), consumer.endpoint());
    assert_eq!(status(&client, &endpoint).await, 204);
    consumer.refuse().await;
    let refused = TcpStream::connect(("127.0.0.1", consumer.port())).await.map_err(|error| error.kind());
    assert_eq!(refused.expect_err("nobody listens"), ErrorKind::ConnectionRefused);
    assert!(client.post(&endpoint, &json!({})).await.is_err());
    consumer.reopen().await.expect("the port is free");
    assert_eq!(consumer.endpoint(), endpoint);
    assert_eq!(status(&client, &endpoint).await, 204);
}

#[tokio::test]
async fn a_consumer_that_closes_cuts_what_hangs_without_an_answer() {
    let mut consumer = opened(Conduct::Hang).await;
    let stream = send(&consumer).await;
    let received = next(&consumer).await;
    consumer.refuse().await;
    assert_eq!(heard(stream).await.0, b"");
    assert!(matches!(received.outcome(), Some(Outcome::Cut { .. })), "{:?}", received.outcome());
    assert!(consumer.given_up().is_empty());
}

#[tokio::test]
async fn a_consumer_that_is_dropped_no_longer_listens() {
    let consumer = opened(Conduct::HalfStatusLine).await;
    let mut stream = send(&consumer).await;
    hear(&mut stream, 11).await;
    drop(consumer);
    assert_eq!(heard(stream).await.0, b"");
}

#[tokio::test]
async fn localhost_is_both_of_its_addresses() {
    let consumer = Consumer::open_localhost().await.expect("a free port");
    assert_eq!(consumer.endpoint(), format!("http://localhost:{}/event", consumer.port()));
    let client = RestClient::new(String::new());
    assert_eq!(status(&client, &consumer.endpoint()).await, 204);
    for host in ["127.0.0.1", "[::1]"] {
        let endpoint = format!("http://{host}:{}/event", consumer.port());
        assert_eq!(status(&client, &endpoint).await, 204, "{host}");
    }
    assert_eq!(consumer.count(), 3);
}

#[tokio::test]
async fn a_consumer_is_named_as_told_wherever_it_listens() {
    let settings = ConsumerSettings::reachable_as(IpAddr::V4(Ipv4Addr::LOCALHOST), "lab.example.com");
    let consumer = Consumer::open_with(settings).await.expect("a free port");
    assert_eq!(consumer.endpoint(), format!("http://lab.example.com:{}/event", consumer.port()));
    let here = format!("http://127.0.0.1:{}/event", consumer.port());
    assert_eq!(status(&RestClient::new(String::new()), &here).await, 204);
}

#[tokio::test]
async fn an_unresolvable_endpoint_cannot_be_connected() {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let error = client.post(Consumer::unresolvable_endpoint()).send().await.expect_err("no such name");
    assert!(error.is_connect(), "{error:?}");
    assert!(format!("{error:?}").contains("dns"), "{error:?}");
}

#[tokio::test]
async fn one_consumer_is_a_thousand_each_with_its_own_conduct_and_record() {
    let consumer = Consumer::open().await.expect("a free port");
    consumer.program_of(500, vec![Conduct::Answer(500), Conduct::Answer(408)]);
    let client = RestClient::new(String::new());
    let mut statuses = Vec::new();
    for n in 0..1000 {
        statuses.push(status(&client, &consumer.endpoint_of(n)).await);
    }
    statuses.push(status(&client, &consumer.endpoint_of(500)).await);
    assert_eq!((statuses[499], statuses[500], statuses[1000]), (204, 500, 408));
    assert_eq!((consumer.count_of(499), consumer.count_of(500), consumer.count()), (1, 2, 1001));
    assert_eq!((consumer.take_of(500).len(), consumer.take().len()), (2, 999));
}

fn trusting(authority: &Authority) -> reqwest::Client {
    let certificate = Certificate::from_pem(authority.pem().as_bytes()).expect("a certificate");
    reqwest::Client::builder().no_proxy().tls_certs_only([certificate]).build().expect("a client")
}

#[tokio::test]
async fn a_tls_consumer_is_trusted_by_those_who_know_its_authority() {
    let authority = Authority::new().expect("made");
    let consumer = Consumer::open_tls(&authority, Identity::Valid).await.expect("a free port");
    assert_eq!(consumer.endpoint(), format!("https://localhost:{}/event", consumer.port()));
    let answer = trusting(&authority).post(consumer.endpoint()).body("{}").send().await.expect("answered");
    assert_eq!(answer.status().as_u16(), 204);
    assert_eq!(next(&consumer).await.version, "HTTP/1.1");
    let stranger = trusting(&Authority::new().expect("made"));
    let error = stranger.post(consumer.endpoint()).send().await.expect_err("unknown");
    // Another authority of the same name did not sign it.
    assert!(format!("{error:?}").contains("InvalidCertificate(BadSignature)"), "{error:?}");
    assert_eq!(consumer.count(), 1);
}

#[tokio::test]
async fn a_tls_consumer_with_a_wrong_or_expired_certificate_is_not_trusted() {
    let authority = Authority::new().expect("made");
    for (identity, reason) in [(Identity::WrongName, "NotValidForName"), (Identity::Expired, "Expired")] {
        let consumer = Consumer::open_tls(&authority, identity).await.expect("a free port");
        let client = trusting(&authority);
        let error = client.post(consumer.endpoint()).send().await.expect_err("not trusted");
        assert!(format!("{error:?}").contains(reason), "{error:?}");
        assert_eq!(consumer.count(), 0);
    }
}

#[tokio::test]
async fn faults_work_in_tls_too() {
    let authority = Authority::new().expect("made");
    let consumer = Consumer::open_tls(&authority, Identity::Valid).await.expect("a free port");
    let client = trusting(&authority);
    consumer.program(vec![Conduct::ResetAfterHeaders, Conduct::Informational { count: 2 }]);
    let first = client.post(consumer.endpoint()).send().await.expect("its headers");
    assert_eq!(first.status().as_u16(), 200);
    assert!(first.bytes().await.is_err());
    let second = client.post(consumer.endpoint()).send().await.expect("answered");
    assert_eq!(second.status().as_u16(), 204);
}

#[tokio::test]
async fn the_certificate_of_an_authority_can_be_written_to_a_file() {
    let authority = Authority::new().expect("made");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ca.pem");
    authority.write_pem(&path).expect("written");
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), authority.pem());
}
