//! "After an error": an iterator gives one error, then `None`, until it is resumed.

use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use realtimekit::ureq::http::Request;
use realtimekit::ureq::middleware::MiddlewareNext;
use realtimekit::ureq::{Agent, SendBody};
use realtimekit::{ClientBuilder, Error, Pages, Participants, Result};
use serde_json::Value;

use crate::support::*;

fn not_found() -> Vec<u8> {
    answer("404 Not Found", "", "gone")
}

#[test]
fn a_loop_that_ignores_errors_ends() {
    let server = Server::always(not_found());
    assert_eq!(request(&server).into_iter().take(9).filter_map(Result::ok).count(), 0);
    assert_eq!(request(&server).pages().take(9).filter_map(Result::ok).count(), 0);
    assert_eq!(server.seen(), 2);
}

#[test]
fn an_iterator_gives_one_error_and_then_none_for_ever() {
    for failing in 0..3 {
        let server = Server::of_list_failing(failing..failing + 1, not_found());
        let mut participants = request(&server).into_iter();
        let (good, bad): (Vec<_>, Vec<_>) = participants.by_ref().take(999).partition(Result::is_ok);
        assert_eq!((good.len(), bad.len()), (failing * 100, 1));
        assert!((0..3).all(|_| participants.next().is_none()));
        assert_eq!(server.seen(), failing + 1);
    }
}

/// Collects all items, and resumes after each error and at the end. Returns the items and the errors.
///
/// Nothing may be requested between an error and `resume`, nor after the end.
#[track_caller]
fn collect<I: Iterator<Item = Result<T>>, T: Debug>(
    mut items: I,
    resume: fn(&mut I),
    server: &Server,
) -> (Vec<T>, Vec<Error>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    loop {
        let item = items.next();
        let seen = server.seen();
        match item {
            Some(Ok(item)) => good.push(item),
            Some(error) => {
                bad.push(failed(error));
                assert!(bad.len() < 9, "{bad:?}");
                assert!(items.next().is_none() && items.next().is_none());
                assert_eq!(server.seen(), seen);
                resume(&mut items);
            }
            None => {
                resume(&mut items);
                assert!(items.next().is_none());
                assert_eq!(server.seen(), seen);
                return (good, bad);
            }
        }
    }
}

/// Iterates with `iter`, then with `pages`, over a list whose requests fail twice. `failing` makes a server and a
/// client for each. Expects everybody exactly once, and that the server sees `requests` requests.
#[track_caller]
fn assert_resumes(name: &str, requests: usize, failing: impl Fn() -> (Server, ClientBuilder)) {
    let check = |participants: Vec<_>, errors: Vec<Error>, server: Server| {
        assert_eq!(ids_of(participants), expected_ids(1, 250), "{name}");
        assert_eq!(errors.len(), 2, "{name}: {errors:?}");
        assert!(errors.iter().all(Error::is_retryable), "{name}: {errors:?}");
        assert_eq!(server.seen(), requests, "{name}");
    };
    let (server, builder) = failing();
    let (participants, errors) = collect(request_of(builder).iter(), Participants::resume, &server);
    check(participants, errors, server);
    let (server, builder) = failing();
    let (pages, errors) = collect(request_of(builder).pages(), Pages::resume, &server);
    check(pages.into_iter().flatten().collect(), errors, server);
}

#[test]
fn resuming_twice_in_a_row_gives_everybody_exactly_once_after_any_retryable_error() {
    let page = page(1, 100, 250).to_string();
    let cut_body = &ok(&page)[..page.len() / 2];
    for (name, failure) in [
        ("503", vec![Step::Send(unavailable())]),
        ("429", vec![Step::Send(answer("429 Too Many Requests", "Retry-After: 900\r\n", ""))]),
        ("a body that is cut short", vec![Step::Send(cut_body.to_vec()), Step::Close]),
        ("JSON that ends early", vec![Step::Send(ok(&page[..page.len() / 2]))]),
        ("a connection that closes before the response", vec![Step::Close]),
        ("a connection that is reset", vec![Step::Reset]),
    ] {
        for first in 0..3 {
            assert_resumes(name, 3 + 2, || {
                let server = Server::of_list_failing(first..first + 2, failure.clone());
                let builder = builder(&server).max_retries(0);
                (server, builder)
            });
        }
    }
}

#[test]
fn resuming_after_timeouts_gives_everybody_exactly_once() {
    assert_resumes("timeout", 3 + 2, || {
        let server = Server::of_list_failing(1..3, vec![Step::Stall]);
        let builder = builder(&server).max_retries(0).timeout(Duration::from_secs(1));
        (server, builder)
    });
}

/// An agent whose second and third requests go to an address that refuses them.
fn refused_agent() -> Agent {
    let requests = AtomicUsize::new(0);
    let (refusing, held) = refusing_address();
    let reroute = move |mut request: Request<SendBody<'_>>, next: MiddlewareNext<'_>| {
        if (1..3).contains(&requests.fetch_add(1, Ordering::SeqCst)) {
            let _held = &held; // or another process could listen there
            *request.uri_mut() = format!("http://{refusing}/").parse().unwrap();
        }
        next.handle(request)
    };
    Agent::config_builder().middleware(reroute).build().into()
}

#[test]
fn resuming_after_refused_connections_gives_everybody_exactly_once() {
    assert_resumes("refused connection", 3, || {
        let server = Server::of_list(250, 100);
        let builder = builder(&server).max_retries(0).agent(refused_agent());
        (server, builder)
    });
}

#[test]
fn resuming_sends_again_after_an_error_that_is_not_retryable_too() {
    let server = Server::of_list_failing(1..3, not_found());
    let (participants, errors) = collect(request(&server).iter(), Participants::resume, &server);
    assert_eq!(ids_of(participants), expected_ids(1, 250));
    assert_eq!((errors.len(), server.seen()), (2, 3 + 2));
}

#[test]
fn resuming_where_there_was_no_error_does_nothing() {
    let server = Server::of_list(250, 100);
    let mut participants = request(&server).iter();
    participants.resume();
    assert_eq!(server.seen(), 0);
    let everybody = std::iter::from_fn(|| {
        participants.resume();
        participants.next()
    });
    assert_eq!(ids(everybody), expected_ids(1, 250));
    assert_eq!(server.seen(), 3);

    let mut pages = request(&server).pages();
    let everybody = std::iter::from_fn(|| {
        pages.resume();
        pages.next()
    });
    assert_eq!(everybody.map(|page| page.unwrap().participants.len()).collect::<Vec<_>>(), [100, 100, 50]);
    assert_eq!(server.seen(), 3 + 3);
}

/// Serves `first`, refuses two requests, and goes on with `then` for the page that failed, and so on.
#[track_caller]
fn changed_between(first: Value, then: Vec<Value>) -> (Vec<String>, Vec<Error>) {
    let answers = [ok_json(first), unavailable(), unavailable()].into_iter().chain(then.into_iter().map(ok_json));
    let server = Server::in_turn(answers);
    let request = request_of(builder(&server).max_retries(0));
    let (participants, errors) = collect(request.iter(), Participants::resume, &server);
    (ids_of(participants), errors)
}

#[test]
fn a_list_that_grew_before_resuming_is_followed() {
    let (ids, errors) = changed_between(page(1, 2, 4), vec![page(3, 4, 5), page(5, 5, 5)]);
    assert_eq!(ids, expected_ids(1, 5));
    assert_eq!(errors.len(), 2);
}

#[test]
fn a_page_that_no_longer_fits_when_resuming_is_an_error_and_the_end() {
    let moved = page_of_rows(participants(2, 3), 5, 3, 4);
    for then in [page(2, 2, 4), page(4, 4, 4), page(3, 3, 3), moved, bare_page(3, 4), page_of_rows(vec![], 4, 0, 0)] {
        let (ids, errors) = changed_between(page(1, 2, 4), vec![then]);
        assert_eq!(ids, expected_ids(1, 2));
        let [_, _, error] = &errors[..] else { panic!("{errors:?}") };
        assert!(matches!(error, Error::Pagination(error) if error.page_no == 2), "{error}");
    }
}

#[test]
fn a_page_cap_that_changes_during_an_outage_is_an_error() {
    for (before, after, error) in
        [(50, 25, "expected start_offset 51, got 26"), (25, 50, "expected start_offset 26, got 51")]
    {
        let server = Server::start(move |nth, head| match nth {
            0 => ok_json(list_page(head, 137, before)),
            1 => unavailable(),
            _ => ok_json(list_page(head, 137, after)),
        });
        let request = request_of(builder(&server).max_retries(0)).per_page(100);
        let (participants, errors) = collect(request.iter(), Participants::resume, &server);
        assert_eq!(ids_of(participants), expected_ids(1, before));
        let [outage, Error::Pagination(moved)] = &errors[..] else { panic!("{errors:?}") };
        assert!(outage.is_retryable());
        assert_eq!((moved.page_no, moved.reason.as_str()), (2, error));
        assert_eq!(server.seen(), 3);
    }
}

#[test]
fn an_invalid_argument_finishes_an_iterator_too_and_comes_again_when_resumed() {
    let mut participants = request("http://127.0.0.1:9").per_page(0).iter();
    for _ in 0..2 {
        let error = failed(participants.next().unwrap());
        assert!(matches!(error, Error::InvalidArgument { name: "per_page", .. }), "{error}");
        assert!(participants.next().is_none());
        participants.resume();
    }
}
