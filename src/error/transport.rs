//! `TransportError`: no usable response arrived. ureq's errors are told apart here.

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use super::requested::Requested;
use super::route::Route;

/// No usable response arrived: DNS, connection, proxy, TLS, timeout, size limit, invalid HTTP or corrupt gzip.
///
/// [`Display`](fmt::Display) says what happened and names the host or the proxy.
/// [`source()`](std::error::Error::source) is the underlying `ureq::Error`. Use it for logs only: its variant may
/// change in any release of this crate.
#[derive(Clone, Debug)]
pub struct TransportError {
    failure: Failure,
    route: Arc<Route>,
    cause: Arc<ureq::Error>, // shared, because ureq's error can't be cloned
    pub(super) requested: Requested,
}

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    HostNotFound,
    ConnectionRefused,
    ConnectionFailed,
    ConnectionBroke,
    ConnectTimeout,
    ResponseTimeout,
    /// A time limit that only a user's own agent can have.
    AgentTimeout,
    ResponseTooLarge(u64),
    #[cfg_attr(not(feature = "gzip"), allow(dead_code, reason = "without the feature nothing is decompressed"))]
    CorruptGzip,
    UntrustedCertificate,
    /// A TLS connection that was garbled on its way.
    TlsGarbled,
    /// Any other failure of TLS.
    Tls,
    InvalidHttp,
    ProxyClosed,
    /// The status that a proxy answered `CONNECT` with.
    ProxyAnswered(u16),
    ProxyRefused,
    HttpsOnly,
    Other,
}

impl Failure {
    fn new(cause: &ureq::Error) -> Failure {
        use ureq::Timeout;
        match cause {
            ureq::Error::HostNotFound => Failure::HostNotFound,
            ureq::Error::ConnectionFailed => Failure::ConnectionFailed,
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => Failure::ConnectTimeout,
            ureq::Error::Timeout(Timeout::Global) => Failure::ResponseTimeout,
            ureq::Error::Timeout(_) => Failure::AgentTimeout,
            ureq::Error::Io(error) => Failure::from_io(error),
            #[cfg(feature = "gzip")]
            ureq::Error::Decompress(_, error) => match error.kind() {
                ErrorKind::InvalidData | ErrorKind::InvalidInput => Failure::CorruptGzip,
                _ => Failure::from_io(error),
            },
            ureq::Error::BodyExceedsLimit(limit) => Failure::ResponseTooLarge(*limit),
            ureq::Error::ConnectProxyFailed(text) => Failure::from_proxy(text),
            ureq::Error::InvalidProxyUrl => Failure::ProxyRefused,
            ureq::Error::Tls(_) | ureq::Error::TlsRequired => Failure::Tls,
            ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => Failure::InvalidHttp,
            ureq::Error::RequireHttpsOnly(_) => Failure::HttpsOnly,
            other => Failure::from_text(&other.to_string()),
        }
    }

    /// The variants of TLS libraries exist only with their features of ureq, so the text has to do.
    fn from_text(text: &str) -> Failure {
        let is_tls = ["rustls: ", "native-tls: ", "PEM: ", "der: "].iter().any(|name| text.starts_with(name));
        if is_tls { Failure::from_tls(text) } else { Failure::Other }
    }

    fn from_io(error: &io::Error) -> Failure {
        match error.kind() {
            ErrorKind::InvalidData => Failure::from_tls(&error.to_string()), // rustls's errors
            ErrorKind::InvalidInput => Failure::Other,
            _ if is_unknown_host(error) => Failure::HostNotFound,
            ErrorKind::TimedOut => Failure::ConnectTimeout,
            ErrorKind::ConnectionRefused => Failure::ConnectionRefused,
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe => Failure::ConnectionBroke,
            _ => match error.to_string() {
                text if text.contains("SSL routines") => Failure::from_tls(&text), // OpenSSL's errors
                _ => Failure::ConnectionFailed,
            },
        }
    }

    /// rustls and OpenSSL tell their failures apart only by text here; tests over sockets pin rustls's.
    fn from_tls(text: &str) -> Failure {
        let text = text.to_lowercase();
        let is_garbled = ["cannot decrypt", "badrecordmac", "bad record mac"].iter().any(|part| text.contains(part));
        if is_garbled {
            return Failure::TlsGarbled;
        }
        // ureq's own texts for a SOCKS proxy that doesn't speak SOCKS.
        if text.starts_with("invalid response") || text.starts_with("invalid reserved") {
            return Failure::ConnectionFailed;
        }
        // An alert comes from the server, and is about the client's certificate.
        match text.contains("certificate") && !text.contains("alert") {
            true => Failure::UntrustedCertificate,
            false => Failure::Tls,
        }
    }

    /// ureq 3.5 gives only text here; a test pins it.
    fn from_proxy(text: &str) -> Failure {
        if text == "proxy server did not respond" {
            return Failure::ProxyClosed;
        }
        let status = text.strip_prefix("proxy server responded ").and_then(|rest| rest.get(..3)?.parse().ok());
        status.map_or(Failure::ProxyRefused, Failure::ProxyAnswered)
    }

    /// Whether the same request may succeed a little later.
    pub(super) fn is_transient(self) -> bool {
        match self {
            Failure::HostNotFound
            | Failure::ConnectionRefused
            | Failure::ConnectionFailed
            | Failure::ConnectionBroke
            | Failure::ConnectTimeout
            | Failure::ResponseTimeout
            | Failure::AgentTimeout
            | Failure::CorruptGzip
            | Failure::TlsGarbled
            | Failure::ProxyClosed => true,
            Failure::ProxyAnswered(status) => matches!(status, 429 | 500..),
            Failure::ResponseTooLarge(_)
            | Failure::UntrustedCertificate
            | Failure::Tls
            | Failure::InvalidHttp
            | Failure::ProxyRefused
            | Failure::HttpsOnly
            | Failure::Other => false,
        }
    }

    pub(super) fn is_timeout(self) -> bool {
        matches!(self, Failure::ConnectTimeout | Failure::ResponseTimeout | Failure::AgentTimeout)
    }
}

/// Whether a look-up failed. std's kind of that error can't be named.
fn is_unknown_host(error: &io::Error) -> bool {
    // Unix has a text, and Windows WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY and WSANO_DATA.
    error.to_string().contains("lookup address") || matches!(error.raw_os_error(), Some(11001..=11004))
}

impl TransportError {
    pub(crate) fn new(cause: ureq::Error, route: &Arc<Route>) -> TransportError {
        TransportError {
            failure: Failure::new(&cause),
            route: route.clone(),
            cause: Arc::new(cause),
            requested: Requested::default(),
        }
    }

    /// An error while a body was read.
    pub(crate) fn in_body(cause: ureq::Error, route: &Arc<Route>) -> TransportError {
        let mut error = TransportError::new(cause, route);
        match error.failure {
            // ureq's hidden error for chunks that it can't read. The rest of its errors can't occur here.
            Failure::Other => error.failure = Failure::ConnectionBroke,
            Failure::ConnectTimeout => error.failure = Failure::ResponseTimeout,
            // The handshake is over.
            Failure::UntrustedCertificate | Failure::Tls => error.failure = Failure::TlsGarbled,
            _ => {}
        }
        error
    }

    /// A body that ended early.
    pub(crate) fn cut_short(route: &Arc<Route>) -> TransportError {
        let cause = io::Error::new(ErrorKind::UnexpectedEof, "the body ends early");
        TransportError::new(ureq::Error::Io(cause), route)
    }

    pub(super) fn failure(&self) -> Failure {
        self.failure
    }

    pub(super) fn advice(&self) -> &'static str {
        match self.failure {
            Failure::HostNotFound => "check base_url, the name server and any proxy",
            Failure::ConnectionRefused | Failure::ConnectionFailed => "check base_url, the network and any proxy",
            Failure::ConnectionBroke => "try again",
            Failure::ConnectTimeout => "check base_url, the network and any proxy, or raise the time limit",
            Failure::ResponseTimeout => "check the network and any proxy, raise timeout, or ask for a smaller per_page",
            Failure::AgentTimeout => "raise that limit on the agent",
            Failure::ResponseTooLarge(_) => "raise max_response_size or ask for a smaller per_page",
            Failure::CorruptGzip => "try again, then check any proxy or gateway",
            Failure::UntrustedCertificate => {
                "the certificate may not be trusted: check base_url and any proxy, or give the builder an agent that trusts a private CA"
            }
            Failure::TlsGarbled => "try again, then check the network and any proxy",
            Failure::Tls => "check base_url, any proxy, and the TLS settings of any agent",
            Failure::InvalidHttp => "check base_url and any proxy or gateway",
            Failure::ProxyClosed => "try again, then check the proxy",
            Failure::ProxyAnswered(407) => "check the proxy's user name and password",
            failure @ Failure::ProxyAnswered(_) if failure.is_transient() => "try again later, then check the proxy",
            Failure::ProxyAnswered(_) | Failure::ProxyRefused => "check the proxy's settings",
            Failure::HttpsOnly => "use an https base_url or another agent",
            Failure::Other => "see this error's source",
        }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let route = &*self.route;
        let first_hop = route.first_hop();
        match self.failure {
            Failure::HostNotFound => write!(f, "DNS did not find {}", route.looked_up),
            Failure::ConnectionRefused => write!(f, "the connection to {first_hop} was refused"),
            Failure::ConnectionFailed => write!(f, "the connection to {first_hop} failed"),
            Failure::ConnectionBroke => {
                write!(f, "the connection to {route} broke before the whole response had arrived")
            }
            Failure::ConnectTimeout => write!(f, "timed out: no connection to {first_hop}"),
            Failure::ResponseTimeout => write!(f, "timed out: no complete response from {route}"),
            Failure::AgentTimeout => write!(f, "timed out: {route} exceeded one of the agent's own time limits"),
            Failure::ResponseTooLarge(limit) => {
                write!(f, "the response from {route} is larger than max_response_size ({limit} bytes)")
            }
            Failure::CorruptGzip => write!(f, "the gzip body from {route} is corrupt"),
            Failure::UntrustedCertificate | Failure::TlsGarbled | Failure::Tls => {
                write!(f, "the TLS connection to {route} failed")
            }
            Failure::InvalidHttp => write!(f, "the answer from {route} is not valid HTTP"),
            Failure::ProxyClosed => write!(f, "{first_hop} closed the connection without an answer"),
            Failure::ProxyAnswered(status) => write!(f, "{first_hop} answered {status} to CONNECT"),
            Failure::ProxyRefused => write!(f, "{first_hop} refused the connection"),
            Failure::HttpsOnly => write!(f, "the agent allows https only, and {route} is http"),
            Failure::Other => write!(f, "the request to {route} failed"),
        }?;
        self.requested.fmt_bracket(f, None)
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.cause)
    }
}

#[cfg(test)]
mod tests;
