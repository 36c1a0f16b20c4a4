//! Version 1 of domains and contacts, before transfers, deletions and the end of authorization information; and of what is
//! known of name servers, before what failed was named.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::model::contact::Details;
use crate::model::dnssec::DnssecData;
use crate::model::domain::{ContactRole, GracePeriod};
use crate::model::host::HostId;
use crate::model::status::{ContactStatus, DomainStatus};
use crate::model::{self, ContactId, DomainName, RegistrarId};

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
}

/// A contact.
#[derive(Deserialize)]
pub(super) struct Contact {
    id: ContactId,
    roid: String,
    statuses: Vec<ContactStatus>,
    details: Details,
    sponsor: RegistrarId,
    creator: RegistrarId,
    created: DateTime<Utc>,
    updated: Option<(RegistrarId, DateTime<Utc>)>,
    transferred: Option<DateTime<Utc>>,
    auth_info: Option<AuthInfo>,
}

/// Authorization information, which had no end.
#[derive(Deserialize)]
struct AuthInfo {
    salt: [u8; 16],
    hash: [u8; 32],
}

impl From<AuthInfo> for model::AuthInfo {
    fn from(old: AuthInfo) -> Self {
        Self::stored(old.salt, old.hash, None)
    }
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
            auth_info: old.auth_info.map(Into::into),
            grace: old.grace,
            transfer: None,
            deletion: None,
            application: None,
            parked: false,
            locks: Vec::new(),
            package: None,
            partner: None,
        }
    }
}

impl From<Contact> for model::Contact {
    fn from(old: Contact) -> Self {
        Self {
            id: old.id,
            roid: old.roid,
            statuses: old.statuses,
            details: old.details,
            sponsor: old.sponsor,
            creator: old.creator,
            created: old.created,
            updated: old.updated,
            transferred: old.transferred,
            auth_info: old.auth_info.map(Into::into),
            transfer: None,
        }
    }
}

/// What is known of name servers.
#[derive(Deserialize)]
pub(super) struct DelegationCheck {
    operational: Option<DateTime<Utc>>,
    failing: Option<DateTime<Utc>>,
    told: bool,
}

impl From<DelegationCheck> for model::DelegationCheck {
    fn from(old: DelegationCheck) -> Self {
        Self {
            first: old.operational,
            operational: old.operational,
            failing: old.failing,
            rounds: u32::from(old.failing.is_some()),
            paused: None,
            told: old.told,
            failures: Vec::new(),
            unnamed: 0,
        }
    }
}
