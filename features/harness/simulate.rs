//! The lines of a scenario without a proxy: to a file, a pipe, or somebody else's event socket.

use crate::{LabError, LineFeed, wall_clock};
use sim_core::{Emission, Setup, What, World};
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

/// Writes the lines of a simulation, each with its line end.
///
/// # Errors
/// When they cannot be written.
pub fn write_lines(setup: &Setup, out: &mut impl Write) -> Result<(), LabError> {
    let output = |source| LabError::Output { source };
    for emission in World::new(setup.clone()) {
        if let What::Line { text, .. } = emission.what {
            writeln!(out, "{text}").map_err(output)?;
        }
    }
    out.flush().map_err(output)
}

/// Writes the lines of a simulation to an event socket: at the node's pace over as many connections as linuxptp-daemon
/// opens; in haste over one, which keeps their order.
///
/// # Errors
/// When nobody listens there, or a connection ends.
pub async fn feed_socket(setup: &Setup, socket: &Path, pace: Pace) -> Result<(), LabError> {
    let mut main = LineFeed::connect(socket).await?;
    let mut feeds = BTreeMap::new();
    let begun = wall_clock::now();
    for Emission { at, what } in World::new(setup.clone()) {
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

/// Writes the true errors of the clocks in the form of clknetsim's offset log: a line per second from the start, a
/// column per node with the seconds by which its clock is ahead of true time. `columns` says which clock of the
/// simulation each node has.
///
/// # Errors
/// When they cannot be written.
pub fn write_truth(setup: &Setup, columns: &[TrueClock], out: &mut impl Write) -> Result<(), LabError> {
    let output = |source| LabError::Output { source };
    let mut due_ns = 0;
    for Emission { at, what } in World::new(setup.clone()) {
        let What::Truth(truth) = what else { continue };
        if at.ns != due_ns {
            continue;
        }
        due_ns += 1_000_000_000;
        let error_ns = |column: &TrueClock| match column {
            TrueClock::HardwareClock => truth.cards.first().map_or(0.0, |card| card.phc_error_ns),
            TrueClock::OsClock => truth.os_error_ns,
            TrueClock::Unknown => 0.0,
        };
        let columns: Vec<String> =
            columns.iter().map(|column| format!("{:.9}", error_ns(column) / 1e9)).collect();
        writeln!(out, "{}", columns.join("\t")).map_err(output)?;
    }
    out.flush().map_err(output)
}

/// A clock of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrueClock {
    /// The hardware clock of the first card.
    HardwareClock,
    /// The clock of the operating system.
    OsClock,
    /// None that is simulated: its error is written as 0.
    Unknown,
}

async fn write(feed: &mut LineFeed, text: &str, pace: Pace) -> Result<(), LabError> {
    feed.push(text);
    if pace == Pace::Real || feed.collected_bytes() >= crate::limits::BATCH_BYTES_MAX {
        feed.flush().await?;
    }
    Ok(())
}
