//! Variant tables: published tables load and say what is known of them; the shipped one is as good as documented.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

use hkepp::policy::hk::Table;
use proptest::prelude::*;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");
const BASE: &str = "tw_zh-tw_rfc3743.txt";
const LGR: &str = "lgr-second-level-chinese-30aug16-en.xml";
const MERGED: &str = "hk_zh_variants_merged.tsv";

/// Reads a file of published data; prints when there is none.
fn published(name: &str) -> Option<String> {
    let path = Path::new(PACKAGE).join("../shared/idn").join(name);
    let text = fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("{} is not there: nothing tested", path.display());
    }
    text
}

fn load(name: &str) -> Option<Table> {
    let text = published(name)?;
    let begun = Instant::now();
    let table = Table::parse(&text, name).unwrap();
    println!("{} in {:?}", table.version(), begun.elapsed());
    Some(table)
}

/// Returns the variant sets with more than one character.
fn sets(table: &Table) -> BTreeSet<Vec<char>> {
    let sets = table.rows().map(|(_, row)| row.set.clone());
    sets.filter(|set| set.len() > 1).collect()
}

/// Returns the labels of a package, by the table's sets.
fn package(table: &Table, label: &str) -> HashSet<String> {
    let mut labels = HashSet::from([String::new()]);
    for character in label.chars() {
        let set = &table.row(character).unwrap().set;
        let longer = labels.iter().flat_map(|label| {
            let append = move |variant: &char| format!("{label}{variant}");
            set.iter().map(append)
        });
        labels = longer.collect();
    }
    labels
}

fn han(table: &Table) -> HashSet<char> {
    let characters = table.rows().map(|(character, _)| character);
    characters.filter(|c| !c.is_ascii()).collect()
}

#[test]
fn the_base_table_has_its_known_size_and_sets() {
    let Some(table) = load(BASE) else { return };
    assert_eq!(table.rows().count(), 19_557);
    assert_eq!(han(&table).len(), 19_520);
    let sets = sets(&table);
    assert_eq!(sets.len(), 3_480);
    assert_eq!(sets.iter().map(Vec::len).sum::<usize>(), 7_890);
    assert_eq!(sets.iter().map(Vec::len).max(), Some(8));
    assert_eq!(table.row('发').unwrap().set, ['发', '彂', '發', '髪', '髮']);
    assert_eq!(table.key_of("深水埗"), None);
    assert_eq!(table.traditional("头发").unwrap(), "頭發");
}

#[test]
fn the_merged_table_has_its_known_size_and_sets() {
    let Some(table) = load(MERGED) else { return };
    assert_eq!(table.rows().count(), 19_721);
    assert_eq!(han(&table).len(), 19_684);
    let sets = sets(&table);
    assert_eq!(sets.len(), 3_505);
    assert_eq!(sets.iter().map(Vec::len).max(), Some(8));
    assert_eq!(
        table.row('发').unwrap().set,
        ['发', '彂', '発', '發', '髪', '髮']
    );
    assert_eq!(table.row('发').unwrap().traditional, ['發', '髮']);
    assert!(table.key_of("深水埗").is_some());
    let blocks = |range: std::ops::RangeInclusive<char>| {
        let characters = han(&table).into_iter();
        characters.filter(|c| range.contains(c)).count()
    };
    assert_eq!(blocks('\u{4e00}'..='\u{9fff}'), 19_534);
    assert_eq!(blocks('\u{3400}'..='\u{4dbf}'), 88);
    assert_eq!(blocks('\u{20000}'..='\u{2a6df}'), 62);
}

#[test]
fn the_lgr_says_what_the_merged_table_says() {
    let (Some(lgr), Some(merged)) = (load(LGR), load(MERGED)) else {
        return;
    };
    assert_eq!(lgr.rows().count(), 19_721);
    assert_eq!(sets(&lgr), sets(&merged));
    assert_eq!(sets(&lgr).iter().map(Vec::len).sum::<usize>(), 7_974);
    let mut others = Vec::new();
    for (character, row) in merged.rows() {
        let theirs = lgr.row(character).unwrap();
        assert_eq!(theirs.simplified, row.simplified, "{character}");
        if theirs.traditional != row.traditional {
            others.push(character);
        }
    }
    others.sort_unstable();
    assert_eq!(others, ['忏', '铁', '鳚']);
}

#[test]
fn packages_are_those_of_the_test_vectors() {
    let (Some(base), Some(merged)) = (load(BASE), load(MERGED)) else {
        return;
    };
    for table in [&base, &merged] {
        let of = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
        let expected: HashSet<String> = of(&["个人", "個人", "箇人"]);
        assert_eq!(package(table, "個人"), expected);
        let expected: HashSet<String> = of(&["教育", "敎育"]);
        assert_eq!(package(table, "教育"), expected);
        for (label, size) in [
            ("組織", 4),
            ("網絡", 4),
            ("公司", 1),
            ("政府", 1),
            ("銀行", 2),
            ("保險", 12),
            ("滙豐銀行", 30),
        ] {
            let package = package(table, label);
            assert_eq!(package.len(), size, "{label}");
            let keys: HashSet<_> = package.iter().map(|form| table.key_of(form)).collect();
            assert_eq!(keys.len(), 1, "{label}");
        }
        assert_eq!(table.key_of("银行"), table.key_of("銀行"));
        assert_eq!(table.key_of("保碱"), table.key_of("保險"));
    }
    assert_eq!(package(&merged, "國泰航空").len(), 8);
    assert_eq!(merged.simplified("滙豐銀行").unwrap(), "汇丰银行");
}

#[test]
fn the_merged_table_extends_the_base_and_joins_one_pair() {
    let (Some(base), Some(merged)) = (load(BASE), load(MERGED)) else {
        return;
    };
    assert_eq!(merged.dropped(&base), Vec::<char>::new());
    assert_eq!(merged.joined(&base), [['嬎', '嬔']]);
    assert_eq!(base.dropped(&merged).len(), 164);
}

/// Returns the labels after `label: ` and `- ` of a file of test labels: those with variants, then the invalid.
fn test_labels(text: &str) -> (Vec<Vec<String>>, Vec<String>) {
    let (mut packages, mut invalid) = (Vec::<Vec<String>>::new(), Vec::new());
    let mut is_invalid = false;
    for line in text.lines() {
        let bare = line.trim_start();
        if bare.starts_with("unallocatableLabels:") {
            is_invalid = true;
        } else if let Some(label) = bare.strip_prefix("- label: ") {
            let is_variant = line.starts_with("        ");
            if !is_variant {
                packages.push(Vec::new());
            }
            packages.last_mut().unwrap().push(label.to_owned());
        } else if let Some(label) = bare.strip_prefix("- xn--").filter(|_| is_invalid) {
            invalid.push(format!("xn--{label}"));
        }
    }
    (packages, invalid)
}

#[test]
fn test_labels_of_icann_are_one_package_each() {
    let Some(table) = load(MERGED) else { return };
    for file in ["full-variant-set_zh.yaml", "second-level-reference_zh.yaml"] {
        let text = published(&format!("icann-test-labels/{file}")).unwrap();
        let (packages, invalid) = test_labels(&text);
        assert_eq!(packages.len(), 3);
        assert_eq!(packages.iter().map(Vec::len).sum::<usize>(), 3 + 19);
        assert_eq!(invalid.len(), 7);
        let mut keys = HashSet::new();
        for package in packages {
            let unicode = package.iter().map(|label| idna::domain_to_unicode(label));
            let of_package: HashSet<String> = unicode
                .map(|(label, decoded)| {
                    decoded.unwrap();
                    table.key_of(&label).unwrap()
                })
                .collect();
            assert_eq!(of_package.len(), 1, "{package:?}");
            keys.extend(of_package);
        }
        assert_eq!(keys.len(), 3);
        // Each is refused: by its hyphens, or because the table lacks a character.
        for label in invalid {
            let (label, _) = idna::domain_to_unicode(&label);
            let characters: Vec<char> = label.chars().collect();
            let has_bad_hyphens = label.starts_with('-')
                || label.ends_with('-')
                || characters.get(2..4) == Some(&['-', '-']);
            assert!(has_bad_hyphens || table.key_of(&label).is_none(), "{label}");
        }
    }
}

/// Returns the figures of docs/variants.md, in their order: the numbers at the end of the rows of its table.
fn documented() -> Vec<(String, usize)> {
    let text = fs::read_to_string(Path::new(PACKAGE).join("docs/variants.md")).unwrap();
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, figure] = cells.as_slice() else {
            return None;
        };
        let figure = figure.replace(',', "").parse().ok()?;
        Some(((*name).to_owned(), figure))
    });
    rows.collect()
}

#[test]
fn the_shipped_table_agrees_with_the_reference_as_documented() {
    let Some(reference) = load(MERGED) else {
        return;
    };
    let shipped = Table::shipped();
    let (ours, theirs) = (han(&shipped), han(&reference));
    let common: Vec<char> = ours.intersection(&theirs).copied().collect();
    let pairs = common
        .iter()
        .map(|c| (shipped.row(*c).unwrap(), reference.row(*c).unwrap()));
    let (mut same_set, mut same_simplified, mut same_traditional) = (0, 0, 0);
    for (ours, theirs) in pairs {
        same_set += usize::from(ours.set == theirs.set);
        same_simplified += usize::from(ours.simplified.first() == theirs.simplified.first());
        same_traditional += usize::from(ours.traditional.first() == theirs.traditional.first());
    }
    let (our_sets, their_sets) = (sets(&shipped), sets(&reference));
    let measured = [
        ("Chinese characters of the reference", theirs.len()),
        ("Chinese characters of the shipped table", ours.len()),
        ("characters in both", common.len()),
        ("of these: same variant set", same_set),
        ("of these: same default simplified form", same_simplified),
        ("of these: same default traditional form", same_traditional),
        ("sets of two or more, reference", their_sets.len()),
        ("sets of two or more, shipped table", our_sets.len()),
        (
            "sets of two or more in both",
            our_sets.intersection(&their_sets).count(),
        ),
    ];
    let measured = measured.map(|(name, figure)| (name.to_owned(), figure));
    assert_eq!(documented(), measured);
}

#[test]
fn the_shipped_table_is_what_its_script_makes() {
    if !Path::new("/usr/share/unicode/Unihan_Variants.txt.bz2").exists() {
        println!("the Unihan files are not there: nothing tested");
        return;
    }
    let data = Path::new(PACKAGE).join("src/policy/hk/data");
    let made = std::process::Command::new("python3")
        .arg(data.join("unihan.py"))
        .output()
        .unwrap();
    let text = String::from_utf8(made.stdout).unwrap();
    if !text.starts_with("# version: 15.0.0\n") {
        println!("the Unihan files are of another version: nothing tested");
        return;
    }
    assert!(text == fs::read_to_string(data.join("variants.tsv")).unwrap());
}

/// The shipped table's characters, those with variants more often than their share.
static CHARACTERS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let table = Table::shipped();
    let mut characters: Vec<char> = table.rows().map(|(character, _)| character).collect();
    let rows = table.rows().filter(|(_, row)| row.set.len() > 1);
    let varied: Vec<char> = rows.map(|(character, _)| character).collect();
    characters.extend(varied.iter().cycle().take(varied.len() * 5));
    characters.sort_unstable();
    characters
});

fn characters() -> impl Strategy<Value = Vec<char>> {
    let character = any::<prop::sample::Index>().prop_map(|index| *index.get(&CHARACTERS));
    prop::collection::vec(character, 1..=15)
}

/// Replaces each character by the variant at its choice.
fn vary(label: &[char], choices: &[usize]) -> String {
    let table = Table::shipped();
    let variant = |(character, choice): (&char, &usize)| {
        let set = &table.row(*character).unwrap().set;
        set[choice % set.len()]
    };
    label.iter().zip(choices).map(variant).collect()
}

proptest! {
    #[test]
    fn variants_of_a_label_have_its_key(
        label in characters(),
        choices in prop::collection::vec(any::<usize>(), 15),
    ) {
        let table = Table::shipped();
        let text: String = label.iter().collect();
        let key = table.key_of(&text).unwrap();
        for form in [vary(&label, &choices), key.clone(), table.simplified(&text).unwrap(), table.traditional(&text).unwrap()] {
            prop_assert_eq!(table.key_of(&form).unwrap(), key.clone(), "{}", form);
        }
    }

    #[test]
    fn labels_with_different_keys_share_no_variant(
        label in characters(),
        choices in prop::collection::vec(any::<usize>(), 15),
        place in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        // The other label is a variant of the first but for one character, mostly one that is nearly the same.
        let table = Table::shipped();
        let mut near: Vec<char> = vary(&label, &choices).chars().collect();
        *place.get_mut(&mut near) = *other.get(&CHARACTERS);
        let near: String = near.into_iter().collect();
        let text: String = label.iter().collect();
        let apart = text.chars().zip(near.chars()).any(|(one, other)| {
            let (one, other) = (&table.row(one).unwrap().set, &table.row(other).unwrap().set);
            !one.iter().any(|variant| other.contains(variant))
        });
        prop_assert_eq!(table.key_of(&text) != table.key_of(&near), apart);
    }
}
