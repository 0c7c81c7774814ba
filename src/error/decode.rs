//! `DecodeError`: a 2xx response that isn't the documented JSON.

use std::fmt;

/// A 2xx response that isn't the documented JSON: what is wrong and where, but no value from the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeKind,
    line: usize,
    column: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DecodeKind {
    NotUtf8,
    NotJson,
    EndsEarly,
    WrongShape,
    NoData,
}

impl DecodeError {
    /// The line of the body, counted from 1; 0 where no place can be named.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in that line, in bytes counted from 1; 0 where no place can be named.
    pub fn column(&self) -> usize {
        self.column
    }

    pub(crate) fn no_data() -> DecodeError {
        DecodeError { kind: DecodeKind::NoData, line: 0, column: 0 }
    }

    pub(crate) fn of_json(error: &serde_json::Error) -> DecodeError {
        let kind = match error.classify() {
            serde_json::error::Category::Eof => DecodeKind::EndsEarly,
            serde_json::error::Category::Data => DecodeKind::WrongShape,
            _ => DecodeKind::NotJson,
        };
        DecodeError { kind, line: error.line(), column: error.column() }
    }

    pub(crate) fn of_utf8(body: &[u8], error: std::str::Utf8Error) -> DecodeError {
        // Text that ends within a character was cut there.
        let kind = if error.error_len().is_none() { DecodeKind::EndsEarly } else { DecodeKind::NotUtf8 };
        let before = body.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|&byte| byte == b'\n').count();
        let column = before.rsplit(|&byte| byte == b'\n').next().map_or(0, <[u8]>::len) + 1;
        DecodeError { kind, line, column }
    }

    /// Whether more bytes could have made this a page.
    pub(crate) fn ends_early(&self) -> bool {
        self.kind == DecodeKind::EndsEarly
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            DecodeKind::NotUtf8 => "is not UTF-8; check base_url and what stands between here and the API",
            DecodeKind::NotJson => "is not JSON; check base_url and what stands between here and the API",
            DecodeKind::EndsEarly => "is JSON that ends early; check what stands between here and the API",
            DecodeKind::WrongShape => {
                "holds JSON of another shape than documented; see whether a newer realtimekit knows it"
            }
            DecodeKind::NoData => return f.write_str("the response holds no data object; check base_url"),
        };
        write!(f, "at line {} column {} the response {what}", self.line, self.column)
    }
}

impl std::error::Error for DecodeError {}
