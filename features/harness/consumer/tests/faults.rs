//! Conducts that are not HTTP, byte for byte.

use super::*;
use crate::consumer::fault::GARBAGE;
use crate::limits::{HUGE_HEADER_BYTES, HUGE_HEADERS};

async fn is_cut(consumer: &Consumer) {
    let received = next(consumer).await;
    let ended = outcome(&received).await;
    assert!(matches!(ended, Outcome::Cut { .. }), "{ended:?}");
}

async fn notes_that_the_peer_left(consumer: &Consumer, stream: TcpStream) {
    let received = next(consumer).await;
    assert_eq!(received.outcome(), None);
    drop(stream);
    let ended = outcome(&received).await;
    assert!(matches!(ended, Outcome::GaveUp { .. }), "{ended:?}");
}

#[tokio::test]
async fn dripping_sends_a_head_that_does_not_end() {
    let consumer = opened(Conduct::Drip { pause: Duration::from_millis(1) }).await;
    let mut stream = send(&consumer).await;
    let expected = b"HTTP/1.1 204 No Content\r\nx-drip: ........";
    for byte in expected {
        assert_eq!(hear(&mut stream, 1).await, [*byte]);
    }
    notes_that_the_peer_left(&consumer, stream).await;
}

#[tokio::test]
async fn a_body_without_end_goes_on_as_long_as_it_is_read() {
    let consumer = opened(Conduct::EndlessBody { status: 204 }).await;
    let mut stream = send(&consumer).await;
    let bytes = hear(&mut stream, 16 * 1024 * 1024).await;
    let head = b"HTTP/1.1 204 Without End\r\ncontent-type: application/octet-stream\r\n\r\n";
    let body = bytes.strip_prefix(head).expect("the head");
    assert!(body.iter().all(|byte| *byte == b'.'));
    notes_that_the_peer_left(&consumer, stream).await;
}

#[tokio::test]
async fn half_a_status_line_stays_half() {
    let consumer = opened(Conduct::HalfStatusLine).await;
    let mut stream = send(&consumer).await;
    assert_eq!(hear(&mut stream, 11).await, b"HTTP/1.1 20");
    let more = tokio::time::timeout(Duration::from_millis(20), stream.read_u8()).await;
    assert!(more.is_err(), "{more:?}");
    notes_that_the_peer_left(&consumer, stream).await;
}

#[tokio::test]
async fn a_reset_on_connect_comes_before_any_byte() {
    let consumer = opened(Conduct::ResetOnConnect).await;
    let heard = heard(connect(&consumer).await).await;
    assert_eq!(heard, (Vec::new(), Some(ErrorKind::ConnectionReset)));
    assert_eq!((consumer.connections(), consumer.count()), (1, 0));
}

#[tokio::test]
async fn a_reset_on_connect_meets_a_connection_that_was_open_before_at_its_next_request() {
    let consumer = Consumer::open().await.expect("a free port");
    let mut stream = send(&consumer).await;
    assert_eq!(hear(&mut stream, 12).await, b"HTTP/1.1 204");
    next(&consumer).await;
    consumer.behave(Conduct::ResetOnConnect);
    stream.write_all(REQUEST).await.expect("it is taken");
    assert_eq!(heard(stream).await.1, Some(ErrorKind::ConnectionReset));
    is_cut(&consumer).await;
}

#[tokio::test]
async fn a_reset_in_the_middle_of_a_request_does_not_wait_for_its_body() {
    let consumer = opened(Conduct::ResetMidRequest).await;
    let mut stream = connect(&consumer).await;
    let head = b"POST /event HTTP/1.1\r\nhost: consumer\r\ncontent-length: 1000\r\n\r\n{";
    stream.write_all(head).await.expect("it is taken");
    assert_eq!(heard(stream).await, (Vec::new(), Some(ErrorKind::ConnectionReset)));
    is_cut(&consumer).await;
}

#[tokio::test]
async fn a_reset_after_the_headers_leaves_an_answer_without_its_body() {
    let consumer = opened(Conduct::ResetAfterHeaders).await;
    let mut stream = send(&consumer).await;
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n";
    assert_eq!(hear(&mut stream, head.len()).await, head);
    assert_eq!(heard(stream).await, (Vec::new(), Some(ErrorKind::ConnectionReset)));
    is_cut(&consumer).await;
}

#[tokio::test]
async fn closing_without_an_answer_is_an_orderly_end() {
    let consumer = opened(Conduct::CloseWithoutAnswer).await;
    assert_eq!(heard(send(&consumer).await).await, (Vec::new(), None));
    is_cut(&consumer).await;
}

#[tokio::test]
async fn garbage_is_not_http() {
    let consumer = opened(Conduct::Garbage).await;
    assert_eq!(heard(send(&consumer).await).await, (GARBAGE.to_vec(), None));
    is_cut(&consumer).await;
    let client = RestClient::new(String::new());
    assert!(client.post(&consumer.endpoint(), &json!({})).await.is_err());
}

#[tokio::test]
async fn huge_headers_make_an_answer_of_megabytes() {
    let consumer = opened(Conduct::HugeHeaders).await;
    let (bytes, error) = heard(send(&consumer).await).await;
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let [status, headers @ .., close, end] = &lines[..] else { panic!("{} lines", lines.len()) };
    assert_eq!(
        (*status, *close, *end, error),
        (&b"HTTP/1.1 204 No Content\r\n"[..], &b"connection: close\r\n"[..], &b"\r\n"[..], None)
    );
    assert_eq!(headers.len(), HUGE_HEADERS);
    assert!(headers.iter().all(|header| header.len() == HUGE_HEADER_BYTES));
    let ended = outcome(&next(&consumer).await).await;
    assert!(matches!(ended, Outcome::Answered { status: 204, .. }), "{ended:?}");
}

#[tokio::test]
async fn interim_answers_come_before_the_answer() {
    let consumer = opened(Conduct::Informational { count: 3 }).await;
    let (bytes, error) = heard(send(&consumer).await).await;
    let expected =
        "HTTP/1.1 102 Processing\r\n\r\n".repeat(3) + "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
    assert_eq!((String::from_utf8(bytes).expect("text"), error), (expected, None));
    let client = RestClient::new(String::new());
    assert_eq!(status(&client, &consumer.endpoint()).await, 204);
}

#[tokio::test]
async fn a_half_open_consumer_takes_connections_and_reads_nothing_until_it_is_told_otherwise() {
    let consumer = opened(Conduct::HalfOpen).await;
    let mut stream = send(&consumer).await;
    let answer = tokio::time::timeout(Duration::from_millis(20), stream.read_u8()).await;
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!((consumer.connections(), consumer.count()), (0, 0));
    consumer.behave(Conduct::Answer(204));
    assert_eq!(hear(&mut stream, 12).await, b"HTTP/1.1 204");
}

#[tokio::test]
async fn a_half_open_consumer_with_a_full_backlog_cannot_be_connected() {
    let settings = ConsumerSettings { backlog: 0, ..ConsumerSettings::loopback() };
    let consumer = Consumer::open_with(settings).await.expect("a free port");
    consumer.behave(Conduct::HalfOpen);
    // Linux takes one more than the backlog.
    let _first = connect(&consumer).await;
    let second = TcpStream::connect(("127.0.0.1", consumer.port()));
    let second = tokio::time::timeout(Duration::from_millis(50), second).await;
    assert!(second.is_err(), "{second:?}");
}

#[tokio::test]
async fn half_open_in_a_program_holds_one_connection() {
    let consumer = Consumer::open().await.expect("a free port");
    consumer.program(vec![Conduct::HalfOpen, Conduct::Answer(204)]);
    let mut held = send(&consumer).await;
    let mut served = send(&consumer).await;
    assert_eq!(hear(&mut served, 12).await, b"HTTP/1.1 204");
    let received = next(&consumer).await;
    assert_eq!((received.connection, consumer.count()), (2, 1));
    consumer.behave(Conduct::Answer(503));
    assert_eq!(hear(&mut held, 12).await, b"HTTP/1.1 503");
}

#[tokio::test]
async fn half_open_holds_a_connection_that_was_open_before() {
    let consumer = Consumer::open().await.expect("a free port");
    let mut stream = send(&consumer).await;
    assert_eq!(hear(&mut stream, 12).await, b"HTTP/1.1 204");
    next(&consumer).await;
    consumer.behave(Conduct::HalfOpen);
    stream.write_all(REQUEST).await.expect("it is taken");
    let received = next(&consumer).await;
    assert_eq!(received.outcome(), None);
    consumer.behave(Conduct::Answer(204));
    let ended = outcome(&received).await;
    assert!(matches!(ended, Outcome::Cut { .. }), "{ended:?}");
}
