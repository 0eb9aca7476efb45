"""Every rule's template, executed as it stands, against finite differences; independent of the compiler."""

from __future__ import annotations

import ast
import math
import warnings
from pathlib import Path
from typing import Any

import gast
import numpy as np
import pytest

from s2sad import runtime
from s2sad.rules import registry
from s2sad.rules.registry import Rule
from tests.rules.rows import Row
from tests.rules.table import ROWS

_NAMES = {"np": np, "math": math, **{name: getattr(runtime, name) for name in runtime.__all__}}
_IDS = [f"{k}-{row.label}" for k, row in enumerate(ROWS)]


class _TakeElse(ast.NodeTransformer):
    """Replaces every `if` that inspects its operands by its last `else`, right for all of them."""

    def visit_If(self, node: ast.If) -> Any:
        if not any(isinstance(part, ast.Call) for part in ast.walk(node.test)):
            return self.generic_visit(node)
        return [done for statement in node.orelse for done in _listed(self.visit(statement))]


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def adjoints(
    rule: Rule, row: Row, args: tuple[Any, ...], y: Any, y_bar: Any, general: bool
) -> dict[int, Any]:
    """Runs the template; the adjoints of the positional operands by position."""
    names: dict[str, Any] = {
        p.name: ast.literal_eval(p.default)
        for p in rule.parameters
        if p.default is not None and p.default not in ("inf",) and p.name != "base"
    }
    positions: dict[int, Any] = {}
    for k, p in enumerate(rule.parameters):
        if p.name == "base":
            names["base"] = math.e
        if p.kind == "variadic":
            names[p.name] = args[k:]
            positions.update({j: (p.name, j - k) for j in range(k, len(args))})
        elif p.kind == "positional" and k < len(args):
            names[p.name] = args[k]
            positions[k] = p.name
    unknown = set(row.kwargs) - {p.name for p in rule.parameters}
    assert not unknown, f"the template does not list {unknown}"
    assert len(positions) == len(args), "the template has too few parameters"
    names.update(row.kwargs)
    names[rule.result], names[rule.result + "_bar"] = y, y_bar
    tree = ast.Module([gast.gast_to_ast(rule.template)], [])
    body: list[Any] = tree.body[0].body  # type: ignore[attr-defined]
    if general:
        body = [done for statement in body for done in _listed(_TakeElse().visit(statement))]
    body = [statement for statement in body if not _needs_absent(statement, names)]
    module = ast.fix_missing_locations(ast.Module(body, []))
    space = {**rule.code.__globals__, **_NAMES, **names}
    exec(compile(module, rule.filename, "exec"), space)
    found = {}
    for k, name in positions.items():
        if isinstance(name, tuple):
            found[k] = space[name[0] + "_bar"][name[1]] if name[0] in rule.targets else None
        elif name in rule.targets:
            bar = space.get(name + "_bar")
            found[k] = runtime.unbroadcast(bar, args[k]) if rule.elementwise and bar is not None else bar
    return found


def _needs_absent(statement: ast.stmt, names: dict[str, Any]) -> bool:
    """Whether a statement makes the adjoint of an operand that is None here, so needs none."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return False
    operand = statement.targets[0].id.removesuffix("_bar")
    return operand in names and names[operand] is None


def _leaves(x: Any) -> list[Any]:
    if isinstance(x, (list, tuple)):
        return [leaf for item in x for leaf in _leaves(item)]
    return [x]


def _is_float(x: Any) -> bool:
    return not isinstance(x, (str, bool)) and x is not None and np.asarray(x).dtype.kind in "fc"


def _map(x: Any, change: Any) -> Any:
    """`x` with `change` applied to its float leaves."""
    if isinstance(x, (list, tuple)):
        return (
            [_map(item, change) for item in x]
            if isinstance(x, list)
            else tuple(_map(item, change) for item in x)
        )
    return change(x) if _is_float(x) else x


def _seed(y: Any, row: Row, rng: np.random.Generator) -> Any:
    if isinstance(y, (tuple, list)):
        parts = [
            _seed(part, row, rng) if row.live is None or k in row.live else None for k, part in enumerate(y)
        ]
        return tuple(parts) if hasattr(y, "_fields") else type(y)(parts)
    values = rng.normal(size=np.shape(y))
    if np.iscomplexobj(y):
        values = values + 1j * rng.normal(size=np.shape(y))
    if not isinstance(y, (np.ndarray, np.generic)):
        return values if np.shape(y) else values[()]
    return np.asarray(values, dtype=np.result_type(y))[()]


def _loss(row: Row, args: tuple[Any, ...], y_bar: Any) -> float:
    y = row.function(*args, **row.kwargs)
    parts = zip(y, y_bar, strict=True) if isinstance(y_bar, (tuple, list)) else [(y, y_bar)]
    with np.errstate(invalid="ignore"):
        return math.fsum(float(np.real(np.sum(np.asarray(a) * b))) for a, b in parts if b is not None)


def _difference(row: Row, args: tuple[Any, ...], k: int, y_bar: Any) -> list[Any]:
    """The adjoint of operand `k` by central differences, leaf by leaf."""
    found = []
    for j, leaf in enumerate(_leaves(args[k])):
        if not _is_float(leaf):
            found.append(None)
            continue
        base = np.asarray(leaf)
        bar = np.zeros(base.shape, base.dtype)
        for index in np.ndindex(base.shape):
            for unit in (1.0, 1j) if base.dtype.kind == "c" else (1.0,):
                losses = []
                for eps in (1e-6, -1e-6):
                    moved = base.copy(order="K")
                    moved[index] += eps * unit
                    value = moved if isinstance(leaf, np.ndarray) else moved[()]
                    if isinstance(leaf, float) and not isinstance(leaf, np.generic):
                        value = float(value)
                    operand = _replace(args[k], j, value)
                    losses.append(_loss(row, (*args[:k], operand, *args[k + 1 :]), y_bar))
                slope = (losses[0] - losses[1]) / 2e-6
                bar[index] += slope if unit == 1.0 else -1j * slope
        found.append(bar)
    return found


def _replace(x: Any, j: int, value: Any) -> Any:
    counter = iter(range(10**6))

    def walk(part: Any) -> Any:
        if isinstance(part, (list, tuple)):
            return type(part)(walk(item) for item in part)
        return value if next(counter) == j else part

    return walk(x)


def _check(row: Row, args: tuple[Any, ...], general: bool) -> None:
    rule = registry.adjoint_rule(row.function)
    assert rule is not None
    rng = np.random.default_rng(7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = row.function(*args, **row.kwargs)
        y_bar = _seed(y, row, rng)
        before = [np.array(leaf) for leaf in _leaves(y_bar) if leaf is not None]
        found = adjoints(rule, row, args, y, y_bar, general)
        for old, leaf in zip(before, (b for b in _leaves(y_bar) if b is not None), strict=True):
            np.testing.assert_array_equal(leaf, old, err_msg="the template changed the adjoint of its result")
        for k, operand in enumerate(args):
            if k in row.skip or not any(map(_is_float, _leaves(operand))):
                continue
            assert k in found, f"operand {k} gets no adjoint"
            for bar, expected, leaf in zip(
                _bars(found[k], operand), _difference(row, args, k, y_bar), _leaves(operand), strict=True
            ):
                if expected is not None:
                    _compare(bar, expected, leaf, row)


def _bars(bar: Any, operand: Any) -> list[Any]:
    """The adjoints of the leaves of an operand, whose adjoint may be a list, a tuple or an array of items."""
    if isinstance(operand, (list, tuple)):
        return [leaf for part, item in zip(bar, operand, strict=True) for leaf in _bars(part, item)]
    return [bar]


def _compare(bar: Any, expected: Any, leaf: Any, row: Row) -> None:
    assert np.shape(bar) == np.shape(leaf), (
        f"adjoint of shape {np.shape(bar)}, operand of shape {np.shape(leaf)}"
    )
    if math.isinf(row.tolerance):
        return
    if not np.iscomplexobj(leaf):
        bar = np.real(bar)
    finite = np.isfinite(np.asarray(leaf))
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0, where=finite)))
    np.testing.assert_allclose(
        np.where(finite, bar, 0.0),
        np.where(finite, expected, 0.0),
        rtol=row.tolerance * 10,
        atol=row.tolerance * scale,
    )


def _strided(x: Any) -> Any:
    def spread(leaf: Any) -> Any:
        if not isinstance(leaf, np.ndarray) or leaf.ndim == 0:
            return leaf
        wide = np.zeros(tuple(2 * n for n in leaf.shape), leaf.dtype)
        view = wide[tuple(slice(None, None, -2) if n else slice(None) for n in leaf.shape)]
        view[...] = leaf
        return view

    return _map(x, spread)


def _single(x: Any) -> Any:
    def narrow(leaf: Any) -> Any:
        if not isinstance(leaf, (np.ndarray, np.generic)):
            return leaf
        return leaf.astype(np.complex64 if np.iscomplexobj(leaf) else np.float32)

    return _map(x, narrow)


@pytest.mark.parametrize("row", ROWS, ids=_IDS)
def test_adjoint(row: Row) -> None:
    _check(row, row.args, general=False)


@pytest.mark.parametrize("row", ROWS, ids=_IDS)
def test_adjoint_by_the_general_branches(row: Row) -> None:
    _check(row, row.args, general=True)


@pytest.mark.parametrize("row", ROWS, ids=_IDS)
def test_adjoint_of_operands_that_are_not_contiguous(row: Row) -> None:
    if row.note not in ("A", "strides"):  # the memory order is the operand here
        _check(row, tuple(_strided(x) for x in row.args), general=False)


@pytest.mark.parametrize("row", ROWS, ids=_IDS)
def test_single_precision_stays_single(row: Row) -> None:
    if not row.single:
        return
    rule = registry.adjoint_rule(row.function)
    assert rule is not None
    double, single = row.args, tuple(_single(x) for x in row.args)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y, y32 = row.function(*double, **row.kwargs), row.function(*single, **row.kwargs)
        if any(np.result_type(leaf).itemsize > (8 if np.iscomplexobj(leaf) else 4) for leaf in _leaves(y32)):
            return  # NumPy itself computes this one in double precision
        y_bar = _seed(y, row, np.random.default_rng(7))
        wide = adjoints(rule, row, double, y, y_bar, False)
        narrow = adjoints(rule, row, single, y32, _single(y_bar), False)
    for k in narrow:
        if k in row.skip or not any(map(_is_float, _leaves(double[k]))):
            continue
        for a, b, leaf in zip(
            _bars(wide[k], double[k]), _bars(narrow[k], double[k]), _leaves(single[k]), strict=True
        ):
            if isinstance(leaf, (np.ndarray, np.generic)) and _is_float(leaf) and not math.isinf(row.tolerance):
                np.testing.assert_allclose(
                    b, a, rtol=5e-3, atol=1e-3 * max(1.0, float(np.max(np.abs(a), initial=0.0)))
                )
                assert np.result_type(b).itemsize <= leaf.dtype.itemsize * (
                    1 + ("c" in np.result_type(b).kind)
                )


# For these, a call's arguments tell whether it makes new memory (see `Calls.returns_itself`).
BY_ARGUMENTS = frozenset({np.einsum, np.diag, np.linalg.matrix_power, np.diff, np.array, np.ndarray.astype, np.nan_to_num})


@pytest.mark.parametrize("row", ROWS, ids=_IDS)
def test_results_that_are_said_to_be_new_memory_are(row: Row) -> None:
    rule = registry.adjoint_rule(row.function)
    assert rule is not None
    if rule.memory != "fresh" or row.function in BY_ARGUMENTS:
        return
    args = tuple(_map(x, np.array) if isinstance(x, np.ndarray) else x for x in row.args)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = row.function(*args, **row.kwargs)
    results = [a for a in _leaves(y) if isinstance(a, np.ndarray)]
    operands = [a for x in args for a in _leaves(x) if isinstance(a, np.ndarray)]
    assert not any(np.may_share_memory(a, b) for a in results for b in operands)


def test_every_rule_is_in_the_table() -> None:
    tested = {id(registry.adjoint_rule(row.function)) for row in ROWS}
    ours = [rule for rule in registry.adjoint_rules().values() if "s2sad" in Path(rule.filename).parts]  # other tests add theirs
    missing = {rule.name for rule in ours if id(rule) not in tested}
    assert not missing
