//! `<contact:check>` (RFC 5733 section 3.1.1).

use crate::model::ContactId;
use crate::protocol::Error;
use crate::protocol::availability::{self, Availability};
use crate::protocol::values::contact_id;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Asks whether handles can be used for new contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Handles as the client wrote them.
    pub ids: Vec<ContactId>,
}

impl Check {
    /// Reads `<contact:check>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let ids = content.many(Namespace::Contact, "id", 1, usize::MAX)?;
        let ids = ids.into_iter().map(contact_id).collect::<Result<_, _>>()?;
        content.end()?;
        Ok(Self { ids })
    }

    /// Writes `<contact:check>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Contact, "check");
        for id in &self.ids {
            writer.leaf(Namespace::Contact, "id", id.as_str());
        }
        writer.end();
    }
}

/// Answer to [`Check`] (`chkData`): one verdict for each handle, in the order asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckData {
    /// The verdicts.
    pub ids: Vec<Availability>,
}

impl CheckData {
    /// Writes `<contact:chkData>`.
    pub fn encode(&self, writer: &mut Writer) {
        availability::encode(writer, Namespace::Contact, "id", &self.ids);
    }

    /// Reads `<contact:chkData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let ids = availability::decode(element, Namespace::Contact, "id", (3, 16))?;
        Ok(Self { ids })
    }
}
