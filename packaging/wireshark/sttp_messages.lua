-- Commands, and responses without measurements.
--
-- Each function gets a context, `of`: `conversation`; `found`, what was found about the message when it came first;
-- `is_first`, whether that is now; `pinfo`; `shown`, the list of what the Info column says.

local fields_of = require "sttp_fields"
local reader = require "sttp_reader"
local numbers = require "sttp_numbers"
local all = require "sttp_conversation"

local fields, bits, experts, names = fields_of.fields, fields_of.bits, fields_of.experts, fields_of.names

local messages = { commands = {}, responses = {} }

local GZIP = "\31\139"
-- More than this of metadata is not shown as a tree: it would take Wireshark minutes.
local LARGEST_XML = 4 * 1024 * 1024
local MOST_SIGNALS_SHOWN = 20000

-- Damaged captures have messages that are put together only when they are read once more.
messages.NOT_SEEN = "when the capture was read for the first time, this message was not in it"

local ENCODINGS = {
    [0] = ENC_UTF_16 + ENC_LITTLE_ENDIAN, [1] = ENC_UTF_16 + ENC_BIG_ENDIAN, [2] = ENC_UTF_8, [3] = ENC_UTF_8,
}

-- Wireshark pads what it converts from other encodings, if it is asked for it by their names.
local function text_of(range, encoding)
    if range:len() == 0 then return "" end
    if encoding == ENCODINGS[0] then return range:le_ustring() end
    if encoding == ENCODINGS[1] then return range:ustring() end
    return (range:string(ENC_UTF_8):match("^[^\0]*"))
end

-- How text of a conversation is encoded whose operational modes were not captured.
local function guessed_encoding(bytes)
    if #bytes >= 2 and #bytes % 2 == 0 then
        local first, second = bytes:byte(1, 2)
        if second == 0 and first ~= 0 then return 0 end
        if first == 0 and second ~= 0 then return 1 end
    end
    return 2
end

local function encoding_of(of, range)
    if of.is_first then of.found.encoding = of.conversation.encoding end
    return ENCODINGS[of.found.encoding or guessed_encoding(range:raw())]
end

-- Shows text, and gives it as a string.
local function show_text(of, tree, field, range)
    if range:len() == 0 then return "" end
    local encoding = encoding_of(of, range)
    tree:add_packet_field(field, range, encoding)
    return text_of(range, encoding)
end

function messages.show_flags(tree, field, flags, range)
    local item = tree:add(field, range)
    for _, flag in ipairs(flags) do item:add(flag, range) end
    return item
end

local function malformed(tree, problem)
    local kind = problem.is_cut and experts.cut or experts.malformed
    tree:add_proto_expert_info(kind, problem.is_cut and "The capture has only a part of it" or problem.message)
end
messages.malformed = malformed

-- A text behind its length. What cannot be that is a text as a whole.
local function show_prefixed_text(of, tree, field, bytes)
    local prefix = bytes:peek(4)
    if prefix and numbers.u32(prefix, 1) == bytes:left() - 4 then
        tree:add(fields.text_length, bytes:take(4, "the length"))
    end
    return show_text(of, tree, field, bytes:rest())
end

local function nothing() end

local function shortened(text)
    text = text:gsub("%c", " ")
    return #text > 80 and text:sub(1, 77) .. "..." or text
end

-- ---- connection strings ----

-- The pairs of a connection string, keys in lower case. What stands in braces belongs together.
local function pairs_of(text)
    local found, depth, start, equals = {}, 0, 1, nil
    local function finish(stop)
        if equals then
            local key = text:sub(start, equals - 1):match("^%s*(.-)%s*$"):lower()
            local value = text:sub(equals + 1, stop):match("^%s*(.-)%s*$")
            found[#found + 1] = { key, value:match("^{(.*)}$") or value }
        end
        start, equals = stop + 2, nil
    end
    for at = 1, #text do
        local byte = text:sub(at, at)
        if byte == "{" then
            depth = depth + 1
        elseif byte == "}" then
            depth = depth - 1
        elseif depth == 0 and byte == "=" then
            equals = equals or at
        elseif depth == 0 and byte == ";" then
            finish(at - 1)
        end
    end
    finish(#text)
    return found
end

local function value_of(parameters, key)
    local value
    for _, parameter in ipairs(parameters) do
        if parameter[1] == key then value = parameter[2] end
    end
    return value
end

-- Whether a parameter is true; what is none of true, false and a number is the default.
local function is_true(parameters, key, default)
    local value = (value_of(parameters, key) or ""):lower()
    if value == "true" or value == "false" then return value == "true" end
    local number = tonumber(value)
    if number then return number ~= 0 end
    return default
end

local function udp_channel(parameters)
    local channel = pairs_of(value_of(parameters, "datachannel") or "")
    local port = tonumber(value_of(channel, "port") or value_of(channel, "localport"))
    if not port or port < 1 or port > 65535 or port % 1 ~= 0 then return nil end
    return port, value_of(channel, "multicastgroup")
end

-- ---- commands ----

messages.commands[0x06] = function(of, tree, bytes)
    local range = bytes:take(4, "operational modes")
    local modes = range:uint()
    if of.is_first then of.conversation:set_modes(modes) end
    local item = messages.show_flags(tree, fields.modes, bits.modes, range)
    item:add(fields.version, range)
    item:add(fields.encoding, range)
    item:add(fields.extension, range)
    of.shown[#of.shown] = ("DefineOperationalModes (version %d)"):format(modes % 32)
    if modes % 32 < 1 or modes % 32 > 3 then
        item:add_proto_expert_info(experts.malformed, "There are versions 1 to 3")
    end
end

messages.commands[0x02] = function(of, tree, bytes)
    tree:add(fields.subscribe_flags, bytes:take(1, "flags"))
    local length = bytes:take(4, "the length of the connection string")
    tree:add(fields.text_length, length)
    local range = bytes:take(length:uint(), "the connection string")
    local text = show_text(of, tree, fields.connection_string, range)
    local parameters = pairs_of(text)
    for _, parameter in ipairs(parameters) do
        local shown = parameter[1] .. "=" .. parameter[2]
        tree:add(fields.parameter, range, shown):set_generated()
        if parameter[1] == "filterexpression" then
            tree:add(fields.filter, range, parameter[2]):set_generated()
            of.shown[#of.shown] = "Subscribe: " .. shortened(parameter[2])
        end
    end
    local port, group = udp_channel(parameters)
    if port then tree:add(fields.udp_port, range, port):set_generated() end
    if not of.is_first then return end
    local conversation = of.conversation
    conversation.includes_time = is_true(parameters, "includetime", true)
    conversation.has_milliseconds = is_true(parameters, "usemillisecondresolution", false)
    if port then all.add_channel(group or tostring(of.pinfo.src), port, conversation) end
end

messages.commands[0x01] = function(of, tree, bytes)
    local text = show_prefixed_text(of, tree, fields.metadata_filter, bytes)
    if text ~= "" then of.shown[#of.shown] = "MetadataRefresh: " .. shortened(text) end
end

messages.commands[0x05] = function(of, tree, bytes)
    local range = bytes:take(4, "the interval")
    tree:add(fields.processing_interval, range)
    of.shown[#of.shown] = ("UpdateProcessingInterval (%d ms)"):format(range:int())
end

messages.commands[0x07] = function(_, tree, bytes)
    tree:add(fields.notification, bytes:take(4, "the number of the notification"))
end

messages.commands[0x08] = function(of, tree, bytes)
    local range = bytes:take(4, "the sequence number")
    tree:add(fields.block_sequence, range)
    of.shown[#of.shown] = ("ConfirmBufferBlock (%s)"):format(range:uint())
end

messages.commands[0x09] = function(of, tree, bytes)
    -- Of one implementation it publishes measurements, as text.
    if bytes:left() > 4 then show_prefixed_text(of, tree, fields.text, bytes) end
end

messages.commands[0x0A] = function(of)
    if of.is_first then of.conversation:confirm_cache() end
end

for code = 0xD0, 0xDF do
    messages.commands[code] = function(_, tree, bytes)
        if bytes:left() > 0 then tree:add(fields.payload, bytes:rest()) end
    end
end

for code in pairs(names.COMMANDS) do messages.commands[code] = messages.commands[code] or nothing end

-- ---- responses ----

local function show_request(of, tree)
    if of.is_first then
        local request = of.conversation:answered(of.answered)
        if request then
            of.found.request = request.frame
            of.found.seconds = of.pinfo.abs_ts - request.time
        end
    end
    if of.found.request then
        tree:add(fields.request, of.found.request):set_generated()
        local seconds = math.max(of.found.seconds, 0)
        local whole = math.floor(seconds)
        tree:add(fields.response_time, NSTime.new(whole, math.floor((seconds - whole) * 1e9))):set_generated()
    end
end

-- A range without its compression, and the reader of it; nothing when it cannot be undone.
local function decompressed(tree, range, title)
    -- A Wireshark that was built without zlib has no such function, or fails.
    local went_well, plain = pcall(function() return range:uncompress(title) end)
    if went_well and plain and plain:len() > 0 then return plain end
    tree:add_proto_expert_info(experts.malformed, "The GZip compression cannot be undone")
end
messages.decompressed = decompressed

local function show_metadata(of, tree, bytes)
    local is_compressed = bytes:peek(2) == GZIP
    local range = bytes:rest()
    if range:len() == 0 then return end
    local item = tree:add(fields.metadata, range)
    of.shown[#of.shown] = ("Succeeded: metadata, %d bytes"):format(range:len())
    if is_compressed then
        if bytes.is_cut then return malformed(item, { is_cut = true }) end
        range = decompressed(item, range, "Metadata")
        if not range then return end
    end
    if range:len() > LARGEST_XML then
        item:add_proto_expert_info(experts.too_many, ("%d bytes of XML are not shown as a tree"):format(range:len()))
        return
    end
    -- The dissector of XML is Wireshark's; what it cannot do with hostile documents is not shown.
    local went_well = pcall(function() Dissector.get("xml"):call(range:tvb(), of.pinfo, item) end)
    if not went_well then item:add_proto_expert_info(experts.undecoded, "It cannot be shown as XML") end
end

-- The text that comes with an answer. Of one implementation it has its length in front.
local function show_answer(of, tree, bytes, name)
    show_request(of, tree)
    local prefix = bytes:peek(4)
    if prefix and numbers.u32(prefix, 1) == bytes:left() - 4 then
        tree:add(fields.text_length, bytes:take(4, "the length")):add_proto_expert_info(experts.peculiar,
            "The text has its length in front of it")
    end
    local text = show_text(of, tree, fields.text, bytes:rest())
    of.shown[#of.shown] = ("%s (%s)%s"):format(name, names.COMMANDS[of.answered] or "?",
        text ~= "" and ": " .. shortened(text) or "")
end

messages.responses[0x80] = function(of, tree, bytes)
    if of.answered == 0x01 then
        show_request(of, tree)
        return show_metadata(of, tree, bytes)
    end
    if of.is_first and of.answered == 0x06 then of.conversation.answers_modes = true end
    show_answer(of, tree, bytes, "Succeeded")
end

messages.responses[0x81] = function(of, tree, bytes)
    show_answer(of, tree, bytes, "Failed")
    tree:add_proto_expert_info(experts.failed, of.shown[#of.shown])
end

-- Reads the records of a cache, and shows the first of them.
local function read_cache(of, tree, bytes)
    local cache = { signals = {}, count = 0 }
    local length = bytes:take(4, "the length of the cache")
    local item = tree:add(fields.cache_length, length)
    if length:uint() ~= bytes:left() + 4 then
        item:add_proto_expert_info(experts.peculiar, ("The cache has %d bytes"):format(bytes:left() + 4))
    end
    tree:add(fields.subscriber_id, bytes:take(16, "the subscriber ID"))
    local range = bytes:take(4, "the number of signals")
    local count = range:int()
    tree:add(fields.cache_count, range)
    if count < 0 or count > bytes:left() / 32 then
        reader.fail(("%d signals are announced, for which %d bytes are no room"):format(count, bytes:left()))
    end
    local encoding
    for number = 1, count do
        local from = bytes.from
        local index, id = bytes:take(4, "a signal index"), bytes:take(16, "a signal ID")
        local source_length = bytes:take(4, "the length of a source")
        local source, key_number = bytes:take(source_length:uint(), "a source"), bytes:take(8, "the number of a key")
        local key = ""
        if source:len() > 0 then
            encoding = encoding or encoding_of(of, source)
            key = text_of(source, encoding)
        end
        key = key .. ":" .. tostring(key_number:uint64())
        if index:int() < 0 then reader.fail("a signal index is negative") end
        cache.signals[index:int()] = { id = id:raw(), key = key }
        cache.count = cache.count + 1
        if number <= MOST_SIGNALS_SHOWN then
            local signal = tree:add(fields.cache_signal, bytes.tvb:range(from, bytes.from - from))
            signal:set_text(("Signal %d: %s"):format(index:int(), key))
            signal:add(fields.cache_index, index)
            signal:add(fields.cache_id, id)
            signal:add(fields.cache_source_length, source_length)
            if source:len() > 0 then signal:add_packet_field(fields.cache_source, source, encoding) end
            signal:add(fields.cache_number, key_number)
        end
    end
    if count > MOST_SIGNALS_SHOWN then
        tree:add_proto_expert_info(experts.too_many, ("%d more signals are not shown"):format(count - MOST_SIGNALS_SHOWN))
    end
    return cache
end

-- The signals that a subscriber may not have, a list that some leave out.
local function show_unauthorized(tree, bytes)
    if bytes:left() < 4 then return end
    local range = bytes:take(4, "the number of signals that are not allowed")
    local count = range:int()
    local item = tree:add(fields.unauthorized_count, range)
    if count < 0 or count > bytes:left() / 16 then
        reader.fail(("%d signals that are not allowed are announced, for which %d bytes are no room"):format(count,
            bytes:left()))
    end
    for number = 1, count do
        local id = bytes:take(16, "a signal ID")
        if number <= MOST_SIGNALS_SHOWN then item:add(fields.unauthorized_id, id) end
    end
end

-- Whether a cache begins with its slot, told by the cache itself.
local function begins_with_slot(bytes)
    local start = bytes:peek(5)
    if not start or start:sub(1, 2) == GZIP then return false end
    if start:sub(2, 3) == GZIP then return true end
    local length = numbers.u32(start, 2)
    return length == bytes:left() - 1 or length == bytes:left() - 5
end

messages.responses[0x83] = function(of, tree, bytes)
    if bytes:left() == 0 then return end
    if of.is_first then of.found.has_slot = of.conversation:has_slots() end
    if of.found.has_slot == nil then of.found.has_slot = begins_with_slot(bytes) end
    local slot = 0
    if of.found.has_slot then
        local range = bytes:take(1, "the slot")
        slot = range:uint()
        tree:add(fields.cache_slot, range)
    end
    if bytes:peek(2) == GZIP then
        if bytes.is_cut then return malformed(tree, { is_cut = true }) end
        local plain = decompressed(tree, bytes:rest(), "Signal index cache")
        if not plain then return end
        bytes = reader.of(plain:tvb())
    end
    local cache
    local problem = reader.try(function()
        cache = read_cache(of, tree, bytes)
        if of.is_first then of.conversation:add_cache(slot, cache) end
        show_unauthorized(tree, bytes)
    end)
    if problem then malformed(tree, problem) end
    if cache then
        of.shown[#of.shown] = ("UpdateSignalIndexCache (%d signals%s)"):format(cache.count,
            of.found.has_slot and ", slot " .. slot or "")
    end
end

function messages.show_ticks(tree, field, range, high, low)
    local seconds, nanoseconds = numbers.time_of_ticks(high, low)
    return tree:add(field, range, NSTime.new(seconds, nanoseconds))
end

local function ticks_of(range) return numbers.u64(range:raw(), 1) end

messages.responses[0x84] = function(of, tree, bytes)
    tree:add(fields.base_index, bytes:take(4, "the active base time"))
    local times = {}
    for number = 1, 2 do
        local range = bytes:take(8, "a base time")
        local high, low = ticks_of(range)
        times[number] = { high, low }
        messages.show_ticks(tree, fields.base_time, range, high, low)
    end
    if of.is_first then of.conversation.base_times = times end
end

messages.responses[0x85] = function(of, tree, bytes)
    tree:add(fields.key_index, bytes:take(1, "the active set of keys"))
    local sets = {}
    for number, title in ipairs { "Even keys", "Odd keys" } do
        local set = tree:add(title)
        local parts = {}
        for part, field in ipairs { fields.key, fields.iv } do
            local length = bytes:take(4, "the length of a key")
            set:add(fields.key_length, length)
            local range = bytes:take(length:uint(), "a key")
            if range:len() ~= (part == 1 and 32 or 16) then
                reader.fail(("a key of %d bytes is none of AES-256"):format(range:len()))
            end
            set:add(field, range)
            parts[part] = range:raw()
        end
        sets[number] = parts
    end
    if of.is_first then of.conversation:add_keys(sets[1], sets[2]) end
end

messages.responses[0x86] = function(_, tree, bytes)
    local range = bytes:take(8, "the time")
    messages.show_ticks(tree, fields.start_time, range, ticks_of(range))
end

messages.responses[0x87] = function(of, tree, bytes)
    local text = show_text(of, tree, fields.text, bytes:rest())
    if text ~= "" then of.shown[#of.shown] = "ProcessingComplete: " .. shortened(text) end
end

messages.responses[0x89] = function(of, tree, bytes)
    tree:add(fields.notification, bytes:take(4, "the number of the notification"))
    of.shown[#of.shown] = "Notify: " .. shortened(show_text(of, tree, fields.text, bytes:rest()))
end

for code = 0xE0, 0xEF do
    messages.responses[code] = function(of, tree, bytes)
        show_request(of, tree)
        if bytes:left() > 0 then tree:add(fields.payload, bytes:rest()) end
    end
end

messages.responses[0x8A] = nothing
messages.responses[0xFF] = nothing

return messages
