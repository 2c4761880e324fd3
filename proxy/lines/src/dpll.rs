//! The state of a DPLL (digital phase-locked loop), as the daemon reports it
//! (`openshift/linuxptp-daemon pkg/dpll/dpll.go`, `pkg/event/event.go`).

use core::fmt;

use crate::error::{Field, LineError};
use crate::line::Body;
use crate::pairs::{Next, skip_value};
use crate::reported_state::ReportedState;
use crate::scan::{Scan, text};

/// `%s frequency_status %d offset %d phase_status %d pps_status %d %s`
///
/// The daemon prints the pairs in the order of their names and leaves out those that the hardware cannot measure.
/// They are read in any order; of a pair that stands twice, the last counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DpllStatus<'a> {
    /// The interface whose card has the DPLL.
    pub interface: &'a str,
    /// Lock of the frequency loop: -1 unknown, 0 invalid, 1 free-running, 2 locked, 3 locked with holdover acquired,
    /// 4 holdover. Other numbers are kept, here and below.
    pub frequency_status: Option<i64>,
    /// Phase offset in nanoseconds.
    pub offset_ns: Option<i64>,
    /// Lock of the phase loop, numbered as that of the frequency.
    pub phase_status: Option<i64>,
    /// Whether the 1PPS input is good: 1 yes, 0 no.
    pub pps_status: Option<i64>,
    /// What the daemon made of them.
    pub state: ReportedState<'a>,
}

/// Reads a text of the DPLL, which has but this form; `None` when it is empty.
pub(crate) fn parse(line: &[u8]) -> Result<Option<Body<'_>>, LineError> {
    let mut scan = Scan::new(line);
    let Some(interface) = scan.word() else {
        return Ok(None);
    };
    let mut status = DpllStatus {
        interface: text(interface, Field::Interface)?,
        frequency_status: None,
        offset_ns: None,
        phase_status: None,
        pps_status: None,
        state: ReportedState::S0,
    };
    loop {
        match Next::read(&mut scan) {
            Next::Key(b"frequency_status") => {
                status.frequency_status = Some(scan.signed(Field::FrequencyStatus)?);
            }
            Next::Key(b"offset") => status.offset_ns = Some(scan.signed(Field::Offset)?),
            Next::Key(b"phase_status") => status.phase_status = Some(scan.signed(Field::PhaseStatus)?),
            Next::Key(b"pps_status") => status.pps_status = Some(scan.signed(Field::PpsStatus)?),
            Next::Key(_) => skip_value(&mut scan)?,
            Next::State(state) => return Ok(Some(Body::Dpll(DpllStatus { state, ..status }))),
            Next::End => return Err(LineError::Missing(Field::State)),
        }
    }
}

impl fmt::Display for DpllStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { interface, frequency_status, offset_ns, phase_status, pps_status, state } = self;
        f.write_str(interface)?;
        let pairs = [
            ("frequency_status", frequency_status),
            ("offset", offset_ns),
            ("phase_status", phase_status),
            ("pps_status", pps_status),
        ];
        for (key, value) in pairs {
            if let Some(value) = value {
                write!(f, " {key} {value}")?;
            }
        }
        if pairs.iter().all(|(_, value)| value.is_none()) {
            // The daemon joins no pairs to an empty word.
            f.write_str(" ")?;
        }
        write!(f, " {state}")
    }
}
