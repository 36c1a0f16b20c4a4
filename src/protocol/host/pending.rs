//! Outcome of a pending action on a host (RFC 5732 section 3.3).

use crate::protocol::Error;
use crate::protocol::pending::{self, PendingAction};
use crate::protocol::text::token_content;
use crate::protocol::values::flag;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Told by a poll message (`panData`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingData {
    /// Name.
    pub name: String,
    /// Whether the action was carried out.
    pub succeeded: bool,
    /// Which action it was.
    pub action: PendingAction,
}

impl PendingData {
    /// Writes `<host:panData>`.
    pub fn encode(&self, writer: &mut Writer) {
        let object = ("name", self.name.as_str());
        pending::encode(writer, Namespace::Host, object, self.succeeded, &self.action);
    }

    /// Reads `<host:panData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = content.required(Namespace::Host, "name")?;
        let succeeded = flag(name, "paResult")?;
        let name = token_content(name, 1, 255)?;
        let action = pending::decode_action(content, Namespace::Host)?;
        Ok(Self { name, succeeded, action })
    }
}
