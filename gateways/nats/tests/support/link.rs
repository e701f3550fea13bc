//! A link that can be led elsewhere, cut, held up and slowed down.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{sleep, spawn};
use std::time::Duration;

/// Passes on what comes to its port.
pub struct Link {
    pub port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    target: AtomicU16,
    /// Nothing passes.
    is_held: AtomicBool,
    /// Milliseconds that each piece takes.
    delay: AtomicU32,
    streams: Mutex<Vec<TcpStream>>,
}

impl Link {
    /// A link to a port.
    pub fn to(target: u16) -> Link {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        shared.target.store(target, Ordering::Relaxed);
        let of_listener = shared.clone();
        spawn(move || {
            for client in listener.incoming().flatten() {
                let target = of_listener.target.load(Ordering::Relaxed);
                // A target that is not there hangs up.
                let Ok(server) = TcpStream::connect(("127.0.0.1", target)) else { continue };
                let mut streams = of_listener.streams.lock().unwrap();
                streams.extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
                for (from, to) in
                    [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)]
                {
                    let shared = of_listener.clone();
                    spawn(move || pass(from, to, &shared));
                }
            }
        });
        Link { port, shared }
    }

    /// What connects from now on gets to another port.
    pub fn lead_to(&self, target: u16) {
        self.shared.target.store(target, Ordering::Relaxed);
    }

    /// Nothing passes any more, and nobody is told; or it passes again.
    pub fn hold(&self, is_held: bool) {
        self.shared.is_held.store(is_held, Ordering::Relaxed);
    }

    /// Each piece takes so long from now on.
    pub fn slow_down(&self, delay: Duration) {
        self.shared.delay.store(delay.as_millis() as u32, Ordering::Relaxed);
    }

    /// All connections end.
    pub fn cut(&self) {
        for stream in self.shared.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, shared: &Shared) {
    let mut bytes = [0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        sleep(Duration::from_millis(shared.delay.load(Ordering::Relaxed).into()));
        while shared.is_held.load(Ordering::Relaxed) {
            sleep(Duration::from_millis(10));
        }
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    // Whoever hung up first: the other side learns of it.
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
