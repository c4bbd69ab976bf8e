//! Lists the public API from a file of rustdoc's JSON, one item per line, with the
//! auto traits of every type. `scripts/public-api` calls it.

use std::env;
use std::error::Error;

use public_api::Builder;

/// Unstable traits, which users cannot name.
const UNSTABLE: [&str; 3] = [
    "core::marker::Freeze",
    "core::marker::StructuralPartialEq",
    "core::marker::UnsafeUnpin",
];

fn main() -> Result<(), Box<dyn Error>> {
    let json = env::args_os().nth(1).ok_or("usage: public_api JSON")?;
    let api = Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .build()?;
    for item in api.items() {
        let line = item.to_string();
        if !UNSTABLE.iter().any(|name| line.contains(name)) {
            println!("{line}");
        }
    }
    Ok(())
}
