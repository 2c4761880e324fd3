//! The state of a telecom grandmaster, as the daemon folds it (`openshift/linuxptp-daemon pkg/event/event.go`).

use core::fmt;

use crate::error::{Field, LineError};
use crate::line::Body;
use crate::reported_state::ReportedState;
use crate::scan::{Scan, text};

/// `%s T-GM-STATUS %s`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrandmasterStatus<'a> {
    /// The interface whose clock leads the node.
    pub interface: &'a str,
    /// Worst of GNSS, DPLL and 1PPS.
    pub state: ReportedState<'a>,
}

const STATUS: &str = "T-GM-STATUS";

/// Reads a text of the grandmaster; `None` when its form is not known.
pub(crate) fn parse(line: &[u8]) -> Result<Option<Body<'_>>, LineError> {
    let mut scan = Scan::new(line);
    let interface = scan.word().unwrap_or_default();
    if !scan.is(STATUS) {
        return Ok(None);
    }
    let interface = text(interface, Field::Interface)?;
    let state = ReportedState::parse(&mut scan)?;
    Ok(Some(Body::GrandmasterStatus(GrandmasterStatus { interface, state })))
}

impl fmt::Display for GrandmasterStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {STATUS} {}", self.interface, self.state)
    }
}
