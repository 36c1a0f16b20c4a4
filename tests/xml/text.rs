//! Text: one value however it is split, blanks between elements, and what is shown of it.

use hkepp::xml::Tree;

use crate::verdict;

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
