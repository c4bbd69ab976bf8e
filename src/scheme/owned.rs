//! Parts of the vocabulary with owned strings.

use alloc::string::String;

use super::{Algorithm, Encoding, FieldValue, Form, Handshake, TokenAnswer};

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
pub(crate) struct OwnedForm {
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "String::is_empty")
    )]
    pub(crate) prefix: String,
    pub(crate) encoding: Encoding,
    pub(crate) algorithm: Algorithm,
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub(crate) after_key_id: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub(crate) enum OwnedHandshake {
    EchoField {
        #[cfg_attr(
            feature = "serde",
            serde(default, skip_serializing_if = "Option::is_none")
        )]
        when: Option<OwnedFieldValue>,
        field: String,
    },
    SignField {
        when: OwnedFieldValue,
        field: String,
        answer: OwnedTokenAnswer,
    },
    Fixed {
        when: OwnedFieldValue,
        answer: String,
    },
    EchoQuery {
        parameter: String,
        #[cfg_attr(
            feature = "serde",
            serde(default, skip_serializing_if = "Option::is_none")
        )]
        verify_token: Option<String>,
    },
    SignQuery {
        parameter: String,
        answer: OwnedTokenAnswer,
    },
    EchoHeader(String),
    Head,
    SecretHeader(String),
    SecretField(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
pub(crate) struct OwnedFieldValue {
    pub(crate) field: String,
    pub(crate) value: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
pub(crate) struct OwnedTokenAnswer {
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub(crate) token: Option<String>,
    pub(crate) mac: String,
    pub(crate) form: OwnedForm,
}

impl OwnedForm {
    #[cfg(feature = "serde")]
    pub(crate) fn borrow(&self) -> Form<'_> {
        Form {
            prefix: &self.prefix,
            encoding: self.encoding,
            algorithm: self.algorithm,
            after_key_id: self.after_key_id.as_deref(),
        }
    }
}

impl From<&Form<'_>> for OwnedForm {
    fn from(form: &Form<'_>) -> Self {
        Self {
            prefix: form.prefix.into(),
            encoding: form.encoding,
            algorithm: form.algorithm,
            after_key_id: form.after_key_id.map(String::from),
        }
    }
}

impl OwnedHandshake {
    #[cfg(feature = "serde")]
    pub(crate) fn borrow(&self) -> Handshake<'_> {
        match self {
            Self::EchoField { when, field } => Handshake::EchoField {
                when: when.as_ref().map(OwnedFieldValue::borrow),
                field,
            },
            Self::SignField {
                when,
                field,
                answer,
            } => Handshake::SignField {
                when: when.borrow(),
                field,
                answer: answer.borrow(),
            },
            Self::Fixed { when, answer } => Handshake::Fixed {
                when: when.borrow(),
                answer,
            },
            Self::EchoQuery {
                parameter,
                verify_token,
            } => Handshake::EchoQuery {
                parameter,
                verify_token: verify_token.as_deref(),
            },
            Self::SignQuery { parameter, answer } => Handshake::SignQuery {
                parameter,
                answer: answer.borrow(),
            },
            Self::EchoHeader(name) => Handshake::EchoHeader(name),
            Self::Head => Handshake::Head,
            Self::SecretHeader(name) => Handshake::SecretHeader(name),
            Self::SecretField(field) => Handshake::SecretField(field),
        }
    }
}

impl From<Handshake<'_>> for OwnedHandshake {
    fn from(handshake: Handshake<'_>) -> Self {
        match handshake {
            Handshake::EchoField { when, field } => Self::EchoField {
                when: when.map(OwnedFieldValue::from),
                field: field.into(),
            },
            Handshake::SignField {
                when,
                field,
                answer,
            } => Self::SignField {
                when: when.into(),
                field: field.into(),
                answer: answer.into(),
            },
            Handshake::Fixed { when, answer } => Self::Fixed {
                when: when.into(),
                answer: answer.into(),
            },
            Handshake::EchoQuery {
                parameter,
                verify_token,
            } => Self::EchoQuery {
                parameter: parameter.into(),
                verify_token: verify_token.map(String::from),
            },
            Handshake::SignQuery { parameter, answer } => Self::SignQuery {
                parameter: parameter.into(),
                answer: answer.into(),
            },
            Handshake::EchoHeader(name) => Self::EchoHeader(name.into()),
            Handshake::Head => Self::Head,
            Handshake::SecretHeader(name) => Self::SecretHeader(name.into()),
            Handshake::SecretField(field) => Self::SecretField(field.into()),
        }
    }
}

impl OwnedFieldValue {
    #[cfg(feature = "serde")]
    pub(crate) fn borrow(&self) -> FieldValue<'_> {
        FieldValue {
            field: &self.field,
            value: &self.value,
        }
    }
}

impl From<FieldValue<'_>> for OwnedFieldValue {
    fn from(when: FieldValue<'_>) -> Self {
        Self {
            field: when.field.into(),
            value: when.value.into(),
        }
    }
}

impl OwnedTokenAnswer {
    #[cfg(feature = "serde")]
    pub(crate) fn borrow(&self) -> TokenAnswer<'_> {
        TokenAnswer {
            token: self.token.as_deref(),
            mac: &self.mac,
            form: self.form.borrow(),
        }
    }
}

impl From<TokenAnswer<'_>> for OwnedTokenAnswer {
    fn from(answer: TokenAnswer<'_>) -> Self {
        Self {
            token: answer.token.map(String::from),
            mac: answer.mac.into(),
            form: OwnedForm::from(&answer.form),
        }
    }
}
