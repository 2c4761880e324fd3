//! Our own proxy: one process for each scenario, in virtual time.

use crate::conform::level::Profile;
use crate::conform::stimulus::{HOLDOVER_S, Lines, Means, StimulusError};
use crate::conform::wire::Wire;
use crate::limits::API_ANSWER_MAX;
use crate::replay::Thresholds;
use crate::{LabError, LineFeed, ProxyProgram, Signal, Testbed, TestbedSettings, Topology};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// UNIX time at which every scenario starts: 2023-11-14T22:13:20Z.
const START_UNIX_NS: u64 = 1_700_000_000_000_000_000;

/// The interface of the node's only port.
const INTERFACE: &str = "ens1f0";

/// For the ids of the first process; each further one counts on.
const FIRST_SEED: u64 = 1;

/// How our own proxies are started.
#[derive(Clone, Debug)]
pub struct OwnSettings {
    /// The program.
    pub program: ProxyProgram,
    /// Its `--api-profile`.
    pub profile: Profile,
    /// How many scenarios, each with a proxy, run at a time.
    pub scenarios_at_once: usize,
}

/// What a scenario wants of the start.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// Further arguments of the proxy.
    pub arguments: Vec<OsString>,
    /// Files that are in the store before the start: name and contents.
    pub store: Vec<(String, String)>,
}

/// A running proxy with its node.
#[derive(Debug)]
pub struct Own {
    testbed: Testbed,
    feed: LineFeed,
    wire: Wire,
    lines: Lines,
    now_ns: u64,
    /// How often it was started again.
    starts: u64,
}

impl Own {
    pub(super) async fn open(settings: &OwnSettings, launch: Launch) -> Result<Self, LabError> {
        let mut arguments = vec!["--api-profile".into(), settings.profile.as_str().into()];
        arguments.extend(launch.arguments);
        let testbed = Testbed::prepare(TestbedSettings {
            program: settings.program.clone(),
            node: Topology::OrdinaryClock
                .files(Thresholds { holdover_s: HOLDOVER_S, ..Thresholds::default() }),
            seed: FIRST_SEED,
            keep: None,
            arguments,
        });
        let mut testbed = testbed.await?;
        for (name, contents) in launch.store {
            let path = testbed.dir().store_dir().join(name);
            std::fs::write(&path, contents).map_err(LabError::file(path))?;
        }
        testbed.start_proxy().await?;
        let wire = wire(&testbed);
        let mut feed = testbed.connect().await?;
        feed.set_time(START_UNIX_NS);
        feed.push("CMD LIVE_START");
        feed.sync().await?;
        Ok(Self { testbed, feed, wire, lines: Lines::new(INTERFACE), now_ns: START_UNIX_NS, starts: 0 })
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    pub(super) fn node_name(&self) -> &str {
        Topology::NODE_NAME
    }

    /// Everything is delivered before anybody looks, so that this is only the bound of a failure.
    pub(super) fn patience(&self) -> Duration {
        API_ANSWER_MAX
    }

    pub(super) async fn enact(&mut self, resource: &str, value: &str) -> Result<(), StimulusError> {
        self.push(resource, value).await?;
        Ok(self.feed.sync().await?)
    }

    pub(super) async fn enact_unawaited(&mut self, resource: &str, value: &str) -> Result<(), StimulusError> {
        self.push(resource, value).await?;
        Ok(self.feed.flush().await?)
    }

    async fn push(&mut self, resource: &str, value: &str) -> Result<(), StimulusError> {
        let unavailable =
            || StimulusError::Unavailable { resource: resource.to_owned(), value: value.to_owned() };
        match self.lines.means(resource, value).ok_or_else(unavailable)? {
            Means::Nothing => {}
            Means::Lines(lines) => lines.iter().for_each(|line| self.feed.push(line)),
            Means::HoldoverRunsOut => self.pass(Duration::from_secs(HOLDOVER_S.into())).await?,
        }
        Ok(())
    }

    pub(super) async fn repeat(&mut self, resource: &str, times: usize) -> Result<(), StimulusError> {
        for number in 0..times {
            let line = self.lines.repetition(resource, number).ok_or_else(|| StimulusError::Unavailable {
                resource: resource.to_owned(),
                value: "what it is, again".to_owned(),
            })?;
            self.feed.push(&line);
        }
        Ok(self.feed.sync().await?)
    }

    pub(super) async fn settle(&mut self) -> Result<(), LabError> {
        self.feed.sync().await
    }

    /// Lets virtual time pass and waits for what that causes.
    ///
    /// # Errors
    /// When the proxy is gone.
    pub async fn pass(&mut self, time: Duration) -> Result<(), LabError> {
        self.now_ns += u64::try_from(time.as_nanos()).expect("scenarios last less than centuries");
        self.feed.set_time(self.now_ns);
        self.feed.sync().await
    }

    pub(super) async fn restart(&mut self, signal: Signal) -> Result<(), LabError> {
        self.stop(signal).await?;
        self.start().await
    }

    /// Ends the proxy.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop(&mut self, signal: Signal) -> Result<(), LabError> {
        self.testbed.signal_proxy(signal).await?;
        self.testbed.proxy_end().await.map(|_status| ())
    }

    /// Starts the proxy again on the same files, at the time that it is.
    ///
    /// # Errors
    /// When it does not serve.
    pub async fn start(&mut self) -> Result<(), LabError> {
        self.starts += 1;
        self.testbed.reseed(FIRST_SEED + self.starts);
        self.testbed.start_proxy().await?;
        self.wire = wire(&self.testbed);
        self.feed = self.testbed.connect().await?;
        self.feed.set_time(self.now_ns);
        self.feed.push("CMD LIVE_START");
        self.feed.sync().await
    }

    /// The daemon closes its connection as it has written it, and opens another one.
    ///
    /// # Errors
    /// When the proxy does not listen.
    pub async fn reconnect(&mut self) -> Result<(), LabError> {
        self.feed.flush().await?;
        self.feed = self.testbed.connect().await?;
        self.feed.set_time(self.now_ns);
        self.feed.push("CMD LIVE_START");
        self.feed.sync().await
    }

    pub(super) fn now_unix_ns(&self) -> u64 {
        self.now_ns
    }

    /// The directory of the store.
    pub fn store_dir(&self) -> PathBuf {
        self.testbed.dir().store_dir()
    }

    /// The node, for what only a testbed can do.
    pub fn testbed(&mut self) -> &mut Testbed {
        &mut self.testbed
    }
}

fn wire(testbed: &Testbed) -> Wire {
    Wire::new(&testbed.api_base(), None).expect("a proxy that runs has an http base")
}
