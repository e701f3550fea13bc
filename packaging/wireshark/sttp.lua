-- Dissects STTP (IEEE 2664), the Streaming Telemetry Transport Protocol, by TCP, TLS and UDP. README.md beside this
-- file tells how to install it, and what filters can ask for.

-- The other parts lie beside this one.
if __DIR__ then package.path = __DIR__ .. "/?.lua;" .. package.path end

local fields_of = require "sttp_fields"
local messages = require "sttp_messages"
local data = require "sttp_data"
local reader = require "sttp_reader"
local all = require "sttp_conversation"

local fields, experts, names = fields_of.fields, fields_of.experts, fields_of.names

local sttp = Proto("sttp", "Streaming Telemetry Transport Protocol")
-- Datagrams have no length in front, and are no stream.
local datagrams = Proto("sttp_udp", "Streaming Telemetry Transport Protocol by UDP")

sttp.fields = fields_of.all_fields
sttp.experts = fields_of.all_experts

local LENGTH_SIZE, HEADER_SIZE = 4, 6
local FIRST_RESPONSE = 0x80
local DATA_PACKET, BUFFER_BLOCK = 0x82, 0x88
local SUBSCRIBE, DEFINE_OPERATIONAL_MODES = 0x02, 0x06
-- Wireshark gives up on a packet of more than a million items.
local MOST_ITEMS = 400000

sttp.prefs.tcp_ports = Pref.range("TCP ports", "7165,7175", "Ports of publishers, or of subscribers that listen", 65535)
sttp.prefs.tls_ports = Pref.range("TLS ports", "7167", "The same, for connections secured by TLS", 65535)
sttp.prefs.udp_ports = Pref.range("UDP ports", "", "Ports of measurements by UDP; those that a captured "
    .. "subscription names are known without this", 65535)
sttp.prefs.largest_frame = Pref.uint("Largest frame in MiB", 64,
    "What claims to be longer is taken for the middle of something whose beginning was not captured")

local tcp_stream = Field.new("tcp.stream")

-- ---- messages ----

local shows = { [DATA_PACKET] = data.show_packet, [BUFFER_BLOCK] = data.show_block }

local function context(conversation, key, pinfo, summary, budget)
    local found, is_first = all.findings_of(key)
    -- What was not seen when the capture was read for the first time has no place in the order of messages.
    return {
        conversation = conversation, found = found, is_first = is_first and not pinfo.visited, pinfo = pinfo,
        shown = summary, budget = budget,
    }
end

local function show_command(of, tree, bytes)
    local range = bytes:take(1, "the command")
    local code = range:uint()
    local item = tree:add(fields.command, range)
    local name = names.COMMANDS[code]
    of.shown[#of.shown + 1] = name or ("Command 0x%02X"):format(code)
    if of.is_first then of.conversation:ask(code, of.pinfo.number, of.pinfo.abs_ts) end
    if name then
        messages.commands[code](of, tree, bytes)
    else
        item:add_proto_expert_info(experts.unknown, ("There is no command 0x%02X"):format(code))
    end
    if bytes:left() > 0 then tree:add(fields.payload, bytes:rest()) end
end

-- One response. Some publishers put several of them in a frame.
local function show_response(of, tree, bytes)
    local range = bytes:take(1, "the response")
    local code = range:uint()
    local item = tree:add(fields.response, range)
    local answered = bytes:take(1, "the command that it answers")
    of.answered = answered:uint()
    tree:add(fields.answered, answered)
    local length = bytes:take(4, "the length of the payload")
    local length_item = tree:add(fields.payload_length, length)
    local payload = length:uint()
    local name = names.RESPONSES[code]
    of.shown[#of.shown + 1] = name or ("Response 0x%02X"):format(code)
    if payload > bytes:left() then
        if not bytes.is_cut then
            length_item:add_proto_expert_info(experts.peculiar, ("The payload has %d bytes"):format(bytes:left()))
        end
        payload = bytes:left()
    end
    local rest = bytes:split(payload, "the payload")
    local show = shows[code] or messages.responses[code]
    if show then
        show(of, tree, rest)
    else
        item:add_proto_expert_info(experts.unknown, ("There is no response 0x%02X"):format(code))
    end
    if rest:left() > 0 then tree:add(fields.payload, rest:rest()) end
end

local function show(what, of, tree, bytes)
    local problem = reader.try(what, of, tree, bytes)
    if problem then
        messages.malformed(tree, problem)
        if not problem.is_cut then of.shown[#of.shown + 1] = "[malformed]" end
    end
    return problem
end

local function show_responses(conversation, key, pinfo, summary, budget, tree, bytes)
    local number = 0
    repeat
        number = number + 1
        local of = context(conversation, key .. " " .. number, pinfo, summary, budget)
        local problem = show(show_response, of, tree, bytes)
    until problem or bytes:left() == 0
end

-- ---- TCP ----

-- Whether a frame can begin here, as far as its first bytes tell.
local function is_frame(tvb, offset)
    local left = tvb:len() - offset
    local length = tvb:range(offset, LENGTH_SIZE):uint()
    if length == 0 then return true end
    if length > sttp.prefs.largest_frame * 2 ^ 20 then return false end
    if left <= LENGTH_SIZE then return true end
    local code = tvb:range(offset + LENGTH_SIZE, 1):uint()
    local is_known = names.COMMANDS[code] or names.RESPONSES[code]
    -- A code that nobody knows is believed of something short.
    if not is_known and length > 8192 then return false end
    if code >= FIRST_RESPONSE and names.RESPONSES[code] then return length >= HEADER_SIZE end
    return true
end

local function show_frame(tvb, offset, length, conversation, key, pinfo, summary, budget, tree)
    local stop = math.min(offset + LENGTH_SIZE + length, tvb:len())
    local frame = tree:add(sttp, tvb:range(offset, stop - offset))
    local before = #summary
    frame:add(fields.length, tvb:range(offset, LENGTH_SIZE))
    if length == 0 then
        frame:append_text(", empty")
        summary[#summary + 1] = "Empty"
        return
    end
    local bytes = reader.new(tvb, offset + LENGTH_SIZE, stop, stop < offset + LENGTH_SIZE + length)
    local code = bytes:left() > 0 and tvb:range(bytes.from, 1):uint() or 0
    if code >= FIRST_RESPONSE and not names.COMMANDS[code] then
        show_responses(conversation, key, pinfo, summary, budget, frame, bytes)
    else
        local of = context(conversation, key, pinfo, summary, budget)
        show(show_command, of, frame, bytes)
    end
    if #summary > before then frame:append_text(", " .. table.concat(summary, ", ", before + 1)) end
end

-- What the columns say of a packet: of a reassembled part of it, and of the rest, which come one after the other. A call
-- that was there already means that the packet is shown anew.
local columns = {}

local function show_columns(tvb, pinfo, summary)
    if #summary == 0 then return end
    local call = tvb:offset() .. " " .. tvb:len()
    if columns.packet ~= pinfo.number or columns.calls[call] then
        columns = { packet = pinfo.number, calls = {}, summary = {} }
    end
    columns.calls[call] = true
    for _, text in ipairs(summary) do columns.summary[#columns.summary + 1] = text end
    pinfo.cols.protocol = "STTP"
    pinfo.cols.info:set(table.concat(columns.summary, ", "))
end

local function out_of_step(tvb, offset, pinfo, tree, summary)
    local rest = tree:add(sttp, tvb:range(offset, tvb:len() - offset))
    rest:add_proto_expert_info(experts.foreign,
        "No frame begins here: the capture has begun in the middle of one, or lacks packets, or this is another protocol")
    summary[#summary + 1] = "[continuation]"
    show_columns(tvb, pinfo, summary)
end

local function is_tls(tvb)
    return tvb:len() >= 3 and tvb:range(0, 1):uint() >= 20 and tvb:range(0, 1):uint() <= 23
        and tvb:range(1, 1):uint() == 3 and tvb:range(2, 1):uint() <= 4
end

function sttp.dissector(tvb, pinfo, tree)
    -- Only what comes from outside of TLS can be TLS; what comes out of it begins with a length, whose first byte is 0.
    if is_tls(tvb) then return Dissector.get("tls"):call(tvb, pinfo, tree) end
    local stream = tcp_stream()
    local conversation = all.of(stream and tostring(stream.value) or tostring(pinfo.src) .. " " .. tostring(pinfo.dst))
    local offset, summary, budget = 0, {}, { items = MOST_ITEMS }
    local is_whole = tvb:reported_len() == tvb:len()
    local can_wait = pinfo.can_desegment > 0 and is_whole
    while offset < tvb:len() do
        local left = tvb:len() - offset
        if left < LENGTH_SIZE then
            if not can_wait then
                out_of_step(tvb, offset, pinfo, tree, summary)
                return tvb:len()
            end
            pinfo.desegment_offset = offset
            pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
            break
        end
        if not is_frame(tvb, offset) then
            out_of_step(tvb, offset, pinfo, tree, summary)
            return tvb:len()
        end
        local length = tvb:range(offset, LENGTH_SIZE):uint()
        if length > left - LENGTH_SIZE and can_wait then
            pinfo.desegment_offset = offset
            pinfo.desegment_len = length - (left - LENGTH_SIZE)
            break
        end
        -- A frame is told from others at the same place of the same packet, which reassembly makes, by how it begins.
        local start = tvb:raw(offset, math.min(left, 24))
        local key = ("%d %d %d "):format(pinfo.number, offset, tvb:len()) .. start
        show_frame(tvb, offset, length, conversation, key, pinfo, summary, budget, tree)
        offset = offset + LENGTH_SIZE + length
    end
    show_columns(tvb, pinfo, summary)
    return tvb:len()
end

-- Whether a connection begins with what subscribers send first, or goes on with a response.
local function is_sttp(tvb)
    if tvb:len() < LENGTH_SIZE + 5 then return false end
    local length, code = tvb:range(0, LENGTH_SIZE):uint(), tvb:range(LENGTH_SIZE, 1):uint()
    if code == DEFINE_OPERATIONAL_MODES then
        local modes = tvb:range(LENGTH_SIZE + 1, 4):uint()
        local version, encoding = modes % 32, math.floor(modes / 256) % 4
        return length == 5 and version >= 1 and version <= 3 and encoding < 3 and math.floor(modes / 2 ^ 16) % 256 == 0
    end
    if not names.RESPONSES[code] or tvb:len() < LENGTH_SIZE + HEADER_SIZE then return false end
    local answered, payload = tvb:range(LENGTH_SIZE + 1, 1):uint(), tvb:range(LENGTH_SIZE + 2, 4):uint()
    return names.COMMANDS[answered] ~= nil and length == payload + HEADER_SIZE
end

sttp:register_heuristic("tcp", function(tvb, pinfo, tree)
    if not is_sttp(tvb) then return false end
    pinfo.conversation = sttp
    sttp.dissector(tvb, pinfo, tree)
    return true
end)

-- ---- UDP ----

function datagrams.dissector(tvb, pinfo, tree)
    if tvb:len() == 0 then return 0 end
    local known = all.of_channel(tostring(pinfo.dst), pinfo.dst_port)
    local conversation = known or all.of("UDP " .. tostring(pinfo.dst) .. " " .. pinfo.dst_port)
    local summary = {}
    local item = tree:add(sttp, tvb:range(0, tvb:len()))
    local bytes = reader.new(tvb, 0, tvb:len(), tvb:reported_len() > tvb:len())
    show_responses(conversation, ("%d UDP"):format(pinfo.number), pinfo, summary, { items = MOST_ITEMS }, item, bytes)
    if #summary > 0 then item:append_text(", " .. table.concat(summary, ", ")) end
    show_columns(tvb, pinfo, summary)
    return tvb:len()
end

local function is_datagram(tvb)
    if tvb:len() < HEADER_SIZE then return false end
    local code = tvb:range(0, 1):uint()
    return (code == DATA_PACKET or code == BUFFER_BLOCK) and tvb:range(1, 1):uint() == SUBSCRIBE
        and tvb:range(2, 4):uint() == tvb:reported_len() - HEADER_SIZE
end

datagrams:register_heuristic("udp", function(tvb, pinfo, tree)
    if not is_datagram(tvb) then return false end
    datagrams.dissector(tvb, pinfo, tree)
    return true
end)

-- ---- where it is registered ----

local tables = {
    { table = DissectorTable.get("tcp.port"), proto = sttp, preference = "tcp_ports" },
    { table = DissectorTable.get("tls.port"), proto = sttp, preference = "tls_ports" },
    { table = DissectorTable.get("udp.port"), proto = datagrams, preference = "udp_ports" },
}

local function register()
    for _, entry in ipairs(tables) do
        local ports = sttp.prefs[entry.preference]
        if ports ~= entry.ports then
            if entry.ports and entry.ports ~= "" then entry.table:remove(entry.ports, entry.proto) end
            if ports ~= "" then entry.table:add(ports, entry.proto) end
            entry.ports = ports
        end
    end
end

for _, entry in ipairs(tables) do entry.table:add_for_decode_as(entry.proto) end
register()

function sttp.prefs_changed() register() end

function sttp.init() all.forget() end
