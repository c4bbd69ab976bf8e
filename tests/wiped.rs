//! What is left of a secret in memory when its key is dropped: nothing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use hookseal::{Key, Verifier, schemes::Paminga};

const SECRET: [u8; 32] = *b"0123456789abcdefghijklmnopqrstuv";

/// Counts the freed blocks that still hold a part of `SECRET`.
struct Scanning;

static LEFT: AtomicUsize = AtomicUsize::new(0);
/// The block that was allocated last, and how many bytes of it were not zero
/// when it was freed.
static LAST: AtomicPtr<u8> = AtomicPtr::new(ptr::null_mut());
static LAST_SIZE: AtomicUsize = AtomicUsize::new(0);
static LEFT_IN_LAST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: hands everything on to the system's allocator, and reads a block
// only while it is still the caller's to free.
unsafe impl GlobalAlloc for Scanning {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that every byte of a block may be read.
        // SAFETY: the caller's promise.
        let block = unsafe { System.alloc_zeroed(layout) };
        LAST.store(block, Ordering::Relaxed);
        LAST_SIZE.store(layout.size(), Ordering::Relaxed);
        block
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        let block = unsafe { std::slice::from_raw_parts(pointer, layout.size()) };
        if block.windows(8).any(|bytes| *bytes == SECRET[..8]) {
            LEFT.fetch_add(1, Ordering::Relaxed);
        }
        if pointer == LAST.load(Ordering::Relaxed) {
            let left = block.iter().filter(|&&byte| byte != 0).count();
            LEFT_IN_LAST.store(left, Ordering::Relaxed);
        }
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Scanning = Scanning;

/// One test, since the allocator counts for all threads.
#[test]
fn nothing_is_left() {
    let left_by = |work: &dyn Fn()| {
        let before = LEFT.load(Ordering::Relaxed);
        work();
        LEFT.load(Ordering::Relaxed) - before
    };
    // It is seen where it is.
    assert_eq!(left_by(&|| drop(std::hint::black_box(SECRET.to_vec()))), 1);
    let hex = hex::encode(SECRET);
    let base64 = "MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY=";
    assert_eq!(left_by(&|| drop(Key::from_hex(&hex).unwrap())), 0);
    assert_eq!(left_by(&|| drop(Key::from_base64(base64).unwrap())), 0);
    assert_eq!(left_by(&|| drop(Key::from_bytes(SECRET).unwrap())), 0);
    a_dropped_key_leaves_nothing();
    a_dropped_check_leaves_nothing();
    #[cfg(feature = "ed25519")]
    {
        use hookseal::Keyring;
        use hookseal::ed25519::SigningKey;

        let whsk = format!("whsk_{base64}");
        assert_eq!(
            left_by(&|| drop(SigningKey::from_base64(&whsk).unwrap())),
            0
        );
        let signing = || SigningKey::from_seed(&SECRET);
        assert_eq!(left_by(&|| drop(Box::new(signing()))), 0);
        // However often it is moved.
        let several = || Keyring::new([[signing(), signing()].into(), signing().into()]);
        assert_eq!(left_by(&|| drop(several().unwrap())), 0);
    }
}

fn a_dropped_key_leaves_nothing() {
    let key = Key::from_bytes(SECRET).unwrap();
    // The prepared state is what it allocates last.
    let state = LAST.load(Ordering::Relaxed);
    let size = LAST_SIZE.load(Ordering::Relaxed);
    // SAFETY: the block is zeroed when it is made, and lives as long as the key.
    let bytes = (0..size).map(|at| unsafe { ptr::read_volatile(state.add(at)) });
    // Two SHA-256 states of 32 bytes, few of which are zero by chance.
    assert!(bytes.filter(|&byte| byte != 0).count() > 48);
    LEFT_IN_LAST.store(usize::MAX, Ordering::Relaxed);
    drop(key);
    assert_eq!(LEFT_IN_LAST.load(Ordering::Relaxed), 0);
}

fn a_dropped_check_leaves_nothing() {
    let verifier = Paminga::new(Key::from_bytes(SECRET).unwrap());
    let headers = verifier.sign(b"").unwrap();
    let mut place = Box::new(MaybeUninit::zeroed());
    let begun = bytes_of(place.write(verifier.begin(&headers).unwrap()));
    // SAFETY: it was written above, and is written again before its next use.
    unsafe { place.assume_init_drop() };
    let check = place.write(verifier.begin(&headers).unwrap());
    check.update(&[b'x'; 63]);
    let running = changed(&begun, &bytes_of(check));
    assert!(running > 48 + 63);
    // SAFETY: it was written above and is not used again.
    unsafe { place.assume_init_drop() };
    // But for the count of bytes, and that there was a MAC.
    let left = changed(&begun, &bytes_of(place.as_ptr()));
    assert!(left <= 16, "{left} of {running}");
}

fn changed(before: &[u8], after: &[u8]) -> usize {
    before
        .iter()
        .zip(after)
        .filter(|(was, is)| was != is && **is != 0)
        .count()
}

/// The bytes of a place that was all zero before anything was put there.
fn bytes_of<T>(place: *const T) -> Vec<u8> {
    let start = place.cast::<u8>();
    // SAFETY: the bytes were initialised before the value was put there; they
    // are read one by one so that nothing is assumed about them.
    (0..size_of::<T>())
        .map(|at| unsafe { ptr::read_volatile(start.add(at)) })
        .collect()
}
