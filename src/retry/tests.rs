use std::io::Error as IoError;

use super::*;
use crate::error::{ApiError, DecodeError, TransportError};
use crate::headers::LONGEST;

const DAY: u64 = 24 * 60 * 60;
const SECOND: Duration = Duration::from_secs(1);

fn api(status: u16, retry_after: Option<u64>) -> Error {
    let mut error = ApiError::new(status, None, b"", "token");
    error.retry_after = retry_after.map(Duration::from_secs);
    Error::Api(error)
}

fn limits(max_retries: u32, max_retry_wait: u64) -> Limits {
    Limits { max_retries, max_retry_wait: Duration::from_secs(max_retry_wait) }
}

#[test]
fn statuses_that_may_pass_are_retryable_and_no_others() {
    for status in 0..=u16::MAX {
        let may_pass = [408, 409, 429].contains(&status) || status >= 500;
        assert_eq!(api(status, None).is_retryable(), may_pass, "{status}");
        assert_eq!(wait(&api(status, None), 0, &limits(2, 60), 0).is_some(), may_pass, "{status}");
    }
}

#[test]
fn transport_errors_that_may_pass_are_retryable_and_no_others() {
    let io = |kind| ureq::Error::Io(IoError::new(kind, "made by the test"));
    let table = [
        (ureq::Error::Timeout(ureq::Timeout::Global), true),
        (ureq::Error::Timeout(ureq::Timeout::Connect), true),
        (ureq::Error::Timeout(ureq::Timeout::RecvBody), true),
        (ureq::Error::HostNotFound, true),
        (ureq::Error::ConnectionFailed, true),
        (io(ErrorKind::ConnectionRefused), true),
        (io(ErrorKind::ConnectionReset), true),
        (io(ErrorKind::ConnectionAborted), true),
        (io(ErrorKind::BrokenPipe), true),
        (io(ErrorKind::UnexpectedEof), true),
        (io(ErrorKind::TimedOut), true),
        (io(ErrorKind::HostUnreachable), true),
        (io(ErrorKind::NetworkUnreachable), true),
        (io(ErrorKind::AddrNotAvailable), true),
        // A look-up that failed has a kind that can't be named; std makes any other kind such as this one.
        (io(ErrorKind::Other), true),
        (io(ErrorKind::InvalidData), false),
        (io(ErrorKind::InvalidInput), false),
        (ureq::Error::StatusCode(500), false),
        (ureq::Error::BadUri("://".to_owned()), false),
        (ureq::Error::InvalidProxyUrl, false),
        (ureq::Error::BodyExceedsLimit(16), false),
        (ureq::Error::TooManyRedirects, false),
        (ureq::Error::RedirectFailed, false),
        (ureq::Error::Tls("no"), false),
        (ureq::Error::TlsRequired, false),
        (ureq::Error::RequireHttpsOnly("http://localhost".to_owned()), false),
        (ureq::Error::LargeResponseHeader(70_000, 65_536), false),
        (ureq::Error::ConnectProxyFailed("407".to_owned()), false),
        (ureq::Error::BodyStalled, false),
        #[cfg(feature = "gzip")]
        (ureq::Error::Decompress("gzip", IoError::from(ErrorKind::UnexpectedEof)), true),
        #[cfg(feature = "gzip")]
        (ureq::Error::Decompress("gzip", IoError::from(ErrorKind::InvalidData)), false),
        #[cfg(feature = "gzip")]
        (ureq::Error::Decompress("gzip", IoError::from(ErrorKind::InvalidInput)), false),
    ];
    for (cause, may_pass) in table {
        let said = cause.to_string();
        let error = Error::Transport(TransportError::new(cause));
        assert_eq!(error.is_retryable(), may_pass, "{said}");
        assert_eq!(wait(&error, 0, &limits(2, 60), 0).is_some(), may_pass, "{said}");
    }
}

#[test]
fn what_the_caller_or_the_pages_did_wrong_is_never_tried_again() {
    let pagination = Error::Pagination { page_no: 2, reason: String::new() };
    for error in [Error::invalid("search", ""), Error::Decode(DecodeError::no_data()), pagination] {
        assert!(!error.is_retryable(), "{error}");
        assert_eq!(wait(&error, 0, &limits(2, 60), 0), None, "{error}");
    }
}

#[test]
fn attempts_end_with_max_retries() {
    for (retries, max_retries, another) in [
        (0, 0, false),
        (0, 1, true),
        (1, 1, false),
        (1, 2, true),
        (2, 2, false),
        (3, 2, false),
        (u32::MAX - 1, u32::MAX, true),
        (u32::MAX, u32::MAX, false),
    ] {
        for error in [api(503, None), api(503, Some(0))] {
            let wait = wait(&error, retries, &limits(max_retries, 60), 0);
            assert_eq!(wait.is_some(), another, "{retries} of {max_retries}");
        }
    }
}

#[test]
fn back_off_doubles_from_half_a_second_to_eight_less_up_to_a_quarter() {
    for (retries, longest) in
        [(0, 500), (1, 1000), (2, 2000), (3, 4000), (4, 8000), (5, 8000), (31, 8000), (32, 8000), (u32::MAX, 8000)]
    {
        let longest = Duration::from_millis(longest);
        assert_eq!(back_off(retries, 0), longest, "{retries}");
        assert_eq!(back_off(retries, u32::MAX), longest * 3 / 4, "{retries}");
        for random in [1, 1 << 16, u32::MAX / 2, u32::MAX - 1] {
            let wait = back_off(retries, random);
            assert!(longest * 3 / 4 <= wait && wait <= longest, "{retries} {random}: {wait:?}");
        }
    }
}

#[test]
fn a_wait_is_what_the_server_asks_for_and_never_past_max_retry_wait() {
    for (asked, max_retry_wait, expected) in [
        (Some(0), 60, Some(Duration::ZERO)),
        (Some(0), 0, Some(Duration::ZERO)),
        (Some(7), 60, Some(7 * SECOND)),
        (Some(60), 60, Some(60 * SECOND)),
        (Some(61), 60, None),
        (Some(1), 0, None),
        (Some(DAY), DAY, Some(LONGEST)),
        (None, 60, Some(SECOND / 2)),
        (None, 0, Some(Duration::ZERO)),
    ] {
        for status in [429, 503] {
            let wait = wait(&api(status, asked), 0, &limits(2, max_retry_wait), 0);
            assert_eq!(wait, expected, "{asked:?} of {max_retry_wait}");
        }
    }
    let tight = Limits { max_retries: 9, max_retry_wait: Duration::from_millis(700) };
    assert_eq!(wait(&api(503, None), 5, &tight, 0), Some(Duration::from_millis(700)));
}

#[test]
fn two_clients_that_were_turned_away_together_come_back_apart() {
    let mut seen: Vec<u32> = (0..64).map(|_| random()).collect();
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.len() > 60, "{} of 64 differ", seen.len());
    assert!(seen.iter().any(|random| *random > u32::MAX / 2) && seen.iter().any(|random| *random < u32::MAX / 2));
}
