//! Every bound of this crate.

/// Bytes of a scenario file.
pub(crate) const FILE_LEN_MAX: usize = 256 * 1024;
/// Entries of a timeline.
pub(crate) const TIMELINE_MAX: usize = 1000;
/// Expectations of a scenario.
pub(crate) const EXPECT_MAX: usize = 1000;
/// Duration of a scenario in seconds: 30 days.
pub(crate) const DURATION_S_MAX: u64 = 30 * 86_400;
/// Observed events that are laid beside the expected ones to explain a difference; later ones count as unexpected.
pub(crate) const ALIGNED_MAX: usize = 2000;
/// Tags of a scenario.
pub(crate) const TAGS_MAX: usize = 100;
/// Grandmasters of a world.
pub(crate) const GRANDMASTERS_MAX: usize = 16;
/// Links of a node.
pub(crate) const LINKS_MAX: usize = 64;
/// Cards of a node.
pub(crate) const CARDS_MAX: usize = 16;
/// Interfaces of a card.
pub(crate) const INTERFACES_MAX: usize = 16;
/// Profiles of a node.
pub(crate) const PROFILES_MAX: usize = 16;
/// Ports of a process.
pub(crate) const PORTS_MAX: usize = 64;
/// Bytes of a name: of a node, a profile or an interface.
pub(crate) const NAME_LEN_MAX: usize = 253;
