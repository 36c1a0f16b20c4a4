//! What the operator's commands and the server say to each other over the control socket.
//!
//! One request and one reply, each one line of JSON. Certificates travel as fingerprints. Passwords travel in
//! clear: the socket belongs to the server's user alone (mode 0600) and never leaves the machine.

use std::fmt;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::moment::Moment;
use crate::base::secret::Secret;
use crate::model::RegistrarId;

/// Longest line either side accepts, in octets.
pub const LINE_MAXIMUM: u64 = 64 * 1024 * 1024;

/// What an operator asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verb")]
pub enum Request {
    /// Makes an account.
    RegistrarAdd(NewRegistrar),
    /// Lists accounts.
    RegistrarList,
    /// Shows an account.
    RegistrarShow {
        /// Client identifier.
        id: RegistrarId,
    },
    /// Refuses logins.
    RegistrarSuspend {
        /// Client identifier.
        id: RegistrarId,
    },
    /// Allows logins again.
    RegistrarResume {
        /// Client identifier.
        id: RegistrarId,
    },
    /// Sets a password.
    RegistrarSetPassword {
        /// Client identifier.
        id: RegistrarId,
        /// The new password.
        password: Password,
    },
    /// Accepts a certificate.
    RegistrarPinCert {
        /// Client identifier.
        id: RegistrarId,
        /// Fingerprint, hexadecimal.
        pin: String,
    },
    /// No longer accepts a certificate.
    RegistrarUnpinCert {
        /// Client identifier.
        id: RegistrarId,
        /// Fingerprint, hexadecimal.
        pin: String,
    },
    /// Allows networks, or takes them off the list.
    RegistrarAllowIp {
        /// Client identifier.
        id: RegistrarId,
        /// The networks.
        networks: Vec<IpNet>,
        /// Whether they are taken off.
        remove: bool,
    },
    /// Moves the manual clock.
    ClockAdvance {
        /// How far.
        to: Moment,
    },
    /// Checks the store.
    StoreVerify,
    /// Writes a backup.
    BackupCreate {
        /// The file, as an absolute path.
        file: PathBuf,
    },
    /// Shows the latest entries of the audit trail.
    AuditTail {
        /// How many.
        lines: usize,
    },
    /// Proves the audit trail.
    AuditVerify,
}

impl Request {
    /// Returns the verb as logs name it.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::RegistrarAdd(_) => "registrar add",
            Self::RegistrarList => "registrar list",
            Self::RegistrarShow { .. } => "registrar show",
            Self::RegistrarSuspend { .. } => "registrar suspend",
            Self::RegistrarResume { .. } => "registrar resume",
            Self::RegistrarSetPassword { .. } => "registrar set-password",
            Self::RegistrarPinCert { .. } => "registrar pin-cert",
            Self::RegistrarUnpinCert { .. } => "registrar unpin-cert",
            Self::RegistrarAllowIp { .. } => "registrar allow-ip",
            Self::ClockAdvance { .. } => "sandbox advance",
            Self::StoreVerify => "store verify",
            Self::BackupCreate { .. } => "backup create",
            Self::AuditTail { .. } => "audit tail",
            Self::AuditVerify => "audit verify",
        }
    }
}

/// An account to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRegistrar {
    /// Client identifier.
    pub id: RegistrarId,
    /// Name of the organisation.
    pub name: String,
    /// Password.
    pub password: Password,
    /// Fingerprints of client certificates, hexadecimal.
    pub pins: Vec<String>,
    /// Networks it may connect from.
    pub networks: Vec<IpNet>,
}

/// A password on its way; it does not print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password(String);

impl Password {
    /// Wraps a password.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Hands the password over.
    pub fn into_secret(mut self) -> Secret {
        Secret::new(std::mem::take(&mut self.0))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

impl Drop for Password {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// What the server answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// Refused, with a sentence that says what to do.
    Refused(String),
    /// Accounts.
    Registrars(Vec<RegistrarView>),
    /// One account, as it is now.
    Registrar(RegistrarView),
    /// The registry's time.
    Clock(DateTime<Utc>),
    /// The store is sound.
    Verified(Verified),
    /// A backup was written.
    BackedUp(BackedUp),
    /// Entries of the audit trail, oldest first.
    Audit(Vec<AuditLine>),
}

/// An account as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrarView {
    /// Client identifier.
    pub id: String,
    /// Always `registrar`.
    pub kind: String,
    /// `active` or `suspended`.
    pub state: String,
    /// Name of the organisation.
    pub name: String,
    /// Fingerprints of client certificates.
    pub pins: Vec<String>,
    /// Networks it may connect from; empty allows every address.
    pub networks: Vec<IpNet>,
    /// When the account was made.
    pub created: DateTime<Utc>,
    /// When the password was set.
    pub password_set: DateTime<Utc>,
}

/// Outcome of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// Entries of the audit trail that were read.
    pub entries: u64,
    /// Sequence of the last change.
    pub sequence: u64,
    /// Hash of the last entry, hexadecimal: proves all before it.
    pub head: String,
}

/// A backup that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackedUp {
    /// The file.
    pub file: PathBuf,
    /// Sequence of the last change it holds.
    pub sequence: u64,
    /// Its size.
    pub octets: u64,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Sequence of the change.
    pub sequence: u64,
    /// Registry time.
    pub at: DateTime<Utc>,
    /// Registrar, `operator` or job.
    pub actor: String,
    /// Verb and kind.
    pub command: String,
    /// What was changed.
    pub object: String,
    /// `svTRID`.
    pub server_transaction: String,
    /// `clTRID`.
    pub client_transaction: Option<String>,
}
