//! Damaged files under the real binary: it says what is damaged, or serves exactly what was there.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::damage::{Random, copy, damage, rounds};
use crate::process::{Server, json, run};
use crate::sandbox::{Bundle, Fleet, check, sandbox_on};

/// Starts a sandbox on `dir`; what it logged when it does not start.
fn start(dir: &Path, certs: &Path) -> Result<Server, String> {
    let started = Server::try_start(sandbox_on(dir, certs), dir.into(), certs.into());
    started.map_err(|(status, log)| {
        assert_eq!(status.code(), Some(1), "{log}");
        log
    })
}

/// What a directory holds.
struct History {
    dir: PathBuf,
    /// Kinds of files it has.
    groups: &'static [&'static str],
}

/// Makes a directory that was left by a kill, one of the same content that was closed, and one that was
/// restored from a backup of it; returns what was written, too.
fn make_histories(home: &Path, certs: &Path) -> ([History; 3], Vec<Bundle>) {
    let server = Server::sandbox(home, &["--profile", "plain"]);
    let fleet = Fleet::start(&server, "d", 6);
    assert!(fleet.wait(60));
    server.kill();
    let (bundles, _) = fleet.join();
    let [killed, closed, restored] = ["killed", "closed", "restored"].map(|name| home.join(name));
    fs::rename(home.join("data"), &killed).unwrap();
    fs::remove_file(killed.join("control.sock")).unwrap();
    copy(&killed, &closed);
    start(&closed, certs).unwrap().stop();
    let backup = home.join("registry.backup");
    let names = [&closed, &backup, &restored].map(|path| path.to_str().unwrap());
    let [from, file, to] = names;
    json(&run(&["backup", "create", file, "--json", "--dir", from]));
    json(&run(&["backup", "restore", file, "--json", "--dir", to]));
    start(&restored, certs).unwrap().stop();
    let small: &[&str] = &["journal", "index", "head"];
    let all: &[&str] = &["journal", "index", "head", "checkpoint"];
    let histories = [(killed, small), (closed, small), (restored, all)];
    (
        histories.map(|(dir, groups)| History { dir, groups }),
        bundles,
    )
}

/// Serves a directory and returns the identifiers of what it holds.
fn read(server: &Server, bundles: &[Bundle]) -> HashSet<String> {
    check(server, bundles).identifiers
}

#[test]
fn damaged_directory_is_told_or_repaired_by_the_binary() {
    let home = tempfile::tempdir().unwrap();
    let certs = home.path().join("certs");
    let (histories, bundles) = make_histories(home.path(), &certs);
    let [_, closed, _] = &histories;
    let server = start(&closed.dir, &certs).unwrap();
    let content = read(&server, &bundles);
    server.stop();
    let seed = rounds("HKEPP_FAULT_SEED", 1);
    let mut random = Random(seed);
    let mut outcomes = BTreeMap::<String, u32>::new();
    let trials = rounds("HKEPP_DAMAGE_TRIALS", 16);
    for trial in 0..trials {
        let History { dir, groups } = &histories[random.below(3) as usize];
        let group = groups[random.below(groups.len() as u64) as usize];
        let place = home.path().join("trial");
        copy(dir, &place);
        let what = damage(&place, group, &mut random);
        println!("trial {trial}, {}: {what}", dir.display());
        let (word, log) = match start(&place, &certs) {
            Ok(server) => {
                assert_eq!(read(&server, &bundles), content);
                let verified = server.admin(&["store", "verify"]).status.success();
                assert!(verified || group != "index", "the index is still wrong");
                (
                    if verified {
                        "repaired"
                    } else {
                        "served and told"
                    },
                    server.stop(),
                )
            }
            Err(log) => {
                let last = log.lines().last().unwrap();
                let is_clear =
                    last.contains("is damaged at offset") || last.contains("format version");
                assert!(is_clear && group != "index", "{log}");
                ("refused", log)
            }
        };
        assert!(!log.contains("panicked"), "{log}");
        *outcomes.entry(format!("{group} {word}")).or_default() += 1;
        fs::remove_dir_all(&place).unwrap();
    }
    println!("seed {seed}: {trials} trials, none silent: {outcomes:?}");
}
