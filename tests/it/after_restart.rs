//! "After a restart": from a checkpoint, an iterator goes on where the last one stood, or says that the list has moved.

mod checkpoints;
mod edited_checkpoints;
mod moved_lists;

use realtimekit::{Error, Result};

use crate::support::*;

/// A list of 250, a hundred a page.
fn list(with_paging: bool) -> Server {
    Server::start(move |_, head| ok_json(keep_paging_if(with_paging, list_page(head, 250, 100))))
}

#[test]
fn everybody_comes_exactly_once_from_a_checkpoint_at_any_place() {
    for (with_paging, last) in [(true, 3), (false, 4)] {
        for taken in 0..=3 {
            let server = list(with_paging);
            let mut pages = request(&server).pages();
            let before = take_pages(&mut pages, taken);
            let rest: Vec<u64> = (taken.max(1) as u64..=last).collect();
            let rest = if with_paging && taken == 3 { vec![] } else { rest };
            assert_eq!(pages.checkpoint().page_no(), taken as u32 + 1);
            let already = server.seen();
            for after in [
                ids(resumed(&server, &pages).iter()),
                ids_of(resumed(&server, &pages).pages().flat_map(Result::unwrap)),
            ] {
                let all = [ids_of(before.clone()), after].concat();
                assert_eq!(all, expected_ids(1, 250), "{with_paging} {taken}");
            }
            assert_eq!(server.page_nos()[already..], [rest.clone(), rest].concat(), "{with_paging} {taken}");
        }
    }
}

#[test]
fn the_first_next_requests_the_last_page_again_and_the_one_after_it() {
    let server = list(true);
    let mut pages = request(&server).pages();
    take_pages(&mut pages, 1);
    let mut resumed = resumed(&server, &pages).pages();
    assert_eq!(server.page_nos(), [1]);
    assert_eq!(resumed.total_count(), Some(250), "the checkpoint knows it");
    let page = resumed.next().unwrap().unwrap();
    assert_eq!(page.paging.unwrap().start_offset, 101);
    assert_eq!(server.page_nos(), [1, 1, 2]);
    assert_eq!(resumed.checkpoint().page_no(), 3);
    assert_eq!(resumed.total_count(), Some(250));
}

#[test]
fn a_checkpoint_from_before_the_first_page_is_the_beginning() {
    for (first_page, count) in [(None, 250), (Some(1), 250), (Some(3), 50)] {
        let server = list(true);
        let started_at = |page_no| request(&server).page_no(page_no);
        let pages = first_page.map_or(request(&server), started_at).pages();
        let first_page = first_page.unwrap_or(1);
        assert_eq!(pages.checkpoint().page_no(), first_page);
        let mut resumed = resumed(&server, &pages).pages();
        assert_eq!(server.seen(), 0);
        let page = resumed.next().unwrap().unwrap();
        assert_eq!(server.page_nos(), [u64::from(first_page)]);
        assert_eq!(page.participants.len() + resumed.flat_map(|page| page.unwrap()).count(), count);
    }
}

#[test]
fn pages_that_start_at_another_page_can_be_resumed() {
    for (first_page, rest) in [(0, vec![page(1, 2, 3), page(3, 3, 3)]), (2, vec![page(3, 4, 5), page(5, 5, 5)])] {
        let server = Server::of_pages([rest[0].clone(), rest[0].clone(), rest[1].clone()]);
        let mut pages = request(&server).page_no(first_page).pages();
        take_pages(&mut pages, 1);
        assert_eq!(resumed(&server, &pages).iter().map(Result::unwrap).count(), 1);
        let first = u64::from(first_page);
        assert_eq!(server.page_nos(), [first, first, first + 1]);
    }
}

#[test]
fn nothing_is_requested_from_the_checkpoint_of_a_finished_list_and_nothing_comes() {
    let empty = || page_of_rows(vec![], 0, 0, 0);
    for (name, bodies) in [
        ("one page", vec![page(1, 2, 2)]),
        ("an empty list", vec![empty()]),
        ("a list without paging", vec![bare_page(1, 2), bare_page(1, 0)]),
        ("an empty list without paging", vec![bare_page(1, 0)]),
        ("a total that is wrong", vec![page(1, 2, 0), empty()]),
        ("a total that the page has outgrown", vec![page(1, 2, 1), page_of_rows(vec![], 2, 0, 0)]),
    ] {
        let server = Server::of_pages(bodies);
        let mut pages = request(&server).pages();
        pages.by_ref().for_each(|page| drop(page.unwrap()));
        let seen = server.seen();
        let request = resumed(&server, &pages);
        assert!(request.iter().next().is_none() && request.pages().next().is_none(), "{name}");
        assert_eq!(request.pages().checkpoint(), pages.checkpoint(), "{name}");
        assert_eq!(server.seen(), seen, "{name}");
    }
}

#[test]
fn a_search_that_ended_before_its_total_stays_finished() {
    let server = Server::of_pages([page(1, 2, 9), page_of_rows(vec![], 9, 0, 0)]);
    let request = request(&server).search("x");
    let mut pages = request.pages();
    assert_eq!(take_pages(&mut pages, 9).len(), 2);
    assert!(request.resume_from(stored(&pages.checkpoint())).iter().next().is_none());
    assert_eq!(server.seen(), 2);
}

#[test]
fn a_restart_after_each_page_gives_everybody_exactly_once() {
    for with_paging in [true, false] {
        let server = list(with_paging);
        let mut checkpoint = request(&server).pages().checkpoint();
        let mut everybody = Vec::new();
        for _ in 0..4 {
            let mut pages = request(&server).resume_from(stored(&checkpoint)).pages();
            everybody.extend(take_pages(&mut pages, 1));
            checkpoint = pages.checkpoint();
        }
        assert_eq!(ids_of(everybody), expected_ids(1, 250));
    }
}

#[test]
fn the_two_requests_of_a_restart_respect_the_rate_limit() {
    let exhausted = "Ratelimit: \"default\";r=0;t=30\r\n";
    let server = Server::start(move |_, head| answer("200 OK", exhausted, list_page(head, 250, 100).to_string()));
    let mut pages = request(&server).pages();
    take_pages(&mut pages, 1);
    let waits = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = waits.clone();
    let builder = realtimekit::Client::builder().api_token(TOKEN).base_url(&server).on_wait(move |_| {
        counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        std::panic::resume_unwind(Box::new(())); // instead of sleeping
    });
    let mut resumed = request_of(builder).resume_from(stored(&pages.checkpoint())).pages();
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| resumed.next()));
    assert!(unwound.is_err() && waits.load(std::sync::atomic::Ordering::SeqCst) == 1);
    assert_eq!(server.page_nos(), [1, 1]);
}

#[test]
fn an_error_leaves_the_checkpoint_as_it_was() {
    let server = Server::of_list_failing(1..2, unavailable());
    let mut pages = request_of(builder(&server).max_retries(0)).pages();
    let before = take_pages(&mut pages, 1);
    let checkpoint = pages.checkpoint();
    failed(pages.next().unwrap());
    assert_eq!(pages.checkpoint(), checkpoint);
    let rest = resumed(&server, &pages).iter();
    assert_eq!([ids_of(before), ids(rest)].concat(), expected_ids(1, 250));
}

#[test]
fn an_iterator_can_be_resumed_after_an_error_in_either_request_of_a_restart() {
    for failing in 1..3 {
        let server = Server::of_list_failing(failing..failing + 1, unavailable());
        let request = request_of(builder(&server).max_retries(0));
        let mut pages = request.pages();
        take_pages(&mut pages, 1);
        let checkpoint = stored(&pages.checkpoint());
        let mut resumed = request.resume_from(checkpoint.clone()).pages();
        assert!(failed(resumed.next().unwrap()).is_retryable());
        assert!(resumed.next().is_none());
        assert_eq!(resumed.checkpoint(), checkpoint);
        assert_eq!(server.seen(), failing + 1);
        resumed.resume();
        assert_eq!(ids_of(resumed.by_ref().flat_map(Result::unwrap)), expected_ids(101, 250));
        // The page that came isn't requested a second time.
        let expected: &[u64] = if failing == 1 { &[1, 1, 1, 2, 3] } else { &[1, 1, 2, 2, 3] };
        assert_eq!(server.page_nos(), expected);
    }
}

#[test]
fn the_last_possible_page_is_requested_again_too() {
    const MAX: u64 = u32::MAX as u64;
    let server = Server::of_pages([page(MAX, MAX, u64::MAX)]);
    let mut pages = request(&server).page_no(u32::MAX).pages();
    take_pages(&mut pages, 1);
    assert_eq!(pages.checkpoint().page_no(), u32::MAX);
    let error = failed(resumed(&server, &pages).iter().next().unwrap());
    assert!(matches!(&error, Error::Pagination(error) if error.page_no == u32::MAX), "{error}");
    assert!(error.to_string().contains("goes on past the largest page number"), "{error}");
    assert_eq!(server.page_nos(), [MAX, MAX]);
}
