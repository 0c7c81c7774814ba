use super::*;

const NOT_A_PROXY: &str = "is not a proxy's URL; write it like http://proxy.example.com:3128";
const PORT: &str = "has an invalid port; give 1 to 65535, or leave it out";

#[test]
fn a_url_an_ip_address_and_a_host_alone_are_proxies() {
    for (value, host, port) in [
        ("http://proxy.example.com:3128", "proxy.example.com", 3128),
        ("HTTP://proxy.example.com:3128/", "proxy.example.com", 3128),
        ("http://user:p%40ss@proxy.example.com:3128", "proxy.example.com", 3128),
        ("https://proxy.example.com", "proxy.example.com", 443),
        ("proxy.example.com:65535", "proxy.example.com", 65535),
        ("user:password@proxy.example.com:1", "proxy.example.com", 1),
        ("proxy", "proxy", 80),
        ("10.0.0.1", "10.0.0.1", 80),
        ("[::1]:3128", "[::1]", 3128),
    ] {
        let proxy = parse("HTTPS_PROXY", value).unwrap();
        assert_eq!((proxy.host(), proxy.port()), (host, port), "{value}");
    }
}

#[test]
fn a_value_that_is_no_proxy_is_refused_without_being_repeated() {
    for (value, expected) in [
        ("://", NOT_A_PROXY),
        ("http://", NOT_A_PROXY),
        ("http://[", NOT_A_PROXY),
        ("http://:3128", NOT_A_PROXY),
        ("http://user:secret@", NOT_A_PROXY),
        ("ftp://user:secret@proxy:21", NOT_A_PROXY),
        ("http://user:%ff@proxy:3128", NOT_A_PROXY),
        ("two words", NOT_A_PROXY),
        ("/path", NOT_A_PROXY),
        ("::1", NOT_A_PROXY),
        ("\u{1}", NOT_A_PROXY),
        ("pröxy", NOT_A_PROXY),
        ("http://proxy:0", PORT),
        ("http://proxy:65536", PORT),
        ("http://user:secret@proxy:99999", PORT),
        ("proxy:", PORT),
        ("[::1]:70000", PORT),
    ] {
        let error = parse("HTTPS_PROXY", value).unwrap_err();
        assert_eq!(error.to_string(), format!("invalid argument: HTTPS_PROXY {expected}"), "{value}");
    }
}

#[test]
fn a_socks_proxy_needs_its_feature() {
    for scheme in ["socks", "socks4", "socks4a", "socks5", "SOCKS5h"] {
        let proxy = parse("all_proxy", &format!("{scheme}://proxy:1080"));
        if cfg!(feature = "socks-proxy") {
            assert!(is_socks(&proxy.unwrap()), "{scheme}");
        } else {
            let expected = "invalid argument: all_proxy names a SOCKS proxy; turn on the feature `socks-proxy` of realtimekit, or unset the variable";
            assert_eq!(proxy.unwrap_err().to_string(), expected, "{scheme}");
        }
    }
}
