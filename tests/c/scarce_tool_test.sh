#!/bin/bash
# The tools where memory, descriptors or room on the disk are scarce: they say so, and go on or end as they should.
#   scarce_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: scarce_tool_test.sh BIN_DIRECTORY}
work=$(mktemp -d)
publisher=
peer=
trap 'for child in $publisher $peer; do kill "$child"; done; rm -rf "$work"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/tool_check.sh"

# A publisher that sends whoever connects these bytes; its address is in $address.
send_everybody() { # PYTHON-EXPRESSION
    in_background publisher python3 -c "
import gzip, socket, struct, sys
def response(code, command, payload):
    return struct.pack('>IBBI', 6 + len(payload), code, command, len(payload)) + payload
listener = socket.create_server(('127.0.0.1', 0))
data = $1
print('Publishing on 127.0.0.1:%d' % listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    try:
        connection.sendall(data)
        while connection.recv(65536):
            pass
    except OSError:
        pass
"
    publisher=$!
    await_address
}

stop_sending() {
    kill $publisher
    wait $publisher || true
    publisher=
}

# In front of a command: no more address space than this. Threads and libraries take half of it.
scarce=(bash -c 'ulimit -v 200000; exec "$@"' scarce)

# They are not taken down by it.
send_everybody "struct.pack('>I', 200 << 20) + bytes(199 << 20)"
check "a frame larger than memory" ends 1 "no memory for a frame of 209715200 bytes" \
    "${scarce[@]}" "$bin/sttp-subscribe" "$address" --set maxFrameSize=268435456 --once --timeout 120
stop_sending

send_everybody "response(0x80, 0x06, b'') + response(0x80, 0x01, gzip.compress(bytes(400 << 20), 1))"
check "metadata that inflate to more than memory" ends 1 "no memory for what GZip data" \
    "${scarce[@]}" "$bin/sttp-metadata" "$address" --timeout 120
stop_sending

echo "Tools where things are scarce: $passed passed, $failed failed"
[ $failed -eq 0 ]
