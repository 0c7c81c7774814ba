//! Threads can share a client: each gets all of its own list and nothing of another's.

use std::collections::HashSet;
use std::sync::Mutex;
use std::thread::scope;

use realtimekit::Client;
use serde_json::{Value, json};

use crate::support::*;

const THREADS: usize = 8;
const PAGES: u64 = 300;

/// A page of two participants, whose IDs begin with the session's name.
fn session_page(head: &str) -> Value {
    let session = target(head).split('/').nth_back(1).unwrap();
    let (from, to) = (page_no(head) * 2 - 1, (page_no(head) * 2).min(PAGES * 2));
    let rows = (from..=to).map(|n| json!({"id": format!("{session} {n}")})).collect();
    page_of_rows(rows, PAGES * 2, from, to)
}

/// Iterates over a session in each thread.
fn assert_all_complete(client: &Client) {
    scope(|scope| {
        for thread in 0..THREADS {
            // Some threads have a clone, some the client itself.
            let clone = client.clone();
            let client = if thread % 2 == 0 { client } else { &clone };
            let session = format!("s{thread}");
            let request = client.session_participants("account", "app", &session).per_page(2);
            scope.spawn(move || {
                let expected: Vec<_> = (1..=PAGES * 2).map(|n| format!("{session} {n}")).collect();
                assert_eq!(ids(request), expected);
            });
        }
    });
}

#[test]
fn threads_get_their_own_pages_over_a_connection_each() {
    let server = Server::start(|nth, head| match nth % 2 {
        0 => ok_json(session_page(head)),
        _ => chunked("", session_page(head).to_string()),
    });
    assert_all_complete(&client(&server));
    // One request more confirms that a full page is the last one.
    assert_eq!(server.seen(), THREADS * (PAGES as usize + 1));
    assert!(server.log().connections <= THREADS, "{}", server.log().connections);
}

#[test]
fn a_fault_in_one_thread_does_not_affect_another() {
    let asked = Mutex::new(HashSet::new());
    let server = Server::start(move |_, head| {
        let whole = ok_json(session_page(head));
        let is_first = asked.lock().unwrap().insert(target(head).to_owned());
        match page_no(head) % 5 {
            1 if is_first => vec![Step::Reset],
            2 if is_first => vec![Step::Send(whole[..90].to_vec()), Step::Close],
            3 if is_first => vec![Step::Send(b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy".to_vec())],
            4 => vec![Step::Send(whole), Step::Close],
            _ => vec![Step::Send(whole)],
        }
    });
    // A request also fails on a pooled connection that the server is just closing. The threads share the pool, so one
    // of them may meet several of these in a row, more than the two retries of the default.
    assert_all_complete(&builder(&server).max_retries(20).build().unwrap());
    let faults = 3 * PAGES as usize / 5;
    // Page PAGES + 1, which confirms the end, is reset once too.
    assert_eq!(server.seen(), THREADS * (PAGES as usize + 1 + faults + 1));
}
