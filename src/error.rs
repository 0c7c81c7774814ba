//! `Error`, and what it says. Of a server's refusal that is in api_error.rs.

use std::fmt;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use crate::api_error::ApiError;

/// A [`Result`](std::result::Result) whose error is this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why a request gave no participants.
///
/// [`Display`](fmt::Display) is one line that says what happened and, where it can, what to do. [`Debug`] is the same line
/// with the cause behind it, so that `fn main() -> realtimekit::Result<()>` ends readably. Neither ever holds the
/// API token.
///
/// ```no_run
/// # fn main() -> realtimekit::Result<()> {
/// # let client = realtimekit::Client::from_env()?;
/// use realtimekit::Error;
///
/// match client.session_participants("account_id", "app_id", "session_id").send() {
///     Ok(page) => println!("{} participants", page.participants.len()),
///     Err(Error::Api(error)) if error.status == 404 => println!("no such session"),
///     Err(error) if error.is_retryable() => println!("later, perhaps: {error}"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
pub enum Error {
    /// A value of the caller's can't be sent; nothing was sent.
    InvalidArgument {
        /// The parameter, setter or environment variable that holds the value.
        name: &'static str,
        /// What is wrong with it. The value itself is not repeated.
        reason: String,
    },
    /// No usable response arrived: DNS, connection, proxy, TLS, a time limit, the size limit, invalid HTTP or corrupt gzip.
    Transport(TransportError),
    /// The server refused: a status other than 2xx, or `success: false` under any status.
    Api(ApiError),
    /// A 2xx response that isn't the documented JSON.
    Decode(DecodeError),
    /// Pages don't line up, so going on would lose or double participants. Start over from the first page.
    Pagination {
        /// The page that doesn't fit behind the ones before it.
        page_no: u32,
        /// What was expected and what came.
        reason: String,
    },
}

impl Error {
    pub(crate) fn invalid(name: &'static str, reason: impl Into<String>) -> Error {
        let reason = reason.into();
        Error::InvalidArgument { name, reason }
    }

    /// The HTTP status of an [`Api`](Error::Api) error.
    pub fn status(&self) -> Option<u16> {
        self.api().map(|api| api.status)
    }

    /// How long the server asks to wait, at most a day; `None` if it doesn't ask, or if this isn't an
    /// [`Api`](Error::Api) error.
    pub fn retry_after(&self) -> Option<Duration> {
        self.api().and_then(|api| api.retry_after)
    }

    /// The `cf-ray` of an [`Api`](Error::Api) error: the id that Cloudflare's support asks for.
    pub fn ray_id(&self) -> Option<&str> {
        self.api().and_then(|api| api.ray_id.as_deref())
    }

    /// Whether a time limit ran out before the whole response was there.
    pub fn is_timeout(&self) -> bool {
        match self {
            Error::Transport(error) => match error.cause() {
                ureq::Error::Timeout(_) => true,
                ureq::Error::Io(io) => io.kind() == ErrorKind::TimedOut,
                _ => false,
            },
            _ => false,
        }
    }

    fn api(&self) -> Option<&ApiError> {
        match self {
            Error::Api(api) => Some(api),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::InvalidArgument { name, reason } => write!(f, "invalid {name}: {reason}"),
            Error::Transport(error) => error.fmt(f),
            Error::Api(error) => error.fmt(f),
            Error::Decode(error) => error.fmt(f),
            Error::Pagination { page_no, reason } => {
                write!(f, "page {page_no} doesn't line up: {reason}; start over from the first page")
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Transport(error) => error.source(),
            _ => None,
        }
    }
}

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

/// A 2xx response that isn't the documented JSON: what is wrong and where, but no value from the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeKind,
    line: usize,
    column: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DecodeKind {
    NotUtf8,
    NotJson,
    EndsEarly,
    WrongShape,
    NoData,
}

impl DecodeError {
    /// The line of the body, counted from 1; 0 where no place can be named.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in that line, in bytes counted from 1; 0 where no place can be named.
    pub fn column(&self) -> usize {
        self.column
    }

    pub(crate) fn no_data() -> DecodeError {
        DecodeError { kind: DecodeKind::NoData, line: 0, column: 0 }
    }

    pub(crate) fn of_json(error: &serde_json::Error) -> DecodeError {
        let kind = match error.classify() {
            serde_json::error::Category::Eof => DecodeKind::EndsEarly,
            serde_json::error::Category::Data => DecodeKind::WrongShape,
            _ => DecodeKind::NotJson,
        };
        DecodeError { kind, line: error.line(), column: error.column() }
    }

    pub(crate) fn of_utf8(body: &[u8], error: std::str::Utf8Error) -> DecodeError {
        // Text that ends within a character was cut there.
        let kind = if error.error_len().is_none() { DecodeKind::EndsEarly } else { DecodeKind::NotUtf8 };
        let before = body.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|&byte| byte == b'\n').count();
        let column = before.rsplit(|&byte| byte == b'\n').next().map_or(0, <[u8]>::len) + 1;
        DecodeError { kind, line, column }
    }

    /// Whether more bytes could have made this a page.
    pub(crate) fn ends_early(&self) -> bool {
        self.kind == DecodeKind::EndsEarly
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            DecodeKind::NotUtf8 => "is not UTF-8; check base_url and what stands between here and the API",
            DecodeKind::NotJson => "is not JSON; check base_url and what stands between here and the API",
            DecodeKind::EndsEarly => "is JSON that ends early; check what stands between here and the API",
            DecodeKind::WrongShape => {
                "holds JSON of another shape than documented; see whether a newer realtimekit knows it"
            }
            DecodeKind::NoData => return f.write_str("the response holds no data object; check base_url"),
        };
        write!(f, "at line {} column {} the response {what}", self.line, self.column)
    }
}

impl std::error::Error for DecodeError {}

#[cfg(test)]
mod tests;
