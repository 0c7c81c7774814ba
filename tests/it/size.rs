//! `max_response_size`: what a client reads and keeps is bounded, whatever a server says or sends.

use realtimekit::{Error, ParticipantsRequest};

use crate::pages::{builder, page};
use crate::secrets::failed;
#[cfg(feature = "gzip")]
use crate::server::gzip;
use crate::server::{Server, Step, answer, chunked, ok, unframed, until};

const MIB: u64 = 1024 * 1024;

/// Far more than the buffers of two sockets hold, far less than a server would send.
const PLENTY: u64 = 64 * MIB;

fn request(server: &Server, max_response_size: u64) -> ParticipantsRequest {
    let builder = builder(server.base_url()).max_response_size(max_response_size);
    builder.build().unwrap().session_participants("account", "app", "session")
}

/// Sends `head`, then `bytes` for as long as the client reads, up to 256 MiB.
fn flooding(head: &str, bytes: Vec<u8>) -> Server {
    Server::playing(vec![vec![Step::Send(head.into()), Step::Flood(bytes, 256 * MIB), Step::Close]])
}

#[track_caller]
fn is_too_large(error: &Error, limit: u64) {
    let expected = format!("the response is larger than max_response_size ({limit} bytes)");
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert!(!error.is_retryable(), "{error}");
}

/// How much the server got rid of before it was hung up on.
fn written(server: &Server) -> u64 {
    until(|| server.log().closed > 0);
    server.log().written
}

#[test]
fn a_body_may_be_as_large_as_the_limit_and_not_a_byte_larger() {
    let body = page(1, 50, 50).to_string();
    let size = body.len() as u64;
    for (name, response) in [
        ("plain", ok(&body)),
        ("chunked", chunked("", &body)),
        ("without a length", unframed("", &body)),
        #[cfg(feature = "gzip")]
        ("gzip", answer("200 OK", "Content-Encoding: gzip\r\n", gzip(body.as_bytes()))),
        #[cfg(feature = "gzip")]
        ("chunked gzip", chunked("Content-Encoding: gzip\r\n", gzip(body.as_bytes()))),
    ] {
        let server = Server::playing(vec![vec![Step::Send(response), Step::HalfClose]]);
        assert_eq!(request(&server, size).send().unwrap().participants.len(), 50, "{name}");
        let before = server.seen();
        is_too_large(&failed(request(&server, size - 1).send()), size - 1);
        assert_eq!(server.seen() - before, 1, "{name}");
    }
}

#[test]
fn the_limit_is_16_mib_where_the_caller_sets_none() {
    let size = 16 * MIB as usize;
    let body = page(1, 1, 1).to_string();
    let server =
        Server::start(move |nth, _| vec![Step::Send(ok(format!("{}{body}", " ".repeat(size + nth - body.len()))))]);
    let request = builder(server.base_url()).build().unwrap().session_participants("account", "app", "session");
    request.send().unwrap();
    is_too_large(&failed(request.send()), 16 * MIB);
}

#[test]
fn a_server_that_never_stops_is_hung_up_on() {
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
        is_too_large(&failed(request(&server, MIB).send()), MIB);
        assert_eq!(server.seen(), 1, "{name}");
        let written = written(&server);
        assert!(written < PLENTY, "{name}: {written}");
    }
}

#[test]
fn headers_that_never_stop_are_hung_up_on() {
    for line in ["X: y\r\n", "x"] {
        let server = flooding("HTTP/1.1 200 OK\r\n", line.repeat(10_000).into_bytes());
        let error = failed(request(&server, MIB).send());
        assert!(matches!(error, Error::Transport(_)) && !error.is_retryable(), "{error}");
        let written = written(&server);
        assert!(written < PLENTY, "{written}");
    }
}

#[test]
fn a_refusal_that_never_stops_is_a_refusal() {
    for head in [
        format!("HTTP/1.1 403 Forbidden\r\nContent-Length: {}\r\n\r\n", u64::MAX),
        "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n".to_owned(),
    ] {
        let server = flooding(&head, b"<p>no ".repeat(10_000));
        let error = failed(request(&server, PLENTY).send());
        assert_eq!(error.status(), Some(403), "{error}");
        let written = written(&server);
        assert!(written < PLENTY, "{written}");
    }
}

#[test]
fn of_a_refusal_64_kib_are_read() {
    let refusal = |size: usize| {
        let text = "x".repeat(size - r#"{"error":{"message":"","code":7}}"#.len());
        answer("403 Forbidden", "", format!(r#"{{"error":{{"message":"{text}","code":7}}}}"#))
    };
    for (size, code) in [(0x10000, Some(7)), (0x10001, None)] {
        let server = Server::playing(vec![vec![Step::Send(refusal(size))]]);
        // The limit of a success is another one.
        let Error::Api(error) = failed(request(&server, 10).send()) else { panic!("{size}") };
        assert_eq!(error.errors[0].code, code, "{size}");
    }
}

#[test]
fn a_length_that_is_a_lie_makes_no_page() {
    let body = page(1, 1, 1).to_string();
    // Too long: the rest never comes.
    for length in [body.len() as u64 + 1, u64::MAX] {
        let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
        let server = Server::playing(vec![vec![Step::Send(response.into_bytes()), Step::Close]]);
        let error = failed(request(&server, MIB).send());
        assert!(error.to_string().starts_with("the connection broke"), "{error}");
    }
    // Too short: what follows is no part of the body, nor of the next one.
    let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len() - 1);
    let server = Server::playing(vec![vec![Step::Send(response.into_bytes())], vec![Step::Send(ok(&body))]]);
    let request = request(&server, MIB);
    assert!(matches!(failed(request.send()), Error::Decode(_)));
    assert_eq!(request.send().unwrap().participants.len(), 1);
}

#[cfg(feature = "gzip")]
#[test]
fn a_gzip_bomb_fills_no_memory() {
    const NAME: &str = "size::a_gzip_bomb_fills_no_memory";
    /// 10 MiB of spaces, packed by `gzip -9n`; gzip goes on where one such member ends and the next begins.
    const BOMB: &[u8] = include_bytes!("../data/bomb.gz");
    if crate::child::given().is_none() {
        return crate::child::run(NAME, "", &[]);
    }
    // As a page and as a refusal; both would come to 400 MiB.
    for status in ["200 OK", "403 Forbidden"] {
        let head = format!("HTTP/1.1 {status}\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n");
        let server = Server::playing(vec![vec![Step::Send(head.into()), Step::Send(BOMB.repeat(40)), Step::Close]]);
        match failed(request(&server, MIB).send()) {
            Error::Api(error) => assert_eq!(error.status, 403),
            error => is_too_large(&error, MIB),
        }
        assert_eq!(server.seen(), 1, "{status}");
    }
    // Linux alone tells.
    let Ok(process) = std::fs::read_to_string("/proc/self/status") else { return };
    let peak = process.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 100 * 1024, "{peak} kB");
}
