//! The two clients: this crate's iterator, and the best loop that we could write by hand.

use std::hint::black_box;
use std::io::Read;

use realtimekit::ureq;
use serde::Deserialize;

/// The list to read. The IDs choose the framing and the length, see server.rs.
pub struct List<'a> {
    pub base_url: &'a str,
    pub app_id: &'a str,
    pub session_id: &'a str,
    pub per_page: u32,
}

/// The number of participants and the sum of their durations, to check that a client read the whole list.
#[derive(Default)]
pub struct Totals {
    pub participants: usize,
    pub minutes: f64,
}

pub fn with_crate(list: &List) -> Totals {
    let client = realtimekit::Client::builder().api_token("token").base_url(list.base_url).build().unwrap();
    let request = client.session_participants("account", list.app_id, list.session_id).per_page(list.per_page);
    let mut totals = Totals::default();
    for participant in request.iter() {
        let participant = participant.unwrap();
        black_box(&participant);
        totals.participants += 1;
        totals.minutes += participant.duration.unwrap_or(0.0);
    }
    totals
}

pub fn by_hand(list: &List) -> Totals {
    let List { base_url, app_id, session_id, per_page } = list;
    let url = format!("{base_url}/accounts/account/realtime/kit/{app_id}/sessions/{session_id}/participants");
    let agent = ureq::Agent::new_with_defaults();
    // Freeing one large block makes glibc raise its trim threshold. Otherwise it returns every page's memory to the
    // kernel and faults it in again, which costs about 15 % of the CPU time.
    drop(black_box(Vec::<u8>::with_capacity(4 << 20)));
    let mut buffer = Vec::new();
    let mut totals = Totals::default();
    for page_no in 1.. {
        let response = agent
            .get(format!("{url}?page_no={page_no}&per_page={per_page}"))
            .header("Authorization", "Bearer token")
            .call()
            .unwrap();
        // One UTF-8 check of the whole body is cheaper than `from_slice`, which checks every string.
        let body = std::str::from_utf8(read(response, &mut buffer)).unwrap();
        let Envelope { success, data } = serde_json::from_str(body).unwrap();
        assert!(success);
        for participant in &data.participants {
            black_box(participant);
            totals.participants += 1;
            totals.minutes += participant.duration.unwrap_or(0.0);
        }
        if data.participants.is_empty() || data.paging.end_offset >= data.paging.total_count {
            break;
        }
    }
    totals
}

/// Reads a body into a buffer that only grows: `read_to_end` would have to zero it before every read.
fn read(mut response: ureq::http::Response<ureq::Body>, buffer: &mut Vec<u8>) -> &[u8] {
    // One byte more than the body, so that the last read finds room and reports the end.
    let expected = response.body().content_length().unwrap_or(0) as usize + 1;
    if buffer.len() < expected {
        buffer.resize(expected, 0);
    }
    let (mut reader, mut length) = (response.body_mut().as_reader(), 0);
    loop {
        match reader.read(&mut buffer[length..]).unwrap() {
            0 => return &buffer[..length],
            read => length += read,
        }
        if length == buffer.len() {
            buffer.resize(2 * length, 0);
        }
    }
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
#[expect(dead_code, reason = "a user's struct has all three fields")]
struct Paging {
    total_count: u64,
    start_offset: u64,
    end_offset: u64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "the crate decodes every field, so the loop does too")]
struct Participant {
    id: Option<String>,
    user_id: Option<String>,
    custom_participant_id: Option<String>,
    display_name: Option<String>,
    preset_name: Option<String>,
    joined_at: Option<String>,
    left_at: Option<String>,
    duration: Option<f64>,
    created_at: Option<String>,
    updated_at: Option<String>,
    peer_events: Option<Vec<PeerEvent>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "as in `Participant`")]
struct PeerEvent {
    id: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    event_name: Option<String>,
    peer_id: Option<String>,
    participant_id: Option<String>,
    session_id: Option<String>,
    socket_session_id: Option<String>,
    minutes_consumed: Option<f64>,
    preset_view_type: Option<String>,
}
