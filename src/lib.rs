//! Blocking client for the participants list of a Cloudflare RealtimeKit session.
#![forbid(unsafe_code)]
#![warn(unreachable_pub)] // so that the API can be read off the source
// What a server or a caller sends must not be able to panic; tests may.
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unreachable)
)]

mod api_error;
mod builder;
mod client;
mod error;
mod paging;
mod participants;
mod position;
mod request;
mod retry;

pub use ureq;

pub use crate::api_error::{ApiError, ApiErrorMessage};
pub use crate::builder::ClientBuilder;
pub use crate::client::Client;
pub use crate::error::{DecodeError, Error, Result, TransportError};
pub use crate::paging::{Pages, Participants};
pub use crate::participants::{Paging, Participant, ParticipantsPage, PeerEvent, PeerEventName, PresetViewType};
pub use crate::request::{ParticipantsRequest, SortBy, SortOrder, View};
