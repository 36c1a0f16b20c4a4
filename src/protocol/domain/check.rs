//! `<domain:check>` (RFC 5731 section 3.1.1).

use crate::protocol::Error;
use crate::protocol::availability::{self, Availability};
use crate::xml::{Element, Namespace, Writer};

/// Asks whether names can be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Names as the client wrote them; whether each is a domain name is part of the answer.
    pub names: Vec<String>,
}

impl Check {
    /// Reads `<domain:check>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let names = availability::decode_names(element, Namespace::Domain, "name", (1, 255))?;
        Ok(Self { names })
    }

    /// Writes `<domain:check>`.
    pub fn encode(&self, writer: &mut Writer) {
        availability::encode_names(writer, Namespace::Domain, "name", &self.names);
    }
}

/// Answer to [`Check`] (`chkData`): one verdict for each name, in the order asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckData {
    /// The verdicts.
    pub names: Vec<Availability>,
}

impl CheckData {
    /// Writes `<domain:chkData>`.
    pub fn encode(&self, writer: &mut Writer) {
        availability::encode(writer, Namespace::Domain, "name", &self.names);
    }

    /// Reads `<domain:chkData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let names = availability::decode(element, Namespace::Domain, "name", (1, 255))?;
        Ok(Self { names })
    }
}
