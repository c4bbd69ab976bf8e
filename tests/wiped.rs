//! What is left of a key in memory when it is dropped: nothing.

use std::mem::MaybeUninit;
use std::ptr;

use hookseal::Key;

/// The bytes of a place that was all zero before anything was put there.
fn bytes_of<T>(place: &MaybeUninit<T>) -> Vec<u8> {
    let start = place.as_ptr().cast::<u8>();
    // SAFETY: the bytes were initialised before the value was put there; they
    // are read one by one so that nothing is assumed about them.
    (0..size_of::<T>())
        .map(|at| unsafe { ptr::read_volatile(start.add(at)) })
        .collect()
}

#[test]
fn a_dropped_key_leaves_nothing() {
    let mut place: Box<MaybeUninit<Key>> = Box::new(MaybeUninit::zeroed());
    assert!(bytes_of(&place).iter().all(|&byte| byte == 0));
    let key = place.write(Key::from_text("your-shared-secret").unwrap().with_id("id"));
    let id = key.id().unwrap();
    // Where the id is and how long it is stays, and is no secret.
    let public = [id.as_ptr().addr().to_ne_bytes(), id.len().to_ne_bytes()];
    let alive = bytes_of(&place);
    // Two SHA-256 states of 32 bytes, few of which are zero by chance.
    assert!(alive.iter().filter(|&&byte| byte != 0).count() > 48);
    // SAFETY: it was written above and is not used again.
    unsafe { place.assume_init_drop() };
    let dropped = bytes_of(&place);
    let words = dropped.as_chunks().0.iter();
    let left: Vec<_> = words
        .filter(|word| **word != [0; 8] && !public.contains(word))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
