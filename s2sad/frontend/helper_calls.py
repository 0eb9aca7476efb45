"""What emitted code does with values whose type is not known, where it is differentiated again.

It adds up adjoints, and it takes items from lists of them. Forward mode does the same to the tangents, which have the structure of
what they belong to; reverse mode cannot tell what to undo, and refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import runtime
from ..analysis.types import UNKNOWN, Arr, Num, Obj
from ..errors import NoRuleError
from ..ir.nodes import Effect, Lit, Op, Ref, Var
from ..rules import registry
from .lower import Core, type_of
from .values import is_atom

METHODS = {"pop": 0, "append": 1}  # of lists, and how many arguments they take


class HelperCalls(Core):
    """The part of the lowerer that knows the helpers of emitted code."""

    def call_add(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """`runtime.add(a, b)`: a sum where that is certain, else a call that has a rule."""
        if len(args) != 2 or kwargs:
            return NotImplemented
        a, b = args
        for one, other in ((a, b), (b, a)):
            if isinstance(one, Lit) and one.value is None:
                return other
        if all(is_atom(v) and isinstance(type_of(v), (Num, Arr)) for v in args):
            return self.binary("add", a, b, node)
        fn = Ref(runtime.add, "add", runtime.add, "s2sad.runtime")
        if all(map(is_atom, args)):
            return self.primitive(fn, args, kwargs, node)
        return self.call_live(fn, runtime.add, args, kwargs, node)

    def is_beyond_its_rule(self, obj: Any, args: list[Any], kwargs: dict[str, Any]) -> bool:
        """Whether a helper is called in a way that its rule does not take: its source is followed instead."""
        rule = registry.adjoint_rule(obj)
        if rule is None or not rule.options or not (getattr(obj, "__module__", None) or "").startswith("s2sad.runtime"):
            return False
        given = {**dict(zip((p.name for p in rule.parameters), args)), **kwargs}
        return any(not isinstance(v, Lit) or v.value not in rule.options[k] for k, v in given.items() if k in rule.options)

    def call_like(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """`runtime.like(x, g)`: a call that has a rule where it is not known what `x` is."""
        fn = Ref(runtime.like, "like", runtime.like, "s2sad.runtime")
        if len(args) != 2 or kwargs:
            return NotImplemented
        if all(map(is_atom, args)) and not (isinstance(args[0], Var) and isinstance(args[0].type, (Num, Arr, Obj))):
            return self.primitive(fn, args, kwargs, node)
        return self.call_live(fn, runtime.like, args, kwargs, node)

    def call_index_add(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """`runtime.index_add(a, index, g)` of what may be an array, a list or a dict."""
        base = args[0] if args else None
        fn = Ref(runtime.index_add, "index_add", runtime.index_add, "s2sad.runtime")
        if len(args) != 3 or kwargs or not isinstance(base, Var) or base.type is not UNKNOWN:
            return self.call_live(fn, runtime.index_add, args, kwargs, node)
        stmt = Effect(Op("call", tuple(map(self.atom, args)), fn=fn), self.span(node))
        self.backward[stmt] = self.error(NoRuleError, f"it is not known what {base.hint!r} is, so what is added to it is not followed", node)
        self.mark_stored(base, stmt.op.args[2])
        self.append(stmt)
        return base

    def call_add_items(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """`runtime.add_items(bars, parts)`, which changes `bars`."""
        fn = Ref(runtime.add_items, "add_items", runtime.add_items, "s2sad.runtime")
        return self.call_live(fn, runtime.add_items, args, kwargs, node)

    def method_as_it_stands(self, base: Any, name: str, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """A method of what can only be a list; NotImplemented for others."""
        if name not in METHODS or len(args) != METHODS[name] or kwargs or not isinstance(base, Var) or base.type is not UNKNOWN:
            return NotImplemented
        if not self.in_emitted_code:
            return NotImplemented
        error = self.error(NoRuleError, f"it is not known that {base.hint!r} is a list, so its method {name!r} is not followed", node)
        op = Op("method", (base, *map(self.kept, args)), name=name)
        self.mark_stored(base, *op.args[1:])
        if name == "append":
            stmt: Any = Effect(op, self.span(node))
            if isinstance(op.args[1], Var) and op.args[1].region is not None:
                self.share(base, op.args[1])
            self.append(stmt)
            self.backward[stmt] = error
            return Lit(None)
        made = self.emit(op, UNKNOWN, "last", varied=base.varied, view_of=[base])
        self.backward[made] = error
        return made

    # provided by the other parts
    atom: Callable[..., Any]
    kept: Callable[..., Any]
    binary: Callable[..., Any]
    primitive: Callable[..., Any]
    call_live: Callable[..., Any]
    varied_args: Callable[..., bool]


__all__ = ["HelperCalls"]
