//! Blocks as JSON, as the codec in Python has them, and as the library has them.

use serde_json::{Value, json};
use sttp::Uuid;
use sttp::block_link::c37118::{ChannelRecord, ValueType, read_records, write_records};
use sttp::block_link::documents::{DocumentKind, DocumentMessage, DocumentName, Edition, Piece};
use sttp::block_link::negotiation::{
    Authentication, Encryption, LinkRole, Message, Offer, Selection, SessionOffer, SessionSelection,
};
use sttp::block_link::signals::{SignalMessage, SignalRecord};
use sttp::block_link::stream::{PointItem, PointReader, PointStream, PointWriter};
use sttp::block_link::subscription::{Status, SubscriptionMessage, TimeForm};
use sttp::block_link::{
    BlockAssembler, BlockFormat, BlockWriter, Feature, FeatureTable, Field, FieldType, LARGEST_BLOCK, Levels,
};
use sttp::wire::Reader;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Format {
    Standard,
    Compact,
}

impl Format {
    pub(crate) fn name(self) -> &'static str {
        if self == Format::Standard { "standard" } else { "compact" }
    }

    fn block(self) -> BlockFormat {
        if self == Format::Standard { BlockFormat::Standard } else { BlockFormat::Compact }
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Stream {
    Raw,
    Standard,
}

impl Stream {
    pub(crate) fn name(self) -> &'static str {
        if self == Stream::Raw { "raw" } else { "standard" }
    }

    fn points(self) -> PointStream {
        if self == Stream::Raw { PointStream::Raw } else { PointStream::Standard }
    }
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn int(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is a number"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is a list"))
}

/// What the library makes of items.
pub(crate) fn write(format: Format, stream: Stream, sequence: u16, items: &[Value]) -> Vec<u8> {
    let mut writer = BlockWriter::default();
    for _ in 0..sequence {
        writer.write(&mut Vec::new(), 0, &[]).unwrap();
    }
    writer.set_format(format.block());
    let mut points = PointWriter::new(stream.points());
    let mut out = Vec::new();
    for item in items {
        let content = &item["content"];
        let data = match item["kind"].as_str().unwrap() {
            "points" => write_points(&mut points, array(&item["parts"])),
            "negotiation" => written(|out| write_negotiation(out, content)),
            "signals" => written(|out| signals_of(content).write(out)),
            "documents" => written(|out| write_document(out, content)),
            "subscription" => written(|out| subscription_of(content).write(out)),
            "c37118" => {
                let records: Vec<_> = array(&content["channels"]).iter().map(channel_of).collect();
                written(|out| write_records(out, &records))
            }
            _ => bytes(item["data"].as_str().unwrap()),
        };
        writer.write(&mut out, int(&item["feature"]) as u16, &data).unwrap();
    }
    out
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out);
    out
}

/// The items that the library finds.
pub(crate) fn read(format: Format, stream: Stream, bytes: &[u8]) -> Vec<Value> {
    let mut assembler = BlockAssembler::default();
    assembler.set_format(format.block());
    assembler.set_largest(LARGEST_BLOCK);
    assembler.push(bytes);
    let mut points = PointReader::new(stream.points());
    let mut items = Vec::new();
    while let Some(block) = assembler.next_block().unwrap() {
        let feature = block.feature;
        let content = match (feature, block.data) {
            (_, []) | (6.., _) => {
                items.push(json!({"feature": feature, "kind": "raw", "data": hex(block.data)}));
                continue;
            }
            (1, data) => {
                items.push(
                    json!({"feature": feature, "kind": "points", "parts": read_points(&mut points, data)}),
                );
                continue;
            }
            (0, data) => ("negotiation", negotiation_json(data)),
            (2, data) => ("signals", signals_json(&SignalMessage::read(data).unwrap())),
            (3, data) => ("documents", document_json(data)),
            (4, data) => ("subscription", subscription_json(&SubscriptionMessage::read(data).unwrap())),
            (5, data) => {
                let records: Vec<Value> = read_records(data).unwrap().iter().map(channel_json).collect();
                ("c37118", json!({"channels": records}))
            }
        };
        items.push(json!({"feature": feature, "kind": content.0, "content": content.1}));
    }
    assert_eq!(assembler.unfinished(), 0);
    items
}

// -- data points --

fn write_points(writer: &mut PointWriter, parts: &[Value]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        if let Some(id) = part.get("definition") {
            writer.define(&mut out, int(id) as u32, &types_of(&part["types"])).unwrap();
            continue;
        }
        for point in array(&part["points"]) {
            let id = int(&point[0]) as u32;
            let data = bytes(point[1].as_str().unwrap());
            let types = writer.types(id).unwrap().to_vec();
            let mut reader = Reader::new(&data);
            let fields: Vec<Field> =
                types.iter().map(|field_type| field_of(*field_type, &mut reader)).collect();
            writer.push(id, &fields).unwrap();
        }
        writer.finish(&mut out);
    }
    out
}

fn types_of(value: &Value) -> Vec<FieldType> {
    array(value).iter().map(|code| FieldType::from_code(int(code) as u8).unwrap()).collect()
}

/// A field, read by hand.
fn field_of<'a>(field_type: FieldType, reader: &mut Reader<'a>) -> Field<'a> {
    let counted = |reader: &mut Reader<'a>| {
        let first = usize::from(reader.u8("length").unwrap());
        let second = if first < 128 { 0 } else { usize::from(reader.u8("length").unwrap()) };
        reader.bytes("text", (first & 127) + 128 * second).unwrap()
    };
    let what = "field";
    match field_type {
        FieldType::U8 => Field::U8(reader.u8(what).unwrap()),
        FieldType::I16 => Field::I16(reader.u16(what).unwrap() as i16),
        FieldType::U16 => Field::U16(reader.u16(what).unwrap()),
        FieldType::U24 => Field::U24(
            reader.bytes(what, 3).unwrap().iter().fold(0, |number, byte| number << 8 | u32::from(*byte)),
        ),
        FieldType::U32 => Field::U32(reader.u32(what).unwrap()),
        FieldType::I32 => Field::I32(reader.i32(what).unwrap()),
        FieldType::U64 => Field::U64(reader.u64(what).unwrap()),
        FieldType::I64 => Field::I64(reader.i64(what).unwrap()),
        FieldType::F32 => Field::F32(f32::from_bits(reader.u32(what).unwrap())),
        FieldType::F64 => Field::F64(f64::from_bits(reader.u64(what).unwrap())),
        FieldType::DateTime2 => Field::DateTime2(reader.u64(what).unwrap()),
        FieldType::Ticks => Field::Ticks(sttp::Ticks(reader.i64(what).unwrap())),
        FieldType::Guid => Field::Guid(reader.guid(what).unwrap()),
        FieldType::Text => Field::Text(std::str::from_utf8(counted(reader)).unwrap()),
        FieldType::Bytes => Field::Bytes(counted(reader)),
    }
}

fn read_points(reader: &mut PointReader, data: &[u8]) -> Vec<Value> {
    let mut parts: Vec<Value> = Vec::new();
    let mut strings = Vec::new();
    reader
        .take(data, |item| match item {
            PointItem::Definition { id, types } => {
                let codes: Vec<u8> = types.iter().map(|field_type| field_type.code()).collect();
                parts.push(json!({"definition": id, "types": codes}));
            }
            PointItem::Point(point) => {
                let mut fields = Vec::new();
                point.fields().for_each(|field| field.write(&mut fields));
                assert_eq!(fields, point.data);
                strings.push(json!([point.id, hex(point.data)]));
            }
            other => panic!("{other:?}"),
        })
        .unwrap();
    // Where one string ends and another begins is not told: definitions come first, and there is one string or none.
    if !strings.is_empty() {
        parts.push(json!({"points": strings}));
    }
    parts
}

// -- negotiation --

fn role_of(value: &Value) -> LinkRole {
    [LinkRole::Client, LinkRole::Server, LinkRole::Peer][int(value) as usize - 1]
}

fn role_json(role: LinkRole) -> u8 {
    match role {
        LinkRole::Client => 1,
        LinkRole::Server => 2,
        LinkRole::Peer => 3,
    }
}

fn encryption_json(encryption: Encryption) -> u8 {
    if encryption == Encryption::None { 0 } else { 2 }
}

fn authentication_json(authentication: Authentication) -> u8 {
    if authentication == Authentication::None { 0 } else { 4 }
}

fn format_json(format: BlockFormat) -> u8 {
    if format == BlockFormat::Standard { 1 } else { 2 }
}

fn stream_json(stream: PointStream) -> u8 {
    if stream == PointStream::Raw { 1 } else { 2 }
}

fn encryptions_of(value: &Value) -> Vec<Encryption> {
    array(value).iter().map(|code| if int(code) == 0 { Encryption::None } else { Encryption::Tls }).collect()
}

fn authentications_of(value: &Value) -> Vec<Authentication> {
    let of = |code| if int(code) == 0 { Authentication::None } else { Authentication::Certificate };
    array(value).iter().map(of).collect()
}

fn formats_of(value: &Value) -> Vec<BlockFormat> {
    array(value)
        .iter()
        .map(|code| if int(code) == 1 { BlockFormat::Standard } else { BlockFormat::Compact })
        .collect()
}

fn streams_of(value: &Value) -> Vec<PointStream> {
    array(value)
        .iter()
        .map(|code| if int(code) == 1 { PointStream::Raw } else { PointStream::Standard })
        .collect()
}

fn features_of(value: &Value) -> Vec<(Feature, u16)> {
    let of = |pair: &Value| (Feature::from_name(pair[1].as_str().unwrap()).unwrap(), int(&pair[0]) as u16);
    array(value).iter().map(of).collect()
}

fn write_negotiation(out: &mut Vec<u8>, content: &Value) {
    let exchange = int(&content["exchange"]) as u32;
    let session = content.get("features").map(|features| {
        (
            features_of(features),
            int(&content["largest"]) as usize,
            Levels::from_bits(int(&content["levels"]) as u8),
        )
    });
    if content["message"] == "offer" {
        let session = session.map(|(features, largest, levels)| SessionOffer {
            formats: formats_of(&content["format"]),
            features: features.into_iter().map(|(feature, _)| feature).collect(),
            streams: streams_of(&content["stream"]),
            largest,
            levels,
        });
        let offer = Offer {
            encryption: encryptions_of(&content["encryption"]),
            authentication: authentications_of(&content["authentication"]),
            role: role_of(&content["role"]),
            session,
            text: text(&content["text"]),
        };
        return Message::Offer(offer).write(out, exchange);
    }
    if content["message"] == "reject" {
        // Reasons have no public codes: the message is read from bytes that the test makes itself.
        let reason = int(&content["reason"]) as u8;
        let bytes = [&[4][..], &exchange.to_be_bytes(), &[9, 0, 1, reason]].concat();
        let Ok(Message::Reject { reason, .. }) = Message::read(&bytes).1 else { panic!("a Reject") };
        return Message::Reject { reason, text: text(&content["text"]) }.write(out, exchange);
    }
    let session = session.map(|(features, largest, levels)| {
        let mut table = FeatureTable::default();
        assert!(features.into_iter().all(|(feature, id)| table.set(feature, id)));
        SessionSelection {
            format: formats_of(&content["format"])[0],
            features: table,
            stream: streams_of(&content["stream"])[0],
            largest,
            levels,
        }
    });
    let selection = Selection {
        encryption: encryptions_of(&content["encryption"])[0],
        authentication: authentications_of(&content["authentication"])[0],
        role: role_of(&content["role"]),
        session,
        text: text(&content["text"]),
    };
    match content["message"].as_str() {
        Some("select") => Message::Select(selection).write(out, exchange),
        _ => Message::Commit(selection).write(out, exchange),
    }
}

fn negotiation_json(data: &[u8]) -> Value {
    let (exchange, message) = Message::read(data);
    match message.unwrap() {
        Message::Offer(offer) => {
            let mut found = json!({
                "message": "offer",
                "exchange": exchange,
                "encryption": offer.encryption.into_iter().map(encryption_json).collect::<Vec<_>>(),
                "authentication": offer.authentication.into_iter().map(authentication_json).collect::<Vec<_>>(),
                "role": role_json(offer.role),
                "text": offer.text,
            });
            if let Some(session) = offer.session {
                let features: Vec<Value> =
                    session.features.iter().map(|feature| json!([0, feature.name()])).collect();
                found["features"] = features.into();
                found["format"] = session.formats.into_iter().map(format_json).collect::<Vec<_>>().into();
                found["stream"] = session.streams.into_iter().map(stream_json).collect::<Vec<_>>().into();
                found["largest"] = session.largest.into();
                found["levels"] = session.levels.bits().into();
            }
            found
        }
        Message::Select(selection) => selection_json("select", exchange, selection),
        Message::Commit(selection) => selection_json("commit", exchange, selection),
        Message::Reject { text, .. } => {
            // The code of the reason is in the one place where it can be.
            json!({"message": "reject", "exchange": exchange, "reason": data[8], "text": text})
        }
    }
}

fn selection_json(message: &str, exchange: u32, selection: Selection) -> Value {
    let mut found = json!({
        "message": message,
        "exchange": exchange,
        "encryption": [encryption_json(selection.encryption)],
        "authentication": [authentication_json(selection.authentication)],
        "role": role_json(selection.role),
        "text": selection.text,
    });
    if let Some(session) = selection.session {
        let features: Vec<Value> =
            session.features.iter().map(|(feature, id)| json!([id, feature.name()])).collect();
        found["features"] = features.into();
        found["format"] = json!([format_json(session.format)]);
        found["stream"] = json!([stream_json(session.stream)]);
        found["largest"] = session.largest.into();
        found["levels"] = session.levels.bits().into();
    }
    found
}

// -- what is said of data points --

fn signals_of(content: &Value) -> SignalMessage {
    if let Some(ids) = content.get("ask") {
        return SignalMessage::Ask(array(ids).iter().map(|id| int(id) as u32).collect());
    }
    let record = |record: &Value| SignalRecord {
        signal_id: Uuid::parse_str(record[0].as_str().unwrap()).unwrap(),
        plain: int(&record[1]) as u32,
        flagged: int(&record[2]) as u32,
    };
    SignalMessage::Assign(array(&content["assign"]).iter().map(record).collect())
}

fn signals_json(message: &SignalMessage) -> Value {
    match message {
        SignalMessage::Ask(ids) => json!({"ask": ids}),
        SignalMessage::Assign(records) => {
            let record = |record: &SignalRecord| {
                json!([record.signal_id.simple().to_string(), record.plain, record.flagged])
            };
            json!({"assign": records.iter().map(record).collect::<Vec<_>>()})
        }
    }
}

fn edition_of(content: &Value) -> Edition {
    let number = |name: &str| int(&content[name]) as u32;
    Edition { number: number("document"), length: number("length"), check: number("check") }
}

fn write_document(out: &mut Vec<u8>, content: &Value) {
    let kind =
        [DocumentKind::Metadata, DocumentKind::C37118Configuration][int(&content["kind_of"]) as usize - 1];
    let name = DocumentName { kind, subject: int(&content["subject"]) as u16 };
    match content["message"].as_str().unwrap() {
        "piece" => {
            let data = bytes(content["data"].as_str().unwrap());
            let (size, number) = (int(&content["size"]) as u16, int(&content["number"]) as u16);
            DocumentMessage::Piece(Piece { edition: edition_of(content), size, number, data: &data })
                .write(out, name);
        }
        "current" => DocumentMessage::Current(edition_of(content)).write(out, name),
        "request" => {
            let range = |pair: &Value| (int(&pair[0]) as u16, int(&pair[1]) as u16);
            let ranges = array(&content["ranges"]).iter().map(range).collect();
            DocumentMessage::Request { number: int(&content["document"]) as u32, ranges }.write(out, name);
        }
        _ => DocumentMessage::None.write(out, name),
    }
}

fn document_json(data: &[u8]) -> Value {
    let (name, message) = DocumentMessage::read(data).unwrap();
    let kind = if name.kind == DocumentKind::Metadata { 1 } else { 2 };
    let mut found = json!({"kind_of": kind, "subject": name.subject});
    let mut set_edition = |edition: Edition| {
        found["document"] = edition.number.into();
        found["length"] = edition.length.into();
        found["check"] = edition.check.into();
    };
    let message = match message {
        DocumentMessage::Piece(piece) => {
            set_edition(piece.edition);
            found["size"] = piece.size.into();
            found["number"] = piece.number.into();
            found["data"] = hex(piece.data).into();
            "piece"
        }
        DocumentMessage::Current(edition) => {
            set_edition(edition);
            "current"
        }
        DocumentMessage::Request { number, ranges } => {
            found["document"] = number.into();
            found["ranges"] = json!(ranges);
            "request"
        }
        DocumentMessage::None => "none",
    };
    found["message"] = message.into();
    found
}

fn subscription_of(content: &Value) -> SubscriptionMessage {
    let request = int(&content["request"]) as u16;
    match content["message"].as_str().unwrap() {
        "subscribe" => SubscriptionMessage::Subscribe {
            request,
            times: if int(&content["times"]) == 11 { TimeForm::DateTime2 } else { TimeForm::Ticks },
            filter: text(&content["filter"]),
        },
        "unsubscribe" => SubscriptionMessage::Unsubscribe { request },
        _ => SubscriptionMessage::Answer {
            request,
            status: [Status::Accepted, Status::BadFilter, Status::Refused][int(&content["status"]) as usize],
            signals: int(&content["signals"]) as u32,
            text: text(&content["text"]),
        },
    }
}

fn subscription_json(message: &SubscriptionMessage) -> Value {
    match message {
        SubscriptionMessage::Subscribe { request, times, filter } => {
            let times = if *times == TimeForm::DateTime2 { 11 } else { 12 };
            json!({"message": "subscribe", "request": request, "times": times, "filter": filter})
        }
        SubscriptionMessage::Unsubscribe { request } => json!({"message": "unsubscribe", "request": request}),
        SubscriptionMessage::Answer { request, status, signals, text } => {
            let status = match status {
                Status::Accepted => 0,
                Status::BadFilter => 1,
                Status::Refused => 2,
            };
            json!({"message": "answer", "request": request, "status": status, "signals": signals, "text": text})
        }
    }
}

const TYPES: [ValueType; 6] = [
    ValueType::Status,
    ValueType::Phasor,
    ValueType::Frequency,
    ValueType::RateOfChange,
    ValueType::Analog,
    ValueType::Digital,
];

fn channel_of(content: &Value) -> ChannelRecord {
    let number = |name: &str| int(&content[name]) as u16;
    let value_type =
        TYPES.into_iter().find(|value_type| u64::from(value_type.letter()) == int(&content["type"]));
    ChannelRecord {
        id: int(&content["id"]) as u32,
        concentrator_id: number("concentrator"),
        source_id: number("source"),
        time_base: int(&content["time_base"]) as u32,
        value_type: value_type.unwrap(),
        size: number("size") as u8,
        is_polar: (int(&content["phasor"]) != 0).then(|| int(&content["phasor"]) == u64::from(b'P')),
        position: number("position"),
        pmu_number: number("pmu"),
        station: bytes(content["station"].as_str().unwrap()),
        names: array(&content["names"]).iter().map(|name| bytes(name.as_str().unwrap())).collect(),
        nominal_frequency: number("nominal"),
        data_rate: content["rate"].as_i64().unwrap() as i16,
        change_count: number("changes"),
    }
}

fn channel_json(record: &ChannelRecord) -> Value {
    let phasor = match record.is_polar {
        None => 0,
        Some(true) => b'P',
        Some(false) => b'R',
    };
    json!({
        "id": record.id,
        "concentrator": record.concentrator_id,
        "source": record.source_id,
        "time_base": record.time_base,
        "type": record.value_type.letter(),
        "size": record.size,
        "phasor": phasor,
        "position": record.position,
        "pmu": record.pmu_number,
        "station": hex(&record.station),
        "names": record.names.iter().map(|name| hex(name)).collect::<Vec<_>>(),
        "nominal": record.nominal_frequency,
        "rate": record.data_rate,
        "changes": record.change_count,
    })
}
