//! The store's commits beside what the disk itself does, in one run: `cargo bench --bench store`.
//!
//! A commit here is 8 puts of 400 octets with one assert. Figures depend on the machine and on who else uses
//! it; the ratios to the disk's own append-and-sync rate are what to compare. `HKEPP_BENCH_SECONDS` sets the
//! time of each row, `HKEPP_BENCH_NAMES` adds a load of that many names with a rebuild of the index.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::DateTime;
use hdrhistogram::Histogram;
use hkepp::store::{Assert, Audit, ChangeSet, Durable, Key, Options, Store};

fn main() {
    let seconds = number("HKEPP_BENCH_SECONDS").unwrap_or(4);
    let time = Duration::from_secs(seconds);
    let dir = tempfile::tempdir().unwrap();
    println!("disk: append 4 KiB and fdatasync, one thread");
    let growing = disk(&dir.path().join("growing"), time, 0);
    println!("  growing file         {growing:>8.0}/s");
    let filled = disk(&dir.path().join("filled"), time, 64 << 20);
    println!("  file filled before   {filled:>8.0}/s");
    println!("store: commits of 8 puts of 400 octets, durable before the answer");
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    for committers in [1, 16, 64, 256] {
        let place = dir.path().join(committers.to_string());
        let store = Durable::open(&place, &options()).unwrap();
        let before = cpu();
        let (rate, latency) = runtime.block_on(commits(&store, committers, time));
        let spent = (cpu() - before).as_micros() as u64 / latency.len().max(1);
        println!(
            "  {committers:>3} committers       {rate:>8.0}/s   p50 {:>6} us   p99 {:>6} us   CPU {spent:>4} us   {:.2} x growing, {:.2} x filled",
            latency.value_at_quantile(0.5),
            latency.value_at_quantile(0.99),
            rate / growing,
            rate / filled,
        );
        runtime.block_on(store.close()).unwrap();
    }
    if seconds > 0 {
        reads(&dir.path().join("64"), &runtime);
    }
    if let Some(names) = number("HKEPP_BENCH_NAMES") {
        load(&dir.path().join("load"), names, &runtime);
    }
}

/// Reads a number from the environment.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Returns the CPU time this process has used; tells more than the clock on a busy machine.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat
        .rsplit_once(')')
        .unwrap()
        .1
        .split_whitespace()
        .collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    // A tick is a hundredth of a second on every Linux that matters here.
    Duration::from_millis(ticks * 10)
}

/// Settings as in production, with the kind that `check` asks for in memory.
fn options() -> Options {
    Options {
        resident: vec!["domain".into()],
        ..Options::default()
    }
}

/// Returns appends of 4 KiB a second, each synced; `filled` octets are written before.
fn disk(path: &Path, time: Duration, filled: usize) -> f64 {
    let file = File::create(path).unwrap();
    if filled > 0 {
        file.write_all_at(&vec![0; filled], 0).unwrap();
        file.sync_all().unwrap();
    }
    let block = vec![7; 4096];
    let (start, mut count) = (Instant::now(), 0_u64);
    while start.elapsed() < time {
        let at = count * 4096;
        let at = if filled > 0 { at % filled as u64 } else { at };
        file.write_all_at(&block, at).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    count as f64 / start.elapsed().as_secs_f64()
}

/// Builds the change set of name number `id`: a domain and seven things that go with it.
fn change(id: u64) -> ChangeSet {
    let name = format!("name{id:012}.hk");
    let mut change = ChangeSet::new(Audit {
        at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
        server_transaction: format!("HKEPP-0123456789abcdef-{id:x}"),
        client_transaction: Some(format!("ABC-{id}")),
        actor: "registrar-a".into(),
        command: "domain:create".into(),
        object: name.clone(),
    });
    change.assert(Assert::Absent(Key::new("domain", &[&name])));
    for part in 0..8_u64 {
        // Half of it compresses, as records do.
        let mut value = vec![b'x'; 400];
        let mut state = id * 8 + part;
        for chunk in value[..200].chunks_mut(8) {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            chunk.copy_from_slice(&state.to_le_bytes()[..chunk.len()]);
        }
        let key = Key::new("domain", &[&name]);
        let key = if part == 0 {
            key
        } else {
            Key::new("part", &[&name]).and_number(part)
        };
        change.put(key, value);
    }
    change
}

/// Returns commits a second of closed-loop committers, and their latencies in microseconds.
async fn commits(store: &Durable, committers: u64, time: Duration) -> (f64, Histogram<u64>) {
    let ids = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let tasks: Vec<_> = (0..committers)
        .map(|_| {
            let (store, ids) = (store.clone(), Arc::clone(&ids));
            tokio::spawn(async move {
                let mut latency = Histogram::<u64>::new(3).unwrap();
                while start.elapsed() < time {
                    let change = change(ids.fetch_add(1, Ordering::Relaxed));
                    let began = Instant::now();
                    store.commit(change).await.unwrap();
                    latency.record(began.elapsed().as_micros() as u64).unwrap();
                }
                latency
            })
        })
        .collect();
    let mut all = Histogram::new(3).unwrap();
    for task in tasks {
        all.add(task.await.unwrap()).unwrap();
    }
    (all.len() as f64 / start.elapsed().as_secs_f64(), all)
}

/// Prints reads a second of one thread, and the time of a clean open.
fn reads(place: &Path, runtime: &tokio::runtime::Runtime) {
    let began = Instant::now();
    let store = Durable::open(place, &options()).unwrap();
    let names = store.sequence();
    println!(
        "open of {names} names after a clean close: {:?}",
        began.elapsed()
    );
    let rounds = 200_000_u64;
    let keys: Vec<_> = (0..1000)
        .map(|n| Key::new("domain", &[&format!("name{:012}.hk", n * names / 1000)]))
        .collect();
    for what in ["get", "contains"] {
        let began = Instant::now();
        let found = runtime.block_on(async {
            let mut found = 0;
            for round in 0..rounds {
                let key = &keys[(round % 1000) as usize];
                found += u64::from(match what {
                    "get" => store.get(key).await.unwrap().is_some(),
                    _ => store.contains(key).await.unwrap(),
                });
            }
            found
        });
        assert_eq!(found, rounds);
        println!(
            "  {what:<9} {:>6.2} us",
            began.elapsed().as_secs_f64() * 1e6 / rounds as f64
        );
    }
    runtime.block_on(store.close()).unwrap();
}

/// Loads many names, then opens with the index and without.
fn load(place: &Path, names: u64, runtime: &tokio::runtime::Runtime) {
    let store = Durable::open(place, &options()).unwrap();
    let began = Instant::now();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..64)
            .map(|lane| {
                let store = store.clone();
                tokio::spawn(async move {
                    for id in (lane..names).step_by(64) {
                        store.commit(change(id)).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let rate = names as f64 / began.elapsed().as_secs_f64();
    println!("load of {names} names by 64 committers: {rate:.0}/s");
    let began = Instant::now();
    let sequence = store.checkpoint().unwrap();
    println!("  checkpoint at {sequence}: {:?}", began.elapsed());
    let began = Instant::now();
    runtime.block_on(store.close()).unwrap();
    println!("  close: {:?}", began.elapsed());
    drop(store);
    let (began, before) = (Instant::now(), cpu());
    let store = Durable::open(place, &options()).unwrap();
    println!(
        "  open with the index: {:?}, CPU {:?}",
        began.elapsed(),
        cpu() - before
    );
    runtime.block_on(store.close()).unwrap();
    drop(store);
    std::fs::remove_file(place.join("index/state")).unwrap();
    let before = cpu();
    let began = Instant::now();
    let store = Durable::open(place, &options()).unwrap();
    let rate = names as f64 / began.elapsed().as_secs_f64();
    println!(
        "  open without it (rebuild): {:?}, {rate:.0} names/s, CPU {:?}",
        began.elapsed(),
        cpu() - before
    );
    runtime.block_on(store.close()).unwrap();
}
