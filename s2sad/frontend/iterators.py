"""Iterators that have a name: Python gives each item once and computes it when it is asked for, the compiler makes a list."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Any

import gast

ITERATORS = frozenset({"zip", "map", "filter", "enumerate", "reversed"})
CHANGING = frozenset("append extend insert pop popitem remove clear update setdefault sort reverse fill add discard appendleft popleft".split())
_SCOPES = (gast.FunctionDef, gast.Lambda)
_LEAVES = (gast.Name, gast.Constant, gast.operator, gast.cmpop, gast.expr_context)
_COMPREHENSIONS = (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)


def exhausted(function: Any, parameters: frozenset[str], made_by: Any = None) -> tuple[Any, str] | None:
    """The place where a function uses an iterator that it has used before, and the iterator's name.

    `parameters` are those that an iterator was given for, `made_by` is an assignment of one that a call returned. Uses on different
    branches count as two.
    """
    body = function.body if isinstance(function.body, list) else [gast.Expr(function.body)]
    made: dict[str, list[tuple[Any, ...]]] = {name: [()] for name in parameters}
    loads: dict[str, list[tuple[Any, tuple[Any, ...]]]] = {}
    for node, loops in _with_loops(body):
        if isinstance(node, gast.Assign) and (is_iterator(node.value) or node is made_by):
            for target in node.targets:
                if isinstance(target, gast.Name):
                    made.setdefault(target.id, []).append(loops)
        elif isinstance(node, gast.Name) and isinstance(node.ctx, gast.Load):
            loads.setdefault(node.id, []).append((node, loops))
    for name, places in made.items():
        uses = loads.get(name, [])
        if len(uses) > len(places):
            return uses[len(places)][0], name
        for node, loops in uses:
            if not any(loops == place[: len(loops)] for place in places):
                return node, name
    return None


def is_iterator(node: Any) -> bool:
    """Whether an expression makes an iterator: a generator expression, or a call of `zip`, `map` and the like."""
    return isinstance(node, gast.GeneratorExp) or (
        isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id in ITERATORS)  # fmt: skip


def changed_before_use(function: Any) -> tuple[Any, str] | None:
    """A name that changes after the generator expression, iterator or view of a dict that reads it, with the place of the change."""
    if not isinstance(function.body, list):
        return None
    for node, _ in _with_loops(function.body):
        if not isinstance(node, gast.Assign) or not (_is_computed_early(node.value) or _is_reversed(node.value)):
            continue
        inner = {n.id for n in gast.walk(node.value) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)}
        read = {n.id for n in gast.walk(node.value) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load)} - inner
        late = {n.id for f in gast.walk(node.value) if isinstance(f, gast.Lambda) for n in gast.walk(f) if isinstance(n, gast.Name)}
        names = {t.id for t in node.targets if isinstance(t, gast.Name)}
        uses = [n for n in gast.walk(function) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load) and n.id in names]
        last = max((_place(n) for n in uses), default=(0, 0))
        for other in gast.walk(function):
            name = _changed(other)
            if isinstance(node.value, gast.Call) and isinstance(other, gast.Name) and name not in late:
                continue  # the iterator keeps what the name stood for
            if _is_reversed(node.value) and not isinstance(other, (gast.Call, gast.AugAssign)):
                continue  # it looks at the length only
            if name in read and (node.end_lineno, node.end_col_offset) <= _place(other) < last:
                return other, name
    return None


def known_function(node: Any) -> bool:
    """Whether a called expression is a builtin, or a function of a module that runs none of the user's code."""
    if isinstance(node, gast.Name):
        return hasattr(builtins, node.id)
    return isinstance(node, gast.Attribute) and isinstance(node.value, gast.Name) and node.value.id in ("np", "numpy", "math")


def _changed(node: Any) -> str:
    """The name whose value a node changes: bound, or stored to."""
    if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store):
        return str(node.id)
    if isinstance(node, (gast.Subscript, gast.Attribute)) and isinstance(node.ctx, gast.Store):
        base = node.value
        while isinstance(base, (gast.Subscript, gast.Attribute)):
            base = base.value
        return str(base.id) if isinstance(base, gast.Name) else ""
    if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr in CHANGING:
        return str(node.func.value.id) if isinstance(node.func.value, gast.Name) else ""
    if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
        return str(node.target.id)
    return ""


def _place(node: Any) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _is_computed_early(node: Any) -> bool:
    """Whether the compiler computes all items of an iterator where it is made: of `zip`, `reversed` and `enumerate` it does not."""
    if isinstance(node, gast.GeneratorExp):
        return True
    if not isinstance(node, gast.Call):
        return False
    if isinstance(node.func, gast.Attribute):
        return node.func.attr in ("keys", "values", "items") and not node.args
    return isinstance(node.func, gast.Name) and node.func.id in ("map", "filter")


def _is_reversed(node: Any) -> bool:
    return isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id == "reversed"


def _with_loops(body: list[Any]) -> list[tuple[Any, tuple[Any, ...]]]:
    """All nodes below these, each with the loops around it, that run it more than once; of functions, too, as if they were loops."""
    found: list[tuple[Any, tuple[Any, ...]]] = []

    def visit(nodes: Iterable[Any], loops: tuple[Any, ...]) -> None:
        for node in nodes:
            found.append((node, loops))
            if isinstance(node, gast.For):
                visit([node.target, node.iter, *node.orelse], loops)
                visit(node.body, (*loops, id(node)))
            elif isinstance(node, gast.While):
                visit([node.test, *node.body], (*loops, id(node)))
                visit(node.orelse, loops)
            elif isinstance(node, _COMPREHENSIONS):
                first, *others = node.generators
                visit([first.iter], loops)
                elements = [node.key, node.value] if isinstance(node, gast.DictComp) else [node.elt]
                visit([first.target, *first.ifs, *others, *elements], (*loops, id(node)))
            elif isinstance(node, _SCOPES):
                visit(node.body if isinstance(node.body, list) else [node.body], (*loops, id(node)))
            elif not isinstance(node, _LEAVES):
                visit(gast.iter_child_nodes(node), loops)

    visit(body, ())
    return found
