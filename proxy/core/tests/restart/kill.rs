//! Kills the proxy at every point of a run, starts it again, and compares with the run that was not interrupted.
//!
//! A kill point lies behind every line and behind every deadline, and the proxy is started again at once. Where the
//! next thing to happen is a deadline, it is also started again only after it.

use crate::daemon::Daemon;
use crate::judge::{Judge, is_same_future};
use crate::proxy::{CurrentStates, Proxy, START_UNIX_NS, Subscriber};
use crate::run::{Run, Step};
use proxy_core::{Event, EventId, Memory, Snapshot};
use std::rc::Rc;
use std::sync::Arc;

/// After a proxy that is not there any more when a deadline comes, at the end of a run.
const LATE_NS: u64 = 1_000_000_000;

/// Every so many kill points the rest of the run is played to its end, even if it cannot differ any more.
const PLAYED_TO_THE_END: usize = 97;

/// The uninterrupted run.
pub(crate) struct Uninterrupted {
    /// Before the first line, behind every line and behind every deadline.
    pub(crate) moments: Vec<Moment>,
    /// For every line, the moment behind it.
    behind: Vec<usize>,
    pub(crate) events: Vec<Arc<Event>>,
}

/// How everything stands at one moment of the uninterrupted run.
pub(crate) struct Moment {
    pub(crate) at_ns: u64,
    /// Index of the next line.
    next_step: usize,
    /// What has been kept, as it is read back.
    pub(crate) memory: Rc<Memory>,
    pub(crate) currents: Rc<CurrentStates>,
    pub(crate) daemon: Rc<Daemon>,
    /// How many events there have been.
    pub(crate) events: usize,
    pub(crate) snapshot: Rc<Snapshot>,
}

/// How the kill points of a run have gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) kills: usize,
    pub(crate) events: usize,
}

/// Kills the proxy at every point of the run.
pub(crate) fn every_kill_point(run: &Run) -> Tally {
    let mut tally = Tally::default();
    for subscriber in [Subscriber::Present, Subscriber::Away] {
        let whole = Uninterrupted::play(run, subscriber);
        tally.events = whole.events.len();
        for index in 0..whole.moments.len() {
            for back_at_ns in whole.restarts(run, index) {
                let mut life = SecondLife::begin(run, &whole, (index, back_at_ns), subscriber);
                life.play(tally.kills.is_multiple_of(PLAYED_TO_THE_END));
                tally.kills += 1;
            }
        }
    }
    tally
}

impl Uninterrupted {
    pub(crate) fn play(run: &Run, subscriber: Subscriber) -> Self {
        let mut recorder = Recorder::new(run, subscriber);
        let mut behind = Vec::new();
        for step in &run.steps {
            recorder.pass_to(step.at_ns);
            recorder.hears(step);
            behind.push(recorder.moments.len() - 1);
        }
        recorder.pass_to(u64::MAX);
        Self { moments: recorder.moments, behind, events: recorder.events }
    }

    /// The moment behind the line before this one.
    pub(crate) fn before(&self, step: usize) -> &Moment {
        step.checked_sub(1).map_or(&self.moments[0], |line| &self.moments[self.behind[line]])
    }

    /// When the proxy that is killed at a moment is started again: at once and, if a deadline comes before the next
    /// line, also after it.
    fn restarts(&self, run: &Run, index: usize) -> Vec<u64> {
        let moment = &self.moments[index];
        let mut restarts = vec![moment.at_ns];
        let next_line_ns = run.steps.get(moment.next_step).map(|step| step.at_ns);
        let deadlines =
            self.moments[index + 1..].iter().take_while(|next| next.next_step == moment.next_step);
        if let Some(last) = deadlines.last() {
            let next_line_ns = next_line_ns.unwrap_or(last.at_ns + 2 * LATE_NS);
            restarts.push(last.at_ns + (next_line_ns - last.at_ns) / 2);
        }
        restarts
    }
}

/// Plays the uninterrupted run and notes every moment.
struct Recorder {
    proxy: Proxy,
    moments: Vec<Moment>,
    events: Vec<Arc<Event>>,
}

impl Recorder {
    fn new(run: &Run, subscriber: Subscriber) -> Self {
        let begins_ns = run.steps.first().map_or(0, |step| step.at_ns);
        let mut proxy = Proxy::start(run, subscriber, begins_ns);
        let memory = proxy.take_memory().expect("a configuration is remembered");
        let moment = Moment {
            at_ns: begins_ns,
            next_step: 0,
            memory: Rc::new(read_back(&memory)),
            currents: Rc::new(proxy.current_states()),
            daemon: Rc::default(),
            events: 0,
            snapshot: Rc::new(proxy.core.snapshot()),
        };
        Self { proxy, moments: vec![moment], events: Vec::new() }
    }

    /// Time passes, and every deadline on the way is a moment.
    fn pass_to(&mut self, at_ns: u64) {
        while let Some(deadline_ns) = self.proxy.next_deadline_ns().filter(|deadline| *deadline <= at_ns) {
            self.proxy.pass_to(deadline_ns);
            self.proxy.fires();
            self.note(deadline_ns, None);
        }
    }

    fn hears(&mut self, step: &Step) {
        self.proxy.pass_to(step.at_ns);
        self.proxy.hears(&step.said);
        self.note(step.at_ns, Some(step));
    }

    fn note(&mut self, at_ns: u64, step: Option<&Step>) {
        self.events.extend(self.proxy.take_events());
        let last = self.moments.last().expect("there is a first one");
        let (mut memory, mut currents) = (Rc::clone(&last.memory), Rc::clone(&last.currents));
        if let Some(changed) = self.proxy.take_memory() {
            memory = Rc::new(read_back(&changed));
            currents = Rc::new(self.proxy.current_states());
        }
        assert_eq!(self.proxy.memory(), *memory, "the memory has changed, and nobody was told");
        let mut daemon = Rc::clone(&last.daemon);
        if let Some(step) = step {
            let mut copy = Daemon::clone(&daemon);
            if copy.hears(&step.said) {
                daemon = Rc::new(copy);
            }
        }
        self.moments.push(Moment {
            at_ns,
            next_step: last.next_step + usize::from(step.is_some()),
            memory,
            currents,
            daemon,
            events: self.events.len(),
            snapshot: Rc::new(self.proxy.core.snapshot()),
        });
    }
}

/// What is on disk, as the next life reads it.
fn read_back(memory: &Memory) -> Memory {
    let text = serde_json::to_string(memory).expect("a memory can be written");
    serde_json::from_str(&text).expect("a memory can be read")
}

/// The life after a kill.
struct SecondLife<'a> {
    run: &'a Run,
    whole: &'a Uninterrupted,
    killed_at: usize,
    proxy: Proxy,
    judge: Judge<'a>,
    /// What the subscriber must be sent of the first life.
    owed: Vec<EventId>,
}

impl<'a> SecondLife<'a> {
    /// Kills the proxy at a moment, and starts it again: it knows what was kept, and the daemon answers its question.
    fn begin(
        run: &'a Run,
        whole: &'a Uninterrupted,
        (killed_at, back_at_ns): (usize, u64),
        subscriber: Subscriber,
    ) -> Self {
        let moment = &whole.moments[killed_at];
        let mut proxy = Proxy::start(run, Subscriber::Present, back_at_ns);
        let place = format!("{}, killed at moment {killed_at}, {} ns", run.name, moment.at_ns);
        assert_eq!(proxy.recall(&moment.memory), *moment.currents, "{place}");
        let owed = match subscriber {
            Subscriber::Present => Vec::new(),
            Subscriber::Away => moment.memory.states.iter().map(|state| state.event.id).collect(),
        };
        let judge = Judge::new(place, &whole.events, moment.events, START_UNIX_NS + back_at_ns);
        let mut life = Self { run, whole, killed_at, proxy, judge, owed };
        let replay = moment.daemon.replay((START_UNIX_NS + back_at_ns) / 1_000_000_000);
        life.proxy.is_told(&replay);
        life.pass_to(back_at_ns);
        life
    }

    /// Plays the rest, and compares. Ends as soon as the rest cannot differ, unless it is to be played to its end.
    fn play(&mut self, to_the_end: bool) {
        let first = self.whole.moments[self.killed_at].next_step;
        let mut look_at = first + 1;
        for (index, step) in self.run.steps.iter().enumerate().skip(first) {
            self.pass_to(step.at_ns);
            self.proxy.pass_to(step.at_ns);
            self.proxy.hears(&step.said);
            self.judge.hears(&step.said);
            self.compare();
            if !to_the_end && index == look_at {
                // Looking costs more than a line.
                look_at += 1 + (index - first) / 2;
                if self.has_converged(index) {
                    return self.check_deliveries();
                }
            }
        }
        self.pass_to(u64::MAX);
        self.check_end();
    }

    fn pass_to(&mut self, at_ns: u64) {
        while let Some(deadline_ns) = self.proxy.next_deadline_ns().filter(|deadline| *deadline <= at_ns) {
            self.proxy.pass_to(deadline_ns);
            self.proxy.fires();
        }
        self.compare();
    }

    fn compare(&mut self) {
        for event in self.proxy.take_events() {
            self.judge.sees(&event);
        }
    }

    fn has_converged(&self, step: usize) -> bool {
        let moment = self.whole.before(step + 1);
        self.judge.seen() == moment.events && is_same_future(&self.proxy, &moment.memory, &moment.snapshot)
    }

    fn check_end(&self) {
        let last = self.whole.moments.last().expect("there is a first one");
        self.judge.has_seen_all();
        self.judge.agrees_on_currents(&self.proxy.current_states(), &last.currents);
        self.judge.agrees_on_clocks(&self.proxy.core.snapshot(), &last.snapshot);
        self.check_deliveries();
    }

    /// What the subscriber had not confirmed comes again, with its id; then everything that is new, and nothing else.
    fn check_deliveries(&self) {
        let expected: Vec<EventId> = self.owed.iter().copied().chain(self.judge.ids()).collect();
        assert_eq!(self.proxy.sent, expected, "{}", self.judge.place());
    }
}
