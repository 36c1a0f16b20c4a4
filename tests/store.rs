//! The store: one contract suite for every backend, and what the durable one promises beyond it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub
)]

#[path = "support/store_contract.rs"]
mod contract;
#[path = "support/store_damage.rs"]
mod damage;
#[path = "store/files.rs"]
mod files;
#[path = "store/records.rs"]
mod records;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use hkepp::store::{
    CommitError, Durable, Error, IndexState, Memory, Options, Store, Write, backup_restore, verify,
};

use contract::{change, key};
use damage::{Random, rounds};

contract::suite!(memory, (Memory::new(), ()));
contract::suite!(durable, {
    let dir = tempfile::tempdir().unwrap();
    (Durable::open(dir.path(), &small()).unwrap(), dir)
});

/// Settings small enough that a test rotates segments and makes checkpoints.
fn small() -> Options {
    Options {
        segment_size: 32 * 1024,
        checkpoint_every: 64 * 1024,
        index_cache: 8 * 1024 * 1024,
        resident: vec!["domain".into()],
        ..Options::default()
    }
}

#[test]
#[ignore = "the child process of other tests"]
fn play_child() {
    let (Ok(role), Ok(dir)) = (
        std::env::var("HKEPP_STORE_ROLE"),
        std::env::var("HKEPP_STORE_DIR"),
    ) else {
        return;
    };
    damage::play(&role, Path::new(&dir), &small());
}

/// Makes a store with the common history and returns its digest after a clean close.
async fn make_history(dir: &Path) -> String {
    let store = Durable::open(dir, &small()).unwrap();
    damage::commit_history(&store).await;
    let digest = store.digest().unwrap().to_string();
    store.close().await.unwrap();
    digest
}

/// Returns the digest the common history must have.
async fn expected_digest() -> String {
    let model = Memory::new();
    damage::commit_history(&model).await;
    model.digest().to_string()
}

#[tokio::test]
async fn reopened_store_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(make_history(dir.path()).await, expected_digest().await);
    for index_lost in [false, true, false] {
        if index_lost {
            fs::remove_dir_all(dir.path().join("index")).unwrap();
        }
        let store = Durable::open(dir.path(), &small()).unwrap();
        assert_eq!(store.digest().unwrap().to_string(), expected_digest().await);
        let report = store.verify().unwrap();
        assert!(report.is_sound(), "{report:?}");
        assert_eq!(report.index, IndexState::Agrees);
        assert_eq!((report.first, report.last), (1, store.sequence()));
        assert!(report.segments > 3 && report.checkpoints > 0, "{report:?}");
        store.close().await.unwrap();
        let again = store.commit(change(vec![])).await;
        assert_eq!(again, Err(CommitError::Store(Error::Closed)));
        assert_eq!(store.get(&key("name1.hk")).await, Err(Error::Closed));
    }
    let report = verify(dir.path()).unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.index, IndexState::Agrees);
    assert_eq!(report.digest, Some(expected_digest().await));
}

#[tokio::test]
async fn second_opening_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let store = Durable::open(dir.path(), &small()).unwrap();
    let error = Durable::open(dir.path(), &small()).unwrap_err();
    assert_eq!(error, Error::Locked(dir.path().to_path_buf()));
    assert!(error.to_string().contains("another process"));
    store.close().await.unwrap();
    Durable::open(dir.path(), &small()).unwrap();
}

#[tokio::test]
async fn audit_trail_tells_who_did_what() {
    let dir = tempfile::tempdir().unwrap();
    let store = Durable::open(dir.path(), &small()).unwrap();
    assert!(store.audit_tail(5).unwrap().is_empty());
    damage::commit_history(&store).await;
    let lines = store.audit_tail(150).unwrap();
    let history = damage::history();
    assert_eq!(lines.len(), 150);
    for (line, change) in lines.iter().zip(&history[history.len() - 150..]) {
        assert_eq!(line.audit, change.audit);
        assert_eq!(line.keys.len(), change.writes.len());
    }
    assert_eq!(lines.last().unwrap().sequence, store.sequence());
    let report = store.audit_verify().unwrap();
    assert_eq!(report.head, lines.last().unwrap().hash);
    store.close().await.unwrap();
}

#[tokio::test]
async fn restored_backup_has_the_same_digest_and_goes_on() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (file, place) = (elsewhere.path().join("b"), elsewhere.path().join("new"));
    let store = Durable::open(dir.path(), &small()).unwrap();
    damage::commit_history(&store).await;
    let backup = store.backup_create(&file).unwrap();
    assert_eq!(backup.digest, expected_digest().await);
    store
        .commit(change(vec![Write::Put(key("later.hk"), vec![1])]))
        .await
        .unwrap();
    store.close().await.unwrap();

    assert_eq!(backup_restore(&file, &place).unwrap(), backup);
    assert!(backup_restore(&file, &place).is_err());
    let restored = Durable::open(&place, &small()).unwrap();
    assert_eq!(restored.digest().unwrap().to_string(), backup.digest);
    assert_eq!(restored.sequence(), backup.sequence);
    assert!(!restored.contains(&key("later.hk")).await.unwrap());
    let next = restored.commit(change(vec![])).await.unwrap();
    assert_eq!(next, backup.sequence + 1);
    restored.close().await.unwrap();
    let report = verify(&place).unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.first, backup.sequence + 1);

    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    let error = backup_restore(&file, &elsewhere.path().join("third")).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
}

#[tokio::test]
async fn journal_cut_below_the_head_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    make_history(dir.path()).await;
    let mut segments: Vec<_> = fs::read_dir(dir.path().join("journal"))
        .unwrap()
        .map(|item| item.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "journal"))
        .collect();
    segments.sort();
    fs::remove_file(segments.last().unwrap()).unwrap();
    let error = Durable::open(dir.path(), &small()).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
    assert!(error.to_string().contains(".journal"), "{error}");
}

#[tokio::test]
async fn newer_formats_are_refused_by_name() {
    let base = tempfile::tempdir().unwrap();
    make_history(base.path()).await;
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("store");
    damage::copy(base.path(), &place);
    let first = place.join("journal/00000000000000000001.journal");
    let mut bytes = fs::read(&first).unwrap();
    bytes[8] = 2;
    let crc = crc32c::crc32c(&bytes[..60]);
    bytes[60..64].copy_from_slice(&crc.to_le_bytes());
    fs::write(&first, bytes).unwrap();
    let report = verify(&place).unwrap();
    assert!(
        report.problems[0].contains("format version 2"),
        "{report:?}"
    );
}

#[test]
fn killed_process_loses_nothing_answered() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = Random(9);
    let mut answered = BTreeMap::new();
    for round in 0..rounds("HKEPP_KILL_ROUNDS", 10) {
        let pairs = damage::write_and_kill(dir.path(), 20 + random.below(200));
        assert!(pairs.len() > 10, "round {round}: {}", pairs.len());
        answered.extend(pairs);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let store = Durable::open(dir.path(), &small()).unwrap();
            for (id, sequence) in &answered {
                let stored = store.get(&key(&id.to_string())).await.unwrap();
                assert_eq!(stored.map(|s| s.version), Some(*sequence), "round {round}");
            }
            assert!(damage::count_whole_bundles(&store).await >= answered.len() as u64);
            let report = store.verify().unwrap();
            assert!(report.is_sound(), "round {round}: {report:?}");
            store.close().await.unwrap();
        });
    }
    println!("{} answered commits, 0 lost", answered.len());
}

#[test]
fn damaged_files_are_repaired_or_told_never_served() {
    let base = tempfile::tempdir().unwrap();
    let (clean, unclean) = (base.path().join("clean"), base.path().join("unclean"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        make_history(&clean).await;
        let store = Durable::open(&base.path().join("live"), &small()).unwrap();
        damage::commit_history(&store).await;
        damage::copy(&base.path().join("live"), &unclean);
        store.close().await.unwrap();
    });
    let mut random = Random(rounds("HKEPP_DAMAGE_SEED", 1));
    let mut outcomes = BTreeMap::<String, u32>::new();
    for trial in 0..rounds("HKEPP_DAMAGE_TRIALS", 40) {
        let place = base.path().join("trial");
        let from = if random.below(3) == 0 {
            &unclean
        } else {
            &clean
        };
        damage::copy(from, &place);
        let group = ["journal", "index", "journal", "index", "checkpoint", "head"];
        let group = group[random.below(6) as usize];
        let what = damage::damage(&place, group, &mut random);
        let said = damage::verdict("inspect", &place);
        let word = said.split_whitespace().take(2).collect::<Vec<_>>();
        let known = match word[..] {
            ["refused", _] => {
                said.contains("is damaged at offset") || said.contains("format version")
            }
            ["same", _] => true,
            _ => false,
        };
        assert!(known, "trial {trial}, {what}: {said}");
        assert!(
            group != "index" || word == ["same", "sound"],
            "trial {trial}, {what}: {said}"
        );
        let word = if word[0] == "refused" {
            "refused".into()
        } else {
            word.join(" ")
        };
        *outcomes.entry(format!("{group} {word}")).or_default() += 1;
        fs::remove_dir_all(&place).unwrap();
    }
    println!("{outcomes:#?}");
}

/// Where the store of format 1 lies.
const FROZEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/store/v1");

/// The change sets in the frozen store.
fn frozen_history() -> Vec<hkepp::store::ChangeSet> {
    let draw = |n: u8| {
        let mut change = change(vec![
            Write::Put(key(&format!("name{}.hk", n % 7)), vec![n; 150]),
            Write::Add(key("links"), i64::from(n)),
        ]);
        if n % 5 == 4 {
            change.writes.push(Write::Delete(key("name1.hk")));
        }
        change.audit.object = format!("\u{9999}\u{6e2f}{n}");
        change.audit.client_transaction = n.is_multiple_of(2).then(|| format!("ABC-{n}"));
        change
    };
    (0..16).map(draw).collect()
}

/// Settings that give the frozen store several segments.
fn tiny() -> Options {
    Options {
        segment_size: 4096,
        checkpoint_every: 3000,
        ..small()
    }
}

#[tokio::test]
#[ignore = "made the frozen store once; a new format gets a new directory"]
async fn freeze_store() {
    assert!(std::env::var_os("HKEPP_FREEZE").is_some(), "it is frozen");
    let dir = tempfile::tempdir().unwrap();
    let store = Durable::open(dir.path(), &tiny()).unwrap();
    for change in frozen_history() {
        store.commit(change).await.unwrap();
    }
    store.close().await.unwrap();
    for name in ["journal", "checkpoint"] {
        damage::copy(&dir.path().join(name), &Path::new(FROZEN).join(name));
    }
    fs::remove_file(Path::new(FROZEN).join("journal/next.preparing")).ok();
    fs::copy(dir.path().join("head"), Path::new(FROZEN).join("head")).unwrap();
}

#[tokio::test]
async fn frozen_store_of_format_1_opens() {
    let (dir, model) = (tempfile::tempdir().unwrap(), Memory::new());
    damage::copy(Path::new(FROZEN), dir.path());
    for change in frozen_history() {
        model.commit(change).await.unwrap();
    }
    let report = verify(dir.path()).unwrap();
    assert!(report.is_sound() && report.segments > 1, "{report:?}");
    assert!(report.checkpoints > 0, "{report:?}");
    let store = Durable::open(dir.path(), &tiny()).unwrap();
    assert_eq!(store.digest().unwrap(), model.digest());
    let trail = store.audit_tail(100).unwrap();
    assert_eq!(trail.len(), 16);
    assert_eq!(trail[15].audit, frozen_history()[15].audit);
    assert_eq!(store.commit(change(vec![])).await, Ok(17));
    store.close().await.unwrap();
}
