//! `Position`: where in the list iterating stands, and whether a page follows there. Pure.

use crate::response::{Paging, Participant, ParticipantsPage};

/// What is known of the list in front of the next page.
#[derive(Debug, PartialEq)]
pub(crate) enum Position {
    /// Nothing was fetched yet, and iterating starts at page `page_no`.
    Start { page_no: u32, per_page: u32 },
    /// The newest page had `paging`.
    Offset { end_offset: u64, total_count: u64 },
    /// The newest page had none. `passed` participants were handed out, and it began with `first`, who may have no ID. `seen`
    /// are the IDs that the next page may not hold: of the first participant of all, and of the newest page's first and last.
    Count { passed: u64, first: Box<Participant>, seen: [Option<String>; 3] },
}

impl Position {
    /// The position behind `page`, `None` where that is the end of the list. The error is the reason why `page` can't be
    /// what stands here.
    ///
    /// `is_sparse` says that a page may hold fewer participants than its offsets span, as a consolidated view does.
    pub(crate) fn after(self, page: &ParticipantsPage, is_sparse: bool) -> Result<Option<Position>, String> {
        let rows = page.participants.len() as u64;
        match (page.participants.first(), &page.paging) {
            (None, paging) => self.end(paging.as_ref()),
            (Some(_), Some(paging)) => {
                self.check_start(paging)?;
                check_span(paging, rows, is_sparse)?;
                let Paging { total_count, end_offset, .. } = *paging;
                Ok((!is_last(paging)).then_some(Position::Offset { end_offset, total_count }))
            }
            (Some(first), None) => self.count(first, &page.participants).map(Some),
        }
    }

    /// The position behind a page without `paging`, of which only its participants can tell that it doesn't follow.
    fn count(self, first: &Participant, page: &[Participant]) -> Result<Position, String> {
        let (passed, top) = match self {
            Position::Start { page_no, per_page } => (at_most(page_no, per_page), first.id.clone()),
            Position::Offset { .. } => return Err("it has no paging, the page before had it".to_owned()),
            Position::Count { first: before, .. } if *before == *first => {
                return Err("it begins with the participant that the page before began with".to_owned());
            }
            Position::Count { seen, .. } if page.iter().any(|one| one.id.is_some() && seen.contains(&one.id)) => {
                return Err("it holds a participant who was on a page before".to_owned());
            }
            Position::Count { passed, seen: [top, ..], .. } => (passed, top),
        };
        let last = page.last().and_then(|last| last.id.clone());
        let seen = [top, first.id.clone(), last];
        let passed = passed.saturating_add(page.len() as u64);
        Ok(Position::Count { passed, first: Box::new(first.clone()), seen })
    }

    /// An empty page ends the list, unless `total_count` says that there is more of it. Its offsets mean nothing.
    fn end(self, paging: Option<&Paging>) -> Result<Option<Position>, String> {
        let (passed, known_total) = match self {
            Position::Start { page_no, per_page } => (at_most(page_no, per_page), 0),
            Position::Offset { end_offset, total_count } => (end_offset, total_count),
            Position::Count { passed, .. } => (passed, 0),
        };
        let total_count = paging.map_or(known_total, |paging| paging.total_count);
        if total_count > passed {
            return Err(format!(
                "it is empty, where {total_count} participants were announced and {passed} can have come before"
            ));
        }
        Ok(None)
    }

    fn check_start(&self, paging: &Paging) -> Result<(), String> {
        let start = paging.start_offset;
        match self {
            Position::Start { page_no: 0 | 1, .. } if start != 1 => {
                Err(format!("expected start_offset 1, got {start}"))
            }
            // Each page before it holds one participant at least.
            Position::Start { page_no, .. } if start < u64::from(*page_no) => {
                Err(format!("expected start_offset {page_no} or more, got {start}"))
            }
            Position::Offset { end_offset, .. } if start != end_offset.saturating_add(1) => {
                Err(format!("expected start_offset {}, got {start}", end_offset.saturating_add(1)))
            }
            Position::Count { .. } => Err("it has paging, the page before had none".to_owned()),
            _ => Ok(()),
        }
    }
}

/// How many participants can have come before a page: what was asked for, which the server may cap.
fn at_most(page_no: u32, per_page: u32) -> u64 {
    u64::from(page_no.saturating_sub(1)) * u64::from(per_page)
}

/// A total that the page stands behind says nothing of where the list ends.
fn is_last(paging: &Paging) -> bool {
    (paging.start_offset..=paging.end_offset).contains(&paging.total_count)
}

/// Whether as many participants came as the offsets say.
fn check_span(paging: &Paging, rows: u64, is_sparse: bool) -> Result<(), String> {
    let Paging { total_count, start_offset, end_offset } = *paging;
    if end_offset < start_offset {
        return Err(format!("its offsets run from {start_offset} back to {end_offset}"));
    }
    let is_last = is_last(paging);
    let end = if is_last { total_count } else { end_offset };
    let announced = (end - start_offset).saturating_add(1);
    // More than announced are newcomers on the last page; on any other they would come again on the next.
    if (rows < announced && !is_sparse) || (rows > announced && !is_last) {
        return Err(format!("expected {announced} participants from offset {start_offset} on, got {rows}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(ids: &[&str], offsets: Option<(u64, u64, u64)>) -> ParticipantsPage {
        let participant = |id: &&str| Participant { id: Some(id.to_string()), ..Participant::default() };
        let paging = |(start_offset, end_offset, total_count)| Paging { total_count, start_offset, end_offset };
        ParticipantsPage { participants: ids.iter().map(participant).collect(), paging: offsets.map(paging) }
    }

    fn start(page_no: u32) -> Position {
        Position::Start { page_no, per_page: 2 }
    }

    fn offset(end_offset: u64, total_count: u64) -> Position {
        Position::Offset { end_offset, total_count }
    }

    fn count(passed: u64, seen: [&str; 3]) -> Position {
        let seen = seen.map(|id| Some(id.to_owned()));
        let first = Box::new(Participant { id: seen[1].clone(), ..Participant::default() });
        Position::Count { passed, first, seen }
    }

    #[test]
    fn a_page_that_follows_is_gone_past() {
        const MAX: u64 = u64::MAX;
        let cases = [
            (start(1), page(&["a", "b"], Some((1, 2, 5))), Some(offset(2, 5))),
            (start(1), page(&["a", "b"], Some((1, 2, 2))), None),
            (start(1), page(&["a", "b"], Some((1, 2, 0))), Some(offset(2, 0))),
            (offset(2, 0), page(&[], Some((0, 0, 0))), None),
            (start(0), page(&["a", "b"], Some((1, 2, 5))), Some(offset(2, 5))),
            (start(1), page(&["a", "b"], None), Some(count(2, ["a", "a", "b"]))),
            (start(3), page(&["a", "b"], Some((3, 4, 9))), Some(offset(4, 9))),
            (start(3), page(&["a", "b"], None), Some(count(6, ["a", "a", "b"]))),
            (start(1), page(&[], None), None),
            (start(1), page(&[], Some((9, 9, 0))), None),
            (start(3), page(&[], Some((0, 0, 4))), None),
            (offset(2, 5), page(&["c"], Some((3, 3, 5))), Some(offset(3, 5))),
            (offset(2, 5), page(&["c"], Some((3, 3, 3))), None),
            (offset(2, 5), page(&["c"], Some((3, 9, 3))), None),
            (offset(2, 5), page(&[], Some((0, 0, 2))), None),
            (offset(MAX - 1, MAX), page(&["c"], Some((MAX, MAX, MAX))), None),
            (count(4, ["a", "c", "d"]), page(&["e"], None), Some(count(5, ["a", "e", "e"]))),
            (count(2, ["a", "a", "b"]), page(&[], None), None),
            (count(2, ["a", "a", "b"]), page(&[], Some((0, 0, 2))), None),
        ];
        for (position, page, after) in cases {
            let case = format!("{position:?} {page:?}");
            assert_eq!(position.after(&page, false), Ok(after), "{case}");
        }
    }

    #[test]
    fn a_page_that_does_not_follow_is_refused() {
        let cases = [
            (start(1), page(&["a", "b"], Some((2, 3, 5)))),
            (start(1), page(&["a", "b"], Some((0, 1, 5)))),
            (start(1), page(&["a"], Some((1, 2, 5)))),
            (start(1), page(&["a"], Some((1, 9, 2)))),
            (start(1), page(&["a", "b", "c"], Some((1, 2, 5)))),
            (start(1), page(&["a", "b", "c"], Some((1, 2, 0)))),
            (start(1), page(&["a"], Some((1, 2, 0)))),
            (start(1), page(&["a"], Some((1, 0, 5)))),
            (start(1), page(&[], Some((0, 0, 1)))),
            (start(0), page(&["a", "b"], Some((7, 8, 9)))),
            (start(3), page(&["a", "b"], Some((2, 3, 5)))),
            (start(3), page(&[], Some((0, 0, 5)))),
            (start(u32::MAX), page(&[], Some((0, 0, u64::MAX)))),
            (offset(2, 5), page(&["a", "b"], Some((1, 2, 5)))),
            (offset(2, 5), page(&["c", "d"], Some((4, 5, 5)))),
            (offset(2, 5), page(&["c", "d"], None)),
            (offset(2, 5), page(&[], None)),
            (offset(2, 5), page(&[], Some((3, 2, 3)))),
            (offset(u64::MAX, u64::MAX), page(&["a"], Some((0, 0, 1)))),
            (count(4, ["a", "c", "d"]), page(&["c", "e"], None)),
            (count(4, ["a", "c", "d"]), page(&["d", "e"], None)),
            (count(4, ["a", "c", "d"]), page(&["a", "e"], None)),
            (count(4, ["a", "c", "d"]), page(&["e", "a"], None)),
            (count(2, ["a", "a", "b"]), page(&["c", "d"], Some((3, 4, 5)))),
            (count(2, ["a", "a", "b"]), page(&[], Some((0, 0, 3)))),
        ];
        for (position, page) in cases {
            let case = format!("{position:?} {page:?}");
            assert!(position.after(&page, false).is_err(), "{case}");
        }
    }

    #[test]
    fn only_a_sparse_page_may_hold_fewer_participants_than_its_offsets_span() {
        let sparse = page(&["a"], Some((1, 2, 5)));
        assert_eq!(start(1).after(&sparse, true), Ok(Some(offset(2, 5))));
        assert!(start(1).after(&sparse, false).is_err());
        assert!(start(1).after(&page(&["a", "b", "c"], Some((1, 2, 5))), true).is_err());
    }
}
