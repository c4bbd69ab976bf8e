//! AWS events: what an API Gateway (REST and HTTP APIs), a function URL or a load balancer
//! passes to a function.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use super::Capture;
use crate::error::{Result, wrong};

/// Reads an event.
pub fn parse(event: &Value) -> Result<Capture> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let headers = headers(event)?;
    // Version 2; version 1 and load balancers.
    let (method, target, note) = match text("/rawPath") {
        Some(path) => {
            let query = text("/rawQueryString").unwrap_or_default();
            let target = joined(path, query);
            (text("/requestContext/http/method"), Some(target), None)
        }
        None => {
            // It contains the stage, which is part of the URL.
            let path = text("/requestContext/path").or(text("/path"));
            let is_encoded = event.pointer("/requestContext/elb").is_some();
            let query = query(event, is_encoded);
            let note = (!query.is_empty() && !is_encoded).then(|| {
                "the event's query is decoded, so the target was encoded again; if the scheme \
                 signs the target, it may differ"
                    .to_owned()
            });
            let target = path.map(|path| joined(path, &query));
            (text("/httpMethod"), target, note)
        }
    };
    Ok(Capture {
        number: None,
        method: method.map(str::to_owned),
        target,
        headers,
        body: body(event)?,
        note,
        unreadable: None,
    })
}

/// Reads the headers. REST APIs send two maps, of which `headers` has only the last value of
/// each name. HTTP APIs and function URLs send `headers`, where several values are joined by
/// a comma. Load balancers send either map.
fn headers(event: &Value) -> Result<Vec<(String, Vec<u8>)>> {
    let map = |key: &str| event.get(key).and_then(Value::as_object);
    let lists = map("multiValueHeaders").filter(|map| !map.is_empty());
    let Some(map) = lists.or(map("headers")) else {
        return wrong("not an event: it has neither `headers` nor `multiValueHeaders`");
    };
    let mut headers = Vec::new();
    for (name, value) in map {
        let values = value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice);
        for value in values {
            let Some(value) = value.as_str() else {
                return wrong("not an event: the value of one of its headers is not a string");
            };
            headers.push((name.clone(), value.as_bytes().to_vec()));
        }
    }
    Ok(headers)
}

fn body(event: &Value) -> Result<Vec<u8>> {
    let text = match event.get("body") {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text,
        Some(_) => {
            return wrong(
                "the event's body is not a string: something has parsed it, so its bytes are \
                 lost; save the event as the platform passes it to the function",
            );
        }
    };
    // It is a string if something has serialised the event again.
    let is_base64 = match event.get("isBase64Encoded") {
        Some(Value::Bool(is_base64)) => *is_base64,
        Some(Value::String(text)) => text == "true",
        _ => false,
    };
    if !is_base64 {
        return Ok(text.as_bytes().to_vec());
    }
    match BASE64_STANDARD.decode(text) {
        Ok(body) => Ok(body),
        Err(_) => wrong("the event's body is flagged as base64 (`isBase64Encoded`) but is not"),
    }
}

fn query(event: &Value, is_encoded: bool) -> String {
    let map = |key: &str| event.get(key).and_then(Value::as_object);
    let empty = Map::new();
    let map = map("multiValueQueryStringParameters")
        .or(map("queryStringParameters"))
        .unwrap_or(&empty);
    let mut query = Vec::new();
    for (name, value) in map {
        let values = value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice);
        for value in values.iter().filter_map(Value::as_str) {
            query.push(if is_encoded {
                format!("{name}={value}")
            } else {
                format!("{}={}", encoded(name), encoded(value))
            });
        }
    }
    query.join("&")
}

/// Percent-encodes every character that RFC 3986 does not call unreserved.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded += &format!("%{byte:02X}");
        }
    }
    encoded
}

fn joined(path: &str, query: &str) -> String {
    if query.is_empty() {
        path.into()
    } else {
        format!("{path}?{query}")
    }
}
