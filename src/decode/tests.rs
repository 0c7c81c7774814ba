use super::*;
use crate::mutants;

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
        Ok(Body::Success(page)) => {
            pages += 1;
            let stored = serde_json::to_string(&page).unwrap();
            assert_eq!(serde_json::from_str::<ParticipantsPage>(&stored).unwrap(), page);
        }
        Ok(Body::Refusal) => refusals += 1,
        Err(error) => {
            let said = error.to_string();
            assert!(error.line() <= body.len() + 1 && error.column() <= body.len() + 1, "{said}");
            // The kind, which is what is said without numbers.
            let kind = said.replace(|c: char| c.is_ascii_digit(), "");
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
    assert!(matches!(any::<Vec<bool>>(b"[false]"), Ok(Body::Success(_))));
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
fn every_mutant_decodes_as_any_type_of_the_callers_or_is_an_error() {
    let samples: &[&[u8]] = &[include_bytes!("../../tests/data/participants.json")];
    let (mut values, mut errors) = (0, 0);
    mutants::each(10_000, samples, |body| match any::<serde_json::Value>(body) {
        Ok(_) => values += 1,
        Err(_) => errors += 1,
    });
    assert!(values > 1_000 && errors > 1_000, "{values} values, {errors} errors");
}
