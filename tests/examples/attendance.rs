//! Who was in a session, when, and for how long: one line for each stay.
//!
//! ```text
//! cargo run --example attendance                                            a sample session
//! cargo run --example attendance -- <account_id> <app_id> <session_id>      yours; needs CLOUDFLARE_API_TOKEN
//! ```

mod support;

use std::collections::HashSet;
use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use realtimekit::{Client, Participant};
use support::printable;

const USAGE: &str = "usage: attendance [<account_id> <app_id> <session_id>]
Prints a line for each stay in a session. Without IDs: a sample session.
The API token is read from CLOUDFLARE_API_TOKEN.";

fn main() -> ExitCode {
    support::exit(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let ids = support::arguments(USAGE)?;
    let (request, _server) = support::session(Client::builder(), ids.as_ref())?;
    let stays = support::fetch(&request)?;
    Ok(print(&stays, &mut BufWriter::new(io::stdout().lock()))?)
}

/// Prints a table of the stays, and a summary.
pub fn print(stays: &[Participant], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{:<24} {:<18} {:<25} {:<25} {:>9}", "name", "custom ID", "joined", "left", "minutes")?;
    for stay in stays {
        let columns = [&stay.display_name, &stay.custom_participant_id, &stay.joined_at, &stay.left_at];
        let [name, id, joined, left] = columns.map(|text| printable(text.as_deref()));
        let minutes = stay.duration.map_or("-".to_owned(), |minutes| format!("{minutes:.1}"));
        writeln!(out, "{name:<24} {id:<18} {joined:<25} {left:<25} {minutes:>9}")?;
    }
    let minutes = 0.0 + stays.iter().filter_map(|stay| stay.duration).sum::<f64>(); // the sum of nothing is -0.0
    let people: HashSet<_> = stays.iter().filter_map(support::person).collect();
    writeln!(out, "\n{} stays of {} people, {minutes:.1} minutes in total", stays.len(), people.len())?;
    let longest = stays.iter().max_by(|a, b| a.duration.unwrap_or(0.0).total_cmp(&b.duration.unwrap_or(0.0)));
    if let Some(Participant { display_name, duration: Some(minutes), .. }) = longest {
        writeln!(out, "longest stay: {}, {minutes:.1} minutes", printable(display_name.as_deref()))?;
    }
    out.flush()
}
