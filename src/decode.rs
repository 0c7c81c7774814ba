//! Decodes the body of a 2xx response to a page or to a custom type, or finds that it is a refusal.

use std::collections::HashSet;
use std::hash::RandomState;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Number, Value, json};

use crate::error::DecodeError;
use crate::json::{self, Object, Step};
use crate::outline::Outline;
use crate::response::{Paging, Participant, ParticipantsPage, PeerEvent};

/// What a 2xx response is.
#[derive(Debug)]
pub(crate) enum Answer<T> {
    Success(T),
    /// Its body says `success: false`.
    Refusal,
}

/// A page, and its outline, whose hashes have a random key.
pub(crate) type PageAndOutline<T> = (ParticipantsPage<T>, Outline);

/// How a page with rows of type `T` is decoded.
pub(crate) type DecodePage<T> = fn(&[u8], &RandomState) -> Result<Answer<PageAndOutline<T>>, DecodeError>;

/// Decodes a page of participants.
pub(crate) fn participants(
    body: &[u8],
    random: &RandomState,
) -> Result<Answer<PageAndOutline<Participant>>, DecodeError> {
    let text = json::without_byte_order_mark(utf8(body)?);
    let parsed = json::parse::<Object<Envelope<Participant>>>(text);
    let Answer::Success((participants, paging)) = open(text, parsed)? else { return Ok(Answer::Refusal) };
    let outline = Outline::of_participants(&participants, paging.clone(), random);
    Ok(Answer::Success((ParticipantsPage { participants, paging }, outline)))
}

/// Decodes a page with rows of a custom type.
pub(crate) fn rows<T: DeserializeOwned>(
    body: &[u8],
    random: &RandomState,
) -> Result<Answer<PageAndOutline<T>>, DecodeError> {
    let text = json::replace_lone_surrogates(json::without_byte_order_mark(utf8(body)?));
    let parsed = serde_json::from_str::<Object<Envelope<&RawValue>>>(&text);
    let Answer::Success((rows, paging)) = open(&text, parsed)? else { return Ok(Answer::Refusal) };
    let outline = Outline::of_json(&rows, paging.clone(), random);
    let participants = rows.iter().map(|row| own_row(&text, row.get())).collect::<Result<_, _>>()?;
    Ok(Answer::Success((ParticipantsPage { participants, paging }, outline)))
}

/// Decodes the whole body to a custom type.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<Answer<T>, DecodeError> {
    let text = json::without_byte_order_mark(utf8(body)?);
    if is_refusal(text) {
        return Ok(Answer::Refusal);
    }
    json::parse(text).map(Answer::Success).map_err(|error| locate(text, &error).for_own_type())
}

/// One check of the whole body, so that serde_json doesn't check each string.
fn utf8(body: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(body).map_err(|error| DecodeError::from_utf8(body, error))
}

/// Rows, and their place in the list.
type Rows<R> = (Vec<R>, Option<Paging>);

/// The rows and the paging in an envelope.
fn open<R>(text: &str, parsed: serde_json::Result<Object<Envelope<R>>>) -> Result<Answer<Rows<R>>, DecodeError> {
    let envelope = match parsed {
        Ok(Object(envelope)) if envelope.success == Some(false) => return Ok(Answer::Refusal),
        Ok(Object(envelope)) => envelope,
        Err(_) if is_refusal(text) => return Ok(Answer::Refusal),
        Err(error) => return Err(locate_documented(text, &error)),
    };
    let Object(data) = envelope.data.ok_or(DecodeError::no_data())?;
    let complete = |Object(paging): Object<SentPaging>| paging.complete();
    let paging = data.paging.and_then(complete).or_else(|| envelope.paging.and_then(complete));
    Ok(Answer::Success((data.participants.unwrap_or_default(), paging)))
}

/// Reads a row, which is a part of `text`, as a custom type.
fn own_row<T: DeserializeOwned>(text: &str, row: &str) -> Result<T, DecodeError> {
    serde_json::from_str(row).map_err(|error| {
        let start = (row.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        wrong_shape(text, start + json::offset(row, error.line(), error.column())).for_own_type()
    })
}

/// Whether the body says `success: false`, whatever else it holds.
fn is_refusal(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Success {
        success: bool,
    }
    json::parse::<Object<Success>>(text).is_ok_and(|Object(body)| !body.success)
}

/// Says where in the text an error is.
fn locate(text: &str, error: &serde_json::Error) -> DecodeError {
    if error.is_data() {
        wrong_shape(text, json::offset(text, error.line(), error.column()))
    } else {
        DecodeError::from_json(error)
    }
}

/// The same for an error in documented types. All of their fields are optional, so an error behind an object is about
/// its last value.
fn locate_documented(text: &str, error: &serde_json::Error) -> DecodeError {
    let offset = json::offset(text, error.line(), error.column());
    match text.get(..offset).and_then(|before| before.strip_suffix('}')) {
        Some(before) if error.is_data() => wrong_shape(text, before.len()),
        _ => locate(text, error),
    }
}

fn wrong_shape(text: &str, offset: usize) -> DecodeError {
    let (line, column) = json::line_and_column(text, offset);
    DecodeError::wrong_shape(line, column, known_path(&json::path(text, offset)))
}

/// The path up to the first name that isn't documented: other names may be data.
fn known_path(steps: &[Step<'_>]) -> Option<String> {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Name(name) if KNOWN_NAMES.contains(*name) => {
                path.push_str(if path.is_empty() { "" } else { "." });
                path.push_str(name);
            }
            Step::Name(_) => break,
            Step::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    (!path.is_empty()).then_some(path)
}

/// The documented names: all fields of the response types, which serialize as null if they are absent.
static KNOWN_NAMES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let fields = |row: serde_json::Result<Value>| match row {
        Ok(Value::Object(fields)) => fields.into_iter().map(|(name, _)| name).collect(),
        _ => Vec::new(),
    };
    let types = [
        Ok(json!({"success": true, "data": {}})),
        serde_json::to_value(ParticipantsPage::<Participant>::default()),
        serde_json::to_value(Paging::default()),
        serde_json::to_value(Participant::default()),
        serde_json::to_value(PeerEvent::default()),
    ];
    types.into_iter().flat_map(fields).collect()
});

#[derive(Deserialize)]
struct Envelope<R> {
    success: Option<bool>,
    data: Option<Object<Data<R>>>,
    paging: Option<Object<SentPaging>>,
}

#[derive(Deserialize)]
struct Data<R> {
    participants: Option<Vec<R>>,
    paging: Option<Object<SentPaging>>,
}

/// Paging as sent; any of its numbers may be missing.
#[derive(Deserialize)]
struct SentPaging {
    total_count: Option<WholeNumber>,
    start_offset: Option<Offset>,
    end_offset: Option<Offset>,
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

/// A whole number, or 0 for a negative one, which some servers send for an empty page.
#[derive(Deserialize)]
#[serde(try_from = "Number")]
struct Offset(u64);

impl TryFrom<Number> for Offset {
    type Error = &'static str;

    fn try_from(number: Number) -> Result<Offset, &'static str> {
        let is_negative = number.as_f64().is_some_and(|n| n < 0.0 && n.fract() == 0.0);
        if is_negative { Ok(Offset(0)) } else { WholeNumber::try_from(number).map(|number| Offset(number.0)) }
    }
}

#[cfg(test)]
mod tests;
