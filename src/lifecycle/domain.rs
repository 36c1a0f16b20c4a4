//! A domain through time: its computed statuses (RFC 5731 section 2.3), its grace periods and stages (RFC 3915).
//!
//! ```text
//!            renew, transfer                    restore request        report
//!           +---------------+                  +---------------+     +--------> in use
//!           v               |                  |               v     |
//! create -> in use ---- expiry: auto-renewed   redemption <- restore pending
//!             |                                ^   |     7 days
//!             +-- delete after the add grace --+   +--- 30 days ---> pending delete -- 5 days --> gone
//!             +-- delete within the add grace ------------------------------------------------> gone
//! ```
//!
//! People of the registry decide on documents, and time does when they have not:
//!
//! ```text
//! create -----------------> applied for --------- approved ---> in use
//!                                +--------------- deadline ---> gone
//! change of registrant ---> pending update ------ approved ---> in use by its new registrant
//!                                +--------------- deadline ---> in use, as it was
//! demand for documents ---> in use -------------- approved ---> in use
//!                                +--------------- deadline ---> held
//! ```
//!
//! [`project`] is what happens to a domain by time alone; jobs make it permanent, readers need not wait for them.

use chrono::{DateTime, TimeDelta, Utc};

use super::permission::conflict;
use crate::model::domain::{Application, Asked, Deletion, Demand, Grace, GracePeriod, Stage};
use crate::model::lock::LockKind;
use crate::model::status::DomainStatus;
use crate::model::{Domain, Lock, Period, RegistrarId, Terms, Transfer, TransferStatus};

/// Something that happened to a domain by time alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub kind: EventKind,
}

/// Kind of an [`Event`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A transfer nobody answered was approved; the sponsor before it stands beside.
    Transferred(RegistrarId),
    /// The registration ended and was renewed.
    Renewed,
    /// It cannot be restored any more.
    RedemptionEnded,
    /// The report of a restore did not come.
    RestoreLapsed,
    /// It is gone.
    Purged,
    /// An application nobody approved was refused.
    Refused(Application),
    /// Documents that were demanded did not come, and it is held.
    DocumentsOverdue(Demand),
}

/// A domain at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    /// The domain; `None` when it is gone.
    pub domain: Option<Domain>,
    /// What happened since it was stored, in order.
    pub events: Vec<Event>,
}

/// Returns what became of a stored domain by `now`.
pub fn project(stored: Domain, now: DateTime<Utc>, terms: &Terms) -> Projection {
    let mut events = Vec::new();
    let mut domain = stored;
    while let Some((next, event)) = advance(&domain, now, terms) {
        events.push(event);
        let Some(next) = next else {
            return Projection {
                domain: None,
                events,
            };
        };
        domain = next;
    }
    domain.grace.retain(|grace| now < grace.until);
    let locks = std::mem::take(&mut domain.locks);
    domain.locks = locks.into_iter().map(|lock| lock.at(now)).collect();
    Projection {
        domain: Some(domain),
        events,
    }
}

/// Lets the next change by time happen, when it is due by `now`; the domain is `None` when that ends it.
pub fn advance(
    domain: &Domain,
    now: DateTime<Utc>,
    terms: &Terms,
) -> Option<(Option<Domain>, Event)> {
    let at = next_change(domain, terms).filter(|at| *at <= now)?;
    let (next, kind) = step(domain.clone(), at, terms);
    Some((next, Event { at, kind }))
}

/// Returns when a domain next changes by itself.
pub fn next_change(domain: &Domain, terms: &Terms) -> Option<DateTime<Utc>> {
    if let Some(deletion) = &domain.deletion {
        return Some(deletion.until);
    }
    let application = domain.application.as_ref().map(|it| it.until);
    if domain.is_applied_for() {
        return application;
    }
    let demand = domain.demand.as_ref().map(|it| it.until);
    let transfer = domain.transfer.as_ref().filter(|t| t.is_pending());
    let approval = transfer.map(|transfer| transfer.act_by);
    let expiry = terms.auto_renewal.map(|_| domain.expires);
    [application, demand, approval, expiry]
        .into_iter()
        .flatten()
        .min()
}

/// Lets the next change happen, at `at`.
fn step(domain: Domain, at: DateTime<Utc>, terms: &Terms) -> (Option<Domain>, EventKind) {
    if let Some(deletion) = domain.deletion.clone() {
        return step_deletion(domain, &deletion, terms);
    }
    let mut domain = domain;
    if let Some(application) = domain.application.take_if(|it| it.until == at) {
        let next = matches!(application.asked, Asked::Holder(_)).then_some(domain);
        return (next, EventKind::Refused(application));
    }
    if let Some(demand) = domain.demand.take_if(|it| it.until == at) {
        domain.locks.push(hold_for(&demand, at));
        return (Some(domain), EventKind::DocumentsOverdue(demand));
    }
    let due = domain
        .transfer
        .clone()
        .filter(|t| t.is_pending() && t.act_by == at);
    if let Some(transfer) = due {
        let loser = domain.sponsor.clone();
        let actor = transfer.actor.clone();
        let status = TransferStatus::ServerApproved;
        let domain = complete_transfer(domain, transfer, status, actor, at, terms);
        return (Some(domain), EventKind::Transferred(loser));
    }
    if let Some(period) = terms.auto_renewal {
        domain.expires = period.after(domain.expires);
        begin_grace(
            &mut domain,
            Grace::AutoRenew,
            at,
            terms.auto_renew_grace,
            period,
        );
    }
    (Some(domain), EventKind::Renewed)
}

fn step_deletion(
    mut domain: Domain,
    deletion: &Deletion,
    terms: &Terms,
) -> (Option<Domain>, EventKind) {
    let (stage, length, kind) = match deletion.stage {
        Stage::Redemption => {
            let kind = EventKind::RedemptionEnded;
            (Stage::PendingDelete, terms.pending_delete, kind)
        }
        Stage::Restore => (
            Stage::Redemption,
            terms.redemption,
            EventKind::RestoreLapsed,
        ),
        Stage::PendingDelete => return (None, EventKind::Purged),
    };
    domain.deletion = Some(Deletion {
        stage,
        until: deletion.until + length,
        ..deletion.clone()
    });
    (Some(domain), kind)
}

/// Returns what holds a domain whose documents were not approved.
pub fn hold_for(demand: &Demand, since: DateTime<Utc>) -> Lock {
    Lock {
        kind: LockKind::Hold,
        case: Some(demand.case()),
        suspends: true,
        since,
        window: None,
    }
}

/// Gives a domain to the registrar that asked for it (RFC 5731 section 3.2.4, RFC 9154 section 4).
///
/// An automatic renewal within its grace is taken back first: the gaining registrar's period stands for it.
#[must_use]
pub fn complete_transfer(
    mut domain: Domain,
    transfer: Transfer,
    status: TransferStatus,
    actor: RegistrarId,
    at: DateTime<Utc>,
    terms: &Terms,
) -> Domain {
    domain.expires = expiry_after_transfer(&domain, transfer.period, at, terms);
    domain.grace.clear();
    if let Some(period) = transfer.period {
        begin_grace(
            &mut domain,
            Grace::Transfer,
            at,
            terms.transfer_grace,
            period,
        );
    }
    domain.sponsor = transfer.requester.clone();
    domain.transferred = Some(at);
    domain.auth_info = None;
    domain.transfer = Some(transfer.ended(status, actor, at));
    domain
}

/// Returns when the registration ends if the domain is transferred at `at`; never later than the rules allow.
pub fn expiry_after_transfer(
    domain: &Domain,
    period: Option<Period>,
    at: DateTime<Utc>,
    terms: &Terms,
) -> DateTime<Utc> {
    let Some(period) = period else {
        return domain.expires;
    };
    let renewed = domain
        .grace
        .iter()
        .find(|grace| grace.kind == Grace::AutoRenew && at < grace.until);
    let before = renewed.map_or(domain.expires, |grace| grace.period.before(domain.expires));
    period
        .after(before)
        .min(terms.longest.after(at))
        .max(domain.expires)
}

/// Notes that a grace period of some length begins at `at`; one of no length is none.
pub fn begin_grace(
    domain: &mut Domain,
    kind: Grace,
    at: DateTime<Utc>,
    length: TimeDelta,
    period: Period,
) {
    if length > TimeDelta::zero() {
        domain.grace.push(GracePeriod {
            kind,
            until: at + length,
            period,
        });
    }
}

/// Returns every status a domain shows: those set, and what is computed of its state.
pub fn statuses(domain: &Domain) -> Vec<DomainStatus> {
    let mut statuses = domain.statuses.clone();
    if domain.deletion.is_some() {
        statuses.push(DomainStatus::PendingDelete);
    }
    if domain.transfer.as_ref().is_some_and(Transfer::is_pending) {
        statuses.push(DomainStatus::PendingTransfer);
    }
    match domain.application.as_ref().map(|it| &it.asked) {
        Some(Asked::Name(_)) => statuses.push(DomainStatus::PendingCreate),
        Some(Asked::Holder(_)) => statuses.push(DomainStatus::PendingUpdate),
        None => {}
    }
    // What began inside a lock's window outlives the window, and the two cannot stand side by side.
    let locked = domain.locks.iter().flat_map(Lock::statuses);
    let locked: Vec<_> = locked
        .filter(|status| {
            statuses
                .iter()
                .all(|other| conflict(&[*status, *other]).is_none())
        })
        .collect();
    statuses.extend(locked);
    if domain.name_servers.is_empty() && !domain.parked {
        statuses.push(DomainStatus::Inactive);
    }
    if statuses.is_empty() {
        statuses.push(DomainStatus::Ok);
    }
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

/// Says whether the zone holds a domain, given name servers that answer for it.
///
/// What is only applied for, held by its client or the server, or in any stage of deletion is not published: a name
/// that is being restored comes back with the report (RFC 5731 section 2.3, RFC 3915 section 2).
pub fn is_published(domain: &Domain) -> bool {
    let withheld = [DomainStatus::ClientHold, DomainStatus::ServerHold];
    !domain.is_applied_for()
        && domain.deletion.is_none()
        && !statuses(domain)
            .iter()
            .any(|status| withheld.contains(status))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ContactId;
    use crate::model::domain::{Holder, sample};

    fn terms() -> Terms {
        Terms {
            add_grace: TimeDelta::days(5),
            auto_renew_grace: TimeDelta::days(45),
            renew_grace: TimeDelta::days(5),
            transfer_grace: TimeDelta::days(5),
            auto_renewal: Period::years(1),
            longest: years(10),
            transfer_wait: TimeDelta::days(5),
            redemption: TimeDelta::days(30),
            restore_report: TimeDelta::days(7),
            pending_delete: TimeDelta::days(5),
        }
    }

    fn years(value: u8) -> Period {
        Period::years(value).unwrap()
    }

    fn registrar(id: &str) -> RegistrarId {
        RegistrarId::parse(id).unwrap()
    }

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn domain() -> Domain {
        sample("shop.example")
    }

    fn deleted(stage: Stage, until: &str) -> Domain {
        Domain {
            deletion: Some(Deletion {
                deleted: instant("2027-04-01T00:00:00Z"),
                stage,
                until: instant(until),
            }),
            ..domain()
        }
    }

    fn requested(period: Option<Period>) -> Domain {
        Domain {
            transfer: Some(Transfer {
                status: TransferStatus::Pending,
                requester: registrar("registrar-b"),
                requested: instant("2027-06-01T00:00:00Z"),
                actor: registrar("registrar-a"),
                act_by: instant("2027-06-06T00:00:00Z"),
                period,
            }),
            ..domain()
        }
    }

    /// Returns the stage a deleted domain is in, `None` when it is gone.
    fn stage_at(stored: &Domain, now: &str) -> Option<Stage> {
        let now = project(stored.clone(), instant(now), &terms());
        Some(now.domain?.deletion.unwrap().stage)
    }

    #[test]
    fn project_leads_a_deleted_domain_to_its_end() {
        let stored = deleted(Stage::Redemption, "2027-05-01T00:00:00Z");
        for (now, stage) in [
            ("2027-04-30T23:59:59Z", Some(Stage::Redemption)),
            ("2027-05-01T00:00:00Z", Some(Stage::PendingDelete)),
            ("2027-05-05T23:59:59Z", Some(Stage::PendingDelete)),
            ("2027-05-06T00:00:00Z", None),
            ("2037-05-06T00:00:00Z", None),
        ] {
            assert_eq!(stage_at(&stored, now), stage, "{now}");
        }
        let kinds = project(stored, instant("2028-01-01T00:00:00Z"), &terms()).events;
        let kinds: Vec<_> = kinds.into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [EventKind::RedemptionEnded, EventKind::Purged]);
    }

    #[test]
    fn project_returns_a_restore_without_report_to_redemption() {
        let stored = deleted(Stage::Restore, "2027-04-10T00:00:00Z");
        for (now, stage) in [
            ("2027-04-09T23:59:59Z", Some(Stage::Restore)),
            ("2027-04-10T00:00:00Z", Some(Stage::Redemption)),
            ("2027-05-10T00:00:00Z", Some(Stage::PendingDelete)),
            ("2027-05-15T00:00:00Z", None),
        ] {
            assert_eq!(stage_at(&stored, now), stage, "{now}");
        }
    }

    #[test]
    fn project_renews_what_ends_once_for_every_year() {
        let now = instant("2029-03-02T00:00:00Z");
        let projection = project(domain(), now, &terms());
        let renewed = projection.domain.unwrap();
        assert_eq!(renewed.expires, instant("2030-03-01T00:00:00Z"));
        assert_eq!(projection.events.len(), 2);
        assert_eq!(running_grace(&renewed, now), [Grace::AutoRenew]);
        let later = instant("2029-04-15T00:00:00Z");
        assert_eq!(running_grace(&renewed, later), []);
        let unchanged = Terms {
            auto_renewal: None,
            ..terms()
        };
        assert_eq!(project(domain(), now, &unchanged).events, []);
    }

    #[test]
    fn project_approves_a_transfer_nobody_answered() {
        let stored = requested(Some(years(1)));
        let before = project(stored.clone(), instant("2027-06-05T23:59:59Z"), &terms());
        assert_eq!(before.domain, Some(stored.clone()));
        assert!(statuses(&stored).contains(&DomainStatus::PendingTransfer));
        let now = instant("2027-06-06T00:00:00Z");
        let projection = project(stored, now, &terms());
        let moved = projection.domain.unwrap();
        assert_eq!(moved.sponsor, registrar("registrar-b"));
        assert_eq!(moved.transferred, Some(now));
        assert_eq!(moved.expires, instant("2029-03-01T00:00:00Z"));
        assert_eq!(running_grace(&moved, now), [Grace::Transfer]);
        let transfer = moved.transfer.unwrap();
        assert_eq!(transfer.status, TransferStatus::ServerApproved);
        let kind = EventKind::Transferred(registrar("registrar-a"));
        assert_eq!(projection.events, [Event { at: now, kind }]);
    }

    #[test]
    fn complete_transfer_takes_an_automatic_renewal_back() {
        let mut stored = requested(Some(years(1)));
        stored.expires = instant("2029-03-01T00:00:00Z");
        let at = instant("2028-03-10T00:00:00Z");
        let begun = instant("2028-03-01T00:00:00Z");
        begin_grace(
            &mut stored,
            Grace::AutoRenew,
            begun,
            TimeDelta::days(45),
            years(1),
        );
        assert_eq!(
            expiry_after_transfer(&stored, Some(years(1)), at, &terms()),
            instant("2029-03-01T00:00:00Z")
        );
        assert_eq!(
            expiry_after_transfer(&stored, None, at, &terms()),
            stored.expires
        );
        let far = Domain {
            expires: instant("2038-02-01T00:00:00Z"),
            grace: Vec::new(),
            ..stored
        };
        assert_eq!(
            expiry_after_transfer(&far, Some(years(1)), at, &terms()),
            instant("2038-03-10T00:00:00Z"),
            "ten years ahead at most"
        );
    }

    fn waiting(asked: Asked, until: &str) -> Domain {
        Domain {
            application: Some(Application {
                id: 77,
                client_transaction: None,
                server_transaction: "HKEPP-9".to_owned(),
                until: instant(until),
                asked,
            }),
            ..domain()
        }
    }

    fn holder() -> Asked {
        Asked::Holder(Holder {
            registrant: ContactId::parse("wong-8").unwrap(),
            contacts: Vec::new(),
            guardian: None,
        })
    }

    fn demand(until: &str) -> Demand {
        Demand {
            id: 78,
            until: instant(until),
        }
    }

    #[test]
    fn project_ends_a_name_whose_application_nobody_approved() {
        let until = "2028-03-15T00:00:00Z";
        let stored = waiting(Asked::Name(years(1)), until);
        assert!(statuses(&stored).contains(&DomainStatus::PendingCreate));
        assert!(!is_published(&stored));
        let before = project(stored.clone(), instant("2028-03-14T23:59:59Z"), &terms());
        assert_eq!(before.domain, Some(stored.clone()), "it does not expire");
        let after = project(stored.clone(), instant(until), &terms());
        assert_eq!(after.domain, None);
        let kind = EventKind::Refused(stored.application.unwrap());
        let at = instant(until);
        assert_eq!(after.events, [Event { at, kind }]);
    }

    #[test]
    fn project_leaves_a_domain_as_it_was_when_nobody_approved_its_new_registrant() {
        let stored = waiting(holder(), "2027-03-15T00:00:00Z");
        let pending = [DomainStatus::Inactive, DomainStatus::PendingUpdate];
        assert_eq!(statuses(&stored), pending);
        assert!(is_published(&stored));
        let before = project(stored.clone(), instant("2027-03-14T23:59:59Z"), &terms());
        assert_eq!(before.domain, Some(stored.clone()));
        assert_eq!(before.events, []);
        let at = instant("2027-03-15T00:00:00Z");
        let after = project(stored.clone(), at, &terms());
        let kind = EventKind::Refused(stored.application.unwrap());
        assert_eq!(after.events, [Event { at, kind }]);
        assert_eq!(after.domain, Some(domain()));
    }

    #[test]
    fn statuses_show_no_lock_that_cannot_stand_beside_a_change_of_registrant() {
        let lock = Lock {
            kind: LockKind::Registry,
            suspends: false,
            ..hold_for(&demand("2027-03-15T00:00:00Z"), domain().created)
        };
        let stored = Domain {
            locks: vec![lock],
            ..waiting(holder(), "2027-03-15T00:00:00Z")
        };
        let shown = statuses(&stored);
        assert!(shown.contains(&DomainStatus::PendingUpdate));
        assert!(shown.contains(&DomainStatus::ServerTransferProhibited));
        assert_eq!(conflict(&shown), None);
    }

    #[test]
    fn project_renews_what_ends_while_its_new_registrant_waits() {
        let stored = waiting(holder(), "2028-03-05T00:00:00Z");
        let renewed = project(stored.clone(), stored.expires, &terms());
        let kinds: Vec<_> = renewed.events.into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [EventKind::Renewed]);
        let renewed = renewed.domain.unwrap();
        assert_eq!(renewed.expires, instant("2029-03-01T00:00:00Z"));
        assert_eq!(renewed.application, stored.application);
        let refused = project(stored.clone(), instant("2028-03-05T00:00:00Z"), &terms());
        let kinds: Vec<_> = refused.events.into_iter().map(|event| event.kind).collect();
        let refusal = EventKind::Refused(stored.application.unwrap());
        assert_eq!(kinds, [EventKind::Renewed, refusal]);
        let unchanged = Domain {
            application: None,
            ..renewed
        };
        assert_eq!(refused.domain, Some(unchanged));
    }

    #[test]
    fn project_holds_a_domain_whose_documents_did_not_come() {
        let demand = demand("2027-03-15T00:00:00Z");
        let stored = Domain {
            demand: Some(demand.clone()),
            ..domain()
        };
        let before = project(stored.clone(), instant("2027-03-14T23:59:59Z"), &terms());
        assert_eq!(before.domain, Some(stored.clone()));
        assert_eq!(before.events, []);
        assert!(is_published(&stored));
        let at = demand.until;
        let after = project(stored, at, &terms());
        let hold = Lock {
            kind: LockKind::Hold,
            case: Some("documents 78".to_owned()),
            suspends: true,
            since: at,
            window: None,
        };
        let held = Domain {
            locks: vec![hold],
            ..domain()
        };
        assert!(!is_published(&held));
        assert_eq!(after.domain, Some(held));
        let kind = EventKind::DocumentsOverdue(demand);
        assert_eq!(after.events, [Event { at, kind }]);
    }

    #[test]
    fn project_holds_a_transferred_domain_whose_documents_do_not_come_either() {
        let demand = demand("2027-06-07T00:00:00Z");
        let stored = Domain {
            demand: Some(demand.clone()),
            ..requested(None)
        };
        let now = project(stored, instant("2028-03-01T00:00:00Z"), &terms());
        let kinds: Vec<_> = now.events.into_iter().map(|event| event.kind).collect();
        let transferred = EventKind::Transferred(registrar("registrar-a"));
        let overdue = EventKind::DocumentsOverdue(demand);
        assert_eq!(kinds, [transferred, overdue, EventKind::Renewed]);
        let held = now.domain.unwrap();
        assert!(statuses(&held).contains(&DomainStatus::ServerHold));
    }

    #[test]
    fn project_holds_no_deleted_domain() {
        let stored = Domain {
            demand: Some(demand("2027-04-15T00:00:00Z")),
            ..deleted(Stage::Redemption, "2027-05-01T00:00:00Z")
        };
        let now = project(stored, instant("2027-05-01T00:00:00Z"), &terms());
        let kinds: Vec<_> = now.events.into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [EventKind::RedemptionEnded]);
        assert_eq!(now.domain.unwrap().locks, []);
    }

    #[test]
    fn project_is_the_same_in_one_step_and_in_many() {
        let stored = Domain {
            demand: Some(demand("2027-07-01T00:00:00Z")),
            ..requested(Some(years(2)))
        };
        let end = instant("2031-01-01T00:00:00Z");
        let at_once = project(stored.clone(), end, &terms());
        let mut domain = stored;
        let mut events = Vec::new();
        let mut now = instant("2027-06-01T00:00:00Z");
        while now < end {
            now = (now + TimeDelta::days(17)).min(end);
            let step = project(domain, now, &terms());
            domain = step.domain.unwrap();
            events.extend(step.events);
        }
        assert_eq!(events, at_once.events);
        assert_eq!(Some(domain), at_once.domain);
    }
}
