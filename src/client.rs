//! `Client`: the entry point, with its constructors and `session_participants`.

mod builder;

use std::sync::Arc;

pub use self::builder::ClientBuilder;
use crate::error::Result;
use crate::http::Http;
use crate::parameters::Parameters;
use crate::request::ParticipantsRequest;

/// A client of the API: a token, limits and a connection pool. Making one sends nothing.
///
/// A clone is cheap and shares the pool, so one client serves a whole program with any number of threads.
///
/// ```no_run
/// # fn main() -> realtimekit::Result<()> {
/// let client = realtimekit::Client::from_env()?; // CLOUDFLARE_API_TOKEN
/// let request = client.session_participants("account", "app", "session");
/// println!("{} on the first page", request.send()?.participants.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    http: Arc<Http>,
}

impl Client {
    /// A client with an API token and the defaults of [`ClientBuilder`].
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) if the token is empty, has whitespace inside, is in
    /// quotation marks or can't be a header value, and if a proxy variable of the environment is wrong (see [the
    /// guide](crate::guide#proxies)). Without the feature `rustls` it always fails, because `https` then needs an
    /// [`agent`](ClientBuilder::agent).
    pub fn new(api_token: impl Into<String>) -> Result<Client> {
        Client::builder().api_token(api_token).build()
    }

    /// A client with the token in `CLOUDFLARE_API_TOKEN`.
    ///
    /// If `CLOUDFLARE_BASE_URL` is set and not blank, it is the base URL.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) with the name of the variable if a value is missing or
    /// wrong.
    pub fn from_env() -> Result<Client> {
        Client::builder().from_env().build()
    }

    /// A builder with default settings and no token.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A request for the participants of one session. Nothing is sent yet.
    ///
    /// The IDs come in the order of the endpoint's URL; the dashboard and the API show all three (see [the
    /// guide](crate::guide#before-you-start)). An ID may be any text except `.`, `..` and the empty string. It is
    /// percent-encoded, and validated when the request is sent.
    #[doc(alias = "get_session_participants")]
    pub fn session_participants(
        &self,
        account_id: impl Into<String>,
        app_id: impl Into<String>,
        session_id: impl Into<String>,
    ) -> ParticipantsRequest {
        let parameters = Parameters {
            account_id: account_id.into(),
            app_id: app_id.into(),
            session_id: session_id.into(),
            ..Parameters::default()
        };
        ParticipantsRequest::new(self.http.clone(), parameters)
    }
}
