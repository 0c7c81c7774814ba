//! `CancelledError`: the program cancelled a wait.

use std::fmt;

use super::Error;
use super::requested::Requested;

/// A wait that [`sleep_with`](crate::ClientBuilder::sleep_with) cancelled.
///
/// [`Display`](fmt::Display) says what the client waited for: `cancelled while waiting before retry 1 of 2`, or
/// `cancelled while waiting for the rate limit to reset`. [`source()`](std::error::Error::source) is the error of the
/// failed attempt, if there was one.
#[derive(Clone, Debug)]
pub struct CancelledError {
    retry: Option<CancelledRetry>,
    pub(super) requested: Requested,
}

#[derive(Clone, Debug)]
struct CancelledRetry {
    error: Box<Error>,
    retry: u32,
    max_retries: u32,
}

impl CancelledError {
    pub(crate) fn before_retry(error: Error, retry: u32, max_retries: u32) -> CancelledError {
        let retry = CancelledRetry { error: Box::new(error), retry, max_retries };
        CancelledError { retry: Some(retry), requested: Requested::default() }
    }

    pub(crate) fn for_rate_limit() -> CancelledError {
        CancelledError { retry: None, requested: Requested::default() }
    }
}

impl fmt::Display for CancelledError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.retry {
            Some(CancelledRetry { retry, max_retries, .. }) => {
                write!(f, "cancelled while waiting before retry {retry} of {max_retries}")?;
            }
            None => f.write_str("cancelled while waiting for the rate limit to reset")?,
        }
        self.requested.fmt_bracket(f, None)
    }
}

impl std::error::Error for CancelledError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.retry.as_ref().map(|retry| &*retry.error as &(dyn std::error::Error + 'static))
    }
}
