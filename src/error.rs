//! `Error`: what a request can end in. Each kind of error has a file of its own in error/.

mod api;
mod decode;
mod transport;

use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;

pub use self::api::{ApiError, ApiErrorMessage};
pub use self::decode::DecodeError;
pub use self::transport::TransportError;

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
