//! The state of a GNSS receiver, as the daemon reports it (`openshift/linuxptp-daemon pkg/event/event.go`).

use core::fmt;

use crate::error::{Field, LineError};
use crate::line::Body;
use crate::reported_state::ReportedState;
use crate::scan::{Scan, text};

/// `%s gnss_status %d offset %d %s`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GnssStatus<'a> {
    /// The interface whose card has the receiver.
    pub interface: &'a str,
    /// The fix as u-blox receivers number it (`UBX-NAV-STATUS`, gpsFix): 0 none, 1 dead reckoning, 2 two-dimensional,
    /// 3 three-dimensional, 4 with dead reckoning, 5 time only. Other numbers are kept.
    pub fix: i64,
    /// Estimated accuracy of the receiver's time in nanoseconds; 99999999 when the daemon has none.
    pub offset_ns: i64,
    /// `s2` with a fix of 3 and more while the source is not lost, else `s0`.
    pub state: ReportedState<'a>,
}

const STATUS: &str = "gnss_status";

/// Reads a text of the receiver; `None` when its form is not known.
pub(crate) fn parse(line: &[u8]) -> Result<Option<Body<'_>>, LineError> {
    let mut scan = Scan::new(line);
    let interface = scan.word().unwrap_or_default();
    if !scan.is(STATUS) {
        return Ok(None);
    }
    let interface = text(interface, Field::Interface)?;
    let fix = scan.signed(Field::GnssStatus)?;
    scan.expect("offset")?;
    let offset_ns = scan.signed(Field::Offset)?;
    let state = ReportedState::parse(&mut scan)?;
    Ok(Some(Body::Gnss(GnssStatus { interface, fix, offset_ns, state })))
}

impl fmt::Display for GnssStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { interface, fix, offset_ns, state } = self;
        write!(f, "{interface} {STATUS} {fix} offset {offset_ns} {state}")
    }
}
