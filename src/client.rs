//! `Client`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::HeaderValue;

use crate::base_url::BaseUrl;
use crate::retry;

/// A client of the API: a token, limits, and a pool of connections. Making one sends nothing.
///
/// A clone is cheap and shares the pool, so one client is enough for a whole program with any number of threads.
///
/// ```no_run
/// # fn main() -> realtimekit::Result<()> {
/// let client = realtimekit::Client::from_env()?; // CLOUDFLARE_API_TOKEN
/// let page = client.session_participants("account_id", "app_id", "session_id").send()?;
/// println!("{} participants on the first page", page.participants.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) settings: Arc<Settings>,
}

/// What a client was built with, every value of it checked.
pub(crate) struct Settings {
    pub(crate) agent: ureq::Agent,
    pub(crate) base_url: BaseUrl,
    pub(crate) token: String,
    pub(crate) authorization: HeaderValue,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Duration,
    pub(crate) max_response_size: u64,
    pub(crate) retries: retry::Limits,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { base_url, timeout, max_response_size, retries, .. } = &*self.settings;
        f.debug_struct("Client")
            .field("base_url", &base_url.text)
            .field("timeout", timeout)
            .field("max_retries", &retries.max_retries)
            .field("max_retry_wait", &retries.max_retry_wait)
            .field("max_response_size", max_response_size)
            .finish_non_exhaustive()
    }
}
