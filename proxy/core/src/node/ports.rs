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
        let Some(port) = instance.port_index(&line.port) else {
            return self.counters.ignored(Ignored::UnknownPort);
        };
        let port = &mut instance.ports[port];
        let said_ms = since_boot_ms(stamp);
        match origin {
            Origin::Live => {
                self.is_to_remember |= port.live_ms != said_ms;
                port.live_ms = said_ms;
            }
            // Lines of one connection are in order, so that only those of one that is not live can be out of date.
            Origin::Unmarked if said_ms.is_some() && said_ms < port.live_ms => {
                return self.counters.ignored(Ignored::StaleReplay);
            }
            Origin::Unmarked => {}
        }
        let change = role_after(line.from, line.to);
        let was_slave = port.role == PortRole::Slave;
        self.is_to_remember |= port.role != change.role;
        port.role = change.role;
        if was_slave && change.loses_source {
            self.apply(at, index, Fact::SourceLost);
        }
    }
}

/// When a line was written, if it says so in the time since boot, in milliseconds.
fn since_boot_ms(stamp: Stamp) -> Option<u64> {
    match stamp {
        Stamp::Monotonic { ms } => Some(ms),
        Stamp::Unix { .. } | Stamp::Pid { .. } => None,
    }
}
