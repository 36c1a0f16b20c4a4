//! A new variant table: every package, and every consent, gets its key by it, before the first command is served (hk:R5.1).
//!
//! A table that makes one package of two registered names is refused and changes nothing. Otherwise the new keys
//! are written before the old ones go; the version of the old table goes first and that of the new one is noted last,
//! so that a start that is cut off is made good by the next, with either table.

use std::collections::{HashMap, HashSet};

use super::consent;
use crate::model::{Consent, Domain, DomainName, PackageKey};
use crate::policy::Policy;
use crate::store::record::RecordError;
use crate::store::{self, Audit, ChangeSet, CommitError, Key, Pages, Store, keys, read, record};

/// Rows written at once.
const PAGE: usize = 256;

/// Why a variant table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RetableError {
    /// It joins two registered names.
    #[error(
        "the variant table {table} makes one package of {first} and {second}, which are both registered; keep the old table"
    )]
    Joined {
        /// Version of the table.
        table: String,
        /// A registered name.
        first: DomainName,
        /// Another.
        second: DomainName,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The store refused a change.
    #[error("the packages were changed meanwhile")]
    Conflict,
    /// A record cannot be read or written.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl From<CommitError> for RetableError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Store(error) => Self::Store(error),
            CommitError::Conflict(_) => Self::Conflict,
        }
    }
}

/// Gives every package its key by the variant table in force; returns how many packages there are, or `None` when
/// the table is the one the store was left with, or the profile has none.
///
/// # Errors
/// See [`RetableError`].
pub async fn retable<S: Store>(
    policy: &Policy,
    store: &S,
    audit: impl Fn() -> Audit,
) -> Result<Option<usize>, RetableError> {
    let Some(table) = policy.variant_table() else {
        return Ok(None);
    };
    let meta = keys::meta("variant-table");
    let known = read::<String, S>(store, &meta).await?;
    if known.is_some_and(|(version, _)| version == table) {
        return Ok(None);
    }
    let packages = packages(policy, store).await?;
    // From here on the keys are of no table until all is done, so that a start with the old one begins anew, too.
    let mut change = ChangeSet::new(audit());
    change.delete(meta.clone());
    store.commit(change).await?;
    let rows: Vec<_> = packages.iter().collect();
    for page in rows.chunks(PAGE) {
        let mut change = ChangeSet::new(audit());
        for (key, name) in page {
            change.put(keys::package(key), record::encode(*name)?);
        }
        store.commit(change).await?;
    }
    for page in stale(&packages, store).await?.chunks(PAGE) {
        let mut change = ChangeSet::new(audit());
        for key in page {
            change.delete(key.clone());
        }
        store.commit(change).await?;
    }
    let moved = consents(policy, store).await?;
    if !moved.is_empty() {
        // In one change, the old keys first: one consent may get the key that another had.
        let mut change = ChangeSet::new(audit());
        for (old, ..) in &moved {
            change.delete(old.clone());
        }
        for (_, new, consent) in &moved {
            change.put(new.clone(), record::encode(consent)?);
        }
        store.commit(change).await?;
    }
    let mut change = ChangeSet::new(audit());
    change.put(meta, record::encode(&table.to_owned())?);
    store.commit(change).await?;
    Ok(Some(packages.len()))
}

/// Returns every package's key by the table in force, with the name registered.
async fn packages<S: Store>(
    policy: &Policy,
    store: &S,
) -> Result<HashMap<PackageKey, DomainName>, RetableError> {
    let mut packages = HashMap::new();
    let mut pages = Pages::of(store, Key::prefix(keys::DOMAIN));
    while let Some(page) = pages.next_page().await? {
        for (_, stored) in &page {
            let domain: Domain = record::decode(&stored.value)?;
            let Some(key) = policy.package_key(&domain.name) else {
                continue;
            };
            if let Some(other) = packages.insert(key, domain.name.clone()) {
                return Err(RetableError::Joined {
                    table: policy.variant_table().unwrap_or_default().to_owned(),
                    first: other,
                    second: domain.name,
                });
            }
        }
    }
    Ok(packages)
}

/// Returns the consents whose keys change, each between its old and its new one.
async fn consents<S: Store>(
    policy: &Policy,
    store: &S,
) -> Result<Vec<(Key, Key, Consent)>, RetableError> {
    let mut moved = Vec::new();
    let mut pages = Pages::of(store, Key::prefix(keys::CONSENT));
    while let Some(page) = pages.next_page().await? {
        for (old, stored) in &page {
            let consent: Consent = record::decode(&stored.value)?;
            let new = consent::key(&consent.name, consent.authority, policy);
            if new != *old {
                moved.push((old.clone(), new, consent));
            }
        }
    }
    Ok(moved)
}

/// Returns the keys of packages that are no keys any more.
async fn stale<S: Store>(
    packages: &HashMap<PackageKey, DomainName>,
    store: &S,
) -> Result<Vec<Key>, store::Error> {
    let valid: HashSet<Key> = packages.keys().map(keys::package).collect();
    let mut stale = Vec::new();
    let mut pages = Pages::of(store, Key::prefix(keys::PACKAGE));
    while let Some(page) = pages.next_page().await? {
        let old = page.iter().map(|(key, _)| key);
        stale.extend(old.filter(|key| !valid.contains(*key)).cloned());
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::consent::Authority;
    use crate::model::domain::sample;
    use crate::policy::Profile;
    use crate::policy::hk::Table;
    use crate::policy::hk::table::Row;
    use crate::store::Memory;

    /// Returns the rules of a registry whose table holds these sets of variants.
    fn policy(version: &str, sets: &[&str]) -> Policy {
        let mut rows = HashMap::new();
        for set in sets {
            let mut set: Vec<char> = set.chars().collect();
            set.sort_unstable();
            for character in &set {
                let row = Row {
                    simplified: vec![*character],
                    traditional: vec![*character],
                    set: set.clone(),
                };
                rows.insert(*character, row);
            }
        }
        let table = Table::new(version.to_owned(), rows);
        let profile = Profile::embedded("hk").unwrap();
        Policy::with_table(profile, Arc::new(table))
    }

    fn audit() -> Audit {
        Audit {
            at: "2030-01-01T00:00:00Z".parse().unwrap(),
            server_transaction: "SV-1".to_owned(),
            client_transaction: None,
            actor: "server".to_owned(),
            command: "registry:table".to_owned(),
            object: "variants".to_owned(),
        }
    }

    fn name(label: &str) -> DomainName {
        let ascii = idna::domain_to_ascii(&format!("{label}.\u{9999}\u{6e2f}")).unwrap();
        DomainName::parse(&ascii).unwrap()
    }

    /// Registers a label under the rules of `policy`.
    async fn register(label: &str, policy: &Policy, store: &Memory) {
        let mut change = ChangeSet::new(audit());
        let name = name(label);
        let domain = Domain {
            package: policy.package(&name),
            ..sample(name.as_str())
        };
        let key = keys::package(&policy.package_key(&name).unwrap());
        change.put(keys::domain(&name), record::encode(&domain).unwrap());
        change.put(key, record::encode(&name).unwrap());
        store.commit(change).await.unwrap();
    }

    async fn registered_as(label: &str, policy: &Policy, store: &Memory) -> Option<DomainName> {
        let key = policy.package_key(&name(label)).unwrap();
        let found = read::<DomainName, _>(store, &keys::package(&key)).await;
        found.unwrap().map(|(name, _)| name)
    }

    #[tokio::test]
    async fn packages_get_new_keys_and_lose_the_old() {
        let (store, old) = (Memory::default(), policy("old", &["丁", "万萬", "中"]));
        register("中萬", &old, &store).await;
        register("丁中", &old, &store).await;
        assert_eq!(retable(&old, &store, audit).await.unwrap(), Some(2));
        assert_eq!(retable(&old, &store, audit).await.unwrap(), None);
        let new = policy("new", &["丁中", "万", "萬"]);
        assert_eq!(retable(&new, &store, audit).await.unwrap(), Some(2));
        assert_eq!(
            registered_as("丁萬", &new, &store).await,
            Some(name("中萬"))
        );
        assert_eq!(
            registered_as("中中", &new, &store).await,
            Some(name("丁中"))
        );
        assert_eq!(registered_as("中万", &new, &store).await, None);
        let prefix = Key::prefix(keys::PACKAGE);
        assert_eq!(store.scan(&prefix, None, 9).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_start_that_is_cut_off_is_made_good_with_the_old_table_too() {
        let sets = (["丁", "万萬", "中"], ["丁中", "万", "萬"]);
        for cut in 1..=4 {
            let (store, old) = (Memory::default(), policy("old", &sets.0));
            register("中萬", &old, &store).await;
            register("丁中", &old, &store).await;
            retable(&old, &store, audit).await.unwrap();
            let started = store.clone();
            let start = tokio::spawn(async move {
                let changes = std::sync::atomic::AtomicUsize::new(0);
                let audit = || {
                    let before = changes.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    assert!(before < cut, "cut off");
                    audit()
                };
                retable(&policy("new", &sets.1), &started, audit).await
            });
            let ended = start.await.is_ok();
            if !ended {
                retable(&old, &store, audit).await.unwrap();
                for label in ["中萬", "丁中"] {
                    let found = registered_as(label, &old, &store).await;
                    assert_eq!(found, Some(name(label)), "{cut}");
                }
            }
            assert_eq!(ended, cut == 4);
        }
    }

    #[tokio::test]
    async fn consents_get_new_keys_and_lose_the_old() {
        let (store, old) = (Memory::default(), policy("old", &["丁", "万萬", "中"]));
        let authority = Authority::Insurance;
        let consent = Consent {
            holder: None,
            name: name("中萬"),
            authority,
            reference: "X".to_owned(),
            granted: audit().at,
            expires: None,
            revoked: None,
        };
        let key = |label: &str, policy: &Policy| consent::key(&name(label), authority, policy);
        let mut change = ChangeSet::new(audit());
        change.put(key("中萬", &old), record::encode(&consent).unwrap());
        store.commit(change).await.unwrap();
        retable(&old, &store, audit).await.unwrap();
        let new = policy("new", &["丁中", "万", "萬"]);
        retable(&new, &store, audit).await.unwrap();
        let found = read::<Consent, _>(&store, &key("丁萬", &new)).await;
        assert_eq!(found.unwrap().unwrap().0, consent);
        let prefix = Key::prefix(keys::CONSENT);
        assert_eq!(store.scan(&prefix, None, 9).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_table_that_joins_registered_packages_is_refused_and_names_them() {
        let (store, old) = (Memory::default(), policy("old", &["万", "萬", "中"]));
        register("中万", &old, &store).await;
        register("中萬", &old, &store).await;
        retable(&old, &store, audit).await.unwrap();
        let new = policy("new", &["万萬", "中"]);
        let refused = retable(&new, &store, audit).await.unwrap_err().to_string();
        for expected in ["new", name("中万").as_str(), name("中萬").as_str()] {
            assert!(refused.contains(expected), "{refused}");
        }
        assert_eq!(
            registered_as("中万", &old, &store).await,
            Some(name("中万"))
        );
    }
}
