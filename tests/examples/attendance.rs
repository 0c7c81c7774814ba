//! Who was in a session, when, and for how long.
//!
//! ```text
//! cargo run --example attendance                                            a sample session
//! cargo run --example attendance -- <account_id> <app_id> <session_id>      yours; needs CLOUDFLARE_API_TOKEN
//! ```

mod support;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use realtimekit::{Client, Participant, ParticipantsRequest, Result, SortBy, SortOrder};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ids = match (arguments.len(), <[String; 3]>::try_from(arguments)) {
        (0, _) => None,
        (_, Ok(ids)) => Some(ids),
        _ => {
            eprintln!("usage: attendance [<account_id> <app_id> <session_id>], the token in CLOUDFLARE_API_TOKEN");
            return ExitCode::from(2);
        }
    };
    let everybody = support::session(Client::builder(), ids.as_ref()).and_then(|(request, _server)| fetch(&request));
    match everybody.map(|everybody| print(&everybody)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS, // as in `| head`
        Ok(Err(error)) => {
            eprintln!("can't print the table: {error}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(support::exit_code(&error))
        }
    }
}

fn fetch(request: &ParticipantsRequest) -> Result<Vec<Participant>> {
    let shows_progress = io::stderr().is_terminal();
    let mut everybody = Vec::new();
    let mut participants = request.clone().sort_by(SortBy::JoinedAt).sort_order(SortOrder::Asc).into_iter();
    while let Some(participant) = participants.next() {
        everybody.push(participant?);
        if let (true, 0, Some(total)) = (shows_progress, everybody.len() % 100, participants.total_count()) {
            eprint!("\r{} of {total}", everybody.len());
        }
    }
    if shows_progress {
        eprint!("\r\x1b[K"); // the line is empty again
    }
    Ok(everybody)
}

fn print(everybody: &[Participant]) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(out, "{:<24} {:<18} {:<25} {:<25} {:>9}", "name", "custom ID", "joined", "left", "minutes")?;
    for participant in everybody {
        let Participant { display_name, custom_participant_id, joined_at, left_at, duration, .. } = participant;
        let [name, id, joined, left] = [display_name, custom_participant_id, joined_at, left_at].map(printable);
        let minutes = duration.map_or("-".to_owned(), |minutes| format!("{minutes:.1}"));
        writeln!(out, "{name:<24} {id:<18} {joined:<25} {left:<25} {minutes:>9}")?;
    }
    let minutes: f64 = everybody.iter().filter_map(|participant| participant.duration).sum();
    writeln!(out, "\n{} participants, {minutes:.1} minutes altogether", everybody.len())?;
    let longest = everybody.iter().max_by(|a, b| a.duration.unwrap_or(0.0).total_cmp(&b.duration.unwrap_or(0.0)));
    if let Some(Participant { display_name, duration: Some(minutes), .. }) = longest {
        writeln!(out, "longest stay: {}, {minutes:.1} minutes", printable(display_name))?;
    }
    out.flush()
}

/// Names are the participants' to choose, control characters for your terminal included.
fn printable(text: &Option<String>) -> String {
    text.as_deref().unwrap_or("-").replace(char::is_control, "?")
}
