"""Functions that are called as they stand: whether they change what lives outside them."""

from __future__ import annotations

import types
from typing import Any

import gast

from ..errors import NoSourceError
from .source import function_source

CHANGING = frozenset({"append", "extend", "insert", "pop", "popitem", "remove", "clear", "reverse", "sort", "update", "setdefault", "add",
                      "discard", "appendleft", "popleft", "fill", "put", "itemset"})  # fmt: skip
DEPTH = 4


def changes_outside(function: Any, receiver: bool = False, depth: int = 0) -> bool:
    """Whether a function, or one that it calls by name, stores to globals or to what it closes over.

    With `receiver`, its first parameter counts as outside, too. Functions without source count as harmless.
    """
    function = getattr(function, "__func__", function)
    if not isinstance(function, types.FunctionType) or depth > DEPTH:
        return False
    try:
        node = function_source(function).node
    except NoSourceError:
        return False
    if isinstance(node, gast.Lambda):
        return False
    a = node.args
    parameters = [p.id for p in (*a.posonlyargs, *a.args, *a.kwonlyargs, *(p for p in (a.vararg, a.kwarg) if p is not None))]
    own = {"", *(parameters[1:] if receiver else parameters)}
    own |= {n.id for n in gast.walk(node) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)}
    for n in gast.walk(node):
        if isinstance(n, (gast.Global, gast.Nonlocal)) and any(name in own for name in n.names):
            return True
        stored = isinstance(n, (gast.Subscript, gast.Attribute)) and isinstance(n.ctx, (gast.Store, gast.Del))
        called = isinstance(n, gast.Call) and isinstance(n.func, gast.Attribute) and n.func.attr in CHANGING
        if stored and _root(n) not in own or called and _root(n.func) not in own:
            return True
        if isinstance(n, gast.Call) and isinstance(n.func, gast.Name) and n.func.id not in own:
            if changes_outside(function.__globals__.get(n.func.id), False, depth + 1):
                return True
    return False


def _root(node: Any) -> str:
    """The name that a chain of attributes and subscripts starts from; "" for the result of an expression."""
    while isinstance(node, (gast.Subscript, gast.Attribute)):
        node = node.value
    return str(node.id) if isinstance(node, gast.Name) else ""
