"""Rules in compiled programs: a row of the table as a program, its derivatives against those of the templates."""

from __future__ import annotations

import itertools
import linecache
import warnings
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.rules import registry
from tests.rules import table_arrays, table_numbers, table_padding, table_statistics
from tests.rules.rows import Row
from tests.rules.test_tangent_templates import _direction, _is_known, _operands, tangent
from tests.rules.test_templates import _bars, _is_float, _leaves, _seed, adjoints

_numbers = itertools.count()
_OURS = (table_arrays.__dict__, table_statistics.__dict__, table_padding.__dict__, {"REDUCTIONS": table_numbers.REDUCTIONS})
ROWS: list[Row] = [
    row
    for names in _OURS
    for name, rows in names.items()
    if name.isupper() and not name.startswith("_")
    for row in rows
]
_IDS = [f"{k}-{row.label}" for k, row in enumerate(ROWS)]


def _program(row: Row, k: int) -> Any:
    """The row as a program of its operand `k`; options are written out, arrays are globals of the program."""
    space: dict[str, Any] = {"np": np, "inf": np.inf, "function": row.function}

    def written(value: Any, name: str) -> str:
        if isinstance(value, (np.ndarray, np.generic, type)) or any(isinstance(v, np.ndarray) for v in _leaves(value)):
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
    parts = [np.zeros(np.shape(part)) if bar is None else bar for bar, part in zip(y_bar, y, strict=True)]
    return type(y)._make(parts) if hasattr(y, "_make") else type(y)(parts)  # type: ignore[attr-defined]


def _spelling(function: Any) -> str:
    owner = getattr(function, "__self__", None)
    return f"np.{owner.__name__}.{function.__name__}" if isinstance(owner, np.ufunc) else "function"


@pytest.mark.parametrize("row", ROWS, ids=_IDS)
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


@pytest.mark.parametrize("row", ROWS, ids=_IDS)
def test_tangent_of_a_program_is_that_of_its_rule(row: Row) -> None:
    if not _is_known(row.function):
        return
    rng = np.random.default_rng(11)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = row.function(*row.args, **row.kwargs)
        for k in _operands(row, row.args):
            dot = _direction(row.args[k], rng)
            expected = tangent(row, row.args, {k: dot}, y)
            _, found = s2sad.jvp(_program(row, k), (row.args[k],), (dot,))
            several = isinstance(y, (list, tuple))
            for part, wanted, value in zip(*((found, expected, y) if several else ([found], [expected], [y])), strict=True):
                if _is_float(value):
                    np.testing.assert_allclose(part, np.broadcast_to(wanted, np.shape(value)), rtol=1e-12, atol=1e-12)
