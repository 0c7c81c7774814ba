//! `ApiError`: the server's refusal. Its messages are read from the body, and the token in them is masked.

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::json::{self, Object};

/// The server's refusal: a status other than 2xx, or `success: false` under any status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// The HTTP status; 200 or another 2xx where the body says `success: false`.
    pub status: u16,
    /// The messages in a JSON body. Nothing else of that body is quoted, because it could name participants.
    ///
    /// A body that isn't JSON, such as a gateway's HTML page, gives one message: its text up to the first `{`, at most
    /// 200 characters.
    pub errors: Vec<ApiErrorMessage>,
    /// The `cf-ray` header: the ID that Cloudflare's support asks for.
    pub ray_id: Option<String>,
    /// How long the server asks to wait: `Retry-After` or, for a 429, the reset in `Ratelimit` if that is longer. At
    /// most a day; `None` if it asks for no wait, or for a wait of zero.
    pub retry_after: Option<Duration>,
}

/// One message of an [`ApiError`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiErrorMessage {
    /// Cloudflare's error code, such as 10000 for a token that isn't accepted.
    pub code: Option<i64>,
    /// The text, with `***` in the place of your token; empty if the server sent none. It may hold line breaks.
    pub message: String,
}

/// The most characters of a text that are quoted.
const MAX_QUOTED: usize = 200;

/// The most messages that `Display` shows.
const MAX_SHOWN: usize = 5;

impl ApiError {
    pub(crate) fn new(status: u16, ray_id: Option<&str>, body: &[u8], token: &str) -> ApiError {
        let body = String::from_utf8_lossy(body);
        let text = body.trim_matches(|c: char| c.is_whitespace() || c.is_control() || "\u{feff}\u{fffd}".contains(c));
        let is_json = text.starts_with(['{', '[', '"']);
        let errors = if is_json { messages(text, token) } else { plain(&mask(text, token)) };
        ApiError { status, errors, ray_id: ray_id.map(|id| mask(id, token)), retry_after: None }
    }

    /// Whether the server may accept the same request a little later.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self.status, 408 | 409 | 429 | 500..)
    }

    pub(super) fn advice(&self) -> &'static str {
        match self.status {
            200..300 | 400 | 422 => "check the request's IDs and parameters",
            300..400 => "redirects are not followed; check base_url",
            401 | 403 => "check the token and its Realtime permission",
            404 => "check the account, app and session IDs and their order, then base_url",
            429 => "Cloudflare may block a token for up to five minutes; try again later",
            _ if self.is_transient() => "try again later",
            _ => "check base_url and any proxy or gateway",
        }
    }
}

#[derive(Deserialize)]
struct Refusal {
    errors: Option<Value>,
    error: Option<Value>,
    message: Option<Value>,
}

#[derive(Deserialize)]
struct RefusalData {
    data: Object<DataMessage>,
}

#[derive(Deserialize)]
struct DataMessage {
    message: Option<Value>,
}

/// The messages of a JSON body. No other text of it is used: it could name participants.
fn messages(text: &str, token: &str) -> Vec<ApiErrorMessage> {
    let Ok(Object(refusal)) = json::parse::<Object<Refusal>>(text) else { return Vec::new() };
    let mut errors: Vec<ApiErrorMessage> = match &refusal.errors {
        Some(Value::Array(errors)) => errors.iter().map(message).collect(),
        _ => Vec::new(),
    };
    errors.extend(refusal.error.iter().map(message));
    if errors.is_empty() {
        // Parsed by itself, because `data` may be anything else.
        let in_data = json::parse::<Object<RefusalData>>(text).ok().and_then(|Object(refusal)| refusal.data.0.message);
        let texts =
            [refusal.message, in_data].into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned));
        errors.extend(texts.map(|message| ApiErrorMessage { code: None, message }));
    }
    for error in &mut errors {
        error.message = mask(&error.message, token);
    }
    errors
}

fn message(error: &Value) -> ApiErrorMessage {
    let code = error.get("code").and_then(|code| match code {
        Value::String(text) => text.trim().parse().ok(),
        number => number.as_i64(),
    });
    let message = error.get("message").unwrap_or(error).as_str().unwrap_or_default().to_owned();
    ApiErrorMessage { code, message }
}

/// The beginning of a body that isn't JSON, as one message. It ends where JSON may begin, which could name
/// participants.
///
/// The token is masked before, because a piece of it that is cut here could be too short to recognise.
fn plain(masked: &str) -> Vec<ApiErrorMessage> {
    let before_json = masked.split('{').next().and_then(|text| text.split("[\"").next()).unwrap_or_default();
    let message: String = before_json.chars().take(MAX_QUOTED).collect();
    if message.is_empty() { Vec::new() } else { vec![ApiErrorMessage { code: None, message }] }
}

/// Masks the token, and any piece of it of 8 bytes or more, because gateways truncate and wrap what they repeat.
fn mask(text: &str, token: &str) -> String {
    let length = token.len().clamp(1, 8);
    let pieces: HashSet<&[u8]> = token.as_bytes().windows(length).collect();
    let mut is_secret = vec![false; text.len()];
    for (at, piece) in text.as_bytes().windows(length).enumerate().filter(|(_, piece)| pieces.contains(piece)) {
        is_secret.iter_mut().skip(at).take(piece.len()).for_each(|is_secret| *is_secret = true);
    }
    let mut masked = String::with_capacity(text.len());
    let mut was_secret = false;
    for (c, is_secret) in text.char_indices().map(|(at, c)| (c, is_secret.get(at) == Some(&true))) {
        match (is_secret, was_secret) {
            (true, false) => masked.push_str("***"),
            (true, true) => {}
            (false, _) => masked.push(c),
        }
        was_secret = is_secret;
    }
    masked
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from the API", self.status)?;
        if let 200..300 = self.status {
            f.write_str(" with success: false")?;
        }
        for (nth, error) in self.errors.iter().take(MAX_SHOWN).enumerate() {
            f.write_str(if nth == 0 { ": " } else { ", " })?;
            match (one_line(&error.message).as_str(), error.code) {
                ("", None) => f.write_str("no message")?,
                ("", Some(code)) => write!(f, "code {code}")?,
                (message, None) => f.write_str(message)?,
                (message, Some(code)) => write!(f, "{message} (code {code})")?,
            }
        }
        let more = self.errors.len().saturating_sub(MAX_SHOWN);
        if more > 0 {
            write!(f, ", and {more} more")?;
        }
        match &self.ray_id {
            Some(ray_id) => write!(f, " [ray {}]", one_line(ray_id)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ApiError {}

/// Collapses white space and control characters, and truncates.
fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_whitespace() || c.is_control();
    let words: Vec<&str> = text.split(breaks).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(MAX_QUOTED).collect()
}

#[cfg(test)]
mod tests;
