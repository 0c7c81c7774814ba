//! What every error says, word for word: one line that a person on call understands, and what to do next.

use std::fmt::Debug;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use realtimekit::{Client, ClientBuilder, Error, ParticipantsRequest, Result};
use serde_json::json;

use crate::pages::{TOKEN, bare_page, builder, page, request};
use crate::server::{Server, Step, answer, ok};

const LONG: usize = 70_000;

/// The error of an outcome, after what goes for each of them was checked.
#[track_caller]
fn error<T: Debug>(outcome: Result<T>) -> Error {
    let error = outcome.unwrap_err();
    let (display, debug) = (error.to_string(), format!("{error:?}"));
    assert!(!display.contains('\n') && !debug.contains('\n'), "{debug:?}");
    assert!(!display.starts_with(char::is_uppercase) && !display.ends_with('.'), "{display}");
    assert!(!debug.contains(TOKEN), "{debug}");
    assert!(debug.starts_with(&display), "{debug}");
    error
}

#[track_caller]
fn says<T: Debug>(outcome: Result<T>, expected: &str) {
    assert_eq!(error(outcome).to_string(), expected);
}

type Set = fn(ClientBuilder) -> ClientBuilder;

/// The outcome of one attempt at a server that plays these steps.
fn play(steps: Vec<Step>, set: Set) -> Result<()> {
    let server = Server::playing(vec![steps]);
    let client = set(builder(server.base_url()).max_retries(0)).build()?;
    client.session_participants("account", "app", "session").send().map(drop)
}

fn played(response: Vec<u8>) -> Result<()> {
    play(vec![Step::Send(response)], |builder| builder)
}

#[test]
fn a_refusal_says_its_status_its_messages_and_what_to_do() {
    let auth = r#"{"success": false, "errors": [{"code": 10000, "message": "Authentication error"}]}"#;
    let missing = r#"{"success": false, "error": {"code": 404, "message": "No session found with id s"}}"#;
    let html = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n";
    let coded =
        json!({"errors": [{"code": "1"}, {"code": 2}, "three", {}, {"message": "five\nlines"}, {}, {}]}).to_string();
    let echo = format!("no such token: Bearer {TOKEN}");
    let long = "lorem ".repeat(100);
    let cut = format!("502 from the API: {}; try again later", &long[..200].trim());
    for (status, headers, body, expected) in [
        (
            "401 Unauthorized",
            "",
            auth,
            "401 from the API: Authentication error (code 10000); check the token and its Realtime permission",
        ),
        (
            "403 Forbidden",
            "cf-ray: 8f1b2c3d4e5f6789-FRA\r\n",
            auth,
            "403 from the API: Authentication error (code 10000); check the token and its Realtime permission (ray 8f1b2c3d4e5f6789-FRA)",
        ),
        (
            "404 Not Found",
            "",
            missing,
            "404 from the API: No session found with id s (code 404); check the account, app and session IDs and their order, then base_url",
        ),
        // A wait is no advice where waiting doesn't help.
        (
            "401 Unauthorized",
            "Retry-After: 30\r\n",
            "",
            "401 from the API; check the token and its Realtime permission",
        ),
        (
            "429 Too Many Requests",
            "Retry-After: 30\r\n",
            "error code: 1015",
            "429 from the API: error code: 1015; wait 30 s, then try again",
        ),
        (
            "429 Too Many Requests",
            "",
            "error code: 1015",
            "429 from the API: error code: 1015; wait up to five minutes, for which Cloudflare blocks a token, then try again",
        ),
        (
            "429 Too Many Requests",
            "Ratelimit: \"default\";r=0;t=9\r\n",
            "",
            "429 from the API; wait 9 s, then try again",
        ),
        ("503 Service Unavailable", "Retry-After: 0\r\n", "", "503 from the API; try again"),
        (
            "502 Bad Gateway",
            "cf-ray: 8f1b2c3d4e5f6789-FRA\r\n",
            html,
            "502 from the API: <html> <head><title>502 Bad Gateway</title></head> </html>; try again later (ray 8f1b2c3d4e5f6789-FRA)",
        ),
        ("502 Bad Gateway", "", &long, &cut),
        ("500 Internal Server Error", "", "", "500 from the API; try again later"),
        (
            "500 Internal Server Error",
            "",
            &coded,
            "500 from the API: code 1, code 2, three, no message, five lines, and 2 more; try again later",
        ),
        ("520", "", &echo, "520 from the API: no such token: Bearer ***; try again later"),
        (
            "400 Bad Request",
            "",
            r#"{"error": {"message": "per_page is too large"}}"#,
            "400 from the API: per_page is too large; check the request's IDs and parameters",
        ),
        ("405 Method Not Allowed", "", "", "405 from the API; check base_url and what stands between here and the API"),
        (
            "200 OK",
            "",
            missing,
            "200 from the API with success: false: No session found with id s (code 404); check the request's IDs and parameters",
        ),
        (
            "302 Found",
            "Location: https://example.com/login\r\n",
            "",
            "302 from the API; redirects are not followed, check base_url",
        ),
    ] {
        says(played(answer(status, headers, body)), expected);
    }
}

#[test]
fn debug_of_a_refusal_is_its_one_line() {
    let error = error(played(answer("401 Unauthorized", "", "")));
    assert_eq!(format!("{error:?}"), error.to_string());
    assert_eq!(format!("{error:#?}"), error.to_string());
}

#[test]
fn a_response_that_doesnt_arrive_whole_says_why() {
    let table: Vec<(Vec<Step>, Set, &str, &str)> = vec![
        (
            vec![Step::Stall],
            |builder| builder.timeout(Duration::from_millis(50)),
            "timed out: the whole response did not arrive within the client's timeout; raise it or ask for a smaller per_page",
            "timeout: global",
        ),
        (
            vec![Step::Send(ok("0123456789a"))],
            |builder| builder.max_response_size(10),
            "the response is larger than max_response_size (10 bytes); raise it or ask for a smaller per_page",
            "the response body is larger than request limit: 10",
        ),
        (
            vec![Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec()), Step::Close],
            |builder| builder,
            "the connection broke before the whole response was there; try again",
            "io: Peer disconnected",
        ),
        (
            vec![Step::Send(b"HTTP/1.1 200 OK\r\n\r\n{".to_vec()), Step::Close],
            |builder| builder,
            "the connection broke before the whole response was there; try again",
            "io: the body ends early",
        ),
        (
            vec![Step::Close],
            |builder| builder,
            "the connection broke before the whole response was there; try again",
            "io: Peer disconnected",
        ),
        (
            vec![Step::Send(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec()), Step::Close],
            |builder| builder,
            "the answer is not valid HTTP; check base_url and what stands between here and the API",
            "protocol: http parse fail: invalid HTTP version",
        ),
        (
            vec![Step::Send([&b"HTTP/1.1 200 OK\r\na: "[..], &[b'a'; LONG]].concat()), Step::Close],
            |builder| builder,
            "the answer is not valid HTTP; check base_url and what stands between here and the API",
            "response header is too big: ",
        ),
        #[cfg(feature = "gzip")]
        (
            vec![Step::Send(crate::server::chunked("Content-Encoding: gzip\r\n", "this is no gzip"))],
            |builder| builder,
            "the response's gzip body is corrupt; look at what stands between here and the API",
            "gzip decompression failed: invalid gzip header",
        ),
    ];
    for (steps, set, display, cause) in table {
        let error = error(play(steps, set));
        assert_eq!(error.to_string(), display);
        assert!(format!("{error:?}").starts_with(&format!("{display}: {cause}")), "{error:?}");
    }
}

#[test]
fn a_connection_that_is_refused_says_so() {
    // Nobody listens on a port that a client's own end of a connection holds.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let held = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let client = builder(format!("http://{}", held.local_addr().unwrap())).max_retries(0).build().unwrap();
    let outcome = client.session_participants("account", "app", "session").send();
    says(outcome, "the connection was refused; check base_url, the network and the proxy");
}

#[cfg(feature = "rustls")]
#[test]
fn a_certificate_that_nobody_trusts_says_so() {
    let server = httpmock::MockServer::start();
    let error = error(request(format!("https://localhost:{}", server.port())).send());
    assert_eq!(
        error.to_string(),
        "the TLS connection failed: the server's certificate isn't trusted, or no protocol is shared; check base_url, and for a private CA give the builder an agent that trusts it"
    );
    assert!(format!("{error:?}").contains("certificate"), "{error:?}");
    assert!(!error.is_retryable());
}

#[test]
fn a_body_that_isnt_the_documented_json_says_where() {
    for (body, expected) in [
        (
            &b"<!DOCTYPE html>"[..],
            "at line 1 column 1 the response is not JSON; check base_url and what stands between here and the API",
        ),
        (
            b"{\n  \"data\": \xff",
            "at line 2 column 11 the response is not UTF-8; check base_url and what stands between here and the API",
        ),
        (
            b"{\n  \"data\": {",
            "at line 2 column 11 the response is JSON that ends early; check what stands between here and the API",
        ),
        (
            b"{\"data\": {\"participants\": [{\"display_name\": 7}]}}",
            "at line 1 column 45 the response holds JSON of another shape than documented; see whether a newer realtimekit knows it",
        ),
        (
            b"{\"data\": \"Mark\"}",
            "at line 1 column 15 the response holds JSON of another shape than documented; see whether a newer realtimekit knows it",
        ),
        (b"{\"result\": {}}", "the response holds no data object; check base_url"),
        (b"{\"data\": null}", "the response holds no data object; check base_url"),
    ] {
        let error = error(played(ok(body)));
        assert_eq!(error.to_string(), expected);
        assert_eq!(format!("{error:?}"), expected);
    }
}

#[test]
fn pages_that_dont_line_up_say_what_was_expected_and_what_came() {
    let no_paging =
        |total: u64| json!({"data": {"paging": {"total_count": total, "start_offset": 0, "end_offset": 0}}});
    for (pages, expected) in [
        (
            vec![page(51, 100, 150)],
            "page 1 doesn't line up: expected start_offset 1, got 51; start over from the first page",
        ),
        (
            vec![page(1, 2, 4), page(1, 2, 4)],
            "page 2 doesn't line up: expected start_offset 3, got 1; start over from the first page",
        ),
        (
            vec![page(1, 2, 9), page(5, 6, 9)],
            "page 2 doesn't line up: expected start_offset 3, got 5; start over from the first page",
        ),
        (
            vec![json!({"data": {"participants": [{}], "paging": page(1, 3, 3)["data"]["paging"]}})],
            "page 1 doesn't line up: expected 3 participants from offset 1 on, got 1; start over from the first page",
        ),
        (
            vec![json!({"data": {"participants": [{}, {}], "paging": page(1, 1, 3)["data"]["paging"]}})],
            "page 1 doesn't line up: expected 1 participants from offset 1 on, got 2; start over from the first page",
        ),
        (
            vec![json!({"data": {"participants": [{}], "paging": page(1, 0, 3)["data"]["paging"]}})],
            "page 1 doesn't line up: its offsets run from 1 back to 0; start over from the first page",
        ),
        (
            vec![page(1, 2, 4), bare_page(3, 4)],
            "page 2 doesn't line up: it has no paging, the page before had it; start over from the first page",
        ),
        (
            vec![bare_page(1, 2), page(3, 4, 4)],
            "page 2 doesn't line up: it has paging, the page before had none; start over from the first page",
        ),
        (
            vec![bare_page(1, 2), bare_page(1, 2)],
            "page 2 doesn't line up: it begins with the participant that the page before began with; start over from the first page",
        ),
        (
            vec![no_paging(7)],
            "page 1 doesn't line up: it is empty, where 7 participants were announced and 0 can have come before; start over from the first page",
        ),
        (
            vec![page(1, 2, 4), no_paging(4)],
            "page 2 doesn't line up: it is empty, where 4 participants were announced and 2 can have come before; start over from the first page",
        ),
    ] {
        let server = Server::playing(pages.iter().map(|page| vec![Step::Send(ok(page.to_string()))]).collect());
        let error = error(request(server.base_url()).into_iter().collect::<Result<Vec<_>>>());
        assert_eq!(error.to_string(), expected);
        assert_eq!(format!("{error:?}"), expected);
    }
    let server = Server::playing(vec![vec![Step::Send(ok(
        page(u64::from(u32::MAX), u64::from(u32::MAX), u64::MAX).to_string()
    ))]]);
    says(
        request(server.base_url()).page_no(u32::MAX).into_iter().collect::<Result<Vec<_>>>(),
        "page 4294967295 doesn't line up: the list goes on past the last page number that can be asked for; start over from the first page",
    );
}

#[test]
fn a_client_that_cant_be_built_says_which_value_is_wrong() {
    let long = format!("https://localhost/{}", "a".repeat(LONG));
    for (builder, expected) in [
        (Client::builder(), "invalid api_token: is empty; give an API token with the Realtime permission"),
        (
            Client::builder().api_token(" \n"),
            "invalid api_token: is empty; give an API token with the Realtime permission",
        ),
        (
            Client::builder().api_token(format!("{TOKEN}\n{TOKEN}")),
            "invalid api_token: holds white space or a line break; give the token alone, without `Bearer`",
        ),
        (
            Client::builder().api_token(format!("Bearer {TOKEN}")),
            "invalid api_token: holds white space or a line break; give the token alone, without `Bearer`",
        ),
        (
            Client::builder().api_token(format!("{TOKEN}ß")),
            "invalid api_token: holds characters that can't be in a token; copy it again",
        ),
        (
            Client::builder().api_token(format!("{TOKEN}\0")),
            "invalid api_token: holds characters that can't be in a token; copy it again",
        ),
        (
            of_url("https://me:secret@localhost/"),
            "invalid base_url: has user info; leave out what stands before the `@`",
        ),
        (
            of_url("https://localhost/?a=b"),
            "invalid base_url: has a query or fragment; leave out what follows `?` or `#`",
        ),
        (
            of_url("https://localhost/#a"),
            "invalid base_url: has a query or fragment; leave out what follows `?` or `#`",
        ),
        (of_url(""), NO_URL),
        (of_url("api.cloudflare.com"), NO_URL),
        (of_url("api.cloudflare.com/client/v4"), NO_URL),
        (of_url("/client/v4"), NO_URL),
        (of_url("https://"), NO_URL),
        (of_url("https://a b/"), NO_URL),
        (of_url("ftp://localhost"), NO_URL),
        (of_url(&long), "invalid base_url: is longer than the 65534 bytes that a URL can have; shorten it"),
        (
            of_url("http://api.cloudflare.com"),
            "invalid base_url: is http to a host that isn't loopback, which would show the token to the network; use https",
        ),
        (of_url("https://localhost:0"), BAD_PORT),
        (of_url("https://localhost:99999"), BAD_PORT),
        (of_url("https://localhost:"), BAD_PORT),
        (
            of_url("https://localhost/clïent"),
            "invalid base_url: holds characters that can't be in a URL; percent-encode them",
        ),
        (
            of_url("http://localhost").timeout(Duration::ZERO),
            "invalid timeout: is zero, which would leave no time for an answer; give a second or more",
        ),
        (
            of_url("http://localhost").max_response_size(0),
            "invalid max_response_size: is zero, which would leave no room for an answer; give a number of bytes",
        ),
        (of_url("http://localhost").user_agent(""), "invalid user_agent: is empty; leave it out for the default"),
        (
            of_url("http://localhost").user_agent("a\r\nb: c"),
            "invalid user_agent: can't be sent as a header; use printable ASCII alone",
        ),
        (
            of_url("http://localhost").user_agent("ä"),
            "invalid user_agent: can't be sent as a header; use printable ASCII alone",
        ),
        #[cfg(not(feature = "rustls"))]
        (
            of_url("https://localhost"),
            "invalid agent: is needed for https where the feature `rustls` is off; turn that on, or give an agent whose ureq has a TLS library",
        ),
    ] {
        says(builder.build(), expected);
    }
}

const NO_URL: &str = "invalid base_url: is not a whole https URL; write it like https://api.cloudflare.com/client/v4";
const BAD_PORT: &str = "invalid base_url: has a port that isn't one; give 1 to 65535, or leave it out";

fn of_url(base_url: &str) -> ClientBuilder {
    Client::builder().api_token(TOKEN).base_url(base_url)
}

#[test]
fn a_request_that_cant_be_sent_says_which_value_is_wrong() {
    const HERE: &str = "http://localhost:1";
    let client = of_url(HERE).build().unwrap();
    const EMPTY: &str = "is empty; give the ID as the dashboard or the API shows it";
    const STEP: &str = "is no ID but a step in a path; give the ID as the dashboard or the API shows it";
    for (id, no_id) in [("", EMPTY), (".", STEP), ("..", STEP)] {
        says(client.session_participants(id, "app", "session").send(), &format!("invalid account_id: {no_id}"));
        says(client.session_participants("account", id, "session").send(), &format!("invalid app_id: {no_id}"));
        says(client.session_participants("account", "app", id).send(), &format!("invalid session_id: {no_id}"));
    }
    let long = "a".repeat(LONG);
    // What iterating adds is set, so that each way to send makes the same URL.
    let paged = || request(HERE.into()).page_no(1).per_page(100);
    let table: Vec<(ParticipantsRequest, &str)> = vec![
        (paged().search(&long), "invalid search: makes a URL of 70113 bytes, and 65534 are the most; shorten it"),
        (paged().query("a", &long), "invalid query: makes a URL of 70108 bytes, and 65534 are the most; shorten it"),
        (
            client.session_participants("account", "app", &long).page_no(1).per_page(100),
            "invalid session_id: makes a URL of 70098 bytes, and 65534 are the most; shorten it",
        ),
        (paged().query("page_no", "2"), "invalid query: names page_no, which has a setter; call that"),
        (paged().query("", "2"), "invalid query: has an empty name; name the parameter, or leave it out"),
    ];
    for (request, expected) in table {
        says(request.send(), expected);
        says(request.send_as::<serde_json::Value>(), expected);
        says(request.pages().next().unwrap(), expected);
        says(request.into_iter().next().unwrap(), expected);
    }
    says(
        request(HERE.into()).per_page(0).pages().next().unwrap(),
        "invalid per_page: is zero, and pages of nobody never end; give 1 or more",
    );
}

/// Run by the test below with an environment of its own; prints what `from_env` says.
#[test]
fn in_a_child_process_from_env_speaks() {
    if std::env::var_os("REALTIMEKIT_TEST_CHILD").is_some() {
        println!("says: {}", Client::from_env().map_or_else(|error| error.to_string(), |client| format!("{client:?}")));
    }
}

#[test]
fn an_environment_that_lacks_a_value_says_which_variable() {
    let missing = "invalid CLOUDFLARE_API_TOKEN: is unset or empty; export it, or call api_token";
    let spaced = format!("Bearer {TOKEN}");
    let mut table: Vec<(Option<std::ffi::OsString>, std::ffi::OsString, &str)> = vec![
        (None, "".into(), missing),
        (Some("".into()), "".into(), missing),
        (Some(" ".into()), "".into(), missing),
        (
            Some(spaced.into()),
            "".into(),
            "invalid CLOUDFLARE_API_TOKEN: holds white space or a line break; give the token alone, without `Bearer`",
        ),
        (
            Some(TOKEN.into()),
            "http://api.cloudflare.com".into(),
            "invalid CLOUDFLARE_BASE_URL: is http to a host that isn't loopback, which would show the token to the network; use https",
        ),
        (Some(TOKEN.into()), "http://localhost:1/".into(), "Client { base_url: \"http://localhost:1\""),
    ];
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        let not_unicode = |text: &str| std::ffi::OsString::from_vec([text.as_bytes(), b"\xff"].concat());
        table.push((
            Some(not_unicode(TOKEN)),
            "".into(),
            "invalid CLOUDFLARE_API_TOKEN: holds characters that can't be in a token; copy it again",
        ));
        table.push((
            Some(TOKEN.into()),
            not_unicode("http://localhost/"),
            "invalid CLOUDFLARE_BASE_URL: holds characters that can't be in a URL; percent-encode them",
        ));
    }
    for (token, base_url, expected) in table {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "messages::in_a_child_process_from_env_speaks", "--nocapture"]);
        child.env("REALTIMEKIT_TEST_CHILD", "1").env("CLOUDFLARE_BASE_URL", base_url);
        match token {
            Some(token) => child.env("CLOUDFLARE_API_TOKEN", token),
            None => child.env_remove("CLOUDFLARE_API_TOKEN"),
        };
        let output = String::from_utf8(child.output().unwrap().stdout).unwrap();
        let said = output.split_once("says: ").map_or("", |(_, said)| said.lines().next().unwrap_or_default());
        assert!(said.starts_with(expected), "{output}");
        assert!(!output.contains(TOKEN), "{output}");
    }
}

#[test]
fn an_error_stays_small_enough_to_return_by_value() {
    assert!(size_of::<Error>() <= 128, "{} bytes", size_of::<Error>());
}
