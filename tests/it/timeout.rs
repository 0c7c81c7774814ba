//! "Time": `timeout` bounds each attempt as a whole, however a server draws it out.
//!
//! The servers here stall or drip for 30 s, so that a short limit runs out on a slow machine as on a fast one.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use realtimekit::{Error, ureq};

use crate::support::*;

const SHORT: Duration = Duration::from_millis(500);

/// Far less than a server draws an answer out, and far more than a busy machine adds to a short limit.
const SOON: Duration = Duration::from_secs(15);

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

#[cfg(feature = "gzip")]
const EMPTY_GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";

/// Whitespace, which JSON allows, for 30 s of dripping.
fn blank() -> String {
    " ".repeat(3000)
}

/// Sends bytes without end.
fn flood(bytes: &[u8]) -> Step {
    Step::Flood(bytes.repeat(0x10000 / bytes.len()), u64::MAX)
}

fn slow_answers() -> Vec<(&'static str, Vec<Step>)> {
    let page = page(1, 1, 1).to_string();
    let body = blank() + &page;
    let send = |text: &str| Step::Send(text.as_bytes().to_vec());
    let long_header = format!("X: {}\r\n", "x".repeat(3000));
    let chunks = format!("32\r\n{}\r\n", " ".repeat(50)).repeat(60);
    let chunks = format!("{chunks}{:x}\r\n{page}\r\n0\r\n\r\n", page.len());
    Vec::from([
        ("nothing", vec![Step::Stall]),
        ("headers that drip", vec![Step::Drip(answer("200 OK", &long_header, &page))]),
        ("headers that stall", vec![Step::Send(ok(&page)[..20].to_vec()), Step::Stall]),
        ("a body that drips", vec![Step::Drip(ok(&body))]),
        ("a body that stalls", vec![Step::Send(ok(&page)[..60].to_vec()), Step::Stall]),
        ("a body that never begins", vec![send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), Step::Stall]),
        ("chunks that drip", vec![send(CHUNKED), Step::Drip(chunks.into_bytes())]),
        ("a body without a length that stalls", vec![Step::Send(unframed("", &page)), Step::Stall]),
        (
            "interim responses that drip",
            vec![Step::Drip([b"HTTP/1.1 100 Continue\r\n\r\n".repeat(120), ok(&page)].concat())],
        ),
        ("trailers without end", vec![send(CHUNKED), send("0\r\n"), flood(b"X: y\r\n")]),
        #[cfg(feature = "gzip")]
        ("gzip that drips", vec![Step::Drip(answer("200 OK", GZIP, gzip(body.as_bytes())))]),
        #[cfg(feature = "gzip")]
        ("gzip that stalls in its header", vec![Step::Send(unframed(GZIP, b"\x1f\x8b\x08")), Step::Stall]),
        #[cfg(feature = "gzip")]
        ("gzip that stalls in its text", vec![Step::Send(unframed(GZIP, &gzip(body.as_bytes())[..500])), Step::Stall]),
        #[cfg(feature = "gzip")]
        ("gzip of nothing, without end", vec![Step::Send(unframed(GZIP, "")), flood(EMPTY_GZIP)]),
    ])
}

#[test]
fn no_server_can_draw_an_answer_out_past_the_timeout() {
    std::thread::scope(|scope| {
        for (name, steps) in slow_answers() {
            scope.spawn(move || {
                let server = Server::always(steps);
                let start = Instant::now();
                let error = failed(request_of(builder(&server).timeout(SHORT).max_retries(0)).send());
                assert!(start.elapsed() < SOON, "{name}: {:?}", start.elapsed());
                assert!(error.is_timeout() && error.is_retryable(), "{name}: {error:?}");
                server.wait_for_hang_up();
            });
        }
    });
}

#[test]
fn a_timeout_is_tried_again_and_each_attempt_has_the_whole_time() {
    let server = Server::always(vec![Step::Stall]);
    let (agent, attempts) = counting_agent(|| None);
    let request = request_of(builder(&server).agent(agent).timeout(SHORT).max_retries(2));
    let start = Instant::now();
    assert!(failed(request.send()).is_timeout());
    assert!((3 * SHORT..SOON).contains(&start.elapsed()), "{:?}", start.elapsed());
    assert_eq!(attempts.load(Ordering::SeqCst), 3);
}

#[test]
fn a_refusal_whose_body_stalls_or_breaks_is_still_a_refusal() {
    const LENGTH: &str = "Content-Length: 900\r\n\r\n<p>no";
    const CHUNK: &str = "Transfer-Encoding: chunked\r\n\r\n5\r\n<p>no\r\n";
    const ENVELOPE: &str = "Content-Length: 3052\r\n\r\n{\"success\": false, \"error\": {\"message\": \"<p>no\"}}";
    let drip = Step::Drip(blank().into_bytes());
    let table = [
        (403, "a stall", LENGTH, Step::Stall),
        (403, "an end", LENGTH, Step::Close),
        (403, "a reset", LENGTH, Step::Reset),
        (403, "a half-closed socket", LENGTH, Step::HalfClose),
        (403, "a drip", LENGTH, drip.clone()),
        (403, "a drip after the whole JSON", ENVELOPE, drip),
        (403, "a stall between chunks", CHUNK, Step::Stall),
        (403, "an end between chunks", CHUNK, Step::Close),
        (403, "a stall in a body without a length", "\r\n<p>no", Step::Stall),
        (302, "a stall of a redirect", LENGTH, Step::Stall),
        (503, "a stall of a transient refusal", LENGTH, Step::Stall),
        (503, "a reset of a transient refusal", LENGTH, Step::Reset),
    ];
    std::thread::scope(|scope| {
        for (status, name, rest, end) in table {
            scope.spawn(move || assert_broken_refusal(status, name, rest, end));
        }
    });
}

/// Asserts that a refusal is returned although its body ends like this.
fn assert_broken_refusal(status: u16, name: &str, rest: &str, end: Step) {
    let head = format!("HTTP/1.1 {status} Status\r\nCF-Ray: 8f\r\nRetry-After: 0\r\n{rest}");
    let server = Server::always(vec![Step::Send(head.into_bytes()), end]);
    // This limit of the agent's begins with the body, so that it can't run out before the head has arrived.
    let config = ureq::Agent::config_builder().timeout_recv_body(Some(SHORT)).build();
    let start = Instant::now();
    let Error::Api(error) = failed(request_of(builder(&server).agent(config.into()).max_retries(1)).send()) else {
        panic!("{name}")
    };
    assert!(start.elapsed() < SOON, "{name}: {:?}", start.elapsed());
    assert_eq!(error.status, status, "{name}");
    assert_eq!(error.errors.first().map(|error| error.message.as_str()), Some("<p>no"), "{name}");
    assert_eq!(error.ray_id.as_deref(), Some("8f"), "{name}");
    assert_eq!(error.retry_after, None, "{name}");
    // The status alone decides about retries, not the broken body.
    assert_eq!(server.seen(), if status == 503 { 2 } else { 1 }, "{name}");
}
