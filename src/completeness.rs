//! `Completeness`: how far a list got. It takes the pages one by one, or says why one doesn't belong to the list.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher, RandomState};

use serde::{Deserialize, Serialize};

use crate::outline::{Outline, RowId, RowKey};
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
    /// It is empty: the list has ended.
    End,
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

    /// Takes the page that [`next_request`](Self::next_request) names. The error says why it doesn't belong to the
    /// list.
    pub(crate) fn take(&mut self, page: Outline) -> Result<Taken, String> {
        let is_recheck = self.is_recheck();
        if is_recheck {
            self.check_recheck(&page)?;
        }
        let (offset, is_last) = self.check(&page)?;
        self.add_rows(&page.rows)?;
        let position = &mut self.position;
        position.total_count = page.paging.as_ref().map(|paging| paging.total_count).or(position.total_count);
        if is_last {
            position.progress = Progress::Finished;
        }
        if page.rows.is_empty() {
            return Ok(Taken::End);
        }
        position.offset = offset;
        position.page_no += u64::from(!is_recheck);
        position.last_row.clone_from(&page.last_row);
        self.last_page = Some(page);
        Ok(if is_recheck { Taken::Recheck } else { Taken::HandOut })
    }

    /// Ends the list because of a page that doesn't belong to it.
    pub(crate) fn break_at(&mut self, page_no: u32) {
        self.position.progress = Progress::Broken;
        self.position.page_no = page_no.into();
    }

    /// The offset of the page's last row, and whether the list ends there.
    fn check(&self, page: &Outline) -> Result<(u64, bool), String> {
        let rows = page.rows.len() as u64;
        match (page.rows.first(), &page.paging) {
            (None, paging) => self.check_end(paging.as_ref()).map(|()| (self.position.offset, true)),
            (Some(_), Some(paging)) => {
                self.check_start(paging)?;
                self.check_total(paging.total_count)?;
                let is_last = is_last(paging, rows);
                check_span(paging, rows, is_last, self.rules)?;
                Ok((paging.end_offset, is_last))
            }
            (Some(first), None) => {
                self.check_unpaged(*first)?;
                let further = if self.is_recheck() { 0 } else { rows };
                Ok((self.position.offset.saturating_add(further), false))
            }
        }
    }

    /// Checks that the page still ends as it did when the checkpoint was taken. `check_total` checks its total.
    fn check_recheck(&self, page: &Outline) -> Result<(), String> {
        if page.rows.is_empty() {
            return Err("it is empty, and it wasn't when the checkpoint was taken".to_owned());
        }
        let before = self.position.total_count.map(|_| self.position.offset);
        let now = page.paging.as_ref().map(|paging| paging.end_offset);
        if before != now {
            let offset =
                |offset: Option<u64>| offset.map_or("no offset".to_owned(), |offset| format!("offset {offset}"));
            let (before, now) = (offset(before), offset(now));
            return Err(format!("it ended at {before} when the checkpoint was taken, and now at {now}"));
        }
        if self.position.last_row != page.last_row {
            return Err("it ends with another participant than when the checkpoint was taken".to_owned());
        }
        Ok(())
    }

    /// Checks that an empty page is the end of the list. Its offsets are ignored.
    fn check_end(&self, paging: Option<&Paging>) -> Result<(), String> {
        if self.rules.is_search {
            return Ok(());
        }
        if let Some(paging) = paging {
            self.check_total(paging.total_count)?;
        }
        let total_count = paging.map(|paging| paging.total_count).or(self.position.total_count).unwrap_or(0);
        let offset = self.position.offset;
        if total_count > offset {
            return Err(format!("it is empty, but total_count is {total_count} and at most {offset} came before"));
        }
        Ok(())
    }

    fn check_start(&self, paging: &Paging) -> Result<(), String> {
        let start = paging.start_offset;
        match (&self.last_page, self.next_request()) {
            (None, Some(0 | 1)) if start != 1 => Err(format!("expected start_offset 1, got {start}")),
            // Each page before it has at least one row.
            (None, Some(page_no)) if start < page_no => {
                Err(format!("expected start_offset {page_no} or more, got {start}"))
            }
            (Some(Outline { paging: None, .. }), _) => Err("it has paging, but the page before had none".to_owned()),
            (Some(_), _) if start != self.position.offset.saturating_add(1) => {
                Err(format!("expected start_offset {}, got {start}", self.position.offset.saturating_add(1)))
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

    /// Checks that a page without `paging`, which begins with `first`, follows.
    fn check_unpaged(&self, first: RowKey) -> Result<(), String> {
        match &self.last_page {
            Some(Outline { paging: Some(_), .. }) => Err("it has no paging, but the page before had it".to_owned()),
            Some(page) if page.rows.first() == Some(&first) => {
                Err("it begins with the same participant as the page before".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn add_rows(&mut self, rows: &[RowKey]) -> Result<(), String> {
        self.seen.reserve(rows.len());
        for (nth, row) in (1..).zip(rows) {
            if matches!(row, RowKey::Id(hash) if !self.seen.insert(*hash)) {
                return Err(format!("participant {nth} on it was listed before"));
            }
        }
        Ok(())
    }
}

impl Position {
    /// The beginning of a list: nothing was handed out yet.
    pub(crate) fn beginning(page_no: u32, rules: Rules) -> Position {
        Position {
            progress: Progress::Unfinished,
            first_page_no: page_no,
            page_no: page_no.into(),
            // The server may send fewer a page than it was asked for.
            offset: u64::from(page_no.saturating_sub(1)) * u64::from(rules.per_page),
            total_count: None,
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
        if self.last_row.is_none() {
            return self.page_no == first_page_no && (self.is_finished() || self.total_count.is_none());
        }
        let may_end_early = rules.is_search || rules.is_consolidated;
        self.page_no > first_page_no
            && self.page_no <= u64::from(u32::MAX) + 1
            && (!self.is_finished() || Some(self.offset) >= self.total_count || may_end_early)
    }
}

/// Whether a page reaches the total. A total is ignored if the page itself shows that it is wrong: it is below the
/// page's offsets, or the page is full of rows beyond it.
fn is_last(paging: &Paging, rows: u64) -> bool {
    let Paging { total_count, start_offset, end_offset } = *paging;
    let is_full = rows > end_offset.saturating_sub(start_offset);
    (start_offset..=end_offset).contains(&total_count) && !(end_offset > total_count && is_full)
}

/// Checks that as many rows came as the offsets span.
fn check_span(paging: &Paging, rows: u64, is_last: bool, rules: Rules) -> Result<(), String> {
    let Paging { total_count, start_offset, end_offset } = *paging;
    if end_offset < start_offset {
        return Err(format!("its offsets run backwards, from {start_offset} to {end_offset}"));
    }
    let end = if is_last { total_count } else { end_offset };
    let expected = (end - start_offset).saturating_add(1);
    // More rows are newcomers on the last page. On any other page they would come again on the next.
    if (rows < expected && !rules.is_consolidated) || (rows > expected && !is_last) {
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
