//! A body that is cut, corrupt or badly framed is never a page; what may be whole the next time is tried again.

use realtimekit::Error;

use crate::support::*;

#[cfg(feature = "gzip")]
const GZIP: &str = "Content-Encoding: gzip\r\n";
const BROKE: &str = "the connection broke before the whole response";

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
    let body = page(3, 4, 6).to_string();
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
    ])
}

/// Runs `check` with a server of three pages, the second of which is cut the first `times` times.
fn each_cut(times: usize, check: impl Fn(&Server, &str)) {
    for (place, cut) in cut_pages() {
        for end in [Step::Close, Step::Reset, Step::HalfClose] {
            let steps = vec![Step::Send(cut.clone()), end.clone()];
            let server = Server::start(move |nth, head| match page_no(head) {
                2 if nth <= times => steps.clone(),
                _ => vec![Step::Send(ok_json(list_page(head, 6, 2)))],
            });
            check(&server, &format!("{end:?} {place}"));
        }
    }
}

#[test]
fn a_cut_page_is_asked_for_again() {
    each_cut(2, |server, case| {
        assert_eq!(ids(request(server)), expected_ids(1, 6), "{case}");
        assert_eq!(server.seen(), 3 + 2, "{case}");
    });
}

#[test]
fn a_page_that_is_cut_each_time_is_one_error_that_can_be_resumed() {
    each_cut(3, |server, case| {
        let request = request(server);
        let mut participants = (&request).into_iter();
        assert_eq!(ids(participants.by_ref().take(2)), expected_ids(1, 2), "{case}");
        let error = failed(participants.next().unwrap());
        assert!(error.to_string().starts_with(BROKE), "{case}: {error}");
        assert!(matches!(error, Error::Transport(_)) && error.is_retryable() && !error.is_timeout(), "{case}");
        assert!(participants.next().is_none() && participants.next().is_none(), "{case}");
        assert_eq!(server.seen(), 1 + 3, "{case}");

        let rest = request.page_no(participants.resume_page_no());
        assert_eq!(ids(rest), expected_ids(3, 6), "{case}");
    });
}

#[test]
fn a_body_that_ends_with_the_connection_is_a_page() {
    for end in [Step::Close, Step::HalfClose] {
        let whole_pages = {
            let end = end.clone();
            move |_, head: &str| vec![Step::Send(unframed("", list_page(head, 6, 2).to_string())), end.clone()]
        };
        let server = Server::start(whole_pages);
        assert_eq!(ids(request(&server)), expected_ids(1, 6), "{end:?}");
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
        assert!(error.to_string().starts_with(BROKE), "{error}");
    }
    // The byte too many belongs neither to this body nor to the next response.
    let too_short = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len() - 1);
    let server = Server::in_turn([too_short.into_bytes(), ok(&body)]);
    let request = request(&server);
    assert!(matches!(failed(request.send()), Error::Decode(_)));
    assert_eq!(request.send().unwrap().participants.len(), 1);
}

#[test]
fn a_whole_body_whose_json_ends_early_is_not_asked_for_again() {
    let body = body();
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
        let server = Server::always(response);
        let error = failed(request(&server).send());
        assert!(matches!(error, Error::Decode(_)), "{name}: {error}");
        assert_eq!(server.seen(), 1, "{name}");
    }
}

#[cfg(feature = "gzip")]
#[test]
fn gzip_that_ends_early_in_a_whole_body_is_asked_for_again() {
    let zipped = gzip(body().as_bytes());
    let cut = &zipped[..zipped.len() - 20];
    for response in [answer("200 OK", GZIP, cut), chunked(GZIP, cut)] {
        let server = Server::always(response);
        let error = failed(request(&server).send());
        assert!(error.to_string().starts_with(BROKE), "{error}");
        assert_eq!(server.seen(), 3);
    }
}

#[cfg(feature = "gzip")]
#[test]
fn gzip_that_is_corrupt_is_not_asked_for_again() {
    let zipped = gzip(body().as_bytes());
    for at in [0, 10, zipped.len() - 8] {
        let mut corrupt = zipped.clone();
        corrupt[at] ^= 0xff;
        let server = Server::always(answer("200 OK", GZIP, &corrupt));
        let error = failed(request(&server).send());
        assert!(error.to_string().starts_with("the response's gzip body is corrupt"), "byte {at}: {error:?}");
        assert_eq!(server.seen(), 1, "byte {at}");
    }
}
