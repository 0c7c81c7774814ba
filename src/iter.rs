//! `Pages` and `Participants`: where pages are joined.

use std::iter::FusedIterator;

use crate::completeness::Position;
use crate::decode::decode;
use crate::error::{Error, Result};
use crate::http::Kept;
use crate::parameters::View;
use crate::request::ParticipantsRequest;
use crate::response::{Participant, ParticipantsPage};

/// What iterating asks for where the caller says nothing.
const PER_PAGE: u32 = 100;

impl ParticipantsRequest {
    /// The pages of the list from [`page_no`](Self::page_no) on, or from the first, fetched as they are consumed.
    ///
    /// Each page is checked to follow the one before it. For the participants themselves, iterate over the request.
    ///
    /// ```no_run
    /// # fn main() -> realtimekit::Result<()> {
    /// # let client = realtimekit::Client::from_env()?;
    /// let mut pages = client.session_participants("account_id", "app_id", "session_id").pages();
    /// while let Some(page) = pages.next() {
    ///     println!("{} participants", page?.participants.len());
    ///     println!("page {} is next", pages.resume_page_no());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(&self) -> Pages {
        let mut request = self.clone();
        let per_page = *request.per_page.get_or_insert(PER_PAGE);
        let page_no = request.page_no.unwrap_or(1);
        let position = Some(Position::Start { page_no, per_page });
        Pages { request, page_no: page_no.into(), position, total_count: None, kept: Kept::default() }
    }
}

impl IntoIterator for ParticipantsRequest {
    type Item = Result<Participant>;
    type IntoIter = Participants;

    fn into_iter(self) -> Participants {
        (&self).into_iter()
    }
}

impl IntoIterator for &ParticipantsRequest {
    type Item = Result<Participant>;
    type IntoIter = Participants;

    fn into_iter(self) -> Participants {
        let pages = self.pages();
        Participants { page_no: pages.resume_page_no(), pages, page: Vec::new().into_iter() }
    }
}

/// A session's participants, one by one, made by iterating over a [`ParticipantsRequest`].
///
/// The first page is requested by the first `next`, and each further one when all participants of the page before it were
/// handed out. After an error the iterator is finished.
///
/// ```no_run
/// # fn main() -> realtimekit::Result<()> {
/// # let client = realtimekit::Client::from_env()?;
/// # let request = client.session_participants("account_id", "app_id", "session_id");
/// let mut participants = request.into_iter();
/// let mut count = 0;
/// while let Some(participant) = participants.next() {
///     println!("{:?}", participant?.display_name);
///     count += 1;
///     if let Some(total) = participants.total_count() {
///         eprintln!("{count} of {total}");
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent before `next`"]
pub struct Participants {
    pages: Pages,
    page: std::vec::IntoIter<Participant>,
    /// Of `page`.
    page_no: u32,
}

impl Participants {
    /// The page to go on with: the current one while some of its participants are left, otherwise the next one; after an
    /// error, the page that failed.
    ///
    /// `request.clone().page_no(n)` goes on from there. If the list didn't change and the other parameters are the same,
    /// nobody is missed, and after an error nobody is repeated. In the middle of a page, those of the page who were already
    /// handed out come again.
    ///
    /// Don't go on after an [`Error::Pagination`]: start over. Don't go on after the end of the list either: a server may
    /// repeat its last page there, which can't be told from a page that is new.
    pub fn resume_page_no(&self) -> u32 {
        if self.page.as_slice().is_empty() { self.pages.resume_page_no() } else { self.page_no }
    }

    /// Participants on all pages together, as the newest page says; `None` before the first, and where pages come
    /// without `paging`.
    pub fn total_count(&self) -> Option<u64> {
        self.pages.total_count
    }
}

impl Iterator for Participants {
    type Item = Result<Participant>;

    fn next(&mut self) -> Option<Result<Participant>> {
        if self.page.as_slice().is_empty() {
            self.page_no = self.pages.resume_page_no();
            self.page = Vec::new().into_iter(); // gives the old page's memory back before the next one needs as much
            match self.pages.next()? {
                Ok(page) => self.page = page.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
        self.page.next().map(Ok)
    }
}

impl FusedIterator for Participants {}

/// A session's participants, page by page, made by [`ParticipantsRequest::pages`].
///
/// Each `next` requests one page, and none that is handed out is empty. After an error the iterator is finished.
#[derive(Debug)]
#[must_use = "nothing is sent before `next`"]
pub struct Pages {
    request: ParticipantsRequest,
    /// Of the next page; one past `u32::MAX` it can be reached but not requested.
    page_no: u64,
    /// `None` when finished. Taken before each request, so that whatever goes wrong finishes the iterator.
    position: Option<Position>,
    total_count: Option<u64>,
    kept: Kept,
}

impl Pages {
    /// The page after the last one that was handed out; after an error the page that failed.
    ///
    /// `request.clone().page_no(n).pages()` goes on from there. Don't go on after an [`Error::Pagination`]: start over.
    /// Don't go on after the end of the list either: a server may repeat its last page there, which can't be told from a
    /// page that is new.
    pub fn resume_page_no(&self) -> u32 {
        u32::try_from(self.page_no).unwrap_or(u32::MAX)
    }

    fn fetch(&mut self, position: Position) -> Result<Option<ParticipantsPage>> {
        if self.request.per_page == Some(0) {
            return Err(Error::invalid("per_page", "is zero, and pages of nobody never end; give 1 or more"));
        }
        let page_no = self.resume_page_no();
        if self.page_no > page_no.into() {
            let reason = "the list goes on past the last page number that can be asked for".to_owned();
            return Err(Error::Pagination { page_no, reason });
        }
        self.request.page_no = Some(page_no);
        let page = self.request.get(decode, &mut self.kept)?;
        self.total_count = page.paging.as_ref().map(|paging| paging.total_count);
        let is_sparse = self.request.view == Some(View::Consolidated);
        let after = position.after(&page, is_sparse);
        self.position = after.map_err(|reason| Error::Pagination { page_no, reason })?;
        if page.participants.is_empty() {
            return Ok(None);
        }
        self.page_no += 1;
        Ok(Some(page))
    }
}

impl Iterator for Pages {
    type Item = Result<ParticipantsPage>;

    fn next(&mut self) -> Option<Result<ParticipantsPage>> {
        let position = self.position.take()?;
        self.fetch(position).transpose()
    }
}

impl FusedIterator for Pages {}
