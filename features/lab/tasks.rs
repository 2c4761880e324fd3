//! The things that the program does.

use crate::args::{Consume, Explore, Proxy, Replay, Report, Run, Simulate, Task};
use crate::clknetsim::Simulated;
use crate::exit::Exit;
use crate::output::{self, Screen};
use ptp_lab::replay::{ReplaySettings, read_log};
use ptp_lab::run::RunSettings;
use ptp_lab::timeline::Sink;
use ptp_lab::{Consumer, LabError, NodeDir, Played, ProxyProgram, Recorded, record, run_report, simulate};
use ptp_scenario::Scenario;
use sim_core::Setup;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Ids of a replay come from this seed.
const REPLAY_SEED: u64 = 1;

/// Does what the command line asks for.
pub(crate) async fn perform(task: Task) -> Exit {
    match task {
        Task::Run(task) => run(task).await,
        Task::Replay(task) => replay(task).await,
        Task::Simulate(task) => simulate(task).await,
        Task::Report(task) => report(&task),
        Task::Conform(task) => crate::conform::conform(*task).await,
        Task::Explore(task) => explore(task).await,
        Task::Consume(task) => consume(task).await,
    }
}

async fn run(run: Run) -> Exit {
    let scenario = match read_scenario(&run.scenario) {
        Ok(scenario) => scenario,
        Err(exit) => return exit,
    };
    let mut screen = Screen::new(run.proxy.json, Some(scenario.duration_s));
    let settings = match program(&run.proxy) {
        Ok(program) => RunSettings {
            scenario,
            seed: run.seed,
            program,
            keep: run.proxy.keep,
            wiring: run.connections.into(),
            record: run.proxy.record,
        },
        Err(error) => return output::failed(&error),
    };
    let played = ptp_lab::run::run(settings, &mut screen).await;
    finish(played, &mut screen)
}

async fn replay(replay: Replay) -> Exit {
    let logs: Result<Vec<Recorded>, LabError> = replay.logs.iter().map(|path| read_log(path)).collect();
    let (logs, program) = match (logs, program(&replay.proxy)) {
        (Ok(logs), Ok(program)) => (logs, program),
        (Err(error), _) | (_, Err(error)) => return output::failed(&error),
    };
    let settings = ReplaySettings {
        logs,
        config_dir: replay.config_dir,
        profile: replay.profile,
        interface: replay.interface,
        thresholds: replay.thresholds,
        boot_unix_s: replay.start,
        program,
        seed: REPLAY_SEED,
        keep: replay.proxy.keep,
        record: replay.proxy.record,
    };
    let mut screen = Screen::new(replay.proxy.json, None);
    let played = ptp_lab::replay::replay(settings, &mut screen).await;
    finish(played, &mut screen)
}

fn report(task: &Report) -> Exit {
    let out = task.out.clone().unwrap_or_else(|| task.run.join("report.html"));
    match run_report::write(&task.run, &task.masks, &out) {
        Ok(()) => {
            output::tell(&format!("the report is {}", out.display()));
            Exit::Passed
        }
        Err(error) => output::failed(&error),
    }
}

async fn simulate(task: Simulate) -> Exit {
    let written = match &task.scenario {
        Some(path) => match read_scenario(path) {
            Ok(scenario) => write_scenario(&scenario, &task).await,
            Err(exit) => return exit,
        },
        None => match task.model.read() {
            Ok(model) => write_model(&model, &task).await,
            Err(exit) => return exit,
        },
    };
    match written {
        Ok(()) => Exit::Passed,
        // Whoever reads the pipe has seen enough.
        Err(LabError::Output { source }) if source.kind() == io::ErrorKind::BrokenPipe => Exit::Passed,
        Err(error) => output::failed(&error),
    }
}

/// Away from the threads that wait: SIGINT is still heard.
async fn explore(task: Explore) -> Exit {
    tokio::task::spawn_blocking(move || crate::explore::explore(&task)).await.unwrap_or(Exit::Failed)
}

async fn consume(task: Consume) -> Exit {
    match write_notifications(task).await {
        Ok(()) => Exit::Passed,
        Err(LabError::Output { source }) if source.kind() == io::ErrorKind::BrokenPipe => Exit::Passed,
        Err(error) => output::failed(&error),
    }
}

async fn write_notifications(task: Consume) -> Result<(), LabError> {
    let consumer = Consumer::open_at(task.port).await?;
    output::tell(&format!("subscribe with the EndpointUri {}", consumer.endpoint()));
    let mut out = io::stdout();
    let mut left = task.count.unwrap_or(u64::MAX);
    while left > 0 {
        consumer.arrival().await;
        for received in consumer.take() {
            writeln!(out, "{}", received.body).map_err(|source| LabError::Output { source })?;
            left = left.saturating_sub(1);
        }
    }
    Ok(())
}

async fn write_scenario(scenario: &Scenario, task: &Simulate) -> Result<(), LabError> {
    if let Some(folder) = &task.node_dir {
        NodeDir::create(&scenario.node, Some(folder))?;
    }
    if let Some(folder) = &task.record {
        record::record_simulation(scenario, folder)?;
    }
    write_setup(&scenario.setup, task).await
}

async fn write_model(model: &Simulated, task: &Simulate) -> Result<(), LabError> {
    if let Some(path) = &task.model.truth {
        simulate::write_truth(&model.setup, &model.columns, &mut create(path)?)?;
    }
    write_setup(&model.setup, task).await
}

async fn write_setup(setup: &Setup, task: &Simulate) -> Result<(), LabError> {
    match &task.socket {
        Some(socket) => simulate::feed_socket(setup, socket, task.pace.into()).await,
        None if task.out == Path::new("-") => {
            simulate::write_lines(setup, &mut BufWriter::new(io::stdout().lock()))
        }
        None => simulate::write_lines(setup, &mut create(&task.out)?),
    }
}

fn create(path: &Path) -> Result<BufWriter<File>, LabError> {
    let file = File::create(path).map_err(|source| LabError::File { path: path.to_owned(), source })?;
    Ok(BufWriter::new(file))
}

/// Tells the figures; the verdict, if there is one, is the exit code.
fn finish(played: Result<Played, LabError>, screen: &mut Screen) -> Exit {
    let told = played.and_then(|played| {
        screen.summary(&played.summary).map_err(|source| LabError::Output { source })?;
        Ok(played.summary.verdict.is_none_or(|verdict| verdict.passed))
    });
    match told {
        Ok(true) => Exit::Passed,
        Ok(false) => Exit::Failed,
        Err(error) => output::failed(&error),
    }
}

fn program(proxy: &Proxy) -> Result<ProxyProgram, LabError> {
    match &proxy.proxy {
        Some(path) => Ok(ProxyProgram::executable(path)),
        None => std::env::current_exe()
            .map(ProxyProgram::lab)
            .map_err(|source| LabError::Spawn { program: "ptp-lab".into(), source }),
    }
}

/// Reads a scenario, or tells everything that is wrong with it.
fn read_scenario(path: &Path) -> Result<Scenario, Exit> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        output::tell(&format!("{}: {error}", path.display()));
        Exit::Scenario
    })?;
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Scenario::parse(&name, &text).map_err(|problems| {
        for problem in problems {
            output::tell(&format!("{}: {problem}", path.display()));
        }
        Exit::Scenario
    })
}
