//! `ApiError`: the server's refusal. Its messages are read from the body, and the token in them is masked.

mod mask;
mod messages;

use std::fmt;
use std::time::Duration;

use self::mask::Mask;
use super::requested::Requested;

/// The server's refusal: a status other than 2xx, or `success: false` under any status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// The HTTP status; 200 or another 2xx if the body says `success: false`.
    pub status: u16,
    /// The messages in a JSON body, at most 32. Nothing else of that body is quoted, because it could name
    /// participants.
    ///
    /// A body that isn't JSON gives at most one message, of at most 200 characters: the title of an HTML page such as a
    /// gateway's, or else the text up to where JSON may begin.
    pub errors: Vec<ApiErrorMessage>,
    /// The `cf-ray` header: the ID that Cloudflare's support asks for.
    pub ray_id: Option<String>,
    /// How long the server asks to wait: `Retry-After` or, for a 429, the reset in `Ratelimit` if that is longer. At
    /// most a day; `None` if it asks for no wait, or for a wait of zero.
    pub retry_after: Option<Duration>,
    pub(crate) requested: Requested,
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

/// The maximum number of characters quoted from a text.
const MAX_QUOTED: usize = 200;

/// The maximum number of messages that `Display` shows.
const MAX_SHOWN: usize = 5;

/// Cloudflare's codes for a malformed `Authorization` header, sent with a 400: "Invalid request headers" and "Invalid
/// format for Authorization header".
const MALFORMED_TOKEN: [Option<i64>; 2] = [Some(6003), Some(6111)];

const TOKEN_ADVICE: &str = "check the token and its Realtime permission";

impl ApiError {
    pub(crate) fn new(status: u16, ray_id: Option<&str>, body: &[u8], token: &str) -> ApiError {
        let body = String::from_utf8_lossy(body);
        let text = body.trim_matches(|c: char| c.is_whitespace() || c.is_control() || "\u{feff}\u{fffd}".contains(c));
        let is_json = text.starts_with(['{', '[', '"']);
        let mask = Mask::new(token);
        let mut errors = if is_json { messages::of_json(text) } else { messages::of_text(&mask.apply(text)) };
        errors.iter_mut().for_each(|error| error.message = mask.apply(&error.message));
        ApiError { status, errors, ray_id: ray_id.map(|id| mask.apply(id)), ..ApiError::default() }
    }

    /// Whether the server may accept the same request a little later.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self.status, 408 | 409 | 429 | 500..)
    }

    pub(super) fn advice(&self) -> &'static str {
        match self.status {
            400 if self.errors.iter().any(|error| MALFORMED_TOKEN.contains(&error.code)) => TOKEN_ADVICE,
            200..300 | 400 | 422 => "check the request's IDs and parameters",
            300..400 => "redirects are not followed; check base_url",
            401 | 403 => TOKEN_ADVICE,
            404 => "check the account, app and session IDs and their order, then base_url",
            429 => "Cloudflare may block a token for up to five minutes; try again later",
            _ if self.is_transient() => "try again later",
            _ => "check base_url and any proxy or gateway",
        }
    }
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
        let ray_id = self.ray_id.as_deref().map(one_line);
        self.requested.fmt_bracket(f, ray_id.as_deref())
    }
}

impl std::error::Error for ApiError {}

/// Collapses whitespace and control characters, and truncates.
fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_whitespace() || c.is_control();
    let words: Vec<&str> = text.split(breaks).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(MAX_QUOTED).collect()
}

#[cfg(test)]
mod tests;
