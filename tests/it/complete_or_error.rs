//! "Complete, or an error": pages that don't make up the list are an error that says what is wrong.

use realtimekit::{Error, ParticipantsRequest, SortBy, SortOrder, View};
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
    participants.resume(); // does nothing here
    let seen = server.seen();
    assert!(participants.next().is_none() && participants.next().is_none());
    assert_eq!(server.seen(), seen);
}

const BEGINS_ALIKE: &str = "it begins with the same participant as the page before";

#[test]
fn a_search_and_a_consolidated_view_are_checked_too() {
    let configures: [fn(ParticipantsRequest) -> ParticipantsRequest; 2] =
        [|request| request.search("x"), |request| request.view(View::Consolidated)];
    for configure in configures {
        assert_stops_for(configure, vec![page(3, 4, 6)], 0, 1, "expected start_offset 1, got 3");
        assert_stops_for(configure, vec![page(1, 2, 6), page(4, 5, 6)], 2, 2, "expected start_offset 3, got 4");
        let repeated = page_of_rows(participants(1, 2), 6, 3, 4);
        assert_stops_for(configure, vec![page(1, 2, 6), repeated], 2, 2, "participant 1 on it was listed before");
    }
}

#[test]
fn a_last_page_that_is_repeated_for_ever_is_an_error() {
    // A server may send the last page again for a page number past the end.
    assert_stops(vec![page(1, 2, 6), page(3, 4, 6)], 4, 3, "expected start_offset 5, got 3");
    assert_stops(vec![bare_page(1, 2), bare_page(3, 4)], 4, 3, BEGINS_ALIKE);
}

#[test]
fn a_server_that_ignores_page_no_is_an_error() {
    assert_stops(vec![page(1, 2, 6)], 2, 2, "expected start_offset 3, got 1");
    assert_stops(vec![bare_page(1, 2)], 2, 2, BEGINS_ALIKE);
    assert_stops_for(|request| request.page_no(3), vec![page(1, 2, 6)], 0, 3, "expected start_offset 3 or more, got 1");
}

#[test]
fn a_gap_or_an_overlap_between_pages_is_an_error() {
    assert_stops(vec![page(1, 2, 6), page(4, 5, 6)], 2, 2, "expected start_offset 3, got 4");
    assert_stops(vec![page(1, 2, 6), page(2, 3, 6)], 2, 2, "expected start_offset 3, got 2");
    // Even if the total is below the page's own offsets.
    assert_stops(vec![page(1, 2, 0), page(5, 6, 0)], 2, 2, "expected start_offset 3, got 5");
}

#[test]
fn an_empty_page_before_the_total_is_reached_is_an_error() {
    let empty = |total| page_of_rows(vec![], total, 0, 0);
    let reason = |total, got| format!("it is empty, but total_count is {total} and at most {got} came before");
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
    assert_stops(short(6, 4), 2, 2, "expected 2 participants at offsets 3 to 4, got 1");
    // Offsets past the total don't count.
    assert_stops(short(4, 9), 2, 2, "expected 2 participants at offsets 3 to 4, got 1");
    let huge = page_of_rows(participants(1, 1), u64::MAX, 1, u64::MAX);
    assert_stops(
        vec![huge],
        0,
        1,
        "expected 18446744073709551615 participants at offsets 1 to 18446744073709551615, got 1",
    );
}

#[test]
fn a_page_before_the_last_with_more_participants_than_its_offsets_span_is_an_error() {
    let long = || vec![page_of_rows(participants(1, 3), 6, 1, 2)];
    let reason = "expected 2 participants at offsets 1 to 2, got 3";
    assert_stops(long(), 0, 1, reason);
    assert_stops_for(|request| request.view(View::Consolidated), long(), 0, 1, reason);
}

#[test]
fn offsets_that_run_backwards_are_an_error() {
    let backwards = || vec![page_of_rows(participants(1, 2), 6, 1, 0)];
    let reason = "its offsets run backwards, from 1 to 0";
    assert_stops(backwards(), 0, 1, reason);
    assert_stops_for(|request| request.view(View::Consolidated), backwards(), 0, 1, reason);
}

#[test]
fn paging_that_comes_and_goes_is_an_error() {
    let lost = "it has no paging, but the page before had it";
    assert_stops(vec![page(1, 2, 6), bare_page(3, 4)], 2, 2, lost);
    assert_stops(vec![bare_page(1, 2), page(3, 4, 6)], 2, 2, "it has paging, but the page before had none");
    let incomplete = json!({"data": {"participants": participants(3, 4), "paging": {"total_count": 6}}});
    assert_stops(vec![page(1, 2, 6), incomplete], 2, 2, lost);
}

#[test]
fn a_page_without_paging_that_begins_like_the_one_before_is_an_error() {
    let server = Server::of_pages([json!({"data": {"participants": [{"display_name": "Mark"}]}})]);
    let results: Vec<_> = request(&server).pages().collect();
    assert!(matches!(results[..], [Ok(_), Err(Error::Pagination { page_no: 2, .. })]), "{results:?}");
}

#[test]
fn pages_without_paging_that_overlap_or_begin_anew_are_an_error() {
    assert_stops(vec![bare_page(1, 3), bare_page(3, 5)], 3, 2, "participant 1 on it was listed before");
    assert_stops(
        vec![bare_page(1, 2), bare_page(3, 4), bare_page(1, 2)],
        4,
        3,
        "participant 1 on it was listed before",
    );
    assert_stops(
        vec![bare_page(1, 2), bare_page(3, 4), bare_page(4, 5)],
        4,
        3,
        "participant 1 on it was listed before",
    );
}

#[test]
fn a_participant_who_came_before_is_an_error_even_if_the_offsets_line_up() {
    let three = |rows| vec![page(1, 2, 6), page(3, 4, 6), page_of_rows(rows, 6, 5, 6)];
    assert_stops(three(participants(1, 2)), 4, 3, "participant 1 on it was listed before");
    assert_stops(three(participants(4, 5)), 4, 3, "participant 1 on it was listed before");
    assert_stops(
        three([participants(5, 5), participants(2, 2)].concat()),
        4,
        3,
        "participant 2 on it was listed before",
    );
    let twice = page_of_rows([participants(1, 1), participants(1, 1)].concat(), 2, 1, 2);
    assert_stops(vec![twice.clone()], 0, 1, "participant 2 on it was listed before");
    assert_stops_for(
        |request| request.view(View::Consolidated),
        vec![twice],
        0,
        1,
        "participant 2 on it was listed before",
    );
    let surplus = page_of_rows(participants(2, 4), 3, 3, 3);
    assert_stops(vec![page(1, 2, 3), surplus], 2, 2, "participant 1 on it was listed before");
}

#[test]
fn a_participant_who_comes_twice_on_a_page_without_paging_is_an_error() {
    let rows = [participants(3, 3), participants(3, 3)].concat();
    let twice = json!({"data": {"participants": rows}});
    assert_stops(vec![bare_page(1, 2), twice], 2, 2, "participant 2 on it was listed before");
}

/// A page that is the whole list.
fn whole_list(rows: Vec<Value>, with_paging: bool) -> Vec<Value> {
    match with_paging {
        true => vec![page_of_rows(rows.clone(), rows.len() as u64, 1, rows.len() as u64)],
        false => vec![json!({"data": {"participants": rows}}), json!({"data": {}})],
    }
}

#[test]
fn a_participant_is_known_again_by_id_and_created_at_together() {
    let row = |id, created_at, name| json!({"id": id, "created_at": created_at, "display_name": name});
    let first = row(json!("a"), json!("2024-01-01"), "Mark");
    for (second, is_repeat) in [
        (row(json!("a"), json!("2024-01-01"), "Renamed"), true),
        (row(json!("a"), json!("2024-01-02"), "Mark"), false),
        (row(json!("a"), json!(null), "Mark"), false),
        (row(json!("b"), json!("2024-01-01"), "Mark"), false),
    ] {
        for with_paging in [true, false] {
            let server = Server::of_pages(whole_list(vec![first.clone(), second.clone()], with_paging));
            assert_eq!(request(&server).iter().any(|item| item.is_err()), is_repeat, "{second} {with_paging}");
        }
    }
}

#[test]
fn a_total_that_shrinks_is_an_error() {
    let shrinks = || vec![page(1, 2, 6), page(3, 4, 5)];
    assert_stops(shrinks(), 2, 2, "total_count fell from 6 to 5");
    assert_stops_for(|request| request.search("x"), shrinks(), 2, 2, "total_count fell from 6 to 5");
    assert_stops(vec![page(1, 2, 6), page(3, 4, 4)], 2, 2, "total_count fell from 6 to 4");
    assert_stops(vec![page(1, 2, 6), page_of_rows(vec![], 2, 0, 0)], 2, 2, "total_count fell from 6 to 2");
}

/// Serves these lists of people, each to one request and the last one to all that follow. The pages have two rows.
fn live_list(lists: Vec<Vec<u64>>) -> Server {
    Server::start(move |nth, head| {
        let list = lists.get(nth).or(lists.last()).unwrap();
        let start = (page_no(head) as usize - 1) * 2;
        let end = (start + 2).min(list.len());
        let rows = list[start.min(end)..end].iter().flat_map(|&n| participants(n, n)).collect();
        ok_json(page_of_rows(rows, list.len() as u64, start as u64 + 1, end as u64))
    })
}

#[test]
fn people_who_move_between_the_pages_of_a_live_list_come_once_or_are_an_error() {
    let latest_first = (SortBy::JoinedAt, SortOrder::Desc);
    let shortest_first = (SortBy::Duration, SortOrder::Asc);
    for (sort, lists, expected) in [
        (latest_first, vec![vec![4, 3, 2, 1], vec![5, 4, 3, 2, 1]], Err((2, "participant 1 on it was listed before"))),
        (latest_first, vec![vec![3, 2, 1], vec![5, 4, 3, 2, 1]], Err((2, "participant 1 on it was listed before"))),
        (shortest_first, vec![vec![1, 2, 3, 4], vec![2, 3, 4, 1]], Err((2, "participant 2 on it was listed before"))),
        (
            shortest_first,
            vec![vec![1, 2, 3, 4, 5, 6], vec![2, 3, 4, 5, 6, 1]],
            Err((3, "participant 2 on it was listed before")),
        ),
        (shortest_first, vec![vec![1, 2, 3, 4, 5], vec![2, 1, 5, 4, 3]], Ok(vec![1, 2, 5, 4, 3])),
        (shortest_first, vec![vec![1, 2, 3], vec![2, 1, 3, 4, 5]], Ok(vec![1, 2, 3, 4, 5])),
    ] {
        let server = live_list(lists.clone());
        let outcome: Result<Vec<_>, _> = request(&server).sort_by(sort.0).sort_order(sort.1).iter().collect();
        match (outcome, expected) {
            (Ok(people), Ok(order)) => {
                let order: Vec<_> = order.iter().map(|n| format!("p{n}")).collect();
                assert_eq!(ids_of(people), order, "{lists:?}");
            }
            (Err(Error::Pagination { page_no, reason }), Err(expected)) => {
                assert_eq!((page_no, reason.as_str()), expected, "{lists:?}");
            }
            (outcome, _) => panic!("{lists:?}: {outcome:?}"),
        }
    }
}

#[test]
fn a_list_that_goes_on_past_the_last_page_number_is_an_error() {
    const MAX: u64 = u32::MAX as u64;
    let server = Server::of_pages([page(MAX, MAX, u64::MAX)]);
    let mut pages = request(&server).page_no(u32::MAX).pages();
    pages.next().unwrap().unwrap();
    let error = failed(pages.next().unwrap());
    assert!(matches!(error, Error::Pagination { page_no: u32::MAX, .. }), "{error}");
    assert!(error.to_string().contains("goes on past the largest page number"), "{error}");
    assert!(pages.next().is_none());
    assert_eq!(server.seen(), 1);
}
