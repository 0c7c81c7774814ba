//! Blocking client for the participants list of a [Cloudflare RealtimeKit] session: who was there, when, and for how
//! long. No async runtime.
//!
//! ```no_run
//! use realtimekit::{Client, SortBy, SortOrder};
//!
//! fn main() -> realtimekit::Result<()> {
//!     let client = Client::from_env()?;
//!
//!     let request = client
//!         .session_participants("account_id", "app_id", "session_id")
//!         .sort_by(SortBy::JoinedAt)
//!         .sort_order(SortOrder::Asc);
//!
//!     for participant in &request {
//!         let participant = participant?;
//!         let minutes = participant.duration.unwrap_or_default();
//!         println!("{} {minutes:.1} min", participant.display_name.unwrap_or_default());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Line by line: [`Client::from_env`] takes the API token from `CLOUDFLARE_API_TOKEN` and, if it is set, the base URL from
//! `CLOUDFLARE_BASE_URL`; the token needs the permission `Realtime` or `Realtime Admin`. [`Client::session_participants`]
//! takes the three IDs in the order of the endpoint's URL; it sends nothing. The setters of [`ParticipantsRequest`] have the
//! names of the endpoint's parameters. Iterating over the request, or a reference to it, fetches page after page as you
//! consume participants, and gives `Result`s; after an error it ends. Every field of a [`Participant`] is an `Option`,
//! because the API promises none. `fn main() -> realtimekit::Result<()>` prints an error as one readable line.
//!
//! One page alone is `request.per_page(50).send()?`, a [`ParticipantsPage`].
//!
//! # Paging
//!
//! An iterator is lazy: the first `next` sends the first request, and page n+1 is requested only after you took all of page
//! n, so one page is in memory at a time. [`Participants`] gives participants, [`ParticipantsRequest::pages`] gives whole
//! pages. Iterating starts at the request's `page_no`, else at 1, and asks for 100 participants a page unless
//! [`per_page`](ParticipantsRequest::per_page) is set. It ends with the page whose offsets reach `total_count`, or at an
//! empty page. A page shorter than `per_page` doesn't end the list, because servers may limit the page size.
//!
//! Each page is checked against the one before it. With [`Paging`], a page that repeats, overlaps, leaves a gap, is empty
//! too early, or holds fewer participants than its offsets span is an [`Error::Pagination`], and not a list that is short or
//! doubled in silence. Two limits: [`View::Consolidated`] allows fewer participants than the offsets span; and where the
//! server sends no [`Paging`], the check finds repeats and most overlaps, but no gaps.
//!
//! A live session's list moves while it is read. If `total_count` changes, the iterator uses the newest value. Sorted by
//! [`SortBy::JoinedAt`] and [`SortOrder::Asc`], people who join come last, so the order is stable while people only join.
//! Other orders are not: durations grow, and under [`SortOrder::Desc`] newcomers push everybody back. A participant can then
//! come twice or never, and the offsets don't show it. For a list that has to be right, fetch it after the session.
//!
//! # Errors and resuming
//!
//! An [`Error`] is one line that says what happened and what to do. Match on its variants to tell cases apart, or ask
//! [`status`](Error::status), [`is_retryable`](Error::is_retryable), [`is_timeout`](Error::is_timeout),
//! [`retry_after`](Error::retry_after) and [`ray_id`](Error::ray_id).
//!
//! After an error an iterator is finished: it gives `None` from then on, so that `.filter_map(Result::ok)` ends. Except after
//! an [`Error::Pagination`], the participants handed out so far are good, and a new iterator goes on from
//! `resume_page_no()`:
//!
//! ```no_run
//! use std::{thread::sleep, time::Duration};
//!
//! fn minutes(request: &realtimekit::ParticipantsRequest) -> realtimekit::Result<f64> {
//!     let (mut minutes, mut failures) = (0.0, 0);
//!     let mut participants = request.into_iter();
//!     while let Some(participant) = participants.next() {
//!         match participant {
//!             Ok(participant) => minutes += participant.duration.unwrap_or_default(),
//!             Err(error) if error.is_retryable() && failures < 5 => {
//!                 failures += 1;
//!                 eprintln!("{error}");
//!                 sleep(error.retry_after().unwrap_or(Duration::from_secs(60)));
//!                 let page_no = participants.resume_page_no();
//!                 participants = request.clone().page_no(page_no).into_iter();
//!             }
//!             Err(error) => return Err(error), // after an `Error::Pagination`, start over
//!         }
//!     }
//!     Ok(minutes)
//! }
//! ```
//!
//! Keep the other parameters as they were: a different `per_page` makes other pages. The first page of the new iterator
//! can't be checked against the one before it, so go on only where an iterator stopped with an error.
//!
//! To go on after the program was killed, iterate over [`pages`](ParticipantsRequest::pages) and record, for each page, its
//! number and the length of the output before it. On restart, cut the output to that length and fetch that page again: the
//! next page is then checked against it, and no page past the end is asked for. The example [`export`] does this with a file
//! of JSON lines; in the package it is `tests/examples/export.rs`.
//!
//! # Retries and time limits
//!
//! Before it returns an error, the client tries a request again, up to [`max_retries`](ClientBuilder::max_retries) times
//! (2), if the failure may be temporary: a connection that can't be made or breaks, a body that is cut short, a time limit,
//! or the status 408, 409, 429, or 500 and above. Before each retry it waits as long as `Retry-After` says, or for a 429 the
//! reset in `Ratelimit`. If neither header is there, it waits 0.5 seconds, then twice as long each time up to 8, and shortens
//! each wait at random by up to a quarter. If the server asks for more than
//! [`max_retry_wait`](ClientBuilder::max_retry_wait) (60 seconds), the error is returned at once.
//!
//! When `Ratelimit` says that no requests remain, an iterator waits for the reset before the next page. If the reset is
//! farther off than `max_retry_wait`, it doesn't wait: it sends at once.
//!
//! Without such a header the client gives up after its retries, often within seconds. The loop above survives five failures
//! in all, about five minutes of outage; for more, set `failures` back to 0 after each success. The client waits in silence:
//! to show every wait, set `max_retries(0)` and `max_retry_wait(Duration::ZERO)`, and loop.
//!
//! [`timeout`](ClientBuilder::timeout) (60 seconds) bounds each attempt whole, from DNS to the last byte of the body,
//! however slowly that drips. One call then takes at most
//! `(1 + max_retries) × timeout + max_retries × max_retry_wait`, by default five minutes; a page of an iterator can take one
//! `max_retry_wait` more, for `Ratelimit`. Behind a proxy it can take longer, see [`timeout`](ClientBuilder::timeout).
//! [`max_response_size`](ClientBuilder::max_response_size) (16 MiB) bounds a body after decompression.
//!
//! # Configuration
//!
//! Everything else is in [`ClientBuilder`]: base URL, limits, user agent, and an agent of your own for a proxy, a private
//! CA or a shared pool. Without an agent of your own, ureq takes the first valid proxy of `ALL_PROXY`, `HTTPS_PROXY` and
//! `HTTP_PROXY`, also for `https`; `NO_PROXY` lists the hosts without one. A SOCKS proxy needs ureq's feature `socks-proxy`:
//! without it ureq ignores one from the environment and connects directly.
//!
//! The features `rustls` and `gzip`, both on by default, turn on ureq's features of those names. Without `rustls` an
//! `https` base URL needs an [`agent`](ClientBuilder::agent) whose ureq has another TLS library.
//!
//! The crate logs nothing. ureq logs through the `log` crate, and at level `trace` it logs raw bytes, the token among
//! them: keep `ureq` and `ureq_proto` below `trace` where logs are kept.
//!
//! # Testing your own code
//!
//! Point a client at a server of your own: a base URL may be `http` on a loopback host. These go into a `#[test]` function
//! that returns a `Result`. With [httpmock] 0.9:
//!
//! ```
//! use httpmock::prelude::*;
//!
//! fn names(client: &realtimekit::Client) -> realtimekit::Result<Vec<String>> {
//!     let participants = client.session_participants("account", "app", "session").into_iter();
//!     participants.map(|participant| Ok(participant?.display_name.unwrap_or_default())).collect()
//! }
//!
//! # fn main() -> realtimekit::Result<()> {
//! let server = MockServer::start();
//! let page = server.mock(|when, then| {
//!     when.method(GET)
//!         .path("/accounts/account/realtime/kit/app/sessions/session/participants")
//!         .query_param("page_no", "1");
//!     then.status(200).body(
//!         r#"{"success": true, "data": {
//!             "participants": [{"display_name": "Mark"}, {"display_name": "Henry"}],
//!             "paging": {"total_count": 2, "start_offset": 1, "end_offset": 2}}}"#,
//!     );
//! });
//!
//! let base_url = format!("http://{}", server.address());
//! let client = realtimekit::Client::builder().api_token("test").base_url(base_url).build()?;
//! assert_eq!(names(&client)?, ["Mark", "Henry"]);
//! page.assert_calls(1);
//! # Ok(())
//! # }
//! ```
//!
//! With the standard library alone, for a failure that httpmock can't make (`{{` is how `write!` spells a brace):
//!
//! ```
//! use std::io::{BufRead, BufReader, Write};
//! use std::net::TcpListener;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let base_url = format!("http://{}", listener.local_addr()?);
//! let server = std::thread::spawn(move || -> std::io::Result<()> {
//!     let (mut stream, _) = listener.accept()?;
//!     let request = BufReader::new(&stream).lines().map_while(Result::ok);
//!     request.take_while(|line| !line.is_empty()).for_each(drop);
//!     write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{{") // and no more
//! });
//!
//! let client =
//!     realtimekit::Client::builder().api_token("test").base_url(base_url).max_retries(0).build()?;
//! let error = client.session_participants("account", "app", "session").send().unwrap_err();
//! assert!(matches!(error, realtimekit::Error::Transport(_)) && error.is_retryable());
//! server.join().unwrap()?;
//! # Ok(())
//! # }
//! ```
//!
//! In tests of failures, set [`max_retries`](ClientBuilder::max_retries) to 0 or
//! [`max_retry_wait`](ClientBuilder::max_retry_wait) to zero to skip the waits between attempts, and a short
//! [`timeout`](ClientBuilder::timeout) for a server that doesn't answer. To make data types or an [`ApiError`], use
//! [`Default`], see [`ParticipantsPage`]; for a [`TransportError`] or a [`DecodeError`], use a server.
//!
//! # What it leaves out
//!
//! Other endpoints, async, logging, a cache, and the parsing of timestamps (the vendor's own sample has an invalid one). For
//! parameters and fields that are newer than this crate, use [`ParticipantsRequest::query`] and
//! [`ParticipantsRequest::send_as`].
//!
//! [`export`]: https://docs.rs/crate/realtimekit/latest/source/tests/examples/export.rs
//! [Cloudflare RealtimeKit]: https://developers.cloudflare.com/realtime/realtimekit/
//! [httpmock]: https://docs.rs/httpmock

#![forbid(unsafe_code)]
#![warn(unreachable_pub)] // so that the API can be read off the source
// What a server or a caller sends must not be able to panic; tests may.
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unreachable)
)]

mod base_url;
mod builder;
mod client;
mod completeness;
mod decode;
mod error;
mod headers;
mod http;
mod iter;
mod parameters;
mod request;
mod response;
mod retry;

#[cfg(test)]
#[path = "../tests/it/support/mutants.rs"]
mod mutants;

pub use ureq;

pub use crate::builder::ClientBuilder;
pub use crate::client::Client;
pub use crate::error::{ApiError, ApiErrorMessage, DecodeError, Error, Result, TransportError};
pub use crate::iter::{Pages, Participants};
pub use crate::parameters::{SortBy, SortOrder, View};
pub use crate::request::ParticipantsRequest;
pub use crate::response::{Paging, Participant, ParticipantsPage, PeerEvent, PeerEventName, PresetViewType};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
