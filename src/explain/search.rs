//! The search: which change makes the signature match.

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

/// What a search may cost.
pub(super) struct Budget {
    pub(super) hashes: usize,
    pub(super) bytes: usize,
    /// Nothing more is tried, not even what is shorter: attempts are in the order of their
    /// likelihood.
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

    /// Whether something was not tried for it.
    pub(super) const fn is_spent(&self) -> bool {
        self.is_spent
    }

    fn take(&mut self, bytes: usize) -> bool {
        // A block of padding, and the outer hash.
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

/// A signature that matches, and the changes under which it does.
pub(super) struct Match {
    /// The place of the secret, from 0.
    pub(super) secret: usize,
    /// The scheme that it matches under, if it is another one.
    pub(super) scheme: Option<&'static str>,
    pub(super) changes: Vec<Change>,
}

/// A secret's key, in the place of the secret.
struct Keyed {
    secret: usize,
    key: Candidate<Material>,
    /// Prepared for each algorithm that is needed.
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

/// More Ed25519 signatures are not checked: each costs as much as many hashes.
const MAX_ED25519: usize = 8;

struct Search<'s> {
    tags: &'s [Candidate<Signature>],
    budget: &'s mut Budget,
}

impl<'s> Search<'s> {
    /// The tag that this key makes of this message.
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

/// How many of each kind of change are combined with those of another kind.
const LIKELY_MESSAGES: usize = 48;
const LIKELY_BODIES: usize = 96;
const LIKELY_KEYS: usize = 64;

/// Looks for the smallest change under which a signature matches.
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
    // The bodies cost most to make. A line feed that a body lost is likelier than one
    // between two parts.
    let is_likely = |message: &&Candidate<Message>| {
        let mut changes = message.changes.iter();
        !changes.any(|change| change.name() == message::SEPARATOR)
    };
    let likely: Vec<Candidate<Message>> = messages.iter().filter(is_likely).cloned().collect();
    let mut first = by_cost(&mut search, &likely, &bodies_to_try, &keyed, 0..=1);
    if is_small(&first) {
        return first;
    }
    // Each other body would be a copy.
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
    // Another scheme is a likelier cause than two changes: nothing is changed under it.
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

/// Tries all of these bodies, with the message and the keys as they are.
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

/// Tries JSON in other orders, with the keys as they are.
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

/// Tries the combinations with so many changes of message, body and key; what the
/// signature's spelling adds is counted at a match.
fn by_cost(
    search: &mut Search<'_>,
    messages: &[Candidate<Message>],
    bodies: &[Candidate<Vec<u8>>],
    keys: &[Keyed],
    costs: core::ops::RangeInclusive<usize>,
) -> Option<Match> {
    let mut best: Option<Match> = None;
    // The changes of the first message are in all of them.
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

/// All with one change, and the likely ones with more.
const fn limit(cost: usize, likely: usize) -> usize {
    match cost {
        0 | 1 => usize::MAX,
        2 => likely,
        _ => likely / 4,
    }
}

/// A key, and the place of its secret.
type SecretsKey = (usize, Candidate<Material>);

/// How many changed bodies are tried under another scheme.
const BODIES_OF_OTHERS: usize = 48;

/// Looks for another scheme of the catalogue that made the signature, with at most one change
/// to the secret, the message or the body.
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
            "the request is signed as the scheme `{first}` says, and not as the configured one; {} \
             sign alike",
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
            "the request is signed as the scheme `{name}` says, and not as the configured one"
        ),
        "verify it with this scheme",
    )
    .with_value(name)
}

/// Whether two schemes sign in the same way.
fn is_same(one: &Scheme<'_>, other: &Scheme<'_>) -> bool {
    one.signature == other.signature
        && one.forms == other.forms
        && one.signed == other.signed
        && one.timestamp == other.timestamp
        && one.message_id == other.message_id
        && one.header_prefix == other.header_prefix
}

/// Whether a request has the headers that a scheme needs.
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
