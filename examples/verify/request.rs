//! A raw HTTP/1.1 request, as a file holds it.

use httparse::{EMPTY_HEADER, Status};

use crate::arguments::WrongUse;

pub struct Request<'f> {
    pub method: &'f str,
    pub target: &'f str,
    /// In the order of the file, repeated ones and all: whether a repeated
    /// header is harmless is the verifier's to say.
    pub headers: Vec<(&'f str, &'f [u8])>,
    pub body: Body<'f>,
}

pub enum Body<'f> {
    Whole(&'f [u8]),
    Chunked(Vec<&'f [u8]>),
}

/// More headers than servers let pass: the usual limit is about 100.
const MAX_HEADERS: usize = 128;

impl<'f> Request<'f> {
    pub fn parse(file: &'f [u8]) -> Result<Self, WrongUse> {
        let mut headers = [EMPTY_HEADER; MAX_HEADERS];
        let mut head = httparse::Request::new(&mut headers);
        let rest = match head.parse(file) {
            Ok(Status::Complete(length)) => &file[length..],
            Ok(Status::Partial) if file.is_empty() => return wrong("the file is empty"),
            Ok(Status::Partial) => {
                return wrong("not an HTTP request: no empty line ends its headers");
            }
            Err(httparse::Error::TooManyHeaders) => {
                return wrong(format!("more than {MAX_HEADERS} headers"));
            }
            Err(error) => return wrong(format!("not an HTTP/1.1 request: {error}")),
        };
        let headers: Vec<_> = head
            .headers
            .iter()
            .map(|header| (header.name, header.value))
            .collect();
        let body = body(&headers, rest)?;
        Ok(Self {
            // A complete head has both.
            method: head.method.unwrap_or_default(),
            target: head.path.unwrap_or_default(),
            headers,
            body,
        })
    }
}

fn body<'f>(headers: &[(&str, &[u8])], rest: &'f [u8]) -> Result<Body<'f>, WrongUse> {
    let values = |name: &str| -> Vec<&[u8]> {
        let named = headers
            .iter()
            .filter(|header| header.0.eq_ignore_ascii_case(name));
        named.map(|header| header.1).collect()
    };
    let coding = values("transfer-encoding");
    match (&coding[..], &values("content-length")[..]) {
        ([], []) => Ok(Body::Whole(rest)),
        ([], [length]) => sized(rest, length),
        ([coding], []) if coding.eq_ignore_ascii_case(b"chunked") => chunked(rest),
        ([_], []) => wrong("the Transfer-Encoding is not chunked alone, the only one that is read"),
        // Two statements about where a body ends can make two bodies of one:
        // that is how requests are smuggled past a proxy.
        _ => wrong("several Content-Length or Transfer-Encoding headers; a request has one"),
    }
}

fn sized<'f>(rest: &'f [u8], length: &[u8]) -> Result<Body<'f>, WrongUse> {
    let stated = str::from_utf8(length)
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse::<usize>().ok());
    let Some(stated) = stated else {
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
    Ok(Body::Whole(body))
}

fn chunked(mut rest: &[u8]) -> Result<Body<'_>, WrongUse> {
    let mut chunks = Vec::new();
    loop {
        let number = chunks.len() + 1;
        let (length, size) = match httparse::parse_chunk_size(rest) {
            // A line without a digit counts as size 0 there.
            Ok(Status::Complete(line)) if rest[0].is_ascii_hexdigit() => line,
            Ok(Status::Partial) => return cut_off(number),
            _ => return wrong(format!("chunk {number} has no size line ended by CR LF")),
        };
        rest = &rest[length..];
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
        chunks.push(chunk);
        rest = after;
    }
    // Trailers are read over. They are no headers: what a scheme reads has to
    // be known before the body.
    let mut trailers = [EMPTY_HEADER; MAX_HEADERS];
    match httparse::parse_headers(rest, &mut trailers) {
        Ok(Status::Complete((length, _))) => nothing_after(&rest[length..], "the last chunk")?,
        Ok(Status::Partial) => return wrong("no empty line ends the chunked body"),
        Err(error) => return wrong(format!("after the last chunk: {error}")),
    }
    Ok(Body::Chunked(chunks))
}

fn nothing_after(surplus: &[u8], end: &str) -> Result<(), WrongUse> {
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

fn cut_off<T>(chunk: usize) -> Result<T, WrongUse> {
    wrong(format!(
        "the file ends within chunk {chunk}: it was cut off, or an editor changed its line ends"
    ))
}

fn wrong<T>(message: impl Into<String>) -> Result<T, WrongUse> {
    Err(WrongUse(message.into()))
}
