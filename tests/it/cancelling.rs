//! `sleep_with`: a program sleeps for the client, and cancels a wait.

use std::error::Error as _;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use realtimekit::{ClientBuilder, Error, ParticipantsRequest};

use crate::support::*;

/// Cancels the waits with these numbers, counted from 0, and goes on at once after all others.
fn cancelling(builder: ClientBuilder, cancelled: std::ops::Range<usize>) -> (ParticipantsRequest, Waits) {
    let waits = Waits::default();
    let record = waits.clone();
    let builder = builder.sleep_with(move |wait| {
        let mut waits = record.lock().unwrap();
        waits.push(Seen::new(wait));
        if cancelled.contains(&(waits.len() - 1)) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    (request_of(builder), waits)
}

fn too_many() -> Vec<u8> {
    answer("429 Too Many Requests", "Retry-After: 40\r\n", "no")
}

/// A list of four, two a page, whose first page exhausts the quota.
fn exhausted() -> Server {
    Server::start(|_, head| match page_no(head) {
        1 => answer("200 OK", "Ratelimit: \"default\";r=0;t=50\r\n", list_page(head, 3, 2).to_string()),
        _ => ok_json(list_page(head, 3, 2)),
    })
}

#[test]
fn sleep_with_replaces_the_sleep_and_comes_after_on_wait() {
    let server = Server::in_turn([too_many(), ok_json(page(1, 2, 2))]);
    let calls = Arc::new(Mutex::new(Vec::new()));
    let (on_wait, sleep_with) = (calls.clone(), calls.clone());
    let builder = waiting(&server)
        .on_wait(move |wait| on_wait.lock().unwrap().push(("on_wait", wait.to_string())))
        .sleep_with(move |wait| {
            sleep_with.lock().unwrap().push(("sleep_with", wait.to_string()));
            ControlFlow::Continue(())
        });
    let start = Instant::now();
    assert_eq!(ids(request_of(builder)), expected_ids(1, 2));
    assert!(start.elapsed() < Duration::from_secs(40), "the client slept as well");
    let text = "waiting 40 s before retry 1 of 2: 429 from the API: no [page 1]".to_owned();
    assert_eq!(*calls.lock().unwrap(), [("on_wait", text.clone()), ("sleep_with", text)]);
}

#[test]
fn a_cancelled_retry_is_an_error_that_says_so_and_can_be_resumed_without_that_wait() {
    let server = Server::in_turn([too_many(), too_many(), ok_json(page(1, 2, 2))]);
    let (request, waits) = cancelling(waiting(&server), 1..2);
    let mut pages = request.pages();
    let error = failed(pages.next().unwrap());
    assert!(matches!(error, Error::Cancelled(_)) && !error.is_retryable(), "{error:?}");
    assert_eq!(error.to_string(), "cancelled while waiting before retry 2 of 2 [page 1, 2 attempts]");
    assert_eq!(error.without_advice().to_string(), error.to_string());
    assert_eq!((error.page_no(), error.attempts(), error.retry_after()), (Some(1), 2, None));
    let cause = error.source().unwrap().to_string();
    assert_eq!(cause, "429 from the API: no [page 1, 2 attempts]; wait 40 s, then try again");
    assert_eq!(format!("{error:?}"), format!("{error}: {cause}"));
    assert!(pages.next().is_none());
    assert_eq!(server.seen(), 2);

    pages.resume();
    assert_eq!(pages.next().unwrap().unwrap().participants.len(), 2);
    assert_eq!((server.seen(), waits.lock().unwrap().len()), (3, 2), "that wait isn't made up for");
}

#[test]
fn send_and_every_kind_of_iterator_can_be_cancelled() {
    let server = Server::always(too_many());
    let (request, waits) = cancelling(waiting(&server), 0..99);
    let expected = "cancelled while waiting before retry 1 of 2";
    assert_eq!(failed(request.send()).to_string(), expected);
    assert_eq!(failed(request.send_as::<u8>()).to_string(), expected);
    assert_eq!(failed(request.send_json::<u8>()).to_string(), expected);
    let expected = format!("{expected} [page 1]");
    assert_eq!(failed(request.iter().next().unwrap()).to_string(), expected);
    assert_eq!(failed(request.pages().next().unwrap()).to_string(), expected);
    assert_eq!(failed(request.iter_as::<u8>().next().unwrap()).to_string(), expected);
    let error = failed(request.page_no(7).send());
    assert_eq!((error.page_no(), error.attempts()), (Some(7), 1));
    assert_eq!(error.source().unwrap().to_string(), "429 from the API: no [page 7]; wait 40 s, then try again");
    let page_nos: Vec<_> = waits.lock().unwrap().iter().map(|wait| wait.page_no).collect();
    assert_eq!(page_nos, [None, None, None, Some(1), Some(1), Some(1), Some(7)]);
    assert_eq!(server.seen(), 7);
}

#[test]
fn what_is_left_of_a_wait_for_the_rate_limit_is_waited_for_when_resuming() {
    let server = exhausted();
    let (request, waits) = cancelling(waiting(&server), 0..2);
    let mut participants = request.per_page(2).iter();
    assert_eq!(ids(participants.by_ref().take(2)), expected_ids(1, 2));
    for _ in 0..2 {
        let error = failed(participants.next().unwrap());
        assert_eq!(error.to_string(), "cancelled while waiting for the rate limit to reset [page 2]");
        assert_eq!(error.attempts(), 0, "nothing was sent for this page");
        assert!(error.source().is_none() && participants.next().is_none());
        participants.resume();
    }
    assert_eq!(ids(participants), expected_ids(3, 3));
    let waits = waits.lock().unwrap();
    assert_eq!((waits.len(), server.seen()), (3, 2));
    assert!(waits.windows(2).all(|pair| pair[1].duration < pair[0].duration), "only what is left: {waits:?}");
}

#[test]
fn a_wait_before_a_page_is_asked_for_again_can_be_cancelled() {
    let server = lists::serve("ab|5 1 2, |5 0 0, cd|5 3 4, e|5 5 5");
    let (request, _waits) = cancelling(waiting(&server), 0..1);
    let mut participants = request.per_page(2).iter();
    assert_eq!(ids(participants.by_ref().take(2)).concat(), "ab");
    let error = failed(participants.next().unwrap());
    assert_eq!(error.to_string(), "cancelled while waiting before retry 1 of 2 [page 2]");
    assert!(error.source().unwrap().to_string().contains("doesn't line up"), "{error:?}");
    participants.resume();
    assert_eq!(ids(participants).concat(), "cde");
}

#[test]
fn a_panic_in_a_callback_goes_to_the_caller_and_the_client_works_on() {
    type Configure = fn(ClientBuilder, Arc<AtomicUsize>) -> ClientBuilder;
    fn unwind_once(calls: &AtomicUsize) {
        if calls.fetch_add(1, SeqCst) == 0 {
            resume_unwind(Box::new(())); // a panic that prints nothing
        }
    }
    let configures: [Configure; 2] = [
        |builder, calls| builder.on_wait(move |_| unwind_once(&calls)).sleep_with(|_| ControlFlow::Continue(())),
        |builder, calls| {
            builder.sleep_with(move |_| {
                unwind_once(&calls);
                ControlFlow::Continue(())
            })
        },
    ];
    for configure in configures {
        let server = exhausted();
        let request = request_of(configure(waiting(&server), Arc::default())).per_page(2);
        let mut participants = request.iter();
        assert_eq!(ids(participants.by_ref().take(2)), expected_ids(1, 2));
        catch_unwind(AssertUnwindSafe(|| participants.next())).unwrap_err();
        assert_eq!(server.seen(), 1);
        assert_eq!(ids(participants), expected_ids(3, 3));
        assert_eq!(ids(request), expected_ids(1, 3));
    }
}
