use super::*;

#[test]
fn a_wait_is_one_line_without_advice() {
    let error = Error::Api(crate::error::ApiError { status: 429, ..Default::default() });
    for (millis, error, expected) in [
        (20_000, Some(&error), "waiting 20 s before retry 1 of 2: 429 from the API"),
        (412, Some(&error), "waiting 0.5 s before retry 1 of 2: 429 from the API"),
        (29_999, None, "waiting 30 s for the rate limit to reset"),
    ] {
        let duration = Duration::from_millis(millis);
        let wait = Wait { duration, error, retry: 1, max_retries: 2 };
        assert_eq!(wait.to_string(), expected);
    }
}
