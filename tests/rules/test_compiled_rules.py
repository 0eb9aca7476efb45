"""Rules in compiled programs: a row of the table as a program, its gradient against that of the template."""

from __future__ import annotations

import itertools
import linecache
import warnings
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.rules import registry
from tests.rules import table_padding, table_statistics
from tests.rules.rows import Row
from tests.rules.test_templates import _bars, _is_float, _leaves, _seed, adjoints

_numbers = itertools.count()
ROWS: list[Row] = [
    row
    for table in (table_statistics, table_padding)
    for name, rows in vars(table).items()
    if name.isupper() and not name.startswith("_")
    for row in rows
]


def _program(row: Row, k: int) -> Any:
    """The row as a program of its operand `k`; options are written out, arrays are globals of the program."""
    space: dict[str, Any] = {"np": np, "inf": np.inf, "function": row.function}

    def written(value: Any, name: str) -> str:
        if isinstance(value, (np.ndarray, np.generic, type)) or isinstance(value, list) and not all(isinstance(i, int) for i in value):
            space[name] = value
            return name
        return repr(value)

    arguments = ["x" if j == k else written(value, f"a{j}") for j, value in enumerate(row.args)]
    arguments += [f"{name}={written(value, name)}" for name, value in row.kwargs.items()]
    text = f"def program(x):\n    return {_spelling(row.function)}({', '.join(arguments)})\n"
    filename = f"<program {next(_numbers)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), space)
    return space["program"]


def _filled(y_bar: Any, y: Any) -> Any:
    """An adjoint without gaps: results that have none get zeros."""
    if not isinstance(y, (tuple, list)):
        return y_bar
    return type(y)(np.zeros(np.shape(part)) if bar is None else bar for bar, part in zip(y_bar, y, strict=True))


def _spelling(function: Any) -> str:
    owner = getattr(function, "__self__", None)
    return f"np.{owner.__name__}.{function.__name__}" if isinstance(owner, np.ufunc) else "function"


@pytest.mark.parametrize("row", ROWS, ids=[f"{k}-{row.label}" for k, row in enumerate(ROWS)])
def test_gradient_of_a_program_is_that_of_its_rule(row: Row) -> None:
    rule = registry.adjoint_rule(row.function)
    assert rule is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = row.function(*row.args, **row.kwargs)
        y_bar = _seed(y, row, np.random.default_rng(7))
        expected = adjoints(rule, row, row.args, y, y_bar, False)
        for k, operand in enumerate(row.args):
            if k in row.skip or not any(map(_is_float, _leaves(operand))):
                continue
            _, back = s2sad.vjp(_program(row, k), operand)
            (found,) = back(_filled(y_bar, y))
            for bar, wanted, leaf in zip(_bars(found, operand), _bars(expected[k], operand), _leaves(operand), strict=True):
                if _is_float(leaf):
                    wanted = np.broadcast_to(np.real(wanted) if not np.iscomplexobj(leaf) else wanted, np.shape(leaf))
                    np.testing.assert_allclose(bar, wanted, rtol=1e-12, atol=1e-12)
