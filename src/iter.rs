//! `Pages` and `Participants`: the iterators, which fetch pages, hand them out and remember a failure.

use std::sync::Arc;

use crate::checkpoint::Checkpoint;
use crate::completeness::{Completeness, Mismatch, Position, Rules, Taken};
use crate::decode::{Answer, DecodePage};
use crate::error::{Error, PaginationError, Result};
use crate::http::{Exchange, Http};
use crate::parameters::Parameters;
use crate::response::{Participant, ParticipantsPage};

/// A session's participants one by one, made by [`ParticipantsRequest::iter`](crate::ParticipantsRequest::iter) or,
/// with rows of your own type, by [`iter_as`](crate::ParticipantsRequest::iter_as).
///
/// The first `next` sends the first request. Each further page is requested when all participants of the page before it
/// have been handed out. After an error the iterator gives `None` until [`resume`](Participants::resume) is called.
#[derive(Debug)]
#[must_use = "nothing is sent before `next`"]
pub struct Participants<T = Participant> {
    pages: Pages<T>,
    page: std::vec::IntoIter<T>,
}

impl<T> Participants<T> {
    pub(crate) fn new(pages: Pages<T>) -> Participants<T> {
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

impl<T> Iterator for Participants<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
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

/// A session's participants page by page, made by [`ParticipantsRequest::pages`](crate::ParticipantsRequest::pages) or,
/// with rows of your own type, by [`pages_as`](crate::ParticipantsRequest::pages_as).
///
/// Each `next` requests one page. After [`resume_from`](crate::ParticipantsRequest::resume_from), the first `next` also
/// requests the last page of the earlier run. An empty page is never handed out. After an error the iterator gives
/// `None` until [`resume`](Pages::resume) is called.
#[derive(Debug)]
#[must_use = "nothing is sent before `next`"]
pub struct Pages<T = Participant> {
    http: Arc<Http>,
    parameters: Parameters,
    decode: DecodePage<T>,
    /// What is wrong with the request, and the checkpoint that it would resume from.
    refused: Option<(Error, Option<Checkpoint>)>,
    list: Completeness,
    exchange: Exchange,
    has_failed: bool,
}

impl<T> Pages<T> {
    /// `start` is where the iterator starts, or what is wrong with the request and the checkpoint that it would resume
    /// from.
    pub(crate) fn new(
        http: Arc<Http>,
        parameters: Parameters,
        decode: DecodePage<T>,
        start: std::result::Result<Position, (Error, Option<Checkpoint>)>,
    ) -> Pages<T> {
        let (position, refused) = match start {
            Ok(position) => (position, None),
            Err(refused) => (Position::beginning(&parameters), Some(refused)),
        };
        Pages {
            list: Completeness::new(Rules::of(&parameters), position),
            http,
            parameters,
            decode,
            refused,
            exchange: Exchange::default(),
            has_failed: false,
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

    /// The position after the last page that was handed out, to be stored for
    /// [`resume_from`](crate::ParticipantsRequest::resume_from). Before the first page it is the beginning.
    ///
    /// It can be taken at any moment, also after an error. After an [`Error::Pagination`], `resume_from` refuses it,
    /// because the list has to be started over.
    ///
    /// If the request was refused with an [`Error::InvalidArgument`], it is the checkpoint that was passed to
    /// `resume_from`, so that storing it loses nothing.
    pub fn checkpoint(&self) -> Checkpoint {
        match &self.refused {
            Some((_, Some(resume_from))) => resume_from.clone(),
            _ => Checkpoint::new(&self.parameters, self.list.position().clone()),
        }
    }

    /// How many participants the list has, according to the newest page or the checkpoint.
    ///
    /// `None` if neither has one: before the first page, and for pages without `paging`.
    pub fn total_count(&self) -> Option<u64> {
        self.list.position().total_count()
    }

    fn next_page(&mut self) -> Result<Option<ParticipantsPage<T>>> {
        if let Some((error, _)) = &self.refused {
            return Err(error.clone());
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

    /// Requests a page and adds it to the list.
    fn fetch(&mut self, page_no: u64) -> Result<(ParticipantsPage<T>, Taken)> {
        let is_earliest_first = self.parameters.is_earliest_first();
        let refuse = |page_no, Mismatch { reason, may_pass }| {
            Error::Pagination(PaginationError::new(page_no, reason, may_pass, is_earliest_first))
        };
        let Ok(page_no) = u32::try_from(page_no) else {
            self.list.break_at(u32::MAX);
            return Err(refuse(u32::MAX, Mismatch::lasting("the list goes on past the largest page number")));
        };
        self.parameters.page_no = Some(page_no);
        let fetched = self.http.get(&self.parameters, &mut self.exchange, |body| {
            let decoded = (self.decode)(body, self.list.random()).map_err(Error::Decode)?;
            let Answer::Success((page, outline)) = decoded else { return Ok(Answer::Refusal) };
            let taken = self.list.take(outline).map_err(|mismatch| refuse(page_no, mismatch))?;
            Ok(Answer::Success((page, taken)))
        });
        match fetched {
            Err(error) if self.list.is_past_end() && error.says_no_such_page() => {
                self.list.finish();
                Ok((ParticipantsPage::default(), Taken::End))
            }
            Err(Error::Pagination(error)) => {
                self.list.break_at(page_no);
                Err(Error::Pagination(error))
            }
            _ => fetched,
        }
    }
}

impl<T> Iterator for Pages<T> {
    type Item = Result<ParticipantsPage<T>>;

    fn next(&mut self) -> Option<Result<ParticipantsPage<T>>> {
        if self.has_failed {
            return None;
        }
        let page = self.next_page();
        self.has_failed = page.is_err();
        page.transpose()
    }
}
