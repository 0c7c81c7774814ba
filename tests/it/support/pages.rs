//! Pages of participants as a test server sends them, and what a request asks it for.

use realtimekit::{Pages, Participant, Result};
use serde_json::{Value, json};

/// Participants whose IDs are `p` and their place in the list.
pub fn participants(from: u64, to: u64) -> Vec<Value> {
    (from..=to)
        .map(|n| json!({"id": format!("p{n}"), "display_name": format!("Person {n}"), "duration": 1.5}))
        .collect()
}

/// A page with `paging`.
pub fn page(from: u64, to: u64, total: u64) -> Value {
    page_of_rows(participants(from, to), total, from, to)
}

/// A page whose `paging` needn't fit its rows.
pub fn page_of_rows(
    rows: Vec<Value>,
    total: impl Into<Value>,
    start: impl Into<Value>,
    end: impl Into<Value>,
) -> Value {
    let paging = json!({"total_count": total.into(), "start_offset": start.into(), "end_offset": end.into()});
    json!({"success": true, "data": {"participants": rows, "paging": paging}})
}

/// A page without `paging`.
pub fn bare_page(from: u64, to: u64) -> Value {
    json!({"success": true, "data": {"participants": participants(from, to)}})
}

/// The page, which loses its `paging` unless `with_paging`.
pub fn keep_paging_if(with_paging: bool, mut page: Value) -> Value {
    if !with_paging {
        page["data"]["paging"].take();
    }
    page
}

/// The page that a request asks for, of a list of `total` participants, on a server that allows at most `cap` a page.
pub fn list_page(head: &str, total: u64, cap: u64) -> Value {
    let size = query(head, "per_page").map_or(100, |size| size.parse().unwrap()).min(cap);
    let from = (page_no(head) - 1) * size + 1;
    page(from, (from + size - 1).min(total), total)
}

/// The IDs of what an iterator gives, without an error.
#[track_caller]
pub fn ids(participants: impl IntoIterator<Item = Result<Participant>>) -> Vec<String> {
    ids_of(participants.into_iter().map(Result::unwrap))
}

#[track_caller]
pub fn ids_of(participants: impl IntoIterator<Item = Participant>) -> Vec<String> {
    participants.into_iter().map(|participant| participant.id.unwrap()).collect()
}

/// The participants on the next `count` pages.
#[track_caller]
pub fn take_pages(pages: &mut Pages, count: usize) -> Vec<Participant> {
    pages.take(count).flat_map(Result::unwrap).collect()
}

/// The IDs that [`participants`] gives these participants.
pub fn expected_ids(from: u64, to: u64) -> Vec<String> {
    (from..=to).map(|n| format!("p{n}")).collect()
}

/// The path and query in a request's head.
pub fn target(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}

pub fn query_string(head: &str) -> &str {
    target(head).split_once('?').map_or("", |(_, query)| query)
}

/// The value of a query parameter in a request's head.
fn query(head: &str, name: &str) -> Option<String> {
    let mut pairs = query_string(head).split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// The page number in a request's head; 1 if it has none.
pub fn page_no(head: &str) -> u64 {
    query(head, "page_no").map_or(1, |number| number.parse().unwrap())
}
