//! What a simulation starts from. Every default is one that the real programs have, or a number of a recorded run.

mod card;
mod daemon;
mod model;
mod network;
mod oscillator;
mod phc2sys;
mod profile;
mod ptp4l;
mod sources;
mod timestamps;
mod topology;

pub use card::{CardSetup, DpllSetup, DpllSource, GnssSetup, GnssStart, HoldoverSetup, StampSetup};
pub use daemon::{Boot, DaemonSetup};
pub use model::{ClockModel, ModelSetup, PathModel};
pub use network::{DataSet, GrandmasterSetup, LinkSetup, PathSetup};
pub use oscillator::{OscillatorSetup, TemperatureSetup};
pub use phc2sys::{Phc2sysSetup, Phc2sysSource};
pub use profile::{ClockRole, ProfileSetup};
pub use ptp4l::{DatasetComparison, OptionNames, PortSetup, Ptp4lSetup, ServoGains, ServoScales};
pub use sources::{
    ChronydSetup, NtpFailoverSetup, NtpSetup, Synce4lSetup, SynceExternalSetup, SyncePortSetup, Ts2phcSetup,
};
pub use timestamps::{DelayFilter, TimestampProcessing, TimestampSetup};

use crate::{Action, SimTime};

/// A whole simulation. The same setup gives the same bytes.
///
/// Grandmasters, cards and profiles are addressed by their place in these lists, interfaces by their name. What an
/// index or a name does not lead to is left out: a link to a grandmaster that is not there carries nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// Seed of all randomness. Every clock and every kind of noise draws from a stream of its own, so that an edit of
    /// the timeline leaves the noise before it as it was.
    pub seed: u64,
    /// UNIX time of the start, in seconds: the stamps of the daemon's lines count from here.
    pub start_unix_s: u64,
    /// How long the host has been up at the start, in nanoseconds: the stamps of linuxptp's lines count from here.
    pub boot_offset_ns: u64,
    /// How long to simulate, in seconds.
    pub duration_s: u64,
    /// What happens to the world, and when. Actions at one instant are carried out in their order here.
    pub timeline: Vec<(SimTime, Action)>,
    /// The clocks in the network that the node may follow.
    pub grandmasters: Vec<GrandmasterSetup>,
    /// Which of them is heard on which interface of the node.
    pub links: Vec<LinkSetup>,
    /// The network cards of the node.
    pub cards: Vec<CardSetup>,
    /// The oscillator of the clock of the operating system.
    pub os_clock: OscillatorSetup,
    /// The servers of network time.
    pub ntp: NtpSetup,
    /// The profiles that linuxptp-daemon has applied.
    pub profiles: Vec<ProfileSetup>,
    /// linuxptp-daemon itself.
    pub daemon: DaemonSetup,
    /// What expressions drive, in place of oscillators and paths.
    pub model: ModelSetup,
}

impl Default for Setup {
    /// An ordinary clock: [`Setup::ordinary_clock`].
    fn default() -> Self {
        Self::ordinary_clock()
    }
}
