//! Secrets that change while a service runs.

use alloc::sync::Arc;
use core::{fmt, mem};
use std::sync::{PoisonError, RwLock};

/// Holds a verifier, or a map of several, that can be replaced while requests are verified:
/// for a rotation of secrets without a restart.
///
/// [`current`](Self::current) returns what is held at that moment. Verify a request with
/// that one from its head to the end of its body, so that no request is judged by two sets
/// of keys; `VerifyLayer::reloadable` does. A request that begins after
/// [`replace`](Self::replace) has returned is judged by the new keys. Requests that began
/// before are still judged by the old ones, which are wiped when the last such request ends.
///
/// Clones share what they hold: give one to the layer, and keep one for reloading. What is
/// held is replaced whole. So put everything into it that must change at once, such as a
/// `HashMap` of the webhooks of all tenants.
///
/// # A rotation
///
/// 1. Replace `[old]` by `[new, old]`: both secrets are accepted.
/// 2. Have the sender sign with the new one.
/// 3. Once all requests that the sender repeats are signed with the new one, replace
///    `[new, old]` by `[new]`.
///
/// # Reloading from a file
///
/// Keep what is held if the new secrets cannot be read: a file that is half written, or a
/// wrong secret, must not stop a running service. This file has a secret in each line:
///
/// ```
/// use std::{error::Error, fs, path::Path};
///
/// use hookseal::{Key, Reloadable, Webhook, schemes};
///
/// fn read(path: &Path) -> Result<Webhook, Box<dyn Error>> {
///     let file = fs::read_to_string(path)?;
///     let secrets: Vec<Key> = file.lines().map(Key::from).collect();
///     Ok(Webhook::new(schemes::STANDARD_WEBHOOKS, secrets)?)
/// }
///
/// fn reload(webhook: &Reloadable<Webhook>, path: &Path) {
///     match read(path) {
///         Ok(new) => drop(webhook.replace(new)),
///         Err(error) => eprintln!("the webhook's secrets stay as they were: {error}"),
///     }
/// }
///
/// # let path = std::env::temp_dir().join(format!("hookseal-secrets-{}", std::process::id()));
/// # let path = path.as_path();
/// # fs::write(path, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\n")?;
/// let webhook = Reloadable::new(read(path)?); // a wrong secret stops the service at its start
/// let before = webhook.current();
///
/// fs::write(path, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\nwhsec_C2FVsBQIhrscChlQIM")?;
/// reload(&webhook, path); // the second secret is cut off
/// assert!(std::sync::Arc::ptr_eq(&before, &webhook.current()));
///
/// fs::write(path, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\nwhsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\n")?;
/// reload(&webhook, path);
/// assert!(!std::sync::Arc::ptr_eq(&before, &webhook.current()));
/// # fs::remove_file(path)?;
/// # Ok::<(), Box<dyn Error>>(())
/// ```
///
/// A task calls `reload` when the operator asks for it (`kill -HUP`), or every minute:
///
/// ```no_run
/// # #[cfg(unix)]
/// # mod unix {
/// # use std::path::Path;
/// # use hookseal::{Reloadable, Webhook};
/// # fn reload(webhook: &Reloadable<Webhook>, path: &Path) {}
/// use tokio::signal::unix::{SignalKind, signal};
///
/// # fn start(webhook: Reloadable<Webhook>, path: std::path::PathBuf) -> std::io::Result<()> {
/// // let service = VerifyLayer::reloadable(webhook.clone()).layer(…);
/// let mut hangup = signal(SignalKind::hangup())?; // or tokio::time::interval
/// tokio::spawn(async move {
///     while hangup.recv().await.is_some() {
///         reload(&webhook, &path);
///     }
/// });
/// # Ok(())
/// # }
/// # }
/// ```
///
/// Write such a file under another name, and rename it: then no reader sees half of it. Half
/// a file of several secrets can be a valid file of fewer.
pub struct Reloadable<T: ?Sized>(
    // A lock and not `arc-swap`: it is held while a pointer is copied. Four threads that do
    // nothing but read wait less than 1 us each time, on two cores: less than a MAC takes.
    Arc<RwLock<Arc<T>>>,
);

impl<T: ?Sized> Reloadable<T> {
    /// Creates one that holds `first`, until it is replaced.
    #[must_use]
    pub fn new(first: impl Into<Arc<T>>) -> Self {
        Self(Arc::new(RwLock::new(first.into())))
    }

    /// Returns what is held now. It stays the same for whoever has it, whatever is replaced
    /// meanwhile.
    ///
    /// ```
    /// use hookseal::{Message, Reloadable, Webhook, schemes};
    ///
    /// let held = Reloadable::new(Webhook::new(schemes::PAMINGA, "the old secret")?);
    /// let webhook = held.current(); // and not `held.current().begin(…)` for each chunk
    /// let headers = webhook.sign(&Message::new(b"{}"))?;
    ///
    /// held.replace(Webhook::new(schemes::PAMINGA, "the new secret")?);
    /// assert!(webhook.verify(&headers, b"{}").is_ok());
    /// assert!(held.current().verify(&headers, b"{}").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn current(&self) -> Arc<T> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces what is held, in all clones at once, and returns it.
    pub fn replace(&self, new: impl Into<Arc<T>>) -> Arc<T> {
        let new = new.into();
        mem::replace(
            &mut *self.0.write().unwrap_or_else(PoisonError::into_inner),
            new,
        )
    }
}

impl<T: ?Sized> Clone for Reloadable<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Reloadable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reloadable").field(&self.current()).finish()
    }
}
