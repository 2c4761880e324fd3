//! Campaigns from the command line.

use crate::args::Explore;
use crate::exit::Exit;
use crate::output;
use ptp_lab::LabError;
use ptp_lab::explore::{self, Campaign, CoreProxy, Failure, Figures, Tried};
use std::io::{self, Write};
use std::path::Path;

/// Explores and tells what was found: a line for each failure, and the figures last.
pub(crate) fn explore(task: &Explore) -> Exit {
    let Some(first) = task.seeds.clone().or_else(|| of_commit(task)) else {
        output::tell("--from-commit is not a hash of eight hexadecimal digits or more");
        return Exit::Usage;
    };
    let jobs =
        task.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let campaign = Campaign { seeds: first, jobs, twice: task.twice };
    let tell = |seed: u64, tried: &Tried| {
        if let Some(violation) = &tried.violation {
            output::tell(&format!("seed {seed}: {}: {}", violation.invariant, violation.what));
        }
    };
    let figures = explore::explore(&campaign, &|birth| Box::new(CoreProxy::start(birth)), &tell);
    match told(&figures, task) {
        Ok(()) if figures.failures.is_empty() => Exit::Passed,
        Ok(()) => Exit::Failed,
        Err(error) => output::failed(&error),
    }
}

fn of_commit(task: &Explore) -> Option<std::ops::Range<u64>> {
    let first = explore::first_seed(task.from_commit.as_deref()?)?;
    Some(first..first.saturating_add(task.count))
}

fn told(figures: &Figures, task: &Explore) -> Result<(), LabError> {
    let output = |source| LabError::Output { source };
    let mut out = io::stdout().lock();
    for failure in &figures.failures {
        write_scenario(failure, &task.out)?;
        let (violation, case) = (&failure.shrunk.violation, &failure.shrunk.case);
        if task.json {
            let line = serde_json::json!({
                "seed": failure.seed, "invariant": violation.invariant, "at_ns": violation.at_ns,
                "what": violation.what, "timeline": case.setup.timeline.len(), "restarts": case.restarts.len(),
                "runs": failure.shrunk.runs,
            });
            writeln!(out, "{line}").map_err(output)?;
        } else {
            let entries = case.setup.timeline.len();
            writeln!(out, "explore-{}.toml: {}, {entries} entries", failure.seed, violation.invariant)
                .map_err(output)?;
        }
    }
    let (seconds, failures) = (figures.took.as_secs_f64(), figures.failures.len());
    if task.json {
        let line = serde_json::json!({
            "seeds": figures.seeds, "failures": failures, "simulated_s": figures.simulated_s,
            "took_s": seconds, "lines": figures.lines, "events": figures.events,
        });
        return writeln!(out, "{line}").map_err(output);
    }
    let (seeds, simulated_s, lines) = (figures.seeds, figures.simulated_s, figures.lines);
    writeln!(
        out,
        "explored {seeds} seeds, {failures} failures, {simulated_s} simulated seconds in {seconds:.1} s, {lines} lines"
    )
    .map_err(output)
}

fn write_scenario(failure: &Failure, folder: &Path) -> Result<(), LabError> {
    let path = folder.join(format!("explore-{}.toml", failure.seed));
    let draft = explore::draft(failure);
    if let Err(problem) = draft.checked("explored") {
        output::tell(&format!("{}: {problem}", path.display()));
    }
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, draft.to_toml()))
        .map_err(|source| LabError::File { path, source })
}
