//! The order of the modules in src/lib.rs: each imports only ones below it.

use std::fs;
use std::path::{Path, PathBuf};

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The private modules, from top to bottom.
fn modules() -> Vec<String> {
    let lib = fs::read_to_string(src().join("lib.rs")).unwrap();
    let names = lib.lines().filter_map(|line| line.strip_prefix("mod ")?.split_once("; //"));
    names.map(|(name, _)| name.to_owned()).collect()
}

/// The files of a module, without its tests.
fn files(module: &str) -> Vec<PathBuf> {
    let mut files = vec![src().join(module).with_extension("rs")];
    let mut folders = vec![src().join(module)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.extension() {
                None => folders.push(path),
                Some(_) if path.file_stem().is_some_and(|stem| stem != "tests") => files.push(path),
                Some(_) => {}
            }
        }
    }
    files
}

#[test]
fn each_module_imports_only_modules_below_it() {
    let modules = modules();
    assert!(modules.len() > 10, "{modules:?}");
    for (at, module) in modules.iter().enumerate() {
        for file in files(module) {
            let code = fs::read_to_string(&file).unwrap();
            let code = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            for above in &modules[..at] {
                assert!(!code.contains(&format!("crate::{above}::")), "{} imports {above}", file.display());
                assert!(!code.contains(&format!("crate::{above};")), "{} imports {above}", file.display());
            }
        }
    }
}
