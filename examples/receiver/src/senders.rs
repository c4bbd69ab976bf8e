//! The senders that are configured: each scheme that has a secret.

use std::error::Error;
use std::fs;
use std::sync::Arc;

use hookseal::explain::Explainer;
use hookseal::handshake::Handshakes;
use hookseal::networks::Networks;
use hookseal::scheme::{Handshake, Scheme, SchemeFile};
use hookseal::{ConfigError, Key, Keys, Webhook, schemes};

use crate::settings::{Settings, wrong};

pub struct Sender {
    /// The path: `/webhooks/` and the scheme's name.
    pub path: String,
    pub webhook: Arc<Webhook>,
    /// The explainer of refusals, if `EXPLAIN` is `true`.
    pub explainer: Option<Explainer<'static>>,
    /// Whether the webhook answers handshakes.
    pub answers_handshakes: bool,
    /// The networks that requests may come from, or `None` for any address.
    pub networks: Option<Networks>,
}

/// Returns the senders with a secret, from the catalogue and from the files that `SCHEMES` names.
pub fn senders(settings: &Settings) -> Result<Vec<Sender>, Box<dyn Error>> {
    let mut senders = Vec::new();
    let explain = settings.or("EXPLAIN", false)?;
    for scheme in schemes::ALL {
        let scheme = with_options(settings, *scheme)?;
        let Some(mut sender) = sender(settings, scheme)? else {
            continue;
        };
        if explain {
            let secrets = settings.numbered(&name(&scheme, "SECRET"))?;
            sender.explainer = Some(
                secrets
                    .iter()
                    .fold(Explainer::new(scheme), |explainer, (_, secret)| {
                        explainer.with_secret(secret)
                    }),
            );
        }
        senders.push(sender);
    }
    let files = settings.text("SCHEMES")?.unwrap_or_default();
    for path in files.split_whitespace() {
        let text = fs::read_to_string(path).map_err(wrong(path))?;
        let file: SchemeFile = toml::from_str(&text).map_err(wrong(path))?;
        let sender = file.with(|scheme| {
            sender(settings, with_options(settings, scheme)?)?
                .ok_or_else(|| format!("{path}: set {}", name(&scheme, "SECRET")))
        });
        senders.push(sender?);
    }
    match senders.is_empty() {
        false => Ok(senders),
        true => Err(
            "no scheme has a secret: set NAME_SECRET for each sender, where NAME is its \
            scheme, such as STRIPE_SECRET or STANDARD_WEBHOOKS_SECRET"
                .into(),
        ),
    }
}

/// Returns a scheme's sender, if it has a secret.
fn sender(settings: &Settings, scheme: Scheme<'_>) -> Result<Option<Sender>, String> {
    let name = |option| name(&scheme, option);
    let secrets = settings.numbered(&name("SECRET"))?;
    let mut key_ids = settings.numbered(&name("KEY_ID"))?.into_iter();
    let networks = settings.text(&name("NETWORKS"))?;
    let verify_token = settings.text(&name("VERIFY_TOKEN"))?;
    if secrets.is_empty() {
        let others = key_ids.len() + usize::from(networks.is_some() || verify_token.is_some());
        return match others {
            0 => Ok(None),
            _ => Err(format!(
                "set {}: other settings of this sender are set",
                name("SECRET")
            )),
        };
    }

    // The scheme knows in which form its sender hands out secrets, and `Webhook::new` checks them.
    let keys: Keys = secrets
        .into_iter()
        .map(|(_, secret)| match key_ids.next() {
            Some((_, id)) => Key::from(secret).with_id(id),
            None => Key::from(secret),
        })
        .collect();
    let header = match settings.text(&name("HEADER"))? {
        Some(_) => "HEADER",
        None => "HEADER_PREFIX",
    };
    let webhook = Webhook::new(scheme, keys).map_err(|error| {
        let option = match error {
            ConfigError::MissingEndpoint
            | ConfigError::InvalidEndpoint
            | ConfigError::UnusedEndpoint => "ENDPOINT",
            ConfigError::InvalidHeaderName { .. } => header,
            ConfigError::KeyWithoutId { .. } | ConfigError::InvalidKeyId { .. } => "KEY_ID",
            _ => "SECRET",
        };
        wrong(&name(option))(error)
    })?;
    let (webhook, answers_handshakes) = with_handshakes(webhook, scheme, verify_token.as_deref())
        .map_err(wrong(&name("VERIFY_TOKEN")))?;
    let networks = networks.map(|list| Networks::new(list.split_whitespace()));
    Ok(Some(Sender {
        path: format!("/webhooks/{}", scheme.name),
        webhook: Arc::new(webhook),
        explainer: None,
        answers_handshakes,
        networks: networks.transpose().map_err(wrong(&name("NETWORKS")))?,
    }))
}

/// Applies the settings to a scheme. The texts are leaked, since they are needed as long as the
/// process runs.
fn with_options<'s>(settings: &Settings, mut scheme: Scheme<'s>) -> Result<Scheme<'s>, String> {
    let endpoints = settings.numbered(&name(&scheme, "ENDPOINT"))?;
    if !endpoints.is_empty() {
        let texts: Vec<&str> = endpoints
            .into_iter()
            .map(|(_, text)| &*text.leak())
            .collect();
        scheme = scheme.at_any(texts.leak());
    }
    if let Some(header) = settings.text(&name(&scheme, "HEADER"))? {
        scheme = scheme.with_signature_header(header.leak());
    }
    if let Some(prefix) = settings.text(&name(&scheme, "HEADER_PREFIX"))? {
        scheme = scheme.with_header_prefix(prefix.leak());
    }
    Ok(scheme)
}

/// Makes the webhook answer handshakes: requests with which the sender checks an endpoint.
///
/// Handshakes that hand over a secret (Asana, Notion) are not answered, since they come before
/// there is a secret to configure.
fn with_handshakes(
    webhook: Webhook,
    scheme: Scheme<'_>,
    verify_token: Option<&str>,
) -> Result<(Webhook, bool), ConfigError> {
    match scheme.handshake {
        None | Some(Handshake::SecretHeader(_) | Handshake::SecretField(_)) => Ok((webhook, false)),
        Some(_) => {
            let handshakes = Handshakes::new(scheme)?;
            let handshakes = handshakes.with_verify_token(verify_token.unwrap_or_default());
            Ok((webhook.with_handshakes(handshakes)?, true))
        }
    }
}

/// Returns the name of a scheme's setting, such as `STANDARD_WEBHOOKS_SECRET`.
fn name(scheme: &Scheme<'_>, option: &str) -> String {
    format!("{}_{option}", scheme.name.to_uppercase().replace('-', "_"))
}
