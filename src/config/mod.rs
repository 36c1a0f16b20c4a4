//! F7: the configuration file: what an operator may decide, and what holds when nothing is said.
//!
//! TOML with kebab-case keys and a version. `spec` is the file as it is written, every key optional;
//! [`Config`] is what the program runs with. Two sets of defaults exist, for `serve` and for `sandbox`;
//! `config default` prints the first as a file, and a test proves that it says exactly what the code does.

pub mod locate;
mod spec;
pub mod values;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

pub use locate::ConfigError;
use spec::Spec;

use crate::job::name_servers;
use crate::{server, session};

/// The commented file that states every default of `serve`.
pub const DEFAULT_FILE: &str = include_str!("default.toml");

/// Directory of the data when nothing is said on the command line.
pub const DEFAULT_DIR: &str = "sandbox-data";

/// Password of the registrars a sandbox makes.
pub const SANDBOX_PASSWORD: &str = "Harbour-2026";
/// Registrars a sandbox makes.
pub const SANDBOX_REGISTRARS: [&str; 3] = ["registrar-a", "registrar-b", "registrar-c"];

/// What the program runs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Data, control socket.
    pub dir: PathBuf,
    /// The registry's rules.
    pub profile: ProfileSource,
    /// Variant table of Chinese labels; `None` is the embedded one.
    pub variant_table: Option<PathBuf>,
    /// Addresses of EPP over TLS.
    pub listen: Vec<SocketAddr>,
    /// Address of metrics and health; `None` serves neither.
    pub http: Option<SocketAddr>,
    /// Certificates.
    pub tls: Tls,
    /// The EPP listener.
    pub server: server::Settings,
    /// Sessions.
    pub session: session::Settings,
    /// Most octets of a file that is added to an application.
    pub attachment: usize,
    /// Questions to name servers.
    pub dns_check: name_servers::Settings,
    /// Logs.
    pub log: Log,
}

/// Where the registry's rules come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileSource {
    /// A profile shipped in the binary.
    Shipped(String),
    /// A file of the same form.
    File(PathBuf),
}

/// PEM files of the listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Authorities that sign client certificates.
    pub ca: PathBuf,
    /// The server's certificate chain.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// Revocation list of the client certificates' authority.
    pub crl: Option<PathBuf>,
}

/// Logs on stderr.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Filter of `tracing`; the environment's `HKEPP_LOG` wins over it.
    pub filter: String,
    /// Form of the lines.
    pub format: LogFormat,
}

/// Form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl ProfileSource {
    /// Resolves a relative path from `base`.
    fn below(self, base: &Path) -> Self {
        match self {
            Self::File(path) => Self::File(base.join(path)),
            Self::Shipped(_) => self,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "info".to_owned(),
            format: LogFormat::Text,
        }
    }
}

impl Config {
    /// Returns what `serve` runs with when its file says nothing but its version.
    pub fn serve() -> Self {
        let etc = Path::new("/etc/hkepp");
        Self {
            dir: PathBuf::from("/var/lib/hkepp"),
            profile: ProfileSource::Shipped("hk".to_owned()),
            variant_table: None,
            listen: vec![SocketAddr::from((Ipv6Addr::UNSPECIFIED, 700))],
            http: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 7780))),
            tls: Tls {
                ca: etc.join("ca.pem"),
                certificate: etc.join("server.pem"),
                key: etc.join("server.key"),
                crl: None,
            },
            server: server::Settings::default(),
            session: session::Settings::default(),
            attachment: 5 * 1024 * 1024,
            dns_check: name_servers::Settings::default(),
            log: Log::default(),
        }
    }

    /// Returns what `sandbox` runs with: no session, pre-login or rate cap, certificates of `certs`, and no questions
    /// to name servers.
    pub fn sandbox(certs: &Path) -> Self {
        Self {
            dir: PathBuf::from(DEFAULT_DIR),
            listen: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 7700))],
            tls: Tls {
                ca: certs.join("ca.pem"),
                certificate: certs.join("server.pem"),
                key: certs.join("server.key"),
                crl: None,
            },
            server: server::Settings {
                connections: None,
                pre_login_per_address: None,
                ..server::Settings::default()
            },
            session: session::Settings {
                sessions_per_registrar: None,
                ..session::Settings::default()
            },
            dns_check: name_servers::Settings {
                interval: None,
                ..name_servers::Settings::default()
            },
            ..Self::serve()
        }
    }

    /// Overrides what the file at `path` says; relative paths in it start from its directory.
    ///
    /// # Errors
    /// When the file cannot be read or says something it cannot say.
    pub fn read(self, path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
            file: path.to_owned(),
            reason: error.to_string(),
        })?;
        self.parse(&text, path)
    }

    /// Overrides what `text`, the content of the file `path`, says.
    ///
    /// # Errors
    /// When it says something it cannot say.
    pub fn parse(self, text: &str, path: &Path) -> Result<Self, ConfigError> {
        let spec: Spec =
            toml::from_str(text).map_err(|error| ConfigError::at(path, text, &error))?;
        Ok(spec.apply(self, path.parent().unwrap_or(Path::new(""))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::serve().parse(text, Path::new("etc/hkepp.toml"))
    }

    #[test]
    fn default_file_says_what_the_code_does() {
        // Starts from other values, so that a key the file leaves out shows.
        let mut start = Config::sandbox(Path::new("elsewhere"));
        start.profile = ProfileSource::Shipped("plain".to_owned());
        start.http = None;
        start.server.frame_limit = 1024;
        let zero = std::time::Duration::ZERO;
        start.server.timeouts.handshake = zero;
        start.server.timeouts.header = zero;
        start.server.timeouts.frame = zero;
        start.server.timeouts.idle = zero;
        start.server.timeouts.lifetime = zero;
        start.server.timeouts.write = zero;
        start.session.server_name = String::new();
        start.session.failures_per_minute = 0;
        start.dns_check = name_servers::Settings {
            interval: None,
            timeout: zero,
            concurrency: 0,
            port: std::num::NonZeroU16::MAX,
            resolver: None,
        };
        start.log = Log {
            filter: String::new(),
            format: LogFormat::Json,
        };
        let read = start
            .parse(DEFAULT_FILE, Path::new("/etc/hkepp/hkepp.toml"))
            .unwrap();
        assert_eq!(read, Config::serve());
    }

    #[test]
    fn default_file_states_every_key() {
        let stated: toml::Table = toml::from_str(DEFAULT_FILE).unwrap();
        let mut keys = 3;
        for (section, names) in spec::every_key() {
            for name in names {
                keys += 1;
                // There is no revocation list unless the operator has one, and no resolver but the system's.
                if let ("tls", "crl") | ("dns-check", "resolver") = (section, name.as_str()) {
                    assert!(DEFAULT_FILE.contains(&format!("\n# {name} = ")));
                    continue;
                }
                assert!(
                    stated[section].as_table().unwrap().contains_key(&name),
                    "{name}"
                );
            }
        }
        assert!(keys > 20, "{keys}");
    }

    #[test]
    fn parse_overrides_only_what_is_said() {
        let config = parse("version = \"v1\"\n[timeouts]\nidle = 60\n").unwrap();
        let mut expected = Config::serve();
        expected.server.timeouts.idle = std::time::Duration::from_secs(60);
        assert_eq!(config, expected);
    }

    #[test]
    fn parse_resolves_paths_from_the_file() {
        let config = parse("version = \"v1\"\ndir = \"data\"\n[tls]\nkey = \"/k\"\n").unwrap();
        assert_eq!(config.dir, Path::new("etc/data"));
        assert_eq!(config.tls.key, Path::new("/k"));
    }

    #[test]
    fn parse_names_place_and_nearest_key() {
        for (text, message) in [
            (
                "version = \"v1\"\n[timeouts]\n  iddle = 60\n",
                "etc/hkepp.toml:3:3: unknown key iddle; did you mean idle?",
            ),
            (
                "version = \"v1\"\n[timeout]\nidle = 60\n",
                "etc/hkepp.toml:2:2: unknown key timeout; did you mean timeouts?",
            ),
            (
                "version = \"v1\"\nzzz = 1\n",
                "etc/hkepp.toml:2:1: unknown key zzz; known are version, dir, profile, variant-table, epp, http, tls, limits, timeouts, dns-check, log",
            ),
            (
                "dir = \"x\"\n",
                "etc/hkepp.toml:1:1: missing field `version`",
            ),
            (
                "version = \"v1\"\n[limits]\nframe = 2000000\n",
                "etc/hkepp.toml:3:9: a frame has 1024 to 1048576 octets",
            ),
            (
                "version = \"v2\"\n",
                "etc/hkepp.toml:1:11: unknown variant `v2`, expected `v1`",
            ),
            (
                "version = \"v1\"\nprofile = \"hkk\"\n",
                "etc/hkepp.toml:2:11: there is no profile hkk; the shipped ones are hk, hk-v5.0, \
                 plain",
            ),
            (
                "version = ",
                "etc/hkepp.toml:1:11: string values must be quoted, expected literal string",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), message);
        }
    }
}
