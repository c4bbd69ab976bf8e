//! Records an event in the handler's transaction, so that the work in this database is
//! done exactly once.
//!
//! It needs no guard, lease or owner: the transaction is the claim. Use it alone, or behind a
//! guard, so that simultaneous duplicates do not have to wait.

use std::time::Duration;

use hookseal::idempotency::EntryKey;
use sqlx::{PgPool, PgTransaction};

/// Records an event, and returns whether it was not recorded before.
///
/// If another open transaction has recorded the event, this waits for that transaction to end,
/// since until then it is not known whether the event is a duplicate. Do the work in the same
/// transaction, and commit. So that it does not wait for a client that is gone, set
/// `lock_timeout` for the transaction, and `idle_in_transaction_session_timeout` and TCP
/// keepalives on the server. Respond to the resulting errors with 503.
///
/// The transaction may have any isolation level. Under `REPEATABLE READ` and
/// `SERIALIZABLE`, the second of two simultaneous deliveries may get a serialization error:
/// respond with 503, and the next delivery is a duplicate.
///
/// # Errors
///
/// Returns the database's error.
pub async fn record(
    transaction: &mut PgTransaction<'_>,
    entry: &EntryKey,
) -> Result<bool, sqlx::Error> {
    let recorded =
        sqlx::query("INSERT INTO hookseal_ledger (key) VALUES ($1) ON CONFLICT DO NOTHING")
            .bind(&entry.as_bytes()[..])
            .execute(&mut **transaction)
            .await?;
    Ok(recorded.rows_affected() > 0)
}

/// Deletes events that were recorded longer ago than this, up to a limit, and returns how many
/// it deleted. If a sender repeats an event after that, it is handled again.
///
/// # Errors
///
/// Returns the database's error.
pub async fn delete_older_than(
    pool: &PgPool,
    age: Duration,
    most: u32,
) -> Result<u64, sqlx::Error> {
    let deleted = sqlx::query(
        "DELETE FROM hookseal_ledger WHERE key = ANY(ARRAY(
            SELECT key FROM hookseal_ledger WHERE recorded_at < now() - $1
            LIMIT $2 FOR UPDATE SKIP LOCKED
        ))",
    )
    .bind(super::interval(age))
    .bind(i64::from(most))
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}
