//! Writing the headers that carry a message's signatures.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{Layout, ListLayout, Place, SignaturePlaces};
use crate::Message;
use crate::clock::Timestamp;
use crate::error::SignError;
use crate::head::{HeaderName, is_field_value};
use crate::scheme::entries::{ReadyForm, Signatures};
use crate::scheme::{Signature, SignedHeaders};

impl Layout {
    /// Writes the headers that carry a message's signatures: the reverse of
    /// [`read`](Self::read).
    pub(crate) fn write(
        &self,
        message: &Message<'_>,
        timestamp: Option<Timestamp>,
        signatures: &[Signature],
    ) -> Result<SignedHeaders, SignError> {
        let mut values: Vec<Option<String>> = alloc::vec![None; self.names.len()];
        let mut put = |place: usize, value: &str| {
            if let Some(slot) = values.get_mut(place) {
                *slot = Some(value.into());
            }
        };
        let missing = |what| SignError::Missing { what };
        if let Some(place) = self.key_id {
            put(place, message.key_id.ok_or(missing("a key id"))?);
        }
        if let Some(place) = self.message_id {
            put(place, message.id.ok_or(missing("a message id"))?);
        }
        let time = self
            .timestamp
            .as_ref()
            .zip(timestamp)
            .map(|((_, format), timestamp)| format.write(timestamp));
        if let (Some((Place::Header(place), _)), Some(time)) = (&self.timestamp, &time) {
            put(*place, time);
        }
        if let Some(place) = self.endpoint {
            put(place, self.endpoint_to_sign(message)?);
        } else if let (Some(endpoint), [only]) = (message.endpoint, &*self.endpoints)
            && **only != *endpoint
        {
            // The request could not say that it is for another endpoint.
            let what = "the configured endpoint";
            return Err(SignError::Missing { what });
        }
        for place in &self.others {
            let name = self.header(*place);
            let mut given = message.headers.iter();
            let value = given.find(|(other, _)| other.eq_ignore_ascii_case(name.as_str()));
            let Some((_, value)) = value else {
                let header = name.clone();
                return Err(SignError::MissingHeader { header });
            };
            put(*place, value);
        }
        let listed = self.listed_names(message);
        if let (
            Some(ListLayout {
                names: Place::Header(place),
                ..
            }),
            Some(names),
        ) = (&self.header_list, &listed)
        {
            put(*place, names);
        }
        let key_id = message.key_id.unwrap_or_default();
        let written = signatures.iter().filter_map(|signature| {
            let is_its = |form: &&ReadyForm| form.algorithm == signature.algorithm();
            let form = self.forms.iter().find(is_its)?;
            Some(form.write(signature, key_id))
        });
        let mut written: Vec<String> = written.collect();
        let mut repeated = Vec::new();
        match &self.signature {
            SignaturePlaces::One(place) => {
                let only = written.first().ok_or(SignError::NoSigningKey)?;
                put(*place, only);
            }
            SignaturePlaces::List(place, separator) => {
                let params = self.params();
                let values = [time, listed];
                let params = params.iter().zip(values).filter_map(|(param, value)| {
                    (!param.name.is_empty())
                        .then(|| format!("{}={}", param.name, value.unwrap_or_default()))
                });
                written.splice(0..0, params);
                let separator = char::from(separator.byte()).to_string();
                put(*place, &written.join(&separator));
            }
            SignaturePlaces::Several { places, .. } => {
                for (place, text) in places.iter().zip(&written) {
                    put(*place, text);
                }
            }
            SignaturePlaces::Repeated(place) => {
                let mut written = written.into_iter().take(Signatures::MAX_HEADERS);
                put(*place, &written.next().ok_or(SignError::NoSigningKey)?);
                repeated.extend(written.map(|text| (self.header(*place).clone(), text)));
            }
        }
        let all = self.names.iter().zip(values);
        let all = all.filter_map(|(name, value)| Some((name.clone(), value?)));
        let mut headers: Vec<(HeaderName, String)> = all.collect();
        if self.header_list.is_some() {
            let own = |name: &str| {
                self.names
                    .iter()
                    .any(|own| own.as_str().eq_ignore_ascii_case(name))
            };
            for (name, value) in message.headers.iter().filter(|(name, _)| !own(name)) {
                let invalid = |_| SignError::InvalidHeaderName {
                    name: (*name).into(),
                };
                headers.push((HeaderName::new(name).map_err(invalid)?, (*value).into()));
            }
        }
        headers.extend(repeated);
        if let Some((name, _)) = headers.iter().find(|(_, value)| !is_field_value(value)) {
            let header = name.clone();
            return Err(SignError::InvalidValue { header });
        }
        Ok(SignedHeaders(headers))
    }

    fn endpoint_to_sign<'m>(&'m self, message: &Message<'m>) -> Result<&'m str, SignError> {
        match (message.endpoint, &*self.endpoints) {
            (Some(endpoint), _) => Ok(endpoint),
            (None, [only]) => Ok(only),
            (None, _) => Err(SignError::Missing {
                what: "an endpoint",
            }),
        }
    }

    /// Returns whether signing sets this header itself, rather than taking its value from
    /// the message.
    #[cfg(feature = "http")]
    pub(crate) fn sets(&self, name: &str) -> bool {
        let mut own = self.names.iter().enumerate();
        own.any(|(place, own)| own.as_str() == name && !self.others.contains(&place))
    }

    /// Returns the names of the message's headers that may be signed, as a request lists
    /// them.
    fn listed_names(&self, message: &Message<'_>) -> Option<String> {
        let list = self.header_list.as_ref()?;
        let mut names: Vec<&str> = list
            .must_name
            .map(|place| self.header(place).as_str())
            .into_iter()
            .collect();
        let given = message.headers.iter().map(|(name, _)| *name);
        names.extend(given.filter(|name| {
            let is_it = |allowed: &HeaderName| allowed.as_str().eq_ignore_ascii_case(name);
            list.allowed.iter().any(is_it)
        }));
        let separator = char::from(list.separator.byte()).to_string();
        Some(names.join(&separator))
    }
}
