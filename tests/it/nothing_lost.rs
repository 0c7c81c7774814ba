//! "Nothing lost in silence": each way in which pages can fail to line up is an error.

use realtimekit::{Error, ParticipantsRequest, View};
use serde_json::{Value, json};

use crate::pages::*;
use crate::server::*;

fn paged(rows: Vec<Value>, total: u64, start: u64, end: u64) -> Value {
    json!({"data": {"participants": rows, "paging": {"total_count": total, "start_offset": start, "end_offset": end}}})
}

/// Iterates over pages of these bodies, the last one repeated for ever, and asserts that after `good` participants there
/// is an error at page `bad`, and nothing behind it.
#[track_caller]
fn assert_stops(bodies: Vec<Value>, good: u64, bad: u32) {
    assert_stops_for(bodies, good, bad, |request| request);
}

#[track_caller]
fn assert_stops_for(
    bodies: Vec<Value>,
    good: u64,
    bad: u32,
    configure: fn(ParticipantsRequest) -> ParticipantsRequest,
) {
    let server = Server::playing(bodies.iter().map(|body| vec![Step::Send(ok(body.to_string()))]).collect());
    let mut participants = configure(request(server.base_url())).into_iter();
    for n in 1..=good {
        assert_eq!(participants.next().unwrap().unwrap().id, Some(format!("p{n}")));
    }
    match participants.next() {
        Some(Err(Error::Pagination { page_no, .. })) => assert_eq!(page_no, bad),
        other => panic!("expected an error at page {bad}, got {other:?}"),
    }
    assert_eq!(participants.resume_page_no(), bad);
    let seen = server.seen();
    assert!(participants.next().is_none() && participants.next().is_none());
    assert_eq!(server.seen(), seen);
}

#[test]
fn the_last_page_repeated_for_ever() {
    // The total says that there is more, as it does where a page number past the end is served the last page.
    assert_stops(vec![page(1, 2, 6), page(3, 4, 6)], 4, 3);
    assert_stops(vec![bare_page(1, 2), bare_page(3, 4)], 4, 3);
}

#[test]
fn page_no_ignored() {
    assert_stops(vec![page(1, 2, 6)], 2, 2);
    assert_stops(vec![bare_page(1, 2)], 2, 2);
    assert_stops_for(vec![page(1, 2, 6)], 0, 3, |request| request.page_no(3));
}

#[test]
fn a_gap() {
    assert_stops(vec![page(1, 2, 6), page(4, 5, 6)], 2, 2);
}

#[test]
fn an_overlap() {
    assert_stops(vec![page(1, 2, 6), page(2, 3, 6)], 2, 2);
}

#[test]
fn an_empty_page_too_early() {
    assert_stops(vec![page(1, 2, 6), paged(vec![], 6, 3, 2)], 2, 2);
    assert_stops(vec![page(1, 2, 6), json!({"data": {"participants": []}})], 2, 2);
    assert_stops(vec![paged(vec![], 6, 0, 0)], 0, 1);
    assert_stops(vec![bare_page(1, 2), paged(vec![], 6, 0, 0)], 2, 2);
    assert_stops_for(vec![paged(vec![], 201, 0, 0)], 0, 3, |request| request.page_no(3));
    assert_stops_for(vec![paged(vec![], 6, 0, 0)], 0, 1, |request| request.view(View::Consolidated));
}

#[test]
fn a_first_page_that_is_not_the_first() {
    assert_stops(vec![page(3, 4, 6)], 0, 1);
    assert_stops(vec![paged(participants(1, 2), 6, 0, 1)], 0, 1);
    assert_stops_for(vec![page(7, 8, 9)], 0, 0, |request| request.page_no(0));
}

#[test]
fn a_page_with_fewer_participants_than_its_offsets_span() {
    assert_stops(vec![page(1, 2, 6), paged(participants(3, 3), 6, 3, 4)], 2, 2);
    // The last one too, up to the total.
    assert_stops(vec![page(1, 2, 4), paged(participants(3, 3), 4, 3, 9)], 2, 2);
    assert_stops(vec![paged(participants(1, 1), u64::MAX, 1, u64::MAX)], 0, 1);
}

#[test]
fn a_page_with_more_participants_than_its_offsets_span_that_is_not_the_last() {
    assert_stops(vec![paged(participants(1, 3), 6, 1, 2)], 0, 1);
    assert_stops_for(vec![paged(participants(1, 3), 6, 1, 2)], 0, 1, |request| request.view(View::Consolidated));
}

#[test]
fn offsets_that_run_backwards() {
    assert_stops(vec![paged(participants(1, 2), 6, 1, 0)], 0, 1);
    assert_stops_for(vec![paged(participants(1, 2), 6, 1, 0)], 0, 1, |request| request.view(View::Consolidated));
}

#[test]
fn paging_that_comes_and_goes() {
    assert_stops(vec![page(1, 2, 6), bare_page(3, 4)], 2, 2);
    assert_stops(vec![bare_page(1, 2), page(3, 4, 6)], 2, 2);
    assert_stops(
        vec![page(1, 2, 6), json!({"data": {"participants": participants(3, 4), "paging": {"total_count": 6}}})],
        2,
        2,
    );
}

#[test]
fn a_page_without_paging_that_begins_as_the_one_before_it_did() {
    // By ID, whatever else changed; without IDs, by everything.
    let renamed = json!({"data": {"participants": [{"id": "p1", "display_name": "Renamed"}]}});
    assert_stops(vec![bare_page(1, 1), renamed], 1, 2);
    let nameless = json!({"data": {"participants": [{"display_name": "Mark"}]}});
    let server = Server::playing(vec![vec![Step::Send(ok(nameless.to_string()))]]);
    let results: Vec<_> = request(server.base_url()).pages().collect();
    assert!(matches!(results[..], [Ok(_), Err(Error::Pagination { page_no: 2, .. })]), "{results:?}");
}

#[test]
fn pages_without_paging_that_overlap_or_begin_anew() {
    assert_stops(vec![bare_page(1, 3), bare_page(3, 5)], 3, 2);
    assert_stops(vec![bare_page(1, 2), bare_page(3, 4), bare_page(1, 2)], 4, 3);
    assert_stops(vec![bare_page(1, 2), bare_page(3, 4), bare_page(4, 5)], 4, 3);
}

#[test]
fn a_total_that_the_page_itself_stands_behind() {
    // It ends nothing: the next page is asked for, and here it is missing.
    assert_stops(vec![paged(participants(1, 2), 0, 1, 2), paged(participants(5, 6), 0, 5, 6)], 2, 2);
}

#[test]
fn a_page_number_past_the_largest() {
    const MAX: u64 = u32::MAX as u64;
    let more = |n: usize| {
        let offset = MAX + n as u64;
        vec![Step::Send(ok(paged(participants(1, 1), u64::MAX, offset, offset).to_string()))]
    };
    let server = Server::start(move |nth, _| more(nth));
    let results: Vec<_> = request(server.base_url()).page_no(u32::MAX).pages().take(3).collect();
    assert!(matches!(results[..], [Ok(_), Err(Error::Pagination { page_no: u32::MAX, .. })]), "{results:?}");
    assert_eq!(server.seen(), 1);
}
