//! Checks that a scheme makes sense.

use super::{
    Algorithm, Endpoint, Field, FieldValue, Handshake, HeaderName, Part, Scheme, SignatureField,
    Signatures, TimeFormat, TokenAnswer, boundaries, is_of_a_token,
};
use crate::error::{ConfigError, SchemeFault};
use crate::head::{is_field_value, is_trimmed};

const fn fault(fault: SchemeFault) -> ConfigError {
    ConfigError::InvalidScheme { fault }
}

impl Scheme<'_> {
    /// Checks that the scheme makes sense, except for the names of its headers.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        self.validate_signature().map_err(fault)?;
        self.validate_message().map_err(fault)?;
        self.validate_handshake().map_err(fault)?;
        self.validate_endpoint()?;
        match self
            .forms
            .iter()
            .find(|form| !form.algorithm.is_available())
        {
            // One algorithm of several may be missing: its entries are skipped.
            Some(form) if self.forms.iter().all(|form| !form.algorithm.is_available()) => {
                let feature = form.algorithm.feature().unwrap_or_default();
                Err(ConfigError::AlgorithmUnavailable { feature })
            }
            _ => Ok(()),
        }
    }

    /// Returns the scheme's MAC, if it has one.
    pub(crate) fn mac(&self) -> Option<Algorithm> {
        let algorithms = self.forms.iter().map(|form| form.algorithm);
        algorithms.into_iter().find(|algorithm| algorithm.is_mac())
    }

    pub(crate) fn signs(&self, part: Part<'_>) -> bool {
        self.signed.contains(&part)
    }

    fn validate_signature(&self) -> Result<(), SchemeFault> {
        let belongs = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.name.is_empty() || !self.name.bytes().all(belongs) {
            return Err(SchemeFault::InvalidName);
        }
        if self.forms.is_empty() {
            return Err(SchemeFault::NoForm);
        }
        let is_writable = |form: &super::Form<'_>| {
            is_field_value(form.prefix)
                && !form.prefix.starts_with([' ', '\t'])
                && form
                    .after_key_id
                    .is_none_or(|text| !text.is_empty() && is_field_value(text))
        };
        if !self.forms.iter().all(is_writable) {
            return Err(SchemeFault::InvalidForm);
        }
        let mut macs = self.forms.iter().map(|form| form.algorithm);
        if macs.any(|algorithm| algorithm.is_mac() && Some(algorithm) != self.mac()) {
            return Err(SchemeFault::SeveralMacs);
        }
        let is_list = matches!(self.signature, SignatureField::List { .. });
        let names_keys = |form: &super::Form<'_>| form.after_key_id.is_some();
        if self.forms.iter().any(names_keys)
            && (!is_list
                || self.key_id.is_some()
                || !self
                    .forms
                    .iter()
                    .all(|form| names_keys(form) && form.prefix.is_empty()))
        {
            return Err(SchemeFault::KeyIdOutsideList);
        }
        let is_same = |one: &super::Form<'_>, other: &super::Form<'_>| {
            one.prefix == other.prefix
                && one.after_key_id == other.after_key_id
                && one.encoding == other.encoding
                && one.algorithm.signature_len() == other.algorithm.signature_len()
        };
        let mut later = self.forms;
        while let [form, rest @ ..] = later {
            if rest.iter().any(|other| is_same(form, other)) {
                return Err(SchemeFault::SameForm);
            }
            later = rest;
        }
        if let SignatureField::List { separator, .. } = self.signature {
            let separator = char::from(separator.byte());
            let stands_in_the_way = |name: &str| {
                let begins_form = |form: &super::Form<'_>| {
                    form.prefix
                        .strip_prefix(name)
                        .is_some_and(|rest| rest.starts_with('='))
                };
                name.is_empty()
                    || name.contains([separator, '='])
                    || self.forms.iter().any(begins_form)
            };
            // An HTTP date contains spaces and a comma.
            let splits_date = self.timestamp.is_some_and(|timestamp| {
                let is_param = matches!(timestamp.field, Field::Param(_));
                is_param && timestamp.format == TimeFormat::HttpDate && separator != ';'
            });
            let splits_list = self.header_list.is_some_and(|list| {
                let is_param = matches!(list.names, Field::Param(_));
                is_param && char::from(list.separator.byte()) == separator
            });
            if self.params().any(stands_in_the_way) || splits_date || splits_list {
                return Err(SchemeFault::InvalidParam);
            }
            let splits = |text: Option<&str>| text.is_some_and(|text| text.contains(separator));
            let mut forms = self.forms.iter();
            if forms.any(|form| splits(Some(form.prefix)) || splits(form.after_key_id)) {
                return Err(SchemeFault::SeparatorInForm);
            }
        }
        let params = self.params();
        if !is_list && params.clone().next().is_some() {
            return Err(SchemeFault::ParamWithoutList);
        }
        if let (Some(one), Some(other)) = (params.clone().next(), params.clone().nth(1))
            && one == other
        {
            return Err(SchemeFault::SamePlace);
        }
        let max = Signatures::MAX_HEADERS;
        match self.signature {
            SignatureField::Headers([])
            | SignatureField::Header("")
            | SignatureField::List { header: "", .. }
            | SignatureField::Numbered("")
            | SignatureField::Repeated("") => Err(SchemeFault::NoSignatureHeader),
            SignatureField::Headers(names) if names.len() > max => {
                Err(SchemeFault::TooManyHeaders { max })
            }
            _ => Ok(()),
        }
    }

    fn validate_handshake(&self) -> Result<(), SchemeFault> {
        let Some(handshake) = self.handshake else {
            return Ok(());
        };
        let is_header = |name: &str| HeaderName::new(name).is_ok();
        let is_field = |field: &str| field.split('.').all(|name| !name.is_empty());
        let is_value = |when: FieldValue<'_>| is_field(when.field) && !when.value.is_empty();
        let is_answer = |answer: TokenAnswer<'_>| {
            answer.token != Some("")
                && !answer.mac.is_empty()
                && answer.token != Some(answer.mac)
                && answer.form.after_key_id.is_none()
                && Some(answer.form.algorithm) == self.mac()
        };
        let is_valid = match handshake {
            Handshake::EchoField { when, field } => when.is_none_or(is_value) && is_field(field),
            Handshake::SignField {
                when,
                field,
                answer,
            } => is_value(when) && is_field(field) && is_answer(answer),
            Handshake::Fixed { when, answer } => {
                is_value(when) && answer.starts_with('{') && answer.ends_with('}')
            }
            Handshake::EchoQuery {
                parameter,
                verify_token,
            } => {
                !parameter.is_empty() && verify_token != Some("") && verify_token != Some(parameter)
            }
            Handshake::SignQuery { parameter, answer } => {
                !parameter.is_empty() && is_answer(answer)
            }
            Handshake::EchoHeader(name) | Handshake::SecretHeader(name) => is_header(name),
            Handshake::Head => true,
            Handshake::SecretField(field) => is_field(field),
        };
        if !is_valid {
            return Err(SchemeFault::InvalidHandshake);
        }
        // A token must not be a signed message. If only the body is signed, bodies that
        // look like tokens are refused. If more is signed, the parts together could be a
        // token.
        let is_no_token = |part: &Part<'_>| match part {
            Part::Text(text) => !is_of_a_token(text.as_bytes()),
            _ => false,
        };
        if handshake.signs_a_token()
            && *self.signed != [Part::Body]
            && !self.signed.iter().any(is_no_token)
        {
            return Err(SchemeFault::SignedToken);
        }
        Ok(())
    }

    /// Returns the parameters that are read from the list of signatures.
    fn params(&self) -> impl Iterator<Item = &str> + Clone {
        let timestamp = self.timestamp.map(|timestamp| timestamp.field);
        let names = self.header_list.map(|list| list.names);
        [timestamp, names]
            .into_iter()
            .flatten()
            .filter_map(|field| match field {
                Field::Param(name) => Some(name),
                Field::Header(_) => None,
            })
    }

    fn validate_message(&self) -> Result<(), SchemeFault> {
        if self.signs(Part::Text("")) {
            return Err(SchemeFault::EmptyText);
        }
        let bodies = self.signed.iter();
        if bodies.filter(|part| boundaries::is_body(part)).count() != 1 {
            return Err(SchemeFault::BodyOnce);
        }
        // A signed header also covers a field that is read from it.
        let signs_values =
            |part: &Part<'_>| matches!(part, Part::HeaderValues(_) | Part::HeaderPairs { .. });
        let signs_listed = self.signed.iter().any(signs_values);
        let signs_header = |name: Option<&str>| {
            name.is_some_and(|name| {
                let listed = signs_listed && self.header_list.is_some_and(|list| {
                    list.allowed
                        .iter()
                        .any(|allowed| allowed.eq_ignore_ascii_case(name))
                });
                let is_it = |part: &Part<'_>| matches!(part, Part::Header(other) if other.eq_ignore_ascii_case(name));
                listed || self.signed.iter().any(is_it)
            })
        };
        match self.timestamp {
            Some(timestamp) => {
                let header = match timestamp.field {
                    Field::Header(name) => Some(name),
                    Field::Param(_) => None,
                };
                if !self.signs(Part::Timestamp) && !signs_header(header) {
                    return Err(SchemeFault::UnsignedTimestamp);
                }
            }
            None if self.window.is_some() => {
                return Err(SchemeFault::WindowWithoutTimestamp);
            }
            None => {}
        }
        if self.message_id.is_some() && !self.signs(Part::MessageId) {
            return Err(SchemeFault::UnsignedMessageId);
        }
        if signs_listed && !self.signs(Part::HeaderNames) {
            let pairs = |part: &Part<'_>| matches!(part, Part::HeaderPairs { .. });
            if !self.signed.iter().any(pairs) {
                return Err(SchemeFault::UnsignedNames);
            }
        }
        if self.header_list.is_some_and(|list| {
            list.allowed.is_empty() || !(signs_listed || self.signs(Part::HeaderNames))
        }) {
            return Err(SchemeFault::UnusedHeaderList);
        }
        if self.endpoint_header.is_some() && !self.signs(Part::Endpoint) {
            return Err(SchemeFault::UnsignedEndpoint);
        }
        for (part, defined, signed) in [
            (
                "timestamp",
                self.timestamp.is_some(),
                self.signs(Part::Timestamp),
            ),
            (
                "message id",
                self.message_id.is_some(),
                self.signs(Part::MessageId),
            ),
            ("key id", self.key_id.is_some(), self.signs(Part::KeyId)),
            (
                "list of headers",
                self.header_list.is_some(),
                signs_listed || self.signs(Part::HeaderNames),
            ),
        ] {
            if signed && !defined {
                return Err(SchemeFault::Undefined { part });
            }
        }
        boundaries::find(self).map(|_| ())
    }

    fn validate_endpoint(&self) -> Result<(), ConfigError> {
        match (self.canonical_form, self.signs(Part::CanonicalBody)) {
            (None, true) => return Err(ConfigError::MissingCanonicalForm),
            (Some(_), false) => return Err(ConfigError::UnusedCanonicalForm),
            _ => {}
        }
        let uses = self.endpoint_header.is_some() || self.signs(Part::Endpoint);
        match self.endpoint {
            Endpoint::None if uses => return Err(ConfigError::MissingEndpoint),
            Endpoint::None => return Ok(()),
            _ if !uses => return Err(ConfigError::UnusedEndpoint),
            Endpoint::Any([]) => return Err(ConfigError::MissingEndpoint),
            Endpoint::Any([_, _, ..]) if self.endpoint_header.is_none() => {
                return Err(ConfigError::UnnamedEndpoints);
            }
            _ => {}
        }
        let unusable = |endpoint: &&str| {
            endpoint.is_empty() || !is_trimmed(endpoint.as_bytes()) || !is_field_value(endpoint)
        };
        if self.endpoint.as_slice().iter().any(unusable) {
            return Err(ConfigError::InvalidEndpoint);
        }
        Ok(())
    }
}
