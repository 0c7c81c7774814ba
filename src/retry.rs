//! Whether a request is retried, and after how long.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::error::Error;

/// The limits of a client's retries and waits.
#[derive(Clone, Debug)]
pub(crate) struct RetryLimits {
    pub(crate) max_retries: u32,
    pub(crate) max_retry_wait: Duration,
}

/// The wait before the next attempt, after `retries` retries; `None` to give up. `random` spreads clients that a server
/// refused at the same moment.
pub(crate) fn next_delay(error: &Error, retries: u32, limits: &RetryLimits, random: u32) -> Option<Duration> {
    let asked = error.retry_after().unwrap_or_default();
    if retries >= limits.max_retries || !error.is_retried() || asked > limits.max_retry_wait {
        return None;
    }
    Some(back_off(retries, random).min(limits.max_retry_wait).max(asked))
}

/// 0.5 s, doubling to 8 s, less up to a quarter.
fn back_off(retries: u32, random: u32) -> Duration {
    let longest = Duration::from_millis(500 << retries.min(4));
    longest - (longest / 4).mul_f64(f64::from(random) / f64::from(u32::MAX))
}

/// A random number. std seeds each `RandomState` differently.
pub(crate) fn random() -> u32 {
    let bits = RandomState::new().hash_one(());
    (bits >> 32) as u32
}

#[cfg(test)]
mod tests;
