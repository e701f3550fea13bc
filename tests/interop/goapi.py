"""What goapi's subscriber receives, also when it is the one that listens. It has no publisher."""

import compare
import testdata
from compare import Mismatch
from history import archive_window, relative_window
from messages import MODES as SOME_MODES
from messages import make_blocks, notification, told_to_wait
from processes import Session, free_port
from scenarios import (
    ALL,
    COMPACT,
    GOAPI,
    LISTS,
    MODES,
    TOOL,
    Lab,
    Mode,
    Scenario,
    base_times,
    exchange,
    filtered,
    throttled,
)
from udp import by_udp, encrypted, encrypted_udp


def goapi_scenarios() -> list[Scenario]:
    scenarios = {
        **{str(mode): _everything(mode) for mode in MODES},
        **{f"{mode}, reverse connection": _reverse(mode) for mode in SOME_MODES},
        **{f"filter {expression}": filtered(TOOL, GOAPI, expression, Mode()) for expression in LISTS},
        "TSSC, throttled": throttled(GOAPI, Mode(), check=False),
        "compact, base times": base_times(GOAPI, milliseconds=False),
        "compact, base times in milliseconds": base_times(GOAPI, milliseconds=True),
        "UDP": by_udp(GOAPI, [], []),
        "UDP, small datagrams": by_udp(GOAPI, ["--datagram-size", 256], []),
        "UDP, without time": by_udp(GOAPI, [], ["--no-time"]),
        "UDP, base times": by_udp(GOAPI, ["--base-times"], []),
        # With TSSC, goapi takes the padding of encrypted packets for measurements.
        **{f"{mode}, all encrypted": encrypted(GOAPI, mode) for mode in MODES if not mode.tssc},
        "UDP encrypted": encrypted_udp(GOAPI, [], []),
        "UDP encrypted, rotated every second": encrypted_udp(GOAPI, ["--key-rotation", 1], []),
        "UDP encrypted, rotated when asked": encrypted_udp(GOAPI, [], ["--rotate-keys", 1.5]),
        **{f"{mode}, window of an archive": archive_window(GOAPI, mode) for mode in SOME_MODES},
        "window from *-70m": relative_window(GOAPI, "*-70m", "*-30m", [-50]),
        # goapi loses the signals of compressed and of confirmed blocks, and the bytes of all.
        "signals of buffer blocks": _buffer_blocks,
        "notification": notification(GOAPI),
        "told to wait": told_to_wait(GOAPI),
    }
    return [
        Scenario(f"tool to goapi, {name}", run, needs_tools=True, needs_goapi=True)
        for name, run in scenarios.items()
    ]


def _everything(mode: Mode):
    def run(lab: Lab, session: Session):
        options = [*mode.options(), "--filter", ALL, "--count", len(lab.many)]
        received = exchange(lab, session, TOOL, GOAPI, lab.many, subscribe_options=options)
        compare.equal_rows(mode.expected(lab.many), received.rows)
        compare.equal_metadata(compare.load(lab.metadata_xml), compare.load(received.metadata.read_bytes()))

    return run


def _reverse(mode: Mode):
    def run(lab: Lab, session: Session):
        port, output = free_port(), session.folder / "subscriber.csv"
        subscriber = session.start("subscriber", [
            *lab.subscribe[GOAPI], f"127.0.0.1:{port}", "--listen", *mode.options(), "--filter", ALL,
            "--count", len(lab.many), "--output", output,
        ])
        # The publisher comes back until the subscriber listens, so that nothing has to wait for it.
        publisher = session.start("publisher", [
            *lab.publish[TOOL], "--connect", f"127.0.0.1:{port}", "--metadata", lab.metadata,
            "--replay", lab.replay(lab.many), "--wait-subscribers", 1, "--rate", 0,
        ])
        session.finish(subscriber, publisher)
        compare.equal_rows(mode.expected(lab.many), testdata.read_rows(output))

    return run


def _buffer_blocks(lab: Lab, session: Session):
    sent, taken = session.folder / "sent.csv", session.folder / "taken.csv"
    blocks = make_blocks(sent, sorted(lab.filters.signals(ALL)))
    # goapi confirms what needs no confirmation. To a closed connection, that would cost it what it has not read.
    received = exchange(
        lab, session, TOOL, GOAPI, lab.few, publish_options=["--buffer-blocks", sent],
        subscribe_options=[*COMPACT.options(), "--filter", ALL, "--count", len(lab.few), "--buffer-blocks", taken],
    )
    compare.equal_rows(COMPACT.expected(lab.few), received.rows)
    signals = [line.split(",")[0] for line in taken.read_text(encoding="ascii").splitlines()[1:]]
    if signals != [block.split(",")[0] for block in blocks]:
        raise Mismatch(f"buffer blocks of {signals}")

