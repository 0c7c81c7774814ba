//! "Secrets": errors name no participant, and the token is in no error and no `Debug` and goes only to `base_url`.

use realtimekit::{
    ApiError, ApiErrorMessage, Client, Error, Paging, Participant, ParticipantsPage, PeerEvent, PeerEventName,
    PresetViewType, SortBy, SortOrder, View, ureq,
};

use crate::support::*;

#[test]
fn no_public_type_shows_the_token() {
    const ECHO: &str = "X-Echo: Bearer Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY\r\n";
    let server = Server::start(|_, head| match page_no(head) {
        1 => answer("200 OK", ECHO, page(1, 2, 4).to_string()),
        _ => answer("403 Forbidden", ECHO, format!("<p>no {TOKEN}</p>")),
    });
    hides_token(&Client::builder());
    hides_token(&Client::builder().api_token(TOKEN));
    let builder = builder(&server).agent(ureq::Agent::new_with_defaults());
    hides_token(&builder);
    let client = builder.clone().build().unwrap();
    hides_token(&client);
    let request = client.session_participants("account", "app", "session").search("somebody").query("a", "b");
    hides_token(&request);

    let mut pages = request.pages();
    hides_token(&pages);
    let page = pages.next().unwrap().unwrap();
    hides_token(&pages);
    hides_token(&page);
    failed(pages.next().unwrap());
    // It may hold the body of the refusal now.
    hides_token(&pages);

    let mut participants = request.into_iter();
    hides_token(&participants);
    hides_token(&participants.next().unwrap().unwrap());
    hides_token(&participants);
    participants.next().unwrap().unwrap();
    failed(participants.next().unwrap());
    hides_token(&participants);

    hides_token(&(SortBy::JoinedAt, SortOrder::Asc, View::Raw));
    hides_token(&(Paging::default(), Participant::default(), ParticipantsPage::<u8>::default(), PeerEvent::default()));
    hides_token(&(PeerEventName::Created, PresetViewType::Chat));
    hides_token(&(ApiError::default(), ApiErrorMessage::default()));
}

fn envelope(message: &str) -> String {
    format!(r#"{{"success": false, "errors": [{{"code": 7, "message": "{message}"}}]}}"#)
}

fn refusal(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer("403 Forbidden", "", body)
}

/// Responses that hold the token in their body.
fn bodies_with_the_token() -> Vec<(&'static str, Vec<u8>)> {
    let echo = format!("Authorization: Bearer {TOKEN} is wrong");
    let html = format!("<html><body><pre>authorization: bearer {TOKEN}</pre></body></html>");
    let escaped: String = TOKEN.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let cut = |body: &str, length| {
        let head = "HTTP/1.1 403 Forbidden\r\nContent-Length: 99\r\n\r\n";
        [head, &body[..length]].concat().into_bytes()
    };
    Vec::from([
        ("text", refusal(&echo)),
        ("HTML", answer("502 Bad Gateway", "Content-Type: text/html\r\n", html)),
        ("nothing else", refusal(TOKEN)),
        ("twice, without a gap", refusal(TOKEN.repeat(2))),
        ("across the 200th character", refusal(format!("{}{TOKEN}", "x".repeat(180)))),
        ("across the 64th KiB", refusal(format!("{}{TOKEN}", " ".repeat(0x10000 - 20)))),
        ("an envelope", refusal(envelope(&echo))),
        ("an envelope with escapes", refusal(envelope(&escaped))),
        ("an envelope with escapes and half a character", refusal(envelope(&format!(r"\ud83d{escaped}")))),
        ("an envelope under 200", ok(envelope(&echo))),
        ("an envelope of one error", refusal(format!(r#"{{"success": false, "error": {{"message": "{echo}"}}}}"#))),
        ("an error chain", refusal(format!(r#"{{"error": {{"code": 7, "error_chain": [{{"message": "{echo}"}}]}}}}"#))),
        ("problem JSON", refusal(format!(r#"{{"title": "{TOKEN}", "detail": "{TOKEN}."}}"#))),
        ("a list of messages", refusal(format!(r#"{{"message": ["no", "{echo}"]}}"#))),
        ("a title", refusal(format!("<html><title>{echo}</title></html>"))),
        ("a title, across the 200th character", refusal(format!("<title>{}{TOKEN}", "x".repeat(180)))),
        ("a title that is cut", cut(&format!("<title>{TOKEN}"), 40)),
        ("an envelope of text", refusal(format!(r#"{{"success": false, "error": "{echo}"}}"#))),
        ("a code", refusal(format!(r#"{{"errors": [{{"code": "{TOKEN}", "message": {{}}}}]}}"#))),
        ("JSON that is no envelope", refusal(format!(r#"{{"headers": {{"authorization": "{TOKEN}"}}}}"#))),
        ("text that is cut", cut(&echo, 40)),
        ("text that is cut before its last character", cut(TOKEN, 39)),
        ("an envelope that is cut", cut(&envelope(&echo), 80)),
        ("chunks", chunked("", &echo)),
        ("a success that is not JSON", ok(&echo)),
        ("a success of another type", ok(format!(r#"{{"data": {{"participants": [{{"duration": "{TOKEN}"}}]}}}}"#))),
        ("a success of a list", ok(format!(r#"["{TOKEN}"]"#))),
    ])
}

/// Responses that hold the token in their head.
fn heads_with_the_token() -> Vec<(&'static str, Vec<u8>)> {
    let head = |text: String| (text + "\r\n").into_bytes();
    let moved = |location: &str| head(format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n"));
    Vec::from([
        ("headers", answer("403 Forbidden", &format!("CF-Ray: {TOKEN}\r\nRetry-After: {TOKEN}\r\nX: {TOKEN}\r\n"), "")),
        ("a part of a ray ID", answer("403 Forbidden", &format!("CF-Ray: 8f-{TOKEN}-FRA\r\n"), "")),
        ("a status line", head(format!("HTTP/1.1 403 {TOKEN}\r\nContent-Length: 0\r\n"))),
        ("a redirect", moved(&format!("http://localhost/{TOKEN}"))),
        ("a redirect to nowhere", moved(&format!("\\{TOKEN} \\"))),
        ("no HTTP", head(format!("{TOKEN}\r\n"))),
        ("no status", head(format!("HTTP/1.1 {TOKEN}\r\n"))),
        ("no header", head(format!("HTTP/1.1 200 OK\r\n{TOKEN}\r\n"))),
        ("no length", head(format!("HTTP/1.1 200 OK\r\nContent-Length: {TOKEN}\r\n"))),
        ("no coding", answer("403 Forbidden", &format!("Content-Encoding: {TOKEN}\r\n"), TOKEN)),
        ("no chunk", head(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{TOKEN}"))),
    ])
}

#[test]
fn a_token_that_is_sent_back_is_in_no_error() {
    for (name, response) in [bodies_with_the_token(), heads_with_the_token()].concat() {
        println!("{name}");
        let server = Server::always(vec![Step::Send(response), Step::HalfClose]);
        let request = request(&server);
        failed(request.send());
        failed(request.send_as::<u8>());
        failed(request.send_json::<u8>());
        let mut participants = request.into_iter();
        failed(participants.next().unwrap());
        hides_token(&participants);
        assert!(server.log().heads.iter().all(|head| head.contains(TOKEN)), "{name}");
    }
}

/// Responses with a person named SECRET whose body can't be read as a refusal.
fn unreadable_people() -> Vec<(&'static str, Vec<u8>)> {
    let people = r#"{"participants":[{"display_name":"SECRET"}]}"#;
    let padding = "x".repeat(0x10000);
    Vec::from([
        ("text behind the JSON", refusal(format!(r#"{{"success":false,"message":"no","data":{people}}} text"#))),
        ("a key twice", refusal(format!(r#"{{"success":false,"errors":[],"errors":[{people}]}}"#))),
        ("a page", refusal(people)),
        ("an array", refusal(format!("[{people}]"))),
        ("an array of three names", refusal(r#"["SECRET","SECRET","SECRET"]"#)),
        ("an array of names in an array", refusal(r#"[["SECRET"],null,null]"#)),
        ("an array under data", refusal(r#"{"success":false,"data":["SECRET"]}"#)),
        ("a string", refusal(r#""SECRET""#)),
        ("two marks and a control character", refusal(format!("\u{feff}\u{feff}\0{people}"))),
        ("bytes that aren't UTF-8", refusal([b"\xff\xfe{\"message\":\"no\",", people.as_bytes()].concat())),
        (
            "cut by the limit of 64 KiB",
            refusal(format!(r#"{{"success":false,"data":{people},"message":"{padding}"}}"#)),
        ),
        (
            "cut by the connection",
            [b"HTTP/1.1 403 Forbidden\r\n\r\n{\"message\":\"no\",\"data\":", people.as_bytes()].concat(),
        ),
    ])
}

/// The error of a request, which names nobody.
#[track_caller]
fn refused(response: Vec<u8>) -> Error {
    let server = Server::always(vec![Step::Send(response), Step::HalfClose]);
    let error = failed(request(&server).send());
    let shown = format!("{error} {error:?} {error:#?}");
    assert!(!shown.contains("SECRET"), "{shown}");
    error
}

#[test]
fn nothing_is_quoted_of_a_body_that_cannot_be_read() {
    for (name, response) in unreadable_people() {
        let Error::Api(error) = refused(response.clone()) else { panic!("{name}") };
        assert_eq!(error.to_string(), "403 from the API", "{name}");
        refused(String::from_utf8_lossy(&response).replace("403 Forbidden", "200 OK").into_bytes());
    }
}

#[test]
fn the_rest_of_a_message_stays_readable() {
    let message = |body: String| {
        let server = Server::always(answer("403 Forbidden", "CF-Ray: 8f\r\n", body));
        failed(request(&server).send()).to_string()
    };
    let said = |text: &str| format!("403 from the API: {text} [ray 8f]; check the token and its Realtime permission");
    assert_eq!(message(format!("no {TOKEN} here")), said("no *** here"));
    assert_eq!(message(envelope(&format!("no {TOKEN} here"))), said("no *** here (code 7)"));
    assert_eq!(message(envelope(&format!("no {}...", &TOKEN[..39]))), said("no ***... (code 7)"));
    assert_eq!(message(format!("no {}", &TOKEN[..20])), said("no ***"));
    let escaped: String = TOKEN.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    assert_eq!(message(envelope(&format!("no {escaped} here"))), said("no *** here (code 7)"));
    // Gateways cut, wrap and escape what they repeat.
    let (start, end) = TOKEN.split_at(20);
    for part in [format!("<p>{start}...</p>"), format!("{start}\n{end}"), format!("%20{end}")] {
        assert!(message(format!("no {part}")).contains("***"), "{part}");
    }
}

#[test]
fn the_token_is_in_its_header_and_nowhere_else() {
    let server = Server::of_list(2, 1);
    assert_eq!(ids(request(&server)), expected_ids(1, 2));
    for head in server.log().heads {
        let lines: Vec<&str> = head.lines().filter(|line| line.contains(TOKEN)).collect();
        assert_eq!(lines, [format!("authorization: Bearer {TOKEN}")], "{head}");
    }
}

#[test]
fn redirects_are_not_followed() {
    let other = Server::of_list(1, 1);
    let eager = ureq::Agent::config_builder().max_redirects(9).max_redirects_will_error(true).build();
    for status in [301, 302, 303, 307, 308] {
        for location in ["/elsewhere".to_owned(), format!("{}/elsewhere", other.base_url()), String::new()] {
            for body in ["", r#"{"success": true, "data": {"participants": []}}"#] {
                let response = answer(&format!("{status} Moved"), &format!("Location: {location}\r\n"), body);
                let server = Server::always(response);
                for builder in [builder(&server), builder(&server).agent(eager.clone().into())] {
                    let before = server.seen();
                    let error = failed(request_of(builder).send());
                    assert!(matches!(error, Error::Api(_)), "{status} {location}: {error}");
                    assert_eq!(error.status(), Some(status), "{location}");
                    assert_eq!(server.seen() - before, 1, "{status} {location}");
                }
            }
        }
    }
    assert_eq!(other.log().connections, 0);
}
