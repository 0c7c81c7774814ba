//! `SortBy`, `SortOrder`, `View`, and all parameters of a request together, with their validation.

use crate::error::{Error, Result};

/// What the list is sorted by, [`ParticipantsRequest::sort_by`](crate::ParticipantsRequest::sort_by).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SortBy {
    /// `joinedAt`: when participants joined.
    JoinedAt,
    /// `duration`: how many minutes participants stayed.
    Duration,
}

/// The direction of sorting, [`ParticipantsRequest::sort_order`](crate::ParticipantsRequest::sort_order).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SortOrder {
    /// `ASC`: the earliest or shortest first.
    Asc,
    /// `DESC`: the latest or longest first.
    Desc,
}

/// How breakout rooms are counted, [`ParticipantsRequest::view`](crate::ParticipantsRequest::view).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum View {
    /// `raw`: durations in this session alone.
    Raw,
    /// `consolidated`: the durations in the session's breakout rooms are added.
    Consolidated,
}

/// A session and the parameters of a request for its participants. Unset parameters are omitted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) account_id: String,
    pub(crate) app_id: String,
    pub(crate) session_id: String,
    pub(crate) include_peer_events: Option<bool>,
    pub(crate) page_no: Option<u32>,
    pub(crate) per_page: Option<u32>,
    pub(crate) search: Option<String>,
    pub(crate) sort_by: Option<SortBy>,
    pub(crate) sort_order: Option<SortOrder>,
    pub(crate) view: Option<View>,
    /// Parameters without a setter.
    pub(crate) query: Vec<(String, String)>,
}

/// The page size of an iterator whose request sets none.
const DEFAULT_PER_PAGE: u32 = 100;

impl Parameters {
    /// The parameters of an iterator's requests.
    pub(crate) fn for_list(mut self) -> Parameters {
        self.per_page.get_or_insert(DEFAULT_PER_PAGE);
        if (self.sort_by, self.sort_order) == (None, None) {
            // Newcomers come last, so that they don't move anybody to another page.
            (self.sort_by, self.sort_order) = (Some(SortBy::JoinedAt), Some(SortOrder::Asc));
        }
        self
    }

    /// Checks that one page can be requested.
    pub(crate) fn validate(&self) -> Result<()> {
        check_id("account_id", &self.account_id)?;
        check_id("app_id", &self.app_id)?;
        check_id("session_id", &self.session_id)?;
        check_query(&self.query, &self.known())
    }

    /// Checks that an iterator can request page after page.
    pub(crate) fn validate_list(&self) -> Result<()> {
        if self.per_page == Some(0) {
            return Err(Error::invalid("per_page", "must be at least 1"));
        }
        self.validate()
    }

    /// Whether newcomers come last, so that a session can be listed while it is live.
    pub(crate) fn is_earliest_first(&self) -> bool {
        (self.sort_by, self.sort_order) == (Some(SortBy::JoinedAt), Some(SortOrder::Asc))
    }

    /// Whether the list holds only participants that match a text.
    pub(crate) fn is_search(&self) -> bool {
        self.search.as_deref().is_some_and(|text| !text.is_empty())
    }

    pub(crate) fn is_consolidated(&self) -> bool {
        self.view == Some(View::Consolidated)
    }

    /// The parameters that have setters, by their names on the wire.
    pub(crate) fn known(&self) -> [(&'static str, Option<String>); 7] {
        let sort_by = self.sort_by.map(|sort_by| match sort_by {
            SortBy::JoinedAt => "joinedAt",
            SortBy::Duration => "duration",
        });
        let sort_order = self.sort_order.map(|sort_order| match sort_order {
            SortOrder::Asc => "ASC",
            SortOrder::Desc => "DESC",
        });
        let view = self.view.map(|view| match view {
            View::Raw => "raw",
            View::Consolidated => "consolidated",
        });
        [
            ("include_peer_events", self.include_peer_events.map(|include| include.to_string())),
            ("page_no", self.page_no.map(|page_no| page_no.to_string())),
            ("per_page", self.per_page.map(|per_page| per_page.to_string())),
            ("search", self.search.clone()),
            ("sort_by", sort_by.map(str::to_owned)),
            ("sort_order", sort_order.map(str::to_owned)),
            ("view", view.map(str::to_owned)),
        ]
    }
}

fn check_id(name: &'static str, id: &str) -> Result<()> {
    match id {
        "" => Err(Error::invalid(name, "is empty; give the ID as the dashboard or the API shows it")),
        "." | ".." => {
            Err(Error::invalid(name, "can't be `.` or `..`; give the ID as the dashboard or the API shows it"))
        }
        _ => Ok(()),
    }
}

fn check_query(query: &[(String, String)], known: &[(&str, Option<String>)]) -> Result<()> {
    for (name, _) in query {
        if name.is_empty() {
            return Err(Error::invalid("query", "has an empty name; name the parameter or remove the call"));
        }
        if known.iter().any(|(known, _)| known == name) {
            return Err(Error::invalid("query", format!("names {name}, which has a setter; call that instead")));
        }
    }
    Ok(())
}
