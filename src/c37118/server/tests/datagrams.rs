//! Clients and targets by datagrams.

use super::*;
use crate::settings::AnnouncedConfiguration;

#[test]
fn clients_by_datagrams_are_remembered_until_their_host_refuses_them() {
    let mut rig = Rig::serving(settings());
    for command in [Command::SendConfiguration2, Command::StartData] {
        rig.session.receive_datagram(peer(2), &asking(7, &command), rig.now);
    }
    rig.session.publish(&data(&sample(Cfg2), 1), rig.now).unwrap();
    rig.wait(seconds(100_000));
    rig.session.publish(&data(&sample(Cfg2), 2), rig.now).unwrap();
    rig.poll();
    let kinds: Vec<_> = rig.datagrams.iter().map(|(_, frame)| Frame::decode(frame).unwrap().kind).collect();
    assert_eq!(kinds, [FrameType::Configuration2, FrameType::Data, FrameType::Data]);
    assert!(rig.datagrams.iter().all(|(target, _)| *target == peer(2)));
    // One that begins anew is refused for a moment, and a refusal may be forged.
    let refused = |rig: &mut Rig, spans: &[u64]| {
        for span in spans {
            rig.wait(seconds(*span));
            rig.session.datagram_refused(peer(2), rig.now);
        }
        rig.session.publish(&data(&sample(Cfg2), 3), rig.now).unwrap();
        rig.poll();
        rig.datagrams.len()
    };
    assert_eq!(refused(&mut rig, &[1, 10, 19]), 4, "not for long");
    rig.session.receive_datagram(peer(2), &asking(7, &Command::StartData), rig.now);
    assert_eq!(refused(&mut rig, &[5, 20]), 5, "it was heard since");
    assert_eq!(refused(&mut rig, &[700, 29]), 6, "that has nothing to do with it");
    assert_eq!(rig.session.counters().clients, 1);
    assert_eq!(refused(&mut rig, &[1]), 6);
    assert_eq!((rig.session.counters().clients, rig.session.counters().refused_datagrams), (0, 8));
}

#[test]
fn datagrams_that_are_lost_are_counted_and_told() {
    let mut rig = Rig::serving(settings());
    rig.session.set_targets(vec![peer(2)], rig.now);
    rig.poll();
    rig.session.datagram_failed(peer(2), &"the network is gone", rig.now);
    rig.poll();
    assert_eq!(rig.session.counters().failed_datagrams, 1);
    assert!(rig.messages.iter().any(|text| text.contains("the network is gone")), "{:?}", rig.messages);
}

#[test]
fn clients_by_datagrams_are_forgotten_where_that_is_wished() {
    let mut rig = Rig::serving(settings().datagram_client_timeout(seconds(10)).idle_timeout(seconds(5)));
    rig.session.receive_datagram(peer(2), &asking(7, &Command::StartData), rig.now);
    rig.session.receive_datagram(peer(3), &asking(7, &Command::SendConfiguration2), rig.now);
    rig.wait(seconds(6));
    assert_eq!(rig.session.counters().clients, 1);
    rig.session.receive_datagram(peer(2), &asking(7, &Command::StartData), rig.now);
    rig.wait(seconds(9));
    assert_eq!(rig.session.counters().clients, 1);
    rig.wait(seconds(1));
    assert_eq!(rig.session.counters().clients, 0);
    assert!(rig.closed.is_empty(), "they have no connections");
}

#[test]
fn data_of_a_client_by_tcp_may_go_by_datagrams() {
    let mut rig = Rig::serving(settings().data_port(5000));
    let client = rig.connect();
    rig.ask(client, &Command::SendConfiguration2);
    rig.ask(client, &Command::StartData);
    rig.session.publish(&data(&sample(Cfg2), 1), rig.now).unwrap();
    assert_eq!(rig.kinds(client), [FrameType::Configuration2]);
    assert_eq!(rig.datagrams, [(SocketAddr::new(peer(1).ip(), 5000), data(&sample(Cfg2), 1))]);
    rig.session.closed(client);
    rig.session.publish(&data(&sample(Cfg2), 2), rig.now).unwrap();
    rig.poll();
    assert_eq!(rig.datagrams.len(), 1);
}

#[test]
fn targets_get_data_and_every_minute_the_configuration() {
    use FrameType::{Configuration2, Configuration3, Data};
    for (announced, forms) in [
        (AnnouncedConfiguration::Cfg2, vec![Configuration2]),
        (AnnouncedConfiguration::Cfg3, vec![Configuration3]),
        (AnnouncedConfiguration::Both, vec![Configuration2, Configuration3]),
    ] {
        let mut rig = Rig::new(settings().announced(announced));
        rig.wait(seconds(45));
        rig.session.set_targets(vec![peer(9)], rig.now);
        rig.session.set_configuration(&sample(Cfg2), rig.now).unwrap();
        rig.session.publish(&data(&sample(Cfg2), 1), rig.now).unwrap();
        rig.wait(seconds(140));
        let told: Vec<(FrameType, u32)> = rig
            .datagrams
            .iter()
            .map(|(target, bytes)| {
                assert_eq!(*target, peer(9));
                let frame = Frame::decode(bytes).unwrap();
                (frame.kind, frame.time.second % 60)
            })
            .collect();
        let at = |second| forms.iter().map(|form| (*form, second)).collect::<Vec<_>>();
        assert_eq!(told, [at(45), vec![(Data, 1)], at(0), at(0), at(0)].concat());
    }
}

#[test]
fn a_clock_that_runs_slower_announces_once_a_minute() {
    let mut rig = Rig::serving(settings());
    rig.session.set_targets(vec![peer(9)], rig.now);
    for _ in 0..3 {
        let deadline = rig.session.deadline().unwrap();
        rig.now += deadline.saturating_duration_since(rig.now.instant);
        rig.now.utc = Ticks(rig.now.utc.0 - 20_000);
        rig.session.handle_timeout(rig.now);
    }
    rig.session.set_targets(vec![peer(9)], rig.now);
    rig.poll();
    assert_eq!(rig.datagrams.len(), 4, "one at once, and one for each minute");
    rig.session.datagram_refused(peer(9), rig.now);
    rig.poll();
    assert!(rig.messages[0].contains("nobody listens"), "{:?}", rig.messages);
}

#[test]
fn who_speaks_another_version_is_told_by_its_name() {
    let mut rig = Rig::serving(settings());
    let client = rig.connect();
    rig.session.receive_datagram(peer(2), &asking(7, &Command::StartData), rig.now);
    let mut command = asking(7, &Command::StartData);
    command[1] = 0x43;
    let (checked, check) = command.split_last_chunk_mut().unwrap();
    *check = check_word(checked).to_be_bytes();
    rig.session.receive(client, &command, rig.now);
    rig.session.receive_datagram(peer(3), &command, rig.now);
    rig.poll();
    assert_eq!(rig.messages.len(), 2, "{:?}", rig.messages);
    assert!(rig.messages.iter().all(|text| text.contains("version 3 of C37.118")), "{:?}", rig.messages);
    assert_eq!(rig.session.counters().clients, 2);
}
