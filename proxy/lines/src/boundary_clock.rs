//! The state of a telecom boundary clock, as the daemon folds it (`openshift/linuxptp-daemon pkg/event/event_tbc.go`).

use core::fmt;

use crate::error::{Field, LineError};
use crate::line::Body;
use crate::reported_state::ReportedState;
use crate::scan::{Scan, text};

/// `%s offset %d T-BC-STATUS %s`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundaryClockStatus<'a> {
    /// The interface whose clock leads the node.
    pub interface: &'a str,
    /// Offset from the upstream clock in nanoseconds; 99999999999 when the daemon knows none.
    pub offset_ns: i64,
    /// What the daemon made of ptp4l, ts2phc and DPLL.
    pub state: ReportedState<'a>,
}

const STATUS: &str = "T-BC-STATUS";

/// Reads a text of the boundary clock; `None` when its form is not known.
pub(crate) fn parse(line: &[u8]) -> Result<Option<Body<'_>>, LineError> {
    let mut scan = Scan::new(line);
    let interface = scan.word().unwrap_or_default();
    match scan.word() {
        Some(b"offset") => {}
        Some(word) if word == STATUS.as_bytes() => return Err(LineError::Expected("offset")),
        Some(_) | None => return Ok(None),
    }
    let interface = text(interface, Field::Interface)?;
    let offset_ns = scan.signed(Field::Offset)?;
    scan.expect(STATUS)?;
    let state = ReportedState::parse(&mut scan)?;
    Ok(Some(Body::BoundaryClockStatus(BoundaryClockStatus { interface, offset_ns, state })))
}

impl fmt::Display for BoundaryClockStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} offset {} {STATUS} {}", self.interface, self.offset_ns, self.state)
    }
}
