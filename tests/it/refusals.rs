//! A table of bodies that servers and gateways send, and of what an error says of them.

use realtimekit::{ApiError, Error};
use serde_json::json;

use crate::support::*;

/// A refusal's codes and texts, as `ApiError::errors` has them.
type Messages = &'static [(Option<i64>, &'static str)];

struct Refusal {
    status: u16,
    body: String,
    /// `ApiError` as text.
    text: String,
    messages: Vec<(Option<i64>, String)>,
}

fn refusal(status: u16, body: impl Into<String>, text: &str, messages: Messages) -> Refusal {
    let messages = messages.iter().map(|(code, message)| (*code, message.to_string())).collect();
    Refusal { status, body: body.into(), text: text.to_owned(), messages }
}

/// A 403 with one message without a code.
fn forbidden(body: impl Into<String>, message: &str) -> Refusal {
    let text = format!("403 from the API: {}", message.split_whitespace().collect::<Vec<_>>().join(" "));
    Refusal { status: 403, body: body.into(), text, messages: vec![(None, message.to_owned())] }
}

/// A 403 without a message.
fn silent(body: impl Into<String>) -> Refusal {
    refusal(403, body, "403 from the API", &[])
}

/// Bodies that are documented or were seen in the wild.
fn known() -> Vec<Refusal> {
    const CHAIN: &str = r#"{"success":false,"errors":[{"code":6003,"message":"Invalid request headers","error_chain":[{"code":6111,"message":"Invalid format for Authorization header"}]}],"messages":[],"result":null}"#;
    const PROBLEM: &str = r#"{"type":"https://example.com","title":"Error 522: Connection timed out","status":522,"detail":"The origin is slow","instance":"8f","error_code":522,"error_name":"connection_timed_out","ray_id":"8f","cloudflare_error":true}"#;
    Vec::from([
        refusal(
            401,
            r#"{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null}"#,
            "401 from the API: Authentication error (code 10000)",
            &[(Some(10000), "Authentication error")],
        ),
        refusal(
            404,
            r#"{"success":false,"error":{"code":404,"message":"No session found with id s"}}"#,
            "404 from the API: No session found with id s (code 404)",
            &[(Some(404), "No session found with id s")],
        ),
        refusal(
            400,
            CHAIN,
            "400 from the API: Invalid request headers (code 6003), Invalid format for Authorization header (code 6111)",
            &[(Some(6003), "Invalid request headers"), (Some(6111), "Invalid format for Authorization header")],
        ),
        refusal(
            522,
            PROBLEM,
            "522 from the API: Error 522: Connection timed out: The origin is slow (code 522)",
            &[(Some(522), "Error 522: Connection timed out: The origin is slow")],
        ),
        refusal(
            422,
            r#"{"success":false,"error":"Participant already exists"}"#,
            "422 from the API: Participant already exists",
            &[(None, "Participant already exists")],
        ),
        refusal(
            400,
            r#"{"error":"Bad Request","message":["page_no must not be less than 0","view must be raw"]}"#,
            "400 from the API: Bad Request, page_no must not be less than 0, view must be raw",
            &[(None, "Bad Request"), (None, "page_no must not be less than 0"), (None, "view must be raw")],
        ),
        refusal(
            400,
            r#"{"error":"invalid_request","error_description":"The token expired"}"#,
            "400 from the API: invalid_request, The token expired",
            &[(None, "invalid_request"), (None, "The token expired")],
        ),
        refusal(
            403,
            r#"{"success":false,"errors":[],"messages":[{"code":7,"message":"Not yours"},"Ask the owner"]}"#,
            "403 from the API: Not yours (code 7), Ask the owner",
            &[(Some(7), "Not yours"), (None, "Ask the owner")],
        ),
        forbidden(r#"{"message":"Unauthorized"}"#, "Unauthorized"),
        forbidden(r#"{"success":false,"data":{"message":"Title is required"}}"#, "Title is required"),
        forbidden(r#"{"detail":"Not authenticated"}"#, "Not authenticated"),
        forbidden("error code: 1015", "error code: 1015"),
        silent(r#"{"success":false}"#),
        silent(""),
    ])
}

/// Which fields of a JSON body are read, and in which order.
fn fields() -> Vec<Refusal> {
    let all = json!({
        "messages": ["not read"], "data": {"message": "not read"}, "error_code": "9", "detail": "h", "title": "g",
        "error_description": "f", "message": "e", "error": {"code": 3, "message": "c", "error_chain": [{"code": 4, "message": "d"}]},
        "errors": [{"code": 1, "message": "a", "error_chain": [{"code": 2, "error_chain": [{"message": "not read"}]}, "b"]}],
    });
    Vec::from([
        refusal(
            403,
            all.to_string(),
            "403 from the API: a (code 1), code 2, b, c (code 3), d (code 4), and 3 more",
            &[
                (Some(1), "a"),
                (Some(2), ""),
                (None, "b"),
                (Some(3), "c"),
                (Some(4), "d"),
                (None, "e"),
                (None, "f"),
                (Some(9), "g: h"),
            ],
        ),
        refusal(403, r#"{"errors":{"code":1,"message":"no"}}"#, "403 from the API: no (code 1)", &[(Some(1), "no")]),
        forbidden(r#"{"errors":"no"}"#, "no"),
        forbidden(r#"{"message":["no",{"message":"not read"},["not read"]]}"#, "no"),
        forbidden(r#"{"title":"no"}"#, "no"),
        forbidden(r#"{"title":"no","detail":"no"}"#, "no"),
        forbidden(r#"{"title":" ","detail":"\n no \n"}"#, "no"),
        forbidden(r#"{"message":"two\n lines"}"#, "two\n lines"),
        forbidden(r#"{"messages":{"message":"no"}}"#, "no"),
        refusal(
            403,
            r#"{"data":{"message":"a","title":"not read"},"messages":["b"]}"#,
            "403 from the API: a, b",
            &[(None, "a"), (None, "b")],
        ),
        // Objects that say it in other words, and such that say nothing.
        refusal(
            403,
            r#"{"errors":[{"code":1,"title":"a","detail":"b"},{"message":" ","detail":"c"},{},{"message":"","code":null},null,7,""]}"#,
            "403 from the API: a: b (code 1), c",
            &[(Some(1), "a: b"), (None, "c")],
        ),
        refusal(403, r#"{"error_code":1015}"#, "403 from the API: code 1015", &[(Some(1015), "")]),
        // Numbers, sometimes as strings.
        refusal(
            403,
            r#"{"errors":[{"code":" 1 ","message":"a"},{"code":"x","message":"b"},{"code":1.5,"message":"c"},{"code":[1],"message":"d"}]}"#,
            "403 from the API: a (code 1), b, c, d",
            &[(Some(1), "a"), (None, "b"), (None, "c"), (None, "d")],
        ),
        // A text comes once.
        refusal(
            403,
            r#"{"errors":["no",{"message":" no "},{"code":1,"message":"no"},{"code":2,"message":"no"}],"message":"no"}"#,
            "403 from the API: no (code 1)",
            &[(Some(1), "no")],
        ),
        refusal(
            403,
            r#"{"errors":[{"code":1},{"code":2},{"code":1}]}"#,
            "403 from the API: code 1, code 2",
            &[(Some(1), ""), (Some(2), "")],
        ),
    ])
}

/// Bodies that aren't JSON. Each gives one message.
fn pages_and_texts() -> Vec<Refusal> {
    let long = "lorem ".repeat(100);
    let first_200 = &long[..200];
    let comment = format!("<!-- {} -->", "x".repeat(0x10000 - 33));
    Vec::from([
        forbidden("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n", "502 Bad Gateway"),
        forbidden(
            "\u{feff}<!DOCTYPE html>\n<style>p { color: red }</style><script>[\"x\"]</script>\n\
             <TITLE\n lang=\"en\">\n  Attention Required!\t|\n  Cloudflare\n</TITLE>",
            "Attention Required! | Cloudflare",
        ),
        forbidden("<titlebar>x</titlebar><title>no</title>", "no"),
        forbidden("<title>a &lt; b &amp; c</title>", "a &lt; b &amp; c"),
        forbidden(format!("<title>{long}</title>"), first_200),
        // Titles that are cut, the last by the limit of 64 KiB.
        forbidden("<html><title>504 Gateway", "504 Gateway"),
        forbidden("<html><title>504 Gateway Time-out</tit", "504 Gateway Time-out"),
        forbidden("<html><title>504 Gateway<body>text", "504 Gateway"),
        forbidden(format!("{comment}<html><title>504 Gateway Time-out</title>"), "504 Gateway"),
        // No title.
        forbidden("<p>try later</p>", "<p>try later</p>"),
        forbidden("<title></title><p>try later</p>", "<title></title><p>try later</p>"),
        forbidden("<title> \n</title><p>{}</p>", "<title> \n</title><p>"),
        forbidden("<p>no</p><title", "<p>no</p><title"),
        forbidden("the page has no <title>!</title>", "the page has no <title>!</title>"),
        // Texts.
        forbidden(&long, first_200),
        forbidden("ü".repeat(300), &"ü".repeat(200)),
        forbidden(" \0 busy\n", "busy"),
        forbidden("null", "null"),
        forbidden("see [1] and [ 2 ]", "see [1] and [ 2 ]"),
    ])
}

/// Bodies with a person named SECRET, which no error may name.
fn with_people() -> Vec<Refusal> {
    const NO: &str = r#""success":false,"errors":[{"code":1,"message":"no"}]"#;
    let row = r#""participants":[{"display_name":"SECRET"}]"#;
    let people = format!("{{{row}}}");
    let deep = "[".repeat(200) + &"]".repeat(200);
    let said_no = |rest: &str| {
        let body = format!("{{{NO},{rest}}}");
        refusal(403, body, "403 from the API: no (code 1)", &[(Some(1), "no")])
    };
    let readable = [
        refusal(
            403,
            format!(r#"{{"success":false,"errors":[{{"code":1,"message":"\ud83d"}}],"data":{people}}}"#),
            "403 from the API: \u{fffd} (code 1)",
            &[(Some(1), "\u{fffd}")],
        ),
        refusal(
            403,
            format!("\u{feff}{{{NO},\"data\":{people}}}"),
            "403 from the API: no (code 1)",
            &[(Some(1), "no")],
        ),
        said_no(&format!(r#""data":{people}"#)),
        said_no(&format!(r#""data":[{people}]"#)),
        said_no(&format!(r#""result":{people}"#)),
        said_no(row),
        said_no(&format!(r#""data":{people},"odd":1e999"#)),
        said_no(&format!(r#""data":{people},"odd":{deep}"#)),
        said_no(&format!(r#""data":{people},"paging":7"#)),
        forbidden(format!(r#"{{"error":"no","odd":1e999,"deep":{deep},"data":[{people}]}}"#), "no"),
        forbidden(format!(r#"{{"error":{{"message":"no"}},"result":{people}}}"#), "no"),
        forbidden(format!(r#"{{"message":"no","data":{people}}}"#), "no"),
        forbidden(format!("1f4\r\n{people}"), "1f4"),
        forbidden(format!("<p>no</p>{people}"), "<p>no</p>"),
        forbidden(format!("<title>no {people}</title>"), "no"),
        forbidden(r#"1f4 ["SECRET","x"]"#, "1f4"),
        forbidden(r#"1f4 [ "SECRET"]"#, "1f4"),
        forbidden("1f4 [\r\n\t['SECRET']]", "1f4"),
        forbidden("1f4 ['SECRET']", "1f4"),
        forbidden(r#"1f4 [],["SECRET"]"#, "1f4"),
    ];
    let unreadable = [
        format!(r#"{{"success":false,"errors":[{people}],"error":{people},"messages":[{people}]}}"#),
        format!(r#"{{"success":false,"message":{people},"data":{{"message":{people}}}}}"#),
        format!(r#"{{"success":false,"title":{people},"detail":[{people}],"error_description":["SECRET"]}}"#),
        format!(r#"{{"success":false,"data":{people}}}"#),
        format!(r#"{{"result":{people}}}"#),
        r#"{"success":false,"errors":[["SECRET"],{"message":["SECRET"],"detail":["SECRET"]}]}"#.to_owned(),
        r#"{"success":false,"error":["SECRET"],"data":{"message":["SECRET"]}}"#.to_owned(),
        r#"{"success":false,"error":{"error_chain":"SECRET"},"messages":[["SECRET"]]}"#.to_owned(),
    ];
    readable.into_iter().chain(unreadable.map(silent)).collect()
}

fn table() -> Vec<Refusal> {
    [known(), fields(), pages_and_texts(), with_people()].into_iter().flatten().collect()
}

/// The refusal that a client makes of this response.
#[track_caller]
fn refused(status: u16, body: &str) -> ApiError {
    let server = Server::always(answer(&format!("{status} Status"), "", body));
    let error = failed(request_of(builder(&server).max_retries(0)).send());
    let shown = format!("{error} {error:?} {error:#?}");
    assert!(!shown.contains("SECRET"), "{shown}");
    let Error::Api(error) = error else { panic!("{shown}") };
    assert_eq!(error.status, status);
    error
}

fn messages(error: &ApiError) -> Vec<(Option<i64>, String)> {
    error.errors.iter().map(|error| (error.code, error.message.clone())).collect()
}

#[test]
fn a_refusal_says_what_its_body_says() {
    for Refusal { status, body, text, messages: expected } in table() {
        let error = refused(status, &body);
        assert_eq!((messages(&error), error.to_string()), (expected, text), "{body:.300}");
    }
}

#[test]
fn a_refusal_under_200_says_the_same() {
    let refusals = table().into_iter().filter(|refusal| refusal.body.contains(r#""success":false"#));
    let mut count = 0;
    for Refusal { status, body, text, messages: expected } in refusals {
        let error = refused(200, &body);
        let text = text.replace(&format!("{status} from the API"), "200 from the API with success: false");
        assert_eq!((messages(&error), error.to_string()), (expected, text), "{body:.300}");
        count += 1;
    }
    assert!(count > 15, "{count}");
}

#[test]
fn at_most_32_messages_are_kept_and_five_shown() {
    let errors: Vec<String> = (0..40).map(|n| format!("m{n}")).collect();
    let error = refused(403, &json!({"errors": errors, "message": "m40"}).to_string());
    let kept: Vec<&str> = error.errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(kept, errors[..32]);
    assert_eq!(error.to_string(), "403 from the API: m0, m1, m2, m3, m4, and 27 more");
    // Texts that come again take no place.
    let again = json!({"errors": vec!["a"; 1000], "message": "b"});
    assert_eq!(refused(403, &again.to_string()).to_string(), "403 from the API: a, b");
}
