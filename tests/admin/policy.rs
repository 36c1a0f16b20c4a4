//! `hkepp policy explain`: the rules a name meets, without a server.

use serde_json::{Value, json as expected};

use std::fs;

use crate::process::{json, refusal, run};

/// Returns verdict and code of a rule in an explanation.
fn verdict(explained: &Value, rule: &str) -> Option<(String, Option<u64>)> {
    let rules = explained["rules"].as_array().unwrap();
    let found = rules.iter().find(|found| found["rule"] == rule)?;
    let verdict = found["verdict"].as_str().unwrap().to_owned();
    Some((verdict, found["code"].as_u64()))
}

fn explain(arguments: &[&str]) -> Value {
    json(&run(&[&["policy", "explain", "--json"], arguments].concat()))
}

#[test]
fn every_broken_rule_is_told_with_its_code() {
    let explained = explain(&["B-a-n-k-government.hk"]);
    let refused = Some(("refused".to_owned(), Some(2306)));
    assert_eq!(verdict(&explained, "hk:R6.5"), refused);
    assert_eq!(verdict(&explained, "hk:R6.6"), refused);
    let met = Some(("met".to_owned(), None));
    assert_eq!(verdict(&explained, "hk:R4.2"), met);
    assert_eq!(
        (&explained["verdict"], &explained["code"]),
        (&expected!("refused"), &expected!(2306))
    );
    let explained = explain(&["AB--c.hk"]);
    assert_eq!(
        (&explained["verdict"], &explained["code"]),
        (&expected!("refused"), &expected!(2005))
    );
    assert_eq!(
        verdict(&explained, "hk:R4.2").unwrap(),
        ("refused".to_owned(), Some(2005))
    );
}

#[test]
fn a_name_is_taken_in_either_form_and_any_case() {
    let explained = explain(&["中文.公司.香港"]);
    let a_form = explain(&["XN--fiq228c.xn--55QX5D.xn--j6w193g"]);
    assert_eq!(explained["rules"], a_form["rules"]);
    let waits = Some(("waits".to_owned(), Some(1001)));
    assert_eq!(verdict(&explained, "hk:R2.6"), waits);
    assert_eq!(
        (&explained["verdict"], &explained["code"]),
        (&expected!("waits"), &expected!(1001))
    );
    let free = explain(&["my-shop.hk"]);
    assert_eq!(
        (&free["verdict"], &free["code"]),
        (&expected!("met"), &expected!(1000))
    );
}

#[test]
fn profiles_differ() {
    let refused = Some(("refused".to_owned(), Some(2306)));
    let met = Some(("met".to_owned(), None));
    assert_eq!(verdict(&explain(&["中文.hk"]), "hk:R1g"), refused);
    let by_2008 = explain(&["中文.hk", "--profile", "hk-v5.0"]);
    assert_eq!(verdict(&by_2008, "hk:R1g"), met);
    let plain = explain(&["shop.example", "--profile", "plain"]);
    assert_eq!(verdict(&plain, "zone:depth"), met);
}

#[test]
fn a_variant_table_of_ones_own_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("own.tsv");
    fs::write(
        &file,
        "4E2D\t中\t4E2D\t4E2D\t4E2D\town\n6587\t文\t6587\t6587\t6587\town\n",
    )
    .unwrap();
    let table = ["--idn-table", file.to_str().unwrap()];
    let explained = explain(&[&["中文.香港"], &table[..]].concat());
    assert_eq!(verdict(&explained, "hk:R5.1d").unwrap().0, "met");
    let explained = explain(&[&["中英.香港"], &table[..]].concat());
    assert_eq!(
        verdict(&explained, "hk:R5.1d").unwrap(),
        ("refused".to_owned(), Some(2306))
    );
    fs::write(&file, "no table").unwrap();
    let refused = run(&[&["policy", "explain", "中文.香港"], &table[..]].concat());
    assert!(refusal(&refused).contains("variant table"));
}

#[test]
fn people_get_a_table() {
    let output = run(&["policy", "explain", "my-shop.hk"]);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(text.contains("RULE") && text.contains("hk:R2.4"), "{text}");
    let unknown = run(&["policy", "explain", "my-shop.hk", "--profile", "moon"]);
    assert_eq!(unknown.status.code(), Some(2));
}
