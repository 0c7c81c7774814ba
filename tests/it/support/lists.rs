//! Lists by their exact responses, in a short notation.

use serde_json::{Value, json};

use super::{Server, answer, ok, ok_json, page_of_rows};

/// Reads a page from `rows|total_count start_offset end_offset`, or from `rows|` if it has no `paging`. Each letter is
/// a row with that ID, and each `?` a row without one.
fn page(text: &str) -> Value {
    let (ids, paging) = text.split_once('|').unwrap();
    let row = |id| if id == '?' { json!({"display_name": "Mark"}) } else { json!({"id": id}) };
    let rows: Vec<Value> = ids.chars().map(row).collect();
    let numbers: Vec<i64> = paging.split_whitespace().map(|number| number.parse().unwrap()).collect();
    match numbers[..] {
        [] => json!({"data": {"participants": rows}}),
        [total, start, end] => page_of_rows(rows, total, start, end),
        _ => panic!("{text}"),
    }
}

/// Sends these answers in turn, and the last one to all requests that follow. An answer is a page, a status, `no data`,
/// `data: null`, `not JSON` or `not a page`.
pub fn serve(answers: &str) -> Server {
    Server::in_turn(answers.split(',').map(str::trim).map(|text| match text {
        "204" => b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(),
        "no data" => ok_json(json!({"success": true})),
        "data: null" => ok_json(json!({"success": true, "data": null})),
        "not JSON" => ok("<html>"),
        "not a page" => ok_json(json!({"data": {"participants": 7}})),
        "false" => ok_json(json!({"success": false})),
        _ if text.contains('|') => ok_json(page(text)),
        status => answer(&format!("{status} Status"), "", ""),
    }))
}
