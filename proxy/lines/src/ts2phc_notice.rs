//! Texts of ts2phc that are not samples (`ts2phc.c`, `ts2phc_pps_sink.c`, `ts2phc_nmea_pps_source.c`; in linuxptp 3.1.1
//! `ts2phc_slave.c`, `ts2phc_nmea_master.c`).
//!
//! At the logging level that the daemon's profiles ask for (7), most lines of ts2phc are of this kind. They are
//! sentences: but for what varies in them they are matched exactly, blanks included, and a sentence that differs is
//! not known.

use core::fmt;

use crate::dialect::Dialect;
use crate::error::{Field, LineError};
use crate::scan::{Scan, seconds_and_nanoseconds, signed, text};
use crate::ts2phc::offset_words;

/// A line of ts2phc that is not a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ts2phcNotice<'a> {
    /// `%s offset %10lld`: a clock that is not steered, or a sample that was torn behind its offset.
    FreeRunning {
        /// The clock.
        interface: &'a str,
        /// Whether the word `master` precedes the offset.
        dialect: Dialect,
        /// Clock minus source, in nanoseconds.
        offset_ns: i64,
    },
    /// `%s lost holdover lock (offset %10lld)`: the servo left `s3` while the source was gone.
    LostHoldoverLock {
        /// The clock.
        interface: &'a str,
        /// Clock minus extrapolated source, in nanoseconds.
        offset_ns: i64,
    },
    /// `source ts not valid`: no time of day, once a second.
    SourceNotValid,
    /// `nmea source timed out`: no sentence, every two seconds.
    NmeaTimedOut,
    /// `nmea: rmc time stamp stale`: the last sentence is more than five seconds old.
    RmcStale,
    /// `nmea: no valid rmc fix`
    NoRmcFix,
    /// `nmea: unable to find utc time in leap second table`
    LeapSecondsUnknown,
    /// `nmea: utc time is past leap second table expiry date`
    LeapSecondsExpired,
    /// `nmea: utc time stamp is ambiguous`
    UtcAmbiguous,
    /// `failed to open nmea source %s`: a device, or a host and a port.
    NmeaNotOpened(&'a str),
    /// `failed to read from nmea source`
    NmeaNotRead,
    /// `sock_open: %s`: how the connection to a remote NMEA source goes.
    SockOpen(&'a str),
    /// `nmea delay: %lld ns`
    NmeaDelay {
        /// From the second that a sentence names to its arrival, in nanoseconds.
        delay_ns: i64,
    },
    /// `nmea sentence: %s`
    NmeaSentence(&'a str),
    /// `%s extts index %u at %lld.%09u corr %d src %lld.%ld diff %lld` (linuxptp 3.1.1)
    TimestampTaken(Extts<'a>),
    /// `%s SKIP extts index %u at %lld.%09u src %lld.%ld`: the other edge of a pulse; without the source, one that is
    /// left over from before the start.
    TimestampSkipped {
        /// The clock.
        interface: &'a str,
        /// Channel of the time stamp input.
        channel: u32,
        /// The time stamp, in nanoseconds of that clock.
        at_ns: u64,
        /// Time of the source, in nanoseconds; printed without leading zeros as in [`Extts`].
        source_ns: Option<u64>,
    },
    /// `adding tstamp %ld.%09ld to clock %s`
    TimestampAdded {
        /// The time stamp, in nanoseconds of that clock.
        at_ns: u64,
        /// The clock.
        clock: &'a str,
    },
    /// `poll returns zero, no events`: no edge within two seconds.
    NoEvents,
    /// `config item %s`: one option at the start.
    ConfigItem(&'a str),
    /// `PI servo: %s`: the constants of the servo.
    PiServo(&'a str),
    /// `PPS sink %s has ptp index %d`
    PpsSink {
        /// The interface.
        interface: &'a str,
        /// Number of its clock: `/dev/ptp%d`.
        ptp_index: u32,
    },
    /// `PTP_MASK_CLEAR_ALL_FAILED request failed`: a kernel without that request; harmless.
    MaskNotCleared,
}

/// An edge that a clock has time-stamped.
///
/// The nanoseconds of the source are printed without leading zeros, so that `.42` means 42 ns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extts<'a> {
    /// The clock.
    pub interface: &'a str,
    /// Channel of the time stamp input.
    pub channel: u32,
    /// The time stamp, in nanoseconds of that clock.
    pub at_ns: u64,
    /// Correction that is added to it, in nanoseconds.
    pub correction_ns: i32,
    /// Time of the source, in nanoseconds.
    pub source_ns: u64,
    /// The resulting offset, in nanoseconds.
    pub offset_ns: i64,
}

const NS_PER_S: u64 = 1_000_000_000;
const LOST_LOCK: &str = " lost holdover lock (offset ";
const NMEA_NOT_OPENED: &str = "failed to open nmea source ";
const SOCK_OPEN: &str = "sock_open: ";
const NMEA_DELAY: &str = "nmea delay: ";
const NMEA_SENTENCE: &str = "nmea sentence: ";
const ADDING: &str = "adding tstamp ";
const CONFIG_ITEM: &str = "config item ";
const PI_SERVO: &str = "PI servo: ";
const PPS_SINK: &str = "PPS sink ";

/// The sentences in which nothing varies.
const FIXED: [(&str, Ts2phcNotice<'static>); 10] = {
    use Ts2phcNotice as N;
    [
        ("source ts not valid", N::SourceNotValid),
        ("nmea source timed out", N::NmeaTimedOut),
        ("nmea: rmc time stamp stale", N::RmcStale),
        ("nmea: no valid rmc fix", N::NoRmcFix),
        ("nmea: unable to find utc time in leap second table", N::LeapSecondsUnknown),
        ("nmea: utc time is past leap second table expiry date", N::LeapSecondsExpired),
        ("nmea: utc time stamp is ambiguous", N::UtcAmbiguous),
        ("failed to read from nmea source", N::NmeaNotRead),
        ("poll returns zero, no events", N::NoEvents),
        ("PTP_MASK_CLEAR_ALL_FAILED request failed", N::MaskNotCleared),
    ]
};

impl<'a> Ts2phcNotice<'a> {
    /// Reads a whole text; `None` when it is another sentence.
    pub(crate) fn parse(line: &'a [u8]) -> Result<Option<Self>, LineError> {
        let after = |start: &str| line.strip_prefix(start.as_bytes());
        let verbatim = |rest| text(rest, Field::Text);
        Ok(if let Some(rest) = after(NMEA_SENTENCE) {
            Some(Self::NmeaSentence(verbatim(rest)?))
        } else if let Some(rest) = after(CONFIG_ITEM) {
            Some(Self::ConfigItem(verbatim(rest)?))
        } else if let Some(rest) = after(SOCK_OPEN) {
            Some(Self::SockOpen(verbatim(rest)?))
        } else if let Some(rest) = after(NMEA_NOT_OPENED) {
            Some(Self::NmeaNotOpened(verbatim(rest)?))
        } else if let Some(rest) = after(PI_SERVO) {
            Some(Self::PiServo(verbatim(rest)?))
        } else if let Some(rest) = after(NMEA_DELAY) {
            Self::parse_delay(rest)?
        } else if let Some(rest) = after(ADDING) {
            Self::parse_added(rest)?
        } else if let Some(rest) = after(PPS_SINK) {
            Self::parse_sink(rest)?
        } else if let Some(read) = Self::parse_lost_lock(line)? {
            Some(read)
        } else if let Some(read) = Extts::parse(line)? {
            Some(Self::TimestampTaken(read))
        } else if let Some(read) = Self::parse_skipped(line)? {
            Some(read)
        } else {
            FIXED.iter().find(|(sentence, _)| sentence.as_bytes() == line).map(|&(_, notice)| notice)
        })
    }

    fn parse_delay(rest: &'a [u8]) -> Result<Option<Self>, LineError> {
        let Some(number) = rest.strip_suffix(b" ns") else {
            return Ok(None);
        };
        let delay_ns = signed(number).ok_or(LineError::Unreadable(Field::Delay))?;
        Ok(Some(Self::NmeaDelay { delay_ns }))
    }

    fn parse_added(rest: &'a [u8]) -> Result<Option<Self>, LineError> {
        let mut scan = Scan::new(rest);
        let at_ns = seconds_and_nanoseconds(&mut scan, Field::Timestamp)?;
        if !(scan.is("to") && scan.is("clock")) {
            return Ok(None);
        }
        let clock = text(scan.field(Field::Clock)?, Field::Clock)?;
        Ok(Some(Self::TimestampAdded { at_ns, clock }))
    }

    fn parse_sink(rest: &'a [u8]) -> Result<Option<Self>, LineError> {
        let mut scan = Scan::new(rest);
        let interface = scan.word().unwrap_or_default();
        if !(scan.is("has") && scan.is("ptp") && scan.is("index")) {
            return Ok(None);
        }
        let interface = text(interface, Field::Interface)?;
        let ptp_index = u32::try_from(scan.unsigned(Field::Clock)?);
        let ptp_index = ptp_index.map_err(|_| LineError::Unreadable(Field::Clock))?;
        Ok(Some(Self::PpsSink { interface, ptp_index }))
    }

    fn parse_skipped(line: &'a [u8]) -> Result<Option<Self>, LineError> {
        let mut scan = Scan::new(line);
        let interface = scan.word().unwrap_or_default();
        if !(scan.is("SKIP") && scan.is("extts") && scan.is("index")) {
            return Ok(None);
        }
        let interface = text(interface, Field::Interface)?;
        let (channel, at_ns) = channel_and_time(&mut scan)?;
        let source_ns = if scan.expect_or_end("src")? {
            Some(seconds_and_nanoseconds(&mut scan, Field::Timestamp)?)
        } else {
            None
        };
        Ok(Some(Self::TimestampSkipped { interface, channel, at_ns, source_ns }))
    }

    fn parse_lost_lock(line: &'a [u8]) -> Result<Option<Self>, LineError> {
        let mut scan = Scan::new(line);
        let interface = scan.word().unwrap_or_default();
        let Some(offset) = scan.rest().strip_prefix(LOST_LOCK.as_bytes()) else {
            return Ok(None);
        };
        let interface = text(interface, Field::Interface)?;
        let number = Scan::new(offset).field(Field::Offset)?.strip_suffix(b")");
        let offset_ns = number.and_then(signed).ok_or(LineError::Unreadable(Field::Offset))?;
        Ok(Some(Self::LostHoldoverLock { interface, offset_ns }))
    }
}

impl<'a> Extts<'a> {
    /// Reads a whole text; `None` when it is not about an edge.
    fn parse(line: &'a [u8]) -> Result<Option<Self>, LineError> {
        let mut scan = Scan::new(line);
        let interface = scan.word().unwrap_or_default();
        if !(scan.is("extts") && scan.is("index")) {
            return Ok(None);
        }
        let interface = text(interface, Field::Interface)?;
        let (channel, at_ns) = channel_and_time(&mut scan)?;
        scan.expect("corr")?;
        let correction_ns = i32::try_from(scan.signed(Field::Correction)?);
        let correction_ns = correction_ns.map_err(|_| LineError::Unreadable(Field::Correction))?;
        scan.expect("src")?;
        let source_ns = seconds_and_nanoseconds(&mut scan, Field::Timestamp)?;
        scan.expect("diff")?;
        let offset_ns = scan.signed(Field::Offset)?;
        Ok(Some(Self { interface, channel, at_ns, correction_ns, source_ns, offset_ns }))
    }
}

/// Reads `%u at %lld.%09u`.
fn channel_and_time(scan: &mut Scan<'_>) -> Result<(u32, u64), LineError> {
    let channel = u32::try_from(scan.unsigned(Field::Channel)?);
    let channel = channel.map_err(|_| LineError::Unreadable(Field::Channel))?;
    scan.expect("at")?;
    Ok((channel, seconds_and_nanoseconds(scan, Field::Timestamp)?))
}

impl fmt::Display for Ts2phcNotice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FreeRunning { interface, dialect, offset_ns } => {
                write!(f, "{interface}{} {offset_ns:10}", offset_words(*dialect))
            }
            Self::LostHoldoverLock { interface, offset_ns } => {
                write!(f, "{interface}{LOST_LOCK}{offset_ns:10})")
            }
            Self::NmeaNotOpened(source) => write!(f, "{NMEA_NOT_OPENED}{source}"),
            Self::SockOpen(text) => write!(f, "{SOCK_OPEN}{text}"),
            Self::NmeaDelay { delay_ns } => write!(f, "{NMEA_DELAY}{delay_ns} ns"),
            Self::NmeaSentence(sentence) => write!(f, "{NMEA_SENTENCE}{sentence}"),
            Self::TimestampTaken(extts) => extts.fmt(f),
            Self::TimestampSkipped { interface, channel, at_ns, source_ns } => {
                let (at_s, at_ns) = (at_ns / NS_PER_S, at_ns % NS_PER_S);
                write!(f, "{interface} SKIP extts index {channel} at {at_s}.{at_ns:09}")?;
                match source_ns {
                    Some(ns) => write!(f, " src {}.{}", ns / NS_PER_S, ns % NS_PER_S),
                    None => Ok(()),
                }
            }
            Self::TimestampAdded { at_ns, clock } => {
                write!(f, "{ADDING}{}.{:09} to clock {clock}", at_ns / NS_PER_S, at_ns % NS_PER_S)
            }
            Self::ConfigItem(item) => write!(f, "{CONFIG_ITEM}{item}"),
            Self::PiServo(constants) => write!(f, "{PI_SERVO}{constants}"),
            Self::PpsSink { interface, ptp_index } => {
                write!(f, "{PPS_SINK}{interface} has ptp index {ptp_index}")
            }
            Self::SourceNotValid
            | Self::NmeaTimedOut
            | Self::RmcStale
            | Self::NoRmcFix
            | Self::LeapSecondsUnknown
            | Self::LeapSecondsExpired
            | Self::UtcAmbiguous
            | Self::NmeaNotRead
            | Self::NoEvents
            | Self::MaskNotCleared => {
                let known = FIXED.iter().find(|(_, notice)| notice == self);
                f.write_str(known.expect("every notice in which nothing varies is in FIXED").0)
            }
        }
    }
}

impl fmt::Display for Extts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { interface, channel, at_ns, correction_ns, source_ns, offset_ns } = self;
        let (at_s, at_ns) = (at_ns / NS_PER_S, at_ns % NS_PER_S);
        let (source_s, source_ns) = (source_ns / NS_PER_S, source_ns % NS_PER_S);
        write!(f, "{interface} extts index {channel} at {at_s}.{at_ns:09} corr {correction_ns} ")?;
        write!(f, "src {source_s}.{source_ns} diff {offset_ns}")
    }
}
