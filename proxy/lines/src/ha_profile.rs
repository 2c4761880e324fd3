//! Which profile of a high-availability pair phc2sys follows, as the daemon says it in the name of phc2sys
//! (`openshift/linuxptp-daemon pkg/daemon/daemon.go`).

use core::fmt;

use crate::error::{Field, LineError};
use crate::scan::{Scan, text};

/// `ptp_ha_profile %s state %d`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HaProfile<'a> {
    /// Name of the profile; without blanks.
    pub profile: &'a str,
    /// Whether phc2sys follows it: printed as 1 or 0.
    pub active: bool,
}

/// The first word of the form; no clock is called so.
pub(crate) const HA_PROFILE: &str = "ptp_ha_profile";

impl<'a> HaProfile<'a> {
    /// Reads a whole text that begins with the first word.
    pub(crate) fn parse(line: &'a [u8]) -> Result<Self, LineError> {
        let mut scan = Scan::new(line);
        scan.expect(HA_PROFILE)?;
        let profile = text(scan.field(Field::Profile)?, Field::Profile)?;
        scan.expect("state")?;
        let active = match scan.signed(Field::ProfileState)? {
            0 => false,
            1 => true,
            _ => return Err(LineError::Unreadable(Field::ProfileState)),
        };
        Ok(Self { profile, active })
    }
}

impl fmt::Display for HaProfile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HA_PROFILE} {} state {}", self.profile, u8::from(self.active))
    }
}
