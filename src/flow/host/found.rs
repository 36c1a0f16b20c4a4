//! A host with everything that decides what may be done to it.
//!
//! A subordinate host is its superordinate domain's: the domain's sponsor and transfers count (RFC 5732 section 1).

use chrono::{DateTime, Utc};

use crate::flow::refusal::Why;
use crate::flow::{Context, domain};
use crate::lifecycle::permission::Operation;
use crate::model::host::HostId;
use crate::model::status::HostStatus;
use crate::model::{Domain, DomainName, Host, RegistrarId, Transfer};
use crate::store::{self, Assert, Store, keys, read};

/// A host, its superordinate domain and how many domains are delegated to it.
#[derive(Debug)]
pub struct Found {
    /// The host as it is stored.
    pub host: Host,
    /// The domain it is subordinate to, as it is now.
    pub superordinate: Option<Domain>,
    /// Domains delegated to it.
    pub links: i64,
    /// What was read, in the versions that were read.
    pub unchanged: Vec<Assert>,
}

impl Found {
    /// Reads the host of a name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load<S: Store>(
        name: &DomainName,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Option<Self>, store::Error> {
        let name_key = keys::host_name(name);
        let Some((id, name_version)) = read::<HostId, S>(store, &name_key).await? else {
            return Ok(None);
        };
        let Some((host, version)) = read::<Host, S>(store, &keys::host(id)).await? else {
            return Ok(None);
        };
        let mut unchanged = vec![
            Assert::Version(name_key, name_version),
            Assert::Version(keys::host(id), version),
        ];
        let mut superordinate = None;
        if let Some(name) = &host.superordinate
            && let Some((domain, version)) = domain::load(name, context, store).await?
        {
            unchanged.push(Assert::Version(keys::domain(name), version));
            superordinate = Some(domain);
        }
        let links = store.counter(&keys::host_links(id)).await?;
        Ok(Some(Self {
            host,
            superordinate,
            links,
            unchanged,
        }))
    }

    /// Returns the registrar that sponsors the host.
    pub fn sponsor(&self) -> &RegistrarId {
        let domain = self.superordinate.as_ref();
        domain.map_or(&self.host.sponsor, |domain| &domain.sponsor)
    }

    /// Returns when the host last changed hands, with its domain.
    pub fn transferred(&self) -> Option<DateTime<Utc>> {
        let domain = self.superordinate.as_ref();
        let with_domain = domain.and_then(|domain| domain.transferred);
        with_domain
            .filter(|at| *at > self.host.created)
            .max(self.host.transferred)
    }

    /// Says that a lock of its domain keeps it from being changed, if one does: its addresses lead to the domain.
    pub(super) fn locked(&self, context: &Context<'_>) -> Option<Why> {
        domain::locked(self.superordinate.as_ref()?, Operation::Update, context)
    }

    /// Returns every status the host shows; ok may stand with linked only (RFC 5732 section 2.3).
    pub fn statuses(&self) -> Vec<HostStatus> {
        let mut statuses = self.host.statuses.clone();
        let domain = self.superordinate.as_ref();
        let transfer = domain.and_then(|domain| domain.transfer.as_ref());
        if transfer.is_some_and(Transfer::is_pending) {
            statuses.push(HostStatus::PendingTransfer);
        }
        let update = |domain| domain::forbidding_lock(domain, Operation::Update);
        if domain.and_then(update).is_some() {
            statuses.push(HostStatus::ServerUpdateProhibited);
        }
        if statuses.is_empty() {
            statuses.push(HostStatus::Ok);
        }
        if self.links > 0 {
            statuses.push(HostStatus::Linked);
        }
        statuses.sort_unstable();
        statuses.dedup();
        statuses
    }
}
