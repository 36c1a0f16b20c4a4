//! The files that records name: verified, in backups of every age, and in those made while files come in.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::DateTime;
use data_encoding::HEXLOWER;
use hkepp::model::document::{Attachment, DocumentRequest, MediaType, Subject};
use hkepp::model::{Applicant, DomainName, RegistrarId};
use hkepp::store::{
    Durable, Error, Report, Store, Write, backup_restore, files::DIRECTORY, keys, record, verify,
};
use sha2::{Digest, Sha256};

use crate::contract::change;
use crate::small;

/// Keeps files as the registry does and commits an application that names them; returns where they are.
async fn attach(store: &Durable, dir: &Path, id: u64, contents: &[&[u8]]) -> Vec<PathBuf> {
    let files = dir.join(DIRECTORY);
    fs::create_dir_all(&files).unwrap();
    let at = DateTime::UNIX_EPOCH;
    let (mut attachments, mut paths) = (Vec::new(), Vec::new());
    for content in contents {
        let digest: [u8; 32] = Sha256::digest(content).into();
        paths.push(files.join(HEXLOWER.encode(&digest)));
        fs::write(paths.last().unwrap(), content).unwrap();
        attachments.push(Attachment {
            digest,
            media: MediaType::Pdf,
            size: content.len() as u64,
            file: "certificate.pdf".to_owned(),
            attached: at,
        });
    }
    let request = DocumentRequest {
        id,
        subject: Subject::Name,
        domain: DomainName::parse("example.com.hk").unwrap(),
        sponsor: RegistrarId::parse("registrar-a").unwrap(),
        opened: at,
        due: at,
        wanted: Vec::new(),
        review: Vec::new(),
        applicant: Applicant::default(),
        attachments,
        closed: None,
    };
    let write = Write::Put(keys::document(id), record::encode(&request).unwrap());
    store.commit(change(vec![write])).await.unwrap();
    paths
}

/// A file of several pieces.
fn large() -> Vec<u8> {
    b"%PDF-1.7 ".repeat(40_000)
}

/// Returns the one sentence of what is wrong.
fn problem(report: &Report) -> &str {
    assert_eq!(report.problems.len(), 1, "{report:?}");
    &report.problems[0]
}

#[tokio::test]
async fn every_named_file_is_verified_once_and_its_first_application_told() {
    let dir = tempfile::tempdir().unwrap();
    let store = Durable::open(dir.path(), &small()).unwrap();
    assert_eq!(store.verify().unwrap().files, Some(0));
    let contents: [&[u8]; 2] = [b"one", &large()];
    let paths = attach(&store, dir.path(), 7, &contents).await;
    attach(&store, dir.path(), 8, &contents[..1]).await;
    fs::write(dir.path().join("documents/.half"), b"half").unwrap();
    let report = store.verify().unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.files, Some(2));
    assert_eq!(report.unnamed.first, [".half"]);

    fs::write(&paths[0], b"two").unwrap();
    let report = store.verify().unwrap();
    let told = problem(&report);
    assert!(
        told.contains("of application 7 was altered") && told.contains(paths[0].to_str().unwrap()),
        "{told}"
    );
    assert_eq!(report.files, Some(1));
    store.close().await.unwrap();
    assert_eq!(problem(&verify(dir.path()).unwrap()), told);
    fs::write(&paths[0], b"one").unwrap();
    assert_eq!(verify(dir.path()).unwrap().files, Some(2));
    assert_eq!(verify(dir.path()).unwrap().problems, [""; 0]);
    fs::remove_dir_all(dir.path().join(DIRECTORY)).unwrap();
    let report = verify(dir.path()).unwrap();
    assert!(report.problems.iter().all(|told| told.contains("missing")));
    assert_eq!((report.problems.len(), report.files), (2, Some(0)));
}

#[tokio::test]
async fn many_missing_files_are_counted_and_the_first_hundred_told() {
    let dir = tempfile::tempdir().unwrap();
    let store = Durable::open(dir.path(), &small()).unwrap();
    let contents: Vec<_> = (0..130).map(|number| format!("file {number}")).collect();
    let contents: Vec<_> = contents.iter().map(String::as_bytes).collect();
    attach(&store, dir.path(), 7, &contents).await;
    fs::remove_dir_all(dir.path().join(DIRECTORY)).unwrap();
    let report = store.verify().unwrap();
    assert_eq!(report.problems.len(), 101);
    assert!(report.problems[100].starts_with("30 more files"));
    let backup = store.backup_create(&dir.path().join("b")).unwrap();
    assert_eq!((backup.files, backup.missing.count), (0, 130));
    assert_eq!(
        (backup.missing.first.len(), backup.missing.untold()),
        (100, 30)
    );
    store.close().await.unwrap();
}

#[tokio::test]
async fn backup_holds_named_files_and_no_damage_of_them_is_restored() {
    let home = tempfile::tempdir().unwrap();
    let (dir, file) = (home.path().join("data"), home.path().join("b"));
    let store = Durable::open(&dir, &small()).unwrap();
    let contents: [&[u8]; 3] = [b"one", &large(), b""];
    let paths = attach(&store, &dir, 7, &contents).await;
    fs::write(dir.join("documents/unnamed"), b"unnamed").unwrap();
    let backup = store.backup_create(&file).unwrap();
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    assert_eq!((backup.files, backup.missing.count), (3, 0));
    store.close().await.unwrap();

    let place = home.path().join("new");
    assert_eq!(backup_restore(&file, &place).unwrap(), backup);
    let report = verify(&place).unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.files, report.unnamed.count), (Some(3), 0));
    for (path, content) in paths.iter().zip(contents) {
        let restored = place.join(path.strip_prefix(&dir).unwrap());
        assert_eq!(fs::read(restored).unwrap(), content);
    }

    let sound = fs::read(&file).unwrap();
    let section = sound.windows(8).position(|w| w == b"HKEPPDOC").unwrap();
    let mut places: Vec<_> = (section..section + 60).collect();
    places.extend((section + 60..sound.len()).step_by(20_011));
    places.extend(sound.len() - 20..sound.len());
    for place in places {
        let mut damaged = sound.clone();
        damaged[place] ^= 1;
        fs::write(&file, &damaged).unwrap();
        assert_refused(&file, home.path());
        fs::write(&file, &sound[..place.max(section + 1)]).unwrap();
        assert_refused(&file, home.path());
    }
    fs::write(&file, [&sound[..], b"x"].concat()).unwrap();
    assert_refused(&file, home.path());
}

/// Asserts that a backup is refused before anything of it is written.
fn assert_refused(file: &Path, home: &Path) {
    let place = home.join("refused");
    let error = backup_restore(file, &place).unwrap_err();
    assert!(
        matches!(error, Error::Damaged { .. } | Error::Format { .. }),
        "{error}"
    );
    assert_eq!(fs::read_dir(&place).unwrap().count(), 0);
}

#[tokio::test]
async fn backup_of_an_older_release_is_restored_and_what_it_lacks_told() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("data");
    let store = Durable::open(&dir, &small()).unwrap();
    let paths = attach(&store, &dir, 7, &[b"one"]).await;
    // Backups were checkpoints under another name.
    let sequence = store.checkpoint().unwrap();
    let old = dir.join(format!("checkpoint/{sequence:020}.checkpoint"));
    let digest = store.digest().unwrap().to_string();
    store.close().await.unwrap();

    let place = home.path().join("new");
    let restored = backup_restore(&old, &place).unwrap();
    assert_eq!((&restored.digest, restored.files), (&digest, 0));
    let name = paths[0].strip_prefix(&dir).unwrap();
    let told = format!("{} of application 7", name.display());
    assert_eq!(restored.missing.first, [told]);
    assert!(problem(&verify(&place).unwrap()).contains("is missing"));
    fs::create_dir(place.join(DIRECTORY)).unwrap();
    fs::copy(&paths[0], place.join(name)).unwrap();
    assert!(verify(&place).unwrap().is_sound());
}

#[tokio::test]
async fn backup_of_a_state_that_names_no_file_is_what_older_releases_read() {
    let home = tempfile::tempdir().unwrap();
    let (dir, file) = (home.path().join("data"), home.path().join("b"));
    let store = Durable::open(&dir, &small()).unwrap();
    attach(&store, &dir, 7, &[]).await;
    store.backup_create(&file).unwrap();
    let sequence = store.checkpoint().unwrap();
    store.close().await.unwrap();
    let checkpoint = dir.join(format!("checkpoint/{sequence:020}.checkpoint"));
    assert_eq!(fs::read(file).unwrap(), fs::read(checkpoint).unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backup_made_while_files_come_in_has_every_file_its_records_name() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("data");
    let store = Durable::open(&dir, &small()).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let busy = {
        let (store, dir, stop) = (store.clone(), dir.clone(), Arc::clone(&stop));
        tokio::spawn(async move {
            let mut id = 0;
            while !stop.load(Ordering::Relaxed) {
                id += 1;
                let content = format!("file {id}").repeat(2_000);
                attach(&store, &dir, id, &[content.as_bytes()]).await;
            }
        })
    };
    let mut counts = Vec::new();
    for number in 0..5 {
        while store.sequence() < (number + 1) * 20 {
            tokio::task::yield_now().await;
        }
        let (store, file) = (store.clone(), home.path().join(format!("{number}")));
        let made = tokio::task::spawn_blocking(move || store.backup_create(&file));
        let made = made.await.unwrap().unwrap();
        assert_eq!((made.files, made.missing.count), (made.sequence, 0));
        counts.push(made.files);
    }
    stop.store(true, Ordering::Relaxed);
    busy.await.unwrap();
    store.close().await.unwrap();
    assert!(counts.is_sorted() && counts[0] >= 20, "{counts:?}");
    let place = home.path().join("new");
    let restored = backup_restore(&home.path().join("2"), &place).unwrap();
    assert_eq!(restored.files, counts[2]);
    assert_eq!(verify(&place).unwrap().files, Some(counts[2]));
}
