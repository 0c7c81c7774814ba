//! Parses HTTP dates.

use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime};

/// The three forms that RFC 9110, 5.6.7 asks recipients to accept.
///
/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`
pub(super) fn parse(value: &str, now: SystemTime) -> Option<SystemTime> {
    let parts: Vec<&str> = value.split(' ').collect();
    match *parts.as_slice() {
        [weekday, day, month, year, clock, "GMT"] if weekday.ends_with(',') => {
            time(four_digits(year)?, month, two_digits(day)?, clock)
        }
        [weekday, date, clock, "GMT"] if weekday.ends_with(',') => {
            let (day, month_and_year) = date.split_once('-')?;
            let (month, year) = month_and_year.split_once('-')?;
            time_in_century(two_digits(year)?, month, two_digits(day)?, clock, now)
        }
        [_weekday, month, "", day, clock, year] => time(four_digits(year)?, month, number(day, 1, 1..=9)?, clock),
        [_weekday, month, day, clock, year] => time(four_digits(year)?, month, two_digits(day)?, clock),
        _ => None,
    }
}

/// A date with a two-digit year: as late as it can be without being more than 50 years in the future, as the RFC says.
fn time_in_century(year: u64, month: &str, day: u64, clock: &str, now: SystemTime) -> Option<SystemTime> {
    const FIFTY_YEARS: Duration = Duration::from_secs(50 * 31_556_952);
    let latest = now.checked_add(FIFTY_YEARS)?;
    let mut candidates = [2100, 2000, 1900].into_iter().filter_map(|century| time(century + year, month, day, clock));
    candidates.find(|time| *time <= latest)
}

fn time(year: u64, month: &str, day: u64, clock: &str) -> Option<SystemTime> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let mut clock = clock.split(':');
    let hour = number(clock.next()?, 2, 0..=23)?;
    let minute = number(clock.next()?, 2, 0..=59)?;
    let second = number(clock.next()?, 2, 0..=60)?;
    let is_date = year >= 1970 && day > 0 && days(year, month, day) < days(year, month + 1, 1);
    if !is_date || clock.next().is_some() {
        return None;
    }
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn two_digits(text: &str) -> Option<u64> {
    number(text, 2, 0..=99)
}

fn four_digits(text: &str) -> Option<u64> {
    number(text, 4, 0..=9999)
}

fn number(text: &str, length: usize, range: RangeInclusive<u64>) -> Option<u64> {
    let is_number = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && range.contains(number))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Years start in March here, so that a leap day is the last
/// day of a year.
fn days(year: u64, month: u64, day: u64) -> u64 {
    const TO_1970: u64 = 719_469; // from the March before year 0
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - TO_1970
}

#[cfg(test)]
mod tests;
