//! What synce4l itself says (`intel/synce4l synce_dev.c`, `synce_port_ctrl.c`).

use core::fmt;

use crate::error::{Field, LineError};
use crate::scan::{Scan, hexadecimal_digits, text};

/// A line of synce4l. The daemon makes a line of its own of those about one port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synce4lNotice<'a> {
    /// `%s on %s`, or `%s on %s of %s`: a device is in this state, perhaps because of a source.
    EecState {
        /// `EEC_HOLDOVER`, or two states such as `EEC_LOCKED/EEC_LOCKED_HO_ACQ`.
        eec_state: &'a str,
        /// The source that it follows, such as `GNSS` or a port.
        source: Option<&'a str>,
        /// The device of synce4l's configuration, such as `synce1`.
        device: &'a str,
    },
    /// `act on %s for %s`: the state is acted on for a port.
    ActOn {
        /// `EEC_HOLDOVER`, or two states such as `EEC_LOCKED/EEC_LOCKED_HO_ACQ`.
        eec_state: &'a str,
        /// The port.
        interface: &'a str,
    },
    /// `tx_rebuild_tlv: attached new TLV, QL=0x%x on %s`
    Quality {
        /// SSM code, ITU-T G.781, that the port sends from now on.
        ql: u8,
        /// The port.
        interface: &'a str,
    },
    /// `tx_rebuild_tlv: attached new extended TLV, EXT_QL=0x%x on %s`
    ExtendedQuality {
        /// Enhanced SSM code, ITU-T G.8264, that the port sends from now on.
        ext_ql: u8,
        /// The port.
        interface: &'a str,
    },
}

impl<'a> Synce4lNotice<'a> {
    /// Reads a whole text; `None` when it is another sentence.
    pub(crate) fn parse(line: &'a [u8]) -> Result<Option<Self>, LineError> {
        let mut scan = Scan::new(line);
        match scan.word() {
            Some(b"act") if scan.is("on") => Self::parse_act(&mut scan),
            Some(b"tx_rebuild_tlv:") if scan.is("attached") && scan.is("new") => {
                Self::parse_quality(&mut scan)
            }
            Some(word) if word.starts_with(b"EEC_") && scan.is("on") => {
                let eec_state = text(word, Field::EecState)?;
                let first = text(scan.field(Field::Device)?, Field::Device)?;
                Ok(Some(if scan.expect_or_end("of")? {
                    let device = text(scan.field(Field::Device)?, Field::Device)?;
                    Self::EecState { eec_state, source: Some(first), device }
                } else {
                    Self::EecState { eec_state, source: None, device: first }
                }))
            }
            Some(_) | None => Ok(None),
        }
    }

    /// Reads what follows `act on`.
    fn parse_act(scan: &mut Scan<'a>) -> Result<Option<Self>, LineError> {
        let word = scan.field(Field::EecState)?;
        if !word.starts_with(b"EEC_") {
            return Ok(None);
        }
        let eec_state = text(word, Field::EecState)?;
        scan.expect("for")?;
        let interface = text(scan.field(Field::Interface)?, Field::Interface)?;
        Ok(Some(Self::ActOn { eec_state, interface }))
    }

    /// Reads what follows `attached new`.
    fn parse_quality(scan: &mut Scan<'a>) -> Result<Option<Self>, LineError> {
        match scan.word() {
            Some(b"TLV,") => {
                let ql = level(scan, "QL=0x", Field::QualityLevel)?;
                Ok(Some(Self::Quality { ql, interface: port(scan)? }))
            }
            Some(b"extended") => {
                scan.expect("TLV,")?;
                let ext_ql = level(scan, "EXT_QL=0x", Field::ExtendedQualityLevel)?;
                Ok(Some(Self::ExtendedQuality { ext_ql, interface: port(scan)? }))
            }
            Some(_) | None => Ok(None),
        }
    }
}

/// Reads `<prefix><hexadecimal digits>`.
fn level(scan: &mut Scan<'_>, prefix: &'static str, field: Field) -> Result<u8, LineError> {
    let digits = scan.field(field)?.strip_prefix(prefix.as_bytes());
    digits.and_then(hexadecimal_digits).ok_or(LineError::Unreadable(field))
}

/// Reads `on %s`.
fn port<'a>(scan: &mut Scan<'a>) -> Result<&'a str, LineError> {
    scan.expect("on")?;
    text(scan.field(Field::Interface)?, Field::Interface)
}

impl fmt::Display for Synce4lNotice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EecState { eec_state, source: None, device } => write!(f, "{eec_state} on {device}"),
            Self::EecState { eec_state, source: Some(source), device } => {
                write!(f, "{eec_state} on {source} of {device}")
            }
            Self::ActOn { eec_state, interface } => write!(f, "act on {eec_state} for {interface}"),
            Self::Quality { ql, interface } => {
                write!(f, "tx_rebuild_tlv: attached new TLV, QL={ql:#x} on {interface}")
            }
            Self::ExtendedQuality { ext_ql, interface } => {
                write!(f, "tx_rebuild_tlv: attached new extended TLV, EXT_QL={ext_ql:#x} on {interface}")
            }
        }
    }
}
