//! "One page": what `send` asks for, and what it makes of an answer.

use httpmock::MockServer;
use httpmock::prelude::*;
use realtimekit::{Error, PeerEventName, PresetViewType, SortBy, SortOrder, View};
use serde_json::{Value, json};

use crate::pages::*;

const SAMPLE: &str = include_str!("../data/participants.json");
const SAMPLE_WITH_EVENTS: &str = include_str!("../data/participants_with_peer_events.json");

/// httpmock's own `base_url` is https here, by the feature that another test needs.
fn plain(server: &MockServer) -> String {
    format!("http://{}", server.address())
}

/// What `send` makes of a 200 with this body.
#[track_caller]
fn page_of(body: impl ToString) -> realtimekit::Result<realtimekit::ParticipantsPage> {
    let server = MockServer::start();
    let mock = server.mock(|when, then| {
        when.path("/accounts/account/realtime/kit/app/sessions/session/participants");
        then.status(200).header("content-type", "application/json").body(body.to_string());
    });
    let result = request(plain(&server)).send();
    mock.assert_calls(1);
    result
}

/// Asserts that what stands in `sent` stands in `kept` too; `kept` may have more fields, but only nulls.
#[track_caller]
fn assert_kept(sent: &Value, kept: &Value) {
    match (sent, kept) {
        (Value::Object(sent), Value::Object(kept)) => {
            for (name, value) in kept {
                assert_kept(sent.get(name).unwrap_or(&Value::Null), value);
            }
            assert!(sent.keys().all(|name| kept.contains_key(name)), "lost one of {:?}", sent.keys());
        }
        (Value::Array(sent), Value::Array(kept)) => {
            assert_eq!(sent.len(), kept.len());
            sent.iter().zip(kept).for_each(|(sent, kept)| assert_kept(sent, kept));
        }
        _ => assert_eq!(sent, kept),
    }
}

#[test]
fn both_samples_of_the_documentation_decode_with_no_field_lost() {
    for sample in [SAMPLE, SAMPLE_WITH_EVENTS] {
        let page = page_of(sample).unwrap();
        let sent: Value = serde_json::from_str(sample).unwrap();
        assert_kept(&sent["data"], &serde_json::to_value(&page).unwrap());
    }
}

#[test]
fn the_fields_of_the_sample_are_where_their_names_say() {
    let page = page_of(SAMPLE_WITH_EVENTS).unwrap();
    let henry = &page.participants[1];
    assert_eq!(henry.display_name.as_deref(), Some("Henry"));
    assert_eq!(henry.duration, Some(6.9263));
    assert_eq!(henry.joined_at.as_deref(), Some("2023-02-01T10:50:36.846Z\""), "as it came, stray quote and all");
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
fn absent_and_null_and_unknown_fields_cost_nothing() {
    let cases = [
        json!({"success": true, "data": {}}),
        json!({"data": {}}),
        json!({"success": null, "data": {"participants": null, "paging": null}, "paging": null}),
        json!({"success": true, "data": {"participants": [], "next": 7}, "messages": [{"code": 1}], "errors": []}),
    ];
    for body in cases {
        assert_eq!(page_of(body).unwrap(), realtimekit::ParticipantsPage::default());
    }
    let page =
        page_of(json!({"data": {"participants": [{"country": "NO"}, {"id": null, "peer_events": null}]}})).unwrap();
    assert_eq!(page.participants, [realtimekit::Participant::default(), realtimekit::Participant::default()]);
}

#[test]
fn values_that_are_newer_than_the_crate_are_kept_as_text() {
    let event = json!({"event_name": "PEER_WAVED", "preset_view_type": "HOLOGRAM"});
    let page = page_of(json!({"data": {"participants": [{"peer_events": [event]}]}})).unwrap();
    let kept = &page.participants[0].peer_events.as_ref().unwrap()[0];
    assert_eq!(kept.event_name, Some(PeerEventName::Other("PEER_WAVED".into())));
    assert_eq!(kept.preset_view_type.as_ref().map(PresetViewType::as_str), Some("HOLOGRAM"));
    assert_eq!(serde_json::to_value(&page).unwrap()["participants"][0]["peer_events"][0]["event_name"], "PEER_WAVED");
}

#[test]
fn known_values_of_the_open_enums_are_never_other() {
    for name in ["PEER_CREATED", "PEER_JOINING", "PEER_LEAVING"] {
        let value = PeerEventName::from(name.to_owned());
        assert!(!matches!(value, PeerEventName::Other(_)), "{name}");
        assert_eq!(value.as_str(), name);
    }
    for name in ["GROUP_CALL", "WEBINAR", "AUDIO_ROOM", "LIVESTREAM", "CHAT"] {
        let value = PresetViewType::from(name.to_owned());
        assert!(!matches!(value, PresetViewType::Other(_)), "{name}");
        assert_eq!(value.as_str(), name);
    }
}

#[test]
fn paging_is_read_inside_data_and_else_beside_it() {
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
        json!({"data": [null, null]}),
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
fn half_a_character_costs_that_character_and_not_the_page() {
    let page =
        page_of(r#"{"data": {"participants": [{"display_name": "Zo\ud83d \\ud83d \ud83d\ude42 \udc00"}]}}"#).unwrap();
    assert_eq!(page.participants[0].display_name.as_deref(), Some("Zo\u{fffd} \\ud83d 🙂 \u{fffd}"));
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
fn success_false_is_a_refusal_under_any_status_and_beside_any_data() {
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
fn a_refusal_without_a_message_names_no_participants() {
    let body = json!({"success": false, "data": {"participants": [{"display_name": "Mark"}]}});
    let error = page_of(&body).unwrap_err();
    assert_eq!(error.status(), Some(200));
    assert!(!format!("{error:?}").contains("Mark"), "{error:?}");
}

#[test]
fn an_error_body_is_read_whatever_its_success_says() {
    let server = MockServer::start();
    let body = json!({"success": "no", "errors": [{"code": 7, "message": "not yours"}]});
    server.mock(|when, then| {
        when.any_request();
        then.status(403).body(body.to_string());
    });
    let error = request(plain(&server)).send().unwrap_err();
    assert!(error.to_string().contains("not yours (code 7)"), "{error}");
}

#[test]
fn a_request_sends_what_is_set_and_nothing_else() {
    let server = MockServer::start();
    let sent = |query: &'static str| {
        move |when: httpmock::When, then: httpmock::Then| {
            when.method(GET)
                .path("/accounts/account/realtime/kit/app/sessions/session/participants")
                .header("authorization", format!("Bearer {TOKEN}"))
                .header("accept", "application/json")
                .header("user-agent", concat!("realtimekit/", env!("CARGO_PKG_VERSION")))
                .is_true(move |request| request.uri().query().unwrap_or_default() == query);
            then.status(200).body(SAMPLE);
        }
    };
    let mock = server.mock(sent(""));
    request(plain(&server)).send().unwrap();
    mock.assert_calls(1);

    let mock = server.mock(sent(
        "include_peer_events=true&page_no=3&per_page=50&search=Zo%C3%AB%20%26%20Co&sort_by=joinedAt&sort_order=ASC&view=raw&new=a%2Fb&new=",
    ));
    request(plain(&server))
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
    mock.assert_calls(1);

    let mock = server.mock(sent(
        "include_peer_events=false&page_no=0&per_page=0&sort_by=duration&sort_order=DESC&view=consolidated",
    ));
    request(plain(&server))
        .include_peer_events(false)
        .page_no(0)
        .per_page(0)
        .sort_by(SortBy::Duration)
        .sort_order(SortOrder::Desc)
        .view(View::Consolidated)
        .send()
        .unwrap();
    mock.assert_calls(1);
}

#[test]
fn path_values_are_percent_encoded() {
    let server = crate::server::Server::start(|_, _| vec![crate::server::Step::Send(crate::server::ok(SAMPLE))]);
    let client = client(server.base_url() + "/v4/");
    client.session_participants("a/b?c#d%e", "ü x", "...").send().unwrap();
    let target = server.log().requests[0].1.split(' ').nth(1).unwrap().to_owned();
    assert_eq!(target, "/v4/accounts/a%2Fb%3Fc%23d%25e/realtime/kit/%C3%BC%20x/sessions/.../participants");
}

#[test]
fn send_as_decodes_the_whole_body_to_a_type_of_the_callers() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.path_includes("/sessions/good/");
        then.status(200).body(SAMPLE);
    });
    server.mock(|when, then| {
        when.path_includes("/sessions/refused/");
        then.status(200).body(r#"{"success": false, "errors": []}"#);
    });
    server.mock(|when, then| {
        when.path_includes("/sessions/odd/");
        then.status(200).body(r#"{"success": false, "errors": [{"code": 1e999}], "errors": []}"#);
    });
    #[derive(Debug, serde::Deserialize)]
    struct Partly {
        #[serde(rename = "data")]
        _data: Option<Value>,
    }
    let client = client(plain(&server));
    let body: Value = client.session_participants("a", "b", "good").send_as().unwrap();
    assert_eq!(body, serde_json::from_str::<Value>(SAMPLE).unwrap());
    let refused = client.session_participants("a", "b", "refused").send_as::<Value>();
    assert_eq!(refused.unwrap_err().status(), Some(200));
    let odd = client.session_participants("a", "b", "odd").send_as::<Partly>();
    assert_eq!(odd.unwrap_err().status(), Some(200), "a refusal, whatever else is odd in it");
    let wrong = client.session_participants("a", "b", "good").send_as::<Vec<u8>>();
    assert!(matches!(wrong, Err(Error::Decode(_))), "{wrong:?}");
}

#[test]
fn a_page_comes_back_equal_from_storage_to_the_last_bit() {
    let durations = [0.1 + 0.2, 1.0 / 3.0, 5e-324, 1.797_693_134_862_315_7e308, 123_456.789_012_345_67];
    let rows: Vec<Value> = durations.iter().map(|duration| json!({"duration": duration})).collect();
    let page = page_of(json!({"data": {"participants": rows}})).unwrap();
    let minutes: Vec<f64> = page.participants.iter().filter_map(|participant| participant.duration).collect();
    assert_eq!(minutes, durations);
    let stored = serde_json::to_string(&page).unwrap();
    assert_eq!(serde_json::from_str::<realtimekit::ParticipantsPage>(&stored).unwrap(), page);
}
