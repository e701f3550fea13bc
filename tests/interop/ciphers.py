"""Encrypted measurements apart from libsttp: with pycryptodome, below sttpapi's subscriber and publisher.

sttpapi's subscriber takes the wrong octets of a message for its keys, and leaves the padding where it is; its
publisher does not encrypt.
"""

import secrets

from Crypto.Cipher import AES
from Crypto.Util.Padding import pad, unpad
from sttp.transport.constants import ServerCommand, ServerResponse
from sttp.transport.datasubscriber import DataSubscriber

HEADER_SIZE = 6
ODD_KEYS = 0x04
# What stays in the clear: the flags of a data packet; the sequence number and the flags of a buffer block.
CLEAR = {ServerResponse.DATAPACKET: 1, ServerResponse.BUFFERBLOCK: 5}
# Packets between two rotations, few enough that there are many.
USES_OF_KEYS = 20


class DecryptingSubscriber(DataSubscriber):
    """Gives sttpapi the clear form of every data packet and buffer block."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._keys: list[tuple[bytes, bytes]] = []
        self._used: set[tuple[bytes, bytes]] = set()
        self._updates = 0
        self._decrypted = dict.fromkeys(CLEAR, 0)
        # By UDP, what was encrypted with keys from before a rotation may come after the new ones.
        self._unreadable = 0

    def summary(self) -> str:
        packets, blocks = self._decrypted.values()
        return (
            f"decrypted {packets} packets and {blocks} buffer blocks with {len(self._used)} keys "
            f"of {self._updates} updates, {self._unreadable} not"
        )

    def _process_serverresponse(self, buffer: bytes):
        code, payload = buffer[0], bytes(buffer[HEADER_SIZE:])
        if code == ServerResponse.UPDATECIPHERKEYS:
            self._keys = read_keys(payload)
            self._updates += 1
            return
        if code in CLEAR:
            try:
                payload = self._clear(code, payload)
            except (IndexError, ValueError):
                self._unreadable += 1
                return
        super()._process_serverresponse(bytes(buffer[:HEADER_SIZE]) + payload)

    def _clear(self, code: int, payload: bytes) -> bytes:
        place = CLEAR[code]
        keys = self._keys[1 if payload[place - 1] & ODD_KEYS else 0]
        key, start = keys
        clear = unpad(AES.new(key, AES.MODE_CBC, start).decrypt(payload[place:]), AES.block_size)
        self._used.add(keys)
        self._decrypted[code] += 1
        return payload[:place] + clear


class Encrypting:
    """Mixed into a connection of sttpapi's publisher: all data packets and buffer blocks are encrypted.

    Keys change as those of the reference implementation do: the set that was in use gets fresh ones at once.
    """

    _sets: list[tuple[bytes, bytes]] = []
    _set_in_use = 0
    _uses_of_set = 0

    def send_response(self, responsecode, commandcode, data=None, message=None) -> bool:
        if responsecode in CLEAR:
            if not self._sets:
                self._sets = [_fresh(), _fresh()]
                self._send_keys()
            elif self._uses_of_set == USES_OF_KEYS:
                self._sets[self._set_in_use] = _fresh()
                self._set_in_use ^= 1
                self._uses_of_set = 0
                self._send_keys()
            self._uses_of_set += 1
            data = self._sealed(responsecode, bytearray(data))
        return super().send_response(responsecode, commandcode, data, message)

    def _send_keys(self):
        parts = [len(part).to_bytes(4, "big") + part for keys in self._sets for part in keys]
        message = bytes([self._set_in_use]) + b"".join(parts)
        super().send_response(ServerResponse.UPDATECIPHERKEYS, ServerCommand.SUBSCRIBE, message)

    def _sealed(self, code: int, payload: bytearray) -> bytes:
        place, (key, start) = CLEAR[code], self._sets[self._set_in_use]
        payload[place - 1] |= ODD_KEYS * self._set_in_use
        message = pad(bytes(payload[place:]), AES.block_size)
        return bytes(payload[:place]) + AES.new(key, AES.MODE_CBC, start).encrypt(message)


def _fresh() -> tuple[bytes, bytes]:
    return secrets.token_bytes(32), secrets.token_bytes(16)


def read_keys(payload: bytes) -> list[tuple[bytes, bytes]]:
    """Key and initialization vector of the even and of the odd set, behind the index of the active one."""
    parts, place = [], 1
    for expected in (32, 16, 32, 16):
        size = int.from_bytes(payload[place:place + 4], "big")
        if size != expected:
            raise ValueError(f"{size} octets where {expected} belong")
        parts.append(payload[place + 4:place + 4 + size])
        place += 4 + size
    if place != len(payload) or payload[0] > 1:
        raise ValueError("no message of cipher keys")
    return [(parts[0], parts[1]), (parts[2], parts[3])]
