//! The examples. Here: `export` goes on where it stopped, after an error and after it was killed at any moment.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use realtimekit::ParticipantsRequest;

use crate::support::*;

#[allow(dead_code, clippy::duplicate_mod, reason = "its `main` is for `cargo run`, and `support` is in each example")]
#[path = "../examples/attendance.rs"]
mod attendance;
#[allow(dead_code, clippy::duplicate_mod, reason = "its `main` is for `cargo run`, and `support` is in each example")]
#[path = "../examples/export.rs"]
mod export;
mod files;
mod kills;
mod output;
#[allow(dead_code, clippy::duplicate_mod, reason = "its `main` is for `cargo run`, and `support` is in each example")]
#[path = "../examples/people.rs"]
mod people;
mod streams;

/// An empty folder, removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    /// `out.jsonl`, with something appended.
    fn file(&self, extension: &str) -> PathBuf {
        self.0.join(format!("out.jsonl{extension}"))
    }

    fn read(&self, extension: &str) -> String {
        fs::read_to_string(self.file(extension)).unwrap()
    }

    fn write(&self, extension: &str, text: &str) {
        fs::write(self.file(extension), text).unwrap();
    }

    /// What is in the folder: names, contents and times of the last change.
    fn state(&self) -> BTreeMap<PathBuf, impl PartialEq + std::fmt::Debug> {
        let entries = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path());
        entries
            .map(|path| (path.clone(), (fs::read(&path).ok(), fs::metadata(path).unwrap().modified().unwrap())))
            .collect()
    }

    /// Asserts that the file holds everybody once and in order, and that nothing else is left in the folder.
    #[track_caller]
    fn assert_complete(&self, total: u64) {
        let lines = self.read("");
        assert_eq!(ids(lines.lines().map(|line| Ok(serde_json::from_str(line).unwrap()))), expected_ids(1, total));
        assert_eq!(self.state().into_keys().collect::<Vec<_>>(), [self.file("")]);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A list that the tests change between calls.
struct List {
    total: AtomicU64,
    /// The most participants a page.
    cap: AtomicU64,
    /// How many more requests are answered. The rest get a 403 each, which neither is retried nor ends a list.
    answers: AtomicU64,
    /// Whether the rest wait instead.
    stalls: AtomicBool,
    /// What happens between a request and its answer; given the page's number.
    meanwhile: Mutex<Box<dyn Fn(u64) + Send>>,
}

/// How many requests it takes to export [`List::serve`]'s list: one for each page, and one that confirms the end
/// because the last page is full.
const WHOLE: usize = 6;

impl List {
    /// Ten participants in five pages.
    fn serve() -> (Server, Arc<List>) {
        let list = Arc::new(List {
            total: 10.into(),
            cap: 2.into(),
            answers: u64::MAX.into(),
            stalls: false.into(),
            meanwhile: Mutex::new(Box::new(|_| ())),
        });
        let served = list.clone();
        let server = Server::start(move |_, head| {
            served.meanwhile.lock().unwrap()(page_no(head));
            let is_answered = served.answers.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok();
            vec![match is_answered {
                true => Step::Send(ok_json(list_page(head, served.total.load(SeqCst), served.cap.load(SeqCst)))),
                false if served.stalls.load(SeqCst) => Step::Stall,
                false => Step::Send(answer("403 Forbidden", "", "")),
            }]
        });
        (server, list)
    }

    fn set(&self, total: u64, cap: u64, answers: u64) {
        self.total.store(total, SeqCst);
        self.cap.store(cap, SeqCst);
        self.answers.store(answers, SeqCst);
    }

    fn meanwhile(&self, act: impl Fn(u64) + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Box::new(act);
    }
}

/// Exports until a request fails, after this many answers. It leaves what a kill at that moment would leave.
fn stopped_after(answers: u64, name: &str) -> (Server, Arc<List>, Folder) {
    let (server, list) = List::serve();
    let folder = Folder::new(name);
    list.set(10, 2, answers);
    assert!(run(&server, &folder).unwrap_err().starts_with("403"));
    assert!(!folder.file("").exists());
    list.set(10, 2, u64::MAX);
    (server, list, folder)
}

/// What a kill between the last checkpoint and the rename leaves: here, a folder is in the way.
fn stopped_before_the_rename(total: u64, name: &str) -> (Server, Arc<List>, Folder) {
    let (server, list) = List::serve();
    let folder = Folder::new(name);
    list.set(total, 2, u64::MAX);
    let obstacle = folder.file("");
    list.meanwhile(move |_| fs::create_dir_all(obstacle.join("in the way")).unwrap());
    let error = run(&server, &folder).unwrap_err();
    assert!(error.starts_with(&format!("{}: ", folder.file("").display())), "{error}");
    list.meanwhile(|_| ());
    fs::remove_dir_all(folder.file("")).unwrap();
    (server, list, folder)
}

fn run(base_url: impl Into<String>, folder: &Folder) -> Result<usize, String> {
    export_to(base_url, &folder.file(""))
}

fn export_to(base_url: impl Into<String>, file: &Path) -> Result<usize, String> {
    export_of(&request(base_url).per_page(20), file)
}

fn export_of(request: &ParticipantsRequest, file: &Path) -> Result<usize, String> {
    export::export(request, file, &mut std::io::sink()).map_err(|error| error.to_string())
}

#[test]
fn an_export_that_failed_goes_on_with_the_next_call() {
    for answers in 0..WHOLE {
        let (server, _list, folder) = stopped_after(answers as u64, &format!("fails-{answers}"));
        assert_eq!(run(&server, &folder), Ok(10));
        folder.assert_complete(10);
        // One was refused, and the newest page is asked for again.
        assert_eq!(server.seen(), WHOLE + 1 + usize::from(answers > 0));
    }
}

#[test]
fn an_export_that_was_killed_around_its_last_steps_is_finished_by_the_next_call_without_requests() {
    for total in [10, 0] {
        let (server, list, folder) = stopped_before_the_rename(total, "unrenamed");
        let seen = server.seen();
        list.set(12, 3, u64::MAX); // a finished list isn't asked for again
        assert_eq!(run(&server, &folder), Ok(total as usize));
        folder.assert_complete(total);
        assert_eq!(server.seen(), seen);

        let (server, list, folder) = stopped_before_the_rename(total, "renamed");
        let seen = server.seen();
        fs::rename(folder.file(".part"), folder.file("")).unwrap();
        assert_eq!(run(&server, &folder), Ok(total as usize));
        folder.assert_complete(total);
        assert_eq!(server.seen(), seen);
        // And the call after that exports anew.
        list.set(12, 3, u64::MAX);
        assert_eq!(run(&server, &folder), Ok(12));
        folder.assert_complete(12);
    }
}

#[test]
fn a_part_file_without_a_checkpoint_is_overwritten() {
    let (server, _list) = List::serve();
    let folder = Folder::new("leftover");
    folder.write(".part", &"{\"id\":\"p1\"}\n".repeat(1000));
    folder.write(".checkpoint.new", "{");
    folder.write("", "an older export\n");
    assert_eq!(run(&server, &folder), Ok(10));
    folder.assert_complete(10);
}

#[test]
fn an_empty_list_makes_an_empty_file() {
    let (server, list) = List::serve();
    list.set(0, 2, u64::MAX);
    let folder = Folder::new("empty");
    assert_eq!(run(&server, &folder), Ok(0));
    folder.assert_complete(0);
}

#[test]
fn an_export_starts_over_when_pages_no_longer_line_up() {
    let (server, list, folder) = stopped_after(2, "moved");
    list.set(10, 3, u64::MAX);
    let error = run(&server, &folder).unwrap_err();
    assert!(error.ends_with("start over from the first page"), "{error}");
    let seen = server.seen();
    assert_eq!(run(&server, &folder), Ok(10));
    assert_eq!(page_no(&server.log().heads[seen]), 1);
    folder.assert_complete(10);
}

#[test]
fn an_export_does_not_go_on_with_other_arguments_and_leaves_the_files_alone() {
    let renamed = {
        let stopped = stopped_before_the_rename(10, "other-renamed");
        fs::rename(stopped.2.file(".part"), stopped.2.file("")).unwrap();
        stopped
    };
    for (server, _list, folder) in
        [stopped_after(1, "other"), stopped_before_the_rename(10, "other-unrenamed"), renamed]
    {
        if folder.file(".part").exists() {
            folder.write(".part", &(folder.read(".part") + "more"));
        }
        folder.write(".checkpoint.new", "{"); // as after a kill while it was written
        let (state, seen) = (folder.state(), server.seen());
        let other_session = client(&server).session_participants("account", "app", "other").per_page(20);
        let error = export_of(&other_session, &folder.file("")).unwrap_err();
        assert!(error.contains("another session"), "{error}");
        let other_size = request(&server).per_page(3);
        let error = export_of(&other_size, &folder.file("")).unwrap_err();
        assert!(error.contains("a different per_page"), "{error}");
        assert_eq!((folder.state(), server.seen()), (state, seen));
        assert_eq!(run(&server, &folder), Ok(10));
        folder.assert_complete(10);
    }
}

#[test]
fn a_file_that_was_tampered_with_is_an_error_that_says_how_to_start_over() {
    let tampers: [&dyn Fn(&Folder); 6] = [
        &|folder| folder.write(".part", &folder.read(".part")[1..]),
        &|folder| folder.write(".part", ""),
        &|folder| fs::remove_file(folder.file(".part")).unwrap(),
        &|folder| folder.write(".checkpoint", ""),
        &|folder| folder.write(".checkpoint", &folder.read(".checkpoint")[1..]),
        &|folder| folder.write(".checkpoint", &folder.read(".checkpoint").replace("page_no", "page")),
    ];
    for tamper in tampers {
        let (server, _list, folder) = stopped_after(2, "tampered");
        tamper(&folder);
        let (state, seen) = (folder.state(), server.seen());
        let error = run(&server, &folder).unwrap_err();
        assert!(error.contains("to start over, delete") && error.contains("out.jsonl.checkpoint"), "{error}");
        assert_eq!((folder.state(), server.seen()), (state, seen));
        fs::remove_file(folder.file(".checkpoint")).unwrap();
        assert_eq!(run(&server, &folder), Ok(10));
        folder.assert_complete(10);
    }
    // A wrong number shows when its page arrives.
    for (right, wrong) in [("\"page_no\":3", "\"page_no\":4"), ("\"offset\":4", "\"offset\":6"), ("p4", "p6")] {
        let (server, _list, folder) = stopped_after(2, "edited");
        let edited = folder.read(".checkpoint").replace(right, wrong);
        assert_ne!(edited, folder.read(".checkpoint"));
        folder.write(".checkpoint", &edited);
        assert!(run(&server, &folder).unwrap_err().contains("start over"));
        assert_eq!(run(&server, &folder), Ok(10));
        folder.assert_complete(10);
    }
}
