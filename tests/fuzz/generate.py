"""A program from a seed: helper functions and classes at module level, and one function `f`."""

from __future__ import annotations

import random
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.fuzz.functions import HEADER, classes, helper, mutual, recursive
from tests.fuzz.marks import marked
from tests.fuzz.points import arguments, points
from tests.fuzz.scope import Helper
from tests.fuzz.statements import Statements, indent, parameters

MODES = ("float64",) * 7 + ("float32", "zero-dim", "strided", "reversed", "fortran", "numpy-scalar", "same")
KNOWN = (Helper("twice", ("s",), "s"), Helper("total", ("s", "s"), "s"), Helper("advance", ("st",), "st"))
# What the result is summed from.
SUMMED = (("v4", "np.sum({})"), ("m", "np.sum({})"), ("ls", "sum({})"), ("o", "{0}.k + {0}.w.sum()"), ("c", "{}"),
          ("v3", "({0} * {0}).sum()"), ("s", "{}"), ("lv", "{}[-1].sum()"), ("d", "{}['a']"), ("b", "np.sum(np.sin({}))"),
          ("st", "{}.norm()"), ("ll", "sum({}[0])"), ("dv", "sum({}['p'] * {}['q'])"))  # fmt: skip
ATTEMPTS = 6
MARKED = 0.08  # the share of programs with checkpoints


@dataclass(frozen=True)
class Program:
    """The text of a module with a function `f(x, y, A, s, t, n, flag)`, and the mode of its arguments."""

    seed: int
    text: str
    mode: str = "float64"


def generate(seed: int, size: int | None = None) -> Program:
    """The first program drawn from this seed that runs, and whose values stay small."""
    program = draw(seed, 0, size)
    for attempt in range(1, ATTEMPTS):
        if runs(program):
            return program
        program = draw(seed, attempt, size)
    return program


def draw(seed: int, attempt: int, size: int | None = None) -> Program:
    rng = random.Random(f"{seed}/{attempt}")
    mode = rng.choice(MODES)
    helpers = list(KNOWN)
    lines = classes(rng)
    for number in range(rng.randrange(0, 3)):
        takes = tuple(rng.choice(["s", "v4", "v4", "v3", "m", "o", "lv", "s", "v4", "m", "d", "ls", "dv", "st", "tv"]) for _ in range(rng.randrange(1, 3)))
        gives = rng.choice(["s", "s", "v4", "v3"])
        lines += helper(rng, f"h{number}", takes, gives, helpers)
        helpers.append(Helper(f"h{number}", takes, gives))
    if rng.random() < 0.3:
        lines += recursive(rng, "r0", helpers)
        helpers += [Helper("r0", ("v4", "s", "depth"), "s")] * 2
    if rng.random() < 0.15:
        lines += mutual(rng, "q0", helpers)
        helpers += [Helper("q0", ("v4", "v4", "s", "depth"), "s")] * 2
    scope = parameters()
    scope.helpers = helpers
    writer = Statements(rng, scope)
    body: list[str] = []
    if mode == "same" or rng.random() < 0.25:
        body.append("x, y, A = x.copy(), y * 1.0, A.copy()")
    for _ in range(size or rng.randrange(2, 9)):
        body += writer.statement(2)
    parts = [writer.scalar(3)]
    for kind, form in SUMMED:
        for name in writer.scope.variables(kind):
            if rng.random() < 0.5:
                parts.append(form.replace("{0}", name).replace("{}", name))
    if lines and any(line.startswith("def q0(") for line in lines) and rng.random() < 0.8:
        one, two = (rng.choice(["x", "y", "x", "y", "TABLE.copy()", "A[0]", "A[1] * t"]) for _ in range(2))
        parts.append(f"q0({one}, {two}, {rng.choice(['s', 't', '0.4'])}, {rng.choice(['n', '2', '3'])})")
    body.append(f"return {' + '.join(parts)}")
    text = HEADER + "\n".join([*lines, "", "def f(x, y, A, s, t, n, flag):", *indent(body), ""])
    marks = random.Random(f"{seed}/{attempt}/marks")
    return Program(seed, marked(text, marks) if marks.random() < MARKED else text, mode)


def runs(program: Program) -> bool:
    """Whether the program has small finite values where it will be checked, and the same ones again: it changes no constant."""
    module: dict[str, Any] = {"__name__": "builtins"}  # dataclasses look up their module
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            exec(compile(program.text, "<fuzz>", "exec"), module)
            places = list(points(program.seed))
            values = [float(module["f"](*arguments(point, program.mode))) for point in (*places, places[0])]
            if not all(abs(v) < 1e4 for v in values) or values[0] != values[-1]:
                return False
        except Exception:
            return False
    return True
