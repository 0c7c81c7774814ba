//! A small HTTP server that can cut, stall, drip and reset its answers, and that counts connections.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{list_page, ok_json, page_no, until};

/// One thing that a server does with a connection, after it has read a request.
#[derive(Clone, Debug)]
pub enum Step {
    Send(Vec<u8>),
    /// Sends byte by byte, 10 ms apart.
    Drip(Vec<u8>),
    /// Sends the bytes again and again, until the client hangs up, this many bytes are sent, or 30 s have passed.
    Flood(Vec<u8>, u64),
    /// Sends nothing more until the client hangs up, for at most 30 s.
    Stall,
    /// Closes the sending direction with FIN, and waits until the client hangs up.
    HalfClose,
    /// Closes the connection with FIN.
    Close,
    /// Closes the connection with RST.
    Reset,
}

/// What a server does about a request: a list of steps, or only a response to send.
pub trait Answer {
    fn into_steps(self) -> Vec<Step>;
}

impl Answer for Vec<Step> {
    fn into_steps(self) -> Vec<Step> {
        self
    }
}

impl Answer for Vec<u8> {
    fn into_steps(self) -> Vec<Step> {
        vec![Step::Send(self)]
    }
}

/// What the server saw.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Connections that were accepted.
    pub connections: usize,
    /// Connections that are over.
    pub closed: usize,
    /// The head of each request.
    pub heads: Vec<String>,
    /// Bytes that were sent before the client hung up.
    pub written: u64,
}

pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

/// The longest step, so that a client that would wait for ever fails its test instead of hanging.
const LONGEST: Duration = Duration::from_secs(30);

/// Steps for a request, given its number, counted from 0, and its head.
type Script = dyn Fn(usize, &str) -> Vec<Step> + Send + Sync;

struct Shared {
    log: Mutex<Log>,
    /// Open connections by their number; `None` once the server is dropped.
    open: Mutex<Option<BTreeMap<usize, TcpStream>>>,
    script: Box<Script>,
}

impl Server {
    /// `script` answers a request, given its number, counted from 0, and its head. A connection stays open unless a
    /// step ends it.
    pub fn start<A: Answer>(script: impl Fn(usize, &str) -> A + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let script = Box::new(move |nth: usize, head: &str| script(nth, head).into_steps());
        let shared = Arc::new(Shared { log: Mutex::default(), open: Mutex::new(Some(BTreeMap::new())), script });
        let acceptor = spawn({
            let shared = shared.clone();
            move || accept(&listener, &shared)
        });
        Server { address, shared, acceptor: Some(acceptor) }
    }

    /// Gives every request the same answer.
    pub fn always(answer: impl Answer) -> Server {
        Server::in_turn([answer])
    }

    /// Gives each request the next answer, and the last one to all that follow.
    pub fn in_turn<A: Answer>(answers: impl IntoIterator<Item = A>) -> Server {
        let answers: Vec<Vec<Step>> = answers.into_iter().map(A::into_steps).collect();
        Server::start(move |nth, _| answers.get(nth).or(answers.last()).cloned().unwrap_or_default())
    }

    /// Sends these bodies in turn.
    pub fn of_pages(bodies: impl IntoIterator<Item = Value>) -> Server {
        Server::in_turn(bodies.into_iter().map(ok_json))
    }

    /// Serves a list of `total` participants, at most `cap` a page.
    pub fn of_list(total: u64, cap: u64) -> Server {
        Server::start(move |_, head| ok_json(list_page(head, total, cap)))
    }

    /// Serves 250 participants, a hundred a page, but plays `failure` to the requests with these numbers, counted from
    /// 0.
    pub fn of_list_failing(at: Range<usize>, failure: impl Answer) -> Server {
        let failure = failure.into_steps();
        Server::start(move |nth, head| match at.contains(&nth) {
            true => failure.clone(),
            false => vec![Step::Send(ok_json(list_page(head, 250, 100)))],
        })
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Host and port, as errors name them.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    pub fn log(&self) -> Log {
        self.shared.log.lock().unwrap().clone()
    }

    /// The number of requests so far.
    pub fn seen(&self) -> usize {
        self.shared.log.lock().unwrap().heads.len()
    }

    /// The numbers of the pages that were requested.
    pub fn page_nos(&self) -> Vec<u64> {
        self.log().heads.iter().map(|head| page_no(head)).collect()
    }

    /// Waits until clients have connected and all of them have hung up.
    #[track_caller]
    pub fn wait_for_hang_up(&self) {
        until(|| {
            let Log { connections, closed, .. } = self.log();
            connections > 0 && closed == connections
        });
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

/// Gives the base URL, so that clients can be made of a server.
impl From<&Server> for String {
    fn from(server: &Server) -> String {
        server.base_url()
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
            serve(&mut stream, &shared);
            // The socket is closed once both of its handles are dropped.
            shared.open.lock().unwrap().as_mut().map(|open| open.remove(&connection));
            drop(stream);
            shared.log.lock().unwrap().closed += 1;
        });
    }
}

fn serve(stream: &mut TcpStream, shared: &Shared) {
    let _ = stream.set_nodelay(true);
    let _ = stream.set_read_timeout(Some(LONGEST));
    while let Some(head) = read_head(stream) {
        let nth = {
            let mut log = shared.log.lock().unwrap();
            log.heads.push(head.clone());
            log.heads.len() - 1
        };
        for step in (shared.script)(nth, &head) {
            if !play(step, stream, shared) {
                return;
            }
        }
        // The last byte of the request; see `read_head`.
        let _ = stream.read_exact(&mut [0]);
    }
}

/// Reads a request except for its last byte: closing a socket with a byte unread sends the RST of `Step::Reset`.
fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

/// Plays a step, and returns whether the connection stays open.
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
