//! What the transitions of ports do to the node.

use super::{At, Node};
use crate::counters::Ignored;
use crate::port::role_after;
use crate::topology::Fact;
use crate::{Origin, PortRole};
use ptp_lines::{PortTransition, Stamp};

impl Node {
    pub(super) fn transition(
        &mut self,
        at: At<'_>,
        (index, origin): (usize, Origin),
        stamp: Stamp,
        line: &PortTransition<'_>,
    ) {
        if line.port.number == 0 {
            return self.counters.ignored(Ignored::ManagementPort);
        }
        let instance = &mut self.instances[index];
        let freshness = match origin {
            Origin::Live => Freshness::Live,
            Origin::Unmarked if instance.is_older_than_live(stamp) => Freshness::Outdated,
            Origin::Unmarked => Freshness::Unmarked,
        };
        let Some(port) = instance.port_index(&line.port) else {
            return self.counters.ignored(Ignored::UnknownPort);
        };
        let port = &mut instance.ports[port];
        if freshness == Freshness::Outdated && port.set_live {
            return self.counters.ignored(Ignored::StaleReplay);
        }
        let change = role_after(line.from, line.to);
        let was_slave = port.role == PortRole::Slave;
        self.is_to_remember |= port.role != change.role;
        port.role = change.role;
        port.set_live |= freshness == Freshness::Live;
        if was_slave && change.loses_source {
            self.apply(at, index, Fact::SourceLost);
        }
    }
}

/// How a line stands to the live lines of its configuration. Lines of one connection are in order, so that
/// only lines of a connection that is not live can be out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Freshness {
    /// It is one of them.
    Live,
    /// It came on a connection that is not marked live, and was written before the newest live line.
    Outdated,
    /// It came on a connection that is not marked live, and nothing says that it is out of date.
    Unmarked,
}
