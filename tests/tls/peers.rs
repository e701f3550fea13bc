//! openssl and Python's `ssl` as peers.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::thread;

use sttp::tls::{MinimumVersion, TlsContext, TlsSettings};

use crate::certificates::{Authority, Folder, Kind, Made, memory};
use crate::pair::End;
use crate::processes::{Link, Peer};

/// A certificate of ours, and one of a peer with its files.
pub(crate) struct Setting {
    pub(crate) folder: Folder,
    pub(crate) ours: Made,
    pub(crate) our_file: PathBuf,
    theirs: Made,
    their_files: (PathBuf, PathBuf),
}

impl Setting {
    pub(crate) fn new(ours: Kind, theirs: Kind) -> Setting {
        Setting::of(ours.self_signed(), theirs.self_signed())
    }

    pub(crate) fn of(ours: Made, theirs: Made) -> Setting {
        let folder = Folder::new();
        let (our_file, _) = ours.files(&folder);
        let their_files = theirs.files(&folder);
        Setting { folder, ours, our_file, theirs, their_files }
    }

    pub(crate) fn usual() -> Setting {
        Setting::new(Kind::default(), Kind { name: "Peer", ..Kind::default() })
    }

    /// The file of the peer's key.
    pub(crate) fn their_key(&self) -> &str {
        self.their_files.1.to_str().unwrap()
    }

    pub(crate) fn settings(&self) -> TlsSettings {
        self.ours.trusting(&[&self.theirs])
    }

    /// What the peer would say, were it of this library.
    pub(crate) fn their_settings(&self) -> TlsSettings {
        self.theirs.trusting(&[&self.ours])
    }

    /// Options of openssl for mutual TLS.
    pub(crate) fn openssl<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let path = |path: &'a PathBuf| path.to_str().unwrap();
        let (certificate, key) = &self.their_files;
        let mut options =
            vec!["-cert", path(certificate), "-key", path(key), "-CAfile", path(&self.our_file)];
        options.push("-verify_return_error");
        options.extend_from_slice(more);
        options
    }

    pub(crate) fn python<'a>(&'a self, version: &'a str, behaviour: &'a str) -> Vec<&'a str> {
        [&self.files()[..], &[version, behaviour]].concat()
    }

    /// The peer's certificate and key, and our certificate.
    pub(crate) fn files(&self) -> [&str; 3] {
        let (certificate, key) = &self.their_files;
        [certificate, key, &self.our_file].map(|path| path.to_str().unwrap())
    }

    fn connect_to_openssl(&self, more: &[&str]) -> (Peer, Result<Link, String>) {
        let options = self.openssl(&[&["-Verify", "1", "-naccept", "1"], more].concat());
        let (peer, port) = Peer::openssl_server(&options);
        (peer, Link::connect(port, &self.settings()))
    }

    fn accept_openssl(&self, settings: &TlsSettings, more: &[&str]) -> (Peer, Result<Link, String>) {
        Link::accept(settings, |port| Peer::openssl_client(port, &self.openssl(more)))
    }
}

/// Both versions, and the certificates that the field has: RSA of 4096 bits without names, and ECDSA.
fn combinations() -> Vec<(&'static str, Setting)> {
    let rsa = Kind { rsa_bits: Some(4096), ..Kind::default() };
    let mut all = Vec::new();
    for version in ["1.2", "1.3"] {
        all.push((version, Setting::usual()));
        all.push((version, Setting::new(rsa.clone(), Kind { name: "Peer", ..rsa.clone() })));
    }
    all
}

#[test]
fn openssl_as_server_and_as_client() {
    for (version, setting) in combinations() {
        let option = format!("-tls{}", version.replace('.', "_"));
        let (_peer, link) = setting.connect_to_openssl(&[&option, "-rev", "-quiet"][..2]);
        let mut link = link.unwrap();
        assert!(link.session.details().unwrap().to_string().contains(version));
        assert_eq!(link.session.peer().unwrap().certificate.subject(), "CN=Peer");
        link.write(b"synchrophasor\n");
        assert_eq!(link.read_exactly(14).unwrap(), b"rosahporhcnys\n");

        let (mut peer, link) = setting.accept_openssl(&setting.settings(), &[&option, "-quiet"]);
        let mut link = link.unwrap();
        assert!(link.session.details().unwrap().to_string().contains(version));
        peer.type_line("measurement");
        assert_eq!(link.read_exactly(12).unwrap(), b"measurement\n");
        link.write(b"phasor\n");
        peer.prints("phasor");
    }
}

#[test]
fn python_as_server_and_as_client_moves_megabytes() {
    for (version, setting) in combinations() {
        let version = format!("TLSv{}", version.replace('.', "_"));
        let (_peer, port) = Peer::python_server(&setting.python(&version, "echo"));
        exchange_megabytes(Link::connect(port, &setting.settings()).unwrap());
        let start = |port| Peer::python_client(port, &setting.python(&version, "echo"));
        let (_peer, link) = Link::accept(&setting.settings(), start);
        exchange_megabytes(link.unwrap());
    }
}

fn exchange_megabytes(mut link: Link) {
    let bulk: Vec<u8> = (0..=250).cycle().take(251 * 12_000).collect();
    for part in bulk.chunks(100_000) {
        link.write(part);
        assert!(link.read_exactly(part.len()).unwrap() == part);
    }
    link.close();
    assert_eq!(link.read().unwrap(), b"");
}

#[test]
fn who_ends_how_is_told() {
    let setting = Setting::usual();
    for version in ["TLSv1_2", "TLSv1_3"] {
        for (behaviour, wanted) in [("farewell", Ok(Vec::new())), ("cut", Err("without TLS's close_notify"))]
        {
            let (_peer, port) = Peer::python_server(&setting.python(version, behaviour));
            let mut link = Link::connect(port, &setting.settings()).unwrap();
            assert_eq!(link.read().unwrap(), b"data");
            match (link.read(), wanted) {
                (Err(text), Err(wanted)) => assert!(text.contains(wanted), "{text}"),
                (read, wanted) => assert_eq!(read, wanted.map_err(str::to_owned)),
            }
        }
        let (_peer, port) = Peer::python_server(&setting.python(version, "refuse"));
        let text = Link::connect(port, &setting.settings()).and_then(|mut link| link.read()).unwrap_err();
        assert!(text.contains("right after the handshake") && text.contains("CN=Gateway"), "{text}");

        let start = |port| Peer::python_client(port, &setting.python(version, "echo"));
        let (peer, link) = Link::accept(&setting.settings(), start);
        let mut link = link.unwrap();
        link.write(b"once");
        assert_eq!(link.read().unwrap(), b"once");
        link.close();
        assert_eq!(link.read().unwrap(), b"");
        assert_eq!(peer.ended(), "", "it has seen our farewell");
    }
}

#[test]
fn strangers_are_refused_and_told() {
    let setting = Setting::usual();
    for option in ["-tls1_2", "-tls1_3"] {
        // A client that nobody knows, and a server that nobody knows.
        let nobody_known = setting.ours.trusting(&[&setting.ours]);
        let (peer, link) = setting.accept_openssl(&nobody_known, &[option]);
        let text = link.err().unwrap();
        assert!(text.contains("is none of the 1 certificates trusted here (CN=Peer"), "{text}");
        let printed = peer.ended();
        assert!(printed.contains("alert unknown ca"), "{printed}");

        let options = setting.openssl(&["-Verify", "1", "-naccept", "1", option]);
        let (peer, port) = Peer::openssl_server(&options);
        let text = Link::connect(port, &nobody_known).err().unwrap();
        assert!(text.contains("is none of the 1 certificates trusted here (CN=Peer"), "{text}");
        let printed = peer.ended();
        assert!(printed.contains("alert unknown ca"), "{printed}");

        // A server that does not know us.
        let stranger = Setting::of(Kind::default().self_signed(), Kind::default().self_signed());
        let known = TlsSettings { pinned: vec![memory(&setting.theirs.certificate)], ..stranger.settings() };
        let (_peer, port) = Peer::openssl_server(&options);
        let text = Link::connect(port, &known).and_then(|mut link| link.read()).unwrap_err();
        assert!(text.contains("does not accept our certificate (CN=Gateway"), "{text}");

        // A client without a certificate.
        let (peer, link) = Link::accept(&setting.settings(), |port| {
            Peer::openssl_client(port, &["-CAfile", setting.our_file.to_str().unwrap(), option])
        });
        let text = link.err().unwrap();
        assert!(text.contains("the peer has sent no certificate"), "{text}");
        assert!(peer.ended().contains("alert"));
    }
}

#[test]
fn expired_and_revoked_certificates_are_refused() {
    let expired = Setting::new(Kind::default(), Kind { name: "Peer", valid: (-30, -1), ..Kind::default() });
    let (peer, link) = expired.accept_openssl(&expired.settings(), &[]);
    assert!(link.err().unwrap().contains("it has expired (CN=Peer"));
    assert!(peer.ended().contains("alert certificate expired"));

    let authority = Authority::new();
    let revoked = Kind { name: "Peer", serial: 4711, ..Kind::default() }.issued_by(&authority);
    let setting = Setting::of(Kind::default().self_signed(), revoked);
    let by_authority = |list: String| TlsSettings {
        authorities: vec![memory(&authority.certificate)],
        revocations: vec![memory(&list)],
        ..setting.ours.trusting(&[])
    };
    let (peer, link) = setting.accept_openssl(&by_authority(authority.revoke(4711, 30)), &[]);
    assert!(link.err().unwrap().contains("it was revoked by its issuer (CN=Peer"));
    assert!(peer.ended().contains("alert certificate revoked"));
    let (_peer, link) = setting.accept_openssl(&by_authority(authority.revoke(1, 30)), &[]);
    assert!(link.is_ok());
}

#[test]
fn old_versions_and_unsafe_suites_are_named() {
    let setting = Setting::usual();
    let strict = TlsSettings { minimum_version: MinimumVersion::Tls13, ..setting.settings() };
    let (_peer, link) = setting.accept_openssl(&strict, &["-tls1_2"]);
    let text = link.err().unwrap();
    assert!(text.contains("speaks TLS 1.2 or older, and 1.3 is the minimum"), "{text}");
    let options = setting.openssl(&["-Verify", "1", "-naccept", "1", "-tls1_2"]);
    let (_peer, port) = Peer::openssl_server(&options);
    let text = Link::connect(port, &strict).err().unwrap();
    assert!(text.contains("no version of TLS that is spoken here, which are 1.3 only"), "{text}");

    let old = ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"];
    let (_peer, link) = setting.accept_openssl(&setting.settings(), &old);
    let text = link.err().unwrap();
    assert!(text.contains("the peer speaks TLS 1.1 or older"), "{text}");
    let (_peer, link) = setting.connect_to_openssl(&old);
    let text = link.err().unwrap();
    assert!(text.contains("no version of TLS that is spoken here, which are 1.2 and 1.3"), "{text}");

    for (suite, name) in [
        ("AES256-SHA", "it offers TLS_RSA_WITH_AES_256_CBC_SHA"),
        ("ECDHE-ECDSA-AES256-SHA", "it offers TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
    ] {
        let (_peer, link) = setting.accept_openssl(&setting.settings(), &["-tls1_2", "-cipher", suite]);
        let text = link.err().unwrap();
        assert!(text.contains("offers no cipher suite that is spoken here") && text.contains(name), "{text}");
    }
}

#[test]
fn who_hides_from_the_server_that_both_speak_tls_1_3_is_noticed() {
    let setting = Setting::usual();
    let (_peer, port) = Peer::openssl_server(&setting.openssl(&["-Verify", "1", "-naccept", "1"]));
    let session = TlsContext::load(&setting.settings()).unwrap().connect("127.0.0.1").unwrap();
    let mut client = End::new(session);
    let mut hello = client.sent();
    // The extension that offers 1.3 and 1.2 becomes one that nobody knows.
    let offered = [0, 43, 0, 5, 4, 3, 4, 3, 3];
    let place = hello.windows(offered.len()).position(|bytes| bytes == offered).unwrap();
    hello[place..place + 2].fill(0xFA);
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.write_all(&hello).unwrap();
    let mut answer = [0; 4096];
    while client.end.is_none() {
        let length = stream.read(&mut answer).unwrap();
        assert_ne!(length, 0, "the server has ended first");
        client.incoming.extend_from_slice(&answer[..length]);
        client.read(usize::MAX);
    }
    let text = client.failure();
    assert!(text.contains("tampered with the handshake, so that it would use TLS 1.2"), "{text}");
}

#[test]
fn renegotiation_is_refused_and_new_keys_are_taken() {
    let setting = Setting::usual();
    // A server's wish is declined, after which openssl ends.
    let (mut peer, link) = setting.connect_to_openssl(&["-tls1_2"]);
    let mut link = link.unwrap();
    peer.type_line("r");
    let reader = thread::spawn(move || link.read());
    let text = reader.join().unwrap().unwrap_err();
    assert!(text.contains("insists on renegotiation"), "{text}");
    // A client's is declined too.
    let (mut peer, link) = setting.accept_openssl(&setting.settings(), &["-tls1_2"]);
    let mut link = link.unwrap();
    peer.type_line("R");
    let reader = thread::spawn(move || link.read());
    assert!(peer.ended().contains("no renegotiation"));
    drop(reader.join());

    let (mut peer, link) = setting.accept_openssl(&setting.settings(), &["-tls1_3"]);
    let mut link = link.unwrap();
    peer.type_line("before");
    assert_eq!(link.read_exactly(7).unwrap(), b"before\n");
    peer.type_line("K");
    peer.tells("KEYUPDATE");
    peer.type_line("after");
    assert_eq!(link.read_exactly(6).unwrap(), b"after\n");
    link.write(b"answer\n");
    peer.prints("answer");
}

#[test]
fn a_version_1_certificate_is_named() {
    let ours = Kind::default().self_signed();
    let setting = Setting::of(ours, Kind::default().self_signed());
    let key = setting.their_key();
    let request = crate::certificates::openssl(&["req", "-new", "-key", key, "-subj", "/CN=old"], "");
    let old = crate::certificates::openssl(&["x509", "-req", "-signkey", key], &request);
    let old_file = setting.folder.write("old.cer", &old);
    let (peer, link) = Link::accept(&setting.settings(), |port| {
        Peer::openssl_client(port, &["-cert", old_file.to_str().unwrap(), "-key", key])
    });
    let text = link.err().unwrap();
    assert!(text.contains("X.509 certificate of version 1 (CN=old"), "{text}");
    assert!(peer.ended().contains("alert"));
}
