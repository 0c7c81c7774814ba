//! A response that is cut at any byte whatever is an error that may pass, and never a shorter page.

use realtimekit::Error;

use crate::pages::*;
use crate::server::*;

/// Sends `whole` cut at each byte from `from` on to before `to`, with FIN or RST behind it.
#[track_caller]
fn assert_cuts_are_seen(whole: &[u8], to: usize, end: Step) {
    for cut in 0..to {
        let server = Server::playing(vec![vec![Step::Send(whole[..cut].to_vec()), end.clone()]]);
        let client = builder(server.base_url()).max_retries(0).build().unwrap();
        match client.session_participants("account", "app", "session").send() {
            Err(error @ Error::Transport(_)) if error.is_retryable() => {}
            other => panic!(
                "cut at {cut} of {}, {end:?}: {other:?} {:?}",
                whole.len(),
                String::from_utf8_lossy(&whole[..cut])
            ),
        }
    }
}

fn body() -> String {
    let mut page = page(1, 2, 2);
    page["data"]["participants"][0]["display_name"] = "Zoë 🙂".into();
    page.to_string()
}

#[test]
fn of_a_known_length() {
    let whole = ok(body());
    assert_cuts_are_seen(&whole, whole.len(), Step::Close);
    assert_cuts_are_seen(&whole, whole.len(), Step::Reset);
}

#[test]
fn in_chunks() {
    // ureq takes the chunk of length 0 for the end, without the empty line that should follow.
    let whole = chunked("", body());
    assert_cuts_are_seen(&whole, whole.len() - 4, Step::Close);
    assert_cuts_are_seen(&whole, whole.len() - 4, Step::Reset);
}

#[test]
fn without_any_framing() {
    let whole = unframed("", body());
    assert_cuts_are_seen(&whole, whole.len(), Step::Close);
    assert_cuts_are_seen(&whole, whole.len(), Step::Reset);
    let whole = unframed("Transfer-Encoding: identity\r\n", body());
    assert_cuts_are_seen(&whole, whole.len(), Step::Close);
}

#[cfg(feature = "gzip")]
#[test]
fn compressed() {
    let headers = "Content-Encoding: gzip\r\n";
    let gzip = gzip(body().as_bytes());
    let chunks = chunked(headers, &gzip);
    for (whole, to) in [(answer("200 OK", headers, &gzip), 0), (chunks, 4), (unframed(headers, &gzip), 0)] {
        assert_cuts_are_seen(&whole, whole.len() - to, Step::Close);
    }
}
