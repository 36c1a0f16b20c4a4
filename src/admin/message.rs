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
use super::view::{
    CaseView, ConsentView, ContactView, DocumentView, DomainView, HostView, ReservedView,
};
use crate::base::secret::Secret;
use crate::export::zone::Summary;
use crate::flow::domain::lock::{Closing, Opening};
use crate::model::consent::Authority;
use crate::model::document::DocumentKind;
use crate::model::{ContactId, DomainName, RegistrarId};
use crate::store::Listing;

/// Longest line either side accepts, in octets.
pub const LINE_MAXIMUM: u64 = 64 * 1024 * 1024;

/// What an operator asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Something of the registry's content.
    Registry(Verb),
    /// A look at the registry's objects.
    Objects(Query),
    /// A change of the registry's objects.
    Orders(Order),
    /// A decision on an application, a consent, a reservation.
    Rulings(Ruling),
    /// Something of the files it is kept in.
    Files(FileVerb),
    /// A zone, named in A-form, as a master file: parts of it and then what it holds.
    Zone(String),
}

impl Request {
    /// Returns the verb as logs name it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Registry(verb) => verb.name(),
            Self::Objects(query) => query.name(),
            Self::Orders(order) => order.name(),
            Self::Rulings(ruling) => ruling.name(),
            Self::Files(verb) => verb.name(),
            Self::Zone(_) => "zone export",
        }
    }
}

/// Declares verbs with the names that logs use.
macro_rules! verbs {
    ($(#[$doc:meta])* $enum:ident { $($(#[$verb_doc:meta])* $verb:ident($of:ty) = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $enum { $($(#[$verb_doc])* $verb($of),)* }

        impl $enum {
            /// Returns the verb as logs name it.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$verb(_) => $name,)* }
            }
        }
    };
}

verbs! {
    /// A verb on the registry's content.
    Verb {
        /// Makes an account.
        RegistrarAdd(NewRegistrar) = "registrar add",
        /// Lists accounts.
        RegistrarList(()) = "registrar list",
        /// Shows an account.
        RegistrarShow(RegistrarId) = "registrar show",
        /// Refuses logins.
        RegistrarSuspend(RegistrarId) = "registrar suspend",
        /// Allows logins again.
        RegistrarResume(RegistrarId) = "registrar resume",
        /// Sets a password.
        RegistrarSetPassword((RegistrarId, Password)) = "registrar set-password",
        /// Accepts a certificate, named by its fingerprint in hexadecimal.
        RegistrarPinCert((RegistrarId, String)) = "registrar pin-cert",
        /// No longer accepts a certificate.
        RegistrarUnpinCert((RegistrarId, String)) = "registrar unpin-cert",
        /// Allows networks.
        RegistrarAllowIp((RegistrarId, Vec<IpNet>)) = "registrar allow-ip",
        /// Takes networks off the list.
        RegistrarDisallowIp((RegistrarId, Vec<IpNet>)) = "registrar allow-ip --remove",
        /// Moves the manual clock.
        ClockAdvance(Moment) = "sandbox advance",
    }
}

verbs! {
    /// A question about the registry's objects, as time has made them by now.
    Query {
        /// Shows a domain.
        DomainShow(DomainName) = "domain show",
        /// Lists domains.
        DomainList(DomainFilter) = "domain list",
        /// Shows a contact.
        ContactShow(ContactId) = "contact show",
        /// Shows a host.
        HostShow(DomainName) = "host show",
        /// Lists disputes; only open ones, if so asked.
        DisputeList(bool) = "dispute list",
        /// Shows the disputes of this identifier or about this domain.
        DisputeShow(String) = "dispute show",
        /// Lists the requests for documents.
        DocumentList(()) = "document list",
        /// Shows a request for documents.
        DocumentShow(u64) = "document show",
        /// Lists the consents.
        ConsentList(()) = "consent list",
        /// Shows the consents to a name.
        ConsentShow(DomainName) = "consent show",
        /// Lists the names the registry itself reserves.
        ReservedList(()) = "reserved list",
    }
}

verbs! {
    /// A decision of the registry on who may have a name.
    Ruling {
        /// Asks for documents of a registered name's registrant.
        DocumentRequest(NewDemand) = "document request",
        /// Approves documents.
        DocumentApprove((u64, Approval)) = "document approve",
        /// Rejects documents, for a reason or without one.
        DocumentReject((u64, Option<String>)) = "document reject",
        /// Adds a file to a request for documents.
        DocumentAttach((u64, NewFile)) = "document attach",
        /// Enters a consent.
        ConsentGrant(NewConsent) = "consent grant",
        /// Takes a consent back, named by its reference.
        ConsentRevoke((DomainName, Authority, String)) = "consent revoke",
        /// Reserves labels and names.
        ReservedAdd(Vec<String>) = "reserved add",
        /// Reserves labels and names no more.
        ReservedRemove(Vec<String>) = "reserved remove",
        /// Lets a registrar register in a category, whose label it is in either script.
        RegistrarPermit((RegistrarId, String)) = "registrar permit",
        /// No longer lets it.
        RegistrarForbid((RegistrarId, String)) = "registrar forbid",
    }
}

verbs! {
    /// A change of the registry's objects that no registrar asked for.
    Order {
        /// Opens a dispute.
        DisputeOpen((DomainName, Opening)) = "dispute open",
        /// Closes a dispute.
        DisputeClose((DomainName, Closing)) = "dispute close",
        /// Takes a domain out of the zone for a case of abuse.
        DomainHold((DomainName, String)) = "domain hold",
        /// Ends such a hold.
        DomainUnhold((DomainName, String)) = "domain unhold",
        /// Sets the registry lock.
        LockSet(DomainName) = "lock set",
        /// Takes the registry lock away.
        LockRelease(DomainName) = "lock release",
        /// Opens the registry lock for so many seconds.
        LockWindow((DomainName, u32)) = "lock window",
    }
}

verbs! {
    /// A verb on the files of the store.
    FileVerb {
        /// Checks the store.
        StoreVerify(()) = "store verify",
        /// Writes a backup to a file, named by an absolute path.
        BackupCreate(PathBuf) = "backup create",
        /// Shows the latest entries of the audit trail, so many.
        AuditTail(u64) = "audit tail",
        /// Shows the latest changes of a domain, so many.
        DomainHistory((DomainName, u64)) = "domain history",
        /// Proves the audit trail.
        AuditVerify(()) = "audit verify",
    }
}

/// A file on its way.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// Its content in base64.
    pub content: String,
}

impl fmt::Debug for NewFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewFile")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Documents to be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDemand {
    /// The name.
    pub name: DomainName,
    /// What is wanted: of each group one.
    pub wanted: Vec<Vec<DocumentKind>>,
    /// Days until they must be approved; `None` is as many as an application has.
    pub days: Option<u32>,
    /// Why, for the sponsor.
    pub reason: Option<String>,
}

/// What an officer says who approves documents.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Why.
    pub reason: Option<String>,
    /// The registrant's name on the documents, as it was verified.
    pub legal_name: Option<String>,
}

impl fmt::Debug for Approval {
    /// Leaves out what tells a person's identity.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approval")
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// A consent to be entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewConsent {
    /// The name.
    pub name: DomainName,
    /// Who consents.
    pub authority: Authority,
    /// The authority's reference.
    pub reference: String,
    /// From when on it does not count.
    pub expires: Option<DateTime<Utc>>,
    /// Whom it is for; `None` is the registrant of the name, or who registers it first.
    pub registrant: Option<ContactId>,
}

/// Which domains to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainFilter {
    /// Those this registrar sponsors.
    pub sponsor: Option<RegistrarId>,
    /// Those that show this status, of RFC 5731 or RFC 3915.
    pub status: Option<String>,
    /// Only those whose name servers do not answer.
    pub ns_failing: bool,
    /// Those whose names come after this one.
    pub after: Option<DomainName>,
    /// At most so many.
    pub limit: usize,
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
    /// Domains, in the order of their names.
    Domains(Vec<DomainView>),
    /// One domain.
    Domain(Box<DomainView>),
    /// One contact.
    Contact(Box<ContactView>),
    /// One host.
    Host(Box<HostView>),
    /// Cases, the earliest first.
    Cases(Vec<CaseView>),
    /// Requests for documents, the earliest first.
    Documents(Vec<DocumentView>),
    /// One request for documents, as it is now.
    Document(Box<DocumentView>),
    /// Consents, in the order of their names.
    Consents(Vec<ConsentView>),
    /// Entries of the registry's own list of reserved names.
    Reserved(Vec<ReservedView>),
    /// The registry's time.
    Clock(DateTime<Utc>),
    /// What a verification of the store found.
    Verified(Verified),
    /// A backup was written.
    BackedUp(BackedUp),
    /// Entries of the audit trail, oldest first.
    Audit(Vec<AuditLine>),
    /// Lines of a zone; more follow.
    ZonePart(String),
    /// The zone is complete.
    Zone(Summary),
}

/// An account as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// Categories it may register in beside those that are open to every registrar.
    pub categories: Vec<String>,
    /// When the account was made.
    pub created: DateTime<Utc>,
    /// When the password was set.
    pub password_set: DateTime<Utc>,
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Verified {
    /// First entry of the journal; more than 1 after a restore.
    pub first: u64,
    /// Last entry.
    pub last: u64,
    /// SHA-256 of the last entry, hexadecimal: it covers all before it.
    pub head: String,
    /// Files the journal consists of.
    pub segments: usize,
    /// Sound checkpoints.
    pub checkpoints: usize,
    /// Digest of the state after the last entry, when it was computed.
    pub digest: Option<String>,
    /// What became of the index, when it was looked at.
    pub index: Option<String>,
    /// Files of applications that are as they were kept, when they were looked at.
    pub files: Option<u64>,
    /// Files beside them that no application names, which does no harm.
    pub unnamed: Listing,
    /// Everything that is wrong, one sentence each.
    pub problems: Vec<String>,
}

/// A backup, written or restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackedUp {
    /// Sequence of the last change it holds.
    pub sequence: u64,
    /// Rows it holds.
    pub rows: u64,
    /// Digest of the state.
    pub digest: String,
    /// Files of applications it holds.
    pub files: u64,
    /// Files that its applications name and that it does not hold.
    pub missing: Listing,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AuditLine {
    /// Place in the journal.
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
    /// Keys written.
    pub keys: Vec<String>,
    /// SHA-256 of the journal entry, hexadecimal.
    pub hash: String,
}
