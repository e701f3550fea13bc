//! Commands of those who do not use the library.

use sttp::session::SubscribeRequest;
use sttp::settings::SubscriptionOptions;
use sttp::wire::frame::command_frame;
use sttp::wire::{Command, TextEncoding};

pub(crate) fn modes() -> Vec<u8> {
    command_frame(Command::DefineOperationalModes, &0x0000_0202_u32.to_be_bytes())
}

pub(crate) fn subscribe(filter: String) -> Vec<u8> {
    let options = SubscriptionOptions::default().filter(filter);
    command_frame(Command::Subscribe, &SubscribeRequest::from(options).encode(TextEncoding::Utf8).unwrap())
}

/// A request for metadata with some expressions.
pub(crate) fn metadata_request(expressions: &str) -> Vec<u8> {
    let payload = [&(expressions.len() as u32).to_be_bytes()[..], expressions.as_bytes()].concat();
    command_frame(Command::MetadataRefresh, &payload)
}

/// Operational modes, and then these commands.
pub(crate) fn commands(others: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    modes().into_iter().chain(others.into_iter().flatten()).collect()
}

/// A filter of few characters that takes ten times as many steps for each level, and another one for each number.
pub(crate) fn expensive(levels: usize, number: usize) -> String {
    let text = "Replace(".repeat(levels) + "'aaaaaaaaaa'" + &",'a','aaaaaaaaaa')".repeat(levels);
    format!("FILTER ActiveMeasurements WHERE Len(Upper(Reverse({text}))) > {number}")
}
