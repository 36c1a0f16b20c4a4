//! `document`, `consent` and `reserved`: who may have a name.

pub(super) mod args;

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use data_encoding::BASE64;

use self::args::{ConsentCommand, Decide, DocumentCommand, Kinds, OfAuthority, ReservedCommand};
use super::control::{ask, unexpected};
use super::objects::{Rows, optional, put, time};
use super::report::{Report, record, table};
use crate::admin::message::{Approval, NewConsent, NewDemand, NewFile};
use crate::admin::view::{ApplicantView, ConsentView, DocumentView, ReservedView};
use crate::admin::{Query, Reply, Request, Ruling};

/// Most octets of a file that is sent at all; the server has a limit of its own.
const FILE_MAXIMUM: u64 = 32 * 1024 * 1024;

/// Carries a verb of `document` out.
///
/// # Errors
/// When it is refused, or there is no server.
pub(super) fn document(verb: DocumentCommand, dir: &Path, report: &Report) -> anyhow::Result<()> {
    match verb {
        DocumentCommand::List { state } => {
            let reply = ask(dir, &Request::Objects(Query::DocumentList(())))?;
            let Reply::Documents(mut views) = reply else {
                return unexpected(reply);
            };
            views.retain(|view| state.as_ref().is_none_or(|state| view.state == *state));
            let row = |view: &DocumentView| {
                vec![
                    view.id.clone(),
                    view.state.clone(),
                    view.subject.clone(),
                    view.domain.clone(),
                    view.sponsor.clone(),
                    time(view.due),
                    view.attachments.len().to_string(),
                ]
            };
            let header = [
                "id", "state", "subject", "domain", "sponsor", "due", "files",
            ];
            report.either(&views, || table(&header, views.iter().map(row)))
        }
        DocumentCommand::Show { id } => show(
            ask(dir, &Request::Objects(Query::DocumentShow(id)))?,
            report,
        ),
        DocumentCommand::Request {
            name,
            kind,
            days,
            reason,
        } => {
            let demand = NewDemand {
                name,
                wanted: kind.into_iter().map(|Kinds(kinds)| kinds).collect(),
                days,
                reason,
            };
            show(rule(Ruling::DocumentRequest(demand), dir)?, report)
        }
        DocumentCommand::Approve {
            decide: Decide { id, reason },
            legal_name,
        } => {
            let approval = Approval { reason, legal_name };
            show(rule(Ruling::DocumentApprove((id, approval)), dir)?, report)
        }
        DocumentCommand::Reject(Decide { id, reason }) => {
            show(rule(Ruling::DocumentReject((id, reason)), dir)?, report)
        }
        DocumentCommand::Attach { id, file } => show(
            rule(Ruling::DocumentAttach((id, read(&file)?)), dir)?,
            report,
        ),
    }
}

/// Carries a verb of `consent` out.
///
/// # Errors
/// When it is refused, or there is no server.
pub(super) fn consent(verb: ConsentCommand, dir: &Path, report: &Report) -> anyhow::Result<()> {
    let reply = match verb {
        ConsentCommand::Grant {
            consent:
                OfAuthority {
                    name,
                    authority,
                    reference,
                },
            expires,
            registrant,
        } => {
            let consent = NewConsent {
                name,
                authority: authority.into(),
                reference,
                expires,
                registrant,
            };
            rule(Ruling::ConsentGrant(consent), dir)?
        }
        ConsentCommand::Revoke(OfAuthority {
            name,
            authority,
            reference,
        }) => {
            let revoked = (name, authority.into(), reference);
            rule(Ruling::ConsentRevoke(revoked), dir)?
        }
        ConsentCommand::List => ask(dir, &Request::Objects(Query::ConsentList(())))?,
        ConsentCommand::Show { name } => ask(dir, &Request::Objects(Query::ConsentShow(name)))?,
    };
    let Reply::Consents(views) = reply else {
        return unexpected(reply);
    };
    let row = |view: &ConsentView| {
        let registrant = match &view.registrant {
            Some(_) => &view.registrant,
            None => &view.holder,
        };
        vec![
            view.name.clone(),
            view.state.clone(),
            view.authority.clone(),
            view.reference.clone(),
            time(view.granted),
            view.expires.map(time).unwrap_or_default(),
            optional(registrant).to_owned(),
        ]
    };
    let header = [
        "name",
        "state",
        "authority",
        "reference",
        "granted",
        "expires",
        "registrant",
    ];
    report.either(&views, || table(&header, views.iter().map(row)))
}

/// Carries a verb of `reserved` out.
///
/// # Errors
/// When it is refused, or there is no server.
pub(super) fn reserved(verb: ReservedCommand, dir: &Path, report: &Report) -> anyhow::Result<()> {
    let reply = match verb {
        ReservedCommand::Add { names } => rule(Ruling::ReservedAdd(names), dir)?,
        ReservedCommand::Remove { names } => rule(Ruling::ReservedRemove(names), dir)?,
        ReservedCommand::List => ask(dir, &Request::Objects(Query::ReservedList(())))?,
        ReservedCommand::Import { file } => {
            let text = fs::read_to_string(&file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            rule(Ruling::ReservedAdd(entries(&text)), dir)?
        }
    };
    let Reply::Reserved(views) = reply else {
        return unexpected(reply);
    };
    let row = |view: &ReservedView| vec![view.name.clone(), view.written.clone()];
    report.either(&views, || {
        table(&["name", "written"], views.iter().map(row))
    })
}

fn rule(ruling: Ruling, dir: &Path) -> anyhow::Result<Reply> {
    ask(dir, &Request::Rulings(ruling))
}

/// Reads the entries of a file: one a line, `#` begins a comment.
fn entries(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| {
        let (entry, _) = line.split_once('#').unwrap_or((line, ""));
        entry.trim().to_owned()
    });
    lines.filter(|entry| !entry.is_empty()).collect()
}

/// Reads a file that is to be sent.
fn read(file: &Path) -> anyhow::Result<NewFile> {
    let unreadable = || format!("{} cannot be read", file.display());
    let size = fs::metadata(file).with_context(unreadable)?.len();
    if size > FILE_MAXIMUM {
        bail!("{} has {size} octets; that is too large", file.display());
    }
    let content = fs::read(file).with_context(unreadable)?;
    let name = file.file_name().unwrap_or(file.as_os_str());
    Ok(NewFile {
        name: name.to_string_lossy().into_owned(),
        content: BASE64.encode(&content),
    })
}

/// Shows a request for documents.
fn show(reply: Reply, report: &Report) -> anyhow::Result<()> {
    let Reply::Document(view) = reply else {
        return unexpected(reply);
    };
    report.either(&view, || record(rows(&view)))
}

fn rows(view: &DocumentView) -> Rows {
    let mut rows = Rows::new();
    put(&mut rows, "id", &view.id);
    put(&mut rows, "state", &view.state);
    put(&mut rows, "subject", &view.subject);
    put(&mut rows, "new registrant", optional(&view.registrant));
    put(&mut rows, "domain", &view.domain);
    put(&mut rows, "sponsor", &view.sponsor);
    put(&mut rows, "opened", &time(view.opened));
    put(&mut rows, "due", &time(view.due));
    let groups = view.wanted.iter().map(|group| group.join(" or "));
    put(&mut rows, "wanted", &groups.collect::<Vec<_>>().join("\n"));
    put(&mut rows, "to be judged", &view.review.join("\n"));
    put_applicant(&mut rows, &view.applicant);
    for document in &view.given {
        let words = optional(&document.words);
        let expires = document
            .expires
            .map(|day| day.to_string())
            .unwrap_or_default();
        let name = optional(&document.chinese_name);
        let parts = [
            &document.kind,
            &document.number,
            &document.country,
            words,
            &expires,
            name,
        ];
        let told: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        put(&mut rows, "described", &told.join(" "));
    }
    for file in &view.attachments {
        let told = format!(
            "{} ({}, {} octets)\n{}",
            file.file, file.media, file.size, file.digest
        );
        put(&mut rows, "file", &told);
    }
    if let (Some(at), Some(by)) = (view.closed, &view.by) {
        put(&mut rows, "decided", &format!("{} by {by}", time(at)));
    }
    put(&mut rows, "reason", optional(&view.reason));
    rows
}

/// Adds what the registrar has told of the registrant.
fn put_applicant(rows: &mut Rows, applicant: &ApplicantView) {
    let yes_or_no = |said: bool| if said { "yes" } else { "no" };
    put(rows, "party", optional(&applicant.party));
    let born = applicant.born.map(|day| day.to_string());
    put(rows, "birth date", &born.unwrap_or_default());
    let over_18 = applicant.over_18.map(yes_or_no);
    put(rows, "over 18", over_18.unwrap_or_default());
    put(rows, "legal name", optional(&applicant.legal_name));
    put(rows, "guardian", optional(&applicant.guardian));
    put(rows, "branch", if applicant.branch { "yes" } else { "" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_lines_without_comments() {
        let text = "# ours\nharbour\n\n 海港.香港 # why\n";
        assert_eq!(entries(text), ["harbour", "海港.香港"]);
    }
}
