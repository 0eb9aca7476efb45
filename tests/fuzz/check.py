"""One program, one verdict: its gradient against finite differences, and against that of the unoptimised program."""

from __future__ import annotations

import linecache
import os
import random
import re
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np

import s2sad
from s2sad import compiler
from s2sad.errors import DifferentiationError, InternalCompilerError
from tests.fuzz.differences import Line, judge
from tests.fuzz.forward import defect
from tests.fuzz.generate import Program
from tests.fuzz.magnitude import TOO_LARGE, largest
from tests.fuzz.overlap import meets_defect
from tests.fuzz.points import NAMES, Point, arguments, points

# Passes that change the order in which contributions are added up, or how powers and products are written.
INEXACT = frozenset({
    "sums", "reductions", "fuse", "stores", "in_place", "order", "merge", "branches", "share", "repeats", "invariants", "kept", "rows", "all",
})  # fmt: skip
SWITCH = "S2SAD_CHECK"


@dataclass(frozen=True)
class Verdict:
    """`kind` is right, refused, wrong, crash, slow, rough (no derivative to compare with), not-finite, numpy or invalid.

    A not-finite gradient comes from an infinite partial derivative that is multiplied by zero, such as that of a norm
    at zero. A program of the kind numpy has another value than it should (see `overlap.py`). An invalid program fails when
    it is called itself.
    """

    kind: str
    detail: str = ""

    @property
    def bad(self) -> bool:
        return self.kind in ("wrong", "crash")


RIGHT = Verdict("right")


@dataclass(frozen=True)
class Plan:
    """What is checked in a program beyond its gradient; drawn from the seed."""

    wrt: tuple[str, ...]
    without: str | None
    value: bool
    verified: bool
    forward: str = ""  # "jvp", "batch" of directions or "hvp"

    @staticmethod
    def of(program: Program) -> Plan:
        rng = random.Random(program.seed + 77)
        wrt = NAMES if rng.random() < 0.7 else tuple(n for n in NAMES if rng.random() < 0.5) or ("x",)
        without = rng.choice(["all", "all", *sorted(compiler.PASSES)]) if rng.random() < 0.1 else None
        value, verified = rng.random() < 0.05, rng.random() < 0.15
        return Plan(wrt, without, value, verified, rng.choices(["", "jvp", "batch", "hvp"], [64, 20, 12, 4])[0])


def load_module(text: str, name: str = "fuzzed") -> ModuleType:
    """A module made from text; `linecache` holds the text, so that its functions have source."""
    filename = f"<fuzz {abs(hash(text))}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    module = ModuleType(name)
    module.__file__ = filename
    with registered(module):  # dataclasses look up their module
        exec(compile(text, filename, "exec"), module.__dict__)
    return module


@contextmanager
def registered(module: ModuleType) -> Iterator[None]:
    sys.modules[module.__name__] = module
    try:
        yield
    finally:
        del sys.modules[module.__name__]


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


def check(program: Program) -> Verdict:
    plan = Plan.of(program)
    switch = {SWITCH: "1"} if plan.verified else {}
    with warnings.catch_warnings(), np.errstate(all="ignore"), patch.dict(os.environ, switch):
        warnings.simplefilter("ignore")
        try:
            f = load_module(program.text).f
        except Exception as error:
            return Verdict("invalid", f"{type(error).__name__}: {error}")
        return Checker(program, plan, f).verdict()


def guarded(run: Callable[[], Any]) -> Any:
    """The result of a call into the compiler or the emitted code, or the verdict on what it raised."""
    try:
        return run()
    except InternalCompilerError as error:
        return Verdict("crash", _summary(error))
    except DifferentiationError as error:
        return Verdict("refused", _summary(error))
    except (ZeroDivisionError, OverflowError) as error:
        return Verdict("rough", f"the derivative is not finite: {error}")
    except np.linalg.LinAlgError as error:
        return Verdict("rough", str(error))
    except Exception as error:
        return Verdict("crash", f"{type(error).__name__}: {str(error)[:200]}")


@dataclass
class Checker:
    """Checks one function at all points."""

    program: Program
    plan: Plan
    f: Callable[..., Any]

    def verdict(self) -> Verdict:
        gradient = guarded(lambda: s2sad.grad(self.f, wrt=self.plan.wrt))
        if isinstance(gradient, Verdict):
            return gradient
        other, texts = RIGHT, set()
        for number, point in enumerate(points(self.program.seed)):
            if number >= 2 and len(texts) > 1:
                break  # each point is compiled on its own: that is slow
            verdict = self.at(point, gradient, first=number == 0)
            if verdict.bad or verdict.kind in ("invalid", "refused"):
                return verdict
            texts.add(gradient.source)
            if verdict.kind != "right":
                other = verdict
        return other

    def at(self, point: Point, gradient: Callable[..., Any], first: bool) -> Verdict:
        mode = self.program.mode
        try:
            before = float(self.f(*arguments(point, mode, wide=True)))
        except Exception as error:
            return Verdict("invalid", f"{type(error).__name__}: {error}")
        args, given = arguments(point, mode), arguments(point, mode)
        found = guarded(lambda: gradient(*args))
        if isinstance(found, Verdict):
            return found
        verdict = self.form(found, args, given)
        if verdict.kind == "right" and first:
            verdict = self.again(found, gradient, args, point)
        if verdict.kind != "right":
            return verdict
        return self.compared(point, before, found)

    def form(self, found: Any, args: tuple[Any, ...], given: tuple[Any, ...]) -> Verdict:
        """Whether arguments are as before, and the gradient has their shapes and dtypes."""
        if not isinstance(found, tuple) or len(found) != len(self.plan.wrt):
            return Verdict("wrong", f"the gradient is a {type(found).__name__}")
        for name, old, new in zip(NAMES, given, args):
            if not np.array_equal(old, new):
                return Verdict("wrong", f"the argument {name} is changed")
        for name, g in zip(self.plan.wrt, found):
            old = given[NAMES.index(name)]
            if np.asarray(g).dtype.kind not in "fiu":
                return Verdict("wrong", f"the gradient of {name} is a {type(g).__name__} of {np.asarray(g).dtype}")
            if np.shape(g) != np.shape(old):
                return Verdict("wrong", f"the gradient of {name} has the shape {np.shape(g)}")
            if isinstance(old, np.ndarray) and np.asarray(g).dtype != old.dtype:
                return Verdict("wrong", f"the gradient of {name} has the dtype {np.asarray(g).dtype}, not {old.dtype}")
        return RIGHT

    def again(self, found: Any, gradient: Callable[..., Any], args: tuple[Any, ...], point: Point) -> Verdict:
        """A second call, and what other pipelines make of the program."""
        second = guarded(lambda: gradient(*args))
        if isinstance(second, Verdict):
            return Verdict("wrong", f"the second call: {second.detail}")
        name = self.differing(found, second, 0.0)
        if name:
            return Verdict("wrong", f"the second call gives another gradient of {name}")
        if self.plan.value:
            both = guarded(lambda: s2sad.value_and_grad(self.f, wrt=self.plan.wrt)(*args))
            if isinstance(both, Verdict):
                return Verdict("crash", f"value_and_grad only: {both.kind}: {both.detail}")
            value = float(self.f(*arguments(point, self.program.mode)))
            if not np.allclose(float(both[0]), value, rtol=1e-12 if self.program.mode != "float32" else 1e-5, atol=0.0, equal_nan=True):
                return Verdict("wrong", f"the value is {float(both[0])!r}, not {value!r}")
            if name := self.differing(found, both[1], 1e-10):
                return Verdict("wrong", f"the gradient of {name} next to the value is another one")
        if self.plan.forward:
            verdict = Verdict(*defect(self.f, self.plan.wrt, self.plan.forward, self.program, args, found))
            if verdict.kind == "wrong" and meets_defect(self.program.text, point, self.program.mode):
                return Verdict("numpy", "NumPy stores a part of an array to an overlapping one in the wrong order")
            if verdict.kind != "right":
                return verdict
        if self.plan.without:
            return self.unoptimised(found, args, self.plan.without)
        return RIGHT

    def unoptimised(self, found: Any, args: tuple[Any, ...], name: str) -> Verdict:
        skip = frozenset(compiler.PASSES) if name == "all" else frozenset({name})
        with leaving_out(skip):
            plain = guarded(lambda: s2sad.grad(self.f, wrt=self.plan.wrt)(*args))
        if isinstance(plain, Verdict):
            return Verdict("crash" if plain.kind != "rough" else "rough", f"without {name}: {plain.kind}: {plain.detail}")
        exact = name not in INEXACT
        if other := self.differing(found, plain, 0.0 if exact else 1e-10):
            return Verdict("wrong", f"the gradient of {other} is another one without {name}")
        return RIGHT

    def differing(self, found: Any, other: Any, tolerance: float) -> str | None:
        if self.program.mode == "float32" and tolerance:
            tolerance = 1e-3
        for name, a, b in zip(self.plan.wrt, found, other):
            if np.array_equal(a, b, equal_nan=True):
                continue
            if tolerance == 0.0:
                return name
            if not np.all(np.isfinite(a)):
                continue  # infinity times zero: where it arises depends on what is computed at all
            if not np.allclose(a, b, rtol=tolerance, atol=tolerance * (1.0 + float(np.max(np.abs(a), initial=0.0)))):
                return name
        return None

    def compared(self, point: Point, before: float, found: Any) -> Verdict:
        line = Line(self.f, point, self.program.mode, self.plan.wrt, self.program.seed)
        if not np.isfinite(before) or abs(before) > 1e5:
            return Verdict("rough", "not finite, or large")
        flat = np.concatenate([np.ravel(np.asarray(p, dtype=float)) for p in found])
        kind, detail = judge(line, flat, before)
        if kind == "wrong" and meets_defect(self.program.text, point, self.program.mode):
            return Verdict("numpy", "NumPy stores a part of an array to an overlapping one in the wrong order")
        if kind == "wrong" and largest(self.f, arguments(point, self.program.mode, wide=True)) > TOO_LARGE * (1.0 + abs(before)):
            return Verdict("rough", "large numbers cancel")
        return Verdict(kind, detail)


@contextmanager
def leaving_out(skip: frozenset[str]) -> Iterator[None]:
    """Gradients are compiled without some passes."""
    original = compiler.optimise

    def optimise(function: Any, more: frozenset[str] = frozenset()) -> Any:
        return original(function, skip | more)

    first = {name: run for name, run in compiler.FIRST.items() if name not in skip}
    with patch.object(compiler, "optimise", optimise), patch.object(compiler, "FIRST", first):
        yield


def _summary(error: DifferentiationError) -> str:
    line = ""
    if error.span is not None and error.span.text:
        line = error.span.text.strip().splitlines()[0][:100]
    return f"{type(error).__name__}: {error.message} | {line}"


def same_failure(a: Verdict, b: Verdict) -> bool:
    """Whether two verdicts are of one sort: the same kind, and the same message but for names and numbers."""
    return a.kind == b.kind and sort_of(a)[:60] == sort_of(b)[:60]


def sort_of(verdict: Verdict) -> str:
    """The detail without what differs from program to program."""
    message = re.sub(r"DifferentiationErrors|'[^']*'|\b\w*\d+\w*\b|-?\d[\d.e+-]*", "_", verdict.detail.split(" | ")[0])
    message = re.sub(r"gradient of \w+", "gradient of _", re.sub(r"^\w+: ", "", message) if verdict.kind == "refused" else message)
    return f"{verdict.kind}: {message[:110]}"
