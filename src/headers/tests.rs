use ureq::http::{HeaderName, HeaderValue};

use super::*;
use crate::mutants;

const DAY: u64 = 24 * 60 * 60;
const SECOND: Duration = Duration::from_secs(1);

fn headers<V: AsRef<[u8]>>(lines: impl IntoIterator<Item = (&'static str, V)>) -> HeaderMap {
    let line =
        |(name, value): (_, V)| Some((HeaderName::from_static(name), HeaderValue::from_bytes(value.as_ref()).ok()?));
    lines.into_iter().filter_map(line).collect()
}

/// 1994-11-06 08:49:37 UTC
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)
}

#[test]
fn retry_after_is_read_in_whole_seconds_and_as_a_date() {
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
        ("1.5", None),
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
fn dates_are_those_of_the_gregorian_calendar() {
    // Expected values are of GNU date.
    for (date, expected) in [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 1),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Thu, 31 Dec 1998 23:59:60 GMT", 915_148_800),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 946_684_799),
        ("Mon, 28 Feb 2000 00:00:00 GMT", 951_696_000),
        ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400),
        ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
        ("Sun, 28 Feb 2100 00:00:00 GMT", 4_107_456_000),
        ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
        ("Tue, 31 Jan 2023 12:00:00 GMT", 1_675_166_400),
        ("Tue, 28 Feb 2023 12:00:00 GMT", 1_677_585_600),
        ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000),
        ("Fri, 31 Mar 2023 12:00:00 GMT", 1_680_264_000),
        ("Sun, 30 Apr 2023 12:00:00 GMT", 1_682_856_000),
        ("Wed, 31 May 2023 12:00:00 GMT", 1_685_534_400),
        ("Fri, 30 Jun 2023 12:00:00 GMT", 1_688_126_400),
        ("Mon, 31 Jul 2023 12:00:00 GMT", 1_690_804_800),
        ("Thu, 31 Aug 2023 12:00:00 GMT", 1_693_483_200),
        ("Sat, 30 Sep 2023 12:00:00 GMT", 1_696_075_200),
        ("Tue, 31 Oct 2023 12:00:00 GMT", 1_698_753_600),
        ("Thu, 30 Nov 2023 12:00:00 GMT", 1_701_345_600),
        ("Sun, 31 Dec 2023 12:00:00 GMT", 1_704_024_000),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
    ] {
        let expected = SystemTime::UNIX_EPOCH + Duration::from_secs(expected);
        assert_eq!(parse_http_date(date, now()), Some(expected), "{date}");
    }
}

#[test]
fn all_three_forms_of_a_date_are_read() {
    // The example of RFC 9110, 5.6.7, and days with one and two digits.
    for date in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
        assert_eq!(parse_http_date(date, now()), Some(now()), "{date}");
    }
    let ten_days_later = Some(now() + 10 * 24 * 60 * 60 * SECOND);
    for date in ["Wed, 16 Nov 1994 08:49:37 GMT", "Wednesday, 16-Nov-94 08:49:37 GMT", "Wed Nov 16 08:49:37 1994"] {
        assert_eq!(parse_http_date(date, now()), ten_days_later, "{date}");
    }
}

#[test]
fn a_year_of_two_digits_is_at_most_fifty_years_ahead() {
    let year = |date: &str, now: SystemTime| {
        let time = parse_http_date(date, now)?.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        Some(1970 + time.as_secs() / 31_556_952)
    };
    for (digits, in_1994, in_2026) in [
        ("94", Some(1994), Some(1994)),
        ("00", Some(2000), Some(2000)),
        ("43", Some(2043), Some(2043)),
        ("45", None, Some(2045)),
        ("75", Some(1975), Some(2075)),
        ("77", Some(1977), Some(1977)),
    ] {
        let date = format!("Monday, 02-Jun-{digits} 00:00:00 GMT");
        assert_eq!(year(&date, now()), in_1994, "{date}");
        assert_eq!(year(&date, now() + 32 * 31_556_952 * SECOND), in_2026, "{date}");
    }
}

#[test]
fn a_malformed_date_is_ignored() {
    for date in [
        "",
        ", ",
        "Sun, ",
        "Sun",
        "06 Nov 1994 08:49:37 GMT",
        "Sun 06 Nov 1994 08:49:37 GMT",
        "Sun,06 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        "Thu, 31 Nov 1994 08:49:37 GMT",
        "Tue, 30 Feb 2024 08:49:37 GMT",
        "Wed, 29 Feb 2023 08:49:37 GMT",
        "Mon, 29 Feb 2100 08:49:37 GMT",
        "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sun, -6 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 anF 1994 08:49:37 GMT",
        "Sun, 06  1994 08:49:37 GMT",
        "Sun, 06 November 1994 08:49:37 GMT",
        "Sun, 06 JanFeb 1994 08:49:37 GMT",
        "Sun, 06 11 1994 08:49:37 GMT",
        "Sun, 06 Növ 1994 08:49:37 GMT",
        "Wed, 31 Dec 1969 23:59:59 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 0 08:49:37 GMT",
        "Sun, 06 Nov 10000 08:49:37 GMT",
        "Sun, 06 Nov 18446744073709551616 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 08:49:37:00 GMT",
        "Sun, 06 Nov 1994 08:49:37.5 GMT",
        "Sun, 06 Nov 1994 :: GMT",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 08:49:37 GMT GMT",
        "Sun, 06  Nov 1994 08:49:37 GMT",
        "Sunday, 6-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 06-Nov 08:49:37 GMT",
        "Sunday 06-Nov-94 08:49:37 GMT",
        "Sunday, 31-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 UTC",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov  16 08:49:37 1994",
        "Sun Nov   6 08:49:37 1994",
        "Sun Nov  0 08:49:37 1994",
        "Sun Nov  6 08:49:37 1994 GMT",
        "Sun Nov  6 08:49:37 94",
    ] {
        assert_eq!(parse_http_date(date, now()), None, "{date:?}");
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
        b"Sun, 06 Nov 1994 08:49:37 GMT",
        b"Thu, 29 Feb 2024 23:59:59 GMT",
        b"\"default\";r=0;t=30",
        b"\"burst\";r=0;t=5, \"default\";r=50;t=30",
        b"\"a,b;c\\\"\";r=0;t=30;pk=:dGVzdA==:",
    ];
    let (mut read, mut unread) = (0, 0);
    mutants::each(80_000, samples, |value| {
        let headers = headers([("retry-after", value), ("ratelimit", value)]);
        for wait in [retry_after(429, &headers, now()), ratelimit_reset(&headers)] {
            assert!(wait.is_none_or(|wait| wait <= MAX_DURATION), "{wait:?}");
            *if wait.is_some() { &mut read } else { &mut unread } += 1;
        }
    });
    assert!(read > 1_000 && unread > 1_000, "{read} were read, {unread} were not");
}
