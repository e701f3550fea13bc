"""A subscriber and a publisher on sttpapi, with the command lines of sttp-subscribe and sttp-publish.

Everything stays on the loopback interface. Run with --help for the options that only this peer has.
"""

import argparse
import io
import json
import resource
import socket
import sys
import threading
import time
from uuid import UUID

import numpy as np
import testdata
from ciphers import DecryptingSubscriber, Encrypting
from sttp.data.dataset import DataSet
from sttp.transport import datapublisher
from sttp.transport.constants import DataPacketFlags, ServerCommand, ServerResponse
from sttp.transport.datapublisher import DataPublisher
from sttp.transport.datasubscriber import DataSubscriber
from sttp.transport.measurement import Measurement
from sttp.transport.subscriberconnection import SubscriberConnection

LOOPBACK = "127.0.0.1"


def main() -> int:
    options = _parse(sys.argv[1:])
    started = time.monotonic()
    try:
        measurements, octets = subscribe(options) if options.command == "subscribe" else publish(options)
    except Failure as failure:
        print(f"sttp_peer: {failure}", file=sys.stderr)
        return 1
    if options.stats:
        _print_stats(options, measurements, octets, time.monotonic() - started)
    return 0


class Failure(Exception):
    """Why the peer ends with exit code 1."""


LOGGING = threading.Lock()


def log(text: str):
    with LOGGING:
        sys.stderr.write(f"{text}\n")


# ---- subscriber -------------------------------------------------------------------------------------

class RecordingSubscriber:
    """Collects what one subscription delivers, until it has enough, time is up or the publisher leaves."""

    def __init__(self, options):
        self._options = options
        self._rows: list[tuple] = []
        self._blocks: list = []
        self._answered = options.user_command is None
        self._metadata: bytes | None = None
        self._failure: str | None = None
        self._resubscribed = options.resubscribe is None
        self._played = False
        self._follows = options.follow_changes
        self._changed = threading.Event()
        self._finished = False

        peer = (DecryptingSubscriber if options.decrypt else DataSubscriber)(
            compress_payloaddata=not options.no_tssc,
            compress_metadata=not options.no_gzip,
            compress_signalindexcache=not options.no_gzip,
            version=np.byte(options.protocol),
        )
        peer.subscription.filterexpression = options.filter
        # The default is a truthy placeholder that asks for UDP.
        peer.subscription.udpdatachannel = options.udp is not None
        peer.subscription.datachannel_localport = options.udp or 0
        peer.subscription.datachannel_interface = LOOPBACK
        peer.subscription.includetime = not options.no_time
        peer.subscription.use_millisecondresolution = options.milliseconds
        peer.subscription.request_nanvaluefilter = options.nan_filter
        peer.subscription.throttled = options.throttle is not None
        peer.subscription.publishinterval = np.float64(options.throttle or 0)
        peer.subscription.enabletimereasonabilitycheck = options.check_times
        peer.subscription.starttime = options.start or ""
        peer.subscription.stoptime = options.stop or ""
        peer.subscription.processinginterval = np.int32(options.processing_interval)
        peer.processingcomplete_callback = self._receive_end
        peer.configurationchanged_callback = self._follow_change if options.follow_changes else None
        peer.newmeasurements_callback = self._receive
        peer.metadatareceived_callback = self._receive_metadata
        peer.connectionterminated_callback = self._finish
        peer.statusmessage_callback = log
        peer.errormessage_callback = self._receive_error
        peer.newbufferblocks_callback = self._blocks.extend
        peer.userresponsereceived_callback = self._receive_response
        self._peer = peer

    def run(self) -> tuple[int, int]:
        host, port = self._options.endpoint.rsplit(":", 1)
        if (error := self._peer.connect(host, np.uint16(int(port)))) is not None:
            raise Failure(f"cannot connect to {self._options.endpoint}: {error}")
        if self._options.metadata_out:
            self._request_metadata()
        self._peer.subscribe()
        if self._options.user_command is not None:
            number, text = self._options.user_command.split("=", 1)
            command = ServerCommand(ServerCommand.USERCOMMAND00 + int(number))
            self._peer.send_servercommand(command, text.encode())
        self._wait()
        if self._options.decrypt:
            log(self._peer.summary())
        octets = self._peer.total_commandchannel_bytesreceived + self._peer.total_datachannel_bytesreceived
        rows = list(self._rows)
        self._peer.connectionterminated_callback = None
        self._peer.dispose()
        if self._failure:
            raise Failure(self._failure)
        if self._options.start and self._options.count is None and not self._played:
            raise Failure("the historical data did not end")
        if self._options.udp and not self._peer.total_datachannel_bytesreceived:
            raise Failure("nothing arrived by UDP")
        self._write(rows)
        return len(rows), int(octets)

    def _request_metadata(self):
        text = self._options.metadata_filter.encode()
        request = len(text).to_bytes(4, "big") + text if text else None
        self._peer.send_servercommand(ServerCommand.METADATAREFRESH, request)

    def _follow_change(self):
        """Waits for the new metadata, in place of those that it has."""
        self._follows, self._metadata = False, None
        self._request_metadata()
        self._peer.subscribe()

    def _wait(self):
        deadline = time.monotonic() + self._options.duration
        while not self._finished and (remaining := deadline - time.monotonic()) > 0:
            if self._complete():
                # Rows beyond the wanted number would be a fault, so they get a chance to show up.
                time.sleep(self._options.linger)
                return
            self._changed.wait(remaining)
            self._changed.clear()

    def _complete(self) -> bool:
        if self._options.metadata_out and self._metadata is None or not self._answered or self._follows:
            return False
        if self._options.follow_changes:
            return True
        if self._options.count is not None:
            return len(self._rows) >= self._options.count
        return self._options.start is not None and self._played

    def _receive(self, measurements):
        self._rows += [(m.signalid, int(m.timestamp), int(m.flags), np.float32(m.value)) for m in measurements]
        if not self._resubscribed and len(self._rows) >= self._options.resubscribe_after:
            self._resubscribed = True
            self._peer.subscription.filterexpression = self._options.resubscribe
            self._peer.subscribe()
        if len(self._rows) == len(measurements):
            self._receive_first()
        if self._complete():
            self._changed.set()

    def _receive_first(self):
        if self._options.then_pace is not None:
            pace = self._options.then_pace.to_bytes(4, "big", signed=True)
            self._peer.send_servercommand(ServerCommand.UPDATEPROCESSINGINTERVAL, pace)
        if self._options.rotate_keys is not None:
            rotation = (ServerCommand.ROTATECIPHERKEYS,)
            timer = threading.Timer(self._options.rotate_keys, self._peer.send_servercommand, rotation)
            timer.daemon = True
            timer.start()

    def _receive_end(self, text: str):
        log(f"end of historical data: {text}")
        self._played = True
        self._changed.set()

    def _receive_metadata(self, xml: bytes):
        self._metadata = xml
        self._changed.set()

    def _receive_response(self, response: ServerResponse, command: ServerCommand, data: bytes):
        log(f"user response {response - ServerResponse.USERRESPONSE00}: {data.decode()}")
        self._answered = True
        self._changed.set()

    def _receive_error(self, text: str):
        log(text)
        if "failure code" in text:
            self._failure = text
            self._finish()

    def _finish(self):
        self._finished = True
        self._changed.set()

    def _write(self, rows):
        if self._options.output:
            testdata.write_rows(
                self._options.output,
                (testdata.Row(str(i), ticks, flags, testdata.to_bits(value)) for i, ticks, flags, value in rows),
            )
        if self._options.buffer_blocks:
            with open(self._options.buffer_blocks, "w", encoding="ascii") as file:
                file.write("signal_id,bytes\n")
                file.writelines(f"{block.signalid},{block.buffer.hex()}\n" for block in self._blocks)
        if self._options.metadata_out:
            if self._metadata is None:
                raise Failure("no metadata arrived")
            with open(self._options.metadata_out, "wb") as file:
                file.write(self._metadata)


def subscribe(options) -> tuple[int, int]:
    return RecordingSubscriber(options).run()


# ---- publisher --------------------------------------------------------------------------------------

PUBLISHING = threading.RLock()


class WatchedConnection(SubscriberConnection):
    """Knows when its subscriber is ready for data: after the confirmation, which version 1 does not have."""

    ready = False

    def _handle_confirm_signal_index_cache(self, data):
        super()._handle_confirm_signal_index_cache(data)
        self.ready = True

    def _handle_subscribe(self, data):
        # sttpapi would encode with the indexes of the new cache before it has sent the cache.
        with PUBLISHING:
            super()._handle_subscribe(data)
        self.ready |= self._subscribed and self._version == 1


class ConformingConnection(WatchedConnection):
    """Without the departures of sttpapi's publisher that its own subscriber cannot read.

    Stands in for sttp-publish when the harness checks itself.
    """

    def _handle_subscribe(self, data):
        with PUBLISHING:
            super()._handle_subscribe(data)
            self._tssc_encoder.reset()
            self._tssc_sequence_number = 0

    def _serialize_signal_index_cache(self, cache):
        encoded = super()._serialize_signal_index_cache(cache)
        return b"\0" + encoded[1:] if self._version > 1 else encoded

    def _send_data_packet(self, packet, count):
        if packet[0] & DataPacketFlags.COMPACT:
            packet = packet[:1] + count.to_bytes(4, "big") + packet[1:]
        super()._send_data_packet(packet, count)


class EncryptingConnection(Encrypting, ConformingConnection):
    """sttpapi's packets without a count cannot be told from badly decrypted ones."""


class LoopbackPublisher(DataPublisher):
    """sttpapi listens on all interfaces; this one only on the given address."""

    def listen(self, host: str, port: int):
        self._server_socket = socket.create_server((host, port))
        self._started = True
        self._accept_thread = threading.Thread(target=self._accept_connections, daemon=True)
        self._accept_thread.start()

    def dispose(self):
        # Wakes the thread that accepts connections, for which stop() otherwise waits two seconds.
        self._shuttingdown = True
        self._server_socket.shutdown(socket.SHUT_RDWR)
        with self._subscriber_connections_lock:
            readers = [connection._read_thread for connection in self._subscriber_connections]
        super().dispose()
        for reader in readers:
            reader.join(1)

    def ready_connections(self) -> list[WatchedConnection]:
        with self._subscriber_connections_lock:
            return [connection for connection in self._subscriber_connections if connection.ready]


def publish(options) -> tuple[int, int]:
    # TSSC arithmetic wraps around.
    np.seterr(over="ignore")
    connection = EncryptingConnection if options.encrypt else WatchedConnection
    datapublisher.SubscriberConnection = ConformingConnection if options.conforming else connection
    frames = [_to_measurements(batch) for batch in testdata.batches(testdata.read_rows(options.replay))]

    publisher = LoopbackPublisher()
    publisher.statusmessage_callback = publisher.errormessage_callback = log
    publisher.define_metadata(_read_metadata(options.metadata))
    if options.echo_commands:
        publisher.usercommand_callback = _echo_command
    blocks = _read_blocks(options.buffer_blocks) if options.buffer_blocks else []
    host, port = options.listen.rsplit(":", 1)
    publisher.listen(host, int(port))
    deadline = time.monotonic() + options.duration
    try:
        if not _until(lambda: len(publisher.ready_connections()) >= options.wait_subscribers, deadline):
            raise Failure("too few subscribers came")
        connections = publisher.ready_connections()
        for number, frame in enumerate(frames):
            with PUBLISHING:
                if options.redefine and number == len(frames) // 2:
                    publisher.define_metadata(_read_metadata(options.redefine))
                publisher.publish_measurements(frame)
            if blocks:
                signal_id, content = blocks.pop(0)
                for connection in connections:
                    connection.send_buffer_block(signal_id, content, options.confirm_blocks)
            if options.rate:
                time.sleep(1 / options.rate)
        _until(lambda: not publisher.ready_connections(), time.monotonic() + options.linger)
        return sum(map(len, frames)), sum(int(c._total_commandchannel_bytes_sent) for c in connections)
    finally:
        publisher.dispose()


def _read_metadata(path: str) -> DataSet:
    with open(path, encoding="utf-8") as file:
        metadata, error = DataSet.from_xml(file.read())
    if error is not None:
        raise Failure(f"{path}: {error}")
    return metadata


def _read_blocks(path: str) -> list[tuple[UUID, bytes]]:
    with open(path, encoding="ascii") as file:
        rows = [line.strip().split(",") for line in list(file)[1:]]
    return [(UUID(signal_id), bytes.fromhex(digits)) for signal_id, digits in rows]


def _echo_command(connection: SubscriberConnection, command: ServerCommand, data: bytes):
    response = ServerResponse(ServerResponse.USERRESPONSE00 + command - ServerCommand.USERCOMMAND00)
    connection.send_response(response, command, data)


def _to_measurements(batch) -> list[Measurement]:
    # Signed ticks and plain unsigned flags: with other types sttpapi's TSSC encoder loses precision or raises.
    return [
        Measurement(UUID(row.signal_id), testdata.from_bits(row.bits), np.int64(row.ticks), np.uint32(row.flags))
        for row in batch
    ]


def _until(condition, deadline: float) -> bool:
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds


# ---- command line -----------------------------------------------------------------------------------

def _parse(arguments):
    parser = argparse.ArgumentParser(prog="sttp_peer.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    sub = commands.add_parser("subscribe", help="receive measurements")
    sub.add_argument("endpoint", metavar="HOST:PORT")
    sub.add_argument("--filter", default="FILTER ActiveMeasurements WHERE True")
    sub.add_argument("--count", type=int, help="end after this many measurements")
    sub.add_argument("--duration", type=float, default=30, help="end after this many seconds")
    sub.add_argument("--format", choices=["csv"], default="csv")
    sub.add_argument("--output")
    sub.add_argument("--metadata-out")
    sub.add_argument("--buffer-blocks", metavar="FILE", help="write buffer blocks to this file")
    sub.add_argument("--command", dest="user_command", metavar="N=TEXT", help="send a user command, await its answer")
    sub.add_argument("--protocol", type=int, choices=[1, 2, 3], default=2)
    sub.add_argument("--no-tssc", action="store_true")
    sub.add_argument("--no-gzip", action="store_true")
    sub.add_argument("--stats", action="store_true")
    sub.add_argument("--linger", type=float, default=0.2, help="seconds to wait for surplus measurements")
    sub.add_argument("--metadata-filter", default="", help="filter of the metadata request")
    sub.add_argument("--resubscribe", metavar="EXPR", help="second filter, without unsubscribing")
    sub.add_argument("--resubscribe-after", type=int, default=1000, metavar="K", help="measurements before it")
    sub.add_argument("--start", metavar="TIME", help="historical data from this time on, until their end")
    sub.add_argument("--stop", metavar="TIME", help="end of the historical data")
    sub.add_argument("--processing-interval", type=int, default=-1, metavar="MS")
    sub.add_argument("--then-pace", type=int, metavar="MS", help="processing interval after the first measurements")
    sub.add_argument("--follow-changes", action="store_true", help="end with the metadata after a change")
    sub.add_argument("--nan-filter", action="store_true")
    sub.add_argument("--no-time", action="store_true")
    sub.add_argument("--milliseconds", action="store_true")
    sub.add_argument("--throttle", type=float, metavar="S", help="only the latest values, every S seconds")
    sub.add_argument("--check-times", action="store_true")
    sub.add_argument("--udp", type=int, metavar="PORT", help="receive data on this local UDP port")
    sub.add_argument("--decrypt", action="store_true", help="everything must be encrypted, and is decrypted")
    sub.add_argument("--rotate-keys", type=float, metavar="S", help="ask for new keys S seconds after the first data")

    pub = commands.add_parser("publish", help="publish the rows of a CSV file")
    pub.add_argument("--listen", metavar="ADDR:PORT", default=f"{LOOPBACK}:7175")
    pub.add_argument("--metadata", required=True, metavar="FILE.xml")
    pub.add_argument("--redefine", metavar="FILE.xml", help="other metadata after half of the frames")
    pub.add_argument("--replay", required=True, metavar="FILE.csv")
    pub.add_argument("--rate", type=float, default=0, help="frames a second, 0 without pause")
    pub.add_argument("--buffer-blocks", metavar="FILE.csv", help="send one of these behind each frame")
    pub.add_argument("--confirm-blocks", action="store_true")
    pub.add_argument("--encrypt", action="store_true", help="encrypt all measurements, with keys that change")
    pub.add_argument("--echo-commands", action="store_true", help="answer user commands with their own bytes")
    pub.add_argument("--wait-subscribers", type=int, default=1, metavar="K")
    pub.add_argument("--duration", type=float, default=60, help="give up after this many seconds")
    pub.add_argument("--stats", action="store_true")
    pub.add_argument("--linger", type=float, default=1, help="seconds the subscribers have to leave by themselves")
    pub.add_argument("--conforming", action="store_true", help="without sttpapi's departures from the protocol")
    return parser.parse_args(arguments)


def _print_stats(options, measurements: int, octets: int, seconds: float):
    usage = resource.getrusage(resource.RUSAGE_SELF)
    stats = {
        "measurements": measurements, "seconds": seconds, "per_second": measurements / seconds, "bytes": octets,
        "dropped": 0, "cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_rss_bytes": usage.ru_maxrss * 1024,
    }
    if options.command == "publish":
        stats["subscribers"] = options.wait_subscribers
    # The statistics are the last line, whatever sttpapi's threads still have to say.
    with LOGGING:
        stderr, sys.stderr = sys.stderr, io.StringIO()
    print(json.dumps(stats), file=stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
