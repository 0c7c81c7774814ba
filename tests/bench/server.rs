//! The server. It runs in the parent process, so that a client's process holds nothing but the client.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::sync::Arc;
use std::thread;

use serde_json::{Value, json};

/// The length of the longest list.
pub const PARTICIPANTS: usize = 100_000;

const NAMES: [&str; 5] = ["Mark", "Henry", "Priya Anand", "Siân O'Neill", "山田 太郎"];

pub struct Server {
    pub base_url: String,
    participants: Arc<Participants>,
}

impl Server {
    pub fn start() -> Server {
        let participants = Arc::new(Participants::generate());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let shared = participants.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = shared.clone();
                thread::spawn(move || answer_all(stream.unwrap(), &shared));
            }
        });
        Server { base_url, participants }
    }

    /// Sums the durations of the list in the order in which a client does, so that both sums are exactly equal.
    pub fn minutes(&self) -> f64 {
        self.participants.minutes.iter().sum()
    }
}

/// Participants as JSON, rendered before the first request, so that the server takes little of the machine's time.
struct Participants {
    /// All participants, each followed by a comma.
    json: String,
    /// Where each participant starts in `json`, and where the last one ends.
    offsets: Vec<usize>,
    minutes: Vec<f64>,
}

impl Participants {
    fn generate() -> Participants {
        let samples: Value = serde_json::from_str(include_str!("../data/participants.json")).unwrap();
        let samples = &samples["data"]["participants"];
        let mut all = Participants { json: String::new(), offsets: vec![0], minutes: Vec::new() };
        for n in 0..PARTICIPANTS {
            let random = scramble(n);
            // The second sample is used rarely, because the stray quote in its `joined_at` slows down both clients.
            let mut participant = samples[usize::from(n % 16 == 0)].clone();
            let minutes = (random % 1_200_000) as f64 / 10_000.0;
            participant["id"] = json!(uuid(n));
            participant["user_id"] = json!(uuid(n + PARTICIPANTS));
            participant["custom_participant_id"] = json!(format!("{:06x}", random >> 40));
            participant["display_name"] = json!(NAMES[random as usize % NAMES.len()]);
            participant["duration"] = json!(minutes);
            all.json += &format!("{participant},");
            all.offsets.push(all.json.len());
            all.minutes.push(minutes);
        }
        all
    }

    /// The JSON of these participants, counted from 0, without the last comma.
    fn slice(&self, range: Range<usize>) -> &str {
        self.json[self.offsets[range.start]..self.offsets[range.end]].trim_end_matches(',')
    }
}

/// Turns a counter into bits that look random and are the same in every run: splitmix64.
fn scramble(n: usize) -> u64 {
    let mixed = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn uuid(n: usize) -> String {
    let digits = format!("{:016x}{:016x}", scramble(2 * n), scramble(2 * n + 1));
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

fn answer_all(mut stream: TcpStream, participants: &Participants) {
    stream.set_nodelay(true).unwrap(); // or the end of a response could wait for an acknowledgement
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    while let Some(request) = lines.next() {
        lines.by_ref().take_while(|header| !header.is_empty()).for_each(drop);
        stream.write_all(&respond(&request, participants)).unwrap();
    }
}

/// Answers a request line such as `GET /accounts/…/realtime/kit/chunked/sessions/100000/participants?page_no=1&…`. The
/// app ID is the body's framing, `length` or `chunked`. The session ID is the number of participants.
fn respond(request: &str, participants: &Participants) -> Vec<u8> {
    let (path, query) = request.split(' ').nth(1).unwrap().split_once('?').unwrap();
    let path: Vec<&str> = path.split('/').collect();
    let parameter = |name| query.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap().parse::<usize>().unwrap();
    let (framing, total) = (path[5], path[7].parse::<usize>().unwrap());
    let (page_no, per_page) = (parameter("page_no="), parameter("per_page="));

    let first = total.min((page_no - 1) * per_page); // the page after a full last one is empty
    let end = total.min(first + per_page);
    let participants = participants.slice(first..end);
    let paging = json!({ "end_offset": end, "start_offset": first + 1, "total_count": total });
    let body = format!(r#"{{"data":{{"paging":{paging},"participants":[{participants}]}},"success":true}}"#);

    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    if framing == "length" {
        return format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes();
    }
    let mut response = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for chunk in body.as_bytes().chunks(16 * 1024) {
        response.extend(format!("{:x}\r\n", chunk.len()).bytes());
        response.extend(chunk);
        response.extend(b"\r\n");
    }
    response.extend(b"0\r\n\r\n");
    response
}
