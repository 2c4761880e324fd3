//! Addresses that no delivery may go to, whatever the policy says: those that only mean something on one link, those that
//! clouds answer with credentials on, those that name nobody, and forms of IPv6 that carry one of them.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(segments: [u16; 8], prefix: u8) -> Ipv6Net {
    let [a, b, c, d, e, f, g, h] = segments;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix)
}

/// Of the IANA IPv4 special-purpose registry, and metadata services that are outside of it.
const EXCLUDED_V4: [Ipv4Net; 11] = [
    v4(0, 0, 0, 0, 8),          // "this network", RFC 791; Linux takes 0.0.0.0 for itself
    v4(100, 100, 100, 200, 32), // metadata service of Alibaba Cloud
    v4(168, 63, 129, 16, 32),   // metadata service of Azure
    v4(169, 254, 0, 0, 16),     // link-local, RFC 3927; metadata service of most clouds
    v4(192, 0, 0, 0, 24),       // protocol assignments, RFC 6890; metadata service of Oracle Cloud
    v4(192, 0, 2, 0, 24),       // documentation, RFC 5737
    v4(192, 88, 99, 0, 24),     // 6to4 relays, RFC 7526
    v4(198, 51, 100, 0, 24),    // documentation, RFC 5737
    v4(203, 0, 113, 0, 24),     // documentation, RFC 5737
    v4(224, 0, 0, 0, 4),        // multicast, RFC 5771
    v4(240, 0, 0, 0, 4),        // reserved, RFC 1112, and broadcast
];

/// Within what [`USABLE_V6`] leaves.
const EXCLUDED_V6: [Ipv6Net; 6] = [
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32), // Teredo, RFC 4380: an IPv4 address in disguise
    v6([0x2001, 0x2, 0, 0, 0, 0, 0, 0], 48), // benchmarks, RFC 5180
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), // documentation, RFC 3849
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), // documentation, RFC 9637
    v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128), // metadata service of AWS
    v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128), // metadata service of Google Cloud
];

/// What IPv6 addresses may be at all. The rest is link-local, site-local, multicast, IPv4-compatible, a local-use
/// NAT64 prefix (RFC 8215) whose IPv4 part only its gateway knows, or not assigned.
const USABLE_V6: [Ipv6Net; 4] = [
    v6([0, 0, 0, 0, 0, 0, 0, 1], 128),        // loopback
    v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96), // NAT64, RFC 6052
    v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3),     // global unicast, RFC 4291
    v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7),     // unique local, RFC 4193
];

/// An address as the system would connect to it: an IPv4-mapped one (RFC 4291, 2.5.5.2) is IPv4.
pub(super) fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Whether no delivery may go to a canonical address.
pub(super) fn is_excluded(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => EXCLUDED_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => {
            !USABLE_V6.iter().any(|network| network.contains(&address))
                || EXCLUDED_V6.iter().any(|network| network.contains(&address))
                || embedded_v4(address).is_some_and(is_unreachable_from_a_gateway)
        }
    }
}

/// Whether every address of a network is excluded by the table, so that naming the network cannot mean anything.
pub(super) fn is_excluded_network(network: &IpNet) -> bool {
    let inside = |excluded: IpNet| excluded.contains(network);
    match network {
        IpNet::V4(_) => EXCLUDED_V4.iter().copied().any(|excluded| inside(excluded.into())),
        IpNet::V6(_) => {
            let overlaps =
                |usable: &Ipv6Net| inside((*usable).into()) || network.contains(&IpNet::V6(*usable));
            !USABLE_V6.iter().any(overlaps)
                || EXCLUDED_V6.iter().copied().any(|excluded| inside(excluded.into()))
        }
    }
}

/// The IPv4 address that a gateway would make of an IPv6 address: NAT64 (RFC 6052), 6to4 (RFC 3056).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, .., m, n, o, p] = address.octets();
    let [_, _, e, f, g, h, ..] = address.octets();
    match [a, b, c, d] {
        [0x00, 0x64, 0xff, 0x9b] => Some(Ipv4Addr::new(m, n, o, p)),
        [0x20, 0x02, ..] => Some(Ipv4Addr::new(e, f, g, h)),
        _ => None,
    }
}

/// A loopback beyond a gateway is the gateway's.
fn is_unreachable_from_a_gateway(address: Ipv4Addr) -> bool {
    address.is_loopback() || is_excluded(address.into())
}

#[cfg(test)]
mod tests {
    use super::{canonical, is_excluded, is_excluded_network};

    fn is_never_allowed(address: &str) -> bool {
        is_excluded(canonical(address.parse().unwrap()))
    }

    #[test]
    fn addresses_of_one_link_of_metadata_services_and_of_nobody_are_never_allowed() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "100.100.100.200",
            "168.63.129.16",
            "169.254.0.1",
            "169.254.169.254",
            "192.0.0.192",
            "192.0.2.1",
            "198.51.100.9",
            "203.0.113.255",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "2001:db8::1",
            "3fff::1",
            "100::1",
            "2001::1",
        ] {
            assert!(is_never_allowed(address), "{address}");
        }
    }

    #[test]
    fn an_excluded_address_is_excluded_in_every_form() {
        for address in [
            "::ffff:169.254.169.254",
            "::ffff:0.0.0.0",
            "::169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b::127.0.0.1",
            "64:ff9b:1::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "2002:7f00:1::",
            "2002:e000:1::",
        ] {
            assert!(is_never_allowed(address), "{address}");
        }
    }

    #[test]
    fn other_addresses_are_left_to_the_policy() {
        for address in [
            "127.0.0.1",
            "127.255.255.254",
            "::1",
            "::ffff:127.0.0.1",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.201",
            "172.16.0.1",
            "192.168.1.1",
            "8.8.8.8",
            "169.253.255.255",
            "169.255.0.0",
            "fc00::1",
            "fd00:ec2::253",
            "2600::1",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ] {
            assert!(!is_never_allowed(address), "{address}");
        }
    }

    #[test]
    fn a_network_that_lies_in_an_excluded_one_is_excluded() {
        for (network, expected) in [
            ("169.254.169.254/32", true),
            ("240.0.0.0/8", true),
            ("fe80::/64", true),
            ("2001:db8:1::/48", true),
            ("10.0.0.0/8", false),
            ("0.0.0.0/0", false),
            ("::/0", false),
            ("2600::/16", false),
            ("fd00::/8", false),
        ] {
            assert_eq!(is_excluded_network(&network.parse().unwrap()), expected, "{network}");
        }
    }
}
