//! Properties: what was written is read back, and nothing makes the parser panic.

use hkepp::xml::{Element, Namespace, Tree, Writer, decode};
use proptest::prelude::*;

use crate::{utf16, verdict};

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
