//! The threat model names tests: each of them is there.

use std::path::Path;
use std::{env, fs};

/// All Rust sources below a folder of the project.
fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_named_test_is_there() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut code = String::new();
    sources(&project.join("src"), &mut code);
    sources(&project.join("tests"), &mut code);
    let policy = fs::read_to_string(project.join("SECURITY.md")).unwrap();

    // The third column of the table of threats.
    let rows = policy.lines().filter(|line| line.split(" | ").count() == 3);
    let named: Vec<&str> = rows
        .filter_map(|row| row.rsplit(" | ").next())
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .filter(|name| !name.contains('/'))
        .collect();
    assert!(named.len() > 40, "{named:?}");
    for name in named {
        let test = format!("fn {name}()");
        let at = code.find(&test).unwrap_or_else(|| panic!("no test {name}"));
        let before = code[..at].trim_end().trim_end_matches("async").trim_end();
        let attribute = before.lines().next_back().unwrap_or_default().trim();
        assert!(attribute.contains("test"), "{name} is no test: {attribute}");
    }
}
