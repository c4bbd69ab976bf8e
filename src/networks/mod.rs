//! Restricts the addresses that requests may come from, including behind proxies.
//!
//! Some senders, such as [Pomelo](crate::schemes::pomelo::SOURCE_ADDRESSES), publish the
//! addresses that they send from. Rejecting all others makes forgery harder, but is **not
//! a replacement for the signature**: addresses are shared and change hands.
//!
//! [`Networks`] is a set of addresses. Behind a proxy, every request comes from the proxy;
//! [`TrustedProxies`] finds the client's address in the header that the proxy writes. With
//! the feature `tower`, `AllowNetworksLayer` rejects requests from other addresses.
//!
//! ```
//! use hookseal::networks::{Networks, TrustedProxies};
//! use hookseal::schemes::pomelo;
//! use http::{HeaderMap, HeaderValue};
//!
//! let senders = Networks::from_addresses(pomelo::SOURCE_ADDRESSES)?;
//! let proxies = TrustedProxies::x_forwarded_for(Networks::new(["10.0.0.0/8"])?);
//!
//! let mut headers = HeaderMap::new();
//! // The first address was sent by the client, who can write anything; the second was
//! // written by the proxy.
//! let value = HeaderValue::from_static("192.0.2.1, 52.0.20.124");
//! headers.insert("x-forwarded-for", value);
//! let client = proxies.client_address("10.0.0.7".parse()?, &headers)?;
//! assert_eq!(client.to_string(), "52.0.20.124");
//! assert!(senders.contains(client));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod forwarded;
mod proxies;

use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use ipnet::IpNet;

pub use proxies::{ClientAddressError, TrustedProxies};

/// A set of networks and single addresses, of IPv4 and IPv6.
///
/// An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`), as dual-stack sockets report it, counts
/// as the IPv4 address that it contains, both here and in the text of a network. So `::/0`
/// contains no IPv4 address.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Creates a set from networks in CIDR notation (`10.0.0.0/8`, `2001:db8::/32`) and
    /// single addresses (`203.0.113.7`).
    ///
    /// # Errors
    ///
    /// Returns a [`NetworkError`] if a text is neither, if a network has bits set after its
    /// prefix (`10.0.0.1/8`), or if there are no networks at all.
    ///
    /// ```
    /// use hookseal::networks::Networks;
    ///
    /// let networks = Networks::new(["10.0.0.0/8", "203.0.113.7", "2001:db8::/32"])?;
    /// assert!(networks.contains("10.1.2.3".parse()?));
    /// assert!(networks.contains("::ffff:203.0.113.7".parse()?));
    /// assert!(!networks.contains("203.0.113.8".parse()?));
    ///
    /// let error = Networks::new(["10.0.0.1/8"]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "network 10.0.0.1/8 has bits set after its prefix; write 10.0.0.0/8, or 10.0.0.1 \
    ///      for only this address",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Result<Self, NetworkError> {
        let networks = texts.into_iter().map(|text| parse(text.as_ref()));
        Self::not_empty(networks.collect::<Result<_, _>>()?)
    }

    /// Creates a set from single addresses, such as those that a sender publishes.
    ///
    /// # Errors
    ///
    /// Returns [`NetworkError::Empty`] if there are no addresses.
    ///
    /// ```
    /// use hookseal::networks::Networks;
    /// use hookseal::schemes::pomelo;
    ///
    /// let senders = Networks::from_addresses(pomelo::SOURCE_ADDRESSES)?;
    /// assert!(senders.contains("52.0.20.124".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_addresses<A: Into<IpAddr>>(
        addresses: impl IntoIterator<Item = A>,
    ) -> Result<Self, NetworkError> {
        let addresses = addresses.into_iter();
        Self::not_empty(addresses.map(|address| single(address.into())).collect())
    }

    fn not_empty(networks: Vec<IpNet>) -> Result<Self, NetworkError> {
        if networks.is_empty() {
            return Err(NetworkError::Empty);
        }
        Ok(Self(networks))
    }

    /// Returns whether the address is in one of the networks.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Adds single addresses.
impl<A: Into<IpAddr>> Extend<A> for Networks {
    fn extend<I: IntoIterator<Item = A>>(&mut self, addresses: I) {
        let addresses = addresses.into_iter();
        self.0
            .extend(addresses.map(|address| single(address.into())));
    }
}

fn single(address: IpAddr) -> IpNet {
    address.to_canonical().into()
}

fn parse(text: &str) -> Result<IpNet, NetworkError> {
    let malformed = || NetworkError::Malformed { text: text.into() };
    let Some((address, prefix)) = text.split_once('/') else {
        return text.parse().map(single).map_err(|_| malformed());
    };
    let address: IpAddr = address.parse().map_err(|_| malformed())?;
    let is_number = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
    let prefix = prefix.parse().ok().filter(|_| is_number);
    let network = prefix.and_then(|prefix| IpNet::new(address, prefix).ok());
    let network = network.ok_or_else(malformed)?;
    if network.trunc() != network {
        return Err(NetworkError::HostBits {
            text: text.into(),
            network: network.trunc(),
        });
    }
    // An IPv4-mapped network begins with the 96 bits that mark it, so its prefix is longer.
    let mapped = match (address.to_canonical(), network.prefix_len().checked_sub(96)) {
        (address @ IpAddr::V4(_), Some(prefix)) if network.addr().is_ipv6() => {
            IpNet::new(address, prefix).ok()
        }
        _ => None,
    };
    Ok(mapped.unwrap_or(network))
}

/// What is wrong with a list of networks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The list is empty, so every request would be rejected.
    #[error("no networks are given; list those that requests come from")]
    Empty,
    /// A network has bits set after its prefix, so its meaning is ambiguous.
    #[error(
        "network {text} has bits set after its prefix; write {network}, or {} for only this address",
        .text.split('/').next().unwrap_or_default()
    )]
    #[non_exhaustive]
    HostBits {
        /// The text.
        text: String,
        /// The network with these bits unset.
        network: IpNet,
    },
    /// The text is neither a network nor an address.
    #[error("{text:?} is not a network; write it like 10.0.0.0/8, 2001:db8::/32 or 203.0.113.7")]
    #[non_exhaustive]
    Malformed {
        /// The text.
        text: String,
    },
}
