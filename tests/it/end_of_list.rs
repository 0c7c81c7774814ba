//! Where a list ends, and what the one request shows that confirms it.

use realtimekit::{ParticipantsRequest, View};

use crate::support::*;

/// Lists the responses, two rows a page. Expects these rows without an error, after this many requests.
#[track_caller]
fn assert_list(answers: &str, rows: &str, requests: usize) {
    assert_list_of(|request| request, answers, rows, requests);
}

#[track_caller]
fn assert_list_of(
    configure: fn(ParticipantsRequest) -> ParticipantsRequest,
    answers: &str,
    rows: &str,
    requests: usize,
) {
    let server = lists::serve(answers);
    let request = configure(request(&server).per_page(2));
    let mut pages = request.pages();
    let listed: String = pages.by_ref().flat_map(|page| ids_of(page.expect(answers))).collect();
    assert_eq!((listed.as_str(), server.seen()), (rows, requests), "{answers}");
    assert!(pages.next().is_none() && pages.checkpoint().is_finished(), "{answers}");
    assert!(request.resume_from(stored(&pages.checkpoint())).iter().next().is_none(), "{answers}");
    assert_eq!(server.seen(), requests, "{answers}");
}

#[test]
fn a_list_that_a_low_count_would_cut_comes_whole() {
    // With an end_offset that counts rows, and with one that stops at the total.
    assert_list("ab|2 1 2, cd|2 3 4, e|2 5 5", "abcde", 3);
    assert_list("ab|2 1 2, cd|2 3 2, e|2 5 2", "abcde", 3);
    assert_list("ab|3 1 2, cd|3 3 4, e|3 5 5", "abcde", 3);
    assert_list("ab|3 1 2, cd|3 3 3, e|3 5 3", "abcde", 3);
    assert_list("ab|0 1 2, cd|0 3 4, |0 0 0", "abcd", 3);
    assert_list("ab|2 1 2, cd|3 3 4, ef|6 5 6, |6 0 0", "abcdef", 4);
}

#[test]
fn a_last_page_that_is_not_full_costs_no_request_more() {
    assert_list("|0 0 0", "", 1);
    assert_list("|0 9 -1", "", 1);
    assert_list("a|1 1 1", "a", 1);
    assert_list("ab|3 1 2, c|3 3 3", "abc", 2);
    assert_list("ab|3 1 2, c|3 3 9", "abc", 2);
    assert_list_of(|request| request.per_page(9), "abc|5 1 3, de|5 4 5", "abcde", 2);
    // As long as the longest page before it, so the server may cap its pages there.
    assert_list_of(|request| request.per_page(9), "abc|6 1 3, def|6 4 6, |6 0 0", "abcdef", 3);
    assert_list_of(|request| request.per_page(9), "abc|2 1 3, |2 0 0", "abc", 2);
}

#[test]
fn an_empty_page_confirms_the_end_whatever_its_offsets_say() {
    for empty in ["|", "|2 3 2", "|0 0 0", "|1 9 9", "|2 0 -1", "204", "no data", "data: null"] {
        assert_list(&format!("ab|2 1 2, {empty}"), "ab", 2);
    }
    assert_list("ab|3 1 2, cd|3 3 3, |4 0 0", "abcd", 3);
    assert_list_of(|request| request.search("x"), "ab|2 1 2, |9 0 0", "ab", 2);
    assert_list_of(|request| request.view(View::Consolidated), "ab|4 1 2, cd|4 3 4, |4 0 0", "abcd", 3);
}

#[test]
fn the_last_page_once_more_confirms_the_end() {
    assert_list("ab|2 1 2, ab|2 1 2", "ab", 2);
    assert_list("ab|4 1 2, cd|4 3 4", "abcd", 3);
    assert_list("ab|3 1 2, cd|3 3 3", "abcd", 3);
    // The count caught up meanwhile.
    assert_list("ab|3 1 2, cd|3 3 3, cd|4 3 4", "abcd", 3);
}

#[test]
fn a_refused_page_confirms_the_end() {
    for status in ["400", "404", "416", "422"] {
        assert_list(&format!("ab|2 1 2, {status}"), "ab", 2);
    }
}

/// Expects `rows`, then an error after this many requests.
#[track_caller]
fn assert_fails(answers: &str, rows: &str, requests: usize) {
    let server = lists::serve(answers);
    let mut pages = request(&server).per_page(2).pages();
    let listed: String =
        pages.by_ref().map_while(|page| page.map_err(failed_item).ok()).flat_map(|page| ids_of(page)).collect();
    assert_eq!((listed.as_str(), server.seen()), (rows, requests), "{answers}");
    assert!(!pages.checkpoint().is_finished(), "{answers}");
}

fn failed_item(error: realtimekit::Error) {
    failed::<()>(Err(error));
}

#[test]
fn anything_else_past_the_end_is_the_error_that_it_always_is() {
    for (status, requests) in [("401", 2), ("403", 2), ("405", 2), ("410", 2), ("302", 2), ("false", 2), ("500", 4)] {
        assert_fails(&format!("ab|2 1 2, {status}"), "ab", requests);
    }
    assert_fails("ab|2 1 2, not JSON", "ab", 2);
    assert_fails("ab|2 1 2, not a page", "ab", 2);
    // Without `paging`, or before the total, a refused page is an error too.
    for status in ["400", "404", "416", "422", "204", "no data"] {
        assert_fails(status, "", 1);
        assert_fails(&format!("ab|, {status}"), "ab", 2);
        assert_fails(&format!("ab|5 1 2, {status}"), "ab", 2);
    }
    // The last page at the next offsets has shifted.
    assert_fails("ab|2 1 2, ab|4 3 4", "ab", 2);
    assert_fails("ab|2 1 2, ba|2 1 2", "ab", 2);
    assert_fails("ab|2 1 2, ab|3 1 2", "ab", 2);
    // A total that exceeds what came.
    assert_fails("ab|2 1 2, |3 0 0", "ab", 4);
    assert_fails("ab|2 1 2, cd|5 4 5", "ab", 4);
}

#[test]
fn total_count_changes_past_the_end_only_if_rows_follow() {
    for (answers, expected) in [("ab|2 1 2, |0 0 0", 2), ("ab|2 1 2, ab|1 1 2", 2), ("ab|2 1 2, c|3 3 3", 3)] {
        let server = lists::serve(answers);
        let mut participants = request(&server).per_page(2).iter();
        participants.by_ref().for_each(|participant| drop(participant.unwrap()));
        assert_eq!(participants.total_count(), Some(expected), "{answers}");
    }
}

#[test]
fn the_request_past_the_end_waits_for_the_quota() {
    let exhausted = "Ratelimit: \"default\";r=0;t=30\r\n";
    let server = Server::start(move |_, head| answer("200 OK", exhausted, list_page(head, 2, 2).to_string()));
    let (request, waits) = recorded(waiting(&server));
    assert_eq!(ids(request.per_page(2)), expected_ids(1, 2));
    assert_eq!(server.seen(), 2);
    assert_eq!(waits.lock().unwrap().iter().map(|wait| wait.page_no).collect::<Vec<_>>(), [Some(2)]);
}

#[test]
fn a_checkpoint_after_a_full_last_page_is_finished_once_the_end_is_confirmed() {
    let server = lists::serve("ab|2 1 2, |2 0 0, ab|2 1 2, |2 0 0");
    let request = request(&server).per_page(2);
    let mut pages = request.pages();
    pages.next().unwrap().unwrap();
    let before = stored(&pages.checkpoint());
    assert!(!before.is_finished());
    assert!(pages.next().is_none() && pages.checkpoint().is_finished());
    assert_eq!(server.seen(), 2);

    let mut resumed = request.resume_from(before).pages();
    assert!(resumed.next().is_none() && resumed.checkpoint().is_finished());
    assert_eq!(server.page_nos(), [1, 2, 1, 2]);
}
