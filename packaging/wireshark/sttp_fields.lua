-- The names of the protocol, and what filters can ask for.

local names = {}

names.COMMANDS = {
    [0x00] = "Connect", [0x01] = "MetadataRefresh", [0x02] = "Subscribe", [0x03] = "Unsubscribe",
    [0x04] = "RotateCipherKeys", [0x05] = "UpdateProcessingInterval", [0x06] = "DefineOperationalModes",
    [0x07] = "ConfirmNotification", [0x08] = "ConfirmBufferBlock", [0x09] = "ConfirmUpdateBaseTimes",
    [0x0A] = "ConfirmSignalIndexCache", [0x0B] = "ConfirmUpdateCipherKeys", [0x0C] = "GetPrimaryMetadataSchema",
    [0x0D] = "GetSignalSelectionSchema",
}
names.RESPONSES = {
    [0x80] = "Succeeded", [0x81] = "Failed", [0x82] = "DataPacket", [0x83] = "UpdateSignalIndexCache",
    [0x84] = "UpdateBaseTimes", [0x85] = "UpdateCipherKeys", [0x86] = "DataStartTime", [0x87] = "ProcessingComplete",
    [0x88] = "BufferBlock", [0x89] = "Notify", [0x8A] = "ConfigurationChanged", [0xFF] = "NoOP",
}
for number = 0, 15 do
    names.COMMANDS[0xD0 + number] = ("UserCommand%02d"):format(number)
    names.RESPONSES[0xE0 + number] = ("UserResponse%02d"):format(number)
end

names.ENCODINGS = { [0] = "UTF-16LE", [1] = "UTF-16BE", [2] = "UTF-8", [3] = "invalid" }

local YES_NO = { "yes", "no" }

-- The state flags of a measurement from the lowest bit on: the end of the filter, the name.
names.STATE_FLAGS = {
    { "bad_data", "Bad data" }, { "suspect_data", "Suspect data" }, { "over_range", "Over range" },
    { "under_range", "Under range" }, { "alarm_high", "Alarm high" }, { "alarm_low", "Alarm low" },
    { "warning_high", "Warning high" }, { "warning_low", "Warning low" }, { "flatline", "Flatline alarm" },
    { "comparison", "Comparison alarm" }, { "roc", "Rate-of-change alarm" }, { "received_as_bad", "Received as bad" },
    { "calculated", "Calculated value" }, { "calculation_error", "Calculation error" },
    { "calculation_warning", "Calculation warning" }, { "reserved_quality", "Reserved quality flag" },
    { "bad_time", "Bad time" }, { "suspect_time", "Suspect time" }, { "late_time", "Late time alarm" },
    { "future_time", "Future time alarm" }, { "up_sampled", "Up-sampled" }, { "down_sampled", "Down-sampled" },
    { "discarded", "Discarded value" }, { "reserved_time", "Reserved time flag" }, { "user_1", "User-defined 1" },
    { "user_2", "User-defined 2" }, { "user_3", "User-defined 3" }, { "user_4", "User-defined 4" },
    { "user_5", "User-defined 5" }, { "system_error", "System error" }, { "system_warning", "System warning" },
    { "measurement_error", "Measurement error" },
}

-- The flags of a compact measurement, and the state flags that each stands for.
names.COMPACT_FLAGS = {
    { "data_range", "Data range", 0x01, 0x000000FC }, { "data_quality", "Data quality", 0x02, 0x0000EF03 },
    { "time_quality", "Time quality", 0x04, 0x00BF0000 }, { "system", "System issue", 0x08, 0xE0000000 },
    { "calculated", "Calculated value", 0x10, 0x00001000 }, { "discarded", "Discarded value", 0x20, 0x00400000 },
    { "base_time_offset", "Time is an offset from a base time", 0x40, 0 },
    { "time_index", "Second base time", 0x80, 0 },
}

local fields, bits = {}, { modes = {}, packet = {}, compact = {}, state = {}, block = {} }

local function field(name, kind, filter, title, ...)
    fields[name] = ProtoField[kind]("sttp." .. filter, title, ...)
end

local function flag(group, filter, title, width, mask)
    bits[group][#bits[group] + 1] = ProtoField.bool("sttp." .. filter, title, width, YES_NO, mask)
end

field("length", "uint32", "length", "Length")
field("command", "uint8", "command", "Command", base.HEX, names.COMMANDS)
field("response", "uint8", "response", "Response", base.HEX, names.RESPONSES)
field("answered", "uint8", "in_response_to", "In response to", base.HEX, names.COMMANDS)
field("payload_length", "uint32", "payload_length", "Payload length")
field("request", "framenum", "request_in", "Request in", base.NONE, frametype.REQUEST)
field("response_time", "relative_time", "response_time", "Time since the request")
field("text_length", "uint32", "text.length", "Length of the text")
field("text", "string", "text", "Text")
field("payload", "bytes", "payload", "Payload")

field("modes", "uint32", "modes", "Operational modes", base.HEX)
field("version", "uint32", "modes.version", "Version", base.DEC, nil, 0x1F)
field("encoding", "uint32", "modes.encoding", "Text encoding", base.DEC, names.ENCODINGS, 0x300)
field("extension", "uint32", "modes.extension", "Implementation-specific extension", base.HEX, nil, 0xFF0000)
flag("modes", "modes.gzip", "Compression by GZip", 32, 0x20)
flag("modes", "modes.tssc", "Compression by TSSC", 32, 0x40)
flag("modes", "modes.external_metadata", "Receives external metadata", 32, 0x02000000)
flag("modes", "modes.internal_metadata", "Receives internal metadata", 32, 0x04000000)
flag("modes", "modes.compress_data", "Compress measurements", 32, 0x20000000)
flag("modes", "modes.compress_cache", "Compress signal index caches", 32, 0x40000000)
flag("modes", "modes.compress_metadata", "Compress metadata", 32, 0x80000000)

field("subscribe_flags", "uint8", "subscribe.flags", "Flags", base.HEX)
field("connection_string", "string", "subscribe.connection_string", "Connection string")
field("parameter", "string", "subscribe.parameter", "Parameter")
field("filter", "string", "subscribe.filter", "Filter")
field("udp_port", "uint16", "subscribe.udp_port", "UDP port")
field("processing_interval", "int32", "processing_interval", "Processing interval in ms")
field("metadata_filter", "string", "metadata.filter", "Filters of metadata")
field("metadata", "bytes", "metadata", "Metadata")

field("cache_slot", "uint8", "cache.slot", "Slot")
field("cache_length", "uint32", "cache.length", "Length of the cache")
field("subscriber_id", "guid", "cache.subscriber_id", "Subscriber ID")
field("cache_count", "int32", "cache.count", "Signals")
field("cache_signal", "none", "cache.signal", "Signal")
field("cache_index", "int32", "cache.signal_index", "Signal index")
field("cache_id", "guid", "cache.signal_id", "Signal ID")
field("cache_source_length", "uint32", "cache.source.length", "Length of the source")
field("cache_source", "string", "cache.source", "Source of the measurement key")
field("cache_number", "uint64", "cache.number", "Number of the measurement key")
field("unauthorized_count", "int32", "cache.unauthorized.count", "Signals not allowed")
field("unauthorized_id", "guid", "cache.unauthorized.signal_id", "Signal not allowed")

field("base_index", "int32", "base_times.active", "Active base time")
field("base_time", "absolute_time", "base_times.time", "Base time", base.UTC)
field("start_time", "absolute_time", "start_time", "Time of the first measurement", base.UTC)
field("key_index", "uint8", "cipher.active", "Active set of keys")
field("key_length", "uint32", "cipher.length", "Length")
field("key", "bytes", "cipher.key", "Key")
field("iv", "bytes", "cipher.iv", "Initialisation vector")

field("packet_flags", "uint8", "data.flags", "Flags", base.HEX)
flag("packet", "data.synchronized", "Synchronized", 8, 0x01)
flag("packet", "data.compact", "Compact measurements", 8, 0x02)
flag("packet", "data.cipher_index", "Second set of cipher keys", 8, 0x04)
flag("packet", "data.compressed", "Compressed by TSSC", 8, 0x08)
flag("packet", "data.cache_slot", "Slot 1 of the signal index caches", 8, 0x10)
field("packet_count", "uint32", "data.count", "Measurements")
field("encrypted", "bytes", "data.encrypted", "Encrypted bytes")
field("tssc_version", "uint8", "data.tssc.version", "Version of the compression")
field("tssc_sequence", "uint16", "data.tssc.sequence", "Sequence number")
field("tssc_block", "bytes", "data.tssc.block", "Compressed measurements")

field("measurement", "none", "measurement", "Measurement")
field("signal_index", "int32", "measurement.signal_index", "Signal index")
field("signal_id", "guid", "signal_id", "Signal ID")
field("signal_key", "string", "signal_key", "Measurement key")
-- Of double precision, because of singles fewer digits are shown than it takes to tell them apart.
field("value", "double", "value", "Value")
field("time", "absolute_time", "time", "Time", base.UTC)
field("ticks", "uint64", "ticks", "Ticks")
field("leap_second", "string", "leap_second", "Leap second")
field("time_offset", "uint32", "measurement.time_offset", "Offset from the base time")
field("state_flags", "uint32", "flags", "State flags", base.HEX)
for place, one in ipairs(names.STATE_FLAGS) do
    flag("state", "flags." .. one[1], one[2], 32, 2 ^ (place - 1))
end
field("compact_flags", "uint8", "measurement.compact_flags", "Compact flags", base.HEX)
for _, one in ipairs(names.COMPACT_FLAGS) do
    flag("compact", "measurement.compact_flags." .. one[1], one[2], 8, one[3])
end

field("block_sequence", "uint32", "buffer_block.sequence", "Sequence number")
field("block_flags", "uint8", "buffer_block.flags", "Flags", base.HEX)
flag("block", "buffer_block.confirm", "To be confirmed", 8, 0x01)
flag("block", "buffer_block.cipher_index", "Second set of cipher keys", 8, 0x04)
flag("block", "buffer_block.compressed", "Compressed by GZip", 8, 0x08)
flag("block", "buffer_block.cache_slot", "Slot 1 of the signal index caches", 8, 0x10)
field("block_bytes", "bytes", "buffer_block.bytes", "Bytes of the block")
field("notification", "uint32", "notification", "Number of the notification", base.HEX)

local experts = {
    malformed = ProtoExpert.new("sttp.malformed", "Malformed", expert.group.MALFORMED, expert.severity.ERROR),
    unknown = ProtoExpert.new("sttp.unknown", "Unknown code", expert.group.PROTOCOL, expert.severity.WARN),
    foreign = ProtoExpert.new("sttp.out_of_step", "Not a frame of STTP", expert.group.REASSEMBLE, expert.severity.WARN),
    cut = ProtoExpert.new("sttp.cut", "Not captured as a whole", expert.group.REASSEMBLE, expert.severity.WARN),
    undecoded = ProtoExpert.new("sttp.undecoded", "Not decoded", expert.group.UNDECODED, expert.severity.NOTE),
    sequence = ProtoExpert.new("sttp.sequence", "Out of sequence", expert.group.SEQUENCE, expert.severity.WARN),
    count = ProtoExpert.new("sttp.count", "Wrong count", expert.group.PROTOCOL, expert.severity.WARN),
    failed = ProtoExpert.new("sttp.failed", "Refused", expert.group.RESPONSE_CODE, expert.severity.NOTE),
    peculiar = ProtoExpert.new("sttp.peculiar", "Unlike the standard", expert.group.PROTOCOL, expert.severity.CHAT),
    too_many = ProtoExpert.new("sttp.too_many", "Not all are shown", expert.group.UNDECODED, expert.severity.NOTE),
}

local all_fields, all_experts = {}, {}
for _, one in pairs(fields) do all_fields[#all_fields + 1] = one end
for _, group in pairs(bits) do
    for _, one in ipairs(group) do all_fields[#all_fields + 1] = one end
end
for _, one in pairs(experts) do all_experts[#all_experts + 1] = one end

return {
    names = names, fields = fields, bits = bits, experts = experts, all_fields = all_fields, all_experts = all_experts,
}
