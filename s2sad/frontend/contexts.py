"""Lowering of `with`."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import gast

from ..analysis.types import UNKNOWN, Obj
from ..errors import NoSourceError
from ..ir.nodes import Block, Ref, Var, With
from .leaving import always_escapes
from .lower import Core
from .source import function_source
from .values import AdjointVal, ObjVal


class Contexts(Core):
    def stmt_With(self, stmt: Any) -> None:
        self.with_items(list(stmt.items), stmt)

    def with_items(self, items: list[Any], stmt: Any) -> None:
        if not items:
            self.body(stmt.body)
            return
        item = items[0]
        context = self.context(item.context_expr)
        if isinstance(context, AdjointVal):
            self.adjoint_block(context, stmt)
            return
        if self.varied_value(context):
            raise self.unsupported("a context manager that depends on a differentiated value is not supported", stmt)
        if isinstance(context, ObjVal):
            self.object_context(context, items, stmt)
            return
        atom = self.atom(context)
        target = Var("context", UNKNOWN, False) if item.optional_vars is not None else None
        if target is not None:
            self.assign(item.optional_vars, target)
        node = With(atom, target, Block(), self.span(stmt))
        with self.into(node.body):
            self.with_items(items[1:], stmt)
        self.append(node)
        self.block.diverges = node.body.diverges

    def context(self, node: Any) -> Any:
        """A context manager. One that is made here of values that are not differentiated is made and entered as it stands."""
        if not isinstance(node, gast.Call):
            return self.expr(node)
        outer, self.node = self.node, node
        fn, args, kwargs = self.call_parts(node)
        self.node = outer
        values = (*args, *kwargs.values())
        if isinstance(fn, Ref) and isinstance(fn.obj, type) and hasattr(fn.obj, "__exit__") and not any(map(self.varied_value, values)):
            if swallows(fn.obj.__exit__):
                raise self.unsupported("a context manager that may end its block early is not supported", node, "use try ... except")
            return self.opaque(fn, args, kwargs, node, Obj(fn.obj))
        if isinstance(fn, Ref) and hasattr(fn.obj, "__wrapped__") and swallows(fn.obj.__wrapped__):
            raise self.unsupported("a context manager that may end its block early is not supported", node, "use try ... except")
        return self.call_value(fn, args, kwargs, node)

    def object_context(self, context: Any, items: list[Any], stmt: Any) -> None:
        raise self.unsupported("this context manager is not supported", stmt, "enter it outside the function")

    # provided by the other parts
    adjoint_block: Callable[..., Any]
    assign: Callable[..., Any]
    atom: Callable[..., Any]
    body: Callable[..., Any]
    call_parts: Callable[..., Any]
    call_value: Callable[..., Any]
    expr: Callable[..., Any]
    opaque: Callable[..., Any]
    varied_value: Callable[..., Any]


def swallows(function: Any) -> bool:
    """Whether `__exit__`, or the generator behind a context manager, may suppress an exception."""
    if not isinstance(function, types.FunctionType):
        return False
    try:
        node = function_source(function).node
    except NoSourceError:
        return True
    if function.__name__ == "__exit__":
        returned = [n.value for n in gast.walk(node) if isinstance(n, gast.Return) and n.value is not None]
        return any(not (isinstance(v, gast.Constant) and not v.value) for v in returned)
    return any(isinstance(n, gast.ExceptHandler) and not always_escapes(n.body) for n in gast.walk(node))


__all__ = ["Contexts", "swallows"]
