//! Plays a case to a proxy of its own and notes what it does.

use crate::case::{Case, Step};
use crate::event::{Event, Kind};
use crate::judge::Seen;
use crate::node::{Lines, Node, Proxy};
use crate::peers::{Consumer, Daemon};
use crate::sample;
use std::collections::BTreeMap;

/// When a case begins: any time will do.
const START_UNIX_MS: u64 = 1_700_000_000_000;

/// What a proxy does with a case. Its clock is that of the socket, so that no time passes but in a sleep.
pub(crate) async fn play(case: &Case) -> Seen {
    let daemon = Daemon::open(case.config.aliases.clone()).await;
    let proxy = Node::write(&case.config).start(&daemon.url, &[]).await;
    let mut consumer = Consumer::open().await;
    proxy.subscribe(&mut consumer).await;
    let mut connection = proxy.connect().await;
    let mut now_unix_ms = START_UNIX_MS;
    set_clock(&mut connection, now_unix_ms).await;
    let mut events = Vec::new();
    for (index, step) in case.lines.iter().enumerate() {
        match step {
            Step::Line(line) => connection.write(format!("{line}\n").as_bytes()).await,
            Step::Sleep { sleep_ms } => {
                now_unix_ms += sleep_ms;
                set_clock(&mut connection, now_unix_ms).await;
            }
            Step::Raw { raw, repeat_a } => {
                let mut other = proxy.connect().await;
                other.write(raw.replace("@A@", &"a".repeat(*repeat_a)).as_bytes()).await;
                other.finish().await;
            }
        }
        connection.sync().await;
        events.extend(consumer.take().iter().map(|body| Event::received(index, body)));
    }
    let samples = sample::read_page(&proxy.metrics_page().await);
    Seen { events, samples, pulls: pulls(&proxy).await }
}

/// Sets the clock; the proxy has the aliases of the daemon then, too.
async fn set_clock(connection: &mut Lines, unix_ms: u64) {
    let (seconds, milliseconds) = (unix_ms / 1000, unix_ms % 1000);
    connection.write(format!("CMD TIME {seconds}.{milliseconds:03}000000\n").as_bytes()).await;
    connection.sync().await;
}

async fn pulls(proxy: &Proxy) -> BTreeMap<Kind, Event> {
    let mut pulls = BTreeMap::new();
    for kind in Kind::ALL {
        let (status, body) = proxy.get(&format!("{}/CurrentState", proxy.address(kind.path()))).await;
        match status {
            200 => {
                pulls.insert(kind, Event::received(0, &body));
            }
            404 => {}
            _ => panic!("CurrentState of {} answers {status}", kind.name()),
        }
    }
    pulls
}
