//! Sessions that somebody joins between any two requests, listed from start to end.

use std::sync::Mutex;

use realtimekit::{SortBy, SortOrder};
use serde_json::{Value, json};

use crate::support::*;

/// A session of 3,000 people that two more join before each request. It sorts as the request asks, newcomers being the
/// latest and the shortest.
fn live_session() -> Server {
    let people = Mutex::new(3000);
    Server::start(move |_, head| {
        let mut people = people.lock().unwrap();
        *people += 2;
        let query = query_string(head);
        let is_ascending = query.contains("sort_order=ASC") && query.contains("sort_by=joinedAt");
        let start = ((page_no(head) - 1) * 100).min(*people);
        let end = (start + 100).min(*people);
        let nth = |n| if is_ascending { n } else { *people - 1 - n };
        let rows: Vec<Value> = (start..end).map(|n| json!({"id": format!("p{}", nth(n))})).collect();
        ok_json(page_of_rows(rows, *people, start + 1, end))
    })
}

#[test]
fn a_live_session_is_listed_at_the_first_try_in_the_order_that_iterators_ask_for() {
    for _ in 0..10 {
        let server = live_session();
        let people = ids(request(&server));
        // Everybody who had joined when the last page was sent.
        let expected: Vec<String> = (0..people.len()).map(|n| format!("p{n}")).collect();
        assert_eq!(people, expected);
        assert!(people.len() > 3000 && people.len() >= 3000 + 2 * (server.seen() - 1), "{}", people.len());
    }
}

#[test]
fn in_another_order_a_live_session_is_an_error_that_names_the_cure() {
    for (sort_by, sort_order) in [(SortBy::JoinedAt, SortOrder::Desc), (SortBy::Duration, SortOrder::Asc)] {
        let server = live_session();
        let outcome: realtimekit::Result<Vec<_>> =
            request(&server).sort_by(sort_by).sort_order(sort_order).iter().collect();
        let error = failed(outcome);
        assert!(error.to_string().ends_with("use sort_by(JoinedAt) with sort_order(Asc)"), "{error}");
    }
}
