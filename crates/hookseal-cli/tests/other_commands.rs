//! Tests `hookseal schemes`, `key`, `completions` and `man`, and schemes from files.

mod common;

use std::collections::BTreeSet;
use std::fs;

use common::{PAMINGA, Run, file, folder, hookseal, root, run};
use serde_json::Value;

#[test]
fn the_whole_catalogue_is_listed() {
    let list: Value =
        serde_json::from_slice(&fs::read(root().join("schemes.json")).unwrap()).unwrap();
    let wanted: BTreeSet<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|scheme| scheme["name"].as_str().unwrap())
        .collect();
    let table = run("schemes", "");
    table.is(0, "", "");
    let names = table
        .stdout
        .lines()
        .map(|line| line.split(' ').next().unwrap());
    assert_eq!(names.collect::<BTreeSet<_>>(), wanted);
    let json = run("schemes --json", "").json();
    let names = json
        .as_array()
        .unwrap()
        .iter()
        .map(|scheme| scheme["name"].as_str().unwrap());
    assert_eq!(names.collect::<BTreeSet<_>>(), wanted);
}

#[test]
fn a_scheme_is_shown_with_its_facts() {
    let run_of_pomelo = run("schemes pomelo", "");
    for fact in [
        "signature   x-signature\n",
        "written as  `hmac-sha256 ` and base64 of HMAC-SHA-256\n",
        "signed      timestamp + endpoint + body\n",
        "expires     after 60 s\n",
        "timestamp   x-timestamp, Unix seconds\n",
        "key id      x-api-key\n",
    ] {
        run_of_pomelo.is(0, fact, "");
    }
    run("schemes stripe", "").is(0, "`t=` in the list, Unix seconds", "");
    run("schemes standrad", "").is(2, "", "did you mean standard-webhooks?");
    run("schemes x --toml --json", "").is(2, "", "cannot be used with");
    run("schemes --toml", "").is(2, "", "<NAME>");
}

/// Each scheme of the catalogue is written as TOML and as JSON, and read back.
#[test]
fn declarations_are_read_back() {
    let json = run("schemes --json", "").json();
    for scheme in json.as_array().unwrap() {
        let name = scheme["name"].as_str().unwrap();
        let toml = run(&format!("schemes {name} --toml"), "");
        toml.is(0, &format!("name = \"{name}\"\n"), "");
        let json = run(&format!("schemes {name} --json"), "");
        assert_eq!(&json.json(), scheme);
        for (kind, text) in [("toml", toml.stdout), ("json", json.stdout)] {
            let mut command = hookseal("explain paminga.http --json --scheme-file");
            command.arg(file(&format!("schemes/{name}.{kind}"), text));
            command.env("HOOKSEAL_SECRET", PAMINGA);
            let status = i32::from(name != "paminga");
            let run = Run::of(command, PAMINGA);
            run.is(status, &format!("\"scheme\": \"{name}\""), "");
        }
    }
}

#[test]
fn scheme_files_that_are_wrong_say_why() {
    for (name, text, message) in [
        ("empty", "", "is not a scheme in TOML: missing field `name`"),
        ("not-toml", "name = ", "is not a scheme in TOML: "),
        ("not-json", "{", "is not a scheme in JSON: "),
        ("escape", "\"\\u001b[31m\" = 1", "is not a scheme in TOML: "),
        (
            "no-name",
            "name = \"x\"\nsecret = \"text\"\nsigned = []\nforms = []\n[signature]\nheader = \"a\"\n",
            "is not a scheme in TOML: ",
        ),
    ] {
        let mut command = hookseal("verify paminga.http --scheme-file");
        command.arg(file(&format!("schemes/wrong-{name}"), text));
        command.env("HOOKSEAL_SECRET", PAMINGA);
        Run::of(command, PAMINGA).is(2, "", message);
    }
    let mut command = hookseal("verify paminga.http --scheme-file");
    command.arg(file("schemes/binary", b"\xff"));
    Run::of(command, "").is(2, "", "is not UTF-8, so it is not a scheme file");
    run("verify paminga.http --scheme-file x --scheme paminga", "").is(
        2,
        "",
        "cannot be used with",
    );
}

#[test]
fn keys_have_the_form_and_length_that_is_asked_for() {
    for (words, prefix, length) in [
        ("key", "whsec_", 6 + 44),
        ("key whsec --bytes 24", "whsec_", 6 + 32),
        ("key base64", "", 44),
        ("key hex --bytes 64", "", 128),
        ("key text", "", 43),
    ] {
        let (one, other) = (run(words, ""), run(words, ""));
        one.is(0, prefix, "");
        assert!(one.stdout.starts_with(prefix));
        assert_eq!(one.stdout.trim_end().len(), length, "{words}");
        assert_ne!(one.stdout, other.stdout);
    }
    for (words, message) in [
        ("key --bytes 23", "'--bytes <N>'"),
        ("key --bytes 65", "'--bytes <N>'"),
        (
            "key rsa",
            "[possible values: whsec, base64, hex, text, ed25519]",
        ),
    ] {
        run(words, "").is(2, "", message);
    }
}

/// A generated key signs, and its signature is verified.
#[test]
fn made_keys_are_taken() {
    let folder = folder("keys");
    for (form, scheme) in [
        ("whsec", "standard-webhooks"),
        ("text", "paminga"),
        ("base64", "pomelo KEY_ID ENDPOINT"),
        ("hex", "paminga --secret-format hex"),
        ("ed25519", "standard-webhooks"),
    ] {
        let path = folder.join(form);
        let mut command = hookseal(&format!("key {form} --out"));
        command.arg(&path);
        let made = Run::of(command, "");
        made.is(0, "", "");
        let secret = fs::read_to_string(&path).unwrap();
        assert_eq!(secret.trim(), secret);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        // The public key alone is printed, and verifies.
        let verifying = match form {
            "ed25519" => file("keys/public", made.stdout.trim_end()),
            _ => path.clone(),
        };
        assert_eq!(made.stdout.is_empty(), form != "ed25519");
        let mut command = hookseal(&format!(
            "sign --scheme {scheme} paminga.http --secret-file"
        ));
        command.arg(&path);
        let signed = Run::of(command, &secret);
        signed.is(0, "", "");
        let mut command = hookseal(&format!("verify --scheme {scheme} --body paminga.http"));
        command
            .arg("--headers")
            .arg(file(&format!("keys/{form}.headers"), &signed.stdout))
            .arg("--secret-file")
            .arg(verifying);
        Run::of(command, &secret).is(0, "verified", "");

        let mut command = hookseal(&format!("key {form} --out"));
        command.arg(&path);
        Run::of(command, "").is(2, "", "name a new file");
        assert_eq!(fs::read_to_string(&path).unwrap(), secret);
    }
}

#[test]
fn completions_and_manual_pages_have_every_command() {
    let commands = [
        "verify",
        "explain",
        "sign",
        "send",
        "listen",
        "playground",
        "schemes",
        "key",
        "completions",
        "man",
    ];
    let man = run("man", "");
    man.is(0, ".TH hookseal 1", "");
    for command in commands {
        assert!(man.stdout.contains(command), "{command}");
        let page = run(&format!("man {command}"), "");
        page.is(0, &format!(".TH hookseal-{command} 1"), "");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&format!("completions {shell}"), "");
        script.is(0, "hookseal", "");
        for command in commands {
            assert!(script.stdout.contains(command), "{shell}: {command}");
        }
        // Scheme names are completed too, in shells whose script supports that.
        let has_names = script.stdout.contains("standard-webhooks");
        assert_eq!(
            has_names,
            ["bash", "zsh", "fish"].contains(&shell),
            "{shell}"
        );
    }
    run("completions tcsh", "").is(2, "", "'<SHELL>'");
    run("man no-such", "").is(2, "", "no such command");
}

/// bash loads the script, and completes a command with it.
#[test]
fn bash_takes_the_completions() {
    if !common::has("bash") {
        return;
    }
    let script = file("completions.bash", run("completions bash", "").stdout);
    let output = std::process::Command::new("bash")
        .arg("-c")
        .arg(
            "source \"$0\" && COMP_WORDS=(hookseal ver) COMP_CWORD=1 && \
             _hookseal hookseal ver hookseal && echo \"${COMPREPLY[@]}\"",
        )
        .arg(script)
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "verify\n",
        "{output:?}"
    );
}

#[test]
fn no_command_is_wrong_use() {
    run("", "").is(2, "", "Usage: hookseal <COMMAND>");
    run("no-such", "").is(2, "", "unrecognized subcommand");
    run("--version", "").is(0, &format!("hookseal {}\n", env!("CARGO_PKG_VERSION")), "");
}

/// A closed pipe is not an error.
#[test]
fn a_closed_pipe_is_no_panic() {
    let mut command = hookseal("schemes --json");
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{output:?}");
}
