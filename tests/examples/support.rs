//! What the examples share: arguments, exit codes, and a request for a real session or for a sample on an embedded
//! server.

use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use realtimekit::{ClientBuilder, Participant, ParticipantsRequest, Result};
use serde_json::{Value, json};

const SAMPLE: &str = include_str!("../data/participants_with_peer_events.json");
const STAYS: usize = 312;
const PEOPLE: usize = 260;

/// Ends a program before it starts: `--help`, or wrong arguments and what is wrong with them.
#[derive(Debug)]
pub struct Usage {
    usage: &'static str,
    wrong: Option<String>,
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.wrong {
            Some(wrong) => write!(f, "{wrong}\n{}", self.usage),
            None => f.write_str(self.usage),
        }
    }
}

impl Error for Usage {}

/// The `N` arguments of this program; `None` if there are none.
pub fn arguments<const N: usize>(usage: &'static str) -> std::result::Result<Option<[String; N]>, Usage> {
    parse(std::env::args_os().skip(1), usage)
}

pub fn parse<const N: usize>(
    arguments: impl IntoIterator<Item = OsString>,
    usage: &'static str,
) -> std::result::Result<Option<[String; N]>, Usage> {
    let wrong = |wrong: String| Usage { usage, wrong: Some(wrong) };
    let arguments: std::result::Result<Vec<_>, _> = arguments.into_iter().map(OsString::into_string).collect();
    let arguments = arguments.map_err(|argument| wrong(format!("{argument:?} is not valid UTF-8")))?;
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        return Err(Usage { usage, wrong: None });
    }
    if let Some(option) = arguments.iter().find(|argument| argument.starts_with('-')) {
        return Err(wrong(format!("unknown option {option:?}")));
    }
    if arguments.is_empty() {
        return Ok(None);
    }
    let count = arguments.len();
    arguments.try_into().map(Some).map_err(|_| wrong(format!("expected {N} arguments, got {count}")))
}

/// Prints the error, if any, or the help. The exit code is 2 for wrong arguments, 1 for other errors.
pub fn exit(outcome: std::result::Result<(), Box<dyn Error>>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    if let Some(Usage { usage, wrong: None }) = error.downcast_ref() {
        return exit(writeln!(io::stdout(), "{usage}").map_err(Into::into));
    }
    if error.downcast_ref().is_some_and(|error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS; // as in `| head`
    }
    say(&error);
    match error.downcast_ref() {
        Some(realtimekit::Error::InvalidArgument { .. }) => ExitCode::from(2),
        _ if error.is::<Usage>() => ExitCode::from(2),
        _ => ExitCode::FAILURE,
    }
}

/// Prints a line to stderr. `eprintln!` would panic if nobody reads it.
fn say(line: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{}{line}", clear_line());
}

/// A request for the session with these IDs, with the token from `CLOUDFLARE_API_TOKEN`. Without IDs it is for a sample
/// session, and the server that holds it comes along.
pub fn session(client: ClientBuilder, ids: Option<&[String; 3]>) -> Result<(ParticipantsRequest, Option<MockServer>)> {
    let client = client.on_wait(|wait| say(wait));
    if let Some([account_id, app_id, session_id]) = ids {
        return Ok((client.from_env().build()?.session_participants(account_id, app_id, session_id), None));
    }
    let server = MockServer::start();
    server.mock(|when, then| {
        when.path("/accounts/sample/realtime/kit/sample/sessions/sample/participants");
        then.respond_with(answer);
    });
    let client = client.api_token("sample").base_url(format!("http://{}", server.address())).build()?;
    say(format_args!("Sample data from an embedded server: {STAYS} participants, at most 100 a page."));
    Ok((client.session_participants("sample", "sample", "sample"), Some(server)))
}

/// Fetches everybody, and shows progress on a terminal.
#[allow(dead_code, reason = "export writes page by page instead")]
pub fn fetch(request: &ParticipantsRequest) -> Result<Vec<Participant>> {
    let is_terminal = io::stderr().is_terminal();
    let mut everybody = Vec::new();
    let mut participants = request.iter();
    while let Some(participant) = participants.next() {
        everybody.push(participant?);
        if let (true, 0, Some(total)) = (is_terminal, everybody.len() % 100, participants.total_count()) {
            let _ = write!(io::stderr(), "\r{} of {total}", everybody.len());
        }
    }
    let _ = write!(io::stderr(), "{}", clear_line());
    Ok(everybody)
}

/// Identifies the person of a stay, by the kind of ID and the ID itself: a name may equal somebody's ID.
#[allow(dead_code, reason = "export has no use for it")]
pub fn person(stay: &Participant) -> Option<(&'static str, &str)> {
    let ids = [
        ("custom_participant_id", &stay.custom_participant_id),
        ("user_id", &stay.user_id),
        ("display_name", &stay.display_name),
    ];
    ids.into_iter().find_map(|(kind, id)| Some((kind, id.as_deref().filter(|id| !id.is_empty())?)))
}

/// Text for a terminal: participants choose their names, which may hold control characters.
#[allow(dead_code, reason = "export writes JSON")]
pub fn printable(text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty()).unwrap_or("-").replace(char::is_control, "?")
}

/// Clears the line that shows progress on a terminal.
fn clear_line() -> &'static str {
    if io::stderr().is_terminal() { "\r\x1b[K" } else { "" }
}

fn answer(request: &HttpMockRequest) -> HttpMockResponse {
    let parameters = request.query_params();
    let parameter = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let number = |name: &str| parameter(name).and_then(|value| value.parse::<usize>().ok());
    let size = number("per_page").unwrap_or(100).clamp(1, 100);
    let start = number("page_no").unwrap_or(1).saturating_sub(1) * size;
    let end = (start + size).min(STAYS);

    let samples: Value = serde_json::from_str(SAMPLE).unwrap_or_default();
    let with_events = parameter("include_peer_events") == Some("true");
    let participants: Vec<Value> = (start..end).map(|n| participant(&samples, n, with_events)).collect();
    let paging = json!({"total_count": STAYS, "start_offset": start + 1, "end_offset": end});
    let body = json!({"success": true, "data": {"participants": participants, "paging": paging}});
    HttpMockResponse::builder().status(200).header("content-type", "application/json").body(body.to_string()).build()
}

fn participant(samples: &Value, n: usize, with_events: bool) -> Value {
    const NAMES: [&str; 8] = ["Mark", "Henry", "Amina", "Yuki", "Zoë", "Ravi", "Lucía", "Olek"];
    let person = n % PEOPLE; // the last ones are second stays
    let mut participant = samples["data"]["participants"][n % 2].clone();
    let minutes = 2.0 + (n * 37 % 550) as f64 / 10.0;
    participant["id"] = json!(format!("005f4e0c-4d08-4d4e-a391-{n:012}"));
    participant["display_name"] = json!(format!("{} {}", NAMES[person % NAMES.len()], person + 1));
    participant["custom_participant_id"] = json!(format!("employee-{}", person + 1));
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
