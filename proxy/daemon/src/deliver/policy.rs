//! Which hosts an `EndpointUri` may have, so that a subscriber cannot make the proxy send requests to any place it
//! reaches. By the letter of O-RAN.WG6 O-Cloud Notification API v04.00, 4.1.1, that is `localhost` alone; consumers in
//! other pods need what `--endpoint-policy` says.
//!
//! A name is judged twice: what it may be when somebody subscribes and at each attempt, and what it resolves to when a
//! connection is made. Loopback is always allowed, and what [`super::excluded`] lists never is.

use super::excluded::{canonical, is_excluded, is_excluded_network};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const PRIVATE_V4: [Ipv4Net; 4] = [
    Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 8), // RFC 1918
    Ipv4Net::new_assert(Ipv4Addr::new(172, 16, 0, 0), 12), // RFC 1918
    Ipv4Net::new_assert(Ipv4Addr::new(192, 168, 0, 0), 16), // RFC 1918
    Ipv4Net::new_assert(Ipv4Addr::new(100, 64, 0, 0), 10), // RFC 6598
];

/// RFC 4193.
const PRIVATE_V6: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7);

/// Which hosts endpoints may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndpointPolicy(Hosts);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    /// The name `localhost`, written so.
    Localhost,
    /// What any of the rules allows, and loopback.
    Listed(Vec<Rule>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    /// Names that only the DNS of the cluster knows.
    Cluster,
    /// Addresses that are not routed in the internet.
    Private,
    /// Everything that is not excluded.
    Any,
    /// Addresses of a network.
    Network(IpNet),
    /// One name.
    Name(String),
    /// Names that end so; with the leading dot.
    Suffix(String),
}

/// The addresses that a connection to a name may go to, from few to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Loopback.
    Loopback,
    /// Those that the policy allows as such.
    Allowed,
    /// Those and private ones.
    AllowedOrPrivate,
    /// All that are not excluded, because the name itself is allowed.
    NotExcluded,
}

impl EndpointPolicy {
    /// `localhost` alone.
    pub(crate) fn localhost() -> Self {
        Self(Hosts::Localhost)
    }

    /// A comma-separated list of words, networks and names. Nothing if it is empty or a part of it has no meaning, as
    /// a network that is always excluded has none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let rules: Option<Vec<Rule>> =
            text.to_ascii_lowercase().split(',').map(|part| Rule::parse(part.trim())).collect();
        Some(Self(Hosts::Listed(rules?)))
    }

    /// Whether an address may be an endpoint's host.
    pub(super) fn allows_address(&self, address: IpAddr) -> bool {
        match &self.0 {
            Hosts::Localhost => false,
            Hosts::Listed(rules) => is_allowed(rules, canonical(address)),
        }
    }

    /// Whether a name may be an endpoint's host, as far as the name can tell.
    pub(super) fn allows_name(&self, name: &str) -> bool {
        self.reach(name).is_some()
    }

    /// Whether a name may be an endpoint's host whatever it resolves to, as long as that is not excluded.
    pub(super) fn trusts_name(&self, name: &str) -> bool {
        self.reach(name) == Some(Reach::NotExcluded)
    }

    /// Whether a connection to a name may go to this address.
    pub(super) fn allows_connection(&self, name: &str, address: IpAddr) -> bool {
        let address = canonical(address);
        let rules: &[Rule] = match &self.0 {
            Hosts::Localhost => &[],
            Hosts::Listed(rules) => rules,
        };
        match self.reach(name) {
            None => false,
            Some(Reach::Loopback) => address.is_loopback(),
            Some(Reach::Allowed) => is_allowed(rules, address),
            Some(Reach::AllowedOrPrivate) => {
                is_allowed(rules, address) || (is_private(address) && !is_excluded(address))
            }
            Some(Reach::NotExcluded) => !is_excluded(address),
        }
    }

    fn reach(&self, name: &str) -> Option<Reach> {
        match &self.0 {
            Hosts::Localhost => (name == "localhost").then_some(Reach::Loopback),
            Hosts::Listed(rules) => {
                // The root of the DNS may be written or not.
                let name = name.strip_suffix('.').unwrap_or(name);
                if name == "localhost" {
                    return Some(Reach::Loopback);
                }
                rules.iter().filter_map(|rule| rule.reach(name)).max()
            }
        }
    }
}

impl Rule {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "cluster" => return Some(Self::Cluster),
            "private" => return Some(Self::Private),
            "any" => return Some(Self::Any),
            _ => {}
        }
        let network = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        if let Some(network) = network {
            return (!is_excluded_network(&network)).then(|| Self::Network(network.trunc()));
        }
        match text.strip_prefix("*.") {
            Some(suffix) => Some(Self::Suffix(format!(".{}", domain(suffix)?))),
            None => Some(Self::Name(domain(text)?)),
        }
    }

    /// The addresses that a name without final dot may have by this rule; none if the rule is not about the name.
    fn reach(&self, name: &str) -> Option<Reach> {
        match self {
            Self::Cluster => cluster_reach(name),
            Self::Private | Self::Network(_) => Some(Reach::Allowed),
            Self::Any => Some(Reach::NotExcluded),
            Self::Name(listed) => (name == listed).then_some(Reach::NotExcluded),
            Self::Suffix(suffix) => name.ends_with(suffix.as_str()).then_some(Reach::NotExcluded),
        }
    }
}

/// A domain name as it stands in a URL, without a final dot.
fn domain(text: &str) -> Option<String> {
    let name = text.strip_suffix('.').unwrap_or(text);
    let is_name = !name.is_empty() && name.split('.').all(|label| !label.is_empty());
    match url::Host::parse(name).ok()? {
        url::Host::Domain(domain) if is_name && !domain.contains('*') => Some(domain),
        url::Host::Domain(_) | url::Host::Ipv4(_) | url::Host::Ipv6(_) => None,
    }
}

/// Names that are never asked of a server outside of the cluster: `service`, `service.namespace.svc` and all below
/// `cluster.local`. A cluster may have another domain, but so may anybody: `a.b.svc.example.org` has to be private. Other names in
/// `.local` are not the cluster's: any host on the link may answer for them (RFC 6762).
fn cluster_reach(name: &str) -> Option<Reach> {
    let is_own = !name.contains('.') || name.ends_with(".svc") || name.ends_with(".cluster.local");
    if is_own {
        return Some(Reach::NotExcluded);
    }
    name.split('.').skip(2).any(|label| label == "svc").then_some(Reach::AllowedOrPrivate)
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => PRIVATE_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => PRIVATE_V6.contains(&address),
    }
}

fn is_allowed(rules: &[Rule], canonical: IpAddr) -> bool {
    let by_rule = |rule: &Rule| match rule {
        Rule::Private => is_private(canonical),
        Rule::Any => true,
        Rule::Network(network) => network.contains(&canonical),
        Rule::Cluster | Rule::Name(_) | Rule::Suffix(_) => false,
    };
    canonical.is_loopback() || (!is_excluded(canonical) && rules.iter().any(by_rule))
}

#[cfg(test)]
mod tests;
