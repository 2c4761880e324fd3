//! Samples and statistics of phc2sys (`phc2sys.c`). How it chooses its clocks is in `selection.rs`.

use core::fmt;

use crate::error::{Field, LineError};
use crate::ha_profile::{HA_PROFILE, HaProfile};
use crate::line::Body;
use crate::number::Ppb;
use crate::scan::{Scan, text};
use crate::selection::Phc2sysSelection;
use crate::servo::Servo;
use crate::summary::Summary;

/// `%s phc offset %9lld s%d freq %+7.0f delay %6lld`, or `sys offset`; `pps offset` without a delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phc2sysOffset<'a> {
    /// The clock that is steered: `CLOCK_REALTIME` or an interface.
    pub clock: Clock<'a>,
    /// What it is compared with.
    pub source: OffsetSource,
    /// Steered clock minus source, in nanoseconds.
    pub offset_ns: i64,
    /// State of the servo.
    pub servo: Servo,
    /// Frequency correction, parts per billion.
    pub freq: Ppb,
    /// Delay of reading the clock in nanoseconds; absent with a 1PPS source.
    pub delay_ns: Option<i64>,
}

/// A clock that phc2sys names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock<'a> {
    /// `CLOCK_REALTIME`, the clock of the operating system.
    Realtime,
    /// The hardware clock of an interface, or a device path; without blanks.
    Device(&'a str),
}

/// What phc2sys compares a clock with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetSource {
    /// `phc`
    Phc,
    /// `sys`
    Sys,
    /// `pps`, a 1PPS source.
    Pps,
}

/// `%s rms %4.0f max %4.0f freq %+6.0f +/- %3.0f delay %5.0f +/- %3.0f`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phc2sysSummary<'a> {
    /// The clock that is steered.
    pub clock: Clock<'a>,
    /// Its statistics.
    pub summary: Summary,
}

/// Reads a text of phc2sys; `None` when its form is not known.
#[inline]
pub(crate) fn parse(text: &[u8]) -> Result<Option<Body<'_>>, LineError> {
    let mut scan = Scan::new(text);
    let clock = scan.word().unwrap_or_default();
    let source = match scan.word() {
        Some(b"phc") if scan.is("offset") => OffsetSource::Phc,
        Some(b"sys") if scan.is("offset") => OffsetSource::Sys,
        Some(b"pps") if scan.is("offset") => OffsetSource::Pps,
        // A profile may have any name, `rms` too.
        Some(_) if clock == HA_PROFILE.as_bytes() => {
            return HaProfile::parse(text).map(|read| Some(Body::HaProfile(read)));
        }
        // An interface may be called `rms`, but no clock is called `selecting`.
        Some(b"rms") if clock != b"selecting" => {
            let clock = Clock::parse(clock)?;
            let summary = Summary::parse(&mut scan)?;
            return Ok(Some(Body::Phc2sysSummary(Phc2sysSummary { clock, summary })));
        }
        Some(_) | None => return Ok(Phc2sysSelection::parse(text)?.map(Body::Phc2sysSelection)),
    };
    let clock = Clock::parse(clock)?;
    Ok(Some(Body::Phc2sysOffset(Phc2sysOffset::parse(clock, source, &mut scan)?)))
}

impl<'a> Phc2sysOffset<'a> {
    /// Reads what follows the word `offset`.
    #[inline]
    fn parse(clock: Clock<'a>, source: OffsetSource, scan: &mut Scan<'a>) -> Result<Self, LineError> {
        let offset_ns = scan.signed(Field::Offset)?;
        let servo = Servo::parse(scan)?;
        scan.expect("freq")?;
        let freq = Ppb::parse(scan, Field::Frequency)?;
        let delay_ns = if scan.expect_or_end("delay")? { Some(scan.signed(Field::Delay)?) } else { None };
        Ok(Self { clock, source, offset_ns, servo, freq, delay_ns })
    }
}

impl<'a> Clock<'a> {
    pub(crate) fn parse(word: &'a [u8]) -> Result<Self, LineError> {
        match word {
            b"CLOCK_REALTIME" => Ok(Self::Realtime),
            name => Ok(Self::Device(text(name, Field::Clock)?)),
        }
    }
}

impl fmt::Display for Clock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Realtime => "CLOCK_REALTIME",
            Self::Device(name) => name,
        })
    }
}

impl fmt::Display for OffsetSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Phc => "phc",
            Self::Sys => "sys",
            Self::Pps => "pps",
        })
    }
}

impl fmt::Display for Phc2sysOffset<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { clock, source, offset_ns, servo, freq, delay_ns } = self;
        write!(f, "{clock} {source} offset {offset_ns:9} {servo} freq {freq:+7}")?;
        match delay_ns {
            Some(delay_ns) => write!(f, " delay {delay_ns:6}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Phc2sysSummary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.clock, self.summary)
    }
}
