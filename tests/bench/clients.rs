//! The crate, and two loops that read the same pages without it.

use std::fmt;
use std::io::Read;
use std::time::Duration;

use serde::Deserialize;
use ureq::http::{Response, header};

use crate::Job;

const TOKEN: &str = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY";

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Client {
    /// This crate's iterator.
    Crate,
    /// The fastest loop that can be written by hand.
    Loop,
    /// The loop that comes to mind first: `read_json`.
    ReadJson,
}

impl Client {
    pub const ALL: [Client; 3] = [Client::Crate, Client::Loop, Client::ReadJson];

    pub fn as_str(self) -> &'static str {
        match self {
            Client::Crate => "crate",
            Client::Loop => "loop",
            Client::ReadJson => "read_json",
        }
    }

    pub fn parse(name: &str) -> Option<Client> {
        Client::ALL.into_iter().find(|client| client.as_str() == name)
    }

    pub fn run(self, job: Job, address: &str) -> Tally {
        match self {
            Client::Crate => with_crate(job, address),
            Client::Loop => {
                let mut buffer = Vec::new();
                by_hand(job, address, |mut response| {
                    buffer.clear();
                    response.body_mut().as_reader().read_to_end(&mut buffer).unwrap();
                    serde_json::from_str(std::str::from_utf8(&buffer).unwrap()).unwrap()
                })
            }
            Client::ReadJson => by_hand(job, address, read_json),
        }
    }
}

/// What was read, by which clients are compared. Each field of each participant counts.
#[derive(Default)]
pub struct Tally {
    participants: u64,
    peer_events: u64,
    text_bytes: usize,
    minutes: f64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { participants, peer_events, text_bytes, minutes } = self;
        write!(f, "participants={participants} peer_events={peer_events} text_bytes={text_bytes} minutes={minutes}")
    }
}

/// The same lines for either type of participant, because their fields have the same names.
macro_rules! add {
    ($tally:expr, $participant:expr) => {{
        let (tally, one) = (&mut $tally, $participant);
        let texts = [
            &one.id,
            &one.user_id,
            &one.custom_participant_id,
            &one.display_name,
            &one.preset_name,
            &one.joined_at,
            &one.left_at,
            &one.created_at,
            &one.updated_at,
        ];
        tally.participants += 1;
        tally.text_bytes += texts.into_iter().flatten().map(String::len).sum::<usize>();
        tally.minutes += one.duration.unwrap_or_default();
        for event in one.peer_events.iter().flatten() {
            let texts = [
                &event.id,
                &event.created_at,
                &event.updated_at,
                &event.participant_id,
                &event.peer_id,
                &event.session_id,
                &event.socket_session_id,
            ];
            let name = event.event_name.as_ref().map_or("", |name| name.as_str());
            let view = event.preset_view_type.as_ref().map_or("", |view| view.as_str());
            tally.peer_events += 1;
            tally.text_bytes += texts.into_iter().flatten().map(String::len).sum::<usize>() + name.len() + view.len();
            tally.minutes += event.minutes_consumed.unwrap_or_default();
        }
    }};
}

fn with_crate(job: Job, address: &str) -> Tally {
    let base_url = format!("http://{address}");
    let client = realtimekit::Client::builder().api_token(TOKEN).base_url(base_url).build().unwrap();
    let request = client
        .session_participants("bench", job.framing.as_str(), job.pages.to_string())
        .include_peer_events(job.peer_events)
        .per_page(job.per_page);
    let mut tally = Tally::default();
    for participant in &request {
        add!(tally, participant.unwrap());
    }
    tally
}

#[derive(Deserialize)]
struct Envelope {
    success: bool,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    participants: Vec<Participant>,
    paging: Paging,
}

#[derive(Deserialize)]
struct Paging {
    total_count: u64,
    end_offset: u64,
}

#[derive(Deserialize)]
struct Participant {
    id: Option<String>,
    user_id: Option<String>,
    custom_participant_id: Option<String>,
    display_name: Option<String>,
    preset_name: Option<String>,
    joined_at: Option<String>,
    left_at: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    duration: Option<f64>,
    peer_events: Option<Vec<PeerEvent>>,
}

#[derive(Deserialize)]
struct PeerEvent {
    id: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    event_name: Option<String>,
    minutes_consumed: Option<f64>,
    participant_id: Option<String>,
    peer_id: Option<String>,
    preset_view_type: Option<String>,
    session_id: Option<String>,
    socket_session_id: Option<String>,
}

/// Every page from the first to the one that ends the list.
fn by_hand(job: Job, address: &str, mut read: impl FnMut(Response<ureq::Body>) -> Envelope) -> Tally {
    let Job { framing, per_page, pages, peer_events } = job;
    let framing = framing.as_str();
    let url = format!("http://{address}/accounts/bench/realtime/kit/{framing}/sessions/{pages}/participants");
    // As the crate's, but set once and not for each request.
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(60)))
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .max_idle_age(Duration::from_secs(5 * 60))
        .max_idle_connections(10)
        .max_idle_connections_per_host(10);
    let agent = ureq::Agent::from(config.build());
    let mut tally = Tally::default();
    for page_no in 1.. {
        let response = agent
            .get(format!("{url}?include_peer_events={peer_events}&page_no={page_no}&per_page={per_page}"))
            .header(header::USER_AGENT, "realtimekit/0.1.0")
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
            .call()
            .unwrap();
        assert!(response.status().is_success());
        let Envelope { success, data } = read(response);
        assert!(success);
        for participant in data.participants {
            add!(tally, participant);
        }
        if data.paging.end_offset >= data.paging.total_count {
            break;
        }
    }
    tally
}

/// What ureq's `read_json` does: it is behind a feature that this crate has no use for.
fn read_json(mut response: Response<ureq::Body>) -> Envelope {
    const LIMIT: u64 = 10 * 1024 * 1024;
    let body = response.body_mut();
    match body.content_length() {
        Some(length) if length <= LIMIT / 3 => serde_json::from_slice(&body.read_to_vec().unwrap()).unwrap(),
        _ => serde_json::from_reader(body.with_config().limit(LIMIT).reader()).unwrap(),
    }
}
