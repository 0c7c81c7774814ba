//! What the tests share: servers, the pages that they send, clients, child processes, mutants and assertions.

mod assertions;
pub mod child;
mod clients;
pub mod mutants;
mod pages;
mod responses;
mod server;

pub use assertions::{failed, hides_token, until};
pub use clients::{TOKEN, builder, client, counting_agent, request, request_of};
pub use pages::{
    bare_page, expected_ids, ids, list_page, page, page_no, page_of_rows, participants, query_string, target,
};
pub use responses::{answer, chunked, gzip, ok, ok_json, unframed};
pub use server::{Server, Step};
