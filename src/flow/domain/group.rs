//! Groups of names in which all that one registrant has share their administrative contact (hk:R2.11).
//!
//! An index leads from registrant and group to the contact of each name; every change that depends on it writes one
//! key of them all, so that of two at once only one is committed.

use super::{own, permit, save, stored};
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Refusal};
use crate::lifecycle::domain::project;
use crate::lifecycle::permission::Operation;
use crate::model::domain::ContactRole;
use crate::model::{ContactId, Domain, DomainName};
use crate::policy::{Policy, Violation};
use crate::protocol::Namespace;
use crate::store::record::RecordError;
use crate::store::{self, Assert, Key, Store, Write, keys, read, record};

/// Most names that a change of all of a group changes at once: it is one entry of the journal.
const TOGETHER: usize = 256;

/// What is known of the names that one registrant has in a group beside one of them.
#[derive(Debug)]
pub(super) struct Group {
    /// The key that every change writes, and its version.
    turn: (Key, Option<u64>),
    /// The administrative contact of the others, when there are any that have one.
    admin: Option<ContactId>,
}

/// The other names of a group, to be changed together.
#[derive(Debug)]
pub(super) struct Others {
    domains: Vec<(Domain, u64)>,
    /// Whether there are more than are changed at once.
    more: bool,
}

impl Others {
    /// Reads the names that a registrant has in a group beside `name`; `None` when that belongs to none.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn load<S: Store>(
        name: &DomainName,
        registrant: Option<&ContactId>,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Option<Self>, store::Error> {
        let Some((group, registrant)) = context.policy.group(name).zip(registrant) else {
            return Ok(None);
        };
        let prefix = keys::group(group, registrant).children();
        let rows = store.scan(&prefix, None, TOGETHER + 1).await?;
        let mut others = Self {
            more: rows.len() > TOGETHER,
            domains: Vec::new(),
        };
        for (key, _) in rows.iter().take(TOGETHER) {
            let other = key.parts().pop();
            let other = other.and_then(|text| DomainName::parse(&text).ok());
            if let Some(other) = other.filter(|other| other != name) {
                // As it is stored: what time did to it meanwhile is made permanent, and told, in its own change.
                others.domains.extend(stored(&other, context, store).await?);
            }
        }
        Ok(Some(others))
    }

    /// Gives each the administrative contacts that one of the group gets.
    ///
    /// # Errors
    /// 2201 for a name of another registrar, 2304 for one that must not be updated, 2306 for too many.
    pub(super) fn follow(
        self,
        contacts: &[(ContactRole, ContactId)],
        decision: &mut Decision,
        context: &Context<'_>,
    ) -> Result<(), Refusal> {
        if self.more {
            let why = Why::Choice("contacts of at most 256 names are changed at once");
            return Err(Refusal::new(why, Namespace::Hk, "applyToAll", ""));
        }
        let admins: Vec<_> = contacts
            .iter()
            .filter(|(role, _)| is_admin(*role))
            .collect();
        for found in self.domains {
            let name = found.0.name.clone();
            let (before, version) = found;
            // Judged as it is now, and written as it is stored.
            let now = project(before.clone(), context.now, context.terms());
            let now = now.domain.map(|domain| (domain, version));
            let (now, _) = own(now, name.as_str(), context)?;
            permit(&now, Operation::Update, name.as_str(), context)?;
            let mut after = before.clone();
            after.contacts.retain(|(role, _)| !is_admin(*role));
            after.contacts.extend(admins.iter().copied().cloned());
            if after.contacts == before.contacts {
                continue;
            }
            after.updated = Some((context.registrar.clone(), context.now));
            let unchanged = Assert::Version(keys::domain(&name), version);
            decision.asserts.push(unchanged);
            let writes = save(Some(&before), Some(&after), context)?;
            decision.writes.extend(writes);
        }
        Ok(())
    }
}

impl Group {
    /// Reads the group of a name; `None` when it belongs to none, or has no registrant.
    pub(super) async fn load<S: Store>(
        name: &DomainName,
        registrant: Option<&ContactId>,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Option<Self>, store::Error> {
        let Some((group, registrant)) = context.policy.group(name).zip(registrant) else {
            return Ok(None);
        };
        let turn = keys::group_turn(group, registrant);
        let version = store.get(&turn).await?.map(|stored| stored.version);
        let parent = keys::group(group, registrant);
        let own = parent.clone().and(context.policy.canonical(name).as_str());
        // The name itself may be among them.
        let rows = store.scan(&parent.children(), None, 2).await?;
        let other = rows.into_iter().find(|(key, _)| *key != own);
        let admin = match other {
            Some((key, _)) => read::<ContactId, S>(store, &key).await?,
            None => None,
        };
        Ok(Some(Self {
            turn: (turn, version),
            admin: admin.map(|(id, _)| id),
        }))
    }

    /// Judges the contacts that the name is to have.
    ///
    /// # Errors
    /// When its administrative contact is not that of the others.
    pub(super) fn judge(
        &self,
        contacts: &[(ContactRole, ContactId)],
        policy: &Policy,
    ) -> Result<(), Violation> {
        match &self.admin {
            Some(others) if admin(contacts) != Some(others) => {
                Err(policy.other_admin(others.as_str()))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Makes a decision the only one about the group.
    pub(super) fn guard(self, decision: &mut Decision) {
        let (key, version) = self.turn;
        decision.asserts.push(match version {
            Some(version) => Assert::Version(key.clone(), version),
            None => Assert::Absent(key.clone()),
        });
        decision.writes.push(Write::Put(key, Vec::new()));
    }
}

/// Judges the contacts of two names that come into a group together.
///
/// # Errors
/// When the administrative contact of the other is not that of the first.
pub(super) fn judge_alike(
    contacts: &[(ContactRole, ContactId)],
    others: &[(ContactRole, ContactId)],
    policy: &Policy,
) -> Result<(), Violation> {
    match admin(others) {
        Some(other) if admin(contacts) != Some(other) => Err(policy.other_admin(other.as_str())),
        Some(_) | None => Ok(()),
    }
}

/// Adds what keeps the index true when a domain changes.
pub(super) fn index(
    before: Option<&Domain>,
    after: Option<&Domain>,
    context: &Context<'_>,
    writes: &mut Vec<Write>,
) -> Result<(), RecordError> {
    let row = |domain: &Domain| {
        let group = context.policy.group(&domain.name)?;
        let registrant = domain.registrant.as_ref()?;
        let key = keys::group(group, registrant).and(domain.name.as_str());
        Some((key, admin(&domain.contacts)?.clone()))
    };
    let (before, after) = (before.and_then(row), after.and_then(row));
    if before == after {
        return Ok(());
    }
    writes.extend(before.map(|(key, _)| Write::Delete(key)));
    if let Some((key, admin)) = after {
        writes.push(Write::Put(key, record::encode(&admin)?));
    }
    Ok(())
}

fn admin(contacts: &[(ContactRole, ContactId)]) -> Option<&ContactId> {
    let mut admins = contacts.iter();
    let found = admins.find(|(role, _)| is_admin(*role));
    found.map(|(_, id)| id)
}

fn is_admin(role: ContactRole) -> bool {
    role == ContactRole::Admin
}
