//! Exports a session, with peer events, to a file of JSON lines. Called again, it goes on where it stopped.
//!
//! ```text
//! cargo run --example export                                                   a sample session, to a temporary file
//! cargo run --example export -- <account_id> <app_id> <session_id> <file>      yours; needs CLOUDFLARE_API_TOKEN
//! ```
//!
//! If it fails or is killed, call it again with the same arguments. It writes to `<file>.part`, and renames that to
//! `<file>` at the end, in place of an older file. `<file>.checkpoint` holds how far it got; delete it to start over.

mod support;

use std::error::Error;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use realtimekit::{Checkpoint, Client, Pages, ParticipantsPage, ParticipantsRequest};
use serde::{Deserialize, Serialize};

const USAGE: &str = "usage: export [<account_id> <app_id> <session_id> <file>]
Exports a session to a file of JSON lines. An existing file is replaced at the end.
Called again after a failure, it goes on where it stopped; to start over, delete <file>.checkpoint.
Without arguments: a sample session, to a temporary file.
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
    let participants = export(&request, &file, &mut io::stderr())?;
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

/// Writes all participants to `file` and returns their number. `log` is told where it goes on.
pub fn export(request: &ParticipantsRequest, file: &Path, log: &mut impl Write) -> Result<usize, Box<dyn Error>> {
    let (part, progress_file) = (beside(file, ".part"), beside(file, ".checkpoint"));
    let mut request = request.clone().include_peer_events(true);
    check_target(file)?;
    let (mut participants, mut bytes, mut is_renamed) = (0, 0, false);
    if let Some(progress) = load(&progress_file)? {
        (participants, bytes) = (progress.participants, progress.bytes);
        is_renamed = length(&part)?.is_none() && length(file)? == Some(bytes);
        if !is_renamed && length(&part)?.unwrap_or(0) < bytes {
            let (part, progress_file) = (part.display(), progress_file.display());
            return Err(format!("{part} lacks lines; to start over, delete {progress_file}").into());
        }
        let page_no = progress.checkpoint.page_no().saturating_sub(1); // the last one that is written
        let _ = writeln!(log, "Going on after page {page_no}: {participants} participants are already written.");
        request = request.resume_from(progress.checkpoint);
    }
    check_writable(if is_renamed { file } else { &part })?;
    check_writable(&beside(&progress_file, ".new"))?;

    let mut pages = request.pages();
    let mut next = next_page(&mut pages, &progress_file)?; // refuses other arguments, before any file is changed
    if is_renamed {
        fs::rename(file, &part).map_err(at(file))?; // the call before was killed between its last two steps
    }
    let mut out = open(&part, bytes).map_err(at(&part))?;
    while let Some(page) = next {
        bytes = write_lines(&mut out, &page).map_err(at(&part))?;
        participants += page.participants.len();
        save(&Progress { participants, bytes, checkpoint: pages.checkpoint() }, &progress_file)?;
        next = next_page(&mut pages, &progress_file)?;
    }
    // The checkpoint may be finished only now. If a kill prevents the rename, the next call sends no requests.
    save(&Progress { participants, bytes, checkpoint: pages.checkpoint() }, &progress_file)?;
    fs::rename(&part, file).map_err(at(file))?;
    fs::remove_file(&progress_file).map_err(at(&progress_file))?;
    Ok(participants)
}

/// Refuses folders, links and devices: the rename at the end would fail or replace them.
fn check_target(file: &Path) -> Result<(), String> {
    let is_other = existing(file, fs::symlink_metadata(file))?.is_some_and(|metadata| !metadata.is_file());
    if is_other || file.file_name().is_none() {
        return Err(format!("{:?} is not a regular file; choose another name", file.display()));
    }
    Ok(())
}

/// Fails if a file can't be written, and leaves everything as it was.
fn check_writable(file: &Path) -> Result<(), String> {
    let exists = file.exists();
    OpenOptions::new().create(true).append(true).open(file).map_err(at(file))?;
    if exists { Ok(()) } else { fs::remove_file(file).map_err(at(file)) }
}

/// Fetches a page. After pages that don't line up, the next call starts over.
fn next_page(pages: &mut Pages, progress_file: &Path) -> Result<Option<ParticipantsPage>, Box<dyn Error>> {
    let page = pages.next().transpose();
    if let Err(error @ realtimekit::Error::Pagination(_)) = &page {
        existing(progress_file, fs::remove_file(progress_file)).map_err(|failure| format!("{error}; {failure}"))?;
    }
    Ok(page?)
}

/// Opens the part file to write on after its first `bytes` bytes. The rest came after the checkpoint, and comes again.
fn open(part: &Path, bytes: u64) -> io::Result<BufWriter<File>> {
    let mut out = OpenOptions::new().create(true).truncate(false).write(true).open(part)?;
    out.set_len(bytes)?;
    out.seek(SeekFrom::End(0))?;
    Ok(BufWriter::new(out))
}

/// Writes a page, waits until it is on the disk, and returns the file's length.
fn write_lines(out: &mut BufWriter<File>, page: &ParticipantsPage) -> io::Result<u64> {
    for participant in &page.participants {
        serde_json::to_writer(&mut *out, participant)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    out.get_ref().sync_data()?;
    out.stream_position()
}

fn load(progress_file: &Path) -> Result<Option<Progress>, String> {
    let Some(json) = existing(progress_file, fs::read(progress_file))? else { return Ok(None) };
    let progress = serde_json::from_slice(&json);
    progress.map(Some).map_err(|error| format!("{}: {error}; to start over, delete it", progress_file.display()))
}

/// Replaces the file in one step, so that it is complete even if the program is killed meanwhile.
fn save(progress: &Progress, progress_file: &Path) -> Result<(), String> {
    let new = beside(progress_file, ".new");
    let write = || {
        let mut file = File::create(&new)?;
        serde_json::to_writer(&mut file, progress)?;
        file.sync_data()
    };
    write().map_err(at(&new))?;
    fs::rename(&new, progress_file).map_err(at(progress_file))
}

/// The length of a file in bytes; `None` if there is none.
fn length(file: &Path) -> Result<Option<u64>, String> {
    Ok(existing(file, fs::metadata(file))?.map(|metadata| metadata.len()))
}

/// `None` if there is no such file. The error names it.
fn existing<T>(file: &Path, outcome: io::Result<T>) -> Result<Option<T>, String> {
    match outcome {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        outcome => outcome.map(Some).map_err(at(file)),
    }
}

/// Makes errors of the file system name the file.
fn at(file: &Path) -> impl Fn(io::Error) -> String {
    move |error| format!("{}: {error}", file.display())
}

fn beside(file: &Path, extension: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(extension);
    name.into()
}
