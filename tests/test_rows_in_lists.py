"""Lists of numbers in a list, one of which the run selects and then changes in every way that lists have."""

from __future__ import annotations

import linecache
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.helpers import numeric_gradient

TEXT = '''
def f(x, n, k):
    rows = [[x[0], 2.0, x[1]], [x[1] * 3.0, x[2], 0.5]]
    total = 0.0
    try:
        for i in range(k):
            row = rows[n]
            total += sum(row) * x[i]
            {change}
            total += sum(v * v for v in rows[n]) + len(rows[n])
            if len(rows[n]):
                rows[n][0] = rows[n][0] * x[3]
            total += sum(rows[0]) * sum(rows[1])
    except KeyError:
        pass
    return total
'''
CHANGES = [
    "rows[n][:1] = [x[0], x[1], x[2]]",
    "rows[n][:] = x",
    "rows[n][1:] = []",
    "rows[n].insert(0, x[3])",
    "rows[n].reverse()",
    "rows[n] += [x[2]]",
    "rows[n].extend(x)",
    "rows[n].pop(0)",
    "rows[n][0:2] = rows[1 - n]",
    "rows[n], rows[1 - n] = rows[1 - n], rows[n]",
    "rows[n].append(x[1])",
    "rows[n].clear()",
]


def program(change: str, caught: bool) -> Any:
    text = TEXT.format(change=change)
    if not caught:
        text = text.replace("    try:", "    if True:").replace("    except KeyError:\n        pass\n", "")
    name = f"<rows {change} {caught}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    found: dict[str, Any] = {}
    exec(compile(text, name, "exec"), found)
    return found["f"]


@pytest.mark.parametrize("caught", [False, True], ids=["plain", "in try"])
@pytest.mark.parametrize("change", CHANGES)
def test_right(change: str, caught: bool) -> None:
    f = program(change, caught)
    x = np.array([0.7, -0.4, 1.3, 0.9])
    gradient = s2sad.grad(f)
    for n, k in [(0, 0), (0, 1), (1, 1), (0, 2), (1, 3)]:
        np.testing.assert_allclose(gradient(x, n, k), numeric_gradient(f, (x, n, k), "x"), rtol=1e-5, atol=1e-6)


def test_numbers_beside_arrays_without_axes() -> None:
    def f(x: Any, y: Any, s: Any) -> Any:
        if y[0] > 0.0:
            s *= 2.0
        items = [s, y[1], s]
        items.append(x[0] * y[0])
        return x @ np.array(items)

    x, y = np.array([0.3, 0.4, 0.5, 0.6]), np.array([0.8, 0.9])
    x_bar, y_bar, s_bar = s2sad.grad(f, wrt=("x", "y", "s"))(x, y, np.array(0.7))
    np.testing.assert_allclose(x_bar, [1.4 + 0.6 * 0.8, 0.9, 1.4, 0.24])
    np.testing.assert_allclose(y_bar, [0.18, 0.4])
    np.testing.assert_allclose(s_bar, 1.6)
