//! "After a restart": the JSON form of a checkpoint, and the checkpoints that are refused.

use realtimekit::{Checkpoint, Error, ParticipantsRequest, SortBy, SortOrder, View};
use serde_json::{Value, json};

use crate::support::*;

/// A list of five, two a page, with `created_at`.
fn list_with_created_at() -> Server {
    Server::start(|_, head| {
        let mut page = list_page(head, 5, 2);
        for row in page["data"]["participants"].as_array_mut().unwrap() {
            row["created_at"] = json!("2024-08-30T08:15:59.625Z");
        }
        ok_json(page)
    })
}

/// The checkpoint of a request after this many pages.
fn checkpoint_after(count: usize, request: &ParticipantsRequest) -> Checkpoint {
    let mut pages = request.pages();
    take_pages(&mut pages, count);
    pages.checkpoint()
}

fn json_of(checkpoint: &Checkpoint) -> Value {
    serde_json::to_value(checkpoint).unwrap()
}

/// Expects the same refusal from `iter` and `pages`, and that nothing is sent.
#[track_caller]
fn assert_iterators_refuse(server: &Server, request: &ParticipantsRequest, name: &str, reason: &str) {
    let seen = server.seen();
    let (mut participants, mut pages) = (request.iter(), request.pages());
    assert_refused(participants.next().unwrap(), name, reason);
    assert_refused(pages.next().unwrap(), name, reason);
    assert!(participants.next().is_none() && pages.next().is_none());
    assert_eq!(server.seen(), seen);
}

#[test]
fn the_json_form_is_plain_and_holds_no_token() {
    let server = list_with_created_at();
    let request = request(&server).search("Mark").query("new", "1");
    let json = json_of(&checkpoint_after(1, &request));
    let expected = json!({
        "account_id": "account",
        "app_id": "app",
        "session_id": "session",
        "parameters": [["per_page", "100"], ["search", "Mark"], ["sort_by", "joinedAt"], ["sort_order", "ASC"], ["new", "1"]],
        "position": {
            "progress": "unfinished",
            "first_page_no": 1,
            "page_no": 2,
            "offset": 2,
            "total_count": 5,
            "longest_page": 2,
            "last_row": {"id": "p2", "created_at": "2024-08-30T08:15:59.625Z"},
        },
    });
    assert_eq!(json, expected);
    assert_eq!(json_of(&checkpoint_after(9, &request))["position"]["progress"], "finished");
    hides_token(&json.to_string());
    hides_token(&checkpoint_after(1, &request));
}

#[test]
fn the_json_form_has_null_where_nothing_is_known() {
    let server = Server::of_pages([json!({"data": {"participants": [{}]}})]);
    assert_eq!(json_of(&checkpoint_after(0, &request(&server)))["position"]["last_row"], json!(null));
    let checkpoint = checkpoint_after(1, &request(&server));
    let position = &json_of(&checkpoint)["position"];
    assert_eq!(position["total_count"], json!(null));
    assert_eq!(position["last_row"], json!({"id": null, "created_at": null}));
    stored(&checkpoint);
}

#[test]
fn a_missing_unknown_or_wrong_field_is_a_deserialization_error() {
    let server = list_with_created_at();
    let json = json_of(&checkpoint_after(1, &request(&server)));
    let read = |json: &Value| serde_json::from_value::<Checkpoint>(json.clone());
    read(&json).unwrap();
    for part in ["", "/position", "/position/last_row"] {
        let fields = json.pointer(part).unwrap().as_object().unwrap();
        for name in fields.keys() {
            let mut missing = json.clone();
            missing.pointer_mut(part).unwrap().as_object_mut().unwrap().remove(name);
            let error = read(&missing).unwrap_err().to_string();
            assert!(error.contains(&format!("missing field `{name}`")), "{error}");
            let mut wrong = json.clone();
            wrong.pointer_mut(part).unwrap()[name] = json!(-1.5);
            read(&wrong).unwrap_err();
        }
        let mut unknown = json.clone();
        unknown.pointer_mut(part).unwrap()["new"] = json!(null);
        let error = read(&unknown).unwrap_err().to_string();
        assert!(error.contains("unknown field `new`"), "{error}");
    }
}

#[test]
fn a_checkpoint_of_another_session_is_refused() {
    let server = list_with_created_at();
    let checkpoint = checkpoint_after(1, &request(&server));
    let client = client(&server);
    for (account, app, session) in
        [("other", "app", "session"), ("account", "other", "session"), ("account", "app", "x")]
    {
        let request = client.session_participants(account, app, session).resume_from(checkpoint.clone());
        let reason =
            "got a checkpoint that belongs to another session; use that session's IDs, or start over without it";
        assert_iterators_refuse(&server, &request, "resume_from", reason);
    }
}

type Configure = fn(ParticipantsRequest) -> ParticipantsRequest;

#[test]
fn a_checkpoint_with_any_other_parameter_is_refused() {
    let table: [(&str, Configure, Configure); 12] = [
        ("per_page", |request| request, |request| request.per_page(50)),
        ("include_peer_events", |request| request, |request| request.include_peer_events(true)),
        ("search", |request| request, |request| request.search("Mark")),
        ("search", |request| request.search("Ann"), |request| request.search("Mark")),
        ("sort_by", |request| request, |request| request.sort_by(SortBy::Duration)),
        ("sort_by", |request| request.sort_by(SortBy::JoinedAt), |request| request.sort_by(SortBy::Duration)),
        ("sort_order", |request| request, |request| request.sort_by(SortBy::JoinedAt).sort_order(SortOrder::Desc)),
        ("sort_order", |request| request, |request| request.sort_by(SortBy::JoinedAt)),
        ("view", |request| request, |request| request.view(View::Consolidated)),
        ("query", |request| request, |request| request.query("new", "1")),
        ("query", |request| request.query("new", "2"), |request| request.query("new", "1")),
        ("query", |request| request.query("new", "1"), |request| request.query("new", "1").query("new", "1")),
    ];
    for (name, one, other) in table {
        for (taken_with, used_with) in [(one, other), (other, one)] {
            for pages in [0, 1, 3] {
                let server = list_with_created_at();
                let checkpoint = stored(&checkpoint_after(pages, &taken_with(request(&server))));
                let request = used_with(request(&server)).resume_from(checkpoint);
                let reason = format!(
                    "got a checkpoint that was taken with a different {name}; set the same parameters, or start over without it"
                );
                assert_iterators_refuse(&server, &request, "resume_from", &reason);
            }
        }
    }
}

#[test]
fn equal_parameters_are_accepted() {
    let earliest_first: Configure = |request| request.sort_by(SortBy::JoinedAt).sort_order(SortOrder::Asc);
    let table: [(Configure, Configure); 5] = [
        (|request| request, earliest_first),
        (earliest_first, |request| request),
        (|request| request, |request| request.per_page(100)),
        (|request| request.per_page(100), |request| request),
        (
            |request| request.search("a").view(View::Raw).query("x", "1").query("y", "2"),
            |request| request.query("x", "1").query("y", "2").view(View::Raw).search("a"),
        ),
    ];
    for (taken_with, used_with) in table {
        let server = list_with_created_at();
        let checkpoint = checkpoint_after(1, &taken_with(request(&server)));
        assert_eq!(ids(used_with(request(&server)).resume_from(checkpoint)), expected_ids(3, 5));
    }
}

#[test]
fn another_server_and_another_token_are_accepted() {
    let checkpoint = checkpoint_after(1, &request(&list_with_created_at()));
    let server = list_with_created_at();
    let request = request_of(builder(&server).api_token("another")).resume_from(checkpoint);
    assert_eq!(ids(&request), expected_ids(3, 5));
    assert!(server.log().heads[0].contains("Bearer another"));
}

#[test]
fn a_checkpoint_is_refused_together_with_page_no_and_by_send() {
    let server = list_with_created_at();
    for pages in [0, 1, 3] {
        let checkpoint = checkpoint_after(pages, &request(&server));
        let request = request(&server).resume_from(checkpoint);
        let reason = "can't be combined with resume_from; remove one of them";
        assert_iterators_refuse(&server, &request.clone().page_no(2), "page_no", reason);
        let reason = "works with iterators only; call iter or pages, or remove it";
        let seen = server.seen();
        assert_refused(request.send(), "resume_from", reason);
        assert_refused(request.send_as::<Value>(), "resume_from", reason);
        assert_refused(request.send_json::<Value>(), "resume_from", reason);
        assert_eq!(server.seen(), seen);
    }
}

#[test]
fn a_checkpoint_that_is_refused_is_not_lost() {
    let server = list_with_created_at();
    let checkpoint = checkpoint_after(1, &request(&server));
    let table: [Configure; 3] = [|request| request.per_page(50), |request| request.page_no(2), |r| r.per_page(0)];
    for configure in table {
        let mut pages = configure(request(&server)).resume_from(checkpoint.clone()).pages();
        for _ in 0..2 {
            assert!(matches!(failed(pages.next().unwrap()), Error::InvalidArgument { .. }));
            assert_eq!(pages.checkpoint(), checkpoint);
            pages.resume();
        }
    }
}

#[test]
fn a_checkpoint_from_after_a_pagination_error_is_refused() {
    let empty = page_of_rows(vec![], 5, 0, 0);
    for (bodies, failed_page) in [
        (vec![page(3, 4, 5)], 1),
        (vec![empty.clone()], 1),
        (vec![page(1, 2, 5), page(1, 2, 5)], 2),
        (vec![page(1, 2, 5), empty], 2),
        (vec![bare_page(1, 2), bare_page(1, 2)], 2),
    ] {
        let server = Server::of_pages(bodies);
        let mut pages = request(&server).pages();
        assert!(pages.by_ref().any(|page| matches!(page, Err(Error::Pagination(_)))));
        let checkpoint = stored(&pages.checkpoint());
        assert_eq!(checkpoint.page_no(), failed_page);
        let request = request(&server).resume_from(checkpoint);
        let reason = "got a checkpoint that was taken after pages didn't line up; start over without it";
        assert_iterators_refuse(&server, &request, "resume_from", reason);
    }
}

#[test]
fn a_checkpoint_from_after_a_failed_restart_is_refused() {
    let server = Server::of_pages([page(1, 2, 5), page(1, 1, 5)]);
    let mut restarted = request(&server).resume_from(checkpoint_after(1, &request(&server))).pages();
    failed(restarted.next().unwrap());
    assert_eq!(restarted.checkpoint().page_no(), 1);
    let request = request(&server).resume_from(stored(&restarted.checkpoint()));
    let reason = "got a checkpoint that was taken after pages didn't line up; start over without it";
    assert_iterators_refuse(&server, &request, "resume_from", reason);
}
