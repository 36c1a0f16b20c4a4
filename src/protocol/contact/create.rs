//! `<contact:create>` (RFC 5733 section 3.2.1).

use chrono::{DateTime, Utc};

use super::{details, disclose};
use crate::model::ContactId;
use crate::model::contact::Details;
use crate::protocol::Error;
use crate::protocol::auth_info::AuthInfo;
use crate::protocol::text::timestamp;
use crate::protocol::values::{contact_id, instant};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Asks for a new contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// Handle.
    pub id: ContactId,
    /// The person or organisation.
    pub details: Details,
    /// Authorization information; required, but may be empty.
    pub auth_info: AuthInfo,
}

impl Create {
    /// Reads `<contact:create>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let id = contact_id(content.required(Namespace::Contact, "id")?)?;
        let mut details = details::decode(&mut content)?;
        let auth_info = content.required(Namespace::Contact, "authInfo")?;
        let auth_info = AuthInfo::decode(auth_info, Namespace::Contact)?;
        let disclose = content.optional(Namespace::Contact, "disclose");
        details.disclose = disclose.map(disclose::decode).transpose()?;
        content.end()?;
        Ok(Self {
            id,
            details,
            auth_info,
        })
    }

    /// Writes `<contact:create>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Contact, "create");
        writer.leaf(Namespace::Contact, "id", self.id.as_str());
        details::encode(&self.details, writer);
        self.auth_info.encode(Namespace::Contact, writer);
        if let Some(disclose) = &self.details.disclose {
            disclose::encode(disclose, writer);
        }
        writer.end();
    }
}

/// Answer to [`Create`] (`creData`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateData {
    /// Handle.
    pub id: ContactId,
    /// When it was created.
    pub created: DateTime<Utc>,
}

impl CreateData {
    /// Writes `<contact:creData>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Contact, "creData");
        writer.leaf(Namespace::Contact, "id", self.id.as_str());
        writer.leaf(Namespace::Contact, "crDate", &timestamp(self.created));
        writer.end();
    }

    /// Reads `<contact:creData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let id = contact_id(content.required(Namespace::Contact, "id")?)?;
        let created = instant(content.required(Namespace::Contact, "crDate")?)?;
        content.end()?;
        Ok(Self { id, created })
    }
}
