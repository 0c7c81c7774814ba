//! A server in a process of its own, which sends pages that were made before the first request.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::spawn;

use crate::gzip;
use crate::people::{Random, participant};

/// What `main` calls `serve` for.
pub const SERVE: &str = "--serve";

/// How the end of a body is found, and whether it is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    Length,
    Chunked,
    /// Chunked too, as where a server compresses while it sends.
    Gzip,
}

impl Framing {
    pub const ALL: [Framing; 3] = [Framing::Length, Framing::Chunked, Framing::Gzip];

    pub fn as_str(self) -> &'static str {
        match self {
            Framing::Length => "length",
            Framing::Chunked => "chunked",
            Framing::Gzip => "gzip",
        }
    }

    pub fn parse(name: &str) -> Option<Framing> {
        Framing::ALL.into_iter().find(|framing| framing.as_str() == name)
    }
}

/// What the server saw since it was last asked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seen {
    pub connections: u64,
    pub requests: u64,
}

/// The server's process, seen from the bench. It ends with its standard input.
pub struct Server {
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    pub address: String,
}

impl Server {
    /// Returns when the pages, of these numbers of participants, are made.
    #[expect(
        clippy::zombie_processes,
        reason = "what a child used that was waited for, time(1) counts as its parent's"
    )]
    pub fn start(per_page: &[u32]) -> Server {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(SERVE).args(per_page.iter().map(u32::to_string));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = output.next().unwrap().unwrap();
        Server { input, output, address }
    }

    pub fn seen(&mut self) -> Seen {
        self.input.write_all(b"\n").unwrap();
        let line = self.output.next().unwrap().unwrap();
        let (connections, requests) = line.split_once(' ').unwrap();
        Seen { connections: connections.parse().unwrap(), requests: requests.parse().unwrap() }
    }
}

/// The process itself: prints its address, then a line with what it saw for every line that it is sent.
pub fn serve(per_page: &[u32]) {
    let pages = Arc::new(prepare(per_page));
    let seen = Arc::new(Mutex::new(Seen::default()));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap());
    spawn({
        let seen = seen.clone();
        move || {
            for stream in listener.incoming() {
                let (pages, seen) = (pages.clone(), seen.clone());
                seen.lock().unwrap().connections += 1;
                spawn(move || answer_all(stream.unwrap(), &pages, &seen));
            }
        }
    });
    for _ in std::io::stdin().lines() {
        let Seen { connections, requests } = std::mem::take(&mut *seen.lock().unwrap());
        println!("{connections} {requests}");
    }
}

/// By framing, participants a page, and whether they have peer events: a few bodies that differ, for pages to take in turn.
type Prepared = HashMap<(Framing, u32, bool), Vec<Page>>;

const DISTINCT: u64 = 4;

/// The bytes of a page but for the head of the response and the end of the body, where the offsets are.
struct Page {
    sent: Vec<u8>,
    plain_length: usize,
    gzip: Option<gzip::Start>,
}

fn prepare(per_page: &[u32]) -> Prepared {
    let mut pages = Prepared::new();
    for (&per_page, peer_events) in per_page.iter().flat_map(|size| [(size, false), (size, true)]) {
        for nth in 0..DISTINCT {
            let mut random = Random(nth);
            let people: Vec<String> =
                (0..per_page).map(|_| participant(&mut random, peer_events).to_string()).collect();
            let text = format!(r#"{{"data":{{"participants":[{}],"paging":"#, people.join(","));
            for framing in Framing::ALL {
                pages.entry((framing, per_page, peer_events)).or_default().push(Page::new(framing, text.as_bytes()));
            }
        }
    }
    pages
}

impl Page {
    fn new(framing: Framing, text: &[u8]) -> Page {
        let gzip = (framing == Framing::Gzip).then(|| gzip::Start::compress(text));
        let sent = match (framing, &gzip) {
            (Framing::Length, _) => text.to_vec(),
            (_, None) => chunks(text),
            (_, Some(start)) => chunks(&start.bytes),
        };
        Page { sent, plain_length: text.len(), gzip }
    }

    fn write(&self, framing: Framing, end: &str, stream: &mut TcpStream) -> std::io::Result<()> {
        let frame = match framing {
            Framing::Length => format!("Content-Length: {}\r\n", self.plain_length + end.len()),
            Framing::Chunked => "Transfer-Encoding: chunked\r\n".to_owned(),
            Framing::Gzip => "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n".to_owned(),
        };
        // The other headers are those that the API sends with every response.
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCF-RAY: 8f1d5c2b4a3e9d07-FRA\r\n\
                    Ratelimit: \"default\";r=50;t=30\r\nRatelimit-Policy: \"burst\";q=100;w=60\r\n";
        let end = match &self.gzip {
            None => end.as_bytes().to_vec(),
            Some(start) => start.end(end.as_bytes()),
        };
        let end = match framing {
            Framing::Length => end,
            Framing::Chunked | Framing::Gzip => [chunks(&end).as_slice(), b"0\r\n\r\n"].concat(),
        };
        stream.write_all(format!("{head}{frame}\r\n").as_bytes())?;
        stream.write_all(&self.sent)?;
        stream.write_all(&end)
    }
}

fn chunks(bytes: &[u8]) -> Vec<u8> {
    let mut framed = Vec::new();
    for chunk in bytes.chunks(16 * 1024) {
        framed.extend(format!("{:x}\r\n", chunk.len()).bytes());
        framed.extend(chunk);
        framed.extend(b"\r\n");
    }
    framed
}

fn answer_all(mut stream: TcpStream, pages: &Prepared, seen: &Mutex<Seen>) {
    stream.set_nodelay(true).unwrap();
    while let Some(head) = read_head(&mut stream) {
        seen.lock().unwrap().requests += 1;
        if answer(&head, pages, &mut stream).is_err() {
            return;
        }
    }
}

fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.ends_with(b"\r\n\r\n") {
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        head.extend(&buffer[..read]);
    }
    String::from_utf8(head).ok()
}

/// The app of a request names the framing, and its session the number of pages.
fn answer(head: &str, pages: &Prepared, stream: &mut TcpStream) -> std::io::Result<()> {
    let (path, query) = head.split(' ').nth(1).and_then(|url| url.split_once('?')).unwrap();
    let parts: Vec<&str> = path.split('/').collect();
    let framing = Framing::parse(parts[5]).unwrap();
    let page_count: u64 = parts[7].parse().unwrap();
    let query = |name| query.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap();
    let peer_events = query("include_peer_events=") == "true";
    let page_no: u64 = query("page_no=").parse().unwrap();
    let per_page: u32 = query("per_page=").parse().unwrap();

    let last = page_no * u64::from(per_page);
    let (total, first) = (page_count * u64::from(per_page), last - u64::from(per_page) + 1);
    let paging = format!(r#"{{"end_offset":{last},"start_offset":{first},"total_count":{total}}}"#);
    let page = &pages[&(framing, per_page, peer_events)][(page_no % DISTINCT) as usize];
    page.write(framing, &format!(r#"{paging}}},"success":true}}"#), stream)
}
