use std::io::Error as IoError;

use super::*;
use crate::error::Error;

/// The causes that no test can bring about over a socket; the others are in tests/it/messages.rs.
#[test]
fn a_transport_error_says_what_failed_and_what_to_do() {
    let io = |kind| ureq::Error::Io(IoError::new(kind, "made by the test"));
    let lookup = "failed to lookup address information: Name or service not known";
    let table = [
        (ureq::Error::HostNotFound, "the host was not found by DNS; check base_url and the name server"),
        (
            ureq::Error::Io(IoError::other(lookup)),
            "the host could not be looked up by DNS; check base_url and the name server",
        ),
        (
            ureq::Error::Timeout(ureq::Timeout::RecvResponse),
            "timed out: a time limit of the builder's agent ran out; raise it there",
        ),
        (ureq::Error::ConnectionFailed, "the connection could not be made; check base_url, the network and the proxy"),
        (io(ErrorKind::TimedOut), "timed out: the network gave no answer; check base_url, the network and the proxy"),
        (io(ErrorKind::NetworkUnreachable), "the connection failed; check base_url, the network and the proxy"),
        (io(ErrorKind::ConnectionReset), BROKE),
        (io(ErrorKind::ConnectionAborted), BROKE),
        (io(ErrorKind::BrokenPipe), BROKE),
        (io(ErrorKind::UnexpectedEof), BROKE),
        (ureq::Error::ConnectProxyFailed("407".to_owned()), PROXY),
        (ureq::Error::InvalidProxyUrl, PROXY),
        (ureq::Error::Tls("no TLS"), TLS),
        (ureq::Error::TlsRequired, TLS),
        (
            ureq::Error::RequireHttpsOnly("http://localhost".to_owned()),
            "the builder's agent allows https only; check base_url and the agent",
        ),
        (ureq::Error::TooManyRedirects, "the request could not be made; look at this error's source"),
    ];
    for (cause, expected) in table {
        let cause_says = cause.to_string();
        let error = Error::Transport(TransportError::new(cause));
        assert_eq!(error.to_string(), expected);
        assert_eq!(format!("{error:?}"), format!("{expected}: {cause_says}"));
    }
}

const BROKE: &str = "the connection broke before the whole response was there; try again";
const PROXY: &str = "the proxy refused the connection; check the proxy's settings";
