//! A small variant table for as long as none is shipped: ASCII, and the characters of categories and word lists.

use std::collections::HashMap;

use super::category::Category;
use super::reserved;
use super::table::{Row, Table};

/// Characters of categories and restricted words that have variants: traditional first, simplified second.
const SETS: &[&str] = &[
    "組组",
    "織织",
    "網网",
    "絡络",
    "個个箇",
    "教敎",
    "銀银",
    "險险碱礆",
    "國国",
    "業业",
    "學学",
];

/// Makes the table.
pub(in crate::policy) fn table() -> Table {
    let ascii = ('a'..='z').chain('0'..='9').chain(['-']);
    let categories = Category::ALL
        .into_iter()
        .flat_map(|category| category.chinese().chars());
    let listed = reserved::shipped().flat_map(|(_, word)| word.chars());
    let singles = ascii
        .chain(categories)
        .chain(listed)
        .chain("銀行保險".chars());
    let mut rows: HashMap<char, Row> = singles.map(|single| (single, row(&[single]))).collect();
    for set in SETS {
        let set: Vec<char> = set.chars().collect();
        rows.extend(set.iter().map(|character| (*character, row(&set))));
    }
    Table::new("interim".to_owned(), rows)
}

fn row(set: &[char]) -> Row {
    let mut sorted = set.to_vec();
    sorted.sort_unstable();
    Row {
        simplified: set.iter().copied().take(2).last().into_iter().collect(),
        traditional: set.iter().copied().take(1).collect(),
        set: sorted,
    }
}
