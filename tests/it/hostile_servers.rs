//! Every response of a hostile or broken server is a page or an error: no panic, no stall, no token shown.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use realtimekit::{Client, Result, ureq};

use crate::support::*;

/// A client without a pool, so that the rest of one mutant is never read as the start of the next.
fn client_without_pool(server: &Server) -> Client {
    let agent = ureq::Agent::config_builder().max_idle_connections(0).build().into();
    // Only a stall takes as long as this timeout.
    builder(server).agent(agent).max_retries(0).timeout(Duration::from_secs(30)).build().unwrap()
}

/// Sends mutants of whole responses, and responses around mutants of bodies, whose heads are always good.
fn each_response(usual: usize, next: &Mutex<Next>, mut check: impl FnMut()) {
    let events = include_bytes!("../data/participants_with_peer_events.json");
    let small = page(1, 2, 2).to_string();
    let gzipped = gzip(small.as_bytes());
    let headers =
        "Content-Type: application/json\r\nRatelimit: \"default\";r=0;t=30\r\ncf-ray: 8f1b2c3d4e5f6789-FRA\r\n";
    let refusal = r#"{"success": false, "errors": [{"code": 10000, "message": "Authentication error"}]}"#;
    let whole = [
        answer("200 OK", headers, events),
        ok(&small),
        chunked(headers, events),
        chunked("", &small),
        chunked(GZIP, &gzipped),
        answer("200 OK", GZIP, &gzipped),
        unframed(headers, &small),
        answer("401 Unauthorized", headers, refusal),
        answer("429 Too Many Requests", "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", refusal),
        answer("502 Bad Gateway", "Retry-After: 120\r\n", "<html>502 Bad Gateway</html>"),
        answer("302 Found", "Location: http://localhost:1/elsewhere\r\n", ""),
    ];
    let bodies = [small.as_bytes(), events, &gzipped, refusal.as_bytes()];
    let mut send = |response| {
        *next.lock().unwrap() = Next { response, asked: 0 };
        check();
    };
    mutants::each(usual / 2, &whole.each_ref().map(Vec::as_slice), |mutant| send(mutant.to_vec()));
    mutants::each(usual / 2, &bodies, |mutant| {
        send(match mutant {
            [0x1f, ..] => chunked(GZIP, mutant),
            _ if mutant.len() % 2 == 0 => chunked(headers, mutant),
            _ => ok(mutant),
        });
    });
}

/// What the server sends next, and how often it was asked since.
#[derive(Default)]
struct Next {
    response: Vec<u8>,
    asked: usize,
}

fn serve() -> (Server, Arc<Mutex<Next>>) {
    let next = Arc::new(Mutex::new(Next::default()));
    let shared = next.clone();
    let server = Server::start(move |_, _| {
        let mut next = shared.lock().unwrap();
        next.asked += 1;
        vec![Step::Send(next.response.clone()), Step::Close]
    });
    (server, next)
}

/// Checks an outcome, and returns whether it is good.
#[track_caller]
fn check<T>(outcome: Result<T>) -> bool {
    let is_ok = outcome.is_ok();
    if !is_ok {
        let error = failed(outcome);
        assert!(!error.is_timeout(), "stalled: {error}");
    }
    is_ok
}

#[test]
fn every_mutant_of_a_response_is_a_page_or_an_error() {
    let (server, next) = serve();
    let request = client_without_pool(&server).session_participants("account", "app", "session");
    let (mut pages, mut ends, mut errors) = (0, 0, 0);
    each_response(1_000, &next, || {
        *if check(request.send()) { &mut pages } else { &mut errors } += 1;
        assert_eq!(next.lock().unwrap().asked, 1);

        let mut participants = (&request).into_iter();
        let outcome = participants.by_ref().collect::<Result<Vec<_>>>();
        *if check(outcome) { &mut ends } else { &mut errors } += 1;
        // Every page is the same, so the second one shows that they don't line up.
        assert!(next.lock().unwrap().asked <= 1 + 2);
        assert!(participants.next().is_none());
    });
    // REALTIMEKIT_MUTANTS may ask for too few to expect some of each.
    let is_enough = pages + ends + errors >= 2_000;
    assert!(!is_enough || pages > 30 && ends > 10 && errors > 200, "{pages} pages, {ends} ends, {errors} errors");
}

#[test]
fn an_answer_without_end_is_an_error() {
    type Bytes = &'static [u8];
    const CHUNKED: Bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const GZIPPED: Bytes = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08";
    let table: [(&str, &[Bytes], Bytes); 10] = [
        ("interim responses", &[], b"HTTP/1.1 102 Processing\r\n\r\n"),
        ("empty lines", &[], b"\r\n"),
        ("a reason", &[b"HTTP/1.1 200 "], b"a"),
        ("a header", &[b"HTTP/1.1 200 OK\r\na: "], b"b"),
        ("a chunk's length", &[CHUNKED], b"0"),
        ("a chunk's end", &[CHUNKED, b"1\r\na"], b"a"),
        ("a trailer", &[CHUNKED, b"0\r\na: "], b"b"),
        ("gzip's file name", &[GZIPPED, b"\x08\0\0\0\0\0\xff"], b"a"),
        ("gzip's empty blocks", &[GZIPPED, b"\0\0\0\0\0\0\xff"], b"\0\0\0\xff\xff"),
        ("an error's body", &[b"HTTP/1.1 500 Internal Server Error\r\n\r\n"], b"a"),
    ];
    for (name, begin, endless) in table {
        let endless = Step::Flood(endless.repeat(4096 / endless.len()), u64::MAX);
        let server = Server::always(vec![Step::Send(begin.concat()), endless]);
        println!("{name}");
        failed(request_of(builder(&server).max_retries(0).timeout(Duration::from_millis(250))).send());
    }
}

#[test]
fn an_answer_that_is_not_http_is_not_asked_for_again() {
    const OK: &str = "HTTP/1.1 200 OK\r\n";
    let body = page(3, 4, 5).to_string();
    for garbage in [
        "SSH-2.0-OpenSSH_9.6\r\n\r\n".to_owned(),
        "<html><body>502 Bad Gateway</body></html>\r\n\r\n".to_owned(),
        "HTTP/1.1 OK\r\n\r\n".to_owned(),
        "HTTP/1.1 2 OK\r\n\r\n".to_owned(),
        "HTTP/9.9 200 OK\r\n\r\n".to_owned(),
        "\0\u{1}\u{2}\u{3}\r\n\r\n".to_owned(),
        format!("{OK}no colon\r\n\r\n"),
        format!("{OK}Content-Length: many\r\n\r\n{body}"),
        format!("{OK}Content-Length: -1\r\n\r\n{body}"),
        format!("{OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{body}"),
        format!("{OK}Content-Length: 99999999999999999999999\r\n\r\n{body}"),
        format!("{OK}Transfer-Encoding: chunked\r\n\r\nxyz\r\n{body}"),
        format!("{OK}{}\r\n{body}", "X: y\r\n".repeat(10_000)),
    ] {
        let shown = &garbage[..garbage.len().min(80)];
        let good = vec![Step::Send(ok_json(page(1, 2, 5)))];
        let server = Server::in_turn([good, vec![Step::Send(garbage.clone().into_bytes()), Step::Close]]);
        let mut participants = request(&server).into_iter();
        assert_eq!(ids(participants.by_ref().take(2)), expected_ids(1, 2), "{shown:?}");
        let error = failed(participants.next().unwrap());
        assert!(error.to_string().contains(" is not valid HTTP [page 2]; "), "{shown:?}: {error:?}");
        assert!(!error.is_retryable(), "{shown:?}");
        assert!(participants.next().is_none(), "{shown:?}");
        assert_eq!(server.seen(), 2, "{shown:?}");
    }
}
