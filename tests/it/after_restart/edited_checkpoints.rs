//! "After a restart": a checkpoint that was edited by hand is an error, unless what it says could as well be true.

use realtimekit::{Checkpoint, Error, ParticipantsRequest, View};
use serde_json::{Value, json};

use crate::support::*;

/// What becomes of an edited checkpoint.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// It can't be read.
    Unreadable,
    /// Nothing is sent.
    Refused,
    /// The error comes with the page of this number.
    Moved(u32),
    /// It says what could be true, and these people come.
    Rest(u64, u64),
}

use Fate::{Moved, Refused, Rest, Unreadable};

/// Takes a checkpoint after `taken` pages of two, from a list of five. Changes its field at `path` and resumes from it.
#[track_caller]
fn assert_fate(
    configure: fn(ParticipantsRequest) -> ParticipantsRequest,
    taken: usize,
    path: &str,
    value: Value,
    fate: Fate,
) {
    let server = Server::of_list(5, 2);
    let request = configure(request(&server));
    let mut pages = request.pages();
    take_pages(&mut pages, taken);
    let mut json = serde_json::to_value(pages.checkpoint()).unwrap();
    *json.pointer_mut(path).unwrap() = value.clone();
    let seen = server.seen();
    let outcome = serde_json::from_value::<Checkpoint>(json).map(|checkpoint| {
        let request = request.resume_from(checkpoint);
        request.iter().collect::<realtimekit::Result<Vec<_>>>()
    });
    match (fate, outcome) {
        (Unreadable, Err(_)) => {}
        (Refused, Ok(Err(Error::InvalidArgument { name: "resume_from", .. }))) => assert_eq!(server.seen(), seen),
        (Moved(expected), Ok(Err(Error::Pagination(error)))) => {
            assert_eq!(error.page_no, expected, "{path} {value}")
        }
        (Rest(from, to), Ok(Ok(rest))) => {
            assert_eq!(ids_of(rest), expected_ids(from, to), "{path} {value}");
        }
        (_, outcome) => panic!("{path} {value} after {taken} pages: {outcome:?}"),
    }
}

#[test]
fn an_edited_place_is_an_error() {
    for (taken, path, value, fate) in [
        (0, "/position/page_no", json!(2), Refused),
        (0, "/position/first_page_no", json!(2), Refused),
        (0, "/position/last_row", json!({"id": "p2", "created_at": null}), Refused),
        (2, "/position/page_no", json!(0), Refused),
        (2, "/position/page_no", json!(1), Refused),
        (2, "/position/page_no", json!(2), Moved(1)),
        (2, "/position/page_no", json!(4), Moved(3)),
        (2, "/position/page_no", json!(9), Moved(8)),
        (2, "/position/page_no", json!(1_u64 << 32), Moved(u32::MAX)),
        (2, "/position/page_no", json!((1_u64 << 32) + 1), Refused),
        (2, "/position/page_no", json!(u64::MAX), Refused),
        (2, "/position/page_no", json!(-1), Unreadable),
        (2, "/position/page_no", json!("3"), Unreadable),
        (2, "/position/first_page_no", json!(3), Refused),
        (2, "/position/first_page_no", json!(1_u64 << 32), Unreadable),
        (2, "/position/last_row", json!(null), Refused),
        (2, "/position/offset", json!(3), Moved(2)),
        (2, "/position/offset", json!(null), Unreadable),
        (2, "/position/total_count", json!(6), Moved(2)),
        (2, "/position/total_count", json!(null), Moved(2)),
        (2, "/position/last_row/id", json!("p3"), Moved(2)),
        (2, "/position/last_row/id", json!(null), Moved(2)),
        (2, "/position/last_row/created_at", json!("2024-08-30"), Moved(2)),
        (2, "/position/progress", json!("finished"), Refused),
        (2, "/position/progress", json!("broken"), Refused),
        (2, "/position/progress", json!("Finished"), Unreadable),
        (3, "/position/page_no", json!(3), Rest(1, 0)),
        (3, "/position/offset", json!(4), Refused),
        (3, "/position/total_count", json!(6), Refused),
        (3, "/position/progress", json!("broken"), Refused),
    ] {
        assert_fate(|request| request, taken, path, value, fate);
    }
}

#[test]
fn an_edit_that_could_be_true_gives_the_same_people() {
    for (taken, path, value) in [
        // The list may have had fewer people then, and the pages may have begun elsewhere.
        (2, "/position/total_count", json!(3)),
        (2, "/position/first_page_no", json!(2)),
        (2, "/position/first_page_no", json!(0)),
    ] {
        assert_fate(|request| request, taken, path, value, Rest(5, 5));
    }
    // The list may have been empty.
    assert_fate(|request| request, 0, "/position/progress", json!("finished"), Rest(1, 0));
    // The last page shows again that the list has ended.
    assert_fate(|request| request, 3, "/position/progress", json!("unfinished"), Rest(1, 0));
}

#[test]
fn an_end_before_the_total_is_believed_only_where_a_list_can_end_there() {
    assert_fate(|request| request.search(""), 2, "/position/progress", json!("finished"), Refused);
    assert_fate(|request| request.view(View::Raw), 2, "/position/progress", json!("finished"), Refused);
    assert_fate(|request| request.search("x"), 2, "/position/progress", json!("finished"), Rest(1, 0));
    assert_fate(|request| request.view(View::Consolidated), 2, "/position/progress", json!("finished"), Rest(1, 0));
}
