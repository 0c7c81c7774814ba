//! The parameters that take one of a few values.

/// What the list is sorted by, [`ParticipantsRequest::sort_by`](crate::ParticipantsRequest::sort_by).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SortBy {
    /// `joinedAt`: the time at which participants joined.
    JoinedAt,
    /// `duration`: the minutes that participants were in the session.
    Duration,
}

impl SortBy {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            SortBy::JoinedAt => "joinedAt",
            SortBy::Duration => "duration",
        }
    }
}

/// Whether the list is ascending or descending, [`ParticipantsRequest::sort_order`](crate::ParticipantsRequest::sort_order).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SortOrder {
    /// `ASC`: the earliest or shortest first.
    Asc,
    /// `DESC`: the latest or longest first.
    Desc,
}

impl SortOrder {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            SortOrder::Asc => "ASC",
            SortOrder::Desc => "DESC",
        }
    }
}

/// How breakout rooms are counted, [`ParticipantsRequest::view`](crate::ParticipantsRequest::view).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum View {
    /// `raw`: durations in this session alone.
    Raw,
    /// `consolidated`: durations with those in the session's breakout rooms added up.
    Consolidated,
}

impl View {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            View::Raw => "raw",
            View::Consolidated => "consolidated",
        }
    }
}
