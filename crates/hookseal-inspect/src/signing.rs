//! Signs messages as a sender does.

use hookseal::{Message, SignError, Webhook};

use crate::error::{Result, WrongUse, wrong};
use crate::secret::Secret;
use crate::setup::{Setup, named_ids};

/// Signs a message, and returns the headers. `has_target` says whether the message has the
/// target of its request.
///
/// # Errors
///
/// Fails if the scheme signs something that the message does not have or that no header can
/// hold.
pub fn sign(
    webhook: &Webhook,
    message: &Message<'_>,
    has_target: bool,
) -> Result<Vec<(String, String)>> {
    let signed = webhook.sign(message).map_err(|error| {
        let what_to_do = match &error {
            SignError::Missing { .. } if !has_target => "; --url says where the request goes",
            SignError::MissingHeader { .. } => "; give it with --header",
            _ => "",
        };
        WrongUse(format!("cannot sign: {error}{what_to_do}"))
    })?;
    Ok(signed
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_owned()))
        .collect())
}

/// Checks that the secrets have ids if the scheme's requests name their key, and that a
/// single secret has none otherwise.
///
/// # Errors
///
/// Fails if a secret has no id, or one that has no effect.
pub fn check_ids(setup: &Setup, secrets: &[Secret]) -> Result<()> {
    let names_keys = setup.with(|scheme| !named_ids(&scheme, &[]).is_empty());
    if names_keys && secrets.iter().any(|secret| secret.id.is_none()) {
        return wrong("--key-id is needed for each secret: the scheme's requests name their key");
    }
    let ids = secrets.iter().filter(|secret| secret.id.is_some());
    if !names_keys && secrets.len() == 1 && ids.count() == 1 {
        return wrong(format!(
            "--key-id has no effect: the requests of {} name no key",
            setup.name()
        ));
    }
    Ok(())
}
