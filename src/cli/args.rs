//! The command line: noun, then verb. Help, man pages and completions are made from here alone.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::epp::args::Epp;
use super::locks::args::{DisputeCommand, LockCommand};
use super::objects::args::{ContactCommand, DomainCommand, HostCommand};
use super::registrar::args::RegistrarCommand;
use super::rulings::args::{ConsentCommand, DocumentCommand, ReservedCommand};
use crate::admin::moment::Moment;
use crate::policy::profile::SHIPPED_NAMES;

/// EPP registry server for .hk and .香港
#[derive(Debug, Parser)]
#[command(
    name = "hkepp",
    version,
    arg_required_else_help = true,
    after_help = "Examples:\n  hkepp sandbox\n  hkepp epp check domain my-shop.hk\n\n\
                  HKEPP_LOG sets the log filter, for example HKEPP_LOG=info,hkepp=debug."
)]
pub struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that may stand anywhere.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Directory of the data and the control socket [default: sandbox-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// The nouns.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a whole registry for development, without configuration
    #[command(after_help = "Examples:\n  hkepp sandbox\n  \
        hkepp sandbox --dir /tmp/registry --listen 127.0.0.1:0 --http 127.0.0.1:0\n  \
        hkepp sandbox --clock manual --start-time 2030-01-01T00:00:00Z")]
    Sandbox(Sandbox),
    /// Run the server
    #[command(
        after_help = "SIGTERM and SIGINT let running commands end and stop within 5 seconds. SIGHUP reads\n\
        certificates, revocation list and log filter again.\n\nExample:\n  \
        hkepp serve --config /etc/hkepp/hkepp.toml"
    )]
    Serve {
        /// Configuration file; see `hkepp config default`
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Judge or print a configuration file
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp config default > hkepp.toml"
    )]
    Config(ConfigCommand),
    /// Manage the accounts of registrars on the running server
    #[command(subcommand, after_help = "Example:\n  hkepp registrar list")]
    Registrar(RegistrarCommand),
    /// Look at domains, who holds them and who changed them; hold those that are abused
    #[command(subcommand, after_help = "Example:\n  hkepp domain show my-shop.hk")]
    Domain(DomainCommand),
    /// Look at contacts
    #[command(subcommand, after_help = "Example:\n  hkepp contact show C-1")]
    Contact(ContactCommand),
    /// Look at hosts
    #[command(subcommand, after_help = "Example:\n  hkepp host show ns1.my-shop.hk")]
    Host(HostCommand),
    /// Lock domains in dispute, and unlock them
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp dispute open my-shop.hk --case HKIAC-2026-1"
    )]
    Dispute(DisputeCommand),
    /// Lock domains whose holders ordered that
    #[command(subcommand, after_help = "Example:\n  hkepp lock set my-shop.hk")]
    Lock(LockCommand),
    /// Decide on applications that wait for documents
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp document list --state open"
    )]
    Document(DocumentCommand),
    /// Keep the consents of authorities to restricted words
    #[command(subcommand, after_help = "Example:\n  hkepp consent list")]
    Consent(ConsentCommand),
    /// Keep the registry's own list of reserved names
    #[command(subcommand, after_help = "Example:\n  hkepp reserved add harbour")]
    Reserved(ReservedCommand),
    /// Publish zones
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp zone export hk --out /var/lib/nsd/hk.zone"
    )]
    Zone(ZoneCommand),
    /// Examine the store
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp store verify --dir /var/lib/hkepp"
    )]
    Store(StoreCommand),
    /// Make and restore backups
    #[command(
        subcommand,
        after_help = "Example:\n  hkepp backup create /backup/hkepp.backup"
    )]
    Backup(BackupCommand),
    /// Read and prove the audit trail
    #[command(subcommand, after_help = "Example:\n  hkepp audit tail --lines 5")]
    Audit(AuditCommand),
    /// Ask the registry's rules, without a server
    #[command(subcommand, after_help = "Example:\n  hkepp policy explain my-shop.hk")]
    Policy(PolicyCommand),
    /// Send one command to an EPP server
    #[command(
        after_help = "Examples:\n  hkepp epp check domain my-shop.hk other.hk\n  \
        hkepp epp --as registrar-b --xml info domain my-shop.hk"
    )]
    Epp(Box<Epp>),
    /// Print the completions of a shell
    #[command(after_help = "Example:\n  \
        hkepp completions bash > /usr/share/bash-completion/completions/hkepp")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the man pages
    #[command(after_help = "Example:\n  hkepp man /usr/local/share/man/man1")]
    Man {
        /// Directory to write to; made when absent
        #[arg(value_name = "DIRECTORY")]
        directory: PathBuf,
    },
}

/// Arguments of `sandbox`.
#[derive(Args, Debug)]
pub struct Sandbox {
    /// How to run it.
    #[command(flatten)]
    pub options: SandboxOptions,
    /// What to do with one that runs.
    #[command(subcommand)]
    pub action: Option<SandboxAction>,
}

/// Options of a sandbox.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct SandboxOptions {
    /// Address of EPP over TLS; port 0 is any free one [default: 127.0.0.1:7700]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Address of /metrics, /healthz and /readyz; port 0 is any free one [default: 127.0.0.1:7780]
    #[arg(long, value_name = "ADDR")]
    pub http: Option<SocketAddr>,
    /// Development certificates; what is missing is made [default: certs-dev]
    #[arg(long, value_name = "DIR")]
    pub certs_dir: Option<PathBuf>,
    /// The registry's rules; a directory in use keeps those it was made with [default: hk]
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(SHIPPED_NAMES))]
    pub profile: Option<String>,
    /// Where the registry's time begins [default: now]
    #[arg(long, value_name = "RFC3339")]
    pub start_time: Option<DateTime<Utc>>,
    /// Whether time passes by itself or stands until `sandbox advance` [default: real]
    #[arg(long, value_enum)]
    pub clock: Option<ClockKind>,
    /// Variant table: RFC 3743 text, RFC 7940 XML or TSV
    #[arg(long, value_name = "FILE")]
    pub idn_table: Option<PathBuf>,
    /// Overrides on top of the sandbox's defaults
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// How registry time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClockKind {
    /// By itself.
    Real,
    /// Only when it is moved.
    Manual,
}

/// What to do with a running sandbox.
#[derive(Debug, Subcommand)]
pub enum SandboxAction {
    /// Move the manual clock forward
    #[command(
        after_help = "Examples:\n  hkepp sandbox advance --dir sandbox-data 45d\n  \
        hkepp sandbox advance 2031-06-01T00:00:00Z"
    )]
    Advance {
        /// How far (30s, 5m, 12h, 45d) or until when (RFC 3339)
        #[arg(value_name = "TIME")]
        to: Moment,
    },
}

/// Verbs of `config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Say whether a file can be used, or where it is wrong
    #[command(after_help = "Example:\n  hkepp config check /etc/hkepp/hkepp.toml")]
    Check {
        /// The file
        file: PathBuf,
    },
    /// Print a commented file that states every default
    #[command(after_help = "Example:\n  hkepp config default > /etc/hkepp/hkepp.toml")]
    Default,
}

/// Verbs of `policy`.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// List every rule a name meets, with its verdict and result code
    #[command(
        after_help = "A name is met by a rule, lifted from it by an exemption, waits for documents or people (1001), or\n\
        is refused.\n\nExamples:\n  hkepp policy explain my-shop.hk\n  \
        hkepp policy explain 中文.公司.香港 --profile hk-v5.0 --json"
    )]
    Explain {
        /// The name, in either form
        name: String,
        /// The registry's rules
        #[arg(long, default_value = SHIPPED_NAMES[0], value_parser = clap::builder::PossibleValuesParser::new(SHIPPED_NAMES))]
        profile: String,
        /// Variant table: RFC 3743 text, RFC 7940 XML or TSV [default: the shipped one]
        #[arg(long, value_name = "FILE")]
        idn_table: Option<PathBuf>,
    },
}

/// Verbs of `zone`.
#[derive(Debug, Subcommand)]
pub enum ZoneCommand {
    /// Write a zone as a master file (RFC 1035), to the terminal or a file
    #[command(
        after_help = "A file is replaced when the new one is complete. --json tells what the file holds.\n\n\
        Examples:\n  hkepp zone export hk --out /var/lib/nsd/hk.zone\n  \
        hkepp zone export 香港 --json"
    )]
    Export {
        /// The zone, in A-form or as it is read
        #[arg(value_parser = zone_name)]
        zone: String,
        /// The file to write
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Verbs of `store`.
#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// Check that journal, checkpoint and index are sound and agree, and the files of applications
    #[command(after_help = "Example:\n  hkepp store verify --dir /var/lib/hkepp")]
    Verify,
}

/// Verbs of `backup`.
#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Write a consistent copy of the data, with the files of applications, to a new file, while the server runs or not
    #[command(
        after_help = "Example:\n  hkepp --dir /var/lib/hkepp backup create /backup/hkepp.backup"
    )]
    Create {
        /// The file to write
        file: PathBuf,
    },
    /// Make a new data directory, given by --dir, from a backup, with the files of applications in it
    #[command(
        after_help = "Example:\n  hkepp backup restore /backup/hkepp.backup --dir /var/lib/hkepp-new"
    )]
    Restore {
        /// The backup
        file: PathBuf,
    },
}

/// Verbs of `audit`.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Show the latest changes: who, what, when
    #[command(after_help = "Example:\n  hkepp audit tail --lines 5")]
    Tail {
        /// How many
        #[arg(long, short = 'n', default_value_t = 20, value_name = "NUMBER")]
        lines: u64,
    },
    /// Prove that no entry was changed, removed or put in another place
    #[command(after_help = "Example:\n  hkepp audit verify")]
    Verify,
}

/// Parses the name of a zone; one that is written in another script becomes its A-form.
fn zone_name(text: &str) -> Result<String, String> {
    let bare = text.strip_suffix('.').unwrap_or(text);
    idna::domain_to_ascii(bare).map_err(|_| "not a valid name".to_owned())
}
