//! Parses `Retry-After` and `Ratelimit`. HTTP dates are in headers/http_date.rs.

mod http_date;

use std::time::{Duration, SystemTime};

use ureq::http::HeaderMap;

/// Durations are capped at a day.
pub(crate) const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the server asks to wait after an error: the longest of all `Retry-After` lines and, for a 429, the reset in
/// `Ratelimit`. `None` also where it asks for no wait.
///
/// Dates count from the response's own `Date`, because clocks differ, and from `now` if it has none that can be read.
pub(crate) fn retry_after(status: u16, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let reset =
        (status == 429).then(|| longest_reset(headers, |remaining| remaining.is_none_or(|remaining| remaining == 0)));
    let now = values(headers, "date").find_map(|value| http_date::parse(value.trim(), now)).unwrap_or(now);
    let asked = values(headers, "retry-after").filter_map(|value| parse_retry_after(value.trim(), now));
    asked.chain(reset.flatten()).max().filter(|wait| !wait.is_zero())
}

/// Time until the quota in a `Ratelimit` header such as `"default";r=0;t=30` resets; `None` while requests remain.
pub(crate) fn ratelimit_reset(headers: &HeaderMap) -> Option<Duration> {
    longest_reset(headers, |remaining| remaining == Some(0))
}

fn values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}

fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let until = |date: SystemTime| date.duration_since(now).unwrap_or_default().min(MAX_DURATION);
    seconds_rounded_up(value).or_else(|| http_date::parse(value, now).map(until))
}

/// Seconds such as `299.997`, as servers write them that calculate with fractions. An exponent, a sign or a bare point
/// is not read.
fn seconds_rounded_up(value: &str) -> Option<Duration> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let started = u64::from(whole_number(fraction)? > 0);
    whole_number(whole).map(|whole| Duration::from_secs(whole.saturating_add(started)).min(MAX_DURATION))
}

fn seconds(value: &str) -> Option<Duration> {
    whole_number(value).map(|seconds| Duration::from_secs(seconds).min(MAX_DURATION))
}

/// Digits and nothing else. A number that overflows is the largest one.
fn whole_number(value: &str) -> Option<u64> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| value.parse().unwrap_or(u64::MAX))
}

/// The longest reset of all `Ratelimit` items whose number of remaining requests counts as exhausted.
fn longest_reset(headers: &HeaderMap, is_exhausted: impl Fn(Option<u64>) -> bool) -> Option<Duration> {
    let items = values(headers, "ratelimit").flat_map(|value| split(value, ','));
    items
        .filter_map(|item| {
            let (remaining, reset) = parameters(item);
            reset.filter(|_| is_exhausted(remaining))
        })
        .max()
}

/// `r` and `t` of an item. If a parameter is repeated, the last one wins, as in every structured field.
fn parameters(item: &str) -> (Option<u64>, Option<Duration>) {
    let (mut remaining, mut reset) = (None, None);
    for parameter in split(item, ';').skip(1) {
        match parameter.trim().split_once('=') {
            Some(("r", value)) => remaining = whole_number(value),
            Some(("t", value)) => reset = seconds(value),
            _ => {}
        }
    }
    (remaining, reset)
}

/// Splits a structured field at separators outside quoted strings.
fn split(value: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    value.split(move |c| {
        let outside = !quoted;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        outside && c == separator
    })
}

#[cfg(test)]
mod tests;
