//! Who sponsors, made and changed an object, and when (`clID` to `trDate` in `infData`).
//!
//! As contacts and hosts tell it (RFC 5732 and 5733, each section 3.1.2). A domain may keep the creation
//! to itself and tells its expiry in between, so it writes its own.

use chrono::{DateTime, Utc};

use super::Error;
use super::text::timestamp;
use super::values::{instant, optional, registrar_id};
use crate::model::RegistrarId;
use crate::xml::{Namespace, Sequence, Writer};

/// History of a contact or host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Sponsoring registrar.
    pub sponsor: RegistrarId,
    /// Registrar that created it.
    pub creator: RegistrarId,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// Who changed it last; absent if nobody did.
    pub updater: Option<RegistrarId>,
    /// When it was changed last.
    pub updated: Option<DateTime<Utc>>,
    /// When it was last transferred; absent if never.
    pub transferred: Option<DateTime<Utc>>,
}

impl History {
    /// Writes the elements of `namespace`.
    pub(super) fn encode(&self, writer: &mut Writer, namespace: Namespace) {
        writer.leaf(namespace, "clID", self.sponsor.as_str());
        writer.leaf(namespace, "crID", self.creator.as_str());
        writer.leaf(namespace, "crDate", &timestamp(self.created));
        if let Some(updater) = &self.updater {
            writer.leaf(namespace, "upID", updater.as_str());
        }
        if let Some(updated) = self.updated {
            writer.leaf(namespace, "upDate", &timestamp(updated));
        }
        if let Some(transferred) = self.transferred {
            writer.leaf(namespace, "trDate", &timestamp(transferred));
        }
    }

    /// Reads the elements of `namespace` that stand next.
    pub(super) fn decode(content: &mut Sequence<'_>, namespace: Namespace) -> Result<Self, Error> {
        Ok(Self {
            sponsor: registrar_id(content.required(namespace, "clID")?)?,
            creator: registrar_id(content.required(namespace, "crID")?)?,
            created: instant(content.required(namespace, "crDate")?)?,
            updater: optional(content, namespace, "upID", registrar_id)?,
            updated: optional(content, namespace, "upDate", instant)?,
            transferred: optional(content, namespace, "trDate", instant)?,
        })
    }
}
