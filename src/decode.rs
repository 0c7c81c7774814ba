//! Decodes the body of a 2xx response to a page or to a custom type, or finds that it is a refusal.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Number;

use crate::error::DecodeError;
use crate::json::{self, Object};
use crate::response::{Paging, Participant, ParticipantsPage};

/// What a body holds.
#[derive(Debug)]
pub(crate) enum Body<T> {
    Success(T),
    /// It says `success: false`.
    Refusal,
}

/// How a body is decoded.
pub(crate) type Decode<T> = fn(&[u8]) -> Result<Body<T>, DecodeError>;

/// Decodes a page.
pub(crate) fn page(body: &[u8]) -> Result<Body<ParticipantsPage>, DecodeError> {
    let text = utf8(body)?;
    let envelope = match json::parse::<Object<Envelope>>(text) {
        Ok(Object(envelope)) if envelope.success == Some(false) => return Ok(Body::Refusal),
        Ok(Object(envelope)) => envelope,
        Err(_) if is_refusal(text) => return Ok(Body::Refusal),
        Err(error) => return Err(DecodeError::from_json(&error)),
    };
    let Object(data) = envelope.data.ok_or(DecodeError::no_data())?;
    let complete = |Object(paging): Object<SentPaging>| paging.complete();
    let paging = data.paging.and_then(complete).or_else(|| envelope.paging.and_then(complete));
    Ok(Body::Success(ParticipantsPage { participants: data.participants.unwrap_or_default(), paging }))
}

/// Decodes the whole body to a custom type.
pub(crate) fn any<T: DeserializeOwned>(body: &[u8]) -> Result<Body<T>, DecodeError> {
    let text = utf8(body)?;
    if is_refusal(text) {
        return Ok(Body::Refusal);
    }
    json::parse(text).map(Body::Success).map_err(|error| DecodeError::from_json(&error))
}

/// One check of the whole body, so that serde_json doesn't check each string.
fn utf8(body: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(body).map_err(|error| DecodeError::from_utf8(body, error))
}

/// Whether the body says `success: false`, whatever else it holds.
fn is_refusal(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Success {
        success: bool,
    }
    json::parse::<Object<Success>>(text).is_ok_and(|Object(body)| !body.success)
}

#[derive(Deserialize)]
struct Envelope {
    success: Option<bool>,
    data: Option<Object<Data>>,
    paging: Option<Object<SentPaging>>,
}

#[derive(Deserialize)]
struct Data {
    participants: Option<Vec<Participant>>,
    paging: Option<Object<SentPaging>>,
}

/// Paging as sent; any of its numbers may be missing.
#[derive(Deserialize)]
struct SentPaging {
    total_count: Option<WholeNumber>,
    start_offset: Option<WholeNumber>,
    end_offset: Option<WholeNumber>,
}

impl SentPaging {
    fn complete(self) -> Option<Paging> {
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
        let is_whole = |n: &f64| n.fract() == 0.0 && (0.0..=EXACT).contains(n);
        let float = || number.as_f64().filter(is_whole).map(|n| n as u64);
        number.as_u64().or_else(float).map(WholeNumber).ok_or("not a whole number")
    }
}

#[cfg(test)]
mod tests;
