#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs, missing_debug_implementations, unreachable_pub)]
#![deny(
    clippy::as_conversions,
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::return_self_not_must_use,
    clippy::unwrap_used
)]

use std::fmt;
use std::time::Duration;

use hookseal::idempotency::{ClaimState, EntryKey, Owner, Store, StoreError, StoreFuture};
use redis::aio::ConnectionManager;
use redis::{FromRedisValue, RedisError, Script};

/// The longest expiry of a key in milliseconds: about 30 years, which Redis supports.
const FAR: u64 = 1_000_000_000_000;

// A value is one letter, `h` for held or `c` for completed, followed by the owner.

/// Returns 0 if the entry is acquired, -1 if it is completed, and otherwise the remaining
/// milliseconds of the lease. It reads before it writes, so that duplicates are recognised even
/// if the server's memory is full.
const CLAIM: &str = r"
local held = 'h' .. ARGV[1]
local value = redis.call('GET', KEYS[1])
if not value then
  redis.call('SET', KEYS[1], held, 'NX', 'PX', ARGV[2])
  return 0
end
if value == held then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return 0
end
if string.sub(value, 1, 1) == 'c' then return -1 end
return math.max(redis.call('PTTL', KEYS[1]), 1)
";

/// Returns 1 if this owner has completed the entry, and otherwise 0. It may run even if the
/// server's memory is full, since the value does not get longer. (The flag needs Redis 7.)
const COMPLETE: &str = r"#!lua flags=allow-oom
local value = redis.call('GET', KEYS[1])
if value and string.sub(value, 2) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'c' .. ARGV[1], 'PX', ARGV[2])
return 1
";

const RELEASE: &str = r"
if redis.call('GET', KEYS[1]) == 'h' .. ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
";

/// Records in Redis which events are being handled, and which have been.
///
/// The [crate docs](crate) list the settings that the server needs. A store is cheap to clone;
/// all clones share a connection, which is restored when it breaks.
#[derive(Clone)]
pub struct RedisStore {
    connection: ConnectionManager,
    prefix: String,
    scripts: std::sync::Arc<Scripts>,
}

struct Scripts {
    claim: Script,
    complete: Script,
    release: Script,
}

impl RedisStore {
    /// Creates a store, and checks that the server does not evict claims when its memory
    /// is full.
    ///
    /// # Errors
    ///
    /// Returns [`SetupError::Evicts`] if the server evicts claims; [`SetupError::Unavailable`] or
    /// [`SetupError::Untold`] if it does not answer `INFO memory`. If an access list forbids
    /// that command, use [`new_unchecked`](Self::new_unchecked).
    pub async fn new(mut connection: ConnectionManager) -> Result<Self, SetupError> {
        let mut info = redis::cmd("INFO");
        let info: String = info.arg("memory").query_async(&mut connection).await?;
        let field = |name: &str| {
            let mut lines = info.lines().filter_map(|line| line.split_once(':'));
            lines.find_map(|(own, value)| (own == name).then(|| value.trim()))
        };
        let (policy, bytes) = match (field("maxmemory_policy"), field("maxmemory")) {
            (Some(policy), Some(bytes)) => (policy, bytes),
            _ => return Err(SetupError::Untold),
        };
        if bytes != "0" && policy != "noeviction" {
            let policy = policy.into();
            return Err(SetupError::Evicts { policy });
        }
        Ok(Self::new_unchecked(connection))
    }

    /// Creates a store on a server whose memory policy you have checked yourself.
    #[must_use]
    pub fn new_unchecked(connection: ConnectionManager) -> Self {
        let scripts = Scripts {
            claim: Script::new(CLAIM),
            complete: Script::new(COMPLETE),
            release: Script::new(RELEASE),
        };
        Self {
            connection,
            prefix: "hookseal:".into(),
            scripts: scripts.into(),
        }
    }

    /// Sets the prefix of the keys, in place of `hookseal:`. All processes that share events
    /// need the same prefix.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Runs a script, and runs it again if the connection broke before the result arrived. That
    /// is safe, since each script can be repeated by its owner.
    async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        entry: &EntryKey,
        owner: &Owner,
        time: Option<Duration>,
    ) -> Result<T, StoreError> {
        let key = format!("{}{entry}", self.prefix);
        let mut invocation = script.prepare_invoke();
        invocation.key(&key).arg(&owner.as_bytes()[..]);
        if let Some(time) = time {
            invocation.arg(milliseconds(time));
        }
        let mut connection = self.connection.clone();
        let mut answer = invocation.invoke_async(&mut connection).await;
        // If the connection was refused, the command was not sent.
        let is_broken = |error: &RedisError| {
            let is_lost =
                error.is_connection_dropped() || error.is_io_error() || error.is_timeout();
            is_lost && !error.is_connection_refusal()
        };
        if answer.as_ref().is_err_and(is_broken) {
            answer = invocation.invoke_async(&mut connection).await;
        }
        answer.map_err(StoreError::unavailable)
    }
}

/// Returns the milliseconds, at least 1: Redis refuses an expiry of 0.
fn milliseconds(time: Duration) -> u64 {
    let rounded_up = time.as_nanos().div_ceil(1_000_000);
    u64::try_from(rounded_up).unwrap_or(FAR).clamp(1, FAR)
}

impl Store for RedisStore {
    fn claim<'a>(
        &'a self,
        entry: &'a EntryKey,
        owner: &'a Owner,
        lease: Duration,
    ) -> StoreFuture<'a, ClaimState> {
        Box::pin(async move {
            let script = &self.scripts.claim;
            let found: i64 = self.run(script, entry, owner, Some(lease)).await?;
            Ok(match u64::try_from(found) {
                Ok(0) => ClaimState::Acquired,
                Ok(left) => ClaimState::InProgress {
                    remaining: Duration::from_millis(left),
                },
                Err(_) => ClaimState::Completed,
            })
        })
    }

    fn complete<'a>(
        &'a self,
        entry: &'a EntryKey,
        owner: &'a Owner,
        retention: Duration,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let script = &self.scripts.complete;
            self.run(script, entry, owner, Some(retention)).await
        })
    }

    fn release<'a>(&'a self, entry: &'a EntryKey, owner: &'a Owner) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let released: i64 = self.run(&self.scripts.release, entry, owner, None).await?;
            let _ = released;
            Ok(())
        })
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

/// The error of a store that cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The server evicts keys when its memory is full, and so could drop claims.
    #[error(
        "the server evicts keys when its memory is full (maxmemory-policy {policy}), so claims \
         could be dropped and events handled twice; set `maxmemory-policy noeviction`, or use a \
         separate server"
    )]
    #[non_exhaustive]
    Evicts {
        /// The policy that is set.
        policy: String,
    },
    /// The server's answer does not contain its memory policy.
    #[error("the server does not report its memory policy; check it, and use `new_unchecked`")]
    Untold,
    /// The server does not answer.
    #[error("the server does not answer: {error}")]
    #[non_exhaustive]
    Unavailable {
        /// The client's error.
        #[source]
        error: RedisError,
    },
}

impl From<RedisError> for SetupError {
    fn from(error: RedisError) -> Self {
        Self::Unavailable { error }
    }
}
