//! How the body of a 2xx response becomes a page. Pure.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Number;

use crate::error::DecodeError;
use crate::response::{Paging, Participant, ParticipantsPage};

/// The page in a body; `None` where the body says `success: false`.
pub(crate) fn decode(body: &[u8]) -> Result<Option<ParticipantsPage>, DecodeError> {
    let body = text(body)?;
    let envelope = match from_json::<Envelope>(body) {
        Ok(envelope) if envelope.success == Some(false) => return Ok(None),
        Ok(envelope) => envelope,
        Err(_) if is_refusal(body) => return Ok(None),
        Err(error) => return Err(error),
    };
    let data = envelope.data.ok_or(DecodeError::no_data())?;
    let inside = data.paging.and_then(SentPaging::whole);
    let participants = data.participants.unwrap_or_default();
    if participants.is_empty() {
        from_json::<Object>(body)?;
    }
    let paging = inside.or_else(|| envelope.paging.and_then(SentPaging::whole));
    Ok(Some(ParticipantsPage { participants, paging }))
}

/// The whole of a body as a `T`; `None` where it says `success: false`.
pub(crate) fn decode_as<T: DeserializeOwned>(body: &[u8]) -> Result<Option<T>, DecodeError> {
    let body = text(body)?;
    if is_refusal(body) { Ok(None) } else { from_json(body).map(Some) }
}

/// Whether the body says `success: false`, whatever else is in it.
fn is_refusal(body: &str) -> bool {
    from_json::<Success>(body).is_ok_and(|body| body.success == Some(false))
}

/// One check for the whole body, so that serde_json needs none for each string.
fn text(body: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(body).map_err(|error| DecodeError::of_utf8(body, error))
}

fn from_json<T: DeserializeOwned>(body: &str) -> Result<T, DecodeError> {
    let parsed = serde_json::from_str(body).or_else(|error| {
        let mended = mend_surrogates(body);
        if mended == body { Err(error) } else { serde_json::from_str(&mended) }
    });
    parsed.map_err(|error| DecodeError::of_json(&error))
}

/// U+FFFD for each escape of half a character, such as JavaScript leaves where it cuts a name within an emoji: JSON's
/// grammar has them, serde_json hasn't. Lines and columns stay.
fn mend_surrogates(body: &str) -> String {
    let mut mended = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, escape)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        let (length, is_half) = match (code_unit(escape), escape.get(6..).and_then(code_unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, false),
            (Some(0xd800..=0xdfff), _) => (6, true),
            (Some(_), _) => (6, false),
            (None, _) => (2, false),
        };
        let Some((escape, after)) = escape.split_at_checked(length) else { break };
        mended.push_str(before);
        mended.push_str(if is_half { "\\ufffd" } else { escape });
        rest = after;
    }
    mended + rest
}

/// Of an escape such as `\ud83d` at the start of the text.
fn code_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[derive(Deserialize)]
struct Envelope {
    success: Option<bool>,
    data: Option<Data>,
    paging: Option<SentPaging>,
}

#[derive(Deserialize)]
struct Data {
    participants: Option<Vec<Participant>>,
    paging: Option<SentPaging>,
}

/// What an empty list has to be found in: a derived struct takes the array `[null, null]` for `data` as well.
#[derive(Deserialize)]
struct Object {
    #[serde(rename = "data")]
    _data: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
struct Success {
    success: Option<bool>,
}

#[derive(Deserialize)]
struct SentPaging {
    total_count: Option<WholeNumber>,
    start_offset: Option<WholeNumber>,
    end_offset: Option<WholeNumber>,
}

impl SentPaging {
    fn whole(self) -> Option<Paging> {
        Some(Paging {
            total_count: self.total_count?.0,
            start_offset: self.start_offset?.0,
            end_offset: self.end_offset?.0,
        })
    }
}

/// `123` or `123.0`.
#[derive(Deserialize)]
#[serde(try_from = "Number")]
struct WholeNumber(u64);

impl TryFrom<Number> for WholeNumber {
    type Error = &'static str;

    fn try_from(number: Number) -> Result<WholeNumber, &'static str> {
        const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53, above which doubles skip whole numbers
        let whole = |n: &f64| n.fract() == 0.0 && (0.0..=EXACT).contains(n);
        let float = || number.as_f64().filter(whole).map(|n| n as u64);
        number.as_u64().or_else(float).map(WholeNumber).ok_or("not a whole number")
    }
}

#[cfg(test)]
mod tests;
