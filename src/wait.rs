//! `Wait`: a pause that the client is about to make, and the callbacks that see it.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use crate::error::Error;

/// A pause before a retry or a page, passed to [`on_wait`](crate::ClientBuilder::on_wait) just before the client
/// sleeps, and to [`sleep_with`](crate::ClientBuilder::sleep_with) in place of the sleep.
///
/// [`Display`](fmt::Display) is one line without advice, such as `waiting 20 s before retry 1 of 2: 429 from the API:
/// try later (code 971) [page 3]`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Wait<'a> {
    /// How long the client is about to sleep.
    pub duration: Duration,
    /// What it waits for.
    pub reason: WaitReason<'a>,
    /// The page that is requested after this wait. `None` if the request names none; an iterator's requests always name
    /// one.
    pub page_no: Option<u32>,
}

/// What a [`Wait`] is for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum WaitReason<'a> {
    /// An attempt failed, and the request will be made again.
    #[non_exhaustive]
    Retry {
        /// The error of the failed attempt.
        error: &'a Error,
        /// The number of the retry that follows, counted from 1.
        retry: u32,
        /// The maximum number of retries.
        max_retries: u32,
    },
    /// No requests remain until the quota in `Ratelimit` resets.
    RateLimit,
}

impl fmt::Display for Wait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = (self.duration.as_secs_f64() * 10.0).ceil() / 10.0;
        write!(f, "waiting {seconds} s ")?;
        match self.reason {
            WaitReason::Retry { error, retry, max_retries } => {
                write!(f, "before retry {retry} of {max_retries}: {}", error.without_advice())
            }
            WaitReason::RateLimit => f.write_str("for the rate limit to reset"),
        }
    }
}

pub(crate) type OnWait = dyn Fn(&Wait<'_>) + Send + Sync;
pub(crate) type SleepWith = dyn Fn(&Wait<'_>) -> ControlFlow<()> + Send + Sync;

/// What a client does when it waits. By default it sleeps, and nobody sees it.
#[derive(Clone, Default)]
pub(crate) struct Waiting {
    pub(crate) on_wait: Option<Arc<OnWait>>,
    pub(crate) sleep_with: Option<Arc<SleepWith>>,
}

impl Waiting {
    /// Waits, unless there is nothing to wait for. `Break` cancels the request.
    pub(crate) fn wait(&self, wait: &Wait<'_>) -> ControlFlow<()> {
        if wait.duration.is_zero() {
            return ControlFlow::Continue(());
        }
        if let Some(on_wait) = &self.on_wait {
            on_wait(wait);
        }
        if let Some(sleep_with) = &self.sleep_with {
            return sleep_with(wait);
        }
        sleep(wait.duration);
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests;
