//! Codes of commands.
//!
//! What sttp_subscriber_on_request_succeeded, sttp_subscriber_on_request_failed and user responses are about.

use std::ffi::c_char;

/// Metadata were asked for.
pub const STTP_COMMAND_METADATA_REFRESH: i32 = 0x01;
/// Measurements were asked for.
pub const STTP_COMMAND_SUBSCRIBE: i32 = 0x02;
/// The subscription was ended.
pub const STTP_COMMAND_UNSUBSCRIBE: i32 = 0x03;
/// New keys were asked for.
pub const STTP_COMMAND_ROTATE_CIPHER_KEYS: i32 = 0x04;
/// Another pace of historical data was asked for.
pub const STTP_COMMAND_UPDATE_PROCESSING_INTERVAL: i32 = 0x05;
/// The form of everything that follows was agreed on: the first command of a connection.
pub const STTP_COMMAND_DEFINE_OPERATIONAL_MODES: i32 = 0x06;
/// The schema of the metadata was asked for.
pub const STTP_COMMAND_GET_METADATA_SCHEMA: i32 = 0x0C;
/// The schema for selecting signals was asked for.
pub const STTP_COMMAND_GET_SIGNAL_SELECTION_SCHEMA: i32 = 0x0D;
/// User command 0; user command n, up to 15, has this code and n more.
pub const STTP_COMMAND_USER: i32 = 0xD0;

/// The name of a command's code, as `STTP_COMMAND_SUBSCRIBE`.
///
/// \param command  The code.
/// \return The name, never NULL and valid for ever; `STTP_COMMAND_USER` for all user commands, `unknown
///         command` for a code without a name.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_command_name(command: i32) -> *const c_char {
    let user_commands = STTP_COMMAND_USER..STTP_COMMAND_USER + 16;
    let command = if user_commands.contains(&command) { STTP_COMMAND_USER } else { command };
    name_of!(
        command,
        c"unknown command",
        STTP_COMMAND_METADATA_REFRESH,
        STTP_COMMAND_SUBSCRIBE,
        STTP_COMMAND_UNSUBSCRIBE,
        STTP_COMMAND_ROTATE_CIPHER_KEYS,
        STTP_COMMAND_UPDATE_PROCESSING_INTERVAL,
        STTP_COMMAND_DEFINE_OPERATIONAL_MODES,
        STTP_COMMAND_GET_METADATA_SCHEMA,
        STTP_COMMAND_GET_SIGNAL_SELECTION_SCHEMA,
        STTP_COMMAND_USER,
    )
    .as_ptr()
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;
    use crate::wire::Command;

    #[test]
    fn codes_are_those_of_the_protocol() {
        let codes = [
            (Command::MetadataRefresh, STTP_COMMAND_METADATA_REFRESH),
            (Command::Subscribe, STTP_COMMAND_SUBSCRIBE),
            (Command::Unsubscribe, STTP_COMMAND_UNSUBSCRIBE),
            (Command::RotateCipherKeys, STTP_COMMAND_ROTATE_CIPHER_KEYS),
            (Command::UpdateProcessingInterval, STTP_COMMAND_UPDATE_PROCESSING_INTERVAL),
            (Command::DefineOperationalModes, STTP_COMMAND_DEFINE_OPERATIONAL_MODES),
            (Command::GetPrimaryMetadataSchema, STTP_COMMAND_GET_METADATA_SCHEMA),
            (Command::GetSignalSelectionSchema, STTP_COMMAND_GET_SIGNAL_SELECTION_SCHEMA),
            (Command::User(0), STTP_COMMAND_USER),
            (Command::User(15), STTP_COMMAND_USER + 15),
        ];
        for (command, code) in codes {
            assert_eq!(i32::from(command.code()), code);
            // SAFETY: a name that lives for ever.
            let name = unsafe { CStr::from_ptr(sttp_command_name(code)) };
            assert!(name.to_bytes().starts_with(b"STTP_COMMAND_"), "{name:?}");
        }
    }
}
