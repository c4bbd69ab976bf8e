//! The curl command that sends a request, for a POSIX shell.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::capture::Capture;
use crate::url;

/// Headers that curl writes itself, and hop-by-hop headers.
const OWN: [&str; 7] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "transfer-encoding",
];

/// The maximum length of a body that is passed as an argument, in bytes. Linux refuses arguments of
/// 128 KiB (`MAX_ARG_STRLEN`, execve(2)), and other systems limit all arguments together.
const MAX_ARGUMENT: usize = 64 * 1024;

/// Returns the command that sends a request again, byte for byte, to a server: the origin of
/// `url`, with the request's own target.
///
/// It contains nothing that can control the terminal it is pasted into, whoever sent the
/// request.
pub fn curl(capture: &Capture, url: &str) -> String {
    let target = capture.target.as_deref().filter(|it| it.starts_with('/'));
    let url = match target {
        Some(target) => format!("{}{target}", url::origin(url)),
        None => url.to_owned(),
    };
    let method = capture.method.as_deref().unwrap_or("POST");
    // curl would read brackets and braces as patterns, and leave `..` out of paths.
    let mut command = format!(
        "curl --globoff --path-as-is --request {} {}",
        quoted_bytes(method.as_bytes()),
        quoted_bytes(url.as_bytes())
    );
    let mut has_type = false;
    for (name, value) in &capture.headers {
        if OWN.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            continue;
        }
        has_type |= name.eq_ignore_ascii_case("content-type");
        // curl sends an empty header only if it ends in a semicolon.
        let mut header = name.clone().into_bytes();
        if value.is_empty() {
            header.push(b';');
        } else {
            header.extend_from_slice(b": ");
            header.extend_from_slice(value);
        }
        command += &format!(" \\\n  --header {}", quoted_bytes(&header));
    }
    if capture.body.is_empty() {
        return command;
    }
    if !has_type {
        // Otherwise curl adds the content type of forms.
        command += " \\\n  --header 'content-type;'";
    }
    let text = str::from_utf8(&capture.body).ok();
    match text.filter(|text| text.len() <= MAX_ARGUMENT && !text.contains(steers)) {
        // Unlike --data, it does not read a file if the body begins with `@`.
        Some(text) => command += &format!(" \\\n  --data-raw {}", quoted(text)),
        None => {
            command = format!(
                "printf %s {} | base64 -d | {command} \\\n  --data-binary @-",
                quoted(&BASE64_STANDARD.encode(&capture.body))
            );
        }
    }
    command
}

/// Returns whether a character may control a terminal, or change how a line looks.
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(u32::from(character), 0x61c | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x2069 | 0xfeff)
}

/// Quotes a word for a POSIX shell.
pub fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Quotes any bytes except zero.
fn quoted_bytes(word: &[u8]) -> String {
    if let Some(text) = str::from_utf8(word).ok().filter(|it| !it.contains(steers)) {
        return quoted(text);
    }
    let mut format = String::new();
    for byte in word {
        let is_plain = match byte {
            // Some interactive shells expand it within double quotes.
            b'\'' | b'\\' | b'%' | b'!' => false,
            // At the start it would introduce an option of `printf`.
            b'-' => !format.is_empty(),
            byte => matches!(byte, b' '..=b'~'),
        };
        if is_plain {
            format.push(char::from(*byte));
        } else {
            format += &format!("\\{byte:03o}");
        }
    }
    format!("\"$(printf '{format}')\"")
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::*;

    /// Runs the command in a POSIX shell, where `curl` prints its arguments.
    #[test]
    fn a_shell_passes_on_every_byte() {
        for value in [
            &b"plain"[..],
            b"it's \"$(id)\" `id` ${HOME} \\n %s !! ; *",
            b"it's \"$(id)\" `id` ${HOME} \\n %s !! ; * \x80\x1b[31m",
            b"-n",
            b"\x80",
            b"\t",
        ] {
            for name in ["x-a", "-a", "--", "-v"] {
                let capture = Capture {
                    target: Some("/".into()),
                    headers: vec![(name.into(), value.to_vec())],
                    ..Capture::default()
                };
                let command = curl(&capture, "http://localhost:1/");
                let script = format!(r#"curl() {{ printf '%s\0' "$@"; }}; {command}"#);
                let output = Command::new("sh").args(["-c", &script]).output().unwrap();
                let mut arguments = output.stdout.split(|byte| *byte == 0);
                let wanted = [name.as_bytes(), b": ", value].concat();
                assert!(arguments.any(|it| it == wanted), "{command}");
            }
        }
    }

    /// The limit applies to programs, and not to the `printf` that is built into a shell.
    #[test]
    fn a_long_body_is_no_argument() {
        for length in [64 * 1024, 64 * 1024 + 1, 128 * 1024, 4 << 20] {
            let capture = Capture {
                body: vec![b'a'; length],
                ..Capture::default()
            };
            let command = curl(&capture, "http://localhost:1/");
            let script = format!(r#"curl() {{ env true "$@"; }}; {command}"#);
            let mut shell = Command::new("sh").stdin(Stdio::piped()).spawn().unwrap();
            let mut input = shell.stdin.take().unwrap();
            input.write_all(script.as_bytes()).unwrap();
            drop(input);
            assert!(shell.wait().unwrap().success(), "{length}");
        }
    }

    /// Bash's manual, "History Expansion": double quotes do not protect `!`.
    #[test]
    fn nothing_in_double_quotes_is_history() {
        assert_eq!(quoted_bytes(b"!!"), "'!!'");
        assert_eq!(quoted_bytes(b"!!\x80"), r#""$(printf '\041\041\200')""#);
    }
}
