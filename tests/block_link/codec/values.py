"""What messages are made of: bytes, numbers and texts."""


class Malformed(Exception):
    """What was read is not what the document says."""


class Short(Malformed):
    """It ends too early."""


def number(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80 and len(out) < 8:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class Reader:
    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def left(self) -> int:
        return len(self.data) - self.at

    def bytes(self, count: int) -> bytes:
        if count > self.left():
            raise Short(f"{count} bytes at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count : self.at]

    def int(self, size: int) -> int:
        return int.from_bytes(self.bytes(size), "big")

    def number(self) -> int:
        value = 0
        for group in range(8):
            byte = self.int(1)
            value |= (byte & 0x7F) << 7 * group
            if byte < 0x80:
                return value
        return value | self.int(1) << 56

    def counted(self) -> bytes:
        return self.bytes(self.number())


def counted(text: bytes) -> bytes:
    return number(len(text)) + text


def ended(reader: Reader, found: dict) -> dict:
    if reader.left():
        raise Malformed("more behind the last field")
    return found
