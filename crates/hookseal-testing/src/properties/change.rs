//! Changes to requests.

use crate::model::Request;

/// One change to a request, in transit or by an attacker.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub kind: u8,
    pub header: usize,
    pub place: usize,
    pub byte: u8,
}

impl Change {
    pub const KINDS: u8 = 20;

    /// Entries to put before the first of a list, well-formed or not, and prefixes that
    /// not every scheme allows.
    const PREFIXES: [&str; 6] = [
        "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= ",
        "v1a,x ",
        "sha256=",
        "t=1,",
        "v0=x, ",
        "ts=1;",
    ];

    pub fn apply(self, request: &mut Request) {
        let Request {
            headers,
            body,
            line,
        } = request;
        if headers.is_empty() {
            return;
        }
        let header = self.header % headers.len();
        let other = self.place % headers.len();
        let value = &mut headers[header].1;
        let place = self.place % (value.len() + 1);
        match self.kind % Self::KINDS {
            0 => drop(headers.remove(header)),
            1 => headers.insert(other, headers[header].clone()),
            2 => headers.insert(other, (headers[header].0.clone(), Vec::new())),
            3 => headers[header].0.make_ascii_uppercase(),
            4 => headers.insert(header, ("x-other".into(), vec![self.byte])),
            5 => value.clear(),
            6 => value.insert(place, self.byte),
            7 => value.truncate(place),
            8 => value.extend(value.clone()),
            9 | 10 => {
                if let Some(byte) = value.get_mut(place) {
                    *byte = self.byte;
                }
            }
            11 => {
                let prefix = Self::PREFIXES[self.place % Self::PREFIXES.len()];
                value.splice(0..0, prefix.bytes()).for_each(drop);
            }
            12 => {
                // About the number of entries that is read.
                let entries = 30 + usize::from(self.byte % 4);
                let entry = [&b" v1,"[..], b",v0=x", b";h0=x"][self.place % 3];
                value.extend(entry.repeat(entries));
            }
            // The boundary between the header and the body moves.
            13 => {
                let moved = body.len().min(place);
                value.extend(body.drain(..moved));
            }
            14 => {
                let moved = value.split_off(place);
                body.splice(0..0, moved);
            }
            15 => body.truncate(self.place),
            16 => *line = None,
            // The next number, or one of the last.
            17 => {
                let (name, value) = headers[header].clone();
                if let Some(name) = name.strip_suffix("-1") {
                    let number = 2 + self.place % 8;
                    headers.push((format!("{name}-{number}"), value));
                }
            }
            18 => {
                if let Some((_, target)) = line {
                    let place = self.place % (target.len() + 1);
                    if target.is_char_boundary(place) {
                        target.insert(place, char::from(self.byte));
                    }
                }
            }
            _ => body.push(self.byte),
        }
    }
}
