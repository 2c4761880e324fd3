//! Wording that changed between releases of linuxptp.

/// The word that linuxptp uses for the clock that is followed: it changed with release 4.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceWording {
    /// `source` (4.0 and later).
    Source,
    /// `master` (3.1.1 and earlier).
    Master,
}
