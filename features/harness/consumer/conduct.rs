//! How a consumer treats requests: as told, one conduct after the other.

use std::collections::VecDeque;
use std::time::Duration;

/// How a consumer treats a request, or the connection that would bring it.
///
/// A request is read whole first, unless it says otherwise. What is not an answer is written as HTTP/1.1 whatever the peer
/// speaks; a peer that speaks HTTP/2 sees garbage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// Answers with this status code and no body; 500 for what is not a status code.
    Answer(u16),
    /// Answers with all of this; 500 for what cannot stand in an answer. A body is left out where HTTP forbids it (204, 304).
    AnswerWith {
        /// The status code.
        status: u16,
        /// Names and values of headers, beside `Date` and `Content-Length`.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// Sends the peer elsewhere.
    Redirect {
        /// The status code, 301 to 308.
        status: u16,
        /// What `Location` says: for example the endpoint of another consumer, which must not be reached.
        to: String,
    },
    /// Answers with 204, but late.
    Slow {
        /// From the end of the request to the answer.
        delay: Duration,
    },
    /// Answers only when released, with 204.
    Hang,
    /// Writes the status line of a 204 and then a header without end, a byte at a time.
    Drip {
        /// Between two bytes.
        pause: Duration,
    },
    /// Answers with this status code, no length, and bytes for ever, as fast as they are taken.
    EndlessBody {
        /// The status code: with 204 the bytes are against HTTP, too.
        status: u16,
    },
    /// Writes `HTTP/1.1 20` and no more.
    HalfStatusLine,
    /// Resets (RST) each new connection at once. One that was open before is reset when a request comes on it.
    ResetOnConnect,
    /// Resets (RST) the connection when the head of a request is there, and leaves its body unread.
    ResetMidRequest,
    /// Answers 200 with headers that announce a body of two bytes, and resets (RST) the connection.
    ResetAfterHeaders,
    /// Closes the connection (FIN) without an answer.
    CloseWithoutAnswer,
    /// Answers with bytes that are not HTTP, and closes the connection.
    Garbage,
    /// Answers 204 with [`HUGE_HEADERS`](crate::limits::HUGE_HEADERS) headers of
    /// [`HUGE_HEADER_BYTES`](crate::limits::HUGE_HEADER_BYTES) bytes, and closes the connection.
    HugeHeaders,
    /// Answers so many times 102 (RFC 9110, 15.2) before 204, and closes the connection.
    Informational {
        /// How many interim answers.
        count: usize,
    },
    /// Lets the system take the connection and reads nothing. As the last conduct of a program new connections are not even
    /// accepted, so they fill the backlog; otherwise one connection is held. Held connections are served when the consumer
    /// is told to behave anew. One that was open before is held when a request comes on it, and then closed.
    HalfOpen,
}

/// An answer in HTTP.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// What is done to a connection that HTTP does not provide for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Drip { pause: Duration },
    EndlessBody { status: u16 },
    HalfStatusLine,
    Reset,
    ResetAfterHeaders,
    Close,
    Garbage,
    HugeHeaders,
    Informational { count: usize },
    Ignore,
}

/// A conduct, told from the side of a request whose head has been read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Read the body and answer.
    Answer(Answer),
    /// Read the body, wait, and answer 204.
    AnswerAfter(Duration),
    /// Read the body, wait for the release, and answer 204.
    AnswerWhenReleased,
    /// Read the body, then take the connection away from HTTP.
    Break(Fault),
    /// Take the connection away from HTTP at once.
    BreakMidRequest(Fault),
}

impl From<Conduct> for Manner {
    fn from(conduct: Conduct) -> Self {
        match conduct {
            Conduct::Answer(status) => Self::Answer(Answer::empty(status)),
            Conduct::AnswerWith { status, headers, body } => Self::Answer(Answer { status, headers, body }),
            Conduct::Redirect { status, to } => {
                Self::Answer(Answer { status, headers: vec![("location".to_owned(), to)], body: Vec::new() })
            }
            Conduct::Slow { delay } => Self::AnswerAfter(delay),
            Conduct::Hang => Self::AnswerWhenReleased,
            Conduct::Drip { pause } => Self::Break(Fault::Drip { pause }),
            Conduct::EndlessBody { status } => Self::Break(Fault::EndlessBody { status }),
            Conduct::HalfStatusLine => Self::Break(Fault::HalfStatusLine),
            Conduct::ResetAfterHeaders => Self::Break(Fault::ResetAfterHeaders),
            Conduct::CloseWithoutAnswer => Self::Break(Fault::Close),
            Conduct::Garbage => Self::Break(Fault::Garbage),
            Conduct::HugeHeaders => Self::Break(Fault::HugeHeaders),
            Conduct::Informational { count } => Self::Break(Fault::Informational { count }),
            Conduct::ResetOnConnect | Conduct::ResetMidRequest => Self::BreakMidRequest(Fault::Reset),
            Conduct::HalfOpen => Self::BreakMidRequest(Fault::Ignore),
        }
    }
}

impl Answer {
    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }
}

/// Conducts, each for one request, and the one after them for ever.
#[derive(Debug)]
pub(super) struct Program {
    once: VecDeque<Conduct>,
    for_ever: Conduct,
}

impl Program {
    /// The last conduct stays; none at all means 204.
    pub(super) fn new(conducts: Vec<Conduct>) -> Self {
        let mut once = VecDeque::from(conducts);
        let for_ever = once.pop_back().unwrap_or(Conduct::Answer(204));
        Self { once, for_ever }
    }

    /// The next conduct.
    pub(super) fn peek(&self) -> &Conduct {
        self.once.front().unwrap_or(&self.for_ever)
    }

    /// The next conduct, which is used up.
    pub(super) fn take(&mut self) -> Conduct {
        self.once.pop_front().unwrap_or_else(|| self.for_ever.clone())
    }

    /// Whether it has come to a half-open end.
    pub(super) fn stays_half_open(&self) -> bool {
        self.once.is_empty() && self.for_ever == Conduct::HalfOpen
    }
}
