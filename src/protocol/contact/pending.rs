//! Outcome of a pending action on a contact (RFC 5733 section 3.3).

use crate::model::ContactId;
use crate::protocol::Error;
use crate::protocol::pending::{self, PendingAction};
use crate::protocol::values::{contact_id_content, flag};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Told by a poll message (`panData`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingData {
    /// Handle.
    pub id: ContactId,
    /// Whether the action was carried out.
    pub succeeded: bool,
    /// Which action it was.
    pub action: PendingAction,
}

impl PendingData {
    /// Writes `<contact:panData>`.
    pub fn encode(&self, writer: &mut Writer) {
        let object = ("id", self.id.as_str());
        pending::encode(writer, Namespace::Contact, object, self.succeeded, &self.action);
    }

    /// Reads `<contact:panData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let id = content.required(Namespace::Contact, "id")?;
        let succeeded = flag(id, "paResult")?;
        let id = contact_id_content(id)?;
        let action = pending::decode_action(content, Namespace::Contact)?;
        Ok(Self { id, succeeded, action })
    }
}
