//! What the examples say about their arguments, and what they do when nobody reads what they print.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use realtimekit::Client;

use super::*;
use support::Usage;

#[allow(dead_code, clippy::duplicate_mod, reason = "each example has it too")]
#[path = "../../examples/support.rs"]
mod support;

const USAGE: &str = "usage: example [<a> <b>]";

fn parse(arguments: &[&str]) -> Result<Option<[String; 2]>, Usage> {
    support::parse(arguments.iter().map(OsString::from), USAGE)
}

#[test]
fn wrong_arguments_say_what_is_wrong_before_the_usage() {
    let refused = |arguments: &[&str]| parse(arguments).unwrap_err().to_string();
    assert_eq!(refused(&["a"]), "expected 2 arguments, got 1\nusage: example [<a> <b>]");
    assert_eq!(refused(&["a", "b", "c"]), "expected 2 arguments, got 3\nusage: example [<a> <b>]");
    assert_eq!(refused(&["a", "--quiet"]), "unknown option \"--quiet\"\nusage: example [<a> <b>]");
}

#[cfg(unix)] // other systems have other names that aren't text
#[test]
fn an_argument_that_is_not_text_is_refused() {
    use std::os::unix::ffi::OsStringExt;
    let arguments = [OsString::from_vec(b"caf\xe9".to_vec()), "b".into()];
    let error = support::parse::<2>(arguments, USAGE).unwrap_err();
    assert_eq!(error.to_string(), "\"caf\\xE9\" is not valid UTF-8\nusage: example [<a> <b>]");
}

#[test]
fn right_arguments_are_all_none_or_help() {
    assert_eq!(parse(&["a", "b"]).unwrap(), Some(["a".to_owned(), "b".to_owned()]));
    assert_eq!(parse(&[]).unwrap(), None);
    for help in [&["--help"][..], &["-h"], &["a", "b", "c", "--help"]] {
        assert_eq!(parse(help).unwrap_err().to_string(), USAGE);
    }
}

const UNREAD: &str = "examples::streams::nothing_panics_when_nobody_reads_what_is_printed";

/// Prints everything there is, in a child whose stdout and stderr are closed by now.
fn print_all() {
    assert_eq!(support::exit(Err(parse(&["--help"]).unwrap_err().into())), ExitCode::SUCCESS);
    assert_eq!(support::exit(Err(parse(&["a"]).unwrap_err().into())), ExitCode::from(2));
    let _ = support::session(Client::builder(), None).unwrap(); // says that it is a sample
    let client = Client::builder().max_retry_wait(Duration::from_millis(1));
    let ids = ["account", "app", "session"].map(str::to_owned);
    let (request, _) = support::session(client, Some(&ids)).unwrap();
    let stays = support::fetch(&request).unwrap(); // after a wait, which it says
    let printed = attendance::print(&stays, &mut io::stdout());
    assert_eq!(printed.as_ref().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    assert_eq!(support::exit(printed.map_err(Into::into)), ExitCode::SUCCESS);
    assert_eq!(support::exit(Err(Box::<dyn Error>::from("an error"))), ExitCode::FAILURE);
}

#[test]
fn nothing_panics_when_nobody_reads_what_is_printed() {
    if child::given().is_some() {
        io::stdin().read_line(&mut String::new()).unwrap(); // comes when the pipes are closed
        print_all();
        std::process::exit(0); // the test harness would fail to print the result
    }
    let page = ok_json(page(1, 2, 2));
    let server = Server::in_turn([unavailable(), page, ok_json(page_of_rows(vec![], 2, 0, 0))]);
    let (unread, stderr) = io::pipe().unwrap();
    let mut child = child::command(UNREAD, "");
    child.env("CLOUDFLARE_API_TOKEN", TOKEN).env("CLOUDFLARE_BASE_URL", server.base_url());
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
    drop(unread);
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut heading = String::new();
    while !heading.contains("running 1 test") {
        assert!(stdout.read_line(&mut heading).unwrap() > 0, "{heading}");
    }
    drop(stdout);
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(server.page_nos()[..2], [1, 1], "there was no wait");
}
