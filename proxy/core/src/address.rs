//! Resource addresses.
//!
//! An address names a node, by its name or by a pattern, and a resource or a whole subtree of resources
//! (O-RAN.WG6 O-Cloud Notification API v04.00, 3.1.4). It is parsed once, against the name of this node, into
//! the set of resources that it covers here; what covers none can never fire and is no address. It does not
//! know which resources have data.

use crate::Resource;

/// The resources of this node that an address covers: never none.
///
/// Accepted are `/cluster/node/<node>/<resource>` and, with `.` for the current cluster and site,
/// `/./<node>/<resource>`. `<node>` is this node's name, `.`, or a pattern in which `*` stands for any run of
/// characters. `<resource>` is one of [`Resource::path`] or a parent of several, such as `sync` or
/// `sync/ptp-status`. One trailing slash does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceAddress {
    /// Bit n stands for `Resource::ALL[n]`.
    covered: u8,
}

impl ResourceAddress {
    /// Reads an address as written; `None` when it can never fire on this node.
    pub fn parse(text: &str, node_name: &str) -> Option<Self> {
        let path = text.strip_suffix('/').unwrap_or(text).strip_prefix('/')?;
        let (node, resource) =
            path.strip_prefix("cluster/node/").or_else(|| path.strip_prefix("./"))?.split_once('/')?;
        if node != "." && !matches_pattern(node_name.as_bytes(), node.as_bytes()) {
            return None;
        }
        // The name of the resource in version 1 of the API, which consumers still use.
        let resource = match resource {
            "sync/ptp-status/ptp-clock-class-change" => "sync/ptp-status/clock-class",
            other => other,
        };
        let covered = Resource::ALL
            .iter()
            .enumerate()
            .filter(|(_, candidate)| is_within(candidate.path(), resource))
            .fold(0, |covered, (bit, _)| covered | 1 << bit);
        (covered != 0).then_some(Self { covered })
    }

    /// Whether events of this resource belong to the address.
    pub fn covers(self, resource: Resource) -> bool {
        self.resources().any(|covered| covered == resource)
    }

    /// The covered resources, in the order of [`Resource::ALL`].
    pub fn resources(self) -> impl Iterator<Item = Resource> {
        Resource::ALL
            .into_iter()
            .enumerate()
            .filter(move |(bit, _)| self.covered & (1 << bit) != 0)
            .map(|(_, resource)| resource)
    }

    /// The resource, when the address covers exactly one.
    pub fn single(self) -> Option<Resource> {
        (self.covered.count_ones() == 1).then(|| self.resources().next())?
    }
}

/// Whether a resource path, which begins with a slash, is the subtree or lies below it.
fn is_within(path: &str, subtree: &str) -> bool {
    path.strip_prefix('/')
        .and_then(|path| path.strip_prefix(subtree))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a name matches a pattern in which `*` stands for any run of bytes, the empty one included.
fn matches_pattern(name: &[u8], pattern: &[u8]) -> bool {
    let (mut at_name, mut at_pattern) = (0, 0);
    // Where to resume when the text after the latest star does not fit: one byte further into the name.
    let mut resume: Option<(usize, usize)> = None;
    while at_name < name.len() {
        if pattern.get(at_pattern) == Some(&b'*') {
            resume = Some((at_name, at_pattern + 1));
            at_pattern += 1;
        } else if pattern.get(at_pattern) == name.get(at_name) {
            at_name += 1;
            at_pattern += 1;
        } else if let Some((from, after_star)) = resume {
            resume = Some((from + 1, after_star));
            at_name = from + 1;
            at_pattern = after_star;
        } else {
            return false;
        }
    }
    pattern[at_pattern..].iter().all(|byte| *byte == b'*')
}
