//! `CachingResolver`: keeps DNS answers for a minute.
//!
//! By itself, ureq asks DNS for every request, even over an open connection.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How long an answer is used before the next look-up.
const LIFETIME: Duration = Duration::from_secs(60);

/// The longest that a look-up may take if there is an older answer that worked.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(5);

/// Looks names up through ureq's resolver. Clones share their answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct CachingResolver {
    answers: Arc<Mutex<HashMap<String, Answer>>>,
}

#[derive(Clone, Debug)]
struct Answer {
    addresses: ResolvedSocketAddrs,
    /// `None` once an attempt has failed.
    fresh_until: Option<Instant>,
}

impl Resolver for CachingResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let look_up = |timeout| DefaultResolver::default().resolve(uri, config, timeout);
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else { return look_up(timeout) };
        let Some(name) = DefaultResolver::host_and_port(scheme, authority) else { return look_up(timeout) };
        if let Ok(address) = name.parse() {
            // An IP address. ureq would start a thread for it all the same.
            let mut addresses = self.empty();
            addresses.push(address);
            return Ok(addresses);
        }
        self.answer(name, Instant::now(), timeout, look_up)
    }
}

impl CachingResolver {
    /// Makes the next requests look up anew, because an attempt failed.
    pub(crate) fn expire(&self) {
        for answer in self.lock().values_mut() {
            answer.fresh_until = None;
        }
    }

    /// The answer for `name` at the time `now`: one that is fresh, else a new one, else the last good one.
    fn answer(
        &self,
        name: String,
        now: Instant,
        mut timeout: NextTimeout,
        look_up: impl FnOnce(NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error>,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        match self.lock().get(&name).map(|answer| (&answer.addresses, answer.fresh_until)) {
            Some((addresses, Some(end))) if now < end => return Ok(addresses.clone()),
            Some((_, Some(_))) => timeout.after = (*timeout.after / 2).min(REFRESH_TIMEOUT).into(),
            // The address may be wrong by now, so finding a new one is worth more time.
            Some((_, None)) => timeout.after = (*timeout.after / 2).into(),
            None => {}
        }
        let found = look_up(timeout); // not under the lock, because it can take as long as `timeout`
        let mut answers = self.lock();
        let last_good = answers.get(&name).map(|answer| answer.addresses.clone());
        let addresses = found.or_else(|error| last_good.ok_or(error))?;
        let answer = Answer { addresses: addresses.clone(), fresh_until: now.checked_add(LIFETIME) };
        answers.insert(name, answer);
        Ok(addresses)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Answer>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
