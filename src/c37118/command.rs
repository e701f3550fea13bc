//! Commands to a device.

/// What a command frame asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Stop sending data frames.
    StopData,
    /// Send data frames.
    StartData,
    /// Send the header frame.
    SendHeader,
    /// Send the configuration that the device is able to give, CFG-1.
    SendConfiguration1,
    /// Send the configuration in use, CFG-2.
    SendConfiguration2,
    /// Send the configuration in use, CFG-3 (version 2).
    SendConfiguration3,
    /// An extended frame, whose content is the user's.
    Extended(Vec<u8>),
    /// Any other code, among them 0x0100 to 0x0FFF, which users may define.
    Other(u16),
}

impl Command {
    /// CMD.
    pub fn code(&self) -> u16 {
        match self {
            Command::StopData => 1,
            Command::StartData => 2,
            Command::SendHeader => 3,
            Command::SendConfiguration1 => 4,
            Command::SendConfiguration2 => 5,
            Command::SendConfiguration3 => 6,
            Command::Extended(_) => 8,
            Command::Other(code) => *code,
        }
    }

    pub(super) fn decode(code: u16, extended: &[u8]) -> Command {
        match code {
            1 => Command::StopData,
            2 => Command::StartData,
            3 => Command::SendHeader,
            4 => Command::SendConfiguration1,
            5 => Command::SendConfiguration2,
            6 => Command::SendConfiguration3,
            8 => Command::Extended(extended.to_vec()),
            code => Command::Other(code),
        }
    }
}
