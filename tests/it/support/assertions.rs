//! Assertions that hold in every test.

use std::error::Error as _;
use std::fmt::Debug;
use std::time::{Duration, Instant};

use realtimekit::{Error, Result};

use super::TOKEN;

/// The error of an outcome. No error that a test sees may show the token.
#[track_caller]
pub fn failed<T>(outcome: Result<T>) -> Error {
    let Err(error) = outcome else { panic!("this should have failed") };
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

/// Waits until the condition holds. Only a hang takes the minute after which this gives up.
#[track_caller]
pub fn until(mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited in vain");
        std::thread::yield_now();
    }
}
