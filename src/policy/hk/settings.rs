//! The table `[hk]` of a profile: what two editions of the rules set differently, and the restricted words.

use serde::Deserialize;

use super::Category;

/// Settings of the rules of names; see `profiles/hk.toml` for the meaning of each key.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// Whether Chinese names directly below .hk are open to new registrations.
    pub new_chinese_under_hk: bool,
    /// Fewest characters of an English label.
    pub minimum_english: usize,
    /// Fewest characters of a Chinese label.
    pub minimum_chinese: usize,
    /// Most characters of a Chinese label.
    pub chinese_characters: usize,
    /// Most characters of a whole English name with its dots.
    pub whole_name: usize,
    /// Where top-level domains and their translations are reserved.
    pub top_level_domains: Scope,
    /// Where surnames are reserved.
    pub surnames: Scope,
    /// Whether districts and regions are reserved.
    pub districts: bool,
    /// Age below which nobody registers, in years (R 2.2).
    pub minimum_age: u32,
    /// Age from which on nobody needs a parent or guardian, in years (R 2.1).
    pub adult_age: u32,
    /// Days until an application is refused whose documents nobody has approved (R 3.3).
    pub document_days: u32,
    /// Categories in which only registrars with the registry's permission register (R 2.9); absent, none is.
    #[serde(default)]
    pub restricted_categories: Vec<Category>,
    /// Words of the Government (R 6.5).
    pub government: Words,
    /// Words of banking (R 6.6).
    pub banking: Words,
    /// Words of insurance (R 6.7).
    pub insurance: Words,
}

/// Below which zones a list of reserved names counts.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Directly below the top.
    SecondLevel,
    /// Directly below the top, and in the category of persons.
    SecondLevelAndPersons,
    /// Everywhere.
    Everywhere,
}

/// Restricted words, in lower case; Chinese ones stand for every variant spelling.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Words {
    /// Matched anywhere in a label without its hyphens.
    pub anywhere: Vec<String>,
    /// Matched at the beginning or end of a label without its hyphens.
    pub at_an_end: Vec<String>,
    /// Matched where they stand alone between hyphens or ends.
    pub alone: Vec<String>,
}

impl Settings {
    /// Judges the values.
    ///
    /// # Errors
    /// The key that cannot be used, and why.
    pub fn check(&self) -> Result<(), String> {
        let named = [
            ("government", &self.government),
            ("banking", &self.banking),
            ("insurance", &self.insurance),
        ];
        for (key, words) in named {
            let lists = [&words.anywhere, &words.at_an_end, &words.alone];
            for word in lists.into_iter().flatten() {
                let of_letters = word.bytes().all(|octet| octet.is_ascii_lowercase());
                let of_chinese = word.chars().all(|character| !character.is_ascii());
                if word.is_empty() || !(of_letters || of_chinese) {
                    return Err(format!(
                        "hk.{key}: {word:?} is neither lower-case letters nor Chinese characters"
                    ));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::Profile;

    #[test]
    fn check_refuses_a_word_that_would_match_everything_or_nothing() {
        let shipped = Profile::embedded("hk").unwrap().hk.unwrap();
        assert_eq!(shipped.check(), Ok(()));
        for word in ["", "Bank", "ba-nk", "銀 行", "b銀"] {
            let mut settings = shipped.clone();
            settings.banking.alone.push(word.to_owned());
            assert!(settings.check().is_err(), "{word:?}");
        }
    }
}
