//! Servers, the pages that they send, clients, child processes, mutants and assertions.

mod assertions;
mod checkpoints;
pub mod child;
mod clients;
mod listeners;
pub mod lists;
pub mod mutants;
mod pages;
mod responses;
mod server;
mod waits;
#[cfg(feature = "rustls")]
mod tls_relay;

pub use assertions::{assert_refused, failed, hides_token, until};
pub use checkpoints::{resumed, stored};
pub use clients::{TOKEN, agent_with_proxy, builder, client, counting_agent, request, request_of};
#[cfg(feature = "rustls")]
pub use listeners::plain_address;
pub use listeners::refusing_address;
#[cfg(target_os = "linux")]
pub use listeners::silent_address;
pub(crate) use mutants::Random;
pub use pages::{
    bare_page, expected_ids, ids, ids_of, keep_paging_if, list_page, page, page_no, page_of_rows, participants,
    query_string, take_pages, target,
};
pub use responses::{GZIP, answer, chunked, gzip, ok, ok_json, unavailable, unframed};
pub use server::{Server, Step};
#[cfg(feature = "rustls")]
pub use tls_relay::{Garbled, TlsRelay};
pub use waits::{Seen, Waits, recorded, waiting};
