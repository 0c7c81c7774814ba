//! Faults of the network: what was handed out stays, what may pass is tried again, the rest is one error.

use realtimekit::{Error, Participant, Result};

use crate::pages::{builder, client, page, page_no, request};
use crate::secrets::failed;
use crate::server::{Server, Step, chunked, ok, unframed, until};
#[cfg(feature = "gzip")]
use crate::server::{answer, gzip};

#[cfg(feature = "gzip")]
const GZIP: &str = "Content-Encoding: gzip\r\n";

/// Six participants on three pages.
fn third(page_no: u64) -> String {
    page(page_no * 2 - 1, page_no * 2, 6).to_string()
}

/// The second page up to each place where a connection can end.
fn cuts() -> Vec<(&'static str, Vec<u8>)> {
    let body = third(2);
    let whole = ok(&body);
    let but = |bytes: &[u8], missing| bytes[..bytes.len() - missing].to_vec();
    #[cfg(feature = "gzip")]
    let zipped = gzip(body.as_bytes());
    Vec::from([
        ("before the headers", Vec::new()),
        ("within the status line", whole[..11].to_vec()),
        ("within the headers", whole[..24].to_vec()),
        ("behind the headers", but(&whole, body.len())),
        ("within a body that has a length", but(&whole, 20)),
        ("before the last byte of a body that has a length", but(&whole, 1)),
        ("within a chunk", but(&chunked("", &body), 20)),
        ("before the last chunk", but(&chunked("", &body), 5)),
        ("within a body that has neither", but(&unframed("", &body), 1)),
        #[cfg(feature = "gzip")]
        ("within gzip that has a length", but(&answer("200 OK", GZIP, &zipped), 20)),
        #[cfg(feature = "gzip")]
        ("within chunked gzip", but(&chunked(GZIP, &zipped), 40)),
        #[cfg(feature = "gzip")]
        ("within gzip that has neither", but(&unframed(GZIP, &zipped), 20)),
        #[cfg(feature = "gzip")]
        ("before the last byte of gzip", but(&unframed(GZIP, &zipped), 1)),
    ])
}

/// Three pages, the second of which ends early as often as `times`.
fn breaking(cut: &[u8], end: &Step, times: usize) -> Server {
    let steps = vec![Step::Send(cut.to_vec()), end.clone()];
    Server::start(move |nth, head| match page_no(head) {
        2 if nth <= times => steps.clone(),
        page_no => vec![Step::Send(ok(third(page_no)))],
    })
}

fn ids(participants: impl Iterator<Item = Result<Participant>>) -> Vec<String> {
    participants.map(|participant| participant.unwrap().id.unwrap()).collect()
}

const ENDS: [Step; 3] = [Step::Close, Step::Reset, Step::HalfClose];

#[test]
fn a_break_that_passes_is_not_seen_by_who_iterates() {
    for (place, cut) in cuts() {
        for end in ENDS {
            let server = breaking(&cut, &end, 2);
            let all = ids(request(server.base_url()).into_iter());
            assert_eq!(all, ["p1", "p2", "p3", "p4", "p5", "p6"], "{end:?} {place}");
            assert_eq!(server.seen(), 3 + 2, "{end:?} {place}");
        }
    }
}

#[test]
fn a_break_that_stays_is_one_error_behind_all_that_came_before_and_can_be_resumed() {
    for (place, cut) in cuts() {
        for end in ENDS {
            let server = breaking(&cut, &end, 3);
            let request = request(server.base_url());
            let mut participants = request.clone().into_iter();
            assert_eq!(ids(participants.by_ref().take(2)), ["p1", "p2"], "{end:?} {place}");

            let error = failed(participants.next().unwrap());
            let said = error.to_string();
            assert!(said.starts_with("the connection broke before the whole response"), "{end:?} {place}: {said}");
            assert!(matches!(error, Error::Transport(_)) && error.is_retryable() && !error.is_timeout());

            assert!(participants.next().is_none() && participants.next().is_none(), "{end:?} {place}");
            assert_eq!(server.seen(), 1 + 3, "{end:?} {place}");

            let rest = request.page_no(participants.resume_page_no());
            assert_eq!(ids(rest.into_iter()), ["p3", "p4", "p5", "p6"], "{end:?} {place}");
        }
    }
}

#[test]
fn no_part_of_a_body_without_a_length_passes_for_a_page() {
    let body = page(1, 1, 1).to_string().into_bytes();
    let check = |headers: &'static str, body: Vec<u8>| {
        let length = body.len();
        let server = Server::start(move |nth, _| vec![Step::Send(unframed(headers, &body[..nth])), Step::Close]);
        let request = builder(server.base_url()).max_retries(0).build().unwrap().session_participants("a", "b", "c");
        for cut in 0..length {
            let error = failed(request.send());
            assert!(matches!(error, Error::Transport(_)) && error.is_retryable(), "{headers}{cut}: {error}");
        }
        assert_eq!(request.send().unwrap().participants.len(), 1, "{headers}");
    };
    #[cfg(feature = "gzip")]
    check(GZIP, gzip(&body));
    check("", body);
}

#[test]
fn a_whole_body_whose_json_ends_early_is_not_asked_for_again() {
    let body = third(1);
    let cut = &body[..body.len() - 1];
    for (name, response) in [
        ("with a length", ok(cut)),
        ("empty, with a length", ok("")),
        ("in chunks", chunked("", cut)),
        ("empty, in chunks", chunked("", "")),
        ("a 204, which has no body", b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()),
        #[cfg(feature = "gzip")]
        ("gzip in chunks", chunked(GZIP, gzip(cut.as_bytes()))),
    ] {
        let server = Server::playing(vec![vec![Step::Send(response)]]);
        let error = failed(request(server.base_url()).send());
        assert!(matches!(error, Error::Decode(_)), "{name}: {error}");
        assert_eq!(server.seen(), 1, "{name}");
    }
}

#[test]
fn what_is_not_http_is_not_asked_for_again() {
    let body = third(2);
    for garbage in [
        "SSH-2.0-OpenSSH_9.6\r\n\r\n".to_owned(),
        "<html><body>502 Bad Gateway</body></html>\r\n\r\n".to_owned(),
        "HTTP/1.1 OK\r\n\r\n".to_owned(),
        "HTTP/1.1 2 OK\r\n\r\n".to_owned(),
        "HTTP/9.9 200 OK\r\n\r\n".to_owned(),
        "\0\u{1}\u{2}\u{3}\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n".to_owned(),
        format!("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{body}"),
        format!("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{body}"),
        format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{body}"),
        format!("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n{body}"),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{body}"),
        format!("HTTP/1.1 200 OK\r\n{}\r\n{body}", "X: y\r\n".repeat(10_000)),
    ] {
        let shown = &garbage[..garbage.len().min(80)];
        let steps = vec![Step::Send(garbage.clone().into_bytes()), Step::Close];
        let server = Server::start(move |_, head| match page_no(head) {
            1 => vec![Step::Send(ok(third(1)))],
            _ => steps.clone(),
        });
        let mut participants = request(server.base_url()).into_iter();
        assert_eq!(ids(participants.by_ref().take(2)), ["p1", "p2"], "{shown:?}");
        let error = failed(participants.next().unwrap());
        assert!(error.to_string().starts_with("the answer is not valid HTTP"), "{shown:?}: {error:?}");
        assert!(!error.is_retryable(), "{shown:?}");
        assert!(participants.next().is_none(), "{shown:?}");
        assert_eq!(server.seen(), 2, "{shown:?}");
    }
}

#[cfg(feature = "gzip")]
#[test]
fn gzip_that_ends_early_in_a_whole_body_is_asked_for_again() {
    let zipped = gzip(third(1).as_bytes());
    let cut = &zipped[..zipped.len() - 20];
    for response in [answer("200 OK", GZIP, cut), chunked(GZIP, cut)] {
        let server = Server::playing(vec![vec![Step::Send(response)]]);
        let error = failed(request(server.base_url()).send());
        assert!(error.to_string().starts_with("the connection broke before the whole response"), "{error}");
        assert_eq!(server.seen(), 3);
    }
}

#[cfg(feature = "gzip")]
#[test]
fn gzip_that_is_corrupt_is_not_asked_for_again() {
    let mut zipped = gzip(third(1).as_bytes());
    for at in [0, 10, zipped.len() - 8] {
        zipped[at] ^= 0xff;
        let corrupt = answer("200 OK", GZIP, &zipped);
        zipped[at] ^= 0xff;
        let server = Server::playing(vec![vec![Step::Send(corrupt)]]);
        let error = failed(request(server.base_url()).send());
        assert!(error.to_string().starts_with("the response's gzip body is corrupt"), "byte {at}: {error:?}");
        assert_eq!(server.seen(), 1, "byte {at}");
    }
}

#[test]
fn all_pages_go_over_one_connection() {
    let server = Server::start(|_, head| vec![Step::Send(chunked("", third(page_no(head))))]);
    assert_eq!(request(server.base_url()).into_iter().count(), 6);
    assert_eq!((server.seen(), server.log().connections), (3, 1));
}

#[test]
fn a_connection_that_was_closed_between_pages_is_replaced_unnoticed() {
    for end in [Step::Close, Step::Reset, Step::HalfClose] {
        let server = Server::start({
            let end = end.clone();
            move |_, head| vec![Step::Send(ok(third(page_no(head)))), end.clone()]
        });
        let all = ids(request(server.base_url()).into_iter());
        assert_eq!(all, ["p1", "p2", "p3", "p4", "p5", "p6"], "{end:?}");
        assert_eq!(server.seen(), 3, "{end:?}");
    }
}

#[test]
fn a_connection_that_was_closed_before_costs_no_attempt() {
    let server = Server::start(|_, head| vec![Step::Send(ok(third(page_no(head)))), Step::Close]);
    let request = builder(server.base_url()).max_retries(0).build().unwrap().session_participants("a", "b", "c");
    // The server has closed, but its FIN may still be on the way; that is rare, so that three times in a row isn't that.
    let passes = || {
        let mut pages = request.pages();
        (1..=3).all(|_| {
            let page = pages.next().unwrap();
            until(|| server.log().closed == server.log().connections);
            page.is_ok()
        })
    };
    assert!((0..3).any(|_| passes()));
}

#[test]
fn what_follows_a_body_on_its_connection_is_no_response() {
    let server = Server::start(|_, head| {
        let stray = page(1, 6, 6).to_string();
        vec![Step::Send([ok(third(page_no(head))), ok(stray)].concat())]
    });
    let all = ids(request(server.base_url()).into_iter());
    assert_eq!(all, ["p1", "p2", "p3", "p4", "p5", "p6"]);
    assert_eq!(server.seen(), 3);
}

#[test]
fn a_body_that_only_the_end_of_the_connection_ends_is_a_page() {
    for end in [Step::Close, Step::HalfClose] {
        let server = Server::start({
            let end = end.clone();
            move |_, head| vec![Step::Send(unframed("", third(page_no(head)))), end.clone()]
        });
        assert_eq!(client(server.base_url()).session_participants("a", "b", "c").into_iter().count(), 6, "{end:?}");
        assert_eq!(server.seen(), 3, "{end:?}");
    }
}
