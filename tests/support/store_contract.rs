//! The contract suite: what every backend must do, told through the trait alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::DateTime;
use hkepp::store::{Assert, Audit, ChangeSet, CommitError, Key, Store, Write};
use proptest::prelude::*;

/// Makes the suite's tests for one backend; `$make` yields the store and a guard that keeps its place alive.
macro_rules! suite {
    ($name:ident, $make:expr) => {
        mod $name {
            use super::*;

            $crate::contract::suite!(@case $make,
                put_then_get_returns_value_with_sequence_as_version,
                read_of_nothing_is_none_and_zero,
                failed_assert_leaves_nothing_behind,
                asserts_are_told_apart,
                counters_add_up_and_vanish_at_zero,
                counter_overflow_is_refused_whole,
                values_and_counters_do_not_meet,
                scan_pages_in_order_within_prefix,
                writes_of_one_change_apply_in_order,
                race_for_one_key_has_one_winner,
                sums_under_concurrency_lose_nothing,
                readers_never_see_an_answered_commit_undone,
            );

            #[test]
            fn random_changes_match_the_model() {
                let (store, _guard) = $make;
                $crate::contract::random_changes_match_the_model(&store);
            }
        }
    };
    (@case $make:expr, $($case:ident),* $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            let (store, _guard) = $make;
            $crate::contract::$case(store).await;
        })*
    };
}
pub(crate) use suite;

/// An audit line for tests.
pub fn audit(object: &str) -> Audit {
    Audit {
        at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
        server_transaction: "HKEPP-test-1".into(),
        client_transaction: Some("ABC-12345".into()),
        actor: "registrar-a".into(),
        command: "domain:create".into(),
        object: object.into(),
    }
}

/// A change set without asserts.
pub fn change(writes: Vec<Write>) -> ChangeSet {
    ChangeSet {
        asserts: Vec::new(),
        writes,
        audit: audit("example.hk"),
    }
}

/// A key of kind `domain`.
pub fn key(name: &str) -> Key {
    Key::new("domain", &[name])
}

pub async fn put_then_get_returns_value_with_sequence_as_version(store: impl Store) {
    let before = store.sequence();
    let sequence = store
        .commit(change(vec![Write::Put(key("a.hk"), b"one".to_vec())]))
        .await
        .unwrap();
    assert_eq!(sequence, before + 1);
    assert_eq!(store.sequence(), sequence);
    let stored = store.get(&key("a.hk")).await.unwrap().unwrap();
    assert_eq!((stored.version, &stored.value[..]), (sequence, &b"one"[..]));
    let sequence = store
        .commit(change(vec![Write::Put(key("a.hk"), Vec::new())]))
        .await
        .unwrap();
    let stored = store.get(&key("a.hk")).await.unwrap().unwrap();
    assert_eq!((stored.version, stored.value.len()), (sequence, 0));
    assert!(store.contains(&key("a.hk")).await.unwrap());
    store
        .commit(change(vec![Write::Delete(key("a.hk"))]))
        .await
        .unwrap();
    assert_eq!(store.get(&key("a.hk")).await.unwrap(), None);
    assert!(!store.contains(&key("a.hk")).await.unwrap());
}

pub async fn read_of_nothing_is_none_and_zero(store: impl Store) {
    assert_eq!(store.get(&key("none.hk")).await.unwrap(), None);
    assert!(!store.contains(&key("none.hk")).await.unwrap());
    assert_eq!(store.counter(&key("none.hk")).await.unwrap(), 0);
    assert!(store.scan(b"none", None, 10).await.unwrap().is_empty());
}

pub async fn failed_assert_leaves_nothing_behind(store: impl Store) {
    store
        .commit(change(vec![Write::Put(key("a.hk"), b"one".to_vec())]))
        .await
        .unwrap();
    let sequence = store.sequence();
    let refused = ChangeSet {
        asserts: vec![Assert::Absent(key("b.hk")), Assert::Absent(key("a.hk"))],
        ..change(vec![
            Write::Put(key("b.hk"), b"two".to_vec()),
            Write::Add(key("links"), 1),
            Write::Delete(key("a.hk")),
        ])
    };
    assert_eq!(
        store.commit(refused).await,
        Err(CommitError::Conflict(key("a.hk")))
    );
    assert_eq!(store.get(&key("b.hk")).await.unwrap(), None);
    assert_eq!(store.counter(&key("links")).await.unwrap(), 0);
    assert!(store.contains(&key("a.hk")).await.unwrap());
    assert_eq!(store.sequence(), sequence);
}

pub async fn asserts_are_told_apart(store: impl Store) {
    let first = store
        .commit(change(vec![
            Write::Put(key("a.hk"), b"one".to_vec()),
            Write::Add(key("balance"), 5),
        ]))
        .await
        .unwrap();
    let holds = [
        Assert::Absent(key("b.hk")),
        Assert::Present(key("a.hk")),
        Assert::Version(key("a.hk"), first),
        Assert::CounterEquals(key("balance"), 5),
        Assert::CounterEquals(key("a.hk"), 0),
        Assert::CounterAtLeast(key("balance"), 5),
        Assert::CounterAtLeast(key("balance"), -1),
        Assert::Absent(key("balance")),
    ];
    let fails = [
        Assert::Absent(key("a.hk")),
        Assert::Present(key("b.hk")),
        Assert::Version(key("a.hk"), first + 1),
        Assert::Version(key("b.hk"), 0),
        Assert::CounterEquals(key("balance"), 4),
        Assert::CounterAtLeast(key("balance"), 6),
    ];
    for assert in holds {
        let change = ChangeSet {
            asserts: vec![assert.clone()],
            ..change(vec![])
        };
        assert!(store.commit(change).await.is_ok(), "{assert:?}");
    }
    for assert in fails {
        let change = ChangeSet {
            asserts: vec![assert.clone()],
            ..change(vec![])
        };
        let refusal = store.commit(change).await;
        assert!(
            matches!(refusal, Err(CommitError::Conflict(_))),
            "{assert:?}: {refusal:?}"
        );
    }
}

pub async fn counters_add_up_and_vanish_at_zero(store: impl Store) {
    for amount in [3, -5, 4] {
        store
            .commit(change(vec![Write::Add(key("n"), amount)]))
            .await
            .unwrap();
    }
    assert_eq!(store.counter(&key("n")).await.unwrap(), 2);
    store
        .commit(change(vec![
            Write::Add(key("n"), -1),
            Write::Add(key("n"), -1),
        ]))
        .await
        .unwrap();
    assert_eq!(store.counter(&key("n")).await.unwrap(), 0);
}

pub async fn counter_overflow_is_refused_whole(store: impl Store) {
    store
        .commit(change(vec![Write::Add(key("n"), i64::MAX)]))
        .await
        .unwrap();
    let refusal = store
        .commit(change(vec![
            Write::Put(key("a.hk"), vec![1]),
            Write::Add(key("n"), 1),
        ]))
        .await;
    assert!(matches!(refusal, Err(CommitError::Store(_))), "{refusal:?}");
    assert_eq!(store.get(&key("a.hk")).await.unwrap(), None);
    assert_eq!(store.counter(&key("n")).await.unwrap(), i64::MAX);
}

pub async fn values_and_counters_do_not_meet(store: impl Store) {
    store
        .commit(change(vec![
            Write::Add(key("x"), 7),
            Write::Put(key("x"), b"value".to_vec()),
        ]))
        .await
        .unwrap();
    store
        .commit(change(vec![Write::Delete(key("x"))]))
        .await
        .unwrap();
    assert_eq!(store.counter(&key("x")).await.unwrap(), 7);
    assert_eq!(store.get(&key("x")).await.unwrap(), None);
    assert!(store.scan(b"", None, 10).await.unwrap().is_empty());
}

pub async fn scan_pages_in_order_within_prefix(store: impl Store) {
    let names = ["a", "b", "ba", "bb", "bc", "c"];
    let writes = names.iter().rev();
    store
        .commit(change(
            writes
                .map(|name| Write::Put(key(name), name.as_bytes().to_vec()))
                .chain([Write::Put(Key::new("host", &["b"]), vec![1])])
                .collect(),
        ))
        .await
        .unwrap();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.scan(b"domain/b", after.as_ref(), 2).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        seen.extend(page.into_iter().map(|(key, _)| key.parts()[0].clone()));
    }
    assert_eq!(seen, ["b", "ba", "bb", "bc"]);
    assert_eq!(store.scan(b"", None, 100).await.unwrap().len(), 7);
    let before_prefix = key("a");
    let page = store.scan(b"domain/b", Some(&before_prefix), 1).await;
    assert_eq!(page.unwrap()[0].0, key("b"));
    let beyond = store.scan(b"domain/b", Some(&key("c")), 1).await;
    assert!(beyond.unwrap().is_empty());
}

pub async fn writes_of_one_change_apply_in_order(store: impl Store) {
    store
        .commit(change(vec![
            Write::Put(key("a"), b"1".to_vec()),
            Write::Delete(key("a")),
            Write::Put(key("b"), b"1".to_vec()),
            Write::Put(key("b"), b"2".to_vec()),
            Write::Put(key("c"), b"1".to_vec()),
            Write::Delete(key("c")),
        ]))
        .await
        .unwrap();
    let all = store.scan(b"", None, 10).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(&all[0].1.value[..], b"2");
}

pub async fn race_for_one_key_has_one_winner(store: impl Store) {
    for round in 0..20 {
        let name = format!("race{round}.hk");
        let racers: Vec<_> = (0..8)
            .map(|racer| {
                let (store, name) = (store.clone(), name.clone());
                tokio::spawn(async move {
                    let change = ChangeSet {
                        asserts: vec![Assert::Absent(key(&name))],
                        ..change(vec![Write::Put(key(&name), vec![racer])])
                    };
                    store.commit(change).await
                })
            })
            .collect();
        let mut winners = Vec::new();
        for (racer, task) in racers.into_iter().enumerate() {
            match task.await.unwrap() {
                Ok(sequence) => winners.push((sequence, racer)),
                Err(error) => assert_eq!(error, CommitError::Conflict(key(&name))),
            }
        }
        assert_eq!(winners.len(), 1, "round {round}");
        let stored = store.get(&key(&name)).await.unwrap().unwrap();
        assert_eq!(stored.version, winners[0].0);
        assert_eq!(usize::from(stored.value[0]), winners[0].1);
    }
}

pub async fn sums_under_concurrency_lose_nothing(store: impl Store) {
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..25 {
                    let change = change(vec![Write::Add(key("sum"), 1)]);
                    store.commit(change).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(store.counter(&key("sum")).await.unwrap(), 200);
}

/// Nobody reads what was before a commit once that commit is answered, however often it was read meanwhile.
pub async fn readers_never_see_an_answered_commit_undone(store: impl Store) {
    const COMMITS: i64 = 1000;
    // So many that each rests for a while between two commits of its own.
    const SLOTS: i64 = 50;
    let name = |slot: i64| key(&format!("slot{slot}"));
    let answered = Arc::new(AtomicI64::new(0));
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (store, answered) = (store.clone(), Arc::clone(&answered));
            tokio::spawn(async move {
                for slot in (0..SLOTS).cycle() {
                    let last = answered.load(Ordering::SeqCst);
                    if last == COMMITS {
                        return;
                    }
                    let least = last - (last - slot).rem_euclid(SLOTS);
                    let number = store.counter(&name(slot)).await.unwrap();
                    let stored = store.get(&name(slot)).await.unwrap();
                    let text = stored.map_or_else(Vec::new, |stored| stored.value.to_vec());
                    let text: i64 = String::from_utf8(text).unwrap().parse().unwrap_or(0);
                    assert!(text >= least, "slot {slot}: {text} after {last}");
                    assert!(
                        number * SLOTS > least - SLOTS,
                        "slot {slot}: {number} after {last}"
                    );
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for number in 1..=COMMITS {
        let slot = name(number % SLOTS);
        let put = Write::Put(slot.clone(), number.to_string().into_bytes());
        store
            .commit(change(vec![put, Write::Add(slot, 1)]))
            .await
            .unwrap();
        answered.store(number, Ordering::SeqCst);
    }
    for reader in readers {
        reader.await.unwrap();
    }
}

/// The naive store a change set is compared with.
#[derive(Clone, Default)]
pub struct Model {
    pub values: BTreeMap<Key, (u64, Vec<u8>)>,
    pub counters: BTreeMap<Key, i64>,
    pub sequence: u64,
}

impl Model {
    /// Applies a change set, or says no and stays as it was.
    pub fn commit(&mut self, change: &ChangeSet) -> Option<u64> {
        let holds = change.asserts.iter().all(|assert| match assert {
            Assert::Absent(key) => !self.values.contains_key(key),
            Assert::Present(key) => self.values.contains_key(key),
            Assert::Version(key, at) => self.values.get(key).is_some_and(|(v, _)| v == at),
            Assert::CounterEquals(key, n) => self.counters.get(key).copied().unwrap_or(0) == *n,
            Assert::CounterAtLeast(key, n) => self.counters.get(key).copied().unwrap_or(0) >= *n,
        });
        if !holds {
            return None;
        }
        self.sequence += 1;
        for write in &change.writes {
            match write {
                Write::Put(key, value) => {
                    self.values
                        .insert(key.clone(), (self.sequence, value.clone()));
                }
                Write::Delete(key) => {
                    self.values.remove(key);
                }
                Write::Add(key, amount) => *self.counters.entry(key.clone()).or_default() += amount,
            }
        }
        Some(self.sequence)
    }

    /// Panics unless the store holds exactly what the model holds.
    pub async fn compare(&self, store: &impl Store, names: &[String]) {
        let all = store.scan(b"", None, usize::MAX).await.unwrap();
        let all: BTreeMap<_, _> = all
            .into_iter()
            .map(|(key, stored)| (key, (stored.version, stored.value.to_vec())))
            .collect();
        assert_eq!(all, self.values);
        for name in names {
            let key = key(name);
            assert_eq!(
                store.counter(&key).await.unwrap(),
                self.counters.get(&key).copied().unwrap_or(0)
            );
            let value = store.get(&key).await.unwrap();
            let value = value.map(|stored| (stored.version, stored.value.to_vec()));
            assert_eq!(value.as_ref(), self.values.get(&key));
            assert_eq!(
                store.contains(&key).await.unwrap(),
                self.values.contains_key(&key)
            );
        }
    }
}

/// Draws a change set over a handful of keys, so that conflicts are frequent.
pub fn any_change() -> impl Strategy<Value = ChangeSet> {
    let name = || prop::sample::select(names());
    let write = prop_oneof![
        3 => (name(), prop::collection::vec(any::<u8>(), 0..600)).prop_map(|(n, v)| Write::Put(key(&n), v)),
        1 => name().prop_map(|n| Write::Delete(key(&n))),
        2 => (name(), -3..4_i64).prop_map(|(n, a)| Write::Add(key(&n), a)),
    ];
    let assert = prop_oneof![
        name().prop_map(|n| Assert::Absent(key(&n))),
        name().prop_map(|n| Assert::Present(key(&n))),
        (name(), 0..20_u64).prop_map(|(n, v)| Assert::Version(key(&n), v)),
        (name(), -2..3_i64).prop_map(|(n, c)| Assert::CounterEquals(key(&n), c)),
        (name(), -2..3_i64).prop_map(|(n, c)| Assert::CounterAtLeast(key(&n), c)),
    ];
    (
        prop::collection::vec(assert, 0..2),
        prop::collection::vec(write, 0..6),
    )
        .prop_map(|(asserts, writes)| ChangeSet {
            asserts,
            ..change(writes)
        })
}

/// The keys [`any_change`] draws from.
pub fn names() -> Vec<String> {
    (0..6).map(|n| format!("n{n}.hk")).collect()
}

pub fn random_changes_match_the_model(store: &impl Store) {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut runner = TestRunner::deterministic();
    let mut model = Model::default();
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..400 {
        let change = any_change().new_tree(&mut runner).unwrap().current();
        let expected = model.commit(&change);
        let got = runtime.block_on(store.commit(change));
        assert_eq!(got.ok(), expected, "round {round}");
        match expected {
            Some(_) => accepted += 1,
            None => refused += 1,
        }
        if round % 50 == 49 {
            runtime.block_on(model.compare(store, &names()));
        }
    }
    assert!(accepted > 50 && refused > 50, "{accepted} {refused}");
}
