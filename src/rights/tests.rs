//! Rights files, whom they know, and which signals they allow.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::*;
use crate::metadata::{DataSetBuilder, Metadata};
use crate::settings::RightsSettings;
use crate::tls::{Accepted, SelfSigned, SelfSignedOptions, TlsDetails};
use crate::{Ticks, Uuid};

fn rights(text: &str) -> Rights {
    Rights::parse(text, "rights.txt").unwrap_or_else(|error| panic!("{error}"))
}

fn error(text: &str) -> String {
    Rights::parse(text, "rights.txt").unwrap_err().to_string()
}

fn peer(address: &str) -> Peer {
    Peer { address: SocketAddr::new(address.parse().unwrap(), 7000), outgoing: false, tls: None }
}

fn name_of(rights: &Rights, address: &str) -> Result<String, String> {
    rights.decide(&peer(address)).map(|grant| grant.name().to_owned())
}

/// Signals 0 to 9, as `DEV0:0` with tag `TAG-0` of type `FREQ` or, odd ones, `VPHM`.
fn metadata() -> Metadata {
    let mut builder = DataSetBuilder::standard().unwrap();
    let table = builder.table_index("MeasurementDetail").unwrap();
    for row in 0..10_usize {
        let (key, tag) = (format!("DEV{}:{row}", row / 5), format!("TAG-{row}"));
        let kind = if row % 2 == 0 { "FREQ" } else { "VPHM" };
        let row =
            builder.append_row(table).unwrap().set("SignalID", Uuid::from_u128(1 + row as u128)).unwrap();
        let row = row.set("ID", key.as_str()).unwrap().set("PointTag", tag.as_str()).unwrap();
        row.set("SignalAcronym", kind).unwrap().set("Enabled", true).unwrap();
    }
    Metadata::new(builder.finish())
}

/// The rows that a subscriber of this section may see.
fn allowed(text: &str) -> Vec<usize> {
    let rights = rights(text);
    let grant = rights.decide(&peer("192.0.2.1")).unwrap();
    let allowed = grant.signals().allowed(&metadata(), Ticks::now());
    assert_eq!(allowed.problem, None);
    (0..10).filter(|row| allowed.has(*row)).collect()
}

#[test]
fn the_first_section_that_fits_counts() {
    let rights = rights(
        "# who may what\n\
         [subscriber north]\n\
         addresses = 10.1.0.0/16\n\
         signals = ALLOW WHERE True\n\
         \n\
         [subscriber all of the utility]\n\
         addresses = 10.0.0.0/8,\n   fd00::/8\n\
         signals =\n\
         [subscriber gone]\n\
         addresses = 192.0.2.7\nenabled = false\nsignals =\n",
    );
    assert_eq!(name_of(&rights, "10.1.2.3").as_deref(), Ok("north"));
    assert_eq!(name_of(&rights, "10.2.2.3").as_deref(), Ok("all of the utility"));
    assert_eq!(name_of(&rights, "fd00::1").as_deref(), Ok("all of the utility"));
    assert!(name_of(&rights, "192.0.2.7").unwrap_err().contains("\"gone\" is disabled"));
    assert!(name_of(&rights, "192.0.2.8").unwrap_err().contains("none of the subscribers"));
    assert!(!rights.need_certificates());
}

#[test]
fn who_is_known_by_a_certificate_is_nobody_without_tls() {
    let fingerprint = "ab".repeat(32);
    let rights = rights(&format!(
        "[subscriber a]\ncertificate = {fingerprint}\nsignals = ALLOW WHERE True\n\
         [subscriber b]\nsubject = CN=b\nsignals = ALLOW WHERE True\n[others]\nsignals =\n"
    ));
    assert!(rights.need_certificates());
    assert_eq!(name_of(&rights, "10.1.2.3").as_deref(), Ok("others"));
}

/// What is tolerated may be that anybody has made the certificate, with any name in it.
#[test]
fn a_name_counts_only_in_a_certificate_that_is_trusted() {
    let rights = rights("[subscriber b]\nsubject = CN=b\nsignals = ALLOW WHERE True\n[others]\nsignals =\n");
    let options =
        SelfSignedOptions { name: "b".into(), hosts: Vec::new(), validity: Duration::from_secs(60) };
    let certificate = SelfSigned::make(&options, SystemTime::now()).unwrap().details;
    let untrusted = vec!["it is issued by nobody that is trusted".to_owned()];
    for (is_pinned, tolerated, name) in
        [(false, vec![], "b"), (false, untrusted.clone(), "others"), (true, untrusted, "b")]
    {
        let accepted = Accepted { certificate: certificate.clone(), is_pinned, tolerated };
        let details = TlsDetails { version: "TLS 1.3", cipher_suite: String::new(), peer: Some(accepted) };
        let peer = Peer { tls: Some(Arc::new(details)), ..peer("192.0.2.1") };
        assert_eq!(rights.decide(&peer).unwrap().name(), name);
    }
}

#[test]
fn later_steps_overrule_earlier_ones() {
    let to_all = "[others]\n";
    let group = "[group frequencies]\nsignals = ALLOW WHERE SignalType = 'FREQ'\ndeny = \"TAG-4\"\n";
    for (section, rows) in [
        ("signals =", &[][..]),
        ("signals = ALLOW WHERE True", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        // What is denied is denied wherever it stands.
        (
            "signals = DENY WHERE SignalType = 'FREQ'; allow where True; ALLOW WHERE SignalType='FREQ'",
            &[1, 3, 5, 7, 9],
        ),
        // Lists overrule conditions, and what a list denies what a list allows.
        (
            "signals = DENY WHERE True\nallow = DEV0:0; \"TAG-1\"; 00000000-0000-0000-0000-000000000003",
            &[0, 1, 2],
        ),
        ("allow = DEV0:0; DEV0:1\ndeny = DEV0:0", &[1]),
        ("deny = DEV0:0", &[]),
        // The own conditions overrule those of groups, lists of groups too.
        ("groups = frequencies", &[0, 2, 6, 8]),
        ("groups = frequencies\nsignals = DENY WHERE ID = 'DEV0:0'", &[2, 6, 8]),
        ("groups = frequencies\nsignals = ALLOW WHERE ID = 'DEV0:4'", &[0, 2, 4, 6, 8]),
        ("groups = frequencies\nallow = DEV0:1\ndeny = DEV0:2", &[0, 1, 6, 8]),
        ("allow = FILTER TOP 2 ActiveMeasurements WHERE True; DEV1:9", &[0, 1, 9]),
    ] {
        assert_eq!(allowed(&format!("{group}{to_all}{section}")), rows, "{section}");
    }
}

/// Of a signal that two rows have, data would go by the first.
#[test]
fn rows_of_one_signal_are_allowed_together() {
    let mut builder = DataSetBuilder::standard().unwrap();
    let table = builder.table_index("MeasurementDetail").unwrap();
    for tag in ["secret", "open", "secret too"] {
        let id = Uuid::from_u128(if tag == "open" { 2 } else { 1 });
        let row = builder.append_row(table).unwrap().set("SignalID", id).unwrap();
        row.set("PointTag", tag).unwrap().set("Enabled", true).unwrap();
    }
    let metadata = Metadata::new(builder.finish());
    for allowed in ["\"open\"; \"secret too\"", "\"open\"; \"secret\""] {
        let grant = Grant::new("a", RightsSettings::default().allow(allowed.into())).unwrap();
        assert_eq!(grant.signals().allowed(&metadata, Ticks::now()).rows, [false, true, false], "{allowed}");
    }
}

#[test]
fn rights_that_cannot_be_evaluated_allow_nothing() {
    let settings =
        RightsSettings::default().signals("ALLOW WHERE True; DENY WHERE 1 % (Len(PointTag) - 5) = 1".into());
    let allowed = Grant::new("a", settings).unwrap().signals().allowed(&metadata(), Ticks::now());
    assert!(allowed.problem.is_some());
    assert!((0..10).all(|row| !allowed.has(row)));
}

#[test]
fn equal_rights_are_equal() {
    let grant = |text: &str| rights(text).decide(&peer("192.0.2.1")).unwrap();
    let section = "[others]\nsignals = ALLOW WHERE True\n";
    assert_eq!(grant(section), grant(section));
    let group = "[group a]\nsignals = ALLOW WHERE True\n[others]\ngroups = a\n";
    assert_ne!(grant(section).signals(), grant(group).signals());
    let untold = format!("{section}tellUnauthorized = false\n");
    assert_ne!(grant(section).signals(), grant(&untold).signals());
    let limited = format!("{section}udp = false\n");
    assert_eq!(grant(section).signals(), grant(&limited).signals());
    assert_ne!(grant(section), grant(&limited));
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (text, told) in [
        ("", "rights.txt:1: there is no section, so that nobody could connect"),
        ("# later\n", "rights.txt:1: there is no section"),
        ("signals = ALLOW WHERE True", "rights.txt:1: a section must come first"),
        (
            "[subscriber a]\naddresses = 10.0.0.1/8",
            "rights.txt:2: addresses is \"10.0.0.1/8\"; give IP addresses",
        ),
        ("\n[subscriber]\n", "rights.txt:2: \"[subscriber]\" is no section; write [subscriber NAME]"),
        ("[others\n", "rights.txt:1: \"[others\" is no section"),
        ("[group a]\n[others]\n[GROUP  a]\n", "rights.txt:3: [group a] is in line 1 already"),
        ("[others]\nsignal = x", "rights.txt:2: unknown key \"signal\"; did you mean signals?"),
        ("[others]\nfrobnicate = x", "docs/security.md lists the keys of a section of a rights file"),
        ("[others]\nmaxConnections = 1", "it is a setting of a publisher"),
        ("[others]\nsignals", "rights.txt:2: \"signals\" is neither a section nor key = value"),
        ("[others]\nudp = yes", "rights.txt:2: udp is \"yes\"; give true or false"),
        (
            "[others]\nsignals =\n# again\nSIGNALS =\n",
            "rights.txt:4: SIGNALS is in line 2 of this section already",
        ),
        ("[others]\naddresses = 10.0.0.0/8\n", "rights.txt:2: [others] has no addresses: it is everybody"),
        ("[group a]\nudp = true\n", "rights.txt:2: a group has no udp: it only has signals, allow and deny"),
        ("[group a]\ndeny = \"x\n", "rights.txt:2: deny: filter, line 1, column 1"),
        ("[subscriber a]\nsignals =\n", "rights.txt:1: nothing tells who [subscriber a] is"),
        (
            "[subscriber a]\naddresses = ::1\n",
            "rights.txt:1: nothing tells which signals [subscriber a] may have",
        ),
        ("[others]\nudp = true\ngroups = a, b\n", "rights.txt:3: there is no [group a]"),
        (
            "[others]\nsignals = ALLOW WHERE True;\n  DENY WHERE Devise = 'x'\n",
            "rights.txt:2: signals: filter, line 2, column 12: there is no column Devise",
        ),
        ("[others]\nsignals = PPA:1\n", "rights.txt:2: signals: filter, line 1, column 1: found"),
        ("[others]\nsignals = ALLOW True\n", "expected WHERE"),
        (
            "[subscriber a]\ncertificate = AB\n",
            "rights.txt:2: certificate is \"AB\"; give SHA-256 fingerprints",
        ),
    ] {
        let found = error(text);
        assert!(found.contains(told), "{text:?} is told as {found:?}, not {told:?}");
    }
}

#[test]
fn files_are_read_within_bounds() {
    let folder = std::env::temp_dir().join(format!("sttp-rights-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("rights.txt");
    let told = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        Rights::load(&file).unwrap_err().to_string()
    };
    let name = file.display().to_string();
    assert!(told(b"[others]\nsignals =\n\xFF").starts_with(&format!("{name}:3: this is no UTF-8")));
    assert!(told(b"").contains(":1: there is no section"));
    assert!(told(&vec![b'\n'; 33 << 20]).contains("more than 32 MiB"));
    std::fs::write(&file, b"\xEF\xBB\xBF[others]\r\nsignals = ALLOW WHERE True\r\n").unwrap();
    assert!(name_of(&Rights::load(&file).unwrap(), "::1").is_ok());
    std::fs::remove_dir_all(&folder).unwrap();
    let gone = Rights::load(&file).unwrap_err().to_string();
    assert!(gone.starts_with(&format!("{name}: the rights cannot be read:")), "{gone}");
}

#[test]
fn an_audit_is_one_line() {
    let audit = Audit {
        time: Ticks(0),
        accepted: false,
        subject: AuditSubject::Subscription,
        peer: peer("192.0.2.1"),
        connection: Some(7),
        name: "north".into(),
        identity: "evil\n\x1b[2J".into(),
        reason: "because\n".into(),
        left_out: 3,
    };
    let line = audit.to_string();
    let wanted =
        "refused subscription of 192.0.2.1:7000, without TLS, connection 7, rights \"north\", identity ";
    assert!(line.contains(wanted), "{line}");
    assert!(line.ends_with(": because\\n (3 others before it were left out)"), "{line}");
    assert!(!line.contains(char::is_control));
}

#[test]
fn the_example_of_the_document_is_read() {
    let document = include_str!("../../docs/security.md");
    let examples: Vec<&str> =
        document.split("```ini\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!examples.is_empty());
    for example in examples {
        rights(example);
    }
    let known: Arc<Rights> = Arc::default();
    assert!(known.grants().next().is_none());
}
