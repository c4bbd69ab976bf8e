//! Tests the recipe for Cloudflare Workers in the runtime that Cloudflare uses.

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::*;
use wasm_bindgen_cli_support::Bindgen;

const CONFIG: &str = r#"
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "recipe", worker = .recipe)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "recipe")],
);

const recipe :Workerd.Worker = (
  modules = [$MODULES],
  bindings = [(name = "WEBHOOK_SECRET", text = "$SECRET")],
  compatibilityDate = "2026-11-01",
);
"#;

/// The script that `worker-build` writes, without the recovery from panics.
const SHIM: &str = r#"
import { fetch, initSync } from "./index.js";
import module from "./index_bg.wasm";

initSync({ module });
export default { fetch };
"#;

/// Returns the folder where cargo builds: this test is in its `debug/deps`.
fn target() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(3).unwrap().to_owned()
}

/// Declares every module in a folder.
fn add_modules(folder: &Path, prefix: &str, modules: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        let kind = match path.extension().and_then(|it| it.to_str()) {
            _ if path.is_dir() => {
                add_modules(&path, &format!("{name}/"), modules);
                continue;
            }
            Some("js") => "esModule",
            Some("wasm") => "wasm",
            _ => continue,
        };
        modules.push(format!("(name = \"{name}\", {kind} = embed \"{name}\")"));
    }
}

/// The runtime's process, ended when dropped, even if the test fails.
struct Workerd(Child);

impl Drop for Workerd {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the runtime with the recipe, and returns its address.
fn start(folder: &Path) -> (Workerd, SocketAddr) {
    let packages = target().join("workerd/node_modules/@cloudflare");
    let package = fs::read_dir(&packages)
        .ok()
        .and_then(|mut packages| packages.next());
    let package = package
        .expect("no workerd: `scripts/recipes` installs it")
        .unwrap();
    let mut workerd = Command::new(package.path().join("bin/workerd"));
    // It writes its port to file descriptor 1.
    workerd.args(["serve", "--control-fd=1", "config.capnp"]);
    workerd.current_dir(folder).stdout(Stdio::piped());
    let mut workerd = Workerd(workerd.spawn().unwrap());
    let mut line = String::new();
    let mut output = BufReader::new(workerd.0.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let listens: serde_json::Value = serde_json::from_str(&line).unwrap();
    let port = listens["port"].as_u64().unwrap().try_into().unwrap();
    // Its other output goes to the output of the test.
    std::thread::spawn(move || {
        output
            .lines()
            .for_each(|line| println!("{}", line.unwrap()))
    });
    (workerd, (Ipv4Addr::LOCALHOST, port).into())
}

#[test]
fn workers() {
    let folder = target().join("workers");
    let module = target().join("wasm32-unknown-unknown/debug/hookseal_recipe_workers.wasm");
    assert!(module.exists(), "not built: `scripts/recipes` builds it");
    let _ = fs::remove_dir_all(&folder);
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name("index")
        .typescript(false);
    bindgen.web(true).unwrap().generate(&folder).unwrap();
    fs::write(folder.join("shim.js"), SHIM).unwrap();
    let mut modules = Vec::new();
    add_modules(&folder, "", &mut modules);
    // The first module is the one that answers.
    modules.sort_by_key(|module| !module.contains("shim.js"));
    let config = CONFIG.replace("$MODULES", &modules.join(", "));
    fs::write(
        folder.join("config.capnp"),
        config.replace("$SECRET", SECRET),
    )
    .unwrap();
    let (_workerd, address) = start(&folder);

    let full = [BODY, &vec![b' '; BODY_LIMIT - BODY.len()]].concat();
    for body in [BODY, &full] {
        assert_eq!(post(address, &signed(body), body), (204, Vec::new()));
    }
    for (why, headers, body) in forgeries() {
        assert_eq!(post(address, &headers, &body), (401, Vec::new()), "{why}");
    }
    let longer = [&full[..], b" "].concat();
    assert_eq!(post(address, &signed(&longer), &longer).0, 413);
}
