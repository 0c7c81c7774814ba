//! `Completeness`: how far a list got. It takes the pages one by one, or says why one doesn't belong to the list.

mod checks;
mod position;

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher, RandomState};

pub(crate) use self::position::Position;
use self::position::Progress;
use crate::outline::{Outline, RowKey};
use crate::parameters::Parameters;
use crate::response::Paging;

/// How far a list got, and what is needed to check the next page.
///
/// It checks that pages make up a whole list: offsets that line up, as many rows as they span, a total that never
/// shrinks, and no row twice. If nobody is removed from the list, that many distinct rows are all of it.
pub(crate) struct Completeness {
    rules: Rules,
    position: Position,
    /// The last page that came in this run.
    last_page: Option<Outline>,
    seen: HashSet<u64, BuildHasherDefault<PassThrough>>,
    random: RandomState,
}

/// What the parameters of the request allow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) per_page: u32,
    /// Pages may have fewer rows than their offsets span, and the total may shrink.
    pub(crate) is_consolidated: bool,
    /// The total may count people whom the search doesn't find.
    pub(crate) is_search: bool,
}

impl Rules {
    pub(crate) fn of(parameters: &Parameters) -> Rules {
        Rules {
            per_page: parameters.per_page.unwrap_or(u32::MAX),
            is_consolidated: parameters.is_consolidated(),
            is_search: parameters.is_search(),
        }
    }
}

/// What becomes of a page.
#[derive(Debug, PartialEq)]
pub(crate) enum Taken {
    HandOut,
    /// It was handed out by an earlier run.
    Recheck,
    /// The list has ended before it.
    End,
}

/// Why a page doesn't belong to the list.
#[derive(Debug)]
pub(crate) struct Mismatch {
    pub(crate) reason: String,
    /// Whether the mismatch may be temporary, because a cache or a replica lags by a moment.
    pub(crate) may_pass: bool,
}

impl Mismatch {
    /// A mismatch that another answer could only hide.
    pub(crate) fn lasting(reason: impl Into<String>) -> Mismatch {
        Mismatch { reason: reason.into(), may_pass: false }
    }
}

impl Completeness {
    pub(crate) fn new(rules: Rules, position: Position) -> Completeness {
        Completeness { rules, position, last_page: None, seen: HashSet::default(), random: RandomState::new() }
    }

    pub(crate) fn position(&self) -> &Position {
        &self.position
    }

    /// The key of the hashes in an [`Outline`].
    pub(crate) fn random(&self) -> &RandomState {
        &self.random
    }

    /// The page to request next; `None` once the list has ended or is broken.
    pub(crate) fn next_request(&self) -> Option<u64> {
        let Position { progress, page_no, .. } = self.position;
        let page_no = if self.is_recheck() { page_no.saturating_sub(1) } else { page_no };
        (progress == Progress::Unfinished).then_some(page_no)
    }

    /// Whether the next page was handed out by an earlier run, and is only checked.
    fn is_recheck(&self) -> bool {
        self.position.last_row.is_some() && self.last_page.is_none()
    }

    /// Whether as many rows came as the total says, so that the next request only confirms the end.
    pub(crate) fn is_past_end(&self) -> bool {
        self.last_page.is_some() && self.position.total_count.is_some_and(|total| total <= self.position.offset)
    }

    /// Ends the list.
    pub(crate) fn finish(&mut self) {
        self.position.progress = Progress::Finished;
    }

    /// Ends the list because of a page that doesn't belong to it.
    pub(crate) fn break_at(&mut self, page_no: u32) {
        self.position.progress = Progress::Broken;
        self.position.page_no = page_no.into();
    }

    /// Takes the page that [`next_request`](Self::next_request) names. After an error nothing has changed, if another
    /// answer to the same request may fit.
    pub(crate) fn take(&mut self, page: Outline) -> Result<Taken, Mismatch> {
        if self.is_past_end() && self.confirms_end(&page) {
            self.finish();
            return Ok(Taken::End);
        }
        self.check(&page)?;
        self.add_rows(&page.rows)?;
        let is_recheck = self.is_recheck();
        let is_last = page.rows.is_empty() || self.is_last(&page);
        let position = &mut self.position;
        if is_last {
            position.progress = Progress::Finished;
        }
        position.total_count = page.paging.as_ref().map(|paging| paging.total_count).or(position.total_count);
        if page.rows.is_empty() {
            return Ok(Taken::End);
        }
        let rows = page.rows.len() as u64;
        position.offset = match &page.paging {
            Some(paging) => last_offset(paging, rows, self.rules),
            None if is_recheck => position.offset,
            None => position.offset.saturating_add(rows),
        };
        position.page_no += u64::from(!is_recheck);
        position.longest_page = position.longest_page.max(rows);
        position.last_row.clone_from(&page.last_row);
        self.last_page = Some(page);
        Ok(if is_recheck { Taken::Recheck } else { Taken::HandOut })
    }

    /// Whether a page past the end shows that the list ends before it: it is empty, or the last page once more, which
    /// some servers send for every page past the end.
    fn confirms_end(&self, page: &Outline) -> bool {
        let start = |page: &Outline| page.paging.as_ref().map(|paging| paging.start_offset);
        let total_count = page.paging.as_ref().map_or(0, |paging| paging.total_count);
        let is_last_page =
            self.last_page.as_ref().is_some_and(|last| last.rows == page.rows && start(last) == start(page));
        (page.rows.is_empty() || is_last_page) && (total_count <= self.position.offset || self.rules.is_search)
    }

    /// Whether the list ends with this page: it reaches the total, and it isn't full. After a full page more rows may
    /// follow, because a total can be too low.
    fn is_last(&self, page: &Outline) -> bool {
        let Some(paging) = &page.paging else { return false };
        let Position { longest_page, last_row, .. } = &self.position;
        let rows = page.rows.len() as u64;
        let is_as_long = rows >= self.rules.per_page.into() || (*longest_page > 0 && rows >= *longest_page);
        let outgrew_total = last_row.is_none() && last_offset(paging, rows, self.rules) > paging.total_count;
        paging.end_offset >= paging.total_count && !is_as_long && !outgrew_total
    }

    /// Whether a row came before, on this page or any other.
    fn has_repeat(&self, rows: &[RowKey]) -> bool {
        let mut on_page = HashSet::new();
        rows.iter().any(|row| matches!(row, RowKey::Id(hash) if self.seen.contains(hash) || !on_page.insert(hash)))
    }

    fn add_rows(&mut self, rows: &[RowKey]) -> Result<(), Mismatch> {
        self.seen.reserve(rows.len());
        for (nth, row) in (1..).zip(rows) {
            if matches!(row, RowKey::Id(hash) if !self.seen.insert(*hash)) {
                return Err(Mismatch::lasting(format!("participant {nth} on this page was already listed")));
            }
        }
        Ok(())
    }
}

/// The offset of a page's last row. Under [`View::Consolidated`](crate::View::Consolidated) pages may lack rows.
fn last_offset(paging: &Paging, rows: u64, rules: Rules) -> u64 {
    let of_last_row = paging.start_offset.saturating_add(rows).saturating_sub(1);
    if rules.is_consolidated { of_last_row.max(paging.end_offset) } else { of_last_row }
}

impl fmt::Debug for Completeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completeness")
            .field("position", &self.position)
            .field("rows", &self.seen.len())
            .finish_non_exhaustive()
    }
}

/// Passes a `u64` through, because it is a hash already.
#[derive(Default)]
struct PassThrough(u64);

impl Hasher for PassThrough {
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, _bytes: &[u8]) {} // a `u64` never calls it

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests;
