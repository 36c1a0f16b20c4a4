//! Fields of `epp restore`, and the commands they make (RFC 3915).

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};

use super::args::wire_name;
use crate::protocol::ext::rgp::{Mixed, Report, ReportText, RestoreOperation, Update};
use crate::protocol::{Command, Extension, domain};

/// Steps of `restore`.
#[derive(Debug, Subcommand)]
pub enum Restore {
    /// Ask for a deleted domain back
    #[command(after_help = "Example:\n  hkepp epp restore request my-shop.hk")]
    Request {
        /// Name
        #[arg(value_parser = wire_name)]
        name: String,
    },
    /// Deliver the report that completes a restore
    #[command(
        after_help = "Example:\n  hkepp epp restore report my-shop.hk --deleted 2027-05-01T09:00:00Z \\\n    \
        --restored 2027-05-03T10:00:00Z --reason \"Deleted by mistake\" \\\n    \
        --statement \"The holder asked for it\" --statement \"The report is true\""
    )]
    Report(ReportFields),
}

/// Fields of a report.
#[derive(Args, Debug)]
pub struct ReportFields {
    /// Name
    #[arg(value_parser = wire_name)]
    name: String,
    /// When it was deleted
    #[arg(long, value_name = "RFC3339")]
    deleted: DateTime<Utc>,
    /// When it was asked back
    #[arg(long, value_name = "RFC3339")]
    restored: DateTime<Utc>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Statement of the registrar; two are needed
    #[arg(long, value_name = "TEXT", required = true)]
    statement: Vec<String>,
    /// Registration data before the deletion
    #[arg(long, value_name = "TEXT", default_value = "as registered")]
    before: String,
    /// Registration data now
    #[arg(long, value_name = "TEXT", default_value = "unchanged")]
    after: String,
    /// Anything else
    #[arg(long, value_name = "TEXT")]
    other: Option<String>,
}

impl Restore {
    /// Makes the command and its extension.
    pub(super) fn command(self) -> (Command, Vec<Extension>) {
        let (name, operation, report) = match self {
            Self::Request { name } => (name, RestoreOperation::Request, None),
            Self::Report(fields) => {
                let (name, report) = fields.report();
                (name, RestoreOperation::Report, Some(report))
            }
        };
        let command = Command::DomainUpdate(domain::Update {
            name,
            add: None,
            remove: None,
            // An update without any child is against the schema.
            change: Some(domain::Change::default()),
        });
        let update = Update { operation, report };
        (command, vec![Extension::RgpUpdate(update)])
    }
}

impl ReportFields {
    /// Returns the name and what is reported.
    fn report(self) -> (String, Report) {
        let text = |text: String| ReportText {
            language: "en".to_owned(),
            content: Mixed::Text(text),
        };
        let report = Report {
            before: Mixed::Text(self.before),
            after: Mixed::Text(self.after),
            deleted: self.deleted,
            restored: self.restored,
            reason: text(self.reason),
            statements: self.statement.into_iter().map(text).collect(),
            other: self.other.map(Mixed::Text),
        };
        (self.name, report)
    }
}
