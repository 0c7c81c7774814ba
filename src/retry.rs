//! What is tried again, and after how long.

use std::hash::{BuildHasher, RandomState};
use std::io::ErrorKind;
use std::time::Duration;

use crate::error::Error;

impl Error {
    /// Whether the same request may succeed a little later: the rule by which the client itself tries again.
    ///
    /// True of connections that can't be made or break, of bodies that are cut short, of time limits, and of the
    /// statuses 408, 409, 429, 500 and above. False, for example, of TLS failures, a refusal by a proxy, bad HTTP, corrupt
    /// gzip, and a body that is too large.
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Transport(error) => is_transient(error.cause()),
            Error::Api(error) => is_transient_status(error.status),
            Error::InvalidArgument { .. } | Error::Decode(_) | Error::Pagination { .. } => false,
        }
    }
}

fn is_transient_status(status: u16) -> bool {
    matches!(status, 408 | 409 | 429 | 500..)
}

fn is_transient(cause: &ureq::Error) -> bool {
    // ureq reports a certificate that isn't trusted as InvalidData, and corrupt gzip as either of the two.
    let not_data = |kind| !matches!(kind, ErrorKind::InvalidData | ErrorKind::InvalidInput);
    match cause {
        ureq::Error::Timeout(_) | ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => true,
        ureq::Error::Io(io) => not_data(io.kind()),
        #[cfg(feature = "gzip")]
        ureq::Error::Decompress(_, io) => not_data(io.kind()),
        _ => false,
    }
}

/// How long to wait before the next attempt, `retries` of which were made already; `None` to give up.
///
/// `random` spreads the clients that a server turned away at the same moment.
pub(crate) fn wait(error: &Error, retries: u32, limits: &Limits, random: u32) -> Option<Duration> {
    if retries >= limits.max_retries || !error.is_retryable() {
        return None;
    }
    match error.retry_after() {
        Some(asked) => (asked <= limits.max_retry_wait).then_some(asked),
        None => Some(back_off(retries, random).min(limits.max_retry_wait)),
    }
}

/// How often and how long a client tries again.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) max_retries: u32,
    pub(crate) max_retry_wait: Duration,
}

/// 0.5 s, doubling to 8 s, less up to a quarter.
fn back_off(retries: u32, random: u32) -> Duration {
    let whole = Duration::from_millis(500 << retries.min(4));
    whole - (whole / 4).mul_f64(f64::from(random) / f64::from(u32::MAX))
}

/// Random enough to spread clients: std seeds each `RandomState` anew.
pub(crate) fn random() -> u32 {
    let bits = RandomState::new().hash_one(());
    (bits >> 32) as u32
}

#[cfg(test)]
mod tests;
