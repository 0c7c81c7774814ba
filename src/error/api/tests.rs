use super::*;
use crate::error::Error;
use crate::mutants;

#[test]
fn every_mutant_of_an_error_body_is_an_error_of_one_line_without_the_token() {
    const TOKEN: &str = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY";
    let samples: &[&[u8]] = &[
        br#"{"success": false, "errors": [{"code": 10000, "message": "Authentication error"}], "messages": [], "result": null}"#,
        br#"{"success": false, "error": {"code": "404", "message": "No session found with id 5f4e0c"}}"#,
        br#"{"success": false, "errors": ["plain", {"code": 1, "message": "Bearer Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY"}]}"#,
        b"<html>\n<head><title>502 Bad Gateway</title></head>\n<body>Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY</body></html>",
        include_bytes!("../../../tests/data/participants.json"),
    ];
    let (mut coded, mut plain) = (0, 0);
    mutants::each(50_000, samples, |body| {
        let error = ApiError::new(500, Some("8f1b2c3d4e5f6789-FRA"), body, TOKEN);
        let said = format!("{error}");
        assert!(said.starts_with("500 from the API") && !said.contains(TOKEN), "{said}");
        assert!(!said.contains(|c: char| c.is_control()) && said.len() < 10_000, "{said}");
        assert!(!format!("{error:?}").contains(TOKEN));
        *if error.errors.iter().any(|error| error.code.is_some()) { &mut coded } else { &mut plain } += 1;
    });
    assert!(coded > 1_000 && plain > 1_000, "{coded} with a code, {plain} without");
}

#[test]
fn a_wait_is_rounded_up_to_whole_seconds() {
    for (millis, expected) in [
        (1, "503 from the API; wait 1 s, then try again"),
        (29_400, "503 from the API; wait 30 s, then try again"),
        (86_400_000, "503 from the API; wait 86400 s, then try again"),
    ] {
        let retry_after = Some(Duration::from_millis(millis));
        let error = ApiError { status: 503, retry_after, ..ApiError::default() };
        assert_eq!(Error::Api(error).to_string(), expected);
    }
}

/// Bodies with a person named SECRET, which no error may name.
#[test]
fn a_json_body_is_quoted_only_through_its_messages() {
    let people = r#"{"participants":[{"display_name":"SECRET"}]}"#;
    let deep = "[".repeat(200) + &"]".repeat(200);
    type Messages = &'static [(Option<i64>, &'static str)];
    let table: Vec<(String, Messages)> = vec![
        (format!(r#"{{"errors":[{{"code":1,"message":"\ud83d"}}],"data":{people}}}"#), &[(Some(1), "\u{fffd}")]),
        (format!("\u{feff}{{\"errors\":[{{\"code\":1,\"message\":\"no\"}}],\"data\":{people}}}"), &[(Some(1), "no")]),
        (format!(r#"{{"error":"text","odd":1e999,"deep":{deep},"data":[{people}]}}"#), &[(None, "text")]),
        (format!(r#"{{"error":{{"message":"text"}},"result":{people}}}"#), &[(None, "text")]),
        (r#"{"message":"Unauthorized"}"#.to_owned(), &[(None, "Unauthorized")]),
        (r#"{"data":{"message":"Title is required"}}"#.to_owned(), &[(None, "Title is required")]),
        (format!(r#"{{"message":"no","data":{people}}}"#), &[(None, "no")]),
        (r#"{"errors":["a",{"code":"2","message":"b"}],"message":"c"}"#.to_owned(), &[(None, "a"), (Some(2), "b")]),
        (format!(r#"{{"error":{people}}}"#), &[(None, "")]),
        (format!(r#"{{"message":{people},"data":{{"message":{people}}}}}"#), &[]),
        (format!(r#"{{"errors":[],"errors":[{people}]}}"#), &[]),
        (format!(r#"{{"result":{people}}}"#), &[]),
        (format!(r#"{{"errors":[{{"code":1,"message":"no"}}],"data":{people}}} text"#), &[]),
        (format!(r#"{{"success":false,"data":{}"#, &people[..40]), &[]),
        (format!("[{people}]"), &[]),
        (format!(" \n\0{people}"), &[]),
        (r#""SECRET""#.to_owned(), &[]),
        (r#"["a","SECRET","SECRET"]"#.to_owned(), &[]),
        (r#"{"success":false,"data":["SECRET"]}"#.to_owned(), &[]),
        (format!("1f4\r\n{people}"), &[(None, "1f4\r\n")]),
        (r#"1f4 ["SECRET","x"]"#.to_owned(), &[(None, "1f4 ")]),
        (people.to_owned(), &[]),
    ];
    for (body, expected) in table {
        let error = ApiError::new(200, None, body.as_bytes(), "token");
        let messages: Vec<_> = error.errors.iter().map(|error| (error.code, error.message.as_str())).collect();
        assert_eq!(messages, expected, "{body}");
        assert!(!format!("{error} {error:?}").contains("SECRET"), "{body}");
    }
}

#[test]
fn the_token_is_masked_before_a_text_is_truncated() {
    const TOKEN: &str = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY";
    let escaped: String = TOKEN.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    for body in [
        format!("{}{TOKEN}", "x".repeat(MAX_QUOTED - 5)),
        format!(r#"{{"message":"{escaped}"}}"#),
        format!(r#"{{"message":"{}..."}}"#, &TOKEN[..8]),
    ] {
        let error = ApiError::new(400, Some(TOKEN), body.as_bytes(), TOKEN);
        assert!(error.errors[0].message.contains("***"), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("Sn3l"), "{error:?}");
    }
    // A token may hold a brace, where a text is cut.
    let error = ApiError::new(400, None, b"no Sn3lZ{JTBX6kkg7Odc", "Sn3lZ{JTBX6kkg7Odc");
    assert_eq!(error.errors[0].message, "no ***");
}
