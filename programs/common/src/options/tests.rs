use sttp::settings::Endpoint;

use super::*;

const PROGRAM: Program = Program {
    name: "sttp-try",
    usage: &["HOST:PORT [OPTION]...", "--listen ADDR:PORT [OPTION]..."],
    operands: 1,
    about: "Tries options.",
    sections: &[CONNECTION, Section { heading: "More", rows: &[Row::new("once", "", "Once.")] }],
    notes: &["A note."],
};

fn read(line: &str) -> Result<Asked, String> {
    PROGRAM.read(line.split('~').filter(|word| !word.is_empty()).map(str::to_owned))
}

fn setup(line: &str) -> Result<SubscriberSetup, String> {
    match read(line)? {
        Asked::Work(arguments) => arguments.setup(arguments.operands().first().map(String::as_str)),
        Asked::Text(text) => panic!("{text}"),
    }
}

#[test]
fn addresses_and_options_make_a_setup() {
    let made = setup("localhost:7175~--filter~PPA:1~--once~--set~compression=false~--udp=9191").unwrap();
    assert_eq!(made.endpoint().unwrap(), Endpoint::Connect("localhost:7175".into()));
    assert_eq!(made.subscription.filter, "PPA:1");
    assert!(made.settings.latency_statistics && !made.settings.compress_payload);
    assert_eq!(made.settings.udp.unwrap().port, 9191);
    let made = setup("--listen~127.0.0.1:7").unwrap();
    assert_eq!(made.endpoint().unwrap(), Endpoint::Listen("127.0.0.1:7".into()));
    let made = setup("--connection-string~server=pdc:7165; latencyStatistics=false").unwrap();
    assert_eq!(made.endpoint().unwrap(), Endpoint::Connect("pdc:7165".into()));
    assert!(!made.settings.latency_statistics);
    assert_eq!(made.subscription.filter, EVERYTHING);
}

#[test]
fn mistakes_are_told() {
    for (line, told) in [
        ("", "whose measurements"),
        ("a:1~b:2", "b:2 is one too many: a:1"),
        ("pdc", "pdc is no address"),
        ("a:1~--listen~127.0.0.1:1", "give one of them"),
        ("a:1~--connection-string~server=b:1", "says already"),
        ("--listen~here", "--listen is here"),
        ("a:1~--nothing", "no option --nothing"),
        ("a:1~-x", "no option -x"),
        ("a:1~--once=yes", "--once has no value"),
        ("a:1~--filter", "--filter needs a value"),
        ("a:1~--filter~x~--filter~y", "twice"),
        ("a:1~--trust~x", "--trust needs --certificate"),
        ("a:1~--set~compression", "give KEY=VALUE"),
        ("a:1~--set~compresion=true", "compresion"),
        ("a:1~--certificate~own.pem~--set~securityMode=None", "securityMode=TLS"),
    ] {
        let error = setup(line).expect_err(line);
        assert!(error.contains(told), "{line}: {error}");
    }
}

#[test]
fn numbers_have_bounds() {
    let Asked::Work(arguments) = read("a:1~--udp~70000").unwrap() else { panic!("it asks for work") };
    assert_eq!(arguments.number("udp", [0, 80_000]).unwrap(), Some(70_000));
    assert!(arguments.number("udp", [0, 9]).unwrap_err().contains("from 0 to 9"));
    assert!(arguments.number("udp", [0_u16, 9]).is_err());
    assert_eq!(arguments.number("filter", [0, 9]).unwrap(), None);
}

#[test]
fn help_tells_every_option() {
    let Asked::Text(lines) = read("--help").unwrap() else { panic!("it asks for text") };
    let Asked::Text(tables) = read("--help=markdown").unwrap() else { panic!("it asks for text") };
    assert!(lines.starts_with("Usage: sttp-try HOST:PORT [OPTION]...\n       sttp-try --listen"), "{lines}");
    assert!(lines.ends_with("A note.\nExit codes: 0 done, 1 failed, 2 wrong usage.\n"), "{lines}");
    assert!(lines.lines().all(|line| line.len() <= 100 && !line.contains('`')), "{lines}");
    for row in PROGRAM.rows() {
        assert!(lines.contains(&format!("  --{}", row.name)), "{}", row.name);
        assert!(tables.contains(&format!("| `--{}", row.name)), "{}", row.name);
    }
    assert!(matches!(read("--version").unwrap(), Asked::Text(text) if text.starts_with(char::is_numeric)));
}
