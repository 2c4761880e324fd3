//! Synchronous Ethernet.

use crate::{Setup, Synce4lSetup};

impl Setup {
    /// A telecom grandmaster of one card that also passes its frequency on: synce4l with the GNSS of the card as its
    /// source and both ports, ITU-T G.781 option 2, extended quality levels.
    #[must_use]
    pub fn synce() -> Self {
        let mut setup = Self::telecom_grandmaster(1);
        if let Some(profile) = setup.profiles.first_mut() {
            profile.name = "telecom-grandmaster-synce".to_owned();
            profile.synce4l = Some(Synce4lSetup::default());
        }
        setup
    }
}
