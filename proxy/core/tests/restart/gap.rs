//! A proxy that is away for a while: what is said meanwhile nobody hears, and it converges all the same.
//!
//! Events of that time are lost. What must be right is what is known in the end, and nothing is owed to luck: lines
//! that a process repeats say it again, and what is said once the daemon replays.

use crate::judge::{agrees, is_same_future};
use crate::kill::Uninterrupted;
use crate::proxy::{Proxy, START_UNIX_NS, Subscriber};
use crate::run::Run;

/// At every point of the run, the proxy misses so many lines. Returns how often.
pub(crate) fn every_gap(run: &Run, missed: usize) -> usize {
    let whole = Uninterrupted::play(run, Subscriber::Present);
    let gaps = run.steps.len() - missed;
    for first in 0..gaps {
        let killed = whole.before(first);
        let back = whole.before(first + missed);
        let mut proxy = Proxy::start(run, Subscriber::Present, back.at_ns);
        proxy.recall(&killed.memory);
        proxy.is_told(&back.daemon.replay((START_UNIX_NS + back.at_ns) / 1_000_000_000));
        let place = format!("{}, lines {first} to {} missed", run.name, first + missed);
        if !converges(run, &whole, first + missed, &mut proxy) {
            let last = whole.moments.last().expect("there is a first one");
            agrees(&place, &proxy.current_states(), &last.currents);
            assert_eq!(proxy.core.snapshot().interface_roles, last.snapshot.interface_roles, "{place}");
        }
    }
    gaps
}

/// Plays the rest; returns whether there is a line behind which it cannot differ any more.
fn converges(run: &Run, whole: &Uninterrupted, next: usize, proxy: &mut Proxy) -> bool {
    let mut look_at = next + 1;
    for (index, step) in run.steps.iter().enumerate().skip(next) {
        pass_to(proxy, step.at_ns);
        proxy.pass_to(step.at_ns);
        proxy.hears(&step.said);
        if index == look_at {
            look_at += 1 + (index - next) / 2;
            let moment = whole.before(index + 1);
            if is_same_future(proxy, &moment.memory, &moment.snapshot) {
                return true;
            }
        }
    }
    pass_to(proxy, u64::MAX);
    false
}

fn pass_to(proxy: &mut Proxy, at_ns: u64) {
    while let Some(deadline_ns) = proxy.next_deadline_ns().filter(|deadline| *deadline <= at_ns) {
        proxy.pass_to(deadline_ns);
        proxy.fires();
    }
}
