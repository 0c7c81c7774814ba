//! `iter_as`, `pages_as` and `send_as`: rows of the user's own type.

use realtimekit::{Error, ParticipantsPage};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::*;

/// It has a field that the crate doesn't know, and neither `id` nor `created_at`.
#[derive(Debug, Deserialize, PartialEq)]
struct Row {
    display_name: Option<String>,
    country: String,
}

fn row(id: &str, country: impl Into<Value>) -> Value {
    json!({"id": id, "display_name": id.to_uppercase(), "country": country.into()})
}

/// Pages of rows with a country, two a page.
fn countries() -> Server {
    Server::of_pages([
        page_of_rows(vec![row("a", "NO"), row("b", "SE")], 3, 1, 2),
        page_of_rows(vec![row("c", "DK")], 3, 3, 3),
    ])
}

fn country(name: &str, country: &str) -> Row {
    Row { display_name: Some(name.to_owned()), country: country.to_owned() }
}

#[test]
fn rows_of_a_custom_type_come_one_by_one_and_page_by_page() {
    let expected = || [country("A", "NO"), country("B", "SE"), country("C", "DK")];
    let server = countries();
    let rows: Vec<Row> = request(&server).per_page(2).iter_as().map(Result::unwrap).collect();
    assert_eq!(rows, expected());
    assert_eq!(server.page_nos(), [1, 2]);

    let server = countries();
    let mut pages = request(&server).per_page(2).pages_as::<Row>();
    let first: ParticipantsPage<Row> = pages.next().unwrap().unwrap();
    assert_eq!((first.participants.len(), pages.total_count()), (2, Some(3)));
    assert_eq!(pages.flat_map(Result::unwrap).collect::<Vec<_>>(), expected()[2..]);

    let page: ParticipantsPage<Row> = request(&countries()).send_as().unwrap();
    assert_eq!(page.participants, expected()[..2]);
    assert_eq!(page.paging.unwrap().total_count, 3);
}

#[test]
fn a_list_of_custom_rows_has_every_check() {
    for (answers, rows, bad) in [
        ("ab|6 1 2, cd|6 4 5", 2, 2),
        ("ab|6 1 2, cb|6 3 4", 2, 2),
        ("aa|6 1 2", 0, 1),
        ("a|6 1 2", 0, 1),
        ("ab|, bc|", 2, 2),
        ("??|, ??|", 2, 2),
    ] {
        let server = lists::serve(answers);
        let mut participants = request(&server).per_page(2).iter_as::<Value>();
        assert_eq!(participants.by_ref().take(rows).filter(Result::is_ok).count(), rows, "{answers}");
        let error = failed(participants.next().unwrap());
        assert!(matches!(error, Error::Pagination(_)) && error.page_no() == Some(bad), "{answers}: {error}");
    }
    let server = lists::serve("ab|3 1 2, cd|3 3 3, cd|3 3 3");
    assert_eq!(request(&server).per_page(2).iter_as::<Value>().map(Result::unwrap).count(), 4);
}

#[test]
fn ids_are_compared_as_the_json_that_they_are() {
    for (one, other, is_repeat) in [
        ("7", "7", true),
        ("7", "\"7\"", false),
        ("7", "8", false),
        ("18446744073709551617", "18446744073709551618", false),
    ] {
        let rows = format!(r#"[{{"id": {one}}}, {{"id": {other}}}]"#);
        let paging = json!({"total_count": 2, "start_offset": 1, "end_offset": 2});
        let server = Server::always(ok(format!(r#"{{"data": {{"participants": {rows}, "paging": {paging}}}}}"#)));
        let outcome: realtimekit::Result<Vec<Value>> = request(&server).iter_as().collect();
        assert_eq!(matches!(outcome, Err(Error::Pagination(_))), is_repeat, "{other}");
    }
}

#[test]
fn rows_that_serde_json_can_not_hold_are_compared_as_well() {
    /// It has none of the odd fields.
    #[derive(Debug, Deserialize)]
    struct Name {
        #[serde(rename = "display_name")]
        _name: Option<String>,
    }
    let list = |row: &str| {
        let body = |n: u64| {
            let rows = ["a", "b"].map(|id| row.replace("ID", id)).join(",");
            let paging = json!({"total_count": 4, "start_offset": 2 * n - 1, "end_offset": 2 * n});
            format!(r#"{{"data": {{"participants": [{rows}], "paging": {paging}}}}}"#)
        };
        let server = Server::in_turn([ok(body(1)), ok(body(2))]);
        request(&server).per_page(2).iter_as::<Name>().collect::<realtimekit::Result<Vec<Name>>>()
    };
    for row in [
        r#"{"id": "ID", "created_at": "1", "created_at": "2"}"#,
        r#"{"id": "0", "id": "ID"}"#,
        r#"{"id": "ID", "created_at": 1e999}"#,
        r#"{"id": "ID", "odd": 1e999}"#,
    ] {
        let error = failed(list(row));
        assert!(matches!(error, Error::Pagination(_)) && error.page_no() == Some(2), "{row}: {error}");
    }
}

#[test]
fn a_checkpoint_holds_an_id_exactly_as_it_was_sent() {
    let body = |id: &str| {
        let paging = json!({"total_count": 3, "start_offset": 1, "end_offset": 2});
        format!(r#"{{"data": {{"participants": [{{"id": 1}}, {{"id": {id}}}], "paging": {paging}}}}}"#)
    };
    let last = ok_json(page_of_rows(vec![json!({"id": 3})], 3, 3, 3));
    let sent = "18446744073709551617";
    for (now, is_same) in [(sent, true), ("18446744073709551618", false), ("\"18446744073709551617\"", false)] {
        let server = Server::in_turn([ok(body(sent)), ok(body(now)), last.clone()]);
        let request = request(&server).per_page(2);
        let mut pages = request.pages_as::<Value>();
        pages.next().unwrap().unwrap();
        let rest = request.resume_from(stored(&pages.checkpoint()));
        let outcome: realtimekit::Result<Vec<Value>> = rest.iter_as().collect();
        assert_eq!(outcome.is_ok(), is_same, "{now}");
        assert!(is_same || matches!(failed(outcome), Error::Pagination(_)), "{now}");
    }
}

#[test]
fn a_row_that_is_not_of_the_type_is_a_decode_error_that_says_so_and_can_be_read_another_way() {
    let server = Server::of_pages([page_of_rows(vec![row("a", "NO"), row("b", json!(["SECRET"]))], 2, 1, 2)]);
    let request = request(&server);
    let mut rows = request.iter_as::<Row>();
    let error = failed(rows.next().unwrap());
    assert!(matches!(error, Error::Decode(_)) && !error.is_retryable(), "{error}");
    let said = error.to_string();
    let expected = "the response can't be read as your own type at data.participants[1] (line 1, column ";
    assert!(said.starts_with(expected) && said.ends_with(") [page 1]; check your own type"), "{said}");
    assert!(!format!("{error:?} {error:#?}").contains("SECRET"), "{error:#?}");
    assert!(rows.next().is_none());
    // As JSON, one odd row doesn't stand in the way of the others.
    let rows: Vec<Value> = request.iter_as().map(Result::unwrap).collect();
    assert_eq!(rows.iter().filter(|row| Row::deserialize(*row).is_ok()).count(), 1);
}

#[test]
fn a_checkpoint_fits_iterators_with_any_type_of_rows() {
    let server = Server::of_list(5, 2);
    let request = request(&server);
    let mut pages = request.pages_as::<Value>();
    pages.next().unwrap().unwrap();
    let rest = request.clone().resume_from(stored(&pages.checkpoint()));
    assert_eq!(ids(rest.iter()), expected_ids(3, 5));
    let mut pages = request.pages();
    pages.next().unwrap().unwrap();
    let rest: Vec<Value> = request.resume_from(stored(&pages.checkpoint())).iter_as().map(Result::unwrap).collect();
    assert_eq!(rest.len(), 3);
}

#[test]
fn what_is_tolerated_in_a_page_is_tolerated_in_custom_rows() {
    let body = "\u{feff}{\"data\": {\"participants\": [{\"display_name\": \"Zo\\ud83d\", \"country\": \"NO\"}]}}";
    let server = Server::always(ok(body));
    assert_eq!(request(&server).send_as::<Row>().unwrap().participants, [country("Zo\u{fffd}", "NO")]);
    let refused = Server::always(ok(r#"{"success": false, "errors": [{"code": 7, "message": "no"}]}"#));
    assert_eq!(failed(request(&refused).send_as::<Row>()).status(), Some(200));
    let cut = Server::always(ok(r#"{"data": {"participants": [{"country": "N"#));
    assert!(failed(request(&cut).send_as::<Row>()).is_retryable());
    assert_eq!(cut.seen(), 3);
}
