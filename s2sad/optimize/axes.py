"""Adjoints of sums in the shape in which arithmetic broadcasts them by itself.

    g = restore_axes(row_bar, x, 1, False)
    x_bar = g * x                               ->      x_bar = row_bar[:, None] * x

    z_bar = np.full_like(z, f_bar)
    y_bar = -z_bar * z                          ->      y_bar = -f_bar * z

The other operand has the shape of the result, so the same numbers are multiplied. What needs the whole array keeps it, and
so does what is stored to.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import runtime
from ..analysis.effects import region_of
from ..analysis.types import Arr, Num, Obj, TupleT, literal_dim
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.nodes import Assign, Function, Lit, Op, Ref, Region, Store, Var
from ..ir.uses import all_blocks
from .order import written

_ONE = literal_dim(1)
_BROADCASTING = ("add", "sub", "mul", "truediv")


def broadcast_axes(function: Function) -> Function:
    """Let arithmetic stretch what was stretched for it, and take sizes from shapes; changed in place. Exact."""
    found = _Axes(function)
    for block in all_blocks(function):
        for stmt in list(block.stmts):
            found.statement(stmt)
        if found.sizes:
            found.take_sizes(block)
    found.insert(function)
    return function


class _Axes:
    def __init__(self, function: Function) -> None:
        self.defs: dict[Var, Assign] = {}
        self.small: dict[Var, Any] = {}  # a stretched array, and what was stretched, in as many axes as are needed
        self.after: dict[int, list[Assign]] = {}  # id of the statement that stretches -> what makes the small ones
        self.sizes = False
        self.changed = written(function.body.stmts)
        for s in ir.walk(function.body):
            if isinstance(s, Assign):
                self.defs[s.target] = s
                self.sizes = self.sizes or _counts(s.op) is not None

    def statement(self, stmt: Any) -> None:
        if isinstance(stmt, Store):
            value = self.fitting(stmt.value, stmt.base) if stmt.index is None else None
            if value is not None:
                stmt.value = value
            return
        if not isinstance(stmt, Assign):
            return
        op = stmt.op
        places = (0, 1) if op.kind in _BROADCASTING else (1, 2) if _selects(op) else ()
        for k in places:
            other = op.args[1 - k] if len(places) == 2 and places[0] == 0 else op.args[0]
            value = self.fitting(op.args[k], stmt.target) if _same_shape(other, stmt.target) else None
            if value is not None and (_keeps_dtype(value, stmt.target) if _selects(op) else _same_dtype(other, op.args[k])):
                op = stmt.op = Op(op.kind, (*op.args[:k], value, *op.args[k + 1 :]), op.kwargs, op.fn, op.name, op.data)

    def fitting(self, atom: Any, whole: Any) -> Any:
        """What may stand for a stretched array beside `whole`, an array of its type; None if it was not stretched."""
        if not isinstance(atom, Var) or not isinstance(atom.type, Arr) or not atom.type.shape or atom.type != type_of(whole):
            return None
        return self.of(atom)

    def of(self, v: Any) -> Any:
        """What was stretched to make an array, or None."""
        if not isinstance(v, Var) or v not in self.defs or not isinstance(v.type, Arr) or v.type.dtype is None:
            return None
        if self.changed is None or region_of(v) in self.changed:  # an adjoint that more is added to later
            return None
        if v not in self.small:
            stmt = self.defs[v]
            if stmt.op.kind == "neg":
                inner = self.of(stmt.op.args[0])
                self.small[v] = None if inner is None else self.make(stmt, Op("neg", (inner,)), type_of(inner), v.hint)
            else:
                self.small[v] = self.stretched(stmt)
        return self.small[v]

    def stretched(self, stmt: Assign) -> Any:
        op, t = stmt.op, stmt.target.type
        if op.kind != "call" or not isinstance(op.fn, Ref) or not isinstance(t, Arr):
            return None
        if op.fn.obj is np.full_like and len(op.args) == 2 and not op.kwargs:
            return op.args[1] if _number_of(op.args[1], t) else None
        if op.fn.obj is not runtime.restore_axes or op.kwargs or not t.shape:
            return None
        g, _, axis, keepdims = (*op.args, Lit(None), Lit(False))[:4]
        tg = type_of(g)
        if _number_of(g, t):
            return g
        if not isinstance(g, Var) or not isinstance(tg, Arr) or tg.shape is None or tg.dtype != t.dtype or not isinstance(keepdims, Lit):
            return None
        if keepdims.value is True:
            return g if len(tg.shape) == len(t.shape) else None
        axes = axis.value if isinstance(axis, Lit) else None
        axes = (axes,) if type(axes) is int else axes
        if not isinstance(axes, tuple) or not all(type(k) is int for k in axes) or len(tg.shape) != len(t.shape) - len(axes):
            return None
        gone = {k % len(t.shape) for k in axes}
        if gone == set(range(len(gone))):
            return g
        return self.with_axes(stmt, g, tg, gone, len(t.shape))

    def with_axes(self, stmt: Assign, g: Var, t: Arr, new: set[int], ndim: int) -> Var:
        """`g[:, None]`, where `new` are the axes of the result that `g` does not have."""
        assert t.shape is not None
        part = self.make(stmt, Op("slice", (Lit(None),) * 3), Obj(slice), "part")
        pair = self.make(stmt, Op("tuple", tuple(Lit(None) if k in new else part for k in range(ndim))), TupleT(()), "pair")
        sizes = iter(t.shape)
        shape = tuple(_ONE if k in new else next(sizes) for k in range(ndim))
        view = self.make(stmt, Op("getitem", (g, pair)), Arr(t.dtype, shape), g.hint)
        if view.region is not None and g.region is not None:
            view.region.union(g.region)
        view.view = True
        return view

    def make(self, stmt: Assign, op: Op, t: Any, hint: str) -> Var:
        var = Var(hint, t, False)
        if isinstance(t, Arr):
            var.region = Region()
        new = Assign(var, op, stmt.span)
        self.after.setdefault(id(stmt), []).append(new)
        self.defs[var] = new
        return var

    def insert(self, function: Function) -> None:
        for block in all_blocks(function) if self.after else ():
            block.stmts[:] = [s for stmt in block.stmts for s in (stmt, *self.after.get(id(stmt), ()))]

    def take_sizes(self, block: ir.Block) -> None:
        """`x.shape[1]` for the number of elements that a reduction over one axis of `x` joins."""
        for stmt in list(block.stmts):
            if not isinstance(stmt, Assign) or (counted := _counts(stmt.op)) is None:
                continue
            x, axis = counted
            if axis is None:
                stmt.op = Op("getattr", (x,), name="size")
                continue
            shape = Var("shape", TupleT(()))
            at = next(i for i, s in enumerate(block.stmts) if s is stmt)
            block.stmts.insert(at, Assign(shape, Op("getattr", (x,), name="shape"), stmt.span))
            stmt.op = Op("getitem", (shape, Lit(axis)))


def _counts(op: Op) -> tuple[Var, int | None] | None:
    """The array and the axis of which `count_along` gives the size, where both are known."""
    if op.kind != "call" or not isinstance(op.fn, Ref) or op.fn.obj is not runtime.count_along or op.kwargs:
        return None
    x, axis = (*op.args, Lit(None))[:2]
    t = type_of(x)
    if not isinstance(x, Var) or not isinstance(t, Arr) or not t.shape or not isinstance(axis, Lit):
        return None
    return (x, axis.value) if axis.value is None or type(axis.value) is int else None


def _selects(op: Op) -> bool:
    return op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is np.where and len(op.args) == 3 and not op.kwargs


def _keeps_dtype(value: Any, target: Var) -> bool:
    """Whether `np.where` makes an array of the dtype of `target` of a value, and not of those of numbers."""
    return isinstance(target.type, Arr) and target.type.dtype == np.dtype(float) or isinstance(type_of(value), Arr)


def _number_of(atom: Any, t: Arr) -> bool:
    """Whether an atom is a number that arithmetic with arrays of a type takes in their dtype."""
    found = type_of(atom)
    if not isinstance(found, Num) or t.dtype is None or t.dtype.kind != "f" or found.mixed:
        return False
    return found.dtype == t.dtype or found.py and found.dtype.kind == "f"


def _same_shape(a: Any, b: Any) -> bool:
    ta, tb = type_of(a), type_of(b)
    return isinstance(ta, Arr) and isinstance(tb, Arr) and ta.shape is not None and ta.shape == tb.shape


def _same_dtype(a: Any, b: Any) -> bool:
    ta, tb = type_of(a), type_of(b)
    return isinstance(ta, Arr) and isinstance(tb, Arr) and ta.dtype is not None and ta.dtype == tb.dtype


__all__ = ["broadcast_axes"]
