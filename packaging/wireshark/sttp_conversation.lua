-- What is remembered of a connection from message to message: what was asked for, signal index caches, base times, keys
-- and the state of the compression. It changes only while a capture is read for the first time, from its beginning on;
-- what was found then about a message is kept with it, since messages are shown again in any order.

local numbers = require "sttp_numbers"
local tssc = require "sttp_tssc"
local aes = require "sttp_aes"

local CACHE_SLOT, COMPRESSED = 0x10, 0x08
local TSSC_MODE, GZIP_MODE = 0x40, 0x20

local Conversation = {}
Conversation.__index = Conversation

local conversations, channels, findings = {}, {}, {}

local all = {}

-- Nothing is remembered: another capture is read, or the same one anew.
function all.forget()
    conversations, channels, findings = {}, {}, {}
end

-- The conversation of a TCP connection, by a name of it that no other has.
function all.of(name)
    local conversation = conversations[name]
    if not conversation then
        conversation = setmetatable({
            caches = {}, decoder = nil, expected = nil,
            base_times = { { 0, 0 }, { 0, 0 } },
            includes_time = true, has_milliseconds = false,
            keys = nil, requests = {},
        }, Conversation)
        conversations[name] = conversation
    end
    return conversation
end

-- What was found about a message when it came first, and whether that is now, so that it is still empty.
function all.findings_of(name)
    local found = findings[name]
    if found then return found, false end
    found = {}
    findings[name] = found
    return found, true
end

-- Measurements of a conversation go to this port by UDP, of this address or, of a group, of any.
function all.add_channel(address, port, conversation)
    channels[address .. " " .. port] = conversation
    channels[" " .. port] = conversation
end

function all.of_channel(address, port) return channels[address .. " " .. port] or channels[" " .. port] end

function Conversation:set_modes(modes)
    self.modes = modes
    self.version = modes % 32
    self.encoding = math.floor(modes / 256) % 4
end

-- Whether commands confirm signal index caches, so that these have a slot; nothing while that is not known.
function Conversation:has_slots()
    if self.version then return self.version ~= 1 end
end

function Conversation:compresses_by_tssc() return self.modes and numbers.has(self.modes, TSSC_MODE) end

function Conversation:compresses_by_gzip() return self.modes and numbers.has(self.modes, GZIP_MODE) end

function Conversation:add_cache(slot, cache)
    -- Every number but 0 means the second slot.
    slot = slot == 0 and 0 or 1
    cache.slot = slot
    self.caches[slot] = cache
    self.newest = cache
    if self:has_slots() == false then self.in_use = cache end
end

function Conversation:confirm_cache()
    self.in_use = self.newest
end

-- The cache that a packet refers to by its flags, and the other one; each may be missing. One implementation alternates
-- the slots, and never says so: a new encoder then means the newest cache.
function Conversation:caches_of(packet_flags, begins_anew)
    if numbers.has(packet_flags, CACHE_SLOT) then self.names_slots = true end
    local slot = numbers.has(packet_flags, CACHE_SLOT) and 1 or 0
    local has_changed = begins_anew and self.in_use and self.in_use.slot == 1
    if not self.names_slots and numbers.has(packet_flags, COMPRESSED) and has_changed then self.names_none = true end
    if self.names_none and self.in_use then
        if begins_anew then self.read_with = self.in_use end
        local cache = self.read_with or self.in_use
        return cache, self.caches[1 - cache.slot]
    end
    local named, other = self.caches[slot], self.caches[1 - slot]
    return named or other, named and other or nil
end

-- The measurements of a compressed packet as records (see sttp_tssc.lua), or nothing; and what is wrong.
function Conversation:decompress(sequence, block)
    if sequence == 0 then
        self.decoder = tssc.new_decoder()
    elseif not self.decoder then
        return nil, "the packets before it, on which it builds, were not captured; later ones can be decoded again from "
            .. "a sequence number of 0 on"
    elseif sequence ~= self.expected then
        local expected = self.expected
        self.decoder = nil
        return nil, ("sequence number %d came where %d was expected; packets can be decoded again from 0 on"):format(
            sequence, expected), true
    end
    -- After the highest number comes 1: 0 always begins anew.
    self.expected = sequence == 65535 and 1 or sequence + 1
    local records, problem = self.decoder:decode(block)
    if problem then self.decoder = nil end
    return records, problem
end

-- Two sets of keys, each as it is used (see sttp_aes.lua). Those before stay, for datagrams that were on their way.
function Conversation:add_keys(even, odd)
    local before = self.keys or {}
    self.keys = { { even[1], even[2], before = before[1] }, { odd[1], odd[2], before = before[2] } }
end

-- An encrypted message in the clear, if it passes the test and a key fits; nothing otherwise.
function Conversation:decrypt(is_odd, message, is_plausible)
    local set = self.keys and self.keys[is_odd and 2 or 1]
    for _ = 1, 2 do
        if not set then return nil end
        set.key = set.key or aes.new_key(set[1], set[2])
        local plain = aes.decrypt(set.key, message)
        if plain and is_plausible(plain) then return plain end
        set = set.before
    end
end

function Conversation:ask(command, frame, time)
    self.requests[command] = { frame = frame, time = time }
end

-- The command that a response answers.
function Conversation:answered(command)
    local request = self.requests[command]
    self.requests[command] = nil
    return request
end

return all
