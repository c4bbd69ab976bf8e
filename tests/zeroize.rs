//! Tests that no key material is left in memory that the crate controls: neither in a
//! freed block nor in a place from which a running verification was moved.
//!
//! Key material is the secret, as bytes and as text, and the hash states after HMAC's
//! two padded blocks, which can replace the secret. Every freed block is searched for
//! each eight bytes of them. `in_use` shows that the search finds them where they are.

#[path = "common/bodies.rs"]
mod bodies;
#[path = "common/time_limit.rs"]
mod time_limit;

use std::alloc::{GlobalAlloc, Layout, System};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Future, poll_fn, ready};
use std::hint::black_box;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bodies::BrokeOff;
use bytes::Bytes;
use hookseal::clock::{Timestamp, clock_fn};
use hookseal::scheme::{
    Algorithm, CanonicalForm, Canonicalize, Form, Part, RawRequest, Scheme, SecretForm,
    SignatureField, SignedHeaders,
};
use hookseal::tower::{VerifiedBody, VerifyLayer};
use hookseal::verification::{CheckHead, CheckedHead, HashState, Verification};
use hookseal::{Key, Keys, Message, RequestHead, Verifier, VerifyError, VerifyRequest, Webhook};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use time_limit::time_limit;
use tower::{Layer as _, Service as _, service_fn};

const SECRET: [u8; 32] = *b"0123456789abcdefghijklmnopqrstuv";
const TEXT: &str = "0123456789abcdefghijklmnopqrstuv";
const HEX: &str = "303132333435363738396162636465666768696a6b6c6d6e6f70717273747576";
const BASE64: &str = "MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY=";

/// All key material, in pieces of eight bytes.
struct Pieces {
    all: Vec<[u8; 8]>,
    /// The first bytes of the pieces.
    first: [bool; 256],
}

static PIECES: OnceLock<Pieces> = OnceLock::new();

fn pieces() -> &'static Pieces {
    PIECES.get_or_init(|| {
        let mut all = Vec::new();
        // `Sha256OfText` makes the second one.
        for secret in [SECRET, hmac_sha256::Hash::hash(&SECRET)] {
            add(&mut all, &secret);
            add(&mut all, &secret.map(|byte| byte ^ 0x36));
            add(&mut all, &secret.map(|byte| byte ^ 0x5c));
            for pad in [0x36, 0x5c] {
                add_states(&mut all, &secret, pad);
            }
        }
        add(&mut all, HEX.as_bytes());
        add(&mut all, BASE64.as_bytes());
        let mut first = [false; 256];
        for piece in &all {
            first[usize::from(piece[0])] = true;
        }
        Pieces { all, first }
    })
}

fn add(all: &mut Vec<[u8; 8]>, bytes: &[u8]) {
    all.extend(bytes.as_chunks().0);
}

/// Adds the hash states after the padded block, as they are in memory.
fn add_states(all: &mut Vec<[u8; 8]>, secret: &[u8], pad: u8) {
    let state = sha256_state(secret, pad);
    for pair in state.as_chunks::<2>().0 {
        // Processors with SHA-256 instructions keep the words in a different
        // order.
        all.push(both(pair[0], pair[1]));
        all.push(both(pair[1], pair[0]));
    }
    all.extend(sha512_state(secret, pad).map(u64::to_ne_bytes));
    #[cfg(feature = "sha1")]
    {
        let mut block = [pad; 64];
        block
            .iter_mut()
            .zip(secret)
            .for_each(|(to, byte)| *to ^= byte);
        let mut state = [
            0x6745_2301,
            0xefcd_ab89,
            0x98ba_dcfe,
            0x1032_5476,
            0xc3d2_e1f0,
        ];
        sha1::block_api::compress(&mut state, &[block]);
        all.extend(
            state
                .as_chunks::<2>()
                .0
                .iter()
                .map(|pair| both(pair[0], pair[1])),
        );
    }
}

fn both(one: u32, other: u32) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&one.to_ne_bytes());
    bytes[4..].copy_from_slice(&other.to_ne_bytes());
    bytes
}

/// Computes SHA-256 of one block (FIPS 180-4, section 6.2), without the final padding.
fn sha256_state(secret: &[u8], pad: u8) -> [u32; 8] {
    let mut block = [pad; 64];
    block
        .iter_mut()
        .zip(secret)
        .for_each(|(to, byte)| *to ^= byte);
    let mut state = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    sha2::block_api::compress256(&mut state, &[block]);
    state
}

fn sha512_state(secret: &[u8], pad: u8) -> [u64; 8] {
    let mut block = [pad; 128];
    block
        .iter_mut()
        .zip(secret)
        .for_each(|(to, byte)| *to ^= byte);
    let mut state = [
        0x6a09_e667_f3bc_c908,
        0xbb67_ae85_84ca_a73b,
        0x3c6e_f372_fe94_f82b,
        0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1,
        0x9b05_688c_2b3e_6c1f,
        0x1f83_d9ab_fb41_bd6b,
        0x5be0_cd19_137e_2179,
    ];
    sha2::block_api::compress512(&mut state, &[block]);
    state
}

/// Returns how many pieces of key material are in these bytes.
fn pieces_in(bytes: &[u8]) -> usize {
    let Some(pieces) = PIECES.get() else { return 0 };
    let found = bytes.windows(8).filter(|window| {
        pieces.first[usize::from(window[0])] && pieces.all.iter().any(|piece| piece == window)
    });
    found.count()
}

/// An allocator that searches what is freed, and remembers what is allocated, while a
/// thread asks for it.
struct Searching;

thread_local! {
    static ASKED: Cell<bool> = const { Cell::new(false) };
    /// Freed blocks that held key material.
    static LEFT: Cell<usize> = const { Cell::new(0) };
    /// Blocks that are in use: address and size.
    static IN_USE: RefCell<[(usize, usize); 512]> = const { RefCell::new([(0, 0); 512]) };
}

fn replace_in_use(from: (usize, usize), to: (usize, usize)) {
    IN_USE.with_borrow_mut(|blocks| {
        if let Some(block) = blocks.iter_mut().find(|block| **block == from) {
            *block = to;
        }
    });
}

// SAFETY: passes everything on to the system's allocator, and reads a block only
// before it is freed. The default methods grow a block by allocating, copying and
// freeing.
unsafe impl GlobalAlloc for Searching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that every byte of a block may be read.
        // SAFETY: the caller's promise.
        let block = unsafe { System.alloc_zeroed(layout) };
        if ASKED.get() {
            replace_in_use((0, 0), (block.addr(), layout.size()));
        }
        block
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if ASKED.get() {
            // SAFETY: the caller's promise.
            let block = unsafe { std::slice::from_raw_parts(pointer, layout.size()) };
            LEFT.set(LEFT.get() + usize::from(pieces_in(block) > 0));
            replace_in_use((pointer.addr(), layout.size()), (0, 0));
        }
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Searching = Searching;

/// Fills the stack below with zeros. Remains there could get into a block with the
/// unused bytes of a value that is moved to it.
#[inline(never)]
fn clear_stack() {
    // In one frame: a recursion leaves bytes between its frames unwritten.
    let mut area = [0_u8; DEPTH];
    black_box(&mut area);
}

/// How many bytes of the stack are searched.
const DEPTH: usize = 64 << 10;

/// Returns how many blocks with key material `work` frees.
fn left_by(work: impl FnOnce()) -> usize {
    pieces();
    clear_stack();
    LEFT.set(0);
    ASKED.set(true);
    let unwound = catch_unwind(AssertUnwindSafe(work));
    ASKED.set(false);
    IN_USE.set([(0, 0); 512]);
    if let Err(panic) = unwound {
        std::panic::resume_unwind(panic);
    }
    LEFT.get()
}

/// Returns how many blocks with key material are in use, of those allocated since
/// `left_by` began.
fn in_use() -> usize {
    let blocks = IN_USE.with_borrow(|blocks| *blocks);
    let holds_some = |&(address, size): &(usize, usize)| {
        let start = ptr::with_exposed_provenance::<u8>(address);
        pieces_in(&(0..size).map(|at| read(start, at)).collect::<Vec<u8>>()) > 0
    };
    let asked = ASKED.replace(false);
    let count = blocks
        .iter()
        .filter(|(address, _)| *address != 0)
        .filter(|block| holds_some(block));
    let count = count.count();
    ASKED.set(asked);
    count
}

fn read(start: *const u8, at: usize) -> u8 {
    // SAFETY: all callers pass only initialised memory.
    unsafe { ptr::read_volatile(start.wrapping_add(at)) }
}

/// Returns how many pieces are in a place that was all zero before it was written
/// to.
fn pieces_at<T>(place: *const T) -> usize {
    let bytes: Vec<u8> = (0..size_of::<T>())
        .map(|at| read(place.cast(), at))
        .collect();
    pieces_in(&bytes)
}

const SHA256: Scheme = Scheme {
    name: "plain",
    signature: SignatureField::Header("x-signature"),
    // So that what follows the body is hashed too.
    signed: &[Part::Text("before"), Part::Body, Part::Text("after")],
    ..Scheme::BASE
};

fn schemes() -> impl Iterator<Item = Scheme<'static>> {
    const SHA512: &[Form] = &[Form::hex("").with_algorithm(Algorithm::HmacSha512)];
    const SHA1: &[Form] = &[Form::hex("").with_algorithm(Algorithm::HmacSha1)];
    // A body that is signed alone is verified in a shorter way.
    let alone = Scheme {
        signed: &[Part::Body],
        ..SHA256
    };
    let all = [
        SHA256,
        SHA256.with_forms(SHA512),
        SHA256.with_forms(SHA1),
        alone,
        alone.with_forms(SHA512),
    ];
    all.into_iter()
        .filter(|scheme| scheme.forms[0].algorithm.is_available())
}

fn webhook(scheme: Scheme<'_>) -> Webhook {
    Webhook::new(scheme, Key::from_bytes(SECRET).unwrap()).unwrap()
}

/// Creates a webhook with two keys, of which the second has signed.
fn rotating(scheme: Scheme<'_>) -> Webhook {
    let other = Key::from_bytes([7; 32]).unwrap();
    Webhook::new(scheme, [other, Key::from_bytes(SECRET).unwrap()]).unwrap()
}

/// Body lengths around the block lengths.
const LENGTHS: [usize; 6] = [0, 1, 58, 64, 128, 300];

/// Checks that `work` leaves nothing, for each algorithm, one and two keys, bodies of
/// several lengths, and verified and refused requests.
#[track_caller]
fn assert_nothing_left(work: impl Fn(&Webhook, &SignedHeaders, &[u8], bool)) {
    for scheme in schemes() {
        for webhook in [webhook(scheme), rotating(scheme)] {
            for length in LENGTHS {
                let body = vec![b'x'; length];
                for genuine in [true, false] {
                    let signed = if genuine { &body[..] } else { b"another body" };
                    let signer = self::webhook(scheme);
                    let headers = signer.sign(&Message::new(signed)).unwrap();
                    let left = left_by(|| work(&webhook, &headers, &body, genuine));
                    assert_eq!(left, 0, "{:?}, {length} bytes, {genuine}", scheme.forms);
                }
            }
        }
    }
}

fn chunks(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    body.chunks(37)
}

#[test]
fn what_is_left_is_seen() {
    assert_eq!(left_by(|| drop(black_box(SECRET.to_vec()))), 1);
    assert_eq!(left_by(|| drop(black_box(TEXT.to_owned()))), 1);
    assert_eq!(left_by(|| drop(black_box(HEX.to_owned()))), 1);
    assert_eq!(left_by(|| drop(black_box(BASE64.to_owned()))), 1);
    assert_eq!(
        left_by(|| drop(black_box(Box::new(sha256_state(&SECRET, 0x36))))),
        1
    );
    // A block that was moved as it grew.
    let grown = left_by(|| {
        let mut bytes = SECRET.to_vec();
        bytes.reserve_exact(4096);
        bytes.fill(0);
        black_box(bytes);
    });
    assert_eq!(grown, 1);
    // Half of a state.
    let half: [u32; 4] = *sha256_state(&SECRET, 0x5c).last_chunk().unwrap();
    assert_eq!(left_by(|| drop(black_box(Box::new(half)))), 1);
    // The known answers of FIPS 180-4's examples show that SHA-256 and SHA-512 are
    // computed here.
    let mut abc = [0; 64];
    abc[..4].copy_from_slice(b"abc\x80");
    abc[63] = 24;
    assert_eq!(sha256_state(&abc, 0)[..2], [0xba78_16bf, 0x8f01_cfea]);
    let mut abc = [0; 128];
    abc[..4].copy_from_slice(b"abc\x80");
    abc[127] = 24;
    assert_eq!(sha512_state(&abc, 0)[0], 0xddaf_35a1_9361_7aba);
}

/// While they are needed, the states are in the prepared key, and in the place of a
/// running MAC, which has both.
#[test]
fn the_states_are_where_they_are_used() {
    for scheme in schemes() {
        let left = left_by(|| {
            let webhook = webhook(scheme);
            assert_eq!(in_use(), 1, "{:?}", scheme.forms);
            let headers = webhook.sign(&Message::new(b"")).unwrap();
            let mut state = Box::new(HashState::new());
            let mut verification = webhook.begin(&headers, &mut state).unwrap();
            assert_eq!(in_use(), 1);
            verification.update(b"x");
            assert_eq!(in_use(), 2);
            drop(verification);
            assert_eq!(in_use(), 1);
            assert_eq!(pieces_at(&raw const *state), 0);
        });
        assert_eq!(left, 0);
        // A place that nothing wipes.
        let left = left_by(|| {
            let webhook = webhook(scheme);
            let headers = webhook.sign(&Message::new(b"")).unwrap();
            let mut state = Box::new(ManuallyDrop::new(HashState::new()));
            let mut verification = ManuallyDrop::new(webhook.begin(&headers, &mut state).unwrap());
            verification.update(b"x");
        });
        assert_eq!(left, 1, "{:?}", scheme.forms);
    }
}

#[test]
fn a_key_that_is_dropped_leaves_nothing() {
    let whsec = format!("whsec_{BASE64}");
    let text = TEXT.to_owned();
    let makers: [&dyn Fn() -> Key; 11] = [
        &|| Key::from_text(TEXT).unwrap(),
        &|| Key::from_bytes(SECRET).unwrap(),
        &|| Key::from_base64(BASE64).unwrap(),
        &|| Key::from_base64(&whsec).unwrap(),
        &|| Key::from_hex(HEX).unwrap(),
        &|| Key::from(TEXT),
        &|| Key::from(BASE64),
        &|| Key::from(TEXT.to_owned()),
        &|| Key::from(&text),
        &|| Key::from(HEX).clone_secret(),
        &|| {
            Key::from_bytes(SECRET)
                .unwrap()
                .clone_secret()
                .with_id("id")
        },
    ];
    for (number, make) in makers.into_iter().enumerate() {
        let left = left_by(|| {
            let key = make();
            assert_eq!(in_use(), 1, "{number}");
            let moved = Box::new(key);
            let keys = vec![*moved];
            assert_eq!(in_use(), 1, "{number}");
            drop(black_box(keys));
        });
        assert_eq!(left, 0, "{number}");
        assert_eq!(
            left_by(|| drop(Keys::from([make(), make()]))),
            0,
            "{number}"
        );
        let several = || (0..9).map(|_| make()).collect::<Keys>();
        assert_eq!(left_by(|| drop(several())), 0, "{number}");
        assert_eq!(left_by(|| drop(Keys::from(vec![make()]))), 0, "{number}");
    }
}

/// Texts that are refused are wiped too, and so are the keys before them.
#[cfg(feature = "hubpay")]
#[test]
fn an_account_and_a_shared_key_that_are_dropped_leave_nothing() {
    use hookseal::schemes::hubpay::{Account, SharedKey};

    let id = "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a11";
    let account = || Account::new(Account::PRODUCTION, TEXT, id).unwrap();
    let key = || SharedKey::new(TEXT).unwrap();
    assert_eq!(left_by(|| drop(key())), 0);
    assert_eq!(left_by(|| drop(key().clone())), 0);
    assert_eq!(left_by(|| drop(account())), 0);
    // The last one dropped of the account, its listings and its requests wipes the token.
    let left = left_by(|| {
        let account = account();
        let request = account.list().next_request().unwrap();
        drop(account.clone());
        drop(account);
        assert!(pieces_in(request.headers()["authorization"].as_bytes()) > 0);
    });
    assert_eq!(left, 0);
    // The body belongs to the client and contains the key: so a key would be found.
    let (account, key) = (account(), key());
    assert!(left_by(|| drop(account.register("https://example.com/", &key))) > 0);
}

#[test]
fn a_webhook_that_is_dropped_or_refused_leaves_nothing() {
    let whsec = format!("whsec_{BASE64}");
    let list = format!("{whsec}|{whsec}");
    let dirty = format!("{TEXT}\n");
    for (form, text) in [
        (SecretForm::Text, TEXT),
        (SecretForm::Base64, BASE64),
        (SecretForm::Hex, HEX),
        (SecretForm::Whsec, &whsec),
        (SecretForm::Whsec, BASE64),
        (SecretForm::WhsecList, &list),
        (SecretForm::Sha256OfText, TEXT),
    ] {
        for scheme in schemes() {
            let scheme = Scheme {
                secret: form,
                ..scheme
            };
            let left = left_by(|| {
                let webhook = Webhook::new(scheme, text).unwrap();
                let keys = if form == SecretForm::WhsecList { 2 } else { 1 };
                // Nothing but the prepared keys.
                assert_eq!(in_use(), keys, "{form:?}");
                let moved = vec![Box::new(webhook)];
                drop(black_box(moved));
            });
            assert_eq!(left, 0, "{form:?}");

            let refused = |keys: Keys| assert!(Webhook::new(scheme, keys).is_err());
            let nine = || Keys::from(vec![text; 9]);
            assert_eq!(left_by(|| refused(nine())), 0, "{form:?}");
            let second = || Keys::from([Key::from(text), Key::from(&dirty)]);
            assert_eq!(left_by(|| refused(second())), 0, "{form:?}");
            let no_scheme = Scheme { name: "", ..scheme };
            let left = left_by(|| assert!(Webhook::new(no_scheme, text).is_err()));
            assert_eq!(left, 0, "{form:?}");
        }
    }
    let left = left_by(|| assert!(Key::from_text(&dirty).is_err()));
    assert_eq!(left, 0);
    let left = left_by(|| assert!(Key::from_hex(&HEX[1..]).is_err()));
    assert_eq!(left, 0);
    let left = left_by(|| assert!(Key::from_base64(&BASE64[..42]).is_err()));
    assert_eq!(left, 0);
}

#[test]
fn a_whole_request_leaves_nothing() {
    assert_nothing_left(|webhook, headers, body, genuine| {
        assert_eq!(webhook.verify(headers, body).is_ok(), genuine);
        let boxed: Box<dyn Verifier + '_> = Box::new(webhook);
        assert_eq!(boxed.verify(headers, body).is_ok(), genuine);
        let proof = boxed
            .verify(headers, body)
            .map(|verified| verified.into_owned());
        assert_eq!(proof.is_ok(), genuine);
        let checked = Box::new(webhook.check_head(headers, None).unwrap());
        let mut state = HashState::new();
        let mut verification = checked.begin(&mut state);
        verification.update(body);
        assert_eq!(verification.finish().is_ok(), genuine);
        let mut request = Request::new(body.to_vec());
        *request.headers_mut() = HeaderMap::from(headers.clone());
        assert_eq!(webhook.verify_request(&request).is_ok(), genuine);
    });
}

#[test]
fn a_finished_verification_leaves_nothing() {
    assert_nothing_left(|webhook, headers, body, genuine| {
        let mut state = Box::new(HashState::new());
        for _ in 0..2 {
            let mut verification = webhook.begin(headers, &mut state).unwrap();
            chunks(body).for_each(|chunk| verification.update(chunk));
            let proof = verification.finish().map(|verified| verified.into_owned());
            assert_eq!(proof.is_ok(), genuine);
            assert_eq!(pieces_at(&raw const *state), 0);
        }
    });
}

#[test]
fn a_dropped_verification_leaves_nothing() {
    assert_nothing_left(|webhook, headers, body, _| {
        let mut state = Box::new(HashState::new());
        drop(webhook.begin(headers, &mut state));
        let mut verification = webhook.begin(headers, &mut state).unwrap();
        verification.update(body);
        drop(verification);
        assert_eq!(pieces_at(&raw const *state), 0);
        // If a verification's destructor does not run, the place is wiped when it is
        // used again or dropped.
        let mut verification = ManuallyDrop::new(webhook.begin(headers, &mut state).unwrap());
        verification.update(body);
        drop(webhook.begin(headers, &mut state));
        assert_eq!(pieces_at(&raw const *state), 0);
        let mut verification = ManuallyDrop::new(webhook.begin(headers, &mut state).unwrap());
        verification.update(body);
    });
}

/// Fills the stack below with the secret.
#[inline(never)]
fn leave_secrets_on_the_stack() {
    let mut area = [SECRET; DEPTH / SECRET.len()];
    black_box(&mut area);
}

/// A state that is moved to its place takes along what lay on the stack where its padding and
/// its unused bytes are.
#[test]
fn the_padding_of_a_dropped_state_is_wiped() {
    assert_nothing_left(|webhook, headers, body, _| {
        leave_secrets_on_the_stack();
        let mut state = Box::new(HashState::new());
        leave_secrets_on_the_stack();
        let mut verification = webhook.begin(headers, &mut state).unwrap();
        verification.update(body);
        drop(verification);
        assert_eq!(pieces_at(&raw const *state), 0);
        leave_secrets_on_the_stack();
        let mut verification = ManuallyDrop::new(webhook.begin(headers, &mut state).unwrap());
        verification.update(body);
    });
}

struct Held<'h> {
    _other: u64,
    verification: Verification<'h>,
}

/// Moves a running verification from place to place. Each place is left without key
/// material, or is freed, and then searched.
fn move_about<'h>(mut verification: Verification<'h>, body: &[u8]) -> Verification<'h> {
    let mut place = Box::new(MaybeUninit::zeroed());
    for chunk in chunks(body) {
        place.write(verification).update(chunk);
        // SAFETY: it was written above, and is not used again.
        verification = unsafe { place.assume_init_read() };
        assert_eq!(pieces_at(place.as_ptr()), 0);
    }
    let mut several = vec![verification];
    several.reserve_exact(9);
    several[0].update(b"");
    let mut held = Box::new(Held {
        _other: 0,
        verification: several.remove(0),
    });
    held.verification.update(b"");
    held.verification
}

#[test]
fn a_moved_verification_leaves_nothing() {
    assert_nothing_left(|webhook, headers, body, genuine| {
        let mut state = Box::new(HashState::new());
        let verification = webhook.begin(headers, &mut state).unwrap();
        let verification = move_about(verification, body);
        assert_eq!(verification.finish().is_ok(), genuine);
        assert_eq!(pieces_at(&raw const *state), 0);
        // The place for the states may move when nothing borrows it.
        let mut moved = vec![*state];
        moved.reserve_exact(9);
        let verification = webhook.begin(headers, &mut moved[0]).unwrap();
        drop(move_about(verification, body));
        drop(moved.remove(0));
    });
}

/// A canonical form that panics if the thread says so.
#[derive(Debug)]
struct Canonical;

thread_local!(static PANICS: Cell<bool> = const { Cell::new(false) });

impl Canonicalize for Canonical {
    fn canonicalize<'b>(&self, request: &RawRequest<'b>) -> Result<Cow<'b, [u8]>, VerifyError> {
        assert!(!PANICS.get(), "in a canonicalization");
        Ok(request.body().to_ascii_uppercase().into())
    }
}

/// A verifier that panics once the head is checked.
#[derive(Debug)]
struct Panicking<'w>(&'w Webhook);

impl CheckHead for Panicking<'_> {
    fn scheme(&self) -> &str {
        "panicking"
    }

    fn check_head<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        received_at: Option<Timestamp>,
    ) -> Result<CheckedHead<'h>, VerifyError> {
        let _checked = self.0.check_head(head, received_at)?;
        panic!("in a verifier");
    }
}

fn panics(work: impl FnOnce()) {
    assert!(catch_unwind(AssertUnwindSafe(work)).is_err());
}

#[test]
fn a_panic_leaves_nothing() {
    assert_nothing_left(|webhook, headers, body, _| {
        let mut state = Box::new(HashState::new());
        panics(|| {
            let mut verification = webhook.begin(headers, &mut state).unwrap();
            verification.update(body);
            panic!("between two chunks");
        });
        assert_eq!(pieces_at(&raw const *state), 0);
        panics(|| {
            let mut state = Box::new(HashState::new());
            let mut verification = webhook.begin(headers, &mut state).unwrap();
            verification.update(body);
            assert!(in_use() > 0);
            panic!("between two chunks");
        });
        panics(|| drop(Panicking(webhook).verify(headers, body)));
        panics(|| drop(Panicking(webhook).begin(headers, &mut state)));
    });
    for scheme in schemes() {
        let scheme = Scheme {
            signed: &[Part::CanonicalBody],
            canonical_form: Some(CanonicalForm(&Canonical)),
            ..scheme
        };
        let webhook = webhook(scheme);
        let headers = webhook.sign(&Message::new(b"body")).unwrap();
        for panics_in_it in [false, true] {
            let left = left_by(|| {
                let mut state = Box::new(HashState::new());
                PANICS.set(panics_in_it);
                let done = catch_unwind(AssertUnwindSafe(|| {
                    let mut verification = webhook.begin(&headers, &mut state).unwrap();
                    verification.update(b"body");
                    verification.finish().is_ok()
                }));
                assert_eq!(done.is_err(), panics_in_it);
                assert_eq!(pieces_at(&raw const *state), 0);
                let done = catch_unwind(AssertUnwindSafe(|| {
                    webhook.verify(&headers, b"body").is_ok()
                }));
                assert_eq!(done.is_err(), panics_in_it);
                PANICS.set(false);
            });
            assert_eq!(left, 0);
        }
    }
}

/// The clock is asked again when the body is complete and the states still exist.
#[test]
fn a_panic_or_a_refusal_at_the_end_leaves_nothing() {
    const TIMED: Scheme = hookseal::schemes::STANDARD_WEBHOOKS;
    thread_local!(static NOW: Cell<Option<u64>> = const { Cell::new(None) });
    NOW.set(Some(1_700_000_000));
    let clock = clock_fn(|| Timestamp::from_secs(NOW.get().expect("a clock that works")));
    let webhook = webhook(TIMED).with_clock(clock);
    let headers = webhook.sign(&Message::new(b"{}").with_id("msg")).unwrap();
    for (later, reason) in [
        (Some(1_700_000_300), None),
        (Some(1_700_000_301), Some("timestamp-too-old")),
        (None, Some("panic")),
    ] {
        let left = left_by(|| {
            NOW.set(Some(1_700_000_000));
            let mut state = Box::new(HashState::new());
            let found = catch_unwind(AssertUnwindSafe(|| {
                let mut verification = webhook.begin(&headers, &mut state).unwrap();
                verification.update(b"{}");
                NOW.set(later);
                verification.finish().err().map(|error| error.reason())
            }));
            assert_eq!(found.unwrap_or(Some("panic")), reason);
            assert_eq!(pieces_at(&raw const *state), 0);
        });
        assert_eq!(left, 0);
    }
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Returns a future that is ready at the second poll.
fn pause() -> impl Future<Output = ()> {
    let mut asked = false;
    poll_fn(move |_| {
        if std::mem::replace(&mut asked, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
}

#[test]
fn a_cancelled_future_leaves_nothing() {
    let _limit = time_limit();
    assert_nothing_left(|webhook, headers, body, genuine| {
        let verify = || async {
            let mut state = HashState::new();
            let mut verification = webhook.begin(headers, &mut state)?;
            for chunk in [&[][..]].into_iter().chain(chunks(body)) {
                verification.update(chunk);
                pause().await;
            }
            verification.finish().map(|verified| verified.into_owned())
        };
        // Moved before it is polled, as any future may be.
        let unmoved = Box::new(verify());
        let mut future = Box::pin(*unmoved);
        assert!(poll(future.as_mut()).is_pending());
        assert_eq!(in_use(), 1);
        drop(future);

        let mut future = Box::pin(verify());
        let proof = loop {
            if let Poll::Ready(proof) = poll(future.as_mut()) {
                break proof;
            }
        };
        assert_eq!(proof.is_ok(), genuine);
        assert_eq!(in_use(), 0);
    });
}

/// What a body does next.
enum Step {
    Chunk(Vec<u8>),
    Pause,
    Break,
    Panic,
}

struct Steps(VecDeque<Step>);

impl Body for Steps {
    type Data = Bytes;
    type Error = BrokeOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokeOff>>> {
        match self.0.pop_front() {
            None => Poll::Ready(None),
            Some(Step::Chunk(chunk)) => Poll::Ready(Some(Ok(Frame::data(chunk.into())))),
            Some(Step::Pause) => Poll::Pending,
            Some(Step::Break) => Poll::Ready(Some(Err(BrokeOff))),
            Some(Step::Panic) => panic!("in a body"),
        }
    }
}

/// Returns a request whose body pauses after each chunk, and then takes the last step.
fn request(headers: &SignedHeaders, body: &[u8], last: Step) -> Request<Steps> {
    let chunks = [&[][..]].into_iter().chain(chunks(body));
    let steps = chunks.flat_map(|chunk| [Step::Chunk(chunk.to_vec()), Step::Pause]);
    let mut request = Request::new(Steps(steps.chain([last]).collect()));
    *request.headers_mut() = HeaderMap::from(headers.clone());
    request
}

/// Calls the layer with a service that returns the body.
fn call(layer: VerifyLayer, request: Request<Steps>) -> impl Future<Output = Response<Bytes>> {
    let mut service = layer.layer(service_fn(|request: Request<VerifiedBody>| {
        let body = request.into_body().into_proof().into_body();
        ready(Ok::<_, Infallible>(Response::new(body)))
    }));
    let response = service.call(request);
    async move { response.await.unwrap() }
}

#[test]
fn the_layer_leaves_nothing() {
    let _limit = time_limit();
    // Not in `assert_nothing_left`, whose webhooks are borrowed.
    for scheme in schemes() {
        for length in LENGTHS {
            let body = vec![b'x'; length];
            let run = |signed: &[u8], last: Step, limit: usize, polls: usize| {
                let headers = webhook(scheme).sign(&Message::new(signed)).unwrap();
                let mut status = None;
                let left = left_by(|| {
                    let layer = VerifyLayer::new(rotating(scheme))
                        .with_body_limit(limit)
                        .with_body_timeout(Duration::MAX, |_| std::future::pending());
                    let mut response = Box::pin(call(layer, request(&headers, &body, last)));
                    for _ in 0..polls {
                        if let Poll::Ready(response) = poll(response.as_mut()) {
                            status = Some(response.status());
                            break;
                        }
                        // The prepared key, and the running MAC.
                        assert_eq!(in_use(), 2);
                    }
                });
                assert_eq!(left, 0, "{:?}, {length} bytes, {status:?}", scheme.forms);
                status
            };
            let all = usize::MAX;
            let end = || Step::Chunk(Vec::new());
            assert_eq!(run(&body, end(), all, all), Some(StatusCode::OK));
            assert_eq!(
                run(b"another body", end(), all, all),
                Some(StatusCode::UNAUTHORIZED)
            );
            assert_eq!(
                run(&body, Step::Break, all, all),
                Some(StatusCode::BAD_REQUEST)
            );
            let too_long = Step::Chunk(vec![0]);
            let status = run(&body, too_long, length, all);
            assert_eq!(status, Some(StatusCode::PAYLOAD_TOO_LARGE));
            // Cancelled at each pause.
            for polls in 0..=1 + chunks(&body).count() {
                assert_eq!(run(&body, end(), all, polls), None);
            }
            // Nothing of the body is read.
            let headers = webhook(scheme).sign(&Message::new(b"")).unwrap();
            let left = left_by(|| {
                let layer = VerifyLayer::new(rotating(scheme));
                let mut request = request(&headers, &body, end());
                request.headers_mut().clear();
                let response = poll(Box::pin(call(layer, request)).as_mut());
                assert!(response.ready_and(|response| response.status() == 401));
            });
            assert_eq!(left, 0);
            let left = left_by(|| {
                let layer = VerifyLayer::new(rotating(scheme));
                let mut response = Box::pin(call(layer, request(&headers, &body, Step::Panic)));
                panics(|| while poll(response.as_mut()).is_pending() {});
            });
            assert_eq!(left, 0);
        }
    }
}

/// Adds a method that `Poll` does not have.
trait IsReadyAnd<T> {
    fn ready_and(self, holds: impl FnOnce(T) -> bool) -> bool;
}

impl<T> IsReadyAnd<T> for Poll<T> {
    fn ready_and(self, holds: impl FnOnce(T) -> bool) -> bool {
        match self {
            Poll::Ready(value) => holds(value),
            Poll::Pending => false,
        }
    }
}

#[test]
fn a_timeout_of_the_layer_leaves_nothing() {
    thread_local!(static IS_OVER: Cell<bool> = const { Cell::new(false) });
    let sleep = |_| {
        poll_fn(|_| {
            if IS_OVER.get() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
    };
    for scheme in schemes() {
        let headers = webhook(scheme).sign(&Message::new(b"x")).unwrap();
        IS_OVER.set(false);
        let left = left_by(|| {
            let layer = VerifyLayer::new(webhook(scheme));
            let layer = layer.with_body_timeout(Duration::ZERO, sleep);
            let request = request(&headers, b"x", Step::Pause);
            let mut response = Box::pin(call(layer, request));
            assert!(poll(response.as_mut()).is_pending());
            assert_eq!(in_use(), 2);
            IS_OVER.set(true);
            let response = poll(response.as_mut());
            assert!(response.ready_and(|response| response.status() == 408));
        });
        assert_eq!(left, 0);
    }
}

#[test]
fn signing_leaves_nothing() {
    assert_nothing_left(|webhook, _, body, _| {
        let signed = webhook.sign(&Message::new(body)).unwrap();
        assert_eq!(signed.len(), 1);
        let timed = self::webhook(hookseal::schemes::STANDARD_WEBHOOKS);
        assert!(timed.sign(&Message::new(body).with_id("id")).is_ok());
        assert!(timed.sign(&Message::new(body)).is_err());
        assert!(timed.sign(&Message::new(body).with_id("i.d")).is_err());
    });
}

#[cfg(feature = "ed25519")]
#[test]
fn a_signing_key_that_is_dropped_leaves_nothing() {
    use hookseal::ed25519::SigningKey;
    use hookseal::schemes::STANDARD_WEBHOOKS;

    let whsk = format!("whsk_{BASE64}");
    assert_eq!(left_by(|| drop(SigningKey::from_base64(&whsk).unwrap())), 0);
    assert_eq!(left_by(|| drop(Key::from_base64(&whsk).unwrap())), 0);
    let signing = || SigningKey::from_seed(&SECRET).unwrap();
    let left = left_by(|| {
        let key = Box::new(signing());
        assert_eq!(in_use(), 1);
        drop(key);
    });
    assert_eq!(left, 0);
    // However often it is moved.
    let several = || Keys::from(vec![signing(), signing(), signing()]);
    assert_eq!(left_by(|| drop(several())), 0);
    assert_eq!(left_by(|| drop(Key::from(signing()).clone_secret())), 0);
    let both = || Keys::from([Key::from(signing()), Key::from_bytes(SECRET).unwrap()]);
    let left = left_by(|| {
        let webhook = Webhook::new(STANDARD_WEBHOOKS, both()).unwrap();
        let message = Message::new(b"{}").with_id("msg");
        let headers = webhook.sign(&message).unwrap();
        assert!(webhook.verify(&headers, b"{}").is_ok());
        let mut state = Box::new(HashState::new());
        let mut verification = webhook.begin(&headers, &mut state).unwrap();
        verification.update(b"{}");
        assert!(verification.finish().is_ok());
    });
    assert_eq!(left, 0);
}

/// Returns how much key material the stack below contains after `work`, in pieces of
/// eight bytes.
fn left_on_the_stack(mut work: impl FnMut()) -> usize {
    pieces();
    // What is done only the first time.
    work();
    clear_stack();
    below(&mut work);
    pieces_in(&stack())
}

/// Runs `work` further down the stack, below the frames of the search.
#[inline(never)]
fn below(work: &mut dyn FnMut()) {
    let mut room = [0_u8; 4096];
    black_box(&mut room);
    work();
    black_box(&mut room);
}

/// Returns the bytes of the stack below.
#[inline(never)]
fn stack() -> Vec<u8> {
    let here = 0_u8;
    let start = black_box(&raw const here).wrapping_sub(DEPTH);
    (0..DEPTH).map(|at| read(start, at)).collect()
}

/// Safe Rust cannot name what a compiler puts on the stack temporarily, and so cannot
/// wipe it in place: this test measures it. A debug build has a limit from experience,
/// and a release build leaves nothing. The test prints the result:
///
/// ```text
/// cargo test --release --test zeroize stack -- --nocapture
/// ```
#[test]
fn what_stays_on_the_stack() {
    let seen = left_on_the_stack(|| {
        black_box(sha256_state(&SECRET, 0x5c));
    });
    assert!(seen >= 4, "{seen}");
    assert_eq!(left_on_the_stack(|| drop(black_box(vec![0_u8; 300]))), 0);
    let body = [b'x'; 300];
    for scheme in schemes() {
        let webhook = webhook(scheme);
        let headers = webhook.sign(&Message::new(&body)).unwrap();
        let verified = left_on_the_stack(|| assert!(webhook.verify(&headers, &body).is_ok()));
        let refused = left_on_the_stack(|| assert!(webhook.verify(&headers, b"").is_err()));
        // Called where a compiler cannot see what is called.
        let verifier: &dyn Verifier = black_box(&webhook);
        let dynamic = left_on_the_stack(|| {
            assert!(verifier.verify(&headers, &body).is_ok());
            assert!(verifier.verify(&headers, b"").is_err());
        });
        let in_chunks = left_on_the_stack(|| {
            let mut state = HashState::new();
            let mut verification = webhook.begin(&headers, &mut state).unwrap();
            chunks(&body).for_each(|chunk| verification.update(chunk));
            assert!(verification.finish().is_ok());
        });
        let signed = left_on_the_stack(|| drop(webhook.sign(&Message::new(&body)).unwrap()));
        let made = left_on_the_stack(|| drop(black_box(self::webhook(scheme))));
        println!(
            "{}: verified {verified}, refused {refused}, dynamic {dynamic}, in chunks {in_chunks}, signed {signed}, made {made}",
            scheme.forms[0].algorithm
        );
        // In a debug build there are up to 31 pieces. A state of SHA-256 is four, one of
        // SHA-512 eight. An optimised build without debug assertions, as services run it,
        // leaves nothing: `.ci/run` makes one for this test.
        let limit = if cfg!(debug_assertions) { 40 } else { 0 };
        let most = [verified, refused, dynamic, in_chunks, signed, made]
            .into_iter()
            .max();
        assert!(most <= Some(limit), "{most:?}");
    }
}
