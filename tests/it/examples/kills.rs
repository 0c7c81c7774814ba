//! `export` is killed, and the list changes before the next call.

use std::process::Stdio;

use super::*;

#[test]
fn lines_after_the_checkpoint_are_written_anew_wherever_a_kill_cut_them() {
    let (_server, _list, next) = stopped_after(3, "next");
    let (part, checkpoint) = (next.read(".part"), next.read(".checkpoint"));
    let (server, _list, folder) = stopped_after(2, "between");
    let (part_before, checkpoint_before) = (folder.read(".part"), folder.read(".checkpoint"));
    assert!(part.starts_with(&part_before) && part.len() > part_before.len());
    for (cut, new) in (part_before.len()..=part.len()).zip((0..=checkpoint.len()).cycle().step_by(7)).step_by(23) {
        folder.write(".part", &part[..cut]);
        folder.write(".checkpoint", &checkpoint_before);
        folder.write(".checkpoint.new", &checkpoint[..new]);
        assert_eq!(run(&server, &folder), Ok(10), "{cut} {new}");
        folder.assert_complete(10);
    }
}

/// Calls are stopped by a 403, which leaves the same files as a kill. Between them the list grows, and the page cap
/// changes.
#[test]
fn whatever_happens_between_calls_the_file_is_complete_or_the_error_says_to_start_over() {
    let (mut complete, mut started_over) = (0, 0);
    for seed in 1..=60 {
        let mut random = Random::new(seed);
        let mut below = |end| random.below(end) as u64;
        let (server, list) = List::serve();
        let folder = Folder::new("between-calls");
        let (mut total, mut cap) = (1 + below(30), 1 + below(8));
        for _ in 0..4 {
            list.set(total, cap, below(8));
            match run(&server, &folder) {
                Ok(_) => folder.assert_complete(total),
                Err(error) if error.starts_with("403") => {}
                Err(error) => assert!(error.contains("start over"), "{error}"),
            }
            // As after a kill in the middle of the next page.
            if let Ok(part) = fs::read_to_string(folder.file(".part")) {
                folder.write(".part", &(part + &"{\"id\":\"p9\"}\n"[..below(13) as usize]));
            }
            total += below(3);
            if below(3) == 0 {
                cap = 1 + below(8);
            }
        }
        list.set(total, cap, u64::MAX);
        if let Err(error) = run(&server, &folder) {
            assert!(error.contains("start over"), "{error}");
            started_over += 1;
            assert_eq!(run(&server, &folder), Ok(total as usize));
        } else {
            complete += 1;
        }
        folder.assert_complete(total);
    }
    assert!(complete > 10 && started_over > 5, "{complete} {started_over}");
}

const KILLED: &str = "examples::kills::an_export_that_is_killed_again_and_again_is_complete_or_says_to_start_over";

/// Exports in a child, and kills it while it waits for the answer to this request, counted from 1.
#[track_caller]
fn kill_at(request: usize, server: &Server, given: &str) {
    let mut child = child::command(KILLED, given).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until(|| server.seen() == request || child.try_wait().unwrap().is_some());
    assert_eq!(child.try_wait().unwrap(), None, "the export ended before it could be killed");
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());
}

#[test]
fn an_export_that_is_killed_again_and_again_is_complete_or_says_to_start_over() {
    if let Some(given) = child::given() {
        let (base_url, file) = given.split_once(' ').unwrap();
        export_to(base_url, Path::new(file)).unwrap();
        return;
    }
    let mut random = Random::new(0x5eed);
    for round in 0..8 {
        let (server, list) = List::serve();
        list.stalls.store(true, SeqCst);
        let folder = Folder::new("killed");
        let given = format!("{} {}", server.base_url(), folder.file("").display());
        let total = 20 + round;
        // Three times three answers are fewer than the ten pages.
        for _ in 0..3 {
            let answers = random.below(4);
            list.set(total, 2, answers as u64);
            kill_at(server.seen() + answers + 1, &server, &given);
            assert!(!folder.file("").exists());
        }
        list.set(total, if round % 4 == 3 { 3 } else { 2 }, u64::MAX);
        let outcome = run(&server, &folder).or_else(|error| {
            assert!(round % 4 == 3 && error.contains("start over"), "{error}");
            run(&server, &folder)
        });
        assert_eq!(outcome, Ok(total as usize));
        folder.assert_complete(total);
    }
}
