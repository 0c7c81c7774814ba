//! The response types: `ParticipantsPage`, `Paging`, `Participant`, `PeerEvent` and its enums.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One page of a session's participants.
///
/// Its rows are [`Participant`]s, or of a type of your own if they come from
/// [`pages_as`](crate::ParticipantsRequest::pages_as) or [`send_as`](crate::ParticipantsRequest::send_as).
///
/// A page can be stored as JSON and read back equal. In a test, make one through [`Default`]:
///
/// ```
/// use realtimekit::{Participant, ParticipantsPage};
///
/// let mut mark = Participant::default();
/// mark.display_name = Some("Mark".into());
/// mark.duration = Some(5.8097);
///
/// let mut page = ParticipantsPage::<Participant>::default();
/// page.participants.push(mark);
///
/// let minutes: f64 = page.into_iter().filter_map(|participant| participant.duration).sum();
/// assert_eq!(minutes, 5.8097);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParticipantsPage<T = Participant> {
    /// The participants in the server's order; empty if the response has none.
    pub participants: Vec<T>,
    /// The position of this page in the list. `None` unless the server sent all three numbers.
    pub paging: Option<Paging>,
}

/// An empty page without `paging`.
impl<T> Default for ParticipantsPage<T> {
    fn default() -> Self {
        ParticipantsPage { participants: Vec::new(), paging: None }
    }
}

impl<T> IntoIterator for ParticipantsPage<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.participants.into_iter()
    }
}

/// The position of a page in the list. Offsets count from 1 and include both ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Paging {
    /// How many participants the list has, on all pages. In a live session it grows.
    pub total_count: u64,
    /// The offset of the page's first participant.
    pub start_offset: u64,
    /// The offset of the page's last participant.
    pub end_offset: u64,
}

/// One stay of a person in a session.
///
/// One person can have several, which can overlap; see [the guide](crate::guide#what-a-participant-is). Every field may
/// be absent, because the API documents none as required. Timestamps are text exactly as sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Participant {
    /// ID of this participant. The API's documentation calls it the peer ID. It very likely changes with each stay.
    pub id: Option<String>,
    /// Cloudflare's ID of the user.
    pub user_id: Option<String>,
    /// The ID that your application gave the participant. It tells which stays belong to one person.
    pub custom_participant_id: Option<String>,
    /// The name shown in the session. Participants may choose it, so it can hold control characters and line breaks.
    pub display_name: Option<String>,
    /// The preset with the participant's permissions.
    pub preset_name: Option<String>,
    /// When the participant joined, meant to be RFC 3339 in UTC.
    pub joined_at: Option<String>,
    /// When the participant left, meant to be RFC 3339 in UTC. Absent while they are still there.
    pub left_at: Option<String>,
    /// When this record was made, meant to be RFC 3339 in UTC.
    pub created_at: Option<String>,
    /// When this record was last changed, meant to be RFC 3339 in UTC.
    pub updated_at: Option<String>,
    /// Minutes in the session. In the vendor's samples it equals `left_at` - `joined_at`. Under
    /// [`View::Consolidated`](crate::View::Consolidated) it includes breakout rooms.
    pub duration: Option<f64>,
    /// When the participant's connections came and went. Only with
    /// [`include_peer_events(true)`](crate::ParticipantsRequest::include_peer_events). Their order is not documented.
    pub peer_events: Option<Vec<PeerEvent>>,
}

/// One event of a participant's connection to the session.
///
/// [The guide](crate::guide#what-a-participant-is) turns events into intervals. The vendor's sample response has only
/// some of these fields; the others are in its Python SDK, cloudflare 5.9.0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PeerEvent {
    /// ID of this event.
    pub id: Option<String>,
    /// When the event was recorded, meant to be RFC 3339 in UTC. It is the event's only time.
    pub created_at: Option<String>,
    /// When this record was last changed, meant to be RFC 3339 in UTC.
    pub updated_at: Option<String>,
    /// What happened.
    pub event_name: Option<PeerEventName>,
    /// Minutes consumed. Which minutes count is not documented.
    pub minutes_consumed: Option<f64>,
    /// ID of the participant.
    pub participant_id: Option<String>,
    /// ID of the peer. Don't join on it: in the vendor's sample it equals the participant's [`id`](Participant::id) for
    /// one participant and differs for the other.
    pub peer_id: Option<String>,
    /// What kind of session the participant's preset is made for.
    pub preset_view_type: Option<PresetViewType>,
    /// ID of the session.
    pub session_id: Option<String>,
    /// ID of the connection's session with the signalling server.
    pub socket_session_id: Option<String>,
}

/// What happened to a peer, [`PeerEvent::event_name`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PeerEventName {
    /// `PEER_CREATED`
    #[serde(rename = "PEER_CREATED")]
    Created,
    /// `PEER_JOINING`
    #[serde(rename = "PEER_JOINING")]
    Joining,
    /// `PEER_LEAVING`
    #[serde(rename = "PEER_LEAVING")]
    Leaving,
    /// A name that is newer than this crate, as sent.
    #[serde(untagged)]
    Other(String),
}

impl PeerEventName {
    /// The name on the wire, such as `PEER_JOINING`.
    pub fn as_str(&self) -> &str {
        match self {
            PeerEventName::Created => "PEER_CREATED",
            PeerEventName::Joining => "PEER_JOINING",
            PeerEventName::Leaving => "PEER_LEAVING",
            PeerEventName::Other(name) => name,
        }
    }
}

impl fmt::Display for PeerEventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What kind of session a preset is made for, [`PeerEvent::preset_view_type`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum PresetViewType {
    /// `GROUP_CALL`
    GroupCall,
    /// `WEBINAR`
    Webinar,
    /// `AUDIO_ROOM`
    AudioRoom,
    /// `LIVESTREAM`
    Livestream,
    /// `CHAT`
    Chat,
    /// A type that is newer than this crate, as sent.
    #[serde(untagged)]
    Other(String),
}

impl PresetViewType {
    /// The type on the wire, such as `GROUP_CALL`.
    pub fn as_str(&self) -> &str {
        match self {
            PresetViewType::GroupCall => "GROUP_CALL",
            PresetViewType::Webinar => "WEBINAR",
            PresetViewType::AudioRoom => "AUDIO_ROOM",
            PresetViewType::Livestream => "LIVESTREAM",
            PresetViewType::Chat => "CHAT",
            PresetViewType::Other(name) => name,
        }
    }
}

impl fmt::Display for PresetViewType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
