//! What is known of a subscriber: how it wants to be spoken to, what it asks for, and what it gets.

use super::*;
use crate::session::publisher::Wish;
use crate::wire::{DataChannel, Version};

fn info(publisher: &mut Publisher) -> ConnectionInfo {
    let id = publisher.id();
    publisher.session.info(id).unwrap().clone()
}

#[test]
fn modes_are_asked_for_and_granted() {
    let mut publisher = Publisher::new(PublisherSettings::default());
    assert_eq!(info(&mut publisher).modes, None);
    // Everything compressed, but GZip is not said to be understood.
    publisher.send(Command::DefineOperationalModes, &0xE400_0143_u32.to_be_bytes());
    let modes = info(&mut publisher).modes.unwrap();
    assert_eq!((modes.version, modes.encoding), (Version::V3, TextEncoding::Utf16Be));
    assert_eq!((modes.internal_metadata, modes.external_metadata), (true, false));
    let refused = Wish { asked_for: true, granted: false };
    assert_eq!((modes.compressed_metadata, modes.compressed_cache), (refused, refused));
    assert_eq!(modes.compressed_payload, Wish { asked_for: true, granted: true });
}

#[test]
fn terms_are_asked_for_and_granted() {
    let settings = PublisherSettings {
        base_times: true,
        nan_filter: NanFilter::Forbidden,
        ..PublisherSettings::default()
    };
    let mut publisher = Publisher::subscribed_with(settings, PLAIN, &[0]);
    publisher.subscribe(&format!(
        "throttled=true; publishInterval=0.001; lagTime=3; leadTime=4; enableTimeReasonabilityCheck=true; \
         requestNaNValueFilter=true; useMillisecondResolution=true; bufferBlockRetransmissionTimeout=9; mine=1; \
         assemblyInfo={{source=SCADA; version=7; updatedOn=today}}; {}",
        filter(&[1, 2])
    ));
    let known = info(&mut publisher);
    let assembly = &known.assembly;
    assert_eq!([&*assembly.source, &*assembly.version, &*assembly.updated_on], ["SCADA", "7", "today"]);
    let terms = known.terms.unwrap();
    let asked = &terms.asked_for;
    assert_eq!((asked.nan_filter, asked.publish_interval), (true, Duration::from_millis(1)));
    assert_eq!((asked.extra.get("mine"), terms.asked_channel), (Some("1"), None));
    let granted = &terms.granted;
    assert!(!granted.nan_filter && !granted.compressed && !granted.encrypted);
    assert!(granted.include_time && granted.base_times && granted.millisecond_resolution);
    assert_eq!(granted.publish_interval, Some(Duration::from_millis(10)));
    assert_eq!(granted.time_limits, Some((Duration::from_secs(3), Duration::from_secs(4))));
    assert_eq!(granted.buffer_block_timeout, Duration::from_secs(9));
    assert_eq!((granted.window, granted.processing_interval, granted.data_channel), (None, None, None));

    publisher.subscribe("lagTime=0");
    assert_eq!(info(&mut publisher).terms, Some(terms), "what is refused changes nothing");
    publisher.send(Command::Unsubscribe, &[]);
    assert_eq!(info(&mut publisher).terms, None);
}

#[test]
fn terms_of_measurements_by_udp() {
    let mut publisher = Publisher::with_modes(TSSC);
    publisher.subscribe(&format!("dataChannel={{localport=9600}}; {}", filter(&[1])));
    let terms = info(&mut publisher).terms.unwrap();
    assert_eq!(terms.asked_channel, Some(DataChannel { port: 9600, multicast_group: None }));
    assert_eq!(terms.granted.data_channel, Some(([127, 0, 0, 1], 9600).into()));
    assert!(!terms.granted.compressed, "by UDP nothing is");
    assert_eq!(terms.granted.largest_packet, 1404);
}

#[test]
fn terms_of_historical_data_follow_their_pace() {
    let settings =
        PublisherSettings { history_duration: Duration::from_secs(60), ..PublisherSettings::default() };
    let mut publisher = Publisher::new(settings);
    publisher.send(Command::DefineOperationalModes, &TSSC.to_be_bytes());
    publisher.subscribe(&format!("startTimeConstraint=*-20m; processingInterval=33; {}", filter(&[1])));
    let terms = |publisher: &mut Publisher| info(publisher).terms.unwrap();
    let known = terms(&mut publisher);
    assert_eq!(known.asked_for.start_time.as_deref(), Some("*-20m"));
    let window = known.granted.window.unwrap();
    assert_eq!(window.start, Ticks(TICKS - 20 * 60 * Ticks::PER_SECOND));
    assert_eq!(known.granted.processing_interval, Some(33));
    publisher.send(Command::UpdateProcessingInterval, &0_i32.to_be_bytes());
    assert_eq!(terms(&mut publisher).granted.processing_interval, Some(0));
    assert_eq!(terms(&mut publisher).asked_for.processing_interval, 33);
}

#[test]
fn long_texts_are_cut() {
    let mut publisher = Publisher::with_modes(TSSC);
    let text = "x".repeat(50_000);
    let filter = filter(&[1; 1_000]);
    assert!(filter.len() > 30_000);
    publisher.subscribe(&format!("assemblyInfo={{source={text}}}; mine={text}; {filter}"));
    publisher.answer_long_requests();
    let known = info(&mut publisher);
    let asked = &known.terms.unwrap().asked_for;
    assert!(known.assembly.source.len() < 5_000 && asked.assembly.source.len() < 5_000);
    assert_eq!((asked.filter.len() < 5_000, asked.extra.iter().count()), (true, 0));
}

#[test]
fn metadata_are_refused_by_a_setting_and_by_the_application() {
    let settings = PublisherSettings { allow_metadata: false, ..PublisherSettings::default() };
    let mut publisher = Publisher::new(settings);
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.answers();
    let ask = |publisher: &mut Publisher| {
        publisher.send(Command::MetadataRefresh, &[]);
        let answer = publisher.answers().remove(0);
        assert_eq!(answer.command, 0x01);
        (answer.response == 0x81).then(|| answer.text(TextEncoding::Utf8))
    };
    let id = publisher.id();
    assert_eq!(ask(&mut publisher).as_deref(), Some("this publisher gives no metadata"));
    assert!(publisher.session.refuse_metadata(None, Some("nobody")));
    assert_eq!(ask(&mut publisher).as_deref(), Some("nobody"));
    assert!(publisher.session.refuse_metadata(Some(id), Some("not you")));
    assert_eq!(ask(&mut publisher).as_deref(), Some("not you"));
    assert!(publisher.session.refuse_metadata(Some(id), None));
    assert!(publisher.session.refuse_metadata(None, None));
    publisher.configure(PublisherSettings::default());
    assert_eq!(ask(&mut publisher), None);
    assert!(!publisher.session.refuse_metadata(Some(77), None));
}
