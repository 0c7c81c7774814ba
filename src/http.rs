//! One logical request: attempts, retries, waits. The one place where HTTP happens.

use std::fmt;
use std::io::Read;
use std::thread::sleep;
use std::time::{Instant, SystemTime};

use ureq::http::{HeaderMap, header};

use crate::client::Client;
use crate::error::{ApiError, DecodeError, Error, Result, TransportError};
use crate::{headers, retry};

/// The most that is read of an error's body, in bytes.
const MAX_ERROR_BODY: u64 = 64 * 1024;

/// What one request leaves for the next one of the same iteration.
#[derive(Default)]
pub(crate) struct Kept {
    /// The body, in memory that the next body will use again.
    body: Vec<u8>,
    /// When the server will answer again, if nothing remained by its `Ratelimit`.
    reset: Option<Instant>,
}

impl fmt::Debug for Kept {
    /// Without the body, which may be an error page that repeats the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("reset", &self.reset).finish_non_exhaustive()
    }
}

/// How a body is decoded; `None` where it says `success: false`.
pub(crate) type Decode<T> = fn(&[u8]) -> std::result::Result<Option<T>, DecodeError>;

impl Client {
    /// One logical request: waits for the server's reset, sends, and tries again as far as the limits go.
    pub(crate) fn get<T>(&self, url: &str, decode: Decode<T>, kept: &mut Kept) -> Result<T> {
        if let Some(reset) = kept.reset.take() {
            sleep(reset.saturating_duration_since(Instant::now()));
        }
        let mut retries = 0;
        loop {
            let error = match self.attempt(url, decode, kept) {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            match retry::wait(&error, retries, &self.settings.retries, retry::random()) {
                Some(wait) => sleep(wait),
                None => return Err(error),
            }
            retries += 1;
        }
    }

    fn attempt<T>(&self, url: &str, decode: Decode<T>, kept: &mut Kept) -> Result<T> {
        let response = self.call(url).map_err(transport)?;
        let arrival = Instant::now();
        let (head, mut body) = response.into_parts();
        let status = head.status.as_u16();
        let is_success = head.status.is_success();
        let framed = is_framed(status, &head.headers);

        let limit = if is_success { self.settings.max_response_size } else { MAX_ERROR_BODY };
        kept.body.clear();
        let read = body.with_config().limit(limit).reader().read_to_end(&mut kept.body);
        if !is_success {
            return Err(self.refusal(status, &head.headers, &kept.body));
        }
        read.map_err(|error| broken(error.into()))?;

        let value = match decode(&kept.body) {
            Ok(Some(value)) => value,
            Ok(None) => return Err(self.refusal(status, &head.headers, &kept.body)),
            Err(error) if error.ends_early() && !framed => return Err(Error::Transport(TransportError::cut_short())),
            Err(error) => return Err(Error::Decode(error)),
        };
        kept.reset = headers::ratelimit_reset(&head.headers)
            .filter(|wait| *wait <= self.settings.retries.max_retry_wait)
            .and_then(|wait| arrival.checked_add(wait));
        Ok(value)
    }

    fn call(&self, url: &str) -> std::result::Result<ureq::http::Response<ureq::Body>, ureq::Error> {
        let settings = &*self.settings;
        let mut request = settings
            .agent
            .get(url)
            // A header, because a user agent in the configuration keeps a caller's pool from being used.
            .header(header::USER_AGENT, &settings.user_agent)
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, &settings.authorization)
            .config()
            .timeout_global(Some(settings.timeout))
            .timeout_per_call(None)
            .max_redirects(0)
            .http_status_as_error(false);
        if settings.base_url.is_loopback {
            request = request.proxy(None);
        }
        request.build().call()
    }

    fn refusal(&self, status: u16, headers: &HeaderMap, body: &[u8]) -> Error {
        let ray_id = headers.get("cf-ray").and_then(|value| value.to_str().ok());
        let mut error = ApiError::new(status, ray_id, body, &self.settings.token);
        error.retry_after = headers::retry_after(status, headers, SystemTime::now());
        Error::Api(error)
    }
}

fn transport(cause: ureq::Error) -> Error {
    Error::Transport(TransportError::new(cause))
}

/// What went wrong while a body was read.
fn broken(cause: ureq::Error) -> Error {
    match cause {
        ureq::Error::Io(_) | ureq::Error::Timeout(_) | ureq::Error::Protocol(_) | ureq::Error::BodyExceedsLimit(_) => {
            transport(cause)
        }
        #[cfg(feature = "gzip")]
        ureq::Error::Decompress(..) => transport(cause),
        // Of the rest a body meets one alone, which ureq hides: a connection that ends within a chunk's framing.
        _ => Error::Transport(TransportError::cut_short()),
    }
}

/// Whether HTTP itself shows where the body ends. Without a length or chunks a body that was cut looks whole.
fn is_framed(status: u16, headers: &HeaderMap) -> bool {
    // By the headers, because ureq knows no length of a body that is empty.
    let encoding = headers.get(header::TRANSFER_ENCODING).and_then(|value| value.to_str().ok());
    let is_chunked = encoding.is_some_and(|encoding| encoding.to_ascii_lowercase().ends_with("chunked"));
    status == 204 || headers.contains_key(header::CONTENT_LENGTH) || is_chunked
}
