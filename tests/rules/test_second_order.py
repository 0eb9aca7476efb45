"""Second derivatives of every function of the table: products of Hessians against differences of gradients.

A function is composed with tanh, so that the Hessian of a linear one is not zero, and weighted; the Hessian is that by all
operands together, the real and imaginary parts of complex ones included. One row of each function is taken: of those whose
operands are neither empty nor large, the first with arrays; where there are many, the last one, too.
"""

from __future__ import annotations

import itertools
import linecache
import warnings
from collections import Counter
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import runtime
from s2sad.rules import registry
from tests.rules.rows import Row
from tests.rules.table import ROWS
from tests.rules.test_compiled_rules import _spelling
from tests.rules.test_templates import _is_float, _leaves

STEP = 1e-4
TOLERANCE = 2e-6
INTENDED = "its result stays while the operands move: the derivatives are given, those of the function at the solution"
THIRD = "the adjoint of a gradient's helper: only third derivatives of the function ask for it"
# why the second derivatives of a function are not checked
UNCHECKED = {
    runtime.cofactors: "its second operand is the determinant of the first: see that",
    runtime.at_root: INTENDED, runtime.with_slope: INTENDED, runtime.depending_on: INTENDED, runtime.depending_also_on: INTENDED,
    runtime.einsum_bar: THIRD, runtime.expm_bar: THIRD,
    np.ndarray.astype: "its operands are floats of a precision that differences are too coarse for",
}  # fmt: skip
_numbers = itertools.count()


def operands(row: Row) -> list[int]:
    """The positions of the operands that are differentiated."""
    rule = registry.adjoint_rule(row.function)
    assert rule is not None
    last = len(rule.parameters) - 1
    found = []
    for k, value in enumerate(row.args):
        parameter = rule.parameters[min(k, last)]
        if k not in row.skip and parameter.name in rule.targets and any(map(_is_float, _leaves(value))):
            found.append(k)
    return found


def is_fit(row: Row) -> bool:
    leaves = [leaf for k in operands(row) for leaf in _leaves(row.args[k]) if _is_float(leaf)]
    return bool(leaves) and all(0 < np.size(leaf) <= 64 for leaf in leaves) and not any(
        getattr(leaf, "dtype", None) in (np.float32, np.complex64) for leaf in leaves)  # fmt: skip


def is_rich(row: Row) -> bool:
    """Whether an operand is a real array with axes."""
    leaves = [leaf for k in operands(row) for leaf in _leaves(row.args[k])]
    return any(np.ndim(leaf) for leaf in leaves) and not any(np.iscomplexobj(leaf) for leaf in leaves)


# rows at which a function is not checked
LEFT_OUT = {
    "numpy.ravel-A": "the memory order of what is moved is another one",
    ".gammainc-near zero": "differences leave the domain",
    ".ellipk-at zero": "differences leave the domain",
    "numpy.polyder-4": "the result is empty",
    ".gamma-complex": "SciPy has no polygamma functions of complex numbers", ".loggamma-complex": "the same", ".rgamma-complex": "the same",
}  # fmt: skip


# forms of a call whose gradients are not differentiated again, and how that is said
REFUSED_FORMS = {
    "numpy.gradient-spacing": "a tuple times a number that is not known",
    "numpy.gradient-axis": "has no tangent with respect to .varargs.",
    "numpy.gradient-nodes 1": "a tuple times a number that is not known",
    "builtins.sum-array": "of more than one dimension",
}


EDGES = ("singular", "singular complex", "one singular", "at zero", "at one")  # where formulas divide zero by zero


def chosen() -> list[Row]:
    """One row of each function, where there are many the last one, too, and those at which there is something to go wrong."""
    first: dict[Any, Row] = {}
    last: dict[Any, Row] = {}
    counts = Counter(row.function for row in ROWS)
    for row in ROWS:
        if row.function in UNCHECKED or row.label in {*LEFT_OUT, *REFUSED_FORMS} or not is_fit(row):
            continue
        known = first.get(row.function)
        if known is None or is_rich(row) and not is_rich(known):
            first[row.function] = row
        last[row.function] = row
    edges = [row for row in ROWS if row.note in EDGES and is_fit(row) and row.label not in {*LEFT_OUT, *REFUSED_FORMS}]
    rows = [*first.values(), *(row for f, row in last.items() if counts[f] > 5), *edges]
    return list({id(row): row for row in rows}.values())


class Program:
    """The call of a row as a program of real operands: `text`, what its names stand for, and where it is differentiated."""

    def __init__(self, row: Row) -> None:
        self.space: dict[str, Any] = {"np": np, "inf": np.inf, "function": row.function}
        self.at: dict[str, Any] = {}
        wrt = operands(row)
        arguments = [self.operand(value) if k in wrt else self.written(value) for k, value in enumerate(row.args)]
        arguments += [f"{name}={self.written(value)}" for name, value in row.kwargs.items()]
        lines = [f"y = {_spelling(row.function)}({', '.join(arguments)})", f"return {self.weighted(row)}"]
        self.text = f"def program({', '.join(self.at)}):\n" + "".join(f"    {line}\n" for line in lines)
        filename = f"<second order {next(_numbers)}>"
        linecache.cache[filename] = (len(self.text), None, self.text.splitlines(keepends=True), filename)
        exec(compile(self.text, filename, "exec"), self.space)

    def written(self, value: Any) -> str:
        """An operand that is held constant."""
        if isinstance(value, (int, float, complex, str, type(None))):
            return repr(value)
        name = f"a{len(self.space)}"
        self.space[name] = value
        return name

    def operand(self, value: Any) -> str:
        """An operand whose floats are parameters of the program."""
        if isinstance(value, (tuple, list)):
            items = [self.operand(v) for v in value]
            return f"[{', '.join(items)}]" if isinstance(value, list) else f"({', '.join(items)},)"
        if not _is_float(value):
            return self.written(value)
        if np.iscomplexobj(value):
            return f"({self.parameter(np.real(value))} + 1j * {self.parameter(np.imag(value))})"
        return self.parameter(value)

    def parameter(self, value: Any) -> str:
        name = f"x{len(self.at)}"
        self.at[name] = np.array(value) if np.ndim(value) else float(value)
        return name

    def weighted(self, row: Row) -> str:
        """The weighted hyperbolic tangents of all results, summed."""
        y = row.function(*row.args, **row.kwargs)
        several = isinstance(y, tuple) or isinstance(y, list) and any(isinstance(part, np.ndarray) for part in y)
        parts = y if several else [np.asarray(y) if isinstance(y, list) else y]
        rng = np.random.default_rng(5)
        terms = []
        for i, part in enumerate(parts):
            if not _is_float(part) or several and row.live is not None and i not in row.live:
                continue
            name = f"y[{i}]" if several else "np.array(y)" if isinstance(y, list) else "y"
            weights = f"w{i}"
            self.space[weights] = rng.normal(size=np.shape(part)) if np.ndim(part) else float(rng.normal())
            scale = float(np.round(1.0 / (1.0 + np.max(np.abs(part))), 3))
            views = [f"np.real({name})", f"0.7 * np.imag({name})"] if np.iscomplexobj(part) else [name]
            if "eig" in row.function.__name__:  # rounding may decide the order of eigenvalues, and the signs of eigenvectors
                terms += [f"np.sum(np.tanh({scale} * {view}) ** 2)" for view in views]
            else:
                terms += [f"np.sum({weights} * np.tanh({scale} * {view}))" for view in views]
        return " + ".join(terms)


def flat(parts: Any) -> np.ndarray:
    return np.concatenate([np.ravel(np.asarray(part, float)) for part in parts])


def defect(row: Row) -> float:
    """How far the product of the Hessian is from differences of the gradient, relative to the larger of it and 1."""
    made = Program(row)
    f, at = made.space["program"], tuple(made.at.values())
    rng = np.random.default_rng(9)
    v = tuple(rng.normal(size=np.shape(a)) if np.ndim(a) else float(rng.normal()) for a in at)
    wrt = tuple(range(len(at)))
    gradient = s2sad.grad(f, wrt=wrt)

    def moved(step: float) -> np.ndarray:
        return flat(gradient(*(a + step * d for a, d in zip(at, v))))

    near, far = moved(STEP) - moved(-STEP), moved(2.0 * STEP) - moved(-2.0 * STEP)
    expected = (8.0 * near - far) / (12.0 * STEP)
    found = flat(s2sad.hvp(f, wrt=wrt)(*at, v))
    return float(np.max(np.abs(found - expected)) / (1.0 + np.max(np.abs(expected))))


@pytest.mark.parametrize("label", REFUSED_FORMS)
def test_what_is_refused(label: str) -> None:
    row = next(row for row in ROWS if row.label == label)
    with pytest.raises(s2sad.DifferentiationError, match=REFUSED_FORMS[label]):
        defect(row)


@pytest.mark.parametrize("row", chosen(), ids=lambda row: row.label)
def test_second_derivatives(row: Row) -> None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        assert defect(row) < TOLERANCE


def test_every_function_is_checked_or_has_a_reason() -> None:
    """What has a rule of its own and operands that vary is checked, unless the list above says why not."""
    checked = {row.function for row in chosen()} | set(UNCHECKED)
    left = {row.label for row in ROWS if row.function not in checked and operands(row)}
    assert not left
