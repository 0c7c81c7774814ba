//! Wrong values: each is refused by name before anything is sent, with what is wrong and what to do.

use std::time::Duration;

use realtimekit::{Client, ClientBuilder, ParticipantsRequest, SortBy, SortOrder};

use crate::support::*;

#[test]
fn a_token_that_cannot_be_sent_is_refused() {
    const EMPTY: &str = "is empty; give an API token with the Realtime permission";
    const SPACED: &str = "has whitespace or a line break inside; give the token alone, without `Bearer`";
    const ODD: &str = "has characters that a token can't have; copy it again";
    assert_refused(Client::builder().build(), "api_token", EMPTY);
    for (token, reason) in [
        ("", EMPTY),
        ("  \n", EMPTY),
        ("SECRET\nSECRET", SPACED),
        ("SECRET\r\nX-Header: SECRET", SPACED),
        ("SECRET\tSECRET", SPACED),
        ("Bearer SECRET", SPACED),
        ("SECRET\0", ODD),
        ("SECRET\x7f", ODD),
        ("SECRETß", ODD),
        (&"x".repeat(140_000), "is longer than 16384 bytes; shorten it"),
    ] {
        let builder = Client::builder().api_token(token.replace("SECRET", TOKEN));
        hides_token(&builder);
        assert_refused(builder.build(), "api_token", reason);
        assert_refused(Client::new(token.replace("SECRET", TOKEN)), "api_token", reason);
    }
}

#[test]
fn a_token_in_quotation_marks_is_refused() {
    const QUOTED: &str = "begins or ends with a quotation mark; give the token alone, without quotation marks";
    let refuse = |token: String| {
        println!("{token}");
        hides_token(&Client::builder().api_token(&token));
        assert_refused(Client::new(format!(" {token}\n")), "api_token", QUOTED);
    };
    for (open, close) in [
        ("\"", "\""),
        ("'", "'"),
        ("`", "`"),
        ("“", "”"),
        ("„", "“"),
        ("”", "”"),
        ("‘", "’"),
        ("‚", "‘"),
        ("«", "»"),
        ("»", "«"),
        ("‹", "›"),
        ("‟", "‛"),
    ] {
        refuse(format!("{open}{TOKEN}{close}"));
        refuse(format!("{open}{TOKEN}"));
        refuse(format!("{TOKEN}{close}"));
        refuse(format!("{open} {TOKEN} {close}"));
        refuse(format!("{open}Bearer {TOKEN}{close}"));
        refuse(format!("{open}{close}"));
    }
}

#[test]
fn a_token_may_have_a_quotation_mark_inside() {
    let server = Server::of_list(1, 1);
    request_of(builder(&server).api_token("a\"b'c`d")).send().unwrap();
    assert!(server.log().heads[0].contains("authorization: Bearer a\"b'c`d\r\n"));
}

#[test]
fn whitespace_around_a_token_is_cut_off() {
    let server = Server::of_list(1, 1);
    request_of(builder(&server).api_token(format!(" \t{TOKEN}\r\n"))).send().unwrap();
    assert!(server.log().heads[0].contains(&format!("authorization: Bearer {TOKEN}\r\n")));
}

const NO_URL: &str = "is not a complete https URL; write it like https://api.cloudflare.com/client/v4";
const USER_INFO: &str = "has a user name or password; remove the part between `//` and the host";
const QUERY: &str = "has a query or fragment; remove `?` or `#` and what follows";
const BAD_PORT: &str = "has an invalid port; give 1 to 65535, or leave it out";
const NOT_ASCII: &str = "has characters that a URL can't have; percent-encode them";
const NOT_LOOPBACK: &str = "is http, which would expose the token to the network; use https";

const WRONG_BASE_URLS: &[(&str, &str)] = &[
    ("", NO_URL),
    ("SECRET", NO_URL),
    ("api.cloudflare.com/client/v4", NO_URL),
    ("/client/v4", NO_URL),
    ("127.0.0.1:80", NO_URL),
    ("localhost:80/v4", NO_URL),
    ("ftp://SECRET", NO_URL),
    ("https://", NO_URL),
    ("https:///v4", NO_URL),
    ("https://SECRET/v 4", NO_URL),
    ("https://local host/SECRET", NO_URL),
    ("https://SECRET@localhost", USER_INFO),
    ("https://user:SECRET@localhost", USER_INFO),
    ("https://localhost?", QUERY),
    ("https://localhost/?a=SECRET", QUERY),
    ("https://localhost/#SECRET", QUERY),
    ("https://localhost:99999", BAD_PORT),
    ("https://localhost:", BAD_PORT),
    ("https://localhost:0", BAD_PORT),
    ("https://localhost:+80", BAD_PORT),
    ("https://localhost:SECRET", BAD_PORT),
    ("http://[127.0.0.1]", NOT_LOOPBACK),
    ("https://localhost/SECRETü", NOT_ASCII),
    ("http://api.cloudflare.com/client/v4", NOT_LOOPBACK),
    ("http://SECRET.example", NOT_LOOPBACK),
    ("http://10.0.0.1", NOT_LOOPBACK),
    ("http://localhost.example.com", NOT_LOOPBACK),
    ("http://127.0.0.1.example.com", NOT_LOOPBACK),
    ("http://[::2]", NOT_LOOPBACK),
    ("http://0.0.0.0", NOT_LOOPBACK),
];

#[test]
fn a_base_url_that_is_wrong_or_would_show_the_token_is_refused() {
    for (base_url, reason) in WRONG_BASE_URLS {
        let builder = builder(base_url.replace("SECRET", TOKEN));
        hides_token(&builder);
        println!("{base_url}");
        assert_refused(builder.build(), "base_url", reason);
    }
    let long = format!("https://localhost/{}", "a".repeat(70_000));
    let reason = "is longer than the 65534 bytes that can be sent; shorten it";
    assert_refused(builder(long).build(), "base_url", reason);
}

#[test]
fn https_and_loopback_hosts_are_accepted() {
    for base_url in
        ["http://127.0.0.1:8080", "http://127.9.9.9/v4", "http://localhost", "http://LocalHost:1/", "http://[::1]:80"]
    {
        builder(base_url).build().unwrap();
    }
    #[cfg(feature = "rustls")]
    for base_url in ["https://api.cloudflare.com/client/v4/", " https://example.com:8443\n", "https://10.0.0.1"] {
        builder(base_url).build().unwrap();
    }
}

#[test]
fn a_setting_that_makes_no_sense_is_refused() {
    type Set = fn(ClientBuilder) -> ClientBuilder;
    const HEADER: &str = "can't be sent as a header; use only printable ASCII";
    let table: [(Set, &str, &str); 6] = [
        (|builder| builder.timeout(Duration::ZERO), "timeout", "must be more than zero; a minute is the default"),
        (|builder| builder.max_response_size(0), "max_response_size", "must be at least 1 byte; 16 MiB is the default"),
        (|builder| builder.user_agent(""), "user_agent", "is empty; leave it out for the default"),
        (|builder| builder.user_agent("two\r\nlines: b"), "user_agent", HEADER),
        (|builder| builder.user_agent("ünicode"), "user_agent", HEADER),
        (|builder| builder.user_agent("x".repeat(16_385)), "user_agent", "is longer than 16384 bytes; shorten it"),
    ];
    for (set, name, reason) in table {
        assert_refused(set(builder("http://localhost")).build(), name, reason);
    }
}

#[test]
fn durations_and_sizes_may_be_as_large_as_their_types_allow() {
    let server = Server::of_list(1, 1);
    let user_agent = format!("{:x<16384}", "attendance/1.0 (nightly)");
    let builder = builder(&server)
        .timeout(Duration::MAX)
        .max_retry_wait(Duration::MAX)
        .max_retries(u32::MAX)
        .max_response_size(u64::MAX)
        .user_agent(&user_agent);
    request_of(builder).send().unwrap();
    assert!(server.log().heads[0].contains(&format!("user-agent: {user_agent}\r\n")));
}

#[cfg(not(feature = "rustls"))]
#[test]
fn https_needs_an_agent_if_rustls_is_off() {
    let reason = "is needed for https: turn on the feature `rustls`, or give an agent whose ureq has a TLS library";
    assert_refused(Client::new(TOKEN), "agent", reason);
    Client::builder().api_token(TOKEN).agent(realtimekit::ureq::agent()).build().unwrap();
}

/// Each way to send a request must refuse it.
#[track_caller]
fn assert_never_sent(request: ParticipantsRequest, name: &str, reason: &str) {
    assert_refused(request.send(), name, reason);
    assert_refused(request.send_as::<serde_json::Value>(), name, reason);
    assert_refused(request.send_json::<serde_json::Value>(), name, reason);
    assert_refused(request.pages().next().unwrap(), name, reason);
    assert_refused(request.iter_as::<serde_json::Value>().next().unwrap(), name, reason);
    assert_refused(request.into_iter().next().unwrap(), name, reason);
}

#[test]
fn an_id_that_is_empty_or_dots_is_refused() {
    const EMPTY: &str = "is empty; give the ID as the dashboard or the API shows it";
    const DOTS: &str = "can't be `.` or `..`; give the ID as the dashboard or the API shows it";
    let client = client("http://localhost:1");
    for (id, reason) in [("", EMPTY), (".", DOTS), ("..", DOTS)] {
        assert_never_sent(client.session_participants(id, "app", "session"), "account_id", reason);
        assert_never_sent(client.session_participants("account", id, "session"), "app_id", reason);
        assert_never_sent(client.session_participants("account", "app", id), "session_id", reason);
    }
}

#[test]
fn a_query_parameter_without_a_name_or_with_a_setter_is_refused() {
    let request = || request("http://localhost:1");
    let reason = "has an empty name; name the parameter or remove the call";
    assert_never_sent(request().query("", "2"), "query", reason);
    for name in ["include_peer_events", "page_no", "per_page", "search", "sort_by", "sort_order", "view"] {
        let reason = format!("names {name}, which has a setter; call that instead");
        assert_never_sent(request().query(name, "2"), "query", &reason);
    }
}

#[test]
fn iterating_refuses_a_per_page_of_zero() {
    let request = request("http://localhost:1").per_page(0);
    let reason = "must be at least 1";
    assert_refused(request.pages().next().unwrap(), "per_page", reason);
    assert_refused(request.into_iter().next().unwrap(), "per_page", reason);
}

#[test]
fn a_url_that_is_too_long_is_refused() {
    let long = "x".repeat(70_000);
    let reason =
        |length| format!("makes the URL {length} bytes long, more than the limit of 65534; shorten this value");
    // Iterating sets these, so that each way to send makes the same URL.
    let set = |request: ParticipantsRequest| {
        request.page_no(1).per_page(100).sort_by(SortBy::JoinedAt).sort_order(SortOrder::Asc)
    };
    let request = || set(request("http://localhost:1"));
    assert_never_sent(request().search(&long), "search", &reason(70_145));
    assert_never_sent(request().search("ü".repeat(11_000)), "search", &reason(66_145));
    assert_never_sent(request().query("a", &long), "query", &reason(70_140));
    assert_never_sent(request().search("x".repeat(20_000)).query("a", "x".repeat(50_000)), "query", &reason(70_148));
    let x = |length| "x".repeat(length);
    for (account, app, session, longest) in [
        (x(7), x(3), x(70_000), "session_id"),
        (x(7), x(20_000), x(49_000), "session_id"),
        (x(30_000), x(20_000), x(20_000), "account_id"),
    ] {
        let length = account.len() + app.len() + session.len() + 120;
        let session = client("http://localhost:1").session_participants(account, app, session);
        assert_never_sent(set(session), longest, &reason(length));
    }
}

#[test]
fn the_longest_url_is_sent_and_nothing_longer() {
    let server = Server::of_list(1, 1);
    let request = request(&server);
    let path = "/accounts/account/realtime/kit/app/sessions/session/participants?search=";
    let room = 65_534 - server.base_url().len() - path.len();
    request.clone().search("x".repeat(room)).send().unwrap();
    failed(request.search("x".repeat(room + 1)).send());
    assert_eq!(server.seen(), 1);
}
