//! Pages of participants, as the server of a test sends them.

use realtimekit::{Client, ClientBuilder, ParticipantsRequest};
use serde_json::{Value, json};

use std::time::Duration;

/// A token that is seen wherever it leaks.
pub const TOKEN: &str = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY";

/// A client that waits for nothing between attempts.
pub fn client(base_url: String) -> Client {
    builder(base_url).build().unwrap()
}

pub fn builder(base_url: String) -> ClientBuilder {
    Client::builder().api_token(TOKEN).base_url(base_url).max_retry_wait(Duration::ZERO)
}

pub fn request(base_url: String) -> ParticipantsRequest {
    client(base_url).session_participants("account", "app", "session")
}

/// The participants `from` to `to`, with IDs that are their places in the list.
pub fn participants(from: u64, to: u64) -> Vec<Value> {
    (from..=to)
        .map(|n| json!({"id": format!("p{n}"), "display_name": format!("Person {n}"), "duration": 1.5}))
        .collect()
}

/// A page with `paging`.
pub fn page(from: u64, to: u64, total: u64) -> Value {
    json!({"success": true, "data": {
        "participants": participants(from, to),
        "paging": {"total_count": total, "start_offset": from, "end_offset": to},
    }})
}

/// A page without `paging`.
pub fn bare_page(from: u64, to: u64) -> Value {
    json!({"success": true, "data": {"participants": participants(from, to)}})
}

/// The value of a query parameter in a request's head.
pub fn query(head: &str, name: &str) -> Option<String> {
    let (_, query) = head.lines().next()?.split(' ').nth(1)?.split_once('?')?;
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
}

pub fn page_no(head: &str) -> u64 {
    query(head, "page_no").unwrap().parse().unwrap()
}
