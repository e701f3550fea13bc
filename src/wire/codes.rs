//! Command and response codes.

/// What a subscriber asks for: the first byte of a frame from subscriber to publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    /// 0x00: never sent; names the attempt to connect when a publisher refuses it.
    Connect,
    /// 0x01: send the metadata.
    MetadataRefresh,
    /// 0x02: start, or replace, the subscription.
    Subscribe,
    /// 0x03: end the subscription.
    Unsubscribe,
    /// 0x04: make new cipher keys.
    RotateCipherKeys,
    /// 0x05: change the replay speed of a temporal subscription.
    UpdateProcessingInterval,
    /// 0x06: version, encoding and compression of this connection; always the first command.
    DefineOperationalModes,
    /// 0x07: a notification was received.
    ConfirmNotification,
    /// 0x08: a buffer block was received.
    ConfirmBufferBlock,
    /// 0x09: base times were received. One implementation gives it another meaning when it has a
    /// payload of more than four bytes: publish measurements.
    ConfirmUpdateBaseTimes,
    /// 0x0A: a signal index cache was received and is in use (versions 2 and 3).
    ConfirmSignalIndexCache,
    /// 0x0B: cipher keys were received.
    ConfirmUpdateCipherKeys,
    /// 0x0C: send the schema of the metadata.
    GetPrimaryMetadataSchema,
    /// 0x0D: send the schema of the tables that filters select from.
    GetSignalSelectionSchema,
    /// 0xD0 to 0xDF: application-defined command 0 to 15.
    User(u8),
}

impl Command {
    /// The command of a code, or `None` when STTP has no such command.
    pub fn from_code(code: u8) -> Option<Command> {
        Some(match code {
            0x00 => Command::Connect,
            0x01 => Command::MetadataRefresh,
            0x02 => Command::Subscribe,
            0x03 => Command::Unsubscribe,
            0x04 => Command::RotateCipherKeys,
            0x05 => Command::UpdateProcessingInterval,
            0x06 => Command::DefineOperationalModes,
            0x07 => Command::ConfirmNotification,
            0x08 => Command::ConfirmBufferBlock,
            0x09 => Command::ConfirmUpdateBaseTimes,
            0x0A => Command::ConfirmSignalIndexCache,
            0x0B => Command::ConfirmUpdateCipherKeys,
            0x0C => Command::GetPrimaryMetadataSchema,
            0x0D => Command::GetSignalSelectionSchema,
            0xD0..=0xDF => Command::User(code - 0xD0),
            _ => return None,
        })
    }

    /// The code of the command on the wire.
    pub fn code(self) -> u8 {
        match self {
            Command::Connect => 0x00,
            Command::MetadataRefresh => 0x01,
            Command::Subscribe => 0x02,
            Command::Unsubscribe => 0x03,
            Command::RotateCipherKeys => 0x04,
            Command::UpdateProcessingInterval => 0x05,
            Command::DefineOperationalModes => 0x06,
            Command::ConfirmNotification => 0x07,
            Command::ConfirmBufferBlock => 0x08,
            Command::ConfirmUpdateBaseTimes => 0x09,
            Command::ConfirmSignalIndexCache => 0x0A,
            Command::ConfirmUpdateCipherKeys => 0x0B,
            Command::GetPrimaryMetadataSchema => 0x0C,
            Command::GetSignalSelectionSchema => 0x0D,
            Command::User(number) => 0xD0 + (number & 0x0F),
        }
    }

    /// The command's name in the standard, as operators know it from logs.
    pub fn name(self) -> &'static str {
        match self {
            Command::Connect => "Connect",
            Command::MetadataRefresh => "MetadataRefresh",
            Command::Subscribe => "Subscribe",
            Command::Unsubscribe => "Unsubscribe",
            Command::RotateCipherKeys => "RotateCipherKeys",
            Command::UpdateProcessingInterval => "UpdateProcessingInterval",
            Command::DefineOperationalModes => "DefineOperationalModes",
            Command::ConfirmNotification => "ConfirmNotification",
            Command::ConfirmBufferBlock => "ConfirmBufferBlock",
            Command::ConfirmUpdateBaseTimes => "ConfirmUpdateBaseTimes",
            Command::ConfirmSignalIndexCache => "ConfirmSignalIndexCache",
            Command::ConfirmUpdateCipherKeys => "ConfirmUpdateCipherKeys",
            Command::GetPrimaryMetadataSchema => "GetPrimaryMetadataSchema",
            Command::GetSignalSelectionSchema => "GetSignalSelectionSchema",
            Command::User(_) => "UserCommand",
        }
    }
}

/// What a publisher tells: the first byte of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Response {
    /// 0x80: the command succeeded; text, or the metadata.
    Succeeded,
    /// 0x81: the command failed; text.
    Failed,
    /// 0x82: measurements.
    DataPacket,
    /// 0x83: the signals of the subscription and their indexes.
    UpdateSignalIndexCache,
    /// 0x84: base times for time offsets in compact measurements.
    UpdateBaseTimes,
    /// 0x85: cipher keys.
    UpdateCipherKeys,
    /// 0x86: time of the first measurement.
    DataStartTime,
    /// 0x87: a temporal subscription has ended.
    ProcessingComplete,
    /// 0x88: opaque bytes of a signal.
    BufferBlock,
    /// 0x89: text for operators.
    Notify,
    /// 0x8A: the metadata have changed.
    ConfigurationChanged,
    /// 0xE0 to 0xEF: application-defined response 0 to 15.
    User(u8),
    /// 0xFF: nothing; keeps the connection alive.
    NoOp,
}

impl Response {
    /// The response of a code, or `None` when STTP has no such response.
    pub fn from_code(code: u8) -> Option<Response> {
        Some(match code {
            0x80 => Response::Succeeded,
            0x81 => Response::Failed,
            0x82 => Response::DataPacket,
            0x83 => Response::UpdateSignalIndexCache,
            0x84 => Response::UpdateBaseTimes,
            0x85 => Response::UpdateCipherKeys,
            0x86 => Response::DataStartTime,
            0x87 => Response::ProcessingComplete,
            0x88 => Response::BufferBlock,
            0x89 => Response::Notify,
            0x8A => Response::ConfigurationChanged,
            0xE0..=0xEF => Response::User(code - 0xE0),
            0xFF => Response::NoOp,
            _ => return None,
        })
    }

    /// The code of the response on the wire.
    pub fn code(self) -> u8 {
        match self {
            Response::Succeeded => 0x80,
            Response::Failed => 0x81,
            Response::DataPacket => 0x82,
            Response::UpdateSignalIndexCache => 0x83,
            Response::UpdateBaseTimes => 0x84,
            Response::UpdateCipherKeys => 0x85,
            Response::DataStartTime => 0x86,
            Response::ProcessingComplete => 0x87,
            Response::BufferBlock => 0x88,
            Response::Notify => 0x89,
            Response::ConfigurationChanged => 0x8A,
            Response::User(number) => 0xE0 + (number & 0x0F),
            Response::NoOp => 0xFF,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_code_round_trips() {
        let mut commands = 0;
        let mut responses = 0;
        for code in 0..=u8::MAX {
            if let Some(command) = Command::from_code(code) {
                assert_eq!(command.code(), code);
                commands += 1;
            }
            if let Some(response) = Response::from_code(code) {
                assert_eq!(response.code(), code);
                responses += 1;
            }
        }
        assert_eq!((commands, responses), (14 + 16, 12 + 16));
    }
}
