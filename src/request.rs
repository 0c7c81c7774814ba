//! `ParticipantsRequest`: setters, and the ways to send.

use std::hash::RandomState;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::checkpoint::Checkpoint;
use crate::completeness::Position;
use crate::decode::{self, DecodePage};
use crate::error::{Error, Result};
use crate::http::{Exchange, Http};
use crate::iter::{Pages, Participants};
use crate::parameters::{Parameters, SortBy, SortOrder, View};
use crate::response::{Participant, ParticipantsPage};

/// A request for the participants of one session: [Fetch participants list of a session].
///
/// Unset parameters are omitted, except that iterators always send `page_no`, `per_page` and an order. Values are
/// validated when the request is sent: [`send`](Self::send) returns an error for an invalid value, and an iterator
/// gives that error as its first item. A request can be sent any number of times, and cloned to vary it.
///
/// ```no_run
/// # fn main() -> realtimekit::Result<()> {
/// # let client = realtimekit::Client::from_env()?;
/// let request = client
///     .session_participants("account", "app", "session")
///     .search("Mark");
///
/// let page = request.send()?; // the first page alone
///
/// for participant in request.iter() { // everybody, page after page
///     println!("{:?}", participant?.display_name);
/// }
/// # Ok(())
/// # }
/// ```
///
/// [Fetch participants list of a session]:
/// https://developers.cloudflare.com/api/resources/realtime_kit/subresources/sessions/methods/get_session_participants/
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send`, or before an iterator is consumed"]
pub struct ParticipantsRequest {
    http: Arc<Http>,
    parameters: Parameters,
    resume_from: Option<Checkpoint>,
}

impl ParticipantsRequest {
    pub(crate) fn new(http: Arc<Http>, parameters: Parameters) -> ParticipantsRequest {
        ParticipantsRequest { http, parameters, resume_from: None }
    }

    /// Whether participants come with their [`peer_events`](Participant::peer_events). The server's default is false.
    pub fn include_peer_events(mut self, include_peer_events: bool) -> Self {
        self.parameters.include_peer_events = Some(include_peer_events);
        self
    }

    /// The page to fetch, counted from 1; an iterator starts there. What page 0 means is not documented.
    pub fn page_no(mut self, page_no: u32) -> Self {
        self.parameters.page_no = Some(page_no);
        self
    }

    /// How many participants a page may have. The server's default and maximum are not documented.
    ///
    /// Iterators ask for 100 if this isn't set, accept a server that sends fewer, and refuse 0.
    pub fn per_page(mut self, per_page: u32) -> Self {
        self.parameters.per_page = Some(per_page);
        self
    }

    /// Only participants whose ID, custom participant ID or display name matches.
    ///
    /// Whether the whole text or a part of it must match is not documented, so check that the participants are the ones
    /// you are looking for. `total_count` may count participants who don't match, so an empty page ends the list even
    /// if fewer came. If the server instead repeats its last page before `total_count` is reached, the iterator ends
    /// with an [`Error::Pagination`].
    pub fn search(mut self, search: impl Into<String>) -> Self {
        self.parameters.search = Some(search.into());
        self
    }

    /// What the list is sorted by.
    ///
    /// If neither this nor [`sort_order`](Self::sort_order) is set, iterators ask for [`SortBy::JoinedAt`] with
    /// [`SortOrder::Asc`], in which newcomers come last. In any other order, participants of a live session can change
    /// pages, and iterating then ends with an [`Error::Pagination`]. A program can sort what it has collected.
    pub fn sort_by(mut self, sort_by: SortBy) -> Self {
        self.parameters.sort_by = Some(sort_by);
        self
    }

    /// The direction of sorting; see [`sort_by`](Self::sort_by).
    pub fn sort_order(mut self, sort_order: SortOrder) -> Self {
        self.parameters.sort_order = Some(sort_order);
        self
    }

    /// How breakout rooms are counted. The server's default is [`View::Raw`].
    ///
    /// Under [`View::Consolidated`] an iterator accepts pages with fewer participants than their offsets span, and a
    /// `total_count` that shrinks.
    pub fn view(mut self, view: View) -> Self {
        self.parameters.view = Some(view);
        self
    }

    /// Appends a query parameter that this crate has no setter for.
    ///
    /// If the name is empty or has a setter, the request is refused when it is sent.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.query.push((name.into(), value.into()));
        self
    }

    /// Makes [`iter`](Self::iter) and [`pages`](Self::pages) go on where [`Pages::checkpoint`] was taken.
    ///
    /// The iterator first requests the last page again to check it, without handing it out. If that page doesn't end as
    /// it did, participants have shifted between pages, and the iterator gives an [`Error::Pagination`]. Participants
    /// from before that page are not compared. Resuming from the checkpoint of a finished list sends no request and
    /// yields nothing.
    ///
    /// # Errors
    /// The first item of the iterator is an [`Error::InvalidArgument`] if
    ///
    /// - the checkpoint belongs to another session or other parameters (an unset `per_page` or order counts as the one
    ///   that iterators ask for)
    /// - the checkpoint was taken after an [`Error::Pagination`], or contradicts itself
    /// - `page_no` is set too
    ///
    /// [`send`](Self::send), [`send_as`](Self::send_as) and [`send_json`](Self::send_json) refuse a request with a
    /// checkpoint.
    pub fn resume_from(mut self, checkpoint: Checkpoint) -> Self {
        self.resume_from = Some(checkpoint);
        self
    }

    /// The participants one by one. Pages are fetched as you consume them.
    ///
    /// It starts at [`page_no`](Self::page_no), or at the first page.
    ///
    /// # Errors
    /// The errors are those of [`send`](Self::send), and [`Error::Pagination`] if the pages don't make up a complete
    /// list.
    pub fn iter(&self) -> Participants {
        Participants::new(self.pages())
    }

    /// The participants page by page. Pages are fetched as you consume them.
    ///
    /// It starts at [`page_no`](Self::page_no), or at the first page. Its errors are those of [`iter`](Self::iter).
    ///
    /// ```no_run
    /// # fn main() -> realtimekit::Result<()> {
    /// # let client = realtimekit::Client::from_env()?;
    /// let request = client.session_participants("account", "app", "session");
    /// let mut pages = request.pages();
    /// while let Some(page) = pages.next() {
    ///     println!("{} participants", page?.participants.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(&self) -> Pages {
        self.pages_by(decode::participants)
    }

    /// Sends the request and returns the one page that it asks for.
    ///
    /// # Errors
    /// Any variant except [`Error::Pagination`], which only iterators give. A retryable error comes after
    /// [`max_retries`](crate::ClientBuilder::max_retries) retries, or at once if the server asks for a longer wait than
    /// [`max_retry_wait`](crate::ClientBuilder::max_retry_wait).
    pub fn send(&self) -> Result<ParticipantsPage> {
        self.send_by(decode::participants)
    }

    /// Like [`iter`](Self::iter), with rows of your own type.
    ///
    /// Use it for fields that are newer than this crate, for the few fields that a program needs, or for timestamps of
    /// another type:
    ///
    /// ```no_run
    /// #[derive(serde::Deserialize)]
    /// struct Row {
    ///     display_name: Option<String>,
    ///     country: Option<String>, // this crate doesn't know it
    /// }
    ///
    /// # fn main() -> realtimekit::Result<()> {
    /// # let client = realtimekit::Client::from_env()?;
    /// # let request = client.session_participants("account", "app", "session");
    /// for row in request.iter_as::<Row>() {
    ///     let row = row?;
    ///     println!("{:?} {:?}", row.display_name, row.country);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The list is checked as with `iter`: `id` and `created_at` are read from each row, whether or not your type has
    /// them.
    ///
    /// # Errors
    /// The errors are those of [`iter`](Self::iter). A row that can't be read as a `T` is an [`Error::Decode`] for the
    /// whole page.
    pub fn iter_as<T: DeserializeOwned>(&self) -> Participants<T> {
        Participants::new(self.pages_as())
    }

    /// Like [`pages`](Self::pages), with rows of your own type; see [`iter_as`](Self::iter_as).
    pub fn pages_as<T: DeserializeOwned>(&self) -> Pages<T> {
        self.pages_by(decode::rows)
    }

    /// Like [`send`](Self::send), with rows of your own type; see [`iter_as`](Self::iter_as).
    ///
    /// # Errors
    /// The errors are those of [`send`](Self::send). A row that can't be read as a `T` is an [`Error::Decode`].
    pub fn send_as<T: DeserializeOwned>(&self) -> Result<ParticipantsPage<T>> {
        self.send_by(decode::rows)
    }

    /// Sends the request and returns the whole body as a type of your own.
    ///
    /// ```no_run
    /// # fn main() -> realtimekit::Result<()> {
    /// # let client = realtimekit::Client::from_env()?;
    /// # let request = client.session_participants("account", "app", "session");
    /// let body: serde_json::Value = request.send_json()?;
    /// println!("{}", body["data"]["participants"][0]["country"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors are those of [`send`](Self::send), and [`Error::Decode`] if the body can't be read as a `T`.
    pub fn send_json<T: DeserializeOwned>(&self) -> Result<T> {
        self.validate_single()?;
        self.http.get(&self.parameters, &mut Exchange::default(), |body| decode::json(body).map_err(Error::Decode))
    }

    fn pages_by<T>(&self, decode: DecodePage<T>) -> Pages<T> {
        let parameters = self.parameters.clone().for_list();
        let start = self.start(&parameters).map_err(|error| (error, self.resume_from.clone()));
        Pages::new(self.http.clone(), parameters, decode, start)
    }

    /// Where an iterator with these parameters starts.
    fn start(&self, parameters: &Parameters) -> Result<Position> {
        parameters.validate_list()?;
        let Some(checkpoint) = &self.resume_from else { return Ok(Position::beginning(parameters)) };
        if parameters.page_no.is_some() {
            return Err(Error::invalid("page_no", "can't be combined with resume_from; remove one of them"));
        }
        checkpoint.position_for(parameters)
    }

    fn send_by<T>(&self, decode: DecodePage<T>) -> Result<ParticipantsPage<T>> {
        self.validate_single()?;
        // Nothing is compared, so any key does.
        let random = RandomState::new();
        let read = |body: &[u8]| decode(body, &random).map_err(Error::Decode);
        Ok(self.http.get(&self.parameters, &mut Exchange::default(), read)?.0)
    }

    fn validate_single(&self) -> Result<()> {
        if self.resume_from.is_some() {
            let reason = "works with iterators only; call iter or pages, or remove it";
            return Err(Error::invalid("resume_from", reason));
        }
        self.parameters.validate()
    }
}

impl IntoIterator for ParticipantsRequest {
    type Item = Result<Participant>;
    type IntoIter = Participants;

    fn into_iter(self) -> Participants {
        self.iter()
    }
}

impl IntoIterator for &ParticipantsRequest {
    type Item = Result<Participant>;
    type IntoIter = Participants;

    fn into_iter(self) -> Participants {
        self.iter()
    }
}
