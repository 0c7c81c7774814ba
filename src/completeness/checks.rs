//! Whether a page belongs to the list.

use super::{Completeness, Mismatch, Rules, last_offset};
use crate::outline::Outline;
use crate::response::Paging;

impl Completeness {
    /// Checks that the page follows. What another answer could only hide is looked for first.
    pub(super) fn check(&self, page: &Outline) -> Result<(), Mismatch> {
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
            return Err("it ends with a different participant than when the checkpoint was taken".to_owned());
        }
        let before = self.position.offset;
        match page.paging.as_ref().map(|paging| last_offset(paging, rows, self.rules)) {
            Some(now) if now != before && self.position.total_count.is_some() => {
                Err(format!("it ended at offset {before} when the checkpoint was taken, and now ends at offset {now}"))
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
        sent.map_or(Ok(()), |total_count| self.check_total(total_count))?;
        let total_count = sent.or(self.position.total_count).unwrap_or(0);
        let offset = self.position.offset;
        if total_count > offset {
            return Err(format!(
                "it is empty, but total_count is {total_count} and at most {offset} participants came before"
            ));
        }
        Ok(())
    }

    /// Checks that the page has `paging` if the one before had it.
    fn check_paging(&self, has_paging: bool) -> Result<(), String> {
        let is_first = self.position.last_row.is_none();
        match (self.position.total_count.is_some(), has_paging) {
            (true, false) => Err("it has no paging, but the page before had it".to_owned()),
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
