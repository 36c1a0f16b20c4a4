//! A second opinion on documents: libxml2 by an XML Schema, asked through `xsd_oracle.py`.
//!
//! The interpreter is `HKEPP_TEST_PYTHON`, else `target/test-venv/bin/python`; `tests/run.sh` provides it.
//! Without one there is no opinion, which `HKEPP_TESTS_COMPLETE=1` makes a failure.
#![allow(dead_code, unreachable_pub)]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

/// This package's directory.
const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

/// The namespaces this server speaks, each with the name of its schema file.
pub const SPOKEN: [(&str, &str); 11] = [
    ("urn:ietf:params:xml:ns:eppcom-1.0", "eppcom-1.0.xsd"),
    ("urn:ietf:params:xml:ns:epp-1.0", "epp-1.0.xsd"),
    ("urn:ietf:params:xml:ns:domain-1.0", "domain-1.0.xsd"),
    ("urn:ietf:params:xml:ns:contact-1.0", "contact-1.0.xsd"),
    ("urn:ietf:params:xml:ns:host-1.0", "host-1.0.xsd"),
    ("urn:ietf:params:xml:ns:secDNS-1.1", "secDNS-1.1.xsd"),
    ("urn:ietf:params:xml:ns:rgp-1.0", "rgp-1.0.xsd"),
    (
        "urn:ietf:params:xml:ns:epp:loginSec-1.0",
        "loginSec-1.0.xsd",
    ),
    (
        "urn:ietf:params:xml:ns:changePoll-1.0",
        "changePoll-1.0.xsd",
    ),
    ("urn:ietf:params:xml:ns:epp:b-dn", "b-dn.xsd"),
    ("urn:ietf:params:xml:ns:idn-1.0", "idn-1.0.xsd"),
];

/// The namespace of our own extension; no RFC has a schema of it, and ours imports none.
const OURS: (&str, &str) = ("urn:hkepp:params:xml:ns:hk-1.0", "schemas/hk-1.0.xsd");

/// What libxml2 says of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is well-formed XML with namespaces, and without a document type declaration.
    pub well_formed: bool,
    /// Whether it is valid by the schema.
    pub valid: bool,
    /// The first fault; empty for a valid document.
    pub message: String,
}

/// A running validator; it ends when it is dropped, or with this process.
pub struct Oracle {
    /// Questions are asked one at a time.
    conversation: Mutex<Conversation>,
    process: Child,
}

/// Both directions of the validator's pipe; closing the first ends it.
struct Conversation {
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts a validator for the schema `driver`; `None` when there is no interpreter.
    pub fn start(driver: &Path) -> Option<Self> {
        let mut process = Command::new(python()?)
            .arg(Path::new(PACKAGE).join("tests/support/xsd_oracle.py"))
            .arg(driver)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the interpreter of HKEPP_TEST_PYTHON starts");
        let conversation = Mutex::new(Conversation {
            questions: process.stdin.take(),
            answers: BufReader::new(process.stdout.take().expect("standard output is a pipe")),
        });
        Some(Self {
            conversation,
            process,
        })
    }

    /// Starts a validator for the RFCs' schemas of the namespaces this server speaks, and for ours of our own;
    /// `None` when the former are absent.
    pub fn start_official() -> Option<Self> {
        let schemas = official()?;
        let directory = tempfile::tempdir().expect("a temporary directory");
        let driver = directory.path().join("spoken.xsd");
        let mut text = "<schema xmlns='http://www.w3.org/2001/XMLSchema'>".to_owned();
        for (namespace, file) in SPOKEN {
            let location = schemas.join(file);
            let location = location.display();
            text += &format!("<import namespace='{namespace}' schemaLocation='{location}'/>");
        }
        let (namespace, file) = OURS;
        let location = Path::new(PACKAGE).join(file);
        let location = location.display();
        text += &format!("<import namespace='{namespace}' schemaLocation='{location}'/>");
        std::fs::write(&driver, text + "</schema>").expect("the driver is written");
        let oracle = Self::start(&driver)?;
        // The validator has read its schema when it answers.
        oracle.verdict(b"<ready/>");
        Some(oracle)
    }

    /// Asks about one document.
    pub fn verdict(&self, document: &[u8]) -> Verdict {
        let mut conversation = self.conversation.lock().expect("no question has failed");
        conversation.ask(document);
        conversation.hear()
    }

    /// Asks about some documents, few enough that their answers fit a pipe, and does `work` while they are judged.
    pub fn verdicts<T>(
        &self,
        documents: &[Vec<u8>],
        work: impl FnOnce() -> T,
    ) -> (Vec<Verdict>, T) {
        let mut conversation = self.conversation.lock().expect("no question has failed");
        for document in documents {
            conversation.ask(document);
        }
        let result = work();
        let verdicts = documents.iter().map(|_| conversation.hear()).collect();
        (verdicts, result)
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        if let Ok(conversation) = self.conversation.get_mut() {
            conversation.questions = None;
        }
        self.process.wait().ok();
    }
}

impl Conversation {
    fn ask(&mut self, document: &[u8]) {
        let length = u32::try_from(document.len()).expect("a document fits its length");
        let mut question = length.to_be_bytes().to_vec();
        question.extend_from_slice(document);
        let questions = self.questions.as_mut().expect("the validator is running");
        questions
            .write_all(&question)
            .expect("the validator takes a question");
    }

    fn hear(&mut self) -> Verdict {
        let mut answer = String::new();
        self.answers
            .read_line(&mut answer)
            .expect("the validator answers in UTF-8");
        let message = answer.get(2..).unwrap_or_default().trim_end().to_owned();
        let (well_formed, valid) = match answer.as_bytes().first() {
            Some(b'1') => (true, true),
            Some(b'0') => (true, false),
            Some(b'-') => (false, false),
            _ => panic!("the validator stopped; its message is on standard error"),
        };
        Verdict {
            well_formed,
            valid,
            message,
        }
    }
}

/// Fails the test unless the server's answer `document` is valid by our schemas and, when present, by the RFCs'.
pub fn check_answer(document: &[u8]) {
    static OWN: OnceLock<Option<Oracle>> = OnceLock::new();
    static OFFICIAL: OnceLock<Option<Oracle>> = OnceLock::new();
    let own = OWN.get_or_init(|| Oracle::start(&own()));
    let official = OFFICIAL.get_or_init(Oracle::start_official);
    for (whose, oracle) in [("our", own), ("the RFCs'", official)] {
        let Some(oracle) = oracle else { continue };
        let verdict = oracle.verdict(document);
        assert!(
            verdict.valid,
            "this answer is not valid by {whose} schemas: {}\n{}",
            verdict.message,
            String::from_utf8_lossy(document)
        );
    }
}

/// Returns the driver of our schemas.
pub fn own() -> PathBuf {
    Path::new(PACKAGE).join("schemas/all.xsd")
}

/// Returns the directory of the RFCs' schemas when it is present, and says once when it is not.
pub fn official() -> Option<PathBuf> {
    static ABSENCE: OnceLock<()> = OnceLock::new();
    let path = Path::new(PACKAGE).join("../shared/schemas");
    if path.is_dir() {
        return Some(path.canonicalize().expect("the directory can be read"));
    }
    ABSENCE.get_or_init(|| println!("the RFCs' schemas are absent ({})", path.display()));
    None
}

/// Finds the interpreter, and says once when there is none.
fn python() -> Option<PathBuf> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let named = std::env::var_os("HKEPP_TEST_PYTHON").map(PathBuf::from);
        let installed = Path::new(PACKAGE).join("target/test-venv/bin/python");
        let found = named.or_else(|| installed.exists().then_some(installed));
        if found.is_none() {
            let complete = std::env::var_os("HKEPP_TESTS_COMPLETE").is_some_and(|v| v == "1");
            assert!(!complete, "XSD oracle absent: run tests/run.sh");
            println!("XSD oracle absent: run tests/run.sh");
        }
        found
    };
    PYTHON.get_or_init(find).clone()
}
