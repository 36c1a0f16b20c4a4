//! Groups of names in which all that one registrant has share their administrative contact (hk:R2.11).
//!
//! An index leads from registrant and group to the contact of each name; every change that depends on it writes one
//! key of them all, so that of two at once only one is committed.

use crate::flow::{Context, Decision};
use crate::model::domain::ContactRole;
use crate::model::{ContactId, Domain, DomainName};
use crate::policy::{Policy, Violation};
use crate::store::record::RecordError;
use crate::store::{self, Assert, Key, Store, Write, keys, read, record};

/// What is known of the names that one registrant has in a group beside one of them.
#[derive(Debug)]
pub(super) struct Group {
    /// The key that every change writes, and its version.
    turn: (Key, Option<u64>),
    /// The administrative contact of the others, when there are any that have one.
    admin: Option<ContactId>,
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
    let found = admins.find(|(role, _)| *role == ContactRole::Admin);
    found.map(|(_, id)| id)
}
