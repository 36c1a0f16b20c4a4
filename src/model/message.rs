//! Service messages in a registrar's queue (RFC 5730 section 2.9.2.3).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ContactId, DomainName, Transfer};

/// A message that waits until its registrar acknowledges it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// When it was queued.
    pub queued: DateTime<Utc>,
    /// What it tells.
    pub news: News,
}

/// What a message tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    /// A domain's transfer went on (`domain:trnData`).
    DomainTransfer {
        /// The domain.
        name: DomainName,
        /// Its transfer.
        transfer: Transfer,
        /// When the registration ends, as far as the transfer moves that.
        expires: Option<DateTime<Utc>>,
    },
    /// A contact's transfer went on (`contact:trnData`).
    ContactTransfer {
        /// The contact.
        id: ContactId,
        /// Its transfer.
        transfer: Transfer,
    },
    /// A deleted domain can still be restored, or cannot any more.
    Deletion {
        /// The domain.
        name: DomainName,
        /// Whether it is gone; otherwise it only left redemption.
        purged: bool,
    },
}
