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
    match text.filter(|text| !text.contains(steers)) {
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
        match byte {
            b'\'' | b'\\' | b'%' => format += &format!("\\{byte:03o}"),
            b' '..=b'~' => format.push(char::from(*byte)),
            byte => format += &format!("\\{byte:03o}"),
        }
    }
    format!("\"$(printf '{format}')\"")
}
