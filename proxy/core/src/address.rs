//! Resource addresses.
//!
//! An address names a node, by its name or by a pattern, perhaps some of its clocks, and a resource or a whole subtree of
//! resources (O-RAN.WG6 O-Cloud Notification API v04.00, 3.1.4). It is parsed once, against the name of this node, into
//! the set of resources that it covers here and the clocks that it means; what covers no resource can never fire and is no
//! address. It does not know which clocks there are and which resources have data.

use crate::names::{Names, is_path};
use crate::{Event, Resource, Subject, SyncePort};
use alloc::string::{String, ToString};
use core::cmp::Reverse;

/// The clock of the operating system in an address.
const OS_CLOCK: &str = "CLOCK_REALTIME";

/// The resources of this node that an address covers, never none, and the clocks that it means.
///
/// Accepted are `/cluster/node/<node>/<resource>` and, with `.` for the current cluster and site,
/// `/./<node>/<resource>`. `<node>` is this node's name, `.`, or a pattern in which `*` stands for any run of
/// characters. `<resource>` is one of [`Resource::path`] or a parent of several, such as `sync` or
/// `sync/ptp-status`. One trailing slash does not count.
///
/// Between node and resource there may be a hierarchy that means some clocks only: an interface or its alias, perhaps with
/// `master` behind it (`ens1fx`, `ens1f0/master`), `CLOCK_REALTIME`, or a device of Synchronous Ethernet, perhaps with an
/// interface behind it (`synce1`, `synce1/ens7f0`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceAddress {
    covered: Resources,
    clocks: Option<ClockPath>,
}

/// A set of resources: bit n stands for `Resource::ALL[n]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Resources(u8);

/// The hierarchy between node and resource: which clocks are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ClockPath {
    /// Without `master` at its end.
    name: String,
    /// It had `master` at its end, which only a clock on an interface has.
    is_master: bool,
}

/// How much an address covers, for the comparison of those that cover the same event: one that covers all that another
/// does is never less.
pub(crate) type Breadth = (bool, u32, Reverse<usize>);

impl ResourceAddress {
    /// Reads an address as written; `None` when it can never fire on this node, whatever clocks it has.
    pub fn parse(text: &str, node_name: &str) -> Option<Self> {
        let path = text.strip_suffix('/').unwrap_or(text).strip_prefix('/')?;
        let (node, below) =
            path.strip_prefix("cluster/node/").or_else(|| path.strip_prefix("./"))?.split_once('/')?;
        if node != "." && !matches_pattern(node_name.as_bytes(), node.as_bytes()) {
            return None;
        }
        let (clocks, resource) = split_hierarchy(below)?;
        let clocks = if clocks.is_empty() { None } else { Some(ClockPath::parse(clocks)?) };
        // The name of the resource in version 1 of the API, which consumers still use.
        let resource = match resource {
            "sync/ptp-status/ptp-clock-class-change" => "sync/ptp-status/clock-class",
            other => other,
        };
        let within = Resource::ALL.into_iter().filter(|candidate| is_within(candidate.path(), resource));
        let possible = |candidate: &Resource| clocks.as_ref().is_none_or(|path| path.may_have(*candidate));
        let covered: Resources = within.filter(possible).collect();
        (!covered.is_empty()).then_some(Self { covered, clocks })
    }

    /// Whether events of this resource belong to the address.
    pub fn covers(&self, resource: Resource) -> bool {
        self.covered.contains(resource)
    }

    /// The covered resources, in the order of [`Resource::ALL`].
    pub fn resources(&self) -> impl Iterator<Item = Resource> + use<> {
        let covered = self.covered;
        Resource::ALL.into_iter().filter(move |resource| covered.contains(*resource))
    }

    /// The resource, when the address covers exactly one.
    pub fn single(&self) -> Option<Resource> {
        (self.covered.len() == 1).then(|| self.resources().next())?
    }

    /// Whether an event of one source belongs to the address.
    pub(crate) fn matches(&self, event: &Event, names: &Names) -> bool {
        let is_meant = |path: &ClockPath| event.values.iter().any(|value| path.means(&value.subject, names));
        self.covers(event.resource) && self.clocks.as_ref().is_none_or(is_meant)
    }

    /// The same address without the resources that none of these clocks can have; `None` when nothing is left. An address
    /// that names no clocks stays as it is.
    pub(crate) fn narrowed(&self, known: impl Iterator<Item = Subject>, names: &Names) -> Option<Self> {
        let Some(path) = &self.clocks else { return Some(self.clone()) };
        let meant = known.filter(|subject| path.means(subject, names));
        let possible: Resources = meant.flat_map(|subject| subject.resources().iter().copied()).collect();
        let covered = Resources(self.covered.0 & possible.0);
        (!covered.is_empty()).then(|| Self { covered, clocks: self.clocks.clone() })
    }

    /// How much it covers: all clocks more than some, then more resources more than fewer, then a device more than one of
    /// its ports.
    pub(crate) fn breadth(&self) -> Breadth {
        let depth = self.clocks.as_ref().map_or(0, |path| path.name.split('/').count());
        (self.clocks.is_none(), self.covered.len(), Reverse(depth))
    }
}

impl Resources {
    fn contains(self, resource: Resource) -> bool {
        self.0 & Self::bit(resource) != 0
    }

    fn len(self) -> u32 {
        self.0.count_ones()
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn bit(resource: Resource) -> u8 {
        1 << resource as u8
    }
}

impl FromIterator<Resource> for Resources {
    fn from_iter<I: IntoIterator<Item = Resource>>(resources: I) -> Self {
        Self(resources.into_iter().fold(0, |bits, resource| bits | Self::bit(resource)))
    }
}

impl ClockPath {
    /// Reads a hierarchy; `None` when a segment of it is empty.
    fn parse(text: &str) -> Option<Self> {
        if text.split('/').any(str::is_empty) {
            return None;
        }
        let (name, is_master) = match text.strip_suffix("/master") {
            Some(name) => (name, true),
            None => (text, false),
        };
        Some(Self { name: name.to_string(), is_master })
    }

    /// Whether it means this clock, receiver or port. The node as a whole is none.
    fn means(&self, subject: &Subject, names: &Names) -> bool {
        match subject {
            Subject::Master { alias } | Subject::GnssFix { alias } => names.is_called(alias, &self.name),
            Subject::OsClock => self.is_os_clock(),
            Subject::SyncePort(port) | Subject::SynceQuality(port) | Subject::SynceExtendedQuality(port) => {
                !self.is_master && is_port(port, &self.name)
            }
            Subject::Node | Subject::Absent(_) => false,
        }
    }

    /// Whether a clock of such a name can have the resource.
    fn may_have(&self, resource: Resource) -> bool {
        match resource {
            Resource::SyncState => false,
            Resource::OsClockSyncState => self.is_os_clock(),
            Resource::SynceLockState | Resource::SynceClockQuality => !self.is_master && !self.is_os_clock(),
            Resource::LockState | Resource::GnssSyncStatus | Resource::ClockClass => !self.is_os_clock(),
        }
    }

    fn is_os_clock(&self) -> bool {
        self.name == OS_CLOCK && !self.is_master
    }
}

/// Whether a path names the port, or the device that it belongs to.
fn is_port(port: &SyncePort, path: &str) -> bool {
    if port.device.is_empty() {
        return is_path(&port.interface, path);
    }
    let interface = path.strip_prefix(port.device.as_str()).and_then(|rest| rest.strip_prefix('/'));
    path == port.device || interface.is_some_and(|interface| is_path(&port.interface, interface))
}

/// What is before and from the last segment `sync` on, with which every resource begins.
fn split_hierarchy(below_node: &str) -> Option<(&str, &str)> {
    let starts = below_node.match_indices("sync").map(|(start, _)| below_node.split_at(start));
    let is_segment = |(before, from): &(&str, &str)| {
        (before.is_empty() || before.ends_with('/')) && matches!(from.as_bytes().get(4), None | Some(b'/'))
    };
    let (before, from) = starts.filter(is_segment).last()?;
    // A slash that is alone stays, as a hierarchy whose only segment is empty.
    let hierarchy = before.strip_suffix('/').filter(|hierarchy| !hierarchy.is_empty()).unwrap_or(before);
    Some((hierarchy, from))
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
