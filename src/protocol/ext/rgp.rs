//! Registry grace periods (RFC 3915): restore requests and reports, statuses in answers.

use chrono::{DateTime, Utc};

use crate::base::code::Code;
use crate::protocol::text::{collapse, timestamp};
use crate::protocol::values::{instant, language};
use crate::protocol::{Error, Extension, any, status};
use crate::xml::sequence::attributes;
use crate::xml::{Element, Namespace, Sequence, Writer};

const NS: Namespace = Namespace::Rgp;

/// Language of text that names none.
const DEFAULT_LANGUAGE: &str = "en";

/// Extension of domain update (`<rgp:update>`): restores a deleted domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Which step.
    pub operation: RestoreOperation,
    /// The report; the schema does not tie it to the step.
    pub report: Option<Report>,
}

/// Step of a restore (`rgpOpType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoreOperation {
    /// `request`: asks for it.
    Request,
    /// `report`: delivers the report on it.
    Report,
}

/// Report on a restore (`reportType`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Registration data before the deletion (`preData`).
    pub before: Mixed,
    /// Registration data now (`postData`).
    pub after: Mixed,
    /// When the domain was deleted (`delTime`).
    pub deleted: DateTime<Utc>,
    /// When it was restored (`resTime`).
    pub restored: DateTime<Utc>,
    /// Why (`resReason`).
    pub reason: ReportText,
    /// One or two statements the registrar has to make.
    pub statements: Vec<ReportText>,
    /// Whatever else (`other`).
    pub other: Option<Mixed>,
}

/// Text of a report in some language (`reportTextType`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportText {
    /// Language.
    pub language: String,
    /// The text.
    pub content: Mixed,
}

/// Content that may be text, elements of any kind, or both (`mixedType`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mixed {
    /// Text only.
    Text(String),
    /// The element as the client wrote it, its own tags included; written again, it becomes text.
    Markup(String),
}

/// Grace period or step of a deletion a domain is in (`statusValueType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// `addPeriod`: lately created.
    AddPeriod,
    /// `autoRenewPeriod`: lately renewed by the registry.
    AutoRenewPeriod,
    /// `renewPeriod`: lately renewed by the registrar.
    RenewPeriod,
    /// `transferPeriod`: lately transferred.
    TransferPeriod,
    /// `pendingDelete`: past saving.
    PendingDelete,
    /// `pendingRestore`: restored, the report is awaited.
    PendingRestore,
    /// `redemptionPeriod`: deleted, can be restored.
    RedemptionPeriod,
}

/// Extension of the answer to domain info (`<rgp:infData>`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfoData {
    /// Statuses, at least one.
    pub statuses: Vec<Status>,
}

/// Extension of the answer to a restore request (`<rgp:upData>`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateData {
    /// Statuses, at least one.
    pub statuses: Vec<Status>,
}

/// Reads an element of rgp-1.0 in a command.
///
/// # Errors
/// When it is no command extension or breaks its schema.
pub fn decode(element: Element<'_>) -> Result<Extension, Error> {
    match element.name() {
        "update" => Update::decode(element).map(Extension::RgpUpdate),
        "infData" | "upData" => Err(Error::new(Code::Syntax, element, "only servers send this")),
        _ => Err(Error::new(Code::Syntax, element, "rgp-1.0 defines update")),
    }
}

impl Status {
    /// Every value, in the schema's order.
    pub const ALL: &'static [Self] = &[
        Self::AddPeriod,
        Self::AutoRenewPeriod,
        Self::RenewPeriod,
        Self::TransferPeriod,
        Self::PendingDelete,
        Self::PendingRestore,
        Self::RedemptionPeriod,
    ];

    /// Finds the value written `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|status| status.as_str() == text)
    }

    /// Returns the value as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AddPeriod => "addPeriod",
            Self::AutoRenewPeriod => "autoRenewPeriod",
            Self::RenewPeriod => "renewPeriod",
            Self::TransferPeriod => "transferPeriod",
            Self::PendingDelete => "pendingDelete",
            Self::PendingRestore => "pendingRestore",
            Self::RedemptionPeriod => "redemptionPeriod",
        }
    }
}

impl Update {
    /// Reads `<rgp:update>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let restore = content.required(NS, "restore")?;
        content.end()?;
        let [op] = attributes(restore, ["op"])?;
        let operation = match op.map(collapse).as_deref() {
            Some("request") => RestoreOperation::Request,
            Some("report") => RestoreOperation::Report,
            _ => {
                let reason = "the attribute op is required and is request or report";
                return Err(Error::new(Code::Syntax, restore, reason));
            }
        };
        let mut content = Sequence::content(restore)?;
        let report = content
            .optional(NS, "report")
            .map(Report::decode)
            .transpose()?;
        content.end()?;
        Ok(Self { operation, report })
    }

    /// Writes `<rgp:update>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(NS, "update");
        writer.start(NS, "restore");
        let op = match self.operation {
            RestoreOperation::Request => "request",
            RestoreOperation::Report => "report",
        };
        writer.attribute("op", op);
        if let Some(report) = &self.report {
            report.encode(writer);
        }
        writer.end();
        writer.end();
    }
}

impl Report {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let before = mixed(content.required(NS, "preData")?)?;
        let after = mixed(content.required(NS, "postData")?)?;
        let deleted = instant(content.required(NS, "delTime")?)?;
        let restored = instant(content.required(NS, "resTime")?)?;
        let reason = ReportText::decode(content.required(NS, "resReason")?)?;
        let statements = content
            .many(NS, "statement", 1, 2)?
            .into_iter()
            .map(ReportText::decode);
        let statements = statements.collect::<Result<_, _>>()?;
        let other = content.optional(NS, "other").map(mixed).transpose()?;
        content.end()?;
        Ok(Self {
            before,
            after,
            deleted,
            restored,
            reason,
            statements,
            other,
        })
    }

    fn encode(&self, writer: &mut Writer) {
        writer.start(NS, "report");
        writer.leaf(NS, "preData", self.before.as_str());
        writer.leaf(NS, "postData", self.after.as_str());
        writer.leaf(NS, "delTime", &timestamp(self.deleted));
        writer.leaf(NS, "resTime", &timestamp(self.restored));
        self.reason.encode(writer, "resReason");
        for statement in &self.statements {
            statement.encode(writer, "statement");
        }
        if let Some(other) = &self.other {
            writer.leaf(NS, "other", other.as_str());
        }
        writer.end();
    }
}

impl ReportText {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let [lang] = attributes(element, ["lang"])?;
        let language = language(lang.unwrap_or(DEFAULT_LANGUAGE)).ok_or_else(|| {
            Error::new(
                Code::Syntax,
                element,
                "lang is a language tag such as en or zh-Hant",
            )
        })?;
        Ok(Self {
            language,
            content: Mixed::decode(element)?,
        })
    }

    fn encode(&self, writer: &mut Writer, name: &'static str) {
        writer.start(NS, name);
        if self.language != DEFAULT_LANGUAGE {
            writer.attribute("lang", &self.language);
        }
        writer.text(self.content.as_str());
        writer.end();
    }
}

impl Mixed {
    /// Returns the text, or the markup as it was written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) | Self::Markup(text) => text,
        }
    }

    fn decode(element: Element<'_>) -> Result<Self, Error> {
        if element.children().next().is_none() {
            return Ok(Self::Text(element.text().to_owned()));
        }
        any::lax(element)?;
        Ok(Self::Markup(element.source().to_owned()))
    }
}

/// Reads an element of `mixedType`, which has no attributes.
fn mixed(element: Element<'_>) -> Result<Mixed, Error> {
    attributes(element, [])?;
    Mixed::decode(element)
}

impl InfoData {
    /// Reads `<rgp:infData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        Ok(Self {
            statuses: decode_statuses(element)?,
        })
    }

    /// Writes `<rgp:infData>`.
    pub fn encode(&self, writer: &mut Writer) {
        encode_statuses(writer, "infData", &self.statuses);
    }
}

impl UpdateData {
    /// Reads `<rgp:upData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        Ok(Self {
            statuses: decode_statuses(element)?,
        })
    }

    /// Writes `<rgp:upData>`.
    pub fn encode(&self, writer: &mut Writer) {
        encode_statuses(writer, "upData", &self.statuses);
    }
}

/// Reads an element of `respDataType`.
fn decode_statuses(element: Element<'_>) -> Result<Vec<Status>, Error> {
    let mut content = Sequence::of(element)?;
    let statuses = content.many(NS, "rgpStatus", 1, usize::MAX)?;
    content.end()?;
    statuses
        .into_iter()
        .map(|s| Ok(status::decode(s, Status::parse)?.0))
        .collect()
}

/// Writes the element `name` of `respDataType`.
fn encode_statuses(writer: &mut Writer, name: &'static str, statuses: &[Status]) {
    writer.start(NS, name);
    for status in statuses {
        writer.start(NS, "rgpStatus");
        writer.attribute("s", status.as_str());
        writer.end();
    }
    writer.end();
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option::of;
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::{samples, testing};

    fn text() -> impl Strategy<Value = Mixed> {
        "[ -~\n]{0,40}".prop_map(Mixed::Text)
    }

    fn report() -> impl Strategy<Value = Report> {
        let report_text = || {
            ("[a-z]{1,8}", text()).prop_map(|(language, content)| ReportText { language, content })
        };
        let data = (text(), text(), samples::instant(), samples::instant());
        (data, report_text(), vec(report_text(), 1..=2), of(text())).prop_map(
            |((before, after, deleted, restored), reason, statements, other)| Report {
                before,
                after,
                deleted,
                restored,
                reason,
                statements,
                other,
            },
        )
    }

    proptest! {
        #[test]
        fn decode_of_what_was_printed_is_the_same(
            report in of(report()),
            operation in prop_oneof![Just(RestoreOperation::Request), Just(RestoreOperation::Report)],
            statuses in vec(proptest::sample::select(Status::ALL), 1..4),
        ) {
            let update = Update { operation, report };
            prop_assert_eq!(&testing::again(|w| update.encode(w), Update::decode), &update);
            let data = InfoData { statuses: statuses.clone() };
            prop_assert_eq!(&testing::again(|w| data.encode(w), InfoData::decode), &data);
            let data = UpdateData { statuses };
            prop_assert_eq!(&testing::again(|w| data.encode(w), UpdateData::decode), &data);
        }
    }

    const HEAD: &str = "<preData>a <b xmlns='urn:x'>c</b></preData><postData/>";
    const TIMES: &str =
        "<delTime>2027-04-03T16:00:00Z</delTime><resTime>2027-04-04T16:00:00Z</resTime>";
    const TAIL: &str =
        "<resReason>Registrant error.</resReason><statement lang='en-GB'>s</statement>";

    fn restore(op: &str, content: &str) -> Result<Update, Error> {
        let text = format!("<update><restore op='{op}'>{content}</restore></update>");
        samples::read(NS, &text, Update::decode)
    }

    #[test]
    fn decode_reads_a_report_and_keeps_markup_as_written() {
        let update = restore("report", &format!("<report>{HEAD}{TIMES}{TAIL}</report>")).unwrap();
        let report = update.report.unwrap();
        let written = "<preData>a <b xmlns='urn:x'>c</b></preData>";
        assert_eq!(report.before, Mixed::Markup(written.to_owned()));
        assert_eq!(report.after, Mixed::Text(String::new()));
        assert_eq!(report.statements[0].language, "en-GB");
        assert_eq!(report.reason.language, "en");
    }

    #[test]
    fn decode_does_not_tie_the_report_to_the_operation() {
        assert_eq!(restore(" request ", "").unwrap().report, None);
        assert_eq!(restore("report", "").unwrap().report, None);
        let report = format!("<report>{HEAD}{TIMES}{TAIL}<other/></report>");
        assert!(restore("request", &report).unwrap().report.is_some());
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let known =
            "<preData><delete xmlns='urn:ietf:params:xml:ns:domain-1.0'/></preData><postData/>";
        for report in [
            format!("<report>{HEAD}{TIMES}</report>"),
            format!("<report>{TIMES}{HEAD}{TAIL}</report>"),
            format!("<report>{HEAD}{TIMES}{TAIL}<statement/><statement/></report>"),
            format!("<report>{HEAD}{TIMES}{TAIL}<other/><other/></report>"),
            format!(
                "<report>{HEAD}{TIMES}{}</report>",
                TAIL.replace("en-GB", "en_GB")
            ),
            format!("<report>{HEAD}<delTime>2027-04-03</delTime>{TAIL}</report>"),
            format!(
                "<report>{}{TIMES}{TAIL}</report>",
                HEAD.replace("<postData", "<postData a='b'")
            ),
            format!("<report>{known}{TIMES}{TAIL}</report>"),
            "text".to_owned(),
            "<report/>".to_owned(),
        ] {
            assert_eq!(
                restore("report", &report).unwrap_err().code,
                Code::Syntax,
                "{report}"
            );
        }
        assert_eq!(restore("cancel", "").unwrap_err().code, Code::Syntax);
        let texts = [
            "<update/>",
            "<update><restore/></update>",
            "<infData/>",
            "<upData/>",
            "<x/>",
        ];
        samples::refuse(NS, &texts, decode);
    }
}
