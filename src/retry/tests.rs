use super::*;
use crate::error::{ApiError, CancelledError, DecodeError, PaginationError};

const SECOND: Duration = Duration::from_secs(1);

fn api(status: u16, retry_after: Option<u64>) -> Error {
    Error::Api(ApiError { status, retry_after: retry_after.map(Duration::from_secs), ..ApiError::default() })
}

fn limits(max_retries: u32, max_retry_wait: u64) -> RetryLimits {
    RetryLimits { max_retries, max_retry_wait: Duration::from_secs(max_retry_wait) }
}

#[test]
fn every_status_is_retried_or_not() {
    for status in 0..=u16::MAX {
        let expected = [408, 409, 429].contains(&status) || status >= 500;
        assert_eq!(api(status, None).is_retryable(), expected, "{status}");
        assert_eq!(next_delay(&api(status, None), 0, &limits(2, 60), 0).is_some(), expected, "{status}");
    }
}

#[test]
fn errors_of_arguments_bodies_and_pages_are_never_retried() {
    let pagination = PaginationError::new(2, String::new(), false, true);
    let errors = [
        Error::invalid("search", ""),
        Error::Decode(DecodeError::no_data()),
        Error::Pagination(pagination),
        Error::Cancelled(CancelledError::for_rate_limit()),
    ];
    for error in errors {
        assert!(!error.is_retryable(), "{error}");
        assert_eq!(next_delay(&error, 0, &limits(2, 60), 0), None, "{error}");
    }
}

#[test]
fn a_page_that_may_come_from_a_lagging_replica_is_asked_for_again_and_is_not_retryable() {
    let error = Error::Pagination(PaginationError::new(2, String::new(), true, true));
    assert!(!error.is_retryable());
    assert_eq!(next_delay(&error, 1, &limits(2, 60), 0), Some(SECOND));
    assert_eq!(next_delay(&error, 2, &limits(2, 60), 0), None);
}

#[test]
fn retries_end_at_max_retries() {
    for (retries, max_retries, expected) in [
        (0, 0, false),
        (0, 1, true),
        (1, 1, false),
        (1, 2, true),
        (2, 2, false),
        (3, 2, false),
        (u32::MAX - 1, u32::MAX, true),
        (u32::MAX, u32::MAX, false),
    ] {
        for error in [api(503, None), api(503, Some(1))] {
            let delay = next_delay(&error, retries, &limits(max_retries, 60), 0);
            assert_eq!(delay.is_some(), expected, "{retries} of {max_retries}");
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
            let delay = back_off(retries, random);
            assert!(longest * 3 / 4 <= delay && delay <= longest, "{retries} {random}: {delay:?}");
        }
    }
}

#[test]
fn a_delay_is_the_longer_of_the_back_off_and_the_servers_wish_up_to_max_retry_wait() {
    for (asked, max_retry_wait, expected) in [
        (Some(7), 60, Some(7 * SECOND)),
        (Some(60), 60, Some(60 * SECOND)),
        (Some(61), 60, None),
        (Some(1), 0, None),
        (Some(24 * 60 * 60), 24 * 60 * 60, Some(24 * 60 * 60 * SECOND)),
        (Some(0), 60, Some(SECOND / 2)),
        (Some(0), 0, Some(Duration::ZERO)),
        (None, 60, Some(SECOND / 2)),
        (None, 0, Some(Duration::ZERO)),
    ] {
        for status in [429, 503] {
            let delay = next_delay(&api(status, asked), 0, &limits(2, max_retry_wait), 0);
            assert_eq!(delay, expected, "{asked:?} of {max_retry_wait}");
        }
    }
    assert_eq!(next_delay(&api(503, Some(1)), 3, &limits(9, 60), 0), Some(4 * SECOND));
    let limits = RetryLimits { max_retries: 9, max_retry_wait: Duration::from_millis(700) };
    assert_eq!(next_delay(&api(503, None), 5, &limits, 0), Some(Duration::from_millis(700)));
}

#[test]
fn random_numbers_differ() {
    let mut seen: Vec<u32> = (0..64).map(|_| random()).collect();
    assert!(seen.iter().any(|random| *random > u32::MAX / 2) && seen.iter().any(|random| *random < u32::MAX / 2));
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.len() > 60, "{} of 64 differ", seen.len());
}
