use super::*;
use crate::error::ApiError;

#[test]
fn a_wait_is_one_line_without_advice() {
    let error = Error::Api(ApiError { status: 429, ..ApiError::default() }).requested(Some(3), 2);
    let retry = WaitReason::Retry { error: &error, retry: 1, max_retries: 2 };
    for (millis, reason, expected) in [
        (20_000, retry.clone(), "waiting 20 s before retry 1 of 2: 429 from the API [page 3, 2 attempts]"),
        (412, retry, "waiting 0.5 s before retry 1 of 2: 429 from the API [page 3, 2 attempts]"),
        (29_999, WaitReason::RateLimit, "waiting 30 s for the rate limit to reset"),
    ] {
        let wait = Wait { duration: Duration::from_millis(millis), reason, page_no: Some(3) };
        assert_eq!(wait.to_string(), expected);
    }
}
