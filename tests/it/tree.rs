//! What the crate brings into a program.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A package with the dependencies that are promised; the versions are those of this crate's `Cargo.lock`.
const PROMISED: &str = r#"
[package]
name = "promised"
edition = "2024"

[dependencies]
serde = { version = "1", features = ["derive"] }
serde_json = "1"
ureq = "3"

[workspace]
"#;

#[test]
fn no_crate_comes_beyond_what_ureq_serde_and_serde_json_bring() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let promised = &Path::new(env!("CARGO_TARGET_TMPDIR")).join("tree");
    fs::create_dir_all(promised.join("src")).unwrap();
    fs::write(promised.join("src/lib.rs"), "").unwrap();
    fs::write(promised.join("Cargo.toml"), PROMISED).unwrap();
    fs::copy(own.join("Cargo.lock"), promised.join("Cargo.lock")).unwrap();

    let (own, promised) = (crates(own), crates(promised));
    let beyond: Vec<_> = own.difference(&promised).collect();
    assert_eq!(beyond, ["realtimekit"]);
}

/// The names of the crates that a program which depends on this package is built with.
fn crates(package: &Path) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}", "--manifest-path"])
        .arg(package.join("Cargo.toml"))
        // Where a packager's `.cargo/config.toml` says that the crates are.
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}
