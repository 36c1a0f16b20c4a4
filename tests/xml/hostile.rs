//! Hostile documents and encodings are refused, at once; what only looks hostile is not.

use std::fmt::Write as _;

use hkepp::base::limits;
use hkepp::xml::Error;

use crate::{utf16, verdict};

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
