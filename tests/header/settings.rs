//! A constant of the header for each setting, made of the table of settings.

use sttp::settings::{PublisherSetup, Setting, SubscriberSetup};

/// Longest line of a document.
const WIDTH: usize = 100;

/// The constants with their documents, as the header has them.
pub(crate) fn constants() -> Vec<String> {
    let (subscriber, publisher) = (SubscriberSetup::table_of_settings(), PublisherSetup::table_of_settings());
    let of_both = subscriber.iter().map(|setting| (setting, find(publisher, &setting.key)));
    let of_publishers = publisher.iter().filter(|setting| find(subscriber, &setting.key).is_none());
    let with_roles = of_both
        .map(|(setting, other)| match other {
            None => (setting, vec![("Subscribers", setting)]),
            Some(other) if document(other) == document(setting) => {
                (setting, vec![("Subscribers and publishers", setting)])
            }
            Some(other) => (setting, vec![("Subscribers", setting), ("Publishers", other)]),
        })
        .chain(of_publishers.map(|setting| (setting, vec![("Publishers", setting)])));
    with_roles.map(|(setting, roles)| constant(setting, &roles)).collect()
}

fn find<'t>(settings: &'t [Setting], key: &str) -> Option<&'t Setting> {
    settings.iter().find(|setting| setting.key == key)
}

fn constant(setting: &Setting, roles: &[(&str, &Setting)]) -> String {
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
    for setting in [SubscriberSetup::table_of_settings(), PublisherSetup::table_of_settings()].concat() {
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
