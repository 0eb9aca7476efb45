"""Values whose type depends on what other values are: one gradient is called with arguments that make it one and the other.

`2**k` is an integer for some `k` and a float for others, `max(1, c)` the one or the other operand; an array that is made of it
cuts off what is stored to it, or not. What a gradient was compiled for must not decide what the next call returns.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import DifferentiationError
from tests.fuzz.check import load_module

STORED = "a[0] = x; return np.sum(a * x)"
# programs with the parameters x and c, and what `c` is in one call after the other
PROGRAMS = [
    (f"a = np.full(3, 2**c); {STORED}", (2, -2, 0)),
    (f"a = np.full(3, 2**c); {STORED}", (-2, 2)),
    (f"a = np.full(3, 2 ** (c - 3)); {STORED}", (4, 1)),
    (f"a = np.full(3, pow(2, c)); {STORED}", (2, -2)),
    (f"a = np.full(3, (-2) ** c); {STORED}", (2, -2)),
    (f"a = np.full(3, c**c); {STORED}", (2, -2)),
    (f"y = 3; y **= c; a = np.full(3, y); {STORED}", (2, -2)),
    (f"a = np.array([2**c, 1]); {STORED}", (2, -2)),
    (f"a = np.zeros(3, dtype=type(2**c)); {STORED}", (2, -2)),
    (f"a = np.zeros_like(2**c, shape=3); {STORED}", (2, -2)),
    ("y = 2**c\nreturn 3.0 * x if isinstance(y, int) else x * x * y", (2, -2)),
    (f"a = np.full(3, sum(c)); {STORED}", ([1.0], [], [1])),
    (f"a = np.full(3, sum(c)); {STORED}", ([1.0] * 20, [1] * 20, [1] * 19 + [1.0])),
    (f"a = np.full(3, np.sum(c)); {STORED}", ([1.0], [], [1])),
    (f"a = np.full(3, round(c, 2)); {STORED}", (2.0, 2, True, np.float64(2.0), np.int64(2))),
    (f"a = np.full(3, round(c)); {STORED}", (2.0, 2, np.float64(2.0))),
    (f"a = np.full(3, round(1.3, c)); {STORED}", (0, None)),
    (f"a = np.full(3, abs(c)); {STORED}", (2.0, -2, True)),
    (f"a = np.full(3, divmod(c, 2)[0]); {STORED}", (5.0, 5)),
    (f"a = np.zeros(3) if c > 0 else np.zeros(3, int); {STORED}", (1.0, -1.0)),
    (f"a = (np.zeros(4) if c > 0 else np.zeros(4, int))[1:]; {STORED}", (1.0, -1.0)),
    (f"a = np.array([i for i in c if i > 0]); {STORED}", ([1, 2], [1.0, 2.0], [1, 2.0], [1] * 20, [1.0] * 20, [1, 1.0] * 10)),
    (f"a = np.array(sorted(c)); {STORED}", ([1.0] * 20, [1] * 20, [1, 1.0] * 10)),
    (f"b = []\nfor i in c:\n    b.append(2 * i)\na = np.array(b); {STORED}", ([1, 2], [1.0, 2.0])),
    ("y = x\nfor q in c:\n    a = np.zeros_like(q); a[0] = x; y = y * np.sum(a)\nreturn y",
     (np.ones((2, 3)), np.ones((2, 3), int), [np.ones(2), np.ones(2, int)])),
    ("y = x\nfor i in range(2**c):\n    y = y * 1.1 + np.sum(np.zeros(2**c) + x)\nreturn y", (2, 0, 3)),
    ("y = np.linspace(x, 3.0, 9); return y[2**c] * np.sum(y[:2**c]) + np.sum(y[1:].reshape(2**c, -1)[0])", (2, 0, 3)),
]  # fmt: skip

# which dtype the array has is not known when these are compiled
REFUSED = [
    ("y = 0.0\nfor k in range(-1, c):\n    a = np.full(3, 2**k); a[0] = x; y += np.sum(a)\nreturn y * x", (2, 0)),
    ("y = 0.0\nfor k in c:\n    a = np.full(3, 2**k); a[0] = x; y += np.sum(a)\nreturn y * x", ([1, 2], [-1, 2])),
    (f"a = np.full(3, max(1, c)); {STORED}", (0.5, 1.5)),
    (f"a = np.full(3, max(1, c)); {STORED}", (1.5, 0.5)),
    (f"a = np.full(3, c or 1); {STORED}", (0.5, 0.0)),
    (f"a = np.full(3, c if c > 0.0 else 1); {STORED}", (0.5, -0.5)),
]  # fmt: skip


def slope(f: Any, x: float, c: Any) -> float:
    h = 1e-6
    return float((f(x + h, copy.deepcopy(c)) - f(x - h, copy.deepcopy(c))) / (2.0 * h))


def check(found: float, f: Any, x: float, c: Any) -> None:
    assert found == pytest.approx(slope(f, x, c), rel=1e-6, abs=1e-6), repr(c)


def names() -> list[str]:
    return [f"{i}-{program[:40]}" for i, (program, _) in enumerate(PROGRAMS + REFUSED)]


@pytest.mark.parametrize("number", range(len(PROGRAMS + REFUSED)), ids=names())
def test_right_or_refused_in_every_call(number: int) -> None:
    program, values = (PROGRAMS + REFUSED)[number]
    lines = "\n    ".join(program.split("\n"))
    f = load_module(f"import numpy as np\n\n\ndef f(x, c):\n    {lines}\n", "types").f
    reverse = s2sad.grad(f)
    found = 0
    for c in values:
        try:
            check(reverse(1.3, copy.deepcopy(c)), f, 1.3, c)
            check(s2sad.jvp(f, (1.3, copy.deepcopy(c)), (1.0, None))[1], f, 1.3, c)
            found += 1
        except DifferentiationError:
            pass
    assert found or (program, values) in REFUSED


def test_sizes_may_be_powers() -> None:
    """What only takes integers tells that a power is one: a Hadamard transform by butterflies, with one variant for all sizes."""

    def transformed(x: Any, k: int) -> Any:
        y = x.copy()
        for level in range(k):
            h = 2**level
            z = np.empty(2**k)
            for j in range(0, 2**k, 2 * h):
                for i in range(h):
                    a, b = y[j + i], y[j + i + h]
                    z[j + i], z[j + i + h] = a + b * x[0], a - b
            y = z
        return np.sum(y**2)

    g = s2sad.grad(transformed)
    for k in (1, 2, 3):
        x = np.linspace(0.3, 1.1, 2**k)
        found = g(x, k)
        for i in range(len(x)):
            e = 1e-6 * (np.arange(len(x)) == i)
            assert found[i] == pytest.approx((transformed(x + e, k) - transformed(x - e, k)) / 2e-6, rel=1e-6)


KEYWORDS = [
    ("x * round(c, ndigits=1)", 1.06), ("x * round(number=c, ndigits=1)", 1.06), ("x * round(c, ndigits=None)", 1.06),
    ("x * int(c, base=2)", "101"), ("x * pow(7, c, mod=5)", 3), ("x * pow(base=2, exp=c)", -1),
    ("sum(x * i for i, _ in enumerate(iterable=c, start=3))", [1.0, 2.0]),
    ("x * sum(p * q for p, q in zip(c, c[::-1], strict=True))", [1.0, 2.0]),
]  # fmt: skip


@pytest.mark.parametrize("expression,c", KEYWORDS, ids=[e for e, _ in KEYWORDS])
def test_builtins_take_arguments_by_name(expression: str, c: Any) -> None:
    f = load_module(f"def f(x, c):\n    return {expression}\n", "keywords").f
    check(s2sad.grad(f)(1.3, c), f, 1.3, c)


@pytest.mark.parametrize("c", [[1.0], [1.0] * 20])
def test_zip_is_strict_where_it_is_asked_to_be(c: list[float]) -> None:
    def f(x: float, a: list[float], b: list[float]) -> float:
        return x * sum(p * q for p, q in zip(a, b, strict=True))

    assert s2sad.grad(f)(1.5, c, c) == len(c)
    g = s2sad.grad(f)
    with pytest.raises((ValueError, DifferentiationError)):
        g(1.5, c, [*c, 1.0])


@pytest.mark.parametrize("items", ["(1.0, 2.0)", "[1.0, 2.0]", "(1, 2.0)", "(1, 2, 3)", "c", "c[::-1]"])
@pytest.mark.parametrize("c", [(1.0, 2.0), [1, 2.0], (1, 2), [2.5] * 20])
def test_numbers_that_are_iterated_over_have_a_type(items: str, c: Any) -> None:
    """`s += ...` is known to be about numbers, then, and needs no annotation."""
    f = load_module(f"def f(x, c):\n    s = 0.0\n    for k in {items}:\n        s += k * x**2\n    return s\n", "items").f
    check(s2sad.grad(f)(1.3, c), f, 1.3, c)
    assert "unbroadcast" not in s2sad.grad(f).source_for(1.3, c)
