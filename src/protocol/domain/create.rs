//! `<domain:create>` (RFC 5731 section 3.2.1).

use chrono::{DateTime, Utc};

use super::{ContactReference, NameServers, period};
use crate::model::{ContactId, Period};
use crate::protocol::Error;
use crate::protocol::auth_info::AuthInfo;
use crate::protocol::text::{timestamp, token};
use crate::protocol::values::{contact_id, instant};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Registers a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// Name as the client wrote it.
    pub name: String,
    /// Period; the server's default when absent.
    pub period: Option<Period>,
    /// Name servers.
    pub name_servers: Option<NameServers>,
    /// Registrant.
    pub registrant: Option<ContactId>,
    /// Other contacts.
    pub contacts: Vec<ContactReference>,
    /// Authorization information.
    pub auth_info: AuthInfo,
}

impl Create {
    /// Reads `<domain:create>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = token(content.required(Namespace::Domain, "name")?, 1, 255)?;
        let period = period::decode_optional(&mut content)?;
        let name_servers = NameServers::decode_optional(&mut content)?;
        let registrant = content.optional(Namespace::Domain, "registrant");
        let registrant = registrant.map(contact_id).transpose()?;
        let contacts = ContactReference::decode_many(&mut content)?;
        let auth_info = content.required(Namespace::Domain, "authInfo")?;
        let auth_info = AuthInfo::decode(auth_info, Namespace::Domain)?;
        content.end()?;
        Ok(Self {
            name,
            period,
            name_servers,
            registrant,
            contacts,
            auth_info,
        })
    }

    /// Writes `<domain:create>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "create");
        writer.leaf(Namespace::Domain, "name", &self.name);
        if let Some(period) = self.period {
            period::encode(writer, period);
        }
        if let Some(name_servers) = &self.name_servers {
            name_servers.encode(writer);
        }
        if let Some(registrant) = &self.registrant {
            writer.leaf(Namespace::Domain, "registrant", registrant.as_str());
        }
        for contact in &self.contacts {
            contact.encode(writer);
        }
        self.auth_info.encode(Namespace::Domain, writer);
        writer.end();
    }
}

/// Answer to [`Create`] (`creData`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateData {
    /// Name.
    pub name: String,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// When the registration ends.
    pub expires: Option<DateTime<Utc>>,
}

impl CreateData {
    /// Writes `<domain:creData>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "creData");
        writer.leaf(Namespace::Domain, "name", &self.name);
        writer.leaf(Namespace::Domain, "crDate", &timestamp(self.created));
        if let Some(expires) = self.expires {
            writer.leaf(Namespace::Domain, "exDate", &timestamp(expires));
        }
        writer.end();
    }

    /// Reads `<domain:creData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = token(content.required(Namespace::Domain, "name")?, 1, 255)?;
        let created = instant(content.required(Namespace::Domain, "crDate")?)?;
        let expires = content
            .optional(Namespace::Domain, "exDate")
            .map(instant)
            .transpose()?;
        content.end()?;
        Ok(Self {
            name,
            created,
            expires,
        })
    }
}
