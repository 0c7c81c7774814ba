//! A long export to a file of JSON lines, with peer events, that goes on where it stopped.
//!
//! ```text
//! cargo run --example export                                                   a sample session, to a temporary file
//! cargo run --example export -- <account_id> <app_id> <session_id> <file>      yours; needs CLOUDFLARE_API_TOKEN
//! ```
//!
//! It may fail or be killed at any moment: call it again with the same arguments. Lines go to `<file>.part`, which
//! becomes `<file>` when it is whole.

mod support;

use std::error::Error;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use realtimekit::{Client, ParticipantsRequest, SortBy, SortOrder};
use serde::{Deserialize, Serialize};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (ids, file) = match (arguments.len(), <[String; 4]>::try_from(arguments)) {
        (0, _) => (None, std::env::temp_dir().join("realtimekit-sample.jsonl")),
        (_, Ok([account_id, app_id, session_id, file])) => (Some([account_id, app_id, session_id]), file.into()),
        _ => {
            eprintln!("usage: export [<account_id> <app_id> <session_id> <file>], the token in CLOUDFLARE_API_TOKEN");
            return ExitCode::from(2);
        }
    };
    // Patient enough for the five minutes for which Cloudflare blocks a token.
    let client = Client::builder().max_retries(5).max_retry_wait(Duration::from_secs(300));
    let (request, _server) = match support::session(client, ids.as_ref()) {
        Ok(session) => session,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(support::exit_code(&error));
        }
    };
    let session = ids.map_or("sample".to_owned(), |ids| ids.join("/"));
    match export(&session, &request, &file) {
        Ok(participants) => {
            println!("{participants} participants in {}", file.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}"); // called again, it goes on
            ExitCode::FAILURE
        }
    }
}

/// Where to go on. It points before the newest page in the file, not behind it: that page is fetched and written again,
/// so that the next one is checked to follow it.
#[derive(Serialize, Deserialize)]
struct Checkpoint {
    session: String,
    page_no: u32,
    participants: usize,
    bytes: u64,
}

/// Writes everybody to `file`, and says how many those are.
pub fn export(session: &str, request: &ParticipantsRequest, file: &Path) -> Result<usize, Box<dyn Error>> {
    let (part, checkpoint) = (beside(file, ".part"), beside(file, ".checkpoint"));
    let mut out = OpenOptions::new().create(true).truncate(false).write(true).open(&part)?;
    let begin = || Checkpoint { session: session.to_owned(), page_no: 1, participants: 0, bytes: 0 };
    let mut here = match fs::read(&checkpoint) {
        Ok(json) => serde_json::from_slice(&json)?,
        Err(error) if error.kind() == ErrorKind::NotFound => begin(),
        Err(error) => return Err(error.into()),
    };
    if here.session != session {
        return Err(format!("{} is of session {}; name another file", part.display(), here.session).into());
    }
    if here.bytes > out.metadata()?.len() {
        here = begin();
    }
    save(&checkpoint, &here)?;
    out.set_len(here.bytes)?; // what stands behind may be half a page
    out.seek(SeekFrom::End(0))?;

    let mut out = BufWriter::new(out);
    // Newcomers come last, behind the pages that are here already.
    let request = request.clone().include_peer_events(true).sort_by(SortBy::JoinedAt).sort_order(SortOrder::Asc);
    let mut pages = request.page_no(here.page_no).pages();
    loop {
        here.page_no = pages.resume_page_no();
        let Some(page) = pages.next() else { break };
        if let Err(realtimekit::Error::Pagination { .. }) = page {
            save(&checkpoint, &begin())?;
        }
        let page = page?;
        for participant in &page.participants {
            serde_json::to_writer(&mut out, participant)?;
            out.write_all(b"\n")?;
        }
        out.flush()?;
        out.get_ref().sync_data()?;
        save(&checkpoint, &here)?;
        here.participants += page.participants.len();
        here.bytes = out.stream_position()?;
    }
    fs::rename(part, file)?;
    fs::remove_file(checkpoint)?;
    Ok(here.participants)
}

/// Whole or not at all, whenever the program is killed.
fn save(checkpoint: &Path, here: &Checkpoint) -> Result<(), Box<dyn Error>> {
    let new = beside(checkpoint, ".new");
    let mut file = File::create(&new)?;
    serde_json::to_writer(&mut file, here)?;
    file.sync_data()?;
    Ok(fs::rename(new, checkpoint)?)
}

fn beside(file: &Path, extension: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(extension);
    name.into()
}
