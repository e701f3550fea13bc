//! A constant of the header for each setting, made of the table of settings.

use sttp::settings::{
    BlockLinkSetup, C37118InputSetup, C37118OutputSetup, PublisherSetup, Setting, SubscriberSetup,
};

/// Longest line of a document.
const WIDTH: usize = 100;

/// Who has settings, in the order of the constants.
fn roles() -> [(&'static str, &'static [Setting]); 5] {
    [
        ("Subscribers", SubscriberSetup::table_of_settings()),
        ("Publishers", PublisherSetup::table_of_settings()),
        ("C37.118 inputs", C37118InputSetup::table_of_settings()),
        ("C37.118 outputs", C37118OutputSetup::table_of_settings()),
        ("Block links", BlockLinkSetup::table_of_settings()),
    ]
}

/// The constants with their documents, as the header has them.
pub(crate) fn constants() -> Vec<String> {
    let roles = roles();
    let mut constants = Vec::new();
    for (number, (_, settings)) in roles.iter().enumerate() {
        let (before, rest) = roles.split_at(number);
        let is_new =
            |setting: &&Setting| before.iter().all(|(_, others)| find(others, &setting.key).is_none());
        for setting in settings.iter().filter(is_new) {
            let mut meanings: Vec<(String, &Setting)> = Vec::new();
            for (role, others) in rest {
                let Some(own) = find(others, &setting.key) else { continue };
                match meanings.iter_mut().find(|(_, known)| document(known) == document(own)) {
                    Some((who, _)) => who.push_str(&format!(" and {}", lower(role))),
                    None => meanings.push(((*role).to_owned(), own)),
                }
            }
            constants.push(constant(setting, &meanings));
        }
    }
    constants
}

/// As within a sentence.
fn lower(role: &str) -> String {
    if role.starts_with("C37") { role.to_owned() } else { role.to_lowercase() }
}

fn find<'t>(settings: &'t [Setting], key: &str) -> Option<&'t Setting> {
    settings.iter().find(|setting| setting.key == key)
}

fn constant(setting: &Setting, roles: &[(String, &Setting)]) -> String {
    let mut text = String::from("/**\n");
    for (number, (role, setting)) in roles.iter().enumerate() {
        if number > 0 {
            text.push_str(" *\n");
        }
        let document = document(setting);
        for (number, paragraph) in document.lines().enumerate() {
            let paragraph = if number == 0 { format!("{role}: {paragraph}") } else { paragraph.to_owned() };
            wrap(&paragraph, &mut text);
        }
    }
    text + &format!(" */\n#define {} \"{}\"", name(&setting.key), setting.key)
}

/// What there is to say of a setting: what it means, its values, its default, its other spellings.
fn document(setting: &Setting) -> String {
    let mut text = format!("{}\nValue: {}. ", setting.document, setting.value);
    if !setting.default.is_empty() {
        text.push_str(&format!("Default: {}. ", setting.default));
    }
    if !setting.aliases.is_empty() {
        text.push_str(&format!("Also: {}.", setting.aliases.join(", ")));
    }
    text.trim_end().to_owned()
}

fn wrap(paragraph: &str, text: &mut String) {
    let mut line = String::new();
    for word in paragraph.split_whitespace() {
        if !line.is_empty() && line.len() + 1 + word.len() > WIDTH {
            text.push_str(&format!(" *{line}\n"));
            line.clear();
        }
        line = line + " " + word;
    }
    text.push_str(&format!(" *{line}\n"));
}

/// `dataChannel.receiveBufferSize` becomes `STTP_SETTING_DATA_CHANNEL_RECEIVE_BUFFER_SIZE`.
fn name(key: &str) -> String {
    let mut name = String::from("STTP_SETTING_");
    for character in key.replace("NaN", "Nan").chars() {
        if character == '.' {
            name.push('_');
        } else {
            if character.is_ascii_uppercase() {
                name.push('_');
            }
            name.push(character.to_ascii_uppercase());
        }
    }
    name
}

#[test]
fn every_setting_has_a_constant_of_its_own() {
    assert_eq!(name("allowNaNValueFilter"), "STTP_SETTING_ALLOW_NAN_VALUE_FILTER");
    assert_eq!(name("dataChannel.receiveBufferSize"), "STTP_SETTING_DATA_CHANNEL_RECEIVE_BUFFER_SIZE");
    let constants = constants();
    let mut defined: Vec<&str> = constants.iter().filter_map(|text| text.lines().last()).collect();
    for setting in roles().into_iter().flat_map(|(_, settings)| settings) {
        let line = format!("#define {} \"{}\"", name(&setting.key), setting.key);
        assert!(defined.contains(&line.as_str()), "{line}");
    }
    let all = defined.len();
    let mut names: Vec<&str> = defined.iter_mut().filter_map(|line| line.split(' ').nth(1)).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
    assert!(names.iter().all(|name| !name.starts_with("STTP_SETTING_TYPE_")));
}
