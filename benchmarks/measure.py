"""Timing of several callables side by side: warmed up, interleaved, summarised by median and spread. Peaks of memory."""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

FEWEST = 3  # rounds of what is slow


@dataclass(frozen=True)
class Timing:
    """Seconds per call: the median over the rounds, the quartiles around it, and the fastest round."""

    median: float
    low: float
    high: float
    best: float

    @property
    def spread(self) -> float:
        """Half of the interquartile range relative to the median."""
        return 0.5 * (self.high - self.low) / self.median

    def __str__(self) -> str:
        return f"{duration(self.median)} ±{100.0 * self.spread:.0f}%"


def duration(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if abs(seconds) >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def summarise(samples: list[float]) -> Timing:
    low, median, high = statistics.quantiles(samples, n=4)
    return Timing(median, low, high, min(samples))


def interleaved(
    calls: Mapping[str, Callable[[], Any]], rounds: int, batch: float, most: float = float("inf")
) -> dict[str, Timing]:
    """Time `calls` in turn, `rounds` times, so that a slow phase of the machine hits all of them alike.

    Each sample repeats one call for about `batch` seconds; the number of repetitions is found in the warm-up. A call that would
    take more than `most` seconds in all takes part in fewer of the rounds, evenly spread.
    """
    counts, takes = {}, {}
    for name, call in calls.items():
        counts[name], seconds = _repetitions(call, batch)
        takes[name] = max(min(FEWEST, rounds), int(min(rounds, most / max(seconds, 1e-9))))
    samples: dict[str, list[float]] = {name: [] for name in calls}
    was_enabled = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        for k in range(rounds):
            order = list(calls) if k % 2 == 0 else list(reversed(list(calls)))
            for name in order:
                if k * takes[name] // rounds < (k + 1) * takes[name] // rounds:
                    samples[name].append(_sample(calls[name], counts[name]))
            gc.collect()
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()
    return {name: summarise(found) for name, found in samples.items()}


def _sample(call: Callable[[], Any], count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) / count


def _repetitions(call: Callable[[], Any], batch: float) -> tuple[int, float]:
    """Warm-up: double the repetitions until a sample fills the batch. Their number, and the seconds that they take."""
    call()
    count = 1
    while True:
        seconds = _sample(call, count) * count
        if seconds >= batch or count >= 1 << 20:
            kept = max(1, round(count * min(1.0, batch / seconds)))
            return kept, seconds * kept / count
        count *= 2


def peak_memory(call: Callable[[], Any]) -> int:
    """The most bytes that were in use at once during a call, beyond those in use before it."""
    call()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        call()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak - before
