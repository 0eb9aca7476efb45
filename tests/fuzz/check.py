"""One program, one verdict: its gradient against central differences."""

from __future__ import annotations

import copy
import linecache
import signal
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

import s2sad
from s2sad.errors import DifferentiationError, InternalCompilerError
from tests.fuzz.generate import Program

WRT = ("x", "y", "A", "s", "t")
Point = tuple[Any, ...]


@dataclass(frozen=True)
class Verdict:
    """`kind` is right, refused, wrong, crash, slow, rough (no derivative to compare with), not-finite or invalid.

    A not-finite gradient comes from an infinite partial derivative that is multiplied by zero, such as that of a norm
    at zero. An invalid program fails when it is called itself.
    """

    kind: str
    detail: str = ""

    @property
    def bad(self) -> bool:
        return self.kind in ("wrong", "crash")


def load_module(text: str, name: str = "fuzzed") -> ModuleType:
    """A module made from text; `linecache` holds the text, so that its functions have source."""
    filename = f"<fuzz {abs(hash(text))}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    module = ModuleType(name)
    module.__file__ = filename
    exec(compile(text, filename, "exec"), module.__dict__)
    return module


def points(program: Program, count: int = 2) -> list[Point]:
    rng = np.random.default_rng(program.seed)
    found: list[Point] = []
    for k in range(count):
        x, y = rng.uniform(-1.3, 1.4, 4), rng.uniform(-1.2, 1.5, 4)
        A = rng.uniform(-1.1, 1.3, (3, 4))
        s, t = (float(v) for v in rng.uniform(-1.2, 1.4, 2))
        n = int(rng.integers(0, 5)) if k else 3
        found.append((x, y, A, s, t, n, bool(rng.integers(2))))
    return found


def in_mode(point: Point, mode: str) -> Point:
    x, y, A, s, t, n, flag = point
    if mode == "float32":
        return x.astype("f4"), y.astype("f4"), A.astype("f4"), s, t, n, flag
    if mode == "zero-dim":
        return x, y, A, np.array(s), t, n, flag
    return point


def widened(point: Point, mode: str) -> Point:
    if mode == "float32":
        return tuple(a.astype("f8") if isinstance(a, np.ndarray) else a for a in point)
    return point


def value(f: Callable[..., Any], point: Point) -> float:
    return float(f(*copy.deepcopy(point)))


def nudged(point: Point, k: int, at: tuple[int, ...], h: float) -> Point:
    moved = list(copy.deepcopy(point))
    if isinstance(moved[k], np.ndarray):
        moved[k][at] += h
    else:
        moved[k] += h
    return tuple(moved)


def central(f: Callable[..., Any], point: Point, h: float) -> list[np.ndarray]:
    found = []
    for k in range(len(WRT)):
        result = np.zeros(np.shape(point[k]))
        for at in np.ndindex(*result.shape):
            result[at] = (value(f, nudged(point, k, at, h)) - value(f, nudged(point, k, at, -h))) / (2.0 * h)
        found.append(result)
    return found


def flat(parts: Any) -> np.ndarray:
    return np.concatenate([np.ravel(np.asarray(p, dtype=float)) for p in parts])


class TookTooLong(BaseException):
    """A program that is still being compiled or run after its time. Not an `Exception`: programs catch those."""


def _alarm(*_: Any) -> None:
    raise TookTooLong


def timed(program: Program, seconds: int) -> Verdict:
    """`check` with a limit in whole seconds; main thread only."""
    before = signal.signal(signal.SIGALRM, _alarm)
    signal.alarm(seconds)
    try:
        return check(program)
    except TookTooLong:
        return Verdict("slow", f"more than {seconds} s")
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def check(program: Program, count: int = 2) -> Verdict:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return _check(program, count)


def _check(program: Program, count: int) -> Verdict:
    try:
        f = load_module(program.text).f
        gradient = s2sad.grad(f, wrt=WRT)
    except DifferentiationError as error:
        return Verdict("refused", _summary(error))
    except Exception as error:
        return Verdict("invalid", f"{type(error).__name__}: {error}")
    other = Verdict("right")
    for point in points(program, count):
        point = in_mode(point, program.mode)
        try:
            before = value(f, point)
        except Exception as error:
            return Verdict("invalid", f"{type(error).__name__}: {error}")
        args = copy.deepcopy(point)
        try:
            found = gradient(*args)
            again = gradient(*args)
        except InternalCompilerError as error:
            return Verdict("crash", _summary(error))
        except DifferentiationError as error:
            return Verdict("refused", _summary(error))
        except (ZeroDivisionError, OverflowError) as error:
            return Verdict("rough", f"the derivative is not finite: {error}")
        except Exception as error:
            return Verdict("crash", f"{type(error).__name__}: {str(error)[:200]}")
        verdict = _compare(f, point, args, found, again, before, program.mode)
        if verdict.bad:
            return verdict
        if verdict.kind != "right":
            other = verdict
    return other


def _compare(f: Any, point: Point, args: Point, found: Any, again: Any, before: float, mode: str) -> Verdict:
    for name, given, after in zip(("x", "y", "A", "s"), point, args):
        if not np.array_equal(given, after):
            return Verdict("wrong", f"the argument {name} is changed")
    for name, given, g, g2 in zip(WRT, point, found, again):
        if np.shape(g) != np.shape(given):
            return Verdict("wrong", f"the gradient of {name} has the shape {np.shape(g)}")
        if isinstance(given, np.ndarray) and np.asarray(g).dtype != given.dtype:
            return Verdict("wrong", f"the gradient of {name} has the dtype {np.asarray(g).dtype}, not {given.dtype}")
        if not np.array_equal(g, g2, equal_nan=True):
            return Verdict("wrong", f"the second call gives another gradient of {name}")
    wide = widened(point, mode)
    try:
        coarse, fine = flat(central(f, wide, 1e-5)), flat(central(f, wide, 2e-6))
    except Exception as error:
        return Verdict("rough", f"the primal fails nearby: {error}")
    got = flat(found)
    if not np.isfinite(before) or not np.all(np.isfinite(fine)) or abs(before) > 1e5:
        return Verdict("rough", "not finite, or large")
    scale = 1.0 + np.max(np.abs(fine)) + abs(before)
    if np.max(np.abs(coarse - fine)) > 1e-5 * scale:
        return Verdict("rough", "differences disagree")
    if not np.all(np.isfinite(got)):
        return Verdict("not-finite", "the gradient holds nan or inf where the differences are finite")
    tolerance = 5e-3 if mode == "float32" else 1e-4
    if mode == "float32" and scale > 1e3:
        return Verdict("rough", "large in float32")
    worst = np.max(np.abs(got - fine))
    if not worst <= tolerance * scale:
        name = next(n for n, g, d in zip(WRT, found, _split(fine, wide)) if not np.max(np.abs(g - d)) <= tolerance * scale)
        return Verdict("wrong", f"the gradient of {name} is off by {worst:.3g}")
    return Verdict("right")


def _split(values: np.ndarray, point: Point) -> list[np.ndarray]:
    sizes = [int(np.size(point[k])) for k in range(len(WRT))]
    ends = np.cumsum(sizes)
    return [values[e - n : e].reshape(np.shape(point[k])) for k, (n, e) in enumerate(zip(sizes, ends))]


def _summary(error: DifferentiationError) -> str:
    line = ""
    if error.span is not None and error.span.text:
        line = error.span.text.strip().splitlines()[0][:100]
    return f"{type(error).__name__}: {error.message} | {line}"


def same_failure(a: Verdict, b: Verdict) -> bool:
    """Whether two verdicts are of one sort: the same kind, and for a crash the same exception."""
    if a.kind != b.kind:
        return False
    return a.kind not in ("crash", "refused") or a.detail.split(" | ")[0][:45] == b.detail.split(" | ")[0][:45]
