//! The file as it is written, version 1: every key optional, unknown ones refused.

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::values::{
    Cap, Count, FileSize, FrameSize, HttpAddress, LogFilter, Pause, ProfileName, Seconds,
    ServerName,
};
use super::{Config, LogFormat};
use crate::job::name_servers;
use crate::server;

/// The only version there is.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Version {
    V1,
}

/// Declares a section whose keys are all optional.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($key:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize)]
        #[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
        struct $name {
            $($key: Option<$type>,)*
        }

        impl $name {
            /// Returns the keys as they are written.
            #[cfg(test)]
            pub(super) fn keys() -> Vec<String> {
                vec![$(stringify!($key).replace('_', "-"),)*]
            }
        }
    };
}

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Spec {
    version: Version,
    dir: Option<PathBuf>,
    profile: Option<ProfileName>,
    variant_table: Option<PathBuf>,
    #[serde(default)]
    epp: Epp,
    #[serde(default)]
    http: Http,
    #[serde(default)]
    tls: Tls,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    timeouts: Timeouts,
    #[serde(default)]
    dns_check: DnsCheck,
    #[serde(default)]
    log: Log,
}

section! {
    /// The EPP listener.
    Epp { listen: Vec<SocketAddr>, server_name: ServerName, }
}

section! {
    /// Metrics and health.
    Http { listen: HttpAddress, }
}

section! {
    /// PEM files.
    Tls { ca: PathBuf, certificate: PathBuf, key: PathBuf, crl: PathBuf, }
}

section! {
    /// Sizes and caps.
    Limits {
        frame: FrameSize,
        connections: Cap,
        pre_login_per_address: Cap,
        sessions_per_registrar: Cap,
        login_failures_per_minute: Count,
        attachment: FileSize,
    }
}

section! {
    /// How long the server waits, in seconds.
    Timeouts {
        handshake: Seconds,
        header: Seconds,
        frame: Seconds,
        idle: Seconds,
        lifetime: Seconds,
        write: Seconds,
    }
}

section! {
    /// Questions to name servers.
    DnsCheck {
        interval: Pause,
        timeout: Seconds,
        concurrency: Count,
        port: NonZeroU16,
        resolver: SocketAddr,
    }
}

section! {
    /// Logs on stderr.
    Log { filter: LogFilter, format: LogFormat, }
}

impl Spec {
    /// Overrides `config`; relative paths start from `base`.
    pub(super) fn apply(self, mut config: Config, base: &Path) -> Config {
        match self.version {
            Version::V1 => {}
        }
        set(&mut config.dir, self.dir.map(|dir| base.join(dir)));
        set(
            &mut config.profile,
            self.profile.map(|profile| profile.0.below(base)),
        );
        let table = self.variant_table.map(|table| base.join(table));
        set(&mut config.variant_table, table.map(Some));
        set(&mut config.listen, self.epp.listen);
        set(
            &mut config.session.server_name,
            self.epp.server_name.map(|name| name.0),
        );
        set(&mut config.http, self.http.listen.map(|address| address.0));
        self.tls.apply(&mut config.tls, base);
        self.limits.apply(&mut config);
        self.timeouts.apply(&mut config.server.timeouts);
        self.dns_check.apply(&mut config.dns_check);
        set(
            &mut config.log.filter,
            self.log.filter.map(|filter| filter.0),
        );
        set(&mut config.log.format, self.log.format);
        config
    }
}

impl Tls {
    fn apply(self, tls: &mut super::Tls, base: &Path) {
        let file = |path: Option<PathBuf>| path.map(|path| base.join(path));
        set(&mut tls.ca, file(self.ca));
        set(&mut tls.certificate, file(self.certificate));
        set(&mut tls.key, file(self.key));
        set(&mut tls.crl, file(self.crl).map(Some));
    }
}

impl Limits {
    fn apply(self, config: &mut Config) {
        let cap = |cap: Option<Cap>| cap.map(|cap| cap.0);
        set(
            &mut config.server.frame_limit,
            self.frame.map(|size| size.0),
        );
        set(&mut config.server.connections, cap(self.connections));
        set(
            &mut config.server.pre_login_per_address,
            cap(self.pre_login_per_address),
        );
        set(&mut config.attachment, self.attachment.map(|size| size.0));
        let session = &mut config.session;
        set(
            &mut session.sessions_per_registrar,
            cap(self.sessions_per_registrar),
        );
        set(
            &mut session.failures_per_minute,
            self.login_failures_per_minute.map(|count| count.0),
        );
    }
}

impl Timeouts {
    fn apply(self, timeouts: &mut server::Timeouts) {
        let time = |seconds: Option<Seconds>| seconds.map(Seconds::duration);
        set(&mut timeouts.handshake, time(self.handshake));
        set(&mut timeouts.header, time(self.header));
        set(&mut timeouts.frame, time(self.frame));
        set(&mut timeouts.idle, time(self.idle));
        set(&mut timeouts.lifetime, time(self.lifetime));
        set(&mut timeouts.write, time(self.write));
    }
}

impl DnsCheck {
    fn apply(self, settings: &mut name_servers::Settings) {
        set(
            &mut settings.interval,
            self.interval.map(|interval| interval.0),
        );
        set(&mut settings.timeout, self.timeout.map(Seconds::duration));
        set(
            &mut settings.concurrency,
            self.concurrency.map(|count| count.0),
        );
        set(&mut settings.port, self.port);
        set(&mut settings.resolver, self.resolver.map(Some));
    }
}

/// Replaces a value when the file says something.
fn set<T>(value: &mut T, said: Option<T>) {
    if let Some(said) = said {
        *value = said;
    }
}

/// Returns the keys of every section.
#[cfg(test)]
pub(super) fn every_key() -> Vec<(&'static str, Vec<String>)> {
    vec![
        ("epp", Epp::keys()),
        ("http", Http::keys()),
        ("tls", Tls::keys()),
        ("limits", Limits::keys()),
        ("timeouts", Timeouts::keys()),
        ("dns-check", DnsCheck::keys()),
        ("log", Log::keys()),
    ]
}
