//! `dispute` and `lock`: what keeps domains from being changed.

pub(super) mod args;

use std::path::Path;

use self::args::{Before, Close, DisputeCommand, End, LockCommand, Open};
use super::control::{ask, unexpected};
use super::objects::args::domain_name;
use super::objects::{Rows, domain_rows, optional, put, time};
use super::report::{Report, record, table};
use crate::admin::view::CaseView;
use crate::admin::{Order, Query, Reply, Request};
use crate::flow::domain::lock::{Closing, Opening};
use crate::model::case::Outcome;
use crate::model::lock::LockKind;

/// Carries a verb of `dispute` out.
///
/// # Errors
/// When it is refused, or there is no server.
pub(super) fn dispute(verb: DisputeCommand, dir: &Path, report: &Report) -> anyhow::Result<()> {
    match verb {
        DisputeCommand::Open(Open {
            name,
            case,
            kind,
            suspend_dns,
            evidence,
        }) => {
            let opening = Opening {
                case,
                kind: match kind {
                    Before::Panel => LockKind::Panel,
                    Before::Court => LockKind::Court,
                },
                suspends: suspend_dns,
                evidence,
            };
            order(Order::DisputeOpen((name, opening)), dir, report)
        }
        DisputeCommand::Close(Close {
            name,
            case,
            outcome,
            transfer_to,
            evidence,
        }) => {
            let closing = Closing {
                case,
                outcome: match outcome {
                    End::PanelDecision => Outcome::PanelDecision,
                    End::CourtOrder => Outcome::CourtOrder,
                    End::Settled => Outcome::Settled,
                    End::Relinquished => Outcome::Relinquished,
                },
                receiver: transfer_to,
                evidence,
            };
            order(Order::DisputeClose((name, closing)), dir, report)
        }
        DisputeCommand::List { open } => {
            let cases = ask_cases(Query::DisputeList(open), dir)?;
            report.either(&cases, || list(&cases))
        }
        DisputeCommand::Show { which } => {
            let cases = ask_cases(Query::DisputeShow(ascii(which)), dir)?;
            show(&cases, report)
        }
    }
}

/// Carries a verb of `lock` out.
///
/// # Errors
/// When it is refused, or there is no server.
pub(super) fn lock(verb: LockCommand, dir: &Path, report: &Report) -> anyhow::Result<()> {
    let verb = match verb {
        LockCommand::Set { name } => Order::LockSet(name),
        LockCommand::Release { name } => Order::LockRelease(name),
        LockCommand::Window { name, length } => Order::LockWindow((name, length)),
    };
    order(verb, dir, report)
}

/// Gives an order, and shows what it led to.
///
/// # Errors
/// When it is refused, or there is no server.
pub(super) fn order(order: Order, dir: &Path, report: &Report) -> anyhow::Result<()> {
    let reply = ask(dir, &Request::Orders(order))?;
    if let Reply::Cases(cases) = &reply {
        return show(cases, report);
    }
    let Reply::Domain(view) = reply else {
        return unexpected(reply);
    };
    report.either(&view, || record(domain_rows(&view)))
}

fn ask_cases(query: Query, dir: &Path) -> anyhow::Result<Vec<CaseView>> {
    let reply = ask(dir, &Request::Objects(query))?;
    let Reply::Cases(cases) = reply else {
        return unexpected(reply);
    };
    Ok(cases)
}

/// Returns a name that is written in another script in A-form; an identifier stays what it is.
fn ascii(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    domain_name(&text).map_or(text, |name| name.to_string())
}

/// Shows cases; a single one stands for itself in JSON.
fn show(cases: &[CaseView], report: &Report) -> anyhow::Result<()> {
    match cases {
        [case] => report.either(case, || record(rows(case))),
        cases => report.either(&cases, || {
            let records: Vec<_> = cases.iter().map(|case| record(rows(case))).collect();
            records.join("\n\n")
        }),
    }
}

fn list(cases: &[CaseView]) -> String {
    let row = |case: &CaseView| {
        vec![
            case.id.clone(),
            case.kind.clone(),
            case.state.clone(),
            case.names.join("\n"),
            time(case.opened),
            case.closed.map(time).unwrap_or_default(),
            optional(&case.outcome).to_owned(),
        ]
    };
    let header = [
        "id", "kind", "state", "names", "opened", "closed", "outcome",
    ];
    table(&header, cases.iter().map(row))
}

fn rows(case: &CaseView) -> Rows {
    let mut rows = Rows::new();
    put(&mut rows, "id", &case.id);
    put(&mut rows, "kind", &case.kind);
    put(&mut rows, "state", &case.state);
    put(&mut rows, "names", &case.names.join("\n"));
    if case.suspends_dns {
        put(&mut rows, "suspends", "out of the zone");
    }
    put(&mut rows, "opened", &time(case.opened));
    put(&mut rows, "evidence", optional(&case.evidence));
    if let Some(closed) = case.closed {
        put(&mut rows, "closed", &time(closed));
    }
    put(&mut rows, "outcome", optional(&case.outcome));
    put(&mut rows, "transferred to", optional(&case.transferred_to));
    put(&mut rows, "evidence", optional(&case.closing_evidence));
    rows
}
