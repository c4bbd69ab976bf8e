//! Heads that tools write as lines: HTTP/2 requests, the output of `curl -v`, and heads in a
//! separate file.

use super::{Capture, Lengths, http1, values};
use crate::error::{Result, wrong};

/// Returns the first line, without its end.
pub fn first(file: &[u8]) -> &[u8] {
    lines(file).next().unwrap_or_default()
}

/// Iterates over the lines, without their ends.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// Returns whether a line is a request line as `curl -v` prints it.
pub fn has_curl_request(file: &[u8]) -> bool {
    // Lines about the connection precede it.
    let start = file.get(..64 * 1024).unwrap_or(file);
    lines(start).any(|line| line.strip_prefix(b"> ").is_some_and(is_request_line))
}

/// Returns whether a line consists of a method, a target and an HTTP version.
pub fn is_request_line(line: &[u8]) -> bool {
    request_line(line).is_some()
}

fn request_line(line: &[u8]) -> Option<(&str, &str)> {
    let mut words = str::from_utf8(line).ok()?.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_request =
        is_method && !target.is_empty() && version.starts_with("HTTP/") && words.next().is_none();
    is_request.then_some((method, target))
}

/// Reads a request whose head is written as lines and whose body follows an empty line.
pub fn parse_request(file: &[u8], lengths: Lengths) -> Result<Capture> {
    let mut end = None;
    let mut at = 0;
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        if line == b"\n" || line == b"\r\n" {
            end = Some(at);
            break;
        }
    }
    let Some((head, rest)) = end.and_then(|end| file.split_at_checked(end)) else {
        return wrong("not an HTTP request: no empty line ends its headers");
    };
    let mut capture = parse_head(head)?;
    let length = match values(&capture.headers, "content-length")[..] {
        [] => None,
        [length] => Some(length),
        _ => return wrong("several Content-Length headers; a request has one"),
    };
    capture.body = match length {
        Some(length) if lengths == Lengths::Strict => http1::sized(rest, length)?.to_vec(),
        _ => rest.to_vec(),
    };
    Ok(capture)
}

/// Reads a head: headers, which may follow a request line or pseudo headers.
pub fn parse_head(head: &[u8]) -> Result<Capture> {
    let mut capture = Capture {
        number: None,
        method: None,
        target: None,
        headers: Vec::new(),
        body: Vec::new(),
        note: None,
        unreadable: None,
    };
    let mut authority = None;
    for (number, line) in (1..).zip(lines(head)) {
        if line.is_empty() {
            break;
        }
        if number == 1
            && let Some((method, target)) = request_line(line)
        {
            capture.method = Some(method.into());
            capture.target = Some(target.into());
            continue;
        }
        let Some((name, value)) = header(line) else {
            return wrong(format!(
                "not an HTTP request: line {number} is not a header (`name: value`)"
            ));
        };
        let text = || String::from_utf8_lossy(value).into_owned();
        match name {
            ":method" => capture.method = Some(text()),
            ":path" => capture.target = Some(text()),
            ":authority" => authority = Some(value.to_vec()),
            ":scheme" | ":protocol" => {}
            _ => capture.headers.push((name.to_owned(), value.to_vec())),
        }
        if capture.headers.len() > http1::MAX_HEADERS {
            return wrong(format!("more than {} headers", http1::MAX_HEADERS));
        }
    }
    if let Some(authority) = authority
        && values(&capture.headers, "host").is_empty()
    {
        capture.headers.push(("host".into(), authority));
    }
    if capture.headers.is_empty() {
        return wrong("not an HTTP request: it has no headers");
    }
    Ok(capture)
}

/// Returns the name and value of a header line. The name of a pseudo header begins with a
/// colon.
fn header(line: &[u8]) -> Option<(&str, &[u8])> {
    let pseudo = usize::from(line.starts_with(b":"));
    let colon = pseudo + line.get(pseudo..)?.iter().position(|byte| *byte == b':')?;
    let (name, rest) = line.split_at_checked(colon)?;
    let name = str::from_utf8(name).ok()?;
    let own = name.get(pseudo..)?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let value = rest.get(1..)?.trim_ascii();
    let is_value = value
        .iter()
        .all(|byte| *byte == b'\t' || !byte.is_ascii_control());
    let is_header = !own.is_empty() && own.bytes().all(is_token) && is_value;
    is_header.then_some((name, value))
}
