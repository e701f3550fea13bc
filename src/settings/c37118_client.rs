//! How a device that speaks C37.118 is asked for its data.

use std::time::Duration;

use super::macros::settings;

/// Which configuration frame a device is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RequestedConfiguration {
    /// CFG-3, and CFG-2 where the device does not answer.
    #[default]
    Newest,
    /// CFG-2.
    Cfg2,
    /// CFG-3.
    Cfg3,
}

/// As they stand in connection strings.
const CONFIGURATIONS: [(&str, RequestedConfiguration); 3] = [
    ("newest", RequestedConfiguration::Newest),
    ("cfg2", RequestedConfiguration::Cfg2),
    ("cfg3", RequestedConfiguration::Cfg3),
];

settings! {
    /// How a device that speaks C37.118 is asked for its data.
    pub struct C37118ClientSettings: Copy Eq {
        /// ID code of the data stream; 0 for the one that comes first.
        ///
        /// Frames with another ID code are dropped and counted. With 0, commands carry ID code 1 until a frame
        /// has told another, which few devices answer.
        id_code: u16 = 0 => integer("accessID"; 0, 65_534, "ID code"),
        /// Configuration frame that the device is asked for: newest, cfg2 or cfg3.
        ///
        /// newest asks for CFG-3, and for CFG-2 when the device does not answer.
        configuration: RequestedConfiguration = RequestedConfiguration::Newest
            => choice("configurationFrame"; CONFIGURATIONS),
        /// Ask for the text of the header frame, too.
        header: bool = false => flag("requestHeader"),
        /// Ask for every form of the configuration and for the header, to pass them on as they are.
        ///
        /// Where the frames of the device are relayed.
        every_description: bool = false => flag("requestEveryDescription"),
        /// Tell the device to stop sending data before it is asked for its configuration.
        ///
        /// Without it, a device that is sending already is not interrupted.
        stop_first: bool = true => flag("stopDataFirst"),
        /// How long a device is left alone after it was told to stop.
        settling_time: Duration = Duration::from_secs(1) => seconds("settlingTime"; Duration::ZERO),
        /// How long an answer may take.
        ///
        /// Then the question is asked again, in the other form where there is one.
        answer_timeout: Duration = Duration::from_secs(5) => seconds("answerTimeout"; Duration::from_millis(10)),
        /// How often the configuration is asked for before the connection is made anew.
        max_questions: u32 = 6 => integer("maxConfigurationRequests"; 1, 1000, "questions"),
        /// A device that sends no data for so long is started again, and then connected to again.
        ///
        /// At least three times as long as its frames are apart.
        silence: Duration = Duration::from_secs(5) => seconds("silenceTimeout"; Duration::from_millis(10)),
        /// With commands by UDP, tell the device so often to go on sending; 0 for never.
        ///
        /// For devices that forget those who are silent.
        keep_alive: Duration = Duration::ZERO => seconds("keepAliveInterval"; Duration::ZERO),
    }
}
