//! The examples keep what they say of themselves: an export that is killed or fails goes on where it stopped.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::pages::*;
use crate::server::*;

#[allow(dead_code, reason = "its `main` is for `cargo run`")]
#[path = "../examples/export.rs"]
mod export;

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Five pages of two participants, but `odd` answers the request of its number, from 0.
fn serving(odd: usize, answer: Vec<Step>) -> Server {
    Server::start(move |nth, head| {
        let n = page_no(head);
        if nth == odd { answer.clone() } else { vec![Step::Send(ok(page(n * 2 - 1, n * 2, 10).to_string()))] }
    })
}

fn run(server: &Server, file: &Path) -> Result<usize, String> {
    let request = request(server.base_url()).per_page(2);
    export::export("session", &request, file).map_err(|error| error.to_string())
}

#[track_caller]
fn assert_whole(file: &Path) {
    let lines = std::fs::read_to_string(file).unwrap();
    let ids: Vec<_> =
        lines.lines().map(|line| serde_json::from_str::<realtimekit::Participant>(line).unwrap().id.unwrap()).collect();
    assert_eq!(ids, (1..=10).map(|n| format!("p{n}")).collect::<Vec<_>>());
    let left: Vec<_> = std::fs::read_dir(file.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [file]);
}

#[test]
fn an_export_that_fails_goes_on_with_the_next_call() {
    for failing in 0..5 {
        let server = serving(failing, vec![Step::Send(answer("404 Not Found", "", ""))]);
        let file = folder(&format!("fails-{failing}")).join("out.jsonl");
        run(&server, &file).unwrap_err();
        assert!(!file.exists());
        assert_eq!(run(&server, &file), Ok(10));
        assert_whole(&file);
        let again = usize::from(failing > 0); // the newest page that was whole
        assert_eq!(server.seen(), 5 + 1 + again);
        std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
    }
}

#[test]
fn an_export_that_is_killed_in_mid_page_goes_on_with_the_next_call() {
    let whole = ok(page(5, 6, 10).to_string());
    let server = serving(2, vec![Step::Send(whole[..whole.len() - 50].to_vec()), Step::Stall]);
    let file = folder("killed").join("out.jsonl");
    let mut child = start_child(&server, &file);
    until(|| server.seen() == 3 || child.try_wait().unwrap().is_some());
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());
    assert_eq!(server.seen(), 3);
    assert!(!file.exists());

    // As if it had been killed while it wrote: half a page of lines, the last of them cut.
    let part = file.with_extension("jsonl.part");
    let mut lines = std::fs::read_to_string(&part).unwrap();
    assert_eq!(lines.lines().count(), 4);
    lines.push_str("{\"id\":\"p5\"}\n{\"id\":\"p");
    std::fs::write(&part, lines).unwrap();

    assert_eq!(run(&server, &file), Ok(10));
    assert_whole(&file);
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
}

#[test]
fn an_export_starts_over_where_pages_do_not_line_up_any_more() {
    let server = serving(2, vec![Step::Send(ok(page(7, 8, 10).to_string()))]);
    let file = folder("moved").join("out.jsonl");
    run(&server, &file).unwrap_err();
    assert_eq!(run(&server, &file), Ok(10));
    assert_eq!(page_no(&server.log().requests[3].1), 1);
    assert_whole(&file);
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
}

#[test]
fn an_export_does_not_go_on_with_another_sessions_file() {
    let server = serving(1, vec![Step::Send(answer("404 Not Found", "", ""))]);
    let file = folder("other").join("out.jsonl");
    run(&server, &file).unwrap_err();
    let request = request(server.base_url());
    let error = export::export("other session", &request, &file).unwrap_err().to_string();
    assert!(error.contains("name another file"), "{error}");
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
}

const CHILD: &str = "REALTIMEKIT_EXPORT_CHILD";

fn start_child(server: &Server, file: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "examples::the_export_that_is_killed"])
        .env(CHILD, file)
        .env("CLOUDFLARE_BASE_URL", server.base_url())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Does nothing but in the child process of the test above.
#[test]
fn the_export_that_is_killed() {
    let Some(file) = std::env::var_os(CHILD) else { return };
    let request = request(std::env::var("CLOUDFLARE_BASE_URL").unwrap()).per_page(2);
    export::export("session", &request, Path::new(&file)).unwrap();
}
