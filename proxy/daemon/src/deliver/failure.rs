//! Why there was no answer, from the errors of all layers below to one word.

use std::error::Error;
use std::io;
use std::net::IpAddr;

/// Why an attempt brought no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The name has no address, or nobody could tell.
    Unresolved,
    /// Nobody listens.
    Refused,
    /// There is no way there.
    Unreachable,
    /// The connection ended before the answer.
    Reset,
    /// It took too long.
    Timeout,
    /// The certificate does not prove who answers, or nobody speaks TLS.
    Tls,
    /// The policy does not allow it.
    Forbidden,
    /// What came is not HTTP.
    Protocol,
}

impl Failure {
    /// Its name in metrics and logs.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Unresolved => "unresolved",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Reset => "reset",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
            Self::Forbidden => "forbidden",
            Self::Protocol => "protocol",
        }
    }

    /// The reason in the errors of a client: the first of its causes that tells one.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(error) = cause {
            if let Some(failure) = Self::told_by(error) {
                return failure;
            }
            cause = error.source();
        }
        if error.is_timeout() { Self::Timeout } else { Self::Protocol }
    }

    fn told_by(error: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(error) = error.downcast_ref::<SendError>() {
            return Some(match error {
                SendError::Unresolved { .. } => Self::Unresolved,
                SendError::Forbidden { .. } => Self::Forbidden,
            });
        }
        if error.is::<rustls::Error>() {
            return Some(Self::Tls);
        }
        if let Some(error) = error.downcast_ref::<hyper::Error>() {
            let is_over = error.is_incomplete_message() || error.is_closed() || error.is_canceled();
            return is_over.then_some(Self::Reset);
        }
        Self::told_by_system(error.downcast_ref::<io::Error>()?)
    }

    fn told_by_system(error: &io::Error) -> Option<Self> {
        // The source of such an error is that of the inner one, which would be skipped.
        if let Some(inner) = error.get_ref()
            && let Some(failure) = Self::told_by(inner)
        {
            return Some(failure);
        }
        let is = |kinds: &[io::ErrorKind]| kinds.contains(&error.kind());
        if is(&[io::ErrorKind::ConnectionRefused]) {
            Some(Self::Refused)
        } else if is(&[io::ErrorKind::HostUnreachable, io::ErrorKind::NetworkUnreachable]) {
            Some(Self::Unreachable)
        } else if is(&[io::ErrorKind::TimedOut]) {
            Some(Self::Timeout)
        } else if is(&[
            io::ErrorKind::ConnectionReset,
            io::ErrorKind::ConnectionAborted,
            io::ErrorKind::BrokenPipe,
            io::ErrorKind::UnexpectedEof,
        ]) {
            Some(Self::Reset)
        } else {
            None
        }
    }
}

/// Why a resolver gives no address to connect to.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    /// There is none.
    #[error("{name} has no address")]
    Unresolved {
        /// The name.
        name: String,
    },
    /// The policy allows none.
    #[error("{name} has no address that --endpoint-policy allows: {found:?}")]
    Forbidden {
        /// The name.
        name: String,
        /// What it resolves to.
        found: Vec<IpAddr>,
    },
}
