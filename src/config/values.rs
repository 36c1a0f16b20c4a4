//! Values of the file that have a range; a value outside is refused where it stands.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::ProfileSource;
use crate::base::limits::FRAME_MAXIMUM;
use crate::policy::profile::{Profile, ProfileError};

/// Fewest octets a frame limit may leave: a login with every service of the greeting fits.
const FRAME_MINIMUM: usize = 1024;
/// Longest time that may be set, in seconds: a week.
const SECONDS_MAXIMUM: u64 = 7 * 24 * 60 * 60;

/// Size of a frame, in octets.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "usize")]
pub(super) struct FrameSize(pub(super) usize);

impl TryFrom<usize> for FrameSize {
    type Error = String;

    fn try_from(octets: usize) -> Result<Self, String> {
        if (FRAME_MINIMUM..=FRAME_MAXIMUM).contains(&octets) {
            return Ok(Self(octets));
        }
        Err(format!(
            "a frame has {FRAME_MINIMUM} to {FRAME_MAXIMUM} octets"
        ))
    }
}

/// Largest file that is added to an application, in octets: what base64 makes of it fits the control socket.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "usize")]
pub(super) struct FileSize(pub(super) usize);

impl TryFrom<usize> for FileSize {
    type Error = String;

    fn try_from(octets: usize) -> Result<Self, String> {
        if (1024..=32 * 1024 * 1024).contains(&octets) {
            return Ok(Self(octets));
        }
        Err("a file has 1024 to 33554432 octets".to_owned())
    }
}

/// A cap; 0 in the file means that there is none.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(from = "u32")]
pub(super) struct Cap(pub(super) Option<usize>);

impl From<u32> for Cap {
    fn from(number: u32) -> Self {
        Self(usize::try_from(number).ok().filter(|number| *number > 0))
    }
}

/// A number of at least one.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u32")]
pub(super) struct Count(pub(super) usize);

impl TryFrom<u32> for Count {
    type Error = &'static str;

    fn try_from(number: u32) -> Result<Self, &'static str> {
        let number = usize::try_from(number).ok().filter(|number| *number > 0);
        number.map(Self).ok_or("at least 1")
    }
}

/// A time of at least one second.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u64")]
pub(super) struct Seconds(u64);

impl Seconds {
    /// Returns the time.
    pub(super) fn duration(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl TryFrom<u64> for Seconds {
    type Error = String;

    fn try_from(seconds: u64) -> Result<Self, String> {
        if (1..=SECONDS_MAXIMUM).contains(&seconds) {
            return Ok(Self(seconds));
        }
        Err(format!("a time has 1 to {SECONDS_MAXIMUM} seconds"))
    }
}

/// From one time to the next, in seconds; 0 in the file means never.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u64")]
pub(super) struct Pause(pub(super) Option<Duration>);

impl TryFrom<u64> for Pause {
    type Error = String;

    fn try_from(seconds: u64) -> Result<Self, String> {
        if seconds == 0 {
            return Ok(Self(None));
        }
        let seconds = Seconds::try_from(seconds)?;
        Ok(Self(Some(seconds.duration())))
    }
}

/// A shipped profile by its name, or a file whose name ends in `.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ProfileName(pub(super) ProfileSource);

impl TryFrom<String> for ProfileName {
    type Error = ProfileError;

    fn try_from(name: String) -> Result<Self, ProfileError> {
        if name.ends_with(".toml") {
            return Ok(Self(ProfileSource::File(PathBuf::from(name))));
        }
        Profile::embedded(&name).map(|_| Self(ProfileSource::Shipped(name)))
    }
}

/// Address of the HTTP listener; the empty text switches it off.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct HttpAddress(pub(super) Option<SocketAddr>);

impl TryFrom<String> for HttpAddress {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        let address = text
            .parse()
            .map_err(|_| "an address reads like 127.0.0.1:7780")?;
        Ok(Self(Some(address)))
    }
}

/// Name of the server in greetings: 3 to 64 characters (`sIDType`).
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ServerName(pub(super) String);

impl TryFrom<String> for ServerName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, &'static str> {
        let legal = (3..=64).contains(&name.chars().count()) && name.trim() == name;
        let legal = legal && !name.chars().any(char::is_control);
        legal
            .then_some(Self(name))
            .ok_or("a server name has 3 to 64 characters")
    }
}

/// Filter of log lines.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct LogFilter(pub(super) String);

impl TryFrom<String> for LogFilter {
    type Error = String;

    fn try_from(filter: String) -> Result<Self, String> {
        match filter.parse::<tracing_subscriber::filter::Targets>() {
            Ok(_) => Ok(Self(filter)),
            Err(error) => Err(format!("a filter reads like info,hkepp=debug: {error}")),
        }
    }
}
