use sttp::settings::Endpoint;

use super::*;

const PROGRAM: Program = Program {
    name: "sttp-try",
    usage: &["HOST:PORT [OPTION]...", "--listen ADDR:PORT [OPTION]..."],
    operands: 1,
    about: "Tries options.",
    sections: &[CONNECTION, Section { heading: "More", rows: &[Row::new("once", "", "Once.")] }],
    notes: &["A note."],
    missing: "",
    runs_long: |_| false,
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
    let Asked::Text(more) = Program { missing: "none", ..PROGRAM }.read(["--help".to_owned()]).unwrap()
    else {
        panic!("it asks for text")
    };
    assert!(more.ends_with("2 wrong usage, 3 none.\n"), "{more}");
    assert!(lines.lines().all(|line| line.len() <= 100 && !line.contains('`')), "{lines}");
    let Asked::Text(list) = read("--help=list").unwrap() else { panic!("it asks for text") };
    let find = |name: &str| list.lines().find(|line| line.split('\t').next() == Some(name)).unwrap();
    assert_eq!(find("once"), "once\t\t\tOnce");
    assert!(
        find("log-format").starts_with("log-format\tplain|text|json|journal\tplain,text,json,journal\tHow")
    );
    assert!(
        find("certificate")
            .ends_with("\tFILE\t\tSecures the connection by TLS, with this own certificate, PEM or DER")
    );
    for row in PROGRAM.rows() {
        find(row.name);
        assert!(lines.contains(&format!("  --{}", row.name)), "{}", row.name);
        assert!(tables.contains(&format!("| `--{}", row.name)), "{}", row.name);
    }
    assert!(matches!(read("--version").unwrap(), Asked::Text(text) if text.starts_with(char::is_numeric)));
}

#[test]
fn the_command_line_goes_over_a_file_of_options() {
    let folder = std::env::temp_dir().join(format!("sttp-options-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("try.conf");
    let with = |text: &str, line: &str| {
        std::fs::write(&path, text).unwrap();
        setup(&format!("--config~{}~{line}", path.display()))
    };
    let text =
        "# A publisher\r\n\r\nargument = pdc:7165\n filter= PPA:1 = x\nonce\n--set = compression=false\n";
    let made = with(text, "").unwrap();
    assert_eq!(made.endpoint().unwrap(), Endpoint::Connect("pdc:7165".into()));
    assert_eq!(made.subscription.filter, "PPA:1 = x");
    assert!(!made.settings.compress_payload);
    let made = with(text, "other:1~--filter~PPA:2~--set~compression=true").unwrap();
    assert_eq!(made.endpoint().unwrap(), Endpoint::Connect("other:1".into()));
    assert_eq!(made.subscription.filter, "PPA:2");
    assert!(made.settings.compress_payload);
    for (text, told) in [
        ("once\nfilters = x", "try.conf:2: there is no option --filters"),
        ("filter", "try.conf:1: --filter needs a value"),
        ("once = 1", "try.conf:1: --once has no value"),
        ("once\nonce", "try.conf:2: --once stands there twice"),
        ("config = x", "try.conf:1: --config is for command lines"),
        ("argument = a:1\nargument = b:1", "try.conf:2: b:1 is one too many"),
    ] {
        let error = with(text, "").expect_err(text);
        assert!(error.contains(told), "{text}: {error}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
    let error = setup(&format!("--config~{}", path.display())).unwrap_err();
    assert!(error.contains("cannot read"), "{error}");
}

#[test]
fn the_log_is_as_options_and_the_environment_say() {
    let log = |line: &str, wanted: Option<&str>| match read(line).unwrap() {
        Asked::Work(arguments) => {
            let program = Program { runs_long: |arguments| arguments.has("once"), ..PROGRAM };
            program.log(&arguments, wanted)
        }
        Asked::Text(text) => panic!("{text}"),
    };
    let of = |format, most| Ok(Log { name: "sttp-try", format, most });
    assert_eq!(log("a:1", None), of(Format::Plain, Level::Info));
    assert_eq!(log("a:1~--once~--quiet", Some("debug")), of(Format::Text, Level::Error));
    assert_eq!(log("a:1~--log-format=journal", Some("")), of(Format::Journal, Level::Info));
    assert_eq!(log("a:1", Some("warning")), of(Format::Plain, Level::Warning));
    assert_eq!(log("a:1~--log-level=debug", Some("error")), of(Format::Plain, Level::Debug));
    assert!(log("a:1~--log-format=xml", None).unwrap_err().contains("give plain, text, json or journal"));
    assert!(log("a:1~--log-level=loud", None).unwrap_err().contains("give error, warning, info or debug"));
    let told = "STTP_LOG of the environment is error, warning, info or debug, not 'loud'";
    assert_eq!(log("a:1", Some("loud")), Err(told.into()));
}
