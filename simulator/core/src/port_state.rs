//! linuxptp's two state machines of a port (`fsm.c`): `ptp_fsm`, and `ptp_slave_fsm` of a clock that never serves.

use ptp_lines::{PortEvent, PortState};

/// Which of the two a clock's ports follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    /// `ptp_fsm`
    Any,
    /// `ptp_slave_fsm`, for clientOnly.
    ClientOnly,
}

impl Machine {
    /// The state after an event. `new_master` says whether the best master is another one than before.
    pub(crate) fn next(self, state: PortState, event: PortEvent<'_>, new_master: bool) -> PortState {
        let is_initialized = [PortEvent::PowerUp, PortEvent::Initialize].contains(&event);
        if is_initialized {
            return PortState::Initializing;
        }
        let to = match state {
            PortState::Initializing => from_initializing(event),
            PortState::Faulty => from_faulty(event),
            PortState::Disabled => from_disabled(event),
            PortState::Listening
            | PortState::PreMaster
            | PortState::Master
            | PortState::Passive
            | PortState::Uncalibrated
            | PortState::Slave
            | PortState::GrandMaster => self.working(state, event, new_master),
        };
        to.unwrap_or(state)
    }

    fn working(self, state: PortState, event: PortEvent<'_>, new_master: bool) -> Option<PortState> {
        let serves = match self {
            Self::Any => true,
            Self::ClientOnly => false,
        };
        if !serves && ![PortState::Listening, PortState::Uncalibrated, PortState::Slave].contains(&state) {
            return None;
        }
        match event {
            PortEvent::DesignatedDisabled => Some(PortState::Disabled),
            PortEvent::FaultDetected => Some(PortState::Faulty),
            PortEvent::AnnounceReceiptTimeoutExpires
            | PortEvent::RsMaster
            | PortEvent::RsGrandMaster
            | PortEvent::RsPassive
                if !serves =>
            {
                Some(PortState::Listening)
            }
            PortEvent::AnnounceReceiptTimeoutExpires => (!is_master(state)).then_some(PortState::Master),
            PortEvent::RsMaster => (!is_master(state)).then_some(PortState::PreMaster),
            PortEvent::RsGrandMaster => (!is_master(state)).then_some(PortState::GrandMaster),
            PortEvent::RsPassive => Some(PortState::Passive),
            PortEvent::RsSlave => {
                let stays = state == PortState::Slave && !new_master;
                (!stays).then_some(PortState::Uncalibrated)
            }
            PortEvent::QualificationTimeoutExpires => {
                (state == PortState::PreMaster).then_some(PortState::Master)
            }
            PortEvent::MasterClockSelected => (state == PortState::Uncalibrated).then_some(PortState::Slave),
            PortEvent::SynchronizationFault => (state == PortState::Slave).then_some(PortState::Uncalibrated),
            PortEvent::None
            | PortEvent::PowerUp
            | PortEvent::Initialize
            | PortEvent::DesignatedEnabled
            | PortEvent::FaultCleared
            | PortEvent::StateDecision
            | PortEvent::InitComplete
            | PortEvent::RsListening
            | PortEvent::Unknown(_)
            | PortEvent::Unnamed => None,
        }
    }
}

/// Serves, or is about to.
fn is_master(state: PortState) -> bool {
    [PortState::PreMaster, PortState::Master, PortState::GrandMaster].contains(&state)
}

fn from_initializing(event: PortEvent<'_>) -> Option<PortState> {
    if event == PortEvent::FaultDetected {
        Some(PortState::Faulty)
    } else if event == PortEvent::InitComplete {
        Some(PortState::Listening)
    } else {
        None
    }
}

fn from_faulty(event: PortEvent<'_>) -> Option<PortState> {
    if event == PortEvent::DesignatedDisabled {
        Some(PortState::Disabled)
    } else if event == PortEvent::FaultCleared {
        Some(PortState::Initializing)
    } else {
        None
    }
}

fn from_disabled(event: PortEvent<'_>) -> Option<PortState> {
    (event == PortEvent::DesignatedEnabled).then_some(PortState::Initializing)
}

#[cfg(test)]
mod tests {
    use super::Machine;
    use ptp_lines::{PortEvent, PortState};

    const EVENTS: [PortEvent<'static>; 17] = [
        PortEvent::None,
        PortEvent::PowerUp,
        PortEvent::Initialize,
        PortEvent::DesignatedEnabled,
        PortEvent::DesignatedDisabled,
        PortEvent::FaultCleared,
        PortEvent::FaultDetected,
        PortEvent::StateDecision,
        PortEvent::QualificationTimeoutExpires,
        PortEvent::AnnounceReceiptTimeoutExpires,
        PortEvent::SynchronizationFault,
        PortEvent::MasterClockSelected,
        PortEvent::InitComplete,
        PortEvent::RsMaster,
        PortEvent::RsGrandMaster,
        PortEvent::RsSlave,
        PortEvent::RsPassive,
    ];

    /// Every cell of a table that is another state than before.
    fn table(machine: Machine) -> String {
        let mut table = String::new();
        for from in PortState::ALL {
            for event in EVENTS {
                for new_master in [false, true] {
                    let to = machine.next(from, event, new_master);
                    let same = machine.next(from, event, !new_master) == to;
                    if to != from && (!same || !new_master) {
                        let only = if same { "" } else { " if the master is new" };
                        table.push_str(&format!("{from:?} -{event:?}-> {to:?}{only}\n"));
                    }
                }
            }
        }
        table
    }

    #[test]
    fn the_whole_table_is_that_of_ptp_slave_fsm() {
        insta::assert_snapshot!(table(Machine::ClientOnly));
    }

    #[test]
    fn the_whole_table_is_that_of_ptp_fsm() {
        insta::assert_snapshot!(table(Machine::Any));
    }
}
