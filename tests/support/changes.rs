//! The changes of a document's tree.

use super::document::{Element, Node, local};
use super::{Mutator, Prng, values};

/// Namespaces to confuse one another with; the first are the ones EPP commands use.
const NAMESPACES: &[&str] = &[
    "urn:ietf:params:xml:ns:epp-1.0",
    "urn:ietf:params:xml:ns:domain-1.0",
    "urn:ietf:params:xml:ns:contact-1.0",
    "urn:ietf:params:xml:ns:host-1.0",
    "urn:ietf:params:xml:ns:secDNS-1.1",
    "urn:ietf:params:xml:ns:rgp-1.0",
    "urn:ietf:params:xml:ns:epp:loginSec-1.0",
    "urn:ietf:params:xml:ns:changePoll-1.0",
    "urn:ietf:params:xml:ns:eppcom-1.0",
    "urn:ietf:params:xml:ns:domain-1.1",
    "urn:ietf:params:xml:ns:EPP-1.0",
    "urn:ietf:params:xml:ns:domain-1.0 ",
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/XML/1998/namespace",
    "http://www.w3.org/2000/xmlns/",
    "urn:x",
    "",
];

/// Declares the prefix of XML Schema's own attributes.
const XSI: (&str, &str) = ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");

/// A change of the tree; `false` when it does not apply to this document.
pub type Change = fn(&Mutator, &mut Element, &mut Prng) -> bool;

/// The changes with their weights.
pub const CHANGES: &[(&str, usize, Change)] = &[
    ("duplicate", 6, Mutator::duplicate),
    ("delete", 6, Mutator::delete),
    ("swap", 4, Mutator::swap),
    ("move", 4, Mutator::relocate),
    ("rename", 5, Mutator::rename),
    ("prefix", 3, Mutator::change_prefix),
    ("namespace", 4, Mutator::change_namespace),
    ("attribute", 5, Mutator::change_attribute_name),
    ("xsi", 2, Mutator::add_xsi),
    ("value", 30, Mutator::change_value),
    ("known value", 10, Mutator::change_to_known_value),
    ("attribute value", 12, Mutator::change_attribute_value),
    ("blank", 5, Mutator::insert_blank),
    ("split", 5, Mutator::split_value),
    ("loose text", 2, Mutator::insert_text),
    ("cross", 14, Mutator::cross),
    ("splice", 5, Mutator::splice),
    ("insert", 8, Mutator::insert_relative),
    ("foreign", 4, Mutator::insert_foreign),
    ("wrap", 2, Mutator::wrap),
];

impl Mutator {
    fn duplicate(&self, root: &mut Element, random: &mut Prng) -> bool {
        let Some((parent, place)) = child(root, random) else {
            return false;
        };
        let copy = parent.content[place].clone();
        let times = *random.pick(&[1, 1, 1, 1, 2, 3, 6, 7, 10, 11]);
        for _ in 0..times {
            parent.content.insert(place, copy.clone());
        }
        true
    }

    fn delete(&self, root: &mut Element, random: &mut Prng) -> bool {
        let Some((parent, place)) = child(root, random) else {
            return false;
        };
        parent.content.remove(place);
        true
    }

    fn swap(&self, root: &mut Element, random: &mut Prng) -> bool {
        let Some((parent, place)) = child(root, random) else {
            return false;
        };
        let places = parent.children();
        let other = *random.pick(&places);
        parent.content.swap(place, other);
        place != other
    }

    fn relocate(&self, root: &mut Element, random: &mut Prng) -> bool {
        let Some((parent, place)) = child(root, random) else {
            return false;
        };
        let node = parent.content.remove(place);
        let target = any(root, random);
        let place = random.below(target.content.len() + 1);
        target.content.insert(place, node);
        true
    }

    fn rename(&self, root: &mut Element, random: &mut Prng) -> bool {
        let known = random.pick(&self.names).clone();
        let element = any(root, random);
        let own = element.local().to_owned();
        let name = match random.below(6) {
            0 => own.to_uppercase(),
            1 => own.clone() + "s",
            2 => format!("{own}\u{e9}"),
            _ => known,
        };
        let prefix = element.prefix().to_owned();
        element.set_name(&prefix, &name);
        name != own
    }

    fn change_prefix(&self, root: &mut Element, random: &mut Prng) -> bool {
        let mut prefixes: Vec<String> = root.all().iter().map(|e| e.prefix().to_owned()).collect();
        prefixes.extend(["".to_owned(), "xml".to_owned(), "nowhere".to_owned()]);
        let prefix = random.pick(&prefixes).clone();
        let element = any(root, random);
        let changes = element.prefix() != prefix;
        let local = element.local().to_owned();
        element.set_name(&prefix, &local);
        changes
    }

    fn change_namespace(&self, root: &mut Element, random: &mut Prng) -> bool {
        let width = if random.one_in(3) {
            NAMESPACES.len()
        } else {
            8
        };
        let namespace = (*random.pick(&NAMESPACES[..width])).to_owned();
        let declares = |(name, _): &(String, String)| name.starts_with("xmlns");
        if random.one_in(4) {
            // The same namespace under another prefix, all over a subtree.
            return rename_prefix(any(root, random), random);
        }
        if random.one_in(4) {
            let prefix = *random.pick(&["xmlns", "xmlns:x", "xmlns:domain", "xmlns:xml"]);
            let element = any(root, random);
            element.attributes.push((prefix.to_owned(), namespace));
            return true;
        }
        let Some(element) = one(root, random, |e| e.attributes.iter().any(declares)) else {
            return false;
        };
        let places: Vec<usize> = (0..element.attributes.len())
            .filter(|place| declares(&element.attributes[*place]))
            .collect();
        element.attributes[*random.pick(&places)].1 = namespace;
        true
    }

    fn change_attribute_name(&self, root: &mut Element, random: &mut Prng) -> bool {
        let known = random.pick(&self.names).clone();
        if random.one_in(2) {
            let (name, value) = match random.below(8) {
                0 => ("xml:lang".to_owned(), "en".to_owned()),
                1 => ("xml:space".to_owned(), "preserve".to_owned()),
                2 => ("lang".to_owned(), "en".to_owned()),
                3 => ("roid".to_owned(), "A-B".to_owned()),
                4 => ("xmlns:unused".to_owned(), "urn:unused".to_owned()),
                5 => ("id".to_owned(), "x".to_owned()),
                _ => (known.clone(), self.value_of(&known, random)),
            };
            any(root, random).attributes.push((name, value));
            return true;
        }
        let Some(element) = one(root, random, |e| !e.attributes.is_empty()) else {
            return false;
        };
        let place = random.below(element.attributes.len());
        match random.below(4) {
            0 => drop(element.attributes.remove(place)),
            1 => element.attributes[place].0 = known,
            2 => {
                let name = element.attributes[place].0.clone();
                element.attributes[place].0 = format!("{}:{name}", element.prefix());
            }
            _ => element.attributes.rotate_left(place),
        }
        true
    }

    fn add_xsi(&self, root: &mut Element, random: &mut Prng) -> bool {
        let (name, value) = *random.pick(&[
            (
                "xsi:schemaLocation",
                "urn:ietf:params:xml:ns:epp-1.0 epp-1.0.xsd",
            ),
            ("xsi:schemaLocation", "urn:ietf:params:xml:ns:epp-1.0"),
            ("xsi:schemaLocation", ""),
            ("xsi:noNamespaceSchemaLocation", "x.xsd"),
            ("xsi:nil", "true"),
            ("xsi:nil", "false"),
            ("xsi:nil", "maybe"),
            ("xsi:type", "xs:string"),
            ("xsi:type", "nothing"),
            ("xsi:other", "x"),
        ]);
        let element = any(root, random);
        element
            .attributes
            .push((XSI.0.to_owned(), XSI.1.to_owned()));
        element.attributes.push((name.to_owned(), value.to_owned()));
        true
    }

    fn change_value(&self, root: &mut Element, random: &mut Prng) -> bool {
        let Some(leaf) = one(root, random, Element::is_leaf) else {
            return false;
        };
        let value = values::escape(&values::for_name(leaf.local(), random));
        leaf.content = if value.is_empty() && random.one_in(2) {
            Vec::new()
        } else {
            vec![Node::Text(value)]
        };
        true
    }

    fn change_to_known_value(&self, root: &mut Element, random: &mut Prng) -> bool {
        let Some(leaf) = one(root, random, Element::is_leaf) else {
            return false;
        };
        let name = if random.one_in(6) {
            random.pick(&self.names).clone()
        } else {
            leaf.local().to_owned()
        };
        leaf.content = vec![Node::Text(self.value_of(&name, random))];
        true
    }

    fn change_attribute_value(&self, root: &mut Element, random: &mut Prng) -> bool {
        let is_value = |(name, _): &(String, String)| !name.starts_with("xmlns");
        let Some(element) = one(root, random, |e| e.attributes.iter().any(is_value)) else {
            return false;
        };
        let places: Vec<usize> = (0..element.attributes.len())
            .filter(|place| is_value(&element.attributes[*place]))
            .collect();
        let place = *random.pick(&places);
        let name = local(&element.attributes[place].0).to_owned();
        let old = element.attributes[place].1.clone();
        element.attributes[place].1 = match random.below(8) {
            0 => old.to_uppercase(),
            1 => format!("{}{old}", values::blank(random)),
            2 => format!("{old}{}", values::blank(random)),
            3 => values::escape(&values::for_name(&name, random)),
            4 => self.value_of(&random.pick(&self.names).clone(), random),
            _ => self.value_of(&name, random),
        };
        true
    }

    fn insert_blank(&self, root: &mut Element, random: &mut Prng) -> bool {
        let blank = values::blank(random);
        let element = any(root, random);
        let texts: Vec<usize> = (0..element.content.len())
            .filter(|place| matches!(element.content[*place], Node::Text(_)))
            .collect();
        if texts.is_empty() {
            element.content.push(Node::Text(blank.to_owned()));
            return true;
        }
        if let Node::Text(text) = &mut element.content[*random.pick(&texts)] {
            let place = boundary(text, random);
            text.insert_str(place, blank);
        }
        true
    }

    fn split_value(&self, root: &mut Element, random: &mut Prng) -> bool {
        let Some(leaf) = one(root, random, |e| e.is_leaf() && !e.text().is_empty()) else {
            return false;
        };
        let text = leaf.text();
        let (before, after) = text.split_at(boundary(&text, random));
        let wedge = *random.pick(&[
            "<!-- comment -->",
            "<!---->",
            "<?pi?>",
            "<?pi data?>",
            "<![CDATA[]]>",
            "<![CDATA[x]]>",
            "<![CDATA[ ]]>",
            "<![CDATA[&amp;<]]>",
            "&amp;",
            "&lt;",
            "&apos;",
            "&quot;",
            "&gt;",
            "&#65;",
            "&#x41;",
            "&#x9999;",
            "&#x10000;",
            "&#x10FFFF;",
            "&#0;",
            "&#x1;",
            "&#xD800;",
            "&#xFFFE;",
            "&#x110000;",
            "&nbsp;",
            "&unknown;",
            "&#65",
            "&#;",
            "&#x;",
            "&",
            "]]>",
            "<!",
            "<!-- a -- b -->",
            "<?xml version='1.0'?>",
            "<?Xml ?>",
            "<? pi?>",
            "&#32;",
            "&#13;",
            "\u{7f}",
            "\u{80}",
            "\u{1}",
            "\u{fffe}",
        ]);
        let whole = random.one_in(3);
        leaf.content = if whole && !text.contains(['&', '<']) {
            vec![Node::Other(format!("<![CDATA[{text}]]>"))]
        } else {
            vec![
                Node::Text(before.to_owned()),
                Node::Other(wedge.to_owned()),
                Node::Text(after.to_owned()),
            ]
        };
        true
    }

    fn insert_text(&self, root: &mut Element, random: &mut Prng) -> bool {
        let text = *random.pick(&[
            "x",
            "&#32;",
            "<![CDATA[ ]]>",
            "<![CDATA[]]>",
            "<!-- -->",
            "\u{a0}",
            "&amp;",
            "0",
        ]);
        let element = any(root, random);
        let place = random.below(element.content.len() + 1);
        element.content.insert(place, Node::Other(text.to_owned()));
        true
    }

    /// Gives an element the attributes and content of its namesake in another document.
    fn cross(&self, root: &mut Element, random: &mut Prng) -> bool {
        let element = any(root, random);
        let Some(donor) = self.namesake(element.local(), random) else {
            return false;
        };
        *element = donor;
        true
    }

    /// Puts any element of another document in some place.
    fn splice(&self, root: &mut Element, random: &mut Prng) -> bool {
        let donor = &random.pick(&self.seeds).root;
        let index = random.below(donor.all().len());
        let Some(donor) = donor.nth_alone(index) else {
            return false;
        };
        if random.one_in(2) {
            let element = any(root, random);
            let place = random.below(element.content.len() + 1);
            element.content.insert(place, Node::Element(donor));
            return true;
        }
        *any(root, random) = donor;
        true
    }

    /// Adds to an element a child that its namesake in another document has.
    fn insert_relative(&self, root: &mut Element, random: &mut Prng) -> bool {
        let element = any(root, random);
        let Some(donor) = self.namesake(element.local(), random) else {
            return false;
        };
        let places = donor.children();
        if places.is_empty() {
            return false;
        }
        let Some(kin) = donor.nth_alone(1 + random.below(donor.all().len() - 1)) else {
            return false;
        };
        let place = random.below(element.content.len() + 1);
        element.content.insert(place, Node::Element(kin));
        true
    }

    fn insert_foreign(&self, root: &mut Element, random: &mut Prng) -> bool {
        let mut foreign = Element::leaf("x", "y");
        let namespace = *random.pick(NAMESPACES);
        foreign
            .attributes
            .push(("xmlns".to_owned(), namespace.to_owned()));
        if random.one_in(3) {
            foreign.set_name("", &random.pick(&self.names).clone());
        }
        let element = any(root, random);
        let place = random.below(element.content.len() + 1);
        element.content.insert(place, Node::Element(foreign));
        true
    }

    fn wrap(&self, root: &mut Element, random: &mut Prng) -> bool {
        let Some((parent, place)) = child(root, random) else {
            return false;
        };
        let node = parent.content.remove(place);
        let Node::Element(inner) = node else {
            return false;
        };
        if random.one_in(2) {
            parent.content.splice(place..place, inner.content);
            return true;
        }
        let mut outer = Element::leaf(&inner.name, "");
        outer.content = vec![Node::Element(inner)];
        parent.content.insert(place, Node::Element(outer));
        true
    }
}

/// Picks any element.
fn any<'e>(root: &'e mut Element, random: &mut Prng) -> &'e mut Element {
    let index = random.below(root.all().len());
    root.nth(index).expect("the index was counted")
}

/// Picks an element that has some property.
fn one<'e>(
    root: &'e mut Element,
    random: &mut Prng,
    has: impl Fn(&Element) -> bool,
) -> Option<&'e mut Element> {
    let places: Vec<usize> = (root.all().iter().enumerate())
        .filter(|(_, element)| has(element))
        .map(|(place, _)| place)
        .collect();
    if places.is_empty() {
        return None;
    }
    root.nth(*random.pick(&places))
}

/// Picks a child element: its parent and its place there.
fn child<'e>(root: &'e mut Element, random: &mut Prng) -> Option<(&'e mut Element, usize)> {
    let parent = one(root, random, |element| !element.is_leaf())?;
    let place = *random.pick(&parent.children());
    Some((parent, place))
}

/// Picks a place between two characters.
fn boundary(text: &str, random: &mut Prng) -> usize {
    let mut places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
    places.push(text.len());
    *random.pick(&places)
}

/// Gives a subtree another prefix for its namespace and declares it there.
fn rename_prefix(element: &mut Element, random: &mut Prng) -> bool {
    let old = element.prefix().to_owned();
    let declaration = if old.is_empty() {
        "xmlns".to_owned()
    } else {
        format!("xmlns:{old}")
    };
    let Some((_, uri)) = element
        .attributes
        .iter()
        .find(|(name, _)| *name == declaration)
    else {
        return false;
    };
    let uri = uri.clone();
    let new = *random.pick(&["", "a", "domain", "xsi", "_", "a.b-c", "\u{e9}", "epp"]);
    let count = element.all().len();
    for index in 0..count {
        let each = element.nth(index).expect("the index was counted");
        if each.prefix() == old {
            let local = each.local().to_owned();
            each.set_name(new, &local);
        }
    }
    let declaration = if new.is_empty() {
        "xmlns".to_owned()
    } else {
        format!("xmlns:{new}")
    };
    element.attributes.retain(|(name, _)| *name != declaration);
    element.attributes.push((declaration, uri));
    true
}
