//! Everything goes over one connection, and one that the server has closed or forgotten is replaced.

use std::sync::Barrier;
use std::sync::atomic::Ordering;
use std::time::Duration;

use realtimekit::ureq;

use crate::support::*;

#[test]
fn all_pages_go_over_one_connection() {
    let server = Server::start(|_, head| chunked("", list_page(head, 5, 2).to_string()));
    assert_eq!(ids(request(&server)), expected_ids(1, 5));
    assert_eq!((server.seen(), server.log().connections), (3, 1));
}

#[test]
fn clones_of_a_client_share_its_connections() {
    let server = Server::of_list(1, 1);
    let client = client(&server);
    for client in [client.clone(), client] {
        client.session_participants("account", "app", "session").send().unwrap();
    }
    assert_eq!((server.seen(), server.log().connections), (2, 1));
}

#[test]
fn clients_with_the_same_agent_share_its_connections() {
    let server = Server::of_list(1, 1);
    let agent = ureq::Agent::new_with_defaults();
    for _ in 0..2 {
        request_of(builder(&server).agent(agent.clone())).send().unwrap();
    }
    assert_eq!((server.seen(), server.log().connections), (2, 1));
}

#[test]
fn a_connection_that_was_closed_between_pages_is_replaced() {
    for end in [Step::Close, Step::Reset, Step::HalfClose] {
        let answer_and_end = {
            let end = end.clone();
            move |_, head: &str| vec![Step::Send(ok_json(list_page(head, 5, 2))), end.clone()]
        };
        let server = Server::start(answer_and_end);
        assert_eq!(ids(request(&server)), expected_ids(1, 5), "{end:?}");
        assert_eq!(server.seen(), 3, "{end:?}");
    }
}

/// Only Linux shows when the server's FIN has arrived, before which no client can know that the connection is closed.
#[cfg(target_os = "linux")]
#[test]
fn replacing_a_closed_connection_costs_no_retry() {
    let server = Server::start(|_, head| vec![Step::Send(ok_json(list_page(head, 5, 2))), Step::HalfClose]);
    let mut pages = request_of(builder(&server).max_retries(0)).pages();
    for _ in 0..3 {
        pages.next().unwrap().unwrap();
        until(|| !has_established_connection(server.port()));
    }
    assert_eq!(server.log().connections, 3);
}

/// Whether a client of this port has a connection on which no FIN has arrived yet.
#[cfg(target_os = "linux")]
fn has_established_connection(server_port: u16) -> bool {
    const ESTABLISHED: &str = "01";
    let remote = format!(":{server_port:04X}");
    let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap();
    sockets.lines().any(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        fields[2].ends_with(&remote) && fields[3] == ESTABLISHED
    })
}

#[test]
fn bytes_after_a_body_are_not_taken_for_the_next_response() {
    let server = Server::start(|_, head| [ok_json(list_page(head, 5, 2)), ok_json(page(1, 5, 5))].concat());
    assert_eq!(ids(request(&server)), expected_ids(1, 5));
    assert_eq!(server.seen(), 3);
}

#[test]
fn a_retry_takes_no_further_connection_from_the_pool() {
    // Each connection answers one request and no other, as if a router had forgotten it.
    let barrier = Barrier::new(3);
    let server = Server::start(move |nth, _| {
        if nth < 3 {
            barrier.wait(); // so that the pool comes to hold three
        }
        vec![Step::Send(ok_json(page(1, 1, 1))), Step::Stall]
    });
    let (agent, attempts) = counting_agent(|| None);
    let builder = builder(&server).agent(agent);
    let request = request_of(builder.clone());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| request.send().unwrap());
        }
    });
    assert_eq!(server.log().connections, 3);

    // A busy machine may miss the limit over a new connection as well.
    request_of(builder.timeout(Duration::from_millis(500)).max_retries(50)).send().unwrap();
    let over_new_connections = server.log().connections - 3;
    assert_eq!(attempts.load(Ordering::SeqCst) - 3, 1 + over_new_connections);
}
