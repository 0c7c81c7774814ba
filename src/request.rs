//! `ParticipantsRequest`: parameters to URL.

use serde::de::DeserializeOwned;

use crate::base_url::MAX_URL;
use crate::client::Client;
use crate::decode;
use crate::error::{Error, Result};
use crate::http::{Decode, Kept};
use crate::parameters::{SortBy, SortOrder, View};
use crate::response::ParticipantsPage;

/// A request for the participants of one session: [Fetch participants list of a session].
///
/// Parameters that you don't set are not sent, except that iterators always send `page_no` and `per_page`. Values are
/// checked when the request is sent: a wrong one is the error of [`send`](Self::send), or the first item of an iterator. A
/// request can be sent as often as you like, and cloned to vary it.
///
/// ```no_run
/// # fn main() -> realtimekit::Result<()> {
/// # let client = realtimekit::Client::from_env()?;
/// let request = client.session_participants("account_id", "app_id", "session_id").search("Mark");
///
/// let page = request.send()?; // the first page alone
///
/// for participant in &request { // everybody, page after page as they are consumed
///     println!("{:?}", participant?.display_name);
/// }
/// # Ok(())
/// # }
/// ```
///
/// [Fetch participants list of a session]: https://developers.cloudflare.com/api/resources/realtime_kit/subresources/sessions/methods/get_session_participants/
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send`, or before an iterator over it is consumed"]
pub struct ParticipantsRequest {
    client: Client,
    account_id: String,
    app_id: String,
    session_id: String,
    include_peer_events: Option<bool>,
    pub(crate) page_no: Option<u32>,
    pub(crate) per_page: Option<u32>,
    search: Option<String>,
    sort_by: Option<SortBy>,
    sort_order: Option<SortOrder>,
    pub(crate) view: Option<View>,
    further: Vec<(String, String)>,
}

impl Client {
    /// A request for the participants of a session. The IDs have the order of the endpoint's URL.
    ///
    /// Nothing is sent yet. An ID may be any text except an empty one, `.` and `..`; it is percent-encoded, and checked when
    /// the request is sent.
    #[doc(alias = "get_session_participants")]
    pub fn session_participants(
        &self,
        account_id: impl Into<String>,
        app_id: impl Into<String>,
        session_id: impl Into<String>,
    ) -> ParticipantsRequest {
        ParticipantsRequest {
            client: self.clone(),
            account_id: account_id.into(),
            app_id: app_id.into(),
            session_id: session_id.into(),
            include_peer_events: None,
            page_no: None,
            per_page: None,
            search: None,
            sort_by: None,
            sort_order: None,
            view: None,
            further: Vec::new(),
        }
    }
}

impl ParticipantsRequest {
    /// Whether each participant comes with their [`peer_events`](crate::Participant::peer_events). By default the server
    /// leaves them out.
    ///
    /// ```no_run
    /// # fn main() -> realtimekit::Result<()> {
    /// # let client = realtimekit::Client::from_env()?;
    /// let request = client.session_participants("account_id", "app_id", "session_id");
    /// for participant in request.search("Mark").include_peer_events(true) {
    ///     let participant = participant?;
    ///     println!("{}", participant.display_name.unwrap_or_default());
    ///     for event in participant.peer_events.unwrap_or_default() {
    ///         if let (Some(time), Some(name)) = (event.created_at, event.event_name) {
    ///             println!("  {time} {name}");
    ///         }
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn include_peer_events(mut self, include_peer_events: bool) -> Self {
        self.include_peer_events = Some(include_peer_events);
        self
    }

    /// Which page to fetch, counted from 1. An iterator starts there. What page 0 means is up to the server.
    pub fn page_no(mut self, page_no: u32) -> Self {
        self.page_no = Some(page_no);
        self
    }

    /// Participants a page. The server's default and maximum are not documented; iterators ask for 100 where this is
    /// not set, accept a server that gives fewer, and refuse 0.
    pub fn per_page(mut self, per_page: u32) -> Self {
        self.per_page = Some(per_page);
        self
    }

    /// Only participants whose participant ID, custom participant ID or display name matches. Whether that means equal,
    /// or with the same beginning, is not documented: to find one person, compare what comes with what you look for.
    pub fn search(mut self, search: impl Into<String>) -> Self {
        self.search = Some(search.into());
        self
    }

    /// What the list is sorted by.
    pub fn sort_by(mut self, sort_by: SortBy) -> Self {
        self.sort_by = Some(sort_by);
        self
    }

    /// Whether the list is ascending or descending.
    pub fn sort_order(mut self, sort_order: SortOrder) -> Self {
        self.sort_order = Some(sort_order);
        self
    }

    /// How breakout rooms are counted; the server's default is [`View::Raw`]. Under [`View::Consolidated`] an iterator
    /// accepts pages that hold fewer participants than their offsets span.
    pub fn view(mut self, view: View) -> Self {
        self.view = Some(view);
        self
    }

    /// Appends a query parameter that this crate has no setter for.
    ///
    /// ```no_run
    /// # fn main() -> realtimekit::Result<()> {
    /// # let client = realtimekit::Client::from_env()?;
    /// let request = client.session_participants("account_id", "app_id", "session_id");
    /// let page = request.query("country", "NO").send()?; // if the API had one by that name
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The names that have setters, and an empty name, are refused when the request is sent.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.further.push((name.into(), value.into()));
        self
    }

    /// Sends the request and returns the one page that it asks for.
    ///
    /// # Errors
    /// Any variant except [`Error::Pagination`], which only iterators give. A retryable error is returned after
    /// [`max_retries`](crate::ClientBuilder::max_retries) retries, or at once if the server asks for a longer wait than
    /// [`max_retry_wait`](crate::ClientBuilder::max_retry_wait).
    pub fn send(&self) -> Result<ParticipantsPage> {
        self.get(decode::decode, &mut Kept::default())
    }

    /// Sends the request and returns the whole body of a success as a type of yours, for fields that this crate
    /// doesn't know yet.
    ///
    /// ```no_run
    /// # fn main() -> realtimekit::Result<()> {
    /// # let client = realtimekit::Client::from_env()?;
    /// # let request = client.session_participants("account_id", "app_id", "session_id");
    /// let body: serde_json::Value = request.send_as()?;
    /// println!("{}", body["data"]["participants"][0]["country"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`send`](Self::send); [`Error::Decode`] where the body is not a `T`.
    pub fn send_as<T: DeserializeOwned>(&self) -> Result<T> {
        self.get(decode::decode_as, &mut Kept::default())
    }

    pub(crate) fn get<T>(&self, decode: Decode<T>, kept: &mut Kept) -> Result<T> {
        self.client.get(&self.url()?, decode, kept)
    }

    fn url(&self) -> Result<String> {
        let mut url = self.client.settings.base_url.text.clone();
        for (before, name, id) in [
            ("/accounts/", "account_id", &self.account_id),
            ("/realtime/kit/", "app_id", &self.app_id),
            ("/sessions/", "session_id", &self.session_id),
        ] {
            if id.is_empty() {
                return Err(Error::invalid(name, "is empty; give the ID as the dashboard or the API shows it"));
            }
            if matches!(id.as_str(), "." | "..") {
                return Err(Error::invalid(
                    name,
                    "is no ID but a step in a path; give the ID as the dashboard or the API shows it",
                ));
            }
            url.push_str(before);
            encode(id, &mut url);
        }
        url.push_str("/participants");

        let known = self.known();
        if self.further.iter().any(|(name, _)| name.is_empty()) {
            return Err(Error::invalid("query", "has an empty name; name the parameter, or leave it out"));
        }
        if let Some((name, _)) = known.iter().find(|(name, _)| self.further.iter().any(|(further, _)| further == name))
        {
            return Err(Error::invalid("query", format!("names {name}, which has a setter; call that")));
        }
        let known = known.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        let further = self.further.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (nth, (name, value)) in known.chain(further).enumerate() {
            url.push(if nth == 0 { '?' } else { '&' });
            encode(name, &mut url);
            url.push('=');
            encode(value, &mut url);
        }

        if url.len() > MAX_URL {
            let reason = format!("makes a URL of {} bytes, and {MAX_URL} are the most; shorten it", url.len());
            return Err(Error::invalid(self.longest(), reason));
        }
        Ok(url)
    }

    fn known(&self) -> [(&'static str, Option<String>); 7] {
        [
            ("include_peer_events", self.include_peer_events.map(|is| is.to_string())),
            ("page_no", self.page_no.map(|number| number.to_string())),
            ("per_page", self.per_page.map(|number| number.to_string())),
            ("search", self.search.clone()),
            ("sort_by", self.sort_by.map(|by| by.as_str().to_owned())),
            ("sort_order", self.sort_order.map(|order| order.as_str().to_owned())),
            ("view", self.view.map(|view| view.as_str().to_owned())),
        ]
    }

    /// The text to blame for a URL that is too long.
    fn longest(&self) -> &'static str {
        let search = self.search.as_deref().unwrap_or_default();
        let further = self.further.iter().map(|(name, value)| name.len() + value.len()).sum();
        let mut texts = [
            ("base_url", self.client.settings.base_url.text.len()),
            ("account_id", self.account_id.len()),
            ("app_id", self.app_id.len()),
            ("session_id", self.session_id.len()),
            ("search", search.len()),
            ("query", further),
        ];
        texts.sort_by_key(|(_, length)| *length);
        let [.., (name, _)] = texts;
        name
    }
}

/// Percent-encodes all but the characters that never mean anything in a URL (RFC 3986, 2.3).
fn encode(text: &str, url: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => url.push(char::from(byte)),
            _ => url.extend(['%', hex(byte >> 4), hex(byte & 15)]),
        }
    }
}

fn hex(digit: u8) -> char {
    char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase()
}
