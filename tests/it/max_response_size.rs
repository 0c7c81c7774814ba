//! "Size": what a client reads and keeps is bounded, whatever a server sends.

use realtimekit::{Error, ParticipantsRequest};

use crate::support::*;

const MIB: u64 = 1024 * 1024;

/// Far more than the buffers of two sockets hold, and far less than the servers here would send.
const PLENTY: u64 = 64 * MIB;

fn limited(server: &Server, max_response_size: u64) -> ParticipantsRequest {
    request_of(builder(server).max_response_size(max_response_size))
}

/// Sends `head`, then `bytes` for as long as the client reads, up to 256 MiB.
fn flooding(head: &str, bytes: Vec<u8>) -> Server {
    Server::always(vec![Step::Send(head.into()), Step::Flood(bytes, 256 * MIB), Step::Close])
}

#[track_caller]
fn assert_too_large(error: &Error, limit: u64) {
    let expected = format!(" is larger than max_response_size ({limit} bytes); ");
    assert!(error.to_string().contains(&expected), "{error}");
    assert!(!error.is_retryable(), "{error}");
}

/// How much the server could send before the client hung up.
fn written(server: &Server) -> u64 {
    server.wait_for_hang_up();
    server.log().written
}

#[test]
fn a_body_may_be_as_large_as_the_limit_but_not_a_byte_larger() {
    let body = page(1, 50, 50).to_string();
    let size = body.len() as u64;
    for (name, response) in [
        ("plain", ok(&body)),
        ("chunked", chunked("", &body)),
        ("without a length", unframed("", &body)),
        #[cfg(feature = "gzip")]
        ("gzip", answer("200 OK", GZIP, gzip(body.as_bytes()))),
        #[cfg(feature = "gzip")]
        ("chunked gzip", chunked(GZIP, gzip(body.as_bytes()))),
    ] {
        let server = Server::always(vec![Step::Send(response), Step::HalfClose]);
        assert_eq!(limited(&server, size).send().unwrap().participants.len(), 50, "{name}");
        let before = server.seen();
        assert_too_large(&failed(limited(&server, size - 1).send()), size - 1);
        assert_eq!(server.seen() - before, 1, "{name}");
    }
}

#[test]
fn the_default_limit_is_16_mib() {
    let page = page(1, 1, 1).to_string();
    let room = 16 * MIB as usize - page.len();
    let server = Server::start(move |nth, _| ok(" ".repeat(room + nth) + &page));
    let request = request(&server);
    request.send().unwrap();
    assert_too_large(&failed(request.send()), 16 * MIB);
}

#[test]
fn the_client_hangs_up_on_a_body_without_end() {
    let blank = vec![b' '; 0x10000];
    let chunk = [b"10000\r\n", blank.as_slice(), b"\r\n"].concat();
    for (name, head, bytes) in [
        ("plain, the length honest", format!("Content-Length: {}\r\n\r\n", 256 * MIB), &blank),
        ("plain, the length a lie", format!("Content-Length: {}\r\n\r\n", u64::MAX), &blank),
        ("plain, without a length", "Connection: close\r\n\r\n".to_owned(), &blank),
        ("chunked", "Transfer-Encoding: chunked\r\n\r\n".to_owned(), &chunk),
        ("chunked, with a length", "Transfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n".to_owned(), &chunk),
    ] {
        let server = flooding(&format!("HTTP/1.1 200 OK\r\n{head}"), bytes.clone());
        assert_too_large(&failed(limited(&server, MIB).send()), MIB);
        assert_eq!(server.seen(), 1, "{name}");
        let written = written(&server);
        assert!(written < PLENTY, "{name}: {written}");
    }
}

#[test]
fn the_client_hangs_up_on_headers_without_end() {
    for line in ["X: y\r\n", "x"] {
        let server = flooding("HTTP/1.1 200 OK\r\n", line.repeat(10_000).into_bytes());
        let error = failed(limited(&server, MIB).send());
        assert!(matches!(error, Error::Transport(_)) && !error.is_retryable(), "{error}");
        let written = written(&server);
        assert!(written < PLENTY, "{written}");
    }
}

#[test]
fn a_refusal_without_end_is_still_a_refusal() {
    for head in [
        format!("HTTP/1.1 403 Forbidden\r\nContent-Length: {}\r\n\r\n", u64::MAX),
        "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n".to_owned(),
    ] {
        let server = flooding(&head, b"<p>no ".repeat(10_000));
        let error = failed(limited(&server, PLENTY).send());
        assert_eq!(error.status(), Some(403), "{error}");
        let written = written(&server);
        assert!(written < PLENTY, "{written}");
    }
}

#[test]
fn at_most_64_kib_of_a_refusal_are_read() {
    let refusal = |size: usize| {
        let text = "x".repeat(size - r#"{"error":{"message":"","code":7}}"#.len());
        answer("403 Forbidden", "", format!(r#"{{"error":{{"message":"{text}","code":7}}}}"#))
    };
    for (size, code) in [(0x10000, Some(7)), (0x10001, None)] {
        let server = Server::always(refusal(size));
        // `max_response_size` bounds only successful bodies.
        let Error::Api(error) = failed(limited(&server, 10).send()) else { panic!("{size}") };
        // JSON that was truncated gives no message.
        assert_eq!(error.errors.first().and_then(|error| error.code), code, "{size}");
    }
}

#[cfg(feature = "gzip")]
#[test]
fn a_gzip_bomb_fills_no_memory() {
    const NAME: &str = "max_response_size::a_gzip_bomb_fills_no_memory";
    /// 10 MiB of spaces, compressed by `gzip -9n`. A gzip stream may have many such members in a row.
    const BOMB: &[u8] = include_bytes!("../data/bomb.gz");
    if child::given().is_none() {
        child::run(NAME, "", &[]);
        return;
    }
    // Each would fill 400 MiB.
    for status in ["200 OK", "403 Forbidden"] {
        let head = format!("HTTP/1.1 {status}\r\n{GZIP}Connection: close\r\n\r\n");
        let server = Server::always(vec![Step::Send(head.into()), Step::Send(BOMB.repeat(40)), Step::Close]);
        match failed(limited(&server, MIB).send()) {
            Error::Api(error) => assert_eq!(error.status, 403),
            error => assert_too_large(&error, MIB),
        }
        assert_eq!(server.seen(), 1, "{status}");
    }
    // Only Linux shows the peak.
    let Ok(process) = std::fs::read_to_string("/proc/self/status") else { return };
    let peak = process.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 100 * 1024, "{peak} kB");
}
