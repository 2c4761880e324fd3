//! Wording that changed between releases of linuxptp.

/// Which releases of linuxptp word a line so: the grammar spans 3.1.1 to 4.4.
///
/// Every difference between the two that this grammar knows:
///
/// | where | [`V3`](Self::V3) | [`V4`](Self::V4) |
/// |---|---|---|
/// | ts2phc, offset line | `ens7f0 master offset …` | `ens7f0 offset …` |
/// | phc2sys, choice of the source | `selecting eth0 as the master clock` | `selecting eth0 as domain source clock` |
/// | phc2sys, waiting | `master clock not ready, waiting...` | `source clock not ready, waiting...` |
/// | phc2sys, waiting | `multiple master clocks available, …` | `multiple source clocks available, …` |
/// | ptp4l, port lines | `port 1: …` | `port 1 (eth0): …` |
/// | message tag with a level | `[ptp4l.0.config:{level}]` | `[ptp4l.0.config:6]` |
///
/// The last two say more than the dialect and have types of their own: the name in [`Port`](crate::Port) and
/// the [`Level`](crate::Level) of a tag. ptp4l's `master offset` is the same in both. What one release alone
/// says, such as the `holdover` of ts2phc, has no wording of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// 3.1.1 and earlier.
    V3,
    /// 4.0 and later.
    V4,
}
