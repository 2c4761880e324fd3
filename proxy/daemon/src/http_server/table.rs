//! The connections of a server: what each waits for, until when, and which of them makes room for a new one.
//!
//! Pure: it is told the time, and does nothing but answer.

use super::Bounds;
use super::counts::Closed;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// A connection.
pub(super) type ConnectionId = u64;

/// All open connections of a server.
#[derive(Debug)]
pub(super) struct Table<W> {
    bounds: Bounds,
    open: BTreeMap<ConnectionId, Entry<W>>,
    next_id: ConnectionId,
}

#[derive(Debug)]
struct Entry<W> {
    phase: Phase,
    version: Version,
    /// It has been told to make room.
    is_evicted: bool,
    /// Wakes the connection when it has to look at its place again.
    waker: W,
}

/// What the server waits for on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The first request: the handshake, its first byte or the rest of its head.
    Opening { since: Instant },
    /// The rest of the head of a later request.
    Head { since: Instant },
    /// The first byte of a later request.
    Idle { since: Instant },
    /// Requests are open.
    Open(Requests),
}

/// The open requests of a connection, by what each waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Requests {
    /// The peer sends the body.
    receiving: u32,
    /// Somebody answers.
    handling: u32,
    /// The peer takes the answer.
    sending: u32,
    /// The end of an answer has not left yet.
    is_flushing: bool,
    /// When it was last found that the peer has to do something: nobody answers any more.
    since: Instant,
}

/// Which protocol a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    /// HTTP/1, or not known yet.
    One,
    /// HTTP/2. Bytes may belong to no request, and an answer has left when the protocol has taken it.
    Two,
}

/// What happened to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Its head has come.
    Began {
        /// Over HTTP/2.
        over_two: bool,
    },
    /// Its body is waited for.
    BodyAwaited,
    /// Its body has come, or nobody wants it any more.
    BodyOver,
    /// The head of its answer is ready.
    Answered,
    /// The protocol has taken its answer.
    AnswerTaken,
    /// It was given up before it was answered.
    GivenUp,
}

/// How long a connection may go on as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Until somebody has answered.
    Unbounded,
    /// Until then, and what it is closed for.
    Until(Instant, Closed),
    /// It has to make room.
    MakeRoom,
}

impl Requests {
    fn none(since: Instant) -> Self {
        Self { receiving: 0, handling: 0, sending: 0, is_flushing: false, since }
    }

    fn are_over(&self) -> bool {
        self.receiving == 0 && self.handling == 0 && self.sending == 0 && !self.is_flushing
    }
}

impl<W> Table<W> {
    /// No connection yet.
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, open: BTreeMap::new(), next_id: 0 }
    }

    /// Whether all places are taken.
    pub(super) fn is_full(&self) -> bool {
        self.open.len() >= self.bounds.connections
    }

    /// A new connection. The caller has seen that there is room.
    pub(super) fn insert(&mut self, now: Instant, waker: W) -> ConnectionId {
        let id = self.next_id;
        self.next_id += 1;
        let phase = Phase::Opening { since: now };
        self.open.insert(id, Entry { phase, version: Version::One, is_evicted: false, waker });
        id
    }

    /// A connection has ended.
    pub(super) fn remove(&mut self, id: ConnectionId) {
        self.open.remove(&id);
    }

    /// Tells a connection to make room, if there is one that may be told and none has been; gives it.
    /// First the one that has kept the server waiting longest for a request; if none does, the one that has been taking
    /// its answer for longest, and for longer than a head may take. Never one whose request is being answered.
    pub(super) fn evict(&mut self, now: Instant) -> Option<&W> {
        if self.open.values().any(|entry| entry.is_evicted) {
            return None;
        }
        let patience = self.bounds.header_timeout;
        let ranked =
            self.open.iter().filter_map(|(id, entry)| Some((rank(entry.phase, now, patience)?, *id)));
        let (_, id) = ranked.min()?;
        let entry = self.open.get_mut(&id)?;
        entry.is_evicted = true;
        Some(&entry.waker)
    }

    /// How long a connection may go on. One that is not there any more may not.
    pub(super) fn verdict(&self, id: ConnectionId) -> Verdict {
        let Some(entry) = self.open.get(&id).filter(|entry| !entry.is_evicted) else {
            return Verdict::MakeRoom;
        };
        let Bounds { header_timeout, idle_max, answer_timeout, .. } = self.bounds;
        match entry.phase {
            Phase::Opening { since } | Phase::Head { since } => {
                Verdict::Until(since + header_timeout, Closed::HeaderTimeout)
            }
            Phase::Idle { since } => Verdict::Until(since + idle_max, Closed::Idle),
            // Whoever handles a request bounds how long its body may take.
            Phase::Open(Requests { receiving, handling, .. }) if receiving > 0 || handling > 0 => {
                Verdict::Unbounded
            }
            Phase::Open(Requests { since, .. }) => {
                Verdict::Until(since + answer_timeout, Closed::AnswerTimeout)
            }
        }
    }

    /// Since when only the peer has to do something; none while somebody answers.
    pub(super) fn waiting_since(&self, id: ConnectionId) -> Option<Instant> {
        match self.open.get(&id)?.phase {
            Phase::Opening { since } | Phase::Head { since } | Phase::Idle { since } => Some(since),
            Phase::Open(requests) => (requests.handling == 0).then_some(requests.since),
        }
    }

    /// Bytes have come. Gives whom to wake: the connection has less time now.
    pub(super) fn bytes_came(&mut self, id: ConnectionId, now: Instant) -> Option<&W> {
        let entry = self.open.get_mut(&id)?;
        let is_head = matches!((entry.phase, entry.version), (Phase::Idle { .. }, Version::One));
        if is_head {
            entry.phase = Phase::Head { since: now };
        }
        is_head.then_some(&entry.waker)
    }

    /// Everything that was written has left.
    pub(super) fn flushed(&mut self, id: ConnectionId, now: Instant) -> Option<&W> {
        let entry = self.open.get_mut(&id)?;
        let Phase::Open(mut requests) = entry.phase else { return None };
        if !requests.is_flushing {
            return None;
        }
        requests.is_flushing = false;
        entry.phase = phase_of(requests, now);
        Some(&entry.waker)
    }

    /// A request has gone a step further.
    pub(super) fn step(&mut self, id: ConnectionId, step: Step, now: Instant) -> Option<&W> {
        let entry = self.open.get_mut(&id)?;
        let mut requests = match entry.phase {
            Phase::Open(requests) => requests,
            Phase::Opening { .. } | Phase::Head { .. } | Phase::Idle { .. } => Requests::none(now),
        };
        let were_handled = requests.handling > 0;
        let less = |count: &mut u32| *count = count.saturating_sub(1);
        match step {
            Step::Began { over_two } => {
                entry.version = if over_two { Version::Two } else { Version::One };
                requests.handling += 1;
            }
            Step::BodyAwaited => {
                less(&mut requests.handling);
                requests.receiving += 1;
            }
            Step::BodyOver => {
                less(&mut requests.receiving);
                requests.handling += 1;
            }
            Step::Answered => {
                less(&mut requests.handling);
                requests.sending += 1;
            }
            Step::AnswerTaken => {
                less(&mut requests.sending);
                requests.is_flushing |= entry.version == Version::One;
            }
            Step::GivenUp => less(&mut requests.handling),
        }
        if were_handled && requests.handling == 0 {
            requests.since = now;
        }
        entry.phase = phase_of(requests, now);
        Some(&entry.waker)
    }
}

fn phase_of(requests: Requests, now: Instant) -> Phase {
    if requests.are_over() { Phase::Idle { since: now } } else { Phase::Open(requests) }
}

/// Who makes room first: the smallest. None if it must not.
fn rank(phase: Phase, now: Instant, patience: Duration) -> Option<(u8, Instant)> {
    match phase {
        Phase::Opening { since } | Phase::Head { since } | Phase::Idle { since } => Some((0, since)),
        Phase::Open(Requests { handling, .. }) if handling > 0 => None,
        Phase::Open(Requests { sending: 0, is_flushing: false, since, .. }) => Some((0, since)),
        Phase::Open(Requests { since, .. }) => (now.duration_since(since) >= patience).then_some((1, since)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Closed, Instant, Step, Table, Verdict};
    use crate::clock::read_monotonic;
    use std::time::Duration;

    const HEADER: Duration = Duration::from_secs(2);
    const IDLE: Duration = Duration::from_secs(30);
    const ANSWER: Duration = Duration::from_secs(20);

    fn table(connections: usize) -> Table<u64> {
        Table::new(Bounds { connections, header_timeout: HEADER, idle_max: IDLE, answer_timeout: ANSWER })
    }

    /// Seconds after an arbitrary time.
    fn clock() -> impl Fn(u64) -> Instant {
        let start = read_monotonic();
        move |seconds| start + Duration::from_secs(seconds)
    }

    /// A request that is answered and taken.
    fn request(table: &mut Table<u64>, id: u64, now: Instant) {
        for step in [Step::Began { over_two: false }, Step::Answered, Step::AnswerTaken] {
            table.step(id, step, now);
        }
        table.flushed(id, now);
    }

    #[test]
    fn a_first_head_has_its_time_from_the_beginning_and_a_later_one_from_its_first_byte() {
        let (mut table, at) = (table(1), clock());
        let id = table.insert(at(0), 0);
        table.bytes_came(id, at(1));
        assert_eq!(table.verdict(id), Verdict::Until(at(0) + HEADER, Closed::HeaderTimeout));
        request(&mut table, id, at(1));
        assert_eq!(table.verdict(id), Verdict::Until(at(1) + IDLE, Closed::Idle));
        table.bytes_came(id, at(5));
        table.bytes_came(id, at(6));
        assert_eq!(table.verdict(id), Verdict::Until(at(5) + HEADER, Closed::HeaderTimeout));
    }

    #[test]
    fn whoever_answers_has_no_bound_and_whoever_takes_the_answer_has() {
        let (mut table, at) = (table(1), clock());
        let id = table.insert(at(0), 0);
        table.step(id, Step::Began { over_two: false }, at(1));
        assert_eq!((table.verdict(id), table.waiting_since(id)), (Verdict::Unbounded, None));
        table.step(id, Step::BodyAwaited, at(2));
        assert_eq!((table.verdict(id), table.waiting_since(id)), (Verdict::Unbounded, Some(at(2))));
        table.step(id, Step::BodyOver, at(3));
        table.step(id, Step::Answered, at(4));
        assert_eq!(table.verdict(id), Verdict::Until(at(4) + ANSWER, Closed::AnswerTimeout));
        // The answer is over when its last byte has left.
        table.step(id, Step::AnswerTaken, at(5));
        assert_eq!(table.verdict(id), Verdict::Until(at(4) + ANSWER, Closed::AnswerTimeout));
        table.flushed(id, at(6));
        assert_eq!(table.verdict(id), Verdict::Until(at(6) + IDLE, Closed::Idle));
    }

    #[test]
    fn bytes_over_http_2_do_not_shorten_or_lengthen_the_time_without_a_request() {
        let (mut table, at) = (table(1), clock());
        let id = table.insert(at(0), 0);
        for step in [Step::Began { over_two: true }, Step::Answered, Step::AnswerTaken] {
            table.step(id, step, at(1));
        }
        table.bytes_came(id, at(9));
        table.flushed(id, at(9));
        assert_eq!(table.verdict(id), Verdict::Until(at(1) + IDLE, Closed::Idle));
    }

    #[test]
    fn the_one_that_has_kept_the_server_waiting_longest_makes_room() {
        let (mut table, at) = (table(4), clock());
        let (answered, idle, half, body) =
            (table.insert(at(0), 0), table.insert(at(0), 1), table.insert(at(3), 2), table.insert(at(3), 3));
        table.step(answered, Step::Began { over_two: false }, at(0));
        request(&mut table, idle, at(2));
        table.step(body, Step::Began { over_two: false }, at(3));
        table.step(body, Step::BodyAwaited, at(4));
        for (waker, id) in [(1, idle), (2, half), (3, body)] {
            assert_eq!(table.evict(at(5)), Some(&waker));
            assert_eq!(table.verdict(id), Verdict::MakeRoom);
            // One at a time.
            assert_eq!(table.evict(at(5)), None);
            table.remove(id);
        }
        // Never one whose request is being answered.
        assert_eq!(table.evict(at(1000)), None);
    }

    #[test]
    fn whoever_takes_an_answer_makes_room_only_after_all_others_and_not_at_once() {
        let (mut table, at) = (table(2), clock());
        let taking = table.insert(at(0), 0);
        table.step(taking, Step::Began { over_two: false }, at(0));
        table.step(taking, Step::Answered, at(0));
        assert_eq!(table.evict(at(1)), None);
        let fresh = table.insert(at(2), 1);
        assert_eq!(table.evict(at(2)), Some(&1));
        table.remove(fresh);
        assert_eq!(table.evict(at(2)), Some(&0));
    }

    #[test]
    fn a_request_that_is_given_up_is_over() {
        let (mut table, at) = (table(1), clock());
        let id = table.insert(at(0), 0);
        table.step(id, Step::Began { over_two: true }, at(1));
        table.step(id, Step::Began { over_two: true }, at(1));
        table.step(id, Step::GivenUp, at(2));
        assert_eq!(table.verdict(id), Verdict::Unbounded);
        table.step(id, Step::GivenUp, at(3));
        assert_eq!(table.verdict(id), Verdict::Until(at(3) + IDLE, Closed::Idle));
    }
}
