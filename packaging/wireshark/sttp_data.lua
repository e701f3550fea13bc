-- Data packets and buffer blocks. The functions get a context, as those in sttp_messages.lua do; besides,
-- `of.budget.items` is how many items of the tree may still be made for measurements.

local fields_of = require "sttp_fields"
local messages = require "sttp_messages"
local reader = require "sttp_reader"
local numbers = require "sttp_numbers"
local tssc = require "sttp_tssc"
local aes = require "sttp_aes"

local fields, bits, experts, names = fields_of.fields, fields_of.bits, fields_of.experts, fields_of.names

local data = {}

local SYNCHRONIZED, COMPACT, CIPHER_INDEX, COMPRESSED = 0x01, 0x02, 0x04, 0x08
local BASE_TIME_OFFSET, TIME_INDEX = 0x40, 0x80
local SHORTEST, LONGEST = 9, 17
local BAD_TIME = 0x00010000
local NO_ID = ("\0"):rep(16)
-- os.date of some systems knows no later years.
local LATEST_DATE = 32503680000
-- Items of the tree for a measurement, and how many more there are for its flags, if it has any.
local ITEMS, ITEMS_OF_FLAGS = 10, 40

-- The state flags of each combination of compact flags.
local STATE_FLAGS = {}
for combination = 0, 63 do
    local flags = 0
    for _, flag in ipairs(names.COMPACT_FLAGS) do
        if flag[4] > 0 and numbers.has(combination, flag[3]) then flags = flags + flag[4] end
    end
    STATE_FLAGS[combination] = flags
end

-- ---- showing measurements ----

local function date_of(seconds, nanoseconds)
    if seconds < 0 or seconds >= LATEST_DATE then return "a time outside of 1970 to 2999" end
    return os.date("!%Y-%m-%d %H:%M:%S", seconds) .. ("%.7f"):format(nanoseconds / 1e9):sub(2)
end

local function named_flags(flags)
    local set = {}
    for place, flag in ipairs(names.STATE_FLAGS) do
        if numbers.has(flags, 2 ^ (place - 1)) then set[#set + 1] = flag[2]:lower() end
    end
    return table.concat(set, ", ")
end

-- What stands for one measurement: its item, the ranges of its parts, and their values.
local function show_measurement(of, tree, range, parts)
    local signal = parts.signal
    local item = tree:add(fields.measurement, range)
    local text = ("%s: %.9g"):format(signal and signal.key or "Signal " .. parts.index:int(), parts.value)
    item:add(fields.signal_index, parts.index)
    if signal then
        item:add(fields.signal_id, parts.id):set_generated()
        item:add(fields.signal_key, parts.index, signal.key):set_generated()
    end
    item:add(fields.value, parts.value_range, parts.value)
    if parts.high then
        local seconds, nanoseconds, leap = numbers.time_of_ticks(parts.high, parts.low)
        local time = item:add(fields.time, parts.time, NSTime.new(seconds, nanoseconds))
        local ticks = item:add(fields.ticks, parts.time, UInt64.new(parts.low, parts.high))
        if parts.is_offset then
            time:set_generated()
            ticks:set_generated()
        end
        if leap then item:add(fields.leap_second, parts.time, leap) end
        text = text .. " at " .. date_of(seconds, nanoseconds) .. (leap and " (leap second " .. leap .. ")" or "")
    end
    local flags = item:add(fields.state_flags, parts.flags_range, parts.flags)
    of.budget.items = of.budget.items - ITEMS
    if parts.flags ~= 0 then
        for _, flag in ipairs(bits.state) do flags:add(flag, parts.flags_range, parts.flags) end
        of.budget.items = of.budget.items - ITEMS_OF_FLAGS
        text = text .. ", " .. named_flags(parts.flags)
    end
    if parts.is_compact then
        flags:set_generated()
        local compact = item:add(fields.compact_flags, parts.flags_range)
        if parts.flags_range:uint() ~= 0 then
            for _, flag in ipairs(bits.compact) do compact:add(flag, parts.flags_range) end
        end
    end
    item:set_text(text)
end

-- How many of so many measurements are shown.
local function shown_of(of, tree, count)
    local most = math.max(math.floor(of.budget.items / ITEMS), 0)
    if count <= most then return count end
    tree:add_proto_expert_info(experts.too_many, ("%d more measurements are not shown"):format(count - most))
    return most
end

-- Signals as the packet had them when it came first, and their IDs as bytes of their own, which a field of IDs needs.
local function ids_of(signals, indexes)
    local ids = {}
    for place, index in ipairs(indexes) do ids[place] = signals[index] and signals[index].id or NO_ID end
    if #ids == 0 then return nil end
    return ByteArray.new(table.concat(ids), true):tvb("Signal IDs")
end

local function tell_unknown(tree, cache, unknown)
    if not cache then
        tree:add_proto_expert_info(experts.undecoded, "No signal index cache was captured before it")
    elseif unknown > 0 then
        tree:add_proto_expert_info(experts.count, ("%d measurements have no signal in the cache"):format(unknown))
    end
end

-- ---- compressed by TSSC ----

local function show_records(of, tree, records, cache)
    local signals = cache and cache.signals or {}
    local count = #records / tssc.RECORD_SIZE
    if count == 0 then return end
    local bytes = ByteArray.new(records, true):tvb("Measurements without compression")
    local shown = shown_of(of, tree, count)
    local indexes, unknown = {}, 0
    for number = 1, count do
        local index = numbers.u32(records, (number - 1) * tssc.RECORD_SIZE + 1)
        if not signals[index] then unknown = unknown + 1 end
        if number <= shown then indexes[number] = index end
    end
    tell_unknown(tree, cache, unknown)
    local ids = ids_of(signals, indexes)
    for number = 1, shown do
        if of.budget.items <= 0 then
            tree:add_proto_expert_info(experts.too_many, ("%d more measurements are not shown"):format(shown - number + 1))
            break
        end
        local at = (number - 1) * tssc.RECORD_SIZE
        local high, low = numbers.u64(records, at + 5)
        show_measurement(of, tree, bytes:range(at, tssc.RECORD_SIZE), {
            signal = signals[indexes[number]], id = ids:range((number - 1) * 16, 16),
            index = bytes:range(at, 4),
            time = bytes:range(at + 4, 8), high = high, low = low,
            value_range = bytes:range(at + 12, 4), value = numbers.float(numbers.u32(records, at + 13)),
            flags_range = bytes:range(at + 16, 4), flags = numbers.u32(records, at + 17),
        })
    end
end

local function show_compressed(of, tree, bytes, flags, count)
    local found = of.found
    local version = bytes:take(1, "the version of the compression")
    tree:add(fields.tssc_version, version)
    if version:uint() ~= tssc.VERSION then
        return tree:add_proto_expert_info(experts.undecoded,
            ("Compression of version %d is not TSSC"):format(version:uint()))
    end
    local range = bytes:take(2, "the sequence number")
    local sequence = range:uint()
    tree:add(fields.tssc_sequence, range)
    of.shown[#of.shown] = ("DataPacket (TSSC %d, %d measurements)"):format(sequence, count)
    if of.is_first then
        found.cache = of.conversation:caches_of(flags, sequence == 0)
        if bytes.is_cut then
            of.conversation.decoder = nil
        else
            found.records, found.problem, found.is_gap = of.conversation:decompress(sequence, bytes:bytes())
        end
    end
    if bytes:left() > 0 then tree:add(fields.tssc_block, bytes:rest()) end
    if bytes.is_cut then return messages.malformed(tree, { is_cut = true }) end
    if not found.records and not found.problem then found.problem = messages.NOT_SEEN end
    if found.records then show_records(of, tree, found.records, found.cache) end
    if found.problem and found.records then
        tree:add_proto_expert_info(experts.malformed, "The compression is damaged: " .. found.problem)
    elseif found.problem then
        tree:add_proto_expert_info(found.is_gap and experts.sequence or experts.undecoded,
            "Cannot be decoded: " .. found.problem)
    elseif #found.records / tssc.RECORD_SIZE ~= count then
        tree:add_proto_expert_info(experts.count, ("%d measurements are announced, and there are %d"):format(count,
            #found.records / tssc.RECORD_SIZE))
    end
end

-- ---- compact ----

-- Bytes of the time of a measurement.
local function time_length(form, flags)
    if form.no_time then return 0 end
    if flags % 128 < BASE_TIME_OFFSET then return 8 end
    return form.milliseconds and 2 or 4
end

-- How many measurements of this form the bytes are, exactly; nothing when they do not end with one.
local function counted(bytes, form)
    local at, count = 1, 0
    while at <= #bytes do
        at = at + SHORTEST + time_length(form, bytes:byte(at))
        count = count + 1
    end
    return at == #bytes + 1 and count or nil
end

-- The highest byte of a time, without the bits of leap seconds, in the years 1827 to 2283, or of a time that is not set.
local TIMES_BEGIN_WITH = { [0] = true, [8] = true, [9] = true }

-- Whether these can be measurements without their number before them, which have whole times. What is encrypted may have
-- their length, and no such times.
local function lacks_count(body)
    if #body < LONGEST or #body % LONGEST ~= 0 then return false end
    local count, length = numbers.u32(body, 1), #body - 4
    if count * SHORTEST <= length and length <= count * LONGEST then return false end
    for at = 1, #body, LONGEST do
        if not TIMES_BEGIN_WITH[body:byte(at + SHORTEST) % 64] then return false end
    end
    return true
end

-- How the measurements are written. Nothing in them says so: it follows from what the subscriber asked for, if that was
-- captured, else from what fits. `bytes` are those behind the count.
local function form_of(conversation, bytes, count)
    -- Who leaves out the count always sends whole times.
    if not count then return {} end
    local asked = { no_time = not conversation.includes_time, milliseconds = conversation.has_milliseconds }
    local forms = { asked, {}, { milliseconds = true }, { no_time = true } }
    for _, form in ipairs(forms) do
        if counted(bytes, form) == count then return form end
    end
    return asked
end

local function indexes_of(bytes, form)
    local indexes, at = {}, 1
    while at + SHORTEST - 1 <= #bytes do
        indexes[#indexes + 1] = numbers.u32(bytes, at + 1)
        at = at + SHORTEST + time_length(form, bytes:byte(at))
    end
    return indexes
end

local function knows_all(cache, indexes)
    for _, index in ipairs(indexes) do
        if not cache.signals[index] then return false end
    end
    return true
end

-- The time of a measurement and where it stands, and state flags that tell of it.
local function time_of(found, time, flags)
    if time:len() == 0 then return nil end
    if time:len() == 8 then
        local high, low = numbers.u64(time:raw(), 1)
        return high, low, 0
    end
    local base_time = found.base_times[numbers.has(flags, TIME_INDEX) and 2 or 1]
    if base_time[1] == 0 and base_time[2] == 0 then return 0, 0, BAD_TIME end
    local offset_high, offset_low = 0, time:uint()
    if time:len() == 2 then offset_high, offset_low = numbers.ticks_of_milliseconds(time:uint()) end
    local high, low = numbers.add(base_time[1], base_time[2], offset_high, offset_low)
    return high, low, 0
end

local function show_compact_measurement(of, tree, bytes, form, signals, id)
    local from = bytes.from
    local flags_range = bytes:take(1, "compact flags")
    local flags = flags_range:uint()
    local index, value = bytes:take(4, "a signal index"), bytes:take(4, "a value")
    local time = bytes:take(time_length(form, flags), "a time")
    if not id then return end
    local high, low, time_flags = time_of(of.found, time, flags)
    show_measurement(of, tree, bytes.tvb:range(from, bytes.from - from), {
        signal = signals[index:uint()], id = id, index = index, is_compact = true,
        value_range = value, value = numbers.float(value:uint()),
        time = time, high = high, low = low, is_offset = time:len() < 8,
        flags_range = flags_range, flags = STATE_FLAGS[flags % 64] + (time_flags or 0),
    })
    if time_flags == BAD_TIME then
        tree:add_proto_expert_info(experts.undecoded, "A time is an offset from a base time that was not captured")
    end
end

local function show_compact(of, tree, bytes, flags, count)
    local found = of.found
    if of.is_first then
        found.form = form_of(of.conversation, bytes:bytes(), count)
        found.base_times = of.conversation.base_times
        local indexes = indexes_of(bytes:bytes(), found.form)
        local named, other = of.conversation:caches_of(flags, false)
        found.cache = named
        if other and not knows_all(named, indexes) and knows_all(other, indexes) then found.cache = other end
    end
    if not found.form then
        tree:add_proto_expert_info(experts.undecoded, "Cannot be decoded: " .. messages.NOT_SEEN)
        return bytes:rest()
    end
    local signals = found.cache and found.cache.signals or {}
    local indexes = indexes_of(bytes:bytes(), found.form)
    local shown, unknown = shown_of(of, tree, #indexes), 0
    for _, index in ipairs(indexes) do
        if not signals[index] then unknown = unknown + 1 end
    end
    if #indexes > 0 then tell_unknown(tree, found.cache, unknown) end
    local ids = ids_of(signals, indexes)
    local taken, left_out = 0, 0
    while bytes:left() > 0 do
        taken = taken + 1
        local is_shown = taken <= shown and of.budget.items > 0
        if taken <= shown and not is_shown then left_out = left_out + 1 end
        show_compact_measurement(of, tree, bytes, found.form, signals, is_shown and ids:range((taken - 1) * 16, 16))
    end
    if left_out > 0 then
        tree:add_proto_expert_info(experts.too_many, ("%d more measurements are not shown"):format(left_out))
    end
    of.shown[#of.shown] = ("DataPacket (compact, %d measurements)"):format(taken)
    if count and taken ~= count then
        tree:add_proto_expert_info(experts.count, ("%d measurements are announced, and there are %d"):format(count, taken))
    end
end

-- ---- encryption ----

-- Whether these can be the bytes behind the flags of a data packet.
local function is_data(flags, body)
    if #body < 4 then return false end
    if numbers.has(flags, COMPRESSED) then return body:byte(5) == tssc.VERSION end
    local count, length = numbers.u32(body, 1), #body - 4
    return count * SHORTEST <= length and length <= count * LONGEST
end

-- The reader of bytes that may be encrypted: the same, or one of what they were before. Nothing when that is not known.
local function opened(of, tree, bytes, is_odd, is_plausible)
    local found = of.found
    if of.is_first and bytes:left() > 0 and bytes:left() % aes.BLOCK_SIZE == 0 and not bytes.is_cut then
        local message = bytes:bytes()
        if of.conversation.keys then
            found.plain = of.conversation:decrypt(is_odd, message, is_plausible)
        end
        found.is_locked = not found.plain and not is_plausible(message)
        found.had_keys = of.conversation.keys ~= nil
    end
    if found.plain then
        tree:add(fields.encrypted, bytes:rest())
        return reader.of(ByteArray.new(found.plain, true):tvb("Decrypted"))
    end
    if found.is_locked then
        tree:add(fields.encrypted, bytes:rest()):add_proto_expert_info(experts.undecoded, found.had_keys
            and "The captured keys do not decrypt it"
            or "It seems to be encrypted, by keys that UpdateCipherKeys told on the TCP connection; these were not captured")
        return nil
    end
    return bytes
end

-- ---- the two responses ----

function data.show_packet(of, tree, bytes)
    local range = bytes:take(1, "flags")
    local flags = range:uint()
    messages.show_flags(tree, fields.packet_flags, bits.packet, range)
    local is_odd = numbers.has(flags, CIPHER_INDEX)
    bytes = opened(of, tree, bytes, is_odd, function(plain) return is_data(flags, plain) or lacks_count(plain) end)
    if not bytes then return end
    local is_compressed = numbers.has(flags, COMPRESSED)
    if numbers.has(flags, SYNCHRONIZED) then
        local time = bytes:take(8, "the time of the frame")
        messages.show_ticks(tree, fields.start_time, time, numbers.u64(time:raw(), 1))
    end
    if not is_compressed and not numbers.has(flags, COMPACT) then
        return tree:add_proto_expert_info(experts.undecoded, "By their flags the measurements are of neither form")
    end
    if not is_compressed and lacks_count(bytes:bytes()) then
        tree:add_proto_expert_info(experts.peculiar, "The number of measurements is missing")
        return show_compact(of, tree, bytes, flags, nil)
    end
    local count = bytes:take(4, "the number of measurements")
    tree:add(fields.packet_count, count)
    return (is_compressed and show_compressed or show_compact)(of, tree, bytes, flags, count:uint())
end

-- Publishers from before the flags of blocks have the slot of the cache in their place, or nothing in version 1.
local function lacks_flags(conversation)
    return conversation:has_slots() == false and not conversation.answers_modes
end

function data.show_block(of, tree, bytes)
    local found = of.found
    local sequence = bytes:take(4, "the sequence number")
    tree:add(fields.block_sequence, sequence)
    of.shown[#of.shown] = ("BufferBlock (%s)"):format(sequence:uint())
    if of.is_first then found.lacks_flags = lacks_flags(of.conversation) end
    local flags = 0
    if not found.lacks_flags then
        local range = bytes:take(1, "flags")
        flags = range:uint()
        messages.show_flags(tree, fields.block_flags, bits.block, range)
    end
    if of.is_first then found.cache = of.conversation:caches_of(flags % 32 - flags % 16, false) end
    local signals = found.cache and found.cache.signals or {}
    bytes = opened(of, tree, bytes, numbers.has(flags, CIPHER_INDEX), function(plain)
        return #plain >= 4 and signals[numbers.u32(plain, 1)] ~= nil
    end)
    if not bytes then return end
    local index = bytes:take(4, "the signal index")
    tree:add(fields.signal_index, index)
    local signal = signals[index:uint()]
    if signal then
        tree:add(fields.signal_id, ids_of(signals, { index:uint() }):range(0, 16)):set_generated()
        tree:add(fields.signal_key, index, signal.key):set_generated()
    else
        tell_unknown(tree, found.cache, 1)
    end
    local range = bytes:rest()
    if numbers.has(flags, COMPRESSED) and range:len() > 0 then
        if bytes.is_cut then return messages.malformed(tree, { is_cut = true }) end
        tree:add(fields.payload, range)
        range = messages.decompressed(tree, range, "Buffer block")
    end
    if range and range:len() > 0 then tree:add(fields.block_bytes, range) end
end

return data
