//! Who demands a requirement, and in which representation of the API it holds.

use std::fmt;
use std::str::FromStr;

/// Who demands a requirement. A failure weighs by the first of these that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The specification: O-RAN.WG6 O-Cloud Notification API for Event Consumers v04.00.
    Spec,
    /// The public conformance tests of it: clause 5.3 of the O-Cloud conformance test specification.
    Test,
    /// Consumers, operators and test suites that know redhat-cne/cloud-event-proxy.
    Dropin,
    /// What a network that depends on the endpoint needs beyond any text.
    Quality,
}

impl Level {
    /// All of them, the weightiest first.
    pub const ALL: [Self; 4] = [Self::Spec, Self::Test, Self::Dropin, Self::Quality];

    /// Its name, as a tag without `@` and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Test => "test",
            Self::Dropin => "dropin",
            Self::Quality => "quality",
        }
    }
}

/// The two representations of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// What consumers of redhat-cne/cloud-event-proxy know.
    Compat,
    /// The letter of the specification.
    Oran,
}

impl Profile {
    /// Its name, as on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compat => "compat",
            Self::Oran => "oran",
        }
    }
}

/// A name that is none of those that there are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is none of {known}")]
pub struct UnknownName {
    /// As written.
    pub name: String,
    /// All that there are.
    pub known: String,
}

impl FromStr for Level {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named(name, &Self::ALL, Self::as_str)
    }
}

impl FromStr for Profile {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named(name, &[Self::Compat, Self::Oran], Self::as_str)
    }
}

fn named<T: Copy>(name: &str, all: &[T], as_str: fn(T) -> &'static str) -> Result<T, UnknownName> {
    all.iter().copied().find(|one| as_str(*one) == name).ok_or_else(|| UnknownName {
        name: name.to_owned(),
        known: all.iter().map(|one| as_str(*one)).collect::<Vec<_>>().join(", "),
    })
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
