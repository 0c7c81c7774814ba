//! What is tried again, how often, and the waits that a server asks for.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use realtimekit::{Client, ClientBuilder, Error, ParticipantsRequest, ureq};

use crate::pages::{TOKEN, builder, page, page_no, query};
use crate::secrets::failed;
use crate::server::{Server, Step, answer, ok};

/// With the waits that users get.
fn waiting(server: &Server) -> ClientBuilder {
    Client::builder().api_token(TOKEN).base_url(server.base_url())
}

fn request(builder: ClientBuilder) -> ParticipantsRequest {
    builder.build().unwrap().session_participants("account", "app", "session")
}

/// Answers with `response` as often as `times`, then with a page.
fn refusing(times: usize, response: Vec<u8>) -> Server {
    Server::start(move |nth, _| match nth {
        nth if nth < times => vec![Step::Send(response.clone())],
        _ => vec![Step::Send(ok(page(1, 2, 2).to_string()))],
    })
}

/// Two pages of two participants, the first with these headers.
fn two_pages(headers: &'static str) -> Server {
    Server::start(move |_, head| match page_no(head) {
        1 => vec![Step::Send(answer("200 OK", headers, page(1, 2, 4).to_string()))],
        _ => vec![Step::Send(ok(page(3, 4, 4).to_string()))],
    })
}

const REFUSAL: &str = r#"{"success": false, "errors": [{"code": 7, "message": "no"}]}"#;

#[test]
fn statuses_that_may_pass_are_tried_again_and_no_others() {
    let server = Server::start(|_, head| match query(head, "search").unwrap().as_str() {
        // Neither has a body.
        status @ ("204" | "304") => vec![Step::Send(format!("HTTP/1.1 {status} Status\r\n\r\n").into_bytes())],
        status => vec![Step::Send(answer(&format!("{status} Status"), "", REFUSAL))],
    });
    let request = request(builder(server.base_url()));
    for status in (200..=599).chain([600, 999]) {
        let before = server.seen();
        let error = failed(request.clone().search(status.to_string()).send());
        let may_pass = matches!(status, 408 | 409 | 429 | 500..);
        assert_eq!(server.seen() - before, if may_pass { 3 } else { 1 }, "{status}");
        assert_eq!(error.is_retryable(), may_pass, "{status}");
        // A 204 is a success without a page.
        assert_eq!(error.status(), Some(status).filter(|_| status != 204), "{error}");
    }
    assert_eq!(server.log().connections, 1);
}

#[test]
fn a_page_after_a_refusal_is_a_page() {
    let server = refusing(2, answer("503 Service Unavailable", "", REFUSAL));
    assert_eq!(request(builder(server.base_url())).send().unwrap().participants.len(), 2);
    assert_eq!(server.seen(), 3);
}

#[test]
fn the_number_of_retries_is_the_callers() {
    for retries in [0, 1, 2, 7] {
        let server = refusing(9, answer("503 Service Unavailable", "", REFUSAL));
        failed(request(builder(server.base_url()).max_retries(retries)).send());
        assert_eq!(server.seen(), 1 + retries as usize);
    }
}

#[test]
fn each_page_has_its_own_retries() {
    let server = Server::start(|nth, head| match nth % 3 {
        2 => vec![Step::Send(ok(page(page_no(head), page_no(head), 4).to_string()))],
        _ => vec![Step::Send(answer("503 Service Unavailable", "", REFUSAL))],
    });
    let request = request(builder(server.base_url()));
    assert_eq!(request.into_iter().map(Result::unwrap).count(), 4);
    assert_eq!(server.seen(), 3 * 4);
}

#[test]
fn no_json_of_a_success_is_asked_for_again() {
    for body in [REFUSAL, "no JSON", "[]", "{}", r#"{"data": {"participants": "none"}}"#, "\u{feff}{}"] {
        let server = Server::playing(vec![vec![Step::Send(ok(body))]]);
        failed(request(builder(server.base_url())).send());
        assert_eq!(server.seen(), 1, "{body}");
    }
    let server = Server::playing(vec![vec![Step::Send(ok(b"{\"data\": \"\xff\"}"))]]);
    failed(request(builder(server.base_url())).send());
    assert_eq!(server.seen(), 1, "no UTF-8");
}

#[test]
fn a_connection_that_cannot_be_made_is_tried_again_unless_that_is_for_ever() {
    use ureq::Error as Cause;
    type Fail = fn() -> Cause;
    let cases: [(Fail, usize, &str); 9] = [
        (|| Cause::HostNotFound, 3, "the host was not found by DNS"),
        (|| Cause::ConnectionFailed, 3, "the connection could not be made"),
        (|| Cause::Timeout(ureq::Timeout::Connect), 3, "timed out"),
        (|| Cause::Io(ErrorKind::ConnectionRefused.into()), 3, "the connection was refused"),
        (|| Cause::Io(ErrorKind::ConnectionReset.into()), 3, "the connection broke"),
        (|| Cause::Io(ErrorKind::NetworkUnreachable.into()), 3, "the connection failed"),
        (|| Cause::Io(ErrorKind::InvalidData.into()), 1, "the TLS connection failed"),
        (|| Cause::Tls("no"), 1, "the TLS connection failed"),
        (|| Cause::ConnectProxyFailed("no".to_owned()), 1, "the proxy refused the connection"),
    ];
    for (fail, attempts, said) in cases {
        let made = Arc::new(AtomicUsize::new(0));
        let agent = ureq::Agent::config_builder().middleware({
            let made = made.clone();
            move |_: ureq::http::Request<ureq::SendBody<'_>>, _: ureq::middleware::MiddlewareNext<'_>| {
                made.fetch_add(1, Ordering::Relaxed);
                Err(fail())
            }
        });
        let builder = builder("http://localhost".to_owned()).agent(agent.build().into());
        let mut participants = request(builder).into_iter();
        let error = failed(participants.next().unwrap());
        assert!(error.to_string().starts_with(said), "{error}");
        assert_eq!(made.load(Ordering::Relaxed), attempts, "{error}");
        assert!(participants.next().is_none(), "{error}");
    }
}

#[test]
fn nothing_is_sent_for_values_that_cannot_be() {
    let server = refusing(0, Vec::new());
    let client = builder(server.base_url()).build().unwrap();
    for request in [
        client.session_participants("..", "app", "session"),
        client.session_participants("account", "", "session"),
        client.session_participants("account", "app", "session").query("page_no", "1"),
        client.session_participants("account", "app", "session").search("x".repeat(65_534)),
    ] {
        let error = failed(request.send());
        assert!(matches!(error, Error::InvalidArgument { .. }) && !error.is_retryable(), "{error}");
    }
    assert_eq!(server.log().connections, 0);
}

#[test]
fn without_a_word_of_the_server_the_wait_is_half_a_second_then_twice_that() {
    let server = refusing(2, answer("500 Internal Server Error", "", "broken"));
    let request = request(waiting(&server));
    let start = Instant::now();
    request.send().unwrap();
    // Less up to a quarter.
    assert!(start.elapsed() >= Duration::from_millis(375 + 750), "{:?}", start.elapsed());
    assert_eq!(server.seen(), 3);
}

#[test]
fn a_wait_that_the_server_asks_for_is_kept() {
    let cases = [
        ("503 Service Unavailable", "Retry-After: 1\r\n"),
        ("429 Too Many Requests", "Ratelimit: \"default\";r=0;t=1\r\n"),
        ("429 Too Many Requests", "Ratelimit: junk, \"a\";r=0;t=0, \"b\";r=0;t=1;x, \"c\";r=5;t=1000\r\n"),
        ("429 Too Many Requests", "Retry-After: 1\r\nRatelimit: \"default\";r=0;t=3600\r\n"),
        ("429 Too Many Requests", "Retry-After: soon\r\nRatelimit: \"default\";r=0;t=1\r\n"),
    ];
    let check = |status, headers| {
        let server = refusing(1, answer(status, headers, REFUSAL));
        let request = request(waiting(&server));
        let start = Instant::now();
        request.send().unwrap();
        assert!(start.elapsed() >= Duration::from_secs(1), "{headers}: {:?}", start.elapsed());
        assert_eq!(server.seen(), 2, "{headers}");
    };
    std::thread::scope(|scope| {
        for (status, headers) in cases {
            scope.spawn(move || check(status, headers));
        }
    });
}

#[test]
fn a_wait_of_nothing_is_none() {
    for retry_after in ["0", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let headers = format!("Retry-After: {retry_after}\r\n");
        let server = refusing(8, answer("503 Service Unavailable", &headers, REFUSAL));
        let error = failed(request(waiting(&server).max_retries(0)).send());
        assert_eq!(error.retry_after(), Some(Duration::ZERO), "{retry_after}");
        request(waiting(&server).max_retries(7)).send().unwrap();
        assert_eq!(server.seen(), 9);
    }
}

#[test]
fn a_wait_past_the_limit_is_left_to_the_caller() {
    const DAY: u64 = 24 * 60 * 60;
    for (status, headers, wait) in [
        ("503 Service Unavailable", "Retry-After: 61\r\n", 61),
        ("429 Too Many Requests", "Retry-After: 300\r\n", 300),
        ("429 Too Many Requests", "Retry-After: 99999999999999999999\r\n", DAY),
        ("429 Too Many Requests", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", DAY),
        ("429 Too Many Requests", "Ratelimit: \"default\";r=0;t=61\r\n", 61),
        ("429 Too Many Requests", "Ratelimit: \"a\";r=0;t=1\r\nRatelimit: \"b\";r=0;t=99\r\n", 99),
    ] {
        let server = refusing(9, answer(status, headers, REFUSAL));
        let error = failed(request(waiting(&server)).send());
        assert_eq!(error.retry_after(), Some(Duration::from_secs(wait)), "{headers}");
        assert_eq!(server.seen(), 1, "{headers}");
    }
}

#[test]
fn the_limit_of_waits_is_the_callers() {
    let server = refusing(9, answer("503 Service Unavailable", "Retry-After: 1\r\n", REFUSAL));
    failed(request(waiting(&server).max_retry_wait(Duration::from_millis(999))).send());
    assert_eq!(server.seen(), 1);
    request(waiting(&server).max_retry_wait(Duration::from_secs(1)).max_retries(1)).send().unwrap_err();
    assert_eq!(server.seen(), 3);
}

#[test]
fn a_ratelimit_makes_no_wait_of_other_refusals_or_while_requests_remain() {
    for (status, headers) in [
        ("503 Service Unavailable", "Ratelimit: \"default\";r=0;t=3600\r\n"),
        ("429 Too Many Requests", "Ratelimit: \"default\";r=1;t=3600\r\n"),
        ("429 Too Many Requests", "Ratelimit: \"default\";t=3600\r\n"),
        ("429 Too Many Requests", "Ratelimit: \"default;r=0;t=3600\r\n"),
    ] {
        let server = refusing(9, answer(status, headers, REFUSAL));
        let error = failed(request(builder(server.base_url())).send());
        assert_eq!(error.retry_after(), None, "{status} {headers}");
        assert_eq!(server.seen(), 3, "{status} {headers}");
    }
}

#[test]
fn the_next_page_waits_for_the_reset_of_a_limit_that_is_used_up() {
    let server = two_pages("Ratelimit: junk, \"a\";r=0;t=0, \"b\";r=0;t=1;x=y, \"c\";r=9;t=50\r\n");
    let mut pages = request(waiting(&server)).pages();
    let start = Instant::now();
    pages.next().unwrap().unwrap();
    assert_eq!(pages.next().unwrap().unwrap().participants.len(), 2);
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn the_wait_for_a_reset_begins_with_the_arrival_of_the_page_before() {
    const SECOND: Duration = Duration::from_secs(1);
    let server = two_pages("Ratelimit: \"default\";r=0;t=1\r\n");
    let request = request(waiting(&server));
    let is_over = || {
        let mut pages = request.pages();
        pages.next().unwrap().unwrap();
        std::thread::sleep(SECOND); // what the caller does with the page
        let start = Instant::now();
        pages.next().unwrap().unwrap();
        start.elapsed() < SECOND
    };
    // A busy machine may take a second for a page, but hardly each time.
    assert!((0..5).any(|_| is_over()));
}

#[test]
fn no_page_waits_for_a_reset_that_is_too_far_off_or_of_a_limit_that_is_not_used_up() {
    for headers in [
        "Ratelimit: \"default\";r=0;t=121\r\n",
        "Ratelimit: \"default\";r=1;t=119\r\n",
        "Ratelimit: r=0;t=119\r\n",
        "Ratelimit: \"default\";r=0;t=-119\r\n",
        "Ratelimit: \"default\";r=0;t=99999999999999999999\r\n",
    ] {
        let server = two_pages(headers);
        let request = request(waiting(&server).max_retry_wait(Duration::from_secs(120)));
        let start = Instant::now();
        assert_eq!(request.into_iter().map(Result::unwrap).count(), 4, "{headers}");
        assert!(start.elapsed() < Duration::from_secs(119), "{headers}: {:?}", start.elapsed());
    }
}

#[test]
fn nobody_waits_behind_the_last_page() {
    const HEADERS: &str = "Ratelimit: \"default\";r=0;t=119\r\n";
    let server = Server::start(|_, _| vec![Step::Send(answer("200 OK", HEADERS, page(1, 2, 2).to_string()))]);
    let request = request(waiting(&server).max_retry_wait(Duration::from_secs(120)));
    let start = Instant::now();
    assert_eq!(request.clone().into_iter().map(Result::unwrap).count(), 2);
    assert_eq!(request.pages().map(Result::unwrap).count(), 1);
    // A page alone has no next one.
    request.send().unwrap();
    request.send().unwrap();
    assert!(start.elapsed() < Duration::from_secs(119), "{:?}", start.elapsed());
}
