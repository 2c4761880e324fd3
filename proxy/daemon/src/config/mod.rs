//! The checked configuration: every field means something, and all problems are found at once.

mod parse;
mod problem;
mod raw;

pub(crate) use problem::Problem;
pub(crate) use raw::{RawConfig, Setting};

use crate::deliver::{Authorities, EndpointPolicy};
use crate::limits::CONFIGURATION_FILE_BYTES_MAX;
use parse::Reader;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// What the proxy runs with.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// The node's name.
    pub(crate) node_name: String,
    /// Where metrics are served.
    pub(crate) metrics: ListenAddress,
    /// Where the REST API is served.
    pub(crate) api: ListenAddress,
    /// Which representation the API has.
    pub(crate) api_profile: ApiProfile,
    /// Host of this proxy as consumers know it, with brackets if it is an IPv6 address.
    pub(crate) public_host: String,
    /// Directory of the subscriptions and of what the core remembers.
    pub(crate) store_path: PathBuf,
    /// The UNIX socket.
    pub(crate) event_socket: PathBuf,
    /// The UNIX socket for reports, if there is to be one.
    pub(crate) report_socket: Option<PathBuf>,
    /// Directory of the process configurations.
    pub(crate) ptp_config_dir: PathBuf,
    /// The node's profile file.
    pub(crate) profile_file: PathBuf,
    /// How often the node's files are looked at for changes; none: only when a peer connects or says so.
    pub(crate) config_check_interval: Option<Duration>,
    /// Base URL of the daemon's server.
    pub(crate) daemon_url: Url,
    /// Where the time comes from.
    pub(crate) clock: ClockSource,
    /// Consecutive failures after which an endpoint's subscriptions end.
    pub(crate) unsubscribe_after: u32,
    /// Bound of one delivery.
    pub(crate) delivery_timeout: Duration,
    /// Which endpoints may subscribe.
    pub(crate) endpoint_policy: EndpointPolicy,
    /// Authorities of https endpoints beside those of the system.
    pub(crate) delivery_ca: Authorities,
    /// Whether deliveries go through a proxy.
    pub(crate) delivery_proxy: DeliveryProxy,
    /// Who may change subscriptions; everybody if absent.
    pub(crate) auth_config: Option<PathBuf>,
    /// Namespace of the ConfigMap in which subscriptions are kept beside the store.
    pub(crate) namespace: Option<String>,
    /// The Kubernetes API, if it is not where the environment says.
    pub(crate) kubernetes_url: Option<Url>,
    /// Token and authority for the Kubernetes API.
    pub(crate) service_account_dir: PathBuf,
    /// What the REST API takes at most.
    pub(crate) api_limits: ApiLimits,
    /// Subscriptions in all, pending ones included.
    pub(crate) subscriptions_max: usize,
    /// Subscriptions of one endpoint, pending ones included.
    pub(crate) subscriptions_per_endpoint_max: usize,
    /// Bound of the end.
    pub(crate) drain_timeout: Duration,
    /// Where to say that everything serves.
    pub(crate) ready_file: Option<PathBuf>,
    /// How much to log.
    pub(crate) log_level: LogLevel,
    /// Whether the flag of the sidecar role is set, which this build does not have.
    pub(crate) sidecar_requested: bool,
}

/// Where to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListenAddress {
    /// Address or name, without brackets; `::` is every address of both families.
    pub(crate) host: String,
    /// Port; 0 is any free one.
    pub(crate) port: u16,
}

/// The two representations of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApiProfile {
    /// What existing consumers know.
    Compat,
    /// The letter of O-RAN.WG6 O-Cloud Notification API v04.00.
    Oran,
}

/// What the REST API takes at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ApiLimits {
    /// Body of a request.
    pub(crate) request_bytes: usize,
    /// Time for the head of a request.
    pub(crate) header_timeout: Duration,
    /// Time for the body of a request.
    pub(crate) body_timeout: Duration,
    /// Connections at a time.
    pub(crate) connections: usize,
    /// Requests at a time.
    pub(crate) requests: usize,
}

/// Where the proxy for deliveries is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeliveryProxy {
    /// There is none.
    None,
    /// In the environment: `HTTP_PROXY` and the like.
    Environment,
}

/// Where the time and the identifiers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClockSource {
    /// The machine.
    Wall,
    /// The event socket.
    Socket {
        /// Seed of identifiers; the machine's entropy if absent.
        seed: Option<u64>,
    },
}

/// How much to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogLevel {
    /// Only what needs a person.
    Error,
    /// And what is odd.
    Warn,
    /// And state changes.
    Info,
    /// And single deliveries and requests to the daemon.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// Its name as filters know it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// Reads a configuration file.
pub(crate) fn read_file(path: &Path) -> Result<RawConfig, Problem> {
    let at = path.display().to_string();
    let unreadable = |error: std::io::Error| Problem::new(&at, error.to_string(), "a readable file");
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    let read = file.take(CONFIGURATION_FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(unreadable)?;
    if u64::try_from(read).is_ok_and(|bytes| bytes > CONFIGURATION_FILE_BYTES_MAX) {
        let expected = format!("at most {CONFIGURATION_FILE_BYTES_MAX} bytes");
        return Err(Problem::new(at, "a larger file", expected));
    }
    toml::from_str(&text)
        .map_err(|error| Problem::new(at, error.to_string(), "the settings of --help in TOML"))
}

/// Checks settings; on failure all problems are returned.
pub(crate) fn resolve(raw: RawConfig) -> Result<Config, Vec<Problem>> {
    let mut reader = Reader::default();
    let api_limits = api_limits(&mut reader, &raw);
    let node_name = reader.node_name(raw.node_name);
    let node_ip = optional(raw.node_ip);
    let event_socket = reader.path(&parse::EVENT_SOCKET, raw.event_socket);
    let report_socket = reader.report_socket(raw.report_socket, &event_socket);
    let profile_path: PathBuf = reader.path(&parse::PTP_PROFILE_PATH, raw.ptp_profile_path);
    reader.read(&parse::API_VERSION, raw.api_version, parse::api_version);
    let mut config = Config {
        metrics: reader.read(&parse::METRICS_ADDR, raw.metrics_addr, parse::listen_address),
        api: ListenAddress {
            host: reader.read(&parse::API_HOST, raw.api_host, parse::host),
            port: reader.read(&parse::API_PORT, raw.api_port, |text| text.parse().ok()),
        },
        api_profile: reader.read(&parse::API_PROFILE, raw.api_profile, parse::api_profile),
        public_host: reader.read(&parse::TRANSPORT_HOST, raw.transport_host, |text| {
            parse::public_host(text, node_ip.as_deref(), &node_name)
        }),
        store_path: reader.path(&parse::STORE_PATH, raw.store_path),
        event_socket,
        report_socket,
        ptp_config_dir: reader.path(&parse::PTP_CONFIG_DIR, raw.ptp_config_dir),
        profile_file: profile_path.join(&node_name),
        config_check_interval: reader.read(
            &parse::CONFIG_CHECK_INTERVAL,
            raw.config_check_interval,
            parse::interval,
        ),
        daemon_url: reader.read(&parse::DAEMON_URL, raw.daemon_url, parse::http_url),
        clock: reader.clock(raw.clock, raw.seed),
        unsubscribe_after: reader.read(&parse::UNSUBSCRIBE_AFTER, raw.unsubscribe_after, parse::positive),
        delivery_timeout: reader.read(&parse::DELIVERY_TIMEOUT, raw.delivery_timeout, parse::duration),
        endpoint_policy: reader.read(&parse::ENDPOINT_POLICY, raw.endpoint_policy, EndpointPolicy::parse),
        delivery_ca: reader.authorities(optional(raw.delivery_ca)),
        delivery_proxy: reader.read(&parse::DELIVERY_PROXY, raw.delivery_proxy, parse::delivery_proxy),
        auth_config: optional(raw.auth_config).map(PathBuf::from),
        namespace: optional(raw.namespace),
        kubernetes_url: reader.kubernetes_url(raw.kubernetes_url),
        service_account_dir: reader.path(&parse::SERVICE_ACCOUNT_DIR, raw.service_account_dir),
        api_limits,
        subscriptions_max: reader.read(&parse::MAX_SUBSCRIPTIONS, raw.max_subscriptions, parse::count),
        subscriptions_per_endpoint_max: reader.read(
            &parse::MAX_SUBSCRIPTIONS_PER_ENDPOINT,
            raw.max_subscriptions_per_endpoint,
            parse::count,
        ),
        drain_timeout: reader.read(&parse::DRAIN_TIMEOUT, raw.drain_timeout, parse::duration),
        ready_file: raw.ready_file.map(|setting| setting.0.into()),
        log_level: reader.read(&parse::LOG_LEVEL, raw.log_level, parse::log_level),
        sidecar_requested: raw.http_event_publishers.is_some_and(|setting| !setting.0.is_empty()),
        node_name,
    };
    if config.api_profile == ApiProfile::Oran {
        config.endpoint_policy = EndpointPolicy::localhost();
    }
    reader.finish(config)
}

fn api_limits(reader: &mut Reader, raw: &RawConfig) -> ApiLimits {
    ApiLimits {
        request_bytes: reader.read(
            &parse::MAX_REQUEST_BYTES,
            raw.max_request_bytes.clone(),
            parse::request_bytes,
        ),
        header_timeout: reader.read(
            &parse::REQUEST_HEADER_TIMEOUT,
            raw.request_header_timeout.clone(),
            parse::duration,
        ),
        body_timeout: reader.read(
            &parse::REQUEST_BODY_TIMEOUT,
            raw.request_body_timeout.clone(),
            parse::duration,
        ),
        connections: reader.read(&parse::MAX_CONNECTIONS, raw.max_connections.clone(), parse::count),
        requests: reader.read(&parse::MAX_REQUESTS, raw.max_requests.clone(), parse::count),
    }
}

/// A setting that has no default; an empty one is none.
fn optional(setting: Option<Setting>) -> Option<String> {
    setting.map(|setting| setting.0).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
