use std::hint::black_box;
use std::time::Instant;

use serde_json::Value;

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
        br#"{"success": false, "errors": {"code": 6003, "error_chain": [{"code": 6111, "message": "Invalid format"}]}, "message": ["a"]}"#,
        br#"{"title": "Error 522", "detail": "Connection timed out", "error_code": 522, "error": "a", "error_description": "b"}"#,
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

#[test]
fn the_token_is_masked_before_a_text_is_truncated() {
    const TOKEN: &str = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY";
    let escaped: String = TOKEN.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    for body in [
        format!("{}{TOKEN}", "x".repeat(MAX_QUOTED - 5)),
        format!("<title>{}{TOKEN}</title>", "x".repeat(MAX_QUOTED - 5)),
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

/// The shortest of five runs, so that a pause of the machine doesn't count.
fn shortest(mut run: impl FnMut()) -> Duration {
    let times = (0..5).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed()
    });
    times.min().unwrap_or_default()
}

/// The long token has thousands of pieces. With a hundred messages, collecting them takes nearly all the time, so this
/// shows that it is done once; with 20,000, that no message is compared with all others.
#[test]
fn many_messages_take_hardly_longer_than_parsing_them() {
    let token: String = (0..4_000).map(|n| format!("{n:04}")).collect();
    let read = |body: &str| drop(black_box(ApiError::new(200, None, body.as_bytes(), &token)));
    let one = shortest(|| read(r#"{"errors":["m"]}"#));
    for count in [100, 20_000] {
        let errors: Vec<String> = (0..count).map(|n| format!(r#"{{"code":{n},"message":"m{n}"}}"#)).collect();
        let body = format!(r#"{{"success":false,"errors":[{}]}}"#, errors.join(","));
        let parsed = shortest(|| drop(black_box(serde_json::from_str::<Value>(&body))));
        let all = shortest(|| read(&body));
        assert!(all < (one + parsed) * 8, "{all:?} for {count}, {parsed:?} to parse them, {one:?} for one message");
    }
}
