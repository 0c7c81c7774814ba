//! The example `export` goes on where it stopped, after an error and after it was killed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::support::*;

#[allow(dead_code, reason = "its `main` is for `cargo run`")]
#[path = "../examples/export.rs"]
mod export;

/// An empty folder, removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("out.jsonl")
    }

    /// Asserts that the file holds everybody, and that nothing else is left in the folder.
    #[track_caller]
    fn assert_complete(&self) {
        let lines = fs::read_to_string(self.file()).unwrap();
        assert_eq!(ids(lines.lines().map(|line| Ok(serde_json::from_str(line).unwrap()))), expected_ids(1, 10));
        let left: Vec<_> = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, [self.file()]);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Serves five pages of two participants, but answers the request with the number `odd`, from 0, in another way.
fn serving(odd: usize, answer: Vec<Step>) -> Server {
    Server::start(move |nth, head| match nth {
        nth if nth == odd => answer.clone(),
        _ => vec![Step::Send(ok_json(list_page(head, 10, 2)))],
    })
}

fn not_found() -> Vec<Step> {
    vec![Step::Send(answer("404 Not Found", "", ""))]
}

fn run(session: &str, base_url: impl Into<String>, file: &Path) -> Result<usize, String> {
    export::export(session, &request(base_url).per_page(2), file).map_err(|error| error.to_string())
}

#[test]
fn an_export_that_failed_goes_on_with_the_next_call() {
    for failing in 0..5 {
        let server = serving(failing, not_found());
        let folder = Folder::new(&format!("fails-{failing}"));
        run("session", &server, &folder.file()).unwrap_err();
        assert!(!folder.file().exists());
        assert_eq!(run("session", &server, &folder.file()), Ok(10));
        folder.assert_complete();
        // The newest whole page is asked for again.
        assert_eq!(server.seen(), 5 + 1 + usize::from(failing > 0));
    }
}

#[test]
fn an_export_that_was_killed_in_the_middle_of_a_page_goes_on_with_the_next_call() {
    const NAME: &str = "examples::an_export_that_was_killed_in_the_middle_of_a_page_goes_on_with_the_next_call";
    if let Some(given) = child::given() {
        let (base_url, file) = given.split_once(' ').unwrap();
        run("session", base_url, Path::new(file)).unwrap();
        return;
    }
    let whole = ok_json(page(5, 6, 10));
    let server = serving(2, vec![Step::Send(whole[..whole.len() - 50].to_vec()), Step::Stall]);
    let folder = Folder::new("killed");
    let given = format!("{} {}", server.base_url(), folder.file().display());
    let mut child = child::command(NAME, &given).stdout(Stdio::null()).spawn().unwrap();
    until(|| server.seen() == 3 || child.try_wait().unwrap().is_some());
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());
    assert_eq!(server.seen(), 3);
    assert!(!folder.file().exists());

    // As if it had been killed while it wrote: half a page of lines, the last of them cut.
    let part = folder.file().with_extension("jsonl.part");
    let mut lines = fs::read_to_string(&part).unwrap();
    assert_eq!(lines.lines().count(), 4);
    lines.push_str("{\"id\":\"p5\"}\n{\"id\":\"p");
    fs::write(&part, lines).unwrap();

    assert_eq!(run("session", &server, &folder.file()), Ok(10));
    folder.assert_complete();
}

#[test]
fn an_export_starts_over_when_pages_no_longer_line_up() {
    let server = serving(2, vec![Step::Send(ok_json(page(7, 8, 10)))]);
    let folder = Folder::new("moved");
    run("session", &server, &folder.file()).unwrap_err();
    assert_eq!(run("session", &server, &folder.file()), Ok(10));
    assert_eq!(page_no(&server.log().heads[3]), 1);
    folder.assert_complete();
}

#[test]
fn an_export_does_not_go_on_with_the_file_of_another_session() {
    let server = serving(1, not_found());
    let folder = Folder::new("other");
    run("session", &server, &folder.file()).unwrap_err();
    let error = run("other session", &server, &folder.file()).unwrap_err();
    assert!(error.contains("name another file"), "{error}");
}
