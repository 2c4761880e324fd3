//! `truth.csv`, clock by clock.

use sim_core::stability::PhaseSeries;

const NS_PER_S: u64 = 1_000_000_000;

/// One clock of the simulated node.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TrueClock {
    /// As the columns call it, for example `ptp_clock`.
    pub(super) name: String,
    /// Its rows, in order of time.
    pub(super) rows: Vec<TrueRow>,
}

/// What is so of one clock at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TrueRow {
    /// Nanoseconds since the start.
    pub(super) at_ns: u64,
    /// `tracking` and the like.
    pub(super) state: String,
    /// Clock minus true time, in nanoseconds.
    pub(super) error_ns: f64,
}

impl TrueRow {
    /// Whether the clock had ever been set.
    pub(super) fn is_synchronized(&self) -> bool {
        self.state != "unsynchronized"
    }

    /// Whether its servo was locked and got samples.
    pub(super) fn is_tracking(&self) -> bool {
        self.state == "tracking"
    }
}

impl TrueClock {
    /// `PTP clock`, `OS clock`.
    pub(super) fn title(&self) -> String {
        self.name.replace("ptp", "PTP").replace("os_", "OS_").replace('_', " ")
    }

    /// Whether it is the clock of the operating system, which no mask is about.
    pub(super) fn is_os_clock(&self) -> bool {
        self.name.starts_with("os_")
    }

    /// The time errors of each whole second, from the first second in which it tracked to the last; those of seconds in
    /// which it did not are missing.
    pub(super) fn series(&self) -> Option<PhaseSeries> {
        let seconds = self.rows.iter().filter(|row| row.at_ns % NS_PER_S == 0 && row.is_tracking());
        let seconds: Vec<(u64, f64)> = seconds.map(|row| (row.at_ns / NS_PER_S, row.error_ns)).collect();
        let (first, last) = (seconds.first()?.0, seconds.last()?.0);
        let length = usize::try_from(last - first + 1).ok()?;
        let mut samples = vec![None; length];
        for (second, error_ns) in seconds {
            let place = usize::try_from(second - first).ok()?;
            *samples.get_mut(place)? = Some(error_ns);
        }
        PhaseSeries::with_gaps(1.0, samples).ok()
    }

    /// When the series begins, in seconds since the start.
    pub(super) fn series_from_s(&self) -> f64 {
        let first = self.rows.iter().find(|row| row.at_ns % NS_PER_S == 0 && row.is_tracking());
        first.map_or(0.0, |row| seconds(row.at_ns))
    }

    /// The clocks of a file, or the line that is broken and why. A longest length bounds the memory of what follows.
    pub(super) fn parse(text: &str) -> Result<Vec<Self>, (usize, String)> {
        let mut lines = text.lines().enumerate();
        let Some((_, header)) = lines.next() else { return Err((1, "the header is missing".to_owned())) };
        let names: Vec<&str> = header.split(',').collect();
        if names.first() != Some(&"at_ns") {
            return Err((1, "the first column is not at_ns".to_owned()));
        }
        let mut clocks = Vec::new();
        for (column, name) in names.iter().enumerate() {
            let Some(clock) = name.strip_suffix("_error_ns") else { continue };
            let wanted = format!("{clock}_state");
            let state = names.iter().position(|name| *name == wanted);
            let state = state.ok_or_else(|| (1, format!("there is no column {wanted}")))?;
            clocks.push((state, column, Self { name: clock.to_owned(), rows: Vec::new() }));
        }
        for (index, line) in lines {
            Self::take(&names, line, &mut clocks).map_err(|problem| (index + 1, problem))?;
        }
        Ok(clocks.into_iter().map(|(.., clock)| clock).collect())
    }

    fn take(names: &[&str], line: &str, clocks: &mut [(usize, usize, Self)]) -> Result<(), String> {
        let values: Vec<&str> = line.split(',').collect();
        if values.len() != names.len() {
            return Err(format!("{} values in {} columns", values.len(), names.len()));
        }
        let at_ns: u64 = values[0].parse().map_err(|_| format!("not a time in ns: {}", values[0]))?;
        for (state, error, clock) in clocks {
            let error_ns: f64 =
                values[*error].parse().map_err(|_| format!("not a number: {}", values[*error]))?;
            if !error_ns.is_finite() {
                return Err(format!("not a finite number: {}", values[*error]));
            }
            if clock.rows.last().is_some_and(|last| last.at_ns > at_ns) {
                return Err("time goes backwards".to_owned());
            }
            clock.rows.push(TrueRow { at_ns, state: values[*state].to_owned(), error_ns });
        }
        Ok(())
    }
}

/// Nanoseconds as seconds.
pub(super) fn seconds(ns: u64) -> f64 {
    ns as f64 / 1e9
}
