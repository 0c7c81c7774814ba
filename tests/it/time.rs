//! `timeout`: one attempt is bounded as a whole, whatever a server does to draw it out.

use std::time::Duration;

use realtimekit::{Error, ParticipantsRequest, Result};

use crate::pages::{builder, page};
use crate::secrets::failed;
#[cfg(feature = "gzip")]
use crate::server::gzip;
use crate::server::{Server, Step, answer, ok, until};

const SHORT: Duration = Duration::from_millis(200);

fn request(server: &Server, timeout: Duration, max_retries: u32) -> ParticipantsRequest {
    let builder = builder(server.base_url()).timeout(timeout).max_retries(max_retries);
    builder.build().unwrap().session_participants("account", "app", "session")
}

#[cfg(feature = "gzip")]
const EMPTY_GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";

/// What 30 s of dripping are made of; JSON takes white space.
fn blank() -> String {
    " ".repeat(3000)
}

#[test]
fn a_server_that_draws_an_answer_out_gets_no_more_than_the_time_limit() {
    let page = page(1, 1, 1).to_string();
    let body = format!("{}{page}", blank());
    let (head, rest) = (ok(&body)[..20].to_vec(), ok(&body)[20..].to_vec());
    let chunks: String = blank().as_bytes().chunks(50).map(|_| format!("32\r\n{}\r\n", " ".repeat(50))).collect();
    let many = |bytes: &[u8]| Step::Flood(bytes.repeat(0x10000 / bytes.len()), u64::MAX);
    let cases = [
        ("it says nothing", vec![Step::Stall]),
        ("headers that drip", vec![Step::Drip(answer("200 OK", &format!("X: {}\r\n", "x".repeat(3000)), &page))]),
        ("headers that stall", vec![Step::Send(head), Step::Stall, Step::Send(rest)]),
        ("a body that drips", vec![Step::Drip(ok(&body))]),
        ("a body that stalls", vec![Step::Send(ok(&page)[..60].to_vec()), Step::Stall]),
        (
            "a body that never begins",
            vec![Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n".to_vec()), Step::Stall],
        ),
        (
            "chunks that drip",
            vec![
                Step::Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec()),
                Step::Drip(format!("{chunks}{:x}\r\n{page}\r\n0\r\n\r\n", page.len()).into_bytes()),
            ],
        ),
        (
            "a body without length that stalls",
            vec![Step::Send(format!("HTTP/1.1 200 OK\r\n\r\n{page}").into()), Step::Stall],
        ),
        (
            "interim answers that drip",
            vec![Step::Drip([b"HTTP/1.1 100 Continue\r\n\r\n".repeat(120), ok(&page)].concat())],
        ),
        (
            "trailers without end",
            vec![Step::Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n".to_vec()), many(b"X: y\r\n")],
        ),
        #[cfg(feature = "gzip")]
        ("gzip that drips", vec![Step::Drip(answer("200 OK", "Content-Encoding: gzip\r\n", gzip(body.as_bytes())))]),
        #[cfg(feature = "gzip")]
        (
            "gzip that holds nothing, without end",
            vec![Step::Send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".to_vec()), many(EMPTY_GZIP)],
        ),
    ];
    std::thread::scope(|scope| {
        for (name, steps) in cases {
            scope.spawn(move || {
                let server = Server::playing(vec![steps]);
                let error = failed(request(&server, SHORT, 0).send());
                assert!(error.is_timeout() && error.is_retryable(), "{name}: {error:?}");
                assert!(error.to_string().starts_with("timed out"), "{name}: {error}");
                // It is hung up on, too.
                until(|| server.log().closed == server.log().connections);
            });
        }
    });
}

/// Looks with ever longer time limits, because what should happen within one can take long on a busy machine.
#[track_caller]
fn in_time<T>(look: impl Fn(Duration) -> Option<T>) -> T {
    let found = [1, 4, 16, 64].into_iter().find_map(|factor| look(SHORT * factor));
    found.expect("not within any time limit")
}

#[test]
fn a_refusal_whose_body_stalls_or_breaks_is_still_a_refusal() {
    const LENGTH: &str = "Content-Length: 900\r\n\r\n<p>no";
    const CHUNKED: &str = "Transfer-Encoding: chunked\r\n\r\n5\r\n<p>no\r\n";
    const ENVELOPE: &str = "Content-Length: 3052\r\n\r\n{\"success\": false, \"error\": {\"message\": \"<p>no\"}}";
    let drip = Step::Drip(blank().into_bytes());
    let cases = [
        (403, "a stall", LENGTH, Step::Stall),
        (403, "an end", LENGTH, Step::Close),
        (403, "a reset", LENGTH, Step::Reset),
        (403, "a half-closed socket", LENGTH, Step::HalfClose),
        (403, "a drip", LENGTH, drip.clone()),
        (403, "a drip behind all that matters", ENVELOPE, drip),
        (403, "a stall between chunks", CHUNKED, Step::Stall),
        (403, "an end between chunks", CHUNKED, Step::Close),
        (403, "a stall in a body without length", "\r\n<p>no", Step::Stall),
        (302, "a stall of a redirect", LENGTH, Step::Stall),
        (503, "a stall of what is tried again", LENGTH, Step::Stall),
        (503, "a reset of what is tried again", LENGTH, Step::Reset),
    ];
    let check = |status: u16, name, rest, end: Step| {
        let head = format!("HTTP/1.1 {status} Status\r\nCF-Ray: 8f\r\nRetry-After: 0\r\n{rest}");
        // That the body broke makes no refusal one that may pass.
        let attempts = if status == 503 { 2 } else { 1 };
        let error = in_time(|timeout| {
            let server = Server::playing(vec![vec![Step::Send(head.clone().into_bytes()), end.clone()]]);
            match failed(request(&server, timeout, 1).send()) {
                Error::Api(error) if server.seen() == attempts => Some(error),
                _ => None,
            }
        });
        assert_eq!(error.status, status, "{name}");
        assert_eq!(error.errors.first().map(|error| error.message.as_str()), Some("<p>no"), "{name}");
        assert_eq!(error.ray_id.as_deref(), Some("8f"), "{name}");
        assert_eq!(error.retry_after, Some(Duration::ZERO), "{name}");
    };
    std::thread::scope(|scope| {
        for (status, name, rest, end) in cases {
            scope.spawn(move || check(status, name, rest, end));
        }
    });
}

#[test]
fn a_time_limit_that_ran_out_is_tried_again() {
    in_time(|timeout| {
        let server = Server::playing(vec![vec![Step::Stall]]);
        assert!(failed(request(&server, timeout, 2).send()).is_timeout());
        (server.seen() == 3).then_some(())
    });
}

#[test]
fn the_time_limit_is_for_each_attempt() {
    let page = Step::Send(ok(page(1, 1, 1).to_string()));
    let pages = in_time(|timeout| {
        let server = Server::playing(vec![vec![Step::Stall], vec![Step::Stall], vec![page.clone()]]);
        request(&server, timeout, 2).send().ok()
    });
    assert_eq!(pages.participants.len(), 1);
}

#[test]
fn no_duration_is_too_long() {
    let server = Server::playing(vec![vec![Step::Send(ok(page(1, 1, 1).to_string()))]]);
    let builder = builder(server.base_url()).timeout(Duration::MAX).max_retry_wait(Duration::MAX);
    let request = builder.build().unwrap().session_participants("account", "app", "session");
    assert_eq!(request.send().unwrap().participants.len(), 1);
}

#[test]
fn a_time_limit_finishes_the_iterator_and_costs_nothing_that_was_handed_out() {
    let second = in_time(|timeout| {
        let server = Server::start(|nth, _| match nth {
            0 => vec![Step::Send(ok(page(1, 2, 4).to_string()))],
            _ => vec![Step::Stall],
        });
        let mut participants = request(&server, timeout, 0).into_iter();
        let first: Vec<_> = participants.by_ref().take(2).collect::<Result<_>>().ok()?;
        assert_eq!((first[0].id.as_deref(), first[1].id.as_deref()), (Some("p1"), Some("p2")));
        assert!(failed(participants.next().unwrap()).is_timeout());
        assert!(participants.next().is_none());
        Some(participants.resume_page_no())
    });
    assert_eq!(second, 2);
}
