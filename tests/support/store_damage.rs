//! What happens to a store behind its back: killed processes and damaged files.
//!
//! Each opening of a damaged directory happens in a child process – this test binary again – so that a hang or
//! an abort of the index is seen as such and touches nobody else.

use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hkepp::store::{Assert, ChangeSet, Durable, Key, Memory, Options, Store, Write};

use crate::contract::{change, key};

/// How long a child may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A small generator of pseudo-random numbers (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// Returns a number from the environment of a longer run, or the usual one.
pub fn rounds(variable: &str, usual: u64) -> u64 {
    let value = std::env::var(variable).ok();
    value.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Starts this binary again as a child that plays `role` on `dir`.
pub fn child(role: &str, dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "play_child", "--ignored", "--nocapture", "-q"])
        .env("HKEPP_STORE_ROLE", role)
        .env("HKEPP_STORE_DIR", dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Plays the part the environment names.
pub fn play(role: &str, dir: &Path, options: &Options) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    match role {
        "inspect" => runtime.block_on(inspect(dir, options)),
        "write" => runtime.block_on(write_for_ever(dir, options)),
        other => panic!("no role {other}"),
    }
}

/// Number of change sets in the store that is damaged.
const HISTORY: u64 = 220;

/// Draws the history that a damaged store had; the same on every call.
pub fn history() -> Vec<ChangeSet> {
    let mut random = Random(2026);
    let draw = |n| {
        let mut writes = vec![
            Write::Put(
                key(&format!("name{}.hk", random.below(120))),
                vec![n as u8; 200 + random.below(500) as usize],
            ),
            Write::Put(
                Key::new("host", &[&format!("ns{}.hk", random.below(60))]),
                vec![n as u8; random.below(300) as usize],
            ),
            Write::Add(Key::new("links", &[&format!("c{}", random.below(9))]), 1),
        ];
        if random.below(5) == 0 {
            writes.push(Write::Delete(key(&format!("name{}.hk", random.below(120)))));
        }
        change(writes)
    };
    (0..HISTORY).map(draw).collect()
}

/// Commits the history to a store.
pub async fn commit_history(store: &impl Store) {
    for change in history() {
        store.commit(change).await.unwrap();
    }
}

/// Opens a damaged directory and prints what came of it: `refused …`, `same …` or `DIFFERENT`.
async fn inspect(dir: &Path, options: &Options) {
    let store = match Durable::open(dir, options) {
        Ok(store) => store,
        Err(error) => return say(&format!("refused {error}")),
    };
    let model = Memory::new();
    commit_history(&model).await;
    let mut same = store.sequence() == model.sequence();
    same &= store.scan(b"", None, usize::MAX).await == model.scan(b"", None, usize::MAX).await;
    for number in 0..9 {
        let key = Key::new("links", &[&format!("c{number}")]);
        same &= store.counter(&key).await == model.counter(&key).await;
    }
    for number in 0..120 {
        let key = key(&format!("name{number}.hk"));
        same &= store.get(&key).await == model.get(&key).await;
        same &= store.contains(&key).await == model.contains(&key).await;
    }
    if !same {
        return say("DIFFERENT");
    }
    let report = store.verify().unwrap();
    let verdict = if report.is_sound() { "sound" } else { "told" };
    // It must still take commits after whatever was repaired.
    let more = store.commit(change(vec![Write::Put(key("more.hk"), vec![1])]));
    more.await.unwrap();
    store.close().await.ok();
    say(&format!("same {verdict} {:?}", report.problems));
}

/// Prints a line for the parent.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n>{line}").unwrap();
    out.flush().unwrap();
}

/// Runs a child to its end and returns what it said; kills it when it takes too long.
pub fn verdict(role: &str, dir: &Path) -> String {
    let mut child = child(role, dir);
    let output = child.stdout.take().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        let said: Vec<_> = lines.filter(|line| line.starts_with('>')).collect();
        sender.send(said.concat()).ok();
    });
    let said = receiver.recv_timeout(PATIENCE);
    child.kill().ok();
    let status = child.wait().unwrap();
    match said {
        Ok(said) if said.is_empty() => format!("died without a word: {status}"),
        Ok(said) => said.trim_start_matches('>').to_owned(),
        Err(_) => "hung".into(),
    }
}

/// Copies a directory.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let path = item.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Lists the files of a store that may be damaged, with a word for each group.
fn files(dir: &Path) -> Vec<(&'static str, PathBuf)> {
    let mut found = Vec::new();
    let mut waiting = vec![dir.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for item in fs::read_dir(&next).unwrap() {
            let path = item.unwrap().path();
            let name = path
                .strip_prefix(dir)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            match () {
                () if path.is_dir() => waiting.push(path),
                () if name.ends_with(".journal") => found.push(("journal", path)),
                () if name.ends_with(".checkpoint") => found.push(("checkpoint", path)),
                () if name.starts_with("index/") => found.push(("index", path)),
                () if name == "head" => found.push(("head", path)),
                () => {}
            }
        }
    }
    found.sort();
    found
}

/// Damages one file of the group and says how.
pub fn damage(dir: &Path, group: &str, random: &mut Random) -> String {
    let mut files = files(dir);
    files.retain(|(kind, path)| *kind == group && fs::metadata(path).unwrap().len() > 0);
    let (_, path) = &files[random.below(files.len() as u64) as usize];
    let mut bytes = fs::read(path).unwrap();
    // Aim at what was written rather than at the zeros behind it, most of the time.
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0) + 1;
    let reach = if random.below(8) == 0 {
        bytes.len()
    } else {
        used
    };
    let at = random.below(reach as u64) as usize;
    let what = match random.below(4) {
        0 | 1 => {
            let bit = random.below(8);
            bytes[at] ^= 1 << bit;
            format!("bit {bit} of octet {at} flipped")
        }
        2 => {
            let page = at / 4096 * 4096;
            let end = (page + 4096).min(bytes.len());
            bytes[page..end].fill(0);
            format!("page at {page} zeroed")
        }
        _ => {
            bytes.truncate(at);
            format!("cut to {at} octets")
        }
    };
    fs::write(path, bytes).unwrap();
    format!("{}: {what}", path.strip_prefix(dir).unwrap().display())
}

/// One change set of the killed writer: three values and a count, all or nothing.
fn bundle(id: u64) -> ChangeSet {
    let name = id.to_string();
    ChangeSet {
        asserts: vec![Assert::Absent(key(&name))],
        ..change(vec![
            Write::Put(key(&name), vec![1; 300]),
            Write::Put(Key::new("host", &[&name]), vec![2; 200]),
            Write::Put(Key::new("contact", &[&name]), vec![3; 100]),
            Write::Add(Key::new("count", &["all"]), 1),
        ])
    }
}

/// Commits bundles from 16 tasks and prints each answered one, until killed.
async fn write_for_ever(dir: &Path, options: &Options) {
    let store = Durable::open(dir, options).unwrap();
    let next = Arc::new(AtomicU64::new(store.sequence() * 2 + 1));
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (store, next) = (store.clone(), Arc::clone(&next));
            tokio::spawn(async move {
                let mut id = next.fetch_add(1, Ordering::Relaxed);
                while let Ok(sequence) = store.commit(bundle(id)).await {
                    say(&format!("{id} {sequence}"));
                    id = next.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    // None of them ends before the kill.
    if let Some(task) = tasks.into_iter().next() {
        task.await.unwrap();
    }
}

/// Lets a child write until it answered `count` commits, kills it, and returns what it answered in all.
pub fn write_and_kill(dir: &Path, count: u64) -> Vec<(u64, u64)> {
    let mut child = child("write", dir);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut answered = Vec::new();
    let started = Instant::now();
    while let Some(Ok(line)) = lines.next() {
        let Some((id, sequence)) = line.strip_prefix('>').and_then(|pair| pair.split_once(' '))
        else {
            continue;
        };
        // A line cut by the kill is no answer.
        let (Ok(id), Ok(sequence)) = (id.parse(), sequence.parse()) else {
            continue;
        };
        answered.push((id, sequence));
        if answered.len() as u64 == count || started.elapsed() > PATIENCE {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    // The last line may have lost its end.
    answered.truncate(answered.len().saturating_sub(1));
    answered
}

/// Checks that every bundle is whole or absent, and returns how many there are.
pub async fn count_whole_bundles(store: &Durable) -> u64 {
    let mut count = 0;
    let mut after = None;
    loop {
        let page = store.scan(b"domain/", after.as_ref(), 500).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        for (key, domain) in page {
            let name = &key.parts()[0];
            for kind in ["host", "contact"] {
                let other = store.get(&Key::new(kind, &[name])).await.unwrap();
                assert_eq!(other.map(|other| other.version), Some(domain.version));
            }
            count += 1;
        }
    }
    for kind in ["host/", "contact/"] {
        let all = store.scan(kind.as_bytes(), None, usize::MAX).await.unwrap();
        assert_eq!(all.len() as u64, count);
    }
    let total = store.counter(&Key::new("count", &["all"])).await.unwrap();
    assert_eq!(total as u64, count);
    count
}
