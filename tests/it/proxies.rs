//! "Secrets": requests to a loopback host never go through a proxy.

use std::ffi::OsStr;

use realtimekit::ureq;

use crate::support::*;

/// A proxy that lets nothing through.
fn closed_proxy() -> Server {
    Server::always(vec![Step::Send(answer("502 Bad Gateway", "", "")), Step::Close])
}

#[test]
fn the_proxy_of_an_agent_is_not_used_for_a_loopback_host() {
    let (proxy, server) = (closed_proxy(), Server::of_list(1, 1));
    let config = ureq::Agent::config_builder().proxy(Some(ureq::Proxy::new(&proxy.base_url()).unwrap()));
    request_of(builder(&server).agent(config.build().into())).send().unwrap();
    assert_eq!((server.seen(), proxy.log().connections), (1, 0));
}

#[test]
fn the_proxy_of_the_environment_is_not_used_for_a_loopback_host() {
    const NAME: &str = "proxies::the_proxy_of_the_environment_is_not_used_for_a_loopback_host";
    const VARIABLES: [&str; 6] = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
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
    let url = proxy.base_url();
    let mut environment: Vec<(&str, Option<&OsStr>)> = VARIABLES.map(|name| (name, Some(url.as_ref()))).to_vec();
    environment.extend([("NO_PROXY", None), ("no_proxy", None)]);
    child::run(NAME, &server.base_url(), &environment);
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
