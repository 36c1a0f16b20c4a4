//! `domain`, `contact` and `host`: the registry's objects as an operator sees them.

pub(super) mod args;

use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};

use self::args::{ContactCommand, DomainCommand, HostCommand, List, OfCase};
use super::control::{ask, unexpected};
use super::locks;
use super::records::{perform, trail};
use super::report::{Report, record, table};
use crate::admin::message::DomainFilter;
use crate::admin::view::{
    ContactView, DelegationView, DomainView, HistoryView, HolderView, HostView, LockView,
    TransferView,
};
use crate::admin::{FileVerb, Order, Query, Reply, Request};

/// Names and values of one object.
pub(super) type Rows = Vec<(String, String)>;

/// Carries a verb of `domain` out.
///
/// # Errors
/// When there is no such domain, or no server where one is needed.
pub(super) fn domain(verb: DomainCommand, dir: &Path, report: &Report) -> anyhow::Result<()> {
    match verb {
        DomainCommand::Show { name } => {
            let reply = ask(dir, &Request::Objects(Query::DomainShow(name)))?;
            let Reply::Domain(view) = reply else {
                return unexpected(reply);
            };
            report.either(&view, || record(domain_rows(&view)))
        }
        DomainCommand::List(list) => list_domains(list, dir, report),
        DomainCommand::Hold(OfCase { name, case }) => {
            locks::order(Order::DomainHold((name, case)), dir, report)
        }
        DomainCommand::Unhold(OfCase { name, case }) => {
            locks::order(Order::DomainUnhold((name, case)), dir, report)
        }
        DomainCommand::History { name, lines } => {
            let reply = perform(dir, FileVerb::DomainHistory((name, lines)))?;
            let Reply::Audit(found) = reply else {
                return unexpected(reply);
            };
            report.either(&found, || trail(&found))
        }
    }
}

/// Carries a verb of `contact` out.
///
/// # Errors
/// When there is no such contact, or no server.
pub(super) fn contact(verb: ContactCommand, dir: &Path, report: &Report) -> anyhow::Result<()> {
    let ContactCommand::Show { id } = verb;
    let reply = ask(dir, &Request::Objects(Query::ContactShow(id)))?;
    let Reply::Contact(view) = reply else {
        return unexpected(reply);
    };
    report.either(&view, || record(contact_rows(&view)))
}

/// Carries a verb of `host` out.
///
/// # Errors
/// When there is no such host, or no server.
pub(super) fn host(verb: HostCommand, dir: &Path, report: &Report) -> anyhow::Result<()> {
    let HostCommand::Show { name } = verb;
    let reply = ask(dir, &Request::Objects(Query::HostShow(name)))?;
    let Reply::Host(view) = reply else {
        return unexpected(reply);
    };
    report.either(&view, || record(host_rows(&view)))
}

fn list_domains(list: List, dir: &Path, report: &Report) -> anyhow::Result<()> {
    let filter = DomainFilter {
        sponsor: list.sponsor,
        status: list.status,
        ns_failing: list.ns_failing,
        after: list.after,
        limit: usize::try_from(list.limit)?,
    };
    let reply = ask(dir, &Request::Objects(Query::DomainList(filter)))?;
    let Reply::Domains(views) = reply else {
        return unexpected(reply);
    };
    if list.ns_failing {
        let header = [
            "name",
            "sponsor",
            "servers",
            "failing since",
            "told",
            "what fails",
        ];
        return report.either(&views, || table(&header, views.iter().map(failing_row)));
    }
    let row = |view: &DomainView| {
        vec![
            view.name.clone(),
            view.state.clone(),
            view.sponsor.clone(),
            time(view.expires),
            view.name_servers.len().to_string(),
            view.ds.len().to_string(),
        ]
    };
    let header = ["name", "state", "sponsor", "expires", "servers", "ds"];
    report.either(&views, || table(&header, views.iter().map(row)))
}

/// Returns the row of a domain whose name servers fail.
fn failing_row(view: &DomainView) -> Vec<String> {
    let check = view.delegation.as_ref();
    let told = check.is_some_and(|check| check.sponsor_told);
    vec![
        view.name.clone(),
        view.sponsor.clone(),
        check.map_or_else(String::new, |check| check.state.clone()),
        check
            .and_then(|check| check.failing_since)
            .map_or_else(String::new, time),
        if told { "yes" } else { "no" }.to_owned(),
        check.map_or_else(String::new, |check| failure_lines(check).join("\n")),
    ]
}

/// Returns the lines on what the registry's questions to name servers found.
fn delegation_lines(check: &DelegationView) -> String {
    let mut lines = vec![check.state.clone()];
    if let Some(since) = check.operational_since {
        let tense = match check.failing_since {
            None => "answering since",
            Some(_) => "answered from",
        };
        lines.push(format!("{tense} {}", time(since)));
    }
    if let Some(since) = check.failing_since {
        lines.push(format!("failing since {}", time(since)));
    }
    if check.rounds_failed > 0 {
        lines.push(format!("rounds failed: {}", check.rounds_failed));
    }
    if let Some(since) = check.not_asked_since {
        lines.push(format!("not asked since {}", time(since)));
    }
    if check.sponsor_told {
        lines.push("the sponsor was told".to_owned());
    }
    lines.extend(failure_lines(check));
    lines.join("\n")
}

/// Returns a line for each question that failed, and one for those that are not named.
fn failure_lines(check: &DelegationView) -> Vec<String> {
    let named = check.failures.iter().map(|failure| failure.text.clone());
    let more = check.failures_unnamed;
    let rest = (more > 0).then(|| format!("and {more} more"));
    named.chain(rest).collect()
}

pub(super) fn domain_rows(view: &DomainView) -> Rows {
    let mut rows = Rows::new();
    put(&mut rows, "name", &view.name);
    put(&mut rows, "forms in use", &view.forms.join("\n"));
    put(&mut rows, "held with", optional(&view.partner));
    put(&mut rows, "state", &view.state);
    put(&mut rows, "statuses", &view.statuses.join("\n"));
    put(&mut rows, "rgp statuses", &view.rgp_statuses.join("\n"));
    put(&mut rows, "sponsor", &view.sponsor);
    put(&mut rows, "registrant", optional(&view.registrant));
    for contact in &view.contacts {
        put(&mut rows, &contact.role, &contact.id);
    }
    put(&mut rows, "guardian", optional(&view.guardian));
    if let Some(holder) = &view.holder {
        put(&mut rows, "new registrant", &holder_lines(holder));
    }
    if let Some(demand) = &view.demand {
        let wanted = format!("{} by {}", demand.id, time(demand.due));
        put(&mut rows, "documents wanted", &wanted);
    }
    put(&mut rows, "name servers", &view.name_servers.join("\n"));
    put(&mut rows, "parked", if view.parked { "yes" } else { "" });
    if let Some(check) = &view.delegation {
        put(&mut rows, "servers' answers", &delegation_lines(check));
    }
    put(&mut rows, "hosts below", &view.hosts.join("\n"));
    put(&mut rows, "ds", &view.ds.join("\n"));
    put(&mut rows, "authInfo", set(view.auth_info_set));
    put_transfer(&mut rows, view.transfer.as_ref());
    for lock in &view.locks {
        put(&mut rows, "lock", &lock_lines(lock));
    }
    put(
        &mut rows,
        "activated",
        &view.activated.map(time).unwrap_or_default(),
    );
    put(&mut rows, "expires", &time(view.expires));
    if let Some(due) = &view.due {
        let next = format!("{} {}", time(due.at), due.change);
        put(&mut rows, "next change", &next);
    }
    put_history(&mut rows, &view.history);
    put(&mut rows, "roid", &view.roid);
    rows
}

fn contact_rows(view: &ContactView) -> Rows {
    let mut rows = Rows::new();
    put(&mut rows, "id", &view.id);
    put(&mut rows, "statuses", &view.statuses.join("\n"));
    put(&mut rows, "sponsor", &view.sponsor);
    put(&mut rows, "links", &view.links.to_string());
    for postal in &view.postal {
        let mut lines = vec![postal.name.as_str(), optional(&postal.org)];
        lines.extend(postal.street.iter().map(String::as_str));
        lines.extend([&postal.city, optional(&postal.province)]);
        lines.extend([optional(&postal.postal_code), &postal.country]);
        lines.retain(|line| !line.is_empty());
        put(
            &mut rows,
            &format!("{} form", postal.form),
            &lines.join("\n"),
        );
    }
    put(&mut rows, "voice", optional(&view.voice));
    put(&mut rows, "fax", optional(&view.fax));
    put(&mut rows, "email", &view.email);
    put(&mut rows, "authInfo", set(view.auth_info_set));
    put_transfer(&mut rows, view.transfer.as_ref());
    put_history(&mut rows, &view.history);
    put(&mut rows, "roid", &view.roid);
    rows
}

fn host_rows(view: &HostView) -> Rows {
    let mut rows = Rows::new();
    put(&mut rows, "name", &view.name);
    put(&mut rows, "statuses", &view.statuses.join("\n"));
    put(&mut rows, "sponsor", &view.sponsor);
    put(&mut rows, "below", optional(&view.superordinate));
    put(&mut rows, "addresses", &view.addresses.join("\n"));
    put(&mut rows, "links", &view.links.to_string());
    put_history(&mut rows, &view.history);
    put(&mut rows, "roid", &view.roid);
    rows
}

/// Adds a row, unless there is nothing to say.
pub(super) fn put(rows: &mut Rows, name: &str, value: &str) {
    if !value.is_empty() {
        rows.push((name.to_owned(), value.to_owned()));
    }
}

fn put_transfer(rows: &mut Rows, transfer: Option<&TransferView>) {
    if let Some(transfer) = transfer {
        let asked = format!("for {} at {}", transfer.requester, time(transfer.requested));
        let acts = format!("{} by {}", transfer.actor, time(transfer.act_by));
        put(
            rows,
            "transfer",
            &format!("{}\n{asked}\n{acts}", transfer.status),
        );
    }
}

fn lock_lines(lock: &LockView) -> String {
    let mut lines = vec![lock.kind.clone()];
    lines.extend(lock.case.iter().map(|case| format!("case {case}")));
    lines.push(format!("since {}", time(lock.since)));
    if lock.suspends_dns {
        lines.push("out of the zone".to_owned());
    }
    let open = |until: &DateTime<Utc>| format!("open until {}", time(*until));
    lines.extend(lock.open_until.as_ref().map(open));
    lines.join("\n")
}

/// Returns the lines on a change of registrant that waits.
fn holder_lines(holder: &HolderView) -> String {
    let mut lines = vec![holder.registrant.clone()];
    let contacts = holder.contacts.iter();
    lines.extend(contacts.map(|contact| format!("{} {}", contact.role, contact.id)));
    lines.extend(holder.guardian.iter().map(|id| format!("guardian {id}")));
    let due = time(holder.due);
    lines.push(format!(
        "waits for the documents of {} until {due}",
        holder.id
    ));
    lines.join("\n")
}

fn put_history(rows: &mut Rows, history: &HistoryView) {
    let created = format!("{} by {}", time(history.created), history.creator);
    put(rows, "created", &created);
    if let (Some(at), Some(by)) = (history.updated, &history.updater) {
        put(rows, "updated", &format!("{} by {by}", time(at)));
    }
    if let Some(at) = history.transferred {
        put(rows, "transferred", &time(at));
    }
}

pub(super) fn optional(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

fn set(is_set: bool) -> &'static str {
    if is_set { "set" } else { "unset" }
}

pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
