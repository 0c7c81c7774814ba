//! `Http`: sends a request, with retries and waits. HTTP happens here and nowhere else.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use ureq::http::{HeaderMap, HeaderValue, Response, header};

use crate::base_url::BaseUrl;
use crate::decode::{Body, Decode};
use crate::error::{ApiError, DecodeError, Error, Result, Route, TransportError};
use crate::headers;
use crate::parameters::Parameters;
use crate::resolver::CachingResolver;
use crate::retry::{self, RetryLimits};
use crate::url;
use crate::wait::{OnWait, Wait};

/// The most bytes that are read of an error's body.
const MAX_ERROR_BODY: u64 = 64 * 1024;

/// Sends requests, with settings that `ClientBuilder` has validated.
pub(crate) struct Http {
    pub(crate) agent: ureq::Agent,
    /// The default agent's DNS cache. A user's agent has its own resolver.
    pub(crate) resolver: CachingResolver,
    pub(crate) base_url: BaseUrl,
    pub(crate) route: Arc<Route>,
    pub(crate) token: String,
    pub(crate) authorization: HeaderValue,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Duration,
    pub(crate) max_response_size: u64,
    pub(crate) limits: RetryLimits,
    pub(crate) on_wait: Option<OnWait>,
}

/// A decoded response.
pub(crate) struct Decoded<T> {
    pub(crate) value: T,
    /// When the quota resets, if `Ratelimit` says that no requests remain.
    pub(crate) quota_reset: Option<Instant>,
}

impl Http {
    /// Sends a request, and retries it within the limits. `buffer` is only memory that requests share.
    pub(crate) fn get<T>(
        &self,
        parameters: &Parameters,
        decode: Decode<T>,
        buffer: &mut BodyBuffer,
    ) -> Result<Decoded<T>> {
        let url = url::build(&self.base_url, parameters)?;
        let mut retries = 0;
        let mut fresh_connection = false;
        loop {
            let error = match self.attempt(&url, fresh_connection, decode, buffer) {
                Ok(decoded) => return Ok(decoded),
                Err(error) => error,
            };
            fresh_connection = matches!(error, Error::Transport(_));
            if fresh_connection {
                self.resolver.expire();
            }
            let Some(delay) = retry::next_delay(&error, retries, &self.limits, retry::random()) else {
                return Err(error);
            };
            retries += 1;
            self.pause(delay, Some(&error), retries);
        }
    }

    pub(crate) fn wait_until(&self, quota_reset: Instant) {
        self.pause(quota_reset.saturating_duration_since(Instant::now()), None, 0);
    }

    fn pause(&self, duration: Duration, error: Option<&Error>, retry: u32) {
        if duration.is_zero() {
            return;
        }
        if let Some(on_wait) = &self.on_wait {
            on_wait(&Wait { duration, error, retry, max_retries: self.limits.max_retries });
        }
        sleep(duration);
    }

    fn attempt<T>(
        &self,
        url: &str,
        fresh_connection: bool,
        decode: Decode<T>,
        buffer: &mut BodyBuffer,
    ) -> Result<Decoded<T>> {
        let response = self.call(url, fresh_connection);
        let response = response.map_err(|cause| Error::Transport(TransportError::new(cause, &self.route)))?;
        let arrival = Instant::now();
        let (head, mut body) = response.into_parts();
        let is_success = head.status.is_success();

        let limit = if is_success { self.max_response_size } else { MAX_ERROR_BODY };
        let read = buffer.fill(body.with_config().limit(limit).reader());
        let refusal = |body| Err(self.refusal(head.status.as_u16(), &head.headers, body));
        if !is_success {
            return refusal(buffer.body()); // its status counts, even if its body broke
        }
        if buffer.body().is_empty() && is_announced_empty(head.status.as_u16(), &head.headers) {
            return Err(Error::Decode(DecodeError::empty()));
        }
        read.map_err(|error| Error::Transport(TransportError::in_body(error.into(), &self.route)))?;

        match decode(buffer.body()) {
            Ok(Body::Success(value)) => {
                let wait = headers::ratelimit_reset(&head.headers);
                let wait = wait.filter(|wait| *wait <= self.limits.max_retry_wait);
                Ok(Decoded { value, quota_reset: wait.and_then(|wait| arrival.checked_add(wait)) })
            }
            Ok(Body::Refusal) => refusal(buffer.body()),
            // A proxy may frame a truncated body anew, so valid framing doesn't prove that it is complete.
            Err(error) if error.ends_early() => Err(Error::Transport(TransportError::cut_short(&self.route))),
            Err(error) => Err(Error::Decode(error)),
        }
    }

    fn call(&self, url: &str, fresh_connection: bool) -> std::result::Result<Response<ureq::Body>, ureq::Error> {
        let mut request = self
            .agent
            .get(url)
            // As a header: a user agent in the configuration would keep the pool of a user's agent from being used.
            .header(header::USER_AGENT, &self.user_agent)
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, &self.authorization)
            .config()
            .timeout_global(Some(self.timeout))
            .timeout_per_call(None)
            .max_redirects(0)
            .http_status_as_error(false);
        if fresh_connection {
            // The pool may hold more connections that a router has forgotten. Each would use up an attempt.
            request = request.max_idle_age(Duration::ZERO);
        }
        if self.base_url.is_loopback {
            request = request.proxy(None);
        }
        request.build().call()
    }

    fn refusal(&self, status: u16, headers: &HeaderMap, body: &[u8]) -> Error {
        let ray_id = headers.get("cf-ray").and_then(|value| value.to_str().ok());
        let retry_after = headers::retry_after(status, headers, SystemTime::now());
        Error::Api(ApiError { retry_after, ..ApiError::new(status, ray_id, body, &self.token) })
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("base_url", &self.base_url.text)
            .field("timeout", &self.timeout)
            .field("limits", &self.limits)
            .field("max_response_size", &self.max_response_size)
            .finish_non_exhaustive()
    }
}

/// Whether the headers announce a response without a body.
fn is_announced_empty(status: u16, headers: &HeaderMap) -> bool {
    status == 204 || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length == "0")
}

/// The memory of a body. It only grows, so that a read needn't zero it first, and the next body uses it again.
#[derive(Default)]
pub(crate) struct BodyBuffer {
    bytes: Vec<u8>,
    length: usize,
}

impl BodyBuffer {
    const FIRST_SIZE: usize = 64 * 1024;

    /// Reads to the end, which ureq needs to use a connection again. After an error the buffer holds what came before.
    fn fill(&mut self, mut reader: impl Read) -> io::Result<()> {
        self.length = 0;
        loop {
            if self.length == self.bytes.len() {
                self.bytes.resize((self.length * 2).max(BodyBuffer::FIRST_SIZE), 0);
            }
            match reader.read(self.bytes.get_mut(self.length..).unwrap_or_default()) {
                Ok(0) => return Ok(()),
                Ok(count) => self.length += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn body(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl fmt::Debug for BodyBuffer {
    /// Without the body: it may be an error page that repeats the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyBuffer").field("length", &self.length).finish_non_exhaustive()
    }
}
