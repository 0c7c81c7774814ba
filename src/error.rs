//! `Error`: the crate's error type. `ApiError`, `TransportError` and `DecodeError` are in error/.

mod api;
mod decode;
mod transport;

use std::fmt;
use std::time::Duration;

pub use self::api::{ApiError, ApiErrorMessage};
pub use self::decode::DecodeError;
pub use self::transport::TransportError;
pub(crate) use self::transport::{ProxyName, Route};

/// A [`Result`](std::result::Result) whose error is this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why a request failed.
///
/// [`Display`](fmt::Display) is one line: what happened, then what to do. [`Debug`] is the same line followed by the error's sources, so that `fn main() -> realtimekit::Result<()>` ends readably; `{:#?}`, which `dbg!` uses, shows the variant
/// and its fields. None of these three forms shows the API token.
///
/// ```no_run
/// # fn main() -> realtimekit::Result<()> {
/// # let client = realtimekit::Client::from_env()?;
/// # let request = client.session_participants("account", "app", "session");
/// use realtimekit::Error;
///
/// match request.send() {
///     Ok(page) => println!("{} participants", page.participants.len()),
///     Err(Error::Api(error)) if error.status == 404 => println!("no such session"),
///     Err(error) if error.is_retryable() => println!("try later: {error}"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
pub enum Error {
    /// An argument can't be sent. Nothing was sent.
    InvalidArgument {
        /// The parameter, setter or environment variable with the wrong value.
        name: &'static str,
        /// What is wrong with the value and what to do, such as `is empty; …`. The value itself is not repeated.
        reason: String,
    },
    /// No usable response arrived: DNS, connection, proxy, TLS, timeout, size limit, invalid HTTP or corrupt gzip.
    Transport(TransportError),
    /// The server refused: a status other than 2xx, or `success: false` under any status.
    Api(ApiError),
    /// A 2xx response that isn't the documented JSON.
    Decode(DecodeError),
    /// The pages don't make up a complete list, so going on would lose or repeat participants. Start over from the
    /// first page.
    Pagination {
        /// The page that doesn't fit.
        page_no: u32,
        /// What was expected and what came.
        reason: String,
    },
}

impl Error {
    pub(crate) fn invalid(name: &'static str, reason: impl Into<String>) -> Error {
        Error::InvalidArgument { name, reason: reason.into() }
    }

    /// The HTTP status of an [`Api`](Error::Api) error.
    pub fn status(&self) -> Option<u16> {
        self.api().map(|api| api.status)
    }

    /// How long the server asks to wait, at most a day. `None` if it doesn't ask, or if this isn't an
    /// [`Api`](Error::Api) error.
    pub fn retry_after(&self) -> Option<Duration> {
        self.api().and_then(|api| api.retry_after)
    }

    /// The `cf-ray` header of an [`Api`](Error::Api) error: the ID that Cloudflare's support asks for.
    pub fn ray_id(&self) -> Option<&str> {
        self.api().and_then(|api| api.ray_id.as_deref())
    }

    /// Whether a time limit ran out before the whole response had arrived.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Error::Transport(error) if error.failure().is_timeout())
    }

    /// Whether the same request may succeed a little later. The client itself retries by this rule.
    ///
    /// True for failed DNS look-ups, failed and broken connections, bodies that are cut short, corrupt gzip, timeouts,
    /// and the statuses 408, 409, 429 and any from 500 up. Also true if a proxy closes the connection, or answers 429
    /// or any status from 500 up. False for everything else, for example TLS failures, invalid HTTP and a body that is
    /// too large.
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Transport(error) => error.failure().is_transient(),
            Error::Api(error) => error.is_transient(),
            Error::InvalidArgument { .. } | Error::Decode(_) | Error::Pagination { .. } => false,
        }
    }

    fn api(&self) -> Option<&ApiError> {
        match self {
            Error::Api(api) => Some(api),
            _ => None,
        }
    }

    /// The first half of `Display`: what happened, without advice.
    pub(crate) fn fmt_what_happened(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::InvalidArgument { name, reason } => write!(f, "invalid argument: {name} {reason}"),
            Error::Transport(error) => write!(f, "{error}"),
            Error::Api(error) => write!(f, "{error}"),
            Error::Decode(error) => write!(f, "{error}"),
            Error::Pagination { page_no, reason } => write!(f, "page {page_no} doesn't line up: {reason}"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_what_happened(f)?;
        match (self, self.retry_after()) {
            (Error::InvalidArgument { .. }, _) => Ok(()), // its reason holds the advice
            (Error::Api(_), Some(wait)) if self.is_retryable() => {
                write!(f, "; wait {} s, then try again", wait.as_secs_f64().ceil())
            }
            (Error::Api(error), _) => write!(f, "; {}", error.advice()),
            (Error::Transport(error), _) => write!(f, "; {}", error.advice()),
            (Error::Decode(error), _) => write!(f, "; {}", error.advice()),
            (Error::Pagination { .. }, _) => f.write_str("; start over from the first page"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            write!(f, "{self}")?;
            let source = std::error::Error::source(self);
            return source.map_or(Ok(()), |cause| write!(f, ": {cause}"));
        }
        match self {
            Error::InvalidArgument { name, reason } => {
                f.debug_struct("InvalidArgument").field("name", name).field("reason", reason).finish()
            }
            Error::Transport(error) => f.debug_tuple("Transport").field(error).finish(),
            Error::Api(error) => f.debug_tuple("Api").field(error).finish(),
            Error::Decode(error) => f.debug_tuple("Decode").field(error).finish(),
            Error::Pagination { page_no, reason } => {
                f.debug_struct("Pagination").field("page_no", page_no).field("reason", reason).finish()
            }
        }
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
