//! What each word of a policy allows, as tables.

use super::EndpointPolicy;
use std::net::IpAddr;

fn policy(text: &str) -> EndpointPolicy {
    EndpointPolicy::parse(text).unwrap()
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Policy, address, whether it may be the host of an endpoint.
const ADDRESSES: &[(&str, &str, bool)] = &[
    ("cluster", "127.0.0.1", true),
    ("cluster", "::1", true),
    ("cluster", "::ffff:127.0.0.1", true),
    ("cluster", "10.0.0.1", false),
    ("cluster,private", "10.255.255.255", true),
    ("cluster,private", "11.0.0.0", false),
    ("cluster,private", "172.15.255.255", false),
    ("cluster,private", "172.31.255.255", true),
    ("cluster,private", "172.32.0.0", false),
    ("cluster,private", "192.168.0.1", true),
    ("cluster,private", "100.63.255.255", false),
    ("cluster,private", "100.64.0.0", true),
    ("cluster,private", "100.127.255.255", true),
    ("cluster,private", "100.128.0.0", false),
    ("cluster,private", "100.100.100.200", false),
    ("cluster,private", "fbff::1", false),
    ("cluster,private", "fc00::1", true),
    ("cluster,private", "fdff::1", true),
    ("cluster,private", "fd00:ec2::254", false),
    ("cluster,private", "::ffff:10.0.0.1", true),
    ("cluster,private", "::ffff:8.8.8.8", false),
    ("cluster,private", "64:ff9b::10.0.0.1", false),
    ("cluster,private", "8.8.8.8", false),
    ("any", "8.8.8.8", true),
    ("any", "2600::1", true),
    ("any", "64:ff9b::8.8.8.8", true),
    ("any", "169.254.169.254", false),
    ("any", "::ffff:169.254.169.254", false),
    ("any", "fe80::1", false),
    ("any", "224.0.0.1", false),
    ("any", "0.0.0.0", false),
    ("20.1.0.0/16", "20.1.2.3", true),
    ("20.1.0.0/16", "::ffff:20.1.2.3", true),
    ("20.1.0.0/16", "20.2.0.0", false),
    ("20.1.2.3/16", "20.1.9.9", true),
    ("20.1.2.3", "20.1.2.3", true),
    ("20.1.2.3", "20.1.2.4", false),
    ("2600:1::/32, private", "2600:1::5", true),
    ("0.0.0.0/0", "169.254.169.254", false),
    ("0.0.0.0/0", "8.8.8.8", true),
    ("*.example.com", "8.8.8.8", false),
];

#[test]
fn a_policy_allows_these_addresses() {
    for (text, host, expected) in ADDRESSES {
        assert_eq!(policy(text).allows_address(address(host)), *expected, "{host} by {text}");
    }
}

/// Policy, name, whether it may be the host of an endpoint at all.
const NAMES: &[(&str, &str, bool)] = &[
    ("cluster", "localhost", true),
    ("*.example.com", "localhost", true),
    ("cluster", "localhost.", true),
    ("cluster", "consumer", true),
    ("cluster", "consumer.ns.svc", true),
    ("cluster", "consumer.ns.svc.", true),
    ("cluster", "consumer.ns.svc.cluster.local", true),
    ("cluster", "10-0-0-1.ns.pod.cluster.local", true),
    ("cluster", "pod.consumer.ns.svc.dc1.example.org", true),
    ("cluster", "svc.example.org", false),
    ("cluster", "consumer.ns", false),
    ("cluster", "printer.local", false),
    ("cluster", "evilcluster.local", false),
    ("cluster", "consumer.example.com", false),
    ("cluster,private", "consumer.example.com", true),
    ("20.1.0.0/16", "consumer.example.com", true),
    ("any", "consumer.example.com", true),
    ("a.example.com", "a.example.com", true),
    ("a.example.com", "b.a.example.com", false),
    ("A.Example.com.", "a.example.com", true),
    ("*.example.com", "a.b.example.com", true),
    ("*.example.com", "example.com", false),
    ("*.example.com", "evilexample.com", false),
];

#[test]
fn a_policy_allows_these_names() {
    for (text, name, expected) in NAMES {
        assert_eq!(policy(text).allows_name(name), *expected, "{name} by {text}");
    }
}

/// Policy, name, address that it resolves to, whether a connection may be made.
const CONNECTIONS: &[(&str, &str, &str, bool)] = &[
    ("any", "localhost", "127.0.0.1", true),
    ("any", "localhost", "::1", true),
    ("any", "localhost", "10.0.0.1", false),
    ("cluster", "consumer.ns.svc", "172.30.0.1", true),
    ("cluster", "consumer.ns.svc", "2600::1", true),
    ("cluster", "consumer.ns.svc", "169.254.169.254", false),
    ("cluster", "consumer.ns.svc.dc1.example.org", "172.30.0.1", true),
    ("cluster", "consumer.ns.svc.dc1.example.org", "127.0.0.1", true),
    ("cluster", "consumer.ns.svc.dc1.example.org", "8.8.8.8", false),
    ("cluster", "consumer.ns.svc.dc1.example.org", "fd00:ec2::254", false),
    ("cluster,20.1.0.0/16", "consumer.ns.svc.dc1.example.org", "20.1.0.1", true),
    ("cluster", "consumer.example.com", "10.0.0.1", false),
    ("cluster,private", "consumer.example.com", "10.0.0.1", true),
    ("cluster,private", "consumer.example.com", "127.0.0.1", true),
    ("cluster,private", "consumer.example.com", "8.8.8.8", false),
    ("cluster,private", "metadata.google.internal", "169.254.169.254", false),
    ("*.example.com", "consumer.example.com", "8.8.8.8", true),
    ("*.example.com", "consumer.example.com", "::ffff:169.254.169.254", false),
    ("any", "consumer.example.com", "8.8.8.8", true),
    ("any", "consumer.example.com", "fe80::1", false),
];

#[test]
fn a_policy_allows_these_connections() {
    for (text, name, to, expected) in CONNECTIONS {
        assert_eq!(policy(text).allows_connection(name, address(to)), *expected, "{name} at {to} by {text}");
    }
}

#[test]
fn by_the_letter_of_the_specification_only_localhost_is_an_endpoint() {
    let policy = EndpointPolicy::localhost();
    assert!(policy.allows_name("localhost"));
    assert!(policy.allows_connection("localhost", address("127.0.0.1")));
    assert!(policy.allows_connection("localhost", address("::1")));
    assert!(!policy.allows_connection("localhost", address("10.0.0.1")));
    assert!(!policy.allows_name("localhost."));
    assert!(!policy.allows_name("consumer"));
    assert!(!policy.allows_address(address("127.0.0.1")));
}

#[test]
fn names_are_trusted_only_if_the_policy_names_them() {
    for (text, name, expected) in [
        ("cluster", "consumer", true),
        ("cluster", "consumer.ns.svc.dc1.example.org", false),
        ("private", "consumer.example.com", false),
        ("*.example.com", "consumer.example.com", true),
        ("any", "consumer.example.com", true),
        ("any", "localhost", false),
    ] {
        assert_eq!(policy(text).trusts_name(name), expected, "{name} by {text}");
    }
}

#[test]
fn what_is_no_policy_is_refused() {
    for text in [
        "",
        ",",
        "cluster,",
        "cluster private",
        "Any host",
        "10.0.0.0/33",
        "10.0.0",
        "*",
        "*.",
        "a.*.example.com",
        "*example.com",
        "a..b",
        "http://consumer",
        "consumer:80",
        "169.254.169.254",
        "169.254.0.0/16",
        "fe80::/64",
    ] {
        assert_eq!(EndpointPolicy::parse(text), None, "{text}");
    }
}
