//! Raw HTTP/1.1 requests, as received from a socket.

use httparse::{EMPTY_HEADER, Status};

use super::{Capture, Lengths, values};
use crate::error::{Result, wrong};

/// Servers accept fewer headers: their usual limit is about 100.
pub const MAX_HEADERS: usize = 128;

/// Reads a file with one request.
pub fn parse(file: &[u8], lengths: Lengths) -> Result<Capture> {
    let (mut capture, start) = parse_raw_head(file)?;
    let rest = file.get(start..).unwrap_or_default();
    capture.body = body(&capture.headers, rest, lengths)?;
    Ok(capture)
}

/// Reads a complete request that was received from a socket.
pub fn parse_raw(raw: &[u8]) -> Result<Capture> {
    parse(raw, Lengths::Strict)
}

/// Reads a head, and returns where it ends.
pub fn parse_raw_head(file: &[u8]) -> Result<(Capture, usize)> {
    let mut headers = [EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let end = match head.parse(file) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) if file.is_empty() => return wrong("the file is empty"),
        Ok(Status::Partial) => {
            return wrong("not an HTTP request: no empty line ends its headers");
        }
        Err(httparse::Error::TooManyHeaders) => {
            return wrong(format!("more than {MAX_HEADERS} headers"));
        }
        Err(error) => {
            return wrong(format!("not an HTTP/1.1 request: {error}"));
        }
    };
    let headers = head.headers.iter();
    let capture = Capture {
        number: None,
        method: head.method.map(str::to_owned),
        target: head.path.map(str::to_owned),
        headers: headers
            .map(|header| (header.name.to_owned(), header.value.to_vec()))
            .collect(),
        body: Vec::new(),
        note: None,
        unreadable: None,
    };
    Ok((capture, end))
}

fn body(headers: &[(String, Vec<u8>)], rest: &[u8], lengths: Lengths) -> Result<Vec<u8>> {
    let coding = values(headers, "transfer-encoding");
    let lenient = lengths == Lengths::Lenient;
    match (&coding[..], &values(headers, "content-length")[..]) {
        ([], []) => Ok(rest.to_vec()),
        ([], [_]) if lenient => Ok(rest.to_vec()),
        ([], [length]) => sized(rest, length).map(<[u8]>::to_vec),
        ([coding], []) if coding.eq_ignore_ascii_case(b"chunked") => chunked(rest),
        ([_], []) => wrong("the Transfer-Encoding is not just `chunked`, the only one supported"),
        // Two statements about where the body ends can be read as two
        // requests: this is how requests are smuggled past a proxy.
        _ => wrong("several Content-Length or Transfer-Encoding headers; a request has one"),
    }
}

/// Returns the number in a `Content-Length`.
pub fn content_length(value: &[u8]) -> Option<usize> {
    str::from_utf8(value)
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
}

/// Returns the body, which must have the length that the head announces.
pub fn sized<'f>(rest: &'f [u8], length: &[u8]) -> Result<&'f [u8]> {
    let Some(stated) = content_length(length) else {
        return wrong("the Content-Length is not a number of bytes");
    };
    let Some((body, surplus)) = rest.split_at_checked(stated) else {
        let (found, missing) = (rest.len(), stated - rest.len());
        return wrong(format!(
            "the body has {found} bytes, {missing} fewer than its Content-Length of {stated}: \
             the file was cut off, or an editor changed its line ends"
        ));
    };
    nothing_after(surplus, &format!("a body of Content-Length {stated}"))?;
    Ok(body)
}

fn chunked(mut rest: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    for number in 1.. {
        let (length, size) = match httparse::parse_chunk_size(rest) {
            // A line without a digit counts as size 0 there.
            Ok(Status::Complete(line)) if rest.first().is_some_and(u8::is_ascii_hexdigit) => line,
            Ok(Status::Partial) => return cut_off(number),
            _ => return wrong(format!("chunk {number} has no size line ended by CR LF")),
        };
        rest = rest.get(length..).unwrap_or_default();
        if size == 0 {
            break;
        }
        let split = usize::try_from(size)
            .ok()
            .and_then(|size| rest.split_at_checked(size));
        let Some((chunk, after)) = split else {
            return cut_off(number);
        };
        let Some(after) = after.strip_prefix(b"\r\n") else {
            return wrong(format!("chunk {number} is not followed by CR LF"));
        };
        body.extend_from_slice(chunk);
        rest = after;
    }
    // Trailers are skipped. They are not headers: a scheme reads its headers
    // before the body.
    let mut trailers = [EMPTY_HEADER; MAX_HEADERS];
    match httparse::parse_headers(rest, &mut trailers) {
        Ok(Status::Complete((length, _))) => {
            nothing_after(rest.get(length..).unwrap_or_default(), "the last chunk")?;
        }
        Ok(Status::Partial) => return wrong("no empty line ends the chunked body"),
        Err(error) => return wrong(format!("after the last chunk: {error}")),
    }
    Ok(body)
}

fn nothing_after(surplus: &[u8], end: &str) -> Result<()> {
    let count = match surplus.len() {
        1 => "1 byte".into(),
        count => format!("{count} bytes"),
    };
    match surplus {
        [] => Ok(()),
        b"\n" | b"\r\n" => wrong(format!(
            "{count} too many after {end}: a line break, as editors add it; remove it"
        )),
        _ => wrong(format!(
            "{count} too many after {end}: \
             the file holds more than one request, or an editor changed its line ends"
        )),
    }
}

fn cut_off<T>(chunk: usize) -> Result<T> {
    wrong(format!(
        "the file ends within chunk {chunk}: it was cut off, or an editor changed its line ends"
    ))
}
