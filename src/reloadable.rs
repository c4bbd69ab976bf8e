//! Secrets that change while a service runs.

use alloc::sync::Arc;
use core::{fmt, mem};
use std::sync::{PoisonError, RwLock};

/// Holds a verifier, or a map of several, that can be replaced while requests are
/// verified: for rotating secrets without a restart.
///
/// [`current`](Self::current) returns the value held at that moment. Use that value from
/// the head of a request to the end of its body, as `VerifyLayer::reloadable` does, so
/// that no request is checked with two sets of keys. A request that begins after
/// [`replace`](Self::replace) has returned is checked with the new keys. Requests that
/// began before are still checked with the old ones, which are wiped when the last such
/// request ends.
///
/// Clones share the value: give one to the layer, and keep one for reloading. The value
/// is replaced as a whole, so it should contain everything that must change at once, such
/// as a `HashMap` of all tenants' webhooks.
///
/// # A rotation
///
/// 1. Replace `[old]` with `[new, old]`, so that both secrets are accepted.
/// 2. Have the sender sign with the new one.
/// 3. Once every request that the sender retries is signed with the new one, replace
///    `[new, old]` with `[new]`.
///
/// # Reloading from a file
///
/// Keep the old value if the new secrets cannot be read: a half-written file or a wrong
/// secret must not stop a running service. This file has one secret per line:
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
/// let webhook = Reloadable::new(read(path)?); // a wrong secret stops the service at startup
/// let before = webhook.current();
///
/// fs::write(path, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\nwhsec_C2FVsBQIhrscChlQIM")?;
/// reload(&webhook, path); // the second secret is truncated
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
/// Write such a file under another name and then rename it, so that no reader sees half
/// of it. Half of a file with several secrets can be a valid file with fewer.
pub struct Reloadable<T: ?Sized>(
    // A lock instead of `arc-swap`, since it is held only while a pointer is copied. Four
    // threads that only read wait less than 1 us each time on two cores, which is less
    // than a MAC takes.
    Arc<RwLock<Arc<T>>>,
);

impl<T: ?Sized> Reloadable<T> {
    /// Creates a `Reloadable` that holds `first` until it is replaced.
    #[must_use]
    pub fn new(first: impl Into<Arc<T>>) -> Self {
        Self(Arc::new(RwLock::new(first.into())))
    }

    /// Returns the value held now. Later replacements do not affect a value that was
    /// returned.
    ///
    /// ```
    /// use hookseal::{Message, Reloadable, Webhook, schemes};
    ///
    /// let held = Reloadable::new(Webhook::new(schemes::PAMINGA, "the old secret")?);
    /// let webhook = held.current(); // not `held.current()` again for each chunk
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

    /// Replaces the value in all clones at once, and returns the old one.
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
