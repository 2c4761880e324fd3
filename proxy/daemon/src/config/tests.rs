//! Settings, their defaults and what is wrong with them.

use super::{
    ApiProfile, ClockSource, Config, DeliveryProxy, ListenAddress, LogLevel, Problem, RawConfig, Setting,
    parse, resolve,
};
use crate::deliver::{Authorities, EndpointPolicy};
use clap::CommandFactory as _;
use std::path::Path;
use std::time::Duration;

fn read(toml: &str) -> RawConfig {
    toml::from_str(toml).unwrap()
}

fn config(toml: &str) -> Config {
    resolve(read(toml)).unwrap()
}

fn problems(toml: &str) -> Vec<Problem> {
    resolve(read(toml)).unwrap_err()
}

#[test]
fn what_is_not_set_takes_its_default() {
    let config = config("node-name = 'compute-1.example.com'");
    assert_eq!(config.node_name, "compute-1.example.com");
    assert_eq!(config.metrics, ListenAddress { host: "::".to_owned(), port: 9091 });
    assert_eq!(config.api, ListenAddress { host: "::".to_owned(), port: 9043 });
    assert_eq!(config.public_host, "ptp-event-publisher-service-compute-1.openshift-ptp.svc.cluster.local");
    assert_eq!(config.store_path, Path::new("."));
    assert_eq!(config.event_socket, Path::new("/cloud-native/events.sock"));
    assert_eq!(config.ptp_config_dir, Path::new("/var/run"));
    assert_eq!(config.profile_file, Path::new("/etc/linuxptp/compute-1.example.com"));
    assert_eq!(config.config_check_interval, Some(Duration::from_secs(1)));
    assert_eq!(config.daemon_url.as_str(), "http://localhost:8081/");
    assert_eq!(config.api_profile, ApiProfile::Compat);
    assert_eq!(config.clock, ClockSource::Wall);
    assert_eq!(config.unsubscribe_after, 10);
    assert_eq!(config.delivery_timeout, Duration::from_secs(2));
    assert_eq!(config.endpoint_policy, EndpointPolicy::parse("cluster,private").unwrap());
    assert_eq!(config.delivery_ca, Authorities::default());
    assert_eq!(config.delivery_proxy, DeliveryProxy::None);
    assert_eq!(config.drain_timeout, Duration::from_secs(5));
    assert_eq!(config.ready_file, None);
    assert_eq!(config.log_level, LogLevel::Info);
    assert!(!config.sidecar_requested);
}

#[test]
fn the_letter_of_the_specification_counts_more_than_the_endpoint_policy() {
    let config = config("node-name = 'n'\napi-profile = 'oran'\nendpoint-policy = 'any'");
    assert_eq!(config.endpoint_policy, EndpointPolicy::localhost());
}

#[test]
fn what_is_wrong_with_endpoints_is_named() {
    let problems = problems(
        "node-name = 'n'\nendpoint-policy = 'cluster,169.254.0.0/16'\ndelivery-ca = '/nonexistent/ca.pem'\n\
         delivery-proxy = 'http://proxy'",
    );
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["endpoint-policy", "delivery-ca", "delivery-proxy"]);
    assert!(problems[1].expected.contains("PEM"), "{}", problems[1]);
    assert!(problems[1].expected.contains("No such file"), "{}", problems[1]);
}

#[test]
fn all_problems_are_found_at_once() {
    let problems = problems(
        "metrics-addr = '9091'\napi-port = 65536\napi-version = '1.0'\nclock = 'sundial'\nunsubscribe-after = 0\n\
         delivery-timeout = '2'\nconfig-check-interval = '-1'\ndaemon-url = 'https://localhost'\nstore-path = ''\nlog-level = 'loud'\n\
         transport-host = 'http://'\napi-profile = 'etsi'\napi-host = 'a b'\ndrain-timeout = '2h'",
    );
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "node-name",
            "api-version",
            "metrics-addr",
            "api-host",
            "api-port",
            "api-profile",
            "transport-host",
            "store-path",
            "config-check-interval",
            "daemon-url",
            "clock",
            "unsubscribe-after",
            "delivery-timeout",
            "drain-timeout",
            "log-level",
        ]
    );
}

#[test]
fn a_problem_says_where_what_and_what_instead() {
    let problems = problems("node-name = 'n'\napi-port = 'ninety'");
    assert_eq!(
        problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["api-port: \"ninety\"; expected a port number from 0 to 65535"]
    );
}

#[test]
fn an_unknown_key_of_a_file_is_an_error() {
    let error = toml::from_str::<RawConfig>("node-nmae = 'n'").unwrap_err();
    assert!(error.to_string().contains("node-nmae"), "{error}");
}

#[test]
fn version_1_of_the_api_is_refused() {
    for version in ["", "1", "1.0", "v1", "0.9", "two"] {
        let problems = problems(&format!("node-name = 'n'\napi-version = '{version}'"));
        assert!(
            problems[0].expected.contains("version 1 of the REST API is no longer supported"),
            "{version}"
        );
    }
    for version in ["2", "2.0", "v2", "V2.1", "3.0"] {
        config(&format!("node-name = 'n'\napi-version = '{version}'"));
    }
}

#[test]
fn addresses_may_have_the_form_of_go() {
    for (text, host, port) in [
        (":9091", "::", 9091),
        ("127.0.0.1:0", "127.0.0.1", 0),
        ("[::1]:80", "::1", 80),
        ("localhost:9091", "localhost", 9091),
    ] {
        let config = config(&format!("node-name = 'n'\nmetrics-addr = '{text}'"));
        assert_eq!(config.metrics, ListenAddress { host: host.to_owned(), port }, "{text}");
    }
}

#[test]
fn the_public_host_has_the_name_or_the_address_of_the_node() {
    let cases = [
        ("", "http://svc-NODE_NAME.ns.svc:9043", "svc-compute-1.ns.svc"),
        ("", "svc-NODE_NAME.ns.svc:9043", "svc-compute-1.ns.svc"),
        ("192.0.2.7", "http://NODE_IP:9043", "192.0.2.7"),
        ("2001:db8::7", "http://NODE_IP:9043", "[2001:db8::7]"),
        ("2001:db8::7", "http://[NODE_IP]:9043", "[2001:db8::7]"),
        ("", "http://[2001:db8::1]:9043", "[2001:db8::1]"),
        ("", "https://proxy.example.com", "proxy.example.com"),
    ];
    for (ip, transport_host, expected) in cases {
        let toml = format!(
            "node-name = 'compute-1.example.com'\nnode-ip = '{ip}'\ntransport-host = '{transport_host}'"
        );
        assert_eq!(config(&toml).public_host, expected, "{transport_host}");
    }
}

#[test]
fn a_seed_needs_the_clock_of_the_socket() {
    let socket = config("node-name = 'n'\nclock = 'socket'\nseed = '18446744073709551615'");
    assert_eq!(socket.clock, ClockSource::Socket { seed: Some(u64::MAX) });
    assert_eq!(config("node-name = 'n'\nclock = 'socket'").clock, ClockSource::Socket { seed: None });
    assert_eq!(problems("node-name = 'n'\nseed = 1")[0].path, "seed");
    assert_eq!(problems("node-name = 'n'\nclock = 'socket'\nseed = -1")[0].path, "seed");
}

#[test]
fn durations_have_a_unit_and_bounds() {
    for (text, ms) in [("1ms", Some(1)), ("2s", Some(2_000)), ("1m", Some(60_000)), ("1h", Some(3_600_000))]
        .into_iter()
        .chain(
            ["0s", "61m", "2", "s", "-1s", "1.5s", "99999999999999999999s", "2 s"].map(|text| (text, None)),
        )
    {
        let resolved = resolve(read(&format!("node-name = 'n'\ndelivery-timeout = '{text}'")));
        assert_eq!(
            resolved.ok().map(|config| config.delivery_timeout),
            ms.map(Duration::from_millis),
            "{text}"
        );
    }
}

#[test]
fn the_files_of_the_node_are_looked_at_every_so_many_seconds_or_never() {
    let seconds = |seconds| Some(Some(Duration::from_secs(seconds)));
    for (value, expected) in [
        ("0", Some(None)),
        ("60", seconds(60)),
        ("'3600'", seconds(3600)),
        ("'50ms'", Some(Some(Duration::from_millis(50)))),
        ("3601", None),
        ("-1", None),
        ("'often'", None),
    ] {
        let resolved = resolve(read(&format!("node-name = 'n'\nconfig-check-interval = {value}")));
        assert_eq!(resolved.ok().map(|config| config.config_check_interval), expected, "{value}");
    }
}

#[test]
fn a_report_socket_is_served_only_if_it_is_given_and_not_in_the_place_of_the_event_socket() {
    let path = |toml: &str| config(&format!("node-name = 'n'\n{toml}")).report_socket;
    assert_eq!(path(""), None);
    assert_eq!(path("report-socket = ''"), None);
    assert_eq!(path("report-socket = '/run/reports.sock'").as_deref(), Some(Path::new("/run/reports.sock")));
    assert_eq!(path("socket = '/run/ipc.sock'").as_deref(), Some(Path::new("/run/ipc.sock")));
    let problems = problems("node-name = 'n'\nevent-socket = '/run/a'\nreport-socket = '/run/a'");
    assert_eq!(
        problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["report-socket: \"/run/a\"; expected another path than that of the event socket"]
    );
}

#[test]
fn a_node_name_cannot_leave_the_directory_of_profiles() {
    for name in ["", ".", "..", "a/b", "/etc/passwd"] {
        assert_eq!(problems(&format!("node-name = '{name}'"))[0].path, "node-name", "{name}");
    }
}

#[test]
fn what_is_set_first_counts() {
    let flags = RawConfig { api_port: Some(Setting("1".to_owned())), ..RawConfig::default() };
    let both = flags.or(read("node-name = 'n'\napi-port = 2\nlog-level = 'warn'"));
    let config = resolve(both).unwrap();
    assert_eq!((config.api.port, config.log_level), (1, LogLevel::Warn));
}

#[test]
fn the_help_names_the_defaults_that_hold() {
    let command = crate::args::Args::command();
    for key in [
        &parse::METRICS_ADDR,
        &parse::STORE_PATH,
        &parse::TRANSPORT_HOST,
        &parse::API_PORT,
        &parse::API_HOST,
        &parse::API_VERSION,
        &parse::API_PROFILE,
        &parse::EVENT_SOCKET,
        &parse::PTP_CONFIG_DIR,
        &parse::PTP_PROFILE_PATH,
        &parse::CONFIG_CHECK_INTERVAL,
        &parse::DAEMON_URL,
        &parse::UNSUBSCRIBE_AFTER,
        &parse::DELIVERY_TIMEOUT,
        &parse::DRAIN_TIMEOUT,
        &parse::LOG_LEVEL,
        &parse::CLOCK,
    ] {
        let flag = command.get_arguments().find(|flag| flag.get_long() == Some(key.name)).unwrap();
        let help = flag.get_help().unwrap().to_string();
        let default = help.split_once("[default: ").unwrap().1;
        assert!(
            default.starts_with(&format!("{}]", key.default))
                || default.starts_with(&format!("{},", key.default)),
            "{help}"
        );
    }
}
