//! An answer, and what is true of every answer whatever was asked.

use std::fmt;

use hkepp::base::code::Code;
use hkepp::flow::select::DECLARED;
use hkepp::protocol::Message;
use hkepp::xml::{self, Tree};

use super::oracle;

/// Codes that admission, not a flow, gives to commands with a flow.
const OF_ADMISSION: [Code; 4] = [
    Code::Syntax,
    Code::Use,
    Code::UnimplementedExtension,
    Code::UnimplementedObject,
];

/// What the server sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer(String);

impl Answer {
    /// Returns the result code.
    pub fn code(&self) -> u16 {
        self.result().unwrap_or_else(|| panic!("no result: {self}"))
    }

    /// Returns the result code, or nothing for a greeting.
    pub fn result(&self) -> Option<u16> {
        let (_, rest) = self.0.split_once("<result code=\"")?;
        rest.get(..4)?.parse().ok()
    }

    /// Returns the text of the first element written `name`, markup included.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.texts_of(name).into_iter().next()
    }

    /// Returns the texts of all elements written `name`, markup included.
    pub fn texts_of(&self, name: &str) -> Vec<&str> {
        let mut texts = Vec::new();
        let mut rest = self.0.as_str();
        while let Some((_, tail)) = rest.split_once(&format!("<{name}")) {
            rest = tail;
            if !tail.starts_with(['>', ' ']) {
                continue;
            }
            let (attributes, content) = tail.split_once('>').unwrap();
            if !attributes.ends_with('/') {
                let end = content.find(&format!("</{name}>")).unwrap();
                texts.push(&content[..end]);
            }
        }
        texts
    }

    /// Returns the client's transaction identifier as the answer repeats it, markup included.
    pub fn client_transaction(&self) -> Option<&str> {
        let inside = self.text_of("trID")?.strip_prefix("<clTRID>")?;
        inside.split_once("</clTRID>").map(|(id, _)| id)
    }

    /// Returns the server's transaction identifier of the answer, which stands behind that of a pending action.
    pub fn server_transaction(&self) -> Option<&str> {
        self.texts_of("svTRID").pop()
    }

    /// Says whether the text contains `part`.
    pub fn has(&self, part: &str) -> bool {
        self.0.contains(part)
    }

    /// Returns the reason of a refusal.
    pub fn reason(&self) -> &str {
        self.text_of("reason").unwrap_or_default()
    }

    /// Returns the document indented, one element a line, svTRID replaced by a fixed one.
    pub fn pretty(&self) -> String {
        let mut fixed = self.0.clone();
        let own = self.server_transaction();
        let pending = self
            .texts_of("svTRID")
            .into_iter()
            .find(|id| Some(*id) != own);
        // That of a change comes first: the answer's own may be the beginning of it.
        for (id, stands) in [
            (
                self.text_of("changePoll:svTRID"),
                "HKEPP-0123456789abcdef-0",
            ),
            (pending, "HKEPP-0123456789abcdef-0"),
            (own, "HKEPP-0123456789abcdef-1"),
        ] {
            if let Some(id) = id {
                fixed = fixed.replace(&format!(">{id}<"), &format!(">{stands}<"));
            }
        }
        indent(&fixed)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Judges the answer to `document`.
pub fn judge(document: &[u8], answer: Vec<u8>) -> Answer {
    let answer = judge_any(answer);
    if answer.result().is_none() {
        assert!(answer.has("<greeting>"), "{answer}");
        assert!(!answer.has("trID"), "a greeting has none: {answer}");
        return answer;
    }
    let id = answer.server_transaction();
    let id = id.expect("every answer has a svTRID");
    assert!((3..=64).contains(&id.chars().count()), "{answer}");
    assert_eq!(answer.texts_of("result").len(), 1, "{answer}");
    judge_code(document, &answer);
    answer
}

/// Judges a greeting.
pub fn judge_greeting(greeting: Vec<u8>) -> Answer {
    judge(b"", greeting)
}

/// Judges what greetings and responses have in common.
fn judge_any(answer: Vec<u8>) -> Answer {
    let text = String::from_utf8(answer).expect("answers are UTF-8");
    assert!(
        text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>"),
        "{text}"
    );
    for secret in [super::PASSWORD, "Star.Ferry-2026+Pier7"] {
        assert!(!text.contains(secret), "a secret is shown: {text}");
    }
    oracle::check_answer(text.as_bytes());
    Answer(text)
}

/// Judges that a command with a flow was answered by a code its flow declares.
fn judge_code(document: &[u8], answer: &Answer) {
    let Ok(text) = xml::decode(document) else {
        return assert_eq!(answer.code(), 2001, "{answer}");
    };
    let Ok(tree) = Tree::parse(&text) else {
        return assert_eq!(answer.code(), 2001, "{answer}");
    };
    let Ok(Message::Request(request)) = Message::decode(&tree) else {
        return;
    };
    let expected = request.client_transaction.as_deref();
    let echoed = answer.client_transaction().map(unescape);
    assert_eq!(echoed.as_deref(), expected, "{answer}");
    let name = request.command.name();
    let Some((_, declared)) = DECLARED.iter().find(|(flow, _)| *flow == name) else {
        return;
    };
    let code = answer.code();
    let is = |known: &Code| known.number() == code;
    assert!(
        (1000..2000).contains(&code)
            || code == 2400
            || declared.iter().any(is)
            || OF_ADMISSION.iter().any(is),
        "{name} does not declare {code}: {answer}"
    );
}

fn unescape(text: &str) -> String {
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ];
    pairs
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Indents a document that has no white space between its elements.
fn indent(text: &str) -> String {
    let (declaration, mut rest) = text.split_once('\n').expect("a declaration and a line end");
    let mut lines = vec![declaration.to_owned()];
    let mut depth = 0;
    while !rest.is_empty() {
        let tag_end = rest.find('>').expect("a tag") + 1;
        let closing = rest.starts_with("</");
        let mut end = tag_end;
        let opens = !closing && !rest[..tag_end].ends_with("/>");
        let content = &rest[tag_end..];
        let text_end = tag_end + content.find('<').unwrap_or(content.len());
        let mut leaf = false;
        if opens && rest[text_end..].starts_with("</") {
            end = text_end + rest[text_end..].find('>').expect("an end tag") + 1;
            leaf = true;
        }
        depth -= usize::from(closing);
        lines.push(format!("{}{}", "  ".repeat(depth), &rest[..end]));
        depth += usize::from(opens && !leaf);
        rest = &rest[end..];
    }
    let collapsed: String = lines[1..].iter().map(|line| line.trim_start()).collect();
    assert_eq!(
        text,
        format!("{declaration}\n{collapsed}"),
        "white space between elements"
    );
    lines.join("\n") + "\n"
}
