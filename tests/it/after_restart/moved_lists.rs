//! "After a restart": a list that moved between the runs is an error, unless it only grew at its end.

use realtimekit::{Error, ParticipantsPage, Result};
use serde_json::Value;

use crate::support::*;

/// Hands out one page of `before`, then goes on with `after` from the checkpoint.
fn moved_between(before: Value, after: Vec<Value>) -> Result<Vec<ParticipantsPage>> {
    let server = Server::of_pages([before].into_iter().chain(after));
    let mut pages = request(&server).pages();
    take_pages(&mut pages, 1);
    let mut resumed = resumed(&server, &pages).pages();
    let outcome = resumed.by_ref().collect();
    resumed.resume(); // does nothing, after an error as at the end
    assert!(resumed.next().is_none());
    outcome
}

/// Lists the responses, two rows a page, with a restart after the first one. Expects these rows, then an error for page
/// `bad`, after this many requests.
#[track_caller]
fn assert_moved(answers: &str, rows: &str, bad: u32, requests: usize) {
    let server = lists::serve(answers);
    let request = request(&server).per_page(2);
    let mut pages = request.pages();
    take_pages(&mut pages, 1);
    let mut resumed = request.resume_from(stored(&pages.checkpoint())).pages();
    assert_eq!(ids_of(take_pages(&mut resumed, rows.len() / 2)).concat(), rows, "{answers}");
    let error = failed(resumed.next().expect(answers));
    assert!(matches!(error, Error::Pagination(_)) && error.page_no() == Some(bad), "{answers}: {error}");
    assert_eq!(server.seen(), requests, "{answers}: {error}");
    resumed.resume(); // does nothing
    assert!(resumed.next().is_none());
}

#[test]
fn a_last_page_that_ends_otherwise_after_a_restart_is_an_error_at_once() {
    for moved in ["ga|6 1 2", "ba|5 1 2", "abc|5 1 3", "a|5 1 1", "b|5 1 2", "bb|5 1 2", "ba|"] {
        assert_moved(&format!("ab|5 1 2, {moved}"), "", 1, 2);
    }
    // The same row at another offset.
    assert_moved("ab|5 1 2, cab|6 1 3", "", 1, 2);
    assert_moved("ab|5 1 2, b|5 1 1", "", 1, 2);
    for moved in ["ba|", "abc|", "ba|5 1 2"] {
        assert_moved(&format!("ab|, {moved}"), "", 1, 2);
    }
}

#[test]
fn a_last_page_that_may_lag_after_a_restart_is_an_error_after_it_was_asked_for_again() {
    for lagging in ["|5 0 0", "ab|4 1 2", "ab|2 1 2", "ab|", "b|5 2 2"] {
        assert_moved(&format!("ab|5 1 2, {lagging}"), "", 1, 4);
    }
    for lagging in ["|", "ab|5 1 2"] {
        assert_moved(&format!("ab|, {lagging}"), "", 1, 4);
    }
}

#[test]
fn a_last_page_that_lagged_once_after_a_restart_is_checked_again() {
    for lagging in ["|5 0 0", "ab|4 1 2", "ab|"] {
        let server = lists::serve(&format!("ab|5 1 2, {lagging}, ab|5 1 2, cd|5 3 4, e|5 5 5"));
        let request = request(&server).per_page(2);
        let mut pages = request.pages();
        take_pages(&mut pages, 1);
        let rest = request.resume_from(stored(&pages.checkpoint()));
        assert_eq!(ids(rest.iter()).concat(), "cde", "{lagging}");
        assert_eq!(server.page_nos(), [1, 1, 1, 2, 3], "{lagging}");
    }
}

#[test]
fn the_page_after_a_restart_must_follow_the_last_one() {
    for moved in ["ab|5 3 4", "bc|5 3 4", "c|5 3 4"] {
        assert_moved(&format!("ab|5 1 2, ab|5 1 2, {moved}"), "", 2, 3);
    }
    for lagging in ["de|5 4 5", "cd|4 3 4", "cd|", "|5 0 0"] {
        assert_moved(&format!("ab|5 1 2, ab|5 1 2, {lagging}"), "", 2, 5);
    }
    assert_moved("ab|, ab|, bc|", "", 2, 3);
    assert_moved("ab|, ab|, cd|3 3 3", "", 2, 5);
    assert_moved("ab|, ab|, |4 0 0", "", 2, 5);
    // Without IDs the page is known again by its first row.
    assert_moved("??|, ??|, ??|", "", 2, 3);
}

#[test]
fn a_list_that_grew_at_its_end_between_the_runs_is_followed() {
    let pages = moved_between(page(1, 2, 3), vec![page(1, 2, 5), page(3, 4, 5), page(5, 5, 6), page(6, 6, 6)]);
    assert_eq!(ids_of(pages.unwrap().into_iter().flatten()), expected_ids(3, 6));
}

#[test]
fn a_page_cap_that_changes_between_two_runs_is_an_error() {
    for (before, after, handed_out) in [(50, 25, 1), (50, 25, 2), (25, 50, 1), (25, 50, 2), (25, 50, 5)] {
        for with_paging in [true, false] {
            let server = Server::start(move |nth, head| {
                let cap = if nth < handed_out { before } else { after };
                ok_json(keep_paging_if(with_paging, list_page(head, 137, cap)))
            });
            let request = request(&server).per_page(100);
            let mut pages = request.pages();
            assert_eq!(take_pages(&mut pages, handed_out).len(), handed_out * before as usize);
            let error = failed(request.resume_from(stored(&pages.checkpoint())).iter().next().unwrap());
            let expected = handed_out as u32;
            assert!(matches!(&error, Error::Pagination(error) if error.page_no == expected), "{error}");
        }
    }
}
