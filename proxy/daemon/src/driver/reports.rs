//! From batches of the report socket to inputs of the core.

use super::Driver;
use crate::limits::LINE_BYTES_MAX;
use crate::line_socket::Ingest;
use crate::report_socket::{self, Message, STATUS_REQUEST};
use crate::telemetry::is_worth_a_line;
use proxy_core::{Input, Now, Report};

impl Driver {
    pub(super) fn ingest_reports(&mut self, ingest: Ingest) {
        match ingest {
            Ingest::Opened { connection, answers } => {
                self.counters.report_connections += 1;
                // The queue of a new connection is empty, and the peer may have gone.
                let _ = answers.try_send(STATUS_REQUEST.to_owned());
                // Kept until the peer closes: the daemon takes the end of this direction for the end of the proxy.
                self.report_peers.insert(connection, answers);
            }
            Ingest::Lines { bytes, overlong, .. } => self.report_batch(&bytes, overlong),
            Ingest::Closed { connection } => {
                self.report_peers.remove(&connection);
            }
            Ingest::Rejected => self.rejected(),
            Ingest::AcceptFailed { error } => self.accept_failed(&error),
        }
    }

    fn report_batch(&mut self, bytes: &[u8], overlong: u64) {
        let now = self.equipment.clock.now();
        for text in bytes.split_inclusive(|byte| *byte == b'\n') {
            let text = text.strip_suffix(b"\n").unwrap_or(text);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            if text.len() > LINE_BYTES_MAX {
                self.overlong_reports(1);
            } else if !text.is_empty() {
                self.report(now, text);
            }
        }
        self.overlong_reports(overlong);
    }

    fn report(&mut self, now: Now, text: &[u8]) {
        self.counters.reports += 1;
        match report_socket::parse(text) {
            Ok(Message { profile, interface, said }) => {
                let report = Report { profile: &profile, interface: &interface, said, text };
                self.core.handle(now, Input::Report(report));
                self.carry_out();
            }
            Err(error) => {
                let ignored = self.counters.reports_ignored.entry(error.label()).or_default();
                *ignored += 1;
                if is_worth_a_line(*ignored) {
                    let (ignored, text) = (*ignored, String::from_utf8_lossy(text));
                    tracing::warn!(%error, ignored, text = super::lines::shorten(&text), "a report is skipped");
                }
            }
        }
    }

    fn overlong_reports(&mut self, count: u64) {
        for _ in 0..count {
            self.counters.reports_overlong += 1;
            if is_worth_a_line(self.counters.reports_overlong) {
                let overlong = self.counters.reports_overlong;
                tracing::warn!(overlong, "a report is too long and is skipped");
            }
        }
    }
}
