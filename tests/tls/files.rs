//! Which files can be used, and what is said of those that cannot.

use std::time::{Duration, SystemTime};

use sttp::tls::{IdentitySource, PublicKey, SelfSigned, SelfSignedOptions, Source, TlsContext, TlsSettings};

use crate::certificates::{Authority, DAY, Folder, Kind, memory, openssl, openssl_bytes};
use crate::pair::Pair;

fn load(
    certificates: Source,
    private_key: Option<Source>,
    pinned: Vec<Source>,
) -> Result<TlsContext, String> {
    let identity = Some(IdentitySource { certificates, private_key });
    TlsContext::load(&TlsSettings { identity, pinned, ..TlsSettings::default() })
        .map_err(|error| error.to_string())
}

#[test]
fn every_form_of_certificates_and_keys_is_read() {
    for rsa_bits in [None, Some(2048)] {
        let made = Kind { rsa_bits, ..Kind::default() }.self_signed();
        let trusted = || vec![memory(&made.certificate)];
        let der_key = openssl_bytes(&["pkey", "-outform", "DER"], &made.key);
        let traditional = openssl(&["pkey", "-traditional"], &made.key);
        assert!(
            traditional.contains("BEGIN RSA PRIVATE KEY") || traditional.contains("BEGIN EC PRIVATE KEY")
        );
        let both = format!("{}{}", made.key, made.certificate);
        for (certificate, key) in [
            (memory(&made.certificate), Some(memory(&made.key))),
            (Source::memory(made.der.clone()), Some(Source::memory(der_key))),
            (memory(&made.certificate), Some(memory(&traditional))),
            (memory(&both), None),
            (memory(&format!("{both}\n").replace('\n', "\r\n")), None),
        ] {
            let context = load(certificate, key, trusted()).unwrap();
            assert_eq!(context.own_certificate().unwrap().subject(), "CN=Gateway");
        }
    }
}

#[test]
fn what_cannot_be_used_is_told_with_file_and_remedy() {
    let folder = Folder::new();
    let made = Kind::default().self_signed();
    let (certificate, key) = made.files(&folder);
    let key_text = key.to_str().unwrap();
    let encrypted = openssl(&["pkcs8", "-topk8", "-passout", "pass:x"], &made.key);
    let encrypted_der =
        openssl_bytes(&["pkcs8", "-topk8", "-passout", "pass:x", "-outform", "DER"], &made.key);
    let both = format!("{}{}", made.key, made.certificate);
    let pkcs12 = openssl_bytes(&["pkcs12", "-export", "-passout", "pass:x"], &both);
    let pkcs7 = openssl_bytes(
        &["crl2pkcs7", "-nocrl", "-certfile", certificate.to_str().unwrap(), "-outform", "DER"],
        "",
    );
    let request = openssl(&["req", "-new", "-key", key_text, "-subj", "/CN=old"], "");
    let version1 = openssl(&["x509", "-req", "-signkey", key_text], &request);
    let short_key = openssl(&["genrsa", "1024"], "");
    let short_file = folder.write("short.key", &short_key);
    let short = openssl(&["req", "-x509", "-key", short_file.to_str().unwrap(), "-subj", "/CN=short"], "");
    let p521 = openssl(&["ecparam", "-name", "secp521r1", "-genkey", "-noout"], "");
    let p521_file = folder.write("p521.key", &p521);
    let p521 = openssl(&["req", "-x509", "-key", p521_file.to_str().unwrap(), "-subj", "/CN=p521"], "");

    let own = |name: &str, bytes: &[u8]| Source::file(folder.write(name, bytes));
    let good = || Source::file(&certificate);
    let good_key = || Some(Source::file(&key));
    let missing = || Source::file(folder.path().join("missing.pem"));
    for (certificates, private_key, parts) in [
        (missing(), good_key(), ["missing.pem", "No such file"]),
        (good(), Some(missing()), ["missing.pem", "private key"]),
        (good(), None, ["private key", "no section '-----BEGIN PRIVATE KEY-----'"]),
        (own("a.pem", b"-----BEGIN NOTHING-----\n"), good_key(), ["a.pem", "cannot be read"]),
        (own("b.pem", made.key.as_bytes()), good_key(), ["b.pem", "-----BEGIN CERTIFICATE-----"]),
        (own("c.cer", b"junk"), good_key(), ["c.cer", "no X.509 certificate"]),
        (own("d.cer", &made.der[..200]), good_key(), ["d.cer", "no X.509 certificate"]),
        (own("e.pfx", &pkcs12), good_key(), ["e.pfx", "openssl pkcs12 -nodes"]),
        (own("f.p7b", &pkcs7), good_key(), ["f.p7b", "openssl pkcs7"]),
        (good(), Some(own("g.key", encrypted.as_bytes())), ["g.key", "openssl pkcs8 -topk8 -nocrypt"]),
        (good(), Some(own("h.key", &encrypted_der)), ["h.key", "openssl pkcs8 -topk8 -nocrypt"]),
        (good(), Some(own("i.key", b"junk")), ["i.key", "no private key in PKCS#8"]),
        (own("j.pem", version1.as_bytes()), good_key(), ["j.pem", "of version 1"]),
        (own("k.pem", short.as_bytes()), Some(memory(&short_key)), ["k.pem", "RSA of 1024 bits"]),
        (own("l.pem", p521.as_bytes()), Some(Source::file(&p521_file)), ["l.pem", "ECDSA on P-521"]),
    ] {
        let text = load(certificates, private_key, vec![good()]).unwrap_err();
        assert!(parts.iter().all(|part| text.contains(part)), "{parts:?} should be in: {text}");
    }
    // The same of a peer's certificate.
    let text = load(good(), good_key(), vec![own("m.pem", version1.as_bytes())]).unwrap_err();
    assert!(text.contains("the peer's certificate in") && text.contains("of version 1"), "{text}");
    let empty = Folder::new();
    let text = load(good(), good_key(), vec![Source::file(empty.path())]).unwrap_err();
    assert!(text.contains("holds no file whose name ends in .cer"), "{text}");
    let text = load(good(), good_key(), Vec::new()).unwrap_err();
    assert!(text.contains("remoteCertificate"), "{text}");
}

#[test]
fn an_authority_may_be_of_a_file_with_many() {
    let (one, two) = (Authority::new(), Authority::new());
    let made = Kind { hosts: &["gateway.example"], ..Kind::default() }.issued_by(&two);
    let bundle = format!("# comment\n{}\n{}", one.certificate, two.certificate);
    let settings = TlsSettings { authorities: vec![memory(&bundle)], ..made.trusting(&[]) };
    Pair::connected(&settings, &settings);
    let broken = TlsSettings {
        authorities: vec![memory(&format!(
            "{}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            one.certificate
        ))],
        ..settings
    };
    let text = TlsContext::load(&broken).unwrap_err().to_string();
    assert!(text.contains("of the 2 certificates, number 2"), "{text}");
}

#[test]
fn a_pair_for_a_first_try_is_made_and_works() {
    let folder = Folder::new();
    let options = SelfSignedOptions {
        name: "Gateway of the north".to_owned(),
        hosts: vec!["gateway.example".to_owned(), "192.0.2.7".to_owned()],
        validity: DAY * 100,
    };
    let made = SelfSigned::make(&options, SystemTime::now()).unwrap();
    assert_eq!(made.details.subject(), "CN=Gateway of the north");
    assert_eq!(made.details.key(), &PublicKey::Ecdsa(256));
    let (certificate, key) = (folder.path().join("own.cer"), folder.path().join("own.key"));
    made.write(&certificate, &key).unwrap();
    let text = made.write(&certificate, &key).unwrap_err().to_string();
    assert!(text.contains("own.key: it exists"), "{text}");
    let settings = TlsSettings {
        identity: Some(IdentitySource {
            certificates: Source::file(&certificate),
            private_key: Some(Source::file(&key)),
        }),
        pinned: vec![Source::file(&certificate)],
        ..TlsSettings::default()
    };
    Pair::connected(&settings, &settings);
    assert_eq!(TlsContext::load(&settings).unwrap().notices(SystemTime::now()), [""; 0]);
    let shown =
        openssl(&["x509", "-noout", "-fingerprint", "-sha256", "-in", certificate.to_str().unwrap()], "");
    assert!(shown.contains(&made.details.fingerprint().to_string()), "{shown}");
    let far = SelfSignedOptions { validity: Duration::MAX, ..options.clone() };
    SelfSigned::make(&far, SystemTime::now()).unwrap();
    let text =
        SelfSigned::make(&SelfSignedOptions { hosts: vec!["ö".to_owned()], ..options }, SystemTime::now());
    assert!(text.is_err());
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let made = Kind::default().self_signed();
    let (certificate, key) = made.files(&folder);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let context =
        load(Source::file(&certificate), Some(Source::file(&key)), vec![Source::file(&certificate)]).unwrap();
    let notices = context.notices(SystemTime::now());
    assert!(notices.len() == 1 && notices[0].contains("chmod 600"), "{notices:?}");
}

#[test]
fn names_in_certificates_are_shown_without_harm() {
    let made = Kind { name: "evil\n\u{1b}[31m\u{202e}name", ..Kind::default() }.self_signed();
    let context =
        load(memory(&made.certificate), Some(memory(&made.key)), vec![memory(&made.certificate)]).unwrap();
    let shown = context.own_certificate().unwrap().to_string();
    assert!(!shown.chars().any(|c| c.is_control() || c == '\u{202e}'), "{shown:?}");
}
