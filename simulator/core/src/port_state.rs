//! linuxptp's state machine of a port that is never master (`ptp_slave_fsm` in `fsm.c`).

use ptp_lines::{PortEvent, PortState};

/// The state after an event. `new_master` says whether the best master is another one than before.
pub(crate) fn next(state: PortState, event: PortEvent<'_>, new_master: bool) -> PortState {
    match event {
        PortEvent::PowerUp | PortEvent::Initialize => PortState::Initializing,
        PortEvent::InitComplete => only(state, &[PortState::Initializing], PortState::Listening),
        PortEvent::FaultDetected => {
            let working =
                [PortState::Initializing, PortState::Listening, PortState::Uncalibrated, PortState::Slave];
            only(state, &working, PortState::Faulty)
        }
        PortEvent::FaultCleared => only(state, &[PortState::Faulty], PortState::Initializing),
        PortEvent::DesignatedDisabled => {
            let enabled =
                [PortState::Faulty, PortState::Listening, PortState::Uncalibrated, PortState::Slave];
            only(state, &enabled, PortState::Disabled)
        }
        PortEvent::DesignatedEnabled => only(state, &[PortState::Disabled], PortState::Initializing),
        PortEvent::AnnounceReceiptTimeoutExpires
        | PortEvent::RsMaster
        | PortEvent::RsGrandMaster
        | PortEvent::RsPassive => {
            only(state, &[PortState::Uncalibrated, PortState::Slave], PortState::Listening)
        }
        PortEvent::RsSlave => {
            let ready: &[PortState] =
                if new_master { &[PortState::Listening, PortState::Slave] } else { &[PortState::Listening] };
            only(state, ready, PortState::Uncalibrated)
        }
        PortEvent::MasterClockSelected => only(state, &[PortState::Uncalibrated], PortState::Slave),
        PortEvent::SynchronizationFault => only(state, &[PortState::Slave], PortState::Uncalibrated),
        PortEvent::None
        | PortEvent::StateDecision
        | PortEvent::QualificationTimeoutExpires
        | PortEvent::RsListening
        | PortEvent::Unknown(_)
        | PortEvent::Unnamed => state,
    }
}

/// `to` from one of these states; any other stays as it is.
fn only(state: PortState, from: &[PortState], to: PortState) -> PortState {
    if from.contains(&state) { to } else { state }
}

#[cfg(test)]
mod tests {
    use super::next;
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

    #[test]
    fn the_whole_table_is_that_of_ptp_slave_fsm() {
        let mut table = String::new();
        for from in PortState::ALL {
            for event in EVENTS {
                for new_master in [false, true] {
                    let to = next(from, event, new_master);
                    let same = next(from, event, !new_master) == to;
                    if to != from && (!same || !new_master) {
                        let only = if same { "" } else { " if the master is new" };
                        table.push_str(&format!("{from:?} -{event:?}-> {to:?}{only}\n"));
                    }
                }
            }
        }
        insta::assert_snapshot!(table);
    }
}
