//! Packages of variants (R 5.1; RFC 3743, RFC 4713): what all forms of a Chinese name share, and which are used.

use super::category::{Placed, Script, Top, fold};
use super::{Hk, Table};
use crate::model::package::Form;
use crate::model::{DomainName, Package, PackageKey};

impl Hk {
    /// Returns what a Chinese name shares with all its variants; `None` for an English one.
    pub fn package_key(&self, name: &DomainName) -> Option<PackageKey> {
        let placed = self.chinese(name)?;
        let zone = placed.name.parent()?;
        Some(PackageKey::new(&fold(self.table(), &placed.label), zone))
    }

    /// Returns the forms in which a Chinese name is used: as it is, all simplified, all traditional.
    pub fn package(&self, name: &DomainName) -> Option<Package> {
        let placed = self.chinese(name)?;
        let table: &Table = self.table();
        let form = |label: Option<String>| {
            let other = label.and_then(|label| relabel(&placed, &label));
            other.unwrap_or_else(|| placed.name.clone())
        };
        Some(Package {
            table: table.version().to_owned(),
            simplified: form(table.simplified(&placed.label)),
            traditional: form(table.traditional(&placed.label)),
            further: Vec::new(),
        })
    }

    /// Returns the domain a name is or lies below: directly below a zone, or below one of its categories.
    pub fn superordinate(&self, name: &DomainName) -> Option<DomainName> {
        let candidates = [name.last(3), name.last(2)];
        let mut names = candidates.into_iter().flatten();
        names.find(|candidate| self.place(candidate).is_ok())
    }

    /// Says whether a name may be used in a form: in the same place, each character one that the table offers for it.
    pub fn offers_form(&self, registered: &DomainName, form: &DomainName, kind: Form) -> bool {
        let (Some(placed), Some(other)) = (self.chinese(registered), self.chinese(form)) else {
            return false;
        };
        let offers = |(own, other): (char, char)| {
            self.table().row(own).is_some_and(|row| match kind {
                Form::Simplified => row.simplified.contains(&other),
                Form::Traditional => row.traditional.contains(&other),
                Form::Further => row.set.contains(&other),
            })
        };
        placed.name.parent() == other.name.parent()
            && placed.label.chars().count() == other.label.chars().count()
            && placed.label.chars().zip(other.label.chars()).all(offers)
    }

    /// Says whether one name is English below .hk and the other its counterpart below .香港: of the same category.
    pub fn are_partners(&self, one: &DomainName, other: &DomainName) -> bool {
        let (Ok(one), Ok(other)) = (self.place(one), self.place(other)) else {
            return false;
        };
        let is_english = |placed: &Placed| (placed.script, placed.top) == (Script::Ascii, Top::Hk);
        let is_chinese =
            |placed: &Placed| (placed.script, placed.top) == (Script::Chinese, Top::HongKong);
        let differ =
            (is_english(&one) && is_chinese(&other)) || (is_chinese(&one) && is_english(&other));
        differ && one.category == other.category
    }

    fn chinese(&self, name: &DomainName) -> Option<Placed> {
        let placed = self.place(name).ok()?;
        (placed.script == Script::Chinese).then_some(placed)
    }
}

/// Returns a name with another label, given in U-form; `None` when that makes no name.
fn relabel(placed: &Placed, label: &str) -> Option<DomainName> {
    let ascii = idna::domain_to_ascii_strict(label).ok()?;
    DomainName::parse(&format!("{ascii}.{}", placed.name.parent()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::label::parse;
    use super::super::tests::hk;
    use super::*;

    #[test]
    fn names_with_the_same_characters_in_other_variants_share_a_key() {
        let hk = hk("hk");
        let key = |text| hk.package_key(&parse(text).unwrap());
        assert_eq!(key("銀行好.香港"), key("银行好.香港"));
        assert_eq!(key("好學.個人.hk"), key("好学.箇人.hk"));
        assert_ne!(key("好學.個人.hk"), key("好學.個人.香港"));
        assert_ne!(key("好學.香港"), key("學好.香港"));
        assert_eq!(key("shop.hk"), None);
    }

    #[test]
    fn package_holds_the_simplified_and_the_traditional_form() {
        let hk = hk("hk");
        let registered = parse("國学.香港").unwrap();
        let package = hk.package(&registered).unwrap();
        assert_eq!(package.simplified, parse("国学.香港").unwrap());
        assert_eq!(package.traditional, parse("國學.香港").unwrap());
        assert_eq!(package.table, "test");
        assert_eq!(package.bundled(&registered).len(), 2);
        assert_eq!(hk.package(&parse("shop.hk").unwrap()), None);
    }

    #[test]
    fn forms_are_offered_character_by_character_in_the_same_place() {
        let hk = hk("hk");
        let offers = |registered, form, kind| {
            hk.offers_form(&parse(registered).unwrap(), &parse(form).unwrap(), kind)
        };
        assert!(offers("國學.香港", "国学.香港", Form::Simplified));
        assert!(!offers("國學.香港", "国學.香港", Form::Simplified));
        assert!(offers("國學.香港", "国學.香港", Form::Further));
        assert!(offers("国学.香港", "國學.香港", Form::Traditional));
        for other in ["国学.公司.香港", "国学好.香港", "学国.香港", "shop.hk"] {
            assert!(!offers("國學.香港", other, Form::Further), "{other}");
        }
    }

    #[test]
    fn partners_are_of_both_scripts_and_one_category() {
        let hk = hk("hk");
        let paired = |one, other| hk.are_partners(&parse(one).unwrap(), &parse(other).unwrap());
        assert!(paired("shop.hk", "商店.香港") && paired("商店.香港", "shop.hk"));
        assert!(paired("shop.com.hk", "商店.公司.香港"));
        for (one, other) in [
            ("shop.hk", "商店.公司.香港"),
            ("shop.com.hk", "商店.個人.香港"),
            ("shop.hk", "store.hk"),
            ("商店.香港", "中文.香港"),
            ("shop.com.hk", "商店.公司.hk"),
        ] {
            assert!(!paired(one, other), "{one} {other}");
        }
    }

    #[test]
    fn superordinate_knows_the_categories() {
        let hk = hk("hk");
        let of = |text| hk.superordinate(&parse(text).unwrap()).unwrap();
        assert_eq!(of("ns1.shop.com.hk"), parse("shop.com.hk").unwrap());
        assert_eq!(of("a.b.shop.hk"), parse("shop.hk").unwrap());
        assert_eq!(of("ns1.好.個人.香港"), parse("好.個人.香港").unwrap());
        assert_eq!(of("shop.hk"), parse("shop.hk").unwrap());
        assert_eq!(hk.superordinate(&parse("ns1.shop.example").unwrap()), None);
    }
}
