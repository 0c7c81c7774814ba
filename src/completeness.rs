//! `Completeness`: whether a page follows the ones before it, whether anybody on it came before, and where the list
//! ends.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use crate::checkpoint::LastPage;
use crate::response::{Paging, Participant, ParticipantsPage};

/// Checks that pages make up a whole list: offsets that line up, as many rows as they span, a total that never shrinks,
/// and no row twice. If nobody is removed from the list, that many distinct rows are all of it.
#[derive(Debug)]
pub(crate) struct Completeness {
    rules: Rules,
    position: Position,
    seen: SeenRows,
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

/// What is known of the list before the next page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Position {
    /// Nothing has been fetched yet.
    Start { page_no: u64 },
    /// Nothing has been fetched yet, and the next page is the last one of an earlier run, once more.
    Resumed { page_no: u64, last_page: LastPage },
    /// The last page had `paging`.
    Paged { end_offset: u64, total_count: u64 },
    /// The last page had no `paging`, and began with `first`. At most `rows` rows came so far.
    Unpaged { rows: u64, first: Box<Participant> },
}

/// What comes after a page.
#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    Page,
    End,
}

impl Completeness {
    pub(crate) fn new(rules: Rules, position: Position) -> Completeness {
        Completeness { rules, position, seen: SeenRows::default() }
    }

    /// The last page of an earlier run, if it has to be checked before the next one is fetched.
    pub(crate) fn page_to_check(&self) -> Option<u64> {
        match self.position {
            Position::Resumed { page_no, .. } => Some(page_no),
            _ => None,
        }
    }

    /// Adds a page to the list. The error says why it doesn't belong there.
    pub(crate) fn add(&mut self, page: &ParticipantsPage) -> Result<Next, String> {
        let position = self.position.after(page, self.rules)?;
        self.seen.add(&page.participants)?;
        Ok(match position {
            Some(position) => {
                self.position = position;
                Next::Page
            }
            None => Next::End,
        })
    }
}

impl Position {
    /// The position after `page`; `None` at the end of the list.
    fn after(&self, page: &ParticipantsPage, rules: Rules) -> Result<Option<Position>, String> {
        if let Position::Resumed { last_page, .. } = self {
            check_last_page(last_page, page)?;
        }
        match (page.participants.first(), &page.paging) {
            (None, paging) => self.check_end(paging.as_ref(), rules).map(|()| None),
            (Some(_), Some(paging)) => {
                self.check_start(paging)?;
                self.check_total(paging.total_count, rules)?;
                let rows = page.participants.len() as u64;
                let is_last = is_last(paging, rows);
                check_span(paging, rows, is_last, rules)?;
                let Paging { total_count, end_offset, .. } = *paging;
                Ok((!is_last).then_some(Position::Paged { end_offset, total_count }))
            }
            (Some(first), None) => {
                let before = self.rows_before(first, rules.per_page)?;
                let rows = before.saturating_add(page.participants.len() as u64);
                Ok(Some(Position::Unpaged { rows, first: Box::new(first.clone()) }))
            }
        }
    }

    /// Checks that an empty page is the end of the list. Its offsets are ignored.
    fn check_end(&self, paging: Option<&Paging>, rules: Rules) -> Result<(), String> {
        if rules.is_search {
            return Ok(());
        }
        let (rows, known_total) = match self {
            Position::Start { page_no } | Position::Resumed { page_no, .. } => (most_rows(*page_no, rules.per_page), 0),
            Position::Paged { end_offset, total_count } => (*end_offset, *total_count),
            Position::Unpaged { rows, .. } => (*rows, 0),
        };
        if let Some(paging) = paging {
            self.check_total(paging.total_count, rules)?;
        }
        let total_count = paging.map_or(known_total, |paging| paging.total_count);
        if total_count > rows {
            return Err(format!("it is empty, but total_count is {total_count} and at most {rows} came before"));
        }
        Ok(())
    }

    fn check_start(&self, paging: &Paging) -> Result<(), String> {
        let start = paging.start_offset;
        match self {
            Position::Start { page_no: 0 | 1 } | Position::Resumed { page_no: 0 | 1, .. } if start != 1 => {
                Err(format!("expected start_offset 1, got {start}"))
            }
            // Each page before it has at least one row.
            Position::Start { page_no } if start < *page_no => {
                Err(format!("expected start_offset {page_no} or more, got {start}"))
            }
            Position::Paged { end_offset, .. } if start != end_offset.saturating_add(1) => {
                Err(format!("expected start_offset {}, got {start}", end_offset.saturating_add(1)))
            }
            Position::Unpaged { .. } => Err("it has paging, but the page before had none".to_owned()),
            _ => Ok(()),
        }
    }

    fn check_total(&self, total_count: u64, rules: Rules) -> Result<(), String> {
        let known = match self {
            Position::Paged { total_count, .. } => Some(*total_count),
            Position::Resumed { last_page, .. } => last_page.total_count,
            _ => None,
        };
        match known {
            Some(known) if total_count < known && !rules.is_consolidated => {
                Err(format!("total_count fell from {known} to {total_count}"))
            }
            _ => Ok(()),
        }
    }

    /// How many rows at most came before a page without `paging` that begins with `first`.
    fn rows_before(&self, first: &Participant, per_page: u32) -> Result<u64, String> {
        match self {
            Position::Start { page_no } | Position::Resumed { page_no, .. } => Ok(most_rows(*page_no, per_page)),
            Position::Paged { .. } => Err("it has no paging, but the page before had it".to_owned()),
            Position::Unpaged { first: before, .. } if **before == *first => {
                Err("it begins with the same participant as the page before".to_owned())
            }
            Position::Unpaged { rows, .. } => Ok(*rows),
        }
    }
}

/// The most rows that can come before a page. The server may send fewer a page than it was asked for.
fn most_rows(page_no: u64, per_page: u32) -> u64 {
    page_no.saturating_sub(1).saturating_mul(per_page.into())
}

/// Whether a page reaches the total. A total is ignored if the page itself shows that it is wrong: it is below the
/// page's offsets, or the page is full of rows beyond it.
fn is_last(paging: &Paging, rows: u64) -> bool {
    let Paging { total_count, start_offset, end_offset } = *paging;
    let is_full = rows > end_offset.saturating_sub(start_offset);
    (start_offset..=end_offset).contains(&total_count) && !(end_offset > total_count && is_full)
}

/// Checks that a page still ends as it did when the checkpoint was taken. `check_total` checks its total.
fn check_last_page(before: &LastPage, page: &ParticipantsPage) -> Result<(), String> {
    if page.participants.is_empty() {
        return Err("it is empty, and it wasn't when the checkpoint was taken".to_owned());
    }
    let now = LastPage::new(page);
    if before.end_offset != now.end_offset {
        let offset = |offset: Option<u64>| offset.map_or("no offset".to_owned(), |offset| format!("offset {offset}"));
        let (before, now) = (offset(before.end_offset), offset(now.end_offset));
        return Err(format!("it ended at {before} when the checkpoint was taken, and now at {now}"));
    }
    if (&before.id, &before.created_at) != (&now.id, &now.created_at) {
        return Err("it ends with another participant than when the checkpoint was taken".to_owned());
    }
    Ok(())
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

/// All rows so far, each as a hash of its `id` and `created_at`.
#[derive(Default)]
struct SeenRows {
    random: RandomState,
    hashes: HashSet<u64, BuildHasherDefault<PassThrough>>,
    /// The hashes of one page. They are computed before any is looked up, so that the processor can wait for several
    /// places in memory at once.
    page_hashes: Vec<Option<u64>>,
}

impl SeenRows {
    fn add(&mut self, rows: &[Participant]) -> Result<(), String> {
        self.hashes.reserve(rows.len());
        self.page_hashes.clear();
        let mut key = Vec::new();
        self.page_hashes.extend(rows.iter().map(|row| hash(row, &self.random, &mut key)));
        for (nth, hash) in (1..).zip(&self.page_hashes) {
            if hash.is_some_and(|hash| !self.hashes.insert(hash)) {
                return Err(format!("participant {nth} on it was listed before"));
            }
        }
        Ok(())
    }
}

/// `None` for a row without an ID. `key` is memory to collect the bytes in: hashing them at once is faster than in
/// parts.
fn hash(row: &Participant, random: &RandomState, key: &mut Vec<u8>) -> Option<u64> {
    let id = row.id.as_deref().filter(|id| !id.is_empty())?;
    key.clear();
    key.extend_from_slice(id.as_bytes());
    key.push(0xff); // is in no UTF-8 text
    key.extend_from_slice(row.created_at.as_deref().unwrap_or_default().as_bytes());
    let mut hasher = random.build_hasher();
    hasher.write(key);
    Some(hasher.finish())
}

impl fmt::Debug for SeenRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeenRows").field("len", &self.hashes.len()).finish_non_exhaustive()
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
