//! An answer, shown to people and to programs.
//!
//! Read element by element rather than by type, so that every extension shows, also those of other servers.

use anyhow::Context;
use serde_json::{Map, Value, json};

use crate::cli::report::{record, table};
use crate::xml::{Element, Tree};

/// Elements that may stand several times; programs get an array of them, be there one or many.
const SEVERAL: &[&str] = &[
    "addr",
    "contact",
    "dsData",
    "event",
    "extURI",
    "extValue",
    "host",
    "hostAddr",
    "hostObj",
    "keyData",
    "lang",
    "objURI",
    "postalInfo",
    "rgpStatus",
    "status",
    "street",
    "version",
];

/// An answer or a greeting.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    root: Node,
}

/// An element.
#[derive(Clone, Debug)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Self>,
}

impl Answer {
    /// Reads a document.
    pub(super) fn parse(document: &[u8]) -> anyhow::Result<Self> {
        const FOREIGN: &str = "the server's answer is not EPP";
        let text = std::str::from_utf8(document).context(FOREIGN)?;
        let tree = Tree::parse(text).context(FOREIGN)?;
        let root = tree
            .root()
            .and_then(|epp| epp.children().next())
            .context(FOREIGN)?;
        Ok(Self {
            root: Node::of(root),
        })
    }

    /// Says whether the server did what was asked; a greeting counts as that.
    pub(super) fn is_success(&self) -> bool {
        self.root.name == "greeting" || self.code() < 2000
    }

    /// Returns code, message and reason of a refusal in one line.
    pub(super) fn refusal(&self) -> String {
        let reason = self
            .reason()
            .map(|reason| format!(": {reason}"))
            .unwrap_or_default();
        format!("{} {}{reason}", self.code(), self.message())
    }

    /// Shows it to programs.
    pub(super) fn json(&self) -> Value {
        if self.root.name == "greeting" {
            return self.root.json();
        }
        let mut shown = json!({ "code": self.code(), "message": self.message() });
        let Some(fields) = shown.as_object_mut() else {
            return shown;
        };
        let path = |names: &[&str]| self.root.find(names);
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                fields.insert(name.to_owned(), value);
            }
        };
        put("reason", self.reason().map(Value::from));
        put(
            "data",
            path(&["resData"])
                .and_then(|data| data.children.first())
                .map(Node::data),
        );
        put("extensions", path(&["extension"]).map(Node::json));
        put("queue", path(&["msgQ"]).map(Node::json));
        put(
            "client-transaction",
            path(&["trID", "clTRID"]).map(Node::json),
        );
        put(
            "server-transaction",
            path(&["trID", "svTRID"]).map(Node::json),
        );
        shown
    }

    /// Shows it to people.
    pub(super) fn text(&self) -> String {
        let mut rows = Vec::new();
        if self.root.name == "greeting" {
            self.root.rows("", &mut rows);
            return record(merge(rows));
        }
        let mut text = format!("{}\n", self.refusal());
        let data = self
            .root
            .find(&["resData"])
            .and_then(|data| data.children.first());
        if let Some(data) = data.filter(|data| data.name == "chkData") {
            let verdicts = data.verdicts().into_iter();
            let row = |(name, available, reason): (String, bool, String)| {
                vec![
                    name,
                    if available { "yes" } else { "no" }.to_owned(),
                    reason,
                ]
            };
            text.push_str(&table(&["name", "available", "reason"], verdicts.map(row)));
        } else if let Some(data) = data {
            data.rows("", &mut rows);
        }
        for part in ["extension", "msgQ"] {
            if let Some(part) = self.root.find(&[part]) {
                part.rows("", &mut rows);
            }
        }
        if !rows.is_empty() {
            if !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&record(merge(rows)));
        }
        text
    }

    fn code(&self) -> u16 {
        let code = self
            .root
            .find(&["result"])
            .and_then(|result| result.attribute("code"));
        code.and_then(|code| code.parse().ok()).unwrap_or(u16::MAX)
    }

    fn message(&self) -> &str {
        self.root
            .find(&["result", "msg"])
            .map_or("", |msg| msg.text.as_str())
    }

    fn reason(&self) -> Option<&str> {
        self.root
            .find(&["result", "extValue", "reason"])
            .map(|reason| reason.text.as_str())
    }
}

impl Node {
    fn of(element: Element<'_>) -> Self {
        let attributes = element.attributes().filter(|a| a.name != "schemaLocation");
        Self {
            name: element.name().to_owned(),
            attributes: attributes
                .map(|a| (a.name.to_owned(), a.value.to_owned()))
                .collect(),
            text: element.text().trim().to_owned(),
            children: element.children().map(Self::of).collect(),
        }
    }

    /// Returns the first element at the end of a path.
    fn find(&self, path: &[&str]) -> Option<&Self> {
        let Some((name, rest)) = path.split_first() else {
            return Some(self);
        };
        self.children
            .iter()
            .find(|child| child.name == *name)?
            .find(rest)
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns object data: verdicts as an array, everything else as it is.
    fn data(&self) -> Value {
        if self.name != "chkData" {
            return self.json();
        }
        let verdict = |(name, available, reason): (String, bool, String)| json!({ "name": name, "available": available, "reason": (!available).then_some(reason) });
        self.verdicts().into_iter().map(verdict).collect()
    }

    /// Returns name, verdict and reason of every `<cd>`.
    fn verdicts(&self) -> Vec<(String, bool, String)> {
        let verdict = |cd: &Self| {
            let asked = cd.children.first()?;
            let available = matches!(asked.attribute("avail"), Some("1" | "true"));
            let reason = cd.find(&["reason"]).map(|reason| reason.text.clone());
            Some((asked.text.clone(), available, reason.unwrap_or_default()))
        };
        self.children.iter().filter_map(verdict).collect()
    }

    fn json(&self) -> Value {
        if self.children.is_empty() && self.attributes.is_empty() {
            return Value::from(self.text.as_str());
        }
        if self.name == "status"
            && let Some(status) = self.attribute("s")
        {
            return Value::from(status);
        }
        let mut object = Map::new();
        for (name, value) in &self.attributes {
            object.insert(name.clone(), Value::from(value.as_str()));
        }
        if !self.text.is_empty() {
            object.insert("value".to_owned(), Value::from(self.text.as_str()));
        }
        for child in &self.children {
            let value = child.json();
            match object.get_mut(&child.name) {
                Some(Value::Array(values)) => values.push(value),
                Some(other) => *other = Value::Array(vec![other.take(), value]),
                None if SEVERAL.contains(&child.name.as_str()) => {
                    object.insert(child.name.clone(), Value::Array(vec![value]));
                }
                None => {
                    object.insert(child.name.clone(), value);
                }
            }
        }
        Value::Object(object)
    }

    /// Adds what is below as rows of name and value.
    fn rows(&self, above: &str, rows: &mut Vec<(String, String)>) {
        for (name, value) in self.attributes.iter().filter(|_| above.is_empty()) {
            rows.push((name.clone(), value.clone()));
        }
        for child in &self.children {
            let attributes: Vec<&str> = child
                .attributes
                .iter()
                .map(|(_, value)| value.as_str())
                .collect();
            let attributes = attributes.join(" ");
            let name = format!("{above}{}", child.name);
            if !child.children.is_empty() {
                let qualified = if attributes.is_empty() {
                    name
                } else {
                    format!("{name} {attributes}")
                };
                child.rows(&format!("{qualified} "), rows);
            } else if attributes.is_empty() {
                rows.push((name, child.text.clone()));
            } else {
                rows.push((
                    name,
                    format!("{attributes} {}", child.text).trim_end().to_owned(),
                ));
            }
        }
    }
}

/// Puts values of the same name into one row.
fn merge(rows: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut merged: Vec<(String, String)> = Vec::new();
    for (name, value) in rows {
        match merged.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => {
                values.push('\n');
                values.push_str(&value);
            }
            None => merged.push((name, value)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFO: &str = r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><response>
        <result code="1000"><msg>Command completed successfully</msg></result>
        <resData><h:infData xmlns:h="urn:ietf:params:xml:ns:host-1.0"><h:name>ns1.a.hk</h:name>
        <h:status s="ok"/><h:addr ip="v4">192.0.2.1</h:addr></h:infData></resData>
        <trID><clTRID>ABC-1</clTRID><svTRID>S-1</svTRID></trID></response></epp>"#;

    const REFUSED: &str = r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><response>
        <result code="2303"><msg>Object does not exist</msg><extValue><value><x/></value>
        <reason>no such domain</reason></extValue></result><trID><svTRID>S-1</svTRID></trID></response></epp>"#;

    const CHECK: &str = r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><response>
        <result code="1000"><msg>ok</msg></result><resData>
        <d:chkData xmlns:d="urn:ietf:params:xml:ns:domain-1.0">
        <d:cd><d:name avail="1">a.hk</d:name></d:cd>
        <d:cd><d:name avail="0">b.hk</d:name><d:reason>In use</d:reason></d:cd></d:chkData></resData>
        <trID><svTRID>S-1</svTRID></trID></response></epp>"#;

    #[test]
    fn json_of_info_has_arrays_where_many_may_stand() {
        let answer = Answer::parse(INFO.as_bytes()).unwrap();
        assert!(answer.is_success());
        let expected = json!({
            "code": 1000, "message": "Command completed successfully",
            "data": { "name": "ns1.a.hk", "status": ["ok"], "addr": [{ "ip": "v4", "value": "192.0.2.1" }] },
            "client-transaction": "ABC-1", "server-transaction": "S-1",
        });
        assert_eq!(answer.json(), expected);
    }

    #[test]
    fn refusal_has_code_message_and_reason() {
        let answer = Answer::parse(REFUSED.as_bytes()).unwrap();
        assert!(!answer.is_success());
        assert_eq!(
            answer.refusal(),
            "2303 Object does not exist: no such domain"
        );
    }

    #[test]
    fn check_shows_one_verdict_a_row() {
        let answer = Answer::parse(CHECK.as_bytes()).unwrap();
        let data = &answer.json()["data"];
        assert_eq!(
            data[0],
            json!({ "name": "a.hk", "available": true, "reason": null })
        );
        assert_eq!(
            data[1],
            json!({ "name": "b.hk", "available": false, "reason": "In use" })
        );
        let text = answer.text();
        assert!(text.contains("b.hk") && text.contains("In use"), "{text}");
        let queue = r#"<msgQ count="3" id="7"/><resData>"#;
        let answer = Answer::parse(CHECK.replace("<resData>", queue).as_bytes()).unwrap();
        let text = answer.text();
        assert!(
            text.lines()
                .any(|line| line.trim_start().starts_with("count")),
            "{text}"
        );
    }
}
