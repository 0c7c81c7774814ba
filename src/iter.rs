//! `Pages` and `Participants`: the iterators, which fetch and check pages.

use std::iter::FusedIterator;
use std::sync::Arc;
use std::time::Instant;

use crate::checkpoint::Checkpoint;
use crate::completeness::{Completeness, Position, Rules, Taken};
use crate::decode;
use crate::error::{Error, Result};
use crate::http::{BodyBuffer, Http};
use crate::outline::Outline;
use crate::parameters::Parameters;
use crate::response::{Participant, ParticipantsPage};

/// The page size of an iterator whose request sets none.
const DEFAULT_PER_PAGE: u32 = 100;

/// A session's participants one by one, made by [`ParticipantsRequest::iter`](crate::ParticipantsRequest::iter).
///
/// The first `next` sends the first request. Each further page is requested when all participants of the page before it
/// have been handed out. After an error the iterator gives `None` until [`resume`](Participants::resume) is called.
#[derive(Debug)]
#[must_use = "nothing is sent before `next`"]
pub struct Participants {
    pages: Pages,
    page: std::vec::IntoIter<Participant>,
}

impl Participants {
    pub(crate) fn new(pages: Pages) -> Participants {
        Participants { pages, page: Vec::new().into_iter() }
    }

    /// Goes on after an error: the following `next` asks again for the page that failed, with every check still in
    /// force, so that nobody is repeated or missed.
    ///
    /// It does nothing after an [`Error::Pagination`], after the end, or if there was no error.
    ///
    /// ```no_run
    /// # use std::{thread::sleep, time::Duration};
    /// # use realtimekit::{Participant, ParticipantsRequest};
    /// # fn keep(participant: Participant) {}
    /// # fn keep_all(request: &ParticipantsRequest) -> realtimekit::Result<()> {
    /// let mut failures = 0;
    /// let mut participants = request.iter();
    /// while let Some(participant) = participants.next() {
    ///     match participant {
    ///         Ok(participant) => keep(participant),
    ///         Err(error) if error.is_retryable() && failures < 5 => {
    ///             failures += 1;
    ///             let wait = error.retry_after();
    ///             sleep(wait.unwrap_or(Duration::from_secs(60)));
    ///             participants.resume();
    ///         }
    ///         Err(error) => return Err(error),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume(&mut self) {
        self.pages.resume();
    }

    /// How many participants the list has, according to the newest page or the checkpoint.
    ///
    /// `None` if neither has one: before the first page, and for pages without `paging`.
    pub fn total_count(&self) -> Option<u64> {
        self.pages.total_count()
    }
}

impl Iterator for Participants {
    type Item = Result<Participant>;

    fn next(&mut self) -> Option<Result<Participant>> {
        if self.page.as_slice().is_empty() {
            self.page = Vec::new().into_iter(); // frees the old page before the next one needs as much
            match self.pages.next()? {
                Ok(page) => self.page = page.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
        self.page.next().map(Ok)
    }
}

impl FusedIterator for Participants {}

/// A session's participants page by page, made by [`ParticipantsRequest::pages`](crate::ParticipantsRequest::pages).
///
/// Each `next` requests one page; the first one after `resume_from` requests two. An empty page is never handed out.
/// After an error the iterator gives `None` until [`resume`](Pages::resume) is called.
#[derive(Debug)]
#[must_use = "nothing is sent before `next`"]
pub struct Pages {
    http: Arc<Http>,
    parameters: Parameters,
    /// What is wrong with the request: a parameter, and the reason.
    invalid: Option<(&'static str, String)>,
    list: Completeness,
    has_failed: bool,
    /// When the quota resets, if no requests remain.
    quota_reset: Option<Instant>,
    buffer: BodyBuffer,
}

impl Pages {
    pub(crate) fn new(http: Arc<Http>, mut parameters: Parameters, resume_from: Option<Checkpoint>) -> Pages {
        let per_page = *parameters.per_page.get_or_insert(DEFAULT_PER_PAGE);
        let (is_consolidated, is_search) = (parameters.is_consolidated(), parameters.is_search());
        let rules = Rules { per_page, is_consolidated, is_search };
        let invalid = check(&parameters, rules, resume_from.as_ref()).err();
        let beginning = || Position::beginning(parameters.page_no.unwrap_or(1), rules);
        let position = resume_from.map_or_else(beginning, |checkpoint| checkpoint.position().clone());
        Pages {
            http,
            parameters,
            invalid,
            list: Completeness::new(rules, position),
            has_failed: false,
            quota_reset: None,
            buffer: BodyBuffer::default(),
        }
    }

    /// Goes on after an error: the following `next` asks again for the page that failed, with every check still in
    /// force.
    ///
    /// It does nothing after an [`Error::Pagination`], after the end, or if there was no error. See
    /// [`Participants::resume`] for an example.
    pub fn resume(&mut self) {
        self.has_failed = false;
    }

    /// The place after the last page that was handed out, to be stored for
    /// [`resume_from`](crate::ParticipantsRequest::resume_from). Before the first page it is the beginning.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint::new(&self.parameters, self.list.position().clone())
    }

    /// How many participants the list has, according to the newest page or the checkpoint.
    ///
    /// `None` if neither has one: before the first page, and for pages without `paging`.
    pub fn total_count(&self) -> Option<u64> {
        self.list.position().total_count()
    }

    fn next_page(&mut self) -> Result<Option<ParticipantsPage>> {
        if let Some((name, reason)) = &self.invalid {
            return Err(Error::invalid(name, reason.clone()));
        }
        while let Some(page_no) = self.list.next_request() {
            let (page, taken) = self.fetch(page_no)?;
            match taken {
                Taken::HandOut => return Ok(Some(page)),
                Taken::Recheck => {}
                Taken::End => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Requests a page and checks it.
    fn fetch(&mut self, page_no: u64) -> Result<(ParticipantsPage, Taken)> {
        let Ok(page_no) = u32::try_from(page_no) else {
            return Err(self.pagination_error(u32::MAX, "the list goes on past the largest page number".to_owned()));
        };
        if let Some(reset) = self.quota_reset.take() {
            self.http.wait_until(reset);
        }
        self.parameters.page_no = Some(page_no);
        let decoded = self.http.get(&self.parameters, decode::page, &mut self.buffer)?;
        self.quota_reset = decoded.quota_reset;
        let page = decoded.value;
        let outline = Outline::new(&page, self.list.random());
        let taken = self.list.take(outline).map_err(|reason| self.pagination_error(page_no, reason))?;
        Ok((page, taken))
    }

    fn pagination_error(&mut self, page_no: u32, reason: String) -> Error {
        self.list.break_at(page_no);
        Error::Pagination { page_no, reason }
    }
}

impl Iterator for Pages {
    type Item = Result<ParticipantsPage>;

    fn next(&mut self) -> Option<Result<ParticipantsPage>> {
        if self.has_failed {
            return None;
        }
        let page = self.next_page();
        self.has_failed = page.is_err();
        page.transpose()
    }
}

impl FusedIterator for Pages {}

/// Checks that these parameters can be iterated over.
fn check(
    parameters: &Parameters,
    rules: Rules,
    resume_from: Option<&Checkpoint>,
) -> std::result::Result<(), (&'static str, String)> {
    if parameters.per_page == Some(0) {
        return Err(("per_page", "must be at least 1".to_owned()));
    }
    let Some(checkpoint) = resume_from else { return Ok(()) };
    if parameters.page_no.is_some() {
        return Err(("page_no", "can't be combined with resume_from; remove one of them".to_owned()));
    }
    checkpoint.check(parameters, rules).map_err(|reason| ("resume_from", reason))
}
