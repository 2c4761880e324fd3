//! Why a line of a known form could not be read.
//!
//! It names the form's field or word, not the text: whoever has the error also has the line.

use core::fmt;

/// A line has a known form, but a part of it cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineError {
    /// The line ends before this field.
    Missing(Field),
    /// This field is not of its type, or outside its range.
    Unreadable(Field),
    /// This fixed word does not stand where the form has it.
    Expected(&'static str),
}

/// A field of a known form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The time of `CMD TIME`.
    Time,
    /// The token of `CMD SYNC`.
    Token,
    /// An offset in nanoseconds.
    Offset,
    /// `s0` to `s3`.
    Servo,
    /// A frequency in parts per billion.
    Frequency,
    /// The standard deviation of the frequency.
    FrequencyDeviation,
    /// A delay in nanoseconds.
    Delay,
    /// The standard deviation of the delay.
    DelayDeviation,
    /// The root mean square of a summary.
    Rms,
    /// The largest value of a summary.
    Max,
    /// The number of a port.
    PortNumber,
    /// The name of a port.
    PortName,
    /// A state of a port.
    PortState,
    /// The event of a port transition.
    PortEvent,
    /// The fault of a port transition.
    Fault,
    /// The identity of a clock.
    ClockIdentity,
    /// The identity of a port.
    PortIdentity,
    /// The clock that phc2sys steers.
    Clock,
    /// The number of a process status.
    ProcessStatus,
    /// A clock class.
    ClockClass,
    /// The interface, or clock, that a line is about.
    Interface,
    /// The state of a line that the daemon makes.
    State,
    /// Whether NMEA sentences arrive.
    NmeaStatus,
    /// The fix of a GNSS receiver.
    GnssStatus,
    /// The frequency lock of a DPLL.
    FrequencyStatus,
    /// The phase lock of a DPLL.
    PhaseStatus,
    /// Whether the 1PPS input of a DPLL is good.
    PpsStatus,
    /// The device of synce4l.
    Device,
    /// The state of an Ethernet equipment clock.
    EecState,
    /// The name of a clock quality.
    ClockQuality,
    /// The networking option of ITU-T G.781.
    NetworkOption,
    /// An SSM code.
    QualityLevel,
    /// An enhanced SSM code.
    ExtendedQualityLevel,
    /// The name of a profile.
    Profile,
    /// Whether a profile is followed.
    ProfileState,
    /// The channel of a time stamp input.
    Channel,
    /// A time stamp.
    Timestamp,
    /// A correction in nanoseconds.
    Correction,
    /// Free text.
    Text,
}

impl Field {
    /// Its name in snake case: a bounded set, fit for a metric label.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Token => "token",
            Self::Offset => "offset",
            Self::Servo => "servo",
            Self::Frequency => "frequency",
            Self::FrequencyDeviation => "frequency_deviation",
            Self::Delay => "delay",
            Self::DelayDeviation => "delay_deviation",
            Self::Rms => "rms",
            Self::Max => "max",
            Self::PortNumber => "port_number",
            Self::PortName => "port_name",
            Self::PortState => "port_state",
            Self::PortEvent => "port_event",
            Self::Fault => "fault",
            Self::ClockIdentity => "clock_identity",
            Self::PortIdentity => "port_identity",
            Self::Clock => "clock",
            Self::ProcessStatus => "process_status",
            Self::ClockClass => "clock_class",
            Self::Interface => "interface",
            Self::State => "state",
            Self::NmeaStatus => "nmea_status",
            Self::GnssStatus => "gnss_status",
            Self::FrequencyStatus => "frequency_status",
            Self::PhaseStatus => "phase_status",
            Self::PpsStatus => "pps_status",
            Self::Device => "device",
            Self::EecState => "eec_state",
            Self::ClockQuality => "clock_quality",
            Self::NetworkOption => "network_option",
            Self::QualityLevel => "quality_level",
            Self::ExtendedQualityLevel => "extended_quality_level",
            Self::Profile => "profile",
            Self::ProfileState => "profile_state",
            Self::Channel => "channel",
            Self::Timestamp => "timestamp",
            Self::Correction => "correction",
            Self::Text => "text",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(field) => write!(f, "the line ends before its {field}"),
            Self::Unreadable(field) => write!(f, "the {field} of the line is unreadable"),
            Self::Expected(word) => write!(f, "the line lacks the word \"{word}\" in its place"),
        }
    }
}

impl core::error::Error for LineError {}
