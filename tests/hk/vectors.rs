//! Names that show one rule each, judged over EPP with the registry's own variant table; and a hundred thousand random
//! labels. What `../shared/idn` holds is left out, and said so, where it is absent.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use hkepp::model::DomainName;
use hkepp::policy::hk::Table;
use hkepp::policy::{Policy, Profile};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::packages::ascii;
use crate::support::{Client, Registry};

/// Reads a file of `../shared/idn`, or says that it is absent.
fn shared(file: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/idn")
        .join(file);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is absent", path.display());
    }
    text
}

/// Returns the table that .hk began with and its extension.
fn merged() -> Option<Arc<Table>> {
    let text = shared("hk_zh_variants_merged.tsv")?;
    Some(Arc::new(Table::parse(&text, "merged").unwrap()))
}

/// Asks whether a name can be registered, and tries to; returns the reason of the check and the code of the create.
async fn judge(client: &mut Client, name: &str) -> (Option<String>, u16) {
    let content = format!("<domain:name>{name}</domain:name>");
    let answer = client.expect("check", "domain", &content, 1000).await;
    let reason = answer.text_of("domain:reason").map(str::to_owned);
    let created = super::try_create(client, name).await;
    (reason, created.code())
}

#[tokio::test]
async fn names_are_judged_alike_by_check_and_create() {
    let Some(table) = merged() else { return };
    let registry = Registry::of("hk").table(table).open().await;
    let mut client = registry.login("registrar-a").await;
    let long = |length: usize, zone: &str| format!("{}.{zone}", "z".repeat(length));
    let chinese = |count: usize| ascii(&format!("{}.香港", "字".repeat(count)));
    for (name, reason, code) in [
        (long(60, "hk"), None, 1000),
        (long(61, "hk"), Some("Too long (hk:R4.2)"), 2005),
        (long(57, "com.hk"), Some("Too long (hk:R4.3)"), 2005),
        (chinese(15), None, 1000),
        (chinese(16), Some("Too long (hk:R4.4b)"), 2306),
        ("ab--c.hk".to_owned(), Some("Invalid name (hk:R4.2)"), 2005),
        ("a-b.hk".to_owned(), None, 1000),
        ("ab-c.hk".to_owned(), None, 1000),
        ("-a.hk".to_owned(), Some("Invalid name (hk:R4.2)"), 2005),
        (ascii("中-文.香港"), None, 1000),
        (ascii("深水埗.香港"), None, 1000),
        (
            "mybank.hk".to_owned(),
            Some("Restricted word (hk:R6.6)"),
            2306,
        ),
        (
            "b-a-n-k.hk".to_owned(),
            Some("Restricted word (hk:R6.6)"),
            2306,
        ),
        ("bangkok.hk".to_owned(), None, 1000),
        (
            ascii("銀行业.香港"),
            Some("Restricted word (hk:R6.6)"),
            2306,
        ),
        (
            ascii("银行.公司.香港"),
            Some("Restricted word (hk:R6.6)"),
            2306,
        ),
        (ascii("保碱.香港"), Some("Restricted word (hk:R6.7)"), 2306),
        (
            "government-x.hk".to_owned(),
            Some("Restricted word (hk:R6.5)"),
            2306,
        ),
        (
            "re-insurance.hk".to_owned(),
            Some("Restricted word (hk:R6.7)"),
            2306,
        ),
        ("com.hk".to_owned(), Some("Category (hk:R1e)"), 2306),
        (ascii("箇人.香港"), Some("Category (hk:R1e)"), 2306),
        (
            "my-shop.xn--j6w193g".to_owned(),
            Some("Wrong script (hk:R1f)"),
            2306,
        ),
        (ascii("中文.com.hk"), Some("Wrong script (hk:R1f)"), 2306),
        (ascii("中文.hk"), Some("Closed (hk:R1g)"), 2306),
        ("z.hk".to_owned(), Some("Too short (hk:R6.2a)"), 2306),
        (ascii("字.香港"), Some("Too short (hk:R6.2a)"), 2306),
        ("de.hk".to_owned(), Some("Country code (hk:R6.2d)"), 2306),
        (
            "info.hk".to_owned(),
            Some("Top-level domain (hk:R6.2b)"),
            2306,
        ),
        ("chan.hk".to_owned(), Some("Surname (hk:R6.4)"), 2306),
        (ascii("欧阳.香港"), Some("Surname (hk:R6.4)"), 2306),
        (ascii("大学.香港"), Some("Type of school (hk:R6.2g2)"), 2306),
        (
            ascii("台湾.香港"),
            Some("Country or region (hk:R6.2h)"),
            2306,
        ),
    ] {
        let verdict = judge(&mut client, &name).await;
        assert_eq!(verdict, (reason.map(str::to_owned), code), "{name}");
    }
}

#[tokio::test]
async fn the_packages_of_the_registrys_table_have_as_many_names_as_it_says() {
    let Some(table) = merged() else { return };
    for (label, count) in [("銀行", 2), ("保險", 12), ("滙豐銀行", 30), ("國泰航空", 8)]
    {
        let sizes = label.chars().map(|c| table.row(c).unwrap().set.len());
        assert_eq!(sizes.product::<usize>(), count, "{label}");
    }
    let registry = Registry::of("hk").table(table).open().await;
    let mut client = registry.login("registrar-a").await;
    // A holder of the hair wants it, not the sending out.
    super::create(&mut client, &ascii("頭髮店.香港"), 1000).await;
    let twin = judge(&mut client, &ascii("头发店.香港")).await;
    assert_eq!(twin, (Some("In use (hk:R5.1a)".to_owned()), 2302));
}

/// Every test label of ICANN is registrable, its variants are its package, and what must not be allocated is refused.
#[tokio::test]
async fn icanns_test_labels_agree() {
    let Some(table) = merged() else { return };
    for file in ["full-variant-set_zh.yaml", "second-level-reference_zh.yaml"] {
        let Some(text) = shared(&format!("icann-test-labels/{file}")) else {
            return;
        };
        let registry = Registry::of("hk").table(Arc::clone(&table)).open().await;
        let mut client = registry.login("registrar-a").await;
        let (allocatable, other) = text.split_once("unallocatableLabels:").unwrap();
        let (mut labels, mut variants) = (0, 0);
        for line in allocatable.lines() {
            let Some((before, label)) = line.split_once("- label: ") else {
                continue;
            };
            let name = format!("{label}.xn--j6w193g");
            if before.len() == 4 {
                super::create(&mut client, &name, 1000).await;
                labels += 1;
            } else {
                super::create(&mut client, &name, 2302).await;
                variants += 1;
            }
        }
        assert_eq!((labels, variants), (3, 19), "{file}");
        let mut refused = 0;
        for line in other.lines() {
            let Some(label) = line.trim().strip_prefix("- ") else {
                continue;
            };
            let name = format!("{}.xn--j6w193g", label.split_whitespace().next().unwrap());
            let (reason, code) = judge(&mut client, &name).await;
            assert!(reason.is_some(), "{name} {code}");
            assert!(matches!(code, 2005 | 2306), "{name}: {code}");
            refused += 1;
        }
        assert_eq!(refused, 7, "{file}");
    }
}

/// Random labels and random variants of each: the same key exactly where each character has the other's among its
/// variants, and a twin is never free.
#[test]
fn no_twin_of_a_hundred_thousand_labels_is_registrable() {
    for table in [Some(Table::shipped()), merged()].into_iter().flatten() {
        let profile = Profile::embedded("hk").unwrap();
        let policy = Policy::with_table(profile, Arc::clone(&table));
        let mut characters: Vec<char> = table
            .rows()
            .map(|(character, _)| character)
            .filter(|character| !character.is_ascii())
            .collect();
        characters.sort_unstable();
        let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), seed);
        let name = |label: &str| -> Option<DomainName> {
            let ascii = idna::domain_to_ascii(&format!("{label}.香港")).ok()?;
            DomainName::parse(&ascii).ok()
        };
        let mut registered: HashMap<_, String> = HashMap::new();
        let mut twins = 0;
        for _ in 0..100_000 {
            let choice = |runner: &mut TestRunner, count: usize| {
                (0..count).new_tree(runner).unwrap().current()
            };
            let length = 2 + choice(&mut runner, 5);
            let label: Vec<char> = (0..length)
                .map(|_| characters[choice(&mut runner, characters.len())])
                .collect();
            let twin: String = label
                .iter()
                .map(|character| {
                    let set = &table.row(*character).unwrap().set;
                    set[choice(&mut runner, set.len())]
                })
                .collect();
            let label: String = label.into_iter().collect();
            let (Some(first), Some(second)) = (name(&label), name(&twin)) else {
                panic!("{label} or {twin} is no name");
            };
            let key = policy.package_key(&first).unwrap();
            assert_eq!(
                policy.package_key(&second),
                Some(key.clone()),
                "{label} {twin}"
            );
            twins += usize::from(label != twin);
            if let Some(other) = registered.insert(key, label.clone()) {
                let same = other
                    .chars()
                    .zip(label.chars())
                    .all(|(one, another)| table.row(one).unwrap().set.contains(&another));
                assert!(same && other.chars().count() == length, "{other} {label}");
            }
        }
        assert!(twins > 40_000, "{twins}");
    }
}
