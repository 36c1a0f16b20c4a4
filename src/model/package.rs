//! Packages: a Chinese name with every form its variants give it, held as one (RFC 3743, RFC 4713, RFC 9095).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::DomainName;

/// What the names of one package have in common, in its zone: no two packages share it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PackageKey(Box<str>);

impl PackageKey {
    /// Joins the key of a label, in U-form, with the name of its zone.
    pub fn new(label: &str, zone: &str) -> Self {
        Self(format!("{label}.{zone}").into_boxed_str())
    }

    /// Returns it as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PackageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which of a name's variants a form is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One in preferred simplified characters.
    Simplified,
    /// One in preferred traditional characters.
    Traditional,
    /// Any.
    Further,
}

/// The forms of a registered name that are in use; every other one is reserved to its holder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Version of the variant table it was made by.
    pub table: String,
    /// The form in simplified characters; may be the registered name itself.
    pub simplified: DomainName,
    /// The form in traditional characters; may be the registered name itself.
    pub traditional: DomainName,
    /// Further forms the holder has activated.
    pub further: Vec<DomainName>,
}

impl Package {
    /// Says whether `name` is one of the forms in use beside the registered name.
    pub fn uses(&self, name: &DomainName) -> bool {
        [&self.simplified, &self.traditional].contains(&name) || self.further.contains(name)
    }

    /// Returns the forms in use beside the registered name `registered`, each once (`bdn` of RFC 9095).
    pub fn bundled<'a>(&'a self, registered: &'a DomainName) -> Vec<&'a DomainName> {
        let mut forms: Vec<&DomainName> = Vec::new();
        let all = [&self.simplified, &self.traditional]
            .into_iter()
            .chain(&self.further);
        for form in all {
            if form != registered && !forms.contains(&form) {
                forms.push(form);
            }
        }
        forms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundled_names_each_other_form_once() {
        let name = |text| DomainName::parse(text).unwrap();
        let package = Package {
            table: "test".to_owned(),
            simplified: name("simplified.example"),
            traditional: name("original.example"),
            further: vec![name("simplified.example"), name("further.example")],
        };
        let registered = name("original.example");
        let bundled: Vec<_> = package.bundled(&registered).into_iter().cloned().collect();
        assert_eq!(
            bundled,
            [name("simplified.example"), name("further.example")]
        );
    }
}
