//! Fields of `epp update`, and the commands they make.

use clap::Args;

use super::args::{contact_id, wire_name};
use super::create::{contacts, phone};
use super::fields::{addresses, ds_record};
use crate::model::ContactId;
use crate::model::contact::{Address, PostalKind};
use crate::model::dnssec::{DnssecData, DsData};
use crate::model::status::{ContactStatus, DomainStatus, HostStatus};
use crate::protocol::auth_info::AuthInfo;
use crate::protocol::domain::NameServers;
use crate::protocol::ext::secdns;
use crate::protocol::status::StatusText;
use crate::protocol::{Command, Extension, contact, domain, host};

/// Changes of a domain.
#[derive(Args, Debug)]
pub struct UpdateDomain {
    /// Name
    #[arg(value_parser = wire_name)]
    name: String,
    /// Name server to add
    #[arg(long, value_name = "HOST", num_args = 1.., value_parser = wire_name)]
    add_ns: Vec<String>,
    /// Name server to remove
    #[arg(long, value_name = "HOST", num_args = 1.., value_parser = wire_name)]
    remove_ns: Vec<String>,
    /// Administrative contact to add
    #[arg(long, value_name = "ID", value_parser = contact_id)]
    add_admin: Vec<ContactId>,
    /// Administrative contact to remove
    #[arg(long, value_name = "ID", value_parser = contact_id)]
    remove_admin: Vec<ContactId>,
    /// Technical contact to add
    #[arg(long, value_name = "ID", value_parser = contact_id)]
    add_tech: Vec<ContactId>,
    /// Technical contact to remove
    #[arg(long, value_name = "ID", value_parser = contact_id)]
    remove_tech: Vec<ContactId>,
    /// Billing contact to add
    #[arg(long, value_name = "ID", value_parser = contact_id)]
    add_billing: Vec<ContactId>,
    /// Billing contact to remove
    #[arg(long, value_name = "ID", value_parser = contact_id)]
    remove_billing: Vec<ContactId>,
    /// Status to set, for example clientHold
    #[arg(long, value_name = "STATUS", value_parser = domain_status)]
    add_status: Vec<DomainStatus>,
    /// Status to lift
    #[arg(long, value_name = "STATUS", value_parser = domain_status)]
    remove_status: Vec<DomainStatus>,
    /// New registrant
    #[arg(long, value_name = "ID", value_parser = contact_id)]
    registrant: Option<ContactId>,
    /// New authorization information; empty unsets it
    #[arg(long, value_name = "TEXT")]
    auth_info: Option<String>,
    /// DS record to add: key tag, algorithm, digest type and digest in one argument
    #[arg(long, value_name = "RECORD", value_parser = ds_record)]
    add_ds: Vec<DsData>,
    /// DS record to remove
    #[arg(long, value_name = "RECORD", value_parser = ds_record, conflicts_with = "remove_all_ds")]
    remove_ds: Vec<DsData>,
    /// Remove all DS records
    #[arg(long)]
    remove_all_ds: bool,
}

impl UpdateDomain {
    /// Makes the command and its extensions.
    pub(super) fn command(self) -> (Command, Vec<Extension>) {
        let auth_info = self.auth_info.map(|text| {
            if text.is_empty() {
                AuthInfo::Null
            } else {
                AuthInfo::password(text)
            }
        });
        let change = domain::Change {
            registrant: self.registrant.map(Some),
            auth_info,
        };
        let mut extensions = Vec::new();
        extensions.extend(secure(self.add_ds, self.remove_ds, self.remove_all_ds));
        let command = Command::DomainUpdate(domain::Update {
            name: self.name,
            add: domain_part(
                self.add_ns,
                (self.add_admin, self.add_tech, self.add_billing),
                self.add_status,
            ),
            remove: domain_part(
                self.remove_ns,
                (self.remove_admin, self.remove_tech, self.remove_billing),
                self.remove_status,
            ),
            change: (change != domain::Change::default()).then_some(change),
        });
        (command, extensions)
    }
}

/// Makes what is added or removed; `None` when there is nothing.
fn domain_part(
    servers: Vec<String>,
    (admin, tech, billing): (Vec<ContactId>, Vec<ContactId>, Vec<ContactId>),
    statuses: Vec<DomainStatus>,
) -> Option<domain::AddRemove> {
    let part = domain::AddRemove {
        name_servers: (!servers.is_empty()).then_some(NameServers::Objects(servers)),
        contacts: contacts(admin, tech, billing),
        statuses: plain(statuses),
    };
    (part != domain::AddRemove::default()).then_some(part)
}

/// Makes the extension that changes DS records; `None` when there is nothing to change.
fn secure(add: Vec<DsData>, remove: Vec<DsData>, all: bool) -> Option<Extension> {
    let remove = match (all, remove.is_empty()) {
        (true, _) => Some(secdns::Remove::All(true)),
        (false, false) => Some(secdns::Remove::Ds(remove)),
        (false, true) => None,
    };
    let data = DnssecData::Ds(add.clone());
    let add = (!add.is_empty()).then_some(secdns::Addition {
        max_sig_life: None,
        data,
    });
    if remove.is_none() && add.is_none() {
        return None;
    }
    Some(Extension::SecDnsUpdate(secdns::Update {
        urgent: false,
        remove,
        add,
        change: None,
    }))
}

/// Changes of a contact.
#[derive(Args, Debug)]
pub struct UpdateContact {
    /// Handle
    #[arg(value_parser = contact_id)]
    id: ContactId,
    /// Status to set
    #[arg(long, value_name = "STATUS", value_parser = contact_status)]
    add_status: Vec<ContactStatus>,
    /// Status to lift
    #[arg(long, value_name = "STATUS", value_parser = contact_status)]
    remove_status: Vec<ContactStatus>,
    /// New name
    #[arg(long)]
    name: Option<String>,
    /// New organisation; empty removes it
    #[arg(long)]
    org: Option<String>,
    /// Line of the new address, which is replaced as a whole; up to three
    #[arg(long, value_name = "LINE", requires = "city")]
    street: Vec<String>,
    /// City of the new address
    #[arg(long, requires = "cc")]
    city: Option<String>,
    /// State or province of the new address
    #[arg(long, requires = "city")]
    sp: Option<String>,
    /// Postal code of the new address
    #[arg(long, requires = "city")]
    pc: Option<String>,
    /// Country of the new address
    #[arg(long, requires = "city")]
    cc: Option<String>,
    /// Change the address in any script; without it the one in ASCII
    #[arg(long)]
    local: bool,
    /// New telephone; empty removes it
    #[arg(long)]
    voice: Option<String>,
    /// New facsimile; empty removes it
    #[arg(long)]
    fax: Option<String>,
    /// New e-mail address
    #[arg(long)]
    email: Option<String>,
    /// New authorization information
    #[arg(long, value_name = "TEXT")]
    auth_info: Option<String>,
}

impl UpdateContact {
    /// Makes the command.
    pub(super) fn command(self) -> Command {
        let kind = if self.local {
            PostalKind::Local
        } else {
            PostalKind::International
        };
        let address = match (self.city, self.cc) {
            (Some(city), Some(country)) => Some(Address {
                street: self.street,
                city,
                province: self.sp,
                postal_code: self.pc,
                country,
            }),
            (Some(_) | None, None) | (None, Some(_)) => None,
        };
        let mut postal = Vec::new();
        if self.name.is_some() || self.org.is_some() || address.is_some() {
            postal.push(contact::PostalChange {
                kind,
                name: self.name,
                org: self.org,
                address,
            });
        }
        let number = |text: String| (!text.is_empty()).then(|| phone(text));
        let change = contact::Change {
            postal,
            voice: self.voice.map(number),
            fax: self.fax.map(number),
            email: self.email,
            auth_info: self.auth_info.map(AuthInfo::password),
            disclose: None,
        };
        Command::ContactUpdate(contact::Update {
            id: self.id,
            add: plain(self.add_status),
            remove: plain(self.remove_status),
            change: (change != contact::Change::default()).then_some(change),
        })
    }
}

/// Changes of a host.
#[derive(Args, Debug)]
pub struct UpdateHost {
    /// Name
    #[arg(value_parser = wire_name)]
    name: String,
    /// Address to add
    #[arg(long, value_name = "IP", num_args = 1..)]
    add_addr: Vec<String>,
    /// Address to remove
    #[arg(long, value_name = "IP", num_args = 1..)]
    remove_addr: Vec<String>,
    /// Status to set
    #[arg(long, value_name = "STATUS", value_parser = host_status)]
    add_status: Vec<HostStatus>,
    /// Status to lift
    #[arg(long, value_name = "STATUS", value_parser = host_status)]
    remove_status: Vec<HostStatus>,
    /// New name
    #[arg(long, value_name = "NAME")]
    rename: Option<String>,
}

impl UpdateHost {
    /// Makes the command.
    pub(super) fn command(self) -> Command {
        let part = |texts: Vec<String>, statuses: Vec<HostStatus>| {
            let part = host::AddRemove {
                addresses: addresses(texts),
                statuses: plain(statuses),
            };
            (part != host::AddRemove::default()).then_some(part)
        };
        Command::HostUpdate(host::Update {
            name: self.name,
            add: part(self.add_addr, self.add_status),
            remove: part(self.remove_addr, self.remove_status),
            change: self.rename,
        })
    }
}

/// Sets statuses without saying why.
fn plain<S>(statuses: Vec<S>) -> Vec<(S, StatusText)> {
    statuses
        .into_iter()
        .map(|status| (status, StatusText::default()))
        .collect()
}

fn domain_status(text: &str) -> Result<DomainStatus, &'static str> {
    DomainStatus::parse(text).ok_or("domains have no such status; clientHold is one")
}

fn contact_status(text: &str) -> Result<ContactStatus, &'static str> {
    ContactStatus::parse(text).ok_or("contacts have no such status; clientUpdateProhibited is one")
}

fn host_status(text: &str) -> Result<HostStatus, &'static str> {
    HostStatus::parse(text).ok_or("hosts have no such status; clientUpdateProhibited is one")
}
