//! A disk that loses power, tears writes and fails, under a real store; seeds make the faults.
//!
//! Unsynced writes survive a power loss sector by sector or not at all; names survive in order up to some point.
//! A failed sync leaves the data readable and not durable, as Linux does.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use chrono::DateTime;

use super::change::{Assert, Audit, ChangeSet};
use super::disk::{Disk, DiskFile};
use super::engine::{Durable, Options, open_on};
use super::error::{CommitError, Error};
use super::index::{Home, Index, Rows, SlotVisitor, Visitor};
use super::journal::Link;
use super::key::Key;
use super::memory::Memory;
use super::state::{Row, Slot};
use super::{Store, decode_record, decode_record_unchecked};

/// A small generator of pseudo-random numbers (splitmix64).
#[derive(Clone, Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// One file's content.
#[derive(Debug, Default)]
struct Inode {
    durable: Vec<u8>,
    volatile: Vec<u8>,
    /// Writes since the last sync.
    unsynced: Vec<(usize, Vec<u8>)>,
}

/// A change of names that no directory sync covered yet.
#[derive(Clone, Debug)]
enum NameChange {
    Set(PathBuf, usize),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

#[derive(Debug)]
struct World {
    random: Random,
    inodes: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    unsynced: Vec<NameChange>,
    /// Operations until the power goes.
    power: u64,
    /// One in so many writes or syncs fails; 0 for none.
    failing: u64,
}

/// The disk; clones share the world.
#[derive(Clone, Debug)]
struct SimDisk(Arc<Mutex<World>>);

#[derive(Debug)]
struct SimFile(SimDisk, usize);

fn apply(names: &mut BTreeMap<PathBuf, usize>, change: &NameChange) {
    match change {
        NameChange::Set(path, inode) => {
            names.insert(path.clone(), *inode);
        }
        NameChange::Rename(from, to) => {
            if let Some(inode) = names.remove(from) {
                names.insert(to.clone(), inode);
            }
        }
        NameChange::Remove(path) => {
            names.remove(path);
        }
    }
}

fn overlay(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    if content.len() < offset + bytes.len() {
        content.resize(offset + bytes.len(), 0);
    }
    content[offset..offset + bytes.len()].copy_from_slice(bytes);
}

impl World {
    /// Counts an operation; fails when the power is gone.
    fn operate(&mut self) -> io::Result<()> {
        self.power = self.power.saturating_sub(1);
        match self.power {
            0 => Err(io::Error::other("no power")),
            _ => Ok(()),
        }
    }

    /// Says whether this operation is to fail.
    fn fails(&mut self) -> bool {
        self.failing > 0 && self.random.below(self.failing) == 0
    }

    fn change_name(&mut self, change: NameChange) {
        apply(&mut self.names, &change);
        self.unsynced.push(change);
    }

    /// Loses what was not synced, or a part of it.
    fn crash(&mut self) {
        let kept = self.random.below(self.unsynced.len() as u64 + 1) as usize;
        for change in self.unsynced.drain(..).take(kept) {
            apply(&mut self.durable_names, &change);
        }
        self.names = self.durable_names.clone();
        let random = &mut self.random;
        for inode in &mut self.inodes {
            for (offset, bytes) in inode.unsynced.drain(..) {
                let fate = random.below(3);
                for (sector, part) in bytes.chunks(512).enumerate() {
                    if fate == 0 || fate == 1 && random.below(2) == 0 {
                        overlay(&mut inode.durable, offset + sector * 512, part);
                    }
                }
            }
            inode.volatile.clone_from(&inode.durable);
        }
    }
}

impl Disk for SimDisk {
    fn create_dirs(&self, _: &Path) -> io::Result<()> {
        self.0.lock().unwrap().operate()
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut world = self.0.lock().unwrap();
        world.operate()?;
        let paths = world.names.keys().filter(|path| path.parent() == Some(dir));
        let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        Ok(paths.map(name).collect())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut world = self.0.lock().unwrap();
        world.operate()?;
        let inode = world.inodes.len();
        world.inodes.push(Inode::default());
        world.change_name(NameChange::Set(path.into(), inode));
        Ok(Box::new(SimFile(self.clone(), inode)))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut world = self.0.lock().unwrap();
        world.operate()?;
        let inode = world.names.get(path).copied();
        let inode = inode.ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(SimFile(self.clone(), inode)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut world = self.0.lock().unwrap();
        world.operate()?;
        world.change_name(NameChange::Rename(from.into(), to.into()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut world = self.0.lock().unwrap();
        world.operate()?;
        world.change_name(NameChange::Remove(path.into()));
        Ok(())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        let mut world = self.0.lock().unwrap();
        world.operate()?;
        if world.fails() {
            return Err(io::Error::other("injected: directory sync"));
        }
        world.durable_names = world.names.clone();
        world.unsynced.clear();
        Ok(())
    }
}

impl DiskFile for SimFile {
    fn length(&self) -> io::Result<u64> {
        let mut world = self.0.0.lock().unwrap();
        world.operate()?;
        Ok(world.inodes[self.1].volatile.len() as u64)
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut world = self.0.0.lock().unwrap();
        world.operate()?;
        let content = &world.inodes[self.1].volatile;
        let rest = content.get(offset as usize..).unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut world = self.0.0.lock().unwrap();
        let mut written = bytes.len();
        let mut outcome = world.operate();
        if outcome.is_err() || world.fails() {
            written = world.random.below(bytes.len() as u64 + 1) as usize;
            outcome = Err(io::ErrorKind::StorageFull.into());
        }
        let inode = &mut world.inodes[self.1];
        overlay(&mut inode.volatile, offset as usize, &bytes[..written]);
        inode
            .unsynced
            .push((offset as usize, bytes[..written].to_vec()));
        outcome
    }

    fn sync(&self) -> io::Result<()> {
        let mut world = self.0.0.lock().unwrap();
        world.operate()?;
        if world.fails() {
            // The system forgets that the pages were dirty: readable now, gone after a power loss.
            world.inodes[self.1].unsynced.clear();
            return Err(io::Error::other("injected: sync"));
        }
        let inode = &mut world.inodes[self.1];
        // Only what was written since, so that a write lost by a failed sync stays lost.
        for (offset, bytes) in std::mem::take(&mut inode.unsynced) {
            overlay(&mut inode.durable, offset, &bytes);
        }
        Ok(())
    }
}

/// An index in memory that never survives.
#[derive(Debug)]
struct MapIndex {
    state: Mutex<(BTreeMap<Slot, Row>, Link)>,
    flaw: Arc<AtomicBool>,
}

/// Makes such indexes; while the flaw is set, the last one made fails every read.
#[derive(Debug, Default)]
struct MapHome {
    flaw: Arc<AtomicBool>,
}

impl Index for MapIndex {
    fn get(&self, slot: &[u8]) -> Result<Option<Row>, Error> {
        if self.flaw.load(Ordering::SeqCst) {
            return Err(Error::Index("injected".into()));
        }
        let slot = Slot::from_bytes(slot.to_vec());
        Ok(self.state.lock().unwrap().0.get(&slot).cloned())
    }

    fn range(&self, from: &[u8], exclusive: bool, visit: Visitor<'_>) -> Result<(), Error> {
        let from = Slot::from_bytes(from.to_vec());
        for (slot, row) in self.state.lock().unwrap().0.range(from.clone()..) {
            let skipped = exclusive && *slot == from;
            if !skipped && !visit(slot.as_bytes(), row.clone()) {
                break;
            }
        }
        Ok(())
    }

    fn apply(&self, rows: &Rows, link: Link) -> Result<(), Error> {
        let mut state = self.state.lock().unwrap();
        for (slot, row) in rows.iter().cloned() {
            match row {
                Some(row) => state.0.insert(slot, row),
                None => state.0.remove(&slot),
            };
        }
        state.1 = link;
        Ok(())
    }

    fn load(&self, rows: &Rows) -> Result<(), Error> {
        self.apply(rows, self.applied())
    }

    fn applied(&self) -> Link {
        self.state.lock().unwrap().1
    }
}

impl Home for MapHome {
    fn is_new(&self) -> bool {
        true
    }

    fn reopen(&self, _: SlotVisitor<'_>) -> Result<Option<Box<dyn Index>>, Error> {
        Ok(None)
    }

    fn create(&self, start: Link) -> Result<Box<dyn Index>, Error> {
        self.flaw.store(false, Ordering::SeqCst);
        Ok(Box::new(MapIndex {
            state: Mutex::new((BTreeMap::new(), start)),
            flaw: Arc::clone(&self.flaw),
        }))
    }

    fn adopt(&self) -> Result<(), Error> {
        Ok(())
    }

    fn distrust(&self) {}

    fn close(&self, _: Box<dyn Index>, _: bool) -> Result<(), Error> {
        Ok(())
    }
}

/// A registry's worth of change sets against one simulated disk.
struct Run {
    seed: u64,
    disk: SimDisk,
    random: Random,
    submitted: Vec<ChangeSet>,
    acknowledged: BTreeMap<usize, u64>,
}

impl Run {
    fn new(seed: u64) -> Self {
        let world = World {
            random: Random(seed ^ 0xd15c),
            inodes: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            unsynced: Vec::new(),
            power: u64::MAX,
            failing: 0,
        };
        Self {
            seed,
            disk: SimDisk(Arc::new(Mutex::new(world))),
            random: Random(seed),
            submitted: Vec::new(),
            acknowledged: BTreeMap::new(),
        }
    }

    fn open(&self, home: MapHome) -> Result<Durable, Error> {
        let options = Options {
            segment_size: 8192,
            checkpoint_every: 12_000,
            index_cache: 0,
            resident: vec!["domain".into()],
            ..Options::default()
        };
        let disk = Arc::new(self.disk.clone());
        open_on(Path::new("/sim"), &options, disk, Arc::new(home), None)
    }

    /// Draws a change set; its audit line carries its number.
    fn draw(&mut self) -> ChangeSet {
        let random = &mut self.random;
        let mut change = ChangeSet::new(Audit {
            at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
            server_transaction: "HKEPP-sim".into(),
            client_transaction: None,
            actor: "simulation".into(),
            command: "domain:update".into(),
            object: self.submitted.len().to_string(),
        });
        let mut key = || Key::new("domain", &[&format!("n{}.hk", random.below(8))]);
        let (a, b, c) = (key(), key(), key());
        if random.below(6) == 0 {
            change.assert(Assert::Absent(a.clone()));
        }
        let size = [10, 400, 3000][random.below(3) as usize];
        change.put(a, vec![random.next() as u8; size]);
        change.add(b, 1);
        if random.below(3) == 0 {
            change.delete(c);
        }
        self.submitted.push(change.clone());
        change
    }

    /// Lives once: opens, commits until enough or until the disk fails, and stops.
    async fn live(&mut self, faulty: bool) {
        {
            let mut world = self.disk.0.lock().unwrap();
            world.power = if faulty {
                20 + self.random.below(600)
            } else {
                u64::MAX
            };
            world.failing = [0, 0, 40, 150][self.random.below(4) as usize] * u64::from(faulty);
        }
        let store = match self.open(MapHome::default()) {
            Ok(store) => store,
            Err(error) => {
                let excused = matches!(error, Error::File { .. });
                assert!(faulty && excused, "seed {}: {error}", self.seed);
                return;
            }
        };
        self.check(&store).await;
        let rounds = 1 + self.random.below(25);
        for _ in 0..rounds {
            let width = 1 + self.random.below(4);
            let first = self.submitted.len();
            let waiting: Vec<_> = (0..width)
                .map(|_| {
                    let (store, change) = (store.clone(), self.draw());
                    tokio::spawn(async move { store.commit(change).await })
                })
                .collect();
            let mut refused = false;
            for (number, answer) in waiting.into_iter().enumerate() {
                match answer.await.unwrap() {
                    Ok(sequence) => {
                        assert!(
                            !refused || width > 1,
                            "seed {}: answered after failing",
                            self.seed
                        );
                        self.acknowledged.insert(first + number, sequence);
                    }
                    Err(CommitError::Conflict(_)) => {}
                    Err(CommitError::Store(error)) => {
                        assert!(faulty, "seed {}: {error}", self.seed);
                        refused = true;
                    }
                }
            }
            if refused {
                let again = store.commit(self.draw()).await;
                assert!(
                    matches!(again, Err(CommitError::Store(_))),
                    "seed {}",
                    self.seed
                );
                break;
            }
        }
        // Whether it closes well is the disk's affair.
        store.close().await.ok();
    }

    /// Compares a freshly opened store with everything that was answered.
    async fn check(&self, store: &Durable) {
        let (model, mut present) = (Memory::new(), BTreeMap::new());
        let mut trail = Vec::new();
        let read = store.audit_from(1, &mut |line| {
            trail.push((line.sequence, line.audit.object.parse::<usize>().unwrap()));
            true
        });
        if read.is_err() && self.disk.0.lock().unwrap().power == 0 {
            return;
        }
        read.unwrap_or_else(|error| panic!("seed {}: {error}", self.seed));
        for (sequence, number) in trail {
            present.insert(number, sequence);
            assert_eq!(
                model.commit(self.submitted[number].clone()).await,
                Ok(sequence)
            );
        }
        for (number, sequence) in &self.acknowledged {
            assert_eq!(
                present.get(number),
                Some(sequence),
                "seed {}: lost",
                self.seed
            );
        }
        let all = store.scan(b"", None, usize::MAX).await.unwrap();
        assert_eq!(all, model.scan(b"", None, usize::MAX).await.unwrap());
        for number in 0..8 {
            let key = Key::new("domain", &[&format!("n{number}.hk")]);
            assert_eq!(store.counter(&key).await, model.counter(&key).await);
        }
    }
}

/// Returns a number from the environment of a longer run, or the usual one.
fn rounds(variable: &str, usual: u64) -> u64 {
    let value = std::env::var(variable).ok();
    value.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn faulty_disk_loses_nothing_acknowledged() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let acknowledged = AtomicU64::new(0);
    let first = rounds("HKEPP_FAULT_FIRST_SEED", 0);
    let seeds = rounds("HKEPP_FAULT_SEEDS", 500);
    for seed in first..first + seeds {
        runtime.block_on(async {
            let mut run = Run::new(seed);
            for _ in 0..4 {
                run.live(true).await;
                if run.random.below(4) > 0 {
                    run.disk.0.lock().unwrap().crash();
                }
            }
            run.live(false).await;
            run.live(false).await;
            acknowledged.fetch_add(run.acknowledged.len() as u64, Ordering::Relaxed);
        });
    }
    let acknowledged = acknowledged.into_inner();
    println!("{seeds} seeds, {acknowledged} acknowledged commits, 0 lost");
    assert!(acknowledged > seeds * 10);
}

#[test]
fn arbitrary_octets_never_panic_the_decoder() {
    let mut random = Random(7);
    let mut accepted = 0;
    for _ in 0..20_000 {
        let length = random.below(300) as usize;
        let mut bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        decode_record(&bytes);
        if let Some(format) = bytes.get_mut(56) {
            *format = 1;
        }
        accepted += u32::from(decode_record_unchecked(&bytes));
    }
    assert_eq!(accepted, 0);
}

#[tokio::test]
async fn index_that_fails_is_rebuilt_while_the_store_runs() {
    let mut run = Run::new(1);
    let (home, flaw) = {
        let home = MapHome::default();
        let flaw = Arc::clone(&home.flaw);
        (home, flaw)
    };
    let store = run.open(home).unwrap();
    for _ in 0..50 {
        store.commit(run.draw()).await.ok();
    }
    let expected = store.scan(b"", None, usize::MAX).await.unwrap();
    let (key, stored) = expected.first().cloned().unwrap();
    flaw.store(true, Ordering::SeqCst);
    // The row is read from memory until the index has it; then the fault shows.
    while store.get(&key).await.is_ok() && flaw.load(Ordering::SeqCst) {
        tokio::task::yield_now().await;
    }
    while flaw.load(Ordering::SeqCst) || store.get(&key).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(store.get(&key).await, Ok(Some(stored)));
    assert_eq!(store.scan(b"", None, usize::MAX).await, Ok(expected));
    assert_eq!(store.failure(), None);
    store.commit(run.draw()).await.ok();
    run.check(&store).await;
    store.close().await.unwrap();
}
