//! From a configuration to a serving process, and from a signal to its end.
//!
//! Everything is bound before anything is served, so that what cannot work fails at once and with a clear error.

use crate::auth::{Auth, AuthSettings, LoadedTls};
use crate::clock::Clock;
use crate::cloud_event::Renderer;
use crate::cluster_store::ClusterStore;
use crate::config::{ClockSource, Config, ListenAddress};
use crate::daemon_api::{DaemonApi, http_client};
use crate::deliver::{ClientError, Deliverer, DeliverySettings};
use crate::descriptors;
use crate::driver::{Driver, Earlier, Equipment, Inlets};
use crate::exit::Exit;
use crate::http_server::{Bounds, HttpServer};
use crate::limits::{
    BATCHES_QUEUED_MAX, COMMANDS_QUEUED_MAX, CONNECTIONS_MAX, REPORT_BATCHES_QUEUED_MAX,
    REPORT_CONNECTIONS_MAX, WORKER_THREADS,
};
use crate::line_socket::{self, ListenError, SocketFile};
use crate::memory_file::MemoryFile;
use crate::metrics::{self, Limits, MetricsPage, Servers};
use crate::node_files::NodeFiles;
use crate::rest::{Api, Publishers, RequestCounts, router, subscriptions_url};
use crate::store::Store;
use crate::telemetry;
use proxy_core::{Core, Settings};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

/// Why the process could not start or did not end well.
#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
    #[error("{0}")]
    Listen(#[from] ListenError),
    #[error("the HTTP client could not be made: {0}")]
    HttpClient(#[from] ClientError),
    #[error("{0} ended though it never should")]
    Ended(&'static str),
}

impl RunError {
    fn exit(&self) -> Exit {
        let kind = match self {
            Self::Io { source, .. } | Self::Listen(ListenError::Io { source, .. }) => source.kind(),
            Self::Listen(
                ListenError::InUse { .. } | ListenError::NotASocket { .. } | ListenError::NoDirectory { .. },
            ) => return Exit::Other,
            Self::HttpClient(_) | Self::Ended(_) => return Exit::Internal,
        };
        if kind == io::ErrorKind::PermissionDenied { Exit::Permission } else { Exit::Other }
    }
}

/// Attaches what was being done to an I/O error.
fn doing<T>(what: impl Into<String>, result: io::Result<T>) -> Result<T, RunError> {
    result.map_err(|source| RunError::Io { what: what.into(), source })
}

/// Serves until a signal comes.
pub(crate) fn run(config: Config, auth: Option<AuthSettings>) -> Exit {
    telemetry::install(config.log_level);
    descriptors::raise_limit();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(WORKER_THREADS).enable_all().build();
    let result = doing("the runtime could not be started", runtime).and_then(|runtime| {
        let result = runtime.block_on(serve(&config, auth));
        // Name look-ups of attempts that were given up may still block a thread.
        runtime.shutdown_background();
        result
    });
    match result {
        Ok(()) => {
            tracing::info!("ended");
            Exit::Ok
        }
        Err(error) => {
            tracing::error!(%error, "the proxy cannot serve");
            error.exit()
        }
    }
}

/// Everything that is bound.
struct Bound {
    lines: UnixListener,
    reports: Option<UnixListener>,
    /// Of both sockets.
    socket_files: Vec<SocketFile>,
    api: TcpListener,
    api_port: u16,
    metrics: TcpListener,
    metrics_port: u16,
}

/// The parts of the process that run until the end.
struct Parts {
    stop: watch::Sender<bool>,
    tasks: JoinSet<&'static str>,
}

async fn serve(config: &Config, auth: Option<AuthSettings>) -> Result<(), RunError> {
    if config.sidecar_requested {
        tracing::warn!("--http-event-publishers is ignored: this build has no sidecar role");
    }
    let mut terminate = doing("SIGTERM cannot be handled", signal(SignalKind::terminate()))?;
    let mut interrupt = doing("SIGINT cannot be handled", signal(SignalKind::interrupt()))?;
    let ready_file = config.ready_file.as_deref();
    if let Some(path) = ready_file {
        // One that a killed proxy has left would name its ports; usually there is none.
        let _ = std::fs::remove_file(path);
    }
    let bound = bind(config).await?;
    let (api_port, metrics_port) = (bound.api_port, bound.metrics_port);
    let (mut parts, socket_files) = start(config, bound, auth).await?;
    if let Some(path) = ready_file {
        doing(path.display().to_string(), write_ready_file(path, api_port, metrics_port))?;
    }
    tracing::info!(node = config.node_name, api_port, metrics_port, "serving");

    let result = tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
        Some(ended) = parts.tasks.join_next() => Err(RunError::Ended(ended.unwrap_or("a task"))),
    };
    tracing::info!(timeout = ?config.drain_timeout, "ending");
    // Nobody sees this if all parts have ended.
    let _ = parts.stop.send(true);
    let drain = async { while parts.tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(config.drain_timeout, drain).await.is_err() {
        tracing::warn!("not everything could be finished in time");
    }
    drop(socket_files);
    if let Some(path) = ready_file {
        // It may have been removed by whoever waited for it.
        let _ = std::fs::remove_file(path);
    }
    result
}

async fn bind(config: &Config) -> Result<Bound, RunError> {
    let (api, api_port) = bind_tcp(&config.api).await?;
    let (metrics, metrics_port) = bind_tcp(&config.metrics).await?;
    let (lines, socket_file) = SocketFile::bind(&config.event_socket).await?;
    let mut socket_files = vec![socket_file];
    let mut reports = None;
    if let Some(path) = &config.report_socket {
        let (listener, socket_file) = SocketFile::bind(path).await?;
        socket_files.push(socket_file);
        reports = Some(listener);
    }
    Ok(Bound { lines, reports, socket_files, api, api_port, metrics, metrics_port })
}

async fn bind_tcp(address: &ListenAddress) -> Result<(TcpListener, u16), RunError> {
    let ListenAddress { host, port } = address;
    let bound = match TcpListener::bind((host.as_str(), *port)).await {
        // A machine without IPv6 has all addresses of one family only.
        Err(error) if host == "::" && error.kind() != io::ErrorKind::AddrInUse => {
            TcpListener::bind(("0.0.0.0", *port)).await.map_err(|_| error)
        }
        bound => bound,
    };
    let listener = doing(format!("{} cannot be bound", shown(host, *port)), bound)?;
    let local = doing("the bound address", listener.local_addr())?;
    Ok((listener, local.port()))
}

fn shown(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

async fn start(
    config: &Config,
    bound: Bound,
    auth: Option<AuthSettings>,
) -> Result<(Parts, Vec<SocketFile>), RunError> {
    let renderer = Renderer::new(&config.node_name, config.api_profile);
    let (demand, tls) = auth.map(|auth| (auth.demand, auth.tls)).unzip();
    let (auth, key_keeper) = demand.map(Auth::new).unzip();
    let auth = auth.map(Arc::new);
    let (tls, tls_keeper) = tls.flatten().map(LoadedTls::keep).unzip();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let subscriptions_url = subscriptions_url(scheme, &config.public_host, bound.api_port);
    let (lines, ingest) = mpsc::channel(BATCHES_QUEUED_MAX);
    let (commands, commanded) = mpsc::channel(COMMANDS_QUEUED_MAX);
    let (reports, reported) = mpsc::channel(REPORT_BATCHES_QUEUED_MAX);
    let inlets = Inlets { ingest, reports: reported, commands: commanded };
    let mut driver = driver(config, renderer.clone(), subscriptions_url.clone(), inlets)?;
    driver.adopt_from_cluster().await;
    driver.learn_aliases().await;
    let requests = RequestCounts::default();
    let servers = Servers::default();
    let page = MetricsPage::new(commands.clone(), requests.clone(), servers.clone(), &config.node_name)
        .with_refusals(auth.as_ref().map(|auth| auth.counts().clone()))
        .with_limits(Limits::of(config));
    let limits = config.api_limits;
    let api = Api {
        commands,
        endpoints: Arc::new(config.endpoint_policy.clone()),
        subscriptions_url: subscriptions_url.into(),
        publishers: Arc::new(Publishers::new(&renderer, bound.api_port)),
        renderer,
        limits,
        requests,
        http: servers.api.clone(),
        auth,
        room: Arc::new(Semaphore::new(limits.requests)),
    };
    let (stop, stopped) = watch::channel(false);
    let socket = line_socket::serve(bound.lines, CONNECTIONS_MAX, lines, stopped.clone());
    let bounds = Bounds::new(limits.connections, limits.header_timeout);
    let server = |listener, tls, counts| HttpServer { listener, bounds, tls, counts };
    let rest = server(bound.api, tls, servers.api).serve(router(api), stopped.clone());
    let metrics = server(bound.metrics, None, servers.metrics).serve(metrics::router(page), stopped.clone());
    let mut tasks = JoinSet::new();
    spawn(&mut tasks, "the driver", driver.run());
    spawn(&mut tasks, "the event socket", socket);
    // Without a socket the channel ends here, and the driver knows that no report will come.
    if let Some(listener) = bound.reports {
        let socket = line_socket::serve(listener, REPORT_CONNECTIONS_MAX, reports, stopped.clone());
        spawn(&mut tasks, "the report socket", socket);
    }
    spawn(&mut tasks, "the REST API", rest);
    if let Some(keeper) = key_keeper.flatten() {
        spawn(&mut tasks, "the keys of the issuer", keeper.run(stopped.clone()));
    }
    if let Some(keeper) = tls_keeper {
        spawn(&mut tasks, "the TLS certificates", keeper.run(stopped.clone()));
    }
    spawn(&mut tasks, "the metrics page", metrics);
    Ok((Parts { stop, tasks }, bound.socket_files))
}

/// The driver with a new core, which is told what the store has.
fn driver(
    config: &Config,
    renderer: Renderer,
    subscriptions_url: String,
    inlets: Inlets,
) -> Result<Driver, RunError> {
    let at = || format!("store {}", config.store_path.display());
    let store = doing(at(), Store::open(&config.store_path, subscriptions_url))?;
    let memory_file = MemoryFile::in_directory(&config.store_path);
    let earlier = Earlier { subscriptions: doing(at(), store.read_all())?, memory: memory_file.read() };
    let clock = match config.clock {
        ClockSource::Wall => Clock::wall(),
        ClockSource::Socket { .. } => Clock::socket(),
    };
    let settings = Settings {
        node_name: config.node_name.clone(),
        unsubscribe_after: config.unsubscribe_after,
        subscriptions_max: config.subscriptions_max,
        subscriptions_per_endpoint_max: config.subscriptions_per_endpoint_max,
    };
    let core = Core::new(settings, doing("the system's entropy", seed(config.clock))?, clock.now());
    let delivery = DeliverySettings {
        policy: Arc::new(config.endpoint_policy.clone()),
        authorities: config.delivery_ca.clone(),
        proxy: config.delivery_proxy,
        timeout: config.delivery_timeout,
    };
    let equipment = Equipment {
        clock,
        node_files: NodeFiles::new(config),
        config_check_interval: config.config_check_interval,
        cluster: ClusterStore::find(config, &store),
        store,
        memory_file,
        deliverer: Deliverer::new(delivery)?,
        renderer,
        daemon: DaemonApi::new(http_client()?, config.daemon_url.as_str()),
    };
    Ok(Driver::new(core, equipment, inlets, earlier))
}

fn spawn(
    tasks: &mut JoinSet<&'static str>,
    name: &'static str,
    part: impl Future<Output = ()> + Send + 'static,
) {
    tasks.spawn(async move {
        part.await;
        name
    });
}

/// What identifiers are made from.
fn seed(clock: ClockSource) -> io::Result<[u8; 32]> {
    let mut seed = [0; 32];
    match clock {
        ClockSource::Socket { seed: Some(number) } => seed[..8].copy_from_slice(&number.to_le_bytes()),
        ClockSource::Wall | ClockSource::Socket { seed: None } => {
            std::fs::File::open("/dev/urandom")?.read_exact(&mut seed)?;
        }
    }
    Ok(seed)
}

/// Says where everything is served. Written beside its place and renamed, so that a reader sees all of it or nothing.
fn write_ready_file(path: &Path, api_port: u16, metrics_port: u16) -> io::Result<()> {
    let mut temporary: PathBuf = path.to_owned();
    temporary.as_mut_os_string().push(".tmp");
    let mut file = std::fs::File::create(&temporary)?;
    let pid = std::process::id();
    let text = serde_json::json!({ "api_port": api_port, "metrics_port": metrics_port, "pid": pid });
    writeln!(file, "{text}")?;
    std::fs::rename(&temporary, path)
}

#[cfg(test)]
mod tests {
    use super::{ClockSource, RunError, seed};
    use crate::exit::Exit;
    use crate::line_socket::ListenError;
    use std::io;

    #[test]
    fn the_exit_code_says_what_kind_of_failure_it_was() {
        let io = |kind: io::ErrorKind| RunError::Io { what: "x".to_owned(), source: kind.into() };
        assert_eq!(io(io::ErrorKind::PermissionDenied).exit(), Exit::Permission);
        assert_eq!(io(io::ErrorKind::AddrInUse).exit(), Exit::Other);
        assert_eq!(RunError::Ended("the driver").exit(), Exit::Internal);
        let path = std::path::PathBuf::from("/x");
        let denied = io::ErrorKind::PermissionDenied.into();
        assert_eq!(
            RunError::Listen(ListenError::Io { path: path.clone(), source: denied }).exit(),
            Exit::Permission
        );
        assert_eq!(RunError::Listen(ListenError::InUse { path }).exit(), Exit::Other);
    }

    #[test]
    fn a_seed_is_the_same_every_time_and_entropy_is_not() {
        let seeded = ClockSource::Socket { seed: Some(7) };
        assert_eq!(seed(seeded).unwrap(), seed(seeded).unwrap());
        assert_ne!(seed(seeded).unwrap(), seed(ClockSource::Socket { seed: Some(8) }).unwrap());
        assert_ne!(seed(ClockSource::Wall).unwrap(), seed(ClockSource::Wall).unwrap());
    }
}
