//! Tests that need a process of their own: the test binary starts itself again for the one test.

use std::process::Command;

/// Tells a test that it is the child, and hands it one value.
const VARIABLE: &str = "REALTIMEKIT_TEST_CHILD";

/// What the parent passed on; `None` in the parent.
pub fn given() -> Option<String> {
    std::env::var(VARIABLE).ok()
}

/// Runs the test `name` again, in a process that `given` and this environment are for.
#[track_caller]
pub fn run(name: &str, given: &str, environment: &[(&str, Option<&str>)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).env(VARIABLE, given);
    for (variable, value) in environment {
        match value {
            Some(value) => command.env(variable, value),
            None => command.env_remove(variable),
        };
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    // A name that fits no test passes too.
    assert!(said.contains("1 passed"), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}
