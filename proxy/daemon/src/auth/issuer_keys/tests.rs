//! Keys that change, and servers of keys that misbehave.

use super::{KeyPlace, KeysError};
use crate::auth::fixtures::{Signer, key_set};
use crate::auth::settings::Demand;
use crate::auth::tests::{bearer, claims, demand, now};
use crate::auth::{Auth, AuthProblem, TokenProblem};
use crate::clock::read_monotonic;
use crate::http_server::PeerCertificates;
use crate::limits::{
    KEY_SET_BYTES_MAX, KEYS_LOOK_INTERVAL, KEYS_PAUSE, KEYS_TIMEOUT, KEYS_WAIT_MAX, KEYS_WAITING_MAX,
};
use axum::Router;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::routing::get;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

async fn admitted(auth: &Auth, headers: &HeaderMap) -> Result<(), AuthProblem> {
    auth.admit(&Method::POST, headers, &PeerCertificates::default(), now).await
}

fn write(path: &Path, signer: &Signer) {
    std::fs::write(path, key_set(&[signer])).unwrap();
}

fn at_server(listener: &TcpListener) -> KeyPlace {
    let url = Url::parse(&format!("http://{}/keys", listener.local_addr().unwrap())).unwrap();
    KeyPlace::Server { url, authorities: None, token: None }
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_taken_with_the_first_token_that_has_it_but_not_more_often_than_the_pause() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    let (old, new) = (Signer::ec("old"), Signer::ec("new"));
    write(&path, &old);
    let (auth, keeper) = Auth::new(Demand::Token(demand(KeyPlace::File(path.clone()))));
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(keeper.unwrap().run(stopped));
    let (old_token, new_token) = (bearer(&old.token(&claims())), bearer(&new.token(&claims())));
    let unknown = Err(AuthProblem::InvalidToken(TokenProblem::UnknownKey));

    assert_eq!(admitted(&auth, &old_token).await, Ok(()));
    write(&path, &new);
    let start = read_monotonic();
    assert_eq!(admitted(&auth, &new_token).await, unknown);
    assert_eq!(start.elapsed(), Duration::ZERO);
    tokio::time::sleep(KEYS_PAUSE).await;
    assert_eq!(admitted(&auth, &new_token).await, Ok(()));
    assert!(start.elapsed() < KEYS_PAUSE + Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!(admitted(&auth, &old_token).await, unknown);
}

#[tokio::test(start_paused = true)]
async fn keys_are_looked_for_every_so_often_without_being_asked() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    let (old, new) = (Signer::ec("old"), Signer::ec("new"));
    write(&path, &old);
    let (auth, keeper) = Auth::new(Demand::Token(demand(KeyPlace::File(path.clone()))));
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(keeper.unwrap().run(stopped));
    assert_eq!(admitted(&auth, &bearer(&old.token(&claims()))).await, Ok(()));
    write(&path, &new);
    tokio::time::sleep(KEYS_LOOK_INTERVAL + Duration::from_secs(1)).await;
    let nobody = PeerCertificates::default();
    let token = bearer(&new.token(&claims()));
    assert_eq!(auth.authorize(&Method::POST, &token, &nobody, now()), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_costs_a_request_the_bound_and_reading_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (auth, keeper) = Auth::new(Demand::Token(demand(at_server(&listener))));
    let (stop, stopped) = watch::channel(false);
    let keeper = tokio::spawn(keeper.unwrap().run(stopped));
    let token = bearer(&Signer::ec("one").token(&claims()));
    let start = read_monotonic();
    let nobody = PeerCertificates::default();
    assert_eq!(auth.admit(&Method::GET, &HeaderMap::new(), &nobody, now).await, Ok(()));
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(admitted(&auth, &token).await, Err(AuthProblem::NoKeys));
    assert!((KEYS_WAIT_MAX..KEYS_WAIT_MAX + Duration::from_millis(10)).contains(&start.elapsed()));
    // The end does not wait for the server.
    let asked = read_monotonic();
    stop.send(true).unwrap();
    keeper.await.unwrap();
    assert_eq!(asked.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn no_more_requests_wait_for_keys_than_the_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (auth, keeper) = Auth::new(Demand::Token(demand(at_server(&listener))));
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(keeper.unwrap().run(stopped));
    let auth = Arc::new(auth);
    let token = bearer(&Signer::ec("one").token(&claims()));
    let mut requests = JoinSet::new();
    for _ in 0..=KEYS_WAITING_MAX {
        let (auth, token) = (Arc::clone(&auth), token.clone());
        requests.spawn(async move {
            let start = read_monotonic();
            assert_eq!(admitted(&auth, &token).await, Err(AuthProblem::NoKeys));
            start.elapsed()
        });
    }
    let waited = requests.join_all().await;
    assert_eq!(waited.iter().filter(|waited| waited.is_zero()).count(), 1);
}

/// A server that answers as it is told, and keeps the latest request.
#[derive(Clone, Default)]
struct Answers {
    answer: Arc<Mutex<(u16, String)>>,
    authorization: Arc<Mutex<Option<String>>>,
}

impl Answers {
    async fn serve(&self, listener: TcpListener) {
        let answers = self.clone();
        let handler = async move |headers: HeaderMap| {
            let authorization =
                headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
            *answers.authorization.lock().unwrap() = authorization;
            let (status, body) = answers.answer.lock().unwrap().clone();
            let headers = [(header::LOCATION, "/elsewhere")];
            (StatusCode::from_u16(status).unwrap(), headers, body)
        };
        axum::serve(listener, Router::new().route("/keys", get(handler))).await.unwrap();
    }

    fn set(&self, status: u16, body: impl Into<String>) {
        *self.answer.lock().unwrap() = (status, body.into());
    }
}

#[tokio::test]
async fn keys_of_a_server_stay_until_it_shows_others() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (auth, keeper) = Auth::new(Demand::Token(demand(at_server(&listener))));
    let mut keeper = keeper.unwrap();
    let answers = Answers::default();
    let serving = answers.clone();
    tokio::spawn(async move { serving.serve(listener).await });
    let (old, new) = (Signer::ec("old"), Signer::ec("new"));
    let judged = |signer: &Signer| {
        let nobody = PeerCertificates::default();
        auth.authorize(&Method::POST, &bearer(&signer.token(&claims())), &nobody, now())
    };

    assert_eq!(judged(&old), Err(AuthProblem::NoKeys));
    answers.set(200, key_set(&[&old]));
    keeper.look().await;
    assert_eq!(judged(&old), Ok(()));
    let too_large = format!("{}{}", key_set(&[&new]), " ".repeat(KEY_SET_BYTES_MAX));
    for (status, body) in [
        (500, key_set(&[&new])),
        (302, String::new()),
        (200, "<html>".to_owned()),
        (200, r#"{"keys":[]}"#.to_owned()),
        (200, too_large),
    ] {
        answers.set(status, body);
        keeper.look().await;
        assert_eq!(judged(&old), Ok(()), "{status}");
        assert_eq!(judged(&new), Err(AuthProblem::InvalidToken(TokenProblem::UnknownKey)), "{status}");
    }
    answers.set(200, key_set(&[&new]));
    keeper.look().await;
    assert_eq!(judged(&new), Ok(()));
}

#[tokio::test]
async fn the_longest_key_set_is_taken_and_the_server_gets_its_token() {
    let directory = tempfile::tempdir().unwrap();
    let token = directory.path().join("token");
    std::fs::write(&token, "its token\n").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let KeyPlace::Server { url, .. } = at_server(&listener) else { panic!("another place") };
    let place = KeyPlace::Server { url, authorities: None, token: Some(token) };
    let answers = Answers::default();
    let keys = key_set(&[&Signer::ec("one")]);
    let room = KEY_SET_BYTES_MAX - keys.len();
    answers.set(200, keys + &" ".repeat(room));
    let serving = answers.clone();
    tokio::spawn(async move { serving.serve(listener).await });
    assert_eq!(place.keys().await.unwrap().len(), 1);
    assert_eq!(answers.authorization.lock().unwrap().as_deref(), Some("Bearer its token"));
    answers.set(200, " ".repeat(KEY_SET_BYTES_MAX + 1));
    assert!(matches!(place.keys().await, Err(KeysError::TooLarge)));
}

#[tokio::test(start_paused = true)]
async fn a_server_of_keys_that_hangs_is_given_up_after_the_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let start = read_monotonic();
    assert!(matches!(at_server(&listener).keys().await, Err(KeysError::TimedOut)));
    assert!((KEYS_TIMEOUT..KEYS_TIMEOUT + Duration::from_millis(10)).contains(&start.elapsed()));
}
