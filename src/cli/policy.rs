//! `policy`: what the registry's rules say of a name, without a server.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use serde_json::json;

use super::args::PolicyCommand;
use super::report::{Report, table};
use crate::base::code::Code;
use crate::policy::finding::Verdict;
use crate::policy::hk::Table;
use crate::policy::{Finding, Policy, Profile};

/// Carries a verb out.
///
/// # Errors
/// When the profile or the variant table cannot be used.
pub(super) fn run(verb: PolicyCommand, report: &Report) -> anyhow::Result<()> {
    let PolicyCommand::Explain {
        name,
        profile,
        idn_table,
    } = verb;
    let rules = Profile::embedded(&profile)?;
    let policy = match idn_table {
        Some(file) => Policy::with_table(rules, Arc::new(read_table(&file)?)),
        None => Policy::new(rules),
    };
    let findings = policy.explain(&name);
    let value = || {
        let rules: Vec<_> = findings.iter().map(entry).collect();
        let (verdict, code) = together(&findings);
        json!({
            "name": name,
            "profile": profile,
            "verdict": verdict.as_str(),
            "code": code.number(),
            "rules": rules,
        })
    };
    report.either(&value(), || {
        table(
            &["rule", "verdict", "code", "sentence"],
            findings.iter().map(row),
        )
    })
}

fn read_table(file: &Path) -> anyhow::Result<Table> {
    let unusable = || format!("the variant table {} cannot be used", file.display());
    let text = std::fs::read_to_string(file).with_context(unusable)?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    Table::parse(&text, &name).with_context(unusable)
}

/// Returns how a create of the name would end, were it free: the first refusal, else what it waits for.
fn together(findings: &[Finding]) -> (Verdict, Code) {
    let first = |verdict| findings.iter().find(|finding| finding.verdict == verdict);
    let decisive = first(Verdict::Refused).or_else(|| first(Verdict::Waits));
    let decided = decisive.and_then(|finding| Some((finding.verdict, finding.code?)));
    decided.unwrap_or((Verdict::Met, Code::Completed))
}

fn entry(finding: &Finding) -> serde_json::Value {
    json!({
        "rule": finding.rule.to_string(),
        "verdict": finding.verdict.as_str(),
        "code": finding.code.map(|code| code.number()),
        "sentence": finding.sentence,
    })
}

fn row(finding: &Finding) -> Vec<String> {
    let code = finding.code.map(|code| code.to_string());
    vec![
        finding.rule.to_string(),
        finding.verdict.as_str().to_owned(),
        code.unwrap_or_default(),
        finding.sentence.clone(),
    ]
}
