//! Where the program writes: the timeline to standard output, everything else to standard error.

use crate::exit::Exit;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ptp_lab::timeline::{Colour, Entry, Json, Sink, Summary, Text};
use std::io::{self, IsTerminal, Stdout, Write};
use std::time::Duration;

/// Runs shorter than this have no progress bar.
const BAR_FROM_SIMULATED_S: u64 = 600;

/// A timeline on standard output, with a progress bar on standard error where both make sense.
pub(crate) struct Screen {
    form: Form,
    bar: ProgressBar,
}

enum Form {
    Text(Text<Stdout>),
    Json(Json<Stdout>),
}

impl Screen {
    /// For a run of that length, in virtual seconds, if it is known.
    pub(crate) fn new(json: bool, duration_s: Option<u64>) -> Self {
        let form = if json {
            Form::Json(Json::new(io::stdout()))
        } else {
            Form::Text(Text::new(io::stdout(), colour()))
        };
        Self { form, bar: bar(duration_s.filter(|s| *s >= BAR_FROM_SIMULATED_S)) }
    }

    fn sink(&mut self) -> &mut dyn Sink {
        match &mut self.form {
            Form::Text(text) => text,
            Form::Json(json) => json,
        }
    }
}

impl Sink for Screen {
    fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        let bar = self.bar.clone();
        bar.suspend(|| self.sink().entry(entry))
    }

    fn progress(&mut self, at_ns: u64) -> io::Result<()> {
        self.bar.set_position(Duration::from_nanos(at_ns).as_secs());
        Ok(())
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        self.bar.finish_and_clear();
        self.sink().summary(summary)
    }
}

/// Colours are for terminals, unless `NO_COLOR` is set to anything but nothing (no-color.org).
pub(crate) fn colour() -> Colour {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if io::stdout().is_terminal() && !refused { Colour::On } else { Colour::Off }
}

fn bar(duration_s: Option<u64>) -> ProgressBar {
    let target = match duration_s {
        Some(_) if io::stderr().is_terminal() => ProgressDrawTarget::stderr(),
        Some(_) | None => ProgressDrawTarget::hidden(),
    };
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} s simulated, {eta} left");
    ProgressBar::with_draw_target(duration_s, target).with_style(style.expect("the template is a constant"))
}

/// Tells why the program fails.
pub(crate) fn failed(error: &dyn std::error::Error) -> Exit {
    tell(&error.to_string());
    Exit::Failed
}

/// Writes a line to standard error.
pub(crate) fn tell(text: &str) {
    // Without a standard error there is nobody to tell.
    writeln!(io::stderr(), "ptp-lab: {text}").unwrap_or(());
}
