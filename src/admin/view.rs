//! Objects as an operator sees them: as time has made them by now, and without anything that is secret.

use chrono::{DateTime, Utc};
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
    /// Name servers by name.
    pub name_servers: Vec<String>,
    /// Hosts below the domain; left empty in lists.
    pub hosts: Vec<String>,
    /// DS records as zone files write them.
    pub ds: Vec<String>,
    /// Whether authorization information is set.
    pub auth_info_set: bool,
    /// The transfer under way, or the last one.
    pub transfer: Option<TransferView>,
    /// Locks of the registry.
    pub locks: Vec<LockView>,
    /// What happens by itself next.
    pub due: Option<DueView>,
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
