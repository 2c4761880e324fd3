//! From the text of a setting to its meaning, with all problems kept.

use super::{ApiProfile, ClockSource, DeliveryProxy, ListenAddress, LogLevel, Problem, Setting};
use crate::deliver::Authorities;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// A setting that has a default.
pub(super) struct Key {
    /// As a flag and as a key of the file.
    pub(super) name: &'static str,
    /// What holds when it is not set.
    pub(super) default: &'static str,
    expected: &'static str,
}

const fn key(name: &'static str, default: &'static str, expected: &'static str) -> Key {
    Key { name, default, expected }
}

const A_PATH: &str = "a path";
const A_COUNT: &str = "a whole number from 1 to 1000000";
const A_DURATION: &str = "a duration from 1ms to 1h, for example 500ms, 2s or 1m";

pub(super) const METRICS_ADDR: Key = key("metrics-addr", ":9091", "host:port or :port");
pub(super) const STORE_PATH: Key = key("store-path", ".", A_PATH);
pub(super) const TRANSPORT_HOST: Key = key(
    "transport-host",
    "http://ptp-event-publisher-service-NODE_NAME.openshift-ptp.svc.cluster.local:9043",
    "a URL or host:port whose host is valid once NODE_NAME and NODE_IP are replaced",
);
pub(super) const API_PORT: Key = key("api-port", "9043", "a port number from 0 to 65535");
pub(super) const API_HOST: Key = key("api-host", "::", "an IP address or a host name");
pub(super) const API_VERSION: Key =
    key("api-version", "2.0", "2 or later: version 1 of the REST API is no longer supported");
pub(super) const API_PROFILE: Key = key("api-profile", "compat", "compat or oran");
pub(super) const EVENT_SOCKET: Key = key("event-socket", "/cloud-native/events.sock", A_PATH);
pub(super) const PTP_CONFIG_DIR: Key = key("ptp-config-dir", "/var/run", A_PATH);
pub(super) const PTP_PROFILE_PATH: Key = key("ptp-profile-path", "/etc/linuxptp", A_PATH);
pub(super) const CONFIG_CHECK_INTERVAL: Key =
    key("config-check-interval", "1", "seconds from 0 (never) to 3600, or a duration such as 500ms");
pub(super) const DAEMON_URL: Key = key("daemon-url", "http://localhost:8081", "an http URL");
pub(super) const UNSUBSCRIBE_AFTER: Key = key("unsubscribe-after", "10", "a whole number of at least 1");
pub(super) const DELIVERY_TIMEOUT: Key = key("delivery-timeout", "2s", A_DURATION);
pub(super) const ENDPOINT_POLICY: Key = key(
    "endpoint-policy",
    "cluster,private",
    "a list of cluster, private, any, networks such as 10.128.0.0/14 and names such as *.example.com; link-local, \
     metadata, multicast and reserved addresses are never allowed",
);
pub(super) const DELIVERY_PROXY: Key = key("delivery-proxy", "none", "none or environment");
pub(super) const SERVICE_ACCOUNT_DIR: Key =
    key("service-account-dir", "/var/run/secrets/kubernetes.io/serviceaccount", A_PATH);
pub(super) const MAX_REQUEST_BYTES: Key =
    key("max-request-bytes", "65536", "a whole number from 1024 to 16777216");
pub(super) const REQUEST_HEADER_TIMEOUT: Key = key("request-header-timeout", "2s", A_DURATION);
pub(super) const REQUEST_BODY_TIMEOUT: Key = key("request-body-timeout", "5s", A_DURATION);
pub(super) const MAX_CONNECTIONS: Key = key("max-connections", "1024", A_COUNT);
pub(super) const MAX_REQUESTS: Key = key("max-requests", "512", A_COUNT);
pub(super) const MAX_SUBSCRIPTIONS: Key = key("max-subscriptions", "10000", A_COUNT);
pub(super) const MAX_SUBSCRIPTIONS_PER_ENDPOINT: Key = key("max-subscriptions-per-endpoint", "128", A_COUNT);
pub(super) const DRAIN_TIMEOUT: Key = key("drain-timeout", "5s", A_DURATION);
pub(super) const LOG_LEVEL: Key = key("log-level", "info", "error, warn, info, debug or trace");
pub(super) const CLOCK: Key = key("clock", "wall", "wall or socket");

/// Reads settings and keeps what is wrong with them.
#[derive(Default)]
pub(super) struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    /// The meaning of a setting. A wrong one is noted, and its default stands in until [`Self::finish`].
    pub(super) fn read<T>(
        &mut self,
        key: &Key,
        setting: Option<Setting>,
        parse: impl Fn(&str) -> Option<T>,
    ) -> T {
        if let Some(Setting(text)) = setting {
            if let Some(meaning) = parse(&text) {
                return meaning;
            }
            self.problems.push(Problem::new(key.name, text, key.expected));
        }
        parse(key.default).expect("every default is valid, see the test of an empty configuration")
    }

    /// The meaning of a setting that is a path.
    pub(super) fn path(&mut self, key: &Key, setting: Option<Setting>) -> PathBuf {
        self.read(key, setting, |text| (!text.is_empty()).then(|| PathBuf::from(text)))
    }

    /// The authorities of a file, if one is named.
    pub(super) fn authorities(&mut self, file: Option<String>) -> Authorities {
        let Some(file) = file else {
            return Authorities::default();
        };
        Authorities::read(Path::new(&file)).unwrap_or_else(|error| {
            let expected = format!("a readable PEM file with certificates of authorities ({error})");
            self.problems.push(Problem::new("delivery-ca", file, expected));
            Authorities::default()
        })
    }

    /// The path of the report socket, which has no default; an empty one is none.
    pub(super) fn report_socket(&mut self, setting: Option<Setting>, event_socket: &Path) -> Option<PathBuf> {
        let Setting(text) = setting.filter(|setting| !setting.0.is_empty())?;
        if Path::new(&text) == event_socket {
            self.problems.push(Problem::new(
                "report-socket",
                text.as_str(),
                "another path than that of the event socket",
            ));
        }
        Some(text.into())
    }

    /// The URL of the Kubernetes API, which has no default; an empty one is none.
    pub(super) fn kubernetes_url(&mut self, setting: Option<Setting>) -> Option<Url> {
        let Setting(text) = setting.filter(|setting| !setting.0.is_empty())?;
        let url = Url::parse(&text).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
        if url.is_none() {
            self.problems.push(Problem::new("kubernetes-url", text, "an http or https URL"));
        }
        url
    }

    /// The node's name, which has no default.
    pub(super) fn node_name(&mut self, setting: Option<Setting>) -> String {
        let name = setting.map_or_else(String::new, |setting| setting.0);
        let valid = !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\0']);
        if valid {
            return name;
        }
        let expected = "the node's name as the platform has it, from --node-name or NODE_NAME";
        self.problems.push(Problem::new("node-name", name, expected));
        "node".to_owned()
    }

    /// The clock and its seed, which belong together.
    pub(super) fn clock(&mut self, clock: Option<Setting>, seed: Option<Setting>) -> ClockSource {
        let is_socket = self.read(&CLOCK, clock, |text| match text {
            "wall" => Some(false),
            "socket" => Some(true),
            _ => None,
        });
        let Some(Setting(text)) = seed else {
            return if is_socket { ClockSource::Socket { seed: None } } else { ClockSource::Wall };
        };
        let seed = text.parse().ok();
        if seed.is_none() || !is_socket {
            let expected = "a whole number below 2^64, and only together with --clock socket";
            self.problems.push(Problem::new("seed", text, expected));
        }
        ClockSource::Socket { seed }
    }

    /// The result, unless something was wrong.
    pub(super) fn finish<T>(self, result: T) -> Result<T, Vec<Problem>> {
        if self.problems.is_empty() { Ok(result) } else { Err(self.problems) }
    }
}

/// `host:port`, `[v6]:port` or `:port`.
pub(super) fn listen_address(text: &str) -> Option<ListenAddress> {
    let (host_text, port) = text.rsplit_once(':')?;
    let host = if host_text.is_empty() { "::".to_owned() } else { host(host_text)? };
    Some(ListenAddress { host, port: port.parse().ok()? })
}

/// An address or a name, without brackets.
pub(super) fn host(text: &str) -> Option<String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match bare {
        Some(inside) => inside.parse::<std::net::Ipv6Addr>().ok().map(|address| address.to_string()),
        None if text.parse::<std::net::IpAddr>().is_ok() => Some(text.to_owned()),
        None => url::Host::parse(text).ok().map(|host| host.to_string()),
    }
}

/// The host of `--transport-host` after its placeholders are replaced, with brackets if it is an IPv6 address.
///
/// As redhat-cne/cloud-event-proxy `pkg/common/common.go` has it: `NODE_IP` if the address is known, otherwise
/// `NODE_NAME` up to its first dot; each once.
pub(super) fn public_host(text: &str, node_ip: Option<&str>, node_name: &str) -> Option<String> {
    let replaced = match node_ip {
        Some(ip) if is_ipv6(ip) && !text.contains("[NODE_IP]") => {
            text.replacen("NODE_IP", &format!("[{ip}]"), 1)
        }
        Some(ip) => text.replacen("NODE_IP", ip, 1),
        None => {
            let short = node_name.split_once('.').map_or(node_name, |(short, _)| short);
            text.replacen("NODE_NAME", short, 1)
        }
    };
    let url = if replaced.contains("://") { replaced } else { format!("http://{replaced}") };
    Some(Url::parse(&url).ok()?.host()?.to_string())
}

fn is_ipv6(text: &str) -> bool {
    text.parse::<std::net::Ipv6Addr>().is_ok()
}

/// The major version, if it is served.
pub(super) fn api_version(text: &str) -> Option<u32> {
    let digits = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let major = digits.split_once('.').map_or(digits, |(major, _)| major);
    major.parse().ok().filter(|major| *major >= 2)
}

pub(super) fn api_profile(text: &str) -> Option<ApiProfile> {
    match text {
        "compat" => Some(ApiProfile::Compat),
        "oran" => Some(ApiProfile::Oran),
        _ => None,
    }
}

/// A URL that the proxy can ask; there is no TLS in this build.
pub(super) fn http_url(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| url.scheme() == "http" && url.has_host())
}

pub(super) fn positive(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| *number >= 1)
}

/// A number of things that there may be at a time.
pub(super) fn count(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number| (1..=1_000_000).contains(number))
}

/// The size of a request: room for a subscription at least, and less than would hurt.
pub(super) fn request_bytes(text: &str) -> Option<usize> {
    text.parse().ok().filter(|bytes| (1024..=16 * 1024 * 1024).contains(bytes))
}

pub(super) fn delivery_proxy(text: &str) -> Option<DeliveryProxy> {
    match text {
        "none" => Some(DeliveryProxy::None),
        "environment" => Some(DeliveryProxy::Environment),
        _ => None,
    }
}

/// `500ms`, `2s`, `1m` or `1h`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let unit_ms = match text.get(digits.len()..)? {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let ms = digits.parse::<u64>().ok()?.checked_mul(unit_ms)?;
    (1..=3_600_000).contains(&ms).then(|| Duration::from_millis(ms))
}

/// A number of seconds, 0 for never, or a duration with a unit.
pub(super) fn interval(text: &str) -> Option<Option<Duration>> {
    match text.parse() {
        Ok(0) => Some(None),
        Ok(seconds @ 1..=3600) => Some(Some(Duration::from_secs(seconds))),
        Ok(_) => None,
        Err(_) => duration(text).map(Some),
    }
}

/// The levels, with the names that logrus knows for them.
pub(super) fn log_level(text: &str) -> Option<LogLevel> {
    match text.to_ascii_lowercase().as_str() {
        "error" | "fatal" | "panic" => Some(LogLevel::Error),
        "warn" | "warning" => Some(LogLevel::Warn),
        "info" => Some(LogLevel::Info),
        "debug" => Some(LogLevel::Debug),
        "trace" => Some(LogLevel::Trace),
        _ => None,
    }
}
