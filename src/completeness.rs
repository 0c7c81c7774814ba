//! `Completeness`: how far a list got. It takes the pages one by one, or says why one doesn't belong to the list.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher, RandomState};

use serde::{Deserialize, Serialize};

use crate::outline::{Outline, RowId, RowKey};
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

/// The part of the state that a checkpoint stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Position {
    progress: Progress,
    first_page_no: u32,
    /// The next page to be handed out. It can be one more than `u32::MAX`. That page can't be requested.
    page_no: u64,
    /// The offset of the last row that came. Without `paging`, the maximum number of rows that can have come.
    offset: u64,
    /// `None` if no page has come, or pages have no `paging`.
    #[serde(deserialize_with = "Option::deserialize")] // or a missing field would be read as `None`
    total_count: Option<u64>,
    /// The number of rows on the longest page.
    longest_page: u64,
    /// `None` if no page was handed out.
    #[serde(deserialize_with = "Option::deserialize")]
    last_row: Option<RowId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Progress {
    Unfinished,
    Finished,
    /// The pages didn't line up.
    Broken,
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
    /// Whether the page may come from a cache or a replica that lags by a moment, so that another answer may fit.
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

    /// Whether the list ends with this page: it reaches the total, and it isn't full. A full page is what a list looks
    /// like that is cut because its total is too low.
    fn is_last(&self, page: &Outline) -> bool {
        let Some(paging) = &page.paging else { return false };
        let Position { longest_page, last_row, .. } = &self.position;
        let rows = page.rows.len() as u64;
        let is_as_long = rows >= self.rules.per_page.into() || (*longest_page > 0 && rows >= *longest_page);
        let outgrew_total = last_row.is_none() && last_offset(paging, rows, self.rules) > paging.total_count;
        paging.end_offset >= paging.total_count && !is_as_long && !outgrew_total
    }

    /// Checks that the page follows. What another answer could only hide is looked for first.
    fn check(&self, page: &Outline) -> Result<(), Mismatch> {
        self.check_for_good(page).map_err(Mismatch::lasting)?;
        let may_pass = |reason| Mismatch { reason, may_pass: !self.has_repeat(&page.rows) };
        match &page.paging {
            _ if page.rows.is_empty() => self.check_end(page.paging.as_ref()),
            Some(paging) => self
                .check_paging(true)
                .and_then(|()| self.check_start(paging))
                .and_then(|()| self.check_total(paging.total_count)),
            None => self.check_paging(false),
        }
        .map_err(may_pass)
    }

    /// Checks what doesn't change with another answer.
    fn check_for_good(&self, page: &Outline) -> Result<(), String> {
        let Some(first) = page.rows.first() else { return Ok(()) };
        let rows = page.rows.len() as u64;
        if let Some(paging) = &page.paging {
            check_span(paging, rows, self.rules)?;
        }
        if self.is_recheck() {
            self.check_last_row(page, rows)?;
        }
        match &self.last_page {
            Some(last) if last.paging.is_none() && page.paging.is_none() && last.rows.first() == Some(first) => {
                Err("it begins with the same participant as the page before".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Checks that the page ends with the same row as when the checkpoint was taken, at the same offset.
    fn check_last_row(&self, page: &Outline, rows: u64) -> Result<(), String> {
        if self.position.last_row != page.last_row {
            return Err("it ends with another participant than when the checkpoint was taken".to_owned());
        }
        let before = self.position.offset;
        match page.paging.as_ref().map(|paging| last_offset(paging, rows, self.rules)) {
            Some(now) if now != before && self.position.total_count.is_some() => {
                Err(format!("it ended at offset {before} when the checkpoint was taken, and now at offset {now}"))
            }
            _ => Ok(()),
        }
    }

    /// Checks that an empty page is the end of the list. Its offsets are ignored.
    fn check_end(&self, paging: Option<&Paging>) -> Result<(), String> {
        if self.is_recheck() {
            return Err("it is empty, and it wasn't when the checkpoint was taken".to_owned());
        }
        if self.rules.is_search {
            return Ok(());
        }
        let sent = paging.map(|paging| paging.total_count);
        if !self.is_past_end() {
            sent.map_or(Ok(()), |total_count| self.check_total(total_count))?;
        }
        let total_count = sent.or(self.position.total_count).unwrap_or(0);
        let offset = self.position.offset;
        if total_count > offset {
            return Err(format!("it is empty, but total_count is {total_count} and at most {offset} came before"));
        }
        Ok(())
    }

    /// Checks that the page has `paging` if the one before had it.
    fn check_paging(&self, has_paging: bool) -> Result<(), String> {
        let is_first = self.position.last_row.is_none();
        match (self.position.total_count.is_some(), has_paging) {
            (true, false) if !is_first => Err("it has no paging, but the page before had it".to_owned()),
            (false, true) if !is_first => Err("it has paging, but the page before had none".to_owned()),
            _ => Ok(()),
        }
    }

    fn check_start(&self, paging: &Paging) -> Result<(), String> {
        let start = paging.start_offset;
        let expected = self.position.offset.saturating_add(1);
        match (self.last_page.is_some(), self.next_request()) {
            (true, _) if start != expected => Err(format!("expected start_offset {expected}, got {start}")),
            (false, Some(0 | 1)) if start != 1 => Err(format!("expected start_offset 1, got {start}")),
            // Each page before it has at least one row.
            (false, Some(page_no)) if start < page_no => {
                Err(format!("expected start_offset {page_no} or more, got {start}"))
            }
            _ => Ok(()),
        }
    }

    fn check_total(&self, total_count: u64) -> Result<(), String> {
        match self.position.total_count {
            Some(known) if total_count < known && !self.rules.is_consolidated => {
                Err(format!("total_count fell from {known} to {total_count}"))
            }
            _ => Ok(()),
        }
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

/// The offset of a page's last row. Under [`View::Consolidated`](crate::View::Consolidated) pages may lack rows.
fn last_offset(paging: &Paging, rows: u64, rules: Rules) -> u64 {
    let of_last_row = paging.start_offset.saturating_add(rows).saturating_sub(1);
    if rules.is_consolidated { of_last_row.max(paging.end_offset) } else { of_last_row }
}

/// Checks that as many rows came as the offsets span.
fn check_span(paging: &Paging, rows: u64, rules: Rules) -> Result<(), String> {
    let Paging { total_count, start_offset, end_offset } = *paging;
    if end_offset < start_offset {
        // Some servers send the total if it is less than the offset of the last row.
        let is_total = end_offset == total_count;
        let backwards = || format!("its offsets run backwards, from {start_offset} to {end_offset}");
        return if is_total { Ok(()) } else { Err(backwards()) };
    }
    let reaches_total = end_offset >= total_count;
    // A total below the page's start is wrong, and says nothing about its rows.
    let end = if reaches_total && total_count >= start_offset { total_count } else { end_offset };
    let expected = (end - start_offset).saturating_add(1);
    // More rows are newcomers on the last page. On any other page they would come again on the next.
    if (rows < expected && !rules.is_consolidated) || (rows > expected && !reaches_total) {
        return Err(format!("expected {expected} participants at offsets {start_offset} to {end}, got {rows}"));
    }
    Ok(())
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
