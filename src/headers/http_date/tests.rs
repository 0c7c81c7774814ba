use super::*;
use crate::headers::tests::{SECOND, now};

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
        assert_eq!(parse(date, now()), Some(expected), "{date}");
    }
}

#[test]
fn all_three_forms_of_a_date_are_read() {
    // The example of RFC 9110, 5.6.7, and days with one and two digits.
    for date in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
        assert_eq!(parse(date, now()), Some(now()), "{date}");
    }
    let ten_days_later = Some(now() + 10 * 24 * 60 * 60 * SECOND);
    for date in ["Wed, 16 Nov 1994 08:49:37 GMT", "Wednesday, 16-Nov-94 08:49:37 GMT", "Wed Nov 16 08:49:37 1994"] {
        assert_eq!(parse(date, now()), ten_days_later, "{date}");
    }
}

#[test]
fn a_year_of_two_digits_is_at_most_fifty_years_ahead() {
    let year = |date: &str, now: SystemTime| {
        let time = parse(date, now)?.duration_since(SystemTime::UNIX_EPOCH).unwrap();
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
        assert_eq!(parse(date, now()), None, "{date:?}");
    }
}
