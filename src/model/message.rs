//! Service messages in a registrar's queue (RFC 5730 section 2.9.2.3).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Change, ContactId, Domain, DomainName, Transfer};

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
    /// A deleted domain is gone or cannot be restored any more, as version 1 of these records told it.
    Deletion {
        /// The domain.
        name: DomainName,
        /// Whether it is gone; otherwise it only left redemption.
        purged: bool,
    },
    /// A domain was changed, and not by its sponsor (`domain:infData` with `changePoll:changeData`).
    DomainChange {
        /// The domain before the change or after it.
        snapshot: Box<Snapshot>,
        /// What was done to it.
        change: Change,
    },
    /// A pending action ended (`panData`).
    Pending {
        /// What it was about.
        object: Object,
        /// Whether it was completed.
        completed: bool,
        /// `clTRID` of the command that began it.
        client_transaction: Option<String>,
        /// `svTRID` of the answer to that command.
        server_transaction: String,
        /// When it ended.
        ended: DateTime<Utc>,
    },
}

/// A domain at a moment, kept as it was then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The domain.
    pub domain: Domain,
    /// Names its name servers had, in the order of the domain.
    pub name_servers: Vec<DomainName>,
}

/// An object by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Object {
    /// A domain.
    Domain(DomainName),
    /// A contact.
    Contact(ContactId),
    /// A host.
    Host(DomainName),
}
