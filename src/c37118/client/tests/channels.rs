//! Silence, and what differs from one way to a device to the other.

use super::*;

#[test]
fn a_silent_device_is_started_again_and_then_connected_to_anew() {
    let mut rig = Rig::receiving(settings(), Channels::Stream, Cfg3);
    rig.take_data(&sample(Cfg3), 1);
    assert_eq!(rig.wait(seconds(6)), [Data(1), OFF, ON]);
    // It helps.
    rig.take_data(&sample(Cfg3), 2);
    assert_eq!(rig.wait(seconds(12)), [Data(2), OFF, ON, Reconnect]);
    assert_eq!(rig.session.counters().silences, 3);
    // Nothing is taken from a connection that is given up.
    rig.take_data(&sample(Cfg3), 3);
    assert_eq!(rig.told(), []);
}

#[test]
fn a_slow_device_is_not_silent() {
    let mut slow = sample(Cfg3);
    slow.data_rate = -20;
    let mut rig = Rig::new(settings().stop_first(false), Channels::Stream);
    rig.session.connected(rig.now);
    rig.take_configuration(&slow);
    rig.told();
    for frame in 0..5 {
        assert_eq!(rig.wait(seconds(20)), []);
        rig.take_data(&slow, frame * 20);
        assert_eq!(rig.told(), [Data(frame * 20)]);
    }
    assert_eq!(rig.session.counters().missing_frames, 0);
    assert_eq!(rig.wait(seconds(61)), [OFF, ON]);
}

#[test]
fn nothing_is_sent_where_the_device_sends_by_itself() {
    let mut rig = Rig::new(settings(), Channels::SpontaneousDatagrams);
    rig.session.connected(rig.now);
    for second in 0..60 {
        rig.take_data(&sample(Cfg2), second);
        assert_eq!(rig.wait(seconds(1)), []);
    }
    assert!(rig.messages[0].contains("every minute"), "{:?}", rig.messages);
    rig.take_configuration(&sample(Cfg2));
    rig.take_data(&sample(Cfg2), 60);
    assert_eq!(rig.told(), [Told::Configuration(Cfg2), Data(60)]);
    // A better form is taken, a lesser one that says the same is not.
    rig.take_configuration(&sample(Cfg3));
    rig.take_configuration(&sample(Cfg2));
    assert_eq!(rig.told(), [Told::Configuration(Cfg3)]);
    // One that says something else is, because no other can be asked for.
    rig.take_configuration(&changed(Cfg2));
    assert_eq!(rig.told(), [Told::Configuration(Cfg2)]);
    // To connect again would not bring the configuration that is missing.
    for second in 61..71 {
        rig.take_data(&sample(Cfg3), second);
        assert_eq!(rig.wait(seconds(1)), []);
    }
    assert_eq!(rig.wait(seconds(6)), [Reconnect]);
    // The configuration stays in use: a minute without data would be worse.
    rig.session.connected(rig.now);
    rig.take_data(&changed(Cfg2), 80);
    assert_eq!(rig.told(), [Data(80)]);
    rig.session.close(rig.now);
    assert_eq!(rig.told(), []);
}

#[test]
fn second_copies_are_dropped() {
    let mut rig = Rig::receiving(settings(), Channels::Datagrams, Cfg3);
    for second in [1, 3, 2, 3, 1, 4] {
        rig.take_data(&sample(Cfg3), second);
    }
    assert_eq!(rig.told(), [Data(1), Data(3), Data(2), Data(4)]);
    let counters = rig.session.counters();
    assert_eq!((counters.duplicate_frames, counters.late_frames), (2, 1));
    // Thirty frames a second are due.
    assert_eq!(counters.missing_frames, 59 + 29);
}

#[test]
fn a_device_is_told_to_stop_before_the_connection_is_closed() {
    let mut rig = Rig::receiving(settings(), Channels::Stream, Cfg3);
    rig.session.close(rig.now);
    assert_eq!(rig.told(), [OFF]);
    rig.take_data(&sample(Cfg3), 1);
    assert_eq!(rig.wait(seconds(100)), []);
}

#[test]
fn commands_by_datagrams_are_repeated_where_that_is_wished() {
    let settings = settings().keep_alive(seconds(2));
    let mut rig = Rig::receiving(settings, Channels::Datagrams, Cfg3);
    for second in 1..=4 {
        rig.take_data(&sample(Cfg3), second);
        let told = rig.wait(seconds(1));
        assert_eq!(told.contains(&ON), second % 2 == 0, "{told:?}");
    }
    let mut rig = Rig::receiving(settings, Channels::Stream, Cfg3);
    assert_eq!(rig.wait(seconds(4)), []);
}

#[test]
fn what_waits_for_the_driver_is_bounded() {
    let mut rig = Rig::receiving(settings(), Channels::Stream, Cfg3);
    let bytes = data(&sample(Cfg3), 0, StatusWord::default()).len();
    let frames = (9 << 20) / bytes as u32;
    let mut stream = Vec::new();
    for second in 0..frames {
        stream.extend(data(&sample(Cfg3), second, StatusWord::default()));
    }
    rig.take(&stream);
    let counters = rig.session.counters();
    assert!(counters.overflown_frames > 0);
    assert_eq!(counters.data_frames + counters.overflown_frames, u64::from(frames));
    assert_eq!(rig.told().len() as u64, counters.data_frames);
    rig.take_data(&sample(Cfg3), frames);
    assert_eq!(rig.told(), [Data(frames)]);
}

#[test]
fn what_no_device_sends_is_dropped_and_told() {
    let mut rig = Rig::receiving(settings(), Channels::Stream, Cfg3);
    let mut command = Vec::new();
    encode_command(&mut command, Version::V1, 7, FrameTime::default(), &Command::StartData).unwrap();
    rig.take(&command);
    let mut newer = data(&sample(Cfg3), 1, StatusWord::default());
    newer[1] = 3;
    restamp(&mut newer, FrameTime { second: 1, quality: 0, count: 0 });
    rig.take(&newer);
    // A configuration that ends before its last field does.
    let mut frame = Vec::new();
    sample(Cfg2).encode(&mut frame).unwrap();
    frame[18..20].copy_from_slice(&[0, 200]);
    restamp(&mut frame, FrameTime::default());
    rig.take(&frame);
    assert_eq!(rig.told(), []);
    let counters = rig.session.counters();
    assert_eq!((counters.unusable_frames, counters.refused_configurations), (1, 1));
    assert!(counters.skipped_bytes > 0);
    for text in ["sends commands", "C37.118.2-2024", "is refused"] {
        assert!(rig.messages.iter().any(|message| message.contains(text)), "{text}: {:?}", rig.messages);
    }
    rig.take_data(&sample(Cfg3), 2);
    assert_eq!(rig.told(), [Data(2)]);
}

#[test]
fn a_configuration_that_fills_its_frame_is_used() {
    let mut large = sample(Cfg2);
    let mut bytes = Vec::new();
    // As many PMUs as there is room for.
    loop {
        let mut larger = large.clone();
        larger.pmus.push(large.pmus[0].clone());
        if larger.encode(&mut Vec::new()).is_err() {
            break;
        }
        large = larger;
    }
    large.encode(&mut bytes).unwrap();
    assert!(bytes.len() > 65_000, "{}", bytes.len());
    for channels in [Channels::Stream, Channels::SpontaneousDatagrams] {
        let mut rig = Rig::new(settings().configuration(RequestedConfiguration::Cfg2), channels);
        rig.session.connected(rig.now);
        rig.wait(seconds(1));
        rig.take(&bytes);
        rig.take_data(&large, 1);
        let told = rig.told();
        assert_eq!(rig.session.configuration().unwrap().pmus.len(), large.pmus.len());
        assert!(told.iter().any(|told| matches!(told, Data(..))), "{told:?}");
    }
}
