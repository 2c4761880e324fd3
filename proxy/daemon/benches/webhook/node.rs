//! A proxy that is told changes, with subscribers of the consumer.

use crate::process::{NODE, Proxy, now};
use std::error::Error;
use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// Classes that one change after the other announces; each change is one event, with one resource.
const CLASSES: usize = 200;

/// Between two looks whether the first line has taken effect.
const POLL: Duration = Duration::from_millis(2);

/// An error of a task.
pub(crate) type TaskError = Box<dyn Error + Send + Sync>;

/// An error of a task, for `main`.
pub(crate) fn plain(error: TaskError) -> Box<dyn Error> {
    error
}

/// A node whose clock class changes.
pub(crate) struct Node {
    /// Its proxy.
    pub(crate) proxy: Proxy,
    lines: UnixStream,
    changes: usize,
    /// `http://<host>:<port>` of the REST API.
    origin: String,
    http: reqwest::Client,
}

impl Node {
    /// Starts it, with a state that can be pulled.
    pub(crate) fn start(runtime: &Runtime) -> Result<Self, Box<dyn Error>> {
        // Hung subscribers stay as long as this measures.
        let proxy = Proxy::start(&["--unsubscribe-after", "1000000"])?;
        let ready: serde_json::Value = serde_json::from_slice(&std::fs::read(proxy.path("ready.json"))?)?;
        let origin = format!("http://127.0.0.1:{}", ready["api_port"]);
        let lines = UnixStream::connect(proxy.path("events.sock"))?;
        let http = reqwest::Client::builder().no_proxy().build()?;
        let mut node = Self { proxy, lines, changes: 0, origin, http };
        node.change()?;
        let state = format!("{}{}", node.origin, current_state());
        while runtime.block_on(node.http.get(&state).send())?.status() != reqwest::StatusCode::OK {
            thread::sleep(POLL);
        }
        Ok(node)
    }

    /// Host and port of the REST API.
    pub(crate) fn authority(&self) -> &str {
        self.origin.trim_start_matches("http://")
    }

    /// What the body of the next event contains.
    pub(crate) fn next_mark(&self) -> String {
        format!(r#""value":"{}""#, self.next_class())
    }

    fn next_class(&self) -> usize {
        1 + self.changes % CLASSES
    }

    /// Writes the line of the next change, and says when.
    pub(crate) fn change(&mut self) -> Result<Instant, Box<dyn Error>> {
        let line = format!("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE {}\n", self.next_class());
        self.changes += 1;
        let written = now();
        self.lines.write_all(line.as_bytes())?;
        Ok(written)
    }

    /// Subscribes these endpoints, so many at a time, and says how long it took.
    pub(crate) fn subscribe(
        &self,
        runtime: &Runtime,
        endpoints: Vec<String>,
        concurrency: usize,
    ) -> Result<Duration, Box<dyn Error>> {
        let url = format!("{}/api/ocloudNotifications/v2/subscriptions", self.origin);
        let (http, total) = (self.http.clone(), endpoints.len());
        let subscribe = move |number: usize| {
            let body = format!(
                r#"{{"ResourceAddress":"/cluster/node/{NODE}/sync/ptp-status/clock-class","EndpointUri":"{}"}}"#,
                endpoints[number]
            );
            let request = http.post(&url).header("content-type", "application/json").body(body);
            async move {
                let response = request.send().await?;
                match response.status() {
                    reqwest::StatusCode::CREATED => response.bytes().await.map(drop).map_err(Into::into),
                    status => Err(format!("a subscription was answered with {status}").into()),
                }
            }
        };
        at_a_time(runtime, concurrency, total, subscribe)
    }
}

/// Path of the state that is pulled.
pub(crate) fn current_state() -> String {
    format!("/api/ocloudNotifications/v2/cluster/node/{NODE}/sync/ptp-status/clock-class/CurrentState")
}

/// Does a job so many times, so many at a time, and says how long all of it took.
pub(crate) fn at_a_time<Job, Work>(
    runtime: &Runtime,
    concurrency: usize,
    times: usize,
    job: Job,
) -> Result<Duration, Box<dyn Error>>
where
    Job: Fn(usize) -> Work + Send + Sync + 'static,
    Work: Future<Output = Result<(), TaskError>> + Send,
{
    let (job, next) = (Arc::new(job), Arc::new(AtomicUsize::new(0)));
    let started = now();
    let results = runtime.block_on(async {
        let mut workers = JoinSet::new();
        for _ in 0..concurrency {
            let (job, next) = (Arc::clone(&job), Arc::clone(&next));
            workers.spawn(async move {
                loop {
                    match next.fetch_add(1, Ordering::Relaxed) {
                        number if number < times => job(number).await?,
                        _ => return Ok::<(), TaskError>(()),
                    }
                }
            });
        }
        workers.join_all().await
    });
    for result in results {
        result.map_err(plain)?;
    }
    Ok(started.elapsed())
}
