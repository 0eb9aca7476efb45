"""A gradient against finite differences along random lines.

A gradient with a wrong entry is wrong along a random line, too, so that two calls of the program tell what central
differences of every entry would. Where they disagree, or the program has a kink, more steps decide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.fuzz.points import NAMES, Point, arguments

FINE, CLOSE, LOOSE = 1e-6, 3e-6, 5e-3


@dataclass
class Line:
    """A function of one number: the program along a random direction through a point."""

    f: Callable[..., Any]
    point: Point
    mode: str
    wrt: tuple[str, ...]
    seed: int
    direction: list[np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        self.turn(0)

    def turn(self, number: int) -> None:
        """Another direction: every entry moves by 0.5 to 1."""
        rng = np.random.default_rng([self.seed, number])
        self.direction = [np.asarray(rng.uniform(0.5, 1.0, v.shape) * rng.choice([-1.0, 1.0], v.shape) * (name in self.wrt))
                          for name, v in zip(NAMES, self.point.values)]  # fmt: skip

    def along(self, gradient: np.ndarray) -> float:
        parts = [np.ravel(d) for name, d in zip(NAMES, self.direction) if name in self.wrt]
        return float(np.concatenate(parts) @ gradient)

    def size(self, gradient: np.ndarray) -> float:
        return float(np.sum(np.abs(gradient)))

    def value(self, h: float) -> float:
        values = tuple(v + h * d for v, d in zip(self.point.values, self.direction))
        mode = "float64" if self.mode == "same" else self.mode  # the two parameters are differentiated separately
        return float(self.f(*arguments(self.point, mode, wide=True, values=values)))

    def central(self, h: float) -> float:
        return (self.value(h) - self.value(-h)) / (2.0 * h)


def judge(line: Line, gradient: np.ndarray, before: float) -> tuple[str, str]:
    """The kind of a verdict, and its detail."""
    if line.mode == "same":
        # x and y hold the same numbers
        x, _, *others = line.point.values
        line.point = Point((x, x, *others), line.point.n, line.point.flag)
    single = line.mode == "float32"
    try:
        rough = line.central(1e-5)
        scale = 1.0 + abs(rough) + abs(before)
        if np.all(np.isfinite(gradient)) and abs(line.along(gradient) - rough) <= (LOOSE if single else FINE) * scale:
            return "right", ""
        return _decide(line, gradient, before, single)
    except Exception as error:
        return "rough", f"the program fails nearby: {error}"


def _decide(line: Line, gradient: np.ndarray, before: float, single: bool) -> tuple[str, str]:
    """What several steps say in several directions, where one step did not settle the matter."""
    worst, smooth = 0.0, False
    for number in range(3):
        line.turn(number)
        steps = [line.central(h) for h in (1e-4, 1e-5, 2e-6)]
        aside = [(line.value(h) - line.value(0.0)) / h for h in (2e-6, -2e-6)]
        if not np.all(np.isfinite([*steps, *aside])):
            return "rough", "differences are not finite"
        scale = 1.0 + abs(steps[2]) + abs(before)
        if not np.all(np.isfinite(gradient)):
            return "not-finite", "the gradient holds nan or inf where the differences are finite"
        if single and scale + line.size(gradient) > 1e3:
            return "rough", "large in single precision"
        # Richardson's step, and how far its ingredients are apart
        best = steps[1] + (steps[1] - steps[0]) / 99.0
        spread = min(abs(steps[1] - steps[2]), abs(best - steps[1]) + abs(best - steps[2]))
        kink = abs(aside[0] - aside[1])
        if spread > 1e-5 * scale or kink > 1e-3 * scale:
            continue
        smooth = True
        error = min(abs(line.along(gradient) - step) for step in (best, *steps[1:]))  # a jump may be within the largest step
        if error > (LOOSE if single else CLOSE) * scale + 10.0 * spread + kink:  # a tie between slopes that hardly differ
            worst = max(worst, error)
    if not smooth:
        return "rough", "differences disagree"
    if worst:
        return "wrong", f"the gradient is off by {worst:.3g} along a line"
    return "right", ""
