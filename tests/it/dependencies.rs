//! The crate adds no dependencies to a program beyond the promised three and theirs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A package with only the promised dependencies, in the versions of this crate's `Cargo.lock`.
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
fn the_only_dependencies_are_ureq_serde_and_serde_json_with_theirs() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let promised = &Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-dependencies", std::process::id()));
    fs::create_dir_all(promised.join("src")).unwrap();
    fs::write(promised.join("src/lib.rs"), "").unwrap();
    fs::write(promised.join("Cargo.toml"), PROMISED).unwrap();
    fs::copy(own.join("Cargo.lock"), promised.join("Cargo.lock")).unwrap();

    let (own, allowed) = (crates(own), crates(promised));
    fs::remove_dir_all(promised).unwrap();
    let further: Vec<_> = own.difference(&allowed).collect();
    assert_eq!(further, ["realtimekit"]);
}

/// The names of all crates that a package is built from.
fn crates(package: &Path) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}", "--manifest-path"])
        .arg(package.join("Cargo.toml"))
        // A packager's `.cargo/config.toml` there may say where the crates are.
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}
