"""Every forward rule, executed as it stands: against finite differences, and against the adjoint by inner products.

Forward rules are templates, or derived: the call itself on tangents where the function is linear, the formula of the
adjoint where that is elementwise.
"""

from __future__ import annotations

import ast
import math
import warnings
from pathlib import Path
from typing import Any

import gast
import numpy as np
import pytest

from s2sad.autodiff.tangents import active_terms
from s2sad.rules import registry
from s2sad.rules.registry import Rule
from tests.rules import table
from tests.rules.rows import Row
from tests.rules.test_templates import (
    _NAMES,
    _bars,
    _is_float,
    _leaves,
    _listed,
    _map,
    _seed,
    _TakeElse,
    adjoints,
)


def _is_known(function: Any) -> bool:
    """Whether a function has a forward rule, written or derived."""
    rule = registry.adjoint_rule(function)
    derived = registry.is_linear(function) or rule is not None and rule.elementwise
    return derived or registry.tangent_rule(function) is not None


def _inspects(function: Any) -> bool:
    """Whether the template that gives the tangent has a leaner branch for some operands."""
    rule = registry.tangent_rule(function) or registry.adjoint_rule(function)
    assert rule is not None
    tests = [n.test for n in gast.walk(rule.template) if isinstance(n, gast.If)]
    return any(isinstance(part, gast.Call) for test in tests for part in gast.walk(test))


ROWS = [row for row in table.ROWS if _is_known(row.function)]
_IDS = [f"{k}-{row.label}" for k, row in enumerate(ROWS)]


def _zeros(x: Any) -> Any:
    """The tangent of an operand that does not vary, as the compiler gives it."""
    if isinstance(x, (list, tuple)):
        return type(x)(_zeros(item) for item in x)
    if isinstance(x, (bool, str, type)) or x is None:
        return None
    return np.zeros(np.shape(x), np.result_type(x, np.float32))[()] if isinstance(x, (np.ndarray, np.generic)) else 0.0


def _bound(rule: Rule, row: Row, args: tuple[Any, ...], dots: dict[int, Any], y: Any) -> tuple[dict[str, Any], set[str]]:
    """The names of a template, and the names of the tangents that are not zero."""
    space: dict[str, Any] = {}
    live = set()
    for p in rule.parameters:
        space[p.name] = math.e if p.name == "base" and p.default == repr(math.e) else ast.literal_eval(p.default or "None")
    positional = [p for p in rule.parameters if p.kind != "keyword"]
    for k, p in enumerate(positional):
        if p.kind == "variadic":
            space[p.name] = args[k:]
            space[p.name + "_dot"] = tuple(dots.get(j, _zeros(a)) for j, a in enumerate(args) if j >= k)
            live |= {p.name + "_dot"} if any(j >= k for j in dots) else set()
        elif k < len(args):
            space[p.name] = args[k]
            live |= {p.name + "_dot"} if k in dots else set()
            space[p.name + "_dot"] = dots[k] if k in dots else _zeros(args[k])
    space.update(row.kwargs)
    for p in rule.parameters:
        space.setdefault(p.name + "_dot", _zeros(space[p.name]))
    space[rule.result] = y
    return space, live


def tangent(row: Row, args: tuple[Any, ...], dots: dict[int, Any], y: Any, general: bool = False) -> Any:
    """The tangent of `y = row.function(*args)` by its forward rule; `dots` are tangents of operands by position."""
    rule = registry.tangent_rule(row.function)
    first_only = set(dots) <= {0} and "initial" not in row.kwargs
    if registry.is_linear(row.function) and (rule is None or first_only):
        assert first_only
        return row.function(dots[0], *args[1:], **row.kwargs)
    if rule is None:
        rule = registry.adjoint_rule(row.function)
        assert rule is not None and rule.elementwise, "there is no forward rule"
        terms = []
        for k, dot in dots.items():
            by_position = adjoints_of_elementwise(rule, row, args, y, dot, k, general)
            terms.append(by_position)
        return sum(terms[1:], terms[0])
    space, live = _bound(rule, row, args, dots, y)
    body: list[Any] = ast.Module([gast.gast_to_ast(active_terms(rule, frozenset(live)).template)], []).body[0].body  # type: ignore[attr-defined]
    if general:
        body = [done for statement in body for done in _listed(_TakeElse().visit(statement))]
    module = ast.fix_missing_locations(ast.Module(_used(body, {rule.result + "_dot"}), []))
    space = {**rule.code.__globals__, **_NAMES, **space}
    exec(compile(module, rule.filename, "exec"), space)
    return space[rule.result + "_dot"]


def adjoints_of_elementwise(rule: Rule, row: Row, args: tuple[Any, ...], y: Any, dot: Any, k: int, general: bool) -> Any:
    """The term of operand `k`: the formula of its adjoint with the tangent in the place of the adjoint of the result."""
    name = rule.parameters[k].name + "_bar"
    space, _ = _bound(rule, row, args, {k: dot}, y)
    space[rule.result + "_bar"] = dot
    body: list[Any] = ast.Module([gast.gast_to_ast(rule.template)], []).body[0].body  # type: ignore[attr-defined]
    if general:
        body = [done for statement in body for done in _listed(_TakeElse().visit(statement))]
    module = ast.fix_missing_locations(ast.Module(_used(body, {name}), []))
    space = {**rule.code.__globals__, **_NAMES, **space}
    exec(compile(module, rule.filename, "exec"), space)
    return space[name]


def _used(body: list[Any], needed: set[str]) -> list[Any]:
    """The statements that compute the names in `needed`, to which those that they read are added."""
    kept: list[Any] = []
    for statement in reversed(body):
        if isinstance(statement, ast.If):
            branches = [(set(needed), part) for part in (statement.body, statement.orelse)]
            then, orelse = (_used(part, names) for names, part in branches)
            if then or orelse:
                kept.append(ast.If(statement.test, then or [ast.Pass()], orelse))
                needed |= branches[0][0] | branches[1][0]
            continue
        names = [n for n in ast.walk(statement) if isinstance(n, ast.Name)]
        if {n.id for n in names if isinstance(n.ctx, ast.Store)} & needed:
            kept.append(statement)
            needed |= {n.id for n in names if isinstance(n.ctx, ast.Load)}
    return kept[::-1]


def _direction(x: Any, rng: np.random.Generator) -> Any:
    def draw(leaf: Any) -> Any:
        values = rng.normal(size=np.shape(leaf))
        if np.iscomplexobj(leaf):
            values = values + 1j * rng.normal(size=np.shape(leaf))
        if isinstance(leaf, (np.ndarray, np.generic)):
            return np.asarray(values, np.result_type(leaf))[()] if isinstance(leaf, np.generic) else np.asarray(values, leaf.dtype)
        return complex(values) if isinstance(leaf, complex) else float(values)

    return _map(x, draw)


def _moved(x: Any, dot: Any, step: float) -> Any:
    if isinstance(x, (list, tuple)):
        return type(x)(_moved(a, b, step) for a, b in zip(x, dot, strict=True))
    if not _is_float(x):
        return x
    if not isinstance(x, np.ndarray):
        return x + step * dot
    moved = np.empty_like(x)  # in the layout of x
    moved[...] = x + step * dot
    return moved


def _operands(row: Row, args: tuple[Any, ...]) -> list[int]:
    return [k for k, a in enumerate(args) if k not in row.skip and any(map(_is_float, _leaves(a)))]


def _parts(y: Any) -> list[Any]:
    return list(y) if isinstance(y, (list, tuple)) else [y]


def _check(row: Row, args: tuple[Any, ...]) -> None:
    rng = np.random.default_rng(11)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = row.function(*args, **row.kwargs)
        together = {k: _direction(args[k], rng) for k in _operands(row, args)}
        for dots in [{k: d} for k, d in together.items()] + ([together] if len(together) > 1 else []):
            linear = registry.is_linear(row.function) and registry.tangent_rule(row.function) is None
            if linear and set(dots) != {0}:
                continue
            found = tangent(row, args, dots, y)
            sides = [
                row.function(*(_moved(a, dots[k], step) if k in dots else a for k, a in enumerate(args)), **row.kwargs)
                for step in (1e-6, -1e-6)
            ]
            _compare(row, y, found, sides)
            _by_inner_products(row, args, y, found, dots)


def _compare(row: Row, y: Any, found: Any, sides: list[Any]) -> None:
    if not isinstance(y, (list, tuple)):
        found = [found]
    assert len(_parts(y)) == len(found)
    for k, (value, dot, after, before) in enumerate(zip(_parts(y), found, _parts(sides[0]), _parts(sides[1]), strict=True)):
        if row.live is not None and k not in row.live or not _is_float(value):
            continue
        slope = (np.asarray(after) - np.asarray(before)) / 2e-6
        dot = np.broadcast_to(dot, np.shape(value))
        if not np.iscomplexobj(value):
            assert not np.iscomplexobj(dot) or not np.any(np.imag(dot)), "a complex tangent of a real value"
        if not math.isinf(row.tolerance):
            scale = max(1.0, float(np.max(np.abs(slope), initial=0.0, where=np.isfinite(slope))))
            np.testing.assert_allclose(dot, slope, rtol=row.tolerance * 10, atol=row.tolerance * scale)


def _by_inner_products(row: Row, args: tuple[Any, ...], y: Any, found: Any, dots: dict[int, Any]) -> None:
    if math.isinf(row.tolerance):
        return
    rule = registry.adjoint_rule(row.function)
    assert rule is not None
    y_bar = _seed(y, row, np.random.default_rng(7))
    bars = adjoints(rule, row, args, y, y_bar, False)
    left = right = size = 0.0
    seeds = _parts(y_bar)
    for value, seed, dot in zip(_parts(y), seeds, found if isinstance(y, (list, tuple)) else [found], strict=True):
        if seed is not None and _is_float(value):
            products = np.asarray(seed) * np.broadcast_to(dot, np.shape(value))
            left += float(np.real(np.sum(products)))
            size += float(np.sum(np.abs(products)))
    for k, dot in dots.items():
        for bar, part in zip(_bars(bars[k], args[k]), _leaves(dot), strict=True):
            if _is_float(part):
                right += float(np.real(np.sum(np.asarray(bar) * part)))
    assert left == pytest.approx(right, rel=1e-7, abs=1e-9 + 1e-9 * size)


@pytest.mark.parametrize("row", ROWS, ids=_IDS)
def test_tangent(row: Row) -> None:
    _check(row, row.args)


@pytest.mark.parametrize("row", [row for row in ROWS if _inspects(row.function)], ids=lambda row: row.label)
def test_general_branches_give_the_same_tangent(row: Row) -> None:
    rng = np.random.default_rng(11)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = row.function(*row.args, **row.kwargs)
        dots = {k: _direction(row.args[k], rng) for k in _operands(row, row.args)}
        for one in [{k: d} for k, d in dots.items()]:
            lean, found = tangent(row, row.args, one, y), tangent(row, row.args, one, y, general=True)
            several = isinstance(y, (list, tuple))
            for a, b in zip(lean if several else [lean], found if several else [found], strict=True):
                np.testing.assert_allclose(np.broadcast_to(b, np.shape(a)), a, rtol=1e-9, atol=1e-12)


def _is_helper(function: Any) -> bool:
    return (getattr(function, "__module__", None) or "").startswith("s2sad")


def test_every_function_has_a_forward_rule() -> None:
    missing = {
        rule.name
        for function, rule in registry.adjoint_rules().items()
        if "s2sad" in Path(rule.filename).parts and not _is_helper(function) and not _is_known(function)
    }
    assert not missing
