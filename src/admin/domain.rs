//! `domain show` and `domain list`. The history of a domain is read from the journal, by the daemon.

use data_encoding::HEXUPPER;

use super::message::DomainFilter;
use super::view::{
    DelegationView, DemandView, DomainView, DueView, FailureView, HistoryView, HolderView,
    LockView, RoleView, TransferView,
};
use super::{Refusal, Reply};
use crate::flow::domain::delegation;
use crate::flow::domain::info::rgp_statuses;
use crate::flow::{Context, domain};
use crate::lifecycle::domain::{next_change, project, statuses};
use crate::model::ContactId;
use crate::model::delegation::DelegationFailure;
use crate::model::dnssec::{DnssecData, DsData, KeyData};
use crate::model::domain::{ContactRole, Stage};
use crate::model::status::DomainStatus;
use crate::model::{DelegationCheck, Domain, DomainName, Lock, RegistrarId, Transfer};
use crate::policy::profile::Operation;
use crate::protocol::ext::rgp;
use crate::store::{self, Key, Pages, Store, keys, record};

/// Statuses that say more than the others, the first first.
const TELLING: &[DomainStatus] = &[
    DomainStatus::PendingCreate,
    DomainStatus::PendingDelete,
    DomainStatus::PendingTransfer,
    DomainStatus::PendingUpdate,
    DomainStatus::ServerHold,
    DomainStatus::ClientHold,
    DomainStatus::Inactive,
];

/// Shows a domain.
///
/// # Errors
/// When there is none, or the store fails.
pub(super) async fn show<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
) -> Result<Reply, Refusal> {
    let found = domain::find(name, context, store).await?;
    let (domain, _) = found.ok_or_else(|| Refusal::Nothing("domain", name.to_string()))?;
    let registered = domain.name.clone();
    let delegation = checked(&registered, context, store).await?;
    let mut view = view(domain, delegation, context, store).await?;
    view.hosts = subordinates(&registered, store).await?;
    Ok(Reply::Domain(Box::new(view)))
}

/// Lists the domains that pass `filter`.
///
/// # Errors
/// When the store fails.
pub(super) async fn list<S: Store>(
    filter: &DomainFilter,
    context: &Context<'_>,
    store: &S,
) -> Result<Reply, Refusal> {
    let prefix = Key::prefix(keys::DOMAIN);
    let mut views = Vec::new();
    let mut pages = Pages::after(store, prefix, filter.after.as_ref().map(keys::domain));
    while let Some(page) = pages.next_page().await? {
        for (_, stored) in &page {
            if views.len() >= filter.limit {
                return Ok(Reply::Domains(views));
            }
            let stored: Domain = record::decode(&stored.value)?;
            let now = project(stored, context.now, context.terms()).domain;
            let Some(domain) = now.filter(|domain| passes(domain, filter, context)) else {
                continue;
            };
            let delegation = checked(&domain.name, context, store).await?;
            let is_asked = delegation::is_asked(&domain);
            let fails = |view: &DelegationView| is_asked && view.failing_since.is_some();
            if !filter.ns_failing || delegation.as_ref().is_some_and(fails) {
                views.push(view(domain, delegation, context, store).await?);
            }
        }
    }
    Ok(Reply::Domains(views))
}

fn passes(domain: &Domain, filter: &DomainFilter, context: &Context<'_>) -> bool {
    let sponsored = |sponsor: &RegistrarId| domain.sponsor == *sponsor;
    let shows = |status: &String| {
        let of_domain = statuses(domain).into_iter().map(DomainStatus::as_str);
        let of_rgp = rgp_statuses(domain, context.now).into_iter();
        let mut all = of_domain.chain(of_rgp.map(rgp::Status::as_str));
        all.any(|shown| shown == status)
    };
    filter.sponsor.as_ref().is_none_or(sponsored) && filter.status.as_ref().is_none_or(shows)
}

/// Returns what is known of the answers of a domain's name servers.
async fn checked<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
) -> Result<Option<DelegationView>, store::Error> {
    let known = delegation::known(name, context, store).await?;
    let operation = context.policy.profile().name_servers.operation.as_ref();
    let view = |((check, _), operation): ((DelegationCheck, u64), &Operation)| DelegationView {
        state: check
            .state(context.now, &operation.terms)
            .as_str()
            .to_owned(),
        first_answered: check.first,
        operational_since: check.operational,
        failing_since: check.failing,
        rounds_failed: check.rounds,
        not_asked_since: check.paused,
        sponsor_told: check.told,
        failures: check.failures.iter().map(failure).collect(),
        failures_unnamed: check.unnamed,
    };
    Ok(known.zip(operation).map(view))
}

fn failure(failure: &DelegationFailure) -> FailureView {
    FailureView {
        server: failure.server.to_string(),
        address: failure.address,
        form: failure.form.to_string(),
        transport: failure.transport.map(|t| t.as_str().to_owned()),
        reason: failure.reason.as_str().to_owned(),
        text: failure.to_string(),
    }
}

async fn view<S: Store>(
    domain: Domain,
    delegation: Option<DelegationView>,
    context: &Context<'_>,
    store: &S,
) -> Result<DomainView, store::Error> {
    let name_servers = domain::name_servers(&domain, store).await?;
    let owned = |text: &str| text.to_owned();
    let rgp = rgp_statuses(&domain, context.now);
    let shown = statuses(&domain);
    let auth_info = domain.auth_info.as_ref();
    let package = domain.package.as_ref();
    let forms = package.map(|package| package.bundled(&domain.name));
    let forms = forms.unwrap_or_default().into_iter();
    let forms = forms.map(DomainName::to_string).collect();
    let due = next_change(&domain, context.terms()).map(|at| DueView {
        at,
        change: owned(change(&domain, at)),
    });
    let holder = holder(&domain);
    let (updater, updated) = domain.updated.unzip();
    Ok(DomainView {
        name: domain.name.to_string(),
        kind: owned("domain"),
        state: owned(state(domain.deletion.is_some(), &rgp, &shown)),
        roid: domain.roid,
        statuses: shown.into_iter().map(|s| owned(s.as_str())).collect(),
        rgp_statuses: rgp.into_iter().map(|s| owned(s.as_str())).collect(),
        sponsor: domain.sponsor.to_string(),
        registrant: domain.registrant.map(|id| id.to_string()),
        contacts: roles(&domain.contacts),
        guardian: domain.guardian.map(|id| id.to_string()),
        holder,
        demand: domain.demand.map(|demand| DemandView {
            id: demand.id.to_string(),
            due: demand.until,
        }),
        name_servers: name_servers.iter().map(DomainName::to_string).collect(),
        hosts: Vec::new(),
        forms,
        partner: domain.partner.map(|name| name.to_string()),
        parked: domain.parked,
        ds: domain.dnssec.map(signers).unwrap_or_default(),
        auth_info_set: auth_info.is_some_and(|stored| stored.is_set(context.now)),
        transfer: domain.transfer.as_ref().map(TransferView::from),
        locks: domain.locks.into_iter().map(lock).collect(),
        delegation,
        due,
        activated: domain.activated,
        expires: domain.expires,
        history: HistoryView {
            creator: domain.creator.to_string(),
            created: domain.created,
            updater: updater.map(|registrar| registrar.to_string()),
            updated,
            transferred: domain.transferred,
        },
    })
}

/// Returns the change of registrant that waits.
fn holder(domain: &Domain) -> Option<HolderView> {
    let application = domain.application.as_ref()?;
    let holder = domain.waiting_holder()?;
    Some(HolderView {
        id: application.id.to_string(),
        due: application.until,
        registrant: holder.registrant.to_string(),
        contacts: roles(&holder.contacts),
        guardian: holder.guardian.as_ref().map(ContactId::to_string),
    })
}

fn roles(contacts: &[(ContactRole, ContactId)]) -> Vec<RoleView> {
    let role = |(role, id): &(ContactRole, ContactId)| RoleView {
        role: role.as_str().to_owned(),
        id: id.to_string(),
    };
    contacts.iter().map(role).collect()
}

fn lock(lock: Lock) -> LockView {
    LockView {
        kind: lock.kind.as_str().to_owned(),
        case: lock.case,
        suspends_dns: lock.suspends,
        since: lock.since,
        open_until: lock.window,
    }
}

/// Returns the status that says most of a domain: of a deleted one, its stage.
fn state(deleted: bool, rgp: &[rgp::Status], shown: &[DomainStatus]) -> &'static str {
    if let (true, Some(stage)) = (deleted, rgp.first()) {
        return stage.as_str();
    }
    let telling = TELLING.iter().find(|status| shown.contains(status));
    telling.unwrap_or(&DomainStatus::Ok).as_str()
}

/// Says what time brings at `at`, when a domain next changes by itself.
fn change(domain: &Domain, at: chrono::DateTime<chrono::Utc>) -> &'static str {
    let stage = domain.deletion.as_ref().map(|deletion| deletion.stage);
    let due = |until: Option<chrono::DateTime<chrono::Utc>>| until == Some(at);
    let approved = |transfer: &Transfer| transfer.is_pending() && transfer.act_by == at;
    match stage {
        Some(Stage::Redemption) => "can no longer be restored",
        Some(Stage::Restore) => "the restore lapses",
        Some(Stage::PendingDelete) => "is removed",
        None if due(domain.application.as_ref().map(|it| it.until)) => "the application is refused",
        None if due(domain.demand.as_ref().map(|it| it.until)) => "is held for want of documents",
        None if domain.transfer.as_ref().is_some_and(approved) => "the transfer is approved",
        None => "is renewed",
    }
}

/// Returns the names of the hosts below a domain.
async fn subordinates<S: Store>(name: &DomainName, store: &S) -> Result<Vec<String>, store::Error> {
    let prefix = keys::subordinates(name).children();
    let mut names = Vec::new();
    let mut pages = Pages::of(store, prefix);
    while let Some(page) = pages.next_page().await? {
        names.extend(page.iter().filter_map(|(key, _)| key.parts().pop()));
    }
    Ok(names)
}

/// Returns DS data, or keys, as zone files write them.
fn signers(data: DnssecData) -> Vec<String> {
    let signer = |ds: &DsData| {
        let digest = HEXUPPER.encode(&ds.digest);
        format!(
            "{} {} {} {digest}",
            ds.key_tag, ds.algorithm, ds.digest_type
        )
    };
    let key = |key: &KeyData| {
        let public = data_encoding::BASE64.encode(&key.public_key);
        format!("{} {} {} {public}", key.flags, key.protocol, key.algorithm)
    };
    match data {
        DnssecData::Ds(all) => all.iter().map(signer).collect(),
        DnssecData::Key(all) => all.iter().map(key).collect(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, Utc};

    use std::path::Path;

    use super::*;
    use crate::admin::Attachments;
    use crate::admin::{Desk, Query};
    use crate::base::clock::Clock;
    use crate::base::ident::TransactionIds;
    use crate::model::domain::Deletion;
    use crate::model::domain::sample;
    use crate::policy::{Policy, Profile};
    use crate::store::{Audit, ChangeSet, Memory};

    fn start() -> chrono::DateTime<Utc> {
        "2030-01-01T00:00:00Z".parse().unwrap()
    }

    /// Returns a desk whose store holds a domain that can be restored for a day more.
    async fn desk() -> Desk<Memory> {
        let desk = Desk {
            store: Memory::default(),
            clock: Clock::manual(start()),
            transactions: TransactionIds::new().unwrap(),
            attachments: Attachments::new(Path::new("/nonexistent"), 1024),
        };
        let name = DomainName::parse("bay.example").unwrap();
        let domain = Domain {
            created: start(),
            expires: start() + TimeDelta::days(365),
            deletion: Some(Deletion {
                deleted: start(),
                stage: Stage::Redemption,
                until: start() + TimeDelta::days(1),
            }),
            ..sample("bay.example")
        };
        let mut change = ChangeSet::new(Audit {
            at: start(),
            server_transaction: "SV-1".to_owned(),
            client_transaction: None,
            actor: "registrar-a".to_owned(),
            command: "domain:delete".to_owned(),
            object: name.to_string(),
        });
        change.put(keys::domain(&name), record::encode(&domain).unwrap());
        desk.store.commit(change).await.unwrap();
        desk
    }

    async fn ask(desk: &Desk<Memory>, query: Query) -> Reply {
        let policy = Policy::new(Profile::embedded("plain").unwrap());
        desk.answer(query, &policy).await
    }

    #[tokio::test]
    async fn show_and_list_do_not_wait_until_time_is_settled() {
        let desk = desk().await;
        let show = || Query::DomainShow(DomainName::parse("bay.example").unwrap());
        let list = || {
            Query::DomainList(DomainFilter {
                limit: 10,
                ..DomainFilter::default()
            })
        };
        for (days, state, next) in [
            (0, "redemptionPeriod", "can no longer be restored"),
            (1, "pendingDelete", "is removed"),
        ] {
            desk.clock
                .advance_to(start() + TimeDelta::days(days))
                .unwrap();
            let Reply::Domain(view) = ask(&desk, show()).await else {
                panic!("there is a domain");
            };
            assert_eq!(
                (view.state.as_str(), view.due.unwrap().change.as_str()),
                (state, next)
            );
            let Reply::Domains(views) = ask(&desk, list()).await else {
                panic!("domains are listed");
            };
            assert_eq!(views[0].state, state);
        }
        desk.clock.advance_to(start() + TimeDelta::days(6)).unwrap();
        assert!(matches!(ask(&desk, show()).await, Reply::Refused(_)));
        assert_eq!(ask(&desk, list()).await, Reply::Domains(Vec::new()));
    }
}
