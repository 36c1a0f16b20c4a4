//! Arguments of `dispute` and `lock`.

use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};

use crate::admin::moment::Moment;
use crate::cli::objects::args::{case_id, domain_name};
use crate::cli::registrar::args::registrar_id;
use crate::model::{DomainName, RegistrarId, case};

/// Verbs of `dispute`.
#[derive(Debug, Subcommand)]
pub enum DisputeCommand {
    /// Lock a domain, and its partner, until the dispute is closed
    #[command(
        after_help = "A transfer under way is cancelled. Renewing stays allowed.\n\nExamples:\n  \
        hkepp dispute open my-shop.hk --case HKIAC-2026-1 --evidence complaint-1.pdf\n  \
        hkepp dispute open my-shop.hk --case HCA-1-2026 --kind court --suspend-dns"
    )]
    Open(Open),
    /// Unlock a domain, and do what the outcome says
    #[command(
        after_help = "After --outcome relinquished the domain is deleted.\n\nExamples:\n  \
        hkepp dispute close my-shop.hk --case HKIAC-2026-1 --outcome settled\n  \
        hkepp dispute close my-shop.hk --case HKIAC-2026-1 --outcome panel-decision --transfer-to registrar-b"
    )]
    Close(Close),
    /// List the disputes, the earliest first
    #[command(after_help = "Example:\n  hkepp dispute list --open")]
    List {
        /// Only those that are open
        #[arg(long)]
        open: bool,
    },
    /// Show everything about the disputes of an identifier or of a domain
    #[command(
        after_help = "Examples:\n  hkepp dispute show HKIAC-2026-1\n  hkepp dispute show my-shop.hk"
    )]
    Show {
        /// Identifier of a case, or name of a domain
        #[arg(value_name = "NAME|ID")]
        which: String,
    },
}

/// Arguments of `dispute open`.
#[derive(Args, Debug)]
pub struct Open {
    /// Name, in A-form or as it is read
    #[arg(value_parser = domain_name)]
    pub name: DomainName,
    /// Identifier of the case
    #[arg(long, value_name = "ID", value_parser = case_id)]
    pub case: String,
    /// Whom it is before
    #[arg(long, value_enum, default_value_t = Before::Panel)]
    pub kind: Before,
    /// Take the domain out of the zone, too
    #[arg(long)]
    pub suspend_dns: bool,
    /// Reference to the notice of complaint, or the writ
    #[arg(long, value_name = "REF", value_parser = evidence)]
    pub evidence: Option<String>,
}

/// Whom a dispute is before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Before {
    /// An arbitration panel.
    Panel,
    /// A court.
    Court,
}

/// Arguments of `dispute close`.
#[derive(Args, Debug)]
pub struct Close {
    /// Name, in A-form or as it is read
    #[arg(value_parser = domain_name)]
    pub name: DomainName,
    /// Identifier of the case
    #[arg(long, value_name = "ID", value_parser = case_id)]
    pub case: String,
    /// How the dispute ended
    #[arg(long, value_enum)]
    pub outcome: End,
    /// Registrar that is given the domain, by a panel's decision or a court's order
    #[arg(long, value_name = "CLID", value_parser = registrar_id)]
    pub transfer_to: Option<RegistrarId>,
    /// Reference to the decision, the order or the notice
    #[arg(long, value_name = "REF", value_parser = evidence)]
    pub evidence: Option<String>,
}

/// How a dispute ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum End {
    /// The arbitration panel decided.
    PanelDecision,
    /// A court ordered it.
    CourtOrder,
    /// The parties settled.
    Settled,
    /// The holder gives the name up.
    Relinquished,
}

/// Verbs of `lock`.
#[derive(Debug, Subcommand)]
pub enum LockCommand {
    /// Lock a domain, and its partner, against update, transfer and delete
    #[command(after_help = "Example:\n  hkepp lock set my-shop.hk")]
    Set {
        /// Name, in A-form or as it is read
        #[arg(value_parser = domain_name)]
        name: DomainName,
    },
    /// Take the lock away
    #[command(after_help = "Example:\n  hkepp lock release my-shop.hk")]
    Release {
        /// Name, in A-form or as it is read
        #[arg(value_parser = domain_name)]
        name: DomainName,
    },
    /// Open the lock for a while; it closes by itself
    #[command(after_help = "Example:\n  hkepp lock window my-shop.hk --for 2h")]
    Window {
        /// Name, in A-form or as it is read
        #[arg(value_parser = domain_name)]
        name: DomainName,
        /// How long from now (90s, 30m, 2h, 1d), 7 days at most
        #[arg(long = "for", value_name = "TIME", value_parser = seconds)]
        length: u32,
    },
}

/// Parses a reference to evidence.
fn evidence(text: &str) -> Result<String, &'static str> {
    let right = case::is_evidence(text).then(|| text.to_owned());
    right.ok_or("a reference has 1 to 255 characters, without blanks at its ends or two in a row")
}

/// Parses a length of time.
fn seconds(text: &str) -> Result<u32, &'static str> {
    match Moment::from_str(text) {
        Ok(Moment::After(seconds)) if seconds > 0 => Ok(seconds),
        Ok(Moment::After(_) | Moment::At(_)) | Err(_) => {
            Err("write a length of time like 90s, 30m, 2h or 1d")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_takes_lengths_of_time_only() {
        assert_eq!(seconds("2h"), Ok(7200));
        for text in ["0s", "2030-01-01T00:00:00Z", "2", "h", "-1h"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
