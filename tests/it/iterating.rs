//! "Iterating": what is requested, when, and how often; and where it ends.

use realtimekit::{Participants, ParticipantsRequest, View};
use serde_json::{Value, json};

use crate::pages::*;
use crate::server::*;

/// A server of a list of `total` participants, at most `cap` a page.
fn serving(total: u64, cap: u64, page: fn(u64, u64, u64) -> Value) -> Server {
    Server::start(move |_, head| {
        let size = query(head, "per_page").unwrap().parse::<u64>().unwrap().min(cap);
        let from = (page_no(head) - 1) * size + 1;
        vec![Step::Send(ok(page(from, (from + size - 1).min(total), total).to_string()))]
    })
}

fn bare(from: u64, to: u64, _total: u64) -> Value {
    bare_page(from, to)
}

#[track_caller]
fn assert_everybody(participants: Participants, total: u64) {
    let ids: Vec<String> = participants.map(|participant| participant.unwrap().id.unwrap()).collect();
    let expected: Vec<String> = (1..=total).map(|n| format!("p{n}")).collect();
    assert_eq!(ids, expected);
}

#[test]
fn nothing_is_requested_before_next_and_a_page_only_when_it_is_needed() {
    let server = serving(250, 100, page);
    let mut participants = request(server.base_url()).into_iter();
    assert_eq!(server.seen(), 0);
    assert_eq!(participants.total_count(), None);
    for taken in 1..=250 {
        participants.next().unwrap().unwrap();
        assert_eq!(server.seen(), (taken - 1) / 100 + 1, "after participant {taken}");
    }
    assert_eq!(participants.total_count(), Some(250));
    assert!(participants.next().is_none());
    assert_eq!(server.seen(), 3, "the total says that there is no fourth page");
    assert_eq!(server.log().connections, 1);
}

#[test]
fn pages_are_requested_one_by_one_with_a_hundred_participants_unless_told_otherwise() {
    let server = serving(250, 1000, page);
    let mut pages = request(server.base_url()).pages();
    assert_eq!(server.seen(), 0);
    assert_eq!(pages.next().unwrap().unwrap().participants.len(), 100);
    assert_eq!(server.seen(), 1);
    assert_eq!(pages.count(), 2);
    let asked: Vec<_> =
        server.log().requests.iter().map(|(_, head)| (page_no(head), query(head, "per_page").unwrap())).collect();
    assert_eq!(asked, [(1, "100".to_owned()), (2, "100".to_owned()), (3, "100".to_owned())]);
}

#[test]
fn iterating_starts_where_the_request_does_and_keeps_its_parameters() {
    let server = serving(250, 1000, page);
    let request = request(server.base_url()).page_no(4).per_page(40).search("x").query("new", "1");
    let pages: Vec<_> = request.pages().map(Result::unwrap).collect();
    assert_eq!(pages[0].participants[0].id.as_deref(), Some("p121"));
    let targets: Vec<_> =
        server.log().requests.iter().map(|(_, head)| head.split(' ').nth(1).unwrap().to_owned()).collect();
    let query = |n| format!("page_no={n}&per_page=40&search=x&new=1");
    for (target, n) in targets.iter().zip(4..=7) {
        assert!(target.ends_with(&query(n)), "{target}");
    }
    assert_eq!(targets.len(), 4);
}

#[test]
fn a_request_can_be_iterated_by_reference_again_and_again() {
    let server = serving(3, 100, page);
    let request = request(server.base_url());
    assert_eq!((&request).into_iter().count(), 3);
    assert_eq!((&request).into_iter().count(), 3);
    assert_everybody(request.into_iter(), 3);
}

#[test]
fn every_participant_comes_once_and_in_order_whatever_the_server_makes_of_the_page_size() {
    for (total, cap, per_page, pages) in
        [(250, 1000, 100, 3), (250, 30, 100, 9), (300, 100, 100, 3), (7, 1, 1, 7), (1, 100, 1, 1)]
    {
        for (shape, with_paging) in [(page as fn(u64, u64, u64) -> Value, true), (bare, false)] {
            let server = serving(total, cap, shape);
            assert_everybody(request(server.base_url()).per_page(per_page).into_iter(), total);
            let last_is_empty = usize::from(!with_paging);
            assert_eq!(server.seen(), pages + last_is_empty, "{total} by {per_page}, capped at {cap}");
            assert_eq!(server.log().connections, 1);
        }
    }
}

#[test]
fn an_empty_list_is_empty_and_no_empty_page_is_handed_out() {
    let empty = json!({"total_count": 0, "start_offset": 7, "end_offset": 0});
    for body in [json!({"data": {"participants": []}}), json!({"data": {"participants": null, "paging": empty}})] {
        let server = Server::playing(vec![vec![Step::Send(ok(body.to_string()))]]);
        let request = request(server.base_url());
        assert!(request.pages().next().is_none());
        assert!(request.into_iter().next().is_none());
        assert_eq!(server.seen(), 2);
    }
}

#[test]
fn a_page_past_the_end_is_the_end() {
    let past =
        json!({"data": {"participants": [], "paging": {"total_count": 100, "start_offset": 0, "end_offset": 0}}});
    for body in [past, json!({"data": {}})] {
        let server = Server::playing(vec![vec![Step::Send(ok(body.to_string()))]]);
        assert!(request(server.base_url()).page_no(2).pages().next().is_none());
    }
}

/// Iterates over pages of these bodies and gives the participants' numbers.
#[track_caller]
fn numbers(bodies: Vec<Value>, configure: fn(ParticipantsRequest) -> ParticipantsRequest) -> Vec<String> {
    let count = bodies.len();
    let server = Server::playing(bodies.iter().map(|body| vec![Step::Send(ok(body.to_string()))]).collect());
    let request = configure(request(server.base_url()));
    let ids = request.into_iter().map(|participant| participant.unwrap().id.unwrap()).collect();
    assert_eq!(server.seen(), count);
    ids
}

fn with_paging(rows: Vec<Value>, total: u64, start: u64, end: u64) -> Value {
    json!({"data": {"participants": rows, "paging": {"total_count": total, "start_offset": start, "end_offset": end}}})
}

#[test]
fn a_total_that_grows_or_shrinks_is_followed() {
    let grows = vec![page(1, 2, 3), page(3, 4, 5), page(5, 6, 6)];
    assert_eq!(numbers(grows, |request| request).len(), 6);
    let shrinks = vec![page(1, 2, 9), page(3, 4, 4)];
    assert_eq!(numbers(shrinks, |request| request).len(), 4);
    let shrinks_to_nothing_more = vec![page(1, 2, 3), with_paging(vec![], 2, 0, 0)];
    assert_eq!(numbers(shrinks_to_nothing_more, |request| request).len(), 2);
}

#[test]
fn an_end_offset_past_the_total_on_the_last_page_is_the_end() {
    let bodies = vec![page(1, 2, 3), with_paging(participants(3, 3), 3, 3, 4)];
    assert_eq!(numbers(bodies, |request| request), ["p1", "p2", "p3"]);
}

#[test]
fn a_total_that_no_page_confirms_ends_nothing() {
    let bodies = vec![
        with_paging(participants(1, 2), 0, 1, 2),
        with_paging(participants(3, 4), 0, 3, 4),
        with_paging(vec![], 0, 0, 0),
    ];
    assert_eq!(numbers(bodies, |request| request), ["p1", "p2", "p3", "p4"]);
}

#[test]
fn newcomers_on_the_last_page_are_handed_out() {
    let bodies = vec![page(1, 2, 3), with_paging(participants(3, 4), 3, 3, 3)];
    assert_eq!(numbers(bodies, |request| request), ["p1", "p2", "p3", "p4"]);
}

#[test]
fn a_consolidated_page_may_hold_fewer_participants_than_its_offsets_span() {
    let bodies = vec![with_paging(participants(1, 1), 4, 1, 2), with_paging(participants(3, 3), 4, 3, 4)];
    assert_eq!(numbers(bodies, |request| request.view(View::Consolidated)), ["p1", "p3"]);
}

#[test]
fn the_last_page_number_can_be_asked_for() {
    let last = vec![with_paging(participants(1, 1), u64::from(u32::MAX), u64::from(u32::MAX), u64::from(u32::MAX))];
    assert_eq!(numbers(last, |request| request.page_no(u32::MAX)), ["p1"]);
}

#[test]
fn iterating_can_start_at_page_0_whatever_that_means_to_the_server() {
    let bodies = vec![page(1, 2, 3), page(3, 3, 3)];
    assert_eq!(numbers(bodies, |request| request.page_no(0)), ["p1", "p2", "p3"]);
}

#[test]
fn total_count_is_what_the_newest_page_says() {
    let bodies = [page(1, 2, 3), page(3, 4, 5), page(5, 5, 5)];
    let server = Server::playing(bodies.iter().map(|body| vec![Step::Send(ok(body.to_string()))]).collect());
    let mut participants = request(server.base_url()).into_iter();
    let mut seen = Vec::new();
    while let Some(participant) = participants.next() {
        participant.unwrap();
        seen.push(participants.total_count().unwrap());
    }
    assert_eq!(seen, [3, 3, 5, 5, 5]);
}
