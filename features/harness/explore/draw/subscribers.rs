//! Who listens: single resources and subtrees that overlap, at endpoints that answer well or badly.

use super::super::limits::{NS_PER_MS, NS_PER_S};
use super::super::{Conduct, Subscriber};
use super::dice::Dice;

const ADDRESSES: [&str; 8] = [
    "/././sync",
    "/././sync",
    "/././sync/sync-status",
    "/././sync/ptp-status",
    "/././sync/sync-status/sync-state",
    "/././sync/ptp-status/lock-state",
    "/././sync/sync-status/os-clock-sync-state",
    "/./node1/sync/ptp-status/clock-class",
];

/// The first one always listens to everything and answers at once: it is the witness.
pub(super) fn draw(duration_s: u64, dice: &mut Dice) -> Vec<Subscriber> {
    let witness = Subscriber { addresses: vec![ADDRESSES[0].to_owned()], conduct: Conduct::Prompt };
    let mut subscribers = vec![witness];
    for _ in 0..dice.between(0, 3) {
        let mut addresses = Vec::new();
        for _ in 0..dice.between(1, 3) {
            let address = dice.pick(&ADDRESSES).to_owned();
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        subscribers.push(Subscriber { addresses, conduct: conduct(duration_s, dice) });
    }
    subscribers
}

fn conduct(duration_s: u64, dice: &mut Dice) -> Conduct {
    let from_ns = dice.between(0, duration_s) * NS_PER_S;
    let until_ns = from_ns + dice.pick(&[1, 5, 20, 60, 200]) * NS_PER_S;
    match dice.between(0, 5) {
        0 | 1 => Conduct::Prompt,
        2 => Conduct::Slow { answers_after_ns: dice.pick(&[1, 30, 300, 1000]) * NS_PER_MS },
        3 => Conduct::Complains,
        4 => Conduct::Refuses { from_ns, until_ns },
        _ => Conduct::Hangs { from_ns, until_ns },
    }
}
