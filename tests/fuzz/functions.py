"""Random helpers and classes at module level."""

from __future__ import annotations

import random

from tests.fuzz.containers import Block
from tests.fuzz.control import indent
from tests.fuzz.scope import Helper, Scope
from tests.fuzz.statements import Statements

HEADER = '''import math
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np


class Pair(NamedTuple):
    k: float
    v: np.ndarray


class Vec:
    def __init__(self, d):
        self.d = d

    def __add__(self, other):
        return Vec(self.d + (other.d if isinstance(other, Vec) else other))

    def __mul__(self, other):
        return Vec(self.d * (other.d if isinstance(other, Vec) else other))

    def __matmul__(self, other):
        return self.d @ other.d

    def __getitem__(self, i):
        return self.d[i]


@dataclass
class State:
    k: float
    w: np.ndarray
    u: np.ndarray = field(default_factory=lambda: np.ones(3))

    def norm(self):
        return self.k + np.sum(self.w * self.w)


def advance(state, a=0.3):
    state.k = state.k * 0.5 + a
    state.w[1:] += 0.1 * state.u
    return state


def scale_in_place(a, b, c=0.8):
    a *= b
    a += c


def mix(a, b, c=0.5):
    a[0] = b[1] * c
    b[-1] += a[0]
    a *= 0.9


def kick(box, a):
    box.k = box.k * 0.7 + a
    box.w[1] = box.w[1] + box.k


def checked(a):
    if a > 0.8:
        raise ValueError("large")
    return a * a + 0.1


def total(first, *rest, scale=1.0):
    result = first
    for part in rest:
        result = result + scale * part
    return result


def power(a, k):
    if k == 0:
        return 1.0
    return 0.8 * a * power(a, k - 1)


def zig(a, k):
    if k <= 0:
        return a
    return zag(a * 0.5 + 0.1, k - 1)


def zag(a, k):
    return zig(math.sin(a), k - 1) if k > 0 else 2.0 * a


def halves(v):
    if len(v) == 1:
        return v[0] * v[0]
    return halves(v[: len(v) // 2]) - 0.5 * halves(v[len(v) // 2 :])


def sweep(v, c=0.5):
    if len(v) > 1:
        v[1] += c * np.sin(v[0])
        sweep(v[1:])


def relax(v, k):
    v *= 0.8
    if k > 0:
        v[k % 3] += 0.1
        relax(v, k - 1)


GAIN = 0.7
TABLE = np.array([0.2, -0.4, 0.6, 1.1])


def twice(a, k=2.0):
    if a > 0.3:
        return k * a
    return a * a * k

'''


def helper(rng: random.Random, name: str, takes: tuple[str, ...], gives: str, known: list[Helper]) -> Block:
    """A function that computes, stores to its arguments, and may return early."""
    scope = Scope(helpers=list(known))
    names = [f"a{k}" for k in range(len(takes))]
    for kind, parameter in zip(takes, names):
        scope.add(kind, parameter)
    writer = Statements(rng, scope, returns=gives)
    lines: Block = []
    if not any(scope.of(k) for k in ("v4", "v3", "m")):
        lines.append(f"u = np.full(4, {writer.scalar(0)})")
        scope.add("v4", "u")
    for _ in range(rng.randrange(0, 4)):
        lines += writer.statement(1)
    lines.append(f"return {writer.draw(gives, 2)}")
    return ["", f"def {name}({', '.join([*names, 'n=2', 'flag=False'])}):", *indent(lines), ""]


def recursive(rng: random.Random, name: str, known: list[Helper]) -> Block:
    """A function that stores to an array and calls itself, to a given depth."""
    scope = Scope(helpers=list(known))
    for kind, parameter in (("v4", "v"), ("s", "a")):
        scope.add(kind, parameter)
    writer = Statements(rng, scope)
    last = writer.scalar(1)
    lines = [line for _ in range(rng.randrange(0, 3)) for line in writer.statement(1)]
    inner = f"{name}({rng.choice(['v', 'v', 'v[::-1]', 'v * 0.5', 'v.copy()'])}, 0.5 * {writer.scalar(0)} + 0.1, k - 1)"
    body = ["n, flag = k, k > 1", "if k <= 0:", f"    return {last}", *lines]
    if rng.random() < 0.4:
        body += [f"{(got := writer.fresh('r'))} = {inner}", *writer.store(), f"return 0.6 * {got} + {writer.scalar(1)}"]
    else:
        body.append(f"return {rng.choice(['0.5 * ', 'a * ', 'v[0] + '])}{inner}")
    return ["", f"def {name}(v, a, k):", *indent(body), ""]


def mutual(rng: random.Random, name: str, known: list[Helper]) -> Block:
    """Two functions of two arrays that hand them to themselves and each other, in another order or in part."""
    other, out = f"{name}b", [""]
    for own, depth in ((name, 0), (other, rng.randrange(2))):
        scope = Scope(helpers=list(known))
        for kind, parameter in (("v4", "v"), ("v4", "w"), ("s", "a")):
            scope.add(kind, parameter)
        writer = Statements(rng, scope)
        first = writer.scalar(1)
        lines = [line for _ in range(rng.randrange(0, 2)) for line in writer.statement(1)]

        def inner() -> str:
            arrays = [rng.choice(["w", "w", "v", "v[::-1]", "w.copy()", "v * 0.5", "np.full(4, a)", "TABLE[:4] * 0.3"]) for _ in range(2)]
            return f"{rng.choice([name, other])}({', '.join(arrays)}, {writer.scalar(0)}, k - 1)"

        body = ["n, flag = k, k > 1", f"r = {first}"]
        if rng.random() < 0.5:
            body += [f"if k > {depth}:", *indent([*lines, f"r = {inner()} * 0.5 + {writer.scalar(0)}"]), "return r"]
        else:
            body += ["if k <= 0:", "    return r", *lines, f"return {rng.choice(['r + ', '0.5 * '])}{inner()} - 0.3 * {inner()}"]
        out += [f"def {own}(v, w, a, k):", *indent(body), ""]
    return out


def method(rng: random.Random, count: int, gives: str = "s", arguments: tuple[str, ...] = ("a",)) -> tuple[Block, Statements]:
    """Statements of a method over `self.k`, `self.w` and floats, and the writer that made them."""
    scope = Scope()
    for name in (*arguments, "self.k"):
        scope.add("s", name)
    scope.add("v4", "self.w")
    writer = Statements(rng, scope, returns=gives)
    for kinds in (writer.simple, writer.nested):
        for kind in ("objects", "object_loop", "make", "joined", "states", "twice_passed", "changing_while_iterated"):
            kinds.pop(kind, None)
    lines: Block = []
    for _ in range(count):
        lines += writer.statement(1)
    # conditions speak of parameters of the program
    return [line.replace("flag", "(self.k > 0.2)") for line in lines], writer


def drawn(writer: Statements, depth: int) -> str:
    return writer.scalar(depth).replace("flag", "(self.k > 0.2)")


def classes(rng: random.Random) -> Block:
    """`Box` and its subclass `Child`, with methods that read and change their attributes."""
    step, step_writer = method(rng, rng.randrange(1, 4))
    _, energy = method(rng, 0, arguments=())
    _, call = method(rng, 0)
    child, child_writer = method(rng, rng.randrange(0, 3))
    rate = round(rng.uniform(0.3, 1.2), 2)
    n = ["n = 2"]
    own_step = ["def step(self, a):", *indent([*n, *child, f"return super().step({rng.choice(['a', '0.5 * a', 'self.extra'])})"
                + f" + {drawn(child_writer, 1)}"])]  # fmt: skip
    own_energy = ["@property", "def energy(self):", "    return super().energy * self.extra"]
    body = [
        f"rate = {rate}", "", "def __init__(self, w, k=0.7):",
        *indent([rng.choice(["self.w = w", "self.w = w", "self.w = np.array(w)"]), f"self.k = {rng.choice(['k', 'k * self.rate'])}"]), "",
        "def step(self, a):", *indent([*n, *step, "self.k = 0.5 * self.k + a", f"return {drawn(step_writer, 2)}"]), "",
        "@property", "def energy(self):", *indent([*n, f"return {drawn(energy, 2)}"]), "",
        "@property", "def half(self):", "    return 0.5 * self.k", "",
        "@half.setter", "def half(self, value):", "    self.k = 2.0 * value", "",
        "def __call__(self, a):", *indent([*n, f"return {drawn(call, 2)}"]), "",
    ]  # fmt: skip
    lines = ["", "class Box:", *indent(body), "", "class Child(Box):", f"    rate = {rate / 2:.3f}", "",
             "    def __init__(self, w, k=0.3):", f"        super().__init__({rng.choice(['w', 'w * 0.5', 'w[::-1]'])}, k)",
             "        self.extra = 2.0 * k", ""]  # fmt: skip
    if rng.random() < 0.7:
        lines += [*indent(own_step), ""]
    if rng.random() < 0.5:
        lines += [*indent(own_energy), ""]
    return lines
