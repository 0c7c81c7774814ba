//! An error is one line that says what happened and what to do, for what a small server can cause.

use std::error::Error as _;
use std::time::Duration;

use realtimekit::{ClientBuilder, Error, ureq};

use crate::support::*;

/// The error of one attempt at a server, and the server's host and port.
#[track_caller]
fn error_of(steps: Vec<Step>, set: fn(ClientBuilder) -> ClientBuilder) -> (Error, String) {
    let server = Server::always(steps);
    (failed(request_of(set(builder(&server).max_retries(0))).send()), server.host())
}

#[track_caller]
fn error_of_response(response: Vec<u8>) -> Error {
    error_of(vec![Step::Send(response)], |builder| builder).0
}

const TOKEN_ADVICE: &str = "; check the token and its Realtime permission";
const IDS_ADVICE: &str = "; check the account, app and session IDs and their order, then base_url";
const REQUEST_ADVICE: &str = "; check the request's IDs and parameters";
const PATH_ADVICE: &str = "; check base_url and any proxy or gateway";
const BLOCK_ADVICE: &str = "; Cloudflare may block a token for up to five minutes; try again later";

#[test]
fn a_refusal_says_its_status_and_what_to_do() {
    let location = "Location: https://example.com/login\r\n";
    for (status, headers, expected) in [
        ("302 Found", location, "302 from the API; redirects are not followed; check base_url"),
        ("400 Bad Request", "", &format!("400 from the API{REQUEST_ADVICE}")),
        // Waiting wouldn't help here.
        ("401 Unauthorized", "Retry-After: 30\r\n", &format!("401 from the API{TOKEN_ADVICE}")),
        ("403 Forbidden", "cf-ray: 8f-FRA\r\n", &format!("403 from the API [ray 8f-FRA]{TOKEN_ADVICE}")),
        ("404 Not Found", "", &format!("404 from the API{IDS_ADVICE}")),
        ("405 Method Not Allowed", "", &format!("405 from the API{PATH_ADVICE}")),
        ("422 Unprocessable Content", "", &format!("422 from the API{REQUEST_ADVICE}")),
        ("429 Too Many Requests", "", &format!("429 from the API{BLOCK_ADVICE}")),
        ("429 Too Many Requests", "Retry-After: 30\r\n", "429 from the API; wait 30 s, then try again"),
        ("429 Too Many Requests", "Ratelimit: \"a\";r=0;t=9\r\n", "429 from the API; wait 9 s, then try again"),
        ("500 Internal Server Error", "", "500 from the API; try again later"),
        ("503 Service Unavailable", "Retry-After: 0\r\n", "503 from the API; try again later"),
    ] {
        assert_eq!(error_of_response(answer(status, headers, "")).to_string(), expected);
    }
}

#[test]
fn what_to_do_stands_behind_what_the_body_says() {
    let body = r#"{"success": false, "error": {"code": 7, "message": "no"}}"#;
    for (status, expected) in [
        ("200 OK", format!("200 from the API with success: false: no (code 7){REQUEST_ADVICE}")),
        ("404 Not Found", format!("404 from the API: no (code 7){IDS_ADVICE}")),
        ("500 Internal Server Error", "500 from the API: no (code 7); try again later".to_owned()),
    ] {
        assert_eq!(error_of_response(answer(status, "", body)).to_string(), expected);
    }
}

#[test]
fn a_400_about_the_authorization_header_says_to_check_the_token() {
    let chain = r#"[{"code": 6111, "message": "Invalid format for Authorization header"}]"#;
    for (body, what, advice) in [
        (
            format!(r#"{{"errors": [{{"code": 6003, "message": "no", "error_chain": {chain}}}]}}"#),
            "no (code 6003), Invalid format for Authorization header (code 6111)",
            TOKEN_ADVICE,
        ),
        (r#"{"errors": [{"code": 6003, "message": "no"}]}"#.to_owned(), "no (code 6003)", TOKEN_ADVICE),
        (r#"{"errors": [{"code": 6111, "message": "no"}]}"#.to_owned(), "no (code 6111)", TOKEN_ADVICE),
        (r#"{"errors": [{"code": 7003, "message": "no"}]}"#.to_owned(), "no (code 7003)", REQUEST_ADVICE),
    ] {
        let error = error_of_response(answer("400 Bad Request", "", body));
        assert_eq!(error.to_string(), format!("400 from the API: {what}{advice}"));
    }
}

#[test]
fn a_connection_that_breaks_is_named_with_advice_to_try_again() {
    let partial = |text: &str| vec![Step::Send(text.as_bytes().to_vec()), Step::Close];
    for (steps, cause) in [
        (vec![Step::Close], "io: Peer disconnected"),
        (partial("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), "io: Peer disconnected"),
        (partial("HTTP/1.1 200 OK\r\n\r\n{"), "io: the body ends early"),
    ] {
        let (error, host) = error_of(steps, |builder| builder);
        let expected = format!("the connection to {host} broke before the whole response had arrived; try again");
        assert_eq!(error.to_string(), expected);
        assert_eq!(format!("{error:?}"), format!("{expected}: {cause}"));
    }
}

#[test]
fn an_answer_that_is_not_http_is_called_that() {
    let long_header = [&b"HTTP/1.1 200 OK\r\na: "[..], &[b'a'; 70_000]].concat();
    for (answer, cause) in [
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec(), "protocol: http parse fail: invalid HTTP version"),
        (long_header, "response header is too big: "),
    ] {
        let (error, host) = error_of(vec![Step::Send(answer), Step::Close], |builder| builder);
        assert_eq!(error.to_string(), format!("the answer from {host} is not valid HTTP{PATH_ADVICE}"));
        assert!(format!("{error:?}").starts_with(&format!("{error}: {cause}")), "{error:?}");
    }
}

#[test]
fn a_timeout_says_what_to_check_and_to_raise() {
    let (error, host) = error_of(vec![Step::Stall], |builder| builder.timeout(Duration::from_secs(1)));
    let expected = format!(
        "timed out: no complete response from {host}; check the network and any proxy, raise timeout, or ask for a smaller per_page"
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(format!("{error:?}"), format!("{expected}: timeout: global"));
}

#[test]
fn a_time_limit_of_an_agent_says_where_to_raise_it() {
    let head = Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".to_vec());
    let (error, host) = error_of(vec![head, Step::Stall], |builder| {
        let limit = Some(Duration::from_millis(50));
        builder.agent(ureq::Agent::config_builder().timeout_recv_body(limit).build().into())
    });
    let expected =
        format!("timed out: {host} exceeded one of the agent's own time limits; raise that limit on the agent");
    assert_eq!(error.to_string(), expected);
    assert!(error.is_timeout() && error.is_retryable(), "{error:?}");
}

/// Linux drops what doesn't fit a full queue; other systems may refuse it.
#[cfg(target_os = "linux")]
#[test]
fn a_connection_that_is_not_answered_is_a_timeout_that_is_not_blamed_on_an_agent() {
    let (address, _listener, _held) = silent_address();
    let short = Duration::from_millis(200);
    let silent = builder(format!("http://{address}")).max_retries(0);

    // ureq counts it as a timeout of the connection or of the whole attempt, whichever it notices first.
    let error = failed(request_of(silent.clone().timeout(short)).send());
    let said = error.to_string();
    assert!(said.starts_with("timed out: no ") && said.contains(&address.to_string()), "{said}");
    assert!(!said.contains("agent"), "none was given: {said}");

    let agent = ureq::Agent::config_builder().timeout_connect(Some(short)).build().into();
    let error = failed(request_of(silent.agent(agent)).send());
    let expected = format!(
        "timed out: no connection to the host {address}; check base_url, the network and any proxy, or raise the time limit"
    );
    assert_eq!(error.to_string(), expected);
    assert!(error.is_timeout() && error.is_retryable(), "{error:?}");
}

#[test]
fn a_response_over_the_limit_says_the_limit_and_what_to_do() {
    let (error, host) = error_of(vec![Step::Send(ok("0123456789a"))], |builder| builder.max_response_size(10));
    let expected = format!(
        "the response from {host} is larger than max_response_size (10 bytes); raise max_response_size or ask for a smaller per_page"
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(format!("{error:?}"), format!("{expected}: the response body is larger than request limit: 10"));
}

#[cfg(feature = "gzip")]
#[test]
fn corrupt_gzip_is_called_corrupt() {
    let response = chunked(GZIP, "this is no gzip");
    let (error, host) = error_of(vec![Step::Send(response)], |builder| builder);
    let expected = format!("the gzip body from {host} is corrupt; try again, then check any proxy or gateway");
    assert_eq!(error.to_string(), expected);
    assert_eq!(format!("{error:?}"), format!("{expected}: gzip decompression failed: invalid gzip header"));
}

#[test]
fn a_connection_that_is_refused_names_the_host() {
    let (address, _held) = refusing_address();
    let error = failed(request_of(builder(format!("http://{address}")).max_retries(0)).send());
    let expected =
        format!("the connection to the host {address} was refused; check base_url, the network and any proxy");
    assert_eq!(error.to_string(), expected);
    assert!(error.source().unwrap().is::<ureq::Error>());
}

#[test]
fn a_body_that_is_not_the_documented_json_says_where() {
    const SHAPE_ADVICE: &str = "; try a newer version of realtimekit";
    let shape = |path, column| {
        format!("the response is JSON of an unexpected form at {path} (line 1, column {column}){SHAPE_ADVICE}")
    };
    let table: [(&[u8], String); 6] = [
        (b"<!DOCTYPE html>", format!("the response is not JSON (line 1, column 1){PATH_ADVICE}")),
        (b"{\n  \"data\": \xff}", format!("the response is not UTF-8 (line 2, column 11){PATH_ADVICE}")),
        (b"{\"data\": {\"participants\": [{\"display_name\": 7}]}}", shape("data.participants[0].display_name", 45)),
        (b"{\"data\": \"Mark\"}", shape("data", 15)),
        (b"{\"result\": {}}", "the response has no data object; check base_url".into()),
        (b"{\"data\": null}", "the response has no data object; check base_url".into()),
    ];
    for (body, expected) in table {
        let error = error_of_response(ok(body));
        assert_eq!(error.to_string(), expected);
        assert_eq!(format!("{error:?}"), expected);
    }
}

#[test]
fn the_error_inside_says_what_happened_without_the_advice() {
    for (steps, advice) in [
        (vec![Step::Send(answer("429 Status", "Retry-After: 30\r\n", "no"))], "; wait 30 s, then try again"),
        (vec![Step::Send(answer("403 Status", "cf-ray: 8f\r\n", "no"))], TOKEN_ADVICE),
        (vec![Step::Close], "; try again"),
        (vec![Step::Send(ok("<html>"))], PATH_ADVICE),
    ] {
        let (error, _) = error_of(steps, |builder| builder);
        let inside = match &error {
            Error::Api(inside) => inside.to_string(),
            Error::Transport(inside) => inside.to_string(),
            Error::Decode(inside) => inside.to_string(),
            _ => panic!("{error:?}"),
        };
        assert_eq!(error.without_advice().to_string(), inside);
        assert_eq!(error.to_string(), inside + advice);
    }
}

#[test]
fn an_error_names_its_page_its_attempts_and_its_ray_in_this_order() {
    let failure = r#"{"errors": [{"code": 971, "message": "Internal"}]}"#;
    let server = Server::always(answer("500 Status", "cf-ray: 8f-FRA\r\n", failure));
    let error = failed(request(&server).page_no(3).iter().next().unwrap());
    assert_eq!(
        error.to_string(),
        "500 from the API: Internal (code 971) [page 3, 3 attempts, ray 8f-FRA]; try again later"
    );
    assert_eq!((error.page_no(), error.attempts(), error.ray_id()), (Some(3), 3, Some("8f-FRA")));
}

#[test]
fn the_alternate_debug_shows_the_variant_and_its_fields() {
    let refusal = answer("403 Status", "cf-ray: 8f\r\n", r#"{"error": {"code": 7, "message": "no"}}"#);
    let table: [(Vec<Step>, &str, &[&str]); 3] = [
        (vec![Step::Send(refusal)], "Api(\n", &["status: 403,", "code: Some(\n", "message: \"no\"", "ray_id: Some(\n"]),
        (vec![Step::Close], "Transport(\n", &["failure: ConnectionBroke", "host: \"127.0.0.1:", "cause: Io("]),
        (vec![Step::Send(ok("<html>"))], "Decode(\n", &["kind: NotJson", "line: 1", "column: 1"]),
    ];
    for (steps, variant, fields) in table {
        let (error, _) = error_of(steps, |builder| builder);
        let shown = format!("{error:#?}");
        assert!(shown.starts_with(variant) && fields.iter().all(|field| shown.contains(field)), "{shown}");
    }
    let error = failed(client("http://localhost:1").session_participants("", "app", "session").send());
    let shown = format!("{error:#?}");
    assert!(shown.starts_with("InvalidArgument {\n    name: \"account_id\",\n    reason: \"is empty"), "{shown}");
}

#[test]
fn an_error_is_small_enough_to_return_by_value() {
    assert!(size_of::<Error>() <= 128, "{} bytes", size_of::<Error>());
}
