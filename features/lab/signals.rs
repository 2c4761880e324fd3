//! Signals that end the program.

use tokio::signal::unix::{SignalKind, signal};

/// Waits for SIGINT or SIGTERM; for ever where they cannot be waited for.
pub(crate) async fn told_to_end() {
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    let [Ok(mut interrupt), Ok(mut terminate)] = signals else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
