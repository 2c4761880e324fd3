//! The conformance suite from the command line.

use crate::args::Conform;
use crate::exit::Exit;
use crate::output;
use ptp_lab::conform::ConsumerPlace;
use ptp_lab::conform::interpretation::{Interpretations, Point};
use ptp_lab::conform::level::Level;
use ptp_lab::conform::report::{self, Outputs, terminal};
use ptp_lab::conform::result::{SuiteResult, Verdict};
use ptp_lab::conform::stimulus::Stimulus;
use ptp_lab::conform::subject::{ForeignSettings, OwnSettings, SubjectSettings};
use ptp_lab::conform::suite::{self, SuiteSettings};
use ptp_lab::conform::trust;
use ptp_lab::{LabError, ProxyProgram};
use std::collections::BTreeSet;
use std::time::Duration;

/// Scenarios that run at a time, each with a proxy of its own: mostly they wait.
const SCENARIOS_AT_ONCE: usize = 8;

/// Runs the suite and tells what was found.
pub(crate) async fn conform(task: Conform) -> Exit {
    if task.list_readings {
        list_readings();
        return Exit::Passed;
    }
    let complete = task.complete;
    let outputs = Outputs { junit: task.junit.clone(), json: task.json.clone(), html: task.html.clone() };
    let settings = match settings(task) {
        Ok(settings) => settings,
        Err(problem) => {
            output::tell(&problem);
            return Exit::Usage;
        }
    };
    let found = suite::run(settings, |title, case| {
        output::tell(&format!("{:<14} {title}", case.verdict.name()));
    });
    match found.await {
        Ok(result) => match tell(&result, &outputs) {
            Ok(()) => judge(&result, complete),
            Err(error) => output::failed(&error),
        },
        Err(error) => {
            output::tell(&error.to_string());
            Exit::Failed
        }
    }
}

/// On the terminal, and in the files that were asked for.
fn tell(result: &SuiteResult, outputs: &Outputs) -> Result<(), LabError> {
    let mut out = std::io::stdout().lock();
    terminal::write(&mut out, result, output::colour()).map_err(|source| LabError::Output { source })?;
    report::write(result, outputs)
}

/// The exit status says at which level the weightiest failure is.
fn judge(result: &SuiteResult, complete: bool) -> Exit {
    let not_run = |verdict: &Verdict| matches!(verdict, Verdict::NotRun { .. });
    if complete && result.requirements.iter().any(|one| not_run(one.verdict())) {
        return Exit::Failed;
    }
    match result.worst_failure() {
        None => Exit::Passed,
        Some(Level::Spec | Level::Test) => Exit::Failed,
        Some(Level::Dropin) => Exit::NotDropin,
        Some(Level::Quality) => Exit::Quality,
    }
}

fn list_readings() {
    for point in Point::ALL {
        let description = point.description();
        output::tell(&format!(
            "{} = {} ({})",
            description.name,
            description.readings.join(" | "),
            description.contradiction
        ));
    }
}

fn settings(task: Conform) -> Result<SuiteSettings, String> {
    let mut interpretations = Interpretations::of_profile(task.profile);
    for reading in &task.readings {
        interpretations.choose(reading).map_err(|error| error.to_string())?;
    }
    let levels: BTreeSet<Level> = if task.level.is_empty() {
        Level::ALL.into_iter().collect()
    } else {
        task.level.iter().copied().collect()
    };
    Ok(SuiteSettings {
        profile: task.profile,
        interpretations,
        levels,
        checks: task.check.iter().copied().collect(),
        shuffle: task.shuffle,
        consumers: ConsumerPlace { bind: task.consumer_bind, host: task.consumer_host.clone() },
        subject: subject(task)?,
    })
}

fn subject(task: Conform) -> Result<SubjectSettings, String> {
    let Some(base) = task.url else {
        let program = match task.proxy {
            Some(path) => Ok(ProxyProgram::executable(path)),
            None => std::env::current_exe().map(ProxyProgram::lab),
        };
        let program =
            program.map_err(|source| LabError::Spawn { program: "ptp-lab".into(), source }.to_string())?;
        let (profile, scenarios_at_once) = (task.profile, SCENARIOS_AT_ONCE);
        return Ok(SubjectSettings::Own(OwnSettings { program, profile, scenarios_at_once }));
    };
    let socket = task
        .stimulus_socket
        .map(|path| Stimulus::Socket { path, interface: task.stimulus_interface.clone() });
    Ok(SubjectSettings::Foreign(ForeignSettings {
        base,
        node_name: task.node.ok_or("--node says which node the endpoint speaks for")?,
        tls: Some(trust::client_config(task.ca.as_deref()).map_err(|error| error.to_string())?),
        stimulus: socket.or(task.stimulus_command.map(Stimulus::Command)),
        restart_command: task.restart_command,
        is_alone: task.alone,
        within: Duration::from_millis(task.within_ms),
        quiet: Duration::from_millis(task.quiet_ms),
        lines: Default::default(),
    }))
}
