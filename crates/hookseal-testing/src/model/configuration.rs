//! Decides for which receivers a webhook can be created.

use hookseal::scheme::{Algorithm, Field, Form, Part, SignatureField};

use super::wire::{is_token, is_trimmed, mac, separator_byte};
use super::{Key, Receiver, Setting, ed25519, secrets};

impl Receiver {
    /// Returns the indices of the keys that can sign: MAC keys first, then Ed25519 keys.
    pub fn signers(&self) -> Vec<usize> {
        let macs = 0..self.keys.len();
        let ed25519 = (macs.end..).zip(&self.ed25519);
        let signing = ed25519.filter(|(_, key)| key.signs && key.seed.is_some());
        macs.chain(signing.map(|(place, _)| place)).collect()
    }

    /// Returns whether requests, or their signatures, name their key.
    pub fn picks_by_id(&self) -> bool {
        let in_entry = |form: &Form<'_>| form.after_key_id.is_some();
        self.scheme.key_id.is_some() || self.all_forms().iter().any(in_entry)
    }

    /// Returns whether a webhook can be created for the receiver at all.
    pub fn is_sound(&self) -> bool {
        self.has_sound_names()
            && self.has_sound_form()
            && self.has_sound_endpoints()
            && self.has_sound_window()
            && self.has_sound_keys()
    }

    fn has_sound_names(&self) -> bool {
        let own = self.settings.header_prefix.as_deref();
        let prefix = own.or(self.scheme.header_prefix);
        let has_prefix =
            prefix.is_none_or(|prefix| is_token(prefix.strip_suffix('-').unwrap_or(prefix)));
        // A prefix alone is not a name.
        let has_name = !matches!(
            self.signature(),
            SignatureField::Header("")
                | SignatureField::Repeated("")
                | SignatureField::Numbered("")
                | SignatureField::List { header: "", .. }
        );
        // Each is read from a different header.
        let mut names = vec![self.signature_headers().swap_remove(0)];
        names.extend(self.key_id_header());
        names.extend(self.message_id_header());
        names.extend(self.endpoint_header());
        if let Some(Field::Header(name)) = self.scheme.timestamp.map(|it| it.field) {
            names.push(self.name(name));
        }
        if let Some(Field::Header(name)) = self.scheme.header_list.map(|list| list.names) {
            names.push(self.name(name));
        }
        let is_alone = |name: &String| names.iter().filter(|other| *other == name).count() == 1;
        // No signature covers itself.
        let allowed = self.scheme.header_list.map_or(&[][..], |list| list.allowed);
        let mut signed = self.other_headers();
        signed.extend(allowed.iter().map(|name| self.name(name)));
        let signatures = self.signature_headers();
        let is_signed = signatures.iter().any(|name| signed.contains(name));
        has_prefix
            && has_name
            && names.iter().all(|name| is_token(name) && is_alone(name))
            && !is_signed
    }

    /// Returns whether a request can carry the form's prefix. HTTP strips white space before
    /// a value and forbids control characters, and an entry of a list ends at the separator.
    fn has_sound_form(&self) -> bool {
        let Some((prefix, _)) = self.settings.form.as_ref() else {
            return true;
        };
        let is_control = |c: char| c != '\t' && c.is_ascii_control();
        let is_split = match self.scheme.signature {
            SignatureField::List { separator, .. } => {
                prefix.contains(char::from(separator_byte(separator)))
            }
            _ => false,
        };
        !prefix.starts_with([' ', '\t']) && !prefix.contains(is_control) && !is_split
    }

    fn has_sound_endpoints(&self) -> bool {
        let endpoints = &self.settings.endpoints;
        let is_named = self.scheme.endpoint_header.is_some();
        let is_signed = self.signs(Part::Endpoint);
        // No header value contains a control character.
        let is_control = |c: char| c != '\t' && c.is_ascii_control();
        let is_sound = |endpoint: &String| {
            !endpoint.is_empty()
                && is_trimmed(endpoint.as_bytes())
                && !endpoint.contains(is_control)
        };
        match endpoints.len() {
            0 => !is_named && !is_signed,
            1 => (is_named || is_signed) && endpoints.iter().all(is_sound),
            _ => is_named && endpoints.iter().all(is_sound) && self.have_ends(),
        }
    }

    /// Returns whether the ends of several endpoints are unambiguous: none may make the end of
    /// another, or of an adjacent timestamp, ambiguous.
    fn have_ends(&self) -> bool {
        let parts = self.scheme.signed;
        let body = parts.iter().position(|part| *part == Part::Body).unwrap();
        let place = parts.iter().position(|part| *part == Part::Endpoint);
        let Some(place) = place else {
            return true;
        };
        // As they are read: forward before the body, backward after it.
        let is_before = place < body;
        let read = |text: &String| -> Vec<u8> {
            match is_before {
                true => text.bytes().collect(),
                false => text.bytes().rev().collect(),
            }
        };
        let endpoints: Vec<Vec<u8>> = self.settings.endpoints.iter().map(read).collect();
        let (outer, inner) = match is_before {
            true => (parts[..place].last(), &parts[place + 1..body]),
            false => (parts.get(place + 1), &parts[body + 1..place]),
        };
        let is_text = |part: &Part<'_>| matches!(part, Part::Text(_));
        let begins_other = |one: &Vec<u8>| {
            let mut others = endpoints.iter();
            others.any(|other| other != one && other.starts_with(one))
        };
        let digits = |text: &Vec<u8>| text.iter().position(|byte| !byte.is_ascii_digit());
        let are_apart = inner.iter().all(is_text) || !endpoints.iter().any(begins_other);
        let end_digits = outer != Some(&Part::Timestamp)
            || (digits(&endpoints[0]).is_some()
                && endpoints
                    .iter()
                    .all(|it| digits(it) == digits(&endpoints[0])));
        are_apart && end_digits
    }

    /// Returns whether the window is sound: a scheme without timestamps must have none.
    fn has_sound_window(&self) -> bool {
        self.is_timed() || self.window == Setting::Default
    }

    fn has_sound_keys(&self) -> bool {
        let Self { keys, ed25519, .. } = self;
        let is_sound = |key: &Key| secrets::from_bytes(&key.secret).is_ok();
        // Everyone knows the seed of zeros.
        let is_point = |key: &ed25519::Key| {
            ed25519::faults(&key.public).is_empty() && !(key.signs && key.seed == Some([0; 32]))
        };
        let knows_ed25519 = self
            .all_forms()
            .iter()
            .any(|form| form.algorithm == Algorithm::Ed25519);
        let is_available = |algorithm: Algorithm| algorithm.is_available();
        let forms = self.all_forms();
        let kinds = (keys.is_empty() || self.mac().is_some_and(is_available))
            && (ed25519.is_empty() || knows_ed25519)
            && forms.iter().any(|form| form.algorithm.is_available());
        !(keys.is_empty() && ed25519.is_empty())
            && kinds
            && keys.iter().all(is_sound)
            && ed25519.iter().all(is_point)
            && self.has_few_keys()
            && (!self.picks_by_id() || self.has_sound_ids())
    }

    /// Returns whether at most eight secrets and four Ed25519 keys may have signed a request.
    fn has_few_keys(&self) -> bool {
        let by_id = self.scheme.key_id.is_some();
        let macs: Vec<_> = self.keys.iter().map(|key| &key.id).collect();
        let ed25519: Vec<_> = self.ed25519.iter().map(|key| &key.id).collect();
        let most = |ids: &[&Option<String>]| {
            let count = |id| ids.iter().filter(|other| !by_id || **other == id).count();
            ids.iter().map(|id| count(*id)).max().unwrap_or_default()
        };
        most(&macs) <= 8 && most(&ed25519) <= 4
    }

    /// Returns whether each key can be named, and none has two names.
    fn has_sound_ids(&self) -> bool {
        let Self { keys, ed25519, .. } = self;
        let can_be_named = |id: &Option<String>| {
            let id = id.as_deref().unwrap_or_default();
            // The id is in an entry of a list.
            let fits = match self.scheme.signature {
                SignatureField::List { separator, .. } if self.scheme.key_id.is_none() => {
                    id.len() <= 256 && !id.contains(char::from(separator_byte(separator)))
                }
                _ => true,
            };
            !id.is_empty() && is_trimmed(id.as_bytes()) && fits
        };
        // Compared by the MAC of an empty message, since HMAC pads secrets with zeros.
        let tag = |key: &Key| self.mac().map(|it| mac(it, &key.secret, b""));
        let shared = keys.iter().any(|one| {
            let mut others = keys.iter();
            others.any(|other| one.id != other.id && tag(one) == tag(other))
        });
        let shared_point = ed25519.iter().any(|one| {
            let mut others = ed25519.iter();
            others.any(|other| one.id != other.id && one.public == other.public)
        });
        keys.iter().all(|key| can_be_named(&key.id))
            && ed25519.iter().all(|key| can_be_named(&key.id))
            && !shared
            && !shared_point
    }
}
