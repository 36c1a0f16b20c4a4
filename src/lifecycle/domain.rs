//! A domain at a moment: its computed statuses (RFC 5731 section 2.3) and grace periods (RFC 3915).

use chrono::{DateTime, Utc};

use crate::model::Domain;
use crate::model::domain::Grace;
use crate::model::status::DomainStatus;

/// Returns every status a domain shows: those set, and `inactive` or `ok` where they apply.
pub fn statuses(domain: &Domain) -> Vec<DomainStatus> {
    let mut statuses = domain.statuses.clone();
    if domain.name_servers.is_empty() {
        statuses.push(DomainStatus::Inactive);
    }
    if statuses.is_empty() {
        statuses.push(DomainStatus::Ok);
    }
    statuses.sort_unstable();
    statuses
}

/// Returns the grace periods that run at `now`.
pub fn running_grace(domain: &Domain, now: DateTime<Utc>) -> Vec<Grace> {
    domain
        .grace
        .iter()
        .filter(|grace| now < grace.until)
        .map(|grace| grace.kind)
        .collect()
}
