//! `<domain:update>` with `<rgp:update>`: brings a deleted domain back (RFC 3915 sections 2 and 4.2.5).
//!
//! A request stops the deletion for some days, in which the registrar reports why; the report ends it.

use crate::base::code::Code;
use crate::flow::domain::partner::Partner;
use crate::flow::domain::variants;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::model::domain::{Deletion, Stage};
use crate::model::{Domain, DomainName};
use crate::protocol::ext::bundle::Answer;
use crate::protocol::ext::rgp::{self, RestoreOperation};
use crate::protocol::{self, Namespace, ext};
use crate::store::keys::Due;
use crate::store::{self, Assert, Store, keys};

/// Statements a report makes (RFC 3915 section 4.2.5).
const STATEMENTS: usize = 2;

/// The flow.
#[derive(Debug)]
pub struct Restore<'a> {
    command: &'a protocol::domain::Update,
    operation: RestoreOperation,
    name: DomainName,
}

/// The domain with its version, and its partner.
#[derive(Debug)]
pub struct Facts {
    domain: Option<(Domain, u64)>,
    partner: Option<Partner>,
}

impl<'a> Restore<'a> {
    /// Parses the command; `alone` says that no other extension came with it.
    ///
    /// # Errors
    /// 2002 when it changes the domain besides, 2003 for a report without its content, 2005 for what is no name.
    pub fn new(
        command: &'a protocol::domain::Update,
        update: &'a rgp::Update,
        alone: bool,
    ) -> Result<Self, Refusal> {
        let name = super::domain_name(&command.name)?;
        if !alone || !super::update::asks_nothing(command) {
            let why = Why::Use("a restore changes nothing else of the domain");
            return Err(super::blame(why, &command.name));
        }
        if update.operation == RestoreOperation::Report {
            let statements = update
                .report
                .as_ref()
                .map_or(0, |report| report.statements.len());
            if statements != STATEMENTS {
                let why = Why::Missing("a report says what happened and makes two statements");
                return Err(Refusal::new(why, Namespace::Rgp, "restore", ""));
            }
        }
        Ok(Self {
            command,
            operation: update.operation,
            name,
        })
    }
}

impl Flow for Restore<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::Use,
        Code::ParameterMissing,
        Code::ParameterSyntax,
        Code::Authorization,
        Code::DoesNotExist,
        Code::StatusProhibits,
    ];

    type Facts = Facts;

    fn settles(&self) -> Vec<Due> {
        vec![Due::Domain(self.name.clone())]
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Self::Facts, store::Error> {
        let domain = super::load(&self.name, context, store).await?;
        Ok(Facts {
            partner: Partner::of(domain.as_ref(), context, store).await?,
            domain,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Self::Facts) -> Result<Decision, Refusal> {
        let name = &self.command.name;
        let (before, version) = super::own(facts.domain, name, context)?;
        let stage = before.deletion.as_ref().map(|deletion| deletion.stage);
        let mut after = Domain {
            updated: Some((context.registrar.clone(), context.now)),
            ..before.clone()
        };
        let mut extensions = Vec::new();
        match (self.operation, stage, &before.deletion) {
            (RestoreOperation::Request, Some(Stage::Redemption), Some(deletion)) => {
                after.deletion = Some(Deletion {
                    stage: Stage::Restore,
                    until: context.now + context.terms().restore_report,
                    ..deletion.clone()
                });
                let statuses = vec![rgp::Status::PendingRestore];
                extensions.push(ext::Data::RgpUpdate(rgp::UpdateData { statuses }));
            }
            (RestoreOperation::Report, Some(Stage::Restore), _) => after.deletion = None,
            (RestoreOperation::Request, _, _) => {
                return Err(super::blame(Why::NotIn("redemptionPeriod"), name));
            }
            (RestoreOperation::Report, _, _) => {
                return Err(super::blame(Why::NotIn("pendingRestore"), name));
            }
        }
        extensions.extend(variants::answer(&after, Answer::Update, context));
        let mut decision = Decision {
            extensions,
            asserts: vec![Assert::Version(keys::domain(&before.name), version)],
            writes: super::save(Some(&before), Some(&after), context)?,
            ..Decision::default()
        };
        if let Some(partner) = facts.partner {
            partner.follow(&before, Some(&after), &mut decision, context)?;
        }
        Ok(decision)
    }
}
