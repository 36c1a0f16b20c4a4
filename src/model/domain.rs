//! Domains (RFC 5731).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::dnssec::DnssecData;
use super::host::HostId;
use super::status::DomainStatus;
use super::{AuthInfo, ContactId, DomainName, Lock, Package, Period, RegistrarId, Transfer};

/// A domain object as it is stored; what time alone changes is projected by `lifecycle`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// Name.
    pub name: DomainName,
    /// Repository object identifier.
    pub roid: String,
    /// Statuses set by clients or the server; ok and inactive are computed.
    pub statuses: Vec<DomainStatus>,
    /// Registrant.
    pub registrant: Option<ContactId>,
    /// Other contacts with their roles.
    pub contacts: Vec<(ContactRole, ContactId)>,
    /// Name servers, in the order given.
    pub name_servers: Vec<HostId>,
    /// DNSSEC data.
    pub dnssec: Option<DnssecData>,
    /// Sponsoring registrar.
    pub sponsor: RegistrarId,
    /// Registrar that created it.
    pub creator: RegistrarId,
    /// When it was created.
    #[serde(with = "super::instant")]
    pub created: DateTime<Utc>,
    /// Who changed it last, and when.
    pub updated: Option<(RegistrarId, DateTime<Utc>)>,
    /// When the registration ends.
    #[serde(with = "super::instant")]
    pub expires: DateTime<Utc>,
    /// When it was last transferred.
    pub transferred: Option<DateTime<Utc>>,
    /// Authorization information, hashed; `None` when unset.
    pub auth_info: Option<AuthInfo>,
    /// Grace periods that may still run (RFC 3915).
    pub grace: Vec<GracePeriod>,
    /// The transfer under way, or the last one.
    pub transfer: Option<Transfer>,
    /// Where its deletion stands; `None` for a domain in use.
    pub deletion: Option<Deletion>,
    /// What of it waits for approval; `None` once that is decided, or where none was needed.
    pub application: Option<Application>,
    /// Whether the registry's own name servers serve it until it names some.
    pub parked: bool,
    /// Locks of the registry.
    pub locks: Vec<Lock>,
    /// The other forms of the name; `None` where it has no variants.
    pub package: Option<Package>,
    /// The name in the other script that is held together with this one.
    pub partner: Option<DomainName>,
    /// When it came into use, which an approval may bring; `None` while it is applied for. For one whose approval older
    /// records did not date, when it was created.
    pub activated: Option<DateTime<Utc>>,
    /// The parent or guardian that registers beside a minor.
    pub guardian: Option<ContactId>,
    /// The documents that the registry wants to see of its registrant; `None` where it wants none.
    pub demand: Option<Demand>,
}

impl Domain {
    /// Returns its active forms: the name it is registered by, then the other forms in use, each once; at most 35.
    pub fn forms(&self) -> Vec<&DomainName> {
        let others = self.package.as_ref();
        let others = others.map(|package| package.bundled(&self.name));
        let mut forms = vec![&self.name];
        forms.extend(others.unwrap_or_default());
        forms
    }

    /// Says whether it is not registered yet, but applied for.
    pub fn is_applied_for(&self) -> bool {
        let asked = self
            .application
            .as_ref()
            .map(|application| &application.asked);
        matches!(asked, Some(Asked::Name(_)))
    }

    /// Returns the registrant and contacts that wait for approval.
    pub fn waiting_holder(&self) -> Option<&Holder> {
        match &self.application.as_ref()?.asked {
            Asked::Holder(holder) => Some(holder),
            Asked::Name(_) => None,
        }
    }

    /// Says whether it waits for the documents of this request.
    pub fn awaits(&self, request: u64) -> bool {
        let application = self.application.as_ref().map(|it| it.id);
        let demand = self.demand.as_ref().map(|it| it.id);
        [application, demand].contains(&Some(request))
    }

    /// Returns every contact it refers to, each as often as it does; those that wait for approval, too.
    pub fn linked_contacts(&self) -> impl Iterator<Item = &ContactId> {
        let waiting = self.waiting_holder().into_iter();
        let waiting = waiting.flat_map(|holder| {
            let contacts = holder.contacts.iter().map(|(_, id)| id);
            let guardian = holder.guardian.iter();
            std::iter::once(&holder.registrant)
                .chain(contacts)
                .chain(guardian)
        });
        let contacts = self.contacts.iter().map(|(_, id)| id);
        self.registrant
            .iter()
            .chain(contacts)
            .chain(&self.guardian)
            .chain(waiting)
    }
}

/// A create, or a change of registrant, that waits for the registry's approval (RFC 5731 section 3.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its number; documents refer to it.
    pub id: u64,
    /// `clTRID` of the command.
    pub client_transaction: Option<String>,
    /// `svTRID` of the answer to the command.
    pub server_transaction: String,
    /// Until when its documents must be approved; then it is refused.
    #[serde(with = "super::instant")]
    pub until: DateTime<Utc>,
    /// What is asked for.
    pub asked: Asked,
}

/// What an [`Application`] asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// The name; this period begins with the approval.
    Name(Period),
    /// Another registrant of a registered name.
    Holder(Holder),
}

/// Who a name is to belong to, and who stands for it then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Registrant.
    pub registrant: ContactId,
    /// Other contacts with their roles, all of them.
    pub contacts: Vec<(ContactRole, ContactId)>,
    /// The parent or guardian of a minor.
    pub guardian: Option<ContactId>,
}

/// The registry's wish to see documents of a registered name's registrant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    /// Number of its request for documents.
    pub id: u64,
    /// Until when they must be approved; then the name is held.
    #[serde(with = "super::instant")]
    pub until: DateTime<Utc>,
}

impl Demand {
    /// What the case of every demand begins with.
    pub const PREFIX: &str = "documents ";

    /// Returns the case under which the domain is held without them.
    pub fn case(&self) -> String {
        format!("{}{}", Self::PREFIX, self.id)
    }

    /// Says whether a case is that of a demand.
    pub fn is_case(case: &str) -> bool {
        case.starts_with(Self::PREFIX)
    }
}

/// The way of a deleted domain (RFC 3915 section 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// When it was deleted.
    pub deleted: DateTime<Utc>,
    /// How far it is.
    pub stage: Stage,
    /// When the stage ends by itself.
    #[serde(with = "super::instant")]
    pub until: DateTime<Utc>,
}

/// Stage of a [`Deletion`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// `redemptionPeriod`: it can be restored; ends in [`Stage::PendingDelete`].
    Redemption,
    /// `pendingRestore`: the restore report is due; ends in [`Stage::Redemption`] again.
    Restore,
    /// `pendingDelete`: nothing stops it; ends with the domain.
    PendingDelete,
}

/// Role of a contact beside the registrant (`contactAttrType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ContactRole {
    /// `admin`.
    Admin,
    /// `billing`.
    Billing,
    /// `tech`.
    Tech,
}

impl ContactRole {
    /// Finds the role written `text`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "admin" => Some(Self::Admin),
            "billing" => Some(Self::Billing),
            "tech" => Some(Self::Tech),
            _ => None,
        }
    }

    /// Returns the role as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Billing => "billing",
            Self::Tech => "tech",
        }
    }
}

/// A grace period that began with a billable operation (RFC 3915 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GracePeriod {
    /// Which.
    pub kind: Grace,
    /// When it ends.
    #[serde(with = "super::instant")]
    pub until: DateTime<Utc>,
    /// The period the operation paid for.
    pub period: Period,
}

/// Kind of a [`GracePeriod`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grace {
    /// `addPeriod`, after a create.
    Add,
    /// `autoRenewPeriod`, after an automatic renewal.
    AutoRenew,
    /// `renewPeriod`, after a renew.
    Renew,
    /// `transferPeriod`, after a transfer.
    Transfer,
}

/// Returns a domain of `registrar-a`, created in 2027 for a year, that has its name and nothing else.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) fn sample(name: &str) -> Domain {
    let registrar = RegistrarId::parse("registrar-a").unwrap();
    Domain {
        name: DomainName::parse(name).unwrap(),
        roid: "D1-HKEPP".to_owned(),
        statuses: Vec::new(),
        registrant: None,
        contacts: Vec::new(),
        name_servers: Vec::new(),
        dnssec: None,
        sponsor: registrar.clone(),
        creator: registrar,
        created: "2027-03-01T00:00:00Z".parse().unwrap(),
        updated: None,
        expires: "2028-03-01T00:00:00Z".parse().unwrap(),
        transferred: None,
        auth_info: None,
        grace: Vec::new(),
        transfer: None,
        deletion: None,
        application: None,
        parked: false,
        locks: Vec::new(),
        package: None,
        partner: None,
        activated: "2027-03-01T00:00:00Z".parse().ok(),
        guardian: None,
        demand: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(id: &str) -> ContactId {
        ContactId::parse(id).unwrap()
    }

    /// Returns a domain with a contact of every kind.
    fn domain() -> Domain {
        Domain {
            registrant: Some(contact("chan-1")),
            contacts: vec![
                (ContactRole::Admin, contact("lee-2")),
                (ContactRole::Tech, contact("chan-1")),
            ],
            guardian: Some(contact("ng-3")),
            ..sample("shop.example")
        }
    }

    fn holder() -> Holder {
        Holder {
            registrant: contact("wong-4"),
            contacts: vec![(ContactRole::Admin, contact("lee-2"))],
            guardian: Some(contact("yip-5")),
        }
    }

    fn waiting(asked: Asked) -> Domain {
        let application = Application {
            id: 1,
            client_transaction: None,
            server_transaction: "HKEPP-1".to_owned(),
            until: "2027-03-15T00:00:00Z".parse().unwrap(),
            asked,
        };
        Domain {
            application: Some(application),
            ..domain()
        }
    }

    #[test]
    fn only_a_name_that_is_asked_for_is_applied_for() {
        let name = waiting(Asked::Name(Period::years(1).unwrap()));
        assert!(name.is_applied_for());
        assert_eq!(name.waiting_holder(), None);
        let change = waiting(Asked::Holder(holder()));
        assert!(!change.is_applied_for());
        assert_eq!(change.waiting_holder(), Some(&holder()));
        assert!(!domain().is_applied_for());
        assert_eq!(domain().waiting_holder(), None);
    }

    #[test]
    fn linked_contacts_are_all_there_are_and_all_that_wait_each_as_often_as_it_occurs() {
        let linked = |domain: &Domain| -> Vec<String> {
            let contacts = domain.linked_contacts();
            contacts.map(|id| id.as_str().to_owned()).collect()
        };
        let own = ["chan-1", "lee-2", "chan-1", "ng-3"];
        assert_eq!(linked(&sample("shop.example")), [""; 0]);
        assert_eq!(linked(&domain()), own);
        let name = waiting(Asked::Name(Period::years(1).unwrap()));
        assert_eq!(linked(&name), own);
        let change = waiting(Asked::Holder(holder()));
        let both = [&own[..], &["wong-4", "lee-2", "yip-5"]].concat();
        assert_eq!(linked(&change), both);
    }

    #[test]
    fn case_of_a_demand_is_told_from_others() {
        let demand = Demand {
            id: 78,
            until: "2027-03-15T00:00:00Z".parse().unwrap(),
        };
        assert_eq!(demand.case(), "documents 78");
        assert!(Demand::is_case(&demand.case()));
        assert!(!Demand::is_case("consent MA B1/15C"));
    }
}
