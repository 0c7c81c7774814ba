//! Which pages an iterator requests and when, and its `total_count`.

use realtimekit::{ParticipantsRequest, SortBy, SortOrder, View};
use serde_json::{Value, json};

use crate::support::*;

#[test]
fn nothing_is_requested_before_next_and_each_page_only_when_it_is_needed() {
    let server = Server::of_list(250, 100);
    let mut participants = request(&server).into_iter();
    assert_eq!(server.seen(), 0);
    assert_eq!(participants.total_count(), None);
    for taken in 1..=250 {
        participants.next().unwrap().unwrap();
        assert_eq!(server.seen(), (taken - 1) / 100 + 1, "after participant {taken}");
    }
    assert_eq!(participants.total_count(), Some(250));
    assert!(participants.next().is_none());
    assert_eq!(server.seen(), 3, "the total shows that there is no fourth page");
}

#[test]
fn pages_have_a_hundred_participants_unless_the_request_sets_per_page() {
    let server = Server::of_list(250, 1000);
    let mut pages = request(&server).pages();
    assert_eq!(server.seen(), 0);
    assert_eq!(pages.next().unwrap().unwrap().participants.len(), 100);
    assert_eq!(server.seen(), 1);
    assert_eq!(pages.count(), 2);
    let asked: Vec<_> = server.log().heads.iter().map(|head| query_string(head).to_owned()).collect();
    assert_eq!(asked, [1, 2, 3].map(|n| format!("page_no={n}&per_page=100&sort_by=joinedAt&sort_order=ASC")));
}

#[test]
fn an_order_that_is_set_in_part_is_not_completed() {
    type Configure = fn(ParticipantsRequest) -> ParticipantsRequest;
    let table: [(Configure, &str); 3] = [
        (|request| request.sort_by(SortBy::Duration), "sort_by=duration"),
        (|request| request.sort_by(SortBy::JoinedAt), "sort_by=joinedAt"),
        (|request| request.sort_order(SortOrder::Desc), "sort_order=DESC"),
    ];
    for (configure, order) in table {
        let server = Server::of_list(3, 100);
        assert_eq!(ids(configure(request(&server))), expected_ids(1, 3));
        assert_eq!(query_string(&server.log().heads[0]), format!("page_no=1&per_page=100&{order}"));
    }
}

#[test]
fn iterating_starts_at_the_requests_page_and_keeps_its_parameters() {
    let server = Server::of_list(250, 1000);
    let request = request(&server).page_no(4).per_page(40).search("x").query("new", "1");
    assert_eq!(ids(request), expected_ids(121, 250));
    let asked: Vec<_> = server.log().heads.iter().map(|head| query_string(head).to_owned()).collect();
    assert_eq!(
        asked,
        [4, 5, 6, 7].map(|n| format!("page_no={n}&per_page=40&search=x&sort_by=joinedAt&sort_order=ASC&new=1"))
    );
}

#[test]
fn a_request_can_be_iterated_by_reference_again_and_again() {
    let server = Server::of_list(3, 100);
    let request = request(&server);
    assert_eq!(request.iter().count(), 3);
    assert_eq!(request.iter().count(), 3);
    assert_eq!((&request).into_iter().count(), 3);
    assert_eq!(ids(request), expected_ids(1, 3));
}

#[test]
fn everybody_comes_once_and_in_order_even_if_the_server_caps_the_page_size() {
    for (total, cap, per_page, pages) in
        [(250, 1000, 100, 3), (250, 30, 100, 9), (300, 100, 100, 3), (7, 1, 1, 7), (1, 100, 1, 1)]
    {
        for with_paging in [true, false] {
            let list = move |_, head: &str| ok_json(keep_paging_if(with_paging, list_page(head, total, cap)));
            let server = Server::start(list);
            assert_eq!(ids(request(&server).per_page(per_page)), expected_ids(1, total));
            // Without paging, or if the last page is full, only one request more shows where the list ends.
            let is_last_full = total % cap.min(u64::from(per_page)) == 0;
            let requests = pages + usize::from(!with_paging || is_last_full);
            assert_eq!(server.seen(), requests, "{total} by {per_page}, capped at {cap}");
        }
    }
}

#[test]
fn an_empty_page_is_never_handed_out() {
    for body in [page_of_rows(vec![], 0, 7, 0), bare_page(1, 0), json!({"data": {}})] {
        let server = Server::of_pages([body]);
        assert!(request(&server).pages().next().is_none());
        assert!(request(&server).into_iter().next().is_none());
        assert_eq!(server.seen(), 2);
    }
}

#[test]
fn a_page_past_the_end_is_the_end() {
    for body in [page_of_rows(vec![], 100, 0, 0), bare_page(1, 0)] {
        let server = Server::of_pages([body]);
        assert!(request(&server).page_no(2).pages().next().is_none());
    }
}

/// The IDs from a request that asks for each of these pages once.
#[track_caller]
fn ids_on(pages: Vec<Value>, configure: fn(ParticipantsRequest) -> ParticipantsRequest) -> Vec<String> {
    let count = pages.len();
    let server = Server::of_pages(pages);
    let ids = ids(configure(request(&server)));
    assert_eq!(server.seen(), count);
    ids
}

#[test]
fn a_total_that_grows_is_followed() {
    let grows = vec![page(1, 2, 3), page(3, 4, 5), page(5, 5, 5)];
    assert_eq!(ids_on(grows, |request| request), expected_ids(1, 5));
}

#[test]
fn an_end_offset_past_the_total_ends_the_list() {
    let pages = vec![page(1, 2, 3), page_of_rows(participants(3, 3), 3, 3, 4)];
    assert_eq!(ids_on(pages, |request| request), expected_ids(1, 3));
}

#[test]
fn a_total_below_the_pages_own_offsets_is_ignored() {
    let pages = vec![page(1, 2, 0), page(3, 4, 0), page_of_rows(vec![], 0, 0, 0)];
    assert_eq!(ids_on(pages, |request| request), expected_ids(1, 4));
}

#[test]
fn newcomers_on_the_last_page_are_handed_out() {
    let pages = vec![page(1, 3, 4), page_of_rows(participants(4, 5), 4, 4, 4)];
    assert_eq!(ids_on(pages, |request| request), expected_ids(1, 5));
}

#[test]
fn a_total_that_the_page_has_outgrown_does_not_end_the_list() {
    // As from a server that counts less often than it lists.
    let pages = vec![page(1, 2, 1), page(3, 4, 5), page(5, 5, 5)];
    assert_eq!(ids_on(pages, |request| request), expected_ids(1, 5));
}

#[test]
fn an_empty_page_ends_a_search_whatever_the_total() {
    for total in [0, 1, 9] {
        let pages = vec![page(1, 2, 9), page_of_rows(vec![], total, 0, 0)];
        assert_eq!(ids_on(pages, |request| request.search("x")), expected_ids(1, 2));
    }
    assert_eq!(ids_on(vec![page(1, 2, 9), bare_page(1, 0)], |request| request.search("x")), expected_ids(1, 2));
    // An empty search is none.
    let server = Server::of_pages([page_of_rows(vec![], 9, 0, 0)]);
    failed(request(&server).search("").iter().next().unwrap());
}

#[test]
fn a_consolidated_total_may_shrink() {
    let pages = vec![page(1, 2, 6), page(3, 3, 3)];
    assert_eq!(ids_on(pages, |request| request.view(View::Consolidated)), expected_ids(1, 3));
}

#[test]
fn a_consolidated_page_may_hold_fewer_participants_than_its_offsets_span() {
    let pages = vec![page_of_rows(participants(1, 2), 6, 1, 3), page_of_rows(participants(4, 4), 6, 4, 6)];
    assert_eq!(ids_on(pages, |request| request.view(View::Consolidated)), ["p1", "p2", "p4"]);
}

#[test]
fn the_last_possible_page_number_works() {
    const MAX: u64 = u32::MAX as u64;
    assert_eq!(ids_on(vec![page(MAX, MAX, MAX)], |request| request.page_no(u32::MAX)), expected_ids(MAX, MAX));
}

#[test]
fn iterating_can_start_at_page_0() {
    let pages = vec![page(1, 2, 3), page(3, 3, 3)];
    assert_eq!(ids_on(pages, |request| request.page_no(0)), expected_ids(1, 3));
}

#[test]
fn total_count_is_that_of_the_newest_page() {
    let server = Server::of_pages([page(1, 2, 3), page(3, 4, 5), page(5, 5, 5)]);
    let mut participants = request(&server).iter();
    assert_eq!(participants.total_count(), None);
    let mut totals = Vec::new();
    while let Some(participant) = participants.next() {
        participant.unwrap();
        totals.push(participants.total_count().unwrap());
    }
    assert_eq!(totals, [3, 3, 5, 5, 5]);

    let server = Server::of_pages([page(1, 2, 3), page(3, 4, 5), page(5, 5, 5)]);
    let mut pages = request(&server).pages();
    assert_eq!(pages.total_count(), None);
    for total in [3, 5, 5] {
        pages.next().unwrap().unwrap();
        assert_eq!(pages.total_count(), Some(total));
    }
    assert!(pages.next().is_none());
    assert_eq!(pages.total_count(), Some(5));
}

#[test]
fn pages_without_paging_have_no_total_count() {
    let server = Server::of_pages([bare_page(1, 2), bare_page(1, 0)]);
    let mut pages = request(&server).pages();
    pages.next().unwrap().unwrap();
    assert_eq!(pages.total_count(), None);
}
