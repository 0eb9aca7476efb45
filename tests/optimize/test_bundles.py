"""Tapes that are written and read side by side are one tape of tuples; others stay apart."""

from __future__ import annotations

import math

import numpy as np
import pytest

import s2sad
from s2sad import compiler


def midpoint(x: float, y: float, h: float, n: int) -> float:
    for _ in range(n):
        u = x + h * x * math.sin(y)
        v = y + h * y * math.cos(x)
        x = x + h * u * v
        y = y + h * math.exp(-u * v)
    return x * y


def in_branches(x: float, n: int) -> float:
    y = 1.0
    for i in range(n):
        u = math.sin(x * y)
        if i % 2:
            v = math.exp(u)
            y = v * math.tanh(u * v)
        else:
            y = y * u
        x = x * u
    return x * y


def in_a_try(x: float, n: int) -> float:
    y = 0.5
    for i in range(n):
        try:
            u = math.exp(x * y)
            y = u * math.log(y - 0.3 * i)
            y = y * u
        except ValueError:
            y = math.sin(x * y)
    return y


def in_nested_loops(A, n):
    total = 0.0
    for i in range(n):
        s = np.sin(A[i])
        for j in range(i):
            p = s * A[j]
            q = np.exp(-p * p)
            total += np.sum(p * q * np.tanh(q))
        total = total * np.sum(s)
    return total


PROGRAMS = [
    (midpoint, (0.3, 0.7, 0.1, 5), ("x", "y")),
    (in_branches, (0.7, 5), ("x",)),
    (in_a_try, (0.4, 4), ("x",)),
    (in_nested_loops, (np.linspace(0.1, 1.0, 12).reshape(4, 3), 4), ("A",)),
]


@pytest.mark.parametrize(("function", "args", "wrt"), PROGRAMS, ids=lambda p: getattr(p, "__name__", ""))
def test_the_same_numbers(function, args, wrt, monkeypatch):
    """Bit for bit those without bundles, and right."""
    assert s2sad.check_grad(function, *args, wrt=wrt) < 1e-6
    bundled = s2sad.value_and_grad(function, wrt=wrt)(*args)
    monkeypatch.setattr(compiler, "bundle_tapes", lambda function: function)
    apart = s2sad.value_and_grad(function, wrt=wrt)
    found = apart(*args)
    assert "append((" not in apart.source
    assert found[0] == bundled[0]
    for a, b in zip(found[1], bundled[1]):
        np.testing.assert_array_equal(a, b)


def text(function, args, wrt):
    gradient = s2sad.grad(function, wrt=wrt)
    gradient(*args)
    return gradient.source


def test_one_tape_for_one_block():
    found = text(*PROGRAMS[0])
    assert found.count("append(") == 1 and "in reversed(tape):" in found


def test_one_tape_for_each_branch():
    """What one branch saves stays apart from what both do."""
    lines = text(*PROGRAMS[1]).splitlines()
    indents = [len(line) - len(line.lstrip()) for line in lines if ".append((" in line]
    assert sorted(indents) == [8, 12]


def test_tapes_that_are_cut_back_stay_apart():
    """A body that was left early has filled some of its tapes only."""
    found = text(*PROGRAMS[2])
    assert "del " in found or "[" in found
    body = found[found.index("try:") : found.index("except")]
    assert "append((" not in body


def test_a_new_value_of_a_name_comes_after_the_push_of_the_old_one():
    """No second name is needed for the old value."""

    def renamed(x, n):
        for _ in range(n):
            x = math.sin(x)
            x = x * math.exp(x)
        return x

    found = text(renamed, (0.3, 3), "x")
    forward = found[: found.index("# reverse sweep")]
    assert "x1" not in forward
    assert s2sad.check_grad(renamed, 0.3, 3) < 1e-6
