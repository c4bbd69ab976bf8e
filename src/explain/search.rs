//! Searches for the change that makes the signature match.

use alloc::vec::Vec;

use super::Explainer;
use super::body::{bodies, reordered, twice_changed};
use super::change::{Candidate, Change, merge};
use super::message::{self, Message, Whole, messages};
use super::received::Received;
use super::secrets::{Material, keys, unset_keys};
use super::tags::{own_tags, tags};
use crate::algorithm::{Algorithm, MacKey};
use crate::scheme::{Scheme, SecretForm, Signature, SignatureField};
use crate::schemes;

/// The limit for the cost of a search.
pub(super) struct Budget {
    pub(super) hashes: usize,
    pub(super) bytes: usize,
    /// Set once an attempt does not fit. Then shorter messages are not tried either, since
    /// attempts are in the order of their likelihood.
    is_spent: bool,
}

impl Budget {
    pub(super) const fn new(hashes: usize, bytes: usize) -> Self {
        Self {
            hashes,
            bytes,
            is_spent: false,
        }
    }

    /// Returns whether something was not tried because of the limit.
    pub(super) const fn is_spent(&self) -> bool {
        self.is_spent
    }

    fn take(&mut self, bytes: usize) -> bool {
        // The block of padding, and the outer hash.
        let cost = bytes.saturating_add(128);
        let left = self.hashes.checked_sub(1).zip(self.bytes.checked_sub(cost));
        match left {
            Some((hashes, bytes)) if !self.is_spent => {
                (self.hashes, self.bytes) = (hashes, bytes);
                true
            }
            _ => {
                self.is_spent = true;
                false
            }
        }
    }
}

/// A signature that matches, and the changes with which it does.
pub(super) struct Match {
    /// The index of the secret.
    pub(super) secret: usize,
    /// The scheme with which it matches, if that is not the configured one.
    pub(super) scheme: Option<&'static str>,
    pub(super) changes: Vec<Change>,
}

/// A key that a secret may stand for, with the index of the secret.
struct Keyed {
    secret: usize,
    key: Candidate<Material>,
    /// The key, prepared for each algorithm that is needed.
    macs: Vec<MacKey>,
}

impl Keyed {
    fn new(secret: usize, key: Candidate<Material>, algorithms: &[Algorithm]) -> Self {
        let macs = match &key.value {
            Material::Secret(bytes) => {
                let macs = algorithms.iter();
                macs.filter_map(|algorithm| MacKey::new(*algorithm, bytes))
                    .collect()
            }
            Material::Public(_) => Vec::new(),
        };
        Self { secret, key, macs }
    }
}

/// The most Ed25519 signatures that are checked, since each costs as much as many hashes.
const MAX_ED25519: usize = 8;

struct Search<'s> {
    tags: &'s [Candidate<Signature>],
    budget: &'s mut Budget,
}

impl<'s> Search<'s> {
    /// Returns the received signature that matches this message with this key.
    fn matching(&mut self, whole: &Whole<'_>, keyed: &Keyed) -> Option<&'s Candidate<Signature>> {
        for mac in &keyed.macs {
            if !self.budget.take(whole.len()) {
                return None;
            }
            let tag = Signature::from(mac.mac(whole));
            let found = self.tags.iter().find(|candidate| candidate.value == tag);
            if found.is_some() {
                return found;
            }
        }
        if let Material::Public(key) = &keyed.key.value {
            let is_ed25519 =
                |tag: &&Candidate<Signature>| tag.value.algorithm() == Algorithm::Ed25519;
            for tag in self.tags.iter().filter(is_ed25519).take(MAX_ED25519) {
                if !self.budget.take(whole.len()) {
                    return None;
                }
                if key.verify(&whole.parts(), &tag.value) {
                    return Some(tag);
                }
            }
        }
        None
    }
}

/// The most changes of each kind that are combined with changes of another kind.
const LIKELY_MESSAGES: usize = 48;
const LIKELY_BODIES: usize = 96;
const LIKELY_KEYS: usize = 64;

/// Searches for the smallest change with which a signature matches.
pub(super) fn search(
    scheme: &Scheme<'_>,
    secrets: &[&[u8]],
    received: &Received<'_>,
    budget: &mut Budget,
) -> Option<Match> {
    let tags = tags(scheme, received);
    if tags.is_empty() {
        return other_scheme(scheme, secrets, received, &[], budget);
    }
    let algorithms = algorithms_of(&tags);
    let mut keyed = Vec::new();
    for (place, secret) in secrets.iter().enumerate() {
        let keys = keys(secret, scheme.secret).into_iter();
        keyed.extend(keys.map(|key| Keyed::new(place, key, &algorithms)));
    }
    let unset = unset_keys().into_iter();
    keyed.extend(unset.map(|key| Keyed::new(0, key, &algorithms)));
    keyed.sort_by_key(|keyed| keyed.key.cost());
    let messages = messages(scheme, received);
    let mut bodies_to_try = Vec::from([Candidate::unchanged(received.body.to_vec())]);

    let mut search = Search {
        tags: &tags,
        budget,
    };
    let is_small = |found: &Option<Match>| found.as_ref().is_some_and(|it| it.changes.len() <= 1);
    // Bodies are the most expensive to generate, so they come after this. Separators are left
    // out here, since a line feed that a body lost is likelier than one between two parts.
    let is_likely = |message: &&Candidate<Message>| {
        let mut changes = message.changes.iter();
        !changes.any(|change| change.name() == message::SEPARATOR)
    };
    let likely: Vec<Candidate<Message>> = messages.iter().filter(is_likely).cloned().collect();
    let mut first = by_cost(&mut search, &likely, &bodies_to_try, &keyed, 0..=1);
    if is_small(&first) {
        return first;
    }
    // Changed bodies are copies, which would be too large.
    if received.body.len() > Explainer::MAX_BODY {
        return first
            .or_else(|| other_scheme(scheme, secrets, received, &[], search.budget))
            .or_else(|| by_cost(&mut search, &messages, &bodies_to_try, &keyed, 1..=1));
    }
    bodies_to_try.extend(bodies(received));
    let with_bodies = by_cost(&mut search, &messages, &bodies_to_try, &keyed, 1..=1);
    if first.is_none() || is_small(&with_bodies) {
        first = with_bodies;
    }
    if is_small(&first) {
        return first;
    }
    // Another scheme is a likelier cause than two changes, so it is tried first.
    let other = other_scheme(scheme, secrets, received, &bodies_to_try, search.budget);
    other
        .or(first)
        .or_else(|| by_order(&mut search, &messages, received, &keyed))
        .or_else(|| {
            let twice = twice_changed(received, &bodies_to_try);
            by_body(&mut search, &messages, &twice, &keyed)
        })
        .or_else(|| by_cost(&mut search, &messages, &bodies_to_try, &keyed, 2..=3))
}

/// Tries all of these bodies, with the message and the keys unchanged.
fn by_body(
    search: &mut Search<'_>,
    messages: &[Candidate<Message>],
    bodies: &[Candidate<Vec<u8>>],
    keys: &[Keyed],
) -> Option<Match> {
    let message = messages.first()?;
    for body in bodies {
        for keyed in keys.iter().filter(|keyed| keyed.key.cost() == 0) {
            let whole = Whole {
                message: &message.value,
                body: &body.value,
            };
            if let Some(tag) = search.matching(&whole, keyed) {
                let mut changes = body.changes.clone();
                merge(&mut changes, &message.changes);
                merge(&mut changes, &tag.changes);
                return Some(Match {
                    secret: keyed.secret,
                    scheme: None,
                    changes,
                });
            }
        }
    }
    None
}

/// Tries JSON in other orders, with the keys unchanged.
fn by_order(
    search: &mut Search<'_>,
    messages: &[Candidate<Message>],
    received: &Received<'_>,
    keys: &[Keyed],
) -> Option<Match> {
    let message = messages.first()?;
    let mut found = None;
    reordered(received, |body, change| {
        let whole = Whole {
            message: &message.value,
            body,
        };
        let unchanged = keys.iter().filter(|keyed| keyed.key.cost() == 0);
        for keyed in unchanged {
            if let Some(tag) = search.matching(&whole, keyed) {
                let mut changes = Vec::from([change.clone()]);
                merge(&mut changes, &message.changes);
                merge(&mut changes, &tag.changes);
                found = Some(Match {
                    secret: keyed.secret,
                    scheme: None,
                    changes,
                });
            }
        }
        found.is_some() || search.budget.is_spent()
    });
    found
}

fn algorithms_of(tags: &[Candidate<Signature>]) -> Vec<Algorithm> {
    let mut algorithms = Vec::new();
    for tag in tags {
        let algorithm = tag.value.algorithm();
        if algorithm.is_mac() && !algorithms.contains(&algorithm) {
            algorithms.push(algorithm);
        }
    }
    algorithms
}

/// Tries the combinations whose changes of message, body and key add up to each of `costs`.
/// Changes of the signature's encoding are added at a match.
fn by_cost(
    search: &mut Search<'_>,
    messages: &[Candidate<Message>],
    bodies: &[Candidate<Vec<u8>>],
    keys: &[Keyed],
    costs: core::ops::RangeInclusive<usize>,
) -> Option<Match> {
    let mut best: Option<Match> = None;
    // All messages have the changes of the first one.
    let least = messages.first().map_or(0, Candidate::cost);
    for cost in costs {
        for message in messages.iter().take(limit(cost, LIKELY_MESSAGES)) {
            let more = message.cost() - least;
            if more > cost {
                break;
            }
            for body in bodies.iter().take(limit(cost, LIKELY_BODIES)) {
                let more = more + body.cost();
                let signs_body = message.value.after.is_some() || body.cost() == 0;
                if more > cost || !signs_body {
                    continue;
                }
                let wanted = |keyed: &&Keyed| more + keyed.key.cost() == cost;
                let likely = keys.iter().take(limit(cost, LIKELY_KEYS));
                for keyed in likely.filter(wanted) {
                    if search.budget.is_spent() {
                        return best;
                    }
                    let whole = Whole {
                        message: &message.value,
                        body: &body.value,
                    };
                    let Some(tag) = search.matching(&whole, keyed) else {
                        continue;
                    };
                    let mut changes = Vec::new();
                    for more in [&tag.changes, &message.changes, &body.changes] {
                        merge(&mut changes, more);
                    }
                    merge(&mut changes, &keyed.key.changes);
                    let is_better = |best: &Match| changes.len() < best.changes.len();
                    if best.as_ref().is_none_or(is_better) {
                        best = Some(Match {
                            secret: keyed.secret,
                            scheme: None,
                            changes,
                        });
                    }
                    if best.as_ref().is_some_and(|best| best.changes.len() <= cost) {
                        return best;
                    }
                }
            }
        }
        if best.is_some() {
            return best;
        }
    }
    best
}

/// Returns how many candidates are tried: all with one change, and the likely ones with more.
const fn limit(cost: usize, likely: usize) -> usize {
    match cost {
        0 | 1 => usize::MAX,
        2 => likely,
        _ => likely / 4,
    }
}

/// The index of a secret, and a key that it may stand for.
type SecretsKey = (usize, Candidate<Material>);

/// The most changed bodies that are tried with another scheme.
const BODIES_OF_OTHERS: usize = 48;

/// Searches for another scheme of the catalogue with which the signature matches, with at most
/// one change of the secret, the message or the body.
fn other_scheme(
    own: &Scheme<'_>,
    secrets: &[&[u8]],
    received: &Received<'_>,
    bodies: &[Candidate<Vec<u8>>],
    budget: &mut Budget,
) -> Option<Match> {
    // Most schemes hand out their secrets in one of a few forms.
    let mut read: Vec<(SecretForm, Vec<SecretsKey>)> = Vec::new();
    let mut best: Option<Match> = None;
    let mut alike: Vec<&'static str> = Vec::new();
    for other in schemes::ALL {
        if is_same(own, other) || !has_headers(other, received) {
            continue;
        }
        let tags = own_tags(other, received);
        if tags.is_empty() {
            continue;
        }
        if !read.iter().any(|(form, _)| *form == other.secret) {
            let mut all = Vec::new();
            for (place, secret) in secrets.iter().enumerate() {
                let keys = keys(secret, other.secret).into_iter();
                let likely = keys.filter(|key| key.cost() <= 1);
                all.extend(likely.map(|key| (place, key)));
            }
            read.push((other.secret, all));
        }
        let keys = read.iter().find(|(form, _)| *form == other.secret);
        let algorithms = algorithms_of(&tags);
        let messages = messages(other, received);
        let mut search = Search {
            tags: &tags,
            budget: &mut *budget,
        };
        for (place, key) in keys.map(|(_, keys)| keys.as_slice()).unwrap_or_default() {
            let keyed = Keyed::new(*place, key.clone(), &algorithms);
            let mut keep = |more: [&[Change]; 2]| {
                let mut changes = Vec::from([is_of(other.name)]);
                for more in more {
                    merge(&mut changes, more);
                }
                merge(&mut changes, &keyed.key.changes);
                if changes.len() == 1 {
                    alike.push(other.name);
                }
                let is_better = |best: &Match| changes.len() < best.changes.len();
                if best.as_ref().is_none_or(is_better) {
                    best = Some(Match {
                        secret: *place,
                        scheme: Some(other.name),
                        changes,
                    });
                }
            };
            for message in messages.iter().take(LIKELY_MESSAGES) {
                if message.cost() + keyed.key.cost() > 1 {
                    continue;
                }
                let whole = Whole {
                    message: &message.value,
                    body: received.body,
                };
                if search.matching(&whole, &keyed).is_some() {
                    keep([&message.changes, &[]]);
                }
            }
            let Some(message) = messages.first().filter(|_| keyed.key.cost() == 0) else {
                continue;
            };
            let changed = bodies.iter().filter(|body| body.cost() == 1);
            for body in changed.take(BODIES_OF_OTHERS) {
                let whole = Whole {
                    message: &message.value,
                    body: &body.value,
                };
                if search.matching(&whole, &keyed).is_some() {
                    keep([&message.changes, &body.changes]);
                }
            }
        }
    }
    if let Some(best) = &mut best
        && let [first, others @ ..] = &*alike
        && !others.is_empty()
        && let [change] = &mut *best.changes
    {
        *change = is_of_one_of(first, others);
    }
    best
}

fn is_of_one_of(first: &'static str, others: &[&'static str]) -> Change {
    let shown: Vec<&str> = others.iter().copied().take(5).collect();
    Change::new(
        OTHER_SCHEME,
        alloc::format!(
            "the request is signed with the scheme `{first}`, not with the configured one; {} \
             sign in the same way",
            shown.join(", ")
        ),
        "verify it with this scheme, or with that of its sender",
    )
    .with_value(first)
}

const OTHER_SCHEME: &str = "scheme-other";

fn is_of(name: &'static str) -> Change {
    Change::new(
        OTHER_SCHEME,
        alloc::format!(
            "the request is signed with the scheme `{name}`, not with the configured one"
        ),
        "verify it with this scheme",
    )
    .with_value(name)
}

/// Returns whether two schemes sign in the same way.
fn is_same(one: &Scheme<'_>, other: &Scheme<'_>) -> bool {
    one.signature == other.signature
        && one.forms == other.forms
        && one.signed == other.signed
        && one.timestamp == other.timestamp
        && one.message_id == other.message_id
        && one.header_prefix == other.header_prefix
}

/// Returns whether a request has the headers that a scheme needs.
pub(super) fn has_headers(scheme: &Scheme<'_>, received: &Received<'_>) -> bool {
    use super::headers::full_name;
    use crate::scheme::{Field, Part};
    let has = |name: &str| received.has(&full_name(scheme, name));
    let signature = match scheme.signature {
        SignatureField::Header(name)
        | SignatureField::List { header: name, .. }
        | SignatureField::Repeated(name) => has(name),
        SignatureField::Headers(names) => names.iter().any(|name| has(name)),
        SignatureField::Numbered(name) => has(&alloc::format!("{name}-1")),
    };
    let timestamp = scheme
        .timestamp
        .is_none_or(|timestamp| match timestamp.field {
            Field::Header(name) => has(name),
            Field::Param(_) => true,
        });
    let others = scheme.signed.iter().all(|part| match part {
        Part::Header(name) => has(name),
        _ => true,
    });
    let named = [scheme.message_id, scheme.key_id, scheme.endpoint_header];
    signature && timestamp && others && named.into_iter().flatten().all(has)
}
