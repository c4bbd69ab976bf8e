//! Tests that the documentation of the catalogue matches the data: the table of all
//! schemes, the page of each, and `schemes.json`.
//!
//! `UPDATE=1 cargo test --test catalogue` rewrites what is generated from the data: the
//! table, the JSON, the first rows of each page, and the examples from vectors.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use hookseal::scheme::{
    Algorithm, Encoding, Field, Form, Handshake, Part, Scheme, SecretForm, SignatureField,
    TimeFormat,
};
use hookseal::{ReplayWindow, schemes};
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a file with the data, or writes it.
fn agree(path: &Path, wanted: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, wanted).unwrap();
    }
    let found = fs::read_to_string(path).unwrap();
    assert!(
        found == wanted,
        "{}: see tests/catalogue.rs",
        path.display()
    );
}

fn const_name(scheme: &Scheme<'_>) -> String {
    scheme.name.to_uppercase().replace('-', "_")
}

#[test]
fn the_documented_table_is_that_of_the_data() {
    let mut table = String::from(
        "| scheme | sender | signature | signed | expires | secret |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    let pages = pages();
    for scheme in schemes::ALL {
        writeln!(
            table,
            "| [`{}`] | {} | {}: {} | {} | {} | {} |",
            const_name(scheme),
            pages[&const_name(scheme)].title,
            place(scheme),
            list(scheme.forms, form),
            signed(scheme),
            expires(scheme),
            secret(scheme.secret),
        )
        .unwrap();
    }
    agree(&root().join("src/schemes/table.md"), &table);
}

#[test]
fn every_scheme_has_a_name_of_its_own_and_its_source() {
    let mut names = HashSet::new();
    for scheme in schemes::ALL {
        assert!(names.insert(scheme.name), "{}", scheme.name);
        assert_eq!(schemes::by_name(scheme.name), Some(*scheme));
        let is_name = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
        };
        assert!(scheme.name.chars().all(is_name), "{}", scheme.name);
        assert!(scheme.source.starts_with("https://"), "{}", scheme.name);
    }
    assert_eq!(schemes::by_name("Pakk"), None);
    assert_eq!(schemes::by_name(""), None);
    assert!(schemes::ALL.is_sorted_by_key(|scheme| const_name(scheme)));
}

#[test]
fn the_catalogue_has_every_scheme_that_is_declared() {
    let declared: Vec<String> = pages().into_keys().collect();
    let listed: Vec<String> = schemes::ALL.iter().map(const_name).collect();
    assert_eq!(declared, listed);
}

// The page of a scheme: the documentation of its `const`, as it is in the source.

struct Page {
    file: PathBuf,
    /// The lines of the file that the page occupies.
    lines: Range<usize>,
    /// The first line up to the colon.
    title: String,
    /// The text without slashes.
    text: Vec<String>,
}

/// Returns the page of each `const`, by its name.
fn pages() -> BTreeMap<String, Page> {
    let mut pages = BTreeMap::new();
    for entry in fs::read_dir(root().join("src/schemes")).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let source = fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = source.lines().collect();
        for (place, line) in lines.iter().enumerate() {
            let Some(rest) = line.strip_prefix("pub const ") else {
                continue;
            };
            let Some((name, _)) = rest.split_once(": Scheme<'static> =") else {
                continue;
            };
            let documented = lines[..place].iter().rev();
            let length = documented
                .take_while(|line| line.starts_with("///"))
                .count();
            let text: Vec<String> = lines[place - length..place]
                .iter()
                .map(|line| {
                    let line = line.trim_start_matches("///");
                    line.strip_prefix(' ').unwrap_or(line).to_owned()
                })
                .collect();
            let title = text.first().and_then(|line| line.split_once(':'));
            let page = Page {
                file: file.clone(),
                lines: place - length..place,
                title: title
                    .unwrap_or_else(|| panic!("{name}: no title"))
                    .0
                    .to_owned(),
                text,
            };
            assert!(pages.insert(name.to_owned(), page).is_none(), "{name}");
        }
    }
    pages
}

/// Returns the rows with which a page must begin, in this order. A text is generated
/// from the data, and is the whole cell or its beginning.
fn rows(scheme: &Scheme<'_>) -> [(&'static str, Option<String>); 8] {
    let written = format!("{}: {}", place(scheme), list(scheme.forms, form));
    [
        ("signature", Some(written)),
        ("signed", Some(signed(scheme))),
        ("expires", Some(expires(scheme))),
        ("secret", Some(secret(scheme.secret).into())),
        ("not signed", None),
        ("after a failure", None),
        ("source", Some(format!("<{}>", scheme.source))),
        ("checked", None),
    ]
}

/// The allowed beginnings of the row `checked`.
const CHECKED: [&str; 4] = [
    "the sender's own known answer",
    "an SDK's test",
    "an independent implementation",
    "documentation only",
];

impl Page {
    fn cell(&self, row: &str) -> Option<&str> {
        let start = format!("| {row} | ");
        let mut lines = self.text.iter();
        let found = lines.find_map(|line| line.strip_prefix(&start))?;
        found.strip_suffix(" |")
    }

    /// Returns the page with the parts from the data generated again.
    fn made_again(&self, scheme: &Scheme<'_>, example: Option<&str>) -> Vec<String> {
        let summary = self
            .text
            .iter()
            .position(String::is_empty)
            .unwrap_or(self.text.len());
        let mut made = self.text[..summary].to_vec();
        made.extend([
            String::new(),
            "| | |".to_owned(),
            "| --- | --- |".to_owned(),
        ]);
        for (row, data) in rows(scheme) {
            let now = self.cell(row).unwrap_or("TODO");
            let cell = match (row, data) {
                ("source" | "secret", Some(data)) => match now.strip_prefix(&data) {
                    Some(rest) => format!("{data}{rest}"),
                    None => format!("{data}, TODO"),
                },
                (_, Some(data)) => data,
                (_, None) => now.to_owned(),
            };
            made.push(format!("| {row} | {cell} |"));
        }
        if let Some(handshake) = scheme.handshake {
            let link = "[handshake](Scheme::handshake)";
            made.push(format!("| {link} | {} |", asked(handshake)));
        }
        let mut rest = self.text[summary..].iter().peekable();
        while rest
            .next_if(|line| line.is_empty() || line.starts_with('|'))
            .is_some()
        {}
        let mut rest: Vec<String> = rest.cloned().collect();
        if let Some(example) = example {
            let start = rest.iter().position(|line| line == "# Examples");
            let start = start.unwrap_or(rest.len());
            let mut kept = rest.split_off(start);
            let end = kept.iter().skip(1).position(|line| {
                line.starts_with("# ") && !line.starts_with("# Ok") && !line.starts_with("# if")
            });
            let after = end.map_or(Vec::new(), |end| kept.split_off(end + 1));
            if rest.last().is_some_and(|line| !line.is_empty()) {
                rest.push(String::new());
            }
            rest.extend(example.lines().map(str::to_owned));
            if !after.is_empty() {
                rest.push(String::new());
                rest.extend(after);
            }
        }
        if !rest.is_empty() {
            made.push(String::new());
            made.extend(rest);
        }
        made
    }
}

/// The first schemes' examples are written by hand, and show more.
const BY_HAND: [&str; 6] = [
    "hubpay",
    "pakk",
    "paminga",
    "pomelo",
    "pomelo-body-first",
    "standard-webhooks",
];

#[test]
fn every_page_says_what_the_data_says() {
    let examples = examples();
    let mut files = BTreeMap::<PathBuf, Vec<_>>::new();
    for (name, page) in pages() {
        let mut all = schemes::ALL.iter();
        let scheme = all.find(|scheme| const_name(scheme) == name).unwrap();
        let example = match BY_HAND.contains(&scheme.name) {
            true => None,
            false => Some(&*examples[scheme.name]),
        };
        let made = page.made_again(scheme, example);
        files.entry(page.file).or_default().push((page.lines, made));
    }
    for (file, mut pages) in files {
        let source = fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = source.lines().collect();
        pages.sort_by_key(|(range, _): &(Range<usize>, Vec<String>)| range.start);
        let mut made = String::new();
        let mut end = 0;
        for (range, page) in pages {
            for line in &lines[end..range.start] {
                writeln!(made, "{line}").unwrap();
            }
            for line in page {
                writeln!(made, "{}", format!("/// {line}").trim_end()).unwrap();
            }
            end = range.end;
        }
        for line in &lines[end..] {
            writeln!(made, "{line}").unwrap();
        }
        agree(&file, &made);
    }
}

#[test]
fn every_page_has_all_rows() {
    for (name, page) in pages() {
        for (row, _) in rows(schemes::ALL.first().unwrap()) {
            let cell = page.cell(row).unwrap_or_else(|| panic!("{name}: no {row}"));
            assert!(!cell.is_empty() && !cell.contains("TODO"), "{name}: {row}");
        }
        let checked = page.cell("checked").unwrap();
        assert!(
            CHECKED.iter().any(|by| checked.starts_with(by)),
            "{name}: {checked}"
        );
        let source = page.cell("source").unwrap();
        assert!(source.contains(", read 2026-"), "{name}: {source}");
        assert!(!page.text[0].contains("TODO"), "{name}: {}", page.text[0]);
        if page.cell("expires") == Some("never") {
            let text = page.text.join(" ");
            assert!(
                text.contains("verifies forever"),
                "{name}: say that it does not expire"
            );
        }
    }
}

#[test]
fn the_list_for_other_tools_is_that_of_the_data() {
    let pages = pages();
    let mut lines = Vec::new();
    for scheme in schemes::ALL {
        let page = &pages[&const_name(scheme)];
        let mut entry = json!({
            "name": scheme.name,
            "const": const_name(scheme),
            "sender": page.title,
        });
        for (row, _) in rows(scheme) {
            entry[row.replace(' ', "_")] = Value::from(page.cell(row).unwrap());
        }
        entry["source"] = Value::from(scheme.source);
        entry["handshake"] = Value::from(scheme.handshake.map(asked));
        entry["expires"] = match scheme.timestamp {
            None => Value::Null,
            Some(_) => Value::from(window(scheme).past_secs()),
        };
        lines.push(entry.to_string());
    }
    let json = format!("[\n{}\n]\n", lines.join(",\n"));
    agree(&root().join("schemes.json"), &json);
}

// The examples: a valid case of the vectors, and the same with another body.

fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for file in ["senders.json", "more-senders.json"] {
        let path = root().join("tests/vectors").join(file);
        let read: Vec<Value> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        cases.extend(read);
    }
    cases
}

/// Returns the example of each scheme that has vectors, by its name.
fn examples() -> BTreeMap<String, String> {
    let mut examples = BTreeMap::new();
    for case in cases() {
        // A published signature if there is one, or the third body, which is short.
        let name = case["name"].as_str().unwrap();
        if name == "valid-2" || name == "public-0" {
            examples.insert(case["scheme"].as_str().unwrap().to_owned(), example(&case));
        }
    }
    examples
}

fn example(case: &Value) -> String {
    let scheme = schemes::by_name(case["scheme"].as_str().unwrap()).unwrap();
    let constant = const_name(&scheme);
    let mut text = String::from("# Examples\n\n```\n");
    let uses_head = scheme
        .signed
        .iter()
        .any(|part| matches!(part, Part::Method | Part::Target));
    let has_key_ids = case["options"].get("key_ids").is_some();
    let mut used = vec!["Webhook", "schemes"];
    used.extend(uses_head.then_some("Head"));
    used.extend(has_key_ids.then_some("Key"));
    if scheme.timestamp.is_some() {
        text.push_str("use hookseal::clock::FixedClock;\n");
    }
    used.sort_unstable_by_key(|name| (name.starts_with(char::is_lowercase), *name));
    writeln!(text, "use hookseal::{{{}}};\n", used.join(", ")).unwrap();
    let algorithm = scheme.forms[0].algorithm;
    if matches!(algorithm, Algorithm::HmacSha1 | Algorithm::Ed25519) && scheme.forms.len() == 1 {
        writeln!(
            text,
            "# if !hookseal::scheme::Algorithm::{algorithm:?}.is_available() {{ return Ok(()); }}"
        )
        .unwrap();
    }
    let at = match case["options"].get("url").and_then(Value::as_str) {
        Some(url) => format!(".at({url:?})"),
        None => String::new(),
    };
    let mut secrets = Vec::new();
    for (place, secret) in case["secrets"].as_array().unwrap().iter().enumerate() {
        let secret = secret.as_str().unwrap();
        secrets.push(match case["options"].get("key_ids") {
            Some(ids) => format!(
                "Key::from({secret:?}).with_id({:?})",
                ids[place].as_str().unwrap()
            ),
            None => format!("{secret:?}"),
        });
    }
    let secrets = match &secrets[..] {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    match scheme.timestamp {
        None => writeln!(text, "let webhook = Webhook::new(schemes::{constant}{at}, {secrets})?;"),
        Some(_) => writeln!(
            text,
            "let webhook = Webhook::new(schemes::{constant}{at}, {secrets})?\n    .with_clock(FixedClock::at({}));",
            grouped(case["now"].as_u64().unwrap())
        ),
    }
    .unwrap();
    let headers = case["headers"].as_array().unwrap();
    let header = |header: &Value| {
        format!(
            "({:?}, {:?})",
            header[0].as_str().unwrap(),
            header[1].as_str().unwrap()
        )
    };
    match &headers[..] {
        [one] => writeln!(text, "let headers = [{}];", header(one)).unwrap(),
        several => {
            text += "let headers = [\n";
            for one in several {
                writeln!(text, "    {},", header(one)).unwrap();
            }
            text += "];\n";
        }
    }
    let head = if uses_head {
        let url = case["url"]
            .as_str()
            .unwrap()
            .strip_prefix("https://")
            .unwrap();
        let target = &url[url.find('/').unwrap()..];
        writeln!(
            text,
            "let head = Head::new({:?}, {target:?}, &headers);",
            case["method"].as_str().unwrap()
        )
        .unwrap();
        "&head"
    } else {
        "&headers"
    };
    let body = BASE64
        .decode(case["body_base64"].as_str().unwrap().as_bytes())
        .unwrap();
    let body = str::from_utf8(&body).unwrap();
    let literal = if body.contains(['\n', '\r', '\\']) || !body.is_ascii() {
        format!("{body:?}.as_bytes()")
    } else if body.contains('"') {
        format!("br#\"{body}\"#")
    } else {
        format!("b{body:?}")
    };
    writeln!(text, "assert!(webhook.verify({head}, {literal}).is_ok());").unwrap();
    writeln!(
        text,
        "assert!(webhook.verify({head}, b\"another body\").is_err());"
    )
    .unwrap();
    text += "# Ok::<(), hookseal::ConfigError>(())\n```";
    text
}

/// Formats a number with an underscore before every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    grouped
}

// What the data says, in words.

fn header(scheme: &Scheme<'_>, name: &str) -> String {
    match scheme.header_prefix {
        Some(prefix) => format!("`{prefix}-{name}`"),
        None => format!("`{name}`"),
    }
}

fn place(scheme: &Scheme<'_>) -> String {
    match scheme.signature {
        SignatureField::Header(name) => header(scheme, name),
        SignatureField::List { header: name, .. } => format!("list in {}", header(scheme, name)),
        SignatureField::Headers(names) => list(names, |name| header(scheme, name)),
        SignatureField::Numbered(name) => header(scheme, &format!("{name}-1")) + ", `-2` and so on",
        SignatureField::Repeated(name) => header(scheme, name) + ", repeated",
        _ => unreachable!("a new place"),
    }
}

fn list<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    items.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn form(form: &Form<'_>) -> String {
    let encoding = match form.encoding {
        Encoding::Hex => "hex",
        Encoding::Base64 => "base64",
        Encoding::Base64Url => "base64url",
        _ => unreachable!("a new encoding"),
    };
    let prefix = match (form.after_key_id, form.prefix) {
        (Some(after), _) => format!("key id `{after}` "),
        (None, "") => String::new(),
        (None, prefix) => format!("`{prefix}` "),
    };
    match form.algorithm {
        Algorithm::HmacSha256 => format!("{prefix}{encoding}"),
        other => format!("{prefix}{encoding} of {other}"),
    }
}

fn signed(scheme: &Scheme<'_>) -> String {
    let mut signed = String::new();
    for part in scheme.signed {
        let (text, is_text) = match part {
            Part::Text("\n") => ("line feed".into(), true),
            Part::Text(text) => (format!("`{text}`"), true),
            Part::Body => ("body".into(), false),
            Part::CanonicalBody => ("canonical body".into(), false),
            Part::Timestamp => ("timestamp".into(), false),
            Part::MessageId => ("id".into(), false),
            Part::KeyId => ("key id".into(), false),
            Part::Header(name) => (header(scheme, name), false),
            Part::Method => ("method".into(), false),
            Part::Target => ("target".into(), false),
            Part::Endpoint => ("endpoint".into(), false),
            Part::HeaderNames => ("names of headers".into(), false),
            Part::HeaderValues(_) | Part::HeaderPairs { .. } => ("headers".into(), false),
            _ => unreachable!("a new part"),
        };
        if !signed.is_empty() {
            signed += if is_text || signed.ends_with('`') || signed.ends_with("feed") {
                " "
            } else {
                ", "
            };
        }
        signed += &text;
    }
    signed
}

/// Describes what the receiver must do in a handshake.
fn asked(handshake: Handshake<'_>) -> String {
    match handshake {
        Handshake::EchoField { field, .. } => {
            format!("echo the field `{field}` of a signed request")
        }
        Handshake::SignField { field, .. } => {
            format!("answer with the MAC of the field `{field}` of a signed request")
        }
        Handshake::Fixed { answer, .. } => format!("answer `{answer}` to a signed request"),
        Handshake::EchoQuery {
            parameter,
            verify_token,
        } => {
            let of_verify_token = verify_token.map_or(String::new(), |name| {
                format!(" whose `{name}` is the verify token")
            });
            format!("echo the parameter `{parameter}` of an unsigned `GET`{of_verify_token}")
        }
        Handshake::SignQuery { parameter, .. } => {
            format!("answer with the MAC of the parameter `{parameter}` of an unsigned `GET`")
        }
        Handshake::EchoHeader(name) => format!("echo the header `{name}` of an unsigned `GET`"),
        Handshake::Head => "answer 200 to an unsigned `HEAD`".into(),
        Handshake::SecretHeader(name) => {
            format!("store the secret in the header `{name}` of an unsigned `POST`")
        }
        Handshake::SecretField(field) => {
            format!("store the secret in the field `{field}` of an unsigned `POST`")
        }
        _ => unreachable!("a new handshake"),
    }
}

fn window(scheme: &Scheme<'_>) -> ReplayWindow {
    let window = scheme.window.unwrap_or(ReplayWindow::DEFAULT);
    assert_eq!(window.past_secs(), window.future_secs());
    window
}

fn expires(scheme: &Scheme<'_>) -> String {
    let Some(timestamp) = scheme.timestamp else {
        return "never".into();
    };
    let unit = match timestamp.format {
        TimeFormat::Seconds => "",
        TimeFormat::Milliseconds => " (milliseconds)",
        TimeFormat::Rfc3339 => " (RFC 3339)",
        TimeFormat::HttpDate => " (HTTP date)",
        _ => unreachable!("a new format"),
    };
    let place = match timestamp.field {
        Field::Header(name) => header(scheme, name),
        Field::Param(name) => format!("`{name}=`"),
        _ => unreachable!("a new field"),
    };
    format!("{} s after {place}{unit}", window(scheme).past_secs())
}

fn secret(form: SecretForm) -> &'static str {
    match form {
        SecretForm::Text => "text",
        SecretForm::Base64 => "base64",
        SecretForm::Hex => "hex",
        SecretForm::Whsec => "`whsec_` and base64",
        SecretForm::WhsecList => "`whsec_` and base64, one or more separated by vertical bars",
        SecretForm::Sha256OfText => "SHA-256 of the text",
        SecretForm::PublicKeyHex => "public key in hex",
        SecretForm::PublicKeyBase64 => "public key in base64",
        _ => unreachable!("a new form"),
    }
}

/// The documents state the size of the catalogue by hand.
#[test]
fn the_documents_count_the_schemes() {
    let count = format!("{} schemes", schemes::ALL.len());
    for file in ["README.md", "COMPARE.md", "src/lib.rs"] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        assert!(text.contains(&count), "{file}: {count}");
    }
}
