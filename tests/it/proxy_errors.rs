//! A proxy that fails is named without its credentials, and asked again if that may help.

use std::time::Duration;

use realtimekit::{Error, ureq};

use crate::support::*;

/// The error of a request to https://api.invalid through a proxy with credentials, which it must not show.
#[track_caller]
fn error_through(scheme: &str, proxy: &str) -> Error {
    let agent = agent_with_proxy(&format!("{scheme}://proxy-user:proxy-password@{proxy}"));
    let builder = builder("https://api.invalid").agent(agent).timeout(Duration::from_secs(30));
    let client = builder.clone().build().unwrap();
    let error = failed(client.session_participants("account", "app", "session").send());
    let shown = format!("{builder:?} {client:?} {error} {error:?} {error:#?}");
    // The last is Base64 of `proxy-user:`.
    for secret in ["proxy-user", "proxy-password", "cHJveHktdXNlcj"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(matches!(error, Error::Transport(_)) && !error.is_timeout(), "{error:?}");
    error
}

/// This pins the texts of ureq's `ConnectProxyFailed`, which tell these failures apart.
#[test]
fn a_proxy_that_fails_is_named_and_asked_again_if_that_may_pass() {
    const SETTINGS: &str = "check the proxy's settings";
    const LATER: &str = "try again later, then check the proxy";
    const PASSWORD: &str = "check the proxy's user name and password";
    let status = |status: u16| vec![Step::Send(answer(&format!("{status} Status"), "", "no"))];
    let closed = "closed the connection without an answer [3 attempts]; try again, then check the proxy".to_owned();
    let answered =
        |status: u16, bracket: &str, advice: &str| format!("answered {status} to CONNECT{bracket}; {advice}");
    for (steps, message, attempts) in [
        (vec![Step::Close], closed.clone(), 3),
        (vec![Step::Send(b"HTTP/1.1 200 OK\r\n".to_vec()), Step::Close], closed, 3),
        (status(429), answered(429, " [3 attempts]", LATER), 3),
        (status(500), answered(500, " [3 attempts]", LATER), 3),
        (status(503), answered(503, " [3 attempts]", LATER), 3),
        (status(302), answered(302, "", SETTINGS), 1),
        (status(403), answered(403, "", SETTINGS), 1),
        (status(407), answered(407, "", PASSWORD), 1),
    ] {
        let proxy = Server::always(steps);
        let error = error_through("http", &proxy.host());
        assert_eq!(error.to_string(), format!("the proxy {} {message}", proxy.host()));
        assert_eq!((proxy.seen(), error.is_retryable()), (attempts, attempts > 1), "{error}");
    }
}

#[test]
fn a_connection_that_breaks_in_a_proxy_names_it_and_is_made_again() {
    let connected = Step::Send(b"HTTP/1.1 200 Connected\r\n\r\n".to_vec());
    for steps in [vec![Step::Reset], vec![connected, Step::Close]] {
        let proxy = Server::always(steps);
        let error = error_through("http", &proxy.host());
        let expected = format!("the connection to api.invalid through the proxy {} broke before", proxy.host());
        assert!(error.to_string().starts_with(&expected), "{error}");
        assert_eq!(proxy.seen(), 3, "{error}");
    }
}

#[test]
fn a_proxy_that_does_not_answer_is_a_timeout_that_names_it() {
    let proxy = Server::always(vec![Step::Stall]);
    let builder = builder("https://api.invalid").agent(agent_with_proxy(&proxy.base_url())).max_retries(0);
    let error = failed(request_of(builder.timeout(Duration::from_millis(200))).send());
    assert!(error.is_timeout() && error.is_retryable(), "{error:?}");
    assert!(error.to_string().contains(&format!("the proxy {}; ", proxy.host())), "{error}");
}

#[test]
fn a_proxy_that_cannot_be_reached_is_named() {
    let (refusing, _held) = refusing_address();
    let plain = plain_address();
    let tls = format!("the TLS connection to api.invalid through the proxy {plain} failed");
    for (scheme, address, expected, is_retryable) in [
        ("http", refusing.to_string(), format!("the connection to the proxy {refusing} was refused"), true),
        ("https", plain.to_string(), tls, false),
    ] {
        let error = error_through(scheme, &address);
        assert!(error.to_string().starts_with(&expected), "{error}");
        assert_eq!(error.is_retryable(), is_retryable, "{error}");
    }
}

#[test]
fn a_proxy_whose_answer_is_not_http_is_named() {
    let proxy = Server::always(b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec());
    let error = error_through("http", &proxy.host());
    let expected = format!("the answer from api.invalid through the proxy {} is not valid HTTP", proxy.host());
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert_eq!(proxy.seen(), 1);
}

#[test]
fn a_name_that_is_not_found_is_that_of_the_proxy_or_of_the_host() {
    for (base_url, proxy, resolve_target, expected) in [
        ("https://api.invalid", "proxy.invalid", false, "the proxy proxy.invalid:3128"),
        ("https://api.invalid", "proxy.invalid", true, "the host api.invalid or the proxy proxy.invalid:3128"),
        ("https://api.invalid", "10.0.0.1", true, "the host api.invalid"),
        ("https://api.invalid", "[::1]", true, "the host api.invalid"),
        ("https://10.0.0.1", "proxy.invalid", true, "the proxy proxy.invalid:3128"),
    ] {
        let proxy = ureq::Proxy::builder(ureq::ProxyProtocol::Http).host(proxy).port(3128);
        let proxy = proxy.resolve_target(resolve_target).build().unwrap();
        let config = ureq::Agent::config_builder().proxy(Some(proxy));
        let not_found = |_: ureq::http::Request<ureq::SendBody<'_>>, _: ureq::middleware::MiddlewareNext<'_>| {
            Err(ureq::Error::HostNotFound)
        };
        let agent = config.middleware(not_found).build().into();
        let error = failed(request_of(builder(base_url).agent(agent).max_retries(0)).send());
        assert!(error.to_string().starts_with(&format!("DNS did not find {expected}; ")), "{error}");
    }
}
