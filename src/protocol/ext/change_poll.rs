//! Change poll (RFC 8590): beside the state of an object, what was done to it without its sponsor asking.
//!
//! It stands in answers to poll only. That some operations need the attribute `op` is the text's, not the
//! schema's: whoever makes a [`Change`] keeps to it.

use crate::base::code::Code;
use crate::model::Change;
use crate::model::change::{Case, CaseKind, Operation, OperationKind, State};
use crate::protocol::text::{collapse, normalized, timestamp, token, token_content};
use crate::protocol::values::{instant, language};
use crate::protocol::{Error, StatusText};
use crate::xml::sequence::{attributes, simple};
use crate::xml::{Element, Namespace, Sequence, Writer};

const NS: Namespace = Namespace::ChangePoll;

/// Language of a reason that names none.
const DEFAULT_LANGUAGE: &str = "en";

/// Most characters of a reason (`reasonBaseType`).
pub const REASON_LIMIT: usize = 32;

/// Extension of the answer to poll (`<changePoll:changeData>`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeData {
    /// The change.
    pub change: Change,
    /// Language of its reason.
    pub language: String,
}

impl ChangeData {
    /// Tells a change in English.
    pub fn new(change: Change) -> Self {
        Self {
            change,
            language: DEFAULT_LANGUAGE.to_owned(),
        }
    }

    /// Reads `<changePoll:changeData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let [state] = attributes(element, ["state"])?;
        let state = match state {
            Some(text) => find(element, text, State::ALL, State::as_str)?,
            None => State::After,
        };
        let mut content = Sequence::content(element)?;
        let operation = decode_operation(content.required(NS, "operation")?)?;
        let date = instant(content.required(NS, "date")?)?;
        let transaction = token(content.required(NS, "svTRID")?, 3, 64)?;
        let who = normalized(content.required(NS, "who")?, 1, 255)?;
        let case = content
            .optional(NS, "caseId")
            .map(decode_case)
            .transpose()?;
        let reason = content.optional(NS, "reason");
        let reason = reason.map(decode_reason).transpose()?;
        content.end()?;
        let (language, reason) = match reason {
            Some(reason) => (reason.language, Some(reason.text)),
            None => (DEFAULT_LANGUAGE.to_owned(), None),
        };
        let change = Change {
            state,
            operation,
            date,
            transaction,
            who,
            case,
            reason,
        };
        Ok(Self { change, language })
    }

    /// Writes `<changePoll:changeData>`.
    pub fn encode(&self, writer: &mut Writer) {
        let change = &self.change;
        writer.start(NS, "changeData");
        writer.attribute("state", change.state.as_str());
        writer.start(NS, "operation");
        if let Some(detail) = &change.operation.detail {
            writer.attribute("op", detail);
        }
        writer.text(change.operation.kind.as_str());
        writer.end();
        writer.leaf(NS, "date", &timestamp(change.date));
        writer.leaf(NS, "svTRID", &change.transaction);
        writer.leaf(NS, "who", &change.who);
        if let Some(case) = &change.case {
            writer.start(NS, "caseId");
            writer.attribute("type", case.kind.as_str());
            if let Some(name) = &case.name {
                writer.attribute("name", name);
            }
            writer.text(&case.id);
            writer.end();
        }
        if let Some(reason) = &change.reason {
            writer.start(NS, "reason");
            if self.language != DEFAULT_LANGUAGE {
                writer.attribute("lang", &self.language);
            }
            writer.text(reason);
            writer.end();
        }
        writer.end();
    }
}

/// Finds the value written `text` among those of an enumeration.
fn find<T: Copy, const N: usize>(
    element: Element<'_>,
    text: &str,
    all: [T; N],
    as_str: impl Fn(T) -> &'static str,
) -> Result<T, Error> {
    let text = collapse(text);
    let found = all.into_iter().find(|value| as_str(*value) == text);
    found.ok_or_else(|| {
        let known: Vec<_> = all.into_iter().map(as_str).collect();
        let reason = format!("expected one of {}", known.join(", "));
        Error::new(Code::Syntax, element, reason)
    })
}

fn decode_operation(element: Element<'_>) -> Result<Operation, Error> {
    let [detail] = attributes(element, ["op"])?;
    let kind = find(
        element,
        simple(element)?,
        OperationKind::ALL,
        OperationKind::as_str,
    )?;
    Ok(Operation {
        kind,
        detail: detail.map(|text| collapse(text).into_owned()),
    })
}

fn decode_case(element: Element<'_>) -> Result<Case, Error> {
    let [kind, name] = attributes(element, ["type", "name"])?;
    let kind = find(
        element,
        kind.unwrap_or_default(),
        CaseKind::ALL,
        CaseKind::as_str,
    )?;
    Ok(Case {
        kind,
        name: name.map(|text| collapse(text).into_owned()),
        id: token_content(element, 0, usize::MAX)?,
    })
}

fn decode_reason(element: Element<'_>) -> Result<StatusText, Error> {
    let [lang] = attributes(element, ["lang"])?;
    let language = language(lang.unwrap_or(DEFAULT_LANGUAGE)).ok_or_else(|| {
        let reason = "lang is a language tag such as en or zh-Hant";
        Error::new(Code::Syntax, element, reason)
    })?;
    let text = token_content(element, 1, REASON_LIMIT)?;
    Ok(StatusText { language, text })
}

#[cfg(test)]
mod tests {
    use proptest::option::of;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::protocol::samples;
    use crate::protocol::testing::{again, line, token};

    fn change() -> impl Strategy<Value = Change> {
        let operation = (select(&OperationKind::ALL[..]), of(token(0..=20)))
            .prop_map(|(kind, detail)| Operation { kind, detail });
        let case = (select(&CaseKind::ALL[..]), of(token(0..=20)), token(0..=40))
            .prop_map(|(kind, name, id)| Case { kind, name, id });
        let done = (samples::instant(), token(3..=64), line(1..=255));
        let why = (of(case), of(token(1..=REASON_LIMIT)));
        (select(&State::ALL[..]), operation, done, why).prop_map(
            |(state, operation, (date, transaction, who), (case, reason))| Change {
                state,
                operation,
                date,
                transaction,
                who,
                case,
                reason,
            },
        )
    }

    proptest! {
        #[test]
        fn decode_of_what_was_printed_is_the_same(change in change(), language in "[a-z]{2}") {
            let language = match change.reason {
                Some(_) => language,
                None => DEFAULT_LANGUAGE.to_owned(),
            };
            let data = ChangeData { change, language };
            prop_assert_eq!(&again(|w| data.encode(w), ChangeData::decode), &data);
        }
    }

    const OPERATION: &str = "<operation>update</operation>";
    const DONE: &str =
        "<date>2027-04-03T22:00:00Z</date><svTRID>12345-XYZ</svTRID><who>URS Admin</who>";
    const CASE: &str = "<caseId type='urs'>urs123</caseId>";
    const REASON: &str = "<reason>URS Lock</reason>";

    fn read(text: &str) -> Result<ChangeData, Error> {
        samples::read(NS, text, ChangeData::decode)
    }

    #[test]
    fn decode_reads_a_change_with_its_case_and_takes_after_for_granted() {
        let text = format!("<changeData>{OPERATION}{DONE}{CASE}{REASON}</changeData>");
        let ChangeData { change, language } = read(&text).unwrap();
        assert_eq!(change.state, State::After);
        assert_eq!(change.operation, Operation::new(OperationKind::Update));
        assert_eq!(change.who, "URS Admin");
        let case = change.case.unwrap();
        assert_eq!((case.kind, case.name), (CaseKind::Urs, None));
        assert_eq!(case.id, "urs123");
        assert_eq!(change.reason.as_deref(), Some("URS Lock"));
        assert_eq!(language, "en");
    }

    #[test]
    fn decode_reads_what_narrows_an_operation_down() {
        let text = format!(
            "<changeData state=' before '><operation op=' sync  it '> custom </operation>{DONE}\
             <caseId name='court' type=' custom '/><reason lang='zh-Hant'>x</reason></changeData>"
        );
        let ChangeData { change, language } = read(&text).unwrap();
        assert_eq!(change.state, State::Before);
        assert_eq!(change.operation, Operation::custom("sync it"));
        let name = Some("court".to_owned());
        let (kind, id) = (CaseKind::Custom, String::new());
        assert_eq!(change.case, Some(Case { kind, name, id }));
        assert_eq!(language, "zh-Hant");
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let long = format!("<reason>{}</reason>", "x".repeat(REASON_LIMIT + 1));
        let contents = [
            format!("{DONE}{OPERATION}"),
            format!("{OPERATION}{DONE}{REASON}{CASE}"),
            format!("{OPERATION}{DONE}{CASE}{CASE}"),
            format!("{OPERATION}{DONE}{long}"),
            format!("{OPERATION}{DONE}<reason/>"),
            format!("{OPERATION}{DONE}<reason lang='en_GB'>x</reason>"),
            format!("{OPERATION}{DONE}<caseId>1</caseId>"),
            format!("{OPERATION}{DONE}<caseId type='court'>1</caseId>"),
            format!("{OPERATION}{DONE}<caseId type='urs' lang='en'>1</caseId>"),
            format!("<operation>hold</operation>{DONE}"),
            format!("<operation name='x'>update</operation>{DONE}"),
            format!("{OPERATION}{}", DONE.replace("URS Admin", "")),
            format!("{OPERATION}{}", DONE.replace("12345-XYZ", "12")),
            format!("{OPERATION}{}", DONE.replace("T22:00:00Z", "")),
            "text".to_owned(),
            String::new(),
        ];
        let mut texts: Vec<_> = contents
            .iter()
            .map(|content| format!("<changeData>{content}</changeData>"))
            .collect();
        texts.push(format!(
            "<changeData state='now'>{OPERATION}{DONE}</changeData>"
        ));
        texts.push(format!("<changeData op='x'>{OPERATION}{DONE}</changeData>"));
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        samples::refuse(NS, &texts, ChangeData::decode);
    }

    #[test]
    fn encode_writes_the_elements_of_the_rfc() {
        let change = Change {
            state: State::Before,
            operation: Operation::custom("sync"),
            date: "2027-04-03T22:00:00Z".parse().unwrap(),
            transaction: "12345-XYZ".to_owned(),
            who: "URS Admin".to_owned(),
            case: Some(Case {
                kind: CaseKind::Custom,
                name: Some("court".to_owned()),
                id: "HCA 1/2027".to_owned(),
            }),
            reason: Some("Court order".to_owned()),
        };
        let mut writer = Writer::new(Vec::new());
        ChangeData::new(change).encode(&mut writer);
        let text = String::from_utf8(writer.finish()).unwrap();
        let (_, written) = text.split_once('\n').unwrap();
        assert_eq!(
            written,
            "<changePoll:changeData xmlns:changePoll=\"urn:ietf:params:xml:ns:changePoll-1.0\" \
             state=\"before\"><changePoll:operation op=\"sync\">custom</changePoll:operation>\
             <changePoll:date>2027-04-03T22:00:00.000Z</changePoll:date>\
             <changePoll:svTRID>12345-XYZ</changePoll:svTRID>\
             <changePoll:who>URS Admin</changePoll:who>\
             <changePoll:caseId type=\"custom\" name=\"court\">HCA 1/2027</changePoll:caseId>\
             <changePoll:reason>Court order</changePoll:reason></changePoll:changeData>"
        );
    }
}
