//! Which proxy of the environment is used, for which hosts, and what it is told.

use std::ffi::OsStr;
#[cfg(feature = "rustls")]
use std::time::Duration;

use realtimekit::ureq;

use crate::support::*;

/// A proxy for every scheme, and the hosts to reach without it. Windows knows one spelling of each name, others know
/// both.
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
fn a_proxy_variable_that_is_no_proxy_does_no_harm_where_no_proxy_is_used() {
    const NAME: &str = "proxies::a_proxy_variable_that_is_no_proxy_does_no_harm_where_no_proxy_is_used";
    if let Some(base_url) = child::given() {
        request(base_url).send().unwrap();
        // `NO_PROXY` names this host.
        #[cfg(feature = "rustls")]
        builder("https://realtimekit.invalid").build().unwrap();
        builder("https://example.invalid").agent(ureq::Agent::new_with_defaults()).build().unwrap();
        return;
    }
    let server = Server::of_list(1, 1);
    for nonsense in ["://", "http://[", "proxy:99999", "socks5://proxy", "\u{1}"] {
        child::run(NAME, &server.base_url(), &environment(nonsense, Some("realtimekit.invalid")));
    }
    assert_eq!(server.seen(), 5);
}

#[cfg(feature = "rustls")]
#[test]
fn a_proxy_variable_that_is_no_proxy_is_refused_where_a_proxy_is_used() {
    const NAME: &str = "proxies::a_proxy_variable_that_is_no_proxy_is_refused_where_a_proxy_is_used";
    const PORT: &str = "has an invalid port; give 1 to 65535, or leave it out";
    if child::given().is_some() {
        assert_refused(builder("https://realtimekit.invalid").build(), "https_proxy", PORT);
        return;
    }
    child::run(NAME, "", &environment(&format!("http://user:{TOKEN}@proxy.invalid:99999"), None));
}

/// Windows knows one spelling of each name.
#[cfg(all(unix, feature = "rustls"))]
#[test]
fn the_first_variable_that_is_not_blank_names_the_proxy() {
    const NAME: &str = "proxies::the_first_variable_that_is_not_blank_names_the_proxy";
    const ORDER: [&str; 6] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY"];
    if child::given().is_some() {
        failed(request_of(builder("https://realtimekit.invalid").max_retries(0)).send());
        return;
    }
    for (first, name) in ORDER.iter().enumerate() {
        let (proxy, other) = (closed_proxy(), closed_proxy());
        let (spaced, other_url) = (format!(" {}\n", proxy.base_url()), other.base_url());
        let mut environment = vec![("NO_PROXY", None), ("no_proxy", None)];
        environment.extend(ORDER.iter().enumerate().map(|(nth, name)| match nth {
            nth if nth < first => (*name, Some(OsStr::new(" "))),
            nth if nth == first => (*name, Some(OsStr::new(&spaced))),
            _ => (*name, Some(OsStr::new(&other_url))),
        }));
        child::run(NAME, "", &environment);
        assert_eq!((proxy.seen(), other.seen()), (1, 0), "{name}");
    }
}

#[cfg(feature = "rustls")]
#[test]
fn a_proxy_of_the_environment_is_told_the_user_agent() {
    const NAME: &str = "proxies::a_proxy_of_the_environment_is_told_the_user_agent";
    if child::given().is_some() {
        let builder = builder("https://realtimekit.invalid").max_retries(0);
        failed(request_of(builder.clone()).send());
        failed(request_of(builder.user_agent("attendance/2.0")).send());
        return;
    }
    let proxy = closed_proxy();
    child::run(NAME, "", &environment(&proxy.base_url(), None));
    let heads = proxy.log().heads;
    let default = concat!("User-Agent: realtimekit/", env!("CARGO_PKG_VERSION"), "\r\n");
    assert!(heads[0].contains(default), "{heads:?}");
    assert!(heads[1].contains("User-Agent: attendance/2.0\r\n"), "{heads:?}");
}

/// Without its feature, ureq ignores a SOCKS proxy that an agent has from the environment.
#[cfg(all(feature = "rustls", not(feature = "socks-proxy")))]
#[test]
fn a_socks_proxy_that_is_not_used_is_not_named() {
    const NAME: &str = "proxies::a_socks_proxy_that_is_not_used_is_not_named";
    if child::given().is_some() {
        let agent = ureq::Agent::new_with_defaults();
        assert!(agent.config().proxy().is_some());
        // The name server may be silent.
        let builder = builder("https://realtimekit.invalid").agent(agent).timeout(Duration::from_secs(5));
        let error = failed(request_of(builder.max_retries(0)).send());
        assert!(!error.to_string().contains("proxy.invalid"), "{error}");
        return;
    }
    child::run(NAME, "", &environment("socks5://proxy.invalid", None));
}

#[cfg(all(feature = "rustls", feature = "socks-proxy"))]
#[test]
fn a_socks_proxy_of_the_environment_connects_to_the_host() {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    const NAME: &str = "proxies::a_socks_proxy_of_the_environment_connects_to_the_host";
    const CONNECT: &[u8] = b"\x05\x01\x00\x03\x13realtimekit.invalid\x01\xbb";
    if child::given().is_some() {
        let error = failed(request_of(builder("https://realtimekit.invalid").max_retries(0)).send());
        assert!(error.to_string().contains("realtimekit.invalid through the SOCKS proxy 127.0.0.1:"), "{error}");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let proxy = std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let (mut greeting, mut request, mut tunnelled) = ([0; 3], vec![0; CONNECT.len()], [0]);
        stream.read_exact(&mut greeting).unwrap();
        stream.write_all(&[5, 0]).unwrap();
        stream.read_exact(&mut request).unwrap();
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
        stream.read_exact(&mut tunnelled).unwrap();
        (greeting, request, tunnelled)
    });
    child::run(NAME, "", &environment(&format!("socks5h://{address}"), None));
    let _ = TcpStream::connect(address); // ends a proxy that was not asked
    // The first byte in the tunnel begins a TLS handshake.
    assert_eq!(proxy.join().unwrap(), ([5, 1, 0], CONNECT.to_vec(), [22]));
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
