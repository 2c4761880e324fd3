//! The process of the subject: its ends and its starts.

use crate::conform::case::Case;
use crate::conform::kept::Start;
use crate::conform::subject::{Launch, Need, Own, Subject};
use crate::conform::wire::{Ask, Wire};
use crate::resource_path as path;
use crate::{LabError, Signal};
use cucumber::{then, when};

#[when(regex = r"^the subject is (killed|terminated) and started again$")]
async fn is_restarted(case: &mut Case, way: String) {
    let signal = if way == "killed" { Signal::Kill } else { Signal::Terminate };
    let restarted = case.subject().await.restart(signal).await;
    restarted.unwrap_or_else(|error| panic!("{error}"));
}

/// Of an endpoint nobody can empty the store.
#[when("the subject is killed and started again with an empty store")]
async fn is_restarted_empty(case: &mut Case) {
    let emptied = async {
        let own = own(case).await;
        own.stop(Signal::Kill).await?;
        let store = own.store_dir();
        std::fs::remove_dir_all(&store).map_err(LabError::file(&store))?;
        std::fs::create_dir(&store).map_err(LabError::file(&store))?;
        own.start().await
    };
    emptied.await.unwrap_or_else(|error| panic!("{error}"));
}

/// What the daemon reports meanwhile it reports as soon as somebody listens.
#[when(regex = r"^the subject is killed, (\S+) becomes (\S+), and the subject is started again$")]
async fn changes_meanwhile(case: &mut Case, resource: String, value: String) {
    own(case).await;
    let restarted = case.subject().await.restart(Signal::Kill).await;
    restarted.unwrap_or_else(|error| panic!("{error}"));
    let enacted = case.subject().await.enact(&path(&resource), &value).await;
    super::state::judge(enacted);
}

/// The proxy that the suite has started.
async fn own(case: &mut Case) -> &mut Own {
    match case.subject().await.own() {
        Some(own) => own,
        None => Case::not_run(Need::Launch.reason()),
    }
}

#[when(regex = r"^the subject is started with (--\S+)$")]
async fn is_started_with(case: &mut Case, argument: String) {
    let launch = Launch { arguments: vec![argument.into()], ..Launch::default() };
    let settings = case.context().subject.clone();
    case.kept.start = Some(match Subject::open(&settings, launch).await {
        Err(error) => Start::Failed(error),
        Ok(subject) => {
            let base = subject.wire().base();
            let first = base.strip_suffix("v2").map(|base| format!("{base}v1")).unwrap_or(base);
            let wire = Wire::new(&first, None).unwrap_or_else(|error| panic!("{error}"));
            let (answered, exchange) = wire.ask(&Ask::new("GET", "/health")).await;
            case.note(exchange);
            Start::Serves(answered)
        }
    });
}

#[then("it has ended with an error that names the version, or serves the first version")]
fn has_ended_or_serves(case: &mut Case) {
    match case.kept.start.as_ref().expect("it was started") {
        Start::Serves(Ok(answer)) => {
            assert_eq!(answer.status, 200, "it serves, so GET /health of the first version is expected to");
        }
        Start::Serves(Err(error)) => panic!("it serves, and not the first version: {error}"),
        Start::Failed(LabError::EndedEarly { status, log_tail }) => {
            assert!(!status.success(), "it has ended with {status}, expected a failure");
            let says = log_tail.contains("api-version") && log_tail.contains('1');
            assert!(says, "its log does not say that it is about the version: {log_tail}");
            assert!(!log_tail.contains("panicked"), "it has panicked: {log_tail}");
        }
        Start::Failed(other) => panic!("expected that it ends with an error, found: {other}"),
    }
}
