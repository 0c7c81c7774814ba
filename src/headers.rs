//! `Retry-After`, `Ratelimit` and HTTP dates.

use std::time::{Duration, SystemTime};

use ureq::http::HeaderMap;

/// No duration that a server or a caller names counts for more.
pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the server asks to wait before the next attempt.
pub(crate) fn retry_after(status: u16, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let header = headers.get("retry-after").and_then(|value| value.to_str().ok());
    header
        .and_then(|value| parse_retry_after(value.trim(), now))
        .or_else(|| ratelimit_reset(headers).filter(|_| status == 429))
}

fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    if let Some(seconds) = seconds(value) {
        return Some(seconds);
    }
    let date = parse_http_date(value)?;
    Some(date.duration_since(now).unwrap_or_default().min(LONGEST))
}

/// Digits and nothing else; more of them than a `u64` holds are just a long time.
fn seconds(value: &str) -> Option<Duration> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = Duration::from_secs(value.parse().unwrap_or(u64::MAX));
    digits.then_some(seconds.min(LONGEST))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form of a date that HTTP still lets servers send (RFC 9110, 5.6.7).
fn parse_http_date(value: &str) -> Option<SystemTime> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let (_weekday, date) = value.split_once(", ")?;
    let mut parts = date.split(' ');
    let day = number(parts.next()?, 1..=31)?;
    let name = parts.next().filter(|name| name.len() == 3)?;
    let month = MONTHS.find(name).filter(|at| at % 3 == 0)? as u64 / 3 + 1;
    let year = number(parts.next()?, 1970..=9999)?;
    let mut clock = parts.next()?.split(':');
    let hour = number(clock.next()?, 0..=23)?;
    let minute = number(clock.next()?, 0..=59)?;
    let second = number(clock.next()?, 0..=60)?;
    let is_in_month = days(year, month, day) < days(year, month + 1, 1);
    if !is_in_month || clock.next().is_some() || !parts.eq(["GMT"]) {
        return None;
    }
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn number(digits: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|number| plain && range.contains(number))
}

/// Days from 1970-01-01 in the Gregorian calendar, whose leap day ends a year that begins in March.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - 719_469
}

/// How long nothing more will be answered, by a `Ratelimit` such as `"default";r=0;t=30`; `None` while requests remain.
pub(crate) fn ratelimit_reset(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all("ratelimit").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| split(value, ',')).filter_map(exhausted_until).max()
}

fn exhausted_until(item: &str) -> Option<Duration> {
    let mut remaining = None;
    let mut reset = None;
    for parameter in split(item, ';').skip(1) {
        match parameter.trim().split_once('=') {
            Some(("r", value)) => remaining = seconds(value),
            Some(("t", value)) => reset = seconds(value),
            _ => {}
        }
    }
    reset.filter(|_| remaining == Some(Duration::ZERO))
}

/// The parts of a structured header field between separators that don't stand in a quoted string.
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
