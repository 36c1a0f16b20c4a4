//! Why a document is not well-formed XML 1.0, or beyond our limits.

/// A document was refused before its grammar was looked at; always answered 2001.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Neither UTF-8 nor UTF-16 with a byte order mark, or declared as something else.
    #[error("the document is neither UTF-8 nor UTF-16 with a byte order mark")]
    Encoding,
    /// A document type declaration, which this server never accepts.
    #[error("a document type declaration is not accepted")]
    DocumentType,
    /// Breaks a rule of XML 1.0 or of Namespaces in XML.
    #[error("not well-formed XML at line {line}, column {column}: {what}")]
    Malformed {
        /// What is wrong, without any of the input.
        what: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// More depth, attributes, namespaces or text than `base::limits` allows.
    #[error("the document exceeds the limit of {limit} {what}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: usize,
    },
}

/// An [`Error`] whose place in the document is not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Becomes [`Error::Malformed`].
    Malformed(&'static str),
    /// Becomes [`Error::Limit`].
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: usize,
    },
}

impl From<&'static str> for Fault {
    fn from(what: &'static str) -> Self {
        Self::Malformed(what)
    }
}
