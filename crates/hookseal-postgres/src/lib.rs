#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs, missing_debug_implementations, unreachable_pub)]

pub mod ledger;

use std::fmt;
use std::time::Duration;

use hookseal::idempotency::{ClaimState, EntryKey, Owner, Store, StoreError, StoreFuture};
use sqlx::postgres::types::PgInterval;
use sqlx::{Executor as _, PgPool};

/// The longest time that is added to a moment: some 30 years.
const FAR: Duration = Duration::from_secs(1_000_000_000);

/// What a delivery is told to wait if the entry changed while it was looked at.
const SOON: Duration = Duration::from_secs(1);

// Each statement is one step: under READ COMMITTED, `ON CONFLICT` locks the row that is in
// the way and judges it as it is then.

/// Takes an entry that is free, or this owner's own, and shows the one that is in the way.
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

/// Completes an entry that is free, or this owner's own.
const COMPLETE: &str = "
INSERT INTO hookseal_entries AS entry (key, owner, completed, ends_at)
VALUES ($1, $2, true, clock_timestamp() + $3)
ON CONFLICT (key) DO UPDATE
    SET owner = excluded.owner, completed = true, ends_at = excluded.ends_at
    WHERE entry.ends_at <= clock_timestamp() OR entry.owner = excluded.owner";

const RELEASE: &str =
    "DELETE FROM hookseal_entries WHERE key = $1 AND owner = $2 AND NOT completed";

/// Keeps which events are handled in a Postgres database.
///
/// A store is cheap to clone; all clones share the pool.
#[derive(Clone)]
pub struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    /// The tables, for your migrations. It can be run again.
    pub const SCHEMA: &str = include_str!("schema.sql");

    /// Creates a store on a pool. The tables must be there.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Creates the tables, unless they are there.
    ///
    /// # Errors
    ///
    /// The database does not answer, or its user may not create tables.
    pub async fn create_tables(&self) -> Result<(), sqlx::Error> {
        // Two processes that create a table at once can get in each other's way.
        let mut transaction = self.pool.begin().await?;
        transaction
            .execute("SELECT pg_advisory_xact_lock(hashtext('hookseal'))")
            .await?;
        transaction.execute(Self::SCHEMA).await?;
        transaction.commit().await
    }

    /// Deletes entries whose lease or retention has ended, at most so many, and returns how
    /// many. Nothing needs it but the size of the table: run it once an hour, for example.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn delete_ended(&self, most: u32) -> Result<u64, sqlx::Error> {
        let deleted = sqlx::query(
            // `now()`, since no index serves what changes within a statement.
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

/// Whether a statement may succeed if it is repeated: the connection broke, or another
/// transaction was in the way. Each statement can be repeated by its owner.
fn can_be_repeated(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        // Serialization failure, deadlock, and a server that shuts down.
        sqlx::Error::Database(error) => error
            .code()
            .is_some_and(|code| matches!(&*code, "40001" | "40P01" | "57P01")),
        _ => false,
    }
}

/// Runs a statement, and once more if that may help.
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
                // Seen as it was when the statement began; the claim has judged it later.
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
