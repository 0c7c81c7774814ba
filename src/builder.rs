//! `ClientBuilder`: what a client is made of, and which values it can't be made of.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::HeaderValue;

use crate::base_url::BaseUrl;
use crate::client::{Client, Settings};
use crate::error::{Error, Result};
use crate::{headers, retry};

/// Servers take hardly more for all headers together.
const MAX_HEADER: usize = 16 * 1024;

const TOKEN_VARIABLE: &str = "CLOUDFLARE_API_TOKEN";
const BASE_URL_VARIABLE: &str = "CLOUDFLARE_BASE_URL";

impl Client {
    /// A client with the given API token and the defaults of [`ClientBuilder`].
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if the token is empty, holds white space, or can't be a header's value. Without the feature
    /// `rustls` always, because `https` then needs an [`agent`](ClientBuilder::agent).
    pub fn new(api_token: impl Into<String>) -> Result<Client> {
        Client::builder().api_token(api_token).build()
    }

    /// A client with the token in `CLOUDFLARE_API_TOKEN`, and the base URL in `CLOUDFLARE_BASE_URL` where that is set
    /// and not blank.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`], with the variable's name, where a value is missing or wrong.
    pub fn from_env() -> Result<Client> {
        Client::builder().from_env().build()
    }

    /// Starts a client with settings of its own.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }
}

/// Makes a [`Client`]. Values are checked by [`build`](ClientBuilder::build).
///
/// ```no_run
/// use std::time::Duration;
/// use realtimekit::Client;
///
/// # fn main() -> realtimekit::Result<()> {
/// let client = Client::builder()
///     .api_token("Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY")
///     .timeout(Duration::from_secs(20))
///     .max_retries(5)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder {
    api_token: Text,
    base_url: Text,
    timeout: Duration,
    max_retries: u32,
    max_retry_wait: Duration,
    max_response_size: u64,
    user_agent: String,
    agent: Option<ureq::Agent>,
}

/// A value, and where an error should say it is from.
#[derive(Clone)]
struct Text {
    name: &'static str,
    value: String,
}

impl Default for ClientBuilder {
    fn default() -> ClientBuilder {
        ClientBuilder {
            api_token: Text { name: "api_token", value: String::new() },
            base_url: Text { name: "base_url", value: "https://api.cloudflare.com/client/v4".to_owned() },
            timeout: Duration::from_secs(60),
            max_retries: 2,
            max_retry_wait: Duration::from_secs(60),
            max_response_size: 16 * 1024 * 1024,
            user_agent: concat!("realtimekit/", env!("CARGO_PKG_VERSION")).to_owned(),
            agent: None,
        }
    }
}

impl ClientBuilder {
    /// Takes the token from `CLOUDFLARE_API_TOKEN` and the base URL from `CLOUDFLARE_BASE_URL`. If a variable is
    /// unset or blank, the value of an earlier call stays. Calls after this one override the variables.
    pub fn from_env(mut self) -> ClientBuilder {
        // Lossy, so that a value which isn't Unicode is refused by `build` and not taken for none.
        let value = |name| std::env::var_os(name).unwrap_or_default().to_string_lossy().into_owned();
        let read = |name| Text { name, value: value(name) };
        let (api_token, base_url) = (read(TOKEN_VARIABLE), read(BASE_URL_VARIABLE));
        // Also where there is no token at all, so that the error names the variable.
        if !api_token.value.trim().is_empty() || self.api_token.value.is_empty() {
            self.api_token = api_token;
        }
        if !base_url.value.trim().is_empty() {
            self.base_url = base_url;
        }
        self
    }

    /// The API token, with the permission `Realtime` or `Realtime Admin`. White space around it is cut off.
    pub fn api_token(mut self, api_token: impl Into<String>) -> ClientBuilder {
        self.api_token = Text { name: "api_token", value: api_token.into() };
        self
    }

    /// Where the API is, by default `https://api.cloudflare.com/client/v4`.
    ///
    /// It must be `https`; `http` is accepted for loopback hosts such as a test's server, and for no others. Requests to
    /// loopback hosts never go through a proxy.
    pub fn base_url(mut self, base_url: impl Into<String>) -> ClientBuilder {
        self.base_url = Text { name: "base_url", value: base_url.into() };
        self
    }

    /// How long one attempt may take, from the DNS look-up to the last byte of the body; by default 60 seconds, at most
    /// a day. A request with its retries can take longer.
    ///
    /// A proxy is the one exception: ureq 3.5 starts the limit anew for each piece of its answer to `CONNECT`.
    pub fn timeout(mut self, timeout: Duration) -> ClientBuilder {
        self.timeout = timeout;
        self
    }

    /// How many more attempts a request gets after one that failed for a reason that may pass; by default 2.
    ///
    /// [`Error::is_retryable`] lists those reasons.
    pub fn max_retries(mut self, max_retries: u32) -> ClientBuilder {
        self.max_retries = max_retries;
        self
    }

    /// The longest wait before another attempt; by default 60 seconds, at most a day.
    ///
    /// This is only an upper limit. The client waits as long as the server asks; if it doesn't ask, 0.5 seconds, doubling
    /// to 8. If the server asks for more than this, the error is returned at once, with the wait in [`Error::retry_after`].
    /// After too many requests Cloudflare refuses everything for up to five minutes, and says so in `Retry-After`; with 300
    /// seconds the client waits until that is over.
    pub fn max_retry_wait(mut self, max_retry_wait: Duration) -> ClientBuilder {
        self.max_retry_wait = max_retry_wait;
        self
    }

    /// The most bytes a response's body may have after decompression; by default 16 MiB. The client reads at most 64 KiB of
    /// an error's body.
    ///
    /// A page takes more memory than its JSON: the worst case that we measured, a page of only empty participants, took
    /// about ninety times as much.
    pub fn max_response_size(mut self, bytes: u64) -> ClientBuilder {
        self.max_response_size = bytes;
        self
    }

    /// The `User-Agent` header, by default `realtimekit/` and this crate's version.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> ClientBuilder {
        self.user_agent = user_agent.into();
        self
    }

    /// An agent of your own, for its proxy, its TLS settings and its pool of connections.
    ///
    /// The client's `timeout` replaces the agent's `timeout_global` and `timeout_per_call`, even where those are shorter. The
    /// agent's other limits, such as `timeout_connect`, stay in force. The client follows no redirects, uses no proxy for
    /// loopback hosts, and reads error responses itself. An agent that ureq can't use, such as one with a TLS provider or a
    /// SOCKS proxy whose feature is off, panics in ureq.
    ///
    /// This is the only place where ureq is part of this crate's public API. It is re-exported as
    /// [`realtimekit::ureq`](ureq).
    ///
    /// ```no_run
    /// use realtimekit::ureq::{Agent, Proxy, tls};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let private_ca = tls::Certificate::from_pem(&std::fs::read("private-ca.pem")?)?;
    /// let roots = tls::RootCerts::new_with_certs(&[private_ca]);
    /// let agent = Agent::config_builder()
    ///     .proxy(Some(Proxy::new("http://proxy.example.com:3128")?))
    ///     .tls_config(tls::TlsConfig::builder().root_certs(roots).build())
    ///     .build()
    ///     .new_agent();
    ///
    /// // A clone of an agent shares its pool, here with the rest of the program.
    /// let client = realtimekit::Client::builder().api_token("token").agent(agent.clone()).build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// To use another TLS library: turn off this crate's `rustls`, add ureq to your dependencies with the feature you want
    /// (such as `native-tls`), and select it with [`TlsConfig::builder().provider(..)`](ureq::tls::TlsConfig).
    pub fn agent(mut self, agent: ureq::Agent) -> ClientBuilder {
        self.agent = Some(agent);
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] names the setter or environment variable whose value is wrong.
    pub fn build(self) -> Result<Client> {
        let token = check_token(&self.api_token)?;
        let mut authorization = header_value(&format!("Bearer {token}"), self.api_token.name)?;
        authorization.set_sensitive(true);
        let base_url = BaseUrl::parse(&self.base_url.value);
        let base_url = base_url.map_err(|reason| Error::invalid(self.base_url.name, reason))?;
        if self.user_agent.is_empty() {
            return Err(Error::invalid("user_agent", "is empty; leave it out for the default"));
        }
        let user_agent = header_value(&self.user_agent, "user_agent")?;
        if self.timeout.is_zero() {
            return Err(Error::invalid(
                "timeout",
                "is zero, which would leave no time for an answer; give a second or more",
            ));
        }
        if self.max_response_size == 0 {
            return Err(Error::invalid(
                "max_response_size",
                "is zero, which would leave no room for an answer; give a number of bytes",
            ));
        }
        let settings = Settings {
            agent: self.agent.map_or_else(|| own_agent(&base_url), Ok)?,
            base_url,
            token: token.to_owned(),
            authorization,
            user_agent,
            timeout: self.timeout.min(headers::LONGEST),
            max_response_size: self.max_response_size,
            retries: retry::Limits {
                max_retries: self.max_retries,
                max_retry_wait: self.max_retry_wait.min(headers::LONGEST),
            },
        };
        Ok(Client { settings: Arc::new(settings) })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the token nor the base URL, which before `build` may hold a password.
        f.debug_struct("ClientBuilder")
            .field("timeout", &self.timeout)
            .field("max_retries", &self.max_retries)
            .field("max_retry_wait", &self.max_retry_wait)
            .field("max_response_size", &self.max_response_size)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

fn check_token(token: &Text) -> Result<&str> {
    let value = token.value.trim();
    let reason = match token.name {
        TOKEN_VARIABLE if value.is_empty() => "is unset or empty; export it, or call api_token",
        _ if value.is_empty() => "is empty; give an API token with the Realtime permission",
        _ if value.contains(char::is_whitespace) => {
            "holds white space or a line break; give the token alone, without `Bearer`"
        }
        _ if !value.bytes().all(|byte| byte.is_ascii_graphic()) => {
            "holds characters that can't be in a token; copy it again"
        }
        _ => return Ok(value),
    };
    Err(Error::invalid(token.name, reason))
}

fn header_value(value: &str, name: &'static str) -> Result<HeaderValue> {
    let printable = value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if value.len() > MAX_HEADER {
        return Err(Error::invalid(name, format!("is longer than the {MAX_HEADER} bytes that a header can have")));
    }
    HeaderValue::from_str(value)
        .ok()
        .filter(|_| printable)
        .ok_or_else(|| Error::invalid(name, "can't be sent as a header; use printable ASCII alone"))
}

fn own_agent(base_url: &BaseUrl) -> Result<ureq::Agent> {
    if base_url.is_https && cfg!(not(feature = "rustls")) {
        return Err(Error::invalid(
            "agent",
            "is needed for https where the feature `rustls` is off; turn that on, or give an agent whose ureq has a TLS library",
        ));
    }
    // An idle connection outlives a long wait between two pages, and ten threads keep one each.
    let config = ureq::Agent::config_builder()
        .max_idle_age(Duration::from_secs(5 * 60))
        .max_idle_connections(10)
        .max_idle_connections_per_host(10);
    Ok(config.build().into())
}
