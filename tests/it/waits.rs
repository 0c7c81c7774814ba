//! "Retries": how long the client waits, as `Retry-After`, `Ratelimit` and its own limits say.

use std::time::{Duration, Instant};

use realtimekit::{Client, ClientBuilder};

use crate::support::*;

const SECOND: Duration = Duration::from_secs(1);
const DAY: u64 = 24 * 60 * 60;
const LATER: &str = "503 Service Unavailable";
const TOO_MANY: &str = "429 Too Many Requests";

/// A client with the default waits, which the other tests turn off.
fn waiting(server: &Server) -> ClientBuilder {
    Client::builder().api_token(TOKEN).base_url(server)
}

/// Refuses as many times, then sends a page.
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
fn the_back_off_is_half_a_second_and_doubles() {
    let server = refusing(2, "500 Internal Server Error", "");
    let request = request_of(waiting(&server));
    let start = Instant::now();
    request.send().unwrap();
    // Each wait is shortened by up to a quarter.
    assert!(start.elapsed() >= Duration::from_millis(375 + 750), "{:?}", start.elapsed());
    assert_eq!(server.seen(), 3);
}

#[test]
fn the_wait_that_the_server_asks_for_is_kept() {
    let table = [
        (LATER, "Retry-After: 1\r\n"),
        (TOO_MANY, "Ratelimit: \"default\";r=0;t=1\r\n"),
        (TOO_MANY, "Ratelimit: junk, \"a\";r=0;t=0, \"b\";r=0;t=1;x, \"c\";r=5;t=1000\r\n"),
        (TOO_MANY, "Retry-After: 1\r\nRatelimit: \"default\";r=0;t=3600\r\n"),
        (TOO_MANY, "Retry-After: soon\r\nRatelimit: \"default\";r=0;t=1\r\n"),
    ];
    let check = |status, headers| {
        let server = refusing(1, status, headers);
        let request = request_of(waiting(&server));
        let start = Instant::now();
        request.send().unwrap();
        assert!(start.elapsed() >= SECOND, "{headers}: {:?}", start.elapsed());
        assert_eq!(server.seen(), 2, "{headers}");
    };
    std::thread::scope(|scope| {
        for (status, headers) in table {
            scope.spawn(move || check(status, headers));
        }
    });
}

#[test]
fn a_retry_after_of_zero_or_of_a_past_date_is_a_wait_of_zero() {
    for retry_after in ["0", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let server = refusing(8, LATER, &format!("Retry-After: {retry_after}\r\n"));
        let error = failed(request_of(waiting(&server).max_retries(0)).send());
        assert_eq!(error.retry_after(), Some(Duration::ZERO), "{retry_after}");
        request_of(waiting(&server).max_retries(7)).send().unwrap();
        assert_eq!(server.seen(), 9);
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
        (TOO_MANY, "Ratelimit: \"a\";r=0;t=1\r\nRatelimit: \"b\";r=0;t=99\r\n", 99),
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
    failed(request_of(waiting(&server).max_retry_wait(SECOND).max_retries(1)).send());
    assert_eq!(server.seen(), 3);
}

#[test]
fn ratelimit_counts_only_for_a_429_and_only_when_nothing_remains() {
    for (status, headers) in [
        (LATER, "Ratelimit: \"default\";r=0;t=3600\r\n"),
        (TOO_MANY, "Ratelimit: \"default\";r=1;t=3600\r\n"),
        (TOO_MANY, "Ratelimit: \"default;r=0;t=3600\r\n"),
    ] {
        let server = refusing(9, status, headers);
        let error = failed(request(&server).send());
        assert_eq!(error.retry_after(), None, "{status} {headers}");
        assert_eq!(server.seen(), 3, "{status} {headers}");
    }
}

#[test]
fn the_next_page_waits_for_the_reset_when_nothing_remains() {
    let server = two_pages("Ratelimit: junk, \"a\";r=0;t=0, \"b\";r=0;t=1;x=y, \"c\";r=9;t=50\r\n");
    let mut pages = request_of(waiting(&server)).pages();
    let start = Instant::now();
    pages.next().unwrap().unwrap();
    pages.next().unwrap().unwrap();
    assert!(start.elapsed() >= SECOND, "{:?}", start.elapsed());
}

#[test]
fn the_next_page_does_not_wait_while_requests_remain_or_for_a_reset_past_max_retry_wait() {
    for headers in [
        "Ratelimit: \"default\";r=0;t=121\r\n",
        "Ratelimit: \"default\";r=1;t=119\r\n",
        "Ratelimit: r=0;t=119\r\n",
        "Ratelimit: \"default\";r=0;t=-119\r\n",
        "Ratelimit: \"default\";r=0;t=99999999999999999999\r\n",
    ] {
        let server = two_pages(headers);
        let request = request_of(waiting(&server).max_retry_wait(Duration::from_secs(120)));
        let start = Instant::now();
        assert_eq!(ids(request), expected_ids(1, 4), "{headers}");
        assert!(start.elapsed() < Duration::from_secs(119), "{headers}: {:?}", start.elapsed());
    }
}

#[test]
fn nothing_waits_for_a_reset_after_the_last_page_or_between_calls_of_send() {
    let last = page(1, 2, 2).to_string();
    let server = Server::always(answer("200 OK", "Ratelimit: \"default\";r=0;t=119\r\n", last));
    let request = request_of(waiting(&server).max_retry_wait(Duration::from_secs(120)));
    let start = Instant::now();
    assert_eq!(ids(&request), expected_ids(1, 2));
    assert_eq!(request.pages().map(Result::unwrap).count(), 1);
    request.send().unwrap();
    request.send().unwrap();
    assert!(start.elapsed() < Duration::from_secs(119), "{:?}", start.elapsed());
}
