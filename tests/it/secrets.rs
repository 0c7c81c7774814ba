//! The token is shown to nobody, whoever sends it back, and goes nowhere but to `base_url`.

use std::error::Error as _;
use std::fmt::Debug;

use realtimekit::{
    ApiError, ApiErrorMessage, Client, DecodeError, Error, Pages, Paging, Participant, Participants, ParticipantsPage,
    ParticipantsRequest, PeerEvent, PeerEventName, PresetViewType, Result, SortBy, SortOrder, TransportError, View,
    ureq,
};

use crate::child;
use crate::pages::{TOKEN, builder, page, page_no, request};
use crate::server::{Server, Step, answer, chunked, ok};

/// The error of an outcome. Whatever error a test of this binary sees, it never holds the token.
#[track_caller]
pub fn failed<T>(outcome: Result<T>) -> Error {
    let Err(error) = outcome else { panic!("this should have failed") };
    shows_no_token(&format!("{error} {error:#}"));
    hides_token(&error);
    let mut source = error.source();
    while let Some(cause) = source {
        shows_no_token(&format!("{cause} {cause:#} {cause:?} {cause:#?}"));
        source = cause.source();
    }
    match &error {
        Error::Api(error) => hides_token(error),
        Error::Transport(error) => hides_token(error),
        Error::Decode(error) => hides_token(error),
        _ => {}
    }
    error
}

#[track_caller]
fn hides_token(value: &(impl Debug + ?Sized)) {
    shows_no_token(&format!("{value:?} {value:#?}"));
}

/// Nor a part of it that is long enough to help anybody.
#[track_caller]
fn shows_no_token(text: &str) {
    for part in TOKEN.as_bytes().windows(8) {
        let part = std::str::from_utf8(part).unwrap();
        assert!(!text.contains(part), "the token shows in {text}");
    }
}

#[test]
fn no_public_type_shows_the_token() {
    const ECHO: &str = "X-Echo: Bearer Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY\r\n";
    let echo = format!("<p>no {TOKEN}</p>");
    let server = Server::start(move |_, head| match page_no(head) {
        1 => vec![Step::Send(answer("200 OK", ECHO, page(1, 2, 4).to_string()))],
        _ => vec![Step::Send(answer("403 Forbidden", ECHO, &echo))],
    });
    hides_token(&Client::builder());
    hides_token(&Client::builder().api_token(TOKEN));
    let builder = builder(server.base_url()).agent(ureq::Agent::new_with_defaults());
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
    // What it holds now is the refusal, token and all.
    hides_token(&pages);

    let mut participants = request.into_iter();
    hides_token(&participants);
    hides_token(&participants.next().unwrap().unwrap());
    hides_token(&participants);
    participants.next().unwrap().unwrap();
    failed(participants.next().unwrap());
    hides_token(&participants);

    hides_token(&(SortBy::JoinedAt, SortOrder::Asc, View::Raw));
    hides_token(&(Paging::default(), Participant::default(), ParticipantsPage::default(), PeerEvent::default()));
    hides_token(&(PeerEventName::Created, PresetViewType::Chat));
    hides_token(&(ApiError::default(), ApiErrorMessage::default()));
}

#[test]
fn every_public_type_crosses_threads_and_can_be_printed() {
    fn check<T: Debug + Send + Sync + 'static>() {}
    check::<(Client, realtimekit::ClientBuilder, ParticipantsRequest, Pages, Participants)>();
    check::<(ParticipantsPage, Paging, Participant, PeerEvent, PeerEventName, PresetViewType)>();
    check::<(SortBy, SortOrder, View)>();
    check::<(Error, ApiError, ApiErrorMessage, TransportError, DecodeError)>();
}

#[test]
fn a_token_that_is_sent_back_is_in_no_error() {
    let envelope =
        |message: &str| format!(r#"{{"success": false, "errors": [{{"code": 7, "message": "{message}"}}]}}"#);
    let head = |status: &str, headers: &str| format!("HTTP/1.1 {status}\r\n{headers}\r\n").into_bytes();
    let refusal = |body: String| answer("403 Forbidden", "", body);
    let echo = format!("Authorization: Bearer {TOKEN} is wrong");
    let html = format!("<html><body><pre>authorization: bearer {TOKEN}</pre></body></html>");
    let escaped: String = TOKEN.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let long = |name: &str, status: &str, length: usize| head(status, &format!("{name}: {length}\r\n"));
    let cases = [
        ("text", refusal(echo.clone())),
        ("HTML", answer("502 Bad Gateway", "Content-Type: text/html\r\n", &html)),
        ("nothing else", refusal(TOKEN.to_owned())),
        ("twice, without a gap", refusal(TOKEN.repeat(2))),
        ("across the 200th character", refusal(format!("{}{TOKEN}", "x".repeat(180)))),
        ("across the end of what is read", refusal(format!("{}{TOKEN}", " ".repeat(0x10000 - 20)))),
        ("envelope", refusal(envelope(&echo))),
        ("envelope that says it in escapes", refusal(envelope(&escaped))),
        ("envelope with another status", ok(envelope(&echo))),
        ("the other envelope", refusal(format!(r#"{{"success": false, "error": {{"message": "{echo}"}}}}"#))),
        ("envelope of text", refusal(format!(r#"{{"success": false, "error": "{echo}"}}"#))),
        (
            "envelope with a code like that",
            refusal(format!(r#"{{"errors": [{{"code": "{TOKEN}", "message": {{}}}}]}}"#)),
        ),
        ("JSON that is no envelope", refusal(format!(r#"{{"headers": {{"authorization": "{TOKEN}"}}}}"#))),
        ("headers", answer("403 Forbidden", &format!("CF-Ray: {TOKEN}\r\nRetry-After: {TOKEN}\r\nX: {TOKEN}\r\n"), "")),
        ("a ray ID among others", answer("403 Forbidden", &format!("CF-Ray: 8f-{TOKEN}-FRA\r\n"), "")),
        ("status line", head(&format!("403 {TOKEN}"), "Content-Length: 0\r\n")),
        ("redirect", head("302 Found", &format!("Location: http://localhost/{TOKEN}\r\nContent-Length: 0\r\n"))),
        ("redirect to nowhere", head("302 Found", &format!("Location: \\{TOKEN} \\\r\nContent-Length: 0\r\n"))),
        ("text that is cut", [long("Content-Length", "403 Forbidden", 99), echo[..40].into()].concat()),
        (
            "text that is cut before its last character",
            [long("Content-Length", "403 Forbidden", 99), TOKEN[..39].into()].concat(),
        ),
        ("envelope that is cut", [long("Content-Length", "403 Forbidden", 99), envelope(&echo)[..80].into()].concat()),
        ("not HTTP", format!("{TOKEN}\r\n\r\n").into_bytes()),
        ("no status", format!("HTTP/1.1 {TOKEN}\r\n\r\n").into_bytes()),
        ("no header", format!("HTTP/1.1 200 OK\r\n{TOKEN}\r\n\r\n").into_bytes()),
        ("no length", head("200 OK", &format!("Content-Length: {TOKEN}\r\n"))),
        ("no coding", answer("403 Forbidden", &format!("Content-Encoding: {TOKEN}\r\n"), &echo)),
        ("no chunk", [head("200 OK", "Transfer-Encoding: chunked\r\n"), format!("{TOKEN}\r\n").into()].concat()),
        ("chunks", chunked("", &echo)),
        ("success that is not JSON", ok(&echo)),
        ("success of another type", ok(format!(r#"{{"data": {{"participants": [{{"duration": "{TOKEN}"}}]}}}}"#))),
        ("success of a list", ok(format!(r#"["{TOKEN}"]"#))),
    ];
    for (name, response) in cases {
        println!("{name}");
        let server = Server::playing(vec![vec![Step::Send(response), Step::HalfClose]]);
        let request = request(server.base_url());
        failed(request.send());
        failed(request.send_as::<u8>());
        let mut participants = request.into_iter();
        failed(participants.next().unwrap());
        hides_token(&participants);
        assert!(server.log().requests.iter().all(|(_, head)| head.contains(TOKEN)), "{name}");
    }
}

#[test]
fn what_is_left_of_a_message_is_readable() {
    let message = |body: String| {
        let server = Server::playing(vec![vec![Step::Send(answer("403 Forbidden", "CF-Ray: 8f\r\n", body))]]);
        failed(request(server.base_url()).send()).to_string()
    };
    let hint = "; check the token and its Realtime permission (ray 8f)";
    assert_eq!(message(format!("no {TOKEN} here")), format!("403 from the API: no *** here{hint}"));
    let envelope = format!(r#"{{"errors": [{{"code": 7, "message": "no {TOKEN} here"}}]}}"#);
    assert_eq!(message(envelope), format!("403 from the API: no *** here (code 7){hint}"));
    assert_eq!(message(format!("no {}", &TOKEN[..20])), format!("403 from the API: no ***{hint}"));
    // Cut, wrapped, or with escapes between, as gateways repeat things.
    let (start, end) = TOKEN.split_at(20);
    for part in [format!("<p>{start}...</p>"), format!("{start}\n{end}"), format!("%20{end}")] {
        assert!(message(format!("no {part}")).contains("***"), "{part}");
    }
    let envelope = format!(r#"{{"errors": [{{"message": "no {}..."}}]}}"#, &TOKEN[..39]);
    assert_eq!(message(envelope), format!("403 from the API: no ***...{hint}"));
}

#[test]
fn a_refused_value_is_not_quoted() {
    let url = |url: String| Client::builder().api_token("other").base_url(url);
    for builder in [
        Client::builder().api_token(format!("{TOKEN} {TOKEN}")),
        Client::builder().api_token(format!("{TOKEN}\n{TOKEN}")),
        Client::builder().api_token(format!("{TOKEN}\u{e9}")),
        Client::builder().api_token(format!("{TOKEN}\0")),
        Client::builder().api_token(format!("Bearer {TOKEN}")),
        url(format!("https://user:{TOKEN}@localhost")),
        url(format!("https://{TOKEN}@localhost")),
        url(format!("https://localhost?{TOKEN}")),
        url(format!("https://localhost#{TOKEN}")),
        url(format!("http://{TOKEN}.example")),
        url(format!("ftp://{TOKEN}")),
        url(format!("https://localhost:{TOKEN}")),
        url(TOKEN.to_owned()),
        url(format!("https://local host/{TOKEN}")),
    ] {
        hides_token(&builder);
        assert!(matches!(failed(builder.build()), Error::InvalidArgument { .. }));
    }
}

#[test]
fn the_token_is_in_its_header_and_nowhere_else() {
    let server = Server::start(|_, head| vec![Step::Send(ok(page(page_no(head), page_no(head), 2).to_string()))]);
    assert_eq!(request(server.base_url()).into_iter().map(Result::unwrap).count(), 2);
    for (_, head) in server.log().requests {
        let lines: Vec<&str> = head.lines().filter(|line| line.contains(TOKEN)).collect();
        assert_eq!(lines.len(), 1, "{head}");
        assert_eq!(lines[0].to_lowercase(), format!("authorization: bearer {TOKEN}").to_lowercase());
    }
}

#[test]
fn redirects_are_not_followed() {
    let other = Server::playing(vec![vec![Step::Send(ok(page(1, 1, 1).to_string()))]]);
    // Not even with an agent that would.
    let eager = ureq::Agent::config_builder().max_redirects(9).max_redirects_will_error(true).build();
    for status in [301, 302, 303, 307, 308] {
        for location in ["/elsewhere".to_owned(), format!("{}/elsewhere", other.base_url()), String::new()] {
            for body in ["", r#"{"success": true, "data": {"participants": []}}"#] {
                let headers = format!("Location: {location}\r\n");
                let server =
                    Server::playing(vec![vec![Step::Send(answer(&format!("{status} Moved"), &headers, body))]]);
                for builder in [builder(server.base_url()), builder(server.base_url()).agent(eager.clone().into())] {
                    let before = server.seen();
                    let request = builder.build().unwrap().session_participants("account", "app", "session");
                    let error = failed(request.send());
                    assert!(matches!(error, Error::Api(_)), "{status} {location}: {error}");
                    assert_eq!(error.status(), Some(status), "{location}");
                    assert!(error.to_string().contains("redirects are not followed"), "{error}");
                    assert_eq!(server.seen() - before, 1, "{status} {location}");
                }
            }
        }
    }
    assert_eq!(other.log().connections, 0);
}

/// A proxy that lets nothing through.
fn proxy() -> Server {
    Server::playing(vec![vec![Step::Send(answer("502 Bad Gateway", "", "")), Step::Close]])
}

#[test]
fn a_loopback_host_is_asked_without_the_proxy_of_an_agent() {
    let (proxy, server) = (proxy(), Server::playing(vec![vec![Step::Send(ok(page(1, 1, 1).to_string()))]]));
    let config = ureq::Agent::config_builder().proxy(Some(ureq::Proxy::new(&proxy.base_url()).unwrap()));
    let client = builder(server.base_url()).agent(config.build().into()).build().unwrap();
    client.session_participants("account", "app", "session").send().unwrap();
    assert_eq!((server.seen(), proxy.log().connections), (1, 0));
}

#[test]
fn a_loopback_host_is_asked_without_the_proxy_of_the_environment() {
    const NAME: &str = "secrets::a_loopback_host_is_asked_without_the_proxy_of_the_environment";
    const VARIABLES: [&str; 6] = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    if let Some(base_url) = child::given() {
        for base_url in [base_url.clone(), base_url.replace("127.0.0.1", "localhost")] {
            request(base_url).send().unwrap();
        }
        // Other hosts are asked through it, so that the variables were there to be bypassed.
        #[cfg(feature = "rustls")]
        failed(request("https://realtimekit.invalid".to_owned()).send());
        return;
    }
    let server = Server::playing(vec![vec![Step::Send(ok(page(1, 1, 1).to_string()))]]);
    let proxy = proxy();
    let url = proxy.base_url();
    let mut environment: Vec<_> = VARIABLES.iter().map(|variable| (*variable, Some(url.as_str()))).collect();
    environment.extend([("NO_PROXY", None), ("no_proxy", None)]);
    child::run(NAME, &server.base_url(), &environment);
    assert_eq!(server.seen(), 2);
    let asked: Vec<String> = proxy.log().requests.into_iter().map(|(_, head)| head).collect();
    #[cfg(feature = "rustls")]
    assert!(asked.len() == 1 && asked[0].starts_with("CONNECT realtimekit.invalid:443 "), "{asked:?}");
    assert!(asked.iter().all(|head| !head.contains(TOKEN)), "{asked:?}");
    #[cfg(not(feature = "rustls"))]
    assert_eq!(proxy.log().connections, 0);
}

#[test]
fn a_proxy_variable_that_makes_no_sense_does_no_harm() {
    const NAME: &str = "secrets::a_proxy_variable_that_makes_no_sense_does_no_harm";
    if let Some(base_url) = child::given() {
        request(base_url).send().unwrap();
        return;
    }
    let server = Server::playing(vec![vec![Step::Send(ok(page(1, 1, 1).to_string()))]]);
    for nonsense in ["://", "nonsense", "http://[", "\u{1}"] {
        child::run(NAME, &server.base_url(), &[("HTTP_PROXY", Some(nonsense)), ("ALL_PROXY", Some(nonsense))]);
    }
    assert_eq!(server.seen(), 4);
}
