-- Bytes of a message taken one after the other, each length checked before it is believed.

local Reader = {}
Reader.__index = Reader

local reader = {}

-- Of the bytes from `from` on and before `to`, counted from 0. When the capture has fewer of them, `is_cut` is true.
function reader.new(tvb, from, to, is_cut)
    return setmetatable({ tvb = tvb, from = from, to = to, is_cut = is_cut }, Reader)
end

-- Of all bytes.
function reader.of(tvb) return reader.new(tvb, 0, tvb:len(), false) end

function Reader:left() return self.to - self.from end

-- The next bytes as a range. When there are fewer, an error for `reader.try`.
function Reader:take(length, what)
    if length > self:left() then
        error({ message = ("%s takes %d bytes, and %d are left"):format(what, length, self:left()),
            is_cut = self.is_cut }, 0)
    end
    local range = self.tvb:range(self.from, length)
    self.from = self.from + length
    return range
end

function Reader:rest()
    return self:take(self:left(), "the rest")
end

-- The next bytes, without taking them.
function Reader:peek(length)
    if length == 0 or length > self:left() then return nil end
    return self.tvb:raw(self.from, length)
end

-- What is left, for a part that reads by itself.
function Reader:split(length, what)
    local from = self.from
    self:take(length, what)
    return reader.new(self.tvb, from, self.from, self.is_cut)
end

function Reader:bytes()
    if self:left() == 0 then return "" end
    return self.tvb:raw(self.from, self:left())
end

-- Says that the message is not what it should be, for `reader.try`.
function reader.fail(message) error({ message = message }, 0) end

-- Calls the function. When it failed for want of bytes or by `reader.fail`, what was wrong: a table of `message`
-- and `is_cut`. Any other error is a mistake in here, which must be seen.
function reader.try(what, ...)
    local went_well, problem = pcall(what, ...)
    if went_well then return nil end
    if type(problem) == "table" and problem.message then return problem end
    error(problem, 0)
end

return reader
