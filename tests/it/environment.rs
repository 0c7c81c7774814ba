//! `from_env`: the token in `CLOUDFLARE_API_TOKEN` and, where it is set, the base URL in `CLOUDFLARE_BASE_URL`.

use std::ffi::{OsStr, OsString};

use realtimekit::Client;

use crate::support::*;

/// Runs a test in a child with these variables.
#[track_caller]
fn run(name: &str, token: Option<&OsStr>, base_url: Option<&OsStr>) -> String {
    child::run(name, "", &[("CLOUDFLARE_API_TOKEN", token), ("CLOUDFLARE_BASE_URL", base_url)])
}

#[test]
fn the_later_of_from_env_and_api_token_counts() {
    if child::given().is_some() {
        request_of(Client::builder().api_token("earlier").from_env()).send().unwrap();
        request_of(Client::builder().from_env().api_token("later")).send().unwrap();
        return;
    }
    let server = Server::of_list(1, 1);
    let name = "environment::the_later_of_from_env_and_api_token_counts";
    run(name, Some(format!(" {TOKEN}\n").as_ref()), Some(server.base_url().as_ref()));
    let heads = server.log().heads;
    assert!(heads[0].contains(&format!("authorization: Bearer {TOKEN}\r\n")));
    assert!(heads[1].contains("authorization: Bearer later\r\n"));
}

#[test]
fn an_unset_variable_keeps_an_earlier_value() {
    if child::given().is_some() {
        builder("http://127.0.0.1").from_env().build().unwrap();
        return;
    }
    run("environment::an_unset_variable_keeps_an_earlier_value", None, None);
}

#[cfg(feature = "rustls")]
#[test]
fn a_blank_base_url_counts_as_unset() {
    if child::given().is_some() {
        let client = Client::from_env().unwrap();
        assert!(format!("{client:?}").contains("\"https://api.cloudflare.com/client/v4\""), "{client:?}");
        return;
    }
    for blank in [None, Some("".as_ref()), Some(" ".as_ref())] {
        run("environment::a_blank_base_url_counts_as_unset", Some(TOKEN.as_ref()), blank);
    }
}

/// Variables, and the client or error that `from_env` returns for them.
fn values() -> Vec<(Option<OsString>, OsString, &'static str)> {
    const MISSING: &str = "invalid argument: CLOUDFLARE_API_TOKEN is unset or empty; export it, or call api_token";
    const SPACED: &str = "invalid argument: CLOUDFLARE_API_TOKEN has whitespace or a line break inside; give the token alone, without `Bearer`";
    const QUOTED: &str = "invalid argument: CLOUDFLARE_API_TOKEN begins or ends with a quotation mark; give the token alone, without quotation marks";
    const NOT_LOOPBACK: &str =
        "invalid argument: CLOUDFLARE_BASE_URL is http, which would expose the token to the network; use https";
    let token = || Some(OsString::from(TOKEN));
    #[cfg(unix)]
    let not_unicode = |text: &str| {
        use std::os::unix::ffi::OsStringExt;
        OsString::from_vec([text.as_bytes(), b"\xff"].concat())
    };
    Vec::from([
        (None, "".into(), MISSING),
        (Some("".into()), "".into(), MISSING),
        (Some(" ".into()), "".into(), MISSING),
        (Some(format!("Bearer {TOKEN}").into()), "".into(), SPACED),
        (Some(format!("\"{TOKEN}\"").into()), "".into(), QUOTED),
        (token(), "http://api.cloudflare.com".into(), NOT_LOOPBACK),
        (token(), "http://localhost:1/".into(), "Client { http: Http { base_url: \"http://localhost:1\""),
        #[cfg(unix)]
        (
            Some(not_unicode(TOKEN)),
            "".into(),
            "invalid argument: CLOUDFLARE_API_TOKEN has characters that a token can't have; copy it again",
        ),
        #[cfg(unix)]
        (
            token(),
            not_unicode("http://localhost/"),
            "invalid argument: CLOUDFLARE_BASE_URL has characters that a URL can't have; percent-encode them",
        ),
    ])
}

#[test]
fn an_error_names_the_variable_that_is_missing_or_wrong() {
    if child::given().is_some() {
        println!("says: {}", Client::from_env().map_or_else(|error| error.to_string(), |client| format!("{client:?}")));
        return;
    }
    let name = "environment::an_error_names_the_variable_that_is_missing_or_wrong";
    for (token, base_url, expected) in values() {
        let printed = run(name, token.as_deref(), Some(&base_url));
        assert!(printed.contains(&format!("says: {expected}")), "{printed}");
        assert!(!printed.contains(TOKEN), "{printed}");
    }
}
