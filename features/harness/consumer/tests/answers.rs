//! Conducts that are HTTP, and what is recorded.

use super::*;
use crate::limits::NOTIFICATION_BYTES_MAX;

#[tokio::test]
async fn a_consumer_records_what_it_is_sent_and_answers_as_told() {
    let consumer = Consumer::open().await.expect("a free port");
    let client = RestClient::new(String::new());
    let reply = client.post(&consumer.endpoint(), &json!({"n": 1})).await.expect("answered");
    consumer.behave(Conduct::Answer(503));
    let second = client.post(&consumer.endpoint(), &json!({"n": 2})).await.expect("answered");
    assert_eq!((reply.status, second.status), (204, 503));
    let bodies: Vec<Value> = consumer.take().into_iter().map(|r| r.body).collect();
    assert_eq!(bodies, [json!({"n": 1}), json!({"n": 2})]);
    assert!(consumer.take().is_empty());
    assert_eq!(consumer.count(), 2);
}

#[tokio::test]
async fn a_record_has_everything_that_was_sent() {
    let consumer = Consumer::open().await.expect("a free port");
    let mut stream = connect(&consumer).await;
    let request = b"PUT /event/7?a=b HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nX-One: 2\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc";
    stream.write_all(request).await.expect("it is taken");
    let received = next(&consumer).await;
    assert_eq!((received.method.as_str(), received.path.as_str()), ("PUT", "/event/7?a=b"));
    assert_eq!((received.version.as_str(), received.connection), ("HTTP/1.1", 1));
    assert_eq!((received.bytes.as_ref(), &received.body), (&b"abc"[..], &Value::Null));
    assert_eq!(received.content_type.as_deref(), Some("text/plain"));
    assert_eq!(received.header("host"), Some("h"));
    let ones: Vec<&str> = received
        .headers
        .iter()
        .filter(|(name, _)| name == "x-one")
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(ones, ["1", "2"]);
    let Outcome::Answered { status: 204, at } = outcome(&received).await else {
        panic!("{:?}", received.outcome())
    };
    assert!(at >= received.arrived);
}

#[tokio::test]
async fn an_answer_has_the_status_headers_and_body_that_it_is_told_to_have() {
    let headers = vec![("retry-after".to_owned(), "120".to_owned())];
    let consumer = opened(Conduct::AnswerWith { status: 503, headers, body: b"later".to_vec() }).await;
    let client = RestClient::new(String::new());
    let reply = client.post(&consumer.endpoint(), &json!({})).await.expect("answered");
    assert_eq!((reply.status, reply.body.as_str()), (503, "later"));
    assert_eq!(reply.headers.get("retry-after").map(String::as_str), Some("120"));
}

#[tokio::test]
async fn what_cannot_stand_in_an_answer_is_a_500() {
    let headers = vec![("two\nlines".to_owned(), String::new())];
    let consumer = opened(Conduct::AnswerWith { status: 204, headers, body: Vec::new() }).await;
    let client = RestClient::new(String::new());
    assert_eq!(status(&client, &consumer.endpoint()).await, 500);
    consumer.behave(Conduct::Answer(99));
    assert_eq!(status(&client, &consumer.endpoint()).await, 500);
}

#[tokio::test]
async fn a_redirect_names_another_place_which_is_reached_only_by_those_who_follow() {
    let target = Consumer::open().await.expect("a free port");
    let consumer = opened(Conduct::Redirect { status: 307, to: target.endpoint() }).await;
    let client = RestClient::new(String::new());
    let reply = client.post(&consumer.endpoint(), &json!({})).await.expect("answered");
    assert_eq!(reply.status, 307);
    assert_eq!(reply.headers.get("location"), Some(&target.endpoint()));
    assert_eq!((target.count(), target.connections()), (0, 0));
    let follower = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = follower.post(consumer.endpoint()).send().await.expect("answered");
    assert_eq!((answer.status().as_u16(), target.count()), (204, 1));
}

#[tokio::test]
async fn a_slow_consumer_answers_after_its_delay() {
    let delay = Duration::from_millis(50);
    let consumer = opened(Conduct::Slow { delay }).await;
    let client = RestClient::new(String::new());
    assert_eq!(status(&client, &consumer.endpoint()).await, 204);
    let received = next(&consumer).await;
    let Outcome::Answered { status: 204, at } = outcome(&received).await else {
        panic!("{:?}", received.outcome())
    };
    assert!(at - received.arrived >= delay);
}

#[tokio::test]
async fn a_consumer_that_hangs_answers_when_released() {
    let consumer = opened(Conduct::Hang).await;
    let client = RestClient::new(String::new());
    let (endpoint, body) = (consumer.endpoint(), json!({}));
    let waiting = async {
        consumer.arrival().await;
        consumer.release();
    };
    let (reply, ()) = tokio::join!(client.post(&endpoint, &body), waiting);
    assert_eq!(reply.expect("answered").status, 204);
    assert!(consumer.given_up().is_empty());
}

#[tokio::test]
async fn a_consumer_that_hangs_notes_when_it_is_given_up() {
    let consumer = opened(Conduct::Hang).await;
    let stream = send(&consumer).await;
    let received = next(&consumer).await;
    assert_eq!(received.outcome(), None);
    drop(stream);
    let Outcome::GaveUp { at } = outcome(&received).await else { panic!("{:?}", received.outcome()) };
    assert_eq!(consumer.given_up(), [at]);
}

#[tokio::test]
async fn a_notification_that_is_too_large_is_refused() {
    let consumer = Consumer::open().await.expect("a free port");
    let client = RestClient::new(String::new());
    let body = "x".repeat(NOTIFICATION_BYTES_MAX + 1);
    assert_eq!(client.post_text(&consumer.endpoint(), &body).await.expect("answered").status, 413);
    assert!(consumer.take().is_empty());
}

#[tokio::test]
async fn each_conduct_of_a_program_counts_once_and_the_last_one_for_ever() {
    let consumer = Consumer::open().await.expect("a free port");
    consumer.program(vec![Conduct::Answer(500), Conduct::Answer(408), Conduct::Answer(204)]);
    let client = RestClient::new(String::new());
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(status(&client, &consumer.endpoint()).await);
    }
    assert_eq!(statuses, [500, 408, 204, 204]);
}

#[tokio::test]
async fn a_wanted_request_is_waited_for_and_the_others_stay() {
    let consumer = Consumer::open().await.expect("a free port");
    let client = RestClient::new(String::new());
    let (endpoint, first, second) = (consumer.endpoint(), json!({"n": 1}), json!({"n": 2}));
    let sending = async {
        client.post(&endpoint, &first).await.expect("answered");
        client.post(&endpoint, &second).await.expect("answered");
    };
    let (wanted, ()) = tokio::join!(consumer.wait_for(|r| r.body["n"] == 2, PATIENCE), sending);
    assert_eq!(wanted.expect("it arrives").body, json!({"n": 2}));
    assert!(consumer.wait_for(|r| r.body["n"] == 2, Duration::ZERO).await.is_none());
    let left: Vec<Value> = consumer.take().into_iter().map(|r| r.body).collect();
    assert_eq!(left, [json!({"n": 1})]);
}

#[tokio::test]
async fn http_2_is_spoken_with_those_who_begin_with_it() {
    let consumer = Consumer::open().await.expect("a free port");
    let client = reqwest::Client::builder().http2_prior_knowledge().no_proxy().build().expect("a client");
    let answer = client.post(consumer.endpoint()).body("{}").send().await.expect("answered");
    assert_eq!(answer.status().as_u16(), 204);
    let received = next(&consumer).await;
    assert_eq!((received.version.as_str(), received.bytes.as_ref()), ("HTTP/2.0", &b"{}"[..]));
}
