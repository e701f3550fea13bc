"""A serial line: two pseudo-terminals with this program between them, as two machines with a cable.

    python3 serial_line.py [DAMAGE]

Prints the names of both terminals, and carries bytes between them until it is ended. With DAMAGE, a bit of every so
many bytes from the first to the second is turned.
"""

import os
import select
import sys
import tty


def main() -> None:
    damage = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    ends = [os.openpty() for _ in range(2)]
    for _, device in ends:
        # It stays open, so that neither terminal hangs up.
        tty.setraw(device)
    print(*(os.ttyname(device) for _, device in ends), flush=True)
    masters = [master for master, _ in ends]
    passed = 0
    while True:
        ready, _, _ = select.select(masters, [], [])
        for master in ready:
            data = bytearray(os.read(master, 4096))
            if damage and master == masters[0]:
                for place in range(len(data)):
                    passed += 1
                    if passed % damage == 0:
                        data[place] ^= 0x10
            other = masters[1 - masters.index(master)]
            while data:
                del data[: os.write(other, data)]


main()
