"""The constants of the library.

Generated from include/sttp.h and the tables of the library by bindings/generate.py.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag


class OpenEnum(IntEnum):
    """Numbers with names. One that a later library has, and this package does not know, has none."""

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member


class Status(OpenEnum):
    """How a call went: 0 for well."""

    OK = 0
    """The call succeeded."""
    INVALID_ARGUMENT = -1
    """An argument is None, no valid UTF-8, or out of range; the message names it."""
    INVALID_STATE = -2
    """The call does not fit what went before, as starting what is already started."""
    NOT_FOUND = -3
    """There is no such signal, connection or row."""
    TIMEOUT = -4
    """The time that the caller gave is over."""
    CLOSED = -5
    """The handle is not started, or was disconnected or stopped and nothing is left."""
    WOULD_BLOCK = -6
    """The call would have to wait for the engine from inside one of its callbacks."""
    IO = -7
    """The operating system refused something, as an address that is in use."""
    PROTOCOL = -8
    """The peer broke the protocol."""
    REFUSED = -9
    """The peer refused a command."""
    METADATA = -10
    """Metadata, or their XML, are invalid."""
    FILTER = -11
    """A filter expression is invalid."""
    BUFFER_TOO_SMALL = -12
    """The caller's buffer is too small; the message says how many bytes are needed."""
    NOT_CONNECTED = -13
    """The subscriber is not connected, or not any more; it may be again."""
    NO_SIGNALS = -14
    """The publisher has granted the subscription, and has no signal for it."""
    COMPLETE = -15
    """The historical data that were subscribed have ended, and all of them were read."""
    FORKED = -16
    """The process was forked from the one that made the handle, and has none of the library's threads; make
    engines, subscribers and publishers anew, after the fork.
    """
    INTERNAL = -100
    """The library failed. The handle stays safe to use and to free. Please report the message."""


class LogLevel(OpenEnum):
    """Importance of messages."""

    ERROR = 1
    """Level of messages: something failed."""
    WARNING = 2
    """Level of messages: something is not as it should be, but goes on."""
    INFO = 3
    """Level of messages: what an operator wants to know of normal work."""
    DEBUG = 4
    """Level of messages: details for finding a fault."""


class Command(OpenEnum):
    """What a subscriber asks of a publisher."""

    METADATA_REFRESH = 1
    """Metadata were asked for."""
    SUBSCRIBE = 2
    """Measurements were asked for."""
    UNSUBSCRIBE = 3
    """The subscription was ended."""
    ROTATE_CIPHER_KEYS = 4
    """New keys were asked for."""
    UPDATE_PROCESSING_INTERVAL = 5
    """Another pace of historical data was asked for."""
    DEFINE_OPERATIONAL_MODES = 6
    """The form of everything that follows was agreed on: the first command of a connection."""
    GET_METADATA_SCHEMA = 12
    """The schema of the metadata was asked for."""
    GET_SIGNAL_SELECTION_SCHEMA = 13
    """The schema for selecting signals was asked for."""
    USER = 208
    """User command 0; user command n, up to 15, has this code and n more."""


class StateFlags(IntFlag):
    """Quality of a measurement's value and time."""

    BAD_DATA = 0x00000001
    """Value is bad."""
    SUSPECT_DATA = 0x00000002
    """Value is suspect."""
    OVER_RANGE_ERROR = 0x00000004
    """Value is over its range."""
    UNDER_RANGE_ERROR = 0x00000008
    """Value is under its range."""
    ALARM_HIGH = 0x00000010
    """Value is above its high alarm limit."""
    ALARM_LOW = 0x00000020
    """Value is below its low alarm limit."""
    WARNING_HIGH = 0x00000040
    """Value is above its high warning limit."""
    WARNING_LOW = 0x00000080
    """Value is below its low warning limit."""
    FLATLINE_ALARM = 0x00000100
    """Value does not change."""
    COMPARISON_ALARM = 0x00000200
    """Value failed a comparison with another."""
    RATE_OF_CHANGE_ALARM = 0x00000400
    """Value changes too fast (rate of change)."""
    RECEIVED_AS_BAD = 0x00000800
    """Value came marked as bad."""
    CALCULATED_VALUE = 0x00001000
    """Value was calculated."""
    CALCULATION_ERROR = 0x00002000
    """The calculation failed."""
    CALCULATION_WARNING = 0x00004000
    """The calculation warns."""
    RESERVED_QUALITY = 0x00008000
    """Reserved for value quality."""
    BAD_TIME = 0x00010000
    """Time is bad."""
    SUSPECT_TIME = 0x00020000
    """Time is suspect."""
    LATE_TIME_ALARM = 0x00040000
    """Measurement came late."""
    FUTURE_TIME_ALARM = 0x00080000
    """Time lies in the future."""
    UP_SAMPLED = 0x00100000
    """Value was up-sampled."""
    DOWN_SAMPLED = 0x00200000
    """Value was down-sampled."""
    DISCARDED_VALUE = 0x00400000
    """Value was discarded."""
    RESERVED_TIME = 0x00800000
    """Reserved for time quality."""
    USER_DEFINED_1 = 0x01000000
    """Application defined, first."""
    USER_DEFINED_2 = 0x02000000
    """Application defined, second."""
    USER_DEFINED_3 = 0x04000000
    """Application defined, third (IEEE 2664: base time offset in use)."""
    USER_DEFINED_4 = 0x08000000
    """Application defined, fourth (IEEE 2664: time index)."""
    USER_DEFINED_5 = 0x10000000
    """Application defined, fifth (IEEE 2664: simulated data)."""
    SYSTEM_ERROR = 0x20000000
    """The system has an error."""
    SYSTEM_WARNING = 0x40000000
    """The system has a warning."""
    MEASUREMENT_ERROR = 0x80000000
    """The measurement has an error."""


class Encoding(OpenEnum):
    """Encodings of texts on a connection."""

    UTF16_LE = 0
    """Texts are UTF-16, little-endian."""
    UTF16_BE = 1
    """Texts are UTF-16, big-endian."""
    UTF8 = 2
    """Texts are UTF-8."""


class Role(OpenEnum):
    """Whose settings."""

    SUBSCRIBER = 0
    """The settings of subscribers."""
    PUBLISHER = 1
    """The settings of publishers."""
    C37118_INPUT = 2
    """The settings of a device of a sttp_c37118_input."""
    C37118_OUTPUT = 3
    """The settings of a stream of a sttp_c37118_output."""
    BLOCK_LINK = 4
    """The settings of a block link."""


class SettingType(OpenEnum):
    """Types of settings."""

    FLAG = 0
    """A setting is `true` or `false`."""
    INTEGER = 1
    """A setting is a whole number."""
    SECONDS = 2
    """A setting is a time in seconds, perhaps with a fraction, as 2.5."""
    CHOICE = 3
    """A setting is one of several words."""
    TEXT = 4
    """A setting is a text; `value` says which."""
    GROUP = 5
    """A group of settings, which follow it in the table; its value is a connection string of their keys."""


class State(OpenEnum):
    """Where a subscriber stands."""

    IDLE = 0
    """State of a subscriber: not connected, and not about to be."""
    CONNECTING = 1
    """State of a subscriber: a connection is being made."""
    CONNECTED = 2
    """State of a subscriber: connected, without a subscription that the publisher has accepted."""
    SUBSCRIBED = 3
    """State of a subscriber: connected, and the publisher has accepted the subscription."""
    RECONNECTING = 4
    """State of a subscriber: the connection was lost or could not be made, the next attempt follows."""
    LISTENING = 5
    """State of a subscriber: it listens, and no publisher is connected."""


class Schema(OpenEnum):
    """Schemas that a publisher can be asked for."""

    METADATA = 0
    """A schema: the tables and columns of the publisher's metadata."""
    SIGNAL_SELECTION = 1
    """A schema: the tables and columns that filter expressions select signals from."""


class AuditSubject(OpenEnum):
    """What an audit event is about."""

    CONNECTION = 0
    """Somebody connected, or asked to stay connected."""
    SUBSCRIPTION = 1
    """A subscriber asked for measurements."""
    HISTORICAL_DATA = 2
    """A subscriber asked for historical data."""
    METADATA = 3
    """A subscriber asked for metadata, or their schema."""
    USER_COMMAND = 4
    """A subscriber sent a user command."""
    RIGHTS = 5
    """What a subscriber may has changed while it was connected; when that was refused, it is disconnected."""
    UNSUBSCRIPTION = 6
    """Subject of an audit event: to get no measurements any more."""
    CIPHER_KEYS = 7
    """Subject of an audit event: to get other keys for encrypted measurements."""
    PROCESSING_INTERVAL = 8
    """Subject of an audit event: to get historical data at another pace."""
    OPERATIONAL_MODES = 9
    """Subject of an audit event: to use operational modes."""
    OTHER_COMMAND = 10
    """Subject of an audit event: any other command, which there is not, or not here."""


class C37118State(OpenEnum):
    """Where a device of C37.118 stands."""

    CONNECTING = 0
    """State of a device: a connection is being made."""
    CONNECTED = 1
    """State of a device: connected, and it has not told its configuration yet."""
    RUNNING = 2
    """State of a device: it has told its configuration."""
    RECONNECTING = 3
    """State of a device: the connection was lost or could not be made, the next attempt follows."""
    GAVE_UP = 4
    """State of a device: the connection was lost or could not be made, and no attempt follows."""


class C37118FrameType(OpenEnum):
    """Kinds of C37.118 frames."""

    DATA = 0
    """A frame carries measurements."""
    HEADER = 1
    """A frame carries a text for people."""
    CONFIGURATION_1 = 2
    """A frame says what the device is able to give."""
    CONFIGURATION_2 = 3
    """A frame says what the data frames carry."""
    COMMAND = 4
    """A frame is a command."""
    CONFIGURATION_3 = 5
    """A frame says what the data frames carry, in the longer form, or is a piece of that."""


class C37118Command(OpenEnum):
    """Commands to devices of C37.118."""

    STOP_DATA = 1
    """Command: stop sending data frames."""
    START_DATA = 2
    """Command: send data frames."""
    SEND_HEADER = 3
    """Command: send the header frame."""
    SEND_CONFIGURATION_1 = 4
    """Command: send CFG-1."""
    SEND_CONFIGURATION_2 = 5
    """Command: send CFG-2."""
    SEND_CONFIGURATION_3 = 6
    """Command: send CFG-3."""
    EXTENDED = 8
    """Command: what its content says."""


class BlockLinkRole(OpenEnum):
    """What a side of a block link does."""

    CLIENT = 1
    """Role of a side of a link: it receives."""
    SERVER = 2
    """Role of a side of a link: it sends."""
    PEER = 3
    """Role of a side of a link: both."""


class BlockLinkState(OpenEnum):
    """Where a block link stands."""

    CLOSED = 0
    """State of a link: it is not to be open, or a file was read to its end."""
    OPENING = 1
    """State of a link: it is being opened, or waits for a connection."""
    OPEN = 2
    """State of a link: it is open, and nothing is agreed with the other side."""
    RUNNING = 3
    """State of a link: both sides have agreed how they talk."""
    REOPENING = 4
    """State of a link: it was lost or could not be opened, the next attempt follows."""
    GAVE_UP = 5
    """State of a link: it was lost or could not be opened, and no attempt follows."""
    CLOSING = 6
    """State of a link: what waits for a file is being written."""


class BlockLinkForm(OpenEnum):
    """How the blocks of a link look."""

    STANDARD_BLOCKS = 1
    """Blocks in standard form: with sync bytes, sequence number and check word."""
    COMPACT_BLOCKS = 2
    """Blocks in compact form: with a length, where the link loses nothing."""


class BlockLinkStream(OpenEnum):
    """How data points lie in the blocks of a link."""

    RAW_STREAM = 1
    """Data points each with its ID and its length."""
    STANDARD_STREAM = 2
    """Data points as short as it goes, where the link loses nothing."""


class BlockLinkAnswer(OpenEnum):
    """What became of a subscription over a block link."""

    ACCEPTED = 0
    """What became of a subscription: it is accepted."""
    BAD_FILTER = 1
    """What became of a subscription: the other side cannot read or evaluate its filter."""
    REFUSED = 2
    """What became of a subscription: it is refused for another reason."""


class BlockLinkLevels(IntFlag):
    """Levels of compliance of a side of a block link."""

    APPLICATION = 0x00000001
    """Bit of a level of compliance: an application, which receives measurements and metadata."""
    GATEWAY = 0x00000002
    """Bit of a level of compliance: a gateway, which also sends them, to those who subscribe with a filter."""
    CONCENTRATOR = 0x00000004
    """Bit of a level of compliance: a concentrator, which also makes data frames of data points of C37.118."""


class BlockLinkFeatures(IntFlag):
    """What the sides of a block link have agreed to send."""

    POINTS = 0x00000001
    """Bit of a feature: data points."""
    SIGNALS = 0x00000002
    """Bit of a feature: which signals data points are of."""
    DOCUMENTS = 0x00000004
    """Bit of a feature: metadata, and configurations of C37.118."""
    SUBSCRIPTION = 0x00000008
    """Bit of a feature: subscriptions by filter."""
    C37118 = 0x00000010
    """Bit of a feature: data points of C37.118."""


class SignalKind(OpenEnum):
    """Kinds of signals, as signal references have them."""

    ANGLE = 1
    """Kind of a signal: angle of a phasor, `PA`."""
    MAGNITUDE = 2
    """Kind of a signal: magnitude of a phasor, `PM`."""
    FREQUENCY = 3
    """Kind of a signal: frequency, `FQ`."""
    FREQUENCY_CHANGE = 4
    """Kind of a signal: rate of change of frequency, `DF`."""
    STATUS = 5
    """Kind of a signal: status flags, `SF`."""
    DIGITAL = 6
    """Kind of a signal: digital value, `DV`."""
    ANALOG = 7
    """Kind of a signal: analog value, `AV`."""
    CALCULATION = 8
    """Kind of a signal: calculated value, `CV`."""
    STATISTIC = 9
    """Kind of a signal: statistic, `ST`."""
    ALARM = 10
    """Kind of a signal: alarm, `AL`."""
    QUALITY = 11
    """Kind of a signal: quality flags, `QF`."""


class ValueType(OpenEnum):
    """Types of cells and values."""

    BOOLEAN = 1
    """Type of a value: true or false."""
    INT8 = 2
    """Type of a value: signed integer of 8 bits."""
    INT16 = 3
    """Type of a value: signed integer of 16 bits."""
    INT32 = 4
    """Type of a value: signed integer of 32 bits."""
    INT64 = 5
    """Type of a value: signed integer of 64 bits."""
    UINT8 = 6
    """Type of a value: unsigned integer of 8 bits."""
    UINT16 = 7
    """Type of a value: unsigned integer of 16 bits."""
    UINT32 = 8
    """Type of a value: unsigned integer of 32 bits."""
    UINT64 = 9
    """Type of a value: unsigned integer of 64 bits."""
    SINGLE = 10
    """Type of a value: IEEE-754 single precision."""
    DOUBLE = 11
    """Type of a value: IEEE-754 double precision."""
    DECIMAL = 12
    """Type of a value: decimal number of up to 28 digits."""
    STRING = 13
    """Type of a value: text."""
    GUID = 14
    """Type of a value: GUID."""
    DATETIME = 15
    """Type of a value: time in UTC."""


class FindingKind(OpenEnum):
    """What can be wrong with metadata."""

    ANY = -1
    """Findings of every kind."""
    UNREADABLE = 0
    """The text of a cell is no value of the column's type. The cell is null."""
    READ_FREELY = 1
    """The text of a cell is not what XML has for the column's type, but was understood."""
    FORBIDDEN_CHARACTER = 2
    """A text refers to a character that XML does not have. U+FFFD stands in its place."""
    UNDEFINED_TABLE = 3
    """A row belongs to no table of the document's schema. It is left out."""
    UNDEFINED_COLUMN = 4
    """A field of a row belongs to no column of the table's schema. It is left out."""
    UNSUPPORTED_COLUMN = 5
    """The schema gives a column no type that is supported. The column is left out."""
    NOT_COMPUTED = 6
    """The expression of a column has no value. The cell, or the column from that row on, is null."""
    NO_SIGNAL_ID = 7
    """A measurement has no signal ID. Nobody can subscribe to it, and nothing be published for it."""
    NIL_SIGNAL_ID = 8
    """The signal ID of a measurement is all zeros, which stands for none."""
    REPEATED_SIGNAL_ID = 9
    """The signal ID is that of another measurement too. Only the first of them gets its data."""
    BAD_KEY = 10
    """The measurement key is not a source, a colon and a number."""
    REPEATED_NAME = 11
    """A name that finds a row is that of another row too. Only the first of them is found."""
    NO_NAME = 12
    """A device or phasor lacks a name by which measurements refer to it."""
    UNKNOWN_DEVICE = 13
    """A row refers to a device that is not described."""
    UNKNOWN_PHASOR = 14
    """A measurement refers to a phasor that is not described."""


class CounterRecord(OpenEnum):
    """Records of counters."""

    SUBSCRIBER = 0
    """The counters of sttp_subscriber_counters."""
    PUBLISHER = 1
    """The counters of sttp_publisher_counters."""
    CONNECTION = 2
    """The counters of sttp_connection_counters."""
    C37118_DEVICE = 3
    """The counters of sttp_c37118_device_counters."""
    C37118_CLIENT = 4
    """The counters of sttp_c37118_client_counters."""
    C37118_STREAM = 5
    """The counters of sttp_c37118_stream_counters."""
    C37118_SERVER = 6
    """The counters of sttp_c37118_server_counters."""
    C37118_RELAY = 7
    """The counters of sttp_c37118_relay_counters."""
    BLOCK_LINK = 8
    """The counters of sttp_block_link_counters."""
    BLOCK_LINK_SESSION = 9
    """The counters of sttp_block_link_session_counters."""
    BLOCK_LINK_INPUT = 10
    """The counters of sttp_block_link_input_counters."""

VERSION_MAJOR = 0
"""Major version that this header belongs to: programs built with it need a library of the same."""

VERSION_MINOR = 1
"""Minor version that this header belongs to."""

VERSION_PATCH = 0
"""Patch version that this header belongs to."""

FLAGS_TEXT_SIZE = 768
"""Bytes that suffice for the text of all flags, NUL included."""

TIME_TEXT_SIZE = 32
"""Bytes that suffice for the text of every time, NUL included."""

GUID_TEXT_SIZE = 37
"""Bytes that suffice for the text of every GUID, NUL included."""

VALUE_TEXT_SIZE = 64
"""Bytes that suffice for the text of every value that is not itself a text, NUL included."""

TICKS_VALUE_MASK = 4611686018427387903
"""Bits of ticks that hold the time: units of 100 ns since 0001-01-01T00:00:00 UTC. Mask with it before any
arithmetic.
"""

TICKS_LEAP_SECOND_BIT = 63
"""Number of the bit of ticks that marks a leap second. Alone: second 60, whose value is as in second 59."""

TICKS_SECOND_DELETED_BIT = 62
"""Number of the bit of ticks that, beside the one for leap seconds, marks second 58 of a minute without
second 59.
"""

DATETIME2_SECOND_DELETED = 1
"""Flag of sttp_datetime2: this is second 23:59:58, and 23:59:59 is deleted."""

TABLE_ACTIVE_MEASUREMENTS = 4294967295
"""Number of the table ActiveMeasurements, which the library derives from the others: one row for each
enabled measurement, as subscription filters see it. (Metadata that bring a table of that name have only
theirs.)
"""

FINDING_NO_ROW = 18446744073709551615
"""The row of a finding that is about a table or a column as a whole."""
