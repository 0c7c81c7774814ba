//! `Position`: how far a list got, as a checkpoint stores it.

use serde::{Deserialize, Serialize};

use super::Rules;
use crate::outline::RowId;
use crate::parameters::Parameters;

/// The part of the state that a checkpoint stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Position {
    pub(super) progress: Progress,
    pub(super) first_page_no: u32,
    /// The next page to be handed out. It can be one more than `u32::MAX`. That page can't be requested.
    pub(super) page_no: u64,
    /// The offset of the last row that came. Without `paging`, the maximum number of rows that can have come.
    pub(super) offset: u64,
    /// `None` if no page has come, or pages have no `paging`.
    #[serde(deserialize_with = "Option::deserialize")] // or a missing field would be read as `None`
    pub(super) total_count: Option<u64>,
    /// The number of rows on the longest page.
    pub(super) longest_page: u64,
    /// `None` if no page was handed out.
    #[serde(deserialize_with = "Option::deserialize")]
    pub(super) last_row: Option<RowId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Progress {
    Unfinished,
    Finished,
    /// The pages didn't line up.
    Broken,
}

impl Position {
    /// The beginning of a list: nothing was handed out yet.
    pub(crate) fn beginning(parameters: &Parameters) -> Position {
        let page_no = parameters.page_no.unwrap_or(1);
        let per_page = parameters.per_page.unwrap_or(0);
        Position {
            progress: Progress::Unfinished,
            first_page_no: page_no,
            page_no: page_no.into(),
            // The server may send fewer a page than it was asked for.
            offset: u64::from(page_no.saturating_sub(1)) * u64::from(per_page),
            total_count: None,
            longest_page: 0,
            last_row: None,
        }
    }

    pub(crate) fn page_no(&self) -> u64 {
        self.page_no
    }

    pub(crate) fn total_count(&self) -> Option<u64> {
        self.total_count
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.progress == Progress::Finished
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.progress == Progress::Broken
    }

    /// Whether a list with these rules can have got here.
    pub(crate) fn is_consistent(&self, rules: Rules) -> bool {
        let first_page_no = u64::from(self.first_page_no);
        if self.last_row.is_none() != (self.longest_page == 0) {
            return false;
        }
        if self.last_row.is_none() {
            return self.page_no == first_page_no && (self.is_finished() || self.total_count.is_none());
        }
        let may_end_early = rules.is_search || rules.is_consolidated;
        self.page_no > first_page_no
            && self.page_no <= u64::from(u32::MAX) + 1
            && (!self.is_finished() || Some(self.offset) >= self.total_count || may_end_early)
    }
}
