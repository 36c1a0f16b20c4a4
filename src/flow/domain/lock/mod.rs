//! Locks: what the operator does to a domain for a dispute, for abuse, or because its holder ordered it.
//!
//! No command of a client: operator verbs run it. A domain and its partner are locked and unlocked together, in
//! one commit; so is the case file written that keeps what it was for.

mod case;
mod registry;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::permits::Permits;
use super::{find, save, snapshot};
use crate::flow::message::{Cause, tell_change};
use crate::flow::{Context, Decision};
use crate::model::case::Outcome;
use crate::model::change::{Case, CaseKind, Operation, OperationKind};
use crate::model::lock::LockKind;
use crate::model::message::Snapshot;
use crate::model::{CaseFile, DocumentRequest, Domain, DomainName, RegistrarId};
use crate::store::record::RecordError;
use crate::store::{self, Assert, Store, keys, read};

/// Who acts, as messages tell it.
const WHO: &str = "registry";

/// What is done to the locks of a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A case is opened, which locks it.
    Open(Opening),
    /// A case is closed, which unlocks it.
    Close(Closing),
    /// The registry lock is set.
    Set,
    /// The registry lock is taken away.
    Release,
    /// The registry lock is opened for a while.
    Window(TimeDelta),
}

/// A case to be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Its identifier.
    pub case: String,
    /// What it is about.
    pub kind: LockKind,
    /// Whether it keeps the domain out of the zone.
    pub suspends: bool,
    /// What shows that it is right to open it.
    pub evidence: Option<String>,
}

/// A case to be closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Its identifier.
    pub case: String,
    /// How it ends.
    pub outcome: Outcome,
    /// Registrar that is given the domain.
    pub receiver: Option<RegistrarId>,
    /// What shows that it is right to close it.
    pub evidence: Option<String>,
}

/// Why nothing is done; each sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Obstacle {
    /// There is no such domain.
    #[error("there is no domain {0}")]
    NoDomain(DomainName),
    /// A text that cannot be an identifier or a reference.
    #[error(
        "a case has an identifier of 1 to 64 characters and evidence of up to 255, on one line, without blanks at \
         the ends or two in a row"
    )]
    Text,
    /// The case is open already.
    #[error("case {1} on {0} is open already")]
    Open(DomainName, String),
    /// The case was closed; another one cannot have its identifier.
    #[error("case {1} on {0} was closed; give a new case an identifier of its own")]
    Closed(DomainName, String),
    /// The case was closed, so there is nothing to close.
    #[error("case {1} on {0} is closed already")]
    Ended(DomainName, String),
    /// The identifier is of a kind that the registry gives itself.
    #[error("identifiers that begin with {0:?} are the registry's own; give the case another one")]
    Reserved(String),
    /// The hold is for want of a consent, and no case.
    #[error("{0} is held until there is a consent again ({1}); `hkepp consent grant` ends that")]
    Consent(DomainName, String),
    /// The hold is for want of documents, and no case.
    #[error(
        "{0} is held until documents are approved ({1}); `hkepp document request` and `document approve` end that"
    )]
    Documents(DomainName, String),
    /// There is no such case.
    #[error("there is no case {1} on {0}; `hkepp domain show {0}` lists its locks")]
    NoCase(DomainName, String),
    /// The case is a hold, or is none.
    #[error("case {1} on {0} is {verb}", verb = .2.in_words())]
    Kind(DomainName, String, LockKind),
    /// The domain is on its way out.
    #[error("{0} is being deleted, and a lock cannot stand beside that; have it restored first")]
    Deleted(DomainName),
    /// The domain is none yet.
    #[error("{0} is an application; decide on that first")]
    Application(DomainName),
    /// A transfer is under way.
    #[error("a transfer of {0} is under way; let it end first")]
    Transfer(DomainName),
    /// A change of the registrant waits for documents.
    #[error("a change of the registrant of {0} waits for documents; decide on that first")]
    Registrant(DomainName),
    /// The outcome gives the domain to nobody.
    #[error("only a panel's decision or a court's order gives a domain to another registrar")]
    Outcome,
    /// There is no such registrar.
    #[error("there is no registrar {0}; `hkepp registrar list` shows those there are")]
    NoRegistrar(RegistrarId),
    /// The registrar may not have names of this category.
    #[error(
        "{1} has no permission for the category of {0}; give it one with `hkepp registrar permit`, or choose another \
         registrar"
    )]
    NotPermitted(DomainName, RegistrarId),
    /// The registrar has it already.
    #[error("{1} sponsors {0} already")]
    Sponsor(DomainName, RegistrarId),
    /// Another dispute is open, so the domain cannot be deleted.
    #[error("case {1} on {0} is open too; close that first")]
    Other(DomainName, String),
    /// Hosts keep the domain from being deleted.
    #[error(
        "hosts are subordinate to {0}; `hkepp domain show {0}` lists them, have them deleted first"
    )]
    Hosts(DomainName),
    /// The registry lock is set.
    #[error("{0} has a registry lock already")]
    Locked(DomainName),
    /// The registry lock is not set.
    #[error("{0} has no registry lock; set one first")]
    Unlocked(DomainName),
    /// A window that is too long.
    #[error("a window is open for at most 7 days")]
    Window,
    /// The new state cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// What is to be done, and to which domain.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// Any name of the domain.
    pub name: &'a DomainName,
    /// What is done.
    pub act: &'a Act,
}

/// The domains it is about, and what is known of the case.
#[derive(Debug)]
pub struct Facts {
    /// The registered name.
    name: DomainName,
    /// The domain and its partner, as far as they exist.
    domains: Vec<Found>,
    /// The file of the case under each of their names.
    files: Vec<(CaseFile, u64)>,
    /// What the registrar may have that the domain could be given to; `None` where there is no such registrar.
    receiver: Option<Permits>,
}

/// A domain with what surrounds it.
#[derive(Debug)]
struct Found {
    before: Snapshot,
    version: u64,
    subordinates: i64,
    /// The request for the documents of a new registrant, where it waits for them.
    waiting: Option<(DocumentRequest, u64)>,
}

impl Order<'_> {
    /// Reads the facts.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let found = find(self.name, context, store).await?;
        let mut partner = None;
        let mut name = self.name.clone();
        if let Some((domain, _)) = found {
            (name, partner) = (domain.name, domain.partner);
        }
        let case = match self.act {
            Act::Open(opening) => Some(&opening.case),
            Act::Close(closing) => Some(&closing.case),
            Act::Set | Act::Release | Act::Window(_) => None,
        };
        let mut names = vec![name.clone()];
        names.extend(partner);
        let mut files = Vec::new();
        if let Some(id) = case {
            // What was locked together is unlocked together, partners or not by now.
            if let Some((file, _)) = read::<CaseFile, S>(store, &keys::case(&name, id)).await? {
                names = file.names;
            }
            for name in &names {
                files.extend(read::<CaseFile, S>(store, &keys::case(name, id)).await?);
            }
        }
        let mut domains = Vec::new();
        for name in &names {
            if let Some((domain, version)) = find(name, context, store).await? {
                let hosts = keys::subordinate_count(&domain.name);
                let application = domain.application.as_ref();
                let waiting = match application.filter(|_| domain.waiting_holder().is_some()) {
                    Some(application) => read(store, &keys::document(application.id)).await?,
                    None => None,
                };
                domains.push(Found {
                    waiting,
                    before: snapshot(domain, store).await?,
                    version,
                    subordinates: store.counter(&hosts).await?,
                });
            }
        }
        let receiver = match self.act {
            Act::Close(Closing {
                receiver: Some(id), ..
            }) if store.contains(&keys::registrar(id)).await? => {
                let names = domains.iter().map(|found| &found.before.domain.name);
                Some(Permits::load(id, names, context, store).await?)
            }
            Act::Close(_) | Act::Open(_) | Act::Set | Act::Release | Act::Window(_) => None,
        };
        Ok(Facts {
            name,
            domains,
            files,
            receiver,
        })
    }

    /// Decides; pure.
    ///
    /// # Errors
    /// The obstacle, before anything was changed.
    pub fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Obstacle> {
        let mut decision = Decision::default();
        match self.act {
            Act::Open(opening) => case::open(opening, &facts, context, &mut decision)?,
            Act::Close(closing) => case::close(closing, &facts, context, &mut decision)?,
            Act::Set => registry::set(&facts, context, &mut decision)?,
            Act::Release => registry::release(&facts, context, &mut decision)?,
            Act::Window(length) => registry::window(*length, &facts, context, &mut decision)?,
        }
        Ok(decision)
    }
}

impl Facts {
    /// Returns the domains that a lock for this case stands on.
    fn held(&self, case: &str) -> impl Iterator<Item = &Found> {
        self.domains.iter().filter(move |found| {
            let mut locks = found.before.domain.locks.iter();
            locks.any(|lock| lock.case.as_deref() == Some(case))
        })
    }

    /// Returns the names of the domains there are, the one asked for first.
    pub fn names(&self) -> impl Iterator<Item = &DomainName> {
        self.domains.iter().map(|found| &found.before.domain.name)
    }
}

/// Judges whether a domain is one that prohibitions can stand on.
fn judge_use(domain: &Domain) -> Result<(), Obstacle> {
    if domain.deletion.is_some() {
        return Err(Obstacle::Deleted(domain.name.clone()));
    }
    if domain.is_applied_for() {
        return Err(Obstacle::Application(domain.name.clone()));
    }
    Ok(())
}

/// Adds what makes a domain what it is to be, and what its sponsor is told.
fn change(
    found: &Found,
    after: Option<Domain>,
    cause: &Cause<'_>,
    context: &Context<'_>,
    decision: &mut Decision,
) -> Result<(), RecordError> {
    let before = &found.before.domain;
    let key = keys::domain(&before.name);
    decision.asserts.push(Assert::Version(key, found.version));
    decision
        .writes
        .extend(save(Some(before), after.as_ref(), context)?);
    let after = after.map(|domain| Snapshot {
        domain,
        name_servers: found.before.name_servers.clone(),
    });
    let moved = |after: &Snapshot| after.domain.sponsor != before.sponsor;
    // The sponsor of the old state hears of it when it has lost the domain, or the domain is gone.
    let lost = after.as_ref().is_none_or(moved).then_some(&found.before);
    let told = tell_change(lost, after.as_ref(), cause, context)?;
    decision.writes.extend(told);
    Ok(())
}

/// Returns what messages tell of a change that was made for a case, or for none.
fn cause<'a>(case: Option<(&str, LockKind)>, reason: &'a str, context: &Context<'_>) -> Cause<'a> {
    Cause {
        operation: Operation::new(OperationKind::Update),
        date: context.now,
        who: WHO,
        case: case.map(|(id, kind)| Case {
            kind: CaseKind::Custom,
            name: Some(kind.as_str().to_owned()),
            id: id.to_owned(),
        }),
        reason: Some(reason),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::flow::Numbers;
    use crate::lifecycle::domain::statuses;
    use crate::model::Lock;
    use crate::model::domain::sample;
    use crate::model::status::DomainStatus;
    use crate::policy::{Policy, Profile};
    use crate::store::{Audit, ChangeSet, Key, Memory, Write, record};

    /// A registry that holds `one.example` and its partner `two.example`.
    struct Desk {
        store: Memory,
        policy: Policy,
        number: std::sync::atomic::AtomicU64,
    }

    fn now() -> DateTime<Utc> {
        "2030-01-01T00:00:00Z".parse().unwrap()
    }

    fn name(text: &str) -> DomainName {
        DomainName::parse(text).unwrap()
    }

    fn registrar(id: &str) -> RegistrarId {
        RegistrarId::parse(id).unwrap()
    }

    fn domain(own: &str, partner: &str) -> Domain {
        Domain {
            statuses: vec![DomainStatus::ClientHold],
            created: now(),
            expires: now() + TimeDelta::days(365),
            partner: Some(name(partner)),
            ..sample(own)
        }
    }

    impl Desk {
        async fn new() -> Self {
            let desk = Self {
                store: Memory::default(),
                policy: Policy::new(Profile::embedded("plain").unwrap()),
                number: 1.into(),
            };
            for domain in [
                domain("one.example", "two.example"),
                domain("two.example", "one.example"),
            ] {
                desk.put(keys::domain(&domain.name), &domain).await;
            }
            desk
        }

        async fn commit(&self, decision: Decision) {
            let change = ChangeSet {
                asserts: decision.asserts,
                writes: decision.writes,
                audit: Audit {
                    at: now(),
                    server_transaction: "SV-1".to_owned(),
                    client_transaction: None,
                    actor: "operator".to_owned(),
                    command: "test".to_owned(),
                    object: String::new(),
                },
            };
            self.store.commit(change).await.unwrap();
        }

        async fn put(&self, key: Key, value: &impl record::Entity) {
            let writes = vec![Write::Put(key, record::encode(value).unwrap())];
            self.commit(Decision {
                writes,
                ..Decision::default()
            })
            .await;
        }

        /// Does something to the locks of a domain; tells the obstacle.
        async fn act(&self, of: &str, act: Act) -> Result<(), String> {
            let numbers = || {
                self.number
                    .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            };
            let context = Context {
                now: now(),
                registrar: &registrar("operator"),
                policy: &self.policy,
                numbers: Numbers(&numbers),
                transaction: "SV-1",
                salt: [0; 16],
            };
            let name = name(of);
            let order = Order {
                name: &name,
                act: &act,
            };
            let facts = order.load(&context, &self.store).await.unwrap();
            let decision = order.decide(&context, facts).map_err(|e| e.to_string())?;
            self.commit(decision).await;
            Ok(())
        }

        async fn read(&self, of: &str) -> Domain {
            let key = keys::domain(&name(of));
            read(&self.store, &key).await.unwrap().unwrap().0
        }

        async fn locks(&self) -> [Vec<LockKind>; 2] {
            let kinds = |domain: Domain| domain.locks.iter().map(|lock| lock.kind).collect();
            [
                kinds(self.read("one.example").await),
                kinds(self.read("two.example").await),
            ]
        }

        async fn messages(&self) -> i64 {
            let count = keys::message_count(&registrar("registrar-a"));
            self.store.counter(&count).await.unwrap()
        }
    }

    fn opening(case: &str, kind: LockKind) -> Act {
        Act::Open(Opening {
            case: case.to_owned(),
            kind,
            suspends: kind == LockKind::Hold,
            evidence: None,
        })
    }

    fn closing(case: &str, outcome: Outcome) -> Act {
        Act::Close(Closing {
            case: case.to_owned(),
            outcome,
            receiver: None,
            evidence: None,
        })
    }

    #[tokio::test]
    async fn partners_are_locked_and_unlocked_together_by_either_name() {
        let desk = Desk::new().await;
        let before = [
            desk.read("one.example").await,
            desk.read("two.example").await,
        ];
        let open = opening("C-1", LockKind::Panel);
        desk.act("one.example", open.clone()).await.unwrap();
        assert_eq!(desk.locks().await, [[LockKind::Panel], [LockKind::Panel]]);
        assert_eq!(desk.messages().await, 2);
        let again = desk.act("two.example", open).await;
        assert!(again.unwrap_err().contains("open already"));
        let close = closing("C-1", Outcome::Settled);
        desk.act("two.example", close).await.unwrap();
        let after = [
            desk.read("one.example").await,
            desk.read("two.example").await,
        ];
        assert_eq!(after, before);
        assert_eq!(desk.messages().await, 4);
        for of in ["one.example", "two.example"] {
            let key = keys::case(&name(of), "C-1");
            let (file, _) = read::<CaseFile, _>(&desk.store, &key)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(file.names, [name("one.example"), name("two.example")]);
            assert_eq!(file.closed.unwrap().outcome, Outcome::Settled);
        }
        desk.act("two.example", Act::Set).await.unwrap();
        assert_eq!(
            desk.locks().await,
            [[LockKind::Registry], [LockKind::Registry]]
        );
        desk.act("one.example", Act::Window(TimeDelta::hours(1)))
            .await
            .unwrap();
        let window = desk.read("two.example").await.locks[0].window;
        assert_eq!(window, Some(now() + TimeDelta::hours(1)));
    }

    #[tokio::test]
    async fn hold_ends_on_both_names_though_they_parted() {
        let desk = Desk::new().await;
        let open = opening("A-1", LockKind::Hold);
        desk.act("one.example", open).await.unwrap();
        for of in ["one.example", "two.example"] {
            let mut alone = desk.read(of).await;
            alone.partner = None;
            desk.put(keys::domain(&alone.name), &alone).await;
        }
        let close = closing("A-1", Outcome::Lifted);
        desk.act("two.example", close).await.unwrap();
        assert_eq!(desk.locks().await, [[], []]);
    }

    #[tokio::test]
    async fn case_of_one_name_is_none_of_the_partner_it_has_got_since() {
        let desk = Desk::new().await;
        let before = desk.read("one.example").await;
        let alone = Domain {
            partner: None,
            ..before.clone()
        };
        desk.put(keys::domain(&before.name), &alone).await;
        let open = opening("A-1", LockKind::Hold);
        desk.act("one.example", open.clone()).await.unwrap();
        let partner = Domain {
            partner: before.partner,
            ..desk.read("one.example").await
        };
        desk.put(keys::domain(&before.name), &partner).await;
        let close = closing("A-1", Outcome::Lifted);
        let refused = desk.act("two.example", close.clone()).await.unwrap_err();
        assert!(refused.contains("no case A-1 on two.example"), "{refused}");
        let refused = desk.act("two.example", open).await.unwrap_err();
        assert!(refused.contains("A-1 on one.example is open"), "{refused}");
        assert_eq!(desk.locks().await, [vec![LockKind::Hold], vec![]]);
        desk.act("one.example", close.clone()).await.unwrap();
        assert_eq!(
            (desk.locks().await, desk.messages().await),
            ([vec![], vec![]], 2)
        );
        let refused = desk.act("one.example", close).await.unwrap_err();
        assert!(refused.contains("closed already"), "{refused}");
    }

    #[tokio::test]
    async fn hold_for_want_of_a_consent_or_of_documents_is_no_case() {
        let desk = Desk::new().await;
        let before = desk.read("one.example").await;
        for (case, told) in [
            ("consent MA 1", "consent grant"),
            ("documents 1", "document approve"),
        ] {
            let mut held = before.clone();
            held.locks.push(Lock {
                kind: LockKind::Hold,
                case: Some(case.to_owned()),
                suspends: true,
                since: now(),
                window: None,
            });
            desk.put(keys::domain(&held.name), &held).await;
            let close = closing(case, Outcome::Lifted);
            let refused = desk.act("one.example", close).await.unwrap_err();
            assert!(refused.contains(told), "{refused}");
            let open = opening(case, LockKind::Panel);
            let refused = desk.act("two.example", open).await.unwrap_err();
            assert!(refused.contains("the registry's own"), "{refused}");
        }
    }

    #[tokio::test]
    async fn one_partner_that_is_being_deleted_keeps_both_from_being_locked() {
        let desk = Desk::new().await;
        let mut gone = desk.read("two.example").await;
        gone.deletion = Some(crate::model::domain::Deletion {
            deleted: now(),
            stage: crate::model::domain::Stage::Redemption,
            until: now() + TimeDelta::days(1),
        });
        desk.put(keys::domain(&gone.name), &gone).await;
        for act in [opening("C-1", LockKind::Court), Act::Set] {
            let refused = desk.act("one.example", act).await.unwrap_err();
            assert!(
                refused.contains("two.example is being deleted"),
                "{refused}"
            );
        }
        assert_eq!(desk.locks().await, [[], []]);
        let hold = opening("A-1", LockKind::Hold);
        desk.act("one.example", hold).await.unwrap();
        assert_eq!(desk.locks().await, [[LockKind::Hold], [LockKind::Hold]]);
    }

    #[test]
    fn statuses_of_locks_leave_out_what_a_pending_deletion_excludes() {
        let mut deleted = domain("one.example", "two.example");
        deleted.statuses.clear();
        deleted.parked = true;
        deleted.locks.push(Lock {
            kind: LockKind::Registry,
            case: None,
            suspends: false,
            since: now(),
            window: None,
        });
        deleted.deletion = Some(crate::model::domain::Deletion {
            deleted: now(),
            stage: crate::model::domain::Stage::Redemption,
            until: now() + TimeDelta::days(1),
        });
        assert_eq!(
            statuses(&deleted),
            [
                DomainStatus::PendingDelete,
                DomainStatus::ServerTransferProhibited,
                DomainStatus::ServerUpdateProhibited
            ]
        );
    }
}
