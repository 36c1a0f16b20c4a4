//! What is true of a registry's store whatever was sent to it, counted from scratch.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::step::CONTACTS;
use crate::lifecycle;
use crate::lifecycle::domain::{next_change, project, statuses};
use crate::lifecycle::permission::conflict;
use crate::model::host::HostId;
use crate::model::{Contact, ContactId, Domain, Host, Registrar, RegistrarId, Terms};
use crate::store::keys::Due;
use crate::store::{Key, Store, keys, record};

/// Everything stored.
struct Stored {
    domains: Vec<Domain>,
    contacts: Vec<Contact>,
    hosts: BTreeMap<HostId, Host>,
    registrars: Vec<RegistrarId>,
}

/// Asserts the invariants of a store at a moment when nobody changes it.
pub async fn judge<S: Store>(store: &S, now: DateTime<Utc>, terms: &Terms) {
    let stored = Stored {
        domains: records::<Domain, S>("domain", store).await,
        contacts: records::<Contact, S>("contact", store).await,
        hosts: records::<Host, S>("host", store)
            .await
            .into_iter()
            .map(|host| (host.id, host))
            .collect(),
        registrars: records::<Registrar, S>(keys::REGISTRAR, store)
            .await
            .into_iter()
            .map(|registrar| registrar.id)
            .collect(),
    };
    for domain in &stored.domains {
        judge_domain(domain, &stored, now, terms);
    }
    for contact in &stored.contacts {
        judge_contact(contact, now);
    }
    judge_contact_links(&stored, store).await;
    judge_host_links(&stored, store).await;
    judge_host_names(&stored, store).await;
    judge_subordinates(&stored, store).await;
    judge_messages(&stored, store).await;
    judge_due(&stored, store, terms).await;
}

/// Asserts that a domain refers to what there is, and shows statuses that may stand together.
fn judge_domain(domain: &Domain, stored: &Stored, now: DateTime<Utc>, terms: &Terms) {
    let name = &domain.name;
    for id in &domain.name_servers {
        let host = stored.hosts.get(id);
        assert!(host.is_some(), "{name} is delegated to no host: {id:?}");
        let glueless =
            host.is_some_and(|host| host.superordinate.is_some() && host.addresses.is_empty());
        assert!(!glueless, "{name} is delegated to a host without address");
        let times = domain
            .name_servers
            .iter()
            .filter(|other| *other == id)
            .count();
        assert!(times == 1, "{name} is delegated to {id:?} twice");
    }
    for id in domain.linked_contacts() {
        let known = stored.contacts.iter().any(|contact| contact.id == *id);
        assert!(known, "{name} refers to no contact: {id}");
    }
    let Some(shown) = project(domain.clone(), now, terms).domain else {
        return;
    };
    let statuses = statuses(&shown);
    let conflict = conflict(&statuses);
    assert!(conflict.is_none(), "{name} shows {statuses:?}");
    let own = shown
        .transfer
        .as_ref()
        .filter(|transfer| transfer.is_pending() && transfer.requester == shown.sponsor);
    assert!(own.is_none(), "{name} is transferred to its own sponsor");
}

/// Asserts that a contact shows statuses that may stand together.
fn judge_contact(contact: &Contact, now: DateTime<Utc>) {
    let id = &contact.id;
    let shown = lifecycle::contact::project(contact.clone(), now).contact;
    let statuses = crate::flow::contact::statuses(&shown, 0);
    let conflict = conflict(&statuses);
    assert!(conflict.is_none(), "{id} shows {statuses:?}");
    let own = shown
        .transfer
        .filter(|transfer| transfer.is_pending() && transfer.requester == shown.sponsor);
    assert!(own.is_none(), "{id} is transferred to its own sponsor");
}

/// Asserts that links of contacts are as many as the references to them.
async fn judge_contact_links<S: Store>(stored: &Stored, store: &S) {
    let mut expected: BTreeMap<String, (ContactId, i64)> = BTreeMap::new();
    let pool = CONTACTS.iter().filter_map(|id| ContactId::parse(id));
    let all = stored.contacts.iter().map(|contact| contact.id.clone());
    for id in all.chain(pool) {
        expected.insert(id.folded(), (id, 0));
    }
    for id in stored.domains.iter().flat_map(Domain::linked_contacts) {
        if let Some((_, count)) = expected.get_mut(&id.folded()) {
            *count += 1;
        }
    }
    for (id, count) in expected.values() {
        let links = counter(&keys::contact_links(id), store).await;
        assert!(links == *count, "{id} has {links} links, not {count}");
    }
}

/// Asserts that links of hosts are as many as the delegations to them, in all and of each registrar.
async fn judge_host_links<S: Store>(stored: &Stored, store: &S) {
    for (id, host) in &stored.hosts {
        let linked = |registrar: Option<&RegistrarId>| {
            let domains = stored.domains.iter().filter(|domain| {
                domain.name_servers.contains(id)
                    && registrar.is_none_or(|registrar| domain.sponsor == *registrar)
            });
            domains.count() as i64
        };
        let (links, count) = (counter(&keys::host_links(*id), store).await, linked(None));
        assert!(
            links == count,
            "{} has {links} links, not {count}",
            host.name
        );
        for registrar in &stored.registrars {
            let links = counter(&keys::host_links_of(*id, registrar), store).await;
            let count = linked(Some(registrar));
            assert!(
                links == count,
                "{} has {links} links of {registrar}, not {count}",
                host.name
            );
        }
    }
}

/// Asserts that names lead to the hosts that bear them, and that hosts outside our zones have no addresses.
async fn judge_host_names<S: Store>(stored: &Stored, store: &S) {
    let names = pairs::<HostId, S>("hostname", store).await;
    let found: BTreeSet<(Key, HostId)> = names.into_iter().collect();
    let hosts = stored.hosts.values();
    let expected = hosts.map(|host| (keys::host_name(&host.name), host.id));
    let expected: BTreeSet<(Key, HostId)> = expected.collect();
    assert!(found == expected, "names of hosts: {found:?}, {expected:?}");
    for host in stored.hosts.values() {
        let needless = host.superordinate.is_none() && !host.addresses.is_empty();
        assert!(!needless, "{} has needless addresses", host.name);
    }
}

/// Asserts that domains know their subordinate hosts and count them rightly.
async fn judge_subordinates<S: Store>(stored: &Stored, store: &S) {
    let found = pairs::<HostId, S>("subordinate", store).await;
    let found: BTreeSet<(Key, HostId)> = found.into_iter().collect();
    let hosts = stored.hosts.values();
    let expected: BTreeSet<(Key, HostId)> = hosts
        .filter_map(|host| {
            let superordinate = host.superordinate.as_ref()?;
            let key = keys::subordinates(superordinate).and(host.name.as_str());
            Some((key, host.id))
        })
        .collect();
    assert!(
        found == expected,
        "subordinate hosts: {found:?}, {expected:?}"
    );
    for host in stored.hosts.values() {
        if let Some(superordinate) = &host.superordinate {
            let name = &host.name;
            let known = stored
                .domains
                .iter()
                .any(|domain| domain.name == *superordinate);
            assert!(known, "{name} is subordinate to no domain");
            let below = name == superordinate || name.is_below(superordinate.as_str());
            assert!(below, "{name} is not below {superordinate}");
        }
    }
    for domain in &stored.domains {
        let count = stored
            .hosts
            .values()
            .filter(|host| host.superordinate.as_ref() == Some(&domain.name))
            .count() as i64;
        let counted = counter(&keys::subordinate_count(&domain.name), store).await;
        let name = &domain.name;
        assert!(
            counted == count,
            "{name} has {counted} hosts below, not {count}"
        );
    }
}

/// Asserts that queues are as long as they say.
async fn judge_messages<S: Store>(stored: &Stored, store: &S) {
    for registrar in &stored.registrars {
        let parent = keys::messages(registrar).children();
        let found = store.scan(&parent, None, usize::MAX).await;
        let count = found.map_or(-1, |found| found.len() as i64);
        let counted = counter(&keys::message_count(registrar), store).await;
        assert!(
            counted == count,
            "{registrar} has {counted} messages, not {count}"
        );
        let waiting = store.contains(&keys::waiting(registrar)).await;
        assert!(
            waiting
                .as_ref()
                .is_ok_and(|waiting| *waiting == (count > 0)),
            "{registrar} with {count} messages waits: {waiting:?}"
        );
    }
}

/// Asserts that what time brings next stands among what is due, once, and nothing else does.
async fn judge_due<S: Store>(stored: &Stored, store: &S, terms: &Terms) {
    let found = store.scan(&keys::all_due(), None, usize::MAX).await;
    let found = found.unwrap_or_default().into_iter();
    let found: BTreeSet<Key> = found.map(|(key, _)| key).collect();
    let changing = stored.domains.iter().filter_map(|domain| {
        let at = next_change(domain, terms)?;
        Some(keys::due(at, &Due::Domain(domain.name.clone())))
    });
    let contacts = stored.contacts.iter().filter_map(|contact| {
        let at = lifecycle::contact::next_change(contact)?;
        Some(keys::due(at, &Due::Contact(contact.id.clone())))
    });
    let expected: BTreeSet<Key> = changing.chain(contacts).collect();
    assert!(found == expected, "due: {found:?}, {expected:?}");
}

async fn counter<S: Store>(key: &Key, store: &S) -> i64 {
    let count = store.counter(key).await;
    assert!(count.is_ok(), "{key}: {count:?}");
    count.unwrap_or_default()
}

/// Reads every record of a kind.
async fn records<T: record::Entity, S: Store>(kind: &str, store: &S) -> Vec<T> {
    let pairs = pairs::<T, S>(kind, store).await;
    pairs.into_iter().map(|(_, record)| record).collect()
}

/// Reads every record of a kind with its key.
async fn pairs<T: record::Entity, S: Store>(kind: &str, store: &S) -> Vec<(Key, T)> {
    let found = store.scan(&Key::prefix(kind), None, usize::MAX).await;
    assert!(found.is_ok(), "{kind}: the store cannot be read");
    let found = found.unwrap_or_default().into_iter();
    let decoded = found.map(|(key, stored)| {
        let record = record::decode::<T>(&stored.value);
        assert!(record.is_ok(), "{key}: not a record");
        record.ok().map(|record| (key, record))
    });
    decoded.flatten().collect()
}
