//! Arguments of `domain`, `contact` and `host`.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use crate::cli::epp::args::contact_id;
use crate::cli::registrar::args::registrar_id;
use crate::model::status::DomainStatus;
use crate::model::{ContactId, DomainName, RegistrarId, case};
use crate::protocol::ext::rgp;

/// Verbs of `domain`.
#[derive(Debug, Subcommand)]
pub enum DomainCommand {
    /// Show everything about a domain, as time has made it by now
    #[command(after_help = "Example:\n  hkepp domain show my-shop.hk")]
    Show {
        /// Name, in A-form or as it is read
        #[arg(value_parser = domain_name)]
        name: DomainName,
    },
    /// List domains in the order of their names
    #[command(
        after_help = "The next page begins after the last name of this one: --after NAME.\n\nExamples:\n  \
        hkepp domain list --sponsor registrar-a --limit 20\n  \
        hkepp domain list --status redemptionPeriod --json\n  \
        hkepp domain list --ns-failing"
    )]
    List(List),
    /// Take a domain out of the zone for a case of abuse
    #[command(after_help = "Example:\n  hkepp domain hold my-shop.hk --case ABUSE-2026-17")]
    Hold(OfCase),
    /// End such a hold
    #[command(after_help = "Example:\n  hkepp domain unhold my-shop.hk --case ABUSE-2026-17")]
    Unhold(OfCase),
    /// Show who changed a domain and when, from the audit trail; works with the server stopped, too
    #[command(after_help = "Example:\n  hkepp domain history my-shop.hk")]
    History {
        /// Name, in A-form or as it is read
        #[arg(value_parser = domain_name)]
        name: DomainName,
        /// How many changes at most, the latest
        #[arg(long, short = 'n', default_value_t = 1000, value_name = "NUMBER",
            value_parser = clap::value_parser!(u64).range(1..=100_000))]
        lines: u64,
    },
}

/// Arguments of `domain hold` and `domain unhold`.
#[derive(Args, Debug)]
pub struct OfCase {
    /// Name, in A-form or as it is read
    #[arg(value_parser = domain_name)]
    pub name: DomainName,
    /// Identifier of the case
    #[arg(long, value_name = "ID", value_parser = case_id)]
    pub case: String,
}

/// Arguments of `domain list`.
#[derive(Args, Debug)]
pub struct List {
    /// Only those this registrar sponsors
    #[arg(long, value_name = "CLID", value_parser = registrar_id)]
    pub sponsor: Option<RegistrarId>,
    /// Only those that show this status
    #[arg(long, value_parser = PossibleValuesParser::new(statuses()), hide_possible_values = true)]
    pub status: Option<String>,
    /// Only those whose name servers do not answer
    #[arg(long)]
    pub ns_failing: bool,
    /// How many at most
    #[arg(long, default_value_t = 100, value_name = "NUMBER",
        value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub limit: u64,
    /// Only those whose names come after this one
    #[arg(long, value_name = "NAME", value_parser = domain_name)]
    pub after: Option<DomainName>,
}

/// Verbs of `contact`.
#[derive(Debug, Subcommand)]
pub enum ContactCommand {
    /// Show everything about a contact
    #[command(after_help = "Example:\n  hkepp contact show C-1")]
    Show {
        /// Handle
        #[arg(value_parser = contact_id)]
        id: ContactId,
    },
}

/// Verbs of `host`.
#[derive(Debug, Subcommand)]
pub enum HostCommand {
    /// Show everything about a host
    #[command(after_help = "Example:\n  hkepp host show ns1.my-shop.hk")]
    Show {
        /// Name, in A-form or as it is read
        #[arg(value_parser = domain_name)]
        name: DomainName,
    },
}

/// Parses the identifier of a case.
pub(crate) fn case_id(text: &str) -> Result<String, &'static str> {
    let right = case::is_id(text).then(|| text.to_owned());
    right.ok_or("an identifier has 1 to 64 characters, without blanks at its ends or two in a row")
}

/// Parses a name; one that is written in another script becomes its A-form.
pub(crate) fn domain_name(text: &str) -> Result<DomainName, String> {
    let ascii = if text.is_ascii() {
        text.to_owned()
    } else {
        idna::domain_to_ascii(text).map_err(|_| "not a valid internationalised name".to_owned())?
    };
    DomainName::parse(&ascii).map_err(|error| error.to_string())
}

/// Returns every status a domain may show.
fn statuses() -> Vec<&'static str> {
    let of_domain = DomainStatus::ALL.iter().map(|status| status.as_str());
    let of_rgp = rgp::Status::ALL.iter().map(|status| status.as_str());
    let mut all: Vec<_> = of_domain.chain(of_rgp).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domain_name_is_taken_in_either_form() {
        let name = domain_name("公司.香港").unwrap();
        assert_eq!(name.as_str(), "xn--55qx5d.xn--j6w193g");
        assert_eq!(domain_name("XN--55QX5D.xn--j6w193g").unwrap(), name);
        assert!(domain_name("香港").is_err());
    }
}
