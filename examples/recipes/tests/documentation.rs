//! Tests that the documentation shows the recipes unchanged; `UPDATE=1` copies them there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const RECIPES: [(&str, &str); 10] = [
    ("axum", "src/axum.rs"),
    ("actix-web", "src/actix.rs"),
    ("hyper", "src/hyper.rs"),
    ("tonic", "src/tonic.rs"),
    ("`lambda_http`", "src/lambda_http.rs"),
    ("Rocket", "src/rocket.rs"),
    ("poem", "src/poem.rs"),
    ("salvo", "src/salvo.rs"),
    ("warp", "src/warp.rs"),
    ("Cloudflare Workers", "workers/src/lib.rs"),
];

/// Not `rust`, which would be compiled without the frameworks.
const OPENING: &str = "```custom,{class=language-rust}\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_documentation_shows_each_recipe() {
    let page = root().join("../../src/recipes.md");
    let shown = fs::read_to_string(&page).unwrap();
    let mut wanted = String::new();
    let mut rest = &shown[..];
    for (heading, file) in RECIPES {
        let heading = format!("\n# {heading}\n");
        let place = rest.find(&heading);
        let place = place.unwrap_or_else(|| panic!("no heading in its place: {heading}"));
        let start = place + rest[place..].find(OPENING).unwrap() + OPENING.len();
        let length = rest[start..].find("```\n").unwrap();
        wanted += &rest[..start];
        wanted += &fs::read_to_string(root().join(file)).unwrap();
        rest = &rest[start + length..];
    }
    wanted += rest;
    if std::env::var_os("UPDATE").is_some() {
        fs::write(page, wanted).unwrap();
    } else {
        assert!(
            shown == wanted,
            "run it with UPDATE=1, and look at what changes"
        );
    }
}

#[test]
fn every_recipe_is_shown() {
    let files = |folder: &str| -> Vec<PathBuf> {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.is_file()).collect()
    };
    let written: BTreeSet<PathBuf> = [files("src"), files("workers/src")]
        .concat()
        .into_iter()
        .collect();
    let mut shown: BTreeSet<PathBuf> = RECIPES.map(|(_, file)| root().join(file)).into();
    shown.insert(root().join("src/lib.rs"));
    assert_eq!(written, shown);
}

#[test]
fn a_recipe_has_at_most_30_lines_of_code() {
    for (_, file) in RECIPES {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let lines = text.lines().map(str::trim_start);
        let code = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
        let count = code.count();
        assert!((10..=30).contains(&count), "{file}: {count} lines");
    }
}
