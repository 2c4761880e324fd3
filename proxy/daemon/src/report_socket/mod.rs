//! The second way in: states that the daemon has derived itself, as newline-delimited JSON on a socket of their own.
//!
//! The protocol is that of openshift/linuxptp-daemon `pkg/ipc/ipc.go`, version 1:
//!
//! ```json
//! {"version":1,"type":"ptp_state","timestamp":"2026-11-22T12:11:32Z","profile":"oc","iface":"ens1f0","values":{"state":"LOCKED"}}
//! ```
//!
//! Connections are accepted, framed and bounded by [`crate::line_socket`]. Here is only what a message says; what it
//! means for the node is decided in the core. `timestamp` is not used: an event has the time at which the proxy heard of
//! it, whichever way in.

use proxy_core::{GnssState, Reported, SyncState};
use serde::Deserialize;
use serde_json::Value;

/// Asks a daemon that has just connected to report everything again, as `cmd/cloud-event-proxy/main.go` there does.
pub(crate) const STATUS_REQUEST: &str = "{\"version\":1,\"type\":\"status_request\"}\n";

/// The version of the protocol.
const VERSION: i64 = 1;

/// A report, as far as it is not its own text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// The profile that it speaks of; may be empty.
    pub(crate) profile: String,
    /// The interface that it speaks of; may be empty.
    pub(crate) interface: String,
    /// What it says.
    pub(crate) said: Reported,
}

/// Why a message is skipped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessageError {
    /// It is no JSON object with the keys of a message.
    #[error("no message: {0}")]
    NotAMessage(#[from] serde_json::Error),
    /// Another version of the protocol, or none.
    #[error("version {version} of the protocol is not known")]
    OtherVersion {
        /// Which.
        version: i64,
    },
    /// A type that reports nothing: unknown, or of the other direction, as `status_request` is.
    #[error("a message of type {kind:?} reports nothing")]
    NotAReport {
        /// Which.
        kind: String,
    },
    /// Its values are missing, or not those of its type.
    #[error("the values of a {kind} cannot be read")]
    UnreadableValues {
        /// Of which type.
        kind: String,
    },
}

impl MessageError {
    /// The reason as a word.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::NotAMessage(_) => "not_a_message",
            Self::OtherVersion { .. } => "other_version",
            Self::NotAReport { .. } => "not_a_report",
            Self::UnreadableValues { .. } => "unreadable_values",
        }
    }
}

/// A message as it is written; other keys do not matter.
#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    version: i64,
    #[serde(default)]
    r#type: String,
    profile: Option<String>,
    iface: Option<String>,
    #[serde(default)]
    values: Value,
}

/// Reads one message, which stands on a line of its own.
pub(crate) fn parse(text: &[u8]) -> Result<Message, MessageError> {
    let Envelope { version, r#type: kind, profile, iface, values } = serde_json::from_slice(text)?;
    if version != VERSION {
        return Err(MessageError::OtherVersion { version });
    }
    let said = match kind.as_str() {
        "ptp_state" => clock_state(&values).map(|(state, offset_ns)| Reported::PtpState { state, offset_ns }),
        "os_clock_state" => {
            clock_state(&values).map(|(state, offset_ns)| Reported::OsClockState { state, offset_ns })
        }
        "sync_state" => sync_state(&values).map(Reported::SyncState),
        "synce_state" => sync_state(&values).map(Reported::SynceState),
        "gnss_state" => gnss_state(&values).map(Reported::GnssState),
        "clock_class" => code(&values["clock_class"]).map(Reported::ClockClass),
        "synce_clock_quality" => synce_quality(&values),
        "cache_clear" => Some(Reported::Clear),
        _ => return Err(MessageError::NotAReport { kind }),
    };
    let Some(said) = said else {
        return Err(MessageError::UnreadableValues { kind });
    };
    let (profile, interface) = (profile.unwrap_or_default(), iface.unwrap_or_default());
    Ok(Message { profile, interface, said })
}

fn sync_state(values: &Value) -> Option<SyncState> {
    match values["state"].as_str()? {
        "LOCKED" => Some(SyncState::Locked),
        "HOLDOVER" => Some(SyncState::Holdover),
        "FREERUN" => Some(SyncState::Freerun),
        _ => None,
    }
}

/// A state with the offset in nanoseconds, which not every daemon reports.
fn clock_state(values: &Value) -> Option<(SyncState, Option<i64>)> {
    let written = &values["offset"];
    let offset_ns = if written.is_null() { None } else { Some(written.as_i64()?) };
    Some((sync_state(values)?, offset_ns))
}

/// The names of the specification; the daemon writes them with underscores.
fn gnss_state(values: &Value) -> Option<GnssState> {
    let name = values["state"].as_str()?.replace('_', "-");
    GnssState::ALL.into_iter().find(|state| state.to_string() == name)
}

fn synce_quality(values: &Value) -> Option<Reported> {
    let written = &values["extended_ql"];
    let extended_ql = if written.is_null() { None } else { Some(code(written)?) };
    Some(Reported::SynceQuality { ql: code(&values["ql"])?, extended_ql })
}

/// A number of one byte.
fn code(written: &Value) -> Option<u8> {
    written.as_u64().and_then(|number| u8::try_from(number).ok())
}

#[cfg(test)]
mod tests;
