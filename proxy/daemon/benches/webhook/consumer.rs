//! The consumer: an HTTP server on a thread of its own that answers 204 and stamps what arrives.

use crate::process::now;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use tokio::net::TcpSocket;

/// Connections that wait to be accepted: above all subscribers at once.
const BACKLOG: u32 = 4096;

/// Above anything that is measured; only what hangs meets it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Each subscriber has a path of its own: `/event/<number>` is stamped, `/other/<number>` is answered only, and
/// `/hung/<number>` is not answered once [`Consumer::hang`] was called.
pub(crate) struct Consumer {
    address: SocketAddr,
    board: Arc<Board>,
}

/// What the thread of the server and the measuring one share.
#[derive(Default)]
struct Board {
    round: Mutex<Round>,
    complete: Condvar,
    hangs: AtomicBool,
}

/// What is awaited, and what has come of it.
#[derive(Default)]
struct Round {
    /// What the body of the event that counts contains.
    mark: Vec<u8>,
    /// When it arrived first, at each subscriber.
    arrivals: Vec<Option<Instant>>,
    /// Subscribers that have not got it yet.
    missing: usize,
    /// Arrivals at a subscriber that has got it already.
    again: u64,
    /// The latest body that counted.
    body: Bytes,
}

impl Consumer {
    /// Serves from now on, for as long as the process runs.
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        let board = Arc::new(Board::default());
        let (report, reported) = mpsc::channel();
        let served = Arc::clone(&board);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let served = runtime.and_then(|runtime| runtime.block_on(serve(served, &report)));
            // Nobody may wait any more.
            let _ = report.send(served);
        });
        let address = match reported.recv()? {
            Ok(Some(address)) => address,
            Ok(None) => return Err("the consumer has ended".into()),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { address, board })
    }

    /// The address of a path.
    pub(crate) fn url(&self, kind: &str, number: usize) -> String {
        format!("http://{}/{kind}/{number}", self.address)
    }

    /// From now on hung subscribers do not answer.
    pub(crate) fn hang(&self) {
        self.board.hangs.store(true, Ordering::Relaxed);
    }

    /// An event whose body contains this is awaited by so many subscribers.
    pub(crate) fn expect(&self, mark: &str, subscribers: usize) {
        let mut round = self.board.round();
        round.mark = mark.as_bytes().to_owned();
        round.arrivals = vec![None; subscribers];
        round.missing = subscribers;
    }

    /// Waits until all have it, and says when each got it.
    pub(crate) fn arrivals(&self) -> Result<Vec<Instant>, Box<dyn Error>> {
        let round = self.board.round();
        let waited = self.board.complete.wait_timeout_while(round, PATIENCE, |round| round.missing > 0);
        let (round, timeout) = waited.expect("nobody panics with the board");
        if timeout.timed_out() {
            return Err(format!("{} of {} never got it", round.missing, round.arrivals.len()).into());
        }
        Ok(round.arrivals.iter().copied().flatten().collect())
    }

    /// The latest event that counted.
    pub(crate) fn body(&self) -> Bytes {
        self.board.round().body.clone()
    }

    /// How many events came a second time to somebody, because an answer did not count.
    pub(crate) fn repetitions(&self) -> u64 {
        self.board.round().again
    }
}

impl Board {
    fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().expect("nobody panics with the board")
    }

    fn arrived(&self, number: usize, body: Bytes) {
        let at = now();
        let mut round = self.round();
        let counts = body.windows(round.mark.len().max(1)).any(|window| window == round.mark);
        match round.arrivals.get_mut(number).filter(|_| counts) {
            Some(Some(_)) => round.again += 1,
            Some(arrival) => {
                *arrival = Some(at);
                round.body = body;
                round.missing -= 1;
                if round.missing == 0 {
                    self.complete.notify_one();
                }
            }
            // An initial notification, or one of an earlier round.
            None => {}
        }
    }
}

/// What the thread of the server says: its address, nothing at its end, or why it could not go on.
type Report = std::io::Result<Option<SocketAddr>>;

async fn serve(board: Arc<Board>, report: &mpsc::Sender<Report>) -> Report {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let listener = socket.listen(BACKLOG)?;
    // Who started this waits for it.
    let _ = report.send(Ok(Some(listener.local_addr()?)));
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let board = Arc::clone(&board);
        let service = service_fn(move |request| answer(request, Arc::clone(&board)));
        let connection = hyper::server::conn::http1::Builder::new();
        let connection = connection.serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            // Peers may close when they like.
            let _ = connection.await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    board: Arc<Board>,
) -> Result<Response<Empty<Bytes>>, hyper::Error> {
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await?.to_bytes();
    if let Some(number) = path.strip_prefix("/event/").and_then(|number| number.parse().ok()) {
        board.arrived(number, body);
    } else if path.starts_with("/hung/") && board.hangs.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
    let mut response = Response::new(Empty::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}
