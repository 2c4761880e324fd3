//! Samples of ts2phc (`ts2phc.c`), and what the daemon makes of them. The rest of its texts is in
//! `ts2phc_notice.rs`.

use core::fmt;

use crate::dialect::Dialect;
use crate::error::{Field, LineError};
use crate::line::Body;
use crate::number::Ppb;
use crate::reported_state::ReportedState;
use crate::scan::{Scan, text};
use crate::servo::Servo;
use crate::ts2phc_notice::Ts2phcNotice;

/// `%s offset %10lld s%d freq %+7.0f`, with ` holdover` after it while the source is gone; before linuxptp 4.0
/// `%s master offset …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ts2phcOffset<'a> {
    /// The clock that is steered: an interface, or a device path that the daemon could not map to one.
    pub interface: &'a str,
    /// Whether the word `master` precedes the offset.
    pub dialect: Dialect,
    /// Steered clock minus source, in nanoseconds.
    pub offset_ns: i64,
    /// State of the servo.
    pub servo: Servo,
    /// Frequency correction, parts per billion.
    pub freq: Ppb,
    /// Whether ts2phc only extrapolates its source (linuxptp 4.2 and later).
    pub holdover: bool,
}

/// `%s nmea_status %d offset %d %s`, made by the daemon of an offset line of an interface that follows GNSS
/// (`openshift/linuxptp-daemon pkg/daemon/log_parsing.go`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NmeaStatus<'a> {
    /// The interface.
    pub interface: &'a str,
    /// 1 when the time of day arrives, 0 when not; other numbers are kept.
    pub status: i64,
    /// Offset in nanoseconds.
    pub offset_ns: i64,
    /// What the daemon made of the sample.
    pub state: ReportedState<'a>,
}

/// Reads a text of ts2phc; `None` when its form is not known.
pub(crate) fn parse(line: &[u8]) -> Result<Option<Body<'_>>, LineError> {
    let mut scan = Scan::new(line);
    let interface = scan.word().unwrap_or_default();
    match scan.word() {
        Some(b"offset") => parse_offset(interface, Dialect::V4, &mut scan).map(Some),
        Some(b"master") if scan.is("offset") => parse_offset(interface, Dialect::V3, &mut scan).map(Some),
        Some(b"nmea_status") => {
            NmeaStatus::parse(interface, &mut scan).map(|read| Some(Body::NmeaStatus(read)))
        }
        Some(_) | None => Ok(Ts2phcNotice::parse(line)?.map(Body::Ts2phcNotice)),
    }
}

/// Reads what follows the word `offset`: a sample, or an offset alone when the clock runs free.
fn parse_offset<'a>(
    interface: &'a [u8],
    dialect: Dialect,
    scan: &mut Scan<'a>,
) -> Result<Body<'a>, LineError> {
    let interface = text(interface, Field::Interface)?;
    let offset_ns = scan.signed(Field::Offset)?;
    if scan.is_at_end() {
        return Ok(Body::Ts2phcNotice(Ts2phcNotice::FreeRunning { interface, dialect, offset_ns }));
    }
    let servo = Servo::parse(scan)?;
    scan.expect("freq")?;
    let freq = Ppb::parse(scan, Field::Frequency)?;
    let holdover = match scan.word() {
        Some(b"holdover") => true,
        // A torn word must not turn holdover into lock.
        Some(word) if b"holdover".starts_with(word) => return Err(LineError::Expected("holdover")),
        Some(_) | None => false,
    };
    Ok(Body::Ts2phcOffset(Ts2phcOffset { interface, dialect, offset_ns, servo, freq, holdover }))
}

impl<'a> NmeaStatus<'a> {
    /// Reads what follows the word `nmea_status`.
    fn parse(interface: &'a [u8], scan: &mut Scan<'a>) -> Result<Self, LineError> {
        let interface = text(interface, Field::Interface)?;
        let status = scan.signed(Field::NmeaStatus)?;
        scan.expect("offset")?;
        let offset_ns = scan.signed(Field::Offset)?;
        Ok(Self { interface, status, offset_ns, state: ReportedState::parse(scan)? })
    }
}

impl fmt::Display for Ts2phcOffset<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { interface, dialect, offset_ns, servo, freq, holdover } = self;
        let holdover = if *holdover { " holdover" } else { "" };
        write!(f, "{interface}{} {offset_ns:10} {servo} freq {freq:+7}{holdover}", offset_words(*dialect))
    }
}

impl fmt::Display for NmeaStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { interface, status, offset_ns, state } = self;
        write!(f, "{interface} nmea_status {status} offset {offset_ns} {state}")
    }
}

/// The fixed words before an offset.
pub(crate) fn offset_words(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::V3 => " master offset",
        Dialect::V4 => " offset",
    }
}
