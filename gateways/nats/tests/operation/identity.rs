//! Who the program is to NATS, and to its peers of STTP.

use std::sync::Arc;
use std::time::Duration;

use nkeys::KeyPair;
use serde_json::{Value as Json, json};
use sttp::Ticks;
use sttp::engine::Engine;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::account::{Client, check, settle};
use crate::support::nats::{self, Server};
use crate::support::program::Program;
use crate::support::source::Source;
use crate::support::{Folder, free_port, wait_until};
use crate::{run, write};

/// A server of this configuration, and an ingest with that of its own, get along.
fn get_along(folder: &Folder, engine: &Engine, name: &str, server: &str, own: &str) {
    let of_server = write(&folder.0, &format!("{name}.conf"), server);
    let server = Server::with(&folder.0.join(format!("{name}-nats")), &["-c".into(), of_server]);
    let source = Source::new(engine, 1, 1);
    let own = format!("[nats]\nservers = ['{}']\n{own}", server.url());
    let config = write(&folder.0, &format!("{name}.toml"), &own);
    let sources = [("east", source.connection())];
    let program = Program::ingest(&folder.0, name, &[], &sources, &["--config", &config]);
    program.wait_until_well();
    wait_until("a measurement on the bus", || {
        source.publish(&source.frame(1, Ticks::now()));
        program.metric("sttp_nats_published_measurements_total") > 0.0
    });
}

#[test]
fn nats_knows_the_program_by_user_token_nkey_and_certificate() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("known");
    let engine = Engine::new().unwrap();
    let secret = |name: &str, text: &str| write(&folder.0, name, text);
    let password = secret("password", "secret\n");
    let server = "authorization { user: east, password: secret }";
    get_along(&folder, &engine, "user", server, &format!("user = 'east'\npassword-file = '{password}'\n"));
    let token = secret("token", "a-token\n");
    get_along(
        &folder,
        &engine,
        "token",
        "authorization { token: a-token }",
        &format!("token-file = '{token}'\n"),
    );
    // A key pair that was made for this test.
    let pair = KeyPair::new_user();
    let seed = secret("seed", &pair.seed().unwrap());
    let server = format!("authorization {{ users: [ {{ nkey: {} }} ] }}", pair.public_key());
    get_along(&folder, &engine, "nkey", &server, &format!("nkey-file = '{seed}'\n"));
    run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout ca.key -out ca.pem \
         -subj /CN=ca 2>/dev/null
         for who in server client; do
           openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $who.key -out $who.csr -subj /CN=$who 2>/dev/null
           printf 'subjectAltName=IP:127.0.0.1' >san
           openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out $who.pem 2>/dev/null
         done",
        &folder.0,
    );
    let path = |name: &str| folder.0.join(name).to_string_lossy().into_owned();
    let server = format!(
        "tls {{ cert_file: '{}', key_file: '{}', ca_file: '{}', verify: true }}",
        path("server.pem"),
        path("server.key"),
        path("ca.pem")
    );
    let own = format!(
        "[nats.tls]\nca = '{}'\ncert = '{}'\nkey = '{}'\n",
        path("ca.pem"),
        path("client.pem"),
        path("client.key")
    );
    get_along(&folder, &engine, "tls", &server, &own);

    // A server without TLS is none for who requires it.
    let server = Server::start(&folder.0.join("plain"));
    let own = format!("[nats]\nservers = ['{}']\n[nats.tls]\nrequired = true\n", server.url());
    let config = write(&folder.0, "required.toml", &own);
    let sources = [("east", "server=127.0.0.1:1".to_owned())];
    let program =
        Program::ingest(&folder.0, "required", &[], &sources, &["--config", &config, "--log-level", "debug"]);
    program.says("NATS: ");
    assert!(program.get("/health").unwrap().contains("nats: not connected yet"));
    // Many who connect and ask nothing hold up nobody.
    let silent: Vec<_> = (0..120).map(|_| program.connect().unwrap()).collect();
    assert!(program.get("/health").unwrap().contains("nats: not connected yet"));
    drop(silent);
    // One that waits for a handshake before it says anything, as newer servers than Debian's may.
    let first = TlsFirst::before(&server, &folder, "server");
    let own = format!(
        "[nats]\nservers = ['nats://127.0.0.1:{}']\n[nats.tls]\nfirst = true\nca = '{}'\n",
        first.port,
        path("ca.pem")
    );
    let config = write(&folder.0, "first.toml", &own);
    let program = Program::ingest(&folder.0, "first", &[], &sources, &["--config", &config]);
    program.says("connected to NATS");
}

/// TLS in front of a server that has none.
struct TlsFirst {
    port: u16,
    _runtime: Runtime,
}

impl TlsFirst {
    fn before(server: &Server, folder: &Folder, certificate: &str) -> TlsFirst {
        let file = |end: &str| folder.0.join(format!("{certificate}.{end}"));
        let chain = CertificateDer::pem_file_iter(file("pem")).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(file("key")).unwrap();
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let (port, target) = (listener.local_addr().unwrap().port(), server.port);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut secured) = acceptor.accept(stream).await else { continue };
                let mut plain = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
                // Until one of both hangs up.
                tokio::spawn(async move {
                    let _ = tokio::io::copy_bidirectional(&mut secured, &mut plain).await;
                });
            }
        });
        TlsFirst { port, _runtime: runtime }
    }
}

/// Without padding, and with the characters that names of files may have.
fn base64(bytes: &[u8]) -> String {
    const CHARACTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let group = |three: &[u8]| -> String {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | usize::from(three.get(at).copied().unwrap_or(0)));
        (0..=three.len()).map(|at| char::from(CHARACTERS[bits >> (18 - 6 * at) & 63])).collect()
    };
    bytes.chunks(3).map(group).collect()
}

/// What a key pair says of another one, or of itself, as NATS reads it.
fn token(issuer: &KeyPair, subject: &KeyPair, name: &str, what: Json) -> String {
    let head = base64(br#"{"typ":"JWT","alg":"ed25519-nkey"}"#);
    let claims = json!({
        "jti": name, "iat": 1_700_000_000, "iss": issuer.public_key(), "sub": subject.public_key(),
        "name": name, "nats": what,
    });
    let said = format!("{head}.{}", base64(claims.to_string().as_bytes()));
    format!("{said}.{}", base64(&issuer.sign(said.as_bytes()).unwrap()))
}

#[test]
fn nats_knows_the_program_by_credentials() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("creds");
    let engine = Engine::new().unwrap();
    let (operator, system) = (KeyPair::new_operator(), KeyPair::new_account());
    let (account, user) = (KeyPair::new_account(), KeyPair::new_user());
    let limits = |storage: i64| {
        json!({
            "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1,
            "leaf": -1, "mem_storage": storage, "disk_storage": storage, "streams": storage, "consumer": storage,
        })
    };
    let account_of = |pair: &KeyPair, name: &str, storage: i64| {
        let what = json!({ "type": "account", "version": 2, "limits": limits(storage) });
        token(&operator, pair, name, what)
    };
    let server = format!(
        "operator: {}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload: {{ {}: {}, {}: {} }}\n",
        token(&operator, &operator, "operator", json!({ "type": "operator", "version": 2 })),
        system.public_key(),
        system.public_key(),
        account_of(&system, "system", 0),
        account.public_key(),
        account_of(&account, "account", -1),
    );
    let what = json!({ "type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1 });
    let of_user = token(&account, &user, "user", what);
    let creds = format!(
        "-----BEGIN NATS USER JWT-----\n{of_user}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        user.seed().unwrap()
    );
    let creds = write(&folder.0, "user.creds", &creds);
    get_along(&folder, &engine, "creds", &server, &format!("creds-file = '{creds}'\n"));
}

#[test]
fn sources_connect_or_are_waited_for_and_tls_is_on_both_sides() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("tls");
    let engine = Engine::new().unwrap();
    run(
        "for who in publisher program subscriber; do
           openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout $who.key -out $who.pem \
             -subj /CN=$who 2>/dev/null
         done",
        &folder.0,
    );
    let tls = |own: &str, other: &str| {
        let path = |name: &str| folder.0.join(name).to_string_lossy().into_owned();
        format!(
            "securityMode=TLS; localCertificate={}; localPrivateKey={}; remoteCertificate={}; \
             validPolicyErrors=RemoteCertificateNameMismatch, RemoteCertificateChainErrors; \
             validChainFlags=UntrustedRoot",
            path(&format!("{own}.pem")),
            path(&format!("{own}.key")),
            path(&format!("{other}.pem")),
        )
    };
    let server = Server::start(&folder.0.join("nats"));
    let urls = [server.url()];
    let of_publisher = tls("publisher", "program");
    let of_program = tls("program", "publisher");
    let east = Source::by(&engine, 1, 1, &format!("port=0; interface=127.0.0.1; {of_publisher}"));
    let port = free_port();
    let sources = [
        ("east", format!("{}; {of_program}", east.connection())),
        ("west", format!("port={port}; interface=127.0.0.1; {of_program}")),
    ];
    let ingest = Program::ingest(&folder.0, "ingest", &urls, &sources, &[]);
    ingest.says("source west: waiting for the publisher at ");
    let west = Source::by(&engine, 1_001, 1, &format!("server=127.0.0.1:{port}; {of_publisher}"));
    ingest.wait_until_well();
    let port = free_port();
    let sttp = format!("port={port}; interface=127.0.0.1; {}", tls("program", "subscriber"));
    let serve = Program::start(&folder.0, "serve", &["serve", "--nats", &urls[0], "--sttp", &sttp]);
    serve.wait_until_well();
    let plain = Client::connect(&engine, port);
    let clients = [Client::secured(&engine, port, &tls("subscriber", "program"))];
    clients[0].subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    for number in 0..10 {
        [&east, &west].iter().for_each(|source| source.publish(&source.frame(number, Ticks::now())));
    }
    let mut published = east.published();
    published.extend(west.published());
    assert_eq!(published.len(), 200);
    settle(&published, &clients);
    check("one that has TLS", &published, &clients[0]);
    assert!(plain.all().is_empty(), "one that has not");
}
