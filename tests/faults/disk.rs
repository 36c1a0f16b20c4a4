//! A file system of its own, in a file behind a loop device.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted file system; unmounted when dropped.
pub struct Disk {
    image: PathBuf,
    /// Where it is mounted.
    pub dir: PathBuf,
}

impl Disk {
    /// Makes an ext4 of so many mebibytes in `home`; none, with a word why, where that cannot be done.
    pub fn make(home: &Path, name: &str, mebibytes: u64) -> Option<Self> {
        if let Err(why) = run(Command::new("losetup").arg("--find")) {
            println!("skipped: no loop device can be used here; root can: {why}");
            return None;
        }
        let image = home.join(format!("{name}.image"));
        let file = fs::File::create(&image).unwrap();
        file.set_len(mebibytes * 1024 * 1024).unwrap();
        let made = run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image))
            .and_then(|()| Self::mount(image, home.join(name)));
        match made {
            Ok(disk) => Some(disk),
            Err(why) if std::env::var_os("HKEPP_TESTS_COMPLETE").is_some() => panic!("{why}"),
            Err(why) => {
                println!("skipped: no file system can be made or mounted here: {why}");
                None
            }
        }
    }

    /// Copies what has reached the disk, as a loss of power would leave it, and mounts the copy.
    pub fn copy(&self, home: &Path, name: &str) -> Self {
        let image = home.join(format!("{name}.image"));
        let mut copy = Command::new("cp");
        run(copy.arg("--sparse=always").args([&self.image, &image])).unwrap();
        Self::mount(image, home.join(name)).unwrap()
    }

    /// Mounts an image; its own journal is replayed. The system commits nothing by itself for minutes, so a
    /// copy shows one moment and what was synced up to it.
    fn mount(image: PathBuf, dir: PathBuf) -> Result<Self, String> {
        fs::create_dir(&dir).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "ext4", "-o", "loop,noatime,commit=300"]);
        run(mount.arg(&image).arg(&dir))?;
        Ok(Self { image, dir })
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = run(Command::new("umount").arg(&self.dir));
        // Busy while a process of a failed test still has it; then it goes with that process.
        if unmounted.is_err() {
            run(Command::new("umount").arg("--lazy").arg(&self.dir)).ok();
        }
        fs::remove_file(&self.image).ok();
    }
}

/// Runs a command to its end; what it complained about is the error.
fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
