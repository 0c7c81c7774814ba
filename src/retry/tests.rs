use super::*;

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
        assert_eq!(parse_http_date(date), Some(expected), "{date}");
    }
}

#[test]
fn what_is_no_date_says_nothing() {
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
        // Two forms that HTTP/1.0 had.
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        assert_eq!(parse_http_date(date), None, "{date:?}");
    }
}
