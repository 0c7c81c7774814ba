//! Tests that need a process of their own: the test binary runs itself again for the one test.

use std::ffi::OsStr;
use std::process::Command;

/// Tells a test that it is the child, and passes one value to it.
const VARIABLE: &str = "REALTIMEKIT_TEST_CHILD";

/// The value that the parent passed on; `None` in the parent.
pub fn given() -> Option<String> {
    std::env::var(VARIABLE).ok()
}

/// The command that runs the test `name` in a child, in which [`given`] returns `value`.
pub fn command(name: &str, value: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).env(VARIABLE, value);
    command
}

/// Runs the test `name` in a child with this environment, and returns what it printed.
#[track_caller]
pub fn run(name: &str, value: &str, environment: &[(&str, Option<&OsStr>)]) -> String {
    let mut command = command(name, value);
    for (variable, value) in environment {
        match value {
            Some(value) => command.env(variable, value),
            None => command.env_remove(variable),
        };
    }
    let output = command.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    // A name that fits no test succeeds too.
    assert!(printed.contains("1 passed"), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
    printed
}
