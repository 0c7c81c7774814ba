//! "Complete, or an error": pages that don't make up the list are an error that says what is wrong.

use realtimekit::{Error, ParticipantsRequest, View};
use serde_json::{Value, json};

use crate::support::*;

/// Iterates over these pages, the last one repeated for ever. Expects `good` participants, then an error for page `bad`,
/// then nothing.
#[track_caller]
fn assert_stops(pages: Vec<Value>, good: u64, bad: u32, reason: &str) {
    assert_stops_for(|request| request, pages, good, bad, reason);
}

#[track_caller]
fn assert_stops_for(
    configure: fn(ParticipantsRequest) -> ParticipantsRequest,
    pages: Vec<Value>,
    good: u64,
    bad: u32,
    reason: &str,
) {
    let server = Server::of_pages(pages);
    let mut participants = configure(request(&server)).into_iter();
    assert_eq!(ids(participants.by_ref().take(good as usize)), expected_ids(1, good));
    let error = failed(participants.next().unwrap());
    assert!(matches!(error, Error::Pagination { page_no, .. } if page_no == bad), "{error}");
    let expected = format!("page {bad} doesn't line up: {reason}; start over from the first page");
    assert_eq!(error.to_string(), expected);
    assert_eq!(format!("{error:?}"), expected);
    assert!(!error.is_retryable());
    assert_eq!(participants.resume_page_no(), bad);
    let seen = server.seen();
    assert!(participants.next().is_none() && participants.next().is_none());
    assert_eq!(server.seen(), seen);
}

const REPEATS: &str = "it begins with the participant that the page before began with";
const KNOWN: &str = "it holds a participant who was on a page before";

#[test]
fn a_last_page_that_is_repeated_for_ever_is_an_error() {
    // A server may send the last page again for a page number past the end.
    assert_stops(vec![page(1, 2, 6), page(3, 4, 6)], 4, 3, "expected start_offset 5, got 3");
    assert_stops(vec![bare_page(1, 2), bare_page(3, 4)], 4, 3, REPEATS);
}

#[test]
fn a_server_that_ignores_page_no_is_an_error() {
    assert_stops(vec![page(1, 2, 6)], 2, 2, "expected start_offset 3, got 1");
    assert_stops(vec![bare_page(1, 2)], 2, 2, REPEATS);
    assert_stops_for(|request| request.page_no(3), vec![page(1, 2, 6)], 0, 3, "expected start_offset 3 or more, got 1");
}

#[test]
fn a_gap_between_pages_is_an_error() {
    assert_stops(vec![page(1, 2, 6), page(4, 5, 6)], 2, 2, "expected start_offset 3, got 4");
}

#[test]
fn an_overlap_of_pages_is_an_error() {
    assert_stops(vec![page(1, 2, 6), page(2, 3, 6)], 2, 2, "expected start_offset 3, got 2");
}

#[test]
fn an_empty_page_before_the_total_is_reached_is_an_error() {
    let empty = |total| page_of_rows(vec![], total, 0, 0);
    let reason =
        |total, got| format!("it is empty, where {total} participants were announced and {got} can have come before");
    assert_stops(vec![page(1, 2, 6), page_of_rows(vec![], 6, 3, 2)], 2, 2, &reason(6, 2));
    assert_stops(vec![page(1, 2, 6), bare_page(1, 0)], 2, 2, &reason(6, 2));
    assert_stops(vec![empty(6)], 0, 1, &reason(6, 0));
    assert_stops(vec![bare_page(1, 2), empty(6)], 2, 2, &reason(6, 2));
    assert_stops_for(|request| request.page_no(3), vec![empty(201)], 0, 3, &reason(201, 200));
    assert_stops_for(|request| request.view(View::Consolidated), vec![empty(6)], 0, 1, &reason(6, 0));
}

#[test]
fn a_first_page_that_does_not_start_at_offset_1_is_an_error() {
    assert_stops(vec![page(3, 4, 6)], 0, 1, "expected start_offset 1, got 3");
    assert_stops(vec![page_of_rows(participants(1, 2), 6, 0, 1)], 0, 1, "expected start_offset 1, got 0");
    assert_stops_for(|request| request.page_no(0), vec![page(7, 8, 9)], 0, 0, "expected start_offset 1, got 7");
}

#[test]
fn a_page_with_fewer_participants_than_its_offsets_span_is_an_error() {
    let short = |total, end| vec![page(1, 2, total), page_of_rows(participants(3, 3), total, 3, end)];
    assert_stops(short(6, 4), 2, 2, "expected 2 participants from offset 3 on, got 1");
    // Offsets past the total don't count.
    assert_stops(short(4, 9), 2, 2, "expected 2 participants from offset 3 on, got 1");
    let huge = page_of_rows(participants(1, 1), u64::MAX, 1, u64::MAX);
    assert_stops(vec![huge], 0, 1, "expected 18446744073709551615 participants from offset 1 on, got 1");
}

#[test]
fn a_page_before_the_last_with_more_participants_than_its_offsets_span_is_an_error() {
    let long = || vec![page_of_rows(participants(1, 3), 6, 1, 2)];
    let reason = "expected 2 participants from offset 1 on, got 3";
    assert_stops(long(), 0, 1, reason);
    assert_stops_for(|request| request.view(View::Consolidated), long(), 0, 1, reason);
}

#[test]
fn offsets_that_run_backwards_are_an_error() {
    let backwards = || vec![page_of_rows(participants(1, 2), 6, 1, 0)];
    let reason = "its offsets run from 1 back to 0";
    assert_stops(backwards(), 0, 1, reason);
    assert_stops_for(|request| request.view(View::Consolidated), backwards(), 0, 1, reason);
}

#[test]
fn paging_that_comes_and_goes_is_an_error() {
    let lost = "it has no paging, the page before had it";
    assert_stops(vec![page(1, 2, 6), bare_page(3, 4)], 2, 2, lost);
    assert_stops(vec![bare_page(1, 2), page(3, 4, 6)], 2, 2, "it has paging, the page before had none");
    let incomplete = json!({"data": {"participants": participants(3, 4), "paging": {"total_count": 6}}});
    assert_stops(vec![page(1, 2, 6), incomplete], 2, 2, lost);
}

#[test]
fn a_page_without_paging_that_begins_like_the_one_before_is_an_error() {
    // Rows are compared by ID, even if something else changed; without IDs, by all fields.
    let renamed = json!({"data": {"participants": [{"id": "p1", "display_name": "Renamed"}]}});
    assert_stops(vec![bare_page(1, 1), renamed], 1, 2, KNOWN);
    let server = Server::of_pages([json!({"data": {"participants": [{"display_name": "Mark"}]}})]);
    let results: Vec<_> = request(&server).pages().collect();
    assert!(matches!(results[..], [Ok(_), Err(Error::Pagination { page_no: 2, .. })]), "{results:?}");
}

#[test]
fn pages_without_paging_that_overlap_or_begin_anew_are_an_error() {
    assert_stops(vec![bare_page(1, 3), bare_page(3, 5)], 3, 2, KNOWN);
    assert_stops(vec![bare_page(1, 2), bare_page(3, 4), bare_page(1, 2)], 4, 3, KNOWN);
    assert_stops(vec![bare_page(1, 2), bare_page(3, 4), bare_page(4, 5)], 4, 3, KNOWN);
}

#[test]
fn a_gap_is_an_error_even_if_the_total_is_below_the_pages_own_offsets() {
    assert_stops(vec![page(1, 2, 0), page(5, 6, 0)], 2, 2, "expected start_offset 3, got 5");
}

#[test]
fn a_list_that_goes_on_past_the_last_page_number_is_an_error() {
    const MAX: u64 = u32::MAX as u64;
    let server = Server::of_pages([page(MAX, MAX, u64::MAX)]);
    let mut pages = request(&server).page_no(u32::MAX).pages();
    pages.next().unwrap().unwrap();
    let error = failed(pages.next().unwrap());
    assert!(matches!(error, Error::Pagination { page_no: u32::MAX, .. }), "{error}");
    assert!(error.to_string().contains("goes on past the last page number"), "{error}");
    assert!(pages.next().is_none());
    assert_eq!(server.seen(), 1);
}
