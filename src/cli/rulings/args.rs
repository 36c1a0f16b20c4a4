//! Arguments of `document`, `consent` and `reserved`.

use std::path::PathBuf;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use clap::{Args, Subcommand, ValueEnum};

use crate::cli::epp::args::contact_id;
use crate::cli::objects::args::domain_name;
use crate::model::case::is_evidence;
use crate::model::consent::Authority;
use crate::model::document::DocumentKind;
use crate::model::{ContactId, DomainName};

/// Verbs of `document`.
#[derive(Debug, Subcommand)]
pub enum DocumentCommand {
    /// List the requests for documents that wait, and those that did
    #[command(
        after_help = "Examples:\n  hkepp document list\n  hkepp document list --state open --json"
    )]
    List {
        /// Only those in this state
        #[arg(long, value_name = "STATE", value_parser = ["open", "approved", "rejected", "lapsed"])]
        state: Option<String>,
    },
    /// Show what a request for documents is for and wants, and what has come
    #[command(after_help = "Example:\n  hkepp document show 4294967301")]
    Show {
        /// Its number
        id: u64,
    },
    /// Ask for documents of a registered name's registrant; the name is held when they do not come
    #[command(
        after_help = "Each --kind is a list of kinds of which one is wanted; docs/registrar.md lists their codes. Nothing is\n\
        forbidden meanwhile. Approving documents later lifts the hold.\n\n\
        Example:\n  hkepp document request my-shop.hk --kind HKID,PASSNO --days 30 --reason \"The address is wrong\""
    )]
    Request {
        /// Name, in A-form or as it is read
        #[arg(value_parser = domain_name)]
        name: DomainName,
        /// Codes of kinds of documents of which one is wanted
        #[arg(long, value_name = "CODE[,CODE...]", required = true, value_parser = kinds)]
        kind: Vec<Kinds>,
        /// Days until they must be approved; as many as an application has unless given
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=366))]
        days: Option<u32>,
        /// Why; the registrar is told it
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Approve documents: a name applied for is registered from now on, a hold for want of them ends
    #[command(
        after_help = "The rules are judged again: a name that was reserved meanwhile, or lacks a consent, is not approved.\n\n\
        Examples:\n  hkepp document approve 4294967301\n  hkepp document approve 4294967301 --legal-name 歐陽好"
    )]
    Approve {
        /// What is decided.
        #[command(flatten)]
        decide: Decide,
        /// The registrant's name on the documents; below .個人 it must be the name itself
        #[arg(long, value_name = "NAME", value_parser = legal_name)]
        legal_name: Option<String>,
    },
    /// Reject documents: a name applied for is free again, a registered one is held
    #[command(
        after_help = "Example:\n  hkepp document reject 4294967301 --reason \"The certificate is another company's\""
    )]
    Reject(Decide),
    /// Add a PDF, GIF or JPEG file to a request for documents
    #[command(after_help = "Example:\n  hkepp document attach 4294967301 certificate.pdf")]
    Attach {
        /// Number of the request
        id: u64,
        /// The file
        file: PathBuf,
    },
}

/// Arguments of `document approve` and `document reject`.
#[derive(Args, Debug)]
pub struct Decide {
    /// Number of the request
    pub id: u64,
    /// Why; it is kept with the request, and told with a rejection of a registered name's documents
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// Kinds of documents of which one is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kinds(pub Vec<DocumentKind>);

/// Verbs of `consent`.
#[derive(Debug, Subcommand)]
pub enum ConsentCommand {
    /// Enter an authority's consent to a name with a restricted word
    #[command(
        after_help = "A consent covers every variant of the name, for one registrant; for others it does not count. It takes the place \
        of the authority's last one to the name, and lifts the hold that the end of that one brought.\n\n\
        Examples:\n  hkepp consent grant mybank.hk --authority MA --reference B1/15C --expires 2031-12-31\n  \
        hkepp consent grant mybank.hk --authority MA --reference B1/16 --registrant hk-2"
    )]
    Grant {
        /// What is granted.
        #[command(flatten)]
        consent: OfAuthority,
        /// Last day on which it counts, in Hong Kong, or an instant of RFC 3339 at which it ends
        #[arg(long, value_name = "DATE", value_parser = end)]
        expires: Option<DateTime<Utc>>,
        /// Contact it is for [default: the registrant of the name, or who registers it first]
        #[arg(long, value_name = "ID", value_parser = contact_id)]
        registrant: Option<ContactId>,
    },
    /// Take a consent back; the name, while it is its registrant's, is held out of the zone
    #[command(
        after_help = "Example:\n  hkepp consent revoke mybank.hk --authority MA --reference B1/15C"
    )]
    Revoke(OfAuthority),
    /// List the consents, and whom they are for
    #[command(after_help = "Example:\n  hkepp consent list --json")]
    List,
    /// Show the consents to a name, and whom they are for
    #[command(after_help = "Example:\n  hkepp consent show mybank.hk")]
    Show {
        /// Name, in A-form or as it is read
        #[arg(value_parser = domain_name)]
        name: DomainName,
    },
}

/// A consent as the command line names it.
#[derive(Args, Debug)]
pub struct OfAuthority {
    /// Name, in A-form or as it is read
    #[arg(value_parser = domain_name)]
    pub name: DomainName,
    /// Who consents: the Monetary Authority or the Insurance Authority
    #[arg(long, value_enum, ignore_case = true)]
    pub authority: Who,
    /// The authority's reference
    #[arg(long, value_name = "REF")]
    pub reference: String,
}

/// An authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Who {
    /// Monetary Authority.
    #[value(name = "MA")]
    Monetary,
    /// Insurance Authority.
    #[value(name = "IA")]
    Insurance,
}

impl From<Who> for Authority {
    fn from(who: Who) -> Self {
        match who {
            Who::Monetary => Self::Monetary,
            Who::Insurance => Self::Insurance,
        }
    }
}

/// Verbs of `reserved`.
#[derive(Debug, Subcommand)]
pub enum ReservedCommand {
    /// Reserve labels in every zone, or names in theirs, with every variant
    #[command(
        after_help = "A text without a dot is a label. Registered names stay registered.\n\n\
        Examples:\n  hkepp reserved add harbour\n  hkepp reserved add harbour.com.hk 海港.香港"
    )]
    Add {
        /// Labels and names, in A-form or as they are read
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Reserve labels and names no more
    #[command(after_help = "Example:\n  hkepp reserved remove harbour.com.hk")]
    Remove {
        /// Labels and names, as `reserved list` shows them or as they are read
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// List what the registry itself reserves
    #[command(after_help = "Example:\n  hkepp reserved list --json")]
    List,
    /// Reserve every label and name of a file: one a line, # begins a comment
    #[command(after_help = "Example:\n  hkepp reserved import reserved.txt")]
    Import {
        /// The file
        file: PathBuf,
    },
}

/// Reads codes of kinds of documents.
fn kinds(text: &str) -> Result<Kinds, String> {
    let codes = text.split(',').map(|code| code.trim().to_ascii_uppercase());
    let kinds: Option<Vec<_>> = codes.map(|code| DocumentKind::parse(&code)).collect();
    kinds.map(Kinds).ok_or_else(|| {
        let known: Vec<&str> = DocumentKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("the codes are {}", known.join(", "))
    })
}

/// Reads a name on a document.
fn legal_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    match is_evidence(name) {
        true => Ok(name.to_owned()),
        false => Err("a name has 1 to 255 characters, on one line".to_owned()),
    }
}

/// Reads the end of a consent: a day of Hong Kong counts to its last moment.
fn end(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let next = day.and_then(|day| day.checked_add_days(Days::new(1)));
    let local = next.map(|next| next.and_time(NaiveTime::MIN).and_utc());
    let end = local.and_then(|local| local.checked_sub_signed(TimeDelta::hours(8)));
    end.ok_or_else(|| "a date like 2031-12-31, or an instant like 2031-12-31T16:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_codes_with_commas_between() {
        let expected = Kinds(vec![DocumentKind::IdentityCard, DocumentKind::Passport]);
        assert_eq!(kinds("hkid, PASSNO"), Ok(expected));
        for text in ["", "HKID,", "HKID PASSNO", "ID"] {
            assert!(kinds(text).unwrap_err().contains("HKID, OTHID"), "{text}");
        }
    }

    #[test]
    fn end_is_the_last_moment_of_a_day_in_hong_kong_or_an_instant() {
        for (text, instant) in [
            ("2031-12-31", Some("2031-12-31T16:00:00Z")),
            ("2031-12-31T10:00:00+08:00", Some("2031-12-31T02:00:00Z")),
            ("2031-02-29", None),
            ("soon", None),
        ] {
            let expected = instant.map(|instant| instant.parse::<DateTime<Utc>>().unwrap());
            assert_eq!(end(text).ok(), expected, "{text}");
        }
    }
}
