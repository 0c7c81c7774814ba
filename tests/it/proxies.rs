//! "Secrets": which requests go through a proxy. Those to a loopback host never do. proxy_errors.rs is about the rest.

use std::ffi::OsStr;
#[cfg(feature = "rustls")]
use std::time::Duration;

use crate::support::*;

/// A proxy for every scheme, and the hosts to reach without it. Windows knows one spelling of each name, others know both.
fn environment<'a>(proxy: &'a str, no_proxy: Option<&'a str>) -> [(&'static str, Option<&'a OsStr>); 8] {
    let (proxy, no_proxy) = (Some(proxy.as_ref()), no_proxy.map(OsStr::new));
    [
        ("HTTP_PROXY", proxy),
        ("http_proxy", proxy),
        ("HTTPS_PROXY", proxy),
        ("https_proxy", proxy),
        ("ALL_PROXY", proxy),
        ("all_proxy", proxy),
        ("NO_PROXY", no_proxy),
        ("no_proxy", no_proxy),
    ]
}

/// A proxy that lets nothing through.
fn closed_proxy() -> Server {
    Server::always(vec![Step::Send(answer("502 Bad Gateway", "", "")), Step::Close])
}

#[test]
fn the_proxy_of_an_agent_is_not_used_for_a_loopback_host() {
    let (proxy, server) = (closed_proxy(), Server::of_list(1, 1));
    request_of(builder(&server).agent(agent_with_proxy(&proxy.base_url()))).send().unwrap();
    assert_eq!((server.seen(), proxy.log().connections), (1, 0));
}

#[test]
fn the_proxy_of_the_environment_is_not_used_for_a_loopback_host() {
    const NAME: &str = "proxies::the_proxy_of_the_environment_is_not_used_for_a_loopback_host";
    if let Some(base_url) = child::given() {
        for base_url in [base_url.clone(), base_url.replace("127.0.0.1", "localhost")] {
            request(base_url).send().unwrap();
        }
        // Another host is asked through the proxy, which shows that the variables work.
        #[cfg(feature = "rustls")]
        failed(request("https://realtimekit.invalid").send());
        return;
    }
    let (proxy, server) = (closed_proxy(), Server::of_list(1, 1));
    child::run(NAME, &server.base_url(), &environment(&proxy.base_url(), None));
    assert_eq!(server.seen(), 2);
    let asked = proxy.log().heads;
    #[cfg(feature = "rustls")]
    assert!(!asked.is_empty(), "the proxy was not asked");
    assert!(asked.iter().all(|head| head.starts_with("CONNECT realtimekit.invalid:443 ")), "{asked:?}");
    assert!(asked.iter().all(|head| !head.contains(TOKEN)), "{asked:?}");
}

#[test]
fn a_proxy_variable_that_is_no_url_does_no_harm() {
    const NAME: &str = "proxies::a_proxy_variable_that_is_no_url_does_no_harm";
    if let Some(base_url) = child::given() {
        request(base_url).send().unwrap();
        return;
    }
    let server = Server::of_list(1, 1);
    for nonsense in ["://", "nonsense", "http://[", "\u{1}"] {
        let nonsense = Some(nonsense.as_ref());
        child::run(NAME, &server.base_url(), &[("HTTP_PROXY", nonsense), ("ALL_PROXY", nonsense)]);
    }
    assert_eq!(server.seen(), 4);
}

/// ureq's rules, which the guide describes: exact hosts, suffixes and `*`, but no ports and no spaces.
#[cfg(feature = "rustls")]
#[test]
fn no_proxy_lists_hosts_suffixes_or_everything() {
    const NAME: &str = "proxies::no_proxy_lists_hosts_suffixes_or_everything";
    if child::given().is_some() {
        // The name server may be silent.
        let builder = builder("https://api.example.invalid").max_retries(0).timeout(Duration::from_secs(5));
        failed(request_of(builder).send());
        return;
    }
    let check = |no_proxy, requests| {
        let proxy = closed_proxy();
        child::run(NAME, "", &environment(&proxy.base_url(), Some(no_proxy)));
        assert_eq!(proxy.seen(), requests, "{no_proxy}");
    };
    std::thread::scope(|scope| {
        for (no_proxy, requests) in [
            ("api.example.invalid", 0),
            ("API.example.INVALID", 0),
            (".example.invalid", 0),
            ("*.example.invalid", 0),
            ("*", 0),
            ("localhost,api.example.invalid", 0),
            ("", 1),
            ("example.invalid", 1),
            (".api.example.invalid", 1),
            ("api.example.invalid:443", 1),
            ("localhost, api.example.invalid", 1),
            ("api.example.invalid ,localhost", 1),
        ] {
            scope.spawn(move || check(no_proxy, requests));
        }
    });
}
