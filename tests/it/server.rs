//! A small server for what httpmock can't do: it cuts, stalls, drips, resets, and counts connections.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

/// One thing that a server does with a connection, after it has read a request.
#[derive(Clone, Debug)]
pub enum Step {
    Send(Vec<u8>),
    /// Sends byte by byte, 10 ms apart; a client that waits for the end waits for long.
    Drip(Vec<u8>),
    /// Sends the bytes again and again, until the client hangs up, this many bytes are through, or 30 s have passed.
    Flood(Vec<u8>, u64),
    /// Sends nothing more until the client hangs up, or for 30 s where it never does.
    Stall,
    /// Closes its own direction only, and holds the connection until the client hangs up.
    HalfClose,
    /// Closes the connection with FIN.
    Close,
    /// Closes the connection with RST.
    Reset,
}

/// What the server saw.
#[derive(Clone, Debug, Default)]
pub struct Log {
    pub connections: usize,
    /// Those that are over.
    pub closed: usize,
    /// The head of each request, and the number of the connection that it came on, from 1.
    pub requests: Vec<(usize, String)>,
    /// Bytes of responses that were written before the client hung up.
    pub written: u64,
}

pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

/// No server draws anything out for longer, so that a client that would wait for ever fails its test instead of hanging.
const LONGEST: Duration = Duration::from_secs(30);

/// Answers a request, by its number from 0 and its head.
type Script = dyn Fn(usize, &str) -> Vec<Step> + Send + Sync;

struct Shared {
    log: Mutex<Log>,
    /// By the number of the connection; `None` when the server is gone.
    open: Mutex<Option<BTreeMap<usize, TcpStream>>>,
    script: Box<Script>,
}

impl Server {
    /// `script` answers a request, by its number from 0 and its head. A connection is kept unless a step ends it.
    pub fn start(script: impl Fn(usize, &str) -> Vec<Step> + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = Mutex::default();
        let shared = Arc::new(Shared { log, open: Mutex::new(Some(BTreeMap::new())), script: Box::new(script) });
        let acceptor = spawn({
            let shared = shared.clone();
            move || accept(&listener, &shared)
        });
        Server { address, shared, acceptor: Some(acceptor) }
    }

    /// Plays one list of steps a request, the last one for all that follow.
    pub fn playing(answers: Vec<Vec<Step>>) -> Server {
        Server::start(move |nth, _| answers.get(nth).or(answers.last()).cloned().unwrap_or_default())
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn log(&self) -> Log {
        self.shared.log.lock().unwrap().clone()
    }

    /// How many requests the server saw.
    pub fn seen(&self) -> usize {
        self.log().requests.len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for stream in self.shared.open.lock().unwrap().take().unwrap_or_default().values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        let _ = TcpStream::connect(self.address); // wakes `accept`
        let _ = self.acceptor.take().map(JoinHandle::join);
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for (connection, stream) in (1..).zip(listener.incoming()) {
        let stream = stream.unwrap();
        match shared.open.lock().unwrap().as_mut() {
            Some(open) => open.insert(connection, stream.try_clone().unwrap()),
            None => return,
        };
        shared.log.lock().unwrap().connections = connection;
        let shared = shared.clone();
        spawn(move || {
            let mut stream = stream;
            serve(&mut stream, connection, &shared);
            // Both handles go, so that the socket is closed here and now.
            shared.open.lock().unwrap().as_mut().map(|open| open.remove(&connection));
            drop(stream);
            shared.log.lock().unwrap().closed += 1;
        });
    }
}

fn serve(stream: &mut TcpStream, connection: usize, shared: &Shared) {
    let _ = stream.set_nodelay(true);
    let _ = stream.set_read_timeout(Some(LONGEST));
    while let Some(head) = read_head(stream) {
        let nth = {
            let mut log = shared.log.lock().unwrap();
            log.requests.push((connection, head.clone()));
            log.requests.len() - 1
        };
        for step in (shared.script)(nth, &head) {
            if !play(step, stream, shared) {
                return;
            }
        }
        // What the request still holds, its last byte, is read when nobody wants a reset any more.
        let _ = stream.read_exact(&mut [0]);
    }
}

/// All of a request but its last byte: a socket that is closed with bytes unread is reset.
fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

/// Whether the connection goes on.
fn play(step: Step, stream: &mut TcpStream, shared: &Shared) -> bool {
    let mut send = |bytes: &[u8]| {
        let sent = stream.write_all(bytes).is_ok();
        if sent {
            shared.log.lock().unwrap().written += bytes.len() as u64;
        }
        sent
    };
    match step {
        Step::Send(bytes) => send(&bytes),
        Step::Drip(bytes) => bytes.chunks(1).all(|byte| {
            sleep(Duration::from_millis(10));
            send(byte)
        }),
        Step::Flood(bytes, most) => {
            let start = Instant::now();
            (0..most / bytes.len() as u64).all(|_| start.elapsed() < LONGEST && send(&bytes))
        }
        Step::Stall => {
            wait_for_hang_up(stream);
            false
        }
        Step::HalfClose => {
            let _ = stream.shutdown(Shutdown::Write);
            wait_for_hang_up(stream);
            false
        }
        Step::Close => {
            let _ = stream.read_exact(&mut [0]);
            false
        }
        Step::Reset => false,
    }
}

fn wait_for_hang_up(stream: &mut TcpStream) {
    let mut byte = [0];
    while stream.read(&mut byte).is_ok_and(|read| read > 0) {}
}

/// Waits until `is_so`, for as long as only a server that hangs would take.
pub fn until(mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited in vain");
        std::thread::yield_now();
    }
}

/// A 200 with a Content-Length.
pub fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer("200 OK", "", body)
}

/// A response with a Content-Length; `headers` are whole lines.
pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A 200 in chunks of at most 1,000 bytes.
pub fn chunked(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 200 OK\r\n{headers}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for chunk in body.as_ref().chunks(1000) {
        bytes.extend(format!("{:x}\r\n", chunk.len()).bytes().chain(chunk.iter().copied()).chain(*b"\r\n"));
    }
    bytes.extend(b"0\r\n\r\n");
    bytes
}

/// A 200 that ends where the connection does.
pub fn unframed(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{headers}Connection: close\r\n\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

/// `plain` as gzip: valid, though nothing in it is compressed.
pub fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut chunks = plain.chunks(0xffff).peekable();
    while let Some(chunk) = chunks.next() {
        let length = chunk.len() as u16;
        bytes.push(u8::from(chunks.peek().is_none()));
        bytes.extend(length.to_le_bytes());
        bytes.extend((!length).to_le_bytes());
        bytes.extend(chunk);
    }
    bytes.extend(crc32(plain).to_le_bytes());
    bytes.extend((plain.len() as u32).to_le_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1)))
    })
}
