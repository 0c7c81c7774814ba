//! `DecodeError`: a 2xx response that isn't the documented JSON.

use std::fmt;

/// A 2xx response that isn't the documented JSON: what is wrong and where, without any value from the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: Kind,
    line: usize,
    column: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Empty,
    NotUtf8,
    NotJson,
    EndsEarly,
    WrongShape,
    NoData,
}

impl DecodeError {
    /// The line of the body, counted from 1; 0 where the error has no position.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in that line, in bytes counted from 1; 0 where the error has no position.
    pub fn column(&self) -> usize {
        self.column
    }

    pub(crate) fn empty() -> DecodeError {
        DecodeError { kind: Kind::Empty, line: 0, column: 0 }
    }

    pub(crate) fn no_data() -> DecodeError {
        DecodeError { kind: Kind::NoData, line: 0, column: 0 }
    }

    pub(crate) fn from_json(error: &serde_json::Error) -> DecodeError {
        let kind = match error.classify() {
            serde_json::error::Category::Eof => Kind::EndsEarly,
            serde_json::error::Category::Data => Kind::WrongShape,
            _ => Kind::NotJson,
        };
        DecodeError { kind, line: error.line(), column: error.column() }
    }

    pub(crate) fn from_utf8(body: &[u8], error: std::str::Utf8Error) -> DecodeError {
        let before = body.get(..error.valid_up_to()).unwrap_or_default();
        let json = before.strip_prefix(b"\xef\xbb\xbf").unwrap_or(before).trim_ascii_start();
        // JSON that ends in the middle of a character was cut there.
        let is_json = matches!(json.first(), None | Some(b'{' | b'[' | b'"'));
        let is_cut = error.error_len().is_none() && is_json;
        let kind = if is_cut { Kind::EndsEarly } else { Kind::NotUtf8 };
        let line = before.split(|&byte| byte == b'\n').count();
        let column = before.rsplit(|&byte| byte == b'\n').next().map_or(0, <[u8]>::len) + 1;
        DecodeError { kind, line, column }
    }

    /// Whether the body is the beginning of a JSON text: it was cut short on the way.
    pub(crate) fn ends_early(&self) -> bool {
        self.kind == Kind::EndsEarly
    }

    pub(super) fn advice(&self) -> &'static str {
        match self.kind {
            Kind::WrongShape => "try a newer version of realtimekit, or check your own type in send_as",
            Kind::NoData => "check base_url",
            _ => "check base_url and any proxy or gateway",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match self.kind {
            Kind::Empty => return f.write_str("the response is empty"),
            Kind::NoData => return f.write_str("the response has no data object"),
            Kind::NotUtf8 => "is not UTF-8",
            Kind::NotJson => "is not JSON",
            Kind::EndsEarly => "ends early",
            Kind::WrongShape => "is JSON of an unexpected form",
        };
        write!(f, "the response {problem} (line {}, column {})", self.line, self.column)
    }
}

impl std::error::Error for DecodeError {}
