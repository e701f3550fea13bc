//! tshark reads what a server session sends: configurations in both forms, and data in every FORMAT, field by field.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command as Process;
use std::time::Instant;

use sttp::Ticks;
use sttp::c37118::server::{ServerOutput, ServerSession};
use sttp::c37118::{
    AnalogScale, Command, Configuration, ConfigurationForm, DataLayout, Format, FrameTime, PhasorBits,
    PhasorKind, PhasorScale, Pmu, PmuDetails, PmuValues, Real, StatusWord, Version, encode_command,
};
use sttp::session::Moment;
use sttp::settings::C37118ServerSettings;

use super::sample;
use super::skipped::skipped;

/// Fields of configurations and of data that tshark is asked for. One that a frame has several times is told as often.
const FIELDS: [&str; 50] = [
    "frtype",
    "idcode_stream_source",
    "soc",
    "fracsec_raw",
    "timeqal.lsdir",
    "timeqal.lsocc",
    "timeqal.lspend",
    "timeqal.timequalindic",
    "checksum.status",
    "conf.timebase",
    "conf.numpmu",
    "station_name",
    "gpmuid",
    "idcode_data_source",
    "conf.dfreq_format",
    "conf.analog_format",
    "conf.phasor_format",
    "conf.phasor_notation",
    "conf.chnam",
    "channel_name",
    "conversion_factor",
    "conf.phasor_scale_factor",
    "conf.phasor_type",
    "conf.phasor_component",
    "conf.phasor_mod.filtered",
    "conf.phasor_mod.phase_rotation",
    "factor_for_analog_value",
    "conf.analog_scale_factor",
    "conf.analog_offset",
    "conf.pmu_latitude",
    "conf.pmu_longitude",
    "conf.pmu_elevation",
    "conf.svc_class",
    "conf.window",
    "conf.grp_dly",
    "status_word_mask.normal_state",
    "status_word_mask.valid_bits",
    "conf.fnom",
    "conf.cfgcnt",
    "rate_of_transmission",
    "data.status",
    "data.sync",
    "data.sorting",
    "data.trigger",
    "data.CFGchange",
    "data.data_modified",
    "data.pmu_tq",
    "data.t_unlock",
    "data.trigger_reason",
    "digital_status_word",
];

fn values(pmu: &Pmu) -> PmuValues {
    let format = pmu.format;
    let phasor =
        |first: i16, second: i16| match (format.has(Format::FLOAT_PHASORS), format.has(Format::POLAR)) {
            (false, false) => PhasorBits::RectangularInteger(first, second),
            (false, true) => PhasorBits::PolarInteger(first.unsigned_abs(), second),
            (true, false) => PhasorBits::RectangularFloat(first.into(), second.into()),
            (true, true) => PhasorBits::PolarFloat(first.into(), f32::from(second) / 1e4),
        };
    let is_float = format.has(Format::FLOAT_FREQUENCY);
    let is_first = pmu.id_code == sample::pmu(1, 0).id_code;
    let of_one = if is_first { StatusWord::SORTED_BY_ARRIVAL } else { StatusWord::MODIFIED };
    PmuValues {
        status: StatusWord(
            StatusWord::NOT_SYNCHRONISED | StatusWord::CONFIGURATION_CHANGE | of_one | 5 << 6 | 2 << 4 | 7,
        ),
        phasors: vec![phasor(14_635, 0), phasor(1092, 5236)],
        frequency: if is_float { Real::Float(50.25) } else { Real::Integer(-250) },
        rate_of_change: Real::from_number(if is_float { 0.5 } else { 50.0 }, is_float),
        analogs: vec![Real::from_number(100.0, format.has(Format::FLOAT_ANALOGS))],
        digitals: vec![0x3C12],
    }
}

/// Two PMUs, of which the second has the opposite FORMAT.
fn configuration(format: u16) -> Configuration {
    sample::configuration(vec![sample::pmu(1, format), sample::pmu(2, 15 - format)])
}

/// The same as CFG-3, with what only that tells.
fn detailed(configuration: &Configuration) -> Configuration {
    let mut long = configuration.to_form(ConfigurationForm::Cfg3);
    for pmu in &mut long.pmus {
        pmu.details = Some(PmuDetails {
            global_id: std::array::from_fn(|place| 0xA0 | place as u8),
            latitude: 35.5,
            longitude: -84.25,
            elevation: 256.5,
            service_class: b'P',
            window: 33_333,
            group_delay: 16_667,
        });
        for (phasor, (code, flags)) in pmu.phasors.iter_mut().zip([(1, 0x0040), (8 | 4, 0x0200)]) {
            let factor = phasor.scale.per_count() as f32;
            phasor.scale = PhasorScale::Full { flags, code, user: 0, factor, angle_offset: 0.0 };
        }
        for analog in &mut pmu.analogs {
            analog.scale = AnalogScale::Full { factor: 5.0, offset: -2.5 };
        }
    }
    long
}

/// What the session answers to the commands, and then a data frame of each time.
fn frames(configuration: &Configuration, command: &Command, times: &[FrameTime]) -> Vec<Vec<u8>> {
    let utc = Ticks(Ticks::UNIX_EPOCH.0 + 1_700_000_000 * Ticks::PER_SECOND);
    let now = Moment { instant: Instant::now(), utc };
    let mut session = ServerSession::new(C37118ServerSettings::default());
    session.set_configurations(configuration, &detailed(configuration), now).unwrap();
    let client = SocketAddr::from(([127, 0, 0, 1], 50_000));
    for command in [command, &Command::StartData] {
        let mut bytes = Vec::new();
        encode_command(&mut bytes, Version::V1, configuration.id_code, FrameTime::default(), command)
            .unwrap();
        session.receive_datagram(client, &bytes, now);
    }
    let layout = DataLayout::new(configuration).unwrap();
    let values: Vec<PmuValues> = configuration.pmus.iter().map(values).collect();
    for time in times {
        let mut bytes = Vec::new();
        layout.encode(&mut bytes, *time, &values).unwrap();
        session.publish(&bytes, now).unwrap();
    }
    let mut frames = Vec::new();
    while let Some(output) = session.poll() {
        match output {
            ServerOutput::SendDatagram { frame, .. } => frames.push(frame.to_vec()),
            other => panic!("{other:?}"),
        }
    }
    frames
}

/// A capture of datagrams from port 4713, in the classic form. Each goes to a host of its own number.
fn pcap(datagrams: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut pcap = Vec::new();
    for word in [0xA1B2_C3D4_u32, 0x0002_0004, 0, 0, 65_535, 1] {
        pcap.extend(word.to_be_bytes());
    }
    for (host, payload) in datagrams {
        let size = (14 + 20 + 8 + payload.len()) as u32;
        for word in [0, 0, size, size] {
            pcap.extend(word.to_be_bytes());
        }
        pcap.extend([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0]);
        pcap.extend((size as u16 - 14).to_be_bytes());
        pcap.extend([0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 1, *host]);
        for half in [4713, 50_000, size as u16 - 34, 0] {
            pcap.extend(half.to_be_bytes());
        }
        pcap.extend(payload);
    }
    pcap
}

/// What tshark says of a capture when it is asked in some way; nothing where it is not installed.
fn tshark(pcap: &Path, arguments: &[String]) -> Option<String> {
    let mut process = Process::new("tshark");
    process.args(["-n", "-d", "udp.port==4713,synphasor", "-r"]).arg(pcap).args(arguments);
    let output = match process.output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            skipped("tshark is not installed; on Debian: apt install tshark");
            return None;
        }
        output => output.unwrap(),
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// One value of each PMU.
fn of_both(configuration: &Configuration, value: impl Fn(&Pmu) -> String) -> String {
    configuration.pmus.iter().map(value).collect::<Vec<_>>().join("|")
}

fn flag(is_set: bool) -> String {
    u8::from(is_set).to_string()
}

/// What the fields of a configuration have to be.
fn fields_of_configuration(configuration: &Configuration, is_long: bool) -> Vec<(&'static str, String)> {
    let has = |bit: u16| of_both(configuration, |pmu| flag(pmu.format.has(bit)));
    let bits =
        |width: usize| (0..16).map(|bit| format!("{:width$}", format!("BIT {bit}"))).collect::<Vec<_>>();
    let names = |width: usize| {
        let names = [
            vec![format!("{:width$}", "VA"), format!("{:width$}", "IA"), format!("{:width$}", "MW")],
            bits(width),
        ];
        let names = names.concat().join("|");
        format!("{names}|{names}")
    };
    let both = |text: &str| format!("{text}|{text}");
    let of_form = match is_long {
        false => vec![
            ("channel_name", names(16)),
            ("conversion_factor", both("0x000df847|0x0100b2d0")),
            ("factor_for_analog_value", both("5")),
        ],
        true => vec![
            ("conf.chnam", names(0)),
            ("conf.phasor_scale_factor", both("9.15527|0.45776")),
            ("conf.analog_scale_factor", both("5")),
            ("conf.analog_offset", both("-2.5")),
            ("conf.phasor_type", both("0|1")),
            ("conf.phasor_component", both("0x01|0x04")),
            ("conf.phasor_mod.filtered", both("1|0")),
            ("conf.phasor_mod.phase_rotation", both("0|1")),
            ("station_name", "STATION 1|STATION 2".to_owned()),
            ("gpmuid", both("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf")),
            ("conf.pmu_latitude", both("35.5")),
            ("conf.pmu_longitude", both("-84.25")),
            ("conf.pmu_elevation", both("256.5")),
            ("conf.svc_class", both("Protection")),
            ("conf.window", both("33333")),
            ("conf.grp_dly", both("16667")),
        ],
    };
    let mut fields = vec![
        ("frtype", if is_long { "0x0005" } else { "0x0003" }.to_owned()),
        ("idcode_stream_source", "77".to_owned()),
        ("checksum.status", "1".to_owned()),
        ("conf.timebase", "1000000".to_owned()),
        ("conf.numpmu", "2".to_owned()),
        ("idcode_data_source", "101|102".to_owned()),
        ("conf.dfreq_format", has(Format::FLOAT_FREQUENCY)),
        ("conf.analog_format", has(Format::FLOAT_ANALOGS)),
        ("conf.phasor_format", has(Format::FLOAT_PHASORS)),
        ("conf.phasor_notation", has(Format::POLAR)),
        ("status_word_mask.normal_state", both("0x00f0")),
        ("status_word_mask.valid_bits", both("0x0fff")),
        ("conf.fnom", "1|0".to_owned()),
        ("conf.cfgcnt", both("3")),
        ("rate_of_transmission", "30".to_owned()),
    ];
    fields.extend(of_form);
    fields
}

/// What the fields of a data frame have to be.
fn fields_of_data(time: FrameTime) -> Vec<(&'static str, String)> {
    let both = |text: &str| format!("{text}|{text}");
    vec![
        ("frtype", "0x0000".to_owned()),
        ("idcode_stream_source", "77".to_owned()),
        ("checksum.status", "1".to_owned()),
        // Its words; how they are put differs from version to version.
        ("soc", "2017 00:00:00".to_owned()),
        ("fracsec_raw", time.count.to_string()),
        ("timeqal.lsdir", flag(time.is_leap_deleted())),
        ("timeqal.lsocc", flag(time.has_leap_occurred())),
        ("timeqal.lspend", flag(time.is_leap_pending())),
        ("timeqal.timequalindic", format!("0x{:02x}", time.quality & 15)),
        ("data.status", both("0x0000")),
        ("data.sync", both("1")),
        ("data.sorting", "1|0".to_owned()),
        ("data.data_modified", "0|1".to_owned()),
        ("data.trigger", both("0")),
        ("data.CFGchange", both("1")),
        ("data.pmu_tq", both("0x0005")),
        ("data.t_unlock", both("0x0002")),
        ("data.trigger_reason", both("0x0007")),
        ("digital_status_word", both("0x3c12")),
    ]
}

/// What is said of the values of a PMU, as tshark words it.
fn words_of_values(pmu: &Pmu, is_long: bool) -> Vec<String> {
    let PmuValues { phasors, .. } = values(pmu);
    let mut words = Vec::new();
    for (channel, phasor) in pmu.phasors.iter().zip(phasors) {
        let (magnitude, angle) = phasor.polar(channel.scale);
        let unit = if channel.scale.kind() == PhasorKind::Voltage { 'V' } else { 'A' };
        words.push(format!("{magnitude:.3}{unit}\u{2220}{angle:.3}\u{b0}"));
    }
    words.push(match pmu.format.has(Format::FLOAT_FREQUENCY) {
        true => "Actualfrequencyvalue:50.25".to_owned(),
        false => format!("nominal:-250mHz(actualfrequency:{:.3}Hz)", pmu.nominal_frequency.hertz() - 0.25),
    });
    words.push("Rateofchangeoffrequency:0.5".to_owned());
    // It multiplies integers and adds to them where it knows what.
    words.push(
        match (pmu.format.has(Format::FLOAT_ANALOGS), is_long) {
            (true, _) => ",100.000",
            (false, true) => ",497.500",
            (false, false) => ",100(conversionfactor:0x1000005)",
        }
        .to_owned(),
    );
    words
}

#[test]
fn tshark_reads_both_forms_and_data_of_every_format() {
    // 23:59:60 and the midnight behind it.
    let midnight = 1_483_228_800;
    let times = [
        FrameTime { second: midnight, quality: 0x16, count: 500_000 },
        FrameTime { second: midnight, quality: 0x60, count: 0 },
    ];
    let mut datagrams = Vec::new();
    let mut expected = Vec::new();
    for format in 0..16 {
        let configuration = configuration(format);
        for (number, command) in [Command::SendConfiguration2, Command::SendConfiguration3].iter().enumerate()
        {
            let host = (2 * format) as u8 + number as u8;
            datagrams.extend(frames(&configuration, command, &times).into_iter().map(|frame| (host, frame)));
            let stations = ["Station#1:\"STATION1", "Station#2:\"STATION2"].map(str::to_owned).to_vec();
            expected.push((fields_of_configuration(&configuration, number == 1), stations));
            // Scales have 32 bits there.
            let form = [ConfigurationForm::Cfg2, ConfigurationForm::Cfg3][number];
            let pmus = configuration.to_form(form).pmus;
            let words: Vec<String> = pmus.iter().flat_map(|pmu| words_of_values(pmu, number == 1)).collect();
            expected.extend(times.map(|time| (fields_of_data(time), words.clone())));
        }
    }
    let file = std::env::temp_dir().join(format!("c37118-{}.pcap", std::process::id()));
    std::fs::write(&file, pcap(&datagrams)).unwrap();
    let asked = FIELDS.iter().flat_map(|field| ["-e".to_owned(), format!("synphasor.{field}")]);
    let form = ["-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|"].map(str::to_owned);
    let table = tshark(&file, &form.into_iter().chain(asked).collect::<Vec<_>>());
    let prose = tshark(&file, &["-V".to_owned()]);
    std::fs::remove_file(&file).unwrap();
    let (Some(table), Some(prose)) = (table, prose) else { return };
    let prose: Vec<String> =
        prose.split("\nFrame ").map(|frame| frame.chars().filter(|c| !c.is_whitespace()).collect()).collect();
    assert_eq!((table.lines().count(), prose.len()), (expected.len(), expected.len()));
    for (number, ((fields, words), line)) in expected.iter().zip(table.lines()).enumerate() {
        let told: Vec<&str> = line.split('\t').collect();
        for (field, value) in fields {
            let place = FIELDS.iter().position(|known| known == field).unwrap();
            let is_told = match *field {
                "soc" => value.split(' ').all(|word| told[place].contains(word)),
                _ => told[place] == value,
            };
            assert!(is_told, "{field} of frame {} is {}, not {value}", number + 1, told[place]);
        }
        for word in words {
            assert!(prose[number].contains(word), "{word} of frame {}: {}", number + 1, prose[number]);
        }
    }
}
