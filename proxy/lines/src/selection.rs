//! How phc2sys in automatic mode chooses its source and its sinks (`phc2sys.c`).
//!
//! These are sentences, not samples: but for the names in them they are matched exactly, blanks included, and
//! a sentence that differs is not known.

use core::fmt;

use crate::dialect::Dialect;
use crate::error::LineError;
use crate::identity::PortIdentity;
use crate::phc2sys::Clock;
use crate::scan::{Scan, is_blank};

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
        dialect: Dialect,
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
        dialect: Dialect,
    },
    /// `no PHC ready, waiting...`
    NoPhcReady,
    /// `multiple source clocks available, postponing sync...`; before linuxptp 4.0 `multiple master …`.
    MultipleSources {
        /// Which wording.
        dialect: Dialect,
    },
    /// `nothing to synchronize`
    NothingToSynchronize,
    /// `Waiting for ptp4l...`
    WaitingForPtp4l,
}

const FOR_SYNCHRONIZATION: &str = " for synchronization";
const AS_SOURCE: &str = " as domain source clock";
const AS_MASTER: &str = " as the master clock";
const AS_OUT_OF_DOMAIN_SOURCE: &str = " as out-of-domain source clock";
const SAME_CLOCK: &str = " has the same clock and is already selected";

/// The sentences without a name in them.
const FIXED: [(&str, Phc2sysSelection<'static>); 8] = {
    use Dialect::{V3, V4};
    use Phc2sysSelection as S;
    [
        ("reconfiguring after port state change", S::Reconfiguring),
        ("source clock not ready, waiting...", S::SourceNotReady { dialect: V4 }),
        ("master clock not ready, waiting...", S::SourceNotReady { dialect: V3 }),
        ("no PHC ready, waiting...", S::NoPhcReady),
        ("multiple source clocks available, postponing sync...", S::MultipleSources { dialect: V4 }),
        ("multiple master clocks available, postponing sync...", S::MultipleSources { dialect: V3 }),
        ("nothing to synchronize", S::NothingToSynchronize),
        ("Waiting for ptp4l...", S::WaitingForPtp4l),
    ]
};

impl<'a> Phc2sysSelection<'a> {
    /// Reads a whole text; `None` when it is another sentence.
    pub(crate) fn parse(text: &'a [u8]) -> Result<Option<Self>, LineError> {
        if let Some(rest) = text.strip_prefix(b"selecting ") {
            return Self::parse_selecting(rest);
        }
        if let Some(rest) = text.strip_prefix(b"skipping ") {
            return Self::parse_skipping(rest);
        }
        if let Some(port) = text.strip_prefix(b"port ").and_then(|rest| rest.strip_suffix(b" changed state"))
        {
            return Ok(Some(Self::PortChangedState(PortIdentity::parse(&mut Scan::new(port))?)));
        }
        let known = FIXED.iter().find(|(sentence, _)| sentence.as_bytes() == text);
        Ok(known.map(|&(_, selection)| selection))
    }

    fn parse_selecting(rest: &'a [u8]) -> Result<Option<Self>, LineError> {
        let end = rest.iter().position(|&byte| is_blank(byte)).unwrap_or(rest.len());
        let (name, sentence) = rest.split_at(end);
        if name.is_empty() {
            return Ok(None);
        }
        let is = |known: &str| sentence == known.as_bytes();
        Ok(if is(FOR_SYNCHRONIZATION) {
            Some(Self::ForSynchronization(Clock::parse(name)?))
        } else if is(AS_SOURCE) {
            Some(Self::AsSource { clock: Clock::parse(name)?, dialect: Dialect::V4 })
        } else if is(AS_MASTER) {
            Some(Self::AsSource { clock: Clock::parse(name)?, dialect: Dialect::V3 })
        } else if is(AS_OUT_OF_DOMAIN_SOURCE) {
            Some(Self::AsOutOfDomainSource(Clock::parse(name)?))
        } else {
            None
        })
    }

    fn parse_skipping(rest: &'a [u8]) -> Result<Option<Self>, LineError> {
        let names = rest.strip_suffix(SAME_CLOCK.as_bytes());
        let mut words = names.unwrap_or_default().split(|&byte| byte == b' ');
        let clock = words.next().and_then(|word| word.strip_suffix(b":"));
        let (Some(clock), Some(selected), None) = (clock, words.next(), words.next()) else {
            return Ok(None);
        };
        if clock.is_empty() || selected.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self::Skipping { clock: Clock::parse(clock)?, selected: Clock::parse(selected)? }))
    }
}

impl fmt::Display for Phc2sysSelection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PortChangedState(port) => write!(f, "port {port} changed state"),
            Self::ForSynchronization(clock) => write!(f, "selecting {clock}{FOR_SYNCHRONIZATION}"),
            Self::AsSource { clock, dialect: Dialect::V4 } => {
                write!(f, "selecting {clock}{AS_SOURCE}")
            }
            Self::AsSource { clock, dialect: Dialect::V3 } => {
                write!(f, "selecting {clock}{AS_MASTER}")
            }
            Self::AsOutOfDomainSource(clock) => write!(f, "selecting {clock}{AS_OUT_OF_DOMAIN_SOURCE}"),
            Self::Skipping { clock, selected } => write!(f, "skipping {clock}: {selected}{SAME_CLOCK}"),
            Self::Reconfiguring
            | Self::SourceNotReady { .. }
            | Self::NoPhcReady
            | Self::MultipleSources { .. }
            | Self::NothingToSynchronize
            | Self::WaitingForPtp4l => {
                let known = FIXED.iter().find(|(_, selection)| selection == self);
                f.write_str(known.expect("every selection without a name is in FIXED").0)
            }
        }
    }
}
