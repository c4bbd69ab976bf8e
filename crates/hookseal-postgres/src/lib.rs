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

pub mod ledger;

use std::fmt;
use std::time::Duration;

use hookseal::idempotency::{ClaimState, EntryKey, Owner, Store, StoreError, StoreFuture};
use sqlx::postgres::types::PgInterval;
use sqlx::{Executor as _, PgPool};

/// The limit for leases and retentions: about 30 years.
const FAR: Duration = Duration::from_secs(1_000_000_000);

/// The remaining lease to report if the entry changed while it was read.
const SOON: Duration = Duration::from_secs(1);

// Each statement is atomic: under READ COMMITTED, `ON CONFLICT` locks the conflicting row and
// evaluates its current version.

/// Claims an entry that is free or this owner's, or returns the conflicting one.
const CLAIM: &str = "
WITH claimed AS (
    INSERT INTO hookseal_entries AS entry (key, owner, completed, ends_at)
    VALUES ($1, $2, false, clock_timestamp() + $3)
    ON CONFLICT (key) DO UPDATE
        SET owner = excluded.owner, completed = false, ends_at = excluded.ends_at
        WHERE entry.ends_at <= clock_timestamp()
            OR (entry.owner = excluded.owner AND NOT entry.completed)
    RETURNING 1
)
SELECT
    EXISTS (SELECT FROM claimed),
    entry.completed AND entry.ends_at > clock_timestamp(),
    extract(epoch FROM entry.ends_at - clock_timestamp())::float8
FROM (SELECT 1) AS always
LEFT JOIN hookseal_entries AS entry ON entry.key = $1";

/// Completes an entry that is free or this owner's.
const COMPLETE: &str = "
INSERT INTO hookseal_entries AS entry (key, owner, completed, ends_at)
VALUES ($1, $2, true, clock_timestamp() + $3)
ON CONFLICT (key) DO UPDATE
    SET owner = excluded.owner, completed = true, ends_at = excluded.ends_at
    WHERE entry.ends_at <= clock_timestamp() OR entry.owner = excluded.owner";

const RELEASE: &str =
    "DELETE FROM hookseal_entries WHERE key = $1 AND owner = $2 AND NOT completed";

/// Records in a Postgres database which events are being handled, and which have been.
///
/// A store is cheap to clone; all clones share the pool.
#[derive(Clone)]
pub struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    /// The SQL that creates the tables, for your migrations. It can be run repeatedly.
    pub const SCHEMA: &str = include_str!("schema.sql");

    /// Creates a store with a pool. The tables must exist.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Creates the tables, unless they exist.
    ///
    /// # Errors
    ///
    /// Returns the database's error, for example if its user may not create tables.
    pub async fn create_tables(&self) -> Result<(), sqlx::Error> {
        // Locked, since two processes that create a table at the same time can conflict.
        let mut transaction = self.pool.begin().await?;
        transaction
            .execute("SELECT pg_advisory_xact_lock(hashtext('hookseal'))")
            .await?;
        transaction.execute(Self::SCHEMA).await?;
        transaction.commit().await
    }

    /// Deletes entries whose lease or retention has ended, up to a limit, and returns how many
    /// it deleted. It only keeps the table small: run it once an hour, for example.
    ///
    /// # Errors
    ///
    /// Returns the database's error.
    pub async fn delete_ended(&self, most: u32) -> Result<u64, sqlx::Error> {
        let deleted = sqlx::query(
            // `now()`, since a function that changes within a statement cannot use the index.
            "DELETE FROM hookseal_entries WHERE key = ANY(ARRAY(
                SELECT key FROM hookseal_entries WHERE ends_at <= now()
                LIMIT $1 FOR UPDATE SKIP LOCKED
            ))",
        )
        .bind(i64::from(most))
        .execute(&self.pool)
        .await?;
        Ok(deleted.rows_affected())
    }
}

/// Returns whether a statement may succeed if it is repeated: the connection broke, or it
/// conflicted with another transaction. Each statement can be repeated by its owner.
fn can_be_repeated(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        // A serialization failure, a deadlock, or a server that is shutting down.
        sqlx::Error::Database(error) => error
            .code()
            .is_some_and(|code| matches!(&*code, "40001" | "40P01" | "57P01")),
        _ => false,
    }
}

/// Runs a statement, and runs it once more if that may help.
async fn twice<T, F>(run: impl Fn() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, sqlx::Error>>,
{
    let result = match run().await {
        Err(error) if can_be_repeated(&error) => run().await,
        result => result,
    };
    result.map_err(StoreError::unavailable)
}

fn interval(time: Duration) -> PgInterval {
    let microseconds = time.min(FAR).as_micros().max(1);
    PgInterval {
        months: 0,
        days: 0,
        microseconds: i64::try_from(microseconds).unwrap_or(i64::MAX),
    }
}

impl Store for PostgresStore {
    fn claim<'a>(
        &'a self,
        entry: &'a EntryKey,
        owner: &'a Owner,
        lease: Duration,
    ) -> StoreFuture<'a, ClaimState> {
        Box::pin(async move {
            let claim = || {
                sqlx::query_as(CLAIM)
                    .bind(&entry.as_bytes()[..])
                    .bind(&owner.as_bytes()[..])
                    .bind(interval(lease))
                    .fetch_one(&self.pool)
            };
            let found: (bool, Option<bool>, Option<f64>) = twice(claim).await?;
            Ok(match found {
                (true, ..) => ClaimState::Acquired,
                (false, Some(true), _) => ClaimState::Completed,
                // The row as it was when the statement began, before the claim evaluated it.
                (false, _, seconds) => ClaimState::InProgress {
                    remaining: seconds
                        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
                        .unwrap_or(SOON),
                },
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
            let complete = || {
                sqlx::query(COMPLETE)
                    .bind(&entry.as_bytes()[..])
                    .bind(&owner.as_bytes()[..])
                    .bind(interval(retention))
                    .execute(&self.pool)
            };
            let completed = twice(complete).await?;
            Ok(completed.rows_affected() > 0)
        })
    }

    fn release<'a>(&'a self, entry: &'a EntryKey, owner: &'a Owner) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let release = || {
                sqlx::query(RELEASE)
                    .bind(&entry.as_bytes()[..])
                    .bind(&owner.as_bytes()[..])
                    .execute(&self.pool)
            };
            twice(release).await.map(drop)
        })
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}
