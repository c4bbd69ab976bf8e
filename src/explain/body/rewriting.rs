//! Bodies that were parsed and written again: JSON and forms.

use alloc::format;
use alloc::vec::Vec;

use super::super::change::Change;
use super::super::form;
use super::super::json::{Escapes, Html, Json, Numbers, Spacing, Style, unescaped};
use super::super::received::Received;
use super::{Bodies, Effort, MAX_UNPACKED};

const RAW: &str = "verify the raw bytes of the body, before anything reads or parses it";

/// The maximum length of a JSON body whose names are reordered.
const MAX_REORDERED: usize = 16 * 1024;

const fn escapes(ascii: Option<bool>, slash: bool, html: Html) -> Escapes {
    Escapes { ascii, slash, html }
}

/// How JSON writers escape strings: JavaScript, Rust and Ruby; Python; PHP; Go; Gson; .NET;
/// and the combinations that their options allow.
pub(super) const ESCAPES: [Escapes; 12] = [
    escapes(None, false, Html::Plain),
    escapes(Some(false), false, Html::Plain),
    escapes(Some(false), true, Html::Plain),
    escapes(None, true, Html::Plain),
    escapes(None, false, Html::Go),
    escapes(None, false, Html::Gson),
    escapes(Some(true), false, Html::DotNet),
    escapes(Some(true), false, Html::Plain),
    escapes(Some(true), true, Html::Plain),
    escapes(Some(false), false, Html::Go),
    escapes(Some(false), false, Html::Gson),
    escapes(None, true, Html::Go),
];

/// The spacings of common writers: Python, JavaScript, editors and pretty-printing
/// options.
const SPACINGS: [Spacing; 6] = [
    Spacing::Kept,
    Spacing::COMPACT,
    Spacing::SPACED,
    Spacing::lines("  ", ": ", "\n"),
    Spacing::lines("    ", ": ", "\n"),
    Spacing::inline(": ", ",", ""),
];

/// Rarer spacings: Jackson, .NET on Windows, PowerShell, and texts that were written by hand.
const RARE_SPACINGS: [Spacing; 14] = [
    Spacing::lines("\t", ": ", "\n"),
    Spacing::Lines {
        indent: "  ",
        colon: " : ",
        end: "\n",
        inline_arrays: true,
    },
    Spacing::lines("  ", " : ", "\n"),
    Spacing::lines("  ", ": ", "\r\n"),
    Spacing::lines("    ", ": ", "\r\n"),
    Spacing::lines("    ", ":  ", "\r\n"),
    Spacing::lines("    ", ":  ", "\n"),
    Spacing::lines("", ": ", "\n"),
    Spacing::lines("   ", ": ", "\n"),
    Spacing::inline(":", ", ", ""),
    Spacing::inline(" : ", ",", ""),
    Spacing::inline(" : ", ", ", ""),
    Spacing::inline(": ", ", ", " "),
    Spacing::inline(":", ",", " "),
];

const NUMBERS: [Numbers; 4] = [
    Numbers::Kept,
    Numbers::TwoDigits,
    Numbers::Shortest,
    Numbers::OneDigit,
];

/// The most numbers that are changed one by one.
const MAX_NUMBERS: usize = 6;

/// Adds JSON with other spacing, escapes, numbers and orders of names.
pub(super) fn rewritten_json(bodies: &mut Bodies, body: &[u8], effort: Effort) {
    let text = match core::str::from_utf8(body) {
        Ok(text) if body.len() <= MAX_UNPACKED => text,
        _ => return,
    };
    let Some(json) = Json::read(text) else {
        return;
    };
    let mut keep = |style: Style| {
        if !bodies.is_full()
            && let Some(written) = json.write(&style)
        {
            bodies.keep(written, &json_change(&style));
        }
    };
    // Styles that differ in one way, then in several.
    for spacing in SPACINGS.into_iter().chain(RARE_SPACINGS) {
        keep(Style {
            spacing,
            ..Style::KEPT
        });
    }
    for escapes in ESCAPES {
        let escapes = Some(escapes);
        keep(Style {
            escapes,
            ..Style::KEPT
        });
    }
    for numbers in NUMBERS {
        keep(Style {
            numbers,
            ..Style::KEPT
        });
    }
    if effort == Effort::Little {
        return;
    }
    if json.numbers() <= MAX_NUMBERS {
        for places in 1..1_u32 << json.numbers() {
            for after in [".0", ".00"] {
                for spacing in [Spacing::Kept, Spacing::SPACED, Spacing::COMPACT] {
                    keep(Style {
                        spacing,
                        numbers: Numbers::Some(places, after),
                        ..Style::KEPT
                    });
                }
            }
        }
    }
    for sorted in [false, true] {
        for numbers in NUMBERS {
            for spacing in SPACINGS {
                for escapes in [None].into_iter().chain(ESCAPES.map(Some)) {
                    keep(Style {
                        spacing,
                        escapes,
                        numbers,
                        sorted,
                    });
                }
            }
        }
        for spacing in RARE_SPACINGS {
            for escapes in [None].into_iter().chain(ESCAPES.map(Some)) {
                keep(Style {
                    spacing,
                    escapes,
                    numbers: Numbers::Kept,
                    sorted,
                });
            }
        }
    }
}

/// The maximum length of a body whose `null`s are changed.
const MAX_EMPTIED: usize = 64 * 1024;

/// The most `null`s that are changed one by one, and the most strings that are changed.
const MAX_NULLS: usize = 5;
const MAX_STRINGS: usize = 16;

/// Adds JSON with other values, in the styles of most senders.
fn keep_written(bodies: &mut Bodies, json: &Json<'_>, change: &Change) {
    let escapes = [None]
        .into_iter()
        .chain(ESCAPES.into_iter().take(5).map(Some));
    for escapes in escapes {
        for spacing in [Spacing::Kept, Spacing::COMPACT, Spacing::SPACED] {
            let style = Style {
                spacing,
                escapes,
                ..Style::KEPT
            };
            if !bodies.is_full()
                && let Some(written) = json.write(&style)
            {
                bodies.keep(written, change);
            }
        }
    }
}

/// Adds the JSON before its empty strings became `null`: for all `null`s or, with more effort,
/// for some.
pub(super) fn emptied_json(bodies: &mut Bodies, body: &[u8], effort: Effort) {
    let json = core::str::from_utf8(body).ok().and_then(Json::read);
    let Some(json) = json.filter(|_| body.len() <= MAX_EMPTIED) else {
        return;
    };
    let change = Change::new(
        "body-json-emptied",
        "the JSON body was parsed and written again, and its empty strings became `null`, as \
         Laravel's `ConvertEmptyStringsToNull` does",
        RAW,
    );
    let (nulls, _) = json.nulls_and_strings();
    if nulls.is_empty() {
        return;
    }
    if effort == Effort::Little {
        let emptied =
            json.with_values(|place| nulls.binary_search(&place).is_ok().then_some("\"\""));
        keep_written(bodies, &emptied, &change);
    } else if nulls.len() <= MAX_NULLS {
        // The last combination, with all of them, is already tried with little effort.
        for places in 1..(1_u32 << nulls.len()) - 1 {
            let emptied = json.with_values(|place| {
                let number = nulls.binary_search(&place).ok()?;
                let number = u32::try_from(number).ok()?;
                (places.checked_shr(number)? & 1 == 1).then_some("\"\"")
            });
            keep_written(bodies, &emptied, &change);
        }
    }
}

/// Adds the JSON before a string lost the white space at its ends.
pub(super) fn trimmed_json(bodies: &mut Bodies, body: &[u8]) {
    let json = core::str::from_utf8(body).ok().and_then(Json::read);
    let Some(json) = json.filter(|_| body.len() <= MAX_REORDERED) else {
        return;
    };
    let change = Change::new(
        "body-json-trimmed",
        "the JSON body was parsed and written again, and a string in it lost the white space at \
         one end, as Laravel's `TrimStrings` does",
        RAW,
    );
    let (_, strings) = json.nulls_and_strings();
    for (changed, text) in strings.into_iter().take(MAX_STRINGS) {
        let Some(inner) = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
        else {
            continue;
        };
        for (before, after) in [
            ("", " "),
            (" ", ""),
            (" ", " "),
            ("", "\\n"),
            ("", "\\r\\n"),
        ] {
            let spaced = format!("\"{before}{inner}{after}\"");
            let spaced = json.with_values(|place| (place == changed).then_some(&*spaced));
            keep_written(bodies, &spaced, &change);
        }
    }
}

/// The most orders of the names, and the most bytes in all of them. Beyond that, none is tried.
const MAX_ORDERS: usize = 5040;
const MAX_REORDERED_BYTES: usize = 4 << 20;

/// Tries JSON whose names were sorted in transit, in each order that they may have had. `is_it`
/// returns whether a body is the signed one.
pub(in crate::explain) fn reordered(
    received: &Received<'_>,
    mut is_it: impl FnMut(&[u8], &Change) -> bool,
) -> bool {
    let text = core::str::from_utf8(received.body).unwrap_or_default();
    let Some(json) = Json::read(text).filter(|_| text.len() <= MAX_REORDERED) else {
        return false;
    };
    let orders = json.orders();
    let bytes = orders.saturating_mul(text.len());
    if !(2..=MAX_ORDERS).contains(&orders) || bytes > MAX_REORDERED_BYTES {
        return false;
    }
    let style = Style {
        sorted: true,
        ..Style::KEPT
    };
    for spacing in [Spacing::COMPACT, Spacing::SPACED] {
        let style = Style { spacing, ..style };
        let change = json_change(&style);
        for number in 0..orders {
            let arranged = json.in_order(number);
            let unsorted = Style {
                sorted: false,
                ..style
            };
            let written = arranged.and_then(|json| json.write(&unsorted));
            if written.is_some_and(|body| is_it(&body, &change)) {
                return true;
            }
        }
    }
    false
}

/// The most colons and commas after which spaces are tried one by one.
const MAX_SEPARATORS: usize = 6;

/// Adds JSON that was written by hand, with a space after some of the colons and commas.
pub(super) fn unevenly_spaced_json(bodies: &mut Bodies, body: &[u8]) {
    let json = core::str::from_utf8(body).ok().and_then(Json::read);
    let is_short = |json: &Json<'_>| json.separators() <= MAX_SEPARATORS;
    let Some(json) = json.filter(|json| is_short(json) && body.len() <= MAX_REORDERED) else {
        return;
    };
    for places in 0..1_u32 << json.separators() {
        if bodies.is_full() {
            return;
        }
        for numbers in [Numbers::Kept, Numbers::TwoDigits] {
            for escapes in [None].into_iter().chain(ESCAPES.map(Some)) {
                let style = Style {
                    spacing: Spacing::After(places),
                    escapes,
                    numbers,
                    sorted: false,
                };
                if let Some(written) = json.write(&style) {
                    bodies.keep(written, &json_change(&style));
                }
            }
        }
    }
}

/// Returns the change that a style of JSON stands for.
fn json_change(style: &Style) -> Change {
    let mut differs: Vec<&str> = Vec::new();
    if style.spacing != Spacing::Kept {
        differs.push(match style.spacing {
            Spacing::COMPACT => "the white space (the sender writes none)",
            Spacing::SPACED => "the white space (the sender writes a space after `:` and `,`)",
            Spacing::Lines { .. } => "the white space (the sender writes lines)",
            _ => "the white space",
        });
    }
    if style.escapes.is_some() {
        differs.push("the escapes in strings (`\\u…`, `\\/`)");
    }
    if style.numbers != Numbers::Kept {
        differs.push("how numbers are written (`10.00`, `10.0`, `10`)");
    }
    if style.sorted {
        differs.push("the order of the names (sorted keys)");
    }
    Change::new(
        "body-json-rewritten",
        format!(
            "the JSON body was parsed and written again (re-serialised): what differs is {}",
            differs.join(" and ")
        ),
        RAW,
    )
}

/// Adds forms that were encoded in another way, and the values of their fields.
pub(super) fn rewritten_form(bodies: &mut Bodies, body: &[u8]) {
    let re_encoded = Change::new(
        "body-form-rewritten",
        "the form body was decoded and encoded again (re-encoded): other characters are \
         escaped, or escaped in another way",
        RAW,
    );
    if form::looks_like_form(body) && body.len() <= MAX_UNPACKED {
        bodies.keep_all(form::rewritten(body), &re_encoded);
        let decoded = Change::new(
            "body-form-field",
            "the received body is a form, but what was signed is the decoded value of one of \
             its fields",
            "the sender offers JSON or a form; choose JSON, or verify the value of the field",
        );
        bodies.keep_all(form::values(body).into_iter().take(16), &decoded);
    }
    let Ok(text) = core::str::from_utf8(body) else {
        return;
    };
    let whole_decoded: Vec<u8> = percent_encoding::percent_decode_str(text).collect();
    let encoded = Change::new(
        "body-percent-encoded",
        "the received body is percent-encoded, but the sender's is not",
        RAW,
    );
    bodies.keep(whole_decoded, &encoded);
    let spaced = percent_encoding::percent_decode_str(&text.replace('+', " ")).collect();
    bodies.keep(spaced, &encoded);
    let no_form = Change::new(
        "body-form-decoded",
        "the sender sent and signed a form, but only a decoded value of it was passed on",
        "verify the raw bytes of the form, and decode it afterwards",
    );
    for name in ["payload", "data", "json", "body"] {
        let value = form::encoded_value(text);
        bodies.keep(format!("{name}={value}").into_bytes(), &no_form);
    }
    if let Some(json) =
        Json::read(text).filter(|json| json.is_flat_object() && body.len() <= MAX_REORDERED)
    {
        let parsed = Change::new(
            "body-form-parsed",
            "the sender sent and signed a form, and it was parsed and written as JSON",
            "verify the raw bytes of the form, and parse it afterwards",
        );
        let fields = json.fields().into_iter().map(|(name, value)| {
            let value = unescaped(value).unwrap_or_else(|| value.into());
            (name.into_bytes(), Some(value.into_bytes()))
        });
        bodies.keep_all(form::written(&fields.collect::<Vec<_>>()), &parsed);
    }
    if body.contains(&b'=') && body.len() <= MAX_UNPACKED {
        // A form that was decoded as a whole, such as `a=b c&d=é`.
        bodies.keep_all(form::rewritten(body), &re_encoded);
    }
}
