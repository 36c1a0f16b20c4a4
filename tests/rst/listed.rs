//! docs/conformance.md tells of every case.

const MANUAL: &str = include_str!("../../docs/conformance.md");
const SOURCES: [&str; 5] = [
    include_str!("opening.rs"),
    include_str!("contact.rs"),
    include_str!("host.rs"),
    include_str!("domain.rs"),
    include_str!("transfer.rs"),
];

#[test]
fn cases_are_played_or_listed_as_not_played() {
    let (played, others) = MANUAL.split_once("Not played:").unwrap();
    for number in 1..=27 {
        let case = format!("| epp-{number:02} |");
        let function = format!("epp_{number:02}_");
        let has_test = SOURCES.iter().any(|source| {
            let mut lines = source.lines().map(str::trim);
            lines.any(|line| line.starts_with("fn epp_") && line.contains(&function))
        });
        assert_eq!(played.contains(&case), has_test, "{case}");
        assert_ne!(played.contains(&case), others.contains(&case), "{case}");
    }
}
