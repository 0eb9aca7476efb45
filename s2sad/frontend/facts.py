"""Facts on a piece of syntax that are asked for in every round of a loop's lowering: found once for each node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import gast

Fact = TypeVar("Fact")


def kept(node: Any, name: str, find: Callable[[Any], Fact]) -> Fact:
    """What `find(node)` returns, found once for a node, which must not change afterwards."""
    owner, known = node.__dict__.get("_facts", (None, {}))
    if owner != id(node):  # nothing is known, or the node is a copy, which may change
        known = {}
        node._facts = id(node), known
    if name not in known:
        known[name] = find(node)
    found: Fact = known[name]
    return found


def assigned_names(stmts: list[Any]) -> list[str]:
    """Names that the statements assign, nested functions not included, in order of appearance."""
    return list(dict.fromkeys(name for s in stmts for name in kept(s, "assigned", _assigned_in)))


def _assigned_in(stmt: Any) -> list[str]:
    names: dict[str, None] = {}

    def visit(node: Any) -> None:
        if isinstance(node, gast.Name):
            if isinstance(node.ctx, (gast.Store, gast.Del)):
                names[node.id] = None
            return
        if isinstance(node, (gast.Constant, gast.expr_context)):
            return
        if isinstance(node, (gast.FunctionDef, gast.ClassDef)):
            names[node.name] = None
            return
        if isinstance(node, (gast.Lambda, gast.ListComp, gast.SetComp, gast.GeneratorExp, gast.DictComp)):
            for n in gast.walk(node):
                if isinstance(n, gast.NamedExpr) and not isinstance(node, gast.Lambda):
                    names[n.target.id] = None
            return
        if isinstance(node, (gast.Import, gast.ImportFrom)):
            for alias in node.names:
                names[alias.asname or alias.name.split(".")[0]] = None
        if isinstance(node, gast.ExceptHandler) and isinstance(node.name, str):
            names[node.name] = None
        for child in gast.iter_child_nodes(node):
            visit(child)

    visit(stmt)
    return list(names)


def is_generator(function: Any) -> bool:
    """Whether a function or lambda yields or awaits, nested functions not included."""
    return kept(function, "generator", _yields)


def _yields(function: Any) -> bool:
    todo = list(function.body) if isinstance(function.body, list) else [function.body]
    while todo:
        node = todo.pop()
        if isinstance(node, (gast.Yield, gast.YieldFrom, gast.Await)):
            return True
        if not isinstance(node, (gast.FunctionDef, gast.Lambda, gast.ClassDef)):
            todo += gast.iter_child_nodes(node)
    return False


def declared(stmts: list[Any], kind: Any) -> set[str]:
    return {n for s in own_statements(stmts) if isinstance(s, kind) for n in s.names}


def scope_of(function: Any) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The names that a function's body declares nonlocal, those it declares global, and those it assigns."""
    return kept(function, "scope", _scope)


def _scope(function: Any) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    body = function.body if isinstance(function.body, list) else [gast.Expr(function.body)]
    return frozenset(declared(body, gast.Nonlocal)), frozenset(declared(body, gast.Global)), frozenset(assigned_names(body))


def own_statements(stmts: list[Any]) -> Any:
    for s in stmts:
        yield s
        if isinstance(s, (gast.FunctionDef, gast.ClassDef)):
            continue
        for name in ("body", "orelse", "finalbody"):
            yield from own_statements(getattr(s, name, None) or [])
        for h in getattr(s, "handlers", None) or []:
            yield from own_statements(h.body)


__all__ = ["assigned_names", "declared", "is_generator", "kept", "scope_of"]
