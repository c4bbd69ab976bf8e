//! Requests to the valgrind that runs this program. Without valgrind they do nothing.
//!
//! The numbers and the instructions are those of `valgrind.h` and `memcheck.h`, which promise to keep them.

use std::arch::asm;

const RUNNING_ON_VALGRIND: usize = 0x1001;
const COUNT_ERRORS: usize = 0x1201;
const MEMCHECK: usize = 0x4d43_0000; // 'M', 'C'
const MAKE_MEM_UNDEFINED: usize = MEMCHECK + 1;
const MAKE_MEM_DEFINED: usize = MEMCHECK + 2;
const GET_VBITS: usize = MEMCHECK + 8;

pub fn is_there() -> bool {
    request(RUNNING_ON_VALGRIND, [0; 3]) != 0
}

/// Returns how many times valgrind has reported something.
pub fn reports() -> usize {
    request(COUNT_ERRORS, [0; 3])
}

/// Marks bytes as secret. Valgrind treats them as undefined, follows them
/// through copies and arithmetic, and reports each branch and each address
/// that depends on them.
pub fn secret<const N: usize>(mut bytes: [u8; N]) -> [u8; N] {
    let start = bytes.as_mut_ptr().expose_provenance();
    request(MAKE_MEM_UNDEFINED, [start, N, 0]);
    bytes
}

/// Marks a value as one that may be branched on.
pub fn public(mut value: bool) -> bool {
    let start = (&raw mut value).expose_provenance();
    request(MAKE_MEM_DEFINED, [start, size_of::<bool>(), 0]);
    value
}

/// Marks bytes as ones that may be branched on.
pub fn published<const N: usize>(mut bytes: [u8; N]) -> [u8; N] {
    let start = bytes.as_mut_ptr().expose_provenance();
    request(MAKE_MEM_DEFINED, [start, N, 0]);
    bytes
}

/// Returns whether valgrind treats every bit of these bytes as secret.
pub fn is_secret<const N: usize>(bytes: &[u8; N]) -> bool {
    let mut undefined_bits = [0u8; N];
    let from = bytes.as_ptr().expose_provenance();
    let to = undefined_bits.as_mut_ptr().expose_provenance();
    request(GET_VBITS, [from, to, N]) == 1 && undefined_bits == [0xff; N]
}

fn request(code: usize, [one, two, three]: [usize; 3]) -> usize {
    let question = [code, one, two, three, 0, 0];
    let mut answer = 0;
    // SAFETY: four rotations that add up to two full ones, and an exchange of a
    // register with itself, change nothing. Valgrind recognizes them: it reads the
    // request, answers in `rdx`, and writes no memory except `undefined_bits`.
    unsafe {
        asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") question.as_ptr(),
            inout("rdx") answer,
            options(nostack),
        );
    }
    answer
}
