//! Compares the crate with its version before its schemes became data.

use std::hint::black_box;

use before::schemes::{Hubpay, Pakk, Paminga, Pomelo, StandardWebhooks};
use before::{Key, Verifier};

use crate::requests::{API_KEY, ENDPOINT, Request, SCHEMES, SECRET, verify};
use crate::{Report, SIZES, contestant};

impl Report {
    pub fn before(&mut self) {
        println!("\n== now / before: the same requests\n");
        let key = || Key::from_bytes(SECRET).unwrap();
        for (name, make) in SCHEMES {
            for (length, size) in SIZES.into_iter().take(3) {
                let (what, request) = (format!("{name}, {size}"), make(length));
                match name {
                    "standard-webhooks" => {
                        self.beside(&what, &request, &StandardWebhooks::new(key()));
                    }
                    "paminga" => self.beside(&what, &request, &Paminga::new(key())),
                    "pakk" => self.beside(&what, &request, &Pakk::new(key())),
                    "hubpay" => self.beside(&what, &request, &Hubpay::new(key())),
                    "pomelo" => {
                        let keys = [key().with_id(API_KEY)];
                        self.beside(&what, &request, &Pomelo::new(ENDPOINT, keys).unwrap());
                    }
                    _ => panic!("no {name} before"),
                }
            }
        }
    }

    /// Compares both as they are used: the old verifier is a separate type for each scheme.
    fn beside(&mut self, what: &str, request: &Request, old: &impl Verifier) {
        let pairs: Vec<(&str, &[u8])> = request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let of_map = self.measure(&mut [
            contestant("before", || {
                let (headers, body) = (black_box(&request.headers), black_box(&request.body));
                old.verify(headers, body).is_ok()
            }),
            contestant("now", || verify(request)),
        ]);
        let of_pairs = self.measure(&mut [
            contestant("before", || {
                let (pairs, body) = (black_box(&pairs), black_box(&request.body));
                old.verify(pairs, body).is_ok()
            }),
            contestant("now", || {
                let (pairs, body) = (black_box(&pairs), black_box(&request.body));
                request.webhook.verify(pairs, body).is_ok()
            }),
        ]);
        for (headers, measured) in [("HeaderMap", of_map), ("pairs", of_pairs)] {
            let [before, now] = [measured.time[0], measured.time[1]];
            let what = format!("{what}, {headers}");
            println!("{what}: {now:.0} ns now, {before:.0} ns before");
            self.at_most(&what, measured.ratio[1], 1.03);
        }
    }
}
