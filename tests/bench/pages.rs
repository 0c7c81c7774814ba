//! What the crate costs over the fastest loop that can be written by hand, and over the loop that comes to mind first.
//!
//! ```text
//! cargo bench                             # CPU time and peak memory, some minutes
//! cargo bench -- --quick                  # CPU time with few rounds, under 20 seconds
//! cargo bench -- --instructions           # by callgrind, some minutes; wants valgrind
//! cargo bench -- --one crate --framing gzip --pages 10 --per-page 1000 --peer-events
//! ```
//!
//! The last one runs one client (`crate`, `loop` or `read_json`) once and says what it read and used; without options
//! it reads 10 pages of 1,000 participants without peer events, sent with a `length` (or `chunked`, or `gzip`). The
//! server is another process, so that tools see the client alone:
//!
//! ```text
//! bench=$(cargo bench --bench pages --no-run 2>&1 | sed -n 's/.*(\(.*\))$/\1/p')
//! valgrind --tool=callgrind "$bench" --one crate --framing gzip --pages 20
//! valgrind --tool=dhat "$bench" --one crate --framing gzip --pages 20
//! /usr/bin/time -v "$bench" --one crate --framing gzip --pages 1000
//! ```
//!
//! Every run is a process of its own. Its CPU time is that of the main thread while it reads; the short thread that
//! ureq starts for each request to look up the host is the same for every client and isn't counted. On systems other
//! than Linux it is the wall time instead.
//!
//! serde_json's `float_roundtrip` is on for all clients alike, because Cargo builds one serde_json for all.

mod clients;
mod gzip;
mod people;
mod server;
mod system;

use std::process::Command;
use std::time::Instant;

use clients::Client;
use server::{Framing, Seen, Server};

/// What a client has to read.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    framing: Framing,
    pages: u64,
    per_page: u32,
    peer_events: bool,
}

impl Job {
    fn participants(&self) -> f64 {
        self.pages as f64 * f64::from(self.per_page)
    }

    fn name(&self) -> String {
        let Job { framing, per_page, peer_events, .. } = self;
        let events = if *peer_events { ", peer events" } else { "" };
        format!("{per_page} a page, {}{events}", framing.as_str())
    }

    fn arguments(&self) -> Vec<String> {
        let Job { framing, pages, per_page, peer_events } = self;
        let text = format!("--framing {} --pages {pages} --per-page {per_page}", framing.as_str());
        let events = peer_events.then_some("--peer-events");
        text.split(' ').chain(events).map(str::to_owned).collect()
    }
}

fn jobs(per_page: &[u32]) -> Vec<Job> {
    let mut jobs = Vec::new();
    for &per_page in per_page {
        for peer_events in [false, true] {
            jobs.extend(Framing::ALL.map(|framing| Job { framing, pages: 4, per_page, peer_events }));
        }
    }
    jobs
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).filter(|name| *name != "--bench").collect();
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    match arguments.as_slice() {
        [] if is_bench => {
            time(&[1000, 100], 15.0);
            memory();
        }
        // `cargo test --all-targets` has nothing measured.
        [] => drop(check_all(&[100])),
        ["--quick"] => time(&[1000], 1.8),
        ["--instructions"] => instructions(),
        ["--one", client, options @ ..] => one(client, options),
        [server::SERVE, per_page @ ..] => {
            server::serve(&per_page.iter().map(|n| n.parse().unwrap()).collect::<Vec<_>>())
        }
        _ => usage(),
    }
}

fn usage() -> ! {
    eprintln!(
        "options: --quick, --instructions, or --one crate|loop|read_json \
         [--framing length|chunked|gzip] [--pages N] [--per-page N] [--peer-events]"
    );
    std::process::exit(2)
}

/// Runs a client once in this process, against the server at `--server` or one that it starts.
fn one(client: &str, options: &[&str]) {
    let client = Client::parse(client).unwrap_or_else(|| usage());
    let mut job = Job { framing: Framing::Length, pages: 10, per_page: 1000, peer_events: false };
    let mut address = None;
    let mut options = options.iter();
    while let Some(option) = options.next() {
        let mut value = || *options.next().unwrap_or_else(|| usage());
        match *option {
            "--framing" => job.framing = Framing::parse(value()).unwrap_or_else(|| usage()),
            "--pages" => job.pages = value().parse().unwrap_or_else(|_| usage()),
            "--per-page" => job.per_page = value().parse().unwrap_or_else(|_| usage()),
            "--peer-events" => job.peer_events = true,
            "--server" => address = Some(value().to_owned()),
            _ => usage(),
        }
    }
    let mut server = address.is_none().then(|| Server::start(&[job.per_page]));
    let address = address.or(server.as_ref().map(|server| server.address.clone())).unwrap_or_default();

    let (start, cpu) = (Instant::now(), system::cpu_seconds());
    let tally = client.run(job, &address);
    let cpu = match (cpu, system::cpu_seconds()) {
        (Some(before), Some(after)) => after - before,
        _ => start.elapsed().as_secs_f64(),
    };
    let peak = system::peak_kib().unwrap_or(f64::NAN);
    println!("{tally} | cpu_seconds={cpu:.6} peak_kib={peak}");
    if let Some(server) = &mut server {
        println!("{:?}", server.seen());
    }
}

/// What a run in a process of its own said.
struct Run {
    tally: String,
    cpu: f64,
    peak: f64,
}

fn run(client: Client, job: Job, server: &Server) -> Run {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--one", client.as_str(), "--server", &server.address]).args(job.arguments());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let line = String::from_utf8(output.stdout).unwrap();
    let (tally, used) = line.trim().split_once(" | ").unwrap();
    let mut used = used.split(' ').map(|used| used.split_once('=').unwrap().1.parse().unwrap());
    let mut next = || used.next().unwrap();
    Run { tally: tally.to_owned(), cpu: next(), peak: next() }
}

/// Makes sure that all clients do the same work, which is what makes their costs comparable.
fn check_all(per_page: &[u32]) -> Server {
    let mut server = Server::start(per_page);
    for job in jobs(per_page) {
        let tallies = Client::ALL.map(|client| {
            server.seen();
            let Run { tally, .. } = run(client, job, &server);
            assert_eq!(server.seen(), Seen { connections: 1, requests: job.pages }, "{client:?}, {job:?}");
            tally
        });
        assert!(tallies.iter().all(|tally| *tally == tallies[0]), "{tallies:#?}");
        assert!(tallies[0].starts_with(&format!("participants={} ", job.participants())), "{tallies:#?}");
        assert_eq!(tallies[0].contains(" peer_events=0 "), !job.peer_events, "{tallies:#?}");
    }
    println!("every client read the same, over one connection, with as many requests as pages\n");
    server
}

/// Prints what the clients take in turn, round by round for about `seconds` a line. A ratio is the median of the
/// rounds' own ratios, because other work on the machine slows down a whole round rather than one client.
fn time(per_page: &[u32], seconds: f64) {
    let server = check_all(per_page);
    println!("CPU time of the client, microseconds a participant, medians");
    print!("{:34} {:>6} {:>9} {:>9} {:>9}", "", "rounds", "crate", "loop", "read_json");
    println!(" {:>11} {:>15}", "crate/loop", "read_json/loop");
    for job in jobs(per_page) {
        let mut rounds: Vec<[f64; 3]> = Vec::new();
        let start = Instant::now();
        while rounds.len() < 3 || start.elapsed().as_secs_f64() < seconds {
            let mut costs = [0.0; 3];
            for nth in (0..3).map(|turn| (rounds.len() + turn) % 3) {
                let client = Client::ALL[nth];
                // Without a length `read_json` takes so much that a few pages show it.
                let is_slow = client == Client::ReadJson && job.framing != Framing::Length;
                let participants = if is_slow { 4_000 } else { 20_000 };
                let participants = if job.peer_events { participants / 2 } else { participants };
                let job = Job { pages: participants / u64::from(job.per_page), ..job };
                costs[nth] = run(client, job, &server).cpu / job.participants() * 1e6;
            }
            rounds.push(costs);
        }
        let of = |value: fn(&[f64; 3]) -> f64| median(rounds.iter().map(value).collect());
        let [of_crate, of_loop, of_read_json] = [of(|costs| costs[0]), of(|costs| costs[1]), of(|costs| costs[2])];
        print!("{:34} {:6} {of_crate:9.3} {of_loop:9.3} {of_read_json:9.3}", job.name(), rounds.len());
        println!(" {:11.2} {:15.2}", of(|costs| costs[0] / costs[1]), of(|costs| costs[2] / costs[1]));
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Prints the most memory that clients hold, for a small session and a big one.
fn memory() {
    let server = Server::start(&[1000]);
    println!("\npeak resident memory of the client's process, KiB");
    println!(
        "{:34} {:>13} {:>13} {:>13} {:>13}",
        "participants", "crate, 10,000", "1,000,000", "loop, 10,000", "1,000,000"
    );
    for job in jobs(&[1000]) {
        print!("{:34}", job.name());
        for (client, pages) in [(Client::Crate, 10), (Client::Crate, 1000), (Client::Loop, 10), (Client::Loop, 1000)] {
            print!(" {:13}", run(client, Job { pages, ..job }, &server).peak);
        }
        println!();
    }
}

/// Prints the instructions that a participant takes: what 20,000 take more than 10,000, so that starting is left out.
fn instructions() {
    let server = Server::start(&[1000, 100]);
    println!("instructions a participant, by callgrind");
    println!("{:34} {:>9} {:>9} {:>11}", "", "crate", "loop", "crate/loop");
    for job in jobs(&[1000, 100]) {
        let [of_crate, of_loop] = [Client::Crate, Client::Loop].map(|client| {
            let of = |participants: u32| {
                collect(client, Job { pages: (participants / job.per_page).into(), ..job }, &server)
            };
            (of(20_000) - of(10_000)) / 10_000.0
        });
        println!("{:34} {of_crate:9.0} {of_loop:9.0} {:11.3}", job.name(), of_crate / of_loop);
    }
}

fn collect(client: Client, job: Job, server: &Server) -> f64 {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe().unwrap());
    command.args(["--one", client.as_str(), "--server", &server.address]).args(job.arguments());
    let output = command.output().unwrap_or_else(|error| panic!("valgrind can't be started: {error}"));
    let report = String::from_utf8_lossy(&output.stderr);
    let collected =
        report.lines().find_map(|line| line.split_once("Collected : ")).unwrap_or_else(|| panic!("{report}"));
    collected.1.trim().parse().unwrap()
}
