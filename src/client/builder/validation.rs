//! Validates the settings of a `ClientBuilder`.

use std::sync::Arc;

use ureq::http::HeaderValue;

use super::{ClientBuilder, Setting, TOKEN_VARIABLE};
use crate::agent;
use crate::base_url::BaseUrl;
use crate::error::{Error, Result};
use crate::headers::MAX_DURATION;
use crate::http::Http;
use crate::resolver::CachingResolver;
use crate::retry::RetryLimits;

/// The longest header value, in bytes. Most servers reject longer headers.
const MAX_HEADER_LENGTH: usize = 16 * 1024;

/// The marks that are copied together with a token, from a `.env` file or a text.
const QUOTATION_MARKS: &[char] = &['"', '\'', '`', '“', '”', '„', '‟', '‘', '’', '‚', '‛', '«', '»', '‹', '›'];

impl ClientBuilder {
    /// Validates the settings.
    pub(crate) fn into_http(self) -> Result<Http> {
        let token = check_token(&self.api_token)?;
        let mut authorization = header_value(&format!("Bearer {token}"), self.api_token.name)?;
        authorization.set_sensitive(true);
        let base_url = BaseUrl::parse(&self.base_url.value);
        let base_url = base_url.map_err(|reason| Error::invalid(self.base_url.name, reason))?;
        if self.user_agent.is_empty() {
            return Err(Error::invalid("user_agent", "is empty; leave it out for the default"));
        }
        if self.timeout.is_zero() {
            return Err(Error::invalid("timeout", "must be more than zero; a minute is the default"));
        }
        if self.max_response_size == 0 {
            return Err(Error::invalid("max_response_size", "must be at least 1 byte; 16 MiB is the default"));
        }
        let user_agent = header_value(&self.user_agent, "user_agent")?;
        let resolver = CachingResolver::default();
        let agent = match self.agent {
            Some(agent) => agent,
            None => agent::default_agent(&base_url, &self.user_agent, resolver.clone())?,
        };
        Ok(Http {
            route: Arc::new(agent::route(&agent, &base_url)),
            agent,
            resolver,
            base_url,
            token: token.to_owned(),
            authorization,
            user_agent,
            timeout: self.timeout.min(MAX_DURATION),
            max_response_size: self.max_response_size,
            limits: RetryLimits {
                max_retries: self.max_retries,
                max_retry_wait: self.max_retry_wait.min(MAX_DURATION),
            },
            waiting: self.waiting,
        })
    }
}

fn check_token(token: &Setting) -> Result<&str> {
    let value = token.value.trim();
    let reason = match token.name {
        TOKEN_VARIABLE if value.is_empty() => "is unset or empty; export it, or call api_token",
        _ if value.is_empty() => "is empty; give an API token with the Realtime permission",
        _ if value.starts_with(QUOTATION_MARKS) || value.ends_with(QUOTATION_MARKS) => {
            "begins or ends with a quotation mark; give the token alone, without quotation marks"
        }
        _ if value.contains(char::is_whitespace) => {
            "has whitespace or a line break inside; give the token alone, without `Bearer`"
        }
        _ if !value.bytes().all(|byte| byte.is_ascii_graphic()) => {
            "has characters that a token can't have; copy it again"
        }
        _ => return Ok(value),
    };
    Err(Error::invalid(token.name, reason))
}

fn header_value(value: &str, name: &'static str) -> Result<HeaderValue> {
    if value.len() > MAX_HEADER_LENGTH {
        return Err(Error::invalid(name, format!("is longer than {MAX_HEADER_LENGTH} bytes; shorten it")));
    }
    let is_printable = value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    HeaderValue::from_str(value)
        .ok()
        .filter(|_| is_printable)
        .ok_or_else(|| Error::invalid(name, "can't be sent as a header; use only printable ASCII"))
}
