//! Arguments of `epp`: the connection, then verb, kind, name and fields.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::create::{CreateContact, CreateDomain, CreateHost};
use super::restore::Restore;
use super::update::{UpdateContact, UpdateDomain, UpdateHost};
use crate::cli::registrar::args::registrar_id;
use crate::model::{ContactId, RegistrarId};
use crate::protocol::command::TransferOperation;
use crate::protocol::domain::HostsFilter;

/// Arguments of `epp`.
#[derive(Args, Debug)]
pub struct Epp {
    /// The connection.
    #[command(flatten)]
    pub connection: Connection,
    /// What to send.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Where to connect and as whom; may stand anywhere behind `epp`.
#[derive(Args, Debug)]
pub struct Connection {
    /// Registrar to log in as; its certificate is <CLID>.pem and .key
    #[arg(long = "as", global = true, value_name = "CLID", default_value = "registrar-a", value_parser = registrar_id)]
    pub registrar: RegistrarId,
    /// Directory with ca.pem and the certificates of the registrars
    #[arg(long, global = true, value_name = "DIR", default_value = "certs-dev")]
    pub certs_dir: PathBuf,
    /// Address of the server
    #[arg(
        long,
        global = true,
        value_name = "ADDR",
        default_value = "127.0.0.1:7700"
    )]
    pub connect: String,
    /// File whose first line is the password; - reads standard input [default: the sandbox's password]
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "password")]
    pub password_file: Option<PathBuf>,
    /// Password; other users of the machine can see it
    #[arg(long, global = true)]
    pub password: Option<String>,
    /// Print request and answer as they go over the wire
    #[arg(long, global = true, conflicts_with = "json")]
    pub xml: bool,
    /// Client transaction identifier [default: made up]
    #[arg(long, global = true, value_name = "ID", value_parser = transaction)]
    pub cltrid: Option<String>,
}

/// The commands of EPP.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Print the greeting, without logging in
    #[command(after_help = "Example:\n  hkepp epp hello")]
    Hello,
    /// Log in and out again
    #[command(after_help = "Example:\n  hkepp epp --as registrar-b login")]
    Login {
        /// File whose first line is the new password to set
        #[arg(long, value_name = "FILE")]
        new_password_file: Option<PathBuf>,
    },
    /// Ask whether objects can be created
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp epp check domain my-shop.hk other.hk"
    )]
    Check(Check),
    /// Ask for everything about an object
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp epp info domain my-shop.hk"
    )]
    Info(Info),
    /// Create an object
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp epp create domain my-shop.hk --registrant C-1 --auth-info Secret-Word-2026.Pier+7"
    )]
    Create(Create),
    /// Delete an object
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp epp delete domain my-shop.hk"
    )]
    Delete(Delete),
    /// Change an object
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp epp update domain my-shop.hk --add-ns ns1.my-shop.hk"
    )]
    Update(Update),
    /// Extend a registration
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp epp renew domain my-shop.hk --current-expiry 2027-11-25"
    )]
    Renew(Renew),
    /// Ask for, decide or look at a transfer
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp epp transfer domain request my-shop.hk --auth-info Secret-Word-2026.Pier+7"
    )]
    Transfer(Transfer),
    /// Restore a deleted domain: ask for it, then report
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp epp restore request my-shop.hk"
    )]
    Restore(Restore),
    /// Read the message queue
    #[command(subcommand, after_help = "Example:\n  hkepp epp poll req")]
    Poll(Poll),
}

/// Kinds of `check`.
#[derive(Debug, Subcommand)]
pub enum Check {
    /// Ask whether names can be registered
    #[command(after_help = "Example:\n  hkepp epp check domain my-shop.hk other.hk")]
    Domain {
        /// Names
        #[arg(required = true, value_parser = wire_name)]
        names: Vec<String>,
    },
    /// Ask whether handles can be used
    #[command(after_help = "Example:\n  hkepp epp check contact C-1 C-2")]
    Contact {
        /// Handles
        #[arg(required = true, value_parser = contact_id)]
        ids: Vec<ContactId>,
    },
    /// Ask whether hosts can be created
    #[command(after_help = "Example:\n  hkepp epp check host ns1.my-shop.hk")]
    Host {
        /// Names
        #[arg(required = true, value_parser = wire_name)]
        names: Vec<String>,
    },
}

/// Kinds of `info`.
#[derive(Debug, Subcommand)]
pub enum Info {
    /// Show a domain
    #[command(after_help = "Example:\n  hkepp epp info domain my-shop.hk --hosts del")]
    Domain {
        /// Name
        #[arg(value_parser = wire_name)]
        name: String,
        /// Hosts to list: all, del (its name servers), sub (those below it) or none
        #[arg(long, default_value = "all", value_parser = hosts_filter)]
        hosts: HostsFilter,
        /// Authorization information
        #[arg(long, value_name = "TEXT")]
        auth_info: Option<String>,
    },
    /// Show a contact
    #[command(after_help = "Example:\n  hkepp epp info contact C-1")]
    Contact {
        /// Handle
        #[arg(value_parser = contact_id)]
        id: ContactId,
        /// Authorization information
        #[arg(long, value_name = "TEXT")]
        auth_info: Option<String>,
    },
    /// Show a host
    #[command(after_help = "Example:\n  hkepp epp info host ns1.my-shop.hk")]
    Host {
        /// Name
        #[arg(value_parser = wire_name)]
        name: String,
    },
}

/// Kinds of `create`.
#[derive(Debug, Subcommand)]
pub enum Create {
    /// Register a domain
    #[command(
        after_help = "Example:\n  hkepp epp create domain my-shop.hk --registrant C-1 --admin C-1 \\\n    \
        --ns ns1.my-shop.hk --period 1 --auth-info Secret-Word-2026.Pier+7"
    )]
    Domain(CreateDomain),
    /// Create a contact
    #[command(
        after_help = "Example:\n  hkepp epp create contact C-1 --name \"Chan Tai Man\" --street \"1 Queen's Road\" \\\n    \
        --city Central --cc HK --email chan@example.com"
    )]
    Contact(CreateContact),
    /// Create a host
    #[command(after_help = "Example:\n  hkepp epp create host ns1.my-shop.hk --addr 192.0.2.1")]
    Host(CreateHost),
}

/// Kinds of `delete`.
#[derive(Debug, Subcommand)]
pub enum Delete {
    /// Delete a domain
    #[command(after_help = "Example:\n  hkepp epp delete domain my-shop.hk")]
    Domain {
        /// Name
        #[arg(value_parser = wire_name)]
        name: String,
    },
    /// Delete a contact
    #[command(after_help = "Example:\n  hkepp epp delete contact C-1")]
    Contact {
        /// Handle
        #[arg(value_parser = contact_id)]
        id: ContactId,
    },
    /// Delete a host
    #[command(after_help = "Example:\n  hkepp epp delete host ns1.my-shop.hk")]
    Host {
        /// Name
        #[arg(value_parser = wire_name)]
        name: String,
    },
}

/// Kinds of `update`.
#[derive(Debug, Subcommand)]
pub enum Update {
    /// Change a domain
    #[command(
        after_help = "Example:\n  hkepp epp update domain my-shop.hk --add-ns ns2.my-shop.hk --remove-status clientHold"
    )]
    Domain(UpdateDomain),
    /// Change a contact
    #[command(after_help = "Example:\n  hkepp epp update contact C-1 --email new@example.com")]
    Contact(UpdateContact),
    /// Change a host
    #[command(
        after_help = "Example:\n  hkepp epp update host ns1.my-shop.hk --add-addr 2001:db8::1"
    )]
    Host(UpdateHost),
}

/// Kinds of `renew`.
#[derive(Debug, Subcommand)]
pub enum Renew {
    /// Extend the registration of a domain
    #[command(
        after_help = "Example:\n  hkepp epp renew domain my-shop.hk --current-expiry 2027-11-25 --period 2"
    )]
    Domain {
        /// Name
        #[arg(value_parser = wire_name)]
        name: String,
        /// Day on which it ends now; makes sending the command twice harmless
        #[arg(long, value_name = "YYYY-MM-DD")]
        current_expiry: chrono::NaiveDate,
        /// Years to add
        #[arg(long, value_name = "YEARS")]
        period: Option<u8>,
    },
}

/// Kinds of `transfer`.
#[derive(Debug, Subcommand)]
pub enum Transfer {
    /// Transfer a domain
    #[command(
        after_help = "Example:\n  hkepp epp transfer domain request my-shop.hk --auth-info Secret-Word-2026.Pier+7"
    )]
    Domain {
        /// request, approve, reject, cancel or query
        #[arg(value_parser = operation)]
        operation: TransferOperation,
        /// Name
        #[arg(value_parser = wire_name)]
        name: String,
        /// Authorization information
        #[arg(long, value_name = "TEXT")]
        auth_info: Option<String>,
        /// Years to add
        #[arg(long, value_name = "YEARS")]
        period: Option<u8>,
    },
    /// Transfer a contact
    #[command(after_help = "Example:\n  hkepp epp transfer contact query C-1")]
    Contact {
        /// request, approve, reject, cancel or query
        #[arg(value_parser = operation)]
        operation: TransferOperation,
        /// Handle
        #[arg(value_parser = contact_id)]
        id: ContactId,
        /// Authorization information
        #[arg(long, value_name = "TEXT")]
        auth_info: Option<String>,
    },
}

/// Verbs of `poll`.
#[derive(Debug, Subcommand)]
pub enum Poll {
    /// Show the first message
    #[command(after_help = "Example:\n  hkepp epp poll req")]
    Req,
    /// Remove a message
    #[command(after_help = "Example:\n  hkepp epp poll ack 17")]
    Ack {
        /// Identifier, as `poll req` shows it
        id: String,
    },
}

/// Writes a name as the protocol has it: what is not ASCII in A-form, anything else as it is given.
pub(super) fn wire_name(text: &str) -> Result<String, String> {
    if text.is_ascii() {
        return Ok(text.to_owned());
    }
    idna::domain_to_ascii(text).map_err(|_| format!("{text} cannot be written in A-form"))
}

/// Parses a handle.
pub(crate) fn contact_id(text: &str) -> Result<ContactId, &'static str> {
    ContactId::parse(text).ok_or("a contact's handle has 3 to 16 characters")
}

fn hosts_filter(text: &str) -> Result<HostsFilter, &'static str> {
    HostsFilter::parse(text).ok_or("write all, del, sub or none")
}

fn operation(text: &str) -> Result<TransferOperation, &'static str> {
    TransferOperation::parse(text).ok_or("write request, approve, reject, cancel or query")
}

fn transaction(text: &str) -> Result<String, &'static str> {
    let legal = (3..=64).contains(&text.chars().count());
    legal
        .then(|| text.to_owned())
        .ok_or("a client transaction identifier has 3 to 64 characters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_name_writes_chinese_in_a_form_and_leaves_the_rest() {
        let wire = |text| wire_name(text).unwrap();
        assert_eq!(wire("中文.香港"), "xn--fiq228c.xn--j6w193g");
        assert_eq!(wire("My_Shop..HK"), "My_Shop..HK");
    }
}
