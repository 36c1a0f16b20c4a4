//! Fields of `epp create`, and the commands they make.

use clap::Args;

use super::args::{contact_id, wire_name};
use super::fields::{addresses, ds_record, period};
use crate::model::ContactId;
use crate::model::contact::{Address, Details, Phone, PostalInfo, PostalKind};
use crate::model::dnssec::{DnssecData, DsData};
use crate::model::domain::ContactRole;
use crate::protocol::auth_info::AuthInfo;
use crate::protocol::domain::{ContactReference, NameServers};
use crate::protocol::ext::secdns;
use crate::protocol::{Command, Extension, contact, domain, host};

/// Fields of a new domain.
#[derive(Args, Debug)]
pub struct CreateDomain {
    /// Name
    #[arg(value_parser = wire_name)]
    name: String,
    /// Years; the registry's default when absent
    #[arg(long, value_name = "YEARS")]
    period: Option<u8>,
    /// Name server, the name of a host object
    #[arg(long, value_name = "HOST", num_args = 1.., value_parser = wire_name)]
    ns: Vec<String>,
    /// Handle of the registrant
    #[arg(long, value_name = "ID", value_parser = contact_id)]
    registrant: Option<ContactId>,
    /// Handle of an administrative contact
    #[arg(long, value_name = "ID", value_parser = contact_id)]
    admin: Vec<ContactId>,
    /// Handle of a technical contact
    #[arg(long, value_name = "ID", value_parser = contact_id)]
    tech: Vec<ContactId>,
    /// Handle of a billing contact
    #[arg(long, value_name = "ID", value_parser = contact_id)]
    billing: Vec<ContactId>,
    /// Authorization information; empty sets none
    #[arg(long, value_name = "TEXT", default_value = "")]
    auth_info: String,
    /// DS record: key tag, algorithm, digest type and digest in one argument
    #[arg(long, value_name = "RECORD", value_parser = ds_record)]
    ds: Vec<DsData>,
}

impl CreateDomain {
    /// Makes the command and its extension.
    pub(super) fn command(self) -> Result<(Command, Vec<Extension>), &'static str> {
        let extensions = if self.ds.is_empty() {
            Vec::new()
        } else {
            let data = DnssecData::Ds(self.ds);
            vec![Extension::SecDnsCreate(secdns::Create {
                max_sig_life: None,
                data,
            })]
        };
        let command = Command::DomainCreate(domain::Create {
            name: self.name,
            period: period(self.period)?,
            name_servers: (!self.ns.is_empty()).then_some(NameServers::Objects(self.ns)),
            registrant: self.registrant,
            contacts: contacts(self.admin, self.tech, self.billing),
            auth_info: AuthInfo::password(self.auth_info),
        });
        Ok((command, extensions))
    }
}

/// Gives contacts their roles.
pub(super) fn contacts(
    admin: Vec<ContactId>,
    tech: Vec<ContactId>,
    billing: Vec<ContactId>,
) -> Vec<ContactReference> {
    let roles = [
        (ContactRole::Admin, admin),
        (ContactRole::Tech, tech),
        (ContactRole::Billing, billing),
    ];
    let mut contacts = Vec::new();
    for (role, ids) in roles {
        contacts.extend(ids.into_iter().map(|id| ContactReference {
            role: Some(role),
            id,
        }));
    }
    contacts
}

/// Fields of a new contact.
#[derive(Args, Debug)]
pub struct CreateContact {
    /// Handle
    #[arg(value_parser = contact_id)]
    id: ContactId,
    /// Name
    #[arg(long)]
    name: String,
    /// Organisation
    #[arg(long)]
    org: Option<String>,
    /// Line of the street address; up to three
    #[arg(long, value_name = "LINE")]
    street: Vec<String>,
    /// City
    #[arg(long)]
    city: String,
    /// State or province
    #[arg(long)]
    sp: Option<String>,
    /// Postal code
    #[arg(long)]
    pc: Option<String>,
    /// Country, two letters
    #[arg(long)]
    cc: String,
    /// Write the address in any script; without it in ASCII alone
    #[arg(long)]
    local: bool,
    /// Telephone, +CC.NUMBER
    #[arg(long)]
    voice: Option<String>,
    /// Facsimile, +CC.NUMBER
    #[arg(long)]
    fax: Option<String>,
    /// E-mail address
    #[arg(long)]
    email: String,
    /// Authorization information; empty sets none
    #[arg(long, value_name = "TEXT", default_value = "")]
    auth_info: String,
}

impl CreateContact {
    /// Makes the command.
    pub(super) fn command(self) -> Command {
        let address = Address {
            street: self.street,
            city: self.city,
            province: self.sp,
            postal_code: self.pc,
            country: self.cc,
        };
        let kind = if self.local {
            PostalKind::Local
        } else {
            PostalKind::International
        };
        let details = Details {
            postal: vec![PostalInfo {
                kind,
                name: self.name,
                org: self.org,
                address,
            }],
            voice: self.voice.map(phone),
            fax: self.fax.map(phone),
            email: self.email,
            disclose: None,
        };
        let auth_info = AuthInfo::password(self.auth_info);
        Command::ContactCreate(contact::Create {
            id: self.id,
            details,
            empty_voice: false,
            auth_info,
        })
    }
}

/// Makes a telephone number without extension.
pub(super) fn phone(number: String) -> Phone {
    Phone {
        number,
        extension: None,
    }
}

/// Fields of a new host.
#[derive(Args, Debug)]
pub struct CreateHost {
    /// Name
    #[arg(value_parser = wire_name)]
    name: String,
    /// Address of a host below a domain of this registry
    #[arg(long, value_name = "IP", num_args = 1..)]
    addr: Vec<String>,
}

impl CreateHost {
    /// Makes the command.
    pub(super) fn command(self) -> Command {
        Command::HostCreate(host::Create {
            name: self.name,
            addresses: addresses(self.addr),
        })
    }
}
