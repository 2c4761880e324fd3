//! What linuxptp-daemon says of the profiles of a phc2sys that follows several (`haProfiles`; `pkg/daemon/daemon.go`).

use crate::{Phc2sysSource, Setup};
use ptp_lines::{Clock, HaProfile, Phc2sysSelection};

/// The profiles of one phc2sys, with the interfaces of their ports.
#[derive(Debug)]
pub(super) struct HaProfiles {
    profiles: Vec<(String, Vec<String>)>,
}

impl HaProfiles {
    /// None if the phc2sys of this profile does not follow several.
    pub(super) fn new(setup: &Setup, profile: usize) -> Option<Self> {
        let source = &setup.profiles.get(profile)?.phc2sys.as_ref()?.source;
        let Phc2sysSource::HighAvailability { profiles } = source else { return None };
        let profiles = profiles.iter().filter_map(|place| {
            let profile = setup.profiles.get(*place)?;
            let ports = profile.ptp4l.iter().flat_map(|ptp4l| &ptp4l.ports);
            Some((profile.name.clone(), ports.map(|port| port.interface.clone()).collect()))
        });
        Some(Self { profiles: profiles.collect() })
    }

    /// What phc2sys has said. With several profiles each is the source of its own domain, which makes none of them the
    /// active one; the source of the clock of the operating system does.
    pub(super) fn heard(&self, selection: &Phc2sysSelection<'_>) -> Vec<HaProfile<'_>> {
        match selection {
            Phc2sysSelection::AsSource { clock, .. } => self.say(*clock, self.profiles.len() == 1),
            Phc2sysSelection::AsOutOfDomainSource(clock) => self.say(*clock, true),
            Phc2sysSelection::PortChangedState(_)
            | Phc2sysSelection::Reconfiguring
            | Phc2sysSelection::ForSynchronization(_)
            | Phc2sysSelection::Skipping { .. }
            | Phc2sysSelection::SourceNotReady { .. }
            | Phc2sysSelection::NoPhcReady
            | Phc2sysSelection::MultipleSources { .. }
            | Phc2sysSelection::NothingToSynchronize
            | Phc2sysSelection::WaitingForPtp4l => Vec::new(),
        }
    }

    fn say(&self, clock: Clock<'_>, active: bool) -> Vec<HaProfile<'_>> {
        let Clock::Device(interface) = clock else { return Vec::new() };
        let has = |(_, interfaces): &&(String, Vec<String>)| interfaces.iter().any(|name| name == interface);
        let Some((selected, _)) = self.profiles.iter().find(has) else { return Vec::new() };
        let mut said = vec![HaProfile { profile: selected, active }];
        if active {
            let others = self.profiles.iter().filter(|(name, _)| name != selected);
            said.extend(others.map(|(profile, _)| HaProfile { profile, active: false }));
        }
        said
    }
}
