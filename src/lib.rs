//! A blocking client for the participants list of a [Cloudflare RealtimeKit] session: who was there, when, and for how
//! long. It has no async runtime.
//!
//! ```no_run
//! use realtimekit::Client;
//!
//! fn main() -> realtimekit::Result<()> {
//!     let client = Client::from_env()?; // CLOUDFLARE_API_TOKEN
//!     let request = client.session_participants(
//!         "account_id",
//!         "app_id",
//!         "session_id",
//!     );
//!
//!     for participant in request.iter() {
//!         let participant = participant?;
//!         println!("{:?} {:?}", participant.display_name, participant.duration);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! - [`Client::from_env`] reads the API token. [`Client::session_participants`] takes the three IDs and sends nothing.
//! - The setters of [`ParticipantsRequest`] have the names of the endpoint's parameters.
//! - [`iter`](ParticipantsRequest::iter) fetches page after page as you consume participants, each of them a
//!   [`Result`]. [`pages`](ParticipantsRequest::pages) gives whole pages, and [`send`](ParticipantsRequest::send) a
//!   single one.
//! - Every field of a [`Participant`] is an [`Option`], because the API doesn't promise that any is present.
//!
//! **Iterating yields every participant exactly once, or an error**, even while the session is live. The [`guide`] says
//! why and under which conditions. It also covers errors and resuming, retries and waits, stopping early, rows of your
//! own type, configuration, proxies and testing.
//!
//! [Cloudflare RealtimeKit]: https://developers.cloudflare.com/realtime/realtimekit/

// The lints in Cargo.toml are for tests and examples, too. These are for the library alone.
#![warn(unreachable_pub)] // so that the API can be read off the source
// Bytes of a server or a caller must not cause a panic. Tests may panic.
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unreachable)
)]

// From a client to the JSON of a response. Each module imports only ones below it, and tests/it/modules.rs checks that.
mod client; //       Client: the entry point; ClientBuilder and the validation of its settings are in client/
mod request; //      ParticipantsRequest: setters, and the ways to send
mod iter; //         Pages and Participants: the iterators, which fetch pages and hand them out
mod checkpoint; //   Checkpoint: the stored form of how far a list got
mod completeness; // how far a list got, and where it ends; whether a page belongs to it is in completeness/
mod agent; //        builds the default agent, and the route that error messages name
mod http; //         sends a request, with retries and waits
mod url; //          builds the URL of a request
mod parameters; //   SortBy, SortOrder, View, and all parameters together, with their validation
mod wait; //         Wait: a pause that the client is about to make
mod retry; //        whether a request is retried, and after how long
mod proxy; //        the proxy that the environment names
mod resolver; //     keeps DNS answers for a minute
mod headers; //      parses Retry-After, Ratelimit and HTTP dates
mod base_url; //     a base URL that is safe to send the token to
mod decode; //       decodes the body of a 2xx response
mod outline; //      what a page shows of its place in the list, and what its rows are known again by
mod response; //     ParticipantsPage, Participant and the other response types
mod error; //        Error; its kinds are in error/, where refusals are read and the token is masked
mod json; //         parses JSON, tolerates a byte order mark and lone surrogates, and finds where an error is

#[doc = include_str!("guide.md")]
pub mod guide {}

pub use ureq;

pub use crate::{
    checkpoint::Checkpoint,
    client::{Client, ClientBuilder},
    error::{ApiError, ApiErrorMessage, CancelledError, DecodeError, Error, PaginationError, Result, TransportError},
    iter::{Pages, Participants},
    parameters::{SortBy, SortOrder, View},
    request::ParticipantsRequest,
    response::{Paging, Participant, ParticipantsPage, PeerEvent, PeerEventName, PresetViewType},
    wait::{Wait, WaitReason},
};

#[cfg(test)]
#[path = "../tests/it/support/mutants.rs"]
mod mutants;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
