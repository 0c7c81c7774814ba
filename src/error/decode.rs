//! `DecodeError`: a 2xx response that isn't the documented JSON.

use std::fmt;

use super::requested::Requested;

/// A 2xx response that isn't the documented JSON: what is wrong and where, without any value from the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: Kind,
    line: usize,
    column: usize,
    path: Option<String>,
    pub(super) requested: Requested,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Empty,
    NotUtf8,
    NotJson,
    EndsEarly,
    WrongShape,
    /// The JSON can't be read as the caller's own type.
    WrongForOwnType,
    NoData,
}

impl DecodeError {
    /// The line of the body, counted from 1; 0 if the error has no position.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in that line, in bytes counted from 1; 0 if the error has no position.
    pub fn column(&self) -> usize {
        self.column
    }

    /// The value that can't be read, such as `data.participants[3].duration`.
    ///
    /// The path ends before the first name that this crate doesn't know, so that it never quotes the body. It is `None`
    /// if the error isn't about a value inside the body, for example if the body isn't JSON or has no `data`.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    fn new(kind: Kind, line: usize, column: usize) -> DecodeError {
        DecodeError { kind, line, column, path: None, requested: Requested::default() }
    }

    pub(crate) fn empty() -> DecodeError {
        DecodeError::new(Kind::Empty, 0, 0)
    }

    pub(crate) fn no_data() -> DecodeError {
        DecodeError::new(Kind::NoData, 0, 0)
    }

    pub(crate) fn from_json(error: &serde_json::Error) -> DecodeError {
        let kind = match error.classify() {
            serde_json::error::Category::Eof => Kind::EndsEarly,
            serde_json::error::Category::Data => Kind::WrongShape,
            _ => Kind::NotJson,
        };
        DecodeError::new(kind, error.line(), error.column())
    }

    /// A value of the wrong type at this place.
    pub(crate) fn wrong_shape(line: usize, column: usize, path: Option<String>) -> DecodeError {
        DecodeError { path, ..DecodeError::new(Kind::WrongShape, line, column) }
    }

    /// The same error, for JSON that was read as a type of the caller.
    pub(crate) fn for_own_type(mut self) -> DecodeError {
        if self.kind == Kind::WrongShape {
            self.kind = Kind::WrongForOwnType;
        }
        self
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
        DecodeError::new(kind, line, column)
    }

    /// Whether the body is the beginning of a JSON text: it was cut short on the way.
    pub(crate) fn ends_early(&self) -> bool {
        self.kind == Kind::EndsEarly
    }

    /// Whether the body is a success that holds no page.
    pub(crate) fn has_no_page(&self) -> bool {
        matches!(self.kind, Kind::Empty | Kind::NoData)
    }

    pub(super) fn advice(&self) -> &'static str {
        match self.kind {
            Kind::WrongShape => "try a newer version of realtimekit",
            Kind::WrongForOwnType => "check your own type",
            Kind::NoData => "check base_url",
            _ => "check base_url and any proxy or gateway",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Empty => "the response is empty",
            Kind::NoData => "the response has no data object",
            Kind::NotUtf8 => "the response is not UTF-8",
            Kind::NotJson => "the response is not JSON",
            Kind::EndsEarly => "the response ends early",
            Kind::WrongShape => "the response is JSON of an unexpected form",
            Kind::WrongForOwnType => "the response can't be read as your own type",
        })?;
        if let Some(path) = &self.path {
            write!(f, " at {path}")?;
        }
        if self.line > 0 {
            write!(f, " (line {}, column {})", self.line, self.column)?;
        }
        self.requested.fmt_bracket(f, None)
    }
}

impl std::error::Error for DecodeError {}
