//! The message tag: which configuration of the node a line belongs to.

use core::fmt;

use crate::scan::unsigned;

/// `[ptp4l.0.config]`, `[ptp4l.0.config:6]` or, from linuxptp before 4.0, `[ptp4l.0.config:{level}]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The configuration.
    pub config: ConfigName,
    /// The suffix of the tag, which the daemon strips from live lines but not from replayed ones.
    pub level: Level,
}

/// `<program>.<index>.config`: the name of one process configuration on the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConfigName {
    /// Whose configuration.
    pub program: ConfigProgram,
    /// Its number on this node, from 0.
    pub index: u32,
}

/// The programs that have configuration files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfigProgram {
    /// `ptp4l.N.config`
    Ptp4l,
    /// `phc2sys.N.config`
    Phc2sys,
    /// `ts2phc.N.config`
    Ts2phc,
    /// `synce4l.N.config`
    Synce4l,
    /// `chronyd.N.config`
    Chronyd,
}

/// The suffix of a message tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// No suffix.
    Absent,
    /// `:N`, a syslog level from 0 (emergency) to 7 (debug).
    Number(u8),
    /// `:{level}`, the unexpanded placeholder of linuxptp before 4.0.
    Placeholder,
}

impl Tag {
    /// Reads what stands between the brackets.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let (config, level) = match text {
            [config @ .., b':', level @ b'0'..=b'7'] => (config, Level::Number(level - b'0')),
            [config @ .., b':', b'{', b'l', b'e', b'v', b'e', b'l', b'}'] => (config, Level::Placeholder),
            config => (config, Level::Absent),
        };
        Some(Self { config: ConfigName::parse(config)?, level })
    }
}

impl ConfigName {
    /// Reads exactly what [`ConfigName`] prints: a known program and a decimal index without leading zeros.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = text.strip_suffix(b".config")?;
        let point = text.iter().position(|&byte| byte == b'.')?;
        let program = ConfigProgram::from_text(&text[..point])?;
        let digits = &text[point + 1..];
        if digits.len() > 1 && digits[0] == b'0' {
            return None;
        }
        Some(Self { program, index: u32::try_from(unsigned(digits)?).ok()? })
    }
}

impl ConfigProgram {
    /// The first part of the configuration's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ptp4l => "ptp4l",
            Self::Phc2sys => "phc2sys",
            Self::Ts2phc => "ts2phc",
            Self::Synce4l => "synce4l",
            Self::Chronyd => "chronyd",
        }
    }

    fn from_text(text: &[u8]) -> Option<Self> {
        match text {
            b"ptp4l" => Some(Self::Ptp4l),
            b"phc2sys" => Some(Self::Phc2sys),
            b"ts2phc" => Some(Self::Ts2phc),
            b"synce4l" => Some(Self::Synce4l),
            b"chronyd" => Some(Self::Chronyd),
            _ => None,
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}{}]", self.config, self.level)
    }
}

impl fmt::Display for ConfigName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.config", self.program.name(), self.index)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => Ok(()),
            Self::Number(level) => write!(f, ":{level}"),
            Self::Placeholder => f.write_str(":{level}"),
        }
    }
}
