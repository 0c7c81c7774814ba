//! `ClientBuilder`: settings of a client.

mod validation;

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use super::Client;
use crate::error::Result;
use crate::wait::{Wait, Waiting};

const TOKEN_VARIABLE: &str = "CLOUDFLARE_API_TOKEN";
const BASE_URL_VARIABLE: &str = "CLOUDFLARE_BASE_URL";

/// Settings of a [`Client`](crate::Client). They are validated by [`build`](ClientBuilder::build).
///
/// ```no_run
/// use realtimekit::Client;
/// use std::time::Duration;
///
/// # fn main() -> realtimekit::Result<()> {
/// let client = Client::builder()
///     .from_env() // CLOUDFLARE_API_TOKEN
///     .timeout(Duration::from_secs(20))
///     .max_retries(5)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    api_token: Setting,
    base_url: Setting,
    timeout: Duration,
    max_retries: u32,
    max_retry_wait: Duration,
    max_response_size: u64,
    user_agent: String,
    agent: Option<ureq::Agent>,
    waiting: Waiting,
}

/// A value, and the setter or variable that it comes from.
#[derive(Clone)]
struct Setting {
    name: &'static str,
    value: String,
}

impl Default for ClientBuilder {
    fn default() -> ClientBuilder {
        ClientBuilder {
            api_token: Setting { name: "api_token", value: String::new() },
            base_url: Setting { name: "base_url", value: "https://api.cloudflare.com/client/v4".to_owned() },
            timeout: Duration::from_secs(60),
            max_retries: 2,
            max_retry_wait: Duration::from_secs(60),
            max_response_size: 16 * 1024 * 1024,
            user_agent: concat!("realtimekit/", env!("CARGO_PKG_VERSION")).to_owned(),
            agent: None,
            waiting: Waiting::default(),
        }
    }
}

impl ClientBuilder {
    /// Reads the token from `CLOUDFLARE_API_TOKEN` and the base URL from `CLOUDFLARE_BASE_URL`.
    ///
    /// If a variable is unset or blank, the value of an earlier call stays. Later calls override the variables.
    pub fn from_env(mut self) -> ClientBuilder {
        // Lossy, so that a value which isn't Unicode is refused by `build` rather than ignored.
        let value = |name| std::env::var_os(name).unwrap_or_default().to_string_lossy().into_owned();
        let read = |name| Setting { name, value: value(name) };
        let (api_token, base_url) = (read(TOKEN_VARIABLE), read(BASE_URL_VARIABLE));
        // Without any token, keep the empty variable, so that the error names it.
        if !api_token.value.trim().is_empty() || self.api_token.value.is_empty() {
            self.api_token = api_token;
        }
        if !base_url.value.trim().is_empty() {
            self.base_url = base_url;
        }
        self
    }

    /// The API token, with the permission `Realtime` or `Realtime Admin`. Surrounding whitespace is trimmed.
    pub fn api_token(mut self, api_token: impl Into<String>) -> ClientBuilder {
        self.api_token = Setting { name: "api_token", value: api_token.into() };
        self
    }

    /// Where the API is; by default `https://api.cloudflare.com/client/v4`.
    ///
    /// It must be `https`. `http` is accepted for a loopback host, such as a test's server. A loopback host is never
    /// reached through a proxy.
    pub fn base_url(mut self, base_url: impl Into<String>) -> ClientBuilder {
        self.base_url = Setting { name: "base_url", value: base_url.into() };
        self
    }

    /// How long one attempt may take, from DNS to the last byte of the body; by default 60 seconds, at most a day.
    ///
    /// If an attempt takes longer, it fails with a retryable [`Error::Transport`](crate::Error::Transport); see
    /// [`Error::is_timeout`](crate::Error::is_timeout). If a status other than 2xx has arrived by then, the error is an
    /// [`Error::Api`](crate::Error::Api). There is one exception to the limit: ureq 3.5 starts the limit anew for each
    /// piece of a proxy's answer to `CONNECT`.
    pub fn timeout(mut self, timeout: Duration) -> ClientBuilder {
        self.timeout = timeout;
        self
    }

    /// How many retries a request gets after a retryable failure; by default 2.
    ///
    /// [`Error::is_retryable`](crate::Error::is_retryable) lists those failures.
    pub fn max_retries(mut self, max_retries: u32) -> ClientBuilder {
        self.max_retries = max_retries;
        self
    }

    /// The longest wait before a retry; by default 60 seconds, at most a day.
    ///
    /// If the server asks for a longer one, the error is returned at once, with the wait in
    /// [`Error::retry_after`](crate::Error::retry_after). Cloudflare may block a token for up to five minutes; with 300
    /// seconds the client waits that long, if the response asks for it.
    pub fn max_retry_wait(mut self, max_retry_wait: Duration) -> ClientBuilder {
        self.max_retry_wait = max_retry_wait;
        self
    }

    /// The maximum size of a response's body after decompression, in bytes; by default 16 MiB.
    ///
    /// A larger body is an [`Error::Transport`](crate::Error::Transport) and isn't retried. At most 64 KiB of an error
    /// response's body are read. A decoded page takes more memory than its JSON: about ninety times as much in the
    /// worst case that we measured, a page of empty participants.
    pub fn max_response_size(mut self, bytes: u64) -> ClientBuilder {
        self.max_response_size = bytes;
        self
    }

    /// The `User-Agent` header, printable ASCII of at most 16 KiB; by default `realtimekit/` and this crate's version.
    ///
    /// The default agent also sends it to a proxy.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> ClientBuilder {
        self.user_agent = user_agent.into();
        self
    }

    /// An agent of your own, for its proxy, its TLS settings and its connection pool.
    ///
    /// The client then doesn't look at the environment's proxies; ureq does, unless the agent's configuration calls
    /// `proxy`, with a proxy or with `None`. The agent keeps its resolver and its other time limits, such as
    /// `timeout_connect`. The client overrides `timeout_global` and `timeout_per_call` with its own `timeout`, follows
    /// no redirects, returns every status as a response, and uses no proxy for a loopback host.
    ///
    /// No other method has a type of ureq in its signature. ureq is re-exported as [`realtimekit::ureq`](ureq).
    ///
    /// ```no_run
    /// use realtimekit::Client;
    /// use realtimekit::ureq::{Agent, Proxy, tls};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let pem = std::fs::read("private-ca.pem")?;
    /// let ca = tls::Certificate::from_pem(&pem)?;
    /// let roots = tls::RootCerts::new_with_certs(&[ca]);
    /// let agent = Agent::config_builder()
    ///     .proxy(Some(Proxy::new("http://proxy.example.com:3128")?))
    ///     .tls_config(tls::TlsConfig::builder().root_certs(roots).build())
    ///     .build()
    ///     .new_agent();
    ///
    /// // A clone shares the pool, here with the rest of the program.
    /// let client = Client::builder().from_env().agent(agent.clone()).build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// To use another TLS library, turn off this crate's feature `rustls`, add ureq to your dependencies with the
    /// feature you want (such as `native-tls`), and select it with
    /// [`TlsConfig::builder().provider(..)`](ureq::tls::TlsConfig).
    ///
    /// # Panics
    /// A request panics inside ureq if the agent has a TLS provider, or a SOCKS proxy set by `proxy`, that needs a
    /// feature of ureq which is off. A SOCKS proxy from the environment causes no panic: with that feature off, ureq
    /// ignores it.
    pub fn agent(mut self, agent: ureq::Agent) -> ClientBuilder {
        self.agent = Some(agent);
        self
    }

    /// Calls a function before each pause of the client, to show why a program waits.
    ///
    /// It is called from the thread that waits, just before the client sleeps: before each retry, and when an iterator
    /// waits for `Ratelimit` to reset. It must not sleep itself, because the client does; see
    /// [`sleep_with`](Self::sleep_with). By default nothing is shown.
    ///
    /// ```no_run
    /// # fn main() -> realtimekit::Result<()> {
    /// let client = realtimekit::Client::builder()
    ///     .from_env()
    ///     .on_wait(|wait| eprintln!("{wait}"))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_wait(mut self, on_wait: impl Fn(&Wait<'_>) + Send + Sync + 'static) -> ClientBuilder {
        self.waiting.on_wait = Some(Arc::new(on_wait));
        self
    }

    /// Replaces the sleep of each wait, to count down, to stop at a signal, or to test without waiting.
    ///
    /// The function is called after [`on_wait`](Self::on_wait), from the thread that waits, and sleeps as long as it
    /// likes. After `ControlFlow::Continue(())` the client goes on. After `ControlFlow::Break(())` the call or the
    /// iterator's `next` returns [`Error::Cancelled`](crate::Error::Cancelled). An iterator can then be resumed. It
    /// sleeps for the rest of a wait for the rate limit, but doesn't repeat a wait before a retry.
    ///
    /// A request that is under way can't be cancelled; [`timeout`](Self::timeout) bounds it.
    ///
    /// ```no_run
    /// use realtimekit::Client;
    /// use std::ops::ControlFlow;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    /// use std::thread::sleep;
    /// use std::time::{Duration, Instant};
    ///
    /// static STOP: AtomicBool = AtomicBool::new(false); // a signal handler sets it
    ///
    /// # fn main() -> realtimekit::Result<()> {
    /// let client = Client::builder()
    ///     .from_env()
    ///     .sleep_with(|wait| {
    ///         let start = Instant::now();
    ///         while start.elapsed() < wait.duration {
    ///             if STOP.load(Ordering::Relaxed) {
    ///                 return ControlFlow::Break(());
    ///             }
    ///             sleep(Duration::from_millis(50));
    ///         }
    ///         ControlFlow::Continue(())
    ///     })
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn sleep_with(
        mut self,
        sleep_with: impl Fn(&Wait<'_>) -> ControlFlow<()> + Send + Sync + 'static,
    ) -> ClientBuilder {
        self.waiting.sleep_with = Some(Arc::new(sleep_with));
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) with the name of the setter or environment variable
    /// whose value is wrong.
    pub fn build(self) -> Result<Client> {
        Ok(Client { http: Arc::new(self.into_http()?) })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the token, and without the base URL: before `build` it may hold a password.
        f.debug_struct("ClientBuilder")
            .field("timeout", &self.timeout)
            .field("max_retries", &self.max_retries)
            .field("max_retry_wait", &self.max_retry_wait)
            .field("max_response_size", &self.max_response_size)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
