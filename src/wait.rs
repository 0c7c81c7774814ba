//! `Wait`: a pause that the client is about to make.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;

/// A callback for waits.
pub(crate) type OnWait = Arc<dyn Fn(&Wait<'_>) + Send + Sync>;

/// A pause before a retry or a page, passed to [`on_wait`](crate::ClientBuilder::on_wait) just before the client
/// sleeps.
///
/// [`Display`](fmt::Display) is one line, such as
/// `waiting 20 s before retry 1 of 2: 429 from the API: try later (code 971)`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Wait<'a> {
    /// How long the client is about to sleep.
    pub duration: Duration,
    /// The error of the failed attempt; `None` while waiting for the quota in `Ratelimit` to reset.
    pub error: Option<&'a Error>,
    /// 1 before the first retry; 0 while waiting for the quota to reset.
    pub retry: u32,
    pub(crate) max_retries: u32,
}

impl fmt::Display for Wait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = (self.duration.as_secs_f64() * 10.0).ceil() / 10.0;
        write!(f, "waiting {seconds} s ")?;
        match self.error {
            Some(error) => {
                write!(f, "before retry {} of {}: ", self.retry, self.max_retries)?;
                error.fmt_what_happened(f)
            }
            None => f.write_str("for the rate limit to reset"),
        }
    }
}

#[cfg(test)]
mod tests;
