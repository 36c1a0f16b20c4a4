//! Names judged with the registry's real variant table, `../shared/idn`. Where it is absent, these tests say so.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hkepp::model::DomainName;
use hkepp::policy::hk::{Consents, Placed, Table};
use hkepp::policy::{Policy, Profile, Violation};

const MERGED: &str = "hk_zh_variants_merged.tsv";
const BASE: &str = "tw_zh-tw_rfc3743.txt";

/// Reads a variant table beside the repository, or says that it is absent.
fn table(file: &str) -> Option<Arc<Table>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/idn")
        .join(file);
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: the variant table is absent ({})", path.display());
        return None;
    };
    Some(Arc::new(Table::parse(&text, file).unwrap()))
}

/// Returns the rules of a profile with the merged table.
fn policy(profile: &str) -> Option<Policy> {
    let table = table(MERGED)?;
    let profile = Profile::embedded(profile).unwrap();
    Some(Policy::with_table(profile, table))
}

fn parse(text: &str) -> DomainName {
    DomainName::parse(&idna::domain_to_ascii(text).unwrap()).unwrap()
}

fn judge(policy: &Policy, text: &str) -> Result<Placed, Violation> {
    policy
        .hk()
        .unwrap()
        .judge(&parse(text), Consents::default())
}

fn broken(policy: &Policy, text: &str) -> Option<String> {
    let violation = judge(policy, text).err()?;
    Some(format!("{} {}", violation.rule, violation.code))
}

#[test]
fn words_are_found_in_every_spelling_of_the_real_table() {
    let Some(policy) = policy("hk") else { return };
    for (text, rule) in [
        ("mybank.hk", "hk:R6.6 2306"),
        ("b-a-n-k.hk", "hk:R6.6 2306"),
        ("銀行业.香港", "hk:R6.6 2306"),
        ("银行.公司.香港", "hk:R6.6 2306"),
        ("滙豐銀行.香港", "hk:R6.6 2306"),
        ("保碱.香港", "hk:R6.7 2306"),
        ("保礆.香港", "hk:R6.7 2306"),
        ("媬險.香港", "hk:R6.7 2306"),
        ("re-insurance.hk", "hk:R6.7 2306"),
        ("government-x.hk", "hk:R6.5 2306"),
        ("政府x.公司.香港", "hk:R6.5 2306"),
    ] {
        assert_eq!(broken(&policy, text).as_deref(), Some(rule), "{text}");
    }
    for text in ["bangkok.hk", "abc.gov.hk", "國泰航空.香港", "中-文.香港"] {
        assert_eq!(broken(&policy, text), None, "{text}");
    }
}

/// Returns every text of the variants of a word.
fn spellings(word: &str, table: &Table) -> Vec<String> {
    word.chars().fold(vec![String::new()], |begun, character| {
        let set = &table.row(character).unwrap().set;
        let longer = |text: &String| set.iter().map(|next| format!("{text}{next}")).collect();
        begun.iter().flat_map::<Vec<String>, _>(longer).collect()
    })
}

#[test]
fn words_are_found_with_the_shipped_table_in_every_spelling_of_the_real_one() {
    let Some(table) = table(MERGED) else { return };
    for edition in ["hk", "hk-v5.0"] {
        let policy = Policy::new(Profile::embedded(edition).unwrap());
        for (word, rule, count) in [
            ("政府", "hk:R6.5 2306", 1),
            ("特區政府", "hk:R6.5 2306", 2),
            ("銀行", "hk:R6.6 2306", 2),
            ("錢莊", "hk:R6.6 2306", 9),
            ("保險", "hk:R6.7 2306", 12),
        ] {
            let spellings = spellings(word, &table);
            assert_eq!(spellings.len(), count, "{word}");
            for spelling in spellings {
                for text in [
                    format!("好{spelling}.香港"),
                    format!("{spelling}業.公司.hk"),
                ] {
                    assert_eq!(broken(&policy, &text).as_deref(), Some(rule), "{text}");
                }
            }
        }
    }
}

#[test]
fn spellings_of_the_categories_on_the_public_suffix_list_are_one_zone() {
    let Some(policy) = policy("hk") else { return };
    for (canonical, spellings) in [
        ("個人", &["个人", "個人", "箇人"][..]),
        ("教育", &["教育", "敎育"]),
        ("組織", &["组织", "组織", "組织", "組織"]),
        ("網絡", &["网络", "网絡", "網络", "網絡"]),
        ("公司", &["公司"]),
        ("政府", &["政府"]),
    ] {
        for spelling in spellings {
            for top in ["hk", "香港"] {
                let placed = judge(&policy, &format!("鯨魚.{spelling}.{top}")).unwrap();
                let expected = parse(&format!("鯨魚.{canonical}.{top}"));
                assert_eq!(placed.name, expected, "{spelling}.{top}");
            }
        }
        let second = format!("{}.香港", spellings[0]);
        assert_eq!(broken(&policy, &second).unwrap(), "hk:R1e 2306");
    }
}

#[test]
fn chinese_labels_of_15_characters_are_the_longest() {
    let Some(policy) = policy("hk") else { return };
    let longest = "香港海港城鯨魚觀賞學會有限業";
    for (text, rule) in [
        (format!("{longest}者.香港"), None),
        (format!("{longest}者.公司.香港"), None),
        (format!("{longest}者們.香港"), Some("hk:R4.4b 2306")),
        (format!("{longest}-們.香港"), Some("hk:R4.4b 2306")),
    ] {
        assert_eq!(broken(&policy, &text).as_deref(), rule, "{text}");
    }
}

#[test]
fn a_district_needs_its_characters_in_the_table() {
    let Some(merged) = policy("hk") else { return };
    assert_eq!(broken(&merged, "深水埗.香港"), None);
    let base = table(BASE).unwrap();
    let base = Policy::with_table(Profile::embedded("hk").unwrap(), base);
    assert_eq!(broken(&base, "深水埗.香港").unwrap(), "hk:R5.1d 2306");
    let by_2008 = policy("hk-v5.0").unwrap();
    assert_eq!(broken(&by_2008, "深水埗.香港").unwrap(), "hk:R6.2c 2306");
}

/// Every refusal of a shipped word stays with every spelling the table knows.
#[test]
fn reserved_words_are_reserved_in_both_preferred_forms() {
    let Some(policy) = policy("hk") else { return };
    let table = Arc::clone(policy.hk().unwrap().table());
    for word in [
        "商業",
        "中華人民共和國",
        "臺灣",
        "域名註冊",
        "幼稚園",
        "歐陽",
    ] {
        let simplified = table.simplified(word).unwrap();
        let traditional = table.traditional(word).unwrap();
        let rule = broken(&policy, &format!("{word}.香港"));
        assert!(rule.is_some(), "{word}");
        for form in [simplified, traditional] {
            assert_eq!(broken(&policy, &format!("{form}.香港")), rule, "{form}");
        }
    }
}

/// The share of judging in a check is small; it may not become the bulk of it for Chinese names.
#[test]
fn judging_a_chinese_name_costs_little() {
    let Some(policy) = policy("hk") else { return };
    let hk = policy.hk().unwrap();
    let time = |name: &DomainName| {
        let start = Instant::now();
        for _ in 0..200 {
            assert!(hk.judge(name, Consents::default()).is_ok());
        }
        start.elapsed() / 200
    };
    let best = |text: &str| {
        let name = parse(text);
        (0..20).map(|_| time(&name)).min().unwrap()
    };
    let (english, chinese) = (best("harbour-shop.com.hk"), best("鯨魚觀賞.公司.香港"));
    println!("judging costs {english:?} for an English and {chinese:?} for a Chinese name");
    // Unoptimised code; reading the lists anew would cost hundreds of microseconds.
    assert!(english < Duration::from_micros(100), "{english:?}");
    assert!(
        chinese < 2 * english + Duration::from_micros(50),
        "{chinese:?}"
    );
}
