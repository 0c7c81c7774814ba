//! Whole responses, heads and bodies, that a hostile or broken server may send: each is a page or an error.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use realtimekit::{Client, Error, Result, ureq};

use crate::mutants;
use crate::pages::{TOKEN, builder, page};
use crate::server::{Server, Step, answer, chunked, gzip, ok, unframed};

/// A client without a pool: each of its requests has a connection, so that no mutant's end is the next one's begin.
fn client(base_url: String) -> Client {
    let agent = ureq::Agent::config_builder().max_idle_connections(0).build().into();
    // So long that a machine under load never reaches it; what takes so long has stalled.
    builder(base_url).agent(agent).max_retries(0).timeout(Duration::from_secs(30)).build().unwrap()
}

/// Mutants of whole responses, and responses around mutants of bodies, which get past the head more often.
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
        chunked("Content-Encoding: gzip\r\n", &gzipped),
        answer("200 OK", "Content-Encoding: gzip\r\n", &gzipped),
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
            [0x1f, ..] => chunked("Content-Encoding: gzip\r\n", mutant),
            _ if mutant.len() % 2 == 0 => chunked(headers, mutant),
            _ => ok(mutant),
        });
    });
}

/// What a server sends, and how often it was asked; its log is too long to be copied for each mutant.
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

#[track_caller]
fn check(error: &Error) {
    assert!(!error.is_timeout(), "stalled: {error}");
    let said = format!("{error}\n{error:?}\n{error:#?}");
    assert!(!said.contains(TOKEN), "{said}");
    assert!(!error.to_string().contains(['\n', '\r', '\0', '\x1b']), "{said}");
}

#[test]
fn every_mutant_of_a_response_is_a_page_or_an_error() {
    let (server, next) = serve();
    let client = client(server.base_url());
    let (mut pages, mut errors) = (0, 0);
    each_response(1_000, &next, || {
        match client.session_participants("account", "app", "session").send() {
            Ok(_) => pages += 1,
            Err(error) => {
                check(&error);
                errors += 1;
            }
        }
        assert_eq!(next.lock().unwrap().asked, 1);
    });
    assert!(pages > 30 && errors > 100, "{pages} pages, {errors} errors");
}

#[test]
fn iterating_over_mutants_ends_and_stays_ended() {
    let (server, next) = serve();
    let client = client(server.base_url());
    let (mut ends, mut errors) = (0, 0);
    each_response(1_000, &next, || {
        let mut participants = client.session_participants("account", "app", "session").into_iter();
        match participants.by_ref().find_map(Result::err) {
            None => ends += 1,
            Some(error) => {
                check(&error);
                errors += 1;
            }
        }
        // Each page is the same again, so two requests are the most that it takes to see that they don't line up.
        assert!(next.lock().unwrap().asked <= 2);
        assert!(participants.next().is_none());
    });
    assert!(ends > 10 && errors > 100, "{ends} ends, {errors} errors");
}

#[test]
fn what_never_ends_ends_with_the_time_limit_or_before() {
    type Bytes = &'static [u8];
    const CHUNKED: Bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const GZIP: Bytes = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
    let table: &[(&str, &[Bytes], Bytes)] = &[
        ("interim responses", &[], b"HTTP/1.1 102 Processing\r\n\r\n"),
        ("empty lines", &[], b"\r\n"),
        ("a reason", &[b"HTTP/1.1 200 "], b"a"),
        ("headers", &[b"HTTP/1.1 200 OK\r\n"], b"a: b\r\n"),
        ("a header", &[b"HTTP/1.1 200 OK\r\na: "], b"b"),
        ("a chunk's length", &[CHUNKED], b"0"),
        ("a chunk's end", &[CHUNKED, b"1\r\na"], b"a"),
        ("trailers", &[CHUNKED, b"0\r\n"], b"a: b\r\n"),
        ("a trailer", &[CHUNKED, b"0\r\na: "], b"b"),
        ("gzip's name of a file", &[GZIP, b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"], b"a"),
        ("gzip of nothing", &[GZIP], b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\0\0\0\0"),
        ("gzip's empty blocks", &[GZIP, b"\x1f\x8b\x08\0\0\0\0\0\0\xff"], b"\0\0\0\xff\xff"),
        ("an error", &[b"HTTP/1.1 500 Internal Server Error\r\n\r\n"], b"a"),
    ];
    for (what, begin, endless) in table {
        let steps = vec![Step::Send(begin.concat()), Step::Flood(endless.repeat(4096 / endless.len()), u64::MAX)];
        let server = Server::playing(vec![steps]);
        let client = builder(server.base_url()).max_retries(0).timeout(Duration::from_millis(250)).build().unwrap();
        let outcome = client.session_participants("account", "app", "session").send();
        assert!(outcome.is_err(), "{what}: {outcome:?}");
    }
}
