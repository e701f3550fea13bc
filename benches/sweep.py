"""How throughput and CPU grow with the number of subscribers, filters and signals, and what one of each costs."""

from collections.abc import Callable

import numpy
from load import Load, Run

FRAMES_PER_SECOND = 30
SIGNALS = 1000
# Of the publisher, where every subscriber selects SIGNALS others.
MORE_SIGNALS = 1100
# Measurements to all subscribers in a second of flood, about as many as they receive.
FLOOD_PER_SECOND = 40e6


def run(load: Load, seconds: float, quick: bool, say: Callable[[str], None]) -> dict:
    def both(signals: int, subscribers: int) -> dict:
        """As many frames as the subscribers take, and 30 frames per second."""
        say(f"sweep: signals {signals:,}, subscribers {subscribers:,}")
        publish, subscribe = f"--signals {signals} --wait {subscribers}", f"--connections {subscribers}"
        # Not for a time: gigabytes could wait in the sockets of a thousand subscribers when it is over.
        frames = max(int(seconds * FLOOD_PER_SECOND / signals / subscribers), 1)
        flood = load.run(f"{publish} --rate 0 --frames {frames}", subscribe)
        steady = load.run(f"{publish} --rate {FRAMES_PER_SECOND} --seconds {seconds}", subscribe)
        return {"signals": signals, "subscribers": subscribers, "filters": 1,
                "flood_per_second": flood.per_second, **_steady(steady, filters=1, selected=signals)}

    def filters(subscribers: int) -> dict:
        say(f"sweep: subscribers with a filter each {subscribers:,}")
        steady = load.run(
            f"--signals {MORE_SIGNALS} --wait {subscribers} --rate {FRAMES_PER_SECOND} --seconds {seconds}",
            f"--connections {subscribers} --filters distinct --signals {MORE_SIGNALS} --select {SIGNALS}")
        return {"signals": SIGNALS, "subscribers": subscribers, "filters": subscribers,
                **_steady(steady, filters=subscribers, selected=SIGNALS)}

    found = {
        "frames_per_second": FRAMES_PER_SECOND,
        "by_subscribers": [both(SIGNALS, count) for count in ((1, 30, 1000) if quick else (1, 4, 16, 64, 250, 1000))],
        "by_filters": [filters(count) for count in ((1, 30) if quick else (1, 4, 16, 64, 250))],
        "by_signals": [both(count, 1) for count in ((100, 3000, 100_000) if quick else (100, 1000, 10_000, 100_000))],
    }
    return found | {"costs": costs(found["by_subscribers"] + found["by_filters"] + found["by_signals"])}


def _steady(run: Run, filters: int, selected: int) -> dict:
    publisher, subscriber = run.publisher, run.subscriber
    return {
        "complete": run.is_complete, "frames": publisher["frames"],
        "measurements_published": publisher["measurements"],
        "measurements_encoded": publisher["frames"] * filters * selected,
        "packets_sent": publisher["packets"], "measurements_received": subscriber["measurements"],
        "packets_received": subscriber["packets"], "publisher_cpu_seconds": publisher["cpu_seconds"],
        "subscriber_cpu_seconds": subscriber["cpu_seconds"],
        "publisher_core_percent": run.publisher_core_percent,
        "subscriber_core_percent": run.subscriber_core_percent,
    }


# ---- what one of each costs -------------------------------------------------------------------------

CAUSES = {
    "publisher": ("frames", "measurements_published", "measurements_encoded", "packets_sent"),
    "subscriber": ("measurements_received", "packets_received"),
}


def costs(points: list[dict]) -> dict:
    """Seconds of CPU that explain the points best."""
    return {side: _explain(points, f"{side}_cpu_seconds", causes) for side, causes in CAUSES.items()}


def _explain(points: list[dict], effect: str, causes: tuple[str, ...]) -> dict:
    """Least squares of the relative errors, as the points span several orders of magnitude."""
    amounts = numpy.array([[point[cause] / point[effect] for cause in causes] for point in points])
    names = list(causes)
    while True:
        columns = amounts[:, [causes.index(name) for name in names]]
        found, *_ = numpy.linalg.lstsq(columns, numpy.ones(len(points)), rcond=None)
        if (found >= 0).all() or len(names) == 1:
            break
        # What would cost less than nothing is lost in the noise.
        del names[int(found.argmin())]
    return {
        "seconds_per": {name: float(cost) for name, cost in zip(names, found, strict=True)},
        "largest_error_percent": float(100 * numpy.abs(columns @ found - 1).max()),
    }
