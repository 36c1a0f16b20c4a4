//! The files of applications: `DIR/documents`, each under the SHA-256 of its content, never written twice.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};

use super::Refusal;
use super::message::NewFile;
use crate::model::document::{Attachment, MediaType};
use crate::store::files::DIRECTORY;

/// Most characters of a file's name that are kept.
const NAME: usize = 255;

/// Where the files of applications are kept.
#[derive(Clone, Debug)]
pub struct Attachments {
    dir: PathBuf,
    limit: usize,
}

impl Attachments {
    /// Keeps files of at most `limit` octets below the data directory.
    pub fn new(data: &Path, limit: usize) -> Self {
        Self {
            dir: data.join(DIRECTORY),
            limit,
        }
    }

    /// Keeps a file; when this returns it is durable.
    ///
    /// # Errors
    /// When it is too large, of no form that is taken, or cannot be written.
    pub(super) async fn keep(
        &self,
        file: NewFile,
        now: DateTime<Utc>,
    ) -> Result<Attachment, Refusal> {
        let keeper = self.clone();
        let kept = tokio::task::spawn_blocking(move || keeper.keep_blocking(&file, now)).await;
        kept.map_err(|_| Refusal::Value("the server stopped meanwhile; try again".to_owned()))?
    }

    fn keep_blocking(&self, file: &NewFile, now: DateTime<Utc>) -> Result<Attachment, Refusal> {
        let refuse = |reason: String| Err(Refusal::Value(reason));
        let Ok(content) = BASE64.decode(file.content.as_bytes()) else {
            return refuse("the content did not arrive whole; try again".to_owned());
        };
        if content.len() > self.limit {
            return refuse(format!(
                "{} has {} octets; at most {} are taken",
                file.name,
                content.len(),
                self.limit
            ));
        }
        let Some(media) = MediaType::of(&content) else {
            return refuse(format!(
                "{} is not a PDF, GIF or JPEG file; other forms are not taken",
                file.name
            ));
        };
        let digest: [u8; 32] = Sha256::digest(&content).into();
        if let Err(error) = self.write(&HEXLOWER.encode(&digest), &content) {
            let dir = self.dir.display();
            return refuse(format!("the file cannot be kept in {dir}: {error}"));
        }
        Ok(Attachment {
            digest,
            media,
            size: content.len() as u64,
            file: file.name.chars().take(NAME).collect(),
            attached: now,
        })
    }

    /// Writes a file under its digest, unless it is there.
    fn write(&self, digest: &str, content: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.dir)?;
        let path = self.dir.join(digest);
        if path.exists() {
            return Ok(());
        }
        // A name of its own for each writer, so that none reads what another has half written.
        let temporary = tempfile::NamedTempFile::new_in(&self.dir)?;
        let mut file: &File = temporary.as_file();
        file.write_all(content)?;
        file.sync_all()?;
        match temporary.persist_noclobber(&path) {
            Ok(_) => {}
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.error),
        }
        File::open(&self.dir)?.sync_all()?;
        match self.dir.parent() {
            Some(parent) => File::open(parent)?.sync_all(),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, content: &[u8]) -> NewFile {
        NewFile {
            name: name.to_owned(),
            content: BASE64.encode(content),
        }
    }

    #[test]
    fn keep_takes_three_forms_up_to_the_limit_once() {
        let home = tempfile::tempdir().unwrap();
        let attachments = Attachments::new(home.path(), 16);
        let now = DateTime::UNIX_EPOCH;
        let keep =
            |name: &str, content: &[u8]| attachments.keep_blocking(&file(name, content), now);
        let kept = keep("br.pdf", b"%PDF-1.7 content").unwrap();
        assert_eq!((kept.media, kept.size), (MediaType::Pdf, 16));
        assert_eq!(
            keep("again.pdf", b"%PDF-1.7 content").unwrap().digest,
            kept.digest
        );
        let dir = home.path().join(DIRECTORY);
        let path = dir.join(HEXLOWER.encode(&kept.digest));
        assert_eq!(fs::read(&path).unwrap(), b"%PDF-1.7 content");
        for (name, content) in [
            ("long.pdf", &b"%PDF-1.7 contents"[..]),
            ("picture.jpg", b"\x89PNG\r\n"),
            ("empty.pdf", b""),
        ] {
            assert!(keep(name, content).is_err(), "{name}");
        }
        assert_eq!(
            fs::read_dir(&dir).unwrap().count(),
            1,
            "nothing half written stays"
        );
    }

    #[test]
    fn keep_says_when_a_file_cannot_be_written() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(DIRECTORY), b"in the way").unwrap();
        let attachments = Attachments::new(home.path(), 16);
        let refused = attachments.keep_blocking(&file("a.gif", b"GIF89a"), DateTime::UNIX_EPOCH);
        assert!(refused.unwrap_err().to_string().contains("cannot be kept"));
    }
}
