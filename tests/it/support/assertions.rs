//! Assertions that hold in every test.

use std::error::Error as _;
use std::fmt::Debug;
use std::time::{Duration, Instant};

use realtimekit::{Error, Result};

use super::TOKEN;

/// The error of an outcome, after checks that hold for all errors.
#[track_caller]
pub fn failed<T>(outcome: Result<T>) -> Error {
    let Err(error) = outcome else { panic!("this should have failed") };
    check_wording(&error);
    shows_no_token(&format!("{error} {error:#}"));
    hides_token(&error);
    let mut source = error.source();
    while let Some(cause) = source {
        shows_no_token(&format!("{cause} {cause:#} {cause:?} {cause:#?}"));
        source = cause.source();
    }
    match &error {
        Error::Api(error) => hides_token(error),
        Error::Transport(error) => hides_token(error),
        Error::Decode(error) => hides_token(error),
        _ => {}
    }
    error
}

/// Asserts the whole error about an argument. `failed` looks for the token, which tests put into wrong values as a
/// secret.
#[track_caller]
pub fn assert_refused<T>(outcome: Result<T>, name: &str, reason: &str) {
    let error = failed(outcome);
    assert!(matches!(error, Error::InvalidArgument { name: refused, .. } if refused == name), "{error}");
    assert_eq!(error.to_string(), format!("invalid argument: {name} {reason}"));
    assert_eq!(format!("{error:?}"), error.to_string());
    assert_eq!(error.without_advice().to_string(), error.to_string());
    assert_eq!((error.page_no(), error.attempts(), error.is_retryable()), (None, 0, false), "{error}");
}

/// Checks that the error is one line in `Display` and `Debug`, and that it says "timed out" if it is a timeout.
#[track_caller]
fn check_wording(error: &Error) {
    let (display, debug) = (error.to_string(), format!("{error:?}"));
    assert!(!debug.contains(char::is_control), "{debug:?}");
    assert!(debug.starts_with(&display) && !display.ends_with('.'), "{debug}");
    if let Error::Transport(_) = error {
        assert_eq!(error.is_timeout(), display.contains("timed out"), "{debug}");
    } else {
        assert!(!error.is_timeout(), "{debug}");
    }
}

#[track_caller]
pub fn hides_token(value: &(impl Debug + ?Sized)) {
    shows_no_token(&format!("{value:?} {value:#?}"));
}

/// Fails for any 8 bytes of the token too: that much of it would help an attacker.
#[track_caller]
fn shows_no_token(text: &str) {
    for part in TOKEN.as_bytes().windows(8) {
        let part = std::str::from_utf8(part).unwrap();
        assert!(!text.contains(part), "the token shows in {text}");
    }
}

/// Waits until the condition holds, and panics after a minute.
#[track_caller]
pub fn until(mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited in vain");
        std::thread::yield_now();
    }
}
