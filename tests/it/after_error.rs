//! "After an error": an iterator gives one error, then `None`, and a new one goes on where it stopped.

use realtimekit::Error;

use crate::support::*;

/// Serves 250 participants, a hundred a page, but answers the request with the number `failing`, from 0, with 404.
fn failing_at(failing: usize) -> Server {
    Server::start(move |nth, head| match nth {
        nth if nth == failing => answer("404 Not Found", "", "gone"),
        _ => ok_json(list_page(head, 250, 100)),
    })
}

#[test]
fn a_loop_that_ignores_errors_ends() {
    let server = Server::always(answer("404 Not Found", "", "gone"));
    assert_eq!(request(&server).into_iter().filter_map(Result::ok).count(), 0);
    assert_eq!(request(&server).pages().filter_map(Result::ok).count(), 0);
    assert_eq!(server.seen(), 2);
}

#[test]
fn an_iterator_gives_one_error_and_then_none_for_ever() {
    for failing in 0..3 {
        let server = failing_at(failing);
        let mut participants = request(&server).into_iter();
        let (good, bad): (Vec<_>, Vec<_>) = participants.by_ref().partition(Result::is_ok);
        assert_eq!((good.len(), bad.len()), (failing * 100, 1));
        assert!((0..3).all(|_| participants.next().is_none()));
        assert_eq!(server.seen(), failing + 1);
    }
}

#[test]
fn resuming_after_an_error_gives_everybody_exactly_once() {
    for failing in 0..3 {
        let server = failing_at(failing);
        let request = request(&server);
        let mut participants = (&request).into_iter();
        let mut all = ids(participants.by_ref().take_while(Result::is_ok));
        assert_eq!(participants.resume_page_no() as usize, failing + 1);
        all.extend(ids(request.clone().page_no(participants.resume_page_no())));
        assert_eq!(all, expected_ids(1, 250));
    }
}

#[test]
fn resuming_in_the_middle_of_a_page_misses_nobody() {
    let server = Server::of_list(250, 100);
    let request = request(&server);
    for (taken, page_no, first) in
        [(0, 1, 1), (1, 1, 1), (99, 1, 1), (100, 2, 101), (101, 2, 101), (200, 3, 201), (249, 3, 201)]
    {
        let mut participants = (&request).into_iter();
        assert_eq!(participants.by_ref().take(taken).count(), taken);
        assert_eq!(participants.resume_page_no(), page_no, "after {taken}");
        assert_eq!(ids(request.clone().page_no(page_no)), expected_ids(first, 250), "after {taken}");
    }
}

#[test]
fn pages_resume_at_the_page_that_failed_or_comes_next() {
    let server = failing_at(1);
    let mut pages = request(&server).pages();
    assert_eq!(pages.resume_page_no(), 1);
    assert!(pages.next().unwrap().is_ok());
    assert_eq!(pages.resume_page_no(), 2);
    assert!(pages.next().unwrap().is_err());
    assert_eq!(pages.resume_page_no(), 2);
    assert!(pages.next().is_none());
}

#[test]
fn an_invalid_argument_finishes_an_iterator_too() {
    let request = request("http://127.0.0.1:9").per_page(0);
    let results: Vec<_> = request.into_iter().collect();
    assert!(matches!(results[..], [Err(Error::InvalidArgument { name: "per_page", .. })]), "{results:?}");
}
