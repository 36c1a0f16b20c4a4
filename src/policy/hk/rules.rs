//! The register of the registry's rules: what each says, where it is enforced, and the test that proves it.
//!
//! The rules are those "for .hk Domain and Sub-domains" of 2008 (version 5.0), numbered as there: `hk:R6.6` is its
//! rule 6.6. A letter behind the number is that of the source, or tells apart what one rule says in several places.

use crate::base::code::Code;
use crate::policy::violation::Rule;

/// Who enforces a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforcer {
    /// The server, by itself.
    Server,
    /// People of the registry, with an operator command.
    People,
}

/// A rule.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Place in the project's list of rules, from 1; a rule of several parts has several entries.
    pub number: u8,
    /// Identifier, as refusals name it.
    pub rule: Rule,
    /// What it says.
    pub effect: &'static str,
    /// EPP commands (with a colon) and operator commands that enforce it.
    pub place: &'static str,
    /// Who enforces it.
    pub enforcer: Enforcer,
    /// Result codes it gives; none when no command meets it.
    pub codes: &'static [Code],
    /// Name of the test that fails without it; empty when it is not enforced yet.
    pub proof: &'static str,
}

/// Returns the entry of a rule.
pub fn entry(rule: Rule) -> Option<&'static Entry> {
    REGISTER.iter().find(|entry| entry.rule == rule)
}

/// Returns what a rule says; empty for one that is not registered.
pub fn effect(rule: Rule) -> &'static str {
    entry(rule).map_or("", |entry| entry.effect)
}

/// Finds the rule that a profile cites by its identifier.
pub fn find(identifier: &str) -> Option<Rule> {
    let mut entries = REGISTER.iter().map(|entry| entry.rule);
    entries.find(|rule| rule.0 == identifier)
}

/// Rule 9, authorization information.
pub const AUTH_INFO: Rule = Rule("hk:R9b");
/// Rule 16.5.
pub const DISPUTE: Rule = Rule("hk:R16.5");
/// Rule 2.1.
pub const MINOR: Rule = Rule("hk:R2.1");
/// Rule 2.2.
pub const AGE: Rule = Rule("hk:R2.2");
/// Rule 2.5a.
pub const LEGAL_NAME: Rule = Rule("hk:R2.5a");
/// Rule 2.11.
pub const SAME_ADMIN: Rule = Rule("hk:R2.11");
/// Rule 3.2.
pub const PERIODS: Rule = Rule("hk:R3.2");
/// Rule 3.3.
pub const DOCUMENTS: Rule = Rule("hk:R3.3");
/// Rule 2.4.
pub const EVERYONE: Rule = Rule("hk:R2.4");
/// Rule 2.5.
pub const RESIDENTS: Rule = Rule("hk:R2.5");
/// Rule 2.6.
pub const COMMERCIAL: Rule = Rule("hk:R2.6");
/// Rule 2.7.
pub const NOT_FOR_PROFIT: Rule = Rule("hk:R2.7");
/// Rule 2.8.
pub const NETWORK: Rule = Rule("hk:R2.8");
/// Rule 2.9.
pub const DEPARTMENTS: Rule = Rule("hk:R2.9");
/// Rule 2.10.
pub const EDUCATION: Rule = Rule("hk:R2.10");
/// Rule 4.2.
pub const ENGLISH_SECOND: Rule = Rule("hk:R4.2");
/// Rule 4.3.
pub const ENGLISH_THIRD: Rule = Rule("hk:R4.3");
/// Rule 4.4a.
pub const CHINESE_SHAPE: Rule = Rule("hk:R4.4a");
/// Rule 4.4b.
pub const CHINESE_LENGTH: Rule = Rule("hk:R4.4b");
/// Rule 4.1.
pub const STRUCTURE: Rule = Rule("hk:R4.1");
/// Rule 5.2.
pub const ROUND_TRIP: Rule = Rule("hk:R5.2");
/// Rule 1e.
pub const LEVEL: Rule = Rule("hk:R1e");
/// Rule 1f.
pub const SCRIPT: Rule = Rule("hk:R1f");
/// Rule 1g.
pub const CLOSED: Rule = Rule("hk:R1g");
/// Rule 5.1a.
pub const PACKAGE: Rule = Rule("hk:R5.1a");
/// Rule 5.1b.
pub const FORMS: Rule = Rule("hk:R5.1b");
/// Rule 5.1d.
pub const IN_TABLE: Rule = Rule("hk:R5.1d");
/// Rule 6.2a.
pub const ONE_CHARACTER: Rule = Rule("hk:R6.2a");
/// Rule 6.2b.
pub const TOP_LEVEL: Rule = Rule("hk:R6.2b");
/// Rule 6.2c.
pub const DISTRICT: Rule = Rule("hk:R6.2c");
/// Rule 6.2d.
pub const COUNTRY_CODE: Rule = Rule("hk:R6.2d");
/// Rule 6.2e.
pub const SURNAME: Rule = Rule("hk:R6.2e");
/// Rule 6.2f.
pub const OWN_LIST: Rule = Rule("hk:R6.2f");
/// Rule 6.2g.
pub const TRANSLATION: Rule = Rule("hk:R6.2g");
/// Rule 6.2h.
pub const REGION: Rule = Rule("hk:R6.2h");
/// Rule 6.2i.
pub const TERM: Rule = Rule("hk:R6.2i");
/// Rule 6.2g2.
pub const SCHOOL: Rule = Rule("hk:R6.2g2");
/// Rule 6.4.
pub const ONLY_SURNAME: Rule = Rule("hk:R6.4");
/// Rule 6.5.
pub const GOVERNMENT: Rule = Rule("hk:R6.5");
/// Rule 6.6.
pub const BANKING: Rule = Rule("hk:R6.6");
/// Rule 6.7.
pub const INSURANCE: Rule = Rule("hk:R6.7");
/// Rule 7.1.
pub const FIRST_COME: Rule = Rule("hk:R7.1");

/// Every rule, in the order of the project's list.
#[rustfmt::skip]
pub const REGISTER: &[Entry] = &[
    Entry { number: 1, rule: Rule("hk:R1a"), enforcer: Enforcer::Server, codes: &[Code::Completed, Code::CompletedPending], proof: "application_is_approved_and_its_period_begins_then",
        place: "domain:create, document approve",
        effect: "a registration is activated when its approval is notified, which may be after its creation; its first period and the clock of its name servers start then" },
    Entry { number: 2, rule: Rule("hk:R1b"), enforcer: Enforcer::Server, codes: &[Code::Authentication], proof: "suspended_registrar_is_kept_out_until_it_is_resumed",
        place: "login, registrar add, registrar suspend",
        effect: "registrars act as agents of the holders; they are accredited, and log in only while they are in good standing" },
    Entry { number: 3, rule: Rule("hk:R1c"), enforcer: Enforcer::Server, codes: &[Code::ParameterSyntax, Code::ValuePolicy], proof: "place_gives_zone_script_and_label_in_u_form",
        place: "domain:check, domain:create",
        effect: "a Chinese name holds at least one Chinese character, and may mix letters, digits and hyphens with it" },
    Entry { number: 4, rule: Rule("hk:R1d"), enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "place_gives_zone_script_and_label_in_u_form",
        place: "domain:check, domain:create",
        effect: "a name without Chinese characters is an English name" },
    Entry { number: 5, rule: MINOR, enforcer: Enforcer::Server, codes: &[Code::CompletedPending, Code::ValuePolicy], proof: "ages_are_counted_to_the_day",
        place: "domain:create, domain:update, document approve",
        effect: "a registrant of 11 to 17 years needs a parent or guardian who is eligible and shows documents" },
    Entry { number: 6, rule: AGE, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "ages_are_counted_to_the_day",
        place: "domain:create, domain:update",
        effect: "nobody below the age of 11 registers" },
    Entry { number: 7, rule: Rule("hk:R2.3"), enforcer: Enforcer::Server, codes: &[Code::CompletedPending, Code::ValuePolicy], proof: "each_category_asks_for_its_documents",
        place: "domain:create, domain:update, document approve",
        effect: "a branch office brings an undertaking of its parent company" },
    Entry { number: 8, rule: EVERYONE, enforcer: Enforcer::Server, codes: &[Code::Completed], proof: "documents_are_asked_for_once_and_of_registered_names_only",
        place: "domain:create, document request",
        effect: "everybody may register directly below .hk and .香港; the registry may ask for documents later" },
    Entry { number: 9, rule: RESIDENTS, enforcer: Enforcer::Server, codes: &[Code::CompletedPending, Code::ValuePolicy], proof: "categories_are_for_persons_or_for_organisations",
        place: "domain:create, domain:update, document approve",
        effect: "names below .idv.hk and .個人 are for residents of Hong Kong, who show it by their identity card or another document" },
    Entry { number: 10, rule: LEGAL_NAME, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "a_name_of_a_person_is_approved_for_its_legal_name_only",
        place: "domain:create, domain:update, document approve",
        effect: "a name below .個人 is the legal name on the document, in whatever variant spelling: as far as the registrar tells it, and as the registry reads it there" },
    Entry { number: 11, rule: COMMERCIAL, enforcer: Enforcer::Server, codes: &[Code::CompletedPending, Code::ValuePolicy], proof: "each_category_asks_for_its_documents",
        place: "domain:create, domain:update, document approve",
        effect: "names below .com.hk and .公司 are for commercial entities registered in Hong Kong, shown by a business or overseas company certificate" },
    Entry { number: 12, rule: NOT_FOR_PROFIT, enforcer: Enforcer::Server, codes: &[Code::CompletedPending, Code::ValuePolicy], proof: "categories_are_for_persons_or_for_organisations",
        place: "domain:create, domain:update, document approve",
        effect: "names below .org.hk and .組織 are for organisations not for profit, shown by ordinance, certificate or an approval" },
    Entry { number: 13, rule: NETWORK, enforcer: Enforcer::Server, codes: &[Code::CompletedPending, Code::ValuePolicy], proof: "each_category_asks_for_its_documents",
        place: "domain:create, domain:update, document approve",
        effect: "names below .net.hk and .網絡 are for network operators with a telecommunications licence" },
    Entry { number: 14, rule: DEPARTMENTS, enforcer: Enforcer::Server, codes: &[Code::CompletedPending, Code::Authorization, Code::ValuePolicy], proof: "names_of_departments_are_for_permitted_registrars_from_their_next_command_on",
        place: "domain:check, domain:create, domain:update, domain:transfer, document approve, registrar permit, dispute close",
        effect: "names below .gov.hk and .政府 are for bureaux and departments of the Government, through registrars that the registry permits to register there" },
    Entry { number: 15, rule: EDUCATION, enforcer: Enforcer::Server, codes: &[Code::CompletedPending, Code::ValuePolicy], proof: "categories_are_for_persons_or_for_organisations",
        place: "domain:create, domain:update, document approve",
        effect: "names below .edu.hk and .教育 are for schools and other approved educational institutions" },
    Entry { number: 16, rule: SAME_ADMIN, enforcer: Enforcer::Server, codes: &[Code::DataPolicy], proof: "names_of_one_school_have_one_administrative_contact",
        place: "domain:create, domain:update",
        effect: "all names of one registrant below .edu.hk and .教育 have the same administrative contact, which one update can change for all of them" },
    Entry { number: 17, rule: PERIODS, enforcer: Enforcer::Server, codes: &[Code::ParameterRange, Code::NotRenewable, Code::ValuePolicy], proof: "periods_and_contacts_are_those_of_the_rules",
        place: "domain:create, domain:renew, domain:transfer",
        effect: "a registration lasts one of the offered periods; the next one begins when the last has ended" },
    Entry { number: 18, rule: DOCUMENTS, enforcer: Enforcer::Server, codes: &[Code::ParameterSyntax], proof: "documents_that_do_not_come_hold_a_registered_name_until_others_are_approved",
        place: "document request, document attach, document reject, the server's clock",
        effect: "documents may be asked for at any time and come in a set time as PDF, GIF or JPEG; else an application ends and a registered name is held until they are approved" },
    Entry { number: 19, rule: ENGLISH_SECOND, enforcer: Enforcer::Server, codes: &[Code::ParameterSyntax], proof: "whole_english_names_have_at_most_63_characters",
        place: "domain:check, domain:create",
        effect: "an English name directly below .hk is letters, digits and hyphens, none of them at an end or third and fourth, and at most 63 characters as a whole" },
    Entry { number: 19, rule: ENGLISH_THIRD, enforcer: Enforcer::Server, codes: &[Code::ParameterSyntax], proof: "whole_english_names_have_at_most_63_characters",
        place: "domain:check, domain:create",
        effect: "an English name in a category is letters, digits and hyphens, none of them at an end or third and fourth, and at most 63 characters as a whole" },
    Entry { number: 20, rule: CHINESE_SHAPE, enforcer: Enforcer::Server, codes: &[Code::ParameterSyntax], proof: "shapes_of_chinese_names_are_2005",
        place: "domain:check, domain:create",
        effect: "a Chinese label has no hyphen at an end, nor third and fourth" },
    Entry { number: 20, rule: CHINESE_LENGTH, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "chinese_labels_have_at_most_15_characters",
        place: "domain:check, domain:create",
        effect: "a Chinese label has at most 15 characters, letters, digits and hyphens counted" },
    Entry { number: 21, rule: STRUCTURE, enforcer: Enforcer::Server, codes: &[Code::ParameterSyntax], proof: "what_is_no_name_at_all_breaks_the_structure",
        place: "domain:check, domain:create",
        effect: "what has not the structure of a name is not registered" },
    Entry { number: 22, rule: ROUND_TRIP, enforcer: Enforcer::Server, codes: &[Code::ParameterSyntax], proof: "an_a_label_that_does_not_round_trip_is_2005",
        place: "domain:check, domain:create",
        effect: "Chinese names follow IDNA: an A-label is the one form of its U-label" },
    Entry { number: 23, rule: LEVEL, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "labels_of_categories_are_no_names",
        place: "domain:check, domain:create",
        effect: "names stand on the second level, or on the third in a category; the label of a category, in any spelling, is no name" },
    Entry { number: 24, rule: SCRIPT, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "scripts_of_name_and_category_match",
        place: "domain:check, domain:create",
        effect: "English names stand below .hk and the English categories of .hk; Chinese names below .hk, .香港 and the Chinese categories" },
    Entry { number: 24, rule: CLOSED, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "chinese_names_directly_below_hk_are_closed_today_only",
        place: "domain:check, domain:create",
        effect: "new Chinese names are registered below .香港; directly below .hk they are renewed only (2008: open)" },
    Entry { number: 25, rule: PACKAGE, enforcer: Enforcer::Server, codes: &[Code::Exists], proof: "no_variant_of_a_registered_name_can_be_registered",
        place: "domain:check, domain:create",
        effect: "a Chinese name includes every combination of the variants of its characters; whoever comes second is refused" },
    Entry { number: 26, rule: FORMS, enforcer: Enforcer::Server, codes: &[Code::DoesNotExist, Code::ValuePolicy], proof: "forms_in_use_lead_everybody_to_the_package_and_reserved_ones_its_sponsor",
        place: "domain:create, domain:update, domain:info",
        effect: "the name asked for and its all-simplified and all-traditional forms are activated; the other variants are kept for the holder" },
    Entry { number: 27, rule: Rule("hk:R5.1c"), enforcer: Enforcer::Server, codes: &[Code::StatusProhibits], proof: "a_dispute_covers_every_form_of_a_package",
        place: "dispute open, dispute close",
        effect: "a dispute and its decision cover every variant" },
    Entry { number: 28, rule: IN_TABLE, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "characters_outside_the_table_are_2306",
        place: "domain:check, domain:create",
        effect: "every character of a Chinese label stands in the variant table" },
    Entry { number: 29, rule: Rule("hk:R5.1e"), enforcer: Enforcer::Server, codes: &[Code::Completed], proof: "a_transform_of_any_form_acts_on_the_package",
        place: "domain:update, domain:renew, domain:transfer, domain:delete",
        effect: "every operation acts on the whole package" },
    Entry { number: 30, rule: Rule("hk:R6.1"), enforcer: Enforcer::People, codes: &[Code::ValuePolicy], proof: "reserved_names_are_refused_at_once_and_after_a_restart",
        place: "reserved add, reserved import, reserved remove",
        effect: "the registry reserves names at any time, and need not say why" },
    Entry { number: 31, rule: ONE_CHARACTER, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "one_character_is_no_name",
        place: "domain:check, domain:create",
        effect: "a label of one character is not registered" },
    Entry { number: 32, rule: TOP_LEVEL, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "top_level_domains_and_country_codes_are_reserved",
        place: "domain:check, domain:create",
        effect: "a generic or sponsored top-level domain is not registered" },
    Entry { number: 33, rule: DISTRICT, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "districts_are_reserved_by_the_2008_rules_only",
        place: "domain:check, domain:create",
        effect: "districts and regions of Hong Kong, their abbreviations too, are not registered (2008 only)" },
    Entry { number: 34, rule: COUNTRY_CODE, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "top_level_domains_and_country_codes_are_reserved",
        place: "domain:check, domain:create",
        effect: "a country code of ISO 3166 is not registered" },
    Entry { number: 35, rule: SURNAME, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "surnames_are_reserved_everywhere_by_the_2008_rules_only",
        place: "domain:check, domain:create",
        effect: "a common surname is not registered: directly below .hk and .香港 and in the category of persons (2008: anywhere)" },
    Entry { number: 36, rule: OWN_LIST, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "the_own_list_reserves_labels_everywhere_and_names_in_their_zone",
        place: "domain:check, domain:create, document approve",
        effect: "a name on the registry's own list is not registered" },
    Entry { number: 37, rule: TRANSLATION, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "chinese_lists_are_matched_in_every_variant",
        place: "domain:check, domain:create",
        effect: "the Chinese translation of a generic top-level domain is not registered" },
    Entry { number: 38, rule: REGION, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "chinese_lists_are_matched_in_every_variant",
        place: "domain:check, domain:create",
        effect: "a country or region whose language uses Chinese characters is not registered" },
    Entry { number: 39, rule: TERM, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "technical_terms_are_reserved_with_and_without_hyphens",
        place: "domain:check, domain:create",
        effect: "technical terms of domain names and bodies concerned with names are not registered" },
    Entry { number: 40, rule: SCHOOL, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "chinese_lists_are_matched_in_every_variant",
        place: "domain:check, domain:create",
        effect: "a type or level of schools is not registered" },
    Entry { number: 41, rule: ONLY_SURNAME, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "names_that_are_only_a_surname_are_reserved",
        place: "domain:check, domain:create",
        effect: "directly below .hk and .香港 and in the category of persons, a name is not only a surname, in Chinese or romanised" },
    Entry { number: 42, rule: GOVERNMENT, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy, Code::CompletedPending], proof: "government_at_an_end_is_refused_and_within_reviewed",
        place: "domain:check, domain:create",
        effect: "only names below .gov.hk and .政府 refer to the Government; elsewhere its words are refused at an end of a label and looked at within one" },
    Entry { number: 43, rule: BANKING, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy, Code::CompletedPending], proof: "bank_is_found_without_hyphens_and_in_every_variant",
        place: "domain:check, domain:create, document approve, consent grant",
        effect: "words of banking need the consent of the Monetary Authority to this registrant; a document that tells of it waits for people" },
    Entry { number: 44, rule: INSURANCE, enforcer: Enforcer::Server, codes: &[Code::ValuePolicy, Code::CompletedPending], proof: "insurance_is_found_without_hyphens_and_in_every_variant",
        place: "domain:check, domain:create, document approve, consent grant",
        effect: "words of insurance need the consent of the Insurance Authority to this registrant; a document that tells of it waits for people" },
    Entry { number: 45, rule: Rule("hk:R6.6a"), enforcer: Enforcer::People, codes: &[], proof: "domain_is_held_without_its_consent",
        place: "consent revoke, the server's clock",
        effect: "a name whose registrant's consent ends or is withdrawn is held, and may be cancelled" },
    Entry { number: 46, rule: Rule("hk:R6.8"), enforcer: Enforcer::People, codes: &[Code::ValuePolicy], proof: "the_own_list_reserves_labels_everywhere_and_names_in_their_zone",
        place: "reserved add, document reject",
        effect: "the registry may refuse a name for technical or operational reasons, confusion, security or the law" },
    Entry { number: 47, rule: FIRST_COME, enforcer: Enforcer::Server, codes: &[Code::Exists], proof: "application_is_approved_and_its_period_begins_then",
        place: "domain:create",
        effect: "who comes first is served first; an application that waits for documents holds its name" },
    Entry { number: 48, rule: Rule("hk:R7.2"), enforcer: Enforcer::People, codes: &[Code::ValuePolicy], proof: "reserved_names_are_refused_at_once_and_after_a_restart",
        place: "reserved remove",
        effect: "reserved names may be auctioned, announced 30 days ahead" },
    Entry { number: 49, rule: Rule("hk:R8.1"), enforcer: Enforcer::Server, codes: &[Code::ValuePolicy], proof: "name_servers_are_none_or_two_to_thirteen_independent_ones",
        place: "domain:create, domain:update",
        effect: "a name has at least two independent name servers" },
    Entry { number: 50, rule: Rule("hk:R8.3"), enforcer: Enforcer::Server, codes: &[Code::Completed], proof: "a_name_without_name_servers_is_parked_until_it_first_has_some",
        place: "domain:create, domain:update, domain:transfer",
        effect: "a name without name servers gets the registry's until it has its own" },
    Entry { number: 51, rule: Rule("hk:R8.2"), enforcer: Enforcer::Server, codes: &[], proof: "servers_that_fail_are_told_after_20_days_and_overdue_after_30",
        place: "the server's clock, domain show",
        effect: "name servers answer within 30 days of the activation; else the name may be cancelled" },
    Entry { number: 52, rule: Rule("hk:R9a"), enforcer: Enforcer::People, codes: &[], proof: "authorization_information_is_shown_to_nobody",
        place: "domain:info",
        effect: "the password of the holder's account is the registrar's affair and no part of a registration" },
    Entry { number: 53, rule: AUTH_INFO, enforcer: Enforcer::Server, codes: &[Code::ParameterMissing, Code::AuthInfo], proof: "five_wrong_tries_in_an_hour_lock_the_auth_info_of_a_name",
        place: "domain:create, domain:update, domain:transfer, domain:info",
        effect: "each name has authorization information, which a change of registrar needs: 20 to 64 characters of 128 bits, locked for an hour after five wrong tries" },
    Entry { number: 54, rule: Rule("hk:R10.1"), enforcer: Enforcer::Server, codes: &[Code::Authorization], proof: "every_command_obeys_the_rules_in_every_status_and_the_table_says_so",
        place: "login, domain:update",
        effect: "holders change registrations through their registrars alone" },
    Entry { number: 55, rule: Rule("hk:R10.2"), enforcer: Enforcer::Server, codes: &[Code::Completed], proof: "a_change_of_contacts_is_effective_at_once",
        place: "domain:update, contact:update",
        effect: "a change of contacts is effective at once; the notice by mail to the old and the new ones comes with hk:R17.1" },
    Entry { number: 56, rule: Rule("hk:R10.3"), enforcer: Enforcer::Server, codes: &[Code::Completed, Code::StatusProhibits], proof: "a_change_of_name_servers_is_effective_at_once_and_refused_under_lock_and_dispute",
        place: "domain:update",
        effect: "a change of name servers is effective at once, and refused under a lock or dispute; the notice by mail to the administrative and technical contacts comes with hk:R17.1" },
    Entry { number: 57, rule: Rule("hk:R11.1"), enforcer: Enforcer::Server, codes: &[Code::CompletedPending, Code::StatusProhibits], proof: "",
        place: "domain:delete",
        effect: "a cancellation is told to the contacts and takes effect after 7 days without objection" },
    Entry { number: 58, rule: Rule("hk:R11.2"), enforcer: Enforcer::People, codes: &[], proof: "",
        place: "domain hold, dispute close",
        effect: "the registry itself cancels, for a reason it states" },
    Entry { number: 59, rule: Rule("hk:R12.1"), enforcer: Enforcer::People, codes: &[], proof: "",
        place: "domain object",
        effect: "an objection to a cancellation is proved by the holder" },
    Entry { number: 60, rule: Rule("hk:R12.2"), enforcer: Enforcer::People, codes: &[], proof: "",
        place: "domain confirm",
        effect: "a cancellation objected to is asked for again, and waits again" },
    Entry { number: 61, rule: Rule("hk:R13.1"), enforcer: Enforcer::Server, codes: &[Code::Completed], proof: "",
        place: "domain:renew",
        effect: "each renewal elects a period and accepts the agreement in force" },
    Entry { number: 62, rule: Rule("hk:R13.3"), enforcer: Enforcer::Server, codes: &[Code::Billing], proof: "",
        place: "the server's clock, domain:renew",
        effect: "the fee is due on the day after the period; the billing contact, or else the administrative one, is reminded" },
    Entry { number: 63, rule: Rule("hk:R13.4"), enforcer: Enforcer::Server, codes: &[Code::NotRenewable], proof: "",
        place: "domain:update, domain:renew",
        effect: "an unpaid name neither resolves nor can be registered for 60 days, and is restored for the fee and a late charge" },
    Entry { number: 64, rule: Rule("hk:R14.1"), enforcer: Enforcer::Server, codes: &[Code::Exists], proof: "epp_14_names_hosts_and_handles_are_the_same_in_any_case",
        place: "contact:create",
        effect: "a contact has an identifier of its own" },
    Entry { number: 65, rule: Rule("hk:R15"), enforcer: Enforcer::People, codes: &[Code::NotTransferable, Code::DataPolicy], proof: "",
        place: "domain:transfer, domain:update",
        effect: "registrations under early agreements keep their limits until they accept a newer one" },
    Entry { number: 66, rule: Rule("hk:R16.1"), enforcer: Enforcer::People, codes: &[], proof: "dispute_cancels_a_transfer_and_may_end_in_one",
        place: "dispute open, dispute close",
        effect: "disputes go to arbitration or to the courts, whose decisions bind" },
    Entry { number: 67, rule: Rule("hk:R16.5"), enforcer: Enforcer::People, codes: &[Code::StatusProhibits], proof: "dispute_forbids_every_transform_but_renew_and_leaves_what_stood_before",
        place: "dispute open, dispute close",
        effect: "from notice to end of a dispute a name with all its variants is locked; it can be renewed" },
    Entry { number: 68, rule: Rule("hk:R17.1"), enforcer: Enforcer::People, codes: &[], proof: "",
        place: "mail list, mail retry",
        effect: "notices go by mail to the registered addresses" },
    Entry { number: 69, rule: Rule("hk:R18"), enforcer: Enforcer::People, codes: &[], proof: "",
        place: "a profile of its own",
        effect: "amendments are published 14 days ahead and hold from their date" },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn register_holds_all_69_rules_in_order_under_one_identifier_each() {
        let numbers: HashSet<u8> = REGISTER.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers.len(), 69);
        assert!((1..=69).all(|number| numbers.contains(&number)));
        assert!(REGISTER.is_sorted_by_key(|entry| entry.number));
        let identifiers: HashSet<&str> = REGISTER.iter().map(|entry| entry.rule.0).collect();
        assert_eq!(identifiers.len(), REGISTER.len());
        assert!(
            REGISTER
                .iter()
                .all(|entry| entry.rule.0.starts_with("hk:R"))
        );
    }

    #[test]
    fn effect_is_what_the_register_says() {
        assert!(effect(BANKING).contains("Monetary Authority"));
        assert_eq!(effect(Rule("hk:none")), "");
    }
}
