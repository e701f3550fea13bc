-- For tests: tells which packets pass which filters, in one run of tshark, on standard error. Each argument is a filter.
-- Fields are not known yet when scripts are loaded.

local filters = { ... }
local taps = Proto("taps", "Taps")
local are_there = false

local function tap(place, filter)
    local numbers = {}
    local listener = Listener.new("frame", filter)
    function listener.packet(pinfo) numbers[#numbers + 1] = pinfo.number end
    function listener.draw() io.stderr:write(("FILTER\t%d\t%s\n"):format(place, table.concat(numbers, " "))) end
end

function taps.init()
    if are_there then return end
    are_there = true
    for place, filter in ipairs(filters) do tap(place, filter) end
end
