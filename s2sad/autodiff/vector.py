"""Forward mode along many directions in one sweep: tangents have an axis of directions in front.

The values are computed once. Formulas of elementwise functions, indices, stores, products and sums work on all
directions at once; what else has a rule runs it for one direction after the other, and stacks the results.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import runtime
from ..analysis.types import (
    UNKNOWN,
    Arr,
    Dim,
    ListT,
    Num,
    Obj,
    TupleT,
    Type,
    float_like,
    is_mutable,
    shape_of,
)
from ..errors import AmbiguousMemoryError, NoRuleError
from ..frontend.lower import type_of
from ..frontend.lowerer import Program
from ..frontend.values import SliceVal, TupleVal
from ..ir import nodes as ir
from ..ir.nodes import UNDEF, Assign, Block, Effect, Function, Lit, Loop, Op, Range, Ref, Region, Store, Var
from ..rules import registry
from ..rules.registry import Rule
from .forward import Forward, Part
from .tangent_memory import helper, join

PRODUCTS = frozenset({np.matmul, np.dot})
SUMS = frozenset({np.sum, np.mean})
COPIES = frozenset({np.copy, np.ndarray.copy})
RESHAPES = frozenset({np.reshape, np.ravel, np.squeeze, np.expand_dims})


class Vectorised(Forward):
    """Forward mode whose tangents have an axis of directions in front."""

    def __init__(self, program: Program, function: Function | None = None, parts: list[Part] | None = None, width: Dim | None = None) -> None:
        self.width = program.lowerer.symbols.fresh() if width is None else width
        self.count = Var("directions", Num(np.dtype(int), True, self.width), False, True)
        self.counted = False
        super().__init__(program, function, parts)

    def again(self, function: Function) -> Forward:
        return Vectorised(self.program, function, self.parts, self.width)

    # --- types and zeros ----------------------------------------------------------------------------------------------------

    def dot_type(self, t: Type) -> Type:
        t = float_like(t)
        if isinstance(t, Num):
            return Arr(t.dtype, (self.width,))
        if isinstance(t, Arr) and t.shape is not None:
            return Arr(t.dtype, (self.width, *t.shape))
        if isinstance(t, ListT):
            return ListT(self.dot_type(t.elem))
        if isinstance(t, TupleT):
            return TupleT(tuple(self.dot_type(i) for i in t.items))
        if isinstance(t, Obj):
            return t
        raise NoRuleError("the number of axes of a differentiated value is not known, which a batch of directions needs", self.function.span,
                          construct="function", hint="take one direction at a time")  # fmt: skip

    def link(self, dot: Any, v: Any) -> None:
        super().link(dot, v)
        if not self.counted and isinstance(dot, Var) and v in self.given and isinstance(dot.type, Arr):
            self.counted = True
            self.out.stmts.append(Assign(self.count, Op("call", (dot,), fn=Ref(len, "len", len, "builtins"))))

    def zeros(self, atom: Any) -> Any:
        t = type_of(atom)
        if atom is UNDEF or isinstance(t, Obj) and not t.floating or isinstance(atom, Lit) and not isinstance(atom.value, (int, float, complex)):
            return super().zeros(atom)
        if isinstance(t, Num) and t.dtype.kind != "c":
            op = Op("call", (self.count,), fn=Ref(np.zeros, "np.zeros", np))
        else:
            op = Op("call", (atom, self.count), fn=helper("zeros_along"))
        return self.emit(op, self.dot_type(t), atom)

    # --- rules --------------------------------------------------------------------------------------------------------------

    def aligned(self, dot: Any, t: Type, rank: int | None) -> Any:
        """The tangents of a value of type `t`, with as many axes behind the first as a value of `rank` axes has."""
        own = shape_of(t)
        if own is None or rank is None:
            raise NoRuleError("the number of axes of a differentiated value is not known, which a batch of directions needs", self.function.span)
        if len(own) >= rank or not isinstance(dot, Var):
            return dot
        index = self.atoms_of([slice(None)] * (1 + len(own)), [None] * (rank - len(own)), front=1)
        shape = (self.width, *([(1,) * len(self.width)] * (rank - len(own))), *own)
        return self.emit(Op("getitem", (dot, index)), Arr(dot.type.dtype, shape), dot)  # type: ignore[attr-defined]

    def atoms_of(self, slices: list[Any], ones: list[Any], front: int = 1) -> Any:
        """The index that puts axes of length 1 behind the first axis."""
        parts = [self.whole_axis() for _ in slices[:front]] + [Lit(None) for _ in ones] + [self.whole_axis() for _ in slices[front:]]
        return self.index_tuple(parts)

    def whole_axis(self) -> Var:
        var = Var("part", Obj(slice), False)
        self.out.stmts.append(Assign(var, Op("slice", (Lit(None), Lit(None), Lit(None)))))
        return var

    def index_tuple(self, parts: list[Any]) -> Var:
        var = Var("index", TupleT(tuple(type_of(p) for p in parts)), False)
        self.out.stmts.append(Assign(var, Op("tuple", tuple(parts))))
        return var

    def operand_tangent(self, a: Any, v: Var) -> Any:
        shape = shape_of(v.type)
        return self.aligned(self.dot(a), type_of(a), None if shape is None else len(shape))

    def operand_dot(self, a: Any) -> Any:
        if self.each is not None:
            return super().operand_dot(a)
        if isinstance(a, tuple):
            return TupleVal(tuple(self.operand_dot(p) for p in a))
        return self.aligned(self.needed(a), type_of(a), self.rank)

    each: Any = None  # the direction that is computed, in a loop over them
    rank: int | None = None

    def needed(self, atom: Any) -> Any:
        found = super().needed(atom)
        if self.each is None or found is UNDEF or isinstance(found, Lit):
            return found
        return self.one_of(found, atom)

    def one_of(self, dot: Any, atom: Any) -> Any:
        """The tangent along the direction that is computed."""
        t = float_like(type_of(atom))
        if isinstance(type_of(dot), Arr):
            return self.emit(Op("getitem", (dot, self.each)), t, atom)
        return self.emit(Op("call", (dot, self.each), fn=helper("direction")), t, atom)

    def by_template(self, stmt: Assign, rule: Rule, name: str) -> Any:
        adjoint = registry.adjoint_rule(rule.functions[0])
        if adjoint is not None and adjoint.elementwise:
            shape = shape_of(stmt.target.type)
            self.rank = None if shape is None else len(shape)
            return super().by_template(stmt, rule, name)
        return self.product(stmt) or self.one_by_one(stmt, lambda: Forward.by_template(self, stmt, rule, name))

    def by_linearity(self, stmt: Assign, name: str) -> Any:
        if self.dot(stmt.op.args[0] if stmt.op.args else stmt.op.kwargs[0][1]) is None:
            return None
        return self.reshaped(stmt) or self.summed(stmt) or self.one_by_one(stmt, lambda: Forward.by_linearity(self, stmt, name))

    def one_by_one(self, stmt: Assign, compute: Callable[[], Any]) -> Any:
        """A rule for one direction after the other."""
        if stmt.target.view and self.stored(stmt.target):
            raise AmbiguousMemoryError(
                "a view of memory that is stored to is not followed along a batch of directions", stmt.span, hint="take one direction at a time")
        items = Var("columns", ListT(float_like(stmt.target.type)), False, region=Region())
        body = Block()
        outer, self.out, index = self.out, body, Var("k", Num(np.dtype(int), True), False)
        self.each = index
        try:
            part = compute()
        finally:
            self.each, self.out = None, outer
        if part is None:
            return None
        body.stmts.append(Effect(Op("method", (items, part), name="append")))
        loop = Loop(Range(Lit(0), self.count, Lit(1)), index, [], body, span=stmt.span)
        self.out.stmts += [Assign(items, Op("list", ())), loop]
        fn = helper("stack_along") if not isinstance(stmt.target.type, (Num, Arr)) else Ref(np.stack, "np.stack", np)
        t = self.dot_type(stmt.target.type)
        made = Var(f"{stmt.target.hint}_dot", t, False, region=Region() if is_mutable(t) else None)  # no view of the columns
        self.out.stmts.append(Assign(made, Op("call", (items,), fn=fn)))
        return made

    def product(self, stmt: Assign) -> Any:
        """Products of vectors and matrices, for all directions at once."""
        op, v = stmt.op, stmt.target
        fn = ir.OPERATORS.get(op.kind) if op.kind == "matmul" else op.fn.obj if isinstance(op.fn, Ref) else None
        if op.kind != "matmul" and fn not in PRODUCTS or len(op.args) != 2 or op.kwargs:
            return None
        a, b = op.args
        ranks = [len(s) if (s := shape_of(type_of(x))) is not None else 9 for x in (a, b)]
        if not set(ranks) <= {1, 2}:
            return None
        total: Any = None
        t = self.dot_type(v.type)
        if self.dot(a) is not None:
            total = self.emit(Op("matmul", (self.dot(a), b)), t, v)
        if self.dot(b) is not None:
            pair = (a, self.dot(b))
            if ranks[1] == 1:
                other = a
                if ranks[0] == 2:
                    other = self.emit(Op("call", (a,), fn=Ref(np.transpose, "np.transpose", np), name="T"), UNKNOWN, a, "transpose")
                pair = (self.dot(b), other)
            term = self.emit(Op("matmul", pair), t, v)
            total = term if total is None else self.emit(Op("add", (total, term)), t, v)
        return total

    def summed(self, stmt: Assign) -> Any:
        """Sums and means along axes."""
        op, v = stmt.op, stmt.target
        fn = op.fn.obj if isinstance(op.fn, Ref) else None
        known = {"axis", "keepdims"}
        if fn not in SUMS or len(op.args) not in (1, 2) or not {k for k, _ in op.kwargs} <= known or not isinstance(type_of(op.args[0]), Arr):
            return None
        axis = op.args[1] if len(op.args) == 2 else dict(op.kwargs).get("axis", Lit(None))
        axes = self.axes_behind(op.args[0], axis)
        kwargs = tuple((k, a) for k, a in op.kwargs if k != "axis")
        return self.emit(Op("call", (self.dot(op.args[0]), axes), kwargs, op.fn), self.dot_type(v.type), v)

    def axes_behind(self, a: Any, axis: Any) -> Any:
        """The axes of the tangents of an array that are `axis` of the array."""
        shape = shape_of(type_of(a))
        if shape and isinstance(axis, Lit) and (axis.value is None or isinstance(axis.value, int)):
            found = runtime.along_axes(np.zeros((1,) * len(shape)), axis.value)
            axes = found if isinstance(found, tuple) else (found,)
            return Lit(axes[0]) if len(axes) == 1 else self.index_tuple([Lit(k) for k in axes])
        return self.emit(Op("call", (a, axis), fn=helper("along_axes")), UNKNOWN, a, "axes")

    def reshaped(self, stmt: Assign) -> Any:
        """Other shapes of the same elements in the same order, and transposed matrices."""
        op, v = stmt.op, stmt.target
        fn = op.fn.obj if isinstance(op.fn, Ref) else None
        first = op.args[0] if op.args else None
        if not isinstance(type_of(first), Arr) or not isinstance(v.type, Arr):
            return None
        dot, t = self.dot(first), self.dot_type(v.type)
        if fn in RESHAPES and not any(k == "order" for k, _ in op.kwargs) and (fn is not np.ravel or len(op.args) == 1):
            return self.emit(Op("call", (dot, v), fn=helper("reshape_along")), t, v)
        if fn in COPIES and len(op.args) == 1 and not op.kwargs:
            return self.emit(Op("copy", (dot,)), t, v)
        if fn is np.transpose and len(op.args) == 1 and not op.kwargs and type_of(first).ndim == 2:  # type: ignore[attr-defined]
            return self.emit(Op("call", (dot, Lit(1), Lit(2)), fn=Ref(np.swapaxes, "np.swapaxes", np)), t, v)
        return None

    # --- memory -------------------------------------------------------------------------------------------------------------

    def view(self, stmt: Assign) -> Any:
        """The same view of all directions; emitted code makes sure that it is one, or refuses."""
        first = stmt.op.args[0]
        if self.dot(first) is None:
            return None
        dot = self.reshaped(stmt) if registry.is_linear(stmt.op.fn.obj if isinstance(stmt.op.fn, Ref) else None) else None
        if dot is None:
            raise AmbiguousMemoryError(
                "a view of memory that is stored to is not followed along a batch of directions", stmt.span, construct="call",
                hint="take one direction at a time")  # fmt: skip
        join(self.dot(first), dot.region)
        dot.view = True
        for view, base in ((dot, self.dot(first)), (stmt.target, first)):
            self.out.stmts.append(self.certain("require_view", (view, base), stmt))
        return dot

    def shaped(self, dot: Any, stmt: Assign) -> Any:
        v = stmt.target
        t = self.dot_type(v.type)
        if type_of(dot) == t:
            return dot
        if not isinstance(v.type, (Num, Arr)):
            raise NoRuleError("a result of an unknown type is not followed along a batch of directions", stmt.span)
        return self.emit(Op("call", (v, dot, self.count), fn=helper("like_along")), t, v)

    def assigned(self, stmt: Assign) -> Any:
        v, op = stmt.target, stmt.op
        first = op.args[0] if op.args else None
        if op.kind == "getitem" and isinstance(type_of(first), Arr):
            return self.loaded(stmt)
        if isinstance(v.type, ListT) and op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is list and isinstance(type_of(first), Arr):
            return self.listed(stmt)
        if op.kind in ("copy", "deepcopy", "getitem", "unpack", "tuple", "list", "dict") or isinstance(v.type, ListT):
            if op.kind == "unpack" and not isinstance(type_of(first), (ListT, TupleT)):
                raise NoRuleError("unpacking an array is not followed along a batch of directions", stmt.span, hint="index it")
            dot = super().assigned(stmt)
            if isinstance(dot, Var) and dot not in self.facts:
                dot.type = self.dot_type(v.type)
                if dot.region is None and is_mutable(dot.type):
                    dot.region = Region()
                    for a in stmt.op.atoms():
                        join(self.dot(a), dot.region)
            return dot
        return super().assigned(stmt)

    def listed(self, stmt: Assign) -> Any:
        """The list of the items of an array: the tangents of each, a view only where the item is one."""
        v, op = stmt.target, stmt.op
        dot = self.dot(op.args[0])
        if dot is None:
            return None
        t = self.dot_type(v.type)
        items = self.emit(Op("call", (dot, Lit(0), Lit(1)), fn=Ref(np.swapaxes, "np.swapaxes", np)), UNKNOWN, v, "columns")
        if isinstance(v.type.elem, Num):  # type: ignore[attr-defined]
            items = self.emit(Op("copy", (items,)), UNKNOWN, v, "columns")
        memory = items.region = Region()
        if not isinstance(v.type.elem, Num):  # type: ignore[attr-defined]
            join(dot, memory)
        found = self.emit(Op("call", (items,), fn=op.fn), t, v)
        if found.region is not None:
            join(items, found.region)
        return found

    def loaded(self, stmt: Assign) -> Any:
        """Part of an array, for all directions."""
        v, op = stmt.target, stmt.op
        base, index = op.args
        dot, t = self.dot(base), self.dot_type(v.type)
        if dot is None:
            return None
        whole = self.prefixed(index)
        if whole is None:
            return self.one_by_one(stmt, lambda: self.emit(Op("getitem", (self.needed(base), index)), float_like(v.type), v))
        made = self.emit(Op("getitem", (dot, whole)), t, v)
        if isinstance(v.type, Num):  # a view, where the value is none
            return self.emit(Op("copy", (made,)), t, v)
        if isinstance(v.type, Arr) and not v.view:
            made.region, made.view = Region(), False  # NumPy copies what an array of indices selects
        return made

    def prefixed(self, index: Any) -> Any:
        """The index of all directions of what `index` is an index of; None if NumPy would order the axes otherwise."""
        made = self.made.get(index)
        parts = list(made.op.args) if made is not None and made.op.kind == "tuple" else [index]
        if isinstance(index, Lit) and isinstance(index.value, tuple):
            parts = [Lit(i) for i in index.value]
        if made is None and not isinstance(type_of(index), (Num, Arr, ListT, Obj)) and not isinstance(index, Lit):
            return None
        kinds = ["b" if self.is_slice(p) else "n" if isinstance(type_of(p), Num) or isinstance(p, Lit) else "a" for p in parts]
        if "a" in kinds:
            places = [i for i, k in enumerate(kinds) if k != "b"]
            if places != list(range(places[0], places[-1] + 1)) or any(isinstance(p, Lit) and p.value in (None, Ellipsis) for p in parts):
                return None
        if any(isinstance(type_of(p), Num) and type_of(p).dtype.kind == "b" for p in parts):  # type: ignore[attr-defined]
            return None
        return self.index_tuple([self.whole_axis(), *parts]) if parts else self.whole_axis()

    def is_slice(self, part: Any) -> bool:
        t = type_of(part)
        return isinstance(t, Obj) and t.cls is slice or isinstance(part, Lit) and part.value is Ellipsis

    def slot(self, base: Any, index: Any) -> Type:
        """The type of the part of an array that a store changes."""
        if index is None:
            return type_of(base)
        t: Any = type_of(base)
        found: Type = self.splicer.array_item_type(t, self.index_value(index))
        return found

    def index_value(self, index: Any) -> Any:
        made = self.made.get(index)
        if made is not None and made.op.kind == "tuple":
            return TupleVal(tuple(self.index_value(a) for a in made.op.args))
        if made is not None and made.op.kind == "slice":
            return SliceVal(*made.op.args)
        return index

    def for_slot(self, dot: Any, t: Type, rank: int) -> Any:
        """The tangents of a value of type `t` that is stored to a slot of `rank` axes: axes of one element in front that it has more are left out."""
        extra = len(shape_of(t) or ()) - rank
        if extra <= 0 or not isinstance(dot, Var):
            return self.aligned(dot, t, rank)
        index = self.index_tuple([self.whole_axis(), *(Lit(0),) * extra])
        return self.emit(Op("getitem", (dot, index)), Arr(dot.type.dtype, (self.width, *shape_of(t)[extra:])), dot)  # type: ignore

    def changed_in_place(self, stmt: Assign) -> None:
        raise NoRuleError("an in-place operation on an unknown value is not followed along a batch of directions", stmt.span,
                          hint="take one direction at a time")  # fmt: skip

    def tangent_Store(self, stmt: Store) -> None:
        base, value, index = stmt.base, stmt.value, stmt.index
        if not self.active(base) or not isinstance(type_of(base), Arr):
            super().tangent_Store(stmt)
            return
        buffer, dot = self.dot(base), self.dot(value)
        if stmt.aug is None or dot is not None:
            slot = shape_of(self.slot(base, index))
            whole = None if index is None else self.prefixed(index)
            if slot is None or index is not None and whole is None or shape_of(type_of(value)) is None and dot is not None:
                self.store_one_by_one(stmt, buffer, dot)
            else:
                new = Lit(0.0) if dot is None else self.for_slot(dot, type_of(value), len(slot))
                self.out.stmts.append(Store(buffer, whole, new, stmt.aug, stmt.span))
        self.out.stmts.append(stmt)

    def store_one_by_one(self, stmt: Store, buffer: Any, dot: Any) -> None:
        body = Block()
        outer, self.out = self.out, body
        k = self.each = Var("k", Num(np.dtype(int), True), False)
        target = self.one_of(buffer, stmt.base)
        new = Lit(0.0) if dot is None else self.one_of(dot, stmt.value)
        body.stmts.append(Store(target, stmt.index, new, stmt.aug, stmt.span))
        self.out, self.each = outer, None
        self.out.stmts.append(Loop(Range(Lit(0), self.count, Lit(1)), k, [], body, span=stmt.span))


__all__ = ["Vectorised"]
