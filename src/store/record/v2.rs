//! Version 2 of domains, and of messages, which hold some: before applications, locks and packages. Messages stayed the
//! same in version 3 but for the domains in them.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::model::dnssec::DnssecData;
use crate::model::domain::{ContactRole, Deletion, GracePeriod};
use crate::model::host::HostId;
use crate::model::message::{self, Object};
use crate::model::status::DomainStatus;
use crate::model::{self, AuthInfo, Change, ContactId, DomainName, RegistrarId, Transfer};

/// A domain.
#[derive(Deserialize)]
pub(super) struct Domain {
    name: DomainName,
    roid: String,
    statuses: Vec<DomainStatus>,
    registrant: Option<ContactId>,
    contacts: Vec<(ContactRole, ContactId)>,
    name_servers: Vec<HostId>,
    dnssec: Option<DnssecData>,
    sponsor: RegistrarId,
    creator: RegistrarId,
    created: DateTime<Utc>,
    updated: Option<(RegistrarId, DateTime<Utc>)>,
    expires: DateTime<Utc>,
    transferred: Option<DateTime<Utc>>,
    auth_info: Option<AuthInfo>,
    grace: Vec<GracePeriod>,
    transfer: Option<Transfer>,
    deletion: Option<Deletion>,
}

/// A message.
#[derive(Deserialize)]
pub(super) struct Message<D> {
    queued: DateTime<Utc>,
    news: News<D>,
}

/// What a message tells.
#[derive(Deserialize)]
enum News<D> {
    DomainTransfer {
        name: DomainName,
        transfer: Transfer,
        expires: Option<DateTime<Utc>>,
    },
    ContactTransfer {
        id: ContactId,
        transfer: Transfer,
    },
    Deletion {
        name: DomainName,
        purged: bool,
    },
    DomainChange {
        snapshot: Box<Snapshot<D>>,
        change: Change,
    },
    Pending {
        object: Object,
        completed: bool,
        client_transaction: Option<String>,
        server_transaction: String,
        ended: DateTime<Utc>,
    },
}

/// A domain at a moment.
#[derive(Deserialize)]
struct Snapshot<D> {
    domain: D,
    name_servers: Vec<DomainName>,
}

impl From<Domain> for model::Domain {
    fn from(old: Domain) -> Self {
        Self {
            name: old.name,
            roid: old.roid,
            statuses: old.statuses,
            registrant: old.registrant,
            contacts: old.contacts,
            name_servers: old.name_servers,
            dnssec: old.dnssec,
            sponsor: old.sponsor,
            creator: old.creator,
            created: old.created,
            updated: old.updated,
            expires: old.expires,
            transferred: old.transferred,
            auth_info: old.auth_info,
            grace: old.grace,
            transfer: old.transfer,
            deletion: old.deletion,
            application: None,
            parked: false,
            locks: Vec::new(),
            package: None,
            partner: None,
            activated: Some(old.created),
            guardian: None,
            demand: None,
        }
    }
}

impl<D: Into<model::Domain>> From<Message<D>> for model::Message {
    fn from(old: Message<D>) -> Self {
        Self {
            queued: old.queued,
            news: old.news.into(),
        }
    }
}

impl<D: Into<model::Domain>> From<News<D>> for message::News {
    fn from(old: News<D>) -> Self {
        match old {
            News::DomainTransfer {
                name,
                transfer,
                expires,
            } => Self::DomainTransfer {
                name,
                transfer,
                expires,
            },
            News::ContactTransfer { id, transfer } => Self::ContactTransfer { id, transfer },
            News::Deletion { name, purged } => Self::Deletion { name, purged },
            News::DomainChange { snapshot, change } => Self::DomainChange {
                snapshot: Box::new(message::Snapshot {
                    domain: snapshot.domain.into(),
                    name_servers: snapshot.name_servers,
                }),
                change,
            },
            News::Pending {
                object,
                completed,
                client_transaction,
                server_transaction,
                ended,
            } => Self::Pending {
                object,
                completed,
                client_transaction,
                server_transaction,
                ended,
            },
        }
    }
}
