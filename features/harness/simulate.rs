//! The lines of a scenario without a proxy: to a file, a pipe, or somebody else's event socket.

use crate::{LabError, LineFeed, wall_clock};
use ptp_scenario::Scenario;
use sim_core::{Emission, What, World};
use std::collections::BTreeMap;
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

/// Writes the lines of a scenario to an event socket: at the node's pace over as many connections as linuxptp-daemon
/// opens; in haste over one, which keeps their order.
///
/// # Errors
/// When nobody listens there, or a connection ends.
pub async fn feed_socket(scenario: &Scenario, socket: &Path, pace: Pace) -> Result<(), LabError> {
    let mut main = LineFeed::connect(socket).await?;
    let mut feeds = BTreeMap::new();
    let begun = wall_clock::now();
    for Emission { at, what } in World::new(scenario.setup.clone()) {
        if pace == Pace::Real {
            let due = begun + Duration::from_nanos(at.ns);
            tokio::time::sleep(due.saturating_duration_since(wall_clock::now())).await;
        }
        match what {
            What::Opened { connection } if pace == Pace::Real => {
                feeds.insert(connection, LineFeed::connect(socket).await?);
            }
            What::Line { connection, text } => {
                write(feeds.get_mut(&connection).unwrap_or(&mut main), &text, pace).await?;
            }
            What::Closed { connection } => {
                feeds.remove(&connection);
            }
            What::Opened { .. } | What::Action(_) | What::Truth(_) => {}
        }
    }
    main.flush().await
}

async fn write(feed: &mut LineFeed, text: &str, pace: Pace) -> Result<(), LabError> {
    feed.push(text);
    if pace == Pace::Real || feed.collected_bytes() >= crate::limits::BATCH_BYTES_MAX {
        feed.flush().await?;
    }
    Ok(())
}
