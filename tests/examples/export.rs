//! Exports a session, with peer events, to a file of JSON lines. Called again, it goes on where it stopped.
//!
//! ```text
//! cargo run --example export                                                   a sample session, to a temporary file
//! cargo run --example export -- <account_id> <app_id> <session_id> <file>      yours; needs CLOUDFLARE_API_TOKEN
//! ```
//!
//! If it fails or is killed, call it again with the same arguments. It writes to `<file>.part`, which it renames to `<file>`
//! at the end of the list. `<file>.checkpoint` holds how far it got; to start over, delete that file.

mod support;

use std::error::Error;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use realtimekit::{Checkpoint, Client, ParticipantsPage, ParticipantsRequest, SortBy, SortOrder};
use serde::{Deserialize, Serialize};

const USAGE: &str = "usage: export [<account_id> <app_id> <session_id> <file>]
Exports a session to a file of JSON lines. Called again, it goes on where it stopped;
to start over, delete <file>.checkpoint. Without arguments: a sample session.
The API token is read from CLOUDFLARE_API_TOKEN.";

fn main() -> ExitCode {
    support::exit(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let (ids, file) = match support::arguments(USAGE)? {
        None => (None, std::env::temp_dir().join("realtimekit-sample.jsonl")),
        Some([account_id, app_id, session_id, file]) => (Some([account_id, app_id, session_id]), file.into()),
    };
    // Cloudflare may block a token for five minutes.
    let client = Client::builder().max_retries(5).max_retry_wait(Duration::from_secs(300));
    let (request, _server) = support::session(client, ids.as_ref())?;
    let participants = export(&request, &file)?;
    writeln!(io::stdout(), "{participants} participants in {}", file.display())?;
    Ok(())
}

/// How far the export got: the part file's first `bytes` bytes belong to the checkpoint.
#[derive(Serialize, Deserialize)]
struct Progress {
    participants: usize,
    bytes: u64,
    checkpoint: Checkpoint,
}

/// Writes all participants to `file` and returns their number.
pub fn export(request: &ParticipantsRequest, file: &Path) -> Result<usize, Box<dyn Error>> {
    let (part, progress_file) = (beside(file, ".part"), beside(file, ".checkpoint"));
    // Newcomers come last, after the pages that are already written.
    let mut request = request.clone().include_peer_events(true).sort_by(SortBy::JoinedAt).sort_order(SortOrder::Asc);
    let (mut participants, mut bytes, mut is_renamed) = (0, 0, false);
    if let Some(progress) = load(&progress_file)? {
        (participants, bytes) = (progress.participants, progress.bytes);
        is_renamed = !part.exists() && length(file)? == bytes;
        if !is_renamed && length(&part)? < bytes {
            let (part, progress_file) = (part.display(), progress_file.display());
            return Err(format!("{part} lacks lines; to start over, delete {progress_file}").into());
        }
        request = request.resume_from(progress.checkpoint);
    }

    let mut pages = request.pages();
    let mut next_page = || {
        let page = pages.next().transpose();
        if let Err(realtimekit::Error::Pagination { .. }) = page {
            let _ = fs::remove_file(&progress_file); // so that the next call starts over
        }
        page.map(|page| Some((page?, pages.checkpoint())))
    };
    let mut next = next_page()?; // refuses other arguments, before any file is touched
    if is_renamed {
        fs::rename(file, &part)?; // the call before was killed between its last two steps
    }
    let mut out = open(&part, bytes)?;
    while let Some((page, checkpoint)) = next {
        write_lines(&mut out, &page)?;
        participants += page.participants.len();
        save(&Progress { participants, bytes: out.stream_position()?, checkpoint }, &progress_file)?;
        next = next_page()?;
    }
    fs::rename(part, file)?;
    fs::remove_file(progress_file).or_else(ignore_missing)?; // an empty list has none
    Ok(participants)
}

/// Opens the part file to write on after its first `bytes` bytes. The rest came after the checkpoint, and comes again.
fn open(part: &Path, bytes: u64) -> io::Result<BufWriter<File>> {
    let mut out = OpenOptions::new().create(true).truncate(false).write(true).open(part)?;
    out.set_len(bytes)?;
    out.seek(SeekFrom::End(0))?;
    Ok(BufWriter::new(out))
}

/// Writes a page, and waits until it is on the disk.
fn write_lines(out: &mut BufWriter<File>, page: &ParticipantsPage) -> Result<(), Box<dyn Error>> {
    for participant in &page.participants {
        serde_json::to_writer(&mut *out, participant)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(out.get_ref().sync_data()?)
}

fn load(progress_file: &Path) -> Result<Option<Progress>, Box<dyn Error>> {
    match fs::read(progress_file) {
        Ok(json) => {
            let progress = serde_json::from_slice(&json);
            let progress =
                progress.map_err(|error| format!("{}: {error}; to start over, delete it", progress_file.display()));
            Ok(Some(progress?))
        }
        Err(error) => Ok(ignore_missing(error).map(|()| None)?),
    }
}

/// Replaces the file in one step, so that it is complete even if the program is killed meanwhile.
fn save(progress: &Progress, progress_file: &Path) -> Result<(), Box<dyn Error>> {
    let new = beside(progress_file, ".new");
    let mut file = File::create(&new)?;
    serde_json::to_writer(&mut file, progress)?;
    file.sync_data()?;
    Ok(fs::rename(new, progress_file)?)
}

/// The length of a file in bytes; 0 if there is none.
fn length(file: &Path) -> io::Result<u64> {
    fs::metadata(file).map(|metadata| metadata.len()).or_else(|error| ignore_missing(error).map(|()| 0))
}

fn ignore_missing(error: io::Error) -> io::Result<()> {
    if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn beside(file: &Path, extension: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(extension);
    name.into()
}
