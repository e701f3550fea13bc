-- Numbers that Lua does not have of itself: bits, 64-bit integers as pairs of halves, single-precision floats.
-- A half, and every 32-bit number here, is a number from 0 to 2^32 - 1.

local numbers = {}

local TWO_16, TWO_31, TWO_32 = 2 ^ 16, 2 ^ 31, 2 ^ 32
local floor = math.floor

-- Lua 5.2 has bit32, Wireshark brings bit (whose results are signed), and later versions of Lua have operators, which
-- earlier ones could not even read.
local library = bit32 or bit
if library then
    local xor, both = library.bxor, library.band
    function numbers.xor(a, b) return xor(a, b) % TWO_32 end
    function numbers.both(a, b) return both(a, b) % TWO_32 end
else
    numbers.xor = load("return function(a, b) return math.tointeger(a) ~ math.tointeger(b) end")()
    numbers.both = load("return function(a, b) return math.tointeger(a) & math.tointeger(b) end")()
end

function numbers.has(value, mask) return numbers.both(value, mask) ~= 0 end

-- The 32-bit number, most significant byte first, whose first byte is that at `at` (counted from 1).
function numbers.u32(bytes, at)
    local a, b, c, d = bytes:byte(at, at + 3)
    return ((a * 256 + b) * 256 + c) * 256 + d
end

function numbers.u16(bytes, at)
    local a, b = bytes:byte(at, at + 1)
    return a * 256 + b
end

-- The 64-bit number at `at`: its high half, its low half.
function numbers.u64(bytes, at) return numbers.u32(bytes, at), numbers.u32(bytes, at + 4) end

-- A 32-bit number as four bytes, most significant first.
function numbers.bytes_of(value)
    local high, low = floor(value / TWO_16), value % TWO_16
    return string.char(floor(high / 256), high % 256, floor(low / 256), low % 256)
end

function numbers.add(a_high, a_low, b_high, b_low)
    local low = a_low + b_low
    local carry = low >= TWO_32 and 1 or 0
    return (a_high + b_high + carry) % TWO_32, low % TWO_32
end

function numbers.subtract(a_high, a_low, b_high, b_low)
    local low = a_low - b_low
    local borrow = low < 0 and 1 or 0
    return (a_high - b_high - borrow) % TWO_32, low % TWO_32
end

-- Whether the first number is the smaller one, both as signed integers.
function numbers.is_less(a_high, a_low, b_high, b_low)
    if a_high ~= b_high then
        return (a_high + TWO_31) % TWO_32 < (b_high + TWO_31) % TWO_32
    end
    return a_low < b_low
end

-- The number without its sign. The lowest one stays as it is.
function numbers.absolute(high, low)
    if high < TWO_31 then return high, low end
    return numbers.subtract(0, 0, high, low)
end

-- A small number times 10,000: the ticks of so many milliseconds.
function numbers.ticks_of_milliseconds(milliseconds) return 0, milliseconds * 10000 end

-- Two bits of a time tell of leap seconds; the rest is the time itself.
local TIME_BITS = 2 ^ 30
local TICKS_PER_SECOND = 10000000
local SECONDS_BEFORE_1970 = 62135596800

-- Seconds since 1970 and nanoseconds of a time in ticks, 100 ns since the year 1, and what it tells of leap seconds.
function numbers.time_of_ticks(high, low)
    local bits = floor(high / TIME_BITS)
    local rest = high % TIME_BITS
    -- In steps of 16 bits, so that no number leaves the range that a double holds exactly.
    local seconds = floor(rest / TICKS_PER_SECOND)
    rest = rest % TICKS_PER_SECOND
    for _, digits in ipairs { floor(low / TWO_16), low % TWO_16 } do
        rest = rest * TWO_16 + digits
        seconds = seconds * TWO_16 + floor(rest / TICKS_PER_SECOND)
        rest = rest % TICKS_PER_SECOND
    end
    local leap
    if bits >= 2 then leap = bits == 2 and "inserted" or "deleted" end
    return seconds - SECONDS_BEFORE_1970, rest * 100, leap
end

-- The single-precision float of these bits.
function numbers.float(bits)
    local sign = bits >= TWO_31 and -1 or 1
    local exponent, fraction = floor(bits / 2 ^ 23) % 256, bits % 2 ^ 23
    if exponent == 255 then return fraction == 0 and sign * math.huge or -(0 / 0) end
    if exponent == 0 then return sign * fraction * 2 ^ -149 end
    return sign * (1 + fraction / 2 ^ 23) * 2 ^ (exponent - 127)
end

return numbers
