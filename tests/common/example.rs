//! Finds an example's program.

use std::env::{self, consts};
use std::path::{Path, PathBuf};

/// Returns the path of an example, which `cargo test` builds next to the tests.
pub fn example(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let file = format!("{name}{}", consts::EXE_SUFFIX);
    let program = profile.join("examples").join(file);
    assert!(
        program.exists(),
        "not built: `cargo test` builds it, `cargo test --test …` needs \
         `cargo build --example {name}` before it"
    );
    program
}
