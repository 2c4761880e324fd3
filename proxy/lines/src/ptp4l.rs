//! What ptp4l says about its clock (`clock.c`). Lines about one port are in `port.rs`.

use core::fmt;

use crate::error::{Field, LineError};
use crate::identity::ClockIdentity;
use crate::line::Body;
use crate::number::Ppb;
use crate::port;
use crate::scan::Scan;
use crate::servo::Servo;
use crate::summary::Summary;

/// `master offset %10lld s%d freq %+7.0f path delay %9lld`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ptp4lOffset {
    /// Local time minus master time, in nanoseconds.
    pub offset_ns: i64,
    /// State of the servo.
    pub servo: Servo,
    /// Frequency correction, parts per billion.
    pub freq: Ppb,
    /// Mean path delay in nanoseconds; absent when the line ends after the frequency.
    pub path_delay_ns: Option<i64>,
}

/// `selected local clock %s as best master` or `selected best master clock %s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BestMaster {
    /// No better clock was heard.
    Local(ClockIdentity),
    /// This clock.
    Foreign(ClockIdentity),
}

/// Reads a text of ptp4l; `None` when its form is not known.
#[inline]
pub(crate) fn parse(text: &[u8]) -> Result<Option<Body<'_>>, LineError> {
    let mut scan = Scan::new(text);
    match scan.word() {
        Some(b"master") if scan.is("offset") => Ok(Some(Body::Ptp4lOffset(Ptp4lOffset::parse(&mut scan)?))),
        Some(b"rms") => Ok(Some(Body::Ptp4lSummary(Summary::parse(&mut scan)?))),
        Some(b"port") => port::parse(&mut scan),
        Some(b"selected") => Ok(BestMaster::parse(&mut scan)?.map(Body::BestMaster)),
        Some(_) | None => Ok(None),
    }
}

impl Ptp4lOffset {
    /// Reads what follows `master offset`.
    #[inline]
    fn parse(scan: &mut Scan<'_>) -> Result<Self, LineError> {
        let offset_ns = scan.signed(Field::Offset)?;
        let servo = Servo::parse(scan)?;
        scan.expect("freq")?;
        let freq = Ppb::parse(scan, Field::Frequency)?;
        let path_delay_ns = if scan.expect_or_end("path")? {
            scan.expect("delay")?;
            Some(scan.signed(Field::Delay)?)
        } else {
            None
        };
        Ok(Self { offset_ns, servo, freq, path_delay_ns })
    }
}

impl BestMaster {
    /// Reads what follows `selected`; `None` when it is not about the best master.
    fn parse(scan: &mut Scan<'_>) -> Result<Option<Self>, LineError> {
        match scan.word() {
            Some(b"best") => {
                scan.expect("master")?;
                scan.expect("clock")?;
                Ok(Some(Self::Foreign(ClockIdentity::parse(scan)?)))
            }
            Some(b"local") => {
                scan.expect("clock")?;
                let clock = ClockIdentity::parse(scan)?;
                for word in ["as", "best", "master"] {
                    scan.expect(word)?;
                }
                Ok(Some(Self::Local(clock)))
            }
            Some(_) | None => Ok(None),
        }
    }
}

impl fmt::Display for Ptp4lOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset_ns, servo, freq, path_delay_ns } = self;
        write!(f, "master offset {offset_ns:10} {servo} freq {freq:+7}")?;
        match path_delay_ns {
            Some(delay_ns) => write!(f, " path delay {delay_ns:9}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for BestMaster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(clock) => write!(f, "selected local clock {clock} as best master"),
            Self::Foreign(clock) => write!(f, "selected best master clock {clock}"),
        }
    }
}
