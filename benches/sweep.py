"""How throughput and CPU grow with the number of subscribers and of signals, and what one of each costs."""

from collections.abc import Callable

import numpy
from load import Load, Run

SUBSCRIBERS = (1, 4, 16, 64, 250, 1000)
SIGNALS = (100, 1000, 10_000, 100_000)
QUICK_SUBSCRIBERS = (1, 30, 1000)
QUICK_SIGNALS = (100, 3000, 100_000)
FRAMES_PER_SECOND = 30
# Measurements to all subscribers, about as many as they receive.
FLOOD_PER_SECOND = 40e6


def run(load: Load, seconds: float, quick: bool, say: Callable[[str], None]) -> dict:
    """Each point twice: as many frames as the subscribers take, and 30 frames per second."""

    def point(signals: int, subscribers: int) -> dict:
        say(f"sweep: {signals:,} signals, {subscribers:,} subscribers")
        publish, subscribe = f"--signals {signals} --wait {subscribers}", f"--connections {subscribers}"
        # Not for a time: gigabytes could wait in the sockets of a thousand subscribers when it is over.
        frames = max(int(seconds * FLOOD_PER_SECOND / signals / subscribers), 1)
        flood = load.run(f"{publish} --rate 0 --frames {frames}", subscribe)
        steady = load.run(f"{publish} --rate {FRAMES_PER_SECOND} --seconds {seconds}", subscribe)
        return {"signals": signals, "subscribers": subscribers, "flood": _flood(flood), "steady": _steady(steady)}

    by_subscribers = [point(1000, count) for count in (QUICK_SUBSCRIBERS if quick else SUBSCRIBERS)]
    by_signals = [point(count, 1) for count in (QUICK_SIGNALS if quick else SIGNALS)]
    return {
        "frames_per_second": FRAMES_PER_SECOND, "by_subscribers": by_subscribers, "by_signals": by_signals,
        "costs": costs([point["steady"] for point in by_subscribers + by_signals]),
    }


def _flood(run: Run) -> dict:
    return {
        "per_second": run.per_second, "publisher_core_percent": run.publisher_core_percent,
        "subscriber_core_percent": run.subscriber_core_percent,
    }


def _steady(run: Run) -> dict:
    publisher, subscriber = run.publisher, run.subscriber
    return {
        "complete": run.is_complete, "frames": publisher["frames"], "measurements": publisher["measurements"],
        "packets_sent": publisher["packets"], "measurements_received": subscriber["measurements"],
        "packets_received": subscriber["packets"], "publisher_cpu_seconds": publisher["cpu_seconds"],
        "subscriber_cpu_seconds": subscriber["cpu_seconds"],
        "publisher_core_percent": run.publisher_core_percent,
        "subscriber_core_percent": run.subscriber_core_percent,
    }


def costs(points: list[dict]) -> dict:
    """Seconds of CPU per frame, measurement and packet that explain the points best."""
    publisher = _explain(points, "publisher_cpu_seconds", ("frames", "measurements", "packets_sent"))
    subscriber = _explain(points, "subscriber_cpu_seconds", ("measurements_received", "packets_received"))
    return {"publisher": publisher, "subscriber": subscriber}


def _explain(points: list[dict], effect: str, causes: tuple[str, ...]) -> dict:
    """Least squares of the relative errors, as the points span several orders of magnitude."""
    weights = numpy.array([1 / point[effect] for point in points])
    amounts = numpy.array([[point[cause] for cause in causes] for point in points]) * weights[:, None]
    names = list(causes)
    while True:
        columns = [causes.index(name) for name in names]
        found, *_ = numpy.linalg.lstsq(amounts[:, columns], numpy.ones(len(points)), rcond=None)
        if (found >= 0).all() or len(names) == 1:
            break
        # What would cost less than nothing is lost in the noise.
        del names[int(found.argmin())]
    errors = amounts[:, columns] @ found - 1
    return {
        "seconds_per": {name: float(cost) for name, cost in zip(names, found, strict=True)},
        "error_percent": float(100 * numpy.abs(errors).max()),
    }
