//! What ptp4l says about one port (`port.c`, `fsm.c`).

use core::fmt;

use crate::error::{Field, LineError};
use crate::identity::PortIdentity;
use crate::line::Body;
use crate::scan::{Scan, text, unsigned};

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
    pub event: PortEvent<'a>,
    /// The fault type in parentheses, for example `FT_UNSPECIFIED`.
    pub fault: Option<&'a str>,
}

/// A port of ptp4l, named by number and, since linuxptp 4.0, by interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port<'a> {
    /// 1 for the first interface of the configuration; 0 for the management socket.
    pub number: u16,
    /// Interface name, or the path of the management socket; without blanks.
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

/// Events of linuxptp's port state machine (`fsm.h`), and two that only other builds write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PortEvent<'a> {
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
    /// RS_LISTENING: not in linuxptp's `fsm.h`.
    RsListening,
    /// Another one, of a later release: the states of the transition say what it comes to. Without blanks.
    Unknown(&'a str),
    /// The line ends after the new state, which linuxptp's own never do. Such a line has no fault.
    Unnamed,
}

/// `port %d (%s): new foreign master %s-%d`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForeignMaster<'a> {
    /// The port that heard it.
    pub port: Port<'a>,
    /// The master's port.
    pub master: PortIdentity,
}

/// Reads what follows the word `port`; `None` when its form is not known.
pub(crate) fn parse<'a>(scan: &mut Scan<'a>) -> Result<Option<Body<'a>>, LineError> {
    let Some(port) = Port::parse(scan)? else {
        return Ok(None);
    };
    match scan.word() {
        Some(b"new") if scan.is("foreign") && scan.is("master") => {
            let master = PortIdentity::parse(scan)?;
            Ok(Some(Body::ForeignMaster(ForeignMaster { port, master })))
        }
        // Ports also say things like `failed to …`; states are in capitals.
        Some(from) if from.iter().all(|&byte| byte.is_ascii_uppercase() || byte == b'_') && scan.is("to") => {
            let from = PortState::from_text(from).ok_or(LineError::Unreadable(Field::PortState))?;
            PortTransition::parse(port, from, scan).map(|transition| Some(Body::PortTransition(transition)))
        }
        Some(_) | None => Ok(None),
    }
}

impl<'a> Port<'a> {
    /// Reads `1:` or `1 (ens1f0):`; `None` for anything else that a line may have after `port`.
    fn parse(scan: &mut Scan<'a>) -> Result<Option<Self>, LineError> {
        let Some(word) = scan.word() else {
            return Ok(None);
        };
        let (digits, name) = if let Some(digits) = word.strip_suffix(b":") {
            (digits, None)
        } else {
            let name = scan.word().and_then(|word| word.strip_prefix(b"(")?.strip_suffix(b"):"));
            if name.is_none() {
                return Ok(None);
            }
            (word, name)
        };
        if !digits.iter().all(u8::is_ascii_digit) {
            return Ok(None);
        }
        let number = unsigned(digits).and_then(|number| u16::try_from(number).ok());
        let number = number.ok_or(LineError::Unreadable(Field::PortNumber))?;
        let name = name.map(|name| text(name, Field::PortName)).transpose()?;
        Ok(Some(Self { number, name }))
    }
}

impl<'a> PortTransition<'a> {
    /// Reads what follows `OLD to`.
    fn parse(port: Port<'a>, from: PortState, scan: &mut Scan<'a>) -> Result<Self, LineError> {
        let to = scan.field(Field::PortState)?;
        let to = PortState::from_text(to).ok_or(LineError::Unreadable(Field::PortState))?;
        if !scan.expect_or_end("on")? {
            return Ok(Self { port, from, to, event: PortEvent::Unnamed, fault: None });
        }
        let event = PortEvent::parse(scan.field(Field::PortEvent)?)?;
        let fault = scan.word().and_then(|word| word.strip_prefix(b"(")?.strip_suffix(b")"));
        let fault = fault.map(|fault| text(fault, Field::Fault)).transpose()?;
        Ok(Self { port, from, to, event, fault })
    }
}

impl PortState {
    /// Every state, in the order of `fsm.h`.
    pub const ALL: [Self; 10] = [
        Self::Initializing,
        Self::Faulty,
        Self::Disabled,
        Self::Listening,
        Self::PreMaster,
        Self::Master,
        Self::Passive,
        Self::Uncalibrated,
        Self::Slave,
        Self::GrandMaster,
    ];

    /// linuxptp's name for it (`ps_str`).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Initializing => "INITIALIZING",
            Self::Faulty => "FAULTY",
            Self::Disabled => "DISABLED",
            Self::Listening => "LISTENING",
            Self::PreMaster => "PRE_MASTER",
            Self::Master => "MASTER",
            Self::Passive => "PASSIVE",
            Self::Uncalibrated => "UNCALIBRATED",
            Self::Slave => "SLAVE",
            Self::GrandMaster => "GRAND_MASTER",
        }
    }

    fn from_text(text: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name().as_bytes() == text)
    }
}

impl<'a> PortEvent<'a> {
    /// Every event that is known by name, those of linuxptp in the order of `fsm.h`.
    pub const ALL: [Self; 18] = [
        Self::None,
        Self::PowerUp,
        Self::Initialize,
        Self::DesignatedEnabled,
        Self::DesignatedDisabled,
        Self::FaultCleared,
        Self::FaultDetected,
        Self::StateDecision,
        Self::QualificationTimeoutExpires,
        Self::AnnounceReceiptTimeoutExpires,
        Self::SynchronizationFault,
        Self::MasterClockSelected,
        Self::InitComplete,
        Self::RsMaster,
        Self::RsGrandMaster,
        Self::RsSlave,
        Self::RsPassive,
        Self::RsListening,
    ];

    /// linuxptp's name for it (`ev_str`); `None` if the line does not name one.
    #[must_use]
    pub fn name(self) -> Option<&'a str> {
        Some(match self {
            Self::None => "NONE",
            Self::PowerUp => "POWERUP",
            Self::Initialize => "INITIALIZE",
            Self::DesignatedEnabled => "DESIGNATED_ENABLED",
            Self::DesignatedDisabled => "DESIGNATED_DISABLED",
            Self::FaultCleared => "FAULT_CLEARED",
            Self::FaultDetected => "FAULT_DETECTED",
            Self::StateDecision => "STATE_DECISION_EVENT",
            Self::QualificationTimeoutExpires => "QUALIFICATION_TIMEOUT_EXPIRES",
            Self::AnnounceReceiptTimeoutExpires => "ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES",
            Self::SynchronizationFault => "SYNCHRONIZATION_FAULT",
            Self::MasterClockSelected => "MASTER_CLOCK_SELECTED",
            Self::InitComplete => "INIT_COMPLETE",
            Self::RsMaster => "RS_MASTER",
            Self::RsGrandMaster => "RS_GRAND_MASTER",
            Self::RsSlave => "RS_SLAVE",
            Self::RsPassive => "RS_PASSIVE",
            Self::RsListening => "RS_LISTENING",
            Self::Unknown(name) => name,
            Self::Unnamed => return None,
        })
    }

    fn parse(word: &'a [u8]) -> Result<Self, LineError> {
        let name = text(word, Field::PortEvent)?;
        Ok(Self::ALL.into_iter().find(|event| event.name() == Some(name)).unwrap_or(Self::Unknown(name)))
    }
}

impl fmt::Display for Port<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "port {} ({name})", self.number),
            None => write!(f, "port {}", self.number),
        }
    }
}

impl fmt::Display for PortState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for PortTransition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { port, from, to, event, fault } = self;
        write!(f, "{port}: {from} to {to}")?;
        let Some(event) = event.name() else {
            return Ok(());
        };
        write!(f, " on {event}")?;
        match fault {
            Some(fault) => write!(f, " ({fault})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ForeignMaster<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: new foreign master {}", self.port, self.master)
    }
}
