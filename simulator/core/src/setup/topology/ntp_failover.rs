//! Network time as the fall-back of GNSS.

use crate::{ChronydSetup, Setup};

impl Setup {
    /// A telecom grandmaster of one card whose chronyd takes over the clock of the operating system when ts2phc has
    /// been without its source for too long (plug-in `ntpfailover` of linuxptp-daemon).
    #[must_use]
    pub fn ntp_failover() -> Self {
        let mut setup = Self::telecom_grandmaster(1);
        if let Some(profile) = setup.profiles.first_mut() {
            profile.name = "telecom-grandmaster-ntp".to_owned();
            profile.chronyd = Some(ChronydSetup::default());
        }
        setup
    }
}
