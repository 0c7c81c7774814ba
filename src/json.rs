//! Parses JSON, tolerates a byte order mark and lone surrogates, and says where in a text an error is.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

/// Parses a whole text. A byte order mark is skipped, and lone surrogates are read as U+FFFD.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    let text = without_byte_order_mark(text);
    serde_json::from_str(text).or_else(|error| match replace_lone_surrogates(text) {
        Cow::Borrowed(_) => Err(error),
        Cow::Owned(replaced) => serde_json::from_str(&replaced),
    })
}

pub(crate) fn without_byte_order_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// A value that is read from a JSON object only. serde reads a derived struct from an array too.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

/// Replaces escaped lone surrogates, which JavaScript leaves where it truncates a name inside an emoji. JSON's grammar
/// allows them, serde_json doesn't. Lines and columns stay the same.
pub(crate) fn replace_lone_surrogates(text: &str) -> Cow<'_, str> {
    let mut replaced = String::new();
    let (mut rest, mut unchanged_from) = (text, 0);
    while let Some((_, escape)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        let (length, is_lone) = match (code_unit(escape), escape.get(6..).and_then(code_unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, false),
            (Some(0xd800..=0xdfff), _) => (6, true),
            (Some(_), _) => (6, false),
            (None, _) => (2, false),
        };
        let Some(after) = escape.get(length..) else { break };
        if is_lone {
            let at = text.len() - escape.len();
            replaced.push_str(text.get(unchanged_from..at).unwrap_or_default());
            replaced.push_str("\\ufffd");
            unchanged_from = at + length;
        }
        rest = after;
    }
    if unchanged_from == 0 {
        return Cow::Borrowed(text);
    }
    Cow::Owned(replaced + text.get(unchanged_from..).unwrap_or_default())
}

/// The code unit of an escape such as `\ud83d` at the start of the text.
fn code_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

/// The offset in bytes of a place that serde_json names.
pub(crate) fn offset(text: &str, line: usize, column: usize) -> usize {
    let lines_before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    lines_before + column
}

/// Line and column of an offset, as serde_json counts them.
pub(crate) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    (1 + before.iter().filter(|&&byte| byte == b'\n').count(), offset - line_start)
}

/// A step from a JSON value into it.
#[derive(Debug, PartialEq)]
pub(crate) enum Step<'a> {
    /// The name as it is in the text, with its escapes.
    Name(&'a str),
    Index(usize),
}

/// The steps from the whole value to the value at an offset, up to which the text must be valid JSON.
pub(crate) fn path(text: &str, offset: usize) -> Vec<Step<'_>> {
    let mut path = Vec::new();
    let mut rest = text.get(..offset).unwrap_or(text);
    let mut is_name = false;
    while let Some(at) = rest.find(['"', '{', '[', ',', ']', '}']) {
        let token = rest.as_bytes().get(at);
        rest = rest.get(at + 1..).unwrap_or_default();
        match token {
            Some(b'"') => {
                let (string, after) = split_string(rest);
                rest = after;
                if let (true, Some(step)) = (is_name, path.last_mut()) {
                    *step = Step::Name(string);
                    is_name = false;
                }
            }
            Some(b'{') => {
                path.push(Step::Name(""));
                is_name = true;
            }
            Some(b'[') => path.push(Step::Index(0)),
            Some(b',') => match path.last_mut() {
                Some(Step::Index(index)) => *index += 1,
                _ => is_name = true,
            },
            _ => {
                path.pop();
                is_name = false;
            }
        }
    }
    path
}

/// Splits the text behind a quotation mark at the string's end.
fn split_string(text: &str) -> (&str, &str) {
    let mut is_escaped = false;
    let end = text.find(|c| {
        let is_end = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    });
    let end = end.unwrap_or(text.len());
    (text.get(..end).unwrap_or_default(), text.get(end + 1..).unwrap_or_default())
}

#[cfg(test)]
mod tests;
