//! Recognizes files that people save by mistake and that hold no request.

use crate::error::{Result, wrong};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Refuses a file that is certainly not a request, and says what it is and what to do.
pub fn refuse(file: &[u8]) -> Result<()> {
    if is_utf16(file) {
        return wrong(
            "it is UTF-16, as PowerShell and some editors write files; a body is verified byte for \
             byte, so capture it again, or convert it back: `iconv -f UTF-16 -t UTF-8`",
        );
    }
    // JSON readers skip the mark.
    if let Some(rest) = file.strip_prefix(BYTE_ORDER_MARK)
        && !rest.trim_ascii_start().starts_with(b"{")
    {
        return wrong(
            "it begins with a byte order mark, as some editors save files; remove it with \
             `tail -c +4`",
        );
    }
    let start = file.trim_ascii_start();
    if start.starts_with(b"HTTP/") {
        return wrong(
            "not an HTTP request: it is a response (`HTTP/…` in its first line); capture what the \
             sender sent, for example with `hookseal listen --save DIR`",
        );
    }
    let begins = |text: &str| {
        let own = start.get(..text.len()).unwrap_or_default();
        own.eq_ignore_ascii_case(text.as_bytes())
    };
    if begins("<!doctype") || begins("<html") {
        return wrong(
            "not an HTTP request: it is an HTML page; if it is the page of a request inspector, \
             save the raw request that it shows, with the bytes of its body",
        );
    }
    Ok(())
}

/// Returns whether the file begins with the byte order mark of UTF-16, or has a zero byte in
/// each of its first characters.
fn is_utf16(file: &[u8]) -> bool {
    match file {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [first, 0, second, 0, ..] | [0, first, 0, second, ..] => *first != 0 && *second != 0,
        _ => false,
    }
}
