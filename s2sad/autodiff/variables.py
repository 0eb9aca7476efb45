"""Adjoints of variables: where they live, and how contributions to them add up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis.types import (
    UNKNOWN,
    Arr,
    ListT,
    Num,
    TupleT,
    Type,
    dtype_of,
    float_like,
    is_mutable,
    shape_of,
)  # fmt: skip
from ..errors import AmbiguousMemoryError
from ..frontend.lower import type_of
from ..frontend.values import ListVal, TupleVal, is_atom
from ..ir import nodes as ir
from ..ir.nodes import (
    UNDEF,
    Assign,
    Carry,
    Lit,
    Op,
    Region,
    Store,
    Try,
    Var,
    With,
)
from .memory import Memory
from .scopes import Scope


class Masked:
    """An adjoint that is `value` where `test` holds (or, with `inverse`, where it does not) and 0 elsewhere.

    It stays in this form through elementwise rules, so that what the untaken side of `np.where` makes of it (a NaN, an
    infinity) is dropped at the end instead of multiplied by 0.
    """

    __slots__ = ("test", "value", "inverse")

    def __init__(self, test: Any, value: Any, inverse: bool) -> None:
        self.test, self.value, self.inverse = test, value, inverse


class Variables(Memory):
    """The part of `Adjoints` that collects contributions."""

    # --- adjoints of variables --------------------------------------------------------------------------------------------

    def lives_in(self, v: Var, scope: Scope) -> bool:
        """Whether `scope` mirrors the block that defines `v`, or the block around the `with` statements that do."""
        block = self.structure.places[v].block
        while block is not scope.fwd:
            stmt, outer = self.structure.owner[id(block)]
            if outer is None or not surely_runs(block, stmt):
                return False
            block = outer
        return True

    def home(self, v: Var) -> Scope:
        """The scope that mirrors the block in which `v` is defined."""
        scope: Scope | None = self.scope
        while scope is not None:
            if self.lives_in(v, scope):
                return scope
            scope = scope.parent
        raise AmbiguousMemoryError(
            f"{v.hint!r} is made on one path, kept in a container, and used where the paths have met",
            getattr(self.structure.places[v].stmt, "span", None) or self.function.span, construct="store",
            hint=f"make {v.hint!r} before the branch or the try statement")  # fmt: skip

    def note_touched(self, scope: Scope, v: Var) -> None:
        if not self.lives_in(v, scope) and scope.kind in ("if",):
            scope.touched[v] = None
        elif scope.kind == "inline" and scope.parent is not None and not self.lives_in(v, scope):
            self.note_touched(scope.parent, v)

    def peek(self, v: Var) -> Any:
        return self.scope.bars.get(v)

    def take(self, v: Var) -> Any:
        """The adjoint collected for `v` at its definition; None if nothing reached it."""
        return self.scope.bars.pop(v, None)

    def bar_atom(self, bar: Any) -> Any:
        """An adjoint as an atom: containers of adjoints become run-time ones."""
        if is_atom(bar):
            return bar
        if isinstance(bar, Masked):
            sides = (Lit(0.0), bar.value) if bar.inverse else (bar.value, Lit(0.0))
            found = self.splicer.infer(np.where, [bar.test, *sides])
            return self.emit(Op("call", (bar.test, *sides), fn=self.numpy_ref("where")), found, getattr(bar.value, "hint", "part_bar"))
        items = self.splicer.items(bar)
        atoms = tuple(Lit(None) if i is None else self.bar_atom(i) for i in items)
        kind = "tuple" if isinstance(bar, TupleVal) else "list"
        t: Type = TupleT(tuple(type_of(a) for a in atoms)) if kind == "tuple" else ListT(UNKNOWN)
        return self.emit(Op(kind, atoms), t, "parts")

    def entry(self, scope: Scope, v: Var) -> Any:
        """The adjoint of `v` as `scope` starts from it; loops carry it."""
        if v in scope.bars or self.lives_in(v, scope):
            return scope.bars.get(v)
        if scope.kind == "inline":
            assert scope.parent is not None
            return self.entry(scope.parent, v)
        if scope.kind == "if":
            assert scope.parent is not None
            outer = self.entry(scope.parent, v)
            if outer is not None:
                scope.bars[v] = outer
            return outer
        if scope.kind == "loop":
            assert scope.parent is not None
            outer = self.entry(scope.parent, v)
            here, self.scope = self.scope, scope.parent
            try:
                init = self.zeros(v) if outer is None else self.exact(self.bar_atom(outer), v)
            finally:
                self.scope = here
            phi = Var(f"{v.hint}_bar", float_like(v.type), False, region=Region() if is_mutable(v.type) else None)
            result = Var(phi.hint, phi.type, False, region=phi.region)
            if phi.region is not None and isinstance(init, Var) and init.region is not None:
                phi.region.union(init.region)
            self.own |= {phi, result}
            self.write_in_iteration(scope, (outer, init), phi)
            scope.carries[v] = Carry(phi, init, None, result)
            scope.bars[v] = phi
            return phi
        return scope.bars.get(v)

    def write_in_iteration(self, loop: Scope, outer: tuple[Any, Any], phi: Var) -> None:
        """What an iteration has added so far to memory from outside the loop, it adds to what the loop carries from now on."""
        scope: Scope | None = self.scope
        while scope is not None:
            for stmt in ir.walk(scope.out):
                ir.substitute(stmt, lambda a: phi if isinstance(a, Var) and a in outer else a)
            if scope is loop:
                return
            scope = scope.parent

    def contribute(self, v: Any, g: Any, merge: bool = False) -> None:
        """Add `g` to the adjoint of `v`. With `merge`, `v` flows into a merge of paths and `g` is the merged adjoint."""
        if v is UNDEF or not self.active(v) or g is None or (isinstance(g, Lit) and g.value is None):
            return
        if isinstance(v.type, TupleT) or self._is_struct(v):
            self.contribute_struct(v, g)
            return
        if self.is_memory(v):
            self.contribute_memory(v, g, merge)
            return
        if isinstance(g, Masked) and self.stays_masked(v, g):
            self.scope.bars[v] = g
            return
        if isinstance(g, Masked) and self.joins_mask(v, g):
            return
        g = self.project(self.bar_atom(g), v)
        if v in self.buffered and isinstance(v.type, (Arr, ListT)):
            home = self.home(v)
            if v not in home.bars and home is not self.scope and not self._inline_of(home):
                self.buffer(v)
            if v in home.bars and isinstance(v.type, Arr):
                buf = self.buffer(v)
                self.append(Store(buf, None, g, "add", role="accumulate"))
                return
            if v not in home.bars:
                home.bars[v] = g
                return
        before = self.entry(self.scope, v)
        scope = self.scope
        while scope.kind == "inline" and not self.lives_in(v, scope) and scope.parent is not None:
            scope = scope.parent
        if before is None:
            scope.bars[v] = g
        else:
            scope.bars[v] = self.add(self.bar_atom(before), g, v)
        self.note_touched(scope, v)

    def stays_masked(self, v: Var, g: Masked) -> bool:
        """Whether a masked adjoint is all that reaches `v` so far, and fits it as it is."""
        shape, t = shape_of(v.type), type_of(g.value)
        return (
            v not in self.buffered and shape is not None and self.lives_in(v, self.scope) and v not in self.scope.bars
            and isinstance(t, (Num, Arr)) and (shape_of(t) == shape or shape_of(t) == ()) and t.dtype == dtype_of(v.type)
            and shape_of(type_of(g.test)) == shape
        )  # fmt: skip

    def joins_mask(self, v: Var, g: Masked) -> bool:
        """Add a masked adjoint to another one of `v` with the same mask or its opposite."""
        before = self.scope.bars.get(v)
        if not isinstance(before, Masked) or before.test is not g.test or type_of(before.value) != type_of(g.value):
            return False
        if before.inverse == g.inverse:
            self.scope.bars[v] = Masked(g.test, self.add(before.value, g.value, v), g.inverse)
            return True
        sides = (before.value, g.value) if g.inverse else (g.value, before.value)
        t = self.splicer.infer(np.where, [g.test, *sides])
        self.scope.bars[v] = self.emit(Op("call", (g.test, *sides), fn=self.numpy_ref("where")), t, f"{v.hint}_bar")
        return True

    def _inline_of(self, home: Scope) -> bool:
        scope: Scope | None = self.scope
        while scope is not None and scope.kind == "inline":
            if scope is home:
                return True
            scope = scope.parent
        return scope is home

    def _is_struct(self, v: Var) -> bool:
        place = self.structure.places.get(v)
        return (
            place is not None and isinstance(place.stmt, Assign) and place.stmt.op.kind in ("list", "tuple", "dict")
            and v not in self.buffered
        )  # fmt: skip

    def contribute_struct(self, v: Var, g: Any) -> None:
        before = self.entry(self.scope, v)
        if before is None:
            self.scope.bars[v] = g
        elif isinstance(before, (TupleVal, ListVal)) and isinstance(g, (TupleVal, ListVal)):
            items = []
            for a, b in zip(self.splicer.items(before), self.splicer.items(g)):
                items.append(b if a is None else a if b is None else self.add(self.bar_atom(a), self.bar_atom(b), None))
            self.scope.bars[v] = TupleVal(tuple(items))
        else:
            self.scope.bars[v] = self.call("add", (self.bar_atom(before), self.bar_atom(g)), UNKNOWN, f"{v.hint}_bar")
        self.note_touched(self.scope, v)

    # provided by the other parts
    insert_before: Callable[..., None]


def surely_runs(block: Any, stmt: Any) -> bool:
    """Whether a block runs to its end whenever what follows the statement around it is reached."""
    if isinstance(stmt, With):
        return True
    if isinstance(stmt, ir.If):
        return bool((stmt.orelse if block is stmt.then else stmt.then).diverges)
    if isinstance(stmt, Try):
        paths = [stmt.body, *(h.body for h in stmt.handlers)]
        return block is stmt.final or all(p is block or p.diverges for p in paths)
    return False
