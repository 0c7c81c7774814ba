use ureq::http::{HeaderName, HeaderValue};

use super::*;
use crate::mutants;

const DAY: u64 = 24 * 60 * 60;
pub(super) const SECOND: Duration = Duration::from_secs(1);

fn headers<V: AsRef<[u8]>>(lines: impl IntoIterator<Item = (&'static str, V)>) -> HeaderMap {
    let line =
        |(name, value): (_, V)| Some((HeaderName::from_static(name), HeaderValue::from_bytes(value.as_ref()).ok()?));
    lines.into_iter().filter_map(line).collect()
}

/// 1994-11-06 08:49:37 UTC
pub(super) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)
}

#[test]
fn retry_after_is_read_in_seconds_and_as_a_date() {
    for (value, expected) in [
        ("0", None),
        ("1", Some(1)),
        ("120", Some(120)),
        ("007", Some(7)),
        (" 30\t", Some(30)),
        ("86400", Some(DAY)),
        ("86401", Some(DAY)),
        ("18446744073709551616", Some(DAY)),
        ("99999999999999999999999999999999999999999999999999", Some(DAY)),
        ("", None),
        (" ", None),
        ("-1", None),
        ("+1", None),
        ("299.997", Some(300)),
        ("1.5", Some(2)),
        ("1.0", Some(1)),
        ("0.0", None),
        ("0.000000000000000000000000001", Some(1)),
        ("18446744073709551615.5", Some(DAY)),
        ("86399.5", Some(DAY)),
        ("1.99999999999999999999999999999999", Some(2)),
        (".5", None),
        ("5.", None),
        (".", None),
        ("1.5.5", None),
        ("1. 5", None),
        ("1.-5", None),
        ("-1.5", None),
        ("+1.5", None),
        ("1.5e3", None),
        ("1.5s", None),
        ("1,5", None),
        ("1e3", None),
        ("0x10", None),
        ("30s", None),
        ("1 2", None),
        ("٣", None),
        ("\u{a0}3", None),
        ("soon", None),
        ("NaN", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", None),
        ("  Sun, 06 Nov 1994 08:49:47 GMT ", Some(10)),
        ("Sun, 06 Nov 1994 08:49:36 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Sunday, 06-Nov-94 08:49:47 GMT", Some(10)),
        ("Sun Nov  6 08:49:47 1994", Some(10)),
        ("Mon, 07 Nov 1994 08:49:37 GMT", Some(DAY)),
        ("Mon, 07 Nov 1994 08:49:38 GMT", Some(DAY)),
        ("Fri, 31 Dec 9999 23:59:60 GMT", Some(DAY)),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
    ] {
        let headers = headers([("retry-after", value)]);
        let expected = expected.map(Duration::from_secs);
        for status in [200, 301, 429, 503] {
            assert_eq!(retry_after(status, &headers, now()), expected, "{value:?}");
        }
    }
    assert_eq!(retry_after(429, &HeaderMap::new(), now()), None);
    let of_a_second = now() + SECOND / 4;
    let headers = headers([("retry-after", "Sun, 06 Nov 1994 08:49:38 GMT")]);
    assert_eq!(retry_after(429, &headers, of_a_second), Some(SECOND * 3 / 4));
}

#[test]
fn a_date_counts_from_the_date_of_the_response_if_that_can_be_read() {
    const LATER: &str = "Sun, 06 Nov 1994 09:00:00 GMT";
    for (date, expected) in [
        ("Sun, 06 Nov 1994 08:59:58 GMT", Some(2)),
        ("Sunday, 06-Nov-94 08:59:58 GMT", Some(2)),
        (" Sun Nov  6 08:59:58 1994 ", Some(2)),
        (LATER, None),
        ("Sun, 06 Nov 1994 09:10:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", Some(DAY)),
        // From the local clock, which is ten minutes and 23 seconds behind.
        ("Sun, 06 Nov 1994 08:59:58 UTC", Some(623)),
        ("784112398", Some(623)),
        ("", Some(623)),
    ] {
        let lines = headers([("date", date), ("retry-after", LATER)]);
        assert_eq!(retry_after(503, &lines, now()), expected.map(Duration::from_secs), "{date:?}");
        // Seconds count from the arrival, whatever the date is.
        assert_eq!(retry_after(503, &headers([("date", date), ("retry-after", "7")]), now()), Some(SECOND * 7));
    }
    let lines = headers([("date", "soon"), ("date", "Sun, 06 Nov 1994 08:59:58 GMT"), ("retry-after", LATER)]);
    assert_eq!(retry_after(503, &lines, now()), Some(SECOND * 2));
}

#[test]
fn the_longest_of_all_waits_counts_and_a_ratelimit_only_for_a_429() {
    let spent = ("ratelimit", "\"default\";r=0;t=30");
    for (status, lines, expected) in [
        (429, vec![spent], Some(30)),
        (429, vec![("retry-after", "7"), spent], Some(30)),
        (429, vec![("retry-after", "70"), spent], Some(70)),
        (429, vec![("retry-after", "0"), spent], Some(30)),
        (429, vec![("retry-after", "soon"), spent], Some(30)),
        (429, vec![("ratelimit", "\"default\";t=30")], Some(30)),
        (429, vec![("ratelimit", "\"default\";r=x;t=30")], Some(30)),
        (429, vec![("ratelimit", "\"default\";r=1;t=30")], None),
        (429, vec![("ratelimit", "\"a\";r=1;t=30, \"b\";t=5")], Some(5)),
        (503, vec![spent], None),
        (200, vec![spent], None),
        (503, vec![("retry-after", "7"), spent], Some(7)),
        (503, vec![("retry-after", "7"), ("retry-after", "9"), ("retry-after", "8")], Some(9)),
        (503, vec![("retry-after", "soon"), ("retry-after", "9")], Some(9)),
        (503, vec![("retry-after", "3"), ("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT")], Some(10)),
    ] {
        let expected = expected.map(Duration::from_secs);
        assert_eq!(retry_after(status, &headers(lines.clone()), now()), expected, "{status} {lines:?}");
    }
}

#[test]
fn ratelimit_gives_the_time_until_the_quota_resets() {
    let spent = "\"default\";r=0;t=30";
    for (lines, expected) in [
        (vec![], None),
        (vec![spent], Some(30)),
        (vec!["\"default\";t=30;r=0"], Some(30)),
        (vec!["\"default\" ; r=0 ; t=30"], Some(30)),
        (vec!["default;r=0;t=30"], Some(30)),
        (vec!["\"default\";r=0;pk=:dGVzdA==:;t=30;x"], Some(30)),
        (vec!["\"default\";r=00;t=030"], Some(30)),
        (vec!["\"default\";r=0;t=0"], Some(0)),
        (vec!["\"default\";r=50;t=30"], None),
        (vec!["\"default\";r=1;t=30"], None),
        // Several items, and several lines, of which the longest counts.
        (vec!["\"burst\";r=0;t=5, \"default\";r=0;t=30"], Some(30)),
        (vec!["\"default\";r=0;t=30,\"burst\";r=0;t=5"], Some(30)),
        (vec!["\"burst\";r=0;t=5, \"default\";r=9;t=30"], Some(5)),
        (vec!["\"burst\";r=0;t=5", spent], Some(30)),
        (vec![spent, "\"burst\";r=0;t=5"], Some(30)),
        (vec!["\"burst\";r=3;t=5", "\"default\";r=2;t=30"], None),
        (vec!["\"some-new-policy\";r=0;t=9;q=100;w=60"], Some(9)),
        // An item that says nothing leaves the others what they say.
        (vec!["junk, \"burst\";r=0;t=5, ;;==;, \"default\";t=30"], Some(5)),
        // Names are quoted strings, in which separators and escaped quotes mean nothing.
        (vec!["\"a,b;r=9;t=1\";r=0;t=30"], Some(30)),
        (vec!["\"a,b;r=0;t=99\";r=5;t=30"], None),
        (vec!["\"a\\\";r=0;t=99,\";r=0;t=30"], Some(30)),
        (vec!["\"a\\\\\";r=0;t=30"], Some(30)),
        (vec!["\"never closed;r=0;t=30"], None),
        (vec!["\"closed by a line\";x=\"open", spent], Some(30)),
        // Half of it is nothing.
        (vec!["\"default\";r=0"], None),
        (vec!["\"default\";t=30"], None),
        (vec!["\"default\""], None),
        (vec!["r=0;t=30"], None),
        // The last of two counts, as in every structured field.
        (vec!["\"default\";r=0;r=7;t=30"], None),
        (vec!["\"default\";r=7;r=0;t=30;t=40"], Some(40)),
        // Numbers that are none.
        (vec!["\"default\";r=-1;t=30"], None),
        (vec!["\"default\";r=0.0;t=30"], None),
        (vec!["\"default\";r=;t=30"], None),
        (vec!["\"default\";r=0;t="], None),
        (vec!["\"default\";r=0;t=-30"], None),
        (vec!["\"default\";r=0;t=1.5"], None),
        (vec!["\"default\";r=0;t=\"30\""], None),
        (vec!["\"default\";R=0;T=30"], None),
        // Numbers past every limit.
        (vec!["\"default\";r=0;t=86401"], Some(DAY)),
        (vec!["\"default\";r=0;t=99999999999999999999999999"], Some(DAY)),
        (vec!["\"default\";r=99999999999999999999999999;t=30"], None),
        (vec![""], None),
        (vec![",;=\"\\"], None),
        (vec!["käse;r=0;t=30"], None),
    ] {
        let headers = headers(lines.iter().map(|line| ("ratelimit", line)));
        assert_eq!(headers.len(), lines.len());
        assert_eq!(ratelimit_reset(&headers), expected.map(Duration::from_secs), "{lines:?}");
    }
}

#[test]
fn no_mutant_of_a_header_asks_for_more_than_a_day() {
    let samples: &[&[u8]] = &[
        b"120",
        b"299.997",
        b"Sun, 06 Nov 1994 08:49:37 GMT",
        b"Thu, 29 Feb 2024 23:59:59 GMT",
        b"\"default\";r=0;t=30",
        b"\"burst\";r=0;t=5, \"default\";r=50;t=30",
        b"\"a,b;c\\\"\";r=0;t=30;pk=:dGVzdA==:",
    ];
    let (mut read, mut unread) = (0, 0);
    mutants::each(80_000, samples, |value| {
        let headers = headers([("retry-after", value), ("ratelimit", value), ("date", value)]);
        for wait in [retry_after(429, &headers, now()), ratelimit_reset(&headers)] {
            assert!(wait.is_none_or(|wait| wait <= MAX_DURATION), "{wait:?}");
            *if wait.is_some() { &mut read } else { &mut unread } += 1;
        }
    });
    assert!(read > 1_000 && unread > 1_000, "{read} were read, {unread} were not");
}
