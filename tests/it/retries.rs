//! What is retried, and how often.

use std::io::ErrorKind;
use std::sync::atomic::Ordering;

use realtimekit::ureq::Error as Cause;

use crate::support::*;

const REFUSAL: &str = r#"{"success": false, "errors": [{"code": 7, "message": "no"}]}"#;

#[test]
fn only_statuses_that_may_pass_are_tried_again() {
    for (status, attempts) in [(304, 1), (400, 1), (404, 1), (408, 3), (409, 3), (429, 3), (500, 3), (503, 3), (999, 3)]
    {
        // A 304 has no body.
        let body = if status == 304 { "" } else { REFUSAL };
        let server = Server::always(answer(&format!("{status} Status"), "", body));
        let error = failed(request(&server).send());
        assert_eq!(server.seen(), attempts, "{status}");
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.is_retryable(), attempts > 1, "{status}");
        assert_eq!(server.log().connections, 1, "{status}");
    }
}

#[test]
fn a_page_that_comes_after_refusals_is_returned() {
    let server = Server::in_turn([unavailable(), unavailable(), ok_json(page(1, 2, 2))]);
    assert_eq!(request(&server).send().unwrap().participants.len(), 2);
    assert_eq!(server.seen(), 3);
}

#[test]
fn max_retries_sets_the_number_of_further_attempts() {
    for max_retries in [0, 1, 2, 7] {
        let server = Server::always(unavailable());
        failed(request_of(builder(&server).max_retries(max_retries)).send());
        assert_eq!(server.seen(), 1 + max_retries as usize);
    }
}

#[test]
fn each_page_has_its_own_retries() {
    let server = Server::start(|nth, head| match nth % 3 {
        2 => ok_json(list_page(head, 7, 2)),
        _ => unavailable(),
    });
    assert_eq!(ids(request(&server)), expected_ids(1, 7));
    assert_eq!(server.seen(), 3 * 4);
}

#[test]
fn a_success_with_the_wrong_json_is_not_asked_for_again() {
    let table: [&[u8]; 7] = [
        REFUSAL.as_bytes(),
        b"no JSON",
        b"[]",
        b"{}",
        br#"{"data": {"participants": "none"}}"#,
        b"{\"data\": \"\xff\"}",
        "\u{feff}{}".as_bytes(),
    ];
    for body in table {
        let server = Server::always(ok(body));
        let error = failed(request(&server).send());
        assert!(!error.is_retryable(), "{error}");
        assert_eq!(server.seen(), 1, "{error}");
    }
}

#[test]
fn a_connection_that_cannot_be_made_is_tried_again_unless_that_is_permanent() {
    type Fail = fn() -> Cause;
    let table: [(Fail, usize); 4] = [
        (|| Cause::HostNotFound, 3),
        (|| Cause::Io(ErrorKind::ConnectionRefused.into()), 3),
        (|| Cause::Io(ErrorKind::NetworkUnreachable.into()), 3),
        (|| Cause::Io(ErrorKind::InvalidData.into()), 1),
    ];
    for (cause, expected) in table {
        let (agent, attempts) = counting_agent(move || Some(cause()));
        let error = failed(request_of(builder("http://localhost").agent(agent)).send());
        assert_eq!(attempts.load(Ordering::SeqCst), expected, "{error}");
    }
}
