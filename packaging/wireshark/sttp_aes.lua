-- AES-256 in CBC mode with PKCS #7 padding: only to decrypt, with keys that a publisher sent in the clear.

local numbers = require "sttp_numbers"
local xor = numbers.xor
local floor = math.floor

local aes = { BLOCK_SIZE = 16 }

local ROUNDS, KEY_WORDS = 14, 8
local TWO_32 = 2 ^ 32

-- Multiplication by x in the field of AES.
local function double(byte)
    local doubled = byte * 2
    return doubled < 256 and doubled or xor(doubled, 0x11B)
end

local function times(byte, factor)
    local product = 0
    while factor > 0 do
        if factor % 2 == 1 then product = xor(product, byte) end
        byte, factor = double(byte), floor(factor / 2)
    end
    return product
end

local function rotated_left(byte, bits)
    local high = byte * 2 ^ bits
    return high % 256 + floor(high / 256)
end

-- The substitution of bytes, made of the inverses in the field, and back.
local SUBSTITUTE, RESTORE = {}, {}
do
    local value, inverse = 1, 1
    repeat
        -- Times 3, and divided by 3, so that the two stay each other's inverse.
        value = xor(value, double(value))
        inverse = times(inverse, 0xF6)
        local substitute = xor(inverse, 0x63)
        for bits = 1, 4 do substitute = xor(substitute, rotated_left(inverse, bits)) end
        SUBSTITUTE[value] = substitute
    until value == 1
    SUBSTITUTE[0] = 0x63
    for byte = 0, 255 do RESTORE[SUBSTITUTE[byte]] = byte end
end

-- What a byte in each of the four places of a column contributes to the column before its mixing.
local UNMIX = { {}, {}, {}, {} }
for byte = 0, 255 do
    local bytes = { times(byte, 14), times(byte, 9), times(byte, 13), times(byte, 11) }
    for place = 1, 4 do
        local word = 0
        for row = 1, 4 do word = word * 256 + bytes[(row - place) % 4 + 1] end
        UNMIX[place][byte] = word
    end
end

local function bytes_of(word)
    return floor(word / 2 ^ 24), floor(word / 2 ^ 16) % 256, floor(word / 2 ^ 8) % 256, word % 256
end

local function unmixed(word)
    local a, b, c, d = bytes_of(word)
    return xor(xor(UNMIX[1][a], UNMIX[2][b]), xor(UNMIX[3][c], UNMIX[4][d]))
end

local function substituted(word)
    local a, b, c, d = bytes_of(word)
    return ((SUBSTITUTE[a] * 256 + SUBSTITUTE[b]) * 256 + SUBSTITUTE[c]) * 256 + SUBSTITUTE[d]
end

-- The words of all rounds, those between the first and the last ready for decryption.
local function schedule(key)
    local words = {}
    for word = 0, KEY_WORDS - 1 do words[word] = numbers.u32(key, word * 4 + 1) end
    local constant = 1
    for word = KEY_WORDS, 4 * (ROUNDS + 1) - 1 do
        local before = words[word - 1]
        if word % KEY_WORDS == 0 then
            local rotated = before * 256 % TWO_32 + floor(before / 2 ^ 24)
            before = xor(substituted(rotated), constant * 2 ^ 24)
            constant = double(constant)
        elseif word % KEY_WORDS == 4 then
            before = substituted(before)
        end
        words[word] = xor(words[word - KEY_WORDS], before)
    end
    for word = 4, 4 * ROUNDS - 1 do words[word] = unmixed(words[word]) end
    return words
end

local function decrypt_block(words, a, b, c, d)
    local column = {}
    column[0], column[1], column[2], column[3] = a, b, c, d
    for place = 0, 3 do column[place] = xor(column[place], words[4 * ROUNDS + place]) end
    for round = ROUNDS - 1, 0, -1 do
        local before = column
        column = {}
        for place = 0, 3 do
            -- Rows were shifted to the left by none, one, two and three places.
            local first = bytes_of(before[place])
            local _, second = bytes_of(before[(place + 3) % 4])
            local _, _, third = bytes_of(before[(place + 2) % 4])
            local _, _, _, fourth = bytes_of(before[(place + 1) % 4])
            first, second, third, fourth = RESTORE[first], RESTORE[second], RESTORE[third], RESTORE[fourth]
            local word = ((first * 256 + second) * 256 + third) * 256 + fourth
            if round > 0 then word = unmixed(word) end
            column[place] = xor(word, words[4 * round + place])
        end
    end
    return column[0], column[1], column[2], column[3]
end

-- The key of 32 bytes and the initialisation vector of 16 as `decrypt` takes them.
function aes.new_key(key, iv) return { words = schedule(key), iv = iv } end

-- The message in the clear, without its padding; nothing when the key does not fit.
function aes.decrypt(key, message)
    if #message == 0 or #message % aes.BLOCK_SIZE ~= 0 then return nil end
    local pieces = {}
    local previous = key.iv
    for at = 1, #message, aes.BLOCK_SIZE do
        local plain = { decrypt_block(key.words, numbers.u32(message, at), numbers.u32(message, at + 4),
            numbers.u32(message, at + 8), numbers.u32(message, at + 12)) }
        for word = 1, 4 do
            pieces[#pieces + 1] = numbers.bytes_of(xor(plain[word], numbers.u32(previous, word * 4 - 3)))
        end
        previous = message:sub(at, at + aes.BLOCK_SIZE - 1)
    end
    local text = table.concat(pieces)
    local padding = text:byte(-1)
    if padding < 1 or padding > aes.BLOCK_SIZE then return nil end
    if text:sub(-padding) ~= string.char(padding):rep(padding) then return nil end
    return text:sub(1, -padding - 1)
end

return aes
