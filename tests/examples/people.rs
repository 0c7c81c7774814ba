//! Who was in a session, in the order of joining: one line for each person, with all their stays.
//!
//! ```text
//! cargo run --example people                                            a sample session
//! cargo run --example people -- <account_id> <app_id> <session_id>      yours; needs CLOUDFLARE_API_TOKEN
//! ```
//!
//! A person is known by `custom_participant_id`, else by `user_id`, else by name. Somebody who joins from a second
//! device has two stays at the same time, and the minutes of both count. Stays without any of the three share a line.

mod support;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use realtimekit::{Client, Participant};
use support::printable;

const USAGE: &str = "usage: people [<account_id> <app_id> <session_id>]
Prints a line for each person in a session, sorted by the first joining; stays that overlap are added up.
Without IDs: a sample session.
The API token is read from CLOUDFLARE_API_TOKEN.";

/// All stays of one person.
#[derive(Default)]
struct Person<'a> {
    name: Option<&'a str>,
    stays: usize,
    first_joined: Option<&'a str>,
    last_left: Option<&'a str>,
    is_present: bool,
    minutes: f64,
}

impl<'a> Person<'a> {
    fn add(&mut self, stay: &'a Participant) {
        // Timestamps of the usual form sort as text.
        let joined = stay.joined_at.as_deref();
        self.name = self.name.or(stay.display_name.as_deref());
        self.stays += 1;
        self.first_joined = self.first_joined.into_iter().chain(joined).min();
        self.last_left = self.last_left.max(stay.left_at.as_deref());
        self.is_present |= stay.left_at.is_none();
        self.minutes += stay.duration.unwrap_or(0.0);
    }
}

fn main() -> ExitCode {
    support::exit(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let ids = support::arguments(USAGE)?;
    let (request, _server) = support::session(Client::builder(), ids.as_ref())?;
    let stays = support::fetch(&request)?;
    Ok(print(&stays, &mut BufWriter::new(io::stdout().lock()))?)
}

/// Prints a table of the people, and a summary.
pub fn print(stays: &[Participant], out: &mut impl Write) -> io::Result<()> {
    let mut people: BTreeMap<_, Person<'_>> = BTreeMap::new();
    for stay in stays {
        people.entry(support::person(stay)).or_default().add(stay);
    }
    // Several people can have joined at the same time; they keep the order of their IDs.
    let mut people: Vec<_> = people.into_values().collect();
    people.sort_by_key(|person| (person.first_joined.is_none(), person.first_joined));
    writeln!(out, "{:<24} {:>5} {:<25} {:<25} {:>9}", "name", "stays", "first joined", "last left", "minutes")?;
    for person in &people {
        let last_left = if person.is_present { Some("(still there)") } else { person.last_left };
        let [name, joined, left] = [person.name, person.first_joined, last_left].map(printable);
        writeln!(out, "{name:<24} {:>5} {joined:<25} {left:<25} {:>9.1}", person.stays, person.minutes)?;
    }
    let minutes = 0.0 + people.iter().map(|person| person.minutes).sum::<f64>(); // the sum of nothing is -0.0
    writeln!(out, "\n{} people, {} stays, {minutes:.1} minutes in total", people.len(), stays.len())?;
    out.flush()
}
