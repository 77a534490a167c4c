//! The API server's field errors, and what a refused request gets back.
//!
//! Source: `k8s.io/apimachinery/pkg/util/validation/field`, `errors.go`; the texts are fixed by Kubernetes.

use std::fmt;

use serde_json::Value;

use crate::Str;
use crate::origin::FieldPath;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldError {
    /// The field as the API server writes it. Mostly `at`, printed; a few messages name fields by other paths.
    pub field: Str,
    /// Of which kind.
    pub kind: FieldErrorKind,
    /// The text after the field: `Invalid value: 0: must be between 1 and 65535, inclusive`.
    pub message: String,
    /// The field in the object.
    pub at: FieldPath,
}

/// The kinds of field errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[expect(missing_docs, reason = "the names of the API")]
pub enum FieldErrorKind {
    Required,
    Duplicate,
    Invalid,
    NotSupported,
    Forbidden,
    TooLong,
    TooMany,
    InternalError,
}

impl FieldErrorKind {
    /// As the message begins.
    fn text(self) -> &'static str {
        match self {
            Self::Required => "Required value",
            Self::Duplicate => "Duplicate value",
            Self::Invalid => "Invalid value",
            Self::NotSupported => "Unsupported value",
            Self::Forbidden => "Forbidden",
            Self::TooLong => "Too long",
            Self::TooMany => "Too many",
            Self::InternalError => "Internal error",
        }
    }

    /// As answers name it: the reason without `FieldValue`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "Required",
            Self::Duplicate => "Duplicate",
            Self::Invalid => "Invalid",
            Self::NotSupported => "NotSupported",
            Self::Forbidden => "Forbidden",
            Self::TooLong => "TooLong",
            Self::TooMany => "TooMany",
            Self::InternalError => "InternalError",
        }
    }
}

impl FieldError {
    /// A value is missing.
    pub(super) fn required(at: &FieldPath, detail: &str) -> Self {
        Self::new(FieldErrorKind::Required, at, None, detail)
    }

    /// A value cannot be.
    pub(super) fn invalid(at: &FieldPath, value: impl Into<Value>, detail: &str) -> Self {
        Self::new(FieldErrorKind::Invalid, at, Some(value.into()), detail)
    }

    /// A value that must be unique is there twice.
    pub(super) fn duplicate(at: &FieldPath, value: impl Into<Value>) -> Self {
        Self::new(FieldErrorKind::Duplicate, at, Some(value.into()), "")
    }

    /// A value is none of those that are known. `supported` as the API server sorts them.
    pub(super) fn not_supported(
        at: &FieldPath,
        value: impl Into<Value>,
        supported: &[&str],
    ) -> Self {
        let quoted: Vec<String> = supported.iter().map(|name| format!("{name:?}")).collect();
        let detail = format!("supported values: {}", quoted.join(", "));
        Self::new(
            FieldErrorKind::NotSupported,
            at,
            Some(value.into()),
            &detail,
        )
    }

    /// A field does not go with the others.
    pub(super) fn forbidden(at: &FieldPath, detail: &str) -> Self {
        Self::new(FieldErrorKind::Forbidden, at, None, detail)
    }

    /// A text is too long, in bytes.
    pub(super) fn too_long(at: &FieldPath, most: usize) -> Self {
        let detail = format!("may not be more than {most} bytes");
        Self::new(FieldErrorKind::TooLong, at, None, &detail)
    }

    /// A list has too many elements.
    pub(super) fn too_many(at: &FieldPath, actual: usize, most: usize) -> Self {
        let detail = format!("must have at most {most} items");
        Self::new(FieldErrorKind::TooMany, at, Some(actual.into()), &detail)
    }

    /// The same error under the name that the API server gives the field.
    #[must_use]
    pub(super) fn named(mut self, field: impl Into<Str>) -> Self {
        self.field = field.into();
        self
    }

    fn new(kind: FieldErrorKind, at: &FieldPath, value: Option<Value>, detail: &str) -> Self {
        let mut message = kind.text().to_owned();
        if let Some(value) = value {
            message.push_str(": ");
            message.push_str(&value.to_string());
        }
        if !detail.is_empty() {
            message.push_str(": ");
            message.push_str(detail);
        }
        Self {
            field: at.to_string().into(),
            kind,
            message,
            at: at.clone(),
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// 422: fields are wrong.
    Invalid(Vec<FieldError>),
    /// 500: the API server cannot do it, with a text and the field to blame.
    Internal {
        /// Its text.
        message: String,
        /// The field to blame.
        at: FieldPath,
    },
}

impl Refusal {
    /// One wrong field.
    pub(super) fn of(error: FieldError) -> Self {
        Self::Invalid(vec![error])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_read_as_the_api_server_writes_them() {
        let at = FieldPath::from("spec.ports[0].port");
        let error = FieldError::invalid(&at, 0, "must be between 1 and 65535, inclusive");
        assert_eq!(
            error.to_string(),
            "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive"
        );
        let error = FieldError::not_supported(&at, "X", &["SCTP", "TCP", "UDP"]);
        assert_eq!(
            error.message,
            "Unsupported value: \"X\": supported values: \"SCTP\", \"TCP\", \"UDP\""
        );
        assert_eq!(FieldError::required(&at, "").message, "Required value");
        assert_eq!(
            FieldError::invalid(&at, vec!["10.0.0.9", "10.0.0.10"], "no").message,
            "Invalid value: [\"10.0.0.9\",\"10.0.0.10\"]: no"
        );
    }
}
