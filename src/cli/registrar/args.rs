//! Arguments of `registrar`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use ipnet::IpNet;

use crate::model::RegistrarId;

/// Verbs of `registrar`.
#[derive(Debug, Subcommand)]
pub enum RegistrarCommand {
    /// Make an account
    #[command(
        after_help = "A password that is not given is made and printed once.\n\nExample:\n  \
        hkepp registrar add registrar-d --name \"Delta Limited\" --certificate delta.pem"
    )]
    Add(Add),
    /// List the accounts
    #[command(after_help = "Example:\n  hkepp registrar list --json")]
    List,
    /// Show one account
    #[command(after_help = "Example:\n  hkepp registrar show registrar-a")]
    Show {
        /// Client identifier
        #[arg(value_parser = registrar_id)]
        id: RegistrarId,
    },
    /// Refuse logins and end the sessions that run
    #[command(after_help = "Example:\n  hkepp registrar suspend registrar-a")]
    Suspend {
        /// Client identifier
        #[arg(value_parser = registrar_id)]
        id: RegistrarId,
    },
    /// Allow logins again
    #[command(after_help = "Example:\n  hkepp registrar resume registrar-a")]
    Resume {
        /// Client identifier
        #[arg(value_parser = registrar_id)]
        id: RegistrarId,
    },
    /// Set a new password and end the sessions that run
    #[command(
        after_help = "A password that is not given is made and printed once.\n\nExample:\n  \
        hkepp registrar set-password registrar-a --password-file new.txt"
    )]
    SetPassword {
        /// Client identifier
        #[arg(value_parser = registrar_id)]
        id: RegistrarId,
        /// Where the password comes from.
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Accept a client certificate, beside one that is being replaced
    #[command(after_help = "Example:\n  hkepp registrar pin-cert registrar-a new-client.pem")]
    PinCert {
        /// Client identifier
        #[arg(value_parser = registrar_id)]
        id: RegistrarId,
        /// PEM file whose first certificate is meant, or the certificate's SHA-256 in hexadecimal
        certificate: String,
    },
    /// No longer accept a client certificate, and end the sessions that run
    #[command(after_help = "Example:\n  hkepp registrar unpin-cert registrar-a old-client.pem")]
    UnpinCert {
        /// Client identifier
        #[arg(value_parser = registrar_id)]
        id: RegistrarId,
        /// PEM file whose first certificate is meant, or the certificate's SHA-256 in hexadecimal
        certificate: String,
    },
    /// Allow logins from a network; with the first, all others are refused
    #[command(
        after_help = "Examples:\n  hkepp registrar allow-ip registrar-a 192.0.2.0/24 2001:db8::/32\n  \
        hkepp registrar allow-ip registrar-a --remove 192.0.2.0/24"
    )]
    AllowIp {
        /// Client identifier
        #[arg(value_parser = registrar_id)]
        id: RegistrarId,
        /// Networks or addresses
        #[arg(required = true, value_parser = network)]
        networks: Vec<IpNet>,
        /// Take them off the list; an empty list allows every address
        #[arg(long)]
        remove: bool,
    },
    /// Let it register in a category that is not open to every registrar
    #[command(
        after_help = "The category is named in English or Chinese.\n\nExample:\n  \
        hkepp registrar permit registrar-a --category gov"
    )]
    Permit(OfCategory),
    /// No longer let it register in such a category; it keeps its names there
    #[command(after_help = "Example:\n  hkepp registrar forbid registrar-a --category gov")]
    Forbid(OfCategory),
}

/// A registrar and a category.
#[derive(Args, Debug)]
pub struct OfCategory {
    /// Client identifier
    #[arg(value_parser = registrar_id)]
    pub id: RegistrarId,
    /// Label of the category
    #[arg(long)]
    pub category: String,
}

/// Arguments of `registrar add`.
#[derive(Args, Debug)]
pub struct Add {
    /// Client identifier (clID), 3 to 16 characters
    #[arg(value_parser = registrar_id)]
    pub id: RegistrarId,
    /// Name of the organisation
    #[arg(long)]
    pub name: String,
    /// Where the password comes from.
    #[command(flatten)]
    pub password: PasswordSource,
    /// Client certificate: a PEM file, or its SHA-256 in hexadecimal
    #[arg(long, value_name = "FILE|SHA256")]
    pub certificate: Vec<String>,
    /// Network or address logins may come from; none allows all
    #[arg(long, value_name = "NETWORK", value_parser = network)]
    pub allow_ip: Vec<IpNet>,
}

/// Where a password comes from; never from the command line, which other users can see.
#[derive(Args, Debug)]
pub struct PasswordSource {
    /// File whose first line is the password; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// Parses a client identifier.
pub(crate) fn registrar_id(text: &str) -> Result<RegistrarId, &'static str> {
    let legal =
        !text.chars().any(char::is_control) && crate::protocol::text::collapse(text) == text;
    let id = RegistrarId::parse(text).filter(|_| legal);
    id.ok_or("a client identifier has 3 to 16 characters")
}

/// Parses a network; an address is the network of itself.
fn network(text: &str) -> Result<IpNet, &'static str> {
    text.parse::<IpNet>()
        .map(|network| network.trunc())
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| "write an address or a network like 192.0.2.0/24")
}
