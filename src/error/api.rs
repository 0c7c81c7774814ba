//! `ApiError`: what a server's refusal says, read from its body.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// The server's refusal: a status other than 2xx, or `success: false` under any status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// The HTTP status; it can be 200 where the body says `success: false`.
    pub status: u16,
    /// The messages of the body's `errors` array or `error` object. For any other body, such as a gateway's HTML page, the
    /// first 200 characters of its text; nothing if the body holds `data`, which may name participants.
    pub errors: Vec<ApiErrorMessage>,
    /// The `cf-ray` header: the id that Cloudflare's support asks for.
    pub ray_id: Option<String>,
    /// How long the server asks to wait: `Retry-After`, or for a 429 without it the reset in `Ratelimit`. At most a day.
    pub retry_after: Option<Duration>,
}

/// One message of an [`ApiError`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiErrorMessage {
    /// Cloudflare's error code, such as 10000 for a token that isn't accepted.
    pub code: Option<i64>,
    /// The text that was sent, with `***` for each part of your token; empty if there was none. It may hold line breaks.
    pub message: String,
}

/// The longest text, in characters, that an error takes from a body or repeats in one message.
const QUOTED: usize = 200;

/// The most messages that an error says; a body has room for millions.
const SHOWN: usize = 5;

#[derive(Deserialize)]
struct Envelope {
    errors: Option<Value>,
    error: Option<Value>,
    data: Option<IgnoredAny>,
}

impl ApiError {
    /// `token` is blotted out wherever the server sends it back.
    pub(crate) fn new(status: u16, ray_id: Option<&str>, body: &[u8], token: &str) -> ApiError {
        let body = String::from_utf8_lossy(body);
        let mut errors = messages(&body).unwrap_or_else(|| of_text(body.trim()));
        for error in &mut errors {
            error.message = blot(&error.message, token);
        }
        let ray_id = ray_id.map(|id| blot(id, token));
        ApiError { status, errors, ray_id, retry_after: None }
    }
}

/// The messages of either envelope; `None` for a body that is neither and may be quoted.
fn messages(body: &str) -> Option<Vec<ApiErrorMessage>> {
    let envelope: Envelope = serde_json::from_str(body).ok()?;
    match (envelope.errors, envelope.error) {
        (Some(Value::Array(errors)), None) => Some(errors.iter().map(message).collect()),
        (Some(Value::Array(errors)), Some(error)) => Some(errors.iter().chain([&error]).map(message).collect()),
        (_, Some(error)) => Some(vec![message(&error)]),
        // The text of a body with data may hold participants, whom no log should name.
        _ => envelope.data.map(|_| Vec::new()),
    }
}

fn message(error: &Value) -> ApiErrorMessage {
    let code = error.get("code").and_then(|code| match code {
        Value::String(text) => text.trim().parse().ok(),
        number => number.as_i64(),
    });
    let message = match error.get("message").unwrap_or(error) {
        Value::String(text) => text.clone(),
        _ => String::new(),
    };
    ApiErrorMessage { code, message }
}

fn of_text(text: &str) -> Vec<ApiErrorMessage> {
    if text.is_empty() {
        return Vec::new();
    }
    let message = text.chars().take(QUOTED).collect();
    vec![ApiErrorMessage { code: None, message }]
}

/// Stars for the token and for each part of it that is long enough to help anybody: gateways cut and wrap what they
/// repeat.
fn blot(text: &str, token: &str) -> String {
    let long_enough = token.len().min(8);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_part = |length: &usize| rest.get(..*length).is_some_and(|start| token.contains(start));
        let part = (long_enough..=token.len()).take_while(is_part).last();
        match part {
            Some(_) => shown.push_str("***"),
            None => shown.push(c),
        }
        rest = rest.get(part.unwrap_or(c.len_utf8())..).unwrap_or_default();
    }
    shown
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from the API", self.status)?;
        if let 200..300 = self.status {
            f.write_str(" with success: false")?;
        }
        for (nth, error) in self.errors.iter().take(SHOWN).enumerate() {
            let lead = if nth == 0 { ": " } else { ", " };
            match (one_line(&error.message).as_str(), error.code) {
                ("", None) => write!(f, "{lead}no message")?,
                ("", Some(code)) => write!(f, "{lead}code {code}")?,
                (message, None) => write!(f, "{lead}{message}")?,
                (message, Some(code)) => write!(f, "{lead}{message} (code {code})")?,
            }
        }
        let more = self.errors.len().saturating_sub(SHOWN);
        if more > 0 {
            write!(f, ", and {more} more")?;
        }
        match (self.status, self.retry_after) {
            (408 | 409 | 429 | 500.., Some(Duration::ZERO)) => f.write_str("; try again")?,
            (408 | 409 | 429 | 500.., Some(wait)) => {
                write!(f, "; wait {} s, then try again", wait.as_secs_f64().ceil())?;
            }
            (status, _) => write!(f, "; {}", hint(status))?,
        }
        match &self.ray_id {
            Some(ray_id) => write!(f, " (ray {})", one_line(ray_id)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ApiError {}

fn hint(status: u16) -> &'static str {
    match status {
        200..300 | 400 | 422 => "check the request's IDs and parameters",
        300..400 => "redirects are not followed, check base_url",
        401 | 403 => "check the token and its Realtime permission",
        404 => "check the account, app and session IDs and their order, then base_url",
        429 => "wait up to five minutes, for which Cloudflare blocks a token, then try again",
        408 | 409 | 500.. => "try again later",
        _ => "check base_url and what stands between here and the API",
    }
}

/// What a server sent as text fit for one line of a log.
fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_whitespace() || c.is_control();
    let words: Vec<&str> = text.split(breaks).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(QUOTED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants;

    #[test]
    fn every_mutant_of_an_error_body_is_an_error_of_one_line_without_the_token() {
        const TOKEN: &str = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY";
        let samples: &[&[u8]] = &[
            br#"{"success": false, "errors": [{"code": 10000, "message": "Authentication error"}], "messages": [], "result": null}"#,
            br#"{"success": false, "error": {"code": "404", "message": "No session found with id 5f4e0c"}}"#,
            br#"{"success": false, "errors": ["plain", {"code": 1, "message": "Bearer Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY"}]}"#,
            b"<html>\n<head><title>502 Bad Gateway</title></head>\n<body>Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY</body></html>",
            include_bytes!("../../tests/data/participants.json"),
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
    fn a_wait_is_said_in_whole_seconds_and_never_short() {
        for (millis, said) in [
            (0, "503 from the API; try again"),
            (1, "503 from the API; wait 1 s, then try again"),
            (29_400, "503 from the API; wait 30 s, then try again"),
            (86_400_000, "503 from the API; wait 86400 s, then try again"),
        ] {
            let retry_after = Some(Duration::from_millis(millis));
            assert_eq!(ApiError { status: 503, retry_after, ..ApiError::default() }.to_string(), said);
        }
    }
}
