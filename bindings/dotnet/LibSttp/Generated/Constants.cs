// The constants of the library.
//
// Generated from include/sttp.h and the tables of the library by bindings/generate.py.

using System;

namespace LibSttp
{
    /// <summary>How a call went: 0 for well.</summary>
    public enum Status
    {
        /// <summary>The call succeeded.</summary>
        Ok = 0,
        /// <summary>An argument is null, no valid UTF-8, or out of range; the message names it.</summary>
        InvalidArgument = -1,
        /// <summary>The call does not fit what went before, as starting what is already started.</summary>
        InvalidState = -2,
        /// <summary>There is no such signal, connection or row.</summary>
        NotFound = -3,
        /// <summary>The time that the caller gave is over.</summary>
        Timeout = -4,
        /// <summary>The handle is not started, or was disconnected or stopped and nothing is left.</summary>
        Closed = -5,
        /// <summary>The call would have to wait for the engine from inside one of its callbacks.</summary>
        WouldBlock = -6,
        /// <summary>The operating system refused something, as an address that is in use.</summary>
        Io = -7,
        /// <summary>The peer broke the protocol.</summary>
        Protocol = -8,
        /// <summary>The peer refused a command.</summary>
        Refused = -9,
        /// <summary>Metadata, or their XML, are invalid.</summary>
        Metadata = -10,
        /// <summary>A filter expression is invalid.</summary>
        Filter = -11,
        /// <summary>The caller's buffer is too small; the message says how many bytes are needed.</summary>
        BufferTooSmall = -12,
        /// <summary>The subscriber is not connected, or not any more; it may be again.</summary>
        NotConnected = -13,
        /// <summary>The publisher has granted the subscription, and has no signal for it.</summary>
        NoSignals = -14,
        /// <summary>The historical data that were subscribed have ended, and all of them were read.</summary>
        Complete = -15,
        /// <summary>
        /// The process was forked from the one that made the handle, and has none of the library's threads; make
        /// engines, subscribers and publishers anew, after the fork.
        /// </summary>
        Forked = -16,
        /// <summary>The library failed. The handle stays safe to use and to free. Please report the message.</summary>
        Internal = -100,
    }

    /// <summary>Importance of messages.</summary>
    public enum LogLevel
    {
        /// <summary>Level of messages: something failed.</summary>
        Error = 1,
        /// <summary>Level of messages: something is not as it should be, but goes on.</summary>
        Warning = 2,
        /// <summary>Level of messages: what an operator wants to know of normal work.</summary>
        Info = 3,
        /// <summary>Level of messages: details for finding a fault.</summary>
        Debug = 4,
    }

    /// <summary>What a subscriber asks of a publisher.</summary>
    public enum Command
    {
        /// <summary>Metadata were asked for.</summary>
        MetadataRefresh = 1,
        /// <summary>Measurements were asked for.</summary>
        Subscribe = 2,
        /// <summary>The subscription was ended.</summary>
        Unsubscribe = 3,
        /// <summary>New keys were asked for.</summary>
        RotateCipherKeys = 4,
        /// <summary>Another pace of historical data was asked for.</summary>
        UpdateProcessingInterval = 5,
        /// <summary>The form of everything that follows was agreed on: the first command of a connection.</summary>
        DefineOperationalModes = 6,
        /// <summary>The schema of the metadata was asked for.</summary>
        GetMetadataSchema = 12,
        /// <summary>The schema for selecting signals was asked for.</summary>
        GetSignalSelectionSchema = 13,
        /// <summary>User command 0; user command n, up to 15, has this code and n more.</summary>
        User = 208,
    }

    /// <summary>Quality of a measurement's value and time.</summary>
    [System.Flags]
    public enum StateFlags : uint
    {
        /// <summary>None of them.</summary>
        None = 0,
        /// <summary>Value is bad.</summary>
        BadData = 0x00000001,
        /// <summary>Value is suspect.</summary>
        SuspectData = 0x00000002,
        /// <summary>Value is over its range.</summary>
        OverRangeError = 0x00000004,
        /// <summary>Value is under its range.</summary>
        UnderRangeError = 0x00000008,
        /// <summary>Value is above its high alarm limit.</summary>
        AlarmHigh = 0x00000010,
        /// <summary>Value is below its low alarm limit.</summary>
        AlarmLow = 0x00000020,
        /// <summary>Value is above its high warning limit.</summary>
        WarningHigh = 0x00000040,
        /// <summary>Value is below its low warning limit.</summary>
        WarningLow = 0x00000080,
        /// <summary>Value does not change.</summary>
        FlatlineAlarm = 0x00000100,
        /// <summary>Value failed a comparison with another.</summary>
        ComparisonAlarm = 0x00000200,
        /// <summary>Value changes too fast (rate of change).</summary>
        RateOfChangeAlarm = 0x00000400,
        /// <summary>Value came marked as bad.</summary>
        ReceivedAsBad = 0x00000800,
        /// <summary>Value was calculated.</summary>
        CalculatedValue = 0x00001000,
        /// <summary>The calculation failed.</summary>
        CalculationError = 0x00002000,
        /// <summary>The calculation warns.</summary>
        CalculationWarning = 0x00004000,
        /// <summary>Reserved for value quality.</summary>
        ReservedQuality = 0x00008000,
        /// <summary>Time is bad.</summary>
        BadTime = 0x00010000,
        /// <summary>Time is suspect.</summary>
        SuspectTime = 0x00020000,
        /// <summary>Measurement came late.</summary>
        LateTimeAlarm = 0x00040000,
        /// <summary>Time lies in the future.</summary>
        FutureTimeAlarm = 0x00080000,
        /// <summary>Value was up-sampled.</summary>
        UpSampled = 0x00100000,
        /// <summary>Value was down-sampled.</summary>
        DownSampled = 0x00200000,
        /// <summary>Value was discarded.</summary>
        DiscardedValue = 0x00400000,
        /// <summary>Reserved for time quality.</summary>
        ReservedTime = 0x00800000,
        /// <summary>Application defined, first.</summary>
        UserDefined1 = 0x01000000,
        /// <summary>Application defined, second.</summary>
        UserDefined2 = 0x02000000,
        /// <summary>Application defined, third (IEEE 2664: base time offset in use).</summary>
        UserDefined3 = 0x04000000,
        /// <summary>Application defined, fourth (IEEE 2664: time index).</summary>
        UserDefined4 = 0x08000000,
        /// <summary>Application defined, fifth (IEEE 2664: simulated data).</summary>
        UserDefined5 = 0x10000000,
        /// <summary>The system has an error.</summary>
        SystemError = 0x20000000,
        /// <summary>The system has a warning.</summary>
        SystemWarning = 0x40000000,
        /// <summary>The measurement has an error.</summary>
        MeasurementError = 0x80000000,
    }

    /// <summary>Encodings of texts on a connection.</summary>
    public enum TextEncoding
    {
        /// <summary>Texts are UTF-16, little-endian.</summary>
        Utf16Le = 0,
        /// <summary>Texts are UTF-16, big-endian.</summary>
        Utf16Be = 1,
        /// <summary>Texts are UTF-8.</summary>
        Utf8 = 2,
    }

    /// <summary>Whose settings.</summary>
    public enum SettingsRole
    {
        /// <summary>The settings of subscribers.</summary>
        Subscriber = 0,
        /// <summary>The settings of publishers.</summary>
        Publisher = 1,
        /// <summary>The settings of a device of a <c>sttp_c37118_input</c>.</summary>
        C37118Input = 2,
        /// <summary>The settings of a stream of a <c>sttp_c37118_output</c>.</summary>
        C37118Output = 3,
        /// <summary>The settings of a block link.</summary>
        BlockLink = 4,
    }

    /// <summary>Types of settings.</summary>
    public enum SettingType
    {
        /// <summary>A setting is <c>true</c> or <c>false</c>.</summary>
        Flag = 0,
        /// <summary>A setting is a whole number.</summary>
        Integer = 1,
        /// <summary>A setting is a time in seconds, perhaps with a fraction, as 2.5.</summary>
        Seconds = 2,
        /// <summary>A setting is one of several words.</summary>
        Choice = 3,
        /// <summary>A setting is a text; <c>value</c> says which.</summary>
        Text = 4,
        /// <summary>
        /// A group of settings, which follow it in the table; its value is a connection string of their keys.
        /// </summary>
        Group = 5,
    }

    /// <summary>Where a subscriber stands.</summary>
    public enum SubscriberState
    {
        /// <summary>State of a subscriber: not connected, and not about to be.</summary>
        Idle = 0,
        /// <summary>State of a subscriber: a connection is being made.</summary>
        Connecting = 1,
        /// <summary>
        /// State of a subscriber: connected, without a subscription that the publisher has accepted.
        /// </summary>
        Connected = 2,
        /// <summary>State of a subscriber: connected, and the publisher has accepted the subscription.</summary>
        Subscribed = 3,
        /// <summary>
        /// State of a subscriber: the connection was lost or could not be made, the next attempt follows.
        /// </summary>
        Reconnecting = 4,
        /// <summary>State of a subscriber: it listens, and no publisher is connected.</summary>
        Listening = 5,
    }

    /// <summary>Schemas that a publisher can be asked for.</summary>
    public enum Schema
    {
        /// <summary>A schema: the tables and columns of the publisher's metadata.</summary>
        Metadata = 0,
        /// <summary>A schema: the tables and columns that filter expressions select signals from.</summary>
        SignalSelection = 1,
    }

    /// <summary>What an audit event is about.</summary>
    public enum AuditSubject
    {
        /// <summary>Somebody connected, or asked to stay connected.</summary>
        Connection = 0,
        /// <summary>A subscriber asked for measurements.</summary>
        Subscription = 1,
        /// <summary>A subscriber asked for historical data.</summary>
        HistoricalData = 2,
        /// <summary>A subscriber asked for metadata, or their schema.</summary>
        Metadata = 3,
        /// <summary>A subscriber sent a user command.</summary>
        UserCommand = 4,
        /// <summary>
        /// What a subscriber may has changed while it was connected; when that was refused, it is disconnected.
        /// </summary>
        Rights = 5,
        /// <summary>Subject of an audit event: to get no measurements any more.</summary>
        Unsubscription = 6,
        /// <summary>Subject of an audit event: to get other keys for encrypted measurements.</summary>
        CipherKeys = 7,
        /// <summary>Subject of an audit event: to get historical data at another pace.</summary>
        ProcessingInterval = 8,
        /// <summary>Subject of an audit event: to use operational modes.</summary>
        OperationalModes = 9,
        /// <summary>Subject of an audit event: any other command, which there is not, or not here.</summary>
        OtherCommand = 10,
    }

    /// <summary>Where a device of C37.118 stands.</summary>
    public enum C37118State
    {
        /// <summary>State of a device: a connection is being made.</summary>
        Connecting = 0,
        /// <summary>State of a device: connected, and it has not told its configuration yet.</summary>
        Connected = 1,
        /// <summary>State of a device: it has told its configuration.</summary>
        Running = 2,
        /// <summary>
        /// State of a device: the connection was lost or could not be made, the next attempt follows.
        /// </summary>
        Reconnecting = 3,
        /// <summary>State of a device: the connection was lost or could not be made, and no attempt follows.</summary>
        GaveUp = 4,
    }

    /// <summary>Kinds of C37.118 frames.</summary>
    public enum C37118FrameType
    {
        /// <summary>A frame carries measurements.</summary>
        Data = 0,
        /// <summary>A frame carries a text for people.</summary>
        Header = 1,
        /// <summary>A frame says what the device is able to give.</summary>
        Configuration1 = 2,
        /// <summary>A frame says what the data frames carry.</summary>
        Configuration2 = 3,
        /// <summary>A frame is a command.</summary>
        Command = 4,
        /// <summary>A frame says what the data frames carry, in the longer form, or is a piece of that.</summary>
        Configuration3 = 5,
    }

    /// <summary>Commands to devices of C37.118.</summary>
    public enum C37118Command
    {
        /// <summary>Command: stop sending data frames.</summary>
        StopData = 1,
        /// <summary>Command: send data frames.</summary>
        StartData = 2,
        /// <summary>Command: send the header frame.</summary>
        SendHeader = 3,
        /// <summary>Command: send CFG-1.</summary>
        SendConfiguration1 = 4,
        /// <summary>Command: send CFG-2.</summary>
        SendConfiguration2 = 5,
        /// <summary>Command: send CFG-3.</summary>
        SendConfiguration3 = 6,
        /// <summary>Command: what its content says.</summary>
        Extended = 8,
    }

    /// <summary>What a side of a block link does.</summary>
    public enum BlockLinkRole
    {
        /// <summary>Role of a side of a link: it receives.</summary>
        Client = 1,
        /// <summary>Role of a side of a link: it sends.</summary>
        Server = 2,
        /// <summary>Role of a side of a link: both.</summary>
        Peer = 3,
    }

    /// <summary>Where a block link stands.</summary>
    public enum BlockLinkState
    {
        /// <summary>State of a link: it is not to be open, or a file was read to its end.</summary>
        Closed = 0,
        /// <summary>State of a link: it is being opened, or waits for a connection.</summary>
        Opening = 1,
        /// <summary>State of a link: it is open, and nothing is agreed with the other side.</summary>
        Open = 2,
        /// <summary>State of a link: both sides have agreed how they talk.</summary>
        Running = 3,
        /// <summary>State of a link: it was lost or could not be opened, the next attempt follows.</summary>
        Reopening = 4,
        /// <summary>State of a link: it was lost or could not be opened, and no attempt follows.</summary>
        GaveUp = 5,
        /// <summary>State of a link: what waits for a file is being written.</summary>
        Closing = 6,
    }

    /// <summary>How the blocks of a link look.</summary>
    public enum BlockLinkForm
    {
        /// <summary>Blocks in standard form: with sync bytes, sequence number and check word.</summary>
        StandardBlocks = 1,
        /// <summary>Blocks in compact form: with a length, where the link loses nothing.</summary>
        CompactBlocks = 2,
    }

    /// <summary>How data points lie in the blocks of a link.</summary>
    public enum BlockLinkStream
    {
        /// <summary>Data points each with its ID and its length.</summary>
        RawStream = 1,
        /// <summary>Data points as short as it goes, where the link loses nothing.</summary>
        StandardStream = 2,
    }

    /// <summary>What became of a subscription over a block link.</summary>
    public enum BlockLinkAnswer
    {
        /// <summary>What became of a subscription: it is accepted.</summary>
        Accepted = 0,
        /// <summary>What became of a subscription: the other side cannot read or evaluate its filter.</summary>
        BadFilter = 1,
        /// <summary>What became of a subscription: it is refused for another reason.</summary>
        Refused = 2,
    }

    /// <summary>Levels of compliance of a side of a block link.</summary>
    [System.Flags]
    public enum BlockLinkLevels : uint
    {
        /// <summary>None of them.</summary>
        None = 0,
        /// <summary>Bit of a level of compliance: an application, which receives measurements and metadata.</summary>
        Application = 0x00000001,
        /// <summary>
        /// Bit of a level of compliance: a gateway, which also sends them, to those who subscribe with a filter.
        /// </summary>
        Gateway = 0x00000002,
        /// <summary>
        /// Bit of a level of compliance: a concentrator, which also makes data frames of data points of C37.118.
        /// </summary>
        Concentrator = 0x00000004,
    }

    /// <summary>What the sides of a block link have agreed to send.</summary>
    [System.Flags]
    public enum BlockLinkFeatures : uint
    {
        /// <summary>None of them.</summary>
        None = 0,
        /// <summary>Bit of a feature: data points.</summary>
        Points = 0x00000001,
        /// <summary>Bit of a feature: which signals data points are of.</summary>
        Signals = 0x00000002,
        /// <summary>Bit of a feature: metadata, and configurations of C37.118.</summary>
        Documents = 0x00000004,
        /// <summary>Bit of a feature: subscriptions by filter.</summary>
        Subscription = 0x00000008,
        /// <summary>Bit of a feature: data points of C37.118.</summary>
        C37118 = 0x00000010,
    }

    /// <summary>Kinds of signals, as signal references have them.</summary>
    public enum SignalKind
    {
        /// <summary>Kind of a signal: angle of a phasor, <c>PA</c>.</summary>
        Angle = 1,
        /// <summary>Kind of a signal: magnitude of a phasor, <c>PM</c>.</summary>
        Magnitude = 2,
        /// <summary>Kind of a signal: frequency, <c>FQ</c>.</summary>
        Frequency = 3,
        /// <summary>Kind of a signal: rate of change of frequency, <c>DF</c>.</summary>
        FrequencyChange = 4,
        /// <summary>Kind of a signal: status flags, <c>SF</c>.</summary>
        Status = 5,
        /// <summary>Kind of a signal: digital value, <c>DV</c>.</summary>
        Digital = 6,
        /// <summary>Kind of a signal: analog value, <c>AV</c>.</summary>
        Analog = 7,
        /// <summary>Kind of a signal: calculated value, <c>CV</c>.</summary>
        Calculation = 8,
        /// <summary>Kind of a signal: statistic, <c>ST</c>.</summary>
        Statistic = 9,
        /// <summary>Kind of a signal: alarm, <c>AL</c>.</summary>
        Alarm = 10,
        /// <summary>Kind of a signal: quality flags, <c>QF</c>.</summary>
        Quality = 11,
    }

    /// <summary>Types of cells and values.</summary>
    public enum CellType
    {
        /// <summary>Type of a value: true or false.</summary>
        Boolean = 1,
        /// <summary>Type of a value: signed integer of 8 bits.</summary>
        Int8 = 2,
        /// <summary>Type of a value: signed integer of 16 bits.</summary>
        Int16 = 3,
        /// <summary>Type of a value: signed integer of 32 bits.</summary>
        Int32 = 4,
        /// <summary>Type of a value: signed integer of 64 bits.</summary>
        Int64 = 5,
        /// <summary>Type of a value: unsigned integer of 8 bits.</summary>
        Uint8 = 6,
        /// <summary>Type of a value: unsigned integer of 16 bits.</summary>
        Uint16 = 7,
        /// <summary>Type of a value: unsigned integer of 32 bits.</summary>
        Uint32 = 8,
        /// <summary>Type of a value: unsigned integer of 64 bits.</summary>
        Uint64 = 9,
        /// <summary>Type of a value: IEEE-754 single precision.</summary>
        Single = 10,
        /// <summary>Type of a value: IEEE-754 double precision.</summary>
        Double = 11,
        /// <summary>Type of a value: decimal number of up to 28 digits.</summary>
        Decimal = 12,
        /// <summary>Type of a value: text.</summary>
        String = 13,
        /// <summary>Type of a value: GUID.</summary>
        Guid = 14,
        /// <summary>Type of a value: time in UTC.</summary>
        Datetime = 15,
    }

    /// <summary>What can be wrong with metadata.</summary>
    public enum FindingKind
    {
        /// <summary>Findings of every kind.</summary>
        Any = -1,
        /// <summary>The text of a cell is no value of the column's type. The cell is null.</summary>
        Unreadable = 0,
        /// <summary>The text of a cell is not what XML has for the column's type, but was understood.</summary>
        ReadFreely = 1,
        /// <summary>A text refers to a character that XML does not have. U+FFFD stands in its place.</summary>
        ForbiddenCharacter = 2,
        /// <summary>A row belongs to no table of the document's schema. It is left out.</summary>
        UndefinedTable = 3,
        /// <summary>A field of a row belongs to no column of the table's schema. It is left out.</summary>
        UndefinedColumn = 4,
        /// <summary>The schema gives a column no type that is supported. The column is left out.</summary>
        UnsupportedColumn = 5,
        /// <summary>
        /// The expression of a column has no value. The cell, or the column from that row on, is null.
        /// </summary>
        NotComputed = 6,
        /// <summary>
        /// A measurement has no signal ID. Nobody can subscribe to it, and nothing be published for it.
        /// </summary>
        NoSignalId = 7,
        /// <summary>The signal ID of a measurement is all zeros, which stands for none.</summary>
        NilSignalId = 8,
        /// <summary>The signal ID is that of another measurement too. Only the first of them gets its data.</summary>
        RepeatedSignalId = 9,
        /// <summary>The measurement key is not a source, a colon and a number.</summary>
        BadKey = 10,
        /// <summary>A name that finds a row is that of another row too. Only the first of them is found.</summary>
        RepeatedName = 11,
        /// <summary>A device or phasor lacks a name by which measurements refer to it.</summary>
        NoName = 12,
        /// <summary>A row refers to a device that is not described.</summary>
        UnknownDevice = 13,
        /// <summary>A measurement refers to a phasor that is not described.</summary>
        UnknownPhasor = 14,
    }

    /// <summary>Records of counters.</summary>
    public enum CounterRecord
    {
        /// <summary>The counters of <c>sttp_subscriber_counters</c>.</summary>
        Subscriber = 0,
        /// <summary>The counters of <c>sttp_publisher_counters</c>.</summary>
        Publisher = 1,
        /// <summary>The counters of <c>sttp_connection_counters</c>.</summary>
        Connection = 2,
        /// <summary>The counters of <c>sttp_c37118_device_counters</c>.</summary>
        C37118Device = 3,
        /// <summary>The counters of <c>sttp_c37118_client_counters</c>.</summary>
        C37118Client = 4,
        /// <summary>The counters of <c>sttp_c37118_stream_counters</c>.</summary>
        C37118Stream = 5,
        /// <summary>The counters of <c>sttp_c37118_server_counters</c>.</summary>
        C37118Server = 6,
        /// <summary>The counters of <c>sttp_c37118_relay_counters</c>.</summary>
        C37118Relay = 7,
        /// <summary>The counters of <c>sttp_block_link_counters</c>.</summary>
        BlockLink = 8,
        /// <summary>The counters of <c>sttp_block_link_session_counters</c>.</summary>
        BlockLinkSession = 9,
        /// <summary>The counters of <c>sttp_block_link_input_counters</c>.</summary>
        BlockLinkInput = 10,
    }

    /// <summary>Constants of the library that are of no enumeration.</summary>
    public static class Constants
    {
        /// <summary>
        /// Major version that this header belongs to: programs built with it need a library of the same.
        /// </summary>
        public const int VersionMajor = 0;
        /// <summary>Minor version that this header belongs to.</summary>
        public const int VersionMinor = 1;
        /// <summary>Patch version that this header belongs to.</summary>
        public const int VersionPatch = 0;
        /// <summary>Bytes that suffice for the text of all flags, NUL included.</summary>
        public const int FlagsTextSize = 768;
        /// <summary>Bytes that suffice for the text of every time, NUL included.</summary>
        public const int TimeTextSize = 32;
        /// <summary>Bytes that suffice for the text of every GUID, NUL included.</summary>
        public const int GuidTextSize = 37;
        /// <summary>Bytes that suffice for the text of every value that is not itself a text, NUL included.</summary>
        public const int ValueTextSize = 64;
        /// <summary>
        /// Bits of ticks that hold the time: units of 100 ns since 0001-01-01T00:00:00 UTC. Mask with it before any
        /// arithmetic.
        /// </summary>
        public const long TicksValueMask = 4611686018427387903;
        /// <summary>
        /// Number of the bit of ticks that marks a leap second. Alone: second 60, whose value is as in second 59.
        /// </summary>
        public const int TicksLeapSecondBit = 63;
        /// <summary>
        /// Number of the bit of ticks that, beside the one for leap seconds, marks second 58 of a minute without second
        /// 59.
        /// </summary>
        public const int TicksSecondDeletedBit = 62;
        /// <summary>Flag of <c>sttp_datetime2</c>: this is second 23:59:58, and 23:59:59 is deleted.</summary>
        public const int Datetime2SecondDeleted = 1;
        /// <summary>
        /// Number of the table ActiveMeasurements, which the library derives from the others: one row for each enabled
        /// measurement, as subscription filters see it. (Metadata that bring a table of that name have only theirs.)
        /// </summary>
        public const long TableActiveMeasurements = 4294967295;
        /// <summary>The row of a finding that is about a table or a column as a whole.</summary>
        public const ulong FindingNoRow = 18446744073709551615;

        /// <summary>The version of the header that this package is made for.</summary>
        public const string HeaderVersion = "0.1.0";
    }
}
