//! `Error`: the crate's error type. What its variants hold is in error/.

mod api;
mod cancelled;
mod decode;
mod pagination;
mod requested;
mod route;
mod transport;

use std::fmt;
use std::time::Duration;

pub use self::api::{ApiError, ApiErrorMessage};
pub use self::cancelled::CancelledError;
pub use self::decode::DecodeError;
pub use self::pagination::PaginationError;
use self::requested::Requested;
pub(crate) use self::route::{ProxyName, Route};
pub use self::transport::TransportError;

/// A [`Result`](std::result::Result) whose error is this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why a request failed.
///
/// [`Display`](fmt::Display) is one line: what happened, then what to do. In between, square brackets hold the page and
/// the ray ID if they are known, and the number of attempts if there were several: `500 from the API: Internal (code
/// 971) [page 3, 3 attempts, ray 8f0c]; try again later`.
///
/// [`Debug`] is the same line followed by the error's sources, so that `fn main() -> realtimekit::Result<()>` ends
/// readably. `{:#?}`, which `dbg!` uses, shows the variant and its fields. None of these three forms shows the API
/// token.
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
#[derive(Clone)]
#[non_exhaustive]
pub enum Error {
    /// An argument or a setting is invalid. Nothing was sent.
    #[non_exhaustive]
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
    Pagination(PaginationError),
    /// [`sleep_with`](crate::ClientBuilder::sleep_with) cancelled a wait.
    Cancelled(CancelledError),
}

impl Error {
    pub(crate) fn invalid(name: &'static str, reason: impl Into<String>) -> Error {
        Error::InvalidArgument { name, reason: reason.into() }
    }

    /// The error with the page that was requested and the number of requests that were made for it.
    pub(crate) fn requested(mut self, page_no: Option<u32>, attempts: u32) -> Error {
        let requested = match &mut self {
            Error::InvalidArgument { .. } => return self,
            Error::Transport(error) => &mut error.requested,
            Error::Api(error) => &mut error.requested,
            Error::Decode(error) => &mut error.requested,
            Error::Pagination(error) => &mut error.requested,
            Error::Cancelled(error) => &mut error.requested,
        };
        *requested = Requested { page_no, attempts };
        self
    }

    fn request(&self) -> Requested {
        match self {
            Error::InvalidArgument { .. } => Requested::default(),
            Error::Transport(error) => error.requested,
            Error::Api(error) => error.requested,
            Error::Decode(error) => error.requested,
            Error::Pagination(error) => Requested { page_no: Some(error.page_no), ..error.requested },
            Error::Cancelled(error) => error.requested,
        }
    }

    /// The page that was requested. `None` if the request named none, and for an
    /// [`InvalidArgument`](Error::InvalidArgument). An iterator's requests always name one.
    pub fn page_no(&self) -> Option<u32> {
        self.request().page_no
    }

    /// How many times the failed request was sent, retries included. After a `resume` the count starts anew.
    ///
    /// 0 for an [`InvalidArgument`](Error::InvalidArgument), and for a cancelled wait before the first attempt.
    pub fn attempts(&self) -> u32 {
        self.request().attempts
    }

    /// What happened, without what to do: [`Display`](fmt::Display) up to the advice.
    ///
    /// For an [`InvalidArgument`](Error::InvalidArgument) it is the whole line.
    pub fn without_advice(&self) -> impl fmt::Display {
        WithoutAdvice(self)
    }

    /// The HTTP status of an [`Api`](Error::Api) error.
    pub fn status(&self) -> Option<u16> {
        self.api().map(|api| api.status)
    }

    /// How long the server asks to wait, at most a day. `None` if it doesn't ask or asks for a wait of zero, and if
    /// this isn't an [`Api`](Error::Api) error.
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

    /// Whether the same request may succeed a little later. The client itself retries such a request.
    ///
    /// For a [`Pagination`](Error::Pagination) error it is false, because the program has to start over. If the
    /// mismatch may have been temporary, the client has already requested the page again.
    ///
    /// True for failed DNS look-ups, failed and broken connections, TLS connections that are garbled after the
    /// handshake, bodies that are cut short, corrupt gzip, timeouts, and the statuses 408, 409, 429 and any from 500
    /// up. Also true if a proxy closes the connection, or answers 429 or any status from 500 up. False for everything
    /// else, for example an untrusted certificate, invalid HTTP and a body that is too large.
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Transport(error) => error.failure().is_transient(),
            Error::Api(error) => error.is_transient(),
            Error::InvalidArgument { .. } | Error::Decode(_) | Error::Pagination(_) | Error::Cancelled(_) => false,
        }
    }

    fn api(&self) -> Option<&ApiError> {
        match self {
            Error::Api(api) => Some(api),
            _ => None,
        }
    }

    /// Whether the client itself makes the request again. That includes a page which may come from a cache or a replica
    /// that lags by a moment.
    pub(crate) fn is_retried(&self) -> bool {
        self.is_retryable() || matches!(self, Error::Pagination(error) if error.may_pass)
    }

    /// Whether the server answers that it has no such page.
    pub(crate) fn says_no_such_page(&self) -> bool {
        match self {
            Error::Api(error) => matches!(error.status, 400 | 404 | 416 | 422),
            Error::Decode(error) => error.has_no_page(),
            _ => false,
        }
    }

    fn advice(&self) -> Option<&'static str> {
        match self {
            Error::InvalidArgument { .. } => None, // its reason holds the advice
            Error::Transport(error) => Some(error.advice()),
            Error::Api(error) => Some(error.advice()),
            Error::Decode(error) => Some(error.advice()),
            Error::Pagination(error) => Some(error.advice()),
            Error::Cancelled(_) => None, // the program itself asked for it
        }
    }
}

struct WithoutAdvice<'a>(&'a Error);

impl fmt::Display for WithoutAdvice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Error::InvalidArgument { name, reason } => write!(f, "invalid argument: {name} {reason}"),
            Error::Transport(error) => write!(f, "{error}"),
            Error::Api(error) => write!(f, "{error}"),
            Error::Decode(error) => write!(f, "{error}"),
            Error::Pagination(error) => write!(f, "{error}"),
            Error::Cancelled(error) => write!(f, "{error}"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.without_advice())?;
        match (self.advice(), self.retry_after()) {
            (_, Some(wait)) if self.is_retryable() => {
                write!(f, "; wait {} s, then try again", wait.as_secs_f64().ceil())
            }
            (Some(advice), _) => write!(f, "; {advice}"),
            (None, _) => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            write!(f, "{self}")?;
            let mut source = std::error::Error::source(self);
            while let Some(cause) = source {
                write!(f, ": {cause}")?;
                source = cause.source();
            }
            return Ok(());
        }
        match self {
            Error::InvalidArgument { name, reason } => {
                f.debug_struct("InvalidArgument").field("name", name).field("reason", reason).finish()
            }
            Error::Transport(error) => f.debug_tuple("Transport").field(error).finish(),
            Error::Api(error) => f.debug_tuple("Api").field(error).finish(),
            Error::Decode(error) => f.debug_tuple("Decode").field(error).finish(),
            Error::Pagination(error) => f.debug_tuple("Pagination").field(error).finish(),
            Error::Cancelled(error) => f.debug_tuple("Cancelled").field(error).finish(),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Transport(error) => error.source(),
            Error::Cancelled(error) => error.source(),
            _ => None,
        }
    }
}
