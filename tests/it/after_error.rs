//! "After an error": an iterator is finished, and a new one goes on where it stopped.

use realtimekit::{Error, Participant};

use crate::pages::*;
use crate::server::*;

/// A server of 250 participants, a hundred a page, of whose requests number `failing`, from 0, is answered 404.
fn failing_at(failing: usize) -> Server {
    Server::start(move |nth, head| {
        let n = page_no(head);
        let body = page(n * 100 - 99, (n * 100).min(250), 250).to_string();
        vec![Step::Send(if nth == failing { answer("404 Not Found", "", "gone") } else { ok(body) })]
    })
}

fn ids(participants: impl Iterator<Item = Participant>) -> Vec<String> {
    participants.map(|participant| participant.id.unwrap()).collect()
}

fn expected(from: u64) -> Vec<String> {
    (from..=250).map(|n| format!("p{n}")).collect()
}

#[test]
fn ignoring_errors_ends() {
    let server = Server::playing(vec![vec![Step::Send(answer("404 Not Found", "", "gone"))]]);
    assert_eq!(request(server.base_url()).into_iter().filter_map(Result::ok).count(), 0);
    assert_eq!(request(server.base_url()).pages().filter_map(Result::ok).count(), 0);
    assert_eq!(server.seen(), 2);
}

#[test]
fn one_error_then_nothing_for_ever() {
    for failing in 0..3 {
        let server = failing_at(failing);
        let mut participants = request(server.base_url()).into_iter();
        let (good, bad): (Vec<_>, Vec<_>) = participants.by_ref().partition(Result::is_ok);
        assert_eq!((good.len(), bad.len()), (failing * 100, 1));
        assert!((0..3).all(|_| participants.next().is_none()));
        assert_eq!(server.seen(), failing + 1);
    }
}

#[test]
fn resuming_after_an_error_gives_the_whole_list_and_nothing_twice() {
    for failing in 0..3 {
        let server = failing_at(failing);
        let request = request(server.base_url());
        let mut participants = (&request).into_iter();
        let mut all = ids(participants.by_ref().map_while(Result::ok));
        assert_eq!(participants.resume_page_no() as usize, failing + 1);
        let rest = request.clone().page_no(participants.resume_page_no());
        all.extend(ids(rest.into_iter().map(Result::unwrap)));
        assert_eq!(all, expected(1));
    }
}

#[test]
fn resuming_in_the_middle_of_a_page_misses_nobody() {
    let server = failing_at(usize::MAX);
    let request = request(server.base_url());
    for (taken, page_no, first) in
        [(0, 1, 1), (1, 1, 1), (99, 1, 1), (100, 2, 101), (101, 2, 101), (200, 3, 201), (249, 3, 201)]
    {
        let mut participants = (&request).into_iter();
        assert_eq!(participants.by_ref().take(taken).count(), taken);
        assert_eq!(participants.resume_page_no(), page_no, "after {taken}");
        let rest = request.clone().page_no(page_no);
        assert_eq!(ids(rest.into_iter().map(Result::unwrap)), expected(first), "after {taken}");
    }
}

#[test]
fn pages_resume_at_the_page_that_failed_or_is_next() {
    let server = failing_at(1);
    let mut pages = request(server.base_url()).pages();
    assert_eq!(pages.resume_page_no(), 1);
    assert!(pages.next().unwrap().is_ok());
    assert_eq!(pages.resume_page_no(), 2);
    assert!(pages.next().unwrap().is_err());
    assert_eq!(pages.resume_page_no(), 2);
    assert!(pages.next().is_none());
}

#[test]
fn a_wrong_argument_finishes_an_iterator_too() {
    let request = request("http://127.0.0.1:9".to_owned()).per_page(0);
    let results: Vec<_> = request.into_iter().collect();
    assert!(matches!(results[..], [Err(Error::InvalidArgument { name: "per_page", .. })]), "{results:?}");
}
