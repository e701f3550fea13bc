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
