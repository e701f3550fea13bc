//! What documents say of the settings.

use std::fmt::Write as _;
use std::{env, fs};

use super::super::foreign::Treatment;
use super::*;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/connection-strings.md");

#[test]
fn every_setting_is_documented() {
    let roles = [
        SubscriberSetup::table_of_settings(),
        PublisherSetup::table_of_settings(),
        C37118InputSetup::table_of_settings(),
        C37118OutputSetup::table_of_settings(),
        BlockLinkSetup::table_of_settings(),
    ];
    for setting in roles.into_iter().chain([RightsSection::table_of_settings()]).flatten() {
        assert!(!setting.summary.is_empty() && setting.summary.len() <= 110, "{setting:?}");
        assert!(setting.document.starts_with(&setting.summary), "{setting:?}");
        assert!(setting.document.ends_with('.'), "{setting:?}");
        assert!(!setting.value.is_empty(), "{setting:?}");
    }
}

/// The tables of the document between `<!-- NAME -->` and `<!-- end -->`.
fn documented<S: Setup>() -> [(String, String); 2] {
    let code = |text: &str| if text.is_empty() { String::new() } else { format!("`{text}`") };
    let list = |texts: &[&str]| texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ");
    let mut keys =
        String::from("| key | also | value | default | meaning |\n| --- | --- | --- | --- | --- |\n");
    for setting in S::table().settings() {
        let Setting { key, value, summary, .. } = setting;
        let (also, default) = (list(setting.aliases), code(&setting.default));
        writeln!(keys, "| `{key}` | {also} | {value} | {default} | {summary} |").unwrap();
    }
    let mut foreign = String::from("| key | what becomes of it |\n| --- | --- |\n");
    for stranger in S::FOREIGN {
        let treatment = match &stranger.treatment {
            Treatment::Ignored => "no effect".to_owned(),
            Treatment::Only(_, advice) => format!("must be {advice}"),
            Treatment::Refused(advice) => format!("refused; {advice}"),
        };
        writeln!(foreign, "| `{}` | {treatment} |", stranger.name).unwrap();
    }
    [(format!("keys of a {}", S::ROLE), keys), (format!("other keys of a {}", S::ROLE), foreign)]
}

/// After a change of the tables: `STTP_UPDATE_KEYS=1 cargo test --lib settings`.
#[test]
fn the_documents_have_the_same_tables() {
    let [keys_of_a_section, _] = documented::<RightsSection>();
    let [keys_of_an_input, _] = documented::<C37118InputSetup>();
    let [keys_of_an_output, _] = documented::<C37118OutputSetup>();
    let [keys_of_a_link, _] = documented::<BlockLinkSetup>();
    for (document, tables) in [
        (SubscriberSetup::DOCUMENT, documented::<SubscriberSetup>().to_vec()),
        (PublisherSetup::DOCUMENT, documented::<PublisherSetup>().to_vec()),
        (RightsSection::DOCUMENT, vec![keys_of_a_section]),
        (C37118InputSetup::DOCUMENT, vec![keys_of_an_input, keys_of_an_output]),
        (BlockLinkSetup::DOCUMENT, vec![keys_of_a_link]),
    ] {
        let path = format!("{ROOT}/{document}");
        let mut document = fs::read_to_string(&path).unwrap();
        for (name, table) in tables {
            let start = format!("<!-- {name} -->\n");
            let from = document.find(&start).unwrap_or_else(|| panic!("no table of {name}")) + start.len();
            let length = document[from..].find("<!-- end -->").unwrap();
            if env::var_os("STTP_UPDATE_KEYS").is_some() {
                document.replace_range(from..from + length, &table);
            } else {
                assert_eq!(document[from..from + length], table, "the table of {name} in {path} is old");
            }
        }
        if env::var_os("STTP_UPDATE_KEYS").is_some() {
            fs::write(path, document).unwrap();
        }
    }
}

/// The indented lines and the code blocks of the document are strings that can be pasted.
#[test]
fn the_examples_of_the_document_are_read() {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let mut examples = 0;
    for block in document.split("```text ").skip(1) {
        let (role, rest) = block.split_once('\n').unwrap();
        let (text, _) = rest.split_once("```").unwrap();
        match role {
            "subscriber" => drop(subscriber(text).unwrap_or_else(|error| panic!("{text}: {error}"))),
            "input" => {
                drop(text.parse::<C37118InputSetup>().unwrap_or_else(|error| panic!("{text}: {error}")))
            }
            "output" => {
                drop(text.parse::<C37118OutputSetup>().unwrap_or_else(|error| panic!("{text}: {error}")))
            }
            "publisher" => drop(publisher(text).unwrap_or_else(|error| panic!("{text}: {error}"))),
            _ => panic!("an example for {role:?}"),
        }
        examples += 1;
    }
    assert!(examples >= 6, "{examples}");
}
