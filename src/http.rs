//! `Http`: sends a request, with retries and waits. HTTP happens here and nowhere else.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use ureq::http::{HeaderMap, HeaderValue, Response, header};

use crate::base_url::BaseUrl;
use crate::decode::Answer;
use crate::error::{ApiError, CancelledError, DecodeError, Error, Result, Route, TransportError};
use crate::headers;
use crate::parameters::Parameters;
use crate::resolver::CachingResolver;
use crate::retry::{self, RetryLimits};
use crate::url;
use crate::wait::{Wait, WaitReason, Waiting};

/// The maximum number of bytes read from an error response's body.
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
    pub(crate) waiting: Waiting,
}

/// What the requests of one iterator share.
#[derive(Default)]
pub(crate) struct Exchange {
    buffer: BodyBuffer,
    /// When the quota resets, if the last response said that no requests remain.
    quota_reset: Option<Instant>,
}

impl Http {
    /// Sends a request, and retries it within the limits. `read` reads the body of a 2xx response, and may find that
    /// the request has to be made again.
    pub(crate) fn get<T>(
        &self,
        parameters: &Parameters,
        exchange: &mut Exchange,
        mut read: impl FnMut(&[u8]) -> Result<Answer<T>>,
    ) -> Result<T> {
        let url = url::build(&self.base_url, parameters)?;
        let page_no = parameters.page_no;
        self.wait_for_quota(exchange, page_no)?;
        let mut retries: u32 = 0;
        let mut fresh_connection = false;
        loop {
            let error = match self.attempt(&url, fresh_connection, exchange, &mut read) {
                Ok(value) => return Ok(value),
                Err(error) => error.requested(page_no, retries.saturating_add(1)),
            };
            fresh_connection = matches!(error, Error::Transport(_));
            if fresh_connection {
                self.resolver.expire();
            }
            let Some(delay) = retry::next_delay(&error, retries, &self.limits, retry::random()) else {
                return Err(error);
            };
            retries += 1;
            self.wait_before_retry(delay.max(exchange.quota_wait()), error, retries, page_no)?;
            exchange.quota_reset = None;
        }
    }

    /// Waits until requests remain. A wait that is cancelled is taken up again by the next request.
    fn wait_for_quota(&self, exchange: &mut Exchange, page_no: Option<u32>) -> Result<()> {
        let wait = Wait { duration: exchange.quota_wait(), reason: WaitReason::RateLimit, page_no };
        if self.waiting.wait(&wait).is_break() {
            return Err(Error::Cancelled(CancelledError::for_rate_limit()).requested(page_no, 0));
        }
        exchange.quota_reset = None;
        Ok(())
    }

    fn wait_before_retry(&self, duration: Duration, error: Error, retry: u32, page_no: Option<u32>) -> Result<()> {
        let max_retries = self.limits.max_retries;
        let wait = Wait { duration, reason: WaitReason::Retry { error: &error, retry, max_retries }, page_no };
        if self.waiting.wait(&wait).is_break() {
            let cancelled = CancelledError::before_retry(error, retry, max_retries);
            return Err(Error::Cancelled(cancelled).requested(page_no, retry));
        }
        Ok(())
    }

    fn attempt<T>(
        &self,
        url: &str,
        fresh_connection: bool,
        exchange: &mut Exchange,
        read: impl FnOnce(&[u8]) -> Result<Answer<T>>,
    ) -> Result<T> {
        let response = self.call(url, fresh_connection);
        let response = response.map_err(|cause| Error::Transport(TransportError::new(cause, &self.route)))?;
        let arrival = Instant::now();
        let (head, mut body) = response.into_parts();
        let is_success = head.status.is_success();

        let limit = if is_success { self.max_response_size } else { MAX_ERROR_BODY };
        let buffer = &mut exchange.buffer;
        let filled = buffer.fill(body.with_config().limit(limit).reader());
        let refusal = |body| Err(self.refusal(head.status.as_u16(), &head.headers, body));
        if !is_success {
            return refusal(buffer.body()); // its status counts, even if its body broke
        }
        if buffer.body().is_empty() && is_announced_empty(head.status.as_u16(), &head.headers) {
            return Err(Error::Decode(DecodeError::empty()));
        }
        filled.map_err(|error| Error::Transport(TransportError::in_body(error.into(), &self.route)))?;

        let answer = match read(buffer.body()) {
            Ok(Answer::Refusal) => return refusal(buffer.body()),
            // A proxy may frame a truncated body anew, so valid framing doesn't prove that it is complete.
            Err(Error::Decode(error)) if error.ends_early() => {
                return Err(Error::Transport(TransportError::cut_short(&self.route)));
            }
            Ok(Answer::Success(value)) => Ok(value),
            Err(error) => Err(error),
        };
        let wait = headers::ratelimit_reset(&head.headers).filter(|wait| *wait <= self.limits.max_retry_wait);
        exchange.quota_reset = wait.and_then(|wait| arrival.checked_add(wait));
        answer
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

impl Exchange {
    fn quota_wait(&self) -> Duration {
        self.quota_reset.map_or(Duration::ZERO, |reset| reset.saturating_duration_since(Instant::now()))
    }
}

impl fmt::Debug for Exchange {
    /// Without the body: it may be an error page that repeats the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("quota_reset", &self.quota_reset).finish_non_exhaustive()
    }
}

/// Whether the headers announce a response without a body.
fn is_announced_empty(status: u16, headers: &HeaderMap) -> bool {
    status == 204 || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length == "0")
}

/// The memory of a body. It only grows, so that a read needn't zero it first, and the next body uses it again.
#[derive(Default)]
struct BodyBuffer {
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
