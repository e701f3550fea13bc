//! Whose certificate is accepted.

use std::time::SystemTime;

use sttp::tls::{MinimumVersion, ReloadableTls, Source, TlsContext, TlsSettings, Tolerance};

use crate::certificates::{Authority, DAY, Folder, Kind, Made, memory};
use crate::pair::Pair;

fn two() -> (Made, Made) {
    (Kind { name: "Subscriber", ..Kind::default() }.self_signed(), Kind::default().self_signed())
}

/// Settings of a side that trusts whom an authority stands behind.
fn by_authority(own: &Made, authority: &Authority) -> TlsSettings {
    TlsSettings { authorities: vec![memory(&authority.certificate)], ..own.trusting(&[]) }
}

#[test]
fn pinned_certificates_are_accepted_whatever_their_name() {
    let (subscriber, publisher) = two();
    let pair = Pair::connected(&subscriber.trusting(&[&publisher]), &publisher.trusting(&[&subscriber]));
    let peer = pair.server.session.peer().unwrap();
    assert_eq!((peer.certificate.subject(), peer.is_pinned), ("CN=Subscriber", true));
    assert_eq!(peer.tolerated, [""; 0]);
    assert_eq!(pair.client.session.peer().unwrap().certificate.subject(), "CN=Gateway");
    assert!(pair.client.session.details().unwrap().to_string().starts_with("TLS 1.3, "));
}

#[test]
fn rsa_as_gsf_uses_it_is_accepted() {
    let publisher = Kind { rsa_bits: Some(4096), ..Kind::default() }.self_signed();
    let subscriber = Kind { name: "Subscriber", rsa_bits: Some(2048), ..Kind::default() }.self_signed();
    Pair::connected(&subscriber.trusting(&[&publisher]), &publisher.trusting(&[&subscriber]));
}

#[test]
fn another_certificate_is_refused_by_either_side() {
    let (subscriber, publisher) = two();
    let stranger = Kind { name: "Stranger", ..Kind::default() }.self_signed();
    let (client, server) =
        Pair::new(&stranger.trusting(&[&publisher]), &publisher.trusting(&[&subscriber])).refused();
    assert!(server.contains("is none of the 1 certificates trusted here (CN=Stranger"), "{server}");
    assert!(client.contains("does not accept our certificate (CN=Stranger"), "{client}");
    assert!(client.contains("unknown_ca"), "{client}");

    let (client, server) =
        Pair::new(&subscriber.trusting(&[&subscriber]), &publisher.trusting(&[&subscriber])).refused();
    assert!(client.contains("is none of the 1 certificates trusted here (CN=Gateway"), "{client}");
    assert!(server.contains("does not accept our certificate (CN=Gateway"), "{server}");
}

/// A certificate is public: whoever shows another's cannot prove that it is his.
#[test]
fn a_stolen_certificate_is_of_no_use() {
    let (subscriber, publisher) = two();
    let thief = Kind { name: "Subscriber", ..Kind::default() }.self_signed();
    let mut settings = thief.trusting(&[&publisher]);
    settings.identity = Some(sttp::tls::IdentitySource {
        certificates: memory(&subscriber.certificate),
        private_key: Some(memory(&thief.key)),
    });
    let error = TlsContext::load(&settings).unwrap_err().to_string();
    assert!(error.contains("it is not the key of the certificate"), "{error}");
}

#[test]
fn a_client_without_certificate_is_let_in_only_where_that_is_tolerated() {
    let (subscriber, publisher) = two();
    let nobody = TlsSettings { identity: None, ..subscriber.trusting(&[&publisher]) };
    let strict = publisher.trusting(&[&subscriber]);
    let (client, server) = Pair::new(&nobody, &strict).refused();
    assert!(server.contains("the peer has sent no certificate"), "{server}");
    assert!(client.contains("the peer wants a certificate of us"), "{client}");
    for lax in [
        TlsSettings { tolerated: Tolerance::NO_CERTIFICATE, ..strict.clone() },
        TlsSettings { peer_certificate_required: false, ..strict.clone() },
    ] {
        assert!(Pair::connected(&nobody, &lax).server.session.peer().is_none());
    }
    // Even then, another certificate is none.
    let lax = TlsSettings { tolerated: Tolerance::NO_CERTIFICATE, ..strict };
    let stranger = Kind::default().self_signed();
    Pair::new(&stranger.trusting(&[&publisher]), &lax).refused();
}

#[test]
fn expired_certificates_are_refused_or_tolerated_and_told() {
    let (subscriber, _) = two();
    for (valid, text) in [((-30, -1), "it has expired"), ((1, 30), "it is valid from")] {
        let publisher = Kind { valid, ..Kind::default() }.self_signed();
        let strict = subscriber.trusting(&[&publisher]);
        let server_settings = publisher.trusting(&[&subscriber]);
        let (client, _) = Pair::new(&strict, &server_settings).refused();
        assert!(client.contains(text), "{client}");
        let lax = TlsSettings { tolerated: Tolerance::OUTSIDE_VALIDITY, ..strict };
        let pair = Pair::connected(&lax, &server_settings);
        let told = &pair.client.session.peer().unwrap().tolerated;
        assert!(told[0].contains(text) && told.len() == 1, "{told:?}");
    }
}

#[test]
fn authorities_vouch_for_host_and_time() {
    let authority = Authority::new();
    let subscriber = Kind { name: "Subscriber", ..Kind::default() }.issued_by(&authority);
    let publisher =
        Kind { hosts: &["gateway.example", "127.0.0.1"], ..Kind::default() }.issued_by(&authority);
    let (client, server) = (by_authority(&subscriber, &authority), by_authority(&publisher, &authority));
    let pair = Pair::connected(&client, &server);
    assert!(!pair.client.session.peer().unwrap().is_pinned);
    for host in ["127.0.0.1", "GATEWAY.example"] {
        let mut pair = Pair::to(host, &client, &server);
        pair.exchange(usize::MAX);
        assert_eq!(pair.client.end, None);
    }

    let mut pair = Pair::to("other.example", &client, &server);
    pair.exchange(usize::MAX);
    let text = pair.client.failure();
    assert!(text.contains("127.0.0.1") && text.contains("not for 'other.example'"), "{text}");
    let lax = TlsSettings { tolerated: Tolerance::OTHER_NAME, ..client.clone() };
    let mut pair = Pair::to("other.example", &lax, &server);
    pair.exchange(usize::MAX);
    let told = &pair.client.session.peer().unwrap().tolerated;
    assert!(told.len() == 1 && told[0].contains("not for 'other.example'"), "{told:?}");

    let expired =
        Kind { valid: (-9, -1), hosts: &["gateway.example"], ..Kind::default() }.issued_by(&authority);
    let server = by_authority(&expired, &authority);
    assert!(Pair::new(&client, &server).refused().0.contains("it has expired"));
    let lax = TlsSettings { tolerated: Tolerance::OUTSIDE_VALIDITY, ..client };
    let pair = Pair::connected(&lax, &server);
    assert!(pair.client.session.peer().unwrap().tolerated[0].contains("it has expired"));
}

#[test]
fn another_authority_is_refused_unless_everybody_is_let_in() {
    let (authority, other) = (Authority::new(), Authority::new());
    let subscriber = Kind { name: "Subscriber", ..Kind::default() }.issued_by(&authority);
    let publisher = Kind { hosts: &["gateway.example"], ..Kind::default() }.issued_by(&other);
    let client = by_authority(&subscriber, &authority);
    let server = TlsSettings { authorities: vec![memory(&authority.certificate)], ..publisher.trusting(&[]) };
    let (text, _) = Pair::new(&client, &server).refused();
    assert!(text.contains("no trusted authority stands behind it (CN=Gateway"), "{text}");

    let lax = TlsSettings { tolerated: Tolerance::UNTRUSTED_ROOT, ..client };
    let pair = Pair::connected(&lax, &server);
    assert_eq!(pair.client.session.peer().unwrap().tolerated, ["no trusted authority stands behind it"]);
    let anybody = TlsSettings { authorities: Vec::new(), ..lax };
    Pair::connected(&anybody, &server);
    let notices = TlsContext::load(&anybody).unwrap().notices(SystemTime::now());
    assert!(notices.iter().any(|notice| notice.contains("lets anybody in")), "{notices:?}");
}

/// GSF's settings tolerate untrusted roots where certificates are pinned: that opens no door.
#[test]
fn with_pinned_certificates_an_untrusted_root_lets_nobody_else_in() {
    let (subscriber, publisher) = two();
    let stranger = Kind { name: "Stranger", ..Kind::default() }.self_signed();
    let server = TlsSettings {
        tolerated: Tolerance::all() - Tolerance::NO_CERTIFICATE,
        ..publisher.trusting(&[&subscriber])
    };
    Pair::connected(&subscriber.trusting(&[&publisher]), &server);
    let (_, text) = Pair::new(&stranger.trusting(&[&publisher]), &server).refused();
    assert!(text.contains("is none of the 1 certificates trusted here"), "{text}");
}

#[test]
fn revoked_certificates_are_refused() {
    let authority = Authority::new();
    let subscriber = Kind { name: "Subscriber", serial: 4711, ..Kind::default() }.issued_by(&authority);
    let publisher = Kind { hosts: &["gateway.example"], ..Kind::default() }.issued_by(&authority);
    let client = by_authority(&subscriber, &authority);
    let with = |list: String| TlsSettings {
        revocations: vec![memory(&list)],
        ..by_authority(&publisher, &authority)
    };
    Pair::connected(&client, &with(authority.revoke(1, 30)));
    let (text, server) = Pair::new(&client, &with(authority.revoke(4711, 30))).refused();
    assert!(server.contains("it was revoked by its issuer (CN=Subscriber"), "{server}");
    assert!(text.contains("certificate_revoked"), "{text}");
    // A pinned one is asked for too.
    let pinning = TlsSettings {
        authorities: Vec::new(),
        pinned: vec![memory(&subscriber.certificate)],
        ..with(authority.revoke(4711, 30))
    };
    assert!(Pair::new(&client, &pinning).refused().1.contains("it was revoked"));
}

#[test]
fn revocation_lists_must_be_there_and_current() {
    let (authority, other) = (Authority::new(), Authority::new());
    let subscriber = Kind { name: "Subscriber", ..Kind::default() }.issued_by(&authority);
    let publisher = Kind { hosts: &["gateway.example"], ..Kind::default() }.issued_by(&authority);
    let client = by_authority(&subscriber, &authority);
    let forged = Authority::new();
    for (list, text) in [
        (authority.revoke(1, -1), "is out of date"),
        (forged.revoke(1, 30), "does not hold"),
        (other.revoke(1, 30), "does not hold"),
    ] {
        let strict = TlsSettings { revocations: vec![memory(&list)], ..by_authority(&publisher, &authority) };
        let (_, server) = Pair::new(&client, &strict).refused();
        assert!(server.contains(text), "{server}");
    }
    let list = authority.revoke(1, -1);
    let lax = TlsSettings {
        revocations: vec![memory(&list)],
        tolerated: Tolerance::UNKNOWN_REVOCATION,
        ..by_authority(&publisher, &authority)
    };
    let pair = Pair::connected(&client, &lax);
    assert!(pair.server.session.peer().unwrap().tolerated[0].contains("is out of date"));
    // An old list still tells of the revoked.
    let lax = TlsSettings { revocations: vec![memory(&authority.revoke(77, -1))], ..lax };
    assert!(Pair::new(&client, &lax).refused().1.contains("it was revoked"));
}

#[test]
fn the_minimum_version_is_kept() {
    let (subscriber, publisher) = two();
    let only_13 = |settings: TlsSettings| TlsSettings { minimum_version: MinimumVersion::Tls13, ..settings };
    let (client, server) = (subscriber.trusting(&[&publisher]), publisher.trusting(&[&subscriber]));
    for (client, server) in
        [(only_13(client.clone()), server.clone()), (client.clone(), only_13(server.clone()))]
    {
        let pair = Pair::connected(&client, &server);
        assert!(pair.server.session.details().unwrap().to_string().starts_with("TLS 1.3, "));
    }
}

#[test]
fn a_reload_changes_who_is_let_in_and_spares_who_is_there() {
    let folder = Folder::new();
    let (old, new) = (
        Kind { name: "Old", ..Kind::default() }.self_signed(),
        Kind { name: "New", ..Kind::default() }.self_signed(),
    );
    let publisher = Kind::default().self_signed();
    let trusted = folder.write("old.cer", &old.der);
    let settings = TlsSettings { pinned: vec![Source::file(folder.path())], ..publisher.trusting(&[]) };
    let tls = ReloadableTls::load(settings).unwrap();
    let connect = |who: &Made| {
        let client = TlsContext::load(&who.trusting(&[&publisher])).unwrap().connect("gateway").unwrap();
        let server = tls.current().accept().unwrap();
        Pair { client: crate::pair::End::new(client), server: crate::pair::End::new(server) }
    };
    let mut standing = connect(&old);
    standing.exchange(usize::MAX);
    assert!(!tls.reload_if_changed().unwrap());

    folder.write("new.pem", &new.certificate);
    std::fs::remove_file(trusted).unwrap();
    assert!(tls.reload_if_changed().unwrap());
    let mut pair = connect(&new);
    pair.exchange(usize::MAX);
    assert_eq!(pair.server.end, None);
    assert!(connect(&old).refused().1.contains("is none of the 1 certificates"));
    standing.client.session.write_vectored(&[std::io::IoSlice::new(b"still here")]).unwrap();
    standing.exchange(usize::MAX);
    assert_eq!(standing.server.received, b"still here");

    // What cannot be used changes nothing, and is told once.
    folder.write("new.pem", "no certificate");
    assert!(tls.reload_if_changed().unwrap_err().to_string().contains("new.pem"));
    assert!(!tls.reload_if_changed().unwrap());
    let mut pair = connect(&new);
    pair.exchange(usize::MAX);
    assert_eq!(pair.server.end, None);
}

#[test]
fn certificates_about_to_expire_are_told() {
    let folder = Folder::new();
    let own = Kind { valid: (-1, 10), ..Kind::default() }.self_signed();
    let peer = Kind { name: "Peer", valid: (-9, -1), ..Kind::default() }.self_signed();
    let fine = Kind::default().self_signed();
    let settings = TlsSettings {
        pinned: vec![Source::file(folder.write("peer.cer", &peer.der)), memory(&fine.certificate)],
        ..own.trusting(&[])
    };
    let notices = TlsContext::load(&settings).unwrap().notices(SystemTime::now());
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert!(
        notices[0].starts_with("our certificate in ") && notices[0].contains("expires in 9 days"),
        "{notices:?}"
    );
    assert!(notices[1].contains("peer.cer has expired"), "{notices:?}");
    let settings = TlsSettings { expiry_warning: DAY, ..settings };
    assert_eq!(TlsContext::load(&settings).unwrap().notices(SystemTime::now()).len(), 1);
}
