//! `<domain:contact>` (`contactType`): contacts beside the registrant.

use crate::base::code::Code;
use crate::model::ContactId;
use crate::model::domain::ContactRole;
use crate::protocol::Error;
use crate::protocol::text::collapse;
use crate::protocol::values::contact_id_content;
use crate::xml::sequence::attributes;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// A contact with its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactReference {
    /// Role; the schema lets it be absent.
    pub role: Option<ContactRole>,
    /// Handle.
    pub id: ContactId,
}

impl ContactReference {
    /// Reads `<domain:contact>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let [role] = attributes(element, ["type"])?;
        let role = match role {
            None => None,
            Some(role) => Some(ContactRole::parse(&collapse(role)).ok_or_else(|| {
                Error::new(Code::Syntax, element, "type is admin, billing or tech")
            })?),
        };
        Ok(Self {
            role,
            id: contact_id_content(element)?,
        })
    }

    /// Reads all that stand next.
    pub(super) fn decode_many(content: &mut Sequence<'_>) -> Result<Vec<Self>, Error> {
        let found = content.many(Namespace::Domain, "contact", 0, usize::MAX)?;
        found.into_iter().map(Self::decode).collect()
    }

    /// Writes `<domain:contact>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "contact");
        if let Some(role) = self.role {
            writer.attribute("type", role.as_str());
        }
        writer.text(self.id.as_str());
        writer.end();
    }
}
