//! Objects as an operator sees them: as time has made them by now, and without anything that is secret.

use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::model::Transfer;

/// A domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DomainView {
    /// Name in A-form.
    pub name: String,
    /// Always `domain`.
    pub kind: String,
    /// The status that says most: of a deletion, a transfer, a hold, else `inactive` or `ok`.
    pub state: String,
    /// Repository object identifier.
    pub roid: String,
    /// Every status (RFC 5731).
    pub statuses: Vec<String>,
    /// Grace periods, or the stage of the deletion (RFC 3915).
    pub rgp_statuses: Vec<String>,
    /// Sponsoring registrar.
    pub sponsor: String,
    /// Registrant's handle.
    pub registrant: Option<String>,
    /// Other contacts.
    pub contacts: Vec<RoleView>,
    /// A minor's parent or guardian.
    pub guardian: Option<String>,
    /// The change of registrant that waits for documents.
    pub holder: Option<HolderView>,
    /// Documents that the registry wants to see of the registrant.
    pub demand: Option<DemandView>,
    /// Name servers by name.
    pub name_servers: Vec<String>,
    /// Hosts below the domain; left empty in lists.
    pub hosts: Vec<String>,
    /// Other forms of the name that are in use, in A-form.
    pub forms: Vec<String>,
    /// The name in the other script it is held together with.
    pub partner: Option<String>,
    /// Whether the registry's own name servers answer for it.
    pub parked: bool,
    /// DS records as zone files write them.
    pub ds: Vec<String>,
    /// Whether authorization information is set.
    pub auth_info_set: bool,
    /// The transfer under way, or the last one.
    pub transfer: Option<TransferView>,
    /// Locks of the registry.
    pub locks: Vec<LockView>,
    /// What the registry's questions to its name servers found, if they were asked.
    pub delegation: Option<DelegationView>,
    /// What happens by itself next.
    pub due: Option<DueView>,
    /// When it came into use; `None` while it is applied for.
    pub activated: Option<DateTime<Utc>>,
    /// When the registration ends.
    pub expires: DateTime<Utc>,
    /// Where it comes from.
    #[serde(flatten)]
    pub history: HistoryView,
}

/// A contact and its role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleView {
    /// `admin`, `billing` or `tech`.
    pub role: String,
    /// Handle.
    pub id: String,
}

/// A change of registrant that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderView {
    /// Number of its request for documents.
    pub id: String,
    /// Until when it must be decided.
    pub due: DateTime<Utc>,
    /// The new registrant.
    pub registrant: String,
    /// Its other contacts.
    pub contacts: Vec<RoleView>,
    /// Its parent or guardian.
    pub guardian: Option<String>,
}

/// A demand for documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemandView {
    /// Number of its request for documents.
    pub id: String,
    /// Until when they must be approved.
    pub due: DateTime<Utc>,
}

/// A lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LockView {
    /// `panel`, `court`, `hold` or `registry-lock`.
    pub kind: String,
    /// Case it is for.
    pub case: Option<String>,
    /// Whether it keeps the domain out of the zone.
    pub suspends_dns: bool,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when it is open.
    pub open_until: Option<DateTime<Utc>>,
}

/// Whether name servers answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DelegationView {
    /// `operational`, `failing` or `overdue`.
    pub state: String,
    /// When they first answered.
    pub first_answered: Option<DateTime<Utc>>,
    /// Since when they answer, or did before they failed.
    pub operational_since: Option<DateTime<Utc>>,
    /// Since when they fail without a break.
    pub failing_since: Option<DateTime<Utc>>,
    /// Rounds in a row that found that they fail.
    pub rounds_failed: u32,
    /// Since when they are not asked, and the time does not count, because the domain is out of the zone.
    pub not_asked_since: Option<DateTime<Utc>>,
    /// Whether the sponsor was told of this failure.
    pub sponsor_told: bool,
    /// What failed when they were asked last, as far as it is named.
    pub failures: Vec<FailureView>,
    /// How many failures more there were.
    pub failures_unnamed: u32,
}

/// A question to a name server that brought no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureView {
    /// Name of the server.
    pub server: String,
    /// Address it was asked at; none where none was found.
    pub address: Option<IpAddr>,
    /// Form of the name it was asked for.
    pub form: String,
    /// `udp` or `tcp`; none where it was not asked.
    pub transport: Option<String>,
    /// Why that is no answer: a word of the operator's manual.
    pub reason: String,
    /// The same in one line.
    pub text: String,
}

/// A case: a dispute or a hold for abuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CaseView {
    /// Identifier.
    pub id: String,
    /// `panel`, `court` or `hold`.
    pub kind: String,
    /// `open` or `closed`.
    pub state: String,
    /// Domain it was opened for.
    pub name: String,
    /// Every domain it locks or locked.
    pub names: Vec<String>,
    /// Whether it keeps them out of the zone.
    pub suspends_dns: bool,
    /// When it was opened.
    pub opened: DateTime<Utc>,
    /// Reference to what it was opened on.
    pub evidence: Option<String>,
    /// When it was closed.
    pub closed: Option<DateTime<Utc>>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Registrar that was given the domains.
    pub transferred_to: Option<String>,
    /// Reference to what it was closed on.
    pub closing_evidence: Option<String>,
}

/// A change that time alone brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueView {
    /// When.
    pub at: DateTime<Utc>,
    /// What, in a few words.
    pub change: String,
}

/// A transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TransferView {
    /// Status (`trStatusType`).
    pub status: String,
    /// Registrar that asked for it.
    pub requester: String,
    /// When it was asked for.
    pub requested: DateTime<Utc>,
    /// Registrar that shall act, or acted.
    pub actor: String,
    /// Until when it shall act, or when it acted.
    pub act_by: DateTime<Utc>,
}

/// Who made and changed an object, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HistoryView {
    /// Registrar that created it.
    pub creator: String,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// Registrar that changed it last.
    pub updater: Option<String>,
    /// When it was changed last.
    pub updated: Option<DateTime<Utc>>,
    /// When it was transferred last.
    pub transferred: Option<DateTime<Utc>>,
}

/// A contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ContactView {
    /// Handle.
    pub id: String,
    /// Always `contact`.
    pub kind: String,
    /// `linked` while domains refer to it, else `ok`; `pendingTransfer` before both.
    pub state: String,
    /// Repository object identifier.
    pub roid: String,
    /// Every status (RFC 5733).
    pub statuses: Vec<String>,
    /// Sponsoring registrar.
    pub sponsor: String,
    /// Places where domains refer to it, once for each role.
    pub links: i64,
    /// Names and addresses.
    pub postal: Vec<PostalView>,
    /// Telephone, the extension after an `x`.
    pub voice: Option<String>,
    /// Facsimile, the extension after an `x`.
    pub fax: Option<String>,
    /// E-mail address.
    pub email: String,
    /// Whether authorization information is set.
    pub auth_info_set: bool,
    /// The transfer under way, or the last one.
    pub transfer: Option<TransferView>,
    /// Where it comes from.
    #[serde(flatten)]
    pub history: HistoryView,
}

/// A name and address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PostalView {
    /// `int` or `loc`.
    pub form: String,
    /// Name.
    pub name: String,
    /// Organisation.
    pub org: Option<String>,
    /// Street lines.
    pub street: Vec<String>,
    /// City.
    pub city: String,
    /// State or province.
    pub province: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country.
    pub country: String,
}

/// A host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HostView {
    /// Name in A-form.
    pub name: String,
    /// Always `host`.
    pub kind: String,
    /// `linked` while domains are delegated to it, else `ok`; `pendingTransfer` before both.
    pub state: String,
    /// Repository object identifier.
    pub roid: String,
    /// Every status (RFC 5732).
    pub statuses: Vec<String>,
    /// Sponsoring registrar: that of the superordinate domain, if there is one.
    pub sponsor: String,
    /// Domain it lies below; none for a host outside the registry's zones.
    pub superordinate: Option<String>,
    /// Addresses.
    pub addresses: Vec<String>,
    /// Domains delegated to it.
    pub links: i64,
    /// Where it comes from.
    #[serde(flatten)]
    pub history: HistoryView,
}

/// A request for documents, which waits for people, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DocumentView {
    /// Its number, which is that of the application or demand.
    pub id: String,
    /// Always `document`.
    pub kind: String,
    /// `open`, `approved`, `rejected` or `lapsed`.
    pub state: String,
    /// What it is for: `create`, `registrant` or `registered`.
    pub subject: String,
    /// The registrant that the name is to have, where it is for a change of that.
    pub registrant: Option<String>,
    /// The name, in A-form.
    pub domain: String,
    /// Registrar that sponsors the name while the request is open; later the one that did when it was made.
    pub sponsor: String,
    /// When it was made.
    pub opened: DateTime<Utc>,
    /// Until when it must be decided.
    pub due: DateTime<Utc>,
    /// Codes of the documents wanted: of each group one.
    pub wanted: Vec<Vec<String>>,
    /// Rules whose verdict is up to people.
    pub review: Vec<String>,
    /// What the registrar has told of the registrant.
    pub applicant: ApplicantView,
    /// Documents the registrar has described.
    pub given: Vec<GivenView>,
    /// Files handed in.
    pub attachments: Vec<AttachmentView>,
    /// When it ended.
    pub closed: Option<DateTime<Utc>>,
    /// Who ended it.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// A registrant as a registrar describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ApplicantView {
    /// `person` or `organisation`.
    pub party: Option<String>,
    /// Day of birth.
    pub born: Option<NaiveDate>,
    /// Whether a person is 18 or older, where the day of birth is not told.
    #[serde(rename = "over-18")]
    pub over_18: Option<bool>,
    /// Legal name; once documents were approved, the one that was verified on them.
    pub legal_name: Option<String>,
    /// Handle of the parent or guardian.
    pub guardian: Option<String>,
    /// Whether it is the branch office of a company elsewhere.
    pub branch: bool,
}

/// A document as a registrar describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GivenView {
    /// Code of its kind.
    pub kind: String,
    /// What it is, for a kind that does not say so.
    pub words: Option<String>,
    /// Its number.
    pub number: String,
    /// Country that issued it.
    pub country: String,
    /// Last day on which it counts.
    pub expires: Option<NaiveDate>,
    /// The holder's Chinese name on it.
    pub chinese_name: Option<String>,
}

/// A file handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AttachmentView {
    /// SHA-256 of the content in hexadecimal; the name of the file in the directory `documents`.
    pub digest: String,
    /// Form of the content (RFC 6838).
    pub media: String,
    /// Octets.
    pub size: u64,
    /// Name of the file where it came from.
    pub file: String,
    /// When it was handed in.
    pub attached: DateTime<Utc>,
}

/// A consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ConsentView {
    /// Name it was granted for, in A-form.
    pub name: String,
    /// Always `consent`.
    pub kind: String,
    /// `in-force`, `expired` or `revoked`.
    pub state: String,
    /// `MA` or `IA`.
    pub authority: String,
    /// The authority's reference.
    pub reference: String,
    /// When it was entered.
    pub granted: DateTime<Utc>,
    /// From when on it does not count.
    pub expires: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked: Option<DateTime<Utc>>,
    /// Repository object identifier of the registrant it is for; `None` while it is for who registers the name first.
    pub holder: Option<String>,
    /// Handle of that registrant, when the name is its, or a change to it waits.
    pub registrant: Option<String>,
}

/// An entry of the registry's own list of reserved names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReservedView {
    /// Label or name in A-form.
    pub name: String,
    /// Always `reserved`.
    pub kind: String,
    /// Always `in-force`.
    pub state: String,
    /// As it was entered.
    pub written: String,
}

impl From<&Transfer> for TransferView {
    fn from(transfer: &Transfer) -> Self {
        Self {
            status: transfer.status.as_str().to_owned(),
            requester: transfer.requester.to_string(),
            requested: transfer.requested,
            actor: transfer.actor.to_string(),
            act_by: transfer.act_by,
        }
    }
}

/// Returns the state of a contact or host, whose statuses are `statuses`.
pub(super) fn state(statuses: &[String]) -> String {
    let first = ["pendingTransfer", "linked"];
    let shown = first
        .into_iter()
        .find(|state| statuses.iter().any(|status| status == state));
    shown.unwrap_or("ok").to_owned()
}
