use super::*;
use crate::mutants;

fn page(body: &[u8]) -> Result<Answer<PageAndOutline<Participant>>, DecodeError> {
    participants(body, &RandomState::new())
}

#[test]
fn every_mutant_of_a_page_is_an_error_or_a_page_that_is_read_back_equal() {
    let samples: &[&[u8]] = &[
        include_bytes!("../../tests/data/participants.json"),
        include_bytes!("../../tests/data/participants_with_peer_events.json"),
        br#"{"success":true,"data":{"participants":[{"id":"p1","duration":1.5},{}]},"paging":{"total_count":2,"start_offset":1,"end_offset":2.0}}"#,
        br#"{"data":{"participants":[{"peer_events":[{"event_name":"PEER_WAVED","preset_view_type":"CHAT","minutes_consumed":0.1}]}]}}"#,
        br#"{"success":false,"error":{"code":404,"message":"No session found"}}"#,
    ];
    let (mut pages, mut refusals) = (0, 0);
    let mut errors = std::collections::BTreeMap::new();
    mutants::each(60_000, samples, |body| match page(body) {
        Ok(Answer::Success((page, _))) => {
            pages += 1;
            let stored = serde_json::to_string(&page).unwrap();
            assert_eq!(serde_json::from_str::<ParticipantsPage>(&stored).unwrap(), page);
        }
        Ok(Answer::Refusal) => refusals += 1,
        Err(error) => {
            let said = error.to_string();
            assert!(error.line() <= body.len() + 1 && error.column() <= body.len() + 1, "{said}");
            // The kind, which is what is said without the place.
            let kind = said.split([':', '(']).next().unwrap().split(" at ").next().unwrap().trim().to_owned();
            *errors.entry(kind).or_insert(0) += 1;
        }
    });
    assert!(pages > 5_000 && refusals > 1_000, "{pages} pages, {refusals} refusals");
    assert!(errors.len() == 5 && errors.values().all(|count| *count > 20), "{errors:#?}");
}

#[test]
fn an_array_is_never_read_as_a_page() {
    for body in [
        "[null,{},null]",
        r#"{"data":[null,null]}"#,
        r#"{"data":[[],null]}"#,
        "[false]",
        r#"{"data":[false]}"#,
        r#"{"data":{"paging":[5,1,2]}}"#,
    ] {
        assert!(page(body.as_bytes()).is_err(), "{body}");
    }
    assert!(matches!(super::json::<Vec<bool>>(b"[false]"), Ok(Answer::Success(_))));
}

#[test]
fn only_json_that_is_cut_inside_a_character_ends_early() {
    for (body, expected) in [
        (&b"{\"data\":\"Zo\xc3"[..], true),
        (b"\xef\xbb\xbf {\"data\":\"Zo\xc3", true),
        (b"[\"Zo\xc3", true),
        (b"\xef\xbb", true),
        (b"<html>caf\xe9", false),
        (b"{\"data\":\"Zo\xff\"", false),
    ] {
        assert_eq!(page(body).unwrap_err().ends_early(), expected, "{}", body.escape_ascii());
    }
}

#[test]
fn every_mutant_decodes_as_a_custom_type_or_is_an_error() {
    let samples: &[&[u8]] = &[include_bytes!("../../tests/data/participants.json")];
    let random = RandomState::new();
    let (mut values, mut errors) = (0, 0);
    mutants::each(10_000, samples, |body| {
        let of_json = super::json::<Value>(body).is_ok();
        let of_rows = rows::<Value>(body, &random).is_ok();
        *if of_json { &mut values } else { &mut errors } += 1;
        // What is a page of participants is a page of any rows, too.
        assert!(of_rows || page(body).is_err(), "{}", body.escape_ascii());
    });
    assert!(values > 1_000 && errors > 1_000, "{values} values, {errors} errors");
}

/// Where reading a page of participants fails.
fn place(body: &str) -> (Option<String>, usize, usize) {
    let error = page(body.as_bytes()).unwrap_err();
    (error.path().map(str::to_owned), error.line(), error.column())
}

#[test]
fn an_error_says_where_the_value_is_that_cannot_be_read() {
    for (body, path, line, column) in [
        (
            r#"{"data":{"participants":[{},{"id":"a","duration":"SECRET"}]}}"#,
            Some("data.participants[1].duration"),
            1,
            57,
        ),
        ("{\"data\":\n {\"participants\":[\n{},\n{}, {\"id\":7}]}}", Some("data.participants[2].id"), 4, 11),
        (
            r#"{"data":{"participants":[{"peer_events":[{},{"event_name":7}]}]}}"#,
            Some("data.participants[0].peer_events[1].event_name"),
            1,
            59,
        ),
        (r#"{"data":{"participants":[{"display_name":"a\"],[}\\","id":7}]}}"#, Some("data.participants[0].id"), 1, 59),
        (r#"{"data":{"participants":[{},7]}}"#, Some("data.participants[1]"), 1, 29),
        (r#"{"data":{"participants":{}}}"#, Some("data.participants"), 1, 24),
        (r#"{"data":{"participants":[[],{"odd":[{"odd":{}}]},{"id":1}]}}"#, Some("data.participants[0]"), 1, 27),
        (r#"{"data":{"paging":{"total_count":1.5}}}"#, Some("data.paging.total_count"), 1, 36),
        (r#"{"data":[]}"#, Some("data"), 1, 8),
        (r#"{"success":"yes","data":{}}"#, Some("success"), 1, 16),
        ("[]", None, 1, 0),
        (r#"{"data":null}"#, None, 0, 0),
        ("{}", None, 0, 0),
        ("no JSON", None, 1, 2),
    ] {
        assert_eq!(place(body), (path.map(str::to_owned), line, column), "{body}");
    }
}

#[derive(Debug, Deserialize)]
struct Country {
    #[serde(rename = "SECRET")]
    _country: String,
}

#[test]
fn an_error_of_a_custom_type_says_so_and_where_but_names_no_field_that_is_not_documented() {
    let random = RandomState::new();
    for (body, path, column) in [
        (r#"{"data":{"participants":[{"SECRET":"NO"},{"SECRET":7}]}}"#, "data.participants[1]", 52),
        (r#"{"data":{"participants":[{"SECRET":"NO"},{"id":"a"}]}}"#, "data.participants[1]", 51),
        (r#"{"data":{"participants":["SECRET"]}}"#, "data.participants[0]", 33),
        (r#"{"data":{"participants":[{"SECRET":"Zo\ud83d"},{"SECRET":7}]}}"#, "data.participants[1]", 58),
    ] {
        let error = rows::<Country>(body.as_bytes(), &random).unwrap_err();
        assert_eq!((error.path(), error.column()), (Some(path), column), "{body}");
        let expected = format!("the response can't be read as your own type at {path} (line 1, column {column})");
        assert_eq!(error.to_string(), expected);
    }
    let error = super::json::<Vec<Country>>(br#"[{"SECRET":"NO"},{"id":7}]"#).unwrap_err();
    assert_eq!(error.to_string(), "the response can't be read as your own type at [1] (line 1, column 25)");
    // What is wrong with the envelope has nothing to do with the type of the rows.
    let error = rows::<Country>(br#"{"data":[]}"#, &random).unwrap_err();
    assert_eq!(error.to_string(), "the response is JSON of an unexpected form at data (line 1, column 8)");
}

#[test]
fn negative_offsets_are_read_as_0_and_other_numbers_that_are_no_counts_are_refused() {
    let paging = |start: &str, end: &str| {
        format!(r#"{{"data":{{"paging":{{"total_count":0,"start_offset":{start},"end_offset":{end}}}}}}}"#)
    };
    for (start, end, expected) in [("0", "-1", Some((0, 0))), ("-1.0", "2.0", Some((0, 2))), ("-0.5", "1", None)] {
        match page(paging(start, end).as_bytes()) {
            Ok(Answer::Success((page, _))) => {
                let paging = page.paging.unwrap();
                assert_eq!(Some((paging.start_offset, paging.end_offset)), expected, "{start} {end}");
            }
            other => assert!(other.is_err() && expected.is_none(), "{start} {end}"),
        }
    }
}
