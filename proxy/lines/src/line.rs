//! What one line of the event socket says.

/// One line without its line end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line<'a> {
    /// A control line (`CMD …`), which has no prefix.
    Command(Command<'a>),
    /// A line of a program that this grammar knows.
    Message(Message<'a>),
    /// Anything else, verbatim. May be empty and need not be UTF-8.
    Other(&'a [u8]),
}

/// A control line, matched exactly and case-sensitively.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// `CMD RESTART`: the daemon has applied new profiles; read the configuration again.
    Restart,
    /// `CMD LIVE_START`: what follows on this connection is live, not replayed.
    LiveStart,
    /// `CMD TIME <unix seconds>.<9 digits>`: it is now this time, in nanoseconds since 1970-01-01T00:00:00 UTC.
    Time {
        /// Nanoseconds since the UNIX epoch.
        unix_ns: u64,
    },
    /// `CMD SYNC <token>`: answer `SYNC <token>` when all earlier input has taken effect. The token is 1 to 64
    /// printable ASCII bytes without blanks.
    Sync {
        /// What to answer with.
        token: &'a str,
    },
}

/// A line with a program prefix and a known text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Message<'a> {
    /// Who wrote it, when, and for which configuration.
    pub prefix: Prefix<'a>,
    /// What it says.
    pub body: Body<'a>,
}

/// `program[stamp]: [tag] ` as linuxptp prints it, or `program[stamp]:[tag] ` as the daemon does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix<'a> {
    /// The program that wrote the line.
    pub program: Program<'a>,
    /// When, and in which of the two forms.
    pub stamp: Stamp,
    /// The configuration that the line belongs to.
    pub tag: Tag,
}

/// The programs whose lines reach the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program<'a> {
    /// PTP daemon.
    Ptp4l,
    /// System clock servo.
    Phc2sys,
    /// Time stamp (1PPS) servo.
    Ts2phc,
    /// Synchronous Ethernet daemon.
    Synce4l,
    /// NTP daemon.
    Chronyd,
    /// PTP management client.
    Pmc,
    /// GNSS daemon.
    Gpsd,
    /// GNSS sentence relay.
    Gpspipe,
    /// Any other name: 1 to 32 ASCII letters, digits, `_` or `-`.
    Other(&'a str),
}

/// The stamp of a line and, with it, the form of the prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// `[SSSS.mmm]: `, linuxptp's: the host's CLOCK_MONOTONIC in milliseconds.
    Monotonic {
        /// Milliseconds since boot.
        ms: u64,
    },
    /// `[SSSS]:`, the daemon's: seconds of UNIX time, no blank after the colon.
    Unix {
        /// Seconds since the UNIX epoch.
        s: u64,
    },
}

/// `[ptp4l.0.config]`, `[ptp4l.0.config:6]` or, from linuxptp before 4.0, `[ptp4l.0.config:{level}]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The configuration.
    pub config: ConfigName,
    /// The suffix of the tag, which the daemon strips from live lines but not from replayed ones.
    pub level: Level,
}

/// `<program>.<index>.config`: the name of one process configuration on the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConfigName {
    /// Whose configuration.
    pub program: ConfigProgram,
    /// Its number on this node, from 0.
    pub index: u32,
}

/// The programs that have configuration files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfigProgram {
    /// `ptp4l.N.config`
    Ptp4l,
    /// `phc2sys.N.config`
    Phc2sys,
    /// `ts2phc.N.config`
    Ts2phc,
    /// `synce4l.N.config`
    Synce4l,
    /// `chronyd.N.config`
    Chronyd,
}

/// The suffix of a message tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// No suffix.
    Absent,
    /// `:N`, a syslog level from 0 (emergency) to 7 (debug).
    Number(u8),
    /// `:{level}`, the unexpanded placeholder of linuxptp before 4.0.
    Placeholder,
}

/// What a line says after its prefix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Body<'a> {
    /// ptp4l: one sample of the offset from the master.
    Ptp4lOffset(Ptp4lOffset),
    /// ptp4l: statistics over a summary interval.
    Ptp4lSummary(Summary),
    /// ptp4l: a port changed its state.
    PortTransition(PortTransition<'a>),
    /// ptp4l: the best master clock was selected.
    BestMaster(BestMaster),
    /// ptp4l: a port heard a master that it did not know.
    ForeignMaster(ForeignMaster<'a>),
    /// phc2sys: one sample of the offset of a clock from its source.
    Phc2sysOffset(Phc2sysOffset<'a>),
    /// phc2sys: statistics over a summary interval.
    Phc2sysSummary(Phc2sysSummary<'a>),
    /// phc2sys: how it follows the port states of ptp4l.
    Phc2sysSelection(Phc2sysSelection<'a>),
    /// The daemon: a process is up or down.
    ProcessStatus(ProcessStatus),
    /// The daemon: the clock class that the node announces or sees.
    ClockClassChange(ClockClassChange),
}

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

/// State of a linuxptp servo as it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Servo {
    /// `s0`: unlocked.
    Unlocked,
    /// `s1`: the clock is about to be stepped.
    Jump,
    /// `s2`: locked.
    Locked,
    /// `s3`: locked, and the offset has stayed below the servo's threshold.
    LockedStable,
}

/// A frequency as `%+.0f` prints it: a whole number of parts per billion that may be a negative zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ppb {
    negative: bool,
    magnitude: u64,
}

/// `rms %4.0f max %4.0f freq %+6.0f +/- %3.0f delay %5.0f +/- %3.0f`, all in nanoseconds or parts per billion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Root mean square of the offsets.
    pub rms_ns: u64,
    /// Largest absolute offset.
    pub max_ns: u64,
    /// Mean frequency correction.
    pub freq: Ppb,
    /// Its standard deviation.
    pub freq_stddev: u64,
    /// Mean and standard deviation of the delay; absent when there was none.
    pub delay: Option<DelaySummary>,
}

/// The delay part of a summary line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DelaySummary {
    /// Mean delay in nanoseconds.
    pub mean_ns: Ppb,
    /// Its standard deviation in nanoseconds.
    pub stddev_ns: u64,
}

/// `port %d (%s): OLD to NEW on EVENT`, with ` (FT_…)` after a fault; before linuxptp 4.0 without the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortTransition<'a> {
    /// Which port. Port 0 is the management socket.
    pub port: Port<'a>,
    /// State before.
    pub from: PortState,
    /// State after.
    pub to: PortState,
    /// What caused it.
    pub event: PortEvent,
    /// The fault type in parentheses, for example `FT_UNSPECIFIED`.
    pub fault: Option<&'a str>,
}

/// A port of ptp4l, named by number and, since linuxptp 4.0, by interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port<'a> {
    /// 1 for the first interface of the configuration; 0 for the management socket.
    pub number: u16,
    /// Interface name, or the path of the management socket.
    pub name: Option<&'a str>,
}

/// Port states of IEEE 1588-2019, 9.2.5, as linuxptp names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PortState {
    /// INITIALIZING
    Initializing,
    /// FAULTY
    Faulty,
    /// DISABLED
    Disabled,
    /// LISTENING
    Listening,
    /// PRE_MASTER
    PreMaster,
    /// MASTER
    Master,
    /// PASSIVE
    Passive,
    /// UNCALIBRATED
    Uncalibrated,
    /// SLAVE
    Slave,
    /// GRAND_MASTER
    GrandMaster,
}

/// Events of linuxptp's port state machine (`fsm.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PortEvent {
    /// NONE
    None,
    /// POWERUP
    PowerUp,
    /// INITIALIZE
    Initialize,
    /// DESIGNATED_ENABLED
    DesignatedEnabled,
    /// DESIGNATED_DISABLED
    DesignatedDisabled,
    /// FAULT_CLEARED
    FaultCleared,
    /// FAULT_DETECTED
    FaultDetected,
    /// STATE_DECISION_EVENT
    StateDecision,
    /// QUALIFICATION_TIMEOUT_EXPIRES
    QualificationTimeoutExpires,
    /// ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES
    AnnounceReceiptTimeoutExpires,
    /// SYNCHRONIZATION_FAULT
    SynchronizationFault,
    /// MASTER_CLOCK_SELECTED
    MasterClockSelected,
    /// INIT_COMPLETE
    InitComplete,
    /// RS_MASTER
    RsMaster,
    /// RS_GRAND_MASTER
    RsGrandMaster,
    /// RS_SLAVE
    RsSlave,
    /// RS_PASSIVE
    RsPassive,
}

/// `selected local clock %s as best master` or `selected best master clock %s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BestMaster {
    /// No better clock was heard.
    Local(ClockIdentity),
    /// This clock.
    Foreign(ClockIdentity),
}

/// `port %d (%s): new foreign master %s-%d`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForeignMaster<'a> {
    /// The port that heard it.
    pub port: Port<'a>,
    /// The master's port.
    pub master: PortIdentity,
}

/// Eight bytes, printed as `xxxxxx.xxxx.xxxxxx` in lower-case hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockIdentity(pub [u8; 8]);

/// `<clock identity>-<port number>`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortIdentity {
    /// The clock.
    pub clock: ClockIdentity,
    /// Its port, from 1.
    pub number: u16,
}

/// `%s phc offset %9lld s%d freq %+7.0f delay %6lld`, or `sys offset`.
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
    /// The hardware clock of an interface, or a device path.
    Device(&'a str),
}

/// What phc2sys compares a clock with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetSource {
    /// `phc`
    Phc,
    /// `sys`
    Sys,
}

/// `%s rms %4.0f max %4.0f freq %+6.0f +/- %3.0f delay %5.0f +/- %3.0f`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phc2sysSummary<'a> {
    /// The clock that is steered.
    pub clock: Clock<'a>,
    /// Its statistics.
    pub summary: Summary,
}

/// How phc2sys in automatic mode follows ptp4l.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phc2sysSelection<'a> {
    /// `port %s-%d changed state`
    PortChangedState(PortIdentity),
    /// `reconfiguring after port state change`
    Reconfiguring,
    /// `selecting %s for synchronization`
    ForSynchronization(Clock<'a>),
    /// `selecting %s as domain source clock`; before linuxptp 4.0 `selecting %s as the master clock`.
    AsSource {
        /// The chosen clock.
        clock: Clock<'a>,
        /// Which wording.
        wording: SourceWording,
    },
    /// `selecting %s as out-of-domain source clock`
    AsOutOfDomainSource(Clock<'a>),
    /// `skipping %s: %s has the same clock and is already selected`
    Skipping {
        /// The clock that is skipped.
        clock: Clock<'a>,
        /// The one that is already selected.
        selected: Clock<'a>,
    },
    /// `source clock not ready, waiting...`; before linuxptp 4.0 `master clock not ready, waiting...`.
    SourceNotReady {
        /// Which wording.
        wording: SourceWording,
    },
    /// `no PHC ready, waiting...`
    NoPhcReady,
    /// `multiple source clocks available, postponing sync...`; before linuxptp 4.0 `multiple master clocks …`.
    MultipleSources {
        /// Which wording.
        wording: SourceWording,
    },
    /// `nothing to synchronize`
    NothingToSynchronize,
    /// `Waiting for ptp4l...`
    WaitingForPtp4l,
}

/// The word that linuxptp uses for the clock that is followed: it changed with release 4.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceWording {
    /// `source` (4.0 and later).
    Source,
    /// `master` (3.1.1 and earlier).
    Master,
}

/// `PTP_PROCESS_STATUS:%d`, or with a blank instead of the colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessStatus {
    /// 1 up, 0 down; any other number is kept and means neither.
    pub value: i64,
    /// Whether a colon or a blank precedes the number.
    pub separator: StatusSeparator,
}

/// What stands between the word and the number of a process status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusSeparator {
    /// `PTP_PROCESS_STATUS:1`
    Colon,
    /// `PTP_PROCESS_STATUS 1`
    Blank,
}

/// `CLOCK_CLASS_CHANGE %d`, or `%f` from older daemons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockClassChange {
    /// The class, IEEE 1588-2019 7.6.2.5: 0 to 255.
    pub class: u8,
    /// Whether it was printed as a whole number or with six decimals.
    pub form: NumberForm,
}

/// How a whole number was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberForm {
    /// `6`
    Integer,
    /// `6.000000`
    SixDecimals,
}
