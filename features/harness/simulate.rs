//! The lines of a scenario without a proxy: to a file, a pipe, or somebody else's event socket.

use crate::{LabError, LineFeed, wall_clock};
use ptp_scenario::Scenario;
use sim_core::{What, World};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// How fast lines are written to a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As the node would: a second takes a second.
    Real,
    /// As fast as they are taken.
    Fast,
}

/// Writes the lines of a scenario, each with its line end.
///
/// # Errors
/// When they cannot be written.
pub fn write_lines(scenario: &Scenario, out: &mut impl Write) -> Result<(), LabError> {
    let output = |source| LabError::Output { source };
    for emission in World::new(scenario.setup.clone()) {
        if let What::Line { text, .. } = emission.what {
            writeln!(out, "{text}").map_err(output)?;
        }
    }
    out.flush().map_err(output)
}

/// Writes the lines of a scenario to an event socket.
///
/// # Errors
/// When nobody listens there, or the connection ends.
pub async fn feed_socket(scenario: &Scenario, socket: &Path, pace: Pace) -> Result<(), LabError> {
    let mut feed = LineFeed::connect(socket).await?;
    let begun = wall_clock::now();
    for emission in World::new(scenario.setup.clone()) {
        let What::Line { text, .. } = emission.what else {
            continue;
        };
        if pace == Pace::Real {
            let due = begun + Duration::from_nanos(emission.at.ns);
            tokio::time::sleep(due.saturating_duration_since(wall_clock::now())).await;
        }
        feed.push(&text);
        if pace == Pace::Real || feed.collected_bytes() >= crate::limits::BATCH_BYTES_MAX {
            feed.flush().await?;
        }
    }
    feed.flush().await
}
