//! Version 1 of domains and contacts, before transfers, deletions and the end of authorization information; of
//! registrars, consents and requests for documents, before these told whom and what they are for; and of what is known of
//! name servers, before what failed was named.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::model::consent::Authority;
use crate::model::contact::Details;
use crate::model::dnssec::DnssecData;
use crate::model::document::{Attachment, Closed, Document, DocumentKind, Subject};
use crate::model::domain::{ContactRole, GracePeriod};
use crate::model::host::HostId;
use crate::model::registrar::{PasswordHash, Pin, RegistrarState};
use crate::model::status::{ContactStatus, DomainStatus};
use crate::model::{self, Applicant, ContactId, DomainName, RegistrarId};

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
            activated: Some(old.created),
            guardian: None,
            demand: None,
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

/// A registrar.
#[derive(Deserialize)]
pub(super) struct Registrar {
    id: RegistrarId,
    name: String,
    state: RegistrarState,
    password_hash: PasswordHash,
    password_set: DateTime<Utc>,
    pins: Vec<Pin>,
    networks: Vec<ipnet::IpNet>,
    created: DateTime<Utc>,
}

impl From<Registrar> for model::Registrar {
    fn from(old: Registrar) -> Self {
        Self {
            id: old.id,
            name: old.name,
            state: old.state,
            password_hash: old.password_hash,
            password_set: old.password_set,
            pins: old.pins,
            networks: old.networks,
            created: old.created,
            categories: Vec::new(),
        }
    }
}

/// A consent.
#[derive(Deserialize)]
pub(super) struct Consent {
    name: DomainName,
    authority: Authority,
    reference: String,
    granted: DateTime<Utc>,
    expires: Option<DateTime<Utc>>,
    revoked: Option<DateTime<Utc>>,
}

impl From<Consent> for model::Consent {
    fn from(old: Consent) -> Self {
        Self {
            name: old.name,
            authority: old.authority,
            reference: old.reference,
            granted: old.granted,
            expires: old.expires,
            revoked: old.revoked,
            holder: None,
        }
    }
}

/// A request for documents, which was always a create's.
#[derive(Deserialize)]
pub(super) struct DocumentRequest {
    id: u64,
    domain: DomainName,
    sponsor: RegistrarId,
    opened: DateTime<Utc>,
    due: DateTime<Utc>,
    wanted: Vec<Vec<DocumentKind>>,
    review: Vec<String>,
    given: Vec<Document>,
    attachments: Vec<Attachment>,
    closed: Option<Closed>,
}

impl From<DocumentRequest> for model::DocumentRequest {
    fn from(old: DocumentRequest) -> Self {
        Self {
            id: old.id,
            subject: Subject::Name,
            domain: old.domain,
            sponsor: old.sponsor,
            opened: old.opened,
            due: old.due,
            wanted: old.wanted,
            review: old.review,
            applicant: Applicant {
                documents: old.given,
                ..Applicant::default()
            },
            attachments: old.attachments,
            closed: old.closed,
        }
    }
}
