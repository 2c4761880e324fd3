//! States as a daemon reports them that derives them itself: the second way in, beside the lines.
//!
//! The form on the wire, newline-delimited JSON (`openshift/linuxptp-daemon pkg/ipc/ipc.go`), is the shell's
//! business.

use crate::{GnssState, SyncState};

/// One report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report<'a> {
    /// The profile that it speaks of; may be empty.
    pub profile: &'a str,
    /// The interface that it speaks of; may be empty.
    pub interface: &'a str,
    /// What it says.
    pub said: Reported,
    /// The report as it came, for [`crate::Cause::Report`].
    pub text: &'a [u8],
}

/// What a report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reported {
    /// `ptp_state`: the clock that follows or serves PTP.
    PtpState {
        /// Its state.
        state: SyncState,
        /// Its offset in nanoseconds, if it is reported. Another offset alone is no change.
        offset_ns: Option<i64>,
    },
    /// `os_clock_state`: the clock of the operating system.
    OsClockState {
        /// Its state.
        state: SyncState,
        /// Its offset in nanoseconds, if it is reported. Another offset alone is no change.
        offset_ns: Option<i64>,
    },
    /// `sync_state`: the daemon's own view of the whole. It counts as one more clock: the node is as good as the
    /// worst of all.
    SyncState(SyncState),
    /// `clock_class`: IEEE 1588-2019 7.6.2.5.
    ClockClass(u8),
    /// `gnss_state`: the GNSS receiver.
    GnssState(GnssState),
    /// `synce_state`: Synchronous Ethernet.
    SynceState(SyncState),
    /// `synce_clock_quality`: SSM codes, ITU-T G.8264.
    SynceQuality {
        /// The code.
        ql: u8,
        /// The enhanced code, if there is one.
        extended_ql: Option<u8>,
    },
    /// `cache_clear`: nothing that was reported counts any more.
    Clear,
}
