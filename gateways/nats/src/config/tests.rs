//! What the documents say of the configuration is so.

use std::fmt::Debug;

use super::*;

const SCALE: &str = include_str!("../../../../docs/scale.md");
const TSTP: &str = include_str!("../../../../docs/tstp.md");

/// Blocks of TOML in a document, with what is only shown in comments.
fn blocks(document: &str) -> Vec<Configuration> {
    let in_blocks = document.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let parse = |block: &str| {
        let shown = |line: &str| match line.strip_prefix("# ") {
            Some(rest) if rest.contains(" = ") || rest.starts_with('[') => rest.to_owned(),
            _ => line.to_owned(),
        };
        let text: Vec<String> = block.lines().map(shown).collect();
        let text = text.join("\n");
        toml::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    };
    in_blocks.map(parse).collect()
}

fn debug(what: &dyn Debug) -> String {
    format!("{what:#?}")
}

/// Settings of a section, as a file has them, and of sections in it.
fn settings(section: &dyn Debug) -> Vec<String> {
    let name = |line: &str| {
        let (name, _) = line.trim_start().split_once(": ")?;
        name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_').then(|| name.replace('_', "-"))
    };
    debug(section).lines().filter_map(name).collect()
}

#[test]
fn files_of_the_document_are_good_and_show_defaults() {
    let default = Configuration::default();
    let mut files = blocks(SCALE).into_iter();
    let (Some(mut ingest), Some(mut serve)) = (files.next(), files.next()) else { panic!("two files") };
    assert_eq!(ingest.ingest.sources.keys().collect::<Vec<_>>(), ["east", "west"]);
    assert_eq!(ingest.nats.user, "east");
    let of_tls = [&ingest.nats.tls.ca, &ingest.nats.tls.cert, &ingest.nats.tls.key];
    assert!(ingest.nats.password_file.is_some() && of_tls.into_iter().all(Option::is_some));
    assert_eq!(ingest.nats.servers, default.nats.servers);
    ingest.ingest.sources.clear();
    assert_eq!(debug(&ingest.ingest), debug(&default.ingest));
    assert_eq!(debug(&ingest.bus), debug(&default.bus));
    assert_eq!(debug(&ingest.http), debug(&default.http));
    // Without a level the environment is asked.
    assert_eq!((ingest.log.level, ingest.log.format), (Some(Level::Info), default.log.format));
    assert!(serve.serve.sttp.contains("securityMode=TLS"));
    serve.serve.sttp.clone_from(&default.serve.sttp);
    assert_eq!(debug(&serve.serve), debug(&default.serve));
}

#[test]
fn documents_tell_of_every_setting() {
    let default = Configuration::default();
    let of_scale: [&dyn Debug; 5] =
        [&default.nats, &default.bus, &default.http, &default.ingest, &default.serve];
    for setting in of_scale.into_iter().flat_map(settings) {
        assert!(SCALE.contains(&setting), "docs/scale.md does not tell of {setting}");
    }
    let templates = settings(&default.tstp_out.endpoint);
    let of_tstp: [&dyn Debug; 2] = [&default.tstp_out, &default.tstp_in];
    for setting in of_tstp.into_iter().flat_map(settings).filter(|name| !templates.contains(name)) {
        assert!(TSTP.contains(&format!("`{setting}`")), "docs/tstp.md does not tell of {setting}");
    }
}

#[test]
fn tables_of_the_document_show_defaults() {
    let default = Configuration::default();
    for (section, expected) in [("tstp-out", debug(&default.tstp_out)), ("tstp-in", debug(&default.tstp_in))]
    {
        let rows = TSTP.split(&format!("\n`[{section}]`:\n")).nth(1).unwrap().trim_start();
        let rows = rows.lines().take_while(|line| line.starts_with('|')).skip(2);
        let mut text = format!("[{section}]\n");
        let mut shown = 0;
        for row in rows {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let names = cells[1].split(", ").map(|name| name.trim_matches('`'));
            let values: Vec<&str> = cells[2].split(", ").map(|value| value.trim_matches('`')).collect();
            let is_value = |value: &&str| value.parse::<toml::Value>().is_ok();
            if names.clone().count() == values.len() && values.iter().all(is_value) {
                shown += values.len();
                names.zip(values).for_each(|(name, value)| text += &format!("{name} = {value}\n"));
            }
        }
        let read: Configuration = toml::from_str(&text).unwrap();
        let read = if section == "tstp-in" { debug(&read.tstp_in) } else { debug(&read.tstp_out) };
        assert!(shown >= 5, "{text}");
        assert_eq!(read, expected, "{text}");
    }
}
