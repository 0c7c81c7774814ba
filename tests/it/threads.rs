//! One client for many threads: each gets all of its own list, and nothing of another's.

use std::thread::scope;

use realtimekit::Client;
use serde_json::json;

use crate::pages::{builder, client, page_no, query};
use crate::server::{Server, Step, chunked, ok};

const THREADS: usize = 8;
const PAGES: u64 = 300;

/// A page of two, whose participants bear the name of the session.
fn list(head: &str) -> String {
    let session = head.split("/sessions/").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
    let (page_no, per_page) = (page_no(head), query(head, "per_page").unwrap().parse::<u64>().unwrap());
    let (from, to) = ((page_no - 1) * per_page + 1, page_no * per_page);
    let participants: Vec<_> = (from..=to).map(|n| json!({"id": format!("{session} {n}")})).collect();
    let paging = json!({"total_count": PAGES * per_page, "start_offset": from, "end_offset": to});
    json!({"success": true, "data": {"participants": participants, "paging": paging}}).to_string()
}

/// Each thread iterates over a session of its own.
fn all_there(client: &Client) {
    scope(|scope| {
        for thread in 0..THREADS {
            // Some threads have a clone, some the client itself.
            let own = client.clone();
            let client = if thread % 2 == 0 { client } else { &own };
            let session = format!("s{thread}");
            let request = client.session_participants("account", "app", &session).per_page(2);
            scope.spawn(move || {
                let mut expected = 1..;
                for participant in request {
                    let id = participant.unwrap().id.unwrap();
                    assert_eq!(id, format!("{session} {}", expected.next().unwrap()));
                }
                assert_eq!(expected.start, 2 * PAGES + 1, "{session}");
            });
        }
    });
}

#[test]
fn eight_threads_get_their_own_pages_over_a_connection_each() {
    let server = Server::start(|nth, head| match nth % 2 {
        0 => vec![Step::Send(ok(list(head)))],
        _ => vec![Step::Send(chunked("", list(head)))],
    });
    all_there(&client(server.base_url()));
    assert_eq!(server.seen(), THREADS * PAGES as usize);
    assert!(server.log().connections <= THREADS, "{}", server.log().connections);
}

#[test]
fn a_fault_in_one_thread_is_none_in_another() {
    let server = Server::start(|nth, head| match nth % 20 {
        3 => vec![Step::Reset],
        7 => vec![Step::Send(ok(list(head))[..90].to_vec()), Step::Close],
        11 => vec![Step::Send(ok(list(head))), Step::Close],
        13 => vec![Step::Send(b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy".to_vec())],
        _ => vec![Step::Send(ok(list(head)))],
    });
    // Faults of other requests come between, so that one can have several of them.
    all_there(&builder(server.base_url()).max_retries(20).build().unwrap());
    // Each request that failed was sent again.
    assert!(server.seen() > THREADS * PAGES as usize);
}
