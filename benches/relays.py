"""What docs/scale.md and docs/tstp.md say of relays over NATS and of events, by a run of benches/run.py."""

import math

# Of a network card of 10 Gbit/s, so much is for subscribers; the rest is for peaks and for those of a relay that died.
CARD, SHARE = 10e9 / 8, 0.7
SIGNALS, RATE = 1000, 30
# Subscribers, and sites among which they are.
PLANS = [(10_000, 1), (100_000, 1), (1_000_000, 10)]


def measured(found: dict) -> list[str]:
    """A row for each thing that was measured."""
    costs, checked, latency = found["costs"], found["checked"], found["latency_us"]
    rows = {
        "from an ingest through NATS and a relay, as fast as they can":
            f"{found['per_second'] / 1e6:.1f} million measurements/s, {found['bus_bytes']['flood']:.1f} bytes each",
        "1,000 signals at 30 frames a second":
            f"{found['bus_bytes']['frames']:.1f} bytes each; half of them within {latency['p50'] / 1000:.1f} ms, 99 of "
            f"100 within {latency['p99'] / 1000:.1f} ms",
        "an ingest of that": cores(costs["ingest"]),
        "NATS with one relay": cores(costs["nats"]),
        "NATS, for a further relay": cores(costs["nats_relay"]),
        "a relay, without subscribers": cores(costs["base"]),
        "a subscriber, to its relay":
            f"{cores(costs['subscriber'])}, {found['subscriber_bytes_per_second'] / 1000:.0f} kB/s",
        f"{checked['relays']} relays with {checked['subscribers']} subscribers each, with the ingest and NATS":
            f"{cores(checked['measured'])}; by the costs above {cores(checked['told'])}",
    }
    return ["| what | measured |", "| --- | --- |", *(f"| {what} | {text} |" for what, text in rows.items())]


def plan(found: dict) -> list[str]:
    """A row for each size, by the formulas of docs/scale.md."""
    lines = [
        "| subscribers | relays | cores of relays | network of relays | NATS | its cores |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return lines + [_planned(found, subscribers, sites) for subscribers, sites in PLANS]


def _planned(found: dict, subscribers: int, sites: int) -> str:
    costs, each = found["costs"], found["subscriber_bytes_per_second"]
    most = math.floor(SHARE * CARD / each / 1000) * 1000
    # One more on each site, for one may die.
    relays = math.ceil(subscribers / sites / most) * sites + sites
    stream = SIGNALS * RATE * found["bus_bytes"]["frames"]
    of_relays = relays * costs["base"] + subscribers * costs["subscriber"]
    of_nats = sites * costs["nats"] + (relays - sites) * costs["nats_relay"]
    where = "3 servers; the leader sends" if sites == 1 else f"a cluster, and mirrors on {sites - 1} sites; each sends"
    return (
        f"| {subscribers:,} | {relays}, with up to {most:,} each{'' if sites == 1 else f', on {sites} sites'} | "
        f"{of_relays:,.1f} | {subscribers * each * 8 / 1e9:,.0f} Gbit/s | "
        f"{where} {relays / sites * stream / 1e6:.1f} MB/s | {of_nats:.2g} |"
    )


def cores(value: float) -> str:
    """A core, or a share of one."""
    return f"{value:.2g} cores" if value >= 0.1 else f"{100 * value:.2g} % of a core"


def events(rows: list[dict]) -> list[str]:
    """A row for each generation of events: seconds of a core for a million data points."""
    lines = ["| | `tstp-out` | `nats-server` | `tstp-in` |", "| --- | --- | --- | --- |"]
    for generation, interval in (("A", "1s"), ("B", "100ms")):
        of = {row["name"].rsplit(", ", 1)[1]: row["value"] for row in rows
              if row["name"].startswith(f"TSTP generation {generation}, ")}
        costs = " | ".join(f"{of[part]:.2f}" for part in ("tstp-out", "nats-server", "tstp-in"))
        lines.append(f'| generation {generation}, `interval = "{interval}"` | {costs} |')
    return lines
