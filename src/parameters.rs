//! `SortBy`, `SortOrder`, `View`, and all parameters of a request together.

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

/// A session and the parameters of a request for its participants. What isn't set isn't sent.
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

impl Parameters {
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
