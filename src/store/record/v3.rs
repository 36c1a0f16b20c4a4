//! Version 3 of domains: before changes of registrants and demands that wait for documents.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::model::dnssec::DnssecData;
use crate::model::domain::{self, Asked, ContactRole, Deletion, GracePeriod};
use crate::model::host::HostId;
use crate::model::status::DomainStatus;
use crate::model::{
    self, AuthInfo, ContactId, DomainName, Lock, Package, Period, RegistrarId, Transfer,
};

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
    application: Option<Application>,
    parked: bool,
    locks: Vec<Lock>,
    package: Option<Package>,
    partner: Option<DomainName>,
}

/// A create that waits for approval.
#[derive(Deserialize)]
struct Application {
    id: u64,
    client_transaction: Option<String>,
    server_transaction: String,
    period: Period,
    until: DateTime<Utc>,
}

impl From<Application> for domain::Application {
    fn from(old: Application) -> Self {
        Self {
            id: old.id,
            client_transaction: old.client_transaction,
            server_transaction: old.server_transaction,
            until: old.until,
            asked: Asked::Name(old.period),
        }
    }
}

impl From<Domain> for model::Domain {
    fn from(old: Domain) -> Self {
        Self {
            // What waited was activated with its approval, of which version 3 kept no date.
            activated: old.application.is_none().then_some(old.created),
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
            application: old.application.map(Into::into),
            parked: old.parked,
            locks: old.locks,
            package: old.package,
            partner: old.partner,
            guardian: None,
            demand: None,
        }
    }
}
