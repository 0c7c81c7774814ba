//! What the examples share: a client for the session named by the arguments or, without any, for an embedded server.

use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use realtimekit::{ClientBuilder, Error, ParticipantsRequest, Result};
use serde_json::{Value, json};

const SAMPLE: &str = include_str!("../data/participants_with_peer_events.json");
const PARTICIPANTS: usize = 312;

/// A request for the session with these IDs, by the token in `CLOUDFLARE_API_TOKEN`; without IDs for a sample session,
/// and the server that it lives on.
pub fn session(client: ClientBuilder, ids: Option<&[String; 3]>) -> Result<(ParticipantsRequest, Option<MockServer>)> {
    if let Some([account_id, app_id, session_id]) = ids {
        return Ok((client.from_env().build()?.session_participants(account_id, app_id, session_id), None));
    }
    let server = MockServer::start();
    server.mock(|when, then| {
        when.path("/accounts/sample/realtime/kit/sample/sessions/sample/participants");
        then.respond_with(answer);
    });
    let client = client.api_token("sample").base_url(format!("http://{}", server.address())).build()?;
    eprintln!("Sample data from an embedded server: {PARTICIPANTS} participants, at most 100 a page.");
    Ok((client.session_participants("sample", "sample", "sample"), Some(server)))
}

/// 2 where the caller can mend it by calling differently, else 1.
pub fn exit_code(error: &Error) -> u8 {
    if matches!(error, Error::InvalidArgument { .. }) { 2 } else { 1 }
}

fn answer(request: &HttpMockRequest) -> HttpMockResponse {
    let parameters = request.query_params();
    let parameter = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let number = |name: &str| parameter(name).and_then(|value| value.parse::<usize>().ok());
    let size = number("per_page").unwrap_or(100).clamp(1, 100);
    let start = number("page_no").unwrap_or(1).saturating_sub(1) * size;
    let end = (start + size).min(PARTICIPANTS);

    let samples: Value = serde_json::from_str(SAMPLE).unwrap_or_default();
    let with_events = parameter("include_peer_events") == Some("true");
    let participants: Vec<Value> = (start..end).map(|n| participant(&samples, n, with_events)).collect();
    let paging = json!({"total_count": PARTICIPANTS, "start_offset": start + 1, "end_offset": end});
    let body = json!({"success": true, "data": {"participants": participants, "paging": paging}});
    HttpMockResponse::builder().status(200).header("content-type", "application/json").body(body.to_string()).build()
}

fn participant(samples: &Value, n: usize, with_events: bool) -> Value {
    const NAMES: [&str; 8] = ["Mark", "Henry", "Amina", "Yuki", "Zoë", "Ravi", "Lucía", "Olek"];
    let mut participant = samples["data"]["participants"][n % 2].clone();
    let minutes = 2.0 + (n * 37 % 550) as f64 / 10.0;
    participant["id"] = json!(format!("005f4e0c-4d08-4d4e-a391-{n:012}"));
    participant["display_name"] = json!(format!("{} {}", NAMES[n % NAMES.len()], n + 1));
    participant["custom_participant_id"] = json!(format!("employee-{}", n + 1));
    participant["duration"] = json!(minutes);
    participant["joined_at"] = json!(time(n * 5));
    participant["left_at"] = json!(time(n * 5 + (minutes * 60.0) as usize));
    if !with_events {
        participant.as_object_mut().and_then(|fields| fields.remove("peer_events"));
    }
    participant
}

fn time(seconds: usize) -> String {
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    format!("2023-02-01T{:02}:{:02}:{seconds:02}.000Z", 10 + minutes / 60, minutes % 60)
}
