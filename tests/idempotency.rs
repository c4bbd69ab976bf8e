//! Tests the guard with the in-memory store, and its layer.

#[path = "common/time_limit.rs"]
mod time_limit;

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hookseal::idempotency::{
    Claim, ClaimState, EntryKey, Guard, MemoryStore, Once, OnceError, OnceLayer, Owner, Store,
    StoreError, StoreFuture, conformance,
};
use hookseal::tower::{VerifiedBody, VerifyLayer};
use hookseal::{IdempotencyKey, Message, Webhook, schemes};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use time_limit::time_limit;
use tower::{Layer, ServiceExt, service_fn};

const SECRET: &str = "the signing key of the webhook's record";

fn webhook() -> Webhook {
    Webhook::new(schemes::PAKK, SECRET).unwrap()
}

fn event(body: &[u8]) -> IdempotencyKey {
    let webhook = webhook();
    let headers = webhook.sign(&Message::new(body)).unwrap();
    webhook.verify(&headers, body).unwrap().idempotency_key()
}

fn guard() -> Guard {
    Guard::new(MemoryStore::new(1_000), "orders")
}

#[tokio::test]
async fn the_store_in_memory_conforms() {
    conformance::check(&MemoryStore::new(200), tokio::time::sleep)
        .await
        .unwrap();
    let shared: Arc<dyn Store> = Arc::new(MemoryStore::new(200));
    conformance::check(&shared, tokio::time::sleep)
        .await
        .unwrap();
}

/// A store that breaks one rule.
#[derive(Debug)]
struct Broken(MemoryStore, &'static str);

impl Store for Broken {
    fn claim<'a>(
        &'a self,
        entry: &'a EntryKey,
        owner: &'a Owner,
        lease: Duration,
    ) -> StoreFuture<'a, ClaimState> {
        let lease = match self.1 {
            "no lease ends" => lease.max(Duration::from_secs(60)),
            "leases are long" => lease.saturating_mul(3),
            "leases are short" => lease / 3,
            _ => lease,
        };
        Box::pin(async move {
            let (one, all) = (Owner::from_bytes([1; 16]), EntryKey::from_bytes([2; 32]));
            match self.1 {
                "owners are one" => self.0.claim(entry, &one, lease).await,
                "entries are one" => self.0.claim(&all, owner, lease).await,
                "a claim ends a completion" => match self.0.claim(entry, owner, lease).await? {
                    ClaimState::Completed => Ok(ClaimState::Acquired),
                    state => Ok(state),
                },
                "all are acquired" => Ok(ClaimState::Acquired),
                "claims are no step" => {
                    // Checks first, and claims later.
                    let probe = Owner::from_bytes([3; 16]);
                    let seen = self.0.claim(entry, &probe, lease).await?;
                    self.0.release(entry, &probe).await?;
                    tokio::task::yield_now().await;
                    match seen {
                        ClaimState::Acquired => {
                            self.0.claim(entry, owner, lease).await?;
                            Ok(ClaimState::Acquired)
                        }
                        _ => self.0.claim(entry, owner, lease).await,
                    }
                }
                "a claim is not repeated" => match self.0.claim(entry, owner, lease).await? {
                    ClaimState::Acquired if lease > Duration::from_secs(50) => {
                        // As if it had another owner.
                        let other = Owner::from_bytes([4; 16]);
                        self.0.release(entry, owner).await?;
                        self.0.claim(entry, &other, lease).await
                    }
                    state => Ok(state),
                },
                _ => self.0.claim(entry, owner, lease).await,
            }
        })
    }

    fn complete<'a>(
        &'a self,
        entry: &'a EntryKey,
        owner: &'a Owner,
        retention: Duration,
    ) -> StoreFuture<'a, bool> {
        let retention = match self.1 {
            "no retention ends" => Duration::from_secs(60),
            _ => retention,
        };
        Box::pin(async move {
            match self.1 {
                "nothing is completed" => Ok(true),
                "anyone completes" => {
                    self.0.complete(entry, owner, retention).await?;
                    Ok(true)
                }
                "owners are one" => {
                    self.0
                        .complete(entry, &Owner::from_bytes([1; 16]), retention)
                        .await
                }
                _ => self.0.complete(entry, owner, retention).await,
            }
        })
    }

    fn release<'a>(&'a self, entry: &'a EntryKey, owner: &'a Owner) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            match self.1 {
                "nothing is released" => Ok(()),
                "a release fails" => Err(StoreError::unavailable("no")),
                _ => self.0.release(entry, owner).await,
            }
        })
    }
}

#[tokio::test]
async fn a_store_that_breaks_a_rule_does_not_conform() {
    let faults = [
        "no lease ends",
        "leases are long",
        "leases are short",
        "owners are one",
        "entries are one",
        "a claim ends a completion",
        "all are acquired",
        "claims are no step",
        "a claim is not repeated",
        "no retention ends",
        "nothing is completed",
        "anyone completes",
        "nothing is released",
        "a release fails",
    ];
    let checks = faults.map(|fault| {
        tokio::spawn(async move {
            let store = Broken(MemoryStore::new(1_000), fault);
            (fault, conformance::check(&store, tokio::time::sleep).await)
        })
    });
    for check in checks {
        let (fault, verdict) = check.await.unwrap();
        let violation = verdict.expect_err(fault);
        assert!(!violation.rule().is_empty());
    }
}

#[tokio::test]
async fn a_full_store_refuses_new_claims_and_forgets_none() {
    let store = MemoryStore::new(3);
    let (one, other) = (Owner::random().unwrap(), Owner::random().unwrap());
    let entry = |n| EntryKey::from_bytes([n; 32]);
    let long = Duration::from_secs(60);
    store.claim(&entry(1), &one, long).await.unwrap();
    store.claim(&entry(2), &one, long).await.unwrap();
    store.complete(&entry(2), &one, long).await.unwrap();
    store
        .claim(&entry(3), &one, Duration::from_millis(50))
        .await
        .unwrap();
    for n in 4..=9 {
        let error = store.claim(&entry(n), &other, long).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the store is full: 3 entries are held or remembered"
        );
        assert_eq!(error.reason(), "full");
    }
    // All are there, and can be completed.
    let in_progress = store.claim(&entry(1), &other, long).await.unwrap();
    assert!(matches!(in_progress, ClaimState::InProgress { .. }));
    assert_eq!(
        store.claim(&entry(2), &other, long).await.unwrap(),
        ClaimState::Completed
    );
    assert!(store.complete(&entry(1), &one, long).await.unwrap());
    assert_eq!(store.len(), 3);
    // An event whose lease has ended, and that was forgotten, has no room to be remembered.
    let error = store.complete(&entry(9), &one, long).await.unwrap_err();
    assert_eq!(error.reason(), "full");
    assert!(!store.is_empty());
    // What has ended makes room.
    tokio::time::sleep(Duration::from_millis(80)).await;
    assert_eq!(store.len(), 2);
    assert_eq!(
        store.claim(&entry(4), &other, long).await.unwrap(),
        ClaimState::Acquired
    );
}

#[test]
fn entry_keys_are_of_a_namespace_and_an_event() {
    let event = event(b"{}");
    // printf '\6\0\0\0\0\0\0\0orders%s' "pakk:sha256:$(printf '{}' | sha256sum | cut -c1-64)" | sha256sum
    let key = EntryKey::new("orders", &event);
    assert_eq!(
        key.to_string(),
        "bf635921847c1cc5e36a4dd5e85077771d95fbd4deb08372b383001b8eb6a979"
    );
    assert_ne!(key, EntryKey::new("order", &event));
    assert_ne!(key, EntryKey::new("", &event));
}

/// 64 deliveries at the same time, 1,000 times: each event is handled once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_deliveries_at_once_one_is_handled() {
    let guard = guard();
    for round in 0..1_000_u32 {
        let event = event(&round.to_le_bytes());
        let runs = Arc::new(AtomicUsize::new(0));
        let deliveries: Vec<_> = (0..64)
            .map(|_| {
                let (guard, event, runs) = (guard.clone(), event.clone(), Arc::clone(&runs));
                tokio::spawn(async move {
                    let handle = async || {
                        runs.fetch_add(1, SeqCst);
                        tokio::task::yield_now().await;
                        Ok::<_, Infallible>(())
                    };
                    guard.once(&event, handle).await.unwrap()
                })
            })
            .collect();
        let mut handled = 0;
        for delivery in deliveries {
            handled += usize::from(delivery.await.unwrap() == Once::Handled(()));
        }
        assert_eq!((handled, runs.load(SeqCst)), (1, 1), "round {round}");
        if round == 900 {
            // The store has room for a thousand.
            assert!(guard.once(&event, async || Ok::<_, ()>(())).await.unwrap() == Once::Duplicate);
        }
    }
}

#[tokio::test]
async fn a_handler_that_fails_or_panics_releases_its_event() {
    let guard = guard();
    let event = event(b"{}");
    let failed = guard.once(&event, async || Err::<(), _>("no")).await;
    assert!(matches!(
        failed,
        Err(OnceError::Handler { error: "no", .. })
    ));
    let panicking = {
        let (guard, event) = (guard.clone(), event.clone());
        tokio::spawn(async move {
            guard
                .once(&event, async || -> Result<(), ()> { panic!("on purpose") })
                .await
        })
    };
    assert!(panicking.await.unwrap_err().is_panic());
    let handled = guard.once(&event, async || Ok::<_, ()>(7)).await.unwrap();
    assert_eq!(handled, Once::Handled(7));
    let again = guard.once(&event, async || Ok::<_, ()>(8)).await.unwrap();
    assert_eq!(again, Once::Duplicate);
}

/// This also holds for a handler that panics before it returns a future.
#[tokio::test]
async fn a_panic_in_the_call_of_a_handler_releases_its_event() {
    let guard = guard();
    let event = event(b"{}");
    let panicking = {
        let (guard, event) = (guard.clone(), event.clone());
        tokio::spawn(async move {
            let handle = || {
                if true {
                    panic!("on purpose");
                }
                std::future::ready(Ok::<(), ()>(()))
            };
            guard.once(&event, handle).await
        })
    };
    assert!(panicking.await.unwrap_err().is_panic());
    let handled = guard.once(&event, async || Ok::<_, ()>(7)).await.unwrap();
    assert_eq!(handled, Once::Handled(7));
}

#[tokio::test]
async fn a_lease_can_be_renewed_by_its_owner() {
    let guard = guard().with_lease(Duration::from_millis(200));
    let event = event(b"{}");
    let Claim::Acquired(lease) = guard.claim(&event).await.unwrap() else {
        panic!("it is new");
    };
    assert_eq!(*lease.entry(), guard.entry(&event));
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(80)).await;
        assert!(lease.renew().await.unwrap());
        assert!(matches!(
            guard.claim(&event).await.unwrap(),
            Claim::InProgress { .. }
        ));
    }
    tokio::time::sleep(Duration::from_millis(250)).await;
    let Claim::Acquired(second) = guard.claim(&event).await.unwrap() else {
        panic!("the lease has ended");
    };
    assert!(!lease.renew().await.unwrap());
    assert!(second.complete().await.unwrap());
    assert!(!lease.renew().await.unwrap());
}

/// The layer can identify events of a sender that signs the time of each attempt, and of two
/// tenants.
#[tokio::test]
async fn an_event_is_identified_as_the_layer_is_told() {
    let secret = "whsec_a_secret_of_stripe";
    let runs_of = async |layer: OnceLayer| {
        let runs = Arc::new(AtomicUsize::new(0));
        let handler = {
            let runs = Arc::clone(&runs);
            service_fn(move |_: Request<VerifiedBody>| {
                runs.fetch_add(1, SeqCst);
                std::future::ready(Ok::<_, Infallible>(Response::new(String::new())))
            })
        };
        let keys = [("anna", secret), ("otto", "whsec_another_secret")];
        let keys = keys.map(|(id, secret)| hookseal::Key::from(secret).with_id(id));
        let webhook = Webhook::new(schemes::STRIPE, keys).unwrap();
        let service = VerifyLayer::new(webhook).layer(layer.layer(handler));
        let now = hookseal::clock::Timestamp::now().as_secs();
        for (secret, ago) in [(secret, 0), (secret, 60), ("whsec_another_secret", 0)] {
            let sender = Webhook::new(schemes::STRIPE, secret).unwrap();
            let message = Message::new(b"{}").with_timestamp(now - ago);
            let mut request = Request::post("/");
            for (name, value) in sender.sign(&message).unwrap() {
                request = request.header(name.as_str(), value.as_bytes());
            }
            let request = request.body(Full::<Bytes>::from("{}")).unwrap();
            let response = service.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
        }
        runs.load(SeqCst)
    };
    let layer = || OnceLayer::new(guard(), tokio::spawn);
    // By the signed message: each attempt is a new event, but the other tenant's is a duplicate.
    assert_eq!(runs_of(layer()).await, 2);
    assert_eq!(runs_of(layer().with_key(|event| event.body_key())).await, 1);
    let by_tenant = layer().with_key(|event| {
        let tenant = event.key_id().unwrap_or_default();
        IdempotencyKey::from_signed(&[tenant, event.body_key().as_str()])
    });
    assert_eq!(runs_of(by_tenant).await, 2);
    let key = |values: &[&str]| IdempotencyKey::from_signed(values).as_str().to_owned();
    assert_ne!(key(&["a", "b"]), key(&["ab"]));
    assert_ne!(key(&["a:1:b"]), key(&["a", "b"]));
}

#[tokio::test]
async fn a_rotation_between_delivery_and_retry_changes_nothing() {
    let guard = guard();
    let old = webhook();
    let new = Webhook::new(schemes::PAKK, "another signing key").unwrap();
    let deliver = async |sender: &Webhook| {
        let headers = sender.sign(&Message::new(b"{}")).unwrap();
        let receiver = Webhook::new(schemes::PAKK, ["another signing key", SECRET]).unwrap();
        let key = receiver.verify(&headers, b"{}").unwrap().idempotency_key();
        guard.once(&key, async || Ok::<_, ()>(())).await.unwrap()
    };
    assert_eq!(deliver(&old).await, Once::Handled(()));
    assert_eq!(deliver(&new).await, Once::Duplicate);
}

#[tokio::test]
async fn a_handler_that_outlives_its_lease_does_not_complete_the_second_ones() {
    let guard = guard().with_lease(Duration::from_millis(50));
    let event = event(b"{}");
    let Claim::Acquired(first) = guard.claim(&event).await.unwrap() else {
        panic!("it is new");
    };
    tokio::time::sleep(Duration::from_millis(80)).await;
    let long = guard.clone().with_lease(Duration::from_secs(60));
    let Claim::Acquired(second) = long.claim(&event).await.unwrap() else {
        panic!("the lease has ended");
    };
    assert!(!first.complete().await.unwrap());
    assert!(matches!(
        guard.claim(&event).await.unwrap(),
        Claim::InProgress { .. }
    ));
    assert!(second.complete().await.unwrap());
    assert!(matches!(
        guard.claim(&event).await.unwrap(),
        Claim::Completed
    ));
}

#[tokio::test]
async fn namespaces_are_apart_and_clones_are_not() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(10));
    let orders = Guard::new(Arc::clone(&store), "orders");
    let invoices = Guard::new(store, "invoices");
    let event = event(b"{}");
    let run = async |guard: &Guard| guard.once(&event, async || Ok::<_, ()>(())).await.unwrap();
    assert_eq!(run(&orders).await, Once::Handled(()));
    assert_eq!(run(&invoices).await, Once::Handled(()));
    assert_eq!(run(&orders.clone()).await, Once::Duplicate);
}

// The layer.

/// A store that does not answer.
#[derive(Debug)]
struct Down;

impl Store for Down {
    fn claim<'a>(
        &'a self,
        _: &'a EntryKey,
        _: &'a Owner,
        _: Duration,
    ) -> StoreFuture<'a, ClaimState> {
        Box::pin(async { Err(StoreError::unavailable("connection refused")) })
    }

    fn complete<'a>(&'a self, _: &'a EntryKey, _: &'a Owner, _: Duration) -> StoreFuture<'a, bool> {
        Box::pin(async { Err(StoreError::unavailable("connection refused")) })
    }

    fn release<'a>(&'a self, _: &'a EntryKey, _: &'a Owner) -> StoreFuture<'a, ()> {
        Box::pin(async { Err(StoreError::unavailable("connection refused")) })
    }
}

fn request(body: &'static [u8]) -> Request<Full<Bytes>> {
    let headers = webhook().sign(&Message::new(body)).unwrap();
    let mut request = Request::post("/");
    for (name, value) in headers {
        request = request.header(name.as_str(), value.as_bytes());
    }
    request.body(Full::from(body)).unwrap()
}

type Answers = Arc<Mutex<Vec<StatusCode>>>;

/// Sends one event as often as there are answers, and returns the statuses and how often
/// the handler ran.
async fn deliveries(layer: OnceLayer, answers: &[u16]) -> (Vec<u16>, usize) {
    let answers: Vec<StatusCode> = answers
        .iter()
        .rev()
        .map(|status| StatusCode::from_u16(*status).unwrap())
        .collect();
    let count = answers.len();
    let answers: Answers = Arc::new(Mutex::new(answers));
    let left = Arc::clone(&answers);
    let handler = service_fn(move |_: Request<VerifiedBody>| {
        let answers = Arc::clone(&answers);
        async move {
            let mut response = Response::new(Full::<Bytes>::from("handled"));
            *response.status_mut() = answers.lock().unwrap().pop().unwrap();
            Ok::<_, Infallible>(response)
        }
    });
    let service = VerifyLayer::new(webhook()).layer(layer.layer(handler));
    let mut statuses = Vec::new();
    for _ in 0..count {
        let response = service.clone().oneshot(request(b"{}")).await.unwrap();
        statuses.push(response.status().as_u16());
    }
    (statuses, count - left.lock().unwrap().len())
}

#[tokio::test]
async fn a_2xx_completes_and_anything_else_releases() {
    for layer in [
        OnceLayer::new(guard(), tokio::spawn),
        OnceLayer::without_tasks(guard()),
    ] {
        let (statuses, runs) = deliveries(layer, &[500, 404, 302, 204, 200, 200]).await;
        assert_eq!(statuses, [500, 404, 302, 204, 200, 200]);
        // The last two are duplicates.
        assert_eq!(runs, 4);
    }
}

#[tokio::test]
async fn a_store_that_is_down_answers_503_or_lets_events_through() {
    let guard = || Guard::new(Down, "orders");
    let layer = OnceLayer::new(guard(), tokio::spawn);
    assert_eq!(deliveries(layer, &[200, 200]).await, (vec![503, 503], 0));
    let layer = OnceLayer::new(guard(), tokio::spawn).let_through_without_store();
    assert_eq!(deliveries(layer, &[200, 500]).await, (vec![200, 500], 2));
}

#[tokio::test]
async fn a_duplicate_in_progress_is_told_when_to_come_again() {
    let guard = guard().with_lease(Duration::from_millis(2_500));
    let (entered, release) = (
        Arc::new(tokio::sync::Notify::new()),
        Arc::new(tokio::sync::Notify::new()),
    );
    let handler = {
        let (entered, release) = (Arc::clone(&entered), Arc::clone(&release));
        service_fn(move |_: Request<VerifiedBody>| {
            let (entered, release) = (Arc::clone(&entered), Arc::clone(&release));
            async move {
                entered.notify_one();
                release.notified().await;
                Ok::<_, Infallible>(Response::new(String::from("handled")))
            }
        })
    };
    let layer = OnceLayer::new(guard, tokio::spawn);
    let service = VerifyLayer::new(webhook()).layer(layer.layer(handler));
    let first = tokio::spawn(service.clone().oneshot(request(b"{}")));
    entered.notified().await;
    let second = service.clone().oneshot(request(b"{}")).await.unwrap();
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(second.headers()["retry-after"], "3");
    assert_eq!(second.body(), "");
    release.notify_one();
    assert_eq!(first.await.unwrap().unwrap().body(), "handled");
    let third = service.oneshot(request(b"{}")).await.unwrap();
    assert_eq!((third.status(), &**third.body()), (StatusCode::OK, ""));
}

/// The sender hangs up: its future is dropped, and the handler runs to its end.
#[tokio::test]
async fn a_sender_that_hangs_up_loses_nothing_and_holds_nothing() {
    let guard = guard();
    let (entered, release) = (
        Arc::new(tokio::sync::Notify::new()),
        Arc::new(tokio::sync::Notify::new()),
    );
    let done = Arc::new(AtomicUsize::new(0));
    let handler = {
        let (entered, release, done) = (
            Arc::clone(&entered),
            Arc::clone(&release),
            Arc::clone(&done),
        );
        service_fn(move |_: Request<VerifiedBody>| {
            let (entered, release, done) = (
                Arc::clone(&entered),
                Arc::clone(&release),
                Arc::clone(&done),
            );
            async move {
                entered.notify_one();
                release.notified().await;
                done.fetch_add(1, SeqCst);
                Ok::<_, Infallible>(Response::new(String::new()))
            }
        })
    };
    let layer = OnceLayer::new(guard.clone(), tokio::spawn);
    let service = VerifyLayer::new(webhook()).layer(layer.layer(handler));
    let first = tokio::spawn(service.clone().oneshot(request(b"{}")));
    entered.notified().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    release.notify_one();
    while !matches!(guard.claim(&event(b"{}")).await.unwrap(), Claim::Completed) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(done.load(SeqCst), 1);
    let retry = service.oneshot(request(b"{}")).await.unwrap();
    assert_eq!(retry.status(), StatusCode::OK);
    assert_eq!(done.load(SeqCst), 1);
}

#[tokio::test]
async fn a_panic_in_the_handler_is_a_500_and_releases() {
    let _limit = time_limit();
    let panics = Arc::new(AtomicUsize::new(0));
    let handler = {
        let panics = Arc::clone(&panics);
        service_fn(move |_: Request<VerifiedBody>| {
            let first = panics.fetch_add(1, SeqCst) == 0;
            async move {
                assert!(!first, "on purpose");
                Ok::<_, Infallible>(Response::new(String::from("handled")))
            }
        })
    };
    let layer = OnceLayer::new(guard(), tokio::spawn);
    let service = VerifyLayer::new(webhook()).layer(layer.layer(handler));
    let first = service.clone().oneshot(request(b"{}")).await.unwrap();
    assert_eq!(first.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let second = service.oneshot(request(b"{}")).await.unwrap();
    assert_eq!(
        (second.status(), &**second.body()),
        (StatusCode::OK, "handled")
    );
}

#[tokio::test]
async fn an_error_of_the_service_is_passed_on_and_releases() {
    let runs = Arc::new(AtomicUsize::new(0));
    let handler = {
        let runs = Arc::clone(&runs);
        service_fn(move |_: Request<VerifiedBody>| {
            let first = runs.fetch_add(1, SeqCst) == 0;
            async move {
                if first {
                    return Err("no");
                }
                Ok(Response::new(String::new()))
            }
        })
    };
    let layer = OnceLayer::new(guard(), tokio::spawn);
    let service = VerifyLayer::new(webhook()).layer(layer.layer(handler));
    assert_eq!(
        service.clone().oneshot(request(b"{}")).await.unwrap_err(),
        "no"
    );
    assert!(service.oneshot(request(b"{}")).await.is_ok());
    assert_eq!(runs.load(SeqCst), 2);
}

#[tokio::test]
async fn without_a_verifying_layer_nothing_is_handled() {
    let handler = service_fn(async |_: Request<Full<Bytes>>| {
        Ok::<_, Infallible>(Response::new(String::from("handled")))
    });
    let service = OnceLayer::new(guard(), tokio::spawn).layer(handler);
    let response = service.oneshot(request(b"{}")).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(response.body(), "");
}

/// A runtime that ends drops its tasks: the sender tries again.
#[tokio::test]
async fn a_task_that_is_dropped_answers_503() {
    let layer = OnceLayer::new(guard(), drop);
    assert_eq!(deliveries(layer, &[200]).await, (vec![503], 0));
}
