//! A document that is not a valid EPP request: the code, the offending element, the reason.

use crate::base::code::Code;
use crate::xml::sequence::Shown;
use crate::xml::{self, Element, Mismatch};

/// Why a request could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Result code: 2001 for all that breaks a schema, else the RFC's own.
    pub code: Code,
    /// Offending element, for `<value>`.
    pub element: Option<Shown>,
    /// Reason a registrar's engineer can act on.
    pub reason: String,
}

impl Error {
    /// Blames `element` with `code`.
    pub fn new(code: Code, element: Element<'_>, reason: impl Into<String>) -> Self {
        Self {
            code,
            element: Some(Shown::of(element)),
            reason: reason.into(),
        }
    }
}

impl From<Mismatch> for Error {
    fn from(mismatch: Mismatch) -> Self {
        Self {
            code: Code::Syntax,
            element: Some(mismatch.element),
            reason: mismatch.reason,
        }
    }
}

impl From<xml::Error> for Error {
    fn from(error: xml::Error) -> Self {
        Self {
            code: Code::Syntax,
            element: None,
            reason: error.to_string(),
        }
    }
}
