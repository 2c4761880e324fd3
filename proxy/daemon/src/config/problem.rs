//! What is wrong with a configuration, said so that it can be put right.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Where: a setting, or a file and a place in it.
    pub(crate) path: String,
    /// What stands there.
    pub(crate) value: String,
    /// What should.
    pub(crate) expected: String,
}

impl Problem {
    /// A problem from its three parts.
    pub(crate) fn new(
        path: impl Into<String>,
        value: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self { path: path.into(), value: value.into(), expected: expected.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}; expected {}", self.path, self.value, self.expected)
    }
}
