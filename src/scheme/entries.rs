//! The signatures that a request carries: one, or several candidates.

use core::fmt;

use alloc::boxed::Box;
use alloc::sync::Arc;

use subtle::Choice;

use super::{Algorithm, Encoding, Form, Separator, Signature};
use crate::error::SignatureFault;

/// The maximum length of a key id in an entry of a list, in bytes.
pub(crate) const MAX_ENTRY_KEY_ID: usize = 256;

/// A [`Form`] of a prepared scheme.
#[derive(Debug)]
pub(crate) struct ReadyForm {
    pub(crate) prefix: Arc<str>,
    pub(crate) encoding: Encoding,
    pub(crate) algorithm: Algorithm,
    after_key_id: Option<Box<str>>,
}

impl ReadyForm {
    pub(crate) fn new(form: &Form<'_>) -> Self {
        Self {
            prefix: form.prefix.into(),
            encoding: form.encoding,
            algorithm: form.algorithm,
            after_key_id: form.after_key_id.map(Box::from),
        }
    }

    /// Reads an entry that has exactly this form. It is read in place because an entry is
    /// costly to move.
    #[inline]
    fn read_into<'h>(&self, text: &'h [u8], entry: &mut Entry<'h>) -> bool {
        let text = match &self.after_key_id {
            None if self.prefix.is_empty() => text,
            None => match text.strip_prefix(self.prefix.as_bytes()) {
                Some(text) => text,
                None => return false,
            },
            Some(between) => match self.split_key_id(text, between.as_bytes()) {
                Some((key_id, text)) => {
                    entry.key_id = key_id;
                    text
                }
                None => return false,
            },
        };
        entry
            .signature
            .decode_in_place(self.algorithm, self.encoding, text)
    }

    /// Reads the signature of an entry that has exactly this form and names no key.
    #[inline]
    pub(crate) fn read(&self, text: &[u8]) -> Option<Signature> {
        let text = match &self.after_key_id {
            None if self.prefix.is_empty() => text,
            None => text.strip_prefix(self.prefix.as_bytes())?,
            Some(_) => return None,
        };
        Signature::decode(self.algorithm, self.encoding, text)
    }

    /// Returns the id of the key, and the signature's text.
    fn split_key_id<'h>(&self, text: &'h [u8], between: &[u8]) -> Option<(&'h [u8], &'h [u8])> {
        // The signature has a fixed length, so it is found from the end.
        let length = self.encoding.len_of(self.algorithm.signature_len());
        let (start, text) = text.split_at_checked(text.len().checked_sub(length)?)?;
        let key_id = start.strip_suffix(between)?;
        // Bounded, since entries are read again for each key.
        (key_id.len() <= MAX_ENTRY_KEY_ID).then_some((key_id, text))
    }

    /// Writes a signature as a sender does.
    pub(crate) fn write(&self, signature: &Signature, key_id: &str) -> alloc::string::String {
        let text = self.encoding.encode(signature);
        match &self.after_key_id {
            None => alloc::format!("{}{text}", self.prefix),
            Some(between) => alloc::format!("{key_id}{between}{text}"),
        }
    }

    /// Returns whether entries of this form name their key.
    pub(crate) const fn names_key(&self) -> bool {
        self.after_key_id.is_some()
    }
}

/// Reads an entry of any of the forms, in place.
#[inline]
fn read_into<'h>(forms: &[ReadyForm], text: &'h [u8], entry: &mut Entry<'h>) -> bool {
    forms.iter().any(|form| form.read_into(text, entry))
}

fn read<'h>(forms: &[ReadyForm], text: &'h [u8]) -> Option<Entry<'h>> {
    let mut entry = Entry::blank();
    read_into(forms, text, &mut entry).then_some(entry)
}

/// A signature, and the id of its key if the entry names one.
#[derive(Clone, Copy)]
struct Entry<'h> {
    signature: Signature,
    key_id: &'h [u8],
}

impl Entry<'_> {
    #[inline(always)]
    const fn blank() -> Self {
        Self {
            signature: Signature::blank(Algorithm::HmacSha256),
            key_id: &[],
        }
    }
}

/// The candidate signatures of a request. There is at least one.
///
/// The first is kept decoded. Of a list, only the offsets of the other well-formed
/// entries are kept. Those entries are decoded again when they are compared, so that
/// memory does not grow with their number.
pub(crate) struct Signatures<'h> {
    first: Entry<'h>,
    more: More<'h>,
    forms: &'h [ReadyForm],
    /// Whether each entry names its key.
    keyed: bool,
}

enum More<'h> {
    None,
    List {
        text: &'h [u8],
        separator: u8,
        /// Where entries start in `text`.
        starts: [u32; Signatures::MAX_ENTRIES - 1],
        count: usize,
    },
    Values {
        values: [&'h [u8]; Signatures::MAX_HEADERS - 1],
        count: usize,
    },
}

/// The parameters found in a list besides its signatures.
pub(crate) type Params<'h> = [Param<'h>; 2];

/// A parameter that is looked for in a list.
#[derive(Clone, Copy, Default)]
pub(crate) struct Param<'h> {
    /// Empty if no parameter is looked for.
    pub(crate) name: &'h str,
    pub(crate) value: Option<&'h [u8]>,
    pub(crate) repeated: bool,
}

impl<'h> Signatures<'h> {
    /// The maximum number of entries in a list, of any kind. A sender lists one for each
    /// active key and version, so a handful; 32 leaves room and bounds the work that a
    /// request can cause.
    pub(crate) const MAX_ENTRIES: usize = 32;

    /// The maximum number of headers with one signature each.
    pub(crate) const MAX_HEADERS: usize = 8;

    /// Creates a blank value, to be read in place.
    #[inline(always)]
    pub(crate) const fn blank(forms: &'h [ReadyForm], keyed: bool) -> Self {
        Self {
            first: Entry::blank(),
            more: More::None,
            forms,
            keyed,
        }
    }

    /// Reads a value that is one signature.
    #[inline]
    pub(crate) fn read_one(&mut self, value: &'h [u8]) -> Result<(), SignatureFault> {
        if read_into(self.forms, value, &mut self.first) {
            Ok(())
        } else {
            Err(diagnose(value, self.forms))
        }
    }

    /// Reads a list, once: its signatures and the parameters.
    #[inline]
    pub(crate) fn read_list(
        &mut self,
        text: &'h [u8],
        separator: Separator,
        params: &mut Params<'h>,
    ) -> Result<(), SignatureFault> {
        let alone = params.iter().all(|param| param.name.is_empty()) && !self.name_keys();
        if alone && read_into(self.forms, text, &mut self.first) {
            // Nearly all requests end here. These forms cannot contain a separator.
            return Ok(());
        }
        self.read_list_of_several(text, separator, params)
    }

    fn read_list_of_several(
        &mut self,
        text: &'h [u8],
        separator: Separator,
        params: &mut Params<'h>,
    ) -> Result<(), SignatureFault> {
        let byte = separator.byte();
        let forms = self.forms;
        // Only in a list separated by spaces may spaces come first or last.
        if separator != Separator::Space && !crate::head::is_trimmed(text) {
            return Err(SignatureFault::WhiteSpace);
        }
        let mut has_first = false;
        let mut starts = [0; Self::MAX_ENTRIES - 1];
        let mut count = 0;
        let mut entries = 0;
        let mut at = 0;
        for piece in text.split(|&other| other == byte) {
            #[cfg(test)]
            walked::add(piece.len() + 1);
            let start = at;
            at += piece.len() + 1;
            // At most one space after the separator.
            let entry = match piece {
                [b' ', entry @ ..] if start > 0 => entry,
                entry => entry,
            };
            if entry.is_empty() {
                continue;
            }
            entries += 1;
            if entries > Self::MAX_ENTRIES {
                return Err(SignatureFault::TooManyEntries {
                    max: Self::MAX_ENTRIES,
                });
            }
            if let Some(param) = params.iter_mut().find(|param| param.is_in(entry)) {
                param.repeated = param.value.is_some();
                param.value = entry.get(param.name.len() + 1..);
                if param.repeated {
                    return Err(SignatureFault::RepeatedParameter);
                }
                continue;
            }
            if !has_first {
                has_first = read_into(forms, entry, &mut self.first);
            } else if read(forms, entry).is_some()
                && let Some(place) = starts.get_mut(count)
            {
                // No header is longer than 4 GiB.
                let start = start + (piece.len() - entry.len());
                *place = u32::try_from(start).unwrap_or(u32::MAX);
                count += 1;
            }
        }
        if !has_first {
            return Err(diagnose_list(text, byte, entries, forms, params));
        }
        if count > 0 {
            self.more = More::List {
                text,
                separator: byte,
                starts,
                count,
            };
        }
        Ok(())
    }

    /// Reads headers with one signature each, and returns whether there was one. Empty
    /// headers count as missing; all others must be well-formed.
    pub(crate) fn read_several(
        &mut self,
        values: impl Iterator<Item = &'h [u8]>,
    ) -> Result<bool, SignatureFault> {
        let forms = self.forms;
        let mut values = values.filter(|value| !value.is_empty());
        let Some(first) = values.next() else {
            return Ok(false);
        };
        self.read_one(first)?;
        let mut more = [&[][..]; Self::MAX_HEADERS - 1];
        let mut count = 0;
        for value in values {
            if read(forms, value).is_none() {
                return Err(diagnose(value, forms));
            }
            let max = Self::MAX_HEADERS;
            let place = more
                .get_mut(count)
                .ok_or(SignatureFault::TooManyEntries { max })?;
            *place = value;
            count += 1;
        }
        self.more = More::Values {
            values: more,
            count,
        };
        Ok(true)
    }

    /// Returns whether the MAC `computed` is among them. The time does not depend on
    /// their contents, and the search does not stop at a match. The time does depend on
    /// their number and form, which the sender of the request knows, and on which of them
    /// name this key.
    #[inline]
    pub(crate) fn contain(&self, computed: &Signature, key_id: Option<&str>) -> bool {
        let keyed = self.name_keys();
        let is_for_key =
            |entry: &Entry<'_>| !keyed || key_id.is_some_and(|id| entry.key_id == id.as_bytes());
        let first = if is_for_key(&self.first) {
            self.first.signature.ct_eq(computed)
        } else {
            Choice::from(0)
        };
        if matches!(self.more, More::None) {
            return first.into();
        }
        let more = self.more().filter(is_for_key);
        let found = more.fold(first, |found, entry| {
            found | entry.signature.ct_eq(computed)
        });
        found.into()
    }

    /// Returns whether each entry names its key.
    #[inline]
    pub(crate) const fn name_keys(&self) -> bool {
        self.keyed
    }

    /// Returns whether an entry names this key.
    pub(crate) fn name_key(&self, key_id: Option<&str>) -> bool {
        let id = key_id.unwrap_or_default().as_bytes();
        self.iter().any(|entry| entry.key_id == id)
    }

    /// Returns the Ed25519 signatures among them, each with the id of its key if it names one.
    pub(crate) fn ed25519(&self) -> impl Iterator<Item = (Signature, Option<&'h [u8]>)> {
        let keyed = self.keyed;
        self.iter()
            .filter(|entry| entry.signature.algorithm() == Algorithm::Ed25519)
            .map(move |entry| (entry.signature, keyed.then_some(entry.key_id)))
    }

    /// Returns whether the tag of a MAC is among them.
    pub(crate) fn has_mac(&self) -> bool {
        self.iter()
            .any(|entry| entry.signature.algorithm().is_mac())
    }

    fn iter(&self) -> impl Iterator<Item = Entry<'h>> {
        core::iter::once(self.first).chain(self.more())
    }

    fn more(&self) -> impl Iterator<Item = Entry<'h>> {
        let count = match &self.more {
            More::None => 0,
            More::List { count, .. } | More::Values { count, .. } => *count,
        };
        (0..count).filter_map(|place| {
            let entry = match &self.more {
                More::None => None,
                More::List {
                    text,
                    separator,
                    starts,
                    ..
                } => {
                    let start = usize::try_from(*starts.get(place)?).ok()?;
                    let rest = text.get(start..)?;
                    rest.split(|byte| byte == separator).next()
                }
                More::Values { values, .. } => values.get(place).copied(),
            };
            #[cfg(test)]
            walked::add(entry?.len());
            read(self.forms, entry?)
        })
    }
}

/// Counts the bytes of lists that this thread has walked over, for the tests of bounded
/// work.
#[cfg(test)]
pub(super) mod walked {
    use core::cell::Cell;

    std::thread_local!(static WALKED: Cell<usize> = const { Cell::new(0) });

    pub(in crate::scheme) fn add(bytes: usize) {
        WALKED.set(WALKED.get() + bytes);
    }

    /// Returns the bytes walked over while `work` ran.
    pub(in crate::scheme) fn during<T>(work: impl FnOnce() -> T) -> (T, usize) {
        let before = WALKED.get();
        let result = work();
        (result, WALKED.get() - before)
    }
}

impl Param<'_> {
    fn is_in(&self, entry: &[u8]) -> bool {
        !self.name.is_empty()
            && entry
                .strip_prefix(self.name.as_bytes())
                .is_some_and(|rest| rest.starts_with(b"="))
    }
}

impl fmt::Debug for Signatures<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signatures([redacted])")
    }
}

/// Describes why a value is not a signature in any of these forms, without revealing
/// anything secret.
#[cold]
fn diagnose(value: &[u8], forms: &[ReadyForm]) -> SignatureFault {
    let Some(form) = forms.first() else {
        return SignatureFault::Other;
    };
    if !crate::head::is_trimmed(value) {
        return SignatureFault::WhiteSpace;
    }
    // Take the longest prefix that matches, since every value begins with an empty one.
    let prefixed = forms
        .iter()
        .filter_map(|form| Some((form, value.strip_prefix(form.prefix.as_bytes())?)))
        .min_by_key(|(_, text)| text.len());
    let Some((form, text)) = prefixed else {
        let prefix = Arc::clone(&form.prefix);
        return SignatureFault::MissingPrefix { prefix };
    };
    if !form.prefix.is_empty() && text.first() == Some(&b' ') {
        return SignatureFault::SpaceAfterPrefix;
    }
    let prefix = [&b"sha256="[..], b"sha1=", b"v1=", b"v0=", b"v1,"]
        .into_iter()
        .find(|prefix| text.starts_with(prefix));
    if prefix.is_some() {
        return SignatureFault::UnexpectedPrefix;
    }
    // No form with this prefix accepted it.
    let length = form.algorithm.signature_len();
    let found = [Encoding::Hex, Encoding::Base64, Encoding::Base64Url]
        .into_iter()
        .find(|&encoding| Signature::decode(form.algorithm, encoding, text).is_some());
    if let Some(found) = found {
        return SignatureFault::OtherEncoding {
            found: found.name(),
            expected: form.encoding.name(),
        };
    }
    let expected = form.encoding.len_of(length);
    if text.len() != expected {
        return SignatureFault::Length {
            found: text.len(),
            expected,
            encoding: form.encoding.name(),
        };
    }
    SignatureFault::Alphabet {
        encoding: form.encoding.name(),
    }
}

#[cold]
fn diagnose_list(
    text: &[u8],
    separator: u8,
    entries: usize,
    forms: &[ReadyForm],
    params: &Params<'_>,
) -> SignatureFault {
    let mut pieces = text
        .split(|&byte| byte == separator)
        .filter(|entry| !entry.is_empty());
    let starts = |entry: &&[u8]| {
        forms
            .iter()
            .any(|form| entry.starts_with(form.prefix.as_bytes()) && !form.names_key())
            && !params.iter().any(|param| param.is_in(entry))
    };
    match (pieces.find(starts), forms.first()) {
        (Some(entry), _) => diagnose(entry, forms),
        (None, Some(form)) => SignatureFault::NoEntry {
            prefix: Arc::clone(&form.prefix),
            entries,
        },
        (None, None) => SignatureFault::Other,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::*;

    fn forms() -> [ReadyForm; 1] {
        [ReadyForm::new(&Form::hex(""))]
    }

    fn tag_of(byte: u8) -> Signature {
        Signature::from_bytes(Algorithm::HmacSha256, &[byte; 32]).unwrap()
    }

    fn list<'h>(text: &'h str, forms: &'h [ReadyForm]) -> Result<Signatures<'h>, SignatureFault> {
        let mut params = Params::default();
        let mut list = Signatures::blank(forms, false);
        list.read_list(text.as_bytes(), Separator::Space, &mut params)?;
        Ok(list)
    }

    fn hex_of(bytes: impl IntoIterator<Item = u8>) -> String {
        let entries: Vec<_> = bytes
            .into_iter()
            .map(|byte| hex::encode([byte; 32]))
            .collect();
        entries.join(" ")
    }

    #[test]
    fn every_well_formed_entry_of_a_list_counts() {
        let text = std::format!("  x {}  junk {} ", hex_of([1]), hex_of([2, 3]));
        let forms = forms();
        let tags = list(&text, &forms).unwrap();
        for byte in 1..=3 {
            assert!(tags.contain(&tag_of(byte), None));
        }
        assert!(!tags.contain(&tag_of(4), None));
    }

    /// Two matches must not cancel each other.
    #[test]
    fn a_tag_may_be_listed_more_than_once() {
        for count in 1..=4 {
            let text = hex_of([1, 2].repeat(count));
            let forms = forms();
            let tags = list(&text, &forms).unwrap();
            assert!(tags.contain(&tag_of(1), None), "{count}");
            assert!(tags.contain(&tag_of(2), None), "{count}");
            assert!(!tags.contain(&tag_of(3), None), "{count}");
        }
    }

    #[test]
    fn a_list_without_a_tag_is_malformed() {
        for text in ["", " ", "x", "x y  z"] {
            assert!(list(text, &forms()).is_err());
        }
    }

    #[test]
    fn a_list_has_at_most_32_entries_whatever_they_are() {
        let longest = hex_of(0..32);
        assert!(list(&longest, &forms()).unwrap().contain(&tag_of(31), None));
        assert!(list(&std::format!("  {longest}  "), &forms()).is_ok());
        for text in [
            hex_of(0..33),
            std::format!("{longest} x"),
            std::format!("x {longest}"),
        ] {
            assert_eq!(
                list(&text, &forms()).err(),
                Some(SignatureFault::TooManyEntries { max: 32 })
            );
        }
    }

    /// However many separators there are, and however many keys.
    #[test]
    fn a_list_is_walked_once_and_not_for_each_key() {
        let separators = " ".repeat(100_000);
        let text = [
            separators.as_str(),
            &hex_of([1]),
            &separators,
            &hex_of([2]),
            &separators,
            &hex_of([3]),
            &separators,
        ]
        .concat();
        let forms = forms();
        let (_, walked) = walked::during(|| {
            let list = list(&text, &forms).unwrap();
            for key in 4..12 {
                assert!(!list.contain(&tag_of(key), None));
            }
        });
        // Two entries are decoded again for each of eight keys.
        assert_eq!(walked, text.len() + 1 + 8 * 2 * 64);
    }

    #[test]
    fn one_space_may_follow_a_comma() {
        let forms = [ReadyForm::new(&Form::hex("v1="))];
        let read = |text: &str| {
            let mut params = [
                Param {
                    name: "t",
                    ..Param::default()
                },
                Param::default(),
            ];
            let mut list = Signatures::blank(&forms, false);
            list.read_list(text.as_bytes(), Separator::Comma, &mut params)?;
            Ok((list.iter().count(), params[0].value.map(<[u8]>::to_vec)))
        };
        let tag = hex_of([1]);
        let ok = |count, time: &str| Ok((count, Some(time.into())));
        assert_eq!(read(&std::format!("t=1,v1={tag}")), ok(1, "1"));
        assert_eq!(read(&std::format!("t=1, v1={tag}")), ok(1, "1"));
        assert_eq!(
            read(&std::format!("v1={tag}, t=1, v1={tag},v0={tag}")),
            ok(2, "1")
        );
        assert_eq!(read(&std::format!("t=1,v1={tag},,")), ok(1, "1"));
        assert_eq!(read(&std::format!("v1={tag}")), Ok((1, None)));
        assert!(read(&std::format!("t=1,  v1={tag}")).is_err());
        assert!(read(&std::format!("t=1,v1= {tag}")).is_err());
        assert!(read(&std::format!(" v1={tag}")).is_err());
        assert_eq!(
            read(&std::format!("t=1,v1={tag},t=1")),
            Err(SignatureFault::RepeatedParameter)
        );
        assert_eq!(
            read("t=1").err(),
            Some(SignatureFault::NoEntry {
                prefix: "v1=".into(),
                entries: 1
            })
        );
    }

    #[test]
    fn a_fault_is_that_of_the_form_whose_prefix_is_there() {
        let forms = [Form::base64(""), Form::base64("sha256=")];
        let forms: Vec<ReadyForm> = forms.iter().map(ReadyForm::new).collect();
        let hex = SignatureFault::OtherEncoding {
            found: "hex",
            expected: "base64",
        };
        for text in [hex_of([1]), std::format!("sha256={}", hex_of([1]))] {
            assert_eq!(diagnose(text.as_bytes(), &forms), hex, "{text}");
        }
    }

    #[test]
    fn an_entry_may_name_its_key() {
        let form = Form {
            after_key_id: Some("/SHA256/"),
            ..Form::hex("")
        };
        let forms = [ReadyForm::new(&form)];
        let text = std::format!("a/SHA256/{},b/c/SHA256/{}", hex_of([1]), hex_of([2]));
        let mut params = Params::default();
        let mut list = Signatures::blank(&forms, true);
        list.read_list(text.as_bytes(), Separator::Comma, &mut params)
            .unwrap();
        assert!(list.contain(&tag_of(1), Some("a")));
        assert!(list.contain(&tag_of(2), Some("b/c")));
        assert!(!list.contain(&tag_of(2), Some("a")));
        assert!(!list.contain(&tag_of(1), Some("b")));
        assert!(!list.contain(&tag_of(1), None));
        let too_long = std::format!("{}/SHA256/{}", "a".repeat(257), hex_of([1]));
        let mut params = Params::default();
        let mut long = Signatures::blank(&forms, true);
        assert!(
            long.read_list(too_long.as_bytes(), Separator::Comma, &mut params)
                .is_err()
        );
        assert!(
            long.read_list(&too_long.as_bytes()[1..], Separator::Comma, &mut params)
                .is_ok()
        );
        assert!(list.name_key(Some("b/c")));
        assert!(!list.name_key(Some("b")));
    }

    #[test]
    fn debug_shows_no_bytes() {
        let text = hex_of([0xab]);
        let forms = forms();
        let signatures = list(&text, &forms).unwrap();
        assert_eq!(std::format!("{signatures:?}"), "Signatures([redacted])");
    }
}
