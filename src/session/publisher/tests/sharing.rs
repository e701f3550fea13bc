//! Streams that connections share.

use super::*;

const ROWS: [usize; 4] = [1, 2, 5, 8];

impl Publisher {
    /// Another subscriber connects and subscribes.
    fn join(&mut self, modes: u32, rows: &[usize]) {
        self.connect();
        self.send(Command::DefineOperationalModes, &modes.to_be_bytes());
        self.subscribe(&filter(rows));
        self.send(Command::ConfirmSignalIndexCache, &[]);
    }

    /// The data packets that wait, as they go on the wire.
    fn packets(&mut self) -> Vec<Vec<u8>> {
        let answers = self.answers().into_iter();
        answers.filter(|answer| answer.response == 0x82).map(|answer| answer.payload).collect()
    }
}

#[test]
fn a_joiner_gets_the_very_bytes_of_a_connection_of_its_own() {
    for modes in [TSSC, PLAIN] {
        let mut shared = Publisher::subscribed(modes, &ROWS);
        let first = shared.peer;
        for _ in 0..20 {
            shared.publish(&[0, 1, 2, 3, 5, 8, 9]);
        }
        shared.packets();
        shared.join(modes, &ROWS);
        let mut alone = Publisher::subscribed(modes, &ROWS);
        for round in 0..20 {
            for publisher in [&mut shared, &mut alone] {
                publisher.publish(&[1, 2, 3, 5, 8][..1 + round % 5]);
                publisher.publish(&[8, 7, 2]);
            }
        }
        let (of_joiner, of_its_own) = (shared.packets(), alone.packets());
        assert_eq!(of_its_own.len(), 40);
        assert!(of_joiner == of_its_own);
        shared.peer = first;
        assert!(shared.packets() == of_its_own, "those who were there before get the same");
    }
}

#[test]
fn who_joins_and_leaves_without_end_does_not_spoil_the_compression_of_others() {
    let mut publisher = Publisher::subscribed(TSSC, &[0, 1, 2]);
    let member = publisher.peer;
    publisher.publish(&[0, 1, 2]);
    publisher.answers();
    let mut anew = 0;
    for _ in 0..100 {
        publisher.join(TSSC, &[0, 1, 2]);
        let joined = std::mem::replace(&mut publisher.peer, member);
        publisher.now += Duration::from_millis(100);
        publisher.publish(&[0, 1, 2]);
        let packets = publisher.answers().into_iter().filter(|answer| answer.response == 0x82);
        anew += packets.filter(|packet| packet.payload[6..8] == [0, 0]).count();
        publisher.session.close(joined.1, publisher.now);
    }
    assert!((16..=28).contains(&anew), "{anew} packets in 10 s were encoded anew");
    publisher.join(TSSC, &[0, 1, 2]);
    publisher.answers();
    let served = (0..20).position(|_| {
        publisher.now += Duration::from_millis(100);
        publisher.publish(&[0, 1, 2]);
        publisher.answers().iter().any(|answer| answer.response == 0x82)
    });
    assert!(served.is_some_and(|tenths| tenths <= 11), "{served:?}");
}
