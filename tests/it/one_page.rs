//! What `send` asks for, and what it makes of an answer.

use realtimekit::{Error, Participant, PeerEvent, PeerEventName, PresetViewType, SortBy, SortOrder, View};
use serde_json::{Value, json};

use crate::support::*;

const SAMPLE: &str = include_str!("../data/participants.json");
const SAMPLE_WITH_EVENTS: &str = include_str!("../data/participants_with_peer_events.json");

/// What `send` makes of a 200 with this body, after one request.
#[track_caller]
fn page_of(body: impl ToString) -> realtimekit::Result<realtimekit::ParticipantsPage> {
    let server = Server::always(ok(body.to_string()));
    let result = request(&server).send();
    assert_eq!(server.seen(), 1);
    result
}

/// Asserts that `kept` holds all that was sent. It may have further fields, but only nulls.
#[track_caller]
fn assert_kept(sent: &Value, kept: &Value) {
    match (sent, kept) {
        (Value::Object(sent), Value::Object(kept)) => {
            for (name, value) in kept {
                assert_kept(sent.get(name).unwrap_or(&Value::Null), value);
            }
            assert!(sent.keys().all(|name| kept.contains_key(name)), "lost one of {sent:?}");
        }
        (Value::Array(sent), Value::Array(kept)) => {
            assert_eq!(sent.len(), kept.len());
            sent.iter().zip(kept).for_each(|(sent, kept)| assert_kept(sent, kept));
        }
        _ => assert_eq!(sent, kept),
    }
}

#[test]
fn the_documented_samples_decode_with_no_field_lost() {
    for sample in [SAMPLE, SAMPLE_WITH_EVENTS] {
        let page = page_of(sample).unwrap();
        let sent: Value = serde_json::from_str(sample).unwrap();
        assert_kept(&sent["data"], &serde_json::to_value(&page).unwrap());
    }
}

#[test]
fn the_values_of_the_sample_are_in_the_fields_with_their_names() {
    let page = page_of(SAMPLE_WITH_EVENTS).unwrap();
    let henry = &page.participants[1];
    assert_eq!(henry.display_name.as_deref(), Some("Henry"));
    assert_eq!(henry.duration, Some(6.9263));
    assert_eq!(henry.joined_at.as_deref(), Some("2023-02-01T10:50:36.846Z\""), "with the sample's stray quote");
    let events = henry.peer_events.as_ref().unwrap();
    let names: Vec<_> = events.iter().map(|event| event.event_name.clone().unwrap()).collect();
    assert_eq!(names, [PeerEventName::Joining, PeerEventName::Leaving]);
    let paging = page.paging.unwrap();
    assert_eq!((paging.total_count, paging.start_offset, paging.end_offset), (123, 1, 2));
}

#[test]
fn every_field_of_a_peer_event_is_kept() {
    let event = json!({
        "id": "e", "created_at": "c", "updated_at": "u", "event_name": "PEER_CREATED", "minutes_consumed": 0.1,
        "participant_id": "p", "peer_id": "q", "preset_view_type": "AUDIO_ROOM", "session_id": "s", "socket_session_id": "t",
    });
    let page = page_of(json!({"data": {"participants": [{"peer_events": [event]}]}})).unwrap();
    let kept = &page.participants[0].peer_events.as_ref().unwrap()[0];
    assert_eq!(serde_json::to_value(kept).unwrap(), event);
}

#[test]
fn absent_and_null_and_unknown_fields_are_accepted() {
    let cases = [
        json!({"success": true, "data": {}}),
        json!({"data": {}}),
        json!({"success": null, "data": {"participants": null, "paging": null}, "paging": null}),
        json!({"success": true, "data": {"participants": [], "next": 7}, "messages": [{"code": 1}], "errors": []}),
    ];
    for body in cases {
        assert_eq!(page_of(body).unwrap(), realtimekit::ParticipantsPage::default());
    }
    let rows = json!([{"country": "NO"}, {"id": null, "peer_events": null}]);
    let page = page_of(json!({"data": {"participants": rows}})).unwrap();
    assert_eq!(page.participants, [realtimekit::Participant::default(), realtimekit::Participant::default()]);
}

#[test]
fn unknown_enum_values_are_kept_as_text() {
    let event = json!({"event_name": "PEER_WAVED", "preset_view_type": "HOLOGRAM"});
    let page = page_of(json!({"data": {"participants": [{"peer_events": [event]}]}})).unwrap();
    let kept = &page.participants[0].peer_events.as_ref().unwrap()[0];
    assert_eq!(kept.event_name, Some(PeerEventName::Other("PEER_WAVED".into())));
    assert_eq!(kept.preset_view_type.as_ref().map(PresetViewType::as_str), Some("HOLOGRAM"));
    assert_eq!(serde_json::to_value(&page).unwrap()["participants"][0]["peer_events"][0]["event_name"], "PEER_WAVED");
}

#[test]
fn known_enum_values_are_read_as_their_own_variants() {
    for name in ["PEER_CREATED", "PEER_JOINING", "PEER_LEAVING"] {
        let value = serde_json::from_value::<PeerEventName>(json!(name)).unwrap();
        assert!(!matches!(value, PeerEventName::Other(_)), "{name}");
        assert_eq!((value.as_str(), value.to_string().as_str()), (name, name));
    }
    for name in ["GROUP_CALL", "WEBINAR", "AUDIO_ROOM", "LIVESTREAM", "CHAT"] {
        let value = serde_json::from_value::<PresetViewType>(json!(name)).unwrap();
        assert!(!matches!(value, PresetViewType::Other(_)), "{name}");
        assert_eq!((value.as_str(), value.to_string().as_str()), (name, name));
    }
}

#[test]
fn absent_fields_serialize_as_null_so_that_a_row_has_all_its_columns() {
    let columns = |row: Value| row.as_object().unwrap().values().filter(|value| value.is_null()).count();
    assert_eq!(columns(serde_json::to_value(Participant::default()).unwrap()), 11);
    assert_eq!(columns(serde_json::to_value(PeerEvent::default()).unwrap()), 10);
}

#[test]
fn paging_is_read_inside_data_or_else_beside_it() {
    let whole = |total| json!({"total_count": total, "start_offset": 1, "end_offset": 2});
    let cases = [
        (json!({"data": {"paging": whole(5)}}), Some(5)),
        (json!({"data": {}, "paging": whole(6)}), Some(6)),
        (json!({"data": {"paging": whole(5)}, "paging": whole(6)}), Some(5)),
        (json!({"data": {"paging": {"total_count": 5}}, "paging": whole(6)}), Some(6)),
        (json!({"data": {"paging": {"total_count": null, "start_offset": 1, "end_offset": 2}}}), None),
        (json!({"data": {"paging": {}}}), None),
        (json!({"data": {"paging": {"total_count": 123.0, "start_offset": 1.0, "end_offset": 2e0}}}), Some(123)),
    ];
    for (body, total) in cases {
        let page = page_of(&body).unwrap();
        assert_eq!(page.paging.map(|paging| paging.total_count), total, "{body}");
    }
}

#[test]
fn a_value_of_the_wrong_type_is_a_decode_error_that_quotes_nothing() {
    let participant = |field: &str, value: Value| json!({"data": {"participants": [{field: value}]}});
    let total = |value: Value| json!({"data": {"paging": {"total_count": value, "start_offset": 1, "end_offset": 1}}});
    let cases = [
        participant("duration", json!("Mark")),
        participant("display_name", json!(7)),
        participant("peer_events", json!({})),
        participant("peer_events", json!([{"event_name": 7}])),
        total(json!("123")),
        total(json!(-1)),
        total(json!(1.5)),
        total(json!(1e300)),
        json!({"success": "yes", "data": {}}),
        json!({"data": []}),
        json!({"data": "Mark"}),
        json!({"success": true, "data": null}),
        json!({"success": true}),
        json!(null),
        json!([]),
    ];
    for body in cases {
        match page_of(&body) {
            Err(error @ Error::Decode(_)) => assert!(!format!("{error:?}").contains("Mark"), "{error:?}"),
            other => panic!("{body} gave {other:?}"),
        }
    }
}

#[test]
fn a_lone_surrogate_is_replaced_and_the_rest_of_the_text_is_kept() {
    let page =
        page_of(r#"{"data": {"participants": [{"display_name": "Zo\ud83d \\ud83d \ud83d\ude42 \udc00"}]}}"#).unwrap();
    assert_eq!(page.participants[0].display_name.as_deref(), Some("Zo\u{fffd} \\ud83d 🙂 \u{fffd}"));
}

#[test]
fn a_byte_order_mark_before_the_json_is_skipped() {
    let server = Server::always(ok(format!("\u{feff}{SAMPLE}")));
    let page = request(&server).send().unwrap();
    assert_eq!(page, page_of(SAMPLE).unwrap());
    let body: Value = request(&server).send_json().unwrap();
    assert_eq!(body, serde_json::from_str::<Value>(SAMPLE).unwrap());
}

#[test]
fn unknown_fields_are_ignored_whatever_they_hold() {
    let deep = "[".repeat(100) + &"]".repeat(100);
    for odd in ["1e999", r#""\ud83d""#, &deep] {
        let page = page_of(format!(r#"{{"data": {{"participants": [{{"id": "a"}}], "odd": {odd}}}, "odd": {odd}}}"#));
        assert_eq!(page.unwrap().participants.len(), 1, "{odd}");
    }
}

#[test]
fn success_false_under_200_is_a_refusal_whatever_else_is_there() {
    let envelopes = [
        json!({"success": false, "errors": [{"code": 10000, "message": "no"}], "messages": [], "result": null}),
        json!({"success": false, "error": {"code": "10000", "message": "no"}}),
        json!({"success": false, "errors": [{"code": 10000, "message": "no"}], "data": "odd", "paging": []}),
        json!({"success": false, "errors": [{"code": 10000, "message": "no"}], "data": {"participants": []}}),
    ];
    for body in envelopes {
        let Err(Error::Api(error)) = page_of(&body) else { panic!("{body}") };
        assert_eq!((error.status, error.errors[0].code, error.errors[0].message.as_str()), (200, Some(10000), "no"));
        assert_eq!(error.errors.len(), 1);
    }
}

#[test]
fn an_error_body_is_read_whatever_its_success_field_is() {
    let body = json!({"success": "no", "errors": [{"code": 7, "message": "not yours"}]});
    let server = Server::always(answer("403 Forbidden", "", body.to_string()));
    let error = failed(request(&server).send());
    assert!(error.to_string().contains("not yours (code 7)"), "{error}");
}

#[test]
fn a_request_is_a_get_of_the_documented_path_with_the_token() {
    let server = Server::of_list(1, 1);
    request(&server).send().unwrap();
    let head = server.log().heads.remove(0).to_lowercase();
    let mut lines: Vec<&str> = head.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.remove(0), "get /accounts/account/realtime/kit/app/sessions/session/participants http/1.1");
    let user_agent = concat!("user-agent: realtimekit/", env!("CARGO_PKG_VERSION"));
    for expected in [&format!("authorization: bearer {TOKEN}").to_lowercase(), "accept: application/json", user_agent] {
        assert!(lines.contains(&expected), "{head}");
    }
}

#[test]
fn a_request_sends_the_parameters_that_are_set_and_no_others() {
    let server = Server::always(ok(SAMPLE));
    request(&server).send().unwrap();
    request(&server)
        .query("new", "a/b")
        .view(View::Raw)
        .sort_order(SortOrder::Asc)
        .sort_by(SortBy::JoinedAt)
        .search("Zoë & Co")
        .per_page(50)
        .page_no(3)
        .include_peer_events(true)
        .query("new", "")
        .send()
        .unwrap();
    request(&server)
        .include_peer_events(false)
        .page_no(0)
        .per_page(0)
        .sort_by(SortBy::Duration)
        .sort_order(SortOrder::Desc)
        .view(View::Consolidated)
        .send()
        .unwrap();
    let heads = server.log().heads;
    let sent: Vec<&str> = heads.iter().map(|head| query_string(head)).collect();
    assert_eq!(
        sent,
        [
            "",
            "include_peer_events=true&page_no=3&per_page=50&search=Zo%C3%AB%20%26%20Co&sort_by=joinedAt&sort_order=ASC&view=raw&new=a%2Fb&new=",
            "include_peer_events=false&page_no=0&per_page=0&sort_by=duration&sort_order=DESC&view=consolidated",
        ]
    );
}

#[test]
fn path_values_are_percent_encoded() {
    let server = Server::always(ok(SAMPLE));
    let client = client(server.base_url() + "/v4/");
    client.session_participants("a/b?c#d%e", "ü x", "...").send().unwrap();
    let expected = "/v4/accounts/a%2Fb%3Fc%23d%25e/realtime/kit/%C3%BC%20x/sessions/.../participants";
    assert_eq!(target(&server.log().heads[0]), expected);
}

#[test]
fn send_json_decodes_the_whole_body_into_any_type() {
    #[derive(Debug, serde::Deserialize)]
    struct OnlyData {
        #[serde(rename = "data")]
        _data: Option<Value>,
    }
    let good = Server::always(ok(SAMPLE));
    let body: Value = request(&good).send_json().unwrap();
    assert_eq!(body, serde_json::from_str::<Value>(SAMPLE).unwrap());
    assert!(matches!(failed(request(&good).send_json::<Vec<u8>>()), Error::Decode(_)));

    let refused = Server::always(ok(r#"{"success": false, "errors": []}"#));
    assert_eq!(failed(request(&refused).send_json::<Value>()).status(), Some(200));
    // `success: false` is a refusal, whatever else is wrong with the body.
    let odd = Server::always(ok(r#"{"success": false, "errors": [{"code": 1e999}], "errors": []}"#));
    assert_eq!(failed(request(&odd).send_json::<OnlyData>()).status(), Some(200));
}

#[test]
fn a_stored_page_reads_back_equal_to_the_last_bit() {
    let durations = [0.1 + 0.2, 1.0 / 3.0, 5e-324, 1.797_693_134_862_315_7e308, 123_456.789_012_345_67];
    let rows: Vec<Value> = durations.iter().map(|duration| json!({"duration": duration})).collect();
    let page = page_of(json!({"data": {"participants": rows}})).unwrap();
    let minutes: Vec<f64> = page.participants.iter().filter_map(|participant| participant.duration).collect();
    assert_eq!(minutes, durations);
    let stored = serde_json::to_string(&page).unwrap();
    assert_eq!(serde_json::from_str::<realtimekit::ParticipantsPage>(&stored).unwrap(), page);
}
