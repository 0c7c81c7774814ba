//! Values of the caller's that can't be sent are refused by name before anything is sent, and are not repeated.

use std::time::Duration;

use realtimekit::{Client, ClientBuilder, Error, ParticipantsRequest};

use crate::child;
use crate::pages::*;
use crate::server::*;

#[track_caller]
fn assert_refused<T: std::fmt::Debug>(result: realtimekit::Result<T>, expected: &str) {
    match result {
        Err(Error::InvalidArgument { name, .. }) => assert_eq!(name, expected),
        other => panic!("expected {expected} to be refused, got {other:?}"),
    }
}

fn with(base_url: &str) -> realtimekit::Result<Client> {
    Client::builder().api_token(TOKEN).base_url(base_url).build()
}

#[test]
fn tokens() {
    for token in
        ["", "  \n", "one\ntwo", "one\r\nX-Header: two", "zero\0", "delete\x7f", "töken", "Bearer one", "tab\tbed"]
    {
        let error = Client::new(token).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(token.trim().is_empty() || !text.contains(token), "{text}");
        assert_refused(Client::new(token), "api_token");
    }
    let server = Server::playing(vec![vec![Step::Send(ok(page(1, 1, 1).to_string()))]]);
    let client = Client::builder().api_token(format!(" \t{TOKEN}\r\n")).base_url(server.base_url()).build().unwrap();
    client.session_participants("a", "b", "c").send().unwrap();
    assert!(server.log().requests[0].1.contains(&format!("authorization: Bearer {TOKEN}\r\n")));
}

#[test]
fn base_urls() {
    let refused = [
        "",
        "api.cloudflare.com",
        "127.0.0.1:80",
        "localhost:80/v4",
        "ftp://127.0.0.1",
        "https://",
        "https:///v4",
        "https://user@api.cloudflare.com",
        "https://user:password@api.cloudflare.com",
        "https://api.cloudflare.com?",
        "https://api.cloudflare.com/v4?a=b",
        "https://api.cloudflare.com/v4#top",
        "https://api.cloudflare.com:99999",
        "https://api.cloudflare.com:",
        "https://api.cloudflare.com:0",
        "https://api.cloudflare.com:+80",
        "http://[127.0.0.1]",
        "https://api.cloudflare.com/v 4",
        "https://api.cloudflare.com/vier/ü",
        "http://api.cloudflare.com/client/v4",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://[::2]",
        "http://0.0.0.0",
    ];
    for base_url in refused {
        assert_refused(with(base_url), "base_url");
        let text = format!("{:?}", with(base_url).unwrap_err());
        assert!(!text.contains("password"), "{text}");
    }
    let loopback =
        ["http://127.0.0.1:8080", "http://127.9.9.9/v4", "http://localhost", "http://LocalHost:1/", "http://[::1]:80"];
    for base_url in loopback {
        with(base_url).unwrap();
    }
    #[cfg(feature = "rustls")]
    for base_url in ["https://api.cloudflare.com/client/v4/", " https://example.com:8443\n", "https://10.0.0.1"] {
        with(base_url).unwrap();
    }
}

#[test]
fn the_environment_gives_a_token_and_where_it_is_set_a_base_url() {
    if child::given().is_some() {
        let client = Client::builder().api_token("earlier").from_env().build().unwrap();
        client.session_participants("a", "b", "c").send().unwrap();
        let client = Client::builder().from_env().api_token("later").build().unwrap();
        client.session_participants("a", "b", "c").send().unwrap();
        return;
    }
    let server = Server::playing(vec![vec![Step::Send(ok(page(1, 1, 1).to_string()))]]);
    let name = "arguments::the_environment_gives_a_token_and_where_it_is_set_a_base_url";
    let token = format!(" {TOKEN}\n");
    let base_url = server.base_url();
    child::run(name, "", &[("CLOUDFLARE_API_TOKEN", Some(&token)), ("CLOUDFLARE_BASE_URL", Some(&base_url))]);
    assert!(server.log().requests[0].1.contains(&format!("authorization: Bearer {TOKEN}\r\n")));
    assert!(server.log().requests[1].1.contains("authorization: Bearer later\r\n"));
}

#[test]
fn an_unset_token_in_the_environment_leaves_an_earlier_one() {
    if child::given().is_some() {
        builder("http://127.0.0.1".to_owned()).from_env().build().unwrap();
        return;
    }
    let environment = [("CLOUDFLARE_API_TOKEN", None), ("CLOUDFLARE_BASE_URL", None)];
    child::run("arguments::an_unset_token_in_the_environment_leaves_an_earlier_one", "", &environment);
}

#[cfg(feature = "rustls")]
#[test]
fn a_blank_base_url_in_the_environment_is_none() {
    if child::given().is_some() {
        let client = Client::from_env().unwrap();
        assert!(format!("{client:?}").contains("\"https://api.cloudflare.com/client/v4\""), "{client:?}");
        return;
    }
    for blank in [None, Some(""), Some(" ")] {
        let environment = [("CLOUDFLARE_API_TOKEN", Some(TOKEN)), ("CLOUDFLARE_BASE_URL", blank)];
        child::run("arguments::a_blank_base_url_in_the_environment_is_none", "", &environment);
    }
}

#[test]
fn settings() {
    type Set = fn(ClientBuilder) -> ClientBuilder;
    let cases: [(Set, &str); 7] = [
        (|builder| builder.timeout(Duration::ZERO), "timeout"),
        (|builder| builder.max_response_size(0), "max_response_size"),
        (|builder| builder.user_agent(""), "user_agent"),
        (|builder| builder.user_agent("two\nlines"), "user_agent"),
        (|builder| builder.user_agent("ünicode"), "user_agent"),
        (|builder| builder.user_agent("x".repeat(140_000)), "user_agent"),
        (|builder| builder.api_token("x".repeat(140_000)), "api_token"),
    ];
    for (set, name) in cases {
        assert_refused(set(builder("http://127.0.0.1".to_owned())).build(), name);
    }
    assert_refused(Client::builder().build(), "api_token");
}

#[test]
fn durations_and_sizes_of_any_length_are_taken() {
    let server = Server::playing(vec![vec![Step::Send(ok(page(1, 1, 1).to_string()))]]);
    let client = builder(server.base_url())
        .timeout(Duration::MAX)
        .max_retry_wait(Duration::MAX)
        .max_retries(u32::MAX)
        .max_response_size(u64::MAX)
        .user_agent("attendance/1.0 (nightly)")
        .build()
        .unwrap();
    client.session_participants("a", "b", "c").send().unwrap();
    assert!(server.log().requests[0].1.contains("user-agent: attendance/1.0 (nightly)\r\n"));
}

#[cfg(not(feature = "rustls"))]
#[test]
fn https_needs_an_agent_where_there_is_no_tls() {
    assert_refused(Client::new(TOKEN), "agent");
    Client::builder().api_token(TOKEN).agent(realtimekit::ureq::agent()).build().unwrap();
}

#[test]
fn requests() {
    let server = Server::playing(vec![vec![Step::Send(ok(page(1, 1, 1).to_string()))]]);
    let client = client(server.base_url());
    let ids = |account: &str, app: &str, session: &str| client.session_participants(account, app, session);
    let good = || ids("a", "b", "c");
    let long = "x".repeat(65_535);
    let cases: Vec<(ParticipantsRequest, &str)> = vec![
        (ids("", "b", "c"), "account_id"),
        (ids("..", "b", "c"), "account_id"),
        (ids("a", ".", "c"), "app_id"),
        (ids("a", "b", ".."), "session_id"),
        (ids("a", "b", ""), "session_id"),
        (good().search(&long), "search"),
        (good().search("ü".repeat(11_000)), "search"),
        (good().query("x", &long), "query"),
        (ids("a", "b", &long), "session_id"),
        (good().query("", "x"), "query"),
        (good().query("include_peer_events", "true"), "query"),
        (good().query("page_no", "2"), "query"),
        (good().query("per_page", "2"), "query"),
        (good().query("search", "x"), "query"),
        (good().query("sort_by", "duration"), "query"),
        (good().query("sort_order", "ASC"), "query"),
        (good().query("view", "raw"), "query"),
    ];
    for (request, name) in cases {
        assert_refused(request.send(), name);
        assert_refused(request.send_as::<serde_json::Value>(), name);
        assert_refused(request.pages().next().unwrap(), name);
        assert_refused(request.into_iter().next().unwrap(), name);
    }
    assert_refused(good().per_page(0).pages().next().unwrap(), "per_page");
    assert_eq!(server.seen(), 0);

    let room =
        65_534 - format!("{}/accounts/a/realtime/kit/b/sessions/c/participants?search=", server.base_url()).len();
    good().search("x".repeat(room)).send().unwrap();
    assert_refused(good().search("x".repeat(room + 1)).send(), "search");
    assert_eq!(server.seen(), 1);
}
