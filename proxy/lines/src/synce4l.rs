//! The state and quality of Synchronous Ethernet, which the daemon reports in the name of synce4l
//! (`openshift/linuxptp-daemon pkg/daemon/daemon.go`). What synce4l itself says is in `synce4l_notice.rs`.

use core::fmt;

use crate::error::{Field, LineError};
use crate::line::Body;
use crate::pairs::{Next, skip_value};
use crate::prefix::Stamp;
use crate::reported_state::ReportedState;
use crate::scan::{Scan, hexadecimal, text};
use crate::synce4l_notice::Synce4lNotice;

/// `%s device %s eec_state %s network_option %d %s`
///
/// The pairs are printed in the order of their names and read in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SynceState<'a> {
    /// The port that synce4l acts for.
    pub interface: &'a str,
    /// The device of synce4l's configuration, such as `synce1`.
    pub device: &'a str,
    /// State of the Ethernet equipment clock, such as `EEC_HOLDOVER`.
    pub eec_state: &'a str,
    /// ITU-T G.781 networking option: 1 or 2; other numbers are kept.
    pub network_option: Option<i64>,
    /// What the daemon made of it; absent before the first state of the device is known.
    pub state: Option<ReportedState<'a>>,
}

/// `%s clock_quality %s device %s ext_ql 0x%x network_option %d ql 0x%x %s`
///
/// The pairs are printed in the order of their names and read in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SynceQuality<'a> {
    /// The port that sends the quality level.
    pub interface: &'a str,
    /// Name of the clock quality, such as `PRTC`.
    pub quality: &'a str,
    /// The device of synce4l's configuration, such as `synce1`.
    pub device: &'a str,
    /// Enhanced SSM code, ITU-T G.8264; absent without the extended TLV.
    pub ext_ql: Option<u8>,
    /// ITU-T G.781 networking option: 1 or 2; other numbers are kept.
    pub network_option: Option<i64>,
    /// SSM code, ITU-T G.781.
    pub ql: Option<u8>,
    /// What the daemon made of it; absent before the first state of the device is known.
    pub state: Option<ReportedState<'a>>,
}

/// Reads a text of synce4l; `None` when its form is not known.
///
/// The forms of the daemon exist in lines of the daemon only, which have whole seconds.
pub(crate) fn parse<'a>(stamp: Stamp, text: &'a [u8]) -> Result<Option<Body<'a>>, LineError> {
    if let Some(notice) = Synce4lNotice::parse(text)? {
        return Ok(Some(Body::Synce4lNotice(notice)));
    }
    match stamp {
        Stamp::Unix { .. } => Values::parse(text)?.map(Values::into_body).transpose(),
        Stamp::Monotonic { .. } | Stamp::Pid { .. } => Ok(None),
    }
}

/// The pairs of a line before it is known which of the two forms it has.
struct Values<'a> {
    interface: &'a str,
    device: Option<&'a str>,
    eec_state: Option<&'a str>,
    quality: Option<&'a str>,
    ext_ql: Option<u8>,
    network_option: Option<i64>,
    ql: Option<u8>,
    state: Option<ReportedState<'a>>,
}

impl<'a> Values<'a> {
    /// `None` when neither a state nor a quality is named.
    fn parse(line: &'a [u8]) -> Result<Option<Self>, LineError> {
        let mut scan = Scan::new(line);
        let interface = scan.word().unwrap_or_default();
        let is_of_form = |word: &[u8]| word == b"eec_state" || word == b"clock_quality";
        if !Scan::new(scan.rest()).any_word(is_of_form) {
            return Ok(None);
        }
        let mut values = Self {
            interface: text(interface, Field::Interface)?,
            device: None,
            eec_state: None,
            quality: None,
            ext_ql: None,
            network_option: None,
            ql: None,
            state: None,
        };
        loop {
            match Next::read(&mut scan) {
                Next::Key(key) => values.read_value(key, &mut scan)?,
                Next::State(state) => return Ok(Some(Self { state: Some(state), ..values })),
                Next::End => return Ok(Some(values)),
            }
        }
    }

    fn read_value(&mut self, key: &[u8], scan: &mut Scan<'a>) -> Result<(), LineError> {
        match key {
            b"clock_quality" => {
                self.quality = Some(text(scan.field(Field::ClockQuality)?, Field::ClockQuality)?)
            }
            b"device" => self.device = Some(text(scan.field(Field::Device)?, Field::Device)?),
            b"eec_state" => self.eec_state = Some(text(scan.field(Field::EecState)?, Field::EecState)?),
            b"ext_ql" => self.ext_ql = Some(hexadecimal(scan, Field::ExtendedQualityLevel)?),
            b"network_option" => self.network_option = Some(scan.signed(Field::NetworkOption)?),
            b"ql" => self.ql = Some(hexadecimal(scan, Field::QualityLevel)?),
            _ => skip_value(scan)?,
        }
        Ok(())
    }

    /// A state wins over a quality.
    fn into_body(self) -> Result<Body<'a>, LineError> {
        let Self { interface, device, eec_state, quality, ext_ql, network_option, ql, state } = self;
        let device = device.ok_or(LineError::Missing(Field::Device))?;
        if let Some(eec_state) = eec_state {
            return Ok(Body::SynceState(SynceState { interface, device, eec_state, network_option, state }));
        }
        let quality = quality.ok_or(LineError::Missing(Field::ClockQuality))?;
        Ok(Body::SynceQuality(SynceQuality { interface, quality, device, ext_ql, network_option, ql, state }))
    }
}

impl fmt::Display for SynceState<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { interface, device, eec_state, network_option, state } = self;
        write!(f, "{interface} device {device} eec_state {eec_state}")?;
        if let Some(network_option) = network_option {
            write!(f, " network_option {network_option}")?;
        }
        print_state(f, state.as_ref())
    }
}

impl fmt::Display for SynceQuality<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { interface, quality, device, ext_ql, network_option, ql, state } = self;
        write!(f, "{interface} clock_quality {quality} device {device}")?;
        if let Some(ext_ql) = ext_ql {
            write!(f, " ext_ql {ext_ql:#x}")?;
        }
        if let Some(network_option) = network_option {
            write!(f, " network_option {network_option}")?;
        }
        if let Some(ql) = ql {
            write!(f, " ql {ql:#x}")?;
        }
        print_state(f, state.as_ref())
    }
}

/// The daemon prints the blank before an empty state too.
fn print_state(f: &mut fmt::Formatter<'_>, state: Option<&ReportedState<'_>>) -> fmt::Result {
    match state {
        Some(state) => write!(f, " {state}"),
        None => f.write_str(" "),
    }
}
