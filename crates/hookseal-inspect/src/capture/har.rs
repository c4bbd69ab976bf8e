//! HAR files, which browsers and proxies export: JSON with the requests of a session.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::Capture;
use crate::error::{Result, WrongUse, wrong};
use crate::url;

/// Far more than a session has. A parsed entry takes many times the memory of its text.
const MAX_ENTRIES: usize = 100_000;

/// Reads each entry of a HAR file.
pub fn parse(har: &Value) -> Result<Vec<Capture>> {
    let Some(entries) = har.pointer("/log/entries").and_then(Value::as_array) else {
        return wrong("not a HAR file: it has no list `log.entries`");
    };
    if entries.is_empty() {
        return wrong("the HAR file has no entries");
    }
    if entries.len() > MAX_ENTRIES {
        return wrong(format!(
            "the HAR file has {} entries, more than the {MAX_ENTRIES} that are read; export fewer",
            entries.len()
        ));
    }
    let numbered = (1..).zip(entries);
    let parse = |(number, entry)| {
        // If an entry cannot be read, the others are still checked.
        parse_entry(number, entry).unwrap_or_else(|WrongUse(message)| Capture {
            number: Some(number),
            unreadable: Some(message),
            ..Capture::default()
        })
    };
    Ok(numbered.map(parse).collect())
}

fn parse_entry(number: usize, entry: &Value) -> Result<Capture> {
    let Some(request) = entry.get("request") else {
        return wrong(format!("entry {number} of the HAR file has no request"));
    };
    let text = |key: &str| request.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut headers = Vec::new();
    let mut target = text("url").map(|url| url::target(&url));
    for header in request
        .get("headers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let field = |key: &str| header.get(key).and_then(Value::as_str);
        let (Some(name), Some(value)) = (field("name"), field("value")) else {
            return wrong(format!(
                "a header in entry {number} of the HAR file has no name or no value"
            ));
        };
        // Browsers export the pseudo headers of HTTP/2.
        match name.strip_prefix(':') {
            Some("path") => target = Some(value.into()),
            Some(_) => {}
            None => headers.push((name.to_owned(), value.as_bytes().to_vec())),
        }
    }
    let (body, note) = body(number, request)?;
    Ok(Capture {
        number: Some(number),
        method: text("method"),
        target,
        headers,
        body,
        note,
        unreadable: None,
    })
}

fn body(number: usize, request: &Value) -> Result<(Vec<u8>, Option<String>)> {
    let stated = request.get("bodySize").and_then(Value::as_u64);
    let left_out = || {
        wrong(format!(
            "entry {number} of the HAR file has no body text; export it again with its \
             content"
        ))
    };
    let Some(data) = request.get("postData").filter(|data| !data.is_null()) else {
        return match stated {
            Some(length) if length > 0 => left_out(),
            _ => Ok((Vec::new(), None)),
        };
    };
    let Some(text) = data.get("text").and_then(Value::as_str) else {
        return left_out();
    };
    // Not in the specification, but some proxies write it.
    let is_base64 = data.get("encoding").and_then(Value::as_str) == Some("base64");
    let body = if is_base64 {
        match BASE64_STANDARD.decode(text) {
            Ok(body) => body,
            Err(_) => {
                return wrong(format!(
                    "the body in entry {number} of the HAR file is marked as base64 but is not"
                ));
            }
        }
    } else {
        text.as_bytes().to_vec()
    };
    let found = u64::try_from(body.len()).ok();
    let note = match stated {
        Some(stated) if stated > 0 && Some(stated) != found => Some(format!(
            "the HAR file says that the body had {stated} bytes, but its text has {}: the export \
             may have changed it",
            body.len()
        )),
        _ => None,
    };
    Ok((body, note))
}
