//! Pages that don't make up the list, and how often they are asked for.

use realtimekit::{Error, ParticipantsRequest, SortBy, SortOrder, View};

use crate::support::*;

type Configure = fn(ParticipantsRequest) -> ParticipantsRequest;

const PLAIN: Configure = |request| request;
const SEARCH: Configure = |request| request.search("x");
const CONSOLIDATED: Configure = |request| request.view(View::Consolidated);

/// Lists the responses, two rows a page. Expects these rows, then an error for page `bad`, then nothing, after this
/// many requests.
#[track_caller]
fn assert_stops(configure: Configure, answers: &str, rows: &str, bad: u32, requests: usize) {
    let server = lists::serve(answers);
    let mut participants = configure(request(&server).per_page(2)).into_iter();
    let listed: String = ids(participants.by_ref().take(rows.len())).concat();
    assert_eq!(listed, rows, "{answers}");
    let error = failed(participants.next().expect(answers));
    assert!(matches!(error, Error::Pagination(_)) && error.page_no() == Some(bad), "{answers}: {error}");
    assert!(!error.is_retryable(), "{error}");
    assert_eq!(server.seen(), requests, "{answers}");
    assert_eq!(error.attempts() as usize, requests - (bad.max(1) - first_page(&server)) as usize, "{answers}");
    participants.resume(); // does nothing here
    assert!(participants.next().is_none() && participants.next().is_none());
    assert_eq!(server.seen(), requests);
}

fn first_page(server: &Server) -> u32 {
    (server.page_nos()[0] as u32).max(1)
}

/// Asserts that the last of the answers is an error, and that it is asked for again.
#[track_caller]
fn assert_asked_again(configure: Configure, answers: &str, rows: &str, bad: u32) {
    assert_stops(configure, answers, rows, bad, answers.split(',').count() + 2);
}

#[track_caller]
fn assert_refused_at_once(configure: Configure, answers: &str, rows: &str, bad: u32) {
    assert_stops(configure, answers, rows, bad, answers.split(',').count());
}

#[test]
fn a_page_that_starts_elsewhere_is_an_error_after_it_was_asked_for_again() {
    for configure in [PLAIN, SEARCH, CONSOLIDATED] {
        assert_asked_again(configure, "cd|6 3 4", "", 1);
        assert_asked_again(configure, "ab|6 0 1", "", 1);
        assert_asked_again(configure, "ab|6 1 2, cd|6 4 5", "ab", 2);
        assert_asked_again(configure, "ab|6 1 2, cd|6 2 3", "ab", 2);
    }
    assert_asked_again(|request| request.page_no(0), "gh|9 7 8", "", 0);
    assert_asked_again(|request| request.page_no(3), "ab|6 1 2", "", 3);
    // Even if the total is below the page's own offsets.
    assert_asked_again(PLAIN, "ab|0 1 2, ef|0 5 6", "ab", 2);
}

#[test]
fn an_empty_page_before_the_total_is_reached_is_an_error_after_it_was_asked_for_again() {
    for empty in ["|6 3 2", "|6 0 0", "|6 -1 -1", "|"] {
        assert_asked_again(PLAIN, &format!("ab|6 1 2, {empty}"), "ab", 2);
    }
    assert_asked_again(PLAIN, "|6 0 0", "", 1);
    assert_asked_again(CONSOLIDATED, "|6 0 0", "", 1);
    assert_asked_again(PLAIN, "ab|, |6 0 0", "ab", 2);
    assert_asked_again(|request| request.page_no(3), "|5 0 0", "", 3);
    assert_asked_again(|request| request.search(""), "|6 0 0", "", 1);
}

#[test]
fn a_total_that_shrinks_is_an_error_after_it_was_asked_for_again() {
    for configure in [PLAIN, SEARCH] {
        assert_asked_again(configure, "ab|6 1 2, cd|5 3 4", "ab", 2);
        assert_asked_again(configure, "ab|6 1 2, cd|4 3 4", "ab", 2);
    }
    assert_asked_again(PLAIN, "ab|6 1 2, |2 0 0", "ab", 2);
}

#[test]
fn paging_that_comes_or_goes_is_an_error_after_it_was_asked_for_again() {
    assert_asked_again(PLAIN, "ab|6 1 2, cd|", "ab", 2);
    assert_asked_again(PLAIN, "ab|, cd|6 3 4", "ab", 2);
}

#[test]
fn a_page_with_other_rows_than_its_offsets_span_is_an_error_at_once() {
    for answers in ["a|6 1 2", "a|2 1 9", "abc|6 1 2", "ab|6 1 0", "a|6 9 10"] {
        assert_refused_at_once(PLAIN, answers, "", 1);
    }
    assert_refused_at_once(SEARCH, "a|6 1 2", "", 1);
    assert_refused_at_once(CONSOLIDATED, "abc|6 1 2", "", 1);
    assert_refused_at_once(CONSOLIDATED, "ab|6 1 0", "", 1);
    assert_refused_at_once(PLAIN, "ab|6 1 2, c|6 3 4", "ab", 2);
}

#[test]
fn a_participant_who_came_before_is_an_error_at_once_whatever_else_is_wrong_with_the_page() {
    for configure in [PLAIN, SEARCH, CONSOLIDATED] {
        assert_refused_at_once(configure, "aa|6 1 2", "", 1);
        assert_refused_at_once(configure, "ab|6 1 2, ab|6 3 4", "ab", 2);
        assert_refused_at_once(configure, "ab|6 1 2, cd|6 3 4, eb|6 5 6", "abcd", 3);
    }
    // Newcomers on the last page are followed, but not somebody who came before.
    assert_refused_at_once(PLAIN, "ab|3 1 2, bcd|3 3 3", "ab", 2);
    // The server ignores `page_no`, or repeats a page.
    assert_refused_at_once(PLAIN, "ab|6 1 2, ab|6 1 2", "ab", 2);
    assert_refused_at_once(PLAIN, "ab|6 1 2, cd|6 3 4, cd|6 3 4", "abcd", 3);
    for moved in ["bc|5 3 4", "cc|5 3 4", "bc|6 9 10", "bc|"] {
        assert_refused_at_once(PLAIN, &format!("ab|6 1 2, {moved}"), "ab", 2);
    }
}

#[test]
fn without_paging_a_participant_who_came_before_is_an_error_at_once() {
    assert_refused_at_once(PLAIN, "ab|, ab|", "ab", 2);
    assert_refused_at_once(PLAIN, "abc|, cde|", "abc", 2);
    assert_refused_at_once(PLAIN, "ab|, cd|, ab|", "abcd", 3);
    assert_refused_at_once(PLAIN, "ab|, cc|", "ab", 2);
}

#[test]
fn without_paging_and_ids_a_page_that_begins_like_the_one_before_is_an_error_at_once() {
    for growing in ["", r#", "duration": 2, "left_at": "b", "updated_at": "b", "peer_events": []"#] {
        let first = r#"{"data": {"participants": [{"display_name": "Mark", "duration": 1}]}}"#;
        let again = format!(r#"{{"data": {{"participants": [{{"display_name": "Mark"{growing}}}]}}}}"#);
        let server = Server::in_turn([ok(first), ok(again)]);
        let results: Vec<_> = request(&server).pages().collect();
        assert!(matches!(&results[..], [Ok(_), Err(Error::Pagination(error))] if error.page_no == 2), "{results:?}");
        assert_eq!(server.seen(), 2);
        let server = Server::in_turn([ok(first), ok(first)]);
        assert_eq!(request(&server).iter_as::<serde_json::Value>().filter(Result::is_err).count(), 1);
    }
}

#[test]
fn a_page_that_lagged_once_is_the_next_page() {
    for lagging in ["cd|4 3 4", "|5 0 0", "|", "de|5 4 5", "cd|"] {
        let server = lists::serve(&format!("ab|5 1 2, {lagging}, cd|5 3 4, e|5 5 5"));
        assert_eq!(ids(request(&server).per_page(2)).concat(), "abcde", "{lagging}");
        assert_eq!(server.page_nos(), [1, 2, 2, 3], "{lagging}");
    }
}

#[test]
fn asking_again_counts_among_the_retries_of_the_page() {
    for (answers, max_retries, attempts) in [
        ("ab|5 1 2, |5 0 0, 503, cd|5 3 4, e|5 5 5", 2, None),
        ("ab|5 1 2, |5 0 0, 503, |5 0 0", 2, Some(3)),
        ("ab|5 1 2, |5 0 0", 0, Some(1)),
        ("ab|5 1 2, |5 0 0", 4, Some(5)),
    ] {
        let server = lists::serve(answers);
        let request = request_of(builder(&server).max_retries(max_retries)).per_page(2);
        match (request.iter().collect::<Result<Vec<_>, _>>(), attempts) {
            (Ok(rows), None) => assert_eq!(ids_of(rows).concat(), "abcde"),
            (Err(error), Some(attempts)) => assert_eq!(error.attempts(), attempts, "{answers}"),
            (outcome, _) => panic!("{answers}: {outcome:?}"),
        }
    }
}

#[test]
fn asking_again_waits_for_the_back_off_and_for_the_quota() {
    for (headers, least) in [("", 0), ("Ratelimit: \"default\";r=0;t=30\r\n", 29)] {
        let empty = answer(
            "200 OK",
            headers,
            r#"{"data": {"paging": {"total_count": 5, "start_offset": 0, "end_offset": 0}}}"#,
        );
        let server = Server::in_turn([empty, ok_json(page(1, 1, 1))]);
        let (request, waits) = recorded(waiting(&server));
        assert_eq!(ids(request), expected_ids(1, 1));
        let waits = waits.lock().unwrap();
        let [wait] = &waits[..] else { panic!("{waits:?}") };
        assert!(wait.duration.as_millis() >= 375 && wait.duration.as_secs() >= least, "{wait:?}");
        let (error, retry, max_retries) = wait.retry.as_ref().unwrap();
        assert!(error.starts_with("page 1 doesn't line up") && (*retry, *max_retries) == (1, 2), "{wait:?}");
    }
}

#[test]
fn the_advice_names_the_order_in_which_a_live_session_can_be_listed() {
    const CURE: &str = "; while the session is live, use sort_by(JoinedAt) with sort_order(Asc)";
    let table: [(Configure, &str); 6] = [
        (|request| request, ""),
        (|request| request.sort_by(SortBy::JoinedAt).sort_order(SortOrder::Asc), ""),
        (|request| request.sort_by(SortBy::JoinedAt), CURE),
        (|request| request.sort_order(SortOrder::Asc), CURE),
        (|request| request.sort_by(SortBy::JoinedAt).sort_order(SortOrder::Desc), CURE),
        (|request| request.sort_by(SortBy::Duration).sort_order(SortOrder::Asc), CURE),
    ];
    for (configure, cure) in table {
        let server = lists::serve("cd|6 3 4");
        let error = failed(configure(request(&server)).iter().next().unwrap());
        let happened = "page 1 doesn't line up: expected start_offset 1, got 3 [3 attempts]";
        assert_eq!(error.to_string(), format!("{happened}; start over from the first page{cure}"));
        assert_eq!(error.without_advice().to_string(), happened);
    }
}

#[test]
fn a_participant_is_known_again_by_id_and_created_at_together() {
    let first = r#"{"id": "a", "created_at": "1", "display_name": "Mark"}"#;
    for (second, is_repeat) in [
        (r#"{"id": "a", "created_at": "1", "display_name": "Renamed"}"#, true),
        (r#"{"id": "a", "created_at": "2", "display_name": "Mark"}"#, false),
        (r#"{"id": "a", "display_name": "Mark"}"#, false),
        (r#"{"id": "b", "created_at": "1", "display_name": "Mark"}"#, false),
    ] {
        for paging in [r#", "paging": {"total_count": 2, "start_offset": 1, "end_offset": 2}"#, ""] {
            let page = format!(r#"{{"data": {{"participants": [{first}, {second}]{paging}}}}}"#);
            let server = Server::in_turn([ok(page), ok(r#"{"data": {}}"#)]);
            let request = request(&server);
            assert_eq!(request.iter().any(|row| row.is_err()), is_repeat, "{second} {paging}");
            let server = Server::in_turn(server_answers(first, second, paging));
            let rows = crate::support::request(&server).iter_as::<serde_json::Value>();
            assert_eq!(rows.filter(Result::is_err).count(), usize::from(is_repeat), "{second} {paging}");
        }
    }
}

fn server_answers(first: &str, second: &str, paging: &str) -> [Vec<u8>; 2] {
    [ok(format!(r#"{{"data": {{"participants": [{first}, {second}]{paging}}}}}"#)), ok(r#"{"data": {}}"#)]
}

/// Serves these lists of people, each to one request and the last one to all that follow. The pages have two rows.
fn live_list(lists: Vec<Vec<u64>>) -> Server {
    Server::start(move |nth, head| {
        let list = lists.get(nth).or(lists.last()).unwrap();
        let start = ((page_no(head) as usize - 1) * 2).min(list.len());
        let end = (start + 2).min(list.len());
        let rows = list[start..end].iter().flat_map(|&n| participants(n, n)).collect();
        ok_json(page_of_rows(rows, list.len() as i64, start as i64 + 1, end as i64))
    })
}

#[test]
fn people_who_move_between_the_pages_of_a_live_list_come_once_or_are_an_error() {
    let latest_first = (SortBy::JoinedAt, SortOrder::Desc);
    let shortest_first = (SortBy::Duration, SortOrder::Asc);
    for (sort, lists, expected) in [
        (latest_first, vec![vec![4, 3, 2, 1], vec![5, 4, 3, 2, 1]], Err(2)),
        (latest_first, vec![vec![3, 2, 1], vec![5, 4, 3, 2, 1]], Err(2)),
        (shortest_first, vec![vec![1, 2, 3, 4], vec![2, 3, 4, 1]], Err(2)),
        (shortest_first, vec![vec![1, 2, 3, 4, 5, 6], vec![2, 3, 4, 5, 6, 1]], Err(3)),
        (shortest_first, vec![vec![1, 2, 3, 4, 5], vec![2, 1, 5, 4, 3]], Ok(vec![1, 2, 5, 4, 3])),
        (shortest_first, vec![vec![1, 2, 3], vec![2, 1, 3, 4, 5]], Ok(vec![1, 2, 3, 4, 5])),
    ] {
        let server = live_list(lists.clone());
        let request = request(&server).per_page(2).sort_by(sort.0).sort_order(sort.1);
        match (request.iter().collect::<Result<Vec<_>, _>>(), expected) {
            (Ok(people), Ok(order)) => {
                let order: Vec<_> = order.iter().map(|n| format!("p{n}")).collect();
                assert_eq!(ids_of(people), order, "{lists:?}");
            }
            (Err(error @ Error::Pagination(_)), Err(page_no)) => {
                assert_eq!(error.page_no(), Some(page_no), "{lists:?}")
            }
            (outcome, _) => panic!("{lists:?}: {outcome:?}"),
        }
    }
}

#[test]
fn a_list_that_goes_on_past_the_last_page_number_is_an_error() {
    const MAX: u64 = u32::MAX as u64;
    let server = Server::of_pages([page(MAX, MAX, MAX + 9)]);
    let mut pages = request(&server).page_no(u32::MAX).pages();
    pages.next().unwrap().unwrap();
    let error = failed(pages.next().unwrap());
    assert!(matches!(&error, Error::Pagination(error) if error.page_no == u32::MAX), "{error}");
    assert!(error.to_string().contains("goes on past the largest page number"), "{error}");
    assert_eq!((error.page_no(), error.attempts()), (Some(u32::MAX), 0), "nothing was sent");
    assert!(pages.next().is_none());
    assert_eq!(server.seen(), 1);
}
