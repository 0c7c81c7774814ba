//! "Errors": every error is one line that says what happened and what to do. complete_or_error.rs has the messages about
//! pages that don't line up, arguments.rs those about wrong values, and tls.rs those about TLS.

use std::fmt::Debug;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use realtimekit::{ClientBuilder, Error, Result};
use serde_json::json;

use crate::support::*;

const LONG: usize = 70_000;

/// The error of an outcome, after checks that hold for all errors.
#[track_caller]
fn error<T: Debug>(outcome: Result<T>) -> Error {
    let error = failed(outcome);
    let (display, debug) = (error.to_string(), format!("{error:?}"));
    assert!(!display.contains('\n') && !debug.contains('\n'), "{debug:?}");
    assert!(!display.starts_with(char::is_uppercase) && !display.ends_with('.'), "{display}");
    assert!(debug.starts_with(&display), "{debug}");
    error
}

/// The error of one attempt at a server that plays these steps.
#[track_caller]
fn error_of(steps: Vec<Step>, set: fn(ClientBuilder) -> ClientBuilder) -> Error {
    let server = Server::always(steps);
    error(request_of(set(builder(&server).max_retries(0))).send())
}

#[track_caller]
fn error_of_response(response: Vec<u8>) -> Error {
    error_of(vec![Step::Send(response)], |builder| builder)
}

const TOKEN_ADVICE: &str = "; check the token and its Realtime permission";
const IDS_ADVICE: &str = "; check the account, app and session IDs and their order, then base_url";
const REQUEST_ADVICE: &str = "; check the request's IDs and parameters";
const PATH_ADVICE: &str = "; check base_url and what stands between here and the API";
const BLOCK_ADVICE: &str = "; wait up to five minutes, for which Cloudflare blocks a token, then try again";

#[test]
fn a_refusal_says_its_status_and_what_to_do() {
    let location = "Location: https://example.com/login\r\n";
    for (status, headers, expected) in [
        ("302 Found", location, "302 from the API; redirects are not followed, check base_url"),
        // Waiting wouldn't help here.
        ("401 Unauthorized", "Retry-After: 30\r\n", &format!("401 from the API{TOKEN_ADVICE}")),
        ("403 Forbidden", "cf-ray: 8f-FRA\r\n", &format!("403 from the API{TOKEN_ADVICE} (ray 8f-FRA)")),
        ("405 Method Not Allowed", "", &format!("405 from the API{PATH_ADVICE}")),
        ("429 Too Many Requests", "", &format!("429 from the API{BLOCK_ADVICE}")),
        ("429 Too Many Requests", "Retry-After: 30\r\n", "429 from the API; wait 30 s, then try again"),
        ("429 Too Many Requests", "Ratelimit: \"a\";r=0;t=9\r\n", "429 from the API; wait 9 s, then try again"),
        ("500 Internal Server Error", "", "500 from the API; try again later"),
        ("503 Service Unavailable", "Retry-After: 0\r\n", "503 from the API; try again"),
    ] {
        assert_eq!(error_of_response(answer(status, headers, "")).to_string(), expected);
    }
}

#[test]
fn a_refusal_says_the_messages_of_its_body() {
    let auth = r#"{"success": false, "errors": [{"code": 10000, "message": "Authentication error"}]}"#;
    let missing = r#"{"success": false, "error": {"code": 404, "message": "No session found with id s"}}"#;
    let html = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n";
    let many = json!({"errors": [{"code": "1"}, {"code": 2}, "three", {}, {"message": "five\nlines"}, {}, {}]});
    let lorem = "lorem ".repeat(100);
    let no_session = "No session found with id s (code 404)";
    for (status, body, expected) in [
        ("401 Status", auth, format!("401 from the API: Authentication error (code 10000){TOKEN_ADVICE}")),
        ("404 Status", missing, format!("404 from the API: {no_session}{IDS_ADVICE}")),
        ("200 Status", missing, format!("200 from the API with success: false: {no_session}{REQUEST_ADVICE}")),
        (
            "400 Status",
            r#"{"error": {"message": "per_page is too large"}}"#,
            format!("400 from the API: per_page is too large{REQUEST_ADVICE}"),
        ),
        ("429 Status", "error code: 1015", format!("429 from the API: error code: 1015{BLOCK_ADVICE}")),
        (
            "500 Status",
            &many.to_string(),
            "500 from the API: code 1, code 2, three, no message, five lines, and 2 more; try again later".to_owned(),
        ),
        (
            "502 Status",
            html,
            "502 from the API: <html> <head><title>502 Bad Gateway</title></head> </html>; try again later".to_owned(),
        ),
        ("502 Status", &lorem, format!("502 from the API: {}; try again later", lorem[..200].trim())),
    ] {
        assert_eq!(error_of_response(answer(status, "", body)).to_string(), expected);
    }
}

#[test]
fn debug_of_a_refusal_is_its_one_line() {
    let error = error_of_response(answer("401 Unauthorized", "", ""));
    assert_eq!(format!("{error:?}"), error.to_string());
    assert_eq!(format!("{error:#?}"), error.to_string());
}

#[test]
fn a_connection_that_breaks_says_so() {
    let partial = |text: &str| vec![Step::Send(text.as_bytes().to_vec()), Step::Close];
    for (steps, cause) in [
        (vec![Step::Close], "io: Peer disconnected"),
        (partial("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), "io: Peer disconnected"),
        (partial("HTTP/1.1 200 OK\r\n\r\n{"), "io: the body ends early"),
    ] {
        let error = error_of(steps, |builder| builder);
        assert_eq!(error.to_string(), "the connection broke before the whole response was there; try again");
        assert_eq!(format!("{error:?}"), format!("{error}: {cause}"));
    }
}

#[test]
fn an_answer_that_is_not_http_says_so() {
    let long_header = [&b"HTTP/1.1 200 OK\r\na: "[..], &[b'a'; LONG]].concat();
    for (answer, cause) in [
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec(), "protocol: http parse fail: invalid HTTP version"),
        (long_header, "response header is too big: "),
    ] {
        let error = error_of(vec![Step::Send(answer), Step::Close], |builder| builder);
        assert_eq!(error.to_string(), format!("the answer is not valid HTTP{PATH_ADVICE}"));
        assert!(format!("{error:?}").starts_with(&format!("{error}: {cause}")), "{error:?}");
    }
}

#[test]
fn a_timeout_says_so() {
    let error = error_of(vec![Step::Stall], |builder| builder.timeout(Duration::from_millis(50)));
    let expected = "timed out: the whole response did not arrive within the client's timeout; raise it or ask for a smaller per_page";
    assert_eq!(error.to_string(), expected);
    assert_eq!(format!("{error:?}"), format!("{expected}: timeout: global"));
}

#[test]
fn a_response_over_the_limit_says_so() {
    let error = error_of(vec![Step::Send(ok("0123456789a"))], |builder| builder.max_response_size(10));
    let expected = "the response is larger than max_response_size (10 bytes); raise it or ask for a smaller per_page";
    assert_eq!(error.to_string(), expected);
    assert_eq!(format!("{error:?}"), format!("{expected}: the response body is larger than request limit: 10"));
}

#[cfg(feature = "gzip")]
#[test]
fn corrupt_gzip_says_so() {
    let error = error_of_response(chunked("Content-Encoding: gzip\r\n", "this is no gzip"));
    let expected = "the response's gzip body is corrupt; look at what stands between here and the API";
    assert_eq!(error.to_string(), expected);
    assert_eq!(format!("{error:?}"), format!("{expected}: gzip decompression failed: invalid gzip header"));
}

#[test]
fn a_connection_that_is_refused_says_so() {
    // Nobody can listen on a port that the client's end of a connection holds.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let held = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let base_url = format!("http://{}", held.local_addr().unwrap());
    let error = error(request_of(builder(base_url).max_retries(0)).send());
    assert_eq!(error.to_string(), "the connection was refused; check base_url, the network and the proxy");
}

#[test]
fn a_body_that_is_not_the_documented_json_says_where() {
    const SHAPE: &str = "holds JSON of another shape than documented; see whether a newer realtimekit knows it";
    let table: [(&[u8], String); 7] = [
        (b"<!DOCTYPE html>", format!("at line 1 column 1 the response is not JSON{PATH_ADVICE}")),
        (b"{\n  \"data\": \xff", format!("at line 2 column 11 the response is not UTF-8{PATH_ADVICE}")),
        (
            b"{\n  \"data\": {",
            "at line 2 column 11 the response is JSON that ends early; check what stands between here and the API"
                .into(),
        ),
        (
            b"{\"data\": {\"participants\": [{\"display_name\": 7}]}}",
            format!("at line 1 column 45 the response {SHAPE}"),
        ),
        (b"{\"data\": \"Mark\"}", format!("at line 1 column 15 the response {SHAPE}")),
        (b"{\"result\": {}}", "the response holds no data object; check base_url".into()),
        (b"{\"data\": null}", "the response holds no data object; check base_url".into()),
    ];
    for (body, expected) in table {
        let error = error_of_response(ok(body));
        assert_eq!(error.to_string(), expected);
        assert_eq!(format!("{error:?}"), expected);
    }
}

#[test]
fn an_error_is_small_enough_to_return_by_value() {
    assert!(size_of::<Error>() <= 128, "{} bytes", size_of::<Error>());
}
