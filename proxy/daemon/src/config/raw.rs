//! Settings as they are written, from flags, the environment and a file, before anything is checked.
//!
//! One struct is read in all three ways, so that a setting cannot exist in only one of them.

use serde::Deserialize;
use std::fmt;

/// A setting as text; a file may also write numbers as numbers.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Scalar")]
pub(crate) struct Setting(pub(crate) String);

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Integer(i64),
}

impl From<Scalar> for Setting {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Text(text) => Self(text),
            Scalar::Integer(number) => Self(number.to_string()),
        }
    }
}

impl From<String> for Setting {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Declares the settings once: flag, environment variable and key of the file, with their help text.
macro_rules! settings {
    ($($(#[doc = $help:literal])+ $name:ident = $flag:literal $(or $alias:literal)?, $env:literal, $value:literal;)*) => {
        /// All settings as they are written. What is absent takes its default.
        #[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        pub(crate) struct RawConfig {
            $(
                $(#[doc = $help])+
                #[arg(long = $flag, $(visible_alias = $alias,)? env = $env, value_name = $value)]
                $(#[serde(alias = $alias)])?
                pub(crate) $name: Option<Setting>,
            )*
        }

        impl RawConfig {
            /// These settings, and for what is absent those of `other`.
            pub(crate) fn or(self, other: Self) -> Self {
                Self { $($name: self.$name.or(other.$name),)* }
            }
        }
    };
}

settings! {
    /// Name of the node as the platform has it; required
    node_name = "node-name", "NODE_NAME", "NAME";
    /// Address of the node, for NODE_IP in --transport-host
    node_ip = "node-ip", "NODE_IP", "ADDRESS";
    /// Where metrics are served, as host:port or :port [default: :9091]
    metrics_addr = "metrics-addr", "CLOUD_EVENT_PROXY_METRICS_ADDR", "ADDRESS";
    /// Directory of the subscriptions and of the last states [default: .]
    store_path = "store-path", "STORE_PATH", "DIR";
    /// URL under which consumers reach this proxy; NODE_NAME and NODE_IP in it are replaced
    /// [default: http://ptp-event-publisher-service-NODE_NAME.openshift-ptp.svc.cluster.local:9043]
    transport_host = "transport-host", "CLOUD_EVENT_PROXY_TRANSPORT_HOST", "URL";
    /// Port of the REST API, 0 for any free one [default: 9043]
    api_port = "api-port", "CLOUD_EVENT_PROXY_API_PORT", "PORT";
    /// Address that the REST API binds to [default: ::, which is all addresses]
    api_host = "api-host", "CLOUD_EVENT_PROXY_API_HOST", "ADDRESS";
    /// Version of the REST API; 2 and later are served [default: 2.0]
    api_version = "api-version", "CLOUD_EVENT_PROXY_API_VERSION", "VERSION";
    /// Which representation: compat (what existing consumers know) or oran (the letter) [default: compat]
    api_profile = "api-profile", "CLOUD_EVENT_PROXY_API_PROFILE", "PROFILE";
    /// Publishers that a sidecar follows; accepted, but this build has no sidecar role
    http_event_publishers = "http-event-publishers", "CLOUD_EVENT_PROXY_HTTP_EVENT_PUBLISHERS", "LIST";
    /// UNIX socket that linuxptp-daemon writes its lines to [default: /cloud-native/events.sock]
    event_socket = "event-socket", "CLOUD_EVENT_PROXY_EVENT_SOCKET", "PATH";
    /// UNIX socket for a daemon that reports states as JSON instead of forwarding lines; none unless set
    report_socket = "report-socket" or "socket", "CLOUD_EVENT_PROXY_REPORT_SOCKET", "PATH";
    /// Directory of the ptp4l.N.config files [default: /var/run]
    ptp_config_dir = "ptp-config-dir", "CLOUD_EVENT_PROXY_PTP_CONFIG_DIR", "DIR";
    /// Directory of the node's profile file [default: /etc/linuxptp]
    ptp_profile_path = "ptp-profile-path", "PTP_PROFILE_PATH", "DIR";
    /// Seconds between two looks at the files of the node for changes, 0 for none [default: 1]
    config_check_interval = "config-check-interval", "CLOUD_EVENT_PROXY_CONFIG_CHECK_INTERVAL", "SECONDS";
    /// Local server of linuxptp-daemon [default: http://localhost:8081]
    daemon_url = "daemon-url", "CLOUD_EVENT_PROXY_DAEMON_URL", "URL";
    /// Where the time comes from: wall, or socket for simulation and replay [default: wall]
    clock = "clock", "CLOUD_EVENT_PROXY_CLOCK", "CLOCK";
    /// Seed of identifiers, only with --clock socket [default: the system's entropy]
    seed = "seed", "CLOUD_EVENT_PROXY_SEED", "NUMBER";
    /// After so many consecutive failures the subscriptions of an endpoint end [default: 10]
    unsubscribe_after = "unsubscribe-after", "CLOUD_EVENT_PROXY_UNSUBSCRIBE_AFTER", "COUNT";
    /// Longest time for one delivery [default: 2s]
    delivery_timeout = "delivery-timeout", "CLOUD_EVENT_PROXY_DELIVERY_TIMEOUT", "DURATION";
    /// Which endpoints may subscribe in the compat profile: a list of cluster (NAME, NAME.NAMESPACE.svc and all below
    /// cluster.local), private (addresses), any, networks such as 10.128.0.0/14 and names such as *.example.com.
    /// Loopback always may; link-local, metadata, multicast and reserved addresses never [default: cluster,private]
    endpoint_policy = "endpoint-policy", "CLOUD_EVENT_PROXY_ENDPOINT_POLICY", "LIST";
    /// PEM file of authorities that https endpoints may have, beside those of the system
    delivery_ca = "delivery-ca", "CLOUD_EVENT_PROXY_DELIVERY_CA", "FILE";
    /// Proxy for deliveries: none, or environment for HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY. A proxy resolves
    /// names itself, so that --endpoint-policy is held by names and written addresses only: an endpoint whose name is not
    /// listed is refused. Loopback never goes by a proxy [default: none]
    delivery_proxy = "delivery-proxy", "CLOUD_EVENT_PROXY_DELIVERY_PROXY", "SOURCE";
    /// JSON file that says who may change subscriptions; everybody unless set
    auth_config = "auth-config", "CLOUD_EVENT_PROXY_AUTH_CONFIG", "FILE";
    /// Namespace of the ConfigMap in which subscriptions are kept beside the store; none unless set
    namespace = "namespace", "NAME_SPACE", "NAME";
    /// Kubernetes API [default: as KUBERNETES_SERVICE_HOST says; without it there is none]
    kubernetes_url = "kubernetes-url", "CLOUD_EVENT_PROXY_KUBERNETES_URL", "URL";
    /// Directory of the token and the authority for the Kubernetes API
    /// [default: /var/run/secrets/kubernetes.io/serviceaccount]
    service_account_dir = "service-account-dir", "CLOUD_EVENT_PROXY_SERVICE_ACCOUNT_DIR", "DIR";
    /// Longest body of a request, in bytes [default: 65536]
    max_request_bytes = "max-request-bytes", "CLOUD_EVENT_PROXY_MAX_REQUEST_BYTES", "COUNT";
    /// Longest time for the head of a request [default: 2s]
    request_header_timeout = "request-header-timeout", "CLOUD_EVENT_PROXY_REQUEST_HEADER_TIMEOUT", "DURATION";
    /// Longest time for the body of a request [default: 5s]
    request_body_timeout = "request-body-timeout", "CLOUD_EVENT_PROXY_REQUEST_BODY_TIMEOUT", "DURATION";
    /// Connections of the REST API at a time [default: 1024]
    max_connections = "max-connections", "CLOUD_EVENT_PROXY_MAX_CONNECTIONS", "COUNT";
    /// Requests of the REST API at a time [default: 512]
    max_requests = "max-requests", "CLOUD_EVENT_PROXY_MAX_REQUESTS", "COUNT";
    /// Subscriptions in all [default: 10000]
    max_subscriptions = "max-subscriptions", "CLOUD_EVENT_PROXY_MAX_SUBSCRIPTIONS", "COUNT";
    /// Subscriptions of one endpoint [default: 128]
    max_subscriptions_per_endpoint = "max-subscriptions-per-endpoint",
        "CLOUD_EVENT_PROXY_MAX_SUBSCRIPTIONS_PER_ENDPOINT", "COUNT";
    /// Longest time for finishing after a signal [default: 5s]
    drain_timeout = "drain-timeout", "CLOUD_EVENT_PROXY_DRAIN_TIMEOUT", "DURATION";
    /// File that is written when everything is bound and serving
    ready_file = "ready-file", "CLOUD_EVENT_PROXY_READY_FILE", "PATH";
    /// error, warn, info, debug or trace [default: info]
    log_level = "log-level", "LOG_LEVEL", "LEVEL";
}
