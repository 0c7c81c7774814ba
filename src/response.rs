//! The response types.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One page of a session's participants.
///
/// It can be stored as JSON and read back equal. In a test, make one through [`Default`]:
///
/// ```
/// use realtimekit::{Participant, ParticipantsPage};
///
/// let mut mark = Participant::default();
/// mark.display_name = Some("Mark".into());
/// mark.duration = Some(5.8097);
///
/// let mut page = ParticipantsPage::default();
/// page.participants.push(mark);
///
/// let minutes: f64 = page.into_iter().filter_map(|participant| participant.duration).sum();
/// assert_eq!(minutes, 5.8097);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParticipantsPage {
    /// The participants in the server's order; empty where the response had none.
    pub participants: Vec<Participant>,
    /// Where this page stands in the list. `None` where the server didn't say, or not with all three numbers.
    pub paging: Option<Paging>,
}

impl IntoIterator for ParticipantsPage {
    type Item = Participant;
    type IntoIter = std::vec::IntoIter<Participant>;

    fn into_iter(self) -> Self::IntoIter {
        self.participants.into_iter()
    }
}

/// Where a page stands in the list of a session's participants. Offsets count from 1 and include both ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Paging {
    /// Participants on all pages together. In a live session it changes from page to page.
    pub total_count: u64,
    /// The place in the list of the page's first participant.
    pub start_offset: u64,
    /// The place in the list of the page's last participant.
    pub end_offset: u64,
}

/// One stay of a person in a session. A person who leaves and joins again is a new participant.
///
/// Every field may be absent: the API documents none as required. Timestamps are text exactly as sent, because they
/// aren't always well-formed: the vendor's own sample holds `2023-02-01T10:50:36.846Z"` with a stray quote.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Participant {
    /// Participant ID.
    pub id: Option<String>,
    /// Cloudflare's ID of the user behind this participant.
    pub user_id: Option<String>,
    /// The ID that your application gave when it added the participant.
    pub custom_participant_id: Option<String>,
    /// The name shown to others in the session.
    pub display_name: Option<String>,
    /// Name of the preset that held the participant's permissions.
    pub preset_name: Option<String>,
    /// When the participant joined the session, meant to be RFC 3339 in UTC.
    pub joined_at: Option<String>,
    /// When the participant left the session, meant to be RFC 3339 in UTC; absent while they are in it.
    pub left_at: Option<String>,
    /// When this record was made, meant to be RFC 3339 in UTC.
    pub created_at: Option<String>,
    /// When this record was last changed, meant to be RFC 3339 in UTC.
    pub updated_at: Option<String>,
    /// Minutes in the session. Under [`View::Consolidated`](crate::View::Consolidated) breakout rooms count too.
    pub duration: Option<f64>,
    /// What the participant's connections did; only where
    /// [`include_peer_events`](crate::ParticipantsRequest::include_peer_events) was set.
    pub peer_events: Option<Vec<PeerEvent>>,
}

/// One event of a participant's connection to the session.
///
/// The fields beyond those of the vendor's sample response are from its Python SDK, version 5.9.0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PeerEvent {
    /// ID of this event.
    pub id: Option<String>,
    /// When the event was recorded, the nearest thing to its time; meant to be RFC 3339 in UTC.
    pub created_at: Option<String>,
    /// When this record was last changed, meant to be RFC 3339 in UTC.
    pub updated_at: Option<String>,
    /// What happened.
    pub event_name: Option<PeerEventName>,
    /// Minutes of the session's quota that were used up.
    pub minutes_consumed: Option<f64>,
    /// ID of the participant whom the event is about.
    pub participant_id: Option<String>,
    /// ID of the peer. In the vendor's sample it equals the participant's [`id`](Participant::id) for one participant and
    /// differs for the other, so don't join on it.
    pub peer_id: Option<String>,
    /// What kind of session the participant's preset is made for.
    pub preset_view_type: Option<PresetViewType>,
    /// ID of the session.
    pub session_id: Option<String>,
    /// ID of the connection's own session with the signalling server.
    pub socket_session_id: Option<String>,
}

/// What happened to a peer, [`PeerEvent::event_name`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum PeerEventName {
    /// `PEER_CREATED`
    Created,
    /// `PEER_JOINING`
    Joining,
    /// `PEER_LEAVING`
    Leaving,
    /// A name that is newer than this crate, as sent.
    Other(String),
}

impl PeerEventName {
    /// The name as it is on the wire, such as `PEER_JOINING`.
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

impl From<String> for PeerEventName {
    fn from(name: String) -> PeerEventName {
        match name.as_str() {
            "PEER_CREATED" => PeerEventName::Created,
            "PEER_JOINING" => PeerEventName::Joining,
            "PEER_LEAVING" => PeerEventName::Leaving,
            _ => PeerEventName::Other(name),
        }
    }
}

impl From<PeerEventName> for String {
    fn from(name: PeerEventName) -> String {
        name.as_str().to_owned()
    }
}

/// What kind of session a preset is made for, [`PeerEvent::preset_view_type`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
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
    Other(String),
}

impl PresetViewType {
    /// The type as it is on the wire, such as `GROUP_CALL`.
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

impl From<String> for PresetViewType {
    fn from(name: String) -> PresetViewType {
        match name.as_str() {
            "GROUP_CALL" => PresetViewType::GroupCall,
            "WEBINAR" => PresetViewType::Webinar,
            "AUDIO_ROOM" => PresetViewType::AudioRoom,
            "LIVESTREAM" => PresetViewType::Livestream,
            "CHAT" => PresetViewType::Chat,
            _ => PresetViewType::Other(name),
        }
    }
}

impl From<PresetViewType> for String {
    fn from(name: PresetViewType) -> String {
        name.as_str().to_owned()
    }
}
