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

#[test]
fn a_list_that_moved_between_the_runs_is_an_error_for_the_last_page_that_was_handed_out() {
    let swapped = || [participants(2, 2), participants(1, 1)].concat();
    let empty = "it is empty, and it wasn't when the checkpoint was taken";
    let other = "it ends with another participant than when the checkpoint was taken";
    for (after, reason) in [
        (page_of_rows([participants(7, 7), participants(1, 1)].concat(), 6, 1, 2), other),
        (page_of_rows(swapped(), 5, 1, 2), other),
        (page(1, 3, 5), "it ended at offset 2 when the checkpoint was taken, and now at offset 3"),
        (page(1, 1, 5), "it ended at offset 2 when the checkpoint was taken, and now at offset 1"),
        (bare_page(1, 2), "it ended at offset 2 when the checkpoint was taken, and now at no offset"),
        (page(1, 2, 4), "total_count fell from 5 to 4"),
        (page(1, 2, 2), "total_count fell from 5 to 2"),
        (page_of_rows(participants(2, 2), 5, 1, 2), "expected 2 participants at offsets 1 to 2, got 1"),
        (
            page_of_rows([participants(2, 2), participants(2, 2)].concat(), 5, 1, 2),
            "participant 2 on it was listed before",
        ),
        (page_of_rows(vec![], 5, 0, 0), empty),
    ] {
        assert_moved(moved_between(page(1, 2, 5), vec![after]), 1, reason);
    }
    for (after, reason) in [
        (page(1, 2, 5), "it ended at no offset when the checkpoint was taken, and now at offset 2"),
        (keep_paging_if(false, page_of_rows(swapped(), 5, 1, 2)), other),
        (bare_page(1, 3), other),
        (bare_page(1, 0), empty),
    ] {
        assert_moved(moved_between(bare_page(1, 2), vec![after]), 1, reason);
    }
}

#[track_caller]
fn assert_moved(outcome: Result<Vec<ParticipantsPage>>, expected_page: u32, expected: &str) {
    match failed(outcome) {
        Error::Pagination { page_no, reason } => assert_eq!((page_no, reason.as_str()), (expected_page, expected)),
        error => panic!("{error}"),
    }
}

#[test]
fn the_page_after_a_restart_must_follow_the_last_one() {
    let again = |nth| page_of_rows(participants(nth, nth + 1), 5, 3, 4);
    for (next, reason) in [
        (page(4, 5, 5), "expected start_offset 3, got 4"),
        (page(3, 4, 4), "total_count fell from 5 to 4"),
        (again(1), "participant 1 on it was listed before"),
        (again(2), "participant 1 on it was listed before"),
        (bare_page(3, 4), "it has no paging, but the page before had it"),
        (page_of_rows(vec![], 5, 0, 0), "it is empty, but total_count is 5 and at most 2 came before"),
    ] {
        assert_moved(moved_between(page(1, 2, 5), vec![page(1, 2, 5), next]), 2, reason);
    }
    let before = || bare_page(1, 2);
    assert_moved(moved_between(before(), vec![before(), bare_page(2, 3)]), 2, "participant 1 on it was listed before");
    assert_moved(
        moved_between(before(), vec![before(), page(3, 3, 3)]),
        2,
        "it has paging, but the page before had none",
    );
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
            assert!(matches!(error, Error::Pagination { page_no, .. } if page_no == expected), "{error}");
            assert_eq!(server.seen(), handed_out + 1, "{before} {after} {with_paging}");
        }
    }
}
