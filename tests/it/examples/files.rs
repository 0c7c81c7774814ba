//! What `export` does about files that it can't write, and what it says when it goes on.

use std::process::Command;

use super::*;

/// What the error about this file starts with.
fn named(file: &Path) -> String {
    format!("{}: ", file.display())
}

#[test]
fn a_target_that_is_no_file_is_refused_before_anything_is_fetched() {
    let (server, _list) = List::serve();
    let folder = Folder::new("no-file");
    fs::create_dir(folder.file("-folder")).unwrap();
    let mut targets = vec![folder.file("-folder"), "".into()];
    #[cfg(unix)]
    {
        folder.write("", "an older export\n");
        std::os::unix::fs::symlink(folder.file(""), folder.file("-link")).unwrap();
        targets.push(folder.file("-link"));
    }
    let state = folder.state();
    let pipes = Folder::new("no-file-but-a-pipe"); // on its own, because nothing ends reading it
    if cfg!(unix) {
        assert!(Command::new("mkfifo").arg(pipes.file("")).status().unwrap().success());
        targets.push(pipes.file(""));
    }
    for target in targets {
        let error = export_to(&server, &target).unwrap_err();
        assert_eq!(error, format!("{target:?} is not a regular file; choose another name"));
    }
    assert_eq!((folder.state(), server.seen()), (state, 0));
}

#[test]
fn a_file_that_cannot_be_written_is_noticed_before_the_first_page_is_fetched() {
    let (server, _list) = List::serve();
    let folder = Folder::new("unwritable");
    folder.write("", "an older export\n");
    let mut files = vec![(folder.file("-missing").join("out"), folder.file("-missing").join("out.part"))];
    for extension in [".part", ".checkpoint", ".checkpoint.new"] {
        let file = folder.file(&format!("-blocks{extension}"));
        fs::create_dir(folder.file(&format!("-blocks{extension}{extension}"))).unwrap();
        files.push((file, folder.file(&format!("-blocks{extension}{extension}"))));
    }
    if cfg!(unix) {
        files.push((folder.file("").join("out"), folder.file("").join("out"))); // in a file instead of a folder
    }
    if cfg!(target_os = "linux") {
        files.push(("/sys/out".into(), "/sys/out.part".into())); // where root can't write either
    }
    let state = folder.state();
    for (file, named_file) in files {
        let error = export_to(&server, &file).unwrap_err();
        assert!(error.starts_with(&named(&named_file)), "{error}");
    }
    assert_eq!((folder.state(), server.seen()), (state, 0));
}

/// Exports until a folder takes the place of a file while page 3 is fetched. Asserts that the error names the file.
#[track_caller]
fn blocked(extension: &str, page_3_cap: u64) -> String {
    let (server, list) = List::serve();
    let folder = Folder::new("blocked");
    let (file, shared) = (folder.file(extension), list.clone());
    list.meanwhile(move |page_no| {
        if page_no == 3 {
            let _ = fs::remove_file(&file);
            fs::create_dir_all(file.join("in the way")).unwrap();
            shared.cap.store(page_3_cap, SeqCst);
        }
    });
    let error = run(&server, &folder).unwrap_err();
    assert!(error.contains(&named(&folder.file(extension))), "{error}");
    error
}

#[test]
fn an_error_of_the_file_system_names_the_file() {
    for extension in [".checkpoint.new", ".checkpoint", ""] {
        assert!(!blocked(extension, 2).contains("start over"));
    }
    // Where the pages don't line up either, it is a part of that error.
    assert!(blocked(".checkpoint", 3).contains("start over from the first page; "));
}

#[cfg(unix)] // whose shells can limit the size of files
#[test]
fn an_export_that_does_not_fit_on_the_disk_names_the_file_and_goes_on_once_it_does() {
    const NAME: &str =
        "examples::files::an_export_that_does_not_fit_on_the_disk_names_the_file_and_goes_on_once_it_does";
    if let Some(given) = child::given() {
        let (base_url, file) = given.split_once(' ').unwrap();
        let file = Path::new(file);
        let error = export_to(base_url, file).unwrap_err();
        assert!(error.starts_with(&format!("{}.part: ", file.display())), "{error}");
        return;
    }
    let (server, list) = List::serve();
    list.set(30, 2, u64::MAX);
    let folder = Folder::new("full");
    let test = child::command(NAME, &format!("{} {}", server.base_url(), folder.file("").display()));
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\""]).arg(test.get_program()).args(test.get_args());
    limited.envs(test.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = limited.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let seen = server.seen();
    assert!((2..15).contains(&seen), "{seen}");
    assert_eq!(run(&server, &folder), Ok(30));
    assert_eq!(page_no(&server.log().heads[seen]), seen as u64 - 1); // the page before the one that didn't fit
    folder.assert_complete(30);
}

#[test]
fn an_export_says_where_it_goes_on() {
    let said = |server: &Server, folder: &Folder| {
        let mut log = Vec::new();
        export::export(&request(server).per_page(20), &folder.file(""), &mut log).unwrap();
        String::from_utf8(log).unwrap()
    };
    let (server, _list, folder) = stopped_after(2, "says");
    assert_eq!(said(&server, &folder), "Going on after page 2: 4 participants are already written.\n");
    assert_eq!(said(&server, &folder), ""); // it starts anew
    let (server, _list, folder) = stopped_before_the_rename(10, "says-at-the-end");
    assert_eq!(said(&server, &folder), "Going on after page 5: 10 participants are already written.\n");
}
