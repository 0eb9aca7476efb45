"""A program from a seed: helper functions at module level, a class, and one function `f`."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.fuzz.expressions import Helper, Scope
from tests.fuzz.statements import Statements, indent, parameters

HEADER = '''import math

import numpy as np


class Box:
    def __init__(self, w, k=0.7):
        self.w = w
        self.k = k

    def step(self, a):
        self.k = 0.5 * self.k + a
        self.w[0] = self.w[0] * self.k
        return self.k


def scale_in_place(a, b, c=0.8):
    a *= b
    a += c

'''


@dataclass(frozen=True)
class Program:
    """The text of a module with a function `f(x, y, A, s, t, n, flag)`, and the mode of its arguments."""

    seed: int
    text: str
    mode: str = "float64"


MODES = ("float64",) * 8 + ("float32", "zero-dim")


def generate(seed: int, size: int | None = None) -> Program:
    rng = random.Random(seed)
    helpers: list[Helper] = [Helper("twice", ("s",), "s")]
    lines = ["def twice(a, k=2.0):", "    if a > 0.3:", "        return k * a", "    return a * a * k", ""]
    for number in range(rng.randrange(0, 3)):
        takes = tuple(rng.choice(["s", "v4", "v4", "v3", "m"]) for _ in range(rng.randrange(1, 3)))
        gives = rng.choice(["s", "s", "v4", "v3"])
        lines += ["", *_helper(rng, f"h{number}", takes, gives, list(helpers)), ""]
        helpers.append(Helper(f"h{number}", takes, gives))
    scope = parameters()
    scope.helpers = helpers
    writer = Statements(rng, scope)
    writer.scope = scope
    body: list[str] = []
    for _ in range(size or rng.randrange(2, 9)):
        body += writer.statement(2)
    parts = [writer.scalar(3)]
    for kind, form in (("v4", "np.sum({})"), ("m", "np.sum({})"), ("ls", "sum({})"), ("o", "{0}.k + {0}.w.sum()"), ("c", "{}"),
                       ("v3", "({0} * {0}).sum()"), ("s", "{}"), ("lv", "{}[-1].sum()"), ("d", "{}['a']")):  # fmt: skip
        for name in writer.scope.of(kind):
            if rng.random() < 0.5:
                parts.append(form.format(name))
    body.append(f"return {' + '.join(parts)}")
    text = HEADER + "\n".join([*lines, "", "def f(x, y, A, s, t, n, flag):", *indent(body), ""])
    return Program(seed, text, rng.choice(MODES))


def _helper(rng: random.Random, name: str, takes: tuple[str, ...], gives: str, known: list[Helper]) -> list[str]:
    scope = Scope(helpers=known)
    names = [f"a{k}" for k in range(len(takes))]
    for kind, parameter in zip(takes, names):
        scope.add(kind, parameter)
    scope.add("s", "n")
    scope.names["s"].remove("n")
    writer = Statements(rng, scope, returns=gives == "s")
    if not any(scope.of(k) for k in ("v4", "v3", "m")):
        scope.add("v4", "u")
        lines = ["u = np.full(4, a0)"]
    else:
        lines = []
    for _ in range(rng.randrange(0, 4)):
        lines += writer.statement(1)
    lines.append(f"return {writer.draw(gives, 2)}")
    return [f"def {name}({', '.join([*names, 'n=2', 'flag=False'])}):", *indent(lines)]
