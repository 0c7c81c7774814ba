//! Compares this crate's iterator with the best loop over ureq that we could write by hand.
//!
//! ```text
//! cargo bench                 # half a minute
//! cargo bench -- --quick      # fewer rounds, without chunked bodies: a few seconds
//! cargo bench -- --serve      # only the server, for one client under valgrind
//! ```
//!
//! Each run of a client is a process of its own, which reads a list of 100,000 participants. Its CPU time is that of
//! its one thread: neither client starts another one, because the server's address needs no DNS. Ratios are taken round
//! by round, because other work on the machine slows down both runs of a round. Both clients use the same build of
//! serde_json, with this crate's feature `float_roundtrip`.
//!
//! Instruction counts are steadier. `--serve` prints this command with its path and port:
//!
//! ```text
//! valgrind --tool=callgrind target/release/deps/pages-… crate http://127.0.0.1:… length 20000 1000
//! ```
//!
//! Run it again with 10,000 participants instead of 20,000. The difference leaves out the start of the process.

mod clients;
mod server;

use std::fs::read_to_string;
use std::process::{Command, Stdio};
use std::time::Instant;

use clients::List;
use server::{PARTICIPANTS, Server};

fn main() {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] if is_bench => compare(&["length", "chunked"], 21),
        // `cargo test --benches` only has to show that both clients read the whole list.
        [] => compare(&["length", "chunked"], 1),
        ["--quick"] => compare(&["length"], 5),
        ["--serve"] => serve(),
        [client, base_url, app_id, session_id, per_page] => {
            let list = List { base_url, app_id, session_id, per_page: per_page.parse().unwrap() };
            measure(client, &list);
        }
        _ => panic!("unknown arguments: use none, --quick or --serve"),
    }
}

fn compare(framings: &[&str], rounds: usize) {
    let server = Server::start();
    let time = if cpu_seconds().is_some() { "CPU time" } else { "wall time (this system has no /proc)" };
    println!("{time} and peak resident memory: crate / loop = ratio (min to max), medians of {rounds} rounds");
    for framing in framings {
        for per_page in ["100", "1000"] {
            let run = |client| run(client, &server, framing, per_page);
            let [mut of_crate, mut of_loop] = [Vec::new(), Vec::new()];
            for round in 0..rounds {
                // The order alternates, so that neither client always comes second.
                if round % 2 == 0 {
                    of_crate.push(run("crate"));
                    of_loop.push(run("loop"));
                } else {
                    of_loop.push(run("loop"));
                    of_crate.push(run("crate"));
                }
            }
            println!("\n{per_page} participants a page, {framing}");
            let micros = |cost: &Cost| cost.seconds * 1e6 / PARTICIPANTS as f64;
            println!("    time    {} µs a participant", summary(&of_crate, &of_loop, micros));
            println!("    memory  {} MiB", summary(&of_crate, &of_loop, |cost| cost.peak_kib / 1024.0));
        }
    }
}

/// What one run of a client cost.
struct Cost {
    seconds: f64,
    /// NaN if the system has no /proc.
    peak_kib: f64,
}

/// Formats the medians of both clients and of their ratio in each round.
fn summary(of_crate: &[Cost], of_loop: &[Cost], value: impl Fn(&Cost) -> f64) -> String {
    let [of_crate, of_loop] = [of_crate, of_loop].map(|costs| costs.iter().map(&value).collect::<Vec<_>>());
    let ratios = sorted(of_crate.iter().zip(&of_loop).map(|(of_crate, of_loop)| of_crate / of_loop).collect());
    let (min, max, middle) = (ratios[0], ratios[ratios.len() - 1], ratios.len() / 2);
    let [of_crate, of_loop] = [of_crate, of_loop].map(|values| sorted(values)[middle]);
    format!("{of_crate:.2} / {of_loop:.2} = {:.3} ({min:.3} to {max:.3})", ratios[middle])
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// Runs a client in a process of its own, and checks what it read.
fn run(client: &str, server: &Server, framing: &str, per_page: &str) -> Cost {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([client, &server.base_url, framing, &PARTICIPANTS.to_string(), per_page]);
    // The loop's agent takes a proxy from the environment.
    command.env("NO_PROXY", "127.0.0.1").stderr(Stdio::inherit());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{client}: {}", output.status);
    let output = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<f64> = output.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [count, minutes, seconds, peak_kib] = numbers[..] else { panic!("{client} printed {output}") };
    let expected = (PARTICIPANTS as f64, server.minutes());
    assert_eq!((count, minutes), expected, "{client} read a different list");
    Cost { seconds, peak_kib }
}

/// Runs a client in this process, and prints what it read and what that cost.
fn measure(client: &str, list: &List) {
    let start = Instant::now();
    let totals = match client {
        "crate" => clients::with_crate(list),
        "loop" => clients::by_hand(list),
        _ => panic!("unknown client {client}"),
    };
    let seconds = cpu_seconds().unwrap_or_else(|| start.elapsed().as_secs_f64());
    println!("{} {} {seconds} {}", totals.participants, totals.minutes, peak_kib().unwrap_or(f64::NAN));
}

/// CPU time of the main thread, to the nanosecond.
fn cpu_seconds() -> Option<f64> {
    std::thread::yield_now(); // Linux adds what ran since its last tick when a thread gives way
    let nanoseconds: f64 = read_to_string("/proc/self/schedstat").ok()?.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// Peak resident memory of this process.
fn peak_kib() -> Option<f64> {
    let status = read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn serve() {
    let server = Server::start();
    let program = std::env::current_exe().unwrap();
    for client in ["crate", "loop"] {
        println!("valgrind --tool=callgrind {} {client} {} length 20000 1000", program.display(), server.base_url);
    }
    println!("The last three: framing (length or chunked), participants, page size. Enter stops the server.");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
