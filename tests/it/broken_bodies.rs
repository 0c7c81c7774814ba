//! A body that is cut, corrupt or badly framed is never a page, and is retried where the next one may be whole.

use realtimekit::Error;

use crate::support::*;

const BROKE: &str = " broke before the whole response had arrived [";

/// Asserts that a response is a transient error, wherever it is cut up to `to`.
#[track_caller]
fn assert_every_cut_is_seen(whole: &[u8], to: usize, end: Step) {
    for cut in 0..to {
        let server = Server::always(vec![Step::Send(whole[..cut].to_vec()), end.clone()]);
        let error = failed(request_of(builder(&server).max_retries(0)).send());
        let is_seen = matches!(error, Error::Transport(_)) && error.is_retryable();
        assert!(is_seen, "cut at {cut} of {}, {end:?}: {error:?}", whole.len());
    }
}

/// A page with characters of several bytes.
fn body() -> String {
    let mut page = page(1, 2, 2);
    page["data"]["participants"][0]["display_name"] = "Zoë 🙂".into();
    page.to_string()
}

#[test]
fn a_body_with_a_length_is_never_a_page_when_cut() {
    let whole = ok(body());
    assert_every_cut_is_seen(&whole, whole.len(), Step::Close);
    assert_every_cut_is_seen(&whole, whole.len(), Step::Reset);
}

#[test]
fn a_chunked_body_is_never_a_page_when_cut() {
    // For ureq a body ends with the chunk of length 0, without the empty line that should follow.
    let whole = chunked("", body());
    assert_every_cut_is_seen(&whole, whole.len() - 4, Step::Close);
    assert_every_cut_is_seen(&whole, whole.len() - 4, Step::Reset);
}

#[test]
fn a_body_without_a_length_is_never_a_page_when_cut() {
    let whole = unframed("", body());
    assert_every_cut_is_seen(&whole, whole.len(), Step::Close);
    assert_every_cut_is_seen(&whole, whole.len(), Step::Reset);
    let whole = unframed("Transfer-Encoding: identity\r\n", body());
    assert_every_cut_is_seen(&whole, whole.len(), Step::Close);
}

#[cfg(feature = "gzip")]
#[test]
fn a_gzip_body_is_never_a_page_when_cut() {
    let gzip = gzip(body().as_bytes());
    for (whole, to) in [(answer("200 OK", GZIP, &gzip), 0), (chunked(GZIP, &gzip), 4), (unframed(GZIP, &gzip), 0)] {
        assert_every_cut_is_seen(&whole, whole.len() - to, Step::Close);
    }
}

/// The second of three pages, cut in the places that differ.
fn cut_pages() -> Vec<(&'static str, Vec<u8>)> {
    let body = page(3, 4, 5).to_string();
    let without = |bytes: Vec<u8>, missing| bytes[..bytes.len() - missing].to_vec();
    #[cfg(feature = "gzip")]
    let zipped = gzip(body.as_bytes());
    Vec::from([
        ("before the headers", Vec::new()),
        ("in the status line", ok(&body)[..11].to_vec()),
        ("in the headers", ok(&body)[..24].to_vec()),
        ("after the headers", without(ok(&body), body.len())),
        ("in a body with a length", without(ok(&body), 20)),
        ("before the last byte of a body with a length", without(ok(&body), 1)),
        ("in a chunk", without(chunked("", &body), 20)),
        ("before the last chunk", without(chunked("", &body), 5)),
        ("in a body without a length", without(unframed("", &body), 1)),
        #[cfg(feature = "gzip")]
        ("in gzip with a length", without(answer("200 OK", GZIP, &zipped), 20)),
        #[cfg(feature = "gzip")]
        ("in chunked gzip", without(chunked(GZIP, &zipped), 40)),
        #[cfg(feature = "gzip")]
        ("before the last byte of gzip without a length", without(unframed(GZIP, &zipped), 1)),
        ("to nothing, without a length", unframed("", "")),
    ])
}

/// The second of three pages, which was cut before a proxy framed it anew.
fn reframed_pages() -> Vec<(&'static str, Vec<u8>)> {
    let body = page(3, 4, 5).to_string();
    #[cfg(feature = "gzip")]
    let zipped = gzip(body.as_bytes());
    Vec::from([
        ("given a length", ok(&body[..body.len() - 1])),
        ("given chunks", chunked("", &body[..20])),
        ("nothing, in chunks", chunked("", "")),
        ("white space, with a length", ok("\r\n")),
        #[cfg(feature = "gzip")]
        ("compressed, with a length", answer("200 OK", GZIP, gzip(&body.as_bytes()[..20]))),
        #[cfg(feature = "gzip")]
        ("compressed, in chunks", chunked(GZIP, gzip(&body.as_bytes()[..20]))),
        #[cfg(feature = "gzip")]
        ("nothing, compressed", answer("200 OK", GZIP, gzip(b""))),
        #[cfg(feature = "gzip")]
        ("gzip, given a length", answer("200 OK", GZIP, &zipped[..zipped.len() - 20])),
        #[cfg(feature = "gzip")]
        ("gzip, given chunks", chunked(GZIP, &zipped[..zipped.len() - 20])),
    ])
}

/// Runs `check` with a server of three pages, the second of which is broken the first `times` times.
fn each_cut(times: usize, check: impl Fn(&Server, &str)) {
    let ends = [Step::Close, Step::Reset, Step::HalfClose];
    let cut = cut_pages().into_iter().flat_map(|(place, cut)| {
        ends.clone().map(|end| (format!("{end:?} {place}"), vec![Step::Send(cut.clone()), end]))
    });
    let reframed = reframed_pages().into_iter().map(|(name, page)| (name.to_owned(), vec![Step::Send(page)]));
    for (name, steps) in cut.chain(reframed) {
        let server = Server::start(move |nth, head| match page_no(head) {
            2 if nth <= times => steps.clone(),
            _ => vec![Step::Send(ok_json(list_page(head, 5, 2)))],
        });
        check(&server, &name);
    }
}

#[test]
fn a_cut_page_is_asked_for_again() {
    each_cut(2, |server, case| {
        assert_eq!(ids(request(server)), expected_ids(1, 5), "{case}");
        assert_eq!(server.seen(), 3 + 2, "{case}");
    });
}

#[test]
fn a_page_that_is_cut_each_time_is_one_error_that_can_be_resumed() {
    each_cut(3, |server, case| {
        let mut participants = request(server).iter();
        assert_eq!(ids(participants.by_ref().take(2)), expected_ids(1, 2), "{case}");
        let error = failed(participants.next().unwrap());
        assert!(error.to_string().contains(BROKE), "{case}: {error}");
        assert!(matches!(error, Error::Transport(_)) && error.is_retryable() && !error.is_timeout(), "{case}");
        assert!(participants.next().is_none() && participants.next().is_none(), "{case}");
        assert_eq!(server.seen(), 1 + 3, "{case}");

        participants.resume();
        assert_eq!(ids(participants), expected_ids(3, 5), "{case}");
    });
}

#[test]
fn a_body_that_ends_with_the_connection_is_a_page() {
    for end in [Step::Close, Step::HalfClose] {
        let whole_pages = {
            let end = end.clone();
            move |_, head: &str| vec![Step::Send(unframed("", list_page(head, 5, 2).to_string())), end.clone()]
        };
        let server = Server::start(whole_pages);
        assert_eq!(ids(request(&server)), expected_ids(1, 5), "{end:?}");
        assert_eq!(server.seen(), 3, "{end:?}");
    }
}

#[test]
fn a_wrong_content_length_makes_no_page() {
    let body = page(1, 1, 1).to_string();
    for length in [body.len() as u64 + 1, u64::MAX] {
        let too_long = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
        let server = Server::always(vec![Step::Send(too_long.into_bytes()), Step::Close]);
        let error = failed(request(&server).send());
        assert!(error.to_string().contains(BROKE), "{error}");
    }
    // The byte too many belongs neither to this body nor to the next response.
    let too_short = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len() - 1);
    let server = Server::in_turn([too_short.into_bytes(), ok(&body)]);
    assert_eq!(request(&server).send().unwrap().participants.len(), 1);
    assert_eq!(server.seen(), 2);
}

#[test]
fn an_empty_body_that_is_announced_is_not_asked_for_again() {
    let no_content = |headers: &str| format!("HTTP/1.1 204 No Content\r\n{headers}\r\n").into_bytes();
    let empty = [ok(""), answer("206 Partial Content", "", ""), no_content(""), no_content(GZIP)];
    for response in empty {
        let server = Server::always(response);
        let error = failed(request(&server).send());
        assert_eq!(error.to_string(), "the response is empty; check base_url and any proxy or gateway");
        assert!(matches!(error, Error::Decode(_)) && !error.is_retryable(), "{error}");
        assert_eq!(server.seen(), 1);
    }
}

/// Pages under `Content-Encoding: gzip` that aren't gzip, or are damaged.
#[cfg(feature = "gzip")]
fn corrupt_gzip() -> Vec<(String, Vec<Step>)> {
    let plain = body();
    let zipped = gzip(plain.as_bytes());
    let mut table: Vec<_> = [0, 10, zipped.len() - 8]
        .map(|at| {
            let mut corrupt = zipped.clone();
            corrupt[at] ^= 0xff;
            (format!("byte {at} is wrong"), vec![Step::Send(answer("200 OK", GZIP, corrupt))])
        })
        .into();
    // haproxy sends such a body when its backend dies.
    for end in [Step::Close, Step::Reset] {
        let head = format!("HTTP/1.1 200 OK\r\n{GZIP}Content-Length: 999\r\n\r\n");
        table.push((format!("plain text, then {end:?}"), vec![Step::Send((head + &plain).into_bytes()), end]));
    }
    table.push(("plain text in chunks".to_owned(), vec![Step::Send(chunked(GZIP, &plain))]));
    table
}

#[cfg(feature = "gzip")]
#[test]
fn corrupt_gzip_is_asked_for_again() {
    for (name, corrupt) in corrupt_gzip() {
        let server = Server::always(corrupt.clone());
        let error = failed(request(&server).send());
        assert!(matches!(error, Error::Transport(_)) && error.is_retryable(), "{name}: {error:?}");
        assert_eq!(server.seen(), 3, "{name}");

        let good = vec![Step::Send(ok(body()))];
        let server = Server::in_turn([corrupt.clone(), corrupt, good]);
        assert_eq!(request(&server).send().unwrap().participants.len(), 2, "{name}");
    }
}
