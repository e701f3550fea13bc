-- TSSC: measurements of the blocks of one connection, each of which builds on those before it. The times, values and
-- signals that were seen are what code words of a few bits refer to; which code words are short follows from how
-- often each came behind a signal.

local numbers = require "sttp_numbers"
local xor, is_less = numbers.xor, numbers.is_less
local floor = math.floor

local tssc = { VERSION = 85, RECORD_SIZE = 20 }

-- More signals than any publisher has in a subscription of which captures are looked at.
local MOST_SIGNALS = 2 ^ 20
local TWO_32 = 2 ^ 32

local END_OF_STREAM = 0
local LAST_SIGNAL = 7
local FORWARD, REVERSE, PREVIOUS_TIME, TIME = 8, 12, 16, 17
local PREVIOUS_FLAGS, FLAGS = 18, 19
local VALUE_1, VALUE_2, VALUE_3, ZERO, FIRST_VALUE = 20, 21, 22, 23, 24

-- Bits of what follows the code words 1 to 7, and 24 to 31.
local SIGNAL_WIDTHS = { 4, 8, 12, 16, 20, 24, 32 }
local VALUE_WIDTHS = { 4, 8, 12, 16, 20, 24, 28, 32 }

local function new_point(next_signal)
    local counts = {}
    for code = 0, 31 do counts[code] = 0 end
    return {
        next = next_signal,
        flags_1 = 0, flags_2 = 0,
        value_1 = 0, value_2 = 0, value_3 = 0,
        -- How many of the code words in `short` are written in fewer bits than the others, and one more.
        mode = 4, short = { VALUE_1, VALUE_2, VALUE_3 },
        counts = counts, sent = 0, stage = 0,
    }
end

-- Chooses anew which code words are short, by how often each came.
local function adapt(point)
    local counts = point.counts
    local a, b, c, count_a, count_b, count_c, total = 0, 1, 2, 0, 0, 0, 0
    for code = 0, 31 do
        local count = counts[code]
        counts[code] = 0
        total = total + count
        if count > count_a then
            a, b, c, count_a, count_b, count_c = code, a, b, count, count_a, count_b
        elseif count > count_b then
            b, c, count_b, count_c = code, b, count, count_b
        elseif count > count_c then
            c, count_c = code, count
        end
    end
    local sizes = {
        5 * total,
        count_a + 6 * (total - count_a),
        count_a + 2 * count_b + 7 * (total - count_a - count_b),
        count_a + 2 * count_b + 3 * count_c + 8 * (total - count_a - count_b - count_c),
    }
    local mode = 1
    for candidate = 2, 4 do
        if sizes[candidate] < sizes[mode] then mode = candidate end
    end
    point.mode, point.short, point.sent = mode, { a, b, c }, 0
end

local function count_code(point, code)
    point.sent = point.sent + 1
    point.counts[code] = point.counts[code] + 1
    local stage = point.stage
    if (stage == 0 and point.sent > 5) or (stage == 1 and point.sent > 20) then
        point.stage = stage + 1
        adapt(point)
    elseif stage == 2 and point.sent > 100 then
        adapt(point)
    end
end

-- Bits and whole bytes of a block, which share one position. What is wrong with the block is an error of its own kind.
local Block = {}
Block.__index = Block

function Block:byte()
    local byte = self.bytes:byte(self.position)
    if not byte then error({ tssc = "it ends within a measurement" }, 0) end
    self.position = self.position + 1
    return byte
end

function Block:bit()
    if self.left == 0 then
        self.cache, self.left = self:byte(), 8
    end
    self.left = self.left - 1
    return floor(self.cache / 2 ^ self.left) % 2
end

function Block:bits(count)
    local bits = 0
    for _ = 1, count do bits = bits * 2 + self:bit() end
    return bits
end

function Block:code(point)
    local code
    for short = 1, point.mode - 1 do
        if self:bit() == 1 then
            code = point.short[short]
            break
        end
    end
    code = code or self:bits(5)
    count_code(point, code)
    return code
end

-- Low bits of a number, least significant byte first; of 4, 12, 20 or 28 the lowest four stand among the bits.
function Block:low_bits(width)
    local value, factor = 0, 1
    if width % 8 == 4 then
        value, factor = self:bits(4), 16
    end
    for _ = 1, floor(width / 8) do
        value = value + self:byte() * factor
        factor = factor * 256
    end
    return value
end

-- A number in groups of seven bits, lowest first.
function Block:flags()
    local value, factor = 0, 1
    for group = 1, 5 do
        local byte = self:byte()
        if byte < 128 or group == 5 then return (value + byte * factor) % TWO_32 end
        value = value + (byte - 128) * factor
        factor = factor * 128
    end
end

-- The same of 64 bits: the ninth byte has eight bits, as its halves.
function Block:time()
    local high, low = 0, 0
    for group = 0, 8 do
        local byte = self:byte()
        local is_last = byte < 128 or group == 8
        local digits = is_last and byte or byte - 128
        local shift = 7 * group
        if shift < 32 then
            local shifted = digits * 2 ^ shift
            low = low + shifted % TWO_32
            high = high + floor(shifted / TWO_32)
        else
            high = high + digits * 2 ^ (shift - 32)
        end
        if is_last then return high % TWO_32, low end
    end
end

local Decoder = {}
Decoder.__index = Decoder

-- For a stream that begins with sequence number 0.
function tssc.new_decoder()
    local most = 2 ^ 31 - 1
    return setmetatable({
        time_1 = { 0, 0 }, time_2 = { 0, 0 },
        distances = { { most, TWO_32 - 1 }, { most, TWO_32 - 1 }, { most, TWO_32 - 1 }, { most, TWO_32 - 1 } },
        points = {}, signals = 0, last = new_point(0),
    }, Decoder)
end

local function is_same(a, b) return a[1] == b[1] and a[2] == b[2] end

function Decoder:move_to(time)
    local before = self.time_1
    local distance = { numbers.absolute(numbers.subtract(before[1], before[2], time[1], time[2])) }
    local distances = self.distances
    if is_less(distance[1], distance[2], distances[4][1], distances[4][2]) then
        local place = 1
        while is_less(distances[place][1], distances[place][2], distance[1], distance[2]) do place = place + 1 end
        -- One of the first three that is the same is no news.
        if not is_same(distances[place], distance) then
            table.insert(distances, place, distance)
            distances[5] = nil
        end
    end
    self.time_2, self.time_1 = before, time
end

function Decoder:read_time(block, code)
    local time = self.time_1
    if code == PREVIOUS_TIME then
        time = self.time_2
    elseif code == TIME then
        local high, low = block:time()
        time = { xor(time[1], high), xor(time[2], low) }
    elseif code >= REVERSE then
        local distance = self.distances[code - REVERSE + 1]
        time = { numbers.subtract(time[1], time[2], distance[1], distance[2]) }
    else
        local distance = self.distances[code - FORWARD + 1]
        time = { numbers.add(time[1], time[2], distance[1], distance[2]) }
    end
    self:move_to(time)
end

function Decoder:point_of(signal)
    local point = self.points[signal]
    if not point then
        if self.signals >= MOST_SIGNALS then error({ tssc = "it has more signals than are kept" }, 0) end
        point = new_point((signal + 1) % TWO_32)
        self.points[signal] = point
        self.signals = self.signals + 1
    end
    return point
end

local function read_value(block, point, code)
    if code == VALUE_1 then return end
    local value
    if code == VALUE_2 then
        point.value_1, point.value_2 = point.value_2, point.value_1
        return
    elseif code == VALUE_3 then
        value = point.value_3
    elseif code == ZERO then
        value = 0
    else
        value = xor(point.value_1, block:low_bits(VALUE_WIDTHS[code - FIRST_VALUE + 1]))
    end
    point.value_1, point.value_2, point.value_3 = value, point.value_1, point.value_2
end

local function out_of_order(block, code)
    error({ tssc = ("code word %d at byte %d is out of order"):format(code, block.position - 1) }, 0)
end

-- The next measurement as a record; nothing at the end.
function Decoder:next_record(block)
    if block.left == 0 and block.position > #block.bytes then return nil end
    local last = self.last
    local code = block:code(last)
    if code == END_OF_STREAM then return nil end
    if code <= LAST_SIGNAL then
        last.next = xor(last.next, block:low_bits(SIGNAL_WIDTHS[code]))
        code = block:code(last)
        if code <= LAST_SIGNAL then out_of_order(block, code) end
    end
    local signal = last.next
    local point = self:point_of(signal)
    if code <= TIME then
        self:read_time(block, code)
        code = block:code(last)
        if code <= TIME then out_of_order(block, code) end
    end
    if code <= FLAGS then
        local flags = code == PREVIOUS_FLAGS and point.flags_2 or block:flags()
        point.flags_1, point.flags_2 = flags, point.flags_1
        code = block:code(last)
        if code <= FLAGS then out_of_order(block, code) end
    end
    read_value(block, point, code)
    self.last = point
    local bytes_of = numbers.bytes_of
    return bytes_of(signal) .. bytes_of(self.time_1[1]) .. bytes_of(self.time_1[2]) .. bytes_of(point.value_1)
        .. bytes_of(point.flags_1)
end

-- The measurements of a block, as a string of records of RECORD_SIZE bytes: signal index, ticks (8 bytes), bits of the
-- value, state flags, each most significant byte first. When the block is damaged, those before the damage, and what
-- is wrong; the decoder cannot go on then.
function Decoder:decode(bytes)
    local block = setmetatable({ bytes = bytes, position = 1, cache = 0, left = 0 }, Block)
    local records = {}
    local is_whole, problem = pcall(function()
        local record = self:next_record(block)
        while record do
            records[#records + 1] = record
            record = self:next_record(block)
        end
    end)
    -- What is no text of the kind above is a mistake in here, which must be seen.
    if not is_whole and not (type(problem) == "table" and problem.tssc) then error(problem, 0) end
    return table.concat(records), not is_whole and problem.tssc or nil
end

return tssc
