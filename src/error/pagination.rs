//! `PaginationError`: the pages don't make up a complete list.

use std::fmt;

use super::requested::Requested;

/// A page that doesn't belong to the list: going on would lose or repeat participants.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaginationError {
    /// The page that doesn't fit.
    pub page_no: u32,
    /// What was expected and what came.
    pub reason: String,
    /// Whether the mismatch may be temporary.
    pub(super) may_pass: bool,
    /// Whether the participants come in the order in which newcomers are last.
    pub(super) is_earliest_first: bool,
    pub(super) requested: Requested,
}

impl PaginationError {
    pub(crate) fn new(page_no: u32, reason: String, may_pass: bool, is_earliest_first: bool) -> PaginationError {
        PaginationError { page_no, reason, may_pass, is_earliest_first, requested: Requested::default() }
    }

    pub(super) fn advice(&self) -> &'static str {
        if self.is_earliest_first {
            "start over from the first page"
        } else {
            "start over from the first page; while the session is live, use sort_by(JoinedAt) with sort_order(Asc)"
        }
    }
}

impl fmt::Display for PaginationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "page {} doesn't line up: {}", self.page_no, self.reason)?;
        // The sentence names the page.
        Requested { page_no: None, ..self.requested }.fmt_bracket(f, None)
    }
}

impl std::error::Error for PaginationError {}
