//! How long the client waits before a retry or a page, and what `on_wait` sees.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::*;

const SECOND: Duration = Duration::from_secs(1);
const DAY: u64 = 24 * 60 * 60;
const LATER: &str = "503 Service Unavailable";
const TOO_MANY: &str = "429 Too Many Requests";

/// The first wait of a request that is always refused.
fn first_wait(status: &str, headers: &str) -> Seen {
    let server = refusing(1, status, headers);
    let (request, waits) = recorded(waiting(&server));
    request.send().unwrap();
    waits.lock().unwrap().remove(0)
}

/// Refuses the first `times` requests, then sends a page.
fn refusing(times: usize, status: &str, headers: &str) -> Server {
    let refusal = answer(status, headers, "no");
    Server::start(move |nth, _| if nth < times { refusal.clone() } else { ok_json(page(1, 2, 2)) })
}

/// Two pages of two participants, the first with these headers.
fn two_pages(headers: &'static str) -> Server {
    Server::start(move |_, head| match page_no(head) {
        1 => answer("200 OK", headers, page(1, 2, 4).to_string()),
        _ => ok_json(page(3, 4, 4)),
    })
}

#[test]
fn the_back_off_is_half_a_second_and_doubles_even_if_the_server_asks_for_no_wait() {
    let table = [
        (LATER, ""),
        (LATER, "Retry-After: 0\r\n"),
        (TOO_MANY, "Retry-After: 0\r\nRetry-After: 00\r\n"),
        (TOO_MANY, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
        (TOO_MANY, "Retry-After: 0\r\nRatelimit: \"default\";r=0;t=0\r\n"),
        (TOO_MANY, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\nRatelimit: \"default\";r=0;t=0\r\n"),
        (TOO_MANY, "Ratelimit: \"default\";r=1;t=30\r\n"),
        (LATER, "Ratelimit: \"default\";r=0;t=30\r\n"),
        (LATER, "Retry-After: 0\r\nRatelimit: \"default\";r=0;t=30\r\n"),
    ];
    let check = |status, headers| {
        let server = refusing(9, status, headers);
        let error = failed(request_of(waiting(&server).max_retries(0)).send());
        assert_eq!(error.retry_after(), None, "{headers}");
        let (request, waits) = recorded(waiting(&server));
        failed(request.send());
        let durations: Vec<_> = waits.lock().unwrap().iter().map(|wait| wait.duration).collect();
        // Each is shortened by up to a quarter.
        let millis: Vec<_> = durations.iter().map(Duration::as_millis).collect();
        let [375..=500, 750..=1000] = millis[..] else { panic!("{headers}: {durations:?}") };
        assert_eq!(server.seen(), 1 + 3, "{headers}");
        durations[0]
    };
    let first_waits: HashSet<Duration> = thread::scope(|scope| {
        let threads = table.map(|(status, headers)| scope.spawn(move || check(status, headers)));
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(first_waits.len() > 1, "at random, so that clients don't come back together");
}

#[test]
fn the_longest_of_back_off_retry_after_and_reset_counts() {
    for (status, headers, expected) in [
        (LATER, "Retry-After: 1\r\n", 1),
        (LATER, "Retry-After: 29.997\r\n", 30),
        (LATER, "Retry-After: 1\r\nRatelimit: \"default\";r=0;t=30\r\n", 1),
        (LATER, "Retry-After: 1\r\nRetry-After: 40\r\nRetry-After: soon\r\nRetry-After: 2\r\n", 40),
        (TOO_MANY, "Ratelimit: \"default\";r=0;t=1\r\n", 1),
        (TOO_MANY, "Ratelimit: \"default\";t=30\r\n", 30),
        (TOO_MANY, "Retry-After: 1\r\nRatelimit: \"default\";r=0;t=30\r\n", 30),
        (TOO_MANY, "Retry-After: 30\r\nRatelimit: \"default\";r=0;t=1\r\n", 30),
        (TOO_MANY, "Retry-After: Sunday, 06-Nov-94 08:49:37 GMT\r\nRatelimit: \"default\";r=0;t=60\r\n", 60),
    ] {
        assert_eq!(first_wait(status, headers).duration, SECOND * expected, "{status} {headers}");
    }
}

#[test]
fn a_date_counts_from_the_date_of_the_response_because_clocks_differ() {
    // Decades off in both directions, as seen from the local clock.
    for year in [1994, 9994] {
        let headers =
            format!("Date: Sun, 06 Nov {year} 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov {year} 08:49:39 GMT\r\n");
        assert_eq!(first_wait(LATER, &headers).duration, SECOND * 2, "{headers}");
    }
}

#[test]
fn a_longer_wait_than_max_retry_wait_is_an_error_that_carries_the_wait() {
    for (status, headers, wait) in [
        (LATER, "Retry-After: 61\r\n", 61),
        (TOO_MANY, "Retry-After: 300\r\n", 300),
        (TOO_MANY, "Retry-After: 99999999999999999999\r\n", DAY),
        (TOO_MANY, "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", DAY),
        (TOO_MANY, "Ratelimit: \"default\";r=0;t=61\r\n", 61),
        (TOO_MANY, "Ratelimit: \"default\";t=3600\r\n", 3600),
        (TOO_MANY, "Retry-After: 1\r\nRatelimit: \"default\";r=0;t=3600\r\n", 3600),
    ] {
        let server = refusing(9, status, headers);
        let error = failed(request_of(waiting(&server)).send());
        assert_eq!(error.retry_after(), Some(Duration::from_secs(wait)), "{headers}");
        assert_eq!(server.seen(), 1, "{headers}");
    }
}

#[test]
fn max_retry_wait_sets_the_longest_wait() {
    let server = refusing(9, LATER, "Retry-After: 1\r\n");
    failed(request_of(waiting(&server).max_retry_wait(Duration::from_millis(999))).send());
    assert_eq!(server.seen(), 1);
    let (request, waits) = recorded(waiting(&server).max_retry_wait(SECOND));
    failed(request.send());
    assert_eq!(waits.lock().unwrap()[0].duration, SECOND);

    let server = refusing(9, LATER, "");
    let (request, waits) = recorded(waiting(&server).max_retry_wait(Duration::from_millis(5)));
    failed(request.send());
    assert!(waits.lock().unwrap().iter().all(|wait| wait.duration == Duration::from_millis(5)));
    assert_eq!(server.seen(), 3);
}

#[test]
fn on_wait_is_called_before_each_sleep_and_in_the_calling_thread() {
    let body = r#"{"success":false,"errors":[{"code":971,"message":"try later"}]}"#;
    let refusal = answer(TOO_MANY, "Retry-After: 1\r\n", body);
    let arrivals = Arc::new(Mutex::new(Vec::new()));
    let log = arrivals.clone();
    let server = Server::start(move |_, _| {
        log.lock().unwrap().push(Instant::now());
        refusal.clone()
    });
    let waits = Waits::default();
    let record = waits.clone();
    // No `sleep_with`: the client itself sleeps.
    let request = request_of(waiting(&server).on_wait(move |wait| record.lock().unwrap().push(Seen::new(wait))));
    let caller = thread::spawn(move || failed(request.send()));
    let id = caller.thread().id();
    caller.join().unwrap();

    let waits = waits.lock().unwrap();
    for (nth, wait) in (1..).zip(waits.iter()) {
        let (error, retry, max_retries) = wait.retry.clone().unwrap();
        assert_eq!((wait.duration, retry, max_retries, wait.thread), (SECOND, nth, 2, id));
        assert_eq!(wait.page_no, None, "the request names none");
        let bracket = if nth == 1 { "" } else { " [2 attempts]" };
        let happened = format!("429 from the API: try later (code 971){bracket}");
        assert_eq!(error, format!("{happened}; wait 1 s, then try again"));
        let expected = format!("waiting 1 s before retry {nth} of 2: {happened}");
        assert_eq!(wait.text, expected);
    }
    let arrivals = arrivals.lock().unwrap();
    assert_eq!((waits.len(), arrivals.len()), (2, 3));
    assert!(waits.iter().zip(&arrivals[1..]).all(|(wait, arrival)| *arrival - wait.at >= SECOND), "{waits:?}");
}

#[test]
fn the_next_page_waits_for_the_reset_when_nothing_remains() {
    let server = two_pages("Ratelimit: \"default\";r=0;t=1\r\n");
    let start = Instant::now();
    assert_eq!(ids(request_of(waiting(&server))), expected_ids(1, 4));
    assert!(start.elapsed() >= SECOND, "{:?}", start.elapsed());

    let server = two_pages("Ratelimit: junk, \"a\";r=0;t=0, \"b\";r=0;t=59;x=y, \"c\";r=9;t=50\r\n");
    let (request, waits) = recorded(waiting(&server));
    assert_eq!(ids(request), expected_ids(1, 4));
    let waits = waits.lock().unwrap();
    let [wait] = &waits[..] else { panic!("{waits:?}") };
    assert_eq!((&wait.retry, wait.page_no, wait.thread), (&None, Some(2), thread::current().id()));
    assert!(wait.text.ends_with(" s for the rate limit to reset"), "{}", wait.text);
}

#[test]
fn the_wait_for_a_reset_counts_from_the_arrival_of_the_last_response() {
    const RESET: Duration = Duration::from_secs(59);
    let server = two_pages("Ratelimit: \"default\";r=0;t=59\r\n");
    let (request, waits) = recorded(waiting(&server));
    let mut pages = request.pages();
    let before = Instant::now();
    pages.next().unwrap().unwrap();
    let arrived = Instant::now();
    // The caller's work on the page: here, other requests.
    (0..20).for_each(|_| drop(request.send().unwrap()));
    let worked = arrived.elapsed();
    pages.next().unwrap().unwrap();

    let wait = &waits.lock().unwrap()[0];
    assert!(wait.duration <= RESET - worked, "{:?} after {worked:?}", wait.duration);
    assert!(wait.at + wait.duration >= before + RESET, "{:?}", wait.duration);
}

#[test]
fn the_next_page_does_not_wait_while_requests_remain_or_for_a_reset_past_max_retry_wait() {
    for headers in [
        "Ratelimit: \"default\";r=0;t=61\r\n",
        "Ratelimit: \"default\";r=1;t=59\r\n",
        "Ratelimit: \"default\";t=59\r\n",
        "Retry-After: 59\r\n",
    ] {
        let server = two_pages(headers);
        let request = request_of(waiting(&server).on_wait(|wait| panic!("{wait}")));
        assert_eq!(ids(request), expected_ids(1, 4), "{headers}");
    }
}

#[test]
fn on_wait_is_not_called_where_nothing_is_slept() {
    let reset = "Ratelimit: \"default\";r=0;t=30\r\n";
    let without_waits = |server: &Server| request_of(waiting(server).on_wait(|wait| panic!("{wait}")));

    // After the last page, and between calls of `send`.
    let server = Server::always(answer("200 OK", reset, page(1, 2, 2).to_string()));
    let request = without_waits(&server);
    assert_eq!(ids(&request), expected_ids(1, 2));
    assert_eq!(request.pages().map(Result::unwrap).count(), 1);
    request.send().unwrap();
    request.send().unwrap();

    // Before an error that isn't retried, or not so soon.
    failed(without_waits(&refusing(9, "404 Not Found", reset)).send());
    failed(without_waits(&refusing(9, LATER, "Retry-After: 61\r\n")).send());
    failed(without_waits(&refusing(9, TOO_MANY, "Ratelimit: \"default\";r=0;t=61\r\n")).send());
    let request = request_of(waiting(&refusing(9, LATER, "")).max_retries(0).on_wait(|wait| panic!("{wait}")));
    failed(request.send());

    // Where waits are turned off.
    for headers in ["", "Retry-After: 0\r\n"] {
        let request = request_of(builder(&refusing(2, TOO_MANY, headers)).on_wait(|wait| panic!("{wait}")));
        failed(request.send());
    }
    let server = two_pages("Ratelimit: \"default\";r=0;t=0\r\n");
    assert_eq!(ids(without_waits(&server)), expected_ids(1, 4));
}
