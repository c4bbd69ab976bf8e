//! Writes JSON as other programs do. A text is split into its tokens, which keep what a
//! parsed value would lose: the order and repetition of names, and how each number and
//! string is written.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

/// The maximum depth of nesting that is sorted.
const MAX_DEPTH: usize = 128;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    Colon,
    Comma,
    String,
    Number,
    Word,
}

#[derive(Clone, Copy, Debug)]
struct Token<'t> {
    /// The white space before the token.
    space: &'t str,
    text: &'t str,
    kind: Kind,
}

/// A JSON text, as tokens.
pub(super) struct Json<'t> {
    tokens: Vec<Token<'t>>,
    /// The white space after the last token.
    end: &'t str,
}

/// The white space between tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spacing {
    Kept,
    /// A space after those of the first 32 colons and commas whose bits are set.
    After(u32),
    /// All in one line.
    Inline {
        colon: &'static str,
        comma: &'static str,
        /// Written inside brackets.
        padding: &'static str,
    },
    /// A line for each member.
    Lines {
        indent: &'static str,
        colon: &'static str,
        end: &'static str,
        /// Arrays are in one line, with spaces, as Jackson writes them.
        inline_arrays: bool,
    },
}

impl Spacing {
    pub(super) const COMPACT: Self = Self::inline(":", ",", "");

    /// The spacing of Python.
    pub(super) const SPACED: Self = Self::inline(": ", ", ", "");

    pub(super) const fn inline(
        colon: &'static str,
        comma: &'static str,
        padding: &'static str,
    ) -> Self {
        Self::Inline {
            colon,
            comma,
            padding,
        }
    }

    pub(super) const fn lines(
        indent: &'static str,
        colon: &'static str,
        end: &'static str,
    ) -> Self {
        Self::Lines {
            indent,
            colon,
            end,
            inline_arrays: false,
        }
    }
}

/// Says what is escaped in strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Escapes {
    /// `Some` escapes characters beyond ASCII; `Some(true)` uses upper-case digits.
    pub(super) ascii: Option<bool>,
    pub(super) slash: bool,
    pub(super) html: Html,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Html {
    Plain,
    /// `<`, `>` and `&`.
    Go,
    /// Also `=` and `'`.
    Gson,
    /// More ASCII characters, in upper case.
    DotNet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    Kept,
    /// Without the zeros at the end of a fraction.
    Shortest,
    /// Fractions with at least one digit: `10.00` as `10.0`.
    OneDigit,
    /// Fractions with two digits.
    TwoDigits,
    /// Adds this fraction to the integers whose bits are set, and writes other numbers with as
    /// many digits.
    Some(u32, &'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) spacing: Spacing,
    /// `None` keeps the escapes as they are.
    pub(super) escapes: Option<Escapes>,
    pub(super) numbers: Numbers,
    pub(super) sorted: bool,
}

impl Style {
    pub(super) const KEPT: Self = Self {
        spacing: Spacing::Kept,
        escapes: None,
        numbers: Numbers::Kept,
        sorted: false,
    };
}

impl<'t> Json<'t> {
    /// Splits a text into tokens. Returns `None` if it is neither an object nor an array, or if
    /// its brackets do not match.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        let mut tokens = Vec::new();
        let mut open = Vec::new();
        let mut is_complete = false;
        let mut rest = text;
        loop {
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            let space = rest.get(..rest.len() - trimmed.len())?;
            let Some(first) = trimmed.bytes().next() else {
                let is_whole = open.is_empty() && tokens.len() > 1;
                return is_whole.then_some(Self { tokens, end: space });
            };
            let (length, kind) = match first {
                b'{' | b'[' => {
                    open.push(first + 2);
                    (1, Kind::Open)
                }
                b'}' | b']' => {
                    if open.pop() != Some(first) {
                        return None;
                    }
                    (1, Kind::Close)
                }
                b':' => (1, Kind::Colon),
                b',' => (1, Kind::Comma),
                b'"' => (string_length(trimmed)?, Kind::String),
                b'-' | b'0'..=b'9' => (
                    run(trimmed, |byte| {
                        byte.is_ascii_digit() || b"+-.eE".contains(&byte)
                    }),
                    Kind::Number,
                ),
                b'a'..=b'z' => (run(trimmed, |byte| byte.is_ascii_lowercase()), Kind::Word),
                _ => return None,
            };
            // The text must be a single value, in brackets.
            let begins = tokens.is_empty() && kind == Kind::Open;
            let goes_on = !tokens.is_empty() && (!open.is_empty() || kind == Kind::Close);
            if !begins && !goes_on || is_complete {
                return None;
            }
            is_complete = open.is_empty() && !begins;
            let (text, after) = trimmed.split_at_checked(length)?;
            tokens.push(Token { space, text, kind });
            rest = after;
        }
    }

    /// Returns the values of an object's fields that are strings.
    pub(super) fn strings_of_object(text: &str) -> Vec<String> {
        let Some(json) = Json::read(text).filter(|_| text.trim_start().starts_with('{')) else {
            return Vec::new();
        };
        let pairs = json.tokens.windows(2);
        let values = pairs.filter_map(|pair| match pair {
            [before, value] if before.kind == Kind::Colon && value.kind == Kind::String => {
                unescaped(value.text)
            }
            _ => None,
        });
        values.take(8).collect()
    }

    /// Returns the string value of the first field with this name.
    pub(super) fn string_field(&self, name: &str) -> Option<String> {
        let mut triples = self.tokens.windows(3);
        triples.find_map(|triple| match triple {
            [key, colon, value]
                if colon.kind == Kind::Colon
                    && value.kind == Kind::String
                    && unescaped(key.text).as_deref() == Some(name) =>
            {
                unescaped(value.text)
            }
            _ => None,
        })
    }

    /// Returns how many numbers the JSON has.
    pub(super) fn numbers(&self) -> usize {
        let numbers = self.tokens.iter();
        let numbers = numbers.filter(|token| token.kind == Kind::Number);
        numbers.count()
    }

    /// Returns the fields of an object: their names, and the texts of their values.
    pub(super) fn fields(&self) -> Vec<(String, &'t str)> {
        let mut fields = Vec::new();
        let mut depth = 0_usize;
        for triple in self.tokens.windows(3) {
            let [name, colon, value] = triple else {
                continue;
            };
            match name.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                Kind::String if depth == 1 && colon.kind == Kind::Colon => {
                    if let Some(name) = unescaped(name.text)
                        && value.kind != Kind::Open
                    {
                        fields.push((name, value.text));
                    }
                }
                _ => {}
            }
        }
        fields
    }

    /// Returns whether the JSON is an object that has only strings, numbers and words.
    pub(super) fn is_flat_object(&self) -> bool {
        let brackets = |token: &&Token<'_>| matches!(token.kind, Kind::Open | Kind::Close);
        let is_object = self.tokens.first().is_some_and(|token| token.text == "{");
        is_object && self.tokens.iter().filter(brackets).count() == 2
    }

    /// Returns the numbers of the JSON, if there are at least two and each is a byte.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        let numbers = self
            .tokens
            .iter()
            .filter(|token| token.kind == Kind::Number);
        let bytes: Option<Vec<u8>> = numbers.map(|token| token.text.parse().ok()).collect();
        bytes.filter(|bytes| bytes.len() > 1)
    }

    /// Returns the values that are `null` and those that are strings, by their indices for
    /// [`with_values`](Self::with_values).
    pub(super) fn nulls_and_strings(&self) -> (Vec<usize>, Vec<(usize, &'t str)>) {
        let (mut nulls, mut strings) = (Vec::new(), Vec::new());
        for (place, token) in self.tokens.iter().enumerate() {
            let next = self.tokens.get(place + 1).map(|next| next.kind);
            match token.kind {
                Kind::Word if token.text == "null" => nulls.push(place),
                // Not a name.
                Kind::String if next != Some(Kind::Colon) => strings.push((place, token.text)),
                _ => {}
            }
        }
        (nulls, strings)
    }

    /// Returns the JSON with some values replaced.
    pub(super) fn with_values<'v>(&'v self, value: impl Fn(usize) -> Option<&'v str>) -> Json<'v> {
        let changed = |(place, token): (usize, &Token<'v>)| match value(place) {
            Some(text) => Token {
                text,
                kind: Kind::String,
                ..*token
            },
            None => *token,
        };
        Json {
            tokens: self.tokens.iter().enumerate().map(changed).collect(),
            end: self.end,
        }
    }

    /// Returns how many colons and commas the JSON has.
    pub(super) fn separators(&self) -> usize {
        let tokens = self.tokens.iter();
        tokens.filter(|token| token.is_separator()).count()
    }

    fn arranged(
        &self,
        mut order: impl FnMut(&Members<'t>) -> Vec<usize>,
    ) -> Option<Vec<Token<'t>>> {
        let (mut at, mut arranged) = (0, Vec::new());
        arrange(&self.tokens, &mut at, &mut arranged, 0, &mut order)?;
        Some(arranged)
    }

    /// Returns in how many orders the members of its objects can be written.
    pub(super) fn orders(&self) -> usize {
        let mut orders = 1_usize;
        let counted = self.arranged(|members| {
            let factorial = (1..=members.len()).fold(1_usize, usize::saturating_mul);
            orders = orders.saturating_mul(factorial);
            by_name(members)
        });
        counted.map_or(usize::MAX, |_| orders)
    }

    /// Returns the JSON with the members of its objects in another order.
    pub(super) fn in_order(&self, mut number: usize) -> Option<Self> {
        let tokens = self.arranged(|members| nth_order(members.len(), &mut number))?;
        let end = self.end;
        Some(Self { tokens, end })
    }

    /// Writes the JSON in this style.
    pub(super) fn write(&self, style: &Style) -> Option<Vec<u8>> {
        let sorted = match style.sorted {
            true => Some(self.arranged(by_name)?),
            false => None,
        };
        let tokens = sorted.as_ref().unwrap_or(&self.tokens);
        let mut written = String::new();
        let mut layout = Layout::default();
        let mut number = 0;
        let mut separators = 0;
        let mut before: Option<Token<'_>> = None;
        for token in tokens {
            let after_separator = before.is_some_and(|before| before.is_separator());
            separators += u32::from(after_separator);
            match style.spacing {
                Spacing::After(places) if after_separator => {
                    let bit = places.checked_shr(separators - 1).unwrap_or_default() & 1;
                    written.push_str(if bit == 1 { " " } else { "" });
                }
                spacing => layout.space(&mut written, spacing, before.as_ref(), token),
            }
            match token.kind {
                Kind::Number => {
                    written.push_str(&rewritten_number(token.text, style.numbers, number));
                    number += 1;
                }
                Kind::String => {
                    match style
                        .escapes
                        .and_then(|escapes| escaped(token.text, escapes))
                    {
                        Some(text) => written.push_str(&text),
                        None => written.push_str(token.text),
                    }
                }
                _ => {}
            }
            match (token.kind, style.spacing) {
                (Kind::Number | Kind::String, _) => {}
                (Kind::Colon, Spacing::Inline { colon, .. } | Spacing::Lines { colon, .. }) => {
                    written.push_str(colon);
                }
                _ => written.push_str(token.text),
            }
            before = Some(*token);
        }
        if style.spacing == Spacing::Kept {
            written.push_str(self.end);
        }
        Some(written.into_bytes())
    }
}

impl Token<'_> {
    const fn is_separator(&self) -> bool {
        matches!(self.kind, Kind::Colon | Kind::Comma)
    }
}

/// The depth of the writer, and the brackets that are open.
#[derive(Default)]
struct Layout {
    /// For each open bracket, whether it is an array in one line.
    open: Vec<bool>,
}

impl Layout {
    /// Writes the white space before a token. A colon is written with the space around it.
    fn space(
        &mut self,
        written: &mut String,
        spacing: Spacing,
        before: Option<&Token<'_>>,
        token: &Token<'_>,
    ) {
        let closes = token.kind == Kind::Close;
        let is_inline = self.open.last().copied().unwrap_or_default();
        if closes {
            self.open.pop();
        }
        let kind = before.map(|before| before.kind);
        let is_empty = closes && kind == Some(Kind::Open);
        match spacing {
            Spacing::Kept => written.push_str(token.space),
            Spacing::After(_) => {}
            Spacing::Inline { comma, padding, .. } => match kind {
                _ if is_empty => {}
                Some(Kind::Comma) => written.push_str(comma.trim_start_matches(',')),
                Some(Kind::Open) => written.push_str(padding),
                _ if closes => written.push_str(padding),
                _ => {}
            },
            Spacing::Lines { indent, end, .. } => match kind {
                None => {}
                _ if is_empty && is_inline => written.push(' '),
                _ if is_empty => {}
                Some(Kind::Open | Kind::Comma) if is_inline => written.push(' '),
                _ if closes && is_inline => written.push(' '),
                Some(Kind::Open | Kind::Comma) => self.line(written, indent, end),
                _ if closes => self.line(written, indent, end),
                _ => {}
            },
        }
        if token.kind == Kind::Open {
            let inlines = matches!(
                spacing,
                Spacing::Lines {
                    inline_arrays: true,
                    ..
                }
            );
            self.open.push(inlines && token.text == "[");
        }
    }

    fn line(&self, written: &mut String, indent: &str, end: &str) {
        written.push_str(end);
        for _ in 0..self.open.len().min(MAX_DEPTH) {
            written.push_str(indent);
        }
    }
}

fn run(text: &str, belongs: impl Fn(u8) -> bool) -> usize {
    let end = text.bytes().position(|byte| !belongs(byte));
    end.unwrap_or(text.len())
}

/// Returns the length of the string at the start of a text, with its quotes.
fn string_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Decodes a string. Returns `None` if an escape in it is not valid.
pub(super) fn unescaped(string: &str) -> Option<String> {
    let inner = string.strip_prefix('"')?.strip_suffix('"')?;
    let mut units: Vec<u16> = Vec::new();
    let mut text = String::new();
    let mut rest = inner;
    while let Some(first) = rest.chars().next() {
        let mut length = first.len_utf8();
        let mut plain = Some(first);
        if first == '\\' {
            let escape = rest.chars().nth(1)?;
            length = 1 + escape.len_utf8();
            plain = match escape {
                '"' | '\\' | '/' => Some(escape),
                'b' => Some('\u{8}'),
                'f' => Some('\u{c}'),
                'n' => Some('\n'),
                'r' => Some('\r'),
                't' => Some('\t'),
                'u' => {
                    length = 6;
                    units.push(u16::from_str_radix(rest.get(2..6)?, 16).ok()?);
                    None
                }
                _ => return None,
            };
        }
        if let Some(plain) = plain {
            take_units(&mut units, &mut text)?;
            text.push(plain);
        }
        rest = rest.get(length..)?;
    }
    take_units(&mut units, &mut text)?;
    Some(text)
}

fn take_units(units: &mut Vec<u16>, text: &mut String) -> Option<()> {
    for character in char::decode_utf16(units.drain(..)) {
        text.push(character.ok()?);
    }
    Some(())
}

/// Returns the string with these escapes.
fn escaped(string: &str, escapes: Escapes) -> Option<String> {
    let text = unescaped(string)?;
    Some(quoted(&text, escapes))
}

/// Encodes a text as a string with these escapes.
pub(super) fn quoted(text: &str, escapes: Escapes) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for character in text.chars() {
        write_character(&mut written, character, escapes);
    }
    written.push('"');
    written
}

fn write_character(written: &mut String, character: char, escapes: Escapes) {
    let upper = escapes.ascii == Some(true);
    let is_html = match escapes.html {
        Html::Plain => false,
        Html::Go => matches!(character, '<' | '>' | '&' | '\u{2028}' | '\u{2029}'),
        Html::Gson => matches!(
            character,
            '<' | '>' | '&' | '=' | '\'' | '\u{2028}' | '\u{2029}'
        ),
        Html::DotNet => matches!(
            character,
            '"' | '&' | '\'' | '+' | '<' | '>' | '`' | '\u{7f}'
        ),
    };
    let short = match character {
        '"' => Some("\\\""),
        '\\' => Some("\\\\"),
        '\n' => Some("\\n"),
        '\r' => Some("\\r"),
        '\t' => Some("\\t"),
        '\u{8}' => Some("\\b"),
        '\u{c}' => Some("\\f"),
        '/' if escapes.slash => Some("\\/"),
        _ => None,
    };
    let is_hidden = !character.is_ascii() && escapes.ascii.is_some();
    match short {
        Some(short) if !is_html => written.push_str(short),
        _ if is_html || is_hidden || character < ' ' => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                written.push_str(&if upper {
                    format!("\\u{unit:04X}")
                } else {
                    format!("\\u{unit:04x}")
                });
            }
        }
        _ => written.push(character),
    }
}

/// Rewrites the number `text`, whose index among the numbers is `place`.
fn rewritten_number(text: &str, numbers: Numbers, place: usize) -> Cow<'_, str> {
    if text.contains(['e', 'E']) {
        return match (numbers, text.parse::<f64>()) {
            (Numbers::Kept | Numbers::Some(..), _) | (_, Err(_)) => text.into(),
            (_, Ok(number)) => number.to_string().into(),
        };
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = fraction.trim_end_matches('0');
    match numbers {
        Numbers::Kept => text.into(),
        Numbers::Shortest if digits.is_empty() => whole.into(),
        Numbers::Shortest => format!("{whole}.{digits}").into(),
        Numbers::Some(places, after) => {
            let bit = u32::try_from(place)
                .ok()
                .and_then(|place| places.checked_shr(place));
            match (bit.unwrap_or_default() & 1, fraction) {
                (0, _) => text.into(),
                (_, "") => format!("{text}{after}").into(),
                _ if after == ".00" => format!("{whole}.{digits:0<2}").into(),
                _ => text.into(),
            }
        }
        _ if fraction.is_empty() => text.into(),
        Numbers::OneDigit if digits.is_empty() => format!("{whole}.0").into(),
        Numbers::OneDigit => format!("{whole}.{digits}").into(),
        Numbers::TwoDigits => format!("{whole}.{digits:0<2}").into(),
    }
}

/// The members of an object: the name and the tokens of each.
type Members<'t> = [(String, Vec<Token<'t>>)];

/// Copies the value that begins at `at`, with the members of its objects in the order that
/// `order` gives for each object.
fn arrange<'t>(
    tokens: &[Token<'t>],
    at: &mut usize,
    arranged: &mut Vec<Token<'t>>,
    depth: usize,
    order: &mut impl FnMut(&Members<'t>) -> Vec<usize>,
) -> Option<()> {
    let first = *tokens.get(*at)?;
    *at += 1;
    arranged.push(first);
    if first.kind != Kind::Open {
        return Some(());
    }
    if depth > MAX_DEPTH {
        return None;
    }
    let is_object = first.text == "{";
    let mut members: Vec<(String, Vec<Token<'t>>)> = Vec::new();
    let close = loop {
        let token = *tokens.get(*at)?;
        if token.kind == Kind::Close {
            *at += 1;
            break token;
        }
        if token.kind == Kind::Comma {
            *at += 1;
            continue;
        }
        let mut member = Vec::new();
        let mut name = String::new();
        if is_object {
            name = unescaped(token.text)?;
            let colon = *tokens.get(*at + 1)?;
            if colon.kind != Kind::Colon {
                return None;
            }
            member.extend([token, colon]);
            *at += 2;
        }
        arrange(tokens, at, &mut member, depth + 1, order)?;
        members.push((name, member));
    };
    let places: Vec<usize> = if is_object {
        order(&members)
    } else {
        (0..members.len()).collect()
    };
    let comma = Token {
        space: "",
        text: ",",
        kind: Kind::Comma,
    };
    for (number, place) in places.into_iter().enumerate() {
        if number > 0 {
            arranged.push(comma);
        }
        arranged.extend(&members.get(place)?.1);
    }
    arranged.push(close);
    Some(())
}

fn by_name(members: &Members<'_>) -> Vec<usize> {
    let mut places: Vec<usize> = (0..members.len()).collect();
    places.sort_by_key(|place| members.get(*place).map(|member| &member.0));
    places
}

/// Returns the order of `count` items that `number` encodes, and leaves the rest of `number`,
/// which encodes the orders of other items.
fn nth_order(count: usize, number: &mut usize) -> Vec<usize> {
    let mut left: Vec<usize> = (0..count).collect();
    let mut order = Vec::with_capacity(count);
    while !left.is_empty() {
        let place = *number % left.len();
        *number /= left.len();
        order.push(left.remove(place));
    }
    order
}
