"""Emitting statements of the reverse sweep, and adjoints in the shape and dtype of their primals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import runtime
from ..analysis.types import (
    UNKNOWN,
    Arr,
    ListT,
    Num,
    Obj,
    TupleT,
    Type,
    dtype_of,
    float_like,
    is_mutable,
    literal_dim,
    shape_of,
)  # fmt: skip
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.nodes import (
    OPERATORS,
    UNDEF,
    Assign,
    Lit,
    Op,
    Ref,
    Region,
    Var,
)
from .companions import Companions, Plan
from .scopes import Scope
from .templates import Splicer

_ONE = literal_dim(1)
_TEXT = "s2sad.runtime"
_FRESH = frozenset({np.zeros_like, np.full_like, np.outer, np.sum, np.where, np.dot, np.cumsum, np.concatenate, np.array})


class Shapes:
    """What every part of `Adjoints` needs."""

    scope: Scope
    splicer: Splicer
    leaves: set[Var]
    shadows: dict[Var, Any]
    buffered: set[Var]
    own: set[Var]
    saves: set[Var]
    program: Any
    function: Any
    structure: Any
    restoring: bool
    companions: Companions
    regions: list[Region]
    plan: Plan
    facts: dict[Var, tuple[bool, bool]]

    # --- emitting -------------------------------------------------------------------------------------------------------

    def append(self, stmt: Any) -> None:
        self.scope.out.stmts.append(stmt)

    def emit(self, op: Op, t: Type, hint: str, view_of: Any = None) -> Var:
        var = Var(hint, t, False)
        if is_mutable(t):
            var.region = Region()
            if isinstance(view_of, Var) and view_of.region is not None:
                var.region.union(view_of.region)
                var.view = True
        self.own.add(var)
        self.append(Assign(var, op))
        return var

    def runtime_ref(self, name: str) -> Ref:
        fn = getattr(runtime, name)
        return Ref(fn, name, fn, _TEXT)

    def numpy_ref(self, name: str) -> Ref:
        return Ref(getattr(np, name), f"np.{name}", np)

    def call(self, name: str, args: tuple[Any, ...], t: Type, hint: str) -> Var:
        return self.emit(Op("call", args, fn=self.runtime_ref(name)), t, hint)

    def settle_facts(self) -> None:
        """Decide what is active and what is memory once and for all: the reverse sweep joins regions as it goes."""
        places = self.structure.places
        self.facts = {v: (v.varied and v.type.floating, v.stored and isinstance(v.type, (Arr, ListT))) for v in places}

    def active(self, atom: Any) -> bool:
        if not isinstance(atom, Var) or atom not in self.structure.places:
            return False
        return self.facts[atom][0] if atom in self.facts else atom.varied and atom.type.floating

    # --- shapes -----------------------------------------------------------------------------------------------------------

    def zeros(self, v: Var) -> Any:
        """A zero adjoint of `v`."""
        t = v.type
        if isinstance(t, Num):
            return self.zero_number(t)
        if t is UNKNOWN and self.may_be_undefined(v):
            return ir.NOTHING
        atom = self.shape_source(v)
        if isinstance(t, Arr) and t.dtype is not None and t.dtype.kind in "fc":
            return self.emit(Op("call", (atom,), fn=self.numpy_ref("zeros_like")), t, f"{v.hint}_bar")
        return self.call("zeros_like", (atom,), float_like(t), f"{v.hint}_bar")

    def zero_number(self, t: Num) -> Any:
        """A zero adjoint of a number: one of its precision, where Python's would make arrays of it more precise than they are."""
        if t.py or t.dtype.kind not in "fc" or t.dtype in (np.dtype(float), np.dtype(complex)) or not hasattr(np, t.dtype.name):
            return ir.NOTHING
        return self.emit(Op("call", (Lit(0.0),), fn=self.numpy_ref(t.dtype.name)), t, "zero")

    def may_be_undefined(self, v: Var) -> bool:
        """Whether some path to `v` assigns nothing to it, so that its value cannot be looked at."""
        place = self.structure.places[v]
        stmt = place.stmt if place.stmt is not None else place.owner
        if isinstance(stmt, ir.Loop):
            return any(c.init is UNDEF and (c.result is v or c.phi is v) for c in stmt.carries)
        if isinstance(stmt, ir.If):
            return any(p.var is v and (p.then is UNDEF or p.orelse is UNDEF) for p in stmt.phis)
        return False

    def shape_source(self, v: Var) -> Any:
        """Something in scope that has the shape of `v`."""
        return self.need(v)

    def exact(self, bar: Any, v: Var) -> Any:
        """`bar` with exactly the shape of `v` (adjoints of sums are kept as the number that fills them)."""
        if not isinstance(v.type, Arr) or v.type.shape is None:
            return bar
        shape = shape_of(type_of(bar))
        if shape is None or shape == v.type.shape:
            return bar
        source = self.shape_source(v)
        if shape == ():
            return self.emit(Op("call", (source, bar), fn=self.numpy_ref("full_like")), float_like(v.type), f"{v.hint}_bar")
        zero = self.emit(Op("call", (source,), fn=self.numpy_ref("zeros_like")), float_like(v.type), "zeros")
        return self.emit(Op("add", (zero, bar)), float_like(v.type), f"{v.hint}_bar")

    def as_complex(self, bar: Any, v: Var) -> Any:
        """`bar` as complex numbers where `v` holds some; sums of real adjoints are real until then."""
        t: Any = v.type
        tb: Any = type_of(bar)
        if not isinstance(t, (Num, Arr)) or not isinstance(tb, (Num, Arr)) or t.dtype is None or tb.dtype is None:
            return bar
        if t.dtype.kind != "c" or tb.dtype.kind == "c":
            return bar
        made = Arr(t.dtype, tb.shape) if isinstance(tb, Arr) else Num(t.dtype, tb.py)
        return self.emit(Op("add", (bar, Lit(0j))), made, f"{v.hint}_bar")

    def add(self, a: Any, b: Any, v: Var | None) -> Any:
        ta, tb = type_of(a), type_of(b)
        hint = f"{v.hint}_bar" if v is not None else "bar"
        if isinstance(a, Lit) and a.value == 0.0:
            return b
        if isinstance(ta, (Num, Arr)) and isinstance(tb, (Num, Arr)):
            t = self.splicer.infer(OPERATORS["add"], [a, b])
            if t is UNKNOWN:
                t = Arr(dtype_of(ta), None)
            return self.emit(Op("add", (a, b)), t, hint)
        if v is not None and isinstance(v.type, (ListT, Obj)):
            return self.call("add", (a, b), UNKNOWN, hint)
        if v is not None and v.type is UNKNOWN:
            return self.call("add", (a, b), UNKNOWN, hint)
        return self.emit(Op("add", (a, b)), float_like(v.type) if v is not None else UNKNOWN, hint)

    def project(self, g: Any, v: Var) -> Any:
        """`g` summed to the shape of `v` and brought to its dtype."""
        t: Any = v.type
        tg: Any = type_of(g)
        if isinstance(t, ListT) or t is UNKNOWN and isinstance(tg, TupleT):
            return g
        if not isinstance(t, (Num, Arr)) or not isinstance(tg, (Num, Arr)) or t.dtype is None or tg.dtype is None:
            if isinstance(t, Num) and t.py and t.dtype.kind == "f" and isinstance(tg, Num) and tg.dtype.kind == "f":
                return g
            return self.unbroadcast(g, v)
        shape, shape_g = shape_of(t), shape_of(tg)
        if shape is None or shape_g is None:
            return self.unbroadcast(g, v)
        if t.dtype.kind == "f" and tg.dtype.kind == "c":
            g = self.emit(Op("call", (g,), fn=self.numpy_ref("real")), type(tg)(*_real_fields(tg)), f"{v.hint}_bar")
            tg = type_of(g)
        if shape != shape_g:
            reduced = self.reduced(g, shape, shape_g, v)
            if reduced is None:
                return self.unbroadcast(g, v)
            g = reduced
            tg = type_of(g)
        if t.dtype != tg.dtype and not (isinstance(t, Num) and t.py) and t.dtype.kind in "fc" and not (
            isinstance(tg, Num) and tg.py) and tg.dtype.itemsize != t.dtype.itemsize and tg.dtype.kind == t.dtype.kind:  # fmt: skip
            if isinstance(tg, Arr):
                dtype = self.numpy_ref(t.dtype.name)
                op = Op("call", (g, dtype), fn=Ref(np.ndarray.astype, "np.ndarray.astype", np), name="astype")
                g = self.emit(op, Arr(t.dtype, tg.shape), f"{v.hint}_bar")
            else:
                g = self.emit(Op("call", (g,), fn=self.numpy_ref(t.dtype.name)), Num(t.dtype, False), f"{v.hint}_bar")
        return g

    def reduced(self, g: Any, shape: Any, shape_g: Any, v: Var) -> Any:
        """`g` summed over the axes along which `v` was broadcast; None if the shapes do not tell."""
        if len(shape_g) < len(shape):
            # smaller than v: it fills v by broadcasting
            tail = shape[len(shape) - len(shape_g) :]
            return g if all(a == b or b == _ONE for a, b in zip(tail, shape_g)) else None
        lead = len(shape_g) - len(shape)
        axes = list(range(lead))
        kept = []
        for i, (a, b) in enumerate(zip(shape, shape_g[lead:])):
            if a == b:
                continue
            if a == _ONE:
                kept.append(lead + i)
            elif b == _ONE and not lead and all(x == y or y == _ONE for x, y in zip(shape, shape_g)):
                continue
            else:
                return None
        if not axes and not kept:
            return g
        sum_ref = self.numpy_ref("sum")
        dtype = dtype_of(type_of(g))
        if kept:
            if lead:
                return None
            axis = Lit(kept[0]) if len(kept) == 1 else Lit(tuple(kept))
            op = Op("call", (g,), (("axis", axis), ("keepdims", Lit(True))), fn=sum_ref, name="sum")
            new_shape = tuple(_ONE if i in kept else d for i, d in enumerate(shape_g))
            return self.emit(op, Arr(dtype, new_shape), f"{v.hint}_bar")
        if len(axes) == len(shape_g):
            factors = self.factors(g)
            if factors is not None:
                return self.emit(Op("matmul", factors), Num(dtype, False), f"{v.hint}_bar")
            return self.emit(Op("call", (g,), fn=sum_ref), Num(dtype, False), f"{v.hint}_bar")
        axis = Lit(axes[0]) if len(axes) == 1 else Lit(tuple(axes))
        return self.emit(Op("call", (g,), (("axis", axis),), fn=sum_ref, name="sum"), Arr(dtype, shape), f"{v.hint}_bar")

    def factors(self, g: Any) -> tuple[Any, Any] | None:
        """The vectors of which `g`, made just now, is the product, so that its sum is their inner product."""
        last: Any = None
        for last in reversed(self.scope.out.stmts[-8:]):
            if not isinstance(last, Assign) or last.target is g:
                break
        if not isinstance(last, Assign) or last.target is not g or last.op.kind != "mul":
            return None
        a, b = (type_of(x) for x in last.op.args)
        plain = isinstance(a, Arr) and a == b == g.type and a.ndim == 1 and a.dtype is not None and a.dtype.kind == "f"
        return (last.op.args[0], last.op.args[1]) if plain else None

    def unbroadcast(self, g: Any, v: Var) -> Any:
        t = v.type
        out: Type = float_like(t) if isinstance(t, (Num, Arr)) else UNKNOWN
        return self.call("unbroadcast", (g, self.need(v)), out, f"{v.hint}_bar")

    def is_fresh(self, atom: Any) -> bool:
        """Whether an adjoint is memory that nothing else holds."""
        if not isinstance(atom, Var):
            return False
        if atom in self.aliased:
            return False
        if atom in self.shadow_vars:
            return True
        for stmt in reversed(self.scope.out.stmts):
            if isinstance(stmt, Assign) and stmt.target is atom:
                op = stmt.op
                if op.kind in ("add", "sub", "mul", "truediv", "neg", "pow", "copy", "matmul"):
                    return True
                if op.kind == "call" and isinstance(op.fn, Ref):
                    return isinstance(op.fn.obj, np.ufunc) or op.fn.obj in _FRESH
                return False
        return False

    def is_own_memory(self, bar: Any) -> bool:
        """Whether an adjoint is the buffer of one variable: what a rule has handed to several is nobody's."""
        return bar in self.shadow_vars and bar not in self.aliased

    @property
    def aliased(self) -> set[Any]:
        """Adjoints that were handed to more than one variable."""
        return self.__dict__.setdefault("_aliased", set())

    @property
    def shadow_vars(self) -> set[Any]:
        return self.__dict__.setdefault("_shadow_vars", set())

    # provided by the other parts
    need: Callable[..., Any]
    is_memory: Callable[..., bool]
    buffer: Callable[..., Any]
    contribute: Callable[..., None]
    view_base: Callable[..., Any]


def _real_fields(t: Any) -> tuple[Any, ...]:
    dtype = np.dtype(f"f{t.dtype.itemsize // 2}")
    return (dtype, t.py, None) if isinstance(t, Num) else (dtype, t.shape)


def hint_of(a: Any) -> str:
    return a.hint if isinstance(a, Var) else "value"
