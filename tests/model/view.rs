//! An answer as lines: of each element its name, attributes and text.

use std::fmt;

/// What an answer says.
#[derive(Debug)]
pub struct View {
    pub code: u16,
    /// Messages that wait, and the identifier of one.
    pub queue: Option<(usize, String)>,
    /// Lines of the message shown.
    pub message: Vec<String>,
    /// Lines of object data and extensions, in order of the alphabet.
    pub lines: Vec<String>,
}

impl View {
    /// Reads an answer.
    pub fn of(answer: &str) -> Self {
        let (_, rest) = answer.split_once("<result code=\"").expect(answer);
        let code = rest[..4].parse().unwrap();
        let (_, rest) = rest.split_once("</result>").expect(answer);
        let (body, _) = rest.split_once("<trID>").expect(answer);
        let (queue, data) = if body.starts_with("<msgQ") {
            let end = match body.find("</msgQ>") {
                Some(end) => end + "</msgQ>".len(),
                None => body.find("/>").unwrap() + 2,
            };
            body.split_at(end)
        } else {
            ("", body)
        };
        let lines = if code < 2000 {
            flatten(data)
        } else {
            Vec::new()
        };
        Self {
            code,
            queue: read_queue(queue),
            message: flatten(queue),
            lines,
        }
    }
}

fn read_queue(text: &str) -> Option<(usize, String)> {
    let (_, rest) = text.split_once("<msgQ count=\"")?;
    let mut parts = rest.split('"');
    let count = parts.next()?.parse().ok()?;
    Some((count, parts.nth(1)?.to_owned()))
}

/// Returns the lines of a piece of a document; roids and svTRID differ from run to run and say nothing.
fn flatten(xml: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for piece in xml.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        if tag.starts_with('/') {
            continue;
        }
        let closed = tag.ends_with('/');
        let mut words = tag.trim_end_matches('/').split(' ');
        let name = words.next().unwrap();
        let attributes: String = words
            .filter(|word| !word.is_empty() && !word.starts_with("xmlns"))
            .map(|word| format!(" {word}"))
            .collect();
        let says = closed || !text.is_empty() || !attributes.is_empty();
        let random = name.ends_with(":roid") || name == "changePoll:svTRID";
        if says && !random && name != "msgQ" {
            lines.push(format!("{name}{attributes}={text}"));
        }
    }
    lines.sort_unstable();
    lines
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {:#?}", self.code, self.queue, self.lines)
    }
}
