use super::*;
use crate::error::Error;
use crate::error::ProxyName;

fn route(proxy: Option<ProxyName>) -> Arc<Route> {
    let looked_up = "the host it looks up".to_owned();
    Arc::new(Route { host: "api.example.com".to_owned(), proxy, looked_up })
}

fn io(kind: ErrorKind) -> ureq::Error {
    ureq::Error::Io(io::Error::new(kind, "made by the test"))
}

#[test]
fn every_error_of_ureq_has_its_failure() {
    let table = [
        (ureq::Error::Timeout(ureq::Timeout::Global), Failure::ResponseTimeout),
        (ureq::Error::Timeout(ureq::Timeout::Connect), Failure::ConnectTimeout),
        (ureq::Error::Timeout(ureq::Timeout::Resolve), Failure::ConnectTimeout),
        (ureq::Error::Timeout(ureq::Timeout::RecvBody), Failure::AgentTimeout),
        (ureq::Error::HostNotFound, Failure::HostNotFound),
        (ureq::Error::Io(io::Error::other("failed to lookup address information: no")), Failure::HostNotFound),
        (ureq::Error::ConnectionFailed, Failure::ConnectionFailed),
        (io(ErrorKind::ConnectionRefused), Failure::ConnectionRefused),
        (io(ErrorKind::ConnectionReset), Failure::ConnectionBroke),
        (io(ErrorKind::ConnectionAborted), Failure::ConnectionBroke),
        (io(ErrorKind::BrokenPipe), Failure::ConnectionBroke),
        (io(ErrorKind::UnexpectedEof), Failure::ConnectionBroke),
        (io(ErrorKind::TimedOut), Failure::ConnectTimeout),
        (io(ErrorKind::HostUnreachable), Failure::ConnectionFailed),
        (io(ErrorKind::NetworkUnreachable), Failure::ConnectionFailed),
        (io(ErrorKind::AddrNotAvailable), Failure::ConnectionFailed),
        (io(ErrorKind::Other), Failure::ConnectionFailed),
        (io(ErrorKind::InvalidData), Failure::Tls),
        (io(ErrorKind::InvalidInput), Failure::Other),
        // Windows's codes for an unknown host, which mean nothing elsewhere.
        (ureq::Error::Io(io::Error::from_raw_os_error(11001)), Failure::HostNotFound),
        (ureq::Error::Io(io::Error::from_raw_os_error(11004)), Failure::HostNotFound),
        (ureq::Error::Io(io::Error::from_raw_os_error(11005)), Failure::ConnectionFailed),
        (ureq::Error::StatusCode(500), Failure::Other),
        (ureq::Error::BadUri("://".to_owned()), Failure::Other),
        (ureq::Error::InvalidProxyUrl, Failure::ProxyRefused),
        (ureq::Error::BodyExceedsLimit(16), Failure::ResponseTooLarge(16)),
        (ureq::Error::TooManyRedirects, Failure::Other),
        (ureq::Error::Tls("no"), Failure::Tls),
        (ureq::Error::TlsRequired, Failure::Tls),
        (ureq::Error::RequireHttpsOnly("http://localhost".to_owned()), Failure::HttpsOnly),
        (ureq::Error::LargeResponseHeader(70_000, 65_536), Failure::InvalidHttp),
        (ureq::Error::ConnectProxyFailed("proxy server did not respond".to_owned()), Failure::ProxyClosed),
        (ureq::Error::ConnectProxyFailed("proxy server responded 503/503".to_owned()), Failure::ProxyAnswered(503)),
        (ureq::Error::ConnectProxyFailed("something else".to_owned()), Failure::ProxyRefused),
        #[cfg(feature = "gzip")]
        (ureq::Error::Decompress("gzip", ErrorKind::UnexpectedEof.into()), Failure::ConnectionBroke),
        #[cfg(feature = "gzip")]
        (ureq::Error::Decompress("gzip", ErrorKind::TimedOut.into()), Failure::ConnectTimeout),
        #[cfg(feature = "gzip")]
        (ureq::Error::Decompress("gzip", ErrorKind::InvalidData.into()), Failure::CorruptGzip),
        #[cfg(feature = "gzip")]
        (ureq::Error::Decompress("gzip", ErrorKind::InvalidInput.into()), Failure::CorruptGzip),
    ];
    for (cause, expected) in table {
        assert_eq!(Failure::new(&cause), expected, "{cause}");
        // The cause is in `source()` and so in `{:?}`, not in `Display`.
        let text = cause.to_string();
        let error = Error::Transport(TransportError::new(cause, &route(None)));
        assert_eq!(format!("{error:?}"), format!("{error}: {text}"));
    }
}

#[test]
fn only_a_certificate_that_is_not_trusted_is_a_certificate_failure() {
    for (text, expected) in [
        ("invalid peer certificate: UnknownIssuer", Failure::UntrustedCertificate),
        ("peer sent no certificates", Failure::UntrustedCertificate),
        ("cannot decrypt peer's message", Failure::TlsGarbled),
        ("received fatal alert: BadRecordMac", Failure::TlsGarbled),
        ("received fatal alert: CertificateRequired", Failure::Tls),
        ("received corrupt message of type InvalidContentType", Failure::Tls),
        ("invalid response version", Failure::ConnectionFailed), // of a SOCKS proxy
    ] {
        let cause = ureq::Error::Io(io::Error::new(ErrorKind::InvalidData, text));
        assert_eq!(Failure::new(&cause), expected, "{text}");
    }
}

/// native-tls's variant can't be made here. Its texts are those of OpenSSL, macOS and Windows.
#[test]
fn failures_of_another_tls_library_are_tls_failures() {
    for (text, expected) in [
        ("native-tls: error:0A000086:SSL routines::certificate verify failed", Failure::UntrustedCertificate),
        ("native-tls: The certificate was not trusted.", Failure::UntrustedCertificate),
        ("native-tls: A certificate chain could not be built.", Failure::UntrustedCertificate),
        ("native-tls: error:0A000412:SSL routines::sslv3 alert bad certificate", Failure::Tls),
        ("native-tls: unexpected EOF", Failure::Tls),
        ("rustls: handshake not complete", Failure::Tls),
        ("der: malformed", Failure::Tls),
        ("other: no", Failure::Other),
    ] {
        assert_eq!(Failure::from_text(text), expected, "{text}");
    }
    let garbled = "error:0A000119:SSL routines::decryption failed or bad record mac";
    assert_eq!(Failure::new(&ureq::Error::Io(io::Error::other(garbled))), Failure::TlsGarbled);
}

#[test]
fn in_a_body_a_timeout_is_of_the_response_and_any_other_error_a_broken_connection() {
    for (cause, expected) in [
        (io(ErrorKind::TimedOut), Failure::ResponseTimeout),
        (ureq::Error::BodyStalled, Failure::ConnectionBroke),
        (io(ErrorKind::InvalidInput), Failure::ConnectionBroke),
        (ureq::Error::BodyExceedsLimit(16), Failure::ResponseTooLarge(16)),
        (io(ErrorKind::InvalidData), Failure::TlsGarbled),
    ] {
        assert_eq!(TransportError::in_body(cause, &route(None)).failure(), expected);
    }
}

#[test]
fn every_failure_is_described_with_the_host_or_the_proxy() {
    let proxied = || Some(ProxyName::Connect("proxy.example.com:3128".to_owned()));
    let socks = || Some(ProxyName::Socks("socks.example.com:1080".to_owned()));
    let table = [
        (
            Failure::HostNotFound,
            proxied(),
            "DNS did not find the host it looks up; check base_url, the name server and any proxy",
        ),
        (
            Failure::ConnectionFailed,
            socks(),
            "the connection to the host api.example.com through the SOCKS proxy socks.example.com:1080 failed; check base_url, the network and any proxy",
        ),
        (
            Failure::ConnectionRefused,
            None,
            "the connection to the host api.example.com was refused; check base_url, the network and any proxy",
        ),
        (
            Failure::ConnectionFailed,
            proxied(),
            "the connection to the proxy proxy.example.com:3128 failed; check base_url, the network and any proxy",
        ),
        (
            Failure::ConnectionBroke,
            None,
            "the connection to api.example.com broke before the whole response had arrived; try again",
        ),
        (
            Failure::ConnectTimeout,
            None,
            "timed out: no connection to the host api.example.com; check base_url, the network and any proxy, or raise the time limit",
        ),
        (
            Failure::ResponseTimeout,
            proxied(),
            "timed out: no complete response from api.example.com through the proxy proxy.example.com:3128; check the network and any proxy, raise timeout, or ask for a smaller per_page",
        ),
        (
            Failure::AgentTimeout,
            None,
            "timed out: api.example.com exceeded one of the agent's own time limits; raise that limit on the agent",
        ),
        (
            Failure::ResponseTooLarge(16),
            None,
            "the response from api.example.com is larger than max_response_size (16 bytes); raise max_response_size or ask for a smaller per_page",
        ),
        (
            Failure::CorruptGzip,
            None,
            "the gzip body from api.example.com is corrupt; try again, then check any proxy or gateway",
        ),
        (
            Failure::UntrustedCertificate,
            proxied(),
            "the TLS connection to api.example.com through the proxy proxy.example.com:3128 failed; the certificate may not be trusted: check base_url and any proxy, or give the builder an agent that trusts a private CA",
        ),
        (
            Failure::TlsGarbled,
            None,
            "the TLS connection to api.example.com failed; try again, then check the network and any proxy",
        ),
        (
            Failure::Tls,
            None,
            "the TLS connection to api.example.com failed; check base_url, any proxy, and the TLS settings of any agent",
        ),
        (
            Failure::InvalidHttp,
            None,
            "the answer from api.example.com is not valid HTTP; check base_url and any proxy or gateway",
        ),
        (
            Failure::ProxyClosed,
            proxied(),
            "the proxy proxy.example.com:3128 closed the connection without an answer; try again, then check the proxy",
        ),
        (
            Failure::ProxyAnswered(407),
            proxied(),
            "the proxy proxy.example.com:3128 answered 407 to CONNECT; check the proxy's user name and password",
        ),
        (
            Failure::ProxyAnswered(503),
            proxied(),
            "the proxy proxy.example.com:3128 answered 503 to CONNECT; try again later, then check the proxy",
        ),
        (
            Failure::ProxyRefused,
            proxied(),
            "the proxy proxy.example.com:3128 refused the connection; check the proxy's settings",
        ),
        (
            Failure::HttpsOnly,
            None,
            "the agent allows https only, and api.example.com is http; use an https base_url or another agent",
        ),
        (Failure::Other, None, "the request to api.example.com failed; see this error's source"),
    ];
    for (failure, proxy, expected) in table {
        let cause = Arc::new(ureq::Error::ConnectionFailed);
        let error = TransportError { failure, route: route(proxy), cause, requested: Requested::default() };
        assert_eq!(Error::Transport(error).to_string(), expected);
    }
}

#[test]
fn every_failure_without_a_response_is_retried_or_not() {
    for (failure, expected) in [
        (Failure::HostNotFound, true),
        (Failure::ConnectionRefused, true),
        (Failure::ConnectionFailed, true),
        (Failure::ConnectionBroke, true),
        (Failure::ConnectTimeout, true),
        (Failure::ResponseTimeout, true),
        (Failure::AgentTimeout, true),
        (Failure::CorruptGzip, true),
        (Failure::TlsGarbled, true),
        (Failure::ProxyClosed, true),
        (Failure::ProxyAnswered(429), true),
        (Failure::ProxyAnswered(500), true),
        (Failure::ProxyAnswered(503), true),
        (Failure::ProxyAnswered(408), false),
        (Failure::ProxyAnswered(409), false),
        (Failure::ProxyAnswered(403), false),
        (Failure::ProxyAnswered(407), false),
        (Failure::ProxyRefused, false),
        (Failure::ResponseTooLarge(16), false),
        (Failure::UntrustedCertificate, false),
        (Failure::Tls, false),
        (Failure::InvalidHttp, false),
        (Failure::HttpsOnly, false),
        (Failure::Other, false),
    ] {
        assert_eq!(failure.is_transient(), expected, "{failure:?}");
    }
}
