"""The targets, what was measured of each, and whether it is met."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contestants import AUTOGRAD, HAND, HAND_NUMBA, JAX, S2SAD, S2SAD_NUMBA, TANGENT
from measure import Timing, duration

if TYPE_CHECKING:
    from tables import Row

TRANSFORMATION = 0.030  # seconds
GROWTH = 0.2
MEMORY = 1.15
MEASURABLE = 50_000  # bytes by hand; below, the objects of the interpreter decide


@dataclass(frozen=True)
class Run:
    """Everything that was measured."""

    rows: list[Row]
    transformation: Timing
    calls: tuple[Timing, Timing]
    growth: dict[int, float]


@dataclass(frozen=True)
class Ratio:
    """A ratio over workloads: its geometric mean, and each, must not be above the numbers given."""

    what: str
    of: Callable[[Row], float | None]
    mean: float | None = None
    each: float | None = None

    @property
    def target(self) -> str:
        told = [f"geometric mean ≤ {self.mean:g}"] if self.mean is not None else []
        return ", ".join(told + ([f"each ≤ {self.each:g}"] if self.each is not None else []))

    def line(self, rows: list[Row]) -> str:
        found = {row.workload.name: ratio for row in rows if (ratio := self.of(row)) is not None}
        if not found:
            return f"| {self.what} | {self.target} | – | not measured |"
        mean = statistics.geometric_mean(found.values())
        worst = max(found, key=lambda name: found[name])
        text = f"geometric mean {mean:.3g} of {len(found)}, at most {found[worst]:.3g} (`{worst}`)"
        above = {name: ratio for name, ratio in found.items() if self.each is not None and ratio > self.each}
        if (self.mean is None or mean <= self.mean) and not above:
            return f"| {self.what} | {self.target} | {text} | met |"
        listed = ", ".join(f"`{name}` {ratio:.3g}" for name, ratio in sorted(above.items(), key=lambda item: -item[1]))
        return f"| {self.what} | {self.target} | {text} | **missed**{': ' + listed if listed else ''} |"


def best_to_jax(row: Row) -> float | None:
    ratios = [ratio for tool in (S2SAD, S2SAD_NUMBA) if (ratio := row.ratio(tool, JAX)) is not None]
    return min(ratios, default=None)


def memory(row: Row) -> float | None:
    return row.memory[S2SAD] / row.memory[HAND] if row.memory.get(HAND, 0) >= MEASURABLE and S2SAD in row.memory else None


RATIOS = (
    Ratio("s2sad / NumPy by hand", lambda row: row.ratio(S2SAD, HAND), 1.10, 1.4),
    Ratio("s2sad, Numba / Numba by hand", lambda row: row.ratio(S2SAD_NUMBA, HAND_NUMBA), 1.15, 1.6),
    Ratio("the faster of both / JAX", best_to_jax, 0.3, 1.0),
    Ratio("s2sad / tangent-ad", lambda row: row.ratio(S2SAD, TANGENT), 0.2),
    Ratio("s2sad / autograd, loops of numbers", lambda row: row.ratio(S2SAD, AUTOGRAD) if row.workload.kind == "loop" else None, 0.01),
    Ratio(f"peak memory / by hand (of {MEASURABLE // 1000} kB and more)", memory, None, MEMORY),
)


def summary(run: Run) -> str:
    """A table with a line for each target."""
    lines = ["| ratio | target | measured | |", "|---|---|---|---|", *(ratio.line(run.rows) for ratio in RATIOS)]
    seconds = run.transformation.median
    lines.append(
        f"| source to callable, 50-line function, NumPy | ≤ {duration(TRANSFORMATION)} | {run.transformation} | "
        f"{'met' if seconds <= TRANSFORMATION else '**missed**'} |"
    )
    mean = statistics.fmean(run.growth.values())
    farthest = max(abs(ratio / mean - 1.0) for ratio in run.growth.values())
    lines.append(
        f"| s2sad / NumPy primal, `logistic` with {min(run.growth):,} to {max(run.growth):,} trips | within {GROWTH:.0%} of the mean | "
        f"{', '.join(f'{ratio:.2f}' for ratio in run.growth.values())} | {'met' if farthest <= GROWTH else '**missed**'} |"
    )
    return "\n".join(lines)
