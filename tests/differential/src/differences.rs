//! `differences.json`: the known differences between the peers' verdicts and ours. A
//! difference that is not listed is a failure, and so is a listed one that does not
//! occur.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;

use crate::peers::Failure;

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Accepted,
    Refused,
    /// The peer's interface cannot express the request.
    Inexpressible,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Inexpressible => "inexpressible",
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdicts {
    pub ours: Verdict,
    pub theirs: Verdict,
}

impl fmt::Display for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "we: {}, they: {}", self.ours, self.theirs)
    }
}

/// One reason, for all the peers and cases that it explains.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    schemes: Vec<String>,
    cases: Vec<String>,
    peers: Vec<String>,
    ours: Verdict,
    theirs: Verdict,
    reason: String,
}

pub struct Differences(Vec<Entry>);

impl Differences {
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let entries: Vec<Entry> = serde_json::from_str(text)?;
        for entry in &entries {
            if entry.ours == entry.theirs || entry.reason.is_empty() {
                return Err(format!("no difference, or no reason: {:?}", entry.cases).into());
            }
        }
        Ok(Self(entries))
    }

    /// Returns the peers that the file names.
    pub fn peers(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|entry| &entry.peers).map(|name| &**name)
    }

    /// Returns the differences from one peer, none seen yet.
    pub fn to(&self, peer: &str) -> Result<Known, Failure> {
        let mut known = HashMap::new();
        let to_peer = |entry: &&Entry| entry.peers.iter().any(|name| name == peer);
        for entry in self.0.iter().filter(to_peer) {
            let verdicts = Verdicts { ours: entry.ours, theirs: entry.theirs };
            let cases = |scheme| entry.cases.iter().map(move |case| (scheme, case));
            for (scheme, case) in entry.schemes.iter().flat_map(cases) {
                let place = (scheme.clone(), case.clone());
                if known.insert(place, (verdicts, false)).is_some() {
                    return Err(format!("{peer}, {scheme}, {case}: listed twice").into());
                }
            }
        }
        Ok(Known(known))
    }
}

pub struct Known(HashMap<(String, String), (Verdicts, bool)>);

impl Known {
    /// Checks that these verdicts are equal, or differ as listed.
    pub fn judge(&mut self, scheme: &str, case: &str, found: Verdicts) -> Result<(), String> {
        match self.0.get_mut(&(scheme.into(), case.into())) {
            Some((listed, seen)) => {
                *seen = true;
                if *listed == found {
                    return Ok(());
                }
                Err(format!("{found}; listed as {listed}"))
            }
            None if found.ours == found.theirs => Ok(()),
            None => Err(format!("{found}; not listed")),
        }
    }

    pub fn seen(&self) -> usize {
        self.0.values().filter(|(_, seen)| *seen).count()
    }

    /// Returns the listed differences that did not occur, since there is no such case.
    pub fn unseen(&self) -> impl Iterator<Item = String> {
        let unseen = self.0.iter().filter(|(_, (_, seen))| !seen);
        unseen.map(|((scheme, case), _)| format!("{scheme}, {case}: listed, and not seen"))
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Accepted, Inexpressible, Refused};
    use super::*;

    const LIST: &str = r#"[{
        "schemes": ["pakk", "paminga"], "cases": ["a", "b"], "peers": ["one", "two"],
        "ours": "refused", "theirs": "accepted", "reason": "they are lenient"
    }]"#;

    fn known() -> Known {
        Differences::parse(LIST).unwrap().to("two").unwrap()
    }

    fn judged(case: &str, ours: Verdict, theirs: Verdict) -> Result<(), String> {
        known().judge("pakk", case, Verdicts { ours, theirs })
    }

    #[test]
    fn a_difference_must_be_listed() {
        assert_eq!(judged("c", Accepted, Accepted), Ok(()));
        assert_eq!(judged("c", Refused, Refused), Ok(()));
        assert_eq!(judged("a", Refused, Accepted), Ok(()));
        assert!(judged("c", Refused, Accepted).is_err());
        assert!(judged("c", Accepted, Refused).is_err());
        assert!(judged("c", Refused, Inexpressible).is_err());
        let elsewhere = Verdicts { ours: Refused, theirs: Accepted };
        assert!(known().judge("hubpay", "a", elsewhere).is_err());
        let other = Differences::parse(LIST).unwrap().to("three").unwrap();
        assert!({ other }.judge("pakk", "a", elsewhere).is_err());
    }

    #[test]
    fn a_listed_difference_must_show_as_it_is_listed() {
        for (ours, theirs) in [
            (Accepted, Accepted),
            (Refused, Refused),
            (Accepted, Refused),
            (Refused, Inexpressible),
        ] {
            assert!(judged("a", ours, theirs).is_err());
        }
    }

    #[test]
    fn a_listed_difference_must_be_seen() {
        let mut known = known();
        let verdicts = Verdicts { ours: Refused, theirs: Accepted };
        assert_eq!((known.seen(), known.unseen().count()), (0, 4));
        for (scheme, case) in [("pakk", "a"), ("pakk", "b"), ("paminga", "a")] {
            known.judge(scheme, case, verdicts).unwrap();
        }
        assert_eq!(known.seen(), 3);
        let unseen: Vec<String> = known.unseen().collect();
        assert_eq!(unseen, ["paminga, b: listed, and not seen"]);
    }

    #[test]
    fn a_list_says_each_thing_once_and_why() {
        let entry = LIST.trim_matches(['[', ']']);
        let twice = Differences::parse(&format!("[{entry}, {entry}]")).unwrap();
        assert!(twice.to("two").is_err());
        assert!(twice.to("three").is_ok());
        for (text, other) in [
            ("they are lenient", ""),
            ("accepted", "refused"),
            ("accepted", "perhaps"),
            ("schemes", "scheme"),
        ] {
            assert!(Differences::parse(&LIST.replace(text, other)).is_err(), "{text}");
        }
    }
}
