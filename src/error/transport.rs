//! `TransportError`: no usable response arrived.

use std::fmt;
use std::io::ErrorKind;
use std::sync::Arc;

/// No usable response arrived. [`Display`](fmt::Display) says whether that was DNS, the connection, a proxy, TLS, a time
/// limit, the size limit, invalid HTTP or corrupt gzip.
///
/// [`source()`](std::error::Error::source) is the [`ureq::Error`] behind it, for a log; which variant that is may
/// change with any release of this crate.
#[derive(Clone, Debug)]
pub struct TransportError {
    cause: Arc<ureq::Error>, // shared, because ureq's error can't be cloned
}

impl TransportError {
    pub(crate) fn new(cause: ureq::Error) -> TransportError {
        let cause = Arc::new(cause);
        TransportError { cause }
    }

    pub(crate) fn cut_short() -> TransportError {
        let cause = std::io::Error::new(ErrorKind::UnexpectedEof, "the body ends early");
        TransportError::new(ureq::Error::Io(cause))
    }

    pub(crate) fn cause(&self) -> &ureq::Error {
        &self.cause
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.cause() {
            ureq::Error::BodyExceedsLimit(limit) => {
                return write!(
                    f,
                    "the response is larger than max_response_size ({limit} bytes); raise it or ask for a smaller per_page"
                );
            }
            ureq::Error::Timeout(ureq::Timeout::Global) => {
                "timed out: the whole response did not arrive within the client's timeout; raise it or ask for a smaller per_page"
            }
            ureq::Error::Timeout(_) => "timed out: a time limit of the builder's agent ran out; raise it there",
            ureq::Error::HostNotFound => "the host was not found by DNS; check base_url and the name server",
            ureq::Error::Io(io) => of_io(io),
            #[cfg(feature = "gzip")]
            ureq::Error::Decompress(_, io) => match io.kind() {
                ErrorKind::InvalidData | ErrorKind::InvalidInput => {
                    "the response's gzip body is corrupt; look at what stands between here and the API"
                }
                _ => of_io(io),
            },
            ureq::Error::ConnectionFailed => "the connection could not be made; check base_url, the network and the proxy",
            ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => {
                "the proxy refused the connection; check the proxy's settings"
            }
            ureq::Error::Tls(_) | ureq::Error::TlsRequired => TLS,
            #[cfg(feature = "rustls")]
            ureq::Error::Rustls(_) | ureq::Error::Pem(_) => TLS,
            ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => {
                "the answer is not valid HTTP; check base_url and what stands between here and the API"
            }
            ureq::Error::RequireHttpsOnly(_) => "the builder's agent allows https only; check base_url and the agent",
            _ => "the request could not be made; look at this error's source",
        })
    }
}

const TLS: &str = "the TLS connection failed: the server's certificate isn't trusted, or no protocol is shared; check base_url, and for a private CA give the builder an agent that trusts it";

fn of_io(io: &std::io::Error) -> &'static str {
    match io.kind() {
        ErrorKind::InvalidData => TLS,
        ErrorKind::TimedOut => "timed out: the network gave no answer; check base_url, the network and the proxy",
        ErrorKind::ConnectionRefused => "the connection was refused; check base_url, the network and the proxy",
        ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe => "the connection broke before the whole response was there; try again",
        // std has no kind that can be named for a failed look-up, only this text.
        _ if io.to_string().contains("lookup address") => {
            "the host could not be looked up by DNS; check base_url and the name server"
        }
        _ => "the connection failed; check base_url, the network and the proxy",
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.cause())
    }
}

#[cfg(test)]
mod tests;
